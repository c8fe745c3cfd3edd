"""`mail.chain`: whether the way that a mail states to have come, and the times on it, fit each other.

Every server that hands a mail on writes a line with its time above those before. Times that go backwards, a date that
lies after the first receipt, and other times in the boundary, the number or the thread index were set by different
clocks or at different times. Limits: all lines below those of the last honest server can be invented. Source: RFC
5321, 4.4; RFC 5322.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from itertools import pairwise

from assay.custody.unpack_mail import parsed
from assay.examine.mail.stamps import Stamp, of_boundary, of_number, of_thread
from assay.examine.question import Question, quoted
from assay.model import Direction, Reading, Record, Span, Weight, whole
from assay.work.part import Examination

ACCEPTS = ("message/rfc822", "application/vnd.ms-outlook")
SKEW = timedelta(minutes=30)
"""Clocks of servers may differ by so much."""
LATE = timedelta(days=1)
"""A date line may lie so much after other times: a sender's clock and zone."""
MOST_HOPS = 200
LARGEST = 60_000_000
_MOST_PARTS = 500
_MOST_SAID = 5
_BY = re.compile(r"\bby\s+([^\s;()]+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")
_HEADERS = "__substg1.0_007D001F"

_LIMITS = (
    "Lines below the last server that can be trusted can be invented, and clocks are wrong. A mail that was put "
    "together "
    "with care shows nothing; a signature of its domain is another examination."
)
_QUESTION = Question(
    part="mail.chain",
    version="1",
    proposition="The mail, or the way that it states to have come, was put together or changed later.",
    alternative="The mail came the way that it states.",
    expected="Times that go forward from the sender to the last server, and a date line that fits them.",
    innocent=(
        "a server or computer whose clock or zone was wrong",
        "a mail that waited in a queue, was held back, or was sent again later",
        "a mailing list, gateway or archive that added or dropped lines",
    ),
    limits=_LIMITS,
    heaviest=Weight.LIMITED,
)


@dataclass(frozen=True, slots=True)
class Hop:
    """One line of receipt: the server that wrote it, and its time (None when it is not readable)."""

    by: str
    at: datetime | None
    zone: str


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Compare the times and places that one mail states."""
    digest = reading.exhibit.digest
    message = _message(reading.exhibit.media_type, data)
    if message is None:
        yield _QUESTION.not_examined(digest, "It is larger than is looked at, or holds no lines of transport.")
        return
    hops = hops_of(message)
    date = _moment(str(message.get("Date", "")))
    stamps = _stamps(message)
    if not hops and date is None and not stamps:
        yield _QUESTION.not_applicable(digest, "It states no date and no way that it came.")
        return
    said = [*_backwards(hops), *_date(date, hops), *_other_times(date, hops, stamps)]
    spans = _spans(reading, str(message.get("Date", "")))
    for sentence, group in said:
        yield _QUESTION.finding(digest, sentence, spans, Weight.LIMITED, group)
    facts = _facts(message, hops)
    if facts:
        yield _QUESTION.finding(
            digest, " ".join(facts), spans, Weight.NEUTRAL, "way of the mail", direction=Direction.NEITHER
        )
    if not said:
        timed = sum(h.at is not None for h in hops)
        others = f", and {len(stamps)} other time(s) in it" if stamps else ""
        yield _QUESTION.nothing(
            digest, f"The times of {timed} servers, its date line{others} fit each other.",
            direction=Direction.FOR if timed > 1 else Direction.NEITHER,
        )  # fmt: skip


def hops_of(message: Message) -> list[Hop]:
    """Return the lines of receipt, from the sender's side to the last server."""
    found = []
    for line in message.get_all("Received", [])[:MOST_HOPS]:
        text = " ".join(str(line).split())
        place, _, when = text.rpartition(";")
        match = _BY.search(place)
        at = _moment(when)
        zone = f"{at:%z}" if at else ""
        found.append(Hop(match.group(1).lower() if match else "", at, zone))
    return list(reversed(found))


def _message(media_type: str, data: bytes) -> Message | None:
    if len(data) > LARGEST:
        return None
    if media_type == "application/vnd.ms-outlook":
        data = _transport(data)
        if not data.strip():
            return None
    return parsed(data)[0]  # one whose parts lie too deep still shows its own head


