"""Painting: leaves become a PDF, the same bytes for the same leaves.

Dates in the file are those of the fiction. The file says in its keywords that it is a specimen.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from assay.specimen.fonts import width_of
from assay.specimen.paper import Leaf, Sheet, runs_of

KEYWORDS = "SPECIMEN fictional document made by assay specimen"
INK_BLUE = (0.10, 0.16, 0.52)
SEAL_BLUE = (0.22, 0.30, 0.72)


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a PDF's document information says: title, author, and the day of its making in the fiction."""

    title: str
    author: str
    made: date
    hour: int = 10


def pdf_of(leaves: Sequence[Leaf], sheet: Sheet, imprint: Imprint) -> bytes:
    """Return the leaves as a PDF with embedded, subset fonts."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(sheet.width, sheet.height), invariant=1, pageCompression=1)
    canvas.setTitle(imprint.title)
    canvas.setAuthor(imprint.author)
    canvas.setSubject("Specimen")
    canvas.setKeywords(KEYWORDS)
    made = imprint.made
    stamp = (made.year, made.month, made.day, imprint.hour, made.day % 60, (made.month * 7) % 60)
    canvas._doc.info._dateFormatter = lambda *_: "D:{:04d}{:02d}{:02d}{:02d}{:02d}{:02d}+03'00'".format(*stamp)
    for leaf in leaves:
        _page(canvas, leaf, sheet)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _page(canvas: Any, leaf: Leaf, sheet: Sheet) -> None:
    height = sheet.height
    canvas.setLineWidth(0.5)
    text = canvas.beginText()
    for ink in leaf.ink:
        if ink.kind != "text":
            continue
        pair, x = sheet.family.pick(ink.bold, ink.italic), ink.x
        for key, run in runs_of(ink.text, pair):
            text.setTextOrigin(x, height - ink.y)
            text.setFont(key, ink.x1)
            text.textOut(run)
            x += width_of(run, pair, ink.x1)
    canvas.drawText(text)
    for ink in leaf.ink:
        if ink.kind == "line":
            canvas.line(ink.x, height - ink.y, ink.x1, height - ink.y1)
    for ink in leaf.ink:
        if ink.kind == "hand":
            _hand(canvas, ink.x, height - ink.y, ink.text)
        elif ink.kind == "seal":
            _seal(canvas, ink.x, height - ink.y, ink.text)


def _hand(canvas: Any, x: float, y: float, who: str) -> None:
    """Draw a signature: the same strokes for the same hand, a little moved by nothing but its place."""
    rng = Random(f"hand/{who}")
    canvas.saveState()
    canvas.setStrokeColorRGB(*INK_BLUE)
    canvas.setLineWidth(1.1)
    path = canvas.beginPath()
    path.moveTo(x, y)
    slant, rise = rng.uniform(0.2, 0.6), rng.uniform(9, 17)
    for stroke in range(rng.randint(4, 7)):
        up = rise * rng.uniform(0.4, 1.2) / (1 + stroke * 0.3)
        step = rng.uniform(7, 15)
        path.curveTo(
            x + up * slant, y + up, x + step * 0.4 + up * slant, y + up * rng.uniform(0.5, 1.1),
            x + step, y - rng.uniform(-2, 5),
        )  # fmt: skip
        x += step
    path.curveTo(x + 10, y + 6, x + 25, y - 5, x + rng.uniform(15, 40), y + rng.uniform(-2, 8))
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.restoreState()


def _seal(canvas: Any, x: float, y: float, who: str) -> None:
    """Draw a round seal without words: rings, a star, ticks where the lettering of a worn seal would be."""
    rng = Random(f"seal/{who}")
    canvas.saveState()
    canvas.setStrokeColorRGB(*SEAL_BLUE)
    radius = rng.uniform(38, 46)
    canvas.translate(x, y)
    canvas.rotate(rng.uniform(-25, 25))
    for share, width in ((1.0, 1.6), (0.94, 0.5), (0.66, 0.8)):
        canvas.setLineWidth(width)
        canvas.circle(0, 0, radius * share)
    canvas.setLineWidth(1.0)
    count = rng.randint(34, 46)
    for tick in range(count):
        angle = 2 * math.pi * tick / count
        inner, outer = radius * rng.uniform(0.71, 0.77), radius * rng.uniform(0.83, 0.9)
        bend = rng.uniform(-0.03, 0.03)
        canvas.line(
            inner * math.cos(angle),
            inner * math.sin(angle),
            outer * math.cos(angle + bend),
            outer * math.sin(angle + bend),
        )
    points = rng.choice((5, 6, 8))
    path = canvas.beginPath()
    for corner in range(points * 2 + 1):
        reach = radius * (0.45 if corner % 2 == 0 else 0.2)
        angle = math.pi * corner / points + math.pi / 2
        place = (reach * math.cos(angle), reach * math.sin(angle))
        path.moveTo(*place) if corner == 0 else path.lineTo(*place)
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.restoreState()
