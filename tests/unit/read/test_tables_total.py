from __future__ import annotations

from itertools import pairwise

import pytest

from assay.model import Page, Table
from assay.read.layout import Segment, Word
from assay.read.layout_page import Seen, Source, records
from assay.read.tables import Rule


def segment(text, x, y, high=11.0):
    words, at = [], x
    for part in text.split(" "):
        words.append(Word(part, at, y, at + 5.5 * len(part), y + high))
        at += 5.5 * len(part) + 3
    return Segment.of(words)


def read(segments, rules=(), number=2):
    source = Source("0" * 64, number, "page", "test", "1")
    made = list(records(source, Seen(595, 842, 0, "text_layer", "test", segments, rules)))
    return next(r for r in made if isinstance(r, Page)), [r for r in made if isinstance(r, Table)]


@pytest.mark.parametrize("label", ["Итого:", "ВСЕГО", "Разом", "合计", "Total", "Total amount:"])
def test_a_sum_alone_on_the_next_page_is_a_row_whatever_its_order(label):
    # The figures stand half a line higher than the word and come first in the file.
    drawn = [
        segment("1 234 567,00", 470, 61),
        segment("37", 390, 60),
        segment(label, 60, 66),
        segment("Поставщик обязуется передать товар Покупателю в срок до конца года.", 60, 120),
    ]
    page, tables = read(drawn)
    assert len(tables) == 1 and tables[0].rows == 1 and tables[0].continues
    assert [c.text for c in tables[0].cells] == [label, "37", "1 234 567,00"]
    for cell in tables[0].cells:
        assert page.text[cell.start : cell.end] == cell.text


def test_running_text_about_a_sum_is_no_row():
    for text in ("Итого к оплате 37 рублей", "Сумма договора составляет 1 234 567,00 руб. и включает налоги."):
        assert read([segment(text, 60, 66), segment("Далее следует текст.", 60, 90)])[1] == []


def test_a_sum_deep_in_the_page_is_left_as_it_is():
    lines = [segment(f"Строка текста номер {k} без таблицы на этой странице", 60, 60 + 16 * k) for k in range(8)]
    assert read([*lines, segment("Итого", 60, 230), segment("37", 400, 230)])[1] == []


def test_a_ruled_sum_alone_is_a_row():
    xs = (50.0, 380.0, 450.0, 560.0)
    rules = [Rule(50, y, 560, y) for y in (50.0, 90.0)] + [Rule(x, 50, x, 90) for x in xs]
    drawn = [segment("1 234 567,00", 470, 55), segment("37", 390, 70), segment("Итого", 60, 62)]
    _, tables = read(drawn, rules)
    assert [[c.text for c in t.cells] for t in tables] == [["Итого", "37", "1 234 567,00"]]


def test_a_name_whose_second_line_runs_into_the_next_column_leaves_that_its_cell():
    rows = []
    for k, y in enumerate((100.0, 150.0, 200.0)):
        rows += [
            segment(str(k + 1), 60, y),
            segment("Verbundene", 90, y),
            segment("1.000,00", 200, y),
            segment(f"{k + 2} Stk", 280, y),
            segment("2.000,00", 360, y),
            segment("Wohngebäudeversicherung2", 90, y + 12),
        ]
    _, tables = read(rows, number=1)
    assert len(tables) == 1 and tables[0].columns == 5
    by_row = [[c.text for c in tables[0].cells if c.row == r] for r in range(3)]
    assert all(row[2] == "1.000,00" and "Verbundene Wohn" in row[1] for row in by_row)


def test_items_far_apart_are_rows_and_not_remarks():
    rows = []
    for k, y in enumerate((100.0, 160.0, 220.0)):
        rows += [segment(t, x, y) for t, x in (("A4", 60), ("Papier", 120), (f"{k + 2},00", 240), (f"{k + 5},00", 330))]
        rows.append(segment("Bemerkung zur Ware", 120, y + 14))
    _, tables = read(rows, number=1)
    assert len(tables) == 1 and tables[0].rows == 3
    starts = [c.start for c in tables[0].cells]
    assert all(a <= b for a, b in pairwise(starts))
    assert [c.text for c in tables[0].cells if c.column == 2] == ["2,00", "3,00", "4,00"]
