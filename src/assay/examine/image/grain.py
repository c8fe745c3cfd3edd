"""The grain of a scan's paper, and where it is missing: fields that were painted over.

A scanner gives every spot of paper its grain. A field of paper without any, in a page that has it everywhere else,
was painted. Method: the spread of what is left of the picture after smoothing, on paper pixels only, in blocks of
eight. Limits: pages whose compression has flattened much of the paper cannot be judged; on paper that the scanner
clipped to white only large fields are told, and only where little is clipped. A patch hardly larger than the figures
that it bears leaves too little paper.
"""

from __future__ import annotations

from typing import Any

BLOCK = 8
STEP = 2
"""Blocks are laid so many pixels apart: a field is seen wherever it lies."""
LEAST_GRAIN = 0.4
"""Median grain (grey levels) below which a page is too clean to judge."""
FLAT = 0.12
"""A block is flat when its grain is below this share of the median of the page."""
LEAST_BLOCKS, LEAST_CLIPPED = 6, 24
"""A field is as large as so many blocks; more where paper counts that the scanner may have clipped to white."""
FILLED = 0.6
"""Share of a field's rectangle that is flat or ink: what is painted over is of one piece."""
MOST_FLAT = 0.02
"""With more flat blocks than this share of the paper, flatness is the page's own manner."""
KNOWN, LEAST_PAPER = 0.6, 0.01
"""Share of a block, and of all blocks, that must be paper. Clipped paper counts where little of it is flat."""
_CLIPPED = 252


def flat_fields(grey: Any) -> list[tuple[int, int, int, int]] | None:
    """Return fields of paper without grain as pixel rectangles; None when the page cannot be judged."""
    import cv2
    import numpy as np

    part = grey.astype(np.float32)
    paper = float(np.percentile(part[::4, ::4], 75))
    smooth = cv2.GaussianBlur(part, (0, 0), 1.2)
    ink = cv2.dilate((smooth < paper - 40).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    rest = part - smooth
    aside = ink[BLOCK // 2 :: STEP, BLOCK // 2 :: STEP]
    judged = [
        (flat, least)
        for valid, least in ((~ink & (part < _CLIPPED), LEAST_BLOCKS), (~ink, LEAST_CLIPPED))
        if (flat := _flat(rest * valid, valid)) is not None
    ]
    found = [field for flat, least in judged for field in _fields(flat, aside, least)]
    return list(dict.fromkeys(found)) if judged else None


def _flat(rest: Any, valid: Any) -> Any:
    """Return which blocks have no grain, by the valid pixels of `rest`; None when that cannot be told of the page."""
    import cv2
    import numpy as np

    def mean(values: Any) -> Any:
        return cv2.blur(values, (BLOCK, BLOCK))[BLOCK // 2 :: STEP, BLOCK // 2 :: STEP]

    share = mean(valid.astype(np.float32))
    grain = np.sqrt(mean(rest * rest) / np.maximum(share, 1 / BLOCK**2))
    known = share >= KNOWN
    if known.mean() < LEAST_PAPER:
        return None
    median = float(np.median(grain[known]))
    flat = known & (grain < FLAT * median)
    return None if median < LEAST_GRAIN or flat.sum() > MOST_FLAT * known.sum() else flat


def _fields(flat: Any, ink: Any, least: int) -> list[tuple[int, int, int, int]]:
    import cv2
    import numpy as np

    joined = cv2.morphologyEx(flat.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    total, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    fields = []
    for label in range(1, min(total, 500)):
        x, y, w, h, _ = (int(v) for v in stats[label])
        inside = slice(y, y + h), slice(x, x + w)
        own = int((flat[inside] & (labels[inside] == label)).sum())
        filled = float((flat[inside] | ink[inside]).mean())
        if own >= least * (BLOCK // STEP) ** 2 and min(w, h) * STEP >= BLOCK and filled >= FILLED:
            half = BLOCK // 2
            fields.append((x * STEP, y * STEP, (x + w) * STEP + half, (y + h) * STEP + half))
    return fields
