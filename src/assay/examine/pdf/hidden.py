"""`pdf.hidden`: text that the file holds and the page does not show.

It weighs nothing for or against the document: many innocent files hold some. It matters before publishing, because
what is hidden is copied with the page. Method: the page is drawn with its text and without; a word is hidden where
that makes no difference. Labels that redaction programs print on their boxes are told apart. Limits: fewer than four
letters together (three under a dark field) and the invisible text layer of a scan are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from assay.examine.pdf.labels import labels_of
from assay.examine.pdf.layers import is_scan, without_text
from assay.examine.pdf.place import spans_at
from assay.examine.pdf.states import (
    INK,
    StateRefused,
    Word,
    letters_of,
    opened,
    overlap,
    page_of,
    picture_of,
    pixels,
    words_of,
)  # fmt: skip
from assay.examine.question import Question, quoted
from assay.model import Box, Direction, Reading, Record, Span, Weight
from assay.work.part import Examination

LEAST_LETTERS = 4
LEAST_UNDER = 3
"""So many letters together count; under a dark field, where an amount or a name may stand, fewer do."""
FLAT = 24
"""Letters that change the drawn page by fewer grey levels than this are not seen."""
LONGEST = 1100
DARK = "under a dark field"
LABEL = "a label on a dark field, in its colour"
MOST_PAGES = 5_000

_LIMITS = (
    "Text drawn very faintly may be called hidden; hidden pictures and attachments are not looked for. It is a neutral "
    "fact about the file, and a reason not to publish the page as it is."
)
_QUESTION = Question(
    part="pdf.hidden",
    version="2",
    proposition="The file holds words that the page does not show.",
    alternative="All words that the file holds are seen on the page.",
    expected="Every word of the text layer is seen on the drawn page.",
    innocent=("text cut off at the edge of a field or page", "spacer text or the remains of a template",
              "a redaction that covers the words without removing them"),
    limits=_LIMITS,
    heaviest=Weight.NEUTRAL,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hidden:
    """Hidden words in a row on one page, and why they are not seen."""

    page: int
    words: tuple[Word, ...]
    why: str

    @property
    def text(self) -> str:
        """The words as text."""
        return " ".join(w.text for w in self.words)


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Compare the text layer of each page with the drawn page."""
    digest = reading.exhibit.digest
    every: list[Hidden] = []
    try:
        with opened(data) as document:
            pages = len(document)
            for index in range(min(pages, MOST_PAGES)):
                with page_of(document, index) as page:
                    every += hidden_on(page, index + 1)
    except StateRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be opened for this examination: {error}.")
        return
    if pages > MOST_PAGES:
        yield _QUESTION.not_examined(digest, f"The first {MOST_PAGES} of {pages} pages were examined.")
    runs = [run for run in every if run.why != LABEL]
    labels = [run for run in every if run.why == LABEL]
    aside = f" Left out: {len(labels)} label(s) on dark boxes, as {quoted(labels[0].text, 40)}." if labels else ""
    if not runs:
        yield _QUESTION.nothing(
            digest, f"On {min(pages, MOST_PAGES)} pages every word of the text layer is seen.{aside}",
            direction=Direction.NEITHER,
        )  # fmt: skip
        return
    spans: list[Span] = []
    for run in runs[:20]:
        spans += spans_at(reading, run.page, tuple(w.box for w in run.words))
    said = "; ".join(f"page {r.page}, {r.why}: {quoted(r.text, 60)}" for r in runs[:5])
    yield _QUESTION.finding(
        digest, f"{len(runs)} run(s) of hidden words. {said}. To be cleared before the page is published.{aside}",
        spans, Weight.NEUTRAL, "hidden text", direction=Direction.NEITHER,
    )  # fmt: skip


