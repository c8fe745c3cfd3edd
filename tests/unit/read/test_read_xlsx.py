from __future__ import annotations

import datetime
import hashlib
import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter

from assay.custody.sniff import media_type
from assay.model import Exhibit, Page, PageState, Problem, Table
from assay.read import sheet as sheets
from assay.read.number_format import shown
from assay.read.xlsx import XLSX, place
from assay.work.part import ReadRefused, ReadSettings

SETTINGS = ReadSettings()


def exhibit(data: bytes) -> Exhibit:
    return Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), media_type(data), "test", "1")


def read(data: bytes) -> tuple[list[Page], list[Table], list[Problem]]:
    shown_ = exhibit(data)
    assert shown_.media_type in XLSX.accepts
    records = list(XLSX.read(data, shown_, SETTINGS, 1, XLSX.count(data, shown_, SETTINGS)))
    pages = [r for r in records if isinstance(r, Page)]
    tables = [r for r in records if isinstance(r, Table)]
    for table in tables:
        assert all(pages[table.page - 1].text[c.start : c.end] == c.text for c in table.cells)
    return pages, tables, [r for r in records if isinstance(r, Problem)]


def workbook(fill) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    fill(book)
    book.close()
    return buffer.getvalue()


def price_list(book) -> None:
    sheet = book.add_worksheet("Цены")
    sheet.merge_range("A1:D1", "Спецификация к договору")
    sheet.write_row("A2", ["Наименование", "Кол-во", "Цена", "Сумма"])
    money = book.add_format({"num_format": "#,##0.00"})
    for row, (name, count, price) in enumerate([("Насос", 3, 1200.5), ("Клапан", 10, 80)], 2):
        sheet.write(row, 0, name)
        sheet.write(row, 1, count)
        sheet.write(row, 2, price, money)
        sheet.write_formula(row, 3, f"=B{row + 1}*C{row + 1}", money, count * price)
    sheet.write(5, 0, "Настоящая спецификация является неотъемлемой частью договора поставки.")
    hidden = book.add_worksheet("secret")
    hidden.write(0, 0, "x")
    hidden.hide()


def test_sheets_are_pages_with_values_as_shown_and_formulas_beside() -> None:
    pages, tables, problems = read(workbook(price_list))
    assert not problems
    assert [p.kind for p in pages] == ["sheet", "sheet"]
    (table,) = (t for t in tables if t.page == 1)
    assert (table.rows, table.columns, table.header_rows) == (3, 4, 1)
    assert "Насос\t3\t1,200.50\t3,601.50" in pages[0].text.split("\n")
    grid = table.grid()
    assert (grid[1][3].text, grid[1][3].formula) == ("3,601.50", "=B3*C3")
    assert "Спецификация к договору" in pages[0].text.split("\n")
    assert pages[0].text.endswith("договора поставки.")
    assert any("2 cells hold formulas" in n for n in pages[0].notes)
    assert any("hidden" in n for n in pages[1].notes)


def test_dates_percentages_booleans_and_shared_formulas() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["date", "share", "flag"])
    sheet.append([datetime.date(2024, 5, 1), 0.155, True])
    sheet["A2"].number_format = "dd.mm.yyyy"
    sheet["B2"].number_format = "0.0%"
    buffer = io.BytesIO()
    book.save(buffer)
    pages, _, _ = read(buffer.getvalue())
    assert "01.05.2024\t15.5%\tTRUE" in pages[0].text.split("\n")


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        ("1234567.891", "#,##0.00", "1,234,567.89"),
        ("1234567.891", "General", "1234567.891"),
        ("0.1", "0.00", "0.10"),
        ("-1234.5", "#,##0.00;[Red](#,##0.00)", "(1,234.50)"),
        ("-1234.5", "#,##0.00", "-1,234.50"),
        ("0", '0.00;-0.00;"-"', "-"),
        ("1250", '#,##0.00 "руб."', "1,250.00 руб."),
        ("1250", "[$€-407] #,##0.00", "€ 1,250.00"),
        ("7", "000", "007"),
        ("0.25", "0%", "25%"),
        ("1500000", '0.0,,"M"', "1.5M"),
        ("45413", "dd.mm.yyyy", "01.05.2024"),
        ("45413.5", "yyyy-mm-dd hh:mm", "2024-05-01 12:00"),
        ("45413", 'yyyy"年"m"月"d"日"', "2024年5月1日"),
        ("45413", "d mmmm yyyy", "1 May 2024"),
        ("1.5", "[h]:mm", "36:00"),
        ("0.5", "h:mm AM/PM", "12:00 PM"),
        ("0.3333333333333333", "General", "0.3333333333"),
        ("100", "General", "100"),
        ("5", "@", "5"),
    ],
)
def test_number_formats(value: str, form: str, expected: str) -> None:
    assert shown(Decimal(value), form) == expected


@pytest.mark.parametrize(
    ("reference", "expected"),
    [("A1", (0, 0)), ("AB12", (11, 27)), ("XFD1048576", (1048575, 16383)), ("XFE1", None), ("A0", None), ("1A", None),
     ("A9999999", None), ("", None)],
)  # fmt: skip
def test_references(reference: str, expected: tuple[int, int] | None) -> None:
    assert place(reference) == expected


def test_far_away_and_merged_cells_cost_nothing() -> None:
    def fill(book) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "z")
        sheet.merge_range("A6:B7", "huge")

    data = workbook(fill)
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"A6:B7", b"A6:WWW1000000"))
    pages, tables, _ = read(buffer.getvalue())
    assert {"a", "z", "huge"} <= set(pages[0].text.split())
    assert sum(len(t.cells) for t in tables) <= 3


def test_a_very_large_sheet_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(book) -> None:
        sheet = book.add_worksheet("big")
        for row in range(60):
            sheet.write_row(row, 0, range(10))

    monkeypatch.setattr(sheets, "CELLS", 200)
    pages, _, problems = read(workbook(fill))
    assert pages[0].state is PageState.READ
    assert [p.category for p in problems] == ["limit"]


def test_a_damaged_sheet_fails_alone() -> None:
    data = workbook(price_list)
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[:300] if name == "xl/worksheets/sheet1.xml" else content)
    pages, _, problems = read(buffer.getvalue())
    assert [p.state for p in pages] == [PageState.FAILED, PageState.READ]
    assert pages[0].reason
    assert [(p.category, p.page) for p in problems] == [("broken", 1)]


def test_a_workbook_without_its_list_is_refused() -> None:
    data = workbook(price_list)
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            if name != "xl/workbook.xml":
                new.writestr(name, old.read(name))
    with pytest.raises(ReadRefused, match="list of sheets"):
        XLSX.count(buffer.getvalue(), exhibit(buffer.getvalue()), SETTINGS)
