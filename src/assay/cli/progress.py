"""Progress as a person wants it: one living line on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
import time

from assay.case import Step

_WORDS = {
    "receive": "Opening files",
    "read": "Reading pages",
    "examine": "Examining",
    "extract": "Extracting",
    "resolve": "Resolving",
    "weigh": "Weighing",
    "layout": "Laying out documents",
    "publish": "Drawing pages",
}

STEPS = "steps"
"""The unit of work on the trove as a whole, of which there is one piece."""
_WORTH_A_LINE = 2.0
"""Seconds that such work takes before it is spoken of when it is done."""


class Progress:
    """Prints what has been done: count, rate, time left, problems so far. All goes to standard error."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Print nothing when `quiet`."""
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._stage = ""
        self._started = self._last = time.monotonic()
        self._done = self._tasks = self._problems = 0
        self._unit = ""

    def __call__(self, step: Step) -> None:
        """Take one step."""
        if step.stage != self._stage:
            self._close()
            self._stage, self._unit = step.stage, step.unit
            self._started, self._done, self._tasks = time.monotonic(), 0, 0
            self._last = self._started if not self._terminal else 0.0
        self._done += step.size
        self._tasks += 1
        self._problems += step.problems
        now = time.monotonic()
        if not self._quiet and now - self._last >= (0.2 if self._terminal else 5.0):
            self._last = now
            self._print(self._line(step.left), end="\r" if self._terminal else "\n")

    def _line(self, left: int) -> str:
        spent = max(1e-6, time.monotonic() - self._started)
        seconds = left * spent / max(1, self._tasks)
        problems = f", {self._problems} problems" if self._problems else ""
        ahead = f", about {_time(seconds)} left" if left else ""
        return f"{self._name()}: {self._done} {self._unit}, {self._done / spent:.1f} a second{ahead}{problems}"

    def _name(self) -> str:
        head, _, tail = self._stage.partition(".")
        return _WORDS.get(head, head) + (f" {tail}" if tail else "")

    def _print(self, line: str, end: str) -> None:
        clear = "\x1b[2K" if self._terminal else ""
        print(clear + line, end=end, file=sys.stderr, flush=True)

    def _close(self) -> None:
        spent = time.monotonic() - self._started
        if self._stage and not self._quiet and (self._unit != STEPS or spent >= _WORTH_A_LINE):
            self._print(f"{self._name()}: {self._done} {self._unit} in {_time(spent)}", end="\n")

    def close(self) -> None:
        """Print the last stage's line."""
        self._close()
        self._stage = ""


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
