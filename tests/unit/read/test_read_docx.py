from __future__ import annotations

import hashlib
import io
import zipfile

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from assay.custody.sniff import media_type
from assay.model import Exhibit, Page, PageState, Table
from assay.read.body import PIECE, WHOLE
from assay.read.docx import DOCX
from assay.work.part import ReadRefused, ReadSettings

SETTINGS = ReadSettings()


def exhibit(data: bytes) -> Exhibit:
    return Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), media_type(data), "test", "1")


def saved(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def read(data: bytes) -> tuple[list[Page], list[Table]]:
    shown = exhibit(data)
    assert shown.media_type in DOCX.accepts
    number = DOCX.count(data, shown, SETTINGS)
    records = list(DOCX.read(data, shown, SETTINGS, 1, number))
    pages = [r for r in records if isinstance(r, Page)]
    tables = [r for r in records if isinstance(r, Table)]
    assert [p.number for p in pages] == list(range(1, number + 1))
    for table in tables:
        page = pages[table.page - 1]
        assert all(page.text[c.start : c.end] == c.text for c in table.cells)
    return pages, tables


def lines(page: Page) -> list[str]:
    return [page.text[p.start : p.end] for p in page.paragraphs]


def patched(data: bytes, name: str, change) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            content = old.read(entry)
            new.writestr(entry, change(content) if entry == name else content)
    return buffer.getvalue()


def test_paragraphs_headings_and_languages() -> None:
    document = docx.Document()
    document.add_heading("Контракт", 1)
    document.add_paragraph("Поставщик обязуется поставить оборудование покупателю в срок.")
    document.add_paragraph("The Supplier shall deliver the equipment to the Buyer.")
    document.add_paragraph("卖方同意出售，买方同意购买下列货物。")
    (page,), tables = read(saved(document))
    assert page.state is PageState.READ
    assert (page.kind, page.how) == ("text", "parser")
    assert [p.language for p in page.paragraphs] == ["ru", "ru", "en", "zh"]
    assert page.paragraphs[0].kind == "heading"
    assert len(page.words) == 0
    assert not tables


def test_a_table_keeps_its_cells_spans_and_header() -> None:
    document = docx.Document()
    table = document.add_table(rows=4, cols=3)
    for r, row in enumerate(
        [["Item", "Qty", "Price"], ["Pump", "37", "1 200,50"], ["Valve", "4", "80,00"], ["Total", "", "9"]]
    ):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    table.cell(3, 0).merge(table.cell(3, 1))
    (page,), (found,) = read(saved(document))
    assert (found.rows, found.columns, found.header_rows) == (4, 3, 1)
    assert "Pump\t37\t1 200,50" in page.text.split("\n")
    grid = found.grid()
    assert [c.text for c in grid[1] if c] == ["Pump", "37", "1 200,50"]
    assert grid[3][0] is grid[3][1]
    assert grid[3][0].column_span == 2


def test_vertically_merged_cells_span_rows() -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=2)
    for r in range(3):
        for c in range(2):
            table.cell(r, c).text = f"{r}{c}"
    merged = table.cell(0, 0).merge(table.cell(2, 0))
    merged.text = "group"
    _, (found,) = read(saved(document))
    first = found.cells[0]
    assert (first.text, first.row_span) == ("group", 3)
    assert [row[0].text for row in found.grid()] == ["group"] * 3


def test_tracked_insertions_are_in_and_deletions_out_and_both_are_said() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Price: ")
    for tag, text, element in (("ins", "200", "t"), ("del", "100", "delText")):
        change = parse_xml(
            f'<w:{tag} {nsdecls("w")} w:id="1" w:author="x"><w:r><w:{element}>{text}</w:{element}></w:r></w:{tag}>'
        )
        paragraph._p.append(change)
    paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}><w:t> EUR</w:t></w:r>"))
    (page,), _ = read(saved(document))
    assert page.text == "Price: 200 EUR"
    assert page.notes == ("tracked changes: 1 insertions (in the text) and 1 deletions (left out)",)


def test_an_untouched_document_has_no_note() -> None:
    document = docx.Document()
    document.add_paragraph("Nothing was changed here.")
    (page,), _ = read(saved(document))
    assert page.notes == ()


