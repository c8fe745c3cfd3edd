"""Office documents as leaves: laid out by LibreOffice behind walls of its own, with the reader's words found again.

Purpose: a quote from a letter in DOCX or a sheet in XLSX can be shown as a person would see it, with the place marked.
Done when somebody asks for a document's picture, never in a run: it costs seconds a document.
Limits: LibreOffice lays out with the fonts that are here, so that leaves may break elsewhere than they did for their
author. A word that is not found again has no place, and says so by having none; nothing is guessed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from assay.model import Exhibit, Page, PageState, Problem, Record, Rendition, Words
from assay.read.align import Token, stretches, tokens
from assay.read.layout_page import Seen, compose
from assay.store.store import Store
from assay.store.task import Outcome, Task
from assay.work.outside import OFFICE_TO_PDF, OutsideFailed, convert, found
from assay.work.pieces import handing, inputs_of
from assay.work.stage import Bench, Stage, whole

NAME, VERSION = "office_pages", "2"
STEP = "layout"
MOST_LEAVES = 2_000
MOST_TOKENS = 200_000
_W, _M = "application/vnd.openxmlformats-officedocument.", "application/vnd.ms-"
_O = "application/vnd.oasis.opendocument."
SUFFIXES: dict[str, str] = {
    f"{_W}wordprocessingml.document": "docx", f"{_M}word.document.macroEnabled.12": "docm",
    f"{_W}spreadsheetml.sheet": "xlsx", f"{_M}excel.sheet.macroEnabled.12": "xlsm",
    f"{_W}presentationml.presentation": "pptx", f"{_M}powerpoint.presentation.macroEnabled.12": "pptm",
    f"{_O}text": "odt", f"{_O}spreadsheet": "ods", f"{_O}presentation": "odp", "application/rtf": "rtf",
    "application/msword": "doc", "application/vnd.ms-excel": "xls", "application/vnd.ms-powerpoint": "ppt",
    f"{_M}excel.sheet.binary.macroEnabled.12": "xlsb",
}  # fmt: skip
"""Types that are laid out, and the ending by which LibreOffice is told what it gets."""


def stages() -> tuple[Stage, ...]:
    """Return the stages of this room: nothing is planned, the tasks are made when a document is asked for."""
    return (
        Stage(STEP, lambda *_: (), _work, _give_up, whole, unit="documents", apart=True, hands=handing(Exhibit, Page)),
    )


def can(media_type: str) -> bool:
    """Tell whether a document of that type can be laid out on this machine."""
    return media_type in SUFFIXES and found(OFFICE_TO_PDF) is not None


def task(store: Store, exhibit: str) -> Task:
    """Return the task that lays an exhibit out; another one when its text has changed since."""
    inputs = inputs_of(exhibit, store.digest_of_records((Page,), exhibit), f"{NAME}@{VERSION}")
    return Task(STEP, exhibit, (f"{NAME}@{VERSION}",), inputs=inputs, generation=inputs)


def _give_up(task: Task, category: str, message: str, store: Store) -> Outcome:
    return _problem(task, category, message)


def _problem(task: Task, category: str, message: str) -> Outcome:
    return Outcome((Problem("publish", task.subject, 0, category, message, NAME, VERSION),))


def _work(task: Task, bench: Bench) -> Outcome:
    exhibit = next(bench.trove.of(Exhibit, task.subject))
    pages = [p for p in bench.trove.of(Page, task.subject) if p.state is PageState.READ]
    try:
        made = convert(OFFICE_TO_PDF, bench.trove.blob(task.subject), SUFFIXES[exhibit.media_type])
    except OutsideFailed as failed:
        return _problem(task, failed.category, failed.message)
    document, engine = _still(made)
    leaves = _leaves(document)
    if len(leaves) > MOST_LEAVES or sum(len(leaf.said) for leaf in leaves) > MOST_TOKENS:
        return _problem(task, "limit", f"it has {len(leaves)} leaves: too many to be shown")
    blob = bench.keep(document)
    return Outcome(tuple(_records(exhibit.digest, pages, leaves, blob, engine)), blobs=(blob,))


def _still(made: bytes) -> tuple[bytes, str]:
    """Return the PDF without what differs from one conversion to the next (times, names), and the program's name."""
    import pikepdf

    with pikepdf.open(io.BytesIO(made)) as pdf:
        engine = str(pdf.docinfo.get("/Producer", "LibreOffice"))[:80]
        for name in ("/Metadata", "/Names", "/AcroForm", "/OpenAction"):
            if name in pdf.Root:
                del pdf.Root[name]
        for name in ("/Info", "/DocChecksum", "/ID"):
            if name in pdf.trailer:
                del pdf.trailer[name]
        for page in pdf.pages:
            if "/Annots" in page:
                del page["/Annots"]
        out = io.BytesIO()
        pdf.remove_unreferenced_resources()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue(), engine


