"""Where a claim comes from at first hand: the speaker chain followed to its end, and on through copied articles.

An origin is a person, an institution, or the papers of an agreement (all papers of one agreement are one origin: they
reached this trove together). An outlet that names nobody, and "sources", are no origin.
Limits: two spokespeople of one institution are one origin only when the trove says whom they speak for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from assay.ledger.about import Subjects, name_key
from assay.ledger.copying import articles, taken
from assay.model import Claim, Document, DocumentKind, Mention, Party, Speaker, Trove
from assay.resolve.nodes import said


@dataclass(frozen=True, slots=True)
class Hand:
    """One first hand: `key` tells whether two are one; `name` and `kind` are shown. An unknown one has an empty key.

    `who` is the one named: the id of a party, or the name as written; for whom they speak is in `key`.
    """

    key: str
    name: str
    kind: str
    who: str = ""


UNKNOWN = Hand("", "unknown", "unknown")


class Chains:
    """Follows speaker chains through a trove."""

    def __init__(self, trove: Trove, subjects: Subjects) -> None:
        """Index outlets, copies and whom persons speak for."""
        self._subjects = subjects
        found = articles(trove)
        self._press = {a.exhibit: a for a in found}
        self._source = {t.copy.exhibit: t.origin for t in taken(found)}
        self._outlets = {name_key(a.outlet): a for a in reversed(found) if a.outlet}
        self._kinds = {d.exhibit: d.kind for d in trove.all(Document)}
        self._names = {p.id: p for p in trove.all(Party)}
        self._speaks_for = self._represented(trove)

    def _represented(self, trove: Trove) -> dict[str, str]:
        """Return for each person the one party that all their mentions name as represented."""
        party_of = {m: p.id for p in self._names.values() for m in p.mentions}
        held: dict[str, set[str]] = defaultdict(set)
        for mention in trove.all(Mention):
            person = party_of.get(mention.id)
            if mention.kind == "person" and person and mention.represents:
                represented = self._subjects.party(said(mention.represents))
                if represented and represented != person:
                    held[person].add(represented)
        return {person: min(parties) for person, parties in held.items() if len(parties) == 1}

    def of(self, claim: Claim) -> Hand:
        """Return the first hand behind `claim`, `UNKNOWN` when it names none."""
        return self._follow(claim, 0)

    def _follow(self, claim: Claim, depth: int) -> Hand:
        chain = claim.speaker_chain
        kind = self._kinds.get(claim.exhibit, DocumentKind.OTHER)
        if not chain:
            return UNKNOWN if kind == DocumentKind.PRESS else self._papers(claim)
        last = chain[-1]
        if last.kind == "document":
            return (
                self._papers(claim)
                if self._subjects.of(claim)
                else Hand("paper " + name_key(last.name), last.name, "document")
            )
        if last.kind in ("person", "institution") and last.name:
            return self._named(last)
        if last.kind == "outlet" and depth < 8:
            return self._outlet(claim, last, depth)
        return UNKNOWN

    def _outlet(self, claim: Claim, last: Speaker, depth: int) -> Hand:
        """Go on where an outlet got it: from the article that it names or copies, if that one makes the same claim."""
        source = self._source.get(claim.exhibit)
        named = self._outlets.get(name_key(last.name))
        for article in (named, source):
            if article is None or article.exhibit == claim.exhibit:
                continue
            for other in article.claims:
                if _one_subject(claim, other) and other.id != claim.id:
                    return self._follow(other, depth + 1)
        return UNKNOWN

    def _papers(self, claim: Claim) -> Hand:
        about = self._subjects.of(claim)
        if about is None:
            return Hand("exhibit " + claim.exhibit, "a document of this trove", "document")
        return Hand("agreement " + about, f"the papers of {self._subjects.called(about)} in this trove", "document")

    def _named(self, speaker: Speaker) -> Hand:
        party = self._subjects.party(speaker.name)
        if party is None:
            return Hand("name " + name_key(speaker.name), speaker.name, speaker.kind, speaker.name)
        behind = self._speaks_for.get(party, party)
        kind = "person" if self._names[behind].kind == "person" else "institution"
        return Hand("party " + behind, self._names[behind].name, kind, party)


def _one_subject(a: Claim, b: Claim) -> bool:
    """Return whether two claims speak of one thing, as far as both say."""
    if a.topic != b.topic or a.rung != b.rung:
        return False
    pairs = (
        (a.money and a.money.amount, b.money and b.money.amount),
        (a.quantity and a.quantity.value, b.quantity and b.quantity.value),
    )
    return all(x is None or y is None or x == y for x, y in pairs)


def origins(hands: list[tuple[Hand, str]]) -> list[tuple[Hand, tuple[str, ...]]]:
    """Return each known origin once with its claims, those of most claims first; the unknown ones last, together."""
    held: dict[str, list[str]] = defaultdict(list)
    faces: dict[str, Hand] = {}
    for hand, claim in sorted(hands, key=lambda h: (h[0].key, h[0].name, h[1])):
        held[hand.key].append(claim)
        faces.setdefault(hand.key, hand)
    counts = Counter({k: len(v) for k, v in held.items()})
    ordered = sorted(held, key=lambda k: (not k, -counts[k], k))
    return [(faces[k], tuple(held[k])) for k in ordered]
