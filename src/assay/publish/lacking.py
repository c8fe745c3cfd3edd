"""What the papers name or count and the trove does not hold: each thing once, however many documents name it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assay.model import Finding, FindingStatus
from assay.publish import wording

PART = "set.gaps"
_GROUP = "missing "


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is not there: what it is in words, and the findings that say so."""

    name: str
    findings: tuple[Finding, ...]

    @property
    def sentence(self) -> str:
        """The finding's own words when there is one, otherwise how many documents name what is not there."""
        if len(self.findings) == 1:
            return wording.ended(self.findings[0].observation)
        documents = len({f.exhibit for f in self.findings})
        return f"{documents} documents name or count {self.name}, and no exhibit holds it."


def lacking(findings: Iterable[Finding]) -> tuple[Lack, ...]:
    """Return what is lacking, in order of its name; pages are counted by the document that lacks them."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.part == PART and finding.status is FindingStatus.FINDING:
            name = finding.independence_group.removeprefix(_GROUP)
            found.setdefault((name, finding.exhibit if name.startswith("pages") else ""), []).append(finding)
    return tuple(Lack(name, tuple(sorted(held, key=lambda f: f.id))) for (name, _), held in sorted(found.items()))
