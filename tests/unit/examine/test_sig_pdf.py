"""Signed PDFs built here, honest and attacked: what a person sees decides, not that the arithmetic holds."""

from __future__ import annotations

import base64
import datetime
import hashlib
import io
from functools import cache

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from reportlab.pdfgen.canvas import Canvas

from assay.examine.axes import combine
from assay.examine.signature.pdf import examine_pades, examine_sigdiff
from assay.examine.signature.wording import BROKEN, CERTIFICATE, RANGE, UNCHANGED, VOUCHED
from assay.model import (
    Direction,
    Exhibit,
    Finding,
    FindingStatus,
    MemoryTrove,
    Reading,
    Voucher,
    VoucherKind,
    Weight,
)  # fmt: skip

AMOUNT = "Total price: 1,250,000.00 USD"


@cache
def authority():
    return issued("Planted Authority", None, ca=True)


def issued(name, issuer, *, ca=False, days=4000, start=datetime.datetime(2020, 1, 1), key=None):
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    issuer_cert, issuer_key = issuer or (None, key)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_cert.subject if issuer_cert else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
    return made, key


@cache
def person(name="A. Signer"):
    return issued(name, authority())


def signer(who=None):
    from asn1crypto import keys
    from asn1crypto import x509 as asn1
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    certificate, key = who or person()
    der = serialization.Encoding.DER
    private = key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return SimpleSigner(
        signing_cert=asn1.Certificate.load(certificate.public_bytes(der)),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )


def sign(data, field="Sig1", box=None, who=None, certify=None, made=None, **more):
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    out = io.BytesIO()
    meta = signers.PdfSignatureMetadata(
        field_name=field, certify=certify is not None, docmdp_permissions=certify or fields.MDPPerm.FILL_FORMS, **more
    )
    spec = fields.SigFieldSpec(field, box=box) if box else fields.SigFieldSpec(field)
    maker = signers.PdfSigner(meta, made or signer(who), new_field_spec=spec)
    maker.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), output=out)
    return out.getvalue()


