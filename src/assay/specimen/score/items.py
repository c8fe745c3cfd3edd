"""Line items: matched by exhibit, position and designation, never by likeness, then compared field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations
from typing import Any

from assay.model import LineItem
from assay.specimen.score.board import Board, Index
from assay.specimen.score.deals import contract_of, match_agreements, sum_up
from assay.specimen.score.normal import amount_of, decimal, fold, key, similar_to_any
from assay.specimen.score.shape import BORN, SCAN
from assay.specimen.score.truth import Paper, Row

COLUMNS = ("position", "designation", "description", "quantity", "unit", "price", "total", "currency")
"""The fields of a line item."""

COUNTED = frozenset({"unit", "piece"})
"""Unit words for things counted one by one: papers print them one for the other (ед., шт., 台, 个, pcs)."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A row as one paper prints it; None for what the paper has no column for."""

    position: str | None
    designation: str | None
    description: tuple[str, ...] | None
    quantity: Decimal | None
    unit: str | None
    price: Decimal | None
    total: Decimal | None
    currency: str | None


def printed(row: Row, paper: Paper | None) -> Printed:
    """Return `row` as `paper` prints it: in its languages, with its own figures, and only what its text holds.

    A position is asked for when a row of the paper's true text begins with it, a designation when it stands in it.
    """
    own = row.as_printed.get(paper.path, {}) if paper else {}
    held = {name: own.get(name, getattr(row, name)) for name in COLUMNS if name != "description"}
    languages = paper.languages if paper and set(paper.languages) & set(row.descriptions) else tuple(row.descriptions)
    texts = tuple(dict.fromkeys(row.descriptions[n] for n in languages if row.descriptions.get(n)))
    position = None if held["position"] is None else str(held["position"])
    if paper is not None and paper.pages:
        lines = [line for page in paper.pages for line in page.text.splitlines() if "\t" in line]
        if lines and not any(_place(line.split("\t")[0]) == _place(position) for line in lines):
            position = None
        whole = key(" ".join(page.text for page in paper.pages))
        if held["designation"] and key(held["designation"]) not in whole:
            held["designation"] = None
    return Printed(
        position, held["designation"], texts or None, decimal(held["quantity"]), held["unit"],
        decimal(held["price"]), decimal(held["total"]), held["currency"],
    )  # fmt: skip


def said(record: LineItem) -> Printed:
    """Return a record in the same form."""
    currencies = [m.currency for m in (record.price, record.total) if m is not None and m.currency]
    return Printed(
        record.position or None,
        record.designation.value if record.designation else None,
        (record.description.value,) if record.description.value else None,
        record.quantity.value if record.quantity else None,
        record.quantity.unit if record.quantity else None,
        amount_of(record.price),
        amount_of(record.total),
        " and ".join(dict.fromkeys(currencies)) or None,
    )


def score_items(index: Index) -> Board:
    """Count line items, each on each exhibit that lists it: whole rows, and field by field.

    A record stands for a row of the same exhibit with the same position and designation; what is left, for the only
    one with that position, else the only one with that designation, else the only one whose description is the same to
    the letter, of several the one with the same figures, else, of rows without a position, the only one with that
    quantity, price and total: a scan that misreads a letter has not lost the row. Nothing is matched by likeness.
    Records that stand for none
    are wrong with each of their fields.
    """
    board = Board("line items")
    for split in (BORN, SCAN):
        for name in (*COLUMNS, "whole rows", "rows"):
            board.add(name, split)
    wanted: dict[str, list[Printed]] = {}
    for row in index.truth.items:
        for digest in sorted({index.digest(p) or f"absent {p}" for p in row.exhibits}):
            paper = index.by_path.get(digest[7:]) if digest.startswith("absent ") else index.papers.get(digest)
            wanted.setdefault(digest, []).append(printed(row, paper))
    for digest in sorted(set(wanted) | set(index.line_items)):
        _one_exhibit(board, index, digest, wanted.get(digest, []), index.line_items.get(digest, []))
    sum_up(board, COLUMNS, "all fields")
    _by_agreement(board, index)
    return board


def _one_exhibit(board: Board, index: Index, digest: str, rows: list[Printed], records: list[LineItem]) -> None:
    scan = index.is_scan(digest)
    split = index.split(digest)
    path = index.path(digest) if not digest.startswith("absent ") else digest[7:]
    values = [said(r) for r in records]
    pairs = match_rows(rows, values, scan=scan)
    board.add("rows", split, truth=len(rows), found=len(records), right=len(pairs))
    board.add("whole rows", split, truth=len(rows), found=len(records))
    for i, j in pairs:
        right = [_compare(board, split, path, c, rows[i], values[j], scan=scan) for c in COLUMNS]
        board.add("whole rows", split, right=all(right))
    for i in sorted(set(range(len(rows))) - {p[0] for p in pairs}):
        board.miss(1, "row", path, 0, _line(rows[i]), None)
        for column in COLUMNS:
            board.add(column, split, truth=getattr(rows[i], column) is not None)
    for j in sorted(set(range(len(records))) - {p[1] for p in pairs}):
        page = records[j].spans[0].page if records[j].spans else 0
        board.miss(1, "row too many", path, page, None, _line(values[j]))
        for column in COLUMNS:
            board.add(column, split, found=getattr(values[j], column) is not None)


