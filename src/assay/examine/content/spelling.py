"""What a stretch of text spells out as a number, when all of it is number words, a currency, a unit and fillers.

Limits: a word that is one letter off from exactly one number word is read as that one, and `repaired` says so;
anything else that is left over makes the whole unreadable (`value` None), never a smaller number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from assay.read.values import find_money_in_words, find_number_words, parse_words, scripts
from assay.read.values.lexicon import cyrillic, fold, lower, table
from assay.read.values.money import without_currency
from assay.read.values.quantities import unit_at
from assay.read.values.words import number_word, number_words

_TOKEN = re.compile(r"[a-zа-яіїєґ']+")
_FILLERS = frozenset((
    "только", "ровно", "всего", "сумма", "прописью", "или", "и", "с", "в", "том", "числе", "целых",
    "лише", "рівно", "всього", "або", "та",
    "only", "say", "exactly", "total", "sum", "of", "and", "no", "the", "us", "amount", "in", "words", "cents",
))  # fmt: skip
_HAN_FILLER = re.compile("[整正共计合大写金额:：人民币元圆 ]")


@dataclass(frozen=True, slots=True)
class Spelled:
    """`value` as spelled; `hundredths` when kopecks or cents were named; `unit` of a count; `repaired` words."""

    value: Decimal | None
    hundredths: bool = False
    unit: str = ""
    currency: str = ""
    repaired: bool = False


def spelled(text: str, labelled: bool = False) -> Spelled | None:
    """Return what `text` (folded, lower case) spells; None when no number word is in it at all."""
    for language in scripts(text):
        found = _chinese(text) if language == "zh" else _worded(text, language)
        if found is not None and found.value is not None:
            return found
    return Spelled(None) if any(_has_numeral(text, language) for language in scripts(text)) else None


def _has_numeral(text: str, language: str) -> bool:
    return bool(find_number_words(text, language))


def _chinese(text: str) -> Spelled | None:
    body = re.sub(r"\s", "", text)
    for money in find_money_in_words(body, "zh"):
        rest = body[: money.start] + body[money.end :]
        if _HAN_FILLER.sub("", rest).strip(" .,。，") == "" and money.value.amount is not None:
            return Spelled(money.value.amount, bool(re.search("[角分整正]", body)), "", money.value.currency or "")
    number = re.match(r"[^a-z0-9]+", body)
    if number is None:
        return None
    value = parse_words(_HAN_FILLER.sub("", number.group()), "zh") if number.end() == len(body) else None
    if value is not None:
        return Spelled(value)
    for found in find_number_words(body + " ", "zh")[:1]:
        unit = unit_at(body, found.end)
        if found.start == 0 and unit is not None and unit[1] == len(body):
            return Spelled(found.value, unit=unit[0])
    return None


def _worded(text: str, language: str) -> Spelled | None:
    for candidate, repaired in _candidates(text, language):
        for money in find_money_in_words(candidate, language):
            rest = candidate[: money.start] + " " + candidate[money.end :]
            if _only_fillers(rest) and money.value.amount is not None:
                named = re.search(_sub(), candidate[money.start : money.end]) or "/100" in candidate
                return Spelled(money.value.amount, bool(named), "", money.value.currency or "", repaired)
        numbers = find_number_words(candidate, language)
        if len(numbers) != 1:
            continue
        one = numbers[0]
        rest = candidate[one.end :]
        unit = unit_at(candidate, one.end)
        name = ""
        if unit is not None:
            name, rest = unit[0], candidate[unit[1] :]
        if _only_fillers(candidate[: one.start] + " " + rest):
            return Spelled(one.value, False, name, "", repaired)
    return None


def _candidates(text: str, language: str) -> Iterator[tuple[str, bool]]:
    """Yield the text, and then the text with every unknown word that is one letter off a number word put right."""
    yield text, False
    changed = text
    for match in reversed(list(_TOKEN.finditer(text))):
        word = match.group()
        if number_word(word, language) or word in _FILLERS or len(word) < 4:
            continue
        near = _nearest(cyrillic(word) if language != "en" else word, language)
        if near is not None:
            changed = changed[: match.start()] + near + changed[match.end() :]
    if changed != text:
        yield changed, True


@cache
def _nearest(word: str, language: str) -> str | None:
    """Return the only number word one edit away from `word`; forms of one number count as one."""
    near = [known for known in number_words(language) if abs(len(known) - len(word)) <= 1 and _one_edit(word, known)]
    values = {tuple(number_word(known, language)) for known in near}
    return near[0] if len(values) == 1 else None


def _one_edit(a: str, b: str) -> bool:
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    long, short = (a, b) if len(a) > len(b) else (b, a)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def nearly_number_word(word: str, language: str) -> bool:
    """Tell whether `word` is no number word but one letter off one: then a run beside it may be cut short."""
    word = lower(fold(word))
    return (
        len(word) >= 4
        and not number_word(word, language)
        and _nearest(cyrillic(word) if language != "en" else word, language) is not None
    )


def _only_fillers(rest: str) -> bool:
    """Tell whether nothing but fillers is left, and at most one currency's name.

    A word that is neither makes the whole unreadable: it may be a number word of the language that is tried next.
    """
    bare = without_currency(rest)
    return all(word in _FILLERS for word in _TOKEN.findall(bare)) and not re.search(r"[1-9]", bare)


@cache
def _sub() -> str:
    return "|".join(table("currencies.toml")["sub"]["hundredths"])
