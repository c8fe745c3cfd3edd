"""What each page of a PDF is made of: its size, its text, its fonts and the pictures placed on it.

Purpose: one look at the pages for all examinations that compare them. Limits: at most `MOST_PAGES` pages,
`MOST_PICTURES` pictures a page and `DEEPEST_FORM` nested forms; a picture's bytes are those of its own stream.
"""

from __future__ import annotations

import ctypes
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assay.examine.pdf.facts import structure
from assay.examine.pdf.layers import pictures
from assay.examine.pdf.states import StateRefused, inherited, opened, page_of, to_fractions
from assay.model import Box

MOST_PAGES = 2_000
MOST_PICTURES = 200
DEEPEST_FORM = 3
LARGEST_STREAM = 40_000_000
LARGEST_CONTENT = 2_000_000
_SELECT = re.compile(rb"(/[^\s/<>\[\]()]{1,100})\s+-?[\d.]+\s+Tf\b")
SUBSET = re.compile(r"/?([A-Z]{6})\+(.+)")


@dataclass(frozen=True, slots=True)
class Placed:
    """One picture on a page. `digest` is that of its stored bytes; `tables` that of its JPEG quantisation tables.

    `width` and `height` in pixels, `dpi` as placed. `mask` is a digest of what says where the page shows through it,
    empty when it is opaque.
    """

    digest: str
    width: int
    height: int
    dpi: int
    colour: str
    filters: str
    tables: str
    mask: str
    box: Box

    @property
    def area(self) -> float:
        """Share of the page that it takes."""
        return (self.box.x1 - self.box.x0) * (self.box.y1 - self.box.y0)


@dataclass(frozen=True, slots=True)
class Font:
    """A font of a page: `base` without its subset tag, `tag` that tag or empty, `key` its object number."""

    base: str
    tag: str
    kind: str
    key: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page, `number` from 1; sizes in points as shown; `letters` counts visible characters."""

    number: int
    width: float
    height: float
    letters: int
    pictures: tuple[Placed, ...]
    fonts: tuple[Font, ...]

    @property
    def scan(self) -> Placed | None:
        """The picture that covers the page, when one does."""
        broad = [p for p in self.pictures if p.area >= 0.6]
        return max(broad, key=lambda p: p.area) if broad else None


@lru_cache(maxsize=2)
def sheets_of(data: bytes) -> tuple[Sheet, ...]:
    """Return the pages of a file, at most `MOST_PAGES`; raise `StateRefused`."""
    held = _held(data)
    found = []
    with opened(data) as document:
        for index in range(min(len(document), MOST_PAGES)):
            with page_of(document, index) as page:
                width, height = page.get_size()
                fonts, masks = held[index] if index < len(held) else ((), {})
                placed = tuple(_placed(page, masks))
                found.append(Sheet(index + 1, round(width, 1), round(height, 1), _letters(page), placed, fonts))
    return tuple(found)


def stored_of(handle: Any) -> bytes:
    """Return the stored bytes of a pdfium picture; empty when they are beyond the limit."""
    import pypdfium2.raw as raw

    return _bytes_of(raw.FPDFImageObj_GetImageDataRaw, handle)


def jpeg_of(handle: Any) -> bytes:
    """Return the JPEG of a pdfium picture, other wrappings taken off; empty when it is none, or beyond the limit."""
    import pypdfium2.raw as raw

    filters = filters_of(handle)
    if filters == ("DCTDecode",):
        return stored_of(handle)
    # pdfium's "decoded" bytes end before the picture's own compression.
    return _bytes_of(raw.FPDFImageObj_GetImageDataDecoded, handle) if filters[-1:] == ("DCTDecode",) else b""


def _bytes_of(get: Any, handle: Any) -> bytes:
    size = get(handle, None, 0)
    if not 0 < size <= LARGEST_STREAM:
        return b""
    buffer = ctypes.create_string_buffer(size)
    get(handle, buffer, size)
    return buffer.raw[:size]


def filters_of(handle: Any) -> tuple[str, ...]:
    """Return the names of a picture's filters, outermost first."""
    import pypdfium2.raw as raw

    names = []
    for index in range(min(raw.FPDFImageObj_GetImageFilterCount(handle), 8)):
        buffer = ctypes.create_string_buffer(64)
        raw.FPDFImageObj_GetImageFilter(handle, index, buffer, 64)
        names.append(buffer.value.decode("latin-1"))
    return tuple(names)


def _letters(page: Any) -> int:
    """Return how many characters the page's text has; none when its first ones are the invisible layer of a scan."""
    import pypdfium2.raw as raw

    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
        hidden = 0
        for index in range(min(count, 30)):
            handle = raw.FPDFText_GetTextObject(text_page, index)
            hidden += bool(handle) and raw.FPDFTextObj_GetTextRenderMode(handle) in (3, 7)
        return 0 if hidden * 2 > min(count, 30) else int(count)
    finally:
        text_page.close()


