"""One page image to words, lines and rules: orientation, skew, scripts, the right engine for each part.

Purpose: to decide all of it from the page itself. Limits: see `prepare` and `engines`; vertical Chinese is not read;
handwriting and stamps are read only by accident and then with low confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assay.read.layout import Segment, Word, clean, is_han
from assay.read.ocr import engines, figures
from assay.read.ocr.again import covers, enlarged, in_own_script, level, likely, paper_of, sense, sound, whole
from assay.read.ocr.engines import Token
from assay.read.ocr.languages import narrowed, passages
from assay.read.ocr.mixed import corrected, doubtful, fuller, parted, reach_of, settled, together, widened
from assay.read.ocr.prepare import Straight, Strip, blank, cleared, ink_of, skew, straightened, strips_of
from assay.read.ocr.rules import rules_of, without
from assay.read.tables import Rule
from assay.work.part import ReadRefused

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[Any]

HAN_STROKES = 2.08
"""Strokes crossed per column from which a line is Han (measured: Cyrillic, Latin 1.5-1.85, Han 2.3-2.9)."""
SURE = 80
"""What PP-OCR reads with less confidence is left to Tesseract."""
MOST_LEFT = 0.08
"""Share of a page's writing that PP-OCR may leave unread for its reading to be taken for the whole page."""
MOST_OVERLOOKED = 150
SURE_ALONE = 60
"""What is found only when looked at by itself is kept from this confidence on."""
SENSELESS = 42
"""A page whose reading makes less sense is not in the languages that were tried (Russian read as English: 25 to 30)."""
SURE_TRIAL = 95
"""A page whose lines read as surely as this where they lie is not turned."""
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
    notes: tuple[str, ...] = ()


def recognise(grey: Image, dpi: int, languages: Sequence[str]) -> Recognised:
    """Return what stands on a page image. Raises `ReadRefused` when the language files it needs are missing."""
    import cv2
    import numpy as np

    high, wide = grey.shape
    notes: tuple[str, ...] = ()
    if float(np.median(grey[::4, ::4])) < 90:
        grey, notes = cv2.bitwise_not(grey), ("the page is white on black; it was read as its negative",)
    grey, ink = cleared(grey)
    if blank(ink):
        return Recognised(0, wide, high)
    turned, angle = skew(ink)
    quarters = 0
    if turned:
        quarters, page = _turned(grey, ink, dpi, languages)
    else:
        page = _Page.of(straightened(grey, ink, angle), dpi)
    tokens = page.tokens(languages)
    made = sense(tokens)
    if not turned and made < DOUBTFUL:
        upright, upside = page.trial(languages)
        if upside > upright + 5:
            quarters, page = 2, page.flipped()
            tokens = page.tokens(languages)
            made = sense(tokens)
    elif turned and quarters and made < DOUBTFUL:
        # A few lines decided on the turn; what the whole page says of it outweighs them.
        lying = _Page.of(straightened(grey, ink, 0.0), dpi)
        said = lying.tokens(languages)
        if sense(said) > made + 5:
            quarters, page, tokens, made = 0, lying, said, sense(said)
    if tokens and made < SENSELESS:
        notes = (*notes, _senseless(languages))
    return page.result(quarters, tokens, notes)


def _senseless(languages: Sequence[str]) -> str:
    """Say why hardly anything on a page makes sense; raise `ReadRefused` when language files are missing for it."""
    lacking = engines.missing(tuple(languages))
    if lacking:
        raise ReadRefused(
            "missing_program",
            "Hardly anything on the page makes sense in the languages that are installed for recognition; it may be in "
            f"one that is not: install {', '.join(lacking)}.",
        )
    return "hardly anything on the page makes sense in the languages expected; it may be in another script, or bad"


def _turned(grey: Image, ink: Image, dpi: int, languages: Sequence[str]) -> tuple[int, _Page]:
    """Return by how many quarters to turn a page whose lines seem to run up and down, and the page so turned.

    A list of like words seems so, too, as its letters stand in columns: what makes most sense when read decides.
    """
    import numpy as np

    lying = _Page.of(straightened(grey, ink, 0.0), dpi)
    still = lying.trial(languages)[0]
    if still > SURE_TRIAL:
        return 0, lying
    grey, ink = np.ascontiguousarray(np.rot90(grey, -1)), np.ascontiguousarray(np.rot90(ink, -1))
    page = _Page.of(straightened(grey, ink, skew(ink)[1]), dpi)
    upright, upside = page.trial(languages)
    if still > max(upright, upside) + 5:
        return 0, lying
    return (3, page.flipped()) if upside > upright else (1, page)


