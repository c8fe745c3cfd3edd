from __future__ import annotations

import hashlib
import io
import shutil
import struct
import subprocess
import tarfile
import zipfile
import zlib
from pathlib import Path

import py7zr
import pytest

from assay.case import Case, RunSettings
from assay.custody.sniff import media_type
from assay.custody.unpack import Member, Refusal, UnpackLimits, members
from assay.custody.volumes import cut_off, joined
from assay.model import Occurrence, Problem

BIG = b"all that is agreed " * 4000


def split(data: bytes, limits: UnpackLimits | None = None):
    found = list(members(data, media_type(data), limits or UnpackLimits()))
    return {m.path: m for m in found if isinstance(m, Member)}, [r for r in found if isinstance(r, Refusal)]


def block4(kind: int, flags: int, body: bytes, data: bytes = b"") -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + data


def rar4(files: list[tuple[bytes, bytes]], main: int = 0, flags: int = 0) -> bytes:
    made = b"Rar!\x1a\x07\x00" + block4(0x73, main, b"\0" * 6)
    for name, content in files:
        body = struct.pack("<IIBIIBBHI", len(content), len(content), 3, zlib.crc32(content), 0x58A31234, 20, 0x30,
                           len(name), 0x81A4) + name  # fmt: skip
        made += block4(0x74, 0x8000 | flags, body, content)
    return made + block4(0x7B, 0x4000, b"")


def number(value: int) -> bytes:
    made = b""
    while value > 0x7F:
        made += bytes([value & 0x7F | 0x80])
        value >>= 7
    return made + bytes([value])


def block5(body: bytes, data: bytes = b"") -> bytes:
    sized = number(len(body)) + body
    return struct.pack("<I", zlib.crc32(sized)) + sized + data


def file5(name: bytes, piece: bytes, whole: bytes, flags: int = 0) -> bytes:
    body = b"".join(map(number, (2, 2 | flags, len(piece), 4, len(whole), 0x81A4)))
    # A piece that goes on in the next volume states its own CRC, the last one that of the whole.
    last = piece if flags & 0x10 else whole
    return block5(body + struct.pack("<I", zlib.crc32(last)) + b"".join(map(number, (0, 1, len(name)))) + name, piece)


def rar5(blocks: bytes, *, volume: int | None = None, more: bool = False) -> bytes:
    flags = 0 if volume is None else 1 if volume == 0 else 3
    main = block5(b"".join(map(number, (1, 0, flags))) + (number(volume) if volume else b""))
    return b"Rar!\x1a\x07\x01\x00" + main + blocks + block5(b"".join(map(number, (5, 0, int(more)))))


def test_rar_of_both_kinds_gives_its_members_under_their_names() -> None:
    got, refused = split(rar4([(b"a.txt", b"alpha"), (b"folder\\b.txt", BIG)]))
    assert not refused
    assert {p: m.data for p, m in got.items()} == {"a.txt": b"alpha", "folder/b.txt": BIG}
    name = "папка/合同.txt".encode()
    got, refused = split(rar5(file5(name, BIG, BIG) + file5(b"b", b"beta", b"beta")))
    assert not refused
    assert {p: m.data for p, m in got.items()} == {"папка/合同.txt": BIG, "b": b"beta"}


def test_an_encrypted_rar_says_so() -> None:
    got, refused = split(rar4([(b"a.txt", b"alpha" * 10)], flags=4))
    assert not got
    assert [r.category for r in refused] == ["encrypted"]


def test_a_rar_beyond_the_limits_ends() -> None:
    limits = UnpackLimits(members=3, total=1 << 20, member=50_000)
    got, refused = split(rar5(b"".join(file5(b"%d" % n, b"x", b"x") for n in range(9))), limits)
    assert len(got) == 3
    assert "more than 3 members" in refused[0].message
    got, refused = split(rar5(file5(b"large", BIG, BIG) + file5(b"small", b"x", b"x")), limits)
    assert list(got) == ["small"]
    assert refused[0].category == "limit"


def test_a_cut_rar_keeps_what_came_before() -> None:
    data = rar5(file5(b"a", b"alpha", b"alpha") + file5(b"b", BIG, BIG))
    got, refused = split(data[: len(data) - 40_000])
    assert got["a"].data == b"alpha"
    assert [r.category for r in refused] == ["broken"]


