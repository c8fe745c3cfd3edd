"""What the processes of a run hold in memory, looked at from outside while it runs.

A worker is measured by its private memory (Private_Clean + Private_Dirty of smaps_rollup): what a forked process alone
holds, and what comes back when it ends. Limits: sampled, so that a peak between two looks is missed.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class Seen:
    """The most that one process held, in bytes: private, by share (PSS) and resident; whether it is a worker.

    `han`: it holds the Chinese engine.
    """

    worker: bool = False
    han: bool = False
    private: int = 0
    share: int = 0
    resident: int = 0


class Watch:
    """Looks at all processes below `driver` every `pause` seconds, in a thread, while it is open."""

    def __init__(self, driver: int, pause: float) -> None:
        self.driver = 0
        self.seen: dict[int, Seen] = {}
        self._pid, self._pause = driver, pause
        self._highest = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def take_highest(self) -> int:
        """Return the most private memory of one worker since the last call."""
        highest, self._highest = self._highest, 0
        return highest

    def _watch(self) -> None:
        while not self._stop.wait(self._pause):
            self.driver = max(self.driver, _status(self._pid))
            for zygote in _children(self._pid):
                self._look(zygote)

    def _look(self, pid: int) -> None:
        """Look at a process and those below it. A worker leads a session of its own; a zygote forked from one not."""
        try:
            worker = os.getsid(pid) == pid and _parent(pid) != self._pid
            held = _rollup(pid)
            seen = self.seen.setdefault(pid, Seen())
            if worker and not seen.worker:
                seen.worker, seen.han = True, "onnxruntime" in Path(f"/proc/{pid}/maps").read_text()
        except (OSError, ValueError):
            return  # it has ended
        private = held["Private_Clean"] + held["Private_Dirty"]
        seen.private = max(seen.private, private)
        seen.share, seen.resident = max(seen.share, held["Pss"]), max(seen.resident, held["Rss"])
        if worker:
            self._highest = max(self._highest, private)
        for child in _children(pid):
            self._look(child)


def _children(pid: int) -> list[int]:
    try:
        return [
            int(child)
            for thread in os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - the kernel's, no folder
            for child in Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
        ]
    except OSError:
        return []


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _rollup(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    if not lines:
        raise ValueError(pid)
    return {name: int(rest.split()[0]) << 10 for name, _, rest in (line.partition(":") for line in lines)}


def _status(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM")), 0)
