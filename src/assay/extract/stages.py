"""Draft, final or unclear: what a document shows of its own stage, with the places that show it.

Purpose: a mark of a draft (ПРОЕКТ, DRAFT, 草案, tracked changes) says draft; signatures, a seal or a filled signature line
say final; a signature block whose lines are blank, and a document without any, stay unclear.
Limits: a drawn signature is not seen here, only what its text and the reader's notes tell. Never a word on authenticity.
"""

from __future__ import annotations

import re

from assay.extract.heads import Head
from assay.extract.view import View, lines, read_pages
from assay.extract.vocabulary import cue
from assay.model import DocumentKind, Reading, Span, whole

_BLANK = re.compile(r"_{4,}|\.{8,}|…{3,}|(?:_ ){4,}")
_NOTE = re.compile(r"tracked|insertion|deletion|comment|правк|исправлен", re.IGNORECASE)
_FILLED = re.compile(
    r"/s/|\((?:подписано|підписано|signed|已签字|已签署|подпись имеется)\)|(?<!\w)(?:подписано|підписано|signed)\s*[:：]?\s*(?:/|\d|[A-ZА-Я])|已签(?:字|署|章)|(?:签字|签名)[:：]\s*[\u4e00-\u9fff]{2,3}(?:\s|$)",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"/\s*[A-ZА-ЯІЇЄ][^/\n]{3,40}/")


def stage_of(reading: Reading, head: Head) -> tuple[str, tuple[Span, ...]]:
    """Return draft, final or unclear, and the spans that say so."""
    pages = read_pages(reading)
    drafts: list[Span] = []
    for page in pages:
        rows = lines(page)
        for index, row in enumerate(rows):
            if _draft_mark(row, index, len(rows)):
                drafts.append(row.whole().span)  # type: ignore[arg-type]
        if any(_NOTE.search(note) for note in page.notes):
            drafts.append(whole(reading.exhibit.digest, page.number))
    if drafts:
        return "draft", tuple(dict.fromkeys(drafts))
    if head.kind in (DocumentKind.PRESS, DocumentKind.SPREADSHEET, DocumentKind.MAIL):
        return "unclear", ()
    filled: list[Span] = []
    blank: list[Span] = []
    for page in pages:
        for row in lines(page):
            hit = _FILLED.search(row.text)
            if hit and hit.group().strip():
                filled.append(row.span(*hit.span()))
                continue
            gap = _BLANK.search(row.text)
            if gap:
                blank.append(row.span(*gap.span()))
    if filled:
        return "final", tuple(dict.fromkeys(filled))
    return "unclear", tuple(dict.fromkeys(blank))


def _draft_mark(row: View, index: int, count: int) -> bool:
    """Tell whether a line is a draft's mark: short, and the mark is (nearly) all of it."""
    text = row.text.strip()
    if len(text) > 90:
        return False
    hit = cue("head", "draft").search(text)
    if hit is None:
        return False
    word = hit.group()
    alone = len(text) <= len(word) + 12
    loud = word.isupper() and (index < 8 or index >= count - 4)
    han = bool(re.search("[\u4e00-\u9fff]", word)) and (
        len(text) <= 24 or re.search(rf"[(（\[【]{re.escape(word)}", text) is not None
    )
    bracket = re.search(rf"[(\[]\s*{re.escape(word)}", text) is not None and len(text) <= 60
    return alone or loud or han or bracket
