"""Columns known by their products, thousands by their table, units and counts as they are printed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assay.extract.articles import designation_in
from assay.extract.columns import grouping_of, number_in, roles_of
from assay.extract.grids import Grid, Row
from assay.extract.items import lines_of, unit_in
from assay.extract.view import view
from assay.model import Page, PageState
from assay.read.values.quantities import find_quantities


def grid(rows: list[list[str]], header: list[str] | None = None, how: str = "text_layer") -> Grid:
    """Return a table whose cells stand in a page's text, tabs between them."""
    every = ([header] if header else []) + rows
    text = "\n".join("\t".join(row) for row in every)
    page = Page("e" * 64, 1, "page", PageState.READ, how, "t", text, "ru", (), 1, 1, 0, 90.0, "", (), "t", "1")
    made, offset = [], 0
    for row in every:
        cells = []
        for cell in row:
            cells.append(view(page, offset, offset + len(cell), kind="cell"))
            offset += len(cell) + 1
        made.append(Row(page, tuple(cells)))
    split = 1 if header else 0
    return Grid(len(every[0]), made[:split], made[split:], "")


ROWS = [
    ["1", "Насос", "86 981,00", "4", "347 924,00"],
    ["2", "Стенд", "500,00", "12", "6 000,00"],
    ["3", "Шина", "20,50", "2", "41,00"],
]


@pytest.mark.parametrize(
    "header", [["№", "Наименование", "Стоимостьед.", "Колич.", "Сумма"], ["", "Товар", "", "", ""]]
)
def test_a_misread_header_yields_to_the_products(header: list[str]) -> None:
    table = grid(ROWS, header)
    roles = roles_of(table)
    assert (roles["price"], roles["quantity"], roles["total"]) == (2, 3, 4)


def test_a_table_of_no_products_is_not_reckoned() -> None:
    table = grid([["1", "Насос", "7", "4", "9"], ["2", "Стенд", "5", "6", "8"]])
    assert roles_of(table)["price"] is None


def test_dots_part_thousands_where_another_figure_of_the_table_says_so() -> None:
    table = grid([["Насос", "55", "745.078", "40.979.290"], ["Стенд", "2", "15.460,25", "30.920,50"]])
    assert grouping_of(table) == "."
    assert number_in("745.078", ".") == Decimal(745078)
    lines = lines_of(table, roles_of(table), "USD")
    assert [line.price.amount for line in lines if line.price] == [Decimal(745078), Decimal("15460.25")]


def test_a_figure_with_a_lost_gap_is_read_and_two_figures_are_not_one() -> None:
    assert number_in("2248 328,00") == Decimal("2248328.00")
    assert number_in("12 4") is None


def test_positions_misread_on_a_scan_are_set_right_and_printed_ones_stay() -> None:
    rows = [[n, "Насос", "20,50", "2", "41,00"] for n in ("1", "2", "4", "4", "5")]
    header = ["№", "Наименование", "Цена", "Кол-во", "Сумма"]
    for how, third in (("ocr", "3"), ("text_layer", "4")):
        table = grid(rows, header, how)
        assert lines_of(table, roles_of(table), "USD")[2].position == third


def test_a_stroke_parts_two_languages_and_the_one_that_counts_pieces_names_the_unit() -> None:
    table = grid([["1", "Насос / 泵", "2", "20,50", "41,00"]], ["№", "Наименование", "Кол-во", "Цена", "Сумма"])
    assert lines_of(table, roles_of(table), "USD")[0].description.value == "Насос"
    assert unit_in("ед. / 套") == "unit"
    assert unit_in("од. / unit") == "unit"
    assert unit_in("条") == "unit"


def test_sums_in_the_second_language_are_no_items() -> None:
    rows = [*ROWS, ["", "АМА: / TOTAL:", "", "", "353 965,00"]]
    table = grid(rows, ["№", "Наименование", "Цена", "Колич.", "Сумма"])
    assert len(lines_of(table, roles_of(table), "USD")) == len(ROWS)


def test_a_full_width_comma_is_a_pause_between_a_name_and_its_count() -> None:
    assert [f.value.value for f in find_quantities("验收DNL 9/6，5辆。")] == [Decimal(5)]


def test_positions_that_recognition_misread_are_set_right_by_the_rows_around_them() -> None:
    from assay.extract.positions import mended

    assert mended(["2.1", "22", "23", "2.4"], [True] * 4) == ["2.1", "2.2", "2.3", "2.4"], "a lost point"
    assert mended(["1", "2", "8", "4", "5"], [True] * 5) == ["1", "2", "3", "4", "5"]
    assert mended(["1", "2", "8", "4", "5"], [False] * 5) == ["1", "2", "8", "4", "5"], "what no machine has read stays"
    assert mended(["1", "2", "", "3", "4"], [True] * 5)[3:] == ["3", "4"], "a row too many moves no other"


