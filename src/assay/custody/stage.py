"""The stage that opens what was received: the type by content, and the members of archives and mails as exhibits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from assay.custody.detached import DETACHED
from assay.custody.receive import NAME, VERSION, receiving
from assay.custody.sniff import media_type
from assay.custody.unpack import Member, UnpackLimits, holds, members
from assay.model import Exhibit, Occurrence, Problem, Record
from assay.store.store import Store
from assay.store.task import Outcome, Task
from assay.work.pieces import inputs_of, trove_stage
from assay.work.stage import Bench, Settings, Stage, whole

DEPTH = 8
"""How many archives deep an exhibit may lie."""
UNPACK = (f"unpack@{VERSION}",)


def stages() -> tuple[Stage, ...]:
    """Return the stages of this room."""
    return (
        Stage("receive", _plan, _open, _give_up, whole),
        trove_stage("receive.signatures", DETACHED, DETACHED.combine),
    )


def _plan(store: Store, settings: Settings, earlier: tuple[str, ...]) -> Iterator[Task]:
    """Plan again what an older version opened, and what is locked when passwords are given.

    The first tasks came with the occurrences.
    """
    planned = store.planned_inputs("receive")
    for exhibit in store.all(Exhibit):
        task = receiving(exhibit.digest, 0)
        if planned.get(exhibit.digest) != task.inputs:
            yield task
        elif settings.read.passwords and _locked(store, exhibit.digest):
            again = inputs_of(exhibit.digest, *settings.read.passwords)
            yield replace(task, generation=again)


def _locked(store: Store, exhibit: str) -> bool:
    return any(p.stage == "receive" and p.category == "encrypted" for p in store.of(Problem, exhibit))


def _open(task: Task, bench: Bench) -> Outcome:
    data = bench.store.blob(task.subject)
    if task.parts == UNPACK:
        return _unpack(task, bench, data, media_type(data))
    kind = media_type(data)
    children = (replace(task, parts=UNPACK),) if holds(kind) else ()
    sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    return Outcome((Exhibit(task.subject, sha1, len(data), kind, NAME, VERSION),), children)


def _unpack(task: Task, bench: Bench, data: bytes, kind: str) -> Outcome:
    records: list[Record] = []
    children: dict[str, Task] = {}
    for member in members(data, kind, UnpackLimits(), bench.settings.read.passwords):
        if not isinstance(member, Member):
            message = f"{member.path}: {member.message}" if member.path else member.message
            records.append(Problem("receive", task.subject, 0, member.category, message, NAME, VERSION))
        elif task.depth >= DEPTH:
            message = f"{member.path}: it lies more than {DEPTH} archives deep and was not opened"
            records.append(Problem("receive", task.subject, 0, "limit", message, NAME, VERSION))
            break
        else:
            digest = bench.store.blobs.put(member.data)
            records.append(
                Occurrence(
                    digest,
                    member.path,
                    task.subject,
                    "",
                    member.declared_type,
                    member.modified,
                    member.note,
                    NAME,
                    VERSION,
                )
            )
            children[digest] = receiving(digest, task.depth + 1)
    return Outcome(tuple(records), tuple(children.values()))


def _give_up(task: Task, category: str, message: str, store: Store) -> Outcome:
    """Record that members are missing; or, when not even the type could be told, the exhibit as plain bytes."""
    problem = Problem("receive", task.subject, 0, category, message, NAME, VERSION)
    if task.parts == UNPACK:
        return Outcome((problem,))
    with store.blobs.path(task.subject).open("rb") as file:  # it may be larger than memory
        sha1 = hashlib.file_digest(file, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest()
        size = file.tell()
    return Outcome((problem, Exhibit(task.subject, sha1, size, "application/octet-stream", NAME, VERSION)))
