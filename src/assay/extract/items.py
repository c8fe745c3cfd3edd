"""Line items: rows of specifications, price lists, invoices and sheets, and quantities of named articles in prose.

Limits: a row is an item when it names something and has a quantity, a price or a total; sums, taxes, numbering rows
and headings are left out. A row whose quantity times price is not its total is kept as written and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from assay.extract.articles import designation_in, prose_items
from assay.extract.cells import one_language, parted_by_code, without_code
from assay.extract.columns import POSITION, Roles, grouping_of, number_in, roles_of
from assay.extract.grids import Grid, Row, grids_of, numeric
from assay.extract.heads import Head, head_of
from assay.extract.misreadings import misread_code
from assay.extract.once import once
from assay.extract.positions import led, mended, numbering, numbers
from assay.extract.references import named_in
from assay.extract.textrows import text_rows
from assay.extract.view import View, read_pages
from assay.extract.vocabulary import cue
from assay.model import (
    Designation,
    DocumentKind,
    LineItem,
    Money,
    Quantity,
    Reading,
    Record,
    Text,
)
from assay.read.values.money import currency_in, find_money
from assay.read.values.quantities import find_quantities, unit_of
from assay.work.part import Extractor

VERSION = "7"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a table's rows have in common, which one misread row does not show.

    `numbered`: positions stand before the descriptions, in their cells; `coded`: before the designations. `paired`:
    descriptions are in two languages, parted by a stroke. `counted`: rows have a quantity or a price. `marked`: one
    column holds description and designation, as its header says.
    """

    numbered: bool = False
    coded: bool = False
    marked: bool = False
    paired: bool = False
    counted: bool = False

    @classmethod
    def of(cls, grid: Grid, roles: Roles) -> Shape:
        """Return the shape of a table."""
        counted = roles["quantity"] is not None and roles["price"] is not None
        cells = _column(grid, roles["description"])
        codes = _column(grid, roles["designation"])
        if not cells:
            return cls(counted=counted)
        cut = sum(one_language(c).value != c.whole().value for c in cells if c.text.strip())
        header = grid.header_text(roles["description"]) if roles["description"] is not None else ""
        return cls(
            numbered=roles["number"] is None and numbers(cells),
            coded=roles["number"] is None and numbers(codes),
            marked=roles["designation"] is None
            and (cue("columns", "designation").search(header) is not None or _codes_within(cells)),
            paired=cut * 5 >= len(cells) * 2,
            counted=counted,
        )


def _codes_within(cells: list[View]) -> bool:
    """Tell whether one in five descriptions goes on behind its designation: two columns were read as one."""
    within = 0
    for cell in cells:
        found = designation_in(cell, False)
        words = one_language(cell)
        if found is not None and found.written in words.value:
            before, _, after = words.value.partition(found.written)
            within += bool(before.strip() and re.search(r"[^\W\d_]{2}", after))
    return within >= 2 and within * 5 >= len(cells)


def _column(grid: Grid, column: int | None) -> list[View]:
    return [c for c in (_cell(row, column) for row in grid.rows if not row.merged) if c is not None]


@dataclass(frozen=True, slots=True)
class Line:
    """One row as an item, before it knows its agreement."""

    position: str
    designation: Designation | None
    description: Text
    quantity: Quantity | None
    price: Money | None
    total: Money | None
    row: Row


def extract(reading: Reading) -> Iterator[Record]:
    """Yield the line items of an exhibit."""
    if not read_pages(reading):
        return
    head = head_of(reading)
    if head.kind in (DocumentKind.PRESS, DocumentKind.TRAINING_PROGRAMME):
        return
    currency = currency_of(reading)
    seen: list[LineItem] = []
    for grid in grids_of(reading):
        roles = roles_of(grid)
        if not lists_items(grid, roles):
            continue
        for line in lines_of(grid, roles, currency):
            seen.append(_record(reading, head, line))
    if not seen:
        seen.extend(_record(reading, head, line) for line in text_rows(reading, currency, Line))
    listed = any(n.kind is DocumentKind.ANNEX for row in head.zone for n in named_in(row))
    if not seen and not listed and head.kind in (DocumentKind.CONTRACT, DocumentKind.ANNEX, DocumentKind.AMENDMENT):
        for found in prose_items(reading):
            seen.append(
                LineItem(
                    reading.exhibit.digest,
                    head.agreement_number,
                    "",
                    found.designation,
                    found.description,
                    found.quantity,
                    None,
                    None,
                    found.spans,
                    ITEMS.name,
                    ITEMS.version,
                )
            )
    yield from dict.fromkeys(seen)


