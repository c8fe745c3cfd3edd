"""Running text to sentences, in four languages.

Limits: a full stop after an abbreviation that does end its sentence is taken for one that does not, unless the next
word is a clause number; text without marks (headlines) is one sentence.
"""

from __future__ import annotations

import re
from functools import lru_cache

from assay.extract.view import View
from assay.extract.vocabulary import table

_STOP = re.compile(r"[.!?…]+[\"'»”’)\]]*(?=\s|$)|[。！？][\"'”’」』）)]*|(?<=[^\s])[;；](?=\s|$|[\u4e00-\u9fff])")
_WORD = re.compile(r"([^\s(\"«»“„]+)$")


@lru_cache(maxsize=1)
def _abbreviations() -> frozenset[str]:
    data = table("sentences")
    return frozenset(w for words in data.values() for w in words)


def bounds(text: str, semicolons: bool = False) -> list[tuple[int, int]]:
    """Return start and end of each sentence; with `semicolons` also of the members of a list."""
    out: list[tuple[int, int]] = []
    start = 0
    for hit in _STOP.finditer(text):
        mark = hit.group()[0]
        if mark in ";；" and not semicolons:
            continue
        if mark == "." and not _ends(text, hit.start(), hit.end()):
            continue
        out.append((start, hit.end()))
        start = hit.end()
    out.append((start, len(text)))
    trimmed: list[tuple[int, int]] = []
    for begin, end in out:
        while begin < end and text[begin].isspace():
            begin += 1
        while end > begin and text[end - 1].isspace():
            end -= 1
        if begin < end:
            trimmed.append((begin, end))
    return trimmed


def _ends(text: str, dot: int, end: int) -> bool:
    if end >= len(text.rstrip()):
        return True
    rest = text[end:].lstrip()
    hit = _WORD.search(text[:dot])
    word = hit.group(1) if hit else ""
    following = rest[:1]
    if following.islower() or following in ",;:-–—%":
        return False
    if not word:
        return True
    if re.fullmatch(r"(?:\d{1,2}\.)*\d{1,2}", word) and (hit is not None and not text[: hit.start()].strip()):
        return False
    if len(word) == 1 and word.isalpha() and word.isupper():
        return False
    if re.fullmatch(r"[A-ZА-ЯІЇЄ](?:\.[A-ZА-ЯІЇЄ])+", word):
        return False
    low = word.lower()
    if low in _abbreviations():
        if low in ("г", "р", "гг", "рр") and following.isupper() and re.search(r"\d\s*г{0,2}р{0,2}$", text[:dot]):
            return not re.match(r"[\"«]?[А-ЯЁІЇЄ][а-яёіїє]*\s*№", rest)
        if low in ("руб", "коп", "грн", "шт", "ед", "inc", "ltd", "co", "corp") and following.isupper():
            return low not in ("inc", "ltd", "co", "corp") or bool(
                re.match(r"(?:The|It|This|In|A|He|She|They|But|On|According)\b", rest)
            )
        return False
    return True


def sentences(view: View, semicolons: bool = False) -> list[View]:
    """Return the view's sentences as views."""
    return [view.part(a, b) for a, b in bounds(view.text, semicolons)]
