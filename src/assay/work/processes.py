"""Walled worker processes, as the driver sees them: one exhibit each, forked by the zygote, ended when it is done.

The driver hands a task its rows and bytes as descriptors, and takes back records and blobs, bounded and checked. It
alone has the database. A worker that dies, hangs or answers nonsense yields a `Lost` in place of its answer.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from assay.model import encode
from assay.model.errors import CustodyBroken, Fault, StoreFault
from assay.store.blobs import Arriving
from assay.store.rows import BY_NAME
from assay.store.store import Store
from assay.store.task import Task, encode_task
from assay.work import engine, memory, sandbox, wire
from assay.work.conversion import Conversion
from assay.work.executor import Finished, Lost, Result
from assay.work.stage import MORE, Settings, Stage

START_SECONDS = 120.0
"""How long a worker may take to start, and how often in a row it may fail to."""
STARTS = 3
KEPT_BYTES = 5 << 30
KEPT_BLOBS = 25_000
"""What one task may hand over to be stored, in all: more than `UnpackLimits` lets an honest worker hand over."""
ROWS = 2 << 20
"""How many bytes of rows are handed over at once to a worker that asks for the trove."""


@dataclass(slots=True)
class _Zygote:
    process: subprocess.Popen[bytes] | None
    line: socket.socket


@dataclass(slots=True)
class _Worker:
    slot: int
    kind: str
    about: tuple[str, str, int]
    memory: int
    line: socket.socket
    ready: bool = False
    task: Task | None = None
    stage: Stage | None = None
    deadline: float = 0.0
    limit: float = 0.0
    buffer: bytearray = field(default_factory=bytearray)
    arriving: Arriving | None = None
    coming: int = 0
    kept: list[Arriving] = field(default_factory=list)
    taken: int = 0
    keys: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    conversion: Conversion | None = None
    hung_up: bool = False


class Processes:
    """Walled workers, forked when an exhibit's turn comes and replaced when lost."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        rooms: tuple[str, ...],
        jobs: int,
        *,
        notice: Callable[[str], None] = lambda text: None,
        without: tuple[str, ...] = (),
    ) -> None:
        """Run up to `jobs` workers on the case `store`; `rooms` are the modules that hold stages.

        `notice` hears what the user must know once: a layer of the walls that is lacking, a call that was refused.
        `without` leaves layers out: for tests of what each one stops.
        """
        self.slots = jobs
        self._store, self._settings, self._notice = store, settings, notice
        self._start = wire.Start(encode(settings), rooms, without)
        self._noise = (store.folder / "workers.log").open("ab")
        self._failed_starts = 0
        self._count = 0
        self._told: set[str] = set()
        self._warm: set[tuple[str, str]] = set()
        self._workers: dict[int, _Worker] = {}
        self._ending: dict[int, wire.News] = {}
        self._most = memory.most()
        self._zygotes: dict[str, _Zygote] = {}
        self._waiting: list[tuple[Stage, Task, str]] = []
        self._selector = selectors.DefaultSelector()
        lacking = [layer for layer in sandbox.ALL_LAYERS if layer not in sandbox.layers() or layer in without]
        if lacking:
            self._tell_once(f"this machine lacks walls around hostile files: {', '.join(lacking)}; see SECURITY.md")

    # ---- tasks out

    def submit(self, stage: Stage, task: Task) -> None:
        """Hand a task to a worker of its own, or to the one that is at its exhibit already."""
        self._give(stage, task, "")

    def _give(self, stage: Stage, task: Task, kind: str) -> None:
        # A task over the trove goes to the worker that did the one before it in its room: what it loaded serves again.
        about = (stage.name if task.exhibit else stage.name.partition(".")[0], task.subject, task.tries)
        idle = [w for w in self._workers.values() if w.task is None]
        worker = next((w for w in idle if w.about == about and w.kind in (kind, engine.HAN)), None)
        if worker is None:
            allowed = min(self._settings.limits.memory_of(stage, task, engine.MEMORY.get(kind, 0)), self._most)
            if self._crowded(allowed):
                self._waiting.append((stage, task, kind))
                return
            for other in idle[: max(0, len(self._workers) - self.slots + 1)]:
                self._end(other)
            worker = self._new(stage, kind, about, allowed)
        worker.task, worker.stage, worker.limit = task, stage, self._settings.limits.seconds_of(stage, task)
        worker.deadline = time.monotonic() + (worker.limit if worker.ready else START_SECONDS)
        worker.keys.clear()
        descriptors = [wire.memory(wire.packed(stage.hands(task, self._store)) if task.exhibit else ())]
        try:
            if task.exhibit:
                descriptors.append(self._store.blobs.descriptor(task.exhibit))
            with contextlib.suppress(OSError):  # what fails here shows as a worker that hung up
                wire.tell(worker.line, wire.Work(encode_task(task), bool(task.exhibit)), descriptors)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _crowded(self, allowed: int) -> bool:
        """Tell whether a worker that may take so much does not fit into memory; one alone always does.

        Those at work may yet take all that they are allowed; idle ones are ended when room is short.
        """
        busy = [w for w in self._workers.values() if w.task is not None]
        if not busy or memory.free() >= allowed + sum(w.memory for w in busy):
            return False
        self.renew()
        return True

    def _new(self, stage: Stage, kind: str, about: tuple[str, str, int], allowed: int) -> _Worker:
        zygote = self._zygote(kind)
        if (stage.name, kind) not in self._warm:
            self._warm.add((stage.name, kind))
            self._order(zygote, wire.Order("warm", 0, stage.name))
        mine, its = socket.socketpair()
        self._count += 1
        worker = _Worker(self._count, kind, about, allowed, mine)
        self._workers[worker.slot] = worker
        mine.setblocking(False)
        self._selector.register(mine, selectors.EVENT_READ, worker)
        fork = wire.Order("fork", worker.slot, "sealed" if stage.sealed else "open", allowed)
        self._order(zygote, fork, its.fileno())
        its.close()
        return worker

    def _zygote(self, kind: str) -> _Zygote:
        if kind not in self._zygotes:
            mine, its = socket.socketpair()
            if kind:
                first = self._zygote("")
                self._warm |= {(stage, kind) for stage, other in self._warm if other == ""}
                self._order(first, wire.Order("zygote", 0, kind), its.fileno())
                process = None
            else:
                process = self._begin(its)
            its.close()
            self._zygotes[kind] = _Zygote(process, mine)
            self._selector.register(mine, selectors.EVENT_READ, kind)
            if process:
                self._order(self._zygotes[kind], self._start)
        return self._zygotes[kind]

    def _begin(self, line: socket.socket) -> subprocess.Popen[bytes]:
        threads = dict.fromkeys(
            ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1"
        )
        return subprocess.Popen(
            # -P: the current folder may be the trove, and what lies there must never be imported
            [sys.executable, "-P", "-m", "assay.work.zygote", str(line.fileno())],
            pass_fds=[line.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=self._noise,
            stderr=self._noise,
            env={**os.environ, **threads, "PYTHONHASHSEED": "0", "ORT_DISABLE_TELEMETRY": "1"},
            start_new_session=True,
        )

    def _order(self, zygote: _Zygote, order: msgspec.Struct, *descriptors: int) -> None:
        with contextlib.suppress(OSError):  # a zygote that died shows as the end of its line
            wire.tell(zygote.line, order, descriptors)

    # ---- answers in

    def collect(self) -> list[tuple[Task, Result]]:
        """Wait until a worker answers, dies or runs out of time."""
        results: list[tuple[Task, Result]] = []
        while not results:
            for stage, task, kind in [self._waiting.pop(0) for _ in list(self._waiting)]:
                self._give(stage, task, kind)
            busy = [w for w in self._workers.values() if w.task]
            if not busy:
                return results
            wait = max(0.0, min(w.deadline for w in busy) - time.monotonic())
            for key, _ in self._selector.select(wait):
                if isinstance(key.data, str):
                    results += self._news(key.data)
                elif isinstance(key.data, Conversion):
                    self._converted(key.data)
                elif key.data.slot in self._workers:
                    results += self._hear(key.data)
            for worker in [w for w in self._workers.values() if w.task and time.monotonic() >= w.deadline]:
                results += self._lose(worker, "hung", f"it did not finish within {worker.limit:.0f} seconds")
        return results

    def _news(self, kind: str) -> list[tuple[Task, Result]]:
        """Hear a zygote out; its end is the end of all its workers."""
        message = wire.hear(self._zygotes[kind].line)
        if message is None:
            self._forget(kind)
            lost = [w for w in self._workers.values() if w.kind == kind or not kind]
            return [r for w in lost for r in self._lose(w, "crashed", "the process that its worker came from ended")]
        news = wire.decode(message[0], type=wire.News)
        if news.what == "refused":
            self._tell_once(f"a worker was refused the system call {news.text}; see workers.log in the case")
        elif news.slot in self._workers:
            worker = self._workers[news.slot]
            self._ending[news.slot] = news
            if worker.hung_up or not worker.ready:
                return self._lose(worker, "crashed", "")
        return []

    def _hear(self, worker: _Worker) -> list[tuple[Task, Result]]:
        try:
            block = worker.line.recv(1 << 18)
        except BlockingIOError:
            return []
        except OSError:
            block = b""
        if block:
            worker.buffer += block
            return self._understand(worker)
        if worker.slot in self._ending or worker.task is None:
            return self._lose(worker, "crashed", "")
        worker.hung_up = True  # how it ended, its zygote will tell
        self._selector.unregister(worker.line)
        worker.deadline = min(worker.deadline, time.monotonic() + 5)
        self._order(self._zygotes[worker.kind], wire.Order("end", worker.slot))
        return []

    def _understand(self, worker: _Worker) -> list[tuple[Task, Result]]:
        buffer = worker.buffer
        while buffer:
            if worker.arriving is not None:
                taken = min(worker.coming, len(buffer))
                worker.arriving.write(bytes(buffer[:taken]))
                del buffer[:taken]
                worker.coming -= taken
                if worker.coming:
                    return []
                worker.arriving.close()
                worker.kept.append(worker.arriving)
                worker.arriving = None
                continue
            if len(buffer) < wire.HEAD.size:
                return []
            what, length = wire.HEAD.unpack_from(buffer)
            if worker.task is None or (what == wire.READY) == worker.ready:
                return self._nonsense(worker)  # nobody asked it
            if what == wire.KEEP:
                worker.taken += length
                if worker.taken > KEPT_BYTES or len(worker.kept) >= KEPT_BLOBS:
                    return self._lose(worker, "limit", "it handed over more than a task may unpack")
                del buffer[: wire.HEAD.size]
                worker.arriving, worker.coming = self._store.blobs.arriving(), length
                if not length:
                    worker.arriving.close()
                    worker.kept.append(worker.arriving)
                    worker.arriving = None
                continue
            if length > wire.LIMITS.get(what, -1):
                return self._nonsense(worker)
            end = wire.HEAD.size + length
            if len(buffer) < end:
                return []
            body = bytes(buffer[wire.HEAD.size : end])
            del buffer[:end]
            results = self._told_by(worker, what, body)
            if results is not None:
                return results
        return []

    def _nonsense(self, worker: _Worker) -> list[tuple[Task, Result]]:
        return self._lose(worker, "crashed", "its worker answered with nonsense")

    def _told_by(self, worker: _Worker, what: bytes, body: bytes) -> list[tuple[Task, Result]] | None:
        """Act on one thing that a worker said; return what comes of it, None when it goes on."""
        try:
            if what == wire.READY:
                worker.ready, self._failed_starts = True, 0
                worker.deadline = time.monotonic() + worker.limit
                return None
            if what == wire.ANSWER:
                return self._answered(worker, wire.decode_answer(body))
            if worker.conversion is not None:
                return self._nonsense(worker)
            if what == wire.ASK:
                return self._tell(worker, wire.decode(body, type=wire.Ask))
            asked = wire.decode(body, type=wire.Convert)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return self._nonsense(worker)
        assert worker.task
        worker.conversion = Conversion(worker.slot, asked, self._store.folder, MORE**worker.task.tries)
        worker.deadline += worker.conversion.seconds
        self._selector.register(worker.conversion.finished, selectors.EVENT_READ, worker.conversion)
        return None

    def _answered(self, worker: _Worker, answer: wire.Answer) -> list[tuple[Task, Result]]:
        task, stage, kept = worker.task, worker.stage, worker.kept
        assert task
        assert stage
        worker.task, worker.kept, worker.taken = None, [], 0
        if isinstance(answer, wire.Done):
            return [(task, Finished(answer, self._store.blobs.settle(kept)))]
        for arrived in kept:
            arrived.drop()
        if answer.category in (wire.SPENT, wire.WANTED):
            self._end(worker)  # what it holds, or how it is cut up, must not decide about the next task
        if answer.category != wire.WANTED:
            return [(task, answer)]
        if answer.message not in (engine.OCR, engine.HAN) or worker.kind in (answer.message, engine.HAN):
            return [(task, wire.Failed("error", f"it needs what no worker holds: {answer.message[:100]}", False))]
        self._give(stage, task, answer.message)
        return []

    def _tell(self, worker: _Worker, ask: wire.Ask) -> list[tuple[Task, Result]] | None:
        """Answer a question about the trove, which only a task over the whole trove may ask."""
        assert worker.task
        descriptors: list[int] = []
        reply = wire.Reply()
        if worker.task.exhibit:
            return self._nonsense(worker)
        if ask.kind == "blob":
            try:
                descriptors.append(self._store.blobs.descriptor(ask.exhibit))
            except (CustodyBroken, StoreFault) as fault:
                reply = wire.Reply(CustodyBroken.code, str(fault))
        elif ask.kind in BY_NAME:
            about = (ask.kind, ask.exhibit)
            if about not in worker.keys:
                worker.keys[about] = self._store.keys(BY_NAME[ask.kind], ask.exhibit or None)
            after, size, count = max(0, ask.after), 0, 0
            parts: list[bytes] = []
            keys = worker.keys[about]
            for row in self._store.fetch(keys[after:]):
                parts += wire.packed((row,))
                size, count = size + len(parts[-1]), count + 1
                if size >= ROWS:
                    break
            more = after + count < len(keys)
            if not more:
                del worker.keys[about]
            descriptors.append(wire.memory(parts))
            reply = wire.Reply(more=more)
        else:
            return self._nonsense(worker)
        return self._reply(worker, reply, descriptors)

    def _reply(self, worker: _Worker, reply: wire.Reply, descriptors: list[int]) -> list[tuple[Task, Result]] | None:
        try:
            wire.tell(worker.line, reply, descriptors)
        except OSError:
            return self._nonsense(worker)  # it asks and does not listen
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        return None

    def _converted(self, conversion: Conversion) -> None:
        self._selector.unregister(conversion.finished)
        category, message, data = conversion.result()
        for notice in conversion.notices:
            self._tell_once(notice)
        worker = self._workers.get(conversion.slot)
        if worker is not None and worker.conversion is conversion:
            worker.conversion = None
            self._reply(worker, wire.Reply(category, message), [] if category else [wire.memory([data])])

    # ---- ends

    def _lose(self, worker: _Worker, category: str, message: str) -> list[tuple[Task, Result]]:
        """End a worker; return the loss of its task, nothing when it had none or never began: then another takes it."""
        task, stage = worker.task, worker.stage
        end = self._ending.get(worker.slot, wire.News("ended", worker.slot, message or "it hung up"))
        if worker.hung_up and category == "hung":
            category, message = "crashed", ""
        self._end(worker)
        if task is None or stage is None:
            return []
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= STARTS:
                raise Fault(
                    f"worker processes do not start: {end.text}",
                    hint=f"The reason stands at the end of {self._noise.name}. No task was touched: nothing is lost.",
                )
            self._give(stage, task, worker.kind)
            return []
        if end.what == "spent":
            category, message = "limit", end.text
        return [(task, Lost(category, message or end.text))]

    def _end(self, worker: _Worker) -> None:
        del self._workers[worker.slot]
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(worker.line)
        if worker.slot not in self._ending and worker.kind in self._zygotes:
            self._order(self._zygotes[worker.kind], wire.Order("end", worker.slot))
        worker.line.close()
        for arrived in (*worker.kept, *([worker.arriving] if worker.arriving else [])):
            arrived.drop()

    def _forget(self, kind: str) -> None:
        zygote = self._zygotes.pop(kind)
        self._warm = {(stage, of) for stage, of in self._warm if of != kind}
        self._selector.unregister(zygote.line)
        zygote.line.close()
        if zygote.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(zygote.process.pid, signal.SIGKILL)
            zygote.process.wait()

    def renew(self) -> None:
        """End the idle workers, so that the next task is done by a fresh one."""
        for worker in [w for w in self._workers.values() if w.task is None]:
            self._end(worker)

    def close(self) -> None:
        """End all workers and the zygotes that they came from."""
        for worker in list(self._workers.values()):
            self._end(worker)
        for kind in sorted(self._zygotes, reverse=True):
            self._forget(kind)
        self._selector.close()
        self._noise.close()

    def _tell_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._notice(text)
