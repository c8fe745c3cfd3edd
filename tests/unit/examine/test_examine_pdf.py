"""PDF examinations on files built here, with planted changes and their innocent twins."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from assay.examine.pdf import hidden, overlay, revdiff
from assay.examine.pdf.revisions import ChainBroken, revisions
from assay.examine.pdf.states import opened, page_of, words_of
from assay.model import (
    Exhibit,
    Finding,
    FindingStatus,
    Page,
    PageState,
    Reading,
    Weight,
    Words,
)  # fmt: skip
from assay.model.evidence import GRID

LINES = [f"{i}. Item {i}, price {1100 + 37 * i}.00 USD" for i in range(1, 21)]


def born(pages: int = 2, draw: Callable[[Canvas, int], None] | None = None) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica", 12)
        canvas.drawString(72, 740, f"CONTRACT No. AB-12/2021, page {number}")
        for i, line in enumerate(LINES):
            canvas.drawString(72, 700 - i * 22, line)
        if draw:
            draw(canvas, number)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def scan(pages: int = 1, draw: Callable[[Canvas, int], None] | None = None) -> bytes:
    image = Image.new("L", (1240, 1754), 246)
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(26)
    for i, line in enumerate(LINES):
        pen.text((150, 290 + i * 46), line, fill=40, font=font)
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for number in range(1, pages + 1):
        canvas.drawImage(ImageReader(image), 0, 0, 595.2756, 841.8898)
        if draw:
            draw(canvas, number)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def append(data: bytes, change: Callable[[pikepdf.Pdf], Iterable[pikepdf.Object]]) -> bytes:
    """Append a revision with the objects that `change` touched, as an editor's incremental save does."""
    previous = int(data[data.rindex(b"startxref") + 9 :].split()[0])
    with pikepdf.open(io.BytesIO(data)) as pdf:
        objects = [o if o.is_indirect else pdf.make_indirect(o) for o in change(pdf)]
        body, table = bytearray(data), ""
        for item in objects:
            number, generation = item.objgen
            table += f"{number} 1\n{len(body):010d} {generation:05d} n \n"
            body += f"{number} {generation} obj\n".encode()
            if isinstance(item, pikepdf.Stream):
                raw = item.read_bytes()
                body += f"<< /Length {len(raw)} {_extra(item)} >>\nstream\n".encode() + raw + b"\nendstream"
            else:
                body += item.unparse(resolved=True)
            body += b"\nendobj\n"
        size = max(o.objgen[0] for o in [*pdf.objects, *objects] if isinstance(o, pikepdf.Object)) + 1
        root, info = pdf.Root.objgen[0], pdf.trailer.Info.objgen[0]
        at = len(body)
        body += f"xref\n{table}trailer\n<< /Size {size} /Root {root} 0 R /Info {info} 0 R ".encode()
        body += f"/Prev {previous} >>\nstartxref\n{at}\n%%EOF\n".encode()
        return bytes(body)


def _extra(stream: pikepdf.Stream) -> str:
    kept = {k: v for k, v in stream.stream_dict.items() if k not in ("/Length", "/Filter", "/DecodeParms")}
    return " ".join(f"{key} {value.unparse().decode()}" for key, value in kept.items())


def rewritten(old: bytes, new: bytes, page: int = 0) -> Callable[[pikepdf.Pdf], Iterable[pikepdf.Object]]:
    def change(pdf: pikepdf.Pdf) -> Iterable[pikepdf.Object]:
        stream = pdf.pages[page].Contents
        content = stream.read_bytes()
        assert old in content
        stream.write(content.replace(old, new))
        return [stream]

    return change


def reading(data: bytes) -> Reading:
    digest = hashlib.sha256(data).hexdigest()
    pages = []
    with opened(data) as document:
        for index in range(len(document)):
            with page_of(document, index) as page:
                pages.append(_page(digest, index + 1, words_of(page)))
    exhibit = Exhibit(digest, hashlib.sha1(data).hexdigest(), len(data), "application/pdf", "test", "1")
    return Reading(exhibit, tuple(pages), ())


def _page(digest: str, number: int, words: list) -> Page:
    text, starts, ends = "", [], []
    for word in words:
        text += " " if text else ""
        starts.append(len(text))
        text += word.text
        ends.append(len(text))
    boxes = [tuple(round(getattr(w.box, k) * GRID) for w in words) for k in ("x0", "y0", "x1", "y1")]
    columns = Words(tuple(starts), tuple(ends), *boxes, tuple(100 for _ in words))
    return Page(
        digest, number, "page", PageState.READ, "text_layer", "pdfium", text, "en", (), 595, 842, 0, None, "", (),
        "test", "1", columns,
    )  # fmt: skip


