"""Wording, numbers, fonts and setting of specimen papers."""

import re
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from assay.model.errors import MissingProgram
from assay.specimen import fonts
from assay.specimen.desk import Desk
from assay.specimen.fiction import LANGUAGES, World, table, wording
from assay.specimen.fonts import family, width_of
from assay.specimen.numerals import han_small, hand_of, number, words
from assay.specimen.paper import Grid, Pair, Paragraph, Sheet, box_of, wrap
from assay.specimen.plan import Plan, Plant, other_amount, other_digit
from assay.specimen.setting import leaves_of

SHEET = Sheet(family("LiberationSerif", "ZenHei"))
DECLINED = re.compile(r"^(?:[SBD](?:[gdiGDIU])?|.*_(?:gen|of)|supplier\w*|buyer\w*|state|goods)$")


def facts_of(template):
    return sorted(name for name in re.findall(r"{(\w+)}", template) if not DECLINED.match(name))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_kind_of_document_has_at_least_four_wordings(language):
    rows = wording(language)
    for key in ("contract", "specification", "price_protocol", "payment_schedule", "delivery_schedule"):
        assert len(set(rows["title"][key])) >= 4
    for key in ("acceptance_act", "training_programme", "licence", "minutes", "amendment", "invoice", "payment_order"):
        assert len(set(rows["title"][key])) >= 4
    for key in ("preamble", "subject", "price", "advance", "balance", "delivery", "training", "technology", "secrecy"):
        assert len(set(rows["clause"][key])) >= 4
    assert len(rows["terms"]["supplier"]) >= 4
    assert len(rows["terms"]["buyer"]) >= 4


@pytest.mark.parametrize("language", ["uk", "zh", "en"])
@pytest.mark.parametrize("section", ["clause", "body", "letter", "mail"])
def test_the_same_variant_states_the_same_facts_in_each_language(language, section):
    for key, rows in wording("ru")[section].items():
        if key in ("posts", "agency_posts", "address", "to", "greeting", "number"):
            continue
        if section in ("clause", "body"):
            assert len(rows) == len(wording(language)[section][key]), key
        for mine, other in zip(rows, wording(language)[section][key], strict=False):
            assert facts_of(mine) == facts_of(other), (key, mine, other)


def test_stock_clauses_state_the_same_facts_in_each_language():
    for rows in table("wording/stock").values():
        for row in rows:
            assert len({tuple(facts_of(row[language])) for language in LANGUAGES}) == 1, row["en"]


def test_desks_draw_many_manners():
    deal = World(1).deal(0)
    desks = [Desk(Random(n), deal, deal.languages, "contract") for n in range(60)]
    assert len({desk.template for desk in desks}) >= 4
    assert len({desk.sheet.family.name for desk in desks}) >= 4
    assert {desk.sheet.pairing for desk in desks} == {"columns", "table", "stacked"}
    assert len({desk.rules() for desk in desks}) >= 4


def test_identifiers_have_valid_check_digits():
    from stdnum import iban, lei
    from stdnum.cn import uscc
    from stdnum.ru import inn, ogrn
    from stdnum.ua import edrpou

    checks = {"inn": inn, "ogrn": ogrn, "uscc": uscc, "edrpou": edrpou, "lei": lei, "iban": iban}
    world, seen = World(5), set()
    for index in range(12):
        deal = world.deal(index)
        for firm in (deal.supplier, deal.buyer):
            for scheme, value in firm.identifiers:
                if scheme in checks:
                    assert checks[scheme].is_valid(value), (scheme, value)
                    seen.add(scheme)
    assert seen == set(checks)


def test_an_account_agrees_with_its_bank():
    weights = (7, 1, 3)
    for index in range(8):
        deal = World(11).deal(index)
        for firm in (deal.supplier, deal.buyer):
            held = dict(firm.identifiers)
            if "bik" in held:
                digits = held["bik"][-3:] + held["account"]
                assert sum(int(c) * weights[i % 3] for i, c in enumerate(digits)) % 10 == 0


@pytest.mark.parametrize(
    ("form", "written"),
    [("space_comma", "1\u00a0234\u00a0567,89"), ("dot_comma", "1.234.567,89"), ("comma_dot", "1,234,567.89"),
     ("plain_dot", "1234567.89")],
)  # fmt: skip
def test_number_forms(form, written):
    assert number(Decimal("1234567.89"), form) == written


