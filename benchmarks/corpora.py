"""Run over folders of real documents by others: exit code, coverage that adds up, problems by kind, time, verify.

    python benchmarks/corpora.py ../shared/data/contracts-en ../shared/data/any-format
    python benchmarks/corpora.py --files ../shared/data/any-format

With `--files`, a table with a row for each file instead: its type and whether that is what its name claims, what became
of it and why, and how long it took, each in a worker behind the walls (first three pages; no program outside is
started, so what only LibreOffice reads is refused for its absence). `--odd` leaves out files of the claimed type that
were read.

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
from collections import Counter
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


def right(name: str, kind: str) -> str:
    """Return whether a file's type is the one that its name claims: yes, no, or - where the name claims none known."""
    from assay.custody.sniff import declared_type

    claimed = declared_type(name)
    if not claimed:
        return "-"
    locked = kind == "application/x-ooxml-encrypted" and "officedocument" in claimed
    return "yes" if claimed == kind or locked else "no"


def files(folders: list[Path], seconds: float, *, odd: bool) -> int:
    """Print a row for each file; return 1 when a worker died or hung."""
    from fuzz import Worker

    from assay.custody.sniff import media_type

    runner, bad = Worker(ocr=True), 0
    sums: Counter[str] = Counter()
    print("| file | type | as named | what became of it | seconds |\n| --- | --- | --- | --- | ---: |")
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            data = path.read_bytes()
            kind = media_type(data)
            began = time.monotonic()
            how, said = runner.ask(data, kind, seconds)
            took = time.monotonic() - began
            named = right(path.name, kind)
            became = _became(how, said)
            plain = became.split(":")[0].split(",")[0]
            bad += how != "answered"
            sums.update([plain, f"as named {named}"])
            if not odd or named == "no" or plain not in ("read", "unpacked"):
                print(f"| {folder.name}/{path.name} | {kind} | {named} | {became} | {took:.1f} |", flush=True)
    runner.end()
    print("\n" + ", ".join(f"{count} {name}" for name, count in sorted(sums.items())))
    return 1 if bad else 0


def _became(how: str, said: dict[str, Any]) -> str:
    """Return in words what became of a file."""
    if how != "answered":
        return how
    reason = str(said.get("reason", "")).replace("|", "/").replace("\n", " ")[:110]
    outcomes = said["outcomes"]
    if said["raised"]:
        return f"raised: {said['raised'][0]}"
    if "read: done" in outcomes:
        return f"read, {said['pages']} pages" + (f": {reason}" if reason else "")
    if "unpack: done" in outcomes and not any(o.startswith("read") for o in outcomes):
        return f"unpacked, {said.get('members', 0)} members"
    if not outcomes:
        return f"no reader for {said['type']}"
    return f"{outcomes[-1].split(': ')[1]}: {reason}"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", action="store_true")
    parser.add_argument("--odd", action="store_true")
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--jobs", type=int, default=0)
    given = parser.parse_args()
    if given.files or given.odd:
        return files(given.folders, given.seconds, odd=given.odd)
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
