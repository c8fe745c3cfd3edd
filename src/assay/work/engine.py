"""Engines that are too large to be in every worker, and cannot be loaded behind the walls.

A loader asks `need` before it loads. In a worker that is too late: the task goes to a worker that was forked from a
zygote which had loaded engines of that kind before it forked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

OCR, HAN = "ocr", "han"
"""Kinds of engine: Tesseract; Tesseract and PP-OCR."""
MEMORY = {HAN: 1300 << 20}
"""What a worker that holds engines of a kind may take, where that is more than others may."""
_walled: list[bool] = []


class Wanted(BaseException):
    """A task needs engines of a kind that its worker does not hold.

    No `Exception`: a part that forgives its libraries' errors must not take this for one.
    """

    def __init__(self, kind: str) -> None:
        """Name the kind of engine."""
        super().__init__(kind)
        self.kind = kind


def need(kind: str) -> None:
    """Raise `Wanted` in a worker; elsewhere the caller may load."""
    if _walled:
        raise Wanted(kind)


@contextmanager
def none_loaded() -> Iterator[None]:
    """Let no engine be loaded inside: all else that a room remembers is looked up without them."""
    _walled.append(True)
    try:
        yield
    finally:
        _walled.pop()


def wall_in() -> None:
    """From now on nothing can be loaded in this process."""
    _walled.append(True)
