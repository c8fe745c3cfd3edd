from __future__ import annotations

import hashlib

import pytest

from assay.custody.sniff import media_type
from assay.model import Exhibit, Page, Table
from assay.read.text import TEXT
from assay.work.part import ReadRefused, ReadSettings

SETTINGS = ReadSettings()
RU = (
    "ДОГОВОР ПОСТАВКИ\n\nПоставщик обязуется передать товар покупателю.\nСрок тридцать дней.\n\n"
    "Цена договора 9 000 000 рублей."
)
ZH = "购销合同\n\n卖方同意出售，买方同意购买下列货物。\n\n合同总价为九百万元整。"


def read(data: bytes) -> tuple[list[Page], list[Table]]:
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), media_type(data), "test", "1")
    assert exhibit.media_type in TEXT.accepts
    records = list(TEXT.read(data, exhibit, SETTINGS, 1, TEXT.count(data, exhibit, SETTINGS)))
    pages = [r for r in records if isinstance(r, Page)]
    tables = [r for r in records if isinstance(r, Table)]
    assert all(pages[t.page - 1].text[c.start : c.end] == c.text for t in tables for c in t.cells)
    return pages, tables


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [(RU, "cp1251", "cp1251"), (RU, "koi8-r", "koi8-r"), (RU, "cp866", "cp866"), (RU, "utf-8", "utf-8"),
     (RU, "utf-16", "utf-16-le"), (RU, "utf-16-be", "utf-16-be"), (ZH, "gb18030", "gb18030"),
     (ZH, "utf-8-sig", "utf-8")],
)  # fmt: skip
def test_any_encoding_gives_the_same_text_and_is_named(text: str, encoding: str, named: str) -> None:
    (page,), _ = read(text.replace("\n", "\r\n").encode(encoding))
    assert [page.text[p.start : p.end] for p in page.paragraphs] == text.split("\n\n")
    assert named in page.engine
    assert page.language == ("zh" if text is ZH else "ru")
    assert page.kind == "text"


def test_lines_without_blank_ones_between_are_paragraphs() -> None:
    (page,), _ = read("Первая строка письма.\nВторая строка письма.\n".encode())
    assert len(page.paragraphs) == 2


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_delimited_text_is_a_table_with_its_header(separator: str) -> None:
    rows = [["Наименование", "Количество", "Цена"], ["Насос", "37", "1200"], ["Клапан", "4", "80"]]
    data = "\n".join(separator.join(r) for r in rows).encode("cp1251")
    (page,), (table,) = read(data)
    assert [[c.text for c in row if c] for row in table.grid()] == rows
    assert table.header_rows == 1
    assert page.paragraphs[0].kind == "table"


def test_a_long_table_goes_on_over_pages() -> None:
    data = "n;name\n" + "\n".join(f"{i};наименование изделия номер {i}" for i in range(9000))
    pages, tables = read(data.encode())
    assert len(pages) > 5
    assert [t.continues for t in tables] == [False] + [True] * (len(tables) - 1)
    assert sum(t.rows for t in tables) == 9001
    assert "".join(p.text + "\n" for p in pages).count("\n") == 9001


def test_damaged_xml_is_read_as_plain_text_and_said() -> None:
    (page,), _ = read(b"<?xml version='1.0'?><a><b>first words</b></a><oops>second words")
    assert "second words" in page.text
    assert any("damaged" in n for n in page.notes)


def test_xml_entities_are_left_alone() -> None:
    (page,), _ = read(b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>x &e; y</a>")
    assert "root:" not in page.text


def test_nul_bytes_and_form_feeds_do_not_reach_the_text() -> None:
    (page,), _ = read("Отчёт за период.\f\nСтраница вторая".encode("cp1251"))
    assert "Страница вторая" in page.text
    assert "\0" not in page.text


def test_an_empty_file_is_refused_in_words() -> None:
    exhibit = Exhibit(hashlib.sha256(b"").hexdigest(), "", 0, media_type(b""), "test", "1")
    assert exhibit.media_type in TEXT.accepts
    with pytest.raises(ReadRefused, match="0 bytes"):
        list(TEXT.read(b"", exhibit, SETTINGS, 1, TEXT.count(b"", exhibit, SETTINGS)))
