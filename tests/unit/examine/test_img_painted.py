"""Pictures and scans: painted, copied, put in, previewed and sealed; planted here with their innocent twins."""

from __future__ import annotations

import hashlib
import io
import struct
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from assay.examine.image import ela, exif, ghosts, painted, stamps, views
from assay.examine.image.lattice import compressed_twice, steps_of
from assay.examine.image.rasters import decoded, rasters
from assay.model import Exhibit, Finding, FindingStatus, MemoryTrove, Reading, Weight

HEIGHT, WIDTH = 1754, 1240
PATCH = (500, 600, 760, 680)


def sheet(
    seed: int, *, grain: float = 3.0, paper: int = 225, words: str = "Item 17 price 4,100 units delivered"
) -> Any:
    picture = np.full((HEIGHT, WIDTH), paper, np.uint8)
    for row in range(24):
        text = f"{row + seed}. {words[row % 7 :]} {seed * 37 + row * 91}"
        cv2.putText(picture, text, (120, 170 + 56 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 60, 2, cv2.LINE_AA)
    rng = np.random.default_rng(seed)
    return np.clip(picture.astype(np.float32) + rng.normal(0, grain, picture.shape), 0, 248).astype(np.uint8)


def jpeg(picture: Any, quality: int = 88) -> bytes:
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def again(picture: Any, quality: int) -> Any:
    return cv2.imdecode(np.frombuffer(jpeg(picture, quality), np.uint8), cv2.IMREAD_GRAYSCALE)


def paper(*pictures: bytes) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for picture in pictures:
        canvas.drawImage(ImageReader(io.BytesIO(picture)), 0, 0, 595.3, 841.9)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def ask(part: Any, data: bytes, kind: str = "image/jpeg") -> list[Finding]:
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), kind, "t", "1")
    return list(part.examine(Reading(exhibit, (), ()), data))


def fired(answers: list[Finding]) -> list[Finding]:
    found = [f for f in answers if f.status is FindingStatus.FINDING and f.weight is not Weight.NEUTRAL]
    assert all(f.weight is Weight.LIMITED for f in found)
    return found


def meets(finding: Finding, rectangle: tuple[int, int, int, int]) -> bool:
    x0, y0, x1, y1 = rectangle[0] / WIDTH, rectangle[1] / HEIGHT, rectangle[2] / WIDTH, rectangle[3] / HEIGHT
    boxes = [b for s in finding.spans for b in s.boxes]
    return any(b.x0 < x1 and x0 < b.x1 and b.y0 < y1 and y0 < b.y1 for b in boxes)


def patched(picture: Any) -> Any:
    x0, y0, x1, y1 = PATCH
    out = picture.copy()
    out[y0:y1, x0:x1] = 225
    cv2.putText(out, "9,900", (x0 + 30, y1 - 25), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 60, 2, cv2.LINE_AA)
    return out


@pytest.mark.parametrize("kind", ["image/jpeg", "application/pdf"])
def test_a_painted_field_has_no_grain(kind: str) -> None:
    clean, changed = jpeg(sheet(1), 92), jpeg(patched(sheet(1)), 92)
    if kind == "application/pdf":
        clean, changed = paper(clean), paper(changed)
    (found,) = fired(ask(painted.NOISE, changed, kind))
    assert meets(found, PATCH)
    assert not fired(ask(painted.NOISE, clean, kind))


def test_a_page_without_grain_cannot_be_judged() -> None:
    answers = ask(painted.NOISE, jpeg(patched(sheet(1, grain=0.0)), 92))
    assert [f.status for f in answers] == [FindingStatus.NOT_APPLICABLE]


