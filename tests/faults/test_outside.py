"""Programs outside, by trying to go through each of their walls: with bubblewrap, and with what stands in for it."""

from __future__ import annotations

import os
import shutil
import socket
import time

import pytest

from assay.work import outside
from assay.work.outside import OFFICE_TO_PDF, Outside, OutsideFailed, OutsideLimits, run
from assay.work.sandbox import layers

SHORT = OutsideLimits(seconds=10, memory=1 << 30, output=1 << 20)


def shell(script: str) -> Outside:
    return Outside("shell", ("bash",), ("-c", script, "bash", "{given}", "{out}", "{home}"), "txt", "bash", "tests")


@pytest.fixture(params=["bubblewrap", "without"])
def wall(request, monkeypatch):
    if request.param == "without":
        monkeypatch.setattr(outside, "_bubblewrap", lambda: None)
        if "landlock" not in layers() or "seccomp" not in layers():
            pytest.skip("this kernel lacks what stands in for bubblewrap, and `assay parts` says so")
    elif outside._bubblewrap() is None:
        pytest.skip("bubblewrap is not installed, or this machine refuses namespaces; `assay parts` says so")
    return request.param


def test_it_hands_over_the_file_and_takes_what_comes_out(wall, tmp_path):
    assert run(shell('tr a-z A-Z < "$1" > "$2/given.txt"'), b"a letter", "txt", SHORT, tmp_path) == b"A LETTER"
    assert list(tmp_path.iterdir()) == []


def test_it_reads_nothing_of_the_user(wall, tmp_path):
    (tmp_path / "secret").write_text("the source's name")
    files = f"{tmp_path}/secret /etc/shadow /root/.bashrc /proc/{os.getpid()}/environ"
    script = f'cat {files} > "$2/given.txt" 2>/dev/null; true'
    assert run(shell(script), b"x", "txt", SHORT) == b""


def test_it_writes_nowhere_else(wall, tmp_path):
    script = f'echo x > {tmp_path}/x; echo x > /usr/x; rm -f {tmp_path}/there; echo done > "$2/given.txt"'
    (tmp_path / "there").write_text("keep")
    assert run(shell(script), b"x", "txt", SHORT) == b"done\n"
    assert [p.name for p in tmp_path.iterdir()] == ["there"]


def test_it_reaches_no_network(wall):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        script = f"(exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null && echo open || echo shut; "
        assert run(shell(f'{{ {script} }} > "$2/given.txt"'), b"x", "txt", SHORT) == b"shut\n"


def test_it_is_given_no_more_time(wall):
    started = time.monotonic()
    with pytest.raises(OutsideFailed) as raised:
        run(shell("sleep 60 & sleep 60"), b"x", "txt", OutsideLimits(seconds=1))
    assert raised.value.category == "hung"
    assert time.monotonic() - started < 20


def test_what_comes_out_is_bounded(wall):
    with pytest.raises(OutsideFailed) as raised:
        run(shell('yes > "$2/given.txt"'), b"x", "txt", SHORT)
    assert raised.value.category in ("limit", "crashed")
    tricked = run(shell('yes > "$2/given.txt"; yes >> "$2/given.txt"; true'), b"x", "txt", SHORT)
    assert len(tricked) <= SHORT.output


def test_a_link_in_place_of_what_comes_out_is_not_followed(wall, tmp_path):
    (tmp_path / "secret").write_text("the source's name")
    for script in (f'ln -s {tmp_path}/secret "$2/given.txt"', 'mkfifo "$2/given.txt"', 'mkdir "$2/given.txt"'):
        with pytest.raises(OutsideFailed) as raised:
            run(shell(script), b"x", "txt", SHORT)
        assert raised.value.category in ("broken", "crashed"), script


def test_memory_is_bounded(wall):
    script = 'x=$(yes | tr -d "\\n" | head -c 60000000); echo "$x" | wc -c > "$2/given.txt"; test -n "$x"'
    with pytest.raises(OutsideFailed) as raised:
        run(shell(script), b"x", "txt", OutsideLimits(seconds=30, memory=90 << 20))
    assert raised.value.category in ("crashed", "broken")
    assert run(shell(script), b"x", "txt", OutsideLimits(seconds=30)).strip() == b"60000001"


def test_what_is_not_installed_is_named_with_its_package():
    with pytest.raises(OutsideFailed) as raised:
        run(Outside("nothing", ("no-such-program",), (), "txt", "some-package", ""), b"x", "txt")
    assert raised.value.category == "missing_program"
    assert "some-package" in raised.value.message


def test_a_suffix_cannot_lead_out_of_its_folder(tmp_path):
    with pytest.raises(OutsideFailed):
        run(shell("true"), b"x", "../../x", SHORT, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_converts_behind_its_walls(wall):
    assert run(OFFICE_TO_PDF, "Договор № 5\n".encode(), "txt")[:5] == b"%PDF-"
