"""The trove: deal after deal, paper after paper, until the pages asked for are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

from assay.model.errors import Usage
from assay.specimen import contract as contracts
from assay.specimen import papers
from assay.specimen.desk import Desk
from assay.specimen.fiction import Deal, Firm, World
from assay.specimen.paint import Imprint, pdf_of
from assay.specimen.paper import Block, leaves_of
from assay.specimen.truth import Cabinet, Filed

VERSION = "1"
NOTICE = "Fictional specimen: no state, firm, person or event in it is real."
SCANNED = 0.40
"""Share of paged documents' pages that are scanned."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Sort:
    """What a paper is: its kind, stage, number and date, for the truth."""

    kind: str
    day: date
    number: str = ""
    stage: str = "final"
    place: bool = False


class Maker:
    """Makes one trove."""

    def __init__(self, folder: Path, pages: int, seed: int, progress: Progress | None) -> None:
        """Open the cabinet and the world."""
        self.cabinet = Cabinet(folder)
        self.world = World(seed)
        self.wanted, self.seed, self.progress = pages, seed, progress
        self.deals: list[Deal] = []
        self.serial = 0

    def run(self) -> Path:
        """Make deals until the trove is nearly full, then single pages to fill it; write the truth."""
        while not self.deals or self.left > 45:
            index = len(self.deals)
            scale = 1.0 if self.wanted >= 100 else 0.45
            deal = self.world.deal(index, scale)
            self.deals.append(deal)
            File(self, deal, Random(f"assay-specimen/{self.seed}/file/{index}")).make()
        rng = Random(f"assay-specimen/{self.seed}/fill")
        while self.left > 0:
            deal = rng.choice(self.deals[-40:])
            File(self, deal, rng).query()
        parties: dict[str, Firm] = self.world.firms
        for key, firm in parties.items():
            self.cabinet.add("parties", {
                "key": key, "kind": "organisation", "names": firm.names, "aliases": list(firm.aliases),
                "identifiers": [{"scheme": s, "value": v} for s, v in firm.identifiers],
                "exhibits": self.cabinet.mentions.get(key, []),
            })  # fmt: skip
        for key, person in self.world.people.items():
            aliases = dict.fromkeys([*person.names.values(), *person.initials.values(), *person.genitives.values()])
            self.cabinet.add("parties", {
                "key": key, "kind": "person", "names": person.names, "aliases": list(aliases), "identifiers": [],
                "exhibits": self.cabinet.mentions.get(key, []),
            })  # fmt: skip
        head = {"seed": self.seed, "pages": self.cabinet.pages, "version": VERSION, "notice": NOTICE}
        return self.cabinet.close(head)

    @property
    def left(self) -> int:
        """Pages still to make."""
        return self.wanted - self.cabinet.pages

    def told(self) -> None:
        """Tell how far it is."""
        if self.progress:
            self.progress(min(self.cabinet.pages, self.wanted), self.wanted)


