from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from email.message import EmailMessage

import pikepdf
import pytest

from assay.custody.sniff import media_type
from assay.custody.unpack import Member, Refusal, UnpackLimits, members
from assay.model import PROBLEMS

LIMITS = UnpackLimits()


def unpacked(data: bytes, limits: UnpackLimits = LIMITS, passwords: tuple[str, ...] = ()) -> tuple[dict, list]:
    found = list(members(data, media_type(data), limits, passwords))
    assert all(r.category in PROBLEMS for r in found if isinstance(r, Refusal))
    return {m.path: m for m in found if isinstance(m, Member)}, [r for r in found if isinstance(r, Refusal)]


def zipped(entries: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name, (2024, 5, 17, 10, 30, 0)), content, method)
    return buffer.getvalue()


def old_zip(raw_names: list[bytes], content: bytes = b"x") -> bytes:
    """A stored ZIP whose names are raw bytes without the UTF-8 flag."""
    body, directory = b"", b""
    for raw in raw_names:
        crc = zlib.crc32(content)
        head = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0x58B1, crc, len(content), len(content), len(raw), 0)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + head
        directory += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + raw
        body += b"PK\x03\x04" + head + raw + content
    count = len(raw_names)
    return body + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_members_come_with_path_time_and_claimed_type(method: int) -> None:
    got, refused = unpacked(zipped([("dir/a.pdf", b"abc" * 500), ("b.txt", b"")], method))
    assert not refused
    assert got["dir/a.pdf"].data == b"abc" * 500
    assert got["dir/a.pdf"].declared_type == "application/pdf"
    assert got["dir/a.pdf"].modified == "2024-05-17T10:30:00"
    assert got["b.txt"].data == b""


@pytest.mark.parametrize(
    ("encoding", "names"),
    [("cp866", ["Договор поставки.docx", "Приложение №1.xlsx"]), ("cp1251", ["Договор поставки.docx", "Смета.xls"]),
     ("gb18030", ["购销合同.pdf", "附件一.doc"]), ("utf-8", ["Договор.docx", "合同.pdf"])],
)  # fmt: skip
def test_old_zip_names_are_decoded_by_their_letters(encoding: str, names: list[str]) -> None:
    raw = [n.encode(encoding, "replace") for n in names]
    got, _ = unpacked(old_zip(raw))
    assert list(got) == [r.decode(encoding) for r in raw]
    if encoding != "utf-8":
        assert all(encoding in m.note for m in got.values())


def test_names_in_no_known_encoding_are_kept_byte_by_byte() -> None:
    got, _ = unpacked(old_zip([b"\xff\xfe\x01\x9d.bin"]))
    (name,) = got
    assert name.isascii()
    assert "\\xFF" in name


def test_unsafe_names_are_kept_under_safe_ones_and_said() -> None:
    got, refused = unpacked(
        zipped([("../../etc/passwd", b"1"), ("/abs.txt", b"2"), ("C:\\win.txt", b"3"), ("ok", b"4")])
    )
    assert {m.data for m in got.values()} == {b"1", b"2", b"3", b"4"}
    assert all(not p.startswith("/") and ".." not in p.split("/") and ":" not in p for p in got)
    assert [r.category for r in refused] == ["unsafe_name"] * 3


def test_two_members_of_one_name_are_both_kept() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped([("a.txt", b"first"), ("a.txt", b"second")])
    got, _ = unpacked(data)
    assert sorted(m.data for m in got.values()) == [b"first", b"second"]


def test_a_symbolic_link_is_its_target_as_bytes() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    got, _ = unpacked(buffer.getvalue())
    assert got["link"].data == b"/etc/passwd"
    assert "symbolic link" in got["link"].note


def test_a_zip_without_its_directory_is_salvaged() -> None:
    data = zipped([("a.txt", b"alpha" * 100), ("b.txt", b"beta" * 100)])
    got, refused = unpacked(data[: data.index(b"PK\x01\x02")])
    assert got["a.txt"].data == b"alpha" * 100
    assert got["b.txt"].data == b"beta" * 100
    assert refused[0].category == "broken"


def test_a_damaged_member_does_not_take_the_others_along() -> None:
    data = bytearray(zipped([("a.txt", b"alpha" * 100), ("b.txt", b"beta" * 100)]))
    at = data.index(b"a.txt") + 8
    data[at : at + 4] = b"\xff\xff\xff\xff"
    got, refused = unpacked(bytes(data))
    assert got["b.txt"].data == b"beta" * 100
    assert [(r.category, r.path) for r in refused] == [("broken", "a.txt")]


