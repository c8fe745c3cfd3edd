"""`set.template`: a paper that is set otherwise than the others of its issuer.

Compares page size, margins, size and pitch of letters, fonts, the way of writing dates and numbers of letters, and the
page's label, over the papers of one issuer, kind and language. Limits: an issuer is known by the head of its papers;
where its papers differ among themselves there is no manner to differ from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assay.examine.question import Question, quoted
from assay.examine.trove.issuers import ties_of
from assay.examine.trove.references import contents
from assay.examine.trove.traces import traces_of
from assay.model import Direction, Occurrence, Page, PageState, Reading, Record, Trove, Weight
from assay.read.values import find_dates
from assay.read.values.lexicon import fold, lower
from assay.work.part import Examination

_LIMITS = (
    "An issuer is known by the head of its papers, and has a manner when at least five of one kind and language "
    "agree. What "
    "a scanner changes (fonts, margins) is not compared. A new secretary, program or letterhead changes it honestly."
)
_QUESTION = Question(
    part="set.template",
    version="1",
    proposition="The paper was set by another hand, or with another form, than the issuer's others.",
    alternative="The paper was set as the issuer sets its papers.",
    expected="Papers of one issuer, kind and language share page, margins, letters and their ways of writing.",
    innocent=(
        "a new secretary, program, printer or letterhead",
        "another department, or a paper made in a hurry",
        "a text that was exported or printed by another program",
    ),
    limits=_LIMITS,
    heaviest=Weight.LIMITED,
)
LEAST = 5
"""An issuer has a manner when at least so many papers of one kind and language are there."""
SHARE = 0.8
"""A feature belongs to the manner when at least this share of the other papers have it alike."""
DIFFERENT = 3
"""A paper that differs in so many features of the manner is told."""
_SHORT_PAGES, _SHORT_WORDS = 2, 450
_LEAST_WORDS = 20
_MILLIMETRES = 25.4 / 72
_REFERENCE = re.compile(r"(?:исх|вих|our ref|ref|发文|文号|编号)[^\n]{0,60}", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:стр(?:аница|\.)|лист|сторінка|стор\.|аркуш|page|p\.|sheet|第)\s*\d{1,3}[^\n]{0,16}|^[-– "
    r"]*\d{1,3}\s*/\s*\d{1,3}[-– ]*$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class _Paper:
    digest: str
    path: str
    group: tuple[str, str, str]
    features: tuple[tuple[str, str], ...]


def examine(trove: Trove) -> Iterable[Record]:
    """Compare each issuer's papers of one kind and language with each other."""
    occurrences: dict[str, list[Occurrence]] = {}
    for occurrence in trove.all(Occurrence):
        occurrences.setdefault(occurrence.exhibit, []).append(occurrence)
    groups: dict[tuple[str, str, str], list[_Paper]] = {}
    for reading in trove.readings():
        digest = reading.exhibit.digest
        ties = ties_of(reading, frozenset())
        pages = [p for p in reading.pages if p.state is PageState.READ and p.text.strip()]
        if not ties.issuer or not pages:
            yield _QUESTION.not_applicable(digest, "its head names no issuer")
            continue
        its = occurrences.get(digest, [])
        held = contents(reading, its)
        short = len(pages) <= _SHORT_PAGES and not reading.tables and sum(len(p.words) for p in pages) < _SHORT_WORDS
        kind = "short paper" if short else (held.title.kind if held.title else "paper")
        fonts = frozenset() if held.recognised else traces_of(trove.blob(digest), reading.exhibit.media_type).fonts
        path = its[0].path if its else ""
        paper = _Paper(
            digest, path, (ties.issuer, kind, ties.language), tuple(sorted(features(reading, fonts).items()))
        )
        groups.setdefault(paper.group, []).append(paper)
    for _, papers in sorted(groups.items()):
        yield from _compared(papers)


