"""Words to reading order: lines, columns, clause rows.

Purpose: one geometry for text layers and for recognised text, so that both give the same page text.
Limits: horizontal writing only (a run that was turned is placed by its box); overlapping text is read in order of
height; newspaper pages with pictures cut into columns are not followed.
Units: points, origin top left, the page as shown upright.
"""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

MOST_SEGMENTS = 6000
"""Beyond this many runs a page (a map, a drawing) is read in order of height, without looking for columns."""


class Word(NamedTuple):
    """A run of characters without a space. `glued`: no space stands between it and the word before."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: int = 100
    glued: bool = False


@dataclass(slots=True)
class Segment:
    """Words on one line without a wide gap between them, in reading order."""

    words: list[Word]
    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def of(cls, words: list[Word]) -> Segment:
        """Return the segment of `words`, which must not be empty."""
        return cls(
            words,
            min(w.x0 for w in words),
            min(w.y0 for w in words),
            max(w.x1 for w in words),
            max(w.y1 for w in words),
        )

    @property
    def height(self) -> float:
        """Height of the line in points."""
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        """Vertical centre."""
        return (self.y0 + self.y1) / 2

    @property
    def text(self) -> str:
        """The words with their spaces."""
        return joined(self.words)


@dataclass(slots=True)
class Line:
    """One line of one column: segments that belong together, left to right. `tabbed`: wide gaps are in it."""

    words: list[Word]
    x0: float
    y0: float
    x1: float
    y1: float
    tabbed: bool = False

    @property
    def height(self) -> float:
        """Height of the line in points."""
        return self.y1 - self.y0


@dataclass(slots=True)
class Block:
    """Lines that are read one after the other. `column` is -1 for the full width."""

    lines: list[Line]
    column: int = -1


@dataclass(slots=True)
class Island:
    """A region that was understood before (a table): it keeps its place, and nothing is read across it."""

    x0: float
    y0: float
    x1: float
    y1: float
    index: int
    words: list[Word] = field(default_factory=list)


Item = Segment | Island


def is_han(char: str) -> bool:
    """Tell whether `char` is written without spaces around it: Han, kana, CJK punctuation, full-width forms."""
    code = ord(char)
    return 0x2E80 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0xFF00 <= code <= 0xFFEF or code >= 0x20000


def script_of(text: str) -> str:
    """Return the script most letters of `text` are in: Han, Cyrillic, Latin, or "" when there are none.

    One Han character carries about as much as three letters and counts so.
    """
    counts = {"Han": 0, "Cyrillic": 0, "Latin": 0}
    for char in text:
        code = ord(char)
        if code < 0x41:
            continue
        if 0x400 <= code <= 0x52F:
            counts["Cyrillic"] += 1
        elif 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or code >= 0x20000:
            counts["Han"] += 3
        elif char.isalpha() and code < 0x250:
            counts["Latin"] += 1
    script = max(counts, key=lambda name: counts[name])
    return script if counts[script] else ""


def joined(words: Sequence[Word]) -> str:
    """Return the words of one line as text: a space before each that is not glued to the one before."""
    return "".join(w.text if w.glued or not k else " " + w.text for k, w in enumerate(words))


def merge_segments(segments: list[Segment]) -> list[Segment]:
    """Join runs that stand on one line with no more than a word space between them, whatever order they were drawn in.

    A run drawn twice on the same place (imitated bold) is kept once.
    """
    merged: list[Segment] = []
    recent: list[Segment] = []
    for segment in sorted(segments, key=lambda s: (s.middle, s.x0)):
        recent = [r for r in recent if segment.middle - r.middle < 2 * max(r.height, segment.height)]
        for other in recent:
            overlap = min(other.y1, segment.y1) - max(other.y0, segment.y0)
            low = min(other.height, segment.height)
            if overlap < 0.6 * low or max(other.height, segment.height) > 2.2 * low:
                continue
            before, after = (other, segment) if other.x0 <= segment.x0 else (segment, other)
            gap = after.x0 - before.x1
            if (
                abs(other.x0 - segment.x0) < 0.2 * low
                and abs(other.x1 - segment.x1) < 0.2 * low
                and (other.text == segment.text)
            ):
                break
            if -0.35 * low < gap < 0.75 * low:
                words = list(before.words)
                first = after.words[0]
                words.append(first._replace(glued=gap < 0.12 * low))
                words.extend(after.words[1:])
                whole = Segment.of(words)
                other.words, other.x0, other.y0, other.x1, other.y1 = words, whole.x0, whole.y0, whole.x1, whole.y1
                break
        else:
            merged.append(segment)
            recent.append(segment)
    return merged


def lines_of(segments: Sequence[Segment]) -> list[Line]:
    """Group the segments of one column into lines, top to bottom, words left to right."""
    lines: list[Line] = []
    for segment in sorted(segments, key=lambda s: (s.middle, s.x0)):
        for line in reversed(lines[-3:]):
            overlap = min(line.y1, segment.y1) - max(line.y0, segment.y0)
            if overlap > 0.5 * min(line.height, segment.height):
                line.words = [*line.words, *segment.words]
                line.x0, line.x1 = min(line.x0, segment.x0), max(line.x1, segment.x1)
                line.y0, line.y1 = min(line.y0, segment.y0), max(line.y1, segment.y1)
                break
        else:
            lines.append(Line(list(segment.words), segment.x0, segment.y0, segment.x1, segment.y1))
    for line in lines:
        line.words = _ordered(line.words)
        line.tabbed = any(b.x0 - a.x1 > 1.5 * line.height for a, b in pairwise(line.words))
    return lines


def _ordered(words: list[Word]) -> list[Word]:
    if all(a.x0 <= b.x0 for a, b in pairwise(words)):
        return words
    chains: list[list[Word]] = []
    for word in words:
        if chains and word.glued:
            chains[-1].append(word)
        else:
            chains.append([word])
    return [w for chain in sorted(chains, key=lambda c: c[0].x0) for w in chain]


@dataclass(frozen=True, slots=True)
class _Gutter:
    first: int
    last: int
    x: float
    weight: float


MOST_TRIED = 6
"""How many places of a gutter are weighed before a stretch is read straight across."""


def _gutters(items: Sequence[Item], least: int) -> list[_Gutter]:
    """Return empty upright bands between two stacks of at least `least` lines each, the best first.

    `items` are sorted by their centres. For each x in steps of 2 points, the items that cross x cut the sequence into
    runs; a run counts by the smaller of its two sides.
    """
    if len(items) < 2 * least or len(items) > MOST_SEGMENTS:
        return []
    x0 = np.array([s.x0 for s in items])
    x1 = np.array([s.x1 for s in items])
    is_text = np.array([isinstance(s, Segment) for s in items])
    heights = [s.y1 - s.y0 for s in items if isinstance(s, Segment)]
    if not heights:
        return []
    em = statistics.median(heights)
    half = max(3.0, 0.45 * em)
    found: dict[tuple[int, int, float], _Gutter] = {}
    for x in np.arange(x0.min() + 4 * em, x1.max() - 4 * em, 2.0):
        crossing = (x0 < x + half) & (x1 > x - half)
        edges = np.flatnonzero(crossing)
        starts = np.concatenate(([0], edges + 1))
        ends = np.concatenate((edges, [len(items)]))
        left = np.concatenate(([0], np.cumsum((x1 <= x - half) & is_text)))
        right = np.concatenate(([0], np.cumsum((x0 >= x + half) & is_text)))
        low = np.minimum(left[ends] - left[starts], right[ends] - right[starts])
        k = int(low.argmax())
        if low[k] < least:
            continue
        run = slice(int(starts[k]), int(ends[k]))
        near_left = x1[run][x1[run] <= x - half].max()
        near_right = x0[run][x0[run] >= x + half].min()
        weight = float(low[k]) + min(0.9, (near_right - near_left) / (20 * em))
        place = float((near_left + near_right) / 2)
        found[run.start, run.stop, round(place, 1)] = _Gutter(run.start, run.stop, place, weight)
    return sorted(found.values(), key=lambda g: (-g.weight, g.x))[:MOST_TRIED]


_LABEL_ENDS = (":", "：", "…", "...", "№")


def _columns(left: Sequence[Segment], right: Sequence[Segment]) -> bool:
    """Tell whether two stacks are columns of running text, each to be read down, and not labels and their values."""
    sides = [lines_of(left), lines_of(right)]
    texts = [[joined(line.words) for line in side] for side in sides]
    if not all(texts):
        return False
    for said in texts:
        long = sum(_weight(t) for t in said) / len(said)
        letters = sum(any(c.isalpha() for c in t) for t in said)
        if long < 15 or letters < 0.6 * len(said):
            return False
    if sum(t.rstrip().endswith(_LABEL_ENDS) for t in texts[0]) > 0.4 * len(texts[0]):
        return False
    for side in sides:
        width = max(line.x1 for line in side) - min(line.x0 for line in side)
        if statistics.median(line.x1 - line.x0 for line in side) < 0.35 * width:
            return False
        tabbed = sum(line.tabbed for line in side)
        if tabbed > 0.4 * len(side):
            return False
    return True


def _weight(text: str) -> int:
    return sum(2 if is_han(c) else 1 for c in text)


def read_order(items: Sequence[Item], depth: int = 0, column: int = -1) -> list[Block | Island]:
    """Return blocks and islands in the order in which a person reads them.

    A stretch with a gutter is read left column first, then the right one; where the two are written in different
    scripts (a bilingual contract) and their paragraphs start level, clause by clause.
    """
    ordered = sorted(items, key=lambda s: ((s.y0 + s.y1) / 2, s.x0))
    if depth < 6:
        for gutter in _gutters(ordered, 3 if column < 0 else 6):
            run = ordered[gutter.first : gutter.last]
            left = [s for s in run if s.x1 <= gutter.x]
            right = [s for s in run if s.x1 > gutter.x]
            if not _columns(_texts(left), _texts(right)):
                continue
            number = max(column, 0)
            out = read_order(ordered[: gutter.first], depth + 1, column)
            out += _level([read_order(left, depth + 1, number), read_order(right, depth + 1, number + 1)])
            return out + read_order(ordered[gutter.last :], depth + 1, column)
    out = []
    held: list[Segment] = []
    for item in ordered:
        if isinstance(item, Island):
            if held:
                out.append(Block(lines_of(held), column))
                held = []
            out.append(item)
        else:
            held.append(item)
    if held:
        out.append(Block(lines_of(held), column))
    return out


def _texts(items: Sequence[Item]) -> list[Segment]:
    return [s for s in items if isinstance(s, Segment)]


def _level(columns: list[list[Block | Island]]) -> list[Block | Island]:
    """Weave two columns clause by clause where their scripts differ and paragraphs start level."""
    left, right = columns
    if len(left) != 1 or len(right) != 1 or not isinstance(left[0], Block) or not isinstance(right[0], Block):
        return [*left, *right]
    a, b = left[0], right[0]
    scripts = [script_of("".join(w.text for line in block.lines for w in line.words)) for block in (a, b)]
    if scripts[0] == scripts[1] or not all(scripts):
        return [a, b]
    cuts: list[tuple[int, int]] = [(0, 0)]
    heads = [set(starts(block.lines)) for block in (a, b)]
    for i in sorted(heads[0]):
        for j in sorted(heads[1]):
            level = abs(a.lines[i].y0 - b.lines[j].y0) < 0.6 * max(a.lines[i].height, b.lines[j].height)
            if level and i > cuts[-1][0] and j > cuts[-1][1] and _clear(a, b, i, j):
                cuts.append((i, j))
    cuts.append((len(a.lines), len(b.lines)))
    woven: list[Block | Island] = []
    for (i, j), (k, m) in pairwise(cuts):
        if a.lines[i:k]:
            woven.append(Block(a.lines[i:k], a.column))
        if b.lines[j:m]:
            woven.append(Block(b.lines[j:m], b.column))
    return woven


def _clear(a: Block, b: Block, i: int, j: int) -> bool:
    top = min(a.lines[i].y0, b.lines[j].y0) + 0.3 * a.lines[i].height
    return a.lines[i - 1].y1 <= top + 0.3 * a.lines[i].height and b.lines[j - 1].y1 <= top + 0.3 * b.lines[j].height


_CLOSING = (".", ";", ":", "!", "?", "。", "；", "：", "！", "？")


def starts(lines: Sequence[Line]) -> list[int]:
    """Return the indices of the lines that open a paragraph (the first one always does).

    A line opens one when the space above is wide, when it is indented against the lines around it, when its first word
    would have fitted on the line before, when the size of the type changes, or when it carries a clause number after
    a finished sentence.
    """
    if not lines:
        return []
    left = min(line.x0 for line in lines)
    right = max(line.x1 for line in lines)
    steps = [b.y0 - a.y0 for a, b in pairwise(lines) if b.y0 > a.y0]
    pitch = statistics.median_low(steps) if steps else 0.0
    out = [0]
    for i in range(1, len(lines)):
        line, before = lines[i], lines[i - 1]
        em = min(line.height, before.height)
        space = line.y0 - before.y1
        text = joined(before.words).rstrip()
        closed = text.endswith(_CLOSING)
        slack = (right - before.x1 - _first_width(line)) / max(em, 1e-6)
        fits = slack > (0.6 if closed else 1.4 if line.words[0].text[0].isupper() else 3.5)
        indented = line.x0 - before.x0 > 0.9 * em and line.x0 - left > 0.9 * em
        following = lines[i + 1].x0 if i + 1 < len(lines) else left
        indented = indented and line.x0 - following > 0.6 * em
        resized = max(line.height, before.height) > 1.6 * em
        wide = line.y0 - before.y0 > 1.3 * pitch and space > 0.35 * em
        numbered = closed and opens_clause(joined(line.words))
        centred = line.x0 - left > em and right - before.x1 > em
        switched = centred and script_of(joined(line.words)) != script_of(text)
        if fits or indented or resized or wide or numbered or switched or line.tabbed or before.tabbed:
            out.append(i)
    return out


def _first_width(line: Line) -> float:
    """Return the width that the line's first word would have needed on the line before."""
    first = line.words[0]
    if is_han(first.text[0]):
        return first.x1 - first.x0
    end = first.x1
    for word in line.words[1:]:
        if not word.glued or is_han(word.text[0]):
            break
        end = word.x1
    return end - line.x0


def opens_clause(text: str) -> bool:
    """Tell whether `text` opens with a clause number, a letter in brackets, a bullet or a Chinese clause heading."""
    import re

    return re.match(_CLAUSE, text) is not None


_CLAUSE = (
    r"(?:\d{1,2}(?:\.\d{1,3}){0,4}[.)]?|\(?[a-zа-яіїєґ0-9ivx]{1,4}\)|[•·▪■●–—-]|"
    r"第[一二三四五六七八九十百零〇\d]+[条章款节]|[一二三四五六七八九十]+[、.]|（[一二三四五六七八九十\d]+）)\s*\S"
)


def clean(text: str) -> str:
    """Return `text` in NFC with presentation forms of Latin ligatures resolved and controls removed."""
    text = unicodedata.normalize("NFC", text)
    if any("\ufb00" <= c <= "\ufb06" for c in text):
        text = "".join(unicodedata.normalize("NFKC", c) if "\ufb00" <= c <= "\ufb06" else c for c in text)
    return "".join(c for c in text if c >= " " and not 0x7F <= ord(c) < 0xA0 and c not in "\u200b\ufeff\u200e\u200f")
