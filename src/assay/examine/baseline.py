"""What nearly all files of a trove have in common is the handling of whoever handed it over, not a document's own.

Limits: only what `policy.HANDLING` names is subtracted, by part and weight. A trove of fewer than `BASELINE_LEAST`
examined exhibits has no baseline. That all papers share a trace can have another reason than handling; so the statement
on the trove names each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assay.examine.policy import BASELINE_LEAST, BASELINE_SHARE, HANDLING, belongs
from assay.model import Direction, Finding, FindingStatus

_Cause = tuple[str, str, str]
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Baseline:
    """The causes that the trove's files share, each with how many of how many examined exhibits show it."""

    causes: tuple[tuple[_Cause, int, int], ...]

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is one that the trove's files share."""
        return _may_be_handling(finding) and any(c == cause_of(finding) for c, _, _ in self.causes)

    def sentence(self, finding: Finding) -> str:
        """Say what was subtracted, with the count."""
        shown, examined = next((n, m) for c, n, m in self.causes if c == cause_of(finding))
        return f"Subtracted as the trove's own handling: {finding.independence_group} ({shown} of {examined} files)."


def cause_of(finding: Finding) -> _Cause:
    """Return what makes two findings of different exhibits alike: part, weight and cause without its numbers."""
    return finding.part, finding.weight.value, _NUMBER.sub("", finding.independence_group)


def baseline_of(findings: Iterable[Finding]) -> Baseline:
    """Return what at least `BASELINE_SHARE` of the exhibits that a part examined have in common."""
    examined: dict[str, set[str]] = {}
    shown: dict[_Cause, set[str]] = {}
    for finding in findings:
        if finding.status in (FindingStatus.FINDING, FindingStatus.NO_FINDING):
            examined.setdefault(finding.part, set()).add(finding.exhibit)
        if _may_be_handling(finding):
            shown.setdefault(cause_of(finding), set()).add(finding.exhibit)
    causes = [
        (cause, len(exhibits), len(examined[cause[0]]))
        for cause, exhibits in sorted(shown.items())
        if len(examined[cause[0]]) >= BASELINE_LEAST and len(exhibits) >= BASELINE_SHARE * len(examined[cause[0]])
    ]
    return Baseline(tuple(causes))


def _may_be_handling(finding: Finding) -> bool:
    found = finding.status is FindingStatus.FINDING and finding.direction is Direction.AGAINST
    return found and belongs(finding.part, HANDLING.get(finding.weight, ()))
