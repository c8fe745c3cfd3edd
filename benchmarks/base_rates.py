"""How often each examination fires on files that nobody is known to have altered.

    python benchmarks/base_rates.py [--data ../shared/data] [--ocr] [--part NAME ...] [--seconds 20]

Every registered examination runs over the files of `FOLDERS` that its readers open. A trove-wide examination sees each
file as a trove of its own. Printed by part and weight: files that fired, files examined, and the upper end of the
one-sided 95 % interval (Clopper and Pearson 1934); then one line per part for its `base_rate`. Files that need
recognition are read only with --ocr; without it, examinations of pages leave them out, and say how many.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assay.custody.sniff import media_type
from assay.examine import builtin
from assay.examine.pdf.layers import is_scan
from assay.examine.pdf.states import StateRefused, opened, page_of
from assay.examine.policy import STRENGTH
from assay.model import (
    Direction,
    Exhibit,
    Finding,
    FindingStatus,
    MemoryTrove,
    Occurrence,
    Page,
    Reading,
    Record,
    Table,
    Weight,
)  # fmt: skip
from assay.read import builtin as readers
from assay.work.part import Examination, Reader, ReadRefused, ReadSettings, load

FOLDERS = (
    "contracts-en", "russian-documents", "pdf-errors-govdocs", "line-items", "invoices", "bad-redactions",
    "pdf-cabinet-of-horrors", "any-format", "dkim-mail",
)  # fmt: skip
"""Folders whose files nobody altered to deceive; signed-pdf and c2pa-images hold planted changes."""
PLANTED = ("fail-", "incrementalUpdates")
"""Parts of names of files in which something was broken or changed on purpose."""


class Late(Exception):
    """A file took longer than allowed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One file, ready to be examined; `unread` when its pages need recognition or could not be read."""

    path: Path
    data: bytes
    reading: Reading
    unread: bool


def main() -> int:
    """Run, print, return 0; 2 when there is no data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--ocr", action="store_true")
    parser.add_argument("--part", action="append", default=[])
    parser.add_argument("--folder", action="append", default=[])
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--show", action="store_true", help="print each finding that is limited or more")
    given = parser.parse_args()
    if not given.data.is_dir():
        print(f"no data at {given.data}", file=sys.stderr)
        return 2
    parts = [p for p in (load(path, Examination) for path in builtin) if not given.part or p.name in given.part]
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    signal.signal(signal.SIGALRM, _late)
    for seen in files(given.data, tuple(given.folder) or FOLDERS, given.ocr, given.seconds):
        for part in parts:
            outcome, findings = examined(part, seen, given.seconds)
            tally[part.name][outcome] += 1
            if given.show:
                for f in findings:
                    if f.status is FindingStatus.FINDING and f.weight is not Weight.NEUTRAL:
                        print(f"{seen.path.name[:50]:50} {part.name:12} {f.weight.value:9} {f.observation[:180]}")
    report(tally)
    return 0


def files(root: Path, folders: tuple[str, ...], ocr: bool, seconds: int) -> Iterator[Seen]:
    """Yield every file of the folders, read as far as it goes."""
    by_type = {media: reader for reader in (load(path, Reader) for path in readers) for media in reader.accepts}
    for folder in folders:
        for path in sorted(p for p in (root / folder).rglob("*") if p.is_file()):
            if any(mark in path.name for mark in PLANTED):
                continue
            data = path.read_bytes()
            kind = media_type(data)
            digest = hashlib.sha256(data).hexdigest()
            exhibit = Exhibit(digest, hashlib.sha1(data).hexdigest(), len(data), kind, "benchmark", "1")
            reader = by_type.get(kind)
            blank = Reading(exhibit, (), ())
            if reader is None or (not ocr and needs_recognition(kind, data)):
                yield Seen(path, data, blank, True)
                continue
            signal.alarm(seconds)
            try:
                records = list(read(reader, data, exhibit))
            except (ReadRefused, Late):
                yield Seen(path, data, blank, True)
                continue
            finally:
                signal.alarm(0)
            pages = tuple(r for r in records if isinstance(r, Page))
            tables = tuple(r for r in records if isinstance(r, Table))
            yield Seen(path, data, Reading(exhibit, pages, tables), False)


