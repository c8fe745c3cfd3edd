"""S/MIME mails, opaque and clear-signed: what a gateway may do to them, and what may not pass for it."""

from __future__ import annotations

import base64
import datetime
import hashlib
import re
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7

from assay.custody.sniff import media_type
from assay.examine.signature import cades
from assay.examine.signature.wording import BROKEN, PART
from assay.model import Direction, Exhibit, FindingStatus, Reading

HEAD = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: price\r\nMIME-Version: 1.0\r\n"
BODY = b"Content-Type: text/plain; charset=utf-8\r\n\r\nPrice: 1,250,000.00 USD.\r\n"


@cache
def signer():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A. Signer")])
    start = datetime.datetime(2020, 1, 1)
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, start, start + datetime.timedelta(8000))
    made = made.add_extension(x509.SubjectAlternativeName([x509.RFC822Name("a@example.org")]), critical=False)
    return key, made.sign(key, hashes.SHA256())


def value(*options):
    key, certificate = signer()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(BODY).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def opaque():
    encoded = base64.encodebytes(value()).replace(b"\n", b"\r\n")
    return (
        HEAD + b'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded
    )  # fmt: skip


def clear():
    encoded = base64.encodebytes(value(pkcs7.PKCS7Options.DetachedSignature)).replace(b"\n", b"\r\n")
    return (
        HEAD + b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary="b"\r\n'
        b"\r\n--b\r\n" + BODY + b"\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded + b"\r\n--b--\r\n"
    )  # fmt: skip


def answers(data):
    assert media_type(data) == "message/rfc822"
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), "message/rfc822", "t", "1")
    return [
        (f.independence_group if f.status is FindingStatus.FINDING else f.status.value, f.direction, f.observation)
        for f in cades.examine(Reading(exhibit, (), ()), data, ())
    ]


def test_both_forms_hold_over_the_body_and_not_over_the_headers():
    for mail in (opaque(), clear()):
        ((group, direction, said),) = answers(mail)
        assert (group, direction) == (PART, Direction.NEITHER)
        assert "headers" in said and "names the sender's address" in said


def test_another_subject_is_not_seen_and_said_not_to_be_covered():
    for mail in (opaque(), clear()):
        ((group, _, said),) = answers(mail.replace(b"Subject: price", b"Subject: other"))
        assert group == PART
        assert "subject and date were not signed" in said


def test_another_sender_is_named_beside_the_certificates():
    ((_, _, said),) = answers(clear().replace(b"From: a@", b"From: z@"))
    assert "the mail's sender is “z@example.org”" in said


def test_line_ends_that_a_server_changed_do_not_break_a_clear_signed_mail():
    ((group, _, _),) = answers(clear().replace(b"\r\n", b"\n"))
    assert group == PART


def test_a_changed_body_breaks_it_and_a_gateway_that_encoded_it_anew_is_a_named_explanation():
    ((group, _, _),) = answers(clear().replace(b"1,250", b"9,250"))
    assert group == BROKEN
    again = re.sub(
        rb"\r\n\r\nPrice[^\r]*\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(b"Price: 1,250,000.00 USD.\r\n") + b"\r\n", clear(),
    )  # fmt: skip
    exhibit = Exhibit(hashlib.sha256(again).hexdigest(), "", len(again), "message/rfc822", "t", "1")
    (found,) = cades.examine(Reading(exhibit, (), ()), again, ())
    assert found.independence_group == BROKEN
    assert any("gateway" in text for text in found.innocent_explanations)


def test_an_opaque_mail_whose_content_was_changed():
    lines = opaque()
    head, encoded = lines.split(b"\r\n\r\n", 1)
    changed = base64.b64decode(encoded).replace(b"1,250", b"9,250")
    assert changed != base64.b64decode(encoded)
    assert answers(head + b"\r\n\r\n" + base64.encodebytes(changed))[0][0] == BROKEN


def test_a_signed_part_within_unsigned_ones_is_said_to_leave_them_out():
    inner = clear().split(b"MIME-Version: 1.0\r\n", 1)[1]
    mail = (
        HEAD + b'Content-Type: multipart/mixed; boundary="o"\r\n\r\n--o\r\nContent-Type: text/plain\r\n\r\n'
        b"The price is 9,000,000 now.\r\n--o\r\n" + inner + b"\r\n--o--\r\n"
    )  # fmt: skip
    ((group, _, said),) = answers(mail)
    assert group == PART
    assert "Other parts of the mail stand outside" in said
