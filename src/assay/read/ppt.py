"""Reader for PowerPoint 97-2003 presentations (PPT): a page a slide, titles, bodies, text boxes and speaker's notes.

Limits: shapes come in stored order, not by their place; tables, which this format draws as shapes, come as lines;
charts and pictures are left out. Encrypted presentations are opened when a given password fits. Versions before 97 are
refused.
Source: MS-PPT, sections 2.3 (records), 2.4 (document), 2.5 (slides), 2.9 (text).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from assay.custody.ole import open_ole
from assay.model import Exhibit, Record
from assay.read.body import Block, Body, laid_out
from assay.read.language import language
from assay.read.office_locked import decrypted
from assay.work.part import Reader, ReadRefused, ReadSettings

NAME, VERSION = "ppt", "1"
_DOCUMENT, _SLIDE, _NOTES, _LIST, _PERSIST, _EDIT = 0x03E8, 0x03EE, 0x03F0, 0x0FF0, 0x1772, 0x0FF5
_SLIDE_PERSIST, _SLIDE_ATOM, _NOTES_ATOM, _INFO = 0x03F3, 0x03EF, 0x03F1, 0x03F9
_TEXT_HEADER, _CHARACTERS, _BYTES, _CSTRING, _OUTLINE = 0x0F9F, 0x0FA0, 0x0FA8, 0x0FBA, 0x0F9E
_TITLES = frozenset({0, 6})
_MOST_RECORDS, _DEPTH = 500_000, 24
_MOST_EDITS = 10_000


@dataclass(frozen=True, slots=True)
class _Atom:
    """One record: kind, instance, and where its body lies."""

    kind: int
    instance: int
    container: bool
    start: int
    stop: int


@dataclass(slots=True)
class _Slide:
    """One slide of the list: the number that its notes name, its place in the stream, and text kept in the list."""

    identifier: int = 0
    persist: int = 0
    outline: list[tuple[int, str]] = field(default_factory=list)


class _Stream:
    """The PowerPoint document stream with a bound on how many records are looked at."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.left = _MOST_RECORDS

    def inside(self, start: int, stop: int) -> Iterator[_Atom]:
        """Yield the records between two places; stop where they no longer fit."""
        at = start
        while at + 8 <= stop:
            self.left -= 1
            if self.left < 0:
                raise ReadRefused("limit", f"the presentation holds more than {_MOST_RECORDS} records")
            head, kind, size = struct.unpack_from("<HHI", self.data, at)
            if at + 8 + size > stop:
                return
            yield _Atom(kind, head >> 4, head & 15 == 15, at + 8, at + 8 + size)
            at += 8 + size

    def texts(self, start: int, stop: int, depth: int = 0) -> Iterator[tuple[int, str]]:
        """Yield (kind of text, text) of all text records in a container, in stored order."""
        kind = 4
        for atom in self.inside(start, stop):
            if atom.kind == _TEXT_HEADER and atom.stop - atom.start >= 4:
                kind = struct.unpack_from("<I", self.data, atom.start)[0]
            elif atom.kind == _CHARACTERS:
                yield kind, self.data[atom.start : atom.stop].decode("utf-16-le", "replace")
            elif atom.kind == _BYTES:
                yield kind, self.data[atom.start : atom.stop].decode("latin-1")
            elif atom.container and depth < _DEPTH:
                yield from self.texts(atom.start, atom.stop, depth + 1)


def _stream(data: bytes, settings: ReadSettings, *, opened: bool = False) -> tuple[bytes, int]:
    """Return the document stream and where its newest edit stands; `opened` when it was decrypted already."""
    ole = open_ole(data)
    if ole is None:
        raise ReadRefused("broken", "the presentation's OLE container is damaged")
    with ole:
        try:
            document = ole.openstream("PowerPoint Document").read()
            user = ole.openstream("Current User").read(64) if ole.exists("Current User") else b""
        except OSError as error:
            raise ReadRefused("broken", f"the presentation's streams cannot be read: {str(error)[:120]}") from error
        locked = ole.exists("EncryptedSummary") or user[12:16] == b"\xdf\xc4\xd1\xf3"
    if locked and not opened:
        return _stream(decrypted(data, settings, "presentation"), settings, opened=True)
    return document, struct.unpack_from("<I", user, 16)[0] if len(user) >= 20 else 0


def _places(stream: _Stream, edit: int) -> dict[int, int]:
    """Return where each persistent object stands, newest edit first."""
    places: dict[int, int] = {}
    data = stream.data
    for _ in range(_MOST_EDITS):
        if edit + 8 + 16 > len(data) or struct.unpack_from("<H", data, edit + 2)[0] != _EDIT:
            break
        earlier, directory = struct.unpack_from("<II", data, edit + 16)
        if directory + 8 <= len(data) and struct.unpack_from("<H", data, directory + 2)[0] == _PERSIST:
            at, stop = directory + 8, directory + 8 + struct.unpack_from("<I", data, directory + 4)[0]
            while at + 4 <= min(stop, len(data)):
                packed = struct.unpack_from("<I", data, at)[0]
                first, number = packed & 0xFFFFF, packed >> 20
                at += 4
                for n in range(number):
                    if at + 4 > len(data):
                        break
                    places.setdefault(first + n, struct.unpack_from("<I", data, at)[0])
                    at += 4
        if not 0 < earlier < edit:
            break
        edit = earlier
    return places


