"""What a spreadsheet remembers of its formulas, against what they give.

A file keeps each formula with the value it had when last computed; a value edited without computing anew no longer
fits. Limits: sums, products, quotients, SUM and ROUND over cells of the same table; others are not evaluated. Where
the table begins on its sheet is inferred: it is the place at which most formulas give what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation

from assay.examine.content.grid import Figure, blank, figure_of
from assay.model import Cell, Page, Table

_TOKEN = re.compile(r"\s*(?:(\$?[A-Z]{1,3}\$?[0-9]{1,7})|([0-9]+(?:\.[0-9]+)?%?)|(SUM|ROUND)(?=\()|([-+*/(),:;]))")
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
ROWS_ABOVE, COLUMNS_LEFT = 40, 8
"""A table is looked for within so many rows and columns of its sheet's corner."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A formula's cell: what stands there, what it gives now, and how many formulas of the table agree."""

    cell: Cell
    stands: Figure
    expected: Decimal
    parts: tuple[Figure, ...]
    agree: int
    formulas: int


class _NotEvaluated(Exception):
    """A formula of a kind, or over cells, that are not evaluated here."""


class _Reader:
    """Evaluates one formula of a table that begins at sheet row `above` and column `left` (from 0)."""

    def __init__(self, formula: str, cells: dict[tuple[int, int], Cell], page: Page, above: int, left: int) -> None:
        self._tokens = self._split(formula)
        self._at = 0
        self._cells, self._page, self._above, self._left = cells, page, above, left
        self.parts: list[Figure] = []

    @staticmethod
    def _split(formula: str) -> list[str]:
        body, tokens, at = formula.lstrip("="), [], 0
        while at < len(body):
            match = _TOKEN.match(body, at)
            if match is None:
                raise _NotEvaluated
            tokens.append(match.group().strip())
            at = match.end()
        return tokens

    def value(self) -> Decimal:
        """Return what the whole formula gives."""
        found = self._sum()
        if self._at != len(self._tokens):
            raise _NotEvaluated
        return found

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *expected: str) -> str:
        token = self._next()
        if not token or (expected and token not in expected):
            raise _NotEvaluated
        self._at += 1
        return token

    def _sum(self) -> Decimal:
        found = self._product()
        while self._next() in ("+", "-"):
            found = found + self._product() if self._take() == "+" else found - self._product()
        return found

    def _product(self) -> Decimal:
        found = self._factor()
        while self._next() in ("*", "/"):
            try:
                found = found * self._factor() if self._take() == "*" else found / self._factor()
            except (DivisionByZero, InvalidOperation) as error:
                raise _NotEvaluated from error
        return found

    def _factor(self) -> Decimal:
        token = self._take()
        if token == "-":
            return -self._factor()
        if token == "(":
            found = self._sum()
            self._take(")")
            return found
        if token in ("SUM", "ROUND"):
            self._take("(")
            return self._range() if token == "SUM" else self._rounded()
        if token[0].isdigit():
            return Decimal(token[:-1]) / 100 if token.endswith("%") else Decimal(token)
        if _REFERENCE.fullmatch(token):
            return self._cell(*self._place(token))
        raise _NotEvaluated

    def _rounded(self) -> Decimal:
        found = self._sum()
        self._take(",", ";")
        places = self._take()
        self._take(")")
        if not places.isdigit():
            raise _NotEvaluated
        return found.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP)

    def _range(self) -> Decimal:
        found = Decimal(0)
        while True:
            first = self._take()
            if _REFERENCE.fullmatch(first) is None:
                raise _NotEvaluated
            last = first
            if self._next() == ":":
                self._take()
                last = self._take()
            (top, left), (bottom, right) = self._place(first), self._place(last)
            if (bottom - top + 1) * (right - left + 1) > 5000:
                raise _NotEvaluated
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    found += self._cell(row, column)
            if self._take(",", ";", ")") == ")":
                return found

    def _place(self, reference: str) -> tuple[int, int]:
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise _NotEvaluated
        column = 0
        for letter in match.group(1):
            column = column * 26 + ord(letter) - 64
        return int(match.group(2)) - 1 - self._above, column - 1 - self._left

    def _cell(self, row: int, column: int) -> Decimal:
        cell = self._cells.get((row, column))
        if row < 0 or column < 0:
            raise _NotEvaluated
        if cell is None or blank(cell.text):
            return Decimal(0)
        figure = figure_of(cell, self._page)
        if figure is None:
            raise _NotEvaluated
        self.parts.append(figure)
        return figure.values[-1] / (100 if figure.percent else 1)


def remembered(table: Table, page: Page) -> Iterator[Remembered]:
    """Yield the cells whose value is not what their formula gives, when most formulas of the table do agree."""
    cells = {(cell.row, cell.column): cell for cell in table.cells}
    formulas = [cell for cell in table.cells if cell.formula.startswith("=") and figure_of(cell, page) is not None]
    if len(formulas) < 2:
        return
    best: tuple[int, list[tuple[Cell, Decimal, tuple[Figure, ...]]], int] = (0, [], 0)
    for above in range(ROWS_ABOVE):
        for left in range(COLUMNS_LEFT):
            agree, wrong = _tried(formulas, cells, page, above, left)
            if agree > best[0]:
                best = (agree, wrong, agree + len(wrong))
        if best[0] == len(formulas):
            break
    agree, wrong, evaluated = best
    if agree >= 2 and agree * 2 > evaluated:
        for cell, expected, parts in wrong:
            stands = figure_of(cell, page)
            if stands is not None:
                yield Remembered(cell, stands, expected, parts, agree, evaluated)


def _tried(
    formulas: list[Cell], cells: dict[tuple[int, int], Cell], page: Page, above: int, left: int
) -> tuple[int, list[tuple[Cell, Decimal, tuple[Figure, ...]]]]:
    """Return how many formulas agree if the table begins there, and those that do not, with what they give."""
    agree, wrong = 0, []
    for cell in formulas:
        try:
            reader = _Reader(cell.formula, cells, page, above, left)
            expected = reader.value()
        except _NotEvaluated:
            continue
        stands = figure_of(cell, page)
        if stands is None or not reader.parts:
            continue
        reach = stands.step + sum((part.step for part in reader.parts), Decimal(0)) / 2
        if any(abs(value - expected) <= min(reach, max(stands.step, abs(expected) / 50)) for value in stands.values):
            agree += 1
        else:
            wrong.append((cell, expected, tuple(reader.parts)))
    return agree, wrong
