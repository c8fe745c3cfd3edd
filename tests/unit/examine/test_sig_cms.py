"""CMS signatures: GOST made by OpenSSL's engine, SM2 and others made here; held, broken, open, and hostile ones."""

from __future__ import annotations

import base64
import datetime
import hashlib
import time

import pytest
from asn1crypto import cms as asn1
from asn1crypto import core, keys, tsp
from asn1crypto import x509 as asn1x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from assay.custody.detached import link
from assay.custody.sniff import media_type
from assay.examine.signature import cades, cms, detached, digests, libcrypto, national
from assay.examine.signature.certificate import Vouched, certificate_of
from assay.examine.signature.der import Malformed, sound
from assay.examine.signature.verdict import Engine, State, disagree, joined
from assay.examine.signature.wording import BROKEN, PART, UNCHANGED
from assay.model import Exhibit, FindingStatus, MemoryTrove, Occurrence, Reading, Weight

assert tsp  # it teaches asn1crypto attributes, and must come before any is made
DOCUMENT = "ДОГОВОР № 7/А. Цена: 1 200 000 руб.".encode()
GOST_256 = base64.b64decode(
    "MIIC+gYJKoZIhvcNAQcCoIIC6zCCAucCAQExDjAMBggqhQMHAQECAgUAMAsGCSqGSIb3DQEHAaCCAZEwggGNMIIBOAIUG1cUcTXsFj8GBb/rO8"
    "Juon8Pu+0wDAYIKoUDBwEBAwIFADBEMQswCQYDVQQGEwJSVTEeMBwGA1UECgwV0J7QntCeINCg0L7QvNCw0YjQutCwMRUwEwYDVQQDDAzQmNCy"
    "0LDQvdC+0LIwHhcNMjYxMTIyMTU0OTEzWhcNMzYxMTE5MTU0OTEzWjBEMQswCQYDVQQGEwJSVTEeMBwGA1UECgwV0J7QntCeINCg0L7QvNCw0Y"
    "jQutCwMRUwEwYDVQQDDAzQmNCy0LDQvdC+0LIwZjAfBggqhQMHAQEBATATBgcqhQMCAiMBBggqhQMHAQECAgNDAARAoFznYvhMXyPwiGrJhyiD"
    "VL3t8piVlOaZ1i9vchyLG5g9CP/2Cu6VZX9p0zGDEVlmLyz7wDYhocPHHO7ctRj3nzAMBggqhQMHAQEDAgUAA0EAqymKZhS4Y7L8k8dCAj5tkG"
    "3nFsnbrPv2xn2NZQG8IZdprPBQCIxMNq78o9g98pt+YMxcS4NTRN3tPbcHQeJn5TGCAS4wggEqAgEBMFwwRDELMAkGA1UEBhMCUlUxHjAcBgNV"
    "BAoMFdCe0J7QniDQoNC+0LzQsNGI0LrQsDEVMBMGA1UEAwwM0JjQstCw0L3QvtCyAhQbVxRxNewWPwYFv+s7wm6ifw+77TAMBggqhQMHAQECAg"
    "UAoGkwGAYJKoZIhvcNAQkDMQsGCSqGSIb3DQEHATAcBgkqhkiG9w0BCQUxDxcNMjYxMTIyMTU0OTEzWjAvBgkqhkiG9w0BCQQxIgQglkkH9gdN"
    "A6AFkxclUmshbTRitH5x9ejehWsvsJJ5XZEwDAYIKoUDBwEBAQEFAARAtvQ2Arhg0vc2aft2vD/CPjB/c5wnZgfTMPHhhwnW5TKJ442h0gSLZm"
    "wn+Ya5xxPa0TCCpPGHhbQxvzmGhC1ILQ=="
)

