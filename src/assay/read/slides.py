"""Reader for PPTX presentations: a page a slide, shapes in reading order, tables, speaker's notes.

Limits: shapes are ordered from top to bottom and left to right by their stored place; a shape that inherits its place
from the layout comes first. Charts, diagrams and pictures are left out; hidden slides are read and noted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from assay.model import Exhibit, Page, PageState, Problem, Record
from assay.read import xml
from assay.read.body import Body, laid_out
from assay.read.docx_table import RawCell, RawTable, place
from assay.read.language import language
from assay.read.xml import attribute, local
from assay.work.part import Reader, ReadRefused, ReadSettings

NAME, VERSION = "slides", "1"
_EMU_A_POINT = 12_700


def _slides(data: bytes) -> tuple[list[str], float, float]:
    """Return the slides' paths in order, and a slide's width and height in points."""
    main = "ppt/presentation.xml"
    root = xml.part(data, main)
    relations = xml.part(data, "ppt/_rels/presentation.xml.rels")
    if root is None or relations is None:
        raise ReadRefused("broken", "the presentation holds no list of slides (ppt/presentation.xml)")
    targets = {attribute(r, "Id"): attribute(r, "Target") for r in relations}
    width = height = 0.0
    paths = []
    for element in root.iter():
        if local(element) == "sldId":
            reference = next((str(v) for k, v in element.attrib.items() if str(k).endswith("}id")), "")
            target = targets.get(reference, "")
            paths.append(target.lstrip("/") if target.startswith("/") else f"ppt/{target}")
        elif local(element) == "sldSz":
            width, height = (_number(attribute(element, n)) / _EMU_A_POINT for n in ("cx", "cy"))
    if not paths:
        raise ReadRefused("broken", "the presentation has no slides")
    return paths, width, height


def _number(text: str) -> int:
    return int(text) if text.lstrip("-").isdigit() and len(text) < 12 else 0


def _paragraph(element: etree._Element) -> str:
    pieces = []
    for inner in element:
        name = local(inner)
        if name in ("r", "fld"):
            pieces += [t.text or "" for t in inner if local(t) == "t"]
        elif name == "br":
            pieces.append("\n")
    return "".join(pieces)


def _shapes(tree: etree._Element) -> list[etree._Element]:
    """Return the shapes that hold text or tables, ordered by their place; groups are opened."""
    found: list[tuple[int, int, int, etree._Element]] = []
    for number, shape in enumerate(e for e in tree.iter() if local(e) in ("sp", "graphicFrame")):
        offset = next((e for e in shape.iter() if local(e) == "off"), None)
        x, y = (_number(attribute(offset, n)) for n in ("x", "y")) if offset is not None else (-1, -1)
        found.append((y // 200_000, x, number, shape))
    found.sort(key=lambda entry: entry[:3])
    return [entry[3] for entry in found]


def _fill(root: etree._Element, made: Body) -> None:
    for shape in _shapes(root):
        table = next((e for e in shape.iter() if local(e) == "tbl"), None)
        if table is not None:
            place(_table(table), made)
            continue
        title = any(attribute(e, "type") in ("title", "ctrTitle") for e in shape.iter() if local(e) == "ph")
        for body in (e for e in shape if local(e) == "txBody"):
            for paragraph in (e for e in body if local(e) == "p"):
                made.add(_paragraph(paragraph), "title" if title else "text")


def _table(table: etree._Element) -> RawTable:
    rows = []
    for row in (e for e in table if local(e) == "tr"):
        cells = []
        for column, cell in enumerate(e for e in row if local(e) == "tc"):
            if attribute(cell, "hMerge") in ("1", "true"):
                continue
            texts = tuple(t for t in (_paragraph(p) for p in cell.iter() if local(p) == "p") if t.strip())
            merge = "continue" if attribute(cell, "vMerge") in ("1", "true") else ""
            merge = merge or ("restart" if _number(attribute(cell, "rowSpan")) > 1 else "")
            cells.append(RawCell(column, max(1, min(_number(attribute(cell, "gridSpan")), 200)), merge, texts))
        rows.append(cells)
    return RawTable(rows, 0)


def _notes(data: bytes, path: str) -> Iterator[str]:
    folder, _, name = path.rpartition("/")
    relations = xml.part(data, f"{folder}/_rels/{name}.rels")
    for relation in relations if relations is not None else ():
        if attribute(relation, "Type").endswith("/notesSlide"):
            target = attribute(relation, "Target").replace("../", "ppt/")
            root = xml.part(data, target.lstrip("/"))
            for shape in (e for e in root.iter() if local(e) == "sp") if root is not None else ():
                if any(attribute(e, "type") == "body" for e in shape.iter() if local(e) == "ph"):
                    yield "\n".join(_paragraph(p) for p in shape.iter() if local(p) == "p")


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of slides."""
    return len(_slides(data)[0])


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterable[Record]:
    """Yield the slides first..last; a damaged one as a failed page."""
    paths, width, height = _slides(data)
    for number, path in enumerate(paths, 1):
        if not first <= number <= last:
            continue
        made = Body(kind="slide", engine="assay slides")
        try:
            root = xml.part(data, path)
            if root is None:
                raise ReadRefused("broken", f"slide {number} is missing from the presentation")
            _fill(root, made)
            for text in _notes(data, path):
                made.add(text, "note")
        except ReadRefused as refused:
            yield Page(
                exhibit.digest, number, "slide", PageState.FAILED, "empty", made.engine, "", "und", (), width, height,
                0, None, refused.message, (), NAME, VERSION,
            )  # fmt: skip
            yield Problem("read", exhibit.digest, number, refused.category, refused.message, NAME, VERSION)
            continue
        if attribute(root, "show") in ("0", "false"):
            made.notes.append("the slide is hidden")
        hint = language(" ".join(getattr(b, "text", "") for b in made.blocks)[:4000])
        yield from laid_out(made, made.blocks, exhibit, NAME, VERSION, number, hint)


SLIDES = Reader(
    NAME,
    VERSION,
    "PPTX presentations: a page a slide, with tables and speaker's notes.",
    "Shapes are ordered by their place; charts, diagrams and pictures are left out.",
    accepts=(
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
    ),
    count=count,
    read=read,
    chunk=64,
)
