"""Answering the system calls that the filter keeps from a walled worker: no, and which it was, or a file handed in.

Purpose: a worker has no file system. What its libraries did not load before the fork (a font that a page names, or a
module behind a rare branch) the zygote opens for it, read only, when it lies among the program's own files; all else is
refused and named once, so that an engine's new need shows. Limits: seccomp's listener, Linux 5.14 for files.
Source of the structures: linux/seccomp.h.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import struct
from pathlib import Path

_RECEIVE, _SEND, _ADD = 0xC0502100, 0xC0182101, 0x40182103
_NOTICE, _ANSWER, _FILE = struct.Struct("=QIIiIQ6Q"), struct.Struct("=QqiI"), struct.Struct("=QIIII")
_CONTINUE, _ADD_AND_ANSWER = 1, 2
_OPENS = {"open": (0, 1), "openat": (1, 2)}
_LOOKS = {"stat": 0, "lstat": 0, "access": 0, "newfstatat": 1, "statx": 1, "faccessat": 1, "faccessat2": 1}
_NAMES = {"execve": 0, "unlink": 0, "mkdir": 0, "readlink": 0, "readlinkat": 1}
_PLAIN = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_NOCTTY | 0o100000
"""Flags of an opening that only reads (the last one is O_LARGEFILE)."""


def attend(listener: int, roots: tuple[Path, ...]) -> tuple[str, str] | None:
    """Answer the call that waits at a listener: hand in what lies below `roots`, refuse all else.

    Returns the call's name and what it named, the name empty when it was granted; None when no call waits any more.
    """
    notice = bytearray(_NOTICE.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, notice)
        number, process, _, call, _, _, *arguments = _NOTICE.unpack(notice)
        name = _name(call)
        place = {**{k: v[0] for k, v in _OPENS.items()}, **_LOOKS, **_NAMES}.get(name)
        path = _text(process, arguments[place]) if place is not None else ""
        if name in _LOOKS and _own(path, roots):
            # By the time that the kernel looks, the name may be another: it tells no more than that something is there.
            fcntl.ioctl(listener, _SEND, _ANSWER.pack(number, 0, 0, _CONTINUE))
            return "", path
        if name in _OPENS and not arguments[_OPENS[name][1]] & 0xFFFFFFFF & ~_PLAIN and _own(path, roots):
            return ("" if _hand_in(listener, number, path) else name), path
        fcntl.ioctl(listener, _SEND, _ANSWER.pack(number, 0, -_error(name), 0))
    except OSError:
        return None
    return name, path


def _hand_in(listener: int, number: int, path: str) -> bool:
    """Open a file here and put it into the process that asked, as the answer to its call; tell whether it has it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as error:
        fcntl.ioctl(listener, _SEND, _ANSWER.pack(number, 0, -(error.errno or errno.EACCES), 0))
        return True
    try:
        kind = os.fstat(descriptor).st_mode
        if stat.S_ISREG(kind) or stat.S_ISDIR(kind):
            fcntl.ioctl(listener, _ADD, _FILE.pack(number, _ADD_AND_ANSWER, descriptor, 0, os.O_CLOEXEC))
            return True
    except OSError:
        pass  # an older kernel: then it is refused
    finally:
        os.close(descriptor)
    fcntl.ioctl(listener, _SEND, _ANSWER.pack(number, 0, -errno.EACCES, 0))
    return False


def _own(path: str, roots: tuple[Path, ...]) -> bool:
    """Tell whether an absolute path leads, links and all, to something below one of `roots`."""
    if not path.startswith("/"):
        return False
    try:
        real = Path(os.path.realpath(path))
    except (OSError, ValueError):
        return False
    return any(real.is_relative_to(root) for root in roots)


def _text(process: int, address: int) -> str:
    """Return the name of a file that a process hands the kernel, empty when it cannot be seen."""
    try:
        with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:  # noqa: PTH123 - the kernel's, no file
            memory.seek(address)
            said = memory.read(4096)
    except (OSError, ValueError, OverflowError):
        return ""
    name, ended, _ = said.partition(b"\0")
    return os.fsdecode(name) if ended else ""


def _error(name: str) -> int:
    if name == "clone3":
        return errno.ENOSYS  # the C library then takes clone, which is refused by its own name
    return errno.EACCES if name in _OPENS or name in _LOOKS else errno.EPERM


def _name(call: int) -> str:
    import pyseccomp

    try:
        found = pyseccomp.resolve_syscall(pyseccomp.system_arch(), call)
    except (ValueError, OSError):
        return f"number {call}"
    return found.decode() if isinstance(found, bytes) else str(found)
