"""XML signatures: plain ones made by another library, and office packages signed here as office programs do."""

from __future__ import annotations

import base64
import datetime
import hashlib
import io
import zipfile
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from lxml import etree
from signxml import XMLSigner, methods

from assay.examine.signature.wording import BROKEN, PART, UNCHANGED
from assay.examine.signature.xades import examine
from assay.model import Direction, Exhibit, FindingStatus, Reading

XML = (
    b'<contract xmlns="urn:planted" number="7/A"><price currency="USD">1250000.00</price>'
    b'<note xml:lang="ru">a</note></contract>'
)
DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
OPC = "http://schemas.openxmlformats.org/package/2006"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"


@cache
def keyed(kind=rsa):
    key = rsa.generate_private_key(65537, 2048) if kind is rsa else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A. Signer")])
    start = datetime.datetime(2020, 1, 1)
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, start, start + datetime.timedelta(8000))
    return key, made.sign(key, hashes.SHA256())


def answers(data, kind="application/xml"):
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), kind, "t", "1")
    return list(examine(Reading(exhibit, (), ()), data, ()))


def groups(data, kind="application/xml"):
    return [f.independence_group for f in answers(data, kind) if f.status is FindingStatus.FINDING]


# ---- plain XML


def enveloped(kind=rsa):
    key, certificate = keyed(kind)
    algorithm = "rsa-sha256" if kind is rsa else "ecdsa-sha256"
    made = XMLSigner(method=methods.enveloped, c14n_algorithm=C14N, signature_algorithm=algorithm)
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    return etree.tostring(made.sign(etree.fromstring(XML), key=key, cert=pem))


@pytest.mark.parametrize("kind", [rsa, ec])
def test_an_enveloped_signature_holds_and_breaks(kind):
    data = enveloped(kind)
    assert groups(data) == [UNCHANGED]
    assert groups(data.replace(b"1250000", b"9250000")) == [BROKEN]
    assert groups(data.replace(b'number="7/A"', b'number="7/B"')) == [BROKEN]


