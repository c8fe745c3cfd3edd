"""txt.words and txt.ids on pages built here: planted changes, and twins that only look like them."""

from __future__ import annotations

import random
from decimal import Decimal

import cn2an
import pytest
from num2words import num2words

from assay.examine.content.ids import IDS
from assay.examine.content.words import WORDS
from assay.model import Exhibit, Finding, FindingStatus, Page, PageState, Reading, Weight, Words
from assay.work.part import Examination


def page(text: str, number: int = 1, how: str = "text_layer", confidence: int = 96) -> Page:
    places, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        places.append((at, at + len(word)))
        at += len(word)
    n = len(places)
    words = Words(
        tuple(s for s, _ in places), tuple(e for _, e in places), tuple(s * 20 for s, _ in places), (100,) * n,
        tuple(e * 20 for _, e in places), (900,) * n, (confidence,) * n,
    )  # fmt: skip
    return Page("x", number, "page", PageState.READ, how, "", text, "ru", (), 1, 1, 0, None, "", (), "", "", words)


def answers(part: Examination, *pages: Page) -> list[Finding]:
    assert part.examine
    given = Reading(Exhibit("x", "", 1, "application/pdf", "", ""), pages, ())
    found = [a for a in part.examine(given, b"") if isinstance(a, Finding)]
    for answer in found:
        for span in answer.spans:
            assert pages[span.page - 1].text[span.start : span.end] == span.quote
    return found


def ru(number: int) -> str:
    return f"{number:,}".replace(",", " ") + ",00"


LAYOUTS = {
    "ru bracket": lambda n, w: f"Цена Контракта составляет {ru(n)} ({num2words(w, lang='ru')}) рублей 00 копеек.",
    "ru bracket with currency": lambda n, w: f"{ru(n)} руб. ({num2words(w, lang='ru').capitalize()} рублей 00 копеек)",
    "ru label": lambda n, w: (
        f"Итого к оплате: {ru(n)} руб.\nСумма прописью: {num2words(w, lang='ru')} рублей 00 копеек\n"
    ),
    "ru line of its own": lambda n, w: (
        f"Всего на сумму {ru(n)} руб.\n{num2words(w, lang='ru').capitalize()} рублей 00 коп.\n"
    ),
    "uk bracket": lambda n, w: f"загальна вартість {ru(n)} ({num2words(w, lang='uk')}) гривень 00 копійок",
    "en bracket": lambda n, w: f"the price is USD {n:,}.00 ({num2words(w, lang='en')} US dollars) and is firm.",
    "en words first": lambda n, w: f"a sum of {num2words(w, lang='en')} (US${n:,}) payable at once",
    "en label": lambda n, w: f"Total amount: USD {n:,}.00\nSay US Dollars {num2words(w, lang='en')} only\n",
    "zh bracket": lambda n, w: f"合同总价为{n:,}.00元（大写：{cn2an.an2cn(w, 'rmb')}）。",
    "zh words first": lambda n, w: f"合同总价：人民币{cn2an.an2cn(w, 'rmb')}（￥{n:,}.00）",
    "zh label": lambda n, w: f"合计金额：{n:,}.00元\n大写：人民币{cn2an.an2cn(w, 'rmb')}\n",
}


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_amounts_that_agree_and_amounts_with_one_changed_digit(layout: str) -> None:
    draw = random.Random(layout)
    for _ in range(25):
        number = draw.randrange(1000, 10**9)
        digits = list(str(number))
        at = draw.randrange(len(digits))
        digits[at] = draw.choice([d for d in "123456789" if d != digits[at]])
        changed = int("".join(digits))
        (clean,) = answers(WORDS, page(LAYOUTS[layout](number, number)))
        assert clean.status is FindingStatus.NO_FINDING, LAYOUTS[layout](number, number)
        (found,) = answers(WORDS, page(LAYOUTS[layout](changed, number)))
        assert (found.status, found.weight) == (FindingStatus.FINDING, Weight.MODERATE), LAYOUTS[layout](
            changed, number
        )
        assert len(found.spans) == 2 and all(span.boxes for span in found.spans)


COUNTS = ("37 (тридцать {}) единиц", "в течение 37 (тридцать {}) дней", "37 (тридцять {}) одиниць")