def hidden_on(page: Any, number: int) -> Iterator[Hidden]:
    """Yield the runs of hidden words of one pdfium page; of a word that is covered in part, the covered letters."""
    words = words_of(page)
    if not words:
        return
    views = _Views(page)
    run: list[Word] = []
    before = ""
    pieces = [piece for word in words for piece in views.parts(word)]
    for piece, why in [*pieces, (None, "end")]:
        if why == before and piece is not None and why:
            run.append(piece)
            continue
        least = LEAST_UNDER if before in (DARK, LABEL) else LEAST_LETTERS
        if before and sum(c.isalnum() for w in run for c in w.text) >= least and _drawn(page, run[0]):
            yield Hidden(number, tuple(run), before)
        run, before = ([piece] if piece is not None else []), why


class _Views:
    """A page as drawn, and without its text: a word is seen where the two differ."""

    def __init__(self, page: Any) -> None:
        import numpy as np

        self.page = page
        self._labels: tuple[Box, ...] | None = None
        self.shown = picture_of(page, annotations=True, longest=LONGEST)
        with without_text(page) as any_text:
            bare = picture_of(page, annotations=True, longest=LONGEST) if any_text else self.shown
        self.gap = np.abs(self.shown.astype(np.int16) - bare.astype(np.int16))

    def parts(self, word: Word) -> Iterator[tuple[Word, str]]:
        """Yield a word with why it is not seen (empty when it is), in pieces when a cover ends inside it."""
        why = self.why(word.text, word.box)
        if why or len(word.text) < LEAST_UNDER or not self.partly(word.box):
            yield word, why
            return
        boxes = letters_of(self.page, word)
        letters = [(c, box, self.why(c, _core(box, 0.3))) for c, box in zip(word.text, boxes, strict=True)]
        for same, group in groupby(letters, key=lambda letter: letter[2]):
            held = list(group)
            box = Box(
                min(b.x0 for _, b, _ in held), min(b.y0 for _, b, _ in held),
                max(b.x1 for _, b, _ in held), max(b.y1 for _, b, _ in held),
            )  # fmt: skip
            yield Word("".join(c for c, _, _ in held), box, word.at), same

    def why(self, text: str, box: Box) -> str:
        """Return why a word or letter is not seen, empty when it is (or is none)."""
        if not any(c.isalnum() for c in text):
            return ""
        if box.x1 <= box.x0 or box.y1 <= box.y0:
            return "off the page"
        here = pixels(self.shown.shape, _core(box) if len(text) > 1 else box)
        if int(self.gap[here].max()) >= FLAT:
            return ""
        if int(self.shown[here].mean()) >= INK:
            return "covered or in the colour of the paper"
        return LABEL if self.labelled(box) else DARK

    def labelled(self, box: Box) -> bool:
        """Whether a redaction program's own label stands there."""
        if self._labels is None:
            self._labels = labels_of(self.page)
        return any(overlap(box, label) >= 0.8 for label in self._labels)

    def partly(self, box: Box) -> bool:
        """Whether a dark cover, wider than letters are, lies over a part of a word."""
        rows, columns = pixels(self.shown.shape, _core(box))
        unseen = (self.gap[rows, columns].max(axis=0) < FLAT) & (self.shown[rows, columns].mean(axis=0) < INK)
        return bool(unseen.sum() >= rows.stop - rows.start)


def _core(box: Box, aside: float = 0.1) -> Box:
    """Return the middle of a word's box: visible letters vary there, and a tight cover reaches that far."""
    dx, dy = aside * (box.x1 - box.x0), 0.2 * (box.y1 - box.y0)
    return Box(box.x0 + dx, box.y0 + dy, box.x1 - dx, box.y1 - dy)


def _drawn(page: Any, word: Word) -> bool:
    """Whether the word is meant to be drawn: the invisible text layer of a scan is not."""
    import pypdfium2.raw as raw

    text_page = page.get_textpage()
    try:
        handle = raw.FPDFText_GetTextObject(text_page, word.at)
        invisible = bool(handle) and raw.FPDFTextObj_GetTextRenderMode(handle) in (3, 7)
    finally:
        text_page.close()
    return not (invisible and is_scan(page))


HIDDEN = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Finds words that a PDF holds and its pages do not show, so that none is published unseen.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=("application/pdf",),
    examine=examine,
)
