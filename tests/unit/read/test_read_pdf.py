from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from assay.model import Exhibit, Page, PageState, Problem, Table
from assay.read.ocr.engines import installed
from assay.read.pdf import PDF
from assay.read.pdf_text import Glyphs, garbled
from assay.read.render import render
from assay.work.part import ReadRefused, ReadSettings

SETTINGS = ReadSettings()
SANS = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
HAN = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
needs_fonts = pytest.mark.skipif(not (SANS.exists() and HAN.exists()), reason="DejaVu and WenQuanYi fonts are absent")
needs_tesseract = pytest.mark.skipif(len(installed(("ru", "en"))) < 2, reason="Tesseract's ru and en data are absent")


def exhibit(data: bytes) -> Exhibit:
    return Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), "application/pdf", "test", "1")


def read(data: bytes, settings: ReadSettings = SETTINGS, first: int = 1, last: int | None = None):
    shown = exhibit(data)
    number = PDF.count(data, shown, settings)
    records = list(PDF.read(data, shown, settings, first, last or number))
    pages = [r for r in records if isinstance(r, Page)]
    tables = [r for r in records if isinstance(r, Table)]
    for page in pages:
        words = page.words
        assert all(a < b for a, b in zip(words.start, words.end, strict=True))
        assert all(b <= c for b, c in zip(words.end, words.start[1:], strict=False))
        assert all(not page.text[a:b].isspace() for a, b in zip(words.start, words.end, strict=True))
        joined = [page.text[p.start : p.end] for p in page.paragraphs]
        assert "\n".join(joined) == page.text
    for table in tables:
        page = next(p for p in pages if p.number == table.page)
        for cell in table.cells:
            assert page.text[cell.start : cell.end] == cell.text
            assert "\n" not in cell.text and "\t" not in cell.text
    return pages, tables, [r for r in records if isinstance(r, Problem)]


class Sheet:
    """A PDF in the making."""

    def __init__(self, size=(595, 842), **options) -> None:
        self.buffer = io.BytesIO()
        self.canvas = canvas.Canvas(self.buffer, pagesize=size, invariant=1, **options)
        if SANS.exists():
            pdfmetrics.registerFont(TTFont("sans", str(SANS)))
        if HAN.exists():
            pdfmetrics.registerFont(TTFont("han", str(HAN)))

    def lines(self, x, y, lines, font="Helvetica", size=11, step=14.0):
        self.canvas.setFont(font, size)
        for k, line in enumerate(lines):
            self.canvas.drawString(x, y - k * step, line)
        return self

    def done(self) -> bytes:
        self.canvas.save()
        return self.buffer.getvalue()


def ink_share(data: bytes, page: Page, media_type="application/pdf", dpi=100) -> tuple[float, float]:
    """The share of word boxes with ink inside, and the share of all ink that lies inside of boxes."""
    png = render(data, media_type, page.number, dpi, page.rotation)
    grey = np.asarray(Image.open(io.BytesIO(png)).convert("L")) < 140
    high, wide = grey.shape
    covered = np.zeros_like(grey)
    full = 0
    for i in range(len(page.words)):
        box = page.words.box(i)
        x0, x1 = int(box.x0 * wide), int(np.ceil(box.x1 * wide)) + 1
        y0, y1 = int(box.y0 * high), int(np.ceil(box.y1 * high)) + 1
        covered[y0:y1, x0:x1] = True
        full += bool(grey[y0:y1, x0:x1].any())
    return full / max(1, len(page.words)), float((grey & covered).sum() / max(1, grey.sum()))


def test_paragraphs_are_joined_and_divided_words_put_together():
    text = [
        "The Supplier shall manufacture and transfer to the Buyer the commu-",
        "nications equipment in the quantity and range that are stated here and",
        "the Buyer shall accept it.",
        "Second paragraph begins here with a word that is long enough to run on",
        "into a further line and then it ends.",
    ]
    (page,), _, _ = read(Sheet().lines(70, 760, text).done())
    assert page.how == "text_layer" and page.state is PageState.READ and page.language == "en"
    assert page.text.split("\n") == [
        "The Supplier shall manufacture and transfer to the Buyer the communications equipment in the quantity and "
        "range that are stated here and the Buyer shall accept it.",
        "Second paragraph begins here with a word that is long enough to run on into a further line and then it ends.",
    ]


