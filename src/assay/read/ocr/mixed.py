"""Pages of several scripts: which words each engine is believed for.

Purpose: PP-OCR knows Han, Latin and figures, Tesseract Cyrillic and Latin; each is wrong, now and then quite sure of
itself, about what it does not know. Limits: judged word by word, by confidence, dictionary and letters; two engines
that agree on a wrong reading are not found out. Units: pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assay.read.layout import is_han
from assay.read.ocr.engines import Token

MOST_TRIED = 6
"""So many doubtful runs of a page are looked at for Han."""
LEAST_SIGN = 55
"""Confidence under which a Han sign is not believed."""
CYRILLIC_ONLY = frozenset("БГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯЄЇҐбвгджзийклмнптфцчшщъыьэюяєїґ")
"""Letters that no Latin letter looks like."""


def doubtful(tokens: Sequence[Token]) -> list[tuple[float, float, float, float]]:
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
    return sorted(wide, key=lambda b: (b[0] - b[2], b[1], b[0]))[:MOST_TRIED]


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
            kept += run[start : end + 1]
            others += run[:start] + run[end + 1 :]
    return kept, others


def _reach(run: Sequence[Token], at: int, step: int) -> int:
    """Return how far from the outermost sign figures, points and full-width signs go on."""
    while 0 <= at + step < len(run):
        t = run[at + step]
        if t.confidence < LEAST_SIGN or any(c.isalpha() and not is_han(c) for c in t.text) or t.text in "/|":
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
    word and Tesseract is less sure, unless Tesseract read letters that only Cyrillic has.
    """
    latin = [t for t in others if t.confidence >= 93 and t.text.isascii() and sum(map(str.isalpha, t.text)) > 1]
    out: list[Token] = []
    for t in tokens:
        match = None if t.known else next((o for o in latin if _same_place(t, o)), None)
        cyrillic = t.confidence >= 75 and any(c in CYRILLIC_ONLY for c in t.text)
        if match is not None and match.confidence > t.confidence and not cyrillic:
            t = replace(t, text=match.text, confidence=match.confidence)
        out.append(t)
    return out


def _same_place(a: Token, b: Token) -> bool:
    across = min(a.x1, b.x1) - max(a.x0, b.x0)
    down = min(a.y1, b.y1) - max(a.y0, b.y0)
    level = down > 0.5 * min(a.y1 - a.y0, b.y1 - b.y0)
    return level and across > 0.75 * max(a.x1 - a.x0, b.x1 - b.x0)
