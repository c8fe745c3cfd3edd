"""Amounts of money in figures and in words.

Limits: an amount needs its currency beside it (before, after, or after its words in brackets) unless the caller names
the currency of all bare numbers, as a column head does. Amounts are in units of the currency: thousands, millions, 万
and 亿 are multiplied out. A sign that several currencies share is read as the likeliest, with the doubt in
`uncertain`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from assay.model import Money
from assay.read.values.found import Found, without_overlaps
from assay.read.values.lexicon import fold, lower, table
from assay.read.values.numbers import number_pattern, parse_number
from assay.read.values.words import find_number_words, han_numeral, parse_words

_NUMBER = re.compile(number_pattern("sep"))
_BRACKET = re.compile(r"\s{0,3}[(（]([^()（）]{2,300})[)）]")
_LETTERS = "a-zа-яіїєґ"


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency as named in a column head or beside a figure: `scale` is 1000 for "тыс. руб."."""

    code: str
    scale: Decimal
    doubt: str


@cache
def _currencies(place: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the pattern of all names in `place` (first or then), its groups in the order of the codes and doubts."""
    groups, codes = [], []
    for entry in table("currencies.toml")["currency"]:
        groups.append("(" + "|".join(_bounded(form) for form in entry[place]) + ")")
        codes.append((entry["code"], entry.get("doubt", "")))
    return "|".join(groups), tuple(codes)


def _bounded(form: str) -> str:
    """Return a form that does not begin or end inside a word; Chinese needs no bounds."""
    if re.match(r"(?:\(\?:)?[\u4e00-\u9fff]", form):
        return form
    return f"(?<![{_LETTERS}])(?:{form})(?![{_LETTERS}])"


@cache
def _before() -> re.Pattern[str]:
    return re.compile(f"(?:{_currencies('first')[0]})[ :]{{0,2}}$")


@cache
def _after() -> re.Pattern[str]:
    return re.compile(rf"(?:\s{{0,3}}|-)(?:{_currencies('then')[0]})")


@cache
def _multiplier() -> re.Pattern[str]:
    groups = [
        f"(?P<e{key[2:]}>" + "|".join(_bounded(form) for form in forms) + ")"
        for key, forms in sorted(table("currencies.toml")["multiplier"].items(), key=lambda kv: -max(map(len, kv[1])))
    ]
    return re.compile(r"\s{0,3}(?:" + "|".join(groups) + ")")


@cache
def _hundredths() -> re.Pattern[str]:
    forms = "|".join(_bounded(form) for form in table("currencies.toml")["sub"]["hundredths"])
    return re.compile(rf"[\s,]{{0,3}}(?:and |и |та |і |й )?([0-9]{{1,2}})\s{{0,2}}(?:{forms})")


def _named(match: re.Match[str] | None, place: str, base: int = 0) -> Currency | None:
    """Return the currency whose group of `match` is set."""
    if match is None:
        return None
    for index, (code, doubt) in enumerate(_currencies(place)[1]):
        if match.group(base + index + 1) is not None:
            return Currency(code, Decimal(1), doubt)
    return None


def currency_in(text: str) -> Currency | None:
    """Return the currency and scale that a column head or caption names ("Цена, тыс. руб.", "金额（万元）"), or None.

    None also when two currencies are named.
    """
    plain = lower(fold(text))
    pattern, _ = _currencies("then")
    found = []
    for match in re.finditer(pattern, plain):
        named = _named(match, "then")
        if named is not None:
            found.append((match.start(), match.end(), named))
    for match in re.finditer(_currencies("first")[0], plain):
        named = _named(match, "first")
        if named is not None and not any(s < match.end() and match.start() < e for s, e, _ in found):
            found.append((match.start(), match.end(), named))
    if len({named.code for _, _, named in found}) != 1:
        return None
    start, end, named = found[0]
    scale = Decimal(1)
    for match in _multiplier().finditer(plain):
        if (match.end() <= start and not plain[match.end() : start].strip(" .,")) or (
            match.start() >= end and match.start() - end < 4
        ):
            scale = _scale_of(match)
    return Currency(named.code, scale, named.doubt)


def without_currency(text: str) -> str:
    """Return `text` with every name and sign of a currency taken out."""
    plain = lower(fold(text))
    for place in ("then", "first"):
        plain = re.sub(_currencies(place)[0], " ", plain)
    return plain.strip()


def _scale_of(match: re.Match[str]) -> Decimal:
    return Decimal(10) ** int((match.lastgroup or "e0")[1:])


def multiplier_at(plain: str, at: int) -> tuple[Decimal, int] | None:
    """Return the multiplier (тыс., million, 万) that stands at `at` of a folded text, and where it ends."""
    match = _multiplier().match(plain, at)
    return (_scale_of(match), match.end()) if match is not None else None


def find_money(text: str, currency: str | None = None) -> list[Found[Money]]:
    """Return every amount in figures with its currency; `currency` is that of figures that name none."""
    plain = lower(fold(text))
    found: list[Found[Money]] = []
    used = 0  # up to here a currency name already belongs to a figure
    for match in _NUMBER.finditer(plain):
        one, used_to = _money_at(text, plain, match, used, currency)
        if one is not None:
            found.append(one)
            used = used_to
    return found


def _money_at(
    text: str, plain: str, match: re.Match[str], used: int, currency: str | None
) -> tuple[Found[Money] | None, int]:
    """Return the amount whose figures are `match`, and up to where the text is used up."""
    if match.end() <= used:
        return None, used
    start, end = match.start(), match.end()
    edge = max(used, start - 30)
    ahead = _before().search(plain[edge:start])
    first = _named(ahead, "first")
    scale_match = _multiplier().match(plain, end)
    scale = Decimal(1)
    if scale_match is not None:
        scale, end = _scale_of(scale_match), scale_match.end()
    figures_end = end
    bracket = _BRACKET.match(plain, end)
    behind = _after().match(plain, end)
    if behind is None and bracket is not None and _spells_number(bracket.group(1)):
        behind = _after().match(plain, bracket.end())
        inside = None if behind is not None else re.search(_currencies("then")[0], bracket.group(1))
        then = _named(behind, "then") or _named(inside, "then")
        used_to = behind.end() if behind is not None else bracket.end()
    else:
        then = _named(behind, "then")
        if behind is not None:
            figures_end = behind.end()
        used_to = figures_end
    named = _choose(first, ahead, then, behind, plain)
    if named is None and currency is not None:
        named = Currency(currency, Decimal(1), "")
    language = "ru" if re.search("[а-яіїєґ]", plain[edge : used_to + 20]) else None
    amount = parse_number(match.group(), language)
    if named is None or amount is None:
        return None, used
    if named is first and ahead is not None:
        start = edge + ahead.start()
        if then is None or then.code != named.code:
            figures_end = min(figures_end, end)
            used_to = max(figures_end, bracket.end() if bracket and _spells_number(bracket.group(1)) else 0)
    small = _hundredths().match(plain, max(figures_end, used_to))
    if small is not None and amount == amount.to_integral_value() and scale == 1:
        amount += Decimal(small.group(1)) / 100
        if figures_end == used_to:
            figures_end = small.end()
        used_to = small.end()
    written = text[start:figures_end]
    value = Money(written, (amount * scale * named.scale).normalize() + 0, named.code, named.doubt)
    return Found(start, figures_end, value), used_to


def _choose(
    first: Currency | None, ahead: re.Match[str] | None, then: Currency | None, behind: re.Match[str] | None, plain: str
) -> Currency | None:
    """Return which of the names before and behind a figure is its own."""
    if first is None or then is None:
        return first or then
    if first.code == then.code:
        return first if not first.doubt else then
    if behind is not None and behind.group().strip() in ("元", "圆"):
        return first
    follows_number = behind is not None and re.match(r"[ :]{0,2}[0-9]", plain[behind.end() : behind.end() + 3])
    assert ahead is not None
    sign = not re.search(f"[{_LETTERS}]{{4}}", ahead.group())
    return first if follows_number or (sign and then.doubt) else then


def _spells_number(text: str) -> bool:
    """Tell whether a bracket behind a figure repeats it in words."""
    return any(
        find_number_words(text, language) or parse_words(text, language) is not None for language in scripts(text)
    )


def scripts(text: str) -> tuple[str, ...]:
    """Return the languages whose script occurs in `text`."""
    found = []
    if re.search("[а-яА-ЯіїєґІЇЄҐёЁ]", text):
        found += ["ru", "uk"]
    if re.search(r"[\u4e00-\u9fff]", text):
        found.append("zh")
    if re.search("[a-zA-Z]", text):
        found.append("en")
    return tuple(found)


@cache
def _han_amount() -> re.Pattern[str]:
    numeral = f"[{han_numeral()}]"
    return re.compile(
        rf"({numeral}(?:\s?{numeral}){{0,60}})\s?(?:(元|圆|{_currencies('then')[0]})"
        rf"|(?=整|正))(?:零?({numeral})角)?(?:零?({numeral})分)?[整正]?"
    )


def find_money_in_words(text: str, language: str) -> list[Found[Money]]:
    """Return every amount spelled out in `language` with its currency; kopecks and cents may be words or figures."""
    if language == "zh":
        return _find_han_money(text)
    plain = lower(fold(text))
    found: list[Found[Money]] = []
    used = 0
    for number in find_number_words(text, language):
        if number.start < used:
            continue
        edge = max(used, number.start - 30)
        ahead = _before().search(plain[edge : number.start])
        fraction = re.compile(r"\s{0,2}(?:and|и|та|і)?\s{0,2}([0-9]{1,2}|no)/100").match(plain, number.end)
        end = fraction.end() if fraction else number.end
        behind = re.compile(rf"[\s)）]{{0,4}}(?:{_currencies('then')[0]})").match(plain, end)
        named = _named(behind, "then")
        if named is None or (named.doubt and _named(ahead, "first") is not None):
            named = _named(ahead, "first") or named
        if named is None:
            continue
        start = edge + ahead.start() if ahead is not None and behind is None else number.start
        end = behind.end() if behind is not None else end
        amount = number.value
        if fraction is None:
            fraction = re.compile(r"\s{0,2}(?:and|и|та|і)\s{0,2}([0-9]{1,2}|no)/100").match(plain, end)
            end = fraction.end() if fraction else end
        if fraction is not None and fraction.group(1) != "no":
            amount += Decimal(fraction.group(1)) / 100
        elif fraction is None:
            amount, end = _with_hundredths(plain, end, amount, language)
        used = end
        found.append(Found(start, end, Money(text[start:end], amount.normalize() + 0, named.code, named.doubt)))
    return found


def _with_hundredths(plain: str, end: int, amount: Decimal, language: str) -> tuple[Decimal, int]:
    """Return the amount with the kopecks or cents that follow at `end`, and where they end."""
    figures = _hundredths().match(plain, end)
    if figures is not None:
        return amount + Decimal(figures.group(1)) / 100, figures.end()
    for small in find_number_words(plain[end : end + 60], language)[:1]:
        if (
            re.fullmatch(r"[\s,)]{0,3}(?:(?:and|и|та|і|й)\s)?", plain[end : end + small.start]) is None
            or small.value > 99
        ):
            break
        forms = "|".join(_bounded(form) for form in table("currencies.toml")["sub"]["hundredths"])
        unit = re.compile(rf"\s{{1,2}}(?:{forms})").match(plain, end + small.end)
        if unit is not None:
            return amount + small.value / 100, unit.end()
    return amount, end


def _find_han_money(text: str) -> list[Found[Money]]:
    plain = lower(fold(text))
    found: list[Found[Money]] = []
    used = 0
    for match in _han_amount().finditer(plain):
        edge = max(used, match.start() - 12)
        ahead = re.search(f"(?:{_currencies('first')[0]})[ :：]{{0,2}}$", plain[edge : match.start()])
        amount = parse_words(match.group(1), "zh")
        then = _named(match, "then", 2)
        first = _named(ahead, "first")
        yuan = match.group(2) in ("元", "圆")
        named = first if first is not None and (yuan or then is None) else then
        if yuan and named is None:
            named = Currency("CNY", Decimal(1), "")
        if named is None or amount is None:
            continue
        count = len(_currencies("then")[1])
        for group, part in ((count + 3, 10), (count + 4, 100)):
            if match.group(group) is not None:
                amount += (parse_words(match.group(group), "zh") or Decimal(0)) / part
        start = edge + ahead.start() if ahead is not None and named is first else match.start()
        used = match.end()
        value = Money(text[start : match.end()], amount.normalize() + 0, named.code, named.doubt)
        found.append(Found(start, match.end(), value))
    return without_overlaps(found)
