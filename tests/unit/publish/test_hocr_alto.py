"""hOCR and ALTO: what is given out comes back letter for letter and box for box; others' files come in by structure."""

from __future__ import annotations

import csv
import string
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from assay.case import Case, RunSettings
from assay.model import Page, PageState, Paragraph, Words
from assay.publish.alto import alto
from assay.publish.hocr import hocr_page
from assay.publish.placed import placed
from assay.read.elsewhere import ALTO, elsewhere
from assay.work.part import ReadRefused

HEAD = '<html xmlns="http://www.w3.org/1999/xhtml"><head><meta name="ocr-system" content="assay 1"/></head><body>'
LETTERS = string.ascii_letters + "абвгґєіїщыэюя甲乙丙丁，。№«»<>&\"'0123456789-"
WORD = st.text(LETTERS, min_size=1, max_size=9)
PLACE = st.integers(0, 65535)


@st.composite
def pages(draw) -> Page:
    """A page of words, most with a box, in paragraphs, with every kind of white space between them."""
    text, words, paragraphs, start = "", [], [], 0
    for _ in range(draw(st.integers(0, 14))):
        word, at = draw(WORD), len(text)
        text += word
        if draw(st.integers(0, 5)):
            xs, ys = sorted(draw(st.tuples(PLACE, PLACE))), sorted(draw(st.tuples(PLACE, PLACE)))
            words.append((at, len(text), xs[0], ys[0], xs[1], ys[1], draw(st.integers(0, 100))))
        gap = draw(st.sampled_from([" ", " ", " ", "", "\n", "\t", "  ", "\n\n", "\u00a0", " \n"]))
        if "\n" in gap:
            paragraphs.append(Paragraph(start, len(text), draw(st.sampled_from(["ru", "zh", "und"]))))
            start = len(text) + len(gap)
        text += gap
    if start < len(text.rstrip()):
        paragraphs.append(Paragraph(start, len(text.rstrip()), "en"))
    columns = Words(*(tuple(c) for c in zip(*words, strict=True))) if words else Words()
    size = draw(st.sampled_from([(595, 842), (1190.5, 841.9), (10, 3000)]))
    return Page(
        "ab" * 32, 1, "page", PageState.READ, "ocr", "e", text, "und", tuple(paragraphs), *size, 0, None, "", (), "t",
        "1", columns,
    )  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(pages())
def test_the_items_of_a_page_are_its_text(page):
    made = placed(page)
    items = [i for block in made.blocks for row in block.rows for i in row.items]
    assert made.lead + "".join(i.text + i.after for i in items) == page.text
    assert [i.box for i in items if i.box] == list(zip(*_columns(page), strict=True))


def _columns(page):
    w = page.words
    return w.x0, w.y0, w.x1, w.y1


@settings(max_examples=200, deadline=None)
@given(pages())
def test_hocr_comes_back_as_it_was(page):
    data = (HEAD + hocr_page(page, page.exhibit) + "</body></html>").encode()
    assert elsewhere(data, 1) == ("hocr", page.text, page.words)


@settings(max_examples=200, deadline=None)
@given(pages())
def test_alto_comes_back_as_it_was_and_keeps_the_schema_s_rules(page):
    data = alto((page,), page.exhibit)
    assert elsewhere(data, 1) == ("alto", page.text, page.words)
    keeps_rules(etree.fromstring(data))


CHILDREN = {
    "alto": ["Description", "Styles", "Tags", "Layout"],
    "Description": ["MeasurementUnit", "sourceImageInformation", "OCRProcessing", "Processing"],
    "sourceImageInformation": ["fileName", "fileIdentifier", "documentIdentifier"],
    "Tags": ["OtherTag"],
    "Layout": ["Page"],
    "Page": ["TopMargin", "LeftMargin", "RightMargin", "BottomMargin", "PrintSpace"],
    "PrintSpace": ["TextBlock"],
    "TextBlock": ["TextLine"],
    "TextLine": ["String", "SP"],
    "Processing": [
        "processingCategory", "processingDateTime", "processingAgency", "processingStepDescription",
        "processingStepSettings", "processingSoftware",
    ],
    "processingSoftware": ["softwareCreator", "softwareName", "softwareVersion", "applicationDescription"],
}  # fmt: skip
"""Which elements may stand in which, in this order, by the schema of ALTO 4.2."""
NEEDED = {"Page": {"ID", "PHYSICAL_IMG_NR"}, "TextBlock": {"ID"}, "String": {"CONTENT"}, "Processing": {"ID"}}
FLOATS = ("HPOS", "VPOS", "WIDTH", "HEIGHT", "WC", "PC")


