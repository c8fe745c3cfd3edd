"""set.versions: papers of one number that differ, drafts, scans and near copies; planted and innocent."""

from __future__ import annotations

import hashlib

from assay.examine.trove.near import changes, words_of
from assay.examine.trove.versions import examine
from assay.model import (
    Direction,
    Exhibit,
    Finding,
    FindingStatus,
    MemoryTrove,
    Occurrence,
    Page,
    PageState,
    Reading,
    Record,
    Weight,
    Words,
)


def paper(path: str, *texts: str, how: str = "text_layer", confidence: int = 96) -> list[Record]:
    digest = hashlib.sha256((path + "\f".join(texts)).encode()).hexdigest()
    pages = [
        Page(
            digest, n, "page", PageState.READ, how, "test", text, "ru", (), 595, 842, 0, None, "", (), "test", "1",
            Words((0,), (len(text),), (0,), (0,), (9,), (9,), (confidence,)),
        )
        for n, text in enumerate(texts, 1)
    ]  # fmt: skip
    return [
        Exhibit(digest, "", 1, "application/pdf", "test", "1"),
        Occurrence(digest, path, None, "source", "", "", "", "test", "1"), *pages,
    ]  # fmt: skip


def answers(*papers: list[Record]) -> dict[str, list[Finding]]:
    records = [r for its in papers for r in its]
    paths = {o.exhibit: o.path for o in records if isinstance(o, Occurrence)}
    pages = {(p.exhibit, p.number): p.text for p in records if isinstance(p, Page)}
    given: dict[str, list[Finding]] = {}
    for finding in examine(MemoryTrove(records)):
        assert isinstance(finding, Finding)
        assert all(pages[s.exhibit, s.page][s.start : s.end] == s.quote for s in finding.spans if s.page)
        given.setdefault(paths[finding.exhibit], []).append(finding)
    return given


def against(given: list[Finding]) -> list[Weight]:
    return [f.weight for f in given if f.status is FindingStatus.FINDING and f.direction is Direction.AGAINST]


BODY = " ".join(
    f"Статья {n}. Стороны пришли к соглашению о порядке исполнения пункта {n} договора." for n in range(1, 12)
)
TEXT = f"КОНТРАКТ № ВТ-117/2019\nг. Тарнс, 12 марта 2019 г.\nЦена Контракта составляет 5 250 000,00 долларов.\n{BODY}"
OTHER = TEXT.replace("5 250 000,00", "6 250 000,00")


def test_two_final_papers_of_one_number_and_day_that_differ() -> None:
    given = answers(paper("a.pdf", TEXT), paper("b.pdf", OTHER))
    assert against(given["a.pdf"]) == against(given["b.pdf"]) == [Weight.MODERATE]
    assert "here “5 250 000,00”, there “6 250 000,00”" in given["a.pdf"][0].observation
    assert {s.quote for s in given["a.pdf"][0].spans} == {"5 250 000,00", "6 250 000,00"}


def test_a_scan_weighs_less_and_an_unclear_figure_nothing() -> None:
    assert against(answers(paper("a.pdf", TEXT), paper("b.pdf", OTHER, how="ocr"))["a.pdf"]) == [Weight.LIMITED]
    unclear = answers(paper("a.pdf", TEXT), paper("b.pdf", OTHER, how="ocr", confidence=60))
    assert against(unclear["a.pdf"]) == []
    letters = answers(paper("a.pdf", TEXT), paper("b.pdf", TEXT.replace("5 250", "5 25O"), how="ocr"))
    assert against(letters["a.pdf"]) == []


def test_twins_do_not_fire() -> None:
    def fired(text: str, path: str = "b.pdf") -> list[Weight]:
        return against(answers(paper("a.pdf", TEXT), paper(path, text))["a.pdf"])

    assert fired("ПРОЕКТ — редакция 2\n" + OTHER) == []
    assert fired(OTHER.replace("12 марта", "15 марта")) == []
    assert fired(OTHER.replace("ВТ-117", "ВТ-118")) == []
    assert fired(TEXT.replace("5 250 000,00", "5250000.00")) == []
    assert (
        fired("КОНТРАКТ № ВТ-117/2019\nг. Тарнс, 12 марта 2019 г.\nПисьмо о 6 250 000,00. " + "Слово иное. " * 60) == []
    )


def test_a_draft_and_the_final_text_are_told_word_by_word() -> None:
    given = answers(paper("a.pdf", TEXT), paper("d.docx", "ПРОЕКТ\n" + OTHER))
    told = next(f for f in given["d.docx"] if "is a draft" in f.observation)
    assert told.weight is Weight.NEUTRAL and "here “6 250 000,00”, there “5 250 000,00”" in told.observation


def test_near_copies_are_neutral_facts() -> None:
    given = answers(paper("a.pdf", BODY), paper("b.pdf", BODY + " И ещё."), paper("c.pdf", "Иной текст. " * 40))
    (fact,) = given["a.pdf"]
    assert fact.weight is Weight.NEUTRAL and "“b.pdf”" in fact.observation
    assert [f.status for f in given["c.pdf"]] == [FindingStatus.NO_FINDING]


def test_changes_are_told_in_order_with_their_places() -> None:
    def read(text: str) -> Reading:
        records = paper("x", text)
        return Reading(records[0], (records[2],), ())  # type: ignore[arg-type]

    ours, theirs = words_of(read("поставить 37 единиц до 5 мая")), words_of(read("поставить 40 единиц до мая 2020"))
    told = [([w.form for w in c.ours], [w.form for w in c.theirs]) for c in changes(ours, theirs)]
    assert told == [(["37"], ["40"]), (["5"], []), ([], ["2020"])]
    assert [w.form for w in words_of(read("合同12万"))] == ["合", "同", "12", "万"]
