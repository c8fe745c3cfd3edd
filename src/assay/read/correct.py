"""Corrections: a person's reading of a page stands in place of the machine's, which stays in the case beside it.

Purpose: one wrong digit of a scan can be set right by who sees the page; all that rests on that page is then redone.
Words that the person left as they were keep their boxes, paragraphs and cells keep their places.
Limits: a word that the person put in has no box; one that stands where other words stood on one line has theirs. The
machine's tables are kept as grids: a correction changes what stands in a cell, not how many cells there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assay.model import Cell, Correction, Page, PageState, Paragraph, Problem, Record, Table, Trove, Words
from assay.model.errors import Usage
from assay.read.align import Alignment, Token
from assay.read.body import clean
from assay.read.language import language
from assay.store.rows import Row, to_row
from assay.store.store import Store
from assay.store.task import Outcome, Task
from assay.work.pieces import inputs_of
from assay.work.stage import Bench, Settings, Stage, whole

NAME, VERSION = "correct", "1"
STEP = "read.correct"
MACHINE = "machine"
"""The origin of a correction that goes back to the machine's reading."""
MOST_TEXT = 2_000_000


def stages() -> tuple[Stage, ...]:
    """Return the stages of this room."""
    return (Stage(STEP, _plan, _work, _give_up, whole, unit="pages", counts=Page.KIND, apart=True, hands=_hands),)


def in_force(store: Trove, exhibit: str) -> dict[int, Correction]:
    """Return for each page of an exhibit the correction that no later one supersedes."""
    made = list(store.of(Correction, exhibit))
    replaced = {c.supersedes for c in made}
    return {c.page: c for c in sorted(made, key=lambda c: (c.at, c.id)) if c.id not in replaced}


def history(store: Store, exhibit: str, page: int) -> list[Correction]:
    """Return the corrections of a page, the first one first."""
    found = in_force(store, exhibit).get(page)
    by_id = {c.id: c for c in store.of(Correction, exhibit)}
    chain: list[Correction] = []
    while found is not None and len(chain) <= len(by_id):
        chain.append(found)
        found = by_id.get(found.supersedes)
    return chain[::-1]


def pending(store: Store) -> list[str]:
    """Return the exhibits with a correction that no run has taken up yet."""
    return [task.subject for task in _plan(store, Settings(), ())]


def standing(store: Store, exhibit: str, number: int) -> Page | None:
    """Return the page as it reads with its last correction, taken up by a run or not; None when there is none."""
    machine = machines(store, exhibit).get(number)
    correction = in_force(store, exhibit).get(number)
    if machine is None or correction is None or correction.origin == MACHINE:
        return machine
    return corrected(machine, correction)


def machines(store: Store, exhibit: str) -> dict[int, Page]:
    """Return the machine's own reading of each page of an exhibit."""
    return {page.number: page for page in store.made_by(Page, exhibit, "read")}


