"""Digest algorithms by the names and object identifiers that signatures use; which are weak; and computing them.

Limits: Streebog in pure Python does about 0.2 MB a second, so over `MOST_SLOW` bytes it needs OpenSSL's GOST engine;
GOST R 34.11-94 needs the engine always. Sources: RFC 5754, RFC 9215, GM/T 0006, RFC 4490.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from assay.examine.signature import libcrypto

MOST_SLOW = 6 << 20
"""Bytes: what pure Python digests in about a minute."""


class Unsupported(Exception):
    """No engine at hand can do this; it says nothing about the signature."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest algorithm: `label` for people, `hashlib` its name there (empty: elsewhere), `weak` says why it is."""

    label: str
    hashlib: str = ""
    weak: str = ""


_MD5 = "MD5 has been broken since 2004: two files of one digest can be made at will"
_SHA1 = "SHA-1 has been broken since 2017: whoever prepares a file can prepare two of one digest"
_GOST94 = "GOST R 34.11-94 was withdrawn in 2013"

DIGESTS: dict[str, Digest] = {
    "1.2.840.113549.2.5": Digest("MD5", "md5", _MD5),
    "1.3.14.3.2.26": Digest("SHA-1", "sha1", _SHA1),
    "2.16.840.1.101.3.4.2.4": Digest("SHA-224", "sha224"),
    "2.16.840.1.101.3.4.2.1": Digest("SHA-256", "sha256"),
    "2.16.840.1.101.3.4.2.2": Digest("SHA-384", "sha384"),
    "2.16.840.1.101.3.4.2.3": Digest("SHA-512", "sha512"),
    "2.16.840.1.101.3.4.2.6": Digest("SHA-512/256", "sha512_256"),
    "2.16.840.1.101.3.4.2.7": Digest("SHA3-224", "sha3_224"),
    "2.16.840.1.101.3.4.2.8": Digest("SHA3-256", "sha3_256"),
    "2.16.840.1.101.3.4.2.9": Digest("SHA3-384", "sha3_384"),
    "2.16.840.1.101.3.4.2.10": Digest("SHA3-512", "sha3_512"),
    "2.16.840.1.101.3.4.2.12": Digest("SHAKE256", "shake_256"),
    "2.16.840.1.101.3.4.2.18": Digest("SHAKE256", "shake_256"),
    "1.2.643.7.1.1.2.2": Digest("Streebog-256"),
    "1.2.643.7.1.1.2.3": Digest("Streebog-512"),
    "1.2.643.2.2.9": Digest("GOST R 34.11-94", "", _GOST94),
    "1.2.156.10197.1.401": Digest("SM3"),
    "1.2.156.10197.1.401.1": Digest("SM3"),
}
"""By object identifier."""

BY_LABEL: dict[str, Digest] = {digest.label: digest for digest in DIGESTS.values()}

_ENGINE_NAMES = {
    "Streebog-256": "md_gost12_256", "Streebog-512": "md_gost12_512", "GOST R 34.11-94": "md_gost94",
}  # fmt: skip


def named(oid: str) -> Digest:
    """Return the digest of an object identifier; raise `Unsupported`."""
    if oid not in DIGESTS:
        raise Unsupported(f"the digest algorithm {oid} is not known here")
    return DIGESTS[oid]


def compute(digest: Digest, data: bytes) -> bytes:
    """Return the digest of `data`; raise `Unsupported` when no engine at hand can, or not in bounded time."""
    if digest.hashlib == "shake_256":
        return hashlib.shake_256(data).digest(64)
    if digest.hashlib:
        try:
            return hashlib.new(digest.hashlib, data, usedforsecurity=False).digest()
        except ValueError as error:
            raise Unsupported(f"{digest.label} cannot be computed here") from error
    if digest.label == "SM3":
        return _sm3(data)
    made = libcrypto.digest(_ENGINE_NAMES[digest.label], data)
    if made is not None:
        return made
    if digest.label.startswith("Streebog"):
        return _streebog(digest.label, data)
    raise Unsupported(f"{digest.label} needs OpenSSL's GOST engine, which is not installed")


def _sm3(data: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes

    made = hashes.Hash(hashes.SM3())
    made.update(data)
    return made.finalize()


def _streebog(label: str, data: bytes) -> bytes:
    import gostcrypto

    if len(data) > MOST_SLOW:
        raise Unsupported(f"{label} over {len(data):,} bytes takes too long without OpenSSL's GOST engine")
    name = "streebog256" if label.endswith("256") else "streebog512"
    return bytes(gostcrypto.gosthash.new(name, data=bytearray(data)).digest())
