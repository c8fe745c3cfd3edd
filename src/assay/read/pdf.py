"""The PDF reader: the text layer where it says what is shown, recognition where it does not, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.model import Exhibit, Page, PageState, Problem, Record
from assay.read.image_open import MOST_PIXELS
from assay.read.layout import Segment
from assay.read.layout_page import Seen, Source, records, unread
from assay.read.pdf_open import Frame, Opened, frame_of, held, opened, reopened
from assay.read.pdf_text import Glyphs, garbled, glyphs_of, segments_of
from assay.read.pdf_weight import too_heavy
from assay.work.part import Reader, ReadRefused, ReadSettings

LOOK_DPI = 110
"""Resolution at which a page is looked at, to see whether there is writing that its text layer lacks."""
NAME = "pdf"
VERSION = "7"


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of pages; raise `ReadRefused` (encrypted, broken, limit)."""
    del exhibit
    with opened(data, settings.passwords) as pdf:
        pages = len(pdf.document)
    there = held(data, settings.passwords, pages)
    if not there:
        raise ReadRefused("limit", f"The PDF states {pages} pages, and its page tree holds none that can be found.")
    return there


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterator[Record]:
    """Yield the records of pages first..last."""
    import pypdfium2

    mended: Any = None
    with opened(data, settings.passwords) as pdf:
        stated = len(pdf.document)
        if first == 1 and (there := held(data, settings.passwords, stated)) < stated:
            why = f"The PDF states {stated} pages; {there} of them are there or can be read, and were."
            yield Problem("read", exhibit.digest, 0, "limit", why, NAME, VERSION)
        heavy = too_heavy(data, tuple(settings.passwords), first, last)
        for number in range(first, min(last, stated) + 1):
            source = Source(exhibit.digest, number, "page", NAME, VERSION)
            if number in heavy:
                reason = f"The page was not loaded: {heavy[number]}."
                yield from unread(source, PageState.FAILED, reason, "limit")
                continue
            notes = pdf.notes
            try:
                page = pdf.document[number - 1]
            except pypdfium2.PdfiumError:
                mended = mended or _mended(data, settings)
                try:
                    page = mended.document[number - 1]
                except (pypdfium2.PdfiumError, IndexError, AttributeError):
                    reason = "The page is damaged: it cannot be loaded, not even after a repair of the file."
                    yield from unread(source, PageState.FAILED, reason, "broken")
                    continue
                notes = mended.notes
            try:
                made = list(_page(page, source, settings, notes))
            except ReadRefused as refused:
                made = list(unread(source, PageState.UNREAD, refused.message, refused.category))
            except MemoryError:
                raise
            except Exception as error:  # one bad page must not cost the others
                reason = f"The page could not be read: {type(error).__name__}: {error}."
                made = list(unread(source, PageState.FAILED, reason, "error"))
            finally:
                page.close()
            yield from made


def _mended(data: bytes, settings: ReadSettings) -> Opened | str:
    """Return the document after a repair, or a word on why there is none."""
    try:
        return reopened(data, settings.passwords)
    except ReadRefused as refused:
        return refused.message


def _page(page: Any, source: Source, settings: ReadSettings, notes: tuple[str, ...]) -> Iterator[Record]:
    import pypdfium2

    from assay.read.pdf_objects import drawn_on

    glyphs = glyphs_of(page)
    turned = glyphs.turned
    frame = frame_of(page, 0 if turned is None else turned - page.get_rotation())
    drawn = drawn_on(page, frame)
    if drawn.largest[0] * drawn.largest[1] > MOST_PIXELS:
        wide, high = drawn.largest
        message = f"A picture that states {wide} x {high} pixels is on the page; what else it shows was read."
        yield Problem("read", source.exhibit, source.number, "limit", message, NAME, VERSION)
    covered = drawn.covered(frame.width, frame.height)
    why = _doubt(glyphs, covered)
    segments, outside = segments_of(glyphs, frame) if not why else ([], 0)
    if not why and covered > 0.5 and _more_written(page, segments, frame):
        why = ("visible text lies over a picture that holds more writing; the page was read as it is shown",)
    if not why:
        said = list(notes)
        if outside:
            said.append(f"{outside} characters lie outside of the visible page and were left out")
        if glyphs.cut:
            said.append("the page holds more characters than are read; the rest was left out")
        engine = f"pdfium {pypdfium2.PDFIUM_INFO.build}"
        seen = Seen(
            frame.width, frame.height, frame.turn, "text_layer", engine, segments, drawn.rules, tuple(said)
        )  # fmt: skip
        yield from records(source, seen)
        return
    from assay.read.pdf_scan import scanned

    made = list(scanned(page, source, settings, glyphs, drawn, (*notes, *why)))
    shown = sum(len(r.text) for r in made if isinstance(r, Page))
    if segments and shown < 0.7 * sum(len(w.text) for s in segments for w in s.words):
        # The picture gave less than the text over it: what is written as text is surely there.
        engine = f"pdfium {pypdfium2.PDFIUM_INFO.build}"
        remarks = (*notes, "the picture under the text was not legible; only the text layer was read")
        seen = Seen(frame.width, frame.height, frame.turn, "text_layer", engine, segments, drawn.rules, remarks)
        made = list(records(source, seen))
    yield from made


def _more_written(page: Any, segments: list[Segment], frame: Frame) -> bool:
    """Tell whether the page shows lines of writing, in a picture under the text, that the text layer does not have."""
    from assay.read.ocr.prepare import ink_of, strips_of
    from assay.read.ocr.rules import rules_of, without
    from assay.read.render import raster

    grey, dpi = raster(page, LOOK_DPI, extra=(frame.turn - page.get_rotation()) % 360)
    ink = ink_of(grey)
    _, mask = rules_of(ink, round(dpi))
    _, ink = without(grey, ink, mask)
    unit = dpi / 72
    for s in segments:
        ink[
            max(0, int(s.y0 * unit) - 2) : int(s.y1 * unit) + 3, max(0, int(s.x0 * unit) - 2) : int(s.x1 * unit) + 3
        ] = 0
    known = sum(s.x1 - s.x0 for s in segments) * unit
    strips = [s for s in strips_of(ink, round(dpi)) if s.x1 - s.x0 > 3 * (s.y1 - s.y0) and s.y1 - s.y0 < dpi / 3]
    return len(strips) >= 3 and sum(s.x1 - s.x0 for s in strips) > 0.3 * known


def _doubt(glyphs: Glyphs, covered: float) -> tuple[str, ...]:
    """Return why the page's image is to be recognised instead of its text layer taken, or () to take the layer."""
    ink = int((glyphs.codes > 32).sum())
    if ink == 0:
        return ("no text layer",)
    reason = garbled(glyphs)
    if reason:
        return (f"the text layer was not used: {reason}",)
    if covered > 0.5 and glyphs.invisible > 0.5:
        return ("an invisible text layer by others lies over the scan; the scan was read anew",)
    if covered > 0.7 and ink < 60:
        return ("the few characters of the text layer lie over a full-page picture, which was read",)
    return ()


PDF = Reader(
    name=NAME,
    version=VERSION,
    purpose="Reads PDF pages: the text layer where it says what is shown, else the page's image.",
    limits="Forms and annotations are read only as far as they are part of the page; XFA forms are not read.",
    needs=("tesseract-ocr-rus", "tesseract-ocr-ukr", "tesseract-ocr-eng"),
    accepts=("application/pdf",),
    count=count,
    read=read,
)
