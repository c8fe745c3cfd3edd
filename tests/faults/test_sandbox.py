"""Each wall, by trying to go through it from a worker's process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from assay.work.sandbox import ALL_LAYERS, layers

TRY = """
import ctypes, os, socket, subprocess, sys, threading
from pathlib import Path
from assay.work.sandbox import enter
held = enter(2 << 30, (Path(sys.argv[1]),))
print(" ".join(held))
Path(sys.argv[1], "inside").write_text("x")
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
through("read", lambda: Path(sys.argv[2], "there").read_text())
through("list", lambda: os.listdir(sys.argv[2]))
through("mode", lambda: os.chmod(sys.argv[2] + "/there", 0o777))
through("owner", lambda: os.chown(sys.argv[2] + "/there", os.getuid(), os.getgid()))
through("times", lambda: os.utime(sys.argv[2] + "/there"))
through("parents-files", lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes())
through("session", lambda: os.setsid())
libc = ctypes.CDLL(None, use_errno=True)
tgkill, clone = {"x86_64": (234, 56), "aarch64": (131, 220)}[os.uname().machine]
def call(*words):
    if libc.syscall(*words) < 0:
        raise OSError(ctypes.get_errno(), "no")
through("thread-signal", lambda: call(tgkill, os.getppid(), os.getppid(), 0))
through("namespace", lambda: call(clone, 0x10000000 | 17, 0, 0, 0, 0))
through("large-file", lambda: os.truncate(sys.argv[1] + "/inside", 3 << 30))
worker = threading.Thread(target=lambda: print("threads run"))
worker.start()
worker.join()
child = os.fork()
if not child:
    os._exit(0)
print("forks run", os.waitpid(child, 0)[1])
through("memory", lambda: bytearray(3 << 30))
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
        ("mode", "seccomp"), ("owner", "seccomp"), ("times", "seccomp"), ("session", "seccomp"),
        ("thread-signal", "seccomp"), ("namespace", "seccomp"), ("read", "landlock"), ("list", "landlock"),
        ("parents-files", "landlock"), ("large-file", "rlimits"),
        ("outside", "landlock"), ("remove", "landlock"), ("link", "landlock"), ("memory", "rlimits"),
    ],
)  # fmt: skip
def test_each_wall_stands(said, wall, layer):
    if layer not in layers():
        pytest.skip(f"this kernel lacks {layer}, and `assay parts` says so")
    assert next(line for line in said if line.startswith(wall + " ")).split()[1] == "shut"


def test_what_a_worker_needs_still_works(said):
    assert {"case is writable", "threads run", "forks run 0"} <= set(said)
    assert set(layers()) <= set(ALL_LAYERS)
