"""What an invoice comes to: its grand total, tax included, by its own words and by its own sums.

Purpose: invoices end in several sums (net, tax, gross, paid, due) that a contract's words do not name. A label says
which is meant ("Bruttosumme", "Total TTC", "Amount due", «Всего к оплате»); among equals, the one that is the sum of
two others (net and tax) stands before the one that is not.
Limits: a total without a label is not guessed; what is still due may differ from the total, which is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from assay.extract.columns import number_in
from assay.extract.items import currency_of
from assay.extract.view import View, lines, read_pages
from assay.extract.vocabulary import cue
from assay.model import Money, Reading
from assay.read.values.money import currency_in, find_money

MOST_SUMS = 60
"""How many sums of an invoice are held against each other."""
_FIGURE = re.compile(r"(?<![\w.,])[-−–]?\s?\d{1,3}(?:[ .,'’\u00a0]?\d{3})*(?:[.,]\d{1,4})?(?![\w%]|[.,]\d| ?%)")
_BETWEEN = re.compile(r"[^\d]{0,28}")
_STATED = re.compile(
    r"(?:w[äa]hrung|currency|devise|valuta|валюта|币种|货币)\s*[:：]?\s*(?P<code>\S.{0,24})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Sum:
    """A labelled amount: `rank` is 2 for a gross total, 1 for a bare one, 0 for a part of it."""

    rank: int
    amount: Decimal
    line: View
    start: int
    end: int


def bill_total(reading: Reading) -> Money | None:
    """Return the grand total that an invoice states, None where no label names one."""
    sums = list(_sums(reading))[:MOST_SUMS]
    totals = [s for s in sums if s.rank]
    if not totals:
        return None
    made = {abs(a + b) for a, b in combinations([s.amount for s in sums if s.amount], 2)}

    def order(one: _Sum) -> tuple[int, bool, Decimal]:
        return one.rank, abs(one.amount) in made, one.amount

    best = max(totals, key=order)
    founds = [
        f for f in find_money(best.line.text) if f.start <= best.start < f.end or best.start <= f.start < best.end
    ]
    stated = next((f.value.currency for f in founds if f.value.currency), None) or currency_of_bill(reading)
    span = best.line.span(best.start, best.end)
    return Money(span.quote, best.amount, stated, "" if stated else "currency not stated", span)


def currency_of_bill(reading: Reading) -> str | None:
    """Return the currency that most amounts are in, else the one that a label names ("Währung: EUR")."""
    common = currency_of(reading)
    if common is not None:
        return common
    for page in read_pages(reading):
        for line in lines(page):
            hit = _STATED.search(line.text)
            found = currency_in(hit["code"]) if hit is not None else None
            if found is not None:
                return found.code
    return None


def _sums(reading: Reading) -> Iterator[_Sum]:
    for page in read_pages(reading):
        rows = lines(page)
        for index, line in enumerate(rows):
            label = _label(line.text)
            if label is None:
                continue
            rank, end = label
            found = _figure(line, end)
            if found is None and not re.search(r"\w", line.text[end:]) and index + 1 < len(rows):
                below = rows[index + 1]
                found = _figure(below, 0) if _FIGURE.search(below.text) and len(below.text) <= 24 else None
            if found is not None:
                yield replace(found, rank=rank)


def _label(text: str) -> tuple[int, int] | None:
    """Return the rank of the sum that a line names and where its label ends, None where it names none."""
    start = len(text) - len(text.lstrip(" \t|*"))
    part = cue("rows", "part").match(text, start)
    for hit in cue("rows", "gross").finditer(text):
        if part is None or hit.start() > part.start() or hit.end() > part.end():
            return 2, hit.end()
    if part is not None:
        return 0, part.end()
    bare = cue("rows", "total").match(text, start)
    return (1, bare.end()) if bare is not None else None


def _figure(line: View, end: int) -> _Sum | None:
    """Return the amount behind a label: the last of a row of figures, with little between the label and the first."""
    hits = list(_FIGURE.finditer(line.text, end))
    if not hits or _BETWEEN.fullmatch(line.text, end, hits[0].start()) is None:
        return None
    last = hits[0]
    for hit in hits[1:]:
        if re.search(r"[^\W\d_]{4}", line.text[last.end() : hit.start()]):
            break
        last = hit
    amount = number_in(line.text[last.start() : last.end()].replace("−", "-").replace("–", "-"))
    return _Sum(0, amount, line, last.start(), last.end()) if amount is not None else None
