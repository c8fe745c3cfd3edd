"""Who says what, according to whom, in press reports, letters and mails.

Purpose: one claim a sentence that says something about a deal: how far it went, its value, quantity, date, its documents, or
that somebody would not say. The chain runs from the outlet that prints to the first one named. Hedges are kept word for word.
Limits: own rules, no parse; what is said over several sentences without a cue is the outlet's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assay.extract.articles import designations_in
from assay.extract.heads import Head, head_of
from assay.extract.organisations import organisations_in
from assay.extract.outlets import printer_of
from assay.extract.references import named_in
from assay.extract.sentences import sentences
from assay.extract.speakers import attributions
from assay.extract.view import View, clauses, read_pages
from assay.extract.vocabulary import cue
from assay.model import (
    Claim,
    DateRange,
    DocumentKind,
    Modality,
    Reading,
    Record,
    Rung,
    Speaker,
    Text,
)
from assay.read.values.dates import find_dates
from assay.read.values.money import find_money
from assay.read.values.quantities import find_quantities
from assay.work.part import Extractor

VERSION = "1"
_RUNGS = (
    Rung.SUSPENDED, Rung.CANCELLED, Rung.IN_SERVICE, Rung.TECHNOLOGY_TRANSFERRED, Rung.PEOPLE_TRAINED, Rung.PAID_IN_FULL,
    Rung.ADVANCE_PAID, Rung.ACCEPTED, Rung.DELIVERED, Rung.SHIPPED, Rung.IN_PRODUCTION, Rung.IN_FORCE, Rung.SIGNED, Rung.DRAFTED,
    Rung.PROPOSED,
)  # fmt: skip
_TIME = ("day", "month", "week", "year", "hour", "quarter", "percent")


def extract(reading: Reading) -> Iterator[Record]:
    """Yield the claims of a report, a letter or a mail."""
    pages = read_pages(reading)
    if not pages:
        return
    head = head_of(reading)
    if head.kind not in (DocumentKind.PRESS, DocumentKind.LETTER, DocumentKind.MAIL):
        return
    printer = printer_of(reading, head)
    deal = False
    last: Speaker | None = None
    for page in pages:
        for row in clauses(page):
            if row.kind == "table" or len(row.text) < 12:
                continue
            for sentence in sentences(row):
                found = attributions(sentence, last)
                if found:
                    last = found[-1].speaker
                claim = _claim(reading, head, sentence, printer, [f.speaker for f in found], deal)
                if claim is not None:
                    deal = True
                    yield claim


def _claim(
    reading: Reading, head: Head, sentence: View, printer: Speaker | None, said: list[Speaker], deal: bool
) -> Claim | None:
    text = sentence.text
    press = head.kind is DocumentKind.PRESS
    modality, cue_at = modality_of(text)
    topic, rung = topic_of(text, modality)
    money = next(
        (sentence.attach(f) for f in find_money(text) if f.value.currency and f.value.amount is not None), None
    )
    counts = [f for f in find_quantities(text) if f.value.unit not in _TIME]
    quantity = sentence.attach(counts[0]) if counts else None
    named = named_in(sentence)
    contracts = [n for n in named if n.kind in (DocumentKind.CONTRACT, DocumentKind.LICENCE)]
    things = designations_in(sentence)
    reply = modality in (Modality.DECLINED_TO_COMMENT, Modality.DID_NOT_ANSWER)
    if topic == "other" and not reply and modality is not Modality.DENIED:
        return None
    about = bool(money or quantity or contracts or things or rung or topic == "provenance")
    if not (about or reply or modality is Modality.DENIED):
        return None
    if not press and not (rung and (contracts or things or money or quantity)):
        return None
    if press and not reply and rung is None and not (money or quantity or contracts or things or said):
        return None
    if _questions(text) or len(text) < 15:
        return None
    chain = ([printer] if printer is not None else []) + [
        s for s in said if printer is None or s.name.casefold() != printer.name.casefold()
    ]
    parties = tuple(
        sentence.written(n.start, n.end)
        for n in organisations_in(sentence)
        if all(s.name.casefold() not in text[n.start : n.end].casefold() for s in said)
    )
    dates = [sentence.attach(f) for f in find_dates(text) if f.value.latest is not None]
    contract_dates = {n.date.span for n in named if n.date is not None}
    times = [d for d in dates if d.span not in contract_dates]
    return Claim(
        reading.exhibit.digest, sentence.whole(), "reply" if reply else topic, rung if not reply else None,
        contracts[0].number if contracts else head.agreement_number, parties, tuple(things), quantity, money,
        times[0] if times else None, _said_at(head), tuple(chain), modality, polarity_of(text, rung, modality),
        hedges_in(sentence), (sentence.span(0, len(text)),), CLAIMS.name, CLAIMS.version,
    )  # fmt: skip


def _said_at(head: Head) -> DateRange | None:
    return head.date


def _questions(text: str) -> bool:
    return text.rstrip(' "»”').endswith(("?", "？"))


def modality_of(text: str) -> tuple[Modality, int]:
    """Return how a sentence says it, and where the word stands that tells."""
    for key, modality in (
        ("declined", Modality.DECLINED_TO_COMMENT), ("silent", Modality.DID_NOT_ANSWER), ("denied", Modality.DENIED),
        ("alleged", Modality.ALLEGED), ("planned", Modality.PLANNED), ("obliged", Modality.OBLIGED),
        ("conditional", Modality.CONDITIONAL),
    ):  # fmt: skip
        hit = cue("speech", key).search(text)
        if hit is None:
            continue
        if key == "conditional" and not re.match(
            r"если|якщо|при условии|за умови|if\b|provided|unless|如果|若|一旦", hit.group(), re.IGNORECASE
        ):
            continue
        if key == "denied" and re.match(r"\s*(?:in|at)\s", text[hit.end() :]):
            continue
        return modality, hit.start()
    return Modality.ASSERTED, 0


def topic_of(text: str, modality: Modality) -> tuple[str, Rung | None]:
    """Return what a sentence is about, and the rung when it says how far the deal went."""
    for rung in _RUNGS:
        if cue("topics", rung.value).search(text):
            if rung in (Rung.DRAFTED, Rung.PROPOSED, Rung.SIGNED) and cue("topics", "provenance").search(text):
                return "provenance", None
            return "rung", rung
    for topic in ("provenance", "value", "quantity"):
        if cue("topics", topic).search(text):
            return topic, None
    return "other", None


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
                r"\s*(?:\S+\s){0,2}не\s+(?:был|состоя|подтвержд|производи|начина|происход)|.{0,14}(?:has|have|had|was|were|did)\s+not\b|\s*尚未|\s*没有",
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
    "Own rules in four languages; one claim a sentence; irony, and attribution over several sentences, are not followed.",
    extract=extract,
)
