"""The register: one row for each article that somebody ordered, with the columns that a coder of arms transfers fills.

Purpose: a table that goes into a data set as it is, each row with the place that it rests on and what is uncertain
about it. Limits: the status is the agreement's, never the article's; a value is what the paper states, in its own
currency; delivery dates are those that the agreement's obligations name. Articles of papers that belong to an agreement
and were not counted for it (invoices, drafts, other languages) are left out: they would count twice. What may still be
there twice, because one paper could not be tied to another, is named in `maybe_same_as`: look before adding up.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from assay.examine.policy import belongs
from assay.model import (
    Agreement,
    DateRange,
    Direction,
    Finding,
    FindingStatus,
    LineItem,
    Money,
    Obligation,
    ObligationKind,
    Page,
    Party,
    Role,
    Rung,
    Status,
    Weight,
)  # fmt: skip
from assay.publish import wording
from assay.publish.course import course
from assay.publish.discretion import HANDLING
from assay.publish.edition import notes_over
from assay.publish.evidence import least
from assay.publish.scene import Scene, scene
from assay.publish.tables import Row, safe
from assay.store.store import Store
from assay.work.part import Exporter

NAME = "register.csv"
SCHEMA = "register.schema.json"
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("item", "string", "Id of the line item's record; the same bytes read by the same versions give the same id."),
    ("agreement", "string", "The agreement's number as written; empty when the paper belongs to no agreement."),
    ("agreement_id", "string", "Id of the agreement's record."),
    ("year_ordered", "year", "Year of the agreement's date; empty when it is not stated or may be either of two."),
    ("date_ordered", "string", "The agreement's date, or the period it can mean (ISO 8601, first/last day)."),
    ("supplier", "string", "Supplier or licensor as the agreement names it; several are parted by semicolons."),
    ("supplier_also", "string", "The supplier's name in Latin letters where documents write it too."),
    ("recipient", "string", "Buyer or licensee as the agreement names it."),
    ("recipient_also", "string", "The recipient's name in Latin letters where documents write it too."),
    ("position", "string", "The row's own number in its table, as written."),
    ("designation", "string", "The article's designation in normal form: capitals, one dash, script kept."),
    ("designation_as_written", "string", "The designation as it stands there."),
    ("description", "string", "What the row calls the article, in the paper's language."),
    ("quantity", "number", "How many, in `unit`; empty when it could not be read as a number."),
    ("quantity_as_written", "string", "The quantity as it stands there."),
    ("unit", "string", "Normal word of the unit: unit, piece, set, kg ..."),
    ("unit_price", "number", "Price of one, in `currency`."),
    ("value", "number", "Total of the row as the paper states it, in `currency`; it is never computed."),
    ("value_as_written", "string", "The total as it stands there."),
    ("currency", "string", "ISO 4217 code; empty when the paper does not say."),
    ("delivery_due_from", "date", "First day on which an obligation of the agreement foresees a delivery."),
    ("delivery_due_until", "date", "Last such day."),
    ("agreement_status", "string", "The furthest rung of the ladder that documents show for the agreement as a whole."),
    ("agreement_status_date", "string", "When that rung was reached, as far as documents say."),
    ("rungs_shown", "string", "All rungs that documents show, parted by semicolons."),
    ("rungs_only_said", "string", "Rungs that somebody claims and no document of the deal shows."),
    ("year_delivered", "year", "Year in which documents first show a delivery under the agreement (whole or part)."),
    ("uncertainty", "string", "What is uncertain in this row, in words; empty when nothing is."),
    ("findings_against", "string", "Examinations with a finding of moderate weight or more against the paper."),
    ("document", "string", "The paper's label in an edition."),
    ("exhibit", "string", "SHA-256 of the paper."),
    ("page", "integer", "Page on which the row stands."),
    ("region", "string", "Where on the page: left, top, right, bottom in parts of its width and height."),
    ("quote", "string", "The row's words as they were read."),
    (
        "evidence",
        "string",
        "Where an edition shows the row marked, from its root; the document's page without agreement.",
    ),
    ("maybe_same_as", "string", "Item of an earlier row with this quantity and this price or value in another paper."),
)
"""Each column: name, type (of a Table Schema) and meaning. Names and order are stable: new columns come last."""

_FROM = frozenset({Role.SUPPLIER, Role.LICENSOR})
_TO = frozenset({Role.BUYER, Role.LICENSEE})
_HEAVY = frozenset({Weight.MODERATE, Weight.STRONG, Weight.CRYPTOGRAPHIC})


def write_register(store: Store, folder: Path) -> Iterator[str]:
    """Write the register and the schema of its columns into `folder`; yield the files' names."""
    with (folder / NAME).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [name for name, _, _ in COLUMNS])
        writer.writeheader()
        for row in rows(store):
            writer.writerow({key: safe(value) for key, value in row.items()})
    yield NAME
    (folder / SCHEMA).write_text(json.dumps(schema(), indent=1) + "\n", "utf-8")
    yield SCHEMA


