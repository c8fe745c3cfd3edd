"""`txt.weekday`: weekdays beside dates, days that the calendar has not, and what was called a working day.

Looks at dates with a day of the week, or the words "working day" and "day off", right beside them, in four languages;
then, as neutral facts, at documents dated on a day off and at banks that moved money on one. Limits: a date without
such words is only held against the calendar; which country's days off apply is taken from the language.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from assay.examine.content.calendars import COUNTRIES, OF_LANGUAGE, day_off
from assay.examine.content.sight import pages_of, weigh
from assay.examine.question import Question, quoted
from assay.model import DateRange, Direction, Finding, Page, Reading, Record, Weight
from assay.read.values import find_dates
from assay.read.values.dates import NO_SUCH_DAY
from assay.read.values.lexicon import fold, lower
from assay.work.part import Examination

_QUESTION = Question(
    part="txt.weekday",
    version="1",
    proposition="The date was changed or made up afterwards, or miswritten.",
    alternative="The date was written on, or for, the day that it names.",
    expected="The day of the week, and whether it is worked, are those of the date in the calendar.",
    innocent=(
        "a slip in the date or in the day of the week, or a text copied from another year",
        "a date by another calendar or time zone",
        "a scan read wrongly",
    ),
    limits="Only dates with a day of the week, or words for a working day, beside them can contradict themselves. A "
    "date that was changed by whole weeks, or together with its weekday, fits.",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FIRST, _LAST = 1918, 2100
"""Years in which all four languages' dates are Gregorian."""
_TOP = 1200
"""The document's own date stands among the first so many characters of its first page."""
_REACH = 28
_MOST = 12


@dataclass(frozen=True, slots=True)
class Beside:
    """A date with a weekday (0 is Monday) beside it: offsets of both together, and the days that it can mean."""

    start: int
    end: int
    days: tuple[date, ...]
    weekday: int


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Compare the dates of one exhibit with the calendar."""
    digest = reading.exhibit.digest
    pages = pages_of(reading.pages)
    found: list[Finding] = []
    compared = 0
    for page in reading.pages:
        plain = lower(fold(page.text))
        dates = find_dates(page.text)
        for beside in weekdays(plain, [(d.start, d.end, d.value) for d in dates]):
            compared += 1
            if all(day.weekday() != beside.weekday for day in beside.days):
                found.append(_mismatch(digest, pages, page, beside))
        for one in dates:
            if one.value.uncertain == NO_SUCH_DAY and _whole(plain, one.start, one.value.written):
                found += _no_such_day(digest, pages, page, one.start, one.end)
            if one.value.earliest is not None and one.value.earliest == one.value.latest:
                checked, finding = _worked(digest, pages, page, plain, one.start, one.end, one.value.earliest)
                compared += checked
                found += finding
    facts = list(_free_days(digest, reading))
    if found and len(found) <= _MOST:
        yield from found
    elif found:
        yield _QUESTION.not_examined(digest, f"{len(found)} dates contradict the calendar: they were not read aright")
    elif compared:
        yield _QUESTION.nothing(
            digest, f"{compared} dates with a weekday or a working day beside them fit the calendar."
        )
    elif not facts:
        yield _QUESTION.not_applicable(digest, "no date has a day of the week or a word for a working day beside it")
    yield from facts


def weekdays(plain: str, dates: Iterable[tuple[int, int, DateRange]]) -> Iterator[Beside]:
    """Yield the dates of `plain` (folded, lower case) that have a day of the week right before or behind them."""
    for start, end, value in dates:
        days = tuple(sorted({d for d in (value.earliest, value.latest) if d is not None and _FIRST <= d.year < _LAST}))
        exact = value.earliest == value.latest or "exchanged" in value.uncertain
        if not days or not exact:
            continue
        behind = _behind().match(plain, end)
        before = None if behind else _before().search(plain, max(0, start - _REACH), start)
        match = behind or before
        if match is not None and match.lastgroup is not None:
            first, last = min(start, match.start(match.lastgroup)), max(end, match.end(match.lastgroup))
            yield Beside(first, last, days, int(match.lastgroup[-1]))


def _mismatch(digest: str, pages: dict[int, Page], page: Page, beside: Beside) -> Finding:
    span = page.span(beside.start, beside.end)
    weight, doubt = weigh(pages, (span,), confirmed=False, misread=True)
    real = " or a ".join(dict.fromkeys(DAYS[day.weekday()] for day in beside.days))
    said = (
        f"Page {page.number}: {quoted(span.quote)} names a {DAYS[beside.weekday]}, but that day was a {real}. {doubt}"
    )
    return _QUESTION.finding(
        digest, said.strip(), (span,), weight, f"date at page {page.number}, {beside.start}", expected=f"a {real}"
    )


def _whole(plain: str, start: int, written: str) -> bool:
    """Tell whether a date names its month in words, and no digit of its day was lost before it."""
    named = re.search(r"[^\W\d_]{3}|[年月]", written) is not None
    return (
        named
        and re.match(r"\W*0\D", written) is None
        and re.search(r"[0-9]\s?$", plain[max(0, start - 3) : start]) is None
    )


def _no_such_day(digest: str, pages: dict[int, Page], page: Page, start: int, end: int) -> Iterator[Finding]:
    """Yield a day that no calendar has; on a scan it is a misreading, and a neutral fact."""
    span = page.span(start, end)
    scanned = page.how == "ocr"
    yield _QUESTION.finding(
        digest, f"Page {page.number}: {quoted(span.quote)} is a day that the calendar does not have.", (span,),
        Weight.NEUTRAL if scanned else Weight.LIMITED, f"date at page {page.number}, {start}",
        direction=Direction.NEITHER if scanned else Direction.AGAINST,
    )  # fmt: skip


def _worked(
    digest: str, pages: dict[int, Page], page: Page, plain: str, start: int, end: int, day: date
) -> tuple[int, list[Finding]]:
    """Compare "working day" and "day off" right beside a date with the calendar of the language that says so."""
    for language, country in OF_LANGUAGE.items():
        for kind in ("working", "free"):
            beside = _said(language, kind)
            match = beside[0].match(plain, end) or beside[1].search(plain, max(0, start - _REACH), start)
            reason = day_off(day, country) if match else None
            if match is None or reason is None:
                continue
            if (kind == "free") == bool(reason):
                return 1, []
            first, last = min(start, match.start(1)), max(end, match.end(1))
            span = page.span(first, last)
            _, doubt = weigh(pages, (span,), confirmed=False, misread=True)
            real = f"a day off ({reason})" if reason else "a working day"
            said = f"Page {page.number}: {quoted(span.quote)}, but that day was {real} in {COUNTRIES[country]}. {doubt}"
            return 1, [
                _QUESTION.finding(digest, said.strip(), (span,), Weight.LIMITED, f"date at page {page.number}, {start}")
            ]
    return 0, []


def _free_days(digest: str, reading: Reading) -> Iterator[Finding]:
    """Yield, as neutral facts, the document's own date on a day off, and days off on which a bank moved money."""
    first = reading.pages[0] if reading.pages else None
    if first is None:
        return
    country = OF_LANGUAGE.get(first.language)
    dates = [d for d in find_dates(first.text[:_TOP]) if d.value.earliest and d.value.earliest == d.value.latest]
    if country and dates:
        yield from _free_day(
            digest, first, dates[0].start, dates[0].end, dates[0].value, country, "The first date in it"
        )
    for page in reading.pages:
        plain = lower(fold(page.text))
        for one in find_dates(page.text):
            if one.value.earliest is None or one.value.earliest != one.value.latest:
                continue
            for language, its in OF_LANGUAGE.items():
                if _bank(language).search(plain, max(0, one.start - 60), one.start):
                    yield from _free_day(digest, page, one.start, one.end, one.value, its, "A bank's date")


