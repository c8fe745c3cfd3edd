"""Reader for XLSX workbooks: a page a sheet, values as the sheet shows them, formulas kept beside their last value.

Limits: shows the values that the program which saved the file calculated; nothing is recalculated. Charts, pictures and
colours are left out. Hidden sheets, rows and columns are read and noted. Of a sheet with more than `CELLS` filled cells
the rest is not read, and a problem says so.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from lxml import etree

from assay.model import Exhibit, Record
from assay.read import number_format, xml
from assay.read.body import Body, Met, clean
from assay.read.sheet import CELLS, Filled, Sheet, sheet_pages
from assay.read.xml import attribute, local
from assay.work.part import Reader, ReadRefused, ReadSettings

NAME, VERSION = "xlsx", "3"
_CHARACTERS, _STRINGS = 100_000_000, 600_000
"""How many characters, and how many strings, of the table of strings are read."""
_ROW_LIMIT, _COLUMN_LIMIT = 1_048_576, 16_384


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    path: str
    state: str


@dataclass(slots=True)
class _Book:
    """What the sheets of a workbook share."""

    strings: list[str] = field(default_factory=list)
    shared: dict[str, tuple[str, str]] = field(default_factory=dict)
    forms: list[str] = field(default_factory=list)
    epoch_1904: bool = False
    lost: Met | None = None


def _parts(data: bytes) -> tuple[list[_Part], _Book]:
    """Return the sheets in the order of their tabs, and what they share."""
    main = "xl/workbook.xml"
    root = xml.part(data, "_rels/.rels")
    for relation in root if root is not None else ():
        if attribute(relation, "Type").endswith("/officeDocument"):
            main = attribute(relation, "Target").lstrip("/")
    workbook = xml.part(data, main)
    if workbook is None:
        raise ReadRefused("broken", "the workbook holds no list of sheets (xl/workbook.xml)")
    folder, _, name = main.rpartition("/")
    relations = xml.part(data, f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels")
    targets: dict[str, tuple[str, str]] = {}
    for relation in relations if relations is not None else ():
        target = attribute(relation, "Target")
        path = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}" if folder else target
        targets[attribute(relation, "Id")] = (attribute(relation, "Type").rpartition("/")[2], path)
    book = _Book()
    sheets: list[_Part] = []
    for element in workbook.iter():
        if local(element) == "workbookPr":
            book.epoch_1904 = attribute(element, "date1904") in ("1", "true")
        elif local(element) == "sheet":
            reference = next((str(v) for k, v in element.attrib.items() if str(k).endswith("}id")), "")
            kind, path = targets.get(reference, ("", ""))
            if kind in ("worksheet", "dialogsheet", "") or not kind.endswith("sheet"):
                sheets.append(_Part(attribute(element, "name"), path, attribute(element, "state")))
    for kind, path in targets.values():
        if kind == "sharedStrings":
            try:
                _strings(xml.member(data, path), book.strings)
            except ReadRefused as refused:
                many = f"{len(book.strings):,} of them were read, and cells that show others are empty"
                book.lost = Met(f"{refused.message}; {many}", refused.category)
        elif kind == "styles":
            book.forms = _forms(xml.part(data, path))
    if not sheets:
        raise ReadRefused("broken", "the workbook lists no sheets")
    return sheets, book


def _strings(content: bytes | None, strings: list[str]) -> None:
    """Add the texts that cells share to `strings`; what was added before damage or a limit stands."""
    if content is None:
        return
    characters = 0
    for element in _events(content, "si", "the table of strings"):
        strings.append(_rich(element))
        characters += len(strings[-1])
        if characters > _CHARACTERS or len(strings) >= _STRINGS:
            raise ReadRefused("limit", "the table of strings is longer than is read")


def _rich(element: etree._Element) -> str:
    """Return the text of a string item: its runs, without phonetic hints."""
    if len(element) == 1 and local(element[0]) == "t":
        return clean(element[0].text or "")
    pieces = []
    for inner in element.iter():
        if local(inner) == "t" and not any(local(a) == "rPh" for a in inner.iterancestors()):
            pieces.append(inner.text or "")
    return clean("".join(pieces))


def _events(content: bytes, name: str, what: str) -> Iterator[etree._Element]:
    """Yield every element of this name as it is complete, and free it after."""
    try:
        for _, element in etree.iterparse(
            io.BytesIO(content), events=("end",), tag=f"{{*}}{name}", resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False, remove_comments=True,
        ):  # fmt: skip
            yield element
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise ReadRefused("broken", f"{what} is damaged: {str(error)[:160]}") from error


def _forms(root: etree._Element | None) -> list[str]:
    """Return the number format of each cell style."""
    if root is None:
        return []
    own: dict[int, str] = {}
    forms: list[str] = []
    for element in root.iter():
        if local(element) == "numFmt" and local(_parent(element)) == "numFmts":
            number = attribute(element, "numFmtId")
            if number.isdigit():
                own[int(number)] = attribute(element, "formatCode")
    for element in root.iter():
        if local(element) == "xf" and local(_parent(element)) == "cellXfs":
            number = attribute(element, "numFmtId")
            key = int(number) if number.isdigit() else 0
            forms.append(own.get(key) or number_format.BUILTIN.get(key, "General"))
    return forms


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    return parent if parent is not None else element


def place(reference: str) -> tuple[int, int] | None:
    """Return row and column from 0 of a reference such as `AB12`; None when it is none or outside a sheet."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not letters.isalpha() or not letters.isascii() or not digits or len(letters) > 3 or len(digits) > 7:
        return None
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    row = int(digits) - 1
    return (row, column - 1) if 0 <= row < _ROW_LIMIT and column <= _COLUMN_LIMIT else None


