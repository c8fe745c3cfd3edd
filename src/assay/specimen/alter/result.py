"""What an alteration gives back."""

from __future__ import annotations

from dataclasses import dataclass

Rectangle = tuple[float, float, float, float]
"""x0, y0, x1, y1 in page fractions, origin top left."""


@dataclass(frozen=True, slots=True)
class Altered:
    """The bytes after an alteration or an innocent change, where it is, and the words before and after.

    `page` counts from 1 and is 0 where the change is nowhere on a page; `box` is None then.
    """

    data: bytes
    page: int = 0
    box: Rectangle | None = None
    before: str = ""
    after: str = ""


class CannotAlter(ValueError):
    """The document has no place for this alteration: take another document or another alteration."""
