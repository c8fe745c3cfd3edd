"""The zygote: has imported the parsers, sees no byte of a trove, and forks a walled worker for each exhibit.

It takes orders from the driver alone, reaps and ends workers, answers the system calls that they were refused, and
passes on a bounded part of what they print. A second zygote, forked from the first, holds the recognition engines.
Limits: forks share the layout of their memory; what one worker learns of it holds for the next one.
"""

from __future__ import annotations

import contextlib
import gc
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from dataclasses import dataclass

import msgspec

from assay.work import broker, memory, sandbox, wire
from assay.work.preload import preload
from assay.work.stage import Settings, Stage
from assay.work.worker import serve, stages_of

PRINTED = 64 << 10
"""How many bytes of what one worker prints are passed on."""
MOST_ASKED = 500
"""How many different refused calls, and files that were handed in, are named."""
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/X11/fonts")
_LINE, _LISTENER = 3, 4
"""Where a worker has its line to the driver, and the way by which it hands over its listener."""


@dataclass(slots=True)
class _Child:
    slot: int
    pid: int
    ended: int
    printed: int
    handing: socket.socket
    memory: int
    listener: int = -1
    passed_on: int = 0
    shared: int = 0
    spent: int = 0

    def ending(self, code: int, highest: int) -> tuple[str, int, str]:
        """Return what the driver is told of this worker's end; `highest` is the most memory that it had resident.

        A library that is refused memory mostly dies of it, with one signal or another: a death with more than half of
        what was allowed taken counts as such a one, and its words say no more than what was seen.
        """
        allowed = f"the {self.memory >> 20} MB of memory that it may take"
        if self.spent:
            return "spent", self.slot, f"its worker had taken {self.spent >> 20} MB, more than {allowed}"
        said, taken = f"its worker ended with {_ending(code)}", max(0, highest - self.shared)
        if code < 0 and code != -signal.SIGKILL and 2 * taken > self.memory - memory.COPIED:
            return "spent", self.slot, f"{said} when it had taken {taken >> 20} MB of {allowed}"
        return "ended", self.slot, said


