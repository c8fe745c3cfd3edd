"""Dates as papers write them: days, months, quarters, halves, years, deadlines.

Limits: a date is a `DateRange`, both ends included: "III квартал 2024 г." is 1 July to 30 September; "до 15 мая 2024
г." has only a latest day. A day and month that can be exchanged keep both readings as one range, with the doubt in
`uncertain`; a date without a year, or that the calendar does not have, has no ends and says so. Days spelled out in
words are read only in Chinese.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache

from assay.model import DateRange
from assay.read.values.found import Found, without_overlaps
from assay.read.values.lexicon import fold, lower, table
from assay.read.values.words import parse_words

_L = "a-zа-яіїєґ"
_HAN_DIGIT = "〇零○一二三四五六七八九十廿卅"
Ends = tuple[date | None, date | None, str]
NO_YEAR = "year not stated"
NO_SUCH_DAY = "the calendar has no such day"
EXCHANGED = "day and month may be exchanged"
CENTURY = "century not stated"


@cache
def _names(section: str) -> str:
    """Return one pattern of a section's forms, the longest first."""
    entry = table("dates.toml")[section]
    forms = [form for key in sorted(entry, key=int) for form in entry[key]]
    return "|".join(sorted(forms, key=len, reverse=True))


@cache
def _number_of(section: str, word: str) -> int:
    for key, forms in table("dates.toml")[section].items():
        if any(re.fullmatch(form, word) for form in forms):
            return int(key)
    message = f"{word!r} is not in {section}"
    raise KeyError(message)


@cache
def _word(name: str) -> str:
    return "|".join(sorted(table("dates.toml")["words"][name], key=len, reverse=True))


def _day(year: int, month: int, day: int, doubt: str = "") -> Ends:
    try:
        one = date(year, month, day)
    except ValueError:
        return None, None, NO_SUCH_DAY
    return one, one, doubt


def _month(year: int, month: int) -> Ends:
    if not 1 <= month <= 12 or year < 1:
        return None, None, NO_SUCH_DAY
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), ""


def _months(year: int, first: int, last: int) -> Ends:
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]), ""


def _figures(match: re.Match[str]) -> Ends:
    """15.05.2023, 15/05/23, 15-05-2023: with a dot always day first, with a slash or dash perhaps month first."""
    a, b, written = int(match["a"]), int(match["b"]), match["y"]
    year = int(written)
    doubt = ""
    if len(written) == 2:
        year, doubt = (2000 + year if year < 70 else 1900 + year), CENTURY
    if match["s"] == "." or a > 12 or a == b:
        return _day(year, b, a, doubt)
    if b > 12:
        return _day(year, a, b, doubt)
    one, _, _ = _day(year, b, a)
    other, _, _ = _day(year, a, b)
    assert one is not None and other is not None
    return min(one, other), max(one, other), EXCHANGED


def _iso(match: re.Match[str]) -> Ends:
    return _day(int(match["y"]), int(match["m"]), int(match["d"]))


def _named(match: re.Match[str]) -> Ends:
    month = _number_of("months", match["m"])
    if match["y"] is None:
        return None, None, NO_YEAR
    return _day(int(match["y"]), month, int(match["d"]))


def _named_month(match: re.Match[str]) -> Ends:
    return _month(int(match["y"]), _number_of("months", match["m"]))


def _quarter(match: re.Match[str]) -> Ends:
    q = _number_of("ordinals", match["q"].strip())
    return _months(int(match["y"]), 3 * q - 2, 3 * q)


def _half(match: re.Match[str]) -> Ends:
    q = _number_of("ordinals", match["q"].strip())
    if q > 2:
        return None, None, NO_SUCH_DAY
    return _months(int(match["y"]), 6 * q - 5, 6 * q)


def _year(match: re.Match[str]) -> Ends:
    return _months(int(match["y"]), 1, 12)


