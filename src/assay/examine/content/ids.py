"""`txt.ids`: check digits of register numbers (ИНН, ОГРН, accounts with their bank, USCC, IBAN, LEI, IMO, ЄДРПОУ ...).

Looks at each labelled number once per value. Limits: a number of the right form is not thereby anybody's; schemes
without check digits (КПП, БИК, SWIFT) are counted and not judged; one wrong digit in ten passes unnoticed nowhere,
but two may.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from assay.examine.content.sight import CLEAR, least_confidence
from assay.examine.question import Question, quoted
from assay.model import Direction, Finding, Identifier, Page, Reading, Record, Span, Weight
from assay.read.values import attach, confusable, find_identifiers
from assay.work.part import Examination

NAMES = {
    "inn": "INN (Russian taxpayer number)", "ogrn": "OGRN (Russian state registration number)",
    "ogrnip": "OGRNIP (Russian registration number of an entrepreneur)", "account": "account number (key with its BIK)",
    "correspondent": "correspondent account (key with its BIK)", "uscc": "Chinese unified social credit code",
    "iban": "IBAN", "lei": "LEI", "imo": "IMO ship number", "edrpou": "EDRPOU (Ukrainian register number)",
    "rnokpp": "RNOKPP (Ukrainian taxpayer number)", "okpo": "OKPO (Russian statistics number)",
    "resident_id": "Chinese resident identity number",
}  # fmt: skip
"""Exhibits on which it fired with at least limited weight, of those on which it had something to compare."""
_QUESTION = Question(
    part="txt.ids",
    version="5",
    proposition="A register number was invented, or changed after it was written, or mistyped.",
    alternative="The register numbers stand as their registers issued them.",
    expected="The check digits agree with the number.",
    innocent=(
        "a typing error in the original",
        "a scan read wrongly",
        "a placeholder in a draft or template",
        "a number of another register or country under the same label",
    ),
    limits="A number with valid check digits may still be somebody else's or nobody's. About one invented number in "
    "ten has a valid check digit by chance. Registers themselves are not asked.",
)


_STEADY = 2
_PLAIN = 93
_FAIR = 80
"""A number that recognition read alike at so many places, and fairly well at one, was hardly misread by chance."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """One value of one scheme with all places where it stands."""

    value: Identifier
    places: tuple[tuple[Page, Span], ...]


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Check each register number of one exhibit."""
    digest = reading.exhibit.digest
    seen = _collect(reading.pages)
    checked = [one for one in seen if one.value.valid is not None]
    bank = next((one.value.value for one in seen if one.value.scheme == "bik"), "")
    valid = {one.value.value for one in checked if one.value.valid}
    findings = [_finding(digest, one, bank, valid) for one in checked if not one.value.valid]
    if findings:
        yield from findings
    elif checked:
        others = len(seen) - len(checked)
        rest = f"; {others} more belong to schemes without check digits" if others else ""
        yield _QUESTION.nothing(
            digest, f"{len(checked)} register numbers were checked; their check digits agree{rest}."
        )
    else:
        yield _QUESTION.not_applicable(digest, "no register number with check digits was found")


def _collect(pages: Iterable[Page]) -> list[_Seen]:
    """Return each number once, in the order of its first place, judged by the clearest reading of it."""
    order: dict[tuple[str, str], list[tuple[Identifier, Page, Span]]] = {}
    for page in pages:
        for found in find_identifiers(page.text):
            value = attach(page, found)
            assert value.span is not None
            order.setdefault((value.scheme, value.value), []).append((value, page, value.span))
    seen = []
    for entries in order.values():
        # An account without its bank near is judged by the place that has one.
        judged = [value for value, _, _ in entries if value.valid is not None]
        best = next((v for v in judged if v.valid), judged[0] if judged else entries[0][0])
        seen.append(_Seen(best, tuple((page, span) for _, page, span in entries)))
    return seen