# ---- a person's word


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A reading of a page that was made elsewhere: `origin` is hocr or alto, `source` the digest of its file."""

    text: str
    words: Words
    origin: str
    source: str


@dataclass(frozen=True, slots=True)
class Word:
    """Who corrects, why and when."""

    person: str
    note: str
    at: str


def typed(store: Store, exhibit: str, number: int, text: str, by: Word) -> Correction:
    """Return the correction by which a page reads `text`; words that stay keep their boxes.

    Raises `Usage` when there is no such page, when it reads so already, or when the text is longer than a page may be.
    """
    page = _page(store, exhibit, number)
    said = clean(text).strip()
    if len(said) > MOST_TEXT:
        raise Usage(f"the text has {len(said)} characters, and a page takes at most {MOST_TEXT}")
    if said == page.text:
        raise Usage(f"page {number} reads so already", hint="assay show CASE EXHIBIT --page N prints what it reads.")
    return _next(store, exhibit, number, by, "typed", said, reboxed(page, said).words, "")


def taken(store: Store, exhibit: str, number: int, other: Elsewhere, by: Word) -> Correction:
    """Return the correction by which a page reads as it was read elsewhere, boxes and all; raises as `typed` does."""
    page = _page(store, exhibit, number)
    if (other.text, other.words) == (page.text, page.words):
        raise Usage(f"page {number} reads so already, word for word and box for box")
    if len(other.text) > MOST_TEXT:
        raise Usage(f"the reading has {len(other.text)} characters, and a page takes at most {MOST_TEXT}")
    return _next(store, exhibit, number, by, other.origin, other.text, other.words, other.source)


def undone(store: Store, exhibit: str, number: int, by: Word, *, wholly: bool) -> Correction:
    """Return the correction that takes the last one back; `wholly`: that goes back to the machine's reading.

    Raises `Usage` when there is nothing to take back.
    """
    made = history(store, exhibit, number)
    if not made or (wholly and made[-1].origin == MACHINE):
        raise Usage(f"page {number} reads as the machine read it: there is nothing to take back")
    before = made[-2] if len(made) > 1 and not wholly else None
    if before is None:
        return _next(store, exhibit, number, by, MACHINE, "", Words(), "")
    return _next(store, exhibit, number, by, before.origin, before.text, before.words, before.source)


def _page(store: Store, exhibit: str, number: int) -> Page:
    page = standing(store, exhibit, number)
    if page is None:
        pages = sorted(machines(store, exhibit))
        there = f"It has pages {pages[0]} to {pages[-1]}." if pages else "It has no pages."
        raise Usage(f"exhibit {exhibit[:12]} has no page {number}", hint=there)
    return page


def _next(
    store: Store, exhibit: str, number: int, by: Word, origin: str, text: str, words: Words, source: str
) -> Correction:
    last = in_force(store, exhibit).get(number)
    of = machines(store, exhibit)[number].id
    return Correction(
        exhibit, number, origin, text, of, last.id if last else "", source, by.person, by.note, by.at, words
    )


# ---- the stage


def _plan(store: Store, settings: Settings, earlier: tuple[str, ...]) -> Iterator[Task]:
    planned = store.planned_inputs(STEP)
    for exhibit in sorted({c.exhibit for c in store.all(Correction)}):
        heads = in_force(store, exhibit)
        own = [page.id for number, page in sorted(machines(store, exhibit).items()) if number in heads]
        own += sorted(t.id for t in store.made_by(Table, exhibit, "read") if t.page in heads)
        inputs = inputs_of(exhibit, f"{NAME}@{VERSION}", *(c.id for _, c in sorted(heads.items())), *own)
        if planned.get(exhibit) != inputs:
            yield Task(STEP, exhibit, (f"{NAME}@{VERSION}",), inputs=inputs, generation=inputs)


def _hands(task: Task, store: Store) -> Iterator[Row]:
    """Hand over the corrections, and the machine's own pages and tables, whatever stands in their place."""
    yield from store.rows_of((Correction,), task.subject)
    for kind in (Page, Table):
        yield from map(to_row, store.made_by(kind, task.subject, "read"))


def _work(task: Task, bench: Bench) -> Outcome:
    records: list[Record] = []
    own = {page.number: page for page in bench.trove.of(Page, task.subject)}
    tables = list(bench.trove.of(Table, task.subject))
    for number, correction in sorted(in_force(bench.trove, task.subject).items()):
        if correction.origin == MACHINE:
            continue
        machine = own.get(number)
        if machine is None:
            message = "a person corrected this page, and there is no such page any more: the correction waits"
            records.append(Problem("read", task.subject, number, "error", message, NAME, VERSION))
            continue
        records.append(corrected(machine, correction))
        records += recut([t for t in tables if t.page == number], machine.text, correction.text)
    return Outcome(tuple(records))


def _give_up(task: Task, category: str, message: str, store: Store) -> Outcome:
    return Outcome((Problem("read", task.subject, 0, category, message, NAME, VERSION),))


# ---- one page


@dataclass(frozen=True, slots=True)
class Kept:
    """The words of a corrected page: how many stayed as they were, stand in others' boxes, and have no box."""

    words: Words
    same: int
    placed: int
    without: int


def reboxed(page: Page, text: str) -> Kept:
    """Return the words that have a box when `page` reads `text`; a page without words has none afterwards either."""
    old = page.words
    laid = Alignment(page.text, text)
    shifts: list[int | None] = [None] * len(page.text)
    for token, now in laid.kept():
        shifts[token.start : token.end] = [now - token.start] * (token.end - token.start)
    boxes: list[tuple[int, int, _Steps, int]] = []
    lost: list[int] = []
    for i in range(len(old)):
        shift = set(shifts[old.start[i] : old.end[i]])
        if len(shift) == 1 and (by := shift.pop()) is not None:
            boxes.append((old.start[i] + by, old.end[i] + by, _steps(old, i), old.confidence[i]))
        else:
            lost.append(i)
    same, placed, without = len(boxes), 0, 0
    for piece in laid.words:
        if piece.same or piece.c == piece.d:
            continue
        said = laid.new[piece.c : piece.d]
        span = (laid.old[piece.a].start, laid.old[piece.b - 1].end) if piece.b > piece.a else (0, 0)
        found = _boxed(said, [_steps(old, i) for i in lost if old.start[i] < span[1] and old.end[i] > span[0]])
        placed += len(found)
        without += len(said) - len(found)
        boxes += [(token.start, token.end, box, 100) for token, box in found]
    boxes.sort()
    rows = [(start, end, *box, sure) for start, end, box, sure in boxes]
    words = Words(*(tuple(column) for column in zip(*rows, strict=True)))
    return Kept(words, same, placed, without if len(old) else 0)


