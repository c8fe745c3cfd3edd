"""Hold what is extracted from real invoices against the truth that came with them: rows, totals, numbers, dates.

    python benchmarks/invoices.py ../shared/data/line-items --half held-out

The truth of `NAME.pdf` is the invoice as XML attached inside it (ZUGFeRD 1 or Cross Industry Invoice), or
`NAME.json` beside it in the form of invoice2data's tests. The files are cut in two by a digest of their names: rules
may be tuned on `tuning`, figures are reported on `held-out`. A figure of the truth counts where the paper's text holds
it: an attached row says more than the page prints. A row is found when a record on its exhibit, in the same order,
shares a figure with it. Prints each miss with `--misses`.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from contracts import Tally, half_of
from lxml import etree

from assay.case import Case, RunSettings
from assay.model import Document, LineItem, Occurrence, Page
from assay.read.values.numbers import readings

FIELDS = ("quantity", "unit price", "line total")
HEAD = ("grand total", "currency", "number", "date")
_FIGURE = re.compile(r"\d[\d.,'’ \u00a0\u202f]*\d|\d")


@dataclass(frozen=True)
class Row:
    """One line: quantity, unit price, line total, as far as given."""

    figures: tuple[Decimal | None, Decimal | None, Decimal | None]
    said: str


@dataclass(frozen=True)
class Invoice:
    """What an invoice says, or is held to say."""

    rows: tuple[Row, ...]
    total: Decimal | None
    currency: str | None
    number: str | None
    day: date | None


def amount(text: object) -> Decimal | None:
    """Return a plain decimal number, None where there is none."""
    try:
        return Decimal(str(text).strip()) if text is not None else None
    except InvalidOperation:
        return None


def truth_of(path: Path) -> Invoice | None:
    """Return what `path` is known to say, None when nothing readable came with it."""
    beside = path.with_suffix(".json")
    if beside.exists():
        return _from_json(json.loads(beside.read_text(encoding="utf-8"))[0])
    return next((i for i in map(_from_xml, _attached(path)) if i is not None), None)


def _attached(path: Path) -> Iterator[bytes]:
    import pikepdf

    with pikepdf.open(path) as pdf:
        for name in sorted(pdf.attachments):
            if name.casefold().endswith(".xml"):
                yield pdf.attachments[name].get_file().read_bytes()


def _from_xml(data: bytes) -> Invoice | None:
    """Return an invoice of ZUGFeRD 1 or of a Cross Industry Invoice, by element names of any version."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None

    def all_of(node: Any, *names: str) -> list[Any]:
        way = "/".join(f"*[local-name()='{name}']" for name in names)
        return list(node.xpath(f".//{way}"))

    def first(node: Any, *names: str) -> str | None:
        found = all_of(node, *names)
        return (found[0].text or "").strip() or None if found else None

    rows = []
    for line in all_of(root, "IncludedSupplyChainTradeLineItem"):
        figures = (
            amount(first(line, "BilledQuantity")),
            amount(first(line, "NetPriceProductTradePrice", "ChargeAmount")),
            amount(first(line, "LineTotalAmount")),
        )
        if any(f is not None for f in figures):
            rows.append(Row(figures, first(line, "SpecifiedTradeProduct", "Name") or ""))
    head = all_of(root, "ExchangedDocument") or all_of(root, "HeaderExchangedDocument")
    total = amount(first(root, "GrandTotalAmount"))
    if not head or total is None:
        return None
    day = first(head[0], "IssueDateTime", "DateTimeString") or ""
    hit = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", day)
    return Invoice(
        tuple(rows), total, first(root, "InvoiceCurrencyCode"), first(head[0], "ID"),
        date(*map(int, hit.groups())) if hit else None,
    )  # fmt: skip


def _from_json(told: dict[str, Any]) -> Invoice:
    rows = []
    for line in told.get("lines", []):
        figures = (
            amount(line.get("qty")),
            amount(line.get("price_unit", line.get("price"))),
            amount(line.get("price_subtotal")),
        )
        if any(f is not None for f in figures):
            rows.append(Row(figures, str(line.get("name", line.get("desc", "")))))
    return Invoice(
        tuple(rows), amount(told.get("amount")), told.get("currency"), told.get("invoice_number"),
        date.fromisoformat(told["date"]) if told.get("date") else None,
    )  # fmt: skip


def said_by(paper: Document | None, records: Sequence[LineItem]) -> Invoice:
    """Return what was extracted in the truth's form."""
    rows = [
        Row(
            (
                r.quantity.value if r.quantity else None,
                r.price.amount if r.price else None,
                r.total.amount if r.total else None,
            ),
            r.description.value,
        )
        for r in records
    ]
    total = paper.total if paper else None
    day = paper.date if paper else None
    return Invoice(
        tuple(rows),
        total.amount if total else None,
        total.currency if total else None,
        paper.number.value if paper and paper.number else None,
        day.earliest if day and day.earliest == day.latest else None,
    )


def alike(true: Row, got: Row) -> int:
    """Return how many figures two rows share."""
    return sum(a is not None and a == b for a, b in zip(true.figures, got.figures, strict=True))


