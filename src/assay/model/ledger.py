"""What the names, documents and claims of a case add up to; and what a person decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from assay.model.deal import Role, Rung
from assay.model.record import Record
from assay.model.span import Span
from assay.model.values import DateRange, Identifier, Money, Text


@dataclass(frozen=True, slots=True)
class Party(Record):
    """A person, organisation or state, resolved from the names that occur. `mentions` are mention ids."""

    KIND: ClassVar[str] = "parties"
    name: str
    kind: str
    aliases: tuple[str, ...]
    identifiers: tuple[Identifier, ...]
    mentions: tuple[str, ...]
    basis: tuple[str, ...]
    spans: tuple[Span, ...]
    part: str
    version: str


@dataclass(frozen=True, slots=True)
class Member:
    """An exhibit of a version family; `relation`: original, duplicate, draft, later_version, scan_of, translation."""

    exhibit: str
    relation: str
    reason: str


@dataclass(frozen=True, slots=True)
class Family(Record):
    """Exhibits that are versions of one document, in order. The first is the one that the others are compared to."""

    KIND: ClassVar[str] = "families"
    members: tuple[Member, ...]
    part: str
    version: str


@dataclass(frozen=True, slots=True)
class Engagement:
    """A party in a role of an agreement, with the id of the party and the name as first written."""

    role: Role
    party: str
    name: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Agreement(Record):
    """A deal between parties: contract, annexes and amendments taken together.

    `exhibits` are all documents that belong to it, `families` the version families among them.
    `line_items`, `obligations` and `events` are record ids, duplicates over versions and languages
    left out. A field that documents give differently holds the reading of the operative one and the others in
    `rival_totals`.
    """

    KIND: ClassVar[str] = "agreements"
    number: Text
    title: Text | None
    subject: Text | None
    date: DateRange | None
    place: Text | None
    parties: tuple[Engagement, ...]
    total: Money | None
    rival_totals: tuple[Money, ...]
    payment_terms: tuple[Text, ...]
    delivery_terms: tuple[Text, ...]
    exhibits: tuple[str, ...]
    families: tuple[str, ...]
    line_items: tuple[str, ...]
    obligations: tuple[str, ...]
    events: tuple[str, ...]
    spans: tuple[Span, ...]
    part: str
    version: str


@dataclass(frozen=True, slots=True)
class Proposition(Record):
    """What claims of several speakers are about: `sentence` states it; `claims` are the ids that bear on it."""

    KIND: ClassVar[str] = "propositions"
    agreement: str | None
    topic: str
    rung: Rung | None
    sentence: str
    claims: tuple[str, ...]
    part: str
    version: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where claims come from at first hand: a document of the case, a person, an institution; or unknown."""

    name: str
    kind: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing(Record):
    """What the claims on a proposition add up to, counted by independent origin.

    `word` is no_evidence, one_origin, corroborated, contradicted or denied. Unknown origin counts as none.
    """

    KIND: ClassVar[str] = "standings"
    proposition: str
    word: str
    origins: tuple[Origin, ...]
    against: tuple[Origin, ...]
    sentence: str
    spans: tuple[Span, ...]
    part: str
    version: str


@dataclass(frozen=True, slots=True)
class Status(Record):
    """One rung of an agreement's ladder: `state` is evidenced, claimed, planned, denied or empty.

    Only `evidenced` reaches the rung, and only by records of that rung (`basis`: event, document or obligation
    ids). `claimed` is a statement by somebody whose origin is not a document of the case.
    """

    KIND: ClassVar[str] = "statuses"
    agreement: str
    rung: Rung
    state: str
    date: DateRange | None
    sentence: str
    basis: tuple[str, ...]
    spans: tuple[Span, ...]
    part: str
    version: str


@dataclass(frozen=True, slots=True)
class Lineage(Record):
    """One text taken from another; `relation`: copies, quotes or cites. `lost_hedges` fell off on the way.

    `became` are the copy's words of certainty that stand where the origin has a hedge.
    """

    KIND: ClassVar[str] = "lineage"
    exhibit: str
    origin: str
    relation: str
    shared: str
    lost_hedges: tuple[str, ...]
    spans: tuple[Span, ...]
    part: str
    version: str
    became: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement(Record):
    """A person's decision. `about` are record ids; `decision` is same, different, unsure, accept, reject or a grade."""

    KIND: ClassVar[str] = "judgements"
    about: tuple[str, ...]
    decision: str
    person: str
    note: str
    at: str
