"""Which column of a table holds what: by the header's words, and by its content when the header is lost.

Limits: of two columns with the same role the first that holds figures (for quantity, price, total) or text is taken;
a second description column is another language's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations, product

from assay.extract.grids import Grid, Row, column_role, numeric
from assay.extract.once import once
from assay.extract.vocabulary import cue
from assay.read.values.dates import find_dates
from assay.read.values.numbers import parse_number, readings
from assay.read.values.quantities import find_quantities, unit_of

POSITION = re.compile(r"\s*([\dA-Za-z]{1,4}(?:[.\-]\d{1,3}){0,3})[.)]?\s*[—–\-]?\s*$")
"""A row's own number, and nothing else."""
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


def number_in(text: str, grouping: str = "") -> Decimal | None:
    """Return the figure of a cell without currency words and signs; `grouping` is what parts its table's thousands."""
    plain = _figures(text)
    if not plain:
        return None
    if grouping and re.fullmatch(rf"-?\d{{1,3}}{re.escape(grouping)}\d{{3}}", plain):
        return parse_number(plain.replace(grouping, ""))
    value = parse_number(plain)
    return value if value is not None or not _LOST_GAP.fullmatch(plain) else parse_number(plain.replace(" ", ""))


def _figures(text: str) -> str:
    plain = re.sub(r"[^\d.,'’\s\-]|(?<=\D)[.](?=\s|$)", " ", text).strip(" .,")
    return re.sub(r"\s+", " ", plain)


def grouping_of(grid: Grid) -> str:
    """Return the mark that can only part thousands in some figure of a table: a dot or a comma, empty when none can."""
    found = {h.group(1) for row in grid.rows for text in row.texts() if (h := _GROUPED.fullmatch(_figures(text)))}
    return found.pop() if len(found) == 1 else ""


_GROUPED = re.compile(r"-?\d{1,3}([.,])\d{3}(?:(?:\1\d{3})+(?:[.,]\d{1,2})?|(?!\1)[.,]\d{1,2})")
_LOST_GAP = re.compile(r"\d{1,3}(?: ?\d{3})+(?:[.,]\d{2})?")
"""A figure grouped by spaces of which recognition has lost one or more: 2248 328,00."""


@once(64)
def roles_of(grid: Grid) -> Roles:
    """Return the roles of a grid's columns."""
    stated: list[tuple[str, int]] = []
    for column in range(grid.width):
        role = column_role(grid.header_text(column)) if grid.header else None
        if role is not None:
            stated.append((role, column))
    stated = _completed(grid, _reckoned(grid, _settled(grid, stated)))
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
        elif "date" not in names and _share(grid, column, _dated) >= 0.6:
            out.append(("date", column))
        elif "designation" not in names and "description" in names and _designates(grid, column):
            out.append(("designation", column))
    if len(names & set(FIGURES)) == 2:
        for role, column in _guess(grid) or []:
            if role in FIGURES and role not in names and column in free:
                out.append((role, column))
    return sorted(out, key=lambda r: r[1])


def _measure(text: str) -> bool:
    """Tell whether a cell is a unit, or a unit in two languages."""
    return any(unit_of(piece.strip()) is not None for piece in (text, *text.split("/")) if piece.strip())


def _dated(text: str) -> bool:
    """Tell whether a cell is a date and nothing else."""
    founds = find_dates(text)
    return len(founds) == 1 and len(text.strip()) - (founds[0].end - founds[0].start) <= 6


def _coded(text: str) -> bool:
    """Tell whether a cell is a designation and nothing else: a short code or quoted name, or a dash for none."""
    plain = text.strip()
    return (
        bool(re.fullmatch(r"[—–\-]|[«\"“][^«»\"“”]{2,24}[»\"”]|(?=.*\d)[\w\-–/. ]{2,18}", plain))
        and len(plain.split()) <= 2
    )


def _designates(grid: Grid, column: int) -> bool:
    """Tell whether a column that no header names holds codes, or dashes where an article has none."""
    codes = _share(grid, column, lambda t: _coded(t) and not numeric(t) and re.search(r"[^\W\d_]", t))
    return codes >= 0.2 and codes + _share(grid, column, lambda t: not re.search(r"\w", t)) >= 0.6


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
            wordy = _share(grid, column, _wordy)
            if wordy > 0.6:
                role = "description"
        if role == "designation" and grid.rows and _share(grid, column, _measure) > 0.6:
            role = "unit"
        if role == "number" and grid.rows and _share(grid, column, POSITION.match) < 0.3:
            if _share(grid, column, _measure) <= 0.6:
                continue
            role = "unit"
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
    if "description" not in names:
        both = [c for r, c in out if r == "designation" and _names_articles(grid, c)]
        out = [("description" if both[:1] == [c] else r, c) for r, c in out]
    if "description" not in names and "stage" in names and {"quantity", "price"} & set(names):
        out = [("description" if r == "stage" else r, c) for r, c in out]
    return out


