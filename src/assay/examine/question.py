"""What an examination asks, said once, so that each of its answers is worded alike.

A `Question` holds the two stated propositions and the limits; its methods make the `Finding` for each of the five
statuses. Limits: it decides nothing; weight and direction are the examination's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assay.examine.policy import STRENGTH
from assay.examine.rates import base_rate
from assay.model import Direction, Finding, FindingStatus, Span, Weight, whole

SPANS = 40
"""At most so many spans stand in one finding; the sentence says how many places there are in all."""


@dataclass(frozen=True, slots=True)
class Question:
    """The standing words of one examination.

    A finding supports `proposition` over `alternative` when its direction is against what the document presents
    itself as. `expected` is what stands there otherwise. `innocent` are the explanations that are always printed.
    `heaviest` is the most that a finding of it may weigh; a contract test holds it against the measured base rates
    (`assay.examine.rates`), which stand in each finding.
    """

    part: str
    version: str
    proposition: str
    alternative: str
    expected: str
    innocent: tuple[str, ...]
    limits: str
    heaviest: Weight = Weight.MODERATE

    def finding(
        self,
        exhibit: str,
        observation: str,
        spans: Iterable[Span],
        weight: Weight,
        group: str,
        *,
        direction: Direction = Direction.AGAINST,
        expected: str = "",
        innocent: tuple[str, ...] = (),
        rivals: tuple[str, str] | None = None,
    ) -> Finding:
        """Return what was found. `innocent` is printed before the standing explanations; no span means the whole.

        `rivals` are proposition and alternative where a finding speaks of something narrower than the question does.

        Raises `ValueError` for a weight above `heaviest`. What may weigh cryptographic never weighs strong: arithmetic
        speaks of its narrow proposition only, and all else about a signature is moderate at most.
        """
        if self.heaviest is Weight.CRYPTOGRAPHIC and weight is Weight.STRONG:
            message = f"{self.part} speaks cryptographic or moderate, never strong"
            raise ValueError(message)
        if STRENGTH.index(weight) > STRENGTH.index(self.heaviest):
            message = f"{self.part} may weigh {self.heaviest} at most, not {weight}"
            raise ValueError(message)
        places = tuple(spans)[:SPANS] or (whole(exhibit),)
        explanations = (*innocent, *(text for text in self.innocent if text not in innocent))
        made = self._answer(
            exhibit, FindingStatus.FINDING, observation, expected or self.expected, direction, weight, group,
            explanations, places,
        )  # fmt: skip
        return replace(made, proposition=rivals[0], alternative=rivals[1]) if rivals else made

    def nothing(self, exhibit: str, compared: str, *, direction: Direction = Direction.FOR) -> Finding:
        """Return that nothing was found; `compared` says what was looked at, with counts."""
        return self._bare(exhibit, FindingStatus.NO_FINDING, compared, direction)

    def not_applicable(self, exhibit: str, reason: str) -> Finding:
        """Return that the question does not arise for this exhibit."""
        return self._bare(exhibit, FindingStatus.NOT_APPLICABLE, reason, Direction.NEITHER)

    def not_examined(self, exhibit: str, reason: str) -> Finding:
        """Return that the exhibit could not be examined: no knowledge about it."""
        return self._bare(exhibit, FindingStatus.NOT_EXAMINED, reason, Direction.NEITHER)

    def _bare(self, exhibit: str, status: FindingStatus, sentence: str, direction: Direction) -> Finding:
        return self._answer(exhibit, status, sentence, self.expected, direction, Weight.NEUTRAL, "", (), ())

    def _answer(
        self,
        exhibit: str,
        status: FindingStatus,
        observation: str,
        expected: str,
        direction: Direction,
        weight: Weight,
        group: str,
        innocent: tuple[str, ...],
        spans: tuple[Span, ...],
    ) -> Finding:
        rate = base_rate(self.part, self.version, weight) if status is FindingStatus.FINDING else None
        return Finding(
            exhibit=exhibit, status=status, observation=observation, expected=expected, proposition=self.proposition,
            alternative=self.alternative, direction=direction, weight=weight, independence_group=group,
            innocent_explanations=innocent, base_rate=rate, limits=self.limits, spans=spans, part=self.part,
            version=self.version,
        )  # fmt: skip


def quoted(words: str, limit: int = 160) -> str:
    """Return `words` in quotation marks, white space folded, cut at `limit` characters with an ellipsis."""
    folded = " ".join(words.split())
    return f"“{folded}”" if len(folded) <= limit else f"“{folded[: limit - 1].rstrip()}…”"
