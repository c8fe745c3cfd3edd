"""What type of file are these bytes? Judged by content alone; and what a name claims, kept apart.

`media_type` looks at magic numbers, at the members of zip and OLE containers, and at the words of text. It never trusts
a name. `declared_type` is what the name claims: a difference between the two is worth a look, not an error.

Limits: text kinds (CSV, mail, HTML fragments) are told by habits, not by grammar; a text that fits none is
`text/plain`, and bytes that are no text and no known format are `application/octet-stream`.
"""

from __future__ import annotations

import re
import zlib
from functools import cache
from importlib import resources

from assay.custody import cms, ole
from assay.custody.charset import decode
from assay.custody.pgp import only_signatures
from assay.custody.sniff_text import text_type

EMPTY = "application/x-empty"
BINARY = "application/octet-stream"

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"II+\x00", "image/tiff"),
    (0, b"MM\x00+", "image/tiff"),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (0, b"\xff\x4f\xff\x51", "image/x-jp2-codestream"),
    (0, b"\x97JB2\r\n\x1a\n", "image/x-jbig2"),
    (0, b"AT&TFORM", "image/vnd.djvu"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"\x00\x00\x01\x00", "image/x-icon"),
    (0, b"\xd7\xcd\xc6\x9a", "image/wmf"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07\x00", "application/x-rar"),
    (0, b"Rar!\x1a\x07\x01\x00", "application/x-rar"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"\x1f\x9d", "application/x-compress"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"\x5d\x00\x00", "application/x-lzma"),
    (0, b"LZIP", "application/x-lzip"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"\x04\x22\x4d\x18", "application/x-lz4"),
    (0, b"MSCF\x00\x00\x00\x00", "application/vnd.ms-cab-compressed"),
    (2, b"-lh", "application/x-lzh"),
    (0, b"\x60\xea", "application/x-arj"),
    (257, b"ustar", "application/x-tar"),
    (0x8001, b"CD001", "application/x-iso9660-image"),
    (0, b"!BDN", "application/vnd.ms-outlook-pst"),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", "application/onenote"),
    (0, b"ITSF", "application/vnd.ms-htmlhelp"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (4, b"Standard Jet DB", "application/x-msaccess"),
    (4, b"Standard ACE DB", "application/x-msaccess"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\x1aE\xdf\xa3", "video/x-matroska"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"\x00\x00\x01\xba", "video/mpeg"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"\xca\xfe\xba\xbe", "application/java-vm"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"WARC/", "application/warc"),
    (0, b"\xdb\xa5-\x00", "application/x-msword2"),
    (0, b"\xfe\x37\x00\x23", "application/x-msword5-mac"),
    (0, b"\x31\xbe\x00\x00", "application/x-mswrite"),
    (0, b"\x32\xbe\x00\x00", "application/x-mswrite"),
    (0, b"\xffWPC", "application/vnd.wordperfect"),
    (0, b"%!PS", "application/postscript"),
    (0, b"\xc5\xd0\xd3\xc6", "application/postscript"),
    (0, b"AC10", "image/vnd.dwg"),
    (0, b"\x4c\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (0, b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
    (12, b"\x61\x15\x06\x00", "application/x-berkeley-db"),
    (12, b"\x62\x31\x05\x00", "application/x-berkeley-db"),
)
"""Offset, bytes, type: first fit wins; after these come those of `magic.txt`."""


@cache
def _more_magic() -> tuple[tuple[int, bytes, str], ...]:
    """Return the magic numbers of `magic.txt`."""
    lines = resources.files("assay.custody").joinpath("magic.txt").read_text("ascii").splitlines()
    split = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return tuple((int(offset), bytes.fromhex(magic), kind) for offset, magic, kind in split)


_OPENDOCUMENT = "application/vnd.oasis.opendocument."
_OOXML = "application/vnd.openxmlformats-officedocument."


def media_type(data: bytes) -> str:
    """Return the media type of `data`, judged by its content; `application/x-empty` for no bytes at all."""
    if not data:
        return EMPTY
    found = _magic(data)
    if found == "application/x-ole-storage":
        return ole.media_type(data)
    if found:
        return found
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06") or data[:8] == b"PK\x07\x08PK\x03\x04":
        return _zip_type(data)
    if _is_pdf(data):
        return "application/pdf"
    if data[:1] == b"\x30" and (signed := _cms_type(data)):
        return signed
    if _is_old_tar(data):
        return "application/x-tar"
    if data[:6].lstrip(b"\xef\xbb\xbf\r\n")[:2] in (b"MI", b"--") and (signed := _armoured_cms(data)):
        return signed
    decoded = decode(data)
    if decoded is not None:
        return text_type(data, decoded.text, decoded.encoding)
    if data[:1] in (b"\x88", b"\x89", b"\xc2") and only_signatures(data):
        return "application/pgp-signature"
    tail = data[-65_557:]
    if b"PK\x05\x06" in tail and b"PK\x01\x02" in data:
        return _zip_type(data)
    return BINARY


def _magic(data: bytes) -> str | None:
    for offset, magic, kind in _MAGIC:
        if data.startswith(magic, offset) and _holds(data, kind):
            return kind
    if data[:4] == b"RIFF" and len(data) > 12:
        return {b"WEBP": "image/webp", b"WAVE": "audio/x-wav", b"AVI ": "video/x-msvideo"}.get(data[8:12])
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        if brand in (b"heic", b"heix", b"mif1", b"hevc", b"msf1"):
            return "image/heic"
        if brand == b"avif":
            return "image/avif"
        return "video/quicktime" if brand == b"qt  " else "video/mp4"
    if data[:2] == b"BM" and len(data) > 30 and data[6:10] == b"\0\0\0\0" and data[14:18] in _BMP_HEADERS:
        return "image/bmp"
    if re.match(rb"P[1-7]\s+(?:#[^\n]*\n\s*)*\d{1,6}\s+\d{1,6}\s", data[:400]):
        return "image/x-portable-anymap"
    if data[40:44] == b" EMF":
        return "image/emf"
    if data[:2] == b"MZ" and len(data) > 64 and (b"PE\0\0" in data[:2048] or b"This program" in data[:512]):
        return "application/x-msdownload"
    for offset, magic, kind in _more_magic():
        if data.startswith(magic, offset) and _no_text(data, magic):
            return kind
    if data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xfa", b"\xff\xf2") and len(data) > 512:
        return "audio/mpeg"
    return None


_BMP_HEADERS = tuple(size.to_bytes(4, "little") for size in (12, 40, 52, 56, 64, 108, 124))


def _no_text(data: bytes, magic: bytes) -> bool:
    """Tell whether a file that starts with a few letters or digits is no text that happens to start with them."""
    if magic[:4] == b"0707":
        return re.match(rb"0707(?:0[12][0-9A-Fa-f]{104}|07[0-7]{70})", data) is not None
    return len(magic) > 8 or not magic.isascii() or min(magic) < 32 or b"\0" in data[:512]


def _holds(data: bytes, kind: str) -> bool:
    """Second look at magic numbers that are short enough to occur by chance."""
    if kind == "application/x-bzip2":
        return data[3:4] in b"123456789" and (data[4:10] in (b"1AY&SY", b"\x17rE8P\x90"))
    if kind == "application/x-lzma":
        return len(data) > 13 and (data[5:13] == b"\xff" * 8 or int.from_bytes(data[5:13], "little") < 1 << 40)
    if kind == "application/x-arj":
        return len(data) > 12 and 20 <= int.from_bytes(data[2:4], "little") <= 2600
    if kind == "application/x-lzh":
        return data[6:7] == b"-"
    if kind == "image/x-icon":
        return 0 < int.from_bytes(data[4:6], "little") < 64
    if kind == "image/vnd.dwg":
        return data[4:6].isdigit()
    return True


def _is_pdf(data: bytes) -> bool:
    """Tell whether a PDF header stands in the first kilobyte, or `startxref` at the end after a lost header."""
    at = data.find(b"%PDF-", 0, 1024 + 5)
    if at == 0:
        return True
    if at > 0:
        before = data[:at].lstrip()
        return re.match(rb"(?:\d+\s*\n)?(?:<|From |[A-Za-z-]+:)", before) is None or b"startxref" in data[-2048:]
    return b"startxref" in data[-1024:] and re.search(rb"\d+ \d+ obj\b", data[:4096]) is not None


def _is_old_tar(data: bytes) -> bool:
    """Tell whether the first block is a tar header of the old kind, by its checksum."""
    if len(data) < 512 or not data[0]:
        return False
    field = data[148:156].strip(b" \0")
    if not field or any(c not in b"01234567" for c in field):
        return False
    block = data[:148] + b" " * 8 + data[156:512]
    return int(field, 8) == sum(block)


_CMS = {
    bytes.fromhex("2a864886f70d010702"): "application/pkcs7-signature",
    bytes.fromhex("2a864886f70d010703"): "application/pkcs7-mime",
    bytes.fromhex("2a864886f70d010701"): "application/pkcs7-mime",
    bytes.fromhex("2a811ccf5506010402 02".replace(" ", "")): "application/pkcs7-signature",
}


def _armoured_cms(data: bytes) -> str | None:
    """Recognise CMS as PEM or as bare base64, in which many programs keep signatures."""
    plain = cms.binary(data)
    return _cms_type(plain) if plain is not data else None


def _cms_type(data: bytes) -> str | None:
    """Recognise CMS in DER: SignedData without content is a detached signature, with content a signed file."""
    at = _after_header(data, 0)
    if at is None:
        return None
    if data[at : at + 1] == b"\x06" and at + 1 < len(data):
        oid = data[at + 2 : at + 2 + data[at + 1]]
        kind = _CMS.get(oid)
        if kind != "application/pkcs7-signature":
            return kind
        return "application/pkcs7-mime" if cms.carries_content(data) else kind
    if data[at : at + 1] == b"\x30":
        inner = _after_header(data, at)
        if inner is not None and data[inner : inner + 5] == b"\xa0\x03\x02\x01\x02":
            return "application/pkix-cert"
    return None


def _after_header(data: bytes, at: int) -> int | None:
    if at + 2 > len(data):
        return None
    size = data[at + 1]
    return at + 2 + (size & 0x7F if size & 0x80 else 0)


def _zip_type(data: bytes) -> str:
    """Return the type of a zip container, by its members."""
    from assay.custody.unpack_zip import names, read_small

    listed = names(data, limit=4000)
    present = set(listed)
    kind = read_small(data, "mimetype", 200).strip()
    if kind.startswith((b"application/vnd.oasis.", b"application/vnd.sun.xml", b"application/epub+zip")):
        return kind.decode("ascii", "replace").split("\0")[0].strip()
    if "[Content_Types].xml" in present:
        types = read_small(data, "[Content_Types].xml", 2_000_000)
        return _ooxml_type(types, present)
    if any(n.startswith("word/") for n in listed) and "word/document.xml" in present:
        return f"{_OOXML}wordprocessingml.document"
    if "META-INF/container.xml" in present:
        return "application/epub+zip"
    if "META-INF/MANIFEST.MF" in present:
        return "application/java-archive"
    if "doc.kml" in present:
        return "application/vnd.google-earth.kmz"
    if "content.xml" in present and "META-INF/manifest.xml" in present:
        return _odf_by_manifest(read_small(data, "META-INF/manifest.xml", 500_000))
    return "application/zip"


def _odf_by_manifest(manifest: bytes) -> str:
    found = re.search(rb'media-type="(application/vnd\.oasis\.opendocument\.[a-z-]+)"', manifest)
    return found.group(1).decode("ascii") if found else "application/zip"


_OOXML_MAIN: tuple[tuple[bytes, str], ...] = (
    (b"application/vnd.ms-word.document.macroEnabled", "application/vnd.ms-word.document.macroEnabled.12"),
    (b"application/vnd.ms-word.template.macroEnabled", "application/vnd.ms-word.document.macroEnabled.12"),
    (b"wordprocessingml.document.main+xml", f"{_OOXML}wordprocessingml.document"),
    (b"wordprocessingml.template.main+xml", f"{_OOXML}wordprocessingml.document"),
    (b"application/vnd.ms-excel.sheet.binary.macroEnabled.main",
     "application/vnd.ms-excel.sheet.binary.macroEnabled.12"),
    (b"application/vnd.ms-excel.sheet.macroEnabled.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.12"),
    (b"application/vnd.ms-excel.template.macroEnabled.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.12"),
    (b"spreadsheetml.sheet.main+xml", f"{_OOXML}spreadsheetml.sheet"),
    (b"spreadsheetml.template.main+xml", f"{_OOXML}spreadsheetml.sheet"),
    (b"presentationml.presentation.main+xml", f"{_OOXML}presentationml.presentation"),
    (b"presentationml.slideshow.main+xml", f"{_OOXML}presentationml.presentation"),
    (b"presentationml.template.main+xml", f"{_OOXML}presentationml.presentation"),
    (b"application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
     "application/vnd.ms-powerpoint.presentation.macroEnabled.12"),
    (b"application/vnd.ms-visio.drawing.main+xml", "application/vnd.ms-visio.drawing"),
    (b"application/vnd.ms-package.xps-fixeddocumentsequence+xml", "application/vnd.ms-xpsdocument"),
)  # fmt: skip


def _ooxml_type(types: bytes, present: set[str]) -> str:
    for mark, kind in _OOXML_MAIN:
        if mark in types:
            return kind
    for member, kind in (
        ("word/document.xml", "wordprocessingml.document"),
        ("xl/workbook.xml", "spreadsheetml.sheet"),
        ("ppt/presentation.xml", "presentationml.presentation"),
    ):
        if member in present:
            return _OOXML + kind
    return "application/zip"


_NAMES: dict[str, str] = {
    "docx": f"{_OOXML}wordprocessingml.document", "dotx": f"{_OOXML}wordprocessingml.document",
    "xlsx": f"{_OOXML}spreadsheetml.sheet", "xltx": f"{_OOXML}spreadsheetml.sheet",
    "pptx": f"{_OOXML}presentationml.presentation", "ppsx": f"{_OOXML}presentationml.presentation",
    "docm": "application/vnd.ms-word.document.macroEnabled.12",
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    "pptm": "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
    "xlsb": "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    "odt": f"{_OPENDOCUMENT}text", "ods": f"{_OPENDOCUMENT}spreadsheet", "odp": f"{_OPENDOCUMENT}presentation",
    "odg": f"{_OPENDOCUMENT}graphics", "epub": "application/epub+zip",
    "doc": "application/msword", "dot": "application/msword", "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint", "vsd": "application/vnd.visio", "msg": "application/vnd.ms-outlook",
    "pst": "application/vnd.ms-outlook-pst", "wps": "application/vnd.ms-works", "one": "application/onenote",
    "rtf": "application/rtf", "pdf": "application/pdf", "ps": "application/postscript",
    "txt": "text/plain", "log": "text/plain", "md": "text/markdown", "csv": "text/csv",
    "tsv": "text/tab-separated-values", "html": "text/html", "htm": "text/html", "xhtml": "text/html",
    "xml": "application/xml", "json": "application/json", "eml": "message/rfc822", "mbox": "application/mbox",
    "mht": "multipart/related", "mhtml": "multipart/related", "ics": "text/calendar", "vcf": "text/vcard",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "tif": "image/tiff",
    "tiff": "image/tiff", "bmp": "image/bmp", "webp": "image/webp", "jp2": "image/jp2", "heic": "image/heic",
    "djvu": "image/vnd.djvu", "djv": "image/vnd.djvu", "svg": "image/svg+xml", "emf": "image/emf", "wmf": "image/wmf",
    "dwg": "image/vnd.dwg", "zip": "application/zip", "7z": "application/x-7z-compressed", "rar": "application/x-rar",
    "tar": "application/x-tar", "gz": "application/gzip", "tgz": "application/gzip", "bz2": "application/x-bzip2",
    "xz": "application/x-xz", "zst": "application/zstd", "lzma": "application/x-lzma",
    "iso": "application/x-iso9660-image",
    "cab": "application/vnd.ms-cab-compressed", "p7s": "application/pkcs7-signature",
    "sig": "application/pkcs7-signature", "p7m": "application/pkcs7-mime", "chm": "application/vnd.ms-htmlhelp",
    "mp3": "audio/mpeg", "wav": "audio/x-wav", "mp4": "video/mp4", "mov": "video/quicktime",
    "exe": "application/x-msdownload", "dll": "application/x-msdownload", "db": "application/octet-stream",
}  # fmt: skip


def declared_type(name: str) -> str:
    """Return the media type that the ending of `name` claims; empty when it claims none that is known."""
    stem, dot, ending = name.rsplit("/", 1)[-1].rpartition(".")
    return _NAMES.get(ending.lower(), "") if dot and stem else ""


def inflated_head(data: bytes, size: int = 1024) -> bytes:
    """Return the first bytes inside gzip data, empty when it is broken: enough to tell a tar from a single file."""
    try:
        return zlib.decompressobj(31).decompress(data[: size * 64], size)
    except zlib.error:
        return b""
