"""Receiving: every file of a folder becomes an occurrence of an exhibit, in the log before anything is opened.

Limits: the driver hashes and copies bytes and looks at none; what they are, and what is inside archives and mails,
workers find out behind the walls (`custody.stage`). Links are not followed, devices and pipes not opened: each
is a problem in the list. A file that changes while it is copied is received as it was copied.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assay.custody.sniff import declared_type
from assay.model import Occurrence, Problem
from assay.model.errors import Usage
from assay.store.rows import to_row
from assay.store.store import Store
from assay.store.task import Task

NAME, VERSION = "receive", "3"
BATCH = 64


@dataclass(frozen=True, slots=True)
class Found:
    """A directory entry: where it is, its name in the record, and why it cannot be taken (empty: it can)."""

    file: Path
    path: str
    refusal: str


def display(name: bytes) -> str:
    r"""Return a file's name as text: UTF-8, and `\xNN` for bytes that are not."""
    return name.decode("utf-8", "backslashreplace")


def walk(folder: Path, leave_out: Path) -> Iterator[Found]:
    """Yield every entry below `folder` that is no folder, sorted by its bytes; `leave_out` is the case itself."""
    if folder.is_file():
        yield _entry(folder, display(os.fsencode(folder.name)))
        return
    pending = [(folder, b"")]
    while pending:
        here, prefix = pending.pop()
        try:
            entries = sorted(os.scandir(os.fsencode(here)), key=lambda e: e.name)
        except OSError as error:
            yield Found(here, display(prefix) or ".", f"the folder cannot be opened: {error.strerror}")
            continue
        folders = []
        for entry in entries:
            file = Path(os.fsdecode(entry.path))
            if entry.is_dir(follow_symlinks=False):
                if file.resolve() != leave_out:
                    folders.append((file, prefix + entry.name + b"/"))
            else:
                yield _entry(file, display(prefix + entry.name))
        pending += reversed(folders)


def _entry(file: Path, path: str) -> Found:
    try:
        mode = file.lstat().st_mode
    except OSError as error:
        return Found(file, path, f"the file cannot be looked at: {error.strerror}")
    if stat.S_ISLNK(mode):
        return Found(file, path, "it is a link, and links are not followed: hand over what it points to")
    if not stat.S_ISREG(mode):
        return Found(file, path, "it is no plain file (a device, pipe or socket)")
    return Found(file, path, "")


def present(folder: Path, case: Path) -> None:
    """Raise `Usage` unless `folder` is there and lies outside the case."""
    if not folder.exists():
        raise Usage(f"there is no folder {folder}", hint="Name the folder that holds the files.")
    whole, inside = case.resolve(), folder.resolve()
    if inside == whole or whole in inside.parents:
        raise Usage(f"{folder} lies inside the case {case}", hint="Name the folder that was handed over.")


def receive(store: Store, folder: Path, source: str) -> int:
    """Take in all files below `folder` from `source`; return how many occurrences were new.

    Raises `Usage` when the folder is not there, lies inside the case, or holds no file at all.
    What was received before is left as it is.
    """
    present(folder, store.folder)
    new = seen = 0
    batch: list[Found] = []
    for found in walk(folder, store.folder.resolve()):
        seen += 1
        batch.append(found)
        if len(batch) == BATCH:
            new += _take(store, batch, source)
            batch = []
    new += _take(store, batch, source)
    if not seen:
        raise Usage(f"the folder {folder} holds no files", hint="Name the folder that holds the files.")
    return new


def _take(store: Store, batch: list[Found], source: str) -> int:
    taken = [_copy(store, found, source) for found in batch]
    new = 0
    with store.transaction():
        for record, task, detail in taken:
            row = to_row(record)
            if not _known(store, record) and store.insert([row]):
                new += isinstance(record, Occurrence)
                action = "received" if isinstance(record, Occurrence) else "refused"
                store.append(action, row.exhibit or record.about, "", {"record": row.id, **detail})  # type: ignore[union-attr]
            if task:
                store.add_tasks([task])
    return new


def _known(store: Store, record: Occurrence | Problem) -> bool:
    """Tell whether an older version received the same file from the same source under the same name."""
    return isinstance(record, Occurrence) and any(
        (o.path, o.parent, o.source) == (record.path, None, record.source) for o in store.of(Occurrence, record.exhibit)
    )


def _copy(store: Store, found: Found, source: str) -> tuple[Occurrence | Problem, Task | None, dict[str, object]]:
    refusal = found.refusal
    if not refusal:
        try:
            info = found.file.stat()
            digest, sha1, size = store.blobs.put_file(found.file)
        except OSError as error:
            refusal = f"the file cannot be read: {error.strerror}"
        else:
            modified = datetime.fromtimestamp(info.st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            declared = declared_type(found.path)
            record = Occurrence(digest, found.path, None, source, declared, "", "", NAME, VERSION)
            return record, receiving(digest, 0), {"path": found.path, "sha1": sha1, "size": size, "modified": modified}
    problem = Problem("receive", found.path, 0, "unreadable", refusal, NAME, VERSION)
    return problem, None, {"path": found.path, "reason": refusal}


def receiving(digest: str, depth: int) -> Task:
    """Return the task that finds out what an exhibit is and what is inside it."""
    inputs = f"{digest}@{VERSION}"
    return Task("receive", digest, (f"{NAME}@{VERSION}",), depth=depth, inputs=inputs, generation=inputs)
