"""Rows of payment and delivery schedules as obligations.

Limits: a table is a payment schedule when it has an amount or a share with a date or an event, and no unit prices; a
delivery schedule when it has quantities or batches with dates and no prices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from assay.extract.articles import designation_in
from assay.extract.columns import Roles, number_in, roles_of
from assay.extract.grids import Grid, Row, grids_of
from assay.extract.heads import Head
from assay.extract.items import amount_of, currency_of, is_sum, lists_items, quantity_of
from assay.extract.positions import numbering
from assay.extract.vocabulary import cue
from assay.model import DateRange, DocumentKind, Money, ObligationKind, Quantity, Reading, Span, Text
from assay.read.values.dates import find_dates


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One row of a schedule."""

    kind: ObligationKind
    object: Text | None
    quantity: Quantity | None
    money: Money | None
    due: DateRange | None
    condition: Text | None
    spans: tuple[Span, ...]


def scheduled(reading: Reading, head: Head, base: Money | None) -> Iterator[Scheduled]:
    """Yield the rows of the exhibit's schedules."""
    currency = currency_of(reading)
    for grid in grids_of(reading):
        roles = roles_of(grid)
        which = _which(grid, roles, head)
        if which is None:
            continue
        for row in grid.rows:
            if numbering(row) or is_sum(row, roles) or not row.distinct():
                continue
            made = (
                _paid(grid, roles, row, currency, base) if which is ObligationKind.PAY else _delivered(grid, roles, row)
            )
            if made is not None:
                yield made


def _which(grid: Grid, roles: Roles, head: Head) -> ObligationKind | None:
    if roles["price"] is not None or not grid.rows:
        return None
    dated = roles["date"] is not None or roles["stage"] is not None
    amount = roles["total"] is not None
    share = roles["percent"] is not None
    counted = roles["quantity"] is not None
    near = grid.caption[-200:]
    if head.kind is DocumentKind.PAYMENT_SCHEDULE or cue("kinds", "payment_schedule").search(near):
        return ObligationKind.PAY if amount or share else None
    if head.kind is DocumentKind.DELIVERY_SCHEDULE or cue("kinds", "delivery_schedule").search(near):
        return ObligationKind.DELIVER if counted and roles["date"] is not None else None
    if (share and (amount or dated)) or (amount and roles["date"] is not None and not counted):
        return ObligationKind.PAY
    if counted and roles["date"] is not None and not amount and not lists_items(grid, roles):
        return ObligationKind.DELIVER
    return None


def _due(row: Row, roles: Roles) -> DateRange | None:
    for column in (*roles.all("date"), *roles.all("stage"), *roles.all("note")):
        cell = row.cells[column] if column < len(row.cells) else None
        if cell is None:
            continue
        founds = [f for f in find_dates(cell.text) if f.value.latest is not None]
        if founds:
            return cell.attach(founds[0])
    for cell in row.distinct():
        founds = [f for f in find_dates(cell.text) if f.value.latest is not None]
        if founds:
            return cell.attach(founds[0])
    return None


def _words(row: Row, columns: list[int]) -> Text | None:
    for column in columns:
        cell = row.cells[column] if column < len(row.cells) else None
        if cell is not None and re.search(r"[^\W\d_]{2}", cell.text):
            return cell.whole()
    return None


def _paid(grid: Grid, roles: Roles, row: Row, currency: str | None, base: Money | None) -> Scheduled | None:
    money = amount_of(grid, row, roles["total"], currency)
    share = roles["percent"]
    if (money is None or money.amount is None) and share is not None:
        cell = row.cells[share] if share < len(row.cells) else None
        figure = number_in(cell.text) if cell is not None else None
        if cell is not None and figure is not None and 0 < figure <= 100:
            span = cell.span(0, len(cell.text))
            amount = (
                (base.amount * figure / 100).quantize(Decimal("0.01"))
                if base is not None and base.amount is not None
                else None
            )
            doubt = (
                f"computed: {figure} % of {base.written.strip()}"
                if base is not None and amount is not None
                else "a share of an amount that is not stated here"
            )
            money = Money(span.quote, amount, base.currency if base is not None else None, doubt, span)
    if money is None or money.amount is None:
        return None
    condition = _words(row, [*roles.all("stage"), *roles.all("description"), *roles.all("note")])
    return Scheduled(ObligationKind.PAY, None, None, money, _due(row, roles), condition, row.spans())


def _delivered(grid: Grid, roles: Roles, row: Row) -> Scheduled | None:
    quantity = quantity_of(grid, roles, row)
    if quantity is None or quantity.value is None:
        return None
    named = _words(row, [*roles.all("designation"), *roles.all("description")])
    object_ = named
    for column in (*roles.all("designation"), *roles.all("description")):
        cell = row.cells[column] if column < len(row.cells) else None
        found = designation_in(cell, column in roles.all("designation")) if cell is not None else None
        if found is not None:
            object_ = Text(found.written, found.value, "", found.span)
            break
    return Scheduled(
        ObligationKind.DELIVER, object_, quantity, None, _due(row, roles), _words(row, roles.all("stage")), row.spans()
    )
