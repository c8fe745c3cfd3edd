"""What the pictures of one exhibit show, each decoded once for all examinations of pictures.

Limits: the measures are those of `grain`, `lattice`, `ghosts` and `clones`; none of them sees what was printed and
scanned again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from assay.examine.image.clones import copied
from assay.examine.image.ghosts import put_in
from assay.examine.image.grain import flat_fields
from assay.examine.image.lattice import compressed_twice
from assay.examine.image.rasters import rasters
from assay.model import Box


@dataclass(frozen=True, slots=True)
class Sight:
    """One picture: its page, whether it is a JPEG, and what was measured; None where a measure cannot judge it.

    `steps` counts frequencies, `dipped` tells whether its writing was compressed before; `once` is where that is
    missing.
    """

    page: int
    jpeg: bool
    flat: tuple[Box, ...] | None
    steps: int | None
    dipped: bool
    once: tuple[Box, ...]
    copies: tuple[tuple[Box, Box], ...] | None


@lru_cache(maxsize=2)
def sights(media_type: str, data: bytes) -> tuple[Sight, ...]:
    """Return what each picture of an exhibit shows; raise `StateRefused`."""
    found = []
    for raster in rasters(media_type, data):
        flat = flat_fields(raster.grey)
        twice = compressed_twice(raster.grey, raster.jpeg) if raster.jpeg else None
        ghosts = put_in(raster.grey, raster.jpeg) if raster.jpeg else None
        once = (*(twice.fields if twice else ()), *(ghosts or ()))
        copies = copied(raster.grey)
        found.append(
            Sight(
                raster.page,
                bool(raster.jpeg),
                None if flat is None else tuple(raster.box(*f) for f in flat),
                None if twice is None else twice.steps,
                ghosts is not None,
                tuple(raster.box(*f) for f in once),
                None if copies is None else tuple((raster.box(*a), raster.box(*b)) for a, b in copies),
            )
        )
    return tuple(found)
