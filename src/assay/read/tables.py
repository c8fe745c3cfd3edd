"""Ruled tables: rules to grids of cells, words to cells.

Purpose: the same for rules drawn in a PDF and for rules found in a scan.
Limits: rules must be upright (deskew first); a table that is a picture inside a picture is not followed; cells are
rectangles, so an L-shaped cell becomes its bounding rectangle.
Units: points, origin top left, the page as shown upright.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from assay.read.layout import Island, Segment, Word, script_of

NEAR = 3.0
"""Rules whose ends miss each other by up to this many points are taken to meet."""
MOST_RULES = 1500
"""A page with more rules than this is a drawing: its rules are not followed."""
MOST_CELLS = 20000


class Rule(NamedTuple):
    """A straight line, level (`y0 == y1`) or upright (`x0 == x1`), drawn or found."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def level(self) -> bool:
        """Whether it runs from left to right."""
        return self.x1 - self.x0 >= self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell: place and span in the grid, box (x0, y0, x1, y1) in points."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: tuple[float, float, float, float]


@dataclass(slots=True)
class Grid:
    """A table's cells by row, then column. `flowing`: two columns of running text, no list of things."""

    rows: int
    columns: int
    cells: list[GridCell]
    box: tuple[float, float, float, float]
    ruled: bool = True
    flowing: bool = False


def grids_of(rules: Iterable[Rule], width: float, height: float) -> list[Grid]:
    """Return the tables that `rules` draw, top to bottom.

    A frame around one space is no table. A space of more than half of the page inside a frame (a drawing frame with a
    title block) is left out of its table, so that what stands in it is read as usual.
    """
    level, upright = _gathered(rules)
    grids = []
    for group_level, group_upright in _groups(level, upright):
        grid = _grid(group_level, group_upright, width * height)
        if grid is not None:
            grids.append(grid)
    grids.sort(key=lambda g: (g.box[1], g.box[0]))
    return grids


def _gathered(rules: Iterable[Rule]) -> tuple[list[Rule], list[Rule]]:
    """Return level and upright rules; pieces on one line that touch become one."""
    level: list[Rule] = []
    upright: list[Rule] = []
    for rule in rules:
        (level if rule.level else upright).append(rule)
    if len(level) + len(upright) > 8 * MOST_RULES:
        return [], []
    level = [Rule(a, c, b, c) for c, a, b in _merged([((r.y0 + r.y1) / 2, r.x0, r.x1) for r in level])]
    upright = [Rule(c, a, c, b) for c, a, b in _merged([((r.x0 + r.x1) / 2, r.y0, r.y1) for r in upright])]
    if len(level) + len(upright) > MOST_RULES:
        return [], []
    return level, upright


