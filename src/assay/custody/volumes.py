"""Split archives: several exhibits that make one. Finds the sets by name and puts each together as one exhibit.

Known: `x.7z.001 .002 ...` and any other file cut the same way, `x.part1.rar ...`, `x.rar .r00 .r01 ...`, `x.z01 .z02
... x.zip`, and `x.aa .ab ...`. Volumes belong together when they lie in one folder of one container. What is put
together is an exhibit of its own whose parent is the first volume; the volumes stay as they were. Of a set that lacks
volumes, those that follow each other from the first are put together, and a problem names the missing ones.

Limits: at most `MOST_BYTES` in all. Files numbered .001, .002 that are no archive are taken for one cut file only when
all but the last have the same size. Volumes inside of what was put together are not put together again.
Sources: APPNOTE.TXT 6.3.10 section 8 (split ZIP), the RAR 4 and 5 technotes, 7zFormat.txt.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assay.model import Exhibit, Occurrence, Trove

MOST_BYTES = 2 << 30
MOST_VOLUMES = 5000
_RAR4, _RAR5 = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"
_END = b"PK\x05\x06"


@dataclass(frozen=True, slots=True)
class Volume:
    """One volume of a set: its exhibit and name; `number` counts from 0."""

    number: int
    exhibit: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Set:
    """Volumes that make one file: `name` is that file's, `scheme` how it was cut (numbered, rar, zip, lettered)."""

    name: str
    scheme: str
    volumes: tuple[Volume, ...]
    missing: tuple[str, ...]


def cut_off(data: bytes, media_type: str) -> bool:
    """Tell whether an archive is one volume of several, or has lost its end: alone it cannot be unpacked whole."""
    if media_type == "application/zip":
        at = data.rfind(_END, max(0, len(data) - 65_557))
        if at < 0 or len(data) < at + 22 or struct.unpack_from("<H", data, at + 4)[0] not in (0, 0xFFFF):
            return True
        size, offset = struct.unpack_from("<II", data, at + 12)
        return 0xFFFFFFFF not in (size, offset) and size + offset > at
    if media_type == "application/x-7z-compressed":
        return len(data) >= 32 and 32 + sum(struct.unpack_from("<QQ", data, 12)) > len(data)
    if media_type == "application/x-rar":
        return _is_rar_volume(data)
    return False


def _is_rar_volume(data: bytes) -> bool:
    if data.startswith(_RAR5):
        at, fields = 12, []
        for _ in range(6):  # header size, type, flags, then the sizes that the flags announce, then archive flags
            value, at = _number(data, at)
            fields.append(value)
        flags = fields[2]
        place = 3 + bool(flags & 1) + bool(flags & 2)
        return fields[1] == 1 and bool(fields[place] & 1)
    return data.startswith(_RAR4) and len(data) > 12 and data[9] == 0x73 and bool(data[10] & 1)


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of RAR 5's variable length, and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            return value, at
        value |= (data[at] & 0x7F) << shift
        at += 1
        if not data[at - 1] & 0x80:
            break
    return value, at


_SCHEMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("rar", re.compile(r"(?P<base>.+)\.part(?P<n>\d{1,5})\.(?:rar|exe)$", re.I)),
    ("zip", re.compile(r"(?P<base>.+)\.z(?P<n>\d{2,4})$", re.I)),
    ("old rar", re.compile(r"(?P<base>.+)\.(?P<letter>[r-z])(?P<n>\d{2})$", re.I)),
    ("numbered", re.compile(r"(?P<base>.+)\.(?P<n>\d{3,5})$")),
    ("lettered", re.compile(r"(?P<base>.+)\.(?P<letters>[a-z]{2})$")),
)


def _scheme(name: str) -> tuple[str, str, int] | None:
    """Return scheme, base name and number from 0 that a volume's name states."""
    for scheme, pattern in _SCHEMES:
        found = pattern.fullmatch(name)
        if not found:
            continue
        base = found.group("base")
        if scheme == "lettered":
            letters = found.group("letters")
            return scheme, base, (ord(letters[0]) - 97) * 26 + ord(letters[1]) - 97
        number = int(found.group("n"))
        if scheme == "old rar":
            return scheme, base, (ord(found.group("letter").lower()) - ord("r")) * 100 + number + 1
        return scheme, base, number - 1
    return None


