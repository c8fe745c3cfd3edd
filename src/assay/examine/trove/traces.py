"""What a file's bytes tell of the hands, programs, devices and clocks that made it: to be compared over the trove.

Reads PDF (information dictionary, XMP, fonts, JPEG tables), Office Open XML (properties, settings, styles), OLE
properties, mails' headers and JPEG images. Limits: all of it is written by programs and can be set at will; a field
that is empty says nothing. Everything read is bounded; what cannot be opened gives no traces, with the reason.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_OOXML = "application/vnd.openxmlformats-officedocument."
MOST_OBJECTS = 20_000
MOST_PICTURES = 40
MOST_PART = 16 << 20
MOST_TEXT = 300
_PDF_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:\d\d)?\s*(?:([+\-])(\d\d)'?(\d\d)?'?|(Z))?")
_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(?:([+\-])(\d\d):?(\d\d)|(Z))?")
_MAIL_ZONE = re.compile(r"([+\-])(\d\d)(\d\d)\s*(?:\([^)]{0,40}\))?\s*$")


@dataclass(frozen=True, slots=True)
class Traces:
    """One file's traces.

    `people` are names of authors, `tools` programs, `devices` cameras and scanners, `fonts` families, `marks` revision
    marks (rsid), `tables` digests of JPEG quantisation tables, `zones` (field, minutes east of UTC), `saved` (field,
    day). `reason` says why nothing could be read.
    """

    people: frozenset[str] = frozenset()
    tools: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    fonts: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    zones: tuple[tuple[str, int], ...] = ()
    saved: tuple[tuple[str, str], ...] = ()
    reason: str = ""


@dataclass(slots=True)
class _Gathered:
    """Traces while they are collected."""

    people: set[str] = field(default_factory=set)
    tools: set[str] = field(default_factory=set)
    devices: set[str] = field(default_factory=set)
    fonts: set[str] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    zones: dict[str, int] = field(default_factory=dict)
    saved: dict[str, str] = field(default_factory=dict)

    def dated(self, name: str, written: str, pattern: re.Pattern[str]) -> None:
        """Take the zone and the day of a date."""
        match = pattern.match(written.strip())
        if match is None:
            return
        parts = match.groups()
        self.saved[name] = "-".join(part or "01" for part in parts[:3])
        sign, hours, minutes, utc = parts[-4:]
        if sign:
            self.zones[name] = (1 if sign == "+" else -1) * (int(hours) * 60 + int(minutes or 0))
        elif utc:
            self.zones[name] = 0

    def done(self, reason: str = "") -> Traces:
        """Return them, fixed."""
        return Traces(
            _fixed(self.people), _fixed(self.tools), _fixed(self.devices), _fixed(self.fonts), _fixed(self.marks),
            _fixed(self.tables), tuple(sorted(self.zones.items())), tuple(sorted(self.saved.items())), reason,
        )  # fmt: skip


def _fixed(values: set[str]) -> frozenset[str]:
    return frozenset(_clean(value) for value in values if _clean(value))


def traces_of(data: bytes, media_type: str) -> Traces:
    """Return the traces of a file's bytes; empty ones, with the reason, where it cannot be opened."""
    gathered = _Gathered()
    if media_type == "application/pdf":
        return _pdf(data, gathered)
    if media_type.startswith(_OOXML):
        return _office(data, gathered)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _ole(data, gathered)
    if media_type == "message/rfc822":
        _mail(data, gathered)
    elif data[:3] == b"\xff\xd8\xff":
        gathered.tables |= set(_quantisation(data))
        return _exif(data, gathered)
    return gathered.done()


def _clean(value: str) -> str:
    return " ".join(value.split())[:MOST_TEXT].strip("\x00 ")


def _pdf(data: bytes, gathered: _Gathered) -> Traces:
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for name, into in (
                ("/Author", gathered.people),
                ("/Creator", gathered.tools),
                ("/Producer", gathered.tools),
            ):
                value = pdf.docinfo.get(name)
                if value is not None:
                    into.add(str(value))
            for name in ("/CreationDate", "/ModDate"):
                value = pdf.docinfo.get(name)
                if value is not None:
                    gathered.dated(name[1:], str(value), _PDF_DATE)
            if "/Metadata" in pdf.Root:
                _xmp(bytes(pdf.Root.Metadata.read_bytes())[:MOST_PART], gathered)
            _pdf_objects(pdf, gathered)
    except (
        pikepdf.PdfError,
        pikepdf.PasswordError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
    ) as error:
        return gathered.done(f"its structure could not be read ({type(error).__name__})")
    return gathered.done()


def _pdf_objects(pdf: Any, gathered: _Gathered) -> None:
    import pikepdf

    pictures = 0
    for number, item in enumerate(pdf.objects):
        if number >= MOST_OBJECTS:
            return
        if not isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            continue
        if item.get("/Type") == "/Font" and "/BaseFont" in item:
            gathered.fonts.add(family(str(item["/BaseFont"])[1:]))
        elif item.get("/Subtype") == "/Image" and item.get("/Filter") == "/DCTDecode" and pictures < MOST_PICTURES:
            pictures += 1
            gathered.tables |= set(_quantisation(bytes(item.read_raw_bytes())[: 1 << 16]))


