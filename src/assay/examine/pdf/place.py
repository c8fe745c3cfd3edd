"""Where an examined region stands in the page as it was read, so that a finding's quote is the reading's own."""

from __future__ import annotations

from collections.abc import Iterable

from assay.examine.pdf.states import overlap
from assay.model import Box, Page, Reading, Span, whole

_COVERED = 0.5


def spans_at(reading: Reading, number: int, boxes: Iterable[Box]) -> tuple[Span, ...]:
    """Return spans over the words of page `number` that lie in `boxes`; the bare boxes where no word was read."""
    wanted = tuple(boxes)
    page = next((p for p in reading.pages if p.number == number), None)
    if page is None:
        return (whole(reading.exhibit.digest, number, wanted),)
    found: list[Span] = []
    bare: list[Box] = []
    for box in wanted:
        runs = _runs(page, box)
        found.extend(page.span(start, end) for start, end in runs)
        if not runs:
            bare.append(box)
    if bare:
        found.append(whole(reading.exhibit.digest, number, tuple(bare)))
    return tuple(dict.fromkeys(found))


def _runs(page: Page, box: Box) -> list[tuple[int, int]]:
    """Return runs of neighbouring words of which at least half lies in `box`."""
    words = page.words
    inside = [i for i in range(len(words)) if overlap(words.box(i), box) >= _COVERED]
    runs: list[list[int]] = []
    for index in inside:
        if runs and index == runs[-1][1] + 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return [(words.start[first], words.end[last]) for first, last in runs]
