"""Page labels of the form "page k of n", and the pages that they say should be there.

Limits: a label counts when it stands alone on its line. A page without a label is taken to be in its place, so that
a badly read scan is not called incomplete. Of labels that recognition read, the count that most pages bear is taken,
and of two the smaller one; a count that a single such page bears is not sure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assay.model import Page, PageState, Span

LARGEST = 2_000
_LABELS = (
    re.compile(
        r"(?:стр(?:аница|\.)?|лист|л\.|сторінка|стор\.|аркуш|арк\.|page|p\.|sheet)\s*(?:№\s*)?(\d{1,4})\s*"
        r"(?:из|з|із|of|/|\\|від)\s*(\d{1,4})", re.IGNORECASE
    ),
    re.compile(r"第\s*(\d{1,4})\s*[页頁][\s,，/（(]*共\s*(\d{1,4})\s*[页頁]"),
    re.compile(r"共\s*(?P<n>\d{1,4})\s*[页頁][\s,，/（(]*第\s*(?P<k>\d{1,4})\s*[页頁]"),
    re.compile(r"^[-–—\s]*(\d{1,3})\s*(?:/|из|of)\s*(\d{1,3})[-–—\s]*$"),
)  # fmt: skip
_LONGEST_LINE = 90
_EDGE_LINES = 4


@dataclass(frozen=True, slots=True)
class Label:
    """Page `page` of the exhibit calls itself page `k` of `n`; `recognised` when that was read from a picture."""

    page: int
    k: int
    n: int
    span: Span
    recognised: bool

    def follows(self, last: Label) -> bool:
        """Whether the count of `last` goes on here; recognition may have misread the total of the next page."""
        if self.n == last.n:
            return self.k > last.k
        return (self.recognised or last.recognised) and self.k - last.k == self.page - last.page


@dataclass(frozen=True, slots=True)
class Run:
    """Labels that count one document's pages: `missing` are the numbers that no page bears or can bear.

    `sure` is not given when the total stands on a single page and recognition read it.
    """

    labels: tuple[Label, ...]
    n: int
    missing: tuple[int, ...]
    sure: bool


def label(page: Page) -> Label | None:
    """Return a page's own label: in its first or last lines, alone or nearly alone on its line."""
    lines = [(m.start(), m.group()) for m in re.finditer(r"[^\n]+", page.text) if m.group().strip()]
    for start, line in (*lines[: -_EDGE_LINES - 1 : -1], *lines[:_EDGE_LINES]):
        if len(line) > _LONGEST_LINE:
            continue
        for pattern in _LABELS:
            match = pattern.search(line)
            if match:
                named = match.groupdict()
                k, n = (int(named["k"]), int(named["n"])) if named else (int(match.group(1)), int(match.group(2)))
                if 1 <= k <= n <= LARGEST and n > 1:
                    span = page.span(start + match.start(), start + match.end())
                    return Label(page.number, k, n, span, page.how == "ocr")
    return None


def runs(pages: Sequence[Page]) -> list[Run]:
    """Return the documents that an exhibit's labels tell apart, each with the pages that are missing."""
    ordered = sorted(pages, key=lambda p: p.number)
    if len(ordered) == 1 and ordered[0].kind == "text":
        return []
    labels = [found for page in ordered if page.state is PageState.READ and (found := label(page))]
    groups: list[list[Label]] = []
    for found in labels:
        last = groups[-1][-1] if groups else None
        if last and found.follows(last):
            groups[-1].append(found)
        else:
            groups.append([found])
    total = max((p.number for p in ordered), default=0)
    made: list[Run] = []
    for index, group in enumerate(groups):
        floor = groups[index - 1][-1].page if index else 0
        ceiling = groups[index + 1][0].page if index + 1 < len(groups) else total + 1
        n, sure = _total(group)
        made.append(Run(tuple(group), n, _missing(group, n, floor, ceiling), sure))
    return made


def _total(group: list[Label]) -> tuple[int, bool]:
    """Return how many pages the labels count, and whether more than one misread page says so."""
    counts = Counter(found.n for found in group if found.n >= group[-1].k)
    n = min(counts, key=lambda total: (-counts[total], total))
    return n, counts[n] > 1 or any(found.n == n and not found.recognised for found in group)


def _missing(group: list[Label], n: int, floor: int, ceiling: int) -> tuple[int, ...]:
    """Return the numbers that lie where the exhibit has no page left to bear them."""
    gone: list[int] = []
    first, last = group[0], group[-1]
    room = first.page - floor - 1
    gone += range(1, max(1, first.k - room))
    for one, two in pairwise(group):
        between = range(one.k + 1, two.k)
        room = two.page - one.page - 1
        if len(between) > room:
            gone += list(between)[room:] if room else between
    room = ceiling - last.page - 1
    gone += range(last.k + 1 + room, n + 1)
    return tuple(gone)
