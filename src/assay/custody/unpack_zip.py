"""ZIP, read from its own bytes: central directory, ZIP64, encrypted members, names in old code pages, damaged archives.

Why not the standard library: it raises on the first odd name, decodes every old name as cp437, and has no bound on what
a member inflates to. Here each member is inflated piece by piece into what the budget still allows.

Limits: methods stored, deflate, deflate64, bzip2, LZMA; ZipCrypto and WinZip AES. Split archives are not joined. When
the central directory is lost, members are found by their local headers and the order is that of the bytes.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from assay.custody import zip_crypto
from assay.custody.charset import decode
from assay.custody.unpack import Budget, LimitMet, Member, Refusal, Yield, slashed, undecoded

_END = b"PK\x05\x06"
_CENTRAL = b"PK\x01\x02"
_LOCAL = b"PK\x03\x04"
_METHODS = {0: "stored", 8: "deflate", 9: "deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class Entry:
    """One member as the directory states it. `offset` is that of its local header; `raw` its name's bytes."""

    raw: bytes
    utf8: bool
    method: int
    flags: int
    crc: int
    packed: int
    size: int
    offset: int
    modified: str
    symlink: bool
    extra: bytes

    @property
    def folder(self) -> bool:
        """Tell whether this is a folder and no file."""
        return self.raw.endswith((b"/", b"\\")) and self.size == 0


class Broken(Exception):
    """A member's bytes do not fit the format."""


def names(data: bytes, limit: int = 20_000) -> list[str]:
    """Return the members' names, at most `limit`, without reading them."""
    listed, _ = _directory(data, limit)
    return _decoded([e.raw for e in listed], [e.utf8 for e in listed])[0]


def read_small(data: bytes, name: str, limit: int) -> bytes:
    """Return a member's first `limit` bytes, or nothing when it is not there or cannot be read."""
    listed, _ = _directory(data, 20_000)
    for entry in listed:
        if entry.raw == name.encode("utf-8") and not entry.flags & 1:
            try:
                return b"".join(_inflate(_packed(data, entry), entry.method, limit, cut=True))[:limit]
            except (Broken, LimitMet, zip_crypto.Unsupported):
                return b""
    return b""


def read_member(data: bytes, name: str, limit: int) -> bytes | None:
    """Return a member whole; None when it is absent. Raise `Broken` or `LimitMet` when it cannot be had."""
    listed, _ = _directory(data, 20_000)
    for entry in listed:
        if entry.raw == name.encode("utf-8"):
            if entry.flags & 1:
                raise Broken(f"{name} is encrypted")
            try:
                return b"".join(_inflate(_packed(data, entry), entry.method, limit, cut=False))
            except zip_crypto.Unsupported as unsupported:
                raise Broken(str(unsupported)) from unsupported
    return None


