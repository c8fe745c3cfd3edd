"""Kill -9 at random moments of a run, resume, and compare with an undisturbed run.

    python benchmarks/kill.py TROVE --kills 50 --seed 7

Prints how many kills hit a run at work, and whether records and log (byte for byte, under a fixed clock) and blobs are
the same as without a kill. Exits 1 when they are not.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from assay.store.store import Store

CLOCK = "2026-01-01T00:00:00Z"


def command(trove: Path, case: Path) -> list[str]:
    return [
        sys.executable,
        "-c",
        "from assay.cli import main; main()",
        "run",
        str(trove),
        "--case",
        str(case),
        "--quiet",
    ]


def run(trove: Path, case: Path) -> float:
    started = time.monotonic()
    done = subprocess.run(
        command(trove, case), env={**os.environ, "ASSAY_CLOCK": CLOCK}, capture_output=True, check=False
    )
    if done.returncode not in (0, 3):
        raise SystemExit(f"the run ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    return time.monotonic() - started


def killed(trove: Path, case: Path, after: float) -> bool:
    """Start a run, kill it and all its workers after so many seconds; tell whether it was still at work."""
    process = subprocess.Popen(
        command(trove, case),
        env={**os.environ, "ASSAY_CLOCK": CLOCK},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(after)
    alive = process.poll() is None
    if alive:
        process.send_signal(signal.SIGKILL)
    process.wait()
    return alive


def fingerprint(case: Path) -> dict[str, str]:
    """Return one digest for the records, one for the log, one for the blobs."""
    with Store.open(case) as store:
        rows = hashlib.sha256()
        for row in store.rows():
            rows.update(repr(row).encode())
        log = hashlib.sha256("\n".join(map(repr, store.events())).encode())
        blobs = hashlib.sha256("\n".join(store.blobs).encode())
    return {"records": rows.hexdigest(), "log": log.hexdigest(), "blobs": blobs.hexdigest()}


def trial(trove: Path, work: Path, kills: int, seed: int) -> tuple[int, dict[str, bool], float]:
    """Return how many kills hit, whether each fingerprint is the same, and the undisturbed run's seconds."""
    seconds = run(trove, work / "undisturbed")
    rng = random.Random(seed)
    hit = tried = rounds = 0
    same = {"records": True, "log": True, "blobs": True}
    wanted = fingerprint(work / "undisturbed")
    while hit < kills and tried < kills * 3:
        case = work / f"killed-{rounds}"
        rounds += 1
        for _ in range(min(10, kills - hit)):
            tried += 1
            if not killed(trove, case, rng.uniform(0.05, max(0.6, seconds / 4))):
                break
            hit += 1
        run(trove, case)
        got = fingerprint(case)
        same = {name: same[name] and got[name] == wanted[name] for name in same}
    return hit, same, seconds


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("trove", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        hit, same, seconds = trial(given.trove, Path(work), given.kills, given.seed)
    print(f"undisturbed run: {seconds:.1f} s; kill -9 that hit a run at work: {hit}")
    for name, equal in same.items():
        print(f"{name}: {'identical' if equal else 'DIFFERENT'}")
    return 0 if all(same.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
