"""A page's text as items with places: what hOCR, ALTO and searchable PDFs write, each in its own form.

Invariant: the lead and all items with what follows them, one after the other, are the page's text, letter for letter.
Limits: lines are told by the words' boxes; a paragraph keeps to its own.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from assay.model import Page
from assay.model.evidence import GRID

Steps = tuple[int, int, int, int]
"""A box in steps of 1/65535 of the page: left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Item:
    """A word, or what stands between words without a box; `after` is the white space behind it."""

    text: str
    start: int
    box: Steps | None
    confidence: int
    after: str


@dataclass(frozen=True, slots=True)
class Row:
    """The items of one line."""

    items: tuple[Item, ...]

    @property
    def box(self) -> Steps | None:
        """The box around all of them, None when none has one."""
        return around(item.box for item in self.items)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph's lines; `kind` and `language` are the paragraph's."""

    rows: tuple[Row, ...]
    language: str
    kind: str

    @property
    def box(self) -> Steps | None:
        """The box around all lines, None when none has one."""
        return around(row.box for row in self.rows)


@dataclass(frozen=True, slots=True)
class Placed:
    """A page's blocks, and the white space before the first."""

    lead: str
    blocks: tuple[Block, ...]


def around(boxes: Iterator[Steps | None]) -> Steps | None:
    """Return the box around boxes."""
    found = [box for box in boxes if box is not None]
    if not found:
        return None
    return min(b[0] for b in found), min(b[1] for b in found), max(b[2] for b in found), max(b[3] for b in found)


def placed(page: Page) -> Placed:
    """Return a page's text as blocks of lines of items."""
    items = list(_items(page))
    starts = [p.start for p in page.paragraphs]
    blocks: list[Block] = []
    last: int | None = None
    rows: list[list[Item]] = []

    def close() -> None:
        if rows:
            of = page.paragraphs[last] if last is not None and last >= 0 else None
            made = tuple(Row(tuple(row)) for row in rows)
            blocks.append(Block(made, of.language if of else "und", of.kind if of else "text"))
            rows.clear()

    for item in items:
        k = bisect_right(starts, item.start) - 1
        if k >= 0 and item.start >= page.paragraphs[k].end:
            k = -2 - k  # behind paragraph k and before the next
        if k != last:
            close()
            last = k
        if rows and _goes_on(rows[-1], item):
            rows[-1].append(item)
        else:
            rows.append([item])
    close()
    lead = len(page.text) - len(page.text.lstrip())
    return Placed(page.text[:lead], tuple(blocks))


def _goes_on(row: list[Item], item: Item) -> bool:
    """Tell whether an item stands on the line of those before it."""
    if "\n" in row[-1].after:
        return False
    before = next((i.box for i in reversed(row) if i.box), None)
    if before is None or item.box is None:
        return True
    low = max(1, min(before[3] - before[1], item.box[3] - item.box[1]))
    level = (min(before[3], item.box[3]) - max(before[1], item.box[1])) * 2 >= low
    return level and item.box[0] >= before[0]


def _items(page: Page) -> Iterator[Item]:
    """Yield words and what stands between them, each with the white space behind it."""
    words, text = page.words, page.text
    pieces: list[tuple[int, int, Steps | None, int]] = []
    at = 0
    for i in range(len(words)):
        start, end = words.start[i], words.end[i]
        if start < at or end <= start or text[start:end].strip() != text[start:end]:
            continue  # no part of ours makes such a word; its letters come out without a box
        pieces += _between(text, at, start)
        pieces.append((start, end, (words.x0[i], words.y0[i], words.x1[i], words.y1[i]), words.confidence[i]))
        at = end
    pieces += _between(text, at, len(text))
    for k, (start, end, box, sure) in enumerate(pieces):
        follows = pieces[k + 1][0] if k + 1 < len(pieces) else len(text)
        yield Item(text[start:end], start, box, sure, text[end:follows])


def _between(text: str, start: int, end: int) -> Iterator[tuple[int, int, None, int]]:
    for found in re.finditer(r"\S+", text[start:end]):
        yield start + found.start(), start + found.end(), None, 100


def pixels(box: Steps, width: int, height: int) -> Steps:
    """Return a box in whole pixels of a page of that size; never without an inside."""
    x0, y0 = box[0] * width // GRID, box[1] * height // GRID
    x1, y1 = -(-box[2] * width // GRID), -(-box[3] * height // GRID)
    return x0, y0, max(x0 + 1, x1), max(y0 + 1, y1)