def schema() -> dict[str, object]:
    """Return the columns as a Table Schema (Frictionless Data), so that programs can check and load the register."""
    fields = [{"name": name, "type": kind, "description": meaning} for name, kind, meaning in COLUMNS]
    return {"fields": fields, "primaryKey": ["item", "agreement_id"], "missingValues": [""]}


def rows(store: Store) -> Iterator[Row]:
    """Yield a row for each article: by agreement in the edition's order, then those of papers without agreement."""
    yield from _Register(store).rows()


class _Register:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.scene: Scene = scene(store)
        self.items = {item.id: item for item in store.all(LineItem)}
        self.parties = {party.id: party for party in store.all(Party)}
        self.duties = {duty.id: duty for duty in store.all(Obligation)}
        self.statuses: dict[str, list[Status]] = {}
        for status in store.all(Status):
            self.statuses.setdefault(status.agreement, []).append(status)
        self.against: dict[str, set[str]] = {}
        for found in store.all(Finding):
            heavy = found.weight in _HEAVY and found.direction is Direction.AGAINST
            if found.status is FindingStatus.FINDING and heavy and not belongs(found.part, HANDLING):
                self.against.setdefault(found.exhibit, set()).add(found.part)
        self.pages: tuple[str, dict[int, Page]] = ("", {})
        self.met: dict[tuple[object, ...], tuple[str, str]] = {}

    def rows(self) -> Iterator[Row]:
        spoken_for: set[str] = set()
        for deal in self.scene.agreements:
            spoken_for.update(deal.exhibits)
            shared = self._deal(deal)
            for item in self._ordered(self.items[i] for i in deal.line_items if i in self.items):
                yield {**self._item(item, deal.date), **shared}
        for item in self._ordered(i for i in self.items.values() if i.exhibit not in spoken_for):
            number = item.agreement_number.written if item.agreement_number else ""
            loose = {"agreement": number, "evidence": f"document-{item.exhibit[:12]}.html"}
            yield {**self._item(item, None), **dict.fromkeys(_DEAL, ""), **loose}

    def _earlier(self, item: LineItem) -> str:
        """Return the id of an item of another paper, met before, with the same quantity and the same price or total."""
        if item.quantity is None or item.quantity.value is None:
            return ""
        sums = (("price", item.price), ("total", item.total))
        keys = [
            (item.quantity.value, name, value.amount, value.currency)
            for name, value in sums
            if value and value.amount is not None
        ]
        met = next((self.met[key] for key in keys if key in self.met and self.met[key][1] != item.exhibit), ("", ""))
        for key in keys:
            self.met.setdefault(key, (item.id, item.exhibit))
        return met[0]

    def _ordered(self, items: Iterable[LineItem]) -> list[LineItem]:
        order = {digest: n for n, digest in enumerate(self.scene.documents)}

        def place(item: LineItem) -> tuple[int, int, int, str]:
            span = item.spans[0]
            return order.get(span.exhibit, len(order)), span.page, span.start, item.id

        return sorted(items, key=place)

    def _deal(self, deal: Agreement) -> Row:
        went = course(self.statuses.get(deal.id, ()))
        furthest = went.furthest
        due = [self.duties[i].due for i in deal.obligations if i in self.duties and _delivers(self.duties[i])]
        arrived = next((s for s in went.shown if s.rung in (Rung.DELIVERED, Rung.ACCEPTED)), None)
        return {
            "agreement": deal.number.written,
            "agreement_id": deal.id,
            "year_ordered": _year(deal.date),
            "date_ordered": _period(deal.date),
            **self._named(deal, _FROM, "supplier"),
            **self._named(deal, _TO, "recipient"),
            "delivery_due_from": _iso(min((d.earliest for d in due if d and d.earliest), default=None)),
            "delivery_due_until": _iso(max((d.latest for d in due if d and d.latest), default=None)),
            "agreement_status": str(furthest.rung) if furthest else "",
            "agreement_status_date": _period(furthest.date) if furthest else "",
            "rungs_shown": "; ".join(str(s.rung) for s in went.shown),
            "rungs_only_said": "; ".join(str(s.rung) for s in went.claimed),
            "year_delivered": _year(arrived.date) if arrived else "",
        }

    def _named(self, deal: Agreement, roles: frozenset[Role], column: str) -> Row:
        named = [p for p in deal.parties if p.role in roles]
        also = [wording.known_as(p.name, self.parties[p.party].aliases) for p in named if p.party in self.parties]
        return {
            column: "; ".join(" ".join(p.name.split()) for p in named),
            f"{column}_also": "; ".join(filter(None, also)),
        }

    def _item(self, item: LineItem, ordered: DateRange | None) -> Row:
        span = item.spans[0]
        note = notes_over(item.spans, self.scene.labels)[0]
        boxes = note.boxes
        region = (
            (min(b.x0 for b in boxes), min(b.y0 for b in boxes), max(b.x1 for b in boxes), max(b.y1 for b in boxes))
            if boxes
            else ()
        )
        name = item.designation
        return {
            "item": item.id,
            "position": item.position,
            "designation": name.value if name else "",
            "designation_as_written": name.written if name else "",
            "description": " ".join(item.description.written.split()),
            "quantity": f"{item.quantity.value:f}" if item.quantity and item.quantity.value is not None else "",
            "quantity_as_written": item.quantity.written if item.quantity else "",
            "unit": (item.quantity.unit or "") if item.quantity else "",
            "unit_price": _amount(item.price),
            "value": _amount(item.total),
            "value_as_written": item.total.written if item.total else "",
            "currency": next((v.currency for v in (item.total, item.price) if v and v.currency), ""),
            "uncertainty": "; ".join(self._doubts(item, ordered)),
            "findings_against": "; ".join(sorted(self.against.get(span.exhibit, ()))),
            "document": self.scene.labels.get(span.exhibit, ""),
            "exhibit": span.exhibit,
            "page": str(span.page),
            "region": " ".join(f"{edge:.4f}" for edge in region),
            "quote": " ".join(note.quote.split()),
            "evidence": note.href,
            "maybe_same_as": self._earlier(item),
        }

    def _doubts(self, item: LineItem, ordered: DateRange | None) -> Iterator[str]:
        """Yield what is uncertain about a row: its readings, and how surely its letters were seen."""
        values = (
            ("designation", item.designation), ("quantity", item.quantity), ("price", item.price),
            ("value", item.total), ("date ordered", ordered),
        )  # fmt: skip
        for name, value in values:
            if value and value.uncertain:
                yield f"{name}: {value.uncertain}"
        if item.quantity is None or item.quantity.value is None:
            yield "quantity: not stated as a number"
        page = self._page(item.spans[0].exhibit, item.spans[0].page)
        low = least(page, notes_over(item.spans, {})[0].spans) if page else None
        if low is not None:
            yield f"a word of it was recognised with {low} of 100"

    def _page(self, exhibit: str, number: int) -> Page | None:
        if self.pages[0] != exhibit:
            self.pages = (exhibit, {page.number: page for page in self.store.of(Page, exhibit)})
        return self.pages[1].get(number)


