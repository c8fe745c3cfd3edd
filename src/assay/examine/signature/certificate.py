"""Certificates as they speak of themselves, and the chain from one to what a person vouches for.

Limits: a certificate's names are its issuer's word, a self-issued one's its own. A chain is followed through the
certificates at hand only; names and policies that an issuer is limited to are not worked out: a chain with such limits
is left open. Revocation is known only from lists and answers that a person put in. Source: RFC 5280, section 6.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from assay.examine.signature import digests, publickey
from assay.examine.signature.der import Malformed, sound
from assay.examine.signature.digests import Digest, Unsupported
from assay.examine.signature.publickey import Key, Padding
from assay.examine.signature.verdict import State, joined
from assay.model import Voucher, VoucherKind

LONGEST_CHAIN = 8
MOST_CERTIFICATES = 200
_MOST_STEPS = 64
_UNDERSTOOD = frozenset({"basic_constraints", "key_usage", "extended_key_usage", "certificate_policies",
                         "subject_alt_name", "qc_statements", "key_identifier", "authority_key_identifier",
                         "1.3.6.1.5.5.7.1.3"})  # fmt: skip


class Standing(StrEnum):
    """What is known of a signer's certificate by what a person vouches for."""

    VOUCHED = "vouched for"
    UNKNOWN = "unknown issuer"
    REVOKED = "revoked"
    OUT_OF_TIME = "out of time"
    OPEN = "not determined"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate: names as people read them, times as stated, key and its DER bytes."""

    der: bytes
    subject: str
    issuer: str
    serial: int
    begins: datetime | None
    ends: datetime | None
    self_issued: bool
    mails: tuple[str, ...]

    def parsed(self) -> Any:
        """Return asn1crypto's view of it."""
        from asn1crypto import x509

        return x509.Certificate.load(self.der)

    def key_info(self) -> bytes:
        """Return its SubjectPublicKeyInfo in DER."""
        return bytes(self.parsed()["tbs_certificate"]["subject_public_key_info"].dump())

    def key(self) -> Key:
        """Return its public key; raise `Unsupported`."""
        return publickey.key_of(self.key_info())

    def lasts(self, moment: datetime) -> bool:
        """Whether it states to be in force at `moment`."""
        return (self.begins is None or self.begins <= moment) and (self.ends is None or moment <= self.ends)


@dataclass(frozen=True, slots=True)
class Chain:
    """Where a chain leads: its standing, the reason in words, and the subject of the anchor that it ends at."""

    standing: Standing
    reason: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a person vouches for, ready to be used: trust anchors, revocation lists and answers."""

    anchors: tuple[Certificate, ...] = ()
    lists: tuple[bytes, ...] = ()
    answers: tuple[bytes, ...] = ()


def vouched(vouchers: Iterable[Voucher]) -> Vouched:
    """Return the certificates, lists and answers among vouchers."""
    kept: dict[VoucherKind, list[bytes]] = {kind: [] for kind in VoucherKind}
    for voucher in vouchers:
        kept[voucher.kind].append(base64.b64decode(voucher.content))
    anchors = tuple(certificate_of(der) for der in kept[VoucherKind.CERTIFICATE])
    lists, answers = kept[VoucherKind.REVOCATION_LIST], kept[VoucherKind.OCSP_RESPONSE]
    return Vouched(anchors, tuple(lists), tuple(answers))


def certificate_of(der: bytes) -> Certificate:
    """Return the certificate that DER bytes hold; raise `Malformed`."""
    from asn1crypto import x509

    sound(der)
    try:
        parsed = x509.Certificate.load(der)
        body = parsed["tbs_certificate"]
        subject, issuer = body["subject"], body["issuer"]
        return Certificate(
            bytes(parsed.dump()), _label(subject), _label(issuer), int(body["serial_number"].native),
            _time(body["validity"]["not_before"]), _time(body["validity"]["not_after"]),
            subject.dump() == issuer.dump(), _mails(parsed),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, OverflowError, IndexError) as error:
        raise Malformed(f"a certificate cannot be read ({str(error).splitlines()[0][:100]})") from error


def _time(value: Any) -> datetime | None:
    try:
        moment = value.native
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if isinstance(moment, datetime) else None


def _label(name: Any) -> str:
    """Return a name's common name, organisation and country, in this order; all of it when it has none of them."""
    pairs: list[tuple[str, str]] = []
    for relative in name.chosen:
        for pair in relative:
            try:
                pairs.append((str(pair["type"].native), " ".join(str(pair["value"].native).split())))
            except (ValueError, TypeError, UnicodeError):
                continue
    wanted = ("common_name", "surname", "given_name", "organization_name", "country_name")
    chosen = [value for kind in wanted for k, value in pairs if k == kind]
    shown = chosen or [value for _, value in pairs]
    return ", ".join(dict.fromkeys(_printable(v)[:120] for v in shown)) or "no name"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text).replace("“", "'").replace("”", "'")


