"""One page of evidence as an edition shows it: its picture or its text, the places cited, and what is doubtful.

Purpose: who follows a note sees the page as it is, the place marked, and what the machine was not sure of.
Limits: a document that was laid out for the edition (Word, Excel) is shown on the leaves that cited words stand on; a
place whose words were not found there again is shown in the text below, and said to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from assay.model import Box, Cell, Image, Page, Rendition, Span, Table
from assay.publish.edition import Note
from assay.read.align import Alignment

LOW = 80
"""Words that were recognised with less confidence than this, of 100, are marked wherever they are shown."""
MOST_CHANGES = 40
"""So many words that a person corrected are listed on a page; more are counted."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a page's text, the names of the notes over it, those that begin here, and whether it is doubtful."""

    text: str
    names: str
    ids: tuple[str, ...]
    low: int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A box of a note; `id` is its name where it is the note's first, empty otherwise."""

    name: str
    id: str
    box: Box


@dataclass(frozen=True, slots=True)
class Faint:
    """A word that was recognised with little confidence."""

    box: Box
    confidence: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One picture with what lies over it. `caption` tells which leaf of a laid-out document it is."""

    picture: str
    width: int
    height: int
    caption: str
    marks: tuple[Mark, ...]
    faint: tuple[Faint, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a quote; `low` is its confidence when that is little."""

    text: str
    low: int | None


@dataclass(frozen=True, slots=True)
class Quote:
    """What a note quotes, the pages of the site that rest on it, and what has to be said of its place."""

    name: str
    pieces: tuple[Piece, ...]
    cited: tuple[tuple[str, str], ...]
    remark: str
    anchored: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the template of one page of evidence sets."""

    sheets: tuple[Sheet, ...]
    grids: tuple[tuple[tuple[Run, ...], ...], ...]
    runs: tuple[Run, ...]
    quotes: tuple[Quote, ...]
    changes: tuple[tuple[str, str], ...]
    more_changes: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What is at hand for one page: its tables, the notes on it, its pictures, its layout, the machine's reading."""

    page: Page
    tables: tuple[Table, ...]
    notes: tuple[Note, ...]
    pictures: Mapping[int, tuple[Image, str]]
    laid: Rendition | None
    machine: Page | None
    cited: Mapping[str, tuple[tuple[str, str], ...]]


def evidence(shown: Shown) -> Evidence:
    """Return one page as it is to be set."""
    page, notes = shown.page, shown.notes
    sheets = _leaves(shown) if shown.laid else _own(shown)
    grids = () if sheets or page.kind != "sheet" else tuple(_grid(t, notes) for t in shown.tables)
    # A document that was laid out is also shown as text, for the places that were not found on its leaves.
    runs = () if (sheets and not shown.laid) or grids else tuple(_runs(page, notes, marked=bool(sheets)))
    on_sheets = {m.id for s in sheets for m in s.marks if m.id}
    elsewhere = {i for r in runs for i in r.ids} | {i for g in grids for row in g for c in row for i in c.ids}
    quotes = tuple(
        Quote(
            note.anchor,
            _pieces(page, note),
            shown.cited.get(note.anchor, ()),
            _remark(note, shown, on_sheets),
            note.anchor in on_sheets | elsewhere,
        )
        for note in notes
    )
    changes = _changes(shown.machine, page) if shown.machine else []
    return Evidence(sheets, grids, runs, quotes, tuple(changes[:MOST_CHANGES]), max(0, len(changes) - MOST_CHANGES))


def least(page: Page, spans: Iterable[Span]) -> int | None:
    """Return the least confidence of the words that spans of a page rest on when that is little, None otherwise."""
    sure = [page.words.confidence[i] for s in spans for i in page.words.within(s.start, s.end) if s.end > s.start]
    low = min(sure, default=100)
    return low if low < LOW else None


def _own(shown: Shown) -> tuple[Sheet, ...]:
    """Return the page's own picture, if there is one."""
    if shown.page.number not in shown.pictures:
        return ()
    image, href = shown.pictures[shown.page.number]
    marks = [
        Mark(note.anchor, note.anchor if n == 0 else "", box)
        for note in shown.notes
        for n, box in enumerate(note.boxes)
    ]
    words = shown.page.words
    faint = [Faint(words.box(i), c) for i, c in enumerate(words.confidence) if c < LOW]
    return (Sheet(href, image.width, image.height, "", tuple(marks), tuple(faint)),)


