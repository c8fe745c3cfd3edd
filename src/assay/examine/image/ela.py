"""`img.ela`: what a further compression changes in a picture, as a picture to look at (`views`); no verdict.

Measured on innocent and altered scans the difference did not tell them apart, so nothing is weighed. Limits: bright
fields are edges, colours and fine detail first of all. Source: N. Krawetz 2007; the catalogue's own measurement.
"""

from __future__ import annotations

from collections.abc import Iterable

from assay.examine.image.rasters import ACCEPTS
from assay.examine.image.sight import sights
from assay.examine.pdf.states import StateRefused
from assay.examine.question import Question
from assay.model import Direction, Reading, Record, Weight, whole
from assay.work.part import Examination

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


ELA = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Makes the picture of what a further compression changes, to look at; weighs nothing.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=ACCEPTS,
    examine=examine,
)
