"""What a PDF page draws, in order: text, filled shapes and pictures, with the picture of a scan told from the rest.

Limits: at most `MOST_OBJECTS` objects and `DEEPEST_FORM` nested forms are looked at on a page. Shadings and inline
patterns count as nothing.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from assay.examine.pdf.states import box_of, to_fractions
from assay.model import Box

MOST_OBJECTS = 20_000
DEEPEST_FORM = 4
WHOLE = 0.8
"""Share of the page that pictures must cover for the page to count as a scan."""
STRIP = 0.75
"""Share of the page's width that a picture must have to be a strip of a scan."""
_CELLS = 40


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn object: `kind` is text, fill or picture; `handle` is pdfium's; `text` what it writes."""

    kind: str
    box: Box
    handle: Any
    text: str = ""
    shade: int = 0


@dataclass(frozen=True, slots=True)
class Layers:
    """`scan` are the pictures that make up the page, `over` what is visibly drawn after the first of them."""

    scan: tuple[Drawn, ...]
    over: tuple[Drawn, ...]


def layers(page: Any) -> Layers | None:
    """Return what lies over a scanned page, None when the page is no scan. Invisible text is left out."""
    drawn: list[Drawn] = []
    pictures: list[Drawn] = []
    matrix = to_fractions(page)
    text_page = page.get_textpage()
    try:
        for item in _objects(page, text_page, matrix):
            broad = item.kind == "picture" and (item.box.x1 - item.box.x0 >= STRIP or _area(item.box) >= WHOLE / 2)
            if broad:
                pictures.append(item)
            elif pictures:
                drawn.append(item)
    finally:
        text_page.close()
    if not pictures or _covered(pictures) < WHOLE:
        return None
    return Layers(tuple(pictures), tuple(drawn))


def pictures(page: Any, matrix: Any) -> Iterator[Drawn]:
    """Yield the pictures of a pdfium page in the order in which they are drawn; `matrix` is `to_fractions` of it."""
    import pypdfium2.raw as raw

    for handle, kind, around in _handles(page):
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            box = _box(handle, matrix, around)
            if box is not None:
                yield Drawn("picture", box, handle)


def fills_and_text(page: Any) -> Iterator[Drawn]:
    """Yield what a pdfium page visibly draws, in order; `text` and `shade` are told."""
    text_page = page.get_textpage()
    try:
        yield from _objects(page, text_page, to_fractions(page))
    finally:
        text_page.close()


def is_scan(page: Any) -> bool:
    """Whether pictures cover the page."""
    return layers(page) is not None


@contextmanager
def without_text(page: Any) -> Iterator[bool]:
    """Switch a page's text off while the block runs; gives whether there is any among the objects looked at."""
    import pypdfium2.raw as raw

    texts = [handle for handle, kind, _ in _handles(page) if kind == raw.FPDF_PAGEOBJ_TEXT]
    for handle in texts:
        raw.FPDFPageObj_SetIsActive(handle, False)
    try:
        yield bool(texts)
    finally:
        for handle in texts:
            raw.FPDFPageObj_SetIsActive(handle, True)


def _objects(page: Any, text_page: Any, matrix: Any) -> Iterator[Drawn]:
    for handle, kind, around in _handles(page):
        found = _drawn(kind, handle, text_page, matrix, around)
        if found:
            yield found


def _handles(page: Any) -> Iterator[tuple[Any, int, tuple[float, ...]]]:
    """Yield each drawn object, its kind and the matrix around it; forms are opened."""
    import pypdfium2.raw as raw

    left = MOST_OBJECTS
    identity = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    top = raw.FPDFPage_CountObjects(page)
    stack: list[tuple[Any, Any, int, int, int, tuple[float, ...]]] = [
        (raw.FPDFPage_GetObject, page, 0, top, 0, identity)
    ]
    while stack and left:
        get, holder, index, count, depth, around = stack.pop()
        if index >= count:
            continue
        stack.append((get, holder, index + 1, count, depth, around))
        handle = get(holder, index)
        left -= 1
        kind = raw.FPDFPageObj_GetType(handle)
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < DEEPEST_FORM:
            inner = _joined(_matrix(handle), around)
            size = raw.FPDFFormObj_CountObjects(handle)
            stack.append((raw.FPDFFormObj_GetObject, handle, 0, size, depth + 1, inner))
            continue
        yield handle, kind, around


def _drawn(kind: int, handle: Any, text_page: Any, matrix: Any, around: tuple[float, ...]) -> Drawn | None:
    import pypdfium2.raw as raw

    box = _box(handle, matrix, around)
    if box is None:
        return None
    if kind == raw.FPDF_PAGEOBJ_IMAGE:
        return Drawn("picture", box, handle)
    if kind == raw.FPDF_PAGEOBJ_TEXT:
        if raw.FPDFTextObj_GetTextRenderMode(handle) in (3, 7):
            return None
        text = _text(handle, text_page)
        return Drawn("text", box, handle, text) if text.strip() else None
    if kind == raw.FPDF_PAGEOBJ_PATH:
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(handle, mode, stroke)
        shade = _shade(handle)
        if mode.value and shade is not None:
            return Drawn("fill", box, handle, shade=shade)
    return None


def _shade(handle: Any) -> int | None:
    """Return the grey level of an opaque fill, None for one that lets the page through."""
    import pypdfium2.raw as raw

    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha) or alpha.value < 250:
        return None
    return (299 * red.value + 587 * green.value + 114 * blue.value) // 1000


def _text(handle: Any, text_page: Any) -> str:
    import pypdfium2.raw as raw

    size = raw.FPDFTextObj_GetText(handle, text_page, None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pointer = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
    raw.FPDFTextObj_GetText(handle, text_page, pointer, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


def _matrix(handle: Any) -> tuple[float, ...]:
    import pypdfium2.raw as raw

    value = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(handle, value)
    return (value.a, value.b, value.c, value.d, value.e, value.f)


def _joined(inner: tuple[float, ...], outer: tuple[float, ...]) -> tuple[float, ...]:
    """Return the map that applies `inner` first and `outer` then (PDF's row vectors)."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _box(handle: Any, matrix: Any, around: tuple[float, ...]) -> Box | None:
    import pypdfium2.raw as raw

    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
        return None
    a, b, c, d, e, f = around
    corners = [
        (a * x + c * y + e, b * x + d * y + f) for x in (left.value, right.value) for y in (bottom.value, top.value)
    ]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    box = box_of(matrix, min(xs), min(ys), max(xs), max(ys))
    return box if box.x1 > box.x0 and box.y1 > box.y0 else None


def _area(box: Box) -> float:
    return (box.x1 - box.x0) * (box.y1 - box.y0)


def _covered(pictures: list[Drawn]) -> float:
    """Return the share of the page under the pictures, on a grid of cells."""
    import numpy as np

    grid = np.zeros((_CELLS, _CELLS), dtype=bool)
    for item in pictures:
        grid[
            round(item.box.y0 * _CELLS) : round(item.box.y1 * _CELLS),
            round(item.box.x0 * _CELLS) : round(item.box.x1 * _CELLS),
        ] = True
    return float(grid.mean())
