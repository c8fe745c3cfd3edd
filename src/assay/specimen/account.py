"""The account of one deal: what its papers evidence, and the truth that is written down about it in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from assay.specimen.desk import Desk
from assay.specimen.fiction import Deal, Good
from assay.specimen.filing import Filer, Holder, Sheets
from assay.specimen.plan import Plant

RUNGS = (
    "proposed",
    "drafted",
    "signed",
    "in_force",
    "advance_paid",
    "in_production",
    "shipped",
    "delivered",
    "accepted",
    "paid_in_full",
    "people_trained",
    "technology_transferred",
    "in_service",
    "suspended",
    "cancelled",
    "denied",
)


@dataclass(frozen=True, slots=True)
class Duty:
    """What papers bind a party to do; `debtor` and `creditor` are roles, `due` is the last day."""

    kind: str
    debtor: str
    creditor: str
    exhibits: list[str]
    quantity: str | None = None
    money: Decimal | None = None
    due: date | None = None


class Account:
    """Keeps the account of one deal while its papers are made."""

    def __init__(self, filer: Filer, deal: Deal, rng: Random, prefix: str) -> None:
        """Open the deal's dossier; `prefix` makes the random sources of its papers its own."""
        self.filer, self.deal, self.rng, self.prefix = filer, deal, rng, prefix
        self.cabinet = filer.cabinet
        self.signed = "signed" in deal.happened
        self.serial = 0
        self.paths: list[str] = []
        self.listing: dict[str, list[str]] = {}
        self.printed: dict[str, dict[str, dict[str, str]]] = {}
        self.basis: dict[str, list[str]] = {}
        self.claimed: set[str] = set()
        self.denied: set[str] = set()
        self.contract = ""
        self.contract_sheets: Sheets | None = None
        self.contract_desk: Desk | None = None
        lesser = [annex.number for annex in deal.annexes if annex.kind not in ("specification", "reserved")]
        gaps = [filer.plan.counts.get(Plant("set.gaps", twin), 0) for twin in (False, True)]
        self.omitted = rng.choice(lesser) if gaps[0] <= gaps[1] else 0
        self.elsewhere = False
        self.family: list[tuple[str, str]] = []
        self.titles: dict[str, str] = {}
        self.terms: list[dict[str, str]] = []
        self.delivery: dict[str, str] = {}
        self.holders: list[Holder] = []
        kinds = ("contract", "draft", "licence", "payment_schedule", "delivery_schedule", "training_programme")
        self.stated: dict[str, list[str]] = {kind: [] for kind in kinds}
        self.moved: list[tuple[str, date]] = []
        self.drafted: list[Decimal] = []
        self.counts: dict[str, int] = {}

    def next(self, kind: str) -> int:
        """Return the next number in the deal's series of a kind of paper: series have no gaps of their own."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return self.counts[kind]

    def happened(
        self, rung: str, day: date, path: str, money: Decimal | None = None, quantity: int | None = None
    ) -> None:
        """Write down that a paper of the trove evidences a rung."""
        self.basis.setdefault(rung, []).append(path)
        self.cabinet.add(
            "events",
            {
                "agreement": self.deal.key,
                "rung": rung,
                "date": day.isoformat(),
                "money": self.sum_of(money),
                "quantity": None if quantity is None else str(quantity),
                "exhibits": [path],
            },
        )

    def sum_of(self, money: Decimal | None) -> dict[str, str] | None:
        """Return money as the truth writes it."""
        return None if money is None else {"amount": f"{money:.2f}", "currency": self.deal.currency}

    def item(self, good: Good, path: str, desk: Desk, sheets: Sheets) -> None:
        """Write down a line item that stands on one paper only."""
        figure = desk.hands[desk.languages[0]].figure
        printed = {}
        for change in sheets.changes:
            for key, amount in (("total", good.total), ("price", good.price)):
                if change.before and change.before == figure(amount).replace("\u00a0", " "):
                    printed[key] = _number(change.after)
        self.cabinet.add("items", self.row_of(good, [path], {path: printed} if printed else {}))

    def row_of(self, good: Good, exhibits: list[str], printed: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
        """Return a line item as the truth writes it."""
        row: dict[str, object] = {
            "agreement": self.deal.key,
            "position": good.position,
            "designation": good.designation,
            "descriptions": good.descriptions,
            "quantity": str(good.quantity),
            "unit": good.unit,
            "price": f"{good.price:.2f}",
            "total": f"{good.total:.2f}",
            "currency": self.deal.currency,
            "exhibits": exhibits,
        }
        if printed:
            row["as_printed"] = {path: dict(values) for path, values in printed.items()}
        return row

    def listed(self, desk: Desk, sheets: Sheets, path: str, goods: Sequence[Good]) -> None:
        """Write down that a paper lists goods, and what it prints otherwise than is true."""
        hand = desk.hands[desk.languages[0]]
        for good in goods:
            self.listing.setdefault(good.position, []).append(path)
            for change in sheets.changes:
                values: dict[str, str] = {}
                if change.position == good.position:
                    values["total"] = change.figure
                for key, amount in (("total", good.total), ("price", good.price)):
                    if change.before and change.before == hand.figure(amount).replace("\u00a0", " "):
                        values[key] = _number(change.after)
                if values:
                    self.printed.setdefault(good.position, {}).setdefault(path, {}).update(values)

    def truth(self) -> None:
        """Write down what is true of the deal."""
        deal, cabinet = self.deal, self.cabinet
        terms = [
            {
                "texts": said,
                "percent": part.percent,
                "days": part.days,
                "event": part.kind,
                "money": f"{part.amount:.2f}",
            }
            for part, said in zip(deal.instalments, self.terms, strict=True)
        ]
        delivery = {
            "texts": self.delivery,
            "incoterm": deal.incoterm[0],
            "places": deal.incoterm[1],
            "due": deal.due.isoformat(),
        }
        subject_desk = self.contract_desk
        subjects = {language: subject_desk.goods(language) for language in deal.languages} if subject_desk else {}
        cabinet.add(
            "agreements",
            {
                "key": deal.key,
                "number": deal.number,
                "titles": clean(self.titles),
                "subjects": subjects,
                "date": deal.day.isoformat(),
                "places": {language: deal.supplier.towns[language] for language in deal.languages},
                "parties": [
                    {"role": "supplier", "party": deal.supplier.key},
                    {"role": "buyer", "party": deal.buyer.key},
                ],
                "total": {"amount": f"{deal.total:.2f}", "currency": deal.currency},
                "payment_terms": [{**term, "texts": clean(said)} for term, said in zip(terms, self.terms, strict=True)],
                "delivery_terms": [{**delivery, "texts": clean(self.delivery)}],
                "exhibits": list(self.paths),
                "status": self.status(),
                "status_basis": self.basis,
            },
        )
        for good in deal.goods:
            cabinet.add(
                "items", self.row_of(good, self.listing.get(good.position, []), self.printed.get(good.position, {}))
            )
        for duty in self.duties():
            cabinet.add(
                "obligations",
                {
                    "agreement": deal.key,
                    "kind": duty.kind,
                    "debtor": duty.debtor,
                    "creditor": duty.creditor,
                    "quantity": duty.quantity,
                    "money": self.sum_of(duty.money),
                    "due": [None, duty.due.isoformat()] if duty.due else None,
                    "exhibits": duty.exhibits,
                },
            )

    def status(self) -> dict[str, str]:
        """Return the ladder: only what papers of the trove evidence is evidenced."""
        deal = self.deal
        planned = {"advance_paid", "delivered", "paid_in_full"}
        planned |= {"people_trained"} if deal.people else set()
        planned |= {"technology_transferred"} if deal.technology or deal.licence_cap else set()
        made = {}
        for rung in RUNGS:
            if rung in self.basis:
                made[rung] = "evidenced"
            elif rung in self.denied:
                made[rung] = "denied"
            elif rung in self.claimed:
                made[rung] = "claimed"
            else:
                made[rung] = "planned" if rung in planned else "empty"
        return made

    def duties(self) -> list[Duty]:
        """List what the papers bind whom to do, each duty with the papers that state it."""
        deal, stated = self.deal, self.stated
        main, draft, licence = stated["contract"], stated["draft"], stated["licence"]
        both, supplier, buyer = [*main, *draft], ("supplier", "buyer"), ("buyer", "supplier")
        made = [Duty("deliver", *supplier, both, due=deal.due)]
        made += [Duty("deliver", *supplier, [path], due=due) for path, due in self.moved]
        for batch in deal.batches:
            row = Duty("deliver", *supplier, stated["delivery_schedule"], quantity=str(batch.quantity), due=batch.due)
            made += [row] if stated["delivery_schedule"] else []
        for index, part in enumerate(deal.instalments):
            made.append(Duty("pay", *buyer, [*main, *stated["payment_schedule"]], money=part.amount))
            made += [Duty("pay", *buyer, draft, money=self.drafted[index])] if draft else []
        if deal.people:
            made.append(Duty("train", *supplier, [*both, *stated["training_programme"]], quantity=str(deal.people)))
        if deal.technology or licence:
            papers = [*(both if deal.technology else ()), *licence]
            made.append(Duty("transfer_technology", *supplier, papers))
        if deal.integration:
            made.append(Duty("integrate", *supplier, both))
        if deal.licence_cap:
            made.append(Duty("license_production", *supplier, [*both, *licence], quantity=str(deal.licence_cap)))
        return [*made, *(Duty("keep_secret", *pair, [*both, *licence]) for pair in (supplier, buyer))]


def clean(texts: Mapping[str, str]) -> dict[str, str]:
    """Return texts with plain spaces."""
    return {language: text.replace("\u00a0", " ") for language, text in texts.items()}


def _number(figure: str) -> str:
    """Return a printed figure as a plain decimal: the last mark with two digits behind it is the decimal mark."""
    bare = figure.replace(" ", "").replace("\u00a0", "")
    whole, cents = bare, "00"
    if len(bare) > 3 and bare[-3] in ".,":
        whole, cents = bare[:-3], bare[-2:]
    return f"{whole.replace('.', '').replace(',', '')}.{cents}"