def paper(pages=2, draw=None):
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica", 12)
        canvas.drawString(72, 740, f"CONTRACT No. AB-12/2021, page {number}")
        for i in range(12):
            canvas.drawString(72, 700 - i * 22, f"{i + 1}. The Seller delivers item {i + 1} within {30 + i} days.")
        canvas.drawString(72, 400, AMOUNT)
        if draw:
            draw(canvas, number)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def appended(data, change):
    """Append an incremental update, as an attacker would who has no key."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    change(writer, generic)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def page_of(writer, number=0):
    reference, _ = writer.find_page_for_modification(number)
    return reference.get_object()


def contents(writer, page, text):
    """Give the page this content stream instead of the one it has."""
    from pyhanko.pdf_utils import generic

    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=text.encode("latin-1")))
    writer.update_container(page)


def reading(data, kind="application/pdf"):
    return Reading(Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), kind, "test", "1"), (), ())


def vouched(*certificates):
    der = serialization.Encoding.DER
    return tuple(
        Voucher(VoucherKind.CERTIFICATE, "x", base64.b64encode(c.public_bytes(der)).decode(), "test", "1")
        for c in certificates
    )


def answers(data, vouchers=()):
    its = reading(data)
    found = [*examine_pades(its, data, vouchers), *examine_sigdiff(its, data, vouchers)]
    assert all(isinstance(f, Finding) for f in found)
    return found


def integrity(data, vouchers=()):
    its = reading(data)
    found = answers(data, vouchers)
    return next(iter(combine(MemoryTrove([its.exhibit, *found])))).integrity.word


def groups(found):
    return {f.independence_group for f in found if f.status is FindingStatus.FINDING}


def against(found):
    return [f for f in found if f.status is FindingStatus.FINDING and f.direction is Direction.AGAINST]


# ---- honest documents


def test_a_signature_over_the_whole_file_shows_it_unchanged_by_an_unknown_issuer():
    found = answers(sign(paper()))
    assert groups(found) == {UNCHANGED}
    first = found[0]
    assert (first.weight, first.direction) == (Weight.CRYPTOGRAPHIC, Direction.FOR)
    assert "A. Signer" in first.observation
    assert "nknown issuer" in first.observation
    assert "ECDSA with SHA-256" in first.observation
    assert integrity(sign(paper())) == "shown unchanged since signing"


def test_an_anchor_that_a_person_vouches_for_names_the_signer():
    found = answers(sign(paper()), vouched(authority()[0]))
    assert groups(found) == {UNCHANGED, VOUCHED}
    assert "Planted Authority" in next(f for f in found if f.independence_group == VOUCHED).observation


def test_an_anchor_of_the_same_name_and_another_key_vouches_for_nothing():
    impostor, _ = issued("Planted Authority", None, ca=True)
    assert VOUCHED not in groups(answers(sign(paper()), vouched(impostor)))


def test_a_certificate_that_may_not_issue_vouches_for_nothing():
    middle = issued("No Authority", authority())
    who = issued("B. Signer", middle)
    found = answers(sign(paper(), who=who), vouched(middle[0]))
    assert VOUCHED not in groups(found)


def test_a_certificate_out_of_its_time_is_said():
    who = issued("C. Late", authority(), days=30)
    found = answers(sign(paper(), who=who), vouched(authority()[0]))
    assert CERTIFICATE in groups(found)
    assert VOUCHED not in groups(found)


def test_a_second_signature_leaves_the_first_standing():
    data = sign(sign(paper(), box=(72, 60, 200, 110)), "Sig2", box=(300, 60, 430, 110), who=person("D. Second"))
    found = answers(data)
    assert UNCHANGED in groups(found)
    assert not against(found)
    assert integrity(data) == "shown unchanged since signing"


def test_validation_data_added_later_is_innocent():
    def add(writer, generic):
        store = generic.DictionaryObject({generic.NameObject("/Certs"): generic.ArrayObject()})
        writer.root["/DSS"] = writer.add_object(store)
        writer.update_root()

    data = appended(sign(paper()), add)
    found = answers(data)
    assert not against(found)
    assert integrity(data) == "shown unchanged since signing"


def test_other_keys_hold():
    from pyhanko.sign.signers import SimpleSigner

    for key in (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)):
        who = issued("E. Other", authority(), key=key)
        assert groups(answers(sign(paper(1), who=who))) == {UNCHANGED}
    pss = SimpleSigner(**{**vars_of(signer(who)), "prefer_pss": True})
    found = answers(sign(paper(1), made=pss))
    assert groups(found) == {UNCHANGED}
    assert "PSS" in found[0].observation


def vars_of(made):
    return {"signing_cert": made.signing_cert, "signing_key": made.signing_key, "cert_registry": made.cert_registry}


def test_an_old_digest_takes_from_what_it_can_carry():
    found = answers(sign(paper(1), who=issued("G. Old", authority(), key=rsa.generate_private_key(65537, 2048)),
                         md_algorithm="sha1"))  # fmt: skip
    assert "SHA-1" in found[0].observation
    assert found[0].weight is Weight.MODERATE


def test_a_pdf_without_signature_is_not_applicable():
    assert {f.status for f in answers(paper())} == {FindingStatus.NOT_APPLICABLE}


# ---- broken and attacked ones


def test_one_flipped_byte_breaks_it():
    data = bytearray(sign(paper()))
    data[data.find(b"/MediaBox") + 20] ^= 1
    found = answers(bytes(data))
    assert groups(found) == {BROKEN}
    assert found[0].weight is Weight.CRYPTOGRAPHIC
    assert integrity(bytes(data)) == "signs of later processing"


def test_a_flipped_byte_in_the_signature_value_breaks_it():
    data = sign(paper())
    at = data.find(b"/Contents <") + len(b"/Contents <")
    end = data.find(b"00000000", at)
    last = end - 40
    flipped = b"%X" % (int(data[last : last + 1], 16) ^ 1)
    changed = data[:last] + flipped + data[last + 1 :]
    assert UNCHANGED not in groups(answers(changed))
    assert integrity(changed) != "shown unchanged since signing"


NEW_TEXT = "BT /F1 12 Tf 72 400 Td (Total price: 9,250,000.00 USD) Tj ET"


def test_content_saved_over_after_signing():
    """Incremental saving: the page gets another content stream."""
    data = appended(sign(paper()), lambda w, g: contents(w, page_of(w), NEW_TEXT))
    found = answers(data)
    assert against(found)
    assert UNCHANGED not in groups(found)
    assert integrity(data) == "signs of later processing"


def shadow(hidden):
    """A page that holds an amount under a picture that hides it, ready to be uncovered."""

    def draw(canvas, number):
        if number == 1:
            canvas.drawString(72, 350, hidden)
            canvas.setFillGray(1)
            canvas.rect(60, 340, 400, 25, stroke=0, fill=1)
            canvas.setFillGray(0)

    return paper(draw=draw)


def test_shadow_hide_uncovers_what_lay_ready():
    before = shadow("Advance payment: 900,000.00 USD")
    with pikepdf.open(io.BytesIO(before)) as pdf:
        bare = pdf.pages[0].Contents.read_bytes().decode("latin-1")
    at = bare.find(" re f", bare.find("1 g"))
    start = bare.rfind("\n", 0, at)
    uncovered = bare[:start] + bare[bare.find("\n", at) :]
    data = appended(sign(before), lambda w, g: contents(w, page_of(w), uncovered))
    found = answers(data)
    assert any(f.weight is Weight.MODERATE for f in against(found))
    assert integrity(data) == "signs of later processing"


def test_shadow_hide_by_an_annotation_that_is_taken_away():
    signed = sign(annotated(paper(), (60, 392, 400, 415)))
    data = appended(signed, drop_annotations)
    found = answers(data)
    assert any("come into view" in f.observation for f in against(found))
    assert integrity(data) == "signs of later processing"


def annotated(data, rectangle, colour="1 1 1"):
    x0, y0, x1, y1 = rectangle
    with pikepdf.open(io.BytesIO(data)) as pdf:
        look = pikepdf.Stream(pdf, f"{colour} rg 0 0 {x1 - x0} {y1 - y0} re f".encode())
        look.Type, look.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        look.BBox = pikepdf.Array([0, 0, x1 - x0, y1 - y0])
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=pikepdf.Array(rectangle), F=4,
            AP=pikepdf.Dictionary(N=pdf.make_indirect(look)),
        )  # fmt: skip
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(note)]))
        out = io.BytesIO()
        pdf.save(out, static_id=True)
    return out.getvalue()


def drop_annotations(writer, generic):
    page = page_of(writer)
    page["/Annots"] = generic.ArrayObject([a for a in page["/Annots"] if a.get_object().get("/Subtype") != "/Stamp"])
    writer.update_container(page)


def test_shadow_replace_swaps_a_font_behind_the_words():
    """The bytes of the words stay; the font that draws them is another, in which the digits look otherwise."""

    def swap(writer, generic):
        page = page_of(writer)
        fonts = page["/Resources"]["/Font"]
        other = generic.DictionaryObject({
            generic.NameObject("/Type"): generic.NameObject("/Font"),
            generic.NameObject("/Subtype"): generic.NameObject("/Type1"),
            generic.NameObject("/BaseFont"): generic.NameObject("/Symbol"),
        })  # fmt: skip
        for name in list(fonts):
            fonts[name] = writer.add_object(other)
        writer.update_container(fonts)
        writer.update_container(page)

    data = appended(sign(paper()), swap)
    assert against(answers(data))
    assert integrity(data) == "signs of later processing"


def test_shadow_hide_and_replace_shows_another_page_tree():
    """A second page lay ready in the file, in no page tree; afterwards the tree points to it."""
    with pikepdf.open(io.BytesIO(paper(1))) as pdf, pikepdf.open(io.BytesIO(paper(1))) as other:
        ready = pdf.copy_foreign(other.pages[0].obj)
        ready.Contents = pikepdf.Stream(pdf, NEW_TEXT.encode())
        pdf.Root.PieceInfo = pikepdf.Dictionary(Ready=pdf.make_indirect(ready))
        out = io.BytesIO()
        pdf.save(out, static_id=True)

    def swap(writer, generic):
        pages = writer.root["/Pages"]
        ready = writer.root["/PieceInfo"].raw_get("/Ready")
        ready.get_object()["/Parent"] = writer.root.raw_get("/Pages")
        pages["/Kids"] = generic.ArrayObject([ready])
        writer.update_container(pages)
        writer.mark_update(ready)

    data = appended(sign(out.getvalue()), swap)
    assert against(answers(data))
    assert integrity(data) == "signs of later processing"


def test_an_annotation_laid_over_the_amount():
    """Evil annotation: allowed by a lax certification, and hides what was signed."""

    def add(writer, generic):
        page = page_of(writer)
        look = generic.StreamObject(
            generic.DictionaryObject({
                generic.NameObject("/Type"): generic.NameObject("/XObject"),
                generic.NameObject("/Subtype"): generic.NameObject("/Form"),
                generic.NameObject("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 340, 25))),
            }),
            stream_data=b"1 1 1 rg 0 0 340 25 re f",
        )  # fmt: skip
        note = generic.DictionaryObject({
            generic.NameObject("/Type"): generic.NameObject("/Annot"),
            generic.NameObject("/Subtype"): generic.NameObject("/FreeText"),
            generic.NameObject("/Rect"): generic.ArrayObject(map(generic.NumberObject, (60, 392, 400, 417))),
            generic.NameObject("/F"): generic.NumberObject(4),
            generic.NameObject("/AP"): generic.DictionaryObject({generic.NameObject("/N"): writer.add_object(look)}),
        })  # fmt: skip
        page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(note)])
        writer.update_container(page)

    from pyhanko.sign.fields import MDPPerm

    data = appended(sign(paper(), certify=MDPPerm.ANNOTATE), add)
    found = answers(data)
    assert any("hidden" in f.observation and "Total" in f.observation for f in against(found))
    assert integrity(data) == "signs of later processing"


def test_a_second_signature_whose_mark_hides_the_amount():
    """Sneaky signature: a later signer's visible mark lies over what the first one signed."""
    from pyhanko.pdf_utils import layout
    from pyhanko.stamp import TextStampStyle

    data = sign(paper())
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    style = TextStampStyle(
        stamp_text="Total price: 9,250,000.00 USD", background_opacity=1, border_width=0,
        inner_content_layout=layout.SimpleBoxLayoutRule(x_align=layout.AxisAlignment.ALIGN_MIN,
                                                        y_align=layout.AxisAlignment.ALIGN_MID),
    )  # fmt: skip
    out = io.BytesIO()
    signers.PdfSigner(
        signers.PdfSignatureMetadata(field_name="Sig2"), signer(person("F. Sneaky")), stamp_style=style,
        new_field_spec=fields.SigFieldSpec("Sig2", box=(60, 392, 400, 415)),
    ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), output=out)  # fmt: skip
    found = answers(out.getvalue())
    assert any("laid over" in f.observation or "hidden" in f.observation for f in against(found))
    assert integrity(out.getvalue()) == "signs of later processing"


