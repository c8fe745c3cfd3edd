"""What differs between a page before and after, as a reader of both would see it.

Limits: judged on grey pictures of at most 150 dpi without annotations, and on pdfium's words. A change of colour
only, or of less than a few pixels, is not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from assay.examine.pdf.annotations import drop_see_through
from assay.examine.pdf.marks import in_margin, is_signature_block
from assay.examine.pdf.states import INK, Word, overlap, picture_of, pixels, regions, words_of
from assay.model import Box

if TYPE_CHECKING:
    from assay.examine.pdf.states import Picture

CHANGED = 48
"""Grey levels by which a pixel must differ to count as changed."""
LOST = 0.3
"""Share of a word's ink that must turn to paper for the word to count as no longer seen."""
OVERWRITTEN = 0.2
"""Share of a word's box that new words must take, and of its ink that must be gone, for it to be overwritten."""
_AROUND = 25
_NUDGE = 2
_SHARED = 0.05
_INSIDE = 0.3
LEAST = 12
"""Fewer changed pixels than this are not a change that a person sees."""


class Look(StrEnum):
    """The kinds of change that are told apart."""

    REPLACED = "replaced"
    ADDED = "added"
    PICTURE = "picture"
    MARGIN = "margin"
    SIGNATURE = "signature"
    COVERED = "covered"
    LAYER = "layer"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Change:
    """One page's change; `page` counts from 1 in the later state, 0 when the page is gone; `boxes` lie on it."""

    look: Look
    page_before: int
    page: int
    before: str
    after: str
    boxes: tuple[Box, ...]

    @staticmethod
    def of_page(look: Look, page: Any, before: int, after: int) -> Change:
        """Return the change of a page that is gone or new, with its first words."""
        text = " ".join(w.text for w in words_of(page)[:60])
        gone = look is Look.GONE
        return Change(look, before, after, text if gone else "", "" if gone else text, ())


def compare(one: Any, two: Any, before: int, after: int) -> list[Change]:
    """Return what differs between page `one` and the later page `two` (both pdfium pages)."""
    old, new = picture_of(one), picture_of(two)
    old_words, new_words = words_of(one), words_of(two)
    removed, added = _edits(old_words, new_words)
    if old.shape != new.shape:
        return _by_words(removed, added, before, after)
    boxes, lost = _places(old, new, [*removed, *added])
    if not boxes:
        if sorted(w.text for w in removed) != sorted(w.text for w in added):
            return [Change(Look.LAYER, before, after, _text(removed), _text(added), ())]
        return _annotated(one, two, old_words, before, after)
    unseen = [
        w
        for w in old_words
        if _touched(w.box, boxes) and (_unseen(old, new, lost, w.box) or _overwritten(old, new, w.box, added))
    ]
    gone = _ordered(old_words, [w for w in removed if _touched(w.box, boxes)] + unseen)
    come = [w for w in added if _touched(w.box, boxes) and _has_ink(new, w.box)]
    look = _kind(gone, come, lost, boxes)
    if look is Look.REPLACED and not come:
        come = [w for w in new_words if _touched(w.box, boxes) and _has_ink(new, w.box) and w not in unseen]
    marked = tuple(w.box for w in come) if come else tuple(boxes)
    return [Change(look, before, after, _text(gone), _text(come), _merged(marked))]


def _kind(gone: list[Word], come: list[Word], lost: Any, boxes: list[Box]) -> Look:
    margin = all(in_margin(w.box) for w in (*gone, *come)) and all(in_margin(b) for b in boxes)
    if margin and come and (not gone or _text(gone) == _text(come)):
        return Look.MARGIN
    if gone or int(lost.sum()) >= 4 * LEAST:
        return Look.REPLACED
    if not come:
        return Look.PICTURE
    return Look.SIGNATURE if is_signature_block(_text(come)) else Look.ADDED


def _by_words(removed: list[Word], added: list[Word], before: int, after: int) -> list[Change]:
    """Judge by words alone: the page's size changed, so the pictures cannot be laid on each other."""
    if not removed and not added:
        return []
    look = Look.REPLACED if removed else Look.ADDED
    return [Change(look, before, after, _text(removed), _text(added), _merged(tuple(w.box for w in added)))]


def _edits(old: list[Word], new: list[Word]) -> tuple[list[Word], list[Word]]:
    """Return the words only in `old` and only in `new`, by order of reading."""
    first, last = 0, 0
    least = min(len(old), len(new))
    while first < least and old[first].text == new[first].text:
        first += 1
    while last < least - first and old[-1 - last].text == new[-1 - last].text:
        last += 1
    a, b = old[first : len(old) - last], new[first : len(new) - last]
    if len(a) * len(b) > 4_000_000:
        return a, b
    removed: list[Word] = []
    added: list[Word] = []
    matcher = SequenceMatcher(None, [w.text for w in a], [w.text for w in b], autojunk=False)
    for tag, i0, i1, j0, j1 in matcher.get_opcodes():
        if tag != "equal":
            removed += a[i0:i1]
            added += b[j0:j1]
    return removed, added


def _annotated(one: Any, two: Any, words: list[Word], before: int, after: int) -> list[Change]:
    """Return whether annotations of the later page hide words that were seen before.

    Highlights and the like are left out: viewers draw them see-through whatever their appearance stream says.
    """
    drop_see_through(one)
    drop_see_through(two)
    old, new = picture_of(one, annotations=True), picture_of(two, annotations=True)
    if old.shape != new.shape:
        return []
    hidden = unseen(old, new, words)
    if not hidden:
        return []
    return [Change(Look.COVERED, before, after, _text(hidden), "", _merged(tuple(w.box for w in hidden)))]


