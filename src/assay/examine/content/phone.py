"""`txt.phone`: telephone numbers that no plan of numbers allows, and area codes out of their time.

Looks at numbers behind a word for telephone or fax, and at numbers with a country code. Limits: national numbers are
judged by the plan of the paragraph's language; local numbers without an area code are not judged; which numbers are
in use is taken from the library's tables, with which codes only from `numbering.tsv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from assay.examine.content.dated import claimed
from assay.examine.content.sight import weigh
from assay.examine.question import Question, quoted
from assay.model import Direction, Finding, Page, Reading, Record, Span, Weight
from assay.read.values.lexicon import fold, lower
from assay.work.part import Examination

_QUESTION = Question(
    part="txt.phone",
    version="1",
    proposition="A telephone number was invented, or taken from another time than the document's.",
    alternative="The telephone numbers are those that the offices had when the document was made.",
    expected="The number has a length and an area code that its country's plan of numbers knew at the document's date.",
    innocent=(
        "a typing error, or a number that was shortened or grouped in its own way",
        "an old number, or a range that was opened or closed since the tables were made",
        "a letterhead that was printed later or earlier than the date",
        "a scan read wrongly",
    ),
    limits="A number that is possible need not be anybody's. Tables of numbers in use are today's; only few changes of "
    "area codes are known by their date.",
    heaviest=Weight.LIMITED,
)
_REGION = {"ru": "RU", "uk": "UA", "zh": "CN"}
_LABEL = (
    r"(?:т(?:ел(?:ефон\w{0,4})?)?|факс\w?|моб(?:ильный|ільний)?|тел\s?[/.,]\s?факс|phone|tel(?:ephone)?|fax|mob(?:ile)?|cell"
    r"|电话|联系电话|传真|手机)"
)
_NUMBER = re.compile(
    rf"(?:(?<![a-zа-яіїєґ])(?P<label>{_LABEL})(?:\s?[/,]\s?{_LABEL})?\.?\s?"
    r"(?:для справок|no\.?|№|numbers?|号码?)?\s?[:：.]?\s?"
    r"|(?<![0-9+./\w-]))(?P<number>\+?\s?[0-9(][0-9 ()./–-]{5,22}[0-9])(?![0-9%]|[.,/-][0-9])"
)
_LEAST_DIGITS = 10
_MOST = 12
_MOST_CHECKED = 400


@dataclass(frozen=True, slots=True)
class Judged:
    """A number: where it stands, whether a plan of numbers allows it, and what is wrong, in words."""

    span: Span
    page: Page
    wrong: str
    digits: str


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Judge the telephone numbers of one exhibit."""
    digest = reading.exhibit.digest
    own = claimed(reading)
    seen: dict[str, Judged] = {}
    for judged in _numbers(reading):
        seen.setdefault(judged.digits, judged)
        if len(seen) >= _MOST_CHECKED:
            break
    found = []
    for judged in seen.values():
        late = out_of_time(judged.digits, own[0]) if own and not judged.wrong.startswith("its length") else ""
        if late and own:
            found.append(_finding(digest, judged, f"{late}, and the document is dated {own[0]}", (own[1],)))
        elif judged.wrong:
            found.append(_finding(digest, judged, judged.wrong, ()))
    if found and len(found) <= _MOST:
        yield from found
    elif found:
        yield _QUESTION.not_examined(
            digest, f"{len(found)} numbers are not possible: they are hardly telephone numbers"
        )
    elif seen:
        yield _QUESTION.nothing(digest, f"{len(seen)} telephone numbers are possible in their plans of numbers.")
    else:
        yield _QUESTION.not_applicable(digest, "no telephone number that can be judged was found")


def _finding(digest: str, judged: Judged, wrong: str, more: tuple[Span, ...]) -> Finding:
    scanned = judged.page.how == "ocr"
    _, doubt = weigh({judged.page.number: judged.page}, (judged.span,), confirmed=False, misread=True)
    said = (
        f"Page {judged.page.number}: the telephone number {quoted(judged.span.quote)} is out of place: {wrong}. {doubt}"
    )
    return _QUESTION.finding(
        digest, said.strip(), (judged.span, *more), Weight.NEUTRAL if scanned else Weight.LIMITED,
        f"telephone {judged.digits}", direction=Direction.NEITHER if scanned else Direction.AGAINST,
    )  # fmt: skip


def _numbers(reading: Reading) -> Iterator[Judged]:
    for page in reading.pages:
        plain = lower(fold(page.text))
        for match in _NUMBER.finditer(plain):
            written = match.group("number")
            plus = written.lstrip().startswith("+")
            if not plus and match.group("label") is None:
                continue
            if re.search(r"[ ./-]{3,}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}", written):
                continue
            judged = _judge(page, match.start("number"), match.end("number"), written, _region(page, match.start()))
            if judged is not None:
                yield judged


def _region(page: Page, at: int) -> str | None:
    language = next((p.language for p in page.paragraphs if p.start <= at < p.end), page.language)
    return _REGION.get(language) or _REGION.get(page.language)


def _judge(page: Page, start: int, end: int, written: str, region: str | None) -> Judged | None:
    """Return what is to be said of one number; None for local numbers, and where no plan is known."""
    import phonenumbers

    plus = written.lstrip().startswith("+")
    digits = re.sub(r"\D", "", written)
    if not plus and (region is None or len(digits) < _LEAST_DIGITS):
        return None
    if not plus and len(digits) > 12:
        return None
    try:
        parsed = phonenumbers.parse(re.sub(r"\(0\)", "", written), None if plus else region)
    except phonenumbers.NumberParseException:
        return Judged(page.span(start, end), page, "no country has such a code", digits) if plus else None
    whole = f"{parsed.country_code}{'0' if parsed.italian_leading_zero else ''}{parsed.national_number}"
    if parsed.country_code != 39 and plus:
        whole = re.sub(r"\(0\)", "", written)
        whole = re.sub(r"\D", "", whole)
    return Judged(page.span(start, end), page, _wrong(phonenumbers, parsed, whole), whole)


def _wrong(library: Any, parsed: Any, whole: str) -> str:
    """Return what a plan of numbers has against a number, empty when nothing."""
    reason = library.is_possible_number_with_reason(parsed)
    if reason not in (library.ValidationResult.IS_POSSIBLE, library.ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
        return f"its length, {len(whole)} digits with the country's code, is none that the country has"
    if library.is_valid_number(parsed) or _known(whole):
        return ""
    return "its area code, or the beginning of the number, is none that the country's plan knows"


@cache
def _codes() -> tuple[tuple[str, date, date | None, str], ...]:
    table = files("assay.examine.content").joinpath("numbering.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return tuple(
        (prefix, date.fromisoformat(first), date.fromisoformat(last) if last else None, source)
        for prefix, first, last, source in rows
    )


def _known(digits: str) -> bool:
    """Whether the table knows the code at some time."""
    return any(digits.startswith(prefix) for prefix, *_ in _codes())


def out_of_time(digits: str, day: date) -> str:
    """Return, in words, that a code was not in use on `day`; empty when it was, or when that is not known."""
    for prefix, first, last, source in _codes():
        if digits.startswith(prefix) and (day < first or (last is not None and day > last)):
            used = f"from {first}" if last is None or day < first else f"until {last}"
            return f"the code +{prefix} was in use {used} ({source})"
    return ""


PHONE = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Telephone numbers that no plan of numbers allows, and area codes out of their time.",
    limits=_QUESTION.limits,
    examine=examine,
    heaviest=Weight.LIMITED,
)
