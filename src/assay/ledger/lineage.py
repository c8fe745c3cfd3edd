"""Which text was taken from which, and which hedges fell off on the way.

Limits: hedges are looked for in sentences that correspond in wording, or in claims on one topic when the copy is in
another language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.ledger.about import Subjects
from assay.ledger.chains import Chains
from assay.ledger.copying import Article, Sentence, Taken, articles, counterpart, taken
from assay.ledger.grouping import SILENCE
from assay.ledger.hedges import certainties, hedges, kept
from assay.model import Claim, Document, DocumentKind, Family, Lineage, Record, Span, Trove
from assay.work.part import Synthesis

NAME = "ledger.lineage"
VERSION = "1"
COPIES = 0.35
"""From this share of a text's word groups on it copies, below it quotes."""


def combine(trove: Trove) -> Iterable[Record]:
    """Yield a `Lineage` for each article that took from another one or whose first hand is known, ordered by id."""
    found = articles(trove)
    chains = taken(found)
    out: list[Lineage] = [_between(t) for t in chains]
    copies = {t.copy.exhibit for t in chains}
    out.extend(_first_hand(trove, [a for a in found if a.exhibit not in copies]))
    yield from sorted(out, key=lambda r: r.id)


def _between(one: Taken) -> Lineage:
    relation = "copies" if one.share >= COPIES else "quotes" if one.share >= 0.05 else "cites"
    pairs = list(_pairs(one))
    lost: list[str] = []
    became: list[str] = []
    spans: list[Span] = []
    for origin, copy in pairs:
        soft, still = _softened(origin, one.origin), _softened(copy, one.copy)
        gone = [h for h in soft if not kept(h, copy.text)][: max(0, len(soft) - len(still))]
        sure = [c for c in certainties(copy.text) if not kept(c, origin.text)]
        lost.extend(gone)
        if soft and sure:
            became.extend(sure)
        if gone or (soft and sure):
            spans += [origin.span, copy.span]
    worded = [p for p in pairs if p[0].words & p[1].words]
    shared = max(worded, key=lambda p: (len(p[0].words & p[1].words), p[1].text), default=None)
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


def _pairs(one: Taken) -> Iterator[tuple[Sentence, Sentence]]:
    """Yield the origin's sentences, each with the copy's that says the same: by its words, else by what it claims."""
    theirs = [(_subject(c), s) for c in one.copy.claims if (s := _sentence_of(c, one.copy))]
    for sentence in one.origin.sentences:
        twin = counterpart(sentence, one.copy.sentences)
        if twin is None:
            own = {_subject(c) for c in one.origin.claims if _sentence_of(c, one.origin) == sentence}
            twin = next((s for subject, s in theirs if subject in own), None)
        if twin is not None:
            yield sentence, twin


def _subject(claim: Claim) -> tuple[str, str, str, str]:
    """Return what a claim is about: topic, rung, sum and count."""
    money = str(claim.money.amount) if claim.money else ""
    count = str(claim.quantity.value) if claim.quantity else ""
    return claim.topic, claim.rung or "", money, count


def _sentence_of(claim: Claim, article: Article) -> Sentence | None:
    """Return the sentence of the article in which most of the claim's statement stands."""
    span = claim.statement.span or next(iter(claim.spans), None)
    if span is None:
        return None
    meets = [
        (min(s.span.end, span.end) - max(s.span.start, span.start), -i, s)
        for i, s in enumerate(article.sentences)
        if s.span.page == span.page
    ]
    best = max(meets, key=lambda m: m[:2], default=None)
    return best[2] if best and best[0] > 0 else None


def _softened(sentence: Sentence, article: Article) -> list[str]:
    """Return the hedges of a sentence: those that its claims carry, whole as the word list has them, else its own."""
    carried = [
        h.written
        for c in article.claims
        for h in c.hedged
        if h.written and (_within(h.span, sentence.span) if h.span else h.written in sentence.text)
    ]
    listed = hedges(sentence.text)
    if not carried:
        return listed
    longer = {c: next((h for h in listed if c.casefold() in h.casefold()), c) for c in carried}
    return list(dict.fromkeys(longer[c] for c in carried))


def _within(inner: Span, outer: Span) -> bool:
    return inner.page == outer.page and outer.start <= inner.start and inner.end <= outer.end


def _first_hand(trove: Trove, found: list[Article]) -> Iterator[Lineage]:
    """Yield what articles that copy no other rest on: the papers of an agreement, else the one who is named."""
    subjects = Subjects(trove)
    chains = Chains(trove, subjects)
    lead = {a.id: _leading(trove, a.exhibits) for a in subjects.agreements.values()}
    for article in found:
        papers: dict[str, list[Span]] = {}
        people: dict[str, list[Span]] = {}
        for claim in article.claims:
            about = subjects.of(claim)
            if about and lead[about] and claim.speaker_chain and claim.speaker_chain[-1].kind == "document":
                papers.setdefault(lead[about], []).extend(claim.spans)
            elif claim.modality not in SILENCE and (hand := chains.of(claim)).key and hand.kind != "document":
                people.setdefault(hand.who, []).extend(claim.spans)
        for origin, spans in sorted((papers or people).items()):
            yield Lineage(article.exhibit, origin, "cites", "", (), tuple(dict.fromkeys(spans)), NAME, VERSION)


def _leading(trove: Trove, exhibits: tuple[str, ...]) -> str:
    """Return the operative paper of an agreement: the contract, final before draft, original before copy."""
    relation = {m.exhibit: m.relation for f in trove.all(Family) for m in f.members if m.exhibit in exhibits}
    papers = [d for d in trove.all(Document) if d.exhibit in exhibits]
    stages = {"final": 0, "unclear": 1}
    ranked = sorted(
        papers,
        key=lambda d: (
            d.kind != DocumentKind.CONTRACT, stages.get(d.stage, 2), d.total is None,
            relation.get(d.exhibit, "original") != "original", -len(d.payment_terms), d.exhibit,
        ),
    )  # fmt: skip
    return ranked[0].exhibit if ranked else ""


LINEAGE = Synthesis(
    name=NAME,
    version=VERSION,
    purpose="Which article copies, quotes or cites which, and which hedges were lost on the way",
    limits="A translated copy is found only when it names its source; hedges are known from word lists.",
    combine=combine,
)
