"""The fiction: states, firms, people, goods and deals, all drawn by a random source. No documents yet, only facts.

States, firms and people are invented (see `tables/`). Identifiers have valid check digits and region codes that no
office gives out (Russian region 96, Chinese division 97), so that they can be nobody's.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from assay.specimen.registers import identifiers_of

LANGUAGES = ("ru", "uk", "zh", "en")
PAIRS = (("ru", "zh"), ("ru", "en"), ("uk", "en"), ("zh", "en"))
INCOTERMS = ("CIP", "CPT", "FCA", "DAP", "CIF", "FOB", "FCA", "DDP")


@cache
def table(name: str) -> Any:
    """Return a table of `tables/` or `wording/` by its path without ending."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


@cache
def wording(language: str) -> Any:
    """Return the wording of a language."""
    return table(f"wording/{language}")


@dataclass(frozen=True, slots=True)
class Person:
    """A fictional person: full names, genitives (ru, uk), surnames and initials by language."""

    key: str
    names: dict[str, str]
    genitives: dict[str, str]
    surnames: dict[str, str]
    initials: dict[str, str]

    @property
    def forms(self) -> tuple[str, ...]:
        """Every form of the name that a document may use."""
        return tuple(dict.fromkeys([*self.names.values(), *self.genitives.values(), *self.initials.values()]))


@dataclass(frozen=True, slots=True)
class Firm:
    """A fictional firm or agency. `names` are full, `shorts` abbreviated, `genitives` the full ones declined."""

    key: str
    native: str
    agency: bool
    state: str
    names: dict[str, str]
    shorts: dict[str, str]
    genitives: dict[str, str]
    identifiers: tuple[tuple[str, str], ...]
    towns: dict[str, str]
    street: int
    house: int
    bank: int
    signer: Person
    post: int

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every form of its name that a document may use."""
        found = [*self.names.values(), *self.shorts.values(), *self.genitives.values()]
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Good:
    """One line item. `designation` is "" when the paper gives none; `annex` numbers the annex that lists it."""

    position: str
    annex: int
    designation: str
    descriptions: dict[str, str]
    measure: str
    unit: str
    quantity: int
    price: Decimal

    @property
    def total(self) -> Decimal:
        """Quantity times price, to the cent; `price` itself may have four decimals."""
        return (self.quantity * self.price).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment that a contract foresees: `kind` is advance, middle or balance."""

    kind: str
    percent: int
    days: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Batch:
    """One delivery that a contract foresees."""

    number: int
    due: date
    quantity: int


@dataclass(frozen=True, slots=True)
class Annex:
    """One annex: its number, and its kind as in the wording's titles, or reserved."""

    number: int
    kind: str


@dataclass(slots=True)
class Deal:
    """Everything that is true of one deal in the fiction. `happened` maps a rung to its day: what really came to pass.

    `terms` are indices into the wording's terms: supplier, buyer, deal.
    """

    key: str
    number: str
    languages: tuple[str, str]
    day: date
    supplier: Firm
    buyer: Firm
    currency: str
    goods: list[Good]
    main: Good
    subjects: dict[str, str]
    vat: int
    total: Decimal
    subtotal: Decimal
    incoterm: tuple[str, dict[str, str]]
    due: date
    instalments: tuple[Instalment, ...]
    batches: tuple[Batch, ...]
    annexes: tuple[Annex, ...]
    people: int
    weeks: int
    technology: bool
    integration: bool
    licence_cap: int
    licence_fee: Decimal
    secret_years: int
    terms: tuple[int, int, int]
    happened: dict[str, date] = field(default_factory=dict)

    def annex(self, kind: str) -> int:
        """Return the number of the first annex of a kind, 0 when there is none."""
        return next((a.number for a in self.annexes if a.kind == kind), 0)


