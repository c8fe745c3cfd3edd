"""What a document calls itself: its kind, title, own number, date, place, and the agreement it belongs to.

Purpose: judged from the first lines, where documents of all offices name themselves, and from formulas (salutation,
attribution) where there is no title. Limits: a document that names itself nowhere is `other`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assay.extract.marks import date_of, number_of, place_of
from assay.extract.misreadings import settled
from assay.extract.once import once
from assay.extract.references import TOKEN, Named, clean_number, named_in
from assay.extract.sections import clauses_of
from assay.extract.titles import (
    TITLE_CHARS,
    Title,
    bare_title,
    mended,
    own_title,
    special_title,
    title_above_preamble,
    titles_in,
    twin_at,
    under_head,
)
from assay.extract.view import HAN, View, fold, lines, read_pages
from assay.extract.vocabulary import cue
from assay.model import DateRange, DocumentKind, Page, Reading, Text
from assay.read.values.dates import find_dates

ZONE = 45
"""How many lines of a document's beginning may hold its title."""
_MASTHEAD = 60
"""How long the line may be in which a paper states its own name and the day."""
_OWN_NAME = (DocumentKind.CONTRACT, DocumentKind.LICENCE)


@dataclass(frozen=True, slots=True)
class Head:
    """A document's own name. `strength` says how plainly the kind was stated; `zone` are its first lines."""

    kind: DocumentKind
    strength: float
    title: Text | None
    number: Text | None
    date: DateRange | None
    place: Text | None
    agreement_number: Text | None
    agreement_date: DateRange | None
    zone: tuple[View, ...]


@once(1)
def head_of(reading: Reading) -> Head:
    """Return what the exhibit calls itself."""
    pages = read_pages(reading)
    zone: list[View] = []
    for page in pages[:3]:
        zone.extend(lines(page))
        if len(zone) >= ZONE:
            break
    zone = zone[:ZONE]
    medium = pages[0].kind if pages else ""
    named = [n for row in zone for n in named_in(row)]
    titles = titles_in(zone)
    best = max(titles, key=lambda t: (t.score, -t.line), default=None)
    kind, strength = (best.kind, best.score) if best else (DocumentKind.OTHER, 0.0)
    letter = _letter_like(zone, pages[-1].text if pages else "")
    if medium == "mail":
        kind, strength, best = DocumentKind.MAIL, 9.0, None
    elif medium == "sheet":
        kind, strength = DocumentKind.SPREADSHEET, 9.0
    elif letter:
        kind, strength, best = DocumentKind.LETTER, 5.0, None
    elif (strength < 4.5 or (best is not None and bare_title(best, zone, named))) and press_like(reading):
        kind, strength, best = DocumentKind.PRESS, 4.0, None
    elif strength < 3.0:
        best = title_above_preamble(titles, zone)
        kind = best.kind if best is not None else DocumentKind.OTHER
    elif best is not None:
        best = own_title(titles, best, zone, named)
        kind = special_title(titles, best, zone).kind
    number = number_of(kind, best, zone, named, titles)
    contract = _agreement(kind, number, named, zone)
    date = date_of(kind, best, zone, contract)
    title = _title_text(best, zone, titles, kind, named)
    if title is not None and best is not None and zone[best.line].page.how == "ocr":
        title = mended(title)
    if kind in (DocumentKind.MAIL, DocumentKind.LETTER, DocumentKind.PRESS):
        title = _headline(kind, zone)
    agreement_number, agreement_date = (contract.number, contract.date) if contract else (None, None)
    if kind in _OWN_NAME and number is not None:
        agreement_number, agreement_date = number, date
    if any(page.how == "ocr" for page in pages):
        every = [n.number for row in clauses_of(reading) for n in named_in(row.view) if n.kind in _OWN_NAME]
        agreement_number = _settled(agreement_number, every, pages)
        if kind in _OWN_NAME:
            number = agreement_number if number is not None else None
    return Head(
        kind, strength, title, number, date, place_of(kind, best, zone), agreement_number, agreement_date, tuple(zone)
    )


def _settled(number: Text | None, every: list[Text], pages: tuple[Page, ...]) -> Text | None:
    where = number.span.page if number is not None and number.span is not None else 0
    return settled(number, every, any(p.number == where and p.how == "ocr" for p in pages))


def _letter_like(zone: list[View], last: str) -> bool:
    greeting = any(cue("head", "salutation").match(r.text.lstrip()) and len(r.text) < 120 for r in zone)
    text = "\n".join(r.text for r in zone)
    closing = bool(cue("head", "closing").search(last) or cue("head", "closing").search(text))
    outgoing = bool(
        re.search(
            r"(?:исх|вих)\.?\s*(?:№|N)|our ref|发文字号|文号"
            r"|函\s*[〔\[(]\d{4}|(?m:^(?:第\s*\S{3,20}号|№\s*\S{3,20}\s+(?:от|від)))",
            text,
            re.IGNORECASE,
        )
    )
    about = any(
        cue("head", "about").match(r.text.lstrip())
        and re.match(r".{2,24}?[:：]|关于|О |Об |Про |Щодо |Касательно ", r.text.lstrip())
        for r in zone
    )
    addressed = bool(re.search(r"(?m)^(?:尊敬的|致[:：])", text))
    return (closing and (greeting or outgoing or about or addressed)) or (greeting and outgoing)