def unseen(old: Picture, new: Picture, words: list[Word]) -> list[Word]:
    """Return the words (not lone marks) that are seen in the picture `old` and no longer in `new`."""
    lost = _faded(old, new)
    return [w for w in words if any(c.isalnum() for c in w.text) and _unseen(old, new, lost, w.box)]


def differing(old: Picture, new: Picture) -> list[Box]:
    """Return where two pictures of one size differ as a person sees it."""
    boxes, _ = _places(old, new, [])
    return boxes


def _places(old: Picture, new: Picture, words: list[Word]) -> tuple[list[Box], Any]:
    """Return where a reader sees a difference, and the mask of ink that has gone there.

    Letters that another font or rounding moved by up to `_NUDGE` pixels are the same letters, unless the words read
    there differ.
    """
    import cv2
    import numpy as np

    changed = np.abs(old.astype(np.int16) - new.astype(np.int16)) > CHANGED
    nothing = np.zeros(old.shape, dtype=bool)
    if int(changed.sum()) < LEAST:
        return [], nothing
    kernel = np.ones((2 * _NUDGE + 1, 2 * _NUDGE + 1), np.uint8)
    near_old = cv2.erode(old, kernel) < INK + CHANGED
    near_new = cv2.erode(new, kernel) < INK + CHANGED
    moved = changed & (((old < INK) & ~near_new) | ((new < INK) & ~near_old) | _shaded(old, new))
    lost = _faded(old, new) & ~near_new
    kept = []
    for box in regions(changed):
        rows, columns = pixels(old.shape, box)
        if int(moved[rows, columns].sum()) >= LEAST or any(_meet(w.box, box) for w in words):
            kept.append(box)
    return kept, lost


def _shaded(old: Picture, new: Picture) -> Any:
    """Return where a field of some size got lighter or darker: a patch, a picture, a shade."""
    import cv2
    import numpy as np

    blurred = [cv2.blur(picture, (_AROUND, _AROUND)).astype(np.int16) for picture in (old, new)]
    return np.abs(blurred[0] - blurred[1]) > CHANGED


def _faded(old: Picture, new: Picture) -> Any:
    """Return the pixels that were ink and are now as light as the paper or field around them."""
    import cv2
    import numpy as np

    around = cv2.dilate(new, np.ones((_AROUND, _AROUND), np.uint8)).astype(np.int16)
    rise = new.astype(np.int16) - old.astype(np.int16)
    return (old < INK) & (rise > CHANGED) & (around - new < CHANGED)


def _unseen(old: Picture, new: Picture, lost: Any, box: Box) -> bool:
    """Whether a word that stood in `box` is no longer seen: its ink has gone, or lies under a field of one shade."""
    rows, columns = pixels(old.shape, box)
    before, after = old[rows, columns], new[rows, columns]
    ink = int((before < INK).sum())
    if ink and float(lost[rows, columns].sum()) / ink > LOST:
        return True
    return int(before.max()) - int(before.min()) > 2 * CHANGED and int(after.max()) - int(after.min()) < CHANGED / 2


def _overwritten(old: Picture, new: Picture, box: Box, added: list[Word]) -> bool:
    """Whether new words stand where a word stood, and part of its ink has gone: they were not merely set over it."""
    if not any(overlap(box, word.box) > OVERWRITTEN for word in added):
        return False
    rows, columns = pixels(old.shape, box)
    ink = old[rows, columns] < INK
    left = ink & (new[rows, columns] < INK + CHANGED)
    return int(left.sum()) < (1 - OVERWRITTEN) * int(ink.sum())


def _has_ink(picture: Picture, box: Box) -> bool:
    rows, columns = pixels(picture.shape, box)
    part = picture[rows, columns]
    return int(part.max()) - int(part.min()) > CHANGED


def _touched(box: Box, boxes: list[Box]) -> bool:
    return any(_meet(box, other) for other in boxes)


def _meet(word: Box, region: Box) -> bool:
    """Whether a region takes some of a word's box, or lies in it: one letter of a long word."""
    return overlap(word, region) > _SHARED or overlap(region, word) > _INSIDE


def _ordered(words: list[Word], some: list[Word]) -> list[Word]:
    wanted = {id(w) for w in some}
    return [w for w in words if id(w) in wanted]


def _text(words: list[Word]) -> str:
    """Return words as a reader would: no spaces between Chinese characters."""
    text = ""
    for word in words:
        han = bool(text) and ord(text[-1]) >= 0x2E80 and ord(word.text[0]) >= 0x2E80
        text += word.text if not text or han else f" {word.text}"
    return text


def _merged(boxes: tuple[Box, ...]) -> tuple[Box, ...]:
    """Run together boxes that follow each other on one line."""
    lines: list[Box] = []
    for box in boxes:
        if lines:
            last = lines[-1]
            height = max(last.y1 - last.y0, 1e-6)
            level = min(last.y1, box.y1) - max(last.y0, box.y0) > height / 2
            if level and -height <= box.x0 - last.x1 <= 2 * height:
                lines[-1] = Box(min(last.x0, box.x0), min(last.y0, box.y0), max(last.x1, box.x1), max(last.y1, box.y1))
                continue
        lines.append(box)
    return tuple(lines)
