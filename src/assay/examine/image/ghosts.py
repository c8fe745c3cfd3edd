"""Writing that lacks the picture's first compression, clipped paper or not.

A block that was once compressed with given steps comes back almost unchanged when it is compressed with them again,
clipped paper included; writing that was put in later changes as much as with any steps. Method: among the quantisation
tables of the common encoder that are coarser than the picture's own, the first one is where the change dips on the
picture's writing (Farid 2009, "JPEG ghosts"); fields of writing without the dip were put in. Limits: tables of other
encoders, another grid, a first compression that was hardly coarser than the last, and blank paper show nothing.
"""

from __future__ import annotations

from typing import Any

from assay.examine.image.lattice import basis, fields_of, steps_of

WRITING = 40
"""Grey levels that a block must span to hold writing."""
LEAST_WRITING = 500
SAMPLE = 700
COARSER = 1.6
"""The first table must be so many times the picture's own, on the mean."""
QUALITIES = range(25, 97)
ASIDE = 3
"""A quality's dip is measured against those so many steps to either side."""
DIP = 0.88
"""What is left of the change at the first table, at most, on the block that this `SHARE` of blocks stays below."""
SHARE = 35
WITHOUT = 0.93
"""Writing without the first compression keeps at least this share of its change, on the mean of a window."""
SPREADS = 4
"""By so many spreads of a window's mean that share must lie above the whole picture's."""
SURELY = 0.985
"""Where even unchanged writing may keep so much, places cannot be told."""
WINDOW = 11
IN_WINDOW = 28
"""A window of so many blocks across must hold so many with writing."""
LEAST_BLOCKS = 100
"""The middles of so many windows together are a field: a seal's edge or a heavy rule alone is none."""
_CANDIDATES = 3
# ISO/IEC 10918-1, table K.1, which the common encoder scales by its quality.
_TABLE = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip


def put_in(grey: Any, jpeg: bytes) -> tuple[tuple[int, int, int, int], ...] | None:
    """Return fields of writing without the picture's first compression, in pixels; None when it shows none."""
    import numpy as np

    own = steps_of(jpeg)
    height, width = (n // 8 * 8 for n in grey.shape)
    if own is None:
        return None
    blocks = grey[:height, :width].reshape(height // 8, 8, width // 8, 8).swapaxes(1, 2)
    rows, columns = np.nonzero(np.ptp(blocks, axis=(2, 3)) > WRITING)
    if len(rows) < LEAST_WRITING:
        return None
    writing = blocks[rows, columns].reshape(-1, 64).astype(np.float32) - 128
    transform = np.kron(basis(), basis()).astype(np.float32)
    waves = writing @ transform.T
    judged = False
    found: list[tuple[int, int, int, int]] = []
    every = slice(None, None, max(1, len(rows) // SAMPLE))
    for quality in _first_qualities(writing[every], waves[every], transform, float(np.mean(own))):
        kept = np.minimum(_kept(writing, waves, transform, quality), 1.2)
        least = max(WITHOUT, float(kept.mean() + SPREADS * kept.std() / np.sqrt(IN_WINDOW)))
        if least > SURELY:
            continue
        judged = True
        seen, share = (np.zeros((height // 8, width // 8), np.float32) for _ in range(2))
        seen[rows, columns] = 1
        share[rows, columns] = kept
        found += fields_of(seen, share, WINDOW, IN_WINDOW, least, LEAST_BLOCKS)
    return tuple(dict.fromkeys(found)) if judged else None


def _first_qualities(writing: Any, waves: Any, transform: Any, own: float) -> list[int]:
    """Return the qualities, coarser than the picture's `own` mean step, at which the change dips; deepest first."""
    import numpy as np

    coarser = [q for q in QUALITIES if table(q).mean() >= COARSER * own]
    dips = {q: float(np.percentile(_kept(writing, waves, transform, q), SHARE)) for q in coarser}
    lowest = [q for q in coarser if dips[q] <= DIP and dips[q] == min(dips.get(q + k, 9.0) for k in (-2, -1, 0, 1, 2))]
    return sorted(lowest, key=lambda q: dips[q])[:_CANDIDATES]


def _kept(writing: Any, waves: Any, transform: Any, quality: int) -> Any:
    """Return, for each block, its change at a quality as a share of its change at the qualities to either side."""
    import numpy as np

    def change(at: int) -> Any:
        steps = table(at)
        back = np.clip(np.rint((np.rint(waves / steps) * steps) @ transform), -128, 127)
        return np.abs(back - writing).mean(axis=1)

    around = (change(quality - ASIDE) + change(quality + ASIDE)) / 2
    return change(quality) / np.maximum(around, 0.05)


def table(quality: int) -> Any:
    """Return the luminance steps of the common encoder at `quality` (1 to 100), in rows, as 64 numbers."""
    import numpy as np

    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.clip((np.array(_TABLE) * scale + 50) // 100, 1, 255).astype(np.float32)