GOST_512 = base64.b64decode(
    "MIID4gYJKoZIhvcNAQcCoIID0zCCA88CAQExDjAMBggqhQMHAQECAwUAMAsGCSqGSIb3DQEHAaCCAhcwggITMIIBfQIUdGRYjvMeuSPhwse0qg"
    "mz+Fjmj48wDAYIKoUDBwEBAwMFADBEMQswCQYDVQQGEwJSVTEeMBwGA1UECgwV0J7QntCeINCg0L7QvNCw0YjQutCwMRUwEwYDVQQDDAzQmNCy"
    "0LDQvdC+0LIwHhcNMjYxMTIyMTU0OTE0WhcNMzYxMTE5MTU0OTE0WjBEMQswCQYDVQQGEwJSVTEeMBwGA1UECgwV0J7QntCeINCg0L7QvNCw0Y"
    "jQutCwMRUwEwYDVQQDDAzQmNCy0LDQvdC+0LIwgaowIQYIKoUDBwEBAQIwFQYJKoUDBwECAQIBBggqhQMHAQECAwOBhAAEgYDU1Kjh7IVUFVQW"
    "1O1CHLA6adP42aTea3V1PCBvHtDBMQKR8kT+qvRuekPYRFUs3QNtFrAac0KDV+DNDHJTcoe6ue8B48t6SAPz/0VtD0NJEjV6ZsjnemCTBrhVoa"
    "mMDEumuypYJqcIT3Lh84CU8nepJxxcaR9oJda+Z+0iPf6MyzAMBggqhQMHAQEDAwUAA4GBAArUuaH9ArqOgrLrXXrQBgnEX+djiRkWSuChhcL8"
    "spbKkUI4Q+RAspYEKzSiI5dL1UnwnwrvHdh+u/ssvAVq8NQTvRF4a9txiBQWYVi/XMvJL3RNXLCSbaSRBPix8CvwWIV0YA8X7y3Ab290wkP7VM"
    "MVzMPqEh357I+ByHQVOzsxMYIBkDCCAYwCAQEwXDBEMQswCQYDVQQGEwJSVTEeMBwGA1UECgwV0J7QntCeINCg0L7QvNCw0YjQutCwMRUwEwYD"
    "VQQDDAzQmNCy0LDQvdC+0LICFHRkWI7zHrkj4cLHtKoJs/hY5o+PMAwGCCqFAwcBAQIDBQCggYkwGAYJKoZIhvcNAQkDMQsGCSqGSIb3DQEHAT"
    "AcBgkqhkiG9w0BCQUxDxcNMjYxMTIyMTU0OTE0WjBPBgkqhkiG9w0BCQQxQgRAi3rhAsczC0cehtE7EewlFsOy/5ch5jlSfEYVSB9gGVPk75sh"
    "grU1kSwfn9qx08lo0WFX8Y7zIlA/okF7yc20SjAMBggqhQMHAQEBAgUABIGAtvkHyNqrag60SXijgTQz7evZY2tbYgCvTJSBXC4FAM5G5bpl9p"
    "e4SefquGEMiRwG6NixJw480FTotKO5tAOFulIPXZOzISDVLzEIdf/M8Nvajv6EVfTnYBWwAxZLYt6OJEbI7uJe7x2Jzv57R8UbWAj+FKzygc0z"
    "ioW0ZlPSK1I="
)

