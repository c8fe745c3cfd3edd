"""The coverage ledger: what became of every page, and sums that agree by file, folder and trove."""

from __future__ import annotations

from collections import Counter
from typing import Any

from assay.case import Case
from assay.custody.paths import first_paths
from assay.model import Exhibit, Page


def coverage_rows(case: Case) -> list[dict[str, Any]]:
    """Return one row per page of each exhibit, under its first path."""
    paths = first_paths(case.store)
    rows: list[dict[str, Any]] = []
    for exhibit in case.records(Exhibit):
        rows.extend(
            {
                "path": paths.get(exhibit.digest, exhibit.digest),
                "exhibit": exhibit.digest,
                "media_type": exhibit.media_type,
                "page": page.number,
                "state": str(page.state),
                "how": page.how,
                "engine": page.engine,
                "part": f"{page.part}@{page.version}",
                "confidence": page.confidence,
                "characters": len(page.text),
                "reason": page.reason,
            }
            for page in case.store.of(Page, exhibit.digest)
        )
    return rows


def coverage_text(case: Case) -> str:
    """Return one line a file with what became of its pages, then one a folder, then the trove."""
    files: dict[str, Counter[str]] = {}
    remarks: dict[str, str] = {}
    for row in coverage_rows(case):
        files.setdefault(row["path"], Counter())[row["state"]] += 1
        if row["reason"]:
            remarks[row["path"]] = row["reason"]
        remarks.setdefault(row["path"], row["media_type"])
    folders: dict[str, Counter[str]] = {}
    for path, counts in files.items():
        folders.setdefault(path.rpartition("/")[0] or ".", Counter()).update(counts)
    lines = [f"{path}: {_sum(counts)} ({remarks[path]})" for path, counts in sorted(files.items())]
    lines += ["", *(f"folder {folder}: {_sum(counts)}" for folder, counts in sorted(folders.items()))]
    trove = case.coverage()
    whole = Counter({"read": trove.read, "failed": trove.failed, "unread": trove.unread})
    return "\n".join([*lines, "", f"trove: {_sum(whole)}"])


def _sum(counts: Counter[str]) -> str:
    return f"{sum(counts.values())} = {counts['read']} read + {counts['failed']} failed + {counts['unread']} unread"
