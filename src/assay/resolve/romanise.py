"""Names of three scripts in one Latin writing, coarse enough that every usual transliteration meets the others.

Limits: Han characters with several readings get their usual one (family names theirs); a translated name
(not transliterated) does not meet its original here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, product

from assay.resolve.folding import HAN, script
from assay.resolve.tables import rows

_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z", "и": "i",
    "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ў": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
    "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "қ": "k", "ғ": "g", "ә": "a", "ө": "o", "ү": "u", "ң": "n",
    "һ": "h",
}  # fmt: skip
_COLLAPSE = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        ("shch|sch|stsch|shh", "sh"), ("tsch|tch", "ch"), ("ph", "f"), ("kh", "h"), ("ck|q", "k"), ("x", "ks"),
        ("dzh|dj", "j"), ("c(?=[eiy])|tz|cz|ts", "c"), ("c(?!h|$)(?=[aoulrkmnt])", "k"), ("w", "v"),
        ("zh", "1"), ("ch", "2"), ("sh", "3"), ("j(?=[aeou])|y(?=[aeou])|i(?=[aeou])", ""), ("j|y", "i"),
        ("th", "t"), ("gh", "g"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
_ENDINGS = (
    "иями", "ыми", "ими", "ові", "еві", "ого", "его", "ому", "ему", "ами", "ями", "ией", "иям", "иях", "ый",
    "ий", "ой", "ым", "им",
    "ом", "ем", "ая", "яя", "ую", "юю", "ою", "ею", "ей", "ое", "ее", "ые", "ие", "ых", "их", "ия", "ии", "ию", "ам",
    "ям", "ах", "ях", "ої", "ій", "ії", "ію", "іх", "а", "я", "у", "ю", "е", "и", "ы", "о", "ь", "й", "і", "ї",
)  # fmt: skip
_CLASSES = (
    ("zh|ch|sh|ts|c|s|z|j|q|x|1|2|3", "S"), ("b|p", "P"), ("f|v|w", "F"), ("d|t", "T"), ("g|k|h", "K"), ("m", "M"),
    ("ng(?![aeiou])|n", "N"), ("l|r", "L"),
)  # fmt: skip
_CLASS = re.compile("|".join(f"({p})" for p, _ in _CLASSES))


@lru_cache(maxsize=65536)
def latin(word: str) -> str:
    """Return a folded word in plain Latin letters: Cyrillic letter by letter, Han as pinyin, the rest as it is."""
    if HAN.search(word):
        return "".join(pinyin(word))
    return "".join(_LETTERS.get(c, c) for c in word if c.isalnum())


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """Return the coarse key of a word that is already Latin: transliteration habits collapsed."""
    for pattern, to in _COLLAPSE:
        word = pattern.sub(to, word)
    return word


def key(word: str) -> str:
    """Return the coarse key of a folded word of any script."""
    return skeleton(latin(word))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return a folded Cyrillic word without its case ending (at least three letters stay); others as they are."""
    if script(word) != "cyrillic":
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=65536)
def pinyin(text: str) -> tuple[str, ...]:
    """Return the syllables of a run of Han characters, without tones; ü as v."""
    from pypinyin import Style, lazy_pinyin

    return tuple(s for s in lazy_pinyin(text, style=Style.NORMAL, errors="ignore", v_to_u=False) if s)


@lru_cache(maxsize=65536)
def person_pinyin(text: str) -> tuple[str, ...]:
    """Return the syllables of a Chinese person's name, the family name read as a family name."""
    for written, read in rows("surnames.tsv"):
        if text.startswith(written) and (len(written) > 1 or len(text) <= 3) and len(text) > len(written):
            return (*read.split(), *pinyin(text[len(written) :]))
    return pinyin(text)


@lru_cache(maxsize=65536)
def rarer_readings(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the other ways to read a person's name of two to four characters, the usual one left out; at most 24.

    In a given name a character may have a reading that is rare elsewhere: 泊 is bo more often than po.
    """
    from pypinyin import Style
    from pypinyin import pinyin as readings

    usual = person_pinyin(text)
    if not 2 <= len(text) <= 4 or len(usual) != len(text):
        return ()
    found = [
        [usual[i], *(r for r in readings(c, style=Style.NORMAL, heteronym=True, v_to_u=False)[0] if r != usual[i])]
        for i, c in enumerate(text)
    ]
    return tuple(c for c in islice(product(*(f[:3] for f in found)), 25) if c != usual)


@lru_cache(maxsize=1)
def _palladius() -> dict[str, str]:
    return {_loosened(russian): syllable for syllable, russian in rows("palladius.tsv")}


def _loosened(word: str) -> str:
    return word.replace("э", "е").replace("і", "и").replace("є", "е").replace("ї", "и")


@lru_cache(maxsize=65536)
def from_palladius(word: str) -> tuple[str, ...]:
    """Return the pinyin syllables that a folded Cyrillic word writes in Palladius' system; empty when it does not.

    At most four syllables; the longest syllable is tried first.
    """
    table = _palladius()
    word = _loosened(word)

    def split(rest: str, left: int) -> tuple[str, ...] | None:
        if not rest:
            return ()
        if not left:
            return None
        for size in range(min(6, len(rest)), 0, -1):
            if rest[:size] in table and (tail := split(rest[size:], left - 1)) is not None:
                return (table[rest[:size]], *tail)
        return None

    return split(word, 4) or ()


@lru_cache(maxsize=1)
def _rendered() -> dict[str, str]:
    return dict((row[0], row[1]) for row in rows("renderings.tsv"))


@lru_cache(maxsize=65536)
def consonants(text: str) -> str:
    """Return the classes of the consonants of Latin text, as a rendering by sound would keep them.

    Runs of one class count once. 伊万诺夫 (yi wan nuo fu) and Ivanov both give FNF.
    """
    out: list[str] = []
    for match in _CLASS.finditer(text):
        name = _CLASSES[(match.lastindex or 1) - 1][1]
        if not out or out[-1] != name:
            out.append(name)
    return "".join(out)


@lru_cache(maxsize=65536)
def sounds(word: str) -> tuple[str, ...]:
    """Return the consonant classes under which a folded word of any script may be rendered in another one.

    English th is written t, s or z elsewhere, w is v, h or a vowel, r before a consonant is often dropped in Chinese;
    Chinese j stands for the soft t and d of Russian names and for g before a.
    """
    writing = script(word)
    read = "".join(_rendered().get(c) or latin(c) for c in word) if writing == "han" else latin(word)
    if writing == "han":
        found = {read, *(read.replace("j", other) for other in ("t", "k"))}
    elif writing == "latin":
        hard = re.sub("c(?=[aoulrkt]|$)", "k", read).replace("x", "ks").replace("ph", "f")
        soft = re.sub("g(?=[eiy])", "j", hard)
        found = {h.replace("th", a).replace("w", b) for h in (hard, soft) for a in ("t", "s") for b in ("v", "", "h")}
        found |= {re.sub("(?<!^)w", "", h.replace("th", a)).replace("w", "v") for h in (hard, soft) for a in ("t", "s")}
    else:
        read = read.replace("dzh", "j")
        found = {read, re.sub("^u(?=[aeiou])", "v", read), re.sub("(?<=[aeiou])u(?=[aeiou])", "v", read)}
    if writing != "han":
        found |= {re.sub("r(?=[bcdfghjkmnpqstvwxz])", "", f) for f in found}
    return tuple(sorted({c for f in found if (c := consonants(f))}))