def test_generated_clause_numbers_are_part_of_the_text() -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2."/></w:lvl>'
        '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="russianLower"/><w:lvlText w:val="%3)"/></w:lvl>'
        "</w:abstractNum>"
    )
    numbering.insert(0, abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for level, text in [
        (0, "Предмет"),
        (1, "Поставка"),
        (1, "Обучение"),
        (2, "курс"),
        (2, "сроки"),
        (0, "Цена"),
        (1, "Сумма"),
    ]:
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        marker = OxmlElement("w:numPr")
        for tag, value in (("w:ilvl", level), ("w:numId", 77)):
            element = OxmlElement(tag)
            element.set(qn("w:val"), str(value))
            marker.append(element)
        properties.append(marker)
    (page,), _ = read(saved(document))
    assert lines(page) == [
        "1. Предмет", "1.1. Поставка", "1.2. Обучение", "а) курс", "б) сроки", "2. Цена", "2.1. Сумма",
    ]  # fmt: skip


def bilingual(rows: list[tuple[str, str]]) -> bytes:
    document = docx.Document()
    table = document.add_table(rows=len(rows), cols=2)
    for r, pair in enumerate(rows):
        for c, text in enumerate(pair):
            table.cell(r, c).text = text
    return saved(document)


CLAUSES = [
    (
        "1. Поставщик обязуется поставить оборудование, указанное в приложении.",
        "1. 供应方应交付附件中所列的设备，并保证其质量符合合同要求。",
    ),
    ("2. Общая стоимость договора составляет 9 000 000 рублей.", "2. 合同总价为九百万卢布，不含增值税及其他税费。"),
    ("3. Срок поставки истекает 31 декабря 2024 года.", "3. 交货期限至二〇二四年十二月三十一日止，逾期承担违约责任。"),
]


def test_a_bilingual_table_is_two_columns_of_text() -> None:
    (page,), tables = read(bilingual(CLAUSES))
    assert not tables
    assert [(p.column, p.language) for p in page.paragraphs] == [(0, "ru"), (1, "zh")] * 3
    assert lines(page) == [text for pair in CLAUSES for text in pair]


def test_a_table_of_figures_in_two_columns_stays_a_table() -> None:
    rows = [("Наименование", "Price"), ("Насос", "12,5"), ("Клапан", "80")]
    _, tables = read(bilingual(rows))
    assert len(tables) == 1


def test_headers_footers_and_footnotes_are_read_once() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Confidential"
    document.sections[0].footer.paragraphs[0].text = "Page footer"
    document.add_section().header.is_linked_to_previous = False
    document.sections[1].header.paragraphs[0].text = "Confidential"
    document.add_paragraph("Body text.")
    (page,), _ = read(saved(document))
    kinds = [(p.kind, page.text[p.start : p.end]) for p in page.paragraphs]
    assert kinds[0] == ("header", "Confidential")
    assert kinds[-1] == ("footer", "Page footer")
    assert page.text.count("Confidential") == 1


def test_a_text_box_is_read_once_though_stored_twice() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>boxed words</w:t></w:r></w:p></w:txbxContent>"
    document = docx.Document()
    paragraph = document.add_paragraph("before")
    paragraph._p.append(
        parse_xml(
            f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            f"<mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
            "</mc:AlternateContent></w:r>"
        )
    )
    (page,), _ = read(saved(document))
    assert lines(page) == ["before", "boxed words"]


def test_field_codes_are_left_out_and_their_results_kept() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("See ")
    paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}><w:instrText>REF x</w:instrText></w:r>"))
    paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}><w:t>clause 4</w:t></w:r>"))
    (page,), _ = read(saved(document))
    assert page.text == "See clause 4"


def test_a_long_document_is_cut_at_paragraphs_into_pages() -> None:
    document = docx.Document()
    texts = [f"{i}. " + "слово " * 60 for i in range(WHOLE // 300)]
    for text in texts:
        document.add_paragraph(text.strip())
    pages, _ = read(saved(document))
    assert len(pages) > 5
    assert all(len(p.text) <= PIECE * 1.3 for p in pages)
    assert [t for p in pages for t in lines(p)] == [t.strip() for t in texts]
    part = saved(document)
    again = [r for r in DOCX.read(part, exhibit(part), SETTINGS, 2, 2) if isinstance(r, Page)]
    assert [p.text for p in again] == [pages[1].text]


def test_entities_are_not_resolved_and_bombs_do_not_grow() -> None:
    document = docx.Document()
    document.add_paragraph("marker")
    entity = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "boom">]>'

    def change(content: bytes) -> bytes:
        head, _, tail = content.partition(b"?>")
        return head + b"?>" + entity + tail.replace(b"marker", b"marker &a;&b;")

    (page,), _ = read(patched(saved(document), "word/document.xml", change))
    assert "root:" not in page.text
    assert page.text.startswith("marker")


def test_deep_nesting_ends() -> None:
    document = docx.Document()
    document.add_paragraph("x")

    def change(content: bytes) -> bytes:
        deep = b"<w:sdt><w:sdtContent>" * 110 + b"<w:p/>" + b"</w:sdtContent></w:sdt>" * 110
        return content.replace(b"<w:body>", b"<w:body>" + deep)

    (page,), _ = read(patched(saved(document), "word/document.xml", change))
    assert "x" in page.text
    assert any("nested" in n for n in page.notes)


@pytest.mark.parametrize("damage", ["cut", "no part", "no xml"])
def test_damage_is_refused_in_one_clear_sentence(damage: str) -> None:
    document = docx.Document()
    document.add_paragraph("x" * 500)
    data = saved(document)
    if damage == "no part":
        data = patched(data, "_rels/.rels", lambda c: c.replace(b"word/document.xml", b"word/gone.xml"))
    elif damage == "no xml":
        data = patched(data, "word/document.xml", lambda c: b"\x00\x01 no xml at all")
    else:
        at = data.index(b"word/document.xml")
        data = data[: at + 60] + b"\xff" * 400 + data[at + 460 :]
    with pytest.raises(ReadRefused) as refused:
        DOCX.count(data, exhibit(data), SETTINGS)
    assert refused.value.category == "broken"
    assert "document" in refused.value.message


def test_the_same_bytes_give_the_same_records() -> None:
    data = bilingual(CLAUSES)
    first = [r.id for r in DOCX.read(data, exhibit(data), SETTINGS, 1, 1)]
    assert first == [r.id for r in DOCX.read(data, exhibit(data), SETTINGS, 1, 1)]
