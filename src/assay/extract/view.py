"""A page's text as extraction reads it: flat clauses that know where each of their characters stands.

Purpose: cue words and value finders want running text; evidence wants offsets into `page.text`. A `View` holds both:
line ends, runs of white space and full-width forms are made plain in `text`, and `at` leads each character back.
Limits: a clause that runs over a page's end is two views.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from assay.extract.halves import LEFT, parted, running
from assay.extract.once import once
from assay.model import (
    Box,
    Cell,
    DateRange,
    Designation,
    Identifier,
    Money,
    Page,
    PageState,
    Quantity,
    Reading,
    Span,
    Table,
    Text,
)

V = TypeVar("V", Text, Money, DateRange, Quantity, Designation, Identifier)
W = TypeVar("W", Text, Money, DateRange, Quantity, Designation, Identifier, covariant=True)

GAP = 2.0
"""How many line heights two words on one line must stand apart to be two things."""
PAGES = 256
"""Of how many pages the lines and clauses are kept."""
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_HAN = re.compile(f"[{HAN}\u3000-\u303f\uff00-\uffef]")
_PLAIN = {c: chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)} | {
    0x3000: " ", 0xA0: " ", 0x202F: " ", 0x2009: " ", 0x2007: " ", 0x2011: "-", 0x2010: "-", 0x2212: "-",
    0x201C: '"', 0x201D: '"', 0x201E: '"', 0x201F: '"', 0x300C: '"', 0x300D: '"', 0x2116: "№",
}  # fmt: skip
_CLAUSE = re.compile(
    r"\s*(?:(?:\d{1,2}\.){1,4}(?:\d{1,2}\.?)?\s*(?=[^\W\d]|[(«\"“])|\d{1,2}[.)]\s+(?=[^\W\d])|[-–—•*]\s+(?=\w)"
    r"|\(?[a-zа-яієґ]\)\s+(?=\w)"
    r"|第\s*[一二三四五六七八九十百\d]+\s*[条章款]|[一二三四五六七八九十]{1,3}\s*[、.．]"
    r"|(?:Статья|Стаття|Раздел|Розділ|Article|ARTICLE|Section|SECTION|СТАТЬЯ|РАЗДЕЛ|РОЗДІЛ|СТАТТЯ)\s+[\dIVX]+)"
)
_DOTTED = re.compile(r"\s*\d{1,2}\.\d{1,2}")
_LABEL = re.compile(r"\s*[^\W\d_][^:：\n]{1,48}[:：]")
_END = re.compile(r"[.;:!?。；：！？…]['\"»”)]*\s*$")


class Finding(Protocol[W]):
    """A value found in a text: what `assay.read.values` calls `Found`."""

    @property
    def start(self) -> int:
        """Offset of its first character."""
        ...

    @property
    def end(self) -> int:
        """Offset after its last character."""
        ...

    @property
    def value(self) -> W:
        """The value, without a span."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """Flat text with its way back: character i of `text` stands at `page.text[at[i]]`.

    `language` and `column` are the paragraph's; `kind` its kind (text, heading, table ...); `box` where it
    lies when the page has words.
    """

    page: Page
    text: str
    at: tuple[int, ...]
    language: str
    column: int = -1
    kind: str = "text"

    def span(self, start: int, end: int) -> Span:
        """Return the span of `text[start:end]`, white space at the ends left out; raise ValueError when it is empty."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        if start >= end:
            message = "an empty span holds no evidence"
            raise ValueError(message)
        return self.page.span(self.at[start], self.at[end - 1] + 1)

    def written(self, start: int, end: int, uncertain: str = "") -> Text:
        """Return `text[start:end]` as a `Text` with its span."""
        span = self.span(start, end)
        return Text(span.quote, fold(self.text[start:end]), uncertain, span)

    def whole(self, uncertain: str = "") -> Text:
        """Return all of the view as a `Text`."""
        return self.written(0, len(self.text), uncertain)

    def attach(self, found: Finding[V]) -> V:
        """Return the found value, written as the page has it, with its span."""
        span = self.span(found.start, found.end)
        return replace(found.value, written=span.quote, span=span)

    def part(self, start: int, end: int) -> View:
        """Return the view of `text[start:end]`."""
        return replace(self, text=self.text[start:end], at=self.at[start:end])

    @property
    def begin(self) -> int:
        """Offset in the page of the first character."""
        return self.at[0]

    @property
    def end(self) -> int:
        """Offset in the page after the last character."""
        return self.at[-1] + 1

    def box(self) -> Box | None:
        """Return the box around all of the view's words, None when the page has no words."""
        words = self.page.words
        indices = words.within(self.begin, self.end)
        if not indices:
            return None
        boxes = [words.box(i) for i in indices]
        return Box(
            min(b.x0 for b in boxes), min(b.y0 for b in boxes), max(b.x1 for b in boxes), max(b.y1 for b in boxes)
        )


