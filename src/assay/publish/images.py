"""Pictures of the pages that an edition cites: made in workers, kept as blobs, made once."""

from __future__ import annotations

from collections.abc import Iterator

from assay.model import Exhibit, Image, Page, PageState, Problem
from assay.store.store import Store
from assay.store.task import Outcome, Task
from assay.work.pieces import handing
from assay.work.stage import Bench, Settings, Stage, whole

NAME, VERSION, DPI = "page_image", "1", 110
PICTURED = frozenset({"page", "image"})
"""Kinds of page that have a picture; the others are shown as text."""


def stages() -> tuple[Stage, ...]:
    """Return the stages of this room."""
    return (Stage("publish", _plan, _draw, _give_up, whole, unit="pictures", hands=handing(Exhibit, Page)),)


def _plan(store: Store, settings: Settings, earlier: tuple[str, ...]) -> Iterator[Task]:
    """Plan a picture for each page that the edition cites and for the first page of each document."""
    from assay.publish.compose import compose

    cited = {(n.exhibit, n.page) for n in compose(store).notes()}
    have = {(i.exhibit, i.page) for i in store.all(Image)}
    for exhibit in store.all(Exhibit):
        for page in store.of(Page, exhibit.digest):
            wanted = (exhibit.digest, page.number) in cited or page.number == 1
            pictured = page.kind in PICTURED and page.state is PageState.READ
            if wanted and pictured and (exhibit.digest, page.number) not in have:
                inputs = f"{exhibit.digest}/{page.number}/{DPI}"
                yield Task(
                    "publish", f"{exhibit.digest}/{page.number}", (f"{NAME}@{VERSION}",), page.number, page.number,
                    inputs=inputs, generation=inputs,
                )  # fmt: skip


def _draw(task: Task, bench: Bench) -> Outcome:
    from io import BytesIO

    from PIL import Image as Picture

    from assay.read.render import render

    digest = task.subject.partition("/")[0]
    exhibit = next(bench.trove.of(Exhibit, digest))
    page = next(p for p in bench.trove.of(Page, digest) if p.number == task.first)
    data, passwords = bench.trove.blob(digest), bench.settings.read.passwords
    png = render(data, exhibit.media_type, task.first, DPI, page.rotation, passwords)
    with Picture.open(BytesIO(png)) as picture:
        flat = picture.convert("RGB")
        out = BytesIO()
        flat.save(out, "WEBP", quality=72, method=4)
        width, height = flat.size
    blob = bench.keep(out.getvalue())
    return Outcome((Image(digest, task.first, DPI, blob, "image/webp", width, height, NAME, VERSION),), blobs=(blob,))


def _give_up(task: Task, category: str, message: str, store: Store) -> Outcome:
    digest = task.subject.partition("/")[0]
    return Outcome((Problem("publish", digest, task.first, category, message, NAME, VERSION),))
