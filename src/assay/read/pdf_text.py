"""The text layer of a PDF page: characters in bulk, words, and whether the layer can be trusted to say what is shown.

Purpose: pdfium's characters with their boxes, some 3,000 a page, without a Python statement for each.
Limits: the order of characters inside a word is the file's; right-to-left writing is not handled.
Units: points, origin top left, the page as shown upright (`Frame`).
"""

from __future__ import annotations

import ctypes
from collections import deque
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

from assay.read.layout import Segment, Word, clean

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from assay.read.pdf_open import Frame

MOST_CHARACTERS = 200_000
"""Characters beyond this on one page are left unread, and the page says so."""
SAMPLE = 97
"""Every so many characters one is asked for its angle, its mapping and its render mode."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """A page's characters: code points, loose boxes (left, bottom, right, top) in user space, quarter turns."""

    codes: npt.NDArray[np.uint32]
    boxes: npt.NDArray[np.float64]
    quarters: npt.NDArray[np.int8]
    mapped: float
    invisible: float
    cut: bool

    @property
    def turned(self) -> int | None:
        """How many degrees clockwise the page as stored has to be turned to set most of its text upright.

        None when there is no text, or no direction that most of it has.
        """
        import numpy as np

        ink = self.codes > 32
        if not ink.any():
            return None
        counts = np.bincount(self.quarters[ink], minlength=4)
        return int(counts.argmax()) * 90 if counts.max() > 0.6 * counts.sum() else None


def _raw(name: str, *types: Any) -> Any:
    """Return pdfium's function with plain integers for pointers: half the cost of a call."""
    import pypdfium2.raw as raw

    return ctypes.CFUNCTYPE(*types)(ctypes.cast(getattr(raw, name), ctypes.c_void_p).value or 0)


