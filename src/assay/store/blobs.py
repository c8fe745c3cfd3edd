"""Bytes by digest in a folder: written once, never changed.

A blob is written to a temporary file, synced, renamed to its digest, and its folder synced: a blob that has
its name is whole. Writing one that is there is a no-op, so that a killed run may write it again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from assay.model.errors import CustodyBroken, StoreFault

CHUNK = 1 << 20


class Unreadable(OSError):
    """A file that is to be copied in cannot be read: its own fault, not the store's."""


class Blobs:
    """The blobs below `folder`, in 256 folders by the first two digits."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`; it is made at the first write."""
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Return where the blob is, or would be."""
        return self.folder / digest[:2] / digest

    def __contains__(self, digest: str) -> bool:
        """Tell whether the blob is there (not whether it is sound: see `read`)."""
        return self.path(digest).exists()

    def __iter__(self) -> Iterator[str]:
        """Yield the digests of all blobs, sorted."""
        for folder in sorted(self.folder.glob("??")):
            yield from sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))

    def put(self, data: bytes) -> str:
        """Store `data` and return its SHA-256."""
        digest = hashlib.sha256(data).hexdigest()
        if digest not in self:
            with self._writing() as (file, keep):
                file.write(data)
                keep(digest)
        return digest

    def put_file(self, source: Path) -> tuple[str, str, int]:
        """Copy a file in; return its SHA-256, SHA-1 and size. What is hashed is what was stored, byte for byte.

        Raises `OSError` when `source` cannot be read, `StoreFault` when the case cannot be written.
        """
        sha256, sha1, size = hashlib.sha256(), hashlib.sha1(usedforsecurity=False), 0
        with source.open("rb") as original, self._writing() as (file, keep):
            for block in _blocks(original):
                sha256.update(block)
                sha1.update(block)
                size += len(block)
                file.write(block)
            keep(sha256.hexdigest())
        return sha256.hexdigest(), sha1.hexdigest(), size

    def read(self, digest: str) -> bytes:
        """Return the bytes of a blob; raise `CustodyBroken` when they are missing or differ from the digest."""
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError:
            raise CustodyBroken(f"the bytes of exhibit {digest} are missing") from None
        except OSError as error:
            raise StoreFault(f"the bytes of exhibit {digest} cannot be read: {error.strerror}") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise CustodyBroken(f"the stored bytes of exhibit {digest} are not what was received")
        return data

    def descriptor(self, digest: str) -> int:
        """Return a descriptor to read a blob by; raise `CustodyBroken` when it is missing. Who reads it checks it."""
        try:
            return os.open(self.path(digest), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            raise CustodyBroken(f"the bytes of exhibit {digest} are missing") from None
        except OSError as error:
            raise StoreFault(f"the bytes of exhibit {digest} cannot be read: {error.strerror}") from error

    def arriving(self) -> Arriving:
        """Return a new temporary file for bytes that come piece by piece."""
        return Arriving(self.folder)

    def settle(self, arrived: list[Arriving]) -> frozenset[str]:
        """Store what has arrived, synced, under its digests, and return them; what is there already is dropped.

        The folders are synced once for all: none of it counts before the records that name it are committed.
        """
        folders: set[Path] = set()
        try:
            for file in arrived:
                target = self.path(file.digest)
                if target.exists():
                    file.drop()
                    continue
                target.parent.mkdir(exist_ok=True)
                file.sync()
                file.path.rename(target)
                folders |= {target.parent, self.folder}
            for folder in sorted(folders):
                _sync(folder)
        except OSError as error:
            raise _fault(error) from error
        return frozenset(file.digest for file in arrived)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[tuple[BinaryIO, Writer]]:
        """Give a temporary file and the function that keeps it under its digest; what is not kept is removed."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary = self.folder / f".new-{os.getpid()}-{secrets.token_hex(8)}"
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444)
        except OSError as error:
            raise _fault(error) from error
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file, Writer(self, file, temporary)
        except Unreadable:
            raise
        except OSError as error:
            raise _fault(error) from error
        finally:
            temporary.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove the temporary files that a killed run left."""
        for left in self.folder.glob(".new-*"):
            left.unlink(missing_ok=True)


class Writer:
    """Keeps one temporary file as the blob of a digest."""

    def __init__(self, blobs: Blobs, file: BinaryIO, temporary: Path) -> None:
        """Belong to `blobs`."""
        self._blobs, self._file, self._temporary = blobs, file, temporary

    def __call__(self, digest: str) -> None:
        """Sync the file and give it its name."""
        self._file.flush()
        os.fsync(self._file.fileno())
        target = self._blobs.path(digest)
        target.parent.mkdir(exist_ok=True)
        if not target.exists():
            self._temporary.rename(target)
        for folder in (target.parent, self._blobs.folder):
            _sync(folder)


class Arriving:
    """Bytes on their way into a case: a temporary file that is read only from the start, hashed as it grows."""

    def __init__(self, folder: Path) -> None:
        """Make the temporary file below `folder`; raise `StoreFault` when that cannot be written."""
        self.digest, self._sha256 = "", hashlib.sha256()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.path = folder / f".new-{os.getpid()}-{secrets.token_hex(8)}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._file: BinaryIO | None = os.fdopen(os.open(self.path, flags, 0o444), "wb", 1 << 17)
        except OSError as error:
            raise _fault(error) from error

    def write(self, data: bytes) -> None:
        """Add bytes; raise `StoreFault` when they cannot be written."""
        assert self._file
        self._sha256.update(data)
        try:
            self._file.write(data)
        except OSError as error:
            raise _fault(error) from error

    def close(self) -> None:
        """Note that all has come: `digest` is known from here on."""
        assert self._file
        try:
            self._file.close()
        except OSError as error:
            raise _fault(error) from error
        self._file = None
        self.digest = self._sha256.hexdigest()

    def sync(self) -> None:
        """Bring the bytes to the disk."""
        _sync(self.path)

    def drop(self) -> None:
        """Remove the temporary file."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        self.path.unlink(missing_ok=True)


def _sync(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    try:
        while block := file.read(CHUNK):
            yield block
    except OSError as error:
        raise Unreadable(error.errno, error.strerror) from error


def _fault(error: OSError) -> StoreFault:
    return StoreFault(f"the case's folder cannot be written: {error.strerror or error}")
