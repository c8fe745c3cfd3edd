"""`txt.words`: amounts and counts in figures against the same in words.

Looks at figures with words in brackets behind them, words with figures in brackets, and labelled lines ("Сумма
прописью", "Amount in words", 大写). Limits: only where both stand together; words that cannot be read as one number are
counted and not compared; hundredths are compared when the words give them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from assay.examine.content.sight import one_digit_apart, pages_of, weigh
from assay.examine.content.spelling import Spelled, nearly_number_word, spelled
from assay.examine.question import Question, quoted
from assay.model import Finding, Page, Reading, Record, Weight
from assay.read.values import find_money, find_money_in_words, find_number_words, scripts
from assay.read.values.lexicon import fold, lower
from assay.read.values.money import currency_in, multiplier_at
from assay.read.values.numbers import number_pattern, readings
from assay.read.values.quantities import unit_at
from assay.work.part import Examination

_QUESTION = Question(
    part="txt.words",
    version="2",
    proposition="An amount was changed in one of its two forms after the text was written, or a clerk erred.",
    alternative="The figures and the words say what their writer meant, and agree.",
    expected="The number in figures and the number in words are the same.",
    innocent=(
        "a typing error, or words left over from an earlier version of the text",
        "rounding in one of the two forms",
        "a scan read wrongly",
    ),
    limits="Compares only figures and words that stand together. It cannot tell a change from a clerical error, nor "
    "which of the two forms is the right one; in law the words often prevail.",
)
_NUMBER = re.compile(number_pattern("sep"))
_CLOSED = re.compile(r"[(（\[]\s{0,3}([^()（）\[\]]{2,400})\s{0,3}[)）\]]")
_LABEL = re.compile(r"(?:прописью|словами|літерами|in words|\bsay|大写)[^0-9\n]{0,24}[:：\s]{0,3}$")
_INSIDE = re.compile(r"(?:(?:人民币)?大写|прописью|словами|in words|say)[:： ]{1,3}|大写")
_NAMED = re.compile(
    r"(?:приложени\w|пункт\w{0,2}|стат\w{2}|раздел\w?|п|ст|annex|"
    r"appendix|clause|article|section|附件|第|№|no|lot|лот)[ .№#]{0,4}$"
)
_TOTAL = re.compile(
    r"итог|всего|стоимост|сумм|цен[аыу]|усього|разом|вартіст|total|amount|price|sum|value|合计|总[价计额]|金额|共计"
)
_NEAR = 400
"""A labelled line of words is compared with the last figures at most so many characters before it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Figures and words that stand together: offsets of both, the numbers the figures can be, what the words say."""

    figures: tuple[int, int]
    numbers: tuple[Decimal, ...]
    words: tuple[int, int]
    spelled: Spelled


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Compare each pair of figures and words in one exhibit."""
    digest = reading.exhibit.digest
    compared = unread = 0
    findings = []
    pages = pages_of(reading.pages)
    for page in reading.pages:
        for pair in pairs(page.text):
            if pair.spelled.value is None:
                unread += 1
                continue
            compared += 1
            if not agrees(pair):
                findings.append(_finding(digest, pages, page, pair))
    if findings:
        yield from findings
    elif compared:
        rest = f"; {unread} more could not be read as one number" if unread else ""
        yield _QUESTION.nothing(digest, f"{compared} numbers stand in figures and in words, and agree{rest}.")
    else:
        yield _QUESTION.not_applicable(digest, "no number stands both in figures and in words")


def agrees(pair: Pair) -> bool:
    """Tell whether figures and words can be the same number: hundredths count only where the words give them."""
    value = pair.spelled.value
    if value is None or value in pair.numbers:
        return True
    return not pair.spelled.hundredths and any(int(n) == value for n in pair.numbers)


