"""Who writes to whom, also where a letter stands twice on its leaf, and banks that two languages name."""

from __future__ import annotations

from assay.extract.letters import letters_in
from assay.extract.mentions import MENTIONS
from assay.extract.view import lines
from assay.model import Exhibit, Mention, Page, PageState, Paragraph, Reading, Role

DIGEST = "d" * 64


def reading(text: str) -> Reading:
    paragraphs = []
    at = 0
    for line in text.split("\n"):
        han = any("\u4e00" <= c <= "\u9fff" for c in line)
        cyrillic = any("\u0400" <= c <= "\u04ff" for c in line)
        if line.strip():
            paragraphs.append(Paragraph(at, at + len(line), "zh" if han else "ru" if cyrillic else "en"))
        at += len(line) + 1
    page = Page(
        DIGEST, 1, "text", PageState.READ, "parser", "test", text, "en", tuple(paragraphs), 0, 0, 0, None, "", (),
        "test", "1",
    )  # fmt: skip
    return Reading(Exhibit(DIGEST, "", 1, "text/plain", "test", "1"), (page,), ())


def roles(text: str) -> set[tuple[str, Role]]:
    found = [m for m in MENTIONS.extract(reading(text)) if isinstance(m, Mention)]
    return {(m.name.value, m.role) for m in found}


BOTH = (
    "瓦尔塔机械制造有限公司\n"
    "第12/18号 2018年7月5日\n"
    "致：奥兰共和国国防工业委员会\n"
    "事由：合同 尊敬的先生们：\n"
    "兹告知，合同已经生效，其他情况将另行函告。\n"
    "顺颂商祺\n"
    "厂长\n"
    "（签章）林远山\n"
    "Varta Machine Works Co., Ltd.\n"
    "Ref: 12/18 of July 5, 2018\n"
    "To: Defence Industry Committee of the Republic of Oran\n"
    "Dear Sirs,\n"
    "We hereby notify you that the contract entered into force.\n"
    "Sincerely yours,\n"
    "Director\n"
    "signed Lin Yuanshan\n"
)


def test_a_letter_in_two_languages_is_two_letters() -> None:
    rows = list(lines(reading(BOTH).pages[0]))
    parts = letters_in(rows)
    assert [part[0].text for part in parts] == ["瓦尔塔机械制造有限公司", "Varta Machine Works Co., Ltd."]
    assert [row for part in parts for row in part] == rows


def test_both_letters_have_one_sender_and_one_addressee() -> None:
    found = roles(BOTH)
    assert ("瓦尔塔机械制造有限公司", Role.SENDER) in found
    assert ("Varta Machine Works Co., Ltd.", Role.SENDER) in found
    assert ("奥兰共和国国防工业委员会", Role.RECIPIENT) in found
    assert ("Defence Industry Committee of the Republic of Oran", Role.RECIPIENT) in found
    senders = {name for name, role in found if role is Role.SENDER}
    assert not any("Committee" in name or "委员会" in name for name in senders)


def test_one_letter_stays_one() -> None:
    text = (
        "АО «Горизонт»\nИсх. 5 от 01.02.2019\nООО «Вектор»\nУважаемые господа!\nПросим ответить.\n"
        "С уважением,\nГенеральный директор\nПетров И. С.\nИсполнитель: Иванов А. А.\n"
    )
    assert len(letters_in(list(lines(reading(text).pages[0])))) == 1
    assert ("ООО «Вектор»".replace("«", '"').replace("»", '"'), Role.RECIPIENT) in roles(text)


def test_banks_of_one_account_are_equated_over_languages() -> None:
    text = (
        "ДОГОВОР № 17/21\n"
        "Поставщик:\nАО «Горизонт»\nР/с 40702840246446179144\nБанк «Озёрный кредит»\nГенеральный директор\n"
        "Supplier:\nGorizont JSC\nAccount No.: 40702840246446179144\nBank: Lakeside Credit Bank\nDirector\n"
        "Покупатель:\nООО «Вектор»\nР/с 40702840246446170000\nБанк «Другой берег»\nДиректор\n"
    )
    found = [m for m in MENTIONS.extract(reading(text)) if isinstance(m, Mention)]
    same = {m.name.value: {t.value for t in m.same_as} for m in found}
    assert 'Банк "Озёрный кредит"' in same["Lakeside Credit Bank"]
    assert "Lakeside Credit Bank" in same['Банк "Озёрный кредит"']
    assert not same['Банк "Другой берег"']