def press_like(reading: Reading) -> bool:
    """Tell whether the text reads like a report: attributions, a masthead with its day, and no contract's formulas."""
    text = "\n".join(p.text for p in read_pages(reading))[:20000]
    han = len(re.findall(f"[{HAN}]", text))
    size = len(text) + 2 * han
    if cue("roles", "define").search(text) or size < 160 or any(t.rows >= 3 and t.columns >= 4 for t in reading.tables):
        return False
    told = sum(
        1 for key in ("verb", "according", "declined", "silent", "stated_in") for _ in cue("speech", key).finditer(text)
    )
    rows = [row.strip() for row in text.split("\n") if row.strip()]
    printed = any(
        len(row) <= _MASTHEAD and cue("speech", "outlet").search(row) and find_dates(row)
        for row in (*rows[:6], *rows[-3:])
    )
    numbered = len(re.findall(r"(?m)^\s*\d+\.\d+", text))
    blanks = len(re.findall(r"_{4,}", text))
    return told + printed >= 2 and numbered < 3 and blanks < 2 and told + printed >= size / 2500


def _agreement(kind: DocumentKind, number: Text | None, named: list[Named], zone: list[View]) -> Named | None:
    contracts = [n for n in named if n.kind in _OWN_NAME]
    if not contracts:
        label = re.compile(
            r"(?:合同|协议)(?:编)?号(?:码)?\s*[:]\s*|(?:контракт|договор|договір|contract|agreement)\w*\s*[:]\s*(?:№)?",
            re.IGNORECASE,
        )
        for row in zone:
            hit = label.search(row.text)
            token = re.match(rf"\s*(?P<number>{TOKEN})", row.text[hit.end() :]) if hit else None
            if hit and token:
                found = clean_number(row, hit.end() + token.start("number"), hit.end() + token.end("number"))
                if found is not None:
                    return Named(DocumentKind.CONTRACT, found, None, row, hit.start(), hit.end() + token.end("number"))
        return None
    counts: dict[str, int] = {}
    for one in contracts:
        counts[one.number.value] = counts.get(one.number.value, 0) + 1
    other = [n for n in contracts if number is None or n.number.span != number.span] or contracts
    plain = [n for n in other if n.kind is DocumentKind.CONTRACT] or other
    first = plain[0]
    dated = next((n for n in plain if n.number.value == first.number.value and n.date is not None), first)
    return replace(first, date=dated.date)


def _title_text(
    best: Title | None, zone: list[View], titles: list[Title], kind: DocumentKind, named: list[Named]
) -> Text | None:
    if best is None:
        return None
    chosen = next((t for t in titles if t.kind is kind and abs(t.line - best.line) <= 8), best)
    chosen = under_head(titles, chosen, zone, named)
    row = zone[chosen.line]
    text = row.text
    begin = chosen.begin
    stroke = twin_at(text, begin)
    if stroke is not None and chosen.end <= stroke:
        return row.written(begin, stroke)
    end = len(text.rstrip(" /|")) or len(text)
    return row.written(begin, end) if end - begin <= 300 else row.written(begin, begin + TITLE_CHARS)


def _headline(kind: DocumentKind, zone: list[View]) -> Text | None:
    about = cue("head", "about")
    for row in zone:
        hit = about.match(row.text.lstrip())
        if hit is None:
            continue
        offset = len(row.text) - len(row.text.lstrip()) + hit.end()
        colon = re.match(r"\s*[:]\s*", row.text[offset:])
        if colon and row.text[offset + colon.end() :].strip():
            return row.written(offset + colon.end(), len(row.text))
    if kind is DocumentKind.LETTER:
        for row in zone:
            if (
                re.match(r"\s*(?:О|Об|Про|Щодо|Касательно|关于)(?:\s|[\u4e00-\u9fff])", row.text)
                and len(row.text) < 200
            ):
                return row.written(0, len(row.text))
        return None
    if kind is DocumentKind.PRESS:
        for row in zone[:12]:
            text = fold(row.text)
            if 20 <= len(text) <= 220 and not find_dates(row.text) and not text.endswith((".", "。")):
                return row.written(0, len(row.text))
            if (
                re.search(f"[{HAN}]", text)
                and 8 <= len(text) <= 60
                and not text.endswith("。")
                and not find_dates(row.text)
            ):
                return row.written(0, len(row.text))
    return None