def _slides(stream: _Stream, document: _Atom) -> tuple[list[_Slide], list[_Slide]]:
    """Return the slides and the notes that the document lists."""
    slides: list[_Slide] = []
    notes: list[_Slide] = []
    for atom in stream.inside(document.start, document.stop):
        if atom.kind != _LIST or atom.instance not in (0, 2):
            continue
        into = slides if atom.instance == 0 else notes
        kind = 4
        for inner in stream.inside(atom.start, atom.stop):
            size = inner.stop - inner.start
            if inner.kind == _SLIDE_PERSIST and size >= 16:
                persist, _, _, identifier = struct.unpack_from("<IIII", stream.data, inner.start)
                into.append(_Slide(identifier, persist))
                kind = 4
            elif inner.kind == _TEXT_HEADER and size >= 4:
                kind = struct.unpack_from("<I", stream.data, inner.start)[0]
            elif inner.kind in (_CHARACTERS, _BYTES) and into:
                raw = stream.data[inner.start : inner.stop]
                text = raw.decode("utf-16-le", "replace") if inner.kind == _CHARACTERS else raw.decode("latin-1")
                into[-1].outline.append((kind, text))
    return slides, notes


def _top(stream: _Stream, places: dict[int, int]) -> tuple[_Atom, dict[int, _Atom]]:
    """Return the document container and each container by the place where it stands."""
    found = {atom.start - 8: atom for atom in stream.inside(0, len(stream.data)) if atom.container}
    documents = [found[p] for p in places.values() if p in found and found[p].kind == _DOCUMENT]
    documents = documents or [a for a in reversed(found.values()) if a.kind == _DOCUMENT]
    if not documents:
        raise ReadRefused("broken", "the presentation holds no document record")
    return documents[0], found


def bodies(data: bytes, settings: ReadSettings) -> list[Body]:
    """Return one body for each slide, in the order of the presentation."""
    raw, edit = _stream(data, settings)
    stream = _Stream(raw)
    try:
        places = _places(stream, edit)
        document, found = _top(stream, places)
        slides, notes = _slides(stream, document)
        spoken = _spoken(stream, notes, places, found)
        made = [_body(stream, slide, places, found, spoken) for slide in slides]
    except struct.error as error:
        raise ReadRefused("broken", f"the presentation's structure is damaged: {error}") from error
    if not made:
        raise ReadRefused("broken", "the presentation lists no slides")
    return made


def _spoken(
    stream: _Stream, notes: list[_Slide], places: dict[int, int], found: dict[int, _Atom]
) -> dict[int, list[str]]:
    """Return the notes' texts by the number of the slide that they belong to."""
    spoken: dict[int, list[str]] = {}
    for note in notes:
        container = found.get(places.get(note.persist, -1))
        if container is None or container.kind != _NOTES:
            continue
        for atom in stream.inside(container.start, container.stop):
            if atom.kind == _NOTES_ATOM and atom.stop - atom.start >= 4:
                slide = struct.unpack_from("<I", stream.data, atom.start)[0]
                texts = [text for _, text in stream.texts(container.start, container.stop)]
                spoken.setdefault(slide, []).extend(texts or [text for _, text in note.outline])
                break
    return spoken


def _body(
    stream: _Stream, slide: _Slide, places: dict[int, int], found: dict[int, _Atom], spoken: dict[int, list[str]]
) -> Body:
    made = Body(kind="slide", engine="assay ppt")
    container = found.get(places.get(slide.persist, -1))
    texts = list(slide.outline)
    if container is not None and container.kind == _SLIDE:
        listed = {text for _, text in texts}
        texts += [(kind, text) for kind, text in stream.texts(container.start, container.stop) if text not in listed]
        for atom in stream.inside(container.start, container.stop):
            shown = atom.kind == _INFO and atom.stop - atom.start >= 12
            if shown and struct.unpack_from("<H", stream.data, atom.start + 10)[0] & 0x0004:
                made.notes.append("the slide is hidden")
    elif not texts:
        made.notes.append("the slide's own record was not found")
    for kind, text in texts:
        for line in text.replace("\x0b", "\n").split("\r"):
            made.add(line, "title" if kind in _TITLES else "text")
    for text in spoken.get(slide.identifier, ()):
        for line in text.replace("\x0b", "\n").split("\r"):
            made.add(line, "note")
    return made


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of slides."""
    return len(bodies(data, settings))


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterable[Record]:
    """Yield the slides first..last."""
    for number, made in enumerate(bodies(data, settings), 1):
        if first <= number <= last:
            hint = language(" ".join(b.text for b in made.blocks if isinstance(b, Block))[:4000])
            yield from laid_out(made, made.blocks, exhibit, NAME, VERSION, number, hint)


PPT = Reader(
    NAME,
    VERSION,
    "PowerPoint 97-2003 presentations: a page a slide, with speaker's notes.",
    "Shapes come in stored order; tables come as lines; charts and pictures are left out.",
    accepts=("application/vnd.ms-powerpoint",),
    count=count,
    read=read,
    chunk=64,
)
