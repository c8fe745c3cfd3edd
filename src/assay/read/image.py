"""The image reader: scans and photographs of pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assay.model import Exhibit, PageState, Problem, Record
from assay.read.image_open import bounded, frame, frames, pictured
from assay.read.layout import Segment
from assay.read.layout_page import Seen, Source, records, unread
from assay.read.tables import Rule
from assay.work.part import Reader, ReadRefused, ReadSettings

if TYPE_CHECKING:
    import numpy.typing as npt

NAME = "image"
VERSION = "7"


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of pages; raise `ReadRefused` (broken, limit)."""
    del exhibit, settings
    with pictured(data):
        return frames(data)[0]


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterator[Record]:
    """Yield the records of pages first..last."""
    present, more = frames(data)
    if more and first == 1:
        why = f"The image holds more than {present} pages; the first {present} were read."
        yield Problem("read", exhibit.digest, 0, "limit", why, NAME, VERSION)
    for number in range(first, min(last, present) + 1):
        source = Source(exhibit.digest, number, "image", NAME, VERSION)
        try:
            with pictured(data, number) as image:
                pixels, dpi = frame(image)
            made = list(records(source, seen_in(pixels, dpi, settings)))
        except ReadRefused as refused:
            state = PageState.UNREAD if refused.category == "missing_program" else PageState.FAILED
            made = list(unread(source, state, refused.message, refused.category))
        except MemoryError:
            raise
        except Exception as error:  # one bad page must not cost the others
            reason = f"The page could not be read: {type(error).__name__}: {error}."
            made = list(unread(source, PageState.FAILED, reason, "error"))
        yield from made


LEAST_PIXELS = 8
"""A picture lower or narrower than this holds no letter."""


def seen_in(
    pixels: npt.NDArray[Any], dpi: float, settings: ReadSettings, turn: int = 0, notes: tuple[str, ...] = ()
) -> Seen:
    """Return what recognition sees on an image, grey or RGB.

    `turn` is by how much the stored page is turned already, clockwise.
    """
    from assay.read.ocr.colour import TAKEN_OUT, writing_of
    from assay.read.ocr.page import recognise

    writing = writing_of(pixels, dpi)
    grey = writing.grey
    if writing.cleared:
        notes = (*notes, TAKEN_OUT)
    if min(grey.shape[:2]) < LEAST_PIXELS:
        size = (grey.shape[1] * 72 / dpi, grey.shape[0] * 72 / dpi)
        return Seen(*size, turn % 360, "empty", "", [], [], (*notes, "the picture is too small to hold writing"), None)
    worked, scale = bounded(grey, dpi)
    found = recognise(worked, max(70, round(dpi * scale)), settings.languages)
    unit = 72 / (dpi * scale)
    back = None
    if found.back is not None:
        a, b, c, d, e, f = found.back
        back = (a, b, c * unit, d, e, f * unit)
    return Seen(
        found.width * unit,
        found.height * unit,
        (turn + 90 * found.quarters) % 360,
        "ocr",
        " + ".join(found.engines),
        [_scaled(s, unit) for s in found.segments],
        [Rule(r.x0 * unit, r.y0 * unit, r.x1 * unit, r.y1 * unit) for r in found.rules],
        (*notes, *found.notes),
        back,
    )


def _scaled(segment: Segment, unit: float) -> Segment:
    return Segment.of(
        [w._replace(x0=w.x0 * unit, y0=w.y0 * unit, x1=w.x1 * unit, y1=w.y1 * unit) for w in segment.words]
    )


IMAGE = Reader(
    name=NAME,
    version=VERSION,
    purpose="Reads scans and photographs of pages: orientation, skew and scripts are found on the page itself.",
    limits="Printed Russian, Ukrainian, English and Chinese; handwriting is not read; skew of up to 10 degrees.",
    needs=("tesseract-ocr-rus", "tesseract-ocr-ukr", "tesseract-ocr-eng"),
    accepts=(
        "image/png",
        "image/jpeg",
        "image/tiff",
        "image/webp",
        "image/bmp",
        "image/x-ms-bmp",
        "image/gif",
        "image/jp2",
        "image/x-jp2-codestream",
        "image/avif",
        "image/heic",
        "image/x-portable-anymap",
    ),
    count=count,
    read=read,
    chunk=2,
)
