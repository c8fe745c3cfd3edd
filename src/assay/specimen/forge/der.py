"""Throwaway keys, certificates and CMS signatures of a fiction, the same bytes for the same random source.

Purpose: signed specimens that other programs can check. Limits: only what the specimen needs; keys are drawn from a
seed that anyone knows and protect nothing. Sources: ITU-T X.690 (DER), RFC 5280 (certificates), RFC 5652 (CMS),
RFC 9215 and RFC 4490 (GOST R 34.10-2012 in both), GM/T 0003 and GM/T 0009 (SM2 with SM3).
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

DATA, SIGNED = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
CONTENT_TYPE, DIGEST, SIGNING_TIME = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"


def tlv(tag: int, *parts: bytes) -> bytes:
    """Return one element: tag, length, the parts joined."""
    body = b"".join(parts)
    if len(body) < 128:
        return bytes((tag, len(body))) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + len(body).to_bytes(size, "big") + body


def seq(*parts: bytes) -> bytes:
    """Return a SEQUENCE."""
    return tlv(0x30, *parts)


def oid(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER."""
    numbers = [int(n) for n in dotted.split(".")]
    out = bytearray((numbers[0] * 40 + numbers[1],))
    for number in numbers[2:]:
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | 0x80)
        out += bytes(reversed(groups))
    return tlv(6, bytes(out))


def integer(value: int) -> bytes:
    """Return an INTEGER that is not negative."""
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def bits(data: bytes) -> bytes:
    """Return a BIT STRING of whole bytes."""
    return tlv(3, b"\0", data)


def moment(when: datetime) -> bytes:
    """Return a UTCTime."""
    return tlv(0x17, when.strftime("%y%m%d%H%M%SZ").encode())


@dataclass(frozen=True, slots=True)
class Signer:
    """A key with its certificate. `digest` hashes a content, `sign` signs the DER of the signed attributes."""

    certificate: bytes
    issuer: bytes
    serial: int
    digest_algorithm: bytes
    signature_algorithm: bytes
    digest: Callable[[bytes], bytes]
    sign: Callable[[bytes], bytes]
    key: Any = None


def cms(content: bytes, signer: Signer, when: datetime, *, attached: bool = False) -> bytes:
    """Return a SignedData over `content`, which it holds when `attached`."""
    attributes = sorted(
        (
            seq(oid(CONTENT_TYPE), tlv(0x31, oid(DATA))),
            seq(oid(SIGNING_TIME), tlv(0x31, moment(when))),
            seq(oid(DIGEST), tlv(0x31, tlv(4, signer.digest(content)))),
        )
    )
    signature = signer.sign(tlv(0x31, *attributes))
    info = seq(
        integer(1), seq(signer.issuer, integer(signer.serial)), signer.digest_algorithm, tlv(0xA0, *attributes),
        signer.signature_algorithm, tlv(4, signature),
    )  # fmt: skip
    held = seq(oid(DATA), tlv(0xA0, tlv(4, content))) if attached else seq(oid(DATA))
    signed = seq(
        integer(1), tlv(0x31, signer.digest_algorithm), held, tlv(0xA0, signer.certificate), tlv(0x31, info)
    )  # fmt: skip
    return seq(oid(SIGNED), tlv(0xA0, signed))


def _certified(
    name: str, day: datetime, serial: int, algorithm: bytes, public: bytes, sign: Callable[[bytes], bytes]
) -> tuple[bytes, bytes]:
    """Return a self-signed certificate and its issuer's name, both as DER."""
    common = seq(tlv(0x31, seq(oid("2.5.4.3"), tlv(0x0C, name.encode()))))
    remark = seq(tlv(0x31, seq(oid("2.5.4.10"), tlv(0x0C, b"SPECIMEN fictional"))))
    issuer = seq(common[2:], remark[2:])
    until = day.replace(year=day.year + 5, day=min(day.day, 28))
    body = seq(
        tlv(0xA0, integer(2)), integer(serial), algorithm, issuer, seq(moment(day), moment(until)), issuer, public
    )  # fmt: skip
    return seq(body, algorithm, bits(sign(body))), issuer


