"""Which text was taken from which, and which hedges fell off on the way.

Limits: hedges are looked for in sentences that correspond in wording, or in claims on one topic when the copy is in
another language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.ledger.about import Subjects
from assay.ledger.copying import Article, Sentence, Taken, articles, counterpart, taken
from assay.ledger.hedges import certainties, hedges, kept
from assay.model import Claim, Document, Lineage, Record, Span, Trove
from assay.work.part import Synthesis

NAME = "ledger.lineage"
VERSION = "1"
COPIES = 0.35
"""From this share of a text's word groups on it copies, below it quotes."""


def combine(trove: Trove) -> Iterable[Record]:
    """Yield a `Lineage` for each article that took from another one, or that rests on a document of the case."""
    found = articles(trove)
    chains = taken(found)
    out: list[Lineage] = [_between(t) for t in chains]
    out.extend(_from_documents(trove, found, {t.copy.exhibit for t in chains}))
    yield from sorted(out, key=lambda r: r.id)


def _between(one: Taken) -> Lineage:
    relation = "copies" if one.share >= COPIES else "quotes" if one.share >= 0.05 else "cites"
    pairs = [(a, b) for a in one.origin.sentences if (b := counterpart(a, one.copy.sentences))]
    lost: list[str] = []
    became: list[str] = []
    spans: list[Span] = []
    for origin, copy in pairs:
        gone = [h for h in _softened(origin, one.origin) if not kept(h, copy.text)]
        sure = [c for c in certainties(copy.text) if not kept(c, origin.text)]
        if gone:
            lost.extend(gone)
            spans += [origin.span, copy.span]
        if sure and (gone or hedges(origin.text)):
            became.extend(sure)
            spans += [origin.span, copy.span]
    if not pairs:
        for first, second in _claims_alike(one):
            if first.hedged and not second.hedged:
                lost.extend(h.written for h in first.hedged)
                spans += [*first.spans[:1], *second.spans[:1]]
    shared = max(pairs, key=lambda p: (len(p[0].words & p[1].words), p[1].text), default=None)
    if not spans:
        spans = [shared[1].span, shared[0].span] if shared else [s.span for s in one.copy.sentences[:1]]
    return Lineage(
        one.copy.exhibit,
        one.origin.exhibit,
        relation,
        shared[1].text if shared else "",
        tuple(dict.fromkeys(lost)),
        tuple(dict.fromkeys(spans)),
        NAME,
        VERSION,
        tuple(dict.fromkeys(became)),
    )


def _softened(sentence: Sentence, article: Article) -> list[str]:
    """Return the hedges of a sentence: those its claims carry, and those of the word list that overlap with none."""
    carried = [
        h.written
        for c in article.claims
        for h in c.hedged
        if h.written and h.span and h.span.page == sentence.span.page and _within(h.span, sentence.span)
    ]
    extra = [
        h
        for h in hedges(sentence.text)
        if not any(h.casefold() in c.casefold() or c.casefold() in h.casefold() for c in carried)
    ]
    return list(dict.fromkeys([*carried, *extra]))


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _claims_alike(one: Taken) -> Iterator[tuple[Claim, Claim]]:
    """Yield the claims of the two articles that are about one thing: topic, rung, sum and count agree."""

    def subject(claim: Claim) -> tuple[str, str, str, str]:
        money = str(claim.money.amount) if claim.money else ""
        count = str(claim.quantity.value) if claim.quantity else ""
        return claim.topic, claim.rung or "", money, count

    second = {subject(c): c for c in reversed(one.copy.claims)}
    for claim in one.origin.claims:
        if subject(claim) in second:
            yield claim, second[subject(claim)]


def _from_documents(trove: Trove, found: list[Article], copies: set[str]) -> Iterator[Lineage]:
    """Yield that an article cites the papers of an agreement, when it names them as its source and copies no other."""
    subjects = Subjects(trove)
    lead: dict[str, str] = {}
    kinds = {d.exhibit: d for d in trove.all(Document)}
    for agreement in subjects.agreements.values():
        leading = [s.exhibit for s in agreement.spans if s.exhibit in kinds]
        lead[agreement.id] = leading[0] if leading else agreement.exhibits[0]
    for article in found:
        if article.exhibit in copies:
            continue
        cited: dict[str, list[Span]] = {}
        for claim in article.claims:
            about = subjects.of(claim)
            if about and claim.speaker_chain and claim.speaker_chain[-1].kind == "document":
                cited.setdefault(lead[about], []).extend(claim.spans)
        for origin, spans in sorted(cited.items()):
            yield Lineage(article.exhibit, origin, "cites", "", (), tuple(dict.fromkeys(spans)), NAME, VERSION)


LINEAGE = Synthesis(
    name=NAME,
    version=VERSION,
    purpose="Which article copies, quotes or cites which, and which hedges were lost on the way",
    limits="A translated copy is found only when it names its source; hedges are known from word lists.",
    combine=combine,
)
