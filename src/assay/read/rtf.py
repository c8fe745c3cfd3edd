"""Reader for RTF: text in the encodings its fonts state, tables by rows and cells, tracked changes accepted.

Limits: pictures, embedded objects, and generated list numbers other than those stored as text are
left out. Merged cells are read as they are stored. Nested tables run into their outer cell.
Source: Rich Text Format Specification 1.9.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from assay.model import Exhibit, Record
from assay.read.body import Body, Met, pages, paginate
from assay.read.docx_table import RawCell, RawTable, place
from assay.work.part import Reader, ReadRefused, ReadSettings

NAME, VERSION = "rtf", "2"
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.S
)
_DROPPED = frozenset(
    b"fonttbl colortbl stylesheet info pict object generator "
    b"listtable listoverridetable rsidtbl xmlnstbl themedata colorschememapping datastore latentstyles filetbl revtbl "
    b"fldinst pgdsctbl bkmkstart bkmkend template annotation atnid atnauthor atndate atnref atrfstart atrfend "
    b"nonshppict objdata blipuid pn private mmathPr wgrffmtfilter panose falt fname".split()
)
_KEPT_STARRED = frozenset([b"shppict", b"shpinst", b"shptxt", b"footnote", b"fldrslt", b"listtext", b"pntext"])
_SYMBOLS = {
    b"emdash": "\u2014", b"endash": "\u2013", b"lquote": "\u2018", b"rquote": "\u2019", b"ldblquote": "\u201c",
    b"rdblquote": "\u201d", b"bullet": "\u2022", b"tab": "\t", b"line": "\n", b"emspace": " ", b"enspace": " ",
    b"qmspace": " ", b"softline": "\n", b"lbr": "\n",
}  # fmt: skip
_CHARSETS = {
    0: "cp1252", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 77: "mac_roman",
    255: "cp437",
}  # fmt: skip
_DEPTH = 2000


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits and gives back at its end."""

    dropped: bool = False
    font: int = -1
    skip: int = 1
    deleted: bool = False
    in_table: bool = False


@dataclass(slots=True)
class _Parse:
    body: Body
    state: _State = field(default_factory=_State)
    stack: list[_State] = field(default_factory=list)
    fonts: dict[int, str] = field(default_factory=dict)
    codepage: str = "cp1252"
    raw: bytearray = field(default_factory=bytearray)
    line: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    row: list[tuple[str, ...]] = field(default_factory=list)
    rows: list[list[tuple[str, ...]]] = field(default_factory=list)
    pending: int = 0
    high: str = ""
    inserted: int = 0
    deleted: int = 0

    def text(self, piece: str) -> None:
        """Take characters at the current place."""
        self.settle()
        if not self.state.dropped and not self.state.deleted:
            self.line.append(piece)

    def settle(self) -> None:
        """Turn collected bytes into characters, once nothing can be added to a double-byte pair."""
        if self.raw:
            encoding = self.fonts.get(self.state.font, self.codepage)
            try:
                piece = bytes(self.raw).decode(encoding, "replace")
            except LookupError:
                piece = bytes(self.raw).decode("cp1252", "replace")
            self.raw.clear()
            if not self.state.dropped and not self.state.deleted:
                self.line.append(piece)

    def paragraph(self) -> None:
        """End a paragraph: into the cell inside a table, else into the body."""
        self.settle()
        text = "".join(self.line)
        self.line = []
        if self.state.in_table:
            if text.strip():
                self.cell.append(text)
            return
        self.table()
        self.body.add(text)

    def end_cell(self) -> None:
        """End a cell."""
        self.settle()
        text = "".join(self.line)
        self.line = []
        self.row.append((*self.cell, text) if text.strip() else tuple(self.cell))
        self.cell = []

    def end_row(self) -> None:
        """End a row."""
        if self.row:
            self.rows.append(self.row)
        self.row = []

    def table(self) -> None:
        """End the table that is open, if one is."""
        self.end_row()
        if self.rows:
            place(RawTable([[RawCell(i, 1, "", t) for i, t in enumerate(r)] for r in self.rows], 0), self.body)
        self.rows = []


def body(data: bytes, exhibit: Exhibit) -> Body:
    """Return the body of an RTF document."""
    start = data.find(b"{\\rtf")
    if start < 0:
        raise ReadRefused("broken", "it does not open with an RTF header")
    parse = _Parse(Body(engine="assay rtf"))
    page = re.search(rb"\\ansicpg(\d{3,5})", data[start : start + 4096])
    parse.codepage = _codepage(int(page.group(1)) if page else 1252)
    parse.fonts = _fonts(data[start:], parse.codepage)
    for match in _TOKEN.finditer(data, start):
        _token(match, parse)
        if len(parse.stack) > _DEPTH:
            met = f"its groups are nested more than {_DEPTH} deep; what stands before those was read"
            parse.body.notes.append(Met(met, "limit"))
            break
    parse.state = replace(parse.state, in_table=False)
    parse.paragraph()
    if parse.inserted or parse.deleted:
        parse.body.notes.append(
            f"tracked changes: {parse.inserted} insertions (in the text) and {parse.deleted} deletions (left out)"
        )
    return parse.body


