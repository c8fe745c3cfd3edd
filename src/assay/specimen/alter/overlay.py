"""What is laid over a scanned page: a patch with another number, and the innocent layers that look alike.

All of these rewrite the file, so that an earlier revision does not give them away. Limits: new words are ASCII unless
a font file is given; patches are upright even where the scan is turned, as they are in real ones.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2

from assay.specimen.alter.places import amounts, changed
from assay.specimen.alter.result import Altered, CannotAlter, Rectangle
from assay.specimen.alter.revised import points, saved

FACES = ("Helvetica", "Times-Roman", "Courier")
"""Fonts that each PDF program brings along (ISO 32000-1, 9.6.2.2)."""


def patch_scan(pdf: bytes, rng: random.Random, *, page: int, box: Rectangle, text: str, before: str = "") -> Altered:
    """Cover `box` of a scanned page with paper colour and set `text` there as visible page text.

    The patch is a filled path or a small image, its colour that of the paper around, or plain white.
    """
    if not text.isascii():
        message = "the patch is set in a font that has ASCII only"
        raise CannotAlter(message)
    with pikepdf.open(BytesIO(pdf)) as source:
        held = source.pages[page - 1]
        grown = _grown(box, 0.004, 0.0035)
        x0, y0, x1, y1 = points(held, grown)
        paper = 1.0 if rng.random() < 0.3 else _paper(pdf, page, grown)
        if rng.random() < 0.5:
            cover = f"{paper:.3f} g {x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re f"
        else:
            name = _paper_image(source, held, paper)
            cover = f"q {x1 - x0:.2f} 0 0 {y1 - y0:.2f} {x0:.2f} {y0:.2f} cm {name} Do Q"
        face = rng.choice(FACES[:2])
        size, wide = _fitted(text, face, points(held, box), room=x1 - x0)
        inner = points(held, box)
        start = inner[0] if rng.random() < 0.5 else max(x0, inner[2] - wide)
        named = font(source, held, face)
        grey, base = rng.uniform(0.05, 0.25), inner[1] + 0.12 * size
        words = f"BT {grey:.2f} g {named} {size:.2f} Tf {start:.2f} {base:.2f} Td ({_escaped(text)}) Tj ET"
        lay_over(source, held, f"q {cover} {words} Q")
        return Altered(saved(source), page, rounded(grown), before, text)


def stamp_bates(pdf: bytes, rng: random.Random, *, prefix: str = "", first: int = 0, where: str = "") -> Altered:
    """Stamp a running number on each page's margin, as a court or an archive does. Twin of `patch_scan`.

    `where` is one of the corners "bottom right", "bottom left", "top right"; one in four stampers puts a white
    plate under the number.
    """
    prefix = prefix or rng.choice(("HLD", "TRN-", "ORV ", "EX", "ARCH/"))
    first = first or rng.randint(1, 90000)
    where = where or rng.choice(("bottom right", "bottom left", "top right"))
    plate = rng.random() < 0.25
    face = rng.choice(FACES)
    with pikepdf.open(BytesIO(pdf)) as source:
        for number, held in enumerate(source.pages):
            words = f"{prefix}{first + number:07d}"
            left, bottom, right, top = (float(v) for v in held.mediabox)
            wide = _wide(words, face, 9)
            x = left + 28 if "left" in where else right - 28 - wide
            y = top - 22 if "top" in where else bottom + 14
            under = f"1 g {x - 2:.2f} {y - 3:.2f} {wide + 4:.2f} 13 re f " if plate else ""
            text = f"BT 0 g {font(source, held, face)} 9 Tf {x:.2f} {y:.2f} Td ({_escaped(words)}) Tj ET"
            lay_over(source, held, f"q {under}{text} Q")
        return Altered(saved(source), 0, None, "", f"{prefix}{first:07d}")


def ocr_layer(
    pdf: bytes,
    rng: random.Random,
    *,
    source: bytes,
    errors: float = 0.01,
    moved: Callable[[int, Rectangle], Rectangle] | None = None,
) -> Altered:
    """Put an invisible text layer (render mode 3) over a scan, as archives' programs do. Twin of `patch_scan`.

    `source` is the PDF that was scanned; its words and their places make the layer, with `errors` of the letters
    misread. `moved` is `Scan.moved`, so that the words lie where the scan shows them.
    """
    words = _words(source)
    with pikepdf.open(BytesIO(pdf)) as target:
        font = _invisible_font(target)
        for number, (held, page_words) in enumerate(zip(target.pages, words, strict=True), 1):
            lines = ["q BT 3 Tr"]
            for text, box in page_words:
                x0, y0, x1, y1 = points(held, moved(number, box) if moved else box)
                seen = "".join(_misread(c, rng) if rng.random() < errors else c for c in text)
                size = max(4.0, (y1 - y0) * 1.1)
                stretch = 100 * (x1 - x0) / (0.5 * size * max(1, len(seen)))
                codes = "".join(f"{ord(c) if ord(c) < 65536 else 0xFFFD:04X}" for c in seen)
                lines.append(f"/FOcr {size:.2f} Tf {stretch:.1f} Tz 1 0 0 1 {x0:.2f} {y0:.2f} Tm <{codes}> Tj")
            lines.append("ET Q")
            resource(held, "/Font")["/FOcr"] = font
            lay_over(target, held, "\n".join(lines))
        return Altered(saved(target, objects=rng.random() < 0.5))


def e_sign_stamp(
    pdf: bytes, rng: random.Random, *, signer: str, day: date, font: Path | None = None, page: int = 0
) -> Altered:
    """Stamp the visible mark of an electronic signature at the foot of a page (0: the last). Twin of `patch_scan`.

    An opaque framed box with text, as registries' programs print it. Russian words with `font`, English without.
    """
    from reportlab.lib.colors import Color, white
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    serial = f"{rng.getrandbits(96):024X}"
    until = day.replace(year=day.year + 1, day=min(day.day, 28))
    if font is not None:
        name = "esign"
        pdfmetrics.registerFont(TTFont(name, str(font)))
        rows = ["ДОКУМЕНТ ПОДПИСАН", "ЭЛЕКТРОННОЙ ПОДПИСЬЮ", f"Сертификат {serial}", f"Владелец {signer}"]
        rows.append(f"Действителен с {day:%d.%m.%Y} по {until:%d.%m.%Y}")
    else:
        name = "Helvetica"
        rows = ["SIGNED ELECTRONICALLY", "", f"Certificate {serial}", f"Signer {signer}", f"Valid {day} to {until}"]
    with pikepdf.open(BytesIO(pdf)) as source:
        number = page or len(source.pages)
        held = source.pages[number - 1]
        left, bottom, right, top = (float(v) for v in held.mediabox)
        x, y = (
            left + rng.choice((0.08, 0.32, 0.55)) * (right - left),
            bottom + rng.uniform(0.035, 0.06) * (top - bottom),
        )
        wide, high = 215.0, 62.0
        out = BytesIO()
        canvas = Canvas(out, pagesize=(right - left, top - bottom), invariant=1)
        blue = Color(0.1, 0.2, rng.uniform(0.5, 0.8))
        canvas.setFillColor(white)
        canvas.setStrokeColor(blue)
        canvas.roundRect(x - left, y - bottom, wide, high, 5, stroke=1, fill=1)
        canvas.setFillColor(blue)
        for i, row in enumerate(rows):
            canvas.setFont(name, 8 if i < 2 else 6.5)
            canvas.drawString(x - left + 8, y - bottom + high - 13 - i * 10.5, row)
        canvas.save()
        with pikepdf.open(BytesIO(out.getvalue())) as mark:
            form = source.copy_foreign(mark.pages[0].as_form_xobject())
        # A fixed name: pikepdf's own add_overlay draws a random one, and the same seed must give the same bytes.
        resource(held, "/XObject")["/ESign"] = form
        lay_over(source, held, "/ESign Do")
        box = _fractions(held, (x, y, x + wide, y + high))
        return Altered(saved(source), number, box, "", " ".join(r for r in rows if r))


def _words(pdf: bytes) -> list[list[tuple[str, Rectangle]]]:
    pages: list[list[tuple[str, Rectangle]]] = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        for held in document:
            reader = held.get_textpage()
            text = reader.get_text_range()
            width, height = held.get_size()
            words: list[tuple[str, Rectangle]] = []
            start = 0
            for i in range(len(text) + 1):
                if i < len(text) and not text[i].isspace():
                    continue
                if i > start:
                    boxes = [reader.get_charbox(k) for k in range(start, i)]
                    x0, y0 = min(b[0] for b in boxes), min(b[1] for b in boxes)
                    x1, y1 = max(b[2] for b in boxes), max(b[3] for b in boxes)
                    words.append((text[start:i], (x0 / width, 1 - y1 / height, x1 / width, 1 - y0 / height)))
                start = i + 1
            pages.append(words)
    finally:
        document.close()
    return pages


CONFUSED = {
    "0": "О",
    "о": "o",
    "1": "l",
    "б": "6",
    "з": "3",
    "3": "З",
    "l": "1",
    "и": "н",
    "п": "л",
    "e": "c",
    "日": "曰",
}
"""Letters that recognition takes for one another."""


def _misread(letter: str, rng: random.Random) -> str:
    return CONFUSED.get(letter, rng.choice(("", letter, letter, ".")))


def _invisible_font(target: pikepdf.Pdf) -> Any:
    ranges = "\n".join(f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>" for high in range(100))
    more = "\n".join(f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>" for high in (*range(100, 200),))
    rest = "\n".join(f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>" for high in range(200, 256))
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def /CMapName /Through def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"100 beginbfrange\n{ranges}\nendbfrange\n100 beginbfrange\n{more}\nendbfrange\n"
        f"56 beginbfrange\n{rest}\nendbfrange\nendcmap end end"
    )
    make = target.make_indirect
    described = make(
        pikepdf.Dictionary(
            Type=pikepdf.Name.FontDescriptor,
            FontName=pikepdf.Name.Unseen,
            Flags=4,
            FontBBox=[0, -200, 500, 900],
            ItalicAngle=0,
            Ascent=900,
            Descent=-200,
            CapHeight=700,
            StemV=80,
        )
    )
    below = make(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.CIDFontType2,
            BaseFont=pikepdf.Name.Unseen,
            CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
            FontDescriptor=described,
            DW=500,
        )
    )
    return make(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type0,
            BaseFont=pikepdf.Name.Unseen,
            Encoding=pikepdf.Name("/Identity-H"),
            DescendantFonts=[below],
            ToUnicode=target.make_stream(cmap.encode()),
        )
    )


def lay_over(source: pikepdf.Pdf, page: pikepdf.Page, content: str) -> None:
    """Paint `content` over all that the page holds, in the page's first coordinate system."""
    page.contents_add(source.make_stream(b"q"), prepend=True)
    page.contents_add(source.make_stream(b"Q\n" + content.encode("latin-1")))


