"""A piece of work and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import msgspec

from assay.model import Record, digest_of

TROVE = "trove"
"""The subject of a task that looks at the whole case."""


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work on one subject: an exhibit's digest, or `TROVE`.

    `parts` are the parts that it runs, as name@version. `first` and `last` are pages (0: all). `inputs` is a
    digest of what the work depends on; when it changes, the work is planned again. `generation` ties together
    the tasks planned from the same inputs, children included: a later generation replaces the records of an
    earlier one of the same stage and subject. `depth` counts how deep in archives the exhibit lies. `tries` counts how
    often a person asked for another try, each with larger limits: it replaces the tries before it, and them alone.
    """

    stage: str
    subject: str
    parts: tuple[str, ...] = ()
    first: int = 0
    last: int = 0
    depth: int = 0
    inputs: str = ""
    generation: str = ""
    tries: int = 0

    @property
    def exhibit(self) -> str:
        """The digest of the exhibit that the work is on, empty for the whole case."""
        return "" if self.subject == TROVE else self.subject.partition("/")[0]

    @property
    def id(self) -> str:
        """The content-derived id. Depth does not count, so that an archive that holds itself is one task."""
        return digest_of("task", encode_task(replace(self, depth=0)))

    @property
    def earlier(self) -> tuple[str, ...]:
        """The ids of the tries before this one."""
        return tuple(replace(self, tries=number).id for number in range(self.tries))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a task yields: records, child tasks, and the digests of blobs that the worker has written."""

    records: tuple[Record, ...] = ()
    children: tuple[Task, ...] = ()
    blobs: tuple[str, ...] = field(default=())


def encode_task(task: Task) -> bytes:
    """Return the task's stored form. A first try does not say that it is one."""
    names = (name for name in Task.__slots__ if name != "tries" or task.tries)
    return msgspec.json.encode({name: getattr(task, name) for name in names})


def decode_task(data: bytes) -> Task:
    """Return the task of a stored form."""
    return msgspec.json.decode(data, type=Task)
