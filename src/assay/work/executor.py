"""Where tasks are done: in this process (`inline`) or in walled worker processes (`processes`).

An executor takes tasks and gives back answers, in any order; keeping the order of commits is the run's business.
A worker that dies, hangs or answers nonsense yields a `Lost` in place of its answer and is replaced.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec

from assay.model import encode
from assay.model.errors import Fault
from assay.store.store import Store
from assay.store.task import Task, encode_task
from assay.work import wire
from assay.work.stage import Settings, Stage
from assay.work.worker import Start, answer, bench_for

START_SECONDS = 120.0
"""How long a worker may take to start, and how often in a row it may fail to."""
STARTS = 3


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

    def renew(self) -> None:
        """See to it that the next task meets a fresh worker; call it only while nothing is under way."""
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
        self._store, self._settings = store, settings
        self._answers: list[tuple[Task, Result]] = []

    def submit(self, stage: Stage, task: Task) -> None:
        """Do the task."""
        self._answers.append((task, answer(stage, task, bench_for(stage, task, self._store, self._settings))))

    def collect(self) -> list[tuple[Task, Result]]:
        """Return the answers that are there."""
        ready, self._answers = self._answers, []
        return ready

    def renew(self) -> None:
        """Renew nothing: there are no workers."""

    def close(self) -> None:
        """End nothing: there are no workers."""


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    ready: bool = False
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
        self._start = msgspec.msgpack.encode(Start(os.fsencode(case), encode(settings), rooms))
        self._noise = (case / "workers.log").open("ab")
        self._failed_starts = 0
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()

    def submit(self, stage: Stage, task: Task) -> None:
        """Hand a task to a free worker."""
        self._give(task, self._settings.limits.seconds * stage.patience)

    def _give(self, task: Task, limit: float) -> None:
        """Hand a task to a free worker; one that died between tasks is replaced, for it was not this task's doing."""
        for worker in [w for w in self._workers if w.task is None]:
            if self._send(worker, encode_task(task)):
                break
            self._end(worker)
        else:
            worker = self._new()
            self._send(worker, encode_task(task))  # what fails here shows as a worker that did not start
        worker.task, worker.limit = task, limit
        worker.deadline = time.monotonic() + (limit if worker.ready else START_SECONDS)

    def _send(self, worker: _Worker, message: bytes) -> bool:
        assert worker.process.stdin
        try:
            wire.send(worker.process.stdin, message)
        except OSError:
            return False
        return True

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
                results += self._lose(worker, "hung", f"it did not finish within {worker.limit:.0f} seconds")
        return results

    def _hear(self, worker: _Worker) -> list[tuple[Task, Result]]:
        assert worker.process.stdout
        block = os.read(worker.process.stdout.fileno(), 1 << 20)
        if not block:
            return self._lose(worker, "crashed", "")
        worker.buffer += block
        return self._understand(worker)

    def _understand(self, worker: _Worker) -> list[tuple[Task, Result]]:
        if len(worker.buffer) < 4:
            return []
        length = int.from_bytes(worker.buffer[:4], "big")
        if worker.task is None or length > wire.MESSAGE_LIMIT:  # nobody asked it, or nobody could want that much
            return self._lose(worker, "crashed", "its worker answered with nonsense")
        if len(worker.buffer) < 4 + length:
            return []
        message, worker.buffer = bytes(worker.buffer[4 : 4 + length]), worker.buffer[4 + length :]
        if not worker.ready and message == wire.READY:
            worker.ready, self._failed_starts = True, 0
            worker.deadline = time.monotonic() + worker.limit
            return self._understand(worker) if worker.buffer else []
        task = worker.task
        try:
            result = wire.decode_answer(message)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return self._lose(worker, "crashed", "its worker answered with nonsense")
        if isinstance(result, wire.Failed) and result.category == wire.SPENT:
            self._end(worker)  # what it holds, or how it is cut up, must not decide about the next task
        worker.task = None
        return [(task, result)]

    def _new(self) -> _Worker:
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
        process = subprocess.Popen(
            # -P: the current folder may be the trove, and what lies there must never be imported
            [sys.executable, "-P", "-m", "assay.work.worker"],
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
        self._send(worker, self._start)
        return worker

    def _lose(self, worker: _Worker, category: str, message: str) -> list[tuple[Task, Result]]:
        """End a worker; return the loss of its task, nothing when it had none or never began: then another takes it."""
        task = worker.task
        self._end(worker)
        if task is None:
            return []
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= STARTS:
                raise Fault(
                    f"worker processes do not start: the last ended with code {worker.process.returncode}",
                    hint=f"The reason stands at the end of {self._noise.name}. No task was touched: nothing is lost.",
                )
            self._give(task, worker.limit)
            return []
        return [(task, Lost(category, message or f"its worker ended with code {worker.process.returncode}"))]

    def _end(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        assert worker.process.stdout
        assert worker.process.stdin
        self._selector.unregister(worker.process.stdout)
        with contextlib.suppress(ProcessLookupError):
            # its children too; it was not waited for yet, so its number is still its own
            os.killpg(worker.process.pid, signal.SIGKILL)
        worker.process.wait()
        worker.process.stdout.close()
        with contextlib.suppress(OSError):  # what it never took cannot be flushed
            worker.process.stdin.close()

    def renew(self) -> None:
        """End the idle workers, so that the next task is done by a fresh one."""
        for worker in [w for w in self._workers if w.task is None]:
            self._end(worker)

    def close(self) -> None:
        """End all workers."""
        for worker in list(self._workers):
            self._end(worker)
        self._selector.close()
        self._noise.close()
