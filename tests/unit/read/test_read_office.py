from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from assay.custody.sniff import media_type
from assay.model import Exhibit, Page, Table
from assay.read import builtin
from assay.read.doc import DOC
from assay.read.odf import ODF
from assay.read.office_legacy import LOCKED, XLS
from assay.read.rtf import RTF
from assay.read.slides import SLIDES
from assay.work.part import Reader, ReadRefused, ReadSettings, load

DATA = Path(__file__).parents[4] / "shared" / "data"
ODF_TYPE = "application/vnd.oasis.opendocument."
NAMESPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
    for short in ("office", "text", "table", "draw")
)


def read(reader: Reader, data: bytes, settings: ReadSettings = ReadSettings()) -> tuple[list[Page], list[Table]]:  # noqa: B008
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), media_type(data), "test", "1")
    assert exhibit.media_type in reader.accepts
    records = list(reader.read(data, exhibit, settings, 1, reader.count(data, exhibit, settings)))
    pages = [r for r in records if isinstance(r, Page)]
    tables = [r for r in records if isinstance(r, Table)]
    assert all(pages[t.page - 1].text[c.start : c.end] == c.text for t in tables for c in t.cells)
    return pages, tables


def lines(page: Page) -> list[str]:
    return [page.text[p.start : p.end] for p in page.paragraphs]


def odf(kind: str, content: str, manifest: str = "<m/>") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", ODF_TYPE + kind)
        body = f"<office:{kind}>{content}</office:{kind}>"
        document = f"<office:document-content {NAMESPACES}><office:body>{body}</office:body></office:document-content>"
        archive.writestr("content.xml", document)
        archive.writestr("META-INF/manifest.xml", manifest)
    return buffer.getvalue()


def test_odt_text_tables_notes_and_tracked_deletions() -> None:
    (page,), (table,) = read(
        ODF,
        odf(
            "text",
            "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>"
            "</text:changed-region></text:tracked-changes><text:h>Договор</text:h>"
            "<text:p>Цена<text:s text:c='2'/>договора<text:note><text:note-body><text:p>сноска</text:p>"
            "</text:note-body></text:note> указана<text:line-break/>ниже</text:p>"
            "<table:table><table:table-row><table:table-cell>"
            "<text:p>Товар</text:p></table:table-cell><table:table-cell><text:p>37</text:p></table:table-cell>"
            "</table:table-row><table:table-row>"
            "<table:table-cell table:number-columns-spanned='2'>"
            "<text:p>Итого</text:p></table:table-cell><table:covered-table-cell/></table:table-row></table:table>",
        ),
    )
    assert lines(page) == ["Договор", "Цена  договора указана\nниже", "сноска", "Товар\t37\nИтого"]
    assert table.grid()[1][1].text == "Итого"
    assert page.notes == ("tracked changes: 0 insertions (in the text) and 1 deletions (left out)",)


def test_ods_sheets_repeat_cells_and_keep_formulas() -> None:
    cell = "<table:table-cell table:number-columns-repeated='{}'><text:p>{}</text:p></table:table-cell>"
    pages, tables = read(
        ODF,
        odf(
            "spreadsheet",
            "<table:table table:name='Лист1'><table:table-row>" + cell.format(2, "7") + "</table:table-row>"
            "<table:table-row table:number-rows-repeated='1000000'><table:table-cell/></table:table-row>"
            "<table:table-row><table:table-cell table:formula='of:=[.A1]*2'><text:p>14</text:p></table:table-cell>"
            + cell.format(1, "x")
            + "</table:table-row></table:table><table:table table:name='Лист2'/>",
        ),
    )
    assert [p.kind for p in pages] == ["sheet", "sheet"]
    assert "7\t7" in pages[0].text
    assert [c.formula for t in tables for c in t.cells if c.formula] == ["=[.A1]*2"]


def test_encrypted_odf_is_refused_as_encrypted() -> None:
    data = odf("text", "<text:p>x</text:p>", "<m><encryption-data/></m>")
    with pytest.raises(ReadRefused) as refused:
        read(ODF, data)
    assert refused.value.category == "encrypted"


