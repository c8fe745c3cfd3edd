"""The real engines behind the real walls: what they print, open and fall over must cost no page."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from assay.case import Case, RunSettings
from assay.read.ocr import engines

ONE = RunSettings(jobs=1)


def picture(draw) -> bytes:
    image = Image.new("L", (1240, 1754), 255)
    draw(image)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def specks(image) -> None:
    """Marks over marks, of which the engine has something to say on its own channel."""
    rng = np.random.default_rng(3)
    pen = ImageDraw.Draw(image)
    for _ in range(900):
        x, y = rng.integers(60, 1180), rng.integers(60, 1690)
        pen.ellipse((x, y, x + 5, y + 5), fill=30)
    for row in range(12):
        pen.text((200, 300 + 90 * row), "i j ! i: ..; ё й ї  i j", fill=0, font_size=34)


@pytest.mark.slow
@pytest.mark.skipif(engines.data_folder() is None, reason="no language files for OCR")
def test_an_engine_that_has_something_to_say_does_not_end_over_it(tmp_path):
    (tmp_path / "trove").mkdir()
    (tmp_path / "trove" / "blank.png").write_bytes(picture(lambda image: None))
    (tmp_path / "trove" / "specks.png").write_bytes(picture(specks))
    with Case.open(tmp_path / "case") as case:
        case.run([tmp_path / "trove"], ONE, verbs=("receive", "read"))
        assert [p.message for p in case.problems() if p.category in ("crashed", "hung")] == []
        assert case.coverage().unread == 0
        assert case.coverage().present == 2


@pytest.mark.skipif("eng" not in engines.have(), reason="no English language file for OCR")
def test_the_engine_opens_no_file_to_complain_into():
    """Behind the walls the file would not open, and Tesseract writes into it unasked."""
    assert engines.tesseract("eng").GetVariableAsString("debug_file") == ""
