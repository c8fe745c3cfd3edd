"""A page's reading that was made elsewhere: hOCR and ALTO files, as a person takes them in for a page of a case.

Purpose: another engine's or a person's reading, boxes and all, beside the machine's. Files that assay itself wrote come
back letter for letter and box for box; others by their structure: words of a line with spaces between them, lines of a
paragraph with a space, paragraphs on lines of their own.
Limits: places are taken as parts of the file's own page, so its picture must show the page upright and whole. XML and
HTML are parsed as hostile: no entities, nothing fetched, at most `MOST_BYTES` and `MOST_WORDS`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from lxml import etree

from assay.model import Words
from assay.model.evidence import GRID
from assay.read.layout import is_han
from assay.read.xml import attribute, local, parser
from assay.work.part import ReadRefused

ALTO = "http://www.loc.gov/standards/alto/ns-v4#"
SEPARATOR = "white space behind"
MOST_BYTES = 64 << 20
MOST_WORDS = 200_000
_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OURS = "assay "


def sayable(text: str) -> str:
    """Return text that XML can hold; what it cannot becomes U+FFFD."""
    return _UNSAYABLE.sub("\ufffd", text)


@dataclass(slots=True)
class Made:
    """A page being put together."""

    origin: str
    text: str = ""
    rows: list[tuple[int, ...]] = field(default_factory=list)  # start, end, box, confidence

    def word(self, text: str, box: tuple[int, int, int, int] | None, confidence: int) -> None:
        """Add a word."""
        if box is not None and text:
            if len(self.rows) >= MOST_WORDS:
                raise ReadRefused("limit", f"the file's page has more than {MOST_WORDS} words")
            self.rows.append((len(self.text), len(self.text) + len(text), *box, confidence))
        self.text += text

    def words(self) -> Words:
        """Return the words as columns."""
        return Words(*(tuple(column) for column in zip(*self.rows, strict=True))) if self.rows else Words()


def elsewhere(data: bytes, number: int) -> tuple[str, str, Words]:
    """Return (origin, text, words) of page `number` (from 1, as they follow each other) of an hOCR or ALTO file.

    Raises `ReadRefused` (broken, limit, no_reader).
    """
    if len(data) > MOST_BYTES:
        raise ReadRefused("limit", f"the file is larger than {MOST_BYTES >> 20} MiB")
    root = _root(data)
    if local(root) == "alto":
        pages = [e for e in root.iter() if local(e) == "Page"]
        made = _alto(_chosen(pages, number), root)
    else:
        pages = [e for e in root.iter() if "ocr_page" in _classes(e)]
        if not pages:
            raise ReadRefused("no_reader", "the file is neither ALTO nor hOCR: it has no page of either")
        made = _hocr(_chosen(pages, number), root)
    return made.origin, made.text, made.words()


def _root(data: bytes) -> etree._Element:
    try:
        return etree.fromstring(data, parser())
    except (etree.XMLSyntaxError, ValueError):
        pass  # hOCR is as often HTML that is no XML
    try:
        data.decode("utf-8")
        written = "utf-8"  # which HTML without a word on it would not be taken for
    except UnicodeDecodeError:
        written = None
    reading = etree.HTMLParser(encoding=written, no_network=True, huge_tree=False, remove_comments=True)
    try:
        found = etree.fromstring(data, reading)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadRefused("broken", f"the file is neither XML nor HTML: {str(error)[:120]}") from error
    if found is None:
        raise ReadRefused("broken", "the file is empty")
    return found


def _chosen(pages: list[etree._Element], number: int) -> etree._Element:
    if not 1 <= number <= len(pages):
        raise ReadRefused("no_reader", f"the file has {len(pages)} pages, and none with the number {number}")
    return pages[number - 1]


def _step(place: float, origin: float, side: float) -> int:
    return min(GRID, max(0, round((place - origin) / side * GRID)))


# ---- ALTO


def _alto(page: etree._Element, root: etree._Element) -> Made:
    width, height = _number(page, "WIDTH"), _number(page, "HEIGHT")
    if not width or not height or width <= 0 or height <= 0:
        raise ReadRefused("broken", "the ALTO page does not say how large it is")
    tags = {
        e.get("ID", ""): e.get("LABEL", "")
        for e in root.iter()
        if local(e) == "OtherTag" and e.get("TYPE") == SEPARATOR
    }
    made = Made("alto")
    blocks = [e for e in page.iter() if local(e) == "TextBlock"]
    for n, block in enumerate(blocks):
        lines = [e for e in block if local(e) == "TextLine"]
        for m, line in enumerate(lines):
            ends = m + 1 == len(lines)
            usual = ("" if n + 1 == len(blocks) else "\n") if ends else " "
            _alto_line(line, made, (width, height), tags, usual)
    return made


def _alto_line(line: etree._Element, made: Made, sides: tuple[float, float], tags: dict[str, str], end: str) -> None:
    pieces = [e for e in line if local(e) in ("String", "SP", "HYP")]
    behind = end
    for k, piece in enumerate(pieces):
        kind = local(piece)
        if kind == "SP":
            continue
        text = attribute(piece, "CONTENT")
        box = _alto_box(piece, sides) if kind == "String" else None
        sure = _number(piece, "WC")
        made.word(text, box, 100 if sure is None else min(100, max(0, round(sure * 100))))
        last = all(local(p) == "SP" for p in pieces[k + 1 :])
        spaced = k + 1 < len(pieces) and local(pieces[k + 1]) == "SP"
        behind = end if last else " " if spaced else ""
        named = [tags[t] for t in attribute(piece, "TAGREFS").split() if t in tags]
        made.text += named[0] if named else behind


def _alto_box(piece: etree._Element, sides: tuple[float, float]) -> tuple[int, int, int, int] | None:
    x, y = _number(piece, "HPOS"), _number(piece, "VPOS")
    wide, high = _number(piece, "WIDTH"), _number(piece, "HEIGHT")
    if x is None or y is None or wide is None or high is None:
        return None
    width, height = sides
    return _step(x, 0, width), _step(y, 0, height), _step(x + wide, 0, width), _step(y + high, 0, height)


def _number(element: etree._Element, name: str) -> float | None:
    try:
        value = float(attribute(element, name))
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None


# ---- hOCR


def _hocr(page: etree._Element, root: etree._Element) -> Made:
    frame = _numbers(page, "bbox")
    if len(frame) != 4 or frame[2] <= frame[0] or frame[3] <= frame[1]:
        raise ReadRefused("broken", "the hOCR page does not say how large it is")
    ours = any(
        e.get("name") == "ocr-system" and (e.get("content") or "").startswith(_OURS)
        for e in root.iter()
        if local(e) == "meta"
    )
    made = Made("hocr")
    if ours:
        _exactly(page, made, frame)
        return made
    paragraphs = [e for e in page.iter() if "ocr_par" in _classes(e)] or [page]
    for n, paragraph in enumerate(paragraphs):
        made.text += "\n" if n and made.text else ""
        lines = [e for e in paragraph.iter() if _classes(e) & _LINES] or [paragraph]
        found = [line for line in (_hocr_words(e) for e in lines) if line]
        for before, line in pairwise([[], *found]):
            if before:
                # A word that may be divided over two lines is left as it stands there.
                made.text += (
                    "\n" if before[-1][0].endswith(("-", "\u00ad", "\u2010")) else _gap(before[-1][0], line[0][0])
                )
            for k, (text, element) in enumerate(line):
                if k:
                    made.text += _gap(line[k - 1][0], text)
                made.word(text, _hocr_box(element, frame), _sure(element))
    return made


_LINES = frozenset({"ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"})


def _gap(before: str, after: str) -> str:
    return "" if is_han(before[-1]) and is_han(after[0]) else " "


def _hocr_words(line: etree._Element) -> list[tuple[str, etree._Element]]:
    found = [("".join(str(t) for t in e.itertext()).strip(), e) for e in line.iter() if "ocrx_word" in _classes(e)]
    return [(" ".join(text.split()), e) for text, e in found if text]


def _exactly(page: etree._Element, made: Made, frame: list[float]) -> None:
    """Take a page of our own: the text between the tags is the page's text."""
    for step, element in etree.iterwalk(page, events=("start", "end")):
        if step == "start":
            text = element.text or ""
            if "ocrx_word" in _classes(element):
                made.word(text, _hocr_box(element, frame), _sure(element))
            else:
                made.text += text
        elif element is not page:
            made.text += element.tail or ""