def test_the_exclusive_form_and_a_pss_value_hold():
    exclusive = XMLSigner(method=methods.enveloped, c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#")
    key, certificate = keyed()
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    assert groups(etree.tostring(exclusive.sign(etree.fromstring(XML), key=key, cert=pem))) == [UNCHANGED]


def test_a_changed_value_is_broken_and_an_unknown_algorithm_is_open():
    root = etree.fromstring(enveloped())
    value = root.find(f".//{{{DS}}}SignatureValue")
    raw = bytearray(base64.b64decode(value.text))
    raw[5] ^= 1
    value.text = base64.b64encode(bytes(raw)).decode()
    assert groups(etree.tostring(root)) == [BROKEN]
    other = enveloped().replace(b"rsa-sha256", b"rsa-odd256")
    assert [f.status for f in answers(other)] == [FindingStatus.NOT_EXAMINED]


def test_a_signed_element_that_was_moved_aside_does_not_speak_for_the_document():
    """Signature wrapping: the signed element is kept somewhere, and another one stands in its place."""
    inner = '<price Id="p1" currency="USD">1250000.00</price>'
    signed = by_hand([("#p1", etree.fromstring(inner))])
    wrapped = f'<contract><price Id="p2">9250000.00</price><aside>{inner}</aside>{signed}</contract>'.encode()
    assert groups(wrapped) == [PART]
    doubled = f'<contract><price Id="p1">9250000.00</price><aside>{inner}</aside>{signed}</contract>'.encode()
    assert [f.status for f in answers(doubled)] == [FindingStatus.NOT_EXAMINED]


def test_references_that_lead_outside_are_not_followed():
    for address in ("http://127.0.0.1:9/x", "file:///etc/hostname", "https://example.org/a.xml"):
        data = f"<contract>{by_hand([(address, b'x')])}</contract>".encode()
        found = answers(data)
        assert [f.status for f in found] == [FindingStatus.NOT_EXAMINED]
        assert "nothing is fetched" in found[0].observation


@pytest.mark.parametrize(
    "data",
    [
        b"<a>SignedInfo",
        b'<!DOCTYPE a [<!ENTITY e "x">]><a>SignedInfo &e;</a>',
        b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature>',
        b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><SignatureMethod Algorithm="x"/>'
        b"</SignedInfo></Signature>",
        b'<a Id="p1"><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>'
        + b'<Reference URI="#p1"/>' * 4000
        + b"</SignedInfo></Signature></a>",
        b"<a>" * 2000 + b"SignedInfo" + b"</a>" * 2000,
    ],
)
def test_hostile_documents_are_answered(data):
    found = answers(data)
    assert found
    assert all(f.status in (FindingStatus.NOT_EXAMINED, FindingStatus.NOT_APPLICABLE) for f in found)


def test_what_bears_no_signature_is_not_applicable():
    assert [f.status for f in answers(XML)] == [FindingStatus.NOT_APPLICABLE]
    assert [f.status for f in answers(package({"content.xml": b"<a/>"}), ODT)] == [FindingStatus.NOT_APPLICABLE]


# ---- office packages


def c14n(node):
    return etree.tostring(node, method="c14n")


def reference(address, content, transforms=""):
    raw = content if isinstance(content, bytes) else c14n(content)
    value = base64.b64encode(hashlib.sha256(raw).digest()).decode()
    address = address.replace("&", "&amp;")
    if not isinstance(content, bytes):
        transforms = f'<Transforms>{transforms}<Transform Algorithm="{C14N}"/></Transforms>'
    digest = f'<DigestMethod Algorithm="{SHA256}"/><DigestValue>{value}</DigestValue>'
    return f'<Reference URI="{address}">{transforms}{digest}</Reference>'


def by_hand(parts, manifest=""):
    """Return a ds:Signature over `parts` (address, element or bytes), and over a manifest of references."""
    key, certificate = keyed()
    references = "".join(reference(*part) for part in parts)
    thing = ""
    if manifest:
        thing = f'<Object xmlns="{DS}" Id="idPackageObject"><Manifest>{manifest}</Manifest></Object>'
        references += reference("#idPackageObject", etree.fromstring(thing))
    info = (
        f'<SignedInfo xmlns="{DS}"><CanonicalizationMethod Algorithm="{C14N}"/>'
        f'<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>{references}</SignedInfo>'
    )
    value = key.sign(c14n(etree.fromstring(info)), padding.PKCS1v15(), hashes.SHA256())
    der = certificate.public_bytes(serialization.Encoding.DER)
    return (
        f'<Signature xmlns="{DS}">{info}<SignatureValue>{base64.b64encode(value).decode()}</SignatureValue>'
        f"<KeyInfo><X509Data><X509Certificate>{base64.b64encode(der).decode()}</X509Certificate></X509Data></KeyInfo>"
        f"{thing}</Signature>"
    )


def package(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


BODY = b'<?xml version="1.0"?><w:document xmlns:w="urn:w"><w:t>Price 1,250,000.00 USD</w:t></w:document>'
TYPES = (
    f'<Types xmlns="{OPC}/content-types"><Default Extension="rels" ContentType="{OPC}/rels"/>'
    '<Override PartName="/word/document.xml" ContentType="application/main+xml"/></Types>'
).encode()
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relations(*its):
    body = "".join(f'<Relationship Id="{i}" Type="{t}" Target="{target}"/>' for i, t, target in its)
    return f'<Relationships xmlns="{OPC}/relationships">{body}</Relationships>'.encode()


def transformed(*its):
    body = "".join(
        f'<Relationship Id="{i}" Target="{target}" TargetMode="Internal" Type="{t}"></Relationship>'
        for i, t, target in sorted(its)
    )
    return etree.fromstring(f'<Relationships xmlns="{OPC}/relationships">{body}</Relationships>')


def word(**changes):
    main = ("rId1", f"{OFFICE}/officeDocument", "word/document.xml")
    core = ("rId2", f"{OPC}/relationships/metadata/core-properties", "docProps/core.xml")
    choose = (
        f'<Transform Algorithm="{OPC}/RelationshipTransform"><mdssi:RelationshipReference '
        f'xmlns:mdssi="{OPC}/digital-signature" SourceId="rId1"/></Transform>'
    )
    manifest = reference("/word/document.xml?ContentType=application/main+xml", BODY)
    manifest += reference(f"/_rels/.rels?ContentType={OPC}/rels", transformed(main), choose)
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations(main, core),
        "word/document.xml": BODY,
        "docProps/core.xml": b"<core/>",
        "_xmlsignatures/sig1.xml": by_hand([], manifest).encode(),
    }
    return package({**parts, **changes.get("put", {})})


def test_a_word_file_whose_parts_are_all_covered():
    found = answers(word(), WORD)
    assert [f.independence_group for f in found] == [UNCHANGED], found[0].observation
    properties = word(put={"docProps/core.xml": b"<core>changed</core>"})
    assert groups(properties, WORD) == [UNCHANGED]


def test_a_changed_part_breaks_it():
    found = answers(word(put={"word/document.xml": BODY.replace(b"1,250", b"9,250")}), WORD)
    assert [(f.independence_group, f.direction) for f in found] == [(BROKEN, Direction.AGAINST)]
    assert "word/document.xml" in found[0].observation


def test_a_part_that_was_added_is_named_as_not_covered():
    found = answers(word(put={"word/header9.xml": b"<x/>"}), WORD)
    assert [f.independence_group for f in found] == [PART]
    assert "word/header9.xml" in found[0].observation


def test_a_relation_that_was_added_leads_to_what_was_not_signed():
    main = ("rId1", f"{OFFICE}/officeDocument", "word/document.xml")
    other = ("rId0", f"{OFFICE}/officeDocument", "word/other.xml")
    found = answers(word(put={"_rels/.rels": relations(other, main)}), WORD)
    assert [f.independence_group for f in found] == [PART]
    assert "rId0" in found[0].observation
    moved = relations(("rId1", f"{OFFICE}/officeDocument", "word/other.xml"))
    assert groups(word(put={"_rels/.rels": moved}), WORD) == [BROKEN]


def test_a_type_that_was_changed_is_named():
    retyped = TYPES.replace(b"application/main+xml", b"application/template+xml")
    found = answers(word(put={"[Content_Types].xml": retyped}), WORD)
    assert [f.independence_group for f in found] == [PART]
    assert "template" in found[0].observation


def odt(put=(), left=()):
    parts = {"mimetype": ODT.encode(), "content.xml": b"<office>Price 1,250,000.00</office>", "styles.xml": b"<s/>"}
    signed = [(name, content) for name, content in parts.items() if name not in left]
    signature = f'<document-signatures xmlns="urn:x">{by_hand(signed)}</document-signatures>'
    return package({**parts, "META-INF/documentsignatures.xml": signature.encode(), **dict(put)})


def test_an_open_document_holds_breaks_and_names_what_is_not_covered():
    assert groups(odt(), ODT) == [UNCHANGED]
    assert groups(odt({"content.xml": b"<office>Price 9,250,000.00</office>"}), ODT) == [BROKEN]
    found = answers(odt(left=("styles.xml",)), ODT)
    assert [f.independence_group for f in found] == [PART]
    assert "styles.xml" in found[0].observation


def test_a_package_that_cannot_be_opened_is_not_examined():
    assert [f.status for f in answers(b"PK\x03\x04 rubbish", WORD)] == [FindingStatus.NOT_EXAMINED]
