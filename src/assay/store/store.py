"""A case's records, tasks and log in SQLite: plain SQL, one writer, numbered migrations.

Limits: one process writes (it holds the case's lock); any number read. The SQL stays within what PostgreSQL
also understands but for the connection's own settings, so that a second store can follow the same migrations.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import quote

from assay.model import Page, Problem, Record, Trove, decode
from assay.model.errors import StoreFault, Usage
from assay.store.blobs import Blobs
from assay.store.rows import Row, from_row, seal
from assay.store.task import Task, decode_task, encode_task

R = TypeVar("R", bound=Record)
GENESIS = "0" * 64
FETCH = 64
"""How many records are fetched at once while iterating."""
SUPERSEDED = 2
"""Marks a task that a later try replaced: it stands no more even when its generation is wanted again."""
LOCK_TRIES, LOCK_PAUSE = 20, 0.05
"""How often a case's lock is asked for, and how long between, in seconds."""


def now() -> str:
    """Return the time as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store(Trove):
    """One open case. `Store.open` for reading, `Store.open(..., write=True)` for the driver."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, lock: IO[str] | None) -> None:
        """Use `open` instead."""
        self.folder = folder
        self.blobs = Blobs(folder / "blobs")
        self.clock: Callable[[], str] = now
        self._db = connection
        self._lock = lock

    @classmethod
    def open(cls, folder: Path, *, write: bool = False, make: bool = False) -> Store:
        """Open the case in `folder`; `make` makes one when there is none.

        Raises `Usage` when there is no case, `StoreFault` when another process holds it or it cannot be opened.
        """
        database = folder / "case.sqlite"
        if not database.exists() and not make:
            raise Usage(f"{folder} holds no case", hint="Make one with: assay run FOLDER --case " + str(folder))
        lock: IO[str] | None = None
        try:
            if write:
                folder.parent.mkdir(parents=True, exist_ok=True)
                folder.mkdir(mode=0o700, exist_ok=True)  # a case is nobody else's to look at
                lock = _take(folder / "lock")
                connection = sqlite3.connect(database, isolation_level=None, timeout=30)
            else:
                connection = sqlite3.connect(_address(folder, database), uri=True, isolation_level=None, timeout=30)
            store = cls(folder, connection, lock)
            store._prepare(write)
        except sqlite3.Error as error:
            raise StoreFault(f"the case in {folder} cannot be opened: {error}") from error
        except OSError as error:
            raise StoreFault(f"the case's folder {folder} cannot be used: {error.strerror or error}") from error
        return store

    def _prepare(self, write: bool) -> None:
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute("PRAGMA temp_store = MEMORY")  # behind the walls there is no folder for temporary files
        if write:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
        have = self._db.execute("PRAGMA user_version").fetchone()[0]
        wanted = _schema()
        if have > len(wanted):
            raise StoreFault(
                f"this case was written by a newer assay (schema {have}, this one knows {len(wanted)})",
                hint="Install the newer version.",
            )
        if have < len(wanted) and not write:
            raise StoreFault(
                "this case has an older form", hint="Run `assay run` on it once, which brings it up to date."
            )
        for number, (_, sql) in enumerate(wanted[have:], have + 1):
            self._db.executescript(f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version = {number};\nCOMMIT;")

    def close(self) -> None:
        """Close the case and give its lock back."""
        self._db.close()
        if self._lock:
            self._lock.close()

    def __enter__(self) -> Store:
        """Return the store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    # ---- writing: the driver alone

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all that is written inside, or nothing of it; a full disk becomes a `StoreFault`."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise StoreFault(f"the case cannot be written: {error}") from error

    def insert(self, rows: Iterable[Row], task: str = "") -> int:
        """Add rows made by `task` (empty: by a person or by receiving); return how many were new."""
        before = self._db.total_changes
        self._db.executemany(
            "INSERT INTO records (kind, id, exhibit, page, task, payload, words) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (kind, id, task) DO NOTHING",
            ((r.kind, r.id, r.exhibit, r.page, task, r.payload, r.words) for r in rows),
        )
        return self._db.total_changes - before

    def add_tasks(self, tasks: Iterable[Task]) -> int:
        """Add tasks that are not there yet, in order; return how many were new."""
        before = self._db.total_changes
        self._db.executemany(
            "INSERT INTO tasks (id, stage, subject, inputs, generation, payload, state) "
            "VALUES (?, ?, ?, ?, ?, ?, 'todo') ON CONFLICT (id) DO NOTHING",
            ((t.id, t.stage, t.subject, t.inputs, t.generation, encode_task(t)) for t in tasks),
        )
        return self._db.total_changes - before

    def finish(self, task: Task, state: str, rows: list[Row], children: Iterable[Task], action: str) -> int:
        """Commit a task's results, its children and one custody event in one transaction; return how many were new.

        Raises `StoreFault` when the task was not in state todo: then somebody else has done it, and nothing is written.
        """
        with self.transaction():
            done = self._db.execute("UPDATE tasks SET state = ? WHERE id = ? AND state = 'todo'", (state, task.id))
            if done.rowcount != 1:
                raise StoreFault(f"task {task.id} is already done", hint="Is another run at work on this case?")
            self.insert(rows, task.id)
            self._db.execute(
                "UPDATE tasks SET replaced = 1 WHERE subject = ? AND stage = ? AND generation <> ? AND replaced = 0 "
                "AND state <> 'todo'",
                (task.subject, task.stage, task.generation),
            )
            instead = [self._supersede(earlier) for earlier in task.earlier]
            children = list(children)
            new = self.add_tasks(children)
            self.append(
                action,
                task.subject,
                task.id,
                {
                    "stage": task.stage,
                    "generation": task.generation,
                    "parts": list(task.parts),
                    "pages": [task.first, task.last],
                    "records": len({(r.kind, r.id) for r in rows}),
                    "digest": digest_rows(seal(r.kind, r.id, r.payload) for r in rows),
                    "children": sorted({child.id for child in children}),
                    **({"instead": instead} if instead else {}),
                },
            )
        return new

    def _supersede(self, task: str) -> str:
        """Let a task's records stand no more, whatever becomes of its generation, and return its id."""
        self._db.execute("UPDATE tasks SET replaced = ? WHERE id = ?", (SUPERSEDED, task))
        return task

    def retry(self, passing: frozenset[str]) -> int:
        """Plan another try of each standing task that was given up or left a problem of a category in `passing`.

        What the earlier try left stands until the new one is done. Returns how many tries were planned; what waits for
        another try already is not planned twice.
        """
        done = self._db.execute(
            "SELECT DISTINCT t.seq, t.payload, t.state, r.payload FROM tasks t LEFT JOIN records r "
            "ON r.task = t.id AND r.kind = ? WHERE t.state <> 'todo' AND t.replaced = 0 ORDER BY t.seq",
            (Problem.KIND,),
        ).fetchall()
        planned = 0
        with self.transaction():
            for _, payload, state, problem in done:
                why = decode(Problem, problem).category if problem is not None else ""
                if state != "quarantined" and why not in passing:
                    continue
                task = decode_task(payload)
                again = replace(task, tries=task.tries + 1)
                if self.add_tasks([again]):
                    self.append("retried", task.subject, again.id, {"stage": task.stage, "tries": again.tries})
                    planned += 1
        return planned

    def plan(self, stage: str, tasks: Iterable[Task]) -> None:
        """Add the tasks that are missing of `stage`, in order.

        What waits of another generation of their subjects is dropped. A generation that was done before and is wanted
        again (a setting was turned back) stands again as it was done, with an event in the log.
        """
        with self.transaction():
            for task in tasks:
                others = (stage, task.subject, task.generation)
                if self.add_tasks([task]):
                    self._db.execute(
                        "UPDATE tasks SET replaced = 1 WHERE stage = ? AND subject = ? AND generation <> ? "
                        "AND state = 'todo' AND replaced = 0",
                        others,
                    )
                elif self._db.execute(
                    "UPDATE tasks SET replaced = CASE generation WHEN ? THEN 0 ELSE 1 END WHERE stage = ? "
                    "AND subject = ? AND replaced <> CASE generation WHEN ? THEN 0 ELSE 1 END AND replaced <> ?",
                    (task.generation, stage, task.subject, task.generation, SUPERSEDED),
                ).rowcount:
                    self.append("revived", task.subject, "", {"stage": stage, "generation": task.generation})

    def append(self, action: str, about: str, task: str, detail: dict[str, Any]) -> None:
        """Add one event to the custody log's chain. Call it inside a transaction."""
        last = self._db.execute("SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1").fetchone() or (0, GENESIS)
        event = (last[0] + 1, self.clock(), action, about, task, json.dumps(detail, sort_keys=True, ensure_ascii=False))
        self._db.execute(
            "INSERT INTO log (seq, at, action, about, task, detail, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*event, last[1], link(last[1], event)),
        )

    def attempt(self, task: Task, outcome: str, message: str) -> None:
        """Note what became of one try at a task (not part of the chain)."""
        self._db.execute("INSERT INTO attempts VALUES (?, ?, ?, ?)", (task.id, self.clock(), outcome, message))

    # ---- reading

    def todo(self, stage: str, limit: int, after: int = 0) -> list[tuple[int, Task]]:
        """Return the first tasks of `stage` still to do, in order, with their sequence numbers."""
        rows = self._db.execute(
            "SELECT seq, payload FROM tasks WHERE stage = ? AND state = 'todo' AND replaced = 0 AND seq > ? "
            "ORDER BY seq LIMIT ?",
            (stage, after, limit),
        )
        return [(seq, decode_task(payload)) for seq, payload in rows]

    def count_tasks(self, stage: str, state: str) -> int:
        """Return how many standing tasks of `stage` are in `state`."""
        row = self._db.execute(
            "SELECT count(*) FROM tasks WHERE stage = ? AND state = ? AND replaced = 0", (stage, state)
        ).fetchone()
        return int(row[0])

    def quarantined(self) -> Iterator[Task]:
        """Yield the standing tasks that were given up, in order."""
        rows = self._db.execute("SELECT payload FROM tasks WHERE state = 'quarantined' AND replaced = 0 ORDER BY seq")
        yield from (decode_task(row[0]) for row in rows)

    def planned_inputs(self, stage: str) -> dict[str, str]:
        """Return subject -> inputs of the newest generation of each subject's tasks in `stage`."""
        rows = self._db.execute(
            "SELECT subject, inputs FROM tasks WHERE stage = ? AND replaced = 0 ORDER BY seq", (stage,)
        )
        return dict(rows)

    def digest_of_records(self, kinds: Iterable[type[Record]], exhibit: str | None = None) -> str:
        """Return one digest over the ids of all standing records of `kinds` (of one exhibit, or all)."""
        names = sorted(k.KIND for k in kinds)
        where = f"kind IN ({','.join('?' * len(names))})"
        values: list[str] = list(names)
        if exhibit is not None:
            where += " AND exhibit = ?"
            values.append(exhibit)
        rows = self._db.execute(f"SELECT DISTINCT kind, id FROM standing WHERE {where}", values)
        return digest_rows(rows)

    def digest_of_tasks(self, stages: Iterable[str]) -> str:
        """Return one digest over the ids of the standing tasks of `stages`: what all that came before was made of."""
        names = list(stages)
        marks = ",".join("?" * len(names))
        rows = self._db.execute(f"SELECT state, id FROM tasks WHERE replaced = 0 AND stage IN ({marks})", names)
        return digest_rows(rows)

    def named(self, kind: type[R], ids: Iterable[str]) -> Iterator[R]:
        """Yield the standing records of `kind` with those ids, in their order; what does not stand is left out."""
        keys = (
            self._db.execute("SELECT min(seq) FROM standing WHERE kind = ? AND id = ?", (kind.KIND, one)).fetchone()[0]
            for one in ids
        )
        yield from self._records(kind, self.fetch([key for key in keys if key is not None]))

    def has(self, kind: type[Record], record_id: str) -> bool:
        """Tell whether a standing record of that kind and id is there."""
        row = self._db.execute("SELECT 1 FROM standing WHERE kind = ? AND id = ?", (kind.KIND, record_id)).fetchone()
        return row is not None

    def get(self, record_id: str) -> Record | None:
        """Return the record with that id (or unambiguous beginning of one), None when there is none."""
        rows = self._db.execute(
            "SELECT DISTINCT kind, id, payload, words FROM records WHERE id >= ? AND id < ? LIMIT 2",
            (record_id, record_id + "g"),
        ).fetchall()
        return from_row(rows[0][0], rows[0][2], rows[0][3]) if len({r[1] for r in rows}) == 1 else None

    def count(self, kind: type[Record], exhibit: str | None = None) -> int:
        """Return how many standing records of `kind` there are."""
        more, values = (" AND exhibit = ?", (exhibit,)) if exhibit is not None else ("", ())
        row = self._db.execute(
            f"SELECT count(DISTINCT id) FROM standing WHERE kind = ?{more}", (kind.KIND, *values)
        ).fetchone()
        return int(row[0])

    def all(self, kind: type[R]) -> Iterator[R]:
        """Yield every standing record of `kind`, ordered by exhibit, page and id."""
        return self._records(kind, self.fetch(self.keys(kind)))

    def pages(self) -> Iterator[Page]:
        """Yield every standing page without its words, which is several times quicker; for counting."""
        return self._records(Page, self.fetch(self.keys(Page), words=False))

    def of(self, kind: type[R], exhibit: str) -> Iterator[R]:
        """Yield the standing records of `kind` about `exhibit`, ordered by page and id."""
        return self._records(kind, self.fetch(self.keys(kind, exhibit)))

    @staticmethod
    def _records(kind: type[R], rows: Iterable[Row]) -> Iterator[R]:
        for row in rows:
            record = from_row(row.kind, row.payload, row.words)
            assert isinstance(record, kind)
            yield record

    def made_by(self, kind: type[R], exhibit: str, stage: str) -> list[R]:
        """Return the records of `kind` about `exhibit` that standing tasks of `stage` made, by page and id.

        What a person corrected is among them as the machine made it.
        """
        rows = self._db.execute(
            "SELECT DISTINCT r.id, r.page, r.payload, r.words FROM records r JOIN tasks t ON t.id = r.task "
            "WHERE r.kind = ? AND r.exhibit = ? AND t.stage = ? AND t.replaced = 0 ORDER BY r.page, r.id",
            (kind.KIND, exhibit, stage),
        )
        found = [from_row(kind.KIND, payload, words) for _, _, payload, words in rows]
        return [record for record in found if isinstance(record, kind)]

    def makers(self, record: Record) -> list[str]:
        """Return the standing tasks that made a record; a person's word and what was received were made by none."""
        rows = self._db.execute(
            "SELECT task FROM standing WHERE kind = ? AND id = ? AND task <> '' ORDER BY task", (record.KIND, record.id)
        )
        return [row[0] for row in rows]

    def every_reading(self, exhibit: str, page: int) -> list[tuple[str, Page]]:
        """Return every reading of a page that was ever made, standing or not, each with the task that made it."""
        rows = self._db.execute(
            "SELECT task, payload FROM records WHERE kind = ? AND exhibit = ? AND page = ? ORDER BY seq",
            (Page.KIND, exhibit, page),
        )
        found = [(task, from_row(Page.KIND, payload, None)) for task, payload in rows]
        return [(task, record) for task, record in found if isinstance(record, Page)]

    def rows_of(self, kinds: Iterable[type[Record]], exhibit: str) -> Iterator[Row]:
        """Yield the rows of the standing records of `kinds` about `exhibit`, each kind ordered by page and id."""
        for kind in kinds:
            yield from self.fetch(self.keys(kind, exhibit))

    def keys(self, kind: type[Record], exhibit: str | None = None) -> list[int]:
        """Return the numbers of the standing rows of `kind`, one for each record, ordered by exhibit, page and id."""
        # Keys are sorted first and payloads fetched by key, so that no sort ever holds the payloads themselves.
        # Grouping by an expression keeps the planner from walking all of a kind in the order of ids for one exhibit.
        more, values = ("AND exhibit = ?", (exhibit,)) if exhibit is not None else ("", ())
        found = self._db.execute(
            f"SELECT min(seq) FROM standing WHERE kind = ? {more} "
            "GROUP BY id || '' ORDER BY min(exhibit), min(page), min(id)",
            (kind.KIND, *values),
        )
        return [key[0] for key in found]

    def fetch(self, keys: list[int], *, words: bool = True) -> Iterator[Row]:
        """Yield the rows with those numbers, in their order, a few at a time."""
        for start in range(0, len(keys), FETCH):
            chunk = keys[start : start + FETCH]
            marks = ",".join("?" * len(chunk))
            columns = f"seq, kind, id, exhibit, page, payload, {'words' if words else 'NULL'}"
            rows = self._db.execute(f"SELECT {columns} FROM records WHERE seq IN ({marks})", chunk)
            found = {seq: Row(*row) for seq, *row in rows}
            yield from (found[seq] for seq in chunk)

    def blob(self, digest: str) -> bytes:
        """Return the bytes of an exhibit."""
        return self.blobs.read(digest)

    def events(self) -> Iterator[tuple[int, str, str, str, str, str, str, str]]:
        """Yield the log: seq, at, action, about, task, detail (JSON), prev, hash."""
        yield from self._db.execute("SELECT seq, at, action, about, task, detail, prev, hash FROM log ORDER BY seq")

    def tasks(self) -> Iterator[tuple[tuple[str, str, str, str, str], bytes, str, bool]]:
        """Yield every task: (id, stage, subject, inputs, generation), payload, state, whether it was replaced."""
        for *columns, payload, state, replaced in self._db.execute(
            "SELECT id, stage, subject, inputs, generation, payload, state, replaced FROM tasks ORDER BY seq"
        ):
            yield (columns[0], columns[1], columns[2], columns[3], columns[4]), payload, state, bool(replaced)

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Yield every stored row with the task that made it, standing or not."""
        for task, *columns in self._db.execute(
            "SELECT task, kind, id, exhibit, page, payload, words FROM records ORDER BY seq"
        ):
            yield task, Row(*columns)

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with the database itself: an index that hides rows, a foreign view or trigger."""
        yield from (row[0] for row in self._db.execute("PRAGMA integrity_check(20)") if row[0] != "ok")
        shape = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY type, name"
        with contextlib.closing(sqlite3.connect(":memory:")) as pattern:
            for _, sql in _schema():
                pattern.executescript(sql)
            ours = set(pattern.execute(shape))
        for kind, name, _ in sorted(ours ^ set(self._db.execute(shape)), key=str):
            yield f"{kind} {name} is not as this assay makes it"


def digest_rows(rows: Iterable[tuple[str, str]]) -> str:
    """Return one digest over (kind, id) pairs, whatever their order."""
    digest = hashlib.sha256()
    for kind, record_id in sorted(set(rows)):
        digest.update(f"{kind}\0{record_id}\n".encode())
    return digest.hexdigest()


def link(previous: str, event: tuple[int, str, str, str, str, str]) -> str:
    """Return the hash of an event that follows one with hash `previous`."""
    body = json.dumps([previous, *event], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def _schema() -> list[tuple[str, str]]:
    """Return the numbered migrations: name and SQL, in order."""
    files = [p for p in resources.files("assay.store").joinpath("schema").iterdir() if p.name.endswith(".sql")]
    return sorted((file.name, file.read_text("utf-8")) for file in files)


def _address(folder: Path, database: Path) -> str:
    """Return the address of a database that is only read; what means something in an address is written as itself.

    On a medium that cannot be written SQLite cannot make its shared index: there nobody writes, and it needs none.
    """
    still = not os.access(folder, os.W_OK) and not Path(f"{database}-wal").exists()
    return f"file:{quote(os.fsencode(database.absolute()))}?mode=ro" + ("&immutable=1" if still else "")


def _take(path: Path) -> IO[str]:
    """Return the case's lock. A killed driver may leave a child that holds it until its exec: wait a little."""
    lock = path.open("a")
    for left in reversed(range(LOCK_TRIES)):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if left:
                time.sleep(LOCK_PAUSE)
                continue
            lock.close()
            raise StoreFault(
                f"another assay is at work on the case in {path.parent}", hint="Wait for it, or end it, and run again."
            ) from None
        break
    return lock