def pairs(true: Sequence[Row], got: Sequence[Row]) -> list[tuple[int, int]]:
    """Return the pairs of rows, both orders kept, that share most figures; a pair shares at least one."""
    best = [[0] * (len(got) + 1) for _ in range(len(true) + 1)]
    for i in range(len(true) - 1, -1, -1):
        for j in range(len(got) - 1, -1, -1):
            both = alike(true[i], got[j])
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + both)
    out, i, j = [], 0, 0
    while i < len(true) and j < len(got):
        both = alike(true[i], got[j])
        if both and best[i][j] == best[i + 1][j + 1] + both:
            out.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return out


def printed_in(text: str) -> Callable[[Decimal], bool]:
    """Return a test of whether a figure stands in `text`, in any way to group and point it."""
    held: set[Decimal] = set()
    for hit in _FIGURE.finditer(text):
        for piece in (hit.group(), *re.split(r"[ \u00a0\u202f]+", hit.group())):
            held.update(abs(n) for n in readings(piece.strip(" .,'’")))
    return lambda value: abs(value) in held


def judge(tallies: dict[str, Tally], name: str, true: Invoice, got: Invoice, text: str) -> None:
    """Count one invoice into the tallies; its rows where the truth lists any."""
    printed = printed_in(text)
    if true.rows:
        judge_rows(tallies, name, true, got, printed)
    head: tuple[tuple[str, Any, Any], ...] = (
        ("grand total", true.total if true.total is not None and printed(true.total) else None, got.total),
        ("currency", true.currency, got.currency),
        ("number", true.number if true.number and true.number in text else None, got.number),
        ("date", true.day, got.day),
    )
    for label, value, other in head:
        if value is None:
            continue
        one = tallies[label]
        one.truth += 1
        one.found += other is not None
        one.right += value == other
        if value != other:
            one.misses.append(f"{name}: {value} / {other}")


def judge_rows(
    tallies: dict[str, Tally], name: str, true: Invoice, got: Invoice, printed: Callable[[Decimal], bool]
) -> None:
    """Count an invoice's rows and their figures."""
    found = pairs(true.rows, got.rows)
    mine = dict(found)
    rows = tallies["rows"]
    rows.truth += len(true.rows)
    rows.found += len(got.rows)
    rows.right += len(found)
    rows.misses += [f"{name}: {r.figures} {r.said[:50]!r}" for i, r in enumerate(true.rows) if i not in mine]
    taken = set(mine.values())
    rows.misses += [f"{name}: too many {r.figures} {r.said[:50]!r}" for j, r in enumerate(got.rows) if j not in taken]
    for column, label in enumerate(FIELDS):
        one = tallies[label]
        one.found += sum(r.figures[column] is not None for r in got.rows)
        for i, row in enumerate(true.rows):
            value = row.figures[column]
            other = got.rows[mine[i]].figures[column] if i in mine else None
            if value is None or not printed(value):
                one.found -= other is not None
                continue
            one.truth += 1
            one.right += other == value
            if other != value:
                one.misses.append(f"{name}: {value} / {other} {row.said[:40]!r}")


def measure(case: Case, folder: Path, names: Sequence[str]) -> dict[str, Tally]:
    """Return the tallies of all fields over the invoices `names` of `folder` that have a truth."""
    tallies = {label: Tally() for label in ("rows", *FIELDS, *HEAD)}
    place = {o.path: o.exhibit for o in case.records(Occurrence) if o.parent is None}
    papers = {d.exhibit: d for d in case.records(Document)}
    texts: dict[str, str] = {}
    for page in case.records(Page):
        texts[page.exhibit] = texts.get(page.exhibit, "") + "\n" + page.text
    items: dict[str, list[LineItem]] = {}
    for record in case.records(LineItem):
        items.setdefault(record.exhibit, []).append(record)
    for name in names:
        true = truth_of(folder / name)
        exhibit = next((e for path, e in place.items() if Path(path).name == name), "")
        if true is None:
            continue
        got = said_by(papers.get(exhibit), sorted(items.get(exhibit, []), key=_place))
        judge(tallies, name, true, got, texts.get(exhibit, ""))
    return tallies


def _place(record: LineItem) -> tuple[int, int]:
    return min(((s.page, s.start) for s in record.spans), default=(0, 0))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("tuning", "held-out"), default="held-out")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args()
    names = [p.name for p in sorted(given.folder.glob("*.pdf")) if half_of(p.name) == given.half]
    with tempfile.TemporaryDirectory() as work:
        trove = Path(work) / "trove"
        trove.mkdir()
        for name in names:
            shutil.copyfile(given.folder / name, trove / name)
        with Case.open(Path(work) / "case") as case:
            case.run([trove], RunSettings(jobs=given.jobs), ("receive", "read", "extract"))
            tallies = measure(case, given.folder, names)
    print(f"| {given.half}: {len(names)} invoices | in the truth | found | right | precision | recall |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for label, tally in tallies.items():
        print(tally.row(label))
    if given.misses:
        for label, tally in tallies.items():
            for miss in tally.misses:
                print(f"{label}: {miss}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
