"""Blocks and tables to the page's text, with every word's and every cell's place in it.

Invariant: for each word, paragraph and cell that is made here, `text[start:end]` is what it says; words ascend.
Limits: a hyphen at a line's end before a small letter is taken for a division and dropped, unless the page writes the
same compound with its hyphen elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from assay.model import Box, OtherReading, Paragraph, Words
from assay.model.evidence import GRID
from assay.read.language import language
from assay.read.layout import (
    Block,
    Island,
    Line,
    Segment,
    Word,
    is_han,
    joined,
    lines_of,
    merge_segments,
    script_of,
    starts,
)
from assay.read.tables import Grid, filled

if TYPE_CHECKING:
    import numpy.typing as npt

HYPHENS = "-\u00ad\u2010"


@dataclass(slots=True)
class PlacedCell:
    """A cell of a grid with its place in the text."""

    row: int
    column: int
    row_span: int
    column_span: int
    start: int
    end: int
    box: tuple[float, float, float, float]


@dataclass(slots=True)
class Composed:
    """A page's text with its paragraphs, words, and the cells of its tables (in order of place in the text)."""

    text: str
    paragraphs: tuple[Paragraph, ...]
    words: Words
    tables: list[tuple[Grid, list[PlacedCell]]] = field(default_factory=list)
    others: tuple[OtherReading, ...] = ()


