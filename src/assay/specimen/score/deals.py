"""Agreements and line items: matched by number, exhibit, position and designation, then compared field by field."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from assay.model import Agreement, LineItem, Money, Party
from assay.specimen.score.board import Board, Index
from assay.specimen.score.normal import contains, day, decimal, fold, key, name_key, similar_to_any
from assay.specimen.score.reading import one_day
from assay.specimen.score.shape import BORN, SCAN
from assay.specimen.score.terms import score_terms
from assay.specimen.score.truth import Deal, Row

FIELDS = (
    "number", "date", "place", "title", "subject", "parties", "total", "currency", "payment terms", "delivery terms",
)  # fmt: skip
"""The fields of an agreement."""

LONGEST_SUBJECT = 300
"""A subject may be given as the clause that holds it, of at most so many characters."""

COLUMNS = ("position", "designation", "description", "quantity", "unit", "price", "total", "currency")
"""The fields of a line item."""


def contract_of(index: Index, deal: Deal) -> str | None:
    """Return the digest of the paper that an agreement's fields are judged on.

    The final contract or licence; a born-digital one before a scan, because it is the easier to read; else the first
    exhibit of the agreement that the case holds.
    """
    ranked = []
    for order, path in enumerate(deal.exhibits):
        paper = index.by_path.get(path)
        digest = index.digest(path)
        if paper is None or digest is None:
            continue
        main = paper.kind in ("contract", "licence")
        ranked.append((not main, paper.stage != "final", index.is_scan(digest), order, digest))
    return min(ranked)[4] if ranked else None


def match_agreements(index: Index) -> tuple[dict[str, Agreement], list[Agreement]]:
    """Return which record stands for which agreement, and the records that stand for none.

    First by number. What is left, by holding the very contract paper: a wrong number is then one wrong field.
    """
    left = list(index.trove.all(Agreement))
    matched: dict[str, Agreement] = {}
    for scan in (False, True):
        for deal in index.truth.agreements:
            if deal.key in matched or (scan and not index.is_scan(contract_of(index, deal))):
                continue
            same = [r for r in left if key(r.number.value, scan=scan) == key(deal.number, scan=scan)]
            wanted = {index.digest(p) for p in deal.exhibits}
            same.sort(key=lambda r: (one_day(r.date) != day(deal.date), -len(wanted & set(r.exhibits)), r.id))
            if same:
                matched[deal.key] = same[0]
                left.remove(same[0])
    for deal in index.truth.agreements:
        contract = contract_of(index, deal)
        if deal.key not in matched and contract is not None:
            holding = [r for r in left if contract in r.exhibits]
            if len(holding) == 1:
                matched[deal.key] = holding[0]
                left.remove(holding[0])
    return matched, left


def score_agreements(index: Index) -> Board:
    """Count the agreements and their fields, split by the medium of the contract paper."""
    board = Board("agreements")
    for name in FIELDS:
        for split in (BORN, SCAN):
            board.add(name, split)
    matched, extra = match_agreements(index)
    parties = {p.id: p for p in index.trove.all(Party)}
    for deal in index.truth.agreements:
        record = matched.get(deal.key)
        split = index.split(contract_of(index, deal))
        board.add("agreements", split, truth=1, found=record is not None, right=record is not None)
        path = deal.exhibits[0] if deal.exhibits else deal.key
        if record is None:
            board.miss(1, "agreement", path, 0, deal.number, None)
        _fields(board, index, deal, record, split, parties, path)
        _exhibits(board, index, deal, record, split)
    for record in extra:
        where = record.number.span.exhibit if record.number.span else next(iter(record.exhibits), None)
        split = index.split(where)
        board.add("agreements", split, found=1)
        board.miss(1, "agreement too many", index.path(where or ""), 0, None, record.number.value)
        for name, number in _claimed(record):
            board.add(name, split, found=number)
        board.add("exhibits", split, found=len(record.exhibits))
    _sum_up(board, FIELDS, "all fields")
    return board


def _claimed(record: Agreement) -> Iterable[tuple[str, int]]:
    """Yield how many values a record claims of each field: all of them wrong when it stands for no agreement."""
    yield from (
        ("number", 1),
        ("date", record.date is not None),
        ("place", record.place is not None),
        ("title", record.title is not None),
        ("subject", record.subject is not None),
        ("parties", len(record.parties)),
        ("total", record.total is not None and record.total.amount is not None),
        ("currency", record.total is not None and record.total.currency is not None),
        ("payment terms", len(record.payment_terms)),
        ("delivery terms", len(record.delivery_terms)),
    )


def _fields(
    board: Board, index: Index, deal: Deal, record: Agreement | None, split: str, parties: dict[str, Party], path: str
) -> None:
    scan = split == SCAN
    number = record.number.value if record else None
    fits = number is not None and key(number, scan=scan) == key(deal.number, scan=scan)
    board.judge("number", split, path, deal.number, number, fits)
    board.judge("date", split, path, day(deal.date), one_day(record.date) if record else None)
    for name, texts, held in (
        ("place", deal.places, record.place if record else None),
        ("title", deal.titles, record.title if record else None),
        ("subject", deal.subjects, record.subject if record else None),
    ):
        wanted = tuple(texts.values())
        if name == "title" and not wanted:
            continue
        right = held is not None and similar_to_any(held.value, wanted, scan=scan)
        if name == "subject" and held is not None and not right:
            right = len(held.value) <= LONGEST_SUBJECT and any(contains(held.value, w, scan=scan) for w in wanted)
        board.judge(name, split, path, wanted or None, held.value if held else None, right)
    total = deal.total.value if deal.total else None
    board.judge("total", split, path, total, record.total.amount if record and record.total else None)
    currency = deal.total.currency if deal.total else None
    board.judge("currency", split, path, currency, record.total.currency if record and record.total else None)
    _parties(board, index, deal, record, split, parties, path)
    for name, terms, said in (
        ("payment terms", deal.payment_terms, record.payment_terms if record else ()),
        ("delivery terms", deal.delivery_terms, record.delivery_terms if record else ()),
    ):
        score_terms(board, name, split, path, terms, [t.value for t in said], scan=scan)


def _parties(
    board: Board, index: Index, deal: Deal, record: Agreement | None, split: str, parties: dict[str, Party], path: str
) -> None:
    """Count each party in its role. A party is the right one by the name engaged or by its own name, not by alias."""
    scan = split == SCAN
    actors = {a.key: a for a in index.truth.parties}
    left = list(record.parties) if record else []
    board.add("parties", split, found=len(left))
    for engaged in deal.parties:
        board.add("parties", split, truth=1)
        actor = actors.get(engaged.party)
        forms = {name_key(f, scan=scan) for f in (actor.forms if actor else ())}
        for one in left:
            party = parties.get(one.party)
            names = {name_key(n, scan=scan) for n in (one.name, party.name if party else "") if n}
            if one.role.value == engaged.role and names & forms:
                left.remove(one)
                board.add("parties", split, right=1)
                break
        else:
            said = [(e.role.value, e.name) for e in (record.parties if record else ())]
            wanted = (engaged.role, next(iter(actor.forms), engaged.party) if actor else engaged.party)
            board.miss(2, "parties", path, 0, wanted, said)
    for one in left:
        board.miss(2, "party too many", path, 0, None, (one.role.value, one.name))


def _exhibits(board: Board, index: Index, deal: Deal, record: Agreement | None, split: str) -> None:
    wanted = {d for d in (index.digest(p) for p in index.papers_of(deal)) if d}
    held = set(record.exhibits) if record else set()
    board.add("exhibits", split, truth=len(wanted), found=len(held), right=len(wanted & held))
    for digest in sorted(wanted - held):
        board.miss(2, "exhibit of agreement", index.path(digest), 0, deal.number, None)
    for digest in sorted(held - wanted):
        board.miss(2, "exhibit of another agreement", index.path(digest), 0, None, deal.number)


def _sum_up(board: Board, names: tuple[str, ...], total: str) -> None:
    for split in (BORN, SCAN):
        cells = [board.tallies.get((name, split), [0, 0, 0]) for name in names]
        board.add(
            total, split, truth=sum(c[0] for c in cells), found=sum(c[1] for c in cells), right=sum(c[2] for c in cells)
        )


def amount(money: Money | None) -> Decimal | None:
    """Return the amount of a record's money."""
    return money.amount if money is not None else None


