"""The system calls that a walled process may make: a list of those allowed, all others refused and named once.

Purpose: a parser that was taken over has nothing of the kernel but memory, time and the line to the driver.
Limits: needs libseccomp (pyseccomp) and Linux. The kernel hands each refused call to whoever holds the listener, which
answers it (`broker`) and can say which call it was; where the kernel gives no listener, the call fails all the same,
unnamed. Source of the structures: linux/seccomp.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
from dataclasses import dataclass

ALLOWED = (
    # memory
    "munmap", "mprotect", "mremap", "madvise", "brk", "membarrier",
    # descriptors that were handed over; no name is opened
    "read", "readv", "pread64", "preadv", "write", "writev", "close", "fstat", "lseek", "recvmsg", "recvfrom", "poll",
    "ppoll", "select", "pselect6", "dup",
    # time, and what the process asks of itself
    "clock_gettime", "clock_getres", "gettimeofday", "time", "nanosleep", "clock_nanosleep", "getrandom", "getpid",
    "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getrusage", "times", "sysinfo", "uname", "getcpu",
    "sched_yield", "sched_getaffinity", "getcwd", "getdents64", "fstatfs", "fadvise64",
    # signals and locks of its own
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "futex", "restart_syscall", "set_robust_list",
    "rseq", "set_tid_address", "exit", "exit_group",
)  # fmt: skip
"""What the engines were seen to need (measured over every reader's samples and the corpora), and no more."""
READING = (
    "open", "openat", "stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2", "readlink",
    "readlinkat",
)  # fmt: skip
"""Besides, for a process that may still load its own program's files: Landlock says which."""
_IOCTLS = (0x5401, 0x5413, 0x541B)  # is it a terminal, how wide is it, how much is there to read
_FCNTLS = (1, 3, 1030)  # F_GETFD, F_GETFL, F_DUPFD_CLOEXEC
_SET_NAME, _SET_VMA = 15, 0x53564D41
_SHARED_NAMELESS = 0x21  # MAP_SHARED and MAP_ANONYMOUS: memory that the limit on a process's own does not count
_READ_ONLY = 0
_WRITING = 0b11  # the access mode among the flags of open
_SET_MODE_FILTER, _NEW_LISTENER = 1, 8


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter made ready before a fork: `asking` hands refused calls to a listener, `refusing` fails them at once."""

    asking: bytes
    refusing: bytes
    call: int

    def load(self) -> int:
        """Put the filter in force in this process for good; return the listener, -1 where there is none.

        Raises `OSError` when the kernel takes neither.
        """
        libc = ctypes.CDLL(None, use_errno=True)
        for code, flags in ((self.asking, _NEW_LISTENER), (self.refusing, 0)):
            program = _Program(len(code) // 8, code)
            listener = int(libc.syscall(self.call, _SET_MODE_FILTER, flags, ctypes.byref(program)))
            if listener >= 0:
                return listener if flags else -1
        raise OSError(ctypes.get_errno(), "the kernel takes no filter of system calls")


def build(line: int, *, reading: bool) -> Filter | None:
    """Return the filter for a process that hands its listener over through descriptor `line`; None: no libseccomp.

    `reading` allows the opening of files, for reading, wherever Landlock allows it.
    """
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):
        return None
    codes = []
    for default in (pyseccomp.NOTIFY, pyseccomp.ERRNO(errno.EPERM)):
        rules = pyseccomp.SyscallFilter(default)
        for call in (*ALLOWED, *(c for c in READING if reading and c not in ("open", "openat"))):
            _allow(rules, call)
        same, masked = pyseccomp.EQ, pyseccomp.MASKED_EQ
        for flags in (0, 0x01, 0x20):
            _allow(rules, "mmap", pyseccomp.Arg(3, masked, _SHARED_NAMELESS, flags))
        for request in _IOCTLS:
            _allow(rules, "ioctl", pyseccomp.Arg(1, same, request))
        for command in _FCNTLS:
            _allow(rules, "fcntl", pyseccomp.Arg(1, same, command))
        for option in (_SET_NAME, _SET_VMA):
            _allow(rules, "prctl", pyseccomp.Arg(0, same, option))
        _allow(rules, "prlimit64", pyseccomp.Arg(2, same, 0))  # to ask is allowed, to change is not
        _allow(rules, "newfstatat", pyseccomp.Arg(3, masked, 0x1000, 0x1000))  # of an open descriptor
        _allow(rules, "sendmsg", pyseccomp.Arg(0, same, line))
        if reading:
            _allow(rules, "open", pyseccomp.Arg(1, masked, _WRITING, _READ_ONLY))
            _allow(rules, "openat", pyseccomp.Arg(2, masked, _WRITING, _READ_ONLY))
        with open(os.memfd_create("rules"), "w+b") as out:  # noqa: PTH123 - a descriptor, no path
            rules.export_bpf(out)
            out.seek(0)
            codes.append(out.read())
    number = pyseccomp.resolve_syscall(pyseccomp.system_arch(), "seccomp")
    return Filter(codes[0], codes[1], number)


def _allow(rules: object, call: str, *arguments: object) -> None:
    import pyseccomp

    try:
        rules.add_rule(pyseccomp.ALLOW, call, *arguments)  # type: ignore[attr-defined]
    except (ValueError, OSError):
        return  # a call that this architecture does not have needs no rule
