"""The stages that examine: each exhibit by itself, then the trove, then the axes of each document."""

from __future__ import annotations

from collections.abc import Iterator

from assay.examine import builtin, syntheses
from assay.model import Direction, Finding, FindingStatus, Reading, Record, Weight
from assay.model.errors import Usage
from assay.store.task import TROVE, Task
from assay.work.part import Examination, Part, Synthesis, load
from assay.work.pieces import exhibit_stage, inputs_of, name_of, syntheses_stages, trove_stage
from assay.work.stage import Settings, Stage


def stages() -> tuple[Stage, ...]:
    """Return the stages of this room, in order."""
    wide = (p for p in examinations() if p.examine_trove)
    return (
        exhibit_stage("examine", _single, _examine, _not_examined),
        exhibit_stage("examine.signatures", _vouched, _examine, _not_examined, _vouchers),
        *(
            trove_stage(f"examine.{part.name}", part, part.examine_trove, _not_examined)
            for part in wide
            if part.examine_trove
        ),
        *syntheses_stages("examine", tuple(load(path, Synthesis) for path in syntheses)),
    )


def redoing(finding: Finding) -> tuple[Stage, Task]:
    """Return the stage and the task that make a finding again, on its exhibit or on the whole trove.

    Raises `Usage` when the examination is no longer there, or no longer in the version that made the finding.
    """
    part = next((p for p in examinations() if p.name == finding.part), None)
    if part is None or part.version != finding.version:
        now = f"version {part.version} is here" if part else "it is not here any more"
        raise Usage(
            f"{finding.part} {finding.version} made this finding; {now}",
            hint="Run `assay examine CASE` first: findings of another version are replaced.",
        )
    wide = part.examine_trove is not None
    name = f"examine.{part.name}" if wide else "examine.signatures" if part.examine_vouched else "examine"
    stage = next(s for s in stages() if s.name == name)
    return stage, Task(name, TROVE if wide else finding.exhibit, (name_of(part),))


def examinations() -> tuple[Examination, ...]:
    """Return every examination."""
    return tuple(load(path, Examination) for path in builtin)


def _single() -> tuple[Part, ...]:
    return tuple(p for p in examinations() if p.examine)


def _vouched() -> tuple[Part, ...]:
    return tuple(p for p in examinations() if p.examine_vouched)


def _vouchers(settings: Settings) -> str:
    return inputs_of("vouchers", *sorted(voucher.id for voucher in settings.vouchers))


def _examine(part: Part, reading: Reading, data: bytes, settings: Settings) -> Iterator[Record]:
    assert isinstance(part, Examination)
    media_type = reading.exhibit.media_type
    if part.accepts and media_type not in part.accepts:
        yield _answer(reading.exhibit.digest, part, FindingStatus.NOT_APPLICABLE, f"it does not look at {media_type}")
        return
    if part.examine:
        yield from part.examine(reading, data)
    elif part.examine_vouched:
        yield from part.examine_vouched(reading, data, settings.vouchers)


def _not_examined(exhibit: str, part: Part, category: str, message: str) -> Iterator[Record]:
    status = FindingStatus.ERROR if category == "error" else FindingStatus.NOT_EXAMINED
    yield _answer(exhibit, part, status, message)


def _answer(exhibit: str, part: Part, status: FindingStatus, observation: str) -> Finding:
    return Finding(
        exhibit, status, observation, "", "", "", Direction.NEITHER, Weight.NEUTRAL, "", (), None, part.limits, (),
        part.name, part.version,
    )  # fmt: skip
