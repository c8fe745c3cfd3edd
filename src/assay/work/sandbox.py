"""The walls around a worker: limits, no new privileges, no network, no programs, no writing but in the case.

Purpose: bytes from a trove are parsed here, and a parser that is taken over by them reaches nothing outside.
Limits: the worker still reads files that the user may read (it must load libraries and language files, and the
blobs of the case). A layer that the kernel lacks is named by `layers` and shown by `assay parts`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import struct
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_ADD_RULE = 445
_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_RULE_PATH_BENEATH = 1
_WRITES = 0b1111111110010  # every right of Landlock's first version but execute, read file and read folder
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_DENIED_CALLS = (
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "execve", "execveat",
    "ptrace", "process_vm_readv", "process_vm_writev", "kill", "tkill", "mount", "umount2", "pivot_root", "chroot",
    "bpf", "perf_event_open", "keyctl", "add_key", "request_key", "init_module", "finit_module", "kexec_load", "reboot",
    "setns", "unshare", "userfaultfd", "io_uring_setup",
)  # fmt: skip


def enter(memory: int, writable: tuple[Path, ...]) -> tuple[str, ...]:
    """Wall in the calling process for good; return the layers that hold.

    `memory` bounds its address space in bytes; `writable` are the only folders below which it may write.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    held = ["rlimits"]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        held.append("no_new_privs")
        filters = _seccomp()
        if _landlock(libc, writable):
            held.append("landlock")
        if filters is not None:
            filters.load()
            held.append("seccomp")
    return tuple(held)


def die_with_parent() -> None:
    """Let the kernel end this process when the one that started it dies, however it dies."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def layers() -> tuple[str, ...]:
    """Return the layers that this machine offers, without entering them."""
    held = ["rlimits", "no_new_privs"]
    if ctypes.CDLL(None, use_errno=True).syscall(_LANDLOCK_CREATE_RULESET, None, 0, 1) > 0:
        held.append("landlock")
    if _seccomp() is not None:
        held.append("seccomp")
    return tuple(held)


ALL_LAYERS = ("rlimits", "no_new_privs", "landlock", "seccomp")


def _seccomp() -> _Filter | None:
    """Return a filter that denies what no parser needs, None where libseccomp is absent."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):
        return None
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for call in _DENIED_CALLS:
        try:
            rules.add_rule(pyseccomp.ERRNO(errno.EPERM), call)
        except (ValueError, OSError):
            continue  # a call that this architecture does not have needs no rule
    return _Filter(rules)


class _Filter:
    """A prepared seccomp filter; importing pyseccomp must come before Landlock closes the file system."""

    def __init__(self, rules: object) -> None:
        self._rules = rules

    def load(self) -> None:
        """Put the filter in force."""
        self._rules.load()  # type: ignore[attr-defined]


def _landlock(libc: ctypes.CDLL, writable: tuple[Path, ...]) -> bool:
    version = libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, 1)
    writes = _WRITES | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    attribute = struct.pack("Q", writes)
    ruleset = libc.syscall(_LANDLOCK_CREATE_RULESET, attribute, len(attribute), 0)
    if ruleset < 0:
        return False
    try:
        for folder in (*writable, Path("/dev/null")):
            descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            rights = writes if folder.is_dir() else 0b10
            rule = struct.pack("=Qi", rights, descriptor)
            added = libc.syscall(_LANDLOCK_ADD_RULE, ruleset, _LANDLOCK_RULE_PATH_BENEATH, rule, 0)
            os.close(descriptor)
            if added < 0:
                return False
        return bool(libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)
