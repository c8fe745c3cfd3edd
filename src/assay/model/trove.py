"""How parts look at a case: read only, record by record."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TypeVar

from assay.model.errors import Usage
from assay.model.evidence import Exhibit, Page, Reading, Table
from assay.model.record import Record

R = TypeVar("R", bound=Record)


class Trove(ABC):
    """All records of a case that stand (superseded ones are left out). Order is fixed and content-derived.

    Who holds the records says how they are come by (`all`, `of`, `blob`); readings are put together here, once.
    """

    __slots__ = ()

    @abstractmethod
    def all(self, kind: type[R]) -> Iterator[R]:
        """Yield every standing record of `kind`, ordered by exhibit, page and id."""

    @abstractmethod
    def of(self, kind: type[R], exhibit: str) -> Iterator[R]:
        """Yield the standing records of `kind` that are about `exhibit`, ordered by page and id."""

    @abstractmethod
    def blob(self, digest: str) -> bytes:
        """Return the bytes of an exhibit; raise `CustodyBroken` when they are missing or not what they were."""

    def reading(self, exhibit: str) -> Reading:
        """Return an exhibit with its pages and tables; raise `Usage` when there is no such exhibit here."""
        found = next(self.of(Exhibit, exhibit), None)
        if found is None:
            raise Usage(f"no exhibit {exhibit} here")
        pages = sorted(self.of(Page, exhibit), key=lambda p: p.number)
        tables = sorted(self.of(Table, exhibit), key=lambda t: (t.page, t.number))
        return Reading(found, tuple(pages), tuple(tables))

    def readings(self) -> Iterator[Reading]:
        """Yield every exhibit with its pages and tables, one at a time, ordered by digest."""
        for exhibit in sorted(e.digest for e in self.all(Exhibit)):
            yield self.reading(exhibit)


class MemoryTrove(Trove):
    """A trove held in memory: for tests, and for scoring an export."""

    def __init__(self, records: list[Record], blobs: dict[str, bytes] | None = None) -> None:
        """Hold `records`; `blobs` maps a digest to its bytes."""
        self._records = records
        self._blobs = blobs or {}

    def all(self, kind: type[R]) -> Iterator[R]:
        """Yield every record of `kind`."""
        return (r for r in self._records if isinstance(r, kind))

    def of(self, kind: type[R], exhibit: str) -> Iterator[R]:
        """Yield the records of `kind` about `exhibit`."""
        return (r for r in self.all(kind) if getattr(r, "exhibit", r.id) == exhibit)

    def blob(self, digest: str) -> bytes:
        """Return the bytes of an exhibit."""
        return self._blobs[digest]