def _sheet(data: bytes, part: _Part, book: _Book) -> Sheet:
    sheet = Sheet(part.name)
    if book.lost is not None:
        sheet.notes.append(book.lost)
    book.shared.clear()
    if part.state in ("hidden", "veryHidden"):
        sheet.notes.append("the sheet is hidden")
    content = xml.member(data, part.path)
    if content is None:
        raise ReadRefused("broken", f"the sheet {part.name!r} is missing from the workbook")
    row = -1
    hidden = 0
    for element in _events(content, "row", f"the sheet {part.name!r}"):
        stated = attribute(element, "r")
        row = int(stated) - 1 if stated.isdigit() and len(stated) < 8 else row + 1
        hidden += attribute(element, "hidden") in ("1", "true")
        _row(element, row, book, sheet)
        if sheet.cut:
            break
    if hidden:
        sheet.notes.append(f"{hidden} rows are hidden")
    _after(content, sheet)
    return sheet


def _row(element: etree._Element, row: int, book: _Book, sheet: Sheet) -> None:
    column = -1
    for cell in element:
        if local(cell) != "c":
            continue
        at = place(attribute(cell, "r"))
        if at is None:
            column += 1
            at = (row, column)
        column = at[1]
        if at[0] >= _ROW_LIMIT or at[0] < 0:
            continue
        text, formula = _value(cell, book)
        if formula.startswith("="):
            sheet.formulas += 1
        if text or formula:
            shown = clean(text).replace("\n", " ").replace("\t", " ").strip()
            if not sheet.put(*at, Filled(shown, formula)):
                return


def _value(cell: etree._Element, book: _Book) -> tuple[str, str]:
    """Return what a cell shows, and its formula with a leading `=`, empty when it has none."""
    raw, formula, inline = "", "", ""
    for inner in cell:
        name = local(inner)
        if name == "v":
            raw = inner.text or ""
        elif name == "f":
            formula = _formula(inner, attribute(cell, "r"), book)
        elif name == "is":
            inline = _rich(inner)
    kind = attribute(cell, "t")
    if kind == "s":
        index = int(raw) if raw.isdigit() else -1
        return (book.strings[index] if 0 <= index < len(book.strings) else ""), formula
    if kind == "inlineStr":
        return inline, formula
    if kind in ("str", "e"):
        return clean(raw), formula
    if kind == "b":
        return ("TRUE" if raw.strip() == "1" else "FALSE" if raw else ""), formula
    if kind == "d":
        return raw, formula
    return _figure(raw, attribute(cell, "s"), book), formula


def _formula(element: etree._Element, here: str, book: _Book) -> str:
    """Return a formula; one that is shared with the cell that states it is moved to `here`."""
    group = attribute(element, "si")
    shared = attribute(element, "t") == "shared" and bool(group)
    if element.text:
        if shared:
            book.shared[group] = (element.text, here)
        return f"={element.text}"
    if not shared or group not in book.shared:
        return ""
    from openpyxl.formula.translate import Translator, TranslatorError

    text, origin = book.shared[group]
    try:
        return str(Translator(f"={text}", origin).translate_formula(here))
    except (TranslatorError, ValueError, IndexError, KeyError):
        return f"={text}"


def _figure(raw: str, style: str, book: _Book) -> str:
    if not raw.strip():
        return ""
    try:
        value = Decimal(raw.strip())
    except InvalidOperation:
        return clean(raw)
    if not value.is_finite() or abs(value.adjusted()) > 308:
        return clean(raw)
    if len(raw) > 16:
        value = Decimal(f"{value:.15g}")
    index = int(style) if style.isdigit() and len(style) < 7 else 0
    form = book.forms[index] if index < len(book.forms) else "General"
    return number_format.shown(value, form, book.epoch_1904)


def _after(content: bytes, sheet: Sheet) -> None:
    """Read merged ranges, which stand after the rows."""
    for element in _events(content, "mergeCell", f"the sheet {sheet.name!r}"):
        first, _, last = attribute(element, "ref").partition(":")
        start, stop = place(first), place(last or first)
        if start is not None and stop is not None and start <= stop:
            sheet.merges[start] = (stop[0] - start[0] + 1, stop[1] - start[1] + 1)
            if len(sheet.merges) > 200_000:
                sheet.notes.append("more than 200000 merged ranges; the rest was left out")
                return


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of sheets."""
    return len(_parts(data)[0])


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterable[Record]:
    """Yield the sheets first..last; a damaged one as a failed page."""
    parts, book = _parts(data)
    for number, part in enumerate(parts, 1):
        if not first <= number <= last:
            continue
        made = Body(kind="sheet", engine="assay xlsx")
        try:
            sheet = _sheet(data, part, book)
        except ReadRefused as refused:
            yield from sheet_pages(made, None, exhibit, NAME, VERSION, number, refused)
            continue
        yield from sheet_pages(made, sheet, exhibit, NAME, VERSION, number)


XLSX = Reader(
    NAME,
    VERSION,
    "XLSX workbooks: a page a sheet, values as shown, formulas beside them.",
    f"Nothing is recalculated; charts and pictures are left out; at most {CELLS} filled cells a sheet.",
    accepts=(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.ms-excel.sheet.macroEnabled.12",
    ),
    count=count,
    read=read,
    chunk=64,
)
