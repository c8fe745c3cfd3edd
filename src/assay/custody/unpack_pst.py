"""Outlook stores (PST, OST) into their messages, through libpff (LGPL), each put together as a mail.

A store keeps a message as properties, not as the bytes that were sent: the mail that stands for it is put together
from them, the same way each time, and its note says so. Headers are those that came with the message where the store
keeps them; attachments are in the mail, forwarded messages as mails inside of it. What lies in no folder (deleted,
not yet overwritten) comes last, under "without folder".

Limits: at most `MOST_ITEMS` messages; properties other than headers, bodies, recipients and attachments are left out; a
body kept only as compressed RTF becomes the attachment body.rtf. Source: MS-PST, MS-OXPROPS.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from functools import partial
from typing import Any

from assay.custody.charset import decode
from assay.custody.unpack import Budget, Member, Refusal, Yield
from assay.custody.unpack_mail import part, put_together

MOST_ITEMS = 200_000
_DEPTH, _NESTED = 40, 6
_PIECE = 1 << 20
_NAMED = {1: "To", 2: "Cc", 3: "Bcc"}
_NOTE = "put together from the store's properties"
_HEADER = re.compile(r"^([!-9;-~]+):[ \t]*(.*(?:\n[ \t].*)*)", re.M)


def unpack_pst(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield each message of a store as a mail, in the order of its folders."""
    try:
        import pypff
    except ImportError:
        yield Refusal("", "missing_program", "the package libpff-python is not installed: its mails were not taken out")
        return
    store = pypff.file()
    try:
        store.open_file_object(io.BytesIO(data))
    except (OSError, MemoryError, ValueError) as error:
        yield Refusal("", "broken", f"the store cannot be opened ({_plain(error)})")
        return
    try:
        yield from _folders(store, budget)
        yield from _orphans(store, budget)
    finally:
        store.close()


def _plain(error: BaseException) -> str:
    return str(error).split("\n")[0].rpartition(". ")[2][:160] or type(error).__name__


def _folders(store: Any, budget: Budget) -> Iterator[Yield]:
    """Walk the folders without recursion; a folder or message that cannot be read is named and passed over."""
    try:
        waiting = [(store.get_root_folder(), "", 0)]
    except OSError as error:
        yield Refusal("", "broken", f"the store's folders cannot be found ({_plain(error)})")
        return
    seen: set[int] = set()
    while waiting:
        folder, path, depth = waiting.pop()
        try:
            messages, folders, identifier = (
                folder.number_of_sub_messages, folder.number_of_sub_folders, folder.identifier
            )  # fmt: skip
        except OSError as error:
            yield Refusal(path, "broken", f"the folder cannot be read ({_plain(error)})")
            continue
        if identifier in seen or depth > _DEPTH:
            yield Refusal(path, "limit", "the folder holds itself, or lies too deep; it was not read again")
            continue
        seen.add(identifier)
        for number in range(min(messages, MOST_ITEMS)):
            yield from _item(partial(folder.get_sub_message, number), path, number, budget)
        inner = []
        for number in range(min(folders, MOST_ITEMS)):
            try:
                below = folder.get_sub_folder(number)
                name = _flat(below.name or f"folder {number + 1}")
            except OSError as error:
                yield Refusal(path, "broken", f"folder {number + 1} in it cannot be read ({_plain(error)})")
                continue
            inner.append((below, f"{path}/{name}" if path else name, depth + 1))
        waiting += reversed(inner)


def _orphans(store: Any, budget: Budget) -> Iterator[Yield]:
    try:
        number = store.number_of_orphan_items
    except OSError as error:
        yield Refusal("", "broken", f"what lies in no folder cannot be listed ({_plain(error)})")
        return
    for index in range(min(number, MOST_ITEMS)):
        yield from _item(partial(store.get_orphan_item, index), "without folder", index, budget)


def _item(get: Callable[[], Any], path: str, number: int, budget: Budget) -> Iterator[Yield]:
    place = f"{path}/{number + 1:05}" if path else f"{number + 1:05}"
    room = budget.room()
    try:
        message = get()
        if not hasattr(message, "get_plain_text_body"):
            return
        subject = _text(message, "subject")
        content = mail(message, 0, room)
    except (OSError, ValueError, TypeError, OverflowError) as error:
        yield Refusal(place, "broken", f"the message cannot be read ({_plain(error)})")
        return
    if len(content) > room:
        met = budget.over(room)
        if met.final:
            raise met
        yield Refusal(place, "limit", met.message)
        return
    sent = _time(message, "client_submit_time") or _time(message, "delivery_time")
    name = f"{place} {_flat(subject)}.eml" if subject else f"{place}.eml"
    yield Member(name, content, "message/rfc822", sent.strftime("%Y-%m-%dT%H:%M:%SZ") if sent else "", _NOTE)


def _flat(name: str) -> str:
    return re.sub(r"[\\/:*?\"<>|\x00-\x1f]+", " ", name).strip()[:100] or "unnamed"


def _text(thing: Any, name: str) -> str:
    """Return a text property, empty when absent or damaged; without the two characters that mark a subject's prefix."""
    try:
        value = getattr(thing, name)
    except (OSError, ValueError, AttributeError, MemoryError):
        return ""
    text = value if isinstance(value, str) else _decoded(value) if isinstance(value, bytes) else ""
    if name == "subject" and text[:1] == "\x01":
        text = text[2:]
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def _decoded(raw: bytes) -> str:
    judged = decode(raw.rstrip(b"\0"))
    return judged.text if judged is not None else raw.decode("utf-8", "replace")


