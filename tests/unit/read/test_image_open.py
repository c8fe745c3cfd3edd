"""Many-page TIFFs: each page found where it lies, loops and limits said."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from hostile_pictures import tiff_loop
from PIL import Image

from assay.model import Exhibit, Page, Problem
from assay.read import image_open
from assay.read.image import IMAGE
from assay.read.image_open import directories, frame, frames, pictured
from assay.work.part import ReadRefused, ReadSettings


def tiff(count: int, **more: object) -> bytes:
    pages = [Image.new("L", (20 + n, 12), 40 * n % 256) for n in range(count)]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], **more)
    return out.getvalue()


@pytest.mark.parametrize("more", [{}, {"compression": "tiff_lzw"}, {"big_tiff": True}])
def test_every_page_of_a_tiff_is_its_own(more: dict[str, object]) -> None:
    data = tiff(7, **more)
    assert frames(data) == (7, False)
    for number in range(1, 8):
        with pictured(data, number) as image:
            pixels, _ = frame(image)
        assert pixels.shape == (12, 19 + number)
        assert np.all(pixels == 40 * (number - 1) % 256)
    with pytest.raises(ReadRefused, match="no page 8"), pictured(data, 8):
        pass


def test_a_directory_that_leads_back_is_not_followed() -> None:
    assert len(directories(tiff_loop())) == 2
    assert directories(b"II*\0\xff\xff\xff\xff" + bytes(20)) == ()
    assert directories(b"") == ()
    assert frames(b"\x89PNG\r\n\x1a\n") == (1, False)


def test_what_is_beyond_the_limit_is_said_and_the_rest_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_open, "MOST_FRAMES", 3)
    directories.cache_clear()
    data = tiff(6)
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), "image/tiff", "test", "1")
    assert IMAGE.count(data, exhibit, ReadSettings()) == 3
    made = list(IMAGE.read(data, exhibit, ReadSettings(), 1, 3))
    assert [r.number for r in made if isinstance(r, Page)] == [1, 2, 3]
    assert [(r.category, r.message) for r in made if isinstance(r, Problem)] == [
        ("limit", "The image holds more than 3 pages; the first 3 were read.")
    ]
    directories.cache_clear()