def _hocr_box(element: etree._Element, frame: list[float]) -> tuple[int, int, int, int] | None:
    grid = _numbers(element, "x_grid")
    if len(grid) == 4 and all(0 <= g <= GRID for g in grid):
        return int(grid[0]), int(grid[1]), int(grid[2]), int(grid[3])
    box = _numbers(element, "bbox")
    if len(box) != 4:
        return None
    wide, high = frame[2] - frame[0], frame[3] - frame[1]
    return (
        _step(box[0], frame[0], wide), _step(box[1], frame[1], high),
        _step(box[2], frame[0], wide), _step(box[3], frame[1], high),
    )  # fmt: skip


def _sure(element: etree._Element) -> int:
    said = _numbers(element, "x_wconf")
    return min(100, max(0, round(said[0]))) if said else 100


def _numbers(element: etree._Element, name: str) -> list[float]:
    """Return the numbers of one property of an hOCR title."""
    for part in (element.get("title") or "").split(";"):
        words = part.split()
        if words[:1] == [name]:
            try:
                return [v for v in map(float, words[1:9]) if abs(v) < 1e9]
            except ValueError:
                return []
    return []


def _classes(element: etree._Element) -> set[str]:
    return set((element.get("class") or "").split()) if isinstance(element.tag, str) else set()
