"""Kinds of contradiction that stand in what a paper says; the writers of the specimen plant them where they can."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from assay.specimen import papers
from assay.specimen.alter import CannotAlter
from assay.specimen.contract import contract
from assay.specimen.desk import Desk
from assay.specimen.forge.bench import Bench
from assay.specimen.forge.kind import BORN, SHEET, File, Kind, Made
from assay.specimen.goodslist import goods_grid, sheet_rows
from assay.specimen.paint import Imprint, pdf_of
from assay.specimen.paper import Block, box_of
from assay.specimen.plan import Plant, other_amount
from assay.specimen.setting import leaves_of
from assay.specimen.sheetfile import Cell, xlsx_of

WEEKDAYS = {
    "ru": ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"),
    "uk": ("понеділок", "вівторок", "середа", "четвер", "п’ятниця", "субота", "неділя"),
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MEETINGS = {
    "ru": "Следующее совещание назначено на {weekday}, {date}.",
    "uk": "Наступну нараду призначено на {weekday}, {date}.",
    "zh": "下次会议定于{date}（{weekday}）举行。",
    "en": "The next meeting is set for {weekday}, {date}.",
}
CALLS = {
    "ru": "Телефон для справок: {n}.",
    "uk": "Довідки за телефоном: {n}.",
    "zh": "联系电话：{n}。",
    "en": "Telephone: {n}.",
}
PHONES = {
    "ru": ("+7 495 123-45-67", "+7 095 123-45-67", "+7 000 123-45-67"), "uk": ("+380 44 234 5678", "+380 00 234 5678"),
    "zh": ("+86 10 6552 9988", "+86 10 65529"), "en": ("+44 20 7946 0958", "+44 00 7946 0958"),
}  # fmt: skip
"""A number that can be dialled, then ones that no plan of numbers allows. The valid ones are reserved or invented."""
LATER = {
    "ru": "Оплата производится в евро на счёт IBAN получателя.",
    "uk": "Оплата здійснюється в євро на рахунок IBAN отримувача.",
    "zh": "货款以欧元支付至收款人的IBAN账户。",
    "en": "Payment is made in euro to the payee's IBAN account.",
}
"""A sentence with a currency and a kind of number that did not exist before the late 1990s."""

Writer = Callable[[Desk, date], list[Block]]


def _act(desk: Desk, day: date) -> list[Block]:
    return papers.acceptance_act(desk, 3, day, desk.deal.main, False)


def _payment(desk: Desk, day: date) -> list[Block]:
    return papers.payment_paper(desk, 12, day, desk.deal.instalments[0].amount, 30, False)


def _bill(desk: Desk, day: date) -> list[Block]:
    return papers.invoice(desk, 8, day, desk.deal.main)


def _listing(desk: Desk, day: date) -> list[Block]:
    blocks = desk.title("acceptance_act", 2)
    blocks += desk.dateline(desk.deal.buyer.towns, day)
    return [*blocks, goods_grid(desk, desk.deal.goods, vat=False), *desk.signatures(day, signed=True, details=False)]


def _deal_text(desk: Desk, day: date) -> list[Block]:
    return contract(desk, signed=True, hands=False)


def _planted(bench: Bench, examination: str, sort: str, write: Writer, *, twin: bool) -> Made:
    """Let the specimen's writer plant a contradiction; as the twin the same paper without it."""
    pair = examination == "txt.parity"
    for _ in range(24):
        deal = bench.deal()
        languages: tuple[str, ...] = bench.pair(deal) if pair else (bench.language,)
        desk = bench.desk(deal, sort, languages, None if twin else Plant(examination))
        day = deal.day if sort == "contract" else deal.day + timedelta(days=bench.rng.randint(20, 150))
        leaves = leaves_of(write(desk, day), desk.sheet)
        planted = desk.planted
        if not twin and planted is None:
            continue
        author = deal.supplier.signer.names["en"]
        pdf = pdf_of(leaves, desk.sheet, Imprint(sort, author, day))
        missing = [("contract", deal.number)] if sort != "contract" else []
        missing += [("annex", str(a.number)) for a in deal.annexes] if sort == "contract" else []
        pages = tuple(leaf.text for leaf in leaves)
        file = File(f"{sort}.pdf", pdf, sort, BORN, pages, "", day.isoformat(), missing=tuple(missing))
        if twin or planted is None:
            return Made((file,), "the same kind of paper without it")
        for number, leaf in enumerate(leaves, start=1):
            box = box_of(leaf, desk.sheet, planted.needle, planted.within)
            if box:
                return Made((file,), planted.detail, number, box)
        return Made((file,), planted.detail)
    message = f"the writers found no place for {examination}"
    raise CannotAlter(message)


