"""Setting: blocks of text, clause pairs and grids become pages with ink and with their true text.

The page's text is what a careful typist would copy, in reading order: a paragraph is one line whatever its breaks, a
grid's row one line with its cells parted by tabs, side-by-side columns come one after the other, page by page.
Boxes are page fractions with the origin top left, like those of `assay.model`. Lengths are points.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from assay.specimen.fonts import Face, Family, face_of, is_han, width_of

A4 = (595.28, 841.89)
NO_START = frozenset("，。、；：？！）》」』】”’％,.;:?!)]}%»")
NO_END = frozenset("（《「『【“‘([{«№")

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. `kind` is only for the reader of the code; `before` and `after` are space in points."""

    text: str
    align: str = "left"
    bold: bool = False
    italic: bool = False
    scale: float = 1.0
    indent: float = 0.0
    before: float = 0.0
    after: float = 3.0
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """One clause in two languages, set by the sheet's `pairing`: columns, table, or stacked."""

    left: str
    right: str
    bold: bool = False
    center: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: header row, body rows, column weights and alignments; `rules` is full, rows, outer, header or none.

    Rows in `strong` (indices into `rows`) are bold. `spans` maps a row to how many cells are merged from the left.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    weights: tuple[float, ...]
    aligns: tuple[str, ...]
    rules: str = "full"
    scale: float = 0.86
    strong: frozenset[int] = frozenset()
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """Two blocks of lines side by side, kept together: letterheads, signatures. `hands` draws signatures."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    scale: float = 0.95
    hands: tuple[str, str] = ("", "")
    bold_first: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty space, or with `rule` a line across; with `page` the rest of the page."""

    height: float = 8.0
    rule: bool = False
    page: bool = False


Block = Paragraph | Pair | Grid | Beside | Gap


@dataclass(frozen=True, slots=True)
class Ink:
    """Something drawn: "text" (x, baseline, size, bold, italic), "line" (four ends), "hand", "seal" (x, y, seed)."""

    kind: str
    x: float
    y: float
    x1: float = 0.0
    y1: float = 0.0
    text: str = ""
    bold: bool = False
    italic: bool = False


@dataclass(slots=True)
class Leaf:
    """One page being set."""

    ink: list[Ink] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    foot: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The page's text, no-break spaces made plain."""
        return "\n".join(t for t in (*self.head, *self.texts, *self.foot) if t.strip()).replace("\u00a0", " ")


@dataclass(frozen=True, slots=True)
class Sheet:
    """How pages look: fonts, size, margins (left, top, right, bottom), pairing, and the words of header and footer.

    `header` and `footer` may hold {page} and {pages}. `landscape` turns the page.
    """

    family: Family
    size: float = 10.5
    leading: float = 1.3
    margins: tuple[float, float, float, float] = (64, 56, 50, 60)
    pairing: str = "columns"
    justify: bool = False
    first_indent: float = 0.0
    header: str = ""
    footer: str = ""
    footer_align: str = "center"
    landscape: bool = False

    @property
    def width(self) -> float:
        """The page's width in points."""
        return A4[1] if self.landscape else A4[0]

    @property
    def height(self) -> float:
        """The page's height in points."""
        return A4[0] if self.landscape else A4[1]


def wrap(text: str, pair: tuple[Face, Face], size: float, width: float, first: float = 0.0) -> list[str]:
    """Break `text` into lines no wider than `width`; Han breaks anywhere but before closing or after opening marks."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        current, used, room = "", 0.0, width - first
        for token in tokens(paragraph):
            bare = width_of(token.rstrip(" "), pair, size)
            if current and used + bare > room:
                lines.append(current.rstrip(" "))
                current, used, room = "", 0.0, width
            while bare > room and len(token) > 1:
                cut = max(1, int(len(token) * room / bare) - 1)
                lines.append(token[:cut])
                token = token[cut:]
                bare, room = width_of(token.rstrip(" "), pair, size), width
            current += token
            used += width_of(token, pair, size)
        lines.append(current.rstrip(" "))
        first = 0.0
    return lines


def tokens(text: str) -> list[str]:
    """Cut text into pieces that must not be broken: words with their space, Han characters with their marks."""
    made: list[str] = []
    current = ""
    for char in text:
        glued = bool(current) and (char in NO_START or current[-1] in NO_END)
        if is_han(char) and not glued:
            if current:
                made.append(current)
            current = char
        elif current and is_han(current[-1]) and not glued and char != " " and current[-1] not in NO_END:
            made.append(current)
            current = char
        else:
            current += char
            if char == " ":
                made.append(current)
                current = ""
    if current:
        made.append(current)
    return made


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line as drawn: its text, and its pieces of ink with the offset at which each begins."""

    text: str
    pieces: tuple[tuple[int, Ink], ...]


def lines_of(leaf: Leaf, sheet: Sheet) -> list[Drawn]:
    """Return the lines drawn on a leaf; words that were set apart for justified lines are joined again."""
    lines: list[Drawn] = []
    end, last = 0.0, None
    for ink in leaf.ink:
        if ink.kind != "text":
            continue
        text = ink.text.replace("\u00a0", " ")
        if last is not None and ink.y == last.y and 0 <= ink.x - end < ink.x1 * 2:
            line = lines.pop()
            lines.append(Drawn(f"{line.text} {text}", (*line.pieces, (len(line.text) + 1, ink))))
        else:
            lines.append(Drawn(text, ((0, ink),)))
        last, end = ink, ink.x + width_of(ink.text, sheet.family.pick(ink.bold, ink.italic), ink.x1)
    return lines


def box_of(leaf: Leaf, sheet: Sheet, needle: str, within: str = "") -> Box | None:
    """Return the box of `needle` on a leaf, in page fractions; None when it does not stand in one line.

    `within` is the paragraph that holds it: of several places the one in a line of that paragraph is taken.
    """
    wanted, paragraph = needle.replace("\u00a0", " "), within.replace("\u00a0", " ")
    for line in lines_of(leaf, sheet):
        at = line.text.find(wanted)
        if at < 0 or (paragraph and line.text.strip() not in paragraph and paragraph not in line.text):
            continue
        x0 = min(_edge(sheet, piece, start, at, at + len(wanted), 0) for start, piece in line.pieces)
        x1 = max(_edge(sheet, piece, start, at, at + len(wanted), 1) for start, piece in line.pieces)
        ink = line.pieces[0][1]
        y0, y1 = ink.y - ink.x1 * 0.85, ink.y + ink.x1 * 0.25
        edges = (x0 / sheet.width, y0 / sheet.height, x1 / sheet.width, y1 / sheet.height)
        return (round(edges[0], 5), round(edges[1], 5), round(edges[2], 5), round(edges[3], 5))
    return None


def _edge(sheet: Sheet, ink: Ink, start: int, first: int, last: int, side: int) -> float:
    """Return where the part of `ink` that lies in first..last begins (`side` 0) or ends (1)."""
    pair = sheet.family.pick(ink.bold, ink.italic)
    low, high = max(first - start, 0), min(last - start, len(ink.text))
    if low >= high:
        return float("inf") if side == 0 else float("-inf")
    return ink.x + width_of(ink.text[: low if side == 0 else high], pair, ink.x1)


def runs_of(text: str, pair: tuple[Face, Face]) -> list[tuple[str, str]]:
    """Split `text` into (font key, run) by the face that sets each character."""
    runs: list[tuple[str, str]] = []
    for char in text:
        key = face_of(char, pair).key
        if runs and runs[-1][0] == key:
            runs[-1] = (key, runs[-1][1] + char)
        else:
            runs.append((key, char))
    return runs
