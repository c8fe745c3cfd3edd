"""A font that draws nothing: what an invisible text layer is set in, whatever the script.

One glyph without any area, half an em wide, stands for every character; a map to Unicode says what each is. The font
itself is made here, table by table (OpenType 1.9, chapters `head`, `hhea`, `hmtx`, `maxp`, `loca`, `glyf`). The glyph
is two points at the corners of its box: some viewers leave out text whose glyphs have no extent.
"""

from __future__ import annotations

import struct
from typing import Any

EM, WIDTH, ASCENT, DESCENT = 1000, 500, 800, -200
"""Units of the font; a character is `WIDTH` wide, and reaches from `DESCENT` to `ASCENT` around its base line."""
_MAGIC, _CHECK = 0x5F0F3CF5, 0xB1B0AFBA


class Codes:
    """The characters of one document, each with a number of two bytes."""

    def __init__(self) -> None:
        """Know no character yet."""
        self._codes: dict[str, int] = {}

    def of(self, text: str) -> bytes:
        """Return a text as the font's codes; characters beyond 65,000 different ones are left out."""
        found = bytearray()
        for char in text:
            if char not in self._codes and len(self._codes) < 65_000:
                self._codes[char] = len(self._codes) + 1
            if char in self._codes:
                found += struct.pack(">H", self._codes[char])
        return bytes(found)

    def unicode(self) -> bytes:
        """Return the map from codes to characters (a CMap as in ISO 32000-1, 9.10.3)."""
        lines = [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <0000> <FFFF> endcodespacerange",
        ]
        pairs = [f"<{code:04X}> <{char.encode('utf-16-be').hex().upper()}>" for char, code in self._codes.items()]
        for start in range(0, len(pairs), 100):
            block = pairs[start : start + 100]
            lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
        lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
        return "\n".join(lines).encode("ascii")

    def font(self, pdf: Any) -> Any:
        """Return the font as an object of a pikepdf document."""
        from pikepdf import Array, Dictionary, Name, Stream

        name = Name("/AssayGlyphless")
        program = truetype()
        described = pdf.make_indirect(
            Dictionary(
                Type=Name.FontDescriptor, FontName=name, Flags=4, FontBBox=Array([0, DESCENT, WIDTH, ASCENT]),
                ItalicAngle=0, Ascent=ASCENT, Descent=DESCENT, CapHeight=ASCENT, StemV=80,
                FontFile2=pdf.make_indirect(Stream(pdf, program, Length1=len(program))),
            )
        )  # fmt: skip
        inner = Dictionary(
            Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=name, DW=WIDTH, FontDescriptor=described,
            CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
            CIDToGIDMap=pdf.make_indirect(Stream(pdf, b"\0\1" * (len(self._codes) + 1))),
        )  # fmt: skip
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font, Subtype=Name.Type0, BaseFont=name, Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(inner)]),
                ToUnicode=pdf.make_indirect(Stream(pdf, self.unicode())),
            )
        )  # fmt: skip


def truetype() -> bytes:
    """Return the font program: an empty glyph, and the one that stands for every character."""
    glyph = struct.pack(">hhhhhHHH6B", 2, 0, DESCENT, WIDTH, ASCENT, 2, 5, 0, *[1] * 6)
    glyph += struct.pack(">6h6h", 0, 0, 0, WIDTH, 0, 0, DESCENT, 0, 0, ASCENT - DESCENT, 0, 0)
    glyph += b"\0" * (-len(glyph) % 4)
    tables = {
        b"glyf": glyph,
        b"head": struct.pack(
            ">IIIIHHqqhhhhHHhhh", 0x10000, 0x10000, 0, _MAGIC, 0, EM, 0, 0, 0, DESCENT, WIDTH, ASCENT, 0, 8, 2, 0, 0
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH", 0x10000, ASCENT, DESCENT, 0, WIDTH, 0, 0, WIDTH, 1, 0, 0, 0, 0, 0, 0, 0, 2
        ),
        b"hmtx": struct.pack(">HhHh", WIDTH, 0, WIDTH, 0),
        b"loca": struct.pack(">HHH", 0, 0, len(glyph) // 2),
        b"maxp": struct.pack(">IH13H", 0x10000, 2, 6, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    at = 12 + 16 * len(tables)
    head, body, place = struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 32), b"", 0
    for tag, data in tables.items():
        if tag == b"head":
            place = at + len(body)
        head += struct.pack(">4sIII", tag, _sum(data), at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    whole = bytearray(head + body)
    struct.pack_into(">I", whole, place + 8, (_CHECK - _sum(bytes(whole))) & 0xFFFFFFFF)
    return bytes(whole)


def _sum(data: bytes) -> int:
    padded = data + b"\0" * (-len(data) % 4)
    total: int = sum(struct.unpack(f">{len(padded) // 4}I", padded))
    return total & 0xFFFFFFFF
