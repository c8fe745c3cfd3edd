"""A task that crashes, hangs, eats memory, raises or lies costs itself and nothing else."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from assay.custody.receive import receive
from assay.custody.verify import verify
from assay.model import Problem
from assay.store.store import Store
from assay.work.executor import Processes
from assay.work.run import run_stage
from assay.work.stage import Limits, Settings
from assay.work.worker import stages_of

BAD = {
    "crash": "crashed",
    "kill": "crashed",
    "hang": "hung",
    "hog": "limit",
    "raise": "error",
    "lie": "error",
    "forge": "error",
}


@pytest.fixture(autouse=True)
def rooms(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


def trove(folder: Path, *contents: str) -> Path:
    folder.mkdir()
    for number, content in enumerate(contents):
        (folder / f"{number}.txt").write_text(content)
    return folder


def run(case: Path, folder: Path, jobs: int) -> Store:
    store = Store.open(case, write=True, make=True)
    store.clock = lambda: "2026-01-01T00:00:00Z"
    receive(store, folder, "test")
    # The room in this test stands in for the real stage, which opens what was received.
    store._db.execute("DELETE FROM tasks")
    settings = Settings(limits=Limits(seconds=5, memory=1 << 30))
    executor = Processes(case, settings, ("rooms",), jobs)
    try:
        run_stage(stages_of(("rooms",))["receive"], store, executor, settings, (), lambda step: None)
    finally:
        executor.close()
    return store


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_fault_costs_its_own_task_only(tmp_path, jobs):
    good = [f"good {n}" for n in range(6)]
    folder = trove(tmp_path / "t", *good[:3], *BAD, *good[3:])
    with run(tmp_path / "c", folder, jobs) as store:
        problems = {p.about: p for p in store.all(Problem)}
        for text in good:
            assert problems[digest(text)].message == "seen"
        for text, category in BAD.items():
            assert problems[digest(text)].category == category, text
        assert verify(store).breaches == ()
        assert store.count_tasks("receive", "quarantined") == len(BAD)


def test_a_task_of_many_pages_is_cut_and_only_the_bad_page_is_lost(tmp_path):
    with run(tmp_path / "c", trove(tmp_path / "t", "one of three"), 2) as store:
        seen = {(p.page, p.category, p.message) for p in store.all(Problem)}
        assert {(1, "error", "seen"), (3, "error", "seen")} < seen
        assert [p.category for p in store.all(Problem) if p.page == 2] == ["crashed"]


def test_a_task_that_dies_once_is_tried_again_alone(tmp_path):
    with run(tmp_path / "c", trove(tmp_path / "t", "once", "good"), 2) as store:
        assert {p.message for p in store.all(Problem)} == {"seen"}


def test_records_and_log_do_not_depend_on_the_number_of_workers(tmp_path):
    folder = trove(tmp_path / "t", *(f"good {n}" for n in range(30)), "crash")
    with run(tmp_path / "one", folder, 1) as one, run(tmp_path / "two", folder, 2) as two:
        assert list(one.events()) == list(two.events())
        assert list(one.rows()) == list(two.rows())
