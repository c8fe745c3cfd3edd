"""Opening pictures: frames of a file as grey images of bounded size.

Limits: `MOST_PIXELS` a frame, what is larger is refused; the first `MOST_FRAMES` frames of a TIFF.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from assay.work.part import ReadRefused

if TYPE_CHECKING:
    import numpy.typing as npt

MOST_PIXELS = 160_000_000
"""A frame with more pixels is not decoded: it would not fit in a worker's memory."""
WORK_PIXELS = 13_000_000
"""Images are scaled down to this many pixels (A4 at 350 dpi) before recognition."""
MOST_FRAMES = 5_000
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
def pictured(data: bytes, number: int = 1) -> Iterator[Any]:
    """Open an image at page `number` (from 1); raise `ReadRefused` (broken, limit) when it cannot be decoded."""
    import warnings

    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(_from_directory(data, number)), formats=_formats())
    except (*_DAMAGED, Image.DecompressionBombError) as error:
        raise ReadRefused("broken", f"The image cannot be decoded: {error}.") from error
    try:
        yield image
    finally:
        image.close()


def frames(data: bytes) -> tuple[int, bool]:
    """Return how many pages of an image are read, and whether it holds more: a TIFF's directories, else one."""
    found = len(directories(data)) or 1
    return min(found, MOST_FRAMES), found > MOST_FRAMES


@lru_cache(maxsize=2)
def directories(data: bytes) -> tuple[int, ...]:
    """Return where a TIFF's directories lie, in order, up to one more than are read; () for what is no TIFF.

    A directory that leads back to one before it, or out of the file, is the last.
    """
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or len(data) < 16 or struct.unpack_from(order + "H", data, 2)[0] not in (42, 43):
        return ()
    big = struct.unpack_from(order + "H", data, 2)[0] == 43
    count, entry, offset, start = ("Q", 20, "Q", 8) if big else ("H", 12, "I", 4)
    found: dict[int, None] = {}
    at = struct.unpack_from(order + offset, data, start)[0]
    while at and at not in found and len(found) <= MOST_FRAMES:
        try:
            after = at + struct.calcsize(count) + entry * struct.unpack_from(order + count, data, at)[0]
            found[at] = None
            at = struct.unpack_from(order + offset, data, after)[0]
        except struct.error:
            break
    return tuple(found)


def _from_directory(data: bytes, number: int) -> bytes:
    """Return a TIFF that begins with its page `number`, so that the pages before need not be gone through again."""
    if number == 1:
        return data
    places = directories(data)
    if number > len(places):
        raise ReadRefused("broken", f"The image has no page {number}.")
    order, big = ("<" if data[:2] == b"II" else ">"), data[2:4] in (b"+\0", b"\0+")
    start = 8 if big else 4
    place = struct.pack(order + ("Q" if big else "I"), places[number - 1])
    return data[:start] + place + data[start + len(place) :]


def frame(image: Any) -> tuple[npt.NDArray[Any], float]:
    """Return an open image as a grey or RGB array turned as its EXIF says, and its dots per inch.

    Files state their resolution wrongly as often as not: one outside 50 to 1,200 is replaced by what makes the longer
    side of the picture that of A4.
    """
    import numpy as np
    from PIL import ImageOps

    try:
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
