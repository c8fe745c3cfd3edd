"""Run one trove with one worker, with two, and a second time over: records, log and blobs must be the same.

    python benchmarks/same.py TROVE

Exits 1 when they are not.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from kill import CLOCK, command, fingerprint


def run(trove: Path, case: Path, jobs: int) -> None:
    words = [*command(trove, case), "--jobs", str(jobs)]
    done = subprocess.run(words, env={**os.environ, "ASSAY_CLOCK": CLOCK}, capture_output=True, check=False)
    if done.returncode not in (0, 3):
        raise SystemExit(done.stderr.decode()[-2000:])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("trove", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        one, two = Path(work) / "one", Path(work) / "two"
        run(given.trove, one, 1)
        run(given.trove, two, 2)
        first, second = fingerprint(one), fingerprint(two)
        run(given.trove, one, 2)
        again = fingerprint(one)
    for name in first:
        print(f"{name}: one and two workers {'identical' if first[name] == second[name] else 'DIFFERENT'}, ", end="")
        print(f"run again {'identical' if first[name] == again[name] else 'DIFFERENT'}")
    return 0 if first == second == again else 1


if __name__ == "__main__":
    sys.exit(main())
