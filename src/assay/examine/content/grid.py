"""Tables as the examinations see them: continued tables joined, every cell with what number it can be.

Limits: a cell is a number only when nothing but a currency, a unit, a sign or a footnote mark stands beside its
figures. What the reader of the page did not see as a table is not here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from assay.model import Cell, Page, Reading, Span, Table
from assay.read.values import readings
from assay.read.values.lexicon import fold, lower
from assay.read.values.money import without_currency
from assay.read.values.quantities import unit_of

_DIGITS = re.compile(r"[0-9]")
_EMPTY = re.compile(r"[-–—_.\s×xх/]*")
_NOISE = str.maketrans(
    {
        "O": "0",
        "О": "0",
        "о": "0",
        "o": "0",
        "l": "1",
        "I": "1",
        "|": "1",
        "З": "3",
        "б": "6",
        "S": "5",
        "B": "8",
        "В": "8",
    }
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell's number: `values` are the one or two that it can be; `noisy` when a letter was taken for a digit."""

    values: tuple[Decimal, ...]
    percent: bool
    noisy: bool
    cell: Cell
    page: Page

    @property
    def step(self) -> Decimal:
        """One unit in the last place as written."""
        return Decimal(1).scaleb(int(min(v.as_tuple().exponent for v in self.values)))

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.page.span(self.cell.start, self.cell.end)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: cells by column (None where empty), its figures by column, its words in lower case.

    `outside` is a line of text below a table that its reader did not count to it.
    """

    cells: tuple[Cell | None, ...]
    figures: dict[int, Figure]
    label: str
    page: Page
    outside: bool = False

    def written(self, column: int) -> str:
        """Return the text of a cell, empty when there is none."""
        cell = self.cells[column] if column < len(self.cells) else None
        return cell.text if cell is not None else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table and its continuations: `heads` are the words over each column, `rows` all rows below.

    `whole` is false when its rows are numbered and do not begin with the first.
    """

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    columns: int
    tables: tuple[Table, ...]
    whole: bool


def sheets(reading: Reading) -> Iterator[Sheet]:
    """Yield the exhibit's tables, those joined that go on over a page."""
    pages = {page.number: page for page in reading.pages}
    group: list[Table] = []
    for table in reading.tables:
        if table.page not in pages:
            continue
        if group and not _goes_on(group, table):
            yield _sheet(group, pages)
            group = []
        group.append(table)
    if group:
        yield _sheet(group, pages)


def _goes_on(group: list[Table], table: Table) -> bool:
    """Tell whether `table` continues the last one of `group`.

    Said so by its reader, or the same head again on the next page, or rows numbered on. A continuation may have been
    cut into other columns: its last ones are then the same.
    """
    last = group[-1]
    alike = table.columns == last.columns
    if table.continues and alike:
        return True
    if table.number != 1 or table.page != last.page + 1:
        return False
    head, first = _head_text(table), _head_text(group[0])
    if alike and head != () and head == first:
        return True
    return abs(table.columns - last.columns) <= 2 and _numbered_on(last, table)


def _head_text(table: Table) -> tuple[str, ...]:
    return tuple(" ".join(c.text.lower().split()) for c in table.cells if c.row < table.header_rows)


_POSITION = re.compile(r"\s*((?:[0-9]{1,3}\.){0,3})([0-9]{1,4})(?=[\s.)]|$)")


def _positions(table: Table) -> list[tuple[str, int]]:
    """Return what the rows below the head are numbered, as prefix and last number; rows without number left out."""
    found = []
    for row in table.grid()[table.header_rows :]:
        match = _POSITION.match(row[0].text) if row and row[0] is not None else None
        if match is not None:
            found.append((match.group(1), int(match.group(2))))
    return found


def _numbered_on(last: Table, table: Table) -> bool:
    before, after = _positions(last), _positions(table)
    return bool(before and after) and after[0] == (before[-1][0], before[-1][1] + 1)


def _sheet(group: list[Table], pages: dict[int, Page]) -> Sheet:
    columns = max(table.columns for table in group)
    heads = [""] * columns
    rows: list[Row] = []
    for table in group:
        page = pages[table.page]
        known = _head_text(table) if table is not group[0] else ()
        repeated = known != () and known == _head_text(group[0])
        shift: list[Cell | None] = [None] * (columns - table.columns)
        for number, listed in enumerate(table.grid()):
            cells = [*shift, *listed]
            header = number < table.header_rows and (table is group[0] or repeated)
            if header:
                if table is group[0]:
                    for column, cell in enumerate(cells):
                        if cell is not None and cell.text not in heads[column]:
                            heads[column] += " " + lower(fold(cell.text))
                continue
            rows.append(_row(cells, page))
    if not any(head.strip() for head in heads) and rows and not rows[0].figures:
        heads = [lower(fold(rows[0].written(column))) for column in range(columns)]
        rows = rows[1:]
    rows += _below(group[-1], pages[group[-1].page], columns)
    positions = _positions(group[0])
    whole = not positions or positions[0][1] <= 1
    return Sheet(tuple(heads), tuple(rows), columns, tuple(group), whole)


