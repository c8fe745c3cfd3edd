"""The ladder: how far each agreement is shown to have gone, rung by rung, and what no document shows.

Only an event or a document of that very rung reaches it; an obligation or a plan makes it planned, a statement of
others claimed. Limits: what is evidenced in part (ten of forty delivered) is evidenced, and the sentence says how much.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assay.ledger.about import Subjects
from assay.ledger.chains import Chains
from assay.ledger.grouping import PLANS, SILENCE, denies, empty, foreseen, reached
from assay.model import (
    Agreement,
    Claim,
    DateRange,
    Document,
    DocumentKind,
    Event,
    Mention,
    Obligation,
    ObligationKind,
    Record,
    Role,
    Rung,
    Span,
    Status,
    Trove,
    whole,
)
from assay.work.part import Synthesis

NAME = "ledger.statuses"
VERSION = "3"

_PLANNED_BY = {
    ObligationKind.DELIVER: (Rung.DELIVERED,),
    ObligationKind.TRAIN: (Rung.PEOPLE_TRAINED,),
    ObligationKind.TRANSFER_TECHNOLOGY: (Rung.TECHNOLOGY_TRANSFERRED,),
    ObligationKind.LICENSE_PRODUCTION: (Rung.TECHNOLOGY_TRANSFERRED,),
}
"""Which rung an obligation plans for. Payment is told apart by its words; integration and secrecy plan for none."""

_ADVANCE = re.compile(
    r"аванс|предоплат|предварительн\w+ (?:оплат|платеж)|передоплат|advance|prepay|down ?payment|预付|定金|首付", re.I
)
_CONTRACTS = frozenset({DocumentKind.CONTRACT, DocumentKind.LICENCE})
_KINDS = {
    DocumentKind.MINUTES: "set of minutes", DocumentKind.PRESS: "press article", DocumentKind.OTHER: "paper",
}  # fmt: skip
_PROPOSALS = frozenset({DocumentKind.LETTER, DocumentKind.MAIL, DocumentKind.MINUTES})


@dataclass(frozen=True, slots=True)
class Basis:
    """What a rung rests on: the record's id, its spans, its date, and how much it says."""

    id: str
    spans: tuple[Span, ...]
    date: DateRange | None
    words: str = ""


