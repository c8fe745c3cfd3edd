"""Runs exhibits that misbehave (see `rooms`) through real workers."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from assay.custody.receive import receive
from assay.model import Problem
from assay.store.store import Store
from assay.work.processes import Processes
from assay.work.run import run_stage
from assay.work.stage import Limits, Settings
from assay.work.worker import stages_of

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def rooms(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(HERE), prepend=os.pathsep)
    monkeypatch.syspath_prepend(str(HERE))


def trove(folder: Path, *contents: str) -> Path:
    folder.mkdir()
    for number, content in enumerate(contents):
        (folder / f"{number}.txt").write_text(content)
    return folder


def run(case: Path, folder: Path, jobs: int = 2, kind: type[Processes] = Processes, **more: object) -> Store:
    store = Store.open(case, write=True, make=True)
    store.clock = lambda: "2026-01-01T00:00:00Z"
    receive(store, folder, "test")
    # The room in this test stands in for the real stage, which opens what was received.
    store._db.execute("DELETE FROM tasks")
    limits = Limits(seconds=float(more.pop("seconds", 5)), memory=int(more.pop("memory", 1 << 30)))
    settings = Settings(limits=limits)
    executor = kind(store, settings, ("rooms",), jobs, **more)
    try:
        run_stage(stages_of(("rooms",))["receive"], store, executor, settings, (), lambda step: None)
    finally:
        executor.close()
    return store


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def said(case: Path, folder: Path, **more: object) -> dict[str, str]:
    """Return what the worker of each exhibit said, by the exhibit's text."""
    contents = {digest(file.read_text()): file.read_text() for file in folder.iterdir()}
    with run(case, folder, **more) as store:
        return {contents[p.about]: p.message for p in store.all(Problem) if p.about in contents}
