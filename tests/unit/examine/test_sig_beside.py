"""What stands beside a signature: time stamps, archive stamps, counter-signatures; held and broken."""

from __future__ import annotations

import asyncio
import base64
import copy
import datetime
import hashlib
from functools import cache

import pytest
from asn1crypto import cms as asn1
from asn1crypto import core, tsp
from asn1crypto import keys as asn1keys
from asn1crypto import x509 as asn1x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from lxml import etree
from pyhanko.sign.timestamps import DummyTimeStamper
from signxml import XMLSigner, methods

from assay.examine.signature import cades, cms
from assay.examine.signature.certificate import Vouched, certificate_of
from assay.examine.signature.verdict import State
from assay.examine.signature.wording import BESIDE, CERTIFICATE, PART, UNCHANGED
from assay.examine.signature.xades import examine as examine_xml
from assay.model import Exhibit, Finding, Reading, Weight

assert tsp
PAPER = b"Contract No. 7/A of 3 May 2024. Price: 1,250,000.00 USD.\r\n"
NOON = datetime.datetime(2024, 5, 3, 12, tzinfo=datetime.UTC)
DS = "http://www.w3.org/2000/09/xmldsig#"
ETSI = "http://uri.etsi.org/01903/v1.3.2#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


@cache
def issued(name, *, stamps=False, serial=7):
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime.datetime(2020, 1, 1)
    made = x509.CertificateBuilder(subject, subject, key.public_key(), serial, start, start + datetime.timedelta(8000))
    if stamps:
        usage = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
        made = made.add_extension(usage, critical=True)
    return key, made.sign(key, hashes.SHA256())


@cache
def signed():
    key, certificate = issued("A. Signer")
    builder = pkcs7.PKCS7SignatureBuilder().set_data(PAPER).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def token(over, *, stamps=True, when=NOON):
    key, certificate = issued("Stamps Ltd" if stamps else "No stamper", stamps=stamps)
    der = certificate.public_bytes(serialization.Encoding.DER)
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    stamper = DummyTimeStamper(
        asn1x509.Certificate.load(der), asn1keys.PrivateKeyInfo.load(private), fixed_dt=when,
    )  # fmt: skip
    digest = hashlib.sha256(over).digest()
    return asyncio.run(stamper.async_timestamp(digest, "sha256"))


def with_attributes(*attributes, value=None, certificates=()):
    """Return the signed paper with unsigned attributes: pairs of identifier and value."""
    info = asn1.ContentInfo.load(value or signed())
    inner = info["content"]
    signer = inner["signer_infos"][0]
    signer["unsigned_attrs"] = asn1.CMSAttributes(
        [asn1.CMSAttribute({"type": oid, "values": [content]}) for oid, content in attributes]
    )
    inner["certificates"] = [
        *inner["certificates"],
        *(
            asn1.CertificateChoices(
                "certificate", asn1x509.Certificate.load(c.public_bytes(serialization.Encoding.DER))
            )
            for c in certificates
        ),
    ]
    return asn1.ContentInfo({"content_type": "signed_data", "content": inner}).dump(force=True)


def signature_value():
    return asn1.ContentInfo.load(signed())["content"]["signer_infos"][0]["signature"].native


def countersigned(over, name="B. Witness", *, spoil=False):
    """Return a SignerInfo over another signature's value, as RFC 5652, 11.4 has it: no content type among its parts."""
    key, certificate = issued(name, serial=9)
    attributes = asn1.CMSAttributes(
        [
            asn1.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(over).digest()]}),
            asn1.CMSAttribute({"type": "signing_time", "values": [asn1.Time("utc_time", NOON)]}),
        ]
    )
    value = key.sign(attributes.dump(), padding.PKCS1v15(), hashes.SHA256())
    if spoil:
        value = bytes([*value[:-1], value[-1] ^ 1])
    parsed = asn1x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
    return asn1.SignerInfo(
        {
            "version": "v1",
            "sid": asn1.SignerIdentifier(
                "issuer_and_serial_number",
                asn1.IssuerAndSerialNumber({"issuer": parsed.issuer, "serial_number": parsed.serial_number}),
            ),
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "sha256_rsa"},
            "signature": value,
        }
    )


def answers(data):
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), "application/pkcs7-mime", "t", "1")
    return [f for f in cades.examine(Reading(exhibit, (), ()), data, ()) if isinstance(f, Finding)]


