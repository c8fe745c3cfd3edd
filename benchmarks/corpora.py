"""Run over folders of real documents by others: exit code, coverage that adds up, problems by kind, time, verify.

    python benchmarks/corpora.py ../shared/data/contracts-en ../shared/data/any-format

Exits 1 when a run ends otherwise than with 0 or 3, when its coverage does not add up, or when its case is not sound.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def assay(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from assay.cli import main; main()", *words],
        capture_output=True,
        text=True,
        check=False,
    )


def job(folder: Path, case: Path, jobs: int) -> dict[str, Any]:
    started = time.monotonic()
    ran = assay("run", str(folder), "--case", str(case), "--jobs", str(jobs), "--quiet", "--json")
    seconds = time.monotonic() - started
    seen = json.loads(ran.stdout)
    pages = seen["pages"]
    ledger = json.loads(assay("show", str(case), "--coverage", "--json").stdout)
    listed = {state: sum(row["state"] == state for row in ledger["pages"]) for state in ("read", "failed", "unread")}
    sums = pages["present"] == sum(listed.values()) and all(pages[state] == listed[state] for state in listed)
    sums = sums and ledger["agrees"]
    return {
        "folder": folder.name,
        "files": seen["occurrences"],
        "pages": pages,
        "seconds": seconds,
        "exit": ran.returncode,
        "adds up": sums,
        "sound": assay("verify", str(case)).returncode == 0,
        "problems": seen["problems"],
    }


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--jobs", type=int, default=0)
    given = parser.parse_args()
    fine = True
    print("| folder | files and members | read | failed | unread | adds up | exit | verify | seconds | problems |")
    print("| --- | ---: | ---: | ---: | ---: | --- | ---: | --- | ---: | --- |")
    for folder in given.folders:
        with tempfile.TemporaryDirectory() as work:
            row = job(folder, Path(work) / "case", given.jobs)
        pages = row["pages"]
        problems = ", ".join(f"{count} {name}" for name, count in row["problems"].items()) or "none"
        print(
            f"| {row['folder']} | {row['files']} | {pages['read']} | {pages['failed']} | {pages['unread']} | "
            f"{'yes' if row['adds up'] else 'NO'} | {row['exit']} | {'sound' if row['sound'] else 'BROKEN'} | "
            f"{row['seconds']:.0f} | {problems} |",
            flush=True,
        )
        fine &= row["exit"] in (0, 3) and row["adds up"] and row["sound"]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"\nLargest process: {peak} MB.")
    return 0 if fine else 1


if __name__ == "__main__":
    raise SystemExit(main())
