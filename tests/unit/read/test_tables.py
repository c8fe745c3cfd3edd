from __future__ import annotations

from pathlib import Path

import pytest

from assay.read.layout import Segment, Word
from assay.read.layout_compose import Composer
from assay.read.layout_order import read_order
from assay.read.tables import Rule, grids_of, header_rows, settle
from assay.read.tables_loose import figure, loose_grids
from assay.read.tables_split import split

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "data"


def segment(text: str, x: float, y: float, high: float = 10.0, letter: float = 5.0) -> Segment:
    words = []
    for piece in text.split(" "):
        words.append(Word(piece, x, y, x + letter * len(piece), y + high))
        x += letter * (len(piece) + 1)
    return Segment.of(words)


def mesh(xs, ys) -> list[Rule]:
    return [Rule(xs[0], y, xs[-1], y) for y in ys] + [Rule(x, ys[0], x, ys[-1]) for x in xs]


def texts_of(segments, grids) -> list[list[list[str]]]:
    """The rows of each table as they are written, one text for each field of a line."""
    items, kept = settle(segments, grids)
    page = Composer(600, 800).compose(read_order(items), kept)
    out = []
    for grid, cells in page.tables:
        rows: list[list[str]] = [[] for _ in range(grid.rows)]
        for cell in cells:
            rows[cell.row].append(page.text[cell.start : cell.end])
        out.append(rows)
    return out


def test_rules_that_are_drawn_in_pieces_make_one_grid():
    pieces = []
    for y in (100, 120, 140):
        pieces += [Rule(50, y, 150, y), Rule(151, y + 0.4, 300, y + 0.4)]
    pieces += [Rule(x, y, x, y + 20) for x in (50, 150, 300) for y in (100, 120)]
    (grid,) = grids_of(pieces, 600, 800)
    assert (grid.rows, grid.columns, len(grid.cells)) == (2, 2, 4)


def test_cells_span_rows_and_columns():
    rules = mesh([50, 150, 250, 350], [100, 120, 140])
    rules.remove(Rule(250, 100, 250, 140))
    rules.append(Rule(250, 120, 250, 140))
    rules.remove(Rule(50, 120, 350, 120))
    rules.append(Rule(150, 120, 350, 120))
    (grid,) = grids_of(rules, 600, 800)
    spans = {(c.row, c.column): (c.row_span, c.column_span) for c in grid.cells}
    assert spans == {(0, 0): (2, 1), (0, 1): (1, 2), (1, 1): (1, 1), (1, 2): (1, 1)}


def test_two_tables_are_two_grids_and_a_frame_is_none():
    rules = mesh([50, 150, 250], [100, 120, 140]) + mesh([50, 150, 250], [300, 320, 340]) + mesh([20, 580], [20, 780])
    assert [g.box[1] for g in grids_of(rules, 600, 800)] == [100, 300]
    items, kept = settle([segment("words in a frame", 60, 200)], grids_of(mesh([50, 300], [190, 230, 260]), 600, 800))
    assert not kept and isinstance(items[0], Segment)


def test_a_field_that_is_covered_from_above_is_empty_and_one_from_the_left_absent():
    rules = mesh([50, 150, 250, 350], [100, 120, 140])
    rules.remove(Rule(250, 100, 250, 140))
    rules.append(Rule(250, 120, 250, 140))
    rules.remove(Rule(50, 120, 350, 120))
    rules.append(Rule(150, 120, 350, 120))
    words = [
        segment("Name", 60, 115),
        segment("Price and sum", 160, 105),
        segment("EUR", 160, 125),
        segment("USD", 260, 125),
    ]
    items, kept = settle(words, grids_of(rules, 600, 800))
    assert Composer(600, 800).compose(read_order(items), kept).text == "Name\tPrice and sum\n\tEUR\tUSD"


def test_header_rows_are_words_over_figures():
    rules = mesh([50, 100, 250, 350], [100, 120, 140, 160, 180])
    (grid,) = grids_of(rules, 600, 800)
    names, numbers = ["No.", "Name", "Sum"], ["1", "2", "3"]
    body = ["1", "Radio", "5.00", "2", "Cable", "7.50"]
    assert header_rows(grid, names + numbers + body) == 2
    assert header_rows(grid, [*names, "1", "Pump", "9.00", *body]) == 1
    assert header_rows(grid, ["0", "Pump", "1.00", "1", "Pump", "9.00", *body]) == 0


