"""Readers for OpenDocument: ODT texts, ODS sheets (a page a sheet), ODP presentations (a page a slide).

Limits: tracked deletions are left out and counted; comments are left out and counted; list numbers that the program
generates are not computed. Encrypted documents are opened when a given password fits. Pictures and charts are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from assay.model import Exhibit, Record
from assay.read import xml
from assay.read.body import Body, laid_out, pages, paginate
from assay.read.docx_table import RawCell, RawTable, place
from assay.read.language import language
from assay.read.odf_crypto import unlocked
from assay.read.sheet import Filled, Sheet, sheet_pages
from assay.read.xml import attribute, local
from assay.work.part import Reader, ReadRefused, ReadSettings

NAME, VERSION = "odf", "2"
_DEPTH = 60
_INLINE_SKIPPED = frozenset(["annotation", "annotation-end", "note", "tracked-changes", "bookmark", "ruby-text"])


def _content(data: bytes, notes: list[str] | None = None) -> etree._Element:
    """Return the element below which the content stands."""
    if data[:2] != b"PK":
        root: etree._Element | None = xml.parse(data, "the flat document", notes)
    else:
        manifest = xml.member(data, "META-INF/manifest.xml")
        if manifest is not None and b"encryption-data" in manifest:
            raise ReadRefused("encrypted", "the document is encrypted: a password is needed")
        root = xml.part(data, "content.xml", notes)
    if root is None:
        raise ReadRefused("broken", "the document holds no content part (content.xml)")
    found = next((e for e in root if local(e) == "body"), None)
    inner = next((e for e in found if isinstance(e.tag, str)), None) if found is not None else None
    if inner is None:
        raise ReadRefused("broken", "the document's content part has no body")
    return inner


def inline(element: etree._Element, aside: list[str], depth: int = 0) -> str:
    """Return the text of a paragraph; notes and text boxes in it are put into `aside`."""
    if depth > _DEPTH:
        return ""
    pieces = [element.text or ""]
    for inner in element:
        name = local(inner)
        if name == "s":
            count = attribute(inner, "c")
            pieces.append(" " * (min(int(count), 200) if count.isdigit() and len(count) < 5 else 1))
        elif name == "tab":
            pieces.append("\t")
        elif name == "line-break":
            pieces.append("\n")
        elif name == "note":
            body = next((e for e in inner if local(e) == "note-body"), None)
            if body is not None:
                aside += [inline(p, aside, depth + 1) for p in body.iter() if local(p) in ("p", "h")]
        elif name == "frame":
            aside += [inline(p, aside, depth + 1) for p in inner.iter() if local(p) in ("p", "h") and _own(p, inner)]
        elif name and name not in _INLINE_SKIPPED:
            pieces.append(inline(inner, aside, depth + 1))
        pieces.append(inner.tail or "")
    return "".join(pieces)


def _own(paragraph: etree._Element, frame: etree._Element) -> bool:
    """Tell whether a paragraph stands in this frame's text box and in no frame inside it."""
    for above in paragraph.iterancestors():
        if above is frame:
            return True
        if local(above) == "frame":
            return False
    return False


def _blocks(parent: etree._Element, made: Body, depth: int, mark: str = "") -> None:
    if depth > _DEPTH:
        made.notes.append(f"content nested more than {_DEPTH} deep was left out")
        return
    for element in parent:
        name = local(element)
        if name in ("p", "h"):
            aside: list[str] = []
            text = inline(element, aside)
            made.add(mark + text if text.strip() else text, "heading" if name == "h" else "text")
            for extra in aside:
                made.add(extra)
        elif name == "table":
            place(_table(element, depth), made)
        elif name == "list":
            for item in element:
                _blocks(item, made, depth + 1, "• ")
        elif (
            name in ("tracked-changes", "forms", "sequence-decls", "variable-decls", "user-field-decls", "")
            or name == "notes"
        ):
            continue
        else:
            _blocks(element, made, depth + 1, mark)


def _rows(table: etree._Element) -> Iterator[tuple[etree._Element, bool]]:
    """Yield a table's rows, and whether they are headers."""
    for element in table:
        name = local(element)
        if name == "table-row":
            yield element, local(table) == "table-header-rows"
        elif name in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(element)


def _repeat(element: etree._Element, name: str) -> int:
    stated = attribute(element, name)
    return max(1, int(stated)) if stated.isdigit() and len(stated) < 9 else 1


def _table(element: etree._Element, depth: int) -> RawTable:
    rows: list[list[RawCell]] = []
    headers = 0
    open_spans: dict[int, int] = {}
    for row, header in _rows(element):
        cells: list[RawCell] = []
        column = 0
        for cell in row:
            name = local(cell)
            if name not in ("table-cell", "covered-table-cell"):
                continue
            times = min(_repeat(cell, "number-columns-repeated"), 1000)
            if name == "covered-table-cell":
                for _ in range(times):
                    if open_spans.get(column, 0) > 0:
                        open_spans[column] -= 1
                        cells.append(RawCell(column, _open_width(cells, column), "continue", ()))
                    column += 1
                continue
            aside = Body()
            _blocks(cell, aside, depth + 1)
            texts = tuple(_flat(aside))
            width, high = _repeat(cell, "number-columns-spanned"), _repeat(cell, "number-rows-spanned")
            for _ in range(times if texts else 1):
                cells.append(RawCell(column, min(width, 1000), "restart" if high > 1 else "", texts))
                open_spans[column] = high - 1
                column += 1
            column += 0 if texts else times - 1
        headers += header and headers == len(rows)
        rows.append(cells)
        if len(rows) > 20_000:
            break
    return RawTable(rows, headers)


