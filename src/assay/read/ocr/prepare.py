"""A page image made ready: grey, upright, straight, its rules found and taken out, its lines of writing measured.

Limits: skew of up to 10 degrees; a page that mixes upright and turned writing is set by the greater part; pages with
less than some forty marks cannot be judged and stay as they are.
Units: pixels; angles in degrees, counter-clockwise positive as in OpenCV.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[Any]
    Points = npt.NDArray[Any]

STEEPEST = 10.0
MOST_POINTS = 60_000
MOST_CONTOURS = 20_000


@dataclass(frozen=True, slots=True)
class Straight:
    """An image set straight, and the way back.

    `back` (2 x 3) maps its pixels to those of the image that came in, which is `width` by `height` pixels.
    """

    grey: Image
    ink: Image
    angle: float
    back: npt.NDArray[Any]
    width: int
    height: int


WHITE_FROM = 0.6
"""Where between the threshold of ink and the paper all is taken for white paper."""


def evened(grey: Image) -> Image:
    """Return the image with the paper equally light everywhere, shadows and shaded fields taken out."""
    import cv2
    import numpy as np

    small = cv2.resize(grey, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 5)
    level = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(grey, np.maximum(level, 1), scale=255))


def ink_of(grey: Image) -> Image:
    """Return 255 where there is ink: Otsu where the paper is even, else against the neighbourhood."""
    return _ink(evened(grey))[0]


def _ink(even: Image) -> tuple[Image, float]:
    """Return 255 where there is ink on an evened image, and the grey under which it is ink."""
    import cv2

    threshold, ink = cv2.threshold(even, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    if threshold > 225:
        threshold, ink = cv2.threshold(even, 200, 255, cv2.THRESH_BINARY_INV)
    return ink, threshold


def cleared(grey: Image) -> tuple[Image, Image]:
    """Return the image with black ink on white paper, edges left grey, and where there is ink (255).

    Grain and shadow of the paper cost Tesseract a tenth of its time, and characters on faint pages.
    """
    import cv2
    import numpy as np

    even = evened(grey)
    ink, threshold = _ink(even)
    sample, inked = even[::4, ::4], ink[::4, ::4] > 0
    if not inked.any():
        return even, ink
    black = float(np.percentile(sample[inked], 20))
    white = threshold + WHITE_FROM * (255 - threshold)
    steps = (np.arange(256) - black) * 255 / max(white - black, 1.0)
    return np.asarray(cv2.LUT(even, np.clip(steps, 0, 255).astype(np.uint8))), ink


def blank(ink: Image) -> bool:
    """Tell whether there is nothing to read: hardly any marks larger than specks."""
    import cv2
    import numpy as np

    solid = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return float((solid > 0).mean()) < 2e-5


def _writing(ink: Image) -> Image:
    """Return the ink without long rules and large dark areas, at most 1,000 pixels wide or high."""
    import cv2
    import numpy as np

    scale = min(1.0, 1000 / max(ink.shape))
    small = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    _, small = cv2.threshold(small, 90, 255, cv2.THRESH_BINARY)
    long = max(25, max(small.shape) // 22)
    level = cv2.morphologyEx(small, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    upright = cv2.morphologyEx(small, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8))
    dark = cv2.morphologyEx(small, cv2.MORPH_OPEN, np.ones((12, 12), np.uint8))
    rest = small.copy()
    rest[cv2.dilate(np.maximum(np.maximum(level, upright), dark), np.ones((3, 3), np.uint8)) > 0] = 0
    return rest


def _sharpness(x: Points, y: Points, slopes: Points, rows: int) -> Points:
    """Return for each slope how sharply lines of writing stand out when the page is sheared by it."""
    import numpy as np

    out = np.zeros(len(slopes))
    margin = int(np.abs(slopes).max() * np.abs(x).max()) + 2
    for k, slope in enumerate(slopes):
        place = (y + slope * x + margin).astype(np.int64)
        profile = np.bincount(place, minlength=rows + 2 * margin).astype(np.float64)
        out[k] = float((np.diff(profile) ** 2).sum())
    return out


def skew(ink: Image) -> tuple[bool, float]:
    """Return whether lines of writing run up and down, and the angle that sets the image straight."""
    import numpy as np

    writing = _writing(ink)
    ys, xs = np.nonzero(writing)
    if len(xs) < 400:
        return False, 0.0
    if len(xs) > MOST_POINTS:
        step = len(xs) // MOST_POINTS + 1
        xs, ys = xs[::step], ys[::step]
    high, wide = writing.shape
    x, y = xs.astype(np.float64) - wide / 2, ys.astype(np.float64)
    u, v = ys.astype(np.float64) - high / 2, xs.astype(np.float64)
    coarse = np.tan(np.radians(np.arange(-STEEPEST, STEEPEST + 0.01, 0.5)))
    level = _sharpness(x, y, coarse, high)
    upright = _sharpness(u, v, coarse, wide)
    turned = bool(upright.max() > 1.35 * level.max())
    if turned:
        x, y, level, high = u, v, upright, wide
    best = float(np.degrees(np.arctan(coarse[int(level.argmax())])))
    if level[len(coarse) // 2] > 0.95 * level.max():
        best = 0.0
    fine = np.tan(np.radians(np.arange(best - 0.6, best + 0.61, 0.1)))
    angle = float(np.degrees(np.arctan(fine[int(_sharpness(x, y, fine, high).argmax())])))
    # Sheared by +slope the lines become level: they fall to the right by -slope in image coordinates.
    return turned, round(-angle, 2)


def straightened(grey: Image, ink: Image, angle: float) -> Straight:
    """Return the image turned by `angle` (counter-clockwise degrees); under 0.15 degrees it is left as it is."""
    import cv2
    import numpy as np

    if abs(angle) < 0.15:
        return Straight(grey, ink, 0.0, np.eye(2, 3), grey.shape[1], grey.shape[0])
    high, wide = grey.shape
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    new_wide, new_high = int(wide * cos + high * sin), int(wide * sin + high * cos)
    matrix[0, 2] += (new_wide - wide) / 2
    matrix[1, 2] += (new_high - high) / 2
    size = (new_wide, new_high)
    paper = int(np.median(grey[:: max(1, high // 200), :: max(1, wide // 200)]))
    grey = cv2.warpAffine(grey, matrix, size, flags=cv2.INTER_CUBIC, borderValue=paper)
    ink = cv2.warpAffine(ink, matrix, size, flags=cv2.INTER_LINEAR, borderValue=0)
    _, ink = cv2.threshold(ink, 127, 255, cv2.THRESH_BINARY)
    return Straight(grey, ink, angle, cv2.invertAffineTransform(matrix), wide, high)


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of writing (or a part of it): box in pixels, and strokes crossed per column with ink.

    Cyrillic and Latin cross some 1.5 to 2.1 strokes, Han 2.6 and more.
    """

    x0: int
    y0: int
    x1: int
    y1: int
    strokes: float


def strips_of(ink: Image, dpi: int, single: bool = False) -> list[Strip]:
    """Return the lines of writing that stand in `ink` (without rules), in no order that matters.

    With `single`, marks as small as one figure are taken, too.
    """
    import cv2
    import numpy as np

    half = cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    _, half = cv2.threshold(half, 60, 255, cv2.THRESH_BINARY)
    reach = max(5, dpi // 18)
    joined = cv2.morphologyEx(half, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))
    contours, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    high, wide = ink.shape
    out: list[Strip] = []
    for contour in contours[:MOST_CONTOURS]:
        x, y, w, h = (2 * int(v) for v in cv2.boundingRect(contour))
        if not dpi // 25 <= h <= dpi // 2:
            continue
        if w < dpi // 60 if single else (w < 0.8 * h or w < dpi // 14):
            continue
        on = ink[y : min(high, y + h), x : min(wide, x + w)] > 0
        if not on.size:
            continue
        strokes = (on[1:] & ~on[:-1]).sum(axis=0) + on[0]
        inked = strokes > 0
        if inked.sum() < 4:
            continue
        out.append(Strip(x, y, min(wide, x + w), min(high, y + h), float(strokes[inked].mean())))
    return out
