"""Findings against rival hypotheses: proposals, a person's marks, what counts and what does not."""

from __future__ import annotations

import pytest

from assay.examine.hypotheses import KEYS, MARKS, decision, matrix, proposed
from assay.examine.question import Question
from assay.model import Direction, Finding, Judgement, MemoryTrove, Record, Weight, whole

A, B = "a" * 64, "b" * 64


def finding(
    part: str, weight: Weight = Weight.MODERATE, direction: Direction = Direction.AGAINST, *, group: str = "g",
    digest: str = A, said: str = "seen",
) -> Finding:  # fmt: skip
    heaviest = Weight.CRYPTOGRAPHIC if weight is Weight.CRYPTOGRAPHIC else Weight.STRONG
    asked = Question(part, "1", "it was changed", "it was not", "nothing", (), "little", heaviest=heaviest)
    return asked.finding(digest, said, (whole(digest),), weight, group, direction=direction)


def mark(about: Finding, key: str, to: str, at: str = "2026-01-01") -> Judgement:
    return Judgement((about.id,), decision(key, to), "an editor", "", at)


def rows(*records: Record):
    return matrix(MemoryTrove(list(records)))


def test_a_gap_tells_a_whole_release_from_a_partial_one() -> None:
    held = rows(finding("set.gaps"))
    marks = dict(zip(KEYS, held.rows[0].marks, strict=True))
    assert marks["whole"] == "I"
    assert marks["part"] == "C"
    assert held.against[KEYS.index("whole")] == 1
    assert held.against[KEYS.index("part")] == 0
    assert held.rows[0].diagnosticity == "some"


def test_strong_findings_mark_more_strongly_and_neutral_ones_not_at_all() -> None:
    assert set(proposed(finding("pdf.revdiff", Weight.STRONG))) <= {"CC", "II", "N"}
    assert set(proposed(finding("pdf.revdiff", Weight.NEUTRAL))) == {"N"}
    held = rows(finding("sig.pades", Weight.CRYPTOGRAPHIC, Direction.FOR))
    assert held.rows[0].diagnosticity == "high"


def test_limited_findings_are_listed_and_never_counted() -> None:
    held = rows(*(finding("pdf.dates", Weight.LIMITED, said=str(n), group=str(n)) for n in range(9)))
    assert len(held.rows) == 9
    assert held.against == (0, 0, 0, 0)


def test_findings_of_one_cause_count_once_and_of_two_documents_twice() -> None:
    one = [finding("pdf.revdiff", said=str(n), group="one re-save") for n in range(3)]
    assert rows(*one).against[0] == 1
    assert rows(*one, finding("pdf.revdiff", group="one re-save", digest=B)).against[0] == 2


def test_a_person_s_mark_stands_over_the_proposal_and_the_last_one_wins() -> None:
    gap = finding("set.gaps")
    held = rows(gap, mark(gap, "part", "II"), mark(gap, "part", "N", "2026-01-02"))
    row = held.rows[0]
    at = KEYS.index("part")
    assert (row.marks[at], row.persons[at], row.proposed[at]) == ("N", "an editor", "C")
    assert row.persons[KEYS.index("whole")] == ""


def test_a_person_names_a_hypothesis_and_rejects_a_finding() -> None:
    gap = finding("set.gaps")
    named = Judgement((), "name made_up", "an editor", "Somebody invented all of it.", "2026-01-01")
    out = Judgement((gap.id,), "reject", "an editor", "", "2026-01-01")
    held = rows(gap, named, out)
    assert held.hypotheses[KEYS.index("made_up")].name == "Somebody invented all of it."
    assert held.rows == ()


def test_a_mark_against_a_hypothesis_does_not_undo_an_acceptance() -> None:
    from assay.examine.axes import combine
    from assay.model import Assessment, Exhibit

    seen = finding("pdf.revdiff")
    accepted = Judgement((seen.id,), "accept", "an editor", "", "2026-01-01")
    paper = Exhibit(A, "", 1, "application/pdf", "test", "1")
    trove = MemoryTrove([paper, seen, accepted, mark(seen, "whole", "II", "2026-01-02")])
    (axes,) = [a for a in combine(trove) if isinstance(a, Assessment)]
    assert axes.integrity.word == "altered after creation"


@pytest.mark.parametrize(("key", "to"), [("nothing", "C"), ("whole", "X")])
def test_there_are_four_hypotheses_and_five_marks(key: str, to: str) -> None:
    assert len(KEYS) == 4
    assert len(MARKS) == 5
    with pytest.raises(ValueError, match="no mark"):
        decision(key, to)
