"""PDF structure: dates, writers, releases, fonts, pages, cuts, pictures, actions; planted, with innocent twins."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from assay.examine.pdf import active, dates, fontdate, imgreuse, pagemix, producerdate, subset, writer
from assay.examine.pdf.facts import facts_of
from assay.examine.pdf.times import iso_moment, pdf_moment
from assay.model import Exhibit, Finding, FindingStatus, Page, PageState, Reading, Weight, Words


def paper(pages: int = 1, draw: Callable[[Canvas, int], None] | None = None) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for number in range(1, pages + 1):
        for line in range(12):
            canvas.drawString(72, 740 - 20 * line, f"Article {line} of page {number}: the goods are delivered.")
        if draw:
            draw(canvas, number)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def edited(data: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(out, static_id=True, fix_metadata_version=False)
    return out.getvalue()


def stated(**entries: str) -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        for key in ("/Producer", "/Creator", "/CreationDate", "/ModDate"):
            if key in pdf.docinfo:
                del pdf.docinfo[key]
        for key, value in entries.items():
            pdf.docinfo[f"/{key}"] = value

    return edited(paper(), change)


def ask(part: Any, data: bytes, *texts: str) -> list[Finding]:
    digest = hashlib.sha256(data).hexdigest()
    pages = tuple(
        Page(digest, n, "page", PageState.READ, "text_layer", "t", text, "en", (), 595, 842, 0, None, "", (), "t", "1",
             Words())
        for n, text in enumerate(texts, 1)
    )  # fmt: skip
    return list(part.examine(Reading(Exhibit(digest, "", len(data), "application/pdf", "t", "1"), pages, ()), data))


def fired(answers: list[Finding]) -> list[Finding]:
    return [f for f in answers if f.status is FindingStatus.FINDING and f.weight is not Weight.NEUTRAL]


@pytest.mark.parametrize(
    ("created", "modified", "fires"),
    [
        ("D:20190301120000+03'00'", "D:20190228120000+03'00'", True),
        ("D:20190301120000+03'00'", "D:20190301090005Z", False),
        ("D:20190301120000+03'00'", "D:20190301110000+02'00'", False),
        ("D:20190301120000", "D:20190301090000Z", False),
        ("D:2019", "D:20190301090000Z", False),
        ("D:20190301", "D:20190203", True),
    ],
)
def test_changed_before_created(created: str, modified: str, fires: bool) -> None:
    found = fired(ask(dates, stated(CreationDate=created, ModDate=modified)))
    assert bool(found) is fires
    assert all(f.weight is Weight.LIMITED for f in found)


def test_two_places_with_dates() -> None:
    def packet(when: str) -> bytes:
        def change(pdf: pikepdf.Pdf) -> None:
            pdf.docinfo["/CreationDate"] = "D:20150302101500+03'00'"
            pdf.docinfo["/ModDate"] = "D:20150302101500+03'00'"
            xmp = f'<x><a xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreateDate="{when}"/></x>'
            pdf.Root.Metadata = pdf.make_stream(xmp.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)

        return edited(paper(), change)

    assert fired(ask(dates, packet("2017-05-02T10:15:00+03:00")))
    assert not fired(ask(dates, packet("2015-03-02T07:15:00Z")))


@pytest.mark.parametrize(
    "text", ["", "D:", "D:00000000", "D:20191301", "yesterday", "D:99999999999999+99'99'", "2019-02-30"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert pdf_moment(text) is None
    assert iso_moment(text) is None


def test_a_producer_that_was_kept_over_another_writer() -> None:
    found = fired(ask(writer, stated(Producer="Acrobat Distiller 9.0 (Windows)")))
    assert "qpdf" in found[0].observation
    assert found[0].weight is Weight.LIMITED
    assert not fired(ask(writer, stated(Producer="pikepdf 9.0")))
    assert not fired(ask(writer, paper()))
    assert ask(writer, stated(Producer="Somebody's program"))[0].status is FindingStatus.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("producer", "when", "fires"),
    [
        ("LibreOffice 7.3", "D:20190101120000Z", True), ("LibreOffice 7.3", "D:20220301120000Z", False),
        ("Microsoft® Word 2016", "D:20120101120000Z", True), ("Microsoft® Word 2010", "D:20120101120000Z", False),
        ("macOS Version 13.2.1 (Build 22D68) Quartz PDFContext", "D:20150101120000Z", True),
        ("Mac OS X 10.6.8 Quartz PDFContext", "D:20150101120000Z", False),
        ("Skia/PDF m118", "D:20190101120000Z", True), ("pdfTeX-1.40.25", "D:20120101120000Z", True),
        ("LibreOffice 7.3", "D:20211115120000Z", False),
    ],
)  # fmt: skip
def test_a_program_younger_than_the_files_dates(producer: str, when: str, fires: bool) -> None:
    answers = ask(producerdate, stated(Producer=producer, CreationDate=when, ModDate=when))
    assert bool(fired(answers)) is fires
    if fires:
        assert fired(answers)[0].weight is Weight.MODERATE
        assert "first released" in fired(answers)[0].observation


def test_a_later_copy_of_an_older_paper_is_a_fact_and_no_more() -> None:
    data = stated(Producer="LibreOffice 7.3", CreationDate="D:20230101120000Z", ModDate="D:20230101120000Z")
    answers = ask(producerdate, data, "CONTRACT No. 7\nSanta Velda, 15 March 2011\nThe Seller delivers.")
    assert not fired(answers)
    (copy,) = [f for f in answers if f.independence_group == "later copy"]
    assert copy.spans[0].quote == "15 March 2011"


def test_a_character_younger_than_the_files_dates() -> None:
    data = stated(Producer="x", CreationDate="D:20100101120000Z", ModDate="D:20100101120000Z")
    (found,) = fired(ask(producerdate, data, "Price: 100 ₽"))
    assert found.spans[0].quote == "₽"
    assert not fired(ask(producerdate, data, "Price: 100 €"))


def with_font(changed: int) -> bytes:
    head = b"\0" * 28 + changed.to_bytes(8, "big") + b"\0" * 18
    font = b"\0\1\0\0" + (1).to_bytes(2, "big") + b"\0" * 6 + b"head" + b"\0" * 4 + (28).to_bytes(4, "big")
    font += len(head).to_bytes(4, "big") + head

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.docinfo["/CreationDate"] = pdf.docinfo["/ModDate"] = "D:20150302101500Z"
        about = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.FontDescriptor, FontName=pikepdf.Name("/ABCDEF+Some"),
                               FontFile2=pdf.make_stream(font))
        )  # fmt: skip
        pdf.pages[0].Resources.Font["/F9"] = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.TrueType,
                               BaseFont=pikepdf.Name("/ABCDEF+Some"), FontDescriptor=about)
        )  # fmt: skip

    return edited(paper(), change)


def test_a_font_younger_than_the_file() -> None:
    seconds_2021, seconds_2010 = 3_692_217_600, 3_345_148_800
    (found,) = fired(ask(fontdate, with_font(seconds_2021)))
    assert found.weight is Weight.MODERATE
    assert [s.page for s in found.spans] == [1]
    assert "“Some” of 2020-12-31" in found.observation
    assert not fired(ask(fontdate, with_font(seconds_2010)))
    assert ask(fontdate, with_font(0))[0].status is FindingStatus.NOT_APPLICABLE


def scanned(tint: int = 240) -> Any:
    picture = Image.new("L", (826, 1169), tint)
    pen = ImageDraw.Draw(picture)
    for row in range(20):
        pen.rectangle((90, 100 + 40 * row, 700, 112 + 40 * row), fill=60)
    return ImageReader(picture)


def mixed(odd: int, pages: int = 6) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for number in range(1, pages + 1):
        if number == odd:
            canvas.drawImage(scanned(), 0, 0, 595.3, 841.9)
        else:
            for line in range(12):
                canvas.drawString(72, 740 - 20 * line, f"Article {line} of page {number}: the goods are delivered.")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize(("odd", "fires"), [(3, True), (5, True), (6, False), (1, False), (0, False)])
def test_a_scanned_page_inside_a_run_of_text(odd: int, fires: bool) -> None:
    found = fired(ask(pagemix, mixed(odd)))
    assert [s.page for f in found for s in f.spans] == ([odd] if fires else [])


def test_two_cuts_of_a_font_on_a_page() -> None:
    def tagged(*tags: str) -> bytes:
        def change(pdf: pikepdf.Pdf) -> None:
            for n, tag in enumerate(tags):
                page = pdf.pages[n % len(pdf.pages)]
                page.Resources.Font[f"/T{n}"] = pdf.make_indirect(
                    pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.TrueType,
                                       BaseFont=pikepdf.Name(f"/{tag}+Times"))
                )  # fmt: skip
                page.contents_add(f"BT /T{n} 9 Tf 20 20 Td ( ) Tj ET".encode())

        return edited(paper(4), change)

    (found,) = fired(ask(subset, tagged("AAAAAA", "BBBBBB", "CCCCCC", "DDDDDD", "EEEEEE")))
    assert [s.page for s in found.spans] == [1]
    assert not fired(ask(subset, tagged("AAAAAA", "BBBBBB", "CCCCCC", "DDDDDD")))


def signed(places: list[tuple[float, float]], *, alike: bool = True) -> bytes:
    def mark(number: int) -> Any:
        picture = Image.new("RGBA", (200, 90), (20, 30, 120, 0))
        pen = ImageDraw.Draw(picture)
        shift = 0 if alike else 9 * number
        pen.line((10, 80 - shift, 60, 10, 90, 70 + shift % 7, 190, 30), fill=(20, 30, 120, 255), width=5)
        return ImageReader(picture)

    return paper(len(places), lambda c, n: c.drawImage(mark(n), *places[n - 1], 100, 45, mask="auto"))


def test_one_signature_at_several_places() -> None:
    (found,) = fired(ask(imgreuse, signed([(330, 120), (360, 141), (310, 105)])))
    assert sorted({s.page for s in found.spans}) == [1, 2, 3]
    assert all(s.boxes for s in found.spans)
    assert not fired(ask(imgreuse, signed([(60, 780)] * 3)))
    assert not fired(ask(imgreuse, signed([(330, 120), (360, 141), (310, 105)], alike=False)))


def test_what_acts_is_listed_and_weighs_nothing() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.attachments["data.bin"] = b"x"

    (found,) = ask(active, edited(paper(), change))
    assert found.weight is Weight.NEUTRAL
    assert "script" in found.observation and "attachment" in found.observation and "app.alert" in found.observation
    assert ask(active, paper())[0].status is FindingStatus.NO_FINDING


@pytest.mark.parametrize("part", [active, dates, fontdate, imgreuse, pagemix, producerdate, subset, writer])
@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"%PDF-1.4\n1 0 obj<</A 1 0 R>>endobj\ntrailer<</Root 1 0 R>>"])
def test_what_cannot_be_opened_is_not_examined(part: Any, data: bytes) -> None:
    answers = ask(part, data)
    assert answers
    assert all(f.status in (FindingStatus.NOT_EXAMINED, FindingStatus.NOT_APPLICABLE) for f in answers)


def test_facts_of_a_plain_file() -> None:
    facts = facts_of(paper())
    assert facts.version == "1.3"
    assert facts.comment.startswith(b"\x93\x8c\x8b\x9e")
    assert len(facts.identifiers) == 2