def read(reader: Reader, data: bytes, exhibit: Exhibit) -> Iterator[Record]:
    settings = ReadSettings()
    count = reader.count(data, exhibit, settings)
    for first in range(1, count + 1, reader.chunk):
        yield from reader.read(data, exhibit, settings, first, min(count, first + reader.chunk - 1))


def needs_recognition(kind: str, data: bytes) -> bool:
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


def examined(part: Examination, seen: Seen, seconds: int) -> tuple[str, list[Finding]]:
    """Return what came of it: a weight, no_finding, not_applicable, not_examined, unread, late or error."""
    on_bytes = part.name.startswith(("pdf.", "file.", "ooxml."))
    if part.accepts and seen.reading.exhibit.media_type not in part.accepts:
        return "not_applicable", []
    if seen.unread and not on_bytes:
        return "unread", []
    signal.alarm(seconds)
    try:
        findings = [f for f in _run(part, seen) if isinstance(f, Finding)]
    except Late:
        return "late", []
    except Exception as error:
        print(f"{seen.path.name}: {part.name} raised {type(error).__name__}: {error}", file=sys.stderr)
        return "error", []
    finally:
        signal.alarm(0)
    counted = [f for f in findings if f.status is FindingStatus.FINDING and f.direction is not Direction.FOR]
    if counted:
        return max((f.weight for f in counted), key=STRENGTH.index).value, findings
    states = [f.status for f in findings]
    for status in (FindingStatus.NOT_EXAMINED, FindingStatus.ERROR, FindingStatus.NO_FINDING):
        if status in states:
            return status.value, findings
    return "not_applicable", findings


def _run(part: Examination, seen: Seen) -> Iterator[Record]:
    exhibit = seen.reading.exhibit
    if part.examine is not None:
        yield from part.examine(seen.reading, seen.data)
    elif part.examine_trove is not None:
        occurrence = Occurrence(exhibit.digest, seen.path.name, None, "benchmark", "", "", "", "benchmark", "1")
        records: list[Record] = [exhibit, occurrence, *seen.reading.pages, *seen.reading.tables]
        yield from part.examine_trove(MemoryTrove(records, {exhibit.digest: seen.data}))


def report(tally: dict[str, Counter[str]]) -> None:
    weights = [w.value for w in STRENGTH]
    literals = []
    print(f"{'part':14} {'weight':14} {'fired':>6} {'files':>6} {'upper 95 %':>11}   not examined, unread, late, error")
    for name, counts in sorted(tally.items()):
        known = sum(counts[w] for w in weights) + counts["no_finding"]
        unknown = ", ".join(str(counts[k]) for k in ("not_examined", "unread", "late", "error"))
        for index, weight in enumerate(weights[1:], 1):
            fired = sum(counts[w] for w in weights[index:])
            if fired or weight == "limited":
                bound = f"{upper95(fired, known):.3f}" if known else "-"
                print(f"{name:14} {f'{weight} or more':14} {fired:6} {known:6} {bound:>11}   {unknown}")
        fired = sum(counts[w] for w in weights[2:])
        literals.append(f"{name}: BaseRate(CORPUS, {fired}, {known}, {upper95(fired, known):.4f})" if known else name)
    print("\nas base_rate (moderate or more):")
    print("\n".join(literals))


def upper95(fired: int, files: int) -> float:
    """Return the upper end of the one-sided 95 % interval for `fired` of `files`."""
    if files == 0 or fired >= files:
        return 1.0
    low, high = fired / files, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        below = sum(math.comb(files, k) * middle**k * (1 - middle) ** (files - k) for k in range(fired + 1))
        low, high = (middle, high) if below > 0.05 else (low, middle)
    return high


def _late(number: int, frame: object) -> None:
    raise Late


if __name__ == "__main__":
    sys.exit(main())
