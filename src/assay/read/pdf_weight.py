"""How much a PDF page makes its reader do: measured before the page is loaded, for loading it is what kills.

A page's drawing is a program. Packed several times over, or made of forms that each draw the next one twice, a few
hundred bytes become gigabytes of objects. `too_heavy` unpacks drawings within a bound and counts what they draw, forms
as often as they are drawn, and names the pages that go beyond what any page for people holds.

Limits: patterns, letters that are drawings (Type 3 fonts) and pictures are not counted, nor what other filters than
Flate unpack to. What passes here and still needs too much costs its worker, and this one page.
"""

from __future__ import annotations

import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

MOST_UNPACKED = 32 << 20
"""Bytes of drawing that a page may unpack to; a detailed map has some millions."""
MOST_DRAWN = 1_000_000
"""Strokes, fills, pictures and strings that a page may draw."""
MOST_SHOWN = 4_000_000
"""Bytes of strings that a page may show: a page of the smallest print has some ten thousand."""
_LEAST = MOST_UNPACKED // 1032
"""What deflate can unpack to more than `MOST_UNPACKED` is larger than this."""
_FORMS = 6
_DEPTH = 60
_STREAM = re.compile(rb"\bstream\r?\n")
_OTHER = re.compile(rb"/Image\b|/Length[123]\b|/ObjStm\b|/XRef\b|/Metadata\b|/EmbeddedFile\b|Type1C\b|/OpenType\b")
_DO = re.compile(rb"/([^\s/<>\[\](){}%]+)\s+Do\b")
_PAINT = re.compile(rb"(?<![^\s\])>])(?:S|s|f\*?|F|B\*?|b\*?|sh|Tj|TJ|'|\")(?![^\s\[(</])")
_STRING = re.compile(rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f\s]*>", re.S)


@dataclass(frozen=True, slots=True)
class Weight:
    """What a drawing comes to: bytes unpacked, things drawn, bytes of strings shown."""

    unpacked: int = 0
    drawn: int = 0
    shown: int = 0

    def plus(self, other: Weight, times: int = 1) -> Weight:
        """Return the weight of this drawing with another one drawn `times` in it."""
        return Weight(
            self.unpacked + times * other.unpacked, self.drawn + times * other.drawn, self.shown + times * other.shown
        )

    def reason(self) -> str:
        """Return in words what is too much; empty when nothing is."""
        if self.unpacked > MOST_UNPACKED:
            return f"its drawing unpacks to more than {MOST_UNPACKED >> 20} MiB, forms as often as they are drawn"
        if self.drawn > MOST_DRAWN:
            return f"it draws more than {MOST_DRAWN:,} things"
        if self.shown > MOST_SHOWN:
            return f"it shows more than {MOST_SHOWN:,} bytes of text"
        return ""


@lru_cache(maxsize=2)
def too_heavy(data: bytes, passwords: tuple[str, ...] = (), first: int = 1, last: int = 2000) -> dict[int, str]:
    """Return those of the pages first..last (from 1) that must not be loaded, with the reason in words.

    Most files are seen at a glance to hold no such page, and are not looked into.
    """
    if not _suspect(data):
        return {}
    import pikepdf

    for password in ("", *passwords):
        try:
            with pikepdf.open(
                io.BytesIO(data), password=password, suppress_warnings=True, inherit_page_attributes=False
            ) as document:
                scale, found = _Scale(), {}
                for number, (page, resources) in enumerate(_leaves(document), 1):
                    if number > last:
                        break
                    if number >= first and (reason := scale.page(page, resources).reason()):
                        found[number] = reason
                return found
        except pikepdf.PasswordError:
            continue
        except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, AttributeError, KeyError):
            break  # too damaged to tell which page draws what
    if any(_streams_of_too_much(data)):
        reason = f"a stream of the damaged file unpacks to more than {MOST_UNPACKED >> 20} MiB"
        return dict.fromkeys(range(first, last + 1), reason)
    return {}


def _streams_of_too_much(data: bytes) -> Iterator[bool]:
    """Yield for each stream that may be a drawing, as it stands in the bytes, whether it unpacks to too much."""
    for head, start, stop in _streams(data):
        if not _OTHER.search(head):
            content = data[start:stop]
            for _ in range(head.count(b"/FlateDecode") + head.count(b"/Fl ")):
                content = _inflated(content, MOST_UNPACKED + 1)
            yield len(content) > MOST_UNPACKED