def found(part: object, data: bytes) -> list[Finding]:
    findings = list(part.examine(reading(data), data))  # type: ignore[attr-defined]
    for f in findings:
        assert f.status is not FindingStatus.FINDING or f.spans
        pages = {p.number: p.text for p in reading(data).pages}
        assert all(pages[s.page][s.start : s.end] == s.quote for s in f.spans if s.page)
    return findings


def test_a_changed_amount_is_quoted_before_and_after_and_boxed() -> None:
    data = append(born(), rewritten(b"price 1248.00", b"price 9248.00", page=1))
    (finding,) = found(revdiff, data)
    assert finding.status is FindingStatus.FINDING and finding.weight is Weight.MODERATE
    assert "“1248.00”" in finding.observation and "“9248.00”" in finding.observation
    (span,) = finding.spans
    assert (span.page, span.quote) == (2, "9248.00") and span.boxes
    assert abs(span.boxes[0].y1 - (1 - 634 / 841.89)) < 0.01


def test_a_white_box_with_new_words_over_old_ones_is_a_replacement() -> None:
    def cover(pdf: pikepdf.Pdf) -> Iterable[pikepdf.Object]:
        stream = pdf.pages[0].Contents
        patch = b"\nq 1 g 130 672 200 20 re f 0 g BT /F1 12 Tf 132 678 Td (price 7777.00 EUR) Tj ET Q\n"
        stream.write(stream.read_bytes() + patch)
        return [stream]

    (finding,) = found(revdiff, append(born(), cover))
    assert finding.weight is Weight.MODERATE
    assert "1174.00" in finding.observation.split("After")[0] and "7777.00" in finding.observation.split("After")[1]


def test_a_note_and_new_metadata_are_no_finding_and_are_named() -> None:
    def note(pdf: pikepdf.Pdf) -> Iterable[pikepdf.Object]:
        mark = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Highlight, Rect=[72, 650, 300, 670], C=[1, 1, 0],
                QuadPoints=[72, 670, 300, 670, 72, 650, 300, 650], Contents="check",
            )
        )  # fmt: skip
        pdf.pages[0].obj.Annots = pikepdf.Array([mark])
        pdf.trailer.Info.Title = "changed"
        return [mark, pdf.pages[0].obj, pdf.trailer.Info]

    (answer,) = found(revdiff, append(born(), note))
    assert answer.status is FindingStatus.NO_FINDING
    assert "annotations" in answer.observation and "metadata" in answer.observation


def test_a_footer_stamped_later_is_limited() -> None:
    def footer(pdf: pikepdf.Pdf) -> Iterable[pikepdf.Object]:
        stream = pdf.pages[0].Contents
        stream.write(stream.read_bytes() + b"\nBT /F1 9 Tf 72 20 Td (Registered 17 March, folio 12) Tj ET\n")
        return [stream]

    (finding,) = found(revdiff, append(born(), footer))
    assert finding.weight is Weight.LIMITED and "Registered 17 March" in finding.observation


def test_the_same_content_written_anew_is_no_finding() -> None:
    def again(pdf: pikepdf.Pdf) -> Iterable[pikepdf.Object]:
        stream = pdf.pages[0].Contents
        stream.write(stream.read_bytes() + b"\n% nothing\n")
        return [stream]

    (answer,) = found(revdiff, append(born(), again))
    assert answer.status is FindingStatus.NO_FINDING


def test_one_saved_state_says_that_there_is_nothing_to_compare() -> None:
    (answer,) = found(revdiff, born())
    assert answer.status is FindingStatus.NO_FINDING and "one saved state" in answer.observation


def test_a_linearised_file_has_one_state_and_an_embedded_pdf_adds_none() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(born(5))) as pdf:
        pdf.save(out, linearize=True)
    assert out.getvalue().count(b"%%EOF") == 2
    assert len(revisions(out.getvalue())) == 1
    carrier = io.BytesIO()
    with pikepdf.open(io.BytesIO(born())) as pdf:
        stream = pdf.make_stream(append(born(), rewritten(b"1248", b"9248")))
        pdf.Root.Names = pikepdf.Dictionary(Inner=stream)
        pdf.save(carrier, compress_streams=False)
    assert len(revisions(carrier.getvalue())) == 1


