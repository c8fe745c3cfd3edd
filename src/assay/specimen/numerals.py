"""Numbers, money and dates as office papers write them, in Russian, Ukrainian, Chinese and English.

Money is whole cents at most. Words are spelled by num2words (ru, uk, en) and cn2an (zh, financial numerals).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

NBSP = "\u00a0"
NUMBER_FORMS = {
    "ru": ("space_comma", "space_comma", "dot_comma", "space_dot", "comma_dot"),
    "uk": ("space_comma", "space_comma", "dot_comma", "plain_comma", "space_dot"),
    "en": ("comma_dot", "comma_dot", "space_dot", "plain_dot", "comma_dot"),
    "zh": ("comma_dot", "comma_dot", "plain_dot", "comma_dot", "plain_dot"),
}
MARKS = {"space_comma": (NBSP, ","), "dot_comma": (".", ","), "space_dot": (NBSP, "."), "comma_dot": (",", "."),
         "plain_comma": ("", ","), "plain_dot": ("", ".")}  # fmt: skip
HAN_DIGITS = "〇一二三四五六七八九"


def number(value: Decimal, form: str, places: int = 2) -> str:
    """Write `value` with grouping and decimal mark of `form` ("space_comma" ...) and `places` decimals."""
    group, mark = MARKS[form]
    whole, _, part = f"{value:.{places}f}".partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    groups: list[str] = []
    while whole:
        groups.insert(0, whole[-3:])
        whole = whole[:-3]
    return sign + group.join(groups) + (mark + part if part else "")


@dataclass(frozen=True, slots=True)
class Hand:
    """How one document writes numbers, money and dates in one language.

    `form` is the number form, `mark` the currency as written, `before` whether it stands before the figures,
    `dates` and `short_dates` are patterns, `months` the month names; `drop_zero_cents`
    writes whole amounts without decimals.
    """

    language: str
    form: str
    mark: str
    before: bool
    dates: str
    short_dates: str
    months: tuple[str, ...]
    drop_zero_cents: bool
    joined_before: bool

    def figure(self, value: Decimal) -> str:
        """Write an amount without its currency."""
        return number(value, self.form, 0 if self.drop_zero_cents and value == value.to_integral_value() else 2)

    def money(self, value: Decimal) -> str:
        """Write an amount with its currency."""
        figures = self.figure(value)
        if self.language == "zh" and not self.before:
            return f"{figures}{self.mark}"
        if self.before:
            tight = len(self.mark) == 1 or self.mark.endswith("$") or self.joined_before
            return f"{self.mark}{figures}" if tight else f"{self.mark}{NBSP}{figures}"
        return f"{figures}{NBSP}{self.mark}"

    def day(self, day: date, short: bool = False) -> str:
        """Write a date."""
        pattern = self.short_dates if short else self.dates
        return pattern.format(
            d=day.day, dd=f"{day.day:02d}", mm=f"{day.month:02d}", yyyy=day.year, month=self.months[day.month - 1],
            th=_ordinal(day.day), hanyear="".join(HAN_DIGITS[int(c)] for c in str(day.year)),
            hanmonth=han_small(day.month), handay=han_small(day.day),
        ).replace(" ", NBSP)  # fmt: skip


def hand_of(rng: Random, language: str, wording: Any, currency: str, form: str = "") -> Hand:
    """Draw how a document writes; `form` fixes the number form where columns must agree."""
    mark = rng.choice(wording["currency"][currency]["marks"])
    latin = mark.isascii() or mark in "€¥₽"
    before = latin and (rng.random() < 0.7 if language in ("en", "zh") else len(mark) == 3 and rng.random() < 0.25)
    if mark == "人民币":
        before = True
    if mark in ("$", "US$", "¥", "€"):
        before = language != "ru" and language != "uk"
    return Hand(
        language, form or rng.choice(NUMBER_FORMS[language]), mark, before, rng.choice(wording["date"]["forms"]),
        rng.choice(wording["date"]["short"]), tuple(wording["date"]["months"]), rng.random() < 0.2, rng.random() < 0.1,
    )  # fmt: skip


def han_small(value: int) -> str:
    """Write 1 to 99 in Chinese numerals."""
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else "十" if tens == 1 else HAN_DIGITS[tens] + "十"
    return head + (HAN_DIGITS[ones] if ones else "")


def _ordinal(value: int) -> str:
    return "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")


def plural(language: str, value: int, forms: list[str]) -> str:
    """Pick the form that goes with `value`: one, few, many in Russian and Ukrainian; one, more in English."""
    if len(forms) == 1:
        return forms[0]
    if language in ("ru", "uk"):
        if value % 10 == 1 and value % 100 != 11:
            return forms[0]
        return forms[1] if 2 <= value % 10 <= 4 and not 12 <= value % 100 <= 14 else forms[2]
    return forms[0] if value == 1 else forms[1]


def words(value: Decimal, language: str, wording: Any, currency: str, style: int = 0) -> str:
    """Spell an amount with its currency. `style` 0..3 varies how: capital, cents in figures, cents left out."""
    whole, cents = int(value), int((value * 100) % 100)
    names = wording["currency"][currency]
    if language == "zh":
        return _han_words(whole, cents, names, style)
    from num2words import num2words

    spelled = num2words(whole, lang=language)
    if language == "en" and style % 2:
        spelled = spelled.replace(",", "").replace(" and ", " ")
    if style in (1, 2):
        spelled = spelled[0].upper() + spelled[1:]
    text = f"{spelled} {plural(language, whole, names['words'])}"
    if cents or style < 2:
        joint = " and " if language == "en" else " "
        text += f"{joint}{cents:02d} {plural(language, cents, names['cents'])}"
    elif language == "en" and style == 3:
        text += " only"
    return text


def _han_words(whole: int, cents: int, names: Any, style: int) -> str:
    import cn2an

    spelled = str(cn2an.an2cn(whole, "up"))
    unit = names["words"][0]
    text = spelled + ("圆" if unit == "元" and style == 1 else unit)
    tens, ones = divmod(cents, 10)
    if cents:
        text += f"{cn2an.an2cn(tens, 'up')}角" if tens else "零"
        text += f"{cn2an.an2cn(ones, 'up')}分" if ones else ""
        return text
    return text + ("整" if style != 2 else "正")
