"""Words that soften a sentence, and words that make it certain, found where they stand.

Limits: word lists, not grammar: "may" the month is not told from "may" the verb but by its capital.
"""

from __future__ import annotations

import re
from functools import lru_cache

from assay.resolve.folding import HAN
from assay.resolve.tables import rows


@lru_cache(maxsize=2)
def _pattern(kind: str) -> re.Pattern[str]:
    alternatives = []
    for _, listed, words in rows("hedges.tsv", "assay.ledger.tables"):
        if listed != kind:
            continue
        if HAN.search(words):
            alternatives.append(re.escape(words))
        else:
            joined = r"\s+".join(r"\w+" if w == "*" else re.escape(w) for w in words.replace("ё", "е").split())
            alternatives.append(rf"\b{joined}\w*" if len(words) > 4 and not words.endswith("*") else rf"\b{joined}\b")
    return re.compile("|".join(sorted(alternatives, key=lambda a: (-len(a), a))), re.IGNORECASE)


def _found(kind: str, sentence: str) -> list[str]:
    plain = sentence.replace("ё", "е")
    return [m.group() for m in _pattern(kind).finditer(plain) if m.group() != "May"]


def hedges(sentence: str) -> list[str]:
    """Return the softening words of `sentence`, as written, in order."""
    return _found("hedge", sentence)


def certainties(sentence: str) -> list[str]:
    """Return the words of certainty of `sentence`, as written, in order; not those inside a hedge ("not confirmed")."""
    plain = _pattern("hedge").sub(lambda m: " " * len(m.group()), sentence.replace("ё", "е"))
    return [m.group() for m in _pattern("certain").finditer(plain)]


def kept(hedge: str, sentence: str) -> bool:
    """Return whether `sentence` still has `hedge`, in the same words or another hedge of their kind in its language."""
    folded = " ".join(hedge.casefold().replace("ё", "е").split())
    return folded in " ".join(sentence.casefold().replace("ё", "е").split())
