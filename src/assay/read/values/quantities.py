"""Counts and measures: figures or number words with a unit behind them.

Limits: the unit must follow the number (at most a bracket with the number in words between them); units of time
before a date, ordinals and amounts of money are not looked for here. A bracket that says another number than its
figures is told in `uncertain`, and the figures are the value.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from assay.model import Quantity
from assay.read.values.found import Found, without_overlaps
from assay.read.values.lexicon import Forms, fold, lower, table
from assay.read.values.money import multiplier_at, scripts
from assay.read.values.numbers import number_pattern, parse_number
from assay.read.values.words import find_number_words, han_numeral, parse_words

_NUMBER = re.compile(number_pattern("sep"))
_BRACKET = re.compile(r"\s{0,3}[(（]([^()（）]{1,120})[)）]")
_L = "a-zа-яіїєґ"


@cache
def _units() -> Forms[str]:
    """Return every unit form, the longest first, with its normal unit."""
    forms = [(form, name) for name, forms in table("units.toml")["unit"].items() for form in forms]
    forms.sort(key=lambda form: -len(form[0]))
    return Forms((_bounded(form), name) for form, name in forms)


def _bounded(form: str) -> str:
    if re.match(r"(?:\(\?:)?[\u4e00-\u9fff%]", form):
        return form
    return f"(?:{form})(?![{_L}])"


def unit_at(text: str, at: int = 0) -> tuple[str, int] | None:
    """Return the normal unit word that stands at `at` (white space skipped) and where it ends, or None."""
    while at < len(text) and text[at] in " \n\t":
        at += 1
    return _units().match(text, at)


def unit_of(text: str) -> str | None:
    """Return the normal unit word that `text` is as a whole ("шт.", "套", "set"), or None."""
    plain = lower(fold(text)).strip()
    at = unit_at(plain)
    if at is not None and plain[at[1] :].strip(" .,;") == "":
        return at[0]
    alone = table("units.toml")["alone"]
    return next((name for name, forms in alone.items() if plain.strip(" .,;") in forms), None)


def find_quantities(text: str) -> list[Found[Quantity]]:
    """Return every number with a unit behind it; figures before words where both stand."""
    plain = _parted(text, lower(fold(text)))
    found = [one for match in _NUMBER.finditer(plain) if (one := _in_figures(text, plain, match)) is not None]
    for language in scripts(plain):
        found += _in_words(text, plain, language, found)
    return without_overlaps(found)


def _parted(text: str, plain: str) -> str:
    """Return folded text in which a full-width comma is a pause (…9/6，5辆), unless three digits follow it."""
    if "，" not in text or len(text) != len(plain):
        return plain
    return "".join(
        ";" if sign == "，" and not re.match(r"\d{3}(?!\d)", plain[i + 1 : i + 5]) else plain[i]
        for i, sign in enumerate(text)
    )


def _in_figures(text: str, plain: str, match: re.Match[str]) -> Found[Quantity] | None:
    language = "ru" if re.search("[а-яіїєґ]", plain[match.start() : match.end() + 24]) else None
    value = parse_number(match.group(), language)
    end = match.end()
    doubt = ""
    bracket = _BRACKET.match(plain, end)
    if bracket is not None:
        words = [parse_words(bracket.group(1), language) for language in scripts(bracket.group(1))]
        known = [number for number in words if number is not None]
        if known:
            end = bracket.end()
            doubt = "" if value in known else "the words in brackets say another number"
    scale = multiplier_at(plain, end) if bracket is None else None
    if scale is not None and value is not None:
        value, end = value * scale[0], scale[1]
    ordinal = re.compile("-(?:й|я|е|го|му|м|х|ти|th)(?![a-zа-я])").match(plain, end)
    if ordinal is not None and ordinal.group() not in ("-ти", "-х", "-м"):
        return None
    unit = unit_at(plain, ordinal.end() if ordinal is not None else end)
    if unit is None or value is None or _is_date(plain, match, unit):
        return None
    name, stop = unit
    return Found(match.start(), stop, Quantity(text[match.start() : stop], value, name, doubt))


def _is_date(plain: str, match: re.Match[str], unit: tuple[str, int]) -> bool:
    """Tell whether the figures and unit are (part of) a date: 2024 года, 5月, 15日."""
    name, stop = unit
    written = plain[match.end() : stop].strip()
    if name == "year":
        return len(match.group()) == 4 or (
            plain[match.end() : stop].strip().startswith(("г", "р.")) and len(match.group()) == 4
        )
    return (name == "month" and written == "月") or (
        name == "day" and written == "日" and plain[: match.start()].endswith("月")
    )


def _in_words(text: str, plain: str, language: str, known: list[Found[Quantity]]) -> list[Found[Quantity]]:
    found = []
    numbers = find_number_words(plain, language) if language != "zh" else _han_before_units(plain)
    for number in numbers:
        if any(k.start < number.end and number.start < k.end for k in known):
            continue
        end, doubt = number.end, ""
        bracket = _BRACKET.match(plain, end)
        if bracket is not None:
            figures = parse_number(bracket.group(1))
            if figures is not None:
                end = bracket.end()
                doubt = "" if figures == number.value else "the figures in brackets say another number"
        if number.start and plain[number.start - 1] in "(（" and plain[end : end + 1] in ")）":
            continue  # the words repeat figures without a unit
        unit = unit_at(plain, end)
        if unit is None:
            continue
        name, stop = unit
        if language == "zh" and name in ("month", "day", "year") and plain[end:stop].strip() in "年月日":
            continue
        found.append(Found(number.start, stop, Quantity(text[number.start : stop], number.value, name, doubt)))
    return found


@cache
def _han_run() -> re.Pattern[str]:
    return re.compile(f"(?<!第)[{han_numeral()}]{{1,30}}(?=[^{han_numeral()}])")


def _han_before_units(plain: str) -> list[Found[Decimal]]:
    found = []
    for match in _han_run().finditer(plain):
        before = plain[max(0, match.start() - 1) : match.start()]
        if match.end() - match.start() == 1 and before and before in "统唯同单万之第每某":
            continue
        value = parse_words(match.group(), "zh")
        if value is not None:
            found.append(Found(match.start(), match.end(), value))
    return found
