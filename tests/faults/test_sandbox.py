"""Each wall, by trying to go through it from a worker's process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from assay.work.sandbox import ALL_LAYERS, layers

TRY = """
import os, socket, subprocess, sys
from pathlib import Path
from assay.work.sandbox import enter
held = enter(2 << 30, (Path(sys.argv[1]),))
print(" ".join(held))
def through(name, act):
    try:
        act()
        print(name, "OPEN")
    except (OSError, MemoryError) as error:
        print(name, "shut", type(error).__name__)
through("socket", lambda: socket.socket())
through("unix", lambda: socket.socket(socket.AF_UNIX))
through("program", lambda: os.execv("/bin/true", ["true"]))
through("kill", lambda: os.kill(os.getppid(), 0))
through("outside", lambda: Path(sys.argv[2], "x").write_text("x"))
through("remove", lambda: Path(sys.argv[2], "there").unlink())
through("link", lambda: os.symlink("/etc/passwd", sys.argv[2] + "/link"))
through("memory", lambda: bytearray(3 << 30))
Path(sys.argv[1], "inside").write_text("x")
os.mkdir(sys.argv[1] + "/folder")
Path(sys.argv[1], "inside").rename(sys.argv[1] + "/folder/inside")
print("case is writable")
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    case, outside = tmp_path_factory.mktemp("case"), tmp_path_factory.mktemp("outside")
    (outside / "there").write_text("keep")
    done = subprocess.run([sys.executable, "-c", TRY, case, outside], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (outside / "there").read_text() == "keep"
    return done.stdout.splitlines()


def test_the_layers_that_hold_are_those_that_are_told(said):
    assert said[0].split() == list(layers())


@pytest.mark.parametrize(
    ("wall", "layer"),
    [
        ("socket", "seccomp"), ("unix", "seccomp"), ("program", "seccomp"), ("kill", "seccomp"),
        ("outside", "landlock"), ("remove", "landlock"), ("link", "landlock"), ("memory", "rlimits"),
    ],
)  # fmt: skip
def test_each_wall_stands(said, wall, layer):
    if layer not in layers():
        pytest.skip(f"this kernel lacks {layer}, and `assay parts` says so")
    assert next(line for line in said if line.startswith(wall + " ")).split()[1] == "shut"


def test_the_case_itself_can_be_written(said):
    assert "case is writable" in said
    assert set(layers()) <= set(ALL_LAYERS)
