"""txt.parity on bilingual pages built here: columns, alternating paragraphs, versions one after the other, cells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assay.examine.content.parity import PARITY
from assay.examine.content.versions import languages_of
from assay.model import (
    Cell,
    Exhibit,
    Finding,
    FindingStatus,
    Page,
    PageState,
    Paragraph,
    Reading,
    Table,
    Weight,
    Words,
)

RU = [
    "КОНТРАКТ № ВТС-15/2024 от 15 мая 2024 г.",
    "1. Предмет\n1.1. Поставщик обязуется поставить 37 (тридцать семь) единиц изделия Т-72Б3 согласно Приложению № 1.",
    "1.2. Общая цена Контракта составляет 12 000 000 (двенадцать миллионов) долларов США 00 центов.",
    "2. Сроки\n2.1. Поставка производится до 31 декабря 2025 г. пятью партиями, по 7,5 т каждая.",
    "2.2. Аванс в размере 30% уплачивается в течение 20 (двадцати) дней, в III квартале 2024 г.",
]
EN = [
    "CONTRACT No. VTS-15/2024 dated May 15, 2024",
    "1. Subject\n1.1. The Supplier shall deliver 37 (thirty-seven) units of T-72B3 in accordance with Annex No. 1.",
    "1.2. The total Contract price amounts to USD 12,000,000.00 (twelve million US dollars).",
    "2. Terms\n2.1. Delivery shall be made by December 31, 2025 in five lots of 7.5 tonnes each.",
    "2.2. The advance of 30 % shall be paid within twenty days, in the third quarter of 2024.",
]
ZH = [
    "合同编号：VTS-15/2024，日期：2024年5月15日",
    "第一条 标的\n1.1 供方应交付T-72B3三十七辆，见附件1。",
    "1.2 合同总价为1200万美元（大写：壹仟贰佰万美元整）。",
    "第二条 期限\n2.1 应于2025年12月31日前分五批交货，每批7.5吨。",
    "2.2 预付款为30%，应于2024年第三季度在二十日内支付。",
]
UK = [
    "КОНТРАКТ № ВТС-15/2024 від 15 травня 2024 р.",
    "1. Предмет\n1.1. Постачальник зобов'язується поставити 37 (тридцять сім) одиниць виробу Т-72Б3 за Додатком № 1.",
    "1.2. Загальна ціна Контракту становить 12 000 000 (дванадцять мільйонів) доларів США 00 центів.",
    "2. Строки\n2.1. Поставка здійснюється до 31 грудня 2025 р. п'ятьма партіями, по 7,5 т кожна.",
    "2.2. Аванс у розмірі 30% сплачується протягом 20 (двадцяти) днів, у III кварталі 2024 р.",
]
TEXTS = {"ru": RU, "en": EN, "zh": ZH, "uk": UK}
PAIRS = [("ru", "en"), ("ru", "zh"), ("uk", "en"), ("uk", "zh"), ("zh", "en")]
Piece = tuple[str, int, str]


def built(pieces: list[Piece], how: str = "text_layer", table: list[list[str]] | None = None) -> Reading:
    text, paragraphs, cells = "", [], []
    for language, column, written in pieces:
        paragraphs.append(Paragraph(len(text), len(text) + len(written), language, column))
        text += written + "\n"
    start = len(text)
    for r, row in enumerate(table or []):
        for c, written in enumerate(row):
            cells.append(Cell(r, c, len(text), len(text) + len(written), written))
            text += written + ("\n" if c == len(row) - 1 else "\t")
    if table:
        paragraphs.append(Paragraph(start, len(text), "ru", -1, "table"))
    words = Words()
    page = Page(
        "x", 1, "page", PageState.READ, how, "", text, "ru", tuple(paragraphs), 1, 1, 0, None, "", (), "", "", words
    )
    tables = (Table("x", 1, 1, len(table), len(table[0]), 0, False, tuple(cells), None, "", ""),) if table else ()
    return Reading(Exhibit("x", "", 1, "application/pdf", "", ""), (page,), tables)


def columns(one: str, a: list[str], other: str, b: list[str]) -> list[Piece]:
    return [(one, 0, t) for t in a] + [(other, 1, t) for t in b]


def alternating(one: str, a: list[str], other: str, b: list[str]) -> list[Piece]:
    return [piece for x, y in zip(a, b, strict=True) for piece in ((one, -1, x), (other, -1, y))]


def unnumbered(one: str, a: list[str], other: str, b: list[str]) -> list[Piece]:
    def bare(text: str) -> str:
        last = text.split("\n")[-1]
        return last.split(" ", 1)[1] if last[0].isdigit() else last

    return [(one, 0, bare(t)) for t in a] + [(other, 1, bare(t)) for t in b]


LAYOUTS = {"columns": columns, "alternating": alternating}


def answers(given: Reading) -> list[Finding]:
    assert PARITY.examine
    found = [a for a in PARITY.examine(given, b"") if isinstance(a, Finding)]
    for answer in found:
        assert all(given.pages[0].text[s.start : s.end] == s.quote for s in answer.spans)
    return found


@pytest.mark.parametrize("layout", [*sorted(LAYOUTS), "unnumbered"])
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_versions_that_agree(layout: str, one: str, other: str) -> None:
    build = LAYOUTS.get(layout, unnumbered)
    (answer,) = answers(built(build(one, TEXTS[one], other, TEXTS[other])))
    assert answer.status is FindingStatus.NO_FINDING, answer.observation


CHANGES = {
    "ru": [("37 (тридцать семь)", "27 (двадцать семь)"), ("31 декабря 2025", "30 ноября 2025"), ("30%", "40%"),
           ("12 000 000 (двенадцать миллионов)", "12 500 000 (двенадцать миллионов пятьсот тысяч)"), ("Т-72Б3",
           "Т-90Б3"),
           ("7,5 т", "9,5 т"), ("20 (двадцати)", "25 (двадцати пяти)"), ("III квартале", "IV квартале"), ("15 мая",
           "16 мая")],
    "en": [("37 (thirty-seven)", "38 (thirty-eight)"), ("December 31, 2025", "December 1, 2025"), ("30 %", "35 %"),
           ("12,000,000.00 (twelve million", "21,000,000.00 (twenty-one million"), ("VTS-15/2024", "VTS-16/2024"),
           ("7.5 tonnes", "8.5 tonnes"), ("third quarter", "second quarter")],
    "zh": [("三十七", "三十八"), ("2025年12月31日", "2026年12月31日"), ("30%", "20%"), ("1200万", "1300万"),
    ("7.5吨", "7.8吨"),
           ("T-72B3", "T-80B3"), ("2024年第三季度", "2024年第四季度")],
}  # fmt: skip


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize(
    ("language", "before", "after"), [(name, a, b) for name, changes in CHANGES.items() for a, b in changes]
)
def test_one_change_in_one_version_is_found(layout: str, language: str, before: str, after: str) -> None:
    other = {"ru": "zh", "en": "ru", "zh": "en"}[language]
    changed = [text.replace(before, after) for text in TEXTS[language]]
    assert changed != TEXTS[language]
    found = answers(built(LAYOUTS[layout](language, changed, other, TEXTS[other])))
    assert [f.status for f in found] == [FindingStatus.FINDING], [f.observation for f in found]
    assert found[0].weight in (Weight.MODERATE, Weight.LIMITED) and len(found[0].spans) >= 2


def test_ten_thousand_taken_for_thousand_is_named() -> None:
    changed = [
        text.replace("1200万美元（大写：壹仟贰佰万美元整）", "120万美元（大写：壹佰贰拾万美元整）") for text in ZH
    ]
    (found,) = answers(built(columns("ru", RU, "zh", changed)))
    assert "factor of 10" in found.observation and found.weight is Weight.MODERATE


def test_ten_thousands_written_as_such_agree() -> None:
    changed = [
        text.replace("12 000 000 (двенадцать миллионов) долларов США 00 центов", "12 млн долл. США") for text in RU
    ]
    assert answers(built(columns("ru", changed, "zh", ZH)))[0].status is FindingStatus.NO_FINDING


def test_three_versions_are_compared_two_by_two() -> None:
    pieces = [(name, column, text) for column, name in enumerate(("ru", "zh", "en")) for text in TEXTS[name]]
    assert languages_of(built(pieces)) and answers(built(pieces))[0].status is FindingStatus.NO_FINDING
    changed = [(n, c, t.replace("30%", "45%") if n == "zh" else t) for n, c, t in pieces]
    assert len([a for a in answers(built(changed)) if a.status is FindingStatus.FINDING]) == 2


CELL = (
    "В течение {} календарных дней со дня подписания Договора / within 60 calendar days of the signing of the Contract"
)


def test_a_cell_in_two_languages_is_compared_with_itself() -> None:
    good = built([], table=[["1", CELL.format(60)], ["2", CELL.format(60)]])
    assert answers(good)[0].status is FindingStatus.NO_FINDING
    (found,) = answers(built([], table=[["1", CELL.format(67)], ["2", CELL.format(60)]]))
    assert {s.quote for s in found.spans} == {"67", "60"}


def test_language_columns_set_as_a_table_are_compared_row_by_row() -> None:
    rows = [[a.split("\n")[-1], b.split("\n")[-1]] for a, b in zip(RU, EN, strict=True)]
    assert answers(built([], table=rows))[0].status is FindingStatus.NO_FINDING
    rows[2][1] = rows[2][1].replace("12,000,000.00 (twelve", "12,700,000.00 (twelve")
    found = answers(built([], table=rows))
    assert found and all("12,700,000.00" in [s.quote for s in f.spans] for f in found)


TWINS = [
    ("2.2. Аванс", "2.2. Согласно п. 4.5 аванс"), ("единиц изделия", "единиц (оба комплекта) изделия"),
    ("Контракта составляет", "Контракта (всего) составляет"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), TWINS)
def test_twins_do_not_fire_above_limited(before: str, after: str) -> None:
    changed = [text.replace(before, after) for text in RU]
    assert changed != RU
    assert all(f.weight in (Weight.NEUTRAL, Weight.LIMITED) for f in answers(built(columns("ru", changed, "en", EN))))


def test_postcodes_and_page_numbers_of_one_version_do_not_fire() -> None:
    pieces = columns(
        "ru", [*RU, "3. Адреса\nАдрес: 963301, ул. Кедровая, 11"], "zh", [*ZH, "第三条 地址\n云杉街11号，邮编961015"]
    )
    pieces += [("zh", -1, "第 1 页 共 3 页"), ("ru", -1, "стр. 1/3")]
    assert answers(built(pieces))[0].status is FindingStatus.NO_FINDING


def test_on_a_scan_it_is_never_more_than_limited() -> None:
    changed = [text.replace("30%", "80%") for text in RU]
    (found,) = answers(built(columns("ru", changed, "en", EN), how="ocr"))
    assert found.weight is Weight.LIMITED


def test_one_language_is_not_applicable() -> None:
    assert answers(built([("ru", -1, text) for text in RU]))[0].status is FindingStatus.NOT_APPLICABLE


def findings(given: Reading) -> list[Finding]:
    return [a for a in answers(given) if a.status is FindingStatus.FINDING]


AMENDMENT = [
    ("ru", 0, "Срок поставки по Договору № ВТС-15/2024 от 15 мая 2024 г. изложить в редакции: «не"),
    ("ru", 0, "позднее 29 декабря 2026 г. при условии, что аванс уплачен»."),
    ("ru", 0, "Прочие условия не меняются."),
    ("en", 1, "The time of delivery under Agreement No. VTS-15/2024 dated May 15, 2024 shall read: \"not later than "
     "December 29, 2026, provided that the advance is paid\". Nothing else is changed."),
]  # fmt: skip


def test_paragraphs_that_their_reader_cut_up_are_put_together() -> None:
    assert not findings(built(AMENDMENT))
    changed = [(a, b, c.replace("December 29", "July 12")) for a, b, c in AMENDMENT]
    (found,) = findings(built(changed))
    assert "29 декабря 2026" in found.observation and found.weight is Weight.MODERATE


def test_paragraphs_that_follow_each_other_need_but_one_figure_in_common() -> None:
    pieces = [
        ("zh", -1, "甲方应按附件6的大纲为乙方培训29名技术人员，培训期6周，费用由甲方承担。"),
        ("en", -1, "The Seller undertakes to train 29 specialists of the Buyer over 6 weeks under the programme."),
        ("zh", -1, "培训地点由双方另行商定，学员往返旅费由乙方自行承担，食宿由甲方安排。" * 3),
        ("en", -1, "The place of training is agreed separately; travel of the trainees is at the Buyer's expense." * 2),
    ]
    assert not findings(built(pieces))
    (found,) = findings(built([(a, b, c.replace("train 29", "train 27")) for a, b, c in pieces]))
    assert "29" in found.observation and "27" in found.observation


def test_a_clause_that_a_misread_table_interrupts_is_not_compared_with_what_follows() -> None:
    table = [["3.2. Остаток 80 % уплачивается покупателем", "3.2 The balance of 80 % shall be paid by the buyer"]]
    given = built(
        [("ru", 0, "3.1. Аванс 20 % уплачивается в течение 10 дней после подписания."),
         ("en", 1, "3.1. The advance of 20 % shall be paid within 10 days after signing."),
         ("ru", 0, "1.1. Поставщик поставляет 12 изделий."), ("en", 1, "1.1. The Supplier delivers 12 articles."),
         ("ru", 0, "2.1. Срок поставки 24 месяца."), ("en", 1, "2.1. The time of delivery is 24 months."),
         ("ru", 0, "3.1. Аванс 20 % уплачивается в течение 10 дней."),
         ("en", 1, "3.1. The advance of 20 % shall be paid within 10 days.")], table=table,
    )  # fmt: skip
    page = given.pages[0]
    tail = "не позднее 45 дней после приёмки."
    more = replace(
        page, text=page.text + tail,
        paragraphs=(*page.paragraphs, Paragraph(len(page.text), len(page.text) + len(tail), "ru", 0)),
    )  # fmt: skip
    assert not findings(Reading(given.exhibit, (more,), given.tables))


def test_a_percent_sign_that_was_read_as_figures_is_no_difference() -> None:
    scanned = [(name, n, text.replace("30%", "30 96")) for n, name in enumerate(("ru", "en")) for text in TEXTS[name]]
    assert not findings(built(scanned, how="ocr"))
