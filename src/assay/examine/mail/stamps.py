"""Times that mail programs leave outside the date line, in places that people do not look at.

Limits: only forms that are known to hold a time are read. Source: RFC 5322; MS-OXOMSG 2.2.1.3 (Thread-Index); the
boundaries of Outlook and Outlook Express; the message numbers of Exim (specification, 3.4), JavaMail and mail.ru.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_NEXT_PART = re.compile(r"----=_NextPart_[0-9A-Fa-f]{3}_[0-9A-Fa-f]{4}_([0-9A-Fa-f]{8})\.([0-9A-Fa-f]{8})")
_EXIM = re.compile(r"E?1([0-9A-Za-z]{5})-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}@")
_JAVA = re.compile(r"\.(\d{13})\.JavaMail\.")
_MAIL_RU = re.compile(r"<(\d{10})\.\d+@[^>]*mail\.ru>")
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FIRST, _LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time and the place that it was found in."""

    place: str
    moment: datetime


def of_boundary(boundary: str) -> Stamp | None:
    """Return when a mail was put together, from its boundary."""
    match = _NEXT_PART.search(boundary)
    return _stamp("boundary of its parts", _filetime(match.group(1) + match.group(2))) if match else None


def of_number(number: str) -> Stamp | None:
    """Return when a mail was given its number, from the number."""
    for pattern in (_JAVA, _MAIL_RU):
        match = pattern.search(number)
        if match:
            return _stamp("message number", _unix(int(match.group(1)[:10])))
    match = _EXIM.search(number)
    if match:
        seconds = 0
        for digit in "1" + match.group(1):
            seconds = seconds * 62 + _BASE62.index(digit)
        return _stamp("message number", _unix(seconds))
    return None


def of_thread(index: str) -> Stamp | None:
    """Return when the first mail of a thread was written, from the thread index."""
    try:
        raw = base64.b64decode("".join(index.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return _stamp("thread index", _filetime(raw[:6].hex() + "0000")) if len(raw) >= 22 else None


def _filetime(digits: str) -> datetime | None:
    try:
        return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(digits, 16) // 10)
    except OverflowError:
        return None


def _unix(seconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def _stamp(place: str, moment: datetime | None) -> Stamp | None:
    return Stamp(place, moment) if moment and _FIRST < moment < _LAST else None
