"""OpenPGP signatures: which key, over which bytes, and whether that holds under the keys that a person vouches for.

Two engines: the arithmetic is done here over the packets of RFC 4880, and Sequoia says, besides, whether the key was
one that could sign then (its own signatures, its subkeys, expiry, revocation). Without a key that a person put in, only
the two bytes that a signature states of its digest can be compared: they show a change, and prove nothing.
Limits: keys of versions 4 with RSA, DSA, ECDSA and EdDSA; others are Sequoia's alone. A signature that states its own
expiry is not put before Sequoia, which would judge it by today's date. Sources: RFC 4880, 5.2.4 and 5.5; RFC 6637;
RFC 9580, 5.2.3.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from assay.custody.pgp import KEY, SUBKEY, USER, Packet, packets
from assay.examine.question import Question, quoted
from assay.examine.signature import digests, publickey
from assay.examine.signature.cms import Check
from assay.examine.signature.digests import BY_LABEL, Digest, Unsupported
from assay.examine.signature.verdict import Engine, State, disagree
from assay.examine.signature.wording import KEY_RIVALS, Covered, findings
from assay.model import Direction, Finding, Span, Voucher, VoucherKind, Weight

MOST_KEYS = 2_000
_SEQUOIA = "Sequoia"
_LABELS = {"md5": "MD5", "sha1": "SHA-1", "sha224": "SHA-224", "sha256": "SHA-256", "sha384": "SHA-384",
           "sha512": "SHA-512"}  # fmt: skip
_RSA, _DSA, _ECDSA, _EDDSA, _ED25519, _ED448 = (1, 3), 17, 19, 22, 27, 28
_CURVES = {
    "2a8648ce3d030107": "secp256r1", "2b81040022": "secp384r1", "2b81040023": "secp521r1", "2b8104000a": "secp256k1",
    "2b2403030208010107": "brainpoolP256r1", "2b240303020801010b": "brainpoolP384r1",
    "2b240303020801010d": "brainpoolP512r1",
}  # fmt: skip
_ED25519_OLD = "2b06010401da470f01"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PgpKey:
    """A key or subkey of a certificate: its fingerprint, its SubjectPublicKeyInfo (None: not a kind known here).

    `holder` is the first user of the certificate, as that says; `certificate` its bytes.
    """

    fingerprint: str
    info: bytes | None
    holder: str
    certificate: bytes

    def is_named(self, issuer: str) -> bool:
        """Whether a signature's issuer (a fingerprint or the 16 last figures of one) names this key."""
        return bool(issuer) and self.fingerprint.endswith(issuer)


def keys_of(vouchers: Iterable[Voucher]) -> tuple[PgpKey, ...]:
    """Return the OpenPGP keys among vouchers, subkeys too."""
    found: list[PgpKey] = []
    for voucher in vouchers:
        if voucher.kind is VoucherKind.OPENPGP_KEY:
            found += _keys(base64.b64decode(voucher.content))
    return tuple(found[:MOST_KEYS])


def _keys(certificate: bytes) -> Iterator[PgpKey]:
    every = list(packets(certificate))
    users = [body.decode("utf-8", "replace") for tag, body in every if tag == USER]
    holder = "".join(c if c.isprintable() else "?" for c in users[0])[:200] if users else "no name"
    for tag, body in every:
        if tag in (KEY, SUBKEY) and body[:1] == b"\x04":
            print_ = hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body, usedforsecurity=False).hexdigest()
            try:
                info = _info(body[5], body[6:])
            except (ValueError, IndexError, TypeError):
                info = None
            yield PgpKey(print_, info, holder, certificate)