def price_list() -> list[Segment]:
    rows = [("Pos", "Description", "Qty", "Price", "Total")]
    rows += [(str(k), f"Article number {k}", str(k * 3), f"{k}0.00", f"{k * k * 3}0.00") for k in range(1, 6)]
    out = []
    for k, row in enumerate(rows):
        y = 100 + 40 * k
        for x, text in zip((50, 90, 300, 380, 470), row, strict=True):
            out.append(segment(text, x, y))
        if k:
            out.append(segment("with a second line", 90, y + 12))
    return out


def test_a_table_without_rules_is_found_by_its_columns():
    segments = [segment("Our offer is as follows and holds for thirty days from today on", 50, 60), *price_list()]
    segments.append(segment("Prices hold for thirty days and are net of all taxes and all duties whatsoever", 50, 340))
    grids = loose_grids(segments, [])
    assert [(g.rows, g.columns) for g in grids] == [(6, 5)]
    (rows,) = texts_of(segments, grids)
    assert rows[0] == ["Pos", "Description", "Qty", "Price", "Total"]
    assert rows[3] == ["3", "Article number 3 with a second line", "9", "30.00", "270.00"]


def test_sums_belong_to_the_table_and_signatures_do_not():
    segments = price_list()
    segments += [segment("Total amount:", 380, 340), segment("1650.00", 470, 340)]
    segments += [segment("Supplier:", 60, 380), segment("Buyer:", 310, 380)]
    (rows,) = texts_of(segments, loose_grids(segments, []))
    assert [t for t in rows[-1] if t] == ["Total amount:", "1650.00"]


def test_prose_with_numbers_is_no_table():
    lines = [
        f"In {1990 + k} the company sold {k * 37} vehicles to {k} buyers for {k * 4},000,000 dollars" for k in range(8)
    ]
    assert loose_grids([segment(line, 50, 100 + 14 * k) for k, line in enumerate(lines)], []) == []


def test_rows_are_parted_where_only_columns_are_drawn():
    segments = []
    for k, (name, count, total) in enumerate(
        [("Radio", "3", "30.00"), ("Cable", "5", "15.00"), ("Aerial", "9", "81.00")]
    ):
        y = 130 + 20 * k
        segments += [segment(name, 60, y), segment(count, 210, y), segment(total, 310, y)]
    segments += [segment("Name", 60, 104), segment("Qty", 210, 104), segment("Sum", 310, 104)]
    items, (grid,) = settle(segments, grids_of(mesh([50, 200, 300, 400], [100, 120, 200]), 600, 800))
    island = items[-1]
    parted = split(grid, island.words)
    assert (grid.rows, parted.rows) == (2, 4)
    page = Composer(600, 800).compose(read_order(items), [parted])
    assert page.text == "Name\tQty\tSum\nRadio\t3\t30.00\nCable\t5\t15.00\nAerial\t9\t81.00"


@pytest.mark.parametrize(
    "text", ["12", "1 240,50", "-3.5 %", "20 Stk", "EUR 1.200", "(15)", "3 шт.", "12.03.2024", "37台"]
)
def test_figures(text):
    assert figure(text)


@pytest.mark.parametrize("text", ["", "Radio", "T-90", "Annex 2", "5 units of communications equipment", "№"])
def test_what_is_no_figure(text):
    assert not figure(text)


@pytest.mark.corpus
def test_rows_of_real_invoices_are_found():
    folder = CORPUS / "line-items"
    if not folder.is_dir():
        pytest.skip("../shared/data/line-items is absent")
    import hashlib

    from assay.model import Exhibit, Table
    from assay.read.pdf import PDF
    from assay.work.part import ReadSettings

    path = folder / "fail-ZUGFeRD_2_fully_compliant_complete.pdf"
    data = path.read_bytes()
    shown = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), "application/pdf", "test", "1")
    tables = [r for r in PDF.read(data, shown, ReadSettings(), 1, 1) if isinstance(r, Table)]
    rows = [[c.text for c in t.cells if c.row == r] for t in tables for r in range(t.rows)]
    assert sum(any("8.150,00" in c for c in row) and any("M-01" in c for c in row) for row in rows) == 1
