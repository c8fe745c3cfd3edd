"""Small sketches of texts, by which near-duplicates among many thousand are found without reading them twice.

A sketch holds the least hashes of a text's shingles (three words running, four Han characters). Two sketches tell how
much of two texts is alike, to about a tenth. Limits: a text of fewer than a dozen words has too few shingles to tell.
Source: Broder 1997, "On the resemblance and containment of documents" (bottom-k sketch).
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from zlib import crc32

from assay.resolve.folding import HAN, fold, tokens

SIZE = 192
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def shingles(text: str) -> Iterator[int]:
    """Yield the hash of every shingle of `text`: three words running, or four Han characters."""
    words: list[str] = []
    for token in tokens(fold(text)):
        if HAN.match(token):
            for i in range(len(token) - 3):
                yield crc32(token[i : i + 4].encode())
        else:
            words.append(token)
    for i in range(len(words) - 2):
        yield crc32(" ".join(words[i : i + 3]).encode())


@dataclass(slots=True)
class Sketch:
    """The sketch of one exhibit: its least shingle hashes, its figures, and how its pages were read."""

    hashes: set[int] = field(default_factory=set)
    figures: set[str] = field(default_factory=set)
    pages: int = 0
    scanned: int = 0
    letters: int = 0

    def add(self, text: str, *, scanned: bool) -> None:
        """Take in one page."""
        self.pages += 1
        self.scanned += scanned
        self.letters += len(text)
        self.hashes = set(heapq.nsmallest(SIZE, self.hashes | set(shingles(text))))
        self.figures |= {f.replace(",", ".").rstrip("0").rstrip(".") for f in _FIGURE.findall(text) if len(f) > 1}

    @property
    def is_scan(self) -> bool:
        """Whether most pages are pictures that were recognised."""
        return self.scanned * 2 > self.pages

    def resemblance(self, other: Sketch) -> float:
        """Return the share of the two texts' shingles that both hold, estimated; 0 when one has too few."""
        if len(self.hashes) < 5 or len(other.hashes) < 5:
            return 0.0
        least = heapq.nsmallest(SIZE, self.hashes | other.hashes)
        return sum(h in self.hashes and h in other.hashes for h in least) / len(least)

    def same_figures(self, other: Sketch) -> float:
        """Return the share of the smaller set of figures that the other text has too."""
        smaller = min(len(self.figures), len(other.figures))
        return len(self.figures & other.figures) / smaller if smaller else 0.0


def meeting(sketches: Iterable[tuple[int, Sketch]], most: int = 40) -> Iterator[tuple[int, int]]:
    """Yield the pairs of numbers whose sketches share a hash that at most `most` sketches hold, in order."""
    holders: dict[int, list[int]] = {}
    for number, sketch in sketches:
        for value in sketch.hashes:
            holders.setdefault(value, []).append(number)
    pairs = {
        (i, j) for held in holders.values() if len(held) <= most for x, i in enumerate(held) for j in held[x + 1 :]
    }
    yield from sorted(pairs)
