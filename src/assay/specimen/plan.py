"""What is planted where: the alterations and innocent twins of a trove, spread evenly over its papers.

A paper gets at most one planted alteration. The least planted kind that fits a paper is taken first, so that even a
small trove has every examination's alteration and its twin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

RATE = 0.65
"""Share of the papers that could bear an alteration or a made twin that get one."""


@dataclass(frozen=True, slots=True)
class Plant:
    """What is to be planted: the examination's id, and whether it is the innocent `twin`."""

    examination: str
    twin: bool = False


@dataclass(frozen=True, slots=True)
class Planted:
    """What was planted: `needle` is the text that is altered, `within` the paragraph that holds it (or "")."""

    kind: str
    detail: str
    needle: str = ""
    within: str = ""
    position: str = ""
    figure: str = ""


class Plan:
    """Keeps count of what has been planted."""

    def __init__(self) -> None:
        """Start with nothing planted."""
        self.counts: dict[Plant, int] = {}

    def choose(self, rng: Random, options: Sequence[Plant]) -> Plant | None:
        """Return what to plant in a paper that could bear `options`, or None; what is still lacking always."""
        least = min((self.counts.get(option, 0) for option in options), default=-1)
        if least < 0 or (least > 0 and rng.random() > RATE):
            return None
        return rng.choice([option for option in options if self.counts.get(option, 0) == least])

    def done(self, plant: Plant) -> None:
        """Count one as planted."""
        self.counts[plant] = self.counts.get(plant, 0) + 1


def other_amount(rng: Random, amount: Decimal) -> Decimal:
    """Return `amount` with one of its first three digits changed."""
    text = f"{amount:.2f}"
    places = [i for i, c in enumerate(text[:3]) if c.isdigit()]
    at = rng.choice(places)
    digit = rng.choice([c for c in "123456789" if c != text[at]])
    return Decimal(text[:at] + digit + text[at + 1 :])


def other_digit(rng: Random, text: str) -> str:
    """Return `text` with its last or another digit changed; unchanged when it has none."""
    places = [i for i, c in enumerate(text) if c.isdigit()]
    if not places:
        return text
    at = rng.choice(places)
    low = "123456789" if at == places[0] else "0123456789"
    return text[:at] + rng.choice([c for c in low if c != text[at]]) + text[at + 1 :]
