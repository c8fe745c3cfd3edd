"""Which paragraphs of two language versions say the same, where no clause numbers tell.

Method: dynamic programming over both sequences (Gale and Church 1993, "A program for aligning sentences in bilingual
corpora"), where beads of up to four pieces a side are scored by the figures that they share and by like length.
Limits: both versions must follow one order; a bead counts only when it shares at least two figures on each side (one
where its sides follow each other on the page) and at least half of all that it holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from assay.examine.content.figures import Figures, figures_of

T = TypeVar("T")

LONGEST = 4
"""A bead takes at most so many pieces of one side; a paragraph may have been cut up by its reader."""
MOST = 80
"""At most so many pieces of one side are aligned; what is left over stays unaligned."""
_UNANSWERED = 1.0
_PIECE = 0.05
_FREE = 0.25
"""Lengths that differ by up to this natural logarithm cost nothing."""
_HAN = 3.0
_ALIKE = 0.5
_LEAST = 40.0
"""Paragraphs that follow each other, both at least so long and of like length, face each other by one shared figure."""


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """A paragraph of one version: where it stands, its text, its language, its place in the order of all paragraphs."""

    place: T
    text: str
    language: str
    order: int


@dataclass(frozen=True, slots=True)
class _Held:
    """Neighbouring pieces taken together: their figures and their length in letters."""

    figures: Figures
    length: float


def facing(ours: Sequence[Piece[T]], theirs: Sequence[Piece[T]]) -> list[tuple[Sequence[Piece[T]], Sequence[Piece[T]]]]:
    """Return the runs of pieces that face each other, in order."""
    ours, theirs = ours[:MOST], theirs[:MOST]
    left, right = _runs(ours), _runs(theirs)
    rows, columns = len(ours), len(theirs)
    best = [[-math.inf] * (columns + 1) for _ in range(rows + 1)]
    came: dict[tuple[int, int], tuple[int, int]] = {}
    best[0][0] = 0.0
    beads = [(0, 1), (1, 0), *((i, j) for i in range(1, LONGEST + 1) for j in range(1, LONGEST + 1) if i + j <= 5)]
    for i in range(rows + 1):
        for j in range(columns + 1):
            for a, b in beads:
                if a > i or b > j or best[i - a][j - b] == -math.inf:
                    continue
                score = best[i - a][j - b] + _score(left.get((i - a, i)), right.get((j - b, j)), a, b)
                if score > best[i][j]:
                    best[i][j] = score
                    came[i, j] = (a, b)
    found = []
    i, j = rows, columns
    while (i, j) != (0, 0):
        a, b = came[i, j]
        if a and b:
            some, others = ours[i - a : i], theirs[j - b : j]
            beside = some[-1].order + 1 == others[0].order or others[-1].order + 1 == some[0].order
            if _telling(left[i - a, i], right[j - b, j], beside):
                found.append((some, others))
        i, j = i - a, j - b
    return found[::-1]


def _runs(pieces: Sequence[Piece[T]]) -> dict[tuple[int, int], _Held]:
    """Return what each run of up to `LONGEST` pieces holds, by its first and its end."""
    held = [_held(piece.text, piece.language) for piece in pieces]
    runs: dict[tuple[int, int], _Held] = {}
    for first in range(len(pieces)):
        for end in range(first + 1, min(first + LONGEST, len(pieces)) + 1):
            some = held[first:end]
            demanded = tuple(item for one in some for item in one.figures.demanded)
            offered = frozenset[str]().union(*(one.figures.offered for one in some))
            runs[first, end] = _Held(Figures(demanded, (), offered), sum(one.length for one in some))
    return runs


def _held(text: str, language: str) -> _Held:
    letters = sum(_HAN if "\u3400" <= c <= "\u9fff" else 1.0 for c in text if not c.isspace())
    return _Held(figures_of(text, language), letters)


def _score(one: _Held | None, other: _Held | None, a: int, b: int) -> float:
    if one is None or other is None:
        alone = one or other
        return -_PIECE - _UNANSWERED * (len(alone.figures.demanded) if alone is not None else 0)
    shared = _shared(one.figures, other.figures)
    unanswered = len(one.figures.demanded) + len(other.figures.demanded) - shared
    apart = abs(math.log(max(one.length, 1.0) / max(other.length, 1.0)))
    return shared - _UNANSWERED * unanswered - max(0.0, apart - _FREE) - _PIECE * (a + b - 2)


def _shared(one: Figures, other: Figures) -> int:
    """Return how many figures of both are answered by the other."""
    if not one.demanded and not other.demanded:
        return 0
    ours = sum(1 for item in one.demanded if item.answered(other.offered))
    return ours + sum(1 for item in other.demanded if item.answered(one.offered))


def _telling(one: _Held, other: _Held, beside: bool) -> bool:
    """Tell whether what two runs share says that they face each other; less will do where one follows the other."""
    shared = _shared(one.figures, other.figures)
    half = shared * 2 >= len(one.figures.demanded) + len(other.figures.demanded)
    alike = abs(math.log(max(one.length, 1.0) / max(other.length, 1.0))) <= _ALIKE
    return half and (shared >= 4 or (shared >= 2 and beside and alike and min(one.length, other.length) >= _LEAST))
