"""Counts and measures, and register numbers."""

from __future__ import annotations

import signal
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from stdnum import iban, lei
from stdnum.cn import uscc
from stdnum.ru import inn, ogrn
from stdnum.ua import edrpou

from assay.model import Page, PageState, Words
from assay.read.values import (
    account_key,
    attach,
    check,
    confusable,
    find_dates,
    find_identifiers,
    find_money,
    find_money_in_words,
    find_number_words,
    find_numbers,
    find_quantities,
    unit_of,
)

D = Decimal


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("37 ед.", "37", "unit"), ("37 (тридцать семь) единиц", "37", "unit"), ("三十七辆", "37", "unit"),
        ("37 units", "37", "unit"),
        ("thirty-seven sets", "37", "set"), ("37（三十七）套", "37", "set"), ("5 тыс. шт.", "5000", "piece"),
        ("3万台", "30000", "unit"),
        ("30 (тридцати) календарных дней", "30", "day"), ("30个工作日", "30", "day"), ("三十个工作日", "30", "day"),
        ("12 месяцев", "12", "month"), ("120 академических часов", "120", "hour"), ("25 (двадцять п'ять) осіб", "25",
        "person"),
        ("1 234,5 кг", "1234.5", "kg"), ("12.5 tonnes", "12.5", "tonne"), ("двенадцать комплектов", "12", "set"),
        ("thirty-seven (37) units", "37", "unit"), ("10-ти дней", "10", "day"), ("10 %", "10", "percent"), ("5 лет",
        "5", "year"),
        ("１２ 件", "12", "piece"), ("200 л", "200", "litre"), ("六个月", "6", "month"),
    ],
)  # fmt: skip
def test_quantities_normalise_alike(text: str, value: str, unit: str) -> None:
    (found,) = find_quantities(text)
    assert (found.value.value, found.value.unit, found.value.uncertain) == (D(value), unit, "")
    assert text[found.start : found.end] == found.value.written


@pytest.mark.parametrize("text", ["2024 года", "统一", "第三方", "5-й день", "5月15日", "Annex 5", "глава 7"])
def test_no_quantity(text: str) -> None:
    assert find_quantities(text) == []


def test_figures_and_bracket_that_differ_say_so() -> None:
    (found,) = find_quantities("37 (тридцать восемь) единиц")
    assert found.value.value == 37 and "another number" in found.value.uncertain


def test_unit_words_stand_alone_in_a_column() -> None:
    said = {
        "шт.": "piece",
        "套": "set",
        "Set": "set",
        "компл.": "set",
        "ед.": "unit",
        "kg": "kg",
        "чел.": "person",
        "台": "unit",
    }
    assert {word: unit_of(word) for word in said} == said and unit_of("изделие") is None


IDS = (
    ("ИНН 7707083893, КПП 773601001", [("inn", "7707083893", True), ("kpp", "773601001", None)]),
    ("ИНН/КПП 7707083893/773601001", [("inn", "7707083893", True), ("kpp", "773601001", None)]),
    ("ОГРН: 1027700132195", [("ogrn", "1027700132195", True)]),
    ("ОГРНИП 304500116000157", [("ogrnip", "304500116000157", True)]),
    ("统一社会信用代码：91110000600037341L", [("uscc", "91110000600037341L", True)]),
    ("IBAN: DE89 3704 0044 0532 0130 00, SWIFT: DEUTDEFF500", [
        ("iban", "DE89370400440532013000", True), ("swift", "DEUTDEFF500", None)]),
    ("код ЄДРПОУ 32855961", [("edrpou", "32855961", True)]), ("IMO No. 9074729", [("imo", "9074729", True)]),
    ("LEI 213800KUD8LAJWSQ9D15", [("lei", "213800KUD8LAJWSQ9D15", True)]), ("ИНН 7707083898", [("inn", "7707083898",
    False)]),
    ("к/с 30101810400000000225 БИК 044525225", [
        ("correspondent", "30101810400000000225", True), ("bik", "044525225", None)]),
    ("ИНН 0000000000", [("inn", "0000000000", False)]), ("Тел. 8 495 123 45 67, договор № 7707083893", []),
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), IDS)
def test_identifiers(text: str, expected: list[tuple[str, str, bool | None]]) -> None:
    found = find_identifiers(text)
    assert [(f.value.scheme, f.value.value, f.value.valid) for f in found] == expected
    assert all(text[f.start : f.end] == f.value.written for f in found)


