"""Searchable copies: each exhibit as a PDF of its pages' pictures with what was read laid invisibly over them.

Purpose: whoever gets the copy can search and mark text in any script, in any viewer, and meets nothing that the
original carries: no script, form, link or font. The original is never touched; the copy says that it is one.
Limits: exhibits whose pages have a picture (PDF, scans). A page that was not drawn is an empty one that says so; words
without a place are left out and counted in index.csv. A copy proves nothing about the original.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from assay import __version__
from assay.model import Image, Page, PageState
from assay.publish.derived import Copy, copies
from assay.publish.glyphless import DESCENT, EM, WIDTH, Codes
from assay.publish.images import FORMS, PICTURED
from assay.publish.placed import Item, Steps, placed
from assay.store.store import Store
from assay.work.part import Exporter

DPI = 150
_A4 = (595.28, 841.89)
_GRID = 65535


def to_pdf(store: Store, folder: Path) -> Iterator[str]:
    """Write one PDF an exhibit; yield the names."""
    form = FORMS["jpeg"]
    drawn = {(i.exhibit, i.page): i for i in store.all(Image) if (i.dpi, i.media_type) == (DPI, form)}

    def takes(page: Page) -> bool:
        read = page.kind in PICTURED and page.state is PageState.READ and page.width > 0 and page.height > 0
        return read and (page.exhibit, page.number) in drawn

    def write(copy: Copy, file: Path) -> None:
        pictures = {number: image for (exhibit, number), image in drawn.items() if exhibit == copy.exhibit.digest}
        searchable(copy, pictures, store, file)

    return copies(store, folder, "searchable-copy.pdf", write, takes)


def searchable(copy: Copy, pictures: dict[int, Image], store: Store, file: Path) -> None:
    """Write the searchable copy of one exhibit; `pictures` maps a page's number to its picture."""
    import pikepdf

    pages = {page.number: page for page in copy.pages}
    with pikepdf.new() as pdf:
        codes = Codes()
        layers = {number: _layer(page, codes) for number, page in pages.items()}
        font = codes.font(pdf)
        for number in sorted({*pages, *copy.left_out}):
            if number in pages:
                _page(pdf, pages[number], pictures[number], store, layers[number], font)
            else:
                _empty(pdf, number)
        pdf.docinfo["/Title"] = f"Searchable copy, not the original: exhibit SHA-256 {copy.exhibit.digest}"
        pdf.docinfo["/Subject"] = "Made from pictures of its pages; the text was read by a machine or a person."
        pdf.docinfo["/Producer"] = f"assay {__version__}"
        pdf.save(file, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def _page(pdf: Any, page: Page, image: Image, store: Store, layer: bytes, font: Any) -> None:
    from pikepdf import Dictionary, Name, Stream

    picture = Stream(
        pdf, store.blob(image.picture), Type=Name.XObject, Subtype=Name.Image, Width=image.width, Height=image.height,
        ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Filter=Name.DCTDecode,
    )  # fmt: skip
    made = pdf.add_blank_page(page_size=(round(page.width, 2), round(page.height, 2)))
    made.Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(picture)), Font=Dictionary(F0=font))
    shown = f"q {page.width:.2f} 0 0 {page.height:.2f} 0 0 cm /Im0 Do Q\n".encode("ascii")
    made.Contents = pdf.make_indirect(Stream(pdf, shown + layer))


def _empty(pdf: Any, number: int) -> None:
    from pikepdf import Dictionary, Name, Stream

    made = pdf.add_blank_page(page_size=_A4)
    plain = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    made.Resources = Dictionary(Font=Dictionary(F1=pdf.make_indirect(plain)))
    said = f"BT /F1 12 Tf 72 760 Td (Page {number} of the original is not in this copy: it was not read.) Tj ET"
    made.Contents = pdf.make_indirect(Stream(pdf, said.encode("ascii")))


def _layer(page: Page, codes: Codes) -> bytes:
    """Return the invisible text of a page: each word over its box, a space over each gap between two on a line."""
    parts = ["BT 3 Tr"]
    for block in placed(page).blocks:
        for row in block.rows:
            boxed = [item for item in row.items if item.box is not None]
            for item in boxed:
                parts.append(_word(item, page, codes))
            for one, other in pairwise(boxed):
                if one.after and one.box and other.box:
                    gap = (one.box[2], one.box[1], max(one.box[2] + 1, other.box[0]), one.box[3])
                    parts.append(_set(" ", gap, page, codes))
    parts.append("ET\n")
    return "\n".join(parts).encode("ascii")


def _word(item: Item, page: Page, codes: Codes) -> str:
    assert item.box is not None
    return _set(item.text, item.box, page, codes)


def _set(text: str, box: Steps, page: Page, codes: Codes) -> str:
    """Return the operators that set `text` so that it fills a box; a tall and narrow one is set upwards."""
    left, right = box[0] / _GRID * page.width, box[2] / _GRID * page.width
    top, bottom = page.height - box[1] / _GRID * page.height, page.height - box[3] / _GRID * page.height
    wide, high = max(0.1, right - left), max(0.1, top - bottom)
    coded = codes.of(text).hex().upper()
    count = max(1, len(coded) // 4)
    if count >= 3 and high > 2 * wide:
        stretch = high / (count * wide * WIDTH / EM) * 100
        base = right + DESCENT / EM * wide
        return f"/F0 {wide:.3f} Tf {stretch:.3f} Tz 0 1 -1 0 {base:.3f} {bottom:.3f} Tm <{coded}> Tj"
    stretch = wide / (count * high * WIDTH / EM) * 100
    base = bottom - DESCENT / EM * high
    return f"/F0 {high:.3f} Tf {stretch:.3f} Tz 1 0 0 1 {left:.3f} {base:.3f} Tm <{coded}> Tj"


PDF = Exporter(
    "pdf",
    "1",
    "searchable copies: each exhibit's pages as pictures with the text that was read laid invisibly over them",
    "exhibits of pages that have a picture (PDF, scans); copies, marked as such, that prove nothing about the original",
    export=to_pdf,
    draws=DPI,
)
