"""Reader for mails (EML, EMLX, MHTML) and Outlook messages (MSG): headers, then the body.

Limits: of a mail with several alternative bodies the plain one is read, and the HTML one where there is no plain one or
where it says much more. Encrypted mails (S/MIME, PGP) give their headers only. Mailboxes are read mail by mail after
unpacking.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from email.message import Message

from assay.custody.charset import decode
from assay.custody.ole import open_ole
from assay.custody.unpack_mail import file_name, header_text, mail_of_emlx, name_codepages, parsed, payload_bytes
from assay.model import Exhibit, Record
from assay.read import html, rtf
from assay.read.body import Block, Body, Met, pages, paginate
from assay.read.text import split
from assay.work.part import Reader, ReadRefused, ReadSettings

NAME, VERSION = "mail", "3"
_SHOWN = ("From", "Sender", "To", "Cc", "Bcc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To")
_DEPTH = 40
_MOST_RTF = 64 << 20


def body(data: bytes, exhibit: Exhibit) -> Body:
    """Return headers and body of a mail."""
    if exhibit.media_type == "application/vnd.ms-outlook":
        return _outlook(data, exhibit)
    if exhibit.media_type == "message/x-emlx":
        data = mail_of_emlx(data)
    message, deep = parsed(data)
    made = Body(kind="mail", engine="assay mail")
    _headers(made, [(name, header_text(message, name)) for name in _SHOWN])
    plain, rich = _bodies(message)
    text = _text(message, made) if deep else "\n".join(_text(part, made) for part in plain)
    if deep:
        made.notes.append(Met("its parts are nested too deeply; what follows its head was read as one text", "limit"))
    if rich and _says_more(rich, text, made):
        for part in rich:
            raw = payload_bytes(part)
            decoded = html.decoded_html(raw, _charset(part))
            html.fill(made, decoded.text)
    elif text.strip():
        for paragraph in split(text.replace("\r\n", "\n").replace("\r", "\n")):
            made.add(paragraph)
    attached = [file_name(p) or p.get_content_type() for p in _leaves(message, 0) if _kept_apart(p)]
    if attached:
        made.notes.append("attachments: " + "; ".join(attached[:50]))
    if not made.blocks:
        raise ReadRefused("broken", "the mail has neither headers nor a body")
    return made


def _headers(made: Body, fields: list[tuple[str, str]]) -> None:
    for name, value in fields:
        if value.strip():
            made.add(f"{name}: {value.strip()}", "header")


def _leaves(message: Message, depth: int) -> Iterable[Message]:
    """Yield the parts that hold bytes, not looking into forwarded mails."""
    if depth > _DEPTH:
        return
    payload = message.get_payload()
    if message.get_content_type() == "message/rfc822" and depth:
        yield message
    elif isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _leaves(part, depth + 1)
    else:
        yield message


def _kept_apart(part: Message) -> bool:
    return (
        part.get_content_disposition() == "attachment" or bool(file_name(part)) or part.get_content_maintype() != "text"
    )


def _bodies(message: Message) -> tuple[list[Message], list[Message]]:
    """Return the plain and the HTML parts that are body text."""
    plain, rich = [], []
    for part in _leaves(message, 0):
        if _kept_apart(part):
            continue
        kind = part.get_content_type()
        if kind == "text/html":
            rich.append(part)
        elif kind in ("text/plain", "text/enriched"):
            plain.append(part)
    return plain, rich


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (UnicodeError, LookupError, ValueError, TypeError):
        return None


def _text(part: Message, made: Body) -> str:
    raw = payload_bytes(part)
    decoded = decode(raw, _charset(part))
    if decoded is None:
        made.notes.append("a body part is no text in any known encoding and was left out")
        return ""
    made.engine = f"assay mail, {decoded.encoding}"
    stated = _charset(part)
    if stated and not raw.isascii() and decoded.encoding not in _names_of(stated):
        made.notes.append(f"the mail says its text is in {stated}, its letters say {decoded.encoding}")
    return decoded.text


def _names_of(stated: str) -> set[str]:
    import codecs

    names = {stated.lower()}
    try:
        names.add(codecs.lookup(stated).name)
    except (LookupError, ValueError):
        return names
    if names & {"gb2312", "gbk"}:
        names.add("gb18030")
    if "iso8859-1" in names:
        names.add("cp1252")
    return names


def _says_more(rich: list[Message], text: str, made: Body) -> bool:
    """Tell whether the HTML body is to be read: there is no plain one, or the HTML one is several times longer."""
    if not text.strip():
        return True
    trial = Body()
    try:
        for part in rich:
            html.fill(trial, html.decoded_html(payload_bytes(part), _charset(part)).text)
    except ReadRefused:
        return False
    shown = sum(len(b.text) if isinstance(b, Block) else sum(len(c.text) for c in b.cells) for b in trial.blocks)
    if shown > 3 * len(text.strip()) + 200:
        made.notes.append("the plain body says much less than the HTML one, which was read")
        return True
    return False


def _outlook(data: bytes, exhibit: Exhibit) -> Body:
    from oxmsg import Message as OutlookMessage

    name_codepages()
    made = Body(kind="mail", engine="python-oxmsg")
    try:
        message = OutlookMessage.load(io.BytesIO(data))
        sent = message.sent_date
        to = "; ".join(f"{r.name} <{r.email_address}>" if r.email_address else r.name for r in message.recipients)
        _headers(made, [("From", message.sender or ""), ("To", to), ("Subject", message.subject or ""),
                        ("Date", sent.isoformat() if sent else "")])  # fmt: skip
        text, rich = message.body or "", message.html_body or ""
        names = [a.file_name or "unnamed" for a in message.attachments]
    except Exception as error:
        # oxmsg and olefile raise whatever the damaged structure leads them to.
        raise ReadRefused("broken", f"the Outlook message is damaged ({type(error).__name__}: {error})") from error
    if text.strip():
        for paragraph in split(text.replace("\r\n", "\n").replace("\r", "\n")):
            made.add(paragraph)
    elif rich.strip():
        html.fill(made, rich)
    elif not _rich_text(data, exhibit, made):
        made.notes.append("the message has no body")
    if names:
        made.notes.append("attachments: " + "; ".join(names[:50]))
    return made


def _rich_text(data: bytes, exhibit: Exhibit, made: Body) -> bool:
    """Add the body that Outlook keeps as compressed RTF (MS-OXRTFCP); return false when there is none."""
    import compressed_rtf

    opened = open_ole(data)
    if opened is None:
        return False
    with opened:
        name = "__substg1.0_10090102"
        packed = opened.openstream(name).read() if opened.exists(name) else b""
    if len(packed) < 16 or int.from_bytes(packed[4:8], "little") > _MOST_RTF:
        return False
    try:
        plain = compressed_rtf.decompress(packed)
        made.blocks += rtf.body(plain, exhibit).blocks
    except Exception as error:  # its reader raises plain exceptions on damage; the note becomes a problem
        made.notes.append(Met(f"the body is damaged RTF and was not read ({str(error)[:100]})"))
    return True


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of pages: one, unless the body is very long."""
    return 1 if len(data) < 100_000 else len(paginate(body(data, exhibit)))


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterable[Record]:
    """Yield the pages first..last."""
    return pages(body(data, exhibit), exhibit, NAME, VERSION, first, last)


MAIL = Reader(
    NAME,
    VERSION,
    "Mails (EML, EMLX, MHTML, Outlook MSG): headers and body.",
    "Encrypted mails give their headers only; of alternative bodies the plain one is read.",
    accepts=("message/rfc822", "message/x-emlx", "multipart/related", "application/vnd.ms-outlook"),
    count=count,
    read=read,
    chunk=64,
)