def test_word_boxes_lie_on_the_ink():
    data = Sheet().lines(70, 760, ["Boxes must lie on the words,", "whatever they say: 12,450.00 EUR"]).done()
    (page,), _, _ = read(data)
    boxes, ink = ink_share(data, page)
    assert boxes == 1.0 and ink > 0.995


def test_the_order_of_drawing_does_not_matter():
    sheet = Sheet()
    for x, word in ((190, "three"), (70, "one"), (130, "two"), (250, "four")):
        sheet.lines(x, 700, [word])
    sheet.lines(70, 760, ["First of all"])
    (page,), _, _ = read(sheet.done())
    assert page.text.split() == ["First", "of", "all", "one", "two", "three", "four"]


RU = [
    ["1. ПРЕДМЕТ ДОГОВОРА"],
    ["1.1. Поставщик обязуется передать", "Покупателю имущество, указанное", "в Приложении № 1."],
    ["1.2. Общая цена договора составляет", "12 450 000 рублей."],
]
ZH = [
    ["第一条合同标的"],
    ["1.1 卖方应向买方交付附件一所列", "的通信设备和有关文件。"],
    ["1.2 合同总金额为人民币三百二十", "万元整，包括运输费用。"],
]


def bilingual(ruled: bool) -> bytes:
    sheet = Sheet()
    y = 780.0
    for left, right in zip(RU, ZH, strict=True):
        rows = max(len(left), len(right))
        sheet.lines(60, y, left, "sans", 10).lines(310, y, right, "han", 10)
        if ruled:
            sheet.canvas.rect(55, y - rows * 14 + 4, 245, rows * 14 + 6)
            sheet.canvas.rect(300, y - rows * 14 + 4, 245, rows * 14 + 6)
        y -= rows * 14 + 10
    return sheet.done()


@needs_fonts
@pytest.mark.parametrize("ruled", [False, True])
def test_bilingual_columns_are_read_clause_by_clause(ruled):
    (page,), tables, _ = read(bilingual(ruled))
    assert not tables, "two columns of running text are no list of things"
    said = [(p.column, p.language, page.text[p.start : p.end]) for p in page.paragraphs]
    wanted = []
    for left, right in zip(RU, ZH, strict=True):
        wanted += [(0, "ru", " ".join(left)), (1, "zh", "".join(right))]
    assert said == wanted


def test_newspaper_columns_are_read_down():
    left = [f"left column line {k} with some words in it" for k in range(8)]
    right = [f"right column line {k} with other words too" for k in range(8)]
    (page,), _, _ = read(Sheet().lines(60, 700, left).lines(320, 700, right).done())
    assert page.text.index("left column line 7") < page.text.index("right column line 0")
    assert {p.column for p in page.paragraphs} == {0, 1}


def test_labels_and_values_are_read_across():
    labels = ["Invoice number:", "Date of issue:", "Terms of payment:", "Place of delivery:"]
    values = ["4711", "12 March 2024", "thirty days net", "free on board"]
    (page,), _, _ = read(Sheet().lines(60, 700, labels).lines(300, 700, values).done())
    assert page.text.split("\n") == [f"{a} {b}" for a, b in zip(labels, values, strict=True)]


def ruled_table() -> bytes:
    sheet = Sheet().lines(60, 800, ["Specification to the contract"])
    xs, ys = [60, 100, 330, 400, 500], [760, 740, 700, 680]
    for x in xs:
        sheet.canvas.line(x, ys[0], x, ys[-1])
    for y in ys:
        sheet.canvas.line(xs[0], y, xs[-1], y)
    sheet.lines(63, 746, ["No."]).lines(103, 746, ["Description"]).lines(333, 746, ["Qty"]).lines(403, 746, ["Total"])
    sheet.lines(63, 726, ["1"]).lines(103, 726, ["Radio set, vehicle mounted,", "with two aerials"])
    sheet.lines(333, 726, ["12"]).lines(403, 726, ["24,000.00"])
    sheet.lines(63, 686, ["2"]).lines(103, 686, ["Battery"]).lines(333, 686, ["40"]).lines(403, 686, ["1,200.50"])
    return sheet.lines(60, 650, ["After the table."]).done()


