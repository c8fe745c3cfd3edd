"""A place in evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in fractions of the page (0 to 1), origin top left, rounded to 1/65535."""

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        """Hold floats: an id is a digest of what is written, and 0 is written otherwise than 0.0."""
        as_floats(self, "x0", "y0", "x1", "y1")


def as_floats(value: object, *names: str) -> None:
    """Turn whole numbers in the named fields of a frozen value into floats, while it is being made."""
    for name in names:
        if type(getattr(value, name)) is int:
            object.__setattr__(value, name, float(getattr(value, name)))


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands: exhibit digest, page number (from 1), character offsets, boxes, and the quote.

    The invariant that `assay verify` checks: the text of that page, from `start` to `end`, is `quote`.
    A span without text (a picture, a metadata field) has `start == end`, an empty quote, and boxes
    where there is something to point at; page 0 is the exhibit as a whole.
    """

    exhibit: str
    page: int
    start: int
    end: int
    boxes: tuple[Box, ...]
    quote: str


def whole(exhibit: str, page: int = 0, boxes: tuple[Box, ...] = ()) -> Span:
    """Return a span over an exhibit (page 0) or a page, without text."""
    return Span(exhibit, page, 0, 0, boxes, "")


def spans_in(value: object) -> Iterator[Span]:
    """Yield every span that a record or value holds, at whatever depth, in field order."""
    if isinstance(value, Span):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from spans_in(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from spans_in(getattr(value, field.name))
