"""Pages as an office scanner gives them: images of pages, turned, blurred, noisy, unevenly lit, stamped and signed.

Limits: no creases, no coffee, no show-through of the back; what falls on the glass is a flat sheet. Stamps and
signatures are drawn from the random source, in letters that OpenCV carries, and belong to nobody.
The same bytes, random source and library versions give the same scan. Text truth stays that of the PDF that was scanned.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from assay.specimen.alter.pdffile import SPECIMEN, Entry, stream, text_string, whole_file

Image = NDArray[np.uint8]

DEVICES = ("Halden SX-410", "Orvika DocuFeed 7", "Tarnsee MFP 2300c", "Lumenko ScanPoint 55", "Beihai-Optik A3 Flow")
"""Scanners that do not exist."""


@dataclass(frozen=True, slots=True)
class _Glass:
    """What one machine with one setting does to every page of a job."""

    dpi: int
    severity: float
    colour: bool
    bilevel: bool
    quality: int
    device: str
    firmware: str
    streak: float


def scan_pdf(
    pdf: bytes,
    rng: random.Random,
    *,
    dpi: int,
    severity: float,
    stamp: bool | str = False,
    colour: bool = False,
    when: datetime | None = None,
) -> bytes:
    """Return an image-only PDF of `pdf`, one scanned image a page.

    `severity` runs from 0 (a clean new machine) to 1 (a bad copy that is still legible). `stamp` puts a seal and
    signatures over the end of the last page, and seldom a seal on others; a string is what the seal says. Grey
    scans are sometimes bilevel (CCITT group 4), as office machines do. `when` goes into the creation date.
    """
    glass = _glass(rng, dpi, severity, colour)
    document = pypdfium2.PdfDocument(pdf)
    try:
        count = len(document)
        entries: list[Entry] = []
        for number in range(count):
            own = random.Random(rng.getrandbits(64))
            page = document[number]
            width, height = page.get_size()
            image = _render(page, glass)
            if stamp and (number == count - 1 or own.random() < 0.12):
                seal(image, own, stamp if isinstance(stamp, str) else "", sign=number == count - 1)
            image = degrade(image, own, glass)
            entries.extend(_page_entries(image, glass, number, (width, height)))
    finally:
        document.close()
    kids = " ".join(f"{3 + 3 * n} 0 R" for n in range(count))
    catalogue = Entry(1, b"<< /Type /Catalog /Pages 2 0 R >>")
    tree = Entry(2, f"<< /Type /Pages /Count {count} /Kids [{kids}] >>".encode())
    info = 3 + 3 * count
    date = f" /CreationDate {text_string(when.strftime('D:%Y%m%d%H%M%S'))}" if when else ""
    fields = (
        f"<< /Creator {text_string(glass.device)} /Producer {text_string(f'{glass.device} firmware {glass.firmware}')}"
        f" /Keywords {text_string(SPECIMEN)}{date} >>"
    )
    return whole_file([catalogue, tree, *entries, Entry(info, fields.encode("latin-1"))], 1, info)


def scan_image(
    pdf: bytes,
    rng: random.Random,
    *,
    dpi: int,
    severity: float,
    stamp: bool | str = False,
    colour: bool = False,
    page: int = 1,
    form: str = "jpeg",
) -> bytes:
    """Return page `page` (from 1) of `pdf` as a scanned JPEG or PNG (`form`), marked as a specimen inside."""
    glass = _glass(rng, dpi, severity, colour)
    own = random.Random(rng.getrandbits(64))
    document = pypdfium2.PdfDocument(pdf)
    try:
        image = _render(document[page - 1], glass)
    finally:
        document.close()
    if stamp:
        seal(image, own, stamp if isinstance(stamp, str) else "", sign=True)
    image = degrade(image, own, glass)
    if form == "png":
        return _png(image, glass)
    return jpeg(image, glass.quality, dpi, comment=f"{SPECIMEN}; {glass.device}")


def _glass(rng: random.Random, dpi: int, severity: float, colour: bool) -> _Glass:
    if not 0 <= severity <= 1:
        message = f"severity {severity} is not between 0 and 1"
        raise ValueError(message)
    return _Glass(
        dpi=dpi,
        severity=severity,
        colour=colour,
        bilevel=not colour and rng.random() < 0.15,
        quality=int(rng.uniform(86, 94) - severity * rng.uniform(20, 42)),
        device=rng.choice(DEVICES),
        firmware=f"{rng.randint(1, 6)}.{rng.randint(0, 40):02d}",
        streak=rng.random(),
    )


def _render(page: Any, glass: _Glass) -> Image:
    bitmap = page.render(scale=glass.dpi / 72, grayscale=not glass.colour)
    array = bitmap.to_numpy()
    if array.ndim == 3:
        array = array[:, :, :3] if array.shape[2] >= 3 else array[:, :, 0]
    image: Image = np.ascontiguousarray(array)
    bitmap.close()
    return image.copy()


def degrade(image: Image, rng: random.Random, glass: _Glass) -> Image:
    """Return `image` as the glass gives it back: turned, skewed, blurred, lit, noisy, with its tones shifted."""
    severity = glass.severity
    height, width = image.shape[:2]
    generator = np.random.Generator(np.random.PCG64(rng.getrandbits(64)))
    paper = 255 - int(severity * rng.uniform(2, 22))
    image = cv2.warpPerspective(
        image,
        _placement(rng, width, height, severity),
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255, 255, 255),
    )
    blur = (0.25 + severity * rng.uniform(0.35, 0.85)) * glass.dpi / 200
    image = cv2.GaussianBlur(image, (0, 0), blur)
    light = _light(generator, width, height, severity, glass.streak)
    ink = int(8 + severity * rng.uniform(10, 60))
    tone = np.clip(ink + np.arange(256) * (paper - ink) / 255, 0, 255).astype(np.uint8)
    image = cv2.LUT(image, tone)
    image = cv2.multiply(image, light if image.ndim == 2 else cv2.merge([light] * 3), scale=1 / 255)
    image = cv2.add(image, _noise(generator, rng, image.shape, 1.2 + severity * rng.uniform(3, 9)), dtype=cv2.CV_8U)
    _specks(image, rng, severity)
    if glass.bilevel:
        level = int(np.median(light) * 0.62)
        return np.where(image > level, np.uint8(255), np.uint8(0)).astype(np.uint8)
    return np.asarray(image, dtype=np.uint8)


def _placement(rng: random.Random, width: int, height: int, severity: float) -> NDArray[np.float64]:
    """Return the homography of a sheet laid askew: up to 1.5 degrees, slight shear and trapezium."""
    angle = math.radians(severity * rng.uniform(-1.5, 1.5))
    shear = math.radians(severity * rng.uniform(-0.3, 0.3))
    scale = 1 - severity * rng.uniform(0, 0.015)
    cx, cy = width / 2, height / 2
    corners = []
    for x, y in ((0, 0), (width, 0), (width, height), (0, height)):
        dx, dy = (x - cx) * scale, (y - cy) * scale
        dx += dy * math.tan(shear)
        px = cx + dx * math.cos(angle) - dy * math.sin(angle)
        py = cy + dx * math.sin(angle) + dy * math.cos(angle)
        jitter = severity * 0.003 * width
        corners.append((px + rng.uniform(-jitter, jitter), py + rng.uniform(-jitter, jitter)))
    before = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(before, np.array(corners, np.float32)), dtype=np.float64)


def _light(generator: np.random.Generator, width: int, height: int, severity: float, streak: float) -> Image:
    small = 255 - np.abs(generator.normal(0, 1, (5, 4))) * severity * 16
    field = cv2.resize(np.clip(small, 170, 255).astype(np.float32), (width // 8, height // 8), interpolation=2)
    if streak > 0.7:
        at = int(streak * 7919) % field.shape[1]
        field[:, at : at + 1] -= 14 * severity
    edge = max(1, width // 8 // 60)
    if streak < 0.35:
        field[:, :edge] -= np.linspace(70 * severity, 0, edge, dtype=np.float32)
    light = cv2.resize(np.clip(field, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(light, dtype=np.uint8)


def _noise(
    generator: np.random.Generator, rng: random.Random, shape: tuple[int, ...], strength: float
) -> NDArray[np.int16]:
    """Return grain: one drawn tile, laid out with another shift and mirror in each place so that no seam repeats."""
    side = 512
    tile = (generator.standard_normal((side, side), dtype=np.float32) * strength).round().astype(np.int16)
    rows, columns = -(-shape[0] // side), -(-shape[1] // side)
    strips = []
    for _ in range(rows):
        parts = []
        for _ in range(columns):
            moved = np.roll(tile, (rng.randrange(side), rng.randrange(side)), (0, 1))
            parts.append(moved[:: rng.choice((1, -1)), :: rng.choice((1, -1))])
        strips.append(np.hstack(parts))
    grain = np.vstack(strips)[: shape[0], : shape[1]]
    return np.ascontiguousarray(grain if len(shape) == 2 else np.repeat(grain[:, :, None], shape[2], axis=2))


def _specks(image: Image, rng: random.Random, severity: float) -> None:
    height, width = image.shape[:2]
    for _ in range(int(severity * rng.randint(5, 60))):
        at = (rng.randrange(width), rng.randrange(height))
        shade = rng.randint(60, 190)
        cv2.circle(image, at, rng.choice((0, 0, 1, 1, 2)), (shade,) * 3, -1)
    if rng.random() < 0.25:
        for y in (0.36, 0.64):
            centre = (int(width * rng.uniform(0.022, 0.026)), int(height * y))
            cv2.circle(image, centre, int(width * 0.013), (int(40 + 60 * rng.random()),) * 3, -1, cv2.LINE_AA)


SEAL_WORDS = ("ДЛЯ ДОКУМЕНТОВ", "合同专用章", "FOR CONTRACTS", "КАНЦЕЛЯРІЯ", "ОТДЕЛ КАДРОВ", "财务专用章")


def seal(image: Image, rng: random.Random, words: str, *, sign: bool) -> None:
    """Draw a seal over the end of the text, in place, and with `sign` one or two signatures beside it."""
    height, width = image.shape[:2]
    grey = image if image.ndim == 2 else image[:, :, 1]
    dark = np.flatnonzero((grey[: int(height * 0.93)] < 128).sum(axis=1) > width * 0.004)
    bottom = int(dark[-1]) if len(dark) else height // 2
    size = int(width * rng.uniform(0.17, 0.21))
    cx = int(width * rng.choice((0.3, 0.68)) + rng.uniform(-0.05, 0.05) * width)
    cy = int(np.clip(bottom - rng.uniform(-0.1, 0.5) * size, size * 0.6, height - size * 0.6))
    ink = (150, 60, 40) if image.ndim == 3 else (90, 90, 90)
    if image.ndim == 3 and rng.random() < 0.35:
        ink = (50, 40, 190)
    shape = round_seal if rng.random() < 0.7 else square_seal
    mark = shape(size, rng, words)
    _press(image, mark, (cx, cy), ink)
    if sign:
        pen = (140, 50, 30) if image.ndim == 3 else (60, 60, 60)
        for x in (0.24, 0.66):
            if rng.random() < 0.8:
                at = (int(width * (x + rng.uniform(-0.03, 0.06))), int(min(bottom, height * 0.9) - size * 0.1))
                _press(image, signature(int(width * rng.uniform(0.13, 0.2)), rng), at, pen)


def round_seal(size: int, rng: random.Random, words: str = "") -> Image:
    """Return a round seal as coverage (0 none, 255 full): two rings, words around, words across, worn in places."""
    mark = np.zeros((size, size), np.uint8)
    centre, radius = size // 2, int(size * 0.48)
    line = max(1, size // 90)
    for r in (radius, int(radius * 0.93), int(radius * 0.62)):
        cv2.circle(mark, (centre, centre), r, 255, line, cv2.LINE_AA)
    around = (words or rng.choice(SEAL_WORDS)).upper()
    around = (around + " * ") * max(1, round(34 / (len(around) + 3)))
    step = 2 * math.pi / len(around)
    height = int(size * min(0.105, 3.6 / len(around)))
    for i, letter in enumerate(around):
        if letter != " ":
            angle = i * step - math.pi / 2
            _letter(mark, letter, (centre, centre), radius * 0.775, angle, height)
    middle = rng.choice(SEAL_WORDS)
    _centred(mark, middle, centre, centre, int(radius * 1.1), int(size * 0.1))
    return _worn(mark, rng)


def square_seal(size: int, rng: random.Random, words: str = "") -> Image:
    """Return a square seal with up to three lines, as registries use for incoming mail."""
    mark = np.zeros((size, size), np.uint8)
    high = int(size * 0.55)
    top = (size - high) // 2
    line = max(1, size // 70)
    cv2.rectangle(mark, (line, top), (size - line - 1, top + high), 255, line, cv2.LINE_AA)
    rows = [words.upper() or rng.choice(SEAL_WORDS), f"№ {rng.randint(10, 9999)}", rng.choice(SEAL_WORDS)]
    for i, row in enumerate(rows):
        _centred(mark, row, size // 2, int(top + high * (i + 0.55) / 3.1), int(size * 0.88), int(size * 0.1))
    return _worn(mark, rng)


def _centred(mark: Image, words: str, x: int, y: int, width: int, height: int) -> None:
    face = cv2.FontFace("uni")
    box, _ = cv2.getTextSize((1, 1), words, (0, 0), face, height)[:2], None
    wide = max(1, box[0][2] if isinstance(box[0], tuple) else 1)
    scaled = max(6, min(height, int(height * width / wide)))
    rect = cv2.getTextSize((1, 1), words, (0, 0), face, scaled)
    cv2.putText(mark, words, (x - rect[2] // 2, y + scaled // 3), 255, face, scaled)


def _letter(mark: Image, letter: str, centre: tuple[int, int], radius: float, angle: float, height: int) -> None:
    side = height * 3
    tile = np.zeros((side, side), np.uint8)
    face = cv2.FontFace("uni")
    rect = cv2.getTextSize((1, 1), letter, (0, 0), face, height)
    cv2.putText(tile, letter, (side // 2 - rect[2] // 2, side // 2 + height // 3), 255, face, height)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), -math.degrees(angle) - 90, 1)
    tile = cv2.warpAffine(tile, turn, (side, side), flags=cv2.INTER_LINEAR)
    x = int(centre[0] + radius * math.cos(angle)) - side // 2
    y = int(centre[1] + radius * math.sin(angle)) - side // 2
    _paste(mark, np.asarray(tile, dtype=np.uint8), x, y)


def _paste(mark: Image, tile: Image, x: int, y: int) -> None:
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(mark.shape[1], x + tile.shape[1]), min(mark.shape[0], y + tile.shape[0])
    if x0 < x1 and y0 < y1:
        part = mark[y0:y1, x0:x1]
        np.maximum(part, tile[y0 - y : y1 - y, x0 - x : x1 - x], out=part)


def _worn(mark: Image, rng: random.Random) -> Image:
    """Return the seal turned a little, with ink missing in cloudy patches and in grain."""
    size = mark.shape[0]
    generator = np.random.Generator(np.random.PCG64(rng.getrandbits(64)))
    cloud = cv2.resize(
        generator.uniform(0.45, 1, (6, 6)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC
    )
    grain = generator.uniform(0.7, 1, (size, size)).astype(np.float32)
    worn = np.clip(mark * cloud * grain, 0, 255).astype(np.uint8)
    turn = cv2.getRotationMatrix2D((size / 2, size / 2), rng.uniform(-22, 22), 1)
    return np.asarray(cv2.warpAffine(worn, turn, (size, size), flags=cv2.INTER_LINEAR), dtype=np.uint8)


def signature(width: int, rng: random.Random) -> Image:
    """Return a stroke that looks like a signature and is nobody's, as coverage; its height is about half its width."""
    height = max(8, width // 2)
    mark = np.zeros((height, width), np.uint8)
    x, points = 0.06 * width, []
    loops = rng.randint(5, 9)
    for i in range(loops):
        rise = rng.uniform(0.1, 0.42) if i == 0 or rng.random() < 0.3 else rng.uniform(0.36, 0.5)
        points.append((x, height * rise))
        points.append((x + width * rng.uniform(-0.03, 0.05), height * rng.uniform(0.55, 0.9 if i % 3 else 0.7)))
        x += 0.82 * width / loops
    points.append((width * 0.96, height * rng.uniform(0.3, 0.6)))
    curve = _spline(np.array(points, np.float64))
    thick = max(1.0, width / 130)
    for i, (a, b) in enumerate(zip(curve, curve[1:], strict=False)):
        swell = thick * (1 + 0.5 * math.sin(i / 9))
        start, end = (int(a[0] * 8), int(a[1] * 8)), (int(b[0] * 8), int(b[1] * 8))
        cv2.line(mark, start, end, 255, max(1, round(swell)), cv2.LINE_AA, 3)
    return mark


def _spline(points: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Return a Catmull-Rom curve through `points`."""
    padded = np.vstack([points[:1], points, points[-1:]])
    curve: list[tuple[float, float]] = []
    for i in range(len(points) - 1):
        p0, p1, p2, p3 = padded[i : i + 4]
        for t in np.linspace(0, 1, 12, endpoint=False):
            p = 0.5 * (
                2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
            curve.append((float(p[0]), float(p[1])))
    return curve


def _press(image: Image, mark: Image, centre: tuple[int, int], ink: tuple[int, int, int]) -> None:
    """Put `mark` on the paper as ink that lets the print under it show through (multiplied, not painted)."""
    height, width = image.shape[:2]
    x, y = centre[0] - mark.shape[1] // 2, centre[1] - mark.shape[0] // 2
    x0, y0, x1, y1 = max(0, x), max(0, y), min(width, x + mark.shape[1]), min(height, y + mark.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    cover = mark[y0 - y : y1 - y, x0 - x : x1 - x].astype(np.float32) / 255
    part = image[y0:y1, x0:x1].astype(np.float32)
    if image.ndim == 2:
        part *= 1 - cover * (1 - ink[0] / 255)
    else:
        for channel in range(3):
            part[:, :, channel] *= 1 - cover * (1 - ink[channel] / 255)
    image[y0:y1, x0:x1] = part.astype(np.uint8)


def jpeg(image: Image, quality: int, dpi: int, *, comment: str = "") -> bytes:
    """Return `image` as baseline JPEG with its resolution and, if given, a comment segment."""
    done, buffer = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        message = "the JPEG encoder refused the page"
        raise ValueError(message)
    encoded = buffer.tobytes()
    density = b"\x01" + dpi.to_bytes(2, "big") * 2
    encoded = encoded[:13] + density + encoded[18:]
    words = comment.encode("utf-8")
    extra = b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words if words else b""
    return encoded[:20] + extra + encoded[20:]


def _png(image: Image, glass: _Glass) -> bytes:
    from PIL import Image as Pictures
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Keywords", SPECIMEN)
    notes.add_text("Source", glass.device)
    out = BytesIO()
    picture = Pictures.fromarray(image if image.ndim == 2 else np.ascontiguousarray(image[:, :, ::-1]))
    picture.save(out, "PNG", dpi=(glass.dpi, glass.dpi), pnginfo=notes, compress_level=4)
    return out.getvalue()


def _group4(image: Image) -> bytes:
    """Return a bilevel image as CCITT group 4 data (black is 0), in one strip."""
    from PIL import Image as Pictures
    from PIL import TiffImagePlugin

    out = BytesIO()
    fields = TiffImagePlugin.ImageFileDirectory_v2()
    fields[278] = image.shape[0]
    Pictures.fromarray(image).convert("1").save(out, "TIFF", compression="group4", tiffinfo=fields)
    out.seek(0)
    with Pictures.open(out) as tiff:
        tags = tiff.tag_v2  # type: ignore[attr-defined]
        (offset,), (length,) = tags[273], tags[279]
    return out.getvalue()[offset : offset + length]


def _page_entries(image: Image, glass: _Glass, index: int, size: tuple[float, float]) -> list[Entry]:
    number = 3 + 3 * index
    height, width = image.shape[:2]
    space = f"/Width {width} /Height {height} /Type /XObject /Subtype /Image"
    if glass.bilevel:
        parms = f"/DecodeParms << /K -1 /Columns {width} /Rows {height} /BlackIs1 false >>"
        fields = f"{space} /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode {parms}"
        picture = stream(fields, _group4(image))
    else:
        colours = "/DeviceRGB" if image.ndim == 3 else "/DeviceGray"
        fields = f"{space} /ColorSpace {colours} /BitsPerComponent 8 /Filter /DCTDecode"
        picture = stream(fields, jpeg(image, glass.quality, glass.dpi))
    paint = f"q {size[0]:.2f} 0 0 {size[1]:.2f} 0 0 cm /Im0 Do Q"
    page = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]:.2f} {size[1]:.2f}] /Contents {number + 1} 0 R"
        f" /Resources << /XObject << /Im0 {number + 2} 0 R >> >> >>"
    )
    return [Entry(number, page.encode()), Entry(number + 1, stream("", paint.encode())), Entry(number + 2, picture)]