def _streams(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield each stream as it stands in the bytes: what is written before it, where it begins and where it ends."""
    end = 0
    for found in _STREAM.finditer(data):
        if found.start() >= end:
            head = data[max(end, found.start() - 600) : found.start()]
            end = data.find(b"endstream", found.end())
            end = len(data) if end < 0 else end
            yield head[head.rfind(b" obj") + 4 :], found.end(), end


def _suspect(data: bytes) -> bool:
    """Tell whether a file may hold a drawing of too much: a stream packed twice, a large one, many forms."""
    forms = 0
    for head, start, stop in _streams(data):
        twice = head.count(b"Decode") - head.count(b"DecodeParms") > 1
        forms += b"/Form" in head
        if twice or forms >= _FORMS or (stop - start > _LEAST and not _OTHER.search(head)):
            return True
    return False


def _leaves(document: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each page with its resources, own or inherited, in order; a node that holds itself is passed over."""
    import pikepdf

    waiting: list[tuple[Any, Any, frozenset[tuple[int, int]]]] = [(document.Root.Pages, None, frozenset())]
    while waiting:
        node, resources, above = waiting.pop()
        if not isinstance(node, pikepdf.Dictionary):
            continue
        resources = node.get("/Resources", resources)
        kids = node.get("/Kids")
        if kids is None:
            yield node, resources
        elif node.objgen not in above and len(above) < _DEPTH:
            waiting += [(kid, resources, above | {node.objgen}) for kid in reversed(list(kids))]


class _Scale:
    """Weighs drawings; what was weighed once is remembered by its object number."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Weight] = {}

    def page(self, page: Any, resources: Any) -> Weight:
        """Return the weight of all that a page draws."""
        contents = page.get("/Contents")
        if contents is None:
            return Weight()
        if page.objgen not in self._known:
            pieces = list(contents) if not hasattr(contents, "read_raw_bytes") else [contents]
            drawing = bytearray()
            for piece in pieces:
                drawing += _unpacked(piece, MOST_UNPACKED + 1 - len(drawing)) + b"\n"
                if len(drawing) > MOST_UNPACKED:
                    break
            self._known[page.objgen] = self._of(bytes(drawing), resources, ())
        return self._known[page.objgen]

    def _of(self, drawing: bytes, resources: Any, above: tuple[tuple[int, int], ...]) -> Weight:
        total = Weight(len(drawing))
        if len(drawing) > MOST_UNPACKED:
            return total
        if len(drawing) > min(MOST_DRAWN, MOST_SHOWN):
            shown = sum(found.end() - found.start() for found in _STRING.finditer(drawing))
            total = Weight(len(drawing), sum(1 for _ in _PAINT.finditer(drawing)), shown)
        drawn = Counter(found.group(1) for found in _DO.finditer(drawing))
        forms = resources.get("/XObject") if drawn and resources is not None else None
        for name, times in drawn.items():
            form = forms.get("/" + name.decode("latin-1")) if forms is not None else None
            if form is not None and form.get("/Subtype") == "/Form":
                total = total.plus(self._form(form, resources, above), times)
        return total

    def _form(self, form: Any, resources: Any, above: tuple[tuple[int, int], ...]) -> Weight:
        if form.objgen in above or len(above) >= _DEPTH:
            return Weight()
        if form.objgen not in self._known:
            own = form.get("/Resources", resources)
            drawing = _unpacked(form, MOST_UNPACKED + 1)
            self._known[form.objgen] = self._of(drawing, own, (*above, form.objgen))
        return self._known[form.objgen]


def _unpacked(stream: Any, most: int) -> bytes:
    """Return at most `most` bytes of a stream without its Flate filters; other filters are left on."""
    import pikepdf

    filters = stream.get("/Filter")
    names = (
        [] if filters is None else [str(f) for f in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    )
    content: bytes = stream.read_raw_bytes()
    for name in names:
        if name not in ("/FlateDecode", "/Fl"):
            break
        content = _inflated(content, most)
    return content[: max(most, 1)]


def _inflated(content: bytes, most: int) -> bytes:
    """Return at most `most` bytes of what Flate unpacks to; the bytes as they are when they are not packed so."""
    try:
        return zlib.decompressobj().decompress(content, max(most, 1))
    except zlib.error:
        return content


def heavy(data: bytes, passwords: Sequence[str], page: int) -> str:
    """Return why page `page` (from 1) must not be loaded; empty when it may be."""
    return too_heavy(data, tuple(passwords), page, page).get(page, "")
