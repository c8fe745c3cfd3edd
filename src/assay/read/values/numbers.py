"""Numbers in figures, however their thousands are set apart.

Limits: `1,234` and `1.234` can each be read in two ways; `readings` gives both, `parse_number` picks by language
(Russian and Ukrainian: decimal comma; otherwise comma groups thousands and the dot is the decimal sign). Thousands
set apart by a space join across one space only, never over a line break.
"""

from __future__ import annotations

import re
from decimal import Decimal

from assay.read.values.found import Found
from assay.read.values.lexicon import fold

LETTER = "A-Za-zÀ-ÖØ-öø-ÿА-Яа-яЁёІіЇїЄєҐґ"


_CODES = (
    "USD",
    "EUR",
    "RUB",
    "RUR",
    "CNY",
    "RMB",
    "UAH",
    "GBP",
    "JPY",
    "CHF",
    "BYN",
    "KZT",
    "INR",
    "AED",
    "HKD",
    "CAD",
)
_AFTER_CODE = "|".join("(?<=" + "".join(f"[{c}{c.lower()}]" for c in code) + ")" for code in _CODES)
"""A figure may follow the code of its currency without a space."""


def number_pattern(group: str) -> str:
    """Return the pattern of one number in folded text; `group` names the capture that holds its thousands sign.

    Bounded repeats keep every attempt short; the look-behinds stop a second attempt inside a run of digits.
    """
    return (
        rf"(?=[0-9])(?:(?<![0-9{LETTER}_])|{_AFTER_CODE})(?<![0-9][.,])(?<![{LETTER}]-)(?:"
        rf"[0-9]{{1,3}}(?P<{group}>[ '.,])[0-9]{{3}}(?:(?P={group})[0-9]{{3}}){{0,6}}"
        rf"(?:(?!(?P={group}))[.,][0-9]{{1,8}})?"
        r"|[0-9]{1,2}(?:,[0-9]{2}){1,5},[0-9]{3}(?:\.[0-9]{1,8})?"
        r"|[0-9]{1,32}(?:[.,][0-9]{1,12})?"
        r")(?![.,]?[0-9])"
    )


_NUMBER = re.compile(number_pattern("sep"))


def parse_number(text: str, language: str | None = None) -> Decimal | None:
    """Return the number that `text` is, or None when it is not one number; `language` decides doubtful signs."""
    found = readings(text)
    if not found:
        return None
    if len(found) == 2 and language in ("ru", "uk"):
        comma = "," in fold(text)
        return found[1] if comma else found[0]
    return found[0] if "," in fold(text) or len(found) == 1 else found[1]


def readings(text: str) -> tuple[Decimal, ...]:
    """Return the one or two numbers that `text` can be, the one with thousands first; none when it is no number.

    Two only where a single dot or comma stands before exactly three digits and the figure before it does not begin
    with 0.
    """
    plain = fold(text).strip()
    bracketed = re.fullmatch(r"\(([0-9 '.,]*[ '.,][0-9 '.,]*)\)", plain)  # accountants' minus; (5) is a mark
    sign = -1 if bracketed or plain.startswith("-") else 1
    plain = bracketed.group(1).strip() if bracketed else plain
    plain = plain.lstrip("+-").strip()
    match = _NUMBER.fullmatch(plain)
    if match is None:
        return ()
    bare = re.sub(r"[ ']", "", plain)
    marks = re.findall(r"[.,]", bare)
    if not marks:
        return (sign * Decimal(bare),)
    if len(set(marks)) == 2:
        last = max(bare.rfind("."), bare.rfind(","))
        return (sign * Decimal(re.sub(r"[.,]", "", bare[:last]) + "." + bare[last + 1 :]),)
    if len(marks) > 1:
        return (sign * Decimal(re.sub(r"[.,]", "", bare)),)
    head, tail = re.split(r"[.,]", bare)
    decimal = sign * Decimal(f"{head}.{tail}")
    if len(tail) == 3 and len(head) <= 3 and not head.startswith("0") and bare == plain:
        return (sign * Decimal(head + tail), decimal)
    return (decimal,)


def find_numbers(text: str, language: str | None = None) -> list[Found[Decimal]]:
    """Return every number in figures; dates, clause numbers (1.2.3) and figures inside names (T-72B3) are left out."""
    plain = fold(text)
    found = []
    for match in _NUMBER.finditer(plain):
        value = parse_number(match.group(), language)
        if value is not None:
            found.append(Found(match.start(), match.end(), value))
    return found
