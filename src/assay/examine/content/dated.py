"""The date that a document claims for itself, as far as its own words say.

Limits: the latest day among the dates in the head of its first page, and those beside words of signing; None when
there is none. It is meant to be on the late side: what is held against it must be later still.
"""

from __future__ import annotations

import re
from datetime import date

from assay.model import PageState, Reading, Span
from assay.read.values import find_dates
from assay.read.values.lexicon import fold, lower

TOP = 1200
"""The head of a document is so many characters of its first page."""
_SIGNED = re.compile(
    r"(?:дата подписан\w*|подписан\w*|дата складання|підписан\w*|date of signing|signed on|签字日期|签署于"
    r"|签订日期|签署日期)"
    r"[\s:：.]{0,6}$"
)
_UNTIL = re.compile(r"(?:\bдо|\bне позднее|\bне пізніше|\bby|\buntil|\bbefore|\bnot later than|不迟于)\s{0,3}$")
_FIRST = 1950


def claimed(reading: Reading) -> tuple[date, Span] | None:
    """Return the latest day that the document names as its own, with the place where it stands."""
    first = next((p for p in reading.pages if p.state is PageState.READ and p.text.strip()), None)
    if first is None:
        return None
    best: tuple[date, Span] | None = None
    for page in reading.pages:
        plain = lower(fold(page.text))
        head = TOP if page is first else 0
        if not head and not _SIGNED_ANY.search(plain):
            continue
        for one in find_dates(page.text):
            day = one.value.earliest
            if day is None or day != one.value.latest or day.year < _FIRST:
                continue
            before = plain[max(0, one.start - 40) : one.start]
            own = (one.start < head and not _UNTIL.search(before)) or _SIGNED.search(before)
            if own and (best is None or day > best[0]):
                best = day, page.span(one.start, one.end)
    return best


_SIGNED_ANY = re.compile(r"подписан|підписан|складання|signed on|date of signing|签字日期|签署|签订日期")
