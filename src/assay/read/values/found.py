"""A value found in a text: where it stands and what it says.

Limits: offsets count characters of exactly the text that was given; `value` carries no span until `attach`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from assay.model import DateRange, Designation, Identifier, Money, Page, Quantity, Text

T = TypeVar("T")
V = TypeVar("V", Text, Quantity, Money, DateRange, Designation, Identifier)


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """`value` stands at `text[start:end]` of the text that was searched."""

    start: int
    end: int
    value: T


def attach(page: Page, found: Found[V], offset: int = 0) -> V:
    """Return the value with its span on `page`; `offset` is where the searched text began on the page."""
    changed: Any = replace(found.value, span=page.span(found.start + offset, found.end + offset))
    value: V = changed
    return value


def shifted(found: Found[T], offset: int) -> Found[T]:
    """Return `found` as seen from a text in which the searched one begins at `offset`."""
    return Found(found.start + offset, found.end + offset, found.value)


def without_overlaps(found: list[Found[T]]) -> list[Found[T]]:
    """Return `found` in text order; of two that overlap the longer stays, of equals the one found first."""
    kept: list[Found[T]] = []
    for one in sorted(found, key=lambda f: (f.start, -(f.end - f.start))):
        if kept and one.start < kept[-1].end:
            if one.end - one.start > kept[-1].end - kept[-1].start:
                kept[-1] = one
            continue
        kept.append(one)
    return kept
