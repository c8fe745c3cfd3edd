"""What can be said of the trove as a whole: counts with denominators, what was not examined, what is missing.

Limits: it adds nothing to the findings; each sentence names those that it rests on.
"""

from __future__ import annotations

from collections import Counter

from assay.examine.baseline import baseline_of
from assay.examine.decisions import decisions
from assay.examine.policy import AXES, COMPLETENESS, CONTENT, INTEGRITY, RULES, STRENGTH, belongs
from assay.model import (
    Assessment,
    Direction,
    Exhibit,
    Finding,
    FindingStatus,
    Judgement,
    Page,
    PageState,
    Problem,
    Trove,
    Weight,
)  # fmt: skip

CLOSING = (
    "Examination cannot exclude that documents were selected or left out, or that some were fabricated with skill; "
    "whatever leaves no trace in the files was not seen."
)
_MOST_NAMED = 12

Sentence = tuple[str, tuple[str, ...]]
"""A sentence and the ids of the findings (or assessments) that it rests on."""


def statement(trove: Trove) -> tuple[Sentence, ...]:
    """Return the statement on the trove, in the order in which it is to be read."""
    exhibits = {e.digest for e in trove.all(Exhibit)}
    findings = sorted(((f.id, f) for f in trove.all(Finding)), key=lambda pair: pair[0])
    rejected = {key for key, decision in decisions(trove.all(Judgement)).items() if decision == "reject"}
    baseline = baseline_of(f for _, f in findings)
    standing = [(key, f) for key, f in findings if key not in rejected and not baseline.covers(f)]
    return (
        _coverage(trove, len(exhibits)),
        *_weights(standing, len(exhibits)),
        *_axes(trove, len(exhibits)),
        *_missing(standing),
        *_set_aside([(key, f) for key, f in findings if key in rejected]),
        *_baseline(findings),
        *_unexamined(trove, findings),
        (CLOSING, ()),
    )


def _coverage(trove: Trove, exhibits: int) -> Sentence:
    states = Counter(page.state for page in trove.all(Page))
    total = sum(states.values())
    return (
        f"The trove holds {exhibits} exhibits with {total} pages: {states[PageState.READ]} read, "
        f"{states[PageState.FAILED]} failed, {states[PageState.UNREAD]} unread.",
        (),
    )


def _weights(findings: list[tuple[str, Finding]], exhibits: int) -> list[Sentence]:
    """Count what speaks against documents; that papers are missing does not, and is told by itself."""
    said: list[Sentence] = []
    gaps = tuple(part for rule in RULES if rule.axis == COMPLETENESS for part in rule.parts)
    findings = [(key, f) for key, f in findings if not belongs(f.part, gaps)]
    answered = {f.exhibit for _, f in findings if f.status in (FindingStatus.FINDING, FindingStatus.NO_FINDING)}
    whole = f" ({exhibits} in all)" if len(answered) < exhibits else ""
    for weight in reversed(STRENGTH[1:]):
        its = [
            (k, f)
            for k, f in findings
            if f.status is FindingStatus.FINDING and f.weight is weight and f.direction is Direction.AGAINST
        ]
        if its or weight is Weight.MODERATE:
            documents = {f.exhibit for _, f in its}
            causes = {(f.exhibit, f.independence_group) for _, f in its}
            said.append(
                (
                    f"{len(documents)} of {len(answered)} examined exhibits{whole} have at least one finding of "
                    f"{weight.value} weight against them, of {_many(len(causes), 'independent cause')}; papers that "
                    "are missing are told apart.",
                    tuple(k for k, _ in its),
                )
            )
    return said


def _axes(trove: Trove, exhibits: int) -> list[Sentence]:
    assessments = sorted(((a.id, a) for a in trove.all(Assessment)), key=lambda pair: pair[0])
    if not assessments:
        return []
    said: list[Sentence] = []
    for axis in AXES:
        if axis in (INTEGRITY, CONTENT, COMPLETENESS):
            words = Counter(getattr(a, axis).word for _, a in assessments)
            listed = ", ".join(f"{word}: {n}" for word, n in sorted(words.items(), key=lambda p: (-p[1], p[0])))
            said.append(
                (
                    f"{axis.capitalize()} of {len(assessments)} exhibits — {listed}.",
                    tuple(dict.fromkeys(k for _, a in assessments for k in getattr(a, axis).findings)),
                )
            )
    return said


def _missing(findings: list[tuple[str, Finding]]) -> list[Sentence]:
    gaps: dict[str, list[str]] = {}
    for key, f in findings:
        if f.part == "set.gaps" and f.status is FindingStatus.FINDING:
            gaps.setdefault(f.independence_group.removeprefix("missing "), []).append(key)
    if not gaps:
        return []
    named = [name.replace("pages of ", "pages of a paper that counts ") for name in sorted(gaps)]
    shown = "; ".join(named[:_MOST_NAMED]) + (
        f"; and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    )
    return [
        (
            f"The documents announce, count or refer to {_many(len(named), 'paper')} not in the trove: {shown}.",
            tuple(k for keys in gaps.values() for k in keys),
        )
    ]


def _set_aside(rejected: list[tuple[str, Finding]]) -> list[Sentence]:
    if not rejected:
        return []
    said = f"A person set aside {_many(len(rejected), 'finding')}; what is counted here is without them."
    return [(said, tuple(key for key, _ in rejected))]


def _baseline(findings: list[tuple[str, Finding]]) -> list[Sentence]:
    baseline = baseline_of(f for _, f in findings)
    return [
        (
            f"{shown} of {examined} files share one trace ({part}: {group.strip() or 'unnamed cause'}); it is taken as "
            "the handling of the trove as a whole and subtracted from each document.",
            tuple(k for k, f in findings if baseline.covers(f) and f.part == part),
        )
        for (part, _, group), shown, examined in baseline.causes
    ]


def _unexamined(trove: Trove, findings: list[tuple[str, Finding]]) -> list[Sentence]:
    said: list[Sentence] = []
    open_ones = [(k, f) for k, f in findings if f.status in (FindingStatus.NOT_EXAMINED, FindingStatus.ERROR)]
    if open_ones:
        parts = Counter(f.part for _, f in open_ones)
        listed = ", ".join(f"{part} on {n}" for part, n in sorted(parts.items()))
        documents = len({f.exhibit for _, f in open_ones})
        said.append(
            (
                f"On {_many(documents, 'exhibit')} an examination could not be done ({listed}): there it is not known.",
                tuple(k for k, _ in open_ones),
            )
        )
    problems = Counter(p.category for p in trove.all(Problem))
    if problems:
        listed = ", ".join(f"{category}: {n}" for category, n in sorted(problems.items()))
        said.append((f"{_many(sum(problems.values()), 'thing')} could not be done ({listed}).", ()))
    return said


def _many(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count:,} {noun}s"
