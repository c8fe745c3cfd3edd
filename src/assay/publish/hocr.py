"""hOCR 1.2: what was read, with the place of every word, as HTML that other programs of this kind take.

Purpose: each word's own property `x_grid` holds its place exactly, beside the whole pixels of `bbox`; the text between
the tags is the page's text, letter for letter, so that what is taken in again is what was given out.
Limits: one file an exhibit; characters that HTML cannot hold become U+FFFD.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from assay import __version__
from assay.model import Page
from assay.publish.derived import DPI, Copy, copies, size
from assay.publish.placed import Block, Item, Row, Steps, pixels, placed
from assay.read.elsewhere import sayable
from assay.store.store import Store
from assay.work.part import Exporter

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="und">
<head><title>SHA-256 {digest}</title><meta charset="utf-8"/>
<meta name="ocr-system" content="assay {version}"/>
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf"/>
<meta name="ocr-number-of-pages" content="{count}"/></head>
<body>"""


def to_hocr(store: Store, folder: Path) -> Iterator[str]:
    """Write one hOCR file an exhibit; yield the names."""
    return copies(store, folder, "hocr.html", _write)


def _write(copy: Copy, file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write(_HEAD.format(digest=copy.exhibit.digest, version=__version__, count=len(copy.pages)))
        for page in copy.pages:
            out.write(hocr_page(page, copy.exhibit.digest))
        out.write("</body></html>\n")


def hocr_page(page: Page, digest: str) -> str:
    """Return one page as an hOCR element; no white space is in it but the page's own."""
    width, height = size(page)
    said = placed(page)
    name = f"page_{page.number}"
    blocks = "".join(_block(b, f"{name}_{n}", width, height) for n, b in enumerate(said.blocks, 1))
    title = (
        f"image &quot;sha256:{digest}&quot;; bbox 0 0 {width} {height}; ppageno {page.number - 1}; "
        f"scan_res {DPI} {DPI}"
    )  # fmt: skip
    return f'<div class="ocr_page" id="{name}" title="{title}">{escape(said.lead)}{blocks}</div>'


def _block(block: Block, name: str, width: int, height: int) -> str:
    rows = "".join(_row(row, f"{name}_{n}", width, height) for n, row in enumerate(block.rows, 1))
    language = f' lang="{block.language}"' if block.language != "und" else ""
    title = _title(block.box, width, height)
    return f'<div class="ocr_carea"{title}><p class="ocr_par" id="{name}"{language}{title}>{rows}</p></div>'


def _row(row: Row, name: str, width: int, height: int) -> str:
    items = "".join(_item(item, f"{name}_{n}", width, height) for n, item in enumerate(row.items, 1))
    return f'<span class="ocr_line" id="{name}"{_title(row.box, width, height)}>{items}</span>'


def _item(item: Item, name: str, width: int, height: int) -> str:
    text, after = escape(sayable(item.text), quote=False), escape(sayable(item.after))
    if item.box is None:
        return text + after
    grid = " ".join(map(str, item.box))
    more = f"; x_wconf {item.confidence}; x_grid {grid}"
    return f'<span class="ocrx_word" id="{name}"{_title(item.box, width, height, more)}>{text}</span>{after}'


def _title(box: Steps | None, width: int, height: int, more: str = "") -> str:
    if box is None:
        return ""
    return f' title="bbox {" ".join(map(str, pixels(box, width, height)))}{more}"'


HOCR = Exporter(
    "hocr",
    "1",
    "hOCR: the words of each page with their places and confidence, one file an exhibit",
    "pages without a layout (texts, sheets, mails) are left out and named in index.csv",
    export=to_hocr,
)
