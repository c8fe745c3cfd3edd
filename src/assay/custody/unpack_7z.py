"""7z archives, through py7zr (LGPL), with each member written into what the budget allows.

Limits: needs the optional package py7zr; without it the archive is named as not readable. Split archives are not
joined.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from assay.custody.unpack import Budget, LimitMet, Member, Refusal, Yield

_PIECE = 16 << 20
_ROOM_IN_ALL = 1 << 30
"""7z members are decompressed together, so all of them must fit in memory at once."""


def unpack_7z(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield the members of a 7z archive."""
    try:
        import py7zr
        from py7zr.exceptions import ArchiveError, PasswordRequired, UnsupportedCompressionMethodError
    except ImportError:
        yield Refusal("", "no_reader", "no reader for application/x-7z-compressed: the package py7zr is not installed")
        return
    locked = False
    for password in (None, *passwords):
        try:
            with py7zr.SevenZipFile(io.BytesIO(data), "r", password=password) as archive:
                if archive.needs_password() and password is None:
                    locked = True
                    continue
                yield from _extracted(archive, budget)
                return
        except PasswordRequired:
            locked = True
        except UnsupportedCompressionMethodError as error:
            yield Refusal("", "no_reader", f"no reader for its compression method ({error})")
            return
        except LimitMet:
            raise
        except (ArchiveError, OSError, EOFError, ValueError, TypeError, KeyError, IndexError, AssertionError,
                AttributeError, MemoryError, OverflowError, RuntimeError) as error:  # fmt: skip
            if _is_lzma_error(error) and password is None and not locked:
                yield Refusal("", "broken", f"it is damaged ({error})")
                return
            if password is None:
                yield Refusal("", "broken", f"it is damaged ({type(error).__name__}: {error})")
                return
            locked = True
        except Exception as error:
            # Decompressors raise their own kinds (lzma, zlib, zstd, ppmd); a wrong password looks like damage.
            if password is None:
                yield Refusal("", "broken", f"it is damaged ({type(error).__name__}: {error})")
                return
            locked = True
    if locked:
        yield Refusal("", "encrypted", "a password is needed and none that was given fits")


_WASTE = 4
"""Decompression stops when this many times the room was decompressed: what is let go costs time, too."""


class _Enough(Exception):
    """A limit on what may be decompressed was met."""


def _is_lzma_error(error: BaseException) -> bool:
    return type(error).__name__ == "LZMAError"


def _extracted(archive: Any, budget: Budget) -> Iterator[Yield]:
    from py7zr import py7zr as reader
    from py7zr.io import Py7zIO, WriterFactory

    reader.get_memory_limit = lambda: _PIECE  # type: ignore[attr-defined]  # its own looks into /proc
    room = min(budget.room(), _ROOM_IN_ALL)
    state = {"left": room, "seen": 0}

    class Bounded(Py7zIO):
        """A member in memory; one that does not fit in the room is let go, and the next is tried."""

        def __init__(self) -> None:
            self.buffer = io.BytesIO()
            self.over = False

        def write(self, s: bytes | bytearray) -> int:
            state["seen"] += len(s)
            if state["seen"] > _WASTE * room:
                raise _Enough
            if not self.over and len(s) > state["left"]:
                self.over = True
                state["left"] += self.size()
                self.buffer = io.BytesIO()
            if not self.over:
                state["left"] -= len(s)
                self.buffer.write(s)
            return len(s)

        def read(self, size: int | None = None) -> bytes:
            return self.buffer.read(-1 if size is None else size)

        def seek(self, offset: int, whence: int = 0) -> int:
            return self.buffer.seek(offset, whence)

        def flush(self) -> None:
            self.buffer.flush()

        def size(self) -> int:
            return self.buffer.getbuffer().nbytes

    class Factory(WriterFactory):
        """Hands out one bounded writer a member."""

        def __init__(self) -> None:
            self.made: dict[str, Bounded] = {}

        def create(self, filename: str) -> Bounded:
            if len(self.made) > budget.limits.members:
                raise _Enough
            writer = self.made[filename] = Bounded()
            return writer

    listed = {info.filename: info for info in archive.list()}
    factory = Factory()
    whole = True
    try:
        archive.extractall(factory=factory)
    except _Enough:
        whole = False
    for number, (name, writer) in enumerate(factory.made.items(), 1):
        info = listed.get(name)
        if info is not None and info.is_directory:
            continue
        if not whole and number == len(factory.made):
            break
        if writer.over:
            yield Refusal(name, "limit", budget.over(room).message)
            continue
        modified = info.creationtime.strftime("%Y-%m-%dT%H:%M:%SZ") if info is not None and info.creationtime else ""
        yield Member(name, writer.buffer.getvalue(), "", modified, "")
    if not whole:
        message = f"it unpacks to more than {_WASTE * room >> 20} MiB or {budget.limits.members} members"
        yield Refusal("", "limit", f"{message}; {budget.count} of {len(listed)} were read before that")
