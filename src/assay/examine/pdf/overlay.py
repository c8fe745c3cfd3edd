"""`pdf.overlay`: visible text, or a patch, laid over the picture of a scanned page.

A scan carries its words as a picture and, at most, an invisible text layer. What is drawn visibly over that picture
came later. Each such object is switched off and the page drawn again: only what changes the picture counts, and
what hid ink is told from what stands on blank paper. Method: own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from assay.examine.pdf.annotations import covering
from assay.examine.pdf.layers import Drawn, Layers, layers
from assay.examine.pdf.marks import in_margin, is_number, is_signature_block, is_stamp
from assay.examine.pdf.place import spans_at
from assay.examine.pdf.states import INK, StateRefused, opened, page_of, picture_of, pixels
from assay.examine.question import Question, quoted
from assay.model import Box, Direction, Finding, Reading, Record, Span, Weight
from assay.work.part import Examination

MOST_PAGES = 5_000
HIDDEN_SHARE = 0.25
HIDDEN_PIXELS = 30
"""A patch hides ink when at least this share of the ink under it, and this many pixels, are no longer seen."""
PAGE_OF_TEXT = 500
"""More visible characters than this over one picture: a page set on a background, not a scan that was added to."""
REPEATED = 3
"""A mark at one place of so many pages, or of all scans, is a running mark."""
_VISIBLE = 40

_LIMITS = (
    "Seen is what the file still draws as separate objects over the scan. A change inside the picture itself, or one "
    "that was printed and scanned again, leaves nothing for this examination."
)
_QUESTION = Question(
    part="pdf.overlay",
    version="1",
    proposition="Something was laid over the scanned page to change what it says.",
    alternative="What lies over the scan was put there in the ordinary handling of the document.",
    expected="A scan with nothing over it but an invisible text layer.",
    innocent=("a registration or copy stamp, a Bates number, an electronic signature's visible mark",),
    limits=_LIMITS,
)


class Kind(StrEnum):
    """What lies over a scan, as far as it can be told."""

    REPLACEMENT = "replacement"
    WHITED = "whited"
    NOTED = "noted"
    COVERED = "covered"
    TEXT = "text"
    PICTURE = "picture"
    SIGNATURE = "signature"
    STAMP = "stamp"
    MARGIN = "margin"
    RUNNING = "running"
    BLACKED = "blacked"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class _Verdict:
    weight: Weight
    direction: Direction
    words: str


VERDICTS: dict[Kind, _Verdict] = {
    Kind.REPLACEMENT: _Verdict(
        Weight.MODERATE, Direction.AGAINST, "a patch hides ink of the scan, and something else stands in its place"
    ),
    Kind.WHITED: _Verdict(Weight.MODERATE, Direction.AGAINST, "a patch in the colour of paper hides ink of the scan"),
    Kind.NOTED: _Verdict(
        Weight.MODERATE, Direction.AGAINST, "an annotation hides ink of the scan and shows words in its place"
    ),
    Kind.COVERED: _Verdict(
        Weight.LIMITED, Direction.NEITHER, "an annotation hides ink of the scan; it can be moved aside in a viewer"
    ),
    Kind.TEXT: _Verdict(Weight.MODERATE, Direction.AGAINST, "visible text is laid over the scan, inside the page"),
    Kind.PICTURE: _Verdict(Weight.LIMITED, Direction.NEITHER, "a picture is laid over the scan and hides no ink"),
    Kind.SIGNATURE: _Verdict(Weight.LIMITED, Direction.NEITHER, "an electronic signature's mark is laid over the scan"),
    Kind.STAMP: _Verdict(Weight.LIMITED, Direction.NEITHER, "a registration or copy mark is laid over the scan"),
    Kind.MARGIN: _Verdict(Weight.LIMITED, Direction.NEITHER, "text is laid over the scan's margin"),
    Kind.RUNNING: _Verdict(Weight.NEUTRAL, Direction.NEITHER, "a running mark or number stands over the scans"),
    Kind.BLACKED: _Verdict(Weight.NEUTRAL, Direction.NEITHER, "a dark field blots out a part of the scan"),
    Kind.BACKGROUND: _Verdict(
        Weight.NEUTRAL, Direction.NEITHER, "the page is set as text on a full-page picture, it is not a plain scan"
    ),
}
"""What each kind weighs; moderate at most."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Objects over a scan that touch each other, on page `page` (from 1)."""

    page: int
    kind: Kind
    box: Box
    text: str
    hidden: float


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Look at each page of one PDF for what was laid over its scan."""
    digest = reading.exhibit.digest
    try:
        scans, patches, pages = _patches(data)
    except StateRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be opened for this examination: {error}.")
        return
    if pages > MOST_PAGES:
        yield _QUESTION.not_examined(
            digest, f"The first {MOST_PAGES} of {pages} pages were examined; the others were not."
        )
    if not scans:
        yield _QUESTION.not_applicable(digest, f"None of the {pages} pages is the picture of a whole page.")
        return
    findings = list(_findings(reading, _running(patches, scans)))
    yield from findings
    if not any(f.direction is Direction.AGAINST for f in findings) and pages <= MOST_PAGES:
        yield _QUESTION.nothing(
            digest, f"{scans} of {pages} pages are scans; nothing that hides or changes their words lies over them."
        )


def _patches(data: bytes) -> tuple[int, list[Patch], int]:
    scans = 0
    found: list[Patch] = []
    with opened(data) as document:
        for index in range(min(len(document), MOST_PAGES)):
            with page_of(document, index) as page:
                drawn = layers(page)
                if drawn:
                    scans += 1
                    found += _judge(page, index + 1, drawn)
                    found += _noted(page, index + 1)
        return scans, found, len(document)


def _judge(page: Any, number: int, drawn: Layers) -> Iterator[Patch]:
    if not drawn.over:
        return
    text = " ".join(item.text for item in drawn.over if item.kind == "text")
    if len("".join(text.split())) > PAGE_OF_TEXT:
        yield Patch(number, Kind.BACKGROUND, Box(0, 0, 1, 1), text[:200], 0.0)
        return
    shown = picture_of(page)
    bare = _without(page, drawn.over)
    patched = _without(page, tuple(item for item in drawn.over if item.kind == "text"))
    for cluster in _clusters(list(drawn.over)):
        box = _around([item.box for item in cluster])
        rows, columns = pixels(shown.shape, box)
        top, under = shown[rows, columns], bare[rows, columns]
        if not _seen(top, under):
            continue
        words = " ".join(item.text for item in cluster if item.kind == "text").strip()
        share = max((_hidden(patched, bare, item.box) for item in cluster if item.kind != "text"), default=0.0)
        yield Patch(number, _kind(cluster, words, share, box), box, words, share)


def _noted(page: Any, number: int) -> Iterator[Patch]:
    """Yield annotations that hide ink of the scan: they lie over it as a patch does, and can be moved aside."""
    notes = covering(page)
    if not notes:
        return
    bare, shown = picture_of(page), picture_of(page, annotations=True)
    for note in notes:
        share = _hidden(shown, bare, note.box)
        if share >= HIDDEN_SHARE and not is_signature_block(note.words):
            rows, columns = pixels(shown.shape, note.box)
            written = bool(note.words.strip()) and int(shown[rows, columns].min()) < INK
            yield Patch(number, Kind.NOTED if written else Kind.COVERED, note.box, note.words, share)


def _kind(cluster: list[Drawn], words: str, share: float, box: Box) -> Kind:
    fills = [item for item in cluster if item.kind == "fill"]
    bare = share >= HIDDEN_SHARE and not any(c.isalpha() for c in words)
    if words and in_margin(box) and (is_number(words) or is_stamp(words)) and not bare:
        return Kind.RUNNING
    if words and in_margin(box) and share < HIDDEN_SHARE:
        return Kind.MARGIN
    if words and is_signature_block(words):
        return Kind.SIGNATURE
    if share >= HIDDEN_SHARE:
        if words or any(item.kind == "picture" for item in cluster):
            return Kind.REPLACEMENT
        return Kind.WHITED
    if words:
        return Kind.STAMP if is_stamp(words) else Kind.TEXT
    if fills and all(item.shade < INK for item in fills) and len(fills) == len(cluster):
        return Kind.BLACKED
    return Kind.PICTURE


def _without(page: Any, over: tuple[Drawn, ...]) -> Any:
    """Return the page drawn without what lies over the scan."""
    import pypdfium2.raw as raw

    for item in over:
        raw.FPDFPageObj_SetIsActive(item.handle, False)
    try:
        return picture_of(page)
    finally:
        for item in over:
            raw.FPDFPageObj_SetIsActive(item.handle, True)


def _seen(top: Any, under: Any) -> bool:
    import numpy as np

    return int((np.abs(top.astype(np.int16) - under.astype(np.int16)) > _VISIBLE).sum()) >= 6


def _hidden(shown: Any, bare: Any, box: Box) -> float:
    """Return the share of ink under `box` that is no longer seen; rules and frames do not count as ink."""
    import numpy as np

    rows, columns = pixels(shown.shape, box)
    top, under = shown[rows, columns].astype(np.int16), bare[rows, columns].astype(np.int16)
    paper = int(np.percentile(under, 90))
    ink = under < min(INK, paper - 60)
    if ink.size:
        ink &= ~(ink.mean(axis=1) > 0.7)[:, None]
        ink &= ~(ink.mean(axis=0) > 0.7)[None, :]
    count = int(ink.sum())
    if count < HIDDEN_PIXELS:
        return 0.0
    lost = ink & (top - under > _VISIBLE)
    return int(lost.sum()) / count


def _clusters(items: list[Drawn]) -> list[list[Drawn]]:
    """Group objects that touch, within a third of a line's height."""
    groups: list[tuple[Box, list[Drawn]]] = []
    for item in items:
        box, members = item.box, [item]
        rest: list[tuple[Box, list[Drawn]]] = []
        for other, its in groups:
            if _near(box, other):
                box, members = _around([box, other]), its + members
            else:
                rest.append((other, its))
        groups = [*rest, (box, members)]
    return [members for _, members in groups]


