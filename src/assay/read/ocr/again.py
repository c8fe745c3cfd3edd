"""Second looks: which words are sound, what the engine overlooked, what it took for the other script.

Limits: only what Tesseract read is looked at again; PP-OCR's lines are taken as they are. Units: pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from assay.read.layout import is_han
from assay.read.ocr import engines
from assay.read.ocr.engines import Token
from assay.read.ocr.prepare import Strip

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[Any]


def mean(tokens: Sequence[Token]) -> float:
    """Return the mean confidence of the letters (0 to 100)."""
    weight = sum(len(t.text) for t in tokens)
    return sum(t.confidence * len(t.text) for t in tokens) / weight if weight else 0.0


def sense(tokens: Sequence[Token]) -> float:
    """Return how much sense a reading makes, 0 to 100: confidence, halved where no dictionary knows the words.

    Writing that stands on its head is read as words that do not exist, now and then with some confidence.
    """
    words = [t for t in tokens if sum(c.isalpha() for c in t.text) > 2]
    letters = sum(len(t.text) for t in words)
    if not letters or any(is_han(c) for t in tokens for c in t.text):
        return mean(tokens)
    known = sum(len(t.text) for t in words if t.known) / letters
    return mean(tokens) * (0.5 + 0.5 * min(1.0, known / 0.6))


def whole(strip: Strip, gone: Image) -> bool:
    """Tell whether a strip stands by itself: no ink that a word's box took away touches it on its line.

    Else it is what a box that was set a little beside its word left over.
    """
    rows = slice(strip.y0 + 1, strip.y1 - 1)
    sides = (gone[rows, max(0, strip.x0 - 3) : strip.x0 + 1], gone[rows, strip.x1 - 1 : strip.x1 + 3])
    return not any(side.any() for side in sides)


def enlarged(image: Image, strips: Sequence[Strip], mix: str, dpi: int) -> list[list[Token]]:
    """Return what is read on each strip by itself, at twice its size with blank paper around it.

    Lone figures are read wrongly in their own size and surroundings, and rightly so (measured at 150 and 200 dpi).
    """
    import cv2
    import numpy as np

    high, wide = image.shape
    paper = int(paper_of(image))
    times = 2 if dpi < 260 else 1
    pad = dpi // 15
    parts: list[Image] = []
    boxes: list[tuple[int, int, int, int]] = []
    at = 0
    width = times * (max(s.x1 - s.x0 for s in strips) + 2 * pad + 4)
    for s in strips:
        x0, y0, x1, y1 = max(0, s.x0 - 2), max(0, s.y0 - 2), min(wide, s.x1 + 2), min(high, s.y1 + 2)
        crop = cv2.resize(image[y0:y1, x0:x1], None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
        tall = crop.shape[0] + 2 * times * pad
        sheet = np.full((tall, width), paper, np.uint8)
        sheet[times * pad : times * pad + crop.shape[0], times * pad : times * pad + crop.shape[1]] = crop
        parts.append(sheet)
        boxes.append((0, at, crop.shape[1] + 2 * times * pad, at + tall))
        at += tall
    read = engines.read_boxes(np.concatenate(parts), boxes, mix, times * dpi)
    out: list[list[Token]] = []
    for s, box, tokens in zip(strips, boxes, read, strict=True):
        dx, dy = max(0, s.x0 - 2) - pad, max(0, s.y0 - 2) - pad
        out.append(
            [
                replace(
                    t,
                    x0=max(s.x0 - 1, t.x0 / times + dx),
                    y0=max(s.y0 - 1, (t.y0 - box[1]) / times + dy),
                    x1=min(s.x1 + 1, t.x1 / times + dx),
                    y1=min(s.y1 + 1, (t.y1 - box[1]) / times + dy),
                )
                for t in tokens
            ]
        )
    return out


def covers(other: Token, token: Token) -> bool:
    """Tell whether a token reaches into another (the engine sets boxes a little beside the word now and then)."""
    across = min(other.x1, token.x1) - max(other.x0, token.x0)
    down = min(other.y1, token.y1) - max(other.y0, token.y0)
    return across > 0.12 * (token.x1 - token.x0) and down > 0.4 * (token.y1 - token.y0)


def likely(token: Token) -> bool:
    """Tell whether a token is more than a speck or a stroke taken for a sign."""
    if any(c.isalnum() for c in token.text):
        return token.confidence >= 12
    return token.confidence >= 55 and token.text.strip("|[]{}\\_~`'°^*=<>¦") != ""


def sound(tokens: list[Token]) -> list[Token]:
    """Drop words that are much higher than the rest and unsure: figures of several rows taken for one word."""
    if len(tokens) < 5:
        return tokens
    heights = sorted(t.y1 - t.y0 for t in tokens)
    usual = heights[len(heights) // 2]
    return [t for t in tokens if t.y1 - t.y0 < 2.4 * usual or t.confidence > 90 or t.x1 - t.x0 > 2 * (t.y1 - t.y0)]


def level(tokens: Sequence[Token]) -> list[Token]:
    """Drop words that the engine took for writing that runs up or down the page, and that lie level.

    It reads a narrow column of figures or of units now and then as one turned line, each of its cells as a sign. A
    turned word of three letters is higher than wide.
    """
    lines: dict[int, list[Token]] = {}
    for t in tokens:
        lines.setdefault(t.line, []).append(t)
    out: list[Token] = []
    for line in lines.values():
        stacked = len(line) > 1 and _stacked(line)
        out += [t for t in line if not stacked or (len(t.text) > 2 and t.y1 - t.y0 > t.x1 - t.x0)]
    return out


def _stacked(line: Sequence[Token]) -> bool:
    """Tell whether the words of a line stand above one another."""
    over = sum(
        min(a.x1, b.x1) - max(a.x0, b.x0) > 0.3 * min(a.x1 - a.x0, b.x1 - b.x0)
        and min(a.y1, b.y1) - max(a.y0, b.y0) < 0.2 * min(a.y1 - a.y0, b.y1 - b.y0)
        for a, b in pairwise(line)
    )
    return 2 * over > len(line) - 1


def in_own_script(image: Image, tokens: Sequence[Token], mix: str, dpi: int) -> list[Token]:
    """Read runs again in English whose Cyrillic words no dictionary knows, and keep the better reading.

    Where Russian and English are both expected, the engine now and then writes "Contract No." in Cyrillic
    look-alikes, quite sure of itself; its dictionaries are not deceived.
    """
    if "eng" not in mix or mix == "eng":
        return list(tokens)
    lines: dict[int, list[Token]] = {}
    for t in tokens:
        lines.setdefault(t.line, []).append(t)
    runs = [run for line in lines.values() for run in _apart(line)]
    doubtful = [k for k, run in enumerate(runs) if _foreign(run)]
    letters = sum(len(t.text) for t in tokens)
    cyrillic = sum(len(t.text) for t in tokens if t.known and len(t.text) > 3 and "\u0400" <= t.text[0] <= "\u052f")
    none = cyrillic < 0.03 * letters
    if not doubtful or (not none and len(doubtful) > 0.6 * len(runs) + 3):
        return list(tokens)
    high, wide = image.shape
    pad = max(2, dpi // 50)
    boxes = []
    for k in doubtful:
        run = runs[k]
        boxes.append(
            (
                max(0, int(min(t.x0 for t in run)) - pad),
                max(0, int(min(t.y0 for t in run)) - pad),
                min(wide, int(max(t.x1 for t in run)) + pad),
                min(high, int(max(t.y1 for t in run)) + pad),
            )
        )
    for k, read in zip(doubtful, engines.read_boxes(image, boxes, "eng", dpi), strict=True):
        run = runs[k]
        known = sum(len(t.text) for t in read if t.known and len(t.text) > 1)
        letters = sum(len(t.text) for t in read if any(c.isalpha() for c in t.text))
        better = mean(read) - mean(run)
        if read and (better > 3 or (2 * known >= letters > 2 and better > -4) or (none and better > -6)):
            runs[k] = [replace(t, line=run[0].line) for t in read]
    return [t for run in runs for t in run]


def _apart(line: Sequence[Token]) -> list[list[Token]]:
    """Part a line where the gaps are wide."""
    heights = sorted(t.y1 - t.y0 for t in line)
    em = heights[(3 * len(heights)) // 4]
    out: list[list[Token]] = []
    for t in line:
        if not out or not -em < t.x0 - out[-1][-1].x1 < 1.1 * em:
            out.append([])
        out[-1].append(t)
    return out


def _foreign(run: Sequence[Token]) -> bool:
    """Tell whether a run has Cyrillic words and the dictionary knows less than half of them."""
    cyrillic = [t for t in run if sum("\u0400" <= c <= "\u052f" for c in t.text) > 0.5 * len(t.text.strip(".,:;()"))]
    words = [t for t in cyrillic if len(t.text) >= 2]
    known = sum(len(t.text) for t in words if t.known and len(t.text.strip(".,:;()")) > 2)
    return bool(words) and 2 * known < sum(len(t.text) for t in words)


def paper_of(image: Image) -> float:
    """Return the grey of the paper."""
    import numpy as np

    return float(np.percentile(image[::4, ::4], 90))