def test_amounts_in_words():
    amount = Decimal("2001000.40")
    assert words(amount, "ru", wording("ru"), "USD") == "два миллиона одна тысяча долларов США 40 центов"
    assert words(amount, "uk", wording("uk"), "EUR") == "два мільйони одна тисяча євро 40 центів"
    assert words(Decimal("2000100.40"), "zh", wording("zh"), "CNY") == "贰佰万零壹佰元肆角"
    assert words(Decimal(21), "en", wording("en"), "USD", 3) == "twenty-one US dollars only"
    assert words(Decimal(210000480), "zh", wording("zh"), "USD") == "贰亿壹仟万零肆佰捌拾美元整"


def test_dates_in_the_manner_of_a_hand():
    hand = hand_of(Random(1), "zh", wording("zh"), "USD")
    assert "2019" in hand.day(date(2019, 7, 25)) or "二〇一九" in hand.day(date(2019, 7, 25))
    assert han_small(25) == "二十五"


def test_lines_fit_and_nothing_is_lost():
    pair = SHEET.family.regular
    text = (
        "Поставщик обязуется поставить «Товар» в срок до 31.12.2023. " * 4
        + "卖方应于二〇二三年前交付货物，买方付款。" * 4
    )
    lines = wrap(text, pair, 10, 200)
    assert all(width_of(line, pair, 10) <= 200.01 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert not any(line[0] in "，。" for line in lines)


def test_columns_are_read_one_after_the_other():
    leaf = leaves_of([Pair("левый один", "right one"), Pair("левый два", "right two")], SHEET)[0]
    assert leaf.text.split("\n") == ["левый один", "левый два", "right one", "right two"]


def test_a_long_table_repeats_its_header_and_breaks_no_number():
    rows = tuple((str(n), "Дизельный двигатель в сборе", "1\u00a0234\u00a0567,89") for n in range(90))
    grid = Grid(("№", "Наименование", "Сумма"), rows, (1, 20, 1), ("left", "left", "right"))
    leaves = leaves_of([grid], SHEET)
    assert len(leaves) > 1
    assert all(leaf.text.startswith("№\tНаименование\tСумма") for leaf in leaves)
    assert sum(leaf.text.count("1 234 567,89") for leaf in leaves) == 90
    assert box_of(leaves[0], SHEET, "1 234 567,89") is not None


def test_a_box_lies_on_its_words_in_a_justified_line():
    sheet = Sheet(SHEET.family, justify=True)
    text = (
        "The Buyer shall pay to the Seller the sum of USD 12,000.00 within thirty days of the date of this paper. " * 3
    )
    leaf = leaves_of([Paragraph(text)], sheet)[0]
    box = box_of(leaf, sheet, "12,000.00 within")
    assert box is not None
    assert 0 < box[0] < box[2] < 1
    assert box[3] - box[1] < 0.03


def test_page_numbers_say_how_many_there_are():
    sheet = Sheet(SHEET.family, footer="стр. {page} из {pages}")
    leaves = leaves_of([Paragraph("слово " * 3000)], sheet)
    assert [leaf.foot for leaf in leaves] == [[f"стр. {n} из {len(leaves)}"] for n in range(1, len(leaves) + 1)]


def test_a_missing_script_names_its_packages(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "ROOT", tmp_path)
    fonts.available.cache_clear()
    try:
        with pytest.raises(MissingProgram) as caught:
            fonts.available("han")
        assert "fonts-wqy-zenhei" in caught.value.hint
    finally:
        monkeypatch.undo()
        fonts.available.cache_clear()


def test_planting_is_spread_evenly():
    plan, rng = Plan(), Random(1)
    options = [Plant("txt.sum"), Plant("txt.words"), Plant("txt.ids", True)]
    for _ in range(300):
        chosen = plan.choose(rng, options)
        if chosen:
            plan.done(chosen)
    assert max(plan.counts.values()) - min(plan.counts.values()) <= 1


def test_a_planted_number_differs_in_one_digit():
    rng = Random(3)
    for _ in range(50):
        amount = Decimal(rng.randint(1000, 10**9)) / 100
        other = f"{other_amount(rng, amount):.2f}"
        assert sum(a != b for a, b in zip(f"{amount:.2f}", other, strict=True)) == 1
        assert sum(a != b for a, b in zip("ORLA-67", other_digit(rng, "ORLA-67"), strict=True)) == 1
