"""What lies in a case and what was read from it: exhibits, occurrences, pages, words, tables, problems."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar

import msgpack

from assay.model.record import Record, digest_of, encode
from assay.model.span import Box, Span, as_floats

GRID = 65535
"""Word boxes are kept as whole steps of 1/65535 of the page's width and height."""


@dataclass(frozen=True, slots=True)
class Exhibit(Record):
    """One string of bytes. `digest` is its SHA-256 in hex, and its id; `media_type` is judged by content."""

    KIND: ClassVar[str] = "exhibits"
    digest: str
    sha1: str
    size: int
    media_type: str
    part: str
    version: str

    @property
    def id(self) -> str:
        """The exhibit's SHA-256."""
        return self.digest


@dataclass(frozen=True, slots=True)
class Occurrence(Record):
    r"""One name under which an exhibit was met.

    `path` is as found (bytes that are not UTF-8 are kept as `\xNN`), relative to the folder that was
    received; inside a parent exhibit (`parent`, a digest) it is the member's path there.
    `declared_type` is what the name or the mail header claims; `modified` is the file's or member's
    own time as ISO 8601, empty when there is none. `note` says what else was odd about the name.
    """

    KIND: ClassVar[str] = "occurrences"
    exhibit: str
    path: str
    parent: str | None
    source: str
    declared_type: str
    modified: str
    note: str
    part: str
    version: str


class PageState(StrEnum):
    """Every page present is in exactly one of these."""

    READ = "read"
    FAILED = "failed"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a page in columns: word i is `text[start[i]:end[i]]` in box (x0, y0, x1, y1)[i].

    Boxes are in steps of 1/65535 of the page, origin top left. `confidence` is 0 to 100, and 100 for
    text that needed no recognition. Words are in text order.
    """

    start: tuple[int, ...] = ()
    end: tuple[int, ...] = ()
    x0: tuple[int, ...] = ()
    y0: tuple[int, ...] = ()
    x1: tuple[int, ...] = ()
    y1: tuple[int, ...] = ()
    confidence: tuple[int, ...] = ()

    def __len__(self) -> int:
        """Return the number of words."""
        return len(self.start)

    def box(self, index: int) -> Box:
        """Return word `index`'s box in page fractions."""
        return Box(self.x0[index] / GRID, self.y0[index] / GRID, self.x1[index] / GRID, self.y1[index] / GRID)

    def within(self, start: int, end: int) -> range:
        """Return the indices of the words that overlap `text[start:end]`."""
        import bisect

        first = bisect.bisect_right(self.end, start)
        last = bisect.bisect_left(self.start, end)
        return range(first, max(first, last))

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """Return boxes over `text[start:end]`, words on one line run together.

        Two neighbours are on one line when their vertical overlap is at least half of the lower one's height
        and the gap between them is at most three heights (so that two columns stay two boxes).
        """
        lines: list[list[int]] = []
        for i in self.within(start, end):
            x0, y0, x1, y1 = self.x0[i], self.y0[i], self.x1[i], self.y1[i]
            if lines:
                last = lines[-1]
                overlap = min(last[3], y1) - max(last[1], y0)
                low = max(1, min(last[3] - last[1], y1 - y0))
                if overlap * 2 >= low and -low <= x0 - last[2] <= 3 * low:
                    last[:] = [min(last[0], x0), min(last[1], y0), max(last[2], x1), max(last[3], y1)]
                    continue
            lines.append([x0, y0, x1, y1])
        return tuple(Box(a / GRID, b / GRID, c / GRID, d / GRID) for a, b, c, d in lines)

    def pack(self) -> bytes:
        """Return the words as compressed columns of differences (about 2 kB a page)."""
        return zlib.compress(self.columns(), 6)

    def columns(self) -> bytes:
        """Return the columns of differences, not compressed."""
        columns = (self.start, self.end, self.x0, self.y0, self.x1, self.y1, self.confidence)
        packed: bytes = msgpack.packb([_differences(c) for c in columns])
        return packed

    @staticmethod
    def unpack(data: bytes) -> Words:
        """Return what `pack` made."""
        unpacking = zlib.decompressobj()
        columns = unpacking.decompress(data, _MOST_COLUMNS)
        if not unpacking.eof or unpacking.unused_data:
            message = "the words of a page are not whole, too many, or followed by something else"
            raise ValueError(message)
        return Words(*(_sums(c) for c in msgpack.unpackb(columns)))


def _differences(column: tuple[int, ...]) -> list[int]:
    return [b - a for a, b in zip((0, *column), column, strict=False)]


def _sums(column: list[int]) -> tuple[int, ...]:
    from itertools import accumulate

    return tuple(accumulate(column))


