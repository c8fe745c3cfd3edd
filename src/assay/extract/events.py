"""What a document of the deal says has happened: acts, bank notices, letters of performance. Never a plan.

Limits: only final or unclear papers count, a draft tells of nothing that happened; an act whose signature lines stand
blank is not signed. A sentence with a negation, a future or a hedge before its verb is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date as Day
from itertools import zip_longest

from assay.extract.articles import designations_in
from assay.extract.heads import Head, head_of
from assay.extract.sections import clauses_of
from assay.extract.sentences import sentences
from assay.extract.stages import stage_of
from assay.extract.view import View, read_pages
from assay.extract.vocabulary import cue
from assay.model import (
    DateRange,
    DocumentKind,
    Event,
    Money,
    Quantity,
    Reading,
    Record,
    Rung,
    Span,
    Text,
)
from assay.read.values.dates import find_dates
from assay.read.values.money import find_money
from assay.read.values.quantities import find_quantities
from assay.work.part import Extractor

VERSION = "6"
_ACT_RUNGS = (Rung.ACCEPTED, Rung.DELIVERED, Rung.PEOPLE_TRAINED, Rung.TECHNOLOGY_TRANSFERRED)
_TOLD = (
    Rung.IN_FORCE, Rung.IN_PRODUCTION, Rung.SHIPPED, Rung.SUSPENDED, Rung.CANCELLED, Rung.IN_SERVICE, Rung.DELIVERED,
    Rung.ACCEPTED, Rung.PEOPLE_TRAINED, Rung.TECHNOLOGY_TRANSFERRED,
)  # fmt: skip
_PAYMENT_PAPER = re.compile(
    r"плат[её]жн\w+ поручени|заявлени\w+ на перевод|уведомлени\w+ о зачислени|подтверждение (?:плат"
    r"|перевод)|подтверждени\w+ плат|выписк\w+ (?:по|из) сч|платіжн\w+ доручен|банківськ\w+ підтвердж|"
    r"付款凭证|汇款回单|入账通知|付款确认|转账凭证|银行回单|收款通知"
    r"|payment order|credit advice|transfer confirmation|payment advice"
    r"|bank advice|payment confirmation|swift",
    re.IGNORECASE,
)
_ACT_PAPER = re.compile(
    r"(?:^|\s)акт(?:а|у|ом)?(?:\s|$)|протокол итогов|сертификат|свидетельств"
    r"|证书|证明|交接单|验收|移交|确认书|完成报告|结业"
    r"|certificate|(?:^|\s)act(?:\s|$)|record of completed|handover|acceptance",
    re.IGNORECASE,
)


_PAPERS = re.compile(r"документаци|технологи|documentation|technolog|技术|资料|图纸", re.IGNORECASE)
"""What is handed over is papers or know-how: technology transferred, not goods delivered."""


def extract(reading: Reading) -> Iterator[Record]:
    """Yield the events that the exhibit itself says have happened."""
    if not read_pages(reading):
        return
    head = head_of(reading)
    if head.kind in (DocumentKind.PRESS, DocumentKind.SPREADSHEET):
        return
    stage, spans = stage_of(reading, head)
    if head.kind in (DocumentKind.CONTRACT, DocumentKind.LICENCE):
        running = head.kind is DocumentKind.LICENCE and head.number is not None and len(head.number.value) < 3
        if stage == "final" and head.agreement_number is not None and spans and not running:
            own = (head.number.span,) if head.number is not None and head.number.span is not None else ()
            yield Event(
                reading.exhibit.digest, head.agreement_number, Rung.SIGNED, head.date, None, None, None,
                tuple(dict.fromkeys((*spans, *own))), EVENTS.name, EVENTS.version,
            )  # fmt: skip
        return
    if stage == "draft":
        return
    title = " ".join(row.text for row in head.zone[:8])
    act = head.kind is DocumentKind.ACCEPTANCE_ACT or bool(
        _ACT_PAPER.search(title[:160]) and head.kind is DocumentKind.OTHER
    )
    if act and stage == "unclear" and any(re.search(r"_{4,}", s.quote) for s in spans):
        return
    payment = bool(_PAYMENT_PAPER.search(title[:240])) and head.kind not in (DocumentKind.LETTER, DocumentKind.MAIL)
    told: dict[Rung, list[View]] = {}
    written = [row for row in clauses_of(reading) if not row.tabular]
    for row, behind in zip_longest(written, written[1:]):
        for sentence in sentences(row.body):
            value = behind.view if behind is not None and sentence.text.rstrip().endswith(":") else None
            context = row.body if value is None else value
            for rung in _rungs(sentence, context, head.kind, act, payment):
                told.setdefault(rung, []).extend([sentence] if value is None else [sentence, value])
    if act and Rung.ACCEPTED in told:
        told.setdefault(Rung.DELIVERED, told[Rung.ACCEPTED])
    if Rung.PROPOSED in told and not any(find_money(row.text) for row in told[Rung.PROPOSED]):
        told[Rung.PROPOSED].extend(_priced(reading))
    for rung, rows in told.items():
        yield _event(reading, head, rung, rows, act or payment)


def _priced(reading: Reading) -> Iterator[View]:
    """Yield the first sentence of a proposal that names an amount."""
    for row in clauses_of(reading):
        for sentence in sentences(row.body):
            if any(f.value.currency and f.value.amount is not None for f in find_money(sentence.text)):
                yield sentence
                return


def _rungs(sentence: View, clause: View, kind: DocumentKind, act: bool, payment: bool) -> Iterator[Rung]:
    text = sentence.text
    if payment or (kind in (DocumentKind.LETTER, DocumentKind.MAIL) and find_money(text)):
        paid = cue("events", "paid_word").search(clause.text)
        if paid and not _doubtful(clause.text, paid.start(), paid.end()) and find_money(text):
            if cue("events", "paid_in_full").search(clause.text):
                yield Rung.PAID_IN_FULL
            elif cue("events", "advance_paid").search(clause.text):
                yield Rung.ADVANCE_PAID
            return
    if kind not in (DocumentKind.LETTER, DocumentKind.MAIL, DocumentKind.OTHER, DocumentKind.ACCEPTANCE_ACT):
        return
    offer = cue("events", "proposed").search(text)
    if offer and kind in (DocumentKind.LETTER, DocumentKind.MAIL) and (find_money(text) or find_quantities(text)):
        if not cue("events", "negated").search(text[: offer.start()][-14:]):
            yield Rung.PROPOSED
        return
    for rung in _ACT_RUNGS if act else _TOLD:
        for hit in cue("events", rung.value).finditer(text):
            if _doubtful(text, hit.start(), hit.end()):
                continue
            if rung is Rung.ACCEPTED and not act:
                continue
            if rung is Rung.DELIVERED and cue("events", "in_service").search(text):
                continue
            if rung in (Rung.DELIVERED, Rung.ACCEPTED) and _PAPERS.search(text):
                continue
            if not act and not _dated(clause) and rung is not Rung.SUSPENDED:
                continue
            yield rung
            break


def _dated(view: View) -> bool:
    return any(f.value.latest is not None for f in find_dates(view.text))


def _doubtful(text: str, start: int, end: int) -> bool:
    """Tell whether a negation, a future or a hedge stands before the cue in its sentence, or right behind it."""
    stops = [m.end() for m in re.finditer(r"[.;。；!?]\s|[,，]\s*(?:и|а|но|but|and|而|但)", text[:start])]
    before = text[stops[-1] if stops else 0 : start]
    after = text[end : end + 12]
    for key in ("negated", "future", "hedged"):
        for hit in cue("events", key).finditer(before):
            if key == "negated" and len(before) - hit.end() > 14:
                continue
            if key == "future" and len(before) - hit.end() > 46:
                continue
            return True
    return bool(re.match(r"\s*(?:не\s|not\s|будет|будут|не$)", after)) or "?" in text[end:]


def _event(reading: Reading, head: Head, rung: Rung, rows: list[View], own_date: bool) -> Event:
    date: DateRange | None = None
    money: Money | None = None
    quantity: Quantity | None = None
    thing: Text | None = None
    spans: list[Span] = []
    agreement_dates = {head.agreement_date.earliest} if head.agreement_date else set()
    for row in rows:
        spans.append(row.span(0, len(row.text)))
        when = _when(row, agreement_dates)
        if date is None or (rung is Rung.PEOPLE_TRAINED and _later(when, date)):
            date = when
        if money is None:
            founds = [f for f in find_money(row.text) if f.value.currency and f.value.amount is not None]
            money = row.attach(founds[0]) if founds else None
        if quantity is None:
            counts = [
                f
                for f in find_quantities(row.text)
                if f.value.unit not in ("day", "month", "year", "week", "hour", "percent")
            ]
            if rung is Rung.PEOPLE_TRAINED:
                counts = [f for f in counts if f.value.unit == "person"] or counts
            quantity = row.attach(counts[0]) if counts else None
        named = designations_in(row)
        if thing is None and named:
            thing = Text(named[0].written, named[0].value, "", named[0].span)
    if date is None and (own_date or rung is Rung.PROPOSED):
        date = head.date
    return Event(
        reading.exhibit.digest, head.agreement_number, rung, date, quantity, money, thing, tuple(dict.fromkeys(spans)),
        EVENTS.name, EVENTS.version,
    )  # fmt: skip


def _later(one: DateRange | None, other: DateRange) -> bool:
    return one is not None and one.latest is not None and other.latest is not None and one.latest > other.latest


_REFERENCE = re.compile(
    r"(?:(?:№|\bNo\.?)\s*\S+\s*(?:от|від|dated|dd\.?|of|as of)?\s*(?:the\s*)?[\"«“]?|号\S{0,4}[(（])$", re.IGNORECASE
)
_REFERENCE_BEHIND = re.compile(r"\s*(?:签订|签署|订立)?的?\s*(?:第\s*\S{3,24}?\s*号|《)")
"""The date of a paper that is named, before or behind its number: no date of what happened."""


def _when(row: View, agreement: set[Day | None]) -> DateRange | None:
    best: DateRange | None = None
    for found in find_dates(row.text):
        value = row.attach(found)
        before = row.text[max(0, found.start - 30) : found.start]
        if value.earliest is None and best is not None and _later(value, best):
            value = replace(value, earliest=value.latest)  # from the 8th to the 22nd: over on the 22nd
        if (
            value.earliest is None
            or value.earliest in agreement
            or _REFERENCE.search(before)
            or _REFERENCE_BEHIND.match(row.text, found.end)
        ):
            continue
        best = value
    return best


EVENTS = Extractor(
    "events",
    VERSION,
    "What papers of the deal say has happened: in force, paid, shipped, accepted, trained, transferred, in service.",
    "Acts, bank notices and letters only; never drafts, plans, hedged or negated sentences; the press makes claims.",
    extract=extract,
)
