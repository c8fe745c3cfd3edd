"""A recognised document's number, set right by the other places where the document names it; initials of a name.

Purpose: a scan in two languages names its contract several times, and a machine misreads it now and then: КОНТРАКТ
№ 454-17/МЕ above CONTRACT No. 454-17/WF. The reading that most places give stands.
Limits: nothing is set right that the document does not read otherwise elsewhere; born-digital numbers stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from assay.model import Text

_TO_LATIN = str.maketrans("АВЕКМНОРСТУХІЗЅЈ", "ABEKMHOPCTYXI3SJ")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_ONLY_ALIKE = re.compile(r"[\dАВЕКМНОРСТУХІЗЅЈавекмнорстухі\W_]+")
FEWEST_FIGURES = 3
"""A number with fewer figures than this is told from its neighbours by one sign, and never set right."""


def settled(number: Text | None, named: Iterable[Text], recognised: bool) -> Text | None:
    """Return the reading of `number` that most of the places in `named` give, its own where none has more.

    `recognised` tells whether the number was read by a machine. A number sign read as a letter, and letters that are
    all the same in Latin and Cyrillic beside others that are not, are what a machine makes of a number, however often.
    """
    if number is None or not recognised:
        return number
    own = plain(number.value)
    readings: dict[str, Text] = {own: number}
    counts: Counter[str] = Counter()
    for other in named:
        form = plain(other.value)
        if form == own or misread(own, form):
            counts[form] += 1
            readings.setdefault(form, other)
    counts[own] = max(counts[own], 1)

    def rank(form: str) -> tuple[bool, bool, int, bool]:
        glued = any(form == sign + rest for rest in counts for sign in ("N", "M", "H"))
        letters = readings[form].value
        shared = bool(_CYRILLIC.search(letters)) and _ONLY_ALIKE.fullmatch(letters) is not None
        return glued, shared, -counts[form], form != own

    return readings[min(readings, key=rank)]


def plain(number: str) -> str:
    """Return a number's letters and figures, capital, Latin where the letters look alike."""
    return "".join(c for c in number.upper().translate(_TO_LATIN) if c.isalnum())


def misread(one: str, other: str) -> bool:
    """Tell whether two plain numbers can be one, read twice: the same figures, and letters that differ in two signs."""
    figures = [re.sub(r"\D", "", form) for form in (one, other)]
    if figures[0] != figures[1] or len(figures[0]) < FEWEST_FIGURES:
        return False
    return _apart(re.sub(r"\d", "", one), re.sub(r"\d", "", other)) <= 2


_CODES = ("CNY", "USD", "EUR", "RUB", "UAH")
_CODE_SHAPES = str.maketrans("СМУЕАНВОРТХІ0Ѕ", "CMYEAHBOPTXIOS")
_CODE_LIKE = {
    "N": "NMWH",
    "U": "UИVY",
    "D": "DOQ",
    "S": "S5",
    "B": "B8",
    "R": "RPK",
    "A": "AД",
    "E": "EF",
    "Y": "YV",
    "H": "HN",
}


def misread_code(letters: str) -> str | None:
    """Return the one currency's code that three capitals are a misreading of (СМУ is CNY), None where not one is."""
    shape = letters.translate(_CODE_SHAPES)
    fits = [
        code for code in _CODES
        if len(shape) == len(code) and all(b in _CODE_LIKE.get(a, a) for a, b in zip(code, shape, strict=True))
    ]  # fmt: skip
    return fits[0] if len(fits) == 1 else None


def _apart(one: str, other: str) -> int:
    """Return the least number of letters to put in, take out or exchange between two short words."""
    before = list(range(len(other) + 1))
    for i, x in enumerate(one, 1):
        row = [i]
        for j, y in enumerate(other, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
        before = row
    return before[-1]


_TO_CYRILLIC = str.maketrans("ABEKMHOPCTYXI", "АВЕКМНОРСТУХІ")
_INITIAL = re.compile(r"(?<![^\W_])[^\W\d_](?=\.)")


def with_plain_initials(name: str) -> str:
    """Return a person's name with its initials in the alphabet of its words: a Cyrillic С before a Latin name is C."""
    rest = _INITIAL.sub("", name)
    cyrillic, latin = len(_CYRILLIC.findall(rest)), len(re.findall("[A-Za-z]", rest))
    if bool(cyrillic) is bool(latin):
        return name
    return _INITIAL.sub(lambda m: m.group().translate(_TO_CYRILLIC if cyrillic else _TO_LATIN), name)
