"""Who prints a report, or writes a letter or mail: the first link of every chain.

Limits: the outlet is read from the report's own head and foot (masthead, agency line, copyright); without one the chain begins with
the first speaker that is named.
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
    r"^\s*(?:Источник|Издание|Газета|Агентство|Джерело|Видання|Source|Published (?:by|in)|Outlet|Publication|来源|媒体|报社|出处)\s*[:：]\s*(?P<name>[^\n|·•]{2,60})",
    re.IGNORECASE,
)
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
    for index, row in enumerate(zone[:8]):
        if head.title is not None and head.title.span is not None and row.begin <= head.title.span.start < row.end:
            continue
        name = _masthead(row, index)
        if name is not None:
            return name
    return None


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


def _masthead(row: View, index: int) -> Speaker | None:
    """Return the outlet when a line of the head is a masthead: short, with an outlet's word or a date beside a name."""
    text = row.text.strip()
    if len(text) > 110 or text.endswith((".", "。", "?", "!")):
        return None
    dates = find_dates(row.text)
    piece = row.text
    start = 0
    if dates:
        left, right = piece[: dates[0].start], piece[dates[-1].end :]
        start, piece = (
            (0, left) if len(left.strip(" ,|·—–•")) >= len(right.strip(" ,|·—–•")) else (dates[-1].end, right)
        )
    parts = [p for p in re.finditer(r"[^|·•—–\t/]+", piece) if len(p.group().strip(" ,.:")) > 1]
    for part in parts:
        word = part.group()
        if persons_in(row.part(start + part.start(), start + part.end())):
            continue
        if cue("speech", "outlet").search(word) and len(word) < 60 and not cue("speech", "byline").match(word.strip()):
            return _named(row, start + part.start(), start + part.end())
    if (
        index <= 2
        and (dates or index == 0)
        and parts
        and len(parts[0].group().strip()) <= 42
        and parts[0].group().strip()[:1].isupper()
    ):
        words = parts[0].group().strip(" ,.:").split()
        if len(words) <= 5 and sum(w[:1].isupper() for w in words) * 2 >= len(words):
            return _named(row, start + parts[0].start(), start + parts[0].end())
    return None


def _named(row: View, start: int, end: int) -> Speaker | None:
    text = row.text
    while start < end and text[start] in ' ,.:\t"«“':
        start += 1
    while end > start and text[end - 1] in ' ,:\t"»”':
        end -= 1
    return Speaker(fold(text[start:end]), "outlet", row.span(start, end)) if end > start else None
