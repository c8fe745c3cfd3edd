"""What the translated words of an organisation's name mean, so that names meet, or part, where sound cannot tell.

Limits: a short list of trades and offices; a name without any of them has no concepts and is judged by its other parts.
"""

from __future__ import annotations

from functools import lru_cache

from assay.resolve.folding import HAN, fold
from assay.resolve.names import Name, Word
from assay.resolve.romanise import sounds
from assay.resolve.tables import rows
from assay.resolve.titled import readings, without_state


@lru_cache(maxsize=1)
def _words() -> tuple[tuple[str, str, str], ...]:
    """Return (word, concept, language), longest words first."""
    found = [
        (fold(word), concept, language) for concept, language, words in rows("concepts.tsv") for word in words.split()
    ]
    return tuple(sorted(found, key=lambda w: (-len(w[0]), w)))


@lru_cache(maxsize=16384)
def meaning(name: Name) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the concepts of a name, and what of its words is left over: Latin or Cyrillic words, or one Han run."""
    concepts: set[str] = set()
    left: list[str] = []
    for word in name.words:
        if HAN.search(word.folded):
            rest = word.folded
            for written, concept, language in _words():
                if language == "zh" and written in rest:
                    concepts.add(concept)
                    rest = rest.replace(written, "|")
            left.append(rest.split("|")[0])
            continue
        found = concept_of(word)
        if found:
            concepts.add(found)
        elif not word.initial and len(word.folded) > 3:
            left.append(word.folded)
    return frozenset(concepts), tuple(x for x in left if x)


def concept_of(word: Word) -> str:
    """Return the concept that a Cyrillic or Latin word begins with, empty when it says no trade or office."""
    return next((c for w, c, language in _words() if language != "zh" and word.folded.startswith(w)), "")


def one_translated(left: list[Word], right: list[Word]) -> bool:
    """Return whether the words left over of two names all say trades or offices, and the same ones."""
    concepts = [sorted(concept_of(w) for w in words) for words in (left, right)]
    return bool(left) and "" not in concepts[0] and concepts[0] == concepts[1]


def agree(a: Name, b: Name) -> bool | None:
    """Return whether two names mean one thing: most concepts shared, none shared, or None when one has none."""
    x, y = meaning(a)[0], meaning(b)[0]
    if not x or not y:
        return None
    shared = len(x & y)
    if not shared:
        return False
    return True if shared * 2 >= len(x | y) else None


def same_place(a: Name, b: Name) -> bool:
    """Return whether some word left over in one name sounds like one in the other, or romanises it."""
    places = [without_state(meaning(n)[1]) for n in (a, b)]
    x, y = ({s for w in words for s in sounds(w) if len(s) >= 4} for words in places)
    if any(p.startswith(q) or q.startswith(p) for p in x for q in y):
        return True
    return any(readings((v,)) & readings((w,)) for v in places[0] for w in places[1])


def begin_alike(a: Name, b: Name) -> bool:
    """Return whether the first words left over in two names begin with the same two classes of sound."""
    x, y = (without_state(meaning(n)[1])[:1] for n in (a, b))
    return bool(x and y and {s[:2] for s in sounds(x[0]) if len(s) > 1} & {s[:2] for s in sounds(y[0]) if len(s) > 1})


def concept_key(name: Name) -> str:
    """Return the blocking key of a name with two concepts and more, empty otherwise."""
    concepts = meaning(name)[0]
    return "c:" + "+".join(sorted(concepts)) if len(concepts) >= 2 else ""