def keeps_rules(root) -> None:
    """Check what the schema demands of the elements and attributes that we write."""
    ids, refs = set(), set()
    for element in root.iter():
        name = etree.QName(element)
        assert name.namespace == ALTO
        listed = [etree.QName(child).localname for child in element]
        order = CHILDREN.get(name.localname, [])
        assert set(listed) <= set(order), (name.localname, listed)
        if name.localname == "TextLine":
            assert listed[0] == "String"
            assert all(not (a == b == "SP") for a, b in pairwise(listed))
        else:
            assert [order.index(c) for c in listed] == sorted(order.index(c) for c in listed)
        assert set(element.attrib) >= NEEDED.get(name.localname, set())
        for key in FLOATS:
            assert float(element.get(key, "0")) >= 0
        assert float(element.get("WC", "1")) <= 1
        if element.get("ID"):
            assert element.get("ID") not in ids
            ids.add(element.get("ID"))
        refs |= set((element.get("TAGREFS", "") + " " + element.get("PROCESSINGREFS", "")).split())
    assert refs <= ids
    assert root.find(f"{{{ALTO}}}Description/{{{ALTO}}}MeasurementUnit").text == "pixel"


FOREIGN_HOCR = b"""<!DOCTYPE html><html><head><meta name='ocr-system' content='other 5'></head><body>
 <div class='ocr_page' id='page_1' title='image "x.png"; bbox 0 0 1000 2000; ppageno 0'>
  <p class='ocr_par' lang='rus'>
   <span class='ocr_line' title="bbox 100 100 900 140">
    <span class='ocrx_word' title='bbox 100 100 300 140; x_wconf 91'>Dogovor</span>
    <span class='ocrx_word' title='bbox 310 100 400 140; x_wconf 42'>No 5</span></span>
   <span class='ocr_line'><span class='ocrx_word' title='bbox 100 150 200 190'>\xe5\x90\x88</span>
     <span class='ocrx_word' title='bbox 200 150 300 190'>\xe5\x90\x8c</span></span>
  </p><p class='ocr_par'><span class='ocr_line'><span class='ocrx_word' title='bbox 0 0 10 2000'>End</span></span></p>
 </div></body></html>"""

FOREIGN_ALTO = b"""<?xml version="1.0"?><alto xmlns="http://www.loc.gov/standards/alto/ns-v2#"><Description>
<MeasurementUnit>mm10</MeasurementUnit></Description><Layout><Page ID="P" PHYSICAL_IMG_NR="1"
WIDTH="2100" HEIGHT="2970"><PrintSpace><TextBlock ID="B">
<TextLine><String HPOS="210" VPOS="297" WIDTH="420" HEIGHT="29.7" CONTENT="One" WC="0.5"/>
<SP/><String HPOS="700" VPOS="297" WIDTH="100" HEIGHT="29.7" CONTENT="two"/></TextLine>
<TextLine><String CONTENT="three"/></TextLine></TextBlock><TextBlock ID="C">
<TextLine><String CONTENT="four"/></TextLine></TextBlock></PrintSpace></Page></Layout></alto>"""


def test_others_hocr_comes_in_by_its_structure():
    origin, text, words = elsewhere(FOREIGN_HOCR, 1)
    assert (origin, text) == ("hocr", "Dogovor No 5 合同\nEnd")
    assert words.confidence == (91, 42, 100, 100, 100)
    assert (words.x0[0], words.y0[0]) == (round(0.1 * 65535), round(0.05 * 65535))
    assert [text[a:b] for a, b in zip(words.start, words.end, strict=True)] == ["Dogovor", "No 5", "合", "同", "End"]


def test_others_alto_comes_in_by_its_structure():
    origin, text, words = elsewhere(FOREIGN_ALTO, 1)
    assert (origin, text) == ("alto", "One two three\nfour")
    assert (words.confidence, len(words)) == ((50, 100), 2)
    assert (words.x0[0], words.x1[0]) == (round(0.1 * 65535), round(0.3 * 65535))


