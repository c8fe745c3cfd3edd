"""`pdf.revdiff`: what each later saved state of a PDF changed on pages that stood before.

A PDF can be saved by appending; the states before are still in the file. Each state is opened, the objects that
draw each page are compared, and where they differ both states are drawn and read. Method: own; the distinction
between page content and annotations, form fields and signatures follows ISO 32000-2, 12.8.2.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from assay.examine.pdf.change import Change, Look, compare
from assay.examine.pdf.marks import in_margin
from assay.examine.pdf.place import spans_at
from assay.examine.pdf.revisions import ChainBroken, Revisions, revisions
from assay.examine.pdf.states import StatePrint, StateRefused, opened, page_of, state_print
from assay.examine.question import Question, quoted
from assay.model import Direction, Finding, Reading, Record, Weight
from assay.work.part import Examination

MOST_STATES = 40
"""Of more saved states, so many are compared: the first, the last, and others evenly between."""
RUNNING = 3
"""Margins of so many pages changed in one state: a header or footer was set anew."""
MOST_PAGES = 200
"""At most so many changed pages are drawn and read."""

_LIMITS = (
    "Only states whose bytes are still in the file are seen; a full rewrite leaves none. What a state changed says "
    "nothing of who changed it, or whether the change was agreed."
)
_QUESTION = Question(
    part="pdf.revdiff",
    version="1",
    proposition="A later saved state changed what the page said before.",
    alternative="Later saved states left what the page said as it was.",
    expected="Saved states that differ only in annotations, form fields, signatures or metadata.",
    innocent=(
        "a correction made openly before the document was sent, for example with a PDF editor's touch-up tool",
        "a program that stamps headers, footers, numbers or a signature's picture into the page",
    ),
    limits=_LIMITS,
)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """How one kind of change is worded: its weight and which explanation comes first."""

    weight: Weight
    direction: Direction
    words: str
    innocent: tuple[str, ...] = ()


VERDICTS: dict[Look, _Verdict] = {
    Look.REPLACED: _Verdict(
        Weight.MODERATE, Direction.AGAINST, "words or ink that stood there before are no longer seen"
    ),
    Look.ADDED: _Verdict(Weight.MODERATE, Direction.AGAINST, "words were added in the page"),
    Look.PICTURE: _Verdict(
        Weight.LIMITED, Direction.NEITHER, "a picture or drawing was added and hides nothing",
        ("a stamp, signature picture or logo that was placed when the document was signed",),
    ),
    Look.MARGIN: _Verdict(
        Weight.LIMITED, Direction.NEITHER, "words in the margin only were added or changed",
        ("a header, footer, page number or registration stamp",),
    ),
    Look.SIGNATURE: _Verdict(
        Weight.LIMITED, Direction.NEITHER, "a signature block was added and hides nothing",
        ("the visible mark of an electronic signature",),
    ),
    Look.COVERED: _Verdict(
        Weight.LIMITED, Direction.AGAINST, "an annotation that was added later hides words of the page",
        ("a stamp or a note that happens to lie on text; annotations can be moved aside in any PDF viewer",),
    ),
    Look.LAYER: _Verdict(
        Weight.NEUTRAL, Direction.NEITHER, "the page looks the same, its text layer differs",
        ("text recognition of a scan, which adds an invisible text layer",),
    ),
    Look.GONE: _Verdict(Weight.MODERATE, Direction.AGAINST, "the page was there before and is no longer"),
    Look.NEW: _Verdict(
        Weight.LIMITED, Direction.NEITHER, "the page was added",
        ("a scanning program that appends pages one by one", "an annex or a signature sheet appended when signing"),
    ),
}  # fmt: skip
"""What each kind of change weighs. Moderate at most: strong only after a person looked at both states."""


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Compare each saved state of one PDF with the one before it."""
    digest = reading.exhibit.digest
    try:
        states = revisions(data)
    except ChainBroken as error:
        yield _QUESTION.not_examined(digest, f"The saved states could not be told apart: {error}.")
        return
    if len(states) == 1:
        yield _QUESTION.nothing(
            digest, "The file holds one saved state; there is no earlier one to compare.", direction=Direction.NEITHER
        )
        return
    try:
        yield from _compared(reading, data, states)
    except StateRefused as error:
        yield _QUESTION.not_examined(
            digest, f"The file holds {len(states)} saved states, and one could not be opened: {error}."
        )


