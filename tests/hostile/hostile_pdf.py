"""PDFs made to hurt their readers."""

from __future__ import annotations

import struct
import zlib

from hostile_made import CATALOG, FONT, STILL, Hostile, page, pdf, shows, stream, zeros

ONE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
TWO = b"<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2>>"


def beside(first: bytes, *more: bytes) -> bytes:
    """Return a PDF whose first page has the contents `first` (object 5), and whose second says what stays readable."""
    return pdf([CATALOG, TWO, page(b"5 0 R"), FONT, first, page(b"7 0 R"), stream(shows()), *more])


def nested_flate() -> bytes:
    packed, filters = zeros(4096), b"/FlateDecode"
    for _ in range(3):
        packed, filters = zlib.compress(packed, 9), filters + b"/FlateDecode"
    return beside(stream(packed, b"/Filter[%s]" % filters))


def million_pages() -> bytes:
    """Six levels of ten children that are one and the same node each."""
    levels = [
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join([b"%d 0 R" % (n + 7)] * 10), 10 ** (5 - n)) for n in range(5)
    ]
    root = b"<</Type/Pages/Kids[%s]/Count 1000000>>" % b" ".join([b"6 0 R"] * 10)
    leaf = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return pdf([CATALOG, root, page(b"5 0 R"), FONT, stream(shows()), *levels, leaf])


def pages_in_a_loop() -> bytes:
    return pdf([CATALOG, b"<</Type/Pages/Kids[3 0 R 2 0 R 2 0 R]/Count 3>>", page(b"5 0 R"), FONT, stream(shows())])


def objects_in_themselves() -> bytes:
    """An object stream that is said to lie in itself and to extend itself, beside plain objects."""
    plain = [CATALOG, ONE, page(b"5 0 R"), FONT, stream(shows())]
    inner = b"6 0 7 3 <</Self 6 0 R>>"
    holder = stream(inner, b"/Type/ObjStm/N 2/First 8/Extends 6 0 R")
    out, places = bytearray(b"%PDF-1.5\n"), [0]
    for number, content in enumerate([*plain, holder], 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    table = b"\0\0\0\0\xff" + b"".join(struct.pack(">BHH", 1, p, 0) for p in places[1:6])
    table += struct.pack(">BHH", 2, 6, 0) + struct.pack(">BHH", 2, 6, 1) + struct.pack(">BHH", 1, start, 0)
    head = b"/Type/XRef/Size 9/W[1 2 2]/Root 1 0 R/Info 7 0 R"
    out += b"8 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(table, head), start)
    return bytes(out)


def forms_that_double() -> bytes:
    """Thirty forms, each of which draws the next one twice."""
    first, depth = 8, 30
    forms = []
    for number in range(first, first + depth):
        last = number == first + depth - 1
        inside = b"0 0 1 1 re f" if last else b"/X Do 1 0 0 1 1 1 cm /X Do"
        more = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X %d 0 R>>>>" % (number + 1)
        forms.append(stream(inside, more))
    drawing = page(b"5 0 R", b"<</Font<</F 4 0 R>>/XObject<</X 8 0 R>>>>")
    first_page = stream(b"/X Do\n" + shows("Doubled"))
    return pdf([CATALOG, TWO, drawing, FONT, first_page, page(b"7 0 R"), stream(shows()), *forms])


def fonts_in_a_loop() -> bytes:
    """A drawn font whose letters are set in itself, and a composite font that is its own descendant."""
    fonts = b"<</Font<</F 4 0 R/G 6 0 R/H 8 0 R>>>>"
    own = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 10 10]/FontMatrix[.1 0 0 .1 0 0]/FirstChar 97/LastChar 97/Widths[10]"
        b"/Encoding<</Differences[97/a]>>/CharProcs<</a 7 0 R>>/Resources<</Font<</G 6 0 R>>>>>>"
    )
    letter = stream(b"10 0 d0 BT /G 8 Tf (aaaaaaaaaa) Tj ET")
    heir = b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[8 0 R]/ToUnicode 9 0 R>>"
    words = stream(b"/Loop usecmap begincmap endcmap", b"/Type/CMap/CMapName/Loop/UseCMap 9 0 R")
    drawn = stream(shows() + b"BT /G 9 Tf 60 600 Td (aaa) Tj /H 9 Tf (aa) Tj ET")
    return pdf([CATALOG, ONE, page(b"5 0 R", fonts), FONT, drawn, own, letter, heir, words])


