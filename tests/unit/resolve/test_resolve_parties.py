from __future__ import annotations

import random
from collections.abc import Iterable

from assay.model import (
    Document,
    DocumentKind,
    Identifier,
    Judgement,
    MemoryTrove,
    Mention,
    Page,
    PageState,
    Party,
    Record,
    Role,
    Span,
    Text,
)
from assay.resolve.parties import PARTIES


def text(value: str, exhibit: str = "", page: int = 1) -> Text:
    return Text(value, value, "", Span(exhibit, page, 0, len(value), (), value) if exhibit else None)


def mention(
    exhibit: str,
    written: str,
    kind: str = "organisation",
    role: Role = Role.OTHER,
    language: str = "ru",
    same: Iterable[str] = (),
    ids: Iterable[tuple[str, str]] = (),
    represents: str | None = None,
    page: int = 1,
) -> Mention:
    return Mention(
        exhibit, text(written, exhibit, page), kind, role, language, tuple(text(s) for s in same),
        tuple(Identifier(v, s, v, True) for s, v in ids), None, text(represents) if represents else None, None,
        "t", "1",
    )  # fmt: skip


def document(exhibit: str, number: str, kind: DocumentKind = DocumentKind.CONTRACT) -> Document:
    return Document(
        exhibit, kind, None, None, None, None, text(number), None, None, None, (), (), ("ru",), "final", (), (), (),
        (), "t", "1",
    )  # fmt: skip


def ocr_page(exhibit: str) -> Page:
    return Page(exhibit, 1, "page", PageState.READ, "ocr", "t", "", "ru", (), 1, 1, 0, 90.0, "", (), "t", "1")


def resolve(*records: Record) -> list[set[str]]:
    out = []
    for party in PARTIES.combine(MemoryTrove(list(records))):
        assert isinstance(party, Party), party
        assert party.basis and party.spans
        out.append({party.name, *party.aliases})
    return out


def together(parties: list[set[str]], *names: str) -> bool:
    return any(set(names) <= p for p in parties)


def apart(parties: list[set[str]], one: str, other: str) -> bool:
    return not any({one, other} <= p for p in parties)


def test_one_person_in_three_scripts() -> None:
    found = resolve(
        mention("a", "Чжан Вэймин", "person"),
        mention("b", "张伟明", "person", language="zh"),
        mention("c", "Zhang Weiming", "person", language="en"),
        mention("d", "Weiming Zhang", "person", language="en"),
        mention("e", "李伟明", "person", language="zh"),
    )
    assert together(found, "Чжан Вэймин", "张伟明", "Zhang Weiming", "Weiming Zhang")
    assert apart(found, "李伟明", "张伟明")


def test_initials_case_and_transliteration_of_a_russian_name() -> None:
    found = resolve(
        mention("a", "Щербаков Пётр Сергеевич", "person"),
        mention("b", "Щербакова Петра Сергеевича", "person"),
        mention("c", "П.С. Щербаков", "person"),
        mention("d", "Petr Shcherbakov", "person", language="en"),
        mention("e", "谢尔巴科夫·彼得", "person", language="zh"),
        mention("f", "Щербаков Павел Андреевич", "person"),
    )
    assert together(found, "Щербаков Пётр Сергеевич", "Щербакова Петра Сергеевича", "П.С. Щербаков", "Petr Shcherbakov")
    assert together(found, "Petr Shcherbakov", "谢尔巴科夫·彼得")
    assert apart(found, "Щербаков Пётр Сергеевич", "Щербаков Павел Андреевич")


def test_main_name_is_nominative() -> None:
    found = PARTIES.combine(
        MemoryTrove(
            [mention(f"e{i}", "Министерства обороны Варнии") for i in range(3)]
            + [mention("z", "Министерство обороны Варнии")]
        )
    )
    assert [p.name for p in found if isinstance(p, Party)] == ["Министерство обороны Варнии"]


def test_organisation_forms_quotes_and_numbers() -> None:
    found = resolve(
        mention("a", "ООО «Северный вектор»"),
        mention("b", 'Общества с ограниченной ответственностью "Северный вектор"'),
        mention("c", "Severny Vektor LLC", language="en"),
        mention("d", "Завод № 5 «Заря»"),
        mention("e", "Завод № 7 «Заря»"),
    )
    assert together(found, "ООО «Северный вектор»", "Severny Vektor LLC")
    assert apart(found, "Завод № 5 «Заря»", "Завод № 7 «Заря»")


