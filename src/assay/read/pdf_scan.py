"""PDF pages that are pictures: rendered at the scan's own resolution and recognised."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from assay.model import Page, Record
from assay.read.image import seen_in
from assay.read.layout_page import Source, records
from assay.read.pdf_objects import Drawn
from assay.read.pdf_open import frame_of
from assay.read.pdf_text import Glyphs, garbled
from assay.read.render import raster
from assay.work.part import ReadSettings

LEAST_DPI, MOST_DPI = 200, 300
DIFFER = 0.9
"""Two readings that agree in less than this share of their letters are said to differ."""


def scanned(
    page: Any, source: Source, settings: ReadSettings, glyphs: Glyphs, drawn: Drawn, notes: tuple[str, ...]
) -> Iterator[Record]:
    """Yield the records of a page whose picture is read. Another's text layer that differs is kept in the notes."""
    frame = frame_of(page)
    dpi = min(MOST_DPI, max(LEAST_DPI, round(drawn.dpi) if drawn.dpi else LEAST_DPI))
    grey, dpi_used = raster(page, dpi)
    seen = seen_in(grey, dpi_used, settings, frame.turn, notes)
    for record in records(source, seen):
        if isinstance(record, Page) and not garbled(glyphs):
            record = _with_other(record, glyphs)
        yield record


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