def rtf(body: str, encoding: str = "cp1251") -> bytes:
    head = b"{\\rtf1\\ansi\\ansicpg1251{\\fonttbl{\\f0\\fcharset204 Arial;}{\\f1\\fcharset134 SimSun;}}\\f0 "
    return head + "".join(
        c if c < "\x80" else "".join(f"\\'{b:02x}" for b in c.encode(encoding)) for c in body
    ).encode("ascii") + b"}"  # fmt: skip


def test_rtf_encodings_unicode_and_dropped_groups() -> None:
    body = r"{\*\generator Writer}{\info{\title secret}}Договор \b №\b0  15\par \u1062?\u1077?на: 9 000\~руб.\par {\f1 "
    (page,), _ = read(RTF, rtf(body)[:-1] + b"\\'ba\\'cf\\'cd\\'ac}\\par}")
    assert lines(page) == ["Договор № 15", "Цена: 9 000\xa0руб.", "合同"]


def test_rtf_tables_and_tracked_deletions() -> None:
    row = r"\trowd\intbl Насос\cell 37\cell\row\trowd\intbl Клапан\cell 4\cell\row\pard "
    (page,), (table,) = read(RTF, rtf(row + r"Цена {\deleted 100}{\revised 200} EUR\par"))
    assert [[c.text for c in r if c] for r in table.grid()] == [["Насос", "37"], ["Клапан", "4"]]
    assert lines(page)[-1] == "Цена 200 EUR"
    assert page.notes == ("tracked changes: 1 insertions (in the text) and 1 deletions (left out)",)


@pytest.mark.parametrize(
    "body", ["{" * 5000, "\\'zz\\u99999999999?\\'", "}}}}\\par x", r"\trowd\cell\cell\row\row" * 300]
)
def test_hostile_rtf_is_read_or_refused(body: str) -> None:
    try:
        pages, _ = read(RTF, rtf(body))
    except ReadRefused as refused:
        assert refused.category in ("limit", "broken")
    else:
        assert len(pages) == 1


@pytest.mark.parametrize("reader", [DOC, XLS, LOCKED, SLIDES, ODF])
@pytest.mark.parametrize(
    "data", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 2000, b"PK\x03\x04" + b"\0" * 200]
)
def test_rubbish_is_refused_by_every_reader(reader: Reader, data: bytes) -> None:
    exhibit = Exhibit("0" * 64, "", len(data), reader.accepts[0], "test", "1")
    with pytest.raises(ReadRefused):
        list(reader.read(data, exhibit, ReadSettings(("x",)), 1, reader.count(data, exhibit, ReadSettings(("x",)))))


def corpus(name: str) -> bytes:
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is absent")
    return (DATA / name).read_bytes()


@pytest.mark.corpus
def test_one_document_in_three_formats_reads_alike() -> None:
    texts = [
        read(reader, corpus(f"russian-documents/docx__example.{ending}"))[0][0].text
        for reader, ending in ((DOC, "doc"), (RTF, "rtf"), (ODF, "odt"))
    ]
    assert texts[0] == texts[1]
    assert texts[0].split() == texts[2].split()
    assert "Какие то определения" in texts[0]


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["testWORD_protected_passtika.docx", "testPPT_protected_passtika.pptx"])
def test_a_locked_document_opens_with_its_password_only(name: str) -> None:
    data = corpus(f"any-format/{name}")
    with pytest.raises(ReadRefused) as refused:
        read(LOCKED, data)
    assert refused.value.category == "encrypted"
    pages, _ = read(LOCKED, data, ReadSettings(("wrong", "tika")))
    assert pages[0].text.strip()


def test_every_reader_of_the_package_loads_and_no_type_has_two() -> None:
    readers = [load(path, Reader) for path in builtin]
    accepted = [kind for reader in readers for kind in reader.accepts]
    assert len(accepted) == len(set(accepted))
