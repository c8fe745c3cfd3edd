"""What a task is handed: one exhibit's records and bytes, in the shape of a trove that holds nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from assay.model import Record, Trove
from assay.model.errors import Usage
from assay.store.rows import Row, from_row

R = TypeVar("R", bound=Record)


class Handed(Trove):
    """A trove of the rows that were handed over; `bytes_of` gives its one exhibit's bytes when they are wanted."""

    def __init__(self, exhibit: str, rows: Iterable[Row], bytes_of: Callable[[str], bytes]) -> None:
        """Hold `rows`, in their order; each is decoded when it is asked for."""
        self._exhibit, self._rows, self._bytes_of = exhibit, tuple(rows), bytes_of

    def all(self, kind: type[R]) -> Iterator[R]:
        """Yield the records of `kind`."""
        for row in self._rows:
            if row.kind == kind.KIND:
                record = from_row(row.kind, row.payload, row.words)
                assert isinstance(record, kind)
                yield record

    def of(self, kind: type[R], exhibit: str) -> Iterator[R]:
        """Yield the records of `kind` about `exhibit`: nothing but of the one that was handed over."""
        return self.all(kind) if exhibit == self._exhibit else iter(())

    def blob(self, digest: str) -> bytes:
        """Return the exhibit's bytes; raise `Usage` for those of another, which were not handed over."""
        if digest != self._exhibit:
            raise Usage(f"the bytes of {digest[:12]} were not handed to this task")
        return self._bytes_of(digest)
