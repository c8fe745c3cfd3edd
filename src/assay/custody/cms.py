"""The content that a CMS SignedData file (p7m) carries, taken out of its BER or DER bytes.

Limits: finds the encapsulated bytes only; whether the signature holds is an examination's matter. Source: RFC 5652.
"""

from __future__ import annotations

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


def signed_content(data: bytes) -> bytes:
    """Return the encapsulated bytes, empty when the signature is detached; raise `ValueError` on damage."""
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
