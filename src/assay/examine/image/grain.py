"""The grain of a scan's paper, and where it is missing: fields that were painted over.

A scanner gives every spot of paper its grain. A field of paper without any, in a page that has it everywhere else,
was painted. Method: the spread of what is left of the picture after smoothing, on paper pixels only, in blocks of
eight. Limits: pages whose compression has flattened much of the paper, and clipped white paper, cannot be judged.
"""

from __future__ import annotations

from typing import Any

BLOCK = 8
LEAST_GRAIN = 0.6
"""Median grain (grey levels) below which a page is too clean to judge."""
FLAT = 0.08
"""A block is flat when its grain is below this share of the median of its surroundings."""
LEAST_BLOCKS = 12
"""So many flat blocks together are a field."""
MOST_FLAT = 0.02
"""With more flat blocks than this share of the paper, flatness is the page's own manner."""
_CLIPPED = 252


def flat_fields(grey: Any) -> list[tuple[int, int, int, int]] | None:
    """Return fields of paper without grain as pixel rectangles; None when the page cannot be judged."""
    import cv2
    import numpy as np

    height, width = (n // BLOCK * BLOCK for n in grey.shape)
    part = grey[:height, :width].astype(np.float32)
    paper = float(np.percentile(part[::4, ::4], 75))
    smooth = cv2.GaussianBlur(part, (0, 0), 1.2)
    ink = cv2.dilate((smooth < paper - 40).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    valid = ~ink & (part < _CLIPPED)
    rest = (part - smooth) * valid

    def sums(values: Any) -> Any:
        return values.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK).sum(axis=(1, 3))

    count = sums(valid.astype(np.float32))
    grain = np.sqrt(sums(rest * rest) / np.maximum(count, 1))
    known = count >= 0.6 * BLOCK * BLOCK
    if known.sum() < 500:
        return None
    median = float(np.median(grain[known]))
    if median < LEAST_GRAIN:
        return None
    flat = known & (grain < FLAT * median)
    if flat.sum() > MOST_FLAT * known.sum():
        return None
    joined = cv2.morphologyEx(flat.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    total, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    fields = []
    for label in range(1, min(total, 500)):
        x, y, w, h, _ = (int(v) for v in stats[label])
        if int(flat[labels == label].sum()) >= LEAST_BLOCKS and min(w, h) >= 2:
            fields.append((x * BLOCK, y * BLOCK, (x + w) * BLOCK, (y + h) * BLOCK))
    return fields
