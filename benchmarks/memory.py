"""Run the whole job over folders and tell the most memory that each worker held: private, by share, resident.

    python benchmarks/memory.py FOLDER ... --jobs 2 [--memory-limit MB]

For each folder: how many workers there were, the median, the 90th and 99th part in a hundred and the highest of their
private memory, the same for those that hold the Chinese engine, the driver's peak, and the problems over memory, named.
See `assay.work.memory` for why private memory is the measure. Looked at twenty times a second: what came and went in
between is not seen.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from watching import Watch

from assay.model import Problem
from assay.store.store import Store

HEAD = "| folder | workers | private, MB: median, 90 %, 99 %, highest | with the Chinese engine | driver | limits |"


def measure(folder: Path, case: Path, words: Sequence[str]) -> tuple[Watch, list[Problem]]:
    """Return what the processes of a run over `folder` held, and the problems over memory."""
    command = [sys.executable, "-c", "from assay.cli import main; main()", "run", str(folder), "--case", str(case)]
    process = subprocess.Popen([*command, "--quiet", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with Watch(process.pid, 0.05) as watch:
        process.wait()
    if process.returncode not in (0, 3):
        raise SystemExit(f"the run over {folder} ended with {process.returncode}")
    with Store.open(case) as store:
        return watch, [p for p in store.all(Problem) if p.category == "limit" and "of memory" in p.message]


def spread(private: Sequence[int]) -> str:
    """Return the median, the 90th and 99th part in a hundred and the highest, in MB."""
    if not private:
        return "-"
    ordered = sorted(private)
    parts = [ordered[min(len(ordered) - 1, len(ordered) * n // 100)] for n in (50, 90, 99, 100)]
    return ", ".join(str(value >> 20) for value in parts)


def row(name: str, watch: Watch, problems: Sequence[Problem]) -> str:
    workers = [s for s in watch.seen.values() if s.worker]
    plain, han = (spread([s.private for s in workers if s.han is kind]) for kind in (False, True))
    return f"| {name} | {len(workers)} | {plain} | {han} | {watch.driver >> 20} | {len(problems)} |"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--memory-limit", type=int, default=0)
    given = parser.parse_args()
    words = ["--jobs", str(given.jobs)]
    if given.memory_limit:
        words += ["--memory-limit", str(given.memory_limit)]
    print(HEAD)
    print("| --- |" + " ---: |" * (HEAD.count("|") - 2))
    for folder in given.folders:
        with tempfile.TemporaryDirectory() as work:
            watch, problems = measure(folder, Path(work) / "case", words)
        print(row(folder.parent.name if folder.name == "trove" else folder.name, watch, problems), flush=True)
        for problem in problems:
            print(f"  {problem.stage} {problem.about[:12]} page {problem.page}: {problem.message}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
