"""A conversion by a program outside that a worker asked for: run beside the driver's own work, then told."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from assay.work import outside, wire

LONGEST, MOST_MEMORY, MOST_OUTPUT = 600.0, 8 << 30, 256 << 20
"""What a worker may ask for, at most: it may have been taken over."""


class Conversion:
    """Under way from the moment it is made. `finished` is a descriptor that can be read when `result` is there."""

    def __init__(self, slot: int, asked: wire.Convert, folder: Path, more: int) -> None:
        """Convert for the worker in `slot`, within `more` times the limits; the private folder is made in `folder`."""
        self.slot, self._asked, self._folder = slot, asked, folder
        self.finished, self._signal = os.pipe()
        self._more = more
        self.seconds = min(max(asked.seconds, 1.0), LONGEST) * more
        self.notices: list[str] = []
        self._result: tuple[str, str, bytes] = ("error", "it was not converted", b"")
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asked = self._asked
        limits = outside.OutsideLimits(
            self.seconds,
            min(max(asked.memory, 1 << 28), MOST_MEMORY) * self._more,
            min(max(asked.output, 0), MOST_OUTPUT),
        )
        program = outside.PROGRAMS.get(asked.program)
        try:
            if program is None:
                raise outside.OutsideFailed("missing_program", f"no program {asked.program[:40]!r} is known")
            if outside.found(program) and "bubblewrap" not in outside.walls():
                left = ", ".join(outside.walls())
                self.notices.append(f"bubblewrap is missing or may make no namespaces: {program.name} has only {left}")
            made = outside.run(program, asked.data, asked.suffix, limits, self._folder)
            self._result = ("", "", made)
        except outside.OutsideFailed as failed:
            self._result = (failed.category, failed.message, b"")
        except OSError as error:
            self._result = ("error", f"it could not be converted: {error}", b"")
        finally:
            os.write(self._signal, b"x")

    def result(self) -> tuple[str, str, bytes]:
        """Return (category, message, bytes); an empty category says that it was converted."""
        self._thread.join()
        os.close(self.finished)
        os.close(self._signal)
        return self._result
