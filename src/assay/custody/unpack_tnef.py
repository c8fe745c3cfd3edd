"""Outlook's TNEF (winmail.dat) into its message and attachments, byte for byte.

What Outlook sends to itself inside a mail: the mail around it has a body that says nothing, and the message, with its
attachments, is here. The message becomes a mail put together from its properties, the same way each time; an attached
message becomes a TNEF member of its own.

Limits: properties other than subject, sender, recipients, time, bodies and attachments are left out, as
are pictures that stand for attached files. Written here because the one library for it cuts zero bytes off the end of
attachments. Source: MS-OXTNEF, MS-OXPROPS.
"""

from __future__ import annotations

import datetime
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from assay.custody.charset import decode
from assay.custody.unpack import Budget, Member, Refusal, Yield

SIGNATURE = b"\x78\x9f\x3e\x22"
_MOST = 100_000
_ATTACHMENT = 2
_RENDERING, _TITLE, _DATA, _MODIFIED, _PROPERTIES = 0x9002, 0x8010, 0x800F, 0x8013, 0x9005
_CODEPAGE, _MESSAGE, _SUBJECT, _BODY = 0x9007, 0x9003, 0x8004, 0x800C
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
"""Bytes that a value of each fixed type takes, padded to four."""
_OBJECT, _NARROW, _WIDE, _BINARY = 13, 30, 31, 258
_INTERFACE = 16
_MANY = 0x1000
_NAMED = ((0x0E04, "To"), (0x0E03, "Cc"), (0x0E02, "Bcc"))


class Damaged(Exception):
    """The structure ends where it says that more follows, or states more than there is."""


@dataclass(slots=True)
class _Attached:
    title: str = ""
    content: bytes | None = None
    modified: str = ""
    properties: dict[int, bytes | str] = field(default_factory=dict)


@dataclass(slots=True)
class _Message:
    codepage: str | None = None
    properties: dict[int, bytes | str] = field(default_factory=dict)
    attached: list[_Attached] = field(default_factory=list)
    damage: str = ""


