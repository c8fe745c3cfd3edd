from __future__ import annotations

import hashlib
import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from assay.model import Exhibit, Page, PageState, Problem, Table
from assay.read.image import IMAGE
from assay.read.ocr import engines
from assay.read.ocr.again import level
from assay.read.ocr.colour import TAKEN_OUT, writing_of
from assay.read.ocr.engines import Token
from assay.read.ocr.languages import narrowed
from assay.read.ocr.prepare import cleared, ink_of, skew, straightened, strips_of
from assay.read.ocr.rules import rules_of, without
from assay.work.part import ReadRefused, ReadSettings

SANS = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
HAN = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
needs_fonts = pytest.mark.skipif(not (SANS.exists() and HAN.exists()), reason="DejaVu and WenQuanYi fonts are absent")
needs_tesseract = pytest.mark.skipif(
    len(engines.installed(("ru", "uk", "en"))) < 3, reason="Tesseract's ru, uk and en data are absent"
)
pytestmark = needs_fonts

RU = [
    "1. ПРЕДМЕТ ДОГОВОРА",
    "1.1. Поставщик обязуется изготовить и передать Покупателю",
    "оборудование связи в количестве и по ценам, указанным",
    "в Спецификации, а Покупатель обязуется принять его.",
    "1.2. Срок поставки: не позднее 15 марта 2024 года.",
]
ZH = [
    "第一条合同标的",
    "卖方应按照附件一所列的规格、数量和价格制造",
    "并向买方交付通信设备，型号为KD-21M的共计三十七台。",
]


def drawn(lines, font=SANS, size=28, step=46, wide=1240, high=700, left=120, top=100) -> np.ndarray:
    """A page at 150 dpi or so."""
    image = Image.new("L", (wide, high), 255)
    draw = ImageDraw.Draw(image)
    face = ImageFont.truetype(str(font), size)
    for k, line in enumerate(lines):
        draw.text((left, top + k * step), line, font=face, fill=0)
    return np.asarray(image).copy()


def turned(image: np.ndarray, angle: float) -> np.ndarray:
    high, wide = image.shape
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 1)
    return cv2.warpAffine(image, matrix, (wide, high), borderValue=255, flags=cv2.INTER_CUBIC)


def worn(image: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(7).normal(0, 8, image.shape)
    soft = cv2.GaussianBlur(image, (0, 0), 0.7) * 0.85 + 25 + noise
    grey = np.clip(soft, 0, 255).astype(np.uint8)
    return cv2.imdecode(cv2.imencode(".jpg", grey, [1, 60])[1], 0)


def saved(image: np.ndarray, kind="PNG", **options) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, kind, dpi=(150, 150), **options)
    return out.getvalue()


def read(data: bytes, media_type="image/png", settings=None):
    settings = settings or ReadSettings()
    shown = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), media_type, "test", "1")
    number = IMAGE.count(data, shown, settings)
    return list(IMAGE.read(data, shown, settings, 1, number))


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("angle", [-6.0, -1.3, 0.0, 0.7, 4.2])
def test_skew_is_found_and_undone(angle):
    page = worn(turned(drawn(RU * 2, high=900), angle))
    ink = ink_of(page)
    sideways, found = skew(ink)
    assert not sideways and abs(found + angle) <= 0.25
    straight = straightened(page, ink, found)
    assert abs(skew(straight.ink)[1]) <= 0.2


def test_lines_that_run_upwards_are_seen():
    page = np.rot90(drawn(RU * 2, high=900)).copy()
    assert skew(ink_of(page))[0]
    assert not skew(ink_of(drawn(RU * 2, high=900)))[0]


def test_han_crosses_more_strokes_than_letters():
    letters = strips_of(ink_of(worn(drawn(RU))), 150)
    signs = strips_of(ink_of(worn(drawn(ZH, HAN))), 150)
    assert max(s.strokes for s in letters) < min(s.strokes for s in signs if s.x1 - s.x0 > 150)


