"""Scans are images of pages that still say what the page said, turned and worn as much as was asked for."""

from __future__ import annotations

import random
from datetime import datetime
from io import BytesIO

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from assay.specimen.scan import DEVICES, scan, scan_image


@pytest.fixture(scope="module")
def pdf() -> bytes:
    out = BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    for page in range(2):
        canvas.setFont("Helvetica", 12)
        for i in range(25):
            canvas.drawString(72, 760 - 24 * i, f"{page + 1}.{i + 1} The supplier delivers the goods in {i} days.")
        canvas.setFillGray(0)
        canvas.rect(400, 90, 60, 30, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def grey(pdf: bytes, page: int = 1, scale: float = 1) -> np.ndarray:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return np.array(document[page - 1].render(scale=scale, grayscale=True).to_numpy()).squeeze().astype(float)
    finally:
        document.close()


def test_a_scan_has_one_image_a_page_and_no_text(pdf: bytes) -> None:
    made = scan(pdf, random.Random(1), dpi=150, severity=0.4).pdf
    with pikepdf.open(BytesIO(made)) as source:
        assert not source.check_pdf_syntax()
        for page in source.pages:
            (image,) = page.get_images().values()
            assert (int(image.Width), int(image.Height)) == (round(595 / 72 * 150 + 0.49), round(842 / 72 * 150 + 0.49))
            assert [float(v) for v in page.mediabox] == [0, 0, 595, 842]
    document = pypdfium2.PdfDocument(made)
    assert [p.get_textpage().get_text_range() for p in document] == ["", ""]
    document.close()


def test_metadata_name_a_fictional_device_and_the_specimen(pdf: bytes) -> None:
    made = scan(pdf, random.Random(1), dpi=100, severity=0.4, when=datetime(2023, 5, 15, 10, 0)).pdf
    with pikepdf.open(BytesIO(made)) as source:
        info = source.trailer.Info
        assert str(info.Creator) in DEVICES and str(info.Producer).startswith(str(info.Creator))
        assert "SPECIMEN" in str(info.Keywords) and str(info.CreationDate) == "D:20230515100000"


def test_the_same_source_gives_the_same_bytes_and_another_seed_others(pdf: bytes) -> None:
    def made(seed: int) -> bytes:
        return scan(pdf, random.Random(seed), dpi=100, severity=0.8, stamp=True).pdf

    assert made(1) == made(1)
    assert made(1) != made(2)


def test_colour_grey_and_bilevel_are_what_they_say(pdf: bytes) -> None:
    def kinds(**how: bool) -> set[tuple[str, int, str]]:
        held = set()
        for seed in range(12):
            made = scan(pdf, random.Random(seed), dpi=72, severity=0.3, **how).pdf
            with pikepdf.open(BytesIO(made)) as source:
                (image,) = source.pages[0].get_images().values()
                held.add((str(image.ColorSpace), int(image.BitsPerComponent), str(image.Filter)))
        return held

    assert kinds(colour=True) == {("/DeviceRGB", 8, "/DCTDecode")}
    assert kinds() == {("/DeviceGray", 8, "/DCTDecode"), ("/DeviceGray", 1, "/CCITTFaxDecode")}


def bilevel_seed() -> int:
    return next(s for s in range(100) if random.Random(s).random() < 0.15)


def test_a_bilevel_page_shows_black_words_on_white(pdf: bytes) -> None:
    picture = grey(scan(pdf, random.Random(bilevel_seed()), dpi=150, severity=0.1).pdf)
    assert picture.mean() > 220 and (picture < 100).mean() > 0.005
    assert np.corrcoef(picture.ravel(), grey(pdf).ravel())[0, 1] > 0.5


@pytest.mark.parametrize("colour", [False, True])
def test_severity_makes_it_worse(pdf: bytes, colour: bool) -> None:
    true = grey(pdf)
    rows = []
    for severity in (0.0, 0.5, 1.0):
        worst = []
        for seed in (11, 12, 13):
            made = grey(scan(pdf, random.Random(seed), dpi=100, severity=severity, colour=colour).pdf)
            worst.append(np.abs(made - true).mean())
        rows.append(np.mean(worst))
    assert rows[0] < rows[1] < rows[2]


def test_places_move_with_the_page(pdf: bytes) -> None:
    box = (400 / 595, 1 - 120 / 842, 460 / 595, 1 - 90 / 842)
    for seed in range(5):
        made = scan(pdf, random.Random(seed), dpi=100, severity=1.0)
        x0, y0, x1, y1 = made.moved(1, box)
        picture = grey(made.pdf, scale=2)
        height, width = picture.shape
        cx, cy = (x0 + x1) / 2 * width, (y0 + y1) / 2 * height
        assert picture[int(cy) - 5 : int(cy) + 5, int(cx) - 5 : int(cx) + 5].mean() < 130
        dark = picture[int(y0 * height) - 40 : int(y1 * height) + 40, int(x0 * width) - 40 : int(x1 * width) + 40] < 120
        rows, columns = np.flatnonzero(dark.sum(axis=1) > 30), np.flatnonzero(dark.sum(axis=0) > 15)
        assert abs(rows.min() - 40) <= 5 and abs(dark.shape[0] - 41 - rows.max()) <= 5
        assert abs(columns.min() - 40) <= 5 and abs(dark.shape[1] - 41 - columns.max()) <= 5


def test_stamps_add_ink_on_the_last_page_and_let_words_show_through(pdf: bytes) -> None:
    for colour in (False, True):
        plain = scan(pdf, random.Random(3), dpi=100, severity=0.0, colour=colour).pdf
        stamped = scan(pdf, random.Random(3), dpi=100, severity=0.0, colour=colour, stamp="АО «Тарнзее»").pdf
        added = grey(plain, 2) - grey(stamped, 2)
        assert (added > 25).mean() > 0.002
        words = grey(plain, 2) < 90
        assert (grey(stamped, 2)[words] < 140).mean() > 0.97


def test_images_are_marked_and_carry_their_resolution(pdf: bytes) -> None:
    for form, kind in (("jpeg", "JPEG"), ("png", "PNG")):
        made = scan_image(pdf, random.Random(2), dpi=120, severity=0.3, page=2, form=form, colour=True)
        with Image.open(BytesIO(made)) as picture:
            assert picture.format == kind and round(float(picture.info["dpi"][0])) == 120
        assert b"SPECIMEN" in made
        assert made == scan_image(pdf, random.Random(2), dpi=120, severity=0.3, page=2, form=form, colour=True)


def test_what_cannot_be_is_refused(pdf: bytes) -> None:
    with pytest.raises(ValueError, match="severity"):
        scan(pdf, random.Random(1), dpi=100, severity=2)
    with pytest.raises(ValueError, match="form"):
        scan_image(pdf, random.Random(1), dpi=100, severity=0.2, form="gif")
