"""Every alteration does what it says, in a real PDF, and its innocent twin leaves the page's own text alone."""

from __future__ import annotations

import random
import re
from datetime import date, datetime
from io import BytesIO

import numpy as np
import pikepdf
import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from assay.specimen.alter import (
    SPECIMEN,
    CannotAlter,
    amount_to_patch,
    amounts,
    annotate,
    changed,
    e_sign_stamp,
    facsimile,
    fill_form,
    find,
    ocr_layer,
    patch_image,
    patch_scan,
    resave,
    revise,
    revisions,
    stamp_bates,
    touch_metadata,
)  # fmt: skip
from assay.specimen.alter.pdffile import last_startxref
from assay.specimen.scan import scan

AMOUNTS = ("1 250 000,00", "37 018.50", "980000")


@pytest.fixture(scope="module")
def pdf() -> bytes:
    out = BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    for page in range(2):
        canvas.setFont("Helvetica", 12)
        canvas.drawString(72, 760, f"Contract No. TS-15, page {page + 1}")
        for i, amount in enumerate(AMOUNTS):
            canvas.drawString(72, 700 - 30 * i, f"Item {i + 1} costs {amount} USD, paid at once.")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.fixture(scope="module")
def scanned(pdf: bytes) -> bytes:
    return scan(pdf, random.Random(4), dpi=100, severity=0.3).pdf


def text_of(pdf: bytes, page: int = 1) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return str(document[page - 1].get_textpage().get_text_range())
    finally:
        document.close()


def picture_of(pdf: bytes, page: int = 1) -> np.ndarray:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return np.array(document[page - 1].render(scale=1, grayscale=True).to_numpy()).squeeze().astype(int)
    finally:
        document.close()


def sound(pdf: bytes) -> bool:
    with pikepdf.open(BytesIO(pdf)) as source:
        return not source.check_pdf_syntax()


@pytest.mark.parametrize("streamed", [False, True], ids=["table", "cross-reference stream"])
@pytest.mark.parametrize("change", [revise, annotate, touch_metadata])
def test_a_revision_keeps_what_was_before_it(pdf: bytes, change: object, streamed: bool) -> None:
    base = streamed_version(pdf) if streamed else pdf
    altered = change(base, random.Random(3))  # type: ignore[operator]
    assert altered.data.startswith(base)
    parts = revisions(altered.data)
    assert [len(p) for p in parts] == [len(base), len(altered.data)]
    assert all(sound(part) for part in parts)
    assert f"/Prev {last_startxref(base)}".encode() in altered.data[len(base) :]
    assert altered.data[len(base) :].count(b"/Type /XRef") == streamed
    assert change(base, random.Random(3)) == altered  # type: ignore[operator]


def streamed_version(pdf: bytes) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as source:
        source.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def test_revise_changes_the_amount_that_was_asked_for_and_nothing_else(pdf: bytes) -> None:
    altered = revise(pdf, random.Random(1), page=2, old="1 250 000,00", new="1 950 000,00", when=datetime(2023, 5, 4))
    assert text_of(altered.data, 2) == text_of(pdf, 2).replace("1 250 000,00", "1 950 000,00")
    assert text_of(altered.data, 1) == text_of(pdf, 1)
    assert text_of(revisions(altered.data)[0], 2) == text_of(pdf, 2)
    assert altered.box is not None and altered.page == 2
    before, after = picture_of(pdf, 2), picture_of(altered.data, 2)
    rows, columns = np.nonzero(before != after)
    x0, y0, x1, y1 = altered.box
    assert x0 * 595 - 2 <= columns.min() and columns.max() <= x1 * 595 + 2
    assert y0 * 842 - 2 <= rows.min() and rows.max() <= y1 * 842 + 2
    assert b"20230504" in altered.data


def test_revise_refuses_what_it_cannot_do(pdf: bytes) -> None:
    with pytest.raises(CannotAlter):
        revise(pdf, random.Random(1), page=1, old="77 777")
    with pytest.raises(CannotAlter):
        revise(pdf, random.Random(1), page=1, old="980000", new="98")


@pytest.fixture(scope="module")
def subset_pdf() -> bytes:
    """A page in a TrueType font of which only some glyphs are embedded, as the specimen's pages are."""
    from assay.model.errors import MissingProgram
    from assay.specimen import fonts

    try:
        key = fonts.family(fonts.available("euro")[0], fonts.available("han")[0]).regular[0].key
    except MissingProgram as missing:
        pytest.skip(f"{missing} {missing.hint}")
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.setFont(key, 12)
    canvas.drawString(72, 700, "Общая сумма договора 4 500 000,00 рублей, аванс 9 %.")
    canvas.save()
    return out.getvalue()


