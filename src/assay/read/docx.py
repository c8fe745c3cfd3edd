"""Reader for DOCX: body, tables, headers, footers, notes and text boxes, with generated clause numbers.

Limits: the text is what the document shows after all tracked changes are accepted: insertions are in, deletions out,
and a note says how many of either there are. Pages are not laid out, so the document is one page without boxes. Fields
show their last stored result. Formulas give their letters in a row. Pictures and charts are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from assay.model import Exhibit, Record
from assay.read import xml
from assay.read.body import Body, Met, pages, paginate
from assay.read.docx_numbering import Numbering
from assay.read.docx_table import RawCell, RawTable, place
from assay.read.xml import attribute, local
from assay.work.part import Reader, ReadRefused, ReadSettings

NAME, VERSION = "docx", "3"
_TRANSPARENT = frozenset(
    ["ins", "moveTo", "smartTag", "sdt", "sdtContent", "customXml", "hyperlink", "fldSimple", "dir", "bdo"]
)
_SKIPPED = frozenset(
    ["del", "moveFrom", "delText", "instrText", "delInstrText", "pPr", "rPr", "commentReference", "annotationRef"]
)
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-", "ptab": "\t"}
_NESTING = 60


@dataclass(slots=True)
class _Counts:
    inserted: int = 0
    deleted: int = 0
    moved: int = 0
    comments: int = 0
    hidden: int = 0


@dataclass(slots=True)
class _Document:
    """What the walk carries along."""

    numbering: Numbering
    counts: _Counts = field(default_factory=_Counts)
    boxes: list[str] = field(default_factory=list)


def body(data: bytes, exhibit: Exhibit) -> Body:
    """Return the body of a DOCX document."""
    main = _main_part(data)
    made = Body(engine="assay docx")
    root = xml.part(data, main, made.notes)
    if root is None:
        raise ReadRefused("broken", "the document holds no text part (word/document.xml)")
    folder = main.rpartition("/")[0]
    numbering = Numbering.load(
        _optional(data, f"{folder}/numbering.xml", made.notes), _optional(data, f"{folder}/styles.xml", made.notes)
    )
    document = _Document(numbering)
    related = _relations(data, main, made.notes)
    headers, footers = _margins(data, root, related, document, made.notes)
    for text in headers:
        made.add(text, "header")
    content = next((e for e in root if local(e) == "body"), root)
    _blocks(content, document, made, 0)
    for kind in ("footnotes", "endnotes"):
        _notes(_optional(data, f"{folder}/{kind}.xml", made.notes), kind, document, made)
    for text in footers:
        made.add(text, "footer")
    comments = _optional(data, f"{folder}/comments.xml", made.notes)
    if comments is not None:
        document.counts.comments = sum(1 for e in comments if local(e) == "comment")
    made.notes += _remarks(document.counts)
    return made


def _main_part(data: bytes) -> str:
    root = xml.part(data, "_rels/.rels")
    if root is not None:
        for relation in root:
            if attribute(relation, "Type").endswith("/officeDocument"):
                return attribute(relation, "Target").lstrip("/")
    return "word/document.xml"


def _optional(data: bytes, name: str, notes: list[str]) -> etree._Element | None:
    """Return a part that the text can do without; None when it is absent, and with a note when it is damaged."""
    try:
        return xml.part(data, name)
    except ReadRefused as refused:
        notes.append(Met(f"{refused.message}; the rest was read without it", refused.category))
        return None


def _relations(data: bytes, main: str, notes: list[str]) -> dict[str, tuple[str, str]]:
    folder, _, name = main.rpartition("/")
    root = _optional(data, f"{folder}/_rels/{name}.rels", notes)
    if root is None:
        return {}
    found = {}
    for relation in root:
        target = attribute(relation, "Target")
        path = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
        found[attribute(relation, "Id")] = (attribute(relation, "Type").rpartition("/")[2], path)
    return found


def _margins(
    data: bytes, root: etree._Element, related: dict[str, tuple[str, str]], document: _Document, notes: list[str]
) -> tuple[list[str], list[str]]:
    """Return the distinct texts of headers and footers in the order in which sections name them."""
    found: dict[str, list[str]] = {"header": [], "footer": []}
    for element in root.iter():
        name = local(element)
        if name not in ("headerReference", "footerReference"):
            continue
        kind, target = related.get(attribute(element, "id"), ("", ""))
        if kind not in found or not target:
            continue
        part = _optional(data, target, notes)
        if part is None:
            continue
        aside = Body()
        _blocks(part, document, aside, 0)
        text = "\n".join(_flat(aside))
        if text.strip() and text not in found[kind]:
            found[kind].append(text)
    return found["header"], found["footer"]


def _flat(body: Body) -> Iterator[str]:
    from assay.read.body import Block

    for block in body.blocks:
        if isinstance(block, Block):
            yield block.text
        else:
            yield " ".join(cell.text for cell in block.cells if cell.text)


def _notes(root: etree._Element | None, kind: str, document: _Document, made: Body) -> None:
    if root is None:
        return
    for note in root:
        if attribute(note, "type") in ("separator", "continuationSeparator", "continuationNotice"):
            continue
        aside = Body()
        _blocks(note, document, aside, 0)
        text = " ".join(_flat(aside))
        if text.strip():
            made.add(text, kind.removesuffix("s"))


def _blocks(parent: etree._Element, document: _Document, made: Body, depth: int) -> None:
    """Add the paragraphs and tables below `parent`."""
    if depth > _NESTING:
        made.notes.append(f"content nested more than {_NESTING} deep was left out")
        return
    for element in parent:
        name = local(element)
        if name == "p":
            _paragraph_block(element, document, made)
        elif name == "tbl":
            place(_table(element, document, depth), made)
        elif name in _TRANSPARENT:
            if name in ("ins", "moveTo"):
                document.counts.inserted += 1
            _blocks(element, document, made, depth + 1)
        elif name in ("del", "moveFrom"):
            document.counts.deleted += 1
        elif name == "AlternateContent":
            chosen = _alternative(element)
            if chosen is not None:
                _blocks(chosen, document, made, depth + 1)


def _paragraph_block(element: etree._Element, document: _Document, made: Body) -> None:
    text = paragraph(element, document)
    made.add(text, "heading" if document.numbering.is_heading(element) else "text")
    boxes, document.boxes = document.boxes, []
    for box in boxes:
        made.add(box)


def paragraph(element: etree._Element, document: _Document) -> str:
    """Return a paragraph's text with its generated number; text boxes in it are put aside in `document.boxes`."""
    pieces: list[str] = []
    _runs(element, document, pieces, 0)
    text = "".join(pieces)
    label = document.numbering.label(element) if text.strip() else ""
    return f"{label} {text.lstrip()}" if label else text


