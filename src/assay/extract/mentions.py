"""Names as they occur: parties with roles, signatories, identifiers, addresses, correspondents, participants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assay.extract.banks import same_banks
from assay.extract.blocks import fill_from_blocks, signatories_in
from assay.extract.grammar import nominative
from assay.extract.heads import Head, head_of
from assay.extract.known import bodies_in, firms_named, persons_named
from assay.extract.letters import correspondents_in
from assay.extract.misreadings import with_plain_initials
from assay.extract.organisations import longest, organisations_in, person_at, persons_in, position_in
from assay.extract.parties import Engaged, Signatory, defined, represented, role_at
from assay.extract.preambles import preamble_parties
from assay.extract.reporters import reporters_in
from assay.extract.states import countries_in, states_in
from assay.extract.view import HAN, View, clauses, fold, in_cells, lines, read_pages
from assay.model import DocumentKind, Identifier, Mention, Reading, Record, Role, Text
from assay.work.part import Extractor

VERSION = "7"
_MAIL = re.compile(
    r"^\s*(?P<field>From|To|Cc|Sender|От|От кого|Кому|Копия|Від|Кому|发件人|收件人|抄送)\s*[:]\s*(?P<rest>.+)$",
    re.IGNORECASE,
)
_SENDER = re.compile(r"from|sender|от(?: кого)?|від|发件人", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:[\"']?(?P<name>[^\"'<>@,;]{2,60}?)[\"']?\s*<(?P<mail>[^<>\s]+@[^<>\s]+)>|(?P<bare>[\w.\-+]+@[\w.\-]+))"
)
_ATTENDED = re.compile(
    r"присутствовали|участник|учасник|присутні|участвовали|出席|参加(?:人员|者)?|与会|present\b|participants?"
    r"|attend(?:ed|ees|ing)|in attendance",
    re.IGNORECASE,
)


_SIDE = re.compile(r"\s*(?:[-–—•*\d.)]\s*)*(?:от имени|от|со стороны|for the|for|від)?\s*", re.IGNORECASE)


def extract(reading: Reading) -> Iterator[Record]:
    """Yield every name once per role, with what the document itself says of it."""
    pages = read_pages(reading)
    if not pages:
        return
    head = head_of(reading)
    rows = [row for page in pages for row in clauses(page)]
    cells = [cell for page in pages for cell in in_cells(reading, page)]
    engaged = engaged_in([*rows, *cells])
    engaged = _with_preamble(engaged, preamble_parties(reading))
    signed = [s for row in (*rows, *cells) for s in represented(row, engaged)]
    fill_from_blocks(reading, engaged)
    signed += signatories_in(reading, engaged)
    made: list[Mention] = []
    names = _equated(engaged)
    for one in engaged:
        made.append(
            _mention(
                reading,
                one.text(),
                one.name.kind,
                one.role,
                one.view,
                tuple(_unique([*one.same_as, *names.get(one.role, [])], one.text())),
                tuple(dict.fromkeys(one.identifiers)),
                one.address,
            )
        )
    for person in signed:
        made.append(_person(reading, person))
    if head.kind is DocumentKind.MAIL:
        made.extend(_correspondents(reading, head))
    elif head.kind is DocumentKind.LETTER:
        made.extend(
            _mention(reading, one.name, one.kind, one.role, one.view, position=one.position)
            for one in correspondents_in(reading, head)
        )
    elif head.kind is DocumentKind.MINUTES:
        made.extend(_participants(reading))
    elif head.kind is DocumentKind.PRESS:
        made.extend(_reported(reading, head))
    banks = same_banks(reading, engaged)
    if head.kind in _TOLD or not engaged:
        made.extend(_told(reading, made, prose=head.kind in _TOLD))
    for mention in _others(reading, [*rows, *cells], made):
        twins = _unique(banks.get(mention.name.value.casefold(), []), mention.name)
        made.append(replace(mention, same_as=(*mention.same_as, *twins)) if twins else mention)
    seen: dict[tuple[str, Role], Mention] = {}
    for mention in made:
        key = (mention.name.value.casefold(), mention.role)
        if key not in seen or len(mention.identifiers) + len(mention.same_as) > len(seen[key].identifiers) + len(
            seen[key].same_as
        ):
            seen[key] = mention
    yield from seen.values()


def engaged_in(rows: Sequence[View]) -> list[Engaged]:
    """Return the parties that clauses define or label, the first naming of each name in a role."""
    out: list[Engaged] = []
    seen: set[tuple[str, Role]] = set()
    for row in rows:
        for one in defined(row):
            key = (one.text().value.casefold(), one.role)
            if key in seen:
                continue
            if sum(e.role is one.role and e.view.language == row.language for e in out) >= 1 and not one.terms:
                continue
            seen.add(key)
            out.append(one)
    return out


def _with_preamble(engaged: list[Engaged], bound: list[Engaged]) -> list[Engaged]:
    """Return the engaged parties and those that a preamble binds; a name with a role of its own keeps that one."""

    def plain(one: Engaged) -> str:
        return one.text().value.casefold().rstrip(".")

    own = {plain(one) for one in engaged if one.role is not Role.OTHER}
    fresh = [one for one in bound if plain(one) not in own]
    names = {plain(one) for one in fresh}
    return [*(one for one in engaged if one.role is not Role.OTHER or plain(one) not in names), *fresh]


def _equated(engaged: list[Engaged]) -> dict[Role, list[Text]]:
    """Return the names that the language columns give one role: they name one party."""
    out: dict[Role, list[Text]] = {}
    for role in {e.role for e in engaged}:
        languages = [e.view.language for e in engaged if e.role is role]
        if len(set(languages)) == len(languages) and len(languages) > 1:
            out[role] = [e.text() for e in engaged if e.role is role]
    return out


def _unique(texts: list[Text], own: Text) -> list[Text]:
    seen = {own.value.casefold()}
    out: list[Text] = []
    for text in texts:
        if text.value.casefold() not in seen:
            seen.add(text.value.casefold())
            out.append(text)
    return out


def _mention(
    reading: Reading, name: Text, kind: str, role: Role, view: View, same_as: tuple[Text, ...] = (),
    identifiers: tuple[Identifier, ...] = (), address: Text | None = None, represents: Text | None = None,
    position: Text | None = None,
) -> Mention:  # fmt: skip
    if kind == "person":
        name = replace(name, value=with_plain_initials(name.value))
    return Mention(
        reading.exhibit.digest, name, kind, role, view.language, same_as, identifiers, address, represents, position,
        MENTIONS.name, MENTIONS.version,
    )  # fmt: skip


def _person(reading: Reading, one: Signatory) -> Mention:
    return _mention(
        reading, one.view.written(one.name.start, one.name.end), one.name.kind, one.role, one.view,
        represents=one.represents, position=one.position,
    )  # fmt: skip


def _correspondents(reading: Reading, head: Head) -> Iterator[Mention]:
    for row in head.zone:
        hit = _MAIL.match(row.text)
        if hit is None:
            continue
        role = Role.SENDER if _SENDER.match(hit.group("field")) else Role.RECIPIENT
        for one in _ADDRESS.finditer(row.text, hit.start("rest")):
            group = (
                "name" if one.group("name") and one.group("name").strip() else ("mail" if one.group("mail") else "bare")
            )
            start, end = one.span(group)
            name = row.written(start, end)
            same = (row.written(*one.span("mail")),) if group == "name" else ()
            kind = (
                "organisation"
                if organisations_in(row.part(start, end))
                else ("person" if group == "name" else "unknown")
            )
            yield _mention(reading, name, kind, role, row, same)


def _run_on(rows: Sequence[View]) -> list[View]:
    """Return the rows, a dotted Chinese name that a line's end cut put together again."""
    out: list[View] = []
    for row in rows:
        if out and re.search(rf"·[{HAN}]{{1,5}}$", out[-1].text) and re.fullmatch(rf"[{HAN}]{{1,4}}", row.text):
            out[-1] = replace(out[-1], text=out[-1].text + row.text, at=(*out[-1].at, *row.at))
        else:
            out.append(row)
    return out