def _record(reading: Reading, head: Head, line: Line) -> LineItem:
    return LineItem(
        reading.exhibit.digest, head.agreement_number, line.position, line.designation, line.description, line.quantity,
        line.price, line.total, line.row.spans(), ITEMS.name, ITEMS.version,
    )  # fmt: skip


@once(1)
def currency_of(reading: Reading) -> str | None:
    """Return the currency that most amounts of the exhibit are in, None when none names one."""
    counts: dict[str, int] = {}
    for page in read_pages(reading):
        for found in find_money(page.text):
            if found.value.currency:
                counts[found.value.currency] = counts.get(found.value.currency, 0) + 1
    return max(counts, key=lambda c: (counts[c], c)) if counts else None


def lists_items(grid: Grid, roles: Roles) -> bool:
    """Tell whether a table lists articles, not payments or dates: something named, and counted or priced."""
    named = roles["description"] is not None or roles["designation"] is not None
    counted = roles["quantity"] is not None
    priced = roles["price"] is not None or roles["total"] is not None
    if not named or not (counted or priced) or not grid.rows:
        return False
    schedule = roles["date"] is not None or roles["percent"] is not None or roles["stage"] is not None
    if schedule and roles["price"] is None and not (counted and roles["total"] is not None):
        return False
    if roles["hours"] is not None and not priced:
        return False
    return counted or roles["price"] is not None or (roles["total"] is not None and not schedule)


def lines_of(grid: Grid, roles: Roles, currency: str | None) -> list[Line]:
    """Return the items of a table, rows that only continue a description joined to the row above."""
    out: list[Line] = []
    shape = Shape.of(grid, roles)
    for row in grid.rows:
        if numbering(row) or is_sum(row, roles):
            continue
        line = _line(grid, roles, row, currency, shape)
        if line is None:
            continue
        uncounted = line.quantity is None and line.price is None
        if uncounted and line.total is None:
            if out and not line.position and out[-1].row.page is row.page and not row.merged:
                out[-1] = _joined(out[-1], line, row)
            continue
        if uncounted and not line.position and shape.counted:
            continue
        out.append(line)
    return renumbered(out)


def renumbered(lines: list[Line]) -> list[Line]:
    """Return the lines with positions that recognition has misread set right by those of two rows beside them."""
    right = mended([line.position for line in lines], [line.row.page.how == "ocr" for line in lines])
    return [replace(line, position=position) for line, position in zip(lines, right, strict=True)]


def is_sum(row: Row, roles: Roles) -> bool:
    """Tell whether a row is a sum, a tax or a carried amount."""
    pattern = cue("rows", "sum")
    cells = row.distinct()
    if not cells:
        return True
    for cell in cells[:3]:
        text = cell.text.strip()
        hit = next((h for h in (pattern.match(text, at) for at in _starts(text)) if h is not None), None)
        if hit and (len(text) <= hit.end() + 60):
            positions = roles["number"]
            own = row.cells[positions] if positions is not None and positions < len(row.cells) else None
            numbered = own is not None and bool(re.fullmatch(r"\s*\d{1,3}[.)]?\s*", own.text))
            return not (numbered and len(text) > hit.end() + 12)
    return False


def _starts(text: str) -> list[int]:
    """Return where a cell's text begins, and where what stands behind a stroke does: the other language."""
    return [0, *(h.end() for h in re.finditer(r"\s/\s*|/\s+", text))]


def _cell(row: Row, column: int | None) -> View | None:
    return row.cells[column] if column is not None and column < len(row.cells) else None


