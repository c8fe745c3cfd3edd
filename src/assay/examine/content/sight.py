"""How well were the figures read? A contradiction on a scan is first of all a reading error.

Limits: a recogniser's confidence is its own opinion; a digit can be misread with high confidence. So on recognised
pages a contradiction that one misread digit would explain is never more than limited.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from assay.model import Page, Span, Weight

CLEAR = 90
"""Words recognised with at least this confidence (of 100) count as clearly read."""
_SHAPES = ("0869OCDQ", "17Il4", "27Z", "3859B", "149", "56S3", "6850bG", "712", "830695B", "940")


def least_confidence(page: Page, places: Iterable[tuple[int, int]]) -> int:
    """Return the lowest confidence of the words under `places` (offsets), 100 where nothing was recognised."""
    if page.how != "ocr":
        return 100
    under = [page.words.confidence[i] for start, end in places for i in page.words.within(start, end)]
    return min(under, default=0)


def weigh(pages: dict[int, Page], spans: Iterable[Span], confirmed: bool, misread: bool) -> tuple[Weight, str]:
    """Return the weight of a contradiction between figures at `spans`, and what lowers it, in words.

    `confirmed` says that a second, independent relation points at the same figure; `misread` that a single digit that
    recognition takes for another would explain it. A text layer gives moderate (fewer than 300 innocents measured).
    """
    places = list(spans)
    if any(note.startswith("tracked changes") for s in places if s.page in pages for note in pages[s.page].notes):
        return (
            Weight.LIMITED,
            "Tracked changes stand in the file; one of them may have changed one figure and not the other.",
        )
    recognised = [s for s in places if s.page in pages and pages[s.page].how == "ocr"]
    if not recognised:
        return Weight.MODERATE, ""
    least = min(least_confidence(pages[s.page], [(s.start, s.end)]) for s in recognised)
    if least < CLEAR:
        return Weight.LIMITED, f"The figures were recognised from a picture with a confidence of only {least} of 100."
    if misread and not confirmed:
        return (
            Weight.LIMITED,
            "The figures were recognised from a picture, and one misread digit would explain the difference.",
        )
    if not confirmed:
        return (
            Weight.LIMITED,
            "The figures were recognised from a picture, and nothing else on the page confirms the difference.",
        )
    return Weight.MODERATE, ""


def one_digit_apart(one: Decimal, other: Decimal) -> bool:
    """Tell whether two numbers differ in one digit of like shape, or by one digit that is missing."""
    a, b = (format(n.normalize() + 0, "f") for n in (one, other))
    if len(a) == len(b):
        unlike = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
        return (
            len(unlike) == 1 and unlike[0][1] in _SHAPES[int(unlike[0][0])]
            if unlike and unlike[0][0].isdigit()
            else False
        )
    long, short = (a, b) if len(a) > len(b) else (b, a)
    return len(long) - len(short) == 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def pages_of(pages: Iterable[Page]) -> dict[int, Page]:
    """Return pages by number."""
    return {page.number: page for page in pages}
