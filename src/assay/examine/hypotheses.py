"""Analysis of competing hypotheses over the findings: a matrix of marks, the program's proposals and a person's word.

Purpose: to show which findings tell rival explanations apart, and which fit them all. Method: R. J. Heuer, "Psychology
of Intelligence Analysis" (CIA, 1999), chapter 8: look for what speaks against each hypothesis, not for what fits it.
Limits: the program proposes marks from a finding's part, direction and weight by one literal table; it names no winner
and gives no likelihood. Findings of one cause count once; limited ones are listed and never counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assay.examine.baseline import baseline_of
from assay.examine.decisions import decisions, in_order
from assay.examine.policy import STRENGTH, belongs
from assay.model import Direction, Finding, FindingStatus, Judgement, Trove, Weight

MARKS = ("CC", "C", "N", "I", "II")
"""Very consistent, consistent, neutral, inconsistent, very inconsistent."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One rival explanation of the whole trove. `name` is a person's once one has given it."""

    key: str
    name: str


HYPOTHESES: tuple[Hypothesis, ...] = (
    Hypothesis("whole", "The documents are what they present themselves as, and nothing was held back."),
    Hypothesis("part", "The documents are what they present themselves as, and some were held back."),
    Hypothesis("changed", "Some documents were changed on the way to whoever published them."),
    Hypothesis("made_up", "The documents were made up."),
)
KEYS = tuple(hypothesis.key for hypothesis in HYPOTHESES)


@dataclass(frozen=True, slots=True)
class Expectation:
    """How a moderate finding of `parts` in `direction` sits with each hypothesis, in the order of `KEYS`."""

    parts: tuple[str, ...]
    direction: Direction
    marks: tuple[str, str, str, str]


_AGAINST, _FOR = Direction.AGAINST, Direction.FOR
EXPECTATIONS: tuple[Expectation, ...] = (
    Expectation(("set.gaps",), _AGAINST, ("I", "C", "C", "N")),
    Expectation(("set.gaps",), _FOR, ("C", "I", "N", "N")),
    Expectation(("set.network", "set.template", "set.style", "set.tz"), _AGAINST, ("I", "I", "C", "C")),
    Expectation(("set.versions",), _AGAINST, ("N", "N", "C", "N")),
    Expectation(("pdf.producerdate", "pdf.fontdate", "txt.anachronism", "print."), _AGAINST, ("I", "I", "C", "C")),
    Expectation(("txt.",), _AGAINST, ("N", "N", "C", "C")),
    Expectation(("txt.",), _FOR, ("C", "C", "N", "N")),
    Expectation(("sig.", "mail.dkim", "img.c2pa"), _AGAINST, ("I", "I", "C", "N")),
    Expectation(("sig.", "mail.dkim", "img.c2pa"), _FOR, ("C", "C", "I", "I")),
    Expectation(("img.stamp", "pdf.imgreuse"), _AGAINST, ("N", "N", "C", "C")),
    Expectation(("pdf.", "img.", "ooxml.", "ole.", "mail.", "file."), _AGAINST, ("I", "I", "C", "N")),
    Expectation(("pdf.", "img.", "ooxml.", "ole.", "mail.", "file."), _FOR, ("C", "C", "I", "N")),
)
"""Tried from top to bottom; what no line covers is neutral to all."""

_STRONGER = {"C": "CC", "N": "N", "I": "II"}


@dataclass(frozen=True, slots=True)
class Row:
    """One finding against the hypotheses. `proposed` and `marks` are in the order of `KEYS`.

    `persons` names who set each mark, "" where it is the program's proposal. `counted`: the finding is moderate or
    more, so that it takes part in the sums. `cause` is what findings of one origin in one exhibit share.
    """

    finding: Finding
    proposed: tuple[str, ...]
    marks: tuple[str, ...]
    persons: tuple[str, ...]
    counted: bool
    cause: str

    @property
    def diagnosticity(self) -> str:
        """Say how far the row tells hypotheses apart: "high", "some" or "none"."""
        steps = [MARKS.index(mark) for mark in self.marks]
        spread = max(steps) - min(steps)
        return "high" if spread >= 3 else "some" if spread else "none"