def _kind(name: str, examination: str, sort: str, write: Writer) -> Kind:
    return Kind(
        name, examination, BORN, lambda bench: _planted(bench, examination, sort, write, twin=False),
        lambda bench: _planted(bench, examination, sort, write, twin=True), "the same kind of paper without it",
    )  # fmt: skip


def _said(bench: Bench, sentence: str, needle: str, detail: str, *, day: date | None = None, wrong: bool) -> Made:
    deal = bench.deal()
    if day:
        deal.day = day - timedelta(days=60)
    paper = bench.paper("letter", deal=deal, day=day, more=(sentence,))
    page, box = paper.box(needle)
    return Made((paper.file(),), detail, page if wrong else 0, box if wrong else None)


def _weekday(bench: Bench, *, wrong: bool) -> Made:
    deal = bench.deal()
    day = deal.day + timedelta(days=bench.rng.randint(200, 400))
    while day.weekday() > 4:
        day += timedelta(days=1)
    shown = (day.weekday() + (bench.rng.randint(1, 4) if wrong else 0)) % 7
    name = WEEKDAYS[bench.language][shown]
    accusative = {"среда": "среду", "пятница": "пятницу", "суббота": "субботу", "середа": "середу", "субота": "суботу"}
    accusative |= {"неділя": "неділю", "п’ятниця": "п’ятницю"}
    written = bench.desk(deal, "letter").day(day)[bench.language]
    sentence = MEETINGS[bench.language].format(weekday=accusative.get(name, name), date=written)
    return _said(bench, sentence, written, f"{day.isoformat()} written as a {WEEKDAYS['en'][shown]}", wrong=wrong)


def _phone(bench: Bench, *, wrong: bool) -> Made:
    numbers = PHONES[bench.language]
    number = bench.rng.choice(numbers[1:]) if wrong else numbers[0]
    return _said(bench, CALLS[bench.language].format(n=number), number, number, wrong=wrong)


def _ahead(bench: Bench, *, wrong: bool) -> Made:
    year = 1994 if wrong else 2017
    day = date(year, bench.rng.randint(1, 12), bench.rng.randint(1, 28))
    sentence = LATER[bench.language]
    return _said(bench, sentence, "IBAN", f"{year}: {sentence}", day=day, wrong=wrong)


def _sheet(bench: Bench, *, wrong: bool) -> Made:
    """Keep a sheet's cached sum from before: the figure shown is not what its formula gives."""
    deal = bench.deal()
    desk = bench.desk(deal, "spreadsheet")
    rows = [list(row) for row in sheet_rows(desk, deal.goods)]
    detail = "cached sums as the formulas give them"
    if wrong:
        cells = [(r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell.formula]
        r, c = cells[-1]
        held = rows[r][c]
        assert isinstance(held.value, Decimal)
        other = other_amount(bench.rng, held.value)
        rows[r][c] = Cell(other, held.formula)
        detail = f"{held.formula}: {held.value} -> {other}"
    author = deal.supplier.signer.names["en"]
    data, text = xlsx_of(rows, sheet="Sheet1", title="goods", author=author, made=deal.day)
    file = File("goods.xlsx", data, "spreadsheet", SHEET, (text,), missing=())
    return Made((file,), detail, 1 if wrong else 0)


KINDS = (
    _kind("total that does not add up", "txt.sum", "acceptance_act", _listing),
    _kind("figures that are not the words", "txt.words", "payment_order", _payment),
    _kind("figures that are not the words, in an invoice", "txt.words", "invoice", _bill),
    _kind("register number with a wrong digit", "txt.ids", "payment_order", _payment),
    _kind("language columns that differ", "txt.parity", "contract", _deal_text),
    Kind("cached sum of a sheet", "txt.sum", SHEET, lambda b: _sheet(b, wrong=True), lambda b: _sheet(b, wrong=False),
         "sums as the formulas give them"),
    Kind("weekday of another date", "txt.weekday", BORN, lambda b: _weekday(b, wrong=True),
         lambda b: _weekday(b, wrong=False), "the right weekday"),
    Kind("telephone number that cannot be", "txt.phone", BORN, lambda b: _phone(b, wrong=True),
         lambda b: _phone(b, wrong=False), "a number that can be"),
    Kind("term before its time", "txt.anachronism", BORN, lambda b: _ahead(b, wrong=True),
         lambda b: _ahead(b, wrong=False), "the same term in its time"),
)  # fmt: skip