@pytest.mark.parametrize(
    ("data", "category"),
    [
        (b"", "broken"),
        (b"plain words", "no_reader"),
        (b"<html><body><p>no page</p></body></html>", "no_reader"),
        (FOREIGN_HOCR.replace(b"bbox 0 0 1000 2000", b"bbox 5 5 5 5"), "broken"),
        (FOREIGN_ALTO.replace(b'WIDTH="2100"', b'WIDTH="nan"'), "broken"),
        (b"\0" * 100, "no_reader"),
    ],
)
def test_what_is_neither_is_refused_in_one_sentence(data, category):
    with pytest.raises(ReadRefused) as refused:
        elsewhere(data, 1)
    assert refused.value.category == category


def test_no_entity_is_resolved_and_nothing_is_fetched(tmp_path):
    (tmp_path / "secret").write_text("SECRET")
    evil = FOREIGN_ALTO.replace(
        b'<?xml version="1.0"?>',
        b'<?xml version="1.0"?><!DOCTYPE alto [<!ENTITY x SYSTEM "file://%s/secret">]>' % bytes(tmp_path),
    ).replace(b"<MeasurementUnit>mm10", b"<MeasurementUnit>&x;mm10")
    assert "SECRET" not in elsewhere(evil, 1)[1]
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12)
    )
    with pytest.raises(ReadRefused):
        elsewhere(bomb + b"]><alto><Layout>&m;</Layout></alto>", 1)


def test_a_page_out_of_range_is_refused():
    with pytest.raises(ReadRefused, match="has 1 pages"):
        elsewhere(FOREIGN_ALTO, 2)


# ---- in a case


@pytest.fixture
def case(tmp_path):
    from reportlab.pdfgen.canvas import Canvas

    (tmp_path / "trove").mkdir()
    canvas = Canvas(str(tmp_path / "trove" / "one.pdf"), pagesize=(595, 842), invariant=1)
    canvas.drawString(72, 700, "Contract No. 5 of 3 May 2024")
    canvas.showPage()
    canvas.drawString(72, 700, "Annex")
    canvas.save()
    (tmp_path / "trove" / "a.txt").write_text("Letter")
    with Case.open(tmp_path / "case") as opened:
        opened.run([tmp_path / "trove"], RunSettings(executor="inline"), ["receive", "read"])
        yield opened


@pytest.mark.parametrize("form", ["hocr", "alto"])
def test_an_exported_file_taken_in_elsewhere_changed_is_a_correction(case, tmp_path, form, capsys):
    from assay.cli import main

    names = case.export(form, tmp_path / "out")
    assert len(names) == 2
    with (tmp_path / "out" / "index.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = {r["path"]: r for r in csv.DictReader(table)}
    assert (rows["a.txt"]["file"], rows["a.txt"]["pages_left_out"]) == ("", "1")
    assert rows["one.pdf"]["pages_written"] == "2"
    file = tmp_path / "out" / names[0]
    file.write_bytes(file.read_bytes().replace(b"Annex", b"Annexe"))
    case.close()
    words = ("correct", str(tmp_path / "case"), "one.pdf", "2", "--from", str(file), "--from-page", "2", "--by", "me")
    with pytest.raises(SystemExit) as ended:
        main([*words])
    assert ended.value.code == 0
    with pytest.raises(SystemExit) as ended:
        main(["run", "--case", str(tmp_path / "case"), "--executor", "inline", "--quiet"])
    with Case.open(tmp_path / "case") as again:
        page = next(p for p in again.records(Page) if p.part == "correct")
        assert (page.text, len(page.words), page.number) == ("Annexe", 1, 2)
        assert form.upper() in page.notes[-1].upper()
        assert again.verify().breaches == ()
        blob = next(again.store.blobs.path(d) for d in again.store.blobs if again.store.blob(d) == file.read_bytes())
        blob.unlink()
        assert [b.kind for b in again.verify().breaches] == ["blob"]
        case.store = again.store


def test_an_unchanged_reading_is_no_correction(case, tmp_path):
    from assay.model.errors import Usage
    from assay.read.correct import Elsewhere, standing, taken

    page = next(p for p in case.records(Page) if p.number == 2)
    same = Elsewhere(page.text, page.words, "alto", "")
    with pytest.raises(Usage, match="reads so already"):
        case.correct(lambda store, by: taken(store, page.exhibit, 2, same, by), "me")
    other = replace(same, words=Words())
    case.correct(lambda store, by: taken(store, page.exhibit, 2, other, by), "me")
    assert len(standing(case.store, page.exhibit, 2).words) == 0
