"""What a person reads on a page where the machine read otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from assay.model.evidence import Words
from assay.model.record import Record


@dataclass(frozen=True, slots=True)
class Correction(Record):
    """A person's reading of one page: `text` is the whole of it, `words` those of its words that have a box.

    `origin` is typed, hocr or alto (a reading made elsewhere, whose file is the blob `source`), or machine: the
    person goes back to the machine's own reading, and `text` is empty. `of` is the id of the page record that the
    machine made. `supersedes` is the id of the correction before this one, empty for the first: the last of such a
    chain is in force, and nothing of it is ever removed.
    """

    KIND: ClassVar[str] = "corrections"
    exhibit: str
    page: int
    origin: str
    text: str
    of: str
    supersedes: str
    source: str
    person: str
    note: str
    at: str
    words: Words = field(default_factory=Words)
