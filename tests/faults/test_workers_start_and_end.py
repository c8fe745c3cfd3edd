"""Workers come up wherever the case lies, import nothing from the trove, and leave nobody behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assay.case import ROOMS, Case, RunSettings
from assay.custody.receive import receive
from assay.model import Page
from assay.model.errors import Fault
from assay.store.store import Store
from assay.work.processes import Processes
from assay.work.stage import Settings
from assay.work.worker import stages_of

ONE = RunSettings(jobs=1)


def trove(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


@pytest.mark.parametrize("name", [b"leak #3", b"50%25 what?", b"\xc4\xee\xe3.case"])
def test_a_case_may_lie_under_any_name(tmp_path, name):
    folder = trove(tmp_path / "trove", a="Letter No. 1")
    with Case.open(tmp_path / os.fsdecode(name)) as case:
        case.run([folder], ONE, ["receive", "read"])
        assert [p.text.strip() for p in case.records(Page)] == ["Letter No. 1"]
        assert case.problems() == []
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([os.fsdecode(name), "trove"])


def test_nothing_in_the_current_folder_is_imported(tmp_path, monkeypatch):
    folder = trove(tmp_path / "trove", a="Letter No. 1")
    for name in ("struct", "msgspec", "sitecustomize"):
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / 'taken')!r}, 'w')")
    monkeypatch.chdir(folder)
    with Case.open(tmp_path / "case") as case:
        case.run(["."], ONE, ["receive"])
    assert not (tmp_path / "taken").exists()


def test_workers_that_cannot_start_cost_no_task(tmp_path):
    folder = trove(tmp_path / "trove", a="Letter No. 1")
    with Store.open(tmp_path / "case", write=True, make=True) as store:
        receive(store, folder, "x")
        ((_, task),) = store.todo("receive", 9)
        executor = Processes(store, Settings(), ("no.such.room",), 1)
        executor.submit(stages_of(ROOMS)["receive"], task)
        with pytest.raises(Fault, match="do not start") as raised:
            executor.collect()
        executor.close()
        assert "workers.log" in raised.value.hint
        assert store.count_tasks("receive", "todo") == 1
    with Case.open(tmp_path / "case") as case:
        case.run([], ONE, ["receive", "read"])
        assert len(list(case.records(Page))) == 1


def two_letters_despite(tmp_path, harm):
    """Do two tasks one after the other, `harm` the executor after each, and see both done."""
    folder = trove(tmp_path / "trove", a="Letter No. 1", b="Letter No. 2")
    stage = stages_of(ROOMS)["receive"]
    with Store.open(tmp_path / "case", write=True, make=True) as store:
        receive(store, folder, "x")
        tasks = [task for _, task in store.todo("receive", 9)]
        executor = Processes(store, Settings(), ROOMS, 1)
        for task in tasks:
            executor.submit(stage, task)
            ((done, result),) = executor.collect()
            assert done == task
            assert type(result).__name__ == "Finished"
            harm(executor)
            time.sleep(0.3)
        executor.close()


def test_a_worker_that_dies_between_tasks_costs_nothing(tmp_path):
    def harm(executor):
        (pid,) = pids("assay.work.zygote", but=executor._zygotes[""].process.pid)
        os.kill(pid, signal.SIGKILL)

    two_letters_despite(tmp_path, harm)


def pids(name: str, but: int) -> list[int]:
    """Return the processes that run `name` and were forked by process `but`."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == but and name in (place / "cmdline").read_text():
                found.append(int(place.name))
        except OSError:
            continue
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(pid)


DRIVER = """
import sys
from pathlib import Path
from assay.store.store import Store
from assay.store.task import Task
from assay.work.processes import Processes
from assay.work.stage import Settings
from assay.work.worker import stages_of
executor = Processes(Store.open(Path(sys.argv[1])), Settings(), ("rooms",), 1)
executor.submit(stages_of(("rooms",))["receive"], Task("receive", sys.argv[2], first=1, last=1))
print(executor._zygotes[""].process.pid, flush=True)
executor.collect()
"""


def test_no_worker_outlives_a_driver_that_was_killed(tmp_path):
    folder = trove(tmp_path / "trove", a="hang")
    with Store.open(tmp_path / "case", write=True, make=True) as store:
        receive(store, folder, "x")
        ((_, task),) = store.todo("receive", 9)
    here = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, tmp_path / "case", task.subject],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": here},
    )
    zygote = int(driver.stdout.readline())
    deadline = time.monotonic() + 30
    while not (workers := pids("assay.work.zygote", but=zygote)) and time.monotonic() < deadline:
        time.sleep(0.1)
    (worker,) = workers
    driver.kill()
    driver.wait()
    driver.stdout.close()
    assert gone(worker)
    assert gone(zygote)


def test_an_end_of_the_zygote_loses_no_task(tmp_path):
    two_letters_despite(tmp_path, lambda executor: os.kill(executor._zygotes[""].process.pid, signal.SIGKILL))
