from __future__ import annotations

import base64
import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from assay.case import Case
from assay.custody.vouch import vouched
from assay.model import Voucher, VoucherKind
from assay.model.errors import Usage

RECORD = "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ"


def certificate(name: str = "Planted Authority") -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime.datetime(2020, 1, 1)
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 7, start, start + datetime.timedelta(4000))
    return made.sign(key, hashes.SHA256())


def test_certificates_come_as_pem_der_and_bundle(tmp_path):
    one, two, three = (certificate(f"Authority {i}") for i in range(3))
    (tmp_path / "one.pem").write_bytes(b"Bag Attributes\n" + one.public_bytes(Encoding.PEM))
    (tmp_path / "two.cer").write_bytes(two.public_bytes(Encoding.DER))
    (tmp_path / "three.p7b").write_bytes(pkcs7.serialize_certificates([three], Encoding.DER))
    (tmp_path / "letter.txt").write_text("nothing of the kind")
    found = vouched(tmp_path)
    assert [(v.kind, v.name) for v in found.vouchers] == [
        (VoucherKind.CERTIFICATE, f"CN=Authority {i}") for i in range(3)
    ]
    assert base64.b64decode(found.vouchers[1].content) == two.public_bytes(Encoding.DER)
    assert [name for name, _ in found.refused] == ["letter.txt"]


def test_mail_keys_come_as_lines_zones_and_files(tmp_path):
    (tmp_path / "keys.txt").write_text(
        f"# archived\nOne._domainkey.example.com {RECORD}\n"
        'two._domainkey.example.com. 3600 IN TXT ( "v=DKIM1; "\n  "p=MIGf" "MA0G" ) ; comment\n'
        "three._domainkey.example.com no key at all\n"
    )
    (tmp_path / "four._domainkey.example.com.txt").write_text(RECORD + "\n")
    found = {v.name: base64.b64decode(v.content).decode() for v in vouched(tmp_path).vouchers}
    assert found == {
        "one._domainkey.example.com": RECORD,
        "two._domainkey.example.com": "v=DKIM1; p=MIGfMA0G",
        "four._domainkey.example.com": RECORD,
    }


def test_a_folder_that_is_not_there_is_a_fault(tmp_path):
    with pytest.raises(Usage):
        vouched(tmp_path / "nowhere")


def test_a_case_keeps_what_was_vouched_for_once_and_verifies(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one.pem").write_bytes(certificate().public_bytes(Encoding.PEM))
    with Case.open(tmp_path / "case") as case:
        case.vouch(tmp_path / "in", "r1")
        case.vouch(tmp_path / "in", "r1")
        assert [v.name for v in case.records(Voucher)] == ["CN=Planted Authority"]
        assert not case.verify().breaches
