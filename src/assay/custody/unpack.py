r"""Archives, mails and containers into their members, with limits that a hostile file cannot pass.

`members` yields what is inside one level of one exhibit: files of archives, attachments of mails, mails of a mailbox,
files embedded in PDF and office documents. The caller stores each member and comes back with it: depth is the caller's
matter. What could not be unpacked, or only under another name, is yielded as a `Refusal`, which becomes a `Problem`.

Limits: 7z is read through py7zr; RAR, CAB, LZH, ISO and their like through libarchive, PST through libpff; ARJ, CHM
and other types have no reader here and say so. Pictures inside office documents stay where they are. A member is
never larger in memory than `UnpackLimits.member`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assay.custody.sniff import declared_type


@dataclass(frozen=True, slots=True)
class UnpackLimits:
    """What one exhibit may unpack to, at most: members, bytes in all, bytes a member, bytes out per byte in.

    The ratio counts only above `ratio_floor` bytes of output: small files compress as well as they like.
    """

    members: int = 20_000
    total: int = 4 << 30
    member: int = 1 << 30
    ratio: int = 250
    ratio_floor: int = 32 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside an exhibit, with the name and time that its container gives it."""

    path: str
    data: bytes
    declared_type: str
    modified: str
    note: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was not unpacked, or not under its own name. `category` is one of `model.PROBLEMS`."""

    path: str
    category: str
    message: str


Yield = Member | Refusal
Unpacker = Callable[[bytes, "Budget", tuple[str, ...]], Iterator[Yield]]
ManyUnpacker = Callable[[bytes, "Budget", tuple[str, ...], str], Iterator[Yield]]
"""One that unpacks several media types, and is told which one it meets."""


class LimitMet(Exception):
    """A limit was met; the message says which one. `final` means that nothing more can be read from this exhibit."""

    def __init__(self, message: str, *, final: bool) -> None:
        """Say which limit was met."""
        super().__init__(message)
        self.message = message
        self.final = final


class Budget:
    """What may still be unpacked from one exhibit: counts bytes and members against the limits."""

    def __init__(self, limits: UnpackLimits, size: int) -> None:
        """Start with all of `limits` for an exhibit of `size` bytes."""
        self.limits = limits
        self.size = max(size, 1)
        self.count = 0
        self.bytes = 0

    def room(self) -> int:
        """Return how many bytes the next member may have; raise `LimitMet` when there is no more."""
        limits = self.limits
        if self.count >= limits.members:
            raise LimitMet(f"it holds more than {limits.members} members; those after them were not read", final=True)
        total = min(limits.total, max(limits.ratio_floor, limits.ratio * self.size))
        if self.bytes >= total:
            raise LimitMet(self._exhausted(), final=True)
        return min(limits.member, total - self.bytes)

    def over(self, room: int) -> LimitMet:
        """Return the fault for a member that is larger than `room`."""
        if room >= self.limits.member:
            return LimitMet(f"it is larger than {_mib(self.limits.member)} and was not read", final=False)
        return LimitMet(self._exhausted(), final=True)

    def spend(self, size: int) -> None:
        """Count one member of `size` bytes."""
        self.count += 1
        self.bytes += size

    def _exhausted(self) -> str:
        limits = self.limits
        if limits.total <= max(limits.ratio_floor, limits.ratio * self.size):
            return f"it unpacks to more than {_mib(limits.total)}; {self.count} members were read before that"
        return (
            f"it unpacks to more than {limits.ratio} times its size and more than {_mib(limits.ratio_floor)}; "
            f"{self.count} members were read before that"
        )


def _mib(size: int) -> str:
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size} bytes"


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_TABLE: dict[str, str] = {
    "application/zip": "assay.custody.unpack_zip:unpack_zip",
    "application/java-archive": "assay.custody.unpack_zip:unpack_zip",
    "application/vnd.google-earth.kmz": "assay.custody.unpack_zip:unpack_zip",
    "application/x-tar": "assay.custody.unpack_stream:unpack_tar",
    "application/gzip": "assay.custody.unpack_stream:unpack_gzip",
    "application/x-bzip2": "assay.custody.unpack_stream:unpack_bzip2",
    "application/x-xz": "assay.custody.unpack_stream:unpack_xz",
    "application/x-lzma": "assay.custody.unpack_stream:unpack_lzma",
    "application/x-7z-compressed": "assay.custody.unpack_7z:unpack_7z",
    "message/rfc822": "assay.custody.unpack_mail:unpack_mail",
    "multipart/related": "assay.custody.unpack_mail:unpack_mail",
    "application/mbox": "assay.custody.unpack_mail:unpack_mbox",
    "message/x-emlx": "assay.custody.unpack_mail:unpack_emlx",
    "application/vnd.ms-outlook-pst": "assay.custody.unpack_pst:unpack_pst",
    "application/vnd.ms-outlook": "assay.custody.unpack_mail:unpack_msg",
    "application/pdf": "assay.custody.unpack_document:unpack_pdf",
    "application/pkcs7-mime": "assay.custody.unpack_document:unpack_cms",
    "application/vnd.ms-tnef": "assay.custody.unpack_tnef:unpack_tnef",
    f"{_OOXML}wordprocessingml.document": "assay.custody.unpack_document:unpack_ooxml",
    f"{_OOXML}spreadsheetml.sheet": "assay.custody.unpack_document:unpack_ooxml",
    f"{_OOXML}presentationml.presentation": "assay.custody.unpack_document:unpack_ooxml",
    "application/vnd.ms-word.document.macroEnabled.12": "assay.custody.unpack_document:unpack_ooxml",
    "application/vnd.ms-excel.sheet.macroEnabled.12": "assay.custody.unpack_document:unpack_ooxml",
    "application/vnd.ms-excel.sheet.binary.macroEnabled.12": "assay.custody.unpack_document:unpack_ooxml",
    "application/vnd.ms-powerpoint.presentation.macroEnabled.12": "assay.custody.unpack_document:unpack_ooxml",
    f"{_ODF}text": "assay.custody.unpack_document:unpack_odf",
    f"{_ODF}spreadsheet": "assay.custody.unpack_document:unpack_odf",
    f"{_ODF}presentation": "assay.custody.unpack_document:unpack_odf",
}
"""Media type to the function that unpacks it; loaded when first met."""

_WIDE: dict[str, str] = {
    **dict.fromkeys(
        (
            "application/x-rar", "application/vnd.ms-cab-compressed", "application/x-lzh",
            "application/x-iso9660-image", "application/x-cpio", "application/x-archive",
            "application/warc",
        ),
        "assay.custody.unpack_wide:unpack_archive",
    ),
    **dict.fromkeys(
        (
            "application/x-compress", "application/x-lzip", "application/zstd", "application/x-lz4",
        ),
        "assay.custody.unpack_wide:unpack_stream",
    ),
}  # fmt: skip
"""The same, for functions that unpack several types."""

_UNREAD = frozenset(
    [
        "application/x-arj",
        "application/x-stuffit",
        "application/x-ace",
        "application/x-xar",
        "application/x-lzop",
        "application/x-rpm",
        "application/vnd.ms-htmlhelp",
        "application/x-zoo",
    ]
)
"""Containers that nothing here opens."""

SIGNATURE = "application/pkcs7-signature"
_PAPERS = ("message/", "multipart/", "application/pdf", "application/vnd.", "application/msword")


def only_holds(media_type: str) -> bool:
    """Tell whether exhibits of that type hold others, or a signature, and have no page of their own."""
    if media_type in (
        SIGNATURE,
        "application/vnd.ms-outlook-pst",
        "application/vnd.ms-tnef",
        "application/vnd.ms-cab-compressed",
        "application/mbox",
    ):
        return True
    return holds(media_type) and not media_type.startswith(_PAPERS)


def members(
    data: bytes, media_type: str, limits: UnpackLimits, passwords: tuple[str, ...] = ()
) -> Iterator[Member | Refusal]:
    """Yield what is inside an exhibit, one level deep, in the container's order.

    Yields nothing for types that hold nothing. Never raises for what the bytes hold: damage, limits and missing
    passwords are `Refusal`s, and what was read before them stands. A member whose bytes are the container's own (a file
    that unpacks to itself) is refused.
    """
    target = _TABLE.get(media_type) or _WIDE.get(media_type)
    if target is None:
        if media_type in _UNREAD:
            yield Refusal("", "no_reader", f"no reader for {media_type}: what it holds was not unpacked")
        return
    from importlib import import_module

    module, _, name = target.partition(":")
    unpacker = getattr(import_module(module), name)
    told = (media_type,) if media_type in _WIDE else ()
    budget = Budget(limits, len(data))
    taken: set[str] = set()
    try:
        for found in unpacker(data, budget, passwords, *told):
            if isinstance(found, Refusal):
                yield found
                continue
            if found.data == data:
                yield Refusal(found.path, "limit", "it holds itself again, without end; it is kept once")
                continue
            budget.spend(len(found.data))
            yield from _named(found, taken)
    except LimitMet as met:
        yield Refusal("", "limit", met.message)
    except RecursionError:
        yield Refusal("", "limit", f"its structure is nested too deeply; {budget.count} members were read before that")


def _named(found: Member, taken: set[str]) -> Iterator[Yield]:
    """Yield a member under a name that stays inside its parent, and no other member's."""
    safe = safe_path(found.path)
    note = found.note
    if safe != found.path:
        note = "; ".join(filter(None, [note, f"named {shown(found.path)} in its container"]))
        if points_outside(found.path):
            yield Refusal(
                safe, "unsafe_name", f"its name {shown(found.path)} points outside the container; it was kept as {safe}"
            )
    unique, number = safe, 2
    while unique in taken:
        unique = f"{safe} ({number})"
        number += 1
    if unique != safe:
        note = "; ".join(filter(None, [note, "another member has the same name"]))
    taken.add(unique)
    yield Member(unique, found.data, found.declared_type or declared_type(safe), found.modified, note)


