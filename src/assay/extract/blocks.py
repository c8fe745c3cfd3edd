"""Blocks of requisites and signatures: lines that belong to one party, column by column.

Limits: a block begins with a role's word or the party's own name and ends with the next block, or after thirty lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assay.extract.organisations import organisations_in, person_at, persons_in, position_in
from assay.extract.parties import Engaged, Signatory, role_at
from assay.extract.view import View, cell_view, lines, page_of, read_pages
from assay.extract.vocabulary import cue
from assay.model import Reading, Role
from assay.read.values.identifiers import find_identifiers

LONGEST = 30
_ADDRESS_LABEL = re.compile(
    r"^\s*(?:(?:юридический|почтовый|фактический|юридична|поштова)?\s*адрес\w*|место\s*нахождения"
    r"|(?:legal |registered |postal |business )?address|(?:注册|法定|通讯|公司)?地址|місцезнаходження)\s*[:\t]?\s*",
    re.IGNORECASE,
)
_ADDRESS_BODY = re.compile(
    r"(?:ул(?:ица|\.)|просп(?:ект|\.)|пер\.|шоссе|наб\.|вул\.|street|st\.|avenue|ave\.|road|rd\.|blvd"
    r"|[\u4e00-\u9fff](?:路|街|大道)\s*\d*\s*号?)",
    re.IGNORECASE,
)
_PLAIN_ROLE = re.compile(
    r"^\s*(?:(?:от имени|за|от|від імені|від|for and on behalf of|on behalf of|for|代表)\s+)?(?:the\s+)?", re.IGNORECASE
)


@dataclass(slots=True)
class Block:
    """The lines of one party's block."""

    role: Role | None
    owner: Engaged | None
    rows: list[View] = field(default_factory=list)


def blocks_of(reading: Reading, engaged: list[Engaged]) -> list[Block]:
    """Return the blocks of requisites and signatures of all pages and of table cells."""
    out: list[Block] = []
    for page in read_pages(reading):
        current: dict[int, Block] = {}
        inside = {(c.start, c.end) for t in reading.tables_on(page.number) for c in t.cells}
        for row in lines(page):
            if row.kind == "table" and inside and "\t" in row.text:
                continue
            _step(row, row.column, current, engaged, out)
    for table in reading.tables:
        table_page = page_of(reading, table)
        if table_page is None:
            continue
        cells: dict[int, Block] = {}
        for cell in table.cells:
            base = cell_view(table_page, cell)
            if base is None:
                continue
            for row in _lines_in(base):
                _step(row, cell.column, cells, engaged, out)
    return out


def _lines_in(base: View) -> list[View]:
    rows: list[View] = []
    start = 0
    raw = base.page.text
    for index in range(len(base.text)):
        if "\n" in raw[base.at[index] : (base.at[index + 1] if index + 1 < len(base.at) else base.at[index] + 1)]:
            rows.append(base.part(start, index + 1))
            start = index + 1
    rows.append(base.part(start, len(base.text)))
    return [r for r in rows if r.text.strip()]


def _step(row: View, column: int, current: dict[int, Block], engaged: list[Engaged], out: list[Block]) -> None:
    opened = _opens(row, engaged)
    if opened is not None:
        block = current.get(column)
        if block is not None and len(block.rows) <= 2 and block.role is opened.role and opened.role is not None:
            block.owner = block.owner or opened.owner
            block.rows.append(row)
            return
        current[column] = opened
        opened.rows.append(row)
        out.append(opened)
        return
    block = current.get(column)
    if block is None:
        return
    long = len(row.text) > 200 or (re.match(r"\s*\d+\.\d+", row.text) is not None)
    if long or len(block.rows) >= LONGEST:
        current.pop(column)
        return
    block.rows.append(row)


