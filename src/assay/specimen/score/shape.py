"""What scoring gives: tallies, rates, counts and misses, in sections; and the goals they are held against."""

from __future__ import annotations

from dataclasses import dataclass

BORN = "born-digital"
SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many there are (`truth`), how many the case claims (`found`), and how many of those are `right`.

    `split` is born-digital or scan, or empty when the tally is over both. `precision` is right of found, `recall` right
    of truth, `f1` their harmonic mean; None when there is nothing to take them of. Made by `tally`.
    """

    name: str
    split: str
    truth: int
    found: int
    right: int
    precision: float | None
    recall: float | None
    f1: float | None


def tally(name: str, split: str, truth: int, found: int, right: int) -> Tally:
    """Return a tally with its ratios."""
    return Tally(
        name, split, truth, found, right,
        right / found if found else None,
        right / truth if truth else None,
        2 * right / (truth + found) if truth + found else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rate:
    """A share: `part` of `whole`, such as wrong characters of all; `value` is None when `whole` is 0."""

    name: str
    part: float
    whole: float
    value: float | None


def rate(name: str, part: float, whole: float) -> Rate:
    """Return a rate with its value."""
    return Rate(name, part, whole, part / whole if whole else None)


@dataclass(frozen=True, slots=True)
class Count:
    """A plain number. `hard` marks those that must be 0: each of them is an error that no average excuses."""

    name: str
    value: int
    hard: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """All figures about one kind of record; `records` says how many of it the case holds, by kind."""

    name: str
    records: tuple[Count, ...]
    tallies: tuple[Tally, ...]
    rates: tuple[Rate, ...]
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that is not as it should be. `rank` 0 is an error that must not happen, 1 a record, 2 a field."""

    rank: int
    kind: str
    path: str
    page: int
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Goal:
    """What the project promises of a figure: `value` at least (or at most, for an `upper` one) `target`.

    `value` is None when the specimen or the case holds nothing to measure; the goal is then not met. Made by `goal`.
    """

    name: str
    target: float
    value: float | None
    upper: bool
    met: bool


def goal(name: str, target: float, value: float | None, *, upper: bool = False) -> Goal:
    """Return a goal, and whether it is met."""
    met = value is not None and (value <= target if upper else value >= target)
    return Goal(name, target, value, upper, met)


@dataclass(frozen=True, slots=True)
class Score:
    """A case held against the truth of its specimen. `hard_errors` are those that no average excuses."""

    seed: str
    pages: int
    hard_errors: int
    goals: tuple[Goal, ...]
    sections: tuple[Section, ...]
    misses: tuple[Miss, ...]

    def section(self, name: str) -> Section:
        """Return the section `name`; raise `KeyError` when there is none."""
        for section in self.sections:
            if section.name == name:
                return section
        raise KeyError(name)

    def tally(self, section: str, name: str, split: str = "") -> Tally:
        """Return one tally; without `split` the sum over the splits. An unknown one is all zero."""
        chosen = [t for t in self.section(section).tallies if t.name == name and split in ("", t.split)]
        return tally(
            name, split, sum(t.truth for t in chosen), sum(t.found for t in chosen), sum(t.right for t in chosen)
        )
