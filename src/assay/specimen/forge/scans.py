"""Kinds of alteration of scans and pictures: patches, redrawn pixels, cloned regions, previews, repeated stamps."""

from __future__ import annotations

import random
import struct
from datetime import timedelta
from io import BytesIO
from typing import Any

import numpy as np
import pikepdf
from numpy.typing import NDArray

from assay.specimen import alter
from assay.specimen.alter.revised import saved
from assay.specimen.forge.bench import Bench, Paper
from assay.specimen.forge.kind import IMAGE, SCAN, Box, File, Kind, Made
from assay.specimen.scan import Scan

Image = NDArray[np.uint8]
Band = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels."""


def _place(bench: Bench, paper: Paper) -> tuple[int, Box, str, str]:
    places = [p for p in alter.amounts(paper.pdf) if any(mark in p.text[1:-1] for mark in ",. \u00a0\u202f")]
    if not places:
        message = "no amount of money"
        raise alter.CannotAlter(message)
    place = bench.rng.choice(places)
    plain = place.text.replace("\u00a0", " ").replace("\u202f", " ")
    return place.page, place.box, place.text, alter.changed(plain, bench.rng)


def _scan(bench: Bench, paper: Paper, severity: float | None = None) -> tuple[bytes, Scan]:
    file, made = bench.scanned(paper, severity=severity)
    assert isinstance(made, Scan)
    return file.data, made


def _patched(bench: Bench) -> Made:
    paper = bench.paper()
    data, made = _scan(bench, paper)
    page, box, before, text = _place(bench, paper)
    changed = alter.patch_scan(data, bench.rng, page=page, box=made.moved(page, box), text=text, before=before)
    return Made((paper.file(changed.data, medium=SCAN),), f"{before} -> {text}", page, changed.box)


def _stamped(bench: Bench) -> Made:
    paper = bench.paper()
    data, made = _scan(bench, paper)
    kind = bench.rng.choice(("bates", "layer", "mark"))
    pages = list(paper.pages)
    if kind == "bates":
        changed = alter.stamp_bates(data, bench.rng)
        first = changed.after
        pages = [f"{t}\n{first[:-7]}{int(first[-7:]) + i:07d}" for i, t in enumerate(pages)]
    elif kind == "layer":
        changed = alter.ocr_layer(data, bench.rng, source=paper.pdf, moved=made.moved)
    else:
        changed = alter.e_sign_stamp(data, bench.rng, signer=paper.author, day=paper.day)
        pages[changed.page - 1] += f"\n{changed.after}"
    return Made((paper.file(changed.data, medium=SCAN, pages=tuple(pages)),), kind)


def _redrawn(bench: Bench) -> Made:
    """Redraw an amount in the scan's own pixels and encode the picture again."""
    paper = bench.paper()
    data, made = _scan(bench, paper, 0.3)
    page, box, before, text = _place(bench, paper)
    changed = alter.patch_image(data, bench.rng, page=page, box=made.moved(page, box), text=text, before=before)
    return Made((paper.file(changed.data, medium=SCAN),), f"{before} -> {text}", page, changed.box)