def _finding(digest: str, one: _Seen, bank: str, valid: set[str]) -> Finding:
    value = one.value
    spans = tuple(span for _, span in one.places)
    page = one.places[0][0]
    name = NAMES.get(value.scheme, value.scheme)
    said = f"Page {page.number}: the {name} {quoted(value.written)} does not agree with its check digits"
    group = f"register number {value.scheme} {value.value}"
    recognised = all(p.how == "ocr" for p, _ in one.places)
    elsewhere = next((v for v in sorted(valid) if _apart(v, value.value) == 1), None)
    least = min(least_confidence(p, [(s.start, s.end)]) for p, s in one.places)
    repair = confusable(value.value, value.scheme, bank)
    note = f"; elsewhere in the document stands {elsewhere}, which does" if elsewhere else ""
    stands = "stand zeros only" if set(value.value) == {"0"} else f"{quoted(value.written)} stands, digits that count"
    if set(value.value) == {"0"} or _counting(value.value):
        return _QUESTION.finding(
            digest, f"Page {page.number}: in place of the {name} {stands}.", spans, Weight.NEUTRAL, group,
            direction=Direction.NEITHER, innocent=("a placeholder in a draft, template or sample",),
        )  # fmt: skip
    best = max(least_confidence(p, [(s.start, s.end)]) for p, s in one.places)
    steady = len(spans) >= _STEADY and best >= _FAIR and not elsewhere and not value.uncertain
    if recognised and steady:
        return _QUESTION.finding(
            digest, f"{said}; it was recognised from pictures at {len(spans)} places, each time alike.", spans,
            Weight.LIMITED, group, innocent=("a scan read wrongly in the same way each time",),
        )  # fmt: skip
    if recognised and repair and not elsewhere and not value.uncertain and _read_plainly(one):
        return _QUESTION.finding(
            digest, f"{said}; recognised plainly from a picture; {repair} would agree and looks alike.", spans,
            Weight.LIMITED, group, innocent=("a scan read wrongly",),
        )  # fmt: skip
    if recognised and (repair or elsewhere or least < CLEAR or value.uncertain):
        meant = repair or elsewhere
        why = (
            f"likely misread: {meant} would agree and looks alike"
            if meant
            else f"recognised with a confidence of {least} of 100"
        )
        return _QUESTION.finding(
            digest, f"{said}{note}; it was recognised from a picture and is {why}.", spans, Weight.NEUTRAL, group,
            direction=Direction.NEITHER, innocent=("a scan read wrongly",),
        )  # fmt: skip
    if value.uncertain:
        return _QUESTION.finding(digest, f"{said}: {value.uncertain}{note}.", spans, Weight.LIMITED, group)
    weight = Weight.LIMITED if recognised else Weight.MODERATE
    near = f"; {repair}, which looks alike, would agree" if repair else ""
    return _QUESTION.finding(digest, f"{said}{note}{near}.", spans, weight, group)


def _read_plainly(one: _Seen) -> bool:
    """Tell whether a number was recognised with confidence at each place, and no second reading of it differs.

    That another number looks alike and agrees says little: of a number's many digits some can nearly always be
    exchanged so that the check digits fit.
    """
    return all(
        least_confidence(page, [(span.start, span.end)]) >= _PLAIN
        and not any(other.start < span.end and span.start < other.end for other in page.others)
        for page, span in one.places
    )


def _counting(value: str) -> bool:
    """Tell whether most digits follow the one before as in 1234 4321 0000: so does one invented number in thousands."""
    digits = [int(c) for c in value if c.isdigit()]
    steps = [abs(b - a) for a, b in pairwise(digits)]
    return len(steps) >= _LEAST_STEPS and sum(1 for step in steps if step <= 1) >= _COUNTING * len(steps)


_LEAST_STEPS = 7
_COUNTING = 0.7


def _apart(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else -1


IDS = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Check digits of tax, company, bank and ship numbers.",
    limits=_QUESTION.limits,
    examine=examine,
    heaviest=_QUESTION.heaviest,
)
