"""What scoring gives: tallies, rates, counts and misses, in sections; and the goals they are held against."""

from __future__ import annotations

from dataclasses import dataclass

BORN = "born-digital"
SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many there are (`truth`), how many the case claims (`found`), and how many of those are `right`.

    `split` is born-digital or scan, or empty when the tally is over both. The ratios are None when nothing was to be
    found, or nothing was claimed.
    """

    name: str
    split: str
    truth: int
    found: int
    right: int

    @property
    def precision(self) -> float | None:
        """Right of what is claimed."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Right of what there is."""
        return self.right / self.truth if self.truth else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (self.truth + self.found) if self.truth + self.found else None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share: `part` of `whole`, such as wrong characters of all; None when there is nothing to take it of."""

    name: str
    part: float
    whole: float

    @property
    def value(self) -> float | None:
        """`part` over `whole`."""
        return self.part / self.whole if self.whole else None


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

    `value` is None when the specimen or the case holds nothing to measure; the goal is then not met.
    """

    name: str
    target: float
    value: float | None
    upper: bool = False

    @property
    def met(self) -> bool:
        """Whether the promise is kept."""
        if self.value is None:
            return False
        return self.value <= self.target if self.upper else self.value >= self.target


@dataclass(frozen=True, slots=True)
class Score:
    """A case held against the truth of its specimen."""

    seed: str
    pages: int
    sections: tuple[Section, ...]
    goals: tuple[Goal, ...]
    misses: tuple[Miss, ...]

    @property
    def hard_errors(self) -> int:
        """How many errors there are that no average excuses."""
        return sum(c.value for s in self.sections for c in s.counts if c.hard)

    def section(self, name: str) -> Section:
        """Return the section `name`; raise `KeyError` when there is none."""
        for section in self.sections:
            if section.name == name:
                return section
        raise KeyError(name)

    def tally(self, section: str, name: str, split: str = "") -> Tally:
        """Return one tally; without `split` the sum over the splits. An unknown one is all zero."""
        chosen = [t for t in self.section(section).tallies if t.name == name and split in ("", t.split)]
        return Tally(
            name, split, sum(t.truth for t in chosen), sum(t.found for t in chosen), sum(t.right for t in chosen)
        )
