"""A table's total that stands alone on the page after it.

A long table can fill its page, so that only its total goes over, where no table is seen any more. Limits: only where
the table ends its page and has no total of its own, and only the first such line of the next page; what stands there
may add up more than the table.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assay.examine.content.grid import Row, Sheet, figure_of
from assay.examine.content.relations import is_summary, items, words
from assay.model import Cell, Page, PageState, Reading
from assay.read.values.lexicon import fold, lower

_LINE = re.compile(
    r"(?:^|\n)[ \t|]*(?P<label>[^\W\d_][^0-9\n]{2,70}?\n?)[\s:：.|]{0,6}"
    r"(?P<amount>(?:[A-Z]{3}|[$€¥£])?\s?[0-9][0-9 .,'\u00a0\u202f]{2,24}[0-9])[ \t]?[^\W\d_.]{0,8}\.?[ \t|]*(?=\n|$)"
)
LINES = 40
"""The line is looked for among the first so many lines."""
TAIL = 60
"""The table ends its page when at most so many characters (a page number, a running foot) stand below it."""


def with_total(sheet: Sheet, reading: Reading) -> Sheet:
    """Return the sheet with the total that stands on the page after it, or the sheet as it is."""
    last = sheet.tables[-1]
    pages = {page.number: page for page in reading.pages}
    page, over = pages.get(last.page), pages.get(last.page + 1)
    if page is None or over is None or over.state is not PageState.READ or len(items(sheet)) < 2:
        return sheet
    later = any(t.page == last.page and t.number > last.number for t in reading.tables)
    if later or any(is_summary(row) for row in sheet.rows) or not _ends(page, sheet):
        return sheet
    edge = min((c.start for t in reading.tables_on(over.number) for c in t.cells), default=len(over.text))
    row = _total(over, edge, sheet.columns)
    return sheet if row is None else replace(sheet, rows=(*sheet.rows, row))


def _ends(page: Page, sheet: Sheet) -> bool:
    end = max((c.end for c in sheet.tables[-1].cells), default=0)
    return len(page.text[end:].strip()) <= TAIL


def _total(page: Page, edge: int, columns: int) -> Row | None:
    """Return the first line that is a total's words and an amount, as a row outside the table."""
    top = "\n".join(page.text[:edge].split("\n")[:LINES])
    for match in _LINE.finditer(top):
        label = lower(fold(" ".join(match.group("label").split())))
        if words("row", "total").match(label.strip(" .:*|")) is None:
            continue
        cell = Cell(0, columns - 1, match.start("amount"), match.end("amount"), match.group("amount"))
        figure = figure_of(cell, page)
        if figure is not None and figure.values[0] >= 100:
            return Row((*([None] * (columns - 1)), cell), {columns - 1: figure}, label, page, True)
    return None
