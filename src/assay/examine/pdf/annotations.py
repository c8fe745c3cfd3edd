"""Annotations of a page: which ones can hide what is under them, where they lie and what they say.

Limits: form fields are not looked at. Source of the kinds: ISO 32000-2, table 171.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from assay.examine.pdf.states import box_of, to_fractions
from assay.model import Box


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation that can hide text; `words` is its text as stored."""

    box: Box
    words: str


def covering(page: Any) -> list[Annotation]:
    """Return the annotations of a pdfium page that can hide what is under them."""
    import pypdfium2.raw as raw

    kinds = {
        raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP, raw.FPDF_ANNOT_SQUARE, raw.FPDF_ANNOT_CIRCLE,
        raw.FPDF_ANNOT_POLYGON, raw.FPDF_ANNOT_INK, raw.FPDF_ANNOT_LINE, raw.FPDF_ANNOT_REDACT,
    }  # fmt: skip
    found = []
    matrix = to_fractions(page)
    for _, handle, kind in _each(page):
        rectangle = raw.FS_RECTF()
        if kind in kinds and raw.FPDFAnnot_GetRect(handle, rectangle):
            box = box_of(matrix, rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
            if box.x1 > box.x0 and box.y1 > box.y0:
                found.append(Annotation(box, _string(handle, b"Contents")))
    return found


def drop_see_through(page: Any) -> None:
    """Take annotations that cannot hide text off a page held in memory: viewers draw them see-through."""
    import pypdfium2.raw as raw

    through = {
        raw.FPDF_ANNOT_HIGHLIGHT, raw.FPDF_ANNOT_UNDERLINE, raw.FPDF_ANNOT_STRIKEOUT, raw.FPDF_ANNOT_SQUIGGLY,
        raw.FPDF_ANNOT_TEXT, raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP,
    }  # fmt: skip
    doomed = [index for index, _, kind in _each(page) if kind in through]
    for index in reversed(doomed):
        raw.FPDFPage_RemoveAnnot(page, index)


def _each(page: Any) -> Iterator[tuple[int, Any, int]]:
    import pypdfium2.raw as raw

    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        with _held(raw.FPDFPage_GetAnnot(page, index)) as handle:
            if handle:
                yield index, handle, raw.FPDFAnnot_GetSubtype(handle)


@contextmanager
def _held(handle: Any) -> Iterator[Any]:
    import pypdfium2.raw as raw

    try:
        yield handle
    finally:
        if handle:
            raw.FPDFPage_CloseAnnot(handle)


def _string(handle: Any, key: bytes) -> str:
    import pypdfium2.raw as raw

    size = raw.FPDFAnnot_GetStringValue(handle, key, None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAnnot_GetStringValue(handle, key, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")
