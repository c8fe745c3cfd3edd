"""Where words stand in a PDF, and which of them are amounts that an alteration can change."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any

import pypdfium2

from assay.specimen.alter.result import Rectangle

AMOUNT = re.compile(
    r"(?<![\w.,-])\d{1,3}(?:[ \u00a0\u202f,.']\d{3})+(?:[.,]\d{2})?(?![\w.,]*\d)"
    r"|(?<![\w.,-])\d{5,12}(?:[.,]\d{2})?(?!\d)"
)
"""A figure of five digits or more, grouped or not, with or without hundredths."""


@dataclass(frozen=True, slots=True)
class Place:
    """Words on a page: `page` from 1, `box` in page fractions; `nth` counts equal words on that page from 0."""

    page: int
    text: str
    box: Rectangle
    nth: int


def amounts(pdf: bytes) -> tuple[Place, ...]:
    """Return every amount in the text of `pdf`, in order."""
    places: list[Place] = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number, page in enumerate(document, 1):
            reader = page.get_textpage()
            text = reader.get_text_range()
            seen: dict[str, int] = {}
            for match in AMOUNT.finditer(text):
                nth = seen.get(match.group(), 0)
                seen[match.group()] = nth + 1
                places.append(Place(number, match.group(), _box(page, reader, match.start(), match.end()), nth))
    finally:
        document.close()
    return tuple(places)


def find(pdf: bytes, page: int, words: str) -> tuple[Place, ...]:
    """Return where `words` stand on page `page` (from 1); white space counts for nothing."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        held = document[page - 1]
        reader = held.get_textpage()
        text = reader.get_text_range()
        kept = [i for i, c in enumerate(text) if not c.isspace()]
        packed = "".join(text[i] for i in kept)
        wanted = "".join(words.split())
        places: list[Place] = []
        at = packed.find(wanted) if wanted else -1
        while at >= 0:
            start, end = kept[at], kept[at + len(wanted) - 1] + 1
            places.append(Place(page, text[start:end], _box(held, reader, start, end), len(places)))
            at = packed.find(wanted, at + len(wanted))
        return tuple(places)
    finally:
        document.close()


def _box(page: Any, reader: Any, start: int, end: int) -> Rectangle:
    boxes = [reader.get_charbox(i) for i in range(start, end)]
    boxes = [b for b in boxes if b[2] > b[0] and b[3] > b[1]] or boxes
    left, bottom = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, top = max(b[2] for b in boxes), max(b[3] for b in boxes)
    x, y, x1, y1 = page.get_mediabox()
    width, height = x1 - x, y1 - y
    return (
        round((left - x) / width, 5),
        round((y1 - top) / height, 5),
        round((right - x) / width, 5),
        round((y1 - bottom) / height, 5),
    )


def changed(amount: str, rng: random.Random) -> str:
    """Return `amount` with one of its leading digits changed, its length and grouping kept."""
    digits = [i for i, c in enumerate(amount) if c.isdigit()]
    place = digits[rng.randrange(max(1, min(3, len(digits))))]
    choices = [d for d in "123456789" if d != amount[place]]
    return amount[:place] + rng.choice(choices) + amount[place + 1 :]
