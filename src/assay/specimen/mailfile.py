"""Mails (EML) and plain texts in the encodings that offices used, the same bytes for the same words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from random import Random

CHARSETS = {
    "ru": ("utf-8", "koi8-r", "windows-1251"), "uk": ("utf-8", "windows-1251", "koi8-u"),
    "zh": ("utf-8", "gb18030", "gb2312"), "en": ("utf-8", "us-ascii"),
}  # fmt: skip
ENCODINGS = {
    "ru": ("cp1251", "koi8-r", "utf-8", "utf-16"), "uk": ("cp1251", "utf-8", "utf-16", "koi8-u"),
    "zh": ("gb18030", "utf-8", "utf-16", "gb18030"), "en": ("utf-8", "cp1252", "utf-16"),
}  # fmt: skip
MEDIA = {
    "pdf": ("application", "pdf"), "zip": ("application", "zip"), "jpg": ("image", "jpeg"), "png": ("image", "png"),
    "docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"), "txt": ("text", "plain"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """A mail before it is written: names and addresses, day, subject, body, language."""

    sender: str
    sender_at: str
    recipient: str
    recipient_at: str
    day: date
    subject: str
    body: str
    language: str


def eml_of(note: Note, rng: Random, attachments: Sequence[tuple[str, bytes]]) -> bytes:
    """Return the mail with its attachments; X-Specimen marks it."""
    message = EmailMessage()
    zone = timezone(timedelta(hours={"ru": 3, "uk": 2, "zh": 8, "en": 0}[note.language]))
    when = datetime(
        note.day.year, note.day.month, note.day.day, 8 + rng.randrange(10), rng.randrange(60), 7, tzinfo=zone
    )
    stamp = format_datetime(when)
    host = note.sender_at.partition("@")[2]
    message["Received"] = f"from mail.{host} by mx.{note.recipient_at.partition('@')[2]} with ESMTPS; {stamp}"
    message["From"] = Address(note.sender, addr_spec=note.sender_at)
    message["To"] = Address(note.recipient, addr_spec=note.recipient_at)
    message["Subject"] = note.subject
    message["Date"] = stamp
    message["Message-ID"] = f"<{when:%Y%m%d%H%M}.{rng.randrange(10**8):08d}@{host}>"
    message["X-Specimen"] = "fictional mail made by assay specimen"
    charset = rng.choice([c for c in CHARSETS[note.language] if fits(note.body, c)])
    message.set_content(note.body + "\n", charset=charset, cte="base64" if rng.random() < 0.5 else "quoted-printable")
    for name, data in attachments:
        kind, subtype = MEDIA[name.rpartition(".")[2]]
        message.add_attachment(data, maintype=kind, subtype=subtype, filename=name)
    if attachments:
        message.set_boundary(f"=_specimen_{rng.randrange(10**12):012d}")
    return message.as_bytes()


def headers_of(mail: bytes) -> str:
    """Return the lines that a mail program shows above a mail's body."""
    message = message_from_bytes(mail, policy=default)
    return "\n".join(f"{name}: {message[name]}" for name in ("From", "To", "Subject", "Date"))


def fits(words: str, charset: str) -> bool:
    """Tell whether `charset` can write `words`."""
    try:
        words.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def txt_of(words: str, language: str, rng: Random) -> bytes:
    """Return a text in one of its language's encodings (utf-16 with a mark)."""
    encoding = rng.choice([e for e in ENCODINGS[language] if fits(words, e)] or ["utf-8"])
    line = rng.choice(("\r\n", "\n"))
    return (words.replace("\n", line) + line).encode(encoding)