def _runs(parent: etree._Element, document: _Document, pieces: list[str], depth: int) -> None:
    if depth > _NESTING:
        return
    counts = document.counts
    for element in parent:
        name = local(element)
        if name == "t":
            pieces.append(element.text or "")
        elif name in _BREAKS:
            pieces.append(_BREAKS[name])
        elif name == "sym":
            pieces.append(_symbol(attribute(element, "char")))
        elif name in ("del", "moveFrom"):
            counts.deleted += 1
        elif name in _SKIPPED:
            _paragraph_marks(element, counts)
        elif name == "AlternateContent":
            chosen = _alternative(element)
            if chosen is not None:
                _runs(chosen, document, pieces, depth + 1)
        elif name == "txbxContent":
            aside = Body()
            _blocks(element, document, aside, depth + 1)
            kept = document.boxes
            document.boxes = kept + [t for t in _flat(aside) if t.strip()]
        else:
            counts.inserted += name in ("ins", "moveTo")
            _runs(element, document, pieces, depth + 1)


def _paragraph_marks(properties: etree._Element, counts: _Counts) -> None:
    """Count inserted and deleted paragraph marks, which carry no text."""
    if local(properties) != "pPr":
        return
    for element in properties.iter():
        if local(element) in ("ins", "moveTo") and local_parent(element) == "rPr":
            counts.inserted += 1
        elif local(element) in ("del", "moveFrom") and local_parent(element) == "rPr":
            counts.deleted += 1