def unpack_tnef(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield the message as a mail, then its attachments under their long names."""
    message = _parsed(data)
    if message.damage:
        yield Refusal("", "broken", f"{message.damage}; what stands before that was taken out")
    content = _mail(message.properties)
    if content:
        budget.room()
        note = "put together from the message's properties"
        yield Member("message.eml", content, "message/rfc822", _time(message.properties.get(0x0039)), note)
    for number, attached in enumerate(message.attached, 1):
        yield _member(attached, number, budget)


def _member(attached: _Attached, number: int, budget: Budget) -> Yield:
    properties = attached.properties
    names = (properties.get(0x3707), properties.get(0x3704), attached.title, properties.get(0x3001))
    name = next((n for n in names if isinstance(n, str) and n.strip()), f"attachment {number}")
    stored = properties.get(0x3701)
    content = stored if isinstance(stored, bytes) and stored else attached.content
    room = budget.room()
    if content is None:
        return Refusal(name, "broken", "the attachment has no bytes")
    kind = ""
    if content[_INTERFACE : _INTERFACE + 4] == SIGNATURE:
        content, kind, name = content[_INTERFACE:], "application/vnd.ms-tnef", f"{name}.tnef"
    if len(content) > room:
        return Refusal(name, "limit", budget.over(room).message)
    tag = properties.get(0x370E)
    return Member(name, content, kind or (tag if isinstance(tag, str) else ""), attached.modified, "")


def _parsed(data: bytes) -> _Message:
    """Return what the attributes say; damage ends the walk, and what was read before it stands."""
    message = _Message()
    at, count = 6, 0
    try:
        while at < len(data):
            if count >= _MOST:
                raise Damaged(f"it holds more than {_MOST} attributes")
            count += 1
            level, name, _, size = struct.unpack_from("<BHHI", data, at)
            content = data[at + 9 : at + 9 + size]
            _take(message, level, name, content)
            at += 9 + size + 2
            if at > len(data):
                raise Damaged(f"it ends within an attribute: {len(content)} of {size} bytes are there")
    except (Damaged, struct.error) as error:
        message.damage = str(error) if isinstance(error, Damaged) else "it ends within an attribute"
    return message


def _take(message: _Message, level: int, name: int, content: bytes) -> None:
    if level != _ATTACHMENT:
        if name == _CODEPAGE and len(content) >= 4:
            message.codepage = _codepage(struct.unpack_from("<I", content)[0])
        elif name == _MESSAGE:
            message.properties |= _properties(content, message.codepage)
        elif name in (_SUBJECT, _BODY):
            key = 0x0037 if name == _SUBJECT else 0x1000
            message.properties.setdefault(key, _text(content, message.codepage))
        return
    if name == _RENDERING or not message.attached:
        message.attached.append(_Attached())
    attached = message.attached[-1]
    if name == _TITLE:
        attached.title = _text(content, message.codepage)
    elif name == _DATA:
        attached.content = content
    elif name == _MODIFIED:
        attached.modified = _stamp(content)
    elif name == _PROPERTIES:
        attached.properties |= _properties(content, message.codepage)


def _properties(content: bytes, codepage: str | None) -> dict[int, bytes | str]:
    """Return the properties of text and bytes by number, the first of each; raise `Damaged`."""
    found: dict[int, bytes | str] = {}
    at = 4
    for _ in range(struct.unpack_from("<I", content)[0]):
        kind, number = struct.unpack_from("<HH", content, at)
        at += 4
        if number >= 0x8000:  # a named one: an identifier, then a number or a name
            named, size = struct.unpack_from("<II", content, at + 16)
            at += 24 + (_padded(size) if named else 0)
        many, kind = bool(kind & _MANY), kind & ~_MANY
        if kind in _SIZES:
            values = struct.unpack_from("<I", content, at)[0] if many else 1
            at += (4 if many else 0) + (_padded(2 * values) if many and kind in (2, 11) else _SIZES[kind] * values)
            if kind == 64 and not many:
                found.setdefault(number, content[at - 8 : at])
            elif kind == 3 and not many:
                found.setdefault(number, content[at - 4 : at])
        elif kind in (_OBJECT, _NARROW, _WIDE, _BINARY):
            values = struct.unpack_from("<I", content, at)[0]
            at += 4
            for _ in range(values):
                size = struct.unpack_from("<I", content, at)[0]
                value = content[at + 4 : at + 4 + size]
                if len(value) < size:
                    raise Damaged("it ends within a property")
                at += 4 + _padded(size)
                if kind in (_OBJECT, _BINARY):
                    found.setdefault(number, _object(value) if kind == _OBJECT else value)
                else:
                    found.setdefault(number, _wide(value) if kind == _WIDE else _text(value, codepage))
        elif kind != 1:
            raise Damaged(f"a property is of an unknown kind ({kind:#06x})")
        if at > len(content) + 3:
            raise Damaged("it ends within a property")
    return found


def _object(value: bytes) -> bytes:
    """Return an embedded object's bytes; an attached message keeps the identifier before its TNEF."""
    return value if value[_INTERFACE : _INTERFACE + 4] == SIGNATURE else value[_INTERFACE:]


def _padded(size: int) -> int:
    return size + (-size % 4)


def _wide(value: bytes) -> str:
    return value.decode("utf-16-le", "replace").rstrip("\0")


def _text(value: bytes, codepage: str | None) -> str:
    flat = value.rstrip(b"\0")
    judged = decode(flat, codepage)
    return judged.text if judged is not None else flat.decode("latin-1")


def _codepage(number: int) -> str | None:
    import codecs

    name = {65001: "utf-8", 20866: "koi8-r", 21866: "koi8-u", 936: "gb18030", 20127: "ascii"}.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _stamp(content: bytes) -> str:
    try:
        return datetime.datetime(*struct.unpack_from("<6H", content)).strftime("%Y-%m-%dT%H:%M:%S")
    except (ValueError, struct.error):
        return ""


def _time(value: bytes | str | None) -> str:
    if not isinstance(value, bytes) or len(value) < 8:
        return ""
    ticks = int.from_bytes(value[:8], "little") // 10
    try:
        when = datetime.datetime(1601, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(microseconds=ticks)
    except OverflowError:
        return ""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _mail(properties: dict[int, bytes | str]) -> bytes:
    """Return the message as a mail; empty when it has neither subject nor body."""
    from email.utils import format_datetime

    from assay.custody.unpack_mail import part, put_together

    def words(*numbers: int) -> str:
        return next((v for n in numbers if isinstance(v := properties.get(n), str) and v.strip()), "")

    parts = []
    if plain := words(0x1000):
        parts.append(part("text/plain; charset=utf-8", plain.encode("utf-8", "replace")))
    if isinstance(html := properties.get(0x1013), bytes | str) and html:
        page = properties.get(0x3FDE)
        known = _codepage(int.from_bytes(page[:4], "little")) if isinstance(page, bytes) else None
        text = html if isinstance(html, str) else _text(html, known)
        parts.append(part("text/html; charset=utf-8", text.encode("utf-8", "replace")))
    bodies = len(parts)
    rich = properties.get(0x1009)
    if isinstance(rich, bytes) and rich and not bodies and (plain_rtf := _rich(rich)):
        parts.append(part("application/rtf", plain_rtf, "body.rtf"))
    name, address = words(0x0C1A, 0x0042), words(0x5D01, 0x0C1F)
    sent = _time(properties.get(0x0039))
    headers = [
        ("From", f"{name} <{address}>" if name and address else name or address),
        *((label, words(number)) for number, label in _NAMED),
        ("Date", format_datetime(datetime.datetime.fromisoformat(sent)) if sent else ""),
        ("Subject", words(0x0037)),
        ("Message-ID", words(0x1035)),
    ]
    if not parts and not words(0x0037):
        return b""
    return put_together([(k, v) for k, v in headers if v.strip()], parts, "alternative" if bodies > 1 else "mixed")


def _rich(packed: bytes) -> bytes:
    """Return compressed RTF as RTF; empty when it is damaged or states more than 64 MiB."""
    if len(packed) < 16 or int.from_bytes(packed[4:8], "little") > 64 << 20:
        return b""
    from compressed_rtf import decompress

    try:
        return bytes(decompress(packed))
    except (ValueError, IndexError, struct.error, TypeError, KeyError):
        return b""
