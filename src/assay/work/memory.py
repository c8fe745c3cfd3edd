"""Memory: what a worker may take, what it has taken, and what the machine has left.

A worker is measured by its private memory: what it alone holds, and what comes back when it ends. Its resident size
also counts what it shares with the zygote, which is there once however many workers there are; its proportional share
(PSS) of that changes with the number of its siblings, so that no bound on it could hold for one worker.

Two walls hold the bound. The kernel counts what a worker newly maps for itself (RLIMIT_DATA, from its fork on; memory
that could be shared it may not map at all), at once and to the byte. What it copies of the zygote's pages by writing to
them the kernel does not count as new: the zygote looks at the private memory of its workers and ends one that has more.
Limits: Linux. A worker may for `PAUSE` seconds hold, above the bound, at most what the zygote itself holds.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

COPIED = 64 << 20
"""How much of a worker's memory is kept for what it copies of the zygote's pages, and for its stack."""
ADDRESSES = 512 << 20
"""How many more addresses than memory a worker may take: libraries reserve what they never touch."""
PAUSE = 0.25
"""How often, in seconds, the zygote looks at its workers."""
SHARE = 0.75
"""The part of the machine's memory that one worker may be allowed at most."""


def mapped() -> tuple[int, int]:
    """Return the addresses that this process has mapped, and how many of them to write to for itself alone."""
    found = _sizes(Path("/proc/self/status"))
    return found.get("VmSize", 0), found.get("VmData", 0)


def resident(pid: int | str = "self") -> int:
    """Return the resident memory of a process, shared or not; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGESIZE")
    except (OSError, IndexError, ValueError):
        return 0


def private(pid: int) -> int:
    """Return the memory that a process holds alone; 0 when it has ended, or the kernel does not say."""
    found = _sizes(Path(f"/proc/{pid}/smaps_rollup"))
    return found.get("Private_Clean", 0) + found.get("Private_Dirty", 0)


def most() -> int:
    """Return how much memory one worker may be allowed at most on this machine."""
    there = [_sizes(Path("/proc/meminfo")).get("MemTotal", 0), *(limit for limit, _ in _groups())]
    return int(min((size for size in there if size), default=4 << 30) * SHARE)


def free() -> int:
    """Return how much memory could be had, on the machine and in the control groups that this process is in."""
    there = [_sizes(Path("/proc/meminfo")).get("MemAvailable", 0)]
    return min([*there, *(max(0, limit - used) for limit, used in _groups())])


def _sizes(place: Path) -> dict[str, int]:
    """Return the lines "Name: number kB" of one of the kernel's files, in bytes."""
    found: dict[str, int] = {}
    try:
        lines = place.read_text("ascii", "replace").splitlines()
    except OSError:
        return found
    for line in lines:
        name, _, rest = line.partition(":")
        words = rest.split()
        if len(words) == 2 and words[1] == "kB":
            found[name] = int(words[0]) << 10
    return found


def _groups() -> list[tuple[int, int]]:
    """Return the limit and the use, without what the kernel could drop, of each control group (v2) above this one."""
    found = []
    with contextlib.suppress(OSError, ValueError):
        lines = Path("/proc/self/cgroup").read_text().splitlines()
        own = next((line[3:] for line in lines if line.startswith("0::")), "")
        place = Path("/sys/fs/cgroup") / own.lstrip("/")
        for group in (place, *place.parents):
            limit = group / "memory.max"
            if not limit.exists():
                continue
            said = limit.read_text().strip()
            if said != "max":
                kept = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
                used = int((group / "memory.current").read_text()) - int(kept.get("inactive_file", 0))
                found.append((int(said), used))
    return found
