"""Pictures as they are stored: an image file's frames, or the picture that makes up each scanned page of a PDF.

A PDF's picture is taken from its own stream, never drawn anew, so that its compression can be examined. Limits:
pictures of more than `LARGEST` pixels, black-and-white ones, and pages made of several strips are left out; at most
`MOST_PAGES` pages.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay.examine.pdf.layers import pictures
from assay.examine.pdf.sheets import jpeg_of
from assay.examine.pdf.states import opened, page_of, to_fractions
from assay.model import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

PICTURES = ("image/jpeg", "image/png", "image/tiff", "image/webp", "image/bmp")
ACCEPTS = ("application/pdf", *PICTURES)
LARGEST = 40_000_000
SMALLEST = 300
"""A picture with a shorter side of fewer pixels is no paper."""
MOST_PAGES = 2_000
WHOLE = 0.6
"""Share of the page that one picture must cover to be its scan."""


@dataclass(frozen=True, slots=True)
class Raster:
    """One picture: `page` from 1, `grey` its luminance, `jpeg` its stored bytes when it is one.

    `place` is the affine map (six numbers) from fractions of the picture, origin top left, to fractions of the page.
    """

    page: int
    grey: Grey
    jpeg: bytes
    place: tuple[float, float, float, float, float, float]

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """Return pixels x0..x1, y0..y1 as a box of the page."""
        height, width = self.grey.shape
        a, b, c, d, e, f = self.place
        corners = [(x / width, y / height) for x in (x0, x1) for y in (y0, y1)]
        xs = [min(1.0, max(0.0, a * u + c * v + e)) for u, v in corners]
        ys = [min(1.0, max(0.0, b * u + d * v + f)) for u, v in corners]
        return Box(min(xs), min(ys), max(xs), max(ys))


def rasters(media_type: str, data: bytes) -> Iterator[Raster]:
    """Yield the pictures of an exhibit; raise `StateRefused` for a PDF that cannot be opened."""
    if media_type == "application/pdf":
        yield from _of_pdf(data)
        return
    grey = decoded(data)
    if grey is not None:
        yield Raster(1, grey, data if media_type == "image/jpeg" else b"", (1, 0, 0, 1, 0, 0))


def raster_of(media_type: str, data: bytes, page: int) -> Raster | None:
    """Return the picture of one page, or None; raise `StateRefused` for a PDF that cannot be opened."""
    if media_type != "application/pdf":
        return next(rasters(media_type, data), None) if page == 1 else None
    with opened(data) as document:
        if not 1 <= page <= min(len(document), MOST_PAGES):
            return None
        with page_of(document, page - 1) as held:
            return _of_page(held, page)


def decoded(data: bytes) -> Grey | None:
    """Return a picture file's luminance; None when it is too large, too small or not readable."""
    import cv2
    import numpy as np
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
            flat = picture.mode == "1"
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    if flat or width * height > LARGEST or min(width, height) < SMALLEST:
        return None
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION)
    return None if grey is None else np.asarray(grey, dtype=np.uint8)


def _of_pdf(data: bytes) -> Iterator[Raster]:
    with opened(data) as document:
        for index in range(min(len(document), MOST_PAGES)):
            with page_of(document, index) as page:
                raster = _of_page(page, index + 1)
                if raster is not None:
                    yield raster


def _of_page(page: Any, number: int) -> Raster | None:
    """Return the one picture that covers a page; None when there is none, or several."""
    import pypdfium2.raw as raw

    matrix = to_fractions(page)
    broad = [p for p in pictures(page, matrix) if (p.box.x1 - p.box.x0) * (p.box.y1 - p.box.y0) >= WHOLE]
    if not broad:
        return None
    handle = broad[0].handle
    meta = raw.FPDF_IMAGEOBJ_METADATA()
    raw.FPDFImageObj_GetImageMetadata(handle, page, meta)
    small = min(meta.width, meta.height) < SMALLEST
    if small or meta.width * meta.height > LARGEST or meta.bits_per_pixel <= 1:
        return None
    jpeg = jpeg_of(handle)
    grey = decoded(jpeg) if jpeg else _bitmap(handle)
    return None if grey is None else Raster(number, grey, jpeg, _place(handle, matrix))


def _bitmap(handle: Any) -> Grey | None:
    import ctypes

    import cv2
    import numpy as np
    import pypdfium2.raw as raw

    bitmap = raw.FPDFImageObj_GetBitmap(handle)
    if not bitmap:
        return None
    try:
        width, height, stride = (
            f(bitmap) for f in (raw.FPDFBitmap_GetWidth, raw.FPDFBitmap_GetHeight, raw.FPDFBitmap_GetStride)
        )
        channels = {raw.FPDFBitmap_Gray: 1, raw.FPDFBitmap_BGR: 3, raw.FPDFBitmap_BGRx: 4, raw.FPDFBitmap_BGRA: 4}
        depth = channels.get(raw.FPDFBitmap_GetFormat(bitmap), 0)
        if not depth or min(width, height) < SMALLEST:
            return None
        buffer = ctypes.cast(raw.FPDFBitmap_GetBuffer(bitmap), ctypes.POINTER(ctypes.c_ubyte * (stride * height)))
        rows = np.frombuffer(buffer.contents, np.uint8).reshape(height, stride)[:, : width * depth]
        if depth == 1:
            return np.array(rows)
        colours = np.ascontiguousarray(rows.reshape(height, width, depth)[:, :, :3])
        return np.asarray(cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)


def _place(handle: Any, matrix: Any) -> tuple[float, float, float, float, float, float]:
    """Return the map from picture fractions (origin top left) to page fractions, by the picture's own matrix."""
    import pypdfium2.raw as raw

    own = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(handle, own)

    def at(u: float, v: float) -> tuple[float, float]:
        x, y = own.a * u + own.c * (1 - v) + own.e, own.b * u + own.d * (1 - v) + own.f
        return (
            float(matrix[0][0] * x + matrix[0][1] * y + matrix[0][2]),
            float(matrix[1][0] * x + matrix[1][1] * y + matrix[1][2]),
        )

    (x, y), (right_x, right_y), (down_x, down_y) = at(0, 0), at(1, 0), at(0, 1)
    return (right_x - x, right_y - y, down_x - x, down_y - y, x, y)