def jp2(wide: int, high: int) -> bytes:
    """Return a JPEG 2000 codestream that states a size, in one tile, and holds next to nothing."""
    size = struct.pack(">HIIIIIIIIH", 0, wide, high, 0, 0, wide, high, 0, 0, 1) + b"\x07\x01\x01"
    coding = bytes.fromhex("ff52000c00000001000104040001")
    quantities = b"\xff\x5c" + struct.pack(">HB", 7, 0x40) + b"\x40\x40\x48\x48"
    tile = b"\xff\x90" + struct.pack(">HHIBB", 10, 0, 0, 0, 1) + b"\xff\x93" + b"\0" * 64 + b"\xff\xd9"
    return b"\xff\x4f\xff\x51" + struct.pack(">H", len(size) + 2) + size + coding + quantities + tile


def with_picture(head: bytes, content: bytes, more: tuple[bytes, ...] = ()) -> bytes:
    """Return a PDF whose only page shows a picture beside the words."""
    image = stream(content, b"/Type/XObject/Subtype/Image" + head)
    drawn = stream(b"q 595 0 0 842 0 0 cm /I Do Q\n" + shows())
    return pdf([CATALOG, ONE, page(b"5 0 R", b"<</Font<</F 4 0 R>>/XObject<</I 6 0 R>>>>"), FONT, drawn, image, *more])


def huge_jpeg2000() -> bytes:
    return with_picture(b"/Width 2000000000/Height 2000000000/Filter/JPXDecode", jp2(2_000_000_000, 2_000_000_000))


def segment(number: int, kind: int, content: bytes, refers: bytes = b"\0") -> bytes:
    return struct.pack(">IB", number, kind) + refers + b"\1" + struct.pack(">I", len(content)) + content


def jbig2() -> bytes:
    """Return JBIG2 segments: a page of no stated height, and a dictionary of two thousand million symbols."""
    paper = struct.pack(">IIIIBH", 60_000, 0xFFFFFFFF, 0, 0, 0, 0x8000 | 60_000)
    symbols = struct.pack(">HBBBBBBBBII", 0, 3, 0xFF, 0xFD, 0xFF, 2, 0xFE, 0xFE, 0xFE, 0x7FFFFFFF, 0x7FFFFFFF)
    text = struct.pack(">IIIIBHI", 60_000, 60_000, 0, 0, 0, 0, 0x7FFFFFFF) + bytes(64)
    return segment(0, 48, paper) + segment(1, 0, symbols + bytes(range(256)) * 4) + segment(2, 6, text, b"\x20\x01")


def symbols_without_end() -> bytes:
    return with_picture(
        b"/Width 60000/Height 60000/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/JBIG2Decode", jbig2()
    )


def huge_picture() -> bytes:
    head = b"/Width 60000/Height 60000/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter[/FlateDecode/FlateDecode]"
    return with_picture(head, zlib.compress(zeros(10_300), 9))


def huge_page() -> bytes:
    sized = page(b"5 0 R", more=b"/MediaBox[0 0 2000000000 2000000000]/UserUnit 1000000")
    return pdf([CATALOG, TWO, sized, FONT, stream(shows("Far away")), page(b"7 0 R"), stream(shows())])


def tables_in_a_loop() -> bytes:
    """Cross-reference tables, each said to be before the other."""
    made = pdf([CATALOG, ONE, page(b"5 0 R"), FONT, stream(shows())])
    start = int(made.split(b"startxref\n")[1].split(b"\n")[0])
    return made.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % start)


def deep_arrays() -> bytes:
    return pdf([CATALOG, ONE, page(b"5 0 R", more=b"/MediaBox[0 0 595 842]/A 6 0 R"), FONT, stream(shows()),
                b"[" * 500_000 + b"]" * 500_000])  # fmt: skip


