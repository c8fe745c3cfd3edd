"""Pages of several scripts: which words each engine is believed for.

Purpose: PP-OCR knows Han, Latin and figures, Tesseract Cyrillic and Latin; each is wrong, now and then quite sure of
itself, about what it does not know. Limits: judged word by word, by confidence, dictionary and letters; two engines
that agree on a wrong reading are not found out. Units: pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assay.read.layout import is_han
from assay.read.ocr.engines import Token
from assay.read.ocr.figures import designation

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[Any]

Box = tuple[float, float, float, float]
MOST_TRIED = 6
"""So many doubtful runs of a page are looked at for Han."""
LEAST_SIGN = 55
"""Confidence under which a Han sign is not believed."""
STROKES = frozenset("几川别只山口日一丁工人门小儿凡")
"""Signs as which a Cyrillic letter of a designation is read now and then."""
CYRILLIC_ONLY = frozenset("БГДЖИЙЛПФЦЧШЩЪЫЬЭЮЯЄЇҐбвгджийклмнптфцчшщъыьэюяєїґ")
"""Letters that no Latin letter or figure looks like."""
LATIN_ONLY = frozenset("DFGJLQRSVZ")
"""Capitals that PP-OCR does not make of Cyrillic ones."""


def doubtful(tokens: Sequence[Token], most: int = MOST_TRIED) -> list[Box]:
    """Return the boxes of the widest runs of unknown words that Tesseract was unsure of: Han may stand there."""
    runs: list[list[Token]] = []
    for t in tokens:
        if t.known or t.confidence >= 70:
            continue
        last = runs[-1][-1] if runs else None
        if last is not None and last.line == t.line and -5 < t.x0 - last.x1 < t.y1 - t.y0:
            runs[-1].append(t)
        else:
            runs.append([t])
    boxes = [
        (min(t.x0 for t in r), min(t.y0 for t in r), max(t.x1 for t in r), max(t.y1 for t in r))
        for r in runs
        if any(c.isalnum() for t in r for c in t.text)
    ]
    wide = [b for b in boxes if b[2] - b[0] > 1.2 * (b[3] - b[1]) > 12]
    return sorted(wide, key=lambda b: (b[0] - b[2], b[1], b[0]))[:most]


def parted(seen: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """Return PP-OCR's words in two: those of Han and what belongs to them, and the others."""
    lines: dict[int, list[Token]] = {}
    for t in seen:
        lines.setdefault(t.line, []).append(t)
    kept: list[Token] = []
    others: list[Token] = []
    for line in lines.values():
        for run in _runs(line):
            signs = [k for k, t in enumerate(run) if _sign(t) and t.confidence >= LEAST_SIGN]
            sure = sum(run[k].confidence for k in signs) / len(signs) if signs else 0
            if not signs or (len(signs) == 1 and sure < 75):
                others += run
                continue
            start, end = _reach(run, signs[0], -1), _reach(run, signs[-1], 1)
            if len(signs) == 1 and run[signs[0]].text in STROKES and _beside_letters(run, signs[0]):
                others += run
                continue
            if start and len(run[start - 1].text) > 1 and run[start - 1].text.endswith("/"):
                # The stroke between a Cyrillic word and Han is read with the word, which is not PP-OCR's to read.
                before = run[start - 1]
                left = before.x1 - 0.35 * (before.y1 - before.y0)
                others.append(replace(before, text=before.text[:-1], x1=left))
                kept.append(replace(before, text="/", x0=left, confidence=min(before.confidence, 90)))
                kept += [replace(run[start], glued=True), *run[start + 1 : end + 1]]
                others += run[: start - 1] + run[end + 1 :]
                continue
            kept += run[start : end + 1]
            others += run[:start] + run[end + 1 :]
    return kept, others


