"""A document's own number, date and place, apart from those of the documents that it names.

Limits: an annex that states no date of its own gets its agreement's, and says so; a date in a table's row is never
the document's.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assay.extract.references import SIGN, TOKEN, Named, clean_number, named_in
from assay.extract.titles import Title, closed
from assay.extract.view import HAN, View
from assay.extract.vocabulary import cue
from assay.model import DateRange, DocumentKind, Text
from assay.read.values.dates import find_dates

ANNEXED = (
    DocumentKind.ANNEX, DocumentKind.PAYMENT_SCHEDULE, DocumentKind.DELIVERY_SCHEDULE, DocumentKind.TRAINING_PROGRAMME,
)  # fmt: skip
"""Kinds that usually are annexes: their number is the annex's."""
_OWN_NAME = (DocumentKind.CONTRACT, DocumentKind.LICENCE)
_CONCLUDED = (*_OWN_NAME, DocumentKind.AMENDMENT)
_NUMBER = rf"{SIGN}\s*[:]?\s*(?P<number>{TOKEN}|\d+)"
_AFTER = re.compile(rf"\s*[\"»]?\s*{_NUMBER}", re.IGNORECASE)
_ANNEX_AFTER = re.compile(
    r"\s*(?P<number>\d{1,3}(?:[.\-/]\d+)?|[IVX]{1,4}|[A-ZА-Е]|[一二三四五六七八九十]{1,3})(?![\w%])"
)
_STOP = re.compile(r"(?<!\w)(?:к|ко|до|to|under|по|от|від|dated|of|附于|根据|依据)(?!\w)|(?:附于|根据|依据)")
_STAGE = re.compile(r"\s*(?:第?\s*[\d一二三]+\s*稿|редакци|version|稿)", re.IGNORECASE)


def number_of(
    kind: DocumentKind, best: Title | None, zone: list[View], named: list[Named], titles: list[Title]
) -> Text | None:
    """Return the document's own number."""
    if kind in (DocumentKind.MAIL, DocumentKind.PRESS):
        return None
    if kind is DocumentKind.LETTER:
        return _letter_number(zone)
    if kind is DocumentKind.OTHER:
        return _plain_number(zone[:5])
    if best is None:
        return _labelled(zone)
    own = [t for t in titles if t.kind is kind and abs(t.line - best.line) <= 8]
    chosen = max(own, key=lambda t: (t.score, -t.line)) if own else best
    if kind in ANNEXED:
        annex = [n for n in named if n.kind is DocumentKind.ANNEX and _line_of(n, zone) <= chosen.line + 2]
        if annex:
            return annex[0].number
    for title in (chosen, *(t for t in own if t is not chosen)):
        number = _after(closed(zone[title.line]), title.end, title.kind)
        if number is not None:
            return number
        number = next(
            (n.number for n in named_in(closed(zone[title.line])) if n.kind is kind and n.start <= title.start), None
        )
        if number is not None:
            return number
    for near in (*zone[chosen.line + 1 : chosen.line + 3], *zone[max(0, chosen.line - 1) : chosen.line]):
        hit = re.match(rf"\s*[(]?\s*{_NUMBER}", near.text, re.IGNORECASE)
        if hit:
            return clean_number(near, *hit.span("number"))
    labelled = _labelled(zone)
    if labelled is not None and kind in _OWN_NAME:
        return labelled
    if kind in _OWN_NAME:
        first = [n for n in named if n.kind in _OWN_NAME]
        return first[0].number if first else None
    return labelled if labelled is not None and all(n.number.span != labelled.span for n in named) else None


def _line_of(one: Named, zone: list[View]) -> int:
    return next((i for i, row in enumerate(zone) if row is one.view), len(zone))


def _after(row: View, end: int, kind: DocumentKind) -> Text | None:
    text = row.text
    hit = _AFTER.match(text, end)
    if hit is None and kind in (DocumentKind.ANNEX, DocumentKind.AMENDMENT):
        hit = _ANNEX_AFTER.match(text, end)
    if hit is None:
        stop = _STOP.search(text, end)
        limit = stop.start() if stop else min(len(text), end + 110)
        hit = next((h for h in re.finditer(_NUMBER, text[:limit], re.IGNORECASE) if h.start() >= end - 1), None)
    if hit is None or _STAGE.match(text, hit.end("number")):
        return None
    return clean_number(row, *hit.span("number"))