@dataclass(slots=True)
class _Page:
    """A straightened page with its rules taken out and its strips measured."""

    straight: Straight
    dpi: int
    cleared: Image
    ink: Image
    rules: list[Rule]
    strips: list[Strip]
    used: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, straight: Straight, dpi: int) -> _Page:
        rules, mask = rules_of(straight.ink, dpi)
        cleared, ink = without(straight.grey, straight.ink, mask)
        return cls(straight, dpi, cleared, ink, rules, strips_of(ink, dpi))

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

    def trial(self, languages: Sequence[str]) -> tuple[float, float]:
        """Return how much sense a few lines make as they stand, and upside down (0 to 100)."""
        import numpy as np

        lines = sorted(self.strips, key=lambda s: (s.x0 - s.x1, s.y0, s.x0))[:4]
        if not lines:
            return 0.0, 0.0
        han = self._han_share() > 0.5 and "zh" in languages
        high, wide = self.cleared.shape
        pad = self.dpi // 40
        upright, upside = 0.0, 0.0
        for s in lines:
            box = (max(0, s.x0 - pad), max(0, s.y0 - pad), min(wide, s.x1 + pad), min(high, s.y1 + pad))
            crop = self.cleared[box[1] : box[3], box[0] : min(box[2], box[0] + 6 * self.dpi)]
            upright += self._try(crop, han, languages)
            upside += self._try(np.ascontiguousarray(crop[::-1, ::-1]), han, languages)
        return upright / len(lines), upside / len(lines)

    def _try(self, crop: Image, han: bool, languages: Sequence[str]) -> float:
        if han:
            # A line that lies is now and then read as one or two signs, quite surely: a line of Han holds many.
            # The more signs there are, the more the reading says.
            text, score = engines.han_line(crop)
            expected = max(1.0, 0.5 * crop.shape[1] / max(1, crop.shape[0]))
            read = sum(map(is_han, text))
            return float(score * min(1.0, read / expected) * read / (read + 1))
        high, wide = crop.shape
        return sense(engines.read_boxes(crop, [(0, 0, wide, high)], _mix(languages), self.dpi)[0])

    def tokens(self, languages: Sequence[str]) -> list[Token]:
        """Return the words of the page, each line read by the engine for its script."""
        self.used = []
        if "zh" not in languages:
            return self._plain(self.cleared, languages)
        if self._proven(self.strips):
            return self._with_han(languages)
        tokens = self._plain(self.cleared, languages)
        if any(self._is_han(box) for box in doubtful(tokens)):
            self.used = []
            return self._with_han(languages)
        return tokens

    def _with_han(self, languages: Sequence[str]) -> list[Token]:
        """Return the words of a page that holds Han: PP-OCR reads all of it, Tesseract what that cannot.

        PP-OCR knows no Cyrillic: where Cyrillic stands it gives nothing or is unsure of itself. A page on which it
        leaves hardly anything is Chinese or Chinese and English, and its reading is taken.
        """
        self.used.append(engines.han_version())
        seen = engines.read_han(self.cleared, self.ink, [r for r in self.rules if not r.level])
        if self._left(seen) < MOST_LEFT:
            if not engines.installed(tuple(languages)):
                return seen
            found = [t for t in self._overlooked(self.cleared, seen, _mix(languages)) if t.confidence >= SURE_ALONE]
            if found:
                self.used.append(engines.tesseract_version())
            return seen + found
        kept, others = parted(seen)
        runs = self._whole_runs(together(kept))
        rest = self.cleared.copy()
        paper = int(paper_of(rest))
        pad = max(1, self.dpi // 100)
        for run in runs:
            left, top, right, bottom = reach_of(run, self.ink)
            rest[max(0, top - pad) : bottom + pad, left:right] = paper
        first = max((t.line for t in seen), default=-1) + 1
        plain = [replace(t, line=t.line + first) for t in self._plain(rest, languages)]
        plain = self._settled(corrected(plain, others))
        return [t for run in runs for t in run] + plain

    def _settled(self, plain: list[Token]) -> list[Token]:
        """Return Tesseract's words, those it was unsure of looked at for Han."""
        boxes = doubtful(plain, MOST_OVERLOOKED // 4)
        pad = max(1, self.dpi // 60)
        high, wide = self.cleared.shape
        crops = [
            (max(0, int(b[0]) - pad), max(0, int(b[1]) - pad), min(wide, int(b[2]) + pad), min(high, int(b[3]) + pad))
            for b in boxes
        ]
        seen: list[list[Token]] = [[] for _ in boxes]
        for t in engines.read_lines(self.cleared, crops):
            seen[t.line].append(t)
        return settled(plain, seen, boxes)

    def _whole_runs(self, runs: list[list[Token]]) -> list[list[Token]]:
        """Return runs of Han, those that break off inside writing read again by themselves."""
        boxes = [widened(run, self.ink) for run in runs]
        broken = [k for k, box in enumerate(boxes) if box is not None]
        again: dict[int, list[Token]] = {k: [] for k in broken}
        for t in engines.read_lines(self.cleared, [box for box in boxes if box is not None]):
            again[broken[t.line]].append(t)
        return [fuller(run, again[k]) if k in again else run for k, run in enumerate(runs)]

    def _left(self, seen: Sequence[Token]) -> float:
        """Return what share of the writing PP-OCR did not read, or only with doubt (0 to 1)."""
        ink = self.ink.copy()
        pad = max(1, self.dpi // 100)
        for t in seen:
            if t.confidence >= SURE:
                ink[max(0, int(t.y0) - pad) : int(t.y1) + pad, max(0, int(t.x0) - pad) : int(t.x1) + pad] = 0
        whole_width = sum(s.x1 - s.x0 for s in self.strips)
        left = sum(s.x1 - s.x0 for s in strips_of(ink, self.dpi) if s.x1 - s.x0 > s.y1 - s.y0)
        return left / whole_width if whole_width else 0.0

    def _is_han(self, box: tuple[float, float, float, float]) -> bool:
        """Tell whether Han is read in a box, and nearly nothing else."""
        pad = max(2, int(box[3] - box[1]) // 8)
        end = int(min(box[2] + pad, box[0] + 12 * (box[3] - box[1])))
        crop = self.cleared[max(0, int(box[1]) - pad) : int(box[3]) + pad, max(0, int(box[0]) - pad) : end]
        text, score = engines.han_line(crop)
        return score > 60 and sum(is_han(c) and c.isalpha() for c in text) >= max(1, 0.3 * len(text))

    def _proven(self, strips: Sequence[Strip]) -> bool:
        """Tell whether Han is read in any of the few widest strips (a stamp over letters crosses many strokes, too)."""
        sure = [s for s in strips if s.strokes >= HAN_STROKES]
        return any(self._is_han((s.x0, s.y0, s.x1, s.y1)) for s in sorted(sure, key=lambda s: s.x0 - s.x1)[:4])

    def _plain(self, image: Image, languages: Sequence[str]) -> list[Token]:
        """Return what Tesseract reads, with what it overlooked and what it took for the other script read again."""
        self.used.append(engines.tesseract_version())
        every = _mix(languages)
        mix = narrowed(image, self.strips, every, self.dpi)
        tokens = sound(level([t for t in engines.read_page(image, mix, self.dpi) if likely(t)]))
        if mix != every:
            tokens = passages(image, tokens, "ukr" if mix != "eng" and "ukr" in every else every, self.dpi)
        found = self._overlooked(image, tokens, mix)
        alone = {t.line for t in found}
        if "zh" not in languages:
            found = [t for t in found if t.confidence >= SURE_ALONE]
        tokens += found
        tokens = in_own_script(image, tokens, mix, self.dpi)
        if "zh" not in languages:
            return tokens
        checked = figures.checked(image, tokens, self.dpi, mix)
        if any(t.other for t in checked):
            self.used.append(engines.han_version())
        return [t for t in checked if t.line not in alone or t.confidence >= SURE_ALONE]

    def _overlooked(self, image: Image, tokens: Sequence[Token], mix: str) -> list[Token]:
        """Return the words of small runs of ink that no token covers (single figures in cells, lone words).

        Some are hardly more than guesses: what a second reading does not make surer than `SURE_ALONE` is to be dropped.
        """
        import cv2

        ink = self.ink if image is self.cleared else cv2.bitwise_and(self.ink, ink_of(image))
        before, ink = ink, ink.copy()
        pad = max(1, self.dpi // 100)
        for t in tokens:
            ink[max(0, int(t.y0) - pad) : int(t.y1) + pad, max(0, int(t.x0) - pad) : int(t.x1) + pad] = 0
        gone = cv2.subtract(before, ink)
        left = [s for s in strips_of(ink, self.dpi, single=True) if s.y1 - s.y0 < self.dpi // 4 and whole(s, gone)]
        if not left or len(left) > MOST_OVERLOOKED:
            return []
        first = max((t.line for t in tokens), default=-1) + 1
        out: list[Token] = []
        for number, read in enumerate(enlarged(image, left, mix, self.dpi)):
            for t in read:
                if any(covers(other, t) for other in tokens):
                    continue
                if likely(t) and any(c.isalnum() for c in t.text):
                    out.append(replace(t, line=first + number))
        return out

    def result(self, quarters: int, tokens: Sequence[Token], notes: tuple[str, ...]) -> Recognised:
        lines: dict[int, list[Word]] = {}
        for t in tokens:
            text = clean(t.text).strip()
            if not text:
                continue
            confidence = max(0, min(100, t.confidence))
            lines.setdefault(t.line, []).append(
                Word(text, t.x0, t.y0, t.x1, t.y1, confidence, t.glued, other=clean(t.other).strip())
            )
        segments = [s for words in lines.values() for s in _cut(words)]
        straight = self.straight
        back = None
        if straight.angle:
            m = straight.back
            back = tuple(float(v) for v in (m[0, 0], m[0, 1], m[0, 2], m[1, 0], m[1, 1], m[1, 2]))
        return Recognised(
            quarters,
            straight.width,
            straight.height,
            segments,
            self.rules,
            tuple(dict.fromkeys(self.used)),
            back,
            notes,
        )


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
