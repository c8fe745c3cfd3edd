"""Which column of a table holds what: by the header's words, and by its content when the header is lost.

Limits: of two columns with the same role the first that holds figures (for quantity, price, total) or text is taken;
a second description column is another language's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from assay.extract.grids import Grid, Row, column_role, numeric
from assay.read.values.numbers import parse_number
from assay.read.values.quantities import unit_of

FIGURES = ("quantity", "price", "total")


@dataclass(frozen=True, slots=True)
class Roles:
    """Column numbers by role; None where the table has no such column."""

    columns: tuple[tuple[str, int], ...]
    inferred: bool = False

    def __getitem__(self, role: str) -> int | None:
        """Return the first column with this role."""
        return next((c for r, c in self.columns if r == role), None)

    def all(self, role: str) -> list[int]:
        """Return all columns with this role."""
        return [c for r, c in self.columns if r == role]


def number_in(text: str) -> Decimal | None:
    """Return the figure of a cell without currency words and signs."""
    plain = re.sub(r"[^\d.,'’\s\-]|(?<=\D)[.](?=\s|$)", " ", text).strip(" .,")
    plain = re.sub(r"\s+", " ", plain)
    return parse_number(plain) if plain else None


def roles_of(grid: Grid) -> Roles:
    """Return the roles of a grid's columns."""
    stated: list[tuple[str, int]] = []
    for column in range(grid.width):
        role = column_role(grid.header_text(column)) if grid.header else None
        if role is not None:
            stated.append((role, column))
    stated = _completed(grid, _settled(grid, stated))
    names = {r for r, _ in stated}
    if names & {"description", "designation"} and names & set(FIGURES):
        return Roles(tuple(stated))
    guessed = _guess(grid)
    if guessed is not None and (not stated or not names & {"percent", "date", "stage"}):
        return Roles(tuple(guessed), True)
    return Roles(tuple(stated))


