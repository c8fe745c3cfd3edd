"""Segments and tables to the order in which a person reads them: columns, clause rows, stacks side by side.

Limits: columns are upright bands; newspaper pages with pictures cut into columns are not followed.
Units: points, origin top left, the page as shown upright.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from assay.read.layout import Block, Island, Item, Segment, is_han, joined, lines_of, script_of, starts

MOST_SEGMENTS = 6000
"""Beyond this many runs a page (a map, a drawing) is read in order of height, without looking for columns."""


@dataclass(frozen=True, slots=True)
class _Gutter:
    first: int
    last: int
    x: float
    weight: float


MOST_TRIED = 6
"""How many places of a gutter are weighed before a stretch is read straight across."""


def _gutters(items: Sequence[Item], least: int) -> list[_Gutter]:
    """Return empty upright bands between two stacks of at least `least` lines each, the best first.

    `items` are sorted by their centres. For each x in steps of 2 points, the items that cross x cut the sequence into
    runs; a run counts by the smaller of its two sides.
    """
    if len(items) < 2 * least or len(items) > MOST_SEGMENTS:
        return []
    x0 = np.array([s.x0 for s in items])
    x1 = np.array([s.x1 for s in items])
    is_text = np.array([isinstance(s, Segment) for s in items])
    heights = [s.y1 - s.y0 for s in items if isinstance(s, Segment)]
    if not heights:
        return []
    em = statistics.median(heights)
    half = max(3.0, 0.45 * em)
    found: dict[tuple[int, int, float], _Gutter] = {}
    places = np.arange(x0.min() + 4 * em, x1.max() - 4 * em, 2.0)
    across = (x0 < places[:, None] + half) & (x1 > places[:, None] - half)
    free = len(items) - across.sum(axis=1) >= 2 * least
    for x, crossing in zip(places[free], across[free], strict=True):
        edges = np.flatnonzero(crossing)
        starts = np.concatenate(([0], edges + 1))
        ends = np.concatenate((edges, [len(items)]))
        left = np.concatenate(([0], np.cumsum((x1 <= x - half) & is_text)))
        right = np.concatenate(([0], np.cumsum((x0 >= x + half) & is_text)))
        low = np.minimum(left[ends] - left[starts], right[ends] - right[starts])
        k = int(low.argmax())
        if low[k] < least:
            continue
        run = slice(int(starts[k]), int(ends[k]))
        near_left = x1[run][x1[run] <= x - half].max()
        near_right = x0[run][x0[run] >= x + half].min()
        weight = float(low[k]) + min(0.9, (near_right - near_left) / (20 * em))
        place = float((near_left + near_right) / 2)
        found[run.start, run.stop, round(place, 1)] = _Gutter(run.start, run.stop, place, weight)
    return sorted(found.values(), key=lambda g: (-g.weight, g.x))[:MOST_TRIED]


_LABEL_ENDS = (":", "：", "…", "...", "№")


def _columns(left: Sequence[Segment], right: Sequence[Segment]) -> bool:
    """Tell whether two stacks are columns of running text, each to be read down, and not labels and their values."""
    sides = [lines_of(left), lines_of(right)]
    texts = [[joined(line.words) for line in side] for side in sides]
    if not all(texts):
        return False
    for said in texts:
        long = sum(_weight(t) for t in said) / len(said)
        letters = sum(any(c.isalpha() for c in t) for t in said)
        if long < 15 or letters < 0.6 * len(said):
            return False
    if sum(t.rstrip().endswith(_LABEL_ENDS) for t in texts[0]) > 0.4 * len(texts[0]):
        return False
    for side in sides:
        width = max(line.x1 for line in side) - min(line.x0 for line in side)
        if statistics.median(line.x1 - line.x0 for line in side) < 0.35 * width:
            return False
        tabbed = sum(line.tabbed for line in side)
        if tabbed > 0.4 * len(side):
            return False
    return True


def _weight(text: str) -> int:
    return sum(2 if is_han(c) else 1 for c in text)


def read_order(
    items: Sequence[Item], depth: int = 0, column: int = -1, limit: float | None = None
) -> list[Block | Island]:
    """Return blocks and islands in the order in which a person reads them.

    A stretch with a gutter is read left column first, then the right one; where the two are written in different
    scripts (a bilingual contract) and their paragraphs start level, clause by clause.
    """
    ordered = sorted(items, key=lambda s: ((s.y0 + s.y1) / 2, s.x0))
    if depth == 0:
        limit = _limit(_texts(items))
    if depth < 6:
        for gutter in _gutters(ordered, 3 if column < 0 else 6):
            run = ordered[gutter.first : gutter.last]
            left = [s for s in run if s.x1 <= gutter.x]
            right = [s for s in run if s.x1 > gutter.x]
            if not _columns(_texts(left), _texts(right)):
                continue
            number = max(column, 0)
            out = read_order(ordered[: gutter.first], depth + 1, column, limit)
            edge = _edge(_texts(left), _texts(right))
            out += _level([read_order(left, depth + 1, number, edge), read_order(right, depth + 1, number + 1, limit)])
            return out + read_order(ordered[gutter.last :], depth + 1, column, limit)
        beside = _beside(ordered) if column < 0 else None
        if beside is not None:
            above, left, right, below = beside
            out = read_order(above, depth + 1, column, limit)
            out += [*read_order(left, 6, 0, min(s.x0 for s in right)), *read_order(right, 6, 1, limit)]
            return out + read_order(below, depth + 1, column, limit)
    out = []
    held: list[Segment] = []
    for item in ordered:
        if isinstance(item, Island):
            if held:
                out.append(Block(lines_of(held), column, limit))
                held = []
            out.append(item)
        else:
            held.append(item)
    if held:
        out.append(Block(lines_of(held), column, limit))
    return out


def _beside(items: Sequence[Item]) -> tuple[list[Item], list[Item], list[Item], list[Item]] | None:
    """Return what stands above, left, right and below where two short stacks of words stand side by side, or None.

    Such are the sender and the addressee of a letter, or two signatories. The stacks are tight: a line that is more
    than
    0.8 of a line's height away from the next belongs to neither. Labels with values and names with figures are not
    stacks.
    """
    texts = _texts(items)
    rows = lines_of(texts)
    for row in rows:
        if not row.tabbed:
            continue
        mine = [s for s in texts if s.y0 < row.y1 - 0.3 * row.height and s.y1 > row.y0 + 0.3 * row.height]
        mine.sort(key=lambda s: s.x0)
        if len(mine) != 2 or mine[1].x0 - mine[0].x1 < 3.5 * row.height:
            continue
        if any(sum(c.isalpha() for c in s.text) < 3 for s in mine) or mine[0].text.rstrip().endswith(_LABEL_ENDS):
            continue
        edge = mine[1].x0 - 0.5 * row.height
        left = _stack(mine[0], [s for s in texts if s.x1 < edge])
        right = _stack(mine[1], [s for s in texts if s.x0 > edge])
        if len(left) + len(right) < 3 or not _worded(left) or not _worded(right):
            continue
        top, bottom = min(s.y0 for s in (*left, *right)), max(s.y1 for s in (*left, *right))
        chosen = {id(s) for s in (*left, *right)}
        others = [s for s in items if id(s) not in chosen]
        if any(s.y1 > top + 1 and s.y0 < bottom - 1 for s in others):
            continue
        return [s for s in others if s.y0 < top + 1], list(left), list(right), [s for s in others if s.y0 >= top + 1]
    return None


def _stack(seed: Segment, side: Sequence[Segment]) -> list[Segment]:
    """Return the lines that follow each other tightly above and below `seed` on its side."""
    out = [seed]
    top, bottom = seed.y0, seed.y1
    for s in sorted((s for s in side if s.middle < seed.middle and s is not seed), key=lambda s: -s.middle):
        if top - s.y1 > 0.8 * s.height:
            break
        out.append(s)
        top = min(top, s.y0)
    for s in sorted((s for s in side if s.middle > seed.middle and s is not seed), key=lambda s: s.middle):
        if s.y0 - bottom > 0.8 * s.height:
            break
        out.append(s)
        bottom = max(bottom, s.y1)
    return out


def _worded(stack: Sequence[Segment]) -> bool:
    """Tell whether the stack is words: not labels that end with a colon, not figures."""
    labels = sum(s.text.rstrip().endswith(_LABEL_ENDS) for s in stack)
    words = sum(sum(c.isalpha() for c in s.text) >= 3 for s in stack)
    return labels <= 0.34 * len(stack) and words >= 0.6 * len(stack)


def _texts(items: Sequence[Item]) -> list[Segment]:
    return [s for s in items if isinstance(s, Segment)]


def _level(columns: list[list[Block | Island]]) -> list[Block | Island]:
    """Weave two columns clause by clause where their scripts differ and paragraphs start level."""
    left, right = columns
    if len(left) != 1 or len(right) != 1 or not isinstance(left[0], Block) or not isinstance(right[0], Block):
        return [*left, *right]
    a, b = left[0], right[0]
    scripts = [script_of("".join(w.text for line in block.lines for w in line.words)) for block in (a, b)]
    if scripts[0] == scripts[1] or not all(scripts):
        return [a, b]
    cuts: list[tuple[int, int]] = [(0, 0)]
    heads = [set(starts(block.lines, block.limit)) for block in (a, b)]
    for i in sorted(heads[0]):
        for j in sorted(heads[1]):
            level = abs(a.lines[i].y0 - b.lines[j].y0) < 0.6 * max(a.lines[i].height, b.lines[j].height)
            if level and i > cuts[-1][0] and j > cuts[-1][1] and _clear(a, b, i, j):
                cuts.append((i, j))
    cuts.append((len(a.lines), len(b.lines)))
    woven: list[Block | Island] = []
    for (i, j), (k, m) in pairwise(cuts):
        if a.lines[i:k]:
            woven.append(Block(a.lines[i:k], a.column, a.limit))
        if b.lines[j:m]:
            woven.append(Block(b.lines[j:m], b.column, b.limit))
    return woven


def _clear(a: Block, b: Block, i: int, j: int) -> bool:
    top = min(a.lines[i].y0, b.lines[j].y0) + 0.3 * a.lines[i].height
    return a.lines[i - 1].y1 <= top + 0.3 * a.lines[i].height and b.lines[j - 1].y1 <= top + 0.3 * b.lines[j].height


def _edge(left: Sequence[Segment], right: Sequence[Segment]) -> float | None:
    """Return how far the left column could reach: its longest line, or what the usual gutter leaves."""
    if not left or not right:
        return None
    em = statistics.median(s.height for s in left)
    return max(max(s.x1 for s in left), min(s.x0 for s in right) - 2.2 * em)


def _limit(segments: Sequence[Segment]) -> float | None:
    """Return the right margin: the furthest place that at least two lines reach."""
    ends = sorted((s.x1 for s in segments), reverse=True)
    for a, b in pairwise(ends):
        if a - b < 12:
            return a
    return None
