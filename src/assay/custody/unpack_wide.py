"""RAR, CAB, LHA, ISO 9660, CPIO, AR and WARC archives, and single streams under less common compressors.

All through libarchive (BSD; Debian libarchive13), in this process: each archive is opened for its own kind only, so
that no other parser is reached and no outside program is ever asked for.

Limits: encrypted RAR archives are named as encrypted (libarchive does not decrypt them); RAR's recovery records, RAR
before version 1.5, ARJ, XAR and lzop are not read. Without the library each such archive is an honest problem.
"""

from __future__ import annotations

import datetime
import logging
import os
import sys
from collections.abc import Iterator
from ctypes import c_char_p, c_int, c_void_p, cast
from typing import Any

from assay.custody.charset import decode
from assay.custody.unpack import Budget, LimitMet, Member, Refusal, Yield, undecoded

_FORMATS: dict[str, tuple[str, ...]] = {
    "application/x-rar": ("rar", "rar5"),
    "application/vnd.ms-cab-compressed": ("cab",),
    "application/x-lzh": ("lha",),
    "application/x-iso9660-image": ("iso9660",),
    "application/x-cpio": ("cpio",),
    "application/x-archive": ("ar",),
    "application/warc": ("warc",),
}
_FILTERS: dict[str, str] = {
    "application/x-compress": "compress",
    "application/x-lzip": "lzip",
    "application/zstd": "zstd",
    "application/x-lz4": "lz4",
}
_PIECE = 1 << 18
_MOST_HEADERS = 200_000
_MISSING = "the library libarchive is not installed (Debian package libarchive13): what it holds was not unpacked"


def _library() -> Any:
    """Return libarchive's functions; None when the library is not installed.

    The Python package asks an outside program where the library lies unless it is told; workers may start none.
    """
    if sys.platform == "linux" and not os.environ.get("LIBARCHIVE"):
        os.environ["LIBARCHIVE"] = "libarchive.so.13"
    logger = logging.getLogger("libarchive")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    try:
        from libarchive import ffi
    except (ImportError, OSError, AttributeError, TypeError):
        return None
    return ffi


def unpack_archive(data: bytes, budget: Budget, passwords: tuple[str, ...], media_type: str) -> Iterator[Yield]:
    """Yield the members of an archive of `media_type`, in its order; links are kept as files that hold their target."""
    ffi = _library()
    if ffi is None:
        yield Refusal("", "missing_program", _MISSING)
        return
    yield from _opened(ffi, data, _FORMATS[media_type], "", budget)


def unpack_stream(data: bytes, budget: Budget, passwords: tuple[str, ...], media_type: str) -> Iterator[Yield]:
    """Yield what a compressed stream holds: one file, or the members of the tar inside."""
    from assay.custody.unpack_stream import is_tar, unpack_tar

    ffi = _library()
    if ffi is None:
        yield Refusal("", "missing_program", _MISSING)
        return
    for found in _opened(ffi, data, ("raw",), _FILTERS[media_type], budget):
        if isinstance(found, Member) and is_tar(found.data):
            yield from unpack_tar(found.data, budget, passwords)
        elif isinstance(found, Member):
            yield Member("content", found.data, "", "", found.note)
        else:
            yield found


def _opened(ffi: Any, data: bytes, formats: tuple[str, ...], packed_by: str, budget: Budget) -> Iterator[Yield]:
    from libarchive.exception import ArchiveError

    pointer = ffi.read_new()
    try:
        for name in formats:
            ffi.get_read_format_function(name)(pointer)
        if packed_by:
            ffi.get_read_filter_function(packed_by)(pointer)
        ffi.read_open_memory(pointer, cast(c_char_p(data), c_void_p), len(data))
        yield from _members(ffi, pointer, budget)
    except ArchiveError as error:
        yield _refusal("", error, budget)
    finally:
        ffi.read_free(pointer)