def _line(grid: Grid, roles: Roles, row: Row, currency: str | None, shape: Shape) -> Line | None:
    named = [c for c in (_cell(row, k) for k in roles.all("description")) if c is not None]
    code = _cell(row, roles["designation"])
    if code is not None and len(code.text.strip()) < 2:
        code = None
    description = named[0] if named else code
    if description is None or not re.search(r"[^\W\d_]", description.text):
        if code is None:
            return None
        description = code
    if row.merged and (len(row.distinct()) == 1 or (code is not None and code.at == description.at)):
        return None
    place = _cell(row, roles["number"])
    written = POSITION.match(place.text) if place is not None else None
    position = written.group(1) if written else ""
    glued = place is not None and place.at == description.at
    lead = led(description) if shape.numbered or glued else led(code) if shape.coded and code is not None else None
    if lead is not None:
        position = lead.position
        if shape.coded and not (shape.numbered or glued):
            code = lead.rest
        elif lead.rest is not None:
            named = [lead.rest if c is description else c for c in named]
            description = lead.rest
    designation = None
    if code is not None and code is not description:
        designation = designation_in(code, True)
    if designation is None:
        for cell in named:
            designation = designation_in(cell, False)
            if designation is not None:
                break
    if designation is None and code is not None:
        designation = designation_in(code, True)
    words = one_language(description, paired=shape.paired)
    if designation is not None and (code is None or code is description):
        words = without_code(description, words, designation)
    if shape.marked:
        words = parted_by_code(words, designation)
    quantity = quantity_of(grid, roles, row)
    price = amount_of(grid, row, roles["price"], currency)
    total = amount_of(grid, row, roles["total"], currency)
    if row.page.how == "ocr":
        lost = total is not None and quantity is None and roles["quantity"] is not None
        unread = Quantity("", None, unit_of_row(row, roles), "", total.span) if lost and total is not None else quantity
        known, price = reckoned(unread, price, total)
        quantity = known if known is not None and known.value is not None else quantity
    total = _checked(quantity, price, total)
    return Line(position, designation, words, quantity, price, total, row)


def reckoned(
    quantity: Quantity | None, price: Money | None, total: Money | None
) -> tuple[Quantity | None, Money | None]:
    """Return quantity and price, one whose figure could not be read as the total and the other one give it.

    Limits: a quantity must come out whole and a price in whole hundredths; a figure that was read is never replaced.
    """
    if total is None or total.amount is None or not total.amount:
        return quantity, price
    if quantity is not None and quantity.value is None and price is not None and price.amount:
        count = total.amount / price.amount
        if count == count.to_integral_value() and count >= 1:
            return replace(quantity, value=count.quantize(Decimal(1)), uncertain="not read: total by price"), price
    if price is not None and price.amount is None and quantity is not None and quantity.value:
        each = total.amount / quantity.value
        if each == each.quantize(Decimal("0.01")):
            return quantity, replace(
                price, amount=each.quantize(Decimal("0.01")), uncertain="not read: total by quantity"
            )
    return quantity, price


def _checked(quantity: Quantity | None, price: Money | None, total: Money | None) -> Money | None:
    if quantity is None or price is None or total is None:
        return total
    if quantity.value is None or price.amount is None or total.amount is None:
        return total
    product = quantity.value * price.amount
    if abs(product - total.amount) > max(Decimal("0.02") * max(Decimal(1), quantity.value), abs(total.amount) / 5000):
        doubt = "quantity times price is not this total"
        return replace(total, uncertain=f"{total.uncertain}; {doubt}" if total.uncertain else doubt)
    return total


def quantity_of(grid: Grid, roles: Roles, row: Row) -> Quantity | None:
    """Return the quantity in a row's cell, its unit from the cell, the unit's column, or the header."""
    column = roles["quantity"]
    cell = _cell(row, column)
    if cell is None or column is None:
        return None
    unit = unit_of_row(row, roles)
    founds = find_quantities(cell.text)
    if founds and founds[0].value.value is not None:
        value = cell.attach(founds[0])
        return value if unit is None else replace(value, unit=value.unit or unit)
    value_ = number_in(cell.text)
    if unit is None:
        unit = _unit_within(grid.header_text(column))
    span = cell.span(0, len(cell.text))
    if value_ is None:
        return (
            Quantity(span.quote, None, unit, "no figure could be read", span)
            if re.search(r"[\dOОlI]", cell.text)
            else None
        )
    return Quantity(span.quote, value_, unit, "" if unit else "unit not stated", span)


def unit_of_row(row: Row, roles: Roles) -> str | None:
    """Return the unit in the unit's column of a row."""
    measure = _cell(row, roles["unit"])
    return unit_in(measure.text) if measure is not None else None


def unit_in(text: str) -> str | None:
    """Return the unit of a unit's cell; of two languages' words the one that counts pieces (ед. / 套) before "set"."""
    whole = unit_of(text)
    if whole is not None:
        return whole
    pieces = [u for u in (unit_of(p) for p in re.split(r"[/|\n]", text) if p.strip()) if u is not None]
    counted = [u for u in pieces if u in ("unit", "piece")]
    if counted and set(pieces) <= {"unit", "piece", "set"}:
        return counted[0]
    return pieces[0] if pieces else _unit_within(text)


