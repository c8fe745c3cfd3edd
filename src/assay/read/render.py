"""Pages as pictures, turned as their boxes are.

Purpose: the page images of an edition and of the workbench. Limits: PDF and pictures; `MOST_SIDE` pixels a side.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy.typing as npt

MOST_SIDE = 6000
MOST_PIXELS = 26_000_000


def render(
    data: bytes,
    media_type: str,
    page: int,
    dpi: int,
    rotation: int | None = None,
    passwords: Sequence[str] = (),
) -> bytes:
    """Return page `page` (from 1) as a PNG of about `dpi` dots per inch, upright as `Page.rotation` says.

    `rotation` is the record's `Page.rotation`; without it a PDF's own /Rotate or a picture's EXIF decides, and what a
    reader found beyond that (a page scanned on its side) is not made good. Raises `ReadRefused` (broken, encrypted,
    limit).
    """
    import cv2
    import numpy as np

    if media_type == "application/pdf":
        pixels = _pdf(data, page, dpi, rotation, passwords)
    else:
        from assay.read.image_open import frame, pictured

        with pictured(data, page) as image:
            pixels, own = frame(image)
        scale = min(dpi / own, MOST_SIDE / max(pixels.shape[:2]))
        if scale < 0.98:
            size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
            pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        pixels = np.ascontiguousarray(np.rot90(pixels, -((rotation or 0) // 90)))
    return _png(pixels)


def _pdf(data: bytes, page: int, dpi: int, rotation: int | None, passwords: Sequence[str]) -> npt.NDArray[Any]:
    from assay.read.pdf_open import opened
    from assay.read.pdf_weight import heavy
    from assay.work.part import ReadRefused

    if why := heavy(data, passwords, page):
        raise ReadRefused("limit", f"The page was not loaded: {why}.")
    with opened(data, passwords) as pdf:
        if not 1 <= page <= len(pdf.document):
            raise ReadRefused("broken", f"The PDF has no page {page}.")
        loaded = pdf.document[page - 1]
        try:
            extra = 0 if rotation is None else (rotation - loaded.get_rotation()) % 360
            return raster(loaded, dpi, grey=False, extra=extra)[0]
        finally:
            loaded.close()


def raster(page: Any, dpi: float, grey: bool = True, extra: int = 0) -> tuple[npt.NDArray[Any], float]:
    """Return a pypdfium2 page as pixels (grey, or RGB) and the resolution used, bounded for huge pages.

    `extra` turns it further than its own /Rotate, clockwise in degrees.
    """
    import numpy as np

    wide, high = page.get_size()
    scale = dpi / 72
    scale = min(scale, MOST_SIDE / max(wide, high, 1), (MOST_PIXELS / max(wide * high, 1)) ** 0.5)
    bitmap = page.render(scale=scale, rotation=extra, grayscale=grey, rev_byteorder=True, may_draw_forms=True)
    try:
        pixels = np.array(bitmap.to_numpy())
    finally:
        bitmap.close()
    if grey and pixels.ndim == 3:
        pixels = pixels[:, :, 0] if pixels.shape[2] == 1 else pixels[:, :, :3].mean(axis=2).astype(np.uint8)
    elif not grey and pixels.ndim == 3 and pixels.shape[2] == 4:
        pixels = pixels[:, :, :3]
    return np.ascontiguousarray(pixels), scale * 72


def _png(pixels: npt.NDArray[Any]) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=6)
    return out.getvalue()
