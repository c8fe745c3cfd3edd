"""An edition before it is set: sections of sentences, and the notes on which each sentence rests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from assay.model import Span


@dataclass(frozen=True, slots=True)
class Note:
    """What a sentence rests on: a span, and the label of the exhibit that it lies in."""

    label: str
    span: Span

    @property
    def anchor(self) -> str:
        """The name of the region within its page: the same span has one name in all of an edition."""
        span = self.span
        boxes = ";".join(f"{b.x0:.5f},{b.y0:.5f},{b.x1:.5f},{b.y1:.5f}" for b in span.boxes)
        text = f"{span.exhibit}/{span.page}/{span.start}/{span.end}/{boxes}"
        return "s" + hashlib.sha256(text.encode()).hexdigest()[:12]


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
    """One page of the site: its file name without ending, its title, what is on it, and a one-line summary."""

    name: str
    title: str
    sections: tuple[Section, ...]
    summary: str = ""


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
        notes = {(n.span.exhibit, n.span.page, n.span.start, n.anchor): n for s in self.sentences() for n in s.notes}
        return tuple(notes[key] for key in sorted(notes))