def seal(size: int, seed: int, turn: float = 0.0) -> Any:
    mark = np.zeros((size, size), np.uint8)
    middle = (size // 2, size // 2)
    cv2.circle(mark, middle, size // 2 - 6, 255, 5, cv2.LINE_AA)
    cv2.circle(mark, middle, size // 3, 255, 2, cv2.LINE_AA)
    cv2.putText(mark, "SEAL 12", (size // 5, size // 2), cv2.FONT_HERSHEY_SIMPLEX, size / 260, 255, 2, cv2.LINE_AA)
    rng = np.random.default_rng(seed)
    worn = cv2.resize(rng.uniform(0.3, 1.0, (7, 7)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC)
    grain = rng.uniform(0.6, 1.0, (size, size)).astype(np.float32)
    turned = cv2.warpAffine(
        mark.astype(np.float32) / 255, cv2.getRotationMatrix2D((size / 2, size / 2), turn, 1.0), (size, size)
    )
    return np.clip(turned * worn * grain, 0, 1)


def sealed(picture: Any, mark: Any, x: int, y: int) -> Any:
    out = picture.astype(np.float32)
    size = mark.shape[0]
    out[y : y + size, x : x + size] *= 1 - 0.65 * mark
    return np.clip(out, 0, 255).astype(np.uint8)


def test_a_seal_copied_within_a_picture() -> None:
    once = sealed(sheet(2), seal(240, 5), 150, 1300)
    twice = once.copy()
    twice[203:443, 800:1040] = once[1300:1540, 150:390]
    (found,) = fired(ask(painted.COPYMOVE, jpeg(twice, 90)))
    assert meets(found, (800, 203, 1040, 443))
    assert meets(found, (150, 1300, 390, 1540))
    for innocent in (once, sealed(once, seal(240, 6, 11.0), 800, 203)):
        assert not fired(ask(painted.COPYMOVE, jpeg(innocent, 90)))


def test_a_region_put_in_between_two_compressions() -> None:
    first = sheet(3, grain=1.5, paper=215)
    coarse = again(first, 50)
    changed = coarse.copy()
    changed[560:900, 120:900] = sheet(4, grain=1.5, paper=215)[560:900, 120:900]
    (found,) = fired(ask(painted.DJPEG, jpeg(changed, 93)))
    assert meets(found, (120, 560, 900, 900))
    boxes = [b for s in found.spans for b in s.boxes]
    assert all(0.25 < (b.y0 + b.y1) / 2 < 0.57 for b in boxes)
    assert not fired(ask(painted.DJPEG, jpeg(coarse, 93)))
    assert not fired(ask(painted.DJPEG, jpeg(first, 93)))
    whole = compressed_twice(again(coarse, 93), jpeg(coarse, 93))
    plain = compressed_twice(again(first, 93), jpeg(first, 93))
    assert whole and whole.steps >= 3
    assert plain and plain.steps == 0


def clipped(seed: int) -> Any:
    """Writing on paper that the scanner clipped to white, as its glass blurs it."""
    soft = cv2.GaussianBlur(sheet(seed, grain=2.0, paper=235), (0, 0), 0.8).astype(np.float32)
    return np.clip(soft * 1.09, 0, 255).astype(np.uint8)


def test_writing_put_in_between_two_compressions_of_clipped_white_paper() -> None:
    first = clipped(3)
    coarse = again(first, 60)
    changed = coarse.copy()
    changed[560:900, 120:900] = clipped(4)[560:900, 120:900]
    (found,) = fired(ask(painted.DJPEG, jpeg(changed, 92)))
    assert meets(found, (120, 560, 900, 900))
    boxes = [b for s in found.spans for b in s.boxes]
    assert all(0.25 < (b.y0 + b.y1) / 2 < 0.57 for b in boxes)
    for innocent in (jpeg(coarse, 92), jpeg(first, 92), jpeg(changed, 55)):
        assert not fired(ask(painted.DJPEG, innocent))


def test_the_common_encoders_tables_are_known() -> None:
    for quality in (30, 50, 75, 92):
        assert list(ghosts.table(quality)) == steps_of(jpeg(np.zeros((16, 16), np.uint8), quality))


def previewed(picture: Any, preview: Any) -> bytes:
    small = jpeg(cv2.resize(preview, (160, 226), interpolation=cv2.INTER_AREA), 75)
    when = b"2020:05:14 09:30:00\0"
    second = 8 + 2 + 12 + 4 + len(when)
    start = second + 2 + 24 + 4
    body = struct.pack("<H", 1) + struct.pack("<HHII", 0x0132, 2, len(when), 26) + struct.pack("<I", second) + when
    body += struct.pack("<H", 2) + struct.pack("<HHII", 0x0201, 4, 1, start)
    body += struct.pack("<HHII", 0x0202, 4, 1, len(small)) + struct.pack("<I", 0) + small
    block = b"Exif\0\0" + b"II*\0" + struct.pack("<I", 8) + body
    data = jpeg(picture, 90)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:]


def test_a_preview_from_before_the_change() -> None:
    before = sheet(5)
    after = before.copy()
    after[600:900, 100:1100] = 225
    (found,) = fired(ask(exif, previewed(after, before)))
    assert meets(found, (100, 600, 1100, 900))
    assert not fired(ask(exif, previewed(before, before)))
    lighter = np.clip(before.astype(np.float32) * 0.9 + 20, 0, 255).astype(np.uint8)
    assert not fired(ask(exif, previewed(lighter, before)))
    assert ask(exif, jpeg(before))[0].status is FindingStatus.NOT_APPLICABLE


def trove(*files: bytes) -> list[Finding]:
    digests = [hashlib.sha256(f).hexdigest() for f in files]
    blobs = dict(zip(digests, files, strict=True))
    exhibits: list[Any] = [Exhibit(d, "", len(f), "application/pdf", "t", "1") for d, f in blobs.items()]
    found = stamps.examine(MemoryTrove(exhibits, blobs))
    return fired([f for f in found if isinstance(f, Finding)])


def test_one_impression_on_several_papers() -> None:
    places = [(640, 1460), (700, 1490), (600, 1440)]
    same = [paper(jpeg(sealed(sheet(10 + n), seal(250, 7), *at), 90)) for n, at in enumerate(places)]
    own = [paper(jpeg(sealed(sheet(20 + n), seal(250, 30 + n, 14.0 * n), *at), 90)) for n, at in enumerate(places)]
    printed = [paper(jpeg(sealed(sheet(40 + n), seal(250, 7), 640, 1460), 90)) for n in range(3)]
    assert len({f.exhibit for f in trove(*same)}) == 3
    assert all(s.boxes for f in trove(*same) for s in f.spans)
    assert not trove(*own)
    assert not trove(*printed)


def test_a_copy_that_was_turned_is_told_from_impressions_that_are_turned() -> None:
    places = [(640, 1500), (700, 1502), (600, 1498)]
    mark = seal(250, 7)

    def turned(degrees: float) -> Any:
        return cv2.warpAffine(mark, cv2.getRotationMatrix2D((125, 125), degrees, 1.0), (250, 250))

    copies = [paper(jpeg(sealed(sheet(10 + n), turned(47.0 * n), *at), 90)) for n, at in enumerate(places)]
    own = [paper(jpeg(sealed(sheet(20 + n), seal(250, 30 + n, 47.0 * n), *at), 90)) for n, at in enumerate(places)]
    assert len({f.exhibit for f in trove(*copies)}) >= 2
    assert not trove(*own)


def test_a_scan_is_taken_from_its_own_stream_and_turned_pages_keep_their_places() -> None:
    stored = jpeg(sheet(6))
    (raster,) = rasters("application/pdf", paper(stored))
    assert raster.jpeg == stored
    box = raster.box(0, 0, WIDTH / 2, HEIGHT / 4)
    assert [round(v, 2) for v in (box.x0, box.y0, box.x1, box.y1)] == [0.0, 0.0, 0.5, 0.25]


def test_ela_is_shown_and_weighs_nothing() -> None:
    data = paper(jpeg(sheet(7)))
    (answer,) = ask(ela, data, "application/pdf")
    assert answer.weight is Weight.NEUTRAL
    assert [v.name for v in views.VIEWS if views.view(v.name, "application/pdf", data, 1)] == ["ela", "grain"]
    assert views.view("ela", "application/pdf", data, 2) is None


def test_views_are_small_pictures_and_colours_stand_side_by_side() -> None:
    coloured = cv2.cvtColor(sheet(7), cv2.COLOR_GRAY2BGR)
    coloured[900:1000, 300:500] = (160, 40, 40)
    for each in views.VIEWS:
        made = views.view(each.name, "image/jpeg", jpeg(coloured), 1)
        assert made
        with Image.open(io.BytesIO(made)) as picture:
            assert picture.format == "PNG"
            assert max(picture.size) <= views.LONGEST
            assert (picture.width > picture.height) == (each.name == "channels")


BROKEN = [b"", b"\xff\xd8\xff\xe0", jpeg(sheet(8))[:4000], b"\xff\xd8\xff\xe1\xff\xffExif\0\0II*\0\xff"]


@pytest.mark.parametrize("part", [painted.NOISE, painted.DJPEG, painted.COPYMOVE, exif, ela])
@pytest.mark.parametrize("data", BROKEN)
def test_broken_pictures_are_answered(part: Any, data: bytes) -> None:
    assert not fired(ask(part, data))


def test_small_and_black_and_white_pictures_are_left_out() -> None:
    out = io.BytesIO()
    Image.new("1", (900, 900)).save(out, "PNG")
    assert decoded(out.getvalue()) is None
    assert decoded(jpeg(np.zeros((50, 900), np.uint8))) is None