def _participants(reading: Reading) -> Iterator[Mention]:
    """Yield the people of the attendance list: lines after "Присутствовали:" until a numbered point or a heading."""
    for page in read_pages(reading):
        inside = 0
        for row in _run_on(lines(page)):
            hit = _ATTENDED.search(row.text[:60])
            if hit:
                inside = 14
            elif inside and (
                re.match(
                    r"\s*(?:\d+\.\s*[^\W\d_]{3,}.{60,}|повестка|порядок дня|agenda|议程|слушали|порядок денний)",
                    row.text,
                    re.IGNORECASE,
                )
            ):
                inside = 0
            if not inside:
                continue
            inside -= 1
            orgs = organisations_in(row)
            lead = _SIDE.match(row.text)
            side = role_at(row.text, lead.end() if lead else 0)
            people = persons_in(row)
            position = position_in(row.text)
            if not people and position is not None:
                found = person_at(row, position[1])
                people = [found] if found else []
            if not people and (side or not hit):
                bullet = re.match(r"\s*(?:[-–—•*]|\d+[.)])?\s*", row.text)
                start = side[1] if side else (bullet.end() if bullet else 0)
                found = person_at(row, start)
                people = [found] if found and found.start - start < 5 else []
            for name in people:
                yield _mention(
                    reading, row.written(name.start, name.end), "person", Role.PARTICIPANT, row,
                    represents=row.written(orgs[0].start, orgs[0].end) if orgs else None,
                    position=row.written(*position) if position else None,
                )  # fmt: skip