def sets(trove: Trove, part: str) -> Iterator[Set]:
    """Yield the sets of volumes in a trove, leaving out what `part` itself put together; ordered by place and name."""
    exhibits = {e.digest: e for e in trove.all(Exhibit)}
    groups: dict[tuple[str, str, str, str, str], dict[int, Volume]] = {}
    names: dict[tuple[str, str, str, str], Volume] = {}
    for occurrence in trove.all(Occurrence):
        exhibit = exhibits.get(occurrence.exhibit)
        if exhibit is None or occurrence.part == part:
            continue
        folder, _, name = occurrence.path.rpartition("/")
        place = (occurrence.parent or "", occurrence.source, folder)
        names[(*place, name.casefold())] = Volume(0, exhibit.digest, occurrence.path, exhibit.size)
        stated = _scheme(name)
        if stated is not None:
            scheme, base, number = stated
            volume = Volume(number, exhibit.digest, occurrence.path, exhibit.size)
            groups.setdefault((*place, scheme, base.casefold()), {}).setdefault(number, volume)
    for parent, source, folder, scheme, base in sorted(groups):
        found = groups[parent, source, folder, scheme, base]
        last = names.get((parent, source, folder, f"{base}.zip" if scheme == "zip" else f"{base}.rar"))
        made = _set(scheme, found, last, exhibits)
        if made is not None:
            yield made


def _set(scheme: str, found: dict[int, Volume], whole: Volume | None, exhibits: dict[str, Exhibit]) -> Set | None:
    lone = next(iter(found.values()))
    stem = lone.name[: -len(lone.name.rpartition(".")[2]) - 1]
    if scheme == "old rar":
        if whole is not None:
            found = {0: whole, **found}
        if exhibits[min(found.items())[1].exhibit].media_type != "application/x-rar":
            return None
        stem += ".rar"
    elif scheme == "zip":
        if whole is not None:
            found = {**found, max(found) + 1: Volume(0, whole.exhibit, whole.name, whole.size)}
        stem += ".zip"
    elif scheme == "rar":
        stem = re.sub(r"\.part\d+$", "", stem, flags=re.I) + ".rar"
    elif not _is_cut(scheme, found, exhibits):
        return None
    first = min(found) if scheme in ("numbered", "lettered") and min(found) < 1 else 0
    missing = [n for n in range(first, min(max(found), MOST_VOLUMES)) if n not in found]
    said = [_said(scheme, n) for n in missing]
    if scheme == "zip" and whole is None:
        said.append("the last (.zip)")
    ordered: list[Volume] = []
    for n in range(first, max(found) + 1):
        if n not in found or len(ordered) >= MOST_VOLUMES:
            break
        v = found[n]
        ordered.append(Volume(n, v.exhibit, v.name, v.size))
    return Set(stem, scheme, tuple(ordered) or (lone,), tuple(said[:20]))


def _said(scheme: str, number: int) -> str:
    if scheme == "old rar":
        return "the first (.rar)" if number == 0 else f".r{number - 1:02}"
    if scheme == "lettered":
        return "." + chr(97 + number // 26) + chr(97 + number % 26)
    return f"{number + 1}"


def _is_cut(scheme: str, found: dict[int, Volume], exhibits: dict[str, Exhibit]) -> bool:
    """Tell whether numbered files are one file cut up: they start an archive, or all but the last have one size."""
    numbers = sorted(found)
    if numbers[0] not in (-1, 0):
        return False
    if scheme == "lettered" and (len(numbers) < 2 or numbers != list(range(numbers[0], numbers[0] + len(numbers)))):
        return False
    if exhibits[found[numbers[0]].exhibit].media_type in ("application/x-7z-compressed", "application/zip"):
        return True
    sizes = [found[n].size for n in numbers]
    return len(sizes) > 1 and len(set(sizes[:-1])) == 1 and 0 < sizes[-1] <= sizes[0] >= 1000


def joined(volumes: Iterable[bytes], scheme: str) -> bytes:
    """Return the one file that volumes make. A split ZIP's directory is made that of one file."""
    pieces = list(volumes)
    data = b"".join(pieces)
    return _one_disk(data, [len(p) for p in pieces]) if scheme == "zip" else data


def _one_disk(data: bytes, sizes: list[int]) -> bytes:
    """Return a split ZIP with its directory's offsets counted from the start; as it is when there is no directory."""
    end = data.rfind(_END, max(0, len(data) - 65_557))
    if end < 0 or len(data) < end + 22:
        return data
    starts = [sum(sizes[:n]) for n in range(len(sizes))]
    _, disk, _, count, size, offset = struct.unpack_from("<HHHHII", data, end + 4)
    if disk >= len(starts) or 0xFFFFFFFF in (size, offset):
        return data
    made = bytearray(data)
    at = starts[disk] + offset
    struct.pack_into("<HHHHII", made, end + 4, 0, 0, count, count, size, min(at, 0xFFFFFFFE))
    for _ in range(count):
        if data[at : at + 4] != b"PK\x01\x02" or at + 46 > len(data):
            break
        named, extras, comment, on = struct.unpack_from("<HHHH", data, at + 28)
        place = struct.unpack_from("<I", data, at + 42)[0]
        if on < len(starts) and place != 0xFFFFFFFF:
            struct.pack_into("<H", made, at + 34, 0)
            struct.pack_into("<I", made, at + 42, min(starts[on] + place, 0xFFFFFFFE))
        at += 46 + named + extras + comment
    return bytes(made)
