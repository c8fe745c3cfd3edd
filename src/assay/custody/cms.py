"""The content that a CMS SignedData file (p7m) carries, and the digests that it states, out of its BER or DER bytes.

Limits: finds the encapsulated bytes and the signers' message digests only; whether the signature holds is an
examination's matter. Source: RFC 5652.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SIGNED = bytes.fromhex("2a864886f70d010702")
_ENVELOPED = bytes.fromhex("2a864886f70d010703")
_DEPTH = 24


class Enveloped(Exception):
    """The content is encrypted."""


@dataclass(frozen=True, slots=True)
class _Value:
    tag: int
    body: int
    end: int
    after: int


@dataclass(frozen=True, slots=True)
class Stated:
    """The digest of the signed bytes that one signer states. `algorithm` is the digest algorithm's dotted number."""

    algorithm: str
    digest: bytes


_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_MOST_SIGNERS = 1000
_ARMOUR = re.compile(rb"-----BEGIN (?:PKCS ?#?7|CMS)[^-\r\n]*-----(.{1,100000000}?)-----END ", re.S)


def binary(data: bytes) -> bytes:
    """Return CMS bytes as BER: PEM armour and bare base64, in which signatures are often kept, are undone."""
    if data[:1] == b"\x30":
        return data
    armoured = _ARMOUR.search(data)
    text = re.sub(rb"\s+", b"", armoured.group(1) if armoured else data.lstrip(b"\xef\xbb\xbf"))
    try:
        plain = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return data
    return plain if plain[:1] == b"\x30" else data


def stated_digests(data: bytes) -> tuple[Stated, ...]:
    """Return the message digests that the signers of a SignedData state; raise `ValueError` on damage.

    A signer without signed attributes states none.
    """
    data = binary(data)
    outer = list(_inside(data, _value(data, 0, 0), 1))
    if len(outer) < 2 or outer[0].tag != 0x06 or outer[1].tag != 0xA0:
        raise ValueError("it is no CMS structure")
    signed = next(_inside(data, outer[1], 2))
    signers = [part for part in _inside(data, signed, 3) if part.tag == 0x31]
    found: list[Stated] = []
    if len(signers) < 2:
        return ()
    for number, signer in enumerate(_inside(data, signers[-1], 4)):
        if number >= _MOST_SIGNERS:
            break
        fields = list(_inside(data, signer, 5))
        attributes = next((f for f in fields if f.tag == 0xA0), None)
        algorithm = next((f for f in fields[2:3] if f.tag == 0x30), None)
        if attributes is None or algorithm is None:
            continue
        name = next(_inside(data, algorithm, 6), None)
        for attribute in _inside(data, attributes, 6):
            pair = list(_inside(data, attribute, 7))
            if name is None or len(pair) != 2 or data[pair[0].body : pair[0].end] != _MESSAGE_DIGEST:
                continue
            value = next(_inside(data, pair[1], 8), None)
            if value is not None and value.tag == 0x04:
                found.append(Stated(dotted(data[name.body : name.end]), data[value.body : value.end]))
    return tuple(found)


def dotted(oid: bytes) -> str:
    """Return an object identifier's encoded bytes as numbers with dots."""
    if not oid or len(oid) > 64:
        return ""
    numbers: list[int] = []
    value = 0
    for byte in oid:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    if not numbers:
        return ""
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def carries_content(data: bytes) -> bool:
    """Tell whether SignedData encapsulates the signed bytes, by its first headers only: it may be cut short."""
    at = 0
    for tag in (0x30, 0x06, 0xA0, 0x30, 0x02, 0x31, 0x30, 0x06):
        if data[at : at + 1] != bytes([tag]) or at + 2 > len(data):
            return False
        size, body = data[at + 1], at + 2
        if size & 0x80:
            body += size & 0x7F
            size = int.from_bytes(data[at + 2 : body], "big") if size != 0x80 else -1
        if tag in (0x06, 0x02, 0x31):
            try:
                at = body + size if size >= 0 else _value(data, at, 0).after
            except ValueError:
                return False
        else:
            at, ends = body, body + size if size >= 0 else len(data)
    return data[at : at + 1] == b"\xa0" and at < ends


def signed_content(data: bytes) -> bytes:
    """Return the encapsulated bytes, empty when the signature is detached; raise `ValueError` on damage."""
    data = binary(data)
    outer = _value(data, 0, 0)
    parts = list(_inside(data, outer, 1))
    if len(parts) < 2 or parts[0].tag != 0x06:
        raise ValueError("it is no CMS structure")
    oid = data[parts[0].body : parts[0].end]
    if oid == _ENVELOPED:
        raise Enveloped
    if oid != _SIGNED and not oid.startswith(bytes.fromhex("2a811ccf550601")):
        return b""
    signed = next(_inside(data, parts[1], 2))
    for part in list(_inside(data, signed, 3))[:4]:
        if part.tag != 0x30:
            continue
        fields = list(_inside(data, part, 4))
        if fields and fields[0].tag == 0x06 and len(fields) > 1 and fields[1].tag == 0xA0:
            return b"".join(_octets(data, next(_inside(data, fields[1], 5)), 6))
        if fields and fields[0].tag == 0x06:
            return b""
    return b""


def _octets(data: bytes, value: _Value, depth: int) -> Iterator[bytes]:
    if value.tag & 0x20:
        for inner in _inside(data, value, depth):
            yield from _octets(data, inner, depth + 1)
    else:
        yield data[value.body : value.end]


def _inside(data: bytes, value: _Value, depth: int) -> Iterator[_Value]:
    at = value.body
    while at < value.end:
        inner = _value(data, at, depth)
        yield inner
        at = inner.after


def _value(data: bytes, at: int, depth: int) -> _Value:
    if depth > _DEPTH:
        raise ValueError("it is nested too deeply")
    if at + 2 > len(data):
        raise ValueError("it ends too early")
    tag, size = data[at], data[at + 1]
    if tag & 0x1F == 0x1F:
        raise ValueError("it has an unknown tag")
    body = at + 2
    if size == 0x80:
        here = body
        while data[here : here + 2] != b"\0\0":
            here = _value(data, here, depth + 1).after
        return _Value(tag, body, here, here + 2)
    if size & 0x80:
        width = size & 0x7F
        size = int.from_bytes(data[body : body + width], "big")
        body += width
    if body + size > len(data):
        raise ValueError("it ends too early")
    return _Value(tag, body, body + size, body + size)
