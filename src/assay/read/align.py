"""Two readings of one page laid beside each other: which words are the same, and where each place went.

Purpose: a person's correction keeps the boxes, paragraphs and cells of everything that it leaves as it was; a document
laid out by another program finds its words again.
Limits: words are compared letter for letter. Text that was moved counts as taken away here and added there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_HAN}]|[^\s{_HAN}]+")
MOST_LETTERS = 4_000
"""Between two words that agree, at most so many letters are laid beside each other one by one."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or one Han character, at its place in a text."""

    start: int
    end: int
    text: str


def tokens(text: str) -> list[Token]:
    """Return the words of a text in order."""
    return [Token(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(text)]


@dataclass(frozen=True, slots=True)
class Stretch:
    """`old[a:b]` and `new[c:d]` lie beside each other; `same` when they say the same."""

    a: int
    b: int
    c: int
    d: int
    same: bool


def stretches(old: Sequence[str], new: Sequence[str]) -> list[Stretch]:
    """Return two sequences cut into stretches that agree and stretches that do not, alternating, covering both."""
    from rapidfuzz.distance import Levenshtein

    found: list[Stretch] = []
    for op in Levenshtein.opcodes(old, new):
        same = op.tag == "equal"
        if found and found[-1].same == same:
            last = found.pop()
            found.append(Stretch(last.a, op.src_end, last.c, op.dest_end, same))
        else:
            found.append(Stretch(op.src_start, op.src_end, op.dest_start, op.dest_end, same))
    return found


class Alignment:
    """Where the places of one text are in another."""

    def __init__(self, old: str, new: str) -> None:
        """Lay `old` beside `new`, word by word, and letter by letter where words differ."""
        self.old, self.new = tokens(old), tokens(new)
        self.words = stretches([t.text for t in self.old], [t.text for t in self.new])
        self._letters: list[Stretch] = []  # they cover both texts, in order
        at = (0, 0)
        for piece in self.words:
            for i, j in zip(range(piece.a, piece.b), range(piece.c, piece.d), strict=False) if piece.same else ():
                one, other = self.old[i], self.new[j]
                self._between(old, new, at, (one.start, other.start))
                self._letters.append(Stretch(one.start, one.end, other.start, other.end, True))
                at = (one.end, other.end)
        self._between(old, new, at, (len(old), len(new)))
        self._starts = [p.a for p in self._letters]

    def _between(self, old: str, new: str, at: tuple[int, int], to: tuple[int, int]) -> None:
        """Lay what stands between two words that agree beside each other."""
        (a, c), (b, d) = at, to
        if (a, c) == (b, d):
            return
        if old[a:b] == new[c:d]:
            self._letters.append(Stretch(a, b, c, d, True))
        elif b - a > MOST_LETTERS or d - c > MOST_LETTERS or a == b or c == d:
            self._letters.append(Stretch(a, b, c, d, False))
        else:
            for piece in stretches(old[a:b], new[c:d]):
                self._letters.append(Stretch(a + piece.a, a + piece.b, c + piece.c, c + piece.d, piece.same))

    def start(self, place: int) -> int:
        """Return where something that begins at `place` begins now; what was put in right there belongs to it."""
        return min((_at(p, place) for p in self._touching(place)), default=0)

    def end(self, place: int) -> int:
        """Return where something that ends at `place` ends now; what was put in right there belongs to it."""
        return max((p.d if place == p.b else _at(p, place) for p in self._touching(place)), default=0)

    def _touching(self, place: int) -> list[Stretch]:
        """Return the stretches of letters that `place` lies in or at the border of."""
        k = bisect_right(self._starts, place) - 1
        found = []
        while k >= 0 and self._letters[k].b >= place:
            found.append(self._letters[k])
            k -= 1
        return found

    def kept(self) -> list[tuple[Token, int]]:
        """Return the words of the old text that stand in the new one too, each with where it begins now."""
        return [
            (self.old[i], self.new[j].start)
            for piece in self.words
            if piece.same
            for i, j in zip(range(piece.a, piece.b), range(piece.c, piece.d), strict=True)
        ]


def _at(piece: Stretch, place: int) -> int:
    """Return where `place` of a stretch is in the new text; in one that became shorter, its end at the latest."""
    if place == piece.a:
        return piece.c
    if place == piece.b:
        return piece.d
    return min(piece.c + place - piece.a, piece.d)