def rar5_volumes() -> list[bytes]:
    half = len(BIG) // 2
    first = rar5(file5(b"a", b"alpha", b"alpha") + file5(b"b", BIG[:half], BIG, 0x10), volume=0, more=True)
    second = rar5(file5(b"b", BIG[half:], BIG, 0x08) + file5(b"c", b"gamma", b"gamma"), volume=1)
    return [first, second]


def test_volumes_are_known_by_their_content() -> None:
    for data in rar5_volumes():
        assert media_type(data) == "application/x-rar"
        assert cut_off(data, "application/x-rar")
    assert not cut_off(rar5(b""), "application/x-rar")
    assert cut_off(rar4([], main=1), "application/x-rar")
    assert not cut_off(rar4([]), "application/x-rar")


@pytest.mark.skipif(not shutil.which("bsdtar"), reason="bsdtar, which makes the archives, is not installed")
@pytest.mark.parametrize("kind", ["cpio", "iso9660", "zstd", "lz4", "lzip", "compress"])
def test_other_archives_through_one_library(tmp_path: Path, kind: str) -> None:
    (tmp_path / "числа.txt").write_bytes(BIG)
    (tmp_path / "link").symlink_to("/etc/passwd")
    made = tmp_path / "made"
    how = ["--format", kind] if kind in ("cpio", "iso9660") else [f"--{kind}"]
    done = subprocess.run(
        ["bsdtar", "-c", *how, "-f", str(made), "-C", str(tmp_path), "числа.txt", "link"], check=False
    )
    if done.returncode:
        pytest.skip(f"bsdtar makes no {kind} here")
    got, refused = split(made.read_bytes())
    assert not refused
    assert got["числа.txt"].data == BIG
    assert got["link"].data == b"/etc/passwd"
    assert "symbolic link" in got["link"].note


def test_a_zstd_bomb_ends_at_the_limit() -> None:
    zstd = shutil.which("zstd") or shutil.which("bsdtar")
    if zstd is None:
        pytest.skip("neither zstd nor bsdtar, which make the bomb, is installed")
    made = subprocess.run(
        ["bsdtar", "-c", "--zstd", "--format", "raw", "-f", "-", "@/dev/stdin"], input=b"\0" * (64 << 20),
        capture_output=True, check=False,
    ).stdout if not zstd.endswith("zstd") else subprocess.run(
        ["zstd", "-c"], input=b"\0" * (64 << 20), capture_output=True, check=True
    ).stdout  # fmt: skip
    if media_type(made) != "application/zstd":
        pytest.skip("the tools here make no zstd of one file")
    got, refused = split(made, UnpackLimits(total=4 << 20, ratio=50, ratio_floor=1 << 20))
    assert not got
    assert [r.category for r in refused] == ["limit"]


