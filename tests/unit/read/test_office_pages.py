"""Office documents laid out: words found again, places on leaves, the same bytes twice, and nothing guessed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.case import Case, RunSettings
from assay.model import Image, Page, Problem, Rendition
from assay.model.errors import Usage
from assay.publish.images import Wanted
from assay.read import office_pages
from assay.read.office_pages import matched
from assay.work.outside import OFFICE_TO_PDF, found

WORD = st.sampled_from(["Договор", "№", "5", "合", "a", "bcdef", "g"])
INLINE = RunSettings(executor="inline")
office = pytest.mark.skipif(found(OFFICE_TO_PDF) is None, reason="LibreOffice is not installed")


@given(st.lists(WORD, max_size=20), st.lists(WORD, max_size=20))
def test_each_word_is_found_once_and_is_the_same(read, laid):
    pairs = matched(read, laid)
    assert len(set(pairs.values())) == len(pairs)
    assert all(read[i] == laid[j] for i, j in pairs.items())


def test_a_footer_that_stands_elsewhere_is_found_by_its_words_and_a_lone_short_one_is_not():
    read = ["Total", "5", "USD", "Page", "of", "Annex"]
    laid = ["Page", "of", "Annex", "Total", "5", "USD"]
    assert matched(read, laid) == {0: 3, 1: 4, 2: 5, 3: 0, 4: 1, 5: 2}
    assert matched(["a", "x", "7"], ["7", "a", "x"]) == {0: 1, 1: 2}


@pytest.fixture
def case(tmp_path):
    import docx
    from openpyxl import Workbook

    (tmp_path / "trove").mkdir()
    document = docx.Document()
    document.add_paragraph("Договор № 5 от 3 мая 2024 г.")
    document.add_paragraph("The Seller shall deliver twelve units. 合同编号五")
    document.add_page_break()
    document.add_paragraph("Kestrel on the second leaf")
    document.save(tmp_path / "trove" / "letter.docx")
    book = Workbook()
    book.active.append(["Item", "Kite", 12])
    book.save(tmp_path / "trove" / "list.xlsx")
    (tmp_path / "trove" / "note.txt").write_text("Plover")
    with Case.open(tmp_path / "case") as opened:
        opened.run([tmp_path / "trove"], INLINE, ["receive", "read"])
        yield opened


def exhibit(case: Case, word: str) -> str:
    return next(p.exhibit for p in case.records(Page) if word in p.text)


@office
def test_words_are_placed_on_the_leaves_where_their_ink_is(case):
    import numpy as np
    from PIL import Image as Picture

    letter = exhibit(case, "Kestrel")
    case.lay_out([letter], INLINE)
    page = next(p for p in case.records(Page) if p.exhibit == letter)
    laid = next(case.records(Rendition))
    assert (laid.leaves, laid.missed) == (2, 0)
    at = page.text.index("Kestrel")
    ((leaf, (box,)),) = laid.places(at, at + 7)
    assert leaf == 2
    image, data = case.picture(Wanted(letter, leaf, 100, "png"), INLINE)
    ink = np.asarray(Picture.open(io.BytesIO(data)).convert("L")) < 128
    rows = slice(int(box.y0 * image.height), int(box.y1 * image.height) + 1)
    columns = slice(int(box.x0 * image.width), int(box.x1 * image.width) + 1)
    assert ink[rows, columns].mean() > 0.05
    at = page.text.index("Договор № 5")
    assert [leaf for leaf, _ in laid.places(at, at + 11)] == [1]
    assert case.verify().breaches == ()


@office
def test_laying_out_twice_gives_the_same_and_is_done_once(case, monkeypatch, tmp_path):
    letter = exhibit(case, "Kestrel")
    made = [office_pages.convert(OFFICE_TO_PDF, case.store.blob(letter), "docx") for _ in range(2)]
    assert office_pages._still(made[0]) == office_pages._still(made[1])
    case.lay_out([letter], INLINE)
    before = list(case.store.events())
    monkeypatch.setattr(office_pages, "convert", lambda *_: pytest.fail("converted again"))
    case.lay_out([letter], INLINE)
    assert list(case.store.events()) == before


@office
def test_a_corrected_text_is_laid_out_anew_and_the_new_word_has_no_place(case):
    from assay.read.correct import standing, typed

    letter = exhibit(case, "Kestrel")
    case.lay_out([letter], INLINE)
    text = standing(case.store, letter, 1).text.replace("Kestrel", "Wheatear")
    case.correct(lambda store, by: typed(store, letter, 1, text, by), "me")
    case.run((), INLINE, ["read"])
    case.lay_out([letter], INLINE)
    (laid,) = case.records(Rendition)
    page = next(p for p in case.records(Page) if p.exhibit == letter)
    at = page.text.index("Wheatear")
    assert (laid.missed, laid.places(at, at + 8)) == (1, ())


@office
def test_an_edition_shows_letters_laid_out_and_sheets_as_grids(case, tmp_path):
    case.publish(tmp_path / "edition", how=INLINE)
    pages = {p.name: p.read_text("utf-8") for p in (tmp_path / "edition" / "evidence").iterdir()}
    letter = pages[f"{exhibit(case, 'Kestrel')[:12]}-p1.html"]
    assert "laid out by LibreOffice" in letter
    assert "The text as it was read" in letter
    sheet = pages[f"{exhibit(case, 'Kite')[:12]}-p1.html"]
    assert "<table" in sheet
    assert "laid out by" not in sheet


@office
def test_what_libreoffice_cannot_open_is_a_problem_and_the_edition_shows_the_text(case, monkeypatch, tmp_path):
    def fail(*_):
        raise office_pages.OutsideFailed("crashed", "it fell over")

    monkeypatch.setattr(office_pages, "convert", fail)
    case.publish(tmp_path / "edition", how=INLINE)
    assert [(p.category, p.message) for p in case.records(Problem)] == [("crashed", "it fell over")]
    assert "Kestrel" in (tmp_path / "edition" / "evidence" / f"{exhibit(case, 'Kestrel')[:12]}-p1.html").read_text()
    with pytest.raises(Usage, match="it fell over"):
        case.picture(Wanted(exhibit(case, "Kestrel"), 1), INLINE)


def test_without_libreoffice_an_edition_shows_the_text(case, monkeypatch, tmp_path):
    monkeypatch.setattr(office_pages, "found", lambda _: None)
    case.publish(tmp_path / "edition", how=INLINE)
    assert (list(case.records(Rendition)), list(case.records(Problem)), list(case.records(Image))) == ([], [], [])
    assert "Kestrel" in Path(tmp_path / "edition/evidence" / f"{exhibit(case, 'Kestrel')[:12]}-p1.html").read_text()
