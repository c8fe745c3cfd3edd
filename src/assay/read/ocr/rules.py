"""Rules in a straightened scan: found, measured, taken out of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.read.tables import Rule

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[Any]

MOST_FOUND = 3000


def rules_of(ink: Image, dpi: int) -> tuple[list[Rule], Image]:
    """Return the level and upright rules in pixels, and a mask (255) of the ink that they are made of.

    A rule is at least 0.3 inch long and at most 0.06 inch thick, with breaks of a pixel or two; along it there is ink
    nearly everywhere and beside it hardly any, which the feet of a line of letters fail.
    """
    import cv2
    import numpy as np

    least = max(20, int(0.3 * dpi))
    thick = max(4, int(0.06 * dpi))
    rules: list[Rule] = []
    mask = np.zeros_like(ink)
    for level in (True, False):
        page = ink if level else np.ascontiguousarray(ink.T)
        body = _long(page, least)
        if body is None:
            continue
        contours, _ = cv2.findContours(body, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        if len(contours) > MOST_FOUND:
            continue
        found = np.zeros_like(page)
        for contour in contours:
            x, y, w, h = (int(v) for v in cv2.boundingRect(contour))
            area = cv2.countNonZero(body[y : y + h, x : x + w])
            if area / w > thick or h > thick + 0.02 * w + 2:
                continue
            band = page[y : y + h, x : x + w] > 0
            if band.any(axis=0).mean() < 0.93:
                continue
            beside = max(2, thick // 3)
            halo = 2
            above = page[max(0, y - halo - beside) : max(0, y - halo), x : x + w]
            below = page[y + h + halo : y + h + halo + beside, x : x + w]
            edges = [float((side > 0).any(axis=0).mean()) for side in (above, below) if side.size]
            if edges and min(edges) > 0.45:
                continue
            found[y : y + h, x : x + w] |= body[y : y + h, x : x + w]
            middle = y + h / 2
            rules.append(Rule(x, middle, x + w, middle) if level else Rule(middle, x, middle, x + w))
        mask |= found if level else found.T
    if not rules:
        return rules, mask
    return rules, cv2.dilate(mask, np.ones((3, 3), np.uint8)) & ink


def _long(page: Image, least: int) -> Image | None:
    """Return the ink that stands in level runs of `least` pixels or more, breaks of a pixel or two bridged.

    Looked for in fours of pixels, which takes a fifth of the time; a run's ends are true to the pixel all the same.
    """
    import cv2
    import numpy as np

    bridged = cv2.morphologyEx(page, cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8))
    fours = np.ascontiguousarray(cv2.erode(bridged, np.ones((1, 4), np.uint8), anchor=(0, 0))[:, ::4])
    runs = cv2.morphologyEx(fours, cv2.MORPH_OPEN, np.ones((1, max(3, least // 4 - 1)), np.uint8))
    if not cv2.countNonZero(runs):
        return None
    whole = np.repeat(runs, 4, axis=1)[:, : page.shape[1]]
    return np.asarray(cv2.bitwise_and(cv2.dilate(whole, np.ones((1, 9), np.uint8)), bridged))


def without(grey: Image, ink: Image, mask: Image) -> tuple[Image, Image]:
    """Return the image and its ink with the masked rules painted over with paper."""
    import cv2
    import numpy as np

    if not mask.any():
        return grey, ink
    paper = int(np.percentile(grey[::4, ::4], 90))
    # A rule leaves a grey halo of two or three pixels, which would be read as a stroke beside a figure.
    wide = cv2.dilate(mask, np.ones((7, 7), np.uint8))
    kept = cv2.morphologyEx(cv2.subtract(ink, mask), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    cleared = grey.copy()
    cleared[(wide > 0) & (cv2.dilate(kept, np.ones((3, 3), np.uint8)) == 0)] = paper
    return cleared, cv2.subtract(ink, mask)