def _refusal(path: str, error: Exception, budget: Budget) -> Refusal:
    message = str(getattr(error, "msg", error) or "unknown damage")
    if "ncrypt" in message or "assphrase" in message:
        return Refusal(path, "encrypted", "it is encrypted, and nothing here decrypts this kind of archive")
    if "nsupported" in message:
        return Refusal(path, "no_reader", f"no reader for this kind of it ({message[:160]})")
    return Refusal(path, "broken", f"it is damaged ({message[:160]}); {budget.count} members were read before that")


def _members(ffi: Any, pointer: Any, budget: Budget) -> Iterator[Yield]:
    from libarchive.exception import ArchiveError

    encrypted = ffi.ffi("entry_is_encrypted", [c_void_p], c_int)
    utf8 = ffi.ffi("entry_pathname_utf8", [c_void_p], c_char_p)
    entry = ffi.entry_new()
    try:
        for _ in range(_MOST_HEADERS):
            if ffi.read_next_header2(pointer, entry) == ffi.ARCHIVE_EOF:
                return
            path, note = _name(ffi, utf8, entry)
            kind = ffi.entry_filetype(entry) & 0o170000
            if kind == 0o040000:
                continue
            modified = _iso(ffi.entry_mtime(entry)) if ffi.entry_mtime_is_set(entry) else ""
            target, link = _target(ffi, entry, kind)
            if target is not None:
                note = "; ".join(filter(None, [note, f"a {link} link; its bytes are the path it points to"]))
                budget.room()
                yield Member(path, target, "", modified, note)
            elif kind not in (0, 0o100000):
                yield Refusal(path, "no_reader", "it is a device or pipe, which holds no bytes")
            elif encrypted(entry):
                yield Refusal(path, "encrypted", "it is encrypted, and nothing here decrypts this kind of archive")
            else:
                try:
                    yield _content(ffi, pointer, entry, path, modified, note, budget)
                except ArchiveError as error:
                    yield _refusal(path, error, budget)
                    if error.retcode is not None and error.retcode <= ffi.ARCHIVE_FATAL:
                        return
        yield Refusal("", "limit", f"it lists more than {_MOST_HEADERS} members; those after them were not read")
    finally:
        ffi.entry_free(entry)


def _content(
    ffi: Any, pointer: Any, entry: Any, path: str, modified: str, note: str, budget: Budget
) -> Member | Refusal:
    from ctypes import create_string_buffer

    room = budget.room()
    buffer = create_string_buffer(_PIECE)
    kept: list[bytes] = []
    size = 0
    while got := ffi.read_data(pointer, buffer, _PIECE):
        size += got
        if size > room:
            met: LimitMet = budget.over(room)
            if met.final:
                raise met
            return Refusal(path, "limit", met.message)
        kept.append(buffer.raw[:got])
    content = b"".join(kept)
    if ffi.entry_size_is_set(entry) and ffi.entry_size(entry) > size:
        note = "; ".join(filter(None, [note, "cut short"]))
    return Member(path, content, "", modified, note)


def _target(ffi: Any, entry: Any, kind: int) -> tuple[bytes | None, str]:
    if kind == 0o120000:
        return ffi.entry_symlink(entry) or b"", "symbolic"
    hard = ffi.entry_hardlink(entry)
    return (hard, "hard") if hard else (None, "")


def _name(ffi: Any, utf8: Any, entry: Any) -> tuple[str, str]:
    r"""Return a member's name and a note: UTF-8, else the most plausible code page, else `\xNN` for other bytes."""
    said = utf8(entry)
    raw: bytes = said or ffi.entry_pathname(entry) or b""
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError:
        judged = decode(raw)
    if judged is not None and not judged.replaced:
        return judged.text, f"name decoded as {judged.encoding}, by its letters"
    return undecoded(raw), "name in an unknown encoding"


def _iso(stamp: int) -> str:
    try:
        return datetime.datetime.fromtimestamp(int(stamp), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if stamp else ""
    except (ValueError, OverflowError, OSError):
        return ""
