"""The parts of an Office Open XML package, read within bounds.

Limits: a part of more than `LARGEST` bytes, or packed more than `RATIO` to one, is refused; entities are never resolved
and nothing is fetched.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

LARGEST = 64_000_000
RATIO = 400
MOST_MEMBERS = 20_000


_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, RuntimeError, NotImplementedError, EOFError, OSError,
)  # fmt: skip


class PackageRefused(Exception):
    """The package or one of its parts cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One member as the container lists it: its name, its date (year to second) and the system it was made on."""

    name: str
    date: tuple[int, ...]
    system: int
    size: int


class Package:
    """An opened package."""

    def __init__(self, data: bytes) -> None:
        """Open `data`; raise `PackageRefused`."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
            message = f"the package is no readable ZIP file ({error})"
            raise PackageRefused(message) from error
        if len(self._zip.infolist()) > MOST_MEMBERS:
            message = f"the package holds more than {MOST_MEMBERS} members"
            raise PackageRefused(message)

    def entries(self) -> tuple[Entry, ...]:
        """Return the members in the container's order."""
        return tuple(Entry(i.filename, i.date_time, i.create_system, i.file_size) for i in self._zip.infolist())

    def names(self, prefix: str, suffix: str = ".xml") -> list[str]:
        """Return the members whose names begin and end so, sorted."""
        return sorted({n for n in self._zip.namelist() if n.startswith(prefix) and n.endswith(suffix)})

    def content(self, name: str) -> bytes:
        """Return a member's bytes; raise `PackageRefused`."""
        try:
            entry = self._zip.getinfo(name)
            if entry.file_size > LARGEST or entry.file_size > RATIO * max(entry.compress_size, 1_000):
                message = f"{name} unpacks to {entry.file_size} bytes, which is beyond the limit"
                raise PackageRefused(message)
            with self._zip.open(entry) as stream:
                return stream.read(LARGEST + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            KeyError,
            ValueError,
            RuntimeError,
            NotImplementedError,
            EOFError,
        ) as error:
            message = f"{name} cannot be unpacked ({error})"
            raise PackageRefused(message) from error

    def xml(self, name: str) -> _Element:
        """Return a member as an XML tree; raise `PackageRefused`."""
        from lxml import etree

        content = self.content(name)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            return etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            message = f"{name} is no well-formed XML ({error})"
            raise PackageRefused(message) from error
