"""Pages as an office scanner gives them: images of pages, turned, blurred, noisy, unevenly lit, stamped and signed.

Limits: no creases, no coffee, no show-through of the back; what falls on the glass is a flat sheet. Stamps and
signatures are drawn from the random source and belong to nobody. The same bytes, random source and library versions
give the same scan. The true text stays that of the PDF that was scanned.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from assay.specimen.alter.pdffile import SPECIMEN, Entry, stream, text_string, whole_file
from assay.specimen.alter.result import Rectangle

if TYPE_CHECKING:
    from assay.specimen.glass import Glass, Image

DEVICES = ("Halden SX-410", "Orvika DocuFeed 7", "Tarnsee MFP 2300c", "Lumenko ScanPoint 55", "Beihai-Optik A3 Flow")
"""Scanners that do not exist."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned PDF, and for each page the homography (3 x 3, row by row) from page fractions to page fractions."""

    pdf: bytes
    placements: tuple[tuple[float, ...], ...]

    def moved(self, page: int, box: Rectangle) -> Rectangle:
        """Return where the upright hull of `box` of the sheet's page `page` (from 1) lies in the scan."""
        h = self.placements[page - 1]
        xs, ys = [], []
        for x, y in ((box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3])):
            w = h[6] * x + h[7] * y + h[8]
            xs.append((h[0] * x + h[1] * y + h[2]) / w)
            ys.append((h[3] * x + h[4] * y + h[5]) / w)
        return (round(min(xs), 5), round(min(ys), 5), round(max(xs), 5), round(max(ys), 5))


def scan(
    pdf: bytes,
    rng: random.Random,
    *,
    dpi: int,
    severity: float,
    stamp: bool | str = False,
    colour: bool = False,
    when: datetime | None = None,
) -> Scan:
    """Scan every page of `pdf` at `dpi`.

    `severity` runs from 0 (a clean new machine) to 1 (a bad copy that is still legible). `stamp` puts a seal and
    signatures over the end of the last page, and seldom a seal on others; a string is what the seal says. Grey
    scans are sometimes bilevel (CCITT group 4), as office machines do. `when` goes into the creation date.
    """
    import pypdfium2

    from assay.specimen.glass import laid
    from assay.specimen.ink import seal

    glass = _glass(rng, dpi, severity, colour)
    entries: list[Entry] = []
    placements: list[tuple[float, ...]] = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        count = len(document)
        for number in range(count):
            own = random.Random(rng.getrandbits(64))
            page = document[number]
            image = _render(page, glass)
            if stamp and (number == count - 1 or own.random() < 0.12):
                seal(image, own, stamp if isinstance(stamp, str) else "", sign=number == count - 1)
            image, placement = laid(image, own, glass)
            placements.append(placement)
            entries.extend(_page_entries(image, glass, number, page.get_size()))
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
    whole = whole_file([catalogue, tree, *entries, Entry(info, fields.encode("latin-1"))], 1, info)
    return Scan(whole, tuple(placements))


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
    import pypdfium2

    from assay.specimen.glass import laid
    from assay.specimen.ink import seal

    if form not in ("jpeg", "png"):
        message = f"no image form {form!r}: jpeg or png"
        raise ValueError(message)
    glass = _glass(rng, dpi, severity, colour)
    own = random.Random(rng.getrandbits(64))
    document = pypdfium2.PdfDocument(pdf)
    try:
        image = _render(document[page - 1], glass)
    finally:
        document.close()
    if stamp:
        seal(image, own, stamp if isinstance(stamp, str) else "", sign=True)
    image, _ = laid(image, own, glass)
    if form == "png":
        return _png(image, glass)
    return jpeg(image, glass.quality, dpi, comment=f"{SPECIMEN}; {glass.device}")


def _glass(rng: random.Random, dpi: int, severity: float, colour: bool) -> Glass:
    from assay.specimen.glass import Glass

    if not 0 <= severity <= 1:
        message = f"severity {severity} is not between 0 and 1"
        raise ValueError(message)
    return Glass(
        dpi=dpi,
        severity=severity,
        colour=colour,
        bilevel=not colour and rng.random() < 0.15,
        quality=int(rng.uniform(82, 90) - severity * rng.uniform(18, 38)),
        device=rng.choice(DEVICES),
        firmware=f"{rng.randint(1, 6)}.{rng.randint(0, 40):02d}",
        streak=rng.random(),
    )


def _render(page: Any, glass: Glass) -> Image:
    """Return the page as it looks, grey or in OpenCV's order of colours, as an array of its own."""
    import numpy as np

    bitmap = page.render(scale=glass.dpi / 72, grayscale=not glass.colour)
    array = bitmap.to_numpy()
    if array.ndim == 3:
        array = array[:, :, :3] if array.shape[2] >= 3 else array[:, :, 0]
    image = np.array(array, dtype=np.uint8, order="C", copy=True)
    bitmap.close()
    return image


def jpeg(image: Image, quality: int, dpi: int, *, comment: str = "") -> bytes:
    """Return `image` as baseline JPEG with its resolution and, if given, a comment segment."""
    import cv2

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


def _png(image: Image, glass: Glass) -> bytes:
    import numpy as np
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
    """Return a bilevel image as CCITT group 4 data in one strip.

    Pillow hands set bits to the encoder as black: the picture is turned over first, so that ink is black in the data.
    """
    from PIL import Image as Pictures
    from PIL import TiffImagePlugin

    out = BytesIO()
    fields = TiffImagePlugin.ImageFileDirectory_v2()
    fields[278] = image.shape[0]
    Pictures.fromarray(255 - image).convert("1").save(out, "TIFF", compression="group4", tiffinfo=fields)
    out.seek(0)
    with Pictures.open(out) as tiff:
        tags = tiff.tag_v2  # type: ignore[attr-defined]
        (offset,), (length,) = tags[273], tags[279]
    return out.getvalue()[offset : offset + length]


def _page_entries(image: Image, glass: Glass, index: int, size: tuple[float, float]) -> list[Entry]:
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
