"""What a document calls itself: its kind, title, own number, date, place, and the agreement it belongs to.

Purpose: judged from the first lines, where documents of all offices name themselves, and from formulas (salutation,
attribution) where there is no title. Limits: a document that names itself nowhere is `other`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assay.extract.references import SIGN, TOKEN, Named, clean_number, named_in
from assay.extract.view import HAN, View, fold, lines, read_pages
from assay.extract.vocabulary import cue, keys
from assay.model import DateRange, DocumentKind, Reading, Text
from assay.read.values.dates import find_dates

ZONE = 45
"""How many lines of a document's beginning may hold its title."""
TITLE_CHARS = 160
_OWN_NAME = (DocumentKind.CONTRACT, DocumentKind.LICENCE)
_SPACED = re.compile(r"(?:[^\W\d_]\s){3,}[^\W\d_](?!\w)")
_SENTENCE_END = re.compile(r"[.;。；](?:\s|$)")
_NUMBER_AFTER = re.compile(rf"\s*(?:{SIGN})\s*[:]?\s*(?P<number>{TOKEN}|\d+)", re.IGNORECASE)
_ANNEX_AFTER = re.compile(r"\s*(?P<number>\d{1,3}(?:[.\-/]\d+)?|[A-ZА-ЕIVX]{1,4}|[一二三四五六七八九十]{1,3})(?![\w%])")
_PLACE_TAIL = re.compile(r"^[\s,.;:_|\t]+|[\s,;:_|\t(]+$")


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


@dataclass(frozen=True, slots=True)
class _Title:
    kind: DocumentKind
    score: float
    line: int
    start: int
    end: int


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
    titles = _titles(zone)
    best = max(titles, key=lambda t: (t.score, -t.line), default=None)
    kind, strength = (best.kind, best.score) if best else (DocumentKind.OTHER, 0.0)
    letter = _letter_like(zone, pages[-1].text if pages else "")
    if medium == "mail":
        kind, strength, best = DocumentKind.MAIL, 9.0, None
    elif medium == "sheet":
        kind, strength = DocumentKind.SPREADSHEET, 9.0
    elif letter and strength < 6.5:
        kind, strength, best = DocumentKind.LETTER, 5.0, None
    elif strength < 4.5 and press_like(reading):
        kind, strength, best = DocumentKind.PRESS, 4.0, None
    elif strength < 3.0:
        kind, best = DocumentKind.OTHER, None
    elif best is not None:
        special = _special(titles, best)
        kind = special.kind
    named = [n for row in zone for n in named_in(row)]
    number = _number(kind, best, zone, named, titles)
    contract = _agreement(kind, number, named, zone)
    date = _date(zone, best, contract, kind)
    title = _title_text(best, zone, titles, kind)
    if kind in (DocumentKind.MAIL, DocumentKind.LETTER, DocumentKind.PRESS):
        title = _headline(kind, zone)
    agreement_number, agreement_date = (contract.number, contract.date) if contract else (None, None)
    if kind in _OWN_NAME and number is not None:
        agreement_number, agreement_date = number, date
    return Head(
        kind, strength, title, number, date, _place(zone, best, kind), agreement_number, agreement_date, tuple(zone)
    )


def _titles(zone: list[View]) -> list[_Title]:
    out: list[_Title] = []
    for index, row in enumerate(zone):
        text = closed(row).text
        if len(text) > TITLE_CHARS * 2:
            text = text[:TITLE_CHARS]
        if row.kind == "table" and "\t" in row.text:
            continue
        for name in keys("kinds"):
            hit = _title_hit(name, text)
            if hit is None:
                continue
            score = _score(text, hit, row, index)
            if score > 0:
                out.append(_Title(DocumentKind(name), score, index, hit[0], hit[1]))
                break
    return out


def closed(row: View) -> View:
    """Return the row with letter-spaced words ("Д О Г О В О Р", 合 同) closed."""
    keep = [True] * len(row.text)
    for hit in _SPACED.finditer(row.text):
        for i in range(hit.start(), hit.end()):
            if row.text[i].isspace():
                keep[i] = False
    if all(keep):
        return row
    pairs = [(c, a) for c, a, k in zip(row.text, row.at, keep, strict=True) if k]
    return replace(row, text="".join(c for c, _ in pairs), at=tuple(a for _, a in pairs))


