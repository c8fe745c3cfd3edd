"""The word lists beside this package, loaded when first needed and folded the way texts are folded.

Limits: folding keeps the length of a text, so that offsets in the folded text hold in the original one.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

APOSTROPHES = "'’ʼ`´‘＇"
_FOLD = {ord(c): ord("'") for c in APOSTROPHES}
_FOLD |= {ord("ё"): ord("е"), ord("Ё"): ord("Е")}
_FOLD |= {0xFF01 + i: 0x21 + i for i in range(94)}
_FOLD |= {ord(c): ord(" ") for c in "\u00a0\u2007\u2009\u202f\u2002\u2003\u2008\u200a\u3000"}
_FOLD |= {ord(c): ord("-") for c in "\u2010\u2011\u2012\u2013\u2014\u2212"}
_LATIN_TO_CYRILLIC = str.maketrans("aceiopxyk", "асеіорхук")


@cache
def table(name: str) -> dict[str, Any]:
    """Return the data file `name` of this package as nested dictionaries."""
    return tomllib.loads(files("assay.read.values").joinpath(name).read_text("utf-8"))


def fold(text: str) -> str:
    """Return `text` with full-width forms, spaces, dashes, apostrophes and ё unified, of the same length."""
    return text.translate(_FOLD)


def lower(text: str) -> str:
    """Return `text` in lower case, of the same length (letters whose lower case is longer stay)."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def cyrillic(word: str) -> str:
    """Return a lower-case Cyrillic word with Latin look-alikes (as scans and typists mix them) put right."""
    return word.translate(_LATIN_TO_CYRILLIC)
