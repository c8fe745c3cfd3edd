"""set.network, set.tz and set.template over troves built here: planted hands, clocks and manners, and their twins."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable

import pytest
from pikepdf import Dictionary, Encryption, Name, Pdf

from assay.examine.trove import network, template, zones
from assay.examine.trove.issuers import organisations
from assay.examine.trove.traces import family, traces_of
from assay.model import (
    Direction,
    Exhibit,
    Finding,
    FindingStatus,
    MemoryTrove,
    Occurrence,
    Page,
    PageState,
    Record,
    Trove,
    Weight,
    Words,
)

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Piece = tuple[str, list[Record], bytes]


def pdf(author: str = "", zone: str = "+03'00'", font: str = "ABCDEF+PTSerif-Regular") -> bytes:
    made = Pdf.new()
    page = made.add_blank_page(page_size=(595, 842))
    page.obj.Resources = Dictionary(
        Font=Dictionary(F1=made.make_indirect(Dictionary(Type=Name.Font, BaseFont=Name("/" + font))))
    )
    if author:
        made.docinfo["/Author"] = author
    made.docinfo["/CreationDate"] = f"D:20190402101500{zone}"
    out = io.BytesIO()
    made.save(out, static_id=True)
    return out.getvalue()


def docx(author: str, marks: Iterable[str] = ()) -> bytes:
    out = io.BytesIO()
    core = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    rsids = "".join(f'<w:rsid w:val="{m}"/>' for m in marks)
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(
            "docProps/core.xml",
            f'<c:p xmlns:c="{core}" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{author}</dc:creator></c:p>',
        )
        package.writestr("word/settings.xml", f'<w:s xmlns:w="{word}"><w:rsids>{rsids}</w:rsids></w:s>')
    return out.getvalue()


def piece(path: str, text: str, data: bytes, media: str = PDF, left: int = 6000, size: int = 900) -> Piece:
    blob = data + f"\n% {path}".encode() if media == PDF else data
    digest = hashlib.sha256(blob + path.encode()).hexdigest()
    starts, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        starts.append((at, at + len(word)))
        at += len(word)
    count = len(starts)
    words = Words(
        tuple(s for s, _ in starts), tuple(e for _, e in starts), tuple(left for _ in starts),
        tuple(4000 + 1200 * (i // 6) for i in range(count)), tuple(left + 900 for _ in starts),
        tuple(4000 + 1200 * (i // 6) + size for i in range(count)), (100,) * count,
    )  # fmt: skip
    page = Page(
        digest, 1, "page", PageState.READ, "text_layer", "test", text, "ru", (), 595, 842, 0, None, "", (), "test", "1",
        words,
    )  # fmt: skip
    occurrence = Occurrence(digest, path, None, "source", "", "", "", "test", "1")
    return digest, [Exhibit(digest, "", len(blob), media, "test", "1"), occurrence, page], blob


def answers(look: Callable[[Trove], Iterable[Record]], *pieces: Piece) -> dict[str, list[Finding]]:
    records = [r for _, its, _ in pieces for r in its]
    paths = {o.exhibit: o.path for o in records if isinstance(o, Occurrence)}
    given: dict[str, list[Finding]] = {}
    for finding in look(MemoryTrove(records, {digest: blob for digest, _, blob in pieces})):
        assert isinstance(finding, Finding)
        given.setdefault(paths[finding.exhibit], []).append(finding)
    return given


def against(given: dict[str, list[Finding]]) -> dict[str, list[Weight]]:
    fired = {
        path: [f.weight for f in its if f.status is FindingStatus.FINDING and f.direction is Direction.AGAINST]
        for path, its in given.items()
    }
    return {path: weights for path, weights in fired.items() if weights}


FIRMS = ["Борвелан", "Верстонит", "Хунлюань", "Полудневик", "Озерьян", "Мирозаль", "Веллар", "Тарнсе"]


def letter(firm: str, number: int = 1, to: str = "Осмер", when: str = "5 мая 2019 г.") -> str:
    return (
        f"Акционерное общество «Завод «{firm}»\nИсх. № {number}/19 от {when}\nКому: ООО «{to} {firm}»\nУважаемые "
        f"господа! "
        "Сообщаем, что поставка по договору идёт своим чередом, о чём просим уведомить Ваше руководство и ответить нам "
        "в установленный срок письмом. С уважением, генеральный директор\nстр. 1/1"
    )  # fmt: skip


def others() -> list[Piece]:
    return [piece(f"other{n}.pdf", letter(firm), pdf(f"Автор {n}")) for n, firm in enumerate(FIRMS[3:])]


def test_one_author_for_three_firms_that_nothing_relates() -> None:
    papers = [piece(f"{n}.pdf", letter(firm), pdf("И. Петренко")) for n, firm in enumerate(FIRMS[:3])]
    given = answers(network.examine, *papers, *others())
    assert against(given) == {f"{n}.pdf": [Weight.MODERATE] for n in range(3)}
    assert "3 groups" in given["0.pdf"][0].observation
    assert against(answers(network.examine, *papers[:2], *others())) == {f"{n}.pdf": [Weight.LIMITED] for n in range(2)}


def test_innocent_twins_of_one_author() -> None:
    one = [piece(f"{n}.pdf", letter("Борвелан", n), pdf("И. Петренко")) for n in range(3)]
    assert against(answers(network.examine, *one, *others())) == {}
    program = [piece(f"{n}.pdf", letter(firm), pdf("Пользователь")) for n, firm in enumerate(FIRMS[:3])]
    assert against(answers(network.examine, *program, *others())) == {}
    joined = [
        piece(f"{n}.pdf", letter(firm) + "\nпо Контракту № ВТ-117/2019", pdf("И. Петренко"))
        for n, firm in enumerate(FIRMS[:3])
    ]
    assert against(answers(network.examine, *joined, *others())) == {}


def test_what_half_of_all_issuers_share_is_the_troves_own_handling() -> None:
    papers = [piece(f"{n}.pdf", letter(firm), pdf("leaker")) for n, firm in enumerate(FIRMS)]
    given = answers(network.examine, *papers)
    assert against(given) == {}
    assert {f.independence_group for its in given.values() for f in its} == {"handling by author leaker"}


def test_revision_marks_of_one_file_in_papers_that_nothing_relates() -> None:
    marks = ("00A1B2C3", "00D4E5F6", "00778899")
    papers = [piece(f"{n}.docx", letter(firm), docx("", marks), DOCX) for n, firm in enumerate(FIRMS[:2])]
    assert against(answers(network.examine, *papers)) == {f"{n}.docx": [Weight.LIMITED] for n in range(2)}
    same = [piece(f"{n}.docx", letter("Борвелан", n), docx("", marks), DOCX) for n in range(2)]
    assert against(answers(network.examine, *same)) == {}


def test_a_clock_of_another_zone() -> None:
    papers = [piece(f"{n}.pdf", letter("Борвелан", n), pdf(zone="+03'00'")) for n in range(4)]
    strange = piece("5.pdf", letter("Борвелан", 5), pdf(zone="-05'00'"))
    assert against(answers(zones.examine, *papers, strange)) == {"5.pdf": [Weight.LIMITED]}
    assert against(answers(zones.examine, *papers, piece("5.pdf", letter("Верстонит"), pdf(zone="-05'00'")))) == {}
    for innocent in ("+04'00'", "Z", "+00'00'"):
        assert against(answers(zones.examine, *papers, piece("5.pdf", letter("Борвелан"), pdf(zone=innocent)))) == {}
    assert against(answers(zones.examine, *papers[:2], strange)) == {}


def test_a_letter_in_another_manner() -> None:
    papers = [piece(f"{n}.pdf", letter("Борвелан", 10 + n), pdf()) for n in range(5)]
    odd = (
        letter("Борвелан", 17, when="05.05.2019")
        .replace("Исх. № 17/19 от", "Исх. 17/19,")
        .replace("стр. 1/1", "Лист 1")
    )
    given = answers(template.examine, *papers, piece("odd.pdf", odd, pdf(font="ABCDEF+Arial"), left=9000))
    assert against(given) == {"odd.pdf": [Weight.LIMITED]}
    assert "date as 00.00.0000, not 0 m 0000 г." in given["odd.pdf"][0].observation.lower()


def test_innocent_twins_of_a_manner() -> None:
    papers = [piece(f"{n}.pdf", letter("Борвелан", 10 + n), pdf()) for n in range(5)]
    assert against(answers(template.examine, *papers, piece("x.pdf", letter("Борвелан", 17), pdf("Иванов")))) == {}
    font = piece("x.pdf", letter("Борвелан", 17), pdf(font="Arial"))
    assert against(answers(template.examine, *papers, font)) == {}
    mixed = [
        piece(f"{n}.pdf", letter("Борвелан", 10 + n, when=when), pdf(font=font), left=6000 + 2000 * n)
        for n, (when, font) in enumerate(
            [
                ("5 мая 2019 г.", "A"),
                ("05.05.2019", "B"),
                ("2019-05-05", "C"),
                ("5 мая 2019 г.", "D"),
                ("05.05.2019", "E"),
            ]
        )
    ]
    assert against(answers(template.examine, *mixed)) == {}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Акционерное общество «Завод «Борвелан»\nг. Тарнс", ["борвелан"]),
        ("ООО «Верстонит»", ["верстонит"]),
        ("Публічне акціонерне товариство «Дубовальд»", ["дубовальд"]),
        ("Lynfield Garro Special Equipment Inc.\nCambron", ["lynfield garro special equipment"]),
        ("瀚锐达航空技术股份有限公司", ["瀚锐达航空技术"]),
        ("Ministry of Defence Supplies of Calderra", ["ministry of defence supplies of calderra"]),
        ("блок управления электронный, 8 ед.", []),
    ],
)
def test_organisations_by_their_forms(text: str, names: list[str]) -> None:
    assert organisations(text) == names


def test_what_cannot_be_opened_is_not_examined() -> None:
    assert traces_of(b"%PDF-1.4 nothing", PDF).reason and traces_of(b"PK\x03\x04", DOCX).reason
    locked = io.BytesIO()
    with Pdf.open(io.BytesIO(pdf("И. Петренко"))) as held:
        held.save(locked, encryption=Encryption(user="u", owner="o"))
    assert "PasswordError" in traces_of(locked.getvalue(), PDF).reason
    given = answers(network.examine, piece("x.pdf", letter("Борвелан"), b"%PDF-1.4 nothing"))
    assert [f.status for f in given["x.pdf"]] == [FindingStatus.NOT_EXAMINED]


def test_traces_of_each_kind() -> None:
    held = traces_of(pdf("И. Петренко", "-05'30'"), PDF)
    assert held.people == {"И. Петренко"} and dict(held.zones)["CreationDate"] == -330 and held.fonts == {"PTSerif"}
    mail = b"From: a@b.example\r\nDate: Tue, 2 Apr 2019 10:15:00 +0800 (CST)\r\nX-Mailer: Foxmail 7\r\n\r\nx"
    assert dict(traces_of(mail, "message/rfc822").zones) == {"Date": 480}
    assert traces_of(docx("Чэнь", ("00AA",)), DOCX).marks == {"00AA"}
    assert family("ABCDEF+TimesNewRomanPSMT") == "TimesNewRoman" and family("Arial-BoldMT") == "Arial"
