"""What came of checking one signature: a value with a named reason, and what each engine said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Holds; broken; or open: it could not be determined, which is no finding against anybody."""

    HOLDS = "holds"
    BROKEN = "broken"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Engine:
    """What one engine said of one signature value, and why it could not say more."""

    name: str
    state: State
    reason: str = ""

    def sentence(self) -> str:
        """Return it in words."""
        word = {State.HOLDS: "it holds", State.BROKEN: "it does not hold", State.OPEN: "it cannot tell"}[self.state]
        return f"{self.name}: {word}{f' ({self.reason})' if self.reason else ''}"


def joined(engines: Iterable[Engine]) -> State:
    """Return what engines say together: one that cannot tell gives way, and two that disagree leave it open."""
    said = {engine.state for engine in engines} - {State.OPEN}
    return said.pop() if len(said) == 1 else State.OPEN


def disagree(engines: Iterable[Engine]) -> bool:
    """Whether one engine says that it holds and another that it does not."""
    return {State.HOLDS, State.BROKEN} <= {engine.state for engine in engines}
