"""What measured noise lets a finding weigh, and how it stands in the finding."""

from __future__ import annotations

import pytest

from assay.examine.question import Question
from assay.examine.rates import Rate, Rates, parse, render, upper95
from assay.model import Weight


def measured(*rows: tuple[str, Weight, int, int]) -> Rates:
    return Rates("x.y", "1", "files", tuple(Rate(f, w, k, n, upper95(k, n)) for f, w, k, n in rows))


@pytest.mark.parametrize(
    ("weight", "fired", "files", "allowed"),
    [
        (Weight.LIMITED, 20, 100, True), (Weight.LIMITED, 21, 100, False), (Weight.MODERATE, 5, 100, True),
        (Weight.MODERATE, 6, 100, False), (Weight.STRONG, 0, 299, False), (Weight.STRONG, 3, 300, True),
        (Weight.STRONG, 4, 300, False), (Weight.MODERATE, 0, 0, False), (Weight.NEUTRAL, 99, 100, True),
    ],
)  # fmt: skip
def test_the_bounds(weight: Weight, fired: int, files: int, allowed: bool) -> None:
    assert measured(("all", weight, fired, files), ("pdf", weight, fired, files)).allows(weight) is allowed


def test_strong_needs_enough_innocents_of_each_format() -> None:
    rates = measured(("all", Weight.STRONG, 0, 600), ("pdf", Weight.STRONG, 0, 500), ("docx", Weight.STRONG, 0, 100))
    assert not rates.allows(Weight.STRONG)


def test_the_bound_is_clopper_and_pearsons() -> None:
    assert upper95(0, 59) == pytest.approx(1 - 0.05 ** (1 / 59), abs=2e-4)
    assert upper95(1, 20) == pytest.approx(0.2161, abs=2e-4)
    assert upper95(4, 4) == upper95(0, 0) == 1.0


def test_figures_survive_their_file_and_rubbish_does_not() -> None:
    rates = measured(("all", Weight.NEUTRAL, 3, 70), ("all", Weight.LIMITED, 1, 70))
    assert parse(render(rates)) == rates
    with pytest.raises(ValueError, match="lacks"):
        parse("part\tx\nall\tlimited\n")


def test_a_finding_above_what_its_question_may_weigh_is_refused() -> None:
    question = Question("x.y", "1", "p", "a", "e", (), "l", heaviest=Weight.LIMITED)
    assert question.finding("0" * 64, "o", (), Weight.LIMITED, "g").base_rate is None
    with pytest.raises(ValueError, match="limited at most"):
        question.finding("0" * 64, "o", (), Weight.MODERATE, "g")
