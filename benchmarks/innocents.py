"""The innocents: files that nobody is known to have altered to deceive, read as far as they can be.

Real files of ../shared/data, and the unaltered papers and innocent twins of specimens. Used by benchmarks/base_rates.py
and benchmarks/examine_speed.py. Files that need recognition are read only when asked; otherwise they have no pages.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assay.custody.sniff import media_type
from assay.examine.pdf.layers import is_scan
from assay.examine.pdf.states import StateRefused, opened, page_of
from assay.model import Exhibit, Page, Reading, Record, Table
from assay.read import builtin as readers
from assay.work.part import Reader, ReadRefused, ReadSettings, load

FOLDERS = (
    "contracts-en", "russian-documents", "pdf-errors-govdocs", "line-items", "invoices", "bad-redactions",
    "pdf-cabinet-of-horrors", "any-format", "dkim-mail",
)  # fmt: skip
"""Folders whose files nobody altered to deceive; signed-pdf and c2pa-images hold planted changes."""
PLANTED = ("fail-", "incrementalUpdates", "_modified", "added_header-", "fakePayPal")
"""Parts of names of files in which something was broken or changed on purpose."""


class Late(Exception):
    """A file took longer than allowed."""


def late(number: int, frame: object) -> None:
    """Stop what runs (a signal's handler)."""
    raise Late


@dataclass(frozen=True, slots=True)
class Seen:
    """One file, ready to be examined; `unread` when its pages need recognition or could not be read."""

    path: Path
    name: str
    data: bytes
    reading: Reading
    unread: bool

    @property
    def format(self) -> str:
        """A short word for the kind of file."""
        kind = self.reading.exhibit.media_type
        return FORMATS.get(kind, kind.rpartition("/")[2].removeprefix("vnd.").removeprefix("x-"))


_OFFICE = "application/vnd.openxmlformats-officedocument."
FORMATS = {
    f"{_OFFICE}wordprocessingml.document": "docx", f"{_OFFICE}spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}presentationml.presentation": "pptx", "application/msword": "doc", "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt", "message/rfc822": "mail", "application/vnd.ms-outlook": "msg",
}  # fmt: skip


def files(folder: Path, ocr: bool, seconds: int, cache: Path | None = None, words: bool = True) -> Iterator[Seen]:
    """Yield every innocent file of a folder, read as far as it goes; not read at all without `words`."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if not any(mark in path.name for mark in PLANTED):
            yield seen(path, path.relative_to(folder).as_posix(), ocr, seconds, cache, words)


def specimens(
    seed: int, seconds: int, cache: Path | None = None, pages: int = 60, words: bool = True
) -> Iterator[Seen]:
    """Yield the papers of a specimen to which nothing was done, and the innocent twins of those that were altered."""
    with tempfile.TemporaryDirectory() as work:
        command = [sys.executable, "-c", "from assay.cli import main; main()", "specimen", work]
        subprocess.run([*command, "--pages", str(pages), "--seed", str(seed)], check=True, capture_output=True)
        truth = json.loads(Path(work, "truth.json").read_text("utf-8"))
        root = Path(work, "trove")
        altered = {a["path"] for a in truth["alterations"]}
        copies = {(root / name).read_bytes() for name in altered if (root / name).is_file()}
        for path in sorted(p for p in root.rglob("*") if p.is_file()):
            name = path.relative_to(root).as_posix()
            if name not in altered and path.read_bytes() not in copies:
                yield seen(path, name, False, seconds, cache, words)


def seen(path: Path, name: str, ocr: bool, seconds: int, cache: Path | None, words: bool = True) -> Seen:
    """Return one file, read unless it needs recognition that was not asked for."""
    data = path.read_bytes()
    kind = media_type(data)
    exhibit = Exhibit(
        hashlib.sha256(data).hexdigest(), hashlib.sha1(data).hexdigest(), len(data), kind, "benchmark", "1"
    )
    blank = Seen(path, name, data, Reading(exhibit, (), ()), True)
    reader = {media: r for r in (load(p, Reader) for p in readers) for media in r.accepts}.get(kind)
    if not words or reader is None or (not ocr and needs_recognition(kind, data)):
        return blank
    records = kept(reader, data, exhibit, seconds, cache)
    if records is None:
        return blank
    pages = tuple(r for r in records if isinstance(r, Page))
    tables = tuple(r for r in records if isinstance(r, Table))
    return Seen(path, name, data, Reading(exhibit, pages, tables), False)


def kept(reader: Reader, data: bytes, exhibit: Exhibit, seconds: int, cache: Path | None) -> list[Record] | None:
    """Return what a reader reads, from the cache when it was read by this version before; None when it cannot be."""
    store = cache / f"{exhibit.digest[:24]}-{reader.name}-{reader.version}.pickle" if cache else None
    if store and store.is_file():
        held: list[Record] | None = pickle.loads(store.read_bytes())
        return held
    signal.alarm(seconds)
    records: list[Record] | None
    try:
        records = list(read(reader, data, exhibit))
    except (ReadRefused, Late):
        records = None
    finally:
        signal.alarm(0)
    if store:
        store.parent.mkdir(parents=True, exist_ok=True)
        store.write_bytes(pickle.dumps(records))
    return records


def read(reader: Reader, data: bytes, exhibit: Exhibit) -> Iterator[Record]:
    """Yield the records of all pages."""
    settings = ReadSettings()
    count = reader.count(data, exhibit, settings)
    for first in range(1, count + 1, reader.chunk):
        yield from reader.read(data, exhibit, settings, first, min(count, first + reader.chunk - 1))


def needs_recognition(kind: str, data: bytes) -> bool:
    """Whether pages of the file are pictures."""
    if kind.startswith("image/"):
        return True
    if kind != "application/pdf":
        return False
    try:
        with opened(data) as document:
            for index in range(min(len(document), 20)):
                with page_of(document, index) as page:
                    if is_scan(page):
                        return True
    except StateRefused:
        return False
    return False