def _merged(pieces: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Join pieces (place, from, to) whose places differ by up to 2 points and whose ends touch."""
    out: list[tuple[float, float, float]] = []
    pieces.sort()
    at = 0
    while at < len(pieces):
        end = at + 1
        while (
            end < len(pieces) and pieces[end][0] - pieces[end - 1][0] <= 1.0 and pieces[end][0] - pieces[at][0] <= 2.5
        ):
            end += 1
        row = sorted(pieces[at:end], key=lambda p: p[1])
        place = sum(p[0] * (p[2] - p[1] + 0.01) for p in row) / sum(p[2] - p[1] + 0.01 for p in row)
        low, high = row[0][1], row[0][2]
        for _, a, b in row[1:]:
            if a <= high + NEAR:
                high = max(high, b)
            else:
                out.append((place, low, high))
                low, high = a, b
        out.append((place, low, high))
        at = end
    return [p for p in out if p[2] - p[1] >= 4.0]


def _groups(level: list[Rule], upright: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Return the rules that hang together, group by group."""
    import numpy as np

    if len(level) < 2 or not upright:
        return []
    ly = np.array([r.y0 for r in level])[:, None]
    lx0 = np.array([r.x0 for r in level])[:, None]
    lx1 = np.array([r.x1 for r in level])[:, None]
    ux = np.array([r.x0 for r in upright])[None, :]
    uy0 = np.array([r.y0 for r in upright])[None, :]
    uy1 = np.array([r.y1 for r in upright])[None, :]
    meets = (ux >= lx0 - NEAR) & (ux <= lx1 + NEAR) & (ly >= uy0 - NEAR) & (ly <= uy1 + NEAR)
    parent = list(range(len(level) + len(upright)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j in np.argwhere(meets):
        a, b = root(int(i)), root(len(level) + int(j))
        if a != b:
            parent[max(a, b)] = min(a, b)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, rule in enumerate([*level, *upright]):
        group = groups.setdefault(root(i), ([], []))
        group[0 if i < len(level) else 1].append(rule)
    return [g for g in groups.values() if len(g[0]) >= 2 and len(g[1]) >= 1]


def _places(values: list[float], tolerance: float = NEAR) -> list[float]:
    """Return the distinct places among `values`, those within the tolerance averaged."""
    out: list[list[float]] = []
    for value in sorted(values):
        if out and value - out[-1][-1] <= tolerance and value - out[-1][0] <= 2 * tolerance:
            out[-1].append(value)
        else:
            out.append([value])
    return [sum(v) / len(v) for v in out]


def _grid(level: list[Rule], upright: list[Rule], page_area: float) -> Grid | None:
    xs = _places([r.x0 for r in upright])
    ys = _places([r.y0 for r in level])
    left, right = min(r.x0 for r in level), max(r.x1 for r in level)
    if left < xs[0] - 12:
        xs.insert(0, left)
    if right > xs[-1] + 12:
        xs.append(right)
    top, bottom = min(r.y0 for r in upright), max(r.y1 for r in upright)
    if top < ys[0] - 8:
        ys.insert(0, top)
    if bottom > ys[-1] + 8:
        ys.append(bottom)
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 1 or rows * columns < 2 or rows * columns > MOST_CELLS:
        return None
    walls = _walls([(r.x0, r.y0, r.y1) for r in upright], xs, ys)
    floors = _walls([(r.y0, r.x0, r.x1) for r in level], ys, xs)
    owner: dict[tuple[int, int], tuple[int, int, int, int]] = {}
    for r in range(rows):
        for c in range(columns):
            if (r, c) in owner:
                continue
            r1, c1 = r, c
            while c1 + 1 < columns and (r, c1 + 1) not in owner and not walls[c1 + 1][r]:
                c1 += 1
            while (
                r1 + 1 < rows
                and not any(floors[r1 + 1][k] for k in range(c, c1 + 1))
                and all((r1 + 1, k) not in owner for k in range(c, c1 + 1))
                and not any(walls[k][r1 + 1] for k in range(c + 1, c1 + 1))
            ):
                r1 += 1
            for i in range(r, r1 + 1):
                for k in range(c, c1 + 1):
                    owner[i, k] = (r, c, r1, c1)
    cells = [
        GridCell(r, c, r1 - r + 1, c1 - c + 1, (xs[c], ys[r], xs[c1 + 1], ys[r1 + 1]))
        for r, c, r1, c1 in sorted(set(owner.values()))
    ]
    cells = [cell for cell in cells if _area(cell.box) < 0.5 * page_area]
    if len(cells) < 2:
        return None
    return _packed(cells)


def _walls(rules: list[tuple[float, float, float]], places: list[float], steps: list[float]) -> list[list[bool]]:
    """Return for each place whether rules (place, from, to) stand along each step, at least 60 % of it."""
    out = [[False] * (len(steps) - 1) for _ in places]
    for k, place in enumerate(places):
        near = [(a, b) for p, a, b in rules if abs(p - place) <= 2 * NEAR]
        for i, (low, high) in enumerate(itertools.pairwise(steps)):
            covered = sum(max(0.0, min(high, b) - max(low, a)) for a, b in near)
            out[k][i] = covered >= 0.6 * (high - low)
    return out


def _area(box: tuple[float, float, float, float]) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _packed(cells: list[GridCell]) -> Grid:
    """Return a grid of `cells`, counting only the rows and columns in which one starts."""
    rows = {r: i for i, r in enumerate(sorted({c.row for c in cells}))}
    columns = {c: i for i, c in enumerate(sorted({c.column for c in cells}))}
    out = []
    for cell in cells:
        row_span = sum(1 for r in rows if cell.row <= r < cell.row + cell.row_span)
        column_span = sum(1 for c in columns if cell.column <= c < cell.column + cell.column_span)
        out.append(GridCell(rows[cell.row], columns[cell.column], row_span, column_span, cell.box))
    out.sort(key=lambda c: (c.row, c.column))
    box = (
        min(c.box[0] for c in out),
        min(c.box[1] for c in out),
        max(c.box[2] for c in out),
        max(c.box[3] for c in out),
    )
    return Grid(len(rows), len(columns), out, box)


def settle(segments: Sequence[Segment], grids: list[Grid]) -> tuple[list[Segment | Island], list[Grid]]:
    """Put words into the grids that hold their centres; return what is left as segments, the grids as islands.

    Grids without a word are dropped (frames, forms' boxes). An island's `index` is its grid's place in the second list.
    """
    held: list[list[Word]] = [[] for _ in grids]
    rest: list[Segment | Island] = []
    for segment in segments:
        if not any(
            segment.x1 > g.box[0] and segment.x0 < g.box[2] and segment.y1 > g.box[1] and segment.y0 < g.box[3]
            for g in grids
        ):
            rest.append(segment)
            continue
        outside: list[Word] = []
        for word in segment.words:
            index = _holder(word, grids)
            if index is None:
                outside.append(word)
            else:
                held[index].append(word)
        if outside:
            rest.append(Segment.of(outside))
    kept: list[Grid] = []
    for grid, words in zip(grids, held, strict=True):
        if not words:
            continue
        if grid.columns == 1:
            # A frame, or frames below each other: what stands in them is read as if they were not drawn.
            rest.extend(_runs_again(words))
            continue
        grid.flowing = _flows(grid, words)
        rest.append(Island(*grid.box, index=len(kept), words=words))
        kept.append(grid)
    return rest, kept


def _runs_again(words: Sequence[Word]) -> list[Segment]:
    """Return words, in the order in which they came, as segments again."""
    out: list[list[Word]] = []
    for word in words:
        if out:
            last = out[-1][-1]
            high = max(word.y1 - word.y0, last.y1 - last.y0)
            level = min(word.y1, last.y1) - max(word.y0, last.y0) > 0.4 * min(word.y1 - word.y0, last.y1 - last.y0)
            if level and -0.5 * high < word.x0 - last.x1 < 0.85 * high:
                out[-1].append(word)
                continue
        out.append([word])
    return [Segment.of(run) for run in out]


def _holder(word: Word, grids: list[Grid]) -> int | None:
    """Return the smallest grid with a cell around the word's centre."""
    x, y = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
    best: int | None = None
    for index, grid in enumerate(grids):
        if not (grid.box[0] <= x <= grid.box[2] and grid.box[1] <= y <= grid.box[3]):
            continue
        if cell_at(grid, x, y) is None:
            continue
        if best is None or _area(grid.box) < _area(grids[best].box):
            best = index
    return best


def cell_at(grid: Grid, x: float, y: float) -> int | None:
    """Return the index of the cell that holds the point, or None."""
    for index, cell in enumerate(grid.cells):
        x0, y0, x1, y1 = cell.box
        if x0 <= x <= x1 and y0 <= y <= y1:
            return index
    return None


def filled(grid: Grid, words: Sequence[Word]) -> list[list[Word]]:
    """Return for each cell of the grid its words, in the order in which they came."""
    out: list[list[Word]] = [[] for _ in grid.cells]
    for word in words:
        index = cell_at(grid, (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2)
        if index is not None:
            out[index].append(word)
    return out


def _flows(grid: Grid, words: Sequence[Word]) -> bool:
    """Tell whether a two-column table holds running text: two scripts side by side, or long passages in both."""
    if not grid.ruled or grid.columns != 2:
        return False
    texts = [" ".join(w.text for w in cell) for cell in filled(grid, words)]
    sides: list[list[str]] = [[], []]
    for cell, text in zip(grid.cells, texts, strict=True):
        if cell.column_span == 1 and text:
            sides[min(cell.column, 1)].append(text)
    if not sides[0] or not sides[1]:
        return True
    scripts = [script_of("".join(side)) for side in sides]
    weight = [sum(_length(t) for t in side) / len(side) for side in sides]
    if all(scripts) and scripts[0] != scripts[1]:
        return min(weight) > 12
    return min(weight) > 90


def _length(text: str) -> int:
    return sum(3 if "\u3400" <= c <= "\u9fff" else 1 for c in text)


def header_rows(grid: Grid, texts: Sequence[str]) -> int:
    """Return how many rows at the top name columns: rows of words over rows with figures.

    Names that stand above each other (a cell over two rows or two columns) make two rows of header; a row that merely
    numbers the columns (1 2 3 ...) belongs to it. 0 when the first row has figures itself, or is the only one.
    """
    rows: list[list[str]] = [[] for _ in range(grid.rows)]
    depth = 1
    for cell, text in zip(grid.cells, texts, strict=True):
        rows[cell.row].append(text)
        if cell.row == 0 and grid.rows > 2:
            grouped = cell.column_span > 1 and cell.column_span < grid.columns
            depth = max(depth, min(cell.row_span, grid.rows - 1), 2 if grouped else 1)
    empty = sum(not t for t in rows[0])
    if empty > max(1, 0.25 * len(rows[0])) and depth == 1:
        return 0
    if grid.rows < 2 or not any(rows[0]) or any(_figure(t) for t in rows[0]):
        return 0
    if len([t for t in rows[0] if t]) == 1 and grid.columns > 2 and grid.rows > 2:
        depth = max(depth, 2)
    count = 0
    while count < depth and count < grid.rows - 1 and not any(_figure(t) for t in rows[count]):
        count += 1
    if count < grid.rows - 1 and _numbering(rows[count]):
        count += 1
    if not any(_figure(t) for row in rows[count:] for t in row) and max(len(t) for t in rows[0]) > 60:
        return 0
    return count


def _numbering(row: Sequence[str]) -> bool:
    said = [t.strip(" .()") for t in row if t]
    return len(said) > 1 and said == [str(k + 1) for k in range(len(said))]


def _figure(text: str) -> bool:
    digits = sum(c.isdigit() for c in text)
    return digits > 0 and digits >= 0.5 * sum(not c.isspace() for c in text)
