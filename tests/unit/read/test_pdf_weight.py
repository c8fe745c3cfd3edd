"""Pages that make their reader do too much are named before they are loaded."""

from __future__ import annotations

import zlib

import hostile_pdf
import pikepdf
import pytest
from hostile_made import CATALOG, FONT, page, pdf, shows, stream

from assay.read import pdf_weight
from assay.read.pdf_weight import heavy, too_heavy
from assay.read.render import render
from assay.work.part import ReadRefused


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (hostile_pdf.forms_that_double, "forms as often as they are drawn"),
        (hostile_pdf.nested_flate, "unpacks to more than 32 MiB"),
        (hostile_pdf.letters_without_end, "bytes of text"),
    ],
)
def test_only_the_heavy_page_is_named_and_it_is_never_drawn(made, words: str) -> None:
    data = made()
    found = too_heavy(data)
    assert list(found) == [1]
    assert words in found[1]
    assert heavy(data, (), 2) == ""
    with pytest.raises(ReadRefused, match="was not loaded"):
        render(data, "application/pdf", 1, 72)
    assert render(data, "application/pdf", 2, 72).startswith(b"\x89PNG")


def drawing(content: bytes, *more: bytes, resources: bytes = b"<</Font<</F 4 0 R>>>>") -> bytes:
    kids = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    packed = stream(zlib.compress(content, 9), b"/Filter/FlateDecode")
    return pdf([CATALOG, kids, page(b"5 0 R", resources), FONT, packed, *more])


def test_a_detailed_map_is_not_too_heavy() -> None:
    lines = b"".join(b"%d %d m %d %d l S\n" % (n % 595, n % 842, n % 419, n % 297) for n in range(300_000))
    data = drawing(lines)
    assert pdf_weight._suspect(drawing(lines * 4 + shows()))
    assert too_heavy(data) == {}


def test_a_form_drawn_often_counts_as_often() -> None:
    form = stream(b"0 0 m 9 9 l S\n" * 4000, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    forms = b"<</XObject<</X 6 0 R>>>>"
    for times, expected in ((20, False), (2000, True)):
        data = drawing(b"/X Do\n" * times + b"%" + bytes(range(256)) * 200, form, resources=forms)
        named = too_heavy(data + b"\n%" + b"1 0 obj<</Subtype/Form>>stream\nendstream\n" * 6)
        assert bool(named) is expected


def test_forms_that_draw_themselves_end() -> None:
    loop = stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>")
    data = drawing(b"/X Do", *[loop] * 7, resources=b"<</XObject<</X 6 0 R>>>>")
    assert too_heavy(data) == {}


def test_a_bomb_in_a_file_that_cannot_be_followed_is_seen_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise pikepdf.PdfError("no trailer")

    too_heavy.cache_clear()
    monkeypatch.setattr(pikepdf, "open", refuse)
    assert "damaged file" in too_heavy(hostile_pdf.nested_flate(), (), 1, 2)[1]
    assert too_heavy(drawing(shows() * 2000, *[stream(b"", b"/Subtype/Form")] * 7)) == {}
    too_heavy.cache_clear()


def test_what_cannot_be_opened_is_left_to_the_limits_of_the_worker() -> None:
    assert too_heavy(b"%PDF-1.7\n" + b"1 0 obj<</Subtype/Form>>stream\nendstream\n" * 9) == {}
    assert too_heavy(b"") == {}
