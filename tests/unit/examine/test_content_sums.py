"""txt.sum on tables built here: planted changes, and twins that only look like them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from assay.examine.content.sums import SUM
from assay.model import Cell, Exhibit, Finding, FindingStatus, Page, PageState, Reading, Table, Weight, Words

D = Decimal
Grid = Sequence[Sequence[str]]


def laid(rows: Grid, page: int = 1, how: str = "text_layer", confidence: int = 96) -> tuple[Page, list[Cell]]:
    text, cells = "", []
    for r, row in enumerate(rows):
        for c, written in enumerate(row):
            cells.append(Cell(r, c, len(text), len(text) + len(written), written))
            text += written + ("\n" if c == len(row) - 1 else "\t")
    inked = [c for c in cells if c.text]
    n = len(inked)
    words = Words(
        tuple(c.start for c in inked), tuple(c.end for c in inked), tuple(c.column * 900 for c in inked),
        tuple(c.row * 900 for c in inked), tuple(c.column * 900 + 800 for c in inked),
        tuple(c.row * 900 + 700 for c in inked), (confidence,) * n,
    )  # fmt: skip
    made = Page("x", page, "page", PageState.READ, how, "", text, "ru", (), 1, 1, 0, None, "", (), "", "", words)
    return made, cells


def reading(
    *grids: Grid, how: str = "text_layer", confidence: int = 96, heads: int = 1, goes_on: bool = False
) -> Reading:
    """Build one page with one table for each grid; with `goes_on` all but the first continue it and have no head."""
    pages, tables = [], []
    for number, rows in enumerate(grids, start=1):
        page, cells = laid(rows, number, how, confidence)
        more = goes_on and number > 1
        columns = max(len(row) for row in rows)
        pages.append(page)
        tables.append(Table("x", number, 1, len(rows), columns, 0 if more else heads, more, tuple(cells), None, "", ""))
    return Reading(Exhibit("x", "", 1, "application/pdf", "", ""), tuple(pages), tuple(tables))


def findings(given: Reading) -> list[Finding]:
    answers = [a for a in SUM.examine(given, b"") if isinstance(a, Finding)] if SUM.examine else []
    for answer in answers:
        for span in answer.spans:
            assert given.pages[span.page - 1].text[span.start : span.end] == span.quote
    return [a for a in answers if a.status is FindingStatus.FINDING]


def status(given: Reading) -> FindingStatus:
    assert SUM.examine
    answers: Iterable[Finding] = (a for a in SUM.examine(given, b"") if isinstance(a, Finding))
    return next(iter(answers)).status


def ru(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", "\u00a0").replace(".", ",")


def en(value: Decimal) -> str:
    return f"{value:,.2f}"


HEADS = {
    "ru": (["№ п/п", "Наименование", "Ед. изм.", "Кол-во", "Цена за ед., руб.", "Сумма, руб."], "Итого", ru),
    "uk": (["№", "Найменування товару", "Од.", "Кількість", "Ціна, грн", "Вартість, грн"], "Разом", ru),
    "en": (["Item", "Description", "Unit", "Qty", "Unit price (USD)", "Amount (USD)"], "Grand total", en),
    "zh": (["序号", "名称", "单位", "数量", "单价（元）", "金额（元）"], "合计", en),
}
UNITS = {"ru": "шт.", "uk": "шт.", "en": "pcs", "zh": "台"}


def priced(language: str, seed: int, count: int = 8) -> list[list[str]]:
    draw = random.Random(seed)
    head, label, shown = HEADS[language]
    rows, whole = [list(head)], D(0)
    for i in range(1, count + 1):
        quantity, price = draw.randrange(2, 400), D(draw.randrange(10_000, 9_000_000)) / 100
        whole += quantity * price
        rows.append([str(i), f"A{i}", UNITS[language], str(quantity), shown(price), shown(quantity * price)])
    rows.append(["", label, "", "", "", shown(whole)])
    return rows


def bumped(written: str, place: int) -> str:
    digits = [i for i, c in enumerate(written) if c.isdigit()]
    at = digits[place % len(digits)]
    return written[:at] + str((int(written[at]) + 3) % 10 or 1) + written[at + 1 :]


@pytest.mark.parametrize("language", sorted(HEADS))
@pytest.mark.parametrize("seed", range(4))
def test_a_sound_table_gives_nothing(language: str, seed: int) -> None:
    assert status(reading(priced(language, seed))) is FindingStatus.NO_FINDING


@pytest.mark.parametrize("language", sorted(HEADS))
@pytest.mark.parametrize("column", [3, 4, 5])
@pytest.mark.parametrize("seed", range(3))
def test_one_changed_figure_of_a_row_is_found_and_boxed(language: str, column: int, seed: int) -> None:
    rows = priced(language, seed)
    row = 2 + seed
    rows[row][column] = bumped(rows[row][column], 0)
    found = findings(reading(rows))
    assert found and all(f.weight is Weight.MODERATE for f in found)
    assert any(rows[row][column] in [s.quote for s in f.spans] and f.spans[0].boxes for f in found)


@pytest.mark.parametrize("language", sorted(HEADS))
def test_a_changed_total_is_found(language: str) -> None:
    rows = priced(language, 5)
    rows[-1][5] = bumped(rows[-1][5], 1)
    (found,) = findings(reading(rows))
    assert found.spans[0].quote == rows[-1][5] and "sum of 8 figures" in found.observation


def test_a_row_changed_with_its_total_still_contradicts_the_grand_total() -> None:
    rows = priced("en", 6)
    rows[3][3], rows[3][5] = "9", en(9 * D(rows[3][4].replace(",", "")))
    (found,) = findings(reading(rows))
    assert "grand total" in found.observation


def test_a_table_that_goes_on_over_pages_is_one_table() -> None:
    rows = priced("ru", 7, 24)
    cut = [rows[:10], rows[10:19], rows[19:]]
    assert status(reading(*cut, goes_on=True)) is FindingStatus.NO_FINDING
    cut[2][-1][5] = bumped(cut[2][-1][5], 0)
    (found,) = findings(reading(*cut, goes_on=True))
    assert {s.page for s in found.spans} == {1, 2, 3}


def test_a_repeated_head_joins_the_pages() -> None:
    rows = priced("zh", 8, 12)
    cut = [rows[:8], [rows[0], *rows[8:]]]
    assert status(reading(*cut)) is FindingStatus.NO_FINDING


def test_columns_without_heads_are_understood_by_arithmetic() -> None:
    rows = [row for row in priced("en", 9, 10)[1:]]
    assert status(reading(rows, heads=0)) is FindingStatus.NO_FINDING
    rows[4][5] = bumped(rows[4][5], 0)
    assert any(rows[4][5] in [s.quote for s in f.spans] for f in findings(reading(rows, heads=0)))


TWINS: dict[str, list[list[str]]] = {
    "cents are rounded in each line": [
        ["No.", "Item", "Qty", "Unit price", "Total"], ["1", "A", "3", "33.33", "100.00"], ["2", "B", "7", "14.29",
        "100.00"],
        ["3", "C", "6", "16.67", "100.00"], ["4", "D", "2", "50.00", "100.00"], ["5", "E", "4", "25.00", "100.00"],
        ["", "Total", "", "", "500.00"]],
    "tax stands below, included": [
        ["№", "Товар", "Кол-во", "Цена", "Сумма"], ["1", "А", "10", "120,00", "1 200,00"], ["2", "Б", "5", "240,00",
        "1 200,00"],
        ["", "Итого", "", "", "2 400,00"], ["", "В том числе НДС 20%", "", "", "400,00"]],
    "tax stands below, added": [
        ["№", "Товар", "Кол-во", "Цена", "Сумма"], ["1", "А", "10", "120,00", "1 200,00"], ["2", "Б", "5", "240,00",
        "1 200,00"],
        ["", "Итого без НДС", "", "", "2 400,00"], ["", "НДС 20%", "", "", "480,00"], ["", "Всего с НДС", "", "",
        "2 880,00"]],
    "tax in columns of its own": [
        ["№", "Товар", "Кол-во", "Цена", "Сумма без НДС", "НДС", "Сумма с НДС"],
        ["1", "А", "10", "100,00", "1 000,00", "200,00", "1 200,00"], ["2", "Б", "5", "200,00", "1 000,00", "200,00",
        "1 200,00"],
        ["3", "В", "3", "50,00", "150,00", "30,00", "180,00"], ["4", "Г", "2", "25,00", "50,00", "10,00", "60,00"],
        ["", "Итого", "", "", "2 200,00", "440,00", "2 640,00"]],
    "subtotals by group": [
        ["Item", "Description", "Qty", "Price", "Amount"], ["1", "A", "2", "100.00", "200.00"], ["2", "B", "3",
        "50.00", "150.00"],
        ["", "Subtotal", "", "", "350.00"], ["3", "C", "4", "25.00", "100.00"], ["4", "D", "5", "10.00", "50.00"],
        ["", "Subtotal", "", "", "150.00"], ["", "Grand total", "", "", "500.00"]],
    "a discount in the row": [
        ["Item", "Description", "Qty", "Price", "Discount, %", "Amount"], ["1", "A", "2", "100.00", "10", "180.00"],
        ["2", "B", "3", "50.00", "0", "150.00"], ["3", "C", "4", "25.00", "5", "95.00"], ["4", "D", "4", "25.00",
        "0", "100.00"],
        ["", "Total", "", "", "", "525.00"]],
    "discount and freight below": [
        ["Item", "Description", "Qty", "Price", "Amount"], ["1", "A", "2", "100.00", "200.00"], ["2", "B", "3",
        "50.00", "150.00"],
        ["", "Discount", "", "", "35.00"], ["", "Freight", "", "", "60.00"], ["", "Total", "", "", "375.00"]],
    "an advance below the total": [
        ["序号", "名称", "数量", "单价", "金额"], ["1", "甲", "2", "100.00", "200.00"], ["2", "乙", "3", "50.00",
        "150.00"],
        ["", "合计", "", "", "350.00"], ["", "预付款30%", "", "", "105.00"]],
    "months times people times rate": [
        ["№", "Услуга", "Кол-во", "Месяцев", "Ставка", "Сумма"], ["1", "А", "2", "3", "100,00", "600,00"],
        ["2", "Б", "4", "6", "50,00", "1 200,00"], ["3", "В", "5", "2", "10,00", "100,00"], ["", "Итого", "", "", "",
        "1 900,00"]],
    "numbers that are no sums": [
        ["Параметр", "Мин.", "Ном.", "Макс."], ["Масса, кг", "40", "44", "48"], ["Длина, м", "9", "9,5", "10"],
        ["Скорость", "60", "65", "70"], ["Всего точек", "5", "7", "9"]],
    "a draft row without figures": [
        ["Item", "Description", "Qty", "Price", "Amount"], ["1", "A", "2", "100.00", "200.00"], ["2", "B", "3",
        "50.00", "150.00"],
        ["3", "C", "tbd", "tbd", "tbd"], ["", "Total", "", "", "410.00"]],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(TWINS))
def test_twins_do_not_fire(name: str) -> None:
    assert findings(reading(TWINS[name])) == []


def test_on_a_scan_one_digit_is_never_more_than_limited() -> None:
    rows = priced("ru", 3)
    rows[-1][5] = rows[-1][5].replace(rows[-1][5][0], "7" if rows[-1][5][0] != "7" else "1", 1)
    (found,) = findings(reading(rows, how="ocr"))
    assert found.weight is Weight.LIMITED and "recognised" in found.observation
    (found,) = findings(reading(rows, how="ocr", confidence=60))
    assert found.weight is Weight.LIMITED and "confidence of only 60" in found.observation


def test_on_a_scan_two_relations_that_agree_confirm_each_other() -> None:
    rows = priced("en", 4)
    rows[3][5] = bumped(rows[3][5], 0)
    found = findings(reading(rows, how="ocr"))
    assert len(found) == 2 and {f.weight for f in found} == {Weight.MODERATE}
    assert len({f.independence_group for f in found}) == 1


def test_a_table_that_was_misread_throughout_says_that_it_was_not_examined() -> None:
    draw, rows = random.Random(1), priced("en", 2, 60)
    for row in rows[1:-1]:
        if draw.random() < 0.45:
            row[5] = bumped(row[5], 0)
    assert status(reading(rows)) is FindingStatus.NOT_EXAMINED


def test_no_table_is_not_applicable() -> None:
    assert status(reading([["a", "b"], ["c", "d"]])) is FindingStatus.NOT_APPLICABLE


def booked(change: str = "", above: int = 2) -> Reading:
    """Build a sheet whose table begins below `above` rows, with formulas; `change` replaces one remembered value."""
    rows = [["Name", "Hours", "Rate", "Fee"], ["A", "3", "110", "330"], ["B", "5", "90", "450"],
            ["C", "7", "80", "560"], ["Net", "", "", "1340"], ["With levy", "", "", "1608.00"]]  # fmt: skip
    first = above + 2
    formulas = {(r, 3): f"=B{r + above + 1}*C{r + above + 1}" for r in (1, 2, 3)}
    formulas |= {(4, 3): f"=SUM(D{first}:D{first + 2})", (5, 3): f"=ROUND(D{first + 3}*1.2,2)"}
    if change:
        rows[5][3] = change
    given = reading(rows)
    table = given.tables[0]
    cells = tuple(
        Cell(c.row, c.column, c.start, c.end, c.text, formula=formulas.get((c.row, c.column), "")) for c in table.cells
    )
    kept = Table("x", 1, 1, table.rows, table.columns, 1, False, cells, None, "", "")
    return Reading(given.exhibit, given.pages, (kept,))


@pytest.mark.parametrize("above", [0, 1, 7])
def test_a_value_that_is_not_what_its_formula_gives_is_found(above: int) -> None:
    assert findings(booked(above=above)) == []
    (found,) = findings(booked("1806.00", above))
    assert "formula" in found.observation and found.expected == "1,608.00" and found.spans[0].quote == "1806.00"


def overleaf(language: str, changed: bool, more: str = "") -> Reading:
    """Build a table whose total stands alone on the next page; `more` stands below the table on its own page."""
    rows = priced(language, 5)
    total = rows[-1][5]
    given = reading(rows[:-1])
    first = given.pages[0]
    text = f"2 / 2\n{rows[-1][1]}: {bumped(total, 1) if changed else total}\n/signature/"
    pages = (replace(first, text=first.text + more), replace(first, number=2, text=text, words=Words()))
    return Reading(given.exhibit, pages, given.tables)


@pytest.mark.parametrize("language", sorted(HEADS))
def test_a_total_alone_on_the_next_page_belongs_to_the_table(language: str) -> None:
    assert findings(overleaf(language, False)) == []
    (found,) = findings(overleaf(language, True))
    assert found.weight is Weight.LIMITED and found.spans[0].page == 2


def test_a_total_on_the_next_page_is_another_ones_where_text_follows_the_table() -> None:
    text = "The goods listed above are delivered in lots. The services below are paid for separately, as stated here."
    assert findings(overleaf("en", True, text)) == []


def test_a_scanned_figure_whose_groups_ran_together_still_counts() -> None:
    rows = priced("ru", 5)
    rows[3][5] = rows[3][5].replace("\u00a0", "", 1) if rows[3][5].count("\u00a0") > 1 else rows[3][5]
    rows[-1][5] = bumped(rows[-1][5], 0)
    assert any(f.spans[0].quote == rows[-1][5] for f in findings(reading(rows, how="ocr")))