def _title_hit(name: str, text: str) -> tuple[int, int] | None:
    """Return where the kind's word stands as a title would have it: at the start, or at the end of a short line."""
    pattern = cue("kinds", name)
    lead = re.match(r"[\s\"«»(\[*#/|.\-–—\d]*", text)
    begin = lead.end() if lead else 0
    hit = pattern.match(text, begin)
    if hit:
        return hit.span()
    head = text[:TITLE_CHARS]
    hits = list(pattern.finditer(head))
    if not hits or _SENTENCE_END.search(head.rstrip(" .")):
        return None
    last = hits[-1]
    if re.match(rf"[{HAN}]", last.group()):
        rest = head[last.end() :]
        short = len(head) <= 48 and re.fullmatch(rf"\s*(?:[(（].{{0,30}}[)）])?\s*(?:{SIGN}.*)?", rest)
        return last.span() if short and not re.search(r"[,，:：]", head[: last.start()]) else None
    if len(head) > 110 or head[:1].islower():
        return None
    letters = [c for c in head if c.isalpha()]
    upper = sum(c.isupper() for c in letters) > 0.7 * len(letters)
    capital = last.group()[:1].isupper()
    if (upper or capital) and re.match(
        rf"\s*(?:$|{SIGN}|[№(,\-–—:/]|\d|of|for|on|на|о|об|про|between)", head[last.end() :], re.IGNORECASE
    ):
        words = head[: last.start()].split()
        if len(words) <= 7 and (upper or sum(w[:1].isupper() for w in words) * 2 >= len(words)):
            return last.span()
    return None


def _score(text: str, hit: tuple[int, int], row: View, index: int) -> float:
    letters = [c for c in text[: max(60, hit[1])] if c.isalpha()]
    word = text[hit[0] : hit[1]]
    score = 3.0 - 0.04 * index
    han = bool(re.search(f"[{HAN}]", word))
    if not han and word.upper() == word:
        score += 2.0
    elif han or word[:1].isupper():
        score += 0.8
    else:
        score -= 3.0
    if len(text) <= (24 if han else 70):
        score += 1.0
    if not han and letters and sum(c.isupper() for c in letters) > 0.8 * len(letters):
        score += 0.6
    if row.kind == "heading":
        score += 0.6
    if re.match(rf"\s*(?:{SIGN}|\d|[一二三四五六七八九十])", text[hit[1] :]):
        score += 0.8
    before = text[: hit[0]].strip()
    if before and cue("head", "belongs").fullmatch(before):
        return 0.0
    if ":" in text[: hit[1] + 3] and len(text) > hit[1] + 4:
        score -= 2.5
    if row.page.number > 1:
        score -= 1.0
    if re.search(r"[.;。；]\s*$", text) and len(text) > 60:
        score -= 2.0
    if len(text) > TITLE_CHARS - 1:
        score -= 1.5
    if re.match(r"\s*\d+\.", text):
        score -= 1.5
    return score


def _special(titles: list[_Title], best: _Title) -> _Title:
    """Return the title of the more special kind when a general one (annex, contract, minutes) stands right above it."""
    general = (DocumentKind.ANNEX, DocumentKind.CONTRACT, DocumentKind.MINUTES)
    if best.kind is DocumentKind.ANNEX:
        near = [t for t in titles if t.kind not in general and 0 < t.line - best.line <= 8 and t.score >= 3.5]
        near += [t for t in titles if t.kind not in general and 0 < best.line - t.line <= 2 and t.score >= 3.5]
        if near:
            return max(near, key=lambda t: t.score)
    return best


def _letter_like(zone: list[View], last: str) -> bool:
    greeting = any(cue("head", "salutation").match(r.text.lstrip()) and len(r.text) < 120 for r in zone)
    text = "\n".join(r.text for r in zone)
    closing = bool(cue("head", "closing").search(last) or cue("head", "closing").search(text))
    outgoing = bool(re.search(r"(?:исх|вих)\.?\s*(?:№|N)|our ref|发文字号|函\s*[〔\[(]\d{4}", text, re.IGNORECASE))
    han = bool(re.search(r"(?m)^(?:尊敬的|致[:：])", text)) and closing
    return (greeting and (closing or outgoing)) or han or (outgoing and closing)