def score_items(index: Index) -> Board:
    """Count line items, each on each exhibit that lists it: whole rows, and field by field.

    A record stands for a row of the same exhibit with the same position and designation; what is left, for the only
    one with that position, or else the only one with that designation. Nothing is matched by likeness. Rows that stand
    for none count as found and wrong, with each of their fields.
    """
    board = Board("line items")
    for split in (BORN, SCAN):
        for name in (*COLUMNS, "whole rows", "rows"):
            board.add(name, split)
    wanted: dict[str, list[Row]] = {}
    for row in index.truth.items:
        placed = {index.digest(p) or f"absent {p}" for p in row.exhibits}
        for digest in sorted(placed):
            wanted.setdefault(digest, []).append(row)
    for digest in sorted(set(wanted) | set(index.line_items)):
        _one_exhibit(board, index, digest, wanted.get(digest, []), index.line_items.get(digest, []))
    _sum_up(board, COLUMNS, "all fields")
    _by_agreement(board, index)
    return board


def _one_exhibit(board: Board, index: Index, digest: str, rows: list[Row], records: list[LineItem]) -> None:
    scan = index.is_scan(digest)
    split = index.split(digest)
    path = index.path(digest) if not digest.startswith("absent ") else digest[7:]
    pairs, alone, extra = match_rows(rows, records, scan=scan)
    board.add("rows", split, truth=len(rows), found=len(records), right=len(pairs))
    board.add("whole rows", split, truth=len(rows), found=len(records))
    for row, record in pairs:
        values = [_compare(board, split, path, c, row, record, scan=scan) for c in COLUMNS]
        board.add("whole rows", split, right=all(values))
    for row in alone:
        board.miss(1, "row", path, 0, f"{row.position}. {row.designation} {row.quantity} x {row.price}", None)
        for column in COLUMNS:
            board.add(column, split, truth=_true(row, column, path) is not None)
    for record in extra:
        span = record.spans[0] if record.spans else None
        board.miss(
            1, "row too many", path, span.page if span else 0, None, f"{record.position}. {record.description.value}"
        )
        for column in COLUMNS:
            board.add(column, split, found=_said(record, column) is not None)


