"""Mails, mailboxes and Outlook messages into their attachments.

Every MIME part that has a file name or is no body text becomes a member, inline pictures too; a forwarded mail becomes
a member of its own. The bodies themselves stay in the mail: its reader reads them.

Limits: parts whose transfer encoding is damaged are kept as far as they decode. Outlook stores (PST) are not opened.
"""

from __future__ import annotations

import base64
import codecs
import email
import email.parser
import email.policy
import hashlib
import io
import re
from collections.abc import Iterator
from email.header import Header, decode_header
from email.message import Message
from functools import cache
from urllib.parse import quote

from assay.custody.charset import decode
from assay.custody.unpack import Budget, Member, Refusal, Yield

_BODIES = frozenset({"text/plain", "text/html", "text/enriched", "text/rtf"})
_DEPTH = 40


def unpack_mail(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield the attachments of a mail, in the order of its parts."""
    yield from _of_mail(data, budget)


def parsed(data: bytes) -> tuple[Message, bool]:
    """Return a mail, and whether its parts lie too deep to be told apart: then one text follows its head."""
    try:
        return email.message_from_bytes(data, policy=email.policy.compat32), False
    except RecursionError:
        return email.parser.BytesParser(policy=email.policy.compat32).parsebytes(data, headersonly=True), True


def _of_mail(data: bytes, budget: Budget) -> Iterator[Yield]:
    message, deep = parsed(data)
    if deep:
        yield Refusal("", "limit", f"its parts are nested more than {_DEPTH} deep; none of them was taken out")
        return
    yield from _parts(message, budget, 0)


def mail_of_emlx(data: bytes) -> bytes:
    """Return the mail inside of Apple Mail's EMLX: the first line counts its bytes, a property list follows it."""
    line, _, rest = data.partition(b"\n")
    digits = line.strip()
    return rest[: int(digits)] if digits.isdigit() and len(digits) < 12 else data


def unpack_emlx(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield the attachments of a mail that Apple Mail keeps; parts that it keeps elsewhere are named as missing."""
    mail = mail_of_emlx(data)
    if b"X-Apple-Content-Length" in mail:
        yield Refusal(
            "", "broken", "Apple Mail keeps some of its attachments in files of their own; they are not in it"
        )
    yield from _of_mail(mail, budget)


def _parts(message: Message, budget: Budget, depth: int, place: str = "") -> Iterator[Yield]:
    if depth > _DEPTH:
        yield Refusal("", "limit", f"its parts are nested more than {_DEPTH} deep; deeper ones were not read")
        return
    if message.get_content_type() == "message/rfc822" and place:
        yield from _forwarded(message, budget, place)
        return
    if message.is_multipart():
        payload = message.get_payload()
        parts = [p for p in payload if isinstance(p, Message)] if isinstance(payload, list) else []
        for number, part in enumerate(parts, 1):
            yield from _parts(part, budget, depth + 1, f"{place}.{number}" if place else str(number))
        return
    if place or _is_attachment(message):
        yield from _attachment(message, budget, place or "1")


def _forwarded(message: Message, budget: Budget, place: str) -> Iterator[Yield]:
    payload = message.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(inner, Message):
        return
    try:
        content = inner.as_bytes()
    except (UnicodeError, LookupError, ValueError, TypeError, AttributeError) as error:
        yield Refusal(place, "broken", f"the forwarded mail cannot be taken out whole ({error})")
        return
    subject = header_text(inner, "Subject")
    name = file_name(message) or (f"{_plain(subject)}.eml" if subject else f"part {place}.eml")
    budget.room()
    yield Member(name, content, "message/rfc822", _date(inner), "")


def _is_attachment(part: Message) -> bool:
    kind = part.get_content_type()
    if part.get_content_disposition() == "attachment" or file_name(part):
        return True
    return kind not in _BODIES


def _attachment(part: Message, budget: Budget, place: str) -> Iterator[Yield]:
    if not _is_attachment(part):
        return
    kind = part.get_content_type()
    name = file_name(part)
    note = "" if name else "it has no name in the mail"
    if not name:
        name = f"part {place}{_ENDINGS.get(kind, '')}"
    content = payload_bytes(part)
    room = budget.room()
    if len(content) > room:
        yield Refusal(name, "limit", budget.over(room).message)
        return
    if part.get_content_disposition() == "inline" or part.get("Content-ID"):
        note = "; ".join(filter(None, [note, "shown inside the mail"]))
    declared = "" if kind == "application/octet-stream" else kind
    yield Member(name, content, declared, "", note)


_ENDINGS = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "application/pdf": ".pdf", "text/calendar": ".ics",
    "message/delivery-status": ".txt", "text/csv": ".csv", "application/zip": ".zip", "text/rfc822-headers": ".txt",
}  # fmt: skip


def payload_bytes(part: Message) -> bytes:
    """Return a part's bytes with the transfer encoding undone; damaged encodings give what they can."""
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    text = part.get_payload()
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else b""


def file_name(part: Message) -> str:
    """Return the file name that a part states, decoded; empty when it states none."""
    try:
        name = part.get_filename() or ""
    except (UnicodeError, LookupError, ValueError, TypeError, IndexError):
        name = ""
    if "\ufffd" in str(name):
        raw = "; ".join((*raw_headers(part, "Content-Disposition"), *raw_headers(part, "Content-Type")))
        stated = re.search(r"""\b(?:file)?name\s*=\s*(?:"([^"]*)"|([^;\s]+))""", raw, re.I)
        name = (stated.group(1) or stated.group(2)) if stated else name
    if not name:
        return ""
    return words(str(name)).replace("\r", "").replace("\n", "").strip()


def header_text(message: Message, name: str) -> str:
    """Return a header with its encoded words decoded and its folding undone; empty when absent."""
    return "; ".join(words(value) for value in raw_headers(message, name)[:20])


def raw_headers(message: Message, name: str) -> list[str]:
    """Return a header's values as they stand, bytes that are not ASCII as surrogates."""
    return [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]


def words(value: str) -> str:
    """Decode RFC 2047 words, and bytes that stand raw in a header (they come as surrogates)."""
    raw = value.encode("utf-8", "surrogateescape")
    if not raw.isascii():
        judged = decode(raw)
        value = judged.text if judged is not None else raw.decode("utf-8", "replace")
    if "=?" in value:
        value = _encoded_words(value)
    value = value.encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"\s*[\r\n]+\s*", " ", value)


def _encoded_words(value: str) -> str:
    pieces = []
    try:
        decoded = decode_header(value)
    except (ValueError, LookupError, UnicodeError):
        return value
    for piece, charset in decoded:
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        if charset is None:
            pieces.append(piece.decode("utf-8", "replace"))
            continue
        try:
            pieces.append(piece.decode("gb18030" if charset.lower() in ("gb2312", "gbk") else charset))
        except (LookupError, UnicodeDecodeError, ValueError):
            judged = decode(piece, charset)
            pieces.append(judged.text if judged is not None else piece.decode("latin-1"))
    return "".join(pieces)


def _date(message: Message) -> str:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(str(message.get("Date", ""))).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _plain(subject: str) -> str:
    return re.sub(r"[\\/:*?\"<>|\x00-\x1f]+", " ", subject).strip()[:120] or "mail"


_FROM = re.compile(rb"(?m)^From (?=\S*[^\n]*\d{2}:\d{2}[^\n]*$|\S+ *\r?$|- )")


def unpack_mbox(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield each mail of a mailbox. Lines quoted as `>From ` are given back as they were."""
    starts = [
        m.start() for m in _FROM.finditer(data)
        if m.start() == 0 or data[max(0, m.start() - 2) : m.start()].replace(b"\r", b"") in (b"\n\n", b"\n")
    ]  # fmt: skip
    if not starts:
        return
    for number, (start, stop) in enumerate(zip(starts, [*starts[1:], len(data)], strict=True), 1):
        line_end = data.find(b"\n", start, stop)
        if line_end < 0:
            continue
        body = data[line_end + 1 : stop]
        body = body[:-1] if body.endswith(b"\n\n") else body
        room = budget.room()
        if len(body) > room:
            yield Refusal(f"{number:05}.eml", "limit", budget.over(room).message)
            continue
        body = re.sub(rb"(?m)^>(>*From )", rb"\1", body)
        message = email.message_from_bytes(body[:65_536], policy=email.policy.compat32)
        subject = header_text(message, "Subject")
        name = f"{number:05} {_plain(subject)}.eml" if subject else f"{number:05}.eml"
        yield Member(name, body, "message/rfc822", _date(message), "")


@cache
def name_codepages() -> None:
    """Teach Python the names that Outlook's reader gives to code pages that Python calls otherwise."""
    names = {
        "windows_932": "cp932", "windows_936": "gb18030", "windows_949": "cp949", "windows_950": "cp950",
        "windows_20866": "koi8-r", "windows_21866": "koi8-u", "windows_65001": "utf-8", "windows_20127": "ascii",
        "windows_28591": "latin-1", "windows_28595": "iso8859-5", "windows_54936": "gb18030", "windows_866": "cp866",
    }  # fmt: skip
    codecs.register(lambda name: codecs.lookup(names[name]) if name in names else None)


def unpack_msg(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield the attachments of an Outlook message that are kept by value."""
    from oxmsg import Message as OutlookMessage

    name_codepages()
    try:
        attachments = list(OutlookMessage.load(io.BytesIO(data)).attachments)
    except Exception as error:
        # oxmsg and olefile raise whatever the damaged structure leads them to.
        yield Refusal("", "broken", f"its attachments cannot be listed ({type(error).__name__}: {error})")
        return
    for number, attachment in enumerate(attachments, 1):
        name = f"attachment {number}"
        try:
            name = attachment.file_name or name
            content = attachment.file_bytes
            declared = attachment.mime_type or ""
            stamp = attachment.last_modified
        except Exception as error:
            yield Refusal(name, "broken", f"the attachment cannot be read ({type(error).__name__}: {error})")
            continue
        if content is None:
            yield Refusal(name, "no_reader", "an embedded message or link, which is not taken out")
            continue
        room = budget.room()
        if len(content) > room:
            yield Refusal(name, "limit", budget.over(room).message)
            continue
        yield Member(name, content, declared, stamp.isoformat() if stamp else "", "")


def put_together(headers: list[tuple[str, str]], parts: list[bytes], kind: str) -> bytes:
    """Return a mail of these headers and parts, multipart/`kind`; the same ones give the same bytes."""
    lines = [f"{name}: {_folded(value)}" for name, value in headers]
    lines.append("MIME-Version: 1.0")
    body = b"\r\n".join(parts)
    boundary = "=_" + hashlib.sha256(body).hexdigest()[:40]
    lines.append(f'Content-Type: multipart/{kind}; boundary="{boundary}"')
    head = "\r\n".join(lines).encode("utf-8", "replace")
    cut = b"--" + boundary.encode("ascii")
    return b"\r\n".join([head, b"", *(piece for part in parts for piece in (cut, part)), cut + b"--", b""])


def _folded(value: str) -> str:
    """Return a header's value on one line; letters beyond ASCII as RFC 2047 words."""
    flat = re.sub(r"\s*[\r\n]+\s*", " ", value).strip()[:20_000]
    return flat if flat.isascii() else Header(flat, "utf-8", maxlinelen=900).encode(linesep="")


def part(kind: str, content: bytes, name: str = "") -> bytes:
    """Return a part of a mail that is put together: `kind` with its parameters, and a file name for an attachment."""
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
    if name:
        head += f"Content-Disposition: attachment; filename*=utf-8''{quote(name, safe='')}\r\n"
    return head.encode("ascii", "replace") + b"\r\n" + base64.encodebytes(content).replace(b"\n", b"\r\n")
