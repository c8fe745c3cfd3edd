"""EPUB, DjVu, PPT, office documents in one XML file, EMLX, Markdown, and Outlook's compressed bodies."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zipfile

import pytest

from assay.custody.sniff import media_type
from assay.custody.unpack import Member, UnpackLimits, members
from assay.model import Exhibit, Page, PageState, Record, Table
from assay.read.stage import reader_for
from assay.work.part import ReadRefused, ReadSettings


def read(data: bytes, passwords: tuple[str, ...] = ()) -> list[Record]:
    kind = media_type(data)
    reader = reader_for(kind)
    assert reader is not None, kind
    paper = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), kind, "test", "1")
    settings = ReadSettings(passwords=passwords)
    return list(reader.read(data, paper, settings, 1, reader.count(data, paper, settings)))


def texts(data: bytes) -> list[str]:
    return [r.text for r in read(data) if isinstance(r, Page)]


# ---- EPUB


def epub(chapters: dict[str, str], order: list[str]) -> bytes:
    out = io.BytesIO()
    items = "".join(f'<item id="{n}" href="{n}.xhtml" media-type="application/xhtml+xml"/>' for n in chapters)
    refs = "".join(f'<itemref idref="{n}"/>' for n in order)
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OPS/book.opf"/></rootfiles></container>',
        )
        archive.writestr(
            "OPS/book.opf",
            f'<package xmlns="http://www.idpf.org/2007/opf"><manifest>{items}</manifest><spine>{refs}</spine></package>',
        )
        for name, text in chapters.items():
            archive.writestr(f"OPS/{name}.xhtml", f"<html><body><h1>{name}</h1><p>{text}</p></body></html>")
    return out.getvalue()


def test_a_book_is_read_in_its_order_and_what_is_outside_is_counted() -> None:
    data = epub({"b": "второй", "a": "первый", "c": "вне порядка"}, ["a", "b"])
    pages = [r for r in read(data) if isinstance(r, Page)]
    assert [p.text for p in pages] == ["a\nпервый", "b\nвторой"]
    assert pages[0].notes == ("1 texts of the book are not in its reading order and were not read",)


def test_a_chapter_that_is_missing_fails_alone() -> None:
    data = epub({"a": "one", "b": "two"}, ["a", "b"])
    pages = [r for r in read(data.replace(b"OPS/b.xhtml", b"OPS/x.xhtml")) if isinstance(r, Page)]
    assert [p.state for p in pages] == [PageState.READ, PageState.FAILED]


# ---- DjVu


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack(">I", len(body)) + body + b"\0" * (len(body) & 1)


def djvu(layer: bytes = b"", size: tuple[int, int] = (850, 1100)) -> bytes:
    info = struct.pack(">HHBBHBB", *size, 24, 0, 0x6400, 22, 1)[:10]
    return b"AT&T" + chunk(b"FORM", b"DJVU" + chunk(b"INFO", info) + layer)


def text_layer(words: list[tuple[str, int, int, int, int]], size: tuple[int, int] = (850, 1100)) -> bytes:
    """Return a TXTa chunk: one page zone that holds words as (text, x, y, width, height)."""
    text, zones = b"", b""
    last_x, last_y = 0, 0
    for index, (word, x, y, wide, high) in enumerate(words):
        raw = word.encode() + b" "
        # A first word is placed from the page's corner, the next from the word before (DjVu3 8.3.5.2).
        x_off, y_off = (x, y) if index == 0 else (x - last_x, y - last_y)
        zones += struct.pack(">BHHHHH", 6, *(v + 0x8000 & 0xFFFF for v in (x_off, y_off, wide, high, 0)))
        zones += len(raw).to_bytes(3, "big") + (0).to_bytes(3, "big")
        text += raw
        last_x, last_y = x + wide, y
    page = struct.pack(">BHHHHH", 1, 0x8000, 0x8000, size[0] + 0x8000, size[1] + 0x8000, 0x8000)
    page += len(text).to_bytes(3, "big") + len(words).to_bytes(3, "big")
    return chunk(b"TXTa", len(text).to_bytes(3, "big") + text + b"\x01" + page + zones)


def test_a_djvu_text_layer_is_read_with_its_boxes() -> None:
    pages = [r for r in read(djvu(text_layer([("Договор", 85, 110, 170, 55)]))) if isinstance(r, Page)]
    assert [(p.text, p.how) for p in pages] == [("Договор", "text_layer")]
    box = pages[0].words.box(0)
    assert box.x0 == pytest.approx(0.1, abs=0.01)
    assert box.x1 == pytest.approx(0.3, abs=0.01)
    assert box.y0 == pytest.approx(0.1, abs=0.01)
    assert box.y1 == pytest.approx(0.15, abs=0.01)


def test_a_djvu_page_larger_than_memory_is_refused() -> None:
    pages = [r for r in read(djvu(size=(60_000, 60_000))) if isinstance(r, Page)]
    assert pages[0].state == PageState.FAILED
    assert "pixels" in pages[0].reason or "could not be read" in pages[0].reason


# ---- PPT


def record(kind: int, body: bytes, *, instance: int = 0, container: bool = False) -> bytes:
    return struct.pack("<HHI", instance << 4 | (15 if container else 0), kind, len(body)) + body


def presentation() -> bytes:
    """Return a PowerPoint document stream of two slides with notes on the second, then its newest edit."""

    def text(kind: int, words: str) -> bytes:
        return record(0x0F9F, struct.pack("<I", kind)) + record(0x0FA0, words.encode("utf-16-le"))

    slides = record(0x03F3, struct.pack("<IIIII", 2, 0, 0, 256, 0)) + text(0, "Цена")
    slides += record(0x03F3, struct.pack("<IIIII", 3, 0, 0, 257, 0))
    notes = record(0x03F3, struct.pack("<IIIII", 4, 0, 0, 300, 0))
    body = record(0x0FF0, slides, container=True) + record(0x0FF0, notes, instance=2, container=True)
    document = record(0x03E8, body, container=True)
    box = record(0xF00D, text(4, "12 единиц\rпо 5 млн"), container=True)
    hidden = record(0x03F9, struct.pack("<IIHH", 0, 0, 0, 4))
    parts = [
        document, record(0x03EE, b"", container=True), record(0x03EE, box + hidden, container=True),
        record(0x03F0, record(0x03F1, struct.pack("<II", 257, 0)) + text(2, "не показывать"), container=True),
    ]  # fmt: skip
    stream, places = b"", []
    for part in parts:
        places.append(len(stream))
        stream += part
    directory = len(stream)
    stream += record(0x1772, struct.pack("<I", len(places) << 20 | 1) + struct.pack(f"<{len(places)}I", *places))
    edit = len(stream)
    return stream + record(0x0FF5, struct.pack("<IIIIIII", 0, 0, 0, directory, 1, 5, 0)) + struct.pack("<I", edit)


def test_slides_titles_boxes_and_notes_of_an_old_presentation(monkeypatch) -> None:
    from assay.read import ppt

    raw = presentation()
    monkeypatch.setattr(ppt, "_stream", lambda data, settings: (raw[:-4], struct.unpack("<I", raw[-4:])[0]))
    first, second = ppt.bodies(b"", ReadSettings())
    assert [(b.text, b.kind) for b in first.blocks] == [("Цена", "title")]
    assert [(b.text, b.kind) for b in second.blocks] == [
        ("12 единиц", "text"), ("по 5 млн", "text"), ("не показывать", "note"),
    ]  # fmt: skip
    assert second.notes == ["the slide is hidden"]


def test_a_presentation_whose_records_hold_each_other_ends(monkeypatch) -> None:
    from assay.read import ppt

    nested = b""
    for _ in range(3000):
        nested = record(0xF00D, nested, container=True)
    listed = record(0x03F3, struct.pack("<IIIII", 2, 0, 0, 256, 0))
    document = record(0x03E8, record(0x0FF0, listed, container=True), container=True)
    stream = document + record(0x03EE, nested, container=True)
    at = len(stream)
    stream += record(0x1772, struct.pack("<III", 2 << 20 | 1, 0, len(document)))
    edit = len(stream)
    # The edit before this one is this one.
    stream += record(0x0FF5, struct.pack("<IIIIIII", 0, 0, edit, at, 1, 3, 0))
    monkeypatch.setattr(ppt, "_stream", lambda data, settings: (stream, edit))
    assert len(ppt.bodies(b"", ReadSettings())) == 1


# ---- office documents in one XML file

W = 'xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" xmlns:wx="x" xmlns:aml="y"'


def test_word_2003_xml_with_numbers_changes_and_a_table() -> None:
    data = f"""<?xml version="1.0"?><w:wordDocument {W}><w:body><wx:sect>
    <w:p><w:pPr><w:listPr><wx:t wx:val="1.1."/></w:listPr></w:pPr><w:r><w:t>Предмет</w:t></w:r></w:p>
    <w:p><w:r><w:t>Цена </w:t></w:r><aml:annotation w:type="Word.Deletion"><aml:content><w:r><w:delText>5</w:delText>
    </w:r></aml:content></aml:annotation><aml:annotation w:type="Word.Insertion"><aml:content><w:r><w:t>6</w:t></w:r>
    </aml:content></aml:annotation></w:p>
    <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Товар</w:t></w:r></w:p></w:tc>
    <w:tc><w:p><w:r><w:t>Кол-во</w:t></w:r></w:p></w:tc></w:tr>
    <w:tr><w:tc><w:p><w:r><w:t>Насос</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>12</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
    <w:sectPr><w:hdr><w:p><w:r><w:t>Контракт 7</w:t></w:r></w:p></w:hdr></w:sectPr>
    </wx:sect></w:body></w:wordDocument>"""
    records = read(data.encode())
    page = records[0]
    assert isinstance(page, Page)
    assert page.text == "Контракт 7\n1.1. Предмет\nЦена 6\nТовар\tКол-во\nНасос\t12"
    assert page.notes == ("tracked changes: 1 insertions (in the text) and 1 deletions (left out)",)
    assert [c.text for t in records if isinstance(t, Table) for c in t.cells] == ["Товар", "Кол-во", "Насос", "12"]


def test_excel_2003_xml_by_sheet_with_gaps_and_formulas() -> None:
    s = 'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    data = f"""<?xml version="1.0"?><Workbook {s}><Worksheet ss:Name="Цены"><Table>
    <Row><Cell><Data ss:Type="String">Товар</Data></Cell>
    <Cell ss:Index="3"><Data ss:Type="String">Цена</Data></Cell></Row>
    <Row ss:Index="2"><Cell><Data ss:Type="String">Насос</Data></Cell><Cell ss:Index="3" ss:Formula="=RC[-1]*2">
    <Data ss:Type="Number">12</Data></Cell></Row></Table></Worksheet><Worksheet ss:Name="Два"/></Workbook>"""
    records = read(data.encode())
    pages = [r for r in records if isinstance(r, Page)]
    assert [p.text for p in pages] == ["Цены\nТовар\t\tЦена\nНасос\t\t12", "Два"]
    table = next(r for r in records if isinstance(r, Table))
    assert [(c.row, c.column, c.formula) for c in table.cells][-1] == (1, 2, "=RC[-1]*2")


def test_a_flat_package_is_read_like_the_package_it_stands_for() -> None:
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    data = f"""<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">
    <pkg:part pkg:name="/word/document.xml" pkg:contentType="{kind}"><pkg:xmlData><w:document xmlns:w="{w}"><w:body>
    <w:p><w:r><w:t>Flat contract</w:t></w:r></w:p></w:body></w:document></pkg:xmlData></pkg:part></pkg:package>"""
    assert media_type(data.encode()) == "application/x-flat-opc"
    assert texts(data.encode()) == ["Flat contract"]


def test_flat_opendocument() -> None:
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "text", "table"))
    data = f"""<?xml version="1.0"?><office:document {names} office:mimetype="application/vnd.oasis.opendocument.text">
    <office:body><office:text><text:p>Договор</text:p></office:text></office:body></office:document>"""
    assert texts(data.encode()) == ["Договор"]


# ---- mails and texts


def test_apple_mail_with_a_name_that_says_nothing() -> None:
    mail = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: Annex\r\nMIME-Version: 1.0\r\n"
    mail += b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n'
    mail += b"--x\r\nContent-Type: application/pdf\r\n"
    mail += b'Content-Disposition: attachment; filename="a.pdf"\r\n\r\n%PDF-\r\n--x--'
    data = (
        b"%d\n" % len(mail)
        + mail
        + b'\n<?xml version="1.0"?><plist version="1.0"><dict><key>flags</key></dict></plist>'
    )
    assert media_type(data) == "message/x-emlx"
    (text,) = texts(data)
    assert text.endswith("See below.")
    assert "plist" not in text
    assert [m.path for m in members(data, "message/x-emlx", UnpackLimits()) if isinstance(m, Member)] == ["a.pdf"]


def test_markdown_headings_lists_tables_and_fences() -> None:
    data = "# Акт №3\n\nДата: **1 мая**\n\n"
    data += "| Товар | Цена |\n| --- | ---: |\n| Насос | 12 |\n| a\\|b | 5 |\n\n```\n# not a heading\n```\n"
    assert media_type(data.encode()) == "text/markdown"
    records = read(data.encode())
    page = records[0]
    assert isinstance(page, Page)
    assert [p.kind for p in page.paragraphs] == ["heading", "text", "table", "text"]
    table = next(r for r in records if isinstance(r, Table))
    assert (table.rows, table.columns, table.header_rows) == (3, 2, 1)
    assert [c.text for c in table.cells] == ["Товар", "Цена", "Насос", "12", "a|b", "5"]


def test_plain_lists_and_shell_comments_are_no_markdown() -> None:
    for text in ("# a comment\nrun this\n# another\n", "1. First\n2. Second\n", "- a\n- b\n", "Total: 5 * 3 = 15\n"):
        assert media_type(text.encode()) == "text/plain"


def test_a_body_that_outlook_keeps_as_compressed_rtf() -> None:
    import compressed_rtf

    from assay.read import mail
    from assay.read.body import Body

    class Store:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def exists(self, name):
            return True

        def openstream(self, name):
            return io.BytesIO(
                compressed_rtf.compress(rb"{\rtf1\ansi\ansicpg1251 \'ca\'ee\'ed\'f2\'f0\'e0\'ea\'f2\tab 7}")
            )

    made = Body()
    held = Exhibit("0" * 64, "", 0, "application/vnd.ms-outlook", "test", "1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mail, "open_ole", lambda data: Store())
        assert mail._rich_text(b"", held, made)
    assert [b.text for b in made.blocks] == ["Контракт\t7"]


def test_what_needs_a_program_says_so_when_it_is_absent(monkeypatch) -> None:
    from assay.read import converted
    from assay.work.outside import OutsideFailed

    def absent(*_):
        raise OutsideFailed("missing_program", "libreoffice is not installed: install it")

    monkeypatch.setattr(converted, "convert", absent)
    data = b"\xffWPC" + base64.b64decode("EAAAAAEKAgEAAAAA")
    with pytest.raises(ReadRefused) as refused:
        read(data)
    assert refused.value.category == "missing_program"
    assert "application/vnd.wordperfect" in refused.value.message


# ---- encrypted OpenDocument


def locked_odt(password: str, *, way: str = "cbc") -> bytes:
    import zlib

    from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "text"))
    text = f"<office:document-content {names}><office:body><office:text><text:p>Секрет</text:p></office:text>"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    plain = packer.compress((text + "</office:body></office:document-content>").encode()) + packer.flush()
    digest = hashlib.sha256 if way == "cbc" else hashlib.sha1
    size, vector = (32, b"v" * 16) if way == "cbc" else (16, b"v" * 8)
    key = hashlib.pbkdf2_hmac("sha1", digest(password.encode()).digest(), b"salt", 1024, size)
    if way == "cbc":
        pad = 16 - len(plain) % 16
        writer = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
        packed = writer.update(plain + b"\0" * (pad - 1) + bytes([pad])) + writer.finalize()
    else:
        writer = Cipher(Blowfish(key), CFB(vector)).encryptor()
        packed = writer.update(plain) + writer.finalize()
    hashed, cipher = ("sha256", "aes256-cbc") if way == "cbc" else ("sha1", "Blowfish CFB")

    def b64(raw: bytes) -> str:
        return base64.b64encode(raw).decode()

    manifest = f"""<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
    <m:file-entry m:full-path="content.xml"><m:encryption-data m:checksum-type="x#{hashed}-1k"
    m:checksum="{b64(digest(plain[:1024]).digest())}"><m:algorithm m:algorithm-name="x#{cipher}"
    m:initialisation-vector="{b64(vector)}"/><m:key-derivation m:key-derivation-name="PBKDF2" m:key-size="{size}"
    m:iteration-count="1024" m:salt="{b64(b"salt")}"/><m:start-key-generation m:start-key-generation-name="x#{hashed}"/>
    </m:encryption-data></m:file-entry></m:manifest>"""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", packed)
    return out.getvalue()


@pytest.mark.parametrize("way", ["cbc", "blowfish"])
def test_an_encrypted_opendocument_opens_with_the_right_password_only(way: str) -> None:
    data = locked_odt("пароль", way=way)
    assert [r.text for r in read(data, ("wrong", "пароль")) if isinstance(r, Page)] == ["Секрет"]
    for passwords in ((), ("wrong",)):
        with pytest.raises(ReadRefused) as refused:
            read(data, passwords)
        assert refused.value.category == "encrypted"


def test_a_key_that_would_take_for_ever_is_refused() -> None:
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(locked_odt("x"))) as old, zipfile.ZipFile(plain, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'iteration-count="1024"', b'iteration-count="99999999"'))
    with pytest.raises(ReadRefused) as refused:
        read(plain.getvalue(), ("x",))
    assert refused.value.category == "limit"
