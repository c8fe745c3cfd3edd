"""Where tasks are done: in this process (`inline`) or in walled worker processes (`processes`).

An executor takes tasks and gives back answers, in any order; keeping the order of commits is the run's business.
A worker that dies, hangs or answers nonsense yields a `Lost` in place of its answer and is replaced.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec

from assay.model import encode
from assay.store.store import Store
from assay.store.task import Task, encode_task
from assay.work import wire
from assay.work.stage import Bench, Settings, Stage
from assay.work.worker import Start, answer


@dataclass(frozen=True, slots=True)
class Lost:
    """A worker was lost over a task: `category` is crashed or hung."""

    category: str
    message: str


Result = wire.Answer | Lost


class Executor(Protocol):
    """Takes tasks, gives answers."""

    slots: int

    def submit(self, stage: Stage, task: Task) -> None:
        """Take a task; call it only while fewer than `slots` are under way."""
        ...

    def collect(self) -> list[tuple[Task, Result]]:
        """Wait for at least one answer and return those that are there."""
        ...

    def close(self) -> None:
        """End all workers."""
        ...


class Inline:
    """Does each task at once in this process: for looking into a part with a debugger.

    Limits: no walls, no time and no memory limit: a hostile file is parsed with all the user's rights.
    """

    slots = 1

    def __init__(self, store: Store, settings: Settings) -> None:
        """Work on `store`."""
        self._bench = Bench(store, settings)
        self._answers: list[tuple[Task, Result]] = []

    def submit(self, stage: Stage, task: Task) -> None:
        """Do the task."""
        self._answers.append((task, answer(stage, task, self._bench)))

    def collect(self) -> list[tuple[Task, Result]]:
        """Return the answers that are there."""
        ready, self._answers = self._answers, []
        return ready

    def close(self) -> None:
        """End nothing: there are no workers."""


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    task: Task | None = None
    deadline: float = 0.0
    limit: float = 0.0
    buffer: bytearray = field(default_factory=bytearray)


class Processes:
    """Walled worker processes, started when first needed and replaced when lost."""

    def __init__(self, case: Path, settings: Settings, rooms: tuple[str, ...], jobs: int) -> None:
        """Run up to `jobs` workers on the case in folder `case`; `rooms` are the modules that hold stages."""
        self.slots = jobs
        self._settings = settings
        self._start = msgspec.msgpack.encode(Start(str(case), encode(settings), rooms))
        self._noise = (case / "workers.log").open("ab")
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()

    def submit(self, stage: Stage, task: Task) -> None:
        """Hand a task to a free worker."""
        worker = next((w for w in self._workers if w.task is None), None) or self._new()
        worker.task = task
        worker.limit = self._settings.limits.seconds * stage.patience
        worker.deadline = time.monotonic() + worker.limit
        assert worker.process.stdin
        try:
            wire.send(worker.process.stdin, encode_task(task))
        except OSError:
            worker.deadline = time.monotonic()  # it died between tasks: `collect` reports the loss

    def collect(self) -> list[tuple[Task, Result]]:
        """Wait until a worker answers, dies or runs out of time."""
        results: list[tuple[Task, Result]] = []
        while not results:
            busy = [w for w in self._workers if w.task]
            if not busy:
                return results
            wait = max(0.0, min(w.deadline for w in busy) - time.monotonic())
            for key, _ in self._selector.select(wait):
                results += self._hear(key.data)
            for worker in [w for w in self._workers if w.task and time.monotonic() >= w.deadline]:
                died = worker.process.poll() is not None
                said = "" if died else f"it did not finish within {worker.limit:.0f} seconds"
                results.append(self._lose(worker, "crashed" if died else "hung", said))
        return results

    def _hear(self, worker: _Worker) -> list[tuple[Task, Result]]:
        assert worker.process.stdout
        block = os.read(worker.process.stdout.fileno(), 1 << 20)
        if not block:
            if worker.task is None:
                self._end(worker)
                return []
            return [self._lose(worker, "crashed", "")]
        worker.buffer += block
        if len(worker.buffer) < 4:
            return []
        length = int.from_bytes(worker.buffer[:4], "big")
        if length > wire.MESSAGE_LIMIT:
            return [self._lose(worker, "crashed", "its worker answered with nonsense")]
        if len(worker.buffer) < 4 + length or worker.task is None:
            return []
        message, worker.buffer = bytes(worker.buffer[4 : 4 + length]), worker.buffer[4 + length :]
        try:
            result = wire.decode_answer(message)
        except msgspec.MsgspecError:
            return [self._lose(worker, "crashed", "its worker answered with nonsense")]
        task, worker.task = worker.task, None
        return [(task, result)]

    def _new(self) -> _Worker:
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
        process = subprocess.Popen(
            [sys.executable, "-m", "assay.work.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._noise,
            env=environment,
            start_new_session=True,
        )
        assert process.stdin
        assert process.stdout
        worker = _Worker(process)
        self._workers.append(worker)
        self._selector.register(process.stdout, selectors.EVENT_READ, worker)
        wire.send(process.stdin, self._start)
        return worker

    def _lose(self, worker: _Worker, category: str, message: str) -> tuple[Task, Result]:
        task = worker.task
        assert task
        self._end(worker)
        code = worker.process.returncode
        return task, Lost(category, message or f"its worker ended with code {code}")

    def _end(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        assert worker.process.stdout
        assert worker.process.stdin
        self._selector.unregister(worker.process.stdout)
        worker.process.kill()
        worker.process.wait()
        worker.process.stdout.close()
        worker.process.stdin.close()

    def close(self) -> None:
        """End all workers."""
        for worker in list(self._workers):
            self._end(worker)
        self._selector.close()
        self._noise.close()
