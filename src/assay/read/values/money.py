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
from assay.read.values.lexicon import Forms, fold, lower, table
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
def _after() -> Forms[Currency]:
    """Return every name that may stand behind figures."""
    return Forms(
        (_bounded(form), Currency(entry["code"], Decimal(1), entry.get("doubt", "")))
        for entry in table("currencies.toml")["currency"]
        for form in entry["then"]
    )


@cache
def _multiplier() -> Forms[Decimal]:
    """Return every multiplier, longer ones first."""
    forms = [
        (_bounded(f), Decimal(10) ** int(key[2:]))
        for key, forms in table("currencies.toml")["multiplier"].items()
        for f in forms
    ]
    return Forms(sorted(forms, key=lambda form: (-len(form[0]), form[0])))


@cache
def _hundredths() -> re.Pattern[str]:
    forms = "|".join(_bounded(form) for form in table("currencies.toml")["sub"]["hundredths"])
    return re.compile(rf"[\s,]{{0,3}}(?:(?:and|и|та|і|й)\s{{1,3}})?([0-9]{{1,2}})\s{{0,2}}(?:{forms})")


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
    before = re.search(r"[^\s.,(（]*[.,]?\s?$", plain[max(0, start - 14) : start])
    scale = multiplier_at(plain, max(0, start - 14) + before.start()) if before is not None else None
    if scale is None or scale[1] > start:
        scale = multiplier_at(plain, end) if end < len(plain) and plain[end] in " -" else None
    return Currency(named.code, scale[0] if scale is not None else Decimal(1), named.doubt)


def without_currency(text: str) -> str:
    """Return `text` with every name and sign of a currency taken out."""
    plain = lower(fold(text))
    for place in ("then", "first"):
        plain = re.sub(_currencies(place)[0], " ", plain)
    return plain.strip()


def multiplier_at(plain: str, at: int) -> tuple[Decimal, int] | None:
    """Return the multiplier (тыс., million, 万) that stands at `at` of a folded text, and where it ends."""
    return _multiplier().match(plain, _skip(plain, at))


def _skip(plain: str, at: int) -> int:
    """Return where a word beside a figure begins: white space, three characters at most, or one dash."""
    if plain[at : at + 1] == "-":
        return at + 1
    end = at
    while end < at + 3 and plain[end : end + 1].isspace():
        end += 1
    return end


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
    ahead = _before().search(plain[edge:start]) if _may_name(plain[edge:start].rstrip(" :")[-1:]) else None
    first = _named(ahead, "first")
    scaled = multiplier_at(plain, end)
    scale, end = scaled if scaled is not None else (Decimal(1), end)
    figures_end = end
    bracket = _BRACKET.match(plain, end)
    behind = _after().match(plain, _skip(plain, end))
    begins = _skip(plain, end)
    if behind is None and bracket is not None and _spells_number(bracket.group(1)):
        begins = _skip(plain, bracket.end())
        behind = _after().match(plain, begins)
        inside = None if behind is not None else re.search(_currencies("then")[0], bracket.group(1))
        then = behind[0] if behind is not None else _named(inside, "then")
        used_to = behind[1] if behind is not None else bracket.end()
    else:
        then = behind[0] if behind is not None else None
        figures_end = used_to = behind[1] if behind is not None else end
    named = _choose(
        first, ahead, then, plain[begins : behind[1]] if behind is not None else "", plain[used_to : used_to + 3]
    )
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


def _may_name(char: str) -> bool:
    """Tell whether the name of a currency or multiplier can begin or end with `char`."""
    return char.isalpha() or char in ".$€£¥￥₽₴₸₺₹₩"


def _choose(
    first: Currency | None, ahead: re.Match[str] | None, then: Currency | None, behind: str, after: str
) -> Currency | None:
    """Return which of the names before and behind a figure is its own; `after` is what follows the one behind."""
    if first is None or then is None:
        return first or then
    if first.code == then.code:
        return first if not first.doubt else then
    if behind in ("元", "圆"):
        return first
    assert ahead is not None
    sign = not re.search(f"[{_LETTERS}]{{4}}", ahead.group())
    return first if re.match(r"[ :]{0,2}[0-9]", after) or (sign and then.doubt) else then


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
        rf"(?<!{numeral})({numeral}(?:\s?{numeral}){{0,60}})\s?(?:(元|圆|{_currencies('then')[0]})"
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
            re.fullmatch(r"[\s,)]{0,3}(?:(?:and|и|та|і|й)\s{1,3})?", plain[end : end + small.start]) is None
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