def _open_width(cells: list[RawCell], column: int) -> int:
    """Return the width of a cell that is covered from above: one column, since wider ones cover one by one."""
    return 1


def _flat(body: Body) -> Iterator[str]:
    from assay.read.body import Block

    for block in body.blocks:
        yield block.text if isinstance(block, Block) else " ".join(c.text for c in block.cells if c.text)


def body(data: bytes, exhibit: Exhibit) -> Body:
    """Return the body of an ODT document."""
    made = Body(engine="assay odf")
    content = _content(data, made.notes)
    _blocks(content, made, 0)
    made.notes += _remarks(content)
    return made


def _remarks(content: etree._Element) -> list[str]:
    inserted = deleted = comments = 0
    for element in content.iter():
        name = local(element)
        if name == "insertion" and local(_above(element)) == "changed-region":
            inserted += 1
        elif name == "deletion" and local(_above(element)) == "changed-region":
            deleted += 1
        comments += name == "annotation"
    remarks = []
    if inserted or deleted:
        remarks.append(f"tracked changes: {inserted} insertions (in the text) and {deleted} deletions (left out)")
    if comments:
        remarks.append(f"{comments} comments (left out of the text)")
    return remarks


def _above(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    return parent if parent is not None else element


def _sheet(table: etree._Element) -> Sheet:
    sheet = Sheet(attribute(table, "name"))
    row = 0
    for element, _ in _rows(table):
        times = _repeat(element, "number-rows-repeated")
        found = _sheet_row(element)
        for again in range(min(times, 5000) if found else 0):
            for column, (filled, high, wide) in found.items():
                if not sheet.put(row + again, column, filled):
                    return sheet
                sheet.formulas += bool(filled.formula)
                if high > 1 or wide > 1:
                    sheet.merges[row + again, column] = (high, wide)
        row += times
    return sheet


def _sheet_row(row: etree._Element) -> dict[int, tuple[Filled, int, int]]:
    found: dict[int, tuple[Filled, int, int]] = {}
    column = 0
    for cell in row:
        name = local(cell)
        if name not in ("table-cell", "covered-table-cell"):
            continue
        times = _repeat(cell, "number-columns-repeated")
        aside: list[str] = []
        text = " ".join(inline(p, aside).replace("\n", " ").replace("\t", " ") for p in cell if local(p) == "p").strip()
        formula = attribute(cell, "formula").partition(":=")
        shown = "=" + formula[2] if formula[1] else formula[0]
        if text or shown:
            wide, high = _repeat(cell, "number-columns-spanned"), _repeat(cell, "number-rows-spanned")
            for again in range(min(times, 1000)):
                found[column + again] = (Filled(text, shown), min(high, 100_000), min(wide, 1000))
        column += times
    return found


def _clear(data: bytes, settings: ReadSettings) -> bytes:
    """Return a document with its encryption undone, where it is encrypted; refuse when no password fits."""
    manifest = xml.member(data, "META-INF/manifest.xml") if data[:2] == b"PK" else None
    if manifest is None or b"encryption-data" not in manifest:
        return data
    return unlocked(data, manifest, settings.passwords)


def _is(exhibit: Exhibit, kind: str) -> bool:
    return exhibit.media_type.startswith(f"application/vnd.oasis.opendocument.{kind}")


def _children(data: bytes, exhibit: Exhibit) -> list[etree._Element]:
    """Return the sheets or slides."""
    name = "table" if _is(exhibit, "spreadsheet") else "page"
    found = [e for e in _content(data) if local(e) == name]
    if not found:
        raise ReadRefused("broken", "the document has no sheets or slides")
    return found


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of sheets or slides; of a text, its pages."""
    data = _clear(data, settings)
    if _is(exhibit, "text"):
        return len(paginate(body(data, exhibit)))
    return len(_children(data, exhibit))


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterable[Record]:
    """Yield the pages first..last."""
    data = _clear(data, settings)
    if _is(exhibit, "text"):
        yield from pages(body(data, exhibit), exhibit, NAME, VERSION, first, last)
        return
    for number, element in enumerate(_children(data, exhibit), 1):
        if not first <= number <= last:
            continue
        if _is(exhibit, "spreadsheet"):
            sheet = _sheet(element)
            yield from sheet_pages(Body(kind="sheet", engine="assay odf"), sheet, exhibit, NAME, VERSION, number)
            continue
        made = Body(kind="slide", engine="assay odf")
        _blocks(element, made, 0)
        hint = language(" ".join(_flat(made))[:4000])
        yield from laid_out(made, made.blocks, exhibit, NAME, VERSION, number, hint)


_ODF = "application/vnd.oasis.opendocument."
ODF = Reader(
    NAME,
    VERSION,
    "OpenDocument texts, sheets and presentations.",
    "Numbers of lists are not computed; tracked deletions, comments, pictures and charts are left out.",
    accepts=(
        f"{_ODF}text", f"{_ODF}text-template", f"{_ODF}spreadsheet", f"{_ODF}spreadsheet-template",
        f"{_ODF}presentation", f"{_ODF}presentation-template", f"{_ODF}text-master", f"{_ODF}text-web",
        f"{_ODF}text-flat-xml", f"{_ODF}spreadsheet-flat-xml", f"{_ODF}presentation-flat-xml",
    ),
    count=count,
    read=read,
    chunk=64,
)  # fmt: skip
