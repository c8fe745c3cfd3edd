"""Where tasks are done: in this process (`Inline`) or in walled worker processes (`processes.Processes`).

An executor takes tasks and gives back answers, in any order; keeping the order of commits is the run's business.
A worker that dies, hangs or answers nonsense yields a `Lost` in place of its answer and is replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assay.store.store import Store
from assay.store.task import Task
from assay.work import wire
from assay.work.stage import Settings, Stage
from assay.work.worker import answer, bench_for


@dataclass(frozen=True, slots=True)
class Lost:
    """A worker was lost over a task: `category` is crashed or hung."""

    category: str
    message: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A worker's answer, and the digests of the blobs that it handed over, which are stored."""

    answer: wire.Done
    kept: frozenset[str]

    @property
    def size(self) -> int:
        """How many bytes of memory the answer takes, about."""
        return sum(len(row.payload) + len(row.words or b"") for row in self.answer.rows)


Result = Finished | wire.Failed | Lost


class Executor(Protocol):
    """Takes tasks, gives answers."""

    slots: int

    def submit(self, stage: Stage, task: Task) -> None:
        """Take a task; call it only while fewer than `slots` are under way."""
        ...

    def collect(self) -> list[tuple[Task, Result]]:
        """Wait for at least one answer and return those that are there."""
        ...

    def renew(self) -> None:
        """See to it that the next task meets a fresh worker; call it only while nothing is under way."""
        ...

    def close(self) -> None:
        """End all workers."""
        ...


class Inline:
    """Does each task at once in this process: for looking into a part with a debugger.

    Limits: no walls, no time and no memory limit: a hostile file is parsed with all the user's rights.
    """

    slots = 1

    def __init__(self, store: Store, settings: Settings) -> None:
        """Work on `store`."""
        self._store, self._settings = store, settings
        self._answers: list[tuple[Task, Result]] = []

    def submit(self, stage: Stage, task: Task) -> None:
        """Do the task."""
        kept: set[str] = set()
        done = answer(stage, task, bench_for(stage, task, self._store, self._settings, kept))
        self._answers.append((task, Finished(done, frozenset(kept)) if isinstance(done, wire.Done) else done))

    def collect(self) -> list[tuple[Task, Result]]:
        """Return the answers that are there."""
        ready, self._answers = self._answers, []
        return ready

    def renew(self) -> None:
        """Renew nothing: there are no workers."""

    def close(self) -> None:
        """End nothing: there are no workers."""
