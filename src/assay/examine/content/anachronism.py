"""`txt.anachronism`: names in a document that did not exist yet on the day that it claims.

Looks for agencies, currencies, places, codes, trade terms, standards and programs of a dated gazetteer
(`gazetteer.tsv`, which a person can extend with a file of their own) whose first day is later than the latest day that
the document names as its own. Limits: only names in the gazetteer; documents without a date of their own are not
judged; a date that was read wrongly makes everything late.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from assay.examine.content.dated import claimed
from assay.examine.content.sight import least_confidence
from assay.examine.question import Question, quoted
from assay.model import Direction, Finding, PageState, Reading, Record, Span, Voucher, VoucherKind, Weight
from assay.work.part import Examination

_QUESTION = Question(
    part="txt.anachronism",
    version="1",
    proposition="The text was written, or rewritten, later than the date that it bears.",
    alternative="The text was written at the time of the date that it bears.",
    expected="Every agency, currency, place, code and program that it names existed, or was announced, at its date.",
    innocent=(
        "a later reprint, copy, translation or form, made from an older text",
        "the date is another document's, or was read or written wrongly",
        "the name was in use before the day that the gazetteer holds",
    ),
    limits="Only names that the gazetteer holds, and documents whose own date is read. The latest day in the "
    "document's head is taken for its date.",
)
_CLOSE = timedelta(days=120)
"""A name that is late by no more than this may have been known before: it weighs less."""
_CLEAR = 80
_MOST = 10
_MOST_ROWS = 5_000
_LONGEST_FORM = 600
_LETTER = r"A-Za-zА-Яа-яЁёІіЇїЄєҐґ0-9_"


@dataclass(frozen=True, slots=True)
class Term:
    """One name: its forms, the first day on which it could be written, what it is, and who says so."""

    kind: str
    forms: re.Pattern[str]
    first: date
    what: str
    source: str


def examine(reading: Reading, data: bytes, vouchers: tuple[Voucher, ...]) -> Iterable[Record]:
    """Hold the names in one exhibit against the date that it claims."""
    digest = reading.exhibit.digest
    own = claimed(reading)
    if own is None:
        yield _QUESTION.not_applicable(digest, "it names no day as its own")
        return
    day, place = own
    added, refused = terms_of(vouchers)
    compared = 0
    found: list[Finding] = []
    for term in (*built_in(), *added):
        spans = list(_places(reading, term))
        if not spans:
            continue
        compared += 1
        if term.first > day:
            found.append(_finding(digest, reading, term, day, place, spans))
    more = f" {refused} rows of handed-in gazetteers could not be read." if refused else ""
    if found and len(found) <= _MOST:
        yield from found
    elif found:
        yield _QUESTION.not_examined(
            digest,
            f"{len(found)} names are later than {quoted(place.quote)}: hardly the document's date.{more}",
        )
    elif compared:
        yield _QUESTION.nothing(
            digest, f"{compared} names with a known beginning stand in it, none later than {day}.{more}"
        )
    else:
        yield _QUESTION.not_applicable(digest, f"none of the names whose beginning is known stands in it.{more}")


def _finding(digest: str, reading: Reading, term: Term, day: date, place: Span, spans: list[Span]) -> Finding:
    pages = {page.number: page for page in reading.pages}
    scanned = any(pages[s.page].how == "ocr" for s in (place, spans[0]))
    unclear = scanned and min(least_confidence(pages[s.page], [(s.start, s.end)]) for s in (place, spans[0])) < _CLEAR
    weight = Weight.MODERATE
    doubt = ""
    if scanned:
        weight, doubt = Weight.LIMITED, " The date or the name was recognised from a picture."
    elif term.first - day <= _CLOSE:
        weight, doubt = Weight.LIMITED, " It is late by little; the name may have been known before."
    if unclear:
        weight = Weight.NEUTRAL
    said = (
        f"Page {spans[0].page}: {quoted(spans[0].quote)} names {term.what}, not before {term.first} ({term.source}); "
        f"the document is dated {day} ({quoted(place.quote)}).{doubt}"
    )
    return _QUESTION.finding(
        digest, said, (*spans[:8], place), weight, f"later name {term.what}",
        direction=Direction.NEITHER if unclear else Direction.AGAINST,
    )  # fmt: skip


def _places(reading: Reading, term: Term) -> Iterator[Span]:
    count = 0
    for page in reading.pages:
        if page.state is not PageState.READ:
            continue
        for match in term.forms.finditer(page.text):
            yield page.span(*match.span())
            count += 1
            if count >= 8:
                return


def terms_of(vouchers: Iterable[Voucher]) -> tuple[tuple[Term, ...], int]:
    """Return the terms of the gazetteers that a person handed in, and how many of their rows could not be read."""
    found: list[Term] = []
    refused = 0
    for voucher in vouchers:
        if voucher.kind is VoucherKind.GAZETTEER:
            text = base64.b64decode(voucher.content).decode("utf-8", "replace")
            for line in text.splitlines()[:_MOST_ROWS]:
                if line.strip() and not line.startswith("#"):
                    term = _term(line, plain=True)
                    found += [term] if term else []
                    refused += term is None
    return tuple(found), refused


@cache
def built_in() -> tuple[Term, ...]:
    """Return the terms of the gazetteer that comes with the program."""
    table = files("assay.examine.content").joinpath("gazetteer.tsv").read_text("utf-8")
    terms = [_term(line) for line in table.splitlines() if line and not line.startswith("#")]
    if None in terms:
        message = "a row of gazetteer.tsv cannot be read"
        raise ValueError(message)
    return tuple(term for term in terms if term is not None)


def _term(line: str, *, plain: bool = False) -> Term | None:
    """Return one row as a term; with `plain` the forms are words separated by "|", not an expression."""
    fields = [field.strip() for field in line.split("\t")]
    if len(fields) != 5 or not fields[1] or len(fields[1]) > _LONGEST_FORM:
        return None
    kind, forms, first, what, source = fields
    if plain:
        forms = "(?i:" + "|".join(re.escape(form.strip()) for form in forms.split("|") if form.strip()) + ")"
    try:
        # Where a form begins or ends in a letter, no letter may stand beside it; Chinese has no such edges.
        pattern = re.compile(rf"(?<![{_LETTER}])(?=[{_LETTER}])(?:{forms})(?![{_LETTER}])|(?![{_LETTER}])(?:{forms})")
        return Term(kind, pattern, date.fromisoformat(first), what, source)
    except (re.error, ValueError):
        return None


ANACHRONISM = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Agencies, currencies, places, codes and programs named before they existed.",
    limits=_QUESTION.limits,
    examine_vouched=examine,
)
