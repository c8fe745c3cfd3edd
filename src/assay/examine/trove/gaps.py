"""`set.gaps`: what the documents of a trove announce, number or refer to, and the trove does not hold.

It speaks for "incomplete", never against a document's truth. Method: own. Documents are told by their headings,
their numbers and their file names; annexes are looked for in the same exhibit, in other exhibits of the contract, in
archives and under other names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from assay.examine.question import Question, quoted
from assay.examine.trove.names import PARTS
from assay.examine.trove.paging import Run, runs
from assay.examine.trove.references import (
    CONTRACTS,
    SERIAL,
    UNNAMED,
    UNNUMBERED,
    Contents,
    Key,
    Reference,
    contents,
    in_paths,
)
from assay.model import Finding, Occurrence, PageState, Record, Span, Trove, Weight
from assay.work.part import Examination

_LIMITS = (
    "Only what is announced, numbered or referred to in words that were read can be missed; a trove that leaves out a "
    "document and every mention of it shows no gap. A gap says nothing against the documents that are there."
)
_QUESTION = Question(
    part="set.gaps",
    version="5",
    proposition="Something that belongs to the document is not in the trove.",
    alternative="All that the document announces or counts is in the trove, or was never made.",
    expected="Each announced annex, each number of a series and each counted page is in the trove.",
    innocent=(
        "only a part was handed over",
        "the number was never used, or the paper was replaced by another one",
        "it is there under another name, or in a page that was not read well",
    ),
    limits=_LIMITS,
)
_LEAST_LETTER = 3
_LEAST_DIGITS = 5
_ALIKE = 0.75
_MOST_SAID = 12
_CLOSE = 2
_WIDEST = 5
"""A hole of up to the first weighs moderate; papers that are wider apart than the second share a numbering."""
_LEAST_SERIES = 4
"""So many papers must be there, the first among them, before a hole between them weighs more than limited."""
_Split = dict[int, list[frozenset[int]]]


@dataclass(frozen=True, slots=True)
class _Missing:
    """What is missing, where that is seen, and how much it weighs."""

    sentence: str
    spans: tuple[Span, ...]
    weight: Weight
    group: str


def examine(trove: Trove) -> Iterable[Record]:
    """Compare what all exhibits announce and count with what the trove holds."""
    occurrences: dict[str, list[Occurrence]] = {}
    for occurrence in trove.all(Occurrence):
        occurrences.setdefault(occurrence.exhibit, []).append(occurrence)
    exhibits: list[Contents] = []
    counted: dict[str, list[Run]] = {}
    silent: list[str] = []
    for reading in trove.readings():
        digest = reading.exhibit.digest
        if not any(p.state is PageState.READ and p.text.strip() for p in reading.pages):
            silent.append(digest)
            continue
        exhibits.append(contents(reading, occurrences.get(digest, [])))
        counted[digest] = runs(reading.pages)
    exhibits = _corrected(exhibits)
    holdings = _Holdings(exhibits, occurrences)
    split = _split_pages(counted)
    for exhibit in exhibits:
        yield from _answers(exhibit, holdings, counted[exhibit.exhibit], split)
    for digest in silent:
        yield _QUESTION.not_examined(digest, "No page of it was read, so what it announces is not known.")


def _answers(exhibit: Contents, holdings: _Holdings, pages: list[Run], split: _Split) -> Iterator[Finding]:
    missing = [*_absent(exhibit, holdings), *_series(exhibit, holdings), *_pages(pages, split)]
    for gap in missing:
        yield _QUESTION.finding(exhibit.exhibit, gap.sentence, gap.spans, gap.weight, gap.group)
    named = {r.key for r in exhibit.refers if _asked(r.key, exhibit)}
    if missing:
        return
    if not named and not pages:
        yield _QUESTION.not_applicable(
            exhibit.exhibit, "It announces no annex, names no numbered document and counts no pages."
        )
        return
    parts = []
    if named:
        parts.append(
            f"all {len(named)} numbered parts and documents that it names are in the trove, or said to be unused"
        )
    if pages:
        parts.append(
            f"its pages count without a gap ({', '.join(f'{len(r.labels)} of {r.n} labelled' for r in pages[:3])})"
        )
    unread = f"; {exhibit.unread} of its pages were not read" if exhibit.unread else ""
    yield _QUESTION.nothing(exhibit.exhibit, f"{' and '.join(parts)}{unread}.".capitalize())


def _asked(key: Key, exhibit: Contents) -> bool:
    """Whether a reference is one that the trove should answer."""
    if key.kind in PARTS:
        return bool(key.parent)
    if key.kind in SERIAL and key.number.isdecimal() and len(key.number) <= 2:
        return bool(key.parent)
    return len(key.number) >= _LEAST_LETTER


def _absent(exhibit: Contents, holdings: _Holdings) -> Iterator[_Missing]:
    grouped: dict[Key, list[Reference]] = {}
    for reference in exhibit.refers:
        if _asked(reference.key, exhibit):
            grouped.setdefault(reference.key, []).append(reference)
    own = exhibit.title is not None and exhibit.title.kind in CONTRACTS
    for key, references in sorted(grouped.items(), key=lambda pair: pair[1][0].span.start):
        if key == exhibit.title or holdings.holds(key) or holdings.reserved(key):
            continue
        if exhibit.recognised and holdings.near(key):
            continue
        spans = tuple(r.span for r in references)
        times = f" ({len(references)} times)" if len(references) > 1 else ""
        named = f"{quoted(references[0].span.quote, 80)} is named{times}"
        if key.kind in PARTS:
            if not holdings.has_contract(key.parent) and not own:
                continue
            plain = key.parent.startswith(UNNUMBERED)
            weight = Weight.MODERATE if (own or key.parent == exhibit.own) and not plain else Weight.LIMITED
            of = "this document" if plain else key.parent
            drafted = exhibit.draft and not holdings.final(key)
            weight = Weight.LIMITED if drafted else weight
            only = " Only drafts name it, and it may have been dropped from the final text." if drafted else ""
            yield _Missing(
                f"{named} as {key.kind} {key.number} of {of}; no exhibit holds it.{only}", spans, weight,
                f"missing {key.kind} {key.number} of {of}",
            )  # fmt: skip
        else:
            of = f" of {key.parent}" if key.parent else ""
            parent = key.kind == "contract" and key.number == exhibit.own
            words = "to which this document belongs, " if parent else ""
            yield _Missing(
                f"{named}: {key.kind} {key.number}{of}, {words}which no exhibit of the trove is.", spans,
                Weight.MODERATE if parent else Weight.LIMITED, f"missing {key.kind} {key.number}{of}",
            )  # fmt: skip


def _series(exhibit: Contents, holdings: _Holdings) -> Iterator[_Missing]:
    """Yield numbers that a series of papers under one contract leaves out, told at the paper that follows."""
    title = exhibit.title
    if title is None or not title.number.isdecimal() or not title.parent:
        return
    if title.kind not in SERIAL and title.kind not in PARTS:
        return
    series = holdings.series(title.kind, title.parent)
    number = int(title.number)
    lower = [n for n in series if n < number]
    start = (max(lower) if lower else 0) + 1
    if title.kind not in PARTS and not lower:
        return
    absent = [n for n in range(start, number) if not holdings.accounted(Key(title.kind, str(n), title.parent))]
    if not absent or (title.kind in SERIAL and len(absent) > _WIDEST):
        return
    silent = title.kind in PARTS and holdings.has_contract(title.parent)
    close = series[0] == 1 and len(series) >= _LEAST_SERIES and len(absent) <= _CLOSE and not silent
    before = f"{title.kind} {max(lower)}" if lower else "the beginning"
    said = ", ".join(str(n) for n in absent[:_MOST_SAID]) + (" …" if len(absent) > _MOST_SAID else "")
    more = " The contract, which is there, does not name it." if silent else ""
    yield _Missing(
        f"This is {title.kind} {number} of {title.parent}; between {before} and it, no exhibit is number {said}.{more}",
        (), Weight.MODERATE if close else Weight.LIMITED, f"missing {title.kind} {said} of {title.parent}",
    )  # fmt: skip


def _pages(pages: list[Run], split: _Split) -> Iterator[_Missing]:
    for run in pages:
        mine = frozenset(label.k for label in run.labels)
        elsewhere = frozenset().union(*(other for other in split.get(run.n, []) if not other & mine))
        gone = [k for k in run.missing if k not in elsewhere]
        if gone:
            first, last = run.labels[0], run.labels[-1]
            said = ", ".join(str(k) for k in gone[:_MOST_SAID]) + (" …" if len(gone) > _MOST_SAID else "")
            doubt = "" if run.sure else " The total was recognised on one page of a scan only, and may be misread."
            yield _Missing(
                f"Pages count to {run.n} (from {quoted(first.span.quote)} to {quoted(last.span.quote)}); page {said} "
                f"is missing.{doubt}",
                tuple(label.span for label in run.labels), Weight.MODERATE if run.sure else Weight.LIMITED,
                f"missing pages of {run.n}",
            )  # fmt: skip


def _split_pages(counted: dict[str, list[Run]]) -> _Split:
    """Return, by total, the pages that each incomplete exhibit bears: one document may lie in several files."""
    found: _Split = {}
    for pages in counted.values():
        for run in pages:
            if len(run.labels) < run.n:
                found.setdefault(run.n, []).append(frozenset(label.k for label in run.labels))
    return found


def _corrected(exhibits: list[Contents]) -> list[Contents]:
    """Return the exhibits with contract numbers that recognition misread put right, where one known number fits."""
    known = sorted({e.title.number for e in exhibits if e.title and e.title.kind == "contract"}, key=_digits)
    sure = {e.own for e in exhibits if e.own and not e.recognised}
    made = []
    for exhibit in exhibits:
        named = {exhibit.own, *(k.parent for k in exhibit.holds), *(r.key.parent for r in exhibit.refers)}
        named |= {r.key.number for r in exhibit.refers if r.key.kind == "contract"}
        swaps: dict[str, str] = {}
        for number in sorted(named - sure) if exhibit.recognised else ():
            held = [k for k in known if k != number and (k in sure or number not in known)]
            alike = [k for k in held if _misread(k, number)] or [k for k in held if _resembles(k, number)]
            if len(alike) == 1:
                swaps[number] = alike[0]
        made.append(exhibit.renumbered(swaps) if swaps else exhibit)
    return made


class _Holdings:
    """What the trove holds, by kind, number and contract."""

    def __init__(self, exhibits: list[Contents], occurrences: dict[str, list[Occurrence]]) -> None:
        self._held: dict[tuple[str, str], set[str]] = {}
        self._numbers: set[str] = set()
        self._reserved = {r.key for e in exhibits for r in e.refers if r.reserved}
        self._referred = {r.key for e in exhibits for r in e.refers}
        self._final = {r.key for e in exhibits if not e.draft for r in e.refers}
        self._contracts = {e.own for e in exhibits if e.own and e.title and e.title.kind == "contract"}
        self._paths: dict[str, list[str]] = {}
        self._untitled: set[tuple[str, str]] = set()
        for exhibit in exhibits:
            if exhibit.title is None or exhibit.title.kind in CONTRACTS:
                about = {exhibit.own, *(r.key.number for r in exhibit.refers if r.key.kind == "contract")}
                self._untitled |= {(parent, number) for parent in about for number in exhibit.numbers}
            self._numbers |= exhibit.numbers
            for key in exhibit.holds:
                self._held.setdefault((key.kind, key.number), set()).add(key.parent)
            for owner in self._owners(exhibit):
                self._paths.setdefault(owner, []).extend(exhibit.paths)
        known = {e.exhibit for e in exhibits}
        for digest, its in occurrences.items():
            if digest not in known:
                self._paths.setdefault("", []).extend(o.path for o in its)

    def _owners(self, exhibit: Contents) -> list[str]:
        """Return the contracts that an exhibit's file name may speak of: its own, else those that its words name.

        A name such as annex_3.pdf says nothing of the contract; what was read in the file does.
        """
        if exhibit.own and not exhibit.own.startswith(UNNUMBERED):
            return [exhibit.own]
        named = {n for r in exhibit.refers for n in (r.key.parent, r.key.number if r.key.kind == "contract" else "")}
        return sorted(named & self._contracts) or [""]

    def has_contract(self, number: str) -> bool:
        """Whether a contract of this number is in the trove."""
        return number.partition("#")[0] in self._contracts

    def final(self, key: Key) -> bool:
        """Whether an exhibit without a draft's mark names it."""
        return key in self._final

    def reserved(self, key: Key) -> bool:
        """Whether some exhibit says that this number is not used."""
        return key in self._reserved

    def accounted(self, key: Key) -> bool:
        """Whether a number of a series is there, said to be unused, or named elsewhere and so reported there.

        A paper on the same contract that bears the number under a title of unknown words may be the one.
        """
        kinds = PARTS if key.kind in PARTS else (key.kind,)
        named = any(Key(kind, key.number, key.parent) in self._referred for kind in kinds)
        untitled = (key.parent, key.number) in self._untitled
        return named or untitled or self.reserved(key) or self.holds(key)

    def series(self, kind: str, parent: str) -> list[int]:
        """Return the numbers of one kind of paper under one contract, in order."""
        return sorted(
            int(number)
            for (its, number), parents in self._held.items()
            if its == kind and number.isdecimal() and parent in parents
        )

    def holds(self, key: Key) -> bool:
        """Whether an exhibit is, or holds, `key`: under its contract, under an unnamed one, or by file name."""
        kinds = PARTS if key.kind in PARTS else (key.kind,)
        for kind in kinds:
            parents = self._held.get((kind, key.number), set())
            if key.parent in parents or "" in parents or (parents and not key.parent):
                return True
        if key.kind in UNNAMED and len(key.number) >= _LEAST_LETTER and key.number in self._numbers:
            return True
        paths = (*self._paths.get(key.parent, ()), *self._paths.get("", ()))
        if key.kind not in PARTS:
            paths = tuple(p for its in self._paths.values() for p in its)
        return in_paths(key, paths)

    def near(self, key: Key) -> bool:
        """Whether a held number differs as by a misreading only: to be asked for what was recognised."""
        return key.kind not in PARTS and any(kind == key.kind and _misread(n, key.number) for kind, n in self._held)