def test_revise_reaches_subset_fonts(subset_pdf: bytes) -> None:
    altered = revise(subset_pdf, random.Random(2), page=1, old="4 500 000,00", new="9 500 000,00")
    assert "9 500 000,00" in text_of(altered.data)
    assert "4 500 000,00" in text_of(revisions(altered.data)[0])


def test_revise_refuses_a_digit_that_the_font_does_not_hold() -> None:
    from reportlab.pdfbase import pdfmetrics

    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.setFont("Helvetica", 12)
    canvas.drawString(72, 700, "Total 4 500 000,00")
    canvas.save()
    assert pdfmetrics.stringWidth("7", "Helvetica", 1) > 0
    with pikepdf.open(BytesIO(out.getvalue())) as source:
        font = source.pages[0].Resources.Font.F1
        font.ToUnicode = source.make_stream(b"2 beginbfchar <34> <0034> <35> <0035> endbfchar")
        bare = BytesIO()
        source.save(bare)
    with pytest.raises(CannotAlter):
        revise(bare.getvalue(), random.Random(1), page=1, old="45", new="75")


@pytest.mark.parametrize("change", [annotate, resave, touch_metadata, fill_form])
def test_innocent_changes_leave_the_text_alone(pdf: bytes, change: object) -> None:
    altered = change(pdf, random.Random(5), when=datetime(2024, 1, 2))  # type: ignore[operator]
    assert sound(altered.data)
    for page in (1, 2):
        lines = [line for line in text_of(altered.data, page).splitlines() if line != altered.after]
        assert lines == text_of(pdf, page).splitlines()


def test_annotate_is_a_comment_over_an_amount(pdf: bytes) -> None:
    altered = annotate(pdf, random.Random(5))
    with pikepdf.open(BytesIO(altered.data)) as source:
        mark = source.pages[altered.page - 1].Annots[0]
        assert mark.Subtype == "/Highlight" and str(mark.Contents) == altered.after
    assert any(p.box == altered.box for p in amounts(pdf) if p.page == altered.page)
    assert (picture_of(pdf, altered.page) != picture_of(altered.data, altered.page)).any()


def test_fill_form_fills_a_field_that_was_empty_before(pdf: bytes) -> None:
    altered = fill_form(pdf, random.Random(5))
    first, second = revisions(altered.data)
    for part, value in ((first, ""), (second, altered.after)):
        with pikepdf.open(BytesIO(part)) as source:
            assert str(source.Root.AcroForm.Fields[0].V) == value


def test_fill_form_leaves_the_fields_that_were_there(pdf: bytes) -> None:
    once = fill_form(pdf, random.Random(5))
    twice = fill_form(once.data, random.Random(6), words="received")
    with pikepdf.open(BytesIO(twice.data)) as source:
        assert [str(f.V) for f in source.Root.AcroForm.Fields] == [once.after, "received"]
    assert sound(twice.data)


def test_resave_leaves_one_revision_and_another_producer(pdf: bytes) -> None:
    revised = revise(pdf, random.Random(1)).data
    altered = resave(revised, random.Random(2))
    assert len(revisions(altered.data)) == 1
    with pikepdf.open(BytesIO(altered.data)) as new, pikepdf.open(BytesIO(pdf)) as old:
        assert str(new.trailer.Info.Producer) != str(old.trailer.Info.Producer)


def test_touch_metadata_marks_the_specimen(pdf: bytes) -> None:
    with pikepdf.open(BytesIO(touch_metadata(pdf, random.Random(2)).data)) as source:
        assert str(source.trailer.Info.Keywords) == SPECIMEN


def test_patch_scan_covers_and_shows_a_number_as_text(pdf: bytes, scanned: bytes) -> None:
    page, box, old, new = amount_to_patch(pdf, random.Random(2))
    moved = scan(pdf, random.Random(4), dpi=100, severity=0.3).moved(page, box)
    for seed in range(4):
        altered = patch_scan(scanned, random.Random(seed), page=page, box=moved, text=new, before=old)
        assert text_of(altered.data, page).strip() == new
        assert text_of(scanned, page) == ""
        assert sound(altered.data) and altered.box is not None
        place = find(altered.data, page, new)[0].box
        x0, y0, x1, y1 = altered.box
        assert x0 <= place[0] and place[2] <= x1 + 0.01 and y0 <= place[1] and place[3] <= y1
        changed_rows, changed_columns = np.nonzero(picture_of(scanned, page) != picture_of(altered.data, page))
        assert changed_rows.min() >= y0 * 842 - 2 and changed_rows.max() <= y1 * 842 + 2
        assert changed_columns.min() >= x0 * 595 - 2 and changed_columns.max() <= x1 * 595 + 2


