"""Where the counting happens: tallies that are added to, and the case's records by exhibit, path and medium."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol, TypeVar

from assay.model import (
    Agreement,
    Claim,
    Document,
    Event,
    Exhibit,
    LineItem,
    Mention,
    Obligation,
    Occurrence,
    Page,
    PageState,
    Trove,
)
from assay.specimen.score.normal import figures, key
from assay.specimen.score.shape import BORN, SCAN, Count, Miss, Section, rate, tally
from assay.specimen.score.truth import Absent, Deal, Paper, Planted, Truth

SCANNED = frozenset({"scan", "image", "mixed"})
"""Media whose text went through recognition, at least in part."""


INSTEAD = re.compile(r"(?:->|\bfigures)\s*(\d[\d.,' \u00a0\u202f]*)")
"""In an alteration's detail, the figure that the paper shows now: "1,000 -> 7,000", "figures 2480.43, words ..."."""


class _AboutExhibit(Protocol):
    @property
    def exhibit(self) -> str: ...


A = TypeVar("A", bound=_AboutExhibit)


def by_exhibit(records: Iterable[A]) -> dict[str, list[A]]:
    """Return records by the exhibit that they are about, in their order."""
    table: dict[str, list[A]] = {}
    for record in records:
        table.setdefault(record.exhibit, []).append(record)
    return table


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as read, without its words' boxes, which would fill the memory of a large case."""

    exhibit: str
    number: int
    state: PageState
    how: str
    language: str
    text: str
    reason: str


@dataclass(slots=True)
class Board:
    """Figures of one section, added up."""

    name: str
    records: dict[str, int] = field(default_factory=dict)
    tallies: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    rates: dict[str, list[float]] = field(default_factory=dict)
    counts: dict[str, tuple[int, bool]] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)

    def add(self, name: str, split: str = "", *, truth: int = 0, found: int = 0, right: int = 0) -> None:
        """Add to a tally; with zeros it only makes sure that the tally is there."""
        cell = self.tallies.setdefault((name, split), [0, 0, 0])
        for i, more in enumerate((truth, found, right)):
            cell[i] += more

    def share(self, name: str, part: float, whole: float) -> None:
        """Add to a rate."""
        cell = self.rates.setdefault(name, [0.0, 0.0])
        cell[0] += part
        cell[1] += whole

    def count(self, name: str, more: int = 0, *, hard: bool = False) -> None:
        """Add to a count."""
        self.counts[name] = (self.counts.get(name, (0, hard))[0] + more, hard)

    def miss(self, rank: int, kind: str, path: str, page: int, expected: object, got: object) -> None:
        """Note what went wrong."""
        self.misses.append(Miss(rank, f"{self.name}: {kind}", path, page, _words(expected), _words(got)))

    def judge(self, name: str, split: str, path: str, expected: object, got: object, right: bool | None = None) -> bool:
        """Count one field: there when `expected` is not None, claimed when `got` is not None.

        `right` overrides equality. Returns whether the field is as it should be (both None counts as that).
        """
        fits = (expected == got) if right is None else right
        correct = fits and expected is not None and got is not None
        self.add(name, split, truth=expected is not None, found=got is not None, right=correct)
        if expected is None and got is None:
            return True
        if not correct:
            self.miss(2, name, path, 0, expected, got)
        return correct

    def section(self) -> Section:
        """Return the figures as they stand."""
        return Section(
            self.name,
            tuple(Count(name, number) for name, number in self.records.items()),
            tuple(tally(name, split, *cell) for (name, split), cell in self.tallies.items()),
            tuple(rate(name, *cell) for name, cell in self.rates.items()),
            tuple(Count(name, value, hard) for name, (value, hard) in self.counts.items()),
        )


def _words(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, (tuple, list)):
        return "; ".join(_words(v) for v in value) or "-"
    return " ".join(str(value).split())[:300] or "-"


