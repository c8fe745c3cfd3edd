"""`img.noise`, `img.djpeg`, `img.copymove`: fields of a picture without its grain or its past, or that stand twice.

Limits: see `grain`, `lattice` and `clones`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assay.examine.image.rasters import ACCEPTS
from assay.examine.image.sight import Sight, sights
from assay.examine.pdf.place import spans_at
from assay.examine.pdf.states import StateRefused
from assay.examine.question import Question
from assay.model import Box, Direction, Reading, Record, Weight
from assay.work.part import Examination

_MOST_BOXES = 12
_ONCE_MORE = "What was printed and scanned again, or painted with grain, is not seen."

_NOISE = Question(
    part="img.noise",
    version="2",
    proposition="A field of the picture was painted over.",
    alternative="The picture is as the scanner made it.",
    expected="Grain of the paper everywhere.",
    innocent=(
        "a program that cleans or compresses scans in layers and smooths some fields",
        "a label, correction fluid or glossy field on the paper",
    ),
    limits=f"Only pages with grain can be judged. {_ONCE_MORE}",
    heaviest=Weight.LIMITED,
)
_DJPEG = Question(
    part="img.djpeg",
    version="2",
    proposition="A region was put into the picture after it had been compressed once.",
    alternative="The picture was compressed as a whole, once or more often.",
    expected="One past for all regions of a picture.",
    innocent=(
        "a scanner or program that compresses regions differently",
        "large even or clipped regions in which no past can be seen",
    ),
    limits="A first compression that was finer than the last one, another grid, or a resizing leaves nothing; nor does "
    f"blank white paper that took the place of blank white paper. {_ONCE_MORE}",
    heaviest=Weight.LIMITED,
)
_COPY = Question(
    part="img.copymove",
    version="1",
    proposition="A part of the picture was copied to another place of it.",
    alternative="Nothing but writing and lines repeats in the picture.",
    expected="No region larger than a line of writing that stands twice.",
    innocent=("printed ornaments, logos or pictures that stand twice on the paper", "the pattern of security paper"),
    limits=f"Copies that were turned, scaled or redrawn are not seen. {_ONCE_MORE}",
    heaviest=Weight.LIMITED,
)


def _ask(
    question: Question, able: Callable[[Sight], bool], say: Callable[[Sight], tuple[str, tuple[Box, ...]]], group: str
) -> Callable[[Reading, bytes], Iterable[Record]]:
    """Return the function of one examination: who can be judged, and what is said of one picture."""

    def examine(reading: Reading, data: bytes) -> Iterable[Record]:
        digest = reading.exhibit.digest
        try:
            every = sights(reading.exhibit.media_type, data)
        except StateRefused as error:
            yield question.not_examined(digest, f"The file could not be opened for this examination: {error}.")
            return
        judged = [s for s in every if able(s)]
        if not judged:
            yield question.not_applicable(digest, f"None of its {len(every)} scans or pictures can be judged by this.")
            return
        found = 0
        for sight in judged:
            words, boxes = say(sight)
            if boxes:
                found += 1
                yield question.finding(
                    digest, f"Page {sight.page}: {words}", spans_at(reading, sight.page, boxes[:_MOST_BOXES]),
                    Weight.LIMITED, f"{group} of page {sight.page}",
                )  # fmt: skip
        if not found:
            yield question.nothing(
                digest, f"{len(judged)} of {len(every)} scans or pictures were judged: none shows it."
            )

    return examine


def _flat(sight: Sight) -> tuple[str, tuple[Box, ...]]:
    boxes = sight.flat or ()
    return f"{len(boxes)} field(s) of paper have no grain, while the paper around has.", boxes


def _once(sight: Sight) -> tuple[str, tuple[Box, ...]]:
    said = "the picture was compressed twice"
    return f"{said}, and {len(sight.once)} field(s) of it only once: they were put in between.", sight.once


def _twice(sight: Sight) -> tuple[str, tuple[Box, ...]]:
    pairs = sight.copies or ()
    return f"{len(pairs)} region(s) stand in the picture twice.", tuple(b for pair in pairs for b in pair)


def _past(reading: Reading, data: bytes) -> Iterable[Record]:
    """Answer for `img.djpeg`, and say as a fact which pictures were compressed twice as a whole."""
    yield from _ask(_DJPEG, lambda s: s.steps is not None or s.dipped, _once, "regions")(reading, data)
    try:
        whole = [
            s.page for s in sights(reading.exhibit.media_type, data) if (s.dipped or (s.steps or 0) >= 2) and not s.once
        ]
    except StateRefused:
        return
    if whole:
        yield _DJPEG.finding(
            reading.exhibit.digest,
            f"{len(whole)} picture(s), first on page {whole[0]}, were compressed twice as a whole, as programs do "
            "that make scans smaller.", (), Weight.NEUTRAL, "compressed twice", direction=Direction.NEITHER,
        )  # fmt: skip


NOISE = Examination(
    name=_NOISE.part,
    version=_NOISE.version,
    purpose="Finds fields of a scan without the grain that its paper has everywhere else.",
    limits=_NOISE.limits,
    heaviest=_NOISE.heaviest,
    accepts=ACCEPTS,
    examine=_ask(_NOISE, lambda s: s.flat is not None, _flat, "grain"),
)
DJPEG = Examination(
    name=_DJPEG.part,
    version=_DJPEG.version,
    purpose="Finds regions of a picture that were compressed once where the rest was compressed twice.",
    limits=_DJPEG.limits,
    heaviest=_DJPEG.heaviest,
    accepts=ACCEPTS,
    examine=_past,
)
COPYMOVE = Examination(
    name=_COPY.part,
    version=_COPY.version,
    purpose="Finds regions, larger than a line of writing, that stand in a picture twice.",
    limits=_COPY.limits,
    heaviest=_COPY.heaviest,
    accepts=ACCEPTS,
    examine=_ask(_COPY, lambda s: s.copies is not None, _twice, "copies"),
)
