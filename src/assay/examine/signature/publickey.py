"""Whether a signature value holds over bytes under a public key: RSA, ECDSA, EdDSA, DSA, GOST R 34.10 and SM2.

Two engines where there are two; each one's answer stands. Limits: what no engine at hand supports is open, not broken.
Sources: RFC 8017, RFC 5480, RFC 8410, RFC 9215 (byte orders of GOST), GM/T 0003 and 0009 (SM2, its identifiers).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay.examine.signature import libcrypto
from assay.examine.signature.digests import BY_LABEL, Digest, Unsupported, compute
from assay.examine.signature.verdict import Engine, State

if TYPE_CHECKING:
    from cryptography.hazmat.primitives import hashes

RSA, PSS, EC, EDDSA, DSA, GOST, SM2 = "RSA", "RSA-PSS", "ECDSA", "EdDSA", "DSA", "GOST R 34.10", "SM2"
MOST_KEY_BITS = 16_384

_FAMILIES = {
    "1.2.840.113549.1.1.1": RSA,
    "1.2.840.113549.1.1.10": PSS,
    "1.2.840.10045.2.1": EC,
    "1.3.101.112": EDDSA,
    "1.3.101.113": EDDSA,
    "1.2.840.10040.4.1": DSA,
    "1.2.643.7.1.1.1.1": GOST,
    "1.2.643.7.1.1.1.2": GOST,
    "1.2.643.2.2.19": GOST,
    "1.2.156.10197.1.301.1": SM2,
}
_SM2_CURVE = "1.2.156.10197.1.301"
_OLD_GOST = "1.2.643.2.2.19"
_GOST_CURVES = {
    "1.2.643.7.1.2.1.1.1": "id-tc26-gost-3410-2012-256-paramSetA",
    "1.2.643.7.1.2.1.1.2": "id-tc26-gost-3410-2012-256-paramSetB",
    "1.2.643.7.1.2.1.1.3": "id-tc26-gost-3410-2012-256-paramSetC",
    "1.2.643.7.1.2.1.1.4": "id-tc26-gost-3410-2012-256-paramSetD",
    "1.2.643.2.2.35.1": "id-tc26-gost-3410-2012-256-paramSetB",
    "1.2.643.2.2.35.2": "id-tc26-gost-3410-2012-256-paramSetC",
    "1.2.643.2.2.35.3": "id-tc26-gost-3410-2012-256-paramSetD",
    "1.2.643.2.2.36.0": "id-tc26-gost-3410-2012-256-paramSetB",
    "1.2.643.2.2.36.1": "id-tc26-gost-3410-2012-256-paramSetD",
    "1.2.643.7.1.2.1.2.1": "id-tc26-gost-3410-12-512-paramSetA",
    "1.2.643.7.1.2.1.2.2": "id-tc26-gost-3410-12-512-paramSetB",
    "1.2.643.7.1.2.1.2.3": "id-tc26-gost-3410-2012-512-paramSetC",
}
"""Parameter sets by object identifier; those of RFC 4357 are curves of the later names (RFC 7836)."""

IDENTIFIERS: tuple[bytes, ...] = (b"1234567812345678", b"", b"ALICE123@YAHOO.COM")
"""SM2 signers' identifiers that are tried: the one of GM/T 0009, none, and the one of the standard's examples."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key: its family, its SubjectPublicKeyInfo in DER, and its size as people state it."""

    family: str
    info: bytes
    label: str


@dataclass(frozen=True, slots=True)
class Padding:
    """RSA-PSS's parameters: digest, mask digest and salt length; None: PKCS #1 v1.5."""

    digest: Digest
    mask: Digest
    salt: int


def key_of(info: bytes) -> Key:
    """Return the key that a SubjectPublicKeyInfo in DER holds; raise `Unsupported` for kinds that are not known."""
    from asn1crypto import core

    try:
        algorithm = core.Sequence.load(info)[0]
        oid = algorithm[0].dotted
        family = _FAMILIES.get(oid, "")
        curve = algorithm[1] if family == EC else None
        if isinstance(curve, core.ObjectIdentifier) and curve.dotted == _SM2_CURVE:
            family = SM2
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise Unsupported("its public key cannot be read") from error
    if not family:
        raise Unsupported(f"keys of the kind {oid} are not known here")
    label = "GOST R 34.10-2001" if oid == _OLD_GOST else "GOST R 34.10-2012" if family == GOST else family
    return Key(family, info, label)


def key_bits(info: bytes) -> bytes:
    """Return the bytes of the key itself, without what says of which kind it is."""
    from asn1crypto import core

    return bytes(core.Sequence.load(info)[1].contents)[1:]