# ---- CMS


def test_a_time_stamp_over_the_signature_gives_the_time():
    data = with_attributes(("signature_time_stamp_token", token(signature_value())))
    (found,) = answers(data)
    assert found.independence_group == UNCHANGED
    assert "Time stamp of “Stamps Ltd”" in found.observation
    assert "2024-05-03 12:00" in found.observation
    (check,) = cms.check(cms.parse(data), None, Vouched())
    assert (check.moment, check.stamp.state, check.stamp.doubt) == (NOON, State.HOLDS, "")


def test_a_time_stamp_over_another_signature_is_said_and_does_not_touch_the_bytes():
    found = answers(with_attributes(("signature_time_stamp_token", token(b"another"))))
    assert [f.independence_group for f in found] == [UNCHANGED, BESIDE]
    assert (found[1].weight, "does not hold" in found[1].observation) == (Weight.LIMITED, True)


def test_a_token_whose_time_was_changed_does_not_hold():
    made = token(signature_value())
    info = asn1.ContentInfo.load(made.dump())
    inside = info["content"]["encap_content_info"]["content"]
    data = with_attributes(("signature_time_stamp_token", made)).replace(b"20240503120000Z", b"20140503120000Z")
    assert b"20240503120000Z" in bytes(inside)
    found = answers(data)
    assert [f.independence_group for f in found] == [UNCHANGED, BESIDE]
    assert cms.check(cms.parse(data), None, Vouched())[0].moment != datetime.datetime(
        2014, 5, 3, 12, tzinfo=datetime.UTC
    )


def test_a_maker_whose_certificate_is_not_for_time_stamps_is_named():
    (found,) = answers(with_attributes(("signature_time_stamp_token", token(signature_value(), stamps=False))))
    assert "does not say that it is one for time stamps" in found.observation
    early = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)
    found = answers(with_attributes(("signature_time_stamp_token", token(signature_value(), when=early))))
    assert "not in force then" in found[0].observation
    assert [f.independence_group for f in found[1:]] == [CERTIFICATE]


def test_the_stamp_that_holds_is_taken_of_several():
    info = asn1.ContentInfo.load(signed())
    signer = info["content"]["signer_infos"][0]
    both = asn1.CMSAttribute({"type": "signature_time_stamp_token", "values": [token(b"x"), token(signature_value())]})
    signer["unsigned_attrs"] = asn1.CMSAttributes([both])
    data = asn1.ContentInfo({"content_type": "signed_data", "content": info["content"]}).dump(force=True)
    (check,) = cms.check(cms.parse(data), None, Vouched())
    assert check.stamp.state is State.HOLDS
    assert State.BROKEN in {stamp.state for stamp in check.stamps}


@pytest.mark.parametrize("oid", ["1.2.840.113549.1.9.16.2.48", "0.4.0.1733.2.4"])
def test_an_archive_stamp_is_checked_in_itself_and_said_to_be_no_more(oid):
    made = token(b"all that is archived")
    (found,) = answers(with_attributes((oid, core.Any(made))))
    assert found.independence_group == UNCHANGED
    assert "what it covers was not worked out" in found.observation
    broken = with_attributes((oid, core.Any(made))).replace(b"20240503120000Z", b"20140503120000Z")
    assert [f.independence_group for f in answers(broken)] == [UNCHANGED, BESIDE]


def test_counter_signatures_hold_break_and_are_named():
    _, witness = issued("B. Witness", serial=9)
    held = answers(with_attributes(("counter_signature", countersigned(signature_value())), certificates=[witness]))
    assert [f.independence_group for f in held] == [UNCHANGED]
    assert "“B. Witness” signed this signature" in held[0].observation
    for made in (countersigned(b"another"), countersigned(signature_value(), spoil=True)):
        found = answers(with_attributes(("counter_signature", made), certificates=[witness]))
        assert [f.independence_group for f in found] == [UNCHANGED, BESIDE]
    unknown = answers(with_attributes(("counter_signature", countersigned(signature_value()))))
    assert [f.independence_group for f in unknown] == [UNCHANGED]
    assert "could not be determined" in unknown[0].observation


