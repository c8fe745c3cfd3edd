"""Which press articles copy one another: shared wording, who names whom, and the days on which they appeared.

Limits: a translated copy is found only when it names its source.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from assay.ledger.about import name_key, plain_designation
from assay.model import Claim, Document, DocumentKind, Page, Span, Trove
from assay.resolve.folding import HAN, fold, script, tokens
from assay.resolve.likeness import Likeness, compare
from assay.resolve.names import name
from assay.resolve.numbers import loose_key
from assay.resolve.romanise import sounds

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
    language: str

    @property
    def sources(self) -> list[str]:
        """The outlets, and those who may be one, that the article names as a source, in order."""
        names = [s.name for c in self.claims for s in c.speaker_chain[1:] if s.kind in ("outlet", "unknown") and s.name]
        return list(dict.fromkeys(names))

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
        language = next((tongue for tongue in document.languages if tongue != "und"), "und")
        found.append(Article(exhibit, outlet, day, text, shingles, claims[exhibit], order, language))
    return sorted(found, key=lambda a: (a.order, a.exhibit))


LEAST = 0.2
"""From this share of common word groups on, one article's words are another's."""


def taken(found: list[Article]) -> list[Taken]:
    """Return for each article what it took from which other one: the best named source, else the closest earlier text.

    A source named in another language is known by its sound, or by being the one earlier article that claims the same.
    At most one origin for each article; never in a circle.
    """
    overlap = _overlap(found)
    options: list[tuple[tuple[int, bool, float, int, str], int, int, float, bool]] = []
    for i, j in _meeting(found, overlap):
        origin, copy = found[i], found[j]
        if _not_after(origin, copy):
            shared = overlap.get((min(i, j), max(i, j)), 0)
            share = shared / max(1, len(copy.shingles))
            same = _same_subject(origin, copy)
            naming = _naming(origin, copy) if same or share >= LEAST else 0
            if not naming and (
                share < LEAST or shared < 8 or _strangers(origin, copy) or not _before(origin, copy, i, j)
            ):
                continue
            ago = -(origin.day.toordinal() if origin.day else 0)
            rank = (-naming, not same, -round(share, 6), ago, origin.exhibit)
            options.append((rank, j, i, share, naming > 0))
    source: dict[int, int] = {}
    out: dict[int, Taken] = {}
    for _, j, i, share, named in sorted(options, key=lambda o: (o[0], o[1])):
        if j in source or _leads(source, i, j):
            continue
        source[j] = i
        out[j] = Taken(found[j], found[i], share, named)
    return [out[j] for j in sorted(out)]


def _meeting(found: list[Article], overlap: dict[tuple[int, int], int]) -> list[tuple[int, int]]:
    """Return the (origin, copy) pairs worth a look: shared words, or one subject and a copy that names a source."""
    pairs = {p for a, b in overlap for p in ((a, b), (b, a))}
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, article in enumerate(found):
        for subject in sorted(_subjects(article)):
            holders[subject].append(i)
    for held in holders.values():
        if len(held) <= 300:
            pairs |= {(i, j) for i in held for j in held if i != j and found[j].sources}
    return sorted(pairs)


def _overlap(found: list[Article]) -> dict[tuple[int, int], int]:
    """Return how many shingles two articles share.

    Shingles of more than 200 articles are nobody's, and so is an outlet's standing text: what articles share that have
    no subject in common.
    """
    subjects = [_subjects(article) for article in found]
    common: dict[str, list[int]] = defaultdict(list)
    for i, article in enumerate(found):
        for shingle in article.shingles:
            common[shingle].append(i)
    overlap: dict[tuple[int, int], int] = defaultdict(int)
    for held in common.values():
        if 1 < len(held) <= 200 and not _standing_text([subjects[i] for i in held]):
            for x, i in enumerate(held):
                for j in held[x + 1 :]:
                    overlap[i, j] += 1
    return overlap


def _standing_text(subjects: list[set[tuple[str, str]]]) -> bool:
    """Return whether articles that share a wording have no subject that three in five of them have."""
    stated = [s for s in subjects if s]
    counts = Counter(subject for s in stated for subject in s)
    return len(stated) > 1 and max(counts.values()) * 5 < len(stated) * 3


def _naming(origin: Article, copy: Article) -> int:
    """Return how surely `copy` names `origin`'s outlet: 3 as written, 2 in other writing, 1 perhaps, 0 not."""
    if not origin.outlet or not copy.sources or same_outlet(origin.outlet, copy.outlet):
        return 0
    if any(name_key(s) == name_key(origin.outlet) for s in copy.sources):
        return 3
    if any(same_outlet(s, origin.outlet) for s in copy.sources):
        return 2
    foreign = script(origin.outlet) != script(copy.outlet) or origin.language != copy.language
    outlets = any(s.kind == "outlet" for c in copy.claims for s in c.speaker_chain[1:])
    return 1 if foreign and outlets and origin.day and copy.day else 0


