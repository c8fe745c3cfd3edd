"""Draft, final or unclear: what a document shows of its own stage, with the places that show it.

Purpose: a mark of a draft (ПРОЕКТ, DRAFT, 草案, tracked changes) says draft, and so do signature lines that stand blank
together with blank dates of signing; a mark of a signature, or a date of signing that is filled in, says final; all
else stays unclear.
Limits: a drawn signature is not seen here, only what the text and the reader's notes tell. Never a word on
authenticity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assay.extract.heads import Head
from assay.extract.organisations import person_at
from assay.extract.titles import draft_stamp
from assay.extract.view import View, lines, read_pages
from assay.extract.vocabulary import cue
from assay.model import DocumentKind, Reading, Span, whole
from assay.read.values.dates import find_dates

HEAD = 8
"""How many lines of a page a stamp over its head may touch."""
_BLANK = re.compile(r"_{4,}|\.{8,}|…{3,}|(?:_ ){4,}")
_NOTE = re.compile(r"tracked|insertion|deletion|правк|исправлен", re.IGNORECASE)
_UNSIGNED_KINDS = (DocumentKind.PRESS, DocumentKind.SPREADSHEET, DocumentKind.MAIL)


def stage_of(reading: Reading, head: Head) -> tuple[str, tuple[Span, ...]]:
    """Return draft, final or unclear, and the spans that say so."""
    drafts: list[Span] = []
    signed: list[Span] = []
    blank: list[Span] = []
    undated: list[Span] = []
    for page in read_pages(reading):
        rows = lines(page)
        if any(_NOTE.search(note) for note in page.notes):
            drafts.append(whole(reading.exhibit.digest, page.number))
        for index, row in enumerate(rows):
            if _draft_mark(row, index, len(rows)):
                drafts.append(row.span(0, len(row.text)))
                continue
            stamp = draft_stamp(row) if index < HEAD else None
            if stamp is not None:
                drafts.append(row.span(*stamp))
                continue
            mark = _signed(row, rows[index + 1 : index + 3])
            if mark is not None:
                signed.append(row.span(*mark))
                continue
            gap = _BLANK.search(row.text)
            if gap is not None:
                dated = cue("head", "signing_date").search(row.text[: gap.start()])
                alone = not row.text.replace(gap.group(), "").strip(" _/|")
                (undated if dated or alone else blank).append(row.span(*gap.span()))
    if drafts:
        return "draft", tuple(dict.fromkeys(drafts))
    if head.kind in _UNSIGNED_KINDS:
        return "unclear", ()
    if signed:
        return "final", tuple(dict.fromkeys(signed))
    if blank and undated:
        return "draft", tuple(dict.fromkeys([*blank, *undated]))
    if head.kind is DocumentKind.OTHER:
        done = _executed(reading)
        if done:
            return "final", done
    return "unclear", tuple(dict.fromkeys([*blank, *undated]))


def _draft_mark(row: View, index: int, count: int) -> bool:
    """Tell whether a line is a draft's mark: short, and the mark is (nearly) all of it."""
    text = row.text.strip()
    if len(text) > 90:
        return False
    hit = cue("head", "draft").search(text)
    if hit is None:
        return False
    word = hit.group()
    if re.search("[\u4e00-\u9fff]", word):
        starts = hit.start() <= 1 and len(text) <= 20 and not text.endswith("。")
        return starts or (len(text) <= 40 and re.search(rf"[(（\[【]\s*{re.escape(word)}", text) is not None)
    alone = len(text) <= len(word) + 12 and hit.start() <= 2
    loud = word.isupper() and (index < 8 or index >= count - 4)
    opening = (
        hit.start() <= 2
        and word[:1].isupper()
        and index < 5
        and len(text) <= 50
        and not re.match(r"\s+\w+\s+\w+\s+\w+\s+\w+", text[hit.end() :])
    )
    bracket = re.search(rf"[(\[]\s*{re.escape(word)}", text) is not None and len(text) <= 60
    return alone or loud or opening or bracket


def _signed(row: View, following: Sequence[View]) -> tuple[int, int] | None:
    """Return where a line shows that it was signed: a mark of signing with a name, or a filled-in date of signing."""
    text = row.text
    if len(text) > 140:
        return None
    for hit in cue("head", "signing_date").finditer(text):
        dates = [d for d in find_dates(text) if 0 <= d.start - hit.end() <= 6]
        if dates and (hit.start() <= 2 or _BLANK.search(text)):
            return hit.start(), dates[0].end
    if re.match(r"\s*(?:\d+\.\d|第.{1,4}条)", text):
        return None
    strong = cue("head", "signed_strong").search(text)
    if (
        strong
        and not re.match(r"\s*(?:on|at|in|于)?\s*[:：]?\s*_{3,}", text[strong.end() :])
        and _beside(text, strong.span())
    ):
        return strong.span()
    weak = cue("head", "signed_weak").search(text)
    if weak is None or not _beside(text, weak.span()):
        return None
    if not _BLANK.search(text) and person_at(row, weak.end()) is None:
        return None
    near = [text, *(f.text for f in following if len(f.text) < 60)]
    dated = any(find_dates(t) for t in near)
    return weak.span() if dated or not _BLANK.search(text) else None


def _beside(text: str, span: tuple[int, int]) -> bool:
    """Tell whether a name (two letters or more, not a sentence) stands beside a mark."""
    rest = re.sub(r"[_\W\d]+", " ", text[: span[0]] + " " + text[span[1] :]).strip()
    return 2 <= len(rest) <= 80


def _executed(reading: Reading) -> tuple[Span, ...]:
    """Return where a paper without signatures says that what it orders was done."""
    return tuple(
        row.span(*hit.span())
        for page in read_pages(reading)
        for row in lines(page)
        if (hit := cue("head", "executed").search(row.text)) is not None
    )