def _opens(row: View, engaged: list[Engaged]) -> Block | None:
    """Return a fresh block when the line is a party's heading: its role alone, role and name, or its name alone."""
    text = row.text.strip()
    if len(text) > 140:
        return None
    lead = _PLAIN_ROLE.match(row.text)
    found = role_at(row.text, lead.end() if lead else 0)
    if found is not None:
        rest = row.text[found[1] :].strip(' :"»”.-—–()\t')
        if not rest:
            return Block(found[0], _owner(engaged, found[0], row))
        part = row.part(found[1], len(row.text))
        if organisations_in(part) or len(rest) < 3 or re.match(r"\s*[:(]", part.text):
            return Block(found[0], _named(engaged, row) or _owner(engaged, found[0], row))
        if re.match(r"\s*_{3,}", part.text):
            return Block(found[0], _owner(engaged, found[0], row))
        return None
    one = _named(engaged, row)
    if one is not None and len(text) <= len(one.text().value) + 12:
        return Block(one.role, one)
    return None


def _named(engaged: list[Engaged], row: View) -> Engaged | None:
    plain = re.sub(r"[\"«»“”\s]", "", row.text).casefold()
    for one in engaged:
        name = re.sub(r"[\"«»“”\s]", "", one.text().value).casefold()
        if len(name) >= 3 and name in plain:
            return one
    return None


def _owner(engaged: list[Engaged], role: Role, row: View) -> Engaged | None:
    same = [e for e in engaged if e.role is role]
    return next((e for e in same if e.view.language == row.language), same[0] if same else None)


def fill_from_blocks(reading: Reading, engaged: list[Engaged]) -> None:
    """Give each party the identifiers and the address of its blocks; a block with a new name makes a new party."""
    for block in blocks_of(reading, engaged):
        owner = block.owner
        if owner is None and block.role is not None:
            for row in block.rows[:3]:
                names = organisations_in(row)
                if names:
                    owner = Engaged(row, names[0], block.role)
                    engaged.append(owner)
                    break
        if owner is None:
            continue
        for row in block.rows:
            for found in find_identifiers(row.text):
                value = row.attach(found)
                if all((i.scheme, i.value) != (value.scheme, value.value) for i in owner.identifiers):
                    owner.identifiers.append(value)
            if owner.address is None:
                label = _ADDRESS_LABEL.match(row.text)
                if label and len(row.text) - label.end() > 5:
                    owner.address = row.written(label.end(), len(row.text))
                elif _ADDRESS_BODY.search(row.text) and re.search(r"\d", row.text) and len(row.text) < 160:
                    owner.address = row.whole()


def signatories_in(reading: Reading, engaged: list[Engaged]) -> list[Signatory]:
    """Return persons of signature blocks, with position and party: "Генеральный директор ____ /И. И. Иванов/"."""
    out: list[Signatory] = []
    for block in blocks_of(reading, engaged):
        position = None
        for row in block.rows:
            if find_identifiers(row.text):
                continue
            hit = position_in(row.text) if len(row.text) < 160 else None
            if hit is not None and (hit[0] <= 3 or block.rows[0] is row or "\t" in row.text[: hit[0]]):
                position = row.written(*hit)
            mark = _signing(row)
            people = persons_in(row)
            if not people and mark is not None:
                found = person_at(row, mark)
                people = [found] if found else []
            if not people and hit is not None and row is not block.rows[0]:
                found = person_at(row, hit[1])
                people = [found] if found and found.start - hit[1] < 30 else []
            if not people and position is not None and len(row.text) < 60 and row is not block.rows[0]:
                found = person_at(row, 0)
                people = [found] if found and found.end >= len(row.text.rstrip()) - 8 else []
            if not people or (position is None and mark is None and not cue("head", "signature").search(row.text)):
                continue
            for name in people[:1]:
                out.append(Signatory(row, name, position, block.owner.text() if block.owner else None))
    return out


def _signing(row: View) -> int | None:
    """Return where a name must stand on a signature line: after blanks, a slash, "Name:", 签字."""
    hit = re.search(
        r"_{3,}\s*[/(|]?\s*|^\s*/\s*|(?:Name|By|Ф\.?И\.?О\.?|Подпись|Підпис|Signature|姓名|签字|签名|代表(?:人)?"
        r"|签署人)\s*[:：]\s*(?:/s/\s*)?",
        row.text,
    )
    return hit.end() if hit else None
