"""A document without pages of its own, laid out by another program."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from assay.model.evidence import Words
from assay.model.record import Record
from assay.model.span import Box


@dataclass(frozen=True, slots=True)
class Rendition(Record):
    """Where the words of one page of text stand on the leaves that another program laid it out on.

    `document` is the blob of the PDF that `engine` made of the exhibit, with `leaves` leaves in all (counted from 1).
    `words` are those of the page's words that were found again, `leaf` the leaf of each; `missed` counts the others:
    what has no place here is not shown anywhere on a leaf. The original's own program may lay it out otherwise.
    """

    KIND: ClassVar[str] = "renditions"
    exhibit: str
    page: int
    document: str
    engine: str
    leaves: int
    missed: int
    part: str
    version: str
    words: Words = field(default_factory=Words)
    leaf: tuple[int, ...] = ()

    def places(self, start: int, end: int) -> tuple[tuple[int, tuple[Box, ...]], ...]:
        """Return the leaves that `text[start:end]` of the page stands on, each with its boxes there."""
        found: dict[int, list[int]] = {}
        for i in self.words.within(start, end):
            found.setdefault(self.leaf[i], []).append(i)
        return tuple((leaf, self._boxes(listed)) for leaf, listed in sorted(found.items()))

    def _boxes(self, listed: list[int]) -> tuple[Box, ...]:
        w = self.words
        columns = (w.start, w.end, w.x0, w.y0, w.x1, w.y1, w.confidence)
        own = Words(*(tuple(column[i] for i in listed) for column in columns))
        return own.boxes(own.start[0], own.end[-1])
