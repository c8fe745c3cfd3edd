"""`ole.props`: what an old Office file (Word 97 to 2003 and the like) states of itself.

Times of creation, saving and printing, minutes of editing, the code page, and in Word files up to version 2002 the
last ten people who saved it and where. Limits: any program can set them. Source: MS-OLEPS 2.18 to 2.21; MS-DOC 2.5.2
and 2.9.273 (SttbSavedBy).
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from assay.examine.question import Question, quoted
from assay.model import Direction, Reading, Record, Weight
from assay.work.part import Examination

ACCEPTS = ("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.visio")
SLACK = timedelta(minutes=5)
_PAGES = {
    866: "Cyrillic (DOS)", 932: "Japanese", 936: "simplified Chinese", 949: "Korean", 950: "traditional Chinese",
    1200: "Unicode", 1250: "Central European", 1251: "Cyrillic", 1252: "Western", 1253: "Greek", 1254: "Turkish",
    1255: "Hebrew", 1256: "Arabic", 10000: "Western (Macintosh)", 10007: "Cyrillic (Macintosh)", 65001: "Unicode",
}  # fmt: skip
_SAVED_BY = 0x0000029A + 71 * 8
_MOST_STRINGS = 20
_BEYOND = datetime(1980, 1, 1)

_LIMITS = "The times, names and paths are what programs were told and can be set to anything. Agreement proves nothing."
_QUESTION = Question(
    part="ole.props",
    version="1",
    proposition="The times that the file states were changed, or taken over from another file.",
    alternative="The times are those that the program set in the ordinary course.",
    expected="Created before saved, no more editing than time.",
    innocent=(
        "a template or an older file that brought its times along", "a file saved under a new name",
        "a computer whose clock was wrong",
    ),
    limits=_LIMITS,
    heaviest=Weight.LIMITED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stated:
    """What the summary says; None and empty for what is not stated."""

    created: datetime | None
    saved: datetime | None
    printed: datetime | None
    minutes: int
    author: str
    editor: str
    program: str
    page: int
    savers: tuple[str, ...]


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Compare the properties of one old Office file with each other."""
    digest = reading.exhibit.digest
    stated = stated_by(data)
    if stated is None:
        yield _QUESTION.not_examined(digest, "Its container or its summary cannot be read.")
        return
    said = _contradictions(stated)
    for sentence, group in said:
        yield _QUESTION.finding(digest, sentence, (), Weight.LIMITED, group)
    facts = _facts(stated)
    if facts:
        yield _QUESTION.finding(
            digest, " ".join(facts), (), Weight.NEUTRAL, "stated origin", direction=Direction.NEITHER
        )
    if not said and (stated.created or stated.saved):
        yield _QUESTION.nothing(digest, f"Created {stated.created}, saved {stated.saved}: no contradiction.")
    elif not said and not facts:
        yield _QUESTION.not_applicable(digest, "It states no time.")


def _contradictions(stated: Stated) -> list[tuple[str, str]]:
    found = []
    created, saved, printed = stated.created, stated.saved, stated.printed
    if created and saved and created - saved > SLACK:
        found.append(
            (f"It states that it was saved ({saved}) before it was created ({created}).", "saved before created")
        )
    if created and saved and saved >= created and stated.minutes:
        passed = saved - created
        if timedelta(minutes=stated.minutes) > passed * 1.1 + SLACK:
            found.append((
                f"It states {stated.minutes} minutes of editing; from its creation ({created}) to its last "
                f"saving ({saved}) "
                f"only {int(passed.total_seconds() // 60)} passed.", "more editing than time",
            ))  # fmt: skip
    if printed and saved and printed - saved > timedelta(days=1):
        found.append(
            (f"It states that it was printed ({printed}) after its last saving ({saved}).", "printed after saved")
        )
    return found


def _facts(stated: Stated) -> list[str]:
    found = []
    if stated.savers:
        found.append(f"Saved, last first, by {'; '.join(quoted(s, 80) for s in stated.savers)}.")
    if stated.page in _PAGES:
        found.append(f"Its code page is {stated.page} ({_PAGES[stated.page]}).")
    if stated.author and stated.editor and stated.author != stated.editor:
        found.append(f"Author {quoted(stated.author, 60)}, last saved by {quoted(stated.editor, 60)}.")
    return found


def stated_by(data: bytes) -> Stated | None:
    """Return what an OLE2 file's summary states; None when it cannot be read."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as opened:
            meta = opened.get_metadata()
            page = meta.codepage if isinstance(meta.codepage, int) else 0
            page = page + 65536 if page < 0 else page
            savers = _savers(opened)
    except (OSError, ValueError, IndexError, TypeError, KeyError, RecursionError, OverflowError, AttributeError):
        return None
    encoding = {1251: "cp1251", 936: "gb18030", 1252: "cp1252", 950: "cp950", 866: "cp866"}.get(page, "utf-8")

    def text(value: Any) -> str:
        if isinstance(value, bytes):
            value = value.decode(encoding, "replace")
        return "".join(c for c in str(value or "") if c.isprintable()).strip()[:200]

    seconds = meta.total_edit_time if isinstance(meta.total_edit_time, int) else 0
    return Stated(
        _moment(meta.create_time), _moment(meta.last_saved_time), _moment(meta.last_printed), seconds // 60,
        text(meta.author), text(meta.last_saved_by), text(meta.creating_application), page, savers,
    )  # fmt: skip


def _moment(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) and value > _BEYOND else None


def _savers(opened: Any) -> tuple[str, ...]:
    """Return who saved a Word file and where, last first: the table that `fcSttbSavedBy` points at."""
    if not opened.exists("WordDocument"):
        return ()
    head = opened.openstream("WordDocument").read(0x0600)
    if len(head) < _SAVED_BY + 8 or head[:2] != b"\xec\xa5":
        return ()
    name = "1Table" if int.from_bytes(head[0x0A:0x0C], "little") & 0x0200 else "0Table"
    start, size = (int.from_bytes(head[_SAVED_BY + i : _SAVED_BY + i + 4], "little") for i in (0, 4))
    if not 0 < size < 100_000 or not opened.exists(name):
        return ()
    table = opened.openstream(name).read(start + size)[start:]
    if table[:2] != b"\xff\xff":
        return ()
    count, at, strings = int.from_bytes(table[2:4], "little"), 6, []
    for _ in range(min(count, _MOST_STRINGS)):
        length = int.from_bytes(table[at : at + 2], "little")
        strings.append(table[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace"))
        at += 2 + 2 * length
    pairs = list(zip(strings[::2], strings[1::2], strict=False))
    return tuple(f"{who} in {where}" if where else who for who, where in reversed(pairs) if who)


PROPS = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Compares the times that an old Office file states, and lists who saved it, where, on what code page.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=ACCEPTS,
    examine=examine,
)
