"""The stages that open what was received: types by content, members of archives and mails, volumes, signatures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from assay.custody import volumes
from assay.custody.detached import DETACHED
from assay.custody.receive import NAME, VERSION, receiving
from assay.custody.sniff import declared_type, media_type
from assay.custody.unpack import Member, UnpackLimits, holds, members
from assay.model import Exhibit, Occurrence, Problem, Record, Trove
from assay.store.store import Store
from assay.store.task import TROVE, Outcome, Task
from assay.work.pieces import inputs_of, trove_stage
from assay.work.preload import load_codecs
from assay.work.stage import Bench, Settings, Stage, whole

DEPTH = 8
"""How many archives deep an exhibit may lie."""
UNPACK = (f"unpack@{VERSION}",)
OPEN, JOIN = "receive", "receive.volumes"
JOINER, JOINER_VERSION = "volumes", "1"


def stages() -> tuple[Stage, ...]:
    """Return the stages of this room."""
    return (
        Stage(OPEN, _plan, _open, _give_up, whole, sealed=True, warm=warm),
        Stage(JOIN, _plan_joining, _join, _give_up, whole, sealed=True, warm=warm),
        trove_stage("receive.signatures", DETACHED, DETACHED.combine),
    )


def warm(settings: Settings) -> None:
    """Load what opening exhibits needs of the file system: codecs."""
    load_codecs()


def _plan(store: Store, settings: Settings, earlier: tuple[str, ...]) -> Iterator[Task]:
    """Plan again what an older version opened, and what is locked when passwords are given.

    The first tasks came with the occurrences.
    """
    yield from _again(store, settings, OPEN)


def _again(store: Store, settings: Settings, stage: str) -> Iterator[Task]:
    planned, elsewhere = store.planned_inputs(stage), store.planned_inputs(JOIN if stage == OPEN else OPEN)
    for exhibit in store.all(Exhibit):
        if exhibit.digest not in planned and (stage == JOIN or exhibit.digest in elsewhere):
            continue
        task = replace(receiving(exhibit.digest, 0), stage=stage)
        alone = stage == JOIN and planned[exhibit.digest] == _alone(exhibit.digest).inputs
        if alone:
            task = _alone(exhibit.digest)
        if planned.get(exhibit.digest) != task.inputs:
            yield task
        elif settings.read.passwords and _locked(store, exhibit.digest):
            again = inputs_of(exhibit.digest, *settings.read.passwords)
            yield replace(task, generation=again)


def _locked(store: Store, exhibit: str) -> bool:
    return any(p.stage == "receive" and p.category == "encrypted" for p in store.of(Problem, exhibit))


def _open(task: Task, bench: Bench) -> Outcome:
    data = bench.trove.blob(task.subject)
    if task.parts == UNPACK:
        return _unpack(task, bench, data, media_type(data))
    kind = media_type(data)
    # A volume of a split archive waits for the others; inside of what was put together there is no second round.
    waits = task.stage == OPEN and volumes.cut_off(data, kind)
    children = (replace(task, parts=UNPACK),) if holds(kind) and not waits else ()
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
            digest = bench.keep(member.data)
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
            children[digest] = replace(receiving(digest, task.depth + 1), stage=task.stage)
    return Outcome(tuple(records), tuple(children.values()))


def _give_up(task: Task, category: str, message: str, store: Store) -> Outcome:
    """Record that members are missing; or, when not even the type could be told, the exhibit as plain bytes."""
    problem = Problem("receive", task.subject, 0, category, message, NAME, VERSION)
    if task.parts == UNPACK or task.subject == TROVE:
        return Outcome((problem,))
    with store.blobs.path(task.subject).open("rb") as file:  # it may be larger than memory
        sha1 = hashlib.file_digest(file, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest()
        size = file.tell()
    return Outcome((problem, Exhibit(task.subject, sha1, size, "application/octet-stream", NAME, VERSION)))


# ---- split archives

_MAY_BE_CUT = ("application/zip", "application/x-7z-compressed", "application/x-rar")


def _plan_joining(store: Store, settings: Settings, earlier: tuple[str, ...]) -> Iterator[Task]:
    """Plan one task over the trove when there are volumes that were not looked at together yet."""
    yield from _again(store, settings, JOIN)
    found = [f"{s.scheme} {s.name} {' '.join(v.exhibit for v in s.volumes)}" for s in volumes.sets(store, JOINER)]
    opened_here = store.planned_inputs(JOIN)
    kinds = sorted(
        e.digest for e in store.all(Exhibit) if e.media_type in _MAY_BE_CUT and (
            e.digest not in opened_here or opened_here[e.digest] == _alone(e.digest).inputs
        )
    )  # fmt: skip
    inputs = inputs_of(f"{JOINER}@{JOINER_VERSION}", *found, *kinds)
    if (found or kinds) and opened_here.get(TROVE) != inputs:
        yield Task(JOIN, TROVE, (f"{JOINER}@{JOINER_VERSION}",), inputs=inputs, generation=inputs)


def _join(task: Task, bench: Bench) -> Outcome:
    if task.subject != TROVE:
        return _open(task, bench)
    records: list[Record] = []
    children: dict[str, Task] = {}
    taken: set[str] = set()
    for found in volumes.sets(bench.trove, JOINER):
        taken |= {v.exhibit for v in found.volumes}
        records += _one_of(found, bench, children)
    for exhibit in sorted(bench.trove.all(Exhibit), key=lambda e: e.digest):
        if (
            exhibit.media_type in _MAY_BE_CUT
            and exhibit.digest not in taken
            and volumes.cut_off(bench.trove.blob(exhibit.digest), exhibit.media_type)
        ):
            children[exhibit.digest] = _alone(exhibit.digest, depth_of(bench.trove, exhibit.digest))
    return Outcome(tuple(records), tuple(children.values()))


def _alone(digest: str, depth: int = 0) -> Task:
    """Return the task that unpacks an archive that lacks its end and has no other volumes."""
    return replace(receiving(digest, depth), stage=JOIN, parts=UNPACK, inputs=f"{digest}@{VERSION} alone")


def _one_of(found: volumes.Set, bench: Bench, children: dict[str, Task]) -> Iterator[Record]:
    """Yield the occurrence of what a set of volumes makes, and problems for what is missing of it."""
    first = found.volumes[0]
    if found.missing:
        message = f"{found.name}: of its volumes these are not here: {', '.join(found.missing)}"
        yield Problem("receive", first.exhibit, 0, "broken", message, JOINER, JOINER_VERSION)
    size = sum(v.size for v in found.volumes)
    if size > volumes.MOST_BYTES:
        message = f"{found.name}: its volumes together are larger than {volumes.MOST_BYTES >> 20} MiB"
        yield Problem("receive", first.exhibit, 0, "limit", message, JOINER, JOINER_VERSION)
        return
    data = volumes.joined((bench.trove.blob(v.exhibit) for v in found.volumes), found.scheme)
    digest = bench.keep(data)
    name = found.name.rpartition("/")[2]
    note = f"put together from {len(found.volumes)} volumes: {', '.join(v.name for v in found.volumes[:20])}"
    if digest != first.exhibit:
        yield Occurrence(
            digest, name, first.exhibit, "", declared_type(name), "", note, JOINER, JOINER_VERSION
        )  # fmt: skip
        children[digest] = replace(receiving(digest, depth_of(bench.trove, first.exhibit) + 1), stage=JOIN)
    else:
        children[digest] = _alone(digest, depth_of(bench.trove, digest))


def depth_of(store: Trove, exhibit: str) -> int:
    """Return how many containers deep an exhibit lies, at least, counted up to `DEPTH`."""
    level = {exhibit}
    for depth in range(DEPTH):
        parents: set[str] = set()
        for digest in level:
            for occurrence in store.of(Occurrence, digest):
                if occurrence.parent is None:
                    return depth
                parents.add(occurrence.parent)
        if not parents:
            return depth
        level = parents
    return DEPTH