class Zygote:
    """Serves one line of orders."""

    def __init__(self, line: socket.socket, start: wire.Start) -> None:
        """Serve `line` with the stages of the rooms in `start`."""
        self._line, self._start = line, start
        self._settings = msgspec.json.decode(start.settings, type=Settings)
        self._stages: dict[str, Stage] = stages_of(start.rooms)
        self._walls = {
            name: sandbox.prepare(_LISTENER, sealed=name == "sealed", without=start.without)
            for name in ("sealed", "open")
        }
        self._children: dict[int, _Child] = {}
        self._warm: set[str] = set()
        self._asked: set[tuple[str, str]] = set()
        self._own = sandbox.own_files()
        self._looked = 0.0
        self._selector = selectors.DefaultSelector()
        self._selector.register(line, selectors.EVENT_READ)

    def serve(self) -> None:
        """Do as ordered until the driver hangs up; then end all workers."""
        try:
            while True:
                for key, _ in self._selector.select(memory.PAUSE if self._children else None):
                    if key.fileobj is self._line:
                        if not self._obey():
                            return
                    elif key.data is not None and key.fd in self._selector.get_map():
                        what, child = key.data
                        what(child)
                self._weigh()
        finally:
            for child in self._children.values():
                self._kill(child)

    def _obey(self) -> bool:
        message = wire.hear(self._line)
        if message is None:
            return False
        order, descriptors = wire.decode(message[0], type=wire.Order), message[1]
        if order.what == "warm":
            self._prepare(order.name)
        elif order.what == "fork":
            self._fork(order, descriptors[0])
        elif order.what == "end" and order.slot in self._children:
            self._kill(self._children[order.slot])
        elif order.what == "zygote":
            self._become(order, descriptors[0])
        return True

    def _prepare(self, name: str) -> None:
        """Load what a stage's tasks need, before any byte of a trove is near."""
        if name in self._warm:
            return
        self._warm.add(name)
        preload(next(room for room in self._start.rooms if name in stages_of((room,))))
        self._stages[name].warm(self._settings)
        gc.collect()
        gc.freeze()

    def _fork(self, order: wire.Order, line: int) -> None:
        handing, handed = socket.socketpair()
        reading, printing = os.pipe()
        me = os.getpid()
        pid = os.fork()
        if not pid:
            try:
                self._live(me, order, line, handed.fileno(), printing)
            except BaseException:  # the process ends here; the driver takes its end for the answer
                traceback.print_exc()
            finally:
                os._exit(1)
        for descriptor in (line, printing):
            os.close(descriptor)
        handed.close()
        child = _Child(order.slot, pid, os.pidfd_open(pid), reading, handing, order.memory)
        child.shared = memory.resident()
        self._children[order.slot] = child
        for source, what in ((child.ended, self._reap), (reading, self._pass_on), (handing, self._take_listener)):
            self._selector.register(source, selectors.EVENT_READ, (what, child))

    def _live(self, parent: int, order: wire.Order, line: int, handed: int, printing: int) -> None:
        """Be a worker: give up everything but the line, go behind the walls, serve. Never returns to the zygote."""
        os.setsid()
        sandbox.die_with_parent(parent)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDONLY)
        # First out of the way of the places that they are to have.
        line, handed, printing, nothing = (fcntl_dup(d) for d in (line, handed, printing, nothing))
        for source, place in ((nothing, 0), (printing, 1), (printing, 2), (line, _LINE), (handed, _LISTENER)):
            os.dup2(source, place)
        os.closerange(_LISTENER + 1, 1 << 16)
        way, driver = socket.socket(fileno=_LISTENER), socket.socket(fileno=_LINE)
        held, listener = sandbox.enter(self._walls[order.name], order.memory)
        # Until the listener is handed over, a refused call would wait for ever.
        if listener >= 0:
            socket.send_fds(way, [b"x"], [listener])
            os.close(listener)
        way.close()
        wire.say(driver, wire.READY, wire.encode(held))
        serve(driver, self._stages, self._settings, order.memory)
        os._exit(0)

    def _become(self, order: wire.Order, line: int) -> None:
        """Fork a zygote for a kind of engine: it loads them and serves a line of its own."""
        me = os.getpid()
        if os.fork():
            os.close(line)
            return
        try:
            sandbox.die_with_parent(me)
            self._selector.close()
            self._line.close()
            for child in self._children.values():
                self._drop(child)
            own = Zygote(socket.socket(fileno=line), self._start)
            own._warm = set(self._warm)
            for stage in self._stages.values():
                stage.engines(order.name, self._settings)
            gc.collect()
            gc.freeze()
            own.serve()
        except BaseException:  # the process ends here; the driver hears its line end, and the log says why
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(0)

    def _take_listener(self, child: _Child) -> None:
        """Take over the listener for the calls that a worker is refused."""
        self._selector.unregister(child.handing)
        _, descriptors, _, _ = socket.recv_fds(child.handing, 1, 1)
        child.handing.close()
        if descriptors:
            child.listener = descriptors[0]
            self._selector.register(child.listener, selectors.EVENT_READ, (self._refuse, child))

    def _refuse(self, child: _Child) -> None:
        asked = broker.attend(child.listener, self._own)
        if asked is None:
            self._selector.unregister(child.listener)
            os.close(child.listener)
            child.listener = -1
        elif asked not in self._asked and len(self._asked) < MOST_ASKED:
            self._asked.add(asked)
            call, path = asked
            if not call and path.startswith(FONTS):
                return  # which fonts a page names is the page's business
            what = f"was refused the system call {call} {path!r}" if call else f"had to be handed {path!r}"
            print(f"a worker {what}", file=sys.stderr, flush=True)
            if call and not path:
                self._tell("refused", child.slot, call)

    def _pass_on(self, child: _Child) -> None:
        """Pass on what a worker prints, up to `PRINTED`; what comes after is read and forgotten."""
        said = os.read(child.printed, 1 << 16)
        if not said:
            self._selector.unregister(child.printed)
            os.close(child.printed)
            child.printed = -1
        elif child.passed_on < PRINTED:
            sys.stderr.buffer.write(said[: PRINTED - child.passed_on])
            sys.stderr.flush()
            child.passed_on += len(said)

    def _reap(self, child: _Child) -> None:
        _, status, used = os.wait4(child.pid, 0)
        if child.printed >= 0:
            os.set_blocking(child.printed, False)
            with contextlib.suppress(BlockingIOError):
                while child.printed >= 0 and child.passed_on < PRINTED:
                    self._pass_on(child)
        del self._children[child.slot]
        self._drop(child)
        self._tell(*child.ending(os.waitstatus_to_exitcode(status), used.ru_maxrss << 10))

    def _drop(self, child: _Child) -> None:
        for descriptor in (child.ended, child.printed, child.listener):
            if descriptor >= 0:
                with contextlib.suppress(KeyError, ValueError, RuntimeError):
                    self._selector.unregister(descriptor)
                os.close(descriptor)
        if child.handing.fileno() >= 0:
            with contextlib.suppress(KeyError, ValueError, RuntimeError):
                self._selector.unregister(child.handing)
            child.handing.close()

    def _weigh(self) -> None:
        """End each worker that holds more memory than it may; look no oftener than every `memory.PAUSE` seconds."""
        if time.monotonic() - self._looked < memory.PAUSE:
            return
        self._looked = time.monotonic()
        for child in self._children.values():
            if not child.spent and memory.resident(child.pid) > child.memory:
                taken = memory.private(child.pid)
                if taken > child.memory:
                    child.spent = taken
                    self._kill(child)

    def _kill(self, child: _Child) -> None:
        """End a worker; it was not waited for yet, so its number is still its own."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)

    def _tell(self, what: str, slot: int, text: str) -> None:
        with contextlib.suppress(OSError):  # the driver is gone: the end of the line is next
            wire.tell(self._line, wire.News(what, slot, text))


def _ending(code: int) -> str:
    """Return how a process ended, in words: its code, or the name of the signal that ended it."""
    if code >= 0:
        return f"code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def fcntl_dup(descriptor: int) -> int:
    """Return a copy of a descriptor above all places that have a meaning."""
    import fcntl

    return fcntl.fcntl(descriptor, fcntl.F_DUPFD, 16)


def main() -> None:
    """Serve the line whose descriptor is the only argument."""
    line = socket.socket(fileno=int(sys.argv[1]))
    sandbox.die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver decides what an interruption ends
    first = wire.hear(line)
    if first is not None:
        Zygote(line, wire.decode(first[0], type=wire.Start)).serve()


if __name__ == "__main__":
    main()