def resource(page: pikepdf.Page, kind: str) -> Any:
    """Return the page's own resource dictionary of `kind`, made if there is none."""
    held = page.obj
    if "/Resources" not in held:
        held["/Resources"] = page.resources
    if kind not in held.Resources:
        held.Resources[kind] = pikepdf.Dictionary()
    return held.Resources[kind]


def font(source: pikepdf.Pdf, page: pikepdf.Page, face: str) -> str:
    """Return the name of one of `FACES` on the page, put there if need be."""
    fonts = resource(page, "/Font")
    name = f"/X{face.replace('-', '')}"
    if name not in fonts:
        fonts[name] = source.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name("/" + face),
                Encoding=pikepdf.Name.WinAnsiEncoding,
            )
        )
    return name


def _paper_image(source: pikepdf.Pdf, page: pikepdf.Page, paper: float) -> str:
    picture = source.make_stream(bytes([int(paper * 255)]) * 64)
    for key, value in (
        ("/Type", pikepdf.Name.XObject),
        ("/Subtype", pikepdf.Name.Image),
        ("/Width", 8),
        ("/Height", 8),
        ("/ColorSpace", pikepdf.Name.DeviceGray),
        ("/BitsPerComponent", 8),
    ):
        picture[key] = value
    images = resource(page, "/XObject")
    name = f"/Pt{len(images)}"
    images[name] = picture
    return name


