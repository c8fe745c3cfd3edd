"""The desk: writes the words of one document about one deal, in its languages and in its own manner.

A `Desk` draws once how its document looks and writes (fonts, pairing, numbers, dates, headings) and then fills wording
templates with the deal's facts, in every language of the document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from assay.specimen.fiction import Deal, Firm, table, wording
from assay.specimen.fonts import available, family
from assay.specimen.numerals import Hand, han_small, hand_of, words
from assay.specimen.paper import Beside, Block, Gap, Pair, Paragraph, Sheet
from assay.specimen.plan import Plant, Planted, other_amount, other_digit

DESIGNS = 8


CHECKED = frozenset({"inn", "ogrn", "uscc", "edrpou", "iban", "lei"})
"""Schemes whose digits check themselves."""

PARITY = ("days", "weeks", "people", "years", "due", "designation", "cap", "batches", "quantity", "percent", "due")
"""Facts that a planted difference between language columns may change."""


class Desk:
    """Writes one document. `languages` has one or two; `design` (0 to 7) fixes the look's main traits."""

    def __init__(
        self, rng: Random, deal: Deal, languages: Sequence[str], kind: str, *, landscape: bool = False
    ) -> None:
        """Draw the document's manner."""
        self.rng, self.deal, self.languages, self.kind = rng, deal, tuple(languages), kind
        self.design = rng.randrange(DESIGNS)
        self.hands: dict[str, Hand] = {}
        shared = rng.choice(("comma_dot", "space_comma", "comma_dot")) if rng.random() < 0.3 else ""
        for language in self.languages:
            self.hands[language] = hand_of(rng, language, wording(language), deal.currency, shared)
        self.word_style = rng.randrange(4)
        self.variant = {key: rng.randrange(64) for key in ("title", "unit", "annex", "header")}
        euro, han = available("euro"), available("han")
        size = rng.choice((9.5, 10, 10.5, 11, 11.5))
        pairing = ("columns", "table", "stacked", "columns", "table", "columns", "stacked", "table")[self.design]
        self.numbering = ("1.1.", "article", "1.1", "han", "1.", "article", "§", "1.1.")[self.design]
        page = [wording(language)["body"]["page"] for language in self.languages]
        where = rng.choice(("header", "footer", "footer", "none"))
        running = (
            rng.choice(page[0]) if len(page) == 1 or rng.random() < 0.6 else " / ".join(rng.choice(p) for p in page[:2])
        )
        label = self.reference(self.languages[0]) if rng.random() < 0.4 else ""
        self.sheet = Sheet(
            family(rng.choice(euro), rng.choice(han)), size, rng.choice((1.22, 1.3, 1.36, 1.45)),
            (rng.choice((54, 64, 72, 85)), 58, rng.choice((40, 50, 56)), 64), pairing, rng.random() < 0.4,
            rng.choice((0.0, 0.0, 24.0)), running if where == "header" else label, running if where == "footer" else "",
            rng.choice(("left", "center", "right", "center")), landscape,
        )  # fmt: skip
        self.counts = [0, 0]
        self.plant: Plant | None = None
        self.planted: Planted | None = None
        self.titles: dict[str, str] = {}
        self.terms: list[dict[str, str]] = []
        self.said: dict[str, dict[str, str]] = {}
        self.notes: list[Planted] = []

    def wants(self, examination: str, twin: bool = False) -> bool:
        """Tell whether this is to be planted here and is not yet."""
        return self.planted is None and self.plant == Plant(examination, twin)

    @property
    def template(self) -> str:
        """Name the template: kind, languages, design."""
        return f"{self.kind}/{'-'.join(self.languages)}/{self.design}"

    def reference(self, language: str) -> str:
        """Return how a running head names the agreement."""
        term = wording(language)["terms"]["deal"][self.deal.terms[2]][0]
        sign = {"en": " No. ", "zh": "第", "ru": " № ", "uk": " № "}[language]
        return f"{term}{sign}{self.deal.number}" + ("号" if language == "zh" else "")

    def facts(self, language: str) -> dict[str, str]:
        """Return what every template of a language may name."""
        deal, rows = self.deal, wording(language)["terms"]
        made: dict[str, str] = {}
        for letter, key, index in zip("SBD", ("supplier", "buyer", "deal"), deal.terms, strict=True):
            forms = rows[key][index]
            cases = forms if len(forms) == 4 else forms * 4
            made[letter] = forms[0]
            made[letter + "U"] = forms[0].upper()
            for case, form in zip("gdi", cases[1:4], strict=True):
                made[letter + case] = form
                made[letter + case.upper()] = form.upper()
        hand = self.hands[language]
        for key, firm in (("supplier", deal.supplier), ("buyer", deal.buyer)):
            posts = wording(language)["body"]["agency_posts" if firm.agency else "posts"]
            post = posts[min(firm.post, len(posts) - 1)]
            made[key] = firm.names[language]
            made[f"{key}_of"] = firm.genitives.get(language, firm.names[language])
            made[f"{key}_post"], made[f"{key}_post_gen"] = post[0], post[min(1, len(post) - 1)]
            made[f"{key}_signer"] = firm.signer.names[language]
            made[f"{key}_signer_gen"] = firm.signer.genitives.get(language, firm.signer.names[language])
        state = next(s for s in table("tables/states")["state"] if s["key"] == deal.buyer.state)
        made["state"], made["state_gen"] = state[language], state.get(f"{language}_gen", state[language])
        made["number"], made["deal_date"] = deal.number, hand.day(deal.day)
        made["date"] = hand.day(deal.day)
        made["total"], made["words"] = hand.money(deal.total), self.spelled(deal.total, language)
        made["goods"], made["goods_gen"] = self.goods(language), self.goods(language, genitive=True)
        made["designation"] = deal.main.designation
        made["due"] = hand.day(deal.due)
        made["incoterm"] = f"{deal.incoterm[0]} {deal.incoterm[1][language]}"
        made["people"], made["weeks"], made["years"] = str(deal.people), str(deal.weeks), str(deal.secret_years)
        made["batches"] = str(len(deal.batches))
        made["quantity"] = self.count(deal.main.quantity, language)
        made["cap"] = self.count(deal.licence_cap, language)
        made["town"] = deal.supplier.towns[language]
        return made

    def goods(self, language: str, *, genitive: bool = False) -> str:
        """Name the goods by the main article's description; in Russian and Ukrainian as a quoted name, undeclined."""
        name = self.deal.main.descriptions[language]
        if language in ("ru", "uk"):
            kinds = {"ru": ("изделие", "изделия"), "uk": ("виріб", "виробу")}[language]
            return f"{kinds[genitive]} «{name}»"
        return name[0].lower() + name[1:] if language == "en" else name

    def count(self, value: int, language: str) -> str:
        """Write a count of articles."""
        unit = self.unit("unit", self.deal.main.measure, language)
        return f"{value}{unit}" if language == "zh" else f"{value}\u00a0{unit}"

    def unit(self, unit: str, measure: str, language: str) -> str:
        """Write a unit, the same way throughout the document."""
        if language == "zh":
            return measure
        rows = table("tables/goods")["unit"][unit][language]
        return str(rows[self.variant["unit"] % len(rows)])

    def spelled(self, amount: Decimal, language: str) -> str:
        """Spell an amount in words."""
        return words(amount, language, wording(language), self.deal.currency, self.word_style)

    def say(self, section: str, key: str, **given: Mapping[str, str]) -> dict[str, str]:
        """Fill one template in every language, the same variant in each; `given` are facts by language."""
        pick = self.rng.randrange(64)
        said = {}
        for index, language in enumerate(self.languages):
            rows = wording(language)[section][key]
            facts = self.facts(language)
            facts.update({name: value[language] for name, value in given.items()})
            template = rows[pick % len(rows)]
            if index and section in ("clause", "body") and self.wants("txt.parity") and self.rng.random() < 0.4:
                self.part(template, facts)
            said[language] = tidy(template.format(**facts))
            if index and self.planted and self.planted.kind == "parity" and not self.planted.within:
                self.planted = replace(self.planted, within=said[language])
        return said

    def part(self, template: str, facts: dict[str, str]) -> None:
        """Change one fact of the second language, so that it says another thing than the first."""
        names = [name for name in PARITY if f"{{{name}}}" in template and any(c.isdigit() for c in facts[name])]
        if not names:
            return
        name = self.rng.choice(names)
        if name == "due":
            other = self.hands[self.languages[1]].day(self.deal.due + timedelta(days=self.rng.choice((-61, 31, 92))))
        else:
            other = other_digit(self.rng, facts[name])
        self.planted = Planted("parity", f"{name}: {facts[name]} -> {other} in {self.languages[1]}", other)
        facts[name] = other

    def amounts(self, amount: Decimal) -> tuple[dict[str, str], dict[str, str]]:
        """Write an amount in figures and in words; a planted difference changes the figures in every language."""
        shown = amount
        if self.wants("txt.words"):
            shown = other_amount(self.rng, amount)
            needle = self.hands[self.languages[0]].figure(shown)
            self.planted = Planted("figures", f"figures {shown:.2f}, words {amount:.2f}", needle)
        return self.money(shown), {language: self.spelled(amount, language) for language in self.languages}

    def identifiers(self, firm: Firm, language: str) -> list[str]:
        """Write a firm's register numbers with their labels; a planted one has one digit changed, in every language."""
        rows = list(firm.identifiers)
        if self.wants("txt.ids") and any(scheme in CHECKED for scheme, _ in rows):
            scheme, value = self.rng.choice([row for row in rows if row[0] in CHECKED])
            other = other_digit(self.rng, value)
            self.planted = Planted("identifier", f"{scheme} {value} -> {other}", other, figure=value)
        if self.planted and self.planted.kind == "identifier":
            rows = [(s, self.planted.needle if v == self.planted.figure else v) for s, v in rows]
        lines = [labelled(scheme, value, language) for scheme, value in rows]
        if self.plant == Plant("txt.ids", True):
            number = f"{firm.house:03d}-{firm.street}{firm.bank}{len(firm.key):02d}-{firm.house % 7}"
            lines.append(labelled("registration", number, language))
            self.planted = Planted("register without check digits", number)
        return lines

    def money(self, amount: Decimal) -> dict[str, str]:
        """Write an amount in every language; a twin of parity writes round ones in ten thousands in Chinese."""
        made = {language: hand.money(amount) for language, hand in self.hands.items()}
        if "zh" in made and self.plant == Plant("txt.parity", True) and amount % 100 == 0 and amount >= 10000:
            hand = self.hands["zh"]
            wan = f"{(amount / 10000).normalize():f}万"
            unit = wording("zh")["currency"][self.deal.currency]["words"][0]
            made["zh"] = f"{hand.mark}{wan}" if hand.before else f"{wan}{unit}"
            self.planted = Planted("ten thousands", f"{amount:.2f} written {made['zh']}", made["zh"])
        return made

    def day(self, day: date, short: bool = False) -> dict[str, str]:
        """Write a date in every language."""
        return {language: hand.day(day, short) for language, hand in self.hands.items()}

    def same(self, value: object) -> dict[str, str]:
        """Return the same text for every language."""
        return dict.fromkeys(self.languages, str(value))

    def blocks(
        self, said: Mapping[str, str], *, bold: bool = False, center: bool = False, scale: float = 1.0
    ) -> list[Block]:
        """Turn a text in every language into blocks: a pair, or one paragraph."""
        if len(self.languages) == 2:
            left, right = (said[language] for language in self.languages)
            return [Pair(left, right, bold, center)]
        align = "center" if center else "left"
        return [Paragraph(said[self.languages[0]], align, bold, scale=scale, keep=bold)]

    def heading(self, key: str) -> list[Block]:
        """Open a section: number and heading."""
        self.counts = [self.counts[0] + 1, 0]
        said = self.say("heading", key)
        number = self.counts[0]
        for language in self.languages:
            head = f"{number}."
            if self.numbering == "article":
                head = {
                    "ru": f"Статья {number}.",
                    "uk": f"Стаття {number}.",
                    "en": f"Article {number}.",
                    "zh": f"第{number}条",
                }[language]
            elif self.numbering == "han" and language == "zh":
                head = f"第{han_small(number)}条"
            elif self.numbering == "§":
                head = f"§ {number}."
            said[language] = f"{head} {said[language]}"
        center = self.design in (0, 2, 5, 6)
        return [Gap(4), *self.blocks(said, bold=True, center=center)]

    def clause(self, said: Mapping[str, str]) -> list[Block]:
        """Set a numbered clause."""
        self.counts[1] += 1
        number = f"{self.counts[0]}.{self.counts[1]}" + ("." if self.numbering in ("1.1.", "article") else "")
        if self.numbering == "1.":
            number = f"{self.counts[0]}.{self.counts[1]})"
        return self.blocks({language: f"{number} {text}" for language, text in said.items()})

    def title(self, key: str, number: object = "", *, annex: int = 0, draft: bool = False) -> list[Block]:
        """Set the document's title, below the annex's number where it is one."""
        blocks: list[Block] = []
        if draft:
            said = self.say("title", "draft", n=self.same(self.rng.randint(2, 4)))
            blocks.extend(Paragraph(said[language], "right", italic=True) for language in self.languages)
        if annex:
            for language in self.languages:
                rows = wording(language)["title"]
                facts = self.facts(language)
                align = "right" if self.design % 2 else "left"
                label = rows["annex"][self.variant["annex"] % len(rows["annex"])].format(n=annex)
                link = rows["to_contract"][self.variant["annex"] % len(rows["to_contract"])].format(**facts)
                blocks.append(
                    Paragraph(f"{label} {link}" if self.design in (1, 4) else label, align, bold=self.design in (2, 3))
                )
                if self.design not in (1, 4):
                    blocks.append(Paragraph(link, align))
            blocks.append(Gap(8))
        said = self.say("title", key, n=self.same(number))
        self.titles = dict(said)
        if len(self.languages) == 2 and self.sheet.pairing != "columns" and self.rng.random() < 0.5:
            joined = " / ".join(said[language] for language in self.languages)
            blocks.append(Paragraph(joined, "center", bold=True, scale=1.15, after=6))
        else:
            blocks.extend(
                Paragraph(said[language], "center", bold=True, scale=1.2, after=4) for language in self.languages
            )
        return blocks

    def dateline(self, towns: Mapping[str, str], day: date) -> list[Block]:
        """Set the line with place and date."""
        made: list[Block] = []
        for language in self.languages:
            rows = wording(language)["body"]["place"]
            place = rows[self.variant["title"] % len(rows)].format(town=towns[language])
            made.append(Beside((place,), (self.hands[language].day(day),)))
        return [*made, Gap(6)]

    def signatures(self, day: date, *, signed: bool, hands: bool = False, details: bool = True) -> list[Block]:
        """Set the signature blocks of both parties, with their details."""
        deal = self.deal
        made: list[Block] = []
        for language in self.languages if len(self.languages) == 1 or details else self.languages[:1]:
            facts = self.facts(language)
            sides = []
            for role, firm in (("S", deal.supplier), ("B", deal.buyer)):
                sides.append(tuple(self._block(language, facts[role], firm, day, signed, details)))
            pair = (deal.supplier.key, deal.buyer.key) if hands and signed else ("", "")
            made.extend([Gap(6), Beside(sides[0], sides[1], hands=pair, bold_first=True)])
        return made

    def _block(self, language: str, role: str, firm: Firm, day: date, signed: bool, details: bool) -> list[str]:
        body = wording(language)["body"]
        key = "supplier" if firm is self.deal.supplier else "buyer"
        lines = [role + ("：" if language == "zh" else ":"), firm.names[language]]
        if details:
            facts = {
                "town": firm.towns[language],
                "street": body["streets"][firm.street],
                "house": firm.house,
                "zip": 960000 + firm.house * 7,
            }
            lines.append(body["address"][self.variant["title"] % len(body["address"])].format(**facts))
            lines.extend(self.identifiers(firm, language))
            bank = table("tables/firms")["bank"][firm.bank][language]
            lines.append(body["bank"][self.variant["header"] % len(body["bank"])].format(bank=bank))
        facts_of = self.facts(language)
        lines.append(facts_of[f"{key}_post"])
        mark = body["signed"][self.variant["title"] % len(body["signed"])] if signed else ""
        lines.append(f"____________ {mark} {firm.signer.initials[language]}".replace("  ", " "))
        when = self.hands[language].day(day) if signed else "____________"
        lines.append(body["signed_on"][self.variant["annex"] % len(body["signed_on"])].format(date=when))
        return lines

    def header(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Write a grid's header cells, in all languages of the document."""
        cells = []
        for key in keys:
            parts = []
            for language in self.languages:
                rows = wording(language)["table"][key]
                parts.append(rows[self.variant["header"] % len(rows)])
            joint = "\n" if self.design % 2 else " / "
            cells.append(joint.join(dict.fromkeys(parts)))
        return tuple(cells)

    def rules(self) -> str:
        """Return how this document rules its tables."""
        return ("full", "full", "rows", "outer", "full", "header", "rows", "full")[self.design]

    def table_word(self, key: str, **given: object) -> str:
        """Write a table word (a total's label, say) in all languages of the document."""
        parts = []
        for language in self.languages:
            rows = wording(language)["table"][key]
            parts.append(rows[self.variant["header"] % len(rows)].format(**given))
        return " / ".join(dict.fromkeys(parts))


def tidy(text: str) -> str:
    """Take the second full stop away where an abbreviation ends a sentence."""
    return re.sub(r"(?<!\.)\.\.(?!\.)", ".", text)


LABELS = {
    "inn": {"ru": "ИНН", "uk": "ІПН", "zh": "纳税人号（INN）", "en": "INN"},
    "kpp": {"ru": "КПП", "uk": "КПП", "zh": "KPP", "en": "KPP"},
    "ogrn": {"ru": "ОГРН", "uk": "ОГРН", "zh": "国家注册号（OGRN）", "en": "OGRN"},
    "bik": {"ru": "БИК", "uk": "БІК", "zh": "BIK", "en": "BIK"},
    "account": {"ru": "Р/с", "uk": "Р/р", "zh": "账号", "en": "Account No."},
    "uscc": {
        "ru": "Единый код социального кредита",
        "uk": "Єдиний код соціального кредиту",
        "zh": "统一社会信用代码",
        "en": "Unified Social Credit Code",
    },
    "edrpou": {"ru": "Код ЕГРПОУ", "uk": "Код ЄДРПОУ", "zh": "企业代码（EDRPOU）", "en": "EDRPOU code"},
    "iban": {"ru": "IBAN", "uk": "IBAN", "zh": "IBAN", "en": "IBAN"},
    "lei": {"ru": "LEI", "uk": "LEI", "zh": "LEI", "en": "LEI"},
    "registration": {"ru": "Рег. №", "uk": "Реєстр. №", "zh": "注册号", "en": "Registration No."},
}


def labelled(scheme: str, value: str, language: str) -> str:
    """Write a register number with its label."""
    return f"{LABELS[scheme][language]}{'：' if language == 'zh' else ': ' if language == 'en' else ' '}{value}"
