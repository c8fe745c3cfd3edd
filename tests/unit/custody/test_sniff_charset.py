from __future__ import annotations

import pytest

from assay.custody.charset import decode

RU = "Поставщик обязуется передать Покупателю оборудование, указанное в Приложении 1 к Договору."
UK = "Постачальник зобов'язується передати обладнання, що вказане у додатку. Їхня ціна є остаточною."
ZH = "合同签订后十个工作日内，买方应支付合同总价的百分之三十作为预付款。"
ZHT = "合約簽訂後十個工作日內，買方應支付合約總價的百分之三十作為預付款。"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "koi8-r", "cp866", "iso8859-5", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [RU, "Акт приёма-передачи", "О поставке"])
def test_russian_text_is_decoded(text: str, encoding: str) -> None:
    raw = text.encode(encoding)
    decoded = decode(raw)
    assert decoded is not None
    assert decoded.text == text


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "koi8-u", "utf-16-le"])
def test_ukrainian_text_is_decoded(encoding: str) -> None:
    decoded = decode(UK.encode(encoding))
    assert decoded is not None
    assert decoded.text == UK


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(ZH, "gb18030"), (ZH, "utf-8"), (ZH, "utf-16-le"), (ZH, "utf-16-be"), (ZHT, "big5"), ("购销合同", "gb18030")],
)
def test_chinese_text_is_decoded(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))
    assert decoded is not None
    assert decoded.text == text


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides_and_is_not_text(mark: str) -> None:
    decoded = decode(RU.encode(mark))
    assert decoded is not None
    assert decoded.text == RU
    assert decoded.sure


def test_western_accents_are_not_taken_for_cyrillic() -> None:
    text = "Größe und Gewicht der Ausrüstung für die Prüfung; café, façade"
    decoded = decode(text.encode("cp1252"))
    assert decoded is not None
    assert decoded.text == text


def test_a_false_declaration_does_not_win_over_the_letters() -> None:
    decoded = decode(RU.encode("koi8-r"), "windows-1251")
    assert decoded is not None
    assert decoded.text == RU


def test_a_mixed_text_keeps_its_ascii() -> None:
    text = "Invoice INV-2024/15\nПокупатель: ООО «Ромашка»\nTotal: 1,250.00 USD"
    decoded = decode(text.encode("cp1251"))
    assert decoded is not None
    assert decoded.text == text


def test_a_few_damaged_bytes_do_not_undo_utf8() -> None:
    raw = (RU * 10).encode()
    decoded = decode(raw[:100] + b"\xff" + raw[100:])
    assert decoded is not None
    assert decoded.encoding == "utf-8"
    assert decoded.replaced >= 1


@pytest.mark.parametrize("data", [bytes(range(256)) * 10, b"\0" * 1000, b"\x7fELF\x02\x01\x01" + b"\0\x03" * 500])
def test_bytes_that_are_no_text_are_none(data: bytes) -> None:
    assert decode(data) is None
