"""What a worker says is believed only when it is plain, whole, and about what it was asked."""

from __future__ import annotations

import zlib
from dataclasses import replace

import msgspec
import pytest

from assay.model import Page, PageState, Words
from assay.store.rows import Row, sound, to_row


def page() -> Page:
    words = Words((0,), (1,), (0,), (0,), (9,), (9,), (100,))
    return Page(
        "ab" * 32, 1, "page", PageState.READ, "ocr", "e", "x", "und", (), 1, 1, 0, None, "", (), "t", "1", words
    )


def changed(row: Row, **fields: object) -> Row:
    return msgspec.structs.replace(row, **fields)


def test_an_honest_row_passes():
    assert sound(to_row(page())) == page()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "no such kind"},
        {"id": "0" * 32},
        {"exhibit": "cd" * 32},
        {"page": 2},
        {"payload": b"{"},
        {"payload": b'"\xff"'},
        {"words": None},
        {"words": b"no zlib"},
        {"words": zlib.compress(b"\x91\x01")},
        {"words": zlib.compress(bytes(65 << 20))},
    ],
)
def test_a_row_that_is_not_what_it_says_is_refused(fields):
    with pytest.raises(msgspec.ValidationError):
        sound(changed(to_row(page()), **fields))


def test_words_with_something_behind_them_are_refused():
    row = to_row(page())
    with pytest.raises(msgspec.ValidationError):
        sound(changed(row, words=row.words + b"x"))
    assert replace(page(), words=Words.unpack(row.words)) == page()
