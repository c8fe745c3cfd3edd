"""A page of evidence: doubtful words marked, a person's changes listed, places that were not found said to be so."""

from __future__ import annotations

from dataclasses import replace

from assay.model import Box, Image, Page, PageState, Rendition, Words
from assay.publish.edition import Note
from assay.publish.evidence import Shown, evidence, least
from assay.publish.reports import _Writer

EXHIBIT = "ab" * 32
TEXT = "Contract No. 5 of May"
WORDS = Words((0, 9, 13, 15, 18), (8, 12, 14, 17, 21), (0, 10, 20, 30, 40), (0,) * 5, (9, 19, 29, 39, 49), (9,) * 5,
              (96, 95, 41, 99, 99))  # fmt: skip


def page(**changes) -> Page:
    made = Page(
        EXHIBIT, 1, "page", PageState.READ, "ocr", "e", TEXT, "en", (), 595, 842, 0, 86.0, "", (), "pdf", "1", WORDS
    )
    return replace(made, **changes)


def note(of: Page, words: str) -> Note:
    start = of.text.index(words)
    return Note("Exhibit 1", (of.span(start, start + len(words)),))


def shown(of: Page, notes: tuple[Note, ...], **changes) -> Shown:
    image = Image(EXHIBIT, 1, 110, "cd" * 32, "image/webp", 900, 1300, "page_image", "1")
    return replace(Shown(of, (), notes, {1: (image, "images/x.webp")}, None, None, {}), **changes)


def test_a_word_of_little_confidence_is_marked_on_the_picture_and_in_the_quote():
    made = evidence(shown(page(), (note(page(), "No. 5 of"),)))
    (sheet,) = made.sheets
    assert [f.confidence for f in sheet.faint] == [41]
    assert [(p.text, p.low) for p in made.quotes[0].pieces] == [("No. ", None), ("5", 41), (" of", None)]
    assert [m.id for m in sheet.marks] == [made.quotes[0].name]
    assert made.runs == ()
    assert (least(page(), note(page(), "No. 5 of").spans), least(page(), note(page(), "Contract").spans)) == (41, None)


def test_a_page_without_a_picture_shows_its_text_with_doubtful_words_and_notes():
    made = evidence(shown(page(), (note(page(), "5 of"),), pictures={}))
    assert "".join(r.text for r in made.runs) == TEXT
    assert [(r.text, r.low, bool(r.names)) for r in made.runs] == [
        ("Contract No. ", None, False), ("5", 41, True), (" of", None, True), (" May", None, False),
    ]  # fmt: skip
    assert [i for r in made.runs for i in r.ids] == [made.quotes[0].name]


def test_what_a_person_changed_stands_beside_what_the_machine_read():
    corrected = page(text="Contract No. 51 of May", words=Words(), part="correct")
    made = evidence(shown(corrected, (), machine=page()))
    assert made.changes == (("5", "51"),)


def test_a_place_that_was_not_found_on_a_leaf_is_said_to_be_in_the_text():
    letter = page(kind="text", words=Words(), width=0, height=0)
    words = Words((0,), (8,), (0,), (0,), (900,), (90,), (100,))
    laid = Rendition(EXHIBIT, 1, "cd" * 32, "LibreOffice", 3, 4, "office_pages", "1", words, (2,))
    notes = (note(letter, "Contract"), note(letter, "May"))
    pictures = {2: shown(letter, ()).pictures[1]}
    made = evidence(shown(letter, notes, laid=laid, pictures=pictures))
    assert [(m.name, m.box) for m in made.sheets[0].marks] == [(notes[0].anchor, Box(0, 0, 900 / 65535, 90 / 65535))]
    assert "leaf 2 of 3" in made.sheets[0].caption
    assert [q.remark != "" for q in made.quotes] == [False, True]
    assert "".join(r.text for r in made.runs) == TEXT


def test_a_report_names_the_doubtful_word_of_a_place():
    class Held:
        def of(self, kind: type, digest: str) -> list[Page]:
            return [page()]

    writer = _Writer.__new__(_Writer)
    writer.store, writer.labels, writer.pages = Held(), {}, {}
    doubtful, sure = (note(page(), words).spans[0] for words in ("No. 5 of", "Contract"))
    assert writer.place(doubtful).endswith("(a word of it was recognised with 41 of 100)")
    assert writer.place(sure).endswith("Contract”")