def fold(text: str) -> str:
    """Return the normal form of a phrase: white space folded, quotes unified to straight ones, ends trimmed."""
    text = re.sub(r"[«»“”„‟]", '"', text)
    return re.sub(r"\s+", " ", text).strip()


def view(page: Page, start: int, end: int, language: str = "", column: int = -1, kind: str = "text") -> View | None:
    """Return the view of `page.text[start:end]`, None when only white space stands there."""
    raw = page.text
    chars: list[str] = []
    at: list[int] = []
    index = start
    wide = _wide_gaps(page, start, end) if kind != "cell" else frozenset()
    while index < end:
        char = raw[index]
        if char == "\u00ad":
            index += 1
            continue
        if char.isspace():
            stop = index
            while stop < end and raw[stop].isspace():
                stop += 1
            gap = raw[index:stop]
            before, after = (chars[-1] if chars else ""), (raw[stop] if stop < end else "")
            if not before or not after or ("\n" in gap and _HAN.match(before) and _HAN.match(after)):
                pass
            elif (
                "\n" in gap and before == "-" and after.islower() and len(chars) > 1 and chars[-2].islower()
            ):  # a word broken at the line's end
                chars.pop()
                at.pop()
            elif "\n" in gap and before == "-":
                pass
            else:
                chars.append("\t" if "\t" in gap or index in wide else " ")
                at.append(index)
            index = stop
            continue
        chars.append(_PLAIN.get(ord(char), char))
        at.append(index)
        index += 1
    if not chars:
        return None
    return View(page, "".join(chars), tuple(at), language or page.language, column, kind)


def _wide_gaps(page: Page, start: int, end: int) -> frozenset[int]:
    """Return the ends of words behind which the line goes on only after a gap wider than a line is high.

    Two things that stand side by side (a number on the left, an addressee on the right) are so parted.
    """
    words = page.words
    out: list[int] = []
    inside = words.within(start, end)
    for i in inside[:-1]:
        height = min(words.y1[i] - words.y0[i], words.y1[i + 1] - words.y0[i + 1])
        same = min(words.y1[i], words.y1[i + 1]) - max(words.y0[i], words.y0[i + 1]) > height / 2
        gap = (words.x0[i + 1] - words.x1[i]) * (page.width or 1.0)
        if same and gap > GAP * height * (page.height or 1.0):
            out.append(words.end[i])
    return frozenset(out)


def read_pages(reading: Reading) -> tuple[Page, ...]:
    """Return the pages that were read and hold text."""
    return tuple(p for p in reading.pages if p.state is PageState.READ and p.text.strip())


@once(PAGES)
def lines(page: Page) -> tuple[View, ...]:
    """Return the page's physical lines that are not blank, in text order."""
    out: list[View] = []
    starts = [p.start for p in page.paragraphs]
    offset = 0
    for raw in page.text.split("\n"):
        index = bisect_left(starts, offset + 1) - 1
        para = page.paragraphs[index] if 0 <= index < len(page.paragraphs) else None
        if para is not None and para.end <= offset:
            para = None
        line = view(
            page,
            offset,
            offset + len(raw),
            para.language if para and para.language != "und" else "",
            para.column if para else -1,
            para.kind if para else "text",
        )
        if line is not None:
            out.append(line)
        offset += len(raw) + 1
    return tuple(out)


