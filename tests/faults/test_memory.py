"""What a worker may hold in memory is bounded, however it takes it, and what it had done by then stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from faulty import digest, rooms, run, said, trove

from assay.model import Problem
from assay.store.store import Store
from assay.store.task import Task
from assay.work import engine, memory
from assay.work.processes import Processes
from assay.work.stage import Limits, Settings
from assay.work.worker import stages_of

__all__ = ["rooms"]

ALLOWED = 200 << 20


@pytest.mark.parametrize("way", ["hog", "hoard"])
def test_new_memory_is_refused_at_once(tmp_path, way):
    with run(tmp_path / "c", trove(tmp_path / "t", way, "good"), 1, memory=ALLOWED) as store:
        found = {p.about: p for p in store.all(Problem)}
        assert found[digest("good")].message == "seen"
        assert found[digest(way)].category == "limit"
        assert "the 200 MB of memory that it may take" in found[digest(way)].message
        if way == "hoard":  # a library in C died of it
            assert 68 < int(found[digest(way)].message.partition("had taken ")[2].split()[0]) < 200


def test_a_worker_that_copies_the_zygotes_memory_is_ended(tmp_path, monkeypatch):
    heavy = tmp_path / "heavy"
    heavy.touch()
    monkeypatch.setenv("ASSAY_TEST_HEAVY", str(heavy))
    with run(tmp_path / "c", trove(tmp_path / "t", "copy", "good"), 1, memory=ALLOWED, seconds=60) as store:
        found = {p.about: (p.category, p.message) for p in store.all(Problem)}
        assert found[digest("good")] == ("error", "seen")
        category, message = found[digest("copy")]
        assert category == "limit"
        assert message.endswith("more than the 200 MB of memory that it may take")


def test_what_the_zygote_holds_is_not_counted_against_its_workers(tmp_path, monkeypatch):
    heavy = tmp_path / "heavy"
    heavy.touch()
    monkeypatch.setenv("ASSAY_TEST_HEAVY", str(heavy))
    assert said(tmp_path / "c", trove(tmp_path / "t", "good"), memory=ALLOWED) == {"good": "seen"}


@pytest.fixture
def crowd(tmp_path, monkeypatch):
    """Return a store with three tasks that hang, and what its workers were allowed, as they were begun."""
    monkeypatch.setattr(memory, "most", lambda: 8 << 30)
    began: list[int] = []
    new = Processes._new

    def noted(self, stage, kind, about, allowed):
        began.append(allowed)
        return new(self, stage, kind, about, allowed)

    monkeypatch.setattr(Processes, "_new", noted)
    folder = trove(tmp_path / "t", *(f"good {n}" for n in range(6)))
    return tmp_path / "c", folder, began


def most_at_once(case: Path, folder: Path, free: int, monkeypatch) -> int:
    """Return how many workers were at work at once while so much memory was free."""
    monkeypatch.setattr(memory, "free", lambda: free)
    highest = 0
    crowded = Processes._crowded

    def counted(self, allowed):
        nonlocal highest
        answer = crowded(self, allowed)
        highest = max(highest, sum(w.task is not None for w in self._workers.values()) + (not answer))
        return answer

    monkeypatch.setattr(Processes, "_crowded", counted)
    with run(case, folder, 3, memory=ALLOWED) as store:
        assert {p.message for p in store.all(Problem)} == {"seen"}
        assert store.count_tasks("receive", "done") == 6
    return highest


@pytest.mark.parametrize(("free", "workers"), [(10 << 20, 1), (ALLOWED * 2, 2), (ALLOWED * 20, 3)])
def test_no_more_workers_run_than_fit_into_memory(crowd, monkeypatch, free, workers):
    case, folder, began = crowd
    assert most_at_once(case, folder, free, monkeypatch) == workers
    assert set(began) == {ALLOWED}


def test_a_worker_with_the_chinese_engine_is_allowed_more_but_never_more_than_there_is(tmp_path, monkeypatch):
    folder = trove(tmp_path / "t", "good")
    for there, allowed in ((8 << 30, engine.MEMORY[engine.HAN]), (1 << 30, 1 << 30)):
        monkeypatch.setattr(memory, "most", lambda there=there: there)
        orders: list[object] = []
        monkeypatch.setattr(Processes, "_order", lambda self, zygote, order, *d, orders=orders: orders.append(order))
        monkeypatch.setattr(Processes, "_begin", lambda self, line: None)
        with Store.open(tmp_path / f"c{allowed}", write=True, make=True) as store:
            digest_of = store.blobs.put((folder / "0.txt").read_bytes())
            executor = Processes(store, Settings(limits=Limits()), ("rooms",), 1)
            executor._give(stages_of(("rooms",))["receive"], Task("receive", digest_of), engine.HAN)
            executor.close()
        forks = [order.memory for order in orders if getattr(order, "what", "") == "fork"]
        assert forks == [allowed]


def test_the_limits_of_a_control_group_count(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "_groups", lambda: [(500 << 20, 450 << 20), (1 << 40, 0)])
    assert memory.free() == 50 << 20
    assert memory.most() == 375 << 20


def test_private_memory_is_what_a_process_alone_holds():
    before = memory.private(os.getpid())
    held = bytearray(os.urandom(1)) * (50 << 20)
    assert 45 << 20 < memory.private(os.getpid()) - before < 80 << 20
    assert held
    assert memory.private(1 << 30) == 0
    assert memory.resident(1 << 30) == 0
