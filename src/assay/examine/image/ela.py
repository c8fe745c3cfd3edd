"""`img.ela`: what a further compression changes in a picture, as a picture to look at; no verdict.

Measured on innocent and altered scans the difference did not tell them apart, so nothing is weighed. Limits: bright
fields are edges, colours and fine detail first of all. Source: N. Krawetz 2007; the catalogue's own measurement.
"""

from __future__ import annotations

from collections.abc import Iterable

from assay.examine.image.rasters import ACCEPTS, rasters
from assay.examine.image.sight import sights
from assay.examine.pdf.states import StateRefused
from assay.examine.question import Question
from assay.model import Direction, Reading, Record, Weight, whole
from assay.work.part import Examination

QUALITY = 90
GAIN = 12
LONGEST = 1_200
MOST_SAID = 50

_LIMITS = "A picture to look at and no more: where it is bright there are edges and detail, on innocent pictures too."
_QUESTION = Question(
    part="img.ela",
    version="1",
    proposition="Nothing follows from it.",
    alternative="Nothing follows from it.",
    expected="Edges and detail brighter than even fields.",
    innocent=("edges, colours and fine detail are always brighter",),
    limits=_LIMITS,
    heaviest=Weight.NEUTRAL,
)


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Say for which pages of one exhibit the picture can be shown."""
    digest = reading.exhibit.digest
    try:
        pages = [s.page for s in sights(reading.exhibit.media_type, data) if s.jpeg]
    except StateRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be opened for this examination: {error}.")
        return
    if not pages:
        yield _QUESTION.not_applicable(digest, "None of its pages is one compressed picture.")
        return
    yield _QUESTION.finding(
        digest, f"What a further compression changes can be shown for {len(pages)} page(s), first page {pages[0]}; "
        "nothing follows from it.", [whole(digest, n) for n in pages[:MOST_SAID]], Weight.NEUTRAL, "shown, not weighed",
        direction=Direction.NEITHER,
    )  # fmt: skip


def shown(media_type: str, data: bytes, page: int) -> bytes | None:
    """Return the difference that a further compression makes to a page's picture, as PNG; None when there is none.

    Raises `StateRefused` for a PDF that cannot be opened.
    """
    import cv2
    import numpy as np

    for raster in rasters(media_type, data):
        if raster.page != page or not raster.jpeg:
            continue
        _, again = cv2.imencode(".jpg", raster.grey, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        after = cv2.imdecode(again, cv2.IMREAD_GRAYSCALE)
        if after is None:
            return None
        gap = np.abs(raster.grey.astype(np.int16) - after.astype(np.int16)) * GAIN
        picture = np.clip(gap, 0, 255).astype(np.uint8)
        scale = min(1.0, LONGEST / max(picture.shape))
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        return bytes(cv2.imencode(".png", small)[1])
    return None


ELA = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Makes the picture of what a further compression changes, to look at; weighs nothing.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=ACCEPTS,
    examine=examine,
)
