"""A worker: forked by the zygote, walled in, does the tasks of one exhibit, and ends.

It has no file, no database and no socket but its line to the driver. A task comes with its rows and its exhibit's bytes
as descriptors; a task over the whole trove asks the driver for what it wants to see.
"""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator
from importlib import import_module
from typing import TypeVar

from assay.model import Record, Trove
from assay.model.errors import CustodyBroken, StoreFault
from assay.store.rows import from_row
from assay.store.store import Store
from assay.store.task import Task, decode_task
from assay.work import engine, outside, wire
from assay.work.handed import Handed
from assay.work.stage import Bench, Settings, Stage

R = TypeVar("R", bound=Record)


def stages_of(rooms: tuple[str, ...]) -> dict[str, Stage]:
    """Return the stages of rooms by name, in order: each room is a module with a function `stages`."""
    found: dict[str, Stage] = {}
    for room in rooms:
        found.update({stage.name: stage for stage in import_module(room).stages()})
    return found


def bench_for(stage: Stage, task: Task, store: Store, settings: Settings, kept: set[str]) -> Bench:
    """Return what a handler of `stage` has at hand for `task`, out of the case itself: for work without walls.

    The digests of the blobs that it stores are added to `kept`.
    """

    def keep(data: bytes) -> str:
        digest = store.blobs.put(data)
        kept.add(digest)
        return digest

    trove = store if not task.exhibit else Handed(task.exhibit, stage.hands(task, store), store.blob)
    return Bench(trove, settings, keep)


def answer(stage: Stage, task: Task, bench: Bench, memory: int = 0) -> wire.Answer:
    """Do one task and return the answer; what it raises becomes a failed answer, never silence.

    `memory` is how many bytes its worker may take, for the words of a task that wants more.
    """
    try:
        return wire.done(stage.work(task, bench))
    except MemoryError:
        return wire.Failed(wire.SPENT, f"it needs more than the {memory >> 20} MB of memory that it may take", False)
    except (StoreFault, CustodyBroken) as fault:
        return wire.Failed(fault.code, str(fault), True)
    except engine.Wanted as wanted:
        return wire.Failed(wire.WANTED, wanted.kind, False)
    except Exception as error:  # stored by the driver as a problem of this task
        return wire.Failed("error", f"{type(error).__name__}: {error}"[:500], False)


def serve(line: socket.socket, stages: dict[str, Stage], settings: Settings, memory: int) -> None:
    """Do what comes down the line until it closes. The walls stand, at `memory` bytes."""
    driver = _Driver(line)
    engine.wall_in()
    outside.ask_through(driver.convert)
    bytes_of = _Bytes("", -1)
    while (message := wire.hear(line)) is not None:
        work, descriptors = wire.decode(message[0], type=wire.Work), message[1]
        task = decode_task(work.task)
        rows = wire.unpacked(wire.drained(descriptors[0]))
        if work.with_bytes:
            bytes_of = bytes_of.still(task.exhibit, descriptors[1])
        trove = Handed(task.exhibit, rows, bytes_of) if task.exhibit else driver
        bench = Bench(trove, settings, driver.keep)
        wire.say(line, wire.ANSWER, encoded(answer(stages[task.stage], task, bench, memory)))


class _Bytes:
    """The bytes of the exhibit that this worker is for, read once from the descriptor that came with its first task."""

    def __init__(self, exhibit: str, descriptor: int) -> None:
        self._exhibit, self._descriptor, self._data = exhibit, descriptor, b""

    def still(self, exhibit: str, descriptor: int) -> _Bytes:
        """Return itself when it is the same exhibit's again."""
        if exhibit != self._exhibit:
            return _Bytes(exhibit, descriptor)
        os.close(descriptor)
        return self

    def __call__(self, exhibit: str) -> bytes:
        if self._descriptor >= 0:
            self._data, self._descriptor = sound(exhibit, wire.drained(self._descriptor)), -1
        return self._data


def sound(exhibit: str, data: bytes) -> bytes:
    """Return bytes that are those of `exhibit`; raise `CustodyBroken` when they are not."""
    if hashlib.sha256(data).hexdigest() != exhibit:
        raise CustodyBroken(f"the stored bytes of exhibit {exhibit} are not what was received")
    return data


class _Driver(Trove):
    """The driver as a worker sees it: a trove to ask, a place for blobs, a runner of programs outside."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def all(self, kind: type[R]) -> Iterator[R]:
        """Yield every standing record of `kind`, ordered by exhibit, page and id."""
        return self._records(kind, "")

    def of(self, kind: type[R], exhibit: str) -> Iterator[R]:
        """Yield the standing records of `kind` about `exhibit`, ordered by page and id."""
        return self._records(kind, exhibit) if exhibit else iter(())

    def blob(self, digest: str) -> bytes:
        """Return the bytes of an exhibit."""
        wire.say(self._line, wire.ASK, wire.encode(wire.Ask("blob", digest, 0)))
        _, data = self._reply()
        return sound(digest, data)

    def keep(self, data: bytes) -> str:
        """Hand bytes over to be stored; return their digest."""
        wire.say(self._line, wire.KEEP, data)
        return hashlib.sha256(data).hexdigest()

    def convert(self, program: str, data: bytes, suffix: str, limits: outside.OutsideLimits) -> bytes:
        """Have a program outside convert `data`."""
        asked = wire.Convert(program, suffix, limits.seconds, limits.memory, limits.output, data)
        wire.say(self._line, wire.OUTSIDE, wire.encode(asked))
        reply, made = self._reply()
        if reply.category:
            raise outside.OutsideFailed(reply.category, reply.message)
        return made

    def _records(self, kind: type[R], exhibit: str) -> Iterator[R]:
        after, more = 0, True
        while more:
            wire.say(self._line, wire.ASK, wire.encode(wire.Ask(kind.KIND, exhibit, after)))
            reply, data = self._reply()
            more = reply.more
            for row in wire.unpacked(data):
                after += 1
                record = from_row(row.kind, row.payload, row.words)
                assert isinstance(record, kind)
                yield record

    def _reply(self) -> tuple[wire.Reply, bytes]:
        message = wire.hear(self._line)
        if message is None:
            os._exit(1)  # the driver is gone
        reply = wire.decode(message[0], type=wire.Reply)
        if reply.category in (CustodyBroken.code, StoreFault.code):
            raise CustodyBroken(reply.message)
        return reply, wire.drained(message[1][0]) if message[1] else b""


def encoded(reply: wire.Answer) -> bytes:
    """Return an answer's bytes; one that is larger than the driver takes becomes a failed one."""
    try:
        data = wire.encode(reply)
    except MemoryError:
        data = b""
    if data and len(data) <= wire.MESSAGE_LIMIT:
        return data
    return wire.encode(wire.Failed(wire.SPENT, "its results are larger than a task may give back", False))
