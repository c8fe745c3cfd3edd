"""Pages and documents: whether every page is accounted for and its text right, and what documents say they are."""

from __future__ import annotations

import re
from collections import Counter

from assay.model import DateRange, Document, PageState
from assay.specimen.score.board import Board, Index, Seen
from assay.specimen.score.normal import DASHES, HAN_GAP, QUOTES, day, distance, distance_within, key, similar_to_any
from assay.specimen.score.shape import BORN, SCAN
from assay.specimen.score.truth import Paper

RULES = re.compile(r"_{3,}|\.{4,}|…{2,}")
"""Lines that a form gives to write on: ink, not text."""

_MARKS = str.maketrans({**dict.fromkeys(QUOTES, '"'), **dict.fromkeys(DASHES, "-")})


def one_day(value: DateRange | None) -> object:
    """Return the day that a date names, or its two ends when it names no single day; None when it names none."""
    if value is None or (value.earliest is None and value.latest is None):
        return None if value is None else value.written
    return value.earliest if value.earliest == value.latest else (value.earliest, value.latest)


def score_pages(index: Index) -> Board:
    """Count pages read, and characters and words that differ from the truth.

    Character error rate is taken without white space, with quotes and dashes made one, in reading order, and a page
    that was not read is wrong in every character. With lines in any order, each line and cell of the truth is sought
    anywhere on the page: what is left then is recognition, not order. Words are compared as a bag.
    """
    board = Board("pages")
    for name in ("read", "failed", "unread"):
        board.count(f"pages {name}")
    board.count("pages not accounted for", hard=True)
    board.count("exhibits not in the case", hard=True)
    board.count("paths not in the case")
    for paper in index.truth.exhibits:
        if paper.path not in index.paths:
            board.count("paths not in the case", 1)
            board.miss(1, "path", paper.path, 0, "an occurrence under this path", None)
    for digest, paper in index.unique_papers():
        if digest is None:
            board.count("exhibits not in the case", 1, hard=True)
            board.miss(0, "exhibit", paper.path, 0, paper.sha256 or paper.path, None)
        held = {p.number: p for p in index.pages.get(digest or "", [])}
        board.add("pages", truth=len(paper.pages), found=len(held))
        for page in held.values():
            board.count(f"pages {page.state.value}", 1)
        for sheet in paper.pages:
            _page(board, paper, sheet.number, sheet.text, sheet.language, held.get(sheet.number))
        extra = sorted(set(held) - {s.number for s in paper.pages})
        for number in extra:
            board.miss(1, "page too many", paper.path, number, None, held[number].text[:80])
    return board


def _page(board: Board, paper: Paper, number: int, text: str, language: str, page: Seen | None) -> None:
    if page is None:
        board.count("pages not accounted for", 1, hard=True)
        board.miss(0, "page not accounted for", paper.path, number, text[:80], None)
    read = page is not None and page.state is PageState.READ
    board.add("pages", right=read)
    if page is not None and not read:
        board.miss(1, f"page {page.state.value}", paper.path, number, text[:80], page.reason)
    seen = page.text if page is not None else ""
    true, got = plain(text), plain(seen)
    wrong = min(distance(true, got), max(len(true), len(got)))
    how = page.how if page is not None and page.how else "nothing"
    language = language or "und"
    for name in ("CER", f"CER {paper.medium}", f"CER {language}", f"CER {paper.medium} {language}", f"CER by {how}"):
        board.share(name, wrong, len(true))
    lines = [plain(cell) for line in text.splitlines() for cell in line.split("\t")]
    loose = 0 if not wrong else sum(distance_within(line, got) for line in lines)
    for name in ("CER with lines in any order", f"CER with lines in any order, {paper.medium} {language}"):
        board.share(name, loose, len(true))
    words, seen_words = Counter(text.casefold().split()), Counter(seen.casefold().split())
    if language != "zh":
        board.add(
            f"words {paper.medium}", truth=words.total(), found=seen_words.total(), right=(words & seen_words).total()
        )
    if true and wrong / len(true) > 0.1:
        board.miss(2, "text", paper.path, number, true[:120], got[:120])
    if page is not None and language != "und":
        known = {language, *paper.languages} if len(paper.languages) > 1 else {language}
        board.judge("page language", "", paper.path, language, page.language or None, page.language in known)


def plain(text: str) -> str:
    """Return text as character error rates compare it: no white space, no rules to write on, one quote and dash."""
    text = RULES.sub("", text)
    return "".join(HAN_GAP.sub("", text.translate(_MARKS)).split())


def score_documents(index: Index) -> Board:
    """Count what documents say of themselves: kind, number, date, place, stage, languages, agreement."""
    board = Board("documents")
    names = ("kind", "number", "date", "place", "stage", "languages", "agreement")
    for name in names:
        for split in (BORN, SCAN):
            board.add(name, split)
    known: set[str] = set()
    for digest, paper in index.unique_papers():
        if paper.kind is None or paper.medium == "archive":
            continue
        records = index.documents.get(digest or "", [])
        known.add(digest or "")
        split = index.split(digest)
        board.add("documents", split, truth=1, found=len(records), right=bool(records))
        if not records:
            board.miss(1, "document", paper.path, 0, paper.kind, None)
        _document(board, index, paper, records[0] if records else None, split)
        for extra in records[1:]:
            board.miss(1, "document twice", paper.path, 0, None, extra.kind.value)
    for digest, records in index.documents.items():
        if digest not in known and (digest not in index.papers or index.papers[digest].medium != "archive"):
            for record in records:
                board.add("documents", index.split(digest), found=1)
                board.miss(1, "document of no paper", index.path(digest), 0, None, record.kind.value)
    return board


def _document(board: Board, index: Index, paper: Paper, record: Document | None, split: str) -> None:
    path = paper.path
    scan = split == "scan"
    board.judge("kind", split, path, paper.kind, record.kind.value if record else None)
    number = record.number.value if record and record.number else None
    fits = number is not None and paper.number is not None and key(number, scan=scan) == key(paper.number, scan=scan)
    board.judge("number", split, path, paper.number, number, fits)
    board.judge("date", split, path, day(paper.date), one_day(record.date) if record else None)
    places = (paper.place,) if isinstance(paper.place, str) else tuple((paper.place or {}).values())
    place = record.place.value if record and record.place else None
    right = place is not None and similar_to_any(place, places, scan=scan)
    board.judge("place", split, path, places or None, place, right)
    board.judge("stage", split, path, paper.stage, record.stage if record else None)
    languages = " ".join(sorted(paper.languages)) or None
    board.judge("languages", split, path, languages, " ".join(sorted(record.languages)) or None if record else None)
    deal = index.deals.get(paper.agreement or "")
    named = record.agreement_number.value if record and record.agreement_number else None
    fits = named is not None and deal is not None and key(named, scan=scan) == key(deal.number, scan=scan)
    board.judge("agreement", split, path, deal.number if deal else None, named, fits)
