"""An examination that crashes, hangs or eats memory in real workers: a problem, "not examined", never clean axes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from faulty import HERE, digest, trove

from assay.custody.receive import receive
from assay.model import Assessment, Finding, FindingStatus, Problem
from assay.store.store import Store
from assay.work.processes import Processes
from assay.work.run import run_stage
from assay.work.stage import Limits, Settings
from assay.work.worker import stages_of

ROOMS = ("assay.custody.stage", "assay.read.stage", "examining")
FAULTS = ("raise it", "die of it", "fault at it", "sleep on it", "spin on it", "hog it")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("failing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(HERE), prepend=os.pathsep)
        patch.syspath_prepend(str(HERE))
        with _examined(folder / "case", trove(folder / "in", "all is well", *FAULTS)) as store:
            yield store


def _examined(case: Path, folder: Path) -> Store:
    store = Store.open(case, write=True, make=True)
    store.clock = lambda: "2026-01-01T00:00:00Z"
    receive(store, folder, "test")
    settings = Settings(limits=Limits(seconds=3, memory=1 << 30))
    executor = Processes(store, settings, ROOMS, 2)
    earlier: list[str] = []
    try:
        for name, stage in stages_of(ROOMS).items():
            run_stage(stage, store, executor, settings, tuple(earlier), lambda step: None)
            earlier.append(name)
    finally:
        executor.close()
    return store


def answers(case: Store, text: str) -> dict[str, FindingStatus]:
    return {f.part: f.status for f in case.all(Finding) if f.exhibit == digest(text)}


@pytest.mark.parametrize("text", FAULTS)
def test_a_failing_examination_is_a_problem_and_not_examined(case: Store, text: str) -> None:
    lost = FindingStatus.ERROR if text == "raise it" else FindingStatus.NOT_EXAMINED
    said = answers(case, text)
    assert said["pdf.dates"] in (lost, FindingStatus.ERROR)
    assert said["pdf.revdiff"] is FindingStatus.NO_FINDING, "the other examination of the same exhibit was lost too"
    problems = [p for p in case.all(Problem) if p.about == digest(text) and p.part == "pdf.dates"]
    assert len(problems) == 1
    assert problems[0].message


@pytest.mark.parametrize("text", FAULTS)
def test_the_axes_are_then_not_determinable_and_never_clean(case: Store, text: str) -> None:
    (made,) = [a for a in case.all(Assessment) if a.exhibit == digest(text)]
    assert made.integrity.word == "not determinable"
    assert "pdf.dates" in made.integrity.sentence
    lost = [f.id for f in case.all(Finding) if f.exhibit == digest(text) and f.part == "pdf.dates"]
    assert set(lost) <= set(made.integrity.findings)


def test_the_same_examinations_on_an_exhibit_that_asks_for_nothing_are_clean(case: Store) -> None:
    (made,) = [a for a in case.all(Assessment) if a.exhibit == digest("all is well")]
    assert made.integrity.word == "no sign of alteration found"


def test_one_that_fails_over_the_whole_trove_leaves_no_axis_of_any_document_clean(case: Store) -> None:
    made = list(case.all(Assessment))
    assert len(made) == len(FAULTS) + 1
    for one in made:
        assert one.completeness.word == "unknown"
        assert "could not be done" in one.completeness.sentence
        assert "set.gaps" in one.completeness.sentence
    assert [p.message for p in case.all(Problem) if p.part == "set.gaps"]
