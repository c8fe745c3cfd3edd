"""The stages of this room: its syntheses, one after the other, each over the whole trove."""

from __future__ import annotations

from assay.ledger import builtin
from assay.work.part import Synthesis, load
from assay.work.pieces import syntheses_stages
from assay.work.stage import Stage


def stages() -> tuple[Stage, ...]:
    """Return the stages of this room, in order."""
    return syntheses_stages("weigh", tuple(load(path, Synthesis) for path in builtin))
