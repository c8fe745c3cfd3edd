"""The two shapes of stage that most rooms need: one over each exhibit, and one over the whole trove."""

from __future__ import annotations

import collections
import contextlib
import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from importlib import resources

from assay.model import (
    Exhibit,
    Judgement,
    Occurrence,
    Page,
    PageState,
    Paragraph,
    Problem,
    Reading,
    Record,
    Table,
    Trove,
    Voucher,
)
from assay.store.rows import Row
from assay.store.store import Store
from assay.store.task import TROVE, Outcome, Task
from assay.work.part import Part, Synthesis
from assay.work.stage import Bench, Settings, Stage, whole

TROVE_PATIENCE, TROVE_APPETITE = 20.0, 8.0


def name_of(part: Part) -> str:
    """Return name@version, by which tasks know a part."""
    return f"{part.name}@{part.version}"


def inputs_of(*values: str) -> str:
    """Return one digest over what a task depends on."""
    return hashlib.sha256("\0".join(values).encode()).hexdigest()[:32]


def handing(*kinds: type[Record]) -> Callable[[Task, Store], Iterator[Row]]:
    """Return what hands a task the standing records of `kinds` about its exhibit."""

    def hands(task: Task, store: Store) -> Iterator[Row]:
        return store.rows_of(kinds, task.exhibit)

    return hands


def exhibit_stage(
    name: str,
    parts: Callable[[], tuple[Part, ...]],
    work: Callable[[Part, Reading, bytes, Settings], Iterable[Record]],
    failed: Callable[[str, Part, str, str], Iterable[Record]],
    depends: Callable[[Settings], str] = lambda _: "",
) -> Stage:
    """Return a stage that runs all `parts` over each exhibit, one task an exhibit.

    `work` runs one part. What it raises becomes a problem, with what `failed(exhibit, part, category, message)` adds.
    A task that loses its worker is cut into one task per part. `depends` is a digest of the settings that count.
    """

    def plan(store: Store, settings: Settings, earlier: tuple[str, ...]) -> Iterator[Task]:
        names = tuple(name_of(p) for p in parts())
        settled = [depends(settings)] if depends(settings) else []
        planned = store.planned_inputs(name)
        for exhibit in store.all(Exhibit) if names else ():
            seen = store.digest_of_records((Page, Table), exhibit.digest)
            inputs = inputs_of(exhibit.digest, exhibit.media_type, seen, *names, *settled)
            if planned.get(exhibit.digest) != inputs:
                yield Task(name, exhibit.digest, names, inputs=inputs, generation=inputs)

    def do(task: Task, bench: Bench) -> Outcome:
        reading, data = bench.trove.reading(task.subject), bench.trove.blob(task.subject)
        records: list[Record] = []
        for part in parts():
            if name_of(part) in task.parts:
                try:
                    records += work(part, reading, data, bench.settings)
                except MemoryError:
                    raise
                except Exception as error:  # becomes a problem of this part; the other parts go on
                    message = f"{type(error).__name__}: {error}"[:500]
                    records += _problem(task, part, "error", message)
        return Outcome(tuple(records))

    def _problem(task: Task, part: Part, category: str, message: str) -> Iterator[Record]:
        yield Problem(name, task.subject, 0, category, message, part.name, part.version)
        yield from failed(task.subject, part, category, message)

    def give_up(task: Task, category: str, message: str, store: Store) -> Outcome:
        lost = [p for p in parts() if name_of(p) in task.parts]
        return Outcome(tuple(r for p in lost for r in _problem(task, p, category, message)))

    def split(task: Task) -> tuple[Task, ...]:
        if len(task.parts) < 2:
            return ()
        return tuple(
            Task(name, task.subject, (part,), inputs=task.inputs, generation=task.generation) for part in task.parts
        )

    def warm(settings: Settings) -> None:
        """Run every part once over a sample of our own: what a library loads when it is first used is loaded then."""
        reading, data = sample()
        for part in parts():
            with contextlib.suppress(Exception):  # a part that fails here fails on the exhibit too, and is told there
                collections.deque(work(part, reading, data, settings), maxlen=0)

    return Stage(name, plan, do, give_up, split, apart=True, hands=handing(Exhibit, Page, Table), warm=warm)


def sample() -> tuple[Reading, bytes]:
    """Return a text in four languages as an exhibit with one page: made by us, with dates, numbers and names in it."""
    data = resources.files("assay.work").joinpath("sample.txt").read_bytes()
    text = data.decode()
    digest = hashlib.sha256(data).hexdigest()
    ends = list(itertools.accumulate(len(line) for line in text.splitlines(keepends=True)))
    languages = ("en", "en", "en", "ru", "ru", "ru", "uk", "zh", "zh")
    lines = zip([0, *ends], ends, languages, strict=False)
    paragraphs = tuple(Paragraph(start, end - 1, language) for start, end, language in lines)
    page = Page(
        digest,
        1,
        "text",
        PageState.READ,
        "parser",
        "sample",
        text,
        "en",
        paragraphs,
        0,
        0,
        0,
        None,
        "",
        (),
        "sample",
        "1",
    )
    return Reading(Exhibit(digest, "", len(data), "text/plain", "sample", "1"), (page,), ()), data


def trove_stage(
    name: str,
    part: Part,
    work: Callable[[Trove], Iterable[Record]],
    failed: Callable[[str, Part, str, str], Iterable[Record]] | None = None,
) -> Stage:
    """Return a stage of one task that runs `part` over the whole trove.

    It is done again when anything changed that earlier stages made, when a name was added, or when a person judged or
    vouched. When it cannot be done, `failed(exhibit, part, category, message)` says so of each exhibit.
    """

    def plan(store: Store, settings: Settings, earlier: tuple[str, ...]) -> Iterator[Task]:
        inputs = inputs_of(
            store.digest_of_tasks(earlier), store.digest_of_records((Occurrence, Judgement, Voucher)), name_of(part)
        )
        if store.count(Exhibit) and store.planned_inputs(name).get(TROVE) != inputs:
            yield Task(name, TROVE, (name_of(part),), inputs=inputs, generation=inputs)

    def do(task: Task, bench: Bench) -> Outcome:
        return Outcome(tuple(work(bench.trove)))

    def give_up(task: Task, category: str, message: str, store: Store) -> Outcome:
        lost = (failed(e.digest, part, category, message) for e in store.all(Exhibit)) if failed else ()
        problem = Problem(name, TROVE, 0, category, message, part.name, part.version)
        return Outcome((problem, *itertools.chain.from_iterable(lost)))

    return Stage(name, plan, do, give_up, whole, unit="steps", patience=TROVE_PATIENCE, appetite=TROVE_APPETITE)


def syntheses_stages(room: str, parts: tuple[Synthesis, ...]) -> tuple[Stage, ...]:
    """Return one stage for each synthesis, in order."""
    return tuple(trove_stage(f"{room}.{part.name.rpartition('.')[2]}", part, part.combine) for part in parts)