def test_a_letter_read_as_a_digit_says_so() -> None:
    (found,) = find_identifiers("ИНН 77О7083893")
    assert found.value.value == "7707083893" and found.value.valid and "letter" in found.value.uncertain


def test_numbers_that_describe_themselves_need_no_label() -> None:
    assert [f.value.scheme for f in find_identifiers("Pay to DE89370400440532013000 today")] == ["iban"]
    assert find_identifiers("Pay to DE89370400440532013001 today") == []


def test_the_accounts_key_is_the_banks() -> None:
    good = "40702810138000000001"
    keys = [k for k in "0123456789" if account_key(good[:8] + k + good[9:], "044525225")]
    assert len(keys) == 1
    account = good[:8] + keys[0] + good[9:]
    wrong = [account[:i] + d + account[i + 1 :] for i in range(20) for d in "0123456789" if d != account[i]]
    assert not any(account_key(w, "044525225") for w in wrong)
    assert account_key(account, "12") is None


@pytest.mark.parametrize(
    ("scheme", "value", "module"),
    [("inn", "7707083893", inn), ("ogrn", "1027700132195", ogrn), ("uscc", "91110000600037341L", uscc),
     ("edrpou", "32855961", edrpou), ("iban", "DE89370400440532013000", iban), ("lei", "213800KUD8LAJWSQ9D15", lei)],
)  # fmt: skip
def test_every_changed_digit_is_caught(scheme: str, value: str, module: Any) -> None:
    assert check(value, scheme) and module.is_valid(value)
    for i, char in enumerate(value):
        for other in "0123456789":
            if char.isdigit() and other != char:
                changed = value[:i] + other + value[i + 1 :]
                assert check(changed, scheme) == module.is_valid(changed)


def test_confusable_is_the_one_valid_neighbour_or_nothing() -> None:
    for i in range(10):
        for shape in "08", "17", "35", "56", "69":
            if "7707083893"[i] == shape[0]:
                misread = "7707083893"[:i] + shape[1] + "7707083893"[i + 1 :]
                repair = confusable(misread, "inn")
                assert repair is None or check(repair, "inn")
    assert confusable("1027700132185", "ogrn") is None or check(confusable("1027700132185", "ogrn") or "", "ogrn")


def test_attach_gives_the_span_on_the_page() -> None:
    text = "Всего 37 ед."
    words = Words((0, 6, 9), (5, 8, 12), (0, 10, 20), (0, 0, 0), (9, 19, 29), (9, 9, 9), (100, 100, 100))
    page = Page("x", 3, "page", PageState.READ, "text_layer", "", text, "ru", (), 1, 1, 0, None, "", (), "", "", words)
    span = attach(page, find_quantities(text)[0]).span
    assert span is not None and (span.page, span.quote) == (3, "37 ед.") and len(span.boxes) == 1


HOSTILE = (
    "1" * 30_000, "1 " * 15_000, "123 " * 8_000, "1," * 15_000, "1'234" * 6_000, " " * 30_000, "(" * 30_000,
    "1(a" * 10_000,
    "двадцать " * 3_500, "one hundred " * 2_500, "一" * 30_000, "万" * 30_000, "一元" * 15_000, "инн " * 8_000,
    "DE89 3704 " * 3_000, "A1" * 15_000, "1/" * 15_000, "1 may " * 5_000, "2023年" * 6_000, "п'" * 15_000,
    "$1," * 10_000,
)  # fmt: skip


@pytest.mark.parametrize(
    "find",
    [find_numbers, find_dates, find_money, find_quantities, find_identifiers,
     lambda t: [f(t, x) for x in ("ru", "uk", "en", "zh") for f in (find_number_words, find_money_in_words)]],
)  # fmt: skip
def test_hostile_text_does_not_hang(find: Callable[[str], object]) -> None:
    """A guard against catastrophic backtracking, which would take hours; ordinary slowness is not judged here."""

    def hung(signum: int, frame: object) -> None:
        raise AssertionError("a finder hangs on hostile text")

    before = signal.signal(signal.SIGALRM, hung)
    signal.alarm(90)
    try:
        for text in HOSTILE:
            find(text)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