class Ladder:
    """All that bears on the rungs of a trove's agreements."""

    def __init__(self, trove: Trove) -> None:
        """Index events, obligations, documents, signatories and claims by agreement."""
        self.subjects = Subjects(trove)
        self._chains = Chains(trove, self.subjects)
        self._events = {e.id: e for e in trove.all(Event)}
        self._obligations = {o.id: o for o in trove.all(Obligation)}
        self._documents: dict[str, list[Document]] = defaultdict(list)
        for document in sorted(trove.all(Document), key=lambda d: d.id):
            self._documents[document.exhibit].append(document)
        self._signed = {
            m.exhibit: m for m in sorted(trove.all(Mention), key=lambda m: m.id) if m.role == Role.SIGNATORY
        }
        self._claims: dict[tuple[str, Rung], list[Claim]] = defaultdict(list)
        for claim in sorted(trove.all(Claim), key=lambda c: c.id):
            about = self.subjects.of(claim)
            if about and claim.rung is not None:
                self._claims[about, claim.rung].append(claim)

    def statuses(self) -> Iterator[Status]:
        """Yield one status for each agreement and rung, in the ladder's order."""
        for agreement in self.subjects.agreements.values():
            for rung in Rung:
                yield self._status(agreement, rung)

    def _status(self, agreement: Agreement, rung: Rung) -> Status:
        called = self.subjects.called(agreement.id)
        claims = self._claims.get((agreement.id, rung), [])
        says = [c for c in claims if (rung == Rung.DENIED or not denies(c)) and c.modality not in PLANS | SILENCE]
        denials = [c for c in claims if denies(c) and rung != Rung.DENIED]
        plans = [c for c in claims if c.modality in PLANS and not denies(c)]
        evidence = list(self._evidence(agreement, rung))
        planned = [*self._planned(agreement, rung), *(Basis(c.id, c.spans, c.about_time) for c in plans)]
        words = reached(rung, called)
        nothing = f"no document in this trove shows {empty(rung, called)}"
        if evidence:
            amounts = "; ".join(dict.fromkeys(b.words for b in evidence if b.words))
            sentence = f"{_capital(words)}: shown by {self._papers_named(evidence)}"
            sentence += f" ({amounts})." if amounts else "."
            if denials:
                sentence += f" Denied by {self._speakers(denials)}. Both stand."
            return self._made(agreement, rung, "evidenced", evidence, sentence)
        if denials:
            sentence = f"Denied by {self._speakers(denials)}: that {words}."
            if says:
                sentence += f" Stated by {self._speakers(says)}. Both stand."
            sentence += f" {_capital(nothing)}."
            return self._made(agreement, rung, "denied", _claimed([*denials, *says]), sentence)
        if says:
            sentence = f"Stated by {self._speakers(says)}: that {words}; {nothing}."
            return self._made(agreement, rung, "claimed", _claimed(says), sentence)
        if planned:
            sentence = f"The papers foresee {foreseen(rung, called)}; {nothing}."
            return self._made(agreement, rung, "planned", planned, sentence)
        return self._made(agreement, rung, "empty", [], f"{_capital(nothing)}.")

    def _made(self, agreement: Agreement, rung: Rung, state: str, basis: list[Basis], sentence: str) -> Status:
        dates = sorted(
            (b.date for b in basis if b.date and b.date.earliest), key=lambda d: (d.earliest, d.latest, d.written)
        )
        spans = tuple(dict.fromkeys(s for b in basis for s in b.spans)) or agreement.spans[:1]
        date = dates[0] if dates and state in ("evidenced", "planned") else None
        ids = tuple(dict.fromkeys(b.id for b in basis))
        return Status(agreement.id, rung, state, date, sentence, ids, spans, NAME, VERSION)

    def _speakers(self, claims: list[Claim]) -> str:
        """Name at most four first hands of claims; those unknown are said to be so."""
        hands = [self._chains.of(c) for c in claims]
        names = list(dict.fromkeys(h.name for h in hands if h.key))
        if not names:
            return "somebody who is not named"
        rest = " and others" if len(names) > 4 else ""
        return ", ".join(names[:4]) + rest

    def _papers_named(self, evidence: list[Basis]) -> str:
        """Return the kinds of papers on which evidence stands, as many as they are: an invoice and 2 letters."""
        exhibits = dict.fromkeys(span.exhibit for basis in evidence for span in basis.spans)
        kinds = Counter(self._kind(exhibit) for exhibit in exhibits)
        named = [_article(kind) if n == 1 else f"{n} {_many(kind)}" for kind, n in kinds.items()]
        return named[0] if len(named) == 1 else ", ".join(named[:-1]) + " and " + named[-1]

    def _kind(self, exhibit: str) -> str:
        kind = next((d.kind for d in self._documents.get(exhibit, ())), DocumentKind.OTHER)
        return _KINDS.get(kind, kind.value.replace("_", " "))

    def _papers(self, agreement: Agreement) -> Iterator[Document]:
        for exhibit in agreement.exhibits:
            yield from self._documents.get(exhibit, ())

    def _evidence(self, agreement: Agreement, rung: Rung) -> Iterator[Basis]:
        """Yield the events and documents that are of this very rung."""
        for event_id in agreement.events:
            event = self._events.get(event_id)
            if event is not None and event.rung == rung:
                parts = [v.written for v in (event.quantity, event.money) if v is not None]
                yield Basis(event.id, event.spans, event.date, ", ".join(parts))
        if rung == Rung.PROPOSED:
            yield from self._proposals(agreement)
        if rung == Rung.DENIED:
            yield from self._denials(agreement)
        papers = list(self._papers(agreement))
        contract = any(d.kind == DocumentKind.CONTRACT for d in papers)
        for document in papers:
            if contract and document.kind == DocumentKind.LICENCE:
                continue
            if _shows(document, rung, signed=document.exhibit in self._signed):
                spans = document.stage_spans or document.spans
                if rung == Rung.SIGNED and (signature := self._signed.get(document.exhibit)):
                    spans = (*spans, *signature.spans)
                date = document.date or document.agreement_date
                yield Basis(document.id, spans or (whole(document.exhibit),), date)

    def _proposals(self, agreement: Agreement) -> Iterator[Basis]:
        """Yield the letters, mails and minutes that propose the deal: to write so is to propose."""
        kinds = {d.exhibit: d.kind for d in self._papers(agreement)}
        for claim in self._claims.get((agreement.id, Rung.PROPOSED), []):
            said = not denies(claim) and claim.modality not in SILENCE
            if said and kinds.get(claim.exhibit) in _PROPOSALS:
                yield Basis(claim.id, claim.spans, claim.said_at)

    def _denials(self, agreement: Agreement) -> Iterator[Basis]:
        """Yield the papers of the deal in which somebody denies the deal as a whole: to write so is to deny."""
        for claim in self._claims.get((agreement.id, Rung.DENIED), []):
            if claim.exhibit in agreement.exhibits and claim.modality not in PLANS | SILENCE:
                yield Basis(claim.id, claim.spans, claim.said_at)

    def _planned(self, agreement: Agreement, rung: Rung) -> Iterator[Basis]:
        """Yield the obligations that foresee this rung."""
        for obligation_id in agreement.obligations:
            obligation = self._obligations.get(obligation_id)
            if obligation is None:
                continue
            rungs = _PLANNED_BY.get(obligation.kind, ())
            if obligation.kind == ObligationKind.PAY:
                said = " ".join(
                    [t.written for t in (obligation.condition, obligation.object) if t is not None]
                    + [s.quote for s in obligation.spans]
                )
                rungs = (Rung.ADVANCE_PAID,) if _ADVANCE.search(said) else (Rung.PAID_IN_FULL,)
            if rung in rungs:
                yield Basis(obligation.id, obligation.spans, obligation.due)


def _shows(document: Document, rung: Rung, *, signed: bool) -> bool:
    """Return whether a document by being there shows a rung: a draft, a signed contract. Deeds take an event."""
    if rung == Rung.DRAFTED:
        return document.kind in _CONTRACTS and document.stage == "draft"
    if rung == Rung.SIGNED:
        dated = document.date is not None and document.date.earliest is not None
        return document.kind in _CONTRACTS and document.stage == "final" and (signed or dated)
    return False


def _claimed(claims: list[Claim]) -> list[Basis]:
    return [Basis(c.id, c.spans, c.about_time) for c in claims]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _article(kind: str) -> str:
    return ("an " if kind[0] in "aeiou" else "a ") + kind


def _many(kind: str) -> str:
    head, of, tail = kind.partition(" of ")
    return head + ("es" if head.endswith("x") else "s") + of + tail


def combine(trove: Trove) -> Iterable[Record]:
    """Yield a `Status` for every agreement and rung: agreements by id, rungs from proposed to denied."""
    yield from Ladder(trove).statuses()


STATUSES = Synthesis(
    name=NAME,
    version=VERSION,
    purpose="One status per agreement and rung: evidenced, claimed, planned, denied or empty",
    limits="A rung that is reached in part counts as reached; the sentence says how much.",
    combine=combine,
)
