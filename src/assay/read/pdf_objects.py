"""What a PDF page draws besides text: rules and pictures.

Limits: curves, patterns and clipping are not followed; drawings of more than `MOST_OBJECTS` objects are cut off there.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assay.read.tables import Rule

if TYPE_CHECKING:
    from assay.read.pdf_open import Frame

MOST_OBJECTS = 30_000
MOST_SEGMENTS = 6_000
THIN = 3.0
"""A filled rectangle up to this many points thick is a rule."""


@dataclass(slots=True)
class Drawn:
    """Rules, and pictures as (x0, y0, x1, y1), on the page as shown; `dpi` is the finest picture's resolution.

    `largest` is the width and height, in its own points, of the picture that has the most.
    `coloured`: a picture has more than eight bits a pixel, so that it may hold colours.
    """

    rules: list[Rule] = field(default_factory=list)
    pictures: list[tuple[float, float, float, float]] = field(default_factory=list)
    dpi: float = 0.0
    largest: tuple[int, int] = (0, 0)
    coloured: bool = False

    def covered(self, width: float, height: float) -> float:
        """Return the share of the page that the largest picture covers."""
        area = max(width * height, 1e-6)
        return max(
            (
                max(0.0, min(x1, width) - max(x0, 0)) * max(0.0, min(y1, height) - max(y0, 0)) / area
                for x0, y0, x1, y1 in self.pictures
            ),
            default=0.0,
        )


Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def drawn_on(page: Any, frame: Frame) -> Drawn:
    """Return what is drawn on a pypdfium2 page."""
    import numpy as np
    import pypdfium2.raw as raw

    found = Drawn()
    lines: list[tuple[float, float, float, float]] = []
    pictures: list[tuple[float, float, float, float]] = []
    budget = [MOST_OBJECTS, MOST_SEGMENTS]
    top = [raw.FPDFPage_GetObject(page.raw, i) for i in range(min(raw.FPDFPage_CountObjects(page.raw), MOST_OBJECTS))]
    _walk(page.raw, top, IDENTITY, 0, lines, pictures, found, budget)
    if lines:
        boxes = frame.place(np.array(lines, dtype=np.float64))
        found.rules = [Rule(*map(float, b)) for b in boxes]
    if pictures:
        boxes = frame.place(np.array(pictures, dtype=np.float64))
        found.pictures = [tuple(map(float, b)) for b in boxes]  # type: ignore[misc]
    return found


def _walk(
    page: Any,
    items: list[Any],
    outer: Matrix,
    depth: int,
    lines: list[tuple[float, float, float, float]],
    pictures: list[tuple[float, float, float, float]],
    found: Drawn,
    budget: list[int],
) -> None:
    import pypdfium2.raw as raw

    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for item in items:
        budget[0] -= 1
        if budget[0] <= 0:
            return
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            if not raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
                continue
            box = (left.value, bottom.value, right.value, top.value)
            wide, high = box[2] - box[0], box[3] - box[1]
            if min(wide, high) <= THIN and max(wide, high) >= 4:
                lines.append(_centre(_through(outer, box)))
            elif min(wide, high) > THIN:
                _path(item, outer, lines, budget)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            if raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
                box = _through(outer, (left.value, bottom.value, right.value, top.value))
                pictures.append(box)
                w, h = ctypes.c_uint(), ctypes.c_uint()
                sized = raw.FPDFImageObj_GetImagePixelSize(item, w, h)
                if sized and w.value * h.value > found.largest[0] * found.largest[1]:
                    found.largest = (w.value, h.value)
                if sized and box[2] > box[0] and box[3] > box[1]:
                    long, side = max(w.value, h.value), max(box[2] - box[0], box[3] - box[1])
                    found.dpi = max(found.dpi, long * 72 / side)
                details = raw.FPDF_IMAGEOBJ_METADATA()
                if not found.coloured and raw.FPDFImageObj_GetImageMetadata(item, page, details):
                    found.coloured = details.bits_per_pixel > 8
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < 8:
            matrix = raw.FS_MATRIX()
            inner = outer
            if raw.FPDFPageObj_GetMatrix(item, matrix):
                inner = _times((matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f), outer)
            count = max(0, raw.FPDFFormObj_CountObjects(item))
            children = [raw.FPDFFormObj_GetObject(item, i) for i in range(min(count, budget[0]))]
            _walk(page, children, inner, depth + 1, lines, pictures, found, budget)


def _path(item: Any, outer: Matrix, lines: list[tuple[float, float, float, float]], budget: list[int]) -> None:
    """Add the straight, upright or level pieces of a stroked path, and thin parts of a filled one."""
    import pypdfium2.raw as raw

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item, fill, stroke)
    count = raw.FPDFPath_CountSegments(item)
    if count <= 1 or count > budget[1]:
        return
    budget[1] -= count
    matrix = raw.FS_MATRIX()
    whole = outer
    if raw.FPDFPageObj_GetMatrix(item, matrix):
        whole = _times((matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f), outer)
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    part: list[tuple[float, float]] = []
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        here = (
            whole[0] * x.value + whole[2] * y.value + whole[4],
            whole[1] * x.value + whole[3] * y.value + whole[5],
        )
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if fill.value and not stroke.value:
                _thin(part, lines)
            part = [here]
            start = here
        else:
            part.append(here)
            if stroke.value and kind == raw.FPDF_SEGMENT_LINETO:
                _straight(last, here, lines)
        if raw.FPDFPathSegment_GetClose(segment) and stroke.value:
            _straight(here, start, lines)
        last = here
    if fill.value and not stroke.value:
        _thin(part, lines)


def _straight(a: tuple[float, float], b: tuple[float, float], lines: list[tuple[float, float, float, float]]) -> None:
    wide, high = abs(a[0] - b[0]), abs(a[1] - b[1])
    if min(wide, high) <= 0.7 and max(wide, high) >= 4:
        lines.append(_centre((min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))))


def _thin(part: list[tuple[float, float]], lines: list[tuple[float, float, float, float]]) -> None:
    if len(part) < 4:
        return
    xs, ys = [p[0] for p in part], [p[1] for p in part]
    box = (min(xs), min(ys), max(xs), max(ys))
    if min(box[2] - box[0], box[3] - box[1]) <= THIN and max(box[2] - box[0], box[3] - box[1]) >= 4:
        lines.append(_centre(box))


def _centre(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return the middle line of a thin rectangle."""
    left, bottom, right, top = box
    if right - left >= top - bottom:
        y = (bottom + top) / 2
        return (left, y, right, y)
    x = (left + right) / 2
    return (x, bottom, x, top)


def _times(a: Matrix, b: Matrix) -> Matrix:
    """Return the matrix that applies `a`, then `b`."""
    return (
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    )


def _through(m: Matrix, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    if m == IDENTITY:
        return box
    xs = [m[0] * x + m[2] * y + m[4] for x in (box[0], box[2]) for y in (box[1], box[3])]
    ys = [m[1] * x + m[3] * y + m[5] for x in (box[0], box[2]) for y in (box[1], box[3])]
    return (min(xs), min(ys), max(xs), max(ys))
