"""What was given up is tried once more when a person asks, with larger limits; what it then yields stands instead."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faulty import HERE, digest, rooms, run, trove

from assay.case import PASSING
from assay.custody.verify import verify
from assay.model import Problem
from assay.store.store import Store
from assay.store.task import Task, encode_task
from assay.work.stage import Limits

__all__ = ["rooms"]

AGAIN = """
import sys
from pathlib import Path
from assay.case import PASSING
from assay.store.store import Store
from assay.work.processes import Processes
from assay.work.run import run_stage
from assay.work.stage import Limits, Settings
from assay.work.worker import stages_of
store = Store.open(Path(sys.argv[1]), write=True)
store.clock = lambda: "2026-01-01T00:00:00Z"
if "retry" in sys.argv:
    store.retry(PASSING)
settings = Settings(limits=Limits(seconds=2, memory=200 << 20))
executor = Processes(store, settings, ("rooms",), 2)
run_stage(stages_of(("rooms",))["receive"], store, executor, settings, (), lambda step: None)
executor.close()
"""
TROVE = ("late 4", "large 300", "crash", "good 1", "raise", "one of three", "good 2")


def again(case: Path, *words: str) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen([sys.executable, "-c", AGAIN, str(case), *words], env={**os.environ, "PYTHONPATH": path})


def first(case: Path, folder: Path) -> None:
    """Run the trove once, within limits that some of it outlasts."""
    run(case, folder, 2, seconds=2, memory=200 << 20).close()


def standing(case: Path) -> dict[str, list[tuple[int, str, str]]]:
    texts = {digest(text): text for text in TROVE}
    found: dict[str, list[tuple[int, str, str]]] = {}
    with Store.open(case) as store:
        for problem in store.all(Problem):
            found.setdefault(texts[problem.about], []).append((problem.page, problem.category, problem.message))
    return found


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """Return a case in which tasks were given up, and its trove."""
    work = tmp_path_factory.mktemp("once")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(HERE), prepend=os.pathsep)
        patch.syspath_prepend(str(HERE))
        first(work / "case", trove(work / "t", *TROVE))
    return work


def copied(once: Path, to: Path) -> Path:
    subprocess.run(["cp", "-a", str(once / "case"), str(to)], check=True)
    return to


def test_larger_limits_let_pass_what_was_late_or_large(once, tmp_path):
    case = copied(once, tmp_path / "case")
    before = standing(case)
    assert [p[1] for p in before["late 4"]] == ["hung"]
    assert [p[1] for p in before["large 300"]] == ["limit"]
    assert again(case, "retry").wait() == 0
    after = standing(case)
    assert after["late 4"] == after["large 300"] == [(0, "error", "done")]
    for text in ("crash", "raise", "one of three", "good 1", "good 2"):
        assert after[text] == before[text]
    with Store.open(case) as store:
        assert verify(store).breaches == ()
        old = [p for _, row in store.rows() if row.kind == "problems" and b"hung" in (p := row.payload)]
        assert len(old) == 1  # what the first try left is still there, and no longer stands
        assert store.count_tasks("receive", "quarantined") == 3


def test_only_what_was_given_up_is_done_again(once, tmp_path):
    with Store.open(copied(once, tmp_path / "case"), write=True) as store:
        tasks = {row[0][0] for row in store.tasks()}
        assert store.retry(PASSING) == 5  # of the three pages of one exhibit only the bad one
        assert store.retry(PASSING) == 0  # what waits is not planned twice
        assert store.count_tasks("receive", "todo") == 5
        assert len({row[0][0] for row in store.tasks()} - tasks) == 5
        assert verify(store).breaches == ()


def test_asked_again_the_limits_are_larger_still(once, tmp_path):
    case = copied(once, tmp_path / "case")
    for tries in (1, 2):
        with Store.open(case, write=True) as store:
            assert store.retry(PASSING)
            assert {task.tries for _, task in store.todo("receive", 9)} == {tries}
        assert again(case).wait() == 0
        with Store.open(case) as store:
            assert verify(store).breaches == ()
    stage = type("S", (), {"patience": 1.0, "appetite": 2.0})
    task = Task("receive", "x", tries=2)
    assert Limits(seconds=10).seconds_of(stage, task) == 160
    assert Limits(memory=100).memory_of(stage, task, 300) == 300 * 2 * 16


def test_killed_at_any_moment_another_try_loses_and_doubles_nothing(once, tmp_path):
    quiet = copied(once, tmp_path / "quiet")
    started = time.monotonic()
    assert again(quiet, "retry").wait() == 0
    seconds = time.monotonic() - started
    rng, hits = random.Random(7), 0
    for number in range(2):
        case = copied(once, tmp_path / f"killed-{number}")
        with Store.open(case, write=True) as store:
            store.clock = lambda: "2026-01-01T00:00:00Z"
            store.retry(PASSING)
        for _ in range(2):
            process = again(case)
            time.sleep(rng.uniform(0.3, seconds * 0.6))
            if process.poll() is None:
                hits += 1
                process.send_signal(signal.SIGKILL)
            process.wait()
        assert again(case).wait() == 0
        with Store.open(quiet) as wanted, Store.open(case) as got:
            assert list(got.events()) == list(wanted.events())
            assert list(got.rows()) == list(wanted.rows())
    assert hits


def test_a_generation_that_is_wanted_again_does_not_bring_back_what_a_later_try_replaced(tmp_path):
    one, two = (Task("read", "a" * 64, inputs=name, generation=name) for name in ("one", "two"))
    with Store.open(tmp_path / "case", write=True, make=True) as store:
        store.plan("read", [one])
        store.finish(one, "quarantined", [], (), "quarantine")
        assert store.retry(PASSING) == 1
        ((_, later),) = store.todo("read", 9)
        store.finish(later, "done", [], (), "read")
        store.plan("read", [two])
        store.finish(two, "done", [], (), "read")
        store.plan("read", [one])
        assert {row[0][0]: row[3] for row in store.tasks()} == {one.id: True, later.id: False, two.id: True}
        assert verify(store).breaches == ()


def test_a_first_try_is_stored_as_before_there_were_others():
    task = Task("read", "ab" * 32, ("pdf@3", "x@1"), 1, 8, 2, "in", "gen")
    assert task.id == "35bed26ac3d03c55ac866d16759dc321"
    assert b"tries" not in encode_task(task)
    later = Task("read", "ab" * 32, ("pdf@3", "x@1"), 1, 8, 2, "in", "gen", 2)
    assert later.earlier == (task.id, Task("read", "ab" * 32, ("pdf@3", "x@1"), 1, 8, 2, "in", "gen", 1).id)
