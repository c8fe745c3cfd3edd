"""Contract and document numbers brought to one form: № signs, alphabets, separators.

Limits: the loose form takes letters and digits that look alike as one; it is a ground only beside another one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from assay.resolve.folding import DASHES, TO_LATIN

_SIGN = re.compile(
    r"^\W*(?:(?:contract|agreement|договор\w*|контракт\w*|договір|合同编号|合同号|合同|编号|协议|附件|приложени\w*|"
    r"annex|appendix|no|nr|num|number|н|n|№|#|号|第)(?![A-Za-zА-Яа-я])[\s.:：]*)+",
    re.IGNORECASE,
)
_TAIL = re.compile(r"[\s.,;:号號。，；：]+$")
_SEPARATORS = re.compile(r"[\s\-/\\._|:：,]+")
_LOOSE = str.maketrans(
    {
        "O": "0",
        "Q": "0",
        "D": "0",
        "I": "1",
        "L": "1",
        "J": "1",
        "З": "3",
        "S": "5",
        "Б": "6",
        "B": "8",
        "Z": "2",
        "Ч": "4",
        "G": "6",
    }
)


@lru_cache(maxsize=65536)
def number_key(written: str) -> str:
    """Return a number's comparing form: capitals, Latin where letters look alike, one dash between its parts."""
    text = DASHES.sub("-", unicodedata.normalize("NFKC", written)).strip()
    text = _TAIL.sub("", _SIGN.sub("", text))
    text = text.upper().translate(TO_LATIN)
    return _SEPARATORS.sub("-", text).strip("-")


@lru_cache(maxsize=65536)
def loose_key(written: str) -> str:
    """Return the form in which letters and digits that machines take for each other are one, without separators."""
    return number_key(written).translate(_LOOSE).replace("-", "")


def telling(written: str) -> bool:
    """Return whether a number is long enough to stand for one agreement: "1" and "5/2" are borne by many."""
    return len(loose_key(written)) >= 4 or (len(loose_key(written)) == 3 and loose_key(written).isdigit())
