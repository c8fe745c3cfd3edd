"""One page image to words, lines and rules: orientation, skew, scripts, the right engine for each part.

Purpose: to decide all of it from the page itself. Limits: see `prepare` and `engines`; vertical Chinese is not read;
handwriting and stamps are read only by accident and then with low confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assay.read.layout import Segment, Word, clean, is_han
from assay.read.ocr import engines
from assay.read.ocr.engines import Token
from assay.read.ocr.prepare import Straight, Strip, blank, ink_of, skew, straightened, strips_of
from assay.read.ocr.rules import rules_of, without
from assay.read.tables import Rule
from assay.work.part import ReadRefused

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[Any]

HAN_STROKES = 2.08
"""Strokes crossed per column from which a line is Han (measured: Cyrillic, Latin 1.5-1.85, Han 2.3-2.9)."""
DOUBTFUL = 62
"""A mean confidence under this makes a page be tried upside down."""


@dataclass(slots=True)
class Recognised:
    """What stands on the page: words and rules in pixels of the straightened page.

    `width` and `height` are those of the image after `quarters` clockwise quarter turns; `back` (a, b, c, d, e, f)
    leads from straightened pixels to its pixels, x' = ax + by + c, y' = dx + ey + f; None when they are the same.
    """

    quarters: int
    width: int
    height: int
    segments: list[Segment] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    engines: tuple[str, ...] = ()
    back: tuple[float, ...] | None = None


def recognise(grey: Image, dpi: int, languages: Sequence[str]) -> Recognised:
    """Return what stands on a page image. Raises `ReadRefused` when the language files it needs are missing."""
    import numpy as np

    ink = ink_of(grey)
    high, wide = grey.shape
    if blank(ink):
        return Recognised(0, wide, high)
    turned, angle = skew(ink)
    quarters = 0
    if turned:
        quarters = 1
        grey, ink = np.ascontiguousarray(np.rot90(grey, -1)), np.ascontiguousarray(np.rot90(ink, -1))
        _, angle = skew(ink)
    page = _Page.of(straightened(grey, ink, angle), dpi)
    if turned and page.better_flipped(languages):
        quarters, page = 3, page.flipped()
    tokens = page.tokens(languages)
    if not turned and _mean(tokens) < DOUBTFUL and page.better_flipped(languages):
        quarters, page = 2, page.flipped()
        tokens = page.tokens(languages)
    return page.result(quarters, tokens)


def _mean(tokens: Sequence[Token]) -> float:
    weight = sum(len(t.text) for t in tokens)
    return sum(t.confidence * len(t.text) for t in tokens) / weight if weight else 0.0


@dataclass(slots=True)
class _Page:
    """A straightened page with its rules taken out and its strips measured."""

    straight: Straight
    dpi: int
    cleared: Image
    rules: list[Rule]
    strips: list[Strip]
    used: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, straight: Straight, dpi: int) -> _Page:
        rules, mask = rules_of(straight.ink, dpi)
        cleared, ink = without(straight.grey, straight.ink, mask)
        return cls(straight, dpi, cleared, rules, strips_of(ink, dpi))

    def flipped(self) -> _Page:
        import numpy as np

        old = self.straight
        grey, ink = np.ascontiguousarray(old.grey[::-1, ::-1]), np.ascontiguousarray(old.ink[::-1, ::-1])
        high, wide = old.grey.shape
        back = old.back.copy()
        back[:, 2] = np.array([old.width - 1, old.height - 1]) - old.back @ np.array([wide - 1, high - 1, 1.0])
        return _Page.of(Straight(grey, ink, old.angle, back, old.width, old.height), self.dpi)

    def _han_share(self) -> float:
        area = sum(s.x1 - s.x0 for s in self.strips)
        return sum(s.x1 - s.x0 for s in self.strips if s.strokes >= HAN_STROKES) / area if area else 0.0

    def better_flipped(self, languages: Sequence[str]) -> bool:
        """Tell whether a few lines read better upside down."""
        import numpy as np

        lines = sorted(self.strips, key=lambda s: -(s.x1 - s.x0))[:4]
        if not lines:
            return False
        han = self._han_share() > 0.5 and "zh" in languages
        high, wide = self.cleared.shape
        pad = self.dpi // 40
        upright, upside = [], []
        for s in lines:
            box = (max(0, s.x0 - pad), max(0, s.y0 - pad), min(wide, s.x1 + pad), min(high, s.y1 + pad))
            crop = self.cleared[box[1] : box[3], box[0] : min(box[2], box[0] + 6 * self.dpi)]
            upright.append(self._try(crop, han, languages))
            upside.append(self._try(np.ascontiguousarray(crop[::-1, ::-1]), han, languages))
        return sum(upside) > sum(upright) + 5 * len(lines)

    def _try(self, crop: Image, han: bool, languages: Sequence[str]) -> float:
        if han:
            return engines.han_score(crop)
        high, wide = crop.shape
        return _mean(engines.read_boxes(crop, [(0, 0, wide, high)], _mix(languages), self.dpi)[0])

    def tokens(self, languages: Sequence[str]) -> list[Token]:
        """Return the words of the page, each part read by the engine for its script."""
        self.used = []
        han = [s for s in self.strips if s.strokes >= HAN_STROKES] if "zh" in languages else []
        share = self._han_share() if han else 0.0
        out: list[Token] = []
        if share > 0.85:
            return self._han(self.cleared)
        rest = self.cleared
        if share > 0.03:
            out = self._han(self._only(han))
            out = [t for t in out if any(is_han(c) for c in t.text) or _inside(t, han)]
            rest = self._hidden(out)
        first = max((t.line for t in out), default=-1) + 1
        out += [
            Token(t.text, t.x0, t.y0, t.x1, t.y1, t.confidence, t.line + first, t.glued)
            for t in self._plain(rest, languages)
        ]
        return out

    def _han(self, image: Image) -> list[Token]:
        import cv2

        self.used.append(engines.han_version())
        return engines.read_han(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR))

    def _plain(self, image: Image, languages: Sequence[str]) -> list[Token]:
        self.used.append(engines.tesseract_version())
        return engines.read_page(image, _mix(languages), self.dpi)

    def _only(self, strips: Sequence[Strip]) -> Image:
        """Return the page with nothing but the given strips on it."""
        import numpy as np

        pad = self.dpi // 30
        page = np.full_like(self.cleared, int(np.percentile(self.cleared, 90)))
        for s in strips:
            area = (slice(max(0, s.y0 - pad), s.y1 + pad), slice(max(0, s.x0 - 2 * pad), s.x1 + 2 * pad))
            page[area] = self.cleared[area]
        return page

    def _hidden(self, tokens: Sequence[Token]) -> Image:
        """Return the page without the places of `tokens`."""
        import numpy as np

        page = self.cleared.copy()
        paper = int(np.percentile(page, 90))
        pad = max(1, self.dpi // 100)
        for t in tokens:
            page[max(0, int(t.y0) - pad) : int(t.y1) + pad, max(0, int(t.x0) - pad) : int(t.x1) + pad] = paper
        return page

    def result(self, quarters: int, tokens: Sequence[Token]) -> Recognised:
        kept = [t for t in tokens if clean(t.text).strip()]
        lines: dict[int, list[Word]] = {}
        for t in kept:
            confidence = max(0, min(100, t.confidence))
            lines.setdefault(t.line, []).append(
                Word(clean(t.text).strip(), t.x0, t.y0, t.x1, t.y1, confidence, t.glued)
            )
        segments = [s for words in lines.values() for s in _cut(words)]
        straight = self.straight
        back = None
        if straight.angle:
            m = straight.back
            back = tuple(float(v) for v in (m[0, 0], m[0, 1], m[0, 2], m[1, 0], m[1, 1], m[1, 2]))
        return Recognised(
            quarters, straight.width, straight.height, segments, self.rules, tuple(dict.fromkeys(self.used)), back
        )


def _inside(token: Token, strips: Sequence[Strip]) -> bool:
    x, y = (token.x0 + token.x1) / 2, (token.y0 + token.y1) / 2
    return any(s.x0 - 5 <= x <= s.x1 + 5 and s.y0 - 5 <= y <= s.y1 + 5 for s in strips)


def _cut(words: Sequence[Word]) -> list[Segment]:
    """Cut one engine line into segments at wide gaps; every segment is as high as the line's tallest common word."""
    heights = sorted(w.y1 - w.y0 for w in words)
    em = heights[(3 * len(heights)) // 4]
    out: list[list[Word]] = []
    for word in words:
        if not out or not -1.0 * em < word.x0 - out[-1][-1].x1 < 1.1 * em:
            out.append([])
        out[-1].append(word)
    return [Segment.of(group) for group in out]


def _mix(languages: Sequence[str]) -> str:
    """Return Tesseract's mix for the languages that are installed; raise `ReadRefused` when none is."""
    ready = engines.installed(tuple(languages))
    if not ready:
        lacking = engines.missing(tuple(languages)) or tuple(sorted(engines.PACKAGES.values()))
        raise ReadRefused(
            "missing_program", f"Language files for recognition are not installed: install {', '.join(lacking)}."
        )
    return "+".join(engines.CODES[x] for x in ("ru", "uk", "en") if x in ready)
