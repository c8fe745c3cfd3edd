"""A task that crashes, hangs, eats memory, raises or lies costs itself and nothing else."""

from __future__ import annotations

import pytest
from faulty import digest, rooms, run, said, trove

from assay.custody.verify import verify
from assay.model import Occurrence, Problem
from assay.work.executor import Lost
from assay.work.processes import Processes

__all__ = ["rooms"]

BAD = {
    "crash": "crashed",
    "kill": "crashed",
    "hang": "hung",
    "hog": "limit",
    "raise": "error",
    "lie": "error",
    "slander 1234": "error",
    "plant 1234": "error",
    "commission 1234": "error",
    "babble": "crashed",
    "boast": "crashed",
    "garble": "crashed",
    "ask": "crashed",
}


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
        assert not [p for p in store.all(Occurrence) if p.path == "planted.txt"]


def test_a_worker_that_never_gives_up_the_processor_is_ended(tmp_path):
    with run(tmp_path / "c", trove(tmp_path / "t", "spin", "good"), seconds=2) as store:
        assert {p.about: p.category for p in store.all(Problem)}[digest("spin")] == "hung"


def test_a_task_of_many_pages_is_cut_and_only_the_bad_page_is_lost(tmp_path):
    with run(tmp_path / "c", trove(tmp_path / "t", "one of three"), 2) as store:
        seen = {(p.page, p.category, p.message) for p in store.all(Problem)}
        assert {(1, "error", "seen"), (3, "error", "seen")} < seen
        assert [p.category for p in store.all(Problem) if p.page == 2] == ["crashed"]


class Unlucky(Processes):
    """Loses the first worker of each task."""

    def __init__(self, *words: object, **more: object) -> None:
        super().__init__(*words, **more)
        self.tried: set[str] = set()

    def collect(self):
        found = []
        for task, result in super().collect():
            found.append((task, result if task.id in self.tried else Lost("crashed", "bad luck")))
            self.tried.add(task.id)
        return found


def test_a_task_that_dies_once_is_tried_again_alone(tmp_path):
    with run(tmp_path / "c", trove(tmp_path / "t", "once", "good"), 2, Unlucky) as store:
        assert {p.message for p in store.all(Problem)} == {"seen", "tried "}
        assert store.count_tasks("receive", "quarantined") == 0


def test_records_and_log_do_not_depend_on_the_number_of_workers(tmp_path):
    folder = trove(tmp_path / "t", *(f"good {n}" for n in range(30)), "crash")
    with run(tmp_path / "one", folder, 1) as one, run(tmp_path / "two", folder, 2) as two:
        assert list(one.events()) == list(two.events())
        assert list(one.rows()) == list(two.rows())


def test_what_a_worker_prints_without_end_fills_no_disk(tmp_path):
    assert said(tmp_path / "c", trove(tmp_path / "t", "print"), seconds=60) == {"print": "printed"}
    assert (tmp_path / "c" / "workers.log").stat().st_size < 200_000


def test_what_a_worker_hands_over_without_end_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("assay.work.processes.KEPT_BLOBS", 50)
    with run(tmp_path / "c", trove(tmp_path / "t", "pour", "members"), seconds=20) as store:
        assert {p.about: p.category for p in store.all(Problem)} == {digest("pour"): "limit"}
        assert digest("a member") in store.blobs
        assert digest("drop") not in store.blobs
    assert not list((tmp_path / "c" / "blobs").glob(".new-*"))


def test_a_worker_starts_no_program_but_a_known_one(tmp_path):
    found = said(tmp_path / "c", trove(tmp_path / "t", "order"), seconds=20)
    assert found["order"].startswith("missing_program: no program 'sh'")