def test_an_archive_of_nothing_and_a_plain_file_hold_nothing() -> None:
    assert unpacked(zipped([])) == ({}, [])
    assert unpacked(b"just a text") == ({}, [])


def test_what_nothing_here_opens_says_so() -> None:
    got, refused = unpacked(b"\x60\xea\x22\x00\x1e\x0b\x01\x00" + b"\0" * 40)
    assert not got
    assert [(r.category, "application/x-arj" in r.message) for r in refused] == [("no_reader", True)]


def tarred(entries: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for info, content in entries:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize("compress", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_tar_in_any_wrapping(compress) -> None:
    link = tarfile.TarInfo("ссылка")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/shadow"
    data = compress(
        tarred([(tarfile.TarInfo("папка/файл.txt"), b"text"), (tarfile.TarInfo("../up"), b"u"), (link, b"")])
    )
    got, refused = unpacked(data)
    assert got["папка/файл.txt"].data == b"text"
    assert got["__/up"].data == b"u"
    assert got["ссылка"].data == b"/etc/shadow"
    assert [r.category for r in refused] == ["unsafe_name"]


def test_single_compressed_files_keep_the_name_they_state() -> None:
    buffer = io.BytesIO()
    with gzip.GzipFile("letter.txt", "wb", fileobj=buffer, mtime=1_700_000_000) as file:
        file.write(b"hello")
    got, _ = unpacked(buffer.getvalue())
    assert got["letter.txt"].data == b"hello"
    assert got["letter.txt"].modified == "2023-11-14T22:13:20Z"
    assert unpacked(bz2.compress(b"x"))[0]["content"].data == b"x"


def test_a_cut_gzip_gives_what_is_there() -> None:
    import random

    content = random.Random(1).randbytes(50_000)
    got, refused = unpacked(gzip.compress(content)[:30_000])
    assert refused[0].category == "broken"
    assert content.startswith(got["content"].data[:20_000])


def mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "a@example.org", "b@example.org"
    message["Subject"] = "Договор"
    message.set_content("See attached.")
    message.add_alternative("<p>See attached.</p>", subtype="html")
    return message


def test_mail_attachments_and_forwarded_mails() -> None:
    inner = mail()
    outer = mail()
    outer.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="договор.pdf")
    outer.add_attachment("a;b\n", subtype="csv", filename="../x.csv")
    outer.add_attachment(inner)
    got, refused = unpacked(outer.as_bytes())
    assert got["договор.pdf"].data == b"%PDF-1.4 x"
    assert got["__/x.csv"].data == b"a;b\n"
    assert got["Договор.eml"].declared_type == "message/rfc822"
    assert b"See attached." in got["Договор.eml"].data
    assert len(got) == 3
    assert [r.category for r in refused] == ["unsafe_name"]


def test_attachment_names_in_raw_and_encoded_old_encodings() -> None:
    raw = (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: application/octet-stream\r\n"
        b'Content-Disposition: attachment; filename="' + "Смета расходов.xls".encode("cp1251") + b'"\r\n\r\nXX\r\n'
        b"--B\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment;\r\n"
        b' filename="=?gb2312?B?us/NrC5wZGY=?="\r\n\r\nYY\r\n--B--\r\n'
    )
    got, _ = unpacked(raw)
    assert list(got) == ["Смета расходов.xls", "合同.pdf"]


def test_mailbox_gives_each_mail() -> None:
    one = b"From a@example.org Mon Jan  1 10:00:00 2024\n" + mail().as_bytes() + b"\n>From here on quoted\n\n"
    got, _ = unpacked(one + one)
    assert list(got) == ["00001 Договор.eml", "00002 Договор.eml"]
    assert all(b"\nFrom here on quoted" in m.data for m in got.values())


def test_files_attached_to_a_pdf() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.attachments["счёт.xml"] = pikepdf.AttachedFileSpec(pdf, b"<invoice/>", filename="счёт.xml")
    buffer = io.BytesIO()
    pdf.save(buffer)
    got, refused = unpacked(buffer.getvalue())
    assert not refused
    assert got["счёт.xml"].data == b"<invoice/>"


def test_embedded_documents_of_office_files_but_not_their_pictures() -> None:
    types = (
        b'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.'
        b'wordprocessingml.document.main+xml"/></Types>'
    )
    parts = {
        "[Content_Types].xml": types,
        "word/document.xml": b"<x/>",
        "word/embeddings/sheet1.xlsx": b"PK...",
        "word/media/image1.png": b"PNG",
    }
    data = zipped(list(parts.items()))
    got, refused = unpacked(data)
    assert list(got) == ["word/embeddings/sheet1.xlsx"]
    assert not refused
