"""The worker process: takes a task, does it behind the walls, answers. Run by the driver, never by hand."""

from __future__ import annotations

import os
import sqlite3
import sys
from importlib import import_module
from pathlib import Path

import msgspec

from assay.model.errors import CustodyBroken, StoreFault
from assay.store.store import Store
from assay.store.task import Task, decode_task
from assay.work import wire
from assay.work.handed import Handed
from assay.work.sandbox import die_with_parent, enter
from assay.work.stage import Bench, Settings, Stage


class Start(msgspec.Struct, frozen=True, array_like=True):
    """The first message to a worker: where the case is, the run's settings as JSON, and the rooms that hold stages."""

    case: bytes
    settings: bytes
    rooms: tuple[str, ...]


def stages_of(rooms: tuple[str, ...]) -> dict[str, Stage]:
    """Return the stages of rooms by name, in order: each room is a module with a function `stages`."""
    found: dict[str, Stage] = {}
    for room in rooms:
        found.update({stage.name: stage for stage in import_module(room).stages()})
    return found


def bench_for(stage: Stage, task: Task, store: Store, settings: Settings) -> Bench:
    """Return what a handler of `stage` has at hand for `task`, out of the case itself."""
    trove = store if not task.exhibit else Handed(task.exhibit, stage.hands(task, store), store.blob)
    return Bench(trove, settings, store.blobs.put)


def answer(stage: Stage, task: Task, bench: Bench) -> wire.Answer:
    """Do one task and return the answer; what it raises becomes a failed answer, never silence."""
    try:
        return wire.done(stage.work(task, bench))
    except MemoryError:
        return wire.Failed(wire.SPENT, "it needs more memory than a task may take", False)
    except (StoreFault, CustodyBroken) as fault:
        return wire.Failed(fault.code, str(fault), True)
    except sqlite3.Error as error:  # the case's own database: no task's doing, and a problem would hide it
        return wire.Failed(StoreFault.code, f"the case cannot be read: {error}", True)
    except Exception as error:  # stored by the driver as a problem of this task
        return wire.Failed("error", f"{type(error).__name__}: {error}"[:500], False)


def main() -> None:
    """Serve tasks from standard input until it closes. Answers go to the descriptor that was standard output."""
    die_with_parent()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not break the stream of answers
    tasks = sys.stdin.buffer
    first = wire.receive(tasks)
    if first is None:
        return
    start = msgspec.msgpack.decode(first, type=Start)
    settings = msgspec.json.decode(start.settings, type=Settings)
    case = Path(os.fsdecode(start.case))
    store = Store.open(case)
    store.blobs.folder.mkdir(parents=True, exist_ok=True)
    stages = stages_of(start.rooms)
    # The database was opened before: its files are never opened again, and the case's folder needs no writing.
    enter(settings.limits.memory, (store.blobs.folder,), (case,))
    wire.send(answers, wire.READY)
    while (message := wire.receive(tasks)) is not None:
        task = decode_task(message)
        stage = stages[task.stage]
        wire.send(answers, encoded(answer(stage, task, bench_for(stage, task, store, settings))))


def encoded(reply: wire.Answer) -> bytes:
    """Return an answer's bytes; one that is larger than the driver takes becomes a failed one."""
    try:
        data = wire.encode_answer(reply)
    except MemoryError:
        data = b""
    if data and len(data) <= wire.MESSAGE_LIMIT:
        return data
    return wire.encode_answer(wire.Failed(wire.SPENT, "its results are larger than a task may give back", False))


if __name__ == "__main__":
    main()
