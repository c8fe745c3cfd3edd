"""Who prints a report, or writes a letter or mail: the first link of every chain.

Limits: the outlet is read from the report's own head and foot (masthead, agency line, copyright); without one the
chain begins with the first speaker that is named.
"""

from __future__ import annotations

import re

from assay.extract.heads import Head
from assay.extract.organisations import organisations_in, persons_in
from assay.extract.view import View, fold, lines, read_pages
from assay.extract.vocabulary import cue
from assay.model import DocumentKind, Reading, Speaker
from assay.read.values.dates import find_dates

_LABEL = re.compile(
    r"^\s*(?:Источник|Издание|Газета|Агентство|Джерело|Видання|Source|Published (?:by|in)|Outlet"
    r"|Publication|来源|媒体|报社|出处)\s*[:：]\s*(?P<name>[^\n|·•]{2,60})",
    re.IGNORECASE,
)
_MARKS = " \t,.|·•—–-/()[]"
_OPENED = '«„“"「『'
"""What may open a date that stands behind the name: «05» January."""
_COPYRIGHT = re.compile(r"(?:©|\(c\)|Copyright)\s*(?:\d{4}\s*)?(?P<name>[^\n,.|]{2,60})", re.IGNORECASE)
_DATELINE = re.compile(r"(?P<name>[A-ZА-ЯЁІЇЄ\u4e00-\u9fff][^\n—–()/]{1,40}?)\s*(?:[(]|/|—|–)\s*(?=[A-ZА-ЯЁ])")
_SENDER = re.compile(r"^\s*(?:From|От|От кого|Від|发件人)\s*[:：]\s*\"?(?P<name>[^<\"\n]{2,80})", re.IGNORECASE)


def printer_of(reading: Reading, head: Head) -> Speaker | None:
    """Return the outlet of a report, the sender of a letter or mail, None when the paper does not say."""
    zone = list(head.zone)
    if head.kind is DocumentKind.MAIL:
        for row in zone:
            hit = _SENDER.match(row.text)
            if hit:
                return _made(row, hit, "person")
        return None
    if head.kind is DocumentKind.LETTER:
        for row in zone[:10]:
            names = organisations_in(row)
            if names:
                return Speaker(
                    fold(row.text[names[0].start : names[0].end]), "institution", row.span(names[0].start, names[0].end)
                )
        return None
    last = [row for page in read_pages(reading)[-1:] for row in lines(page)][-4:]
    for row in (*zone[:12], *last):
        for pattern in (_LABEL, _COPYRIGHT):
            hit = pattern.search(row.text)
            if hit:
                return _made(row, hit, "outlet")
    ranked: list[tuple[float, int, Speaker]] = []
    for index, row in enumerate([*zone[:8], *last]):
        found = _masthead(row, _is_title(row, head))
        if found is not None:
            ranked.append((found[0], -index, found[1]))
    top = max(ranked, key=lambda r: r[:2]) if ranked else None
    return top[2] if top is not None and top[0] >= 2.0 else None


def _is_title(row: View, head: Head) -> bool:
    return head.title is not None and fold(row.text) == head.title.value


def _made(row: View, hit: re.Match[str], kind: str) -> Speaker | None:
    start, end = hit.span("name")
    name = row.text[start:end]
    cut = re.search(r"\s*(?:[|·•/]|,\s*\d|\s\d{1,2}[.\s]|—|–|\s{2,}|\t)", name)
    end = start + cut.start() if cut and cut.start() > 1 else end
    return (
        Speaker(fold(row.text[start:end]).strip("\"' ."), kind, row.span(start, end))
        if row.text[start:end].strip()
        else None
    )


def _masthead(row: View, title: bool) -> tuple[float, Speaker] | None:
    """Return how much a short line looks like a masthead (a date beside it, an outlet's word), and its name."""
    text = row.text.strip()
    dates = find_dates(row.text)
    bare = row.text
    start = 0
    if dates:
        left, right = bare[: dates[0].start], bare[dates[-1].end :]
        start, bare = (0, left) if len(left.strip(_MARKS)) >= len(right.strip(_MARKS)) else (dates[-1].end, right)
    name = bare.strip(_MARKS)
    if dates and not start:
        name = name.rstrip(_OPENED + _MARKS)
    if title or not 2 <= len(name) <= 60 or re.search(r"[\d:;?!№#@]|https?", name) or text.endswith(("?", "!", "。")):
        return None
    if not dates and text.endswith("."):
        return None
    if persons_in(row) or cue("speech", "byline").match(name):
        return None
    han = re.search("[\u4e00-\u9fff]", name) is not None
    words = name.split()
    if (han and len(name) > 14) or len(words) > 6 or not (han or name[:1].isupper()):
        return None
    score = 2.0 if dates else 0.0
    score += 2.0 if cue("speech", "outlet").search(name) else 0.0
    score += 1.5 if (han and len(name) <= 8) or (not han and len(words) <= 4) else 0.0
    score += 0.6 if not re.search(r"[«»\"“”,]", name) else -1.0
    begin = start + bare.index(name)
    made = _named(row, begin, begin + len(name))
    return (score, made) if made is not None else None


def _named(row: View, start: int, end: int) -> Speaker | None:
    text = row.text
    while start < end and text[start] in ' ,.:\t"«“':
        start += 1
    while end > start and text[end - 1] in ' ,:\t"»”':
        end -= 1
    return Speaker(fold(text[start:end]), "outlet", row.span(start, end)) if end > start else None
