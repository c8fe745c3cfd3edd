"""Encrypted OpenDocument: its parts opened with a password that was given.

Limits: AES-256 in CBC or GCM and Blowfish in CFB mode, keys by PBKDF2 (HMAC-SHA-1) or Argon2id; packages encrypted as
a whole (one inner package) are opened like any other part. Only the text and the styles are opened. OpenPGP keys are
not used. Source: OpenDocument 1.3 part 2, section 4.8; the manifest of LibreOffice 24.8 for GCM and Argon2id.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from assay.custody.unpack import LimitMet
from assay.custody.unpack_zip import Broken, names, read_member
from assay.read import xml
from assay.read.xml import attribute, local
from assay.work.part import ReadRefused

MOST_ITERATIONS = 2_000_000
MOST_MEMORY = 1 << 20
"""Argon2 may ask for so many kibibytes."""


@dataclass(frozen=True, slots=True)
class _Locked:
    """How one part is locked, as the manifest states it."""

    path: str
    algorithm: str
    vector: bytes
    key_size: int
    start: str
    derivation: str
    salt: bytes
    iterations: int
    argon: tuple[int, int, int]
    checksum_type: str
    checksum: bytes


def unlocked(data: bytes, manifest: bytes, passwords: Sequence[str]) -> bytes:
    """Return the package with its locked parts in the clear; raise `ReadRefused` (encrypted, no_reader, broken)."""
    entries = [e for e in xml.parse(manifest, "the manifest").iter() if local(e) == "file-entry"]
    locked = {part.path: part for entry in entries if (part := _part(entry)) is not None}
    target = next((p for p in ("encrypted-package", "content.xml") if p in locked), None)
    if target is None:
        raise ReadRefused("encrypted", "the document is encrypted in a way that no reader here opens")
    for password in passwords:
        try:
            first = _opened(data, locked[target], password)
        except _Wrong:
            continue
        if target == "encrypted-package":
            return first
        return _package(data, locked, password, {target: first})
    raise ReadRefused("encrypted", "the document is encrypted: a password is needed and none that was given fits")


class _Wrong(Exception):
    """The password does not fit."""


def _package(data: bytes, locked: dict[str, _Locked], password: str, done: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path in names(data):
            if path not in ("mimetype", "content.xml", "styles.xml"):
                continue
            content = done.get(path)
            if content is None and path in locked:
                try:
                    content = _opened(data, locked[path], password)
                except (_Wrong, ReadRefused):
                    continue
            if content is None:
                content = _stored(data, path)
            archive.writestr(zipfile.ZipInfo(path), content)
    return out.getvalue()


def _stored(data: bytes, path: str) -> bytes:
    try:
        return read_member(data, path, xml.PART_LIMIT) or b""
    except (Broken, LimitMet) as error:
        raise ReadRefused("broken", f"{path} in the document cannot be read: {error}") from error


def _number(element: etree._Element, name: str, otherwise: int) -> int:
    stated = attribute(element, name)
    return int(stated) if stated.isdigit() and len(stated) < 10 else otherwise


def _bytes(element: etree._Element, name: str) -> bytes:
    try:
        return base64.b64decode(attribute(element, name))
    except (binascii.Error, ValueError):
        return b""


def _part(entry: etree._Element) -> _Locked | None:
    """Return how a part is locked; None when it is not."""
    found = {local(e): e for e in entry.iter() if e is not entry}
    if "encryption-data" not in found or "algorithm" not in found or "key-derivation" not in found:
        return None
    way, key, start = found["algorithm"], found["key-derivation"], found.get("start-key-generation")
    return _Locked(
        attribute(entry, "full-path"), attribute(way, "algorithm-name"), _bytes(way, "initialisation-vector"),
        _number(key, "key-size", 16), attribute(start, "start-key-generation-name") if start is not None else "SHA1",
        attribute(key, "key-derivation-name"), _bytes(key, "salt"), _number(key, "iteration-count", 1024),
        (_number(key, "argon2-iterations", 3), _number(key, "argon2-memory", 65_536), _number(key, "argon2-lanes", 4)),
        attribute(found["encryption-data"], "checksum-type"), _bytes(found["encryption-data"], "checksum"),
    )  # fmt: skip


def _key(part: _Locked, password: str) -> bytes:
    digest = hashlib.sha256 if part.start.lower().endswith("sha256") else hashlib.sha1
    start = digest(password.encode("utf-8"), usedforsecurity=False).digest()
    if "argon2id" in part.derivation.lower():
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

        iterations, memory, lanes = part.argon
        if memory > MOST_MEMORY or iterations > 64 or not 0 < lanes <= 64:
            raise ReadRefused("limit", "the document's encryption asks for more memory or time than is allowed")
        return Argon2id(
            salt=part.salt, length=part.key_size, iterations=iterations, lanes=lanes, memory_cost=memory
        ).derive(start)
    if not 0 < part.iterations <= MOST_ITERATIONS or not 0 < part.key_size <= 64:
        raise ReadRefused("limit", "the document's encryption asks for more time than is allowed")
    return hashlib.pbkdf2_hmac("sha1", start, part.salt, part.iterations, part.key_size)


def _opened(data: bytes, part: _Locked, password: str) -> bytes:
    """Return a part in the clear; raise `_Wrong` when the password does not fit."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    packed, name = _stored(data, part.path), part.algorithm.lower()
    try:
        key = _key(part, password)
        if name.endswith("gcm"):
            plain = AESGCM(key).decrypt(packed[:12], packed[12:], None)
        elif "aes" in name:
            reader = Cipher(algorithms.AES(key), modes.CBC(part.vector)).decryptor()
            plain = reader.update(packed) + reader.finalize()
            plain = plain[: -plain[-1]] if plain and 0 < plain[-1] <= 16 else plain
        elif "blowfish" in name:
            reader = Cipher(Blowfish(key), CFB(part.vector)).decryptor()
            plain = reader.update(packed) + reader.finalize()
        else:
            raise ReadRefused(
                "no_reader", f"the document is encrypted by {part.algorithm[-40:]}, which nothing here opens"
            )
    except InvalidTag as error:
        raise _Wrong from error
    except ValueError as error:
        raise ReadRefused("broken", f"the document's encryption is damaged: {str(error)[:120]}") from error
    if not name.endswith("gcm") and part.checksum and _checksum(part, plain) != part.checksum:
        raise _Wrong
    reader_of = zlib.decompressobj(-15)
    try:
        content = reader_of.decompress(plain, xml.PART_LIMIT)
    except zlib.error as error:
        raise _Wrong from error
    return content


def _checksum(part: _Locked, plain: bytes) -> bytes:
    kind = part.checksum_type.lower()
    piece = plain[:1024] if "1k" in kind else plain
    return (hashlib.sha256 if "sha256" in kind else hashlib.sha1)(piece, usedforsecurity=False).digest()