@once(PAGES)
def clauses(page: Page) -> tuple[View, ...]:
    """Return the page's clauses: paragraphs cut where a clause or a label starts, and lines that run on joined."""
    rows = parted(lines(page))
    starts = {p.start for p in page.paragraphs}
    groups: list[list[View]] = []
    for row in rows:
        fresh = not groups or row.column != groups[-1][-1].column or row.kind != groups[-1][-1].kind
        if not fresh and row.column >= LEFT:
            fresh = _CLAUSE.match(row.text) is not None or not _open(groups[-1])
        elif not fresh:
            last = groups[-1][-1]
            raw = page.text[row.begin : row.end]
            blank = page.text[last.end : row.begin].count("\n") > 1
            opens = any(s in starts for s in range(last.end, row.begin + 1))
            if _CLAUSE.match(raw) or blank or running(row.text) or running(last.text):
                fresh = True
            elif opens:
                fresh = not (
                    _open(groups[-1]) and (row.text[0].islower() or _long(groups[-1])) and not _LABEL.match(raw)
                )
            elif _LABEL.match(raw) and (_END.search(last.text) or _LABEL.match(last.text)):
                fresh = True
        earlier = _left_open(groups, row) if fresh and not _CLAUSE.match(row.text) else None
        if earlier is not None:
            earlier.append(row)
        elif fresh:
            groups.append([row])
        else:
            groups[-1].append(row)
    return tuple(joined for group in groups if (joined := _together(page, group)) is not None)


def _together(page: Page, group: list[View]) -> View | None:
    """Return the lines of a clause as one view; where another column's lines stand between them, without those."""
    runs: list[list[View]] = []
    for row in group:
        between = page.text[runs[-1][-1].end : row.begin] if runs else "."
        if between.strip():
            runs.append([row])
        else:
            runs[-1].append(row)
    first = group[0]
    views = [view(page, run[0].begin, run[-1].end, first.language, first.column, first.kind) for run in runs]
    parts = [part for part in views if part is not None]
    if not parts:
        return None
    text, at = parts[0].text, parts[0].at
    for part in parts[1:]:
        gap = "" if _HAN.match(text[-1]) and _HAN.match(part.text[0]) else " "
        text, at = text + gap + part.text, (*at, *([at[-1] + 1] if gap else []), *part.at)
    return replace(parts[0], text=text, at=at)


_RUNS_ON = re.compile(rf"[a-zа-яёіїєґ(«\"$€¥£\d{HAN}]|[A-Z]{{3}}\s?\d|(?:US dollars|Euro|Agreement|Contract)\b")
"""How a line begins that goes on with a sentence."""


def _left_open(groups: list[list[View]], row: View) -> list[View] | None:
    """Return the clause of the row's own column that the row goes on with, over lines of the other column.

    A reader that goes down a page line by line sets "3.1 ... amounting to" of both columns before both their sums.
    """
    if row.column < 0 or not groups or groups[-1][-1].column == row.column or not _RUNS_ON.match(row.text):
        return None
    if running(row.text):
        return None
    for group in reversed(groups[-3:]):
        if group[-1].column == row.column:
            numbered = bool(_DOTTED.match(group[0].text)) and group[0].kind == row.kind
            return group if numbered and _open(group) and _script_of(group[-1].text) == _script_of(row.text) else None
        if group[-1].column < 0:
            return None
    return None


def _script_of(text: str) -> str:
    """Return han or other: what the column's language is written in."""
    return "han" if re.search(f"[{HAN}]", text) else "other"


def _open(group: list[View]) -> bool:
    """Tell whether a clause has not come to an end: no mark that closes a sentence, and no heading or field."""
    return not _END.search(group[-1].text) and group[-1].kind != "heading"


def _long(group: list[View]) -> bool:
    """Tell whether a group is a clause and no heading: numbered twice (2.1), or longer than a heading is."""
    return bool(_DOTTED.match(group[0].text)) or (group[0].column >= 0 and sum(len(v.text) for v in group) > 70)


def cell_view(page: Page, cell: Cell | None, language: str = "") -> View | None:
    """Return the view of a table's cell, None for an empty or missing one."""
    if cell is None or cell.end <= cell.start:
        return None
    return view(page, cell.start, cell.end, language, kind="cell")


def page_of(reading: Reading, table: Table) -> Page | None:
    """Return the page on which a table stands."""
    return next((p for p in reading.pages if p.number == table.page), None)


def in_cells(reading: Reading, page: Page) -> Iterator[View]:
    """Yield the cells of the page's tables as views."""
    for table in reading.tables_on(page.number):
        for cell in table.cells:
            found = cell_view(page, cell)
            if found is not None:
                yield found