def _paper(pdf: bytes, page: int, box: Rectangle) -> float:
    document = pypdfium2.PdfDocument(pdf)
    try:
        bitmap = document[page - 1].render(scale=1, grayscale=True)
        array = np.array(bitmap.to_numpy()).squeeze()
    finally:
        document.close()
    height, width = array.shape[:2]
    part = array[int(box[1] * height) : int(box[3] * height) + 1, int(box[0] * width) : int(box[2] * width) + 1]
    return float(np.percentile(part, 85)) / 255 if part.size else 1.0


def _wide(words: str, face: str, size: float) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(words, face, size))


def _fitted(text: str, face: str, inner: Rectangle, room: float) -> tuple[float, float]:
    """Return the size at which `text` is as wide as what it replaces, and its width; never higher than the line."""
    size = min((inner[3] - inner[1]) * 1.35, max(5.0, (inner[2] - inner[0]) / _wide(text, face, 1)))
    size = min(size, room / _wide(text, face, 1))
    return size, _wide(text, face, size)


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _grown(box: Rectangle, dx: float, dy: float) -> Rectangle:
    return (max(0.0, box[0] - dx), max(0.0, box[1] - dy), min(1.0, box[2] + dx), min(1.0, box[3] + dy))


def rounded(box: Rectangle) -> Rectangle:
    """Return `box` to five digits."""
    return (round(box[0], 5), round(box[1], 5), round(box[2], 5), round(box[3], 5))


def _fractions(page: pikepdf.Page, rect: Rectangle) -> Rectangle:
    left, bottom, right, top = (float(v) for v in page.mediabox)
    width, height = right - left, top - bottom
    x0, y0, x1, y1 = rect
    return rounded(((x0 - left) / width, (top - y1) / height, (x1 - left) / width, (top - y0) / height))


def amount_to_patch(source: bytes, rng: random.Random, *, page: int = 0) -> tuple[int, Rectangle, str, str]:
    """Return page, box, the amount and another amount, chosen in the PDF `source` that was scanned."""
    choices = [p for p in amounts(source) if page in (0, p.page)]
    if not choices:
        message = "no amount to patch"
        raise CannotAlter(message)
    place = rng.choice(choices)
    plain = place.text.replace("\u00a0", " ").replace("\u202f", " ")
    return place.page, place.box, place.text, changed(plain, rng)
