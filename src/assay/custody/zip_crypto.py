"""Encrypted ZIP members: the old ZipCrypto and WinZip's AES.

Limits: a wrong password passes ZipCrypto's one-byte check once in 256 times, so the caller checks the CRC as well.
Strong encryption of PKWARE (certificates) is not read.
Source: APPNOTE.TXT 6.3.10 section 6.1; WinZip AE-1/AE-2 specification.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from functools import cache


class Locked(Exception):
    """No password fits."""


class Unsupported(Exception):
    """A compression or encryption method that nothing here reads."""


def attempts(
    packed: bytes, method: int, crc: int, flags: int, aes: bytes | None, password: str
) -> Iterator[tuple[bytes, int]]:
    """Yield the decrypted, still compressed bytes and their method for each encoding of `password` that passes."""
    for encoded in dict.fromkeys((password.encode("utf-8"), *_old_codings(password))):
        if method == 99:
            if aes is None or len(aes) < 7:
                raise Unsupported("no reader for this encryption")
            plain = _aes(packed, aes[4], encoded)
            if plain is not None:
                yield plain, int.from_bytes(aes[5:7], "little")
        elif flags & 0x40:
            raise Unsupported("no reader for PKWARE's strong encryption")
        else:
            plain = _crypto(packed, encoded)
            if plain is not None and (flags & 8 or plain[11] == crc >> 24):
                yield plain[12:], method


def _old_codings(password: str) -> list[bytes]:
    coded = []
    for encoding in ("cp866", "cp1251", "gbk"):
        try:
            coded.append(password.encode(encoding))
        except UnicodeEncodeError:
            continue
    return coded


def _aes(packed: bytes, strength: int, password: bytes) -> bytes | None:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    sizes = {1: 16, 2: 24, 3: 32}
    if strength not in sizes:
        raise Unsupported("no reader for this AES strength")
    size = sizes[strength]
    salt, check = packed[: size // 2], packed[size // 2 : size // 2 + 2]
    body, seal = packed[size // 2 + 2 : -10], packed[-10:]
    keys = hashlib.pbkdf2_hmac("sha1", password, salt, 1000, 2 * size + 2)
    if keys[-2:] != check or hmac.new(keys[size : 2 * size], body, "sha1").digest()[:10] != seal:
        return None
    cipher = Cipher(algorithms.AES(keys[:size]), modes.ECB()).encryptor()
    blocks = (len(body) + 15) // 16
    plain = bytearray()
    for first in range(0, blocks, 65_536):
        last = min(first + 65_536, blocks)
        stream = cipher.update(b"".join((n + 1).to_bytes(16, "little") for n in range(first, last)))
        piece = body[first * 16 : last * 16]
        plain += (int.from_bytes(piece, "big") ^ int.from_bytes(stream[: len(piece)], "big")).to_bytes(
            len(piece), "big"
        )
    return bytes(plain)


@cache
def _crc_table() -> tuple[int, ...]:
    table = []
    for n in range(256):
        crc = n
        for _ in range(8):
            crc = (crc >> 1) ^ 0xEDB88320 if crc & 1 else crc >> 1
        table.append(crc)
    return tuple(table)


def _crypto(packed: bytes, password: bytes) -> bytes | None:
    """Decrypt ZipCrypto; None when there is not even a header."""
    if len(packed) < 12:
        return None
    table = _crc_table()
    a, b, c = 0x12345678, 0x23456789, 0x34567890
    for byte in password:
        a = (a >> 8) ^ table[(a ^ byte) & 0xFF]
        b = ((b + (a & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        c = (c >> 8) ^ table[(c ^ (b >> 24)) & 0xFF]
    plain = bytearray(len(packed))
    for at, byte in enumerate(packed):
        mask = (c | 2) & 0xFFFF
        byte ^= (mask * (mask ^ 1) >> 8) & 0xFF
        plain[at] = byte
        a = (a >> 8) ^ table[(a ^ byte) & 0xFF]
        b = ((b + (a & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        c = (c >> 8) ^ table[(c ^ (b >> 24)) & 0xFF]
    return bytes(plain)