def test_thousands_of_states_are_sampled_within_time() -> None:
    data = born(1)
    body, previous = bytearray(data), int(data[data.rindex(b"startxref") + 9 :].split()[0])
    for _ in range(10_000):
        at = len(body)
        body += b"xref\n0 0\ntrailer\n<< /Size 20 /Root 5 0 R /Info 6 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
            previous,
            at,
        )
        previous = at
    began = time.monotonic()
    assert len(revisions(bytes(body))) == 10_001
    (answer,) = list(revdiff.examine(reading(data), bytes(body)))
    assert time.monotonic() - began < 20
    assert answer.status in (FindingStatus.NO_FINDING, FindingStatus.NOT_EXAMINED)
    assert "10001" in answer.observation


def test_a_chain_that_turns_in_a_circle_is_not_examined() -> None:
    data = append(born(), rewritten(b"1248", b"9248"))
    last = int(data[data.rindex(b"startxref") + 9 :].split()[0])
    first = data.index(b"trailer")
    looped = data[: first + 7] + b" " + data[first + 8 :]
    place = looped.index(b"<<", first) + 2
    looped = looped[:place] + b" /Prev %d " % last + looped[place:]
    shifted = len(looped) - len(data)
    looped = looped[: looped.rindex(b"startxref")] + b"startxref\n%d\n%%%%EOF\n" % (last + shifted)
    looped = looped.replace(b"/Prev %d " % last, b"/Prev %d " % (last + shifted), 1)
    with pytest.raises(ChainBroken):
        revisions(looped)
    (answer,) = list(revdiff.examine(reading(born()), looped))
    assert answer.status is FindingStatus.NOT_EXAMINED


def _patch(canvas: Canvas, number: int) -> None:
    canvas.setFillGray(0.96)
    canvas.rect(190, 655, 110, 16, stroke=0, fill=1)
    canvas.setFillGray(0.1)
    canvas.drawString(195, 659, "price 9999.00")


def test_a_patch_over_a_scan_is_found_with_its_words_and_place() -> None:
    finding, *rest = [f for f in found(overlay, scan(3, _patch)) if f.status is FindingStatus.FINDING]
    assert finding.weight is Weight.MODERATE and "price 9999.00" in finding.observation
    assert "hides" in finding.observation and len(rest) == 2
    box = finding.spans[0].boxes[0]
    assert abs(box.y0 - (1 - 671 / 841.89)) < 0.02


def test_a_white_patch_with_nothing_in_its_place_is_found() -> None:
    def white(canvas: Canvas, number: int) -> None:
        canvas.setFillGray(0.96)
        canvas.rect(60, 655, 300, 16, stroke=0, fill=1)

    (finding,) = found(overlay, scan(1, white))
    assert finding.weight is Weight.MODERATE and "hides ink" in finding.observation


@pytest.mark.parametrize("plate", [False, True])
def test_bates_numbers_are_neutral(plate: bool) -> None:
    def bates(canvas: Canvas, number: int) -> None:
        if plate:
            canvas.setFillGray(1)
            canvas.rect(470, 12, 100, 14, stroke=0, fill=1)
            canvas.setFillGray(0)
        canvas.drawString(475, 16, f"ORV {4400 + number:07d}")

    findings = [f for f in found(overlay, scan(2, bates)) if f.status is FindingStatus.FINDING]
    assert [f.weight for f in findings] == [Weight.NEUTRAL]


@pytest.mark.parametrize(("fill", "weight"), [(b"1 g", Weight.MODERATE), (b"", None)])
def test_a_note_that_hides_ink_of_a_scan_and_shows_other_words(fill: bytes, weight: Weight | None) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(scan(1))) as pdf:
        place = [190, 655, 300, 671]
        plate = b"q %s 190 655 110 16 re f Q " % fill if fill else b""
        look = pdf.make_stream(
            plate + b"BT /F 11 Tf 0 g 195 659 Td (price 9999.00) Tj ET",
            Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=place,
        )  # fmt: skip
        face = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        look.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=face))
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=place, Contents="price 9999.00", F=4,
            AP=pikepdf.Dictionary(N=look), DA="/F 11 Tf 0 g",
        )  # fmt: skip
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(note)]))
        pdf.save(out)
    findings = [f for f in found(overlay, out.getvalue()) if f.status is FindingStatus.FINDING]
    assert [f.weight for f in findings] == ([weight] if weight else [])
    assert all("9999.00" in f.observation for f in findings)