def press_like(reading: Reading) -> bool:
    """Tell whether the text reads like a report: at least two attributions and none of a contract's formulas."""
    text = "\n".join(p.text for p in read_pages(reading))[:20000]
    if cue("roles", "define").search(text) or len(text) < 200:
        return False
    verbs = len(list(cue("speech", "verb").finditer(text))) + len(list(cue("speech", "according").finditer(text)))
    numbered = len(re.findall(r"(?m)^\s*\d+\.\d+", text))
    return verbs >= 2 and numbered < 3 and verbs >= len(text) / 2500


def _number(
    kind: DocumentKind, best: _Title | None, zone: list[View], named: list[Named], titles: list[_Title]
) -> Text | None:
    if kind in (DocumentKind.MAIL, DocumentKind.PRESS, DocumentKind.OTHER):
        return None
    if best is not None:
        row = closed(zone[best.line])
        number = _after(row, _closed_end(zone[best.line], row, best.end), best.kind)
        if number is None:
            number = next(
                (
                    n.number
                    for n in named_in(row)
                    if n.kind is best.kind and n.start < _closed_end(zone[best.line], row, best.end)
                ),
                None,
            )
        if number is not None:
            return number
        following = zone[best.line + 1 : best.line + 3]
        for near in (*following, *zone[max(0, best.line - 1) : best.line]):
            hit = re.match(rf"\s*{SIGN}\s*[:]?\s*(?P<number>{TOKEN}|\d+)", near.text)
            if hit:
                return clean_number(near, *hit.span("number"))
    labelled = _labelled_number(kind, zone)
    if labelled is not None:
        return labelled
    same = [t for t in titles if best is not None and t is not best and t.line - best.line in (-2, -1, 1, 2, 3)]
    for title in same:
        number = _after(closed(zone[title.line]), title.end, title.kind)
        if number is not None and title.kind in (kind, DocumentKind.ANNEX):
            return number
    if kind in _OWN_NAME:
        own = [n for n in named if n.kind in _OWN_NAME]
        return own[0].number if own else None
    return None


def _closed_end(row: View, shut: View, end: int) -> int:
    """Return the offset in the closed row that corresponds to `end`, which was measured there already."""
    return min(end, len(shut.text)) if row is not shut else end


def _after(row: View, end: int, kind: DocumentKind) -> Text | None:
    text = row.text
    hit = _NUMBER_AFTER.match(text, end)
    if hit is None and kind in (DocumentKind.ANNEX, DocumentKind.AMENDMENT):
        hit = _ANNEX_AFTER.match(text, end)
    if hit is None:
        stop = re.search(r"(?<!\w)(?:к|до|to|under|по|от|від|dated|of \w+ contract)(?!\w)", text[end:])
        limit = end + stop.start() if stop else min(len(text), end + 110)
        hit = next(
            (h for h in re.finditer(rf"{SIGN}\s*[:]?\s*(?P<number>{TOKEN}|\d+)", text[:limit]) if h.start() >= end - 1),
            None,
        )
    if hit is None or hit.group("number") is None:
        return None
    return clean_number(row, *hit.span("number"))


def _labelled_number(kind: DocumentKind, zone: list[View]) -> Text | None:
    label = cue("head", "number")
    for row in zone:
        hit = label.match(row.text.lstrip("([ "))
        lead = len(row.text) - len(row.text.lstrip("([ "))
        if hit is None:
            if kind is DocumentKind.LETTER:
                hit = re.search(r"(?:исх|вих)\.?\s*(?:№|N[oº]?)?", row.text, re.IGNORECASE)
                lead = 0
            if hit is None:
                continue
        number = re.match(rf"\s*[:.]?\s*(?:{SIGN})?\s*[:]?\s*(?P<number>{TOKEN}|\d+)", row.text[lead + hit.end() :])
        if number is None:
            continue
        start = lead + hit.end() + number.start("number")
        return clean_number(row, start, lead + hit.end() + number.end("number"))
    if kind is DocumentKind.LETTER:
        for row in zone[:15]:
            hit = re.match(rf"\s*(?:№|N[oº]\.?)\s*(?P<number>{TOKEN})", row.text) or re.search(
                r"(?P<number>[\u4e00-\u9fff]{1,10}[〔\[(]\d{4}[〕\])]\s*(?:第\s*)?\d+\s*号)", row.text
            )
            if hit:
                return clean_number(row, *hit.span("number"))
    return None


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


