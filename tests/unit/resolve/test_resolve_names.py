from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from assay.resolve.concepts import agree
from assay.resolve.folding import fold, one_alphabet
from assay.resolve.likeness import Likeness, compare
from assay.resolve.names import block_keys, name, names_nobody
from assay.resolve.numbers import loose_key, number_key, telling
from assay.resolve.opinion import alike
from assay.resolve.romanise import from_palladius, key, person_pinyin, sounds, stem
from assay.resolve.spelling import distance, misread

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "data" / "name-pairs" / "cases.csv"


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [("Северный", "Severny"), ("Щербаков", "Shcherbakov"), ("Хабаров", "Khabarov"), ("Юрьев", "Yuriev"),
     ("Цветков", "Tsvetkov"), ("Яковлев", "Iakovlev"), ("Сергей", "Sergey"), ("Вектор", "Vector")],
)  # fmt: skip
def test_usual_transliterations_meet(cyrillic: str, latin: str) -> None:
    assert key(fold(cyrillic)) == key(fold(latin))


@pytest.mark.parametrize(
    ("chinese", "other"),
    [("伊万诺夫", "Ivanov"), ("科瓦连科", "Коваленко"), ("谢尔盖", "Сергей"), ("韦瑟斯通", "Wetherstone"),
     ("梅里韦尔", "Мерривейл"), ("格里戈里耶夫", "Grigoriev")],
)  # fmt: skip
def test_chinese_renders_by_sound(chinese: str, other: str) -> None:
    assert set(sounds(chinese)) & set(sounds(fold(other)))


def test_palladius_and_family_names() -> None:
    assert from_palladius(fold("Вэймин")) == ("wei", "ming")
    assert from_palladius(fold("Цзіньпін")) == ("jin", "ping")
    assert from_palladius(fold("Петров")) == ()
    assert person_pinyin("曾庆红")[0] == "zeng" and person_pinyin("欧阳锋") == ("ou", "yang", "feng")


def test_folding_repairs_alphabets_and_stems_drop_cases() -> None:
    assert one_alphabet("Вeктор") == "Вектор" and one_alphabet("КТ-5А") == "КТ-5А"
    assert stem("министерства") == stem("министерство") == stem("министерству")


@pytest.mark.parametrize(
    ("a", "b", "kind", "least"),
    [
        ("И.С. Петров", "Петров Иван Сергеевич", "person", Likeness.SAME),
        ("Петрова Ивана Сергеевича", "Петров Иван Сергеевич", "person", Likeness.SAME),
        ("E. Wetherstowne", "Эдвард Уэзерстоун", "person", Likeness.LIKELY),
        ("彼得·伊万诺夫", "Иванов Пётр", "person", Likeness.LIKELY),
        ("谢尔盖·科瓦连科", "Сергій Коваленко", "person", Likeness.SAME),
        ("Д. Линфилд", "George Lynfielde", "person", Likeness.LIKELY),
        ("Ч. Уэзерби", "Charles Weatherby", "person", Likeness.LIKELY),
        ("G. Mezheverin", "Межеверин Глеб Игоревич", "person", Likeness.LIKELY),
        ("Шэнь Хуэйбо", "沈晖泊", "person", Likeness.SAME),
        ("Shan Leyang", "单乐阳", "person", Likeness.SAME),
        ("Банк «Мерривейл и Партнёры»", "Банк «Меррівейл і Партнери»", "organisation", Likeness.SAME),
        ("Торговый банк «Велимир»", "Velimir Commercial Bank", "organisation", Likeness.SAME),
        ("АО «ЗСТ «Маяк»", "Акционерное общество «Завод специальной техники «Маяк»", "organisation", Likeness.SAME),
        ("Veldomir Special Equipment JSC", "АО «Завод специальной техники «Велдомир»", "organisation", Likeness.LIKELY),
        ("韦尔多米尔特种装备股份公司", "АО «Завод специальной техники «Велдомир»", "organisation", Likeness.LIKELY),
        ("Ministry of Defence of Ostmere", "奥斯特米尔国防部", "organisation", Likeness.LIKELY),
    ],
)  # fmt: skip
def test_names_that_are_one(a: str, b: str, kind: str, least: Likeness) -> None:
    first, second = name(a, kind), name(b, kind)
    assert compare(first, second).likeness >= least
    assert compare(first, second) == compare(second, first)


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("Петров Иван Сергеевич", "Петров Игорь Сергеевич", "person"),
        ("И.С. Петров", "И.В. Петров", "person"),
        ("В. Линфилд", "George Lynfielde", "person"),
        ("Vita Klave", "Фуад Гулієв", "person"),
        ("Ostmere Dispatch", "奥斯特米尔联合体", "organisation"),
        ("Harbour Capital Partners II L.P.", "Harbour Capital Partners III L.P.", "organisation"),
        ("Торговый банк «Велимир»", "Velimir Shipyard", "organisation"),
        ("张伟", "李伟", "person"),
        ("Завод № 5", "Завод № 7", "organisation"),
        ("Halloway Tarn Trading Ltd", "哈洛韦塔恩电子系统有限公司", "organisation"),
        ("Министерство обороны Остмира", "奥斯特米尔采购局", "organisation"),
    ],
)
def test_names_that_are_two(a: str, b: str, kind: str) -> None:
    assert compare(name(a, kind), name(b, kind)).likeness == Likeness.DIFFERENT


