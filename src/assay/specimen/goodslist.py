"""The grid of line items: the columns, headers, numbers and totals of specifications, protocols and sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from assay.specimen.desk import Desk
from assay.specimen.fiction import Good
from assay.specimen.paper import Grid
from assay.specimen.plan import Planted, other_amount
from assay.specimen.sheetfile import Cell, letter

ORDERS = (
    ("pos", "name", "designation", "unit", "quantity", "price", "sum"),
    ("pos", "designation", "name", "quantity", "unit", "price", "sum"),
    ("pos", "name", "unit", "quantity", "price", "sum"),
    ("pos", "name", "designation", "quantity", "unit", "price", "sum"),
    ("pos", "name", "designation", "price", "quantity", "unit", "sum"),
    ("name", "designation", "unit", "quantity", "price", "sum"),
)
WEIGHTS = {"pos": 0.5, "name": 2.9, "designation": 1.45, "unit": 0.75, "quantity": 0.75, "price": 1.35, "sum": 1.55}
ALIGNS = {
    "pos": "center", "name": "left", "designation": "left", "unit": "center", "quantity": "center", "price": "right",
    "sum": "right",
}  # fmt: skip


@dataclass(slots=True)
class Rows:
    """Rows being collected: cells, which are bold, and which have merged label cells."""

    width: int
    cells: list[tuple[str, ...]] = field(default_factory=list)
    strong: list[int] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)

    def close(self, label: str, figure: str) -> None:
        """Add a row of a total."""
        self.spans.append((len(self.cells), self.width - 1))
        self.strong.append(len(self.cells))
        self.cells.append((label, *("" for _ in range(self.width - 2)), figure))


def goods_grid(desk: Desk, goods: Sequence[Good], *, vat: bool) -> Grid:
    """Set line items with their total; with `vat` the subtotal and the tax stand before it.

    A planted wrong sum changes one line's amount or the total. Innocent look-alikes go to `desk.notes`.
    """
    deal, rng = desk.deal, desk.rng
    orders = ORDERS if any(good.position.isdigit() for good in goods) and len(goods) > 3 else ORDERS[:5]
    order = rng.choice(orders)
    hand = desk.hands[desk.languages[0]]
    header = list(desk.header(order))
    currency = rng.choice((f", {deal.currency}", f" ({deal.currency})"))
    header = [text + currency if key in ("price", "sum") else text for key, text in zip(order, header, strict=True)]
    shown = {good.position: good.total for good in goods}
    total = sum(shown.values(), Decimal(0))
    grand = total + (total * deal.vat / 100).quantize(Decimal("0.01")) if vat else total
    if desk.wants("txt.sum") and len(goods) > 2:
        if rng.random() < 0.6:
            good = rng.choice(goods)
            wrong = other_amount(rng, good.total)
            shown[good.position] = wrong
            detail = f"line {good.position}: {good.total:.2f} -> {wrong:.2f}"
            desk.planted = Planted("line", detail, hand.figure(wrong), position=good.position, figure=f"{wrong:.2f}")
        else:
            wrong = other_amount(rng, grand)
            desk.planted = Planted("total", f"total {grand:.2f} -> {wrong:.2f}", hand.figure(wrong))
            grand = wrong
    rows = Rows(len(order))
    half = len(goods) // 2 if len(goods) >= 14 and rng.random() < 0.3 else 0
    for index, good in enumerate(goods):
        rows.cells.append(tuple(_cells(desk, good, order, shown[good.position])[key] for key in order))
        if half and index + 1 in (half, len(goods)):
            section = goods[:half] if index + 1 == half else goods[half:]
            amount = sum((g.total for g in section), Decimal(0))
            rows.close(desk.table_word("section_total", n=1 if index + 1 == half else 2) + ":", hand.figure(amount))
    if half:
        desk.notes.append(Planted("subtotal", "sections with subtotals before the total"))
    if vat:
        rows.close(desk.table_word("subtotal") + ":", hand.figure(total))
        tax = (total * deal.vat / 100).quantize(Decimal("0.01"))
        rows.close(desk.table_word("vat", rate=deal.vat) + ":", hand.figure(tax))
        desk.notes.append(Planted("tax", "tax shown apart from the goods"))
    rows.close(desk.table_word("total") + ":", hand.figure(grand))
    if any(good.price != good.price.quantize(Decimal("0.01")) for good in goods):
        desk.notes.append(Planted("rounding", "unit prices are printed rounded to cents"))
    return Grid(
        tuple(header), tuple(rows.cells), tuple(WEIGHTS[k] for k in order), tuple(ALIGNS[k] for k in order),
        desk.rules(),
        strong=frozenset(rows.strong), spans=tuple(rows.spans),
    )  # fmt: skip


def _cells(desk: Desk, good: Good, order: Sequence[str], total: Decimal) -> dict[str, str]:
    hand = desk.hands[desk.languages[0]]
    units = dict.fromkeys(desk.unit(good.unit, good.measure, language) for language in desk.languages)
    names = [good.descriptions[language] for language in desk.languages]
    if "designation" not in order and good.designation:
        names = [f"{name} {good.designation}" for name in names]
    return {
        "pos": good.position + ("." if desk.design == 4 else ""),
        "name": " / ".join(names),
        "designation": good.designation or "—",
        "unit": " / ".join(units),
        "quantity": str(good.quantity),
        "price": hand.figure(good.price),
        "sum": hand.figure(total),
    }


def sheet_rows(desk: Desk, goods: Sequence[Good]) -> list[list[Cell]]:
    """Return line items as rows of a worksheet, amounts and total as formulas with their cached values.

    A planted wrong sum is a cached value that the formula does not give, or a typed number in place of the formula.
    """
    rng, deal = desk.rng, desk.deal
    order = rng.choice(ORDERS[:2] + ORDERS[3:5])
    head = [text.replace("\n", " ") for text in desk.header(order)]
    head = [
        f"{text}, {deal.currency}" if key in ("price", "sum") else text for key, text in zip(order, head, strict=True)
    ]
    title = f"{desk.reference(desk.languages[0])}"
    rows: list[list[Cell]] = [[Cell(title)], [Cell(text) for text in head]]
    at = {key: letter(column) for column, key in enumerate(order)}
    wrong = rng.choice(goods).position if desk.wants("txt.sum") and rng.random() < 0.7 else ""
    total = sum((good.total for good in goods), Decimal(0))
    for number, good in enumerate(goods, start=3):
        cells = _cells(desk, good, order, good.total)
        amount, formula = good.total, f"{at['quantity']}{number}*{at['price']}{number}"
        if good.price != good.price.quantize(Decimal("0.01")):
            formula = f"ROUND({formula},2)"
        if good.position == wrong:
            amount = other_amount(rng, good.total)
            detail = f"line {wrong}: {good.total:.2f} -> {amount:.2f}"
            desk.planted = Planted("line", detail, f"{amount:.2f}", position=wrong, figure=f"{amount:.2f}")
            formula = "" if rng.random() < 0.5 else formula
        made = {
            **{key: Cell(value) for key, value in cells.items()},
            "pos": Cell(Decimal(good.position)), "quantity": Cell(Decimal(good.quantity)), "price": Cell(good.price),
            "sum": Cell(amount, formula),
        }  # fmt: skip
        rows.append([made[key] for key in order])
    last = len(rows)
    grand = total
    if desk.wants("txt.sum"):
        grand = other_amount(rng, total)
        desk.planted = Planted("total", f"total {total:.2f} -> {grand:.2f}", f"{grand:.2f}")
    label = [Cell("") for _ in order]
    label[order.index("name")] = Cell(desk.table_word("total"))
    label[order.index("sum")] = Cell(grand, f"SUM({at['sum']}3:{at['sum']}{last})")
    rows.append(label)
    return rows