def slashed(path: str) -> str:
    r"""Return a Windows path with `/` between folders; `\xNN` stands for a byte and stays."""
    return path if "/" in path else re.sub(r"\\(?!x[0-9A-F]{2})", "/", path)


def points_outside(path: str) -> bool:
    """Tell whether a member's name is absolute or climbs out of its container."""
    flat = slashed(path)
    return flat.startswith("/") or flat[1:3] == ":/" or ".." in flat.split("/")


def safe_path(path: str) -> str:
    r"""Return `path` relative, with `/` between folders, without `..`, at most 1,000 characters long."""
    flat = slashed(path)
    if flat[1:3] == ":/" and flat[0].isalpha():
        flat = flat[3:]
    kept = [name for name in flat.split("/") if name not in ("", ".")]
    kept = ["__" if name == ".." else name for name in kept]
    text = "/".join(kept)
    text = "".join(f"\\x{ord(c):02X}" if ord(c) < 32 or ord(c) == 127 else c for c in text)
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    if len(text) > 1000:
        text = text[:480] + "..." + text[-480:]
    return text or "unnamed"


def shown(path: str) -> str:
    """Return a name as it can be printed: quoted, without control characters, cut when long."""
    text = repr(path)
    return text if len(text) <= 200 else text[:150] + "..." + text[-40:]


def undecoded(raw: bytes) -> str:
    r"""Return a name whose encoding is unknown: ASCII as it is, every other byte as `\xNN`."""
    return "".join(chr(b) if 32 <= b < 127 else f"\\x{b:02X}" for b in raw)


def holds(media_type: str) -> bool:
    """Tell whether exhibits of that type may hold others: those that `members` has something to say on."""
    return media_type in _TABLE or media_type in _WIDE or media_type in _UNREAD