def _transport(data: bytes) -> bytes:
    """Return the lines of transport that an Outlook message keeps; empty when it keeps none (MS-OXPROPS 2.1017)."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as opened:
            text = str(opened.openstream(_HEADERS).read(2_000_000), "utf-16-le", "replace")
    except (OSError, ValueError, IndexError, TypeError, KeyError, RecursionError, OverflowError):
        return b""
    return text.replace("\r\n", "\n").encode("utf-8", "replace") + b"\n\n"


def _moment(text: str) -> datetime | None:
    """Return a date of RFC 5322; without a zone it counts as universal time."""
    plain = text
    for _ in range(3):
        plain = _COMMENT.sub(" ", plain)
    try:
        at = parsedate_to_datetime(" ".join(plain.split())[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _backwards(hops: list[Hop]) -> list[tuple[str, str]]:
    timed = [h for h in hops if h.at]
    found = []
    for one, two in pairwise(timed):
        assert one.at
        assert two.at
        if one.at - two.at > SKEW:
            found.append((
                f"{_named(two)} received it at {two.at.isoformat()}, {_gap(one.at - two.at)} before "
                f"{_named(one)}, from which "
                f"it came on ({one.at.isoformat()}).", "receipts out of order",
            ))  # fmt: skip
    return found[:_MOST_SAID]


def _date(date: datetime | None, hops: list[Hop]) -> list[tuple[str, str]]:
    first = next((h for h in hops if h.at), None)
    if date is None or first is None or first.at is None or date - first.at <= LATE:
        return []
    return [(
        f"Its date line says {date.isoformat()}; {_named(first)} received it {_gap(date - first.at)} earlier "
        f"({first.at.isoformat()}).", "date after receipt",
    )]  # fmt: skip


def _other_times(date: datetime | None, hops: list[Hop], stamps: list[Stamp]) -> list[tuple[str, str]]:
    """Say where a time inside the mail lies after its date line and its first receipt."""
    known = [t for t in (date, *(h.at for h in hops)) if t]
    if not known:
        return []
    found = []
    for stamp in stamps:
        if stamp.moment - max(known) > LATE:
            found.append((
                f"The {stamp.place} was made at {stamp.moment.isoformat(timespec='seconds')}, "
                f"{_gap(stamp.moment - max(known))} "
                f"after the last time that the mail states ({max(known).isoformat()}).", "younger than its date",
            ))  # fmt: skip
        elif stamp.place == "boundary of its parts" and date and abs(stamp.moment - date) > 3 * LATE:
            found.append((
                f"The {stamp.place} was made at {stamp.moment.isoformat(timespec='seconds')}, its date line says "
                f"{date.isoformat()}.", "put together at another time",
            ))  # fmt: skip
    return found


def _stamps(message: Message) -> list[Stamp]:
    boundaries = []
    for index, part in enumerate(message.walk()):
        if index >= _MOST_PARTS:
            break
        boundaries.append(str(part.get_boundary("") or ""))
    found = [of_boundary(b) for b in dict.fromkeys(boundaries) if b]
    found += [of_number(str(message.get("Message-ID", ""))), of_thread(str(message.get("Thread-Index", "")))]
    return [s for s in found if s is not None]


def _facts(message: Message, hops: list[Hop]) -> list[str]:
    found = []
    if not hops:
        found.append(
            "It names no server that received it, as a mail does that was never sent or was saved by its sender."
        )
    zones = list(dict.fromkeys(h.zone for h in hops if h.zone))
    date = _moment(str(message.get("Date", "")))
    if date and zones:
        found.append(f"Its date line is in zone {date:%z}; the servers wrote in {', '.join(zones[:6])}.")
    number = str(message.get("Message-ID", "")).strip()
    sender = parseaddr(str(message.get("From", "")))[1].rpartition("@")[2].lower()
    if not number:
        found.append("It has no message number.")
    elif sender:
        at = number.rpartition("@")[2].rstrip("> ").lower()
        if at and not (at.endswith(sender) or sender.endswith(at)):
            found.append(f"Its number was given by {quoted(at, 60)}, its sender is at {quoted(sender, 60)}.")
    return found


def _named(hop: Hop) -> str:
    return quoted(hop.by, 60) if hop.by else "a server without a name"


def _gap(gap: timedelta) -> str:
    if gap >= timedelta(days=2):
        return f"{gap.days} days"
    minutes = int(gap.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"


def _spans(reading: Reading, written: str) -> tuple[Span, ...]:
    """Return where the date line stands in the mail as read, or the whole."""
    wanted = " ".join(written.split())
    for page in reading.pages:
        at = page.text.find(wanted) if wanted else -1
        if at >= 0:
            return (page.span(at, at + len(wanted)),)
    return (whole(reading.exhibit.digest),)


CHAIN = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Compares the servers, times, number and boundaries that a mail states with each other.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=ACCEPTS,
    examine=examine,
)
