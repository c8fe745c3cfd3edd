"""Kill -9 at random moments: nothing lost, nothing doubled, the log the same."""

from __future__ import annotations

import importlib.util
import zipfile
from pathlib import Path


def benchmark():
    path = Path(__file__).parents[2] / "benchmarks" / "kill.py"
    spec = importlib.util.spec_from_file_location("kill", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_killed_runs_end_as_the_undisturbed_one(tmp_path):
    trove = tmp_path / "trove"
    trove.mkdir()
    for n in range(12):
        (trove / f"letter {n}.txt").write_text(
            f"Letter No. {n}\n\nContract No. 7/{n} of 5 May 2024. Total: {n},500.00 USD.\n"
        )
    with zipfile.ZipFile(trove / "more.zip", "w") as more:
        for n in range(5):
            more.writestr(f"inner {n}.txt", f"Протокол № {n} от 12.03.2024\n")
    hit, same, _ = benchmark().trial(trove, tmp_path, kills=6, seed=3)
    assert hit >= 3
    assert same == {"records": True, "log": True, "blobs": True}
