"""Who says what, according to whom, in press reports, letters and mails.

Purpose: one claim a sentence that says something about a deal: how far it went, its value, quantity, date, its
documents, or that somebody would not say. The chain runs from the outlet that prints to the first one named. Hedges
are kept word for word.
Limits: own rules, no parse; what is said over several sentences without a cue is the outlet's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from assay.extract.articles import designations_in
from assay.extract.heads import Head, head_of
from assay.extract.organisations import organisations_in
from assay.extract.outlets import printer_of
from assay.extract.references import named_in
from assay.extract.sentences import sentences
from assay.extract.speakers import Memory, chain_of, replier
from assay.extract.view import View, clauses, read_pages
from assay.extract.vocabulary import cue
from assay.model import (
    Claim,
    DocumentKind,
    Modality,
    Quantity,
    Reading,
    Record,
    Rung,
    Speaker,
    Text,
)
from assay.read.values.dates import find_dates
from assay.read.values.money import find_money
from assay.read.values.quantities import find_quantities, unit_of
from assay.work.part import Extractor

VERSION = "4"
_RUNGS = (
    Rung.SUSPENDED,
    Rung.CANCELLED,
    Rung.IN_SERVICE,
    Rung.TECHNOLOGY_TRANSFERRED,
    Rung.PEOPLE_TRAINED,
    Rung.PAID_IN_FULL,
    Rung.ADVANCE_PAID,
    Rung.ACCEPTED,
    Rung.DELIVERED,
    Rung.SHIPPED,
    Rung.IN_PRODUCTION,
    Rung.IN_FORCE,
    Rung.SIGNED,
    Rung.DRAFTED,
    Rung.PROPOSED,
)
_TIME = ("day", "month", "week", "year", "hour", "quarter", "percent")


def extract(reading: Reading) -> Iterator[Record]:
    """Yield the claims of a report, a letter or a mail."""
    pages = read_pages(reading)
    if not pages:
        return
    head = head_of(reading)
    if head.kind not in (DocumentKind.PRESS, DocumentKind.LETTER, DocumentKind.MAIL):
        return
    if head.kind is DocumentKind.PRESS and not on_a_deal(reading):
        return
    printer = printer_of(reading, head)
    memory = Memory()
    for page in pages:
        for row in clauses(page):
            if row.kind in ("table", "heading") or not _TOLD.search(row.text):
                continue
            for sentence in sentences(row):
                claim = _claim(reading, head, sentence, printer, memory)
                if claim is not None:
                    yield claim


def on_a_deal(reading: Reading) -> bool:
    """Tell whether a report is about a deal: a contract by number, a leak of papers, or contracts over and over."""
    deal = 0
    for page in read_pages(reading):
        for row in clauses(page):
            if any(n.kind in (DocumentKind.CONTRACT, DocumentKind.LICENCE) for n in named_in(row)):
                return True
            if cue("topics", "leak").search(row.text):
                return True
            deal += len(cue("topics", "deal").findall(row.text)) * (1 if not designations_in(row) else 2)
    return deal >= 3


def _claim(reading: Reading, head: Head, sentence: View, printer: Speaker | None, memory: Memory) -> Claim | None:
    text = sentence.text
    press = head.kind is DocumentKind.PRESS
    modality = modality_of(text)
    money = next(
        (sentence.attach(f) for f in find_money(text) if f.value.currency and f.value.amount is not None), None
    )
    quantity = _quantity(sentence)
    named = named_in(sentence)
    contracts = [n for n in named if n.kind in (DocumentKind.CONTRACT, DocumentKind.LICENCE)]
    things = [d for d in designations_in(sentence) if all(d.span != n.number.span for n in contracts)]
    reply = modality in (Modality.DECLINED_TO_COMMENT, Modality.DID_NOT_ANSWER)
    topic, rung = ("reply", None) if reply else topic_of(text, modality, money is not None, quantity is not None)
    chain = chain_of(sentence, printer, memory, bound=modality is Modality.OBLIGED)
    if _questions(text) or len(text) < (8 if _han(text) else 15):
        return None
    if topic == "other" and modality is not Modality.DENIED:
        return None
    if not press and not (rung and (contracts or things or money or quantity)):
        return None
    if topic in ("value", "quantity") and money is None and quantity is None:
        return None
    if reply:
        who = replier(sentence, printer)
        chain = [s for s in (printer, who) if s is not None]
    elif modality is Modality.ASSERTED and press and _vouched(chain, hedges_in(sentence), printer):
        modality = Modality.ALLEGED
    parties = tuple(
        sentence.written(n.start, n.end)
        for n in organisations_in(sentence)
        if all(s.name.casefold() not in text[n.start : n.end].casefold() for s in chain)
    )
    dates = [sentence.attach(f) for f in find_dates(text) if f.value.latest is not None]
    contract_dates = {n.date.span for n in named if n.date is not None}
    times = [d for d in dates if d.span not in contract_dates]
    return Claim(
        reading.exhibit.digest,
        sentence.whole(),
        topic,
        rung,
        contracts[0].number if contracts else head.agreement_number,
        parties,
        tuple(things),
        quantity,
        money,
        times[0] if times else None,
        head.date,
        tuple(chain),
        modality,
        polarity_of(text, rung, modality),
        hedges_in(sentence),
        (sentence.span(0, len(text)),),
        CLAIMS.name,
        CLAIMS.version,
    )


_TOLD = re.compile(r"[.!?…。！？][\"'»”)]*\s*$")
_STRONG_HEDGE = re.compile(
    r"(?:about|around|roughly|approximately|at least|около|примерно|по меньшей мере|близько|приблизно|大约|约)",
    re.IGNORECASE,
)


def _quantity(sentence: View) -> Quantity | None:
    """Return the first count of things; one glued to a Chinese designation (QVR-202C4艘) is its last figures."""
    for found in find_quantities(sentence.text):
        part = re.match("[分门批名个]", sentence.text[found.end : found.end + 1]) and found.value.value == 1
        if found.value.unit not in _TIME and not part:
            return sentence.attach(found)
    glued = re.search(r"[A-Z](?P<count>\d{1,4}(?P<unit>[台辆套架艘门部件枚挺支]))", sentence.text)
    if glued is None:
        return None
    span = sentence.span(*glued.span("count"))
    value = Decimal(re.sub(r"\D", "", glued.group("count")))
    return Quantity(span.quote, value, unit_of(glued.group("unit")), "glued to a designation", span)


def _han(text: str) -> bool:
    return bool(re.search("[\u4e00-\u9fff]", text))


def _vouched(chain: list[Speaker], hedges: tuple[Text, ...], printer: Speaker | None) -> bool:
    """Tell whether nobody stands for a sentence: it is hedged (more than by "about"), or its source is unnamed."""
    if any(not _STRONG_HEDGE.fullmatch(h.value) for h in hedges):
        return True
    last = chain[-1] if chain else None
    return last is not None and last != printer and bool(cue("speech", "anonymous").search(last.name))


def _questions(text: str) -> bool:
    return text.rstrip(' "»”').endswith(("?", "？"))


def modality_of(text: str) -> Modality:
    """Return how a sentence says it, by its own words."""
    for key, modality in (
        ("declined", Modality.DECLINED_TO_COMMENT), ("silent", Modality.DID_NOT_ANSWER), ("denied", Modality.DENIED),
        ("alleged", Modality.ALLEGED), ("obliged", Modality.OBLIGED), ("planned", Modality.PLANNED),
        ("conditional", Modality.CONDITIONAL),
    ):  # fmt: skip
        hit = cue("speech", key).search(text)
        if hit is None:
            continue
        if key == "conditional" and not _CONDITION.match(hit.group()):
            continue
        return modality
    return Modality.ASSERTED


_CONDITION = re.compile(r"если|якщо|при условии|за умови|if\b|provided|unless|如果|若|一旦", re.IGNORECASE)


def topic_of(text: str, modality: Modality, priced: bool, counted: bool) -> tuple[str, Rung | None]:
    """Return what a sentence is about, and the rung when it says how far the deal went.

    Whether the papers can be trusted comes first; then what a contract binds to (its quantity or value); then a stated
    value; then the ladder, its special rungs before the general ones.
    """
    if cue("topics", "authenticity").search(text) and cue("topics", "papers").search(text):
        return "provenance", None
    if modality is Modality.OBLIGED:
        return ("quantity", None) if counted else ("value", None) if priced else _climbed(text)
    paid = cue("topics", "advance_paid").search(text) or cue("topics", "paid_in_full").search(text)
    if priced and not paid and cue("topics", "value").search(text):
        return "value", None
    return _climbed(text, counted, priced)


def _climbed(text: str, counted: bool = False, priced: bool = False) -> tuple[str, Rung | None]:
    for rung in _RUNGS:
        if cue("topics", rung.value).search(text):
            return "rung", rung
    if cue("topics", "provenance").search(text):
        return "provenance", None
    return ("value", None) if priced else ("quantity", None) if counted else ("other", None)


def polarity_of(text: str, rung: Rung | None, modality: Modality) -> bool:
    """Return false when the sentence says that it did not happen: a negation before the word of its topic."""
    if modality in (Modality.DECLINED_TO_COMMENT, Modality.DID_NOT_ANSWER):
        return True
    at = len(text)
    start = 0
    if rung is not None:
        hit = cue("topics", rung.value).search(text)
        if hit:
            at, start = hit.start(), max(0, hit.start() - 40)
            behind = text[hit.end() : hit.end() + 24]
            if re.match(
                r"\s*(?:\S+\s){0,2}не\s+(?:был|состоя|подтвержд|производи|начина|происход)|.{0,14}(?:has|have|had|was"
                r"|were|did)\s+not\b|\s*尚未|\s*没有",
                behind,
            ):
                return False
    hits = [h for h in cue("speech", "negated").finditer(text, start, at)]
    hits = [
        h
        for h in hits
        if not re.match(
            r"\s*(?:только|менее|позднее|исключ|раньше|лише|пізніше|менше|only|later|less|more|to\b)", text[h.end() :]
        )
    ]
    return not hits if rung is not None else True


def hedges_in(sentence: View) -> tuple[Text, ...]:
    """Return the words that soften a sentence, as they stand."""
    out: list[Text] = []
    end = -1
    for hit in cue("speech", "hedge").finditer(sentence.text):
        if hit.start() >= end:
            out.append(sentence.written(*hit.span()))
            end = hit.end()
    return tuple(out)


CLAIMS = Extractor(
    "claims",
    VERSION,
    "Who says what according to whom in reports, letters and mails, with modality, polarity and hedges.",
    "Own rules in four languages; one claim a sentence; irony and attribution over several sentences are not followed.",
    extract=extract,
)