def test_bates_numbers_run_on_and_stay_in_the_margin(scanned: bytes) -> None:
    for seed in range(6):
        altered = stamp_bates(scanned, random.Random(seed), prefix="HLD", first=41)
        assert [text_of(altered.data, n).strip() for n in (1, 2)] == ["HLD0000041", "HLD0000042"]
        box = find(altered.data, 1, "HLD0000041")[0].box
        assert box[1] > 0.94 or box[3] < 0.06


def test_an_ocr_layer_can_be_searched_and_not_seen(pdf: bytes, scanned: bytes) -> None:
    altered = ocr_layer(scanned, random.Random(1), source=pdf, errors=0)
    assert "".join(text_of(altered.data).split()) == "".join(text_of(pdf).split())
    assert (picture_of(altered.data) == picture_of(scanned)).all()
    with pikepdf.open(BytesIO(altered.data)) as source:
        content = b"".join(part.read_bytes() for part in source.pages[0].Contents)
    assert re.search(rb"\b3 Tr\b", content)
    spoiled = ocr_layer(scanned, random.Random(1), source=pdf, errors=0.2)
    assert text_of(spoiled.data) != text_of(altered.data)


def test_an_ocr_layer_lies_where_the_scan_shows_the_words(pdf: bytes) -> None:
    turned = scan(pdf, random.Random(9), dpi=100, severity=1.0)
    altered = ocr_layer(turned.pdf, random.Random(1), source=pdf, errors=0, moved=turned.moved)
    sheet = find(pdf, 1, "980000")[0]
    there, wanted = find(altered.data, 1, "980000")[0].box, turned.moved(1, sheet.box)
    assert abs(there[0] - wanted[0]) < 0.02 and abs(there[1] - wanted[1]) < 0.02


def test_an_electronic_signature_mark_is_visible_text(scanned: bytes) -> None:
    altered = e_sign_stamp(scanned, random.Random(1), signer="M. Tarn", day=date(2023, 5, 15))
    assert altered.page == 2 and "Signer M. Tarn" in text_of(altered.data, 2)
    assert text_of(altered.data, 1) == ""


def test_patch_image_leaves_no_text_and_changes_only_its_box(pdf: bytes, scanned: bytes) -> None:
    page, box, old, new = amount_to_patch(pdf, random.Random(2))
    altered = patch_image(scanned, random.Random(1), page=page, box=box, text=new, before=old, quality=95)
    assert text_of(altered.data, page) == "" and sound(altered.data)
    difference = np.abs(picture_of(scanned, page) - picture_of(altered.data, page))
    x0, y0, x1, y1 = (int(v * s) for v, s in zip(box, (595, 842, 595, 842), strict=True))
    inside = difference[y0:y1, x0:x1].mean()
    difference[y0 - 12 : y1 + 12, x0 - 12 : x1 + 12] = 0
    assert inside > 10 * difference.mean()


def test_patch_image_keeps_a_bilevel_scan_bilevel(pdf: bytes) -> None:
    seed = next(s for s in range(100) if random.Random(s).random() < 0.15)
    made = scan(pdf, random.Random(seed), dpi=150, severity=0.1)
    page, box, old, new = amount_to_patch(pdf, random.Random(2))
    altered = patch_image(made.pdf, random.Random(1), page=page, box=made.moved(page, box), text=new, before=old)
    with pikepdf.open(BytesIO(altered.data)) as source:
        (image,) = source.pages[page - 1].get_images().values()
        assert image.BitsPerComponent == 1
    before, after = picture_of(made.pdf, page), picture_of(altered.data, page)
    assert np.abs(before - after).mean() < 2 and (before != after).any() and after.mean() > 220


def test_a_facsimile_is_one_image_on_several_pages(pdf: bytes) -> None:
    altered = facsimile(pdf, random.Random(1), pages=(1, 2))
    with pikepdf.open(BytesIO(altered.data)) as source:
        places = [page.Resources.XObject.Facs.objgen for page in source.pages]
        assert places[0] == places[1]
    assert (picture_of(pdf, 2) != picture_of(altered.data, 2)).any()


def test_amounts_are_found_with_their_places(pdf: bytes) -> None:
    held = amounts(pdf)
    assert [p.text for p in held] == list(AMOUNTS) * 2
    assert [p.page for p in held] == [1, 1, 1, 2, 2, 2]
    assert all(0.1 < p.box[0] < p.box[2] < 0.6 and 0.1 < p.box[1] < p.box[3] < 0.3 for p in held)


def test_a_changed_amount_differs_in_one_digit() -> None:
    for seed in range(50):
        new = changed("1 250 000,00", random.Random(seed))
        different = [(a, b) for a, b in zip("1 250 000,00", new, strict=True) if a != b]
        assert len(different) == 1 and different[0][1].isdigit() and new[0] != "0"