def match_rows(
    rows: list[Row], records: list[LineItem], *, scan: bool
) -> tuple[list[tuple[Row, LineItem]], list[Row], list[LineItem]]:
    """Return the pairs, the rows without a record, and the records without a row."""
    left_rows, left_records = list(rows), list(records)
    pairs: list[tuple[Row, LineItem]] = []
    for by in (("position", "designation"), ("position",), ("designation",)):
        whole = by == ("position", "designation")
        theirs = [_marks(_said(r, "position"), _said(r, "designation"), by, scan=scan) for r in left_records]
        ours = [_marks(r.position, r.designation, by, scan=scan) for r in left_rows]
        taken: set[int] = set()
        done: set[int] = set()
        for i, mark in enumerate(ours):
            choices = [j for j, other in enumerate(theirs) if other == mark and j not in taken]
            unique = whole or (len(choices) == 1 and ours.count(mark) == 1)
            if mark is not None and choices and unique:
                pairs.append((left_rows[i], left_records[choices[0]]))
                taken.add(choices[0])
                done.add(i)
        left_rows = [r for i, r in enumerate(left_rows) if i not in done]
        left_records = [r for j, r in enumerate(left_records) if j not in taken]
    return pairs, left_rows, left_records


def _marks(position: Any, designation: Any, by: tuple[str, ...], *, scan: bool) -> tuple[str, ...] | None:
    held = {"position": _place(position), "designation": key(str(designation or ""), scan=scan)}
    marks = tuple(held[name] for name in by)
    return marks if len(by) == 2 or any(marks) else None


def _place(position: Any) -> str:
    return fold(str(position)).rstrip(".)") if position is not None else ""


def _true(row: Row, column: str, path: str) -> Any:
    printed = row.as_printed.get(path, {})
    if column in printed:
        held = printed[column]
    elif column == "description":
        return tuple(row.descriptions.values()) or None
    else:
        held = getattr(row, column)
    if held is None or column in ("designation", "unit", "currency", "description"):
        return held
    return str(held) if column == "position" else decimal(held)


def _said(record: LineItem, column: str) -> Any:
    match column:
        case "position":
            return record.position or None
        case "designation":
            return record.designation.value if record.designation else None
        case "description":
            return record.description.value or None
        case "quantity":
            return record.quantity.value if record.quantity else None
        case "unit":
            return record.quantity.unit if record.quantity else None
        case "price":
            return amount(record.price)
        case "total":
            return amount(record.total)
        case _:
            currencies = [m.currency for m in (record.price, record.total) if m is not None and m.currency]
            return " and ".join(dict.fromkeys(currencies)) or None


def _compare(board: Board, split: str, path: str, column: str, row: Row, record: LineItem, *, scan: bool) -> bool:
    true, said = _true(row, column, path), _said(record, column)
    right: bool | None = None
    if column == "position":
        right = _place(true) == _place(said)
    elif column == "designation" and true is not None and said is not None:
        right = key(true, scan=scan) == key(said, scan=scan)
    elif column == "description" and true is not None and said is not None:
        right = similar_to_any(said, true if isinstance(true, tuple) else (true,), scan=scan)
    return board.judge(column, split, path, true, said, right)


def _by_agreement(board: Board, index: Index) -> None:
    """Count the rows that the agreements themselves list: each once, however many papers and languages repeat it."""
    matched, extra = match_agreements(index)
    records = {r.id: r for held in index.line_items.values() for r in held}
    for deal in index.truth.agreements:
        rows = [r for r in index.truth.items if r.agreement == deal.key]
        record = matched.get(deal.key)
        split = index.split(contract_of(index, deal))
        held = [records[i] for i in record.line_items if i in records] if record else []
        scan = any(index.is_scan(r.exhibit) for r in held)
        pairs, _, _ = match_rows(rows, held, scan=scan)
        board.add(
            "rows by agreement", split, truth=len(rows), found=len(record.line_items) if record else 0, right=len(pairs)
        )
    for record in extra:
        board.add("rows by agreement", BORN, found=len(record.line_items))
