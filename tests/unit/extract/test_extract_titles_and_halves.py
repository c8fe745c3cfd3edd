"""What stands over a title, two columns on one line, clauses over a page's end, and misread numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assay.extract.halves import running
from assay.extract.heads import head_of
from assay.extract.misreadings import misread_code, settled
from assay.extract.once import once
from assay.extract.titles import stamped
from assay.extract.view import clauses
from assay.model import Document, DocumentKind, Event, Mention, Reading, Role, Rung, Text

from .test_extract_deal_papers import document, page_of, reading, run

TAIL = """
г. Астраград\t12.03.2021
АО «Велемаш», далее «Продавец», и Министерство обороны Республики Тарвия, далее «Покупатель», договорились:
1. ПРЕДМЕТ
1.1. Продавец поставляет, а Покупатель оплачивает бронированные машины.
2. УСЛОВИЯ ПЛАТЕЖА
2.1. Покупатель перечисляет Продавцу аванс в размере 30 % в течение 20 дней с даты подписания.
Продавец:
АО «Велемаш»
Генеральный директор
подписано Д. Велес"""


@pytest.mark.parametrize(
    "mark", ["SIGNED ELECTRONICALLY", "ПОДПИСАНО ЭЛЕКТРОННОЙ ПОДПИСЬЮ", "ПІДПИСАНО ЕЛЕКТРОННИМ ПІДПИСОМ"]
)
def test_the_picture_of_an_electronic_signature_is_no_evidence_of_signing(mark: str) -> None:
    text = "КОНТРАКТ № 9/21-К" + TAIL
    signed = run(reading(text))
    assert [e.rung for e in signed if isinstance(e, Event)] == [Rung.SIGNED]
    pictured = run(
        reading(text.replace("подписано Д. Велес", f"Дата подписания: .\n{mark}\nСертификат 2FD598 Дамир Велес"))
    )
    assert not [e for e in pictured if isinstance(e, Event)]
    assert document(pictured).stage == "unclear"
    assert mark not in [m.name.written for m in pictured if isinstance(m, Mention)]


def scanned(*texts: str) -> Reading:
    """Return a reading whose pages were recognised."""
    made = reading(*texts)
    return replace(made, pages=tuple(replace(p, how="ocr") for p in made.pages))


@pytest.mark.parametrize(
    ("line", "title", "stage"),
    [
        ("ПРОЕКТ DRAFT ВНЕШНЕТОРГОВЫЙ КОНТРАКТ № 9/21-К / SALES CONTRACT", "ВНЕШНЕТОРГОВЫЙ КОНТРАКТ № 9/21-К", "draft"),
        ("КОПИЯ КОНТРАКТ № 9/21-К", "КОНТРАКТ № 9/21-К", "final"),
        ("草案 DRAFT 供货合同（合同号：9/21-К）", "供货合同(合同号:9/21-К)", "draft"),
        ("стр. 1/4 ДОГОВОР № 9/21-К", "ДОГОВОР № 9/21-К", "final"),
    ],
)
def test_a_stamp_is_no_part_of_the_title_and_a_drafts_stamp_makes_a_draft(line: str, title: str, stage: str) -> None:
    paper = document(run(reading(line + TAIL)))
    assert paper.kind is DocumentKind.CONTRACT
    assert paper.title is not None and paper.title.value == title
    assert paper.number is not None and paper.number.value == "9/21-К"
    assert paper.stage == stage


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Контракт № 9/21-К КОНТРАКТ № 9/21-К / CONTRACT No. 9/21-K", "КОНТРАКТ № 9/21-К"),
        ("合同编号：NW/19-054 / CONTRACT No. NW/19-054", "合同编号:NW/19-054"),
    ],
)
def test_a_running_head_or_a_label_on_the_titles_line_leaves_a_contract(line: str, title: str) -> None:
    paper = document(run(scanned(line + TAIL)))
    assert paper.kind is DocumentKind.CONTRACT
    assert paper.title is not None and paper.title.value == title


@pytest.mark.parametrize(
    "line", ["Проект договора поставки № 7", "Draft Agreement No. 7", "Копия", "Проектный институт"]
)
def test_words_that_belong_to_a_title_are_no_stamp(line: str) -> None:
    assert stamped(line) == 0


def test_the_title_under_a_running_head_stands_though_its_second_language_breaks_off() -> None:
    paper = document(
        run(reading("Договор № 9/21-К\nВНЕШНЕТОРГОВЫЙ КОНТРАКТ № 9/21-К / 供货合同（合同号：\n9/21-К）" + TAIL))
    )
    assert paper.title is not None and paper.title.value == "ВНЕШНЕТОРГОВЫЙ КОНТРАКТ № 9/21-К"


def test_a_line_that_names_the_contract_in_han_and_in_letters_is_its_title() -> None:
    head = head_of(reading("合同编号：722-17/NWS CONTRACT No. 722-17/NWS\n" + TAIL))
    assert head.kind is DocumentKind.CONTRACT
    assert head.number is not None and head.number.value == "722-17/NWS"


def test_a_recognised_title_in_latin_letters_that_look_cyrillic_is_read_as_cyrillic() -> None:
    head = head_of(scanned("Договір № LGB-2016/968\nЧернетка 3 Working draft З KOHTPAKT Ne LGB-2016/968\n" + TAIL))
    assert head.title is not None and head.title.value == "КОНТРАКТ № LGB-2016/968"


def test_a_sentence_that_speaks_of_the_contract_is_no_title() -> None:
    head = head_of(reading("合同价格据文件为60550283欧元。\n记者未能核实该文件。\n国防部未作答复。"))
    assert head.title is None or "价格" not in head.title.value


def text_of(value: str) -> Text:
    return Text(value, value)


@pytest.mark.parametrize(
    ("own", "named", "right"),
    [
        ("454-17/МЕ", ["454-17/МЕ", "454-17/WF"], "454-17/WF"),
        ("N2016-BM-421", ["N2016-BM-421", "2016-BM-421"], "2016-BM-421"),
        ("454-17/WF", ["454-17/WF", "454-18/WF", "454-18/WF"], "454-17/WF"),
        ("12/К", ["12/К", "12/М", "12/М"], "12/К"),
        ("17/03-КВ", ["17/03-КВ", "17/03-КБ", "17/03-КБ", "17/03-КБ"], "17/03-КБ"),
    ],
)
def test_a_misread_number_is_set_right_by_the_other_places(own: str, named: list[str], right: str) -> None:
    found = settled(text_of(own), [text_of(n) for n in named], True)
    assert found is not None and found.value == right
    kept = settled(text_of(own), [text_of(n) for n in named], False)
    assert kept is not None and kept.value == own, "what no machine has read stays"


def test_a_line_of_two_columns_and_what_follows_by_turns_are_two_clauses() -> None:
    page = page_of(
        "3.1. 协议签订后20个日历日内，买方应向供方支付40% 3.1. Within 20 calendar days from signing of the\n"
        "的预付款，即30,752,977.08美元。\n"
        "Agreement the Buyer is obliged to pay to the Supplier\n"
        "an advance of 40 %, being US$30 752 977.08.\n"
        "3.2. 买方在验收后45个工作日内支付尾款 3.2. The final settlement of 60%(US$46 129 465.62)\n"
        "60%(46,129,465.62美元)。\n"
        "shall be made within 45 days.\n"
        "3.3. 发票一式三份。"
    )
    assert [c.text for c in clauses(page)] == [
        "3.1. 协议签订后20个日历日内,买方应向供方支付40% 的预付款,即30,752,977.08美元。",
        "3.1. Within 20 calendar days from signing of the Agreement the Buyer is obliged to pay to the Supplier "
        "an advance of 40 %, being US$30 752 977.08.",
        "3.2. 买方在验收后45个工作日内支付尾款 60%(46,129,465.62美元)。",
        "3.2. The final settlement of 60%(US$46 129 465.62) shall be made within 45 days.",
        "3.3. 发票一式三份。",
    ]


def test_a_term_that_the_pages_end_cuts_goes_on_on_the_next_page() -> None:
    first = (
        "КОНТРАКТ № 9/21-К\n3. УСЛОВИЯ ПЛАТЕЖА\n"
        "3.1. Покупатель перечисляет Продавцу аванс в размере 30 % в течение 20 дней после"
    )
    second = "стр. 2/2\nподписания настоящего Контракта.\n3.2. Остаток 70 % Покупатель уплачивает в течение 10 дней."
    terms = [t.value for t in document(run(reading(first, second))).payment_terms]
    assert terms == [
        "Покупатель перечисляет Продавцу аванс в размере 30 % в течение 20 дней после подписания настоящего Контракта.",
        "Остаток 70 % Покупатель уплачивает в течение 10 дней.",
    ]


@pytest.mark.parametrize(
    ("line", "is_running"), [("стр. 2/4 / 页码 2/4", True), ("第2页", True), ("60%(46,129.62)", False)]
)
def test_a_running_page_number_is_known(line: str, is_running: bool) -> None:
    assert running(line) is is_running


def test_role_words_that_head_two_columns_give_no_role_to_the_next_line() -> None:
    text = (
        "Протокол переговоров № 1\nЭкспортёр:\tПокупатель:\n"
        "АО «Велемаш»\tКомпания с ограниченной ответственностью «Пайк»\n"
        "Президент\tДиректор"
    )
    records = run(reading(text))
    buyers = {m.name.value for m in records if isinstance(m, Mention) and m.role is Role.BUYER}
    assert 'АО "Велемаш"' not in buyers
    names = {m.name.value for m in records if isinstance(m, Mention)}
    assert 'Компания с ограниченной ответственностью "Пайк"' in names


def test_an_answer_is_worked_out_once_and_known_by_identity() -> None:
    asked: list[object] = []

    def work(page: object) -> int:
        asked.append(page)
        return len(asked)

    ask = once(2)(work)
    one, twin, third = page_of("а"), page_of("а"), page_of("б")
    assert one == twin
    assert (ask(one), ask(one), ask(twin), ask(one)) == (1, 1, 2, 1), "an equal page is another page"
    ask(third)
    assert ask(twin) == 4, "the one asked for longest ago is forgotten"


def test_a_document_is_one_record() -> None:
    assert len([r for r in run(reading("КОНТРАКТ № 9/21-К" + TAIL)) if isinstance(r, Document)]) == 1


@pytest.mark.parametrize(("letters", "code"), [("СМУ", "CNY"), ("USO", "USD"), ("EUR", "EUR"), ("ГОД", None)])
def test_a_currencys_code_is_known_by_its_shapes(letters: str, code: str | None) -> None:
    assert misread_code(letters) == code
