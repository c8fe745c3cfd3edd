"""The stage that reads: one task counts an exhibit's pages, and tasks of a few pages each read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assay.custody.unpack import only_holds
from assay.model import Exhibit, Page, PageState, Problem, Record
from assay.read import builtin
from assay.store.store import Store
from assay.store.task import Outcome, Task
from assay.work.part import Reader, ReadRefused, load
from assay.work.pieces import handing, inputs_of, name_of
from assay.work.preload import load_codecs
from assay.work.stage import Bench, Settings, Stage

NONE = "none@1"
_SINGLY = -1
"""The last page of a task that only counts, and hands each page to a task of its own."""


def stages() -> tuple[Stage, ...]:
    """Return the stages of this room."""
    return (
        Stage(
            "read",
            _plan,
            _read,
            _give_up,
            _split,
            unit="pages",
            counts=Page.KIND,
            apart=True,
            hands=handing(Exhibit),
            sealed=True,
            warm=warm,
            engines=_engines,
        ),
    )


_FONTS = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 90 90]/Contents 5 0 R/Resources<</Font<</F 4 0 R>>>>>>endobj
4 0 obj<</Type/Font/Subtype/TrueType/BaseFont/NoSuchFont/Encoding/WinAnsiEncoding>>endobj
5 0 obj<</Length 37>>stream
BT /F 12 Tf 10 10 Td (A letter) Tj ET
endstream endobj
trailer<</Root 1 0 R>>"""
"""A page in a font that it does not hold."""


def warm(settings: Settings) -> None:
    """Load what readers look up in files while they read: codecs, picture formats, language profiles."""
    import cv2
    import numpy.ma  # noqa: F401 - numpy loads it when it is first wanted
    from PIL import Image as Picture

    from assay.read.language import language
    from assay.read.ocr import engines
    from assay.read.render import render

    load_codecs()
    Picture.init()
    cv2.setNumThreads(1)
    engines.have()
    render(_FONTS, "application/pdf", 1, 20, 0, ())  # makes the library look through the system's fonts
    for sample in (
        "Договор поставки товара",
        "Договір постачання товару",
        "合同规定交付货物",
        "The goods are delivered",
    ):
        language(sample)


def _engines(kind: str, settings: Settings) -> None:
    from assay.read.ocr import engines

    engines.warm(kind, settings.read.languages)


def readers() -> tuple[Reader, ...]:
    """Return every reader."""
    return tuple(load(path, Reader) for path in builtin)


def reader_for(media_type: str) -> Reader | None:
    """Return the first reader that accepts `media_type`."""
    return next((r for r in readers() if media_type in r.accepts), None)


def _plan(store: Store, settings: Settings, earlier: tuple[str, ...]) -> Iterator[Task]:
    planned = store.planned_inputs("read")
    found = {media: reader for reader in readers() for media in reader.accepts}
    for exhibit in store.all(Exhibit):
        if only_holds(exhibit.media_type):
            continue
        reader = found.get(exhibit.media_type)
        name = name_of(reader) if reader else NONE
        inputs = inputs_of(exhibit.digest, exhibit.media_type, name, *settings.read.languages)
        generation = inputs
        if planned.get(exhibit.digest) == inputs:
            locked = any(p.category == "encrypted" for p in store.of(Problem, exhibit.digest))
            if not (locked and settings.read.passwords):
                continue
            generation = inputs_of(inputs, *settings.read.passwords)
        yield Task("read", exhibit.digest, (name,), inputs=inputs, generation=generation)


def _read(task: Task, bench: Bench) -> Outcome:
    exhibit = next(bench.trove.of(Exhibit, task.subject))
    reader = reader_for(exhibit.media_type)
    if reader is None or name_of(reader) not in task.parts:
        message = f"no reader for {exhibit.media_type}"
        return Outcome(tuple(_unread(task, 1, 1, PageState.UNREAD, "no_reader", message)))
    data = bench.trove.blob(task.subject)
    settings = bench.settings.read
    try:
        if not task.first:
            count = reader.count(data, exhibit, settings)
            if count > reader.chunk or task.last == _SINGLY:
                return Outcome(children=_chunks(task, count, 1 if task.last == _SINGLY else reader.chunk))
            first, last = 1, count
        else:
            first, last = task.first, task.last
        records = tuple(reader.read(data, exhibit, settings, first, last)) if last >= first else ()
    except ReadRefused as refused:
        first, last = task.first or 1, max(1, task.last)
        state = PageState.UNREAD if refused.category in ("no_reader", "missing_program") else PageState.FAILED
        return Outcome(tuple(_unread(task, first, last, state, refused.category, refused.message)))
    return Outcome(records + tuple(_not_given(task, records, first, last)))


def _chunks(task: Task, count: int, chunk: int) -> tuple[Task, ...]:
    return tuple(_piece(task, n, min(n + chunk - 1, count)) for n in range(1, count + 1, chunk))


def _piece(task: Task, first: int, last: int) -> Task:
    return Task("read", task.subject, task.parts, first, last, task.depth, task.inputs, task.generation)


def _split(task: Task) -> tuple[Task, ...]:
    """Cut a task of several pages into single ones, so that one page that kills its reader costs one page."""
    if not task.first and task.last != _SINGLY:
        return (replace(task, last=_SINGLY),)
    if task.last <= task.first:
        return ()
    return tuple(_piece(task, n, n) for n in range(task.first, task.last + 1))


def _not_given(task: Task, records: tuple[Record, ...], first: int, last: int) -> Iterator[Record]:
    """Yield a failed page for each page that the reader passed over: no page is ever lost silently."""
    given = {r.number for r in records if isinstance(r, Page)}
    for number in range(first, last + 1):
        if number not in given:
            yield from _unread(task, number, number, PageState.FAILED, "broken", "the reader gave no such page")


def _unread(task: Task, first: int, last: int, state: PageState, category: str, message: str) -> Iterator[Record]:
    part, _, version = task.parts[0].partition("@")
    for number in range(first, last + 1):
        yield Page(
            task.subject, number, "page", state, "empty", "", "", "und", (), 0.0, 0.0, 0, None, message, (), part,
            version,
        )  # fmt: skip
    yield Problem("read", task.subject, first if task.first else 0, category, message, part, version)


def _give_up(task: Task, category: str, message: str, store: Store) -> Outcome:
    first, last = task.first or 1, max(1, task.last)
    return Outcome(tuple(_unread(task, first, last, PageState.FAILED, category, message)))
