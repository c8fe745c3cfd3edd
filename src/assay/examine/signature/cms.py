"""Signatures in CMS (RFC 5652; PKCS #7; GM/T 0010): who signed, over which bytes, and whether that still holds.

Purpose: one engine of our own for every container (PDF, mail, .p7s, .p7m, .sig) and every algorithm of `publickey`.
Limits: signed and unsigned attributes that are not named here are not weighed. Of archive time stamps (EN 319 122-1)
the token itself is checked, and not what it covers. Counter-signatures of counter-signatures are not looked at.
Bounded: `MOST_SIGNERS` signers, `MOST_BYTES` of structure besides the content; `der.sound` looks at the bytes first.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from assay.examine.signature import digests, publickey
from assay.examine.signature.certificate import (
    MOST_CERTIFICATES,
    Certificate,
    Chain,
    Standing,
    Vouched,
    certificate_of,
    chain,
    implied_digest,
)
from assay.examine.signature.der import Malformed, sound
from assay.examine.signature.digests import Digest, Unsupported
from assay.examine.signature.verdict import Engine, State, disagree, joined

MOST_SIGNERS = 32
MOST_BYTES = 16 << 20

SIGNED_DATA = "1.2.840.113549.1.7.2"
_GM_SIGNED_DATA = "1.2.156.10197.6.1.4.2.2"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_TIME, _STAMP = "1.2.840.113549.1.9.5", "1.2.840.113549.1.9.16.2.14"
_COUNTER, _CONTENT_STAMP = "1.2.840.113549.1.9.6", "1.2.840.113549.1.9.16.2.20"
_LATER_STAMPS = {
    "1.2.840.113549.1.9.16.2.25": "the signature and its validation data",
    "1.2.840.113549.1.9.16.2.26": "the validation data",
    "1.2.840.113549.1.9.16.2.27": "the archived signature",
    "1.2.840.113549.1.9.16.2.48": "the archived signature",
    "0.4.0.1733.2.4": "the archived signature",
}
"""Time stamps of long-term forms, whose own token is checked and not what it covers."""
MOST_BESIDE = 16
"""Time stamps, and counter-signatures, that are looked at beside one signature."""
_CERTIFICATE_V1, _CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
_SM2_LIMIT = "an identifier of the signer that is not among those tried would explain it"
_TROUBLE = (ValueError, TypeError, KeyError, IndexError, OverflowError)
"""What asn1crypto raises when a value that is parsed only when it is looked at turns out to be unsound."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp: the time that its maker states, whether it holds over what it stamps, and who made it.

    `over` says what it stamps. `covers` is false where only the token was checked, and not what it stamps. `doubt` says
    what speaks against its maker's certificate.
    """

    time: datetime
    state: State
    maker: str
    chain: Chain | None
    over: str = "the signature"
    covers: bool = True
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One signer's signature.

    `bytes_state` says whether the signed bytes are the same, `state` whether signature and bytes hold together.
    `reason` says why it is not `holds`. `weak` names what is weak in it. `time` is the signer's own claim. `stamp` is
    the time stamp over the signature, `stamps` are all others, `counters` what others signed over this signature.
    """

    state: State
    bytes_state: State
    reason: str
    engines: tuple[Engine, ...]
    algorithm: str
    family: str
    weak: tuple[str, ...]
    signer: Certificate | None
    time: datetime | None
    stamp: Stamp | None
    chain: Chain | None
    notes: tuple[str, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    counters: tuple[Check, ...] = ()

    @property
    def moment(self) -> datetime | None:
        """The time of signing: of the time stamp when that holds, else as the signer claims."""
        return self.stamp.time if self.stamp and self.stamp.state is State.HOLDS else self.time

    @property
    def attested(self) -> bool:
        """Whether the moment rests on a time stamp whose maker is vouched for, and not on the signer's own word."""
        if self.stamp is None or self.stamp.state is not State.HOLDS or self.stamp.chain is None:
            return False
        return self.stamp.chain.standing is Standing.VOUCHED


@dataclass(frozen=True, slots=True)
class Signed:
    """A parsed SignedData: the bytes it carries (None: detached), its certificates, and the structure itself."""

    content: bytes | None
    certificates: tuple[Certificate, ...]
    structure: Any

    def wanted_digests(self) -> tuple[tuple[str, bytes], ...]:
        """Return, for each signer, the label of the digest and the value that the content must have."""
        found = []
        for info in list(self.structure["signer_infos"])[:MOST_SIGNERS]:
            try:
                value = _attribute(info, _MESSAGE_DIGEST)
                if value is not None:
                    found.append((digests.named(info["digest_algorithm"]["algorithm"].dotted).label, value.native))
            except (*_TROUBLE, Unsupported):
                continue
        return tuple(found)


def unarmoured(data: bytes) -> bytes:
    """Return DER bytes from DER, PEM or bare base64; raise `Malformed` when they are none of these."""
    if data[:1] == b"\x30":
        return data
    text = data.strip().removeprefix(b"\xef\xbb\xbf")
    armour = re.fullmatch(rb"-----BEGIN [A-Z0-9 #]{1,40}-----(.*?)-----END [A-Z0-9 #]{1,40}-----", text, re.S)
    body = b"".join((armour.group(1) if armour else text).split())
    if len(body) < 40 or not re.fullmatch(rb"[A-Za-z0-9+/]+={0,2}", body):
        raise Malformed("it is neither DER nor base64")
    try:
        der = base64.b64decode(body + b"=" * (-len(body) % 4), validate=True)
    except ValueError as error:
        raise Malformed("its base64 is damaged") from error
    if der[:1] != b"\x30":
        raise Malformed("its base64 holds no CMS structure")
    return der


def parse(data: bytes) -> Signed:
    """Return the SignedData in DER or BER bytes (what follows it is left aside); raise `Malformed`."""
    from asn1crypto import cms, core, tsp

    class Info(core.Sequence):  # type: ignore[misc]
        _fields = [("kind", core.ObjectIdentifier), ("content", core.Any, {"explicit": 0})]  # noqa: RUF012

    assert tsp  # importing it teaches asn1crypto the attributes of RFC 5035, whatever else is loaded
    size = sound(data)
    try:
        info = Info.load(data[:size])
        kind = info["kind"].dotted
        if kind not in (SIGNED_DATA, _GM_SIGNED_DATA):
            raise Malformed(f"it holds no signed data but {kind}")
        structure = info["content"].parse(spec=cms.SignedData)
        content = _content(structure["encap_content_info"])
        if size - len(content or b"") > MOST_BYTES:
            raise Malformed(f"its structure is larger than {MOST_BYTES >> 20} MiB")
        held = () if _absent(structure["certificates"]) else structure["certificates"]
    except _TROUBLE as error:
        raise Malformed(f"it cannot be read ({_line(error)})") from error
    return Signed(content, _certificates(held), structure)


def _certificates(held: Any) -> tuple[Certificate, ...]:
    found = []
    for choice in list(held)[:MOST_CERTIFICATES]:
        if choice.name == "certificate":
            try:
                found.append(certificate_of(choice.chosen.dump()))
            except Malformed:
                continue  # one certificate that cannot be read does not hide the others
    return tuple(found)


def _absent(value: Any) -> bool:
    """Whether an optional value is not there."""
    from asn1crypto import core

    return isinstance(value, core.Void)


def _content(encapsulated: Any) -> bytes | None:
    value = encapsulated["content"]
    if _absent(value):
        return None
    return bytes(value) if hasattr(value, "__bytes__") else bytes(value.contents)


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


def check(signed: Signed, content: bytes | None, known: Vouched) -> list[Check]:
    """Return what came of each signer; `content` are the detached bytes, None for those that it carries."""
    body = content if content is not None else signed.content
    infos = list(signed.structure["signer_infos"])
    found = [_signer(info, body, signed, known) for info in infos[:MOST_SIGNERS]]
    return found


def _signer(info: Any, content: bytes | None, signed: Signed, known: Vouched) -> Check:
    try:
        return _checked(info, content, signed, known)
    except Unsupported as error:
        return _open(str(error), info, signed)
    except (Malformed, *_TROUBLE) as error:
        return _open(f"its structure cannot be read ({_line(error)})", info, signed)


def _open(reason: str, info: Any, signed: Signed) -> Check:
    try:
        algorithm = info["signature_algorithm"]["algorithm"].dotted
    except _TROUBLE:
        algorithm = "unknown"
    signer = None
    try:
        signer = _signer_of(info, signed.certificates)
        family = signer.key().family if signer else ""
    except (Unsupported, Malformed, *_TROUBLE):
        family = ""
    if algorithm.startswith("1.2.643"):
        family = publickey.GOST
    if algorithm.startswith("1.2.156"):
        family = publickey.SM2
    return Check(State.OPEN, State.OPEN, reason, (), algorithm, family, (), signer, None, None, None)


def _checked(info: Any, content: bytes | None, signed: Signed, known: Vouched) -> Check:
    digest = digests.named(info["digest_algorithm"]["algorithm"].dotted)
    implied, padding = implied_digest(info["signature_algorithm"])
    signer = _signer_of(info, signed.certificates) or _signer_of(info, known.anchors)
    attributes = _raw_attributes(info)
    value = bytes(info["signature"].native)
    bytes_state, why = _bytes_state(info, digest, content, attributes)
    used = implied or digest
    time = _time(info)
    stamp = _stamp(info, value, known) if signer else None
    weak = tuple(dict.fromkeys(d.weak for d in (digest, used) if d.weak))
    if signer is None:
        reason = "the signer's certificate is not in it, so its signature value cannot be checked"
        state = State.BROKEN if bytes_state is State.BROKEN else State.OPEN
        return Check(state, bytes_state, why or reason, (), used.label, "", weak, None, time, stamp, None)
    key = signer.key()
    algorithm = f"{key.label}{' (PSS)' if padding and key.family == publickey.RSA else ''} with {used.label}"
    engines: list[Engine] = []
    over = attributes if attributes is not None else content
    if over is None:
        engines = [Engine("assay", State.OPEN, "the signed bytes are not at hand")]
    else:
        engines = publickey.verify(key, used, over, value, padding)
    state, reason = _together(key.family, bytes_state, why, engines)
    notes = _notes(info, signer, used, digest, content)
    if key.family == publickey.EDDSA and digest.label != used.label and state is State.HOLDS:
        state, reason = State.OPEN, f"RFC 8419 asks for {used.label} with this key, and it uses {digest.label}"
    if any(note.startswith("the signed attributes name another") for note in notes) and state is State.HOLDS:
        state, reason = State.OPEN, notes[0]
    made = Check(
        state, bytes_state, reason, tuple(engines), algorithm, key.family, weak, signer, time, stamp, None, notes,
        _other_stamps(info, content, value, known), _counters(info, value, signed, known),
    )  # fmt: skip
    at_hand = (*signed.certificates,)
    return replace(made, chain=chain(signer, at_hand, known, made.moment, attested=made.attested))


def _together(family: str, bytes_state: State, why: str, engines: list[Engine]) -> tuple[State, str]:
    if bytes_state is State.BROKEN:
        return State.BROKEN, why
    value = joined(engines)
    if disagree(engines):
        return State.OPEN, "two engines disagree; both answers stand"
    if value is State.OPEN:
        return State.OPEN, "; ".join(dict.fromkeys(e.reason for e in engines if e.reason)) or why
    if value is State.BROKEN:
        if family == publickey.SM2:
            return State.OPEN, f"the signature value does not hold under the key; {_SM2_LIMIT}"
        return State.BROKEN, "the signature value does not hold under the key of the certificate that it names"
    return (State.HOLDS, "") if bytes_state is State.HOLDS else (bytes_state, why)


def _bytes_state(info: Any, digest: Digest, content: bytes | None, attributes: bytes | None) -> tuple[State, str]:
    """Whether the content has the digest that the signed attributes state; without them the value itself covers it."""
    if content is None:
        return State.OPEN, "the signed bytes are not at hand"
    if attributes is None:
        return State.HOLDS, ""
    stated = _attribute(info, _MESSAGE_DIGEST)
    if stated is None:
        return State.OPEN, "its signed attributes state no digest of the content"
    try:
        same = digests.compute(digest, content) == stated.native
    except Unsupported as error:
        return State.OPEN, str(error)
    if same:
        return State.HOLDS, ""
    return State.BROKEN, f"the {digest.label} digest of the signed bytes is not the one that was signed"


def _raw_attributes(info: Any) -> bytes | None:
    """Return the signed attributes as they were signed: as a SET, whatever tag they stand under (RFC 5652, 5.4)."""
    attributes = info["signed_attrs"]
    if _absent(attributes) or not len(attributes):
        return None
    return bytes(attributes.untag().dump())


def _attribute(info: Any, oid: str, kind: str = "signed_attrs") -> Any:
    """Return the first value of an attribute, None when it is absent."""
    attributes = info[kind]
    if _absent(attributes):
        return None
    for attribute in attributes:
        if attribute["type"].dotted == oid and len(attribute["values"]):
            return attribute["values"][0]
    return None


def _time(info: Any) -> datetime | None:
    try:
        value = _attribute(info, _SIGNING_TIME)
        moment = value.native if value is not None else None
    except _TROUBLE:
        return None
    return moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else None


def _signer_of(info: Any, certificates: tuple[Certificate, ...]) -> Certificate | None:
    """Return the certificate that a signer's identifier names."""
    named = info["sid"]
    for certificate in certificates:
        parsed = certificate.parsed()
        if named.name == "issuer_and_serial_number":
            same_name = named.chosen["issuer"].dump() == parsed.issuer.dump() or named.chosen["issuer"] == parsed.issuer
            if same_name and named.chosen["serial_number"].native == certificate.serial:
                return certificate
        elif parsed.key_identifier == named.chosen.native or _key_digest(certificate) == named.chosen.native:
            return certificate
    return None


def _key_digest(certificate: Certificate) -> bytes:
    return hashlib.sha1(publickey.key_bits(certificate.key_info()), usedforsecurity=False).digest()


def _notes(info: Any, signer: Certificate, used: Digest, digest: Digest, content: bytes | None) -> tuple[str, ...]:
    notes = []
    if _named_another(info, signer):
        notes.append("the signed attributes name another certificate than the one that it carries")
    if used.label != digest.label:
        notes.append(f"content and attributes are digested by different algorithms ({digest.label}, {used.label})")
    return tuple(notes)


def _named_another(info: Any, signer: Certificate) -> bool:
    """Whether the signing-certificate attribute (RFC 5035) states the digest of another certificate."""
    for oid, default in ((_CERTIFICATE_V2, "2.16.840.1.101.3.4.2.1"), (_CERTIFICATE_V1, "1.3.14.3.2.26")):
        value = _attribute(info, oid)
        if value is None:
            continue
        first = value["certs"][0]
        kind = default
        if oid == _CERTIFICATE_V2:
            kind = first["hash_algorithm"]["algorithm"].dotted
        try:
            return bool(digests.compute(digests.named(kind), signer.der) != first["cert_hash"].native)
        except Unsupported:
            return False
    return False


def _values(info: Any, kind: str) -> list[tuple[str, Any]]:
    """Return every value of the signed or unsigned attributes with its identifier; none when they cannot be read."""
    try:
        attributes = info[kind]
        if _absent(attributes):
            return []
        return [(a["type"].dotted, value) for a in attributes for value in a["values"]]
    except _TROUBLE:
        return []


def _stamp(info: Any, value: bytes, known: Vouched) -> Stamp | None:
    """Check the time stamp over the signature value (RFC 3161): the first that holds, None when none can be read."""
    tokens = [token for oid, token in _values(info, "unsigned_attrs") if oid == _STAMP][:MOST_BESIDE]
    made = [stamp for token in tokens if (stamp := _readable(token, value, known))]
    return next((stamp for stamp in made if stamp.state is State.HOLDS), made[0] if made else None)


def _readable(token: Any, stamped: bytes | None, known: Vouched, over: str = "the signature") -> Stamp | None:
    try:
        return replace(stamp_of(bytes(token.dump()), stamped, known), over=over)
    except (Malformed, Unsupported, *_TROUBLE):
        return None


def _other_stamps(info: Any, content: bytes | None, value: bytes, known: Vouched) -> tuple[Stamp, ...]:
    """Return the time stamps over the content (made before signing), and those of long-term forms."""
    found = [
        _readable(token, content, known, "the content, before it was signed")
        for oid, token in _values(info, "signed_attrs")
        if oid == _CONTENT_STAMP and content is not None
    ]
    others = [(oid, token) for oid, token in _values(info, "unsigned_attrs") if oid in (*_LATER_STAMPS, _STAMP)]
    over_value = [token for oid, token in others if oid == _STAMP]
    if len(over_value) > 1:
        found += [_readable(token, value, known) for token in over_value[:MOST_BESIDE]]
    found += [_readable(token, None, known, _LATER_STAMPS[oid]) for oid, token in others if oid in _LATER_STAMPS]
    return tuple(stamp for stamp in found[: 2 * MOST_BESIDE] if stamp is not None)


def _counters(info: Any, value: bytes, signed: Signed, known: Vouched) -> tuple[Check, ...]:
    """Return what came of each counter-signature: a signature over the value of this one (RFC 5652, 11.4)."""
    its = [counter for oid, counter in _values(info, "unsigned_attrs") if oid == _COUNTER]
    return tuple(_without_counters(counter, value, signed, known) for counter in its[:MOST_BESIDE])


def _without_counters(counter: Any, value: bytes, signed: Signed, known: Vouched) -> Check:
    try:
        bare = counter.copy()
        bare["unsigned_attrs"] = None
    except _TROUBLE as error:
        return _open(f"its structure cannot be read ({_line(error)})", counter, signed)
    return _signer(bare, value, signed, known)


def stamp_of(token: bytes, stamped: bytes | None, known: Vouched) -> Stamp:
    """Return what a time-stamp token says over `stamped` (None: not known here what it stamps).

    Raises `Malformed` or `Unsupported`.
    """
    from asn1crypto import tsp

    signed = parse(token)
    if signed.content is None:
        raise Malformed("the time stamp is empty")
    stated = tsp.TSTInfo.load(signed.content)
    imprint = stated["message_imprint"]
    digest = digests.named(imprint["hash_algorithm"]["algorithm"].dotted)
    same = stamped is None or digests.compute(digest, stamped) == imprint["hashed_message"].native
    infos = list(signed.structure["signer_infos"])
    answer = _signer(infos[0], signed.content, signed, known) if infos else None
    state = State.BROKEN if not same else answer.state if answer else State.OPEN
    time = stated["gen_time"].native
    maker = answer.signer.subject if answer and answer.signer else "unknown"
    doubt = _no_stamper(answer.signer, time) if answer and answer.signer else ""
    return Stamp(time, state, maker, answer.chain if answer else None, covers=stamped is not None, doubt=doubt)


def _no_stamper(maker: Certificate, time: datetime) -> str:
    """Return why a certificate is none to stamp times with, as it says itself (RFC 3161, 2.3); empty when it is."""
    if not maker.lasts(time):
        return "its maker's certificate was not in force then"
    try:
        usage = maker.parsed().extended_key_usage_value
    except _TROUBLE:
        return "what its maker's certificate is for cannot be read"
    if usage is not None and "time_stamping" in usage.native:
        return ""
    return "its maker's certificate does not say that it is one for time stamps"
