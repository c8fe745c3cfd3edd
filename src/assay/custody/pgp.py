"""OpenPGP signature packets: what is needed to tell which file a detached signature belongs to.

Limits: signature packets of versions 3 and 4 over documents (types 0 and 1); whether the signature holds is not
looked at. Source: RFC 4880 sections 4.2, 5.2 and 6.2.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

_HASHES = {1: "md5", 2: "sha1", 3: "ripemd160", 8: "sha256", 9: "sha384", 10: "sha512", 11: "sha224"}
_ARMOUR = re.compile(rb"-----BEGIN PGP SIGNATURE-----[^\n]*\n((?:[A-Za-z]+: [^\n]*\n)*)\s*([A-Za-z0-9+/=\s]*?)"
                     rb"(?:\n=[A-Za-z0-9+/]{4})?\s*-----END")  # fmt: skip
_MOST = 64


@dataclass(frozen=True, slots=True)
class Packet:
    """A signature packet: its hash `algorithm`, the two bytes `left` that its digest starts with.

    `trailer` is hashed after the signed bytes; `text` is true when line ends are CR LF for the hash.
    """

    algorithm: str
    left: bytes
    trailer: bytes
    text: bool


def signature_of(data: bytes) -> tuple[Packet, ...]:
    """Return the signature packets of a detached signature file, armoured or not; none when there is no such thing."""
    armoured = _ARMOUR.search(data[:2_000_000])
    if armoured:
        try:
            data = base64.b64decode(re.sub(rb"\s+", b"", armoured.group(2)), validate=True)
        except (binascii.Error, ValueError):
            return ()
    return tuple(filter(None, (_packet(body) for tag, body in packets(data) if tag == 2)))


def packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and body of each packet; stop where the bytes are no packet, or after `_MOST`."""
    at = 0
    for _ in range(_MOST):
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
        yield tag, data[start : start + size]
        at = start + size


def _packet(body: bytes) -> Packet | None:
    if len(body) > 12 and body[0] == 4 and body[1] in (0, 1):
        size = int.from_bytes(body[4:6], "big")
        hashed = body[: 6 + size]
        rest = 6 + size + 2 + int.from_bytes(body[6 + size : 8 + size], "big")
        left = body[rest : rest + 2]
        if len(left) == 2:
            trailer = hashed + b"\x04\xff" + len(hashed).to_bytes(4, "big")
            return Packet(_HASHES.get(body[3], ""), left, trailer, body[1] == 1)
    if len(body) > 19 and body[0] == 3 and body[1] == 5 and body[2] in (0, 1):
        return Packet(_HASHES.get(body[16], ""), body[17:19], body[2:7], body[2] == 1)
    return None
