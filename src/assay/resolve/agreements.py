"""Documents to agreements: contract, annexes and amendments taken together, with the fields of the operative one.

Final stands before draft, the original before its copies, the born-digital before its scan. What other documents
state otherwise is kept beside it. Limits: an amendment's total is kept as a rival, because a paper seldom says whether
it replaces the old one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from assay.model import (
    Agreement,
    DateRange,
    Document,
    DocumentKind,
    Engagement,
    Event,
    Family,
    LineItem,
    Mention,
    Money,
    Obligation,
    Page,
    Party,
    Record,
    Role,
    Span,
    Text,
    Trove,
    whole,
)
from assay.resolve.bundles import Bundle, bundles
from assay.resolve.contents import events, items, obligations
from assay.resolve.nodes import said
from assay.work.part import Synthesis

NAME = "resolve.agreements"
VERSION = "5"
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

_KINDS = (
    DocumentKind.CONTRACT, DocumentKind.LICENCE, DocumentKind.AMENDMENT, DocumentKind.PRICE_PROTOCOL,
    DocumentKind.ANNEX, DocumentKind.PAYMENT_SCHEDULE, DocumentKind.DELIVERY_SCHEDULE, DocumentKind.INVOICE,
    DocumentKind.ACCEPTANCE_ACT, DocumentKind.TRAINING_PROGRAMME, DocumentKind.SPREADSHEET, DocumentKind.MINUTES,
    DocumentKind.LETTER, DocumentKind.MAIL, DocumentKind.OTHER, DocumentKind.PRESS,
)  # fmt: skip
"""In which order documents are asked for an agreement's fields."""

_PRICED = frozenset({DocumentKind.CONTRACT, DocumentKind.LICENCE, DocumentKind.PRICE_PROTOCOL, DocumentKind.AMENDMENT})
"""Kinds whose total is the agreement's; an annex' or an act's may be a part of it."""

_ROLES = frozenset({Role.SUPPLIER, Role.BUYER, Role.LICENSOR, Role.LICENSEE, Role.TRAINER, Role.TRAINEE, Role.PARTY})
"""Roles in which a party is bound; signatories, banks and consignees stay with the documents that name them."""

_PARTIAL = frozenset({DocumentKind.ACCEPTANCE_ACT, DocumentKind.INVOICE})
"""Kinds that repeat rows of an agreement for the part of it that was delivered or billed."""

_LISTING = frozenset(set(DocumentKind) - {DocumentKind.PRESS, DocumentKind.MAIL, DocumentKind.LETTER})


class _Standing:
    """What is known of all exhibits at once: relations within families, scans, parties by mention."""

    def __init__(self, trove: Trove) -> None:
        self.relation: dict[str, str] = {}
        self.families: dict[str, list[str]] = defaultdict(list)
        final = {d.exhibit for d in trove.all(Document) if d.stage != "draft"}
        superseded = set()
        for family in sorted(trove.all(Family), key=lambda f: f.id):
            alive = any(m.exhibit in final for m in family.members)
            for member in family.members:
                self.relation[member.exhibit] = member.relation
                self.families[member.exhibit].append(family.id)
                if alive and member.exhibit not in final:
                    superseded.add(member.exhibit)
        self.superseded = frozenset(superseded)
        self.scanned = {p.exhibit for p in trove.all(Page) if p.how == "ocr"}
        self.party = {m: p for p in sorted(trove.all(Party), key=lambda p: p.id) for m in p.mentions}

    def rank(self, document: Document) -> tuple[int, int, int, int, str]:
        """Order of a bundle's documents: what is operative comes first."""
        stage = {"final": 0, "unclear": 1}.get(document.stage, 2)
        relation = {"original": 0, "later_version": 1, "translation": 2}.get(
            self.relation.get(document.exhibit, "original"), 3
        )
        return (
            _KINDS.index(document.kind), stage, document.exhibit in self.scanned, relation, document.exhibit,
        )  # fmt: skip


