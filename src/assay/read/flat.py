"""Readers for office documents in one XML file: Word and Excel 2003 XML, and packages written flat (Flat OPC).

Limits: of Word 2003 XML the text with all tracked changes accepted, tables, list numbers as Word stored them,
headers, footers and notes; of Excel 2003 XML values as stored (dates without their time when it is midnight), no
number formats. A flat package is put back into a package in memory and read by that format's own reader, whose name
its records carry. Source: Microsoft Office 2003 XML Reference Schemas; ECMA-376 part 2 and its flat form.
"""

from __future__ import annotations

import base64
import binascii
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from assay.model import Exhibit, Record
from assay.read import docx, slides, xlsx, xml
from assay.read.body import Block, Body, Grid, clean, pages, paginate
from assay.read.docx_table import RawCell, RawTable, place
from assay.read.sheet import Filled, Sheet, sheet_pages
from assay.read.xml import attribute, local
from assay.work.part import Reader, ReadRefused, ReadSettings

NAME, VERSION = "flat", "1"
WORD, EXCEL, PACKAGE = "application/vnd.ms-word.xml", "application/vnd.ms-excel.xml", "application/x-flat-opc"
_DEPTH = 60
_MOST_PARTS = 20_000
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-"}
_LEFT_OUT = frozenset(["delText", "instrText", "pPr", "rPr", "binData", "docOleData", "fldData"])


@dataclass(slots=True)
class _Walk:
    """What the walk over a Word 2003 document carries along."""

    made: Body
    inserted: int = 0
    deleted: int = 0
    comments: int = 0
    asides: list[tuple[str, str]] = field(default_factory=list)


def _annotation(element: etree._Element, walk: _Walk) -> bool:
    """Count a tracked change or comment; return whether its content is part of the text."""
    kind = attribute(element, "type")
    walk.inserted += kind == "Word.Insertion"
    walk.deleted += kind == "Word.Deletion"
    walk.comments += kind == "Word.Comment"
    return kind not in ("Word.Deletion", "Word.Comment", "Word.Comment.Start", "Word.Comment.End")


def _runs(parent: etree._Element, walk: _Walk, pieces: list[str], depth: int) -> None:
    if depth > _DEPTH:
        return
    for element in parent:
        name = local(element)
        if name == "t" and "}" in str(element.tag) and not attribute(element, "val"):
            pieces.append(element.text or "")
        elif name in _BREAKS:
            pieces.append(_BREAKS[name])
        elif name == "annotation":
            if _annotation(element, walk):
                _runs(element, walk, pieces, depth + 1)
        elif name in ("footnote", "endnote"):
            aside = Body()
            _blocks(element, _Walk(aside), aside, depth + 1)
            walk.asides.append((name, " ".join(b.text for b in aside.blocks if hasattr(b, "text"))))
        elif name not in _LEFT_OUT:
            _runs(element, walk, pieces, depth + 1)


def _label(paragraph: etree._Element) -> str:
    """Return the list number that Word stored with a paragraph."""
    for properties in paragraph:
        if local(properties) == "pPr":
            for inner in properties.iter():
                if local(inner) == "listPr":
                    return next((attribute(e, "val") for e in inner if local(e) == "t"), "")
    return ""


def _blocks(parent: etree._Element, walk: _Walk, made: Body, depth: int) -> None:
    if depth > _DEPTH:
        made.notes.append(f"content nested more than {_DEPTH} deep was left out")
        return
    for element in parent:
        name = local(element)
        if name == "p":
            pieces: list[str] = []
            _runs(element, walk, pieces, 0)
            text = "".join(pieces)
            label = _label(element) if text.strip() else ""
            made.add(f"{label} {text.lstrip()}" if label else text)
        elif name == "tbl":
            place(_table(element, walk, depth), made)
        elif name == "sectPr":
            for margin in (e for e in element if local(e) in ("hdr", "ftr")):
                aside = Body()
                _blocks(margin, walk, aside, depth + 1)
                text = "\n".join(b.text for b in aside.blocks if hasattr(b, "text"))
                kind = "header" if local(margin) == "hdr" else "footer"
                if text.strip() and (kind, text) not in walk.asides:
                    walk.asides.append((kind, text))
        elif name == "annotation":
            if _annotation(element, walk):
                _blocks(element, walk, made, depth + 1)
        elif name:
            _blocks(element, walk, made, depth + 1)