class World:
    """Draws people, firms and deals, and remembers the firms so that deals can share them."""

    def __init__(self, seed: int) -> None:
        """Open a world for a seed."""
        self.seed = seed
        self.firms: dict[str, Firm] = {}
        self.people: dict[str, Person] = {}
        self.numbers: set[str] = set()
        self.states = {row["key"]: row for row in table("tables/states")["state"]}
        self.pools: dict[tuple[str, bool], list[Firm]] = {}
        self.others = _others()
        self.signers: set[str] = set()

    def person(self, rng: Random, native: str) -> Person:
        """Draw a person of a language."""
        rows = table("tables/people")[native]
        surname, given = rng.choice(rows["surname"]), rng.choice(rows["given"])
        key = f"person-{surname[3]}-{given[3]}".lower().replace(" ", "-")
        if key not in self.people:
            self.people[key] = _person(key, native, surname, given)
        return self.people[key]

    def signer(self, rng: Random, native: str) -> Person:
        """Draw a person who signs for no other firm yet, as long as there are such."""
        for _ in range(40):
            person = self.person(rng, native)
            if person.key not in self.signers:
                break
        self.signers.add(person.key)
        return person

    def firm(self, rng: Random, native: str, agency: bool) -> Firm:
        """Draw a firm or agency of a language; about every second time one that has been seen before."""
        pool = self.pools.setdefault((native, agency), [])
        if pool and rng.random() < 0.35:
            return rng.choice(pool)
        for _ in range(60):
            made = self._new(rng, native, agency)
            if made.key not in self.firms:
                self.firms[made.key] = made
                pool.append(made)
                return made
        return rng.choice(pool)

    def _new(self, rng: Random, native: str, agency: bool) -> Firm:
        rows = table("tables/firms")
        state = rng.choice([s for s in self.states.values() if s["native"] == native])
        if agency:
            row = rng.choice(rows["agency"])
            names = {
                "ru": f"{row['ru'][0]} {state['ru_gen']}", "uk": f"{row['uk'][0]} {state['uk_gen']}",
                "zh": f"{state['zh']}{row['zh'][0]}", "en": f"{row['en'][0]} of the {state['en']}",
            }  # fmt: skip
            shorts = dict(names)
            key = f"{state['key']}-{row['en'][1]}".lower()
        else:
            stem = rng.choice(next(s for s in rows["stem"] if s["native"] == native)["forms"])
            trade = rng.choice(rows["trade"])
            forms = next(f for f in rows["form"] if f["native"] == native)
            pick = rng.randrange(len(forms["en"]))
            names = {
                "ru": f"{forms['ru'][pick][0]} «{trade['ru'][0]} «{stem[0]}»",
                "uk": f"{forms['uk'][pick][0]} «{trade['uk'][0]} «{stem[1]}»",
                "zh": f"{stem[2]}{trade['zh'][0]}{forms['zh'][pick]}",
                "en": f"{stem[3]} {trade['en'][0]} {forms['en'][pick]}",
            }
            shorts = {
                "ru": f"{forms['ru'][pick][1]} «{trade['ru'][1]} «{stem[0]}»",
                "uk": f"{forms['uk'][pick][1]} «{trade['uk'][1]} «{stem[1]}»",
                "zh": f"{stem[2]}公司",
                "en": f"{stem[3]} {trade['en'][0]}",
            }
            key = f"{stem[3]}-{trade['en'][1]}".lower().replace(" ", "-").replace("'", "")
        genitives = {language: declined(names[language], language) for language in ("ru", "uk")}
        town = rng.choice(state["towns"])
        towns = {language: town[language] for language in LANGUAGES}
        identifiers = identifiers_of(rng, native)
        post_rows = wording(native)["body"]["agency_posts" if agency else "posts"]
        return Firm(
            key, native, agency, state["key"], names, shorts, genitives, identifiers, towns,
            rng.randrange(6), rng.randint(2, 148), rng.randrange(len(rows["bank"])),
            self.signer(rng, native), rng.randrange(len(post_rows)),
        )  # fmt: skip

    def deal(self, index: int, scale: float = 1.0) -> Deal:
        """Draw the deal with this index; `scale` (0..1) shortens its lists."""
        rng = Random(f"assay-specimen/{self.seed}/deal/{index}")
        languages = PAIRS[(index + self.seed) % len(PAIRS)] if rng.random() < 0.7 else rng.choice(PAIRS)
        first, second = languages if rng.random() < 0.65 else (languages[1], languages[0])
        supplier = self.firm(rng, first, False)
        buyer = self.firm(rng, second, rng.random() < 0.5)
        day = date(rng.randint(2016, 2021), rng.randint(1, 12), rng.randint(1, 28))
        currency = rng.choice(_currencies(languages))
        goods = _goods(rng, currency, languages, scale)
        main = goods[0]
        subtotal = sum((g.total for g in goods), Decimal(0))
        vat = rng.choice((5, 10, 20)) if rng.random() < 0.2 else 0
        total = subtotal + (subtotal * vat / 100).quantize(Decimal("0.01"))
        due = _later(day, rng.randint(240, 900))
        number = _number(rng, day, languages)
        while number in self.numbers:
            number = _number(rng, day, languages)
        self.numbers.add(number)
        people = rng.randint(4, 60) if rng.random() < 0.75 else 0
        technology = rng.random() < 0.55
        licence = rng.random() < 0.4
        code = rng.choice(INCOTERMS)
        town = rng.choice(self.states[buyer.state]["towns"])
        deal = Deal(
            key=f"deal-{index + 1}", number=number, languages=languages, day=day, supplier=supplier, buyer=buyer,
            currency=currency, goods=goods, main=main, subjects=dict(main.descriptions), vat=vat,
            total=total, subtotal=subtotal, due=due,
            incoterm=(code, {language: town[language] for language in LANGUAGES}),
            instalments=_instalments(rng, total), batches=_batches(rng, day, due, main.quantity),
            annexes=_annexes(rng, goods, people), people=people, weeks=rng.randint(2, 16), technology=technology,
            integration=rng.random() < 0.5, licence_cap=rng.randint(3, 30) * 10 if licence else 0,
            licence_fee=Decimal(rng.randint(40, 900)) * 5000, secret_years=rng.choice((3, 5, 7, 10, 15)),
            terms=(rng.randrange(4), rng.randrange(4), rng.randrange(2)),
        )  # fmt: skip
        deal.happened = _history(rng, deal)
        return deal


