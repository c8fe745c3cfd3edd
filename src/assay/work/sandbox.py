"""The walls around a worker: limits, no new privileges, no file system, no network, no programs, few system calls.

Purpose: bytes from a trove are parsed here, and a parser that is taken over by them reaches nothing but the line to the
driver. A sealed process has no file system at all; one that is not may read the program's own code, language files and
fonts, nothing of the user's. Limits: what a taken-over worker can still do stands in `SECURITY.md`. A layer that the
kernel lacks is named by `layers`, shown by `assay parts`, and told at each run.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import stat
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

from assay.work import memory, seccomp

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_ADD_RULE = 445
_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_RULE_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_WRITES = 0b1111111110010  # every right of Landlock's first version but execute, read file and read folder
_MAKE_SOCKET = 1 << 9
_REFER, _TRUNCATE, _IOCTL = 1 << 13, 1 << 14, 1 << 15
_BIND_AND_CONNECT = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11
ALL_LAYERS = ("rlimits", "no_new_privs", "landlock", "seccomp")
_OPEN_FILES = 64
_READABLE = (
    "/usr", "/lib", "/lib64", "/lib32", "/opt", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone",
    "/etc/mime.types", "/etc/ssl/openssl.cnf", "/etc/locale.alias", "/etc/passwd", "/etc/nsswitch.conf",
    "/etc/debian_version", "/etc/os-release", "/var/cache/fontconfig", "/proc/self", "/proc/cpuinfo", "/proc/meminfo",
    "/proc/stat", "/proc/sys", "/proc/filesystems", "/proc/version",
    "/sys/devices/system", "/sys/fs/cgroup", "/sys/kernel/mm", "/dev/urandom",
    "/dev/random", "/dev/zero", "/dev/null",
)  # fmt: skip
"""What a process that is not sealed may read: libraries, fonts, language files. Besides: Python's own folders."""


@dataclass(frozen=True, slots=True)
class Walls:
    """Walls made ready before a fork. `without` leaves layers out, so that tests see what each one stops."""

    sealed: bool
    filter: seccomp.Filter | None
    without: tuple[str, ...] = ()


def prepare(line: int, *, sealed: bool, without: tuple[str, ...] = ()) -> Walls:
    """Return walls for a process that hands its listener over through descriptor `line`."""
    wanted = "seccomp" not in without
    return Walls(sealed, seccomp.build(line, reading=not sealed) if wanted else None, without)


def enter(walls: Walls, allowed: int) -> tuple[tuple[str, ...], int]:
    """Wall in the calling process for good; return the layers that hold, and the listener for refused calls (or -1).

    From here on it may take `allowed` bytes of memory, what it copies of its parent's included.
    """
    held: list[str] = []
    addresses, own = memory.mapped()
    if "rlimits" not in walls.without:
        for limit, value in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_NOFILE, _OPEN_FILES),
            (resource.RLIMIT_AS, addresses + allowed + memory.ADDRESSES),
            (resource.RLIMIT_DATA, own + max(allowed - memory.COPIED, 0)),
        ):
            resource.setrlimit(limit, (value, value))
        held.append("rlimits")
    libc, listener = ctypes.CDLL(None, use_errno=True), -1
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        held.append("no_new_privs")
        readable = () if walls.sealed else _program()
        if "landlock" not in walls.without and landlock(libc, {place: READ for place in readable}):
            held.append("landlock")
        if walls.filter is not None:
            listener = walls.filter.load()
            held.append("seccomp")
    return tuple(held), listener


def die_with_parent(parent: int = 0) -> None:
    """Let the kernel end this process when the one that started it dies; end now if that was no longer `parent`."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if parent and os.getppid() != parent:
        os._exit(1)


def layers() -> tuple[str, ...]:
    """Return the layers that this machine offers, without entering them."""
    held = ["rlimits", "no_new_privs"]
    if ctypes.CDLL(None, use_errno=True).syscall(_LANDLOCK_CREATE_RULESET, None, 0, 1) > 0:
        held.append("landlock")
    if seccomp.build(3, reading=False) is not None:
        held.append("seccomp")
    return tuple(held)


def own_files() -> tuple[Path, ...]:
    """Return where the program's own files lie, which a sealed worker may be handed: libraries, fonts, languages."""
    python = (sys.prefix, sys.base_prefix, *sys.path, os.environ.get("TESSDATA_PREFIX", ""))
    code = {Path(p).resolve() for p in python if p} - {Path("/"), Path("/usr"), Path("/usr/local")}
    code |= {Path(sys.base_prefix) / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"}
    shared = ("fonts", "X11/fonts", "tesseract-ocr", "tessdata", "zoneinfo", "mime")
    system = (
        Path(p).resolve() for p in ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/etc/ld.so.cache")
    )
    return (
        *sorted({*code, *system}),
        *(Path(top) / name for top in ("/usr/share", "/usr/local/share") for name in shared),
    )


def _program() -> tuple[Path, ...]:
    """Return what the program itself needs to read."""
    python = (sys.prefix, sys.exec_prefix, sys.base_prefix, *sys.path, os.environ.get("TESSDATA_PREFIX", ""))
    return tuple(Path(p) for p in dict.fromkeys((*_READABLE, *python)) if p)


READ = _READ_FILE | _READ_FOLDER
RUN = READ | _EXECUTE
WRITE = READ | _WRITES
SOCKET = _MAKE_SOCKET
"""Rights that `landlock` gives below a place."""


def landlock(libc: ctypes.CDLL, allowed: dict[Path, int]) -> bool:
    """Close the file system and TCP to this process but for the rights in `allowed`; tell whether the kernel did."""
    version = libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, 1)
    writes = _WRITES | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    attribute = struct.pack("Q", writes | READ | _EXECUTE | (_IOCTL if version >= 5 else 0))
    if version >= 4:
        attribute += struct.pack("Q", _BIND_AND_CONNECT)
    if version >= 6:
        attribute += struct.pack("Q", _ABSTRACT_SOCKETS_AND_SIGNALS)
    ruleset = libc.syscall(_LANDLOCK_CREATE_RULESET, attribute, len(attribute), 0)
    if ruleset < 0:
        return False
    try:
        for place, wanted in allowed.items():
            try:
                descriptor = os.open(place, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue  # what is not there, or may not be looked at, needs no rule
            rights = wanted | (writes if wanted & _WRITES & ~_MAKE_SOCKET else 0)
            if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
                rights &= _READ_FILE | _WRITE_FILE | _EXECUTE
            rule = struct.pack("=Qi", rights, descriptor)
            added = libc.syscall(_LANDLOCK_ADD_RULE, ruleset, _LANDLOCK_RULE_PATH_BENEATH, rule, 0)
            os.close(descriptor)
            if added < 0:
                return False
        return bool(libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)
