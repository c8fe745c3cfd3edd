"""A room of examinations that misbehave on the exhibits that ask for it, and of one that looks well at all."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Iterable

from assay.examine.axes import combine
from assay.examine.question import Question
from assay.examine.stage import _examine, _not_examined
from assay.model import Reading, Record, Trove
from assay.work.part import Examination, Part, Synthesis
from assay.work.pieces import exhibit_stage, syntheses_stages, trove_stage
from assay.work.stage import Stage


def _asked(part: str) -> Question:
    return Question(part, "1", "it was changed", "it was not", "nothing", ("a clerk",), "little")


def _well(reading: Reading, data: bytes) -> Iterable[Record]:
    yield _asked("pdf.revdiff").nothing(reading.exhibit.digest, "looked at")


def _badly(reading: Reading, data: bytes) -> Iterable[Record]:
    what = data.decode().split()[0]
    if what == "raise":
        raise ValueError("no such luck")
    if what == "die":
        os._exit(9)
    if what == "fault":
        ctypes.string_at(0)
    while what == "sleep":
        time.sleep(600)
    while what == "spin":
        pass
    held = []
    while what == "hog":
        held.append(bytes(100 << 20))
    yield _asked("pdf.dates").nothing(reading.exhibit.digest, "looked at")


def _over_all(trove: Trove) -> Iterable[Record]:
    raise RuntimeError("the whole trove is too much")


WELL = Examination("pdf.revdiff", "1", "looks well", "none", examine=_well)
BADLY = Examination("pdf.dates", "1", "misbehaves", "many", examine=_badly)
OVER_ALL = Examination("set.gaps", "1", "misbehaves over all", "many", examine_trove=_over_all)
AXES = Synthesis("axes", "1", "axes", "none", combine=combine)


def stages() -> tuple[Stage, ...]:
    """Return the stages as the real room builds them, with these parts."""
    return (
        exhibit_stage("examine", _parts, _examine, _not_examined),
        trove_stage("examine.set.gaps", OVER_ALL, _over_all, _not_examined),
        *syntheses_stages("examine", (AXES,)),
    )


def _parts() -> tuple[Part, ...]:
    return (WELL, BADLY)
