"""Words of names compared letter by letter: spellings, case endings, misread letters.

Limits: knows letters, not languages; whether two names are one is for `likeness` to say.
"""

from __future__ import annotations

from functools import lru_cache

from assay.resolve.names import Word

CONFUSABLE = tuple(
    frozenset(group)
    for group in (
        "ипнлйцмт", "шщцц", "ьыъв", "еёсоэбв", "оа0", "б6в8", "з3э9", "гтr", "хж", "кх", "яа", "лд", "уч",
        "l1iіj|!t", "o0ocq", "5s", "8b3", "2z", "vyu", "ce", "nhmr", "gq9", "rn", "uv", "ft",
    )
)  # fmt: skip
"""Letters that machines and tired eyes take for each other (printed Cyrillic and Latin, at small sizes)."""


def distance(a: str, b: str, most: int) -> int:
    """Return the number of letters to change, add, drop or swap between `a` and `b`; more than `most` as `most + 1`."""
    if a == b:
        return 0
    if abs(len(a) - len(b)) > most:
        return most + 1
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[start:], b[start:]
    end = next((i for i, (x, y) in enumerate(zip(a[::-1], b[::-1], strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[: len(a) - end], b[: len(b) - end]
    if not a or not b:
        return min(len(a) + len(b), most + 1)
    if most == 1 and (len(a) > 2 or len(b) > 2):
        return 2
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        line = [i]
        for j, y in enumerate(b, 1):
            cost = min(row[j] + 1, line[-1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        before, row = row, line
    return min(row[-1], most + 1)


def misread(a: str, b: str) -> bool:
    """Return whether `a` and `b` are of one length and differ only in one or two letters that look alike."""
    if len(a) != len(b) or len(a) < 3:
        return False
    apart = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    limit = 1 if len(a) < 7 else 2
    return len(apart) <= limit and all(any(x in g and y in g for g in CONFUSABLE) for x, y in apart)


def _allowed(length: int) -> int:
    return 0 if length < 4 else 1 if length < 9 else 2


@lru_cache(maxsize=1 << 18)
def same_word(a: Word, b: Word) -> int:
    """Return 3 for one word, 2 for one word in two cases or spellings, 1 for nearly one word, 0 for two."""
    if a.folded == b.folded or a.key == b.key:
        return 3
    if a.stem == b.stem and len(a.stem) >= 3:
        return 2
    for x, y in ((a, b), (b, a)):
        if x.stem != x.key and len(x.stem) >= 4 and y.stem.startswith(x.stem) and len(y.stem) - len(x.stem) <= 2:
            return 2
    size = min(len(a.stem), len(b.stem))
    if distance(a.stem, b.stem, _allowed(size)) <= _allowed(size):
        return 1
    return 1 if misread(a.folded, b.folded) else 0


def pair(a: tuple[Word, ...], b: tuple[Word, ...]) -> tuple[list[tuple[Word, Word, int]], list[Word], list[Word]]:
    """Return the best pairs of words (each used once), and the words of each side that found none."""
    scored = sorted(
        ((-same_word(x, y), abs(i - j), i, j) for i, x in enumerate(a) for j, y in enumerate(b)),
    )
    left, right, pairs = set(range(len(a))), set(range(len(b))), []
    for negative, _, i, j in scored:
        if negative and i in left and j in right:
            pairs.append((a[i], b[j], -negative))
            left.discard(i)
            right.discard(j)
    return pairs, [a[i] for i in sorted(left)], [b[j] for j in sorted(right)]