_DEAL = (
    "agreement_id", "year_ordered", "date_ordered", "supplier", "supplier_also", "recipient", "recipient_also",
    "delivery_due_from", "delivery_due_until", "agreement_status", "agreement_status_date", "rungs_shown",
    "rungs_only_said", "year_delivered",
)  # fmt: skip
"""The columns that an agreement fills."""


def _delivers(duty: Obligation) -> bool:
    return duty.kind is ObligationKind.DELIVER and duty.due is not None


def _amount(value: Money | None) -> str:
    return f"{value.amount:f}" if value and value.amount is not None else ""


def _year(value: DateRange | None) -> str:
    years = {day.year for day in (value.earliest, value.latest) if day} if value else set()
    return str(years.pop()) if len(years) == 1 else ""


def _period(value: DateRange | None) -> str:
    if value is None or not (value.earliest or value.latest):
        return ""
    if value.earliest == value.latest:
        return _iso(value.earliest)
    return f"{_iso(value.earliest) or '..'}/{_iso(value.latest) or '..'}"


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


REGISTER = Exporter(
    "register",
    "1",
    "one row for each article ordered: supplier, recipient, designation, quantity, value, years, status, evidence",
    "the status is the agreement's as a whole; values stand in the papers' own currency",
    export=write_register,
)