def _smooth(bench: Bench) -> Made:
    """Paint over an amount with even paper colour in the pixels and set another one there, without grain."""
    paper = bench.paper()
    data, made = _scan(bench, paper, 0.5)
    page, box, before, text = _place(bench, paper)
    where = made.moved(page, box)

    def work(array: Image) -> Image:
        import cv2

        height, width = array.shape[:2]
        pad = max(3, height // 200)
        x0, y0 = max(0, int(where[0] * width) - 3 * pad), max(0, int(where[1] * height) - pad)
        x1, y1 = min(width, int(where[2] * width) + 3 * pad), min(height, int(where[3] * height) + pad)
        paper_colour = np.percentile(array[y0:y1, x0:x1], 85, axis=(0, 1))
        out = array.copy()
        out[y0:y1, x0:x1] = paper_colour
        high = max(8, int((y1 - y0 - 2 * pad) * 1.1))
        ink = 40 if array.ndim == 2 else (40, 40, 40)
        cv2.putText(out, text, (x0 + 3 * pad, y1 - pad - high // 8), ink, cv2.FontFace("uni"), high)
        return out

    return Made((paper.file(_pixels(data, page, work, 92), medium=SCAN),), f"{before} -> {text}", page, where)


def _clean_scan(bench: Bench) -> Made:
    paper = bench.paper()
    data, _ = _scan(bench, paper, 0.5)
    return Made((paper.file(data, medium=SCAN),), "a scan and no more")


def _rescanned(bench: Bench) -> Made:
    """Print an altered scan and scan it again: what was done to it is gone from the file."""
    paper = bench.paper()
    data, made = _scan(bench, paper, 0.1)
    page, box, before, text = _place(bench, paper)
    changed = alter.patch_image(data, bench.rng, page=page, box=made.moved(page, box), text=text, before=before)
    from assay.specimen.scan import scan

    again = scan(changed.data, bench.rng, dpi=200, severity=0.3, when=paper.at)
    return Made((paper.file(again.pdf, medium=SCAN),), f"{before} -> {text}, printed and scanned again", page)


def _pixels(pdf: bytes, page: int, work: Any, quality: int) -> bytes:
    """Return the scan with the picture of `page` worked over and encoded again as JPEG."""
    from PIL import Image as Pictures

    with pikepdf.open(BytesIO(pdf)) as source:
        images = list(source.pages[page - 1].get_images().values())
        if len(images) != 1:
            message = "the page is not one scanned image"
            raise alter.CannotAlter(message)
        held: Any = images[0]
        picture = pikepdf.PdfImage(held).as_pil_image()
        if picture.mode == "1":
            message = "the scan is black and white only"
            raise alter.CannotAlter(message)
        out = BytesIO()
        Pictures.fromarray(work(np.array(picture))).save(out, "JPEG", quality=quality)
        held.write(out.getvalue(), filter=pikepdf.Name.DCTDecode)
        return saved(source)


def _photo(bench: Bench, severity: float = 0.3) -> tuple[Paper, Image]:
    """Return a paper and its first page as a colour scan with a seal."""
    from assay.specimen.scan import scan_image

    paper = bench.paper()
    data = scan_image(paper.pdf, bench.rng, dpi=200, severity=severity, stamp=True, colour=True)
    return paper, _decoded(data)


def _decoded(data: bytes) -> Image:
    """Return a JPEG's pixels, in OpenCV's order of colours, to be worked over."""
    import cv2

    return np.array(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), dtype=np.uint8)


def _encoded(image: Image, quality: int) -> bytes:
    from assay.specimen.alter.pdffile import SPECIMEN
    from assay.specimen.scan import jpeg

    return jpeg(image, quality, 200, comment=SPECIMEN)


def _pictured(paper: Paper, data: bytes) -> File:
    return paper.file(data, name=f"{paper.sort}.jpg", medium=IMAGE, pages=paper.pages[:1])


def _cloned(bench: Bench) -> Made:
    """Press a seal into a picture, then copy that region to another place of the same picture."""
    from assay.specimen.ink import round_seal

    paper, image = _photo(bench)
    height, width = image.shape[:2]
    size = width // 5
    mark = round_seal(size, bench.rng)
    x, y = int(width * 0.12), int(height * 0.74)
    to_x, to_y = int(width * 0.62), int(height * bench.rng.uniform(0.05, 0.2))
    cover = (mark.astype(np.float32) / 255 * 0.8)[:, :, None]
    image[y : y + size, x : x + size] = (
        image[y : y + size, x : x + size] * (1 - cover) + np.array((150, 60, 40)) * cover
    ).astype(np.uint8)
    image[to_y : to_y + size, to_x : to_x + size] = image[y : y + size, x : x + size]
    box = (to_x / width, to_y / height, (to_x + size) / width, (to_y + size) / height)
    return Made((_pictured(paper, _encoded(image, 90)),), "a seal copied within the picture", 1, box)


def _single(bench: Bench) -> Made:
    paper, image = _photo(bench)
    return Made((_pictured(paper, _encoded(image, 90)),), "one seal, encoded once more as a whole")


def _first(bench: Bench, severity: float = 0.3) -> tuple[Paper, Image, Band, int]:
    """Return a paper with its picture, the band that holds most of its writing, and another written line's height."""
    paper, image = _photo(bench, severity)
    height, width = image.shape[:2]
    high = int(height * 0.06)
    x0, x1 = int(width * 0.3), int(width * 0.7)
    ink = (image[:, x0:x1].min(axis=2) < 120).sum(axis=1)
    written = np.convolve(ink, np.ones(high), "valid")
    y0 = int(written.argmax())
    aside = written.copy()
    aside[max(0, y0 - high) : y0 + high] = 0
    return paper, image, (x0, y0, x1, y0 + high), int(aside.argmax())


def _between(bench: Bench, *, first: int, last: int, severity: float = 0.3) -> Made:
    """Encode a picture, put other lines of writing in that were not so encoded, and encode it again."""
    paper, image, (x0, y0, x1, y1), other = _first(bench, severity)
    held = _decoded(_encoded(image, first))
    held[y0:y1, x0:x1] = image[other : other + y1 - y0, x0:x1]
    height, width = image.shape[:2]
    box = (x0 / width, y0 / height, x1 / width, y1 / height)
    return Made((_pictured(paper, _encoded(held, last)),), f"quality {first}, lines put in, then {last}", 1, box)


def _twice(bench: Bench) -> Made:
    return _between(bench, first=bench.rng.choice((55, 65, 72)), last=bench.rng.choice((90, 92, 95)))


def _grey_twice(bench: Bench) -> Made:
    """Do so on paper that the scanner did not clip to white."""
    return _between(bench, first=bench.rng.choice((55, 65)), last=bench.rng.choice((90, 93)), severity=0.75)


def _finer_first(bench: Bench) -> Made:
    """Put lines in between two encodings of which the last was the coarser one: it leaves nothing of the first."""
    return _between(bench, first=92, last=70)


def _blank(bench: Bench) -> Made:
    """Put clipped white paper in the place of clipped white paper, between two encodings."""
    paper, image = _photo(bench)
    height, width = image.shape[:2]
    held = _decoded(_encoded(image, 55))
    high, wide = int(height * 0.03), int(width * 0.4)
    x0 = int(width * 0.3)
    dark = (image[:, x0 : x0 + wide].min(axis=2) < 200).sum(axis=1)
    y0 = int(np.convolve(dark, np.ones(high), "valid").argmin())
    held[y0 : y0 + high, x0 : x0 + wide] = 255
    return Made((_pictured(paper, _encoded(held, 92)),), "white paper for white paper, 55, then 92", 1)


def _whole(bench: Bench) -> Made:
    """Encode a picture twice as a whole, as programs do that make scans smaller."""
    paper, image = _photo(bench, bench.rng.choice((0.3, 0.75)))
    return Made((_pictured(paper, _encoded(_decoded(_encoded(image, 60)), 92)),), "encoded twice as a whole")


def _preview(bench: Bench, *, other: bool) -> Made:
    """Give a picture an EXIF preview: its own, or the one from before its amount was painted over."""
    import cv2

    paper, image = _photo(bench)
    height, width = image.shape[:2]
    small = cv2.resize(image, (160, int(160 * height / width)), interpolation=cv2.INTER_AREA)
    if other:
        y0, y1 = int(height * 0.3), int(height * 0.55)
        image[y0:y1, int(width * 0.08) : int(width * 0.92)] = np.percentile(image, 90, axis=(0, 1)).astype(np.uint8)
    data = _encoded(image, 90)
    exif = _exif(_encoded(np.asarray(small, dtype=np.uint8), 70), paper)
    made = data[:2] + exif + data[2:]
    pages = ("",) if other else paper.pages[:1]
    file = paper.file(made, name=f"{paper.sort}.jpg", medium=IMAGE, pages=pages)
    box = (0.08, 0.3, 0.92, 0.55) if other else None
    return Made((file,), "a preview from before" if other else "a preview of its own", 1 if other else 0, box)


def _exif(preview: bytes, paper: Paper) -> bytes:
    """Return an APP1 segment with the time and a preview (CIPA DC-008, 4.6: IFD0, then IFD1 with a JPEG)."""
    when = paper.at.strftime("%Y:%m:%d %H:%M:%S").encode() + b"\0"
    second = 8 + 2 + 12 + 4 + len(when)
    start = second + 2 + 3 * 12 + 4
    first = struct.pack("<H", 1) + struct.pack("<HHII", 0x0132, 2, len(when), 8 + 2 + 12 + 4)
    first += struct.pack("<I", second) + when
    entries = ((0x0103, 3, 1, 6), (0x0201, 4, 1, start), (0x0202, 4, 1, len(preview)))
    body = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    tiff = b"II*\0" + struct.pack("<I", 8) + first + body + struct.pack("<I", 0) + preview
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff


def _preview_before(bench: Bench) -> Made:
    return _preview(bench, other=True)


def _preview_own(bench: Bench) -> Made:
    return _preview(bench, other=False)


def _seals(bench: Bench, *, same: bool, turned: bool = False) -> Made:
    """Scan five papers of one firm; each bears the same impression, turned anyhow if `turned`, or one of its own."""
    from assay.specimen.ink import round_seal

    deal = bench.deal()
    seed = bench.rng.getrandbits(64)
    files = []
    pressed: Image | None = None
    for number in range(5):
        day = deal.day + timedelta(days=25 * (number + 1))
        paper = bench.paper("invoice", deal=deal, day=day)
        data, _ = _scan(bench, paper, 0.3)
        if pressed is None or not same:
            pressed = round_seal(300, random.Random(seed), "ДЛЯ ДОКУМЕНТОВ")
            if not same:
                pressed = _impression(pressed, bench.rng)
        laid = _turned(pressed, bench.rng) if turned else pressed
        files.append(paper.file(_sealed(data, laid, bench.rng), name=f"invoice_{number + 1}.pdf", medium=SCAN))
    about = tuple(range(5))
    return Made(tuple(files), "one impression on five papers" if same else "five impressions", 0, None, about)


def _impression(mark: Image, rng: random.Random) -> Image:
    """Return another impression of the same seal: turned a little, inked unevenly, worn elsewhere."""
    import cv2

    size = mark.shape[0]
    turn = cv2.getRotationMatrix2D((size / 2, size / 2), rng.uniform(-9, 9), rng.uniform(0.985, 1.01))
    turned = cv2.warpAffine(mark, turn, (size, size)).astype(np.float32)
    generator = np.random.Generator(np.random.PCG64(rng.getrandbits(64)))
    coarse = generator.uniform(0.25, 1.0, (9, 9)).astype(np.float32)
    even = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
    grain = (generator.random((size, size)) > 0.12).astype(np.float32)
    inked = np.clip(turned * even * cv2.GaussianBlur(grain, (0, 0), 0.8), 0, 255)
    return np.asarray(inked, dtype=np.uint8)


def _turned(mark: Image, rng: random.Random) -> Image:
    """Return a mark turned by any angle about its middle."""
    import cv2

    middle = (mark.shape[1] / 2, mark.shape[0] / 2)
    turn = cv2.getRotationMatrix2D(middle, rng.uniform(0, 360), 1.0)
    return np.asarray(cv2.warpAffine(mark, turn, mark.shape[::-1]), dtype=np.uint8)


def _sealed(pdf: bytes, mark: Image, rng: random.Random) -> bytes:
    """Press a seal's impression into the last page of a scan."""
    import cv2

    def work(array: Image) -> Image:
        height, width = array.shape[:2]
        size = width // 6
        small = cv2.resize(mark, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32) / 255 * 0.75
        x, y = int(width * rng.uniform(0.5, 0.6)), int(height * rng.uniform(0.72, 0.78))
        cover = small if array.ndim == 2 else small[:, :, None]
        ink = np.array(80.0) if array.ndim == 2 else np.array((50.0, 70.0, 150.0))
        out = array.copy()
        out[y : y + size, x : x + size] = (array[y : y + size, x : x + size] * (1 - cover) + ink * cover).astype(
            np.uint8
        )
        return out

    with pikepdf.open(BytesIO(pdf)) as source:
        last = len(source.pages)
    return _pixels(pdf, last, work, 88)


def _same_seal(bench: Bench) -> Made:
    return _seals(bench, same=True)


def _same_seal_turned(bench: Bench) -> Made:
    return _seals(bench, same=True, turned=True)


def _own_seals_turned(bench: Bench) -> Made:
    return _seals(bench, same=False, turned=True)


def _own_seals(bench: Bench) -> Made:
    return _seals(bench, same=False)


KINDS = (
    Kind("patch on a scan", "pdf.overlay", SCAN, _patched, _stamped, "a Bates number, a text layer, a signing mark"),
    Kind("smooth patch in the pixels", "img.noise", SCAN, _smooth, _clean_scan, "a scan and no more"),
    Kind("pixels redrawn with grain", "", SCAN, _redrawn, _clean_scan, "a scan and no more"),
    Kind("altered, printed, scanned again", "", SCAN, _rescanned, _clean_scan, "a scan and no more"),
    Kind("seal copied within a picture", "img.copymove", IMAGE, _cloned, _single, "one seal"),
    Kind("lines put in between two encodings", "img.djpeg", IMAGE, _twice, _whole, "encoded twice as a whole"),
    Kind("lines put in, on grey paper", "img.djpeg", IMAGE, _grey_twice, _whole, "encoded twice as a whole"),
    Kind("lines put in, last encoding the coarser", "", IMAGE, _finer_first, _whole, "encoded twice as a whole"),
    Kind("white paper for white paper between two encodings", "", IMAGE, _blank, _whole, "encoded twice as a whole"),
    Kind("preview from before", "img.exif", IMAGE, _preview_before, _preview_own, "a preview of its own"),
    Kind("one impression on five papers", "img.stamp", SCAN, _same_seal, _own_seals, "five impressions of one seal"),
    Kind(
        "one impression turned on five papers",
        "img.stamp",
        SCAN,
        _same_seal_turned,
        _own_seals_turned,
        "five turned impressions of one seal",
    ),
)
