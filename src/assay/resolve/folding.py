"""Writing brought to one form before it is compared: case, quotes, dashes, and letters of the wrong alphabet.

Limits: a fold is for comparing only and never shown; what it cannot read it leaves as it is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

CYRILLIC = "АВЕКМНОРСТУХаеорсухіІјЈѕЅԁԛԝһ"
LATIN = "ABEKMHOPCTYXaeopcyxiIjJsSdqwh"
TO_LATIN = str.maketrans(CYRILLIC, LATIN)
TO_CYRILLIC = {ord(a): b for a, b in zip(LATIN, CYRILLIC, strict=True) if b not in "ѕЅԁԛԝһјЈ"}
QUOTES = re.compile('[«»“”„‟"‘’‚‛`´＂＇《》〈〉「」『』]')
DASHES = re.compile("[‐‑‒–—―−－﹣]")
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WITHIN = re.compile(r"(?<=[^\W\d_])['’ʼ`](?=[^\W\d_])")
_TOKEN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|[^\\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")


def script(text: str) -> str:
    """Return the script of most letters: han, cyrillic, latin, other, or empty when there is no letter."""
    counts = {"han": 0, "cyrillic": 0, "latin": 0, "other": 0}
    for char in text:
        if not char.isalpha():
            continue
        if HAN.match(char):
            counts["han"] += 2
        elif "\u0400" <= char <= "\u052f":
            counts["cyrillic"] += 1
        elif char < "\u0250" or "\u1e00" <= char <= "\u1eff":
            counts["latin"] += 1
        else:
            counts["other"] += 1
    best = max(counts, key=lambda k: counts[k])
    return best if counts[best] else ""


def one_alphabet(word: str) -> str:
    """Return `word` with look-alike letters of the rarer of its two alphabets put into the other one."""
    cyrillic = sum("\u0400" <= c <= "\u052f" for c in word)
    latin = sum(c.isascii() and c.isalpha() for c in word)
    if not cyrillic or not latin:
        return word
    return word.translate(TO_CYRILLIC if cyrillic >= latin else TO_LATIN)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Return `text` without case, quotes, accents on Latin letters, and doubled space; one dash; ё as е."""
    text = unicodedata.normalize("NFKC", text)
    text = _WITHIN.sub("", text)
    text = DASHES.sub("-", QUOTES.sub(" ", text)).casefold()
    text = text.replace("ё", "е").replace("\u00ad", "")
    text = " ".join(one_alphabet(word) for word in text.split())
    if any("\u00bf" < c < "\u0250" for c in text):
        text = (
            "".join(unicodedata.normalize("NFD", c)[0] if "\u00bf" < c < "\u0250" else c for c in text)
            .replace("ø", "o")
            .replace("ł", "l")
            .replace("đ", "d")
        )
    return text


def tokens(folded: str) -> tuple[str, ...]:
    """Return the words and runs of Han characters of a folded text, without punctuation."""
    return tuple(_TOKEN.findall(folded))
