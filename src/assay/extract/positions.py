"""Positions: the running numbers of a table's rows, also where they stand in another cell or were misread.

Limits: a position is set right only by two rows beside it that agree; where a whole table is misread it stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assay.extract.grids import Row
from assay.extract.view import View

_LED = re.compile(
    r"\s*(\d{1,3}(?:\.\d{1,3})?)[.)]?(?:[\s—–\-\[|]+(?=[^\W\d]|[«\"“„])|(?=[\u4e00-\u9fff]{2})|\s*[—–\-]+\s*$)"
)
"""A position at the head of a description or designation: 12, 2.10; Han follow it without a space."""
FEWEST = 2
"""How many cells must lead with a position before it is taken for one."""
NEAREST = 3
"""How many rows away a row may be that tells a misread position."""


@dataclass(frozen=True, slots=True)
class Led:
    """A position at the head of another cell, and what is left of the cell: None when nothing is."""

    position: str
    rest: View | None


def led(cell: View) -> Led | None:
    """Return the position that leads a cell ("2.13 TMB-467C", "5 — Система", "2.12 —"), None when none does."""
    hit = _LED.match(cell.text)
    if hit is None:
        return None
    rest = cell.text[hit.end() :]
    left = cell.part(hit.end(), len(cell.text)) if re.search(r"\w", rest) else None
    return Led(hit.group(1), left)


def numbers(cells: Sequence[View]) -> bool:
    """Tell whether cells lead with positions: three in five do, and they run on, one after the other."""
    found = [one for one in (led(cell) for cell in cells) if one is not None]
    if len(found) < FEWEST or len(found) * 5 < len(cells) * 3:
        return False
    steps = [follows(a.position, b.position) for a, b in pairwise(found)]
    return sum(steps) * 2 >= len(steps)


def follows(one: str, other: str) -> bool:
    """Tell whether a position may be the next but few after another: 2.9 and 2.10, 19 and 2.1."""
    a, b = _parsed(one), _parsed(other)
    if a is None or b is None:
        return False
    return 1 <= b[1] - a[1] <= 3 if a[0] == b[0] else b[1] == 1


def numbering(row: Row) -> bool:
    """Tell whether a row only numbers the columns: 1 2 3 4 ..."""
    texts = [t.strip("() .") for t in row.texts() if t.strip()]
    if len(texts) < 3:
        return False
    values = [int(t) for t in texts if re.fullmatch(r"\d{1,2}", t)]
    return (
        len(values) >= len(texts) - 1 and len(values) >= 3 and values == list(range(values[0], values[0] + len(values)))
    )


def mended(positions: Sequence[str], recognised: Sequence[bool]) -> list[str]:
    """Return positions, those that recognition has misread set right by the rows around them.

    A lost point (22 between 2.1 and 2.5) is given back where the count from a pointed row asks for it. A position
    that neither neighbour bears out is set right when the rows that are borne out before and behind it count alike, so
    that no row is missing or too many between them.
    """
    out = list(positions)
    for i, doubtful in enumerate(recognised):
        if doubtful and re.fullmatch(r"\d{2,4}", out[i]):
            out[i] = next((p for p in _counted_from(positions, i) if p.replace(".", "") == out[i]), out[i])
    parsed = [_parsed(position) for position in out]
    sure = [i for i in range(len(out)) if _borne_out(parsed, i)]
    for i, doubtful in enumerate(recognised):
        if doubtful and i not in sure and "." not in out[i]:
            out[i] = _between(parsed, sure, i) or out[i]
    return out


def _parsed(position: str) -> tuple[str, int] | None:
    """Return what stands before the last point, and the number behind it."""
    hit = re.fullmatch(r"(?:(\d{1,2})\.)?(\d{1,3})", position)
    return (hit.group(1) or "", int(hit.group(2))) if hit else None


def _counted_from(positions: Sequence[str], index: int) -> Iterator[str]:
    """Yield what the position would be, counted from the nearest rows above and below whose position has a point."""
    for way in (range(index - 1, -1, -1), range(index + 1, len(positions))):
        for k in way:
            near = _parsed(positions[k]) if "." in positions[k] else None
            if near is not None:
                if near[1] + index - k >= 1:
                    yield f"{near[0]}.{near[1] + index - k}"
                break


def _borne_out(parsed: Sequence[tuple[str, int] | None], index: int) -> bool:
    """Tell whether a row beside counts on from this one, or up to it."""
    own = parsed[index]
    return own is not None and any(
        0 <= k < len(parsed) and (near := parsed[k]) is not None and near == (own[0], own[1] + k - index)
        for k in (index - 1, index + 1)
    )


def _between(parsed: Sequence[tuple[str, int] | None], sure: Sequence[int], index: int) -> str | None:
    """Return what a position must be, by the rows that are borne out; None when they do not tell."""
    before = max((k for k in sure if k < index), default=None)
    after = min((k for k in sure if k > index), default=None)
    told = {
        (near[0], near[1] + index - k)
        for k in (before, after)
        if k is not None and abs(k - index) <= NEAREST and (near := parsed[k]) is not None
    }
    if len(told) != 1:
        return None
    head, number = told.pop()
    return None if number < 1 else f"{head}.{number}" if head else str(number)
