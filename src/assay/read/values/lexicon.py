"""The word lists beside this package, loaded when first needed and folded the way texts are folded.

Limits: folding keeps the length of a text, so that offsets in the folded text hold in the original one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Generic, TypeVar

T = TypeVar("T")

APOSTROPHES = "'’ʼ`´‘＇"
_FOLD = {ord(c): ord("'") for c in APOSTROPHES}
_FOLD |= {ord("ё"): ord("е"), ord("Ё"): ord("Е")}
_FOLD |= {0xFF01 + i: 0x21 + i for i in range(94) if i != 11}
_FOLD |= {ord(c): ord(" ") for c in "\u00a0\u2007\u2009\u202f\u2002\u2003\u2008\u200a\u3000"}
_FOLD |= {ord(c): ord("-") for c in "\u2010\u2011\u2012\u2013\u2014\u2212"}
_LATIN_TO_CYRILLIC = str.maketrans("aceiopxyk", "асеіорхук")


@cache
def table(name: str) -> dict[str, Any]:
    """Return the data file `name` of this package as nested dictionaries."""
    return tomllib.loads(files("assay.read.values").joinpath(name).read_text("utf-8"))


def fold(text: str) -> str:
    """Return `text` with full-width forms, spaces, dashes, apostrophes and ё unified, of the same length."""
    if "，" in text:  # lists numbers in Chinese (2，5); part of a number only between full-width digits
        text = re.sub("(?<=[０-９])，(?=[０-９])", ",", text)
    return text.translate(_FOLD)


def lower(text: str) -> str:
    """Return `text` in lower case, of the same length (letters whose lower case is longer stay)."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def cyrillic(word: str) -> str:
    """Return a lower-case Cyrillic word with Latin look-alikes (as scans and typists mix them) put right."""
    return word.translate(_LATIN_TO_CYRILLIC)


def firsts(form: str) -> set[str]:
    r"""Return the characters with which a match of `form` can begin.

    Only what the word lists use is understood: literals, escapes, `(?:a|b)`, `[ab]`, each perhaps with `?`, and
    look-arounds in front, which are skipped.
    """
    while form.startswith(("(?<!", "(?<=", "(?!", "(?=")):
        form = form[_closing(form) + 1 :]
    if form.startswith("(?:"):
        close = _closing(form)
        inside, rest = form[3:close], form[close + 1 :]
        found = set().union(*(firsts(part) for part in _alternatives(inside)))
    elif form.startswith("["):
        close = form.index("]")
        found, rest = set(form[1:close]), form[close + 1 :]
    elif form.startswith("\\"):
        found, rest = {form[1]}, form[2:]
    else:
        found, rest = set(form[:1]), form[1:]
    return found | firsts(rest[1:]) if rest.startswith("?") else found


def _closing(form: str) -> int:
    depth, at = 0, 0
    while at < len(form):
        if form[at] == "\\":
            at += 1
        elif form[at] == "(":
            depth += 1
        elif form[at] == ")":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    message = f"{form!r} has an open bracket"
    raise ValueError(message)


def _alternatives(inside: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for at, char in enumerate(inside):
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            parts.append(inside[start:at])
            start = at + 1
    return [*parts, inside[start:]]


class Forms(Generic[T]):
    """Many patterns with a value each, tried at one place: the first that matches there wins.

    A dispatch over the first character keeps an attempt short however long the list is.
    """

    def __init__(self, forms: Iterable[tuple[str, T]]) -> None:
        """Keep `forms` in order: earlier ones are tried first."""
        self._by_first: dict[str, tuple[list[str], list[T]]] = {}
        self._ready: dict[str, tuple[re.Pattern[str], list[T]]] = {}
        for form, value in forms:
            for char in firsts(form):
                patterns, values = self._by_first.setdefault(char, ([], []))
                patterns.append(f"({form})")
                values.append(value)

    def match(self, text: str, at: int) -> tuple[T, int] | None:
        """Return the value of the first form that matches `text` at `at`, and where it ends."""
        char = text[at : at + 1]
        ready = self._ready.get(char)
        if ready is None:
            if char not in self._by_first:
                return None
            patterns, values = self._by_first[char]
            ready = self._ready[char] = (re.compile("|".join(patterns)), values)
        match = ready[0].match(text, at)
        if match is None or match.lastindex is None:
            return None
        return ready[1][match.lastindex - 1], match.end()
