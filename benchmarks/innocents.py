"""The innocents: files that nobody is known to have altered to deceive, read as far as they can be.

Real files of ../shared/data, with those of signed-pdf, dkim-mail and c2pa-images whose names say that their signatures
hold; the unaltered papers and innocent twins of specimens; and the signed twins of `assay forge`. Used by
benchmarks/base_rates.py and benchmarks/examine_speed.py. Files that need recognition are read only when asked;
otherwise they have no pages.
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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from signatures import truth_of

from assay.case import Case, RunSettings
from assay.custody.sniff import media_type
from assay.examine.pdf.layers import is_scan
from assay.examine.pdf.states import StateRefused, opened, page_of
from assay.model import Exhibit, Finding, Page, Reading, Record, Table
from assay.read import builtin as readers
from assay.specimen.score.board import Index
from assay.specimen.score.trust import true_gap
from assay.specimen.score.truth import parse
from assay.work.part import Reader, ReadRefused, ReadSettings, load

FOLDERS = (
    "contracts-en", "russian-documents", "pdf-errors-govdocs", "line-items", "invoices", "bad-redactions",
    "pdf-cabinet-of-horrors", "any-format", "dkim-mail",
)  # fmt: skip
"""Folders whose files nobody altered to deceive."""
SIGNED = {"signed-pdf": ("signed", "updated"), "c2pa-images": ("holds",)}
"""Folders with planted changes: what the name has to say (benchmarks/signatures.py) for a file to be innocent."""
SHAPED = {"dkim-mail": ("odd", "broken")}
"""What a file's name may not say for it to be an innocent of the examination of signatures."""
FORGED = ("sig.pades", "pdf.sigdiff", "sig.detached", "sig.cades", "mail.dkim")
"""Examinations whose signed twins `assay forge` makes."""
PLANTED = ("fail-", "incrementalUpdates", "_modified", "added_header-", "fakePayPal")
"""Parts of names of files in which something was broken or changed on purpose."""


class Late(Exception):
    """A file took longer than allowed."""


def late(number: int, frame: object) -> None:
    """Stop what runs (a signal's handler)."""
    raise Late


@dataclass(frozen=True, slots=True)
class Seen:
    """One file, ready to be examined; `unread` when its pages need recognition or could not be read.

    `made`: our own programs made it.
    """

    path: Path
    name: str
    data: bytes
    reading: Reading
    unread: bool
    made: bool = False

    @property
    def folder(self) -> str:
        """The folder of ../shared/data that it lies in; empty for a made one."""
        return "" if self.made else next((f for f in (*FOLDERS, *SIGNED) if f in self.path.parts), "")

    @property
    def format(self) -> str:
        """A short word for the kind of file."""
        return format_of(self.reading.exhibit.media_type)


_OFFICE = "application/vnd.openxmlformats-officedocument."
FORMATS = {
    f"{_OFFICE}wordprocessingml.document": "docx", f"{_OFFICE}spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}presentationml.presentation": "pptx", "application/msword": "doc", "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt", "message/rfc822": "mail", "application/vnd.ms-outlook": "msg",
}  # fmt: skip


def truth_in(seen: Seen) -> str:
    """Return what the name says of a file in a folder whose names tell the truth; empty elsewhere."""
    return truth_of(seen.folder, seen.path.name) if seen.folder in SHAPED else ""


def format_of(kind: str) -> str:
    """Return a short word for a media type."""
    return FORMATS.get(kind, kind.rpartition("/")[2].removeprefix("vnd.").removeprefix("x-"))


def files(folder: Path, ocr: bool, seconds: int, cache: Path | None = None, words: bool = True) -> Iterator[Seen]:
    """Yield every innocent file of a folder, read as far as it goes; not read at all without `words`."""
    said = SIGNED.get(folder.name)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if said is not None and truth_of(folder.name, path.name) not in said:
            continue
        if not any(mark in path.name for mark in PLANTED):
            yield seen(path, path.relative_to(folder).as_posix(), ocr, seconds, cache, words)


def specimens(
    seed: int, seconds: int, cache: Path | None = None, pages: int = 60, words: bool = True, ocr: bool = False
) -> Iterator[Seen]:
    """Yield the papers of a specimen to which nothing was done, and the innocent twins of those that were altered."""
    with tempfile.TemporaryDirectory() as work:
        truth = made(work, "specimen", "--pages", str(pages), "--seed", str(seed))
        root = Path(work, "trove")
        altered = {a["path"] for a in truth["alterations"]}
        copies = {(root / name).read_bytes() for name in altered if (root / name).is_file()}
        for path in sorted(p for p in root.rglob("*") if p.is_file()):
            name = path.relative_to(root).as_posix()
            if name not in altered and path.read_bytes() not in copies:
                yield replace(seen(path, name, ocr, seconds, cache, words), made=True)


def twins(seed: int, seconds: int) -> Iterator[Seen]:
    """Yield the innocent twins of signed papers, each with the file of its signature where that lies beside it."""
    with tempfile.TemporaryDirectory() as work:
        kinds = [word for name in FORGED for word in ("--kind", name)]
        truth = made(work, "forge", "--seed", str(seed), *kinds)
        root = Path(work, "trove")
        for folder in sorted({Path(twin["path"]).parts[0] for twin in truth["twins"]}):
            for path in sorted(p for p in (root / folder).rglob("*") if p.is_file()):
                one = seen(path, path.relative_to(root).as_posix(), False, seconds, None, words=False)
                yield replace(one, made=True)


def made(work: str, *command: str) -> dict[str, Any]:
    """Run a command that makes papers in the folder `work`, and return their truth."""
    program = [sys.executable, "-c", "from assay.cli import main; main()", command[0], work, *command[1:]]
    subprocess.run(program, check=True, capture_output=True)
    truth: dict[str, Any] = json.loads(Path(work, "truth.json").read_text("utf-8"))
    return truth


def whole(seed: int, part: str, pages: int = 60) -> Iterator[tuple[str, list[Finding]]]:
    """Run the whole job over a specimen, scans recognised; yield each file's format and what `part` says of it.

    What is said to be missing and is so by the truth is left out: it is no noise.
    """
    with tempfile.TemporaryDirectory() as work:
        truth = parse(made(work, "specimen", "--pages", str(pages), "--seed", str(seed)))
        with Case.open(Path(work, "case")) as case:
            case.run([Path(work, "trove")], RunSettings(jobs=1), verbs=("receive", "read", "examine"))
            index = Index(case.store, truth)
            for exhibit in sorted(case.store.all(Exhibit), key=lambda e: e.digest):
                its = [f for f in case.store.all(Finding) if f.exhibit == exhibit.digest and f.part == part]
                if its:
                    yield format_of(exhibit.media_type), [f for f in its if not true_gap(index, f)]


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