def _han_number(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    if len(text) == 4 and "十" not in text:
        text = text.replace("○", "〇")
    value = parse_words(text, "zh")
    return None if value is None else int(value)


def _han(match: re.Match[str]) -> Ends:
    year, month = _han_number(match["y"].replace(" ", "")), match["m"] and _han_number(match["m"])
    if year is None:
        return None, None, "the year could not be read"
    if match["h"]:
        return _months(year, *((1, 6) if match["h"] == "上" else (7, 12)))
    if match["q"]:
        return _months(year, 3 * _number_of("ordinals", match["q"]) - 2, 3 * _number_of("ordinals", match["q"]))
    if not match["m"]:
        return _months(year, 1, 12) if year > 0 else (None, None, NO_SUCH_DAY)
    if month is None:
        return None, None, "the month could not be read"
    if match["e"]:
        return _month(year, int(month))
    if not match["d"]:
        return _month(year, int(month))
    day = _han_number(match["d"])
    return (None, None, "the day could not be read") if day is None else _day(year, int(month), day)


def _han_day_only(match: re.Match[str]) -> Ends:
    return None, None, NO_YEAR


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Ends | None]], ...]:
    """Return every pattern over folded lower-case text, with what reads its match."""
    month, ordinal = _names("months"), _names("ordinals")
    four = "(?P<y>(?:19|20)[0-9]{2})"
    tail = rf"(?:\s?(?:{_word('year')})(?![{_L}]))?"
    year = rf"{four}(?![0-9]){tail}"
    free, over = r"(?<![0-9.,/-])", r"(?![0-9]|[.,/-][0-9])"
    word = rf"(?<![0-9{_L}])"
    ordinal_day = r"(?P<d>[0-3]?[0-9])(?:\s?(?:st|nd|rd|th|-?го|-?е|-?ое))?"
    rules: tuple[tuple[str, Callable[[re.Match[str]], Ends | None]], ...] = (
        (rf"{free}(?P<a>[0-3]?[0-9])(?P<s>[./-])(?P<b>[01]?[0-9])(?P=s)(?P<y>(?:19|20)[0-9]{{2}}|[0-9]{{2}}){over}{tail}",
         _figures_checked),
        (rf"{free}{four}(?P<s>[./-])(?P<m>[01]?[0-9])(?P=s)(?P<d>[0-3]?[0-9]){over}", _iso),
        (rf"(?<![0-9{_L}.,])(?:[«\"“„]\s?)?{ordinal_day}(?:\s?[»\"”“])?(?:\s?day)?(?: of)?[ \n-]?\s?"
         rf"(?P<m>{month})(?![{_L}])\.?(?:,?[ \n-]?\s?{year})?", _named),
        (rf"(?<![{_L}])(?P<m>{month})\.? (?P<d>[0-3]?[0-9])(?:st|nd|rd|th)?(?![0-9])(?:,? ?{year}|,)?", _english_only),
        (rf"(?<![{_L}])(?P<m>{month})(?![{_L}])\.?,?(?: of)?[ \n-]{year}", _named_month),
        (rf"{word}(?P<q>{ordinal})[ -](?:{_word('quarter')})(?: of)?,? ?{year}", _quarter),
        (rf"{word}q(?P<q>[1-4])[ ,/-]{{0,2}}{year}", _quarter),
        (rf"{word}{four} ?q(?P<q>[1-4])(?![0-9])", _quarter),
        (rf"{word}(?P<q>{ordinal})[ -](?:{_word('half')})(?: of)?,? ?{year}", _half),
        (rf"{word}h(?P<q>[12])[ ,/-]{{0,2}}{year}", _half),
        (_han_date(), _han),
        (rf"(?<![0-9{_HAN_DIGIT}年])(?P<m>[0-9]{{1,2}}|[{_HAN_DIGIT}]{{1,3}})月(?P<d>[0-9]{{1,2}}|[{_HAN_DIGIT}]{{1,3}})[日号]",
         _han_day_only),
        (rf"(?<![0-9{_L}.,/-]){four}\s?(?:{_word('year')})(?![{_L}])", _year),
        (rf"(?<=\bin ){four}(?![{_L}]){over}", _year),
        (rf"(?<=\bof ){four}(?![{_L}]){over}", _year),
        (rf"{free}(?P<m>0[1-9]|1[0-2])[./]{four}{over}", _figure_month),
    )  # fmt: skip
    return tuple((re.compile(pattern), read) for pattern, read in rules)


