"""Which columns of a table are product, price and quantity, or sum and parts: by their heads and by arithmetic.

A relation holds when most rows with all its figures obey it; only then does a row that does not obey it mean
anything. Limits: relations of three columns (a times b, a plus b); a row whose other figures explain its total (a
discount, a number of months) obeys.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import pairwise, product

from assay.examine.content.grid import Figure, Row, Sheet

MAJORITY = Decimal("0.6")
"""So large a share of the rows must obey a relation that no head names."""
NAMED = Decimal("0.5")
"""So large a share must obey one whose columns are named by their heads."""
_CENT = Decimal("0.01")
_FINE = Decimal("0.02")
"""A difference beyond this share of the value is never rounding."""


@cache
def words(kind: str, name: str) -> re.Pattern[str]:
    """Return the pattern of one entry of roles.toml; a word ends where letters end."""
    forms = "|".join(sorted(_list(kind)[name], key=len, reverse=True))
    return re.compile(rf"(?<![a-zа-яіїєґ])(?:{forms})(?![a-zа-яіїєґ])")


@cache
def _list(kind: str) -> dict[str, list[str]]:
    roles_file = files("assay.examine.content").joinpath("roles.toml")
    entry: dict[str, list[str]] = tomllib.loads(roles_file.read_text("utf-8"))[kind]
    return entry


@dataclass(frozen=True, slots=True)
class Relation:
    """`result` is the product or sum of the columns `parts`; `named` when the heads say so; `obeyed` of `rows`."""

    sign: str
    parts: tuple[int, int]
    result: int
    named: bool
    obeyed: int
    rows: int


@dataclass(frozen=True, slots=True)
class Breach:
    """A row that does not obey: what stands there, what the relation gives, how far rounding reaches."""

    row: Row
    relation: Relation
    stands: Figure
    expected: Decimal
    difference: Decimal
    within_rounding: bool


def items(sheet: Sheet) -> list[Row]:
    """Return the rows that list something: at least two figures, and no word of a total at their head."""
    return [row for row in sheet.rows if len(row.figures) >= 2 and not is_summary(row)]


def is_summary(row: Row) -> bool:
    """Tell whether a row's words make it a total, a tax, a discount or a charge over other rows.

    A row that is numbered in its first column lists something, whatever its words.
    """
    position = row.figures.get(0)
    if position is not None and len(row.figures) >= 2 and position.cell.text.strip(" .").isdigit():
        return False
    if any(words("row", name).match(row.label.strip(" .:*|")) for name in ("total", "vat", "due", "carried")):
        return True
    named = any(words("row", name).search(row.label) for name in ("total", "vat", "discount", "charge", "due"))
    return named and len(row.figures) <= 1


def bare_total(row: Row) -> bool:
    """Tell whether a row says nothing but that it is a total."""
    return words("row", "total").fullmatch(row.label.strip(" .:*|")) is not None


def roles(sheet: Sheet) -> dict[str, list[int]]:
    """Return the columns that each role's words stand over; a column can have several."""
    found: dict[str, list[int]] = {}
    for column, head in enumerate(sheet.heads):
        for name in _list("column"):
            if words("column", name).search(head):
                found.setdefault(name, []).append(column)
    # "стоимость единицы" and "unit price" are prices although "стоимость" and "total" may stand there too.
    prices, taxes = found.get("price", []), found.get("vat", [])
    found["total"] = [
        c for c in found.get("total", [])
        if not (c in prices and _single(sheet.heads[c]))
        and not (c in taxes and not _WITH_TAX.search(sheet.heads[c]))
    ]  # fmt: skip
    return found


_WITH_TAX = re.compile(
    r"(?:\bс|\bсо|без|включая|с учетом|з|incl\w*\.?|excl\w*\.?|with|without|ex|net of|before|after|含|不含)\s{0,2}"
    r"(?:учета |of |the |any |all )?(?:ндс|пдв|vat|tax|btw|税)"
)


def _single(head: str) -> bool:
    return re.search(r"(?<![a-zа-я])(?:ед\b|единиц|1 шт|шт\b|unit|each|од\b|одиниц)|单", head) is not None


def relations(sheet: Sheet, rows: list[Row]) -> list[Relation]:
    """Return the relations that hold over most rows, products before sums, named ones first."""
    columns = sorted({column for row in rows for column in row.figures})
    if len(columns) > 14:
        return []
    named = roles(sheet)
    counting = _counting(rows)
    found = []
    for result in columns:
        for a, b in product(columns, repeat=2):
            if result in (a, b) or a == b or counting & {a, b, result}:
                continue
            if a in named.get("quantity", []) and b in named.get("price", []) and result in named.get("total", []):
                found.append(_relation("times", (a, b), result, True, rows))
            elif a < b < result:
                found.append(_relation("times", (a, b), result, False, rows))
                found.append(_relation("plus", (a, b), result, False, rows))
    holding = [r for r in found if r is not None]
    named_products = {(*sorted(r.parts), r.result) for r in holding if r.named}
    return [r for r in holding if r.named or (*sorted(r.parts), r.result) not in named_products]


