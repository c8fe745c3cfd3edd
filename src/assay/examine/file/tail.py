"""`file.tail`: bytes before the beginning or after the end of a file, where another file can be hidden.

Source of the ends: ISO 32000-2, 7.5.5 (PDF); ITU-T T.81, annex B (JPEG); W3C PNG, 11; APPNOTE 4.3.16 (ZIP).
Limits: a file that hides inside another one's own parts (a stream, a comment) is not looked for here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assay.examine.question import Question
from assay.model import Direction, Reading, Record, Weight
from assay.work.part import Examination

PADDING = b"\x00\r\n\t \x1a\xff"
_MAGIC = (
    (b"%PDF-", "a PDF file"), (b"PK\x03\x04", "a ZIP package"), (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"), (b"Rar!", "a RAR archive"), (b"7z\xbc\xaf", "a 7z archive"),
    (b"MZ", "a Windows program"), (b"\x7fELF", "a Unix program"), (b"\xd0\xcf\x11\xe0", "an old Office file"),
)  # fmt: skip
_SECOND = re.compile(rb"%%EOF[\x00\r\n\t ]{0,64}(?=" + b"|".join(re.escape(m) for m, _ in _MAGIC) + rb")")
"""An end mark with another file right behind it, which may bring an end mark of its own."""
_PICTURES = ("image/jpeg",)
_ZIPS = ("application/zip", "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.")
ACCEPTS = (
    "application/pdf", "image/jpeg", "image/png", "application/zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
)  # fmt: skip

_LIMITS = "Only bytes outside the file's own beginning and end are seen, for PDF, JPEG, PNG and ZIP packages."
_QUESTION = Question(
    part="file.tail",
    version="2",
    proposition="Something else was joined to the file.",
    alternative="The file begins and ends where its format says.",
    expected="At most padding after the end mark.",
    innocent=(
        "a mail gateway, archive or download tool that adds bytes",
        "a phone or camera that stores extra data behind a picture",
        "a self-extracting archive",
    ),
    limits=_LIMITS,
    heaviest=Weight.LIMITED,
)


class _NoEnd(Exception):
    """The end mark was not found."""


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Look before the first and after the last byte of one file."""
    digest, kind = reading.exhibit.digest, reading.exhibit.media_type
    try:
        start, end = _bounds(kind, data)
    except _NoEnd as error:
        yield _QUESTION.not_examined(digest, f"The end of the file was not found: {error}.")
        return
    places = []
    for where, extra in (("before its beginning", data[:start]), ("after its end", data[end:])):
        extra = extra.strip(PADDING)
        if extra:
            places.append((where, extra, _looks_like(extra)))
    if not places:
        yield _QUESTION.nothing(digest, f"It begins at byte {start} and ends at byte {end} of {len(data)}.")
        return
    said = "; ".join(
        f"{len(extra)} bytes {where}{f', which begin like {name}' if name else ''}" for where, extra, name in places
    )
    joined = any(name for _, _, name in places) or kind not in _PICTURES
    yield _QUESTION.finding(
        digest, f"There are {said}.", (), Weight.LIMITED if joined else Weight.NEUTRAL, "bytes outside the file",
        direction=Direction.AGAINST if any(name for _, _, name in places) else Direction.NEITHER,
    )  # fmt: skip


def _looks_like(extra: bytes) -> str:
    return next((name for magic, name in _MAGIC if extra.startswith(magic)), "")


def _bounds(kind: str, data: bytes) -> tuple[int, int]:
    if kind == "application/pdf":
        start, last = data[:1024].find(b"%PDF-"), data.rfind(b"%%EOF")
        if start < 0 or last < 0:
            message = "no %PDF- or no %%EOF"
            raise _NoEnd(message)
        joined = _SECOND.search(data, start)
        return start, joined.start() + 5 if joined else last + 5
    if kind == "image/jpeg":
        return 0, _jpeg(data)
    if kind == "image/png":
        return 0, _png(data)
    return _zip(data)


def _jpeg(data: bytes) -> int:
    """Return the offset after the end-of-image marker, walking the segments."""
    at = 2
    while at + 2 <= len(data):
        if data[at] != 0xFF:
            at = data.find(b"\xff", at)
            if at < 0:
                break
            continue
        marker = data[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:
            at = _scan_end(data, at)
    message = "no end-of-image marker"
    raise _NoEnd(message)


def _scan_end(data: bytes, at: int) -> int:
    """Return where entropy-coded data ends: at the next marker that is no restart and no stuffed byte."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7 and data[at + 1] != 0xFF:
            return at
        at += 1 if data[at + 1] == 0xFF else 2


def _png(data: bytes) -> int:
    at = 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"IEND":
            return at + 12 + size
        at += 12 + size
    message = "no IEND chunk"
    raise _NoEnd(message)


def _zip(data: bytes) -> tuple[int, int]:
    """Return where the first member's header and the end record's comment stand."""
    at = data.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(data):
        message = "no end-of-central-directory record"
        raise _NoEnd(message)
    size, offset = (int.from_bytes(data[at + i : at + i + 4], "little") for i in (12, 16))
    start = max(0, at - size - offset) if 0xFFFFFFFF not in (size, offset) else 0
    return (start if data[start : start + 2] == b"PK" else 0), at + 22 + int.from_bytes(
        data[at + 20 : at + 22], "little"
    )


TAIL = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Finds bytes before the beginning or after the end of a file.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=ACCEPTS,
    examine=examine,
)
