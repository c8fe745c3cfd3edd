"""Tracked changes are tracked, accepted ones are not, and Word's own reader agrees."""

from __future__ import annotations

import random
import zipfile
from datetime import datetime
from io import BytesIO

import docx
import pytest
from lxml import etree

from assay.specimen.alter import CannotAlter, Reviser, accepted, track_changes
from assay.specimen.alter.office import W

REVISER = Reviser("Тарн М.", "ТМ", datetime(2023, 5, 1, 9, 30))


@pytest.fixture(scope="module")
def paper() -> bytes:
    document = docx.Document()
    paragraph = document.add_paragraph("Общая сумма ")
    paragraph.add_run("договора 12 345 ").bold = True
    paragraph.add_run("678,00 руб. без НДС")
    document.add_table(1, 2).cell(0, 1).text = "1 000 000"
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def body_of(data: bytes) -> etree._Element:
    return etree.fromstring(zipfile.ZipFile(BytesIO(data)).read("word/document.xml"))


def words(body: etree._Element, *, revised: bool) -> str:
    """Return the first paragraph as it reads with all changes taken, or with all refused."""
    paragraph = next(body.iter(f"{{{W}}}p"))
    skipped = "del" if revised else "ins"
    kept = [
        t.text or ""
        for t in paragraph.iter(f"{{{W}}}t", f"{{{W}}}delText")
        if not any(a.tag == f"{{{W}}}{skipped}" for a in t.iterancestors())
    ]
    return "".join(kept)


def test_a_tracked_change_reads_both_ways(paper: bytes) -> None:
    altered = track_changes(paper, random.Random(1), reviser=REVISER, old="12 345 678,00", new="13 345 678,00")
    body = body_of(altered.data)
    assert words(body, revised=False) == "Общая сумма договора 12 345 678,00 руб. без НДС"
    assert words(body, revised=True) == "Общая сумма договора 13 345 678,00 руб. без НДС"
    for kind in ("ins", "del"):
        mark = next(body.iter(f"{{{W}}}{kind}"))
        assert mark.get(f"{{{W}}}author") == "Тарн М." and mark.get(f"{{{W}}}date") == "2023-05-01T09:30:00Z"
    ids = [e.get(f"{{{W}}}id") for k in ("ins", "del") for e in body.iter(f"{{{W}}}{k}")]
    assert len(ids) == len(set(ids))


def test_a_second_change_takes_other_ids(paper: bytes) -> None:
    once = track_changes(paper, random.Random(1), reviser=REVISER, old="678,00 руб", new="1")
    twice = track_changes(once.data, random.Random(1), reviser=REVISER, old="1 000 000", new="2 000 000")
    ids = [e.get(f"{{{W}}}id") for k in ("ins", "del") for e in body_of(twice.data).iter(f"{{{W}}}{k}")]
    assert len(ids) == 4 == len(set(ids))


def test_a_comment_is_a_part_that_the_package_knows(paper: bytes) -> None:
    altered = track_changes(paper, random.Random(1), reviser=REVISER, comment="проверить сумму")
    comments = list(docx.Document(BytesIO(altered.data)).comments)
    assert [(c.author, c.text) for c in comments] == [("Тарн М.", "проверить сумму")]


def test_accepted_edits_leave_session_ids_and_no_marks(paper: bytes) -> None:
    altered = accepted(paper, random.Random(1), old="12 345 678,00", new="99 000 000,00")
    body = body_of(altered.data)
    assert words(body, revised=True) == "Общая сумма договора 99 000 000,00 руб. без НДС"
    assert not list(body.iter(f"{{{W}}}ins", f"{{{W}}}del"))
    stamp = next(body.iter(f"{{{W}}}p")).get(f"{{{W}}}rsidR")
    settings = zipfile.ZipFile(BytesIO(altered.data)).read("word/settings.xml").decode()
    assert stamp and f'w:rsid w:val="{stamp}"' in settings


def test_accepted_without_new_words_changes_none(paper: bytes) -> None:
    altered = accepted(paper, random.Random(1))
    texts = [[p.text for p in docx.Document(BytesIO(d)).paragraphs] for d in (paper, altered.data)]
    assert texts[0] == texts[1] and altered.data != paper


def test_the_same_source_gives_the_same_bytes(paper: bytes) -> None:
    one, two = (track_changes(paper, random.Random(7), reviser=REVISER).data for _ in range(2))
    assert one == two
    assert {i.date_time for i in zipfile.ZipFile(BytesIO(one)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_words_that_are_not_there_are_refused(paper: bytes) -> None:
    with pytest.raises(CannotAlter):
        track_changes(paper, random.Random(1), reviser=REVISER, old="nowhere")
