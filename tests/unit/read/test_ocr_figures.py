from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from assay.read.ocr import figures, signs
from assay.read.ocr.engines import Token, installed

SANS = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
needs_model = pytest.mark.skipif(not signs.ready(), reason="PP-OCR's model is not installed")
needs_font = pytest.mark.skipif(not SANS.exists(), reason="the DejaVu font is absent")
needs_russian = pytest.mark.skipif("ru" not in installed(("ru",)), reason="Tesseract's Russian data are absent")


def token(text, x0, x1, confidence=90, line=0, known=False, y0=0, y1=30):
    return Token(text, x0, y0, x1, y1, confidence, line, known=known)


def line(text, sure=99):
    n = len(text)
    return signs.Line(text, tuple((k + 0.5) / n for k in range(n)), (sure,) * n)


def texts(parts):
    return [t.text for part in parts for t in part]


def test_figures_and_designations_are_told_apart():
    assert all(map(figures.numeric, ("5", "932,00", "15.03.2024", "12/7", "-3")))
    assert not any(map(figures.numeric, ("А-5", "г.", "№", "-")))
    assert all(map(figures.designation, ("РК-14М", "KX-2023/045", "(Т-72Б3),", "2024-АБ-0117")))
    assert not any(map(figures.designation, ("15.03.2024", "Договор", "2го", "5-й", "KD")))


def test_figures_are_taken_from_the_second_reading_and_the_first_is_kept():
    mine = [token("882", 0, 60), token("952,00", 70, 160)]
    out = figures._figures(mine, line("882932,00"), (0, 0, 160, 30))
    assert texts(out) == ["882", "932,00"]
    assert out[1][0].other == "952,00" and out[0][0].other == ""


def test_points_stay_as_they_were_where_the_figures_are_as_many():
    assert texts(figures._figures([token("15.05.2024,", 0, 160)], line("15032024"), (0, 0, 160, 30))) == ["15.03.2024,"]


def test_letters_or_doubt_in_the_second_reading_change_no_number():
    mine = [token("5", 0, 20)]
    assert texts(figures._figures(mine, line("IIIT."), (0, 0, 20, 30))) == ["5"]
    assert texts(figures._figures(mine, line("3", 70), (0, 0, 20, 30))) == ["5"]


def test_a_lost_space_between_groups_is_seen_by_the_distance():
    mine = [token("5213", 0, 70), token("440,00", 80, 170)]
    said = "5213440,00"
    wide = signs.Line(said, tuple(p / 170 for p in (8, 32, 48, 64, 88, 104, 120, 136, 144, 160)), (99,) * 10)
    assert texts(figures._figures(mine, wide, (0, 0, 170, 30))) == ["5", "213", "440,00"]
    even = signs.Line(said, tuple(p / 170 for p in (8, 24, 40, 56, 88, 104, 120, 136, 144, 160)), (99,) * 10)
    assert texts(figures._figures(mine, even, (0, 0, 170, 30))) == ["5213", "440,00"]


@pytest.mark.parametrize(
    ("core", "confidence", "said", "sure", "expected"),
    [
        ("С-882", 91, "G-882", 100, "Latin"),
        ("РАФ-929", 90, "PAΦ-929", 100, "Cyrillic"),
        ("ЛРВ-143", 91, "几PB-143", 90, "Cyrillic"),
        ("РН-31", 92, "PH-31", 100, ""),
        ("УМ-262С2", 60, "YM-262C2", 95, "Cyrillic"),
    ],
)
def test_the_alphabet_is_told_by_letters_that_only_one_has(core, confidence, said, sure, expected):
    assert figures._alphabet(core, confidence, said, line(said, sure)) == expected


def test_a_cyrillic_designation_takes_figures_from_the_one_and_letters_from_the_other():
    assert figures._cyrillic_of("ДФ-401ФЗ", "AΦ-401Φ3", 84) == "ДФ-401Ф3"
    assert figures._cyrillic_of("ФК-2353", "ΦK-23B3", 60) == "ФК-23Б3"
    assert figures._cyrillic_of("YM-562C2", "YM-262C2", 80) == "УМ-262С2"


def test_what_looks_alike_to_an_engine_of_latin_letters():
    assert figures._likeness("шт.", "IIIT.") > 0.9 > 0.5 > figures._likeness("5", "IIIT.")


def drawn(words, size=30, wide=900, high=400):
    image = Image.new("L", (wide, high), 255)
    draw = ImageDraw.Draw(image)
    face = ImageFont.truetype(str(SANS), size)
    tokens = []
    for k, (text, said, confidence) in enumerate(words):
        x, y = 40, 30 + 60 * k
        draw.text((x, y), text, font=face, fill=0)
        box = draw.textbbox((x, y), text, font=face)
        tokens.append(Token(said, *map(float, box), confidence, k))
    return np.asarray(image).copy(), tokens


@needs_model
@needs_font
@needs_russian
def test_open_designations_follow_the_page_and_sure_figures_are_not_touched():
    words = [
        ("ФД-17Б", "ФД-17Б", 92),
        ("ЖЛ-204", "ЖЛ-204", 92),
        ("РН-31", "PH-51", 90),
        ("1 334,00", "1 334,00", 97),
        ("731", "751", 90),
        ("договор", "договор", 96),
    ]
    image, tokens = drawn(words)
    tokens[-1] = Token(
        *(getattr(tokens[-1], f) for f in ("text", "x0", "y0", "x1", "y1", "confidence", "line")), known=True
    )
    out = figures.checked(image, tokens, 200, "rus")
    assert [t.text for t in out] == ["ФД-17Б", "ЖЛ-204", "РН-31", "1 334,00", "731", "договор"]
    assert out[2].other == "PH-51" and out[4].other == "751" and out[3].other == ""
    assert figures.checked(image, tokens, 200, "rus") == out


def test_the_reading_that_was_not_taken_stands_beside_its_word_on_the_page():
    from assay.model import Page
    from assay.read.layout import Segment, Word
    from assay.read.layout_page import Seen, Source, records

    words = [Word("Цена", 50, 50, 90, 62, 95), Word("932,00", 100, 50, 150, 62, 97, other="952,00")]
    seen = Seen(595, 842, 0, "ocr", "test", [Segment.of(words)])
    page = next(r for r in records(Source("0" * 64, 1, "page", "test", "1"), seen) if isinstance(r, Page))
    assert [(page.text[o.start : o.end], o.text) for o in page.others] == [("932,00", "952,00")]