def rsa_signer(rng: random.Random, name: str, day: datetime, size: int = 2048) -> Signer:
    """Return a signer with RSA (PKCS#1 v1.5) and SHA-256."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    p, q = _prime(rng, size // 2), _prime(rng, size // 2)
    e, d = 65537, pow(65537, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(e, p * q)
    key = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public).private_key()

    def sign(data: bytes) -> bytes:
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    info = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    algorithm = seq(oid("1.2.840.113549.1.1.11"), tlv(5))
    serial = rng.getrandbits(64)
    certificate, issuer = _certified(name, day, serial, algorithm, info, sign)
    hashed = seq(oid("2.16.840.1.101.3.4.2.1"), tlv(5))
    return Signer(
        certificate, issuer, serial, hashed, algorithm, lambda d: hashlib.sha256(d).digest(), sign, key
    )  # fmt: skip


def _prime(rng: random.Random, size: int) -> int:
    """Return a number of `size` bits that passes twenty rounds of Miller and Rabin, fit for the exponent 65537."""
    small = math.prod(n for n in range(3, 2000, 2) if all(n % k for k in range(3, math.isqrt(n) + 1, 2)))
    while True:
        n = rng.getrandbits(size) | 1 | (3 << (size - 2))
        if math.gcd(n, small) > 1 or n % 65537 == 1:
            continue
        odd, twos = n - 1, 0
        while odd % 2 == 0:
            odd, twos = odd // 2, twos + 1
        if all(_strong(n, odd, twos, rng.randrange(2, n - 1)) for _ in range(20)):
            return n


def _strong(n: int, odd: int, twos: int, base: int) -> bool:
    x = pow(base, odd, n)
    if x in (1, n - 1):
        return True
    for _ in range(twos - 1):
        x = x * x % n
        if x == n - 1:
            return True
    return False


def gost_signer(rng: random.Random, name: str, day: datetime) -> Signer:
    """Return a signer with GOST R 34.10-2012 (256 bits, parameter set A of CryptoPro) and Streebog-256."""
    import gostcrypto

    curve = gostcrypto.gostsignature.new(
        gostcrypto.gostsignature.MODE_256,
        gostcrypto.gostsignature.CURVES_R_1323565_1_024_2019["id-tc26-gost-3410-2012-256-paramSetB"],
    )
    private = rng.getrandbits(250).to_bytes(32, "big")
    public = bytes(curve.public_key_generate(bytearray(private)))

    def digest(data: bytes) -> bytes:
        return bytes(gostcrypto.gosthash.new("streebog256", data=bytearray(data)).digest())

    def sign(data: bytes) -> bytes:
        # RFC 9215: the hash is read as a little-endian number; r and s are stored big-endian, s first.
        known = random.Random(hashlib.sha256(private + data).digest())
        k = bytearray(known.getrandbits(250).to_bytes(32, "big"))
        made = bytes(curve.sign(bytearray(private), bytearray(digest(data)[::-1]), k))
        return made[32:] + made[:32]

    parameters = seq(oid("1.2.643.2.2.35.1"), oid("1.2.643.7.1.1.2.2"))
    point = public[:32][::-1] + public[32:][::-1]
    info = seq(seq(oid("1.2.643.7.1.1.1.1"), parameters), bits(tlv(4, point)))
    algorithm = seq(oid("1.2.643.7.1.1.3.2"))
    serial = rng.getrandbits(64)
    certificate, issuer = _certified(name, day, serial, algorithm, info, sign)
    return Signer(certificate, issuer, serial, seq(oid("1.2.643.7.1.1.2.2")), algorithm, digest, sign)


def sm2_signer(rng: random.Random, name: str, day: datetime) -> Signer:
    """Return a signer with SM2 and SM3, the signer's id being the standard's "1234567812345678"."""
    from gmssl import func, sm2, sm3

    private = f"{rng.getrandbits(250):064x}"
    engine = sm2.CryptSM2(private_key=private, public_key="")
    public = str(engine._kg(int(private, 16), sm2.default_ecc_table["g"]))
    curve = sm2.default_ecc_table

    def digest(data: bytes) -> bytes:
        return bytes.fromhex(sm3.sm3_hash(func.bytes_to_list(data)))

    def sign(data: bytes) -> bytes:
        identity = b"1234567812345678"
        head = (len(identity) * 8).to_bytes(2, "big") + identity
        z = digest(head + bytes.fromhex(curve["a"] + curve["b"] + curve["g"] + public))
        known = random.Random(hashlib.sha256(private.encode() + data).digest())
        made = engine.sign(digest(z + data), f"{known.getrandbits(250):064x}")
        return seq(integer(int(made[:64], 16)), integer(int(made[64:], 16)))

    info = seq(
        seq(oid("1.2.840.10045.2.1"), oid("1.2.156.10197.1.301")), bits(b"\4" + bytes.fromhex(public))
    )  # fmt: skip
    algorithm = seq(oid("1.2.156.10197.1.501"))
    serial = rng.getrandbits(64)
    certificate, issuer = _certified(name, day, serial, algorithm, info, sign)
    return Signer(certificate, issuer, serial, seq(oid("1.2.156.10197.1.401")), algorithm, digest, sign)
