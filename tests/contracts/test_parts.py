"""What every part promises, whoever wrote it; each registered part is found by itself."""

from __future__ import annotations

import hashlib
import random
import re

import pytest

from assay.cli.catalogue import every_part
from assay.custody.sniff import media_type
from assay.model import Exhibit, Finding, Page, PageState, Problem, Reading, Record, Table, spans_in
from assay.publish.gate import FORBIDDEN
from assay.work.part import Examination, Extractor, Reader, ReadRefused, ReadSettings

PARTS = every_part()
READERS = [part for kind, part in PARTS if isinstance(part, Reader)]
EXAMINATIONS = [part for kind, part in PARTS if isinstance(part, Examination)]
EXTRACTORS = [part for kind, part in PARTS if isinstance(part, Extractor)]


def name(part) -> str:
    return part.name


def exhibit(data: bytes, kind: str) -> Exhibit:
    return Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), kind, "test", "1")


def written_page(text: str) -> Reading:
    paper = exhibit(text.encode(), "text/plain")
    page = Page(
        paper.digest, 1, "text", PageState.READ, "parser", "test", text, "en", (), 0, 0, 0, None, "", (), "test", "1"
    )
    return Reading(paper, (page,), ())


TEXTS = {
    "nothing": "",
    "white": " \n\t\n ",
    "one letter": "x",
    "no words": "—— ** 12 ,,, ((( \u202e\u0000 №№№",
    "long line": "договор " * 5000,
    "digits": "9" * 4000,
    "brackets": "(" * 3000 + ")" * 3000,
    "letter": "Letter No. 5 of 3 May 2024. The Seller shall deliver 12 units by 1 June 2024. Total: 1,200.00 USD.",
    "russian": "ДОГОВОР № 7/А от «03» мая 2024 г.\nПоставщик обязуется поставить 12 (двенадцать) единиц «Каштан-М».",
    "chinese": "合同编号：HT-2024-7\n二〇二四年五月三日\n卖方应交付十二辆。合计：1,200.00元。",
}


@pytest.mark.parametrize(("kind", "part"), PARTS, ids=[f"{k} {p.name}" for k, p in PARTS])
def test_a_part_says_what_for_and_what_not(kind, part):
    assert re.fullmatch(r"[a-z0-9_.]+", part.name)
    assert part.version
    assert len(part.purpose) > 10
    assert len(part.limits) > 10
    assert not FORBIDDEN.search(part.purpose + " " + part.limits)


def test_no_two_parts_of_a_kind_share_a_name():
    names = [(kind, part.name) for kind, part in PARTS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("part", READERS, ids=name)
def test_a_reader_refuses_rubbish_in_one_sentence_or_reads_it(part):
    rng = random.Random(1)
    for data in (b"", b"\0", b"%PDF-1.7\n", b"PK\x03\x04", bytes(rng.randrange(256) for _ in range(3000))):
        for kind in part.accepts[:2]:
            paper = exhibit(data, kind)
            try:
                count = part.count(data, paper, ReadSettings())
                records = list(part.read(data, paper, ReadSettings(), 1, count)) if count else []
            except ReadRefused as refused:
                assert refused.message
                assert "\n" not in refused.message
                continue
            assert all(isinstance(r, Page | Table | Problem) for r in records)
            pages = [r for r in records if isinstance(r, Page)]
            assert len({p.number for p in pages}) == len(pages) <= count


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("part", EXAMINATIONS, ids=name)
def test_an_examination_answers_whatever_stands_on_the_page(part, text):
    reading = written_page(text)
    if part.examine:
        found = list(part.examine(reading, text.encode()))
    elif part.examine_vouched:
        found = list(part.examine_vouched(reading, text.encode(), ()))
    else:
        return
    assert all(isinstance(f, Finding) and f.part == part.name and f.version == part.version for f in found)
    check(found, reading)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("part", EXTRACTORS, ids=name)
def test_an_extractor_answers_whatever_stands_on_the_page(part, text):
    reading = written_page(text)
    found = list(part.extract(reading))
    check(found, reading)
    assert [r.id for r in found] == [r.id for r in part.extract(reading)]


def check(found: list[Record], reading: Reading) -> None:
    page = reading.pages[0].text
    for record in found:
        for span in spans_in(record):
            if span.page:
                assert page[span.start : span.end] == span.quote


def test_types_are_judged_by_content():
    assert media_type(b"") == "application/x-empty"
    assert media_type(b"%PDF-1.7\n") == "application/pdf"
