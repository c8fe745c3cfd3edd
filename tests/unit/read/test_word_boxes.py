"""Word boxes lie on the words: pages are rendered as one who reads the record would, and the ink is counted."""

from __future__ import annotations

import hashlib
import io

import cv2
import numpy as np
import pikepdf
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from assay.model import Exhibit, Page
from assay.read.image import IMAGE
from assay.read.ocr import engines
from assay.read.pdf import PDF
from assay.read.render import render
from assay.work.part import ReadSettings

needs_tesseract = pytest.mark.skipif(
    "en" not in engines.installed(("en",)), reason="Tesseract's English data are absent"
)
PLACED = {
    "Contract": (90, 90),
    "Supplier": (300, 90),
    "equipment": (90, 180),
    "delivery": (420, 300),
    "payment": (200, 420),
    "warranty": (90, 560),
    "signature": (330, 700),
}
"""Words and where they begin on a page of 595 by 842 points, from the top left, as shown upright."""
SIZE = 16


def sheet(turn: int = 0) -> bytes:
    """A page whose words stand as in PLACED once it is turned clockwise by `turn` (as /Rotate does)."""
    out = io.BytesIO()
    wide, high = (595, 842) if turn % 180 == 0 else (842, 595)
    canvas = Canvas(out, pagesize=(wide, high), invariant=1)
    if turn == 90:
        canvas.transform(0, 1, -1, 0, 842, 0)
    elif turn == 180:
        canvas.transform(-1, 0, 0, -1, 595, 842)
    elif turn == 270:
        canvas.transform(0, -1, 1, 0, 0, 595)
    canvas.setFont("Helvetica", SIZE)
    for word, (x, y) in PLACED.items():
        canvas.drawString(x, 842 - y, word)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def changed(data: bytes, **entries: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for name, value in entries.items():
            pdf.pages[0].obj["/" + name] = value
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def moved(data: bytes, left: float, bottom: float) -> bytes:
    """The same page with its origin elsewhere and a margin cropped off."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        page.contents_add(f"q 1 0 0 1 {left} {bottom} cm".encode(), prepend=True)
        page.contents_add(b"Q")
        page.obj["/MediaBox"] = pikepdf.Array([left - 40, bottom - 30, left + 595 + 25, bottom + 842 + 60])
        page.obj["/CropBox"] = pikepdf.Array([left, bottom, left + 595, bottom + 842])
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def read(data: bytes, media_type: str = "application/pdf") -> Page:
    reader = PDF if media_type == "application/pdf" else IMAGE
    shown = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), media_type, "test", "1")
    return next(r for r in reader.read(data, shown, ReadSettings(languages=("en",)), 1, 1) if isinstance(r, Page))


def check(data: bytes, page: Page, media_type: str = "application/pdf", slack: float = 3.0) -> None:
    """Each word's box must hold its ink, lie where the word was set, and leave no ink of words beside it."""
    png = render(data, media_type, 1, 100, page.rotation)
    grey = np.asarray(Image.open(io.BytesIO(png)).convert("L"))
    high, wide = grey.shape
    assert abs(wide / high - page.width / page.height) < 0.01, "the picture has the page's shape"
    ink = grey < 140
    beside = ink.copy()
    found = {}
    for k in range(len(page.words)):
        box = page.words.box(k)
        rows, columns = (
            slice(int(box.y0 * high), int(box.y1 * high) + 1),
            slice(int(box.x0 * wide), int(box.x1 * wide) + 1),
        )
        word = page.text[page.words.start[k] : page.words.end[k]]
        inside = ink[rows, columns]
        assert inside.mean() > 0.08, f"hardly any ink under {word}"
        assert inside.any(axis=0).mean() > 0.6, f"the box of {word} is wider than the word"
        beside[max(0, rows.start - 1) : rows.stop + 1, max(0, columns.start - 1) : columns.stop + 1] = False
        found[word] = (box.x0 * 595, box.y0 * 842, box.x1 * 595, box.y1 * 842)
    assert beside.sum() < 0.02 * ink.sum(), "ink of words outside of the boxes"
    assert set(PLACED) == set(found)
    for word, (x, y) in PLACED.items():
        x0, y0, x1, y1 = found[word]
        assert abs(x0 - x) < slack + 2, f"{word} begins at {x}, its box at {x0}"
        assert y0 - slack < y - 0.5 * SIZE < y1 + slack and y1 - y0 < 2 * SIZE + slack
        assert x1 - x0 > 0.35 * SIZE * len(word)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_boxes_of_text_layers_lie_on_the_words_of_turned_pages(turn):
    data = changed(sheet(turn), Rotate=turn)
    check(data, read(data))


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_text_that_runs_aside_is_set_upright_and_boxes_go_with_it(turn):
    data = sheet(turn)
    page = read(data)
    assert page.rotation == turn
    check(data, page)


@pytest.mark.parametrize("turn", [0, 90])
def test_boxes_lie_on_the_words_of_a_cropped_page_with_its_origin_elsewhere(turn):
    data = moved(sheet(0), -200, 75) if turn == 0 else changed(sheet(turn), Rotate=turn)
    check(data, read(data))


def test_boxes_lie_on_the_words_of_a_page_in_larger_units():
    data = changed(sheet(0), UserUnit=2)
    page = read(data)
    check(data, page)


def scan(angle: float = 0.0, quarters: int = 0) -> np.ndarray:
    """The page as a picture at 150 dpi, askew by `angle` and turned counter-clockwise by quarters."""
    import pypdfium2

    with pypdfium2.PdfDocument(sheet(0)) as document:
        grey = document[0].render(scale=150 / 72, grayscale=True).to_numpy().squeeze()
    high, wide = grey.shape
    if angle:
        matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 1)
        grey = cv2.warpAffine(grey, matrix, (wide, high), borderValue=255, flags=cv2.INTER_CUBIC)
    noise = np.random.default_rng(3).normal(0, 5, grey.shape)
    grey = np.clip(cv2.GaussianBlur(grey, (0, 0), 0.6) * 0.9 + 15 + noise, 0, 255).astype(np.uint8)
    return np.rot90(grey, quarters).copy()


