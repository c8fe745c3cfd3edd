"""Changes inside the picture itself: a number redrawn in the scan's pixels, and a signature used more than once."""

from __future__ import annotations

import random
from io import BytesIO
from typing import Any

import numpy as np
import pikepdf
from numpy.typing import NDArray

from assay.specimen.alter.overlay import lay_over, resource, rounded
from assay.specimen.alter.result import Altered, CannotAlter, Rectangle
from assay.specimen.alter.revised import points, saved


def patch_image(
    pdf: bytes, rng: random.Random, *, page: int, box: Rectangle, text: str, before: str = "", quality: int = 80
) -> Altered:
    """Redraw `box` of the scan with `text`, in the ink, paper and grain of its surroundings, and encode it again.

    After a second pass through a scanner this leaves nothing to find; here only recompression and the grain of a
    block may. It is planted to be honest about what cannot be seen.
    """
    from PIL import Image as Pictures

    with pikepdf.open(BytesIO(pdf)) as source:
        images = list(source.pages[page - 1].get_images().values())
        if len(images) != 1:
            message = "the page is not one scanned image"
            raise CannotAlter(message)
        held: Any = images[0]
        picture = pikepdf.PdfImage(held).as_pil_image()
        bilevel = picture.mode == "1"
        array = np.array(picture.convert("RGB" if picture.mode == "RGB" else "L"))
        redrawn = redraw(array, rng, box, text)
        if bilevel:
            import zlib

            bits = np.packbits(redrawn > 127, axis=1).tobytes()
            held.write(zlib.compress(bits), filter=pikepdf.Name.FlateDecode)
            if "/DecodeParms" in held:
                del held["/DecodeParms"]
        else:
            out = BytesIO()
            Pictures.fromarray(redrawn).save(out, "JPEG", quality=quality)
            held.write(out.getvalue(), filter=pikepdf.Name.DCTDecode)
        return Altered(saved(source), page, rounded(box), before, text)


def redraw(array: NDArray[np.uint8], rng: random.Random, box: Rectangle, text: str) -> NDArray[np.uint8]:
    """Return the picture with `text` in place of what `box` holds."""
    import cv2

    height, width = array.shape[:2]
    pad = max(1, int(0.0015 * height))
    x0, y0 = max(0, int(box[0] * width) - pad), max(0, int(box[1] * height) - pad)
    x1, y1 = min(width, int(box[2] * width) + pad + 1), min(height, int(box[3] * height) + pad + 1)
    part = array[y0:y1, x0:x1]
    paper = np.percentile(part, 80, axis=(0, 1))
    ink = np.percentile(part, 4, axis=(0, 1))
    face = cv2.FontFace("uni")
    letters = np.zeros(part.shape[:2], np.uint8)
    high = max(6, int((y1 - y0 - 2 * pad) * 1.25))
    while high > 6 and cv2.getTextSize((1, 1), text, (0, 0), face, high)[2] > x1 - x0 - pad:
        high -= 1
    base = (y1 - y0 + int(high * 0.72)) // 2
    cv2.putText(letters, text, (pad, base), 255, face, high, 500)
    cover = cv2.GaussianBlur(letters, (0, 0), 0.7).astype(np.float32) / 255
    if array.ndim == 3:
        cover = np.repeat(cover[:, :, None], array.shape[2], axis=2)
    generator = np.random.Generator(np.random.PCG64(rng.getrandbits(64)))
    grain = generator.normal(0, max(0.5, float(part[part >= np.median(part)].std())), part.shape)
    out = array.copy()
    out[y0:y1, x0:x1] = np.clip(paper * (1 - cover) + ink * cover + grain * 0.6, 0, 255).astype(np.uint8)
    return out


def facsimile(
    pdf: bytes, rng: random.Random, *, pages: tuple[int, ...], box: Rectangle = (0.55, 0.82, 0.75, 0.88)
) -> Altered:
    """Put the very same signature image on several pages: a facsimile, which is legal practice in many offices.

    Each place is shifted a little, as hands do; the pixels are the same. Innocent by itself.
    """
    from assay.specimen.ink import signature

    with pikepdf.open(BytesIO(pdf)) as source:
        stroke = signature(420, rng)
        ink = source.make_stream(bytes((35, 45, 130)) * stroke.size)
        mask = source.make_stream(stroke.tobytes())
        common: tuple[tuple[str, Any], ...] = (
            ("/Type", pikepdf.Name.XObject),
            ("/Subtype", pikepdf.Name.Image),
            ("/Width", stroke.shape[1]),
            ("/Height", stroke.shape[0]),
            ("/BitsPerComponent", 8),
        )
        for key, value in common:
            ink[key] = value
            mask[key] = value
        ink["/ColorSpace"] = pikepdf.Name.DeviceRGB
        mask["/ColorSpace"] = pikepdf.Name.DeviceGray
        ink["/SMask"] = mask
        for number in pages:
            held = source.pages[number - 1]
            dx, dy = rng.uniform(-0.03, 0.03), rng.uniform(-0.015, 0.015)
            x0, y0, x1, y1 = points(held, (box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy))
            resource(held, "/XObject")["/Facs"] = ink
            lay_over(source, held, f"q {x1 - x0:.2f} 0 0 {y1 - y0:.2f} {x0:.2f} {y0:.2f} cm /Facs Do Q")
        return Altered(saved(source), pages[0], box)
