"""Tables as extraction reads them: headers apart, continued tables joined, and rows set with tabs or bars.

Limits: a table that goes on over a page with another number of columns starts anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assay.extract.once import once
from assay.extract.view import View, cell_view, lines, page_of, read_pages, view
from assay.extract.vocabulary import cue, keys
from assay.model import Page, Reading, Span, Table

_SPLIT = re.compile(r"\t+| {3,}|\s*[|¦│]\s*")
_NUMERIC = re.compile(r"^[\s\d.,'’%–—\-+()¥$€₽₴￥*×xх]*\d[\s\d.,'’%–—\-+()¥$€₽₴￥*]*(?:[^\W\d]{1,8}\.?)?$")


_STROKE = re.compile(r"^[1lI|/]\s?(?=[\u4e00-\u9fff])")
"""A stroke between two languages of a header, which recognition reads as a figure: 1数量."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a view a column, None where nothing stands. `spans` tells how many columns each cell covers."""

    page: Page
    cells: tuple[View | None, ...]
    merged: bool = False

    def texts(self) -> list[str]:
        """Return the cells' texts, empty where there is none."""
        return [c.text.strip() if c is not None else "" for c in self.cells]

    def distinct(self) -> list[View]:
        """Return the cells that hold text, a merged one once."""
        seen: list[View] = []
        for cell in self.cells:
            if cell is not None and not any(s.at == cell.at for s in seen):
                seen.append(cell)
        return seen

    def spans(self) -> tuple[Span, ...]:
        """Return the spans of its cells."""
        return tuple(c.span(0, len(c.text)) for c in self.distinct())


@dataclass(slots=True)
class Grid:
    """A table over one or more pages: `caption` is the text right above it, `numbers` its tables' (page, number)."""

    width: int
    header: list[Row]
    rows: list[Row]
    caption: str
    numbers: list[tuple[int, int]] = field(default_factory=list)

    def header_text(self, column: int) -> str:
        """Return the words over a column, top to bottom, a merged cell's words once."""
        parts: list[str] = []
        for row in self.header:
            cell = row.cells[column] if column < len(row.cells) else None
            if cell is not None and cell.text.strip() not in parts:
                parts.append(cell.text.strip())
        return " ".join(parts)


def numeric(text: str) -> bool:
    """Tell whether a cell holds a figure (with a sign, a currency or a unit at most)."""
    return bool(_NUMERIC.match(text.strip())) and len(text) < 40


@once(1)
def grids_of(reading: Reading) -> tuple[Grid, ...]:
    """Return the tables of a reading, those that are continued joined, and tables set in plain text."""
    out: list[Grid] = []
    last: tuple[Table, Grid] | None = None
    for table in sorted(reading.tables, key=lambda t: (t.page, t.number)):
        page = page_of(reading, table)
        if page is None or table.rows == 0:
            continue
        rows = _rows(page, table)
        head = _header_rows(rows, table.header_rows)
        if last is not None and _continues(last, table, rows[:head]):
            grid = last[1]
            grid.rows.extend(rows[head:])
            grid.numbers.append((table.page, table.number))
            last = (table, grid)
            continue
        grid = Grid(table.columns, rows[:head], rows[head:], _caption(page, table), [(table.page, table.number)])
        out.append(grid)
        last = (table, grid)
    for page in read_pages(reading):
        if not any(True for _ in reading.tables_on(page.number)):
            out.extend(_plain(page))
    return tuple(out)


def _rows(page: Page, table: Table) -> list[Row]:
    out: list[Row] = []
    for line in table.grid():
        cells = tuple(cell_view(page, c, "") for c in line)
        merged = any(c is not None and c.column_span > 1 for c in line)
        out.append(Row(page, cells, merged))
    return out


def column_role(text: str) -> str | None:
    """Return what a column with these header words holds: the earliest cue, of equals the longest."""
    plain = re.sub(r"[*•]", "", text).strip()
    role = _earliest(plain)
    return role or _earliest(re.sub(r"\s+", "", plain))