def test_counts_are_compared_too() -> None:
    for text, good, bad in ((COUNTS[0], "семь", "восемь"), (COUNTS[1], "семь", "шесть"), (COUNTS[2], "сім", "вісім")):
        assert answers(WORDS, page(text.format(good)))[0].status is FindingStatus.NO_FINDING
        assert answers(WORDS, page(text.format(bad)))[0].status is FindingStatus.FINDING
    assert answers(WORDS, page("within 37 (thirty-eight) days"))[0].status is FindingStatus.FINDING
    assert answers(WORDS, page("交付37（三十八）套"))[0].status is FindingStatus.FINDING


TWINS = (
    "Приложение № 2 (один лист)", "Annex 5 (three pages) and Clause 7 (one of the above)", "п. 5 (пять) договора",
    "200 500 (двести тысяч пятсот) рублей", "210 000 (двести дисять тысяч) рублей 00 копеек",
    "1 000 500,50 (один миллион пятьсот) рублей 50 копеек",
    "USD 1,250,000.50 (one million two hundred fifty thousand and 50/100 US dollars)",
    "5,5 млн (пять миллионов пятьсот тысяч) рублей", "30 (thirty) days, or sixty (60) days",
    "合同总价1200万元（大写：壹仟贰佰万元整）",
    "1200 (одна тысяча двести) евро", "1 200 (тысяча двести) евро", "USD 1,100 (eleven hundred US dollars)",
    "37 (тридцати семи) единиц", "с 21 (двадцати одного) комплекта", "45 % (сорок пять процентов)",
    "1 255\n000,00 (один миллион двести пятьдесят пять тысяч) рублей",
    "Всего 12 наименований на сумму 45 200,00 руб.\nСорок пять тысяч двести рублей 00 копеек",
)  # fmt: skip


@pytest.mark.parametrize("text", TWINS)
def test_twins_do_not_fire(text: str) -> None:
    assert all(a.status is not FindingStatus.FINDING for a in answers(WORDS, page(text))), answers(WORDS, page(text))


def test_words_that_cannot_be_read_are_counted_and_not_judged() -> None:
    text = "5 000 (пять тысяч) рублей; 7 100 (семь тыщ сто) рублей"
    (answer,) = answers(WORDS, page(text))
    assert answer.status is FindingStatus.NO_FINDING and "1 more could not be read" in answer.observation


def test_a_misspelt_word_never_weighs_more_than_limited() -> None:
    (found,) = answers(WORDS, page("300 000 (двести дисять тысяч) рублей"))
    assert found.weight is Weight.LIMITED and "misspelt" in found.observation


def test_a_scan_weighs_at_most_limited() -> None:
    for confidence in (60, 97):
        (found,) = answers(WORDS, page("6 000 000 (пять миллионов) рублей", how="ocr", confidence=confidence))
        assert found.weight is Weight.LIMITED and "recognised" in found.observation


def test_nothing_to_compare_is_not_applicable() -> None:
    assert answers(WORDS, page("Поставка 37 единиц до 15 мая."))[0].status is FindingStatus.NOT_APPLICABLE
    assert answers(IDS, page("Поставка 37 единиц до 15 мая."))[0].status is FindingStatus.NOT_APPLICABLE


REQUISITES = {
    "ru": "ИНН 7707083893 КПП 773601001 ОГРН 1027700132195 БИК 044525225 к/с 30101810400000000225",
    "zh": "统一社会信用代码：91110000600037341L 电话 13800000000",
    "uk": "код ЄДРПОУ 32855961, IBAN: UA213223130000026007233566001",
    "en": "LEI 213800KUD8LAJWSQ9D15, IBAN DE89 3704 0044 0532 0130 00 BIC DEUTDEFF500, IMO 9074729",
}


@pytest.mark.parametrize("language", sorted(REQUISITES))
def test_valid_numbers_give_nothing_and_each_changed_one_is_found(language: str) -> None:
    text = REQUISITES[language]
    (clean,) = answers(IDS, page(text))
    assert clean.status is FindingStatus.NO_FINDING
    for number in ("7707083893", "1027700132195", "30101810400000000225", "32855961", "9074729"):
        if number in text:
            changed = text.replace(number, number[:4] + str((int(number[4]) + 4) % 10) + number[5:])
            (found,) = answers(IDS, page(changed))
            assert found.status is FindingStatus.FINDING and found.weight is Weight.MODERATE