@dataclass(frozen=True, slots=True)
class Matrix:
    """The rows, the most diagnostic first, and for each hypothesis how many independent causes speak against it."""

    hypotheses: tuple[Hypothesis, ...]
    rows: tuple[Row, ...]
    against: tuple[int, ...]


def matrix(trove: Trove) -> Matrix:
    """Return the matrix of a trove: standing findings for or against a document, a person's marks over proposals."""
    judgements = in_order(trove.all(Judgement))
    names, set_marks = _worded(judgements)
    rejected = {about for about, decided in decisions(judgements).items() if decided == "reject"}
    findings = [f for f in trove.all(Finding) if f.status is FindingStatus.FINDING]
    baseline = baseline_of(trove.all(Finding))
    rows = [
        _row(finding, set_marks)
        for finding in findings
        if finding.id not in rejected and not baseline.covers(finding) and finding.direction is not Direction.NEITHER
    ]
    rows.sort(key=_order)
    hypotheses = tuple(Hypothesis(h.key, names.get(h.key, h.name)) for h in HYPOTHESES)
    against = tuple(
        len({row.cause for row in rows if row.counted and row.marks[at] in ("I", "II")}) for at in range(len(KEYS))
    )
    return Matrix(hypotheses, tuple(rows), against)


def proposed(finding: Finding) -> tuple[str, ...]:
    """Return the program's marks for a finding, in the order of `KEYS`."""
    for line in EXPECTATIONS:
        if line.direction is finding.direction and belongs(finding.part, line.parts):
            if finding.weight in (Weight.STRONG, Weight.CRYPTOGRAPHIC):
                return tuple(_STRONGER[mark] for mark in line.marks)
            return line.marks if finding.weight is not Weight.NEUTRAL else ("N",) * len(KEYS)
    return ("N",) * len(KEYS)


def decision(key: str, mark: str) -> str:
    """Return the decision by which a person sets a mark; raise `ValueError` for what there is not."""
    if key not in KEYS or mark not in MARKS:
        message = f"no mark {mark} or hypothesis {key}"
        raise ValueError(message)
    return f"mark {key} {mark}"


def _worded(judgements: Iterable[Judgement]) -> tuple[dict[str, str], dict[tuple[str, str], tuple[str, str]]]:
    """Return names by hypothesis, and marks by finding and hypothesis with who set them."""
    names: dict[str, str] = {}
    marks: dict[tuple[str, str], tuple[str, str]] = {}
    for judgement in judgements:
        verb, _, rest = judgement.decision.partition(" ")
        key, _, mark = rest.partition(" ")
        if verb == "name":
            names[rest] = judgement.note
        elif verb == "mark":
            marks.update({(about, key): (mark, judgement.person) for about in judgement.about})
    return names, marks


def _row(finding: Finding, set_marks: dict[tuple[str, str], tuple[str, str]]) -> Row:
    ours = proposed(finding)
    held = [set_marks.get((finding.id, key), (mark, "")) for key, mark in zip(KEYS, ours, strict=True)]
    counted = STRENGTH.index(finding.weight) >= STRENGTH.index(Weight.MODERATE)
    return Row(
        finding, ours, tuple(mark for mark, _ in held), tuple(person for _, person in held), counted,
        f"{finding.exhibit}/{finding.independence_group or finding.id}",
    )  # fmt: skip


def _order(row: Row) -> tuple[int, int, str, str, str]:
    spread = ("high", "some", "none").index(row.diagnosticity)
    return spread, -STRENGTH.index(row.finding.weight), row.finding.part, row.finding.exhibit, row.finding.id
