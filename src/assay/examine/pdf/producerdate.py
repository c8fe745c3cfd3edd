"""`pdf.producerdate`: programs, formats, fonts and characters that are younger than the date they stand under.

Two dates are compared. The last date that the file states of itself: what did not exist then cannot be in the file,
unless the dates were set back. And the date that the document bears on its first page: a file made later is a later
copy, which is a fact and, by the measured noise, no more. Limits: the table of releases is not complete; a name
without a version tells nothing. Source: `releases.tsv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from assay.examine.claimed import Claimed, claimed_date
from assay.examine.pdf.facts import Facts, facts_of
from assay.examine.pdf.sheets import sheets_of
from assay.examine.pdf.states import StateRefused
from assay.examine.question import Question, quoted
from assay.model import Direction, Reading, Record, Span, Weight, whole
from assay.work.part import Examination

GRACE = timedelta(days=120)
"""Programs are in use so long before their release, as previews."""
_MOST_SAID = 5

_LIMITS = (
    "Only what the table of releases names is known, and previews can be older. A document that was exported or "
    "scanned again is a later file of an older paper."
)
_QUESTION = Question(
    part="pdf.producerdate",
    version="1",
    proposition="The file was made later than its dates say.",
    alternative="The file was made when its dates say.",
    expected="Programs, formats, fonts and characters that existed at the file's dates.",
    innocent=(
        "the paper is older, and the file is a later export or copy of it",
        "a computer whose clock was wrong",
        "a program that kept the dates of an older file when it wrote it anew",
    ),
    limits=_LIMITS,
)


@dataclass(frozen=True, slots=True)
class Release:
    """What the table knows: `low` and `high` are code points, for characters."""

    kind: str
    name: str
    pattern: re.Pattern[str] | None
    version: tuple[int, ...]
    first: date
    source: str
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Younger:
    """Something in the file, the day on which it was first released, and where it stands."""

    kind: str
    words: str
    first: date
    source: str
    spans: tuple[Span, ...] = ()


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Compare what one PDF is made with and of to its dates."""
    digest = reading.exhibit.digest
    try:
        facts = facts_of(data)
        things = [*_programs(facts), *_fonts(reading, data), *_characters(reading)]
    except StateRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be opened for this examination: {error}.")
        return
    stated = max((m.last.date() for m in facts.moments), default=None)
    borne = claimed_date(reading)
    if not things or (stated is None and borne is None):
        missing = "date to compare with" if things else "program, font or character whose release is known"
        yield _QUESTION.not_applicable(digest, f"It holds no {missing}.")
        return
    late = [t for t in things if stated is not None and t.first > stated + GRACE]
    if late:
        kinds = sorted({t.kind for t in late})
        apart = " They are independent of each other." if len(kinds) > 1 else ""
        yield _QUESTION.finding(
            digest, f"The last date that the file states is {stated}; it holds {_listed(late)}.{apart}",
            [s for t in late for s in t.spans], Weight.MODERATE, "younger than its dates",
        )  # fmt: skip
    later = [t for t in things if borne is not None and t.first > borne.last + GRACE]
    if later and borne is not None:
        yield _copy(digest, borne, later)
    if not late:
        youngest = max(things, key=lambda t: t.first)
        against = f"its last stated date is {stated}" if stated else "it states no date of its own"
        yield _QUESTION.nothing(digest, f"The youngest thing in it is {youngest.words} ({youngest.first}); {against}.")


def _copy(digest: str, borne: Claimed, later: list[Younger]) -> Record:
    """Say that the file is younger than the date that the document bears."""
    return _QUESTION.finding(
        digest,
        f"The document bears the date {quoted(borne.written, 40)}; this file of it holds {_listed(later)}, so it was "
        "made later.", [borne.span, *(s for t in later for s in t.spans)], Weight.NEUTRAL, "later copy",
        direction=Direction.NEITHER,
    )  # fmt: skip


def _listed(things: list[Younger]) -> str:
    ordered = sorted(things, key=lambda t: (t.first, t.words), reverse=True)
    said = ", ".join(f"{t.words} (first released {t.first}: {t.source})" for t in ordered[:_MOST_SAID])
    return said + (f" and {len(things) - _MOST_SAID} more" if len(things) > _MOST_SAID else "")


def _programs(facts: Facts) -> Iterator[Younger]:
    """Yield the programs that the file names, and its format."""
    names = dict.fromkeys((facts.producer, facts.creator, facts.xmp_producer, facts.xmp_tool, *facts.history))
    for name in names:
        plain = name.replace("®", "").replace("™", "")
        best: Release | None = None
        for release in releases("producer"):
            match = release.pattern.search(plain) if release.pattern else None
            if match and release.version <= _version(match.group(1)) and (best is None or release.first > best.first):
                best = release
        if best:
            yield Younger("program", quoted(name, 80), best.first, best.source)
    for release in releases("format"):
        if _version(facts.version) == release.version:
            yield Younger("format", f"PDF {facts.version}", release.first, release.source)


def _fonts(reading: Reading, data: bytes) -> Iterator[Younger]:
    pages: dict[str, list[int]] = {}
    for sheet in sheets_of(data):
        for base in {f.base for f in sheet.fonts}:
            pages.setdefault(base, []).append(sheet.number)
    for base in sorted(pages):
        family = re.split(r"[,-]", base.replace(" ", ""))[0]
        family = re.sub(r"(?:PSMT|MT|PS)$", "", family)
        for release in releases("font"):
            if release.pattern and release.pattern.fullmatch(family):
                spans = tuple(whole(reading.exhibit.digest, n) for n in pages[base][:5])
                yield Younger("font", f"the font {quoted(base, 60)}", release.first, release.source, spans)
                break


def _characters(reading: Reading) -> Iterator[Younger]:
    """Yield characters of text layers (what was recognised from a picture is a reading, not a character)."""
    for release in releases("unicode"):
        for page in reading.pages:
            if page.how != "text_layer":
                continue
            at = next((i for i, c in enumerate(page.text) if release.low <= ord(c) <= release.high), None)
            if at is not None:
                words = f"the character {page.text[at]} (U+{ord(page.text[at]):04X})"
                yield Younger("character", words, release.first, release.source, (page.span(at, at + 1),))
                break


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(p) for p in text.split(".") if p.isdigit())


@cache
def releases(kind: str) -> tuple[Release, ...]:
    """Return the rows of one kind of the table of releases."""
    table = files("assay.examine.pdf").joinpath("releases.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    found = []
    for its, name, wanted, version, first, source in rows:
        if its == kind:
            low, _, high = wanted.partition("-") if kind == "unicode" else ("0", "", "")
            pattern = re.compile(wanted, re.IGNORECASE) if kind in ("producer", "font") else None
            found.append(
                Release(its, name, pattern, _version(version), date.fromisoformat(first), source, int(low, 16),
                        int(high or low, 16))
            )  # fmt: skip
    return tuple(found)


PRODUCERDATE = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Finds programs, formats, fonts and characters in a PDF that are younger than its dates.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=("application/pdf",),
    examine=examine,
)
