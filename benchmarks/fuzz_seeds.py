"""Seeds for `fuzz.py` made in code: a small file of each type that folders of real documents seldom hold."""

from __future__ import annotations

import io
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

TEXT = "Contract No. 17: 4200 crates are delivered by 1 March 2021. Договор № 17, 合同"
_ARCHIVES = ("7zip", "ar_bsd", "cpio", "iso9660", "pax", "warc", "zip")
_FILTERS = ("bzip2", "compress", "gzip", "lz4", "lzip", "lzma", "xz", "zstd")
_PICTURES = ("AVIF", "BMP", "GIF", "JPEG", "JPEG2000", "PNG", "PPM", "TIFF", "WEBP")


def seeds() -> Iterator[tuple[str, bytes]]:
    """Yield names and bytes."""
    yield "book.epub", _epub()
    yield "winmail.dat", _tnef()
    yield "page.djvu", _djvu()
    yield "flat.fodt", _flat()
    yield from _pictures()
    yield from _archives()


def _epub() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        book.writestr(
            "META-INF/container.xml", '<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>'
        )
        items = "".join(f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(3))
        order = "".join(f'<itemref idref="c{n}"/>' for n in range(3))
        book.writestr("b.opf", f"<package><manifest>{items}</manifest><spine>{order}</spine></package>")
        for n in range(3):
            book.writestr(f"c{n}.xhtml", f"<html><body><h1>{n}</h1><p>{TEXT}</p></body></html>")
    return out.getvalue()


def _tnef() -> bytes:
    def attribute(level: int, name: int, content: bytes) -> bytes:
        return struct.pack("<BHHI", level, name, 6, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)

    def wide(number: int, text: str) -> bytes:
        value = (text + "\0").encode("utf-16-le")
        return struct.pack("<HHII", 0x1F, number, 1, len(value)) + value + bytes(-len(value) % 4)

    letter = struct.pack("<I", 3) + wide(0x37, "Subject") + wide(0x1000, TEXT) + wide(0x0C1A, "Sender")
    long_name = struct.pack("<I", 1) + wide(0x3707, "annex.txt")
    return b"\x78\x9f\x3e\x22\1\0" + b"".join(
        (
            attribute(1, 0x9007, struct.pack("<II", 1251, 0)), attribute(1, 0x9003, letter),
            attribute(2, 0x9002, bytes(14)), attribute(2, 0x800F, TEXT.encode()), attribute(2, 0x9005, long_name),
        )
    )  # fmt: skip


def _djvu() -> bytes:
    info = struct.pack(">HHBBHBB", 200, 300, 24, 0, 300, 22, 1)
    words = TEXT.encode()
    text = len(words).to_bytes(3, "big") + words + b"\1"
    page = b"DJVUINFO" + struct.pack(">I", 10) + info + b"TXTa" + struct.pack(">I", len(text)) + text
    return b"AT&TFORM" + struct.pack(">I", len(page)) + page


def _flat() -> bytes:
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    names = f'xmlns:office="{office}office:1.0" xmlns:text="{office}text:1.0" xmlns:table="{office}table:1.0"'
    cell = f"<table:table-cell><text:p>{TEXT}</text:p></table:table-cell>"
    table = f"<table:table><table:table-row>{cell * 3}</table:table-row></table:table>"
    body = f"<office:body><office:text><text:p>{TEXT}</text:p>{table}</office:text></office:body>"
    kind = 'office:mimetype="application/vnd.oasis.opendocument.text"'
    return f'<?xml version="1.0"?><office:document {names} {kind}>{body}</office:document>'.encode()


def _pictures() -> Iterator[tuple[str, bytes]]:
    from PIL import Image, ImageDraw, features

    image = Image.new("L", (200, 120), 255)
    ImageDraw.Draw(image).text((10, 10), "Contract No. 17", fill=0)
    for kind in _PICTURES:
        if kind == "AVIF" and not features.check("avif"):
            continue
        out = io.BytesIO()
        image.save(out, kind)
        yield f"picture.{kind.lower()}", out.getvalue()


def _archives() -> Iterator[tuple[str, bytes]]:
    import libarchive

    content = TEXT.encode() * 20
    with tempfile.TemporaryDirectory() as folder:
        for name in _ARCHIVES:
            place = Path(folder) / name
            with libarchive.file_writer(str(place), name) as archive:
                for number in range(3):
                    archive.add_file_from_memory(f"paper{number}.txt", len(content), content)
            yield f"archive.{name}", place.read_bytes()
        for name in _FILTERS:
            place = Path(folder) / name
            with libarchive.file_writer(str(place), "pax", name) as archive:
                archive.add_file_from_memory("paper.txt", len(content), content)
            yield f"archive.tar.{name}", place.read_bytes()
