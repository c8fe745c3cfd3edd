"""The sum of a table that stands alone on the page after it: a row of its own.

Purpose: a word for a sum and, far to its right, its figures are one row, though nothing else of the table is on the
page and the figures may be set a little higher or lower than the word.
Limits: only among the first lines of a page, where no table was found; words for a sum in ru, uk, zh, en and de.
Units: points, origin top left, the page as shown upright.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assay.read.layout import Segment
from assay.read.tables import Grid, GridCell
from assay.read.tables_loose import figure

FIRST_LINES = 5
"""A sum that goes on from the page before stands within so many lines, the running head included."""
FAR = 2.0
"""A figure belongs to the word for a sum from so many line heights away on; nearer it is running text."""
_SUM = re.compile(
    r"(?i)^\W*(?:итого|всего|общая сумма|сумма|у?разом|усього|всього|загальна|(?:grand |sub ?)?total|amount due|"
    r"gesamt|summe|合\s*计|总\s*计|总\s*价|共\s*计|小\s*计|金额)(?![а-яіїєґa-z]{4})"
)


def total_alone(segments: Sequence[Segment], taken: Sequence[Grid]) -> Grid | None:
    """Return the row of a sum among the first lines of a page as a grid of one row, or None."""
    ordered = sorted(segments, key=lambda s: s.middle)
    tops: list[float] = []
    for segment in ordered:
        if not tops or segment.middle - tops[-1] > 0.7 * segment.height:
            tops.append(segment.middle)
        if len(tops) > FIRST_LINES:
            return None
        if segment.words[0].turn or not _SUM.match(segment.text):
            continue
        if any(g.box[1] < segment.y1 and segment.y0 < g.box[3] for g in taken):
            return None
        row = _row(segment, ordered)
        if row is not None:
            return row
    return None


def _row(label: Segment, segments: Sequence[Segment]) -> Grid | None:
    em = label.height
    # Figures may stand up to a line's height off the word, as cells are centred or not.
    level = [s for s in segments if s is not label and abs(s.middle - label.middle) < 0.95 * em and s.x0 >= label.x1]
    figures = [s for s in level if figure(s.text)]
    if not figures or min(s.x0 for s in figures) - label.x1 < FAR * em:
        return None
    if any(not figure(s.text) and len(s.text) > 12 for s in level):
        return None
    parts = sorted([label, *level], key=lambda s: s.x0)
    columns: list[list[Segment]] = []
    for part in parts:
        if columns and part.x0 < max(s.x1 for s in columns[-1]) + 0.3 * em:
            columns[-1].append(part)
        else:
            columns.append([part])
    if len(columns) < 2:
        return None
    top, bottom = min(s.y0 for s in parts) - 1, max(s.y1 for s in parts) + 1
    ends = [max(s.x1 for s in c) for c in columns]
    heads = [min(s.x0 for s in c) for c in columns]
    inner = [(end + head) / 2 for end, head in zip(ends, heads[1:], strict=False)]
    edges = [heads[0] - 1, *inner, ends[-1] + 1]
    cells = [GridCell(0, k, 1, 1, (a, top, b, bottom)) for k, (a, b) in enumerate(pairwise(edges))]
    return Grid(1, len(cells), cells, (edges[0], top, edges[-1], bottom), ruled=False)
