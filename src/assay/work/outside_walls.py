"""The walls around a program outside where there is no bubblewrap: Landlock, and a list of refused system calls.

Limits: an office suite needs files, processes and sockets of its own, so that its calls cannot be an allowlist; what it
may read is the system's, what it may write its private folder. Its meeting place in /tmp cannot be moved.
"""

from __future__ import annotations

import ctypes
import errno
from pathlib import Path
from typing import Any

from assay.work import sandbox

_PR_SET_NO_NEW_PRIVS = 38
_REFUSED = (
    # other processes
    "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "rt_sigqueueinfo",
    "rt_tgsigqueueinfo", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "kcmp",
    # files of others
    "chown", "fchown", "lchown", "fchownat", "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr",
    "fremovexattr", "open_by_handle_at", "mknod", "mknodat",
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
_AF_UNIX = 1
_SYSTEM = ("/proc/self", "/proc/sys", "/proc/meminfo", "/proc/cpuinfo", "/dev/urandom", "/dev/random", "/dev/zero")


def enter(home: Path, readable: tuple[str, ...]) -> tuple[str, ...]:
    """Wall in the calling process before it becomes another program; return the layers that hold.

    It may run and read what lies below `readable`, write below `home`, and start processes of its own; no network.
    """
    held = []
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        held.append("no_new_privs")
        rules = _rules()
        allowed = {Path(place): sandbox.RUN for place in (*_SYSTEM, *readable)}
        allowed |= {Path("/tmp"): sandbox.SOCKET, home: sandbox.WRITE, Path("/dev/null"): sandbox.WRITE}
        if sandbox.landlock(libc, allowed):
            held.append("landlock")
        if rules is not None:
            rules.load()
            held.append("seccomp")
    return tuple(held)


def _rules() -> Any:
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):
        return None
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for call in _REFUSED:
        try:
            rules.add_rule(pyseccomp.ERRNO(errno.EPERM), call)
        except (ValueError, OSError):
            continue  # a call that this architecture does not have needs no rule
    # The C library then takes clone, whose flags can be looked at.
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    for flag in _NEW_NAMESPACES:
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    rules.add_rule(pyseccomp.ERRNO(errno.EAFNOSUPPORT), "socket", pyseccomp.Arg(0, pyseccomp.NE, _AF_UNIX))
    return rules