def verify(key: Key, digest: Digest, signed: bytes, signature: bytes, padding: Padding | None = None) -> list[Engine]:
    """Return what each engine says of `signature` over `signed`, digested with `digest`."""
    if len(signature) * 8 > MOST_KEY_BITS or not signature:
        return [Engine("assay", State.OPEN, f"a signature value of {len(signature)} bytes is not examined")]
    try:
        if key.family == GOST:
            return _gost(key, compute(digest, signed), signature)
        if key.family == SM2:
            return _sm2(key, signed, signature)
        return [_plain(key, digest, signed, signature, padding)]
    except Unsupported as error:
        return [Engine("assay", State.OPEN, str(error))]


def _plain(key: Key, digest: Digest, signed: bytes, signature: bytes, padding: Padding | None) -> Engine:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        _by_cryptography(key, digest, signed, signature, padding)
    except InvalidSignature:
        return Engine("cryptography", State.BROKEN)
    except (UnsupportedAlgorithm, ValueError, TypeError) as error:
        return Engine("cryptography", State.OPEN, str(error).split("\n")[0][:120])
    return Engine("cryptography", State.HOLDS)


def _by_cryptography(key: Key, digest: Digest, signed: bytes, signature: bytes, padding: Padding | None) -> None:
    """Check with the library; it raises `InvalidSignature` when the signature does not hold."""
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
    from cryptography.hazmat.primitives.asymmetric import padding as paddings
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    public = load_der_public_key(_as_plain_rsa(key.info) if key.family == PSS else key.info)
    if isinstance(public, rsa.RSAPublicKey):
        if public.key_size > MOST_KEY_BITS:
            raise ValueError(f"an RSA key of {public.key_size} bits is not examined")
        if padding is None:
            public.verify(signature, signed, paddings.PKCS1v15(), _hash(digest))
        else:
            masked = paddings.MGF1(_hash(padding.mask))
            public.verify(signature, signed, paddings.PSS(masked, padding.salt), _hash(padding.digest))
    elif isinstance(public, ec.EllipticCurvePublicKey):
        public.verify(signature, signed, ec.ECDSA(_hash(digest)))
    elif isinstance(public, dsa.DSAPublicKey):
        public.verify(signature, signed, _hash(digest))
    elif isinstance(public, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        public.verify(signature, signed)
    else:
        raise TypeError(f"keys of the kind {type(public).__name__} do not sign")


def _as_plain_rsa(info: bytes) -> bytes:
    """Return an RSA key without the restriction to PSS, which the library does not load."""
    from asn1crypto import keys

    parsed = keys.PublicKeyInfo.load(info)
    return bytes(keys.PublicKeyInfo.wrap(parsed["public_key"].parsed, "rsa").dump())


def _hash(digest: Digest) -> hashes.HashAlgorithm:
    from cryptography.hazmat.primitives import hashes

    known: dict[str, hashes.HashAlgorithm] = {
        "MD5": hashes.MD5(), "SHA-1": hashes.SHA1(), "SHA-224": hashes.SHA224(), "SHA-256": hashes.SHA256(),
        "SHA-384": hashes.SHA384(), "SHA-512": hashes.SHA512(), "SHA-512/256": hashes.SHA512_256(),
        "SHA3-224": hashes.SHA3_224(), "SHA3-256": hashes.SHA3_256(), "SHA3-384": hashes.SHA3_384(),
        "SHA3-512": hashes.SHA3_512(), "SM3": hashes.SM3(),
    }  # fmt: skip
    if digest.label not in known:
        raise Unsupported(f"{digest.label} with this kind of key is not supported")
    return known[digest.label]


def _gost(key: Key, digested: bytes, signature: bytes) -> list[Engine]:
    engines = [_by_gostcrypto(key, digested, signature)]
    told = libcrypto.verify_gost(key.info, digested, signature)
    if told is not None:
        engines.append(Engine(f"{libcrypto.NAME}'s GOST engine", State.HOLDS if told else State.BROKEN))
    return engines


def _by_gostcrypto(key: Key, digested: bytes, signature: bytes) -> Engine:
    import gostcrypto

    name = "gostcrypto"
    try:
        curve, point = _gost_point(key.info)
    except (ValueError, TypeError, KeyError):
        return Engine(name, State.OPEN, "its public key cannot be read")
    if curve not in _GOST_CURVES:
        return Engine(name, State.OPEN, f"the curve {curve or 'that it uses'} is not known to it")
    size = len(digested)
    if len(point) != 2 * size or len(signature) != 2 * size:
        return Engine(name, State.OPEN, "key, digest and signature differ in size")
    half = len(point) // 2
    public = point[:half][::-1] + point[half:][::-1]
    mode = gostcrypto.gostsignature.MODE_256 if size == 32 else gostcrypto.gostsignature.MODE_512
    parameters = gostcrypto.gostsignature.CURVES_R_1323565_1_024_2019[_GOST_CURVES[curve]]
    if not _on_curve(parameters, int.from_bytes(public[:half], "big"), int.from_bytes(public[half:], "big")):
        return Engine(name, State.OPEN, "the public key is no point of its curve")
    try:
        checked = gostcrypto.gostsignature.new(mode, parameters)
        turned = signature[size:] + signature[:size]
        told = checked.verify(bytearray(public), bytearray(digested[::-1]), bytearray(turned))
    except (gostcrypto.gostsignature.GOSTSignatureError, ValueError, ZeroDivisionError) as error:
        return Engine(name, State.OPEN, str(error)[:120])
    return Engine(name, State.HOLDS if told else State.BROKEN)


def _on_curve(curve: Any, x: int, y: int) -> bool:
    p = curve["p"]
    return bool(x < p and y < p and (y * y - (x * x * x + curve["a"] * x + curve["b"])) % p == 0)


def _gost_point(info: bytes) -> tuple[str, bytes]:
    """Return the parameter set's object identifier and the point as it stands: x then y, each little end first."""
    from asn1crypto import core

    outer = core.Sequence.load(info)
    parameters = outer[0][1]
    curve = parameters[0].dotted if isinstance(parameters, core.Sequence) else ""
    return curve, bytes(core.OctetString.load(key_bits(info)).native)


def _sm2(key: Key, signed: bytes, signature: bytes) -> list[Engine]:
    """Try the known identifiers: whoever used another one gets an open answer, for nothing tells the two apart."""
    engines: list[Engine] = []
    for identifier in IDENTIFIERS:
        engines = _sm2_with(key, signed, signature, identifier)
        if any(engine.state is State.HOLDS for engine in engines):
            if identifier == IDENTIFIERS[0]:
                return engines
            said = f"with the signer's identifier “{identifier.decode()}”, not the usual one"
            return [Engine(e.name, e.state, e.reason or said) for e in engines]
    return engines


def _sm2_with(key: Key, signed: bytes, signature: bytes, identifier: bytes) -> list[Engine]:
    engines = [_by_gmssl(key, signed, signature, identifier)]
    told = libcrypto.verify_sm2(key.info, signed, signature, identifier)
    if told is not None:
        engines.append(Engine(libcrypto.NAME, State.HOLDS if told else State.BROKEN))
    return engines


def _by_gmssl(key: Key, signed: bytes, signature: bytes, identifier: bytes) -> Engine:
    from asn1crypto import core
    from gmssl import sm2

    name = "gmssl"
    table = sm2.default_ecc_table
    order, prime = int(table["n"], 16), int(table["p"], 16)
    try:
        point = key_bits(key.info)
        values = core.SequenceOf.load(signature, spec=core.Integer) if signature[:1] == b"\x30" else None
        r, s = (int(v) for v in values.native) if values is not None else _halves(signature)
    except (ValueError, TypeError, KeyError):
        return Engine(name, State.OPEN, "the key or the signature value cannot be read")
    if len(point) != 65 or point[0] != 4:
        return Engine(name, State.OPEN, "the public key is not written in full")
    x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    curve = {"p": prime, "a": int(table["a"], 16), "b": int(table["b"], 16)}
    if not _on_curve(curve, x, y):
        return Engine(name, State.OPEN, "the public key is no point of its curve")
    if not (0 < r < order and 0 < s < order):
        return Engine(name, State.BROKEN)
    prefix = (len(identifier) * 8).to_bytes(2, "big") + identifier
    constants = bytes.fromhex(table["a"] + table["b"] + table["g"])
    sm3 = BY_LABEL["SM3"]
    digested = compute(sm3, compute(sm3, prefix + constants + point[1:]) + signed)
    checked = sm2.CryptSM2(private_key="", public_key="")
    checked.public_key = point[1:].hex()  # the constructor strips leading digits that belong to the point
    told = checked.verify(f"{r:064x}{s:064x}", digested)
    return Engine(name, State.HOLDS if told else State.BROKEN)


def _halves(signature: bytes) -> tuple[int, int]:
    if len(signature) != 64:
        raise ValueError("it is neither DER nor two numbers of 32 bytes")
    return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
