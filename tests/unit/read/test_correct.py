"""A person's reading of a page: what is redone and what is not, boxes and cells that stay, and taking it back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assay.case import Case, RunSettings
from assay.model import Cell, Document, Occurrence, Page, PageState, Paragraph, Table, Words
from assay.model.errors import PublicationRefused, Usage
from assay.read.correct import corrected, in_force, machines, reboxed, recut, standing, typed, undone
from assay.store.store import Store

INLINE = RunSettings(executor="inline")
EXHIBIT = "ab" * 32


def page(text: str, **changes) -> Page:
    """A recognised page, one word a token, each in a box of its own on the line that it stands on."""
    starts, ends, x0, y0, x1, y1 = [], [], [], [], [], []
    at = 0
    for row, line in enumerate(text.split("\n")):
        place = at
        for word in line.split():
            start = text.index(word, place)
            place = start + len(word)
            starts.append(start)
            ends.append(place)
            x0.append(1000 * (start - at))
            x1.append(1000 * (place - at))
            y0.append(3000 * row)
            y1.append(3000 * row + 2000)
        at += len(line) + 1
    words = Words(tuple(starts), tuple(ends), tuple(x0), tuple(y0), tuple(x1), tuple(y1), (70,) * len(starts))
    made = Page(
        EXHIBIT, 1, "page", PageState.READ, "ocr", "engine 1", text, "en", (Paragraph(0, len(text), "en"),), 595, 842,
        0, 70, "", (), "pdf", "1", words,
    )  # fmt: skip
    return replace(made, **changes)


def boxed(words: Words, text: str) -> dict[str, tuple[int, int]]:
    return {text[words.start[i] : words.end[i]]: (words.x0[i], words.y0[i]) for i in range(len(words))}


def test_words_that_stay_keep_box_and_confidence_and_a_changed_one_takes_the_box_it_had():
    old = page("Contract No. 5\nof 3 May 2O24")
    new = "Contract No. 5\nof 3 May 2024"
    kept = reboxed(old, new)
    assert (kept.same, kept.placed, kept.without) == (6, 1, 0)
    assert boxed(kept.words, new)["2024"] == boxed(old.words, old.text)["2O24"]
    assert boxed(kept.words, new)["May"] == boxed(old.words, old.text)["May"]
    assert sorted(kept.words.confidence) == [70] * 6 + [100]
    assert list(kept.words.start) == sorted(kept.words.start)


def test_a_word_that_was_not_there_has_no_box_and_the_page_says_how_many():
    old = page("Total 5 USD")
    kept = reboxed(old, "Total 5 million USD")
    assert (kept.same, kept.placed, kept.without) == (3, 0, 1)
    correction = replace(_correction(old, "Total 5 million USD"), words=kept.words)
    made = corrected(old, correction)
    assert "1 of its words have no box" in made.notes[-1]
    start = made.text.index("million")
    assert made.span(start, start + 7).boxes == ()


def test_a_word_cut_in_two_points_to_where_it_stood_and_a_lost_line_to_nowhere():
    kept = reboxed(page("of3 May"), "of 3 May")
    assert (kept.same, kept.placed, kept.without) == (1, 2, 0)
    kept = reboxed(page("one two\nthree four"), "alpha beta gamma delta epsilon")
    assert (kept.same, kept.placed, kept.without) == (0, 0, 5)


def _correction(old: Page, text: str):
    from assay.model import Correction

    return Correction(old.exhibit, 1, "typed", text, old.id, "", "", "me", "", "2026-01-01T00:00:00Z")


def test_paragraphs_move_along_and_new_lines_get_their_own():
    old = page("One.\nTwo.", paragraphs=(Paragraph(0, 4, "en", 0), Paragraph(5, 9, "en", 1, "heading")))
    made = corrected(old, _correction(old, "One more.\nTwo.\nДоговор подписан."))
    said = [(made.text[p.start : p.end], p.column, p.kind, p.language) for p in made.paragraphs]
    assert said == [
        ("One more.", 0, "text", "en"),
        ("Two.", 1, "heading", "en"),
        ("Договор подписан.", -1, "text", "ru"),
    ]


def test_cells_say_what_the_person_reads():
    text = "1\tKite\t12\n2\tPlover\t7"
    cells, at = [], 0
    for r, line in enumerate(text.split("\n")):
        for c, cell in enumerate(line.split("\t")):
            cells.append(Cell(r, c, at, at + len(cell), cell))
            at += len(cell) + 1
    table = Table(EXHIBIT, 1, 1, 2, 3, 0, False, tuple(cells), None, "pdf", "1")
    new = "1\tKite MK2\t12\n2\tPlover\t71"
    (made,) = recut([table], text, new)
    assert [c.text for c in made.cells] == ["1", "Kite MK2", "12", "2", "Plover", "71"]
    assert all(new[c.start : c.end] == c.text for c in made.cells)


def test_a_page_that_nobody_could_read_is_read_by_a_person():
    failed = page("", state=PageState.FAILED, how="empty", engine="", reason="damaged", paragraphs=(), words=Words())
    made = corrected(failed, _correction(failed, "Contract No. 5\n\nof 3 May 2024"))
    assert (made.state, made.how, made.engine, made.reason, made.confidence) == ("read", "person", "a person", "", None)
    assert [made.text[p.start : p.end] for p in made.paragraphs] == ["Contract No. 5", "of 3 May 2024"]


# ---- in a case


@pytest.fixture
def trove(tmp_path):
    from reportlab.pdfgen.canvas import Canvas

    folder = tmp_path / "trove"
    folder.mkdir()
    for name, number in (("one.pdf", "5"), ("two.pdf", "6")):
        canvas = Canvas(str(folder / name), pagesize=(595, 842), invariant=1)
        canvas.drawString(72, 700, f"Contract No. {number} of 3 May 2024")
        canvas.drawString(72, 680, "Total: 1,200.00 USD")
        canvas.showPage()
        canvas.drawString(72, 700, "Annex")
        canvas.save()
    return folder


@pytest.fixture
def case(trove, tmp_path):
    with Case.open(tmp_path / "case") as opened:
        opened.run([trove], INLINE)
        yield opened


def digest(case: Case, name: str) -> str:
    return next(o.exhibit for o in case.records(Occurrence) if o.path == name)


def correct(case: Case, name: str, old: str, new: str):
    exhibit = digest(case, name)
    text = standing(case.store, exhibit, 1).text
    assert old in text
    return case.correct(lambda store, by: typed(store, exhibit, 1, text.replace(old, new), by), "editor", "seen")


def numbers(case: Case) -> dict[str, str]:
    names = {o.exhibit: o.path for o in case.records(Occurrence)}
    return {names[d.exhibit]: d.number.written for d in case.records(Document) if d.number}


def tasks(store: Store) -> set[tuple[str, str]]:
    return {(columns[1], columns[2]) for columns, _, state, replaced in store.tasks() if state != "todo"}


def done_since(store: Store, before: int) -> list[tuple[str, str]]:
    import json

    events = [e for e in store.events() if e[0] > before and e[4]]
    return [(json.loads(e[5])["stage"], e[3]) for e in events]


def test_what_rests_on_the_page_is_redone_and_nothing_else(case):
    assert numbers(case) == {"one.pdf": "5", "two.pdf": "6"}
    one = digest(case, "one.pdf")
    machine = machines(case.store, one)[1]
    correct(case, "one.pdf", "No. 5", "No. 51")
    assert numbers(case) == {"one.pdf": "5", "two.pdf": "6"}
    before = list(case.store.events())[-1][0]
    case.run((), INLINE)
    assert numbers(case) == {"one.pdf": "51", "two.pdf": "6"}
    done = done_since(case.store, before)
    assert {subject for stage, subject in done if stage.partition(".")[0] in ("read", "examine", "extract")} <= {
        one,
        "trove",
    }
    assert ("read.correct", one) in done
    assert ("extract", one) in done
    assert ("read", one) not in done
    page = next(p for p in case.records(Page) if p.exhibit == one and p.number == 1)
    assert "No. 51" in page.text
    assert machines(case.store, one)[1] == machine
    assert len([p for p in case.records(Page) if p.exhibit == one]) == 2
    assert case.coverage().read == 4
    assert case.ledger().agrees
    seen = case.verify()
    assert (seen.breaches, seen.overtaken) == ((), 0)
    again = list(case.store.events())
    case.run((), INLINE)
    assert list(case.store.events()) == again


def test_the_log_names_the_person_and_the_record(case):
    correction = correct(case, "one.pdf", "No. 5", "No. 51")
    action, about, detail = next((e[2], e[3], e[5]) for e in case.store.events() if e[2] == "corrected")
    assert (about, correction.id in detail, "editor" in detail) == (correction.exhibit, True, True)
    assert action == "corrected"


def test_corrections_follow_each_other_and_can_be_taken_back(case):
    one = digest(case, "one.pdf")
    machine = machines(case.store, one)[1].text
    first = correct(case, "one.pdf", "No. 5", "No. 51")
    second = correct(case, "one.pdf", "1,200.00", "9,200.00")
    assert second.supersedes == first.id
    assert "No. 51" in second.text
    case.run((), INLINE)
    case.correct(lambda store, by: undone(store, one, 1, by, wholly=False), "editor")
    assert standing(case.store, one, 1).text == first.text
    case.run((), INLINE)
    case.correct(lambda store, by: undone(store, one, 1, by, wholly=True), "editor")
    case.run((), INLINE)
    assert next(p.text for p in case.records(Page) if p.exhibit == one and p.number == 1) == machine
    assert numbers(case) == {"one.pdf": "5", "two.pdf": "6"}
    assert case.verify().breaches == ()
    assert len(in_force(case.store, one)) == 1
    with pytest.raises(Usage, match="nothing to take back"):
        case.correct(lambda store, by: undone(store, one, 1, by, wholly=True), "editor")


def test_an_edition_waits_until_a_correction_was_taken_up(case, tmp_path):
    correct(case, "one.pdf", "No. 5", "No. 51")
    with pytest.raises(PublicationRefused, match="corrected"):
        case.publish(tmp_path / "edition", how=INLINE)
    case.run((), INLINE)
    case.publish(tmp_path / "edition", how=INLINE)
    assert any("51" in p.read_text("utf-8") for p in (tmp_path / "edition").glob("document-*.html"))


def test_between_correction_and_extraction_the_case_is_sound_and_says_what_was_overtaken(case):
    correct(case, "one.pdf", "Contract No. 5", "The Contract No. 5")
    case.run((), INLINE, ["read"])
    seen = case.verify()
    assert seen.breaches == ()
    assert seen.overtaken > 0
    case.run((), INLINE)
    assert case.verify().overtaken == 0


def test_a_quote_that_never_stood_there_is_a_breach_even_on_a_corrected_page(case):
    from assay.model import Direction, Finding, FindingStatus, Weight
    from assay.store.rows import to_row

    correct(case, "one.pdf", "Contract No. 5", "The Contract No. 5")
    case.run((), INLINE, ["read"])
    page = next(p for p in case.records(Page) if p.part == "correct")
    wrong = replace(page.span(0, 3), quote="Lie")
    finding = Finding(
        page.exhibit, FindingStatus.FINDING, "x", "", "", "", Direction.NEITHER, Weight.NEUTRAL, "", (), None, "",
        (wrong,), "test", "1",
    )  # fmt: skip
    with case.store.transaction():
        row = to_row(finding)
        case.store.insert([row])
        case.store.append("test", "", "", {"record": row.id})
    assert [b.kind for b in case.verify().breaches] == ["quote"]


def test_bad_words_are_refused(case):
    one = digest(case, "one.pdf")
    text = standing(case.store, one, 1).text
    for number, said, why in ((1, text, "reads so already"), (9, "x", "no page 9"), (1, "x" * 2_000_001, "at most")):
        with pytest.raises(Usage, match=why):
            case.correct(lambda store, by, n=number, t=said: typed(store, one, n, t, by), "editor")
    assert in_force(case.store, one) == {}


def test_a_later_reading_by_the_machine_goes_beneath_the_correction(case, monkeypatch):
    """A reader of a new version reads again; the person's page still stands, on the new reading's places."""
    from assay.read import stage as reading

    correct(case, "one.pdf", "No. 5", "No. 51")
    case.run((), INLINE)
    newer = tuple(replace(r, version="2") if r.name == "pdf" else r for r in reading.readers())
    monkeypatch.setattr(reading, "readers", lambda: newer)
    case.run((), INLINE)
    assert numbers(case)["one.pdf"] == "51"
    assert case.verify().breaches == ()


def test_a_text_without_boxes_can_be_corrected_too(tmp_path):
    (tmp_path / "trove").mkdir()
    (tmp_path / "trove" / "a.txt").write_text("Contract No. 5 of 3 May 2024.")
    with Case.open(tmp_path / "case") as case:
        case.run([tmp_path / "trove"], INLINE)
        correct(case, "a.txt", "No. 5", "No. 51")
        case.run((), INLINE)
        made = next(case.records(Page))
        assert (len(made.words), made.how, "no box" in made.notes[-1]) == (0, "parser", False)


def test_scans_are_not_read_again_for_a_correction(case, monkeypatch):
    from assay.read import pdf

    monkeypatch.setattr(pdf, "_page", lambda *_: pytest.fail("the machine read again"))
    correct(case, "one.pdf", "No. 5", "No. 51")
    case.run((), INLINE)
    assert next(p.text for p in case.records(Page) if p.part == "correct").startswith("Contract No. 51 of 3 May")