def _misread(one: str, two: str) -> bool:
    """Whether two numbers have the same digits in the same order, enough of them to tell them from others.

    Or the same signs, where letters and the digits that they look like count as one.
    """
    if _digits(one) == _digits(two) and len(_digits(one)) >= _LEAST_DIGITS:
        return True
    return min(len(_digits(one)), len(_digits(two))) >= _LEAST_DIGITS and _shape(one) == _shape(two)


def _shape(number: str) -> str:
    return re.sub(r"[^0-9A-Z\u0400-\u04ff]", "", number).translate(_LOOKS)


_LOOKS = str.maketrans("SDOQBILZGЗБО", "500081126360")


def _resembles(one: str, two: str) -> bool:
    """Whether two numbers are alike but for a few letters, one of which may have been read as a digit."""
    digits = sorted((_digits(one), _digits(two)), key=len)
    if len(digits[0]) < _LEAST_DIGITS or len(digits[0]) == len(digits[1]) or digits[0] not in digits[1]:
        return False
    return len(digits[1]) - len(digits[0]) <= 2 and SequenceMatcher(None, one, two, autojunk=False).ratio() >= _ALIKE


def _digits(number: str) -> str:
    return "".join(c for c in number if c.isdigit())


GAPS = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Finds annexes, documents, numbers and pages that the trove announces or counts and does not hold.",
    limits=_LIMITS,
    examine_trove=examine,
)
