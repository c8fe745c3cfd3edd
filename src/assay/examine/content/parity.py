"""`txt.parity`: numbers, dates, amounts and designations between the language versions of a document.

Compares clause by clause, row by row, or page by page. Limits: what stands in figures in one version must stand in
figures or words in the other; letters of designations are transcribed and not compared; clause references are left
out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from assay.examine.content.figures import Figures, Item, figures_of
from assay.examine.content.sight import one_digit_apart, pages_of, weigh
from assay.examine.content.versions import Aligned, Clause, Stretch, aligned, languages_of
from assay.examine.question import Question, quoted
from assay.model import Finding, Page, Reading, Record, Span, Weight
from assay.work.part import Examination

LANGUAGES = {"ru": "Russian", "uk": "Ukrainian", "zh": "Chinese", "en": "English"}
"""Exhibits on which it fired with at least limited weight, of those on which it had something to compare."""
_QUESTION = Question(
    part="txt.parity",
    version="2",
    proposition="One language version was changed after the versions were made, or was translated wrongly.",
    alternative="The versions were made together and say the same.",
    expected="The same numbers, dates and designations stand in both versions of a clause.",
    innocent=(
        "a slip of the translator, above all between 万 (ten thousand) and thousand",
        "a correction made in the version that prevails, and not carried over",
        "a number written as a word that was not recognised as one",
        "versions that are numbered or divided differently",
    ),
    limits="Compares figures, not meaning. A number that one version leaves out is told only where the clauses are "
    "aligned. Letters of designations are not compared. Which version prevails, the document itself may say.",
)
MOST = 24
FEW = 2
"""At most so many figures without any counterpart are told of one stretch."""
_SHARE = 0.5
"""A stretch in which more than this share of the figures is unanswered is not aligned rather than different."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One version of a stretch: its figures, each with its span."""

    clause: Clause
    figures: tuple[tuple[Item, Span], ...]
    spelled: tuple[tuple[Item, Span], ...]
    offered: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Difference:
    pair: Aligned
    one: tuple[tuple[Item, Span], ...]
    other: tuple[tuple[Item, Span], ...]


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Compare the language versions of one exhibit."""
    digest = reading.exhibit.digest
    languages = languages_of(reading)
    pages = pages_of(reading.pages)
    compared = stretches = unaligned = 0
    differences: list[_Difference] = []
    pairs = [(pair, _side(pair.one), _side(pair.other)) for pair in aligned(reading, languages)]
    said = Counter(key for _, one, other in pairs for side in (one, other) for key in side.offered)
    for pair, one, other in pairs:
        lacking = tuple(f for f in one.figures if not f[0].answered(other.offered))
        spare = tuple(f for f in other.figures if not f[0].answered(one.offered))
        count = len(one.figures) + len(other.figures)
        if not count:
            continue
        if len(lacking) + len(spare) > max(2, count * _SHARE):
            unaligned += 1
            continue
        stretches += 1
        compared += count
        if lacking and not spare:  # a number in words may stand against one in figures
            spare = _against(lacking, other, one)
        elif spare and not lacking:
            lacking = _against(spare, one, other)
        if not (lacking and spare):  # what is said elsewhere too was moved or left out, not changed
            lacking, spare = (tuple(f for f in some if said[f[0].key] < 2) for some in (lacking, spare))
        if lacking or spare:
            differences.append(_Difference(pair, lacking, spare))
    findings = [f for d in differences if (f := _finding(digest, pages, d)) is not None]
    if len(findings) > MOST or (stretches and len(findings) * 2 > stretches and len(findings) > 3):
        yield _QUESTION.not_examined(
            digest, f"{len(findings)} of {stretches} stretches differ: they were probably not aligned"
        )
    elif findings:
        yield from findings
    elif stretches:
        rest = f"; {unaligned} stretches could not be aligned" if unaligned else ""
        names = " and ".join(LANGUAGES[name] for name in languages)
        yield _QUESTION.nothing(
            digest,
            f"{compared} figures in {stretches} stretches of the {names} versions were compared and agree{rest}.",
        )
    else:
        yield _QUESTION.not_applicable(digest, "no figures stand in two language versions that could be aligned")


def _against(lacking: Iterable[tuple[Item, Span]], there: _Side, here: _Side) -> tuple[tuple[Item, Span], ...]:
    """Return the spelled numbers of `there` that `here` does not answer, at most as many as it is lacking."""
    wanted = sum(1 for item, _ in lacking if item.number is not None)
    spelled = (f for f in there.spelled if not f[0].answered(here.offered) and f[0].number not in (0, 1))
    longer = (f for f in spelled if there.clause.language != "zh" or f[0].end - f[0].start > 1)
    return tuple(f for f in longer if not _SCALE.match(f[1].quote.lower()))[:wanted]


_SCALE = re.compile(r"миллион|млн|тысяч|миллиард|мільйон|тисяч|мільярд|million|thousand|hundred|billion|[万亿千百]")
"""A run of number words that begins so has lost its first word, which was not read as one."""
_PERCENT = re.compile(r"(?<=[0-9]) (?:96|9%|%6|90|95|98)(?=[\s,.;:)（(])")
"""What recognition makes of a percent sign that stands behind a number."""


def _side(clause: Clause) -> _Side:
    items: list[tuple[Item, Span]] = []
    spelled: list[tuple[Item, Span]] = []
    offered: set[str] = set()
    for stretch in clause.stretches:
        found: Figures = figures_of(_mended(stretch), clause.language)
        offered |= found.offered
        items += [(i, _place(stretch, i)) for i in found.demanded]
        spelled += [(i, _place(stretch, i)) for i in found.spelled]
    return _Side(clause, tuple(items), tuple(spelled), frozenset(offered))


def _mended(stretch: Stretch) -> str:
    """Return the text, on a recognised page with percent signs that were taken for figures; offsets stay."""
    if stretch.page.how != "ocr":
        return stretch.text
    return _PERCENT.sub(lambda m: " %".ljust(len(m.group())), stretch.text)


def _place(stretch: Stretch, item: Item) -> Span:
    return stretch.page.span(stretch.start + item.start, stretch.start + item.end)


def _finding(digest: str, pages: dict[int, Page], difference: _Difference) -> Finding | None:
    """Return what to say of one stretch; None for what a translation may well leave out, or what was not aligned."""
    pair, one, other = difference.pair, difference.one, difference.other
    opposed = _opposed(one, other)
    strict = pair.by in ("page", "text", "paragraph")
    if strict:  # a code that only one version has (a postcode) is no part of what was aligned
        paired = [f for ends in opposed for f in ends]
        one = tuple(f for f in one if f[0].kind != "code" or f in paired)
        other = tuple(f for f in other if f[0].kind != "code" or f in paired)
    if strict and not (len(opposed) == len(one) == len(other)):
        return None
    if strict and not all(_weighty(a) and _weighty(b) for (a, _), (b, _) in opposed):
        return None
    if not opposed and (len(one) + len(other) > FEW or _recognised(pages, pair)):
        return None  # so much left out at once was never there, or not aligned
    if not opposed and not any(_telling(item) for item, _ in (*one, *other)):
        return None
    names = LANGUAGES[pair.one.language], LANGUAGES[pair.other.language]
    misread = any(
        a.number is not None and b.number is not None and one_digit_apart(a.number, b.number)
        for (a, _), (b, _) in opposed
    )
    if opposed:
        one, other = tuple(a for a, _ in opposed), tuple(b for _, b in opposed)
    spans = tuple(span for _, span in (*one, *other))
    counterpart = () if opposed else _counterpart(pair.other if one else pair.one)
    weight, doubt = weigh(pages, (*spans, *counterpart), confirmed=False, misread=misread)
    if weight is Weight.MODERATE and not opposed:
        weight, doubt = Weight.LIMITED, "Nothing stands in its place: it may be a word, or left out by the translator."
    elif weight is Weight.MODERATE and (pair.by == "page" or len(opposed) > 2):
        weight, doubt = Weight.LIMITED, "The versions could not be aligned closely."
    where = {"clause": f"clause {pair.name}", "page": "the page as a whole", "paragraph": "a paragraph"}.get(
        pair.by, pair.name
    )
    left = ", ".join(quoted(span.quote) for _, span in one) or "nothing"
    right = ", ".join(quoted(span.quote) for _, span in other) or "nothing"
    page = (spans or counterpart)[0].page
    said = f"Page {page}, {where}: {names[0]} has {left}, where {names[1]} has {right}.{_factor(opposed)}"
    return _QUESTION.finding(
        digest, f"{said} {doubt}".strip(), (*spans, *counterpart), weight, f"language versions of {where}, page {page}"
    )  # fmt: skip


def _recognised(pages: dict[int, Page], pair: Aligned) -> bool:
    """Tell whether one of the two was read from a picture, where a figure may have been overlooked."""
    return any(pages[s.page.number].how == "ocr" for c in (pair.one, pair.other) for s in c.stretches)


def _weighty(item: Item) -> bool:
    """Tell whether a figure is more than the number of an annex or list entry, where alignment is not close."""
    return item.kind != "number" or item.counted or (item.number is not None and item.number > 12)


def _telling(item: Item) -> bool:
    return item.kind in ("date", "percent") or (item.kind == "number" and item.number is not None and item.number > 12)


def _opposed(
    one: Iterable[tuple[Item, Span]], other: Iterable[tuple[Item, Span]]
) -> list[tuple[tuple[Item, Span], tuple[Item, Span]]]:
    """Return unanswered figures of one kind from both versions, in order."""
    left, found = list(other), []
    for item in one:
        match = next((o for o in left if _comparable(item[0], o[0])), None)
        if match is not None:
            left.remove(match)
            found.append((item, match))
    return found


def _comparable(one: Item, other: Item) -> bool:
    """Tell whether two unanswered figures can be versions of one: of one kind, and codes all but alike."""
    if one.kind != other.kind:
        return {one.kind, other.kind} == {"number", "percent"}
    if one.kind != "code":
        a, b = one.number, other.number
        return a is None or b is None or not a or not b or Decimal("1e-4") <= a / b <= Decimal("1e4")
    ours, theirs = (re.sub("[^0-9]", "", item.key) for item in (one, other))
    return len(ours) == len(theirs) and sum(x != y for x, y in zip(ours, theirs, strict=True)) <= 2


def _counterpart(clause: Clause) -> tuple[Span, ...]:
    return tuple(s.page.span(s.start, s.end) for s in clause.stretches[:2])


def _factor(opposed: list[tuple[tuple[Item, Span], tuple[Item, Span]]]) -> str:
    """Return a hint when two numbers differ by a power of ten, as 万 and thousand do."""
    for (a, _), (b, _) in opposed:
        if a.number and b.number and a.number > 0 and b.number > 0:
            ratio = max(a.number, b.number) / min(a.number, b.number)
            if ratio in (Decimal(10), Decimal(100), Decimal(1000), Decimal(10000)):
                return f" They differ by a factor of {ratio:f}, as when 万 (ten thousand) is taken for thousand."
    return ""


PARITY = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Numbers, dates and designations between the language versions of a document.",
    limits=_QUESTION.limits,
    examine=examine,
    heaviest=_QUESTION.heaviest,
)
