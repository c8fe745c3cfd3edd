from __future__ import annotations

import hashlib

import pytest

from assay.custody.sniff import media_type
from assay.model import Exhibit, Page, Table
from assay.read.html import HTML
from assay.work.part import ReadSettings

SETTINGS = ReadSettings()


def read(data: bytes) -> tuple[list[Page], list[Table]]:
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), media_type(data), "test", "1")
    assert exhibit.media_type in HTML.accepts
    records = list(HTML.read(data, exhibit, SETTINGS, 1, HTML.count(data, exhibit, SETTINGS)))
    pages = [r for r in records if isinstance(r, Page)]
    tables = [r for r in records if isinstance(r, Table)]
    assert all(pages[t.page - 1].text[c.start : c.end] == c.text for t in tables for c in t.cells)
    return pages, tables


def lines(page: Page) -> list[str]:
    return [page.text[p.start : p.end] for p in page.paragraphs]


def test_title_headings_paragraphs_and_lists_without_scripts() -> None:
    (page,), _ = read(
        b"<html><head><title>The  deal</title><style>p{}</style></head><body><script>alert('x')</script>"
        b"<h1>News</h1><p>One <b>bold</b>\n word.<br>Next line</p><ul><li>first</li><li>second</li></ul>"
        b"tail</body></html>"
    )
    assert lines(page) == ["The deal", "News", "One bold word.\nNext line", "• first", "• second", "tail"]
    assert [p.kind for p in page.paragraphs][:2] == ["title", "heading"]
    assert page.language == "en"


def test_a_data_table_keeps_spans_and_a_layout_table_is_text() -> None:
    (page,), (table,) = read(
        "<!DOCTYPE html><body><table><tr><td><table><tr><th>Товар</th><th>Кол-во</th></tr><tr><td rowspan=2>Насос</td>"
        "<td>37</td></tr><tr><td>4</td></tr></table></td><td><p>сбоку стоит текст</p></td></tr></table></body>".encode()
    )
    assert (table.rows, table.columns, table.header_rows) == (3, 2, 1)
    assert [[c.text for c in row if c] for row in table.grid()] == [
        ["Товар", "Кол-во"],
        ["Насос", "37"],
        ["Насос", "4"],
    ]
    assert "сбоку стоит текст" in lines(page)


@pytest.mark.parametrize("declared", ["windows-1251", "utf-8", "koi8-r"])
def test_the_letters_outweigh_a_false_charset(declared: str) -> None:
    text = "Поставщик сообщил, что договор был подписан в мае прошлого года."
    (page,), _ = read(f'<html><meta charset="{declared}"><p>{text}</p></html>'.encode("cp1251"))
    assert text in page.text


def test_hidden_elements_are_read_and_said() -> None:
    (page,), _ = read(b"<html><body><p>seen words</p><p style='display:none'>hidden words</p></body></html>")
    assert "hidden words" in page.text
    assert any("hidden" in n for n in page.notes)


@pytest.mark.parametrize(
    "data",
    [
        b"<html>" + b"<div>" * 5000 + b"deep" + b"</div>" * 5000,
        b"<table>" * 300 + b"<tr><td>x</td></tr>",
        b"<html><table><tr><td colspan=99999 rowspan=99999>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
        b"<!DOCTYPE html><html></html>",
        b"<html><table>" + (b"<tr>" + b"<td rowspan=900 colspan=20>x</td>" * 10 + b"</tr>") * 300 + b"</table>",
        b"<html><p>&#0;&#xd800; ok &bogus; </p>",
        b"<html><![CDATA[<p>]]><p>un<closed <b><i></p>",
    ],
)
def test_hostile_markup_is_read_in_no_time(data: bytes) -> None:
    pages, _ = read(data)
    assert len(pages) == 1
    pages[0].text.encode("utf-8")
