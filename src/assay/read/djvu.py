"""Reader for DjVu: the text layer with its words' boxes where there is one, else the page's picture is recognised.

Through djvu-rs (MIT, Rust). Limits: at most `MOST_PIXELS` a page are rendered; a text layer is taken as it stands when
it holds more than a few letters, and annotations and outlines are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.model import Exhibit, PageState, Record
from assay.read.image import seen_in
from assay.read.layout import Segment, Word
from assay.read.layout_page import Seen, Source, records, unread
from assay.work.part import Reader, ReadRefused, ReadSettings

NAME, VERSION = "djvu", "3"
MOST_PIXELS = 80_000_000
MOST_PAGES = 100_000
_LEAST_LETTERS = 3
_DEPTH = 12
_LIKELY_DPI = 300


def _opened(data: bytes) -> Any:
    import djvu_rs

    try:
        document = djvu_rs.Document.from_bytes(data)
        pages = document.page_count()
    except (djvu_rs.Error, ValueError) as error:
        raise ReadRefused("broken", f"the DjVu document is damaged: {str(error)[:160]}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ReadRefused("broken", "the DjVu document is damaged beyond what its reader can handle") from error
    if not pages:
        raise ReadRefused("broken", "the DjVu document has no page that can be found")
    if pages > MOST_PAGES:
        raise ReadRefused("limit", f"the DjVu document states {pages} pages; at most {MOST_PAGES} are read")
    return document


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of pages."""
    return int(_opened(data).page_count())


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterator[Record]:
    """Yield the records of pages first..last; a damaged one as a failed page."""
    document = _opened(data)
    for number in range(first, min(last, int(document.page_count())) + 1):
        source = Source(exhibit.digest, number, "page", NAME, VERSION)
        try:
            made = list(records(source, _seen(document, number, settings)))
        except ReadRefused as refused:
            state = PageState.UNREAD if refused.category == "missing_program" else PageState.FAILED
            made = list(unread(source, state, refused.message, refused.category))
        except MemoryError:
            raise
        except BaseException as error:  # one bad page must not cost the others; Rust's panics are no Exception
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            reason = f"The page could not be read: {type(error).__name__}: {str(error)[:160]}."
            made = list(unread(source, PageState.FAILED, reason, "broken"))
        yield from made


def _seen(document: Any, number: int, settings: ReadSettings) -> Seen:
    page = document.page(number - 1)
    dpi = float(page.dpi() if callable(page.dpi) else page.dpi)
    dpi = dpi if 50 <= dpi <= 1200 else _LIKELY_DPI
    wide, high = (int(v() if callable(v) else v) for v in (page.width, page.height))
    unit = 72 / dpi
    layer = page.text_layer()
    segments = _segments(layer, unit) if layer else []
    if sum(len(w.text) for s in segments for w in s.words) >= _LEAST_LETTERS:
        return Seen(wide * unit, high * unit, 0, "text_layer", "djvu-rs", segments)
    if wide * high > MOST_PIXELS:
        raise ReadRefused("limit", f"the page has {wide} x {high} pixels; at most {MOST_PIXELS} are rendered")
    return seen_in(_picture(page), dpi, settings, 0, ("no text layer",))


def _picture(page: Any) -> Any:
    import cv2
    import numpy as np

    shown = page.render()
    wide, high = (int(v() if callable(v) else v) for v in (shown.width, shown.height))
    raw = shown.data() if callable(shown.data) else shown.data
    pixels = np.frombuffer(raw, dtype=np.uint8).reshape(high, wide, -1)
    return cv2.cvtColor(pixels[:, :, :3], cv2.COLOR_RGB2GRAY)


def _segments(layer: Any, unit: float) -> list[Segment]:
    """Return the layer's lines as segments; where it has no words, its lines count as words set apart by letters."""
    lines: list[list[Word]] = []

    def walk(zone: Any, depth: int, line: list[Word] | None) -> None:
        kind, rect = str(zone["kind"]).lower(), zone["rect"]
        inner = zone.get("children") or ()
        if kind == "line" or (line is None and kind == "word"):
            line = []
            lines.append(line)
        if kind in ("word", "character") or (not inner and zone.get("text")):
            if line is None:
                line = []
                lines.append(line)
            line += _words(zone, rect, unit)
            return
        if depth < _DEPTH:
            for child in inner:
                walk(child, depth + 1, line)

    for zone in layer["zones"]:
        walk(zone, 0, None)
    return [Segment.of(line) for line in lines if line]


def _words(zone: Any, rect: Any, unit: float) -> list[Word]:
    """Return a zone's words; several in one zone share its width by their letters."""
    x, y, wide, high = (float(rect[k]) * unit for k in ("x", "y", "width", "height"))
    texts = str(zone["text"]).split()
    letters = sum(map(len, texts)) + max(0, len(texts) - 1)
    made, at = [], 0
    for text in texts:
        left, right = x + wide * at / letters, x + wide * (at + len(text)) / letters
        made.append(Word(text, left, y, right, y + high))
        at += len(text) + 1
    return made


DJVU = Reader(
    NAME,
    VERSION,
    "DjVu documents: the text layer with boxes, else the page's picture is recognised.",
    "A text layer by others is taken as it stands; annotations and outlines are left out.",
    needs=("tesseract-ocr-rus", "tesseract-ocr-ukr", "tesseract-ocr-eng"),
    accepts=("image/vnd.djvu",),
    count=count,
    read=read,
    chunk=4,
)
