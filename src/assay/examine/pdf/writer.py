"""`pdf.writer`: whether the program that wrote a PDF's bytes is the one that the file names as its producer.

Programs leave a habit in the second line of a file (a comment of a few bytes above 127) and in the style of its
cross-reference. A producer that is kept while the habit is another program's says that the file was written anew.
Limits: families that share a habit cannot be told apart; a careful rewrite imitates it. Source: `writers.tsv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from assay.examine.pdf.facts import Facts, facts_of
from assay.examine.pdf.states import StateRefused
from assay.examine.question import Question, quoted
from assay.model import Direction, Reading, Record, Weight
from assay.work.part import Examination

_LIMITS = (
    "Told by habits of programs, which many share and any can imitate. Written anew is not changed: mail gateways, "
    "archives and optimisers write files anew without touching a word."
)
_QUESTION = Question(
    part="pdf.writer",
    version="1",
    proposition="Another program than the one it names wrote the file anew.",
    alternative="The program that the file names wrote it as it is.",
    expected="The habits of the named producer.",
    innocent=(
        "a mail gateway, archive, print or optimising tool that wrote it anew",
        "a program that is built on another one's library",
    ),
    limits=_LIMITS,
    heaviest=Weight.LIMITED,
)


@dataclass(frozen=True, slots=True)
class Family:
    """Programs of one habit."""

    name: str
    producer: re.Pattern[str]
    comments: tuple[bytes, ...]
    rewrites: bool


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Compare the named producer of one PDF with the habits that its bytes show."""
    digest = reading.exhibit.digest
    try:
        facts = facts_of(data)
    except StateRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be opened for this examination: {error}.")
        return
    named = named_families(facts.producer)
    if not facts.producer or not named:
        yield _QUESTION.not_applicable(
            digest, f"It names {'no producer' if not facts.producer else 'a producer whose habits are not known'}."
        )
        return
    said = [*_habit(facts, named), *_two_names(facts)]
    for sentence, group, direction, weight in said:
        yield _QUESTION.finding(digest, sentence, (), weight, group, direction=direction)
    if not any(weight is Weight.LIMITED for *_, weight in said):
        yield _QUESTION.nothing(
            digest, f"It names {quoted(facts.producer, 80)}; nothing in how its bytes are written speaks against it."
        )


def named_families(producer: str) -> tuple[Family, ...]:
    """Return the families that a producer's name belongs to."""
    return tuple(f for f in families() if f.producer.search(producer))


def _habit(facts: Facts, named: tuple[Family, ...]) -> list[tuple[str, str, Direction, Weight]]:
    if not facts.comment:
        return []
    written = tuple(f for f in families() if any(facts.comment.startswith(c) for c in f.comments))
    if not written or {f.name for f in written} & {f.name for f in named} or facts.comment in _all(named):
        return []
    if not any(f.rewrites for f in written):
        return []
    names = " or ".join(sorted(f.name for f in written))
    sections = f"{facts.tables} cross-reference table(s) and {facts.streams} stream(s)"
    return [(
        f"It names {quoted(facts.producer, 80)} as its producer; its second line is "
        f"{facts.comment[:12].hex()}, as {names} writes it ({sections}). It was written anew and kept its producer.",
        "written anew", Direction.AGAINST, Weight.LIMITED,
    )]  # fmt: skip


def _all(named: tuple[Family, ...]) -> set[bytes]:
    return {c for f in named for c in f.comments}


def _two_names(facts: Facts) -> list[tuple[str, str, Direction, Weight]]:
    """Say when the two places that name a producer name programs of different families; a fact, no more."""
    one, two = named_families(facts.producer), named_families(facts.xmp_producer)
    if not one or not two or {f.name for f in one} & {f.name for f in two}:
        return []
    return [(
        f"Its information dictionary names {quoted(facts.producer, 80)}, "
        f"its XMP packet {quoted(facts.xmp_producer, 80)}.",
        "two producers named", Direction.NEITHER, Weight.NEUTRAL,
    )]  # fmt: skip


@cache
def families() -> tuple[Family, ...]:
    """Return the known families of programs."""
    table = files("assay.examine.pdf").joinpath("writers.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return tuple(
        Family(
            name, re.compile(named, re.IGNORECASE), tuple(bytes.fromhex(c) for c in habit.split()), role == "rewriter"
        )
        for name, named, habit, role in rows
    )


WRITER = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Compares the producer that a PDF names with the habits of the program that wrote its bytes.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=("application/pdf",),
    examine=examine,
)