def _info(algorithm: int, rest: bytes) -> bytes | None:
    """Return a key's SubjectPublicKeyInfo from its packet's numbers; None for kinds that are not known here."""
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

    if algorithm in _RSA:
        n, e = _numbers(rest, 2)
        return _der(rsa.RSAPublicNumbers(e, n).public_key())
    if algorithm == _DSA:
        p, q, g, y = _numbers(rest, 4)
        return _der(dsa.DSAPublicNumbers(y, dsa.DSAParameterNumbers(p, q, g)).public_key())
    if algorithm == _ED25519:
        return _der(ed25519.Ed25519PublicKey.from_public_bytes(rest[:32]))
    if algorithm == _ED448:
        return _der(ed448.Ed448PublicKey.from_public_bytes(rest[:57]))
    if algorithm not in (_ECDSA, _EDDSA):
        return None
    curve, point = rest[1 : 1 + rest[0]].hex(), _raw(rest[1 + rest[0] :])
    if algorithm == _EDDSA:
        usual = curve == _ED25519_OLD and point[:1] == b"\x40"
        return _der(ed25519.Ed25519PublicKey.from_public_bytes(point[1:])) if usual else None
    kinds = {kind.name: kind for kind in (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1, ec.SECP256K1, ec.BrainpoolP256R1,
                                          ec.BrainpoolP384R1, ec.BrainpoolP512R1)}  # fmt: skip
    if curve not in _CURVES:
        return None
    return _der(ec.EllipticCurvePublicKey.from_encoded_point(kinds[_CURVES[curve]](), point))


def _der(key: object) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    made: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return made


def _raw(data: bytes) -> bytes:
    """Return the bytes of the multiprecision integer at the beginning of `data` (RFC 4880, 3.2)."""
    size = (int.from_bytes(data[:2], "big") + 7) // 8
    if len(data) < 2 + size:
        raise ValueError("a number ends too early")
    return data[2 : 2 + size]


def _numbers(data: bytes, count: int) -> list[int]:
    found = []
    for _ in range(count):
        raw = _raw(data)
        found.append(int.from_bytes(raw, "big"))
        data = data[2 + len(raw) :]
    return found


def check(packet: Packet, contents: tuple[bytes, ...], keys: tuple[PgpKey, ...]) -> tuple[Check, PgpKey | None]:
    """Return what came of one signature over a content, and the vouched key that it names (None: none does).

    `contents` are the forms that the content may have had when it was signed; the first that agrees is judged.
    """
    digest = BY_LABEL.get(_LABELS.get(packet.algorithm, ""))
    content = next((c for c in contents if digest and _agrees(packet, digest, c)), contents[0])
    same = State.OPEN if digest is None else State.HOLDS if _agrees(packet, digest, content) else State.BROKEN
    key = next((k for k in keys if k.is_named(packet.issuer)), None)
    engines = [_by_numbers(packet, digest, content, key), _by_sequoia(packet, content, key)] if key else []
    state, reason = _together(packet, same, engines, key)
    weak = (digest.weak,) if digest and digest.weak else ()
    label = publickey.key_of(key.info).label if key and key.info else "OpenPGP"
    algorithm = f"{label} with {digest.label if digest else packet.algorithm or 'an unknown digest'}"
    made = Check(
        state, same if state is not State.HOLDS else State.HOLDS, reason, tuple(engines), algorithm, label, weak, None,
        moment_of(packet), None, None, (_whose(packet, key),),
    )  # fmt: skip
    return made, key


def moment_of(packet: Packet) -> datetime | None:
    """Return the time of signing that the signature states."""
    return _EPOCH + timedelta(seconds=packet.created) if packet.created is not None else None


def _whose(packet: Packet, key: PgpKey | None) -> str:
    stated = moment_of(packet)
    when = f"; the signer states {stated:%Y-%m-%d %H:%M} UTC" if stated else ""
    if key is None:
        named = f"it names the key {packet.issuer.upper()}" if packet.issuer else "it names no key"
        return f"{named}{when}"
    return f"the key is {key.fingerprint.upper()}, whose certificate names {quoted(key.holder, 120)}{when}"


def _agrees(packet: Packet, digest: Digest, content: bytes) -> bool:
    return digests.compute(digest, _canonical(packet, content) + packet.trailer)[:2] == packet.left


def _canonical(packet: Packet, content: bytes) -> bytes:
    return re.sub(rb"\r?\n", b"\r\n", content) if packet.text else content


