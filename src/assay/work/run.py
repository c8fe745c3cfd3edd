"""The run of one stage: tasks out in order, results in by the same order, whatever dies on the way.

Invariants:
- Results are committed strictly in the tasks' order, so that records and log do not depend on how many workers
  there are, on which was faster, or on where a killed run was taken up again.
- A task whose worker was lost, or that ran out of memory, is tried once more, alone and in a fresh worker. What fails
  then, raises or hangs is cut into smaller tasks; one that cannot be cut is put into quarantine with a problem, and
  all others go on.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from assay.model import Correction, Image, Judgement, Occurrence, Problem, Record
from assay.model.errors import CustodyBroken, Fault, StoreFault
from assay.store.rows import Row, sound, to_row
from assay.store.store import Store
from assay.store.task import Task, decode_task
from assay.work import wire
from assay.work.executor import Executor, Finished, Lost, Result
from assay.work.stage import Settings, Stage

WINDOW = 16
"""How many tasks, per worker, may be under way or waiting for their turn to be committed."""
HELD = 32 << 20
"""How many bytes of answers may wait for their turn; with more, only the task whose turn it is is handed out."""


@dataclass(frozen=True, slots=True)
class Step:
    """What progress hears after each commit: the stage, what it was worth, how many tasks are left, new problems."""

    stage: str
    unit: str
    size: int
    left: int
    problems: int


Progress = Callable[[Step], None]


def run_stage(
    stage: Stage,
    store: Store,
    executor: Executor,
    settings: Settings,
    earlier: tuple[str, ...],
    progress: Progress,
) -> None:
    """Plan what is missing of `stage` and do it all; return when nothing is left to do.

    `earlier` names the stages before it.

    Raises `StoreFault` or `CustodyBroken` when a worker met one: going on would lose or invent something.
    """
    store.plan(stage.name, stage.plan(store, settings, earlier))
    _Run(stage, store, executor, progress).finish()


class _Run:
    """One stage under way."""

    def __init__(self, stage: Stage, store: Store, executor: Executor, progress: Progress) -> None:
        self.stage, self.store, self.executor, self.progress = stage, store, executor, progress
        self.queue: list[tuple[int, Task]] = []  # under way or answered, in order
        self.answers: dict[str, Result] = {}
        self.under_way: set[str] = set()
        self.tried: set[str] = set()
        self.left = store.count_tasks(stage.name, "todo")

    def finish(self) -> None:
        """Do all tasks."""
        while True:
            self._fill()
            if not self.queue:
                return
            if not any(task.id in self.answers for _, task in self.queue[:1]):
                for task, result in self.executor.collect():
                    self.under_way.discard(task.id)
                    self.answers[task.id] = result
            while self.queue and self.queue[0][1].id in self.answers:
                task = self.queue[0][1]
                result = self.answers.pop(task.id)
                if not isinstance(result, Finished) and self._again(task, result):
                    result = self._alone(task, result)
                self.queue.pop(0)
                self._commit(task, result)

    def _fill(self) -> None:
        """Hand out tasks while there is room."""
        window = WINDOW * self.executor.slots
        if len(self.queue) < window:
            last = self.queue[-1][0] if self.queue else 0
            self.queue += self.store.todo(self.stage.name, window - len(self.queue), last)
        crowded = sum(result.size for result in self.answers.values() if isinstance(result, Finished)) > HELD
        for _, task in self.queue[:1] if crowded else self.queue:
            if len(self.under_way) >= self.executor.slots:
                return
            if task.id not in self.under_way and task.id not in self.answers:
                self.under_way.add(task.id)
                self.executor.submit(self.stage, task)

    def _again(self, task: Task, result: Result) -> bool:
        """Tell whether a task deserves a second try: what it was lost over may have been its neighbours' doing.

        A task that hung and can be cut is cut at once, for each try costs the whole time limit.
        """
        if task.id in self.tried:
            return False
        if isinstance(result, Lost):
            return result.category != "hung" or not self.stage.split(task)
        return isinstance(result, wire.Failed) and result.category == wire.SPENT

    def _alone(self, task: Task, lost: Lost | wire.Failed) -> Result:
        """Wait until nothing else is under way, then try a task once more in a fresh worker."""
        self.store.attempt(task, lost.category, lost.message)
        self.tried.add(task.id)
        while self.under_way:
            for other, result in self.executor.collect():
                self.under_way.discard(other.id)
                self.answers[other.id] = result
        self.executor.renew()
        self.executor.submit(self.stage, task)
        return self.executor.collect()[0][1]

    def _commit(self, task: Task, result: Result) -> None:
        if isinstance(result, Finished):
            try:
                children = [decode_task(child) for child in result.answer.children]
                self._admit(task, map(sound, result.answer.rows), children, result.kept)
                return self._finish(task, "done", result.answer.rows, children, self.stage.name)
            except msgspec.MsgspecError as error:
                result = wire.Failed("error", f"its worker answered with records that are none: {error}"[:300], False)
        if isinstance(result, wire.Failed) and result.fatal:
            raise _fault(result)
        self.store.attempt(task, result.category, result.message)
        if pieces := self.stage.split(task):
            return self._finish(task, "done", [], pieces, "split")
        outcome = self.stage.give_up(task, result.category, result.message, self.store)
        rows = [to_row(record) for record in outcome.records]
        return self._finish(task, "quarantined", rows, outcome.children, "quarantine")

    def _admit(self, task: Task, records: Iterable[Record], children: list[Task], kept: frozenset[str]) -> None:
        """Raise `msgspec.ValidationError` when an answer reaches beyond its task: a worker may have been taken over.

        A task on an exhibit speaks of that exhibit, and of those whose bytes it handed over itself.
        """
        if any(child.stage != task.stage for child in children):
            raise msgspec.ValidationError("it asks for work in another stage")
        if not task.exhibit:
            collections.deque(records, maxlen=0)  # each is checked as it comes; together they may not fit into memory
            return
        own = {"", task.exhibit} if self.stage.apart else {"", task.exhibit} | kept
        for record in records:
            if to_row(record).exhibit not in own:
                raise msgspec.ValidationError("it speaks of another exhibit")
            if isinstance(record, Occurrence) and (record.exhibit not in kept or record.parent != task.exhibit):
                raise msgspec.ValidationError("it speaks of a member that it did not hand over")
            if isinstance(record, Image) and record.picture not in kept:
                raise msgspec.ValidationError("it speaks of a picture that it did not hand over")
            if isinstance(record, Judgement | Correction):
                raise msgspec.ValidationError("it speaks for a person")
        for child in children:
            again = (child.subject, child.inputs, child.generation) == (task.subject, task.inputs, task.generation)
            if not again and child.subject not in kept:
                raise msgspec.ValidationError("it asks for work on another exhibit")

    def _finish(self, task: Task, state: str, rows: list[Row], children: Sequence[Task], action: str) -> None:
        # How often a person asked is no worker's to say: it would give itself larger limits.
        children = [replace(c, tries=task.tries if c.subject == task.subject else 0) for c in children]
        self.left += self.store.finish(task, state, rows, children, action) - 1
        problems = sum(row.kind == Problem.KIND for row in rows)
        counts = self.stage.counts
        size = sum(row.kind == counts for row in rows) if counts else 1
        self.progress(Step(self.stage.name, self.stage.unit, size, self.left, problems))


def _fault(failed: wire.Failed) -> Fault:
    known = {StoreFault.code: StoreFault, CustodyBroken.code: CustodyBroken}
    return known.get(failed.category, Fault)(failed.message)