def _time(message: Any, name: str) -> Any:
    try:
        return getattr(message, name)
    except (OSError, ValueError, AttributeError, OverflowError):
        return None


def _properties(item: Any) -> Iterator[tuple[int, dict[int, bytes]]]:
    """Yield each record set of an item: its number, and its properties' bytes by number."""
    for number, entries in enumerate(item.record_sets):
        found: dict[int, bytes] = {}
        for entry in entries.entries:
            try:
                if entry.data is not None and entry.entry_type is not None:
                    found.setdefault(entry.entry_type, entry.data)
            except (OSError, ValueError):
                continue
        yield number, found


def _wide(raw: bytes | None) -> str:
    """Return a property's text: UTF-16 where it looks so, else in the most plausible code page."""
    if not raw:
        return ""
    if len(raw) % 2 == 0 and (raw[1::2].count(0) * 3 > len(raw) // 2 or b"\0" in raw[:-1]):
        return raw.decode("utf-16-le", "replace").rstrip("\0")
    return _decoded(raw)


def _headers(message: Any, first: dict[int, bytes]) -> list[tuple[str, str]]:
    """Return the headers that came with the message, or such as its properties give."""
    sent = _text(message, "transport_headers").replace("\r\n", "\n")
    kept = [(m[1], m[2]) for m in _HEADER.finditer(sent)]
    kept = [(k, v) for k, v in kept if not k.lower().startswith(("content-", "mime-version"))][:400]
    have = {k.lower() for k, _ in kept}
    made: list[tuple[str, str]] = []
    address = _wide(first.get(0x5D01)) or _wide(first.get(0x0C1F))
    name = _text(message, "sender_name")
    made.append(("From", f"{name} <{address}>" if address and name else name or address))
    made += _recipients(message)
    when = _time(message, "client_submit_time") or _time(message, "delivery_time")
    if when is not None:
        made.append(("Date", format_datetime(when)))
    made.append(("Subject", _text(message, "subject")))
    made.append(("Message-ID", _wide(first.get(0x1035))))
    made.append(("In-Reply-To", _wide(first.get(0x1042))))
    kept += [(k, v) for k, v in made if v.strip() and k.lower() not in have]
    kind = _wide(first.get(0x001A))
    return [*kept, *([("X-Outlook-Class", kind)] if kind and kind != "IPM.Note" else [])]


def _recipients(message: Any) -> list[tuple[str, str]]:
    lists: dict[str, list[str]] = {"To": [], "Cc": [], "Bcc": []}
    try:
        for _, found in _properties(message.recipients):
            name, address = _wide(found.get(0x3001)), _wide(found.get(0x39FE)) or _wide(found.get(0x3003))
            kind = int.from_bytes(found.get(0x0C15, b"\1")[:4], "little")
            shown = f"{name} <{address}>" if address and name and name != address else name or address
            if shown:
                lists[_NAMED.get(kind, "To")].append(shown)
    except (OSError, AttributeError, TypeError):
        return []
    return [(k, ", ".join(v[:2000])) for k, v in lists.items() if v]


def mail(message: Any, depth: int, room: int) -> bytes:
    """Return a message as a mail; the same properties give the same bytes."""
    first: dict[int, bytes] = next((found for _, found in _properties(message)), {})
    parts: list[bytes] = []
    for name, kind in (("plain_text_body", "text/plain"), ("html_body", "text/html")):
        text = _text(message, name)
        if text.strip():
            parts.append(part(f"{kind}; charset=utf-8", text.encode("utf-8")))
    if not parts:
        try:
            rich = message.rtf_body
        except (OSError, MemoryError):
            rich = None
        if rich:
            parts.append(part("application/rtf", rich, "body.rtf"))
    alternatives = len(parts)
    parts += _attachments(message, depth, room)
    kind = "alternative" if len(parts) == alternatives and alternatives > 1 else "mixed"
    return put_together(_headers(message, first), parts, kind)


def _attachments(message: Any, depth: int, room: int) -> Iterator[bytes]:
    try:
        number = message.number_of_attachments
    except OSError:
        number = 0
    left = room
    for index in range(min(number, 10_000)):
        try:
            attachment = message.get_attachment(index)
            found: dict[int, bytes] = next((f for _, f in _properties(attachment)), {})
            name = _wide(found.get(0x3707)) or _wide(found.get(0x3704)) or _wide(found.get(0x3001))
            name = _flat(name) if name else f"attachment {index + 1}"
            if attachment.number_of_sub_items and depth < _NESTED:
                inner = mail(attachment.get_sub_item(0), depth + 1, left)
                left -= len(inner)
                yield b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" + inner
                continue
            content = _bytes(attachment, left)
        except (OSError, ValueError, TypeError) as error:
            text = f"Attachment {index + 1} could not be taken out of the store: {_plain(error)}"
            yield part("text/plain; charset=utf-8", text.encode("utf-8"), f"attachment {index + 1}.txt")
            continue
        left -= len(content)
        yield part("application/octet-stream", content, name)


def _bytes(attachment: Any, room: int) -> bytes:
    """Return an attachment's bytes; raise `ValueError` when they are more than `room`."""
    size = attachment.size
    if size > room:
        raise ValueError(f"it is larger than {room} bytes")
    pieces = []
    while size > 0:
        piece = attachment.read_buffer(min(size, _PIECE))
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