NOISE = bytes((n * n * 31 + n // 7 * 131 + n // 251) & 0xFF for n in range(90_000))


def received(tmp_path: Path, files: dict[str, bytes]) -> tuple[list[Occurrence], list[Problem]]:
    folder = tmp_path / "in"
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    with Case.open(tmp_path / "case") as case:
        case.run([folder], RunSettings(executor="inline"), verbs=("receive",))
        events = case.store.count(Occurrence), len(list(case.store.all(Problem)))
        case.run([folder], RunSettings(executor="inline"), verbs=("receive",))
        assert events == (case.store.count(Occurrence), len(list(case.store.all(Problem))))
        return list(case.store.all(Occurrence)), list(case.store.all(Problem))


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def seven() -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(NOISE, "noise.bin")
        archive.writestr("the annex", "annex.txt")
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("noise.bin", NOISE)
        archive.writestr("annex.txt", "the annex")
    return out.getvalue()


def spanned(pieces: int = 3) -> list[bytes]:
    """Return a ZIP cut as Info-ZIP cuts it: each entry and the directory state the disk that they start on."""
    plain = zipped()
    end = plain.rfind(b"PK\x05\x06")
    start = struct.unpack_from("<I", plain, end + 16)[0]
    marked = bytearray(b"PK\x07\x08" + plain)
    size = len(marked) // pieces + 1
    at = start + 4
    for _ in range(2):
        named, extras, comment = struct.unpack_from("<HHH", marked, at + 28)
        disk, offset = divmod(struct.unpack_from("<I", marked, at + 42)[0] + 4, size)
        struct.pack_into("<H", marked, at + 34, disk)
        struct.pack_into("<I", marked, at + 42, offset)
        at += 46 + named + extras + comment
    disk, offset = divmod(start + 4, size)
    struct.pack_into("<HHHHII", marked, end + 8, pieces - 1, disk, 2, 2, end - start, offset)
    return cut(bytes(marked), size)


@pytest.mark.parametrize("scheme", ["7z", "zip", "z01", "tar.gz", "rar"])
def test_a_split_archive_is_one(tmp_path: Path, scheme: str) -> None:
    if scheme == "7z":
        files = {f"x.7z.{n:03}": piece for n, piece in enumerate(cut(seven(), 20_000), 1)}
    elif scheme == "zip":
        files = {f"x.zip.{n:03}": piece for n, piece in enumerate(cut(zipped(), 20_000), 1)}
    elif scheme == "z01":
        first, second, last = spanned()
        files = {"x.z01": first, "x.z02": second, "x.zip": last}
    elif scheme == "rar":
        files = {f"x.part{n}.rar": piece for n, piece in enumerate(rar5_volumes(), 1)}
    else:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            for name, content in (("noise.bin", NOISE), ("annex.txt", b"the annex")):
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        files = {f"x.tar.{n:03}": piece for n, piece in enumerate(cut(out.getvalue(), 20_480), 1)}
    occurrences, problems = received(tmp_path, files)
    made = [o for o in occurrences if o.note.startswith("put together from")]
    assert len(made) == 1
    inside = {o.path for o in occurrences if o.parent == made[0].exhibit}
    assert inside == ({"a", "b", "c"} if scheme == "rar" else {"noise.bin", "annex.txt"})
    if scheme != "tar.gz":
        assert problems == []
    assert len(occurrences) == len(files) + 1 + len(inside) + sum(
        o.parent is not None and o.parent != made[0].exhibit and o is not made[0] for o in occurrences
    )


def test_rar_volumes_give_whole_members(tmp_path: Path) -> None:
    occurrences, _ = received(tmp_path, {f"x.part{n}.rar": p for n, p in enumerate(rar5_volumes(), 1)})
    assert hashlib.sha256(BIG).hexdigest() in {o.exhibit for o in occurrences if o.path == "b"}


def test_a_missing_volume_is_named_and_the_rest_is_tried(tmp_path: Path) -> None:
    pieces = cut(zipped(), 20_000)
    files = {f"x.zip.{n:03}": piece for n, piece in enumerate(pieces, 1) if n != 3}
    _, problems = received(tmp_path, files)
    assert any("these are not here: 3" in p.message for p in problems)
    assert any("bytes are cut off" in p.message for p in problems)


def test_the_last_volume_of_a_split_zip_is_missing(tmp_path: Path) -> None:
    first, second, _ = spanned()
    _, problems = received(tmp_path, {"x.z01": first, "x.z02": second})
    assert any("the last (.zip)" in p.message for p in problems)


def test_numbered_papers_are_no_volumes(tmp_path: Path) -> None:
    files = {f"minutes.{n:03}": f"Minutes number {n}\n".encode() * (60 + n * 7) for n in (1, 2, 3)}
    occurrences, problems = received(tmp_path, files)
    assert len(occurrences) == 3
    assert problems == []


def test_a_cut_off_archive_alone_is_unpacked_as_far_as_it_goes(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("annex.txt", "the annex")
        archive.writestr("noise.bin", NOISE)
    occurrences, problems = received(tmp_path, {"x.zip": out.getvalue()[:50_000]})
    assert "annex.txt" in {o.path for o in occurrences}
    assert any("its directory is missing" in p.message for p in problems)


def test_a_split_zip_becomes_that_of_one_disk() -> None:
    with zipfile.ZipFile(io.BytesIO(joined(spanned(), "zip"))) as archive:
        assert archive.testzip() is None
        assert archive.read("noise.bin") == NOISE
