"""How far an agreement is shown to have gone, for a reader in a hurry: what is shown and when, foreseen, or not shown.

Purpose: the front page, the page of text after a run and the register say it alike. Limits: it adds nothing to the
ladder's statuses; a rung that may not apply to a deal (no technology in it) is among those that nothing shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assay.model import Event, Rung, Status
from assay.publish import wording

_ORDER = tuple(Rung)
_BEFORE = frozenset({Rung.PROPOSED, Rung.DRAFTED})
"""Rungs that nobody misses once a contract is there."""
_ASIDE = frozenset({Rung.SUSPENDED, Rung.CANCELLED, Rung.DENIED})
"""Side steps: that nothing shows them is no gap."""

_COUNTS = 3


@dataclass(frozen=True, slots=True)
class Course:
    """An agreement's statuses by their state, each in the ladder's order. `silent` are gaps that a reader looks for."""

    shown: tuple[Status, ...]
    claimed: tuple[Status, ...]
    planned: tuple[Status, ...]
    denied: tuple[Status, ...]
    silent: tuple[Status, ...]

    @property
    def furthest(self) -> Status | None:
        """The highest rung that is shown, side steps left out; None when there is none."""
        rungs = [status for status in self.shown if status.rung not in _ASIDE]
        return rungs[-1] if rungs else None


def course(statuses: Iterable[Status]) -> Course:
    """Return the course of one agreement from its statuses."""
    ordered = sorted(statuses, key=lambda s: _ORDER.index(s.rung))

    def of(state: str) -> tuple[Status, ...]:
        return tuple(s for s in ordered if s.state == state)

    silent = tuple(s for s in of("empty") if s.rung not in _ASIDE | _BEFORE)
    return Course(of("evidenced"), of("claimed"), of("planned"), of("denied"), silent)


def rungs(statuses: Iterable[Status], events: Mapping[str, Event] | None = None, last: str = "and") -> str:
    """Return rungs in words, each with its date and how much of it `events` tell: "shipped (2021-03-02: 3 pcs)".

    How much matters: ten of forty delivered reach the rung, and a reader must not take them for forty.
    """
    return wording.joined((_rung(status, events or {}) for status in statuses), last)


def _rung(status: Status, events: Mapping[str, Event]) -> str:
    dated = status.date and (status.date.earliest or status.date.latest)
    told = [event.quantity.written for i in status.basis if (event := events.get(i)) and event.quantity]
    counts = list(dict.fromkeys(" ".join(words.split()) for words in told))
    much = wording.joined(counts[:_COUNTS]) + (" and more" if len(counts) > _COUNTS else "")
    said = ": ".join(filter(None, (wording.day(status.date) if dated else "", much)))
    return wording.RUNGS[status.rung] + (f" ({said})" if said else "")
