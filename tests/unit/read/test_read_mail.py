from __future__ import annotations

import hashlib
from email.message import EmailMessage

import pytest

from assay.custody.sniff import media_type
from assay.model import Exhibit, Page
from assay.read.mail import MAIL
from assay.work.part import ReadSettings

SETTINGS = ReadSettings()


def read(data: bytes) -> Page:
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), media_type(data), "test", "1")
    assert exhibit.media_type in MAIL.accepts
    number = MAIL.count(data, exhibit, SETTINGS)
    (page,) = (r for r in MAIL.read(data, exhibit, SETTINGS, 1, number) if isinstance(r, Page))
    return page


def lines(page: Page, kind: str) -> list[str]:
    return [page.text[p.start : p.end] for p in page.paragraphs if p.kind == kind]


def message(subject: str = "О поставке") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Cc"] = "Иван Петров <ivan@example.org>", "b@example.org", "c@example.org"
    made["Subject"], made["Date"] = subject, "Mon, 06 May 2024 10:30:00 +0300"
    made["Message-ID"] = "<1@example.org>"
    return made


def test_headers_then_body_with_attachments_noted() -> None:
    mail = message()
    mail.set_content("Добрый день!\n\nДоговор во вложении.\n")
    mail.add_alternative("<p>Добрый день!</p><p>Договор во вложении.</p>", subtype="html")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="договор.pdf")
    page = read(mail.as_bytes())
    assert page.kind == "mail"
    assert lines(page, "header") == [
        "From: Иван Петров <ivan@example.org>", "To: b@example.org", "Cc: c@example.org", "Subject: О поставке",
        "Date: Mon, 06 May 2024 10:30:00 +0300", "Message-ID: <1@example.org>",
    ]  # fmt: skip
    assert lines(page, "text") == ["Добрый день!", "Договор во вложении."]
    assert "attachments: договор.pdf" in page.notes
    assert page.language == "ru"


def test_html_is_read_where_there_is_no_plain_body() -> None:
    mail = message("Price list")
    mail.set_content("<html><body><p>The price is 100 EUR.</p></body></html>", subtype="html")
    assert "The price is 100 EUR." in lines(read(mail.as_bytes()), "text")


def test_html_that_says_much_more_than_the_plain_body_is_read() -> None:
    mail = message("x")
    mail.set_content("See HTML.")
    mail.add_alternative("<p>" + "The supplier shall deliver the goods. " * 40 + "</p>", subtype="html")
    page = read(mail.as_bytes())
    assert "shall deliver" in page.text
    assert any("says much less" in n for n in page.notes)


@pytest.mark.parametrize("encoding", ["koi8-r", "cp1251", "utf-8"])
def test_a_body_with_no_or_false_charset_is_decoded_by_its_letters(encoding: str) -> None:
    head = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: =?koi8-r?B?5M/Hz9fP0g==?=\r\n"
    head += b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\n"
    text = "Просим подтвердить получение оборудования до конца недели."
    page = read(head + text.encode(encoding))
    assert text in page.text
    assert "Subject: Договор" in page.text
    assert any("letters say" in n for n in page.notes)


def test_raw_bytes_in_headers_and_gb2312_words() -> None:
    raw = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: " + "合同付款通知，请查收附件".encode("gb18030")
    page = read(raw + b"\r\nDate: Mon, 06 May 2024 10:30:00 +0300\r\n\r\nhello\r\n")
    assert "Subject: 合同付款通知，请查收附件" in page.text


def test_a_forwarded_mail_is_left_to_its_own_exhibit() -> None:
    inner = message("inner")
    inner.set_content("secret inner words")
    outer = message("outer")
    outer.set_content("outer words")
    outer.add_attachment(inner)
    page = read(outer.as_bytes())
    assert "outer words" in page.text
    assert "secret inner words" not in page.text