def _together(packet: Packet, same: State, engines: list[Engine], key: PgpKey | None) -> tuple[State, str]:
    """Return what holds; Sequoia's refusal alone is open, for it does not say whether bytes or key are the reason."""
    if same is State.BROKEN:
        return State.BROKEN, "the digest of these bytes does not begin with the two bytes that the signature states"
    if key is None:
        named = f"the key {packet.issuer.upper()}" if packet.issuer else "its key"
        return State.OPEN, f"{named} is not among those vouched for"
    if disagree(engines):
        return State.OPEN, "two engines disagree; both answers stand"
    if any(engine.state is State.BROKEN for engine in engines):
        return State.BROKEN, "the signature value does not hold under the key that it names"
    if any(engine.state is State.HOLDS for engine in engines):
        return State.HOLDS, ""
    return State.OPEN, "; ".join(dict.fromkeys(engine.reason for engine in engines if engine.reason))


def _by_numbers(packet: Packet, digest: Digest | None, content: bytes, key: PgpKey) -> Engine:
    if digest is None or key.info is None:
        return Engine("assay", State.OPEN, "its key or digest is of a kind that is not known here")
    signed = _canonical(packet, content) + packet.trailer
    try:
        public = publickey.key_of(key.info)
        value = _value(packet, key.info)
        if public.family == publickey.EDDSA:
            signed = digests.compute(digest, signed)
        (engine,) = publickey.verify(public, digest, signed, value)
    except (Unsupported, ValueError, IndexError) as error:
        return Engine("assay", State.OPEN, str(error)[:120])
    return engine


def _value(packet: Packet, info: bytes) -> bytes:
    """Return the signature value as libraries want it: of RSA as long as its modulus, of DSA and ECDSA as DER."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    if packet.key_algorithm in _RSA:
        public = load_der_public_key(info)
        size = (public.key_size + 7) // 8 if isinstance(public, rsa.RSAPublicKey) else 0
        return _raw(packet.values).rjust(size, b"\0")
    if packet.key_algorithm in (_ED25519, _ED448):
        return packet.values[:114]
    r, s = _numbers(packet.values, 2)
    if packet.key_algorithm == _EDDSA:
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return encode_dss_signature(r, s)


def _by_sequoia(packet: Packet, content: bytes, key: PgpKey) -> Engine:
    try:
        import pysequoia
    except ImportError:
        return Engine(_SEQUOIA, State.OPEN, "it is not installed")
    if packet.expires:
        return Engine(_SEQUOIA, State.OPEN, "the signature states an expiry, which it would judge by today's date")
    try:
        certificate = pysequoia.Cert.from_bytes(key.certificate)
        signature = pysequoia.Sig.from_bytes(packet.whole)
        told = pysequoia.verify(_canonical(packet, content), store=lambda _: [certificate], signature=signature)
    except (RuntimeError, ValueError) as error:  # what it raises: its own words follow a stack, and say no more
        first = (str(error).splitlines() or [""])[0]
        refused = "no valid signatures" in first
        why = "by its rules the key could not make it then, or its algorithms are too weak" if refused else first[:100]
        return Engine(_SEQUOIA, State.OPEN, f"it does not accept the signature: {why}")
    return Engine(_SEQUOIA, State.HOLDS if told.valid_sigs else State.OPEN)


def answered(
    asked: Question,
    exhibit: str,
    packet: Packet,
    contents: tuple[bytes, ...],
    keys: tuple[PgpKey, ...],
    covered: Covered,
    spans: tuple[Span, ...] = (),
) -> Iterator[Finding]:
    """Yield what one signature says: of the bytes first, then of the key where a person vouches for it."""
    its, key = check(packet, contents, keys)
    yield from findings(asked, exhibit, its, covered, spans)
    accepted = any(engine.name == _SEQUOIA and engine.state is State.HOLDS for engine in its.engines)
    if its.state is State.HOLDS and accepted and key and not its.weak:
        said = f"{covered.name}: a person vouches for the key {key.fingerprint.upper()} of {quoted(key.holder, 120)}."
        yield asked.finding(
            exhibit, said, spans, Weight.CRYPTOGRAPHIC, covered.vouched, direction=Direction.FOR,
            expected="A key that a person vouches for, and that could sign when it did.", rivals=KEY_RIVALS,
        )  # fmt: skip
