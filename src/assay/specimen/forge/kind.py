"""What one kind of alteration is: how it is made, what looks like it and is innocent, and who should find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assay.specimen.forge.bench import Bench

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in page fractions, origin top left."""

BORN, SCAN, IMAGE, OFFICE, SHEET, MAIL, OTHER = "born_digital", "scan", "image", "office", "sheet", "mail", "other"
"""Media, in the words of the truth."""


@dataclass(frozen=True, slots=True)
class File:
    """One exhibit of a piece of work: its name, its bytes, and what is true of it.

    `pages` are the true texts, `how` they can be read ("text_layer", "ocr", "parser"). `missing` lists what the paper
    names and the trove lacks, as (what, number).
    """

    name: str
    data: bytes
    sort: str
    medium: str
    pages: tuple[str, ...]
    number: str = ""
    date: str = ""
    stage: str = "unclear"
    missing: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """What an alteration, or its innocent twin, gives: files, and where in which of them it is.

    `about` are the indices of the files that the examination should speak of; `page` and `box` are of the first of
    them (0 and None: nowhere on a page). `missing` is what the whole piece lacks on purpose.
    """

    files: tuple[File, ...]
    detail: str
    page: int = 0
    box: Box | None = None
    about: tuple[int, ...] = (0,)
    missing: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of alteration.

    `examination` is the catalogue's id of what should find it, "" for a kind that leaves nothing to find in the file.
    `fact` says that the catalogue gives it no weight: stating it is all that is asked. `twin` makes the innocent
    look-alike, `innocent` names it. Both get a bench that holds language and random source.
    """

    name: str
    examination: str
    medium: str
    make: Callable[[Bench], Made]
    twin: Callable[[Bench], Made]
    innocent: str
    fact: bool = False
