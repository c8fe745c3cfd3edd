"""How often each examination fires on innocent files, as measured: one file of figures per examination.

Purpose: the measured rate bounds what a finding may weigh, and stands beside it. Limits: a rate speaks of the files it
was measured on; a trove of another kind can differ. The files are written by `benchmarks/base_rates.py --write` and by
nothing else. Source of the bounds: design.md, section 6; of the interval: Clopper and Pearson 1934, one-sided.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from assay.model import BaseRate, Weight

MOST = {Weight.LIMITED: 0.20, Weight.MODERATE: 0.05, Weight.STRONG: 0.01}
"""The share of innocent files on which a finding of at least this weight may stand."""
ENOUGH = 300
"""With fewer innocents of a format than this, a finding on that format weighs moderate at most."""
EVERY = "all"
"""The row over all formats."""


@dataclass(frozen=True, slots=True)
class Rate:
    """On `fired` of `files` innocents of `format` a finding of `weight` or more stood; `upper95` is the bound."""

    format: str
    weight: Weight
    fired: int
    files: int
    upper95: float


@dataclass(frozen=True, slots=True)
class Rates:
    """What was measured of one examination, at one version."""

    part: str
    version: str
    corpus: str
    rows: tuple[Rate, ...]

    def over(self, weight: Weight, form: str = EVERY) -> Rate | None:
        """Return the rate of findings of at least `weight`; None when it was not measured."""
        return next((r for r in self.rows if r.weight is weight and r.format == form), None)

    def allows(self, weight: Weight) -> bool:
        """Whether the measured noise lets a finding weigh so much; a cryptographic mismatch needs no rate."""
        if weight in (Weight.NEUTRAL, Weight.CRYPTOGRAPHIC):
            return True
        rate = self.over(weight)
        if rate is None or rate.files == 0 or rate.fired > MOST[weight] * rate.files:
            return False
        formats = [r for r in self.rows if r.weight is weight and r.format != EVERY]
        return weight is not Weight.STRONG or all(r.files >= ENOUGH for r in formats)


def upper95(fired: int, innocents: int) -> float:
    """Return the upper end of the one-sided 95 % interval for `fired` of `innocents`, to four digits, rounded up."""
    import math

    if innocents == 0 or fired >= innocents:
        return 1.0
    low, high = fired / innocents, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        below = sum(math.comb(innocents, k) * middle**k * (1 - middle) ** (innocents - k) for k in range(fired + 1))
        low, high = (middle, high) if below > 0.05 else (low, middle)
    return min(1.0, math.ceil(high * 10_000) / 10_000)


@cache
def rates_of(part: str) -> Rates | None:
    """Return what was measured of an examination; None when nothing was."""
    table = files("assay.examine.rates").joinpath(f"{part}.tsv")
    return parse(table.read_text(encoding="utf-8")) if table.is_file() else None


def base_rate(part: str, version: str, weight: Weight) -> BaseRate | None:
    """Return how often a finding of at least `weight` stood on innocents; None when this version was not measured."""
    rates = rates_of(part)
    rate = rates.over(weight) if rates and rates.version == version else None
    if rates is None or rate is None or rate.files == 0:
        return None
    return BaseRate(f"{rates.corpus}, fired at {weight.value} or more", rate.fired, rate.files, rate.upper95)


def render(rates: Rates) -> str:
    """Return the file that `parse` reads."""
    lines = [
        "# Written by benchmarks/base_rates.py --write from measurement; never by hand.",
        f"part\t{rates.part}",
        f"version\t{rates.version}",
        f"corpus\t{rates.corpus}",
        "# format\tat least\tfired\tfiles\tupper 95 %",
    ]
    lines += [f"{r.format}\t{r.weight.value}\t{r.fired}\t{r.files}\t{r.upper95:.4f}" for r in rates.rows]
    return "\n".join(lines) + "\n"


def parse(text: str) -> Rates:
    """Return the rates that `text` holds; raise `ValueError` on any misfit."""
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    head = {line[0]: line[1] for line in lines if len(line) == 2}
    rows = tuple(
        Rate(line[0], Weight(line[1]), int(line[2]), int(line[3]), float(line[4])) for line in lines if len(line) == 5
    )
    if len(head) + len(rows) != len(lines) or not {"part", "version", "corpus"} <= head.keys():
        message = "a file of base rates holds a line that is none, or lacks its part, version or corpus"
        raise ValueError(message)
    return Rates(head["part"], head["version"], head["corpus"], rows)
