"""The stage that extracts: every extractor over each exhibit that has a page that was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.extract import builtin
from assay.model import PageState, Reading, Record
from assay.work.part import Extractor, Part, load
from assay.work.pieces import exhibit_stage
from assay.work.stage import Settings, Stage


def stages() -> tuple[Stage, ...]:
    """Return the stages of this room."""
    return (exhibit_stage("extract", extractors, _extract, _failed),)


def extractors() -> tuple[Part, ...]:
    """Return every extractor."""
    return tuple(load(path, Extractor) for path in builtin)


def _extract(part: Part, reading: Reading, data: bytes, settings: Settings) -> Iterable[Record]:
    assert isinstance(part, Extractor)
    if not any(page.state is PageState.READ for page in reading.pages):
        return ()
    return part.extract(reading)


def _failed(exhibit: str, part: Part, category: str, message: str) -> Iterator[Record]:
    """Add nothing: the problem says it."""
    return iter(())