def test_rules_are_found_and_taken_out_and_letters_stay():
    page = drawn(RU)
    clean = ink_of(page)
    for y in (80, 320):
        cv2.line(page, (90, y), (1150, y), 0, 3)
    for x in (90, 1150):
        cv2.line(page, (x, 80), (x, 320), 0, 2)
    ink = ink_of(worn(page))
    rules, mask = rules_of(ink, 150)
    assert sum(r.level for r in rules) == 2 and sum(not r.level for r in rules) == 2
    _, rest = without(page, ink, mask)
    inner = (slice(95, 310), slice(110, 1100))
    assert (rest[inner] > 0).sum() > 0.9 * (clean[inner] > 0).sum()
    assert not rules_of(clean, 150)[0], "the feet of letters are no rules"


@needs_tesseract
@pytest.mark.parametrize(("quarters", "rotation"), [(0, 0), (1, 90), (2, 180), (3, 270)])
def test_a_page_is_read_whichever_way_it_lies(quarters, rotation):
    # np.rot90 turns counter-clockwise, so the reader has to turn clockwise by as much.
    page = next(r for r in read(saved(np.rot90(worn(drawn(RU)), quarters).copy())) if isinstance(r, Page))
    assert page.rotation == rotation
    assert squeezed(page.text) == squeezed("".join(RU))
    assert (page.width > page.height) is True
    assert page.language == "ru" and page.how == "ocr" and page.confidence > 85


@needs_tesseract
def test_a_list_of_like_words_is_not_taken_for_lines_that_run_upwards():
    page = next(r for r in read(saved(drawn(["Четвертая страница"] * 10, high=1700))) if isinstance(r, Page))
    assert page.rotation == 0 and page.text.count("страница") == 10


@needs_tesseract
def test_boxes_lie_on_the_words_of_a_skewed_page():
    image = turned(drawn(RU), 3.0)
    page = next(r for r in read(saved(image)) if isinstance(r, Page))
    assert squeezed(page.text) == squeezed("".join(RU))
    high, wide = image.shape
    for i in range(len(page.words)):
        box = page.words.box(i)
        part = image[int(box.y0 * high) : int(box.y1 * high) + 1, int(box.x0 * wide) : int(box.x1 * wide) + 1]
        assert (part < 128).any(), page.text[page.words.start[i] : page.words.end[i]]


@needs_tesseract
def test_white_on_black_is_read_as_its_negative():
    page = next(r for r in read(saved(255 - drawn(RU))) if isinstance(r, Page))
    assert squeezed(page.text) == squeezed("".join(RU)) and any("negative" in n for n in page.notes)


@needs_tesseract
def test_english_among_russian_is_not_written_in_look_alikes():
    lines = ["Contract No. 341-18", *RU, "Part No. and price per unit"]
    page = next(r for r in read(saved(worn(drawn(lines)))) if isinstance(r, Page))
    assert "Contract No." in page.text and "Part No. and price per unit" in page.text


@needs_tesseract
def test_cells_of_a_scanned_table_hold_their_words():
    rows = [
        ("№", "Наименование", "Кол."),
        ("1", "Радиостанция", "12"),
        ("2", "Аккумулятор", "7"),
        ("3", "Кабель", "150"),
    ]
    image = drawn([], high=600)
    picture = Image.fromarray(image)
    draw = ImageDraw.Draw(picture)
    face = ImageFont.truetype(str(SANS), 26)
    xs, top, step = (120, 220, 700, 860), 100, 60
    for k in range(len(rows) + 1):
        draw.line((xs[0], top + k * step, xs[-1], top + k * step), fill=0, width=2)
    for x in xs:
        draw.line((x, top, x, top + len(rows) * step), fill=0, width=2)
    for k, row in enumerate(rows):
        for x, text in zip(xs, row, strict=False):
            draw.text((x + 20, top + k * step + 14), text, font=face, fill=0)
    for angle in (0.0, 1.5):
        records = read(saved(worn(turned(np.asarray(picture), angle))))
        page = next(r for r in records if isinstance(r, Page))
        (table,) = [r for r in records if isinstance(r, Table)]
        grid = [[c.text for c in row if c] for row in table.grid()]
        assert [row[1:] for row in grid[1:]] == [list(r[1:]) for r in rows[1:]]
        assert [row[0] for row in grid[1:]] == ["1", "2", "3"] and table.header_rows == 1
        assert all(page.text[c.start : c.end] == c.text for c in table.cells)


