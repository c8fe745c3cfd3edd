"""Answers that wait for their turn are bounded: the driver's memory does not grow with what workers hand back."""

from __future__ import annotations

import pytest

from assay.model import Problem
from assay.store.rows import to_row
from assay.store.store import Store
from assay.store.task import Outcome, Task
from assay.work import run, wire
from assay.work.executor import Finished
from assay.work.run import run_stage
from assay.work.stage import Settings, Stage, whole


class Reversed:
    """Does the last task that it was given first, so that all others wait for their turn."""

    slots = 4

    def __init__(self) -> None:
        self.given: list[Task] = []
        self.most = 0

    def submit(self, stage: Stage, task: Task) -> None:
        self.given.append(task)

    def collect(self):
        self.most = max(self.most, len(self.given))
        task = self.given.pop()
        row = to_row(Problem("read", task.subject, 0, "error", "x" * 1000, "test", "1"))
        return [(task, Finished(wire.Done([row], []), frozenset()))]


@pytest.mark.parametrize(("held", "bound"), [(5_500, 8), (1 << 30, 40)])
def test_answers_wait_within_bounds_and_all_are_committed_in_order(tmp_path, monkeypatch, held, bound):
    tasks = [Task("read", f"{n:064}", inputs="i", generation="g") for n in range(40)]
    stage = Stage("read", lambda *_: iter(tasks), lambda *_: Outcome(), lambda *_: Outcome(), whole)
    monkeypatch.setattr(run, "HELD", held)
    waiting: list[int] = []
    fill = run._Run._fill
    monkeypatch.setattr(run._Run, "_fill", lambda self: (fill(self), waiting.append(len(self.answers)))[0])
    with Store.open(tmp_path / "case", write=True, make=True) as store:
        run_stage(stage, store, Reversed(), Settings(), (), lambda step: None)
        assert store.count_tasks("read", "done") == 40
        assert [about for _, _, action, about, *_ in store.events() if action == "read"] == [t.subject for t in tasks]
    assert max(waiting) <= bound
    assert held < 1 << 30 or max(waiting) > 8
