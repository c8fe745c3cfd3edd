"""Every file of `hostile_files` through the program itself: received, read, and what is said and still read of each.

One case for all: a folder with every file is received and read by the command line in processes of its own, behind the
walls, with a listener where hostile documents would call and folders where they would write.
"""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hostile_files import FILES, ROOMS
from hostile_made import STILL, Hostile
from hostile_office import CANARY, HOME

from assay.model import Exhibit, Finding, Occurrence, PageState, Problem
from assay.store.store import Store

SECONDS = 500
SECRET = "words of a file that no document may show"
PAGE = Path(__file__).parents[2] / "docs" / "hostile.md"


def assay(*words: object, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own that may take at most `SECONDS`."""
    given = [sys.executable, "-c", "from assay.cli import main; main()", *map(str, words)]
    return subprocess.run(
        given,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env={**os.environ, "HOME": str(home), "TMPDIR": str(home)},
        check=False,
    )


@dataclass
class Held:
    """What one run made of a folder: by file, what was said, and what was read."""

    case: Path
    exit: int
    said: dict[str, list[str]]
    read: dict[str, str]


class Listener:
    """Counts who connects to the port where hostile documents would call home."""

    def __init__(self) -> None:
        self.calls = 0
        self._server = socket.create_server(HOME)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                self._server.accept()[0].close()
            except OSError:
                return
            self.calls += 1

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)  # wakes the thread, which else keeps the port for ever
        self._thread.join()
        self._server.close()


def held(case: Path, exit_code: int) -> Held:
    """Gather what a case says and shows of each file that was received, with all that was inside of it."""
    with Store.open(case) as store:
        places = {o.exhibit: (o.path, o.parent) for o in reversed(list(store.all(Occurrence))) if o.parent != o.exhibit}
        tops = {o.exhibit: o.path for o in store.all(Occurrence) if o.parent is None}

        def top(digest: str) -> str:
            for _ in range(50):
                if digest in tops:
                    return tops[digest]
                digest = places[digest][1] or ""
            return digest

        said: dict[str, list[str]] = {}
        read: dict[str, str] = {}
        for problem in store.all(Problem):
            said.setdefault(top(problem.about), []).append(f"{problem.category}: {problem.message}")
        for page in store.pages():
            name = top(page.exhibit)
            said.setdefault(name, []).extend(f"note: {note}" for note in page.notes)
            if page.state is PageState.READ:
                read[name] = read.get(name, "") + page.text + "\n"
        return Held(case, exit_code, said, read)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder for the case, with the listener and the canary set up around it."""
    place = tmp_path_factory.mktemp("hostile")
    Path(CANARY).write_text(SECRET)
    yield place
    Path(CANARY).unlink()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture(scope="module")
def whole(place: Path, listener: Listener) -> tuple[Held, Listener]:
    trove, home = place / "trove", place / "home"
    trove.mkdir()
    home.mkdir()
    for file in FILES:
        (trove / file.name).write_bytes(file.make())
    before = fingerprint(trove)
    beside = {p.name for p in Path("/tmp").iterdir()}
    received = assay("receive", place / "case", trove, "--jobs", 2, "--quiet", home=home)
    ran = assay("read", place / "case", "--jobs", 2, "--quiet", home=home)
    assert (received.returncode, ran.returncode) == (3, 3), received.stderr + ran.stderr
    assert fingerprint(trove) == before
    assert list(home.iterdir()) == []
    assert not {n for n in {p.name for p in Path("/tmp").iterdir()} - beside if "assay-hostile" in n}
    return held(place / "case", ran.returncode), listener


def fingerprint(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_what_was_met_is_said_and_the_rest_is_read(whole: tuple[Held, Listener], file: Hostile) -> None:
    seen = whole[0]
    said, read = seen.said.get(file.name, []), seen.read.get(file.name, "")
    category, _, words = file.met.partition(": ")
    if file.met:
        assert any(line.startswith(f"{category}: ") and words in line for line in said), said[:20]
    assert file.still in read, said[:20]
    assert SECRET not in read
    assert "lollollol" not in read
    assert not any(line.startswith(("error:", "crashed:", "hung:")) for line in said), said[:20]


@pytest.mark.slow
def test_nobody_called_home_and_the_case_is_whole(whole: tuple[Held, Listener], place: Path) -> None:
    seen, listener = whole
    assert listener.calls == 0
    verified = assay("verify", seen.case, home=place / "home")
    assert verified.returncode == 0, verified.stdout
    coverage = assay("show", seen.case, "--coverage", home=place / "home")
    assert coverage.returncode in (0, 3), coverage.stderr
    with Store.open(seen.case) as store:
        names = {o.path for o in store.all(Occurrence)}
        assert all(not name.startswith("/") and ".." not in name.split("/") and len(name) <= 1000 for name in names)
        assert store.count(Exhibit) > len(FILES)


IMPORTANT = (
    "flate-nested.pdf", "pages-million.pdf", "forms-double.pdf", "jbig2-symbols.pdf", "fonts-loop.pdf", "huge.png",
    "strings.xlsx", "entities.docx", "calls-home.docx", "calls-home.html", "calls-home.eml", "names.zip", "links.tar",
    "bomb.zip", "nested.eml", "nul.txt",
)  # fmt: skip


@pytest.mark.slow
def test_the_whole_job_gets_through_the_important_ones(place: Path, listener: Listener) -> None:
    """`assay run`, with every examination and extraction: none crashes or hangs, and no document is called unchanged."""
    trove, home = place / "important", place / "home-of-run"
    trove.mkdir()
    home.mkdir()
    for file in FILES:
        if file.name in IMPORTANT:
            (trove / file.name).write_bytes(file.make())
    ran = assay("run", trove, "--case", place / "job", "--jobs", 2, "--quiet", home=home)
    assert ran.returncode == 3, ran.stderr
    assert listener.calls == 0
    assert list(home.iterdir()) == []
    seen = held(place / "job", 3)
    assert not [
        line for lines in seen.said.values() for line in lines if line.startswith(("crashed:", "hung:", "error:"))
    ]
    by_name = {file.name: file for file in FILES}
    assert all(by_name[name].still in seen.read.get(name, "") for name in IMPORTANT)
    with Store.open(place / "job") as store:
        shown = [f.observation for f in store.all(Finding)]
    assert not any(SECRET in text for text in shown)


def test_the_list_is_in_the_documentation() -> None:
    """The page lists each file, and nothing else, in the order of the list."""
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert rows == [file.row() for file in FILES]
    assert all(f"## {room}" in PAGE.read_text("utf-8") for room in ROOMS)


def test_names_are_told_apart() -> None:
    assert len({file.name for file in FILES}) == len(FILES)
    assert set(IMPORTANT) <= {file.name for file in FILES}
    assert all(file.still == STILL or file.attack for file in FILES)
