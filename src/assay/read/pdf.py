"""The PDF reader: the text layer where it says what is shown, recognition where it does not, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.model import Exhibit, PageState, Record
from assay.read.layout_page import Seen, Source, records, unread
from assay.read.pdf_open import MOST_PAGES, frame_of, opened
from assay.read.pdf_text import Glyphs, garbled, glyphs_of, segments_of
from assay.work.part import Reader, ReadRefused, ReadSettings

NAME = "pdf"
VERSION = "1"


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of pages; raise `ReadRefused` (encrypted, broken, limit)."""
    del exhibit
    with opened(data, settings.passwords) as pdf:
        pages = len(pdf.document)
    if pages > MOST_PAGES:
        raise ReadRefused("limit", f"The PDF states {pages} pages; at most {MOST_PAGES} are read.")
    return pages


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterator[Record]:
    """Yield the records of pages first..last."""
    with opened(data, settings.passwords) as pdf:
        for number in range(first, min(last, len(pdf.document)) + 1):
            source = Source(exhibit.digest, number, "page", NAME, VERSION)
            try:
                page = pdf.document[number - 1]
            except Exception as error:  # pdfium gives no narrower class for a damaged page
                yield from unread(source, PageState.FAILED, f"The page cannot be loaded: {error}.", "broken")
                continue
            try:
                made = list(_page(page, source, settings, pdf.notes))
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


def _page(page: Any, source: Source, settings: ReadSettings, notes: tuple[str, ...]) -> Iterator[Record]:
    import pypdfium2

    from assay.read.pdf_objects import drawn_on

    glyphs = glyphs_of(page)
    turned = glyphs.turned
    frame = frame_of(page, 0 if turned is None else turned - page.get_rotation())
    drawn = drawn_on(page, frame)
    covered = drawn.covered(frame.width, frame.height)
    why = _doubt(glyphs, covered)
    if not why:
        segments, outside = segments_of(glyphs, frame)
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

    yield from scanned(page, source, settings, glyphs, drawn, (*notes, *why))


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