def test_one_role_in_a_bilingual_contract() -> None:
    found = resolve(
        mention("a", "АО «Горизонт»", role=Role.SUPPLIER),
        mention("a", "地平线股份公司", role=Role.SUPPLIER, language="zh"),
        mention("a", "Министерство обороны Варнии", role=Role.BUYER),
        mention("a", "瓦尼亚国防部", role=Role.BUYER, language="zh"),
        document("a", "12/3"),
    )
    assert together(found, "АО «Горизонт»", "地平线股份公司")
    assert together(found, "Министерство обороны Варнии", "瓦尼亚国防部")
    assert len(found) == 2


def test_role_words_join_nobody() -> None:
    found = resolve(
        mention("a", "АО «Горизонт»", same=["Поставщик"]),
        mention("b", "ООО «Полюс»", same=["Поставщик", "甲方"]),
        mention("b", "Покупатель"),
    )
    assert len(found) == 2


def test_document_equates_a_name_with_its_abbreviation() -> None:
    found = resolve(
        mention("a", "Государственная корпорация тяжёлых машин", same=["ГКТМ"]),
        mention("b", "ГКТМ"),
        mention("c", "ГКТМ"),
    )
    assert together(found, "Государственная корпорация тяжёлых машин", "ГКТМ")
    assert len(found) == 1


def test_one_abbreviation_of_two_parties_stays_in_its_agreement() -> None:
    found = PARTIES.combine(
        MemoryTrove([
            mention("a", "Морское объединение", same=["МО"]), mention("a", "МО"),
            mention("b", "Механический опытный завод", same=["МО"]), mention("b", "МО"),
        ])
    )  # fmt: skip
    assert len(list(found)) == 2


def test_conflicting_identifiers_forbid_and_equal_ones_join() -> None:
    found = resolve(
        mention("a", "АО «Маяк»", ids=[("inn", "7707083893")]),
        mention("b", "АО «Маяк» (Тарск)", ids=[("inn", "7736207543")]),
        mention("c", "Mayak Trading House", ids=[("inn", "7736207543")], language="en"),
    )
    assert apart(found, "АО «Маяк»", "АО «Маяк» (Тарск)")
    assert together(found, "АО «Маяк» (Тарск)", "Mayak Trading House")


def test_misread_letters_join_on_scans_only() -> None:
    scanned = resolve(mention("a", "АО «Приборостроитель»"), mention("s", "АО «Прнборостроитель»"), ocr_page("s"))
    assert len(scanned) == 1
    clean = resolve(mention("a", "АО «Северный вектор»"), mention("s", "АО «Северный сектор»"))
    assert len(clean) == 2


def test_opposed_roles_stay_apart() -> None:
    found = resolve(
        mention("a", "АО «Авиатехника-Север»", role=Role.SUPPLIER),
        mention("a", "АО «Авиатехника Север»", role=Role.SUPPLIER),
        mention("a", "АО «Авиатехника-Сервис»", role=Role.BUYER),
        ocr_page("a"),
    )
    assert apart(found, "АО «Авиатехника-Север»", "АО «Авиатехника-Сервис»")


def test_an_identifier_outweighs_the_roles_of_a_letter() -> None:
    found = resolve(
        mention("a", "АО «Тарноваль»", role=Role.RECIPIENT, ids=[("inn", "7707083893")]),
        mention("a", "Tarnovale Works", role=Role.SENDER, language="en"),
        mention("b", "Tarnovale Works", language="en", ids=[("inn", "7707083893")]),
    )
    assert len(found) == 1


def test_judgement_outranks_names_and_reaches_through_party_ids() -> None:
    records: list[Record] = [mention("a", "АО «Маяк»"), mention("b", "ЗАО «Полюс»"), mention("c", "Маяк АО")]
    before = {p.name: p for p in PARTIES.combine(MemoryTrove(records)) if isinstance(p, Party)}
    assert len(before) == 2
    ids = tuple(p.id for p in before.values())
    after = list(PARTIES.combine(MemoryTrove([*records, Judgement(ids, "same", "R. Editor", "", "2026-01-01")])))
    assert len(after) == 1
    assert "R. Editor" in " ".join(p.basis[0] for p in after if isinstance(p, Party))
    split = Judgement((records[0].id, records[2].id), "different", "R. Editor", "", "2026-01-02")
    assert len(list(PARTIES.combine(MemoryTrove([*records, split])))) == 3