@needs_tesseract
def test_han_and_cyrillic_on_one_page_go_to_the_engine_for_each():
    page = drawn(RU[:2], high=900)
    page[300:700] = drawn(ZH, HAN, high=400, top=40)
    read_page = next(r for r in read(saved(page)) if isinstance(r, Page))
    text = squeezed(read_page.text)
    assert squeezed("".join(RU[:2])) in text
    assert "卖方应按照附件一所列的规格、数量和价格制造并向买方交付通信设备" in text and "KD-21M" in text
    assert {p.language for p in read_page.paragraphs} == {"ru", "zh"}
    assert "PP-OCR" in read_page.engine and "tesseract" in read_page.engine


def test_a_blank_page_is_empty_and_quick():
    (page,) = read(saved(np.full((1000, 800), 250, np.uint8)))
    assert (page.state, page.how, page.text, page.confidence) == (PageState.READ, "empty", "", None)


@needs_tesseract
def test_a_tiff_of_many_pages_is_read_page_by_page():
    frames = [Image.fromarray(drawn([f"Page number {k} of the bundle"], high=300)) for k in (1, 2, 3)]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], dpi=(150, 150))
    pages = [r for r in read(out.getvalue(), "image/tiff") if isinstance(r, Page)]
    assert [p.text for p in pages] == [f"Page number {k} of the bundle" for k in (1, 2, 3)]


def test_what_is_no_image_is_refused():
    for data in (b"", b"not an image", saved(drawn(RU))[:60]):
        with pytest.raises(ReadRefused) as refused:
            records = read(data)
            problem = next(r for r in records if isinstance(r, Problem))
            raise ReadRefused(problem.category, problem.message)
        assert refused.value.category == "broken"


@pytest.fixture
def looked_up_anew():
    """Let the engines look for their language files again, before a test and after it."""
    for held in (engines.have, engines.tesseract):
        held.cache_clear()
    yield
    for held in (engines.have, engines.tesseract):
        held.cache_clear()


def test_missing_language_files_make_a_page_unread_and_name_the_package(monkeypatch, looked_up_anew):
    monkeypatch.setattr(engines, "data_folder", lambda: None)
    page, problem = read(saved(drawn(RU)))
    assert page.state is PageState.UNREAD and problem.category == "missing_program"
    assert "tesseract-ocr-rus" in problem.message and page.reason == problem.message


@needs_tesseract
def test_a_page_in_a_language_whose_files_are_missing_is_unread_and_names_them(monkeypatch, tmp_path, looked_up_anew):
    (tmp_path / "eng.traineddata").symlink_to(engines.data_folder() / "eng.traineddata")
    monkeypatch.setattr(engines, "data_folder", lambda: tmp_path)
    engines.tesseract.cache_clear()
    try:
        made = read(saved(worn(drawn(RU * 2, high=900))), settings=ReadSettings(languages=("ru", "uk", "en")))
        page = next(r for r in made if isinstance(r, Page))
        problem = next(r for r in made if isinstance(r, Problem))
        assert page.state is PageState.UNREAD and problem.category == "missing_program"
        assert "tesseract-ocr-rus" in page.reason
        english = [
            "The Supplier shall deliver the equipment",
            "within thirty days of the signature",
            "of this contract.",
        ]
        made = read(saved(worn(drawn(english * 3, high=900))), settings=ReadSettings(languages=("ru", "uk", "en")))
        page = next(r for r in made if isinstance(r, Page))
        assert page.state is PageState.READ and "Supplier" in page.text
    finally:
        engines.tesseract.cache_clear()


@needs_tesseract
def test_a_page_in_a_script_that_nobody_expects_says_so():
    made = read(saved(worn(drawn(RU * 2, high=900))), settings=ReadSettings(languages=("en",)))
    page = next(r for r in made if isinstance(r, Page))
    assert any("another script" in note for note in page.notes)
    made = read(saved(worn(drawn(RU * 2, high=900))), settings=ReadSettings(languages=("ru", "en")))
    assert not any("another script" in n for n in next(r for r in made if isinstance(r, Page)).notes)


MIX = "rus+ukr+eng"
LINES = {
    "rus+eng": ["Поставщик обязуется передать Покупателю", "оборудование связи в срок до марта"] * 3,
    MIX: ["Постачальник зобов'язується передати", "Покупцеві обладнання зв'язку в строк"] * 3,
    "eng": ["The Supplier shall manufacture and", "transfer to the Buyer the equipment of"] * 3,
}


