"""Coloured ink over black writing: told apart by its colour and taken out before the page is read.

Purpose: the words under a blue or red stamp or signature. Limits: writing that is itself in colour stays, and so do
pictures and coloured fields; black and grey stamps cannot be told from writing by colour; dark violet ink over small
letters leaves them thin. What the stamp itself says is not read. Units: pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[Any]

COLOURED, LIGHT = 15, 240
"""A pixel of the reduced page, its paper made white, is in colour when its channels differ by more than the first and
its darkest is darker than the second."""
DARK = 0.45
"""What is darker than this share of the paper in all channels is black ink."""
LEAST_SHARE, MOST_SHARE = 3e-4, 0.2
"""Of the page in colour: less is dust and noise, more is a picture or a coloured field."""
FILLED = 0.6
"""Where coloured ink covers as much of the box that it takes, it is a field or a picture, no stamp."""
RULED, WIDEST_FRAME = 0.5, 3.2
"""Where more of it than the first runs level or upright, and it is wider (inches) than the second, it is the rules of a
form, no framed stamp."""
OVER = 0.015
"""Black ink within the box of coloured ink, as a share of it, from which it lies over writing."""
LEAST_SIDE = 0.3
"""Inches; no letter is as high and as wide as a ring, a frame or a stroke of the pen."""
LONG = 0.4
"""Inches; a stroke as straight and long as this is a rule."""
MOST_AREAS = 60
ONE_INK, STRONG = 0.45, 25
"""Ink has one colour: the mean of its pixels has more than the first share of their own mean colour (the red and blue
edges of letters on a screen have none), and one pixel of ten is as strong as the second."""
LOOK_DPI = 50
"""The page is looked at in about this resolution."""
TAKEN_OUT = "coloured ink over the writing (a stamp, a signature) was taken out before the page was read"

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Writing:
    """A page in grey, and the boxes (x0, y0, x1, y1) from which coloured ink over writing was taken out."""

    grey: Image
    cleared: tuple[Box, ...] = ()


def writing_of(pixels: Image, dpi: float) -> Writing:
    """Return a page (grey, or RGB) in grey, without the coloured ink that lies over black writing."""
    import cv2
    import numpy as np

    if pixels.ndim == 2:
        return Writing(pixels)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    step = max(1, round(dpi / LOOK_DPI))
    small = cv2.resize(pixels, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
    paper = np.percentile(small[::2, ::2].reshape(-1, 3), 80, axis=0)
    if paper.min() < 120:
        return Writing(grey)
    white = _on_white(small, paper)
    least = white.min(axis=2)
    coloured = (cv2.subtract(white.max(axis=2), least) > COLOURED) & (least < LIGHT)
    if not LEAST_SHARE < float(coloured.mean()) < MOST_SHARE:
        return Writing(grey)
    cleared = []
    for x0, y0, x1, y1 in _areas(coloured, dpi / step):
        inked = coloured[y0:y1, x0:x1]
        box = (x0 * step, y0 * step, min(grey.shape[1], x1 * step), min(grey.shape[0], y1 * step))
        if inked.mean() > FILLED or not _one_ink(white[y0:y1, x0:x1][inked]):
            continue
        if _taken_out(grey, pixels, paper, box, cv2.dilate(inked.astype(np.uint8), np.ones((3, 3), np.uint8))):
            cleared.append(box)
    return Writing(grey, tuple(cleared))


def _one_ink(colours: Image) -> bool:
    """Tell whether pixels (n x 3, the paper white) are of one strong colour."""
    import numpy as np

    own = np.ptp(colours.astype(np.float32), axis=1)
    together = float(np.ptp(colours.mean(axis=0)))
    return together > ONE_INK * float(own.mean()) and float(np.percentile(own, 90)) > STRONG


def _taken_out(grey: Image, pixels: Image, paper: Image, box: Box, near: Image) -> bool:
    """Take coloured ink out of a box of the grey page where it lies over black writing; tell whether it did.

    `near` (1) is where it is or nearly is, in squares of the reduced page.
    """
    import cv2
    import numpy as np

    x0, y0, x1, y1 = box
    light = _on_white(pixels[y0:y1, x0:x1], paper).max(axis=2)
    if float((light < DARK * 255).mean()) < OVER:
        return False
    reach = cv2.resize(near, (x1 - x0, y1 - y0), interpolation=cv2.INTER_NEAREST) > 0
    # From black to the coloured ink's own lightness all steps are kept; the ink itself becomes paper.
    mine = light[reach & (light < LIGHT)]
    own = float(np.percentile(mine[mine > DARK * 255], 10)) if (mine > DARK * 255).any() else 0.0
    black = float(np.percentile(light, 1))
    if own - black < 35:
        return False
    level = float(paper.mean())
    dark = min(level, float(grey[y0:y1, x0:x1].min()))
    steps = dark + np.clip((np.arange(256) - black) / (own - black), 0, 1) * (level - dark)
    grey[y0:y1, x0:x1] = np.where(reach, cv2.LUT(light, steps.astype(np.uint8)), grey[y0:y1, x0:x1])
    return True


def _on_white(pixels: Image, paper: Image) -> Image:
    """Return RGB pixels with the colour of the paper made white."""
    import cv2
    import numpy as np

    table = np.stack([np.clip(np.arange(256) * 255 / p, 0, 255) for p in paper], axis=1).astype(np.uint8)
    return np.asarray(cv2.LUT(np.ascontiguousarray(pixels), table[:, None, :]))


def _areas(coloured: Image, dpi: float) -> list[Box]:
    """Return the boxes of coloured ink that holds a ring, a frame or a stroke larger than letters, and no form's rules.

    `dpi` is that of `coloured`, the reduced page.
    """
    import cv2
    import numpy as np

    ink = coloured.astype(np.uint8)
    reach = max(3, round(0.15 * dpi))
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    out = []
    for k in range(1, count):
        x, y, w, h = (int(v) for v in stats[k][:4])
        if min(w, h) < LEAST_SIDE * dpi:
            continue
        mine = ink[y : y + h, x : x + w] * (labels[y : y + h, x : x + w] == k).astype(np.uint8)
        # Strokes are broken where black writing crosses them.
        bridged = cv2.morphologyEx(mine, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        _, _, parts, _ = cv2.connectedComponentsWithStats(bridged, connectivity=8)
        if len(parts) < 2 or max(int(min(p[2], p[3])) for p in parts[1:]) < LEAST_SIDE * dpi:
            continue
        long = max(3, round(LONG * dpi))
        level = cv2.morphologyEx(mine, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
        upright = cv2.morphologyEx(mine, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8))
        if w > WIDEST_FRAME * dpi and cv2.countNonZero(cv2.bitwise_or(level, upright)) > RULED * cv2.countNonZero(mine):
            continue
        out.append((max(0, x - 1), max(0, y - 1), x + w + 1, y + h + 1))
    return out[:MOST_AREAS]