_Steps = tuple[int, int, int, int]


def _steps(words: Words, i: int) -> _Steps:
    return words.x0[i], words.y0[i], words.x1[i], words.y1[i]


def _boxed(said: list[Token], gone: list[_Steps]) -> list[tuple[Token, _Steps]]:
    """Return a box for each word that stands in place of others, as far as one can be told.

    As many words as before take their boxes, one by one. Otherwise, on one line, each of them has the whole of the
    place that the others took: it lies in there, and nobody measured where.
    """
    if len(said) == len(gone):
        return list(zip(said, gone, strict=True))
    if not gone or any(not _level(gone[0], box) for box in gone):
        return []
    around = (min(b[0] for b in gone), min(b[1] for b in gone), max(b[2] for b in gone), max(b[3] for b in gone))
    return [(token, around) for token in said]


def _level(one: _Steps, other: _Steps) -> bool:
    """Tell whether two boxes are on one line: they share at least half of the lower one's height."""
    low = max(1, min(one[3] - one[1], other[3] - other[1]))
    return (min(one[3], other[3]) - max(one[1], other[1])) * 2 >= low


def corrected(machine: Page, correction: Correction) -> Page:
    """Return the page as a person reads it: the machine's page with another text, its places brought along."""
    read = machine.state is PageState.READ
    text, words = correction.text, correction.words
    paragraphs = _paragraphs(machine, text)
    engine = f"{machine.engine}, corrected by a person".lstrip(", ") if read else "a person"
    spoken = [(p.end - p.start, p.language) for p in paragraphs if p.language != "und"]
    return replace(
        machine,
        state=PageState.READ,
        how=machine.how if read and machine.how != "empty" else "person",
        engine=engine,
        text=text,
        language=machine.language if read and machine.language != "und" else _most(spoken),
        paragraphs=paragraphs,
        confidence=round(sum(words.confidence) / len(words), 1) if machine.how == "ocr" and len(words) else None,
        reason="",
        notes=(*machine.notes, _said(machine, correction)),
        part=NAME,
        version=VERSION,
        others=(),
        words=words,
    )


def _said(machine: Page, correction: Correction) -> str:
    """Say what the person changed. Names stay in the case: an edition prints these notes."""
    laid = Alignment(machine.text, correction.text)
    changed = sum(max(p.b - p.a, p.d - p.c) for p in laid.words if not p.same)
    total = max(len(laid.old), len(laid.new))
    how = {
        "typed": "a person corrected",
        "hocr": "from an hOCR file a person took",
        "alto": "from an ALTO file a person took",
    }
    without = len(laid.new) - len(correction.words)
    boxes = f"; {without} of its words have no box" if len(machine.words) and without > 0 else ""
    return f"{how[correction.origin]} {changed} of {total} words{boxes}; the machine's reading is kept beside this one"


def _most(spoken: list[tuple[int, str]]) -> str:
    sums: dict[str, int] = {}
    for count, name in spoken:
        sums[name] = sums.get(name, 0) + count
    return max(sorted(sums), key=lambda name: sums[name]) if sums else "und"


def _paragraphs(machine: Page, text: str) -> tuple[Paragraph, ...]:
    """Return the machine's paragraphs where they are now, and what lies outside of them line by line."""
    laid = Alignment(machine.text, text)
    found: list[Paragraph] = []
    at = 0
    for p in machine.paragraphs:
        start = max(at, laid.start(p.start))
        end = max(start, _closed(laid, text, p.end))
        found += _lines(text, at, start)
        if text[start:end].strip():
            found.append(replace(p, start=start, end=end))
        at = end
    return (*found, *_lines(text, at, len(text)))


def _closed(laid: Alignment, text: str, place: int) -> int:
    """Return where something that ended at `place` ends now: before a new line that was put in there."""
    end = laid.end(place)
    line = text.find("\n", laid.start(place), end)
    return line if line >= 0 else end


def _lines(text: str, start: int, end: int) -> Iterator[Paragraph]:
    """Yield the lines of a stretch of text that hold anything."""
    at = start
    for line in text[start:end].split("\n"):
        if line.strip():
            yield Paragraph(at, at + len(line), language(line))
        at += len(line) + 1


def recut(tables: list[Table], old: str, new: str) -> Iterator[Table]:
    """Yield the machine's tables with what stands in their cells now."""
    if not tables:
        return
    laid = Alignment(old, new)
    for table in tables:
        cells: list[Cell] = []
        for cell in table.cells:
            start = laid.start(cell.start)
            end = max(start, _closed(laid, new, cell.end))
            cells.append(replace(cell, start=start, end=end, text=new[start:end]))
        yield replace(table, cells=tuple(cells), part=NAME, version=VERSION)
