"""Names in running text without form or title, countries, and the parties of an English preamble."""

from __future__ import annotations

import pytest

from assay.extract.known import bodies_in, firms_named, persons_named
from assay.extract.misreadings import with_plain_initials
from assay.extract.organisations import longest, person_at
from assay.extract.preambles import preamble_parties
from assay.extract.states import countries_in, territory
from assay.extract.view import View, view
from assay.model import Exhibit, Page, PageState, Paragraph, Reading, Role

DIGEST = "f" * 64


def page(text: str, language: str) -> Page:
    return Page(
        DIGEST, 1, "text", PageState.READ, "parser", "test", text, language, (Paragraph(0, len(text), language),),
        0, 0, 0, None, "", (), "test", "1",
    )  # fmt: skip


def whole(text: str, language: str) -> View:
    found = view(page(text, language), 0, len(text), language)
    assert found is not None
    return found


def people(text: str, language: str = "ru") -> list[str]:
    return [text[n.start : n.end] for n in persons_named(whole(text, language))]


def firms(text: str, language: str = "ru") -> list[str]:
    held = whole(text, language)
    found = longest([*bodies_in(held), *firms_named(held, persons_named(held))])
    return [held.text[n.start : n.end] for n in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Сделку закрыл Игорь Соколов, а Марию Петрову не пригласили.", ["Игорь Соколов", "Марию Петрову"]),
        ("Как рассказал Владимир Андреевич Кузнецов, суд отложен.", ["Владимир Андреевич Кузнецов"]),
        ("Решение принял Томас Хегенбарт.", ["Томас Хегенбарт"]),
        ("Заявление президента Обамы опубликовано.", ["Обамы"]),
        ("Встреча прошла на улице Юрия Гагарина в Москве.", []),
        ("По словам директора, Москва не ответила.", []),
        ("Генеральному директору Остмир Диспэтч направлено письмо.", []),
    ],
)
def test_people_by_their_given_names(text: str, wanted: list[str]) -> None:
    assert people(text) == wanted


def test_ukrainian_given_names() -> None:
    assert people("Угоду підписав Андрій Коваленко, міністру Олександру Шевчуку передали звіт.", "uk") == [
        "Андрій Коваленко", "Олександру Шевчуку",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Американская компания Norvex купила 20 процентов акций холдинга Северный Мост.", ["Norvex", "Северный Мост"]),
        ("Акции «Велорики» подорожали, сообщили в Минэнерго РФ и в ФАС.", ["Велорики", "Минэнерго РФ", "ФАС"]),
        ("Доли поделили между собой компании Altrix, Bermont и «Северин».", ["Altrix", "Bermont", "Северин"]),
        ("Председателю правления Норвек шибао направлен ответ на запрос.", ["Норвек шибао"]),
        ("Первая партия «Заструга» поставлена заказчику, пишут источники.", []),
        ("В прокат вышел фильм «Долгая дорога», зрители довольны.", []),
        ("Система Pantheon-S2 поставлена заказчику в срок.", []),
        ("Глава России встретился с президентом Франции.", []),
    ],
)
def test_firms_by_their_company(text: str, wanted: list[str]) -> None:
    assert firms(text) == wanted


def test_countries_in_four_languages_but_no_currency() -> None:
    def codes(text: str, language: str) -> list[tuple[str, str]]:
        return [(c.code, c.name) for c in countries_in(whole(text, language))]

    assert codes("Россия поставит РФ и Индии 5 машин за 100 млн долларов США.", "ru") == [
        ("RU", "Россия"), ("RU", "Россия"), ("IN", "Индия"),
    ]  # fmt: skip
    assert codes("Постачання до Польщі коштує 5 дол. США.", "uk") == [("PL", "Польща")]
    assert codes("俄罗斯向印度交付坦克，价值1亿美元。", "zh") == [("RU", "俄罗斯"), ("IN", "印度")]
    assert codes("The turkey was served; Turkey paid US$ 5.", "en") == [("TR", "Türkiye")]
    assert territory("Индия") == territory("India") == territory("印度") == "IN"
    assert territory("Северный Мост") == ""


def test_initials_take_the_alphabet_of_the_name() -> None:
    assert with_plain_initials("С. Poludensky") == "C. Poludensky"
    assert with_plain_initials("C. Полуденский") == "С. Полуденский"
    assert with_plain_initials("John C. Smith") == "John C. Smith"


def test_a_dotted_chinese_name_ends_where_an_organisation_begins() -> None:
    text = "总裁帕维尔·塔尔诺夫斯基泓旅安航空技术有限公司"
    found = person_at(whole(text, "zh"), 2)
    assert found is not None and text[found.start : found.end] == "帕维尔·塔尔诺夫斯基"


def test_a_label_behind_a_name_is_no_part_of_it() -> None:
    text = "подпись Шэнь Хуэйбо Подписано 29 мая"
    found = person_at(whole(text, "ru"), 8)
    assert found is not None and text[found.start : found.end] == "Шэнь Хуэйбо"


def engaged(text: str) -> list[tuple[str, str, Role]]:
    read = Reading(Exhibit(DIGEST, "", 1, "text/plain", "test", "1"), (page(text, "en"),), ())
    return [(e.text().value, e.name.kind, e.role) for e in preamble_parties(read)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            'SERVICE AGREEMENT This Agreement is made on May 2, 2003 (the "Effective Date") by and between '
            'norvex.com, Inc., a Delaware corporation ("Norvex"), located at 5 Elm Street, Austin, Texas 73301, and '
            'HARBOUR LIGHT INSURANCE AND ANNUITY COMPANY, a trust (the "Company") (each a "Party"). WHEREAS',
            [
                ("norvex.com, Inc.", "organisation", Role.PARTY),
                ("HARBOUR LIGHT INSURANCE AND ANNUITY COMPANY", "organisation", Role.PARTY),
            ],
        ),
        (
            'This Licence Agreement is entered into between Amber Ridge Ltd ("Licensor") and Jane B. Roe, an '
            'individual residing in Ohio ("Artist"). RECITALS',
            [("Amber Ridge Ltd", "organisation", Role.LICENSOR), ("Jane B. Roe", "person", Role.PARTY)],
        ),
        ('The difference between Method A ("A") and Method B ("B") is small.', []),
    ],
)
def test_parties_of_an_english_preamble(text: str, wanted: list[tuple[str, str, Role]]) -> None:
    assert engaged(text) == wanted
