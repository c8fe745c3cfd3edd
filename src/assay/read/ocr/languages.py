"""Which of the languages expected a page is written in, from two pieces of its lines.

Purpose: Tesseract takes a tenth longer for each language that it is told to expect and that is not there. Limits: two
short pieces are read, so a passage in another language is met only afterwards: `passages` finds its lines among what
was read, and they are read again in all languages. Units: pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assay.read.ocr import engines
from assay.read.ocr.again import mean
from assay.read.ocr.engines import Token
from assay.read.ocr.prepare import Strip

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[Any]

PIECES = 2
LONGEST = 2.5
"""Inches of a line that are read to tell the language."""
UKRAINIAN = frozenset("іїєґІЇЄҐ")
LEAST_LETTERS = 30
"""Fewer letters do not tell Russian from Ukrainian, of which every fifteenth is one that Russian has not; half as many
tell Latin from Cyrillic."""
MOSTLY = 0.7
SURE = 80
DOUBTED, SURE_WORD = 80, 95
"""Words that no dictionary has, read with less confidence than the first, may be in another language; so may a line
of hardly any others, even when they were read nearly as surely as the second (Ukrainian read as Russian: 92)."""
MOST_PASSAGES = 60


def narrowed(image: Image, strips: Sequence[Strip], mix: str, dpi: int) -> str:
    """Return the part of Tesseract's `mix` that a page needs: all of it where the pieces read do not tell."""
    if "eng" not in mix or mix == "eng":
        return mix
    pieces = _pieces(strips, image.shape, dpi)
    read = _whole(engines.read_boxes(image, pieces, mix, dpi))
    letters = [c for line in read for t in line for c in t.text if c.isalpha()]
    if len(letters) < LEAST_LETTERS // 2 or any(mean(line) < SURE for line in read):
        return mix
    latin = sum(c.isascii() for c in letters)
    if latin == len(letters):
        return "eng"
    if latin > MOSTLY * len(letters):
        # An English "of" or "page" is read as a Cyrillic word now and then: with no other choice it is not.
        alone = _whole(engines.read_boxes(image, pieces, "eng", dpi))
        if all(mean(a) > mean(b) - 2 for a, b in zip(alone, read, strict=True)):
            return "eng"
    if len(letters) >= LEAST_LETTERS and UKRAINIAN.isdisjoint(letters) and "rus" in mix:
        return "rus+eng"
    return mix


def _whole(pieces: Sequence[list[Token]]) -> list[list[Token]]:
    """Return the words of pieces without the last of each, which may be cut."""
    return [line[:-1] if len(line) > 1 else line for line in pieces]


def _pieces(strips: Sequence[Strip], shape: tuple[int, ...], dpi: int) -> list[tuple[int, int, int, int]]:
    """Return boxes on the longest line of each half of the writing, from the top down."""
    high, wide = shape[:2]
    low = [s for s in strips if s.x1 - s.x0 > 4 * (s.y1 - s.y0)]
    low.sort(key=lambda s: (s.y0, s.x0))
    pad = dpi // 40
    out = []
    for k in range(PIECES):
        part = low[k * len(low) // PIECES : (k + 1) * len(low) // PIECES]
        if not part:
            continue
        s = max(part, key=lambda s: s.x1 - s.x0)
        right = min(wide, s.x1 + pad, s.x0 + round(LONGEST * dpi))
        out.append((max(0, s.x0 - pad), max(0, s.y0 - pad), right, min(high, s.y1 + pad)))
    return out


def passages(image: Image, tokens: Sequence[Token], mix: str, dpi: int) -> list[Token]:
    """Return a page's words with lines that make no sense in the page's own languages read in `mix`, the others.

    Where Russian is expected beside Ukrainian, Tesseract tries it first and is content with it too soon.
    """
    lines: dict[int, list[Token]] = {}
    for t in tokens:
        lines.setdefault(t.line, []).append(t)
    doubted = [number for number, line in lines.items() if _strange(line)][:MOST_PASSAGES]
    if not doubted:
        return list(tokens)
    high, wide = image.shape
    pad = max(2, dpi // 50)
    boxes = [
        (
            max(0, int(min(t.x0 for t in lines[n])) - pad),
            max(0, int(min(t.y0 for t in lines[n])) - pad),
            min(wide, int(max(t.x1 for t in lines[n])) + pad),
            min(high, int(max(t.y1 for t in lines[n])) + pad),
        )
        for n in doubted
    ]
    for number, read in zip(doubted, engines.read_boxes(image, boxes, mix, dpi), strict=True):
        if read and mean(read) > mean(lines[number]) + 2:
            lines[number] = [replace(t, line=number) for t in read]
    return [t for line in lines.values() for t in line]


def _strange(line: Sequence[Token]) -> bool:
    """Tell whether a line has words that no dictionary knows: some read with doubt, or nearly all not quite surely."""
    words = [t for t in line if sum(map(str.isalpha, t.text)) > 2]
    letters = sum(len(t.text) for t in words)
    doubted = sum(len(t.text) for t in words if not t.known and t.confidence < DOUBTED)
    unknown = sum(len(t.text) for t in words if not t.known and t.confidence < SURE_WORD)
    return doubted > max(5, 0.3 * letters) or unknown > max(8, 0.6 * letters)
