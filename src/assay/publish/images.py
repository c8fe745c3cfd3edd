"""Pictures of pages: drawn in workers when somebody asks for them, kept as blobs by what they show, drawn once.

Purpose: the edition's evidence, searchable copies, and whoever looks at a page. Limits: pages of PDF files and
pictures, and the leaves of documents that LibreOffice lays out; `MOST_DPI` dots per inch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assay.model import Exhibit, Image, Page, PageState, Problem, Rendition
from assay.publish.edition import Edition, Note
from assay.read.office_pages import SUFFIXES
from assay.read.stage import warm
from assay.store.store import Store
from assay.store.task import Outcome, Task
from assay.work.pieces import handing, inputs_of
from assay.work.stage import Bench, Settings, Stage, whole

NAME, VERSION, DPI = "page_image", "1", 110
VIEW = "page_view."
STEP = "publish"
MOST_DPI = 600
PICTURED = frozenset({"page", "image"})
"""Kinds of page that have a picture of their own; the others have one when they are laid out."""
LAID_OUT = frozenset({"text", "slide"})
"""Kinds of page that an edition shows as they were laid out for it."""
FORMS = {"webp": "image/webp", "jpeg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture that somebody asks for: a page of an exhibit, or a leaf of the PDF that a document was laid out as.

    `view` names another way to look at it (`views`); then `dpi` is 0.
    """

    exhibit: str
    page: int
    dpi: int = DPI
    form: str = "webp"
    view: str = ""

    @property
    def part(self) -> str:
        """What the picture is, in the words of its record."""
        return f"{VIEW}{self.view}" if self.view else NAME


def stages() -> tuple[Stage, ...]:
    """Return the stages of this room: nothing is planned, the tasks are made when pictures are asked for."""
    handed = handing(Exhibit, Page)
    return (Stage(STEP, lambda *_: (), _draw, _give_up, whole, unit="pictures", hands=handed, warm=warm),)


def tasks(store: Store, wanted: Iterable[Wanted], settings: Settings) -> Iterator[Task]:
    """Yield the tasks for those pictures that are not there yet."""
    have = {(i.exhibit, i.page, i.dpi, i.media_type, i.part) for i in store.all(Image)}
    for one in sorted(set(wanted), key=lambda w: (w.exhibit, w.page, w.dpi, w.form, w.view)):
        if (one.exhibit, one.page, one.dpi, FORMS[one.form], one.part) in have:
            continue
        subject = f"{one.exhibit}/{one.page}/{one.dpi}/{one.form}" + (f"/{one.view}" if one.view else "")
        inputs = inputs_of(subject)
        again = inputs_of(inputs, *settings.read.passwords) if settings.read.passwords else inputs
        yield Task(STEP, subject, (f"{one.part}@{VERSION}",), one.page, one.page, inputs=inputs, generation=again)


def cited(edition: Edition, store: Store) -> Iterator[Wanted]:
    """Yield the pictures of an edition: each page that it cites and the first page of each document."""
    notes: dict[tuple[str, int], list[Note]] = {}
    for note in edition.notes():
        notes.setdefault((note.exhibit, note.page), []).append(note)
    laid = layouts(store)
    for exhibit in store.all(Exhibit):
        for page in store.of(Page, exhibit.digest):
            here = notes.get((exhibit.digest, page.number), [])
            if page.state is not PageState.READ or not (here or page.number == 1):
                continue
            if page.kind in PICTURED:
                yield Wanted(exhibit.digest, page.number)
            elif (exhibit.digest, page.number) in laid:
                layout = laid[exhibit.digest, page.number]
                spans = [(span.start, span.end) for note in here for span in note.spans]
                for leaf in leaves_of(layout, spans):
                    yield Wanted(layout.document, leaf)


def every_page(store: Store, dpi: int) -> Iterator[Wanted]:
    """Yield a JPEG of every page that has a picture of its own, for copies of whole exhibits."""
    for page in store.pages():
        if page.kind in PICTURED and page.state is PageState.READ and page.width > 0:
            yield Wanted(page.exhibit, page.number, dpi, "jpeg")


def leaves_of(laid: Rendition, spans: list[tuple[int, int]]) -> tuple[int, ...]:
    """Return the leaves on which places of a page stand; the one on which the page begins when there are none."""
    found = {leaf for start, end in spans if end > start for leaf, _ in laid.places(start, end)}
    return tuple(sorted(found)) or laid.leaf[:1]


def layouts(store: Store) -> dict[tuple[str, int], Rendition]:
    """Return the layout of each page that an edition shows laid out: texts and slides.

    A sheet is shown as the grid that it is: on paper its columns are torn apart.
    """
    shown = {(p.exhibit, p.number) for p in store.pages() if p.kind in LAID_OUT}
    found = {(r.exhibit, r.page): r for r in store.all(Rendition)}
    return {place: laid for place, laid in found.items() if place in shown}


def to_lay_out(edition: Edition, store: Store) -> list[str]:
    """Return the exhibits that an edition shows and that have to be laid out first."""
    cited = {n.exhibit for n in edition.notes()}
    shown = {p.exhibit for p in store.pages() if p.kind in LAID_OUT and (p.exhibit in cited or p.number == 1)}
    return [e.digest for e in store.all(Exhibit) if e.digest in shown and e.media_type in SUFFIXES]


def _draw(task: Task, bench: Bench) -> Outcome:
    from io import BytesIO

    from PIL import Image as Picture

    from assay.publish.views import drawn
    from assay.read.render import render

    digest, number, dpi, form, *view = task.subject.split("/")
    exhibit = next(bench.trove.of(Exhibit, digest), None)
    data, passwords = bench.trove.blob(digest), bench.settings.read.passwords
    if exhibit is None:  # what a document was laid out as is no exhibit
        png = render(data, "application/pdf", int(number), int(dpi))
    elif view:
        seen = drawn(view[0], data, exhibit.media_type, int(number), passwords)
        if seen is None:
            return Outcome(())
        png = seen
    else:
        page = next(p for p in bench.trove.of(Page, digest) if p.number == task.first)
        png = render(data, exhibit.media_type, int(number), int(dpi), page.rotation, passwords)
    with Picture.open(BytesIO(png)) as picture:
        flat = picture.convert("RGB")
        out = BytesIO()
        if form == "webp":
            flat.save(out, "WEBP", quality=72, method=4)
        elif form == "jpeg":
            flat.save(out, "JPEG", quality=80, optimize=True)
        width, height = flat.size
    blob = bench.keep(out.getvalue() or png)
    part = f"{VIEW}{view[0]}" if view else NAME
    made = Image(digest, task.first, int(dpi), blob, FORMS[form], width, height, part, VERSION)
    return Outcome((made,), blobs=(blob,))


def _give_up(task: Task, category: str, message: str, store: Store) -> Outcome:
    digest = task.subject.partition("/")[0]
    return Outcome((Problem("publish", digest, task.first, category, message, NAME, VERSION),))
