"""ALTO 4.2: what was read, with the place of every word, in the form of the Library of Congress.

Purpose: places are decimal pixels from which the exact ones can be told, and white space that is not one space is named
by a tag on the word before it, so that what is taken in again is what was given out.
Limits: one file an exhibit, with a page element a page; characters that XML cannot hold become U+FFFD.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from assay import __version__
from assay.model import Page
from assay.model.evidence import GRID
from assay.publish.derived import Copy, copies, size
from assay.publish.placed import Block, Item, Row, Steps, placed
from assay.read.elsewhere import ALTO as NAMESPACE
from assay.read.elsewhere import SEPARATOR, sayable
from assay.store.store import Store
from assay.work.part import Exporter

LANGUAGES = {"ru": "ru", "uk": "uk", "zh": "zh", "en": "en"}


def to_alto(store: Store, folder: Path) -> Iterator[str]:
    """Write one ALTO file an exhibit; yield the names."""
    return copies(store, folder, "alto.xml", _write)


def _write(copy: Copy, file: Path) -> None:
    file.write_bytes(alto(copy.pages, copy.exhibit.digest))


def alto(pages: tuple[Page, ...], digest: str) -> bytes:
    """Return pages of one exhibit as an ALTO document."""
    return _Writer(digest).document(pages)


class _Writer:
    """One document under way. White space that needs a name gets a tag, each kind once."""

    def __init__(self, digest: str) -> None:
        self.digest = digest
        self.tags: dict[str, str] = {}

    def document(self, pages: tuple[Page, ...]) -> bytes:
        names: Any = {None: NAMESPACE}
        root = etree.Element(f"{{{NAMESPACE}}}alto", nsmap=names, SCHEMAVERSION="4.2")
        about = _sub(root, "Description")
        _sub(about, "MeasurementUnit").text = "pixel"
        source = _sub(about, "sourceImageInformation")
        _sub(source, "fileIdentifier", fileIdentifierLocation="SHA-256").text = self.digest
        engines = dict.fromkeys((page.engine or page.part, page.part, page.version) for page in pages)
        steps = {key: f"step_{n}" for n, key in enumerate(engines, 1)}
        for (engine, part, version), name in steps.items():
            step = _sub(about, "Processing", ID=name)
            _sub(step, "processingCategory").text = "contentGeneration"
            _sub(step, "processingStepDescription").text = sayable(engine)
            software = _sub(step, "processingSoftware")
            _sub(software, "softwareName").text = "assay"
            _sub(software, "softwareVersion").text = f"{__version__} {part}@{version}"
        tags = _sub(root, "Tags")
        layout = _sub(root, "Layout")
        for page in pages:
            self._page(layout, page, steps[page.engine or page.part, page.part, page.version])
        for separator, name in self.tags.items():
            _sub(tags, "OtherTag", ID=name, TYPE=SEPARATOR, LABEL=sayable(separator))
        if not self.tags:
            root.remove(tags)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    def _page(self, layout: etree._Element, page: Page, step: str) -> None:
        width, height = size(page)
        name = f"page_{page.number}"
        made = _sub(
            layout, "Page", ID=name, PHYSICAL_IMG_NR=str(page.number), WIDTH=str(width), HEIGHT=str(height),
            PROCESSINGREFS=step,
        )  # fmt: skip
        if page.confidence is not None:
            made.set("PC", f"{page.confidence / 100:.3f}")
        space = _sub(made, "PrintSpace", HPOS="0", VPOS="0", WIDTH=str(width), HEIGHT=str(height))
        blocks = placed(page).blocks
        for n, block in enumerate(blocks, 1):
            self._block(space, block, f"{name}_{n}", (width, height), last=n == len(blocks))

    def _block(self, space: etree._Element, block: Block, name: str, sides: tuple[int, int], *, last: bool) -> None:
        made = _sub(space, "TextBlock", ID=name, **_place(block.box, sides))
        if block.language in LANGUAGES:
            made.set("LANG", LANGUAGES[block.language])
        for n, row in enumerate(block.rows, 1):
            ends = n == len(block.rows)
            self._row(made, row, f"{name}_{n}", sides, "" if ends and last else "\n" if ends else " ")

    def _row(self, block: etree._Element, row: Row, name: str, sides: tuple[int, int], end: str) -> None:
        """Write a line. `end` is the white space behind a line that goes without saying."""
        made = _sub(block, "TextLine", ID=name, **_place(row.box, sides))
        for n, item in enumerate(row.items, 1):
            self._item(made, item, f"{name}_{n}", sides, end if n == len(row.items) else None)

    def _item(self, row: etree._Element, item: Item, name: str, sides: tuple[int, int], end: str | None) -> None:
        made = _sub(row, "String", ID=name, **_place(item.box, sides), CONTENT=sayable(item.text))
        if item.box is not None:
            made.set("WC", f"{item.confidence / 100:.2f}")
        usual = end if end is not None else " " if item.after else ""
        if item.after != usual:
            made.set("TAGREFS", self.tags.setdefault(item.after, f"space_{len(self.tags) + 1}"))
        if end is None and item.after:
            _sub(row, "SP")


def _sub(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)


def _place(box: Steps | None, sides: tuple[int, int]) -> dict[str, str]:
    if box is None:
        return {}
    width, height = sides
    across, down = width / GRID, height / GRID
    return {
        "HPOS": f"{box[0] * across:.4f}",
        "VPOS": f"{box[1] * down:.4f}",
        "WIDTH": f"{(box[2] - box[0]) * across:.4f}",
        "HEIGHT": f"{(box[3] - box[1]) * down:.4f}",
    }


ALTO = Exporter(
    "alto",
    "1",
    "ALTO 4.2: the words of each page with their places and confidence, one file an exhibit",
    "pages without a layout (texts, sheets, mails) are left out and named in index.csv",
    export=to_alto,
)
