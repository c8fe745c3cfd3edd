"""Who writes a letter to whom: the writer of the letterhead, the addressee, and the person who signs.

Limits: without a label the first organisation above the greeting is the writer, the others are addressees. A letter
that stands twice on its leaves, once in each language, is read as two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assay.extract.heads import Head
from assay.extract.organisations import organisations_in, person_alone, person_at, persons_in, position_in
from assay.extract.view import View, clauses, fold, lines, read_pages
from assay.extract.vocabulary import cue
from assay.model import Reading, Role, Text

HEAD = 24
"""At most so many lines stand above a letter's greeting."""
FOOT = 8
"""At most so many lines, from the closing formula on, hold who signs."""

_TO = re.compile(r"^\s*(?:Кому|To|Attn\.?|致|收件人|收文单位)\s*[:：]", re.IGNORECASE)
_FROM = re.compile(r"^\s*(?:От|От кого|From|发件人|发文单位|Від)\s*[:：]", re.IGNORECASE)
_QUOTED = re.compile(r"[«“\"《](?P<name>[^«»“”\"《》]{3,50})[»”\"》]")


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A name in a letter's head or foot: kind (person, organisation, state), role (sender, recipient) and position."""

    name: Text
    kind: str
    role: Role
    view: View
    position: Text | None = None


def correspondents_in(reading: Reading, head: Head) -> Iterator[Correspondent]:
    """Yield who writes and who is written to, letter by letter where the reading holds one in two languages."""
    yield from _letterhead(reading, head)
    for letter in letters_in([row for page in read_pages(reading) for row in lines(page)]):
        greeting = _first(letter, "salutation")
        yield from _addressed(stacked(letter[:HEAD] if greeting is None else letter[:greeting]))
        close = _first(letter, "closing", greeting or 0)
        if close is not None:
            yield from _signing(letter[close : close + FOOT])


def letters_in(rows: Sequence[View]) -> list[list[View]]:
    """Return the rows cut behind a signature where another letter, with a greeting of its own, follows it."""
    out: list[list[View]] = []
    rest = list(rows)
    while rest:
        close = _first(rest, "closing")
        greeting = None if close is None else _first(rest, "salutation", close + 1)
        if close is None or greeting is None:
            break
        foot = range(close + 1, min(greeting, close + 5))
        signed = next((i for i in foot if _signatories(rest[i - 1 : i + 1])), close)
        out.append(rest[: signed + 1])
        rest = rest[signed + 1 :]
    return [*out, rest] if rest else out


def _first(rows: Sequence[View], word: str, start: int = 0) -> int | None:
    """Return the first row from `start` on that begins with a greeting ("salutation") or a closing formula."""
    for index in range(start, len(rows)):
        text = rows[index].text.strip()
        if cue("head", word).match(text):
            return index
        if word == "salutation" and text.endswith((":", ",", "!")):
            late = [h for h in cue("head", word).finditer(text) if len(text) - h.start() < 30]
            if late and not text[late[-1].start() - 1].isalnum():
                return index
    return None


def _addressed(top: Sequence[View]) -> Iterator[Correspondent]:
    sender_found = False
    for index, row in enumerate(top):
        role = Role.RECIPIENT if _TO.match(row.text) else (Role.SENDER if _FROM.match(row.text) else None)
        for name in organisations_in(row):
            if role is None:
                chosen = Role.SENDER if not sender_found and index < max(1, len(top) // 2) else Role.RECIPIENT
            else:
                chosen = role
            sender_found = sender_found or chosen is Role.SENDER
            yield Correspondent(row.written(name.start, name.end), name.kind, chosen, row)
        for name in persons_in(row):
            posted = position_in(row.text)
            position = row.written(*posted) if posted else None
            yield Correspondent(row.written(name.start, name.end), "person", role or Role.RECIPIENT, row, position)


def _signatories(rows: Sequence[View]) -> list[tuple[int, int]]:
    """Return where the persons stand in the last of some rows who sign there: behind a position or a mark, or alone."""
    row = rows[-1]
    people = persons_in(row)
    posted = position_in(row.text)
    if not people and posted is not None:
        found = person_at(row, posted[1])
        people = [found] if found else []
    if not people and len(rows) > 1 and _marked(rows) and (alone := person_alone(row)):
        people = [alone]
    return [(p.start, p.end) for p in people]


def _signing(foot: Sequence[View]) -> Iterator[Correspondent]:
    for index, row in enumerate(foot):
        posted = position_in(row.text)
        position = row.written(*posted) if posted else None
        for start, end in _signatories(foot[max(0, index - 1) : index + 1]):
            yield Correspondent(row.written(start, end), "person", Role.SENDER, row, position)
        for name in organisations_in(row):
            yield Correspondent(row.written(name.start, name.end), name.kind, Role.SENDER, row)


def _marked(rows: Sequence[View]) -> bool:
    """Tell whether a line and the one before it are where a letter is signed: a position or a signature's mark."""
    return position_in(rows[0].text) is not None or any(
        cue("head", key).search(row.text) for row in rows for key in ("signed_weak", "signed_strong", "signed_picture")
    )


def _letterhead(reading: Reading, head: Head) -> Iterator[Correspondent]:
    """Yield the writer whose name, a line of the letterhead by itself, the letter quotes again ("«X» готовит ...")."""
    quoted = {
        fold(hit.group("name")).casefold()
        for page in read_pages(reading)
        for row in clauses(page)
        for hit in _QUOTED.finditer(row.text)
    }
    for row in head.zone[:8]:
        if fold(row.text).strip('" 《》').casefold() in quoted and not organisations_in(row):
            yield Correspondent(row.whole(), "organisation", Role.SENDER, row)
            return


def stacked(rows: Sequence[View]) -> list[View]:
    """Return the rows of a letter's head cut at wide gaps, a name that goes on in the next line put together."""
    pieces = [row.part(*h.span()) for row in rows for h in re.finditer(r"[^\t]+", row.text) if h.group().strip()]
    out: list[View] = []
    for piece in pieces:
        last = out[-1] if out else None
        if last is not None and last.page is piece.page and _goes_on(last, piece):
            text = f"{last.text} {piece.text}"
            out[-1] = replace(last, text=text, at=(*last.at, last.at[-1] + 1, *piece.at))
        else:
            out.append(piece)
    return out


def _goes_on(last: View, piece: View) -> bool:
    """Tell whether a line goes on with the next: a small letter or an open name, and nothing that begins anew."""
    text = piece.text.strip()
    if piece.begin - last.end > 2 or re.search(r"[.:;!?。：)»]\s*$", last.text) or re.match("[\u4e00-\u9fff]", text):
        return False
    if cue("head", "about").match(text) or cue("head", "salutation").match(text):
        return False
    if text[:1].islower() and not re.match(r"(?:г\.|ул\.)", text):
        return True
    names = organisations_in(last)
    if names and names[-1].end < len(last.text.rstrip()):
        return False
    begins = " ".join(text.split()[:4])
    if names and cue("organisations", "state").search(begins) and not organisations_in(piece):
        return True
    return re.search(r"(?:\bof(?: the)?|\band|\bfor|[-–])\s*$", last.text.strip()) is not None