def local_parent(element: etree._Element) -> str:
    """Return the name of an element's parent."""
    parent = element.getparent()
    return local(parent) if parent is not None else ""


def _symbol(code: str) -> str:
    try:
        point = int(code, 16)
    except ValueError:
        return ""
    if 0xF000 <= point <= 0xF0FF:
        return {0xB7: "\u2022", 0xFC: "\u2713", 0xA8: "\u25a1", 0xFE: "\u2611", 0x6F: "\u25a1"}.get(
            point - 0xF000, "\u25a1"
        )
    return chr(point) if 32 <= point < 0x110000 and not 0xD800 <= point < 0xE000 else ""


def _alternative(element: etree._Element) -> etree._Element | None:
    """Return the choice that holds text, the fallback otherwise: both say the same."""
    choices = [e for e in element if local(e) in ("Choice", "Fallback")]
    for choice in choices:
        if any(local(e) == "t" for e in choice.iter()):
            return choice
    return choices[0] if choices else None


def _table(element: etree._Element, document: _Document, depth: int) -> RawTable:
    """Return a table's rows with each cell's paragraphs, spans worked out, nested tables flattened into their cell."""
    rows: list[list[RawCell]] = []
    headers = 0
    for row in _rows(element, document):
        cells: list[RawCell] = []
        column = _before(row)
        for cell in _cells(row, document):
            width, merge = _cell_shape(cell)
            aside = Body()
            if depth < _NESTING:
                _blocks(cell, document, aside, depth + 1)
            cells.append(RawCell(column, width, merge, tuple(t for t in _flat(aside) if t.strip())))
            column += width
        if any(local(e) == "tblHeader" for e in row.iter()) and headers == len(rows):
            headers += 1
        rows.append(cells)
    return RawTable(rows, headers)


def _rows(table: etree._Element, document: _Document) -> Iterator[etree._Element]:
    for element in table:
        name = local(element)
        if name == "tr":
            changed = {local(e) for p in element if local(p) == "trPr" for e in p}
            if "del" in changed:
                document.counts.deleted += 1
                continue
            document.counts.inserted += "ins" in changed
            yield element
        elif name in _TRANSPARENT:
            yield from _rows(element, document)


def _cells(row: etree._Element, document: _Document) -> Iterator[etree._Element]:
    for element in row:
        name = local(element)
        if name == "tc":
            yield element
        elif name in _TRANSPARENT:
            yield from _cells(element, document)


def _before(row: etree._Element) -> int:
    for properties in row:
        if local(properties) == "trPr":
            for element in properties:
                if local(element) == "gridBefore":
                    return _number(attribute(element, "val"), 0)
    return 0


def _cell_shape(cell: etree._Element) -> tuple[int, str]:
    """Return a cell's width in columns, and its vertical merge: `restart`, `continue` or nothing."""
    width, merge = 1, ""
    for properties in cell:
        if local(properties) == "tcPr":
            for element in properties:
                if local(element) == "gridSpan":
                    width = max(1, _number(attribute(element, "val"), 1))
                elif local(element) == "vMerge":
                    merge = attribute(element, "val") or "continue"
    return width, merge


def _number(text: str, otherwise: int) -> int:
    return min(int(text), 1000) if text.isdigit() and len(text) < 6 else otherwise


def _remarks(counts: _Counts) -> list[str]:
    remarks = []
    if counts.inserted or counts.deleted:
        remarks.append(
            f"tracked changes: {counts.inserted} insertions (in the text) and {counts.deleted} deletions (left out)"
        )
    if counts.comments:
        remarks.append(f"{counts.comments} comments (left out of the text)")
    return remarks


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of pages: one, unless the text is very long."""
    return len(paginate(body(data, exhibit)))


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterable[Record]:
    """Yield the pages first..last."""
    return pages(body(data, exhibit), exhibit, NAME, VERSION, first, last)


DOCX = Reader(
    NAME,
    VERSION,
    "DOCX documents: text, tables, headers, notes, text boxes, generated numbers.",
    "Shows the text with all tracked changes accepted; no page layout, no boxes; leaves out pictures and comments.",
    accepts=(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.ms-word.document.macroEnabled.12",
    ),
    count=count,
    read=read,
    chunk=64,
)
