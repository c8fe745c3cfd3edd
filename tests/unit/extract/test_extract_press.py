"""Press reports built in code: chains of speakers, modality, polarity, hedges."""

from __future__ import annotations

import pytest

from assay.extract.claims import CLAIMS
from assay.extract.documents import DOCUMENTS
from assay.extract.grammar import nominative
from assay.extract.sentences import bounds
from assay.model import (
    Claim,
    Document,
    DocumentKind,
    Exhibit,
    Modality,
    Page,
    PageState,
    Paragraph,
    Reading,
    Rung,
)

DIGEST = "f" * 64


def reading(text: str, language: str) -> Reading:
    paragraphs = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            paragraphs.append(Paragraph(at, at + len(line), language))
        at += len(line) + 1
    page = Page(
        DIGEST, 1, "text", PageState.READ, "parser", "test", text, language, tuple(paragraphs), 0, 0, 0, None, "", (),
        "test", "1",
    )  # fmt: skip
    return Reading(Exhibit(DIGEST, "", 1, "text/html", "test", "1"), (page,), ())


def claims(text: str, language: str) -> list[Claim]:
    read = reading(text, language)
    paper = next(iter(DOCUMENTS.extract(read)))
    assert isinstance(paper, Document) and paper.kind is DocumentKind.PRESS
    found = [c for c in CLAIMS.extract(read) if isinstance(c, Claim)]
    for claim in found:
        for span in claim.spans:
            assert text[span.start : span.end] == span.quote
    return found


def test_an_english_report() -> None:
    text = """The Tarvia Courier, 3 March 2024
Documents show a secret deal
As the agency «Lynx» reported, citing contract No. BX/23-017, Velemash Ltd. undertakes to supply 37 units.
The documents appear genuine but may have been altered, said John Marsh.
"The first batch has not been delivered," said Peter Holt.
According to a source in the department, training will begin in 2025.
Velemash Ltd. declined to comment."""
    found = claims(text, "en")
    assert [c.topic for c in found] == ["quantity", "provenance", "rung", "rung", "reply"]
    assert [s.name for s in found[0].speaker_chain] == ["The Tarvia Courier", "Lynx", "contract No. BX/23-017"]
    assert found[0].modality is Modality.OBLIGED
    assert [s.name for s in found[1].speaker_chain] == ["The Tarvia Courier", "John Marsh"]
    assert {h.value for h in found[1].hedged} == {"appear genuine", "may have been altered"}
    assert (found[2].rung, found[2].polarity) == (Rung.DELIVERED, False)
    assert (found[3].rung, found[3].modality) == (Rung.PEOPLE_TRAINED, Modality.PLANNED)
    assert found[4].modality is Modality.DECLINED_TO_COMMENT
    assert [s.name for s in found[4].speaker_chain] == ["The Tarvia Courier", "Velemash Ltd."]


def test_a_russian_report_names_its_speakers_in_the_nominative() -> None:
    text = """Тарновские хроники, 16.04.2021
Согласно контракту № MHB/18-0946, АО «Велемаш» обязуется поставить изделия QVR-202C в количестве 4 шт.
По словам Лисогорина Аркадия Львовича, бумаги кажутся подлинными, но часть их могла быть изменена.
На запрос редакции АО «Велемаш» не ответило."""
    found = claims(text, "ru")
    assert [[s.name for s in c.speaker_chain][1:] for c in found] == [
        ["контракт № MHB/18-0946"], ["Лисогорин Аркадий Львович"], ['АО "Велемаш"'],
    ]  # fmt: skip
    assert [c.modality for c in found] == [Modality.OBLIGED, Modality.ALLEGED, Modality.DID_NOT_ANSWER]


def test_a_chinese_report() -> None:
    text = """辰港时报 · 2021-04-23
《佐列温思想报》称，该公司应按第MHB/18-0946号合同供应QVR-202C4艘。
据刘霖屿称，这些文件似乎属实，但其中一部分可能被修改过。
国防部新闻处拒绝对报道发表评论。"""
    found = claims(text, "zh")
    assert [s.name for s in found[0].speaker_chain] == ["辰港时报", "佐列温思想报", "第MHB/18-0946号合同"]
    assert found[0].quantity is not None and found[0].quantity.value == 4
    assert [s.name for s in found[1].speaker_chain] == ["辰港时报", "刘霖屿"]
    assert found[1].modality is Modality.ALLEGED
    assert found[2].modality is Modality.DECLINED_TO_COMMENT


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Подписан в г. Астраград на сумму 5 млн. руб. по ст. 3. Далее следует текст.", 2),
        ("Mr. Orlov of Velemash Ltd. came. He left.", 2),
        ("合同已签署。价格未定！", 2),
        ("И. И. Орлов подписал акт № 3 от 15.05.2023 г.", 1),
    ],
)
def test_sentences_survive_abbreviations(text: str, count: int) -> None:
    assert len(bounds(text)) == count


@pytest.mark.parametrize(
    ("phrase", "language", "person", "expected"),
    [
        ("Лисогорина Аркадия Львовича", "ru", True, "Лисогорин Аркадий Львович"),
        ("источника в ведомстве", "ru", False, "источник в ведомстве"),
        ("Акціонерного товариства «Х»", "uk", False, "Акціонерне товариство «Х»"),
        ("the agency", "en", False, "the agency"),
    ],
)
def test_the_nominative(phrase: str, language: str, person: bool, expected: str) -> None:
    assert nominative(phrase, language, person=person) == expected
