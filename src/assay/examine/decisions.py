"""What persons decided on findings: the last word on each counts, wherever it is asked."""

from __future__ import annotations

from collections.abc import Iterable

from assay.model import Judgement


def in_order(judgements: Iterable[Judgement]) -> list[Judgement]:
    """Return judgements by time; a tie in time goes by id."""
    return sorted(judgements, key=lambda j: (j.at, j.id))


def decisions(judgements: Iterable[Judgement]) -> dict[str, str]:
    """Return the last decision on each record. Marks against hypotheses decide nothing here."""
    decided: dict[str, str] = {}
    for judgement in in_order(judgements):
        if not judgement.decision.startswith("mark "):
            decided.update(dict.fromkeys(judgement.about, judgement.decision))
    return decided