def _others() -> dict[str, tuple[str, dict[str, str], tuple[str, ...]]]:
    """Return states, banks and newspapers by key: kind, names, and all forms of the name."""
    made: dict[str, tuple[str, dict[str, str], tuple[str, ...]]] = {}
    for row in table("tables/states")["state"]:
        names = {language: row[language] for language in LANGUAGES}
        made[f"state-{row['key']}"] = ("state", names, (*names.values(), row["ru_gen"], row["uk_gen"]))
    for prefix, rows in (("bank", table("tables/firms")["bank"]), ("outlet", table("wording/press")["outlet"])):
        for row in rows:
            names = {language: row[language] for language in LANGUAGES}
            key = f"{prefix}-{row['en']}".lower().replace(" ", "-").replace("&", "and")
            made[key] = ("organisation", names, tuple(names.values()))
    return made


def declined(name: str, language: str) -> str:
    """Return an organisation's name in the genitive; a language without cases leaves it as it is."""
    for opening, genitive in table("tables/firms")["genitive"].get(language, ()):
        if name.startswith(opening):
            return str(genitive) + name[len(opening) :]
    return name


def _later(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _currencies(languages: tuple[str, str]) -> tuple[str, ...]:
    return ("USD", "USD", "EUR", "CNY") if "zh" in languages else ("USD", "EUR", "USD")


def _person(key: str, native: str, surname: list[str], given: list[str]) -> Person:
    names, surnames, initials = {}, {}, {}
    for column, language in enumerate(LANGUAGES):
        last, first = surname[column], given[column]
        if native == "zh":
            names[language] = last + first if language == "zh" else f"{last} {first}"
            initials[language] = names[language]
        elif language == "zh":
            names[language] = f"{first}·{last}"
            initials[language] = names[language]
        else:
            slavic = native in ("ru", "uk") and language in ("ru", "uk")
            names[language] = f"{last} {first}" if slavic else f"{first} {last}"
            letters = ".".join(word[0] for word in first.split()) + "."
            initials[language] = f"{last} {letters}" if slavic else f"{letters} {last}"
        surnames[language] = last
    genitives = {language: _genitive(names[language], native) for language in ("ru", "uk")}
    return Person(key, names, genitives, surnames, initials)


def _genitive(name: str, native: str) -> str:
    """Decline a man's name (surname, name, patronymic) to the genitive; other names stay as they are."""
    if native not in ("ru", "uk"):
        return name
    done = []
    for word in name.split():
        if word.endswith(("ский", "зький", "ський", "цкий")):
            done.append(word[:-2] + ("ого"))
        elif word.endswith("нко"):
            done.append(word[:-1] + "а")
        elif word.endswith(("ий", "ей", "ай", "ій")) or word.endswith("ль"):
            done.append(word[:-1] + "я")
        elif word.endswith("о"):
            done.append(word[:-1] + "а")
        elif word == "Павел":
            done.append("Павла")
        elif word == "Лев":
            done.append("Льва")
        else:
            done.append(word + "а")
    return " ".join(done)


def _number(rng: Random, day: date, languages: tuple[str, str]) -> str:
    letters = "ВТКМНР" if languages[0] in ("ru", "uk") and rng.random() < 0.25 else "BDFGHKLMNRSTVW"
    code = "".join(rng.sample(letters, rng.choice((2, 3))))
    serial = rng.randint(11, 989)
    return rng.choice(
        (
            f"{code}-{day.year}/{serial:03d}", f"{serial:03d}/{day.year}-{code}", f"{code}/{day:%y}-{serial:04d}",
            f"{day.year}-{code}-{serial:03d}", f"{code}{day:%y%m}/{serial}", f"{serial}-{day:%y}/{code}",
        )
    )  # fmt: skip


def designation(rng: Random, languages: tuple[str, ...]) -> str:
    """Draw a fictional designation in a script of one of the languages, or Latin."""
    rows = table("tables/goods")["designation"]
    kinds = ["latin", "latin"]
    if "ru" in languages:
        kinds += ["ru", "cyrillic"]
    if "uk" in languages:
        kinds += ["uk", "uk"]
    if languages == ("zh", "en"):
        kinds += ["zh"]
    kind = rng.choice(kinds)
    word = rng.choice(rows[kind])
    if kind in ("ru", "uk"):
        tail = rng.choice(("-М", "-2", "-1К", "-М2", "-5", "", "-3Т", "-21"))
        return f"«{word}{tail}»"
    if kind == "cyrillic":
        return f"{word}-{rng.randint(2, 99)}{rng.choice(('', 'М', 'А', 'К'))}"
    if kind == "zh":
        return f"{word}-{rng.randint(1, 12)}型"
    return rng.choice((f"{word}-{rng.randint(2, 99)}", f"{word}-{rng.randint(100, 990)}{rng.choice('ABCE')}",
                       f"{word} {rng.randint(2, 40)}/{rng.randint(1, 9)}", f"{word}-{rng.randint(1, 9)}M"))  # fmt: skip


def _goods(rng: Random, currency: str, languages: tuple[str, str], scale: float) -> list[Good]:
    rows = table("tables/goods")
    rate = {"USD": Decimal(1), "EUR": Decimal("0.92"), "CNY": Decimal("7.1"), "RUB": Decimal(88)}[currency]
    goods, used = [], set()
    mains = rng.sample(rows["main"], rng.choice((1, 1, 2)))
    lists = [max(8, int(rng.randint(10, 40) * scale))]
    if rng.random() < 0.5 and scale > 0.6:
        lists.append(rng.randint(10, 30))
    for annex, count in enumerate(lists, start=1):
        parts = [rng.choice(rows["part"]) for _ in range(count)]
        chosen = ([*mains, *parts[len(mains) :]]) if annex == 1 else parts
        for place, row in enumerate(chosen, start=1):
            name = ""
            if row in mains or rng.random() < 0.75:
                for _ in range(50):
                    name = designation(rng, languages)
                    if name not in used:
                        break
                used.add(name)
            low, high = row["band"]
            price = (Decimal(rng.randint(low * 20, high * 20)) / 20 * rate).quantize(Decimal("0.01"))
            if price > 2000 and rng.random() < 0.7:
                price = price.quantize(Decimal(10)).quantize(Decimal("0.01"))
            if price < 400 and rng.random() < 0.12:
                price += Decimal(rng.randint(1, 99)) / 10000
            heavy = row in mains
            quantity = rng.randint(2, 64) if heavy else rng.choice((1, 2, 4, 6, 8, 12, 20, 37, 50, 64, 120, 240))
            if price * quantity > 90_000_000:
                quantity = rng.randint(2, 6)
            position = str(place) if annex == 1 else f"{annex}.{place}"
            descriptions = {language: row[language] for language in LANGUAGES}
            goods.append(
                Good(
                    position,
                    annex,
                    name,
                    descriptions,
                    row.get("measure", "件"),
                    row.get("unit", "unit"),
                    quantity,
                    price,
                )
            )
    return goods


def _instalments(rng: Random, total: Decimal) -> tuple[Instalment, ...]:
    shares = rng.choice(((30, 70), (20, 80), (10, 90), (50, 50), (30, 40, 30), (20, 60, 20), (15, 65, 20), (40, 60)))
    kinds = ("advance", "balance") if len(shares) == 2 else ("advance", "middle", "balance")
    made, spent = [], Decimal(0)
    for index, (kind, share) in enumerate(zip(kinds, shares, strict=True)):
        amount = (total * share / 100).quantize(Decimal("0.01")) if index < len(shares) - 1 else total - spent
        spent += amount
        made.append(Instalment(kind, share, rng.choice((10, 15, 20, 30, 45, 60)), amount))
    return tuple(made)


def _batches(rng: Random, day: date, due: date, quantity: int) -> tuple[Batch, ...]:
    count = min(rng.randint(2, 6), quantity)
    span = (due - day).days
    left, made = quantity, []
    for number in range(1, count + 1):
        part = left if number == count else max(1, quantity // count)
        left -= part
        when = due if number == count else _later(day, span * number // count)
        made.append(Batch(number, when, part))
    return tuple(made)


def _annexes(rng: Random, goods: list[Good], people: int) -> tuple[Annex, ...]:
    kinds = ["specification"] * max(g.annex for g in goods)
    rest = ["payment_schedule", "delivery_schedule"] + (["training_programme"] if people else [])
    rng.shuffle(rest)
    if rng.random() < 0.35:
        rest.insert(rng.randrange(len(rest)), "reserved")
    return tuple(Annex(number, kind) for number, kind in enumerate(kinds + rest, start=1))


STEPS = ("proposed", "drafted", "signed", "in_force", "advance_paid", "in_production", "shipped", "accepted",
         "paid_in_full", "in_service")  # fmt: skip


def _history(rng: Random, deal: Deal) -> dict[str, date]:
    """Draw how far the deal went, and when each step was taken."""
    reach = rng.choice((2, 3, 3, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10))
    offsets = {"proposed": -rng.randint(120, 300), "drafted": -rng.randint(20, 90), "signed": 0}
    step, first = rng.randint(20, 60), deal.batches[0].due
    happened: dict[str, date] = {}
    day = deal.day
    for name in STEPS[:reach]:
        if name in offsets:
            day = _later(deal.day, offsets[name])
        elif name == "shipped":
            day = max(_later(day, step), _later(first, -25))
        else:
            day = _later(day, rng.randint(15, 60))
        happened[name] = day
    if reach > 5 and deal.people and rng.random() < 0.5:
        happened["people_trained"] = _later(day, rng.randint(10, 80))
    if reach > 7 and deal.technology and rng.random() < 0.5:
        happened["technology_transferred"] = _later(day, rng.randint(10, 80))
    if reach in (4, 5, 6) and rng.random() < 0.35:
        happened[rng.choice(("suspended", "cancelled"))] = _later(day, rng.randint(60, 200))
    return happened