def _table(element: etree._Element, walk: _Walk, depth: int) -> RawTable:
    rows: list[list[RawCell]] = []
    headers = 0
    for row in (e for e in element.iter() if local(e) == "tr" and _nearest(e) is element):
        cells: list[RawCell] = []
        column = 0
        for cell in (e for e in row.iter() if local(e) == "tc" and _nearest(e) is element):
            width, merge = 1, ""
            for inner in (p for e in cell if local(e) == "tcPr" for p in e):
                stated = attribute(inner, "val")
                if local(inner) == "gridSpan" and stated.isdigit() and len(stated) < 4:
                    width = max(1, int(stated))
                elif local(inner) == "vmerge":
                    merge = stated or "continue"
            aside = Body()
            _blocks(cell, walk, aside, depth + 1)
            texts = tuple(b.text for b in aside.blocks if hasattr(b, "text"))
            cells.append(RawCell(column, width, merge, texts))
            column += width
        headers += headers == len(rows) and any(local(e) == "tblHeader" for e in row.iter())
        rows.append(cells)
    return RawTable(rows, headers)


def _nearest(element: etree._Element) -> etree._Element | None:
    return next((a for a in element.iterancestors() if local(a) == "tbl"), None)


def word(data: bytes) -> Body:
    """Return the body of a Word 2003 XML document."""
    made = Body(engine="assay flat")
    root = xml.parse(data, "the document", made.notes)
    content = next((e for e in root if local(e) == "body"), None)
    if content is None:
        raise ReadRefused("broken", "the document has no body")
    text = Body()
    walk = _Walk(text)
    _blocks(content, walk, text, 0)
    made.blocks += [b for kind, t in walk.asides if kind == "header" for b in _alone(t, kind)]
    made.blocks += text.blocks
    made.blocks += [b for kind, t in walk.asides if kind != "header" for b in _alone(t, kind)]
    made.notes += text.notes
    if walk.inserted or walk.deleted:
        made.notes.append(
            f"tracked changes: {walk.inserted} insertions (in the text) and {walk.deleted} deletions (left out)"
        )
    if walk.comments:
        made.notes.append(f"{walk.comments} comments (left out of the text)")
    return made


def _alone(text: str, kind: str) -> list[Block | Grid]:
    aside = Body()
    aside.add(text, kind)
    return list(aside.blocks)


# ---- Excel 2003 XML


def _sheets(data: bytes) -> list[etree._Element]:
    root = xml.parse(data, "the workbook")
    found = [e for e in root if local(e) == "Worksheet"]
    if not found:
        raise ReadRefused("broken", "the workbook has no sheets")
    return found


def _stated(element: etree._Element, name: str, otherwise: int) -> int:
    text = attribute(element, name)
    return int(text) if text.isdigit() and len(text) < 8 else otherwise


def _sheet(worksheet: etree._Element) -> Sheet:
    sheet = Sheet(attribute(worksheet, "Name"))
    row = -1
    for table in (e for e in worksheet if local(e) == "Table"):
        for element in (e for e in table if local(e) == "Row"):
            row = _stated(element, "Index", row + 2) - 1
            column = -1
            for cell in (e for e in element if local(e) == "Cell"):
                column = _stated(cell, "Index", column + 2) - 1
                wide, high = _stated(cell, "MergeAcross", 0), _stated(cell, "MergeDown", 0)
                data = next((e for e in cell if local(e) == "Data"), None)
                text = _value(data) if data is not None else ""
                formula = attribute(cell, "Formula")
                if text or formula:
                    sheet.formulas += bool(formula)
                    if not sheet.put(row, column, Filled(text, formula)):
                        return sheet
                if wide or high:
                    sheet.merges[row, column] = (min(high + 1, 100_000), min(wide + 1, 1000))
                column += min(wide, 20_000)
    if any(local(e) == "Visible" and (e.text or "").startswith("Sheet") for e in worksheet.iter()):
        sheet.notes.append("the sheet is hidden")
    return sheet


