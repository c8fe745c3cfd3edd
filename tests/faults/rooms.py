"""Stages that misbehave on purpose: what a task does stands in the text of its exhibit."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Iterator

from assay.model import Occurrence, Problem, digest_of
from assay.store.store import Store
from assay.store.task import Outcome, Task
from assay.work.stage import Bench, Settings, Stage


def stages() -> tuple[Stage, ...]:
    return (Stage("receive", _plan, _work, _give_up, _split),)


def _plan(store: Store, settings: Settings, earlier: tuple[str, ...]) -> Iterator[Task]:
    for number, occurrence in enumerate(store.all(Occurrence)):
        many = 3 if store.blob(occurrence.exhibit) == b"one of three" else 1
        yield Task("receive", occurrence.exhibit, first=1, last=many, inputs=f"{number}", generation=f"{number}")


def _work(task: Task, bench: Bench) -> Outcome:
    data = bench.trove.blob(task.subject)
    if data == b"crash" or (data == b"one of three" and task.first <= 2 <= task.last):
        os._exit(9) if data == b"crash" else ctypes.string_at(0)
    if data == b"kill":
        os.abort()
    if data == b"hang":
        time.sleep(600)
    if data == b"fork and hang":
        child = os.fork()
        if child:
            (bench.keep.__self__.folder / ".new-child").write_text(str(child))
        time.sleep(600)
    if data == b"forge":
        (bench.keep.__self__.folder.parent / "case.sqlite").write_bytes(b"forged")
    if data == b"hog":
        held = []
        while True:
            held.append(bytearray(400 << 20))
    if data == b"raise":
        raise ValueError("no such luck")
    if data == b"lie":
        problem = Problem("receive", "x", 0, "error", "a lie", "test", "1")
        object.__setattr__(problem, "page", "not a number")
        return Outcome((problem,))
    if data == b"once":
        marker = bench.keep.__self__.folder / f".new-tried-{digest_of('x', data)}"
        if not marker.exists():
            marker.touch()
            os._exit(1)
    return Outcome(tuple(_seen(task, n) for n in range(task.first, task.last + 1)))


def _seen(task: Task, number: int) -> Problem:
    return Problem("receive", task.subject, number, "error", "seen", "test", "1")


def _split(task: Task) -> tuple[Task, ...]:
    if task.last <= task.first:
        return ()
    pages = range(task.first, task.last + 1)
    return tuple(
        Task("receive", task.subject, first=n, last=n, inputs=task.inputs, generation=task.generation) for n in pages
    )


def _give_up(task: Task, category: str, message: str, store: Store) -> Outcome:
    return Outcome((Problem("receive", task.subject, task.first, category, message, "test", "1"),))