def _wordy(text: str) -> bool:
    """Tell whether a cell of positions holds words, too: 2.9 检测台."""
    return (len(text.strip()) > 8 and not numeric(text)) or bool(re.match(r"\s*[\d.]{1,6}\s*[\u4e00-\u9fff]{2}", text))


def _names_articles(grid: Grid, column: int) -> bool:
    """Tell whether a column of designations holds the descriptions, too: by its header, and by their length."""
    said = cue("columns", "description").search(grid.header_text(column)) is not None
    return said and _share(grid, column, lambda t: len(re.findall(r"[^\W\d_]{3,}|[\u4e00-\u9fff]{2,}", t)) >= 2) > 0.5


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


def _values(row: Row, column: int) -> tuple[Decimal, ...]:
    """Return what a cell's figure can mean: 745.078 is two numbers."""
    cell = row.cells[column] if column < len(row.cells) else None
    if cell is None or not numeric(cell.text):
        return ()
    found = readings(_figures(cell.text))
    value = number_in(cell.text)
    return found or (() if value is None else (value,))


def _product(row: Row, quantity: int, price: int, total: int) -> tuple[bool, bool] | None:
    """Return whether quantity times price is the total, and whether neither is one; None without figures."""
    made = [
        (abs(q * p - t) <= max(Decimal("0.02"), abs(t) / 10000), 1 not in (q, p))
        for q, p, t in product(*(_values(row, c) for c in (quantity, price, total)))
        if t
    ]
    return max(made, default=None)


def _agreeing(rows: list[Row], quantity: int, price: int, total: int) -> int:
    return sum(made is not None and made[0] for made in (_product(r, quantity, price, total) for r in rows))


def _reckoned(grid: Grid, stated: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the roles with quantity, price and total as the figures themselves prove them, the header notwithstanding.

    A header that is merged over two columns, or misread, names them wrongly; the product of two columns does not err.
    """
    names = {r for r, _ in stated}
    if not names & {"description", "designation"} or names & {"percent", "date", "hours"}:
        return stated
    best = _triple(grid)
    if best is None:
        return stated
    said = dict((r, c) for r, c in reversed(stated))
    mine = [said.get(r) for r in FIGURES]
    if None not in mine and mine[2] == best[2] and set(mine) == set(best):
        return stated
    kept = [(r, c) for r, c in stated if r not in FIGURES and c not in best]
    if not {r for r, _ in kept} & {"description", "designation"}:
        return stated
    return sorted([*kept, *zip(FIGURES, best, strict=True)], key=lambda r: r[1])


def _triple(grid: Grid) -> tuple[int, int, int] | None:
    """Return the columns of quantity, price and total by arithmetic: most rows multiply, one of them not by one."""
    figures = [c for c in range(grid.width) if _share(grid, c, numeric) >= 0.5]
    best: tuple[tuple[int, int], tuple[int, int, int]] | None = None
    for first, second, total in permutations(figures, 3):
        if first > second:
            continue
        made = [m for m in (_product(r, first, second, total) for r in grid.rows if not r.merged) if m is not None]
        right = sum(m[0] for m in made)
        if right * 2 <= len(made) or not any(all(m) for m in made):
            continue
        if best is None or (right, total) > best[0]:
            best = ((right, total), (first, second, total))
    if best is None:
        return None
    first, second, total = best[1]
    return (second, first, total) if _counts(grid, second) > _counts(grid, first) else (first, second, total)


def _counts(grid: Grid, column: int) -> tuple[bool, bool, Decimal]:
    """Return how much a column's figures look like counts: units beside them, no decimals, small ones."""
    texts = [r.texts()[column] for r in grid.rows if column < len(r.cells) and not r.merged]
    values = [v for v in (number_in(t) for t in texts if numeric(t)) if v is not None]
    measured = sum(bool(find_quantities(t)) for t in texts) * 2 > len(texts)
    decimals = any(re.search(r"[.,](?:\d{1,2}|\d{4})\D*$", t) for t in texts)
    return measured, not decimals, -sum(values, Decimal(0))


def _guess(grid: Grid) -> list[tuple[str, int]] | None:
    """Return roles from content alone: figures whose product is a third column, the longest text, a running number."""
    if not grid.rows or grid.width < 4:
        return None
    figures = [c for c in range(grid.width) if _share(grid, c, numeric) >= 0.5]
    found = _triple(grid)
    if found is None:
        return None
    roles = list(zip(FIGURES, found, strict=True))
    rest = [c for c in range(grid.width) if c not in found]
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
    first = [c for c in rest if c in figures and c < min(found)]
    if first and _share(grid, first[0], _running) > 0.6:
        roles.append(("number", first[0]))
    return sorted(roles, key=lambda r: r[1])