def _codepage(number: int) -> str:
    import codecs

    name = {65001: "utf-8", 936: "gb18030", 10000: "mac_roman", 10007: "mac_cyrillic"}.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def _fonts(data: bytes, otherwise: str) -> dict[int, str]:
    """Return each font's encoding, from the font table."""
    start = data.find(b"{\\fonttbl")
    if start < 0:
        return {}
    depth, stop = 0, start
    for match in re.finditer(rb"\\.|[{}]", data[start : start + 500_000], re.S):
        depth += {b"{": 1, b"}": -1}.get(match.group(), 0)
        if depth == 0:
            stop = start + match.end()
            break
    fonts: dict[int, str] = {}
    for entry in re.split(rb"\\f(?=\d)", data[start:stop])[1:]:
        number = re.match(rb"\d{1,6}", entry)
        charset = re.search(rb"\\fcharset(\d{1,3})", entry)
        if number:
            code = int(charset.group(1)) if charset else -1
            fonts[int(number.group())] = otherwise if code in (-1, 1, 2) else _CHARSETS.get(code, otherwise)
            if code == 0 and otherwise != "cp1252":
                fonts[int(number.group())] = "cp1252"
    return fonts


def _token(match: re.Match[bytes], parse: _Parse) -> None:
    word, number, byte, symbol, brace, plain = match.groups()
    if byte is not None:
        if parse.pending:
            parse.pending -= 1
        else:
            parse.raw.append(int(byte, 16))
        return
    if plain is not None:
        if parse.pending:
            taken = min(parse.pending, len(plain))
            parse.pending -= taken
            plain = plain[taken:]
        parse.raw += plain
        return
    if brace is not None:
        parse.settle()
        parse.pending = 0
        if brace == b"{":
            parse.stack.append(parse.state)
        elif parse.stack:
            parse.state = parse.stack.pop()
    elif symbol is not None:
        _symbol(symbol, parse)
    elif word is not None:
        _word(word, int(number) if number else None, parse)


def _symbol(symbol: bytes, parse: _Parse) -> None:
    if symbol == b"*":
        parse.settle()
        parse.state = replace(parse.state, dropped=True)
    elif symbol in (b"\\", b"{", b"}"):
        parse.raw += symbol
    elif symbol == b"~":
        parse.text("\xa0")
    elif symbol == b"_":
        parse.text("-")
    elif symbol in (b"\n", b"\r"):
        parse.paragraph()


def _word(word: bytes, number: int | None, parse: _Parse) -> None:
    state = parse.state
    if word == b"u" and number is not None:
        _unicode(number & 0xFFFF, parse)
        return
    parse.settle()
    parse.pending = 0
    if word in _DROPPED:
        parse.state = replace(state, dropped=True)
    elif word in _KEPT_STARRED and parse.stack:
        parse.state = replace(state, dropped=parse.stack[-1].dropped)
    elif state.dropped:
        return
    elif word == b"uc":
        parse.state = replace(state, skip=min(max(number or 0, 0), 8))
    elif word == b"f" and number is not None:
        parse.state = replace(state, font=number)
    elif word == b"plain":
        parse.state = replace(state, deleted=False)
    elif word == b"deleted":
        parse.deleted += number != 0
        parse.state = replace(state, deleted=number != 0)
    elif word == b"revised":
        parse.inserted += number != 0
    elif word == b"pard":
        parse.state = replace(state, in_table=False)
    elif word in (b"intbl", b"itap"):
        parse.state = replace(state, in_table=number != 0)
    elif word in (b"par", b"sect", b"page"):
        parse.paragraph()
    elif word in (b"cell", b"nestcell"):
        parse.end_cell()
    elif word in (b"row", b"nestrow"):
        parse.end_row()
    elif word in _SYMBOLS:
        parse.text(_SYMBOLS[word])


def _unicode(code: int, parse: _Parse) -> None:
    parse.settle()
    parse.pending = parse.state.skip
    if 0xD800 <= code < 0xDC00:
        parse.high = chr(code)
        return
    piece = chr(code)
    if 0xDC00 <= code < 0xE000:
        piece = (parse.high + piece).encode("utf-16", "surrogatepass").decode("utf-16", "replace") if parse.high else ""
    parse.high = ""
    if 0xF020 <= code <= 0xF0FF:
        piece = "\u2022" if code == 0xF0B7 else "\u25a1"
    skipped = parse.pending
    parse.text(piece)
    parse.pending = skipped


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of pages: one, unless the text is very long."""
    return len(paginate(body(data, exhibit)))


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterable[Record]:
    """Yield the pages first..last."""
    return pages(body(data, exhibit), exhibit, NAME, VERSION, first, last)


RTF = Reader(
    NAME,
    VERSION,
    "RTF documents: text and tables.",
    "Pictures, objects and generated list numbers are left out; merged cells are read as stored.",
    accepts=("application/rtf",),
    count=count,
    read=read,
    chunk=64,
)