_NO_WORDS = Words()
_MOST_COLUMNS = 64 << 20  # bytes; some three million words, and no decompression bomb


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of a page's text that belongs together: a paragraph, a heading, a table (`kind`).

    `column` counts text columns from 0, left to right, for bilingual or newspaper setting; -1 is the
    full width. `language` is ru, uk, zh, en or und.
    """

    start: int
    end: int
    language: str
    column: int = -1
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class OtherReading:
    """What another engine read at `Page.text[start:end]`, where two differed: offered to who corrects the page."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Page(Record):
    """One page as read: `number` counts from 1.

    `kind` is page, image, sheet, slide, mail or text. `how` is text_layer, ocr, parser or empty, or person where only a
    person could read it; `engine` names the program and version that gave the text. `width` and `height` are in points
    (1/72 inch) as the page is shown, 0 when it has no size. `rotation` is by how many degrees clockwise the
    stored page had to be turned to be upright. `confidence` is the mean of the words', None when nothing was
    recognised. `reason` says why a page is failed or unread. `notes` are plain words on what the
    reader met ("a hidden text layer by others was kept aside"). `others` are second readings of words, in text order.
    """

    KIND: ClassVar[str] = "pages"
    exhibit: str
    number: int
    kind: str
    state: PageState
    how: str
    engine: str
    text: str
    language: str
    paragraphs: tuple[Paragraph, ...]
    width: float
    height: float
    rotation: int
    confidence: float | None
    reason: str
    notes: tuple[str, ...]
    part: str
    version: str
    words: Words = field(default_factory=Words)
    others: tuple[OtherReading, ...] = ()

    def __post_init__(self) -> None:
        """Hold floats, so that the id does not depend on how a size was given."""
        as_floats(self, "width", "height", "confidence")

    @property
    def id(self) -> str:
        """The content-derived id; words count by their columns, so that no compressor's version shows."""
        bare = encode(replace(self, words=_NO_WORDS))
        return digest_of(self.KIND, bare + self.words.columns())

    def span(self, start: int, end: int) -> Span:
        """Return the span of `text[start:end]`, with its boxes."""
        return Span(self.exhibit, self.number, start, end, self.words.boxes(start, end), self.text[start:end])


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: `row` and `column` from 0, spans in cells, `page.text[start:end]` its text, boxes as on the page."""

    row: int
    column: int
    start: int
    end: int
    text: str
    row_span: int = 1
    column_span: int = 1
    box: Box | None = None
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Table(Record):
    """A table on one page. `continues` is true when it goes on from the page before without a header of its own.

    `header_rows` counts the rows at the top that name columns. Cells are ordered by row, then column.
    """

    KIND: ClassVar[str] = "tables"
    exhibit: str
    page: int
    number: int
    rows: int
    columns: int
    header_rows: int
    continues: bool
    cells: tuple[Cell, ...]
    box: Box | None
    part: str
    version: str

    def grid(self) -> list[list[Cell | None]]:
        """Return rows of cells; a spanned place holds the spanning cell, an empty one None."""
        grid: list[list[Cell | None]] = [[None] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            for r in range(cell.row, min(cell.row + cell.row_span, self.rows)):
                for c in range(cell.column, min(cell.column + cell.column_span, self.columns)):
                    grid[r][c] = cell
        return grid


@dataclass(frozen=True, slots=True)
class DetachedSignature(Record):
    """A signature that lies in an exhibit of its own, and what it signs, as far as names and digests tell.

    `signature` is the digest of the signature's exhibit, `exhibit` that of what it signs, empty when nothing here fits.
    `how` says what ties the two: "digest" (the digest that the signature states is that of the exhibit), "name" (they
    lie side by side under names that belong together). `algorithm` and `stated` are the message digest that
    the signature itself states, in hex; empty when it states none. `agrees` is yes, no, or not_computed.
    A link says which bytes belong together, and nothing about whether the signature holds.
    """

    KIND: ClassVar[str] = "detached_signatures"
    signature: str
    exhibit: str
    how: tuple[str, ...]
    algorithm: str
    stated: str
    agrees: str
    note: str
    part: str
    version: str


@dataclass(frozen=True, slots=True)
class Image(Record):
    """A page as an upright picture: `picture` is the digest of a blob of type `media_type`; sizes in pixels.

    `dpi` is 0 for what is not the page as it is: another way to look at it, or the page of an earlier saved state;
    `part` then names which.
    """

    KIND: ClassVar[str] = "images"
    exhibit: str
    page: int
    dpi: int
    picture: str
    media_type: str
    width: int
    height: int
    part: str
    version: str


@dataclass(frozen=True, slots=True)
class Problem(Record):
    """Something that could not be done. Never a finding: it says nothing about the evidence.

    `stage` is receive, read, examine, extract, resolve, weigh or publish; `about` is an exhibit's digest or a
    path; `page` is 0 for the whole. `category` is one of `PROBLEMS`.
    """

    KIND: ClassVar[str] = "problems"
    stage: str
    about: str
    page: int
    category: str
    message: str
    part: str
    version: str


PROBLEMS: dict[str, str] = {
    "unreadable": "the file could not be opened or read from its folder",
    "no_reader": "no reader for this type",
    "encrypted": "a password is needed and none that was given fits",
    "broken": "the file's structure is damaged",
    "limit": "a limit was met: size, count, depth, ratio, memory or time",
    "crashed": "the worker died on it, twice",
    "hung": "the worker did not come back in time, twice",
    "error": "a part raised an error",
    "missing_program": "a program or language file is not installed",
    "unsafe_name": "a name that points outside its archive; the member was kept under a safe name",
    "disk_full": "no space left",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """An exhibit with all that was read from it. Pages in order; tables in order of page and place."""

    exhibit: Exhibit
    pages: tuple[Page, ...]
    tables: tuple[Table, ...]

    def tables_on(self, page: int) -> Iterator[Table]:
        """Yield the tables of page `page`."""
        return (t for t in self.tables if t.page == page)
