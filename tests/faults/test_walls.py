"""Each wall, by trying to go through it from inside a real worker; and with the wall left out, to see that it held."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from faulty import rooms, said, trove

from assay.work.sandbox import layers

__all__ = ["rooms"]

FILES = (
    "read", "list", "write", "remove", "rename", "link", "mode", "times", "folder", "reopen", "environment",
    "memory-of-others",
)  # fmt: skip
CALLS = (
    "look", "bind", "unix", "pair", "fork", "bomb", "ptrace", "signal", "stop", "namespace", "keys", "shared",
)  # fmt: skip
REFUSED = ("connect", "program", "mount", "filter", "ring", "limit", "send", "session", "fill", "thread")
"""What fails for other reasons too, or what would end the worker, when there is no wall."""


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Return the exhibits that try each way, with what each is to reach."""
    outside = tmp_path_factory.mktemp("outside")
    server = socket.create_server(("127.0.0.1", 0))
    ways = {}
    for way in (*FILES, *CALLS, *REFUSED, "much"):
        rest = str(outside / way)
        if way in ("write", "link", "folder"):
            rest += ".new"
        elif way == "list":
            rest = str(outside)
        elif way in FILES or way == "look":
            Path(rest).write_text("keep")
        if way in ("connect", "bind"):
            rest = str(server.getsockname()[1])
        ways[way] = f"{way} {rest}"
    yield outside, ways
    server.close()


def attempt(tmp_path_factory, places, *without: str) -> dict[str, str]:
    _, ways = places
    work = tmp_path_factory.mktemp("work")
    names = [w for w in ways if not without or w not in REFUSED]
    found = said(work / "case", trove(work / "trove", *(ways[w] for w in names)), without=without)
    return {way: found.get(ways[way], "nothing") for way in names}


@pytest.fixture(scope="module")
def walled(tmp_path_factory, places, module_rooms):
    before = {p.name: p.stat().st_mtime_ns for p in places[0].iterdir()}
    found = attempt(tmp_path_factory, places)
    assert {p.name: p.stat().st_mtime_ns for p in places[0].iterdir()} == before
    return found


@pytest.fixture(scope="module")
def module_rooms():
    here = str(Path(__file__).parent)
    old = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join([here, old])
    yield
    os.environ["PYTHONPATH"] = old


@pytest.mark.parametrize("way", [*FILES, *CALLS, *REFUSED, "much"])
def test_no_way_leads_out_of_a_worker(walled, way):
    if not {"landlock", "seccomp"} <= set(layers()):
        pytest.skip("this kernel lacks landlock or seccomp, and `assay parts` says so")
    assert walled[way].startswith("shut"), walled[way]


@pytest.fixture(scope="module")
def open_ground(tmp_path_factory, places, module_rooms):
    return attempt(tmp_path_factory, places, "landlock", "seccomp", "rlimits")


@pytest.mark.parametrize("way", [*FILES, *CALLS, "much"])
def test_it_was_a_wall_that_shut_each_way(open_ground, way):
    if way == "environment" and os.getuid():
        pytest.skip("only root may look at its own kind whatever the kernel's settings")
    assert open_ground[way] == "OPEN"


def test_landlock_alone_closes_the_file_system(tmp_path_factory, places, module_rooms):
    if "landlock" not in layers():
        pytest.skip("this kernel lacks landlock, and `assay parts` says so")
    found = attempt(tmp_path_factory, places, "seccomp")
    closed = ("read", "list", "write", "remove", "rename", "link", "folder", "environment", "memory-of-others")
    assert {way: found[way][:4] for way in closed} == dict.fromkeys(closed, "shut")


def test_the_filter_alone_closes_all_but_memory(tmp_path_factory, places, module_rooms):
    if "seccomp" not in layers():
        pytest.skip("this machine lacks seccomp, and `assay parts` says so")
    found = attempt(tmp_path_factory, places, "landlock", "rlimits")
    assert {way for way, what in found.items() if what == "OPEN"} == {"much"}


def test_a_missing_layer_is_told_once_and_loudly(tmp_path):
    told: list[str] = []
    said(tmp_path / "case", trove(tmp_path / "t", "one", "two"), without=("landlock",), notice=told.append)
    assert len([t for t in told if "landlock" in t]) == 1
    told.clear()
    said(tmp_path / "case2", tmp_path / "t", notice=told.append)
    assert told == [] or set(layers()) < {"rlimits", "no_new_privs", "landlock", "seccomp"}


def test_a_refused_call_is_named_in_the_log_and_to_the_user(tmp_path):
    if "seccomp" not in layers():
        pytest.skip("this machine lacks seccomp, and `assay parts` says so")
    told: list[str] = []
    said(tmp_path / "case", trove(tmp_path / "t", "unix x", "read /etc/hostname"), notice=told.append)
    assert any("system call socket" in text for text in told)
    log = (tmp_path / "case" / "workers.log").read_text()
    assert "socket" in log
    assert "/etc/hostname" in log
