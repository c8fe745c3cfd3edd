"""Opening pictures: frames of a file as grey images of bounded size.

Limits: `MOST_PIXELS` a frame, `MOST_FRAMES` frames; what is larger is refused.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from assay.work.part import ReadRefused

if TYPE_CHECKING:
    import numpy.typing as npt

MOST_PIXELS = 160_000_000
"""A frame with more pixels is not decoded: it would not fit in a worker's memory."""
WORK_PIXELS = 13_000_000
"""Images are scaled down to this many pixels (A4 at 350 dpi) before recognition."""
MOST_FRAMES = 20_000
LIKELY_DPI = 200
_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "JPEG2000", "AVIF", "PPM", "MPO", "HEIF")


_DAMAGED = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, EOFError, OverflowError, struct.error,
            ZeroDivisionError, AttributeError, RuntimeError, NotImplementedError)  # fmt: skip
"""What Pillow's decoders are led to by damaged pictures."""


@cache
def _formats() -> tuple[str, ...]:
    """Return those of the known formats that this Pillow has a decoder for."""
    from PIL import Image

    try:
        from pi_heif import register_heif_opener
    except ImportError:
        pass  # without it HEIC pictures cannot be decoded, and are named as such
    else:
        register_heif_opener(thumbnails=False)
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


@contextmanager
def pictured(data: bytes) -> Iterator[Any]:
    """Open an image; raise `ReadRefused` (broken, limit) when it cannot be decoded."""
    import warnings

    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=_formats())
    except (*_DAMAGED, Image.DecompressionBombError) as error:
        raise ReadRefused("broken", f"The image cannot be decoded: {error}.") from error
    try:
        yield image
    finally:
        image.close()


def frames(image: Any) -> int:
    """Return how many pages an open image has: the frames of a TIFF, one for everything else."""
    try:
        count = int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1
    except _DAMAGED as error:
        raise ReadRefused("broken", f"The image's pages cannot be counted: {error}.") from error
    if count > MOST_FRAMES:
        raise ReadRefused("limit", f"The image holds {count} pages; at most {MOST_FRAMES} are read.")
    return count


def frame(image: Any, number: int) -> tuple[npt.NDArray[Any], float]:
    """Return page `number` (from 1) as a grey or RGB array turned as its EXIF says, and its dots per inch.

    Files state their resolution wrongly as often as not: one outside 50 to 1,200 is replaced by what makes the longer
    side of the picture that of A4.
    """
    import numpy as np
    from PIL import ImageOps

    try:
        if number > 1 or image.format == "TIFF":
            image.seek(number - 1)
        wide, high = image.size
        if wide * high > MOST_PIXELS:
            raise ReadRefused("limit", f"The image has {wide} x {high} pixels; at most {MOST_PIXELS} are decoded.")
        stated = image.info.get("dpi", (0, 0))
        shown = ImageOps.exif_transpose(image)
        if shown.mode in ("RGBA", "LA", "PA") or "transparency" in shown.info:
            from PIL import Image

            shown = shown.convert("RGBA")
            paper = Image.new("RGBA", shown.size, (255, 255, 255, 255))
            shown = Image.alpha_composite(paper, shown).convert("RGB")
        elif shown.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
            values = np.asarray(shown, dtype=np.float64)
            low, top = float(values.min()), float(values.max())
            values = (values - low) * (255 / max(top - low, 1e-9))
            return values.astype(np.uint8), _dpi(stated, *shown.size)
        elif shown.mode not in ("L", "RGB"):
            shown = shown.convert("L" if shown.mode in ("1", "LA") else "RGB")
        return np.asarray(shown), _dpi(stated, *shown.size)
    except EOFError as error:
        raise ReadRefused("broken", f"The image has no page {number}.") from error
    except _DAMAGED as error:
        raise ReadRefused("broken", f"The image cannot be decoded: {error}.") from error


def _dpi(stated: Any, wide: int, high: int) -> float:
    try:
        value = float(stated[0])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        value = 0.0
    if 72.5 < value <= 1200 and max(wide, high) / value > 2:
        return value
    return max(wide, high) / 11.69


def grey_of(pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return an image as grey."""
    import cv2

    return pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)


def bounded(grey: npt.NDArray[Any], dpi: float) -> tuple[npt.NDArray[Any], float]:
    """Return the image at a size and resolution that recognition works well with, and the scale that was applied.

    Fine scans are brought down to 300 dpi, coarse ones up to 150 and more; never more than `WORK_PIXELS`.
    """
    import cv2

    scale = 1.0
    if dpi > 330:
        scale = 300 / dpi
    elif dpi < 140:
        scale = min(2.5, 200 / dpi)
    pixels = grey.shape[0] * grey.shape[1] * scale * scale
    if pixels > WORK_PIXELS:
        scale *= (WORK_PIXELS / pixels) ** 0.5
    if abs(scale - 1) < 0.02:
        return grey, 1.0
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(grey, size, interpolation=way), scale
