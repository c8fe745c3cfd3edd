from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest

from assay.custody.sniff import declared_type, media_type

DATA = Path(__file__).parents[4] / "shared" / "data"
OOXML = "application/vnd.openxmlformats-officedocument."


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = 3
        archive.addfile(info, io.BytesIO(b"abc"))
    return buffer.getvalue()


def content_types(main: str) -> dict[str, bytes]:
    return {"[Content_Types].xml": f'<Types><Override PartName="/x" ContentType="{main}"/></Types>'.encode()}


MAIL = (
    b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nDate: Mon, 1 Jan 2024 10:00:00 +0000\r\n\r\nhello\r\n"
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "application/x-empty"),
        (b"%PDF-1.4\n%%EOF", "application/pdf"),
        (b"\x00\x01junk before\n%PDF-1.7\nrest", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 20, "image/jpeg"),
        (b"II*\x00" + b"\0" * 20, "image/tiff"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (b"AT&TFORM\0\0\0\0DJVU", "image/vnd.djvu"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "application/x-7z-compressed"),
        (b"Rar!\x1a\x07\x01\x00", "application/x-rar"),
        (b"!BDN" + b"\0" * 30, "application/vnd.ms-outlook-pst"),
        (gzip.compress(b"x"), "application/gzip"),
        (bz2.compress(b"x"), "application/x-bzip2"),
        (lzma.compress(b"x"), "application/x-xz"),
        (tarred(), "application/x-tar"),
        (b"{\\rtf1\\ansi hello}", "application/rtf"),
        (MAIL, "message/rfc822"),
        (b"From a@example.org Mon Jan  1 10:00:00 2024\n" + MAIL, "application/mbox"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "text/html"),
        (b"<p>one</p>\n<p>two</p>", "text/html"),
        (b"<?xml version='1.0'?><invoice><n>1</n></invoice>", "application/xml"),
        (b'{"a": [1, 2]}', "application/json"),
        (b"name;count\nx;1\ny;2\n", "text/csv"),
        ("Наименование;Кол-во\nИзделие;37\n".encode("cp1251"), "text/csv"),
        ("Договор поставки от 1 мая 2023 года".encode("koi8-r"), "text/plain"),
        ("合同编号：甲方与乙方经友好协商".encode("gb18030"), "text/plain"),
        ("合同编号：甲方与乙方经友好协商".encode("utf-16-le"), "text/plain"),
        (b"Dear all,\nplease find: the list\nRegards", "text/plain"),
        (bytes(range(256)) * 8, "application/octet-stream"),
        (b"\0" * 5000, "application/octet-stream"),
        (zipped({"a.txt": b"x"}), "application/zip"),
        (zipped(content_types(f"{OOXML}wordprocessingml.document.main+xml")), f"{OOXML}wordprocessingml.document"),
        (zipped(content_types(f"{OOXML}spreadsheetml.sheet.main+xml")), f"{OOXML}spreadsheetml.sheet"),
        (zipped(content_types(f"{OOXML}presentationml.presentation.main+xml")),
         f"{OOXML}presentationml.presentation"),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}),
         "application/vnd.oasis.opendocument.text"),
        (zipped({"mimetype": b"application/epub+zip"}), "application/epub+zip"),
        (zipped({"META-INF/MANIFEST.MF": b"x"}), "application/java-archive"),
    ],
)  # fmt: skip
def test_type_is_judged_by_content(data: bytes, expected: str) -> None:
    assert media_type(data) == expected


def test_a_zip_inside_a_text_or_behind_a_program_is_seen() -> None:
    assert media_type(b"\x00\x01\x02stub" * 40 + zipped({"a.txt": b"x"})) == "application/zip"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a/b.DOCX", f"{OOXML}wordprocessingml.document"), ("x.tar.gz", "application/gzip"), ("noending", ""),
     (".pdf", ""), ("что.pdf", "application/pdf"), ("x.unknownending", "")],
)  # fmt: skip
def test_declared_type_is_what_the_name_claims(name: str, expected: str) -> None:
    assert declared_type(name) == expected


def test_a_name_never_sways_the_judgement() -> None:
    assert media_type(b"%PDF-1.4 x") == "application/pdf"
    assert declared_type("x.docx") != media_type(b"%PDF-1.4 x")


@pytest.mark.corpus
@pytest.mark.parametrize("folder", ["any-format", "russian-documents"])
def test_real_files_are_mostly_what_their_names_say(folder: str) -> None:
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is absent")
    named = [(p, declared_type(p.name)) for p in sorted((DATA / folder).iterdir()) if p.is_file()]
    named = [(p, kind) for p, kind in named if kind and kind != "application/octet-stream"]
    fitting = sum(media_type(p.read_bytes()) == kind for p, kind in named)
    assert fitting >= 0.9 * len(named)
