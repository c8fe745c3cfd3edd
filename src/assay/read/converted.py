"""Reader for old and rare office formats, through a program outside: LibreOffice makes a PDF, and that is read.

Purpose: what no library reads. The program runs behind walls of its own (`work.outside`), and what it makes is parsed
behind the worker's like any other PDF.
Limits: needs LibreOffice; the pages are those of its own layout, which another program may break elsewhere, and what it
leaves out of a format is left out here. Without it these exhibits are unread, and the problem says what to install.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from assay.model import Exhibit, Page, Problem, Record, Table
from assay.read import pdf
from assay.work.outside import OFFICE_TO_PDF, OutsideFailed, convert
from assay.work.part import Reader, ReadRefused, ReadSettings

NAME, VERSION = "converted", "1"
_SUFFIXES: dict[str, str] = {
    "application/vnd.ms-works": "wps", "application/vnd.wordperfect": "wpd", "application/x-mswrite": "wri",
    "application/x-msword2": "doc", "application/x-msword5-mac": "mcw", "application/vnd.visio": "vsd",
    "application/vnd.ms-visio.drawing": "vsdx", "application/x-mspublisher": "pub", "application/x-hwp": "hwp",
    "application/vnd.stardivision.writer": "sdw", "application/vnd.stardivision.calc": "sdc",
    "application/vnd.stardivision.impress": "sdd", "application/vnd.lotus-1-2-3": "wk1",
    "application/x-quattro-pro": "wb2", "application/vnd.ms-excel.sheet.2": "xls",
    "application/vnd.ms-excel.sheet.3": "xls", "application/vnd.ms-excel.sheet.4": "xls",
    "application/vnd.oasis.opendocument.graphics": "odg", "application/vnd.sun.xml.writer": "sxw",
    "application/vnd.sun.xml.calc": "sxc", "application/vnd.sun.xml.impress": "sxi",
}  # fmt: skip
_kept: list[tuple[str, bytes]] = []
"""The last conversion of this process, by exhibit: the pages of one exhibit are read one after another."""


def made(data: bytes, exhibit: Exhibit) -> bytes:
    """Return the PDF that LibreOffice makes of an exhibit; raise `ReadRefused` when it makes none."""
    if _kept and _kept[0][0] == exhibit.digest:
        return _kept[0][1]
    try:
        content = convert(OFFICE_TO_PDF, data, _SUFFIXES[exhibit.media_type])
    except OutsideFailed as failed:
        raise ReadRefused(failed.category, f"no library reads {exhibit.media_type}, and {failed.message}") from failed
    _kept[:] = [(exhibit.digest, content)]
    return content


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return how many pages LibreOffice lays the document out on."""
    return pdf.count(made(data, exhibit), exhibit, settings)


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterable[Record]:
    """Yield the records of pages first..last, named as this reader's, with a note on where they come from."""
    for record in pdf.read(made(data, exhibit), exhibit, settings, first, last):
        if isinstance(record, Page):
            notes = (*record.notes, "laid out by LibreOffice from a format that no library here reads")
            yield replace(record, notes=notes, part=NAME, version=VERSION)
        elif isinstance(record, Table | Problem):
            yield replace(record, part=NAME, version=VERSION)
        else:
            yield record


CONVERTED = Reader(
    NAME,
    VERSION,
    "Works, WordPerfect, Write, Visio, Publisher, StarOffice, Lotus 1-2-3, Quattro Pro, as LibreOffice reads them.",
    "Pages are those of LibreOffice's layout; what it leaves out of a format is left out here.",
    needs=("libreoffice",),
    accepts=tuple(_SUFFIXES),
    count=count,
    read=read,
)