def _mails(parsed: Any) -> tuple[str, ...]:
    found: list[str] = []
    try:
        alternative = parsed.subject_alt_name_value
        names = alternative if alternative is not None else ()
        found += [str(n.native) for n in names if n.name == "rfc822_name"]
        subject = parsed["tbs_certificate"]["subject"].native
        mail = subject.get("email_address", ())
        found += [mail] if isinstance(mail, str) else list(mail)
    except (ValueError, TypeError, KeyError):
        pass  # a certificate whose extensions cannot be read names no address
    return tuple(dict.fromkeys(m.strip().lower() for m in found))


_SIGNED_WITH: dict[str, str] = {
    "1.2.840.113549.1.1.4": "MD5", "1.2.840.113549.1.1.5": "SHA-1", "1.2.840.113549.1.1.14": "SHA-224",
    "1.2.840.113549.1.1.11": "SHA-256", "1.2.840.113549.1.1.12": "SHA-384", "1.2.840.113549.1.1.13": "SHA-512",
    "1.3.14.3.2.29": "SHA-1", "1.2.840.10040.4.3": "SHA-1", "2.16.840.1.101.3.4.3.2": "SHA-256",
    "1.2.840.10045.4.1": "SHA-1", "1.2.840.10045.4.3.1": "SHA-224", "1.2.840.10045.4.3.2": "SHA-256",
    "1.2.840.10045.4.3.3": "SHA-384", "1.2.840.10045.4.3.4": "SHA-512", "2.16.840.1.101.3.4.3.10": "SHA3-256",
    "2.16.840.1.101.3.4.3.14": "SHA3-256", "2.16.840.1.101.3.4.3.16": "SHA3-512", "1.3.101.112": "SHA-512",
    "1.3.101.113": "SHAKE256", "1.2.643.7.1.1.3.2": "Streebog-256", "1.2.643.7.1.1.3.3": "Streebog-512",
    "1.2.643.2.2.3": "GOST R 34.11-94", "1.2.156.10197.1.501": "SM3",
}  # fmt: skip
"""The digest that a signature algorithm's object identifier implies."""


def implied_digest(algorithm: Any) -> tuple[Digest | None, Padding | None]:
    """Return the digest and padding that a SignedDigestAlgorithm states; None for each that it leaves open."""
    oid = algorithm["algorithm"].dotted
    if oid == "1.2.840.113549.1.1.10":
        padding = _pss(algorithm["parameters"])
        return padding.digest, padding
    return (digests.BY_LABEL[_SIGNED_WITH[oid]] if oid in _SIGNED_WITH else None), None


def _pss(parameters: Any) -> Padding:
    try:
        digest = digests.named(parameters["hash_algorithm"]["algorithm"].dotted)
        mask = digests.named(parameters["mask_gen_algorithm"]["parameters"]["algorithm"].dotted)
        return Padding(digest, mask, min(4096, int(parameters["salt_length"].native)))
    except (ValueError, TypeError, KeyError) as error:
        raise Unsupported("the parameters of its RSA-PSS signature cannot be read") from error


def issued_by(one: Certificate, issuer: Certificate) -> State:
    """Whether `issuer`'s key signed certificate `one`."""
    parsed = one.parsed()
    try:
        digest, padding = implied_digest(parsed["signature_algorithm"])
        if digest is None:
            return State.OPEN
        signed, value = bytes(parsed["tbs_certificate"].dump()), bytes(parsed["signature_value"].native)
        return joined(publickey.verify(issuer.key(), digest, signed, value, padding))
    except (Unsupported, ValueError, TypeError, KeyError):
        return State.OPEN


def chain(
    signer: Certificate,
    at_hand: Iterable[Certificate],
    known: Vouched,
    moment: datetime | None,
    *,
    attested: bool = False,
) -> Chain:
    """Return where the chain of `signer` leads, judged at `moment` (None: no time of signing is known).

    `attested`: the moment rests on a time stamp that is vouched for, and not on the signer's own word.
    """
    anchors = {certificate.der: certificate for certificate in known.anchors}
    pool = list(dict.fromkeys([*known.anchors, *at_hand]))[:MOST_CERTIFICATES]
    steps = 0
    doubts: list[str] = []

    def climb(path: list[Certificate]) -> list[Certificate] | None:
        nonlocal steps
        here = path[-1]
        if here.der in anchors:
            return path
        if len(path) >= LONGEST_CHAIN:
            return None
        name = here.parsed().issuer.dump()
        for candidate in pool:
            if candidate in path or candidate.parsed().subject.dump() != name:
                continue
            steps += 1
            if steps > _MOST_STEPS:
                doubts.append("there are more certificates of one name than are tried")
                return None
            state = issued_by(here, candidate)
            if state is State.OPEN:
                doubts.append(f"whether “{candidate.subject}” issued “{here.subject}” cannot be checked here")
            elif state is State.HOLDS and (found := climb([*path, candidate])):
                return found
        return None

    path = climb([signer])
    if path is None:
        if doubts:
            return Chain(Standing.OPEN, doubts[0])
        whose = "it is issued by itself" if signer.self_issued else f"“{signer.issuer}” is not among those vouched for"
        return Chain(
            Standing.UNKNOWN, f"unknown issuer: {whose}" if known.anchors else f"unknown issuer: {_none(signer)}"
        )
    return _judged(path, known, moment, attested)


