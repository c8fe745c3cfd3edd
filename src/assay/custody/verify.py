"""Verifying a case: every byte, every link of the log, every record, every quote.

What it finds: a changed or missing blob; a log whose chain is broken or whose events do not match the records; a
record whose content is not that of its id; a quote that does not stand at its span.
Limits: a log that was cut at its end together with all that belonged to it shows only against the last hash
noted elsewhere (every run prints it), and whoever can write the whole case can make a new, sound one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from assay.model import Exhibit, Occurrence, Page, Record, Span, spans_in
from assay.model.errors import CustodyBroken
from assay.store.blobs import CHUNK, Blobs
from assay.store.rows import BY_NAME, from_row
from assay.store.store import GENESIS, Store, digest_rows, link


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that is not as it was written: `kind` is blob, log, record or quote."""

    kind: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked, how many of each, what was wrong, and the log's last hash."""

    blobs: int
    events: int
    records: int
    quotes: int
    breaches: tuple[Breach, ...]
    head: str


def verify(store: Store) -> Verification:
    """Check everything; return all breaches, never only the first.

    Raises `CustodyBroken` when the store itself is too damaged to be read through.
    """
    try:
        return _verify(store)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise CustodyBroken(f"the case's database is damaged: {error}") from error


def _verify(store: Store) -> Verification:
    breaches: list[Breach] = []
    events, head, promised, made = _log(store, breaches)
    records, bad = _records(store, promised, made, breaches)
    blobs = _blobs(store, breaches)
    quotes = _quotes(store, bad, breaches)
    return Verification(blobs, events, records, quotes, tuple(breaches), head)


def _log(store: Store, breaches: list[Breach]) -> tuple[int, str, dict[str, str], set[str]]:
    """Walk the chain; return length, head, task -> digest of its records, ids of records made without a task."""
    previous, count = GENESIS, 0
    promised: dict[str, str] = {}
    made: set[str] = set()
    current: dict[tuple[str, str], str] = {}
    tasks: list[tuple[str, tuple[str, str], str]] = []
    for seq, at, action, about, task, detail, prev, digest in store.events():
        count += 1
        if seq != count:
            breaches.append(Breach("log", f"event {count}", "an event is missing before it"))
            count = seq
        if prev != previous:
            breaches.append(Breach("log", f"event {seq}", "it does not follow the event before it"))
        if link(prev, (seq, at, action, about, task, detail)) != digest:
            breaches.append(Breach("log", f"event {seq}", "its content is not what was logged"))
        previous = digest
        try:
            held = json.loads(detail)
        except ValueError:
            continue  # the breach is named above: the content no longer fits its hash
        if task and "digest" in held:
            promised[task] = held["digest"]
            key = (str(held.get("stage")), about)
            current[key] = held.get("generation", "")
            tasks.append((task, key, current[key]))
        elif "record" in held:
            made.add(held["record"])
    gone = {task for task, key, generation in tasks if current[key] != generation}
    breaches += [
        Breach("log", f"task {task}", "whether its records stand is not what the log says")
        for task in sorted(gone ^ store.replaced())
    ]
    return count, previous, promised, made


def _records(store: Store, promised: dict[str, str], made: set[str], breaches: list[Breach]) -> tuple[int, set[str]]:
    by_task: dict[str, list[tuple[str, str]]] = {}
    bad: set[str] = set()
    count = 0
    for kind, record_id, task, payload, words in store.rows():
        count += 1
        by_task.setdefault(task, []).append((kind, record_id))
        if _loaded(kind, payload, words, record_id) is None:
            breaches.append(Breach("record", f"{kind} {record_id}", "its content is not that of its id"))
            bad.add(record_id)
    for kind, record_id in by_task.pop("", []):
        if record_id not in made:
            breaches.append(Breach("record", f"{kind} {record_id}", "no event of the log speaks of it"))
        made.discard(record_id)
    breaches += [Breach("record", record_id, "the log speaks of it, and it is missing") for record_id in sorted(made)]
    empty = digest_rows(())
    for task in sorted(set(by_task) | set(promised)):
        if digest_rows(by_task.get(task, [])) != promised.get(task, empty):
            breaches.append(Breach("record", f"task {task}", "its records are not those that the log sealed"))
    return count, bad


def _loaded(kind: str, payload: bytes, words: bytes | None, record_id: str) -> Record | None:
    """Return the record when it is what its id says, None when it is not."""
    if kind not in BY_NAME:
        return None
    try:
        record = from_row(kind, payload, words)
    except Exception:  # any failure to decode is the same breach: the content is not what was written
        return None
    return record if record.id == record_id else None


def _blobs(store: Store, breaches: list[Breach]) -> int:
    wanted = {o.exhibit for o in store.all(Occurrence)} | {e.digest for e in store.all(Exhibit)}
    count = 0
    for digest in store.blobs:
        count += 1
        wanted.discard(digest)
        if _hash(store.blobs, digest) != digest:
            breaches.append(Breach("blob", digest, "its bytes are not what was received"))
    breaches += [Breach("blob", digest, "it is missing") for digest in sorted(wanted)]
    return count


def _hash(blobs: Blobs, digest: str) -> str:
    sha256 = hashlib.sha256()
    with blobs.path(digest).open("rb") as file:
        while block := file.read(CHUNK):
            sha256.update(block)
    return sha256.hexdigest()


def _quotes(store: Store, bad: set[str], breaches: list[Breach]) -> int:
    """Check each quote of each standing record against the page it names, exhibit by exhibit."""
    count = 0
    texts: dict[tuple[str, int], str] = {}
    for kind in BY_NAME.values():
        if kind in (Page, Exhibit, Occurrence):
            continue
        for record in _sound(store, kind):
            for span in spans_in(record):
                count += 1
                if wrong := misquoted(span, texts, store):
                    breaches.append(Breach("quote", f"{kind.KIND} {record.id}", wrong))
    return count


def _sound(store: Store, kind: type[Record]) -> Iterator[Record]:
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
