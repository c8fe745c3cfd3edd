"""Regions of a picture that stand in it twice: a stamp, a signature or a piece of paper copied within it.

Method: points that look alike far from each other vote for a shift; where the picture laid on itself under that shift
agrees closely over a field higher than a line of writing, the field was copied. Limits: copies that were turned or
scaled are not seen; pictures that were drawn by a program repeat themselves honestly and are left out.
"""

from __future__ import annotations

from typing import Any

LONGEST = 1_400
POINTS = 3_000
ALIKE = 30
"""Bits of 256 by which two points may differ."""
LEAST_VOTES = 12
AGREES = 0.9
"""Correlation of a window of the picture with the shifted one, at least."""
WINDOW = 25
HIGHEST_LINE = 0.035
"""Share of the picture's longer side that a copied field must exceed both ways: higher than a line of writing."""
LARGE = 26
"""Ink that hangs together over more than so many pixels both ways is no letter."""
FINE = 0.85
"""Correlation of the finest detail of two fields that are one copied field, at least."""
EXACT = 4
REPEATS = 0.15
"""With more points than this share that have an exact double elsewhere, the picture was drawn, not scanned."""
RULE = 50
"""A straight stroke of so many pixels is a rule."""
_BIN = 3

Rectangle = tuple[int, int, int, int]


def copied(grey: Any) -> list[tuple[Rectangle, Rectangle]] | None:
    """Return pairs of pixel rectangles that hold the same; None when the picture was drawn and repeats itself."""
    import cv2

    height, width = grey.shape
    scale = min(1.0, LONGEST / max(height, width))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    small, large = _unruled(small)
    votes = _shifts(small, large)
    if votes is None:
        return None
    found: list[tuple[Rectangle, Rectangle]] = []
    for (dx, dy), (x0, y0, x1, y1) in votes:
        box = (int(x0 / scale), int(y0 / scale), int(x1 / scale) + 1, int(y1 / scale) + 1)
        found += _fields(grey, box, round(dx / scale), round(dy / scale))
    return found[:10]


def _unruled(small: Any) -> tuple[Any, Any]:
    """Return the picture without ruled lines, which repeat with a table's rows; and a mask of what is no writing.

    No writing is ink that hangs together over more than a line's height both ways, with what lies around it.
    """
    import cv2
    import numpy as np

    paper = int(np.percentile(small[::4, ::4], 75))
    ink = (small < paper - 40).astype(np.uint8)
    lines = np.zeros_like(ink)
    for kernel in (np.ones((1, RULE), np.uint8), np.ones((RULE, 1), np.uint8)):
        lines |= cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel)
    clean = small.copy()
    gone = cv2.dilate(lines, np.ones((5, 5), np.uint8)) > 0
    clean[gone] = paper
    ink[gone] = 0
    count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(ink, np.ones((3, 3), np.uint8)), connectivity=8)
    mask = np.zeros_like(ink)
    for label in range(1, count):
        x, y, w, h, _ = (int(v) for v in stats[label])
        if min(w, h) >= LARGE:
            mask[max(0, y - 8) : y + h + 8, max(0, x - 8) : x + w + 8] = 255
    return clean, mask


def _shifts(small: Any, large: Any) -> list[tuple[tuple[int, int], Rectangle]] | None:
    """Return the shifts that most pairs of like points in `large` vote for, each with a rectangle of first points.

    None when the picture repeats itself anyway.
    """
    import cv2
    import numpy as np

    points, codes = cv2.ORB.create(POINTS, 1.2, 1).detectAndCompute(small, large)
    if not large.any() or codes is None or len(points) < 2 * LEAST_VOTES:
        return []
    places = np.array([p.pt for p in points])
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(codes, codes, k=4)
    votes: dict[tuple[int, int], list[Any]] = {}
    far = 2 * WINDOW
    for row in pairs:
        for match in row:
            if match.queryIdx >= match.trainIdx or match.distance > ALIKE:
                continue
            dx, dy = places[match.trainIdx] - places[match.queryIdx]
            if abs(dx) < far and abs(dy) < far:
                continue
            first = places[match.queryIdx]
            if dy < 0 or (dy == 0 and dx < 0):
                dx, dy, first = -dx, -dy, places[match.trainIdx]
            votes.setdefault((round(dx / _BIN), round(dy / _BIN)), []).append(first)
    summed = {(x, y): len(_votes(votes, x, y)) for x, y in votes}
    best = sorted((k for k, n in summed.items() if n >= LEAST_VOTES), key=lambda k: (-summed[k], k))
    kept: list[tuple[int, int]] = []
    for x, y in best:
        if all(abs(x - i) > 2 or abs(y - j) > 2 for i, j in kept):
            kept.append((x, y))
        if len(kept) >= 4:
            break
    exact = {
        m.queryIdx
        for row in pairs
        for m in row
        if m.queryIdx != m.trainIdx and m.distance <= EXACT and not _near(places, m, kept)
    }
    if len(exact) > REPEATS * len(points):
        return None
    found = []
    for x, y in kept:
        firsts = np.array(_votes(votes, x, y))
        low, high = np.percentile(firsts, 5, axis=0) - WINDOW, np.percentile(firsts, 95, axis=0) + WINDOW
        found.append(((x * _BIN, y * _BIN), (int(low[0]), int(low[1]), int(high[0]), int(high[1]))))
    return found


