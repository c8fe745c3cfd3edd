"""Words to lines and paragraphs.

Purpose: one geometry for text layers and for recognised text, so that both give the same page text.
Limits: horizontal writing only (a run that was turned is placed by its box); overlapping text is read in order of
height.
Units: points, origin top left, the page as shown upright.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple


class Word(NamedTuple):
    """A run of characters without a space. `glued`: no space stands between it and the word before.

    `turn`: quarter turns clockwise that would set it upright (a word that runs upwards has 1). `other`: what a second
    engine read in its place, where it differs.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: int = 100
    glued: bool = False
    turn: int = 0
    other: str = ""


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
    """Lines that are read one after the other. `column` is -1 for the full width.

    `limit` is how far to the right its lines could reach, None where only the lines themselves tell.
    """

    lines: list[Line]
    column: int = -1
    limit: float | None = None


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
    if char < "\u2e80":
        return False
    return char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\uff00" <= char <= "\uffef" or char >= "\U00020000"


def script_of(text: str) -> str:
    """Return the script most letters of `text` are in: Han, Cyrillic, Latin, or "" when there are none.

    One Han character carries about as much as three letters and counts so.
    """
    if text.isascii():
        return "Latin" if any(map(str.isalpha, text)) else ""
    counts = {"Han": 0, "Cyrillic": 0, "Latin": 0}
    for char in text:
        if "\u0400" <= char <= "\u052f":
            counts["Cyrillic"] += 1
        elif char < "\u0250":
            counts["Latin"] += char.isalpha()
        elif "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or char >= "\U00020000":
            counts["Han"] += 3
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
        if segment.words[0].turn:
            merged.append(segment)
            continue
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


_ASIDE = 12
"""By how many line heights no paragraph's first line is indented."""
_CLOSING = (".", ";", ":", "!", "?", "。", "；", "：", "！", "？")


def starts(lines: Sequence[Line], limit: float | None = None) -> list[int]:
    """Return the indices of the lines that open a paragraph (the first one always does).

    A line opens one when the space above is wide, when it is indented against the lines around it, when its first word
    would have fitted on the line before, when the size of the type changes, when it carries a clause number after
    a finished sentence, or when the line before begins far to its right, as a running head or a date does.
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
        alike = [n.x1 for n in lines[max(0, i - 4) : i + 4] if abs(n.x0 - line.x0) < em]
        reach = max(alike) if len(alike) >= 4 or limit is None else max(limit, right)
        slack = (reach - before.x1 - _first_width(line)) / max(em, 1e-6)
        first = line.words[0].text[0]
        fits = slack > (0.6 if closed else 1.4 if first.isupper() else 14 if first.islower() else 5)
        indented = line.x0 - before.x0 > 0.9 * em and line.x0 - left > 0.9 * em
        following = lines[i + 1].x0 if i + 1 < len(lines) else left
        indented = indented and line.x0 - following > 0.6 * em
        resized = max(line.height, before.height) > 1.6 * em
        wide = line.y0 - before.y0 > 1.3 * pitch and space > 0.35 * em
        said = joined(line.words)
        numbered = (closed and opens_clause(said)) or (line.x0 - left < em and re.match(_SUBCLAUSE, said) is not None)
        centred = line.x0 - left > em and right - before.x1 > em
        switched = centred and script_of(joined(line.words)) != script_of(text)
        aside = before.x0 - line.x0 > _ASIDE * em
        if aside or fits or indented or resized or wide or numbered or switched or line.tabbed or before.tabbed:
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
    return re.match(_CLAUSE, text) is not None


_SUBCLAUSE = r"\d{1,2}(?:\.\d{1,2})+\.?\s+[A-ZА-ЯІЇЄҐ\u4e00-\u9fff«“]"
_CLAUSE = (
    r"(?:\d{1,2}(?:\.\d{1,3}){0,4}[.)]?|\(?[a-zа-яіїєґ0-9ivx]{1,4}\)|[•·▪■●–—-]|"
    r"第[一二三四五六七八九十百零〇\d]+[条章款节]|[一二三四五六七八九十]+[、.]|（[一二三四五六七八九十\d]+）)\s*\S"
)


_ODD = "[\\x00-\\x1f\\x7f-\\x9f\\u200b\\u200e\\u200f\\ufb00-\\ufb06\\ufeff]"


def clean(text: str) -> str:
    """Return `text` in NFC with presentation forms of Latin ligatures resolved and controls removed."""
    text = unicodedata.normalize("NFC", text)
    if re.search(_ODD, text) is None:
        return text
    if any("\ufb00" <= c <= "\ufb06" for c in text):
        text = "".join(unicodedata.normalize("NFKC", c) if "\ufb00" <= c <= "\ufb06" else c for c in text)
    return "".join(c for c in text if c >= " " and not 0x7F <= ord(c) < 0xA0 and c not in "\u200b\ufeff\u200e\u200f")
