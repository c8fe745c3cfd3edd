"""`pdf.dates`: what a PDF's own dates say against each other.

Compared: created and changed in the information dictionary, the same in the XMP packet, and the clocks' zones. Limits:
all of these can be set to anything, and agreement proves nothing. Source: ISO 32000-2, 14.3.3; ISO 16684-1.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from assay.examine.pdf.facts import Facts, facts_of
from assay.examine.pdf.states import StateRefused
from assay.examine.pdf.times import Moment
from assay.examine.question import Question
from assay.model import Direction, Reading, Record, Weight
from assay.work.part import Examination

SLACK = timedelta(seconds=90)
"""Two writings of one moment may be so far apart: programs write one after the other."""

_LIMITS = (
    "The dates are those of some computer's clock, and any program can set them to anything. Agreement speaks for "
    "nothing more than that nobody was careless."
)
_QUESTION = Question(
    part="pdf.dates",
    version="1",
    proposition="The dates that the file states of itself were changed, or it was changed without its dates.",
    alternative="The dates are those that the programs set in the ordinary course.",
    expected="Created not after changed; the same dates in the information dictionary and in the XMP packet.",
    innocent=(
        "a computer whose clock was wrong, or was set between two savings",
        "a program that updates only one of the two places where dates stand",
        "a template or older file that kept its date of creation",
    ),
    limits=_LIMITS,
    heaviest=Weight.LIMITED,
)


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Compare the dates of one PDF with each other."""
    digest = reading.exhibit.digest
    try:
        facts = facts_of(data)
    except StateRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be opened for this examination: {error}.")
        return
    if not facts.moments:
        yield _QUESTION.not_applicable(digest, "It states no date that can be read.")
        return
    said = _contradictions(facts)
    for sentence, group in said:
        yield _QUESTION.finding(digest, sentence, (), Weight.LIMITED, group)
    zones = sorted({m.zone for m in facts.moments if m.zone is not None})
    if len(zones) > 1:
        yield _QUESTION.finding(
            digest, f"Its dates are written in {len(zones)} time zones: {', '.join(map(_zone, zones))}.", (),
            Weight.NEUTRAL, "time zones", direction=Direction.NEITHER,
            innocent=("summer time, travel, or a server in another zone that processed it",),
        )  # fmt: skip
    if not said:
        stated = ", ".join(m.written for m in facts.moments)
        yield _QUESTION.nothing(digest, f"Its dates ({stated}) do not contradict each other.")


def _contradictions(facts: Facts) -> list[tuple[str, str]]:
    found = []
    for where, created, modified in (
        ("information dictionary", facts.created, facts.modified), ("XMP packet", facts.xmp_created, facts.xmp_modified)
    ):  # fmt: skip
        if created and modified and modified.before(created) > SLACK:
            found.append((
                f"By its {where} it was changed ({modified.written}) before it was created ({created.written}).",
                "changed before created",
            ))  # fmt: skip
    pairs = (("created", facts.created, facts.xmp_created), ("changed", facts.modified, facts.xmp_modified))
    for what, info, xmp in pairs:
        if info and xmp and _apart(info, xmp) > SLACK:
            found.append((
                f"It was {what} at {info.written} by its information dictionary, at {xmp.written} by its XMP packet.",
                "two places with dates",
            ))  # fmt: skip
    return found


def _apart(one: Moment, two: Moment) -> timedelta:
    return max(one.before(two), two.before(one))


def _zone(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


DATES = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Compares the dates that a PDF states of itself: information dictionary and XMP packet.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=("application/pdf",),
    examine=examine,
)
