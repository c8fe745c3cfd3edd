"""Everything in a stretch of text that a translation must keep: dates, amounts, percentages, numbers, designations.

Limits: number words are offered (`offered`) but not demanded (`demanded`), since "both", "оба" and 双方 also count;
ordinals of clauses and references to clauses are left out, because versions of a text may be numbered by their own
rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assay.read.values import find_dates, find_number_words, readings
from assay.read.values.lexicon import fold, lower
from assay.read.values.money import currency_in, multiplier_at
from assay.read.values.numbers import number_pattern
from assay.read.values.quantities import unit_at
from assay.read.values.words import find_han_runs

_NUMBER = re.compile(number_pattern("sep"))
_LIKE = str.maketrans("АВСЕНІКМОРТХУЗавсеіорхукмт", "ABCEHIKMOPTXY3abceiopxykmt")
_ANY = "A-Za-zА-Яа-яЁёІіЇїЄєҐґ"
_CAPITAL = "A-ZА-ЯЁІЇЄҐ"
_JOINED = rf"[0-9A-Za-z{_CAPITAL}]{{1,16}}(?:[-/.][0-9A-Za-z{_CAPITAL}а-я]{{1,16}}){{1,7}}"
_NAMED = rf"[{_ANY}]{{2,24}}-[0-9]{{1,4}}[{_CAPITAL}]{{0,3}}[0-9]{{0,2}}(?![0-9{_ANY}])"
_NO_CURRENCY = "(?!(?:USD|EUR|RUB|CNY|RMB|UAH|США) )"
_SPACED = _NO_CURRENCY + (rf"[{_CAPITAL}]{{2,6}} [0-9]{{1,4}}(?:/[0-9]{{1,4}})?[{_CAPITAL}]?(?![0-9{_ANY}]|[.,][0-9])")
_CODE = re.compile(
    rf"(?<![0-9{_ANY}])(?:(?=[0-9/._-]{{0,12}}[A-Za-z{_CAPITAL}])(?=[^ \n]{{0,30}}[0-9]){_JOINED}|{_NAMED}|{_SPACED})"
)
_AMOUNT = re.compile(r"[A-Z]{0,3}[0-9][0-9.]*(?:[A-Z]{3})?")
_REFERENCE = re.compile(
    r"(?<![a-zа-яіїєґ])(?:приложени\w{1,2}|додат\w{1,3}|annex|appendix|附件|§|п(?:п|унк\w{1,3}|одпункт\w{0,2})?|стат\w{1,3}|ст|раздел\w{0,3}|розділ\w{0,3}|глав\w{1,2}|clauses?|articles?|sections?|paragraphs?|"
    r"paras?|items?|sub-?clauses?|第|столб\w{0,3}|стр|page|с)\.?(?:[ №#]|no\.?){0,4}$"
)
_HUNDREDTHS = re.compile(r"\s{0,2}(?:коп|цент|cent|копі|фэн|фын|fen\b|分|角|/100)")
_FOLLOWS = re.compile(r"\s?(?:条|款|章|节|项(?!目)|页)")
_LEADING = re.compile(
    r"^\s*(?:第?\s?[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}[.)、]?|[(（]?[0-9a-zа-я]{1,2}[)）])(?=\s|[^0-9.,])"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One figure of a text: `kind` is date, number, percent or code; `key` is what it is compared by.

    `others` are keys of its other readings; `counted` when a unit stands behind it.
    """

    kind: str
    key: str
    start: int
    end: int
    others: tuple[str, ...] = ()
    number: Decimal | None = None
    counted: bool = False

    def answered(self, offered: frozenset[str]) -> bool:
        """Tell whether one of the ways to read it stands among `offered`."""
        return self.key in offered or any(key in offered for key in self.others)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a stretch holds.

    `demanded` must stand in the other language too, `spelled` numbers need not, `offered` are keys that it can answer
    with.
    """

    demanded: tuple[Item, ...]
    spelled: tuple[Item, ...]
    offered: frozenset[str]


def figures_of(text: str, language: str) -> Figures:
    """Return the figures of `text`, offsets in `text`."""
    plain = lower(fold(text))
    demanded: list[Item] = []
    offered: set[str] = set()
    taken = bytearray(len(text))  # a character that already belongs to a figure
    lead = _LEADING.match(plain)
    if lead:
        _mark(taken, *lead.span())
    for found in find_dates(text):
        if _over(taken, found.start, found.end):
            continue
        _mark(taken, found.start, found.end)
        ends = [d for d in (found.value.earliest, found.value.latest) if d is not None]
        for match in re.finditer("[0-9]+", plain[found.start : found.end]):
            offered.add(f"n{Decimal(match.group())}")
        if not ends:
            continue
        offered |= _date_keys(ends)
        exchanged = found.value.uncertain.startswith("day and month")
        demanded.append(Item("date", f"d{ends[-1]}" if not exchanged else f"x{min(ends)}", found.start, found.end))
    for match in _CODE.finditer(fold(text)):
        if _over(taken, *match.span()) or not re.search("[0-9]", match.group()) or _AMOUNT.fullmatch(match.group()):
            continue
        _mark(taken, *match.span())
        key = "c" + re.sub("[^0-9A-Z]", "", match.group().translate(_LIKE).upper())
        digits = "k" + re.sub("[^0-9]", "", match.group())  # letters are transcribed, digits are not
        demanded.append(Item("code", key, *match.span(), (digits,)))
        offered |= {key, digits}
        offered |= {f"n{Decimal(n)}" for n in re.findall("[0-9]{1,12}", match.group())}
    for match in _NUMBER.finditer(plain):
        if not _over(taken, *match.span()):
            _take_number(plain, match, demanded, offered)
    spelled = find_han_runs(text) if language == "zh" else find_number_words(text, language)
    words: list[Item] = []
    for word in spelled:
        offered |= {_key(word.value), "p" + _key(word.value)}
        words.append(Item("number", _key(word.value), word.start, word.end, (), word.value))
        scaled = multiplier_at(plain, word.end)
        if scaled is not None:
            offered.add(_key(word.value * scaled[0]))
    return Figures(tuple(demanded), tuple(words), frozenset(offered | {item.key for item in demanded}))


def _take_number(plain: str, match: re.Match[str], demanded: list[Item], offered: set[str]) -> None:
    values = readings(match.group())
    end = match.end()
    scaled = multiplier_at(plain, end)
    if scaled is not None:
        offered.update(_key(v) for v in values)
        values, end = tuple(v * scaled[0] for v in values), scaled[1]
    before = plain[max(0, match.start() - 14) : match.start()]
    if _HUNDREDTHS.match(plain, match.end()) and len(match.group()) <= 2:
        return  # the other version may write kopecks or cents into the figures
    ordinal = re.compile(r"-?(?:й|я|е|го|му|ом|ой|ый|th|st|nd|rd)(?![a-zа-яіїєґ])").match(plain, match.end())
    if _REFERENCE.search(before) or _FOLLOWS.match(plain, match.end()) or ordinal or not values:
        return  # the number of a clause or annex: neither demanded nor an answer
    offered.update(_key(v) for v in values)
    if len(match.group()) >= 5 and match.group().isdigit() and not _counted(plain, match.start(), end):
        demanded.append(Item("code", _key(values[0]), match.start(), match.end()))
        return
    percent = re.compile(r"\s?[%％]|\s?(?:процент|відсот|per ?cent)").match(plain, end)
    value = values[0]
    unit = unit_at(plain, end) is not None
    if percent:  # a share is answered by a share or by words, not by a count that happens to be alike
        demanded.append(Item("percent", "p" + _key(value), match.start(), end, (), value, True))
        return
    others = tuple(_key(v) for v in values[1:])
    demanded.append(Item("number", _key(value), match.start(), end, others, value, unit))


def _counted(plain: str, start: int, end: int) -> bool:
    """Tell whether a long number is an amount or count, by the currency or unit beside it; else it is some code."""
    beside = plain[end : end + 16].lstrip(" (（")
    named = unit_at(plain, end) is not None or plain[end : end + 2].lstrip()[:1] in ("%", "(", "（")
    return named or currency_in(beside) is not None or currency_in(plain[max(0, start - 8) : start]) is not None


def _key(value: Decimal) -> str:
    return f"n{value.normalize() + 0:f}"


def _date_keys(ends: list[date]) -> set[str]:
    return {f"d{ends[0]}", f"d{ends[-1]}", f"x{min(ends)}", *(f"n{part}" for d in ends for part in (d.day, d.year))}


def _mark(taken: bytearray, start: int, end: int) -> None:
    taken[start:end] = b"\1" * (end - start)


def _over(taken: bytearray, start: int, end: int) -> bool:
    return 1 in taken[start:end]