def _leaves(shown: Shown) -> tuple[Sheet, ...]:
    """Return the leaves of a laid-out document that are pictured, with the notes whose words were found on them."""
    laid = shown.laid
    assert laid is not None
    marks: dict[int, list[Mark]] = {}
    seen: set[str] = set()
    for note in shown.notes:
        for span in note.spans:
            for leaf, boxes in laid.places(span.start, span.end) if span.end > span.start else ():
                for box in boxes if leaf in shown.pictures else ():
                    marks.setdefault(leaf, []).append(
                        Mark(note.anchor, "" if note.anchor in seen else note.anchor, box)
                    )
                    seen.add(note.anchor)
    sheets = []
    for leaf, (image, href) in sorted(shown.pictures.items()):
        caption = f"leaf {leaf} of {laid.leaves}, laid out by {laid.engine} for this edition"
        sheets.append(Sheet(href, image.width, image.height, caption, tuple(marks.get(leaf, ())), ()))
    return tuple(sheets)


def _remark(note: Note, shown: Shown, on_sheets: set[str]) -> str:
    if shown.laid and note.quote and note.anchor not in on_sheets:
        return "its words were not found again on the leaves: see the text"
    return ""


def _pieces(page: Page, note: Note) -> tuple[Piece, ...]:
    """Return a note's quotes cut where the machine was not sure of a word."""
    found: list[Piece] = []
    for span in (s for s in note.spans if s.quote):
        if found:
            found.append(Piece(" … ", None))
        at = span.start
        for i in page.words.within(span.start, span.end):
            if page.words.confidence[i] < LOW:
                start, end = max(at, page.words.start[i]), min(span.end, page.words.end[i])
                found += [Piece(page.text[at:start], None), Piece(page.text[start:end], page.words.confidence[i])]
                at = end
        found.append(Piece(page.text[at : span.end], None))
    return tuple(piece for piece in found if piece.text)


def _changes(machine: Page, page: Page) -> list[tuple[str, str]]:
    """Return what the machine read and what a person reads there, stretch by stretch."""
    laid = Alignment(machine.text, page.text)
    return [
        (" ".join(t.text for t in laid.old[p.a : p.b]), " ".join(t.text for t in laid.new[p.c : p.d]))
        for p in laid.words
        if not p.same
    ]


def _runs(page: Page, notes: Iterable[Note], *, marked: bool) -> Iterable[Run]:
    """Cut a page's text where notes begin and end; `marked`: notes have their place elsewhere, none begins here."""
    spans = [(n.anchor, s) for n in notes for s in n.spans if s.end > s.start]
    words = page.words
    low = [i for i, c in enumerate(words.confidence) if c < LOW]
    cuts = {0, len(page.text), *(s.start for _, s in spans), *(s.end for _, s in spans)}
    cuts |= {words.start[i] for i in low} | {words.end[i] for i in low}
    doubtful = {words.start[i]: (words.end[i], words.confidence[i]) for i in low}
    seen: set[str] = set()
    until, sure = 0, None
    for start, end in pairwise(sorted(cuts)):
        if start in doubtful:
            until, sure = doubtful[start]
        over = list(dict.fromkeys(a for a, s in spans if s.start <= start and s.end >= end))
        first = () if marked else tuple(a for a in over if a not in seen)
        seen.update(first)
        yield Run(page.text[start:end], " ".join(over), first, sure if start < until else None)


def _grid(table: Table, notes: Iterable[Note]) -> tuple[tuple[Run, ...], ...]:
    """Return a sheet's cells with the notes that lie over each."""
    seen: set[str] = set()

    def run(cell: Cell | None) -> Run:
        if cell is None:
            return Run("", "", ())
        end = max(cell.end, cell.start + 1)
        over = [n.anchor for n in notes if any(s.start < end and s.end > cell.start for s in n.spans)]
        first = tuple(a for a in over if a not in seen)
        seen.update(first)
        return Run(cell.text, " ".join(over), first)

    return tuple(tuple(run(cell) for cell in row) for row in table.grid())
