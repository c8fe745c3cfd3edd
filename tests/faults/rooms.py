"""A room that misbehaves on purpose, in a real worker: what a task does stands in the text of its exhibit."""

from __future__ import annotations

import ctypes
import mmap
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from assay.model import Occurrence, Problem
from assay.store.store import Store
from assay.store.task import Outcome, Task
from assay.work import outside, wire
from assay.work.stage import Bench, Settings, Stage

SHARED: list[bytearray] = []
"""What the zygote holds, and its workers share until they write to it."""


def stages() -> tuple[Stage, ...]:
    return (Stage("receive", _plan, _work, _give_up, _split, warm=_warm),)


def _warm(settings: Settings) -> None:
    if Path(os.environ.get("ASSAY_TEST_HEAVY", "")).is_file():
        SHARED.append(bytearray(b"x") * (300 << 20))


def _plan(store: Store, settings: Settings, earlier: tuple[str, ...]) -> Iterator[Task]:
    for number, occurrence in enumerate(store.all(Occurrence)):
        many = 3 if store.blob(occurrence.exhibit) == b"one of three" else 1
        yield Task("receive", occurrence.exhibit, first=1, last=many, inputs=f"{number}", generation=f"{number}")


def _work(task: Task, bench: Bench) -> Outcome:
    data = bench.trove.blob(task.subject)
    what, _, rest = data.decode().partition(" ")
    if data == b"one of three" and task.first <= 2 <= task.last:
        ctypes.string_at(0)
    if what in FAULTS:
        return FAULTS[what](task, bench, rest)
    if what in THROUGH:
        return Outcome((_said(task, _tried(THROUGH[what], rest)),))
    if what == "once":
        marker = Path(rest)  # only without walls could a worker leave a mark: the driver's own try is what counts
        return Outcome((_said(task, f"tried {marker.name}"),))
    return Outcome(tuple(_said(task, "seen", n) for n in range(task.first, task.last + 1)))


def _said(task: Task, message: str, page: int = 0) -> Problem:
    return Problem("receive", task.subject, page, "error", message, "test", "1")


# ---- faults


def _crash(task: Task, bench: Bench, rest: str) -> Outcome:
    os._exit(9)


def _kill(task: Task, bench: Bench, rest: str) -> Outcome:
    os.abort()


def _hang(task: Task, bench: Bench, rest: str) -> Outcome:
    while True:
        time.sleep(600)


def _spin(task: Task, bench: Bench, rest: str) -> Outcome:
    while True:
        pass


def _hog(task: Task, bench: Bench, rest: str) -> Outcome:
    held = []
    while True:
        held.append(bytes(100 << 20))


def _hoard(task: Task, bench: Bench, rest: str) -> Outcome:
    """Take memory as a library in C does, which cannot raise, and die of being refused more."""
    take = ctypes.CDLL(None).malloc
    take.restype = ctypes.c_void_p
    while place := take(ctypes.c_size_t(1 << 20)):
        ctypes.memset(place, 1, 1 << 20)
    os.abort()


def _copy(task: Task, bench: Bench, rest: str) -> Outcome:
    """Write to all that the zygote holds."""
    held = SHARED[0]
    for at in range(0, len(held), 4096):
        held[at] = 1
    return _hang(task, bench, rest)


def _late(task: Task, bench: Bench, rest: str) -> Outcome:
    time.sleep(float(rest))
    return Outcome((_said(task, "done"),))


def _large(task: Task, bench: Bench, rest: str) -> Outcome:
    held = bytearray(b"x") * (int(rest) << 20)
    return Outcome((_said(task, "done" if held else ""),))


def _raise(task: Task, bench: Bench, rest: str) -> Outcome:
    raise ValueError("no such luck")


def _lie(task: Task, bench: Bench, rest: str) -> Outcome:
    problem = _said(task, "a lie")
    object.__setattr__(problem, "page", "not a number")
    return Outcome((problem,))


def _slander(task: Task, bench: Bench, rest: str) -> Outcome:
    return Outcome((Problem("receive", rest, 0, "error", "a word on another exhibit", "test", "1"),))


def _plant(task: Task, bench: Bench, rest: str) -> Outcome:
    member = Occurrence(rest, "planted.txt", task.subject, "", "", "", "", "test", "1")
    return Outcome((member,))


def _commission(task: Task, bench: Bench, rest: str) -> Outcome:
    return Outcome((), (Task("receive", rest, inputs="x", generation="x"),))


def _babble(task: Task, bench: Bench, rest: str) -> Outcome:
    while True:
        os.write(3, b"x" * 65536)


def _boast(task: Task, bench: Bench, rest: str) -> Outcome:
    os.write(3, wire.HEAD.pack(wire.ANSWER, 1 << 50))
    return _hang(task, bench, rest)


def _garble(task: Task, bench: Bench, rest: str) -> Outcome:
    os.write(3, wire.HEAD.pack(wire.ANSWER, 5) + b"\xc1\xff\x00ab")
    return _hang(task, bench, rest)


def _print(task: Task, bench: Bench, rest: str) -> Outcome:
    for _ in range(400):
        os.write(2, b"noise " * 10000)
    return Outcome((_said(task, "printed"),))


def _pour(task: Task, bench: Bench, rest: str) -> Outcome:
    while True:
        bench.keep(b"drop")


