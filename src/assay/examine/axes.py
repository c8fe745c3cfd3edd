"""Findings to the five axes of each document, by the rules of `policy.py`.

Limits: it weighs nothing itself. Findings of one cause count once, weak ones never add up, and no word is reached
without the findings that it names. Only a person's judgement moves an axis to "altered after creation".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assay.examine.baseline import Baseline, baseline_of
from assay.examine.decisions import decisions as decided_on
from assay.examine.policy import AXES as AXIS_NAMES
from assay.examine.policy import CLEAR, DEFAULTS, EXCLUSIVE, RELEVANT, RULES, STRENGTH, Clear, Rule, belongs
from assay.model import Assessment, Axis, Direction, Exhibit, Finding, FindingStatus, Judgement, Record, Trove
from assay.work.part import Synthesis

_NAME, _VERSION = "axes", "4"


@dataclass(frozen=True, slots=True)
class _Case:
    """All that is known of one exhibit: findings with their ids, and what persons decided on them."""

    findings: tuple[tuple[str, Finding], ...]
    accepted: frozenset[str]
    rejected: frozenset[str]
    shared: frozenset[str]

    def standing(self) -> list[tuple[str, Finding]]:
        """Return the findings that count: found, not rejected by a person, not the trove's baseline."""
        return [
            (key, f)
            for key, f in self.findings
            if f.status is FindingStatus.FINDING and key not in self.rejected and key not in self.shared
        ]


def combine(trove: Trove) -> Iterable[Record]:
    """Yield one assessment for each exhibit."""
    grouped: dict[str, list[tuple[str, Finding]]] = {}
    for finding in trove.all(Finding):
        grouped.setdefault(finding.exhibit, []).append((finding.id, finding))
    decisions = decided_on(trove.all(Judgement))
    baseline = baseline_of(f for its in grouped.values() for _, f in its)
    for exhibit in sorted(e.digest for e in trove.all(Exhibit)):
        its = tuple(sorted(grouped.get(exhibit, []), key=lambda pair: pair[0]))
        case = _Case(
            its,
            frozenset(k for k, _ in its if decisions.get(k) == "accept"),
            frozenset(k for k, _ in its if decisions.get(k) == "reject"),
            frozenset(k for k, f in its if baseline.covers(f)),
        )
        words = {axis: _axis(axis, case, baseline) for axis in AXIS_NAMES}
        yield Assessment(exhibit=exhibit, part=_NAME, version=_VERSION, **words)


def _axis(axis: str, case: _Case, baseline: Baseline) -> Axis:
    unexamined = [
        (key, f)
        for key, f in case.findings
        if f.status in (FindingStatus.NOT_EXAMINED, FindingStatus.ERROR) and belongs(f.part, RELEVANT[axis])
    ]
    asides = _asides(axis, case, baseline, unexamined)
    reached = _reached(axis, case)
    if axis in EXCLUSIVE and len({rule.word for rule, _ in reached}) > 1:
        keys = [key for _, holding in reached for key, _ in holding]
        return _made(DEFAULTS[axis][0], EXCLUSIVE[axis], keys, asides)
    for rule, holding in reached[:1]:
        causes = len({f.independence_group or key for key, f in holding})
        return _made(rule.word, counted(rule.sentence, causes), [key for key, _ in holding], asides)
    default, reason = DEFAULTS[axis]
    if unexamined:
        return _made(default, "An examination that matters here could not be done.", [], asides)
    weak = _weak(axis, case)
    for clear in CLEAR:
        if clear.axis == axis:
            keys = _cleared(clear, case)
            if keys and not weak:
                return _made(clear.word, clear.sentence, keys, asides)
    if weak:
        return _made(default, "Only weak findings speak of it, and weak ones never add up.", weak, asides)
    return _made(default, reason, [], asides)


def _reached(axis: str, case: _Case) -> list[tuple[Rule, list[tuple[str, Finding]]]]:
    """Return the rules of an axis that hold, in their order, each with the findings that it rests on."""
    every = [(rule, [(k, f) for k, f in case.standing() if _holds(rule, k, f, case)]) for rule in RULES]
    return [(rule, holding) for rule, holding in every if rule.axis == axis and holding]


def _holds(rule: Rule, key: str, finding: Finding, case: _Case) -> bool:
    return (
        belongs(finding.part, rule.parts)
        and finding.direction is rule.direction
        and STRENGTH.index(finding.weight) >= STRENGTH.index(rule.weight)
        and _of_cause(rule, finding)
        and (not rule.reviewed or key in case.accepted)
    )


def _of_cause(rule: Rule, finding: Finding) -> bool:
    return not rule.groups or finding.independence_group in rule.groups


def _weak(axis: str, case: _Case) -> list[str]:
    """Return findings against the document that a rule speaks of, and that are too weak for its word."""
    rules = [r for r in RULES if r.axis == axis and r.direction is Direction.AGAINST]
    return [
        key
        for key, f in case.standing()
        if f.direction is Direction.AGAINST and any(belongs(f.part, r.parts) and _of_cause(r, f) for r in rules)
    ]


_COUNTED = re.compile(r"\{n:([^|}]*)\|([^}]*)\}")


def counted(sentence: str, count: int) -> str:
    """Return a rule's sentence with its number, and the words that go with it."""
    worded = _COUNTED.sub(lambda m: m.group(1 if count == 1 else 2), sentence)
    return worded.replace("{n}", str(count))


def _cleared(clear: Clear, case: _Case) -> list[str]:
    return [
        key
        for key, f in case.findings
        if f.status is FindingStatus.NO_FINDING
        and belongs(f.part, clear.parts)
        and (not clear.sure or f.direction is Direction.FOR)
    ]


def _asides(
    axis: str, case: _Case, baseline: Baseline, unexamined: list[tuple[str, Finding]]
) -> list[tuple[str, list[str]]]:
    """Return the sentences that stand beside any word: not examined, rejected, subtracted."""
    said: list[tuple[str, list[str]]] = []
    if unexamined:
        parts = ", ".join(sorted({f.part for _, f in unexamined}))
        said.append((f"Not examined: {parts}.", [k for k, _ in unexamined]))
    parts_of_axis = tuple(p for r in RULES if r.axis == axis for p in r.parts)
    rejected = [k for k, f in case.findings if k in case.rejected and belongs(f.part, parts_of_axis)]
    if rejected:
        said.append((counted("{n} {n:finding was|findings were} set aside by a person.", len(rejected)), rejected))
    shared = [(k, f) for k, f in case.findings if k in case.shared and belongs(f.part, parts_of_axis)]
    for key, finding in shared:
        said.append((baseline.sentence(finding), [key]))
    return said


def _made(word: str, sentence: str, keys: list[str], asides: list[tuple[str, list[str]]]) -> Axis:
    sentences = [sentence, *(s for s, _ in asides)]
    named = dict.fromkeys([*keys, *(k for _, ks in asides for k in ks)])
    return Axis(word, " ".join(dict.fromkeys(sentences)), tuple(named))


AXES = Synthesis(
    name=_NAME,
    version=_VERSION,
    purpose="Words each document's integrity, origin, content, stage and completeness from its findings.",
    limits="No total. It knows what the examinations say; what they cannot see, it cannot word.",
    combine=combine,
)
