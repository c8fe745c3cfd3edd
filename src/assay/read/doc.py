"""Reader for Word 97-2003 documents (DOC): text, tables, notes, with tracked deletions left out.

Limits: generated list numbers, text in shapes and merged cells are not worked out; headers and footers are left out.
Word 6 and 95 are refused. Encrypted documents are opened when a given password fits.
Source: MS-DOC, sections 2.4 (text), 2.5 (FIB), 2.6 (properties), 2.9.
"""

from __future__ import annotations

import io
import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from assay.custody.ole import open_ole
from assay.model import Exhibit, Record
from assay.read.body import Body, pages, paginate
from assay.read.docx_table import RawCell, RawTable, place
from assay.work.part import Reader, ReadRefused, ReadSettings

NAME, VERSION = "doc", "2"
_IN_TABLE, _ROW_END = 0x2416, 0x2417
_DELETED, _INSERTED = 0x0800, 0x0801
_OPERAND = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_CHARACTERS = 50_000_000


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of text: first character, last character, place in the stream, one or two bytes a character."""

    start: int
    stop: int
    offset: int
    wide: bool


@dataclass(slots=True)
class _Runs:
    """Properties of runs of bytes: run i reaches from `starts[i]` to `stops[i]`."""

    starts: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)
    flags: list[frozenset[int]] = field(default_factory=list)

    def at(self, offset: int) -> frozenset[int]:
        """Return what is set at a byte."""
        index = bisect_right(self.starts, offset) - 1
        return self.flags[index] if index >= 0 and offset < self.stops[index] else frozenset()


def _streams(data: bytes, settings: ReadSettings) -> tuple[bytes, bytes]:
    """Return the document stream and its table stream; decrypt when a password fits."""
    ole = open_ole(data)
    if ole is None:
        raise ReadRefused("broken", "the document's OLE container is damaged, or its sectors run in a circle")
    with ole:
        try:
            word = ole.openstream("WordDocument").read()
            if len(word) < 900 or word[:2] != b"\xec\xa5":
                raise ReadRefused("no_reader", "a Word document older than Word 97, which no reader here takes")
            flags = struct.unpack_from("<H", word, 10)[0]
            if flags & 0x100:
                return _streams(_decrypted(data, settings), ReadSettings())
            table = ole.openstream("1Table" if flags & 0x200 else "0Table").read()
        except OSError as error:
            raise ReadRefused("broken", f"the document's streams cannot be read: {str(error)[:120]}") from error
    return word, table


def _decrypted(data: bytes, settings: ReadSettings) -> bytes:
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    for password in settings.passwords:
        plain = io.BytesIO()
        try:
            locked = msoffcrypto.OfficeFile(io.BytesIO(data))
            locked.load_key(password=password)
            locked.decrypt(plain)
        except (InvalidKeyError, DecryptionError):
            continue
        except (FileFormatError, ParseError, OSError, ValueError, KeyError, AttributeError, TypeError, struct.error):
            break
        return plain.getvalue()
    raise ReadRefused("encrypted", "the document is encrypted: a password is needed and none that was given fits")


def _pair(word: bytes, number: int) -> tuple[int, int]:
    """Return offset and size of a structure in the table stream, by its place in the FIB."""
    at = 154 + number * 8
    return struct.unpack_from("<II", word, at) if at + 8 <= len(word) else (0, 0)


def _pieces(word: bytes, table: bytes) -> list[_Piece]:
    offset, size = _pair(word, 33)
    clx = table[offset : offset + size]
    at = 0
    while at < len(clx) and clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at + 5 > len(clx) or clx[at] != 2:
        raise ReadRefused("broken", "the document's list of text pieces is damaged")
    length = struct.unpack_from("<I", clx, at + 1)[0]
    plc = clx[at + 5 : at + 5 + length]
    count = (len(plc) - 4) // 12
    if count < 1:
        raise ReadRefused("broken", "the document's list of text pieces is empty")
    ends = struct.unpack_from(f"<{count + 1}I", plc, 0)
    pieces = []
    for index in range(count):
        value = struct.unpack_from("<I", plc, (count + 1) * 4 + index * 8 + 2)[0]
        start, stop = ends[index], ends[index + 1]
        if stop <= start or stop - start > _CHARACTERS:
            continue
        narrow = bool(value & 0x40000000)
        place_ = value & 0x3FFFFFFF
        pieces.append(_Piece(start, stop, place_ // 2 if narrow else place_, not narrow))
    return pieces


def _flags(grpprl: bytes) -> frozenset[int]:
    """Return which of the four properties of interest a list of properties sets."""
    found: set[int] = set()
    at = 0
    while at + 2 <= len(grpprl):
        code = struct.unpack_from("<H", grpprl, at)[0]
        at += 2
        kind = code >> 13
        if kind == 6:
            if code in (0xD608, 0xD606):
                size = struct.unpack_from("<H", grpprl, at)[0] + 1 if at + 2 <= len(grpprl) else 2
            else:
                size = grpprl[at] + 1 if at < len(grpprl) else 1
        else:
            size = _OPERAND[kind]
        if code in (_IN_TABLE, _ROW_END, _DELETED, _INSERTED) and at < len(grpprl) and grpprl[at]:
            found.add(code)
        at += size
    return frozenset(found)


def _properties(word: bytes, table: bytes, number: int, *, paragraphs: bool) -> _Runs:
    """Read the formatted pages (FKP) of paragraph or character properties."""
    offset, size = _pair(word, number)
    plc = table[offset : offset + size]
    count = (len(plc) - 4) // 8
    runs: list[tuple[int, int, frozenset[int]]] = []
    for index in range(max(0, count)):
        page = struct.unpack_from("<I", plc, (count + 1) * 4 + index * 4)[0] & 0x3FFFFF
        fkp = word[page * 512 : page * 512 + 512]
        if len(fkp) == 512:
            runs += _formatted(fkp, paragraphs=paragraphs)
    runs.sort(key=lambda run: run[:2])
    return _Runs([r[0] for r in runs], [r[1] for r in runs], [r[2] for r in runs])


def _formatted(fkp: bytes, *, paragraphs: bool) -> Iterator[tuple[int, int, frozenset[int]]]:
    count = fkp[511]
    width = 13 if paragraphs else 1
    if (count + 1) * 4 + count * width > 511:
        return
    places = struct.unpack_from(f"<{count + 1}I", fkp, 0)
    for index in range(count):
        at = fkp[(count + 1) * 4 + index * width] * 2
        grpprl = b""
        if at and paragraphs:
            size = fkp[at] * 2 - 1 if fkp[at] else fkp[at + 1] * 2 if at + 1 < 511 else 0
            begin = at + 1 if fkp[at] else at + 2
            grpprl = fkp[begin + 2 : begin + max(size, 2)]
        elif at:
            grpprl = fkp[at + 1 : at + 1 + fkp[at]]
        yield places[index], places[index + 1], _flags(grpprl)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    end: str
    in_table: bool
    row_end: bool


def _paragraphs(
    word: bytes, pieces: list[_Piece], first: int, last: int, marks: _Runs, looks: _Runs, counts: dict[int, int]
) -> Iterator[_Paragraph]:
    """Yield the paragraphs between two character positions, fields reduced to their results."""
    line: list[str] = []
    fields: list[bool] = []
    for piece in pieces:
        start, stop = max(piece.start, first), min(piece.stop, last)
        if start >= stop:
            continue
        step = 2 if piece.wide else 1
        begin = piece.offset + (start - piece.start) * step
        raw = word[begin : begin + (stop - start) * step]
        text = raw.decode("utf-16-le" if piece.wide else "cp1252", "replace")
        for shift, character in enumerate(text):
            offset = begin + shift * step
            if character in "\r\x07\x0c":
                flags = marks.at(offset)
                shown = "".join(line)
                yield _Paragraph(shown, character, _IN_TABLE in flags or character == "\x07", _ROW_END in flags)
                line = []
                continue
            if character == "\x13":
                fields.append(True)
            elif character == "\x14" and fields:
                fields[-1] = False
            elif character == "\x15" and fields:
                fields.pop()
            elif not any(fields):
                look = looks.at(offset)
                if _DELETED in look:
                    counts[_DELETED] = counts.get(_DELETED, 0) + 1
                    continue
                counts[_INSERTED] = counts.get(_INSERTED, 0) + (_INSERTED in look)
                line.append(_CONTROLS.get(character, character))
    if line:
        yield _Paragraph("".join(line), "\r", False, False)


_CONTROLS = {
    "\x01": "", "\x02": "", "\x03": "", "\x04": "", "\x05": "", "\x08": "", "\x0b": "\n", "\x0e": "\n", "\x1e": "-",
    "\x1f": "", "\x13": "", "\x14": "", "\x15": "", "\x00": "",
}  # fmt: skip


def _fill(made: Body, paragraphs: Iterator[_Paragraph], kind: str = "text") -> None:
    rows: list[list[RawCell]] = []
    row: list[RawCell] = []
    cell: list[str] = []
    for paragraph in paragraphs:
        if not paragraph.in_table:
            if rows:
                place(RawTable(rows, 0), made)
                rows, row, cell = [], [], []
            made.add(paragraph.text, kind)
            continue
        if paragraph.row_end:
            rows.append(row)
            row, cell = [], []
            continue
        if paragraph.text.strip():
            cell.append(paragraph.text)
        if paragraph.end == "\x07":
            row.append(RawCell(len(row), 1, "", tuple(cell)))
            cell = []
    if row or rows:
        place(RawTable([*rows, row] if row else rows, 0), made)


def body(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> Body:
    """Return the body of a DOC document."""
    word, table = _streams(data, settings)
    try:
        pieces = _pieces(word, table)
        lengths = struct.unpack_from("<7I", word, 76)
        marks = _properties(word, table, 13, paragraphs=True)
        looks = _properties(word, table, 12, paragraphs=False)
    except (struct.error, IndexError) as error:
        raise ReadRefused("broken", f"the document's structure is damaged: {error}") from error
    main, notes, header, _, comments, ends, _ = lengths
    made = Body(engine="assay doc")
    counts: dict[int, int] = {}
    try:
        _fill(made, _paragraphs(word, pieces, 0, main, marks, looks, counts))
        _fill(made, _paragraphs(word, pieces, main, main + notes, marks, looks, counts), "footnote")
        start = main + notes + header + comments
        _fill(made, _paragraphs(word, pieces, start, start + ends, marks, looks, counts), "endnote")
    except (struct.error, IndexError) as error:
        raise ReadRefused("broken", f"the document's structure is damaged: {error}") from error
    if counts.get(_DELETED) or counts.get(_INSERTED):
        made.notes.append(
            f"tracked changes: {counts.get(_INSERTED, 0)} characters inserted (in the text) and "
            f"{counts.get(_DELETED, 0)} deleted (left out)"
        )
    if comments:
        made.notes.append("comments (left out of the text)")
    return made


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of pages: one, unless the text is very long."""
    return len(paginate(body(data, exhibit, settings)))


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterable[Record]:
    """Yield the pages first..last."""
    return pages(body(data, exhibit, settings), exhibit, NAME, VERSION, first, last)


DOC = Reader(
    NAME,
    VERSION,
    "Word 97-2003 documents: text, tables, notes.",
    "Generated list numbers, shapes, merged cells, headers and footers are not read; Word 6 and 95 are refused.",
    accepts=("application/msword",),
    count=count,
    read=read,
    chunk=64,
)
