"""Numbers in figures and in words, against num2words and cn2an as independent writers."""

from __future__ import annotations

import random
from decimal import Decimal

import cn2an
import pytest
from num2words import num2words

from assay.read.values import find_number_words, find_numbers, parse_number, parse_words, readings

D = Decimal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234 567,89", "1234567.89"), ("1\u00a0234\u00a0567,89", "1234567.89"), ("1\u2009234,5", "1234.5"),
        ("1,234,567.89", "1234567.89"), ("1.234.567,89", "1234567.89"), ("1'234.50", "1234.50"),
        ("1’234’567", "1234567"), ("12,34,567.00", "1234567.00"), ("１２", "12"), ("１，２３４．５０", "1234.50"),
        ("12,5", "12.5"), ("0,234", "0.234"), ("-5", "-5"), ("(1,200.00)", "-1200.00"), ("007", "7"),
    ],
)  # fmt: skip
def test_one_number(text: str, value: str) -> None:
    assert parse_number(text) == D(value)


@pytest.mark.parametrize("text", ["", "15.05.2023", "1.2.3", "12 345 6", "1,2,3", "T-72", "1 23", "1,23,45"])
def test_not_one_number(text: str) -> None:
    assert parse_number(text) is None


def test_doubtful_marks_keep_both_readings() -> None:
    assert readings("1,234") == (D(1234), D("1.234"))
    assert parse_number("1,234") == D(1234) and parse_number("1,234", "ru") == D("1.234")
    assert parse_number("1.234") == D("1.234") and parse_number("1.234", "ru") == D(1234)
    assert readings("1 234") == (D(1234),) and readings("0,234") == (D("0.234"),) and readings("12,34") == (D("12.34"),)


def test_numbers_inside_dates_names_and_clause_numbers_are_left_alone() -> None:
    text = "По п. 1.2.3 от 15.05.2023 поставить Т-72Б3 и M2A4 по 1 250,50 руб., всего 37 шт."
    found = find_numbers(text)
    assert [f.value for f in found] == [D("1250.50"), D(37)]
    assert all(parse_number(text[f.start : f.end], "ru") == f.value for f in found)


def test_a_tab_or_line_break_does_not_join_thousands() -> None:
    assert [f.value for f in find_numbers("37\t125\n000")] == [D(37), D(125), D(0)]


def _numbers(seed: int, count: int) -> list[int]:
    draw = random.Random(seed)
    return [draw.randrange(10 ** draw.randint(1, 13)) for _ in range(count)]


@pytest.mark.parametrize("language", ["ru", "uk", "en"])
def test_words_round_trip(language: str) -> None:
    wrong = [n for n in _numbers(1, 1500) if parse_words(num2words(n, lang=language), language) != n]
    assert wrong == []


@pytest.mark.parametrize("language", ["ru", "uk"])
@pytest.mark.parametrize("gender", ["m", "f", "n"])
def test_declined_words_round_trip(language: str, gender: str) -> None:
    cases = "ngdaip" if language == "ru" else (
        "nominative", "genitive", "dative", "accusative", "instrumental", "locative")  # fmt: skip
    genders = {"m": "masculine", "f": "feminine", "n": "neuter"} if language == "uk" else {"m": "m", "f": "f", "n": "n"}
    wrong = []
    for case in cases:
        for number in _numbers(2, 120):
            words = num2words(number, lang=language, case=case, gender=genders[gender])
            if parse_words(words, language) != number:
                wrong.append((case, number, words))
    assert wrong == []


@pytest.mark.parametrize("mode", ["low", "up"])
def test_chinese_round_trip(mode: str) -> None:
    wrong = [n for n in _numbers(3, 3000) if parse_words(cn2an.an2cn(n, mode), "zh") != n]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("двенадцать целых пять десятых", "ru", "12.5"), ("полтора миллиона", "ru", "1500000"),
        ("ДВЕСТИ ДЕСЯТЬ МИЛЛИОНОВ шестьсот пятьдесят тысяч четыреста восемьдесят", "ru", "210650480"),
        ("трёхсот двадцати двух тысяч", "ru", "322000"), ("двад-\nцать пять", "ru", "25"),
        ("п’ятсот тисяч двадцять", "uk", "500020"), ("дев'яноста дев'ятьох", "uk", "99"),
        ("One hundred and one", "en", "101"), ("a hundred thousand", "en", "100000"),
        ("twelve hundred", "en", "1200"), ("two point zero five", "en", "2.05"),
        ("Two Million Five Hundred Thousand", "en", "2500000"),
        ("二〇二三", "zh", "2023"), ("十二", "zh", "12"), ("廿五", "zh", "25"), ("两万零三十", "zh", "20030"),
        ("壹仟贰佰叁拾肆万伍仟陆佰柒拾捌", "zh", "12345678"), ("负三点一四", "zh", "-3.14"), ("一亿零一", "zh",
        "100000001"),
    ],
)  # fmt: skip
def test_words_by_hand(text: str, language: str, value: str) -> None:
    assert parse_words(text, language) == D(value)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("двадцать тридцать", "ru"), ("пять миллион двести миллионов", "ru"), ("сто изделий", "ru"), ("", "ru"),
        ("двадцать одиннадцать", "ru"), ("one hundred and", "en"), ("five and six", "en"), ("and five", "en"),
        ("一百二", "zh"), ("一万二", "zh"), ("十百", "zh"), ("统一", "zh"), ("twenty", "ru"), ("двадцать", "en"),
    ],
)  # fmt: skip
def test_what_does_not_build_one_number_is_none(text: str, language: str) -> None:
    assert parse_words(text, language) is None


def test_latin_look_alikes_in_a_cyrillic_word_are_read() -> None:
    assert parse_words("двecти дecять", "ru") == D(210)  # with Latin e and c, as scans mix them


def test_words_are_found_with_exact_offsets() -> None:
    text = "Цена: (двести десять) рублей; срок — тридцать дней, по пять штук, несколько тысяч."
    found = find_number_words(text, "ru")
    assert [(text[f.start : f.end], f.value) for f in found[:3]] == [
        ("двести десять", D(210)), ("тридцать", D(30)), ("пять", D(5))]  # fmt: skip
    assert [f.value for f in find_number_words("within thirty-five (35) days and no more", "en")] == [D(35)]
    assert find_number_words("统一标准，一致同意", "zh") == []


def test_a_figure_with_a_scale_is_not_a_spelled_number() -> None:
    assert find_number_words("5 миллионов", "ru") == [] and find_number_words("5 million", "en") == []