def pairs(text: str) -> Iterator[Pair]:
    """Yield figures and words that stand together in `text`, in text order, each place once."""
    plain = lower(fold(text))
    taken = 0
    used = bytearray(len(plain))  # a character that already belongs to a pair
    for bracket in _CLOSED.finditer(plain):
        pair = _figures_then_words(plain, bracket, taken) or _words_then_figures(plain, bracket, taken)
        if pair is not None:
            taken = bracket.end()
            first = min(pair.figures[0], pair.words[0])
            used[first : bracket.end()] = b"\1" * (bracket.end() - first)
            yield pair
    for language in scripts(plain):
        for money in find_money_in_words(plain, language):
            if 1 not in used[money.start : money.end]:
                used[money.start : money.end] = b"\1" * (money.end - money.start)
                alone = _standing_alone(plain, money.start, money.end)
                if alone is not None:
                    yield alone


def _figures_before(plain: str, taken: int, end: int) -> tuple[tuple[int, int], tuple[Decimal, ...]] | None:
    """Return the number that ends at `end` but for its currency or unit: its place, and what it can be."""
    edge = max(taken, end - 70)
    while edge > taken and plain[edge - 1].isdigit():
        edge -= 1
    trimmed = plain[edge:end].rstrip()
    for money in find_money(plain[edge:end]):
        if money.end == len(trimmed) and money.value.amount is not None:
            inner = _NUMBER.search(plain, edge + money.start, edge + money.end)
            plainly = (*readings(inner.group()), *_broken(plain, inner)) if inner is not None else ()
            return (edge + money.start, edge + money.end), (money.value.amount, *plainly)
    last = None
    for match in _NUMBER.finditer(plain, edge, end):
        last = match
    if last is None:
        return None
    at, scale = last.end(), Decimal(1)
    multiplier = multiplier_at(plain, at)
    if multiplier is not None and multiplier[1] <= end:
        scale, at = multiplier
    unit = unit_at(plain, at)
    if unit is not None and unit[1] <= end:
        at = unit[1]
    between = plain[at:end]
    if between.strip(" .,:-\n") and (currency_in(between) is None or len(between) > 30):
        return None
    numbers = (*readings(last.group()), *_broken(plain, last))
    return last.span(), tuple(dict.fromkeys((*numbers, *(n * scale for n in numbers))))


_BROKEN = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:\s{1,3}[0-9]{3}){0,4}\s{1,3}$")


def _broken(plain: str, last: re.Match[str]) -> tuple[Decimal, ...]:
    """Return what a number can be that is broken over a line or set too wide: 1 255 and 000,00 on the next line."""
    if re.match("[0-9]{3}(?![0-9])", last.group()) is None:
        return ()
    before = _BROKEN.search(plain, max(0, last.start() - 30), last.start())
    return readings(re.sub(r"\s+", " ", before.group() + last.group())) if before is not None else ()


def _figures_then_words(plain: str, bracket: re.Match[str], taken: int) -> Pair | None:
    """37 (тридцать семь), 5 000 000,00 (five million) US dollars, ¥1,234.00（大写：壹仟…）."""
    start, end = bracket.span(1)
    label = _INSIDE.match(plain, start)
    start = label.end() if label else start
    words = spelled(plain[start:end])
    if words is None:
        return None
    figures = _figures_before(plain, taken, bracket.start())
    if figures is None:
        return None
    place, numbers = figures
    if words.unit and label is None:
        unit = unit_at(plain, _number_end(plain, place))
        if unit is None or unit[0] != words.unit:
            return None  # "Annex 2 (one sheet)" counts two things
    if label is None and not words.currency and _NAMED.search(plain, max(0, place[0] - 16), place[0]):
        return None
    return Pair(place, numbers, (start, end), words)


def _number_end(plain: str, place: tuple[int, int]) -> int:
    number = _NUMBER.search(plain, *place)
    return number.end() if number is not None else place[1]


