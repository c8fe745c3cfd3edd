"""`pdf.hidden`: text that the file holds and the page does not show.

It weighs nothing for or against the document: many innocent files hold some. It matters before publishing, because
what is hidden is copied with the page. Method: a word is hidden when the drawn page is of one shade where it stands.
Limits: words shorter than four letters together, and the invisible text layer of a scan, are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from assay.examine.pdf.layers import is_scan
from assay.examine.pdf.place import spans_at
from assay.examine.pdf.states import INK, StateRefused, Word, opened, page_of, picture_of, pixels, words_of
from assay.examine.question import Question, quoted
from assay.model import Box, Direction, Reading, Record, Span, Weight
from assay.work.part import Examination

LEAST_LETTERS = 4
FLAT = 24
"""A field whose grey levels differ by less than this shows nothing."""
MOST_PAGES = 5_000

_LIMITS = (
    "Text drawn very faintly may be called hidden; hidden pictures and attachments are not looked for. It is a neutral "
    "fact about the file, and a reason not to publish the page as it is."
)
_QUESTION = Question(
    part="pdf.hidden",
    version="1",
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
    runs: list[Hidden] = []
    try:
        with opened(data) as document:
            pages = len(document)
            for index in range(min(pages, MOST_PAGES)):
                with page_of(document, index) as page:
                    runs += hidden_on(page, index + 1)
    except StateRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be opened for this examination: {error}.")
        return
    if pages > MOST_PAGES:
        yield _QUESTION.not_examined(digest, f"The first {MOST_PAGES} of {pages} pages were examined.")
    if not runs:
        yield _QUESTION.nothing(
            digest, f"On {min(pages, MOST_PAGES)} pages every word of the text layer is seen.",
            direction=Direction.NEITHER,
        )  # fmt: skip
        return
    spans: list[Span] = []
    for run in runs[:20]:
        spans += spans_at(reading, run.page, tuple(w.box for w in run.words))
    said = "; ".join(f"page {r.page}, {r.why}: {quoted(r.text, 60)}" for r in runs[:5])
    yield _QUESTION.finding(
        digest, f"{len(runs)} run(s) of hidden words. {said}. To be cleared before the page is published.", spans,
        Weight.NEUTRAL, "hidden text", direction=Direction.NEITHER,
    )  # fmt: skip


def hidden_on(page: Any, number: int) -> Iterator[Hidden]:
    """Yield the runs of hidden words of one pdfium page."""
    words = words_of(page)
    if not words:
        return
    picture = picture_of(page, annotations=True, longest=1100)
    reasons = [_why(picture, word) for word in words]
    run: list[Word] = []
    before = ""
    for word, why in [*zip(words, reasons, strict=True), (None, "end")]:
        if why == before and word is not None and why:
            run.append(word)
            continue
        if before and sum(c.isalnum() for w in run for c in w.text) >= LEAST_LETTERS and _drawn(page, run[0]):
            yield Hidden(number, tuple(run), before)
        run, before = ([word] if word is not None else []), why


def _why(picture: Any, word: Word) -> str:
    """Return why a word is not seen, empty when it is (or has no letters)."""
    if not any(c.isalnum() for c in word.text):
        return ""
    box = word.box
    if box.x1 <= box.x0 or box.y1 <= box.y0:
        return "off the page"
    part = picture[pixels(picture.shape, _core(box) if len(word.text) > 1 else box)]
    if int(part.max()) - int(part.min()) >= FLAT:
        return ""
    return "under a dark field" if int(part.mean()) < INK else "covered or in the colour of the paper"


def _core(box: Box) -> Box:
    """Return the middle of a word's box: visible letters vary there, and a tight cover reaches that far."""
    dx, dy = 0.1 * (box.x1 - box.x0), 0.2 * (box.y1 - box.y0)
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