def as_png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", dpi=(150, 150))
    return out.getvalue()


def as_pdf(pixels: np.ndarray, rotate: int) -> bytes:
    from reportlab.lib.utils import ImageReader

    out = io.BytesIO()
    high, wide = pixels.shape
    canvas = Canvas(out, pagesize=(wide * 72 / 150, high * 72 / 150), invariant=1)
    canvas.drawImage(ImageReader(io.BytesIO(as_png(pixels))), 0, 0, wide * 72 / 150, high * 72 / 150)
    canvas.showPage()
    canvas.save()
    return changed(out.getvalue(), Rotate=rotate)


@needs_tesseract
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_boxes_lie_on_the_words_of_scans_however_they_lie(quarters):
    data = as_png(scan(quarters=quarters))
    page = read(data, "image/png")
    assert page.rotation == 90 * quarters
    check(data, page, "image/png")


@needs_tesseract
@pytest.mark.parametrize("angle", [-5.0, -1.5, 2.0, 5.0])
def test_boxes_of_skewed_scans_hold_their_words(angle):
    data = as_png(scan(angle))
    page = read(data, "image/png")
    png = render(data, "image/png", 1, 100, page.rotation)
    ink = np.asarray(Image.open(io.BytesIO(png)).convert("L")) < 150
    high, wide = ink.shape
    words = {page.text[page.words.start[k] : page.words.end[k]]: page.words.box(k) for k in range(len(page.words))}
    assert set(words) == set(PLACED)
    matrix = cv2.getRotationMatrix2D((595 / 2, 842 / 2), angle, 1)
    for word, box in words.items():
        length = 0.5 * SIZE * len(word)
        x, y = PLACED[word][0] + length / 2, PLACED[word][1] - 0.35 * SIZE
        there = matrix @ np.array([x, y, 1])
        assert abs((box.x0 + box.x1) / 2 * 595 - there[0]) < 8 and abs((box.y0 + box.y1) / 2 * 842 - there[1]) < 4, word
        rows, columns = (
            slice(int(box.y0 * high), int(box.y1 * high) + 1),
            slice(int(box.x0 * wide), int(box.x1 * wide) + 1),
        )
        assert ink[rows, columns].mean() > 0.08


@needs_tesseract
@pytest.mark.parametrize(("quarters", "rotate"), [(0, 0), (1, 90), (3, 270), (2, 0)])
def test_boxes_lie_on_the_words_of_scans_inside_turned_pdf_pages(quarters, rotate):
    data = as_pdf(scan(quarters=quarters), rotate)
    check(data, read(data))


def test_the_check_itself_sees_a_box_beside_its_word():
    from dataclasses import replace

    data = sheet(0)
    page = read(data)
    words = page.words
    aside = replace(
        page, words=replace(words, x0=tuple(v + 4000 for v in words.x0), x1=tuple(v + 4000 for v in words.x1))
    )
    with pytest.raises(AssertionError):
        check(data, aside)