class File:
    """Makes the papers of one deal and writes down what is true of it."""

    def __init__(self, maker: Maker, deal: Deal, rng: Random) -> None:
        """Open the deal's file."""
        self.maker, self.deal, self.rng = maker, deal, rng
        self.cabinet = maker.cabinet
        self.signed = "signed" in deal.happened
        self.paths: list[str] = []
        self.listing: dict[str, list[str]] = {}
        self.basis: dict[str, list[str]] = {}
        self.contract_paths: list[str] = []

    def make(self) -> None:
        """Make every paper of the deal."""
        deal, rng = self.deal, self.rng
        if "proposed" in deal.happened and rng.random() < 0.7:
            self.notice("proposed", deal.happened["proposed"], deal.supplier, deal.buyer, count=True, money=deal.total)
        stage = "final" if self.signed else "draft"
        desk = self.desk("contract", deal.languages)
        path = self.put(desk, Sort("contract", deal.day, deal.number, stage, True),
                        lambda scan: contracts.contract(desk, signed=self.signed, hands=scan), "contract")  # fmt: skip
        self.contract_paths.append(path)
        if self.signed:
            self.happened("signed", deal.day, path)
        for annex in deal.annexes:
            self.annex(annex.number, annex.kind)
        if rng.random() < 0.7:
            self.price_protocol()
        if deal.licence_cap:
            desk = self.desk("licence", deal.languages)
            day = papers.later(deal.day, rng.randint(0, 20))
            self.put(
                desk,
                Sort("licence", day, str(rng.randint(1, 9)), stage),
                lambda scan: contracts.licence(desk, 1, day),
                "licence",
            )
        self.minutes()
        self.events()
        self.query()
        self.truth(stage)

    def desk(self, kind: str, languages: Sequence[str], *, landscape: bool = False) -> Desk:
        """Open a desk for one paper."""
        self.maker.serial += 1
        rng = Random(f"assay-specimen/{self.maker.seed}/paper/{self.maker.serial}")
        return Desk(rng, self.deal, languages, kind, landscape=landscape)

    def tongues(self) -> tuple[str, ...]:
        """Draw the languages of a lesser paper: both, or one of the deal's."""
        return self.deal.languages if self.rng.random() < 0.45 else (self.rng.choice(self.deal.languages),)

    def put(self, desk: Desk, sort: Sort, write: Callable[[bool], list[Block]], name: str) -> str:
        """Set, paint, perhaps scan, and file one paper; return its path."""
        cabinet = self.cabinet
        scan = cabinet.scanned < SCANNED * cabinet.paged if desk.rng.random() < 0.7 else desk.rng.random() < SCANNED
        leaves = leaves_of(write(scan), desk.sheet)
        imprint = Imprint(f"{sort.kind} {sort.number}".strip(), "specimen", sort.day, 8 + desk.rng.randrange(10))
        data = pdf_of(leaves, desk.sheet, imprint)
        dpi = None
        if scan:
            from assay.specimen.scan import scan_pdf

            dpi = desk.rng.choice((150, 200, 200, 200, 300))
            when = datetime(sort.day.year, sort.day.month, sort.day.day, 11, desk.rng.randrange(60))
            data = scan_pdf(data, desk.rng, dpi=dpi, severity=desk.rng.choice((0.1, 0.3, 0.5, 0.7)), when=when)
            cabinet.scanned += len(leaves)
        cabinet.paged += len(leaves)
        path = cabinet.free(self.name(desk, sort, name, scan))
        language = desk.languages[0]
        pages = tuple((leaf.text, language, "ocr" if scan else "text_layer") for leaf in leaves)
        firms = (self.deal.supplier, self.deal.buyer)
        filed = Filed(
            path, sort.kind, desk.languages, "scan" if scan else "born_digital", sort.stage, pages, self.deal.key,
            sort.number, sort.day.isoformat(), dict(self.deal.supplier.towns) if sort.place else {}, desk.template, None, dpi,
            self.named(firms, pages),
        )  # fmt: skip
        cabinet.file(filed, data)
        self.paths.append(path)
        self.maker.told()
        return path

    def named(self, firms: Sequence[Firm], pages: Sequence[tuple[str, str, str]]) -> tuple[str, ...]:
        """Return the keys of the parties and people that the pages name."""
        text = "\n".join(page[0] for page in pages)
        keys = [firm.key for firm in firms if any(alias in text for alias in firm.aliases)]
        for firm in firms:
            person = firm.signer
            forms = (*person.names.values(), *person.genitives.values(), *person.initials.values())
            if any(form in text for form in forms):
                keys.append(person.key)
        return tuple(dict.fromkeys(keys))

    def name(self, desk: Desk, sort: Sort, name: str, scan: bool) -> str:
        """Draw a file name as people give them; it tells nothing that the truth keeps."""
        rng = desk.rng
        if scan and rng.random() < 0.6:
            return rng.choice((
                f"scans/Scan_{sort.day:%Y%m%d}_{rng.randint(1, 99):03d}.pdf", f"scans/SKM_{rng.randint(10000, 99999)}.pdf",
                f"inbox/doc{rng.randint(100000, 999999)}.pdf", f"scans/{sort.day:%Y}/IMG_{rng.randint(1000, 9999)}.pdf",
            ))  # fmt: skip
        flat = self.deal.number.replace("/", "-")
        return rng.choice((
            f"{flat}/{name}.pdf", f"{flat}/{name}_{sort.day:%Y-%m-%d}.pdf", f"docs/{name} {flat}.pdf", f"{name}_{rng.randint(1, 400)}.pdf",
        ))  # fmt: skip

    def happened(
        self, rung: str, day: date, path: str, money: Decimal | None = None, quantity: int | None = None
    ) -> None:
        """Write down that a paper of the trove evidences a rung."""
        self.basis.setdefault(rung, []).append(path)
        self.cabinet.add("events", {
            "agreement": self.deal.key, "rung": rung, "date": day.isoformat(), "money": self.sum_of(money),
            "quantity": None if quantity is None else str(quantity), "exhibits": [path],
        })  # fmt: skip

    def sum_of(self, money: Decimal | None) -> dict[str, str] | None:
        """Return money as the truth writes it."""
        return None if money is None else {"amount": f"{money:.2f}", "currency": self.deal.currency}

    def annex(self, number: int, kind: str) -> None:
        """Make one annex."""
        deal = self.deal
        if kind == "reserved":
            return
        desk = self.desk(kind, deal.languages if self.rng.random() < 0.7 else (self.rng.choice(deal.languages),))
        write = {
            "specification": contracts.specification, "payment_schedule": contracts.payment_schedule,
            "delivery_schedule": contracts.delivery_schedule, "training_programme": contracts.training_programme,
        }[kind]  # fmt: skip
        sort = Sort(
            "annex" if kind == "specification" else kind, deal.day, str(number), "final" if self.signed else "draft"
        )
        path = self.put(desk, sort, lambda scan: write(desk, number), f"annex_{number}")
        if kind == "specification":
            for good in deal.goods:
                if good.annex == number:
                    self.listing.setdefault(good.position, []).append(path)

    def price_protocol(self) -> None:
        """Make the protocol of prices."""
        desk, number = self.desk("price_protocol", self.deal.languages), self.rng.randint(1, 12)
        day = papers.later(self.deal.day, -self.rng.randint(1, 20))
        path = self.put(
            desk,
            Sort("price_protocol", day, str(number)),
            lambda scan: contracts.price_protocol(desk, number, day),
            "protocol",
        )
        for good in self.deal.goods:
            if good.annex == 1:
                self.listing.setdefault(good.position, []).append(path)

    def minutes(self) -> None:
        """Make minutes of a negotiation."""
        desk, number = self.desk("minutes", self.tongues()), self.rng.randint(1, 20)
        day = papers.later(self.deal.day, -self.rng.randint(20, 120))
        self.put(
            desk,
            Sort("minutes", day, str(number), place=True),
            lambda scan: papers.minutes(desk, number, day),
            "minutes",
        )

    def events(self) -> None:
        """Make the papers that evidence what happened; some things happened without a paper in the trove."""
        deal, rng = self.deal, self.rng
        seller, buyer = deal.supplier, deal.buyer
        for rung, day in deal.happened.items():
            if rung in ("proposed", "drafted", "signed") or rng.random() < 0.2:
                continue
            if rung in ("in_force", "in_production"):
                self.notice(rung, day, seller, buyer)
            elif rung in ("suspended", "cancelled"):
                self.notice(rung, day, *rng.choice(((seller, buyer), (buyer, seller))))
            elif rung == "shipped":
                self.notice(rung, day, seller, buyer, count=True, quantity=deal.batches[0].quantity)
            elif rung == "in_service":
                self.notice(rung, day, buyer, seller, count=True, quantity=deal.batches[0].quantity)
            elif rung in ("advance_paid", "paid_in_full"):
                final = rung == "paid_in_full"
                part = deal.instalments[-1 if final else 0]
                desk, number = self.desk("payment_order", self.tongues()), rng.randint(100, 9999)
                path = self.put(
                    desk, Sort("other", day, str(number)),
                    lambda scan, d=desk, n=number, w=day, p=part, f=final: papers.payment_paper(d, n, w, p.amount, p.percent, f),
                    "payment",
                )  # fmt: skip
                self.happened(rung, day, path, part.amount)
            elif rung == "accepted":
                desk, number = self.desk("acceptance_act", self.tongues()), rng.randint(1, 30)
                quantity = deal.batches[0].quantity
                amount = quantity * deal.main.price
                path = self.put(
                    desk, Sort("acceptance_act", day, str(number), place=True),
                    lambda scan, d=desk, n=number, w=day, q=quantity, a=amount: papers.acceptance_act(d, n, w, q, a), "act",
                )  # fmt: skip
                self.happened("delivered", day, path, None, quantity)
                self.happened("accepted", day, path, None, quantity)
            else:
                key = "trained" if rung == "people_trained" else "technology"
                desk, number = self.desk(f"{key}_act", self.tongues()), rng.randint(1, 30)
                start = papers.later(day, -7 * deal.weeks)
                path = self.put(
                    desk, Sort("acceptance_act", day, str(number)),
                    lambda scan, d=desk, k=key, n=number, w=day, s=start: papers.act(d, k, n, w, s), key,
                )  # fmt: skip
                self.happened(rung, day, path, None, deal.people if key == "trained" else None)

    def notice(
        self, rung: str, day: date, sender: Firm, recipient: Firm, *, count: bool = False,
        money: Decimal | None = None, quantity: int | None = None,
    ) -> None:  # fmt: skip
        """Make a letter that evidences a rung."""
        desk = self.desk("letter", self.tongues())
        written = papers.later(day, desk.rng.randint(0, 6)) if rung != "proposed" else day
        number = f"{desk.rng.randint(10, 999)}/{written:%y}"
        given: dict[str, dict[str, str]] = {}
        if count:
            value = quantity or self.deal.main.quantity
            given["quantity"] = {language: desk.count(value, language) for language in desk.languages}
        if money is not None:
            given["money"] = desk.money(money)
        path = self.put(
            desk, Sort("letter", written, number),
            lambda scan: papers.letter(desk, rung, written, day, number, sender, recipient, **given), "letter",
        )  # fmt: skip
        about = quantity or (self.deal.main.quantity if rung == "proposed" else None)
        self.happened(rung, day, path, money, about)

    def query(self) -> None:
        """Make a letter that asks and evidences nothing."""
        deal = self.deal
        desk = self.desk("letter", (self.rng.choice(deal.languages),))
        day = papers.later(deal.day, desk.rng.randint(40, 300))
        number = f"{desk.rng.randint(10, 999)}/{day:%y}"
        sender, recipient = desk.rng.choice(((deal.supplier, deal.buyer), (deal.buyer, deal.supplier)))
        self.put(
            desk, Sort("letter", day, number),
            lambda scan: papers.letter(desk, "query", day, papers.later(day, 14), number, sender, recipient), "letter",
        )  # fmt: skip

    def truth(self, stage: str) -> None:
        """Write down what is true of the deal."""
        deal, cabinet = self.deal, self.cabinet
        rungs = ("proposed", "drafted", "signed", "in_force", "advance_paid", "in_production", "shipped", "delivered", "accepted",
                 "paid_in_full", "people_trained", "technology_transferred", "in_service", "suspended", "cancelled", "denied")  # fmt: skip
        planned = {"in_force", "advance_paid", "delivered", "accepted", "paid_in_full"}
        planned |= {"people_trained"} if deal.people else set()
        planned |= {"technology_transferred"} if deal.technology else set()
        if stage == "draft":
            self.basis.setdefault("drafted", []).extend(self.contract_paths)
        status = {
            rung: "evidenced" if rung in self.basis else "planned" if rung in planned else "empty" for rung in rungs
        }
        cabinet.add("agreements", {
            "key": deal.key, "number": deal.number, "titles": {}, "subjects": deal.subjects, "date": deal.day.isoformat(),
            "places": dict(deal.supplier.towns),
            "parties": [{"role": "supplier", "party": deal.supplier.key}, {"role": "buyer", "party": deal.buyer.key}],
            "total": {"amount": f"{deal.total:.2f}", "currency": deal.currency},
            "payment_terms": [{"percent": p.percent, "days": p.days, "event": p.kind, "money": f"{p.amount:.2f}"} for p in deal.instalments],
            "delivery_terms": [{"incoterm": deal.incoterm[0], "places": deal.incoterm[1], "due": deal.due.isoformat()}],
            "exhibits": list(self.paths), "status": status, "status_basis": self.basis,
        })  # fmt: skip
        for good in deal.goods:
            cabinet.add("items", {
                "agreement": deal.key, "position": good.position, "designation": good.designation,
                "descriptions": good.descriptions, "quantity": str(good.quantity), "unit": good.unit,
                "price": f"{good.price:.2f}", "total": f"{good.total:.2f}", "currency": deal.currency,
                "exhibits": self.listing.get(good.position, []),
            })  # fmt: skip
        for kind, debtor, creditor, quantity, money, due in self.duties():
            cabinet.add("obligations", {
                "agreement": deal.key, "kind": kind, "debtor": debtor, "creditor": creditor,
                "quantity": quantity, "money": self.sum_of(money), "due": due, "exhibits": list(self.contract_paths),
            })  # fmt: skip

    def duties(self) -> list[tuple[str, str, str, str | None, Decimal | None, list[str | None] | None]]:
        """List what the contract binds whom to do."""
        deal = self.deal
        made: list[tuple[str, str, str, str | None, Decimal | None, list[str | None] | None]] = [
            ("deliver", "supplier", "buyer", None, None, [None, deal.due.isoformat()])
        ]
        made += [("pay", "buyer", "supplier", None, part.amount, None) for part in deal.instalments]
        if deal.people:
            made.append(("train", "supplier", "buyer", str(deal.people), None, None))
        if deal.technology:
            made.append(("transfer_technology", "supplier", "buyer", None, None, None))
        if deal.integration:
            made.append(("integrate", "supplier", "buyer", None, None, None))
        if deal.licence_cap:
            made.append(("license_production", "supplier", "buyer", str(deal.licence_cap), None, None))
        made += [
            ("keep_secret", "supplier", "buyer", None, None, None),
            ("keep_secret", "buyer", "supplier", None, None, None),
        ]
        return made


def make(folder: Path, pages: int, seed: int, progress: Progress | None = None) -> Path:
    """Make a fictional trove of `pages` pages in `folder` and return the path of its truth.json.

    `folder/trove/` holds the exhibits. The same pages and seed give the same bytes, given the same library and font
    versions. `progress(done, wanted)` is called after each exhibit. Raises `Usage` for a folder that holds something or a number of pages
    outside 40..20000, `MissingProgram` when no font for a script is installed.
    """
    if not 40 <= pages <= 20000:
        raise Usage(f"A specimen has 40 to 20000 pages, not {pages}.")
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise Usage(
            f"{folder} is not empty: a specimen is made in a new folder.", hint="Name a folder that does not exist yet."
        )
    return Maker(folder, pages, seed, progress).run()


__all__ = ["Maker", "make"]
