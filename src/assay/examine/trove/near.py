"""Which documents have nearly the same words, and what differs between two of them, word by word.

Method: MinHash over runs of three words (Broder 1997), with banded look-up (`datasketch`); then the longest common
subsequence of words (`rapidfuzz`). Chinese counts character by character. Limits: a document of fewer than
`LEAST` words is too short to be compared; a scan read badly is near to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from assay.model import Page, PageState, Reading, Span
from assay.read.values.lexicon import fold, lower

LEAST = 40
NEAR = 0.8
"""Documents that share at least this part of their runs of words are near to each other."""
PERMUTATIONS = 128
_MOST_WORDS = 60_000
_WORD = re.compile(r"[\u3400-\u9fff]|[0-9](?:[0-9.,\u00a0\u202f ]*[0-9])?|[^\W\d_]+(?:[-'’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a page: its folded form, and where it stands."""

    form: str
    page: Page
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Change:
    """A place where two documents differ: what the one has and what the other has there; either may be empty."""

    ours: tuple[Word, ...]
    theirs: tuple[Word, ...]

    @property
    def figures(self) -> bool:
        """Whether a number stands in what differs."""
        return any(word.form[0].isdigit() for word in (*self.ours, *self.theirs))


def words_of(reading: Reading) -> list[Word]:
    """Return the words of a document in order; numbers without their gaps."""
    found: list[Word] = []
    for page in reading.pages:
        if page.state is PageState.READ:
            plain = lower(fold(page.text))
            for match in _WORD.finditer(plain):
                found.append(Word(re.sub(r"[\s]", "", match.group()), page, *match.span()))
                if len(found) >= _MOST_WORDS:
                    return found
    return found


def signature(words: list[Word]) -> Any | None:
    """Return the MinHash of a document's runs of three words; None when it is too short."""
    from datasketch import MinHash

    if len(words) < LEAST:
        return None
    forms = [word.form for word in words]
    runs = {" ".join(forms[i : i + 3]) for i in range(len(forms) - 2)}
    minhash = MinHash(num_perm=PERMUTATIONS)
    minhash.update_batch([run.encode() for run in sorted(runs)])
    return minhash


def near_pairs(signatures: dict[str, Any]) -> Iterator[tuple[str, str, float]]:
    """Yield the pairs of digests whose estimated likeness is at least `NEAR`, in a fixed order."""
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=NEAR, num_perm=PERMUTATIONS)
    for digest in sorted(signatures):
        for other in sorted(index.query(signatures[digest])):
            likeness = float(signatures[digest].jaccard(signatures[other]))
            if likeness >= NEAR:
                yield other, digest, likeness
        index.insert(digest, signatures[digest])


def changes(ours: list[Word], theirs: list[Word]) -> list[Change]:
    """Return where two documents differ, in order."""
    from rapidfuzz.distance import LCSseq

    found: list[Change] = []
    moves = LCSseq.opcodes([word.form for word in ours], [word.form for word in theirs])
    one: list[Word] = []
    other: list[Word] = []
    for move in moves:
        if move.tag == "equal":
            if one or other:
                found.append(Change(tuple(one), tuple(other)))
                one, other = [], []
            continue
        one += ours[move.src_start : move.src_end]
        other += theirs[move.dest_start : move.dest_end]
    if one or other:
        found.append(Change(tuple(one), tuple(other)))
    return found


def place(words: Iterable[Word]) -> Span | None:
    """Return the place of neighbouring words of one page; None when there are none."""
    listed = list(words)
    if not listed:
        return None
    page = listed[0].page
    same = [word for word in listed if word.page is page]
    return page.span(same[0].start, same[-1].end)


def likeness(ours: list[Word], theirs: list[Word]) -> float:
    """Return the share of the longer document's words that stand in both in one order."""
    from rapidfuzz.distance import LCSseq

    forms = [word.form for word in ours], [word.form for word in theirs]
    return float(LCSseq.normalized_similarity(*forms))