def unpack_zip(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield the members of a ZIP archive."""
    entries, damage = _directory(data, budget.limits.members + 1)
    if damage:
        yield Refusal("", "broken", damage)
    decoded, note = _decoded([e.raw for e in entries], [e.utf8 for e in entries])
    overlapping = _overlapping(data, entries)
    for index, (entry, path) in enumerate(zip(entries, decoded, strict=True)):
        if entry.folder:
            continue
        if index in overlapping:
            yield Refusal(path, "limit", "its bytes overlap another member's, as in a zip bomb; it was not read")
            continue
        try:
            content = _content(data, entry, budget, passwords)
        except LimitMet as met:
            yield Refusal(path, "limit", met.message)
            if met.final:
                left = len(entries) - index - 1
                if left:
                    yield Refusal("", "limit", f"{left} of {len(entries)} members after that were not read")
                return
            continue
        except zip_crypto.Locked:
            yield Refusal(path, "encrypted", "a password is needed and none that was given fits")
            continue
        except zip_crypto.Unsupported as unsupported:
            yield Refusal(path, "no_reader", str(unsupported))
            continue
        except Broken as broken:
            yield Refusal(path, "broken", str(broken))
            continue
        odd = [note] if note and not entry.raw.isascii() and not entry.utf8 else []
        if entry.symlink:
            odd.append("a symbolic link; its bytes are the path it points to")
        if zlib.crc32(content) != entry.crc and not _aes(entry):
            odd.append("its checksum does not fit its bytes")
            yield Refusal(path, "broken", "its checksum does not fit its bytes; it was kept as it unpacks")
        yield Member(path, content, "", entry.modified, "; ".join(odd))


def _aes(entry: Entry) -> bool:
    return entry.method == 99


def _directory(data: bytes, limit: int) -> tuple[list[Entry], str]:
    """Return the entries, and what was damaged in plain words (empty when nothing was)."""
    end = data.rfind(_END, max(0, len(data) - 65_557))
    if end < 0 or len(data) < end + 22:
        entries = _salvaged(data, limit)
        how = "missing" if end < 0 else "cut off"
        return entries, f"its directory is {how}; {len(entries)} members were found by their own headers"
    count, size, start = struct.unpack_from("<HII", data, end + 10)
    if 0xFFFF in (count,) or 0xFFFFFFFF in (size, start):
        count, size, start = _zip64(data, end, (count, size, start))
    shift = _shift(data, end, start, size)
    entries = []
    at = start + shift
    while len(entries) < min(limit, count) and data[at : at + 4] == _CENTRAL and at + 46 <= len(data):
        entry, at = _central(data, at, shift)
        entries.append(entry)
    if len(entries) < min(limit, count):
        found = _salvaged(data, limit)
        if len(found) > len(entries):
            return found, f"its directory is damaged; {len(found)} members were found by their own headers"
        return entries, f"its directory lists {count} members and only {len(entries)} can be found"
    return entries, ""


def _shift(data: bytes, end: int, start: int, size: int) -> int:
    """Return by how much all offsets are off, as when a program stands before the archive."""
    if data[start : start + 4] == _CENTRAL or start == end:
        return 0
    guess = end - size - start
    return guess if guess > 0 and data[start + guess : start + guess + 4] == _CENTRAL else 0


def _zip64(data: bytes, end: int, plain: tuple[int, int, int]) -> tuple[int, int, int]:
    locator = data[max(0, end - 20) : end]
    if locator[:4] != b"PK\x06\x07":
        return plain
    at = int.from_bytes(locator[8:16], "little")
    if data[at : at + 4] != b"PK\x06\x06" or at + 56 > len(data):
        return plain
    count, size, start = struct.unpack_from("<QQQ", data, at + 32)
    return count, size, start


def _central(data: bytes, at: int, shift: int) -> tuple[Entry, int]:
    (made, _, flags, method, time, day, crc, packed, size, named, extras, comment) = struct.unpack_from(
        "<HHHHHHIIIHHH", data, at + 4
    )
    attributes, offset = struct.unpack_from("<II", data, at + 38)
    raw = data[at + 46 : at + 46 + named]
    extra = data[at + 46 + named : at + 46 + named + extras]
    packed, size, offset = _wide_sizes(extra, packed, size, offset)
    raw, utf8 = _unicode_name(extra, raw, bool(flags & 0x800))
    symlink = made >> 8 == 3 and (attributes >> 16) & 0o170000 == 0o120000
    entry = Entry(raw, utf8, method, flags, crc, packed, size, offset + shift, _dos_time(day, time), symlink, extra)
    return entry, at + 46 + named + extras + comment


def _fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        yield kind, extra[at + 4 : at + 4 + size]
        at += 4 + size


def _wide_sizes(extra: bytes, packed: int, size: int, offset: int) -> tuple[int, int, int]:
    for kind, body in _fields(extra):
        if kind == 1:
            numbers = [int.from_bytes(body[i : i + 8], "little") for i in range(0, len(body) - 7, 8)]
            if size == 0xFFFFFFFF and numbers:
                size = numbers.pop(0)
            if packed == 0xFFFFFFFF and numbers:
                packed = numbers.pop(0)
            if offset == 0xFFFFFFFF and numbers:
                offset = numbers.pop(0)
    return packed, size, offset


def _unicode_name(extra: bytes, raw: bytes, utf8: bool) -> tuple[bytes, bool]:
    """Return the name of Info-ZIP's Unicode field when it belongs to this name."""
    for kind, body in _fields(extra):
        if kind == 0x7075 and len(body) > 5 and int.from_bytes(body[1:5], "little") == zlib.crc32(raw):
            return body[5:], True
    return raw, utf8


def _dos_time(day: int, time: int) -> str:
    year, month, date = 1980 + (day >> 9), day >> 5 & 15, day & 31
    hour, minute, second = time >> 11, time >> 5 & 63, (time & 31) * 2
    if not (1 <= month <= 12 and 1 <= date <= 31 and hour < 24 and minute < 60 and second < 60) or day in (0, 33):
        return ""
    return f"{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}"


def _salvaged(data: bytes, limit: int) -> list[Entry]:
    """Find members by their local headers, for archives whose directory is lost."""
    entries: list[Entry] = []
    at = data.find(_LOCAL)
    while at >= 0 and len(entries) < limit and at + 30 <= len(data):
        flags, method, time, day, crc, packed, size, named, extras = struct.unpack_from("<HHHHIIIHH", data, at + 6)
        raw = data[at + 30 : at + 30 + named]
        start = at + 30 + named + extras
        follow = data.find(_LOCAL, start)
        if method in _METHODS or method == 99:
            if flags & 8 and packed == 0:
                stop = data.find(b"PK\x07\x08", start, follow if follow >= 0 else len(data))
                packed = (stop if stop >= 0 else follow if follow >= 0 else len(data)) - start
                if stop >= 0 and stop + 16 <= len(data):
                    crc, _, size = struct.unpack_from("<III", data, stop + 4)
            raw, utf8 = _unicode_name(data[at + 30 + named : start], raw, bool(flags & 0x800))
            extra = data[at + 30 + named : start]
            entries.append(Entry(raw, utf8, method, flags, crc, packed, size, at, _dos_time(day, time), False, extra))
            if start + packed <= len(data) and packed:
                follow = data.find(_LOCAL, start + packed)
        at = follow
    return entries


def _overlapping(data: bytes, entries: list[Entry]) -> set[int]:
    """Return the entries whose bytes lie inside an earlier one's: one kernel of zeros quoted many times."""
    found: set[int] = set()
    reached = -1
    for offset, index in sorted((e.offset, i) for i, e in enumerate(entries) if not e.folder):
        if offset < reached:
            found.add(index)
            continue
        stop = offset + 30 + len(entries[index].raw) + entries[index].packed
        reached = stop if stop <= len(data) else offset  # a size beyond the file's end is a lie, and hides no other
    return found


def _packed(data: bytes, entry: Entry) -> memoryview:
    at = entry.offset
    if data[at : at + 4] != _LOCAL or at + 30 > len(data):
        raise Broken("its local header is not where the directory says")
    named, extras = struct.unpack_from("<HH", data, at + 26)
    start = at + 30 + named + extras
    if start + entry.packed > len(data):
        own = int.from_bytes(data[at + 18 : at + 22], "little")
        if 0 < own <= len(data) - start and not entry.flags & 8:
            return memoryview(data)[start : start + own]  # the member's own header knows better than the directory
        raise Broken(f"its bytes are cut off: {len(data) - start} of {entry.packed} are there")
    return memoryview(data)[start : start + entry.packed]


def _content(data: bytes, entry: Entry, budget: Budget, passwords: tuple[str, ...]) -> bytes:
    room = budget.room()
    packed = _packed(data, entry)
    method = entry.method
    if entry.flags & 1:
        return _unlocked(packed, entry, budget, passwords)
    return _bounded(packed, method, room, budget)


def _bounded(packed: bytes | memoryview, method: int, room: int, budget: Budget) -> bytes:
    pieces, size = [], 0
    for piece in _inflate(packed, method, room + 1, cut=True):
        size += len(piece)
        if size > room:
            raise budget.over(room)
        pieces.append(piece)
    return b"".join(pieces)


def _unlocked(packed: memoryview, entry: Entry, budget: Budget, passwords: tuple[str, ...]) -> bytes:
    aes = next((body for kind, body in _fields(entry.extra) if kind == 0x9901), None)
    for password in passwords:
        for plain, method in zip_crypto.attempts(bytes(packed), entry.method, entry.crc, entry.flags, aes, password):
            try:
                content = _bounded(plain, method, budget.room(), budget)
            except Broken:
                continue
            if aes is not None or zlib.crc32(content) == entry.crc:
                return content
    raise zip_crypto.Locked


def _inflate(packed: bytes | memoryview, method: int, limit: int, *, cut: bool) -> Iterator[bytes]:
    """Yield the member's bytes in pieces, never more than `limit` in all; past it stop (`cut`) or raise `LimitMet`."""
    left = limit
    for piece in _pieces(packed, method, limit):
        if len(piece) > left:
            if not cut:
                raise LimitMet(f"it is larger than {limit} bytes", final=False)
            yield piece[:left]
            return
        left -= len(piece)
        yield piece


def _pieces(packed: bytes | memoryview, method: int, limit: int) -> Iterator[bytes]:
    if method == 0:
        for at in range(0, len(packed), _PIECE):
            yield bytes(packed[at : at + _PIECE])
    elif method == 8:
        yield from _deflated(packed)
    elif method == 12:
        yield from _stepped(bz2.BZ2Decompressor(), packed)
    elif method == 14:
        yield from _stepped(_lzma_reader(packed), packed[4 + int.from_bytes(packed[2:4], "little") :])
    elif method == 9:
        yield from _deflated64(packed)
    else:
        raise zip_crypto.Unsupported(f"no reader for compression method {_METHODS.get(method, method)}")


def _deflated(packed: bytes | memoryview) -> Iterator[bytes]:
    reader = zlib.decompressobj(-15)
    tail: bytes = b""
    try:
        for at in range(0, len(packed), _PIECE):
            tail = bytes(packed[at : at + _PIECE])
            while tail and not reader.eof:
                piece = reader.decompress(tail, _PIECE * 4)
                tail = reader.unconsumed_tail
                if piece:
                    yield piece
        while not reader.eof:
            piece = reader.decompress(reader.unconsumed_tail, _PIECE * 4)
            if not piece:
                break
            yield piece
    except zlib.error as error:
        raise Broken(f"its compressed bytes are damaged ({error})") from error
    if not reader.eof:
        raise Broken("its compressed bytes end too early")


def _lzma_reader(packed: bytes | memoryview) -> lzma.LZMADecompressor:
    size = int.from_bytes(packed[2:4], "little")
    if size != 5 or len(packed) < 9:
        raise Broken("its LZMA header is damaged")
    byte, dictionary = packed[4], int.from_bytes(packed[5:9], "little")
    if byte >= 225 or dictionary > 1 << 28:
        raise Broken("its LZMA header asks for more memory than is allowed")
    spec = {"id": lzma.FILTER_LZMA1, "lc": byte % 9, "lp": byte // 9 % 5, "pb": byte // 45, "dict_size": dictionary}
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[spec])


def _stepped(reader: bz2.BZ2Decompressor | lzma.LZMADecompressor, packed: bytes | memoryview) -> Iterator[bytes]:
    try:
        piece = reader.decompress(bytes(packed), _PIECE * 4)
        while piece:
            yield piece
            if reader.eof:
                return
            piece = reader.decompress(b"", _PIECE * 4)
    except (OSError, lzma.LZMAError, EOFError) as error:
        raise Broken(f"its compressed bytes are damaged ({error})") from error


def _deflated64(packed: bytes | memoryview) -> Iterator[bytes]:
    try:
        import inflate64
    except ImportError as missing:
        raise zip_crypto.Unsupported("no reader for compression method deflate64") from missing
    reader = inflate64.Inflater()
    try:
        for at in range(0, len(packed), 4096):
            piece = reader.inflate(bytes(packed[at : at + 4096]))
            if piece:
                yield piece
    except (ValueError, OSError, RuntimeError) as error:
        raise Broken(f"its compressed bytes are damaged ({error})") from error


def _decoded(raw: list[bytes], utf8: list[bool]) -> tuple[list[str], str]:
    r"""Return names as text: UTF-8 where it is, else the code page that makes the most plausible letters.

    What fits none is kept with `\xNN`. The note says which code page was judged.
    """
    old = [name for name, flagged in zip(raw, utf8, strict=True) if not name.isascii() and not _is_utf8(name)]
    judged = decode(b"\n".join(_unslashed(old))) if old else None
    encoding = judged.encoding if judged is not None and judged.encoding not in ("utf-16-le", "utf-16-be") else ""
    result = []
    for name in raw:
        if _is_utf8(name):
            result.append(name.decode("utf-8"))
            continue
        try:
            result.append(name.decode(encoding) if encoding else undecoded(name))
        except UnicodeDecodeError:
            result.append(undecoded(name))
    note = f"name decoded as {encoding}, by its letters" if encoding else "name in an unknown encoding"
    return [slashed(name) for name in result], note


def _unslashed(raw: list[bytes]) -> list[bytes]:
    """Return names as lines of words, so that folders and endings do not sway the judgement."""
    return [name.replace(b"/", b"\n").replace(b"_", b" ").rsplit(b".", 1)[0] for name in raw]


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
