"""Dates, periods and deadlines in four languages."""

from __future__ import annotations

from datetime import date

import pytest

from assay.read.values import find_dates

M15 = ("2023-05-15", "2023-05-15")


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        *((t, *M15) for t in (
            "15.05.2023", "«15» мая 2023 г.", "\"15\" мая 2023 года", "15 мая 2023", "15-го мая 2023 г.",
            "May 15, 2023",
            "15th of May 2023", "15th day of May, 2023", "15 May 2023", "15-May-2023", "2023年5月15日",
            "2023 年 5 月 15 日",
            "二〇二三年五月十五日", "二○二三年五月十五日", "2023-05-15", "2023.05.15", "2023/05/15", "15/05/2023",
            "15 травня 2023 р.",
            "«15» травня 2023 року", "１５．０５．２０２３",
        )),
        ("III квартал 2024 г.", "2024-07-01", "2024-09-30"), ("ІІІ квартал 2024 року", "2024-07-01", "2024-09-30"),
        ("в третьем квартале 2024 года", "2024-07-01", "2024-09-30"), ("2024年第三季度", "2024-07-01", "2024-09-30"),
        ("Q3 2024", "2024-07-01", "2024-09-30"), ("third quarter of 2024", "2024-07-01", "2024-09-30"),
        ("4-й кв. 2025", "2025-10-01", "2025-12-31"), ("1-е полугодие 2024 г.", "2024-01-01", "2024-06-30"),
        ("first half of 2024", "2024-01-01", "2024-06-30"), ("2024年下半年", "2024-07-01", "2024-12-31"),
        ("в мае 2023 года", "2023-05-01", "2023-05-31"), ("February 2024", "2024-02-01", "2024-02-29"),
        ("2023年5月", "2023-05-01", "2023-05-31"), ("2024 г.", "2024-01-01", "2024-12-31"), ("二〇二四年",
        "2024-01-01", "2024-12-31"),
        ("до конца 2024 года", None, "2024-12-31"), ("не позднее 15 мая 2024 г.", None, "2024-05-15"),
        ("в срок до «1» марта 2025 г.", None, "2025-03-01"), ("not later than 31 December 2024", None, "2024-12-31"),
        ("by the end of 2025", None, "2025-12-31"), ("2024年5月15日之前", None, "2024-05-15"), ("2024年底前", None,
        "2024-12-31"),
        ("не пізніше 15 травня 2024 року", None, "2024-05-15"), ("не позднее II квартала 2025 года", None,
        "2025-06-30"),
    ],
)  # fmt: skip
def test_one_date(text: str, earliest: str | None, latest: str | None) -> None:
    found = find_dates(text)
    assert len(found) == 1, found
    value = found[0].value
    assert (value.earliest and value.earliest.isoformat(), value.latest and value.latest.isoformat()) == (
        earliest,
        latest,
    )
    assert value.uncertain == "" and text[found[0].start : found[0].end] == value.written


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "doubt"),
    [
        ("03/04/2023", date(2023, 3, 4), date(2023, 4, 3), "day and month"), ("31.02.2023", None, None,
        "no such day"),
        ("до 15 мая", None, None, "year"), ("5月15日", None, None, "year"), ("15.05.23", date(2023, 5, 15),
        date(2023, 5, 15), "century"),
        ("2023年13月", None, None, "no such day"),
    ],
)  # fmt: skip
def test_doubtful_dates_say_why(text: str, earliest: date | None, latest: date | None, doubt: str) -> None:
    (found,) = find_dates(text)
    assert (found.value.earliest, found.value.latest) == (earliest, latest) and doubt in found.value.uncertain


@pytest.mark.parametrize(
    "text",
    [
        "clause 5.2.10",
        "п. 10.11.12",
        "Party 2 may terminate",
        "№ 12-05/2024",
        "192.168.10.20",
        "Т-72Б3",
        "2024 единицы",
        "1,234.56",
    ],
)
def test_no_date(text: str) -> None:
    assert find_dates(text) == []


def test_dates_in_running_text_keep_their_places() -> None:
    text = "Контракт от «15» мая 2023 г. № 7; поставка в III квартале 2024 г., оплата до 01.02.2025, отчет 2026-03-04."
    found = find_dates(text)
    assert [text[f.start : f.end] for f in found] == [
        "«15» мая 2023 г.", "III квартале 2024 г.", "до 01.02.2025", "2026-03-04"]  # fmt: skip