class _Leaf:
    """One leaf: its words in reading order, and where each stands."""

    def __init__(self, text: str, words: Words) -> None:
        self.said: list[Token] = tokens(text)
        self.words = words

    def box(self, token: Token) -> tuple[int, int, int, int] | None:
        """Return the box of a word; of one that is divided over two lines, that of its first part."""
        boxes = self.words.boxes(token.start, token.end)
        if not boxes:
            return None
        b = boxes[0]
        return round(b.x0 * 65535), round(b.y0 * 65535), round(b.x1 * 65535), round(b.y1 * 65535)


def _leaves(document: bytes) -> list[_Leaf]:
    from assay.read.pdf_open import opened

    leaves = []
    with opened(document) as pdf:
        for number in range(min(len(pdf.document), MOST_LEAVES + 1)):
            page = pdf.document[number]
            try:
                leaves.append(_leaf(page))
            finally:
                page.close()
    return leaves


def _leaf(page: Any) -> _Leaf:
    from assay.read.pdf_objects import drawn_on
    from assay.read.pdf_open import frame_of
    from assay.read.pdf_text import glyphs_of, segments_of

    frame = frame_of(page)
    segments, _ = segments_of(glyphs_of(page), frame)
    composed, _ = compose(
        Seen(frame.width, frame.height, frame.turn, "text_layer", "", segments, drawn_on(page, frame).rules)
    )
    return _Leaf(composed.text, composed.words)


Word = tuple[int, Token]
"""A word and the index of the page, or of the leaf, that it stands on."""


def _records(exhibit: str, pages: list[Page], leaves: list[_Leaf], document: str, engine: str) -> Iterator[Record]:
    """Yield one rendition a page: its words found again on the leaves."""
    read: list[Word] = [(n, token) for n, page in enumerate(pages) for token in tokens(page.text)]
    laid: list[Word] = [(n, token) for n, leaf in enumerate(leaves) for token in leaf.said]
    pairs = matched([t.text for _, t in read], [t.text for _, t in laid])
    for n, page in enumerate(pages):
        own = [i for i, (k, _) in enumerate(read) if k == n]
        rows = []
        for i in own:
            if i not in pairs:
                continue
            leaf, token = laid[pairs[i]]
            box = leaves[leaf].box(token)
            if box is not None:
                rows.append((read[i][1].start, read[i][1].end, *box, 100, leaf + 1))
        columns = [tuple(column) for column in zip(*rows, strict=True)] if rows else [()] * 8
        yield Rendition(
            exhibit, page.number, document, engine, len(leaves), len(own) - len(rows), NAME, VERSION,
            Words(*columns[:7]), columns[7],
        )  # fmt: skip


def matched(read: list[str], laid: list[str]) -> dict[int, int]:
    """Return which word of one sequence is which of the other.

    First what follows each other in the same order; then, among the rest, runs of at least two words that stand
    elsewhere (a footer, a text box, a note), and single long words that only one place is left for.
    """
    pairs: dict[int, int] = {}
    for piece in stretches(read, laid):
        if piece.same:
            pairs.update(zip(range(piece.a, piece.b), range(piece.c, piece.d), strict=True))
    taken = set(pairs.values())
    where: dict[str, list[int]] = {}
    for j, text in enumerate(laid):
        if j not in taken:
            where.setdefault(text, []).append(j)
    i = 0
    while i < len(read):
        if i in pairs:
            i += 1
            continue
        best, length = -1, 0
        places = [j for j in where.get(read[i], ()) if j not in taken][:50]
        for j in places:
            k = 0
            while (
                i + k < len(read) and i + k not in pairs and j + k < len(laid) and j + k not in taken
                and read[i + k] == laid[j + k]
            ):  # fmt: skip
                k += 1
            if k > length:
                best, length = j, k
        if length >= 2 or (length == 1 and len(places) == 1 and len(read[i]) >= 4):
            for k in range(length):
                pairs[i + k] = best + k
                taken.add(best + k)
        i += max(1, length)
    return pairs
