"""The dossier of one deal: every paper about it, in the order of its life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

from assay.specimen import alter, papers
from assay.specimen import contract as contracts
from assay.specimen.course import Course
from assay.specimen.desk import Desk
from assay.specimen.fiction import Instalment, wording
from assay.specimen.filing import Change, Holder, Sheets, Sort
from assay.specimen.goodslist import sheet_rows
from assay.specimen.mailfile import Note, eml_of, headers_of, txt_of
from assay.specimen.paper import Beside, Block, Paragraph
from assay.specimen.plan import Plant, other_digit
from assay.specimen.sheetfile import xlsx_of
from assay.specimen.truth import Filed
from assay.specimen.wordfile import docx_of


class Dossier(Course):
    """Makes the papers of one deal."""

    def brief(self) -> None:
        """Make the few papers of a deal that the trove holds little of."""
        self.master()
        for annex in self.deal.annexes:
            self.annex(annex.number, annex.kind)
        self.events()
        self.text()
        self.copies()

    def make(self) -> None:
        """Make every paper of the deal."""
        deal, rng = self.deal, self.rng
        if "proposed" in deal.happened and rng.random() < 0.7:
            self.notice(
                "proposed",
                deal.happened["proposed"],
                deal.supplier,
                deal.buyer,
                quantity=deal.main.quantity,
                money=deal.total,
            )
        if "drafted" in deal.happened and self.signed and rng.random() < 0.75:
            self.draft()
        self.master()
        self.open_holders()
        for annex in deal.annexes:
            self.annex(annex.number, annex.kind)
        if rng.random() < 0.75:
            self.price_protocol()
        if deal.licence_cap:
            self.licence()
        self.minutes()
        if self.signed and rng.random() < 0.25:
            self.amendment()
        self.events()
        self.invoice()
        self.spreadsheet()
        self.word_annex()
        self.text()
        for _ in range(rng.randint(0, 2)):
            self.query()
        self.close_holders()
        self.copies()

    def master(self) -> None:
        """Make the master contract."""
        deal = self.deal
        desk = self.desk("contract", deal.languages)
        stage = "final" if self.signed else "draft"
        content = ("txt.ids", "txt.parity", "txt.parity") if self.rng.random() < 0.45 else ()
        sort = Sort("contract", deal.day, deal.number, stage, True, content, at=deal.supplier.towns)
        scan = self.filer.turn % 5 in (1, 3)
        self.filer.turn += 1
        path, sheets = self.put(
            desk, sort, lambda scan: contracts.contract(desk, signed=self.signed, hands=scan), "contract", scan=scan
        )
        self.contract, self.contract_sheets, self.contract_desk = path, sheets, desk
        self.titles, self.terms, self.delivery = desk.titles, desk.terms, desk.said.get("delivery", {})
        self.family.insert(0, (path, "original"))
        self.stated["contract"].append(path)
        if self.signed:
            self.happened("signed", deal.day, path)
        else:
            self.basis.setdefault("drafted", []).append(path)
        if not any(change.examination == "txt.parity" for change in sheets.changes) and desk.rng.random() < 0.5:
            why = "numbers and dates of the two columns are written in other manners"
            self.filer.note(Change("txt.parity", "other forms", True, why), path)
        if not any(change.examination == "txt.words" for change in sheets.changes) and desk.word_style in (0, 1, 3):
            self.filer.note(
                Change("txt.words", "other wording", True, "the same amount in other words and with cents in figures"),
                path,
            )

    def draft(self) -> None:
        """Make a Word draft of the contract with another sum, with or without tracked changes."""
        deal, rng = self.deal, self.rng
        share = Decimal(rng.choice((93, 95, 97, 104, 106))) / 100
        total = (deal.total * share).quantize(Decimal("0.01"))
        parts: list[Instalment] = []
        for part in deal.instalments:
            amount = (total * part.percent / 100).quantize(Decimal("0.01"))
            parts.append(replace(part, amount=amount))
        other = replace(deal, total=total, instalments=tuple(parts))
        desk = self.desk("draft", deal.languages, other)
        day = deal.happened["drafted"]
        blocks = contracts.contract(desk, signed=False, hands=False)
        author = deal.supplier.signer.names[deal.languages[0]]
        data, text = docx_of(blocks, desk.rng, title=f"draft {deal.number}", author=author, made=day)
        language = desk.languages[0]
        titles = [row.format(**desk.facts(language)) for row in wording(language)["heading"]["general"]]
        old = next(title for title in titles if title in text)
        new = next(title for title in titles if title != old)
        data, text, change = self.session(desk, data, text, day, old, new, draft=True)
        sort = Sort("contract", deal.day, deal.number, "draft", at=deal.supplier.towns)
        path = self.plain(
            desk,
            sort,
            data,
            text,
            "office",
            f"{self.flat()}/{desk.rng.choice(('draft', 'проект', '草案'))}_{day:%d.%m}.docx",
        )
        self.filer.note(change, path)
        self.basis.setdefault("drafted", []).append(path)
        self.stated["draft"].append(path)
        self.drafted = [part.amount for part in parts]
        self.family.append((path, "draft"))

    def session(
        self, desk: Desk, data: bytes, text: str, day: date, old: str, new: str = "", *, draft: bool = False
    ) -> tuple[bytes, str, Change]:
        """Open and save a Word file once more: `old` changed under tracking, or as the twin nothing changed.

        Tracked changes are what a draft is for: on a `draft` they are a twin too.
        """
        plan, rng = self.filer.plan, desk.rng
        track, twin = Plant("ooxml.track"), Plant("ooxml.track", True)
        tracked = rng.random() < 0.6 if draft else plan.counts.get(track, 0) <= plan.counts.get(twin, 0)
        if not draft:
            plan.done(track if tracked else twin)
        if not tracked:
            change = Change("ooxml.track", "saved in a second session", True, "an edit with nothing tracked")
            return alter.accepted(data, rng, old=old).data, text, change
        when = datetime.combine(day, time(15, rng.randrange(60)))
        reviser = alter.Reviser(self.deal.buyer.signer.names["en"], "R.", when)
        remark = desk.say("body", "comment")[desk.languages[0]] if rng.random() < 0.7 else ""
        new = new or other_digit(rng, old)
        made = alter.track_changes(data, rng, reviser=reviser, old=old, new=new, comment=remark)
        plain = (old.replace("\u00a0", " "), new.replace("\u00a0", " "))
        kind = "tracked draft" if draft else "tracked change"
        change = Change("ooxml.track", kind, draft, " -> ".join(plain))
        return made.data, text.replace(*plain, 1), change

    def open_holders(self) -> None:
        """Open the mails and archives into which some of the papers go."""
        if self.rng.random() < 0.7:
            self.holders.append(Holder(self.cabinet.free(f"mail/{self.flat()}_{self.rng.randint(1, 99)}.eml")))
        if self.rng.random() < 0.4:
            self.holders.append(
                Holder(self.cabinet.free(f"archive/{self.rng.choice(('docs', 'документы', '资料'))}_{self.flat()}.zip"))
            )

    def close_holders(self) -> None:
        """Write the mails and archives."""
        deal = self.deal
        for holder in self.holders:
            language = self.rng.choice(deal.languages)
            desk = self.desk("mail", (language,))
            day = papers.later(deal.day, desk.rng.randint(1, 90))
            if holder.path.endswith(".zip"):
                if holder.members:
                    filed = Filed(holder.path, "other", (), "archive", "unclear", ())
                    self.cabinet.file(filed, self.filer.close(holder, day))
                continue
            said, subject = desk.say("mail", "body")[language], desk.say("mail", "subject")[language]
            pair = desk.rng.choice(((deal.supplier, deal.buyer), (deal.buyer, deal.supplier)))
            people = [firm.signer.names[language] for firm in pair]
            at = [f"{firm.signer.surnames['en'].lower()}@{firm.key.split('-')[0]}.example" for firm in pair]
            body = f"{said}\n\n{people[0]}".replace("\u00a0", " ")
            note = Note(people[0], at[0], people[1], at[1], day, subject.replace("\u00a0", " "), body, language)
            data = eml_of(note, desk.rng, holder.members)
            page = f"{headers_of(data)}\n{body}"
            filed = Filed(
                holder.path,
                "mail",
                (language,),
                "mail",
                "unclear",
                ((page, language, "parser"),),
                deal.key,
                "",
                day.isoformat(),
                {},
                desk.template,
                None,
                None,
                tuple(self.filer.named(deal, body)),
            )
            self.cabinet.file(filed, data)
            self.paths.append(holder.path)
        self.holders = []

    def annex(self, number: int, kind: str) -> None:
        """Make one annex, or leave it out, or send it along in a mail."""
        deal = self.deal
        if kind == "reserved":
            if not self.omitted:
                self.filer.note(
                    Change("set.gaps", "reserved", True, f"annex {number} is stated to be unused"), self.contract
                )
            return
        if number == self.omitted:
            self.filer.plan.done(Plant("set.gaps"))
            self.filer.note(
                Change("set.gaps", "annex missing", False, f"annex {number} is not in the trove"), self.contract
            )
            row = {"what": "annex", "number": str(number), "agreement": deal.key, "referenced_in": [self.contract]}
            self.cabinet.add("missing", row)
            return
        wide = kind == "specification" and self.rng.random() < 0.2
        desk = self.desk(kind, self.tongues(0.7), landscape=wide)
        write = {
            "specification": contracts.specification,
            "payment_schedule": contracts.payment_schedule,
            "delivery_schedule": contracts.delivery_schedule,
            "training_programme": contracts.training_programme,
        }[kind]
        content = {
            "specification": ("txt.sum",),
            "payment_schedule": ("txt.parity",),
            "training_programme": ("txt.parity",),
        }
        stage = "final" if self.signed else "draft"
        sort = Sort(
            "annex" if kind == "specification" else kind, deal.day, str(number), stage, content=content.get(kind, ())
        )
        holder = self.holder()
        if self.holders and not holder and not self.omitted and not self.elsewhere:
            holder = self.holders[0]
        path, sheets = self.put(desk, sort, lambda scan: write(desk, number), "annex", holder=holder)
        if holder and not self.omitted and not self.elsewhere:
            self.elsewhere = True
            self.filer.note(
                Change("set.gaps", "attached elsewhere", True, f"annex {number} is in {path}"), self.contract
            )
        if kind in self.stated:
            self.stated[kind].append(path)
        if kind == "specification":
            self.listed(desk, sheets, path, [good for good in deal.goods if good.annex == number])

    def word_annex(self) -> None:
        """Make a Word copy of the first specification; a tracked change in it alters the total."""
        deal, number = self.deal, 1
        if self.rng.random() < 0.5:
            return
        desk = self.desk("specification", self.tongues(0.6))
        goods = [good for good in deal.goods if good.annex == number]
        blocks = contracts.specification(desk, number)
        author = deal.supplier.signer.names[deal.languages[0]]
        data, text = docx_of(blocks, desk.rng, title=f"annex {number}", author=author, made=deal.day)
        whole = deal.vat and len(goods) == len(deal.goods)
        total = deal.total if whole else sum((good.total for good in goods), Decimal(0))
        old = desk.hands[desk.languages[0]].figure(total)
        data, text, change = self.session(desk, data, text, deal.day, old)
        sort = Sort("annex", deal.day, str(number), "final" if self.signed and change.twin else "draft")
        stem = self.rng.choice(("annex", "приложение", "附件", "specification"))
        path = self.plain(desk, sort, data, text, "office", f"{self.flat()}/{stem}_{number}.docx", holder=self.holder())
        self.filer.note(change, path)
        self.listed(desk, Sheets([], data, False), path, goods)

    def price_protocol(self) -> None:
        """Make the protocol of prices."""
        desk, number = self.desk("price_protocol", self.deal.languages), self.next("price protocol")
        day = papers.later(self.deal.day, -self.rng.randint(1, 20))
        sort = Sort("price_protocol", day, str(number), content=("txt.sum", "txt.words"), at=self.deal.buyer.towns)
        path, sheets = self.put(
            desk, sort, lambda scan: contracts.price_protocol(desk, number, day), "protocol", holder=self.holder()
        )
        self.listed(desk, sheets, path, self.deal.goods)

    def licence(self) -> None:
        """Make the licence."""
        deal = self.deal
        desk, number = self.desk("licence", deal.languages), self.next("licence")
        day = papers.later(deal.day, self.rng.randint(0, 20))
        content = ("txt.words", "txt.ids", "txt.parity")
        sort = Sort(
            "licence", day, str(number), "final" if self.signed else "draft", content=content, at=deal.supplier.towns
        )
        path, _ = self.put(desk, sort, lambda scan: contracts.licence(desk, number, day), "licence")
        self.stated["licence"].append(path)

    def minutes(self) -> None:
        """Make minutes of a negotiation."""
        desk, number = self.desk("minutes", self.tongues()), self.next("minutes")
        day = papers.later(self.deal.day, 14 * number - 160)
        sort = Sort("minutes", day, str(number), at=self.deal.supplier.towns)
        if self.rng.random() < 0.5:
            blocks = papers.minutes(desk, number, day)
            author = self.deal.supplier.signer.names[desk.languages[0]]
            data, text = docx_of(blocks, desk.rng, title=f"minutes {number}", author=author, made=day)
            old = desk.hands[desk.languages[0]].day(day)
            data, text, change = self.session(desk, data, text, day, old)
            stem = self.rng.choice(("minutes", "протокол", "纪要", "meeting"))
            sort = replace(sort, stage="final" if change.twin else "draft")
            path = self.plain(desk, sort, data, text, "office", f"{self.flat()}/{stem}_{number}.docx")
            self.filer.note(change, path)
            return
        self.put(desk, sort, lambda scan: papers.minutes(desk, number, day), "minutes", holder=self.holder())

    def amendment(self) -> None:
        """Make an amendment that moves the time of delivery."""
        deal = self.deal
        desk, number = self.desk("amendment", deal.languages), self.next("amendment")
        day, due = papers.later(deal.day, self.rng.randint(60, 200)), papers.later(deal.due, self.rng.randint(60, 300))
        sort = Sort("amendment", day, str(number), content=("txt.parity", "txt.ids"), at=deal.buyer.towns)
        path, _ = self.put(desk, sort, lambda scan: contracts.amendment(desk, number, day, due), "amendment")
        self.moved.append((path, due))

    def spreadsheet(self) -> None:
        """Make a workbook of the specification; a planted wrong sum is a value that its formula does not give."""
        if self.rng.random() < 0.3:
            return
        desk = self.desk("spreadsheet", self.tongues(0.5))
        desk.plant = self.filer.plan.choose(desk.rng, [Plant("txt.sum")])
        goods = [good for good in self.deal.goods if good.annex == 1]
        rows = sheet_rows(desk, goods)
        author = self.deal.supplier.signer.names["en"]
        data, text = xlsx_of(
            rows,
            sheet=desk.rng.choice(("Sheet1", "Лист1", "Spec", "价格")),
            title=self.deal.number,
            author=author,
            made=self.deal.day,
        )
        stem = desk.rng.choice(("calc", "расчет", "报价", "prices", "spec"))
        sort = Sort("spreadsheet", self.deal.day, "", "unclear", dated=False)
        path = self.plain(desk, sort, data, text, "sheet", f"{self.flat()}/{stem}.xlsx", holder=self.holder())
        sheets = Sheets([], data, False)
        for good in goods:
            if good.price != good.price.quantize(Decimal("0.01")):
                self.printed.setdefault(good.position, {})[path] = {"price": str(good.price)}
        if desk.planted:
            change = Change("txt.sum", f"cached {desk.planted.kind}", False, desk.planted.detail, 1)
            change.position, change.figure = desk.planted.position, desk.planted.figure
            sheets.changes.append(change)
            self.filer.note(change, path)
            self.filer.plan.done(Plant("txt.sum"))
        self.listed(desk, sheets, path, goods)

    def text(self) -> None:
        """Make a letter as a text file in an old encoding."""
        if self.rng.random() < 0.4:
            return
        deal = self.deal
        desk = self.desk("letter", (self.rng.choice(deal.languages),))
        day = papers.later(deal.day, desk.rng.randint(40, 300))
        number = f"{desk.rng.randint(10, 999)}/{day:%y}"
        blocks = papers.letter(desk, "query", day, papers.later(day, 14), number, deal.supplier, deal.buyer)
        words = "\n".join(lines_of(blocks)).replace("\u00a0", " ")
        data = txt_of(words, desk.languages[0], desk.rng)
        self.plain(
            desk,
            Sort("letter", day, number),
            data,
            words,
            "text",
            f"{self.flat()}/note_{desk.rng.randint(1, 99)}.txt",
            holder=self.holder(),
        )

    def copies(self) -> None:
        """Put a scan of the born-digital contract, whole or with a page lost, and duplicates under other names."""
        desk, sheets = self.contract_desk, self.contract_sheets
        if desk is None or sheets is None:
            return
        if not sheets.scan and not sheets.changes and self.rng.random() < 0.5:
            numbered = "{pages}" in desk.sheet.header + desk.sheet.footer
            gap = self.rng.randint(2, len(sheets.leaves) - 1) if numbered and self.rng.random() < 0.5 else 0
            desk.plant = None
            stage = "final" if self.signed else "draft"
            sort = Sort("contract", self.deal.day, self.deal.number, stage, at=self.deal.supplier.towns)
            where = self.name(desk.rng, sort, "contract", True)
            path = self.filer.rescan(self.deal, desk, sort, sheets, where, lost=gap)
            self.paths.append(path)
            if not gap:
                self.stated["contract"].append(path)
            self.family.append((path, "scan_of"))
        if self.rng.random() < 0.5:
            stem = self.rng.choice(("final", "last", "копия", "副本", "new"))
            path = self.filer.duplicate(self.contract, f"copy/{stem}_{self.rng.randint(1, 999)}.pdf")
            self.paths.append(path)
            self.family.append((path, "duplicate"))
        if len(self.family) > 1:
            members = [{"path": path, "relation": relation} for path, relation in self.family]
            self.cabinet.add("families", {"key": f"family-{self.deal.key}", "members": members})


def lines_of(blocks: Sequence[Block]) -> list[str]:
    """Return the blocks' text as lines of a plain text file."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(block.text)
        elif isinstance(block, Beside):
            lines.extend(text for text in (*block.left, *block.right) if text)
        else:
            lines.append("")
    return lines
