"""A text document's body on its way to pages: blocks of text and tables laid out as one text with offsets.

Readers of formats without pages (DOCX, HTML, mail, plain text, sheets) fill a `Body`; `pages` turns it into records.

Limits: such pages have no size, no words and no boxes. A body up to `WHOLE` characters is one page; a longer one is cut
at paragraph and row borders into pages of about `PIECE` characters, so that page numbers are places in the text, not
sheets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from assay.model import Cell, Exhibit, Page, PageState, Paragraph, Problem, Record, Table
from assay.read.language import language

WHOLE = 200_000
PIECE = 20_000


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph. `column` and `kind` as in `model.Paragraph`."""

    text: str
    kind: str = "text"
    column: int = -1


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a table before its text has a place."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table before its text has a place: cells ordered by row, then column."""

    cells: tuple[GridCell, ...]
    rows: int
    columns: int
    header_rows: int = 0
    continues: bool = False


class Met(str):
    """A note on something that could not be read: it stands on the page, and is a problem of `category` as well."""

    __slots__ = ("category",)
    category: str

    def __new__(cls, text: str, category: str = "broken") -> Met:
        """Return the note `text` with its category, one of `model.PROBLEMS`."""
        made = super().__new__(cls, text)
        made.category = category
        return made


@dataclass(slots=True)
class Body:
    """What a reader took out of a document, in reading order."""

    kind: str = "text"
    engine: str = ""
    blocks: list[Block | Grid] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, text: str, kind: str = "text", column: int = -1) -> None:
        """Add a paragraph; blank ones are left out."""
        cleaned = clean(text).strip("\n")
        if cleaned.strip():
            self.blocks.append(Block(cleaned, kind, column))


