"""Exhibits to version families: drafts, later versions, scans, translations and near-copies of one document.

Byte duplicates are one exhibit with several occurrences and never come here. Two papers from one template are kept
apart by their numbers, dates and agreements. Limits: which of two undated versions came first is said to be unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from assay.model import Document, DocumentKind, Family, Member, Page, Record, Trove
from assay.resolve.clusters import Clusters
from assay.resolve.numbers import loose_key, number_key
from assay.resolve.sketches import Sketch, meeting
from assay.resolve.spelling import distance
from assay.work.part import Synthesis

NAME = "resolve.families"
VERSION = "1"

ALIKE = 0.5
"""From this share of common shingles on, two papers that nothing parts are versions of one."""

LITTLE_ALIKE = 0.15
"""Two papers of one kind, number and agreement need at least this much text in common, or the same figures."""

_LETTERS = (DocumentKind.LETTER, DocumentKind.MAIL, DocumentKind.MINUTES, DocumentKind.SPREADSHEET, DocumentKind.OTHER)


@dataclass(frozen=True, slots=True)
class _Paper:
    """What is compared of one document."""

    document: Document
    sketch: Sketch
    number: str
    loose: str
    agreement: str
    date: str
    languages: frozenset[str]

    @property
    def rank(self) -> tuple[int, bool, str, str]:
        """Order within a family: what is most likely the original comes first."""
        stage = {"final": 0, "unclear": 1}.get(self.document.stage, 2)
        return stage, self.sketch.is_scan, self.date or "9999", self.document.exhibit


def sketched(trove: Trove) -> dict[str, Sketch]:
    """Return a sketch of every exhibit with text."""
    found: dict[str, Sketch] = defaultdict(Sketch)
    for page in trove.all(Page):
        if page.text:
            found[page.exhibit].add(page.text, scanned=page.how == "ocr")
    return dict(sorted(found.items()))


def combine(trove: Trove) -> Iterable[Record]:
    """Yield a `Family` for every document of which the trove holds two versions or more, ordered by id."""
    sketches = sketched(trove)
    papers = [_paper(d, sketches.get(d.exhibit, Sketch())) for d in _documents(trove)]
    clusters = Clusters(len(papers))
    for i, j in _ranked(papers):
        clusters.join(i, j, "", lambda a, b: any(_parts(papers[x], papers[y]) for x in a for y in b))
    found = [_family([papers[i] for i in members]) for members in clusters.sets() if len(members) > 1]
    yield from sorted(found, key=lambda f: f.id)


def _documents(trove: Trove) -> list[Document]:
    """Return one document for each exhibit but press, ordered by exhibit."""
    found: dict[str, Document] = {}
    for document in sorted(trove.all(Document), key=lambda d: (d.exhibit, d.id)):
        if document.kind != DocumentKind.PRESS:
            found.setdefault(document.exhibit, document)
    return list(found.values())


def _paper(document: Document, sketch: Sketch) -> _Paper:
    number = document.number.value or document.number.written if document.number else ""
    agreement = document.agreement_number
    date = document.date.earliest.isoformat() if document.date and document.date.earliest else ""
    return _Paper(
        document,
        sketch,
        number_key(number),
        loose_key(number),
        loose_key(agreement.value or agreement.written) if agreement else "",
        date,
        frozenset(document.languages) - {"und"},
    )


def _ranked(papers: list[_Paper]) -> list[tuple[int, int]]:
    """Return the pairs that are versions of one paper, the closest first."""
    pairs = set(meeting((i, p.sketch) for i, p in enumerate(papers)))
    by_identity: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for i, paper in enumerate(papers):
        kind = paper.document.kind
        if kind == DocumentKind.CONTRACT and paper.agreement:
            by_identity[kind, paper.agreement, ""].append(i)
        elif paper.agreement and (paper.loose or paper.date):
            by_identity[kind, paper.agreement, paper.loose or paper.date].append(i)
    for held in by_identity.values():
        pairs |= {(i, j) for x, i in enumerate(held) for j in held[x + 1 :]}
    scored = []
    for i, j in sorted(pairs):
        a, b = papers[i], papers[j]
        if _parts(a, b):
            continue
        alike = a.sketch.resemblance(b.sketch)
        identical = (
            a.document.kind == b.document.kind
            and bool(a.agreement)
            and a.agreement == b.agreement
            and ((bool(a.loose) and a.loose == b.loose) or a.document.kind == DocumentKind.CONTRACT)
        )
        if alike >= ALIKE or (identical and (alike >= LITTLE_ALIKE or _few(a, b))) or _translates(a, b):
            scored.append((-alike, i, j))
    return [(i, j) for _, i, j in sorted(scored)]


def _few(a: _Paper, b: _Paper) -> bool:
    """Return whether a paper has too little text to compare, so that kind, number and agreement must do."""
    return min(a.sketch.letters, b.sketch.letters) < 120


def _translates(a: _Paper, b: _Paper) -> bool:
    """Return whether two papers in two languages agree in kind, agreement, date or number, and in their figures."""
    if not a.languages or not b.languages or not a.languages.isdisjoint(b.languages):
        return False
    if a.document.kind != b.document.kind or a.agreement != b.agreement:
        return False
    same = (bool(a.loose) and a.loose == b.loose) or (bool(a.date) and a.date == b.date)
    return same and min(len(a.sketch.figures), len(b.sketch.figures)) >= 2 and a.sketch.same_figures(b.sketch) >= 0.6


def _parts(a: _Paper, b: _Paper) -> bool:
    """Return whether kind, number, agreement or date say that two papers are two, however alike their words are."""
    kinds = {a.document.kind, b.document.kind}
    if len(kinds) > 1 and DocumentKind.OTHER not in kinds:
        return True
    scan = a.sketch.is_scan or b.sketch.is_scan
    draft = "draft" in (a.document.stage, b.document.stage)
    for x, y in ((a.loose, b.loose), (a.agreement, b.agreement)):
        if x and y and x != y and not (scan and len(x) >= 6 and distance(x, y, 1) <= 1 and a.date == b.date):
            return True
    if a.date and b.date and a.date != b.date and not draft:
        numbered = bool(a.loose) and a.loose == b.loose
        return not numbered or a.document.kind in _LETTERS
    return False


def _family(papers: list[_Paper]) -> Family:
    papers = sorted(papers, key=lambda p: p.rank)
    first = papers[0]
    members = [Member(first.document.exhibit, "original", _first(first))]
    for paper in papers[1:]:
        relation, reason = _relation(first, paper)
        members.append(Member(paper.document.exhibit, relation, reason))
    return Family(tuple(members), NAME, VERSION)


def _first(paper: _Paper) -> str:
    if paper.document.stage == "final":
        how = "scanned" if paper.sketch.is_scan else "born digital"
        return f"It calls itself final, and it is {how}."
    return "No member of the family is marked as final; this one is taken as the first by its date and form."


def _relation(first: _Paper, other: _Paper) -> tuple[str, str]:
    """Return what `other` is to the family's first paper, and a sentence that says why."""
    alike = first.sketch.resemblance(other.sketch)
    if other.languages and first.languages and first.languages.isdisjoint(other.languages):
        pair = f"{'/'.join(sorted(first.languages))} and {'/'.join(sorted(other.languages))}"
        return "translation", f"The same kind, date or number and the same figures in {pair}."
    if other.document.stage == "draft" and first.document.stage != "draft":
        return "draft", "It is marked as a draft, and a version without that mark is in the trove."
    if other.sketch.is_scan and not first.sketch.is_scan:
        return (
            "scan_of",
            "Its pages are scanned, and a born-digital version with the same kind, number or text is here.",
        )
    if first.date and other.date and other.date > first.date:
        return "later_version", f"The same paper with the later date {other.date} (the original has {first.date})."
    if alike >= 0.9 and first.sketch.figures == other.sketch.figures:
        return "duplicate", "The same words and figures in other bytes."
    if other.sketch.is_scan and first.sketch.is_scan and alike >= 0.3:
        return "duplicate", "A second scan of the same paper."
    if alike >= 0.9 or first.sketch.same_figures(other.sketch) > 0.95:
        return "duplicate", "Nearly the same words in other bytes; what differs is for the examinations to say."
    return "later_version", "The same paper in other words; no document shows which came first."


FAMILIES = Synthesis(
    name=NAME,
    version=VERSION,
    purpose="Exhibits to version families: drafts, later versions, scans, translations, near-copies",
    limits="Which of two undated versions came first is not determined; papers under a dozen words are compared by "
    "kind, number and agreement only.",
    combine=combine,
)
