"""Pictures made to hurt their decoders."""

from __future__ import annotations

import io
import struct
import zlib

from hostile_made import Hostile, raw_zeros, zeros
from hostile_pdf import jbig2, jp2


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png() -> bytes:
    """60,000 x 60,000 white points of one bit: 430 MiB in half a megabyte."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    packed = zeros(430)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def png_text() -> bytes:
    """A small picture whose comment unpacks to 2 GiB."""
    head = struct.pack(">IIBBBBB", 64, 64, 1, 0, 0, 0, 0)
    dots = zlib.compress((b"\0" + b"\xff" * 8) * 64, 9)
    comment = chunk(b"zTXt", b"Comment\0\0" + zeros(2048, b"A"))
    colours = chunk(b"iCCP", b"icc\0\0" + zeros(512))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + colours + comment + chunk(b"IDAT", dots) + chunk(b"IEND", b"")


def tiff_loop() -> bytes:
    """A TIFF whose second directory is followed by its first."""
    entries = [
        (256, 3, 1, 32), (257, 3, 1, 32), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 512),
        (277, 3, 1, 1), (278, 3, 1, 32), (279, 4, 1, 1024),
    ]  # fmt: skip
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHI", tag, kind, count)
        + struct.pack("<I" if kind == 4 else "<HH", *([value] if kind == 4 else [value, 0]))
        for tag, kind, count, value in entries
    )
    first, second = 8, 8 + len(directory) + 4
    made = b"II*\0" + struct.pack("<I", first) + directory + struct.pack("<I", second)
    made += directory + struct.pack("<I", first)
    return made.ljust(512, b"\0") + b"\xff" * 1024


def exif_loop() -> bytes:
    """A JPEG whose EXIF directories lead into each other and into themselves."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (64, 64), 255).save(out, "JPEG")
    directory = struct.pack("<HHHIIHHII", 2, 0x8769, 4, 1, 8, 0x8825, 4, 1, 8) + struct.pack("<I", 8)
    exif = b"Exif\0\0II*\0" + struct.pack("<I", 8) + directory
    return out.getvalue()[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + out.getvalue()[2:]


def xmp_entities() -> bytes:
    """A JPEG whose XMP declares entities that grow and one that lies outside."""
    from hostile_office import LAUGHS
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (64, 64), 255).save(out, "JPEG")
    xmp = b"http://ns.adobe.com/xap/1.0/\0" + LAUGHS + (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<r:Description xmlns:m="http://ns.adobe.com/xap/1.0/" m:CreatorTool="&e9;">&out;</r:Description></r:RDF></x:xmpmeta>'
    )  # fmt: skip
    return out.getvalue()[:2] + b"\xff\xe1" + struct.pack(">H", len(xmp) + 2) + xmp + out.getvalue()[2:]


def gif() -> bytes:
    """A GIF that states 65,535 x 65,535 points and a million frames of one."""
    head = b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return head + frame * 100_000 + b";"


def bmp() -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, 100_000, 100_000, 1, 1, 1, 64, 2835, 2835, 2, 2)
    return b"BM" + struct.pack("<IHHI", 200, 0, 0, 62) + head + b"\0\0\0\0\xff\xff\xff\0" + b"\0\xff\0\0" * 16


def anymap() -> bytes:
    return b"P5 60000 60000 255\n" + b"\xff" * 4096


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def jpeg2000() -> bytes:
    head = box(b"ihdr", struct.pack(">IIHBBBB", 0x7FFFFFFF, 0x7FFFFFFF, 1, 7, 7, 0, 0))
    colour = box(b"colr", b"\1\0\0" + struct.pack(">I", 17))
    start = b"\0\0\0\x0cjP  \r\n\x87\n" + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
    return start + box(b"jp2h", head + colour) + box(b"jp2c", jp2(0x7FFFFFFF, 0x7FFFFFFF))


def webp() -> bytes:
    """A lossless WebP that states the largest size there is."""
    bits = (16_383) | (16_383 << 14) | (1 << 28)
    body = b"\x2f" + struct.pack("<I", bits) + raw_zeros(1)[:300]
    inner = b"WEBPVP8L" + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", len(inner)) + inner


def djvu() -> bytes:
    info = struct.pack(">HHBBHBB", 65_535, 65_535, 24, 0, 300, 22, 1)
    page = b"DJVUINFO" + struct.pack(">I", 10) + info + b"Sjbz" + struct.pack(">I", 64) + bytes(range(64))
    return b"AT&TFORM" + struct.pack(">I", len(page)) + page


def bare_jbig2() -> bytes:
    return b"\x97JB2\r\n\x1a\n\x01\x00\x00\x00\x01" + jbig2()


FILES = (
    Hostile("huge.png", "60,000 x 60,000 points in half a megabyte", png, "limit: 60000 x 60000 pixels", ""),
    Hostile(
        "comment.png",
        "a comment of 2 GiB and a colour profile of 512 MiB in a picture of 64 points",
        png_text,
        "broken: Decompressed data too large",
        "",
    ),
    Hostile("loop.tif", "a directory of frames that leads back to its first", tiff_loop, "", ""),
    Hostile("exif-loop.jpg", "EXIF directories that hold themselves", exif_loop, "", ""),
    Hostile("xmp.jpg", "XMP with entities that grow, and one from outside", xmp_entities, "", ""),
    Hostile("huge.gif", "65,535 x 65,535 points, a hundred thousand frames", gif, "limit: 65535 x 65535 pixels", ""),
    Hostile("huge.bmp", "100,000 x 100,000 points that are not there", bmp, "limit: 100000 x 100000 pixels", ""),
    Hostile("huge.pgm", "60,000 x 60,000 points that are not there", anymap, "limit: 60000 x 60000 pixels", ""),
    Hostile(
        "huge.jp2",
        "JPEG 2000 of two thousand million points squared",
        jpeg2000,
        "limit: 2147483647 x 2147483647 pixels",
        "",
    ),
    Hostile(
        "huge.webp", "WebP of the largest size that can be stated", webp, "broken: The image cannot be decoded", ""
    ),
    Hostile("huge.djvu", "DjVu of the largest size that can be stated", djvu, "limit: 65535 x 65535 pixels", ""),
    Hostile(
        "symbols.jb2",
        "JBIG2 with two thousand million symbols",
        bare_jbig2,
        "no_reader: no reader for image/x-jbig2",
        "",
    ),
)
