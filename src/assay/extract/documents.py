"""One `Document` per exhibit that was read: kind, number, date, place, terms, total, stage, references."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assay.extract.bills import bill_total
from assay.extract.heads import Head, head_of
from assay.extract.references import Named, named_in
from assay.extract.sections import Clause, clauses_of
from assay.extract.stages import stage_of
from assay.extract.subjects import subject_of
from assay.extract.totals import total_of
from assay.extract.view import HAN, fold, read_pages
from assay.extract.vocabulary import cue
from assay.model import Document, DocumentKind, Money, Reading, Record, Reference, Span, Text
from assay.read.values.dates import find_dates
from assay.read.values.money import find_money
from assay.work.part import Extractor

VERSION = "8"
MOST_TERMS = 24
_DEAL = (
    DocumentKind.CONTRACT,
    DocumentKind.LICENCE,
    DocumentKind.AMENDMENT,
    DocumentKind.ANNEX,
    DocumentKind.PAYMENT_SCHEDULE,
    DocumentKind.DELIVERY_SCHEDULE,
    DocumentKind.PRICE_PROTOCOL,
    DocumentKind.INVOICE,
    DocumentKind.OTHER,
)


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
    total = _total(reading, head, rows)
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
        subject_of(rows, head)
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


def _total(reading: Reading, head: Head, rows: Sequence[Clause]) -> Money | None:
    """Return what the document comes to: an invoice by its sums, another paper by its words; a report has no total."""
    if head.kind is DocumentKind.PRESS:
        return None
    billed = bill_total(reading) if head.kind is DocumentKind.INVOICE else None
    return billed or total_of(reading, rows)


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


def _terms(rows: Sequence[Clause], which: str) -> Iterator[Text]:
    """Yield the clauses that state a term: a share or an amount to pay, a basis or a day of delivery."""
    count = 0
    for row in rows:
        if row.heading or row.section not in (which, "price", "") or count >= MOST_TERMS:
            continue
        if row.tabular or row.carried:
            continue
        if _payment_term(row) if which == "payment" else _delivery_term(row):
            count += 1
            yield _over_page(row)


def _over_page(row: Clause) -> Text:
    """Return a clause's words; where the next page goes on with it, those too, though the span ends with the page."""
    term = row.body.whole()
    if row.tail is None:
        return term
    gap = "" if re.search(f"[{HAN}]$", term.value) else " "
    return replace(term, value=term.value + gap + fold(row.tail.text), uncertain="goes on on the next page")


_SHARE = re.compile(
    r"\d\s*%|\d\s*(?:\([^)]*\)\s*)?(?:процент|відсот|per\s*cent|percent)|百分之|全额|全部货款|full amount"
)
_INCOTERM = re.compile(r"(?<![A-Za-z])(?:EXW|FCA|FAS|FOB|CFR|CIF|CPT|CIP|DAP|DAT|DPU|DDP)(?![A-Za-z])")
_ALIKE = str.maketrans("АВЕКМНОРСТХІ", "ABEKMHOPCTXI")
"""Cyrillic capitals that recognition puts for Latin ones."""
_WITHIN = re.compile(
    r"\d\s*(?:\([^)]*\)\s*)?(?:календарн\w+|рабоч\w+|робоч\w+|calendar|working)?\s*(?:дн|дней|день|днів"
    r"|недел|тижн|месяц|місяц|days?|weeks?|months?|个?(?:工作|日历)?(?:日|天|月|周))"
)


def _payment_term(row: Clause) -> bool:
    text = row.body.text
    if cue("obligations", "aside").search(text) or not cue("obligations", "payment_term").search(text):
        return False
    money = any(f.value.currency and f.value.amount is not None for f in find_money(text))
    return bool(_SHARE.search(text)) or (row.section == "payment" and money)


def _delivery_term(row: Clause) -> bool:
    text = row.body.text
    if cue("obligations", "aside").search(text):
        return False
    if _INCOTERM.search(text.translate(_ALIKE)):
        return True
    if row.section != "delivery" or not cue("obligations", "delivery_term").search(text):
        return False
    return any(f.value.latest is not None for f in find_dates(text)) or bool(_WITHIN.search(text))


def _named(rows: Sequence[Clause], head: Head) -> list[Named]:
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


def _announced(named: list[Named], head: Head, rows: Sequence[Clause]) -> list[Reference]:
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
