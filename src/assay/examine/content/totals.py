"""Totals, subtotals, taxes and discounts below the rows they add up.

A total may add up all rows, the rows since the last subtotal, or the subtotals; with or without the tax, discounts
and charges that stand between. It agrees when any of these sums fits. Limits: a column where a row's figure could not
be read is not judged; advances and balances ("к оплате", "amount due") are not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations

from assay.examine.content.grid import Figure, Row, Sheet, blank
from assay.examine.content.relations import is_summary, words


@dataclass(frozen=True, slots=True)
class Sum:
    """A total that was compared: its figure, the parts added, the nearest sum, and whether it fits."""

    row: Row
    column: int
    stands: Figure
    expected: Decimal
    difference: Decimal
    parts: tuple[Figure, ...]
    within_rounding: bool
    kind: str

    @property
    def share(self) -> Decimal:
        """The difference as a share of the sum: alike however the figures' marks are read."""
        return abs(self.difference / self.expected) if self.expected else Decimal(1)

    @property
    def fits(self) -> bool:
        """Tell whether the total is one of the sums that it can be."""
        return self.difference == 0


@dataclass(slots=True)
class _Column:
    """One column on the way down: figures since the last subtotal, all figures, subtotals, adjustments."""

    group: list[Figure] = field(default_factory=list)
    every: list[Figure] = field(default_factory=list)
    subtotals: list[Figure] = field(default_factory=list)
    taxes: list[Decimal] = field(default_factory=list)
    minus: list[Decimal] = field(default_factory=list)
    plus: list[Decimal] = field(default_factory=list)
    last: Figure | None = None
    unread: bool = False


def totals(sheet: Sheet, columns: list[int]) -> Iterator[Sum]:
    """Yield every total, subtotal and tax of `columns` with the sum nearest to it; the first is the lines' totals."""
    rows = [row for row in sheet.rows if row.figures or row.label.strip()]
    for column in columns:
        state = _Column(unread=not sheet.whole)
        for position, row in enumerate(rows):
            figure = row.figures.get(column)
            last = position == len(rows) - 1
            if row.outside and not (words("row", "total").match(row.label) and figure is not None):
                continue
            if is_summary(row) or (last and _bare_total(row, column, state)):
                if figure is None and column == columns[0]:
                    figure = _only_figure(row)
                if figure is not None:
                    yield from _summary(row, column, figure, state)
            elif figure is not None and not figure.percent:
                state.group.append(figure)
                state.every.append(figure)
            elif not blank(row.written(column)) and row.figures:
                state.unread = True


def _bare_total(row: Row, column: int, state: _Column) -> bool:
    """Tell whether the last row, without words, holds only sums."""
    return not row.label.strip() and column in row.figures and len(row.figures) <= 2 and len(state.every) >= 3


def _only_figure(row: Row) -> Figure | None:
    """Return the one figure of a total's row that its reader put into another column (merged or shifted cells)."""
    figures = list(row.figures.values())
    return figures[0] if len(figures) == 1 and len([c for c in row.cells if c is not None]) <= 3 else None


def _summary(row: Row, column: int, figure: Figure, state: _Column) -> Iterator[Sum]:
    label = row.label.strip(" .:*|")
    total = words("row", "total").search(label) is not None
    tax = words("row", "vat").match(label) is not None
    if figure.percent:
        return
    if tax:
        state.taxes += figure.values
        checked = _tax(row, column, figure, state, label)
        if checked is not None:
            yield checked
    elif words("row", "due").search(label) or words("row", "carried").search(label):
        return
    elif words("row", "discount").search(label) and not total:
        state.minus += figure.values
    elif words("row", "charge").search(label) and not total:
        state.plus += figure.values
    elif total or not label:
        compared = None
        if not state.unread and len(state.every) >= 2 and not figure.noisy:
            compared = _compare(row, column, figure, state)
        if compared is not None:
            yield compared
        state.subtotals.append(figure)
        state.last = figure
        state.group = []


def _bases(state: _Column, stands: Figure) -> Iterator[tuple[tuple[Figure, ...], Decimal, Decimal]]:
    """Yield every sum that a total can be: its parts, their sum, and the total, all read in the same way."""
    options: list[tuple[Figure, ...]] = [tuple(state.every), tuple(state.group), tuple(state.subtotals)]
    options.append((*state.subtotals, *state.group))
    if state.last is not None:
        options.append((state.last,))
    for parts in dict.fromkeys(options):
        ways = (0, 1) if any(len(f.values) > 1 for f in (*parts, stands)) else (0,)
        for way in ways if parts else ():
            base = sum((p.values[min(way, len(p.values) - 1)] for p in parts), Decimal(0))
            yield parts, base, stands.values[min(way, len(stands.values) - 1)]


def _adjustments(state: _Column) -> list[Decimal]:
    """Return what taxes, discounts and charges that stand between may add, in every selection."""
    parts = [*state.taxes, *state.plus, *(-m for m in state.minus), *state.minus]
    chosen = {Decimal(0)}
    for size in range(1, min(len(parts), 4) + 1):
        for some in combinations(parts[-6:], size):
            chosen.add(sum(some, Decimal(0)))
    return sorted(chosen)


def _compare(row: Row, column: int, figure: Figure, state: _Column) -> Sum | None:
    """Return the sum that fits, else the nearest one of at least two figures; None when there is none."""
    rate = _rate(row.label)
    best: Sum | None = None
    for parts, base, stands in _bases(state, figure):
        for adjustment in _adjustments(state):
            for expected in _with_rate(base + adjustment, rate):
                difference = stands - expected
                reach = sum((p.step for p in parts), Decimal(0)) / 2 + figure.step
                strict = figure.step if min(p.step for p in parts) < figure.step else Decimal(0)
                if abs(difference) <= strict:
                    difference = Decimal(0)
                one = Sum(row, column, figure, expected, difference, parts, abs(difference) <= reach, "total")
                if difference == 0:
                    return one
                if len(parts) < 2:
                    continue  # a repeated total can fit, but what is not repeated is no contradiction
                if best is None or (one.share, -len(parts)) < (best.share, -len(best.parts)):
                    best = one
    return best


def _with_rate(base: Decimal, rate: Decimal | None) -> list[Decimal]:
    return [base] if rate is None else [base, _cents(base * (1 + rate / 100)), _cents(base / (1 + rate / 100))]


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))


def _rate(label: str) -> Decimal | None:
    match = re.search(r"([0-9]{1,2}(?:[.,][0-9]{1,2})?)\s?%", label)
    return Decimal(match.group(1).replace(",", ".")) if match else None


def _tax(row: Row, column: int, figure: Figure, state: _Column, label: str) -> Sum | None:
    """Compare a tax whose rate is stated with the sum it is taken of; None without a rate or a sum."""
    rate = _rate(label)
    if rate is None or rate == 0 or state.unread or not state.every or figure.noisy:
        return None
    best: Sum | None = None
    for parts, base, stands in _bases(state, figure):
        for adjustment in _adjustments(state):
            whole = base + adjustment
            for expected in (_cents(whole * rate / 100), _cents(whole * rate / (100 + rate))):
                difference = stands - expected
                reach = Decimal("0.01") * len(parts) + figure.step
                if abs(difference) <= reach:
                    return Sum(row, column, figure, expected, Decimal(0), parts, True, "tax")
                if best is None or abs(difference) < abs(best.difference):
                    best = Sum(row, column, figure, expected, difference, parts, False, "tax")
    return best