def _compared(papers: list[_Paper]) -> Iterable[Record]:
    for paper in papers:
        if len(papers) < LEAST:
            yield _QUESTION.not_applicable(paper.digest, "too few papers of its issuer, kind and language are there")
            continue
        manner = _manner([other for other in papers if other is not paper])
        own = dict(paper.features)
        compared = {name: value for name, value in manner.items() if name in own}
        differing = {name: value for name, value in compared.items() if own[name] != value}
        issuer = quoted(paper.group[0], 60)
        if len(differing) >= DIFFERENT:
            said = "; ".join(f"{name} {own[name]}, not {value}" for name, value in sorted(differing.items()))
            yield _QUESTION.finding(
                paper.digest, f"It differs from the manner of {len(papers) - 1} other papers of {issuer} in "
                    f"{len(differing)} of "
                f"{len(compared)} features: {said}.", (), Weight.LIMITED, f"manner of {paper.group[0]}",
            )  # fmt: skip
        elif compared:
            yield _QUESTION.nothing(
                paper.digest, f"It has {len(compared) - len(differing)} of {len(compared)} features of the manner of "
                f"{len(papers) - 1} other papers of {issuer}.",
            )  # fmt: skip
        else:
            yield _QUESTION.nothing(
                paper.digest, f"The papers of {issuer} have no manner in common.", direction=Direction.NEITHER
            )


def _manner(papers: list[_Paper]) -> dict[str, str]:
    """Return the features that nearly all papers have alike."""
    values: dict[str, Counter[str]] = {}
    for paper in papers:
        for name, value in paper.features:
            values.setdefault(name, Counter())[value] += 1
    found = {}
    for name, counts in values.items():
        value, number = counts.most_common(1)[0]
        if number >= max(LEAST - 1, SHARE * len(papers)):
            found[name] = value
    return found


def features(reading: Reading, fonts: frozenset[str]) -> dict[str, str]:
    """Return how a paper is set, by name: what could not be measured is left out."""
    page = next(p for p in reading.pages if p.state is PageState.READ and p.text.strip())
    found = {}
    if fonts:
        found["fonts"] = ", ".join(sorted(fonts))
    if page.width and page.how != "ocr":
        found["page"] = f"{round(page.width * _MILLIMETRES)} x {round(page.height * _MILLIMETRES)} mm"
        found |= _measures(page)
    head = page.text[:900]
    day = next((d for d in find_dates(head) if d.value.earliest and d.value.earliest == d.value.latest), None)
    if day is not None:
        found["date as"] = shape(day.value.written)
    reference = _REFERENCE.search(head)
    if reference is not None:
        found["number as"] = shape(reference.group())
    label = _LABEL.search(page.text)
    found["page label as"] = shape(label.group()) if label else "none"
    return found


def _measures(page: Page) -> dict[str, str]:
    """Return margins, size and pitch of a page's words, in steps that the text alone does not change."""
    words = page.words
    if len(words) < _LEAST_WORDS:
        return {}
    width, height = page.width * _MILLIMETRES, page.height * _MILLIMETRES
    left = sorted(words.box(i).x0 for i in range(len(words)))
    sizes = [(words.box(i).y1 - words.box(i).y0) * page.height for i in range(len(words))]
    tops = sorted({round(words.box(i).y0 * height, 1) for i in range(len(words))})
    steps = Counter(round((b - a) * 2) / 2 for a, b in pairwise(tops) if 2 <= b - a <= 12)
    found = {
        "left margin": f"{round(left[len(left) // 50] * width / 3) * 3} mm",
        "letters": f"{round(median(sizes))} pt",
    }
    if steps:
        found["line pitch"] = f"{steps.most_common(1)[0][0]} mm"
    return found


def shape(written: str) -> str:
    """Return a way of writing: digits as 0, runs of them as long as they are, names of months as M."""
    plain = lower(fold(" ".join(written.split())))
    plain = re.sub(r"[0-9]+", lambda m: "0" * min(len(m.group()), 4), plain)
    plain = re.sub(r"[a-zа-яіїєґ]{3,}", lambda m: m.group() if _kept(m.group()) else "M", plain)
    return plain[:40].strip()


def _kept(word: str) -> bool:
    return word.startswith(
        ("стр", "лист", "page", "sheet", "исх", "вих", "ref", "our", "року", "года", "dated", "сторін", "арк")
    )


TEMPLATE = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Papers that are set otherwise than the others of their issuer.",
    limits=_LIMITS,
    examine_trove=examine,
    heaviest=Weight.LIMITED,
)
