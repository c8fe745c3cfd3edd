"""Amounts spelled out by other programs (num2words, cn2an) in four languages agree with their figures only."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import cn2an
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from assay.examine.content.words import agrees, pairs
from assay.read.values.lexicon import fold, lower

NUMBERS = st.one_of(
    st.integers(11, 10**11),
    st.builds(lambda digit, zeros: digit * 10**zeros, st.integers(1, 99), st.integers(1, 9)).filter(lambda n: n > 10),
)
CENTS = st.integers(0, 99)
STYLES = st.sampled_from([str.lower, str.capitalize, str.upper])
BETWEEN = {"ru": (",", "", " и", " и "), "uk": (",", "", " та", " та "), "en": (",", " and")}
CODES = {"ru": ("RUB", "руб."), "uk": ("UAH", "грн"), "en": ("USD", "USD")}
CASES = {"ru": ("n", "g", "d", "i", "p", "a"), "uk": ("genitive", "dative", "instrumental")}


def spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def clean(text: str) -> None:
    (pair,) = pairs(text)
    assert pair.spelled.value is not None, text
    assert agrees(pair), (text, pair.numbers, pair.spelled)


def contradicts(text: str) -> None:
    found = list(pairs(lower(fold(text))))
    assert len(found) == 1 and found[0].spelled.value is not None, text
    assert not agrees(found[0]), text


@pytest.mark.parametrize("language", ["ru", "uk", "en"])
@settings(max_examples=80, deadline=None)
@given(NUMBERS, CENTS, STYLES, st.booleans(), st.data())
def test_money_with_its_hundredths_in_words_or_figures(
    language: str, number: int, cents: int, style: Callable[[str], str], spelled: bool, data: st.DataObject
) -> None:
    code, written = CODES[language]
    between = data.draw(st.sampled_from(BETWEEN[language]))
    amount = Decimal(f"{number}.{cents:02d}")
    words = num2words(amount, to="currency", lang=language, currency=code, cents=spelled, separator=between)
    figures = f"{spaced(number)},{cents:02d} {written}" if language != "en" else f"USD {number:,}.{cents:02d}"
    clean(f"{figures} ({style(words)})")


@pytest.mark.parametrize("language", ["ru", "uk"])
@settings(max_examples=60, deadline=None)
@given(NUMBERS, st.data())
def test_counts_in_every_case_of_the_language(language: str, number: int, data: st.DataObject) -> None:
    words = num2words(number, lang=language, case=data.draw(st.sampled_from(CASES[language])))
    clean(f"в количестве {spaced(number)} ({words})")


@settings(max_examples=80, deadline=None)
@given(NUMBERS, CENTS)
def test_chinese_in_common_and_in_financial_numerals(number: int, cents: int) -> None:
    clean(f"合同总价￥{number:,}.{cents:02d}（大写：人民币{cn2an.an2cn(f'{number}.{cents:02d}', 'rmb')}）")
    clean(f"数量{number}（{cn2an.an2cn(number, 'up')}）台")
    clean(f"数量{number}（{cn2an.an2cn(number, 'low')}）台")


@pytest.mark.parametrize("language", ["ru", "uk", "en"])
@settings(max_examples=60, deadline=None)
@given(st.integers(1000, 10**9), st.data())
def test_one_changed_figure_is_always_seen(language: str, number: int, data: st.DataObject) -> None:
    digits = list(str(number))
    at = data.draw(st.integers(0, len(digits) - 1))
    digits[at] = data.draw(st.sampled_from([d for d in "123456789" if d != digits[at]]))
    other = int("".join(digits))
    code, written = CODES[language]
    words = num2words(number, lang=language)
    names = {"ru": "рублей", "uk": "гривень", "en": "US dollars"}
    figures = f"{spaced(other)},00 {written}" if language != "en" else f"{code} {other:,}.00"
    contradicts(f"{figures} ({words} {names[language]})")


@pytest.mark.parametrize(
    "text",
    ["100 000,00 грн (сто тисяч гривень, 00 копійок)", "920 000,02 грн (дев'ятсот двадцять тисяч гривень, 02 копійки)"],
)
def test_a_word_of_the_other_language_is_not_left_out_of_a_number(text: str) -> None:
    clean(text)
