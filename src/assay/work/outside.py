"""Programs outside: another program's conversion of hostile bytes, behind walls of its own.

Purpose: what no library reads well goes through a program (LibreOffice, say). It is started anew for each conversion,
sees a private folder and the system's read-only files, has no network, and is bounded in time, memory and output.
A part calls `convert`; behind a worker's walls that asks the driver, which starts programs, only those in `PROGRAMS`.
Limits: with bubblewrap the program has its own namespaces (no network at all, no other process in sight); without it
Landlock and seccomp stand in, and `walls` says so. What comes out is as hostile as what went in: parse it behind walls.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Outside:
    """A program, as one literal: nothing of its command comes from a worker or from a document.

    `programs` are names to look for in PATH; the first that is there is run with `words`, in which `{home}` is its
    private folder, `{given}` the file handed in and `{out}` the folder from which `given.SUFFIX` is taken at its end.
    `package` is the Debian package, `without` what is missing when it is not installed.
    """

    name: str
    programs: tuple[str, ...]
    words: tuple[str, ...]
    suffix: str
    package: str
    without: str


@dataclass(frozen=True, slots=True)
class OutsideLimits:
    """What one conversion may take: wall-clock seconds, bytes of address space, bytes of what comes out."""

    seconds: float = 120.0
    memory: int = 6 << 30
    output: int = 128 << 20


OFFICE_TO_PDF = Outside(
    "libreoffice",
    ("soffice", "libreoffice"),
    (
        "--headless", "--invisible", "--norestore", "--nolockcheck", "--nodefault", "--nologo", "--nofirststartwizard",
        "-env:UserInstallation=file://{home}/profile", "--convert-to", "pdf", "--outdir", "{out}", "{given}",
    ),
    "pdf",
    "libreoffice-core-nogui",
    "documents of Word, Excel and PowerPoint have no page images, and their old formats are read in part only",
)  # fmt: skip
"""LibreOffice, with a user installation of its own for each conversion: what one document left there meets no other."""

PROGRAMS: dict[str, Outside] = {program.name: program for program in (OFFICE_TO_PDF,)}
"""Every program that assay may start, by name."""

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt")
_CONFIGURATION = (
    "/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/libreoffice",
    "/etc/localtime", "/etc/mime.types", "/etc/papersize", "/etc/java-17-openjdk", "/var/cache/fontconfig",
    "/var/lib/libreoffice", "/var/spool/libreoffice",
)  # fmt: skip
_NAMED = re.compile(r"\{(home|given|out)\}")
_SUFFIX = re.compile(r"[a-z0-9]{1,8}")


class OutsideFailed(Exception):
    """A program did not convert. `category` is one of `model.PROBLEMS`: missing_program, hung, limit, crashed, ..."""

    def __init__(self, category: str, message: str) -> None:
        """Say why, in one plain sentence."""
        super().__init__(message)
        self.category = category
        self.message = message


Asking = Callable[[str, bytes, str, OutsideLimits], bytes]
_asking: list[Asking] = []


def convert(program: Outside, data: bytes, suffix: str, limits: OutsideLimits | None = None) -> bytes:
    """Return what `program` makes of `data`, which it is handed as a file that ends in `.suffix`.

    Raises `OutsideFailed`. Behind a worker's walls the driver is asked; elsewhere the program is started here.
    """
    limits = limits or OutsideLimits()
    if _asking:
        return _asking[-1](program.name, data, suffix, limits)
    return run(program, data, suffix, limits)


def ask_through(asking: Asking) -> None:
    """Let `convert` ask the driver from now on: this process is a worker."""
    _asking[:] = [asking]


def found(program: Outside) -> str | None:
    """Return where the program is installed, None where it is not."""
    return next((place for name in program.programs if (place := shutil.which(name))), None)


@cache
def walls() -> tuple[str, ...]:
    """Return the layers around programs outside on this machine: bubblewrap, or what stands in for it."""
    from assay.work.sandbox import layers

    return ("rlimits", "bubblewrap") if _bubblewrap() else layers()


@cache
def _bubblewrap() -> str | None:
    """Return bubblewrap where it is installed and the kernel lets it make namespaces."""
    place = shutil.which("bwrap")
    if place is None:
        return None
    trial = [place, "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "/bin/true"]
    try:
        done = subprocess.run(trial, capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return place if done.returncode == 0 else None


def run(
    program: Outside, data: bytes, suffix: str, limits: OutsideLimits | None = None, folder: Path | None = None
) -> bytes:
    """Start `program` on `data` and return what it made; for the driver and for work without walls.

    `folder` is where its private folder is made (default: the system's temporary folder) and removed again.
    Raises `OutsideFailed`.
    """
    limits = limits or OutsideLimits()
    place = found(program)
    if place is None:
        raise OutsideFailed("missing_program", f"{program.name} is not installed: install {program.package}")
    if not _SUFFIX.fullmatch(suffix):
        raise OutsideFailed("error", f"{suffix[:20]!r} is no suffix of a file")
    with tempfile.TemporaryDirectory(prefix=".outside-", dir=folder, ignore_cleanup_errors=True) as private:
        home = Path(private).resolve()
        for name in ("in", "out", "home"):
            (home / name).mkdir()
        given = home / "in" / f"given.{suffix}"
        given.write_bytes(data)
        _start(program, place, home, given, limits)
        return _taken(home / "out", f"given.{program.suffix}", program, limits)


def _start(program: Outside, place: str, home: Path, given: Path, limits: OutsideLimits) -> None:
    inside = Path("/private") if _bubblewrap() else home
    names = {"home": str(inside / "home"), "given": str(inside / "in" / given.name), "out": str(inside / "out")}
    words = [place, *(_NAMED.sub(lambda m: names[m[1]], word) for word in program.words)]
    order = {
        "home": str(home), "memory": limits.memory, "seconds": limits.seconds, "output": limits.output,
        "bubblewrap": _bubblewrap() or "",
    }  # fmt: skip
    launcher = [sys.executable, "-P", "-m", "assay.work.outside", json.dumps(order), *words]
    shared = _meeting_places()
    code = _wait(launcher, home, program, limits, shared)
    if code and not _bubblewrap():
        # A new installation starts itself a second time, and could not remove its first self's meeting place.
        code = _wait(launcher, home, program, limits, shared)
    if code:
        said_last = (home / "said").read_bytes()[-300:].decode("utf-8", "replace").strip()
        raise OutsideFailed("crashed", f"{program.name} ended with code {code}: {said_last or 'it said nothing'}")


def _meeting_places() -> set[Path]:
    """Return LibreOffice's sockets in the shared folder, where without bubblewrap it may make but not remove them."""
    return set() if _bubblewrap() else set(Path("/tmp").glob("OSL_PIPE_*"))


def _wait(launcher: list[str], home: Path, program: Outside, limits: OutsideLimits, shared: set[Path]) -> int:
    """Run the program and return its code; raise `OutsideFailed` when it does not come back in time."""
    with (home / "said").open("wb") as said:
        process = subprocess.Popen(
            launcher, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True, cwd=home / "out"
        )
    ended = os.pidfd_open(process.pid)
    try:
        if not select.select([ended], [], [], limits.seconds)[0]:
            message = f"{program.name} did not finish within {limits.seconds:.0f} seconds"
            raise OutsideFailed("hung", message)
    finally:
        os.close(ended)
        with contextlib.suppress(ProcessLookupError):
            # all that it started, too; it was not waited for yet, so its number is still its own
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for left in _meeting_places() - shared:
            left.unlink(missing_ok=True)
    return process.returncode


def _taken(out: Path, name: str, program: Outside, limits: OutsideLimits) -> bytes:
    """Return the file that came out. A link or a device in its place would make the driver read something else."""
    try:
        descriptor = os.open(out / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        raise OutsideFailed("broken", f"{program.name} made nothing of it") from None
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_nlink != 1:
            raise OutsideFailed("broken", f"{program.name} left no plain file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(limits.output + 1)
    finally:
        os.close(descriptor)
    if len(data) > limits.output:
        raise OutsideFailed("limit", f"{program.name} made more than {limits.output >> 20} MiB of it")
    return data


def _launch(order: dict[str, object], words: list[str]) -> None:
    """Enter the limits and become the program: the rest of this process's life is its own."""
    import resource

    from assay.work import outside_walls, sandbox

    sandbox.die_with_parent()
    home, memory, output = Path(str(order["home"])), int(str(order["memory"])), int(str(order["output"]))
    seconds = int(float(str(order["seconds"]))) + 1
    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_CPU, 2 * seconds),
    ):
        resource.setrlimit(limit, (value, value))
    bubblewrap = str(order["bubblewrap"])
    inside = Path("/private") if bubblewrap else home
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(inside / "home"),
        "TMPDIR": str(inside / "home"),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "SOURCE_DATE_EPOCH": "946684800",
        "SAL_USE_VCLPLUGIN": "svp",
    }
    if bubblewrap:
        words = [bubblewrap, *_namespaces(home, environment), "--", *words]
        os.execve(bubblewrap, words, environment)
    outside_walls.enter(home, (*_SYSTEM, *_CONFIGURATION))
    os.execve(words[0], words, environment)


def _namespaces(home: Path, environment: dict[str, str]) -> list[str]:
    """Return bubblewrap's words: every namespace new, the system read only, a private folder, nothing else."""
    words = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "assay"]
    for place in _SYSTEM:
        if Path(place).is_symlink():
            words += ["--symlink", str(Path(place).readlink()), place]
        elif Path(place).exists():
            words += ["--ro-bind", place, place]
    for place in _CONFIGURATION:
        words += ["--ro-bind-try", place, place]
    words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", "/private"]
    words += ["--ro-bind", str(home / "in"), "/private/in"]
    words += ["--bind", str(home / "out"), "/private/out", "--bind", str(home / "home"), "/private/home"]
    words += ["--chdir", "/private/out", "--clearenv"]
    for name, value in environment.items():
        words += ["--setenv", name, value]
    return words


if __name__ == "__main__":
    _launch(json.loads(sys.argv[1]), sys.argv[2:])