def clean(text: str) -> str:
    """Return text that can be stored: one kind of line end, no NUL, no half of a character pair, no soft hyphen."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        text = text.replace("\x00", "")
    text = text.replace("\u00ad", "").replace("\ufeff", "")
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text


def pages(
    body: Body, exhibit: Exhibit, part: str, version: str, first: int = 1, last: int | None = None
) -> Iterator[Record]:
    """Yield the pages first..last of a body and their tables, tables after their page."""
    pieces = paginate(body)
    hint = _main_language(body)
    for number, piece in enumerate(pieces, first_number := 1):
        if number < max(first, first_number) or (last is not None and number > last):
            continue
        yield from laid_out(body, piece, exhibit, part, version, number, hint, tell=number == first_number)


def paginate(body: Body) -> list[list[Block | Grid]]:
    """Return the blocks of each page; at least one page, which may be empty."""
    if sum(_size(block) for block in body.blocks) <= WHOLE:
        return [list(body.blocks)]
    result: list[list[Block | Grid]] = [[]]
    size = 0
    for block in body.blocks:
        for part in _cut(block):
            if size and size + _size(part) > PIECE * 1.25:
                result.append([])
                size = 0
            result[-1].append(part)
            size += _size(part) + 1
    return result


def _size(block: Block | Grid) -> int:
    if isinstance(block, Block):
        return len(block.text) + 1
    return sum(len(cell.text) + 1 for cell in block.cells)


def _cut(block: Block | Grid) -> Iterator[Block | Grid]:
    if _size(block) <= PIECE * 1.25:
        yield block
    elif isinstance(block, Block):
        yield from (Block(piece, block.kind, block.column) for piece in _cut_text(block.text))
    else:
        yield from _cut_grid(block)


def _cut_text(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > PIECE:
        stop = start + PIECE
        at = max(text.rfind("\n", start + PIECE // 2, stop), text.rfind(". ", start + PIECE // 2, stop))
        if at < 0:
            at = text.rfind(" ", start + PIECE // 2, stop)
        stop = at + 1 if at > 0 else stop
        yield text[start:stop].rstrip()
        start = stop
    if text[start:].strip():
        yield text[start:]


def _cut_grid(grid: Grid) -> Iterator[Grid]:
    kept: list[GridCell] = []
    size, start = 0, 0
    for cell in grid.cells:
        if size > PIECE and kept and cell.row > kept[-1].row:
            yield _slice(grid, kept, start, cell.row)
            kept, size, start = [], 0, cell.row
        kept.append(cell)
        size += len(cell.text) + 1
    if kept:
        yield _slice(grid, kept, start, grid.rows)


def _slice(grid: Grid, cells: list[GridCell], start: int, stop: int) -> Grid:
    moved = tuple(
        GridCell(c.row - start, c.column, c.text, min(c.row_span, stop - c.row), c.column_span, c.formula)
        for c in cells
    )
    return Grid(moved, stop - start, grid.columns, grid.header_rows if start == 0 else 0, start > 0 or grid.continues)


def laid_out(
    body: Body, blocks: Iterable[Block | Grid], exhibit: Exhibit, part: str, version: str, number: int, hint: str,
    *, tell: bool = True,
) -> Iterator[Record]:  # fmt: skip
    """Yield one page and its tables from blocks; with `tell`, notes of the kind `Met` become problems too."""
    text: list[str] = []
    at = 0
    paragraphs: list[Paragraph] = []
    tables: list[Table] = []
    for block in blocks:
        if isinstance(block, Block):
            paragraphs.append(Paragraph(at, at + len(block.text), language(block.text, hint), block.column, block.kind))
            text.append(block.text + "\n")
            at += len(block.text) + 1
            continue
        written, cells = _grid_text(block, at)
        if not written:
            continue
        tables.append(
            Table(
                exhibit.digest, number, len(tables) + 1, block.rows, block.columns, block.header_rows, block.continues,
                cells, None, part, version,
            )
        )  # fmt: skip
        paragraphs.append(Paragraph(at, at + len(written), language(written, hint), -1, "table"))
        text.append(written + "\n")
        at += len(written) + 1
    whole = "".join(text)
    whole = whole[:-1] if whole else whole
    said = " ".join(whole[p.start : p.end] for p in paragraphs if p.kind != "header") or whole
    yield Page(
        exhibit.digest, number, body.kind, PageState.READ, "parser" if whole.strip() else "empty", body.engine, whole,
        language(said, None), tuple(paragraphs), 0.0, 0.0, 0, None, "", tuple(map(str, body.notes)), part, version,
    )  # fmt: skip
    yield from tables
    if tell:
        for note in dict.fromkeys(n for n in body.notes if isinstance(n, Met)):
            yield Problem("read", exhibit.digest, number, note.category, str(note), part, version)


def _grid_text(grid: Grid, at: int) -> tuple[str, tuple[Cell, ...]]:
    """Return a table's text, one line a row, cells joined by tabs, and the cells with their places in the page."""
    pieces: list[str] = []
    cells: list[Cell] = []
    row, column = 0, 0
    here = at
    for cell in grid.cells:
        lead = ""
        if cell.row > row:
            lead = "\n" if cells else ""
            row, column = cell.row, 0
        if cell.column > column:
            lead += "\t" * (cell.column - column)
            column = cell.column
        shown = cell.text.replace("\t", " ")
        pieces.append(lead + shown)
        here += len(lead)
        cells.append(
            Cell(
                cell.row,
                cell.column,
                here,
                here + len(shown),
                shown,
                cell.row_span,
                cell.column_span,
                None,
                cell.formula,
            )
        )
        here += len(shown)
    written = "".join(pieces)
    return (written, tuple(cells)) if written.strip() else ("", ())


def _main_language(body: Body) -> str:
    """Return the language of the longest blocks together: what short ones inherit."""
    texts = [b.text if isinstance(b, Block) else " ".join(c.text for c in b.cells[:60]) for b in body.blocks[:400]]
    found = language(" ".join(sorted(texts, key=len, reverse=True)[:12])[:4000])
    return found
