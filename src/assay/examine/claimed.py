"""The date that a document bears: the one written at its head, as its pages give it.

Limits: the first full date of the first written page's head is taken, and a document can bear several; it is what the
paper says, not when it was made. Nothing is taken from what the extractors concluded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assay.model import PageState, Reading, Span

HEAD_LINES = 30
_LONGEST_LINE = 200
_EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A date as written: its first and last day, and where it stands."""

    written: str
    first: date
    last: date
    span: Span


def claimed_date(reading: Reading) -> Claimed | None:
    """Return the date that the document bears, None when its head bears none that is sure to the month."""
    from assay.read.values.dates import find_dates
    from assay.read.values.found import attach

    for page in reading.pages[:2]:
        if page.state is not PageState.READ or not page.text.strip():
            continue
        lines = page.text.splitlines(keepends=True)[:HEAD_LINES]
        head = "".join(line[:_LONGEST_LINE] if len(line) > 20 * _LONGEST_LINE else line for line in lines)
        if not page.text.startswith(head):
            head = page.text[:4_000]
        for found in find_dates(head):
            value = found.value
            if value.earliest and value.latest and not value.uncertain and (value.latest - value.earliest).days <= 31:
                span = attach(page, found).span
                if span is not None and value.earliest > _EARLIEST:
                    return Claimed(value.written, value.earliest, value.latest, span)
        return None
    return None