def _none(signer: Certificate) -> str:
    itself = " (issued by itself)" if signer.self_issued else ""
    return f"“{signer.issuer}”{itself}; no certificate was vouched for in this case"


def _judged(path: list[Certificate], known: Vouched, moment: datetime | None, attested: bool) -> Chain:
    """Judge a chain that reaches an anchor: authority to issue, times, revocation."""
    anchor = path[-1].subject
    for place, certificate in enumerate(path):
        if wrong := _unfit(certificate, below=place):
            standing = Standing.OPEN if wrong.startswith("it has limits") else Standing.UNKNOWN
            return Chain(standing, f"“{certificate.subject}”: {wrong}", anchor)
        if moment is not None and not certificate.lasts(moment):
            return Chain(Standing.OUT_OF_TIME, f"“{certificate.subject}” was not in force at {moment:%Y-%m-%d}", anchor)
    for one, issuer in pairwise(path):
        revoked = _revoked(one, issuer, known)
        if revoked is None:
            continue
        at, by = revoked
        said = f"“{one.subject}”: revoked on {at:%Y-%m-%d}, by {by}"
        if moment is None or at <= moment:
            return Chain(Standing.REVOKED, said, anchor)
        if not attested:
            return Chain(Standing.OPEN, f"{said}; that it signed before rests on the signer's own word", anchor)
    if moment is None:
        return Chain(Standing.OPEN, "no time of signing is stated, so its validity then is not known", anchor)
    return Chain(Standing.VOUCHED, f"its chain ends at “{anchor}”, which a person vouches for", anchor)


def _unfit(certificate: Certificate, below: int) -> str:
    """Return why a certificate may not stand at its place of a chain, empty when it may."""
    parsed = certificate.parsed()
    try:
        unknown = sorted(name for name in parsed.critical_extensions if name not in _UNDERSTOOD)
        if unknown:
            return f"it has limits that are not worked out here ({', '.join(unknown)[:100]})"
        if not below:
            return ""
        constraints, usage = parsed.basic_constraints_value, parsed.key_usage_value
        if parsed["tbs_certificate"]["version"].native == "v3" and (
            constraints is None or not constraints["ca"].native
        ):
            return "it is no authority and may not issue certificates"
        if usage is not None and "key_cert_sign" not in usage.native:
            return "its key may not sign certificates"
        most = constraints["path_len_constraint"].native if constraints is not None else None
        return "its chain is longer than it may be" if most is not None and below - 1 > most else ""
    except (ValueError, TypeError, KeyError):
        return "it has limits that cannot be read"


def _revoked(one: Certificate, issuer: Certificate, known: Vouched) -> tuple[datetime, str] | None:
    """Return when a certificate was revoked, and by what; None when nothing says so."""
    listed = [(at, "its issuer's list") for der in known.lists if (at := _in_list(one, issuer, der))]
    told = [(at, "its issuer's OCSP answer") for der in known.answers if (at := _in_answer(one, issuer, der))]
    return min([*listed, *told], default=None)


def _in_list(one: Certificate, issuer: Certificate, der: bytes) -> datetime | None:
    from cryptography import x509

    try:
        listed = x509.load_der_x509_crl(der)
        if listed.issuer.public_bytes() != issuer.parsed().subject.dump():
            return None
        entry = listed.get_revoked_certificate_by_serial_number(one.serial)
    except (ValueError, TypeError):
        return None
    if entry is None or _list_signed(der, issuer) is not State.HOLDS:
        return None
    return entry.revocation_date_utc


def _list_signed(der: bytes, issuer: Certificate) -> State:
    from asn1crypto import crl

    parsed = crl.CertificateList.load(der)
    try:
        digest, padding = implied_digest(parsed["signature_algorithm"])
        if digest is None:
            return State.OPEN
        signed, value = bytes(parsed["tbs_cert_list"].dump()), bytes(parsed["signature"].native)
        return joined(publickey.verify(issuer.key(), digest, signed, value, padding))
    except (Unsupported, ValueError, TypeError, KeyError):
        return State.OPEN


def _in_answer(one: Certificate, issuer: Certificate, der: bytes) -> datetime | None:
    """Look into an OCSP answer that the issuer's own key signed; delegated answerers are not followed."""
    from asn1crypto import ocsp

    try:
        basic = ocsp.OCSPResponse.load(der).basic_ocsp_response
        digest, padding = implied_digest(basic["signature_algorithm"])
        if digest is None:
            return None
        signed, value = bytes(basic["tbs_response_data"].dump()), bytes(basic["signature"].native)
        if joined(publickey.verify(issuer.key(), digest, signed, value, padding)) is not State.HOLDS:
            return None
        for answer in basic["tbs_response_data"]["responses"]:
            if answer["cert_id"]["serial_number"].native == one.serial and answer["cert_status"].name == "revoked":
                at: datetime = answer["cert_status"].chosen["revocation_time"].native
                return at
    except (Unsupported, ValueError, TypeError, KeyError, AttributeError):
        return None
    return None
