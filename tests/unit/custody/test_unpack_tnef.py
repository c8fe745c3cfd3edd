"""Outlook's winmail.dat: its message and its attachments, byte for byte, and what damage leaves of them."""

from __future__ import annotations

import email
import email.policy
import struct
from pathlib import Path

import pytest

from assay.custody.sniff import media_type
from assay.custody.stage import stages
from assay.custody.unpack import Member, Refusal, UnpackLimits, members, only_holds

KIND = "application/vnd.ms-tnef"
LONG = "Приложение № 2 — Спецификация.xlsx"
SHEET = b"PK\x03\x04 rows of a sheet" + bytes(9)


def attribute(level: int, name: int, kind: int, content: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % 4)


def one(kind: int, number: int, content: bytes) -> bytes:
    """Return a property with one value of text or bytes."""
    return struct.pack("<HHII", kind, number, 1, len(content)) + padded(content)


def wide(number: int, text: str) -> bytes:
    return one(0x1F, number, (text + "\0").encode("utf-16-le"))


def properties(*of: bytes) -> bytes:
    return struct.pack("<I", len(of)) + b"".join(of)


def named(kind: int, content: bytes) -> bytes:
    """Return a property under a name of its own, which nothing here asks for."""
    name = "X-Own".encode("utf-16-le") + b"\0\0"
    head = struct.pack("<HH", kind, 0x8001) + bytes(16) + struct.pack("<II", 1, len(name)) + padded(name)
    return head + struct.pack("<II", 1, len(content)) + padded(content)


def tnef(*attributes: bytes) -> bytes:
    return b"\x78\x9f\x3e\x22\x01\x00" + attribute(1, 0x9006, 8, b"\0\0\1\0") + b"".join(attributes)


def letter(body: str = "Аванс 30 % перечислен.") -> bytes:
    sent = struct.pack("<HHQ", 0x40, 0x0039, 133_500_000_000_000_000)
    many = struct.pack("<HHI", 0x1003, 0x1234, 3) + struct.pack("<III", 1, 2, 3)
    return tnef(
        attribute(1, 0x9007, 6, struct.pack("<II", 1251, 0)),
        attribute(1, 0x8004, 1, "Договор поставки\0".encode("cp1251")),
        attribute(1, 0x9003, 6, properties(
            sent, many, named(0x1F, b"x\0"), struct.pack("<HHI", 0x000B, 0x0E1F, 1), wide(0x0C1A, "Иванов И. И."),
            one(0x1E, 0x0C1F, b"ivanov@example.org\0"), wide(0x0E04, "Петров"), wide(0x1000, body),
        )),
        attribute(2, 0x9002, 6, bytes(14)),
        attribute(2, 0x8010, 1, b"short.xls\0"),
        attribute(2, 0x800F, 6, SHEET),
        attribute(2, 0x8013, 3, struct.pack("<7H", 2023, 4, 5, 6, 7, 8, 3)),
        attribute(2, 0x9005, 6, properties(wide(0x3707, LONG), one(0x1E, 0x370E, b"application/x-sheet\0"))),
        attribute(2, 0x9002, 6, bytes(14)),
        attribute(2, 0x9005, 6, properties(wide(0x3704, "scan.bin"), one(0x0102, 0x3701, b"\0scan\0\0\0"))),
    )  # fmt: skip


def taken(data: bytes) -> tuple[dict[str, Member], list[Refusal]]:
    found = list(members(data, KIND, UnpackLimits()))
    return {m.path: m for m in found if isinstance(m, Member)}, [r for r in found if isinstance(r, Refusal)]


def test_a_winmail_gives_its_letter_and_its_attachments_to_the_last_byte() -> None:
    data = letter()
    assert media_type(data) == KIND
    assert only_holds(KIND)
    got, refused = taken(data)
    assert not refused
    assert list(got) == ["message.eml", LONG, "scan.bin"]
    assert got[LONG].data == SHEET
    assert got[LONG].modified == "2023-04-05T06:07:08"
    assert got[LONG].declared_type == "application/x-sheet"
    assert got["scan.bin"].data == b"\0scan\0\0\0"
    mail = email.message_from_bytes(got["message.eml"].data, policy=email.policy.default)
    assert mail["Subject"] == "Договор поставки"
    assert "ivanov@example.org" in mail["From"]
    assert "Иванов И. И." in mail["From"]
    assert mail["Date"].startswith("Wed, 17 Jan 2024 21:20:00")
    assert "Аванс 30 %" in mail.get_payload()[0].get_content()
    assert taken(data)[0]["message.eml"].data == got["message.eml"].data


def test_an_attached_message_is_a_member_that_is_opened_in_its_turn() -> None:
    inner = letter("Внутри.")
    data = tnef(
        attribute(2, 0x9002, 6, bytes(14)),
        attribute(2, 0x9005, 6, properties(wide(0x3001, "Fwd"), one(0x000D, 0x3701, bytes(16) + inner))),
    )  # fmt: skip
    got, _ = taken(data)
    assert list(got) == ["Fwd.tnef"]
    assert got["Fwd.tnef"].data == inner
    assert media_type(got["Fwd.tnef"].data) == KIND


def test_an_attached_object_loses_only_the_identifier_before_it() -> None:
    content = b"\xd0\xcf\x11\xe0 an object" + bytes(5)
    held = properties(one(0x000D, 0x3701, b"i" * 16 + content))
    data = tnef(attribute(2, 0x9002, 6, bytes(14)), attribute(2, 0x9005, 6, held))
    got, _ = taken(data)
    assert [m.data for m in got.values()] == [content]


@pytest.mark.parametrize("left", [41, 120, 400, 500, -20, -1])
def test_a_cut_winmail_keeps_what_came_before_and_says_so(left: int) -> None:
    got, refused = taken(letter()[:left])
    assert any(r.category == "broken" for r in refused)
    assert all(m.data for m in got.values())


@pytest.mark.parametrize(
    "content",
    [
        struct.pack("<I", 0xFFFFFFFF),
        struct.pack("<IHHI", 1, 0x1003, 0x1234, 0xFFFFFFFF),
        struct.pack("<IHHI", 1, 0x001F, 0x1000, 0xFFFFFFFF),
        struct.pack("<IHHII", 1, 0x0102, 0x1000, 1, 0xFFFFFFF0) + b"x" * 40,
        struct.pack("<IHH", 1, 0x7777, 0x1000),
        struct.pack("<IHH", 1, 0x001F, 0x8000) + bytes(16) + struct.pack("<II", 1, 0xFFFFFFFF),
    ],
)
def test_counts_that_are_lies_end_at_once(content: bytes) -> None:
    _, refused = taken(tnef(attribute(1, 0x9003, 6, content)))
    assert [r.category for r in refused] == ["broken"]


def test_a_run_opens_it_and_what_is_in_it(tmp_path: Path) -> None:
    from assay.case import Case, RunSettings
    from assay.model import Occurrence

    (tmp_path / "trove").mkdir()
    (tmp_path / "trove" / "winmail.dat").write_bytes(letter())
    assert stages()
    with Case.open(tmp_path / "case", make=True) as case:
        case.run([tmp_path / "trove"], RunSettings(executor="inline"), ("receive", "read"))
        assert {o.path for o in case.store.all(Occurrence)} == {"winmail.dat", "message.eml", LONG, "scan.bin"}
        assert any("Аванс 30 %" in page.text for page in case.store.pages())