GOST_2001 = base64.b64decode(
    "MIIC7QYJKoZIhvcNAQcCoIIC3jCCAtoCAQExDDAKBgYqhQMCAgkFADALBgkqhkiG9w0BBwGgggGKMIIBhjCCATMCFCIn/JR5MCvFJM5t1TfFUP"
    "o/sXUNMAoGBiqFAwICAwUAMEQxCzAJBgNVBAYTAlJVMR4wHAYDVQQKDBXQntCe0J4g0KDQvtC80LDRiNC60LAxFTATBgNVBAMMDNCY0LLQsNC9"
    "0L7QsjAeFw0yNjExMjIxNTQ5MTRaFw0zNjExMTkxNTQ5MTRaMEQxCzAJBgNVBAYTAlJVMR4wHAYDVQQKDBXQntCe0J4g0KDQvtC80LDRiNC60L"
    "AxFTATBgNVBAMMDNCY0LLQsNC90L7QsjBjMBwGBiqFAwICEzASBgcqhQMCAiMBBgcqhQMCAh4BA0MABED4+DXq4gylzvGIGqUC4Y6LroivyinA"
    "jyiZgH9hVS3tTiEdxgOlgBtTya0PWkDeZhgRGkMYxOMux+PyCLanNiueMAoGBiqFAwICAwUAA0EAvDZa2SUleEqmJGwk3FG08tMZR4API8FXWa"
    "KonJlD9gUbuiwLMOvtZMimtopxljGsMWbNGzr9hPC9cZzg/pjbVzGCASowggEmAgEBMFwwRDELMAkGA1UEBhMCUlUxHjAcBgNVBAoMFdCe0J7Q"
    "niDQoNC+0LzQsNGI0LrQsDEVMBMGA1UEAwwM0JjQstCw0L3QvtCyAhQiJ/yUeTArxSTObdU3xVD6P7F1DTAKBgYqhQMCAgkFAKBpMBgGCSqGSI"
    "b3DQEJAzELBgkqhkiG9w0BBwEwHAYJKoZIhvcNAQkFMQ8XDTI2MTEyMjE1NDkxNFowLwYJKoZIhvcNAQkEMSIEIIgqwwab1wQMJE1VhSxD0vgD"
    "iSA/8zz41eRnx0/JGLE9MAoGBiqFAwICEwUABEAZpIzBFCNOif+TOKZ5iF7YKMhRqN532zm35UaoVWLXrp7wQAe2g//XMzP2mW0hoBkA/qtRg6"
    "jjo3543UpSf4zQ"
)
"""Made by `openssl cms -sign -binary` with its GOST engine; the key holder and the document are invented."""

PAPER = b"Contract No. 7/A of 3 May 2024. Price: 1,250,000.00 USD.\r\n"


def issued(key, name="A. Signer", mail="a@example.org"):
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime.datetime(2020, 1, 1)
    plain = not isinstance(key, ed25519.Ed25519PrivateKey)
    return (
        x509.CertificateBuilder(subject, subject, key.public_key(), 7, start, start + datetime.timedelta(8000))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(mail)]), critical=False)
        .sign(key, hashes.SHA256() if plain else None)
    )


def signed(content=PAPER, key=None, *options, algorithm=None, encoding=serialization.Encoding.DER):
    key = key or ec.generate_private_key(ec.SECP256R1())
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(issued(key), key, algorithm or hashes.SHA256())
    return builder.sign(encoding, [pkcs7.PKCS7Options.Binary, *options])


def only(value, content, known=None):
    its = cms.check(cms.parse(value), content, known or Vouched())
    assert len(its) == 1
    return its[0]


def reading(data, kind=None):
    return Reading(Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), kind or media_type(data), "t", "1"), (), ())


# ---- GOST


@pytest.mark.parametrize(
    ("value", "label"),
    [(GOST_256, "GOST R 34.10-2012 with Streebog-256"), (GOST_512, "GOST R 34.10-2012 with Streebog-512")],
)
def test_gost_holds_and_breaks(value, label):
    held = only(value, DOCUMENT)
    assert (held.state, held.algorithm, held.family) == (State.HOLDS, label, "GOST R 34.10")
    assert held.signer.subject == "Иванов, ООО Ромашка, RU"
    assert Engine("gostcrypto", State.HOLDS) in held.engines
    broken = only(value, DOCUMENT.replace(b"1 200", b"9 200"))
    assert (broken.state, broken.bytes_state) == (State.BROKEN, State.BROKEN)
    assert "Streebog" in broken.reason


def test_gost_with_a_changed_signature_value_is_broken_though_the_content_is_the_same():
    changed = bytearray(GOST_256)
    changed[-5] ^= 1
    check = only(bytes(changed), DOCUMENT)
    assert (check.state, check.bytes_state) == (State.BROKEN, State.HOLDS)