def _free_day(
    digest: str, page: Page, start: int, end: int, value: DateRange, country: str, what: str
) -> Iterator[Finding]:
    assert value.earliest is not None
    reason = day_off(value.earliest, country)
    if reason:
        span = page.span(start, end)
        yield _QUESTION.finding(
            digest, f"{what}, {quoted(span.quote)}, was a day off in {COUNTRIES[country]} ({reason}).", (span,),
            Weight.NEUTRAL, f"day off {value.earliest}", direction=Direction.NEITHER,
            innocent=("work on a day off, or a date set beforehand",),
        )  # fmt: skip


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("assay.examine.content").joinpath("weekdays.toml").read_text("utf-8"))


@cache
def _names(short: bool) -> str:
    """Return one pattern with a group for each day of the week, `d0` to `d6`."""
    days = []
    for number in range(7):
        forms = [entry["long"][number] for entry in _table().values()]
        if short:
            forms = [entry["short"][number] for entry in _table().values() if entry["short"]]
        days.append(f"(?P<{'s' if short else 'd'}{number}>{'|'.join(dict.fromkeys(forms))})")
    return "|".join(days)


_LETTERS = "a-zа-яіїєґ"


@cache
def _behind() -> re.Pattern[str]:
    """Match what follows a date: "г., понедельник", "(Mon.)", "星期一"."""
    year = r"(?:\s?(?:г\.|года|р\.|року|г))?"
    return re.compile(
        rf"{year}\s{{0,2}}[,(（]?\s{{0,2}}(?:в |on |у )?(?:{_names(False)})(?![{_LETTERS}]|\s?[至到])"
        rf"|{year}\s{{0,2}}(?:[(（]\s?|,\s?)(?:{_names(True)})\.?(?=\s?[)）,;\n]|$)"
    )


@cache
def _before() -> re.Pattern[str]:
    """Match what stands before a date: "Monday, ", "в понедельник, ", "Mon, ", "星期一，"."""
    return re.compile(
        rf"(?<![{_LETTERS}至到–—-])(?:{_names(False)})\s{{0,2}}[,，]?\s{{0,2}}(?:the )?$"
        rf"|(?<![{_LETTERS}–—-])(?:{_names(True)})(?:\.,?|,)\s{{0,2}}$"
    )


@cache
def _said(language: str, kind: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of words that call a date a working day or a day off, behind it and before it."""
    forms = list(_table()[language][kind])
    if language == "zh":
        return re.compile(rf"\s?[（(为是]\s?({'|'.join(forms)})(?!内)"), re.compile(rf"({'|'.join(forms)})[，,]?\s?$")
    words = "|".join(forms)
    return (
        re.compile(rf"(?:\s?(?:г\.|года|р\.|року))?\s?[,(—–-]\s?(?:в |у )?({words})(?![{_LETTERS}])"),
        re.compile(rf"(?<![{_LETTERS}0-9])({words}),?\s{{0,2}}(?:-\s)?$"),
    )


@cache
def _bank(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(_table()[language]['bank'])})[\s:：.]{{0,6}}(?:[^0-9\n]{{0,20}})$")


WEEKDAY = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Days of the week beside dates, days that no calendar has, working days and days off.",
    limits=_QUESTION.limits,
    examine=examine,
)
