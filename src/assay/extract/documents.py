"""One `Document` per exhibit that was read: kind, number, date, place, terms, total, stage, references."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assay.extract.heads import Head, head_of
from assay.extract.references import Named, named_in
from assay.extract.sections import Clause, clauses_of
from assay.extract.sentences import sentences
from assay.extract.stages import stage_of
from assay.extract.totals import total_of
from assay.extract.view import View, read_pages
from assay.extract.vocabulary import cue
from assay.model import Document, DocumentKind, Reading, Record, Reference, Span, Text
from assay.work.part import Extractor

VERSION = "1"
MOST_TERMS = 24
_DEAL = (
    DocumentKind.CONTRACT, DocumentKind.LICENCE, DocumentKind.AMENDMENT, DocumentKind.ANNEX, DocumentKind.PAYMENT_SCHEDULE,
    DocumentKind.DELIVERY_SCHEDULE, DocumentKind.PRICE_PROTOCOL, DocumentKind.INVOICE, DocumentKind.OTHER,
)  # fmt: skip


def extract(reading: Reading) -> Iterator[Record]:
    """Yield the exhibit's document; nothing when no page of it was read."""
    pages = read_pages(reading)
    if not pages:
        return
    head = head_of(reading)
    rows = clauses_of(reading)
    stage, stage_spans = stage_of(reading, head)
    named = _named(rows, head)
    announces = _announced(named, head, rows)
    contract_like = head.kind in _DEAL
    total = total_of(reading, rows) if head.kind is not DocumentKind.PRESS else None
    anchors = [t.span for t in (head.title, head.number) if t is not None and t.span is not None]
    if not anchors:
        first = head.zone[0] if head.zone else None
        anchors = [first.whole().span] if first is not None else []  # type: ignore[list-item]
    yield Document(
        reading.exhibit.digest,
        head.kind,
        head.title,
        head.number,
        head.date,
        head.place,
        head.agreement_number,
        head.agreement_date,
        _subject(rows, head)
        if contract_like
        else (head.title if head.kind in (DocumentKind.LETTER, DocumentKind.MAIL) else None),
        total,
        tuple(_terms(rows, "payment")) if contract_like else (),
        tuple(_terms(rows, "delivery")) if contract_like else (),
        languages_of(reading),
        stage,
        stage_spans,
        tuple(_references(named, head)),
        tuple(announces),
        tuple(_unique(anchors)),
        DOCUMENTS.name,
        DOCUMENTS.version,
    )


def languages_of(reading: Reading) -> tuple[str, ...]:
    """Return the languages that hold at least a twentieth of the letters (Han counted three times), most first."""
    weight: dict[str, int] = {}
    for page in read_pages(reading):
        if not page.paragraphs:
            weight[page.language] = weight.get(page.language, 0) + len(page.text)
        for para in page.paragraphs:
            text = page.text[para.start : para.end]
            letters = sum(c.isalpha() * (3 if "\u4e00" <= c <= "\u9fff" else 1) for c in text)
            weight[para.language] = weight.get(para.language, 0) + letters
    weight.pop("und", None)
    whole = sum(weight.values()) or 1
    kept = [code for code in weight if weight[code] * 20 >= whole]
    return tuple(sorted(kept, key=lambda c: (-weight[c], c)))


def _unique(spans: list[Span]) -> list[Span]:
    return list(dict.fromkeys(spans))


def _subject(rows: list[Clause], head: Head) -> Text | None:
    label = cue("head", "subject")
    for row in rows:
        if row.section == "subject" and not row.heading and len(row.body.text) > 20:
            if row.body.kind == "table" and "\t" in row.body.text:
                continue
            return sentences(row.body)[0].whole()
    for row in head.zone:
        hit = label.match(row.text.lstrip())
        if hit:
            offset = len(row.text) - len(row.text.lstrip()) + hit.end()
            colon = re.match(r"\s*[:\t]\s*", row.text[offset:])
            if colon and len(row.text) - offset - colon.end() > 5:
                return row.written(offset + colon.end(), len(row.text))
    pattern = re.compile(
        r"(?:обязуется (?:поставить|передать)|зобов['’]язується (?:поставити|передати)|同意(?:购买|出售|采购)|undertakes to (?:deliver|supply|sell)|agrees to (?:sell|supply|deliver|buy))",
        re.IGNORECASE,
    )
    for row in rows:
        if pattern.search(row.body.text):
            return next(s for s in sentences(row.body) if pattern.search(s.text) or s.text).whole()
    return None