def test_sister_companies_of_one_proper_name_stay_two_in_every_language() -> None:
    found = resolve(
        mention("a", "Компания «Внешнеторговая компания «Халлоуэй Тарн»"),
        mention("b", "Halloway Tarn Trading Ltd", language="en"),
        mention("c", "哈洛韦塔恩国际贸易有限公司", language="zh"),
        mention("d", "Компания «Радиоэлектронные системы «Халлоуэй Тарн»"),
        mention("e", "Halloway Tarn Electronic Systems Ltd", language="en"),
        mention("f", "哈洛韦塔恩电子系统有限公司", language="zh"),
    )
    assert together(found, "Halloway Tarn Trading Ltd", "哈洛韦塔恩国际贸易有限公司")
    assert together(found, "Halloway Tarn Electronic Systems Ltd", "哈洛韦塔恩电子系统有限公司")
    assert apart(found, "Halloway Tarn Trading Ltd", "Halloway Tarn Electronic Systems Ltd")
    assert apart(found, "哈洛韦塔恩国际贸易有限公司", "Halloway Tarn Electronic Systems Ltd")


def test_brothers_of_one_family_name_stay_two() -> None:
    found = resolve(
        mention("a", "Застругин Степан Ильич", "person"),
        mention("a", "Застругин Аркадий Львович", "person"),
        mention("a", "S. Zastrugin", "person", language="en"),
        mention("a", "阿尔卡季·扎斯特鲁金", "person", language="zh"),
    )
    assert together(found, "Застругин Степан Ильич", "S. Zastrugin")
    assert together(found, "Застругин Аркадий Львович", "阿尔卡季·扎斯特鲁金")
    assert apart(found, "Застругин Степан Ильич", "Застругин Аркадий Львович")


def test_who_shares_a_side_of_a_letter_is_not_kept_apart_by_one_letter_read_the_wrong_way() -> None:
    found = resolve(
        document("a", "77/3-QK"), document("b", "77/3-QK"),
        mention("a", "暮山泽仪器制造有限公司", role=Role.SENDER, language="zh"),
        mention("a", "Mushanze Instrument Works Co., Ltd.", role=Role.RECIPIENT, language="en"),
        mention("b", "暮山泽仪器制造有限公司", role=Role.SENDER, language="zh"),
        mention("b", "Mushanze Instrument Works Co., Ltd.", role=Role.SENDER, language="en"),
    )  # fmt: skip
    assert together(found, "暮山泽仪器制造有限公司", "Mushanze Instrument Works Co., Ltd.")


def test_annexes_numbered_one_are_not_one_agreement() -> None:
    found = resolve(
        document("a", "1", DocumentKind.LICENCE), document("b", "1", DocumentKind.LICENCE),
        mention("a", "АО «Горизонт»", role=Role.SUPPLIER),
        mention("b", "瓦尔塔机械有限公司", role=Role.SUPPLIER, language="zh"),
    )  # fmt: skip
    assert apart(found, "АО «Горизонт»", "瓦尔塔机械有限公司")


def test_order_of_records_changes_nothing() -> None:
    records: list[Record] = [
        mention("a", "АО «Горизонт»", role=Role.SUPPLIER, same=["Горизонт"]),
        mention("a", "地平线股份公司", role=Role.SUPPLIER, language="zh"),
        mention("b", "Gorizont JSC", language="en"),
        mention("c", "И.С. Петров", "person"),
        mention("d", "Петров Иван Сергеевич", "person"),
        mention("d", "Петров", "person"),
        mention("e", "Петров Игорь Семёнович", "person"),
        document("a", "12/3"),
    ]
    first = [r.id for r in PARTIES.combine(MemoryTrove(records))]
    for seed in range(5):
        random.Random(seed).shuffle(records)
        assert [r.id for r in PARTIES.combine(MemoryTrove(records))] == first


def test_one_country_in_three_languages_is_one_state_and_no_office_of_it() -> None:
    found = resolve(
        mention("a", "Индия", "state"),
        mention("b", "India", "state", language="en"),
        mention("c", "印度", "state", language="zh"),
        mention("c", "印度尼西亚", "state", language="zh"),
        mention("d", "奥兰共和国", "state", language="zh"),
        mention("d", "奥兰共和国国防工业委员会", language="zh"),
    )
    assert together(found, "Индия", "India") and together(found, "India", "印度")
    assert apart(found, "印度", "印度尼西亚")
    assert apart(found, "奥兰共和国", "奥兰共和国国防工业委员会")
