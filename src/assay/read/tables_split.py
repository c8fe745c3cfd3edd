"""Ruled tables whose columns are drawn and whose rows are not: rows from the lines of figures.

Limits: a row of cells is split only where at least one column holds a figure on each of several lines.
Units: points, origin top left, the page as shown upright.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from assay.read.layout import Line, Segment, Word, joined, lines_of, merge_segments
from assay.read.tables import Grid, GridCell, filled
from assay.read.tables_loose import figure


def split(grid: Grid, words: Sequence[Word]) -> Grid:
    """Return the grid with those rows parted that hold several rows of things; the same grid when there are none."""
    texts = filled(grid, words)
    lines = [lines_of(merge_segments([Segment.of(run) for run in _runs(cell)])) if cell else [] for cell in texts]
    borders: dict[int, list[float]] = {}
    for row in range(grid.rows):
        mine = [k for k, c in enumerate(grid.cells) if c.row == row]
        if any(grid.cells[k].row_span > 1 for k in mine) or any(
            c.row < row < c.row + c.row_span for c in grid.cells if c.row_span > 1
        ):
            continue
        cuts = _cuts([lines[k] for k in mine])
        if cuts:
            borders[row] = cuts
    if not borders:
        return grid
    return _parted(grid, borders)


def _runs(words: Sequence[Word]) -> list[list[Word]]:
    runs: list[list[Word]] = []
    for word in words:
        if word.glued and runs:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _cuts(cells: list[list[Line]]) -> list[float]:
    """Return the heights at which a row of cells is to be parted, or none.

    The columns whose every line is a figure tell how many things there are; at least two of three such columns must
    agree, or one must stand level with lines of all the others.
    """
    keys = [cell for cell in cells if len(cell) >= 2 and all(figure(joined(line.words)) for line in cell)]
    if not keys:
        return []
    counts = sorted({len(k) for k in keys}, key=lambda n: (-sum(len(k) == n for k in keys), -n))
    best = [k for k in keys if len(k) == counts[0]]
    # One column of figures alone may be one number broken over lines: another column must bear it out.
    key = best[0]
    others = [cell for cell in cells if cell and cell is not key and len(cell) >= len(key)]
    level = sum(all(_level(line, other) for line in key) for other in others)
    if len(best) < 2 and not level:
        return []
    out: list[float] = []
    every = [line for cell in cells for line in cell]
    for above, below in pairwise(key):
        out.append(_between(every, above, below))
    return out


def _level(line: Line, cell: Sequence[Line]) -> bool:
    return any(min(line.y1, o.y1) - max(line.y0, o.y0) > 0.5 * min(line.height, o.height) for o in cell)


def _between(lines: Sequence[Line], above: Line, below: Line) -> float:
    """Return the height between two rows: in a space wider than the others, else just over the lower row."""
    inside = sorted(
        [line for line in lines if line.y1 > above.y0 and line.y0 < below.y1 and line.y0 >= above.y0 - above.height],
        key=lambda line: line.y0,
    )
    gaps: list[tuple[float, float]] = []
    low = above.y1
    for line in inside:
        if line.y0 >= low and line.y0 <= below.y0 + 1:
            gaps.append((line.y0 - low, (line.y0 + low) / 2))
        low = max(low, line.y1) if line.y0 <= below.y0 + 1 else low
    just = below.y0 - 0.5
    if not gaps:
        return just
    widest = max(gaps)
    rest = [g for g in gaps if g is not widest]
    return widest[1] if not rest or widest[0] > max(g[0] for g in rest) + 1.5 else just


def _parted(grid: Grid, borders: dict[int, list[float]]) -> Grid:
    cells: list[GridCell] = []
    offset = 0
    shift: list[int] = []
    for row in range(grid.rows):
        shift.append(offset)
        offset += len(borders.get(row, []))
    for cell in grid.cells:
        cuts = borders.get(cell.row, [])
        x0, y0, x1, y1 = cell.box
        if not cuts:
            span = cell.row_span + sum(len(borders.get(r, [])) for r in range(cell.row, cell.row + cell.row_span))
            cells.append(GridCell(cell.row + shift[cell.row], cell.column, span, cell.column_span, cell.box))
            continue
        for n, (top, bottom) in enumerate(pairwise([y0, *cuts, y1])):
            cells.append(
                GridCell(cell.row + shift[cell.row] + n, cell.column, 1, cell.column_span, (x0, top, x1, bottom))
            )
    cells.sort(key=lambda c: (c.row, c.column))
    return Grid(grid.rows + offset, grid.columns, cells, grid.box, grid.ruled, grid.flowing)