def glyphs_of(page: Any) -> Glyphs:
    """Return the characters of a pypdfium2 page."""
    import numpy as np

    textpage = page.get_textpage()
    try:
        present = max(0, textpage.count_chars())
        count = min(present, MOST_CHARACTERS)
        handle = ctypes.cast(textpage.raw, ctypes.c_void_p).value
        unicode = _raw("FPDFText_GetUnicode", ctypes.c_uint, ctypes.c_void_p, ctypes.c_int)
        loose = _raw("FPDFText_GetLooseCharBox", ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
        codes = np.fromiter(map(unicode, repeat(handle), range(count)), np.uint32, count)
        rects = np.zeros((count, 4), np.float32)
        base = rects.ctypes.data
        deque(map(loose, repeat(handle), range(count), range(base, base + 16 * count, 16)), 0)
        # FS_RECTF is left, top, right, bottom.
        boxes = rects[:, [0, 3, 2, 1]].astype(np.float64)
        ink = np.flatnonzero(codes > 32)
        quarters = np.zeros(count, np.int8)
        mapped = invisible = 0.0
        if len(ink):
            sample = [int(i) for i in ink[:: max(1, len(ink) // SAMPLE)]]
            quarters = _quarters(handle, ink, sample, count)
            error = _raw("FPDFText_HasUnicodeMapError", ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
            mapped = 1 - sum(error(handle, i) == 1 for i in sample) / len(sample)
            invisible = _invisible(textpage, sample)
        return Glyphs(codes, boxes, quarters, mapped, invisible, present > count)
    finally:
        textpage.close()


def _quarters(handle: int | None, ink: npt.NDArray[np.int64], sample: list[int], count: int) -> npt.NDArray[np.int8]:
    """Return each character's angle in quarter turns clockwise that would set it upright."""
    import numpy as np

    angle = _raw("FPDFText_GetCharAngle", ctypes.c_float, ctypes.c_void_p, ctypes.c_int)
    out = np.zeros(count, np.int8)
    if all(abs(angle(handle, i)) < 0.2 for i in sample):
        return out
    angles = np.fromiter(map(angle, repeat(handle), (int(i) for i in ink)), np.float64, len(ink))
    out[ink] = -np.round(angles / (np.pi / 2)).astype(np.int64) % 4
    return out


def _invisible(textpage: Any, sample: list[int]) -> float:
    """Return the share of sampled characters that are set in render mode 3 (neither filled nor stroked)."""
    import pypdfium2.raw as raw

    hidden = 0
    for index in sample:
        item = raw.FPDFText_GetTextObject(textpage.raw, index)
        if item and raw.FPDFTextObj_GetTextRenderMode(item) == raw.FPDF_TEXTRENDERMODE_INVISIBLE:
            hidden += 1
    return hidden / len(sample)


def garbled(glyphs: Glyphs) -> str:
    """Return why the layer's letters cannot be what is shown, or "" when they can.

    Signs: most glyphs without a mapping to characters, private-use or replacement characters, control characters,
    and Cyrillic bytes taken for Latin-1.
    """
    codes = glyphs.codes[(glyphs.codes > 32) & (glyphs.codes != 0xFFFE)]
    if len(codes) < 5:
        return ""
    if glyphs.mapped < 0.5:
        return "most glyphs have no mapping to characters"
    private = ((codes >= 0xE000) & (codes <= 0xF8FF)) | (codes == 0xFFFD) | (codes >= 0xF0000)
    if private.mean() > 0.3:
        return "most characters are of private use"
    control = ((codes < 0xA0) & (codes >= 0x7F)) | (codes < 32)
    if control.mean() > 0.2:
        return "most characters are controls"
    letters = codes[((codes >= 0x41) & (codes <= 0x7A)) | (codes >= 0xC0)]
    if len(letters) >= 40:
        upper = (letters >= 0xC0) & (letters <= 0xFF)
        if upper.mean() > 0.7 and _vowels(letters | 0x20) < 0.1:
            return "Cyrillic letters are stored as Latin ones with accents"
        if _scrambled(letters):
            return "the letters do not form words of any writing known here"
    return ""


def _scrambled(letters: npt.NDArray[np.uint32]) -> bool:
    """Tell whether Latin letters come in an order in which no language writes them (a shifted or subset encoding)."""
    latin = letters[(letters < 0x80)] | 0x20
    if len(latin) < 200 or len(latin) < 0.9 * len(letters):
        return False
    vowels = _vowels(latin)
    return bool(vowels < 0.15 or vowels > 0.75)


def _vowels(letters: npt.NDArray[Any]) -> float:
    """Return the share of Latin vowels among small letters."""
    import numpy as np

    counts = np.bincount(np.minimum(letters, 0x80), minlength=0x81)
    return float(sum(counts[ord(c)] for c in "aeiouy") / max(1, len(letters)))


def segments_of(glyphs: Glyphs, frame: Frame) -> tuple[list[Segment], int]:
    """Return the runs of words on the page and the number of characters that lie outside of it."""
    import numpy as np

    placed = frame.place(glyphs.boxes)
    codes = glyphs.codes
    space = (codes <= 32) & (codes != 2)
    if codes.size and codes.max() > 0x7E:
        space |= (codes == 0xA0) | (codes == 0x3000) | (codes == 0x202F) | (codes == 0xFFFE)
        space |= (codes >= 0x2000) & (codes <= 0x200B)
    flat = (placed[:, 2] - placed[:, 0] <= 0) & (placed[:, 3] - placed[:, 1] <= 0)
    middle_x, middle_y = (placed[:, 0] + placed[:, 2]) / 2, (placed[:, 1] + placed[:, 3]) / 2
    inside = (middle_x >= 0) & (middle_x <= frame.width) & (middle_y >= 0) & (middle_y <= frame.height)
    outside = int((~inside & ~space & ~flat).sum())
    keep = ~space & ~flat & inside
    if not glyphs.quarters.any() and frame.turn == 0:
        return _runs(codes, placed, np.flatnonzero(keep)), outside
    out: list[Segment] = []
    relative = (glyphs.quarters.astype(np.int64) - frame.turn // 90) % 4
    for quarter in range(4):
        chosen = np.flatnonzero(keep & (relative == quarter))
        if len(chosen):
            turned = _turn(placed, quarter, frame.width, frame.height)
            for segment in _runs(codes, turned, chosen):
                out.append(_back(segment, quarter, frame.width, frame.height) if quarter else segment)
    return out, outside


def _turn(boxes: npt.NDArray[np.float64], quarter: int, width: float, height: float) -> npt.NDArray[np.float64]:
    """Turn boxes clockwise by quarters inside a page of this size."""
    import numpy as np

    x0, y0, x1, y1 = boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3]
    if quarter == 1:
        return np.stack((height - y1, x0, height - y0, x1), axis=1)
    if quarter == 2:
        return np.stack((width - x1, height - y1, width - x0, height - y0), axis=1)
    if quarter == 3:
        return np.stack((y0, width - x1, y1, width - x0), axis=1)
    return boxes


def _back(segment: Segment, quarter: int, width: float, height: float) -> Segment:
    """Undo `_turn` for a segment's words."""
    words = []
    for word in segment.words:
        x0, y0, x1, y1 = word.x0, word.y0, word.x1, word.y1
        if quarter == 1:
            box = (y0, height - x1, y1, height - x0)
        elif quarter == 2:
            box = (width - x1, height - y1, width - x0, height - y0)
        else:
            box = (width - y1, x0, width - y0, x1)
        words.append(word._replace(x0=box[0], y0=box[1], x1=box[2], y1=box[3], turn=quarter))
    return Segment.of(words)


def _runs(
    codes: npt.NDArray[np.uint32], boxes: npt.NDArray[np.float64], chosen: npt.NDArray[np.int64]
) -> list[Segment]:
    """Cut the chosen characters, in the file's order, into words and runs."""
    import numpy as np

    if not len(chosen):
        return []
    x0, y0, x1, y1 = (boxes[chosen, k] for k in range(4))
    code = codes[chosen].astype(np.int64)
    code[code == 2] = 0x2D
    height = y1 - y0
    a, b = slice(None, -1), slice(1, None)
    low = np.maximum(0.5, np.minimum(height[a], height[b]))
    overlap = np.minimum(y1[a], y1[b]) - np.maximum(y0[a], y0[b])
    gap = x0[b] - x1[a]
    spaced = (chosen[b] - chosen[a]) > 1
    run = (overlap < 0.3 * low) | (gap > 0.85 * low) | (gap < -1.0 * low)
    han = _han(code)
    # Between two Han a space of the file that is not wide to the eye is none.
    touch = (~spaced | (_han(code)[a] & _han(code)[b])) & (gap <= 0.28 * low)
    word = run | ~touch | han[a] | han[b]
    starts = np.concatenate(([0], np.flatnonzero(word) + 1))
    ends = np.append(starts[1:], len(code))
    lefts = np.minimum.reduceat(x0, starts).tolist()
    tops = np.minimum.reduceat(y0, starts).tolist()
    rights = np.maximum.reduceat(x1, starts).tolist()
    bottoms = np.maximum.reduceat(y1, starts).tolist()
    opens = np.concatenate(([True], run))[starts].tolist()
    glued = np.concatenate(([False], touch & ~run))[starts].tolist()
    text = "".join(map(chr, np.where((code >= 0xD800) & (code < 0xE000), 0xFFFD, code).tolist()))
    plain = text.isascii()
    out: list[Segment] = []
    words: list[Word] = []
    for s, e, left, top, right, bottom, o, g in zip(
        starts.tolist(), ends.tolist(), lefts, tops, rights, bottoms, opens, glued, strict=True
    ):
        piece = text[s:e] if plain else clean(text[s:e])
        if o and words:
            out.append(Segment.of(words))
            words = []
        if piece:
            words.append(Word(piece, left, top, right, bottom, 100, g and bool(words)))
    if words:
        out.append(Segment.of(words))
    return out


def _han(code: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    return (
        ((code >= 0x2E80) & (code <= 0x9FFF))
        | ((code >= 0xF900) & (code <= 0xFAFF))
        | ((code >= 0xFF00) & (code <= 0xFFEF))
        | (code >= 0x20000)
    )
