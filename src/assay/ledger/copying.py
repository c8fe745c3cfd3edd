"""Which press articles copy one another: shared wording, who names whom, and the days on which they appeared.

Limits: a translated copy is found only when it names its source.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assay.ledger.about import name_key
from assay.model import Claim, Document, DocumentKind, Page, Span, Trove
from assay.resolve.folding import HAN, fold, tokens

_SENTENCE = re.compile(r"[^.!?。！？\n]+(?:[.!?](?=\d)[^.!?。！？\n]*)*[.!?。！？]*[»”\"]?", re.UNICODE)


@dataclass(slots=True)
class Sentence:
    """One sentence of a page, with its words (Han as overlapping pairs)."""

    text: str
    span: Span
    words: frozenset[str]


@dataclass(slots=True)
class Article:
    """One press article: outlet, day, sentences, and the shingles of its text."""

    exhibit: str
    outlet: str
    day: date | None
    sentences: list[Sentence]
    shingles: frozenset[str]
    claims: list[Claim]
    order: str

    def named(self) -> set[str]:
        """Return the comparing forms of everybody whom the article names as a source."""
        return {name_key(s.name) for c in self.claims for s in c.speaker_chain[1:] if s.name}


@dataclass(frozen=True, slots=True)
class Taken:
    """That `copy` took from `origin`: by shared words (share of the copy's), by naming it, or both."""

    copy: Article
    origin: Article
    share: float
    named: bool


def _units(text: str) -> Iterator[str]:
    for token in tokens(fold(text)):
        if HAN.match(token):
            yield from (token[i : i + 2] for i in range(max(1, len(token) - 1)))
        else:
            yield token


def sentences(page: Page) -> Iterator[Sentence]:
    """Yield the sentences of a page, each with the span where it stands."""
    for match in _SENTENCE.finditer(page.text):
        start, end = match.span()
        while start < end and page.text[start].isspace():
            start += 1
        while end > start and page.text[end - 1].isspace():
            end -= 1
        text = page.text[start:end]
        units = frozenset(_units(text))
        if len(units) >= 3:
            yield Sentence(text, page.span(start, end), units)


def articles(trove: Trove) -> list[Article]:
    """Return the press articles of a trove, ordered by day and exhibit."""
    press = {d.exhibit: d for d in sorted(trove.all(Document), key=lambda d: d.id) if d.kind == DocumentKind.PRESS}
    claims: dict[str, list[Claim]] = defaultdict(list)
    for claim in sorted(trove.all(Claim), key=lambda c: c.id):
        if claim.exhibit in press:
            claims[claim.exhibit].append(claim)
    found = []
    for exhibit, document in sorted(press.items()):
        pages = sorted(trove.of(Page, exhibit), key=lambda p: p.number)
        text = [s for page in pages for s in sentences(page)]
        units = [list(_units(s.text)) for s in text]
        shingles = frozenset(" ".join(u[i : i + 4]) for u in units for i in range(len(u) - 3))
        outlets = [
            c.speaker_chain[0].name for c in claims[exhibit] if c.speaker_chain and c.speaker_chain[0].kind == "outlet"
        ]
        outlet = max(sorted(set(outlets)), key=outlets.count) if outlets else ""
        said = [c.said_at.earliest for c in claims[exhibit] if c.said_at and c.said_at.earliest]
        day = document.date.earliest if document.date and document.date.earliest else min(said, default=None)
        order = day.isoformat() if day else "9999"
        found.append(Article(exhibit, outlet, day, text, shingles, claims[exhibit], order))
    return sorted(found, key=lambda a: (a.order, a.exhibit))


LEAST = 0.12
"""From this share of common word groups on, one article's words are another's."""


def taken(found: list[Article]) -> list[Taken]:
    """Return for each article what it took from which other one: the best named source, else the closest earlier text.

    At most one origin for each article; never in a circle.
    """
    common: dict[str, list[int]] = defaultdict(list)
    for i, article in enumerate(found):
        for shingle in article.shingles:
            common[shingle].append(i)
    overlap: dict[tuple[int, int], int] = defaultdict(int)
    for held in common.values():
        if len(held) <= 200:
            for x, i in enumerate(held):
                for j in held[x + 1 :]:
                    overlap[i, j] += 1
    outlets: dict[str, list[int]] = defaultdict(list)
    for i, article in enumerate(found):
        if article.outlet:
            outlets[name_key(article.outlet)].append(i)
    options: list[tuple[tuple[bool, float, str, str], int, int, float, bool]] = []
    for j, copy in enumerate(found):
        named = {i for n in copy.named() for i in outlets.get(n, ()) if i != j and _not_after(found[i], copy)}
        near = {i for (a, b) in overlap for i in (a, b) if j in (a, b) and i != j}
        for i in named | near:
            origin = found[i]
            shared = overlap.get((min(i, j), max(i, j)), 0)
            share = shared / max(1, len(copy.shingles))
            if i not in named and (share < LEAST or shared < 4 or not _before(origin, copy, i, j)):
                continue
            if i in named and share < 0.02 and not _same_subject(origin, copy):
                continue
            key = (i not in named, -round(share, 6), origin.order, origin.exhibit)
            options.append((key, j, i, share, i in named))
    source: dict[int, int] = {}
    out: dict[int, Taken] = {}
    for _, j, i, share, is_named in sorted(options, key=lambda o: (o[0], o[1])):
        if j in source or _leads(source, i, j):
            continue
        source[j] = i
        out[j] = Taken(found[j], found[i], share, is_named)
    return [out[j] for j in sorted(out)]


def _leads(source: dict[int, int], start: int, end: int) -> bool:
    while start in source:
        start = source[start]
        if start == end:
            return True
    return start == end


def _not_after(origin: Article, copy: Article) -> bool:
    return origin.day is None or copy.day is None or origin.day <= copy.day


def _before(origin: Article, copy: Article, i: int, j: int) -> bool:
    """Return whether `origin` appeared first; of one day, the one that names no other of the two does."""
    if origin.day and copy.day and origin.day != copy.day:
        return origin.day < copy.day
    if origin.outlet and name_key(origin.outlet) in copy.named():
        return True
    if copy.outlet and name_key(copy.outlet) in origin.named():
        return False
    return i < j


def _same_subject(origin: Article, copy: Article) -> bool:
    """Return whether the two articles claim something on one topic, sum, number or agreement."""

    def subjects(article: Article) -> set[tuple[str, str]]:
        out = set()
        for claim in article.claims:
            if claim.agreement_number:
                out.add(("agreement", name_key(claim.agreement_number.written)))
            if claim.money and claim.money.amount is not None:
                out.add(("money", str(claim.money.amount.normalize())))
            if claim.rung:
                out.add(("rung", claim.rung.value))
            out.add(("topic", claim.topic))
            out |= {("article", name_key(d.written)) for d in claim.designations}
        return out

    return bool(subjects(origin) & subjects(copy))


def counterpart(sentence: Sentence, among: list[Sentence]) -> Sentence | None:
    """Return the sentence of `among` that says the same in most of the same words; None when none does."""
    best, most = None, 0.0
    for other in among:
        shared = len(sentence.words & other.words)
        share = shared / min(len(sentence.words), len(other.words))
        if shared >= 3 and share > most:
            best, most = other, share
    return best if most >= 0.4 else None