@lru_cache(maxsize=4096)
def same_outlet(a: str, b: str) -> bool:
    """Return whether two names of newspapers are one, in other writing or by the sound of the first word."""
    if name_key(a) == name_key(b):
        return True
    x, y = name(a, "organisation"), name(b, "organisation")
    if compare(x, y).likeness >= Likeness.LIKELY:
        return True
    if not x.words or not y.words or (x.script == y.script == "han"):
        return False
    heard = [{s[:4] for w in n.words[:1] for s in sounds(w.folded) if len(s) >= 4} for n in (x, y)]
    return not heard[0].isdisjoint(heard[1])


def _leads(source: dict[int, int], start: int, end: int) -> bool:
    while start in source:
        start = source[start]
        if start == end:
            return True
    return start == end


def _not_after(origin: Article, copy: Article) -> bool:
    return origin.day is None or copy.day is None or origin.day <= copy.day


def _before(origin: Article, copy: Article, i: int, j: int) -> bool:
    """Return whether `origin` appeared first; of one day, the one that names no other of the two does.

    Where a day is not known and neither names the other, nothing tells.
    """
    if origin.day and copy.day and origin.day != copy.day:
        return origin.day < copy.day
    if origin.outlet and name_key(origin.outlet) in copy.named():
        return True
    if copy.outlet and name_key(copy.outlet) in origin.named():
        return False
    return i < j and origin.day is not None and copy.day is not None


def _same_subject(origin: Article, copy: Article) -> bool:
    """Return whether two articles claim something of one agreement, sum or article; where one has none, one rung."""
    a, b = _subjects(origin), _subjects(copy)
    if a and b:
        return bool(a & b)
    rungs = [{c.rung for c in article.claims if c.rung} for article in (origin, copy)]
    return bool(rungs[0] & rungs[1])


def _strangers(origin: Article, copy: Article) -> bool:
    """Return whether both articles name agreements, sums or articles, and none in common."""
    a, b = _subjects(origin), _subjects(copy)
    return bool(a and b) and a.isdisjoint(b)


def _subjects(article: Article) -> set[tuple[str, str]]:
    out = set()
    for claim in article.claims:
        if claim.agreement_number:
            out.add(("agreement", loose_key(claim.agreement_number.value or claim.agreement_number.written)))
        if claim.money and claim.money.amount is not None:
            out.add(("money", str(claim.money.amount.normalize())))
        out |= {("article", plain_designation(d.value or d.written)) for d in claim.designations}
    return out


def counterpart(sentence: Sentence, among: list[Sentence]) -> Sentence | None:
    """Return the sentence of `among` that says the same in most of the same words; None when none does."""
    best, most = None, 0.0
    for other in among:
        shared = len(sentence.words & other.words)
        share = shared / min(len(sentence.words), len(other.words))
        if shared >= 3 and share > most:
            best, most = other, share
    return best if most >= 0.4 else None
