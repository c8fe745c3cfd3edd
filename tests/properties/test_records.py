"""What holds for every record, whatever is in it."""

from __future__ import annotations

import string
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from assay.model import Box, Cell, Money, Page, PageState, Span, Table, Words, decode, encode, spans_in
from assay.store.rows import from_row, to_row

LETTERS = string.ascii_letters + "абвгґєіїёщыэюя甲乙丙丁，。№«»\u00a0\u2009-0123456789"
WORD = st.text(LETTERS, min_size=1, max_size=12)
PLACE = st.integers(0, 65535)


@st.composite
def pages(draw) -> Page:
    """A page whose words stand in its text, one box each."""
    words = draw(st.lists(WORD, max_size=30))
    text, starts, ends = "", [], []
    for word in words:
        starts.append(len(text))
        text += word
        ends.append(len(text))
        text += draw(st.sampled_from([" ", "\n", "\t", "  "]))
    xs = [sorted(draw(st.tuples(PLACE, PLACE))) for _ in words]
    ys = [sorted(draw(st.tuples(PLACE, PLACE))) for _ in words]
    columns = Words(
        tuple(starts),
        tuple(ends),
        tuple(x[0] for x in xs),
        tuple(y[0] for y in ys),
        tuple(x[1] for x in xs),
        tuple(y[1] for y in ys),
        tuple(draw(st.integers(0, 100)) for _ in words),
    )
    state = draw(st.sampled_from(list(PageState)))
    return Page("ab" * 32, 1, "page", state, "ocr", "e", text, "und", (), 595, 842, 0, None, "", (), "t", "1", columns)


@given(pages(), st.data())
def test_a_span_says_what_stands_there_and_its_boxes_cover_its_words(page, data):
    start = data.draw(st.integers(0, len(page.text)))
    end = data.draw(st.integers(start, len(page.text)))
    span = page.span(start, end)
    assert page.text[span.start : span.end] == span.quote
    for i in page.words.within(start, end):
        word = page.words.box(i)
        assert page.words.start[i] < end or start == end
        assert any(b.x0 <= word.x0 and b.y0 <= word.y0 and b.x1 >= word.x1 and b.y1 >= word.y1 for b in span.boxes)
    every = [i for i in range(len(page.words)) if page.words.start[i] < end and page.words.end[i] > start]
    assert list(page.words.within(start, end)) == every


@given(pages())
def test_a_page_survives_its_row_and_keeps_its_id(page):
    row = to_row(page)
    again = from_row(row.kind, row.payload, row.words)
    assert again == page
    assert again.id == page.id == row.id


@given(pages(), pages())
def test_pages_have_one_id_if_and_only_if_they_are_the_same(one, other):
    assert (one.id == other.id) == (one == other)


@given(WORD, st.decimals(allow_nan=False, allow_infinity=False), st.lists(WORD, max_size=3))
def test_values_survive_json(written, amount, words):
    cells = tuple(Cell(0, n, n, n + len(w), w, box=Box(0.1, 0.2, 0.3, 0.4)) for n, w in enumerate(words))
    table = Table("x", 1, 1, 1, max(1, len(words)), 0, False, cells, None, "t", "1")
    assert decode(Table, encode(table)) == table
    money = Money(written, amount, "EUR", "", Span("x", 1, 0, 1, (), written))
    assert next(spans_in((money,))) is money.span
    assert Decimal(str(money.amount)) == amount


@settings(max_examples=30)
@given(st.lists(st.binary(max_size=200), max_size=6))
def test_blobs_are_kept_once_and_whole(tmp_path_factory, contents):
    from assay.store.blobs import Blobs

    blobs = Blobs(tmp_path_factory.mktemp("blobs"))
    digests = [blobs.put(data) for data in [*contents, *contents]]
    assert [blobs.read(d) for d in digests] == [*contents, *contents]
    assert sorted(set(digests)) == list(blobs)
