"""Propositions: what the claims of several speakers are about."""

from __future__ import annotations

from collections.abc import Iterable

from assay.ledger.about import Subjects
from assay.ledger.grouping import Group, groups
from assay.model import Proposition, Record, Trove
from assay.work.part import Synthesis

NAME = "ledger.propositions"
VERSION = "2"


def proposition(group: Group) -> Proposition:
    """Return the record of a group of claims."""
    return Proposition(group.agreement, group.topic, group.rung, group.sentence, group.claims, NAME, VERSION)


def combine(trove: Trove) -> Iterable[Record]:
    """Yield a `Proposition` for everything that claims are about, ordered by id."""
    subjects = Subjects(trove)
    yield from sorted((proposition(g) for g in groups(trove, subjects)), key=lambda p: p.id)


PROPOSITIONS = Synthesis(
    name=NAME,
    version=VERSION,
    purpose="What the claims of several speakers are about: one proposition for what they agree or differ on",
    limits="Claims without agreement, rung or figure are one proposition only when they share most of their words.",
    combine=combine,
)
