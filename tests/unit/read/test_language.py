from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from assay.read.language import language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Поставщик обязуется передать оборудование в собственность покупателя.", "ru"),
        ("Постачальник зобов'язується передати обладнання у власність покупця.", "uk"),
        ("Договор вступает в силу с даты подписания.", "ru"),
        ("Договір набирає чинності з дати підписання.", "uk"),
        ("The Supplier shall deliver the goods within thirty days.", "en"),
        ("卖方同意出售，买方同意购买下列货物。", "zh"),
        ("賣方同意出售，買方同意購買下列貨物。", "zh"),
        ("合同编号 GX-2023/15 项下 USD 1,250,000.00", "zh"),
        ("Контракт № GX-2023/15 USD 1,250,000.00 CIF Odessa", "ru"),
        ("Die Lieferung erfolgt durch den Verkäufer und ist mit der Rechnung zu bezahlen.", "und"),
        ("この契約は署名の日から効力を生じるものとします。", "und"),
        ("12 345,67 / 89", "und"),
        ("", "und"),
        ("٣٧ وحدة من المعدات", "und"),
    ],
)
def test_language_of_plain_cases(text: str, expected: str) -> None:
    assert language(text) == expected


@pytest.mark.parametrize(
    ("text", "hint"), [("12 345,67", "zh"), ("Контракт", "uk"), ("Директор", "ru"), ("А. Б.", "uk")]
)
def test_what_says_nothing_for_itself_inherits(text: str, hint: str) -> None:
    assert language(text, hint) == hint


@pytest.mark.parametrize(
    ("text", "hint", "expected"), [("合同", "ru", "zh"), ("Підпис", "ru", "uk"), ("Подпись объекта", "uk", "ru")]
)
def test_a_hint_never_outweighs_script_or_letters(text: str, hint: str, expected: str) -> None:
    assert language(text, hint) == expected


def test_many_threads_agree() -> None:
    texts = ["Акт приема передачи", "Акт прийому передачі", "Delivery act", "交货证明", "Протокол наради"] * 20
    alone = [language(t) for t in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(language, texts)) == alone
