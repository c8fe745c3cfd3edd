"""What a trove announces, counts and does not hold: planted gaps and their innocent twins, in four languages."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from assay.examine.trove.gaps import examine
from assay.examine.trove.names import folded, names, small
from assay.examine.trove.paging import runs
from assay.model import Exhibit, Finding, FindingStatus, MemoryTrove, Occurrence, Page, PageState, Record, Weight


def paper(path: str, *texts: str, state: PageState = PageState.READ, how: str = "text_layer") -> list[Record]:
    digest = hashlib.sha256((path + "\f".join(texts)).encode()).hexdigest()
    pages = [
        Page(
            digest, n, "page", state, how, "test", text, "und", (), 595, 842, 0, None, "", (), "test", "1",
        )
        for n, text in enumerate(texts, 1)
    ]  # fmt: skip
    return [
        Exhibit(digest, "", 1, "application/pdf", "test", "1"),
        Occurrence(digest, path, None, "source", "", "", "", "test", "1"),
        *pages,
    ]


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


def said(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(f.weight.value, f.independence_group) for f in findings if f.status is FindingStatus.FINDING]


BODY = "\n" + "Стороны договорились о нижеследующем, и текст этот достаточно длинен. " * 6

RU = (
    "КОНТРАКТ № ВТ-117/2019\nг. Тарнсе «12» марта 2019 г." + BODY + "\nТовар указан в Приложении № 1 и поставляется по "
    "графику (Приложение № 2), обучение — Приложение № 3.\nПриложения:\nПриложение № 1 — Спецификация;\n"
    "Приложение № 2 — График поставки;\nПриложение № 3 — Программа обучения."
)
UK = (
    "ДОГОВІР № 44-К/2020\nм. Ставок" + BODY + "\nПерелік товару наведено в Додатку № 1 до цього Договору, графік — у "
    "Додатку № 2, програму навчання — у Додатку № 3."
)
ZH = (
    "购销合同\n合同编号：HL-2021-008\n"
    + "双方经协商达成如下条款。" * 30
    + "\n货物清单见附件一，交货时间见附件二，培训计划见附件三。"
)
EN = (
    "SUPPLY AGREEMENT No. QF-22/031\n"
    + "The parties have agreed as follows in this text. " * 8
    + "\nThe Goods are listed "
    "in Annex 1, the schedule is in Annex No. 2, training is set out in Annexes 1 and 3."
)


def annex(language: str, number: int, contract: str) -> str:
    chinese = {1: "一", 2: "二", 3: "三"}
    head = {
        "ru": f"Приложение № {number}\nк Контракту № {contract} от 12.03.2019\n\nСПЕЦИФИКАЦИЯ",
        "uk": f"Додаток № {number}\nдо Договору № {contract}\n\nПЕРЕЛІК",
        "zh": f"附件{chinese[number]}\n合同编号：{contract}\n货物清单",
        "en": f"ANNEX No. {number}\nto Agreement No. {contract} dated 3 May 2022\n\nLIST OF GOODS",
    }[language]
    return head + "\n1 Item 10\n2 Item 20\n" * 4


@pytest.mark.parametrize(
    ("language", "text", "number", "key"),
    [("ru", RU, "ВТ-117/2019", "BT-117/2019"), ("uk", UK, "44-К/2020", "44-K/2020"),
     ("zh", ZH, "HL-2021-008", "HL-2021-008"), ("en", EN, "QF-22/031", "QF-22/031")],
)  # fmt: skip
def test_an_announced_annex_that_is_not_there_is_missed_once(language: str, text: str, number: str, key: str) -> None:
    given = answers(
        paper("a.pdf", text), paper("b.pdf", annex(language, 1, number)), paper("c.pdf", annex(language, 2, number))
    )
    assert said(given["a.pdf"]) == [("moderate", f"missing annex 3 of {key}")]
    assert said(given["b.pdf"]) == said(given["c.pdf"]) == []
    whole = answers(paper("a.pdf", text), *(paper(f"{n}.pdf", annex(language, n, number)) for n in (1, 2, 3)))
    (answer,) = whole["a.pdf"]
    assert answer.status is FindingStatus.NO_FINDING and "All 3 numbered parts" in answer.observation


def test_an_annex_in_the_same_file_under_another_name_or_in_an_archive_is_there() -> None:
    inside = paper("a.pdf", RU, annex("ru", 1, "ВТ-117/2019"), annex("ru", 2, "ВТ-117/2019"))
    assert said(answers(inside)["a.pdf"]) == [("moderate", "missing annex 3 of BT-117/2019")]
    named = paper("archive.zip!/pril_3 обучение.xlsx", "Программа\nЧасы 40")
    assert said(answers(inside, paper("Приложение 3.pdf", "Программа обучения, часы 40"))["a.pdf"]) == []
    assert said(answers(inside, paper("документы.zip!/Приложение_№3_программа.xlsx", "Часы 40"))["a.pdf"]) == []
    assert said(answers(inside, named)["a.pdf"]) != []


def test_a_speck_before_an_annex_s_heading_does_not_hide_it() -> None:
    contract = paper("c.pdf", "CONTRACT No. BS-2019/4" + BODY + "\nThe schedule stands in Annex No. 3.")
    annex = paper("x.pdf", "Contract No. BS-2019/4\n. ANNEX No. 3\nto Contract No. BS-2019/4\nDELIVERY SCHEDULE" + BODY)
    assert said(answers(contract, annex)["c.pdf"]) == []


def test_a_number_said_to_be_unused_is_not_missed() -> None:
    text = RU.replace("Приложение № 3 — Программа обучения.", "Приложение № 3 — не используется.")
    given = answers(paper("a.pdf", text, annex("ru", 1, "ВТ-117/2019"), annex("ru", 2, "ВТ-117/2019")))
    assert said(given["a.pdf"]) == []
    text = EN.replace("Annexes 1 and 3.", "Annex 1.\nAnnex 3: reserved.\nAnnex 4: Prices.")
    given = answers(paper("a.pdf", text, *(annex("en", n, "QF-22/031") for n in (1, 2))))
    assert said(given["a.pdf"]) == [("moderate", "missing annex 4 of QF-22/031")]


def test_another_contracts_annex_does_not_fill_the_gap() -> None:
    given = answers(
        paper("a.pdf", RU, annex("ru", 1, "ВТ-117/2019"), annex("ru", 2, "ВТ-117/2019")),
        paper("x.pdf", annex("ru", 3, "КР-5/2018")),
    )
    assert ("moderate", "missing annex 3 of BT-117/2019") in said(given["a.pdf"])


def test_a_file_name_fills_no_gap_of_a_contract_that_its_words_do_not_name() -> None:
    other = "Page 1 of 1 Annex No. 3 to Agreement No. KR-5/2018 of 12 October 2018 TIME SCHEDULE\n" + "Batch 1 " * 40
    given = answers(
        paper("a.pdf", RU, annex("ru", 1, "ВТ-117/2019"), annex("ru", 2, "ВТ-117/2019")),
        paper("k.pdf", "AGREEMENT No. KR-5/2018" + BODY),
        paper("attachment-3.pdf", other),
    )
    assert ("moderate", "missing annex 3 of BT-117/2019") in said(given["a.pdf"])


def test_a_part_named_at_the_head_of_a_line_that_a_sentence_carries_on_is_no_part() -> None:
    carried = (
        "The course is arranged for 50 representatives as set out in\nAnnex 2.\nArticle 7. INTERFACING\n"
        + "Terms. " * 60
    )
    given = answers(
        paper("a.pdf", "AGREEMENT No. QF-22/031" + BODY + "\n" + carried),
        paper(
            "b.pdf", "p. 1/1\nAnnex 2 to Contract №. 351-21/WML of the 14th day of May 2021 SCHEDULE\n" + "Stage " * 60
        ),
        paper("c.pdf", "CONTRACT No. 351-21/WML" + BODY),
    )
    assert said(given["a.pdf"]) == [("moderate", "missing annex 2 of QF-22/031")]


def test_a_series_of_acts_with_a_hole_is_told_at_the_next_one() -> None:
    def act(number: int) -> list[Record]:
        return paper(
            f"act{number}.pdf", f"АКТ ПРИЁМА-ПЕРЕДАЧИ № {number}\nк Контракту № ВТ-117/2019 от 12.03.2019\n" + BODY
        )

    contract = paper("a.pdf", "КОНТРАКТ № ВТ-117/2019\n" + BODY)
    given = answers(contract, act(1), act(3))
    assert said(given["act3.pdf"]) == [("limited", "missing act 2 of BT-117/2019")]
    given = answers(contract, act(1), act(2), act(3), act(5))
    assert said(given["act5.pdf"]) == [("moderate", "missing act 4 of BT-117/2019")]
    assert said(given["act3.pdf"]) == []
    assert said(answers(paper("a.pdf", "КОНТРАКТ № ВТ-117/2019\n" + BODY), act(1), act(2), act(3))["act3.pdf"]) == []


def test_a_paper_under_a_title_of_unknown_words_fills_the_hole_that_its_number_fits() -> None:
    def minutes(number: int, title: str = "MINUTES OF MEETING") -> list[Record]:
        text = (
            f"{title} No. {number}\nThe parties to the talks considered the progress of Agreement No. QF-22/031.\n"
            + BODY
        )
        return paper(f"m{number}.pdf", text)

    series = [paper("a.pdf", "AGREEMENT No. QF-22/031\n" + BODY), *map(minutes, (1, 2, 3, 5))]
    assert said(answers(*series)["m5.pdf"]) == [("moderate", "missing protocol 4 of QF-22/031")]
    assert said(answers(*series, minutes(4, "Aide-mémoire of the talks"))["m5.pdf"]) == []
    assert said(answers(*series, minutes(6, "Aide-mémoire of the talks"))["m5.pdf"]) != []


def test_a_list_of_annexes_that_goes_on_over_the_page_holds_none() -> None:
    first = RU.replace("\nПриложение № 3 — Программа обучения.", "") + "\n- 2 -"
    last = "КОНТРАКТ № ВТ-117/2019\nПриложение № 3. Программа обучения\n11. Адреса сторон" + BODY
    held = (annex("ru", 1, "ВТ-117/2019"), annex("ru", 2, "ВТ-117/2019"))
    assert said(answers(paper("a.pdf", first, last, *held))["a.pdf"]) == [
        ("moderate", "missing annex 3 of BT-117/2019")
    ]
    assert said(answers(paper("a.pdf", RU, *held, annex("ru", 3, "ВТ-117/2019")))["a.pdf"]) == []


def test_an_annex_that_only_a_draft_names_is_limited() -> None:
    held = (annex("ru", 1, "ВТ-117/2019"), annex("ru", 2, "ВТ-117/2019"))
    assert said(answers(paper("d.docx", "ПРОЕКТ\n" + RU, *held))["d.docx"]) == [
        ("limited", "missing annex 3 of BT-117/2019")
    ]
    both = answers(paper("d.docx", "ПРОЕКТ\n" + RU, *held), paper("a.pdf", RU, *held))
    assert said(both["d.docx"]) == said(both["a.pdf"]) == [("moderate", "missing annex 3 of BT-117/2019")]


def test_a_clause_titled_annexes_beside_the_other_languages_number_names_no_annex() -> None:
    assert not [n for n in names("第十条 附件 10. ANNEXES\n10.1 List") if n.kind == "annex"]
    assert not [n for n in names("第十条 附件\t10. ANNEXES") if n.kind == "annex"]
    assert [n.number for n in names("见附件 10。") if n.kind == "annex"] == ["10"]


def test_a_letter_that_is_answered_and_not_there_is_limited() -> None:
    answer = "Исх. № 12-45/881 от 04.05.2021\nНа № 33/17-ЛС от 20.04.2021\n\nУважаемые господа!" + BODY
    given = answers(paper("a.pdf", answer))
    assert said(given["a.pdf"]) == [("limited", "missing letter 33/17-ЛC")]
    asked = "Исх. № 33/17-ЛС от 20.04.2021\n\nУважаемые господа!" + BODY
    assert said(answers(paper("a.pdf", answer), paper("b.pdf", asked))["a.pdf"]) == []


def test_an_annex_whose_contract_is_not_there_says_so() -> None:
    given = answers(paper("b.pdf", annex("en", 1, "QF-22/031")))
    assert said(given["b.pdf"]) == [("moderate", "missing contract QF-22/031")]


def test_laws_are_never_looked_for() -> None:
    text = "КОНТРАКТ № ВТ-117/2019\nна основании Федерального закона № 44-ФЗ и постановления № 1012." + BODY
    assert said(answers(paper("a.pdf", text))["a.pdf"]) == []


@pytest.mark.parametrize(
    "label",
    ["Page {k} of {n}", "Стр. {k} из {n}", "Лист {k} / {n}", "第{k}页 共{n}页", "- {k} / {n} -", "сторінка {k} з {n}"],
)
def test_a_page_left_out_is_missed_and_an_unlabelled_one_is_not(label: str) -> None:
    def pages(*numbers: int | None) -> list[Record]:
        texts = [BODY + ("\n" + label.format(k=k, n=5) if k else "") for k in numbers]
        return paper("a.pdf", *texts)

    assert said(answers(pages(1, 2, 4, 5))["a.pdf"]) == [("moderate", "missing pages of 5")]
    assert said(answers(pages(1, 2, None, 4, 5))["a.pdf"]) == []
    assert said(answers(pages(1, 2, 3))["a.pdf"]) == [("moderate", "missing pages of 5")]
    assert said(answers(pages(1, 2, 3, 4, 5))["a.pdf"]) == []


def test_numbering_that_restarts_and_pages_in_several_files_are_no_gap() -> None:
    def page(k: int, n: int) -> str:
        return f"{BODY}\nPage {k} of {n}"

    restart = paper("a.pdf", page(1, 2), page(2, 2), page(1, 3), page(2, 3), page(3, 3))
    assert said(answers(restart)["a.pdf"]) == []
    split = [paper("1.pdf", page(1, 4), page(2, 4)), paper("2.pdf", page(3, 4), page(4, 4))]
    assert all(said(its) == [] for its in answers(*split).values())


def test_a_total_that_recognition_misread_is_no_gap_or_a_doubtful_one() -> None:
    def scan(*labels: str) -> list[Record]:
        return paper("a.pdf", *(f"{BODY}\nСтр. {label}" for label in labels), how="ocr")

    assert said(answers(scan("1 из 3", "2 из 3", "3 из 5"))["a.pdf"]) == []
    assert said(answers(scan("1 из 31", "2 из 3", "3 из 3"))["a.pdf"]) == []
    assert said(answers(scan("1 из 2", "2 из 21"))["a.pdf"]) == []
    assert said(answers(scan("1 из 31"))["a.pdf"]) == [("limited", "missing pages of 31")]
    assert said(answers(scan("1 из 4", "2 из 4", "4 из 4"))["a.pdf"]) == [("moderate", "missing pages of 4")]
    assert said(answers(scan("1 из 4", "2 из 4"))["a.pdf"]) == [("moderate", "missing pages of 4")]
    born = paper("a.pdf", f"{BODY}\nСтр. 1 из 3", f"{BODY}\nСтр. 2 из 3", f"{BODY}\nСтр. 3 из 5")
    assert said(answers(born)["a.pdf"]) == [("moderate", "missing pages of 3"), ("moderate", "missing pages of 5")]


@pytest.mark.parametrize("sign", ["№", "Х»", "X°", "Jfe", "JN°", "Ме", "No"])
def test_a_number_sign_that_recognition_misread_is_no_annex_of_its_own(sign: str) -> None:
    assert [(n.kind, n.number) for n in names(f"згідно з графіком (Додаток {sign} 4).")] == [("annex", "4")]


def test_what_was_not_read_is_not_examined() -> None:
    given = answers(paper("a.pdf", "", state=PageState.FAILED))
    assert [f.status for f in given["a.pdf"]] == [FindingStatus.NOT_EXAMINED]


def test_numbers_are_folded_and_read_in_each_script() -> None:
    assert folded("ВТ–117/2019.") == folded("BT-117/2019")
    assert [small(t) for t in ("III", "三", "十二", "二十", "7", "B", "В")] == ["3", "3", "12", "20", "7", "B", "B"]
    found = [(n.kind, n.number) for n in names("Приложения № 1–4 и Annexes 2 and 5; 附件一、三")]
    assert found == [("annex", n) for n in "12342513"]
    assert {n.parent for n in names("Приложение № 2 к Дополнительному соглашению № 3 к Договору № АБ-1/22")} >= {
        "AБ-1/22#3"
    }


@pytest.mark.parametrize(
    "text",
    [
        "Статья 9. ПРИЛОЖЕНИЯ\n10.1. Перечень", "第九条 附件9.1 合同附件", "ПРИЛОЖЕНИЯ 第十条", "Листвянка-21, #128",
        "Agreement as a new Section 2.1", "заместитель директора № 5",
    ],
)  # fmt: skip
def test_clauses_and_articles_are_no_names(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("合同第HL-2021-008号", "contract", "HL-2021-008"), ("根据第HL-2021-008号合同", "contract", "HL-2021-008"),
        ("附件第3号", "annex", "3"), ("DRAFT ANNEX No. 2", "annex", "2"), ("Додатку М? 5", "annex", "5"),
        ("Exhibit A-1", "exhibit", "A-1"), ("Акт сдачи-приёмки № 7", "act", "7"),
        ("Ваше письмо от 12.05.2021 № 45/12-3", "letter", "45/12-3"),
    ],
)  # fmt: skip
def test_names_in_many_forms(text: str, kind: str, number: str) -> None:
    assert (kind, number) in [(n.kind, n.number) for n in names(text)]


def test_a_misread_contract_number_is_put_right() -> None:
    scan = annex("ru", 3, "ВТ-117/2019").replace("ВТ-117", "М/Т-117")
    records = paper("b.pdf", scan)
    records = [replace(r, how="ocr") if isinstance(r, Page) else r for r in records]
    main = paper("a.pdf", RU, annex("ru", 1, "ВТ-117/2019"), annex("ru", 2, "ВТ-117/2019"))
    given = answers(main, records)
    assert said(given["a.pdf"]) == [] and said(given["b.pdf"]) == []


def test_the_annexes_of_a_contract_without_a_number() -> None:
    text = "SUPPLY AGREEMENT\n" + "The parties have agreed as follows in this text. " * 8 + "\nPrices are in Exhibit B."
    assert said(answers(paper("a.pdf", text))["a.pdf"]) == [("limited", "missing exhibit B of this document")]
    assert said(answers(paper("a.pdf", text, "EXHIBIT B\nPRICES\n1 Item 20"))["a.pdf"]) == []


def test_page_runs_are_bounded() -> None:
    texts = [f"x\nPage {k} of 9999" for k in range(1, 4)]
    assert runs([p for p in paper("a.pdf", *texts) if isinstance(p, Page)]) == []


def test_weights_stay_moderate() -> None:
    given = answers(paper("a.pdf", RU), paper("b.pdf", EN), paper("c.pdf", ZH))
    assert all(f.weight in (Weight.MODERATE, Weight.LIMITED, Weight.NEUTRAL) for its in given.values() for f in its)