def test_an_invisible_text_layer_is_no_finding() -> None:
    def layer(canvas: Canvas, number: int) -> None:
        text = canvas.beginText(72, 659)
        text.setTextRenderMode(3)
        text.textLine("2. Item 2, price 1174.00 USD")
        canvas.drawText(text)

    (answer,) = found(overlay, scan(1, layer))
    assert answer.status is FindingStatus.NO_FINDING
    assert [f.status for f in found(hidden, scan(1, layer))] == [FindingStatus.NO_FINDING]


def test_an_electronic_signatures_mark_is_limited() -> None:
    def mark(canvas: Canvas, number: int) -> None:
        canvas.setFillGray(1)
        canvas.roundRect(200, 90, 215, 62, 5, stroke=1, fill=1)
        canvas.setFillGray(0)
        canvas.drawString(208, 130, "SIGNED ELECTRONICALLY")
        canvas.drawString(208, 115, "Certificate 00A1B2C3")

    findings = [f for f in found(overlay, scan(1, mark)) if f.status is FindingStatus.FINDING]
    assert findings and all(f.weight is not Weight.MODERATE for f in findings)


def test_a_born_digital_file_is_not_applicable() -> None:
    (answer,) = found(overlay, born())
    assert answer.status is FindingStatus.NOT_APPLICABLE


def test_words_under_a_black_box_and_white_words_are_hidden_and_weigh_nothing() -> None:
    def black(canvas: Canvas, number: int) -> None:
        canvas.setFillGray(0)
        canvas.rect(70, 672, 260, 18, stroke=0, fill=1)
        canvas.setFillGray(1)
        canvas.drawString(300, 500, "colour of paper")

    (finding,) = found(hidden, born(1, black))
    assert finding.weight is Weight.NEUTRAL
    assert "Item 2" in finding.observation and "colour of paper" in finding.observation


def test_a_hatched_cover_and_a_cover_that_ends_inside_a_word_hide_what_is_under_them() -> None:
    def covers(canvas: Canvas, number: int) -> None:
        canvas.setFillGray(0)
        canvas.rect(70, 672, 260, 18, stroke=0, fill=1)
        canvas.setStrokeGray(0.4)
        for x in range(60, 330, 6):
            canvas.line(x, 672, x + 18, 690)
        canvas.drawString(100, 500, "37450000 yuan")
        canvas.rect(100, 495, 27, 16, stroke=0, fill=1)

    (finding,) = found(hidden, born(1, covers))
    assert "Item 2" in finding.observation
    assert "3745”" in finding.observation and "yuan" not in finding.observation


def test_labels_on_redaction_boxes_are_told_from_names_under_them() -> None:
    def boxes(label: str, sizes: tuple[int, ...]) -> Callable[[Canvas, int], None]:
        def draw(canvas: Canvas, number: int) -> None:
            for place, size in enumerate(sizes):
                canvas.setFillGray(0)
                canvas.setFont("Helvetica", size)
                canvas.rect(100, 60 + 40 * place, 200, 24, stroke=0, fill=1)
                canvas.drawString(104, 66 + 40 * place, label)

        return draw

    for label, sizes in (("REDACTED", (12,)), ("(b)(7)(C)", (12,)), ("19 May 2017", (8, 12, 16))):
        (answer,) = found(hidden, born(1, boxes(label, sizes)))
        assert answer.status is FindingStatus.NO_FINDING
        assert label.split()[-1] in answer.observation
    (finding,) = found(hidden, born(1, boxes("Petrova", (12, 12, 12))))
    assert "under a dark field" in finding.observation and "Petrova" in finding.observation


def test_broken_bytes_are_not_examined() -> None:
    junk = b"%PDF-1.7\n" + b"garbage " * 50
    for part in (revdiff, overlay, hidden):
        (answer,) = list(part.examine(reading(born(1)), junk))
        assert answer.status is FindingStatus.NOT_EXAMINED


CORPUS = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.mark.corpus
def test_a_redaction_that_hides_nothing_is_told_from_the_innocent() -> None:
    folder = CORPUS / "bad-redactions"
    if not folder.is_dir():
        pytest.skip(f"no measuring corpus at {folder.name}")
    for path in sorted(folder.rglob("*.pdf")):
        data = path.read_bytes()
        fired = any("under a dark field" in f.observation for f in hidden.examine(reading(data), data)
                    if isinstance(f, Finding) and f.status is FindingStatus.FINDING)  # fmt: skip
        assert fired == (path.stem.startswith("bad_") or "_yes" in path.stem), path.name