def _value(data: etree._Element) -> str:
    text = clean("".join(map(str, data.itertext()))).replace("\n", " ").replace("\t", " ").strip()
    if attribute(data, "Type") == "DateTime":
        return text.removesuffix(".000").removesuffix("T00:00:00").replace("T", " ")
    if attribute(data, "Type") == "Boolean":
        return {"1": "TRUE", "0": "FALSE"}.get(text, text)
    return text


# ---- packages written flat


def package(data: bytes) -> tuple[bytes, str]:
    """Return the zip package that a flat one stands for, and its media type."""
    from assay.custody.sniff import media_type

    root = xml.parse(data, "the package")
    out = io.BytesIO()
    types = ['<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">']
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for number, part in enumerate(e for e in root if local(e) == "part"):
            name, kind = attribute(part, "name").lstrip("/"), attribute(part, "contentType")
            inner = next((e for e in part if local(e) in ("xmlData", "binaryData")), None)
            if not name or inner is None or number >= _MOST_PARTS:
                continue
            content = _part(inner)
            archive.writestr(zipfile.ZipInfo(name), content)
            types.append(f'<Override PartName="/{_escaped(name)}" ContentType="{_escaped(kind)}"/>')
        archive.writestr(zipfile.ZipInfo("[Content_Types].xml"), "".join([*types, "</Types>"]))
    made = out.getvalue()
    return made, media_type(made)


def _part(inner: etree._Element) -> bytes:
    if local(inner) == "xmlData":
        return etree.tostring(inner[0], encoding="utf-8") if len(inner) else b""
    try:
        return base64.b64decode("".join((inner.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _inner(data: bytes, exhibit: Exhibit) -> tuple[bytes, Exhibit, Reader]:
    made, kind = package(data)
    for reader in (docx.DOCX, xlsx.XLSX, slides.SLIDES):
        if kind in reader.accepts:
            return made, replace(exhibit, media_type=kind), reader
    raise ReadRefused("no_reader", f"no reader for {kind}, which the flat package holds")


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of pages, sheets or slides."""
    if exhibit.media_type == EXCEL:
        return len(_sheets(data))
    if exhibit.media_type == PACKAGE:
        made, inner, reader = _inner(data, exhibit)
        return reader.count(made, inner, settings)
    return len(paginate(word(data)))


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterable[Record]:
    """Yield the pages, sheets or slides first..last."""
    if exhibit.media_type == PACKAGE:
        made, inner, reader = _inner(data, exhibit)
        return reader.read(made, inner, settings, first, last)
    if exhibit.media_type == EXCEL:
        return _read_sheets(data, exhibit, first, last)
    return pages(word(data), exhibit, NAME, VERSION, first, last)


def _read_sheets(data: bytes, exhibit: Exhibit, first: int, last: int) -> Iterator[Record]:
    for number, element in enumerate(_sheets(data), 1):
        if not first <= number <= last:
            continue
        sheet = _sheet(element)
        yield from sheet_pages(Body(kind="sheet", engine="assay flat"), sheet, exhibit, NAME, VERSION, number)


FLAT = Reader(
    NAME,
    VERSION,
    "Office documents in one XML file: Word 2003, Excel 2003, flat packages.",
    "All tracked changes accepted; no number formats; pictures and comments are left out.",
    accepts=(WORD, EXCEL, PACKAGE),
    count=count,
    read=read,
    chunk=64,
)
