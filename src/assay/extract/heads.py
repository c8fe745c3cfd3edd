"""What a document calls itself: its kind, title, own number, date, place, and the agreement it belongs to.

Purpose: judged from the first lines, where documents of all offices name themselves, and from formulas (salutation,
attribution) where there is no title. Limits: a document that names itself nowhere is `other`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assay.extract.marks import date_of, number_of, place_of
from assay.extract.references import TOKEN, Named, clean_number, named_in
from assay.extract.titles import TITLE_CHARS, Title, bare_title, own_title, script, special_title, titles_in, under_head
from assay.extract.view import HAN, View, fold, lines, read_pages
from assay.extract.vocabulary import cue
from assay.model import DateRange, DocumentKind, Reading, Text
from assay.read.values.dates import find_dates

ZONE = 45
"""How many lines of a document's beginning may hold its title."""
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
        kind, best = DocumentKind.OTHER, None
    elif best is not None:
        best = own_title(titles, best, zone, named)
        kind = special_title(titles, best, zone).kind
    number = number_of(kind, best, zone, named, titles)
    contract = _agreement(kind, number, named, zone)
    date = date_of(kind, best, zone, contract)
    title = _title_text(best, zone, titles, kind, named)
    if kind in (DocumentKind.MAIL, DocumentKind.LETTER, DocumentKind.PRESS):
        title = _headline(kind, zone)
    agreement_number, agreement_date = (contract.number, contract.date) if contract else (None, None)
    if kind in _OWN_NAME and number is not None:
        agreement_number, agreement_date = number, date
    return Head(
        kind, strength, title, number, date, place_of(kind, best, zone), agreement_number, agreement_date, tuple(zone)
    )


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
    """Tell whether the text reads like a report: attributions, and none of a contract's formulas."""
    text = "\n".join(p.text for p in read_pages(reading))[:20000]
    han = len(re.findall(f"[{HAN}]", text))
    size = len(text) + 2 * han
    if cue("roles", "define").search(text) or size < 160 or any(t.rows >= 3 and t.columns >= 4 for t in reading.tables):
        return False
    told = sum(
        1 for key in ("verb", "according", "declined", "silent", "stated_in") for _ in cue("speech", key).finditer(text)
    )
    numbered = len(re.findall(r"(?m)^\s*\d+\.\d+", text))
    blanks = len(re.findall(r"_{4,}", text))
    return told >= 2 and numbered < 3 and blanks < 2 and told >= size / 2500


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
    first = _latin_twin(plain)
    dated = next((n for n in plain if n.number.value == first.number.value and n.date is not None), first)
    return replace(first, date=dated.date)


_ALIKE_ONLY = re.compile(r"[\dАВЕКМНОРСТУХІЗЅавекмнорстухі\s/\-–—._№]+")


def _latin_twin(named: list[Named]) -> Named:
    """Return the first contract named; where recognition has put Cyrillic letters for Latin, its other reading.

    A scan in two languages names its contract twice. A reading in nothing but Cyrillic letters that look Latin, beside
    one of the same length in Latin letters, is the worse of the two.
    """
    first = named[0]
    value = first.number.value
    if first.view.page.how != "ocr" or not re.search("[\u0400-\u04ff]", value) or not _ALIKE_ONLY.fullmatch(value):
        return first
    for other in named[1:]:
        twin = other.number.value
        same = sum(a == b for a, b in zip(value, twin, strict=False))
        if len(twin) == len(value) and same >= len(value) - 4 and re.search("[A-Z]", twin) and twin.isascii():
            return other
    return first


def _title_text(
    best: Title | None, zone: list[View], titles: list[Title], kind: DocumentKind, named: list[Named]
) -> Text | None:
    if best is None:
        return None
    chosen = next((t for t in titles if t.kind is kind and abs(t.line - best.line) <= 8), best)
    chosen = under_head(titles, chosen, zone, named)
    row = zone[chosen.line]
    text = row.text
    stroke = re.search(r"\s/\s", text)
    if stroke and chosen.end <= stroke.start() and script(text[: stroke.start()]) != script(text[stroke.end() :]):
        return row.written(0, stroke.start())
    text = text.rstrip(" /|") or text
    return row.written(0, len(text)) if len(text) <= 300 else row.written(0, TITLE_CHARS)


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