def _date(zone: list[View], best: _Title | None, contract: Named | None, kind: DocumentKind) -> DateRange | None:
    taken: set[int] = set()
    for row in zone:
        taken.update(
            n.date.span.start
            for n in named_in(row)
            if n.date is not None
            and n.date.span is not None
            and not (best is not None and row is zone[best.line] and n.kind is best.kind)
        )
    ranked: list[tuple[float, int, DateRange]] = []
    for index, row in enumerate(zone):
        for found in find_dates(row.text):
            value = row.attach(found)
            if value.earliest is None or value.span is None:
                continue
            if kind not in _OWN_NAME and value.span.start in taken:
                continue
            if value.latest is None or (value.latest - value.earliest).days > 31:
                continue
            rest = row.text[: found.start] + " " + row.text[found.end :]
            score = 4.0 - 0.05 * index
            if cue("head", "date").match(row.text.lstrip()) or cue("head", "date").search(
                row.text[: found.start][-24:]
            ):
                score += 2.0
            if len(rest.strip()) <= 40:
                score += 1.5
            elif len(rest) > 160:
                score -= 3.0
            if best is not None and 0 <= index - best.line <= 5:
                score += 1.0
            if value.earliest != value.latest:
                score -= 1.5
            ranked.append((score, -len(ranked), value))
    if not ranked:
        return None
    top = max(ranked, key=lambda r: r[:2])
    return top[2] if top[0] > 2.0 else None


def _place(zone: list[View], best: _Title | None, kind: DocumentKind) -> Text | None:
    if kind in (DocumentKind.MAIL, DocumentKind.SPREADSHEET):
        return None
    for row in zone:
        hit = cue("head", "place").match(row.text.lstrip())
        if hit and re.match(r"\s*[:\t]", row.text.lstrip()[hit.end() :]):
            offset = len(row.text) - len(row.text.lstrip()) + hit.end()
            start = offset + len(re.match(r"[\s:\t]*", row.text[offset:]).group())  # type: ignore[union-attr]
            stop = re.search(r"\t|\s{2,}|[;；]|(?<=[^\W\d_])\s+(?:[Дд]ата|Date|日期)", row.text[start:])
            end = start + stop.start() if stop else len(row.text)
            if 1 < end - start <= 70:
                return row.written(start, end)
    first = best.line if best is not None else 0
    for row in zone[max(0, first - 2) : first + 9]:
        if len(row.text) > 110:
            continue
        town = re.match(r"\s*(?:г\.|гор\.|м\.|город|місто)\s*[А-ЯЁІЇЄҐ]", row.text)
        founds = find_dates(row.text)
        if not town and len(founds) != 1:
            continue
        if founds:
            left, right = (0, founds[0].start), (founds[0].end, len(row.text))
            part = max((left, right), key=lambda p: len(_PLACE_TAIL.sub("", row.text[p[0] : p[1]])))
        else:
            part = (0, len(row.text))
        start, end = part
        while start < end and row.text[start] in " \t,.;:_|\"'":
            start += 1
        while end > start and row.text[end - 1] in " \t,;:_|\"'(":
            end -= 1
        piece = row.text[start:end]
        if _place_like(piece):
            return row.written(start, end)
    return None


def _place_like(piece: str) -> bool:
    if not 2 <= len(piece) <= 50 or re.search(r"\d|[№:@]", piece):
        return False
    if any(cue("kinds", name).search(piece) for name in ("contract", "annex", "letter", "minutes")):
        return False
    if cue("head", "date").search(piece) or cue("head", "draft").search(piece) or cue("head", "number").match(piece):
        return False
    if re.search(f"[{HAN}]", piece):
        return len(piece) <= 12 and not re.search("[的在由于与]", piece)
    bare = re.sub(r"^(?:г\.|гор\.|м\.|город|місто|city of|city)\s*", "", piece, flags=re.IGNORECASE)
    return bare[:1].isupper() and len(bare.split()) <= 4 and not re.fullmatch(r"(?:от|dated|date)", bare, re.IGNORECASE)


def _title_text(best: _Title | None, zone: list[View], titles: list[_Title], kind: DocumentKind) -> Text | None:
    if best is None:
        return None
    chosen = next((t for t in titles if t.kind is kind and abs(t.line - best.line) <= 8), best)
    row = zone[chosen.line]
    text = row.text
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
            if re.search(f"[{HAN}]", text) and 8 <= len(text) <= 60 and not text.endswith("。"):
                return row.written(0, len(row.text))
    return None