def _labelled(zone: list[View]) -> Text | None:
    label = cue("head", "number")
    for row in zone:
        lead = len(row.text) - len(row.text.lstrip("([ "))
        hit = label.match(row.text, lead)
        if hit is None:
            continue
        number = re.match(
            rf"\s*[:.]?\s*(?:{SIGN})?\s*[:]?\s*(?P<number>{TOKEN}|\d+)", row.text[hit.end() :], re.IGNORECASE
        )
        if number is not None:
            return clean_number(row, hit.end() + number.start("number"), hit.end() + number.end("number"))
    return None


def _letter_number(zone: list[View]) -> Text | None:
    """Return the number in the lines above the greeting that is not a contract's."""
    label = cue("head", "number").pattern
    pattern = re.compile(
        rf"(?:(?:{label})\s*[:.]?\s*(?:{SIGN})?|{SIGN})\s*[:]?\s*(?P<number>{TOKEN}|\d+)", re.IGNORECASE
    )
    for row in zone[:16]:
        if cue("head", "salutation").match(row.text.lstrip()):
            return None
        taken = [n.number.span for n in named_in(row) if n.kind is not DocumentKind.LETTER]
        for hit in pattern.finditer(row.text):
            number = clean_number(row, *hit.span("number"))
            if number is not None and number.span not in taken:
                return number
        hit_ = re.search(rf"(?P<number>[{HAN}]{{1,10}}[〔\[(]\d{{4}}[〕\])]\s*(?:第\s*)?\d+)\s*号", row.text)
        if hit_:
            return clean_number(row, *hit_.span("number"))
    return None


def _plain_number(zone: list[View]) -> Text | None:
    for row in zone:
        taken = [n.number.span for n in named_in(row)]
        for hit in re.finditer(_NUMBER, row.text, re.IGNORECASE):
            number = clean_number(row, *hit.span("number"))
            if number is not None and number.span not in taken and len(row.text) < 140:
                return number
    return None


def date_of(kind: DocumentKind, best: Title | None, zone: list[View], contract: Named | None) -> DateRange | None:
    """Return the document's own date."""
    taken: set[int] = set()
    for index, row in enumerate(zone):
        for one in named_in(row):
            titled = kind in _OWN_NAME or kind is one.kind is DocumentKind.INVOICE
            own = titled and best is not None and index == best.line
            if one.date is not None and one.date.span is not None and not own:
                taken.add(one.date.span.start)
    greeting = next((i for i, r in enumerate(zone) if cue("head", "salutation").match(r.text.lstrip())), len(zone))
    ranked: list[tuple[float, int, DateRange]] = []
    for index, row in enumerate(zone):
        if row.kind == "table" and "\t" in row.text:
            continue
        for found in find_dates(row.text):
            value = row.attach(found)
            if value.earliest is None or value.latest is None or value.span is None or value.span.start in taken:
                continue
            if (value.latest - value.earliest).days > 31:
                continue
            score = _date_score(row, found.start, found.end, index, kind in _CONCLUDED)
            if best is not None and 0 <= index - best.line <= 5:
                score += 1.0
            if kind is DocumentKind.LETTER and index < greeting:
                score += 2.0
            if kind is DocumentKind.INVOICE:
                score += _billed(row, found.start, best is not None and index == best.line)
            if value.earliest != value.latest:
                score -= 1.5
            ranked.append((score, -len(ranked), value))
    top = max(ranked, key=lambda r: r[:2]) if ranked else None
    if top is not None and top[0] > (0.5 if kind in (DocumentKind.OTHER, DocumentKind.ACCEPTANCE_ACT) else 2.0):
        return top[2]
    if kind in ANNEXED and contract is not None and contract.date is not None:
        return replace(contract.date, uncertain="the agreement's date: the annex states none")
    return None


def _billed(row: View, start: int, titled: bool) -> float:
    """Return how much a date is the invoice's own: behind its title and number, and not of an order or a delivery."""
    before = row.text[:start]
    if cue("head", "other_date").search(before[-40:]):
        return -3.0
    return 3.0 if titled else 0.0