def test_a_scan_with_a_look_alike_digit_is_likely_misread() -> None:
    wrong = next(
        w for i, c in enumerate("1027700132195") for o in "069851" if o != c
        for w in ["1027700132195"[:i] + o + "1027700132195"[i + 1 :]] if int(w[:12]) % 11 % 10 != int(w[12])
    )  # fmt: skip
    text = f"ОГРН 1027700132195 и далее ОГРН {wrong}"
    (found,) = answers(IDS, page(text, how="ocr"))
    assert found.weight is Weight.NEUTRAL and "likely misread" in found.observation
    (found,) = answers(IDS, page(text))
    assert found.weight is Weight.MODERATE and "elsewhere in the document stands 1027700132195" in found.observation


IDS_TWINS = (
    "ИНН ____________",
    "ИНН 0000000000",
    "рег. № 024-0216-3",
    "тел. 7707083898",
    "TIN 29670869006",
    "КПП 773601002",
)


@pytest.mark.parametrize("text", IDS_TWINS)
def test_twins_of_numbers_do_not_fire_above_neutral(text: str) -> None:
    assert all(a.weight is Weight.NEUTRAL for a in answers(IDS, page(text)))


@pytest.mark.parametrize("written", ["DE75 1234 5678 0000 0012 34", "DE12 1234 5678 9012 3456 78"])
def test_digits_that_count_are_a_placeholder(written: str) -> None:
    (found,) = answers(IDS, page(f"IBAN: {written}\n"))
    assert found.weight is Weight.NEUTRAL and "digits that count" in found.observation
    (other,) = answers(IDS, page("IBAN: DE44 5001 0517 5407 3249 31\n".replace("31", "37")))
    assert other.weight is Weight.MODERATE


def test_a_russian_number_under_the_ukrainian_label_is_the_russian_one() -> None:
    (clean,) = answers(IDS, page("ІПН 7707083893\n"))
    assert clean.status is FindingStatus.NO_FINDING
    (found,) = answers(IDS, page("ІПН 7707083894\n"))
    assert found.weight is Weight.MODERATE


@pytest.mark.parametrize("label", ["居民身份证号码：", "身份证号 ", "Identity card No. "])
def test_resident_identity_numbers(label: str) -> None:
    (clean,) = answers(IDS, page(f"{label}11010519491231002X\n"))
    assert clean.status is FindingStatus.NO_FINDING
    for wrong in ("11010519491231003X", "110105194913310021", "110105194912310021"):
        (found,) = answers(IDS, page(f"{label}{wrong}\n"))
        assert found.weight is Weight.MODERATE and "resident identity" in found.observation


def test_a_number_that_a_scan_gives_twice_alike_is_more_than_a_misreading() -> None:
    once = "LEI 9999000SLE5LXJJBH053\n"
    assert [f.weight for f in answers(IDS, page(once, how="ocr", confidence=84))] == [Weight.NEUTRAL]
    assert [f.weight for f in answers(IDS, page(once + once, how="ocr", confidence=84))] == [Weight.LIMITED]
    assert [f.weight for f in answers(IDS, page(once + once, how="ocr", confidence=60))] == [Weight.NEUTRAL]


def test_every_finding_states_what_it_cannot_know() -> None:
    for part, text in ((WORDS, "6 000 (пять тысяч) рублей"), (IDS, "ИНН 7707083898")):
        (found,) = answers(part, page(text))
        assert (
            found.proposition and found.alternative and found.limits and found.innocent_explanations and found.expected
        )
        words = " ".join((found.observation, found.proposition, found.alternative, found.limits)).lower()
        assert not any(word in words for word in ("authentic", "genuine", "fake", "forged", "score"))


def test_the_same_pages_give_the_same_ids() -> None:
    given = page("6 000 (пять тысяч) рублей, 37 (тридцать) единиц")
    assert [a.id for a in answers(WORDS, given)] == [a.id for a in answers(WORDS, given)]
    assert Decimal(2) == len(answers(WORDS, given))
