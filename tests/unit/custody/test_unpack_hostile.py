from __future__ import annotations

import gzip
import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest

from assay.custody import zip_crypto
from assay.custody.unpack import Member, Refusal, UnpackLimits, members, safe_path

MIB = 1 << 20
TIGHT = UnpackLimits(members=5, total=4 * MIB, member=2 * MIB, ratio=50, ratio_floor=MIB)


def split(data: bytes, kind: str, limits: UnpackLimits, passwords: tuple[str, ...] = ()):
    found = list(members(data, kind, limits, passwords))
    return [m for m in found if isinstance(m, Member)], [r for r in found if isinstance(r, Refusal)]


def zipped(entries: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_bomb_ends_at_the_limit_without_filling_memory() -> None:
    data = zipped([("small.txt", b"ok"), ("bomb", b"\0" * (64 * MIB))])
    tracemalloc.start()
    got, refused = split(data, "application/zip", TIGHT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [m.path for m in got] == ["small.txt"]
    assert refused[0].category == "limit"
    assert peak < 16 * MIB


def test_a_gzip_bomb_ends_at_the_limit() -> None:
    got, refused = split(gzip.compress(b"\0" * (64 * MIB)), "application/gzip", TIGHT)
    assert not got
    assert [r.category for r in refused] == ["limit"]


def test_the_ratio_stops_what_the_totals_would_allow() -> None:
    limits = UnpackLimits(ratio=50, ratio_floor=MIB)
    data = zipped([(f"{i}.bin", b"\0" * MIB) for i in range(20)])
    got, refused = split(data, "application/zip", limits)
    assert 1 <= len(got) < 20
    assert "times its size" in refused[0].message
    assert f"{20 - len(got) - 1} of 20 members" in refused[-1].message


def test_too_many_members_say_how_many_were_read() -> None:
    got, refused = split(zipped([(f"{i}.txt", b"x") for i in range(9)]), "application/zip", TIGHT)
    assert len(got) == 5
    assert refused[0].category == "limit"
    assert "more than 5 members" in refused[0].message


def test_overlapping_members_are_not_read_twice() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = b"\0" * 1000
    packed = packer.compress(content) + packer.flush()
    head = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, zlib.crc32(content), len(packed), len(content), 1, 0)
    body = b"PK\x03\x04" + head + b"a" + packed
    directory = b""
    for name in (b"a", b"b", b"c"):
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    data = body + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 3, 3, len(directory), len(body), 0)
    got, refused = split(data, "application/zip", UnpackLimits())
    assert [m.path for m in got] == ["a"]
    assert [r.category for r in refused] == ["limit", "limit"]
    assert all("overlap" in r.message for r in refused)


def test_a_file_that_unpacks_to_itself_is_kept_once() -> None:
    # A gzip whose content is the gzip itself cannot be built in a few lines; a stored zip entry read from outside can.
    inner = b"self"
    from assay.custody import unpack

    class Same:
        def __call__(self, data, budget, passwords):
            yield Member("again", data, "", "", "")

    table = dict(unpack._TABLE)
    unpack._TABLE["x/self"] = "tests_self:same"
    import sys
    import types

    module = types.ModuleType("tests_self")
    module.same = Same()
    sys.modules["tests_self"] = module
    try:
        got, refused = split(inner, "x/self", UnpackLimits())
    finally:
        unpack._TABLE.clear()
        unpack._TABLE.update(table)
        del sys.modules["tests_self"]
    assert not got
    assert [r.category for r in refused] == ["limit"]


def crypted_zip(password: bytes, content: bytes) -> bytes:
    table = zip_crypto._crc_table()
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = (keys[0] >> 8) ^ table[(keys[0] ^ byte) & 0xFF]
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = (keys[2] >> 8) ^ table[(keys[2] ^ (keys[1] >> 24)) & 0xFF]

    for byte in password:
        update(byte)
    crc = zlib.crc32(content)
    packed = bytearray()
    for byte in bytes(11) + bytes([crc >> 24]) + content:
        mask = (keys[2] | 2) & 0xFFFF
        packed.append(byte ^ ((mask * (mask ^ 1) >> 8) & 0xFF))
        update(byte)
    head = struct.pack("<HHHHHIIIHH", 20, 1, 0, 0, 33, crc, len(packed), len(content), 1, 0)
    body = b"PK\x03\x04" + head + b"a" + bytes(packed)
    directory = b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a"
    return body + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(directory), len(body), 0)


@pytest.mark.parametrize("password", ["secret", "пароль"])
def test_encrypted_members_open_with_the_right_password_only(password: str) -> None:
    data = crypted_zip(password.encode(), b"the contract")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("a", password.encode()) == b"the contract"
    got, refused = split(data, "application/zip", UnpackLimits(), ("wrong", password))
    assert [m.data for m in got] == [b"the contract"]
    got, refused = split(data, "application/zip", UnpackLimits(), ("wrong",))
    assert not got
    assert [r.category for r in refused] == ["encrypted"]


@pytest.mark.parametrize(
    "kind",
    ["application/zip", "application/x-tar", "application/gzip", "application/x-bzip2", "application/x-xz",
     "application/x-7z-compressed", "message/rfc822", "application/mbox", "application/pdf",
     "application/vnd.ms-outlook", "application/pkcs7-mime",
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
)  # fmt: skip
@pytest.mark.parametrize("seed", range(6))
def test_random_and_mangled_bytes_never_raise(kind: str, seed: int) -> None:
    import random

    rng = random.Random(seed)
    base = bytearray(zipped([("a.txt", b"hello" * 50), ("word/embeddings/x.bin", b"\xd0\xcf\x11\xe0" + b"x" * 90)]))
    for _ in range(12):
        base[rng.randrange(len(base))] = rng.randrange(256)
    heads = {"application/gzip": b"\x1f\x8b\x08\0", "application/x-7z-compressed": b"7z\xbc\xaf\x27\x1c\0\4",
             "application/pdf": b"%PDF-1.4\n/EmbeddedFile ", "application/pkcs7-mime": b"\x30\x80\x06\x09"}  # fmt: skip
    for data in (bytes(base), heads.get(kind, b"") + rng.randbytes(600), heads.get(kind, b"")):
        split(data, kind, TIGHT)


def test_deeply_nested_mime_ends_with_a_problem() -> None:
    head = b"From: a@example.org\nSubject: x\nMIME-Version: 1.0\n"
    body = b""
    for i in range(80):
        body += f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n".encode()
    got, refused = split(head + body + b"Content-Type: application/x\n\nx", "message/rfc822", UnpackLimits())
    assert not got
    assert {r.category for r in refused} == {"limit"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/../../b", "a/__/__/b"),
        ("/x", "x"),
        ("a\\b", "a/b"),
        ("", "unnamed"),
        ("..", "__"),
        ("a\x00\nb", "a\\x00\\x0Ab"),
    ],
)
def test_safe_paths(name: str, expected: str) -> None:
    assert safe_path(name) == expected


def test_very_long_names_are_cut() -> None:
    assert len(safe_path("д" * 9000)) <= 1000