def _ask(task: Task, bench: Bench, rest: str) -> Outcome:
    os.write(3, wire.HEAD.pack(wire.ASK, len(body := wire.encode(wire.Ask("exhibits", "", 0)))) + body)
    return _hang(task, bench, rest)


def _order(task: Task, bench: Bench, rest: str) -> Outcome:
    program = outside.Outside("sh", ("sh",), ("-c", "id"), "txt", "", "")
    try:
        outside.convert(program, b"x", "txt")
    except outside.OutsideFailed as failed:
        return Outcome((_said(task, f"{failed.category}: {failed.message}"),))
    return Outcome((_said(task, "it ran"),))


def _members(task: Task, bench: Bench, rest: str) -> Outcome:
    digest = bench.keep(b"a member")
    return Outcome((Occurrence(digest, "m.txt", task.subject, "", "", "", "", "test", "1"),))


FAULTS: dict[str, Callable[[Task, Bench, str], Outcome]] = {
    "crash": _crash, "kill": _kill, "hang": _hang, "spin": _spin, "hog": _hog, "hoard": _hoard, "copy": _copy,
    "late": _late, "large": _large, "raise": _raise, "lie": _lie,
    "slander": _slander, "plant": _plant, "commission": _commission, "babble": _babble, "boast": _boast,
    "garble": _garble, "print": _print, "pour": _pour, "ask": _ask, "order": _order, "members": _members,
}  # fmt: skip


# ---- ways through the walls


def _tried(way: Callable[[str], object], rest: str) -> str:
    try:
        way(rest)
    except (OSError, MemoryError, ValueError) as error:
        return f"shut {type(error).__name__}"
    return "OPEN"


def _call(name: str, *words: int) -> int:
    import pyseccomp

    number = pyseccomp.resolve_syscall(pyseccomp.system_arch(), name)
    result = ctypes.CDLL(None, use_errno=True).syscall(number, *words)
    if result < 0:
        raise OSError(ctypes.get_errno(), "no")
    return int(result)


def _fork(rest: str) -> None:
    if not os.fork():
        os._exit(0)


def _bomb(rest: str) -> None:
    for _ in range(50):
        _fork(rest)


def _thread(rest: str) -> None:
    thread = threading.Thread(target=lambda: None)
    try:
        thread.start()
    except RuntimeError as error:
        raise OSError(str(error)) from error


def _signal(rest: str) -> None:
    os.kill(os.getppid(), 0)


def _raised(rest: str) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


def _sent(rest: str) -> None:
    """Hand the driver a descriptor: only the line that is closed may carry one."""
    line = socket.socket(fileno=os.dup(3))
    socket.send_fds(line, [b"x"], [0])


def _fill(rest: str) -> None:
    descriptor = os.memfd_create("x")
    os.truncate(descriptor, 1 << 40)


THROUGH: dict[str, Callable[[str], object]] = {
    "read": lambda path: Path(path).read_bytes(),
    "list": os.listdir,
    "look": os.stat,
    "write": lambda path: Path(path).write_text("x"),
    "remove": lambda path: Path(path).unlink(),
    "rename": lambda path: Path(path).rename(path + ".moved"),
    "link": lambda path: Path(path).symlink_to("/etc/passwd"),
    "mode": lambda path: Path(path).chmod(0o777),
    "times": os.utime,
    "folder": os.mkdir,
    "reopen": lambda path: Path("/proc/self/fd/0").write_bytes(b""),
    "environment": lambda path: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
    "memory-of-others": lambda path: Path(f"/proc/{os.getppid()}/mem").open("rb").close(),
    "connect": lambda port: socket.create_connection(("127.0.0.1", int(port))),
    "bind": lambda port: socket.socket().bind(("127.0.0.1", 0)),
    "unix": lambda path: socket.socket(socket.AF_UNIX),
    "pair": lambda path: socket.socketpair(),
    "program": lambda path: os.execv("/bin/true", ["true"]),
    "fork": _fork, "bomb": _bomb, "thread": _thread,
    "ptrace": lambda path: _call("ptrace", 0, 0, 0, 0),
    "signal": _signal,
    "stop": lambda path: os.killpg(os.getpgid(os.getppid()), signal.SIGCONT),
    "session": lambda path: _call("setsid"),
    "namespace": lambda path: _call("unshare", 0x10000000),
    "mount": lambda path: _call("mount", 0, 0, 0, 0, 0),
    "filter": lambda path: _call("seccomp", 1, 0, 0),
    "keys": lambda path: _call("keyctl", 0, -3, 0),
    "ring": lambda path: _call("io_uring_setup", 1, 0),
    "limit": _raised, "send": _sent, "fill": _fill,
    "much": lambda path: bytes(3 << 30), "shared": lambda path: mmap.mmap(-1, 4096),
}  # fmt: skip


def _split(task: Task) -> tuple[Task, ...]:
    if task.last <= task.first:
        return ()
    pages = range(task.first, task.last + 1)
    return tuple(
        Task("receive", task.subject, first=n, last=n, inputs=task.inputs, generation=task.generation) for n in pages
    )


def _give_up(task: Task, category: str, message: str, store: Store) -> Outcome:
    return Outcome((Problem("receive", task.subject, task.first, category, message, "test", "1"),))
