"""Names made of a word that is translated and a proper name that is not: states ("Republic of X") and newspapers.

Limits: only names with a word of the table; two newspapers of one place with titles of one meaning would be one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from assay.resolve.folding import HAN, fold
from assay.resolve.names import Name
from assay.resolve.romanise import from_palladius, latin, pinyin, skeleton, sounds
from assay.resolve.tables import rows

_OF_PLACE = re.compile(r"(?<=[^\W\d_]{4})(?:сь?к(?:ая|ий|ое|ой|ого|ую|а|е|ої|ою|у)|ian|ese|ish)$")
"""Endings that make an adjective of a place's name."""


@dataclass(frozen=True, slots=True)
class Titled:
    """A name's translated words by group, whether one of them only says that it is a paper, and its proper words."""

    groups: frozenset[str]
    general: bool
    proper: tuple[str, ...]


@lru_cache(maxsize=1)
def _words() -> tuple[tuple[str, str], ...]:
    """Return (word, group), the longest first."""
    found = [(fold(word), group) for group, words in rows("titles_of_names.tsv") for word in words.split()]
    return tuple(sorted(found, key=lambda w: (-len(w[0]), w)))


@lru_cache(maxsize=16384)
def titled(name: Name) -> Titled | None:
    """Return the name of a state or newspaper taken apart, None for any other name."""
    if name.kind == "person" or name.forms:
        return None
    groups: set[str] = set()
    proper: list[str] = []
    for word in name.words:
        if HAN.search(word.folded):
            rest = word.folded
            for written, group in _words():
                if HAN.search(written) and written in rest:
                    groups.add(group)
                    rest = rest.replace(written, "|")
            proper += [p for p in rest.removesuffix("报").split("|") if p]
            continue
        group = next((g for w, g in _words() if not HAN.search(w) and _begins(word.folded, w)), "")
        if group:
            groups.add(group)
        else:
            proper.append(_OF_PLACE.sub("", word.folded))
    if not any(g[0] in "+*" for g in groups) or not 1 <= len(proper) <= 3:
        return None
    return Titled(frozenset(g for g in groups if g[0] != "*"), any(g[0] == "*" for g in groups), tuple(proper))


def _begins(word: str, title: str) -> bool:
    return word == title or (len(title) >= 4 and word.startswith(title) and len(word) - len(title) <= 5)


def families(name: Titled) -> frozenset[str]:
    """Return what a name's translated words call it: state, paper."""
    return frozenset({g[1:].split()[0] for g in name.groups} | ({"paper"} if name.general else set()))


def alike(a: Titled, b: Titled) -> float:
    """Return how far two such names are one: 0 not, 0.5 perhaps (the proper name is heard in part), 1 for sure."""
    if a.groups != b.groups and not (a.general or b.general):
        return 0.0
    if (a.general or b.general) and {g.split()[0] for g in a.groups | b.groups} - {"+paper"}:
        return 0.0
    if readings(a.proper) & readings(b.proper):
        return 1.0 if a.groups == b.groups else 0.5
    best = 0.0
    for p in sounds("".join(a.proper)):
        for q in sounds("".join(b.proper)):
            short, long = sorted((p, q), key=len)
            if long.startswith(short) and len(long) - len(short) <= 2:
                enough = len(short) >= 4 or (len(short) >= 2 and p == q and len(a.groups) > 1)
                best = max(best, 1.0 if enough else 0.5 if len(short) >= 2 else 0.0)
    return min(best, 0.5) if a.groups != b.groups else best


def readings(words: tuple[str, ...]) -> set[str]:
    """Return the Latin writings of a proper name's words, those of four letters and more."""
    joined = "".join(words)
    if HAN.search(joined):
        found = {"".join(pinyin(joined))}
    else:
        chinese = [from_palladius(w.replace("ъ", "").replace("'", "")) for w in words]
        found = {latin(joined)} | ({"".join(s for c in chinese for s in c)} if all(chinese) else set())
    return {s for f in found if len(s := skeleton(f.replace("v", "u"))) >= 4}


def without_state(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without those that say what kind of state it is, and places without their adjective's ending."""
    out: list[str] = []
    for word in words:
        for written, group in _words():
            if "state" in group and (written in word if HAN.search(written) else _begins(word, written)):
                word = word.replace(written, "") if HAN.search(written) else ""
        if word:
            out.append(_OF_PLACE.sub("", word))
    return tuple(out)


def ends_as_state(han: str) -> bool:
    """Return whether a Chinese name ends with the word for a kind of state: 共和国, 联邦."""
    return any("+state" in group and HAN.search(written) and han.endswith(written) for written, group in _words())


def title_keys(name: Name) -> tuple[str, ...]:
    """Return the blocking keys of such a name: its kind with the first sounds of the proper name."""
    found = titled(name)
    if found is None:
        return ()
    heads = {s[:2] for s in sounds("".join(found.proper))} | {r[:3] for r in readings(found.proper)}
    kinds = {g[1:].split()[0] for g in found.groups if g[0] == "+"} or {"paper"}
    return tuple(sorted(f"t:{kind}:{head}" for kind in kinds for head in heads if head))
