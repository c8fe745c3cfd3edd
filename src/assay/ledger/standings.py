"""Standings: what the claims on a proposition add up to, counted by independent first hand.

Copies of one origin count once, an unknown origin counts as none, and both sides of a contradiction stay.
"""

from __future__ import annotations

from collections.abc import Iterable

from assay.ledger.about import Subjects
from assay.ledger.chains import UNKNOWN, Chains, Hand, origins
from assay.ledger.grouping import SILENCE, Group, groups
from assay.ledger.propositions import proposition
from assay.model import Claim, Modality, Origin, Record, Standing, Trove
from assay.work.part import Synthesis

NAME = "ledger.standings"
VERSION = "2"


def combine(trove: Trove) -> Iterable[Record]:
    """Yield the `Standing` of every proposition, ordered by id."""
    subjects = Subjects(trove)
    chains = Chains(trove, subjects)
    yield from sorted((_standing(g, chains) for g in groups(trove, subjects)), key=lambda s: s.id)


def _origins(claims: list[Claim], chains: Chains) -> tuple[Origin, ...]:
    hands: list[tuple[Hand, str]] = [(chains.of(c), c.id) for c in claims]
    return tuple(Origin(hand.name, hand.kind, held) for hand, held in origins(hands))


def _known(held: tuple[Origin, ...]) -> list[Origin]:
    return [o for o in held if o.kind != UNKNOWN.kind]


def _standing(group: Group, chains: Chains) -> Standing:
    support, against = _origins(group.support, chains), _origins(group.against, chains)
    word = word_for(len(_known(support)), len(_known(against)))
    sentence = _sentence(word, group, support, against)
    claims = (*group.support, *group.against, *group.silent)
    spans = tuple(dict.fromkeys(s for c in sorted(claims, key=lambda c: c.id) for s in c.spans))
    return Standing(proposition(group).id, word, support, against, sentence, spans, NAME, VERSION)


def word_for(support: int, against: int) -> str:
    """Return the standing's word for so many known origins that say so, and so many that say otherwise."""
    if support and against:
        return "contradicted"
    if against:
        return "denied"
    if not support:
        return "no_evidence"
    return "one_origin" if support == 1 else "corroborated"


def _listed(held: list[Origin]) -> str:
    names = [o.name for o in held[:6]]
    rest = f" and {len(held) - 6} more" if len(held) > 6 else ""
    return ", ".join(names) + rest


def _sentence(word: str, group: Group, support: tuple[Origin, ...], against: tuple[Origin, ...]) -> str:
    yes, no = _known(support), _known(against)
    nameless = len(group.support) - sum(len(o.claims) for o in yes)
    silent = [c for c in group.silent if c.modality in SILENCE]
    if word == "contradicted":
        if [o.name for o in yes] == [o.name for o in no]:
            text = f"{_listed(yes)} says so in one place and otherwise in another; both stand here side by side."
        else:
            text = f"That it is so: {_listed(yes)}. That it is not: {_listed(no)}. Both stand here side by side."
    elif word == "denied":
        text = f"That it is not so: {_listed(no)}. Nobody who is named as knowing it at first hand says that it is."
    elif word == "corroborated":
        text = f"{len(yes)} independent origins say so: {_listed(yes)}."
    elif word == "one_origin":
        count = len(yes[0].claims)
        text = f"One origin says so, in {count} {'statement' if count == 1 else 'statements'}: {_listed(yes)}."
    elif silent:
        text = _silence(silent)
    else:
        text = "Nobody is named who would know it at first hand."
    if nameless > 0 and word != "no_evidence":
        what = "statement names" if nameless == 1 else "statements name"
        text += f" {nameless} further {what} no origin and {'counts' if nameless == 1 else 'count'} as none."
    return text


def _silence(silent: list[Claim]) -> str:
    """Say who declined to comment and who did not answer: the two differ."""
    parts = []
    for modality, words in (
        (Modality.DECLINED_TO_COMMENT, "declined to comment"),
        (Modality.DID_NOT_ANSWER, "did not answer"),
    ):
        names = sorted({c.speaker_chain[-1].name for c in silent if c.modality == modality and c.speaker_chain})
        if names:
            parts.append(f"{', '.join(names)} {words}.")
    return " ".join(parts) or "Those who were asked gave no answer."


STANDINGS = Synthesis(
    name=NAME,
    version=VERSION,
    purpose="What claims add up to, counted by independent first hand",
    limits="Two speakers of one institution are one origin only when the trove says whom they speak for.",
    combine=combine,
)
