"""An edition before it is set: sections of sentences, and the notes on which each sentence rests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from assay.model import Box, Span


@dataclass(frozen=True, slots=True)
class Note:
    """What a sentence rests on, on one page of one exhibit: the spans there, and the exhibit's label."""

    label: str
    spans: tuple[Span, ...]

    @property
    def exhibit(self) -> str:
        """The digest of the exhibit."""
        return self.spans[0].exhibit

    @property
    def page(self) -> int:
        """The page's number; 0 is the exhibit as a whole."""
        return self.spans[0].page

    @property
    def boxes(self) -> tuple[Box, ...]:
        """All boxes of the spans."""
        return tuple(box for span in self.spans for box in span.boxes)

    @property
    def quote(self) -> str:
        """The spans' quotes, in order, with `…` between those that are apart."""
        return " … ".join(span.quote for span in self.spans if span.quote)

    @property
    def anchor(self) -> str:
        """The name of the region within its page: the same spans have one name in all of an edition."""
        places = []
        for span in self.spans:
            boxes = ";".join(f"{b.x0:.5f},{b.y0:.5f},{b.x1:.5f},{b.y1:.5f}" for b in span.boxes)
            places.append(f"{span.exhibit}/{span.page}/{span.start}/{span.end}/{boxes}")
        return "s" + hashlib.sha256("|".join(places).encode()).hexdigest()[:12]

    @property
    def href(self) -> str:
        """Where the note leads, from an edition's root."""
        if self.page == 0:
            return f"document-{self.exhibit[:12]}.html"
        return f"{evidence_name(self.exhibit, self.page)}#{self.anchor}"


def evidence_name(exhibit: str, page: int) -> str:
    """Return the file name of the page of an edition that shows one cited page."""
    return f"evidence/{exhibit[:12]}-p{page}.html"


def notes_over(spans: Iterable[Span], labels: Mapping[str, str]) -> tuple[Note, ...]:
    """Return one note for each page that the spans lie on, in the order in which the pages first occur."""
    pages: dict[tuple[str, int], dict[Span, None]] = {}
    for span in spans:
        pages.setdefault((span.exhibit, span.page), {})[span] = None
    found = []
    for (exhibit, _), here in pages.items():
        ordered = sorted(here, key=lambda s: (s.start, s.end))
        found.append(Note(labels.get(exhibit, exhibit[:8]), tuple(ordered)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an edition.

    `record` is the id of the record that it words. `needs_note` is false only for counts of the run itself and for
    statements that something is absent, which no place in a document can show.
    """

    text: str
    notes: tuple[Note, ...] = ()
    record: str = ""
    needs_note: bool = True
    rung: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of an edition: the last column of each row is its note."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], Sentence], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its sentences, tables and sub-sections."""

    title: str
    sentences: tuple[Sentence, ...] = ()
    grids: tuple[Grid, ...] = ()
    parts: tuple[Section, ...] = ()
    intro: str = ""

    def all_sentences(self) -> tuple[Sentence, ...]:
        """Return every sentence, rows of tables included, at whatever depth."""
        own = (*self.sentences, *(row for grid in self.grids for _, row in grid.rows))
        return (*own, *(s for part in self.parts for s in part.all_sentences()))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of the site: its file name without ending, its title, what is on it, and a summary in a few lines.

    `related` are pages to go on to, as (file name without ending, title).
    """

    name: str
    title: str
    sections: tuple[Section, ...]
    summary: tuple[str, ...] = ()
    related: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """All that is to be published: the front page, a page for each agreement, a page for each document."""

    title: str
    front: Leaf
    agreements: tuple[Leaf, ...]
    documents: tuple[Leaf, ...]
    labels: dict[str, str] = field(default_factory=dict)

    def leaves(self) -> tuple[Leaf, ...]:
        """Return all pages of the site that hold sentences."""
        return (self.front, *self.agreements, *self.documents)

    def sentences(self) -> tuple[Sentence, ...]:
        """Return every sentence."""
        return tuple(s for leaf in self.leaves() for section in leaf.sections for s in section.all_sentences())

    def notes(self) -> tuple[Note, ...]:
        """Return every note, each once, in order of exhibit, page and place."""
        notes = {(n.exhibit, n.page, n.spans[0].start, n.anchor): n for s in self.sentences() for n in s.notes}
        return tuple(notes[key] for key in sorted(notes))
