"""Faults: what ends a command, with its exit code and what the user can do next.

A fault is an exception. A `Problem` is a stored row and the run goes on. A `Finding` is
knowledge. The three never mix (see `docs/architecture.md`).
"""

from __future__ import annotations


class Fault(Exception):
    """Base of every fault: a stable `code`, an `exit` code and a `hint` that says what to do next."""

    code = "fault"
    exit = 1
    hint = "This is a defect in assay: report it with the command and the last lines of the log."

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        """Say in `message` what happened; `hint` overrides the class's advice."""
        super().__init__(message)
        if hint is not None:
            self.hint = hint


class Usage(Fault):
    """The command's words are off: a folder that is not there, an option that does not fit."""

    code = "usage"
    exit = 2
    hint = "Run the command with --help."


class CustodyBroken(Fault):
    """Stored bytes, the log or a record are not what was written."""

    code = "custody_broken"
    exit = 4
    hint = "Do not write to this case. Copy it, and compare it with a backup; `assay verify` lists what differs."


class MissingProgram(Fault):
    """A program or a language file that the job cannot go on without is not installed."""

    code = "missing_program"
    exit = 5
    hint = "Run `make setup`, which installs it or names the package."


class StoreFault(Fault):
    """The case's store cannot be opened, read or written: disk full, locked, newer format."""

    code = "store"
    exit = 6
    hint = "Free space or close the other program that holds the case, then run the command again: nothing is lost."


class PublicationRefused(Fault):
    """An edition would state what its evidence does not hold."""

    code = "publication_refused"
    exit = 7
    hint = "The sentences are listed above: correct or withdraw the records they rest on, then publish again."


FAULTS: tuple[type[Fault], ...] = (
    Fault, Usage, CustodyBroken, MissingProgram, StoreFault, PublicationRefused,
)  # fmt: skip