def test_positions_in_another_cell_are_known_by_running_on() -> None:
    from assay.extract.positions import follows, led, numbers
    from assay.extract.view import view

    from .test_extract_deal_papers import page_of

    def cell(text: str):
        made = view(page_of(text), 0, len(text), kind="cell")
        assert made is not None
        return made

    codes = [cell(t) for t in ("2.12 —", "2.13 TMB-467C", "2.14 —", "2.15 «Ковилець»")]
    assert numbers(codes)
    found = led(codes[1])
    assert found is not None and found.position == "2.13" and found.rest is not None and found.rest.text == "TMB-467C"
    none = led(codes[0])
    assert none is not None and none.rest is None
    assert not numbers([cell("40 комплектов"), cell("12 ящиков"), cell("7 машин")])
    assert follows("19", "2.1") and follows("2.9", "2.10") and not follows("2.10", "2.9")


def test_a_column_of_codes_whose_header_is_lost_holds_the_designations() -> None:
    rows = [["1", "Насос", "КВД-68", "2", "10,00", "20,00"], ["2", "Стенд", "—", "3", "5,50", "16,50"]]
    table = grid(rows, ["№", "Наименование", "Моде!", "Кол-во", "Цена", "Сумма"])
    assert roles_of(table)["designation"] == 2


def test_a_count_with_its_unit_is_no_price_though_the_price_is_small() -> None:
    rows = [["1", "Zitronensaft", "1,0000", "100 Stk", "100,00"], ["2", "Zucker", "1,4500", "50 Stk", "72,50"]]
    roles = roles_of(grid(rows, ["Pos", "Beschreibung Nettopreis", "", "Menge", "Betrag"]))
    assert (roles["price"], roles["quantity"], roles["total"]) == (2, 3, 4)


def test_a_description_in_two_scripts_without_a_stroke_is_given_in_the_first() -> None:
    rows = [
        ["1", "Мастерская подвижная 移动维修车", "2", "5,00", "10,00"],
        ["2", "移动维修车·/Mobile workshop", "1", "3,00", "3,00"],
    ]
    table = grid(rows, ["№", "Наименование", "Кол-во", "Цена", "Сумма"])
    said = [line.description.value for line in lines_of(table, roles_of(table), "USD")]
    assert said == ["Мастерская подвижная", "移动维修车"]


def test_positions_and_names_in_one_column_are_parted() -> None:
    rows = [["2.8 激光测距仪", "QVR 9/8", "50544.00", "50", "2527200.00"], ["2.9 检测台", "—", "20.00", "8", "160.00"]]
    table = grid(rows, ["项号 品名", "货物明细及价格产品型号", "单价", "数量", "合价"], how="ocr")
    said = [(line.position, line.description.value) for line in lines_of(table, roles_of(table), "CNY")]
    assert said == [("2.8", "激光测距仪"), ("2.9", "检测台")]


def test_what_a_scan_lost_of_a_row_is_reckoned_and_says_so() -> None:
    rows = [
        ["1", "Насос", "4", "10,00", "40,00"],
        ["2", "Стенд", "у", "5,50", "16,50"],
        ["3", "Шина", "", "7,00", "14,00"],
    ]
    table = grid(rows, ["№", "Наименование", "Кол-во", "Цена", "Сумма"], how="ocr")
    lines = lines_of(table, roles_of(table), "USD")
    quantities = [line.quantity for line in lines]
    assert [q.value if q else None for q in quantities] == [4, 3, 2]
    assert [bool(q and "total by price" in q.uncertain) for q in quantities] == [False, True, True]
    born = grid(rows, ["№", "Наименование", "Кол-во", "Цена", "Сумма"])
    assert [q.value if q else None for q in (x.quantity for x in lines_of(born, roles_of(born), "USD"))] == [
        4,
        None,
        None,
    ]


@pytest.mark.parametrize(("cell", "how", "value"), [
    ("«Калинник-ЗТ»", "ocr", "КАЛИННИК-3Т"), ("«Верб!з-5»", "text_layer", "ВЕРБ!З-5"), ("ЗНТ-54", "ocr", "ЗНТ-54"),
])  # fmt: skip
def test_a_recognised_name_has_its_figure_back(cell: str, how: str, value: str) -> None:
    seen = grid([[cell]], how=how).rows[0].cells[0]
    assert seen is not None
    found = designation_in(seen, True)
    assert found is not None and found.value == value
