"""Records as rows: the payload as canonical JSON, a page's words apart as packed columns."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from assay.model import KINDS, Exhibit, Page, Record, Words, decode, digest_of, encode

BY_NAME: dict[str, type[Record]] = {kind.KIND: kind for kind in KINDS}
_NO_WORDS = Words()


class Row(msgspec.Struct, frozen=True, array_like=True):
    """One record as it is stored and as it travels from a worker to the driver."""

    kind: str
    id: str
    exhibit: str
    page: int
    payload: bytes
    words: bytes | None


def sound(row: Row) -> Record:
    """Return the record of a row that is, in every column, what `to_row` makes of that record.

    Raises `msgspec.ValidationError` when it is not, or no record at all. How words were compressed does not count.
    """
    record = from_row(row.kind, row.payload, row.words)
    bare = replace(record, words=_NO_WORDS) if isinstance(record, Page) else record
    same = (record.id, *_place(record), encode(bare), isinstance(record, Page))
    if same != (row.id, row.exhibit, row.page, row.payload, row.words is not None):
        raise msgspec.ValidationError(f"a {row.kind} record came under an id or a place that is not its own")
    return record


def seal(kind: str, record_id: str, payload: bytes) -> tuple[str, str]:
    """Return what the log seals of a row. An exhibit's id names its bytes only, so what was said of them counts too."""
    return kind, record_id + digest_of(kind, payload) if kind == Exhibit.KIND else record_id


def _place(record: Record) -> tuple[str, int]:
    exhibit = next((v for v in (getattr(record, n, "") for n in ("exhibit", "digest", "about")) if v), "")
    page = getattr(record, "number", getattr(record, "page", 0))
    return exhibit if isinstance(exhibit, str) else "", page if isinstance(page, int) else 0


def to_row(record: Record) -> Row:
    """Return the row of `record`."""
    words = None
    bare = record
    if isinstance(record, Page):
        words = record.words.pack()
        bare = replace(record, words=_NO_WORDS)
    return Row(record.KIND, record.id, *_place(record), encode(bare), words)


def from_row(kind: str, payload: bytes, words: bytes | None) -> Record:
    """Return the record of a row; raise `msgspec.ValidationError` when it is not one."""
    try:
        record = decode(BY_NAME[kind], payload)
        if isinstance(record, Page) and words is not None:
            return replace(record, words=Words.unpack(words))
    except Exception as error:  # whatever decoding such bytes runs into: they are no record
        raise msgspec.ValidationError(f"a row of kind {kind[:40]} is no record: {error}"[:300]) from error
    return record
