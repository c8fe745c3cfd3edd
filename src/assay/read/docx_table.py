"""Tables of documents: data in a grid, or text columns side by side.

Bilingual contracts set their two languages as a table of two columns, a clause a row; parties' details stand the same
way. Such a table is text in columns, not data, and its paragraphs keep their column.

Limits: judged by length and language of the cells; a data table of two long columns in two languages is read as text.
"""

from __future__ import annotations

from dataclasses import dataclass

from assay.read.body import Body, Grid, GridCell
from assay.read.language import language


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as stored: first column, width, vertical merge (`restart`, `continue` or nothing), its paragraphs."""

    column: int
    width: int
    merge: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as stored: rows of cells, and how many rows at the top are marked as headers."""

    rows: list[list[RawCell]]
    headers: int


def place(table: RawTable, made: Body) -> None:
    """Add a table to a body: as text in columns when it lays out text, as a grid when it holds data."""
    sides = _sides(table)
    if sides is not None:
        for row in table.rows:
            for cell in row:
                column = (
                    sides.get(cell.column, -1) if cell.width == 1 or (len(sides) > 1 and _narrow(cell, sides)) else -1
                )
                for text in cell.texts:
                    made.add(text, column=column)
        return
    grid = _grid(table)
    if grid is None:
        for row in table.rows:
            for cell in row:
                for text in cell.texts:
                    made.add(text)
        return
    made.blocks.append(grid)


def _narrow(cell: RawCell, sides: dict[int, int]) -> bool:
    """Tell whether a cell of several grid columns still covers only one text column."""
    return sum(1 for start in sides if cell.column <= start < cell.column + cell.width) == 1


def _sides(table: RawTable) -> dict[int, int] | None:
    """Return grid column to text column for a table that sets text side by side, None for others."""
    texts: dict[int, list[str]] = {}
    for row in table.rows:
        filled = [cell for cell in row if cell.texts]
        if len(filled) > 2:
            return None
        if len(filled) == 2:
            for cell in filled:
                texts.setdefault(cell.column, []).append("\n".join(cell.texts))
    if len(texts) != 2:
        return None
    left, right = (texts[c] for c in sorted(texts))
    sides = {column: i for i, column in enumerate(sorted(texts))}
    short = min(sum(map(len, left)) / len(left), sum(map(len, right)) / len(right))
    lines = min(max(t.count("\n") for t in left), max(t.count("\n") for t in right)) + 1
    if short >= 160 or (lines >= 3 and len(table.rows) <= 4 and short >= 30):
        return sides
    one, other = language("\n".join(left)), language("\n".join(right))
    if one != other and "und" not in (one, other) and short >= 25 and _alternate(left, right, one, other):
        return sides
    return None


def _alternate(left: list[str], right: list[str], one: str, other: str) -> bool:
    """Tell whether nearly every pair of cells is in the two languages."""
    pairs = [(a, b) for a, b in zip(left, right, strict=True) if sum(map(str.isalpha, a + b)) > 12]
    fitting = sum(language(a, one) == one and language(b, other) == other for a, b in pairs)
    return bool(pairs) and fitting >= 0.8 * len(pairs)


def _grid(table: RawTable) -> Grid | None:
    """Return the table as a grid; None when it has only one cell that holds anything."""
    cells: list[GridCell] = []
    columns = 0
    open_merges: dict[int, tuple[int, int]] = {}
    spans: dict[int, int] = {}
    for number, row in enumerate(table.rows):
        reached: dict[int, tuple[int, int]] = {}
        for cell in row:
            columns = max(columns, cell.column + cell.width)
            above = open_merges.get(cell.column)
            if cell.merge == "continue" and above is not None and above[1] == cell.width and not cell.texts:
                spans[above[0]] = spans.get(above[0], 1) + 1
                reached[cell.column] = above
                continue
            if cell.merge:
                reached[cell.column] = (len(cells), cell.width)
            cells.append(GridCell(number, cell.column, " ".join(cell.texts), 1, cell.width))
        open_merges = reached
    if sum(bool(c.text) for c in cells) < 2 or (columns < 2 and len(table.rows) < 2):
        return None
    if columns < 2:
        return None
    for index, high in spans.items():
        cell_ = cells[index]
        cells[index] = GridCell(cell_.row, cell_.column, cell_.text, high, cell_.column_span)
    return Grid(tuple(cells), len(table.rows), columns, _headers(table, cells))


def _headers(table: RawTable, cells: list[GridCell]) -> int:
    """Return the header rows: those marked, else the first when it is all words and the next rows are not."""
    if table.headers:
        return min(table.headers, len(table.rows) - 1)
    first = [c.text for c in cells if c.row == 0]
    below = [c.text for c in cells if c.row in (1, 2, 3)]
    if not first or not below or not all(first) or any(_figure(t) for t in first):
        return 0
    return 1 if any(_figure(t) for t in below) else 0


def _figure(text: str) -> bool:
    return bool(text) and sum(c.isdigit() for c in text) * 2 >= len(text.replace(" ", "")) > 0
