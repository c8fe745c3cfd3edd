"""`assay run --retry`: what was refused for a cause that has passed is done again, and what it yields stands."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from assay.case import Case, RunSettings
from assay.custody.verify import verify
from assay.model import Page, PageState, Problem, Rendition
from assay.read import office_pages
from assay.work.outside import OutsideFailed

INLINE = RunSettings(executor="inline")


def assay(*words: str, **environment: str) -> int:
    command = [sys.executable, "-c", "from assay.cli import main; main()", *words]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, check=False).returncode


@pytest.fixture
def scan(tmp_path):
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("L", (1600, 500), 255)
    text = "The goods are delivered to the\nwarehouse of the buyer."
    ImageDraw.Draw(picture).text((60, 100), text, fill=0, font=ImageFont.load_default(60))
    folder = tmp_path / "trove"
    folder.mkdir()
    picture.save(folder / "scan.png", dpi=(200, 200))
    return folder


def test_pages_are_read_that_were_not_for_want_of_language_files(scan, tmp_path):
    case, nowhere = tmp_path / "case", tmp_path / "nowhere"
    nowhere.mkdir()
    (nowhere / "other.traineddata").touch()  # a folder of language files, but of none that is wanted
    assert assay("run", str(scan), "--case", str(case), "-j", "1", "--quiet", TESSDATA_PREFIX=str(nowhere)) == 3
    with Case.open(case, write=False) as opened:
        assert [p.category for p in opened.problems()] == ["missing_program"]
        assert [p.state for p in opened.records(Page)] == [PageState.UNREAD]
        left = [p.id for p in opened.problems()]
    assert assay("run", "--case", str(case), "-j", "1", "--quiet") == 3  # unasked, nothing is done again
    if assay("run", "--case", str(case), "-j", "1", "--quiet", "--retry") == 3:
        pytest.skip("the language files for recognition are not installed on this machine either")
    with Case.open(case, write=False) as opened:
        (page,) = opened.records(Page)
        assert page.state is PageState.READ
        assert "goods are delivered" in page.text
        assert opened.problems() == []
        assert (opened.coverage().read, opened.coverage().unread) == (1, 0)
        assert verify(opened.store).breaches == ()
        assert {row.id for _, row in opened.store.rows() if row.kind == Problem.KIND} == set(left)


def test_a_document_is_laid_out_again_that_could_not_be(tmp_path, monkeypatch):
    import docx
    import pikepdf

    folder = tmp_path / "trove"
    folder.mkdir()
    document = docx.Document()
    document.add_paragraph("The goods are delivered.")
    document.save(str(folder / "letter.docx"))
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(made)

    def hangs(*words):
        raise OutsideFailed("hung", "it did not finish")

    monkeypatch.setattr(office_pages, "found", lambda program: program)
    monkeypatch.setattr(office_pages, "convert", hangs)
    with Case.open(tmp_path / "case") as case:
        case.run([folder], INLINE, ["receive", "read"])
        (page,) = case.records(Page)
        case.lay_out([page.exhibit], INLINE)
        assert [(p.stage, p.category) for p in case.problems()] == [("publish", "hung")]
        monkeypatch.setattr(office_pages, "convert", lambda *words: made.getvalue())
        case.lay_out([page.exhibit], INLINE)
        assert list(case.records(Rendition)) == []  # unasked, it is not tried again
        case.run([], RunSettings(executor="inline", retry=True))
        assert [r.leaves for r in case.records(Rendition)] == [1]
        assert [p for p in case.problems() if p.stage == "publish"] == []
        case.lay_out([page.exhibit], INLINE)
        assert [r.leaves for r in case.records(Rendition)] == [1]
        assert case.verify().breaches == ()
