"""Tracked changes, comments and hidden parts of Office files built here."""

from __future__ import annotations

import hashlib
import io
import zipfile

import openpyxl
from openpyxl.comments import Comment

from assay.examine.office.track import COMMENTS, HIDDEN, TRACKED, examine
from assay.model import Direction, Exhibit, Finding, FindingStatus, Page, PageState, Reading, Weight

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STAMP = 'w:id="1" w:author="М. Тарн" w:date="2021-03-04T10:00:00Z"'


def docx(body: str, extra: dict[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, content in (extra or {}).items():
            package.writestr(name, content)
    return out.getvalue()


def run(text: str, deleted: bool = False, properties: str = "") -> str:
    tag = "delText" if deleted else "t"
    return f"<w:r>{properties}<w:{tag}>{text}</w:{tag}></w:r>"


def look(data: bytes, text: str) -> list[Finding]:
    digest = hashlib.sha256(data).hexdigest()
    page = Page(
        digest, 1, "text", PageState.READ, "parser", "test", text, "ru", (), 0, 0, 0, None, "", (), "test", "1",
    )  # fmt: skip
    reading = Reading(Exhibit(digest, "", len(data), "application/docx", "test", "1"), (page,), ())
    findings = [f for f in examine(reading, data) if isinstance(f, Finding)]
    assert all(text[s.start : s.end] == s.quote for f in findings for s in f.spans if s.page)
    return findings


CHANGED = (
    f"<w:p>{run('Цена составляет ')}<w:del {STAMP}>{run('1 200 000', deleted=True)}</w:del>"
    f"<w:ins {STAMP}>{run('1 900 ')}{run('000')}</w:ins>{run(' рублей.')}</w:p>"
)


def test_inserted_and_deleted_words_are_quoted_with_author_and_time() -> None:
    (finding,) = look(docx(CHANGED), "Цена составляет 1 900 000 рублей.")
    assert (finding.independence_group, finding.weight, finding.direction) == (
        TRACKED,
        Weight.NEUTRAL,
        Direction.NEITHER,
    )
    for word in ("deleted “1 200 000”", "inserted “1 900 000”", "М. Тарн", "2021-03-04T10:00:00Z"):
        assert word in finding.observation
    assert "1 900 000" in [s.quote for s in finding.spans]
    assert finding.observation.startswith("2 tracked changes")


def test_a_deletion_points_to_the_words_before_it() -> None:
    (finding,) = look(docx(CHANGED.replace("1 900", "1 100")), "Цена составляет рублей.")
    assert all(s.quote in "Цена составляет рублей." for s in finding.spans)


def test_moves_and_changes_in_headers_are_seen() -> None:
    moved = f"<w:p><w:moveFrom {STAMP}>{run('Срок 30 дней')}</w:moveFrom></w:p>"
    header = f"<w:hdr {W}><w:p><w:ins {STAMP}>{run('Редакция 2')}</w:ins></w:p></w:hdr>"
    (finding,) = look(docx(moved, {"word/header1.xml": header}), "Срок 30 дней")
    assert "moved away “Срок 30 дней”" in finding.observation and "inserted “Редакция 2”" in finding.observation


def test_words_in_a_text_box_are_listed_once() -> None:
    inner = f"<w:p><w:ins {STAMP}>{run('внутри')}</w:ins></w:p>"
    (finding,) = look(docx(f"<w:p><w:r><w:txbxContent>{inner}</w:txbxContent></w:r></w:p>"), "внутри")
    assert finding.observation.startswith("1 tracked")


def test_comments_and_hidden_runs_have_their_own_findings() -> None:
    note = f"<w:comments {W}><w:comment {STAMP}><w:p>{run('Проверить цену')}</w:p></w:comment></w:comments>"
    hidden = f"<w:p>{run('видно')}{run('тайно', properties='<w:rPr><w:vanish/></w:rPr>')}</w:p>"
    shown = '<w:rPr><w:vanish w:val="0"/></w:rPr>'
    off = f"<w:p>{run('явно', properties=shown)}</w:p>"
    groups = {f.independence_group: f for f in look(docx(hidden + off, {"word/comments.xml": note}), "видно явно")}
    assert set(groups) == {COMMENTS, HIDDEN}
    assert "Проверить цену" in groups[COMMENTS].observation
    assert "тайно" in groups[HIDDEN].observation and "явно" not in groups[HIDDEN].observation


def test_a_workbooks_comments_and_hidden_sheets() -> None:
    book = openpyxl.Workbook()
    book.active["B2"] = 5
    book.active["B2"].comment = Comment("кто согласовал?", "Ли")
    book.create_sheet("черновик").sheet_state = "veryHidden"
    out = io.BytesIO()
    book.save(out)
    groups = {f.independence_group: f.observation for f in look(out.getvalue(), "5")}
    assert "кто согласовал?" in groups[COMMENTS] and "Ли" in groups[COMMENTS] and "B2" in groups[COMMENTS]
    assert "черновик" in groups[HIDDEN]


def test_a_plain_file_gives_one_answer() -> None:
    (answer,) = look(docx(f"<w:p>{run('Текст')}</w:p>"), "Текст")
    assert answer.status is FindingStatus.NO_FINDING


def test_broken_and_oversized_packages_are_not_examined() -> None:
    bomb = docx("<w:p>" + run("0" * 30_000_000) + "</w:p>")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bomb)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    for data in (b"PK\x03\x04 nothing", docx("<w:p>"), out.getvalue()):
        (answer,) = look(data, "")
        assert answer.status is FindingStatus.NOT_EXAMINED


def test_entities_are_not_resolved() -> None:
    body = f"<w:p><w:ins {STAMP}>{run('&secret;')}</w:ins>{run('x')}</w:p>"
    data = docx(body)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                content = b'<!DOCTYPE d [<!ENTITY secret SYSTEM "file:///etc/hostname">]>' + content
            target.writestr(name, content)
    observations = " ".join(f.observation for f in look(out.getvalue(), "x"))
    import pathlib

    host = pathlib.Path("/etc/hostname")
    assert not host.exists() or host.read_text().strip() not in observations