def _near(one: Box, two: Box, gap: float = 0.006) -> bool:
    return one.x0 - gap <= two.x1 and two.x0 - gap <= one.x1 and one.y0 - gap <= two.y1 and two.y0 - gap <= one.y1


def _around(boxes: list[Box]) -> Box:
    return Box(min(b.x0 for b in boxes), min(b.y0 for b in boxes), max(b.x1 for b in boxes), max(b.y1 for b in boxes))


def _running(patches: list[Patch], scans: int) -> list[Patch]:
    """Turn marks that stand at one place of several pages, hiding nothing, into running marks."""
    places: dict[tuple[int, int], set[int]] = {}
    for patch in patches:
        places.setdefault(_place(patch), set()).add(patch.page)
    least = min(REPEATED, max(2, scans))
    light = (Kind.TEXT, Kind.MARGIN, Kind.STAMP, Kind.SIGNATURE, Kind.PICTURE)
    turned = []
    for patch in patches:
        bears = patch.kind in light or (patch.kind is Kind.REPLACEMENT and in_margin(patch.box))
        count = len(places[_place(patch)])
        if bears and count >= least and 2 * count >= scans:
            patch = replace(patch, kind=Kind.RUNNING)
        turned.append(patch)
    return turned


def _place(patch: Patch) -> tuple[int, int]:
    return round(patch.box.x0 * 40), round(patch.box.y0 * 40)


