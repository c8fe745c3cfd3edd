"""Verifying a case: every byte, every link of the log, every record, every quote.

What it finds: a changed or missing blob; a log whose chain is broken or whose events do not match the records and
tasks; a record or task whose content or place is not that of its id; a database that hides rows; a quote that does not
stand at its span.
Limits: a log that was cut at its end together with all that belonged to it shows only against the last hash
noted elsewhere (every run prints it), and whoever can write the whole case can make a new, sound one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from assay.model import Correction, Exhibit, Image, Occurrence, Page, Record, Rendition, Span, spans_in
from assay.model.errors import CustodyBroken
from assay.store.blobs import CHUNK, Blobs
from assay.store.rows import BY_NAME, seal, sound
from assay.store.store import GENESIS, Store, digest_rows, link
from assay.store.task import decode_task, encode_task

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that is not as it was written: `kind` is database, blob, log, record or quote."""

    kind: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked, how many of each, what was wrong, and the log's last hash.

    `overtaken` counts quotes that stood where they say when they were taken, on a page that was read anew or corrected
    since: the next run redoes them. They are no breach.
    """

    blobs: int
    events: int
    records: int
    quotes: int
    breaches: tuple[Breach, ...]
    head: str
    overtaken: int = 0


def verify(store: Store) -> Verification:
    """Check everything; return all breaches, never only the first.

    Raises `CustodyBroken` when the store itself is too damaged to be read through.
    """
    try:
        return _verify(store)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise CustodyBroken(f"the case's database is damaged: {error}") from error


def _verify(store: Store) -> Verification:
    breaches = [Breach("database", "case.sqlite", fault) for fault in store.faults()]
    log = _log(store, breaches)
    _tasks(store, log, breaches)
    records = _records(store, log, breaches)
    blobs = _blobs(store, breaches)
    quotes, overtaken = _quotes(store, log, breaches)
    return Verification(blobs, log.events, records, quotes, tuple(breaches), log.head, overtaken)


@dataclass(slots=True)
class _Log:
    """What the log says: its length and head, and what must be there because of it."""

    events: int = 0
    head: str = GENESIS
    sealed: dict[str, str] = field(default_factory=dict)  # task -> digest of its records
    children: set[str] = field(default_factory=set)  # tasks that others made
    made: set[str] = field(default_factory=set)  # records that no task made
    received: set[str] = field(default_factory=set)  # exhibits that must be opened
    current: dict[tuple[str, str], str] = field(default_factory=dict)  # stage and subject -> generation that stands
    order: dict[str, int] = field(default_factory=dict)  # task -> the event by which it was done
    instead: set[str] = field(default_factory=set)  # tasks that a later try replaced


def _log(store: Store, breaches: list[Breach]) -> _Log:
    """Walk the chain."""
    log = _Log()
    for seq, at, action, about, task, detail, prev, digest in store.events():
        log.events += 1
        if seq != log.events:
            breaches.append(Breach("log", f"event {log.events}", "an event is missing before it"))
            log.events = seq
        if prev != log.head:
            breaches.append(Breach("log", f"event {seq}", "it does not follow the event before it"))
        if link(prev, (seq, at, action, about, task, detail)) != digest:
            breaches.append(Breach("log", f"event {seq}", "its content is not what was logged"))
        log.head = digest
        try:
            held = json.loads(detail)
        except ValueError:
            continue  # the breach is named above: the content no longer fits its hash
        if task and "digest" in held:
            log.sealed[task] = held["digest"]
            log.order[task] = seq
            log.children |= set(held.get("children", ()))
            log.instead |= set(held.get("instead", ()))
            log.current[str(held.get("stage")), about] = str(held.get("generation"))
        elif "generation" in held:
            log.current[str(held.get("stage")), about] = str(held["generation"])
        elif "record" in held:
            log.made.add(held["record"])
            if action == "received":
                log.received.add(about)
    return log


def _tasks(store: Store, log: _Log, breaches: list[Breach]) -> None:
    """Compare the tasks with the log: what was done, what stands, and that nothing still to do was lost."""
    there: set[str] = set()
    opened: set[str] = set()
    planned: dict[tuple[str, str], set[str]] = {}
    dropped: list[tuple[str, tuple[str, str], str]] = []
    for columns, payload, state, replaced in store.tasks():
        task_id, stage, subject, _, generation = columns
        there.add(task_id)
        if stage == "receive":
            opened.add(subject)
        planned.setdefault((stage, subject), set()).add(generation)
        if not _whole(columns, payload):
            breaches.append(Breach("log", f"task {task_id}", "its content is not that of its id"))
        if (state != "todo") != (task_id in log.sealed):
            breaches.append(Breach("log", f"task {task_id}", "whether it was done is not what the log says"))
        elif state == "todo":
            if replaced:
                dropped.append((task_id, (stage, subject), generation))
        elif replaced != (log.current.get((stage, subject)) != generation or task_id in log.instead):
            breaches.append(Breach("log", f"task {task_id}", "whether its records stand is not what the log says"))
    breaches += [
        Breach("log", f"task {task_id}", "it waits to be done and is marked as replaced, which nothing did")
        for task_id, key, generation in dropped
        if log.current.get(key) == generation or len(planned[key]) == 1
    ]
    lost = (set(log.sealed) | log.children) - there
    breaches += [Breach("log", f"task {task}", "the log speaks of it, and it is missing") for task in sorted(lost)]
    unopened = sorted(log.received - opened)
    breaches += [Breach("log", exhibit, "it was received, and the task to open it is missing") for exhibit in unopened]


def _whole(columns: tuple[str, str, str, str, str], payload: bytes) -> bool:
    try:
        task = decode_task(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
    said = (task.id, task.stage, task.subject, task.inputs, task.generation)
    return said == columns and encode_task(task) == payload


def _records(store: Store, log: _Log, breaches: list[Breach]) -> int:
    by_task: dict[str, list[tuple[str, str]]] = {}
    made = set(log.made)
    count = 0
    for task, row in store.rows():
        count += 1
        if task:
            by_task.setdefault(task, []).append(seal(row.kind, row.id, row.payload))
        elif row.id in log.made:
            made.discard(row.id)
        else:
            breaches.append(Breach("record", f"{row.kind} {row.id}", "no event of the log speaks of it"))
        try:
            sound(row)
        except msgspec.ValidationError:
            breaches.append(Breach("record", f"{row.kind} {row.id}", "its content is not that of its id"))
    breaches += [Breach("record", record_id, "the log speaks of it, and it is missing") for record_id in sorted(made)]
    empty = digest_rows(())
    for task in sorted(set(by_task) | set(log.sealed)):
        if digest_rows(by_task.get(task, [])) != log.sealed.get(task, empty):
            breaches.append(Breach("record", f"task {task}", "its records are not those that the log sealed"))
    return count


def _blobs(store: Store, breaches: list[Breach]) -> int:
    wanted = {o.exhibit for o in _sound(store, Occurrence)} | {e.digest for e in _sound(store, Exhibit)}
    wanted |= {image.picture for image in _sound(store, Image)}
    wanted |= {rendition.document for rendition in _sound(store, Rendition)}
    wanted |= {correction.source for correction in _sound(store, Correction) if correction.source}
    count = 0
    for digest in store.blobs:
        count += 1
        try:
            same = _hash(store.blobs, digest) == digest
        except OSError as error:
            breaches.append(Breach("blob", digest, f"it cannot be read: {error.strerror}"))
            continue
        wanted.discard(digest)
        if not same:
            breaches.append(Breach("blob", digest, "its bytes are not what was received"))
    breaches += [Breach("blob", digest, "it is missing") for digest in sorted(wanted)]
    return count


def _hash(blobs: Blobs, digest: str) -> str:
    sha256 = hashlib.sha256()
    with blobs.path(digest).open("rb") as file:
        while block := file.read(CHUNK):
            sha256.update(block)
    return sha256.hexdigest()


def _quotes(store: Store, log: _Log, breaches: list[Breach]) -> tuple[int, int]:
    """Check each quote of each standing record against the page it names; return how many, and how many overtaken."""
    count = overtaken = 0
    texts: dict[tuple[str, int], str] = {}
    for kind in BY_NAME.values():
        if kind in (Page, Exhibit, Occurrence):
            continue
        for record in _sound(store, kind):
            for span in spans_in(record):
                count += 1
                wrong = misquoted(span, texts, store)
                if wrong and _stood(span, record, store, log):
                    overtaken += 1
                elif wrong:
                    breaches.append(Breach("quote", f"{kind.KIND} {record.id}", wrong))
    return count, overtaken


def _stood(span: Span, record: Record, store: Store, log: _Log) -> bool:
    """Tell whether a quote stood at its place when it was taken, on a page that was read otherwise only later."""
    with contextlib.suppress(msgspec.MsgspecError):
        taken = max((log.order.get(task, 0) for task in store.makers(record)), default=0)
        readings = [(log.order.get(task, 0), page) for task, page in store.every_reading(span.exhibit, span.page)]
        before = [(at, page) for at, page in readings if 0 < at < taken]
        if before and any(at > taken for at, _ in readings):
            return max(before, key=lambda r: r[0])[1].text[span.start : span.end] == span.quote
    return False


def _sound(store: Store, kind: type[R]) -> Iterator[R]:
    """Yield standing records one by one; the undecodable ones are named as breaches of their own already."""
    with contextlib.suppress(msgspec.MsgspecError):
        yield from store.all(kind)


def _sound_of(store: Store, exhibit: str) -> Iterator[Page]:
    """Yield an exhibit's pages up to the first that cannot be decoded, which is a breach of its own."""
    with contextlib.suppress(msgspec.MsgspecError):
        yield from store.of(Page, exhibit)


def misquoted(span: Span, texts: dict[tuple[str, int], str], store: Store) -> str:
    """Return what is wrong with a span (empty: nothing). `texts` keeps page texts between calls, and is bounded."""
    if span.page == 0 or (span.start == span.end and not span.quote):
        return ""
    key = (span.exhibit, span.page)
    if key not in texts:
        if len(texts) > 256:
            texts.clear()
        for page in _sound_of(store, span.exhibit):
            texts[span.exhibit, page.number] = page.text
    if key not in texts:
        return f"there is no page {span.page} of exhibit {span.exhibit[:12]}"
    if texts[key][span.start : span.end] != span.quote:
        return f"page {span.page} of exhibit {span.exhibit[:12]} does not say {span.quote[:60]!r} there"
    return ""
