"""Archives made to hurt what opens them, and names made to lead out of the case."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zlib

from hostile_made import MIB, STILL, Hostile, raw_zeros

NOTE = "note.txt"


def note(archive: str) -> bytes:
    """Return the text of the note that lies in an archive: no two archives hold the same one."""
    return f"{STILL}, says the note in the {archive}".encode()


def member(
    name: bytes, content: bytes, *, size: int | None = None, method: int = 0, flags: int = 0
) -> tuple[bytes, bytes, int]:
    """Return a zip member's name, its head with its content, and what it unpacks to."""
    length = len(content) if size is None else size
    crc = zlib.crc32(content) if method == 0 else 0
    head = struct.pack("<HHHHHIIIHH", 20, flags, method, 0, 33, crc, len(content), length, len(name), 0)
    return name, head, length


def zip_of(members: list[tuple[bytes, bytes]], flags: int = 0) -> bytes:
    """Return a zip of stored members under raw names, which no library would write."""
    out, directory = bytearray(), bytearray()
    for name, content in members:
        head = struct.pack(
            "<HHHHHIIIHH", 20, flags, 0, 0, 33, zlib.crc32(content), len(content), len(content), len(name), 0
        )
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, len(out)) + name
        out += b"PK\x03\x04" + head + name + content
    count = min(len(members), 0xFFFF)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(out), 0)
    start = len(out)
    more = b""
    if len(members) >= 0xFFFF:
        wide = struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, len(members), len(members), len(directory), start)
        more = b"PK\x06\x06" + wide + b"PK\x06\x07" + struct.pack("<IQI", 0, start + len(directory), 1)
    return bytes(out + directory) + more + b"PK\x05\x06" + end


def zip_bomb() -> bytes:
    """A zip whose second member unpacks to 1.2 GiB."""
    from hostile_office import with_bomb

    return with_bomb({NOTE: note("zip_bomb")}, "bomb.bin", b"", 1200, b"", b"\0")


def zip_flat() -> bytes:
    """A zip of a thousand members that are all one and the same packed gigabyte."""
    packed = raw_zeros(1024)
    body = b"PK\x03\x04" + (
        head := struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, len(packed), 1 << 30, 1, 0)
    ) + b"a" + packed  # fmt: skip
    good = struct.pack(
        "<HHHHHIIIHH",
        20,
        0,
        0,
        0,
        33,
        zlib.crc32(note("zip_flat")),
        len(note("zip_flat")),
        len(note("zip_flat")),
        len(NOTE),
        0,
    )
    start = len(body)
    body += b"PK\x03\x04" + good + NOTE.encode() + note("zip_flat")
    directory = b"PK\x01\x02" + struct.pack("<H", 20) + good + struct.pack("<HHHII", 0, 0, 0, 0, start) + NOTE.encode()
    for n in range(1000):
        directory += (
            b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, 0) + bytes([97 + n % 26])
        )
    return body + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1001, 1001, len(directory), len(body), 0)


def zip_many() -> bytes:
    return zip_of([(b"note.txt", note("zip_many")), *((b"%06d" % n, b"x") for n in range(100_000))])


def zip_nested() -> bytes:
    """Sixty zips, one in the other, each with a note beside it."""
    inner = b"innermost"
    for n in range(60):
        inner = zip_of([(b"note.txt", note("zip_nested") + b" %d" % n), (b"inner.zip", inner)])
    return inner


def zip_tree() -> bytes:
    """Six levels of sixteen zips each that are the same bytes: sixteen million when counted one by one."""
    from hostile_office import zipped

    inner = zip_of([(b"note.txt", note("zip_tree"))])
    for _ in range(6):
        inner = zipped({f"{n:02}.zip": inner for n in range(16)})
    return inner


def zip_names() -> bytes:
    return zip_of([
        (b"../../../../tmp/assay-hostile-escaped", note("zip_names") + b" 1"),
        (b"/tmp/assay-hostile-escaped", note("zip_names") + b" 2"),
        (b"C:\\Windows\\assay-hostile-escaped", note("zip_names") + b" 3"),
        (b"a" * 4000 + b".txt", note("zip_names") + b" 4"),
        (b"x/" * 1900 + b"deep.txt", note("zip_names") + b" 5"),
        (b"nul\0hidden.exe", note("zip_names") + b" 6"),
        ("invoice\u202etxt.exe".encode(), note("zip_names") + b" 7"),
        (b"\xff\xfe\xfa\x80\x81", note("zip_names") + b" 8"),
        (b"con", note("zip_names") + b" 9"), (b"", note("zip_names") + b" 10"), (b".", note("zip_names") + b" 11"), (b"..", note("zip_names") + b" 12"),
        (b"line\nbreak\x1b[2J", note("zip_names") + b" 13"),
    ], 0x800)  # fmt: skip