def coloured(lines, fill=(20, 20, 20), top=90):
    image = Image.new("RGB", (1240, 700), (252, 250, 244))
    face = ImageFont.truetype(str(SANS), 28)
    for k, line in enumerate(lines):
        ImageDraw.Draw(image).text((120, top + k * 48), line, font=face, fill=fill)
    return image


@needs_tesseract
@pytest.mark.parametrize("mix", LINES)
def test_a_page_is_read_in_the_languages_that_two_of_its_lines_are_in(mix):
    grey, ink = cleared(worn(drawn(LINES[mix])))
    assert narrowed(grey, strips_of(ink, 150), MIX, 150) == mix


@needs_tesseract
def test_a_ukrainian_passage_on_a_russian_page_is_read_as_ukrainian():
    lines = [*LINES["rus+eng"], LINES[MIX][0], *LINES["rus+eng"][:5]]
    page = next(r for r in read(saved(worn(drawn(lines, high=900)))) if isinstance(r, Page))
    assert squeezed(LINES[MIX][0]) in squeezed(page.text)


def test_shadow_and_grain_become_white_paper_and_letters_stay():
    page = drawn(LINES["eng"]).astype(np.float32)
    shade = np.linspace(255, 120, page.shape[1])[None, :]
    grey = np.clip(page / 255 * shade + np.random.default_rng(3).normal(0, 4, page.shape), 0, 255).astype(np.uint8)
    made, ink = cleared(grey)
    before = ink_of(drawn(LINES["eng"])) > 0
    assert (made[~before] > 245).mean() > 0.97
    assert (made[before] < 120).mean() > 0.8
    assert (ink[before] > 0).mean() > 0.9


def stacked(text, k, wide=36, high=14):
    return Token(text, 860, 400 + 60 * k, 860 + wide, 400 + 60 * k + high, 90, 7)


def test_a_column_read_as_one_turned_line_is_given_up_and_a_turned_word_is_not():
    column = [stacked("5", k) for k in range(4)]
    words = [Token("Поставщик", 100, 400, 260, 424, 95, 1), Token("обязуется", 270, 400, 400, 424, 95, 1)]
    turned = [Token(text, 50, 400 + 90 * k, 70, 480 + 90 * k, 90, 3) for k, text in enumerate(("Единица", "измерения"))]
    assert level([*words, *column, *turned]) == [*words, *turned]


@needs_tesseract
def test_writing_under_a_coloured_ring_and_strokes_is_read():
    ink = Image.new("RGB", (1240, 700), (255, 255, 255))
    pen = ImageDraw.Draw(ink)
    for reach in (150, 140, 95):
        pen.ellipse((420 - reach, 220 - reach, 420 + reach, 220 + reach), outline=(60, 70, 190), width=5)
    pen.line([(90 + 22 * k, 300 if k % 2 else 180) for k in range(9)], fill=(190, 50, 60), width=5, joint="curve")
    pixels = np.minimum(np.asarray(coloured(LINES["rus+eng"])), np.asarray(ink))
    assert len(writing_of(pixels, 150).cleared) == 2
    page = next(r for r in read(saved(pixels)) if isinstance(r, Page))
    assert squeezed(page.text) == squeezed("".join(LINES["rus+eng"]))
    assert TAKEN_OUT in page.notes


def test_writing_in_colour_and_the_rules_of_a_form_stay():
    black = coloured(LINES["eng"])
    face = ImageFont.truetype(str(SANS), 28)
    pen = ImageDraw.Draw(black)
    for k in range(4):
        pen.text((120, 400 + 48 * k), "A paragraph printed in blue ink", font=face, fill=(30, 50, 190))
    for y in (80, 135, 185, 235, 285, 335, 385):
        pen.line((100, y, 1140, y), fill=(30, 50, 190), width=3)
    for x in (100, 620, 1140):
        pen.line((x, 80, x, 385), fill=(30, 50, 190), width=3)
    pixels = np.asarray(black)
    made = writing_of(pixels, 150)
    assert made.cleared == ()
    assert (made.grey[400:600] < 150).sum() > 1000
