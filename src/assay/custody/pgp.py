"""OpenPGP packets: armour undone, signatures taken apart, and what is needed to tell which file one belongs to.

Limits: signature packets of versions 3 and 4 over documents (types 0 and 1); whether a signature holds is an
examination's matter. Source: RFC 4880 sections 4.2, 5.2 and 6.2; RFC 9580 section 5.2.3.35 (issuer's fingerprint).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

_HASHES = {1: "md5", 2: "sha1", 3: "ripemd160", 8: "sha256", 9: "sha384", 10: "sha512", 11: "sha224"}
SIGNATURE, KEY, USER, SUBKEY = 2, 6, 13, 14
"""Tags of packets."""
MOST = 512
_MOST_ARMOUR = 16 << 20
_CREATED, _EXPIRES, _ISSUER, _FINGERPRINT = 2, 3, 16, 33


@dataclass(frozen=True, slots=True)
class Packet:
    """A signature packet: its hash `algorithm`, the two bytes `left` that its digest starts with.

    `trailer` is hashed after the signed bytes; `text` is true when line ends are CR LF for the hash. `issuer` is a
    fingerprint or a key's identifier in hex, empty when it names none; `created` counts seconds from 1970. `values` is
    the signature value as it stands, `key_algorithm` the number of its kind, `whole` the packet with its head.
    """

    algorithm: str
    left: bytes
    trailer: bytes
    text: bool
    key_algorithm: int = 0
    issuer: str = ""
    created: int | None = None
    expires: bool = False
    values: bytes = b""
    whole: bytes = b""


def signature_of(data: bytes) -> tuple[Packet, ...]:
    """Return the signature packets of a detached signature file, armoured or not; none when there is no such thing."""
    return tuple(filter(None, (_packet(body) for tag, body in packets(unarmoured(data)) if tag == SIGNATURE)))


def only_signatures(data: bytes) -> bool:
    """Whether binary `data` is signature packets from its first byte to its last, and nothing else."""
    end, count = 0, 0
    for tag, start, size in _heads(data, MOST):
        if tag != SIGNATURE or _packet(data[start : start + size]) is None:
            return False
        end, count = start + size, count + 1
    return count > 0 and end == len(data)


def unarmoured(data: bytes) -> bytes:
    """Return the bytes within the first armour, `data` itself when it is not armoured, none when that is damaged."""
    start = data.find(b"-----BEGIN PGP ")
    if start < 0:
        return data
    end = data.find(b"-----END ", start)
    if end < 0 or end - start > _MOST_ARMOUR:
        return b""
    lines = [line.strip() for line in data[start:end].splitlines()[1:]]
    body = [line for line in lines if line and b":" not in line and not (line[:1] == b"=" and len(line) == 5)]
    try:
        return base64.b64decode(b"".join(body), validate=True)
    except (binascii.Error, ValueError):
        return b""


def packets(data: bytes, most: int = MOST) -> Iterator[tuple[int, bytes]]:
    """Yield tag and body of each packet; stop where the bytes are no packet, or after `most`."""
    for tag, start, size in _heads(data, most):
        yield tag, data[start : start + size]


def _heads(data: bytes, most: int) -> Iterator[tuple[int, int, int]]:
    """Yield tag, start and size of each packet's body."""
    at = 0
    for _ in range(most):
        if at + 2 > len(data) or not data[at] & 0x80:
            return
        head, first = data[at], data[at + 1]
        if head & 0x40:
            tag = head & 0x3F
            if first < 192:
                size, start = first, at + 2
            elif first < 224 and at + 3 <= len(data):
                size, start = ((first - 192) << 8) + data[at + 2] + 192, at + 3
            elif first == 255:
                size, start = int.from_bytes(data[at + 2 : at + 6], "big"), at + 6
            else:
                return
        else:
            tag, width = head >> 2 & 15, (1, 2, 4, 0)[head & 3]
            start = at + 1 + width
            size = int.from_bytes(data[at + 1 : start], "big") if width else len(data) - start
        if start + size > len(data):
            return
        yield tag, start, size
        at = start + size


def _packet(body: bytes) -> Packet | None:
    whole = b"\xc2\xff" + len(body).to_bytes(4, "big") + body
    if len(body) > 12 and body[0] == 4 and body[1] in (0, 1):
        size = int.from_bytes(body[4:6], "big")
        hashed = body[: 6 + size]
        rest = 6 + size + 2 + int.from_bytes(body[6 + size : 8 + size], "big")
        left = body[rest : rest + 2]
        if len(left) == 2:
            trailer = hashed + b"\x04\xff" + len(hashed).to_bytes(4, "big")
            sure = dict(_subpackets(body[6 : 6 + size]))
            said = {**dict(_subpackets(body[8 + size : rest])), **sure}
            created = int.from_bytes(sure[_CREATED], "big") if len(sure.get(_CREATED, b"")) == 4 else None
            return Packet(
                _HASHES.get(body[3], ""), left, trailer, body[1] == 1, body[2], _issuer(said), created,
                any(sure.get(_EXPIRES, b"")), body[rest + 2 :], whole,
            )  # fmt: skip
    if len(body) > 19 and body[0] == 3 and body[1] == 5 and body[2] in (0, 1):
        created = int.from_bytes(body[3:7], "big")
        return Packet(
            _HASHES.get(body[16], ""), body[17:19], body[2:7], body[2] == 1, body[15], body[7:15].hex(), created,
            False, body[19:], whole,
        )  # fmt: skip
    return None


def _subpackets(area: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield kind and content of what a signature's area holds; stop where it is unsound."""
    at = 0
    while at < len(area):
        size, start = area[at], at + 1
        if 192 <= size < 255 and at + 2 <= len(area):
            size, start = ((size - 192) << 8) + int.from_bytes(area[at + 1 : at + 2], "big") + 192, at + 2
        elif size == 255:
            size, start = int.from_bytes(area[at + 1 : at + 5], "big"), at + 5
        if not size or start + size > len(area):
            return
        yield area[start] & 0x7F, area[start + 1 : start + size]
        at = start + size


def _issuer(said: dict[int, bytes]) -> str:
    fingerprint = said.get(_FINGERPRINT, b"")
    return fingerprint[1:].hex() if len(fingerprint) == 21 else said.get(_ISSUER, b"").hex()