def tar_links() -> bytes:
    """Links out of the archive, what would be written through them, devices, pipes, and a file that states 8 EiB."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:

        def add(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", content: bytes = b"") -> None:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, link, len(content)
            info.devmajor, info.devminor = 1, 8
            archive.addfile(info, io.BytesIO(content))

        add("out", tarfile.SYMTYPE, "/tmp")
        add("out/assay-hostile-escaped", content=note("tar_links") + b" 1")
        add("passwords", tarfile.LNKTYPE, "/etc/passwd")
        add("self", tarfile.SYMTYPE, "self")
        add("disk", tarfile.BLKTYPE)
        add("memory", tarfile.CHRTYPE)
        add("pipe", tarfile.FIFOTYPE)
        add("../../assay-hostile-escaped", content=note("tar_links") + b" 2")
        add("/tmp/assay-hostile-escaped", content=note("tar_links") + b" 3")
        add("b" * 4000, content=note("tar_links") + b" 4")
        add(NOTE, content=note("tar_links"))
    last = tarfile.TarInfo("huge.bin")
    last.size = 1 << 62
    whole = out.getvalue()
    return whole[: len(whole) // 512 * 512].rstrip(b"\0").ljust(-(-len(whole.rstrip(b"\0")) // 512) * 512, b"\0") + (
        last.tobuf(tarfile.GNU_FORMAT) + bytes(1024)
    )


def tar_packed() -> bytes:
    """A packed tar of a note, and of a member of zeros that never ends."""
    info, first = tarfile.TarInfo("zeros"), tarfile.TarInfo(NOTE)
    info.size, first.size = 4 << 30, len(note("tar_packed"))
    start = first.tobuf() + note("tar_packed").ljust(512, b"\0") + info.tobuf()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    begin = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + begin + raw_zeros(4096) + bytes(8)


def gzip_bomb() -> bytes:
    return b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + raw_zeros(8192) + bytes(8)


def gzip_nested() -> bytes:
    inner = note("gzip_nested")
    for _ in range(200):
        inner = gzip.compress(inner, mtime=0)
    return inner


def gzip_joined() -> bytes:
    """A million empty gzip files, one after another."""
    return gzip.compress(note("gzip_joined"), mtime=0) + gzip.compress(b"", mtime=0) * 200_000


def bzip2_bomb() -> bytes:
    return bz2.compress(bytes(4 * MIB), 9) * 512


def xz_bomb() -> bytes:
    return lzma.compress(bytes(16 * MIB)) * 256


def xz_memory() -> bytes:
    """An old lzma file that asks for a dictionary of 4 GiB."""
    made = bytearray(lzma.compress(note("xz_memory") * 100, lzma.FORMAT_ALONE))
    made[1:5] = b"\0\0\0\xf0"
    return bytes(made)


def seven() -> bytes:
    """A 7z of a note and of 96 MiB of zeros."""
    import py7zr

    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(note("seven"), NOTE)
        archive.writestr(bytes(96 * MIB), "zeros.bin")
    return out.getvalue()


def mailbox() -> bytes:
    """A mailbox of thirty thousand mails."""
    first = f"From a@b Mon Jan  1 00:00:00 2024\nSubject: one\n\n{STILL}\n\n"
    return (first + "From a@b Mon Jan  1 00:00:00 2024\nSubject: x\n\ny\n\n" * 30_000).encode()


FILES = (
    Hostile(
        "bomb.zip", "a member of 1.2 GiB beside a note", zip_bomb, "limit: unpacks to more than 250 times its size"
    ),
    Hostile(
        "flat.zip",
        "a thousand members that are one and the same packed gigabyte",
        zip_flat,
        "limit: 999 of 1001 members after that were not read",
    ),
    Hostile("many.zip", "a hundred thousand members", zip_many, "limit: it holds more than 20000 members"),
    Hostile("nested.zip", "sixty zips, one in the other", zip_nested, "limit: more than 8 archives deep"),
    Hostile("tree.zip", "six levels of sixteen zips each: sixteen million", zip_tree, ""),
    Hostile(
        "names.zip",
        "names that climb out, of 4,000 letters, with NUL, turned around, in no encoding",
        zip_names,
        "unsafe_name: points outside the container; it was kept as",
    ),
    Hostile(
        "links.tar",
        "links out of the archive, devices, pipes, a file of 4 EiB",
        tar_links,
        "unsafe_name: points outside the container; it was kept as",
    ),
    Hostile(
        "zeros.tar.gz",
        "a member of 4 GiB of zeros after a note",
        tar_packed,
        "limit: it needs more than the 400 MB of memory",
        "",
    ),
    Hostile("bomb.gz", "8 GiB in 8 MB", gzip_bomb, "limit: it needs more than the 400 MB of memory", ""),
    Hostile(
        "nested.gz", "two hundred gzip files, one in the other", gzip_nested, "limit: more than 8 archives deep", ""
    ),
    Hostile("joined.gz", "two hundred thousand empty gzip files after a note", gzip_joined, ""),
    Hostile("bomb.bz2", "2 GiB in some kilobytes", bzip2_bomb, "limit: unpacks to more than 250 times its size", ""),
    Hostile("bomb.xz", "4 GiB in some kilobytes", xz_bomb, "limit: unpacks to more than 250 times its size", ""),
    Hostile("memory.lzma", "a dictionary of 4 GiB asked for", xz_memory, "broken: Memory usage limit exceeded", ""),
    Hostile("bomb.7z", "96 MiB of zeros beside a note", seven, "limit: unpacks to more than"),
    Hostile("many.mbox", "thirty thousand mails", mailbox, "limit: it holds more than 20000 members"),
)