class Composer:
    """Writes one page."""

    def __init__(self, width: float, height: float, back: Sequence[float] | None = None) -> None:
        """Compose a page of `width` by `height` points; `back` leads from the words' places to the page's.

        `back` is (a, b, c, d, e, f) with x' = ax + by + c and y' = dx + ey + f, a slight turn.
        """
        self._scale = (GRID / max(width, 1e-6), GRID / max(height, 1e-6))
        self._back = back
        self._parts: list[str] = []
        self._at = 0
        self._starts: list[int] = []
        self._words: list[Word] = []
        self._said: list[tuple[str, int, int, int, str]] = []
        self._tables: list[tuple[Grid, list[PlacedCell]]] = []
        self._compounds: set[str] = set()

    def compose(self, flow: Sequence[Block | Island], grids: Sequence[Grid]) -> Composed:
        """Write `flow` in its order; an island's `index` leads to its grid."""
        for part in flow:
            lines = part.lines if isinstance(part, Block) else [Line(part.words, 0, 0, 0, 0)]
            self._compounds.update(
                w.text.strip('.,;:()«»"').lower() for line in lines for w in line.words if "-" in w.text
            )
        for part in flow:
            if isinstance(part, Block):
                self._block(part)
            elif grids[part.index].flowing:
                self._flowing(grids[part.index], part)
            else:
                self._table(grids[part.index], part)
        others = tuple(
            OtherReading(start, start + len(word.text), word.other)
            for start, word in zip(self._starts, self._words, strict=True)
            if word.other and word.other != word.text
        )
        return Composed("".join(self._parts), self._paragraphs(), self._columns(), self._tables, others)

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._at += len(text)

    def _word(self, word: Word) -> None:
        self._starts.append(self._at)
        self._write(word.text)
        self._words.append(word)

    def _columns(self) -> Words:
        """Return the words that were written, with their boxes on the grid of the page as shown."""
        if not self._words:
            return Words()
        boxes = np.array([word[1:5] for word in self._words], dtype=np.float64)
        steps = self._steps(boxes)
        ends = [start + len(word.text) for start, word in zip(self._starts, self._words, strict=True)]
        x0, y0, x1, y1 = (tuple(steps[:, k].tolist()) for k in range(4))
        return Words(tuple(self._starts), tuple(ends), x0, y0, x1, y1, tuple(w.confidence for w in self._words))

    def _steps(self, boxes: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return rectangles (n, 4) on the grid of the page: centres are turned back, sides stay level."""
        if self._back is not None:
            a, b, c, d, e, f = self._back
            x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
            half = np.stack((boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]), axis=1) / 2
            middle = np.stack((a * x + b * y + c, d * x + e * y + f), axis=1)
            boxes = np.concatenate((middle - half, middle + half), axis=1)
        scale = np.array([*self._scale, *self._scale])
        steps: npt.NDArray[Any] = np.clip(np.rint(boxes * scale), 0, GRID).astype(np.int64)
        return steps

    def box(self, box: tuple[float, float, float, float]) -> Box:
        """Return a rectangle of the layout as page fractions."""
        x0, y0, x1, y1 = (int(v) for v in self._steps(np.array([box], dtype=np.float64))[0])
        return Box(x0 / GRID, y0 / GRID, x1 / GRID, y1 / GRID)

    def _run(self, lines: Sequence[Line], reach: float | None = None) -> None:
        """Write lines as one run: spaces between words, divisions joined, nothing between Han.

        `reach` is how far to the right a cell goes: a word that alone fills a line to there is cut, not ended.
        """
        last = ""
        dash = False
        han = False
        for number, line in enumerate(lines):
            following = lines[number + 1].words[0].text if number + 1 < len(lines) else ""
            was_han, han = han, _mostly_han(line)
            for index, word in enumerate(line.words):
                first = word.text[0]
                if index:
                    close = word.glued
                else:
                    close = dash or (is_han(last or " ") and is_han(first))
                    close = close or (was_han and han and (is_han(last) or is_han(first) or _figures(last, first)))
                if last and not close:
                    self._write(" ")
                dash = len(line.words) == 1 and reach is not None and _fills(word, following, reach)
                if following and index == len(line.words) - 1 and len(word.text) > 1 and word.text[-1] in HYPHENS:
                    dash = self._divided(word.text, following)
                    if dash and not self._keeps(word.text, following):
                        word = word._replace(text=word.text[:-1])
                self._word(word)
                last = word.text[-1]

    def _divided(self, text: str, following: str) -> bool:
        return text[-2].isalnum() and following[0].isalnum()

    def _keeps(self, text: str, following: str) -> bool:
        if text[-1] == "\u00ad":
            return False
        if not following[0].islower() or not text[-2].islower():
            return True
        whole = (text + following).strip('.,;:()«»"').lower()
        return whole in self._compounds

    def _paragraph(self, lines: Sequence[Line], column: int, kind: str = "text") -> None:
        if not any(line.words for line in lines):
            return
        if self._at:
            self._write("\n")
        start, mark = self._at, len(self._parts)
        self._run(lines)
        self._close(start, mark, column, kind)

    def _close(self, start: int, mark: int, column: int, kind: str) -> None:
        self._said.append(("".join(self._parts[mark:]), start, self._at, column, kind))

    def _paragraphs(self) -> tuple[Paragraph, ...]:
        """Return the paragraphs with their languages.

        What says nothing for itself (a short word in Cyrillic, a number) inherits from all Cyrillic of the page, or
        from the paragraph before it in its column.
        """
        scripts = [script_of(text) for text, *_ in self._said]
        cyrillic = "\n".join(said[0] for said, script in zip(self._said, scripts, strict=True) if script == "Cyrillic")
        whole = language(cyrillic) if cyrillic else None
        last: dict[int, str] = {}
        out: list[Paragraph] = []
        for (text, start, end, column, kind), script in zip(self._said, scripts, strict=True):
            hint = whole if script == "Cyrillic" else "en" if script == "Latin" else last.get(column)
            found = language(text, hint)
            if script:
                last[column] = found
            out.append(Paragraph(start, end, found, column, kind))
        return tuple(out)

    def _block(self, block: Block) -> None:
        heads = [*starts(block.lines, block.limit), len(block.lines)]
        for a, b in pairwise(heads):
            lines = block.lines[a:b]
            if b - a == 1 and lines[0].tabbed:
                for part in _far_parts(lines[0]):
                    self._paragraph([part], block.column)
            else:
                self._paragraph(lines, block.column)

    def _flowing(self, grid: Grid, island: Island) -> None:
        """Write a two-column table of running text row by row, left before right, as columns of text."""
        for cell, words in zip(grid.cells, filled(grid, island.words), strict=True):
            column = -1 if cell.column_span >= grid.columns else cell.column
            self._block(Block(cell_lines(words), column))

    def _table(self, grid: Grid, island: Island) -> None:
        """Write a table row by row; a place covered from above is an empty field, one covered from the left none."""
        if self._at:
            self._write("\n")
        start, mark = self._at, len(self._parts)
        texts = dict(zip(((c.row, c.column) for c in grid.cells), filled(grid, island.words), strict=True))
        cells = {(c.row, c.column): c for c in grid.cells}
        covered: set[tuple[int, int]] = set()
        placed: list[PlacedCell] = []
        for row in range(grid.rows):
            if row:
                self._write("\n")
            first = True
            for column in range(grid.columns):
                cell = cells.get((row, column))
                if cell is None and (row, column) in covered:
                    continue
                if not first:
                    self._write("\t")
                first = False
                if cell is None:
                    continue
                at = self._at
                inside = texts[row, column]
                margin = min((w.x0 for w in inside), default=cell.box[0]) - cell.box[0]
                self._run(cell_lines(inside), cell.box[2] - max(0.0, margin))
                covered.update((row, c) for c in range(column + 1, column + cell.column_span))
                placed.append(PlacedCell(row, column, cell.row_span, cell.column_span, at, self._at, cell.box))
        self._close(start, mark, -1, "table")
        self._tables.append((grid, placed))


def cell_lines(words: Sequence[Word]) -> list[Line]:
    """Return the lines inside one cell, those of turned writing in its own direction."""
    if not words:
        return []
    turn = max((1, 2, 3), key=lambda q: sum(w.turn == q for w in words))
    if 2 * sum(w.turn == turn for w in words) > len(words):
        return _turned_lines(words, turn)
    runs: list[list[Word]] = []
    for word in words:
        if word.glued and runs:
            runs[-1].append(word)
        else:
            runs.append([word])
    return lines_of(merge_segments([Segment.of(run) for run in runs]))


def _turned_lines(words: Sequence[Word], turn: int) -> list[Line]:
    """Set turned words upright, put them into lines, and give each word its own box back."""
    upright = []
    own: dict[tuple[float, float, float, float], Word] = {}
    for word in words:
        x0, y0, x1, y1 = word.x0, word.y0, word.x1, word.y1
        box = ((-y1, x0, -y0, x1), (-x1, -y1, -x0, -y0), (y0, -x1, y1, -x0))[turn - 1]
        own[box] = word
        upright.append(word._replace(x0=box[0], y0=box[1], x1=box[2], y1=box[3], turn=0))
    lines = cell_lines(upright)
    for line in lines:
        line.words = [own[w.x0, w.y0, w.x1, w.y1]._replace(glued=w.glued) for w in line.words]
    return lines


def _fills(word: Word, following: str, reach: float) -> bool:
    """Tell whether not one more letter had room after `word`, and the next line goes on in small letters."""
    letter = (word.x1 - word.x0) / len(word.text)
    return word.x1 + letter > reach and word.text.isalpha() and following[:1].islower() and len(word.text) > 1


def _mostly_han(line: Line) -> bool:
    text = "".join([w.text for w in line.words])
    if not text or max(text) < "\u2e80":
        return False
    return 2 * sum(map(is_han, text)) >= len(text)


def _figures(last: str, first: str) -> bool:
    """Tell whether a number goes on from one line of Han to the next."""
    return (last.isdigit() or last in ",.") and (first.isdigit() or first in ",.")


FAR = 3.5
"""Two parts of a line that are this many line heights apart say different things, unless one is the other's label."""


def _far_parts(line: Line) -> list[Line]:
    """Part a line at wide gaps between words and words; a label and its value stay together."""
    groups: list[list[Word]] = [[line.words[0]]]
    for before, word in pairwise(line.words):
        if word.x0 - before.x1 > FAR * line.height:
            groups.append([])
        groups[-1].append(word)
    parts = [groups[0]]
    for group in groups[1:]:
        left, right = joined(parts[-1]).rstrip(), joined(group)
        label = left.endswith((":", "：", "…", "...", "№"))
        if label or min(sum(c.isalpha() for c in side) for side in (left, right)) < 2:
            parts[-1] = [*parts[-1], *group]
        else:
            parts.append(group)
    return [Line(p, p[0].x0, line.y0, p[-1].x1, line.y1) for p in parts]
