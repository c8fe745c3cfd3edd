"""Content credentials on images signed here."""

from __future__ import annotations

import base64
import datetime
import hashlib
import io
import json
from functools import cache

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from assay.examine.axes import combine
from assay.examine.signature.credentials import examine
from assay.examine.signature.wording import BROKEN, UNCHANGED, VOUCHED
from assay.model import Exhibit, FindingStatus, MemoryTrove, Reading, Voucher, VoucherKind, Weight

PEM = serialization.Encoding.PEM


@cache
def chain():
    """Return authority, signer and the signer's key, formed as the specification asks."""
    top, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    start = datetime.datetime(2022, 1, 1)

    def name(text):
        return x509.Name(
            [
                x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Planted"),
                x509.NameAttribute(x509.NameOID.COMMON_NAME, text),
            ]
        )

    def made(subject, issuer, public, signing, *, ca):
        usage = x509.KeyUsage(not ca, False, False, False, False, ca, ca, False, False)
        builder = (
            x509.CertificateBuilder(name(issuer), name(subject), public, x509.random_serial_number(), start,
                                    start + datetime.timedelta(9000))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(top.public_key()), critical=False)
        )  # fmt: skip
        if not ca:
            purpose = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.EMAIL_PROTECTION])
            builder = builder.add_extension(purpose, critical=False)
        return builder.sign(signing, hashes.SHA256())

    authority = made("Planted Authority", "Planted Authority", top.public_key(), top, ca=True)
    return authority, made("Planted Camera", "Planted Authority", key.public_key(), top, ca=False), key


def picture(kind="JPEG"):
    out = io.BytesIO()
    Image.effect_noise((200, 150), 60).save(out, kind)
    return out.getvalue()


def signed(data, kind="image/jpeg"):
    authority, signer, key = chain()
    private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificates = signer.public_bytes(PEM) + authority.public_bytes(PEM)
    info = c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ES256, certificates, private, None)
    source = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    actions = {"actions": [{"action": "c2pa.created", "digitalSourceType": source}]}
    assertions = [{"label": "c2pa.actions", "data": actions}]
    claim = {"claim_generator": "planted", "title": "x", "format": kind, "assertions": assertions}
    out = io.BytesIO()
    with c2pa.Signer.from_info(info) as made, c2pa.Builder(json.dumps(claim)) as builder:
        builder.sign(made, kind, io.BytesIO(data), out)
    return out.getvalue()


def answers(data, vouchers=(), kind="image/jpeg"):
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), kind, "t", "1")
    return exhibit, list(examine(Reading(exhibit, (), ()), data, vouchers))


def groups(data, vouchers=(), kind="image/jpeg"):
    return {f.independence_group for f in answers(data, vouchers, kind)[1] if f.status is FindingStatus.FINDING}


def test_an_image_without_credentials_is_normal():
    for data in (picture(), b"", b"jumb c2pa rubbish", picture("PNG")):
        assert {f.status for f in answers(data)[1]} <= {FindingStatus.NOT_APPLICABLE, FindingStatus.NOT_EXAMINED}
    assert answers(picture())[1][0].status is FindingStatus.NOT_APPLICABLE


def test_credentials_that_hold_by_an_unknown_issuer():
    exhibit, found = answers(signed(picture()))
    assert [f.independence_group for f in found] == [UNCHANGED]
    assert "Planted Camera" in found[0].observation
    assert "nknown issuer" in found[0].observation
    assert next(iter(combine(MemoryTrove([exhibit, *found])))).integrity.word == "shown unchanged since signing"
    assert groups(signed(picture("PNG"), "image/png"), (), "image/png") == {UNCHANGED}


def test_an_issuer_that_a_person_vouches_for():
    der = chain()[0].public_bytes(serialization.Encoding.DER)
    anchor = (Voucher(VoucherKind.CERTIFICATE, "x", base64.b64encode(der).decode(), "t", "1"),)
    assert groups(signed(picture()), anchor) == {UNCHANGED, VOUCHED}


def test_a_changed_pixel_breaks_them():
    data = bytearray(signed(picture()))
    data[-400] ^= 4
    exhibit, found = answers(bytes(data))
    assert [(f.independence_group, f.weight) for f in found] == [(BROKEN, Weight.CRYPTOGRAPHIC)]
    assert "dataHash.mismatch" in found[0].observation
    assert next(iter(combine(MemoryTrove([exhibit, *found])))).integrity.word == "signs of later processing"


def test_a_changed_claim_or_value_never_counts_as_unchanged():
    data = signed(picture())
    start, end = data.find(b"jumb"), data.rfind(b"c2pa.signature")
    for at in range(start, end + 400, 997):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert UNCHANGED not in groups(changed), at


def test_a_manifest_at_an_address_is_not_fetched():
    data = picture() + b'<x dcterms:provenance="https://example.org/manifest.c2pa"/>'
    assert [f.status for f in answers(data)[1]] == [FindingStatus.NOT_EXAMINED]
