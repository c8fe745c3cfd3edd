"""A spreadsheet's sheet on its way to a page: blocks of filled cells become tables, lone cells become lines.

Limits: tables on one sheet are told apart by a blank row; tables side by side count as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from assay.model import Exhibit, Page, PageState, Problem, Record
from assay.read.body import Body, Grid, GridCell, laid_out
from assay.read.language import language
from assay.work.part import ReadRefused

CELLS = 300_000
CHARACTERS = 20_000_000
"""A sheet is read up to so many filled cells, and so many characters in them."""
_AREA = 2_000_000
"""Merged ranges that together cover more places than this are read as their first cell only."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What a cell shows, and its formula (empty for none)."""

    text: str
    formula: str = ""


@dataclass(slots=True)
class Sheet:
    """A sheet's filled cells by row and column from 0; `merges` maps a range's first cell to its height and width."""

    name: str
    cells: dict[tuple[int, int], Filled] = field(default_factory=dict)
    merges: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    formulas: int = 0
    cut: bool = False
    characters: int = 0

    def put(self, row: int, column: int, filled: Filled) -> bool:
        """Fill a cell; return false, and mark the sheet as cut, when it holds more than is read."""
        self.cells[row, column] = filled
        self.characters += len(filled.text) + len(filled.formula)
        self.cut = self.cut or len(self.cells) > CELLS or self.characters > CHARACTERS
        return not self.cut


def sheet_pages(
    body: Body, sheet: Sheet | None, exhibit: Exhibit, part: str, version: str, number: int,
    refused: ReadRefused | None = None,
) -> Iterator[Record]:  # fmt: skip
    """Yield the page and tables of a sheet; for a refused one a failed page and its problem."""
    if sheet is None:
        reason = refused.message if refused is not None else "the sheet could not be read"
        category = refused.category if refused is not None else "broken"
        yield Page(
            exhibit.digest, number, "sheet", PageState.FAILED, "empty", body.engine, "", "und", (), 0.0, 0.0, 0, None,
            reason, (), part, version,
        )  # fmt: skip
        yield Problem("read", exhibit.digest, number, category, reason, part, version)
        return
    if sheet.name:
        body.add(sheet.name, "title")
    for rows in _bands(sheet):
        _band(sheet, rows, body)
    if sheet.formulas:
        body.notes.append(f"{sheet.formulas} cells hold formulas; their last saved values are shown")
    body.notes += sheet.notes
    hint = language(" ".join(f.text for f in list(sheet.cells.values())[:400]))
    yield from laid_out(body, body.blocks, exhibit, part, version, number, hint)
    if sheet.cut:
        message = (
            f"the sheet {sheet.name!r} holds more than {CELLS} filled cells or {CHARACTERS} characters: "
            "those after them were not read"
        )
        yield Problem("read", exhibit.digest, number, "limit", message, part, version)


def _bands(sheet: Sheet) -> Iterator[list[int]]:
    """Yield runs of rows that have filled cells, parted where a row or more is blank."""
    covered: set[int] = set()
    for (row, column), (high, _) in sheet.merges.items():
        if (row, column) in sheet.cells and high < 1000:
            covered.update(range(row, row + high))
    rows = sorted({row for row, _ in sheet.cells} | covered)
    for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        yield [row for _, row in run]


def _band(sheet: Sheet, rows: list[int], body: Body) -> None:
    """Add one run of rows: title lines above the table as text, the table itself as a grid."""
    first, last = rows[0], rows[-1]
    by_row: dict[int, list[int]] = {row: [] for row in rows}
    for row, column in sheet.cells:
        if first <= row <= last:
            by_row[row].append(column)
    for columns in by_row.values():
        columns.sort()
    lone = len(rows) > 1 and all(len(columns) <= 1 for columns in by_row.values())
    lone = lone and any(_is_figure(sheet.cells[r, c].text) for r in rows[1:] for c in by_row[r])
    while rows and not lone and len(by_row[rows[0]]) <= 1 and _stands_alone(sheet, rows[0], by_row):
        row = rows.pop(0)
        body.add(" ".join(sheet.cells[row, column].text for column in by_row[row]))
    tail: list[str] = []
    while len(rows) > 1 and len(by_row[rows[-1]]) == 1:
        text = sheet.cells[rows[-1], by_row[rows[-1]][0]].text
        if not _is_sentence(text):
            break
        rows.pop()
        tail.insert(0, text)
    if rows:
        body.blocks.append(_grid(sheet, rows, by_row))
    for text in tail:
        body.add(text)


def _stands_alone(sheet: Sheet, row: int, by_row: dict[int, list[int]]) -> bool:
    columns = by_row[row]
    if not columns:
        return True
    high, wide = sheet.merges.get((row, columns[0]), (1, 1))
    return high == 1 and (wide > 1 or not _is_figure(sheet.cells[row, columns[0]].text))


def _is_sentence(text: str) -> bool:
    return len(text) > 40 and sum(c.isalpha() for c in text) > 0.6 * len(text)


def _is_figure(text: str) -> bool:
    return sum(c.isdigit() for c in text) * 2 > len(text)


def _grid(sheet: Sheet, rows: list[int], by_row: dict[int, list[int]]) -> Grid:
    top = rows[0]
    left = min(column for row in rows for column in by_row[row]) if any(by_row[r] for r in rows) else 0
    right = max((column for row in rows for column in by_row[row]), default=left)
    cells: list[GridCell] = []
    area = 0
    for row in rows:
        for column in by_row[row]:
            filled = sheet.cells[row, column]
            high, wide = sheet.merges.get((row, column), (1, 1))
            high, wide = min(high, rows[-1] - row + 1), min(wide, right - column + 1)
            area += high * wide
            if area > _AREA:
                high = wide = 1
            cells.append(GridCell(row - top, column - left, filled.text, high, wide, filled.formula))
    return Grid(tuple(cells), rows[-1] - top + 1, right - left + 1, _headers(sheet, rows, by_row))


def _headers(sheet: Sheet, rows: list[int], by_row: dict[int, list[int]]) -> int:
    """Return 1 when the first row is words over at least one figure below, each column named; 0 otherwise."""
    if len(rows) < 2:
        return 0
    first = [sheet.cells[rows[0], c].text for c in by_row[rows[0]]]
    below = [sheet.cells[r, c].text for r in rows[1:4] for c in by_row[r]]
    named = len(first) >= 2 and not any(_is_figure(t) for t in first)
    return 1 if named and any(_is_figure(t) for t in below) else 0
