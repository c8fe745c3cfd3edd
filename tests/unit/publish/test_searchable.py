"""Searchable copies: read back word for word at the right place by two programs, in four scripts; marked as copies."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest

from assay.case import Case, RunSettings
from assay.model import Image, Page, Words
from assay.model.errors import Usage
from assay.publish.glyphless import Codes, truetype
from assay.publish.images import Wanted

INLINE = RunSettings(executor="inline")
LINES = [
    "Contract No. 5 of 3 May 2024, total 1,200.00 USD",
    "Поставщик обязуется поставить 37 единиц «Каштан-М»",
    "Постачальник зобов'язується поставити їхні вироби",
    "合同编号五号二〇二四年五月三日卖方应交付十二辆",
]
FONTS = ("DejaVuSans.ttf", "/usr/share/fonts/truetype/dejavu/"), ("wqy-zenhei.ttc", "/usr/share/fonts/truetype/wqy/")


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    folder = tmp_path_factory.mktemp("copies")
    (folder / "trove").mkdir()
    try:
        pdfmetrics.registerFont(TTFont("Plain", FONTS[0][1] + FONTS[0][0]))
        pdfmetrics.registerFont(TTFont("Han", FONTS[1][1] + FONTS[1][0], subfontIndex=0))
    except OSError as missing:
        pytest.skip(f"a font is not installed: {missing}")
    canvas = Canvas(str(folder / "trove" / "four.pdf"), pagesize=(595, 842), invariant=1)
    for n, line in enumerate(LINES):
        canvas.setFont("Han" if n == 3 else "Plain", 12)
        canvas.drawString(72, 760 - 40 * n, line)
    canvas.showPage()
    canvas.setFont("Plain", 9)
    canvas.rotate(90)
    canvas.drawString(300, -60, "Upwards")
    canvas.save()
    (folder / "trove" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    (folder / "trove" / "a.txt").write_text("Letter")
    with Case.open(folder / "case") as opened:
        opened.run([folder / "trove"], INLINE, ["receive", "read"])
        yield opened


@pytest.fixture(scope="module")
def copy(case, tmp_path_factory):
    folder = tmp_path_factory.mktemp("out") / "copies"
    names = case.export("pdf", folder, INLINE)
    return folder / names[0]


def first_page(case: Case) -> Page:
    return next(p for p in case.records(Page) if p.number == 1 and "Contract" in p.text)


def words_of(page: Page) -> list[tuple[str, tuple[float, ...]]]:
    w = page.words
    return [
        (page.text[w.start[i] : w.end[i]], tuple(getattr(w.box(i), side) for side in ("x0", "y0", "x1", "y1")))
        for i in range(len(w))
    ]


def same_places(found, wanted, far=0.004):
    """Tell the words of one list that the other does not have at the same place."""
    left = list(found)
    lost = []
    for text, box in wanted:
        near = (f for f in left if f[0] == text and all(abs(a - b) < far for a, b in zip(f[1], box, strict=True)))
        hit = next(near, None)
        if hit:
            left.remove(hit)
        else:
            lost.append((text, box))
    return lost


def test_pdfium_reads_every_word_back_at_its_place(case, copy):
    from assay.read.office_pages import _leaves

    page = first_page(case)
    leaf = _leaves(copy.read_bytes())[0]
    found = []
    for token in leaf.said:
        box = leaf.words.boxes(token.start, token.end)[0]
        found.append((token.text, (box.x0, box.y0, box.x1, box.y1)))
    assert same_places(found, words_of(page)) == []
    assert len(found) == len(words_of(page))


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (Debian: poppler-utils) is not installed")
def test_pdftotext_reads_every_word_back_at_its_place(case, copy):
    page = first_page(case)
    done = subprocess.run(["pdftotext", "-bbox", copy, "-"], capture_output=True, check=True)
    assert done.stderr == b""
    tree = ET.fromstring(done.stdout)
    ns = {"h": "http://www.w3.org/1999/xhtml"}
    seen = tree.findall(".//h:page", ns)[0].findall("h:word", ns)
    found = []
    for word in seen:
        x0, y0, x1, y1 = (float(word.get(k)) for k in ("xMin", "yMin", "xMax", "yMax"))
        found.append((word.text, (x0 / 595, y0 / 842, x1 / 595, y1 / 842)))
    wanted = words_of(page)
    han = [(t, b) for t, b in wanted if "\u4e00" <= t[0] <= "\u9fff" or t == "〇"]
    assert same_places(found, [w for w in wanted if w not in han]) == []
    assert "".join(t for t, _ in found if "\u4e00" <= t[0] <= "\u9fff" or t[0] == "〇") == LINES[3]
    plain = subprocess.run(["pdftotext", "-layout", copy, "-"], capture_output=True, check=True).stdout.decode()
    assert [" ".join(line.split()) for line in plain.splitlines() if line.strip()][:3] == LINES[:3]


def test_nothing_but_the_picture_is_seen(case, copy):
    import numpy as np
    from PIL import Image as Picture

    from assay.read.render import render

    page = first_page(case)
    _, data = case.picture(Wanted(page.exhibit, 1, 100, "png"), INLINE)
    original = np.asarray(Picture.open(io.BytesIO(data)).convert("L")).astype(int)
    shown = np.asarray(Picture.open(io.BytesIO(render(copy.read_bytes(), "application/pdf", 1, 100))).convert("L"))
    height, width = min(original.shape[0], shown.shape[0]), min(original.shape[1], shown.shape[1])
    assert abs(original[:height, :width] - shown.astype(int)[:height, :width]).mean() < 3


def test_the_copy_says_that_it_is_one_and_carries_nothing_over(case, copy):
    import pikepdf

    with pikepdf.open(copy) as pdf:
        assert "not the original" in str(pdf.docinfo["/Title"])
        assert first_page(case).exhibit in str(pdf.docinfo["/Title"])
        assert set(pdf.Root.keys()) == {"/Type", "/Pages"}
        assert len(pdf.pages) == 2
    before = case.store.blob(first_page(case).exhibit)
    assert before != copy.read_bytes()
    assert case.verify().breaches == ()


def test_an_upright_word_reads_upwards(copy):
    import pypdfium2

    document = pypdfium2.PdfDocument(copy.read_bytes())
    assert "Upwards" in document[1].get_textpage().get_text_range()


def test_what_was_not_read_is_said_to_be_missing(case, copy):
    with (copy.parent / "index.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = {r["path"]: r for r in csv.DictReader(table)}
    assert (rows["broken.png"]["file"], rows["broken.png"]["pages_left_out"]) == ("", "1")
    assert (rows["a.txt"]["file"], rows["four.pdf"]["pages_written"]) == ("", "2")


def test_the_same_case_gives_the_same_copy(case, copy, tmp_path):
    names = case.export("pdf", tmp_path / "again", INLINE)
    assert (tmp_path / "again" / names[0]).read_bytes() == copy.read_bytes()


def test_pictures_are_drawn_once_each_and_kept(case, monkeypatch):
    page = first_page(case)
    image, data = case.picture(Wanted(page.exhibit, 1, 72, "webp"), INLINE)
    assert (image.width, image.height, image.media_type) == (595, 842, "image/webp")
    monkeypatch.setattr("assay.read.render.render", lambda *_: pytest.fail("drawn again"))
    assert case.picture(Wanted(page.exhibit, 1, 72, "webp"), INLINE)[1] == data
    assert len([i for i in case.records(Image) if i.dpi == 72]) == 1
    with pytest.raises(Usage, match="cannot be drawn"):
        case.picture(Wanted(page.exhibit, 9), INLINE)
    with pytest.raises(Usage, match="cannot be drawn"):
        case.picture(Wanted(next(p.exhibit for p in case.records(Page) if p.text == "Letter"), 1), INLINE)


def test_the_font_is_whole():
    data = truetype()
    count = int.from_bytes(data[4:6], "big")
    tags = [data[12 + 16 * n : 16 + 16 * n] for n in range(count)]
    assert tags == sorted(tags)
    assert sum(int.from_bytes(data[n : n + 4], "big") for n in range(0, len(data), 4)) & 0xFFFFFFFF == 0xB1B0AFBA


def test_codes_hold_every_plane():
    codes = Codes()
    assert codes.of("aб\U00020000a") == b"\0\1\0\2\0\3\0\1"
    assert "<0003> <D840DC00>" in codes.unicode().decode()


def test_a_page_without_words_is_a_picture_alone(case, tmp_path):
    from dataclasses import replace

    from assay.publish.searchable import _layer

    assert _layer(replace(first_page(case), text="", words=Words(), paragraphs=()), Codes()) == b"BT 3 Tr\nET\n"
