"""PDF pages that are pictures: rendered at the scan's own resolution and recognised."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from assay.model import Page, Problem, Record
from assay.read.image import seen_in
from assay.read.layout_page import Source, records
from assay.read.pdf_objects import Drawn
from assay.read.pdf_open import frame_of
from assay.read.pdf_text import Glyphs, garbled
from assay.read.render import raster
from assay.work.part import ReadSettings

LEAST_DPI, MOST_DPI = 200, 300
BLANK = 250
"""A page whose darkest point is lighter than this shows nothing."""
MOST_PICTURES = 20
DIFFER = 0.9
"""Two readings that agree in less than this share of their letters are said to differ."""


def scanned(
    page: Any, source: Source, settings: ReadSettings, glyphs: Glyphs, drawn: Drawn, notes: tuple[str, ...]
) -> Iterator[Record]:
    """Yield the records of a page whose picture is read. Another's text layer that differs is kept in the notes."""
    frame = frame_of(page)
    dpi = min(MOST_DPI, max(LEAST_DPI, round(drawn.dpi) if drawn.dpi else LEAST_DPI))
    pixels, dpi_used = raster(page, dpi, grey=not drawn.coloured)
    lost = undecoded(page) if drawn.pictures and int(pixels.min()) > BLANK else 0
    if lost:
        notes = (*notes, f"{lost} pictures on the page cannot be decoded, and nothing of the page can be seen")
        yield Problem("read", source.exhibit, source.number, "broken", notes[-1], source.part, source.version)
    seen = seen_in(pixels, dpi_used, settings, frame.turn, notes)
    for record in records(source, seen):
        if isinstance(record, Page) and not garbled(glyphs):
            record = _with_other(record, glyphs)
        yield record


def undecoded(page: Any) -> int:
    """Return how many pictures of a page pdfium cannot decode, of the first `MOST_PICTURES` that are no forms' own."""
    import pypdfium2.raw as raw

    lost = tried = 0
    for index in range(min(raw.FPDFPage_CountObjects(page.raw), 1000)):
        item = raw.FPDFPage_GetObject(page.raw, index)
        if raw.FPDFPageObj_GetType(item) != raw.FPDF_PAGEOBJ_IMAGE or tried >= MOST_PICTURES:
            continue
        tried += 1
        bitmap = raw.FPDFImageObj_GetBitmap(item)
        if bitmap:
            raw.FPDFBitmap_Destroy(bitmap)
        else:
            lost += 1
    return lost


def _with_other(page: Page, glyphs: Glyphs) -> Page:
    from dataclasses import replace

    other = "".join(chr(c) if c > 32 else " " for c in glyphs.codes.tolist() if c < 0x110000)
    other = " ".join(other.split())
    if len(other) < 3:
        return page
    mine = "".join(page.text.split())[:20_000]
    theirs = "".join(other.split())[:20_000]
    matcher = difflib.SequenceMatcher(None, mine, theirs, autojunk=False)
    if matcher.quick_ratio() >= DIFFER:
        return page
    return replace(page, notes=(*page.notes, f"the text layer that was kept aside says: {other[:4000]}"))
