"""txt.phone and txt.anachronism: numbers and names out of their time, planted and innocent, in four languages."""

from __future__ import annotations

import base64
from datetime import date

import pytest

from assay.custody.vouch import vouched
from assay.examine.content.anachronism import ANACHRONISM, built_in
from assay.examine.content.dated import claimed
from assay.examine.content.phone import PHONE, out_of_time
from assay.model import (
    Exhibit,
    Finding,
    FindingStatus,
    Page,
    PageState,
    Reading,
    Voucher,
    VoucherKind,
    Weight,
    Words,
)


def reading(text: str, language: str = "ru", how: str = "text_layer") -> Reading:
    page = Page("x", 1, "page", PageState.READ, how, "", text, language, (), 1, 1, 0, None, "", (), "", "", Words())
    return Reading(Exhibit("x", "", 1, "application/pdf", "", ""), (page,), ())


def found(given: list[Finding], text: str) -> list[tuple[Weight, str]]:
    assert all(text[s.start : s.end] == s.quote for f in given for s in f.spans if s.page)
    return [(f.weight, f.spans[0].quote) for f in given if f.status is FindingStatus.FINDING]


def phones(text: str, language: str = "ru", how: str = "text_layer") -> list[tuple[Weight, str]]:
    assert PHONE.examine
    given = [f for f in PHONE.examine(reading(text, language, how), b"") if isinstance(f, Finding)]
    return found(given, text)


def late(text: str, vouchers: tuple[Voucher, ...] = (), how: str = "text_layer") -> list[tuple[Weight, str]]:
    assert ANACHRONISM.examine_vouched
    given = ANACHRONISM.examine_vouched(reading(text, "ru", how), b"", vouchers)
    return found([f for f in given if isinstance(f, Finding)], text)


@pytest.mark.parametrize(
    ("text", "language", "wrong"),
    [
        ("Телефон для справок: +7 000 123-45-67.", "ru", "+7 000 123-45-67"),
        ("15.03.2012 г.\nтел. +7 095 123-45-67", "ru", "+7 095 123-45-67"),
        ("15.03.2002 г.\nтел. (495) 123-45-67", "ru", "(495) 123-45-67"),
        ("Довідки за телефоном: +380 00 234 5678.", "uk", "+380 00 234 5678"),
        ("联系电话：+86 10 65529。", "zh", "+86 10 65529"),
        ("Telephone: +44 00 7946 0958.", "en", "+44 00 7946 0958"),
        ("Fax +999 12 345 678", "en", "+999 12 345 678"),
    ],
)
def test_a_number_that_cannot_be(text: str, language: str, wrong: str) -> None:
    assert phones(text, language) == [(Weight.LIMITED, wrong)]
    assert phones(text, language, "ocr") == [(Weight.NEUTRAL, wrong)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Тел. +7 495 123-45-67, факс (495) 123-45-68", "ru"), ("15.03.2002 г.\nтел. +7 095 123-45-67", "ru"),
        ("тел. 8 800 555 35 35", "ru"), ("тел. 12-34-56", "ru"), ("тел./факс: +38 (044) 234-56-78", "uk"),
        ("电话：010-65529988，手机13812345678", "zh"),
        ("Tel. +44 (0)20 7946 0958", "en"), ("fax: (212) 555-0123", "en"),
        ("Р/с 40702840086244938540\nИНН 9603109928, сумма +5 000 000,00 руб.", "ru"), ("+15 %, 2019-2020", "en"),
    ],
)  # fmt: skip
def test_numbers_that_can_be_and_numbers_that_are_none(text: str, language: str) -> None:
    assert phones(text, language) == []


def test_codes_have_their_time() -> None:
    assert out_of_time("70951234567", date(2003, 1, 1)) == "" and out_of_time("70951234567", date(2010, 1, 1))
    assert out_of_time("78690000000", date(2013, 1, 1)) and not out_of_time("442071234567", date(2001, 1, 1))


SAYINGS = {
    "Оплата производится в евро на счёт получателя.": date(1995, 12, 16),
    "Платіж здійснюється на рахунок IBAN отримувача.": date(1996, 1, 1),
    "乙方统一社会信用代码：91970104Q45X8KU1YW。": date(2015, 6, 11),
    "Delivery on the terms of Incoterms® 2010.": date(2010, 9, 16),
    "В лице ФГУП «Рособоронэкспорт», именуемого": date(2000, 11, 4),
    "Прошу выслать файл plan.docx на адрес a.b@gmail.com": date(2005, 6, 1),
    "Государственный концерн «Укроборонпром»": date(2010, 8, 1),
}


@pytest.mark.parametrize(("saying", "first"), SAYINGS.items())
def test_a_name_before_its_time_and_the_same_in_its_time(saying: str, first: date) -> None:
    def letter(year: int) -> str:
        return f"Исх. № 12 от 3 марта {year} г.\n{saying}\n"

    assert [weight for weight, _ in late(letter(first.year - 1))][:1] == [Weight.MODERATE]
    assert [weight for weight, _ in late(letter(first.year - 1), how="ocr")][:1] == [Weight.NEUTRAL]
    assert late(letter(first.year + 1)) == []


@pytest.mark.parametrize(
    "text",
    [
        "3 марта 1994 г.\nРемонт «евроокна» и двигатель Euro 3; телеграмма; TRY AGAIN; Euro-Atlantic",
        "Без даты. Оплата в евро.", "Оплата в евро до 3 марта 1990 г.", "1994年3月3日\n欧洲货币",
        "К договору от 3 марта 1994 г.\nг. Тарнс, 5 мая 2016 г.\nОплата в евро на счёт IBAN",
    ],
)  # fmt: skip
def test_twins_do_not_fire(text: str) -> None:
    assert late(text) == []


def test_a_name_that_is_late_by_little_weighs_less() -> None:
    assert [w for w, _ in late("Исх. № 1 от 1 июля 2010 г.\nИнкотермс 2010")] == [Weight.LIMITED]


def test_a_person_extends_the_gazetteer(tmp_path: object) -> None:
    from pathlib import Path

    file = Path(str(tmp_path)) / "own.tsv"
    row = "agency\tTarnse Arms Office|Управление «Тарнс»\t2018-02-01\tthe Tarnse office\tits statute"
    rows = f"# assay gazetteer\n{row}\nbad row\n"
    file.write_text(rows, "utf-8")
    (voucher,) = vouched(file).vouchers
    assert voucher.kind is VoucherKind.GAZETTEER and base64.b64decode(voucher.content).decode() == rows
    text = "5 мая 2016 г.\nПодписано: управление «Тарнс»"
    assert late(text) == [] and late(text, (voucher,)) == [(Weight.MODERATE, "управление «Тарнс»")]
    assert late(text.replace("2016", "2019"), (voucher,)) == []


def test_every_row_of_the_gazetteer_can_be_read_and_has_a_source() -> None:
    assert len(built_in()) > 80
    assert all(t.source and t.what and date(1990, 1, 1) < t.first < date(2026, 1, 1) for t in built_in())


def test_the_latest_day_in_the_head_is_the_documents_own() -> None:
    given = reading("Приложение к Договору от 1 мая 2012 г.\n7 июля 2014 г.\nпоставка до 1 января 2020 г.")
    own = claimed(given)
    assert own is not None and own[0] == date(2014, 7, 7) and own[1].quote.startswith("7 июля 2014")
    assert claimed(reading("Без даты")) is None