def test_a_form_field_filled_in_after_signing_is_neutral_and_not_unchanged():
    data = fill(sign(form()), "Ready")
    found = answers(data)
    assert UNCHANGED not in groups(found)
    assert not against(found)


def test_a_form_field_whose_value_is_replaced_after_signing():
    data = fill(sign(fill(form(), "100 units")), "900 units")
    found = answers(data)
    assert against(found)
    assert integrity(data) == "signs of later processing"


def form():
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawString(72, 740, "ACCEPTANCE ACT")
    canvas.acroForm.textfield(name="quantity", x=72, y=600, width=200, height=24, borderWidth=0)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def fill(data, value):
    def write(writer, generic):
        field = writer.root["/AcroForm"]["/Fields"][0].get_object()
        field["/V"] = generic.pdf_string(value)
        look = generic.StreamObject(
            generic.DictionaryObject({
                generic.NameObject("/Type"): generic.NameObject("/XObject"),
                generic.NameObject("/Subtype"): generic.NameObject("/Form"),
                generic.NameObject("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 24))),
                generic.NameObject("/Resources"): generic.DictionaryObject({
                    generic.NameObject("/Font"): generic.DictionaryObject({
                        generic.NameObject("/H"): generic.DictionaryObject({
                            generic.NameObject("/Type"): generic.NameObject("/Font"),
                            generic.NameObject("/Subtype"): generic.NameObject("/Type1"),
                            generic.NameObject("/BaseFont"): generic.NameObject("/Helvetica"),
                        }),
                    }),
                }),
            }),
            stream_data=f"/Tx BMC BT /H 12 Tf 4 7 Td ({value}) Tj ET EMC".encode(),
        )  # fmt: skip
        field["/AP"] = generic.DictionaryObject({generic.NameObject("/N"): writer.add_object(look)})
        writer.update_container(field)

    return appended(data, write)


def test_a_byte_range_that_leaves_room_for_more_than_the_value():
    """Signature wrapping: the gap is made larger, and other bytes stand in it."""
    data = sign(paper())
    start, stop = data.find(b"/ByteRange"), data.find(b"]", data.find(b"/ByteRange"))
    numbers = [int(n) for n in data[data.find(b"[", start) + 1 : stop].split()]
    gap = data[numbers[1] : numbers[2]]
    wrapped = data[: numbers[1]] + gap + b" /Extra (x) " + data[numbers[2] :]
    numbers[2] += len(b" /Extra (x) ")
    told = b" ".join(b"%d" % n for n in numbers)
    old = data[data.find(b"[", start) + 1 : stop]
    wrapped = wrapped.replace(old, told.ljust(len(old)), 1)
    found = answers(wrapped)
    assert UNCHANGED not in groups(found)
    assert integrity(wrapped) != "shown unchanged since signing"


def test_a_signature_without_byte_range_is_no_signature():
    data = sign(paper()).replace(b"/ByteRange", b"/ByteRonge")
    assert UNCHANGED not in groups(answers(data))
    assert integrity(data) != "shown unchanged since signing"


def test_bytes_behind_the_signed_ones_that_belong_to_no_state():
    data = sign(paper()) + b"9 0 obj << /Type /Catalog >> endobj\n"
    found = answers(data)
    assert RANGE in groups(found)
    assert integrity(data) != "shown unchanged since signing"


def test_many_states_after_the_signature_come_to_an_end():
    import time

    def noop(writer, generic):
        writer.root["/Lang"] = generic.pdf_string("en")
        writer.update_root()

    data = sign(paper(1))
    for _ in range(60):
        data = appended(data, noop)
    start = time.monotonic()
    answers(data)
    assert time.monotonic() - start < 30


def test_rubbish_in_place_of_the_value_is_open_and_nothing_against_the_document():
    data = sign(paper())
    at = data.find(b"/Contents <") + len(b"/Contents <")
    bomb = (b"3080" * 2000)[: data.find(b">", at) - at]
    changed = data[:at] + bomb.ljust(data.find(b">", at) - at, b"0") + data[data.find(b">", at) :]
    found = answers(changed)
    assert UNCHANGED not in groups(found)
    assert not against(found)
    assert any(f.status is FindingStatus.NOT_EXAMINED for f in found)
    assert integrity(changed) == "not determinable"
