"""Tables without upright rules: rows of figures that stand in columns.

Purpose: price lists and specifications that are set by alignment alone, or with level rules only.
Limits: a table is recognised by rows of at least three runs of which two hold figures; a table of words only, without
rules, is read as text. Wrapped cells go to the row whose lines they are nearest to, or which a level rule puts them in;
where neither tells, to the row above.
Units: points, origin top left, the page as shown upright.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assay.read.layout import Segment
from assay.read.tables import Grid, GridCell, Rule

MOST_ROWS = 1500
LEAST_ROWS = 2


@dataclass(slots=True)
class _Row:
    """Segments on one line of the page, left to right."""

    parts: list[Segment]
    y0: float
    y1: float

    @property
    def figures(self) -> int:
        return sum(figure(p.text) for p in self.parts)

    @property
    def height(self) -> float:
        return self.y1 - self.y0


_NUMBER = re.compile(r"^[\(\-–+≈~]?[\s€$¥£₽]*\d[\d\s.,'’:/\-]*")


def figure(text: str) -> bool:
    """Tell whether `text` is a number, with at most a unit, a currency or a sign beside it."""
    text = text.strip()
    match = _NUMBER.match(text)
    if match is None:
        match = re.match(r"^(?:EUR|USD|RUB|CNY|UAH|€|\$|¥|₽|руб\.?)\s*\d[\d\s.,]*", text)
        if match is None:
            return False
    rest = text[match.end() :].strip(" .)")
    return len(rest) <= 5 and sum(c.isdigit() for c in rest) == 0 and rest.count(" ") <= 1


def loose_grids(segments: Sequence[Segment], rules: Sequence[Rule]) -> list[Grid]:
    """Return the tables that `segments` form by their places alone, top to bottom."""
    rows = _rows(segments)
    if len(rows) > MOST_ROWS:
        return []
    grids: list[Grid] = []
    at = 0
    while at < len(rows):
        if not _itemised(rows[at]):
            at += 1
            continue
        found = _table(rows, at, [r for r in rules if r.level])
        if found is None:
            at += 1
            continue
        grid, at = found
        if not any(_overlap(grid, other) for other in grids):
            grids.append(grid)
    return grids


def _overlap(a: Grid, b: Grid) -> bool:
    return a.box[1] < b.box[3] and b.box[1] < a.box[3]


def _rows(segments: Sequence[Segment]) -> list[_Row]:
    rows: list[_Row] = []
    for segment in sorted(segments, key=lambda s: (s.middle, s.x0)):
        for row in reversed(rows[-2:]):
            if min(row.y1, segment.y1) - max(row.y0, segment.y0) > 0.55 * min(row.height, segment.height):
                row.parts.append(segment)
                row.y0, row.y1 = min(row.y0, segment.y0), max(row.y1, segment.y1)
                break
        else:
            rows.append(_Row([segment], segment.y0, segment.y1))
    for row in rows:
        row.parts.sort(key=lambda s: s.x0)
    rows.sort(key=lambda r: (r.y0 + r.y1) / 2)
    return rows


def _itemised(row: _Row) -> bool:
    return len(row.parts) >= 3 and row.figures >= 2


def _table(rows: list[_Row], first: int, level: list[Rule]) -> tuple[Grid, int] | None:
    """Return the table whose first row of figures is `rows[first]`, and the index of the row after it."""
    em = statistics.median(r.height for r in rows[first : first + 20])
    members = [first]
    beside: list[int] = []
    notes: list[int] = []
    summed = False
    last, k = first, first + 1
    while k < len(rows):
        bands = _bands([rows[m] for m in (*members, *beside)], em)
        near = rows[k].y0 - rows[last].y1 <= 3.2 * em
        if near and _itemised(rows[k]) and _fits(rows[k], bands, em):
            members.append(k)
        elif near and (_total(rows[k], bands, em) or (not summed and _within(rows[k], bands, em))):
            summed = summed or _total(rows[k], bands, em)
        elif last in (*members, *beside) and rows[k].y0 - rows[last].y1 < 0.5 * em and _fits(rows[k], bands, em):
            # A cell that is set lower than the rest of its row: its column may be one that no other cell has shown yet.
            beside.append(k)
        elif rows[k].y0 - rows[last].y1 < 0.5 * em and _hangs(rows[k], rows[members[-1]], em):
            pass
        else:
            following = _resumes(rows, k, last, bands, em)
            if following is None:
                break
            if following > k:
                notes.append(k)
            members.append(following)
            k = following
        last = k
        k += 1
    bands = _bands([rows[m] for m in (*members, *beside)], em)
    if len(members) < LEAST_ROWS and not _headed(rows, first, bands, em):
        return None
    if len(bands) < 3:
        return None
    while first > 0 and rows[first].y0 - rows[first - 1].y1 < 2 * em and _alike(rows[first - 1], bands, em):
        first -= 1
        members.insert(0, first)
    top = first
    steps = [rows[b].y0 - rows[a].y0 for a, b in pairwise(members)]
    pitch = statistics.median(steps) if steps else 0.0
    while top > 0 and first - top < 6:
        above = rows[top - 1]
        space = rows[top].y0 - above.y1
        level_with = len(above.parts) >= 3 and rows[top].y0 - above.y0 <= 1.2 * pitch and space < 5 * em
        near = space <= (1.6 if len(above.parts) > 1 else 0.7) * em
        if not (near or level_with) or not _header(above, bands, em):
            break
        top -= 1
    end = last
    while end > members[-1] and not _total(rows[end], bands, em) and _stray(rows, end, em):
        end -= 1
    edges = _edges(rows[top : end + 1], bands)
    borders = _borders(rows, top, end, members, notes, bands, em, level)
    across = [rows[n].y0 + 0.5 * rows[n].height for n in notes]
    return _grid(rows[top : end + 1], edges, borders, across), end + 1


def _hangs(row: _Row, head: _Row, em: float) -> bool:
    """Tell whether a line goes on from words of the row above it: it starts where they start, however far it runs."""
    words = [p.x0 for p in head.parts if not figure(p.text)]
    return all(any(abs(p.x0 - x) < 0.4 * em for x in words) and not figure(p.text) for p in row.parts)


def _alike(row: _Row, bands: Sequence[tuple[float, float]], em: float) -> bool:
    """Tell whether a row has a run in nearly every column, and at least one figure."""
    hits = [_hits(p, bands, em) for p in row.parts]
    return (
        row.figures > 0
        and len(row.parts) >= max(3, len(bands) - 1)
        and all(len(h) == 1 for h in hits)
        and len({h[0] for h in hits}) == len(hits)
    )


def _resumes(rows: list[_Row], k: int, last: int, bands: Sequence[tuple[float, float]], em: float) -> int | None:
    """Return the next row of figures that stands in the same columns, past some lines of remarks, or None."""
    for j in range(k, min(k + 14, len(rows))):
        if rows[j].y0 - rows[last].y1 > 14 * em:
            return None
        if len(rows[j].parts) >= 3 and rows[j].figures == 0:
            return None
        if not _itemised(rows[j]) or not _fits(rows[j], bands, em):
            continue
        known = {h for p in rows[j].parts for h in _hits(p, bands, em)}
        if len(known) >= max(3, len(bands) - 2) and len(rows[j].parts) <= len(bands) + 1:
            return j
    return None


def _bands(rows: Sequence[_Row], em: float) -> list[tuple[float, float]]:
    """Return the columns that rows of figures take up: their runs laid over each other, merged where they overlap."""
    spans = sorted((p.x0, p.x1) for r in rows for p in r.parts)
    out: list[tuple[float, float]] = []
    for a, b in spans:
        if out and a < out[-1][1] + 0.2 * em:
            out[-1] = (out[-1][0], max(out[-1][1], b))
        else:
            out.append((a, b))
    return out


def _hits(part: Segment, bands: Sequence[tuple[float, float]], em: float) -> list[int]:
    return [k for k, (a, b) in enumerate(bands) if part.x0 < b + 0.1 * em and part.x1 > a - 0.1 * em]


def _fits(row: _Row, bands: Sequence[tuple[float, float]], em: float) -> bool:
    """Tell whether adding the row leaves the columns apart: hardly any run reaches over two of them."""
    wide = sum(len(_hits(p, bands, em)) > 1 for p in row.parts)
    return wide == 0 or (wide == 1 and len(bands) > 4 and len(row.parts) >= 4)


def _within(row: _Row, bands: Sequence[tuple[float, float]], em: float) -> bool:
    """Tell whether the row goes on with cells above it: each run stays in one column and is not the whole width."""
    for part in row.parts:
        hits = _hits(part, bands, em)
        if len(hits) > 1:
            return False
        if not hits:
            left = max((b for a, b in bands if b <= part.x0), default=None)
            right = min((a for a, b in bands if a >= part.x1), default=None)
            if left is None or right is None:
                return False
    return True


def _total(row: _Row, bands: Sequence[tuple[float, float]], em: float) -> bool:
    """Tell whether the row is a sum: words, then a figure in one of the last two columns."""
    end = row.parts[-1]
    hits = _hits(end, bands, em)
    lasts = len(row.parts) <= 4 and figure(end.text) and bool(hits) and hits[-1] >= len(bands) - 2
    return lasts and any(not figure(p.text) for p in row.parts[:-1]) and len(row.parts) >= 2


def _header(row: _Row, bands: Sequence[tuple[float, float]], em: float) -> bool:
    """Tell whether the row above names columns: short runs without figures, at most one over two columns or more."""
    if row.parts[0].x0 < bands[0][0] - 4 * em or row.parts[-1].x1 > bands[-1][1] + 4 * em:
        return False
    over = sum(len(_hits(p, bands, em)) > 1 for p in row.parts)
    if row.figures > 0 and not all(figure(p.text) for p in row.parts):
        return False
    if len(row.parts) == 1:
        return over == 0 and len(row.parts[0].text) <= 30
    return over <= 1 or over < len(row.parts) / 2


def _headed(rows: list[_Row], first: int, bands: Sequence[tuple[float, float]], em: float) -> bool:
    """Tell whether a single row of figures stands under a row that names its columns."""
    for k in range(first - 1, max(-1, first - 6), -1):
        if rows[k + 1].y0 - rows[k].y1 > 2.5 * em:
            return False
        if len(rows[k].parts) >= 3 and rows[k].figures == 0 and len(bands) >= 4:
            return _header(rows[k], bands, em)
    return False


def _stray(rows: list[_Row], end: int, em: float) -> bool:
    """Tell whether a row at the end hangs loose: one run after a space wider than between lines of a cell."""
    return rows[end].y0 - rows[end - 1].y1 > 0.9 * em and len(rows[end].parts) == 1


def _edges(rows: Sequence[_Row], bands: list[tuple[float, float]]) -> list[float]:
    """Return the borders between columns, the outer ones included."""
    wide = [list(b) for b in bands]
    for row in rows:
        for part in row.parts:
            hits = [k for k, (a, b) in enumerate(bands) if part.x0 < b and part.x1 > a]
            if len(hits) == 1:
                k = hits[0]
                low = bands[k - 1][1] if k else float("-inf")
                high = bands[k + 1][0] if k + 1 < len(bands) else float("inf")
                if part.x0 > low and part.x1 < high:
                    wide[k] = [min(wide[k][0], part.x0), max(wide[k][1], part.x1)]
    inner = [(a[1] + b[0]) / 2 for a, b in pairwise(wide)]
    left = min(wide[0][0], min(r.parts[0].x0 for r in rows)) - 1
    right = max(wide[-1][1], max(r.parts[-1].x1 for r in rows)) + 1
    return [left, *inner, right]


def _borders(
    rows: list[_Row],
    top: int,
    end: int,
    members: list[int],
    notes: list[int],
    bands: Sequence[tuple[float, float]],
    em: float,
    level: list[Rule],
) -> list[float]:
    """Return the borders between rows: level rules where they are, else between the lines of one row and the next."""
    known = {*members, *notes}
    heads = [k for k in range(members[0], end + 1) if k in known or _total(rows[k], bands, em)]
    starts = [top] if top < heads[0] else []
    previous = None
    for head in heads:
        if previous is None:
            first = _lead(rows, top, head, em, level) if top < head else head
            if starts and first <= starts[0]:
                starts = []
            starts.append(first)
        else:
            starts.append(head if head in notes else _split(rows, previous, head, level))
        previous = head
    starts = sorted(dict.fromkeys(starts))
    borders = [rows[starts[0]].y0 - 1]
    borders += [(rows[k - 1].y1 + rows[k].y0) / 2 for k in starts[1:]]
    borders.append(rows[end].y1 + 1)
    return borders


def _ruled(rows: list[_Row], k: int, level: list[Rule]) -> bool:
    """Tell whether a level rule runs between row k - 1 and row k."""
    low, high = rows[k - 1].y1 - 3, rows[k].y0 + 3
    return any(low <= r.y0 <= high and r.x1 - r.x0 > 60 for r in level)


def _lead(rows: list[_Row], top: int, head: int, em: float, level: list[Rule]) -> int:
    """Return the first line of the first row of figures: `head`, or lines above that a rule or a space puts with it."""
    for k in range(head, top, -1):
        if _ruled(rows, k, level):
            return k
    low = head
    while low > top + 1 and len(rows[low - 1].parts) == 1:
        low -= 1
    gaps = {k: rows[k].y0 - rows[k - 1].y1 for k in range(low, head + 1)}
    widest = max(gaps, key=lambda k: (gaps[k], k))
    return widest if gaps[widest] > 0.45 * em and gaps[widest] > 1.3 * min(gaps.values()) + 1 else head


def _split(rows: list[_Row], above: int, head: int, level: list[Rule]) -> int:
    """Return where the row of `head` starts among the lines between it and the row above."""
    for k in range(head, above, -1):
        if _ruled(rows, k, level):
            return k
    gaps = {k: rows[k].y0 - rows[k - 1].y1 for k in range(above + 1, head + 1)}
    widest = max(gaps, key=lambda k: (gaps[k], k))
    others = [g for k, g in gaps.items() if k != widest]
    if others and gaps[widest] > max(others) + 1.5:
        return widest
    return head


def _grid(rows: Sequence[_Row], edges: list[float], borders: list[float], across: Sequence[float]) -> Grid:
    """Return the cells between the borders; a row of remarks (a height in `across` lies in it) is one cell."""
    columns, count = len(edges) - 1, len(borders) - 1
    spans: dict[tuple[int, int], int] = {}
    for height in across:
        spans[max(0, min(count - 1, sum(b <= height for b in borders) - 1)), 0] = columns
    wide: list[tuple[int, int, int]] = []
    own: set[tuple[int, int]] = set()
    for row in rows:
        middle = (row.y0 + row.y1) / 2
        r = max(0, min(count - 1, sum(b <= middle for b in borders) - 1))
        for part in row.parts:
            first = max(0, min(columns - 1, sum(e <= part.x0 + 1 for e in edges) - 1))
            last = max(first, min(columns - 1, sum(e < part.x1 - 1 for e in edges) - 1))
            own.add((r, first))
            if last > first:
                wide.append((r, first, last))
    for r, first, last in wide:
        # A line of a cell that runs into the next column leaves that column its own cell, if the row has one there.
        while last > first and any((r, k) in own for k in range(first + 1, last + 1)):
            last -= 1
        if last > first:
            spans[r, first] = max(spans.get((r, first), 1), last - first + 1)
    cells: list[GridCell] = []
    for r in range(count):
        c = 0
        while c < columns:
            span = min(spans.get((r, c), 1), columns - c)
            for k in range(c + 1, c + span):
                if (r, k) in spans:
                    span = max(span, min(columns, k + spans[r, k]) - c)
            cells.append(GridCell(r, c, 1, span, (edges[c], borders[r], edges[c + span], borders[r + 1])))
            c += span
    return Grid(count, columns, cells, (edges[0], borders[0], edges[-1], borders[-1]), ruled=False)
