"""`pdf.fontdate`: embedded fonts that were changed after the last date that the file states of itself.

A TrueType font carries in its `head` table when it was last changed. A font of 2021 in a file whose dates end in 2015
was put in later, or the dates were set back. Limits: only fonts embedded with their `head` table; some programs write
the time of embedding there, which is not later than an honest date. Source: ISO/IEC 14496-22, 5.2.2; ISO 32000-2, 9.9.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from assay.examine.pdf.facts import facts_of, structure
from assay.examine.pdf.sheets import SUBSET, sheets_of
from assay.examine.pdf.states import StateRefused
from assay.examine.question import Question, quoted
from assay.model import Reading, Record, Span, Weight, whole
from assay.work.part import Examination

SLACK = timedelta(days=2)
"""Clocks and zones: a font may seem so much later than the file."""
MOST_FONTS = 500
LARGEST_FONT = 60_000_000
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_MOST_SAID = 4

_LIMITS = (
    "Only fonts that are embedded with a date are seen, and a font's date is its maker's clock. A file without dates "
    "of its own cannot be compared."
)
_QUESTION = Question(
    part="pdf.fontdate",
    version="1",
    proposition="The file was made or changed after the last date that it states.",
    alternative="The file was last changed when its dates say.",
    expected="No font that is younger than the file.",
    innocent=(
        "a program that writes the time of processing into fonts and leaves the file's dates alone",
        "a computer whose clock was wrong",
        "a conversion for archiving that embedded missing fonts and kept the dates",
    ),
    limits=_LIMITS,
)


@dataclass(frozen=True, slots=True)
class Dated:
    """An embedded font: the names that use it, their object numbers, and when it was last changed."""

    name: str
    keys: frozenset[int]
    changed: datetime


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Compare the dates of a PDF's embedded fonts with its own."""
    digest = reading.exhibit.digest
    try:
        facts = facts_of(data)
        fonts = dated_fonts(data) if facts.moments else []
    except StateRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be opened for this examination: {error}.")
        return
    if not facts.moments or not fonts:
        missing = "date of its own" if not facts.moments else "embedded font with a date"
        yield _QUESTION.not_applicable(digest, f"It holds no {missing}.")
        return
    last = max(facts.moments, key=lambda m: m.last)
    late = [f for f in fonts if f.changed > last.last + SLACK]
    if not late:
        youngest = max(f.changed for f in fonts).date().isoformat()
        yield _QUESTION.nothing(
            digest, f"The youngest of {len(fonts)} dated fonts is of {youngest}, the file's last date {last.written}."
        )
        return
    said = "; ".join(f"{quoted(f.name, 60)} of {f.changed.date().isoformat()}" for f in late[:_MOST_SAID])
    yield _QUESTION.finding(
        digest,
        f"{len(late)} of {len(fonts)} dated fonts are younger than the file's last date ({last.written}): {said}.",
        _pages(reading, data, late), Weight.MODERATE, "younger than its dates",
    )  # fmt: skip


def dated_fonts(data: bytes) -> list[Dated]:
    """Return the embedded TrueType fonts that state when they were changed; raise `StateRefused`."""
    import pikepdf

    users: dict[tuple[int, int], tuple[set[str], set[int]]] = {}
    streams: dict[tuple[int, int], Any] = {}
    found = []
    with structure(data) as pdf:
        descriptors: dict[tuple[int, int], tuple[str, Any]] = {}
        for item in pdf.objects:
            if not isinstance(item, pikepdf.Dictionary):
                continue
            if isinstance(item.get("/FontFile2"), pikepdf.Stream):
                descriptors[item.objgen] = (str(item.get("/FontName", "")), item.FontFile2)
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and isinstance(item.get("/FontDescriptor"), pikepdf.Dictionary):
                held = descriptors.get(item.FontDescriptor.objgen)
                if held is not None and len(streams) < MOST_FONTS:
                    streams[held[1].objgen] = held[1]
                    names, keys = users.setdefault(held[1].objgen, (set(), set()))
                    names.add(held[0])
                    keys.add(item.objgen[0])
        parents = _parents(pdf, {k for _, keys in users.values() for k in keys})
        for key in sorted(streams):
            changed = _changed(streams[key])
            if changed is not None:
                names, keys = users[key]
                match = SUBSET.fullmatch(min(names))
                every = frozenset(keys | {p for k in keys for p in parents.get(k, ())})
                found.append(Dated(match.group(2) if match else min(names).lstrip("/"), every, changed))
    return found


def _parents(pdf: Any, wanted: set[int]) -> dict[int, set[int]]:
    """Return, for descendant fonts, the composite fonts that use them."""
    import pikepdf

    found: dict[int, set[int]] = {}
    for item in pdf.objects:
        below = item.get("/DescendantFonts") if isinstance(item, pikepdf.Dictionary) else None
        if isinstance(below, pikepdf.Array):
            for font in list(below)[:4]:
                if isinstance(font, pikepdf.Dictionary) and font.objgen[0] in wanted:
                    found.setdefault(font.objgen[0], set()).add(item.objgen[0])
    return found


def _changed(stream: Any) -> datetime | None:
    """Return `head.modified` of a TrueType font; None when there is none or it is no date."""
    size = stream.get("/Length1", 0)
    if len(stream.read_raw_bytes()) > LARGEST_FONT or (isinstance(size, int) and size > LARGEST_FONT):
        return None
    font = bytes(stream.read_bytes())
    count = int.from_bytes(font[4:6], "big")
    for index in range(min(count, 64)):
        record = font[12 + 16 * index : 28 + 16 * index]
        if record[:4] == b"head":
            offset = int.from_bytes(record[8:12], "big")
            seconds = int.from_bytes(font[offset + 28 : offset + 36], "big", signed=True)
            if 0 < seconds < 6_000_000_000 and len(font) >= offset + 36:
                return _EPOCH + timedelta(seconds=seconds)
    return None


def _pages(reading: Reading, data: bytes, late: list[Dated]) -> list[Span]:
    """Return the pages that use one of the fonts."""
    keys = {k for f in late for k in f.keys}
    numbers = [s.number for s in sheets_of(data) if any(f.key in keys for f in s.fonts)]
    return [whole(reading.exhibit.digest, n) for n in numbers]


FONTDATE = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Finds embedded fonts that are younger than the last date that a PDF states of itself.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=("application/pdf",),
    examine=examine,
)
