"""The coverage ledger in print: text for a reader, CSV for a spreadsheet, JSON for a program."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assay.model import encode
from assay.publish.tables import safe
from assay.read.coverage import Counts, FileLine, Ledger, PageLine

COLUMNS = (
    "path", "also", "exhibit", "media_type", "page", "state", "how", "engine", "part", "confidence", "characters",
    "reason", "quarantined",
)  # fmt: skip


def coverage_json(ledger: Ledger) -> dict[str, Any]:
    """Return the ledger as plain values: pages, files, refused, folders, trove, checks, agrees."""
    plain: dict[str, Any] = json.loads(encode(ledger))
    plain["folders"] = [{"folder": name, **_sums(counts)} for name, counts in ledger.folders]
    plain["trove"] = _sums(ledger.trove)
    for file, line in zip(plain["files"], ledger.files, strict=True):
        file["pages"] = _sums(line.pages)
    plain["agrees"] = ledger.agrees
    return plain


def _sums(counts: Counts) -> dict[str, int]:
    return {"present": counts.present, "read": counts.read, "failed": counts.failed, "unread": counts.unread}


def coverage_csv(ledger: Ledger, file: Path) -> int:
    """Write a row for each page, each file without pages, and each file never taken in; return how many."""
    rows = list(_rows(ledger))
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({key: safe(value) for key, value in row.items()} for row in rows)
    return len(rows)


def _rows(ledger: Ledger) -> Iterator[dict[str, str]]:
    files = {f.exhibit: f for f in ledger.files}
    for line in ledger.pages:
        file = files[line.exhibit]
        yield {
            "path": line.path,
            "also": "; ".join(file.also),
            "exhibit": line.exhibit,
            "media_type": line.media_type,
            "page": str(line.page) if line.page else "",
            "state": line.state,
            "how": line.how,
            "engine": line.engine,
            "part": line.part,
            "confidence": "" if line.confidence is None else f"{line.confidence:g}",
            "characters": str(line.characters),
            "reason": line.reason,
            "quarantined": "; ".join(file.quarantined),
        }
    for file in ledger.files:
        if file.kind != "paged":
            yield {
                "path": file.path,
                "also": "; ".join(file.also),
                "exhibit": file.exhibit,
                "media_type": file.media_type,
                "state": "no pages",
                "reason": _without_pages(file),
                "quarantined": "; ".join(file.quarantined),
            }
    for refused in ledger.refused:
        yield {"path": refused.path, "state": "not received", "reason": refused.reason}


def coverage_text(ledger: Ledger) -> str:
    """Return one line a file, under it each page that was not read; then files without pages, sums and checks."""
    bad: dict[str, list[str]] = {}
    pages: dict[str, list[PageLine]] = {}
    for line in ledger.pages:
        pages.setdefault(line.exhibit, []).append(line)
        if line.state != "read":
            where = f"page {line.page}" if line.page else "all pages"
            bad.setdefault(line.exhibit, []).append(f"  {where} {line.state}: {line.reason}")
    lines: list[str] = []
    for file in (f for f in ledger.files if f.kind == "paged"):
        lines.append(f"{file.path}: {_sum(file.pages)} ({_how(pages[file.exhibit], file.media_type)})")
        lines += bad.get(file.exhibit, [])
        lines += [f"  given up: {name}" for name in file.quarantined]
        lines += [f"  the same bytes also lie at {path}" for path in file.also]
    rest = [f for f in ledger.files if f.kind != "paged"]
    if rest:
        lines += ["", "Files without pages of their own:"]
        lines += [f"{f.path}: {_without_pages(f)}" for f in rest]
    if ledger.refused:
        lines += ["", "Files that were never taken in:"]
        lines += [f"{r.path}: {r.reason}" for r in ledger.refused]
    lines += ["", *(f"folder {name}: {_sum(counts)}" for name, counts in ledger.folders)]
    lines += ["", f"trove: {_sum(ledger.trove)}", ""]
    for check in ledger.checks:
        lines.append(f"{'holds' if not check.faults else 'DOES NOT HOLD'}: {check.name}")
        lines += [f"  {fault}" for fault in check.faults]
    return "\n".join(lines)


def _how(pages: list[PageLine], media_type: str) -> str:
    """Say with which engines a file's pages were read, and how sure they were where letters were recognised."""
    engines = dict.fromkeys(p.engine or p.part for p in pages if p.state == "read" and p.how != "empty")
    words = [", ".join(engines) or media_type]
    sure = [p.confidence for p in pages if p.confidence is not None]
    if sure:
        words.append(f"confidence {min(sure):g}" + (f" to {max(sure):g}" if min(sure) < max(sure) else ""))
    return "; ".join(words)


def _without_pages(file: FileLine) -> str:
    """Say what a file without pages is, and what about it was not done."""
    if file.kind == "container":
        said = f"holds {file.holds} files ({file.media_type})" if file.holds else f"empty or closed ({file.media_type})"
    else:
        said = f"was not read yet ({file.media_type})"
    return "; ".join((said, *file.trouble, *(f"given up: {name}" for name in file.quarantined)))


def _sum(counts: Counts) -> str:
    return f"{counts.present} = {counts.read} read + {counts.failed} failed + {counts.unread} unread"
