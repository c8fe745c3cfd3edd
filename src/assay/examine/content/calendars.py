"""Working days: weekends, holidays and the weekends that were worked in their stead.

Russia and Ukraine by the library holidays (laws and yearly decrees on moved days off), China by chinesecalendar (the
State Council's yearly notices). Limits: a year whose decrees the libraries do not hold is not known; regional and
firms' own days off are not in them; the Russian calendar of before 1992 is left out.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

COUNTRIES = {"RU": "Russia", "UA": "Ukraine", "CN": "China"}
OF_LANGUAGE = {"ru": "RU", "uk": "UA", "zh": "CN"}
_FIRST = {"RU": 1992, "UA": 1992}
_LAST = {"RU": 2026, "UA": 2026}
"""Later years have their fixed holidays in the library, but not yet the days that a decree moves."""


def day_off(day: date, country: str) -> str | None:
    """Return why `day` is no working day in `country`, empty when it is one, None when that is not known.

    A weekend that was worked in place of another day is a working day.
    """
    if country == "CN":
        return _chinese(day)
    if not _FIRST[country] <= day.year <= _LAST[country]:
        return None
    year = _year(country, day.year)
    name = year.get(day)
    if name is not None:
        return str(name)
    if day.weekday() >= 5 and day not in year.weekend_workdays:
        return "a weekend"
    return ""


def _chinese(day: date) -> str | None:
    import chinese_calendar

    try:
        free, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    if not free:
        return ""
    return str(name) if name else "a weekend"


@cache
def _year(country: str, year: int) -> Any:
    import holidays

    return holidays.country_holidays(country, years=year, language="en_US")


@cache
def loaded() -> bool:
    """Load the libraries' tables of days while there is a file system; the first day that is asked for does it too."""
    import chinese_calendar

    return all(_year(country, 2021) for country in ("RU", "CN")) and bool(chinese_calendar)
