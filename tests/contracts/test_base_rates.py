"""No examination weighs more than its noise, measured on innocents, allows."""

from __future__ import annotations

import pytest

from assay.examine import builtin
from assay.examine.policy import STRENGTH
from assay.examine.rates import EVERY, rates_of, upper95
from assay.model import Weight
from assay.work.part import Examination, load

PARTS = [load(path, Examination) for path in builtin]


@pytest.mark.parametrize("part", PARTS, ids=lambda p: p.name)
def test_no_examination_weighs_more_than_its_noise_allows(part: Examination) -> None:
    spoken = [w for w in STRENGTH[1:4] if STRENGTH.index(w) <= STRENGTH.index(part.heaviest)]
    if part.heaviest is Weight.CRYPTOGRAPHIC:
        spoken.remove(Weight.STRONG)  # `Question` refuses it
    if not spoken:
        return
    rates = rates_of(part.name)
    if rates is None or rates.version != part.version:
        seen = f"version {rates.version}" if rates else "nothing"
        pytest.skip(
            f"{part.name} {part.version}: {seen} was measured; benchmarks/base_rates.py --part {part.name} --write"
        )
    for weight in spoken:
        rate = rates.over(weight)
        if part.heaviest is Weight.CRYPTOGRAPHIC and (rate is None or not rate.files):
            continue
        assert rates.allows(weight), f"{part.name} may not weigh {weight}: {rate}"


@pytest.mark.parametrize("part", PARTS, ids=lambda p: p.name)
def test_stored_figures_add_up(part: Examination) -> None:
    rates = rates_of(part.name)
    if rates is None:
        pytest.skip(f"nothing was measured of {part.name}")
    assert rates.part == part.name
    for rate in rates.rows:
        assert 0 <= rate.fired <= rate.files
        assert rate.upper95 == pytest.approx(upper95(rate.fired, rate.files), abs=1e-4)
        parts = [r for r in rates.rows if r.weight is rate.weight and r.format != EVERY]
        if rate.format == EVERY:
            assert rate.fired == sum(r.fired for r in parts)
            assert rate.files == sum(r.files for r in parts)