def test_one_wording_with_two_legal_forms_needs_a_stronger_ground() -> None:
    firm, other = name("ООО «Горизонт»", "organisation"), name("АО «Горизонт»", "organisation")
    assert compare(firm, other).likeness == Likeness.UNDECIDED
    assert compare(name("Harbour B.V.", "organisation"), name("Harbour BV", "organisation")).likeness >= Likeness.LIKELY


def test_a_branch_is_not_its_bank() -> None:
    branch, bank = (
        name("Филиал Торгового банка «Велимир»", "organisation"),
        name("Торговый банк «Велимир»", "organisation"),
    )
    assert compare(branch, bank).likeness < Likeness.LIKELY


def test_translated_trades_agree_or_part() -> None:
    assert agree(name("国防工业委员会", "organisation"), name("Defence Industry Committee", "organisation")) is True
    assert agree(name("国防工业委员会", "organisation"), name("Trading house", "organisation")) is False
    assert agree(name("Горизонт", "organisation"), name("Trading house", "organisation")) is None


def test_role_words_and_bare_forms_name_nobody() -> None:
    for word in ("Поставщика", "«Покупатель»", "甲方", "Party A", "总经理", "Co., Ltd.", ""):
        assert names_nobody(word), word
    for word in ("АО «Маяк»", "Horizon", "国防部"):
        assert not names_nobody(word), word


def test_numbers() -> None:
    assert number_key("№ 643/156-А") == number_key("合同编号：643／156—A") == "643-156-A"
    assert loose_key("643/l56-A") == loose_key("643/156-А")
    assert not telling("1") and telling("643/156")


def test_distance_and_misread() -> None:
    assert distance("abcd", "abdc", 2) == 1 and distance("abc", "xyz", 1) == 2
    assert misread("прибор", "ирибор") and not misread("прибор", "кибор")


def test_every_likely_pair_meets_under_a_key() -> None:
    pairs = [
        ("Oliver Ashcoombe", "奥利弗·阿什科姆"),
        ("И.С. Петров", "Иван Сергеевич Петров"),
        ("Чжан Вэй", "Zhang Wei"),
        ("孟晖泊", "Meng Huibo"),
    ]
    for a, b in pairs:
        assert set(block_keys(name(a, "person"))) & set(block_keys(name(b, "person"))), (a, b)


@pytest.mark.slow
def test_second_opinion_answers_in_its_own_process() -> None:
    pairs = [("person", "Ivan Petrov", "Petrov Ivan"), ("person", "Ivan Petrov", "Sergei Kuznetsov")]
    answers, problem = alike(pairs)
    assert problem is None and answers == [True, False]


@pytest.mark.corpus
@pytest.mark.skipif(
    not CORPUS.exists(), reason=f"{CORPUS} is absent: the labelled name pairs are not part of the project"
)
def test_labelled_pairs() -> None:
    with CORPUS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    right = wrong = missed = 0
    for row in rows:
        kind = "person" if row["schema"] == "Person" else "organisation"
        found = compare(name(row["name1"], kind), name(row["name2"], kind)).likeness >= Likeness.LIKELY
        true = row["is_match"] == "true"
        right += found and true
        wrong += found and not true
        missed += true and not found
    assert len(rows) > 800
    assert right / (right + wrong) >= 0.85
    assert right / (right + missed) >= 0.70


def test_distance_is_the_plain_recurrence_within_its_bound() -> None:
    chooser = random.Random(7)

    def plain(a: str, b: str) -> int:
        table = {(i, -1): i + 1 for i in range(-1, len(a))} | {(-1, j): j + 1 for j in range(-1, len(b))}
        for i, x in enumerate(a):
            for j, y in enumerate(b):
                table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (x != y))
                if i and j and x == b[j - 1] and a[i - 1] == y:
                    table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
        return table[len(a) - 1, len(b) - 1]

    for _ in range(2000):
        a, b = ("".join(chooser.choices("abc", k=chooser.randint(1, 7))) for _ in range(2))
        most = chooser.randint(1, 3)
        assert distance(a, b, most) == min(plain(a, b), most + 1), (a, b, most)


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ('АК "ВТК "Портмеллор"', 'Акционерная компания "Внешнеторговая компания "Портмеллор"', Likeness.SAME),
        ('АТ "РЕС "Росичник"', 'Акціонерне товариство "Радіоелектронні системи "Росичник"', Likeness.LIKELY),
        ('Торговый банк "Велимир"', 'Торговельний банк "Велимир"', Likeness.LIKELY),
    ],
)
def test_abbreviated_and_translated_words_around_a_proper_name(one: str, other: str, likeness: Likeness) -> None:
    assert compare(name(one, "organisation"), name(other, "organisation")).likeness == likeness


def test_letters_that_are_not_the_words_initials_abbreviate_nothing() -> None:
    verdict = compare(
        name('АК "МЗК "Портмеллор"', "organisation"),
        name('Акционерная компания "Внешнеторговая компания "Портмеллор"', "organisation"),
    )
    assert verdict.likeness < Likeness.SAME