def _earliest(plain: str) -> str | None:
    best: tuple[int, int, int, str] | None = None
    for rank, key in enumerate(keys("columns")):
        hit = cue("columns", key).search(plain)
        if hit is not None:
            rating = (hit.start(), -(hit.end() - hit.start()), rank, key)
            if best is None or rating < best:
                best = rating
    return best[3] if best else None


def header_like(row: Row) -> bool:
    """Tell whether a row names columns: two cells or more with column words, no more figures than that."""
    texts = [_STROKE.sub("", c.text.strip()) for c in row.distinct()]
    if len(texts) < 2:
        return False
    named = {column_role(t) for t in texts if not numeric(t) and len(t) <= 80} - {None}
    figures = sum(numeric(t) for t in texts)
    return len(named) >= 2 and figures * 2 <= len(named)


def _header_rows(rows: list[Row], stated: int) -> int:
    count = 0
    for row in rows[:4]:
        if (
            header_like(row)
            or (count and count < 3 and not any(numeric(t) for t in row.texts()) and row.merged)
            or (count == 0 and row is rows[0] and len(row.distinct()) == 1 and len(rows) > 2 and header_like(rows[1]))
        ):
            count += 1
        else:
            break
    if count == 0 and 0 < stated < len(rows) and not any(numeric(t) for row in rows[:stated] for t in row.texts()):
        return stated
    return count


def _continues(last: tuple[Table, Grid], table: Table, header: list[Row]) -> bool:
    before, grid = last
    if table.columns != grid.width or table.page not in (before.page, before.page + 1):
        return False
    if table.page == before.page:
        return table.continues
    if not header:
        return table.continues or bool(grid.header)
    if [t for r in header for t in r.texts()] == [t for r in grid.header for t in r.texts()]:
        return True
    return _same_columns(grid, Grid(table.columns, header, [], ""))


def _same_columns(one: Grid, other: Grid) -> bool:
    """Tell whether two headers, read with errors, name the same columns: two roles agree, one differs at most."""
    roles = [(column_role(one.header_text(c)), column_role(other.header_text(c))) for c in range(one.width)]
    both = [(a, b) for a, b in roles if a is not None and b is not None]
    agree = sum(a == b for a, b in both)
    return agree >= 2 and len(both) - agree <= 1


def _caption(page: Page, table: Table) -> str:
    starts = [c.start for c in table.cells if c.end > c.start]
    if not starts:
        return ""
    return page.text[max(0, min(starts) - 300) : min(starts)]


def _plain(page: Page) -> list[Grid]:
    """Return tables whose cells are parted by tabs, bars or wide gaps in the text itself."""
    out: list[Grid] = []
    current: Grid | None = None
    for line in lines(page):
        raw = page.text[line.begin : line.end]
        cells = _cells(page, line.begin, raw)
        if len(cells) < 3:
            if current is not None and len(cells) == 2 and cue("rows", "sum").match(raw.strip()):
                current.rows.append(Row(page, (*cells, *([None] * (current.width - 2)))))
            elif current is not None and not re.fullmatch(r"[\s\-=+|_]*", raw):
                current = None
            continue
        row = Row(page, tuple(cells))
        if header_like(row):
            current = Grid(len(cells), [row], [], page.text[max(0, line.begin - 300) : line.begin])
            out.append(current)
        elif current is not None and abs(len(cells) - current.width) <= 0:
            current.rows.append(row)
        elif current is not None:
            filler: list[View | None] = [None] * max(0, current.width - len(cells))
            if cue("rows", "sum").match((cells[0].text if cells[0] else "").strip()):
                current.rows.append(Row(page, (*cells, *filler)[: current.width]))
    return [g for g in out if g.rows]


def _cells(page: Page, offset: int, raw: str) -> list[View | None]:
    cells: list[View | None] = []
    start = 0
    for hit in [*_SPLIT.finditer(raw), None]:
        stop = hit.start() if hit is not None else len(raw)
        piece = view(page, offset + start, offset + stop, kind="cell") if stop > start else None
        cells.append(piece)
        start = hit.end() if hit is not None else stop
    if cells and cells[0] is None and raw.startswith("|"):
        cells = cells[1:]
    if cells and cells[-1] is None and raw.rstrip().endswith("|"):
        cells = cells[:-1]
    return cells
