"""txt.weekday: dates beside weekdays and working days, planted and innocent, in four languages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assay.examine.content.calendars import day_off
from assay.examine.content.weekday import WEEKDAY
from assay.model import Exhibit, Finding, FindingStatus, Page, PageState, Reading, Weight, Words


def answers(text: str, how: str = "text_layer", language: str = "ru") -> list[Finding]:
    page = Page("x", 1, "page", PageState.READ, how, "", text, language, (), 1, 1, 0, None, "", (), "", "", Words())
    assert WEEKDAY.examine
    given = [
        f
        for f in WEEKDAY.examine(Reading(Exhibit("x", "", 1, "application/pdf", "", ""), (page,), ()), b"")
        if isinstance(f, Finding)
    ]
    assert all(text[s.start : s.end] == s.quote for f in given for s in f.spans if s.page)
    return given


def weights(text: str, how: str = "text_layer") -> list[Weight]:
    return [
        f.weight for f in answers(text, how) if f.status is FindingStatus.FINDING and f.weight is not Weight.NEUTRAL
    ]


# 6 May 2024 was a Monday.
RIGHT = [
    "Встреча в понедельник, 6 мая 2024 г.", "«06» мая 2024 года, понедельник", "06.05.2024 (пн)",
    "у понеділок 6 травня 2024 р.", "6 травня 2024 року (понеділок)", "Monday, 6 May 2024",
    "Mon, 6 May 2024 10:00:00",
    "May 6, 2024 (Monday)", "2024年5月6日（星期一）", "2024年5月6日 周一", "二〇二四年五月六日星期一",
    "Sunday, 03/03/2024",
]  # fmt: skip
SWAP = {
    "понедельник": "вторник", "пн": "чт", "понеділок": "середу", "Monday": "Friday",
    "Mon,": "Sat,", "星期一": "星期四", "周一": "周三", "Sunday": "Tuesday",
}  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_a_weekday_that_fits_and_one_that_does_not(text: str) -> None:
    assert [f.status for f in answers(text) if f.weight is Weight.NEUTRAL][:1] == [FindingStatus.NO_FINDING]
    word = next(w for w in SWAP if w in text)
    changed = text.replace(word, SWAP[word])
    assert weights(changed) == [Weight.MODERATE]
    assert weights(changed, "ocr") == [Weight.LIMITED]


@pytest.mark.parametrize(
    "text",
    [
        "с понедельника 6 мая 2024 г. по среду", "Monday 5 - Friday 10 May 2024", "Friday, 04/03/2022",
        "周一至周五 2024年5月7日", "окружающая среда. 7 мая 2024 г.", "май 2024, вторник",
        "Tuesday and then 6 May 2024",
        "The shop is open Mon-Fri 6 May 2024", "2024年5月6日周三至周五休息",
    ],
)  # fmt: skip
def test_twins_do_not_fire(text: str) -> None:
    assert weights(text) == []


def test_a_day_that_no_calendar_has() -> None:
    assert weights("31 июня 2023 г.") == [Weight.LIMITED] and weights("31 июня 2023 г.", "ocr") == []
    assert weights("Version 31.06.2023") == [] and weights("as of 1 0 October 1999") == []


def test_working_weekends_are_worked() -> None:
    assert day_off(date(2018, 4, 28), "RU") == "" and day_off(date(2018, 4, 29), "RU") == "a weekend"
    assert (
        day_off(date(2023, 5, 9), "RU") and day_off(date(2020, 1, 19), "CN") == "" and day_off(date(2020, 1, 27), "CN")
    )
    assert day_off(date(2003, 1, 1), "CN") is None and day_off(date(2040, 1, 1), "RU") is None


def test_what_is_called_a_working_day() -> None:
    assert weights("срок — 28 апреля 2018 г. (рабочий день)") == []
    assert weights("срок — 29 апреля 2018 г. (рабочий день)") == [Weight.LIMITED]
    assert weights("2020年1月27日（工作日）") == [Weight.LIMITED] and weights("2020年1月19日（工作日）") == []
    assert weights("оплата в течение 5 рабочих дней с 9 мая 2023 г.") == []


def test_a_document_dated_on_a_day_off_is_a_neutral_fact() -> None:
    (_, fact) = [*answers("Протокол"), *answers("АКТ № 1\nг. Тарнс, 9 мая 2023 г.\nСтороны ...")]
    assert fact.weight is Weight.NEUTRAL and "Victory Day" in fact.observation


NORMS = {2016: 247, 2017: 247, 2018: 247, 2019: 247, 2020: 248, 2021: 247, 2022: 247, 2023: 247, 2024: 248, 2025: 247,
         2026: 247}  # fmt: skip
"""Working days of a five-day week, as the yearly production calendars of Russia state them."""


@pytest.mark.parametrize("year", sorted(NORMS))
def test_russian_years_have_the_working_days_of_their_production_calendar(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(n) for n in range(366)]
    assert sum(day_off(day, "RU") == "" for day in days if day.year == year) == NORMS[year]


@pytest.mark.parametrize("day", [date(2016, 2, 6), date(2019, 5, 5), date(2020, 1, 19), date(2024, 2, 18)])
def test_chinese_weekends_that_were_worked(day: date) -> None:
    assert day.weekday() >= 5
    assert day_off(day, "CN") == ""


@pytest.mark.parametrize("day", [date(2016, 2, 8), date(2020, 1, 31), date(2024, 10, 7), date(2025, 10, 8)])
def test_chinese_weekdays_that_were_free(day: date) -> None:
    assert day.weekday() < 5
    assert day_off(day, "CN")


@pytest.mark.parametrize("country", ["RU", "UA", "CN"])
def test_a_year_whose_decree_is_not_known_is_not_guessed(country: str) -> None:
    assert day_off(date(2027, 3, 8), country) is None
