"""Records as rows: the payload as canonical JSON, a page's words apart as packed columns."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from assay.model import KINDS, Page, Record, Words, decode, encode

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


def to_row(record: Record) -> Row:
    """Return the row of `record`."""
    exhibit = next((v for v in (getattr(record, n, "") for n in ("exhibit", "digest", "about")) if v), "")
    page = getattr(record, "number", getattr(record, "page", 0))
    words = None
    bare = record
    if isinstance(record, Page):
        words = record.words.pack()
        bare = replace(record, words=_NO_WORDS)
    return Row(
        record.KIND,
        record.id,
        exhibit if isinstance(exhibit, str) else "",
        page if isinstance(page, int) else 0,
        encode(bare),
        words,
    )


def from_row(kind: str, payload: bytes, words: bytes | None) -> Record:
    """Return the record of a row; raise `msgspec.ValidationError` when it is not one."""
    record = decode(BY_NAME[kind], payload)
    if isinstance(record, Page) and words is not None:
        return replace(record, words=Words.unpack(words))
    return record