def test_a_ruled_table_becomes_cells_whose_text_stands_in_the_page():
    (page,), (table,), _ = read(ruled_table())
    assert (table.rows, table.columns, table.header_rows) == (3, 4, 1)
    assert [[c.text if c else None for c in row] for row in table.grid()] == [
        ["No.", "Description", "Qty", "Total"],
        ["1", "Radio set, vehicle mounted, with two aerials", "12", "24,000.00"],
        ["2", "Battery", "40", "1,200.50"],
    ]
    assert page.text.split("\n")[2] == "1\tRadio set, vehicle mounted, with two aerials\t12\t24,000.00"
    assert [p.kind for p in page.paragraphs] == ["text", "table", "text"]
    box = table.grid()[1][1].box
    assert abs(box.x0 - 100 / 595) < 0.005 and abs(box.y0 - (842 - 740) / 842) < 0.005


def test_a_table_goes_on_over_the_page_without_a_header():
    sheet = Sheet()
    for first in (0, 12):
        sheet.lines(60, 810, [f"Sheet {1 + first // 12}"])
        head = [("Item", "Name", "Amount")] if first == 0 else []
        rows = head + [(str(first + k), f"thing number {first + k}", f"{k}50.00") for k in range(1, 13)]
        for k, row in enumerate(rows):
            y = 780 - 20 * k
            for x, text in zip((65, 125, 325), row, strict=True):
                sheet.lines(x, y - 14, [text])
            sheet.canvas.grid([60, 120, 320, 400], [y, y - 20])
        sheet.canvas.showPage()
    _, tables, _ = read(sheet.done())
    assert [(t.rows, t.header_rows, t.continues) for t in tables] == [(13, 1, False), (12, 0, True)]


def test_pages_that_are_turned_are_set_upright():
    sheet = Sheet()
    sheet.canvas.translate(200, 60)
    sheet.canvas.rotate(90)
    upward = sheet.lines(0, 0, ["This landscape table was drawn upwards", "on an upright sheet of paper."]).done()
    with pikepdf.open(io.BytesIO(Sheet().lines(70, 700, ["A page with a rotation of its own"]).done())) as document:
        document.pages[0].rotate(90, relative=False)
        out = io.BytesIO()
        document.save(out)
    for data, rotation in ((upward, 90), (out.getvalue(), 0)):
        (page,), _, _ = read(data)
        assert page.rotation == rotation
        png = Image.open(io.BytesIO(render(data, "application/pdf", 1, 72, page.rotation)))
        assert abs(png.width - page.width) <= 2 and abs(png.height - page.height) <= 2
        boxes, ink = ink_share(data, page)
        assert boxes == 1.0 and ink > 0.99
    assert read(upward)[0][0].text.startswith("This landscape table was drawn upwards")


def test_passwords_are_tried_and_their_lack_is_said():
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(Sheet().lines(70, 700, ["A secret of state"]).done())) as document:
        document.save(out, encryption=pikepdf.Encryption(user="key", owner="owner", R=6))
    data = out.getvalue()
    with pytest.raises(ReadRefused) as refused:
        PDF.count(data, exhibit(data), SETTINGS)
    assert refused.value.category == "encrypted"
    (page,), _, _ = read(data, ReadSettings(passwords=("wrong", "key")))
    assert page.text == "A secret of state" and "password" in page.notes[0]


def test_damage_is_repaired_or_refused_in_words_that_do_not_change():
    data = Sheet().lines(70, 700, ["Still to be read"]).done()
    start = data.rindex(b"startxref")
    (page,), _, _ = read(data[:start])
    assert page.text == "Still to be read"
    messages = set()
    for _ in range(2):
        with pytest.raises(ReadRefused) as refused:
            PDF.count(b"%PDF-1.4\nnothing else\n", exhibit(b"x"), SETTINGS)
        assert refused.value.category == "broken"
        messages.add(refused.value.message)
    assert len(messages) == 1 and "0x" not in messages.pop()


def test_an_empty_page_is_read_and_empty():
    sheet = Sheet()
    sheet.canvas.showPage()
    (page,), _, problems = read(sheet.done())
    assert (page.state, page.how, page.text) == (PageState.READ, "empty", "") and not problems


def test_pages_read_one_by_one_are_the_same_records():
    sheet = Sheet()
    for k in range(4):
        sheet.lines(70, 700, [f"This is page {k + 1} of the document"])
        sheet.canvas.showPage()
    data = sheet.done()
    together = [p.id for p in read(data)[0]]
    apart = [p.id for k in range(1, 5) for p in read(data, first=k, last=k)[0]]
    assert together == apart


