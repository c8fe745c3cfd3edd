"""Who is named in reports, and what is no name: outlets, speakers, ends of names, fragments of Chinese sentences."""

from __future__ import annotations

import pytest

from assay.extract.mentions import MENTIONS
from assay.extract.organisations import han_person, organisations_in
from assay.extract.view import view
from assay.model import Exhibit, Mention, Page, PageState, Paragraph, Reading

DIGEST = "e" * 64


def page(text: str, language: str) -> Page:
    paragraphs = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            paragraphs.append(Paragraph(at, at + len(line), language))
        at += len(line) + 1
    return Page(
        DIGEST, 1, "text", PageState.READ, "parser", "test", text, language, tuple(paragraphs), 0, 0, 0, None, "", (),
        "test", "1",
    )  # fmt: skip


def mentions(text: str, language: str) -> dict[str, str]:
    read = Reading(Exhibit(DIGEST, "", 1, "text/html", "test", "1"), (page(text, language),), ())
    found = [m for m in MENTIONS.extract(read) if isinstance(m, Mention)]
    for mention in found:
        for span in mention.spans:
            assert text[span.start : span.end] == span.quote
    return {m.name.value: m.kind for m in found}


def names(text: str, language: str) -> list[str]:
    whole = view(page(text, language), 0, len(text))
    assert whole is not None
    return [whole.text[n.start : n.end] for n in organisations_in(whole)]


def test_outlets_and_speakers_of_an_english_report() -> None:
    found = mentions(
        "Northgate Monitor | 6 December 2022\n"
        "According to the Tarvia Courier, contract No. 536-20/TV provides for the supply of 10 units.\n"
        "The deal is worth USD 22 434 693, the Brenwick Thought reported.\n"
        "The papers seem genuine, Helen Marlow said.\n"
        "According to sources in the department, training will begin in 2025.",
        "en",
    )
    assert found["Northgate Monitor"] == found["Tarvia Courier"] == found["Brenwick Thought"] == "organisation"
    assert found["Helen Marlow"] == "person"
    assert not any("sources" in name for name in found)


def test_offices_and_firms_that_speak_are_no_persons() -> None:
    found = mentions(
        "Вестник Приречья, 3 марта 2024 г.\n"
        "Минэнерго РФ сообщило, что контракт № 17-Б заключён.\n"
        "По данным TNS Russia, стоимость контракта равна 10 000 000 долларов США.\n"
        "Документы выглядят подлинными, считает Смирнова Анна Петровна.",
        "ru",
    )
    assert [name for name, kind in found.items() if kind == "person"] == ["Смирнова Анна Петровна"]
    assert found["Вестник Приречья"] == "organisation"


@pytest.mark.parametrize(
    "text",
    [
        "买方代表有权自费参加出厂试验。",
        "货物质量应符合制造厂技术条件。",
        "本报正继续研究所获材料。",
        "一方变更地址或银行，应通知另一方。",
    ],
)
def test_fragments_of_chinese_sentences_are_no_organisations(text: str) -> None:
    assert names(text, "zh") == []


def test_a_name_ends_before_a_position_a_label_or_a_second_name() -> None:
    assert names("Supply Committee of the Tarvian Federation Director", "en") == [
        "Supply Committee of the Tarvian Federation"
    ]
    assert names("Norwick Optical Systems and Brenwick Fell Instrument Works", "en")[0] == "Norwick Optical Systems"
    assert names("某某机械制造有限公司厂长张伟", "zh") == ["某某机械制造有限公司"]


def test_chinese_persons_that_speak() -> None:
    assert han_person("孟松青") and han_person("格列布·斯托扎罗夫")
    assert not han_person("安全局") and not han_person("文件")
