"""A case in the open: JSON lines, one file a kind of record; and tables for a spreadsheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from assay.examine.hypotheses import Matrix, matrix
from assay.model import (
    KINDS,
    Agreement,
    Image,
    LineItem,
    Money,
    Obligation,
    Party,
    Quantity,
    Record,
    Span,
    Status,
    encode,
    spans_in,
)  # fmt: skip
from assay.publish.scene import scene
from assay.store.store import Store
from assay.work.part import Exporter

Row = dict[str, str]


def to_jsonl(store: Store, folder: Path) -> Iterator[str]:
    """Write every kind of record as `KIND.jsonl`, each record with its id, and the log; yield the file names."""
    for kind in KINDS:
        if kind is Image:
            continue
        yield _lines(folder / f"{kind.KIND}.jsonl", ({"id": r.id, **_plain(r)} for r in store.all(kind)))
    names = ("seq", "at", "action", "about", "task", "detail", "prev", "hash")
    events = (dict(zip(names, event, strict=True)) for event in store.events())
    yield _lines(folder / "log.jsonl", events)


def to_csv(store: Store, folder: Path) -> Iterator[str]:
    """Write agreements, items, obligations, parties, statuses, hypotheses as CSV (UTF-8, BOM); yield their names."""
    shown = scene(store)
    deals = {record_id: a for a in shown.agreements for record_id in (*a.line_items, *a.obligations)}
    tables: tuple[tuple[str, Callable[[], Iterable[Row]]], ...] = (
        ("agreements.csv", lambda: (_agreement(a) for a in shown.agreements)),
        ("line_items.csv", lambda: (_item(i, deals.get(i.id), shown.labels) for i in store.all(LineItem))),
        ("obligations.csv", lambda: (_obligation(o, deals.get(o.id), shown.labels) for o in store.all(Obligation))),
        ("parties.csv", lambda: (_party(p) for p in store.all(Party))),
        ("statuses.csv", lambda: (_status(s) for s in store.all(Status))),
        ("hypotheses.csv", lambda: hypotheses_rows(matrix(store))),
    )
    for name, rows in tables:
        listed = list(rows())
        with (folder / name).open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(listed[0]) if listed else ["id"])
            writer.writeheader()
            writer.writerows({key: safe(value) for key, value in row.items()} for row in listed)
        yield name


def hypotheses_rows(held: Matrix) -> list[Row]:
    """Return the matrix of hypotheses as rows for a spreadsheet: a mark with * was set by a person."""
    rows = []
    for row in held.rows:
        marks = zip(held.hypotheses, row.marks, row.persons, strict=True)
        line = {
            "finding": row.finding.id, "part": row.finding.part, "exhibit": row.finding.exhibit,
            "weight": row.finding.weight.value, "counted": "yes" if row.counted else "no",
            **{hypothesis.key: f"{mark}*" if person else mark for hypothesis, mark, person in marks},
            "tells_apart": row.diagnosticity, "observation": " ".join(row.finding.observation.split()),
        }  # fmt: skip
        rows.append({key: safe(value) for key, value in line.items()})
    return rows


def safe(value: str) -> str:
    """Return a cell that no spreadsheet runs as a formula: an apostrophe stands before `= + - @` and the like."""
    risky = value[:1] in ("=", "+", "-", "@", "\t", "\r") and not value.lstrip("+-").replace(".", "", 1).isdigit()
    return "'" + value if risky else value


def _plain(record: Record) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(encode(record))
    return plain


def _lines(path: Path, rows: Iterable[dict[str, Any]]) -> str:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    return path.name


def _where(record: Record, labels: dict[str, str]) -> Row:
    span: Span | None = next(spans_in(record), None)
    return {
        "document": labels.get(span.exhibit, "") if span else "",
        "exhibit": span.exhibit if span else "",
        "page": str(span.page) if span else "",
        "quote": " ".join(span.quote.split()) if span else "",
    }


def _amount(value: Money | None) -> str:
    return str(value.amount) if value and value.amount is not None else ""


def _count(value: Quantity | None) -> str:
    return str(value.value) if value and value.value is not None else ""


def _agreement(deal: Agreement) -> Row:
    return {
        "id": deal.id,
        "number": deal.number.written,
        "date": str(deal.date.earliest or "") if deal.date else "",
        "place": deal.place.written if deal.place else "",
        "parties": "; ".join(f"{p.role}: {p.name}" for p in deal.parties),
        "total": _amount(deal.total),
        "currency": (deal.total.currency or "") if deal.total else "",
        "total_as_written": deal.total.written if deal.total else "",
        "exhibits": str(len(deal.exhibits)),
        **_where(deal, {}),
    }


def _item(item: LineItem, deal: Agreement | None, labels: dict[str, str]) -> Row:
    return {
        "id": item.id,
        "agreement": deal.number.written if deal else "",
        "counted": "yes" if deal else "no",
        "position": item.position,
        "designation": item.designation.written if item.designation else "",
        "description": " ".join(item.description.written.split()),
        "quantity": _count(item.quantity),
        "unit": (item.quantity.unit or "") if item.quantity else "",
        "price": _amount(item.price),
        "total": _amount(item.total),
        "currency": next((v.currency for v in (item.total, item.price) if v and v.currency), ""),
        **_where(item, labels),
    }


def _obligation(duty: Obligation, deal: Agreement | None, labels: dict[str, str]) -> Row:
    return {
        "id": duty.id,
        "agreement": deal.number.written if deal else "",
        "kind": str(duty.kind),
        "debtor": duty.debtor.written if duty.debtor else "",
        "creditor": duty.creditor.written if duty.creditor else "",
        "object": duty.object.written if duty.object else "",
        "quantity": _count(duty.quantity),
        "amount": _amount(duty.money),
        "currency": (duty.money.currency or "") if duty.money else "",
        "due_from": str(duty.due.earliest or "") if duty.due else "",
        "due_until": str(duty.due.latest or "") if duty.due else "",
        "due_as_written": duty.due.written if duty.due else "",
        **_where(duty, labels),
    }


def _party(party: Party) -> Row:
    return {
        "id": party.id,
        "name": party.name,
        "kind": party.kind,
        "aliases": "; ".join(party.aliases),
        "identifiers": "; ".join(f"{i.scheme} {i.value}" for i in party.identifiers),
        "basis": "; ".join(party.basis),
    }


def _status(status: Status) -> Row:
    return {
        "agreement": status.agreement,
        "rung": str(status.rung),
        "state": status.state,
        "date": str(status.date.earliest or "") if status.date else "",
        "sentence": status.sentence,
        "basis": "; ".join(status.basis),
    }


JSONL = Exporter(
    "jsonl",
    "1",
    "every record of a case, one JSON object a line, one file a kind",
    "page pictures are left out; words and boxes of pages are in",
    export=to_jsonl,
)
CSV = Exporter(
    "csv",
    "1",
    "agreements, line items, obligations, parties, statuses and hypotheses as tables for a spreadsheet",
    "one row a record; what was written stands beside its reading; cells that a program could run are defused",
    export=to_csv,
)
