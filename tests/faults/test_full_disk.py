"""A full disk ends a run with exit 6 and one clear line; when there is room again, it goes on and nothing is lost."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assay.custody.verify import verify
from assay.store.store import Store

VERBS = """
import sys
from assay.cli import main
for words in {both!r}:
    sys.argv[1:] = words
    try:
        main()
    except SystemExit as end:
        if end.code not in (None, 0, 3):
            raise
"""
CLOCK = "2026-01-01T00:00:00Z"
FILES, SIZE = 24, 30_000


def run(folder: Path, case: Path, most: int = 0, executor: str = "inline") -> subprocess.CompletedProcess[str]:
    """Receive and read `folder`; with `most`, no file of the case may grow above so many bytes."""

    def bound() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

    words = ["-j", "1", "--quiet", "--executor", executor]
    both = [["receive", str(case), str(folder), *words], ["read", str(case), *words]]
    return subprocess.run(
        [sys.executable, "-c", VERBS.format(both=both)],
        env={**os.environ, "ASSAY_CLOCK": CLOCK},
        preexec_fn=bound if most else None,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Return a trove, and what a run over it leaves when there is room."""
    work = tmp_path_factory.mktemp("undisturbed")
    folder = work / "trove"
    folder.mkdir()
    for number in range(FILES):
        words = f"Letter No. {number}. The goods are delivered in {number + 2} days.\n"
        (folder / f"{number:02}.txt").write_text(words * (SIZE // len(words)))
    assert run(folder, work / "case").returncode in (0, 3)
    return folder, held(work / "case")


def held(case: Path) -> tuple[list[object], list[object], list[str]]:
    with Store.open(case) as store:
        assert verify(store).breaches == ()
        return list(store.rows()), list(store.events()), list(store.blobs)


def told(done: subprocess.CompletedProcess[str]) -> None:
    """Check that a run ended as one that found no room."""
    assert done.returncode == 6, done.stderr
    lines = [line for line in done.stderr.splitlines() if not line.startswith("assay: this machine lacks walls")]
    assert "Traceback" not in done.stderr
    assert 1 <= len(lines) <= 2, done.stderr  # what happened, and what to do
    assert "cannot be" in lines[0]


@pytest.mark.parametrize("most", [20_000, 300_000, 700_000])
def test_a_run_that_finds_no_room_loses_nothing(undisturbed, tmp_path, most):
    folder, wanted = undisturbed
    told(run(folder, tmp_path / "case", most))
    assert run(folder, tmp_path / "case").returncode in (0, 3)
    assert held(tmp_path / "case") == wanted


@contextlib.contextmanager
def small_disk(place: Path, size: int) -> Iterator[Path]:
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("only root may make a small disk here; RLIMIT_FSIZE stands in for it above")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_stops_the_run_and_more_room_lets_it_go_on(undisturbed, tmp_path):
    folder, wanted = undisturbed
    with small_disk(tmp_path / "disk", 1_300_000) as disk:
        told(run(folder, disk / "case", executor="processes"))
        subprocess.run(["mount", "-o", "remount,size=64M", str(disk)], check=True)
        assert run(folder, disk / "case", executor="processes").returncode in (0, 3)
        assert held(disk / "case") == wanted
