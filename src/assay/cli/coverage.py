"""The coverage ledger: what became of every page, and sums that agree by file, folder and trove."""

from __future__ import annotations

from typing import Any

from assay.case import Case
from assay.model import Exhibit, Occurrence, Page


def coverage_rows(case: Case) -> list[dict[str, Any]]:
    """Return one row per page of each exhibit, under its first path."""
    rows: list[dict[str, Any]] = []
    for exhibit in case.records(Exhibit):
        paths = sorted(o.path for o in case.store.of(Occurrence, exhibit.digest))
        rows.extend(
            {
                "path": paths[0] if paths else "",
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
    """Return one line a file, folders summed, then the trove."""
    files: dict[str, dict[str, int]] = {}
    reasons: dict[str, str] = {}
    for row in coverage_rows(case):
        name = f"{row['path']} ({row['media_type']})"
        counts = files.setdefault(name, {"read": 0, "failed": 0, "unread": 0})
        counts[row["state"]] += 1
        if row["reason"]:
            reasons[name] = row["reason"]
    folders: dict[str, dict[str, int]] = {}
    lines = []
    for name, counts in sorted(files.items()):
        folder = name.rpartition("/")[0] or "."
        total = folders.setdefault(folder, {"read": 0, "failed": 0, "unread": 0})
        for state, number in counts.items():
            total[state] += number
        lines.append(f"{name}: {_sum(counts)}" + (f" ({reasons[name]})" if name in reasons else ""))
    lines += [f"folder {folder}: {_sum(counts)}" for folder, counts in sorted(folders.items())]
    all_pages = case.coverage()
    lines.append(
        f"trove: {all_pages.present} present = {all_pages.read} read + {all_pages.failed} failed + "
        f"{all_pages.unread} unread"
    )
    return "\n".join(lines)


def _sum(counts: dict[str, int]) -> str:
    return f"{sum(counts.values())} = {counts['read']} read + {counts['failed']} failed + {counts['unread']} unread"