def _words_then_figures(plain: str, bracket: re.Match[str], taken: int) -> Pair | None:
    """Five million (5,000,000) US dollars; 人民币壹仟元整（¥1,000.00）."""
    numbers = [m for m in _NUMBER.finditer(plain, *bracket.span(1))]
    if len(numbers) != 1:
        return None
    inside = bracket.group(1)
    money = find_money(inside)
    rest = plain[bracket.start(1) : numbers[0].start()] + " " + plain[numbers[0].end() : bracket.end(1)]
    if not money and rest.strip(" .,:%"):
        return None
    values = readings(numbers[0].group())
    if money and money[0].value.amount is not None:
        values = (money[0].value.amount, *values)
    edge = max(taken, bracket.start() - 300)
    for language in scripts(plain[edge : bracket.start()]):
        text = plain[edge : bracket.start()]
        known = [(m.start, m.end, m.value.amount, True) for m in find_money_in_words(text, language)]
        known += [(n.start, n.end, n.value, False) for n in find_number_words(text + " ", language)]
        for start, end, amount, is_money in known:
            if amount is None or text[end:].strip(" \n,整正only") or _cut_short(text, start, language):
                continue
            if not is_money and _NAMED.search(text[:start]):
                continue
            named = bool(re.search("[角分整正]|коп|цент|cent|/100", text[start:])) and is_money
            return Pair(numbers[0].span(), values, (edge + start, edge + end), Spelled(amount, named))
    return None


def _cut_short(text: str, start: int, language: str) -> bool:
    """Tell whether the word before a run of number words may be one that was not recognised."""
    if language == "zh":
        return False
    before = re.search(r"([a-zа-яіїєґ']+)[ ,-]{0,3}\n?$", text[:start])
    return before is not None and nearly_number_word(before.group(1), language)


def _line_start(plain: str, at: int) -> int:
    """Return where the line of `at` begins, looking back no farther than figures and words stand apart."""
    edge = max(0, at - _NEAR)
    return max(edge, plain.rfind("\n", edge, at) + 1)


def _standing_alone(plain: str, start: int, end: int) -> Pair | None:
    """Return an amount in words on its own line or behind its label, with its figures shortly before."""
    line = plain[_line_start(plain, start) : start]
    labelled = _LABEL.search(plain, max(0, start - 60), start)
    if labelled is None and line.strip(" .,:|"):
        return None
    stop = plain.find("\n", end, end + _NEAR)
    words = spelled(plain[start : end if stop < 0 else stop].rstrip(" .,;|"))
    if words is None or words.value is None:
        words = spelled(plain[start:end])
    if words is None:
        return None
    edge = max(0, start - _NEAR)
    near = [m for m in _NUMBER.finditer(plain, edge, start)]
    figures = [(m, readings(m.group())) for m in near]
    if words.value is not None:
        for match, numbers in reversed(figures):
            pair = Pair(match.span(), numbers, (start, end), words)
            if agrees(pair):
                return pair
    totals = [(m, n) for m, n in figures if _TOTAL.search(plain, _line_start(plain, m.start()), m.start())]
    if not totals:
        return None
    match, numbers = totals[-1]
    return Pair(match.span(), numbers, (start, end), words) if max(numbers) >= 100 else None


def _finding(digest: str, pages: dict[int, Page], page: Page, pair: Pair) -> Finding:
    figures, words = page.span(*pair.figures), page.span(*pair.words)
    value = pair.spelled.value
    assert value is not None
    misread = any(one_digit_apart(number, value) for number in pair.numbers)
    weight, doubt = weigh(pages, (figures, words), confirmed=False, misread=misread)
    if pair.spelled.repaired and weight is Weight.MODERATE:
        weight, doubt = Weight.LIMITED, "A misspelt number word was read as the one that it is nearest to."
    said = f"{quoted(figures.quote)} in figures, but {quoted(words.quote)} in words, which is {value:,f}."
    return _QUESTION.finding(
        digest, f"Page {page.number}: {said}{' ' + doubt if doubt else ''}", (figures, words), weight,
        f"figures and words at page {page.number}, {pair.figures[0]}",
        expected=f"{value:,f} in both forms, or {quoted(figures.quote)} in both",
    )  # fmt: skip


WORDS = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Amounts and counts in figures against the same in words, in Russian, Ukrainian, English and Chinese.",
    limits=_QUESTION.limits,
    examine=examine,
    heaviest=_QUESTION.heaviest,
)