def combine(trove: Trove) -> Iterable[Record]:
    """Yield an `Agreement` for every agreement number that a document of the deal itself bears, ordered by id."""
    standing = _Standing(trove)
    by_exhibit: dict[type[Record], dict[str, list[Record]]] = {}
    for kind in (LineItem, Obligation, Event, Mention):
        held: dict[str, list[Record]] = defaultdict(list)
        for record in trove.all(kind):
            held[getattr(record, "exhibit", "")].append(record)
        by_exhibit[kind] = held
    found = [_agreement(bundle, standing, by_exhibit) for bundle in bundles(trove)]
    yield from sorted(found, key=lambda a: a.id)


def _of(kind: type[T], by_exhibit: dict[type[Record], dict[str, list[Record]]], exhibits: Iterable[str]) -> list[T]:
    return [r for e in exhibits for r in by_exhibit[kind].get(e, ()) if isinstance(r, kind)]  # type: ignore[index]


def _listed(papers: Sequence[Document], by_exhibit: dict[type[Record], dict[str, list[Record]]]) -> list[LineItem]:
    """Return the rows of the papers that say what is agreed; of acts and invoices, which bill a part, if none does."""
    listing = [d for d in papers if d.kind in _LISTING]
    agreed = _of(LineItem, by_exhibit, [d.exhibit for d in listing if d.kind not in _PARTIAL])
    return agreed or _of(LineItem, by_exhibit, [d.exhibit for d in listing])


def _agreement(
    bundle: Bundle, standing: _Standing, by_exhibit: dict[type[Record], dict[str, list[Record]]]
) -> Agreement:
    papers = sorted(bundle.documents, key=standing.rank)
    place = {d.exhibit: i for i, d in enumerate(papers)}
    listing = [d.exhibit for d in papers if d.kind in _LISTING]
    every = [d.exhibit for d in papers]
    total, rivals = _totals(papers)
    lead = papers[0]
    own = [d for d in papers if d.kind == lead.kind]

    def rank(exhibit: str) -> int:
        return place[exhibit]

    kept_items = items(_listed(papers, by_exhibit), rank, standing.superseded)
    kept_obligations = obligations(_of(Obligation, by_exhibit, listing), rank, standing.superseded)
    kept_events = events(_of(Event, by_exhibit, every), rank, standing.superseded)
    spans = _spans(bundle, papers, total)
    return Agreement(
        bundle.number,
        _first(d.title for d in own),
        _first(d.subject for d in own) or _first(d.subject for d in papers),
        _date(papers) or _first(d.date for d in own),
        _first(d.place for d in own),
        tuple(_engagements(papers, _of(Mention, by_exhibit, every), standing)),
        total,
        rivals,
        next((d.payment_terms for d in papers if d.payment_terms), ()),
        next((d.delivery_terms for d in papers if d.delivery_terms), ()),
        tuple(sorted(every)),
        tuple(sorted({f for e in every for f in standing.families.get(e, ())})),
        tuple(r.id for r in kept_items),
        tuple(r.id for r in kept_obligations),
        tuple(r.id for r in kept_events),
        spans,
        NAME,
        VERSION,
    )


def _first(values: Iterable[T | None]) -> T | None:
    """Return the first value whose reading is plain, else the first one."""
    known = [v for v in values if v is not None]
    plain = (v for v in known if not getattr(v, "uncertain", ""))
    return next(plain, known[0] if known else None)


def _weight(document: Document) -> int:
    """Return how much a document's word on the agreement's total and date counts against the others'."""
    if document.kind in (DocumentKind.CONTRACT, DocumentKind.LICENCE):
        return {"final": 8, "unclear": 6}.get(document.stage, 2)
    if document.stage == "draft":
        return 1
    return {DocumentKind.PRICE_PROTOCOL: 3, DocumentKind.PAYMENT_SCHEDULE: 3, DocumentKind.AMENDMENT: 3}.get(
        document.kind, 1
    )