def _unit_within(text: str) -> str | None:
    """Return the unit that one of a text's words names ("Кол-во, шт.", "шт./台", "Ед. изм."), None when none does."""
    for piece in (*re.split(r"[,;/()\s]+", text), *re.split(r"[,;/()]+", re.sub(r"\s+", "", text))):
        unit = unit_of(piece) if piece else None
        if unit is not None and piece.lower().strip(".") not in (
            "ед",
            "unit",
            "units",
            "од",
            "единица",
            "единицы",
            "单位",
        ):
            return unit
    return None


def amount_of(grid: Grid, row: Row, column: int | None, currency: str | None) -> Money | None:
    """Return the amount in a row's cell, its currency from the cell, the header, the caption, or the document."""
    cell = _cell(row, column)
    if cell is None or column is None or not re.search(r"\d", cell.text):
        return None
    return _amount(cell, grouping_of(grid), *_currency(grid, row, column, currency))


def _amount(cell: View, grouping: str, known: str | None, scale: Decimal, doubt: str) -> Money:
    """Return a cell's amount; figures that name no currency are in `known`, times `scale`."""
    founds = [f for f in find_money(cell.text) if f.value.amount is not None and f.value.currency]
    if founds:
        return cell.attach(founds[0])
    lead = _LED_AMOUNT.match(cell.text)
    if lead is not None:
        cell = cell.part(0, lead.end())
    amount = number_in(cell.text, grouping)
    span = cell.span(0, len(cell.text))
    if amount is None:
        return Money(span.quote, None, known, "no figure could be read", span)
    return Money(span.quote, amount * scale, known, doubt, span)


_LED_AMOUNT = re.compile(r"\s*\d[\d.,]*(?=\s+[^\W\d_]{4,}[^\d]*\d)")
"""An amount with words and other figures behind it: "100,00 per 12 pieces"."""


def _currency(grid: Grid, row: Row, column: int, currency: str | None) -> tuple[str | None, Decimal, str]:
    header = _currency_of_text(grid.header_text(column))
    if header is not None:
        return header
    for other in range(grid.width):
        if re.search(r"валют|币种|货币|currency", grid.header_text(other), re.IGNORECASE):
            cell = _cell(row, other)
            found = _currency_of_text(cell.text) if cell is not None else None
            if found is not None:
                return found
    caption = _currency_of_text(grid.caption[-160:])
    if caption is not None:
        return caption
    return currency, Decimal(1), "" if currency else "currency not stated"


def _currency_of_text(text: str) -> tuple[str | None, Decimal, str] | None:
    found = currency_in(text) if text.strip() else None
    if found is not None:
        return found.code, found.scale or Decimal(1), found.doubt
    codes = {c for h in _CODE.finditer(text) if (c := misread_code(h.group(1))) is not None}
    return (codes.pop(), Decimal(1), "the currency's code was read poorly") if len(codes) == 1 else None


_CODE = re.compile(r"[(,]\s*([A-ZА-ЯІ0]{3})\s*(?:[)]|$)")
"""Three capitals alone in brackets, or behind a comma, in a column's header."""


def _joined(line: Line, more: Line, row: Row) -> Line:
    """Return the line with a row that only continues its description."""
    first, second = line.description.span, more.description.span
    if first is None or second is None or first.page != second.page or second.start < first.end:
        return line
    both = Row(row.page, (*line.row.cells, *row.cells))
    designation = line.designation or more.designation
    value = f"{line.description.value} {more.description.value}"
    return replace(line, description=replace(line.description, value=value), designation=designation, row=both)


def table_sum(reading: Reading) -> Money | None:
    """Return the grand total of the last table of items that states one: its last sum row's amount."""
    currency = currency_of(reading)
    best: Money | None = None
    for grid in grids_of(reading):
        roles = roles_of(grid)
        column = roles["total"] if roles["total"] is not None else roles["price"]
        if column is None:
            continue
        for row in grid.rows:
            texts = [c for c in row.distinct() if not numeric(c.text)]
            if not texts or not cue("rows", "contract").match(texts[0].text.strip()):
                continue
            money = amount_of(grid, row, column, currency)
            if money is None or money.amount is None:
                for cell in reversed(row.distinct()):
                    if numeric(cell.text) and number_in(cell.text) is not None:
                        money = _amount(cell, grouping_of(grid), *_currency(grid, row, column, currency))
                        break
            if money is not None and money.amount is not None:
                best = money
    return best


ITEMS = Extractor(
    "items",
    VERSION,
    "Line items of tables, sheets, invoices and lists: position, designation, description, quantity, price, total.",
    "Columns are judged from header words in ru, uk, zh, en and from arithmetic; a table without rows is not read.",
    extract=extract,
)