def _placed(page: Any, masks: dict[str, str]) -> Iterator[Placed]:
    import pypdfium2.raw as raw

    for index, item in enumerate(pictures(page, to_fractions(page))):
        if index >= MOST_PICTURES:
            return
        meta = raw.FPDF_IMAGEOBJ_METADATA()
        raw.FPDFImageObj_GetImageMetadata(item.handle, page, meta)
        data = stored_of(item.handle)
        filters = filters_of(item.handle)
        width_inches = (item.box.x1 - item.box.x0) * page.get_size()[0] / 72
        dpi = round(meta.width / width_inches) if width_inches > 0 else 0
        digest = hashlib.sha256(data).hexdigest()[:32] if data else ""
        yield Placed(
            digest, meta.width, meta.height, dpi,
            f"{meta.colorspace}/{meta.bits_per_pixel}", " ".join(filters),
            _tables(jpeg_of(item.handle)),
            masks.get(digest, ""), item.box,
        )  # fmt: skip


def _tables(data: bytes) -> str:
    """Return a digest of a JPEG's quantisation tables and sampling; empty when they cannot be read."""
    from PIL import Image

    if not data:
        return ""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            tables = getattr(picture, "quantization", {})
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return ""
    return hashlib.sha256(repr(sorted((k, tuple(v)) for k, v in tables.items())).encode()).hexdigest()[:16]


_Held = tuple[tuple[Font, ...], dict[str, str]]


def _held(data: bytes) -> tuple[_Held, ...]:
    """Return each page's fonts and masks; nothing when the structure cannot be read (pages may still be drawn)."""
    try:
        with structure(data) as pdf:
            known: dict[tuple[int, int], str] = {}
            return tuple(_held_by(pdf.pages[i].obj, known) for i in range(min(len(pdf.pages), MOST_PAGES)))
    except StateRefused:
        return ()


def _held_by(page: Any, known: dict[tuple[int, int], str]) -> _Held:
    """Return a page's fonts, and by the digest of a picture's bytes that of its mask."""
    fonts: dict[tuple[str, int], Font] = {}
    masks: dict[str, str] = {}
    stack = [(inherited(page, "/Resources"), page.get("/Contents"), 0)]
    seen: set[tuple[int, int]] = set()
    while stack:
        resources, contents, depth = stack.pop()
        for font in _used(_named(resources, "/Font"), contents):
            name = str(font.get("/BaseFont", ""))
            match = SUBSET.fullmatch(name)
            base, tag = (match.group(2), match.group(1)) if match else (name.lstrip("/"), "")
            fonts[name, font.objgen[0]] = Font(base, tag, str(font.get("/Subtype", "")).lstrip("/"), font.objgen[0])
        for _, held in _named(resources, "/XObject"):
            if str(held.get("/Subtype", "")) == "/Form" and held.objgen not in seen and depth < DEEPEST_FORM:
                seen.add(held.objgen)
                stack.append((held.get("/Resources"), held, depth + 1))
            elif str(held.get("/Subtype", "")) == "/Image":
                mask = _mask(held, known)
                if mask:
                    masks[_stored(held, known)] = mask
    return tuple(fonts[key] for key in sorted(fonts)), masks


def _mask(picture: Any, known: dict[tuple[int, int], str]) -> str:
    import pikepdf

    for name in ("/SMask", "/Mask"):
        mask = picture.get(name)
        if isinstance(mask, pikepdf.Stream):
            return _stored(mask, known)
        if isinstance(mask, pikepdf.Array):
            return "colour key"
    return "stencil" if picture.get("/ImageMask") is True else ""


def _stored(stream: Any, known: dict[tuple[int, int], str]) -> str:
    if stream.objgen not in known:
        known[stream.objgen] = hashlib.sha256(stream.read_raw_bytes()).hexdigest()[:32]
    return known[stream.objgen]


def _used(fonts: list[tuple[str, Any]], contents: Any) -> list[Any]:
    """Return the fonts that the contents select; pages can share a dictionary of fonts and use a few each.

    Contents are looked into only where one font stands under several tags, for it costs.
    """
    tags: dict[str, set[str]] = {}
    for _, font in fonts:
        match = SUBSET.fullmatch(str(font.get("/BaseFont", "")))
        if match:
            tags.setdefault(match.group(2), set()).add(match.group(1))
    if all(len(its) < 2 for its in tags.values()):
        return [font for _, font in fonts]
    selected = _selected(contents)
    return [font for name, font in fonts if selected is None or name in selected]


def _selected(contents: Any) -> set[str] | None:
    """Return the names of fonts that content streams select; None when the streams are too long to look."""
    import pikepdf

    streams = list(contents)[:200] if isinstance(contents, pikepdf.Array) else [contents]
    found: set[str] = set()
    for stream in streams:
        if not isinstance(stream, pikepdf.Stream):
            continue
        if len(stream.read_raw_bytes()) > LARGEST_CONTENT:
            return None
        drawn = stream.read_bytes()
        found |= {m.group(1).decode("latin-1") for m in _SELECT.finditer(drawn[: 20 * LARGEST_CONTENT])}
    return found


def _named(resources: Any, kind: str) -> list[tuple[str, Any]]:
    """Return the names, dictionaries and streams of one kind of resource, at most a thousand."""
    import pikepdf

    held = resources.get(kind) if isinstance(resources, pikepdf.Dictionary) else None
    if not isinstance(held, pikepdf.Dictionary):
        return []
    return [(str(k), v) for k, v in list(held.items())[:1_000] if isinstance(v, pikepdf.Dictionary | pikepdf.Stream)]