def _date_score(row: View, start: int, end: int, index: int, concluded: bool) -> float:
    rest = row.text[:start] + " " + row.text[end:]
    score = 4.0 - 0.05 * index
    if concluded and cue("head", "made").search(row.text[max(0, start - 70) : start]):
        score += 3.5
    if cue("head", "date").match(row.text.lstrip()) or cue("head", "date").search(row.text[:start][-24:]):
        score += 2.0
    if len(rest.strip()) <= 40:
        score += 1.5
    elif len(rest) > 160:
        score -= 3.0
    return score


def place_of(kind: DocumentKind, best: Title | None, zone: list[View]) -> Text | None:
    """Return the place of signing, its value without "г." or "city of"."""
    if kind in (
        DocumentKind.MAIL,
        DocumentKind.SPREADSHEET,
        DocumentKind.PRESS,
        DocumentKind.LETTER,
        DocumentKind.OTHER,
    ):
        return None
    for row in zone:
        lead = len(row.text) - len(row.text.lstrip())
        hit = cue("head", "place").match(row.text, lead)
        gap = re.match(r"\s*[:\t]\s*|\s+(?=[A-ZА-ЯЁІЇЄ])", row.text[hit.end() :]) if hit else None
        if hit and gap:
            start = hit.end() + gap.end()
            stop = re.search(r"\t|\s{2,}|[;,，]|(?<=[^\W\d_])\s+(?:[Дд]ата|Date|日期)", row.text[start:])
            end = start + stop.start() if stop else len(row.text)
            dates = [f.start for f in find_dates(row.text) if f.start >= start]
            end = min([end, *dates])
            if 1 < end - start <= 70:
                return _town(row, start, end)
    first = best.line if best is not None else 0
    near = zone[max(0, first - 2) : first + 9]
    for row in sorted(near, key=lambda r: _MARKED_TOWN.match(r.text) is None):
        if len(row.text) > 110:
            continue
        town = _MARKED_TOWN.match(row.text)
        founds = find_dates(row.text)
        if not town and len(founds) != 1 and not (len(row.text) <= 40 and _beside_date(row, zone)):
            continue
        parts = [(0, founds[0].start), (founds[0].end, len(row.text))] if founds else [(0, len(row.text))]
        start, end = max(parts, key=lambda p: len(row.text[p[0] : p[1]].strip(" \t,.;:_|")))
        while start < end and row.text[start] in " \t,.;:_|\"'":
            start += 1
        while end > start and row.text[end - 1] in " \t,;:_|\"'(":
            end -= 1
        if _place_like(row.text[start:end]):
            return _town(row, start, end)
    return None


def _beside_date(row: View, zone: list[View]) -> bool:
    """Tell whether the line above or below is a date and nothing else."""
    at = next(i for i, r in enumerate(zone) if r is row)
    for near in (*zone[at + 1 : at + 3], *zone[max(0, at - 1) : at]):
        founds = find_dates(near.text)
        if len(founds) == 1 and len(near.text) - (founds[0].end - founds[0].start) <= 4:
            return True
    return False


_MARKED_TOWN = re.compile(r"\s*(?:г\.|гор\.|м\.|город|місто)\s*[А-ЯЁІЇЄҐ]")
_TOWN = re.compile(r"^(?:г\.|гор\.|м\.|город|місто|city of|the city of|place\s*:|于)\s*", re.IGNORECASE)


def _town(row: View, start: int, end: int) -> Text | None:
    piece = row.text[start:end].strip(" \t,.;:_|\"'")
    if not piece:
        return None
    made = row.written(start, end)
    return replace(made, value=_TOWN.sub("", made.value).strip(' ,.;:"'))


def _place_like(piece: str) -> bool:
    if not 2 <= len(piece) <= 50 or re.search(r"\d|[№:@]", piece):
        return False
    if any(cue("kinds", name).search(piece) for name in ("contract", "annex", "letter", "minutes")):
        return False
    if cue("head", "date").search(piece) or cue("head", "draft").search(piece) or cue("head", "number").match(piece):
        return False
    if re.search(f"[{HAN}]", piece):
        piece = piece.removeprefix("于")
        return len(piece) <= 12 and not re.search("[的在由于与]", piece)
    bare = _TOWN.sub("", piece)
    return bare[:1].isupper() and len(bare.split()) <= 4 and not re.fullmatch(r"(?:от|dated|date)", bare, re.IGNORECASE)
