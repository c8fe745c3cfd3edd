"""What an examination answers, and what the answers add up to for one document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from assay.model.record import Record
from assay.model.span import Span, as_floats


class FindingStatus(StrEnum):
    """What came of an examination. The last two are not knowledge about the document."""

    FINDING = "finding"
    NO_FINDING = "no_finding"
    NOT_APPLICABLE = "not_applicable"
    NOT_EXAMINED = "not_examined"
    ERROR = "error"


class Weight(StrEnum):
    """How much a finding can carry, in the words of design.md section 6."""

    NEUTRAL = "neutral"
    LIMITED = "limited"
    MODERATE = "moderate"
    STRONG = "strong"
    CRYPTOGRAPHIC = "cryptographic"


class Direction(StrEnum):
    """For or against what the document presents itself as; neither for a neutral fact."""

    FOR = "for"
    AGAINST = "against"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class BaseRate:
    """How often an examination fired on files known to be innocent: `fired` of `files`, `upper95` the bound."""

    corpus: str
    fired: int
    files: int
    upper95: float

    def __post_init__(self) -> None:
        """Hold floats, so that the id does not depend on how a rate was given."""
        as_floats(self, "upper95")


@dataclass(frozen=True, slots=True)
class Finding(Record):
    """The answer of one examination on one exhibit.

    `part` is the examination's name (`txt.sum`) and `version` its version. `observation` is what was seen, in a
    sentence with the figures as written; `expected` is what would stand there otherwise. `proposition`
    and `alternative` are the two stated propositions; the finding supports the first if `direction` is
    against. `independence_group` names the cause: findings of one group count once.
    `spans` is never empty for status finding (a whole-exhibit span where there is no place).
    """

    KIND: ClassVar[str] = "findings"
    exhibit: str
    status: FindingStatus
    observation: str
    expected: str
    proposition: str
    alternative: str
    direction: Direction
    weight: Weight
    independence_group: str
    innocent_explanations: tuple[str, ...]
    base_rate: BaseRate | None
    limits: str
    spans: tuple[Span, ...]
    part: str
    version: str


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of one document: the word, the sentence that says why, and the findings it rests on."""

    word: str
    sentence: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment(Record):
    """A document's five axes. No total, no score; "not determinable" is the default of each."""

    KIND: ClassVar[str] = "assessments"
    exhibit: str
    integrity: Axis
    origin: Axis
    content: Axis
    stage: Axis
    completeness: Axis
    part: str
    version: str