_XMP_FIELDS = (
    (re.compile(rb"<dc:creator>.{0,200}?<rdf:li[^>]{0,80}>([^<]{1,200})<", re.S), "people"),
    (re.compile(rb"<(?:xmp:CreatorTool|pdf:Producer)>([^<]{1,200})<"), "tools"),
)
_XMP_DATE = re.compile(rb"(?:<xmp:(CreateDate|ModifyDate)>|xmp:(CreateDate|ModifyDate)=\")([0-9T:+\-Z.]{10,40})")


def _xmp(packet: bytes, gathered: _Gathered) -> None:
    for pattern, name in _XMP_FIELDS:
        for match in pattern.findall(packet)[:8]:
            getattr(gathered, name).add(match.decode("utf-8", "replace"))
    for created, modified, when in _XMP_DATE.findall(packet)[:8]:
        gathered.dated(f"xmp:{(created or modified).decode()}", when.decode("latin-1"), _ISO_DATE)


def family(name: str) -> str:
    """Return a font's family: without subset tag, style and maker's suffix."""
    bare = re.sub(r"^[A-Z]{6}\+", "", name)
    return re.split(r"[-,]", bare)[0].removesuffix("PSMT").removesuffix("MT").removesuffix("PS")


def _office(data: bytes, gathered: _Gathered) -> Traces:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
            for name in ("docProps/core.xml", "docProps/app.xml", "word/settings.xml", "word/fontTable.xml"):
                if name in names and package.getinfo(name).file_size <= MOST_PART:
                    root = etree.fromstring(package.read(name), parser)
                    if root is not None:
                        _office_part(root, gathered)
    except (zipfile.BadZipFile, etree.XMLSyntaxError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        return gathered.done(f"its package could not be read ({type(error).__name__})")
    return gathered.done()


def _office_part(root: Any, gathered: _Gathered) -> None:
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        name = element.tag.rpartition("}")[2]
        text = (element.text or "").strip()
        if name in ("creator", "lastModifiedBy") and text:
            gathered.people.add(text)
        elif name in ("Application", "Company", "Template") and text and name == "Application":
            gathered.tools.add(text)
        elif name in ("created", "modified") and text:
            gathered.dated(name, text, _ISO_DATE)
            gathered.zones.pop(name, None)  # Word writes UTC whatever its clock says
        elif name in ("rsid", "rsidRoot"):
            gathered.marks.update(v for k, v in element.attrib.items() if k.rpartition("}")[2] == "val")
        elif name == "font":
            gathered.fonts.update(family(v) for k, v in element.attrib.items() if k.rpartition("}")[2] == "name")


def _ole(data: bytes, gathered: _Gathered) -> Traces:
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            meta = ole.get_metadata()
            for value in (meta.author, meta.last_saved_by):
                if value:
                    gathered.people.add(_decoded(value, meta.codepage))
            if meta.creating_application:
                gathered.tools.add(_decoded(meta.creating_application, meta.codepage))
            for name, when in (("created", meta.create_time), ("modified", meta.last_saved_time)):
                if when is not None:
                    gathered.saved[name] = when.date().isoformat()
    except (OSError, ValueError, TypeError, IndexError, AttributeError) as error:
        return gathered.done(f"its properties could not be read ({type(error).__name__})")
    return gathered.done()


def _decoded(value: bytes | str, codepage: int | None) -> str:
    if isinstance(value, str):
        return value
    charset = {65001: "utf-8", 1251: "cp1251", 936: "gb18030", 1252: "cp1252"}.get((codepage or 0) & 0xFFFF, "utf-8")
    return value.decode(charset, "replace")


def _mail(data: bytes, gathered: _Gathered) -> None:
    from email.parser import BytesHeaderParser

    headers = BytesHeaderParser().parsebytes(data[: 1 << 20])
    zone = _MAIL_ZONE.search(str(headers.get("Date", ""))[:200])
    if zone:
        gathered.zones["Date"] = (1 if zone.group(1) == "+" else -1) * (int(zone.group(2)) * 60 + int(zone.group(3)))
    for name in ("X-Mailer", "User-Agent"):
        if headers.get(name):
            gathered.tools.add(str(headers[name]))


def _quantisation(jpeg: bytes) -> Iterator[str]:
    """Yield a digest of each quantisation table of a JPEG; scanners and programs have their own."""
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker, size = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == 0xDA or size < 2:
            return
        if marker == 0xDB:
            yield hashlib.sha256(jpeg[at + 4 : at + 2 + size]).hexdigest()[:16]
        at += 2 + size


def _exif(data: bytes, gathered: _Gathered) -> Traces:
    from PIL import Image as Picture
    from PIL import UnidentifiedImageError
    from PIL.ExifTags import IFD, Base

    try:
        with Picture.open(io.BytesIO(data)) as picture:
            exif = picture.getexif()
            inner = exif.get_ifd(IFD.Exif)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Picture.DecompressionBombError) as error:
        return gathered.done(f"its image data could not be read ({type(error).__name__})")
    maker = " ".join(str(exif[tag]) for tag in (Base.Make, Base.Model) if tag in exif)
    serial = inner.get(Base.BodySerialNumber)
    if maker and serial:
        gathered.devices.add(f"{maker} {serial}")
    if Base.Software in exif:
        gathered.tools.add(str(exif[Base.Software]))
    offset = re.match(r"([+\-])(\d\d):(\d\d)", str(inner.get(Base.OffsetTimeOriginal, "")))
    if offset:
        gathered.zones["OffsetTimeOriginal"] = (1 if offset.group(1) == "+" else -1) * (
            int(offset.group(2)) * 60 + int(offset.group(3))
        )
    return gathered.done()
