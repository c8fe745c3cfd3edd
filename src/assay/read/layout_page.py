"""Segments, rules and pictures of one page to its `Page` and `Table` records.

The one place where text layers and recognised text become records, so that both keep the same promises.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assay.model import Cell, Page, PageState, Record, Table
from assay.model.evidence import Problem
from assay.read.layout import Island, Segment, merge_segments
from assay.read.layout_compose import Composed, Composer
from assay.read.layout_order import read_order
from assay.read.tables import Rule, grids_of, header_rows, settle
from assay.read.tables_loose import loose_grids
from assay.read.tables_split import split
from assay.read.tables_total import total_alone


@dataclass(frozen=True, slots=True)
class Source:
    """Where a page comes from and which part reads it."""

    exhibit: str
    number: int
    kind: str
    part: str
    version: str


@dataclass(slots=True)
class Seen:
    """What was seen on a page, in points as shown upright (before `back`, a slight turn, where it was straightened)."""

    width: float
    height: float
    rotation: int
    how: str
    engine: str
    segments: list[Segment] = field(default_factory=list)
    rules: Sequence[Rule] = ()
    notes: tuple[str, ...] = ()
    back: tuple[float, ...] | None = None


def compose(seen: Seen) -> tuple[Composed, Composer]:
    """Return the page's text in reading order, and the composer, which knows where boxes go."""
    segments = merge_segments(seen.segments)
    grids = grids_of(seen.rules, seen.width, seen.height)
    items, kept = settle(segments, grids)
    free = [s for s in items if isinstance(s, Segment)]
    loose = loose_grids(free, seen.rules)
    total = total_alone(free, [*kept, *loose])
    if total is not None:
        loose = [total, *loose]
    if loose:
        items, kept = settle(segments, [*kept, *loose])
    islands = {item.index: item for item in items if isinstance(item, Island)}
    kept = [g if g.flowing or not g.ruled else split(g, islands[k].words) for k, g in enumerate(kept)]
    composer = Composer(seen.width, seen.height, seen.back)
    return composer.compose(read_order(items), kept), composer


def records(source: Source, seen: Seen) -> Iterator[Record]:
    """Yield the page and its tables."""
    composed, composer = compose(seen)
    words = composed.words
    mean = None
    if seen.how == "ocr" and len(words):
        mean = round(sum(words.confidence) / len(words), 1)
    yield Page(
        exhibit=source.exhibit,
        number=source.number,
        kind=source.kind,
        state=PageState.READ,
        how=seen.how if composed.text else "empty",
        engine=seen.engine,
        text=composed.text,
        language=_page_language(composed),
        paragraphs=composed.paragraphs,
        width=round(seen.width, 2),
        height=round(seen.height, 2),
        rotation=seen.rotation,
        confidence=mean,
        reason="",
        notes=seen.notes,
        part=source.part,
        version=source.version,
        words=words,
        others=composed.others,
    )
    for number, (grid, cells) in enumerate(composed.tables, start=1):
        texts = [composed.text[c.start : c.end] for c in cells]
        header = header_rows(grid, texts)
        yield Table(
            exhibit=source.exhibit,
            page=source.number,
            number=number,
            rows=grid.rows,
            columns=grid.columns,
            header_rows=header,
            continues=source.number > 1 and number == 1 and header == 0 and _opens(composed, cells[0].start),
            cells=tuple(
                Cell(c.row, c.column, c.start, c.end, text, c.row_span, c.column_span, composer.box(c.box))
                for c, text in zip(cells, texts, strict=True)
            ),
            box=composer.box(grid.box),
            part=source.part,
            version=source.version,
        )


def _opens(composed: Composed, start: int) -> bool:
    """Tell whether nothing but a running head stands before `start`: two short lines at most."""
    before = [p for p in composed.paragraphs if p.start < start and p.kind != "table"]
    return len(before) <= 2 and sum(p.end - p.start for p in before) <= 120


def unread(source: Source, state: PageState, reason: str, category: str) -> Iterator[Record]:
    """Yield a page that was not read, and the problem that says why. `category` is one of `model.PROBLEMS`."""
    yield Page(
        source.exhibit, source.number, source.kind, state, "empty", "", "", "und", (), 0.0, 0.0, 0, None, reason, (),
        source.part, source.version,
    )  # fmt: skip
    yield Problem("read", source.exhibit, source.number, category, reason, source.part, source.version)


def _page_language(composed: Composed) -> str:
    weights: dict[str, int] = {}
    for paragraph in composed.paragraphs:
        text = composed.text[paragraph.start : paragraph.end]
        weights[paragraph.language] = weights.get(paragraph.language, 0) + sum(
            3 if "\u3400" <= c <= "\u9fff" else 1 for c in text
        )
    weights.pop("und", None)
    return max(sorted(weights), key=lambda k: weights[k]) if weights else "und"