def _line(row: Printed) -> str:
    words = (row.position, row.designation, *(row.description or ()), row.quantity, row.unit, row.price, row.total)
    return " | ".join("-" if w is None else str(w) for w in words)


def match_rows(rows: Sequence[Printed], records: Sequence[Printed], *, scan: bool) -> list[tuple[int, int]]:
    """Return the pairs of row and record, by exact marks: all of them first, then those that single marks make sure."""

    def place(row: Printed) -> frozenset[str]:
        return frozenset({_place(row.position)} - {""})

    def name(row: Printed) -> frozenset[str]:
        return frozenset({key(row.designation or "", scan=scan)} - {""})

    def both(row: Printed) -> frozenset[str]:
        return frozenset({f"{_place(row.position)} {key(row.designation or '', scan=scan)}"} - {" "})

    pairs: list[tuple[int, int]] = []
    left, right = set(range(len(rows))), set(range(len(records)))

    def counted(row: Printed) -> frozenset[str]:
        return frozenset(f"{words} {row.quantity} {row.price} {row.total}" for words in _wordings(row))

    def figures(row: Printed) -> frozenset[str]:
        held = [n for n in (row.quantity, row.price, row.total) if n is not None]
        marked = row.position is not None or (row.designation is not None and not scan)
        return frozenset() if marked or len(held) < 3 else frozenset({" ".join(f"{n.normalize():f}" for n in held)})

    ways = ((both, False), (place, True), (name, True), (counted, True), (_wordings, True), (figures, True))
    for marks, unique in ways:
        for i, j in _equal(rows, records, left, right, marks, unique=unique):
            pairs.append((i, j))
            left.discard(i)
            right.discard(j)
    return sorted(pairs)


def _equal(
    rows: Sequence[Printed],
    records: Sequence[Printed],
    left: set[int],
    right: set[int],
    marks: Callable[[Printed], frozenset[str]],
    *,
    unique: bool,
) -> list[tuple[int, int]]:
    ours = {i: marks(rows[i]) for i in sorted(left)}
    theirs = {j: marks(records[j]) for j in sorted(right)}
    taken: set[int] = set()
    pairs: list[tuple[int, int]] = []
    for i, mine in ours.items():
        choices = [j for j, other in theirs.items() if mine & other and j not in taken]
        rivals = [k for k, other in ours.items() if k != i and other & mine]
        if choices and not (unique and (len(choices) > 1 or rivals)):
            pairs.append((i, choices[0]))
            taken.add(choices[0])
    return pairs


def _wordings(row: Printed) -> frozenset[str]:
    """Return every way to write a description: one language, or several behind one another in any order."""
    texts = [_bare(t) for t in row.description or ()]
    orders = [order for n in range(1, min(3, len(texts)) + 1) for order in permutations(texts, n)]
    return frozenset(" ".join(order) for order in orders)


def _bare(text: str) -> str:
    return " ".join(re.sub(r"[/|]", " ", fold(text)).split())


def _place(position: str | None) -> str:
    return fold(position or "").rstrip(".)")


def _compare(board: Board, split: str, path: str, column: str, true: Printed, got: Printed, *, scan: bool) -> bool:
    mine: Any = getattr(true, column)
    other: Any = getattr(got, column)
    right: bool | None = None
    if mine is not None and other is not None:
        if column == "position":
            right = _place(mine) == _place(other)
        elif column == "designation":
            right = key(mine, scan=scan) == key(other, scan=scan)
        elif column == "description":
            right = similar_to_any(other[0], mine, scan=scan)
        elif column == "unit":
            right = mine == other or {mine, other} <= COUNTED
    return board.judge(column, split, path, mine, other, right)


def _by_agreement(board: Board, index: Index) -> None:
    """Count the rows that the agreements themselves list: each once, however many papers and languages repeat it."""
    matched, extra = match_agreements(index)
    records = {r.id: r for held in index.line_items.values() for r in held}
    for deal in index.truth.agreements:
        rows = [printed(r, None) for r in index.truth.items if r.agreement == deal.key]
        record = matched.get(deal.key)
        held = [records[i] for i in record.line_items if i in records] if record else []
        scan = any(index.is_scan(r.exhibit) for r in held)
        pairs = match_rows(rows, [said(r) for r in held], scan=scan)
        found = len(record.line_items) if record else 0
        board.add(
            "rows by agreement", index.split(contract_of(index, deal)), truth=len(rows), found=found, right=len(pairs)
        )
    for record in extra:
        board.add("rows by agreement", BORN, found=len(record.line_items))