def _compared(reading: Reading, data: bytes, states: Revisions) -> Iterator[Finding]:
    chosen = _sample(len(states))
    previous = state_print(data[: states.ends[0]])
    aside: list[str] = []
    found: list[Finding] = []
    left, unread, pages = MOST_PAGES, 0, 0
    for before, after in pairwise(chosen):
        current = state_print(data[: states.ends[after]])
        aside += [name for (name, a), (_, b) in zip(previous.aside, current.aside, strict=True) if a != b]
        pairs, gone, new = _pair(previous, current)
        pages = max(pages, len(pairs))
        suspects = [
            (a, b)
            for a, b in pairs
            if previous.pages[a].drawn != current.pages[b].drawn
            or previous.pages[a].annotations != current.pages[b].annotations
        ]
        aside += ["annotations"] * any(previous.pages[a].annotations != current.pages[b].annotations for a, b in pairs)
        looked, unread = suspects[:left], unread + len(suspects[left:])
        left -= len(looked)
        changes = _running(_look(data[: states.ends[before]], data[: states.ends[after]], looked, gone, new))
        found += [_say(reading, c, before + 1, after + 1, len(states)) for c in changes]
        previous = current
    scope = f"{len(chosen)} of {len(states)} saved states were compared page by page"
    if len(chosen) < len(states):
        scope += "; a change made and undone between two of them would not be seen"
    if unread:
        yield _QUESTION.not_examined(
            reading.exhibit.digest,
            f"{unread} changed pages were not compared: more than {MOST_PAGES} pages differ between saved states.",
        )
    yield from found
    if not found and not unread:
        also = f" What differs: {', '.join(dict.fromkeys(aside))}." if aside else ""
        yield _QUESTION.nothing(
            reading.exhibit.digest, f"{scope}, on up to {pages} pages; none changed what a page shows.{also}"
        )


def _sample(count: int) -> list[int]:
    if count <= MOST_STATES:
        return list(range(count))
    return sorted({round(i * (count - 1) / (MOST_STATES - 1)) for i in range(MOST_STATES)})


def _pair(one: StatePrint, two: StatePrint) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Pair the pages of two states by object, or by position when a writer renumbered its objects."""
    place = {page.key: i for i, page in enumerate(two.pages)}
    pairs = [(i, place[page.key]) for i, page in enumerate(one.pages) if page.key in place]
    if len(pairs) * 2 < min(len(one.pages), len(two.pages)):
        pairs = [(i, i) for i in range(min(len(one.pages), len(two.pages)))]
    firsts, seconds = {a for a, _ in pairs}, {b for _, b in pairs}
    gone = [i for i in range(len(one.pages)) if i not in firsts]
    new = [i for i in range(len(two.pages)) if i not in seconds]
    if gone and new:
        paired = list(zip(gone, new, strict=False))
        pairs += paired
        gone, new = gone[len(paired) :], new[len(paired) :]
    return sorted(pairs), gone, new


def _look(
    before: bytes, after: bytes, pairs: list[tuple[int, int]], gone: list[int], new: list[int]
) -> Iterator[Change]:
    if not pairs and not gone and not new:
        return
    with opened(before) as old, opened(after) as now:
        for a, b in pairs:
            with page_of(old, a) as one, page_of(now, b) as two:
                yield from compare(one, two, a + 1, b + 1)
        for a in gone:
            with page_of(old, a) as one:
                yield Change.of_page(Look.GONE, one, a + 1, 0)
        for b in new:
            with page_of(now, b) as two:
                yield Change.of_page(Look.NEW, two, 0, b + 1)


def _running(changes: Iterable[Change]) -> list[Change]:
    """Turn what was replaced in the margins of several pages at once into a change of header or footer."""
    its = list(changes)
    margin = [c for c in its if c.look is Look.REPLACED and c.boxes and all(in_margin(b) for b in c.boxes)]
    if len(margin) < RUNNING:
        return its
    return [replace(c, look=Look.MARGIN) if c in margin else c for c in its]


_SAID = re.compile(r"Page (\d+), saved state (\d+) of \d+ against state (\d+): ")


def _say(reading: Reading, change: Change, before: int, after: int, count: int) -> Finding:
    verdict = VERDICTS[change.look]
    number = change.page or change.page_before
    parts = [f"Page {number}, saved state {after} of {count} against state {before}: {verdict.words}."]
    if change.before:
        parts.append(f"Before: {quoted(change.before)}.")
    if change.after:
        parts.append(f"After: {quoted(change.after)}.")
    if change.look in (Look.REPLACED, Look.ADDED, Look.GONE):
        parts.append("Both states are to be looked at by a person before more is said.")
    spans = spans_at(reading, change.page, change.boxes) if change.page else ()
    return _QUESTION.finding(
        reading.exhibit.digest, " ".join(parts), spans, verdict.weight, f"edit of page {number}",
        direction=verdict.direction, innocent=verdict.innocent,
    )  # fmt: skip


def compared(observation: str) -> tuple[int, int, int, bool] | None:
    """Return what `_say` said: the page, the states before and after (from 1), and whether the page is gone."""
    said = _SAID.match(observation)
    if said is None:
        return None
    page, after, before = (int(n) for n in said.groups())
    return page, before, after, VERDICTS[Look.GONE].words in observation


def earlier(data: bytes, before: int, after: int, page: int, gone: bool) -> tuple[bytes, int] | None:
    """Return the state `before` (from 1) and the number that a page has in it; None when it has none.

    `page` counts in the state `after`, or in the state before when it is `gone`. Raises `ChainBroken`, `StateRefused`.
    """
    states = revisions(data)
    if not 1 <= before < after <= len(states):
        return None
    old = data[: states.ends[before - 1]]
    if gone:
        return old, page
    pairs, _, _ = _pair(state_print(old), state_print(data[: states.ends[after - 1]]))
    number = next((a + 1 for a, b in pairs if b == page - 1), 0)
    return (old, number) if number else None


REVDIFF = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Shows what later saved states of a PDF changed on pages that stood before.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=("application/pdf",),
    examine=examine,
)
