"""One record in words: its fields as a person reads them, the places that it rests on, and what to do with it next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from enum import Enum

from assay.case import Case
from assay.custody.paths import all_paths, first_paths
from assay.model import (
    DateRange,
    Designation,
    Document,
    Engagement,
    Exhibit,
    Finding,
    FindingStatus,
    Identifier,
    Money,
    Page,
    Problem,
    Quantity,
    Record,
    Span,
    Text,
    Weight,
    spans_in,
)  # fmt: skip
from assay.publish import wording

_MOST, _LONG = 12, 300
_APART = ("part", "version", "spans", "words", "text")
"""Fields that are shown in their own way, or by `assay show CASE EXHIBIT --page N`."""


def record_text(case: Case, record: Record) -> str:
    """Return a record in words; an exhibit with its names, pages, findings and problems."""
    lines = [f"{record.KIND}: {record.id}", ""]
    lines += _exhibit(case, record) if isinstance(record, Exhibit) else _fields(record)
    paths = first_paths(case.store)
    places = list(dict.fromkeys(spans_in(record)))
    if places:
        lines += ["", "Stands on:"]
        lines += [f"  {_place(span, paths)}" for span in places[:_MOST]]
        lines += [f"  and {len(places) - _MOST} more places"] if len(places) > _MOST else []
    if isinstance(record, Finding):
        lines += ["", f"To make it again: assay reproduce CASE {record.id[:16]}"]
    lines += ["", "All of it, for a program: add --json"]
    return "\n".join(lines)


def _exhibit(case: Case, exhibit: Exhibit) -> Iterator[str]:
    for path in all_paths(case.store).get(exhibit.digest, ()):
        yield f"  {'met as':<14} {path}"
    yield f"  {'kind of file':<14} {exhibit.media_type}, {exhibit.size:,} bytes"
    for document in case.store.of(Document, exhibit.digest):
        number = f" {document.number.written}" if document.number else ""
        dated = f" of {wording.day(document.date)}" if document.date else ""
        yield f"  {'reads as':<14} {str(document.kind).replace('_', ' ')}{number}{dated} ({document.id[:8]})"
    for page in case.store.of(Page, exhibit.digest):
        sure = f", mean confidence {page.confidence:.0f} of 100" if page.confidence is not None else ""
        yield f"  {'page ' + str(page.number):<14} {page.state}, {page.how or 'no way'}{sure}"
    for found in sorted(case.store.of(Finding, exhibit.digest), key=lambda f: (f.part, f.id)):
        if found.status is FindingStatus.FINDING and found.weight is not Weight.NEUTRAL:
            yield f"  {'finding':<14} {found.id[:8]} {wording.WEIGHTS[found.weight]}: {_flat(found.observation)}"
    for problem in case.store.of(Problem, exhibit.digest):
        yield f"  {'problem':<14} {problem.message}"
    yield ""
    yield "To read a page: assay show CASE EXHIBIT --page N; to examine it: assay report CASE FOLDER EXHIBIT"


def _fields(record: Record) -> Iterator[str]:
    assert is_dataclass(record)
    for field in fields(record):
        words = [] if field.name in _APART else list(_words(getattr(record, field.name)))
        title = field.name.replace("_", " ")
        for word in words[:_MOST]:
            yield f"  {title:<14} {_flat(word)}"
            title = ""
        if len(words) > _MOST:
            yield f"  {'':<14} and {len(words) - _MOST} more"
    yield f"  {'made by':<14} {getattr(record, 'part', 'a person')} {getattr(record, 'version', '')}".rstrip()


def _words(value: object) -> Iterator[str]:
    """Yield a value of a field as words: nothing for what is not there."""
    match value:
        case None | "" | Span():
            return
        case Text() | Designation() | Identifier():
            unsure = f" (uncertain: {value.uncertain})" if value.uncertain else ""
            yield value.written + unsure
        case Money():
            yield wording.money(value)
        case Quantity():
            yield f"{wording.quoted(value.written)} ({wording.quantity(value)})"
        case DateRange():
            yield f"{wording.quoted(value.written)} ({wording.day(value)})"
        case Engagement():
            yield f"{wording.ROLES[value.role]}: {value.name}" + (f" ({value.party[:8]})" if value.party else "")
        case Enum() | str() | int() | float():
            yield str(value)
        case Iterable():
            for one in value:
                yield from _words(one)
        case _ if is_dataclass(value):
            inner = (
                (field.name.replace("_", " "), list(_words(getattr(value, field.name)))) for field in fields(value)
            )
            yield ", ".join(f"{name} {'; '.join(words)}" for name, words in inner if words)
        case _:
            yield str(value)


def _place(span: Span, paths: dict[str, str]) -> str:
    where = paths.get(span.exhibit, span.exhibit[:12]) + (f", page {span.page}" if span.page else "")
    return f"{where}: {wording.quoted(span.quote)}" if span.quote else where


def _flat(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= _LONG else flat[: _LONG - 1].rstrip() + "…"