def glyphs(text: str, mapped: float = 1.0) -> Glyphs:
    codes = np.array([ord(c) for c in text], np.uint32)
    boxes = np.zeros((len(codes), 4))
    return Glyphs(codes, boxes, np.zeros(len(codes), np.int8), mapped, 0.0, False)


def test_a_layer_that_cannot_be_what_is_shown_is_told_from_a_good_one():
    assert garbled(glyphs("The quick brown fox jumps over the lazy dog again and again")) == ""
    assert garbled(glyphs("Поставщик обязуется передать Покупателю имущество")) == ""
    assert garbled(glyphs("12 450 000,00")) == ""
    assert garbled(glyphs("Größe für Übung: übergänge, äöüß, Maßstäbe gemäß Vertrag und Anlage")) == ""
    assert "private use" in garbled(glyphs("".join(chr(0xE000 + k) for k in range(40))))
    assert "no mapping" in garbled(glyphs("abcdefgh", mapped=0.1))
    mojibake = "Поставщик обязуется передать Покупателю имущество".encode("cp1251").decode("latin-1")
    assert "accents" in garbled(glyphs(mojibake))


def scan_of(data: bytes, dpi: int = 200) -> Image.Image:
    document = pypdfium2.PdfDocument(data)
    return document[0].render(scale=dpi / 72, grayscale=True).to_pil()


@needs_fonts
@needs_tesseract
def test_a_layer_by_others_under_a_scan_is_kept_aside():
    lines = ["Поставщик обязуется передать Покупателю имущество,", "указанное в Приложении № 1 к настоящему Договору."]
    picture = scan_of(Sheet().lines(60, 700, lines, "sans", 12).done())
    sheet = Sheet()
    sheet.canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
    text = sheet.canvas.beginText(60, 700)
    text.setTextRenderMode(3)
    text.setFont("Helvetica", 12)
    text.textLine("Tlocmaewuk o6R3yemcR nepedamb somebody else's reading of it")
    sheet.canvas.drawText(text)
    data = sheet.done()
    (page,), _, _ = read(data)
    assert page.how == "ocr" and page.text == " ".join(lines)
    assert any("invisible text layer" in n for n in page.notes)
    assert any("somebody else's reading" in n for n in page.notes)
    boxes, ink = ink_share(data, page)
    assert boxes == 1.0 and ink > 0.97


@needs_tesseract
def test_a_visible_stamp_over_a_scan_does_not_hide_the_scan_and_a_background_does_not_hide_the_text():
    lines = [f"Line {k} of a letter that was scanned and then signed" for k in range(1, 9)]
    stamp = ["SIGNED ELECTRONICALLY", "Certificate 5A3B46E5D1E9EFF4AAF22331", "Valid 2016-08-10 to 2017-08-10"]
    scan = scan_of(Sheet().lines(60, 760, lines, size=12, step=20).done())
    sheet = Sheet()
    sheet.canvas.drawImage(ImageReader(scan), 0, 0, 595, 842)
    (page,), _, _ = read(sheet.lines(300, 200, stamp, size=9).done())
    assert page.how == "ocr" and all(line in page.text.replace("\n", " ") for line in (lines[0], lines[7], stamp[0]))
    paper = Image.new("L", (600, 850), 235)
    sheet = Sheet()
    sheet.canvas.drawImage(ImageReader(paper), 0, 0, 595, 842)
    (page,), _, _ = read(sheet.lines(60, 760, lines, size=12, step=20).done())
    assert page.how == "text_layer" and page.text.count("Line") == 8


@needs_tesseract
def test_mixed_documents_are_read_page_by_page():
    picture = scan_of(Sheet().lines(60, 700, ["The second page is a scan of a letter."], size=14).done())
    sheet = Sheet().lines(60, 700, ["The first page has text."])
    sheet.canvas.showPage()
    sheet.canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
    pages, _, _ = read(sheet.done())
    assert [p.how for p in pages] == ["text_layer", "ocr"]
    assert pages[1].text == "The second page is a scan of a letter." and pages[1].confidence > 80
    assert pages[0].confidence is None


def test_huge_pages_are_drawn_at_a_bounded_size():
    data = Sheet(size=(14400, 14400)).lines(70, 7000, ["far"]).done()
    png = Image.open(io.BytesIO(render(data, "application/pdf", 1, 300)))
    assert png.width * png.height <= 27_000_000
