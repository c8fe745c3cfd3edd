"""Contracts, annexes, acts and letters built in code, with planted truth, in four languages."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from assay.extract import builtin
from assay.model import (
    Cell,
    Document,
    DocumentKind,
    Event,
    Exhibit,
    LineItem,
    Mention,
    Obligation,
    ObligationKind,
    Page,
    PageState,
    Paragraph,
    Reading,
    Record,
    Role,
    Rung,
    Span,
    Table,
)
from assay.work.part import Extractor, load

DIGEST = "e" * 64


def language_of(line: str) -> str:
    if any("\u4e00" <= c <= "\u9fff" for c in line):
        return "zh"
    if any(c in "іїєґІЇЄҐ" for c in line):
        return "uk"
    return "ru" if any("\u0400" <= c <= "\u04ff" for c in line) else "en"


def page_of(text: str, number: int = 1, kind: str = "page") -> Page:
    paragraphs = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            kind = "table" if "\t" in line else "text"
            paragraphs.append(Paragraph(at, at + len(line), language_of(line), -1, kind))
        at += len(line) + 1
    first = paragraphs[0].language if paragraphs else "und"
    return Page(
        DIGEST, number, kind, PageState.READ, "text_layer", "test", text, first, tuple(paragraphs), 595, 842, 0, None,
        "",
        (), "test", "1",
    )  # fmt: skip


def table_of(page: Page, number: int = 1, *, continues: bool = False, header: int = 1) -> Table:
    """Return the table of all lines with tabs on the page."""
    cells: list[Cell] = []
    at = row = width = 0
    for line in page.text.split("\n"):
        if "\t" in line:
            start = at
            for column, text in enumerate(line.split("\t")):
                cells.append(Cell(row, column, start, start + len(text), text))
                start += len(text) + 1
            width = max(width, line.count("\t") + 1)
            row += 1
        at += len(line) + 1
    return Table(DIGEST, page.number, number, row, width, header, continues, tuple(cells), None, "test", "1")


def reading(*texts: str, kind: str = "page") -> Reading:
    pages = tuple(page_of(text, i, kind) for i, text in enumerate(texts, start=1))
    tables = tuple(table_of(p) for p in pages if "\t" in p.text)
    return Reading(Exhibit(DIGEST, "", 1, "application/pdf", "test", "1"), pages, tables)


def run(read: Reading) -> list[Record]:
    records: list[Record] = []
    for path in builtin:
        records.extend(load(path, Extractor).extract(read))
    texts = {p.number: p.text for p in read.pages}
    for span in spans_in(records):
        if span.page:
            assert texts[span.page][span.start : span.end] == span.quote, span
    return records


def spans_in(value: Any) -> Iterator[Span]:
    if isinstance(value, Span):
        yield value
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from spans_in(one)
    elif dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            yield from spans_in(getattr(value, one.name))


def document(records: list[Record]) -> Document:
    return next(r for r in records if isinstance(r, Document))


RUSSIAN = """КОНТРАКТ № 17/03-К
на поставку бронированных машин
г. Астраград\t«15» мая 2023 г.
ФГУП «Велемаш» (далее — «Поставщик»), в лице генерального директора Орлова Петра Ивановича, с одной стороны, и \
Министерство \
обороны Республики Тарвия, именуемое в дальнейшем «Покупатель», с другой стороны, заключили настоящий Контракт:
1. ПРЕДМЕТ КОНТРАКТА
1.1. Поставщик обязуется поставить, а Покупатель — принять и оплатить бронированные машины (далее — «Товар») в \
количестве \
согласно Приложению № 1.
2. ЦЕНА
2.1. Общая стоимость Контракта составляет 12 345 678,90 долларов США.
3. УСЛОВИЯ ПЛАТЕЖА
3.1. Покупатель перечисляет Поставщику аванс в размере 30 %, что составляет 3 703 703,67 долларов США, в течение \
30 дней с даты \
подписания настоящего Контракта.
3.2. Оставшиеся 70 % Покупатель уплачивает Поставщику в течение 20 дней с даты подписания акта сдачи-приёмки.
3.3. За просрочку платежа начисляется пеня в размере 1 % просроченной суммы.
4. СРОКИ И УСЛОВИЯ ПОСТАВКИ
4.1. Поставщик обязуется поставить Товар на условиях FCA Астраград в срок до 30 июня 2024 г.
5. ОБУЧЕНИЕ
5.1. Поставщик проводит подготовку 24 специалистов Покупателя.
6. КОНФИДЕНЦИАЛЬНОСТЬ
6.1. Стороны обязуются не разглашать содержание настоящего Контракта третьим лицам.
Неотъемлемыми частями Контракта являются:
Приложение № 1 — Спецификация;
Приложение № 2 — График платежей.
Поставщик:
ФГУП «Велемаш»
г. Астраград, ул. Литейная, д. 5
ИНН 7707083893
Генеральный директор
____________ подписано П. И. Орлов
Дата подписания: 15.05.2023"""


def test_a_russian_contract_gives_its_fields_parties_and_duties() -> None:
    records = run(reading(RUSSIAN))
    paper = document(records)
    assert (paper.kind, paper.stage) == (DocumentKind.CONTRACT, "final")
    assert paper.number is not None and paper.number.value == "17/03-К"
    assert paper.date is not None and paper.date.earliest == date(2023, 5, 15)
    assert paper.place is not None and paper.place.value == "Астраград"
    assert paper.total is not None and (paper.total.amount, paper.total.currency) == (Decimal("12345678.90"), "USD")
    assert paper.subject is not None and paper.subject.value == "бронированные машины"
    assert len(paper.payment_terms) == 2, "the penalty is no term"
    assert len(paper.delivery_terms) == 1
    assert [a.number for a in paper.announces] == ["1", "2"]
    roles = {m.role: m for m in records if isinstance(m, Mention) and m.role in (Role.SUPPLIER, Role.BUYER)}
    assert roles[Role.SUPPLIER].name.value == 'ФГУП "Велемаш"'
    assert [(i.scheme, i.value) for i in roles[Role.SUPPLIER].identifiers] == [("inn", "7707083893")]
    assert roles[Role.BUYER].name.value == "Министерство обороны Республики Тарвия"
    duties = {o.kind: o for o in records if isinstance(o, Obligation)}
    assert duties[ObligationKind.DELIVER].due is not None
    assert duties[ObligationKind.DELIVER].due.latest == date(2024, 6, 30)
    trained = duties[ObligationKind.TRAIN].quantity
    assert trained is not None and (trained.value, trained.unit) == (Decimal(24), "person")
    paid = [o.money.amount for o in records if isinstance(o, Obligation) and o.kind is ObligationKind.PAY and o.money]
    assert paid == [Decimal("3703703.67"), Decimal("8641975.23")]
    secret = [
        o.debtor.value
        for o in records
        if isinstance(o, Obligation) and o.kind is ObligationKind.KEEP_SECRET and o.debtor
    ]
    assert secret == ["Поставщик", "Покупатель"]
    assert [e.rung for e in records if isinstance(e, Event)] == [Rung.SIGNED]


def test_a_chinese_contract_gives_the_same() -> None:
    text = """采购合同 编号：BX-2023-017