def _findings(reading: Reading, patches: list[Patch]) -> Iterator[Finding]:
    for kind, verdict in VERDICTS.items():
        mine = [p for p in patches if p.kind is kind]
        pages = sorted({p.page for p in mine})
        if verdict.direction is Direction.AGAINST:
            for page in pages:
                here = [p for p in mine if p.page == page]
                yield _say(reading, verdict, here, f"Page {page}", f"edit of page {page}")
        elif mine:
            yield _say(
                reading, verdict, mine, f"On {len(pages)} page(s), first on page {pages[0]}", f"{kind} over scan"
            )


def _say(reading: Reading, verdict: _Verdict, patches: list[Patch], where: str, group: str) -> Finding:
    parts = [f"{where}: {verdict.words}."]
    words = [p.text for p in patches if p.text]
    if words:
        parts.append(f"Laid over: {'; '.join(quoted(w, 80) for w in words[:5])}.")
    hidden = max(p.hidden for p in patches)
    if hidden >= HIDDEN_SHARE:
        parts.append(f"It hides {hidden:.0%} of the ink under it.")
    spans: list[Span] = []
    for patch in patches[:20]:
        spans += spans_at(reading, patch.page, (patch.box,))
    return _QUESTION.finding(
        reading.exhibit.digest, " ".join(parts), spans, verdict.weight, group, direction=verdict.direction
    )


OVERLAY = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Finds visible text and patches that lie over the picture of a scanned page.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=("application/pdf",),
    examine=examine,
)