def _reported(reading: Reading, head: Head) -> Iterator[Mention]:
    for one in reporters_in(reading, head):
        yield _mention(reading, one.name, one.kind, Role.OTHER, one.view, position=one.position)


_TOLD = frozenset({DocumentKind.PRESS, DocumentKind.OTHER, DocumentKind.LETTER, DocumentKind.MAIL})
"""Papers in running prose; so is one that engages nobody. A contract sets a capital on every term that it defines."""


def _told(reading: Reading, made: Sequence[Mention], *, prose: bool) -> Iterator[Mention]:
    """Yield who is named in running text without form or title, where no name is taken; countries only in `prose`."""
    taken = {(m.name.span.page, i) for m in made if m.name.span for i in range(m.name.span.start, m.name.span.end)}
    for page in read_pages(reading):
        for row in clauses(page):
            if row.kind == "table":
                continue
            formed = organisations_in(row)
            people = persons_named(row)
            for name in [*people, *longest([*bodies_in(row), *firms_named(row, people)])]:
                free = all(name.end <= o.start or name.start >= o.end for o in formed)
                text = row.written(name.start, name.end)
                if free and text.span and (page.number, text.span.start) not in taken:
                    yield _mention(reading, text, name.kind, Role.OTHER, row)
            for state in countries_in(row) if prose else ():
                if all(state.end <= o.start or state.start >= o.end for o in (*formed, *people)):
                    text = replace(row.written(state.start, state.end), value=state.name)
                    yield _mention(reading, text, "state", Role.OTHER, row)


def _others(reading: Reading, rows: Sequence[View], made: list[Mention]) -> Iterator[Mention]:
    """Yield organisations that stand anywhere else, once each, without a role."""
    known = {m.name.value.casefold() for m in made}
    for row in rows:
        for name in states_in(row):
            text = row.written(name.start, name.end)
            text = replace(text, value=nominative(text.value, row.language))
            if text.value.casefold() not in known and not _fragment(text.value, row, name.start, known):
                known.add(text.value.casefold())
                yield _mention(reading, text, name.kind, Role.OTHER, row)
        for name in organisations_in(row):
            text = row.written(name.start, name.end)
            key = fold(text.value).casefold()
            if key in known or len(key) < 4 or _fragment(key, row, name.start, known):
                continue
            known.add(key)
            yield replace(_mention(reading, text, name.kind, Role.OTHER, row), same_as=tuple(_brackets(row, name.end)))


def _fragment(name: str, row: View, start: int, known: set[str]) -> bool:
    """Tell whether a Chinese name that opens a line is one whose first character or two a column's edge has cut."""
    if not re.match(f"[{HAN}]", name) or (start and not row.text[start - 1].isspace()):
        return False
    return any(other.find(name) in (1, 2) for other in known)


def _brackets(row: View, end: int) -> Iterator[Text]:
    hit = re.match(
        r"\s*[(]\s*(?:далее\s*[-—–]\s*)?[\"«“]?([A-ZА-ЯЁІЇЄ][\w\-. ]{1,24}|[\u4e00-\u9fff]{2,12})[\"»”]?\s*[)]",
        row.text[end:],
    )
    if hit and role_at(hit.group(1)) is None:
        yield row.written(end + hit.start(1), end + hit.end(1))


MENTIONS = Extractor(
    "mentions",
    VERSION,
    "Parties with roles, signatories, identifiers, addresses, correspondents and participants, as named in the text.",
    "Names are known by legal form, head noun, title, initials or definition; others are not seen. No model.",
    extract=extract,
)
