"""The way that a mail states to have come: times planted out of order, and their innocent twins."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from assay.examine.mail import chain
from assay.examine.mail.stamps import of_boundary, of_number, of_thread
from assay.model import Exhibit, Finding, FindingStatus, Page, PageState, Reading, Weight

SENT = datetime(2020, 5, 14, 9, 30, tzinfo=UTC)


def mail(*steps: timedelta, date: timedelta = timedelta(), extra: str = "", boundary: str = "") -> bytes:
    lines = [
        f"Received: from h{n}.example by h{n + 1}.example with ESMTPS id x{n}; {format_datetime(SENT + step)} "
        f"(moment)\r\n"
        for n, step in enumerate(steps)
    ]
    body = "Content-Type: text/plain\r\n\r\nWe deliver.\r\n"
    if boundary:
        body = (
            f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n--{boundary}\r\n\r\nx\r\n--{boundary}--\r\n'
        )
    head = f"From: a@h0.example\r\nMessage-ID: <1@h0.example>\r\nDate: {format_datetime(SENT + date)}\r\n"
    return ("".join(reversed(lines)) + head + extra + body).encode()


def ask(data: bytes, kind: str = "message/rfc822") -> list[Finding]:
    digest = hashlib.sha256(data).hexdigest()
    text = f"Date: {format_datetime(SENT)}\nWe deliver."
    page = Page(digest, 1, "mail", PageState.READ, "parser", "t", text, "en", (), 0, 0, 0, None, "", (), "t", "1")
    return list(chain.examine(Reading(Exhibit(digest, "", len(data), kind, "t", "1"), (page,), ()), data))


def groups(data: bytes) -> list[str]:
    answers = [f for f in ask(data) if f.status is FindingStatus.FINDING and f.weight is not Weight.NEUTRAL]
    assert all(f.weight is Weight.LIMITED for f in answers)
    return [f.independence_group for f in answers]


S, D = timedelta(seconds=5), timedelta(days=1)
OLD, NEW = "01D629D5", "01D6B9D5"  # 14 May 2020 and 13 November 2020, as the upper halves of a FILETIME


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (mail(S, 2 * S, 3 * S), []),
        (mail(S, -2 * S, 3 * S), []),
        (mail(S, -3 * D, 3 * S), ["receipts out of order"]),
        (mail(S, 10 * D), []),
        (mail(S, 2 * S, date=4 * D), ["date after receipt"]),
        (mail(S, 2 * S, date=-4 * D), []),
        (mail(S, boundary=f"----=_NextPart_000_0012_{OLD}.3B4C5D60"), []),
        (mail(S, boundary=f"----=_NextPart_000_0012_{NEW}.3B4C5D60"), ["younger than its date"]),
        (mail(boundary=f"----=_NextPart_000_0012_{OLD}.3B4C5D60", date=-40 * D), ["younger than its date"]),
        (mail(), []),
    ],
)
def test_times_of_a_mail(data: bytes, expected: list[str]) -> None:
    assert groups(data) == expected


def test_a_finding_points_at_the_date_line() -> None:
    found = next(f for f in ask(mail(S, -3 * D)) if f.weight is Weight.LIMITED)
    assert found.spans[0].quote == format_datetime(SENT)


def test_times_in_numbers() -> None:
    java = of_number("<12345.1.1589448600123.JavaMail.user@host>")
    assert java and java.moment.replace(microsecond=0) == SENT
    ru = of_number("<1589448600.123456@f123.i.mail.ru>")
    assert ru and ru.moment == SENT
    exim = of_number("<E1jZAPe-0003mP-0k@host.example>")
    assert exim and exim.moment.year == 2020
    assert of_number("<abc@host>") is None
    assert of_boundary("----=_Part_1_2") is None
    assert of_thread("!!") is None


def test_strange_input_is_answered() -> None:
    for data in (b"", b"Received: ;;;\r\n" * 500, b"Date: 99 Foo 0000\r\n\r\n", bytes(range(256)) * 20):
        assert ask(data)
    assert ask(b"\xd0\xcf\x11\xe0", "application/vnd.ms-outlook")[0].status is FindingStatus.NOT_EXAMINED