def _votes(votes: dict[tuple[int, int], list[Any]], x: int, y: int) -> list[Any]:
    """Return the points that voted for a shift or one next to it."""
    return [p for i in (-1, 0, 1) for j in (-1, 0, 1) for p in votes.get((x + i, y + j), ())]


def _near(places: Any, match: Any, kept: list[tuple[int, int]]) -> bool:
    """Whether a pair of points lies under one of the shifts, or close together."""
    dx, dy = places[match.trainIdx] - places[match.queryIdx]
    if abs(dx) < WINDOW and abs(dy) < WINDOW:
        return True
    return any(abs(abs(dx) - abs(x * _BIN)) < 3 * _BIN and abs(abs(dy) - abs(y * _BIN)) < 3 * _BIN for x, y in kept)


def _fine(one: Any, two: Any, inside: tuple[slice, slice], agreed: Any) -> float:
    """Return how closely two fields agree in their finest detail: a copy agrees in its grain, a second print not."""
    import cv2
    import numpy as np

    first, second = (z - cv2.GaussianBlur(z, (0, 0), 1.2) for z in (one[inside], two[inside]))
    mask = agreed[inside]
    return float(np.corrcoef(first[mask], second[mask])[0, 1])


def _fields(grey: Any, box: Rectangle, dx: int, dy: int) -> list[tuple[Rectangle, Rectangle]]:
    """Return the fields in `box` that agree with those under a shift, which is first made exact."""
    import cv2
    import numpy as np

    height, width = grey.shape
    reach = 6
    x0, y0 = max(box[0], 0, reach - dx), max(box[1], 0, reach - dy)
    x1, y1 = min(box[2], width, width - dx - reach), min(box[3], height, height - dy - reach)
    if x1 - x0 < 2 * WINDOW or y1 - y0 < 2 * WINDOW:
        return []
    one = grey[y0:y1, x0:x1]
    around = grey[y0 + dy - reach : y1 + dy + reach, x0 + dx - reach : x1 + dx + reach]
    _, _, _, (right, down) = cv2.minMaxLoc(cv2.matchTemplate(around, one, cv2.TM_CCOEFF_NORMED))
    x, y = dx + right - reach, dy + down - reach
    two = grey[y0 + y : y1 + y, x0 + x : x1 + x].astype(np.float32)
    one = one.astype(np.float32)
    agreed = _correlation(one, two) >= AGREES
    count, _, stats, _ = cv2.connectedComponentsWithStats(agreed.astype(np.uint8), connectivity=8)
    least = HIGHEST_LINE * max(height, width)
    found = []
    for label in range(1, min(count, 300)):
        left, top, w, h, area = (int(v) for v in stats[label])
        inside = (slice(top, top + h), slice(left, left + w))
        if min(w, h) >= least and area >= 0.35 * w * h and _fine(one, two, inside, agreed) >= FINE:
            at, to = x0 + left, y0 + top
            found.append(((at, to, at + w, to + h), (at + x, to + y, at + x + w, to + y + h)))
    return found


def _correlation(one: Any, two: Any) -> Any:
    """Return the correlation of two pictures in a window around each pixel; 0 where one of them is even."""
    import cv2
    import numpy as np

    kernel = (WINDOW, WINDOW)
    mean_one, mean_two = cv2.blur(one, kernel), cv2.blur(two, kernel)
    both = cv2.blur(one * two, kernel) - mean_one * mean_two
    spread_one = cv2.blur(one * one, kernel) - mean_one**2
    spread_two = cv2.blur(two * two, kernel) - mean_two**2
    known = (spread_one > 60) & (spread_two > 60)
    return np.where(known, both / np.sqrt(np.maximum(spread_one * spread_two, 1)), 0)