def test_gost_without_the_engine_is_answered_by_python_alone(monkeypatch):
    monkeypatch.setattr(libcrypto, "digest", lambda *_: None)
    monkeypatch.setattr(libcrypto, "verify_gost", lambda *_: None)
    check = only(GOST_256, DOCUMENT)
    assert (check.state, [e.name for e in check.engines]) == (State.HOLDS, ["gostcrypto"])
    monkeypatch.setattr(digests, "MOST_SLOW", 10)
    late = only(GOST_256, DOCUMENT)
    assert late.state is State.OPEN
    assert "too long" in late.reason


def test_what_no_engine_supports_is_open_and_never_broken(monkeypatch):
    monkeypatch.setattr(libcrypto, "digest", lambda *_: None)
    check = only(GOST_2001, DOCUMENT)
    assert check.state is State.OPEN
    assert "engine" in check.reason


def test_the_older_gost_holds_where_the_engine_is_installed():
    if libcrypto.digest("md_gost94", b"") is None:
        pytest.skip("OpenSSL's GOST engine is not installed")
    assert only(GOST_2001, DOCUMENT).state is State.HOLDS
    assert "withdrawn" in only(GOST_2001, DOCUMENT).weak[0]


def test_two_engines_that_disagree_leave_it_open_and_both_stand(monkeypatch):
    monkeypatch.setattr(libcrypto, "verify_gost", lambda *_: False)
    check = only(GOST_256, DOCUMENT)
    assert check.state is State.OPEN
    assert disagree(check.engines)
    found = list(national.GOST.examine_vouched(reading(attached(GOST_256, DOCUMENT)), attached(GOST_256, DOCUMENT), ()))
    assert [f.status for f in found] == [FindingStatus.NOT_EXAMINED]
    assert "it holds" in found[0].observation
    assert "does not hold" in found[0].observation


def attached(value, content):
    """Return a detached signature with its content put in."""
    info = asn1.ContentInfo.load(value)
    inner = info["content"]
    inner["encap_content_info"] = {"content_type": "data", "content": core.OctetString(content)}
    return asn1.ContentInfo({"content_type": "signed_data", "content": inner}).dump(force=False)


def test_gost_examination_answers_for_its_own_kind_only():
    data = attached(GOST_256, DOCUMENT)
    assert cms.parse(data).content == DOCUMENT
    found = list(national.GOST.examine_vouched(reading(data), data, ()))
    assert [f.independence_group for f in found] == [UNCHANGED]
    assert found[0].weight is Weight.CRYPTOGRAPHIC
    others = list(cades.examine(reading(data), data, ()))
    assert [f.status for f in others] == [FindingStatus.NOT_APPLICABLE]


# ---- SM2


def sm2_key():
    from gmssl import func, sm2

    private = func.random_hex(64)
    made = sm2.CryptSM2(private, "")
    return made, made._kg(int(private, 16), sm2.default_ecc_table["g"])