def attachments_in_a_loop() -> bytes:
    """A tree of attached files whose branches are the tree itself, and a file that is the file that holds it."""
    catalog = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 6 0 R>>>>"
    tree = b"<</Kids[6 0 R 6 0 R 7 0 R]>>"
    leaf = b"<</Names[(note.txt) 8 0 R (again.txt) 8 0 R]/Limits[(a)(z)]>>"
    note = b"<</Type/Filespec/F(note.txt)/EF<</F 9 0 R>>>>"
    return pdf(
        [
            catalog,
            ONE,
            page(b"5 0 R"),
            FONT,
            stream(shows("Cover")),
            tree,
            leaf,
            note,
            stream(f"{STILL}, says the attached note".encode()),
        ]
    )


def revisions(number: int = 10_000) -> bytes:
    """A PDF that was saved again `number` times, each time with another line on its page."""
    out = bytearray(pdf([CATALOG, ONE, page(b"5 0 R"), FONT, stream(shows())]))
    before = int(bytes(out).split(b"startxref\n")[1].split(b"\n")[0])
    for n in range(number):
        at = len(out)
        drawn = stream(shows() + b"BT /F 9 Tf 60 500 Td (State %d) Tj ET" % n)
        out += b"5 0 obj\n%s\nendobj\n" % drawn
        start = len(out)
        out += b"xref\n5 1\n%010d 00000 n \ntrailer\n<</Size 6/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
            at, before, start,
        )  # fmt: skip
        before = start
    return bytes(out)


def many_strokes() -> bytes:
    return beside(stream(zlib.compress(b"0 0 m 9 9 l S\n" * 4_000_000, 9), b"/Filter/FlateDecode"))


def letters_without_end() -> bytes:
    drawn = b"BT /F 1 Tf 60 700 Td " + b"(abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz) Tj\n" * 200_000 + b"ET"
    return beside(stream(zlib.compress(drawn, 9), b"/Filter/FlateDecode"))


FILES = (
    Hostile("flate-nested.pdf", "a page's drawing packed four times over: 4 GiB in some hundred bytes", nested_flate, "limit: its drawing unpacks to more than 32 MiB"),
    Hostile("pages-million.pdf", "a page tree that repeats itself up to a million pages", million_pages, "limit: states 1000000 pages; 1 of them are there"),
    Hostile("pages-loop.pdf", "a page tree that holds itself", pages_in_a_loop, "broken: The page is damaged: it cannot be loaded"),
    Hostile("objects-in-themselves.pdf", "an object stream that lies in itself and extends itself",
            objects_in_themselves, ""),
    Hostile("forms-double.pdf", "thirty forms, each of which draws the next one twice", forms_that_double, "limit: forms as often as they are drawn"),
    Hostile("fonts-loop.pdf", "fonts and character maps that are made of themselves", fonts_in_a_loop, ""),
    Hostile("jpeg2000-huge.pdf", "a JPEG 2000 picture of two thousand million pixels squared", huge_jpeg2000, "limit: A picture that states 2000000000 x 2000000000 pixels"),
    Hostile("jbig2-symbols.pdf", "a JBIG2 picture with two thousand million symbols", symbols_without_end, "limit: A picture that states 60000 x 60000 pixels"),
    Hostile("picture-huge.pdf", "a picture of 60,000 x 60,000 pixels, packed twice", huge_picture, "limit: A picture that states 60000 x 60000 pixels"),
    Hostile("page-huge.pdf", "a page of two thousand million points squared", huge_page, ""),
    Hostile("tables-loop.pdf", "a cross-reference table that is its own predecessor", tables_in_a_loop, ""),
    Hostile("arrays-deep.pdf", "half a million arrays inside of each other", deep_arrays, ""),
    Hostile("attachments-loop.pdf", "a tree of attached files that is its own branch", attachments_in_a_loop, ""),
    Hostile("revisions.pdf", "ten thousand revisions", revisions, ""),
    Hostile("strokes.pdf", "four million lines drawn on one page", many_strokes, "limit: its drawing unpacks to more than 32 MiB"),
    Hostile("letters.pdf", "ten million letters on one page", letters_without_end, "limit: it shows more than 4,000,000 bytes of text"),
)  # fmt: skip