class Index:
    """The case's records by exhibit, and the truth's papers by the digest under which the case holds them."""

    def __init__(self, trove: Trove, truth: Truth) -> None:
        """Read the trove once; later look-ups are free."""
        self.trove = trove
        self.agreements: tuple[dict[str, Agreement], list[Agreement]] | None = None
        self.truth = truth
        self.digests: set[str] = {e.digest for e in trove.all(Exhibit)}
        self.paths: dict[str, str] = {}
        self._paths_of(list(trove.all(Occurrence)))
        self.papers: dict[str, Paper] = {}
        self._held: dict[str, str] = {}
        for paper in truth.exhibits:
            digest = paper.sha256 if paper.sha256 in self.digests else self.paths.get(paper.path)
            if digest is not None:
                self._held[paper.path] = digest
                self.papers.setdefault(digest, paper)
        self.by_path: dict[str, Paper] = {p.path: p for p in truth.exhibits}
        self.deals = {d.key: d for d in truth.agreements}
        self._numbers = [
            {key(d.number, scan=scan): d.key for d in reversed(truth.agreements)} for scan in (False, True)
        ]
        self._names = {digest: path for path, digest in sorted(self.paths.items(), reverse=True)}
        self._instead: dict[str, set[Decimal]] = {}
        for planted in truth.alterations:
            fresh = {n for part in INSTEAD.findall(planted.detail) for n in figures(part)}
            self._instead.setdefault(self.digest(planted.path) or "", set()).update(fresh)
        self.absent: list[tuple[Absent, frozenset[str]]] = [
            (a, frozenset(d for d in (self.digest(p) for p in a.referenced_in) if d)) for a in truth.missing
        ]
        self.altered: dict[str, list[Planted]] = {}
        for planted in truth.alterations:
            self.altered.setdefault(self.digest(planted.path) or "", []).append(planted)
        self.pages = by_exhibit(
            Seen(p.exhibit, p.number, p.state, p.how, p.language, p.text, p.reason) for p in trove.all(Page)
        )
        self.documents = by_exhibit(trove.all(Document))
        self.mentions = by_exhibit(trove.all(Mention))
        self.line_items = by_exhibit(trove.all(LineItem))
        self.obligations = by_exhibit(trove.all(Obligation))
        self.events = by_exhibit(trove.all(Event))
        self.claims = by_exhibit(trove.all(Claim))

    def _paths_of(self, occurrences: list[Occurrence]) -> None:
        """Give every occurrence its full path: members behind their parents' paths, with "!/" between."""
        full: dict[str, list[str]] = {}
        for one in occurrences:
            if one.parent is None:
                self.paths.setdefault(one.path, one.exhibit)
                full.setdefault(one.exhibit, []).append(one.path)
        waiting = [o for o in occurrences if o.parent is not None]
        for _ in range(16):
            fresh = False
            for one in waiting:
                for parent in list(full.get(one.parent or "", ())):
                    path = f"{parent}!/{one.path}"
                    if path not in self.paths:
                        self.paths[path] = one.exhibit
                        full.setdefault(one.exhibit, []).append(path)
                        fresh = True
            if not fresh:
                break

    def digest(self, path: str) -> str | None:
        """Return the digest of the truth's paper at `path`, None when the case does not hold it."""
        return self._held.get(path) or self.paths.get(path)

    def path(self, digest: str) -> str:
        """Return a path to speak of an exhibit by."""
        if digest in self.papers:
            return self.papers[digest].path
        return self._names.get(digest, digest[:12])

    def split(self, digest: str | None) -> str:
        """Return scan or born-digital for an exhibit; what the truth does not know counts as born-digital."""
        paper = self.papers.get(digest or "")
        return SCAN if paper is not None and paper.medium in SCANNED else BORN

    def is_scan(self, digest: str | None) -> bool:
        """Tell whether an exhibit's text went through recognition."""
        return self.split(digest) == SCAN

    def unique_papers(self) -> list[tuple[str | None, Paper]]:
        """Return the truth's papers, each digest once, with None for those that the case does not hold."""
        seen: set[str] = set()
        listed: list[tuple[str | None, Paper]] = []
        for paper in self.truth.exhibits:
            mark = paper.sha256 or paper.path
            if mark not in seen:
                seen.add(mark)
                listed.append((self.digest(paper.path), paper))
        return listed

    def printed_instead(self, paths: Iterable[str]) -> frozenset[Decimal]:
        """Return the figures that alterations put on these papers: who reads one of them there has read rightly."""
        wanted = {self.digest(path) for path in paths}
        return frozenset(n for digest in wanted for n in self._instead.get(digest or "", ()))

    def papers_of(self, deal: Deal) -> list[str]:
        """Return the paths of all papers of an agreement: those that it lists and those that name it."""
        naming = [p.path for p in self.truth.exhibits if p.agreement == deal.key and p.medium != "archive"]
        return list(dict.fromkeys((*deal.exhibits, *naming)))

    def agreement_of(self, number: str | None, exhibit: str) -> str | None:
        """Return the key of the agreement that a record names by number; by its document when it names none.

        An unknown number gives the number itself in brackets, which is no agreement's key.
        """
        scan = self.is_scan(exhibit)
        if number:
            return self._numbers[scan].get(key(number, scan=scan), f"[{number}]")
        paper = self.papers.get(exhibit)
        return paper.agreement if paper is not None else None


T = TypeVar("T")
S = TypeVar("S")


def pair_up(truths: Sequence[T], records: Sequence[S], fits: Callable[[T, S], int]) -> list[tuple[int, int]]:
    """Pair truths with records one to one, best `fits` first; 0 never pairs. Ties go by order, so it is stable."""
    scored = [(-fits(t, r), i, j) for i, t in enumerate(truths) for j, r in enumerate(records)]
    pairs: list[tuple[int, int]] = []
    left: set[int] = set()
    right: set[int] = set()
    for negative, i, j in sorted(scored):
        if negative < 0 and i not in left and j not in right:
            left.add(i)
            right.add(j)
            pairs.append((i, j))
    return sorted(pairs)
