"""`pdf.imgreuse`: the same loose picture, a signature or a stamp, placed at several places of a document.

A hand signs differently each time; the same see-through picture on two pages was copied. A picture that stands at one
place of all its pages is a letterhead. Limits: compared by stored bytes, so that a copy that was saved anew is not
seen; what is baked into a scan is another examination's. Source: ISO 32000-2, 11.6.5.2 (soft masks).
"""

from __future__ import annotations

from collections.abc import Iterable

from assay.examine.pdf.place import spans_at
from assay.examine.pdf.sheets import Placed, Sheet, sheets_of
from assay.examine.pdf.states import StateRefused
from assay.examine.question import Question
from assay.model import Direction, Reading, Record, Span, Weight
from assay.work.part import Examination

LARGEST = 0.2
SMALLEST = 0.0008
"""Shares of the page between which a picture can be a signature or a stamp."""
LEAST_PIXELS = 40
MOVED = 0.006
"""Share of the page by which a picture must lie elsewhere to be at another place."""
_MOST_SAID = 5

_LIMITS = (
    "Only pictures that are stored apart are seen, and only when their bytes are the same. It does not tell a "
    "signature from another small picture: look at it."
)
_QUESTION = Question(
    part="pdf.imgreuse",
    version="1",
    proposition="One picture of a signature or stamp was placed in several places.",
    alternative="Each place was signed or stamped by itself, or the picture is no signature or stamp.",
    expected="A loose picture stands once, or at the same place of its pages.",
    innocent=(
        "facsimile signatures and stamps, which the law of many places allows",
        "an electronic signature service that shows one picture wherever a person signs",
        "a logo, icon or ornament",
    ),
    limits=_LIMITS,
)


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Look for one loose picture at several places of one PDF."""
    digest = reading.exhibit.digest
    try:
        sheets = sheets_of(data)
    except StateRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be opened for this examination: {error}.")
        return
    if len(sheets) < 2:
        yield _QUESTION.not_applicable(digest, "It has one page: nothing can stand on several.")
        return
    loose = _loose(sheets)
    moved = {key: places for key, places in loose.items() if _elsewhere(places)}
    for places in list(moved.values())[:_MOST_SAID]:
        pages = sorted({n for n, _ in places})
        spans: list[Span] = []
        for number, picture in places:
            spans += spans_at(reading, number, (picture.box,))
        first = places[0][1]
        yield _QUESTION.finding(
            digest, f"One loose picture ({first.width} by {first.height} pixels) stands on {len(pages)} pages "
            f"({', '.join(map(str, pages[:12]))}), each time at another place.", spans, Weight.MODERATE,
            f"picture {places[0][1].digest[:8]} reused",
        )  # fmt: skip
    if not moved:
        yield _QUESTION.nothing(
            digest, f"On {len(sheets)} pages stand {len(loose)} different loose picture(s) of a signature's size; each "
            "stands once, or at one place of its pages.", direction=Direction.FOR if loose else Direction.NEITHER,
        )  # fmt: skip


def _loose(sheets: tuple[Sheet, ...]) -> dict[str, list[tuple[int, Placed]]]:
    """Return pictures that can be signatures or stamps, by their bytes, each with its places."""
    found: dict[str, list[tuple[int, Placed]]] = {}
    for sheet in sheets:
        for picture in sheet.pictures:
            over = sheet.scan is not None and picture is not sheet.scan
            big = picture.width >= LEAST_PIXELS and picture.height >= LEAST_PIXELS // 2
            if picture.digest and big and SMALLEST <= picture.area <= LARGEST and (picture.mask or over):
                found.setdefault(picture.digest + picture.mask, []).append((sheet.number, picture))
    return found


def _elsewhere(places: list[tuple[int, Placed]]) -> bool:
    """Whether a picture stands on several pages, about once on each, and at another place each time."""
    pages = {n for n, _ in places}
    if len(pages) < 2 or len(places) > 2 * len(pages):
        return False
    spots: list[Placed] = []
    for _, picture in places:
        if not any(_same(picture, s) for s in spots):
            spots.append(picture)
    return len(spots) >= 2 and 2 * len(spots) > len(pages)


def _same(one: Placed, two: Placed) -> bool:
    return abs(one.box.x0 - two.box.x0) < MOVED and abs(one.box.y0 - two.box.y0) < MOVED


IMGREUSE = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Finds one loose picture, as of a signature or stamp, at several places of a PDF.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=("application/pdf",),
    examine=examine,
)
