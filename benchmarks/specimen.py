"""Make specimens, run the whole job on each, and print the goals with the figure that was reached for each seed.

    python benchmarks/specimen.py --pages 120 --seeds 1 2 3

Every figure is what `assay score` says. Exits 1 while a goal is not met.
"""

from __future__ import annotations

import argparse
import json
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


def job(folder: Path, pages: int, seed: int, jobs: int) -> tuple[dict[str, Any], float]:
    """Return the score of one specimen, and the seconds that the run took."""
    made = assay("specimen", str(folder), "--pages", str(pages), "--seed", str(seed))
    if made.returncode:
        raise SystemExit(made.stderr)
    started = time.monotonic()
    ran = assay("run", str(folder / "trove"), "--case", str(folder / "case"), "--jobs", str(jobs), "--quiet")
    seconds = time.monotonic() - started
    if ran.returncode not in (0, 3):
        raise SystemExit(ran.stderr)
    scored = assay("score", str(folder / "case"), "--truth", str(folder / "truth.json"), "--json")
    return json.loads(scored.stdout), seconds


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=120)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--jobs", type=int, default=0)
    given = parser.parse_args()
    table: dict[str, dict[int, str]] = {}
    met = True
    for seed in given.seeds:
        with tempfile.TemporaryDirectory() as work:
            score, seconds = job(Path(work) / "specimen", given.pages, seed, given.jobs)
        table.setdefault("seconds of the run", {})[seed] = f"{seconds:.0f}"
        for goal in score["goals"]:
            bound = f"{'<=' if goal['upper'] else '>='} {goal['target']}"
            value = "-" if goal["value"] is None else f"{goal['value']:.3f}"
            missed = goal["value"] is not None and not goal["met"]
            mark = " *" if missed else ""
            met &= not missed
            table.setdefault(f"{goal['name']} ({bound})", {})[seed] = value + mark
    print(f"| {given.pages} pages | " + " | ".join(f"seed {s}" for s in given.seeds) + " |")
    print("| --- |" + " ---: |" * len(given.seeds))
    for name, values in table.items():
        print(f"| {name} | " + " | ".join(values.get(s, "-") for s in given.seeds) + " |")
    print("\n`*`: below the goal.")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