def sm2_signed(content, identifier=b"1234567812345678", content_type="1.2.840.113549.1.7.1", *, carried=True):
    from gmssl import func, sm2

    made, public = sm2_key()
    point = bytes.fromhex(public)
    table = sm2.default_ecc_table
    sm3 = digests.BY_LABEL["SM3"]

    def over(data):
        constants = bytes.fromhex(table["a"] + table["b"] + table["g"]) + point
        z = digests.compute(sm3, (len(identifier) * 8).to_bytes(2, "big") + identifier + constants)
        value = made.sign(digests.compute(sm3, z + data), func.random_hex(64))
        return core.SequenceOf([int(value[:64], 16), int(value[64:], 16)], spec=core.Integer).dump()

    algorithm = {"algorithm": "1.2.156.10197.1.501"}
    info = keys.PublicKeyInfo(
        {
            "algorithm": {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", "1.2.156.10197.1.301")},
            "public_key": keys.ECPointBitString(b"\x04" + point),
        }
    )
    name = asn1x509.Name.build({"common_name": "张伟"})
    times = {"not_before": moment(2020), "not_after": moment(2040)}
    body = asn1x509.TbsCertificate(
        {"version": "v3", "serial_number": 9, "signature": algorithm, "issuer": name, "validity": times,
         "subject": name, "subject_public_key_info": info}
    )  # fmt: skip
    certificate = asn1x509.Certificate(
        {"tbs_certificate": body, "signature_algorithm": algorithm, "signature_value": over(body.dump())}
    )
    attributes = asn1.CMSAttributes(
        [
            {"type": "content_type", "values": [content_type]},
            {"type": "message_digest", "values": [digests.compute(sm3, content)]},
        ]
    )
    signer = asn1.SignerInfo(
        {"version": "v1",
         "sid": {"issuer_and_serial_number": {"issuer": name, "serial_number": 9}},
         "digest_algorithm": {"algorithm": "1.2.156.10197.1.401"}, "signed_attrs": attributes,
         "signature_algorithm": algorithm, "signature": over(attributes.dump())}
    )  # fmt: skip
    structure = asn1.SignedData(
        {"version": "v1", "digest_algorithms": [{"algorithm": "1.2.156.10197.1.401"}],
         "encap_content_info": {"content_type": "data", **({"content": content} if carried else {})},
         "certificates": [certificate], "signer_infos": [signer]}
    )  # fmt: skip
    return asn1.ContentInfo({"content_type": "signed_data", "content": structure}).dump()


def moment(year):
    return asn1x509.Time("utc_time", datetime.datetime(year, 1, 1, tzinfo=datetime.UTC))


CHINESE = "合同编号：HT-2024-7，合计：壹佰万元。".encode()


def test_sm2_holds_and_breaks():
    data = sm2_signed(CHINESE)
    check = only(data, None)
    assert (check.state, check.algorithm) == (State.HOLDS, "SM2 with SM3")
    assert check.signer.subject == "张伟"
    assert only(data, CHINESE + b"!").state is State.BROKEN
    found = list(national.SM2.examine_vouched(reading(data), data, ()))
    assert [f.independence_group for f in found] == [UNCHANGED]


def test_sm2_with_another_known_identifier_says_which():
    check = only(sm2_signed(CHINESE, b"ALICE123@YAHOO.COM"), None)
    assert check.state is State.HOLDS
    assert any("ALICE123" in e.reason for e in check.engines)


def test_sm2_with_an_unknown_identifier_is_open_and_explained():
    data = sm2_signed(CHINESE, b"planted identifier")
    check = only(data, None)
    assert (check.state, check.bytes_state) == (State.OPEN, State.HOLDS)
    assert "identifier" in check.reason
    found = list(national.SM2.examine_vouched(reading(data), data, ()))
    assert [f.status for f in found] == [FindingStatus.NOT_EXAMINED]


def test_the_national_shape_of_cms_is_read():
    data = sm2_signed(CHINESE)
    common, national_oid = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("060a2a811ccf550601040202")
    inner = data[data.find(common) + len(common) :]
    body = national_oid + inner
    size = len(body).to_bytes(2, "big")
    assert only(b"\x30\x82" + size + body, None).state is State.HOLDS


def test_sm2_inside_a_pdf_is_taken_out_and_checked():
    """pyHanko knows no SM2: the value is taken out of the file and checked by engines that do."""
    import io

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from reportlab.pdfgen.canvas import Canvas

    out, made = io.BytesIO(), io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawString(72, 700, "Contract HT-2024-7")
    canvas.save()
    key = ec.generate_private_key(ec.SECP256R1())
    plain = signers.SimpleSigner(
        signing_cert=asn1x509.Certificate.load(issued(key).public_bytes(serialization.Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        ),
        cert_registry=None,
    )
    meta = signers.PdfSignatureMetadata(field_name="Sig1")
    writer = IncrementalPdfFileWriter(io.BytesIO(out.getvalue()))
    signers.PdfSigner(meta, plain).sign_pdf(writer, output=made, bytes_reserved=16_384)
    data = made.getvalue()
    numbers = [int(n) for n in data[data.find(b"/ByteRange [") + 12 :].split(b"]")[0].split()]
    covered = data[: numbers[1]] + data[numbers[2] :]
    value = sm2_signed(covered, carried=False).hex().encode()
    room = numbers[2] - numbers[1] - 2
    spliced = data[: numbers[1]] + b"<" + value.ljust(room, b"0") + b">" + data[numbers[2] :]
    found = list(national.SM2.examine_vouched(reading(spliced), spliced, ()))
    assert [f.independence_group for f in found] == [UNCHANGED], found
    changed = spliced.replace(b"/MediaBox [ 0 0 595", b"/MediaBox [ 0 0 596", 1)
    assert changed != spliced
    assert [f.independence_group for f in national.SM2.examine_vouched(reading(changed), changed, ())] == [BROKEN]


# ---- RSA, ECDSA, EdDSA, weak digests


@pytest.mark.parametrize("make", [lambda: ec.generate_private_key(ec.SECP384R1()),
                                  lambda: rsa.generate_private_key(65537, 2048)])  # fmt: skip
def test_common_keys_hold_and_break(make):
    data = signed(PAPER, make())
    assert only(data, None).state is State.HOLDS
    changed = data.replace(b"1,250", b"9,250")
    assert only(changed, None).state is State.BROKEN
    found = list(cades.examine(reading(changed, "application/pkcs7-mime"), changed, ()))
    assert [f.independence_group for f in found] == [BROKEN]


def test_signatures_without_attributes_are_covered_by_the_value_itself():
    data = signed(PAPER, None, pkcs7.PKCS7Options.NoAttributes)
    assert only(data, None).state is State.HOLDS
    assert only(data, PAPER + b" ").state is State.BROKEN


def test_pem_and_bare_base64_are_undone():
    data = signed(PAPER)
    text = base64.encodebytes(data)
    assert cms.unarmoured(text) == data
    assert cms.unarmoured(b"-----BEGIN CMS-----\n" + text + b"-----END CMS-----\n") == data
    with pytest.raises(Malformed):
        cms.unarmoured(b"just a letter")


# ---- S/MIME


def mail(raw):
    return b"From: A. Signer <a@example.org>\r\nTo: b@example.org\r\nSubject: offer\r\n" + raw


def test_a_signed_mail_holds_over_its_body_and_not_over_its_headers():
    options = (pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Text)
    key = ec.generate_private_key(ec.SECP256R1())
    builder = pkcs7.PKCS7SignatureBuilder().set_data(b"Price: 1,250,000.00 USD\r\n")
    raw = mail(builder.add_signer(issued(key), key, hashes.SHA256()).sign(serialization.Encoding.SMIME, options))
    for data in (raw, raw.replace(b"\r\n", b"\n")):
        found = list(cades.examine(reading(data, "message/rfc822"), data, ()))
        assert [f.independence_group for f in found] == [PART], found
        assert "headers" in found[0].observation
        assert "sender's address" in found[0].observation
    changed = raw.replace(b"1,250,000", b"9,250,000")
    found = list(cades.examine(reading(changed, "message/rfc822"), changed, ()))
    assert [f.independence_group for f in found] == [BROKEN]
    plain = mail(b"\r\nno signature")
    assert [f.status for f in cades.examine(reading(plain, "message/rfc822"), plain, ())] == [
        FindingStatus.NOT_APPLICABLE
    ]


# ---- detached


def trove(files):
    records, blobs = [], {}
    for path, data in files.items():
        digest = hashlib.sha256(data).hexdigest()
        blobs[digest] = data
        records.append(Exhibit(digest, hashlib.sha1(data).hexdigest(), len(data), media_type(data), "t", "1"))
        records.append(Occurrence(digest, path, None, "source", "", "", "", "t", "1"))
    return MemoryTrove([*records, *link(MemoryTrove(records, blobs))], blobs)


def detached_signature(content):
    return signed(content, None, pkcs7.PKCS7Options.DetachedSignature)


def test_a_detached_signature_is_answered_at_the_file_that_it_signs():
    held = trove({"a/contract.pdf": PAPER, "b/x.sig": detached_signature(PAPER), "gost.txt": DOCUMENT,
                  "gost.txt.sig": GOST_256})  # fmt: skip
    found = {f.exhibit: f for f in detached.examine_trove(held)}
    assert {f.independence_group for f in found.values()} == {UNCHANGED}
    assert set(found) == {hashlib.sha256(PAPER).hexdigest(), hashlib.sha256(DOCUMENT).hexdigest()}


def test_a_file_that_was_changed_after_its_detached_signature():
    changed = PAPER.replace(b"1,250", b"9,250")
    held = trove({"contract.txt": changed, "contract.txt.sig": detached_signature(PAPER)})
    found = list(detached.examine_trove(held))
    assert [(f.exhibit, f.independence_group) for f in found] == [(hashlib.sha256(changed).hexdigest(), BROKEN)]


def test_a_signature_over_an_absent_file_says_so():
    signature = detached_signature(PAPER)
    found = list(detached.examine_trove(trove({"contract.pdf.sig": signature})))
    assert [f.status for f in found] == [FindingStatus.NOT_EXAMINED]
    assert "not in the trove" in found[0].observation


# ---- hostile structures


@pytest.mark.parametrize(
    "data",
    [
        b"\x30\x80" * 5000,
        b"\x30" * 50,
        b"\x30\x84\xff\xff\xff\xff" + b"x" * 100,
        b"\x30\x82\x10\x01" + b"\x05\x00" * 2048 + b"\x05",
        b"\x3f" + b"\xff" * 50,
        b"",
        b"\x30\x80\x00",
    ],
)
def test_unsound_structures_are_refused(data):
    with pytest.raises(Malformed):
        sound(data)
    with pytest.raises(Malformed):
        cms.parse(data)


def test_a_structure_of_very_many_values_is_refused_soon():
    body = b"\x05\x00" * 3_000_000
    data = b"\x30\x84" + len(body).to_bytes(4, "big") + body
    start = time.monotonic()
    with pytest.raises(Malformed):
        cms.parse(data)
    assert time.monotonic() - start < 5


def test_every_cut_and_every_flip_of_a_signature_is_answered():
    data = signed(PAPER)
    for at in range(0, len(data), 7):
        flipped = data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]
        for hostile in (data[:at], flipped):
            try:
                checks = cms.check(cms.parse(hostile), None, Vouched())
            except Malformed:
                continue
            for check in checks:
                assert check.state is not State.HOLDS or check.signer is not None


def test_a_changed_byte_of_the_content_or_the_value_never_holds():
    data = signed(PAPER)
    start = data.find(PAPER)
    for at in (*range(start, start + len(PAPER), 5), *range(len(data) - 60, len(data) - 10, 7)):
        flipped = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        try:
            assert all(c.state is not State.HOLDS for c in cms.check(cms.parse(flipped), None, Vouched()))
        except Malformed:
            continue


def test_a_certificate_that_cannot_be_read_is_refused():
    der = issued(ec.generate_private_key(ec.SECP256R1())).public_bytes(serialization.Encoding.DER)
    assert certificate_of(der).mails == ("a@example.org",)
    for at in range(0, len(der), 11):
        try:
            certificate_of(der[:at] + b"\xff" + der[at + 1 :])
        except Malformed:
            continue


def test_engines_that_cannot_tell_give_way():
    holds, broken, silent = Engine("a", State.HOLDS), Engine("b", State.BROKEN), Engine("c", State.OPEN)
    assert joined([holds, silent]) is State.HOLDS
    assert joined([broken, silent]) is State.BROKEN
    assert joined([silent]) is State.OPEN
    assert joined([holds, broken]) is State.OPEN
