"""The five axes and the trove statement, from findings made here."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from assay.examine import policy
from assay.examine.axes import combine, counted
from assay.examine.question import Question
from assay.examine.statement import CLOSING, statement
from assay.model import (
    Assessment,
    Direction,
    Exhibit,
    Finding,
    FindingStatus,
    Judgement,
    MemoryTrove,
    Problem,
    Record,
    Weight,
    whole,
)  # fmt: skip

A, B = "a" * 64, "b" * 64


def exhibit(digest: str) -> Exhibit:
    return Exhibit(digest, "", 1, "application/pdf", "test", "1")


def finding(
    part: str,
    weight: Weight = Weight.MODERATE,
    *,
    digest: str = A,
    status: FindingStatus = FindingStatus.FINDING,
    direction: Direction = Direction.AGAINST,
    group: str = "one",
    observation: str = "seen",
) -> Finding:
    heaviest = Weight.CRYPTOGRAPHIC if weight is Weight.CRYPTOGRAPHIC else Weight.STRONG
    question = Question(part, "1", "it was changed", "it was not", "nothing", ("a clerk",), "little", heaviest=heaviest)
    made = question.finding(digest, observation, (whole(digest),), weight, group, direction=direction)
    return replace(made, status=status)


def clean(part: str, digest: str = A, direction: Direction = Direction.FOR) -> Finding:
    return finding(part, Weight.NEUTRAL, digest=digest, status=FindingStatus.NO_FINDING, direction=direction, group="")


def axes(*records: Record) -> Assessment:
    (made,) = [a for a in combine(MemoryTrove([exhibit(A), *records])) if isinstance(a, Assessment) and a.exhibit == A]
    return made


def accepted(record: Finding, decision: str = "accept", at: str = "2024-01-01") -> Judgement:
    return Judgement((record.id,), decision, "reviewer", "", at)


def test_nothing_examined_is_not_determinable_everywhere() -> None:
    made = axes()
    words = [getattr(made, axis).word for axis in policy.AXES]
    assert words == ["not determinable", "not determinable", "not determinable", "unclear", "unknown"]
    assert all(getattr(made, axis).sentence for axis in policy.AXES)


def test_a_strong_finding_is_later_processing_until_a_person_accepts_it() -> None:
    strong = finding("pdf.sigdiff", Weight.STRONG)
    assert axes(strong).integrity.word == "signs of later processing"
    assert axes(strong, accepted(strong)).integrity.word == "altered after creation"
    assert axes(strong, accepted(strong)).integrity.findings == (strong.id,)


def test_a_moderate_finding_never_becomes_altered_but_for_a_revision_that_a_person_saw() -> None:
    patch, revision = finding("pdf.overlay"), finding("pdf.revdiff")
    assert axes(patch, accepted(patch)).integrity.word == "signs of later processing"
    assert axes(revision, accepted(revision)).integrity.word == "altered after creation"


def test_a_rejected_finding_is_set_aside_and_named() -> None:
    patch = finding("pdf.overlay")
    made = axes(patch, clean("pdf.revdiff"), accepted(patch, "reject")).integrity
    assert made.word == "no sign of alteration found"
    assert "set aside by a person" in made.sentence and patch.id in made.findings


def test_the_last_judgement_counts() -> None:
    strong = finding("pdf.sigdiff", Weight.STRONG)
    decided = axes(strong, accepted(strong, "accept", "2024-01-01"), accepted(strong, "unsure", "2024-02-01"))
    assert decided.integrity.word == "signs of later processing"


def test_many_weak_findings_do_not_add_up() -> None:
    weak = [finding("txt.weekday", Weight.LIMITED, group=f"cause {i}") for i in range(30)]
    assert axes(*weak).content.word == "not determinable"
    assert "never add up" in axes(*weak).content.sentence
    assert axes(*weak, clean("txt.sum")).content.word == "not determinable"


def test_one_cause_counts_once() -> None:
    pair = [finding("txt.sum", group="line 4"), finding("txt.words", group="line 4"), finding("txt.ids", group="inn")]
    assert axes(*pair).content.sentence.startswith("2 independent")
    assert len(axes(*pair).content.findings) == 3


@pytest.mark.parametrize("status", [FindingStatus.NOT_EXAMINED, FindingStatus.ERROR])
@pytest.mark.parametrize(("part", "axis", "word"), [("pdf.revdiff", "integrity", "not determinable"),
    ("txt.sum", "content", "not determinable"), ("set.gaps", "completeness", "unknown")])  # fmt: skip
def test_what_could_not_be_examined_is_never_clean(status: FindingStatus, part: str, axis: str, word: str) -> None:
    other = {"integrity": "pdf.overlay", "content": "txt.words", "completeness": "set.gaps"}[axis]
    open_one = finding(part, Weight.NEUTRAL, status=status, direction=Direction.NEITHER)
    made = getattr(axes(clean(other), open_one), axis)
    assert made.word == word and open_one.id in made.findings and part in made.sentence


def test_clean_words_need_something_that_was_compared() -> None:
    assert axes(clean("pdf.revdiff", direction=Direction.NEITHER)).integrity.word == "no sign of alteration found"
    assert axes(clean("txt.sum", direction=Direction.NEITHER)).content.word == "not determinable"
    assert axes(clean("txt.sum")).content.word == "consistent"
    assert axes(clean("set.gaps")).completeness.word == "complete as referenced"


def test_missing_parts_and_drafts() -> None:
    assert axes(finding("set.gaps")).completeness.word == "parts missing"
    assert axes(finding("set.gaps", Weight.LIMITED)).completeness.word == "unknown"
    tracked = finding("ooxml.track", Weight.NEUTRAL, direction=Direction.NEITHER, group="tracked changes")
    comment = finding("ooxml.track", Weight.NEUTRAL, direction=Direction.NEITHER, group="comments")
    assert axes(tracked).stage.word == "draft" and axes(comment).stage.word == "unclear"


def test_marks_of_a_draft_and_of_signing_together_are_unclear() -> None:
    def mark(group: str) -> Finding:
        return finding("doc.stage", Weight.NEUTRAL, direction=Direction.NEITHER, group=group)

    assert axes(mark("draft mark")).stage.word == "draft"
    assert axes(mark("signing mark")).stage.word == "final"
    assert axes(mark("open blanks")).stage.word == "unclear"
    both = axes(mark("draft mark"), mark("signing mark")).stage
    assert both.word == "unclear" and len(both.findings) == 2


def test_what_all_files_share_is_subtracted_and_said() -> None:
    digests = [f"{i:064x}" for i in range(6)]
    shared = [finding("file.tail", Weight.LIMITED, digest=d, group="bytes after the end") for d in digests]
    clear = [clean("pdf.revdiff", d) for d in digests]
    records: list[Record] = [*(exhibit(d) for d in digests), *shared, *clear]
    made = [a for a in combine(MemoryTrove(records)) if isinstance(a, Assessment)]
    assert {a.integrity.word for a in made} == {"no sign of alteration found"}
    assert all("6 of 6 files" in a.integrity.sentence and len(a.integrity.findings) == 2 for a in made)
    alone = [a for a in combine(MemoryTrove([*records[:6], shared[0], *clear])) if isinstance(a, Assessment)]
    words = sorted(a.integrity.word for a in alone)
    assert words == ["no sign of alteration found"] * 5 + ["signs of later processing"]
    lines = dict(statement(MemoryTrove(records)))
    assert any("6 of 6 files share one trace" in line for line in lines)


def test_a_moderate_finding_is_never_subtracted() -> None:
    digests = [f"{i:064x}" for i in range(6)]
    records: list[Record] = [*(exhibit(d) for d in digests), *(finding("pdf.overlay", digest=d) for d in digests)]
    made = [a for a in combine(MemoryTrove(records)) if isinstance(a, Assessment)]
    assert {a.integrity.word for a in made} == {"signs of later processing"}


def test_the_statement_counts_names_and_closes() -> None:
    gap = finding("set.gaps", group="missing annex 3 of AB-1")
    error = finding("txt.sum", Weight.NEUTRAL, status=FindingStatus.ERROR, direction=Direction.NEITHER, digest=B)
    problem = Problem("read", B, 0, "broken", "x", "test", "1")
    records: list[Record] = [exhibit(A), exhibit(B), gap, error, finding("pdf.overlay"), problem]
    records += [a for a in combine(MemoryTrove(records)) if isinstance(a, Assessment)]
    lines = statement(MemoryTrove(records))
    text = " ".join(line for line, _ in lines)
    assert "2 exhibits" in text and "annex 3 of AB-1" in text and "txt.sum on 1" in text and "broken: 1" in text
    assert "1 of 1 examined exhibits (2 in all) have at least one finding of moderate weight" in text
    assert lines[-1] == (CLOSING, ())
    named = {key for _, keys in lines for key in keys}
    assert {gap.id, error.id} <= named


def test_records_come_in_one_order_and_ids_are_stable() -> None:
    its = [finding("txt.sum", group=str(i), observation=str(i)) for i in range(5)]
    one = [a.id for a in combine(MemoryTrove([exhibit(A), *its]))]
    two = [a.id for a in combine(MemoryTrove([*reversed(its), exhibit(A)]))]
    assert one == two


FORBIDDEN = re.compile(r"\b(authentic|genuine|fake|forged|forgery|score)\b|\d\s*% (?:authentic|certain|likely)", re.I)


def test_no_word_of_the_policy_or_the_questions_claims_too_much() -> None:
    from pathlib import Path

    import assay.examine as package

    folder = Path(package.__file__).parent
    worded = [s for rule in policy.RULES for s in (rule.word, rule.sentence)]
    worded += [s for clear in policy.CLEAR for s in (clear.word, clear.sentence)]
    worded += [s for pair in policy.DEFAULTS.values() for s in pair] + [CLOSING]
    assert not [w for w in worded if FORBIDDEN.search(w)]
    strings = re.compile(r"\"([^\"\n]+)\"")
    for path in sorted(folder.rglob("*.py")):
        code = "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("#"))
        for text in strings.findall(re.sub(r'""".*?"""', "", code, flags=re.S)):
            assert not FORBIDDEN.search(text), (path.name, text)


# ---- each sentence is fair to what it rests on


def test_a_broken_signature_says_nothing_weak_about_where_it_comes_from() -> None:
    broken = finding("sig.pades", Weight.CRYPTOGRAPHIC, group="broken signature")
    made = axes(broken)
    assert made.integrity.word == "signs of later processing"
    assert (made.origin.word, made.origin.findings) == ("not determinable", ())
    assert "weak" not in made.origin.sentence
    assert axes(broken, accepted(broken)).integrity.word == "altered after creation"


def test_a_revoked_certificate_speaks_of_origin_and_not_of_bytes() -> None:
    held = finding("sig.pades", Weight.CRYPTOGRAPHIC, group="unchanged since signing", direction=Direction.FOR)
    revoked = finding("sig.pades", group="signer's certificate")
    made = axes(held, revoked)
    assert made.integrity.word == "shown unchanged since signing"
    assert (made.origin.word, made.origin.findings) == ("inconsistent", (revoked.id,))
    assert axes(clean("pdf.revdiff"), revoked).integrity.word == "no sign of alteration found"
    assert axes(held, revoked, accepted(revoked)).integrity.word == "shown unchanged since signing"


def test_a_stamp_over_another_signature_takes_nothing_from_one_that_holds() -> None:
    held = finding("sig.cades", Weight.CRYPTOGRAPHIC, group="unchanged since signing", direction=Direction.FOR)
    beside = finding("sig.cades", Weight.LIMITED, group="time stamp or counter-signature")
    assert axes(held, beside).integrity.word == "shown unchanged since signing"


def test_a_vouched_key_over_a_part_tells_nothing_of_where_the_whole_comes_from() -> None:
    for group, word in (("signer vouched for", "consistent with what is claimed"),
                        ("signer of a part vouched for", "not determinable")):  # fmt: skip
        vouched = finding("sig.openpgp", Weight.CRYPTOGRAPHIC, group=group, direction=Direction.FOR)
        assert axes(vouched).origin.word == word


@pytest.mark.parametrize("part", ["pdf.dates", "pdf.hidden", "file.tail", "img.noise", "mail.dkim", "sig.cades"])
@pytest.mark.parametrize("status", [FindingStatus.NOT_EXAMINED, FindingStatus.ERROR])
def test_any_examination_that_could_speak_against_integrity_keeps_it_from_being_clean(
    part: str, status: FindingStatus
) -> None:
    lost = finding(part, Weight.NEUTRAL, status=status, direction=Direction.NEITHER)
    made = axes(clean("pdf.revdiff"), lost).integrity
    assert made.word == "not determinable"
    assert part in made.sentence and lost.id in made.findings


def test_sentences_count_in_words_that_go_with_the_number() -> None:
    for rule in policy.RULES:
        for number in (1, 2):
            said = counted(rule.sentence, number)
            assert "{" not in said and "(s)" not in said
    assert counted("{n} {n:thing that belongs|things that belong} to it", 1) == "1 thing that belongs to it"


def test_a_persons_word_moves_only_what_a_person_may_move() -> None:
    """Accepting lifts no limited or moderate finding; only one that is strong, or a state that a person saw."""
    for rule in policy.RULES:
        assert rule.reviewed == (rule.word == "altered after creation")
    for part in ("pdf.writer", "img.noise", "txt.sum", "set.gaps", "mail.chain", "ooxml.zip"):
        for weight in (Weight.LIMITED, Weight.MODERATE):
            told = finding(part, weight)
            before, after = axes(told), axes(told, accepted(told))
            assert [getattr(before, a).word for a in policy.AXES] == [getattr(after, a).word for a in policy.AXES]


def test_the_statement_counts_neither_what_a_person_set_aside_nor_what_is_missing_against_documents() -> None:
    amount, gap, kept = finding("txt.sum"), finding("set.gaps", digest=B, group="missing annex 3"), finding("txt.words")
    records = [exhibit(A), exhibit(B), amount, gap, kept, clean("pdf.dates", B), accepted(amount, "reject")]
    said = statement(MemoryTrove(records))
    against = next(s for s in said if "of moderate weight against them" in s[0])
    assert against[1] == (kept.id,)
    assert against[0].startswith("1 of 2 examined exhibits")
    assert any("A person set aside 1 finding" in s[0] and s[1] == (amount.id,) for s in said)
    assert any("annex 3" in s[0] and s[1] == (gap.id,) for s in said)
