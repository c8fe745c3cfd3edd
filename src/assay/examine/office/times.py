"""`ooxml.time`: what the times that an Office file states say against each other.

Limits: any program can set them; saving under a new name starts some of them anew and keeps others. Source: ECMA-376.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from assay.examine.office.package import Package, PackageRefused
from assay.examine.office.properties import PACKAGES, Properties, properties
from assay.examine.question import Question
from assay.model import Reading, Record, Weight
from assay.work.part import Examination

SLACK = timedelta(minutes=5)
_SHARE = 1.1
"""Minutes of editing may exceed the time that passed by this factor: programs round."""

_LIMITS = "The times are those of computers' clocks and can be set to anything. Agreement proves nothing."
_QUESTION = Question(
    part="ooxml.time",
    version="1",
    proposition="The times that the file states were changed, or taken over from another file.",
    alternative="The times are those that the program set in the ordinary course.",
    expected="Created before changed, and no more editing than time.",
    innocent=(
        "a file saved under a new name, which starts the time of creation anew and keeps the minutes of editing",
        "a template that brought its times along", "a computer whose clock was wrong",
    ),
    limits=_LIMITS,
    heaviest=Weight.LIMITED,
)  # fmt: skip


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Compare the times of one Office file with each other."""
    digest = reading.exhibit.digest
    try:
        stated = properties(Package(data))
    except PackageRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be examined: {error}.")
        return
    if stated.created is None or stated.modified is None:
        yield _QUESTION.not_applicable(digest, "It does not state both when it was created and when it was changed.")
        return
    said = _contradictions(stated)
    for sentence, group in said:
        yield _QUESTION.finding(digest, sentence, (), Weight.LIMITED, group)
    if not said:
        minutes = f", {stated.minutes} minutes of editing" if stated.minutes is not None else ""
        yield _QUESTION.nothing(
            digest, f"Created {stated.created.written}, changed {stated.modified.written}{minutes}: no contradiction."
        )


def _contradictions(stated: Properties) -> list[tuple[str, str]]:
    created, modified = stated.created, stated.modified
    assert created
    assert modified
    found = []
    if modified.before(created) > SLACK:
        found.append((
            f"It states that it was changed ({modified.written}) before it was created ({created.written}).",
            "changed before created",
        ))  # fmt: skip
    elapsed = modified.last - created.first
    worked = timedelta(minutes=stated.minutes or 0)
    if stated.minutes and elapsed >= timedelta() and worked > elapsed * _SHARE + SLACK:
        found.append((
            f"It states {stated.minutes} minutes of editing; from its creation ({created.written}) to its last change "
            f"({modified.written}) only {int(elapsed.total_seconds() // 60)} minutes passed.", "more editing than time",
        ))  # fmt: skip
    if stated.printed and modified.before(stated.printed) > timedelta(days=1):
        found.append((
            f"It states that it was last printed ({stated.printed.written}) after its last change "
            f"({modified.written}).", "printed after the last change",
        ))  # fmt: skip
    return found


TIME = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Compares the times and the minutes of editing that an Office file states.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=PACKAGES,
    examine=examine,
)