def _terms(rows: list[Clause], which: str) -> Iterator[Text]:
    word = cue("obligations", f"{which}_term")
    count = 0
    for row in rows:
        if row.heading or row.section not in (which, "price", "") or count >= MOST_TERMS:
            continue
        if row.view.kind in ("table", "cell") and "\t" in row.view.text:
            continue
        for sentence in sentences(row.body, semicolons=True):
            if not _term_like(sentence, which, row.section, word):
                continue
            count += 1
            yield sentence.whole()


def _term_like(sentence: View, which: str, section: str, word: re.Pattern[str]) -> bool:
    text = sentence.text
    if len(text) < (8 if re.search("[\u4e00-\u9fff]", text) else 20):
        return False
    hit = word.search(text)
    figure = re.search(r"\d\s*%|\d\s*(?:\([^)]*\)\s*)?(?:процент|відсот|per\s*cent|percent)|百分之|全额|全部", text)
    days = re.search(
        r"\d\s*(?:\([^)]*\)\s*)?(?:календарн\w+|банковск\w+|рабоч\w+|банківськ\w+|робоч\w+|calendar|banking|business|working)?\s*(?:дн|дней|день|днів|месяц|місяц|days?|months?|个?(?:工作|日历|银行)?(?:日|天|月))",
        text,
    )
    if which == "payment":
        if section == "payment":
            return hit is not None or figure is not None
        return hit is not None and figure is not None
    incoterm = re.search(r"(?<![A-Za-z])(?:EXW|FCA|FAS|FOB|CFR|CIF|CPT|CIP|DAP|DAT|DPU|DDP)(?![A-Za-z])", text)
    if section == "delivery":
        return hit is not None or days is not None or incoterm is not None
    return incoterm is not None and section != "price"


def _named(rows: list[Clause], head: Head) -> list[Named]:
    seen: set[tuple[int, int]] = set()
    out: list[Named] = []
    for row in rows:
        for one in named_in(row.view):
            span = one.number.span
            key = (span.page, span.start) if span is not None else (0, 0)
            if key not in seen:
                seen.add(key)
                out.append(one)
    return out


def _references(named: list[Named], head: Head) -> Iterator[Reference]:
    seen: set[tuple[str, str]] = set()
    own = head.number.value if head.number else None
    for one in named:
        family = "contract" if one.kind in (DocumentKind.CONTRACT, DocumentKind.LICENCE) else one.kind.value
        if one.number.value == own and (one.kind is head.kind or family == "contract"):
            continue
        if (family, one.number.value) not in seen:
            seen.add((family, one.number.value))
            yield one.record()


def _announced(named: list[Named], head: Head, rows: list[Clause]) -> list[Reference]:
    if head.kind not in (
        DocumentKind.CONTRACT, DocumentKind.LICENCE, DocumentKind.AMENDMENT, DocumentKind.LETTER, DocumentKind.MAIL,
    ):  # fmt: skip
        return []
    seen: set[str] = set()
    out: list[Reference] = []
    for one in named:
        if one.kind is not DocumentKind.ANNEX or one.number.value in seen:
            continue
        after = one.view.text[one.end : one.end + 40]
        if head.kind in (DocumentKind.LETTER, DocumentKind.MAIL) and not cue("head", "announce").search(one.view.text):
            continue
        if re.match(r"\s*(?:к|до|to|of)\s", after) and _elsewhere(one, head):
            continue
        seen.add(one.number.value)
        out.append(one.record())
    return out


def _elsewhere(one: Named, head: Head) -> bool:
    """Tell whether the annex is said to belong to another agreement than this one."""
    own = head.number.value if head.number else ""
    others = [n for n in named_in(one.view) if n.start >= one.end and n.kind is not DocumentKind.ANNEX]
    return bool(others) and others[0].number.value != own


DOCUMENTS = Extractor(
    "documents",
    VERSION,
    "What each exhibit calls itself: kind, number, date, place, agreement, subject, total, terms, stage, references.",
    "Judged from the document's own words in Russian, Ukrainian, Chinese and English; what it does not say stays open.",
    extract=extract,
)
