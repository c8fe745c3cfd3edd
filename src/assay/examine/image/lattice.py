"""Two JPEG compressions in one picture, and where the first one is missing.

A picture that was compressed twice keeps the steps of the first compression in its coefficients, where those were
coarser. A region that was put in between the two shows only the second. Method: for each of the low frequencies the
step of the first compression is the one whose multiples, seen through the second, hold most of the coefficients
(Lukas and Fridrich 2003; Lin et al. 2009 for the place). Limits: a first compression that was finer than the second,
another grid, or a resizing in between leaves nothing; clipped blocks are left out.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

FREQUENCIES = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (0, 3), (3, 0))
COARSEST = 60
COARSER = 3
"""The first step must be so many times the second: a finer one is blurred by rounding."""
STRENGTH = 0.5
"""How closely coefficients must keep to multiples of the first step (0: not at all, 1: exactly)."""
LEAST = 400
"""Coefficients of one frequency that are needed to tell a step."""
FAR = 0.25
"""Share of a step from the next multiple at which a coefficient is off the steps; by chance half of them are."""
WINDOW = 9
IN_WINDOW = 24
OFF = 0.45
"""A window of so many blocks across, with so many coefficients, shows no first compression with that share off."""
USUAL = 0.2
"""With more coefficients off the steps in the whole picture, places cannot be told."""
LEAST_BLOCKS = 20
_CLIPPED = 250
_MOST_BLOCKS = 200_000


@dataclass(frozen=True, slots=True)
class Twice:
    """`steps` counts the frequencies that show a first compression; `fields` are where it is missing, in pixels."""

    steps: int
    fields: tuple[tuple[int, int, int, int], ...]


def compressed_twice(grey: Any, jpeg: bytes) -> Twice | None:
    """Return what a JPEG picture shows of an earlier compression; None when it cannot be judged."""
    import numpy as np

    table = steps_of(jpeg)
    height, width = (n // 8 * 8 for n in grey.shape)
    if table is None or height * width // 64 > _MOST_BLOCKS:
        return None
    blocks = grey[:height, :width].reshape(height // 8, 8, width // 8, 8).swapaxes(1, 2)
    whole = _unclipped(jpeg, height, width)
    if int(whole.sum()) < 400:
        return None
    waves = basis()
    rows, columns = np.nonzero(whole)
    values = blocks[rows, columns].astype(np.float32) - 128
    seen = np.zeros(whole.shape, np.float32)
    off = np.zeros(whole.shape, np.float32)
    steps = judged = 0
    for u, v in FREQUENCIES:
        step = int(table[8 * u + v])
        pattern = np.outer(waves[u], waves[v]).astype(np.float32)
        found = np.rint(np.tensordot(values, pattern, axes=([1, 2], [0, 1])) / step) * step
        first, able = _first_step(found, step)
        judged += able
        if first is None:
            continue
        steps += 1
        counted = np.abs(found) > 0.6 * first
        far = counted & (np.abs(found / first - np.rint(found / first)) > FAR)
        np.add.at(seen, (rows[counted], columns[counted]), 1)
        np.add.at(off, (rows[far], columns[far]), 1)
    if not judged:
        return None
    placed = steps >= 3 and off.sum() <= USUAL * seen.sum()
    return Twice(steps, tuple(fields_of(seen, off, WINDOW, IN_WINDOW, OFF, LEAST_BLOCKS)) if placed else ())


def _unclipped(jpeg: bytes, height: int, width: int) -> Any:
    """Return which blocks hold no value at either end in any colour: clipping moves coefficients off every step."""
    import cv2
    import numpy as np

    colours = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION)
    if colours is None or colours.shape[0] < height or colours.shape[1] < width:
        return np.zeros((height // 8, width // 8), bool)
    flat = colours[:height, :width].reshape(height // 8, 8, width // 8, -1)
    return np.asarray((flat.max(axis=(1, 3)) < _CLIPPED) & (flat.min(axis=(1, 3)) > 4))


def _first_step(values: Any, step: int) -> tuple[int | None, bool]:
    """Return the step whose multiples the coefficients keep to, None when there is none; and whether it could be told.

    Measured by the length of the mean of the values laid round a circle of one step.
    """
    import numpy as np

    large = values[np.abs(values) > 0.6 * COARSER * step]
    able = large.size >= LEAST
    best, strength = None, STRENGTH
    for first in range(COARSER * step, COARSEST + 1):
        some = large[np.abs(large) > 0.6 * first]
        if some.size < LEAST:
            break
        kept = float(np.cos(some * (2 * np.pi / first)).mean())
        if kept > strength:
            best, strength = first, kept
    return best, able


def fields_of(
    seen: Any, off: Any, window: int, least: int, share: float, blocks: int
) -> list[tuple[int, int, int, int]]:
    """Return fields of blocks, in pixels, in whose windows at least `share` of what was `seen` is `off`.

    A window is `window` blocks across and needs `least` seen; a field needs `blocks` of them.
    """
    import cv2

    around = cv2.boxFilter(seen, -1, (window, window), normalize=False)
    missed = cv2.boxFilter(off, -1, (window, window), normalize=False)
    odd = ((around >= least) & (missed >= share * around)).astype("uint8")
    count, _, stats, _ = cv2.connectedComponentsWithStats(odd, connectivity=8)
    found = []
    for label in range(1, min(count, 500)):
        x, y, w, h, area = (int(n) for n in stats[label])
        if area >= blocks and min(w, h) >= 3:
            found.append((x * 8, y * 8, (x + w) * 8, (y + h) * 8))
    return found


def steps_of(jpeg: bytes) -> list[int] | None:
    """Return the luminance steps in rows; None when the picture is no plain JPEG."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(jpeg)) as picture:
            tables = getattr(picture, "quantization", {})
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    steps = tables.get(0)
    return list(steps) if steps and len(steps) == 64 and min(steps) > 0 else None


def basis() -> Any:
    """Return the eight waves of the transform as rows (ISO/IEC 10918-1, A.3.3)."""
    import numpy as np

    rows = np.arange(8)[:, None]
    columns = np.arange(8)[None, :]
    basis = np.cos((2 * columns + 1) * rows * np.pi / 16) / 2
    basis[0] /= np.sqrt(2)
    return basis
