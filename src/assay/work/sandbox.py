"""The walls around a worker: limits, no new privileges, no network, no programs, no writing but of blobs.

Purpose: bytes from a trove are parsed here, and a parser that is taken over by them reaches nothing outside.
Limits: the worker reads the system's libraries, fonts and language files, Python's own files, and the whole case;
nothing else of the user's. It holds the case's database open for reading, and SQLite shares that lock file and log
between readers and writer: a taken-over worker could spoil them. What it does to blobs, `assay verify` finds. A layer
that the kernel lacks is named by `layers` and shown by `assay parts`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import stat
import struct
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_ADD_RULE = 445
_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_RULE_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_WRITES = 0b1111111110010  # every right of Landlock's first version but execute, read file and read folder
_MAKE_SOCKET = 1 << 9
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_BIND_AND_CONNECT = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11
_DENIED_CALLS = (
    # network
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg",
    # programs and other processes
    "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kill", "tkill",
    "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "kcmp", "setsid",
    "setpgid",
    # files of others: Landlock says nothing about modes, owners, times and attributes
    "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "utime", "utimes", "utimensat",
    "futimesat", "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr",
    "open_by_handle_at", "mknod", "mknodat",
    # mounts and namespaces
    "mount", "umount2", "pivot_root", "chroot", "setns", "unshare", "fsopen", "fsmount", "fsconfig", "fspick",
    "move_mount", "open_tree", "mount_setattr",
    # the kernel and the machine
    "bpf", "perf_event_open", "keyctl", "add_key", "request_key", "init_module", "finit_module", "delete_module",
    "kexec_load", "kexec_file_load", "reboot", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
    "swapon", "swapoff", "syslog", "acct", "quotactl", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
    "sethostname", "setdomainname", "iopl", "ioperm", "modify_ldt", "personality",
)  # fmt: skip
_NEW_NAMESPACES = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000, 0x00000080)
_READABLE = (
    "/usr", "/lib", "/lib64", "/lib32", "/opt", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone",
    "/etc/mime.types", "/etc/ssl/openssl.cnf", "/etc/locale.alias", "/etc/passwd", "/etc/nsswitch.conf",
    "/etc/debian_version", "/etc/os-release", "/var/cache/fontconfig", "/proc/self", "/proc/cpuinfo", "/proc/meminfo",
    "/proc/stat", "/proc/sys", "/proc/filesystems", "/proc/version",
    "/sys/devices/system", "/sys/fs/cgroup", "/sys/kernel/mm", "/dev/urandom",
    "/dev/random", "/dev/zero", "/dev/null",
)  # fmt: skip
"""What libraries, fonts and language files need. Besides: Python's own folders and `TESSDATA_PREFIX`."""


def enter(memory: int, writable: tuple[Path, ...], readable: tuple[Path, ...] = ()) -> tuple[str, ...]:
    """Wall in the calling process for good; return the layers that hold.

    `memory` bounds its address space, and any one file that it writes, in bytes; `writable` are the only folders below
    which it may write, and `readable` those it may read besides what the program itself needs.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (memory, memory))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    held = ["rlimits"]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        held.append("no_new_privs")
        filters = _seccomp()
        if _landlock(libc, writable, (*readable, *_program())):
            held.append("landlock")
        if filters is not None:
            filters.load()
            held.append("seccomp")
    return tuple(held)


def enter_outside(home: Path, readable: tuple[str, ...]) -> tuple[str, ...]:
    """Wall in the calling process before it becomes another program, where there is no bubblewrap; return what holds.

    It may run and read what lies below `readable`, write below `home`, and start processes of its own; no network.
    """
    held = []
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        held.append("no_new_privs")
        filters = _seccomp(own_programs=True)
        system = ("/proc/self", "/proc/sys", "/proc/meminfo", "/proc/cpuinfo", "/dev/urandom", "/dev/random", *readable)
        if _landlock(libc, (home,), tuple(Path(p) for p in system), own_programs=True):
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


_OF_PROGRAMS = frozenset(
    {
        "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg",
        "execve", "kill", "tkill", "setsid", "setpgid", "chmod", "fchmod", "fchmodat", "fchmodat2", "utime", "utimes",
        "utimensat",
    }
)  # fmt: skip
"""Calls that an office suite needs among its own processes; its sockets are of the machine only (AF_UNIX)."""
_AF_UNIX = 1


def _seccomp(*, own_programs: bool = False) -> _Filter | None:
    """Return a filter that denies what no parser needs, None where libseccomp is absent."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):
        return None
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for call in _DENIED_CALLS:
        if own_programs and call in _OF_PROGRAMS:
            continue
        try:
            rules.add_rule(pyseccomp.ERRNO(errno.EPERM), call)
        except (ValueError, OSError):
            continue  # a call that this architecture does not have needs no rule
    # The C library then takes clone, whose flags can be looked at.
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    for flag in _NEW_NAMESPACES:
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    if own_programs:
        rules.add_rule(pyseccomp.ERRNO(errno.EAFNOSUPPORT), "socket", pyseccomp.Arg(0, pyseccomp.NE, _AF_UNIX))
    else:
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "tgkill", pyseccomp.Arg(0, pyseccomp.NE, os.getpid()))
    return _Filter(rules)


class _Filter:
    """A prepared seccomp filter; importing pyseccomp must come before Landlock closes the file system."""

    def __init__(self, rules: object) -> None:
        self._rules = rules

    def load(self) -> None:
        """Put the filter in force."""
        self._rules.load()  # type: ignore[attr-defined]


def _program() -> tuple[Path, ...]:
    """Return what the program itself needs to read."""
    python = (sys.prefix, sys.exec_prefix, sys.base_prefix, *sys.path, os.environ.get("TESSDATA_PREFIX", ""))
    return tuple(Path(p) for p in dict.fromkeys((*_READABLE, *python)) if p)


def _landlock(
    libc: ctypes.CDLL, writable: tuple[Path, ...], readable: tuple[Path, ...], *, own_programs: bool = False
) -> bool:
    version = libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, 1)
    writes = _WRITES | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    reads = _READ_FILE | _READ_FOLDER
    attribute = struct.pack("Q", writes | reads | _EXECUTE)
    if version >= 4:
        attribute += struct.pack("Q", _BIND_AND_CONNECT)
    if version >= 6:
        attribute += struct.pack("Q", _ABSTRACT_SOCKETS_AND_SIGNALS)
    ruleset = libc.syscall(_LANDLOCK_CREATE_RULESET, attribute, len(attribute), 0)
    if ruleset < 0:
        return False
    reads |= _EXECUTE if own_programs else 0
    allowed = [(Path("/tmp"), _MAKE_SOCKET)] if own_programs else []  # LibreOffice's own meeting place cannot be moved
    allowed += [(folder, reads) for folder in readable] + [(folder, writes | reads) for folder in writable]
    try:
        for place, rights in [*allowed, (Path("/dev/null"), _WRITE_FILE | _READ_FILE)]:
            try:
                descriptor = os.open(place, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue  # what is not there, or may not be looked at, needs no rule
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
