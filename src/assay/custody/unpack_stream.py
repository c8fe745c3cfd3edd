"""TAR archives and single files under gzip, bzip2, xz or lzma.

Limits: sparse tar members are read as their stored bytes only; device files and fifos are named, not made. A compressed
tar is unpacked at once into its members: the tar itself is not kept as an exhibit of its own.
"""

from __future__ import annotations

import bz2
import datetime
import io
import lzma
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator

from assay.custody.charset import decode
from assay.custody.unpack import Budget, Member, Refusal, Yield, undecoded

_PIECE = 1 << 20
_FIRST = 1 << 12
"""How much of a stream its reader is given at first: a million streams of a few bytes may follow each other."""
_PADDING = re.compile(rb"\0*")


def unpack_gzip(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield what a gzip file holds: one file, or the members of the tar inside."""
    name, modified = _gzip_header(data)
    yield from _single(_gunzipped(data), name, modified, budget, passwords)


def unpack_bzip2(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield what a bzip2 file holds: one file, or the members of the tar inside."""
    yield from _single(_chained(data, bz2.BZ2Decompressor), "", "", budget, passwords)


def unpack_xz(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield what an xz file holds: one file, or the members of the tar inside."""
    yield from _single(_chained(data, _xz), "", "", budget, passwords)


def unpack_lzma(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield what an old lzma file holds."""
    yield from _single(_chained(data, lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=256 << 20)), "", "",
                       budget, passwords)  # fmt: skip


def _xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=256 << 20)


def _single(
    pieces: Iterator[bytes], name: str, modified: str, budget: Budget, passwords: tuple[str, ...]
) -> Iterator[Yield]:
    """Collect the pieces within the budget; what was had before damage is kept, and noted."""
    room = budget.room()
    kept: list[bytes] = []
    size, damage = 0, ""
    try:
        for piece in pieces:
            size += len(piece)
            if size > room:
                met = budget.over(room)
                if not kept or not is_tar(kept[0]):
                    raise met
                why = f"it unpacks to more than {room >> 20} MiB; its members up to there were taken out"
                yield Refusal(name, "limit", why)
                break
            kept.append(piece)
    except (zlib.error, OSError, EOFError, lzma.LZMAError) as error:
        damage = str(error) or "it ends too early"
    content = b"".join(kept)
    del kept
    if damage:
        yield Refusal(
            name, "broken", f"its compressed bytes are damaged ({damage}); {size} bytes were read before that"
        )
        if not content:
            return
    if is_tar(content):
        yield from unpack_tar(content, budget, passwords)
        return
    yield Member(name or "content", content, "", modified, "cut short by damage" if damage else "")


def is_tar(data: bytes) -> bool:
    """Tell whether `data` opens with a tar header."""
    from assay.custody.sniff import media_type

    return media_type(data[:1024]) == "application/x-tar" if len(data) >= 512 else False


def _gzip_header(data: bytes) -> tuple[str, str]:
    """Return the name and time that the gzip header states."""
    if len(data) < 10:
        return "", ""
    flags, stamp = data[3], int.from_bytes(data[4:8], "little")
    modified = ""
    if stamp:
        modified = datetime.datetime.fromtimestamp(stamp, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    at = 10
    if flags & 4:
        at += 2 + int.from_bytes(data[10:12], "little")
    if not flags & 8:
        return "", modified
    stop = data.find(b"\0", at, at + 2000)
    return _name(data[at:stop]) if stop > at else "", modified


def _gunzipped(data: bytes) -> Iterator[bytes]:
    at = 0
    while data[at : at + 2] == b"\x1f\x8b":
        reader, step = zlib.decompressobj(31), _FIRST
        while not reader.eof:
            chunk = reader.unconsumed_tail or data[at : at + step]
            if not reader.unconsumed_tail:
                at, step = at + len(chunk), min(step * 4, _PIECE)
            if not chunk:
                raise EOFError("it ends too early")
            piece = reader.decompress(chunk, _PIECE)
            if piece:
                yield piece
        at -= len(reader.unused_data)


def _chained(data: bytes, make: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor]) -> Iterator[bytes]:
    """Yield the bytes of one compressed stream after another."""
    at = 0
    while at < len(data):
        reader, step, first = make(), _FIRST, at == 0
        try:
            while not reader.eof:
                chunk = data[at : at + step] if reader.needs_input else b""
                if reader.needs_input and not chunk:
                    raise EOFError("it ends too early")
                at, step = at + len(chunk), min(step * 4, _PIECE)
                piece = reader.decompress(chunk, _PIECE)
                if piece:
                    yield piece
        except (OSError, lzma.LZMAError):
            if first:
                raise
            return
        at = _PADDING.match(data, at - len(reader.unused_data)).end()  # type: ignore[union-attr]  # matches anywhere


def unpack_tar(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield the members of a tar archive; links are kept as files that hold the path they point to."""
    try:
        archive = tarfile.open(fileobj=io.BytesIO(data), mode="r:", encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
    except (tarfile.TarError, ValueError, OSError) as error:
        yield Refusal("", "broken", f"it is no readable tar archive ({error})")
        return
    while True:
        try:
            info = archive.next()
        except (tarfile.TarError, ValueError, OSError, OverflowError) as error:
            yield Refusal("", "broken", f"it is damaged ({error}); {budget.count} members were read before that")
            return
        archive.members = []  # type: ignore[attr-defined]  # tarfile keeps every header otherwise
        if info is None:
            return
        if info.isdir():
            continue
        yield from _tar_member(archive, info, budget)


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, budget: Budget) -> Iterator[Yield]:
    raw = info.name.encode("utf-8", "surrogateescape")
    path = _name(raw)
    note = "" if _is_utf8(raw) else "name decoded by its letters"
    modified = _iso(info.mtime)
    if info.issym() or info.islnk():
        target = info.linkname.encode("utf-8", "surrogateescape")
        kind = "symbolic" if info.issym() else "hard"
        more = f"a {kind} link; its bytes are the path it points to"
        yield Member(path, target, "", modified, "; ".join(filter(None, [note, more])))
        return
    if not info.isreg():
        yield Refusal(path, "no_reader", "it is a device or pipe, which holds no bytes")
        return
    room = budget.room()
    if info.size > room:
        met = budget.over(room)
        if met.final:
            raise met
        yield Refusal(path, "limit", met.message)
        return
    try:
        opened = archive.extractfile(info)
        content = opened.read(room + 1) if opened else b""
    except (tarfile.TarError, OSError, ValueError, KeyError) as error:
        yield Refusal(path, "broken", f"its bytes cannot be read ({error})")
        return
    if len(content) > room:
        raise budget.over(room)
    if len(content) < info.size:
        yield Refusal(path, "broken", f"its bytes are cut off: {len(content)} of {info.size} are there")
        note = "; ".join(filter(None, [note, "cut short"]))
    yield Member(path, content, "", modified, note)


def _iso(stamp: float) -> str:
    try:
        return datetime.datetime.fromtimestamp(int(stamp), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if stamp else ""
    except (ValueError, OverflowError, OSError):
        return ""


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _name(raw: bytes) -> str:
    r"""Return a name as text: UTF-8, else the most plausible code page, else `\xNN` for what is not ASCII."""
    if _is_utf8(raw):
        return raw.decode("utf-8")
    judged = decode(raw)
    return judged.text if judged is not None and not judged.replaced else undecoded(raw)
