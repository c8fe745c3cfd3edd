"""Readers for binary spreadsheets (XLS, XLSB) and for encrypted office documents.

Limits: XLS and XLSB go through calamine, which gives values and dates but neither formulas nor number formats: figures
are shown plain. An encrypted document is opened with the passwords given and read by its own format's reader.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from assay.custody.ole import loops, open_ole
from assay.model import Exhibit, Record
from assay.read import docx, number_format, slides, xlsx
from assay.read.body import Body, clean
from assay.read.office_locked import decrypted
from assay.read.sheet import Filled, Sheet, sheet_pages
from assay.work.part import Reader, ReadRefused, ReadSettings

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

NAME, VERSION = "xls", "2"


def _open(data: bytes, settings: ReadSettings) -> CalamineWorkbook:
    """Return the opened workbook; one that is locked is tried with the passwords given."""
    try:
        return _workbook(data)
    except ReadRefused as refused:
        if refused.category != "encrypted" or not settings.passwords:
            raise
    return _workbook(decrypted(data, settings, "workbook"))


def _workbook(data: bytes) -> CalamineWorkbook:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    if data[:4] == b"\xd0\xcf\x11\xe0" and loops(data):
        raise ReadRefused("broken", "the workbook is damaged: its OLE container's sectors run in a circle")
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise ReadRefused("encrypted", "the workbook is encrypted: a password is needed") from error
    except (CalamineError, OSError, ValueError) as error:
        if "assword" in str(error) or _is_locked(data):
            raise ReadRefused("encrypted", "the workbook is encrypted: a password is needed") from error
        raise ReadRefused("broken", f"the workbook is damaged: {str(error)[:160]}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ReadRefused("broken", "the workbook is damaged beyond what its reader can handle") from error


def _is_locked(data: bytes) -> bool:
    """Tell whether an XLS file holds a FilePass record near its start (MS-XLS 2.4.117)."""
    ole = open_ole(data)
    if ole is None:
        return False
    with ole:
        name = next((n for n in ("Workbook", "Book") if ole.exists(n)), "")
        stream = ole.openstream(name).read() if name else b""
    at = 0
    for _ in range(40):
        if at + 4 > len(stream):
            return False
        if stream[at : at + 2] == b"\x2f\x00":
            return True
        at += 4 + int.from_bytes(stream[at + 2 : at + 4], "little")
    return False


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return number_format.plain(Decimal(f"{value:.15g}")) if abs(value) < 1e300 else repr(value)
    if isinstance(value, datetime.datetime):
        plain = value.strftime("%Y-%m-%d")
        return plain if value.time() == datetime.time() else f"{plain} {value:%H:%M:%S}"
    if isinstance(value, datetime.timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
    return clean(str(value)).replace("\n", " ").replace("\t", " ").strip()


def _sheet(workbook: CalamineWorkbook, index: int) -> Sheet:
    from python_calamine import CalamineError

    name = workbook.sheet_names[index]
    sheet = Sheet(name)
    if "Visible" not in str(workbook.sheets_metadata[index].visible):
        sheet.notes.append("the sheet is hidden")
    try:
        found = workbook.get_sheet_by_index(index)
        for row, values in enumerate(found.iter_rows()):
            for column, value in enumerate(values):
                text = _shown(value) if value != "" else ""
                if text and not sheet.put(row, column, Filled(text)):
                    break
            if sheet.cut:
                break
        for start, stop in found.merged_cell_ranges or ():
            sheet.merges[start] = (stop[0] - start[0] + 1, stop[1] - start[1] + 1)
    except (CalamineError, ValueError, OSError) as error:
        raise ReadRefused("broken", f"the sheet {name!r} is damaged: {str(error)[:160]}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ReadRefused("broken", f"the sheet {name!r} is damaged beyond what its reader can handle") from error
    return sheet


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of sheets."""
    number = len(_open(data, settings).sheet_names)
    if not number:
        raise ReadRefused("broken", "the workbook has no sheets")
    return number


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterable[Record]:
    """Yield the sheets first..last; a damaged one as a failed page."""
    workbook = _open(data, settings)
    for number in range(first, min(last, len(workbook.sheet_names)) + 1):
        made = Body(kind="sheet", engine="calamine")
        try:
            sheet = _sheet(workbook, number - 1)
        except ReadRefused as refused:
            yield from sheet_pages(made, None, exhibit, NAME, VERSION, number, refused)
            continue
        yield from sheet_pages(made, sheet, exhibit, NAME, VERSION, number)


XLS = Reader(
    NAME,
    VERSION,
    "Binary workbooks (XLS, XLSB): a page a sheet, values.",
    "No formulas and no number formats: figures are shown plain.",
    accepts=("application/vnd.ms-excel", "application/vnd.ms-excel.sheet.binary.macroEnabled.12"),
    count=count,
    read=read,
    chunk=64,
)


def _unlocked(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> tuple[bytes, Exhibit, Reader]:
    """Return an encrypted document's plain bytes and the reader for them; refuse when no password fits."""
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    from assay.custody.sniff import media_type

    for password in settings.passwords or ():
        plain = io.BytesIO()
        try:
            locked = msoffcrypto.OfficeFile(io.BytesIO(data))
            locked.load_key(password=password, verify_password=True)
            locked.decrypt(plain)
        except (InvalidKeyError, DecryptionError):
            continue
        except (FileFormatError, ParseError, OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise ReadRefused("broken", f"the encrypted document is damaged: {str(error)[:160]}") from error
        content = plain.getvalue()
        kind = media_type(content)
        for reader in (docx.DOCX, xlsx.XLSX, slides.SLIDES, XLS):
            if kind in reader.accepts:
                return content, replace(exhibit, media_type=kind), reader
        raise ReadRefused("no_reader", f"the encrypted document holds {kind}, which no reader here takes")
    raise ReadRefused("encrypted", "the document is encrypted: a password is needed and none that was given fits")


def count_locked(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of pages of an encrypted document."""
    content, inner, reader = _unlocked(data, exhibit, settings)
    return reader.count(content, inner, settings)


def read_locked(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterable[Record]:
    """Yield the pages of an encrypted document, as its own format's reader gives them."""
    content, inner, reader = _unlocked(data, exhibit, settings)
    return reader.read(content, inner, settings, first, last)


LOCKED = Reader(
    "office_locked",
    "1",
    "Encrypted DOCX, XLSX and PPTX, opened with the passwords given.",
    "Records name the inner format's reader as their part; documents locked by certificates are refused.",
    accepts=("application/x-ooxml-encrypted",),
    count=count_locked,
    read=read_locked,
    chunk=64,
)
