"""Amounts of money in figures and in words; currencies in column heads."""

from __future__ import annotations

import random
from decimal import Decimal

import cn2an
import pytest
from num2words import num2words

from assay.read.values import currency_in, find_money, find_money_in_words

D = Decimal


@pytest.mark.parametrize(
    ("text", "written", "amount", "currency"),
    [
        ("5 000 000,00 (Пять миллионов) рублей 00 копеек", "5 000 000,00", "5000000", "RUB"),
        ("12 500 рублей 50 копеек", "12 500 рублей 50 копеек", "12500.5", "RUB"),
        ("5 000 000 (пять миллионов рублей 00 копеек)", "5 000 000", "5000000", "RUB"),
        ("15,5 тыс. руб.", "15,5 тыс. руб.", "15500", "RUB"),
        ("2,5 млрд долл. США", "2,5 млрд долл. США", "2500000000", "USD"),
        ("на сумму 210\u00a0650\u00a0480 долларов США 25 центов", "210\u00a0650\u00a0480 долларов США 25 центов",
        "210650480.25", "USD"),
        ("1 000 000 (один мільйон) гривень 00 копійок", "1 000 000", "1000000", "UAH"),
        ("450 грн", "450 грн", "450", "UAH"),
        ("USD 5,000,000.00", "USD 5,000,000.00", "5000000", "USD"), ("US$ 5 million", "US$ 5 million", "5000000",
        "USD"),
        ("Total: 5,000.50 US dollars", "5,000.50 US dollars", "5000.5", "USD"), ("€1.234,50", "€1.234,50", "1234.5",
        "EUR"),
        ("EUR 7 bn", "EUR 7 bn", "7000000000", "EUR"),
        ("人民币1200万元", "人民币1200万元", "12000000", "CNY"), ("1200万美元", "1200万美元", "12000000", "USD"),
        ("美元5,000,000元", "美元5,000,000", "5000000", "USD"), ("3.5亿元", "3.5亿元", "350000000", "CNY"),
        ("金额为人民币1,234,567.89元整", "人民币1,234,567.89元", "1234567.89", "CNY"),
        ("120 000 юаней", "120 000 юаней", "120000", "CNY"), ("RMB 300", "RMB 300", "300", "CNY"),
    ],
)  # fmt: skip
def test_money_in_figures(text: str, written: str, amount: str, currency: str) -> None:
    found = find_money(text)
    assert [(f.value.written, f.value.amount, f.value.currency) for f in found] == [(written, D(amount), currency)]
    assert text[found[0].start : found[0].end] == written


def test_names_between_two_figures_go_with_their_own() -> None:
    assert [(f.value.amount, f.value.currency) for f in find_money("100 EUR 200 USD")] == [
        (D(100), "EUR"),
        (D(200), "USD"),
    ]
    assert [(f.value.amount, f.value.currency) for f in find_money("USD 100 EUR 200")] == [
        (D(100), "USD"),
        (D(200), "EUR"),
    ]


def test_signs_that_several_currencies_share_say_so() -> None:
    assert find_money("$5m")[0].value.uncertain and find_money("¥100")[0].value.uncertain
    assert not find_money("US$ 5")[0].value.uncertain


@pytest.mark.parametrize("text", ["500 единиц", "12 元件", "Annex 5", "в 2024 году", "37 (тридцать семь) единиц"])
def test_no_money(text: str) -> None:
    assert find_money(text) == []


def test_bare_figures_take_the_currency_that_the_caller_knows() -> None:
    assert find_money("1 234,50", "RUB")[0].value.amount == D("1234.50")
    assert find_money("1 234,50") == []


def test_heads_name_currency_and_scale() -> None:
    said = {"Цена, тыс. руб.": ("RUB", 1000), "金额（万元）": ("CNY", 10000), "Amount (USD thousand)": ("USD", 1000),
            "Price in million US dollars": ("USD", 10**6), "Сумма, долл. США": ("USD", 1)}  # fmt: skip
    for head, (code, scale) in said.items():
        named = currency_in(head)
        assert named is not None and (named.code, named.scale) == (code, D(scale)), head
    assert currency_in("Количество") is None and currency_in("руб. / USD") is None


UNITS = {"ru": ("рублей", "копеек", "RUB"), "uk": ("гривень", "копійок", "UAH"), "en": ("US dollars", "cents", "USD")}


@pytest.mark.parametrize("language", ["ru", "uk", "en"])
def test_amounts_in_words_round_trip(language: str) -> None:
    draw = random.Random(4)
    whole, part, code = UNITS[language]
    for _ in range(300):
        number, cents = draw.randrange(1, 10**9), draw.randrange(100)
        for tail in (f" {cents:02d} {part}", f" {num2words(cents, lang=language)} {part}"):
            text = f"({num2words(number, lang=language)} {whole}{tail})"
            found = find_money_in_words(text, language)
            assert [(f.value.amount, f.value.currency) for f in found] == [(number + D(cents) / 100, code)], text


def test_chinese_amounts_round_trip() -> None:
    draw = random.Random(5)
    for _ in range(500):
        cents = draw.randrange(100, 10**11)
        text = "合同总价人民币" + cn2an.an2cn(D(cents) / 100, "rmb") + "。"
        found = find_money_in_words(text, "zh")
        assert [(f.value.amount, f.value.currency) for f in found] == [(D(cents) / 100, "CNY")], text


@pytest.mark.parametrize(
    ("text", "language", "amount", "currency"),
    [
        ("(двести десять миллионов) долларов США 50 центов", "ru", "210000000.5", "USD"),
        ("SAY US DOLLARS FIVE MILLION TWO HUNDRED THOUSAND ONLY", "en", "5200000", "USD"),
        ("five million US dollars and 50/100", "en", "5000000.5", "USD"),
        ("Five thousand and no/100 euros", "en", "5000", "EUR"),
        ("美元伍佰万元整", "zh", "5000000", "USD"), ("伍佰万美元", "zh", "5000000", "USD"),
        ("人民币壹拾元零伍分", "zh", "10.05", "CNY"), ("欧元贰佰万整", "zh", "2000000", "EUR"),
    ],
)  # fmt: skip
def test_amounts_in_words_by_hand(text: str, language: str, amount: str, currency: str) -> None:
    found = find_money_in_words(text, language)
    assert [(f.value.amount, f.value.currency) for f in found] == [(D(amount), currency)]
    assert text[found[0].start : found[0].end] == found[0].value.written