def _completed(grid: Grid, stated: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the roles with those that a header has lost and the content shows: a running number, a unit, a figure."""
    names = {r for r, _ in stated}
    free = [c for c in range(grid.width) if all(c != column for _, column in stated)]
    out = list(stated)
    if not grid.rows or not names & {"description", "designation"}:
        return out
    for column in free:
        if "number" not in names and column == 0 and _share(grid, column, _running) >= 0.6:
            out.append(("number", column))
        elif "unit" not in names and _share(grid, column, _measure) >= 0.6:
            out.append(("unit", column))
    if len(names & set(FIGURES)) == 2:
        for role, column in _guess(grid) or []:
            if role in FIGURES and role not in names and column in free:
                out.append((role, column))
    return sorted(out, key=lambda r: r[1])


def _measure(text: str) -> bool:
    """Tell whether a cell is a unit, or a unit in two languages."""
    return any(unit_of(piece.strip()) is not None for piece in (text, *text.split("/")) if piece.strip())


def _coded(text: str) -> bool:
    """Tell whether a cell is a designation and nothing else: a short code or quoted name, or a dash for none."""
    plain = text.strip()
    return (
        bool(re.fullmatch(r"[—–\-]|[«\"“][^«»\"“”]{2,24}[»\"”]|(?=.*\d)[\w\-–/. ]{2,18}", plain))
        and len(plain.split()) <= 2
    )


def _running(text: str) -> bool:
    return bool(re.fullmatch(r"\s*\d{1,3}(?:\.\d{1,3})?[.)]?\s*", text))


def _share(grid: Grid, column: int, test: Callable[[str], object]) -> float:
    cells = [r.cells[column] for r in grid.rows if column < len(r.cells) and not r.merged]
    texts = [c.text for c in cells if c is not None]
    if not texts:
        return 0.0
    return sum(bool(test(t)) for t in texts) / len(texts)


def _settled(grid: Grid, stated: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the stated roles after a look at the content: figures must be figures, a position must be short."""
    out: list[tuple[str, int]] = []
    for role, column in stated:
        wordless = role in FIGURES and bool(grid.rows) and _share(grid, column, _figure) < 0.3
        if wordless and (role == "quantity" or not _blank(grid, column)):
            continue
        if role == "number" and grid.rows:
            wordy = _share(grid, column, lambda t: len(t.strip()) > 8 and not numeric(t))
            if wordy > 0.6:
                role = "description"
        if role == "unit" and grid.rows and _share(grid, column, numeric) > 0.6:
            role = "quantity"
        if (
            role == "description"
            and grid.rows
            and _share(grid, column, lambda t: bool(re.fullmatch(r"\s*\d{1,3}\.?\s*", t))) > 0.7
        ):
            role = "number"
        if role == "price" and any(r == "price" for r, _ in out) and "total" not in {r for r, _ in stated}:
            role = "total"
        out.append((role, column))
    names = [r for r, _ in out]
    if names.count("total") > 1:
        totals = [c for r, c in out if r == "total"]
        keep = _best_total(grid, out, totals)
        out = [(r, c) for r, c in out if r != "total" or c == keep]
    if "description" not in names and "stage" in names and {"quantity", "price"} & set(names):
        out = [("description" if r == "stage" else r, c) for r, c in out]
    return out


def _blank(grid: Grid, column: int) -> bool:
    return all(column >= len(r.cells) or r.cells[column] is None for r in grid.rows)


def _figure(text: str) -> bool:
    return bool(re.search(r"\d", text)) and number_in(text) is not None


def _best_total(grid: Grid, roles: list[tuple[str, int]], totals: list[int]) -> int:
    quantity = next((c for r, c in roles if r == "quantity"), None)
    price = next((c for r, c in roles if r == "price"), None)
    if quantity is None or price is None:
        return totals[0]
    return max(totals, key=lambda t: (_agreeing(grid.rows, quantity, price, t), -t))


def _value(row: Row, column: int) -> Decimal | None:
    cell = row.cells[column] if column < len(row.cells) else None
    return number_in(cell.text) if cell is not None and numeric(cell.text) else None


def _agreeing(rows: list[Row], quantity: int, price: int, total: int) -> int:
    count = 0
    for row in rows:
        q, p, t = _value(row, quantity), _value(row, price), _value(row, total)
        if (
            q is not None
            and p is not None
            and t is not None
            and t != 0
            and abs(q * p - t) <= max(Decimal("0.02"), abs(t) / 10000)
        ):
            count += 1
    return count


def _guess(grid: Grid) -> list[tuple[str, int]] | None:
    """Return roles from content alone: figures whose product is a third column, the longest text, a running number."""
    if len(grid.rows) < 2 or grid.width < 4:
        return None
    figures = [c for c in range(grid.width) if _share(grid, c, numeric) >= 0.5]
    best: tuple[int, tuple[int, int, int]] | None = None
    for q in figures:
        for p in figures:
            for t in figures:
                if q < p < t:
                    count = _agreeing(grid.rows, q, p, t)
                    if count >= 2 and (best is None or count > best[0]):
                        best = (count, (q, p, t))
    if best is None or best[0] * 2 < len(grid.rows) - 2:
        return None
    roles = [("quantity", best[1][0]), ("price", best[1][1]), ("total", best[1][2])]
    rest = [c for c in range(grid.width) if c not in best[1]]
    wordy = [c for c in rest if _share(grid, c, numeric) < 0.5]
    if not wordy:
        return None
    units = [c for c in wordy if _share(grid, c, _measure) > 0.6]
    if units:
        roles.append(("unit", units[0]))
        wordy = [c for c in wordy if c not in units]
    if not wordy:
        return None
    named = [c for c in wordy if len(wordy) > 1 and _share(grid, c, _coded) > 0.6]
    if named:
        roles.append(("designation", named[0]))
        wordy = [c for c in wordy if c != named[0]]
    length = {c: sum(len(t) for t in (r.texts()[c] for r in grid.rows)) for c in wordy}
    roles.append(("description", max(wordy, key=lambda c: length[c])))
    first = [c for c in rest if c in figures and c < best[1][0]]
    if first and _share(grid, first[0], lambda t: bool(re.fullmatch(r"\s*\d{1,3}[.)]?\s*", t))) > 0.6:
        roles.append(("number", first[0]))
    return sorted(roles, key=lambda r: r[1])