def test_every_cut_of_what_stands_beside_is_answered():
    data = with_attributes(("signature_time_stamp_token", token(signature_value())))
    for at in range(len(data) // 2, len(data), 37):
        damaged = bytearray(data)
        damaged[at] ^= 0x55
        assert answers(bytes(damaged))


# ---- XAdES


def xades(stamped=None, *, method=True):
    """Return a signed XML document with a time stamp over its signature value (None: over the right one)."""
    key, certificate = issued("A. Signer")
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    root = etree.fromstring(b'<contract xmlns="urn:planted"><price>1250000.00</price></contract>')
    made = XMLSigner(method=methods.enveloped, c14n_algorithm=C14N).sign(root, key=key, cert=pem)
    signature = made.find(f"{{{DS}}}Signature")
    over = etree.tostring(copy.deepcopy(made).find(f".//{{{DS}}}SignatureValue"), method="c14n")
    name = f"{{{ETSI}}}"
    place = etree.SubElement(signature, f"{{{DS}}}Object")
    for step in ("QualifyingProperties", "UnsignedProperties", "UnsignedSignatureProperties", "SignatureTimeStamp"):
        place = etree.SubElement(place, name + step)
    if method:
        etree.SubElement(place, f"{{{DS}}}CanonicalizationMethod", Algorithm=C14N)
    held = token(stamped or over).dump()
    etree.SubElement(place, f"{name}EncapsulatedTimeStamp").text = base64.b64encode(held).decode()
    return made


def xml_answers(root):
    data = etree.tostring(root)
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), "application/xml", "t", "1")
    return [f for f in examine_xml(Reading(exhibit, (), ()), data, ()) if isinstance(f, Finding)]


@pytest.mark.parametrize("method", [True, False])
def test_a_xades_time_stamp_gives_the_time(method):
    (found,) = xml_answers(xades(method=method))
    assert found.independence_group == UNCHANGED
    assert "Time stamp of “Stamps Ltd”" in found.observation
    assert "2024-05-03 12:00" in found.observation


def test_a_xades_time_stamp_over_another_value_is_said():
    found = xml_answers(xades(b"another"))
    assert [f.independence_group for f in found] == [UNCHANGED, BESIDE]


def test_a_xades_counter_signature_is_told_from_a_signature_over_the_document():
    root = xades()
    value = root.find(f".//{{{DS}}}SignatureValue")
    value.set("Id", "the-value")
    key, certificate = issued("B. Witness", serial=9)
    info = etree.fromstring(
        f'<SignedInfo xmlns="{DS}"><CanonicalizationMethod Algorithm="{C14N}"/>'
        f'<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>'
        f'<Reference URI="#the-value" Type="http://uri.etsi.org/01903#CountersignedSignature">'
        f'<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue/></Reference></SignedInfo>'
    )
    properties = root.find(f".//{{{ETSI}}}UnsignedSignatureProperties")
    counter = etree.SubElement(etree.SubElement(properties, f"{{{ETSI}}}CounterSignature"), f"{{{DS}}}Signature")
    counter.append(info)
    digest = hashlib.sha256(etree.tostring(value, method="c14n", with_tail=False)).digest()
    info.find(f".//{{{DS}}}DigestValue").text = base64.b64encode(digest).decode()
    made = key.sign(etree.tostring(info, method="c14n"), padding.PKCS1v15(), hashes.SHA256())
    etree.SubElement(counter, f"{{{DS}}}SignatureValue").text = base64.b64encode(made).decode()
    held = etree.SubElement(etree.SubElement(counter, f"{{{DS}}}KeyInfo"), f"{{{DS}}}X509Data")
    der = certificate.public_bytes(serialization.Encoding.DER)
    etree.SubElement(held, f"{{{DS}}}X509Certificate").text = base64.b64encode(der).decode()
    found = xml_answers(root)
    assert PART in [f.independence_group for f in found]
    assert any("counter-signature" in f.observation and "B. Witness" in f.observation for f in found)


def test_the_authority_of_a_stamp_is_vouched_for_when_a_person_puts_it_in():
    data = with_attributes(("signature_time_stamp_token", token(signature_value())))
    _, certificate = issued("Stamps Ltd", stamps=True)
    known = Vouched((certificate_of(certificate.public_bytes(serialization.Encoding.DER)),))
    (check,) = cms.check(cms.parse(data), None, known)
    assert check.stamp.chain.standing.value == "vouched for"