def _best(stated: Sequence[tuple[int, K, T]]) -> T | None:
    """Return the value with the most weight behind it, in its first statement; the earliest stated one among equals."""
    behind: dict[K, int] = defaultdict(int)
    for weight, key, _ in stated:
        behind[key] += weight
    order = list(dict.fromkeys(key for _, key, _ in stated))
    if not order:
        return None
    chief = min(order, key=lambda k: (-behind[k], order.index(k)))
    values = [value for _, key, value in stated if key == chief]
    return next((v for v in values if not getattr(v, "uncertain", "")), values[0])


def _totals(papers: Sequence[Document]) -> tuple[Money | None, tuple[Money, ...]]:
    """Return the total that the papers bear out, and every other total that a paper on the whole deal states."""
    counted = _PRICED | {DocumentKind.PAYMENT_SCHEDULE, DocumentKind.ANNEX, DocumentKind.SPREADSHEET}
    stated = [
        (_weight(d), (d.total.amount, d.total.currency), d.total)
        for d in papers
        if d.kind in counted and d.total and d.total.amount is not None
    ]
    chief = _best(stated)
    seen = {(chief.amount, chief.currency)} if chief else set()
    rivals = []
    for document in papers:
        total = document.total if document.kind in _PRICED else None
        if total and total.amount is not None and (total.amount, total.currency) not in seen:
            seen.add((total.amount, total.currency))
            rivals.append(total)
    return chief, tuple(rivals)


def _date(papers: Sequence[Document]) -> DateRange | None:
    """Return the day of the agreement that the papers bear out: its contract's own date, or what others say it is."""
    lead = papers[0].kind
    stated = [
        (_weight(d), (value.earliest, value.latest), value)
        for d in papers
        for value in (d.date if d.kind == lead == DocumentKind.CONTRACT else None, d.agreement_date)
        if value is not None and value.earliest is not None
    ]
    return _best(stated)


def _engagements(papers: Sequence[Document], mentions: Sequence[Mention], standing: _Standing) -> Iterator[Engagement]:
    """Yield each party once in each role, by the operative document that names it, roles in the order of `Role`.

    The leading kind of document says who is bound; the others are asked only when it names nobody.
    """
    lead = {d.exhibit for d in papers if d.kind == papers[0].kind}
    known = [m for m in mentions if m.id in standing.party]
    bound = [m for m in known if m.role in _ROLES] or [m for m in known if m.exhibit in lead and _heads(m)]
    mentions = [m for m in bound if m.exhibit in lead - standing.superseded] or bound
    place = {d.exhibit: i for i, d in enumerate(papers)}
    drafts = {d.exhibit for d in papers} & standing.superseded
    seen: set[tuple[Role, str]] = set()

    def order(m: Mention) -> tuple[int, int, int, int, str]:
        span = m.name.span
        page, start = (span.page, span.start) if span else (0, 0)
        return list(Role).index(m.role), place[m.exhibit], page, start, m.id

    for mention in sorted(mentions, key=order):
        party = standing.party.get(mention.id)
        if party is None or mention.exhibit in drafts:
            continue
        if (mention.role, party.id) not in seen:
            seen.add((mention.role, party.id))
            yield Engagement(mention.role, party.id, said(mention.name), mention.name.span)


def _heads(mention: Mention) -> bool:
    """Tell whether a mention may be a party of a contract that gives its parties no role: named on its first page."""
    span = mention.name.span
    return mention.role is Role.OTHER and mention.kind != "unknown" and span is not None and span.page == 1


def _spans(bundle: Bundle, papers: Sequence[Document], total: Money | None) -> tuple[Span, ...]:
    texts: list[Text | Money | None] = [bundle.number, papers[0].title, total]
    spans = [t.span for t in texts if t is not None and t.span is not None]
    return tuple(dict.fromkeys(spans)) or papers[0].spans[:1] or (whole(papers[0].exhibit),)


AGREEMENTS = Synthesis(
    name=NAME,
    version=VERSION,
    purpose="Documents to agreements, with parties, totals, line items, obligations and events, each once",
    limits="An agreement that only letters, mails, minutes or the press name is none; a contract without a number "
    "stands alone, under its title; an amendment's total is a rival.",
    combine=combine,
)