def _han_date() -> str:
    """Return the pattern of a Chinese date: year, and half, quarter, or month with its day or end."""
    digit = "〇零○一二三四五六七八九"
    number = rf"(?:[0-9]{{1,2}}|[{_HAN_DIGIT}]{{1,3}})"
    return (
        rf"(?<![0-9{digit}])(?P<y>(?:19|20)[0-9]{{2}}|[{digit}]{{4}}) ?年"
        rf" ?(?:(?P<h>[上下])半年|第?(?P<q>[一二三四1-4]) ?季度?"
        rf"|(?P<m>{number}) ?月(?:(?P<e>底|末)|份|(?: ?(?P<d>{number}) ?[日号])?))?(?:年?[底末])?"
    )


def _figures_checked(match: re.Match[str]) -> Ends | None:
    """Leave out clause numbers (5.2.10), which look like a day of a two-digit year."""
    short = len(match["y"]) == 2
    if short and (len(match["a"]) < 2 or len(match["b"]) < 2 or not 1 <= int(match["b"]) <= 12 or int(match["a"]) > 31):
        return None
    if short and re.search(
        r"(?:п|пп|ст|section|clause|article|art|№|no|第)\.?\s?$",
        match.string[max(0, match.start() - 9) : match.start()],
    ):
        return None
    if int(match["a"]) == 0 or int(match["b"]) == 0:
        return None
    if max(int(match["a"]), int(match["b"])) <= 31 and min(int(match["a"]), int(match["b"])) <= 12:
        return _figures(match)
    return None, None, NO_SUCH_DAY


def _english_only(match: re.Match[str]) -> Ends | None:
    if match["y"] is None and (match["m"] in ("may", "mar", "sep", "dec") or not match["m"].isascii()):
        return None
    return _named(match)


def _figure_month(match: re.Match[str]) -> Ends:
    return _month(int(match["y"]), int(match["m"]))


@cache
def _until() -> tuple[re.Pattern[str], re.Pattern[str]]:
    before = rf"(?:(?<![{_L}])|(?<=[\u4e00-\u9fff]))(?:{_word('until')})\s?(?:(?:{_word('end_of')})\s)?$"
    return re.compile(before), re.compile(rf"\s?(?:{_word('until_after')})")


def find_dates(text: str) -> list[Found[DateRange]]:
    """Return every date, month, quarter, half, year and deadline in `text`, in order, none inside another."""
    plain = lower(fold(text))
    found = []
    for pattern, read in _patterns():
        for match in pattern.finditer(plain):
            ends = read(match)
            if ends is None or (read is _named and match["y"] is None and match["m"].isascii() and _may_be_verb(match)):
                continue
            found.append(_found(text, plain, match, ends))
    return without_overlaps(found)


def _may_be_verb(match: re.Match[str]) -> bool:
    return match["m"] in ("may", "mar", "march", "sep", "dec") and "of" not in match.group()


def _found(text: str, plain: str, match: re.Match[str], ends: Ends) -> Found[DateRange]:
    start, end = match.start(), match.end()
    while end > start and plain[end - 1] in " ,":
        end -= 1
    earliest, latest, doubt = ends
    edge = max(0, start - 36)
    before = _until()[0].search(plain[edge:start])
    after = _until()[1].match(plain, end) if plain[end - 1] in "年月日号底末度季" else None
    if before is not None or after is not None:
        start = edge + before.start() if before is not None else start
        end = after.end() if after is not None else end
        earliest = None
    return Found(start, end, DateRange(text[start:end], earliest, latest, doubt))


def days(found: Found[DateRange]) -> Iterator[date]:
    """Yield the days that a found date names: its ends, each once."""
    for day in dict.fromkeys((found.value.earliest, found.value.latest)):
        if day is not None:
            yield day