签订日期：2023年5月15日
辽山重型机械有限公司（以下简称“卖方”），由总经理张伟代表，依据公司章程行事；塔尔维亚共和国国防部（以下简称“买方”），由主任李强代表；双方订立本合同如下：
第一条 合同标的
卖方应供应、买方应接收并支付装甲车辆（以下简称“货物”），数量与品种见附件1。
第二条 合同价格
本合同总金额为12,345,678.90美元。
第三条 付款条件
买方应在本合同签订之日起30天内向卖方支付总金额30%的预付款，计3,703,703.67美元。
第四条 交货
卖方应于2024年6月30日前按FCA辽山条件交付货物。"""
    records = run(reading(text))
    paper = document(records)
    assert paper.kind is DocumentKind.CONTRACT
    assert paper.number is not None and paper.number.value == "BX-2023-017"
    assert paper.total is not None and (paper.total.amount, paper.total.currency) == (Decimal("12345678.90"), "USD")
    assert paper.subject is not None and paper.subject.value == "装甲车辆"
    names = {m.role: m.name.value for m in records if isinstance(m, Mention)}
    assert names[Role.SUPPLIER] == "辽山重型机械有限公司"
    assert names[Role.BUYER] == "塔尔维亚共和国国防部"
    pay = next(o for o in records if isinstance(o, Obligation) and o.kind is ObligationKind.PAY)
    assert pay.due is not None and pay.due.latest == date(2023, 6, 14)
    assert "counted from" in pay.due.uncertain


SPECIFICATION = """Приложение № 1
к Контракту № 17/03-К от 15.05.2023
СПЕЦИФИКАЦИЯ
№ п/п\tНаименование / Name\tОбозначение\tЕд. изм.\tКол-во\tЦена, USD\tСумма, USD
1\t2\t3\t4\t5\t6\t7
1\tМашина связи / Signals vehicle\t«Каштан-М»\tкомпл.\t3\t1 000,50\t3 001,50
2\tАнтенна / Antenna\tАБ-12К\tкомпл.\t2\t10,00\t21,00
ИТОГО\t\t\t\t\t\t3 022,50"""


def test_a_specification_gives_its_rows_and_not_its_sums() -> None:
    more = "2.1\tКабель / Cable\tКБ-7\tкомпл.\t10\t1,00\t10,00"
    first = page_of(SPECIFICATION)
    second = page_of(more, 2)
    read = Reading(
        Exhibit(DIGEST, "", 1, "application/pdf", "test", "1"), (first, second),
        (table_of(first), table_of(second, continues=True, header=0)),
    )  # fmt: skip
    records = run(read)
    paper = document(records)
    assert paper.kind is DocumentKind.ANNEX
    assert paper.number is not None and paper.number.value == "1"
    assert paper.agreement_number is not None and paper.agreement_number.value == "17/03-К"
    items = [r for r in records if isinstance(r, LineItem)]
    assert [i.position for i in items] == ["1", "2", "2.1"]
    assert [i.designation.value for i in items if i.designation] == ["КАШТАН-М", "АБ-12К", "КБ-7"]
    assert items[0].description.value == "Машина связи"
    assert items[0].price is not None and (items[0].price.amount, items[0].price.currency) == (
        Decimal("1000.50"),
        "USD",
    )
    assert items[0].total is not None and items[0].total.uncertain == ""
    assert items[1].total is not None and "not this total" in items[1].total.uncertain
    assert {i.quantity.unit for i in items if i.quantity} == {"set"}


def test_a_draft_says_so_and_tells_of_no_event() -> None:
    records = run(reading("ПРОЕКТ\n" + RUSSIAN.replace("подписано", "").replace("15.05.2023", "____________")))
    paper = document(records)
    assert paper.stage == "draft"
    assert any(s.quote == "ПРОЕКТ" for s in paper.stage_spans)
    assert not [r for r in records if isinstance(r, Event)]


ACT = """АКТ ПРИЁМА-ПЕРЕДАЧИ № 4
г. Астраград\t01.07.2024
Во исполнение Контракта № 17/03-К от 15.05.2023 Поставщик поставил, а Покупатель принял 28.06.2024 Товар: \
«Каштан-М» — 12 ед.
Поставщик:
____________ {mark} П. И. Орлов
Дата подписания: {day}"""


@pytest.mark.parametrize(
    ("mark", "day", "rungs"),
    [("подписано", "01.07.2024", {Rung.DELIVERED, Rung.ACCEPTED}), ("", "____________", set())],
)
def test_an_act_counts_only_when_it_is_signed(mark: str, day: str, rungs: set[Rung]) -> None:
    events = [r for r in run(reading(ACT.format(mark=mark, day=day))) if isinstance(r, Event)]
    assert {e.rung for e in events} == rungs
    for event in events:
        assert event.date is not None and event.date.earliest == date(2024, 6, 28)
        assert event.quantity is not None and event.quantity.value == 12


LETTER = """Velemash Works Ltd.
Ref. No. 50/24 of 2 August 2024
Contract No. 17/03 dated May 15, 2023
Dear Sirs,
{body}
Yours faithfully,
Director General /s/ P. Orlov"""


@pytest.mark.parametrize(
    ("body", "rungs"),
    [
        (
            "We inform you that on 30 July 2024 QX-300, 12 units, have been shipped under Contract No. 17/03.",
            [Rung.SHIPPED],
        ),
        ("QX-300, 12 units, have not been shipped by 30 July 2024 under Contract No. 17/03.", []),
        ("We expect that QX-300, 12 units, will have been shipped by 30 July 2025.", []),
        ("Please confirm whether QX-300 were shipped on 30 July 2024.", []),
    ],
)
def test_a_letter_tells_what_happened_and_not_what_is_planned_or_denied(body: str, rungs: list[Rung]) -> None:
    records = run(reading(LETTER.format(body=body)))
    paper = document(records)
    assert paper.kind is DocumentKind.LETTER
    assert paper.number is not None and paper.number.value == "50/24"
    assert paper.date is not None and paper.date.earliest == date(2024, 8, 2)
    assert [e.rung for e in records if isinstance(e, Event)] == rungs


def test_a_payment_schedule_gives_a_duty_a_row() -> None:
    text = """Annex 2 to Contract No. 17/03 dated May 15, 2023
PAYMENT SCHEDULE
No.\tEvent\t%\tAmount, USD\tDate
1\tAdvance\t30\t3,000.00\t30 June 2024
2\tBalance\t70\t7,000.00\t31 December 2024
Total\t\t100\t10,000.00\t"""
    records = run(reading(text))
    assert document(records).kind is DocumentKind.PAYMENT_SCHEDULE
    duties = [r for r in records if isinstance(r, Obligation)]
    assert [(o.kind, o.money.amount, o.due.latest) for o in duties if o.money and o.due] == [
        (ObligationKind.PAY, Decimal("3000.00"), date(2024, 6, 30)),
        (ObligationKind.PAY, Decimal("7000.00"), date(2024, 12, 31)),
    ]
    assert not [r for r in records if isinstance(r, LineItem)]


def test_what_was_not_read_gives_nothing() -> None:
    page = dataclasses.replace(page_of("КОНТРАКТ № 1"), state=PageState.FAILED)
    assert run(Reading(Exhibit(DIGEST, "", 1, "application/pdf", "test", "1"), (page,), ())) == []


def test_running_twice_gives_the_same_ids() -> None:
    assert [r.id for r in run(reading(RUSSIAN))] == [r.id for r in run(reading(RUSSIAN))]
