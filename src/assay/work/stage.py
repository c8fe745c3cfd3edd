"""What a stage of the run is: how it is planned, worked, and what stands in for a task that could not be done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from assay.model import Trove, Voucher
from assay.store.rows import Row
from assay.store.store import Store
from assay.store.task import Outcome, Task
from assay.work.part import ReadSettings

MORE = 4
"""How many times as much time and memory each further try of a task may take."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may take: wall-clock seconds, and bytes of memory that its worker holds alone.

    Another try that a person asks for may take `MORE` times as much, each time.
    """

    seconds: float = 300.0
    memory: int = 400 << 20

    def seconds_of(self, stage: Stage, task: Task) -> float:
        """Return how many seconds a task of `stage` may take."""
        return float(self.seconds * stage.patience * MORE**task.tries)

    def memory_of(self, stage: Stage, task: Task, least: int) -> int:
        """Return how many bytes a task of `stage` may take, on an engine that wants at `least` so many."""
        return int(max(self.memory, least) * stage.appetite * MORE**task.tries)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user set for a run; passwords are never stored. `vouchers` are the case's own, filled in by it."""

    read: ReadSettings = field(default_factory=ReadSettings)
    limits: Limits = field(default_factory=Limits)
    vouchers: tuple[Voucher, ...] = ()


@dataclass(frozen=True, slots=True)
class Bench:
    """What a handler has at hand: no file, no database, only what the driver hands it.

    `trove` shows the task's own exhibit with the records that its stage `hands`, or the whole trove.
    `keep` hands bytes to the driver, which stores them as a blob, and returns their digest.
    """

    trove: Trove
    settings: Settings
    keep: Callable[[bytes], str]


def nothing(task: Task, store: Store) -> Iterable[Row]:
    """Hand over no record: the exhibit's bytes are enough."""
    return ()


def cold(settings: Settings) -> None:
    """Load nothing beforehand."""


def no_engines(kind: str, settings: Settings) -> None:
    """Load no engine: the stage's tasks want none."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the run.

    `plan(store, settings, earlier)` yields the tasks that are missing, in a fixed order; `earlier` names the stages
    that ran before it. `work` does one, in a worker. `split` cuts a task that killed its worker into smaller ones
    (none: it cannot be cut). `give_up(task, category, message, store)` returns what is recorded when a task killed or
    outlasted its worker twice: at least a problem. `unit` names what progress counts: records of kind `counts`, or
    tasks when it is empty. `patience` multiplies the time limit, `appetite` the memory (a task over a whole trove takes
    longer, and holds more than one file).
    `apart`: a task's records are about its own exhibit only. `hands(task, store)` returns, in the driver, the rows
    that a worker is handed with the exhibit's bytes. A task on `TROVE` looks at the whole trove, and asks for it.
    `sealed`: its workers open no file at all; else they may read the program's own code and data. `warm` loads what its
    tasks need, `engines(kind, settings)` the engines of a kind, before the walls rise, in a process that saw no trove.
    """

    name: str
    plan: Callable[[Store, Settings, tuple[str, ...]], Iterable[Task]]
    work: Callable[[Task, Bench], Outcome]
    give_up: Callable[[Task, str, str, Store], Outcome]
    split: Callable[[Task], tuple[Task, ...]]
    unit: str = "exhibits"
    counts: str = ""
    patience: float = 1.0
    appetite: float = 1.0
    apart: bool = False
    hands: Callable[[Task, Store], Iterable[Row]] = nothing
    sealed: bool = True
    warm: Callable[[Settings], None] = cold
    engines: Callable[[str, Settings], None] = no_engines


def whole(task: Task) -> tuple[Task, ...]:
    """Split nothing: the task cannot be cut."""
    return ()
