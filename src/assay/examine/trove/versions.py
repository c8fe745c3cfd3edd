"""`set.versions`: papers of one number and day that differ, and near copies of each other.

Two papers that call themselves the same, bear the same day and no draft's mark, and have nearly the same words, should
have the same figures. What differs from draft to final is told word by word, as a neutral fact; so are near copies.
Limits: papers without a number of their own are only seen as near copies; scans are compared by what was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import combinations

from assay.examine.content.dated import claimed
from assay.examine.content.sight import CLEAR, least_confidence
from assay.examine.question import Question, quoted
from assay.examine.trove.near import Change, Word, changes, likeness, near_pairs, place, signature, words_of
from assay.examine.trove.references import Contents, contents
from assay.model import Direction, Finding, Occurrence, PageState, Record, Span, Trove, Weight
from assay.read.values import readings
from assay.work.part import Examination

_LIMITS = (
    "Only papers whose own number, day and words were read can be told to be versions of one. It cannot tell which of "
    "two versions is the one that was agreed, nor that a version is missing."
)
_QUESTION = Question(
    part="set.versions",
    version="2",
    proposition="One of the two papers was changed after the other was made from the same text.",
    alternative="The two papers are copies of one text, or were meant to differ.",
    expected="Two final papers of one number and one day have the same figures.",
    innocent=(
        "a corrected copy that replaced the first one and bears its number and day",
        "a draft, or a copy for another addressee, that bears no mark of it",
        "a misreading where one of the two is a scan",
    ),
    limits=_LIMITS,
)
VERSIONS_ALIKE = 0.6
"""Papers of one number are versions of one text when at least this share of their words stands in both, in order."""
_CLAUSES = 31
_MOST_MEMBERS = 8
_MOST_SAID = 6
_MOST_CHANGES = 400
_SHAPES = str.maketrans("oоiіlзбsbв", "0011136588")


@dataclass(frozen=True, slots=True)
class _Paper:
    """What is remembered of one exhibit between the two passes."""

    digest: str
    key: tuple[str, str, str] | None
    numbers: frozenset[str]
    day: date | None
    draft: bool
    recognised: bool
    path: str


def examine(trove: Trove) -> Iterable[Record]:
    """Compare papers that call themselves the same, then tell near copies."""
    names: dict[str, str] = {}
    occurrences: dict[str, list[Occurrence]] = {}
    for occurrence in trove.all(Occurrence):
        occurrences.setdefault(occurrence.exhibit, []).append(occurrence)
        names.setdefault(occurrence.exhibit, occurrence.path)
    papers: dict[str, _Paper] = {}
    signatures = {}
    for reading in trove.readings():
        digest = reading.exhibit.digest
        if not any(p.state is PageState.READ and p.text.strip() for p in reading.pages):
            continue
        papers[digest] = _paper(contents(reading, occurrences.get(digest, [])), claimed(reading), names.get(digest, ""))
        made = signature(words_of(reading))
        if made is not None:
            signatures[digest] = made
    answered: set[str] = set()
    for one, other in _same(papers):
        yield from _compared(trove, one, other, answered)
    near: dict[str, list[tuple[str, float]]] = {}
    for a, b, share in near_pairs(signatures):
        near.setdefault(a, []).append((b, share))
        near.setdefault(b, []).append((a, share))
    for digest, its in sorted(near.items()):
        listed = ", ".join(f"{quoted(papers[o].path, 60)} ({share:.0%})" for o, share in its[:_MOST_SAID])
        yield _QUESTION.finding(
            digest, f"{len(its)} other file(s) of the trove have nearly the same words: {listed}.", (), Weight.NEUTRAL,
            "near copies", direction=Direction.NEITHER, innocent=("copies, scans and forms filled in alike",),
        )  # fmt: skip
    for digest in sorted(set(papers) - answered - set(near)):
        if digest in signatures:
            yield _QUESTION.nothing(
                digest, f"None of {len(signatures) - 1} other papers has nearly its words, or its number and day.",
                direction=Direction.NEITHER,
            )  # fmt: skip
        else:
            yield _QUESTION.not_applicable(digest, "it has too few words to be compared")


def _paper(held: Contents, own: tuple[date, Span] | None, path: str) -> _Paper:
    key = (held.title.kind, held.title.number, held.title.parent) if held.title else None
    return _Paper(
        held.exhibit, key, held.numbers, own[0] if own else None, held.draft, held.recognised, path
    )  # fmt: skip


def _same(papers: dict[str, _Paper]) -> Iterator[tuple[_Paper, _Paper]]:
    """Yield the pairs of papers that bear one number of one kind; without day, or of differing days, only drafts."""
    groups: dict[tuple[str, str, str], list[_Paper]] = {}
    for paper in papers.values():
        if paper.key is not None:
            groups.setdefault(paper.key, []).append(paper)
    for _, members in sorted(groups.items()):
        for one, other in combinations(sorted(members, key=lambda p: p.digest)[:_MOST_MEMBERS], 2):
            drafted = one.draft != other.draft
            if one.numbers == other.numbers and (drafted or (one.day is not None and one.day == other.day)):
                yield one, other


def _compared(trove: Trove, one: _Paper, other: _Paper, answered: set[str]) -> Iterator[Finding]:
    ours, theirs = words_of(trove.reading(one.digest)), words_of(trove.reading(other.digest))
    if min(len(ours), len(theirs)) == 0 or likeness(ours, theirs) < VERSIONS_ALIKE:
        return
    answered |= {one.digest, other.digest}
    every = changes(ours, theirs)
    scanned = one.recognised or other.recognised
    differing = [change for change in every if not (scanned and _misread(change))]
    held, its = values_of(ours), values_of(theirs)
    figures = [change for change in differing if _new(change.ours, its) and _new(change.theirs, held)]
    drafted = one.draft or other.draft
    if not differing or len(every) > _MOST_CHANGES:
        return
    told = figures or differing
    weight, direction = Weight.NEUTRAL, Direction.NEITHER
    if figures and not drafted:
        weight, direction = (Weight.LIMITED if scanned else Weight.MODERATE), Direction.AGAINST
    spans = tuple(s for change in told[:_MOST_SAID] for s in (place(change.ours), place(change.theirs)) if s)
    if not spans:
        return
    kind, number, parent = one.key or ("paper", "", "")
    belongs = f" of {parent}" if parent else ""
    for mine, its_own, swapped in ((one, other, False), (other, one, True)):
        said = "; ".join(_said(change, swapped) for change in told[:_MOST_SAID])
        more = f" and {len(told) - _MOST_SAID} more" if len(told) > _MOST_SAID else ""
        stage = " One of them is a draft." if drafted else ""
        what = "figures" if figures else "words"
        yield _QUESTION.finding(
            mine.digest, f"It and {quoted(its_own.path, 80)} are both {kind} {number}{belongs}"
            f"{f' of {mine.day}' if mine.day and mine.day == its_own.day else ''}, and differ in "
            f"{len(told)} place(s) by {what} ({len(differing)} in all): {said}{more}.{stage}",
            spans, weight, f"versions of {kind} {number}{belongs}", direction=direction,
        )  # fmt: skip


def _said(change: Change, swapped: bool) -> str:
    ours, theirs = (change.theirs, change.ours) if swapped else (change.ours, change.theirs)
    return f"here {_shown(ours)}, there {_shown(theirs)}"


def _shown(words: tuple[Word, ...]) -> str:
    span = place(words)
    return quoted(span.quote, 60) if span else "nothing"


def values_of(words: Iterable[Word]) -> frozenset[Decimal]:
    """Return every number that one of the words can be."""
    return frozenset(value for word in words if word.form[0].isdigit() for value in _values(word.form))


@cache
def _values(form: str) -> tuple[Decimal, ...]:
    return readings(form)


def _new(words: tuple[Word, ...], others: frozenset[Decimal]) -> bool:
    """Tell whether a number stands here, above those that count clauses, that the other paper has nowhere."""
    for word in words:
        values = _values(word.form) if word.form[0].isdigit() else ()
        if values and max(values) > _CLAUSES and not any(value in others for value in values):
            return True
    return False


def _misread(change: Change) -> bool:
    """Tell whether recognition may have made the difference: like letters, or figures not clearly read."""
    ours, theirs = ("".join(w.form for w in side).translate(_SHAPES) for side in (change.ours, change.theirs))
    if not ours or not theirs or not change.figures:
        return True  # a scan loses and breaks words
    return ours == theirs or any(
        least_confidence(word.page, [(word.start, word.end)]) < CLEAR for word in (*change.ours, *change.theirs)
    )


VERSIONS = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Papers of one number and day with differing figures, what changed from draft to final, near copies.",
    limits=_LIMITS,
    examine_trove=examine,
)