def _counting(rows: list[Row]) -> set[int]:
    """Return the columns that number the rows 1, 2, 3 ..."""
    found = set()
    for column in {c for row in rows for c in row.figures}:
        values = [row.figures[column].values[0] for row in rows if column in row.figures]
        steps = [b - a for a, b in pairwise(values)]
        first = column == 0 or (len(values) > 2 and values[0] in (0, 1))
        if first and all(step == 1 for step in steps):
            found.add(column)
    return found


def _relation(sign: str, parts: tuple[int, int], result: int, named: bool, rows: list[Row]) -> Relation | None:
    whole = [row for row in rows if {*parts, result} <= row.figures.keys()]
    telling = [row for row in whole if not _trivial(sign, row, parts)]
    if not whole or (not named and len(telling) < 3):
        return None
    considered = whole if named else telling
    obeyed = sum(1 for row in considered if _gap(sign, row, parts, result) is None)
    share = Decimal(obeyed) / len(considered)
    if named and (share >= NAMED or (len(considered) == 1)):
        return Relation(sign, parts, result, True, obeyed, len(considered))
    if not named and share >= MAJORITY and obeyed >= (3 if sign == "times" else 4):
        return Relation(sign, parts, result, False, obeyed, len(considered))
    return None


def _trivial(sign: str, row: Row, parts: tuple[int, int]) -> bool:
    """Tell whether a row obeys by nature (times one, plus nothing) and so proves nothing."""
    neutral = Decimal(1) if sign == "times" else Decimal(0)
    return any(neutral in row.figures[c].values or Decimal(0) in row.figures[c].values for c in parts)


def _gap(sign: str, row: Row, parts: tuple[int, int], result: int) -> tuple[Decimal, Decimal, bool] | None:
    """Return expected value, difference and whether rounding reaches it; None when the row obeys."""
    a, b, t = (row.figures[c] for c in (*parts, result))
    best: tuple[Decimal, Decimal, bool] | None = None
    for x, y, z in product(a.values, b.values, t.values):
        if sign == "times":
            factor = (_CENT if a.percent else 1) * (_CENT if b.percent else 1)
            expected = x * y * factor
            reach = _reach(a, y) + _reach(b, x) + t.step
        else:
            expected = x + y
            reach = a.step / 2 + b.step / 2 + t.step
        difference = z - expected
        if abs(difference) > abs(expected) * _FINE:
            reach = Decimal(0)  # what is large beside the value itself is no rounding
        elif abs(difference) <= t.step and (t.step <= _CENT or expected != int(expected)):
            return None
        if difference == 0:
            return None
        gap = (expected, difference, abs(difference) <= reach)
        if best is None or _share(gap) < _share(best):
            best = gap
    return best


def _share(gap: tuple[Decimal, Decimal, bool]) -> Decimal:
    """Return a difference as a share of the expected value: alike however the figures' marks are read."""
    expected, difference, _ = gap
    return abs(difference / expected) if expected else abs(difference)


def _reach(figure: Figure, factor: Decimal) -> Decimal:
    """Return how far the rounding of a figure with decimals reaches in a product with `factor`."""
    return abs(factor) * figure.step / 2 if figure.step < 1 else Decimal(0)


def breaches(relation: Relation, rows: Iterable[Row]) -> Iterator[Breach]:
    """Yield the rows that do not obey and whose other figures do not explain it."""
    for row in rows:
        if not {*relation.parts, relation.result} <= row.figures.keys():
            continue
        gap = _gap(relation.sign, row, relation.parts, relation.result)
        if gap is not None and not _explained(relation, row, gap[0]):
            yield Breach(row, relation, row.figures[relation.result], *gap)


def _explained(relation: Relation, row: Row, expected: Decimal) -> bool:
    """Tell whether another figure of the row turns the expected value into what stands there."""
    stands = row.figures[relation.result]
    for column, other in row.figures.items():
        if column in (*relation.parts, relation.result) or column == 0:
            continue
        for x, z in product(other.values, stands.values):
            part = x / 100
            options = [expected * (1 - part), expected * (1 + part), expected - x, expected + x]
            if not relation.named or relation.sign == "times":
                options.append(expected * x)
            if any(abs(z - option) <= stands.step and option != expected for option in options):
                return True
    return False