_LINE = re.compile(
    r"([^\W\d_][^0-9\n]{2,60}?)[\s:：.]{0,4}((?:[A-Z]{3}|[$€¥£])?\s?[0-9][0-9\s.,']{3,24}[0-9])\s?([^\W\d_.]{0,8}\.?)"
)


def _below(table: Table, page: Page, columns: int) -> list[Row]:
    """Return lines of label and amount that stand as paragraphs of their own below the page's last table."""
    ends = [c.end for t in (table,) for c in t.cells]
    found: list[Row] = []
    for paragraph in page.paragraphs:
        text = page.text[paragraph.start : paragraph.end]
        match = (
            _LINE.fullmatch(text.strip())
            if paragraph.kind != "table" and paragraph.start >= max(ends, default=0)
            else None
        )
        if match is None or len(found) >= 3:
            continue
        start = paragraph.start + text.index(match.group(2))
        cell = Cell(table.rows + len(found), columns - 1, start, start + len(match.group(2)), match.group(2))
        figure = figure_of(cell, page)
        if figure is not None:
            cells = (*([None] * (columns - 1)), cell)
            found.append(Row(cells, {columns - 1: figure}, lower(fold(match.group(1))), page, True))
    return found


def _row(cells: Iterable[Cell | None], page: Page) -> Row:
    listed = tuple(cells)
    figures: dict[int, Figure] = {}
    words: list[str] = []
    for column, cell in enumerate(listed):
        if cell is None or (column and listed[column - 1] is cell):
            continue
        figure = figure_of(cell, page)
        if figure is not None:
            # A cell over several columns counts in its last one, where a total's amount stands.
            figures[column + max(0, min(cell.column_span, len(listed) - column) - 1)] = figure
        else:
            words.append(cell.text)
    return Row(listed, figures, lower(fold(" ".join(words))), page)


def figure_of(cell: Cell, page: Page) -> Figure | None:
    """Return the number of a cell, None when it holds words, several numbers or nothing."""
    text = cell.text.strip()
    if not _DIGITS.search(text) or len(text) > 60:
        return None
    for candidate in (text, text.replace("\n", ""), text.replace("\n", " ")):
        values, percent = _values(candidate)
        if values:
            return Figure(values, percent, False, cell, page)
    if page.how == "ocr" and len(_DIGITS.findall(text)) * 2 > len(text.replace(" ", "")):
        for candidate in (text.translate(_NOISE), _gapless(text.translate(_NOISE))):
            values, percent = _values(candidate)
            if values:
                return Figure(values, percent, True, cell, page)
    return None


_UNEVEN = re.compile(r"[0-9]{1,6}(?:[ ][0-9]{3,6})*(?P<cents>[.,][0-9]{1,2})?")


def _gapless(text: str) -> str:
    """Return a number whose groups recognition ran together in part ("1280 380.00") without its gaps, else nothing."""
    plain = " ".join(text.split())
    match = _UNEVEN.fullmatch(plain)
    whole = plain[: match.start("cents")] if match and match.group("cents") else plain
    groups = whole.split(" ")
    if match is None or len(groups) < 2 or any(len(group) % 3 for group in groups[1:]):
        return ""
    return plain.replace(" ", "")


@cache
def _values(text: str) -> tuple[tuple[Decimal, ...], bool]:
    plain = fold(text).strip().rstrip("*").strip()
    plain = re.sub(r"(?<=[0-9])\s*[.,]\s+(?=[0-9]{2}$)", ",", plain)  # a scan's "1 234, 50"
    percent = plain.endswith("%")
    bare = plain.rstrip("% ").strip()
    found = readings(bare)
    if not found:
        match = re.match(r"([-(]?[0-9][0-9 '.,]*[0-9)]|[0-9])\s*([^0-9]{1,24})$", bare)
        if match and unit_of(match.group(2)) is not None:
            found = readings(match.group(1).strip(" .,"))
    if not found:
        found = readings(without_currency(bare).strip(" :;=").rstrip("."))
    return found, percent


def blank(text: str) -> bool:
    """Tell whether a cell says nothing: empty, or a dash."""
    return _EMPTY.fullmatch(text) is not None