def _beside_letters(run: Sequence[Token], at: int) -> bool:
    """Tell whether Latin letters, figures or a hyphen touch the sign: it is a letter of a designation, then."""
    sides = [*run[max(0, at - 1) : at], *run[at + 1 : at + 2]]
    return any(t.text.isascii() and any(c.isalnum() or c == "-" for c in t.text) for t in sides)


def together(tokens: Sequence[Token]) -> list[list[Token]]:
    """Return the words in runs: those of one line without a gap as wide as a sign between them."""
    lines: dict[int, list[Token]] = {}
    for t in tokens:
        lines.setdefault(t.line, []).append(t)
    return [run for line in lines.values() for run in _runs(line)]


def reach_of(run: Sequence[Token], ink: Image) -> tuple[int, int, int, int]:
    """Return the box of a run with the strokes of its outermost signs that stand over the edges it was given."""
    import numpy as np

    x0, y0 = max(0, int(run[0].x0)), max(0, int(min(t.y0 for t in run)))
    x1, y1 = min(ink.shape[1], int(run[-1].x1) + 1), min(ink.shape[0], int(max(t.y1 for t in run)))
    high = y1 - y0
    band: Image = np.asarray((ink[y0 + high // 6 : y1 - high // 6] > 0).any(axis=0))
    left, right = x0, x1
    while left > max(0, x0 - 0.3 * high) and band[left - 1]:
        left -= 1
    while right < min(len(band), x1 + 0.3 * high) and band[right]:
        right += 1
    return left, y0, right, y1


def settled(tokens: Sequence[Token], seen: Sequence[Sequence[Token]], boxes: Sequence[Box]) -> list[Token]:
    """Return Tesseract's words with those in `boxes` given up for the Han that PP-OCR read there (`seen`), if any."""
    out = list(tokens)
    for box, read in zip(boxes, seen, strict=True):
        kept, _ = parted(read)
        if not kept or sum(t.confidence for t in kept) < 85 * len(kept):
            continue
        left, right = min(t.x0 for t in kept), max(t.x1 for t in kept)
        if right - left < 0.6 * (box[2] - box[0]):
            continue
        inside = [
            t for t in out if box[0] <= t.x0 and t.x1 <= box[2] and box[1] <= t.y0 and t.y1 <= box[3] and not t.known
        ]
        if not inside:
            continue
        out = [t for t in out if t not in inside] + [replace(t, line=inside[0].line) for t in kept]
    return out


def widened(run: Sequence[Token], ink: Image) -> tuple[int, int, int, int] | None:
    """Return the box of a run with the writing that touches its ends, at most two signs; None when nothing does.

    Where Cyrillic stands before Han on a line, PP-OCR now and then drops the first sign with it, or takes it and the
    next for one.
    """
    import numpy as np

    x0, y0 = max(0, int(run[0].x0)), max(0, int(min(t.y0 for t in run)))
    x1, y1 = min(ink.shape[1], int(run[-1].x1) + 1), min(ink.shape[0], int(max(t.y1 for t in run)))
    high = y1 - y0
    band: Image = np.asarray((ink[y0 + high // 6 : y1 - high // 6] > 0).any(axis=0))
    blank = max(2, round(0.2 * high))
    left, right = x0, x1
    while left > max(0, x0 - 2 * high) and band[max(0, left - blank) : left + 1].any():
        left -= 1
    while right < min(len(band), x1 + 2 * high) and band[right - 1 : right + blank].any():
        right += 1
    if x0 - left >= 0.5 * high or right - x1 >= 0.5 * high:
        return left, y0, right, y1
    # Or it reads two signs as one: then there is more writing than its signs need.
    written: Image = np.flatnonzero(band[x0:x1])
    if not len(written):
        return None
    em = 1.06 * _tall((ink[y0:y1, x0:x1] > 0).sum(axis=1))
    needed = sum(1.0 if is_han(c) else 0.55 for t in run for c in t.text)
    if (int(written[-1]) - int(written[0])) / max(em, 1.0) < needed + 0.15:
        return None
    left, right, blank = x0 + int(written[0]), x0 + int(written[-1]) + 1, max(2, round(0.15 * em))
    while left > max(0, x0 - em) and band[max(0, left - blank) : left].any():
        left -= 1
    while right < min(len(band), x1 + em) and band[right : right + blank].any():
        right += 1
    return max(0, left - 2), y0, min(len(band), right + 2), y1


def _tall(rows: Image) -> int:
    """Return the height of the line of writing that stands in the middle of `rows` (ink in each row of pixels)."""
    middle = len(rows) // 2
    top = bottom = middle
    while top > 0 and rows[max(0, top - 3) : top].any():
        top -= 1
    while bottom < len(rows) and rows[bottom : bottom + 3].any():
        bottom += 1
    return max(1, bottom - top)


def fuller(run: Sequence[Token], again: Sequence[Token]) -> list[Token]:
    """Return the second reading of a run when it has more signs of Han and is as sure of them, else the first."""
    kept, _ = parted(again)
    before, after = [t for t in run if _sign(t)], [t for t in kept if _sign(t)]
    if len(after) <= len(before) or not before:
        return list(run)
    sure = [sum(t.confidence for t in signs) / len(signs) for signs in (before, after)]
    if sure[1] < min(85.0, sure[0]) or not {t.text for t in before} <= {t.text for t in after}:
        return list(run)
    return [replace(t, line=run[0].line) for t in kept]


def _reach(run: Sequence[Token], at: int, step: int) -> int:
    """Return how far from the outermost sign figures, points and full-width signs go on."""
    while 0 <= at + step < len(run):
        t = run[at + step]
        if t.confidence < LEAST_SIGN or any(c.isalpha() and not is_han(c) for c in t.text) or t.text in "/|\\!":
            return at
        # What Cyrillic leaves behind before Han are points and commas, wherever on its word they are put.
        if step < 0 and not any(c.isdigit() or is_han(c) for c in t.text):
            return at
        at += step
    return at


def _sign(token: Token) -> bool:
    return any(is_han(c) and c.isalpha() for c in token.text)


def _runs(line: Sequence[Token]) -> list[list[Token]]:
    out: list[list[Token]] = []
    for t in line:
        if not out or t.x0 - out[-1][-1].x1 > 1.1 * (t.y1 - t.y0):
            out.append([])
        out[-1].append(t)
    return out


def corrected(tokens: Sequence[Token], others: Sequence[Token]) -> list[Token]:
    """Return Tesseract's words, those that it took for the other alphabet as PP-OCR read them.

    PP-OCR is believed for a word in Latin letters that it is sure of, where Tesseract's dictionaries do not know the
    word and Tesseract is less sure, unless Tesseract read letters that only Cyrillic has and PP-OCR none that only
    Latin has. Designations are settled by `figures`.
    """
    latin = [
        t
        for t in others
        if t.confidence >= 93 and not designation(t.text) and t.text.isascii() and sum(map(str.isalpha, t.text)) > 1
    ]
    out: list[Token] = []
    for t in tokens:
        match = None if t.known or designation(t.text) else next((o for o in latin if _same_place(t, o)), None)
        if match is None:
            out.append(t)
            continue
        cyrillic = t.confidence >= 75 and any(c in CYRILLIC_ONLY for c in t.text)
        plain = any(c in LATIN_ONLY for c in match.text) and match.confidence >= 96
        if plain or (match.confidence > t.confidence and not cyrillic):
            t = replace(t, text=match.text, confidence=match.confidence)
        out.append(t)
    return out


def _same_place(a: Token, b: Token) -> bool:
    across = min(a.x1, b.x1) - max(a.x0, b.x0)
    down = min(a.y1, b.y1) - max(a.y0, b.y0)
    level = down > 0.5 * min(a.y1 - a.y0, b.y1 - b.y0)
    return level and across > 0.75 * max(a.x1 - a.x0, b.x1 - b.x0)
