"""Rows and cells of tables as they were read, against line items that are known.

Usage: python benchmarks/tables.py [--invoices ../shared/data/line-items] [--half report] [--specimen 791,792]
       [--pages 40] [--made 4] [--show] [--json]

Three kinds of truth: real invoices whose line items are attached inside the PDF as XML (CII, ZUGFeRD; parsed here and
nowhere in the program), the specimen's line items (born-digital and scanned), and pages of benchmarks/ocr_pages.py.
Invoices are halved by a digest of their names: rules are tuned on "tune", reported on "report".

A truth's row is its total, quantity, unit price and name (or designation). Only values that the exhibit prints are
asked for. A row is found when one row of one table holds its total and, beside it, its quantity or its name; a cell is
found when a cell of that row holds the value and no other figure. Precision is over the rows with two figures or more
that stand in tables with a truth's row, between the first and the last of these: rows that are no truth's row are
rows too many (a row torn in two, a total amid the items).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

os.environ["OMP_THREAD_LIMIT"] = "1"
sys.path.insert(0, str(Path(__file__).parent))

MAIN = "from assay.cli import main; main()"
DEFAULT = Path(__file__).resolve().parents[2] / "shared/data/line-items"


@dataclass(frozen=True, slots=True)
class Item:
    """A line item: figures by what they are, and the words that name it."""

    figures: tuple[tuple[str, Decimal], ...]
    name: str


@dataclass(slots=True)
class Count:
    """Rows and cells asked for and found; rows that stand between them and are none of them."""

    files: int = 0
    rows: int = 0
    rows_found: int = 0
    cells: int = 0
    cells_found: int = 0
    rows_read: int = 0
    rows_right: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, other: Count) -> None:
        """Take another count into this one."""
        for name in ("files", "rows", "rows_found", "cells", "cells_found", "rows_read", "rows_right"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.missed += other.missed


def number(text: str) -> Decimal | None:
    """Return the number that `text` is, whichever of point, comma and space groups its figures; None for words."""
    core = re.sub(r"(?i)\b(eur|usd|rub|cny|uah|руб|грн|юан[а-я]*|долл?)\b\.?|[€$¥₽%\s\u00a0]|元|美元", "", text)
    core = re.sub(r"(?i)(st|stk|stck|pcs|шт|kg|h|std|unit\(s\)|liter\(s\)|台|件|套|个|c62|hur|kgm|ltr|x)\.?$", "", core)
    if not re.fullmatch(r"[-+]?\d[\d.,'’]*", core):
        return None
    core = core.replace("'", "").replace("’", "").rstrip(".,")
    marks = re.findall(r"[.,]", core)
    if marks:
        last = max(core.rfind("."), core.rfind(","))
        tail = core[last + 1 :]
        if len(set(marks)) > 1 or (marks.count(core[last]) == 1 and len(tail) != 3):
            core = re.sub(r"[.,]", "", core[:last]) + "." + tail
        else:
            core = re.sub(r"[.,]", "", core)
    try:
        return Decimal(core).normalize()
    except InvalidOperation:
        return None


def numbers_in(text: str) -> set[Decimal]:
    """Return every number that stands in a text, in any grouping."""
    found = set()
    for match in re.finditer(r"\d[\d.,'’ \u00a0]*", text):
        for part in {match.group(0), *match.group(0).split()}:
            value = number(part)
            if value is not None:
                found.add(value)
    return found


def _head(cell: str) -> str:
    """Return the figure that a cell opens with, where words follow it on the next line of the cell."""
    match = re.match(r"[-+]?\d[\d.,]*(?= +[^\W\d_]{3})", cell)
    return match.group(0) if match else ""


def words_of(text: str) -> set[str]:
    """Return the words of a name, folded, short ones and figures left out."""
    return {w.casefold() for w in re.findall(r"[^\W\d_]{3,}|[A-ZА-Я]+-\d\w*|[\u4e00-\u9fff]{2}", text)}


def invoice_items(data: bytes) -> list[Item]:
    """Return the line items of the XML attached to an invoice."""
    import io

    import pikepdf
    from lxml import etree

    with pikepdf.open(io.BytesIO(data)) as pdf:
        files = [a.get_file().read_bytes() for name, a in pdf.attachments.items() if name.lower().endswith(".xml")]
    items = []
    for xml in files:
        try:
            root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, recover=True))
        except etree.XMLSyntaxError:
            continue
        if root is None:
            continue

        def said(node: Any, *paths: str) -> str:
            for path in paths:
                hit = node.xpath(path)
                if hit and (hit[0].text or "").strip():
                    return str(hit[0].text).strip()
            return ""

        local = "*[local-name()='{}']"
        for line in root.xpath("//" + local.format("IncludedSupplyChainTradeLineItem")):
            down = ".//" + local
            sums = ("SpecifiedTradeSettlementLineMonetarySummation", "SpecifiedTradeSettlementMonetarySummation")
            total = said(line, *(down.format(s) + "/" + local.format("LineTotalAmount") for s in sums))
            quantity = said(line, down.format("BilledQuantity"))
            price = said(line, down.format("NetPriceProductTradePrice") + "/" + local.format("ChargeAmount"))
            name = said(line, down.format("SpecifiedTradeProduct") + "/" + local.format("Name"))
            figures = []
            for kind, value in (("total", total), ("quantity", quantity), ("price", price)):
                try:
                    figures.append((kind, Decimal(value).normalize()))
                except InvalidOperation:
                    continue
            if figures and figures[0][0] == "total":
                items.append(Item(tuple(figures), name))
        if items:
            break
    return items


def compared(items: list[Item], records: list[Any], label: str) -> Count:
    """Compare what was read with the truth."""
    from assay.model import Page, Table

    text = "\n".join(r.text for r in records if isinstance(r, Page))
    printed, words = numbers_in(text), words_of(text)
    rows: list[tuple[int, list[str]]] = []
    for number_of, table in enumerate(r for r in records if isinstance(r, Table)):
        by: dict[int, list[str]] = {}
        for cell in table.cells:
            by.setdefault(cell.row, []).append(cell.text)
        rows += [(number_of, by[k]) for k in sorted(by)]
    count = Count(files=1)
    taken: dict[int, int] = {}
    for n, item in enumerate(items):
        figures = {kind: value for kind, value in item.figures if value in printed}
        named = words_of(item.name) & words
        if "total" not in figures:
            continue
        count.rows += 1
        asked = len(figures) + bool(named)
        count.cells += asked
        best, at = 0, -1
        for k, (_, cells) in enumerate(rows):
            if k in taken:
                continue
            values = [number(c) if number(c) is not None else number(_head(c)) for c in cells]
            own = {kind for kind, value in figures.items() if value in values}
            beside = bool(named) and any(len(named & words_of(c)) >= 0.6 * len(named) for c in cells)
            if "total" in own and (len(own) > 1 or beside or asked == 1) and len(own) + beside > best:
                best, at = len(own) + beside, k
        if at < 0:
            count.missed.append(f"{label}: {item.name[:40]} {dict(item.figures)}")
            continue
        taken[at] = n
        count.rows_found += 1
        count.cells_found += best
        if best < asked:
            count.missed.append(f"{label}: cells of {item.name[:40]} {dict(item.figures)}: {rows[at][1]}")
    for table in {rows[k][0] for k in taken}:
        mine = [k for k in taken if rows[k][0] == table]
        for k in range(min(mine), max(mine) + 1):
            figures_in = sum(number(c) is not None for c in rows[k][1])
            if k in taken or figures_in >= 2:
                count.rows_read += 1
                count.rows_right += k in taken
    return count


def read(data: bytes, media_type: str) -> list[Any]:
    """Return the records of every page."""
    from assay.model import Exhibit
    from assay.read.image import IMAGE
    from assay.read.pdf import PDF
    from assay.work.part import ReadSettings

    reader = PDF if media_type == "application/pdf" else IMAGE
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), media_type, "benchmark", "1")
    settings = ReadSettings()
    return list(reader.read(data, exhibit, settings, 1, reader.count(data, exhibit, settings)))


def invoices(folder: Path, half: str) -> Count:
    """Measure on real invoices."""
    from assay.work.part import ReadRefused

    total = Count()
    for path in sorted(folder.glob("*.pdf")):
        if half != "all" and (hashlib.sha256(path.name.encode()).digest()[0] % 2 == 0) != (half == "tune"):
            continue
        data = path.read_bytes()
        items = invoice_items(data)
        if not items:
            continue
        try:
            total.add(compared(items, read(data, "application/pdf"), path.name))
        except ReadRefused as refused:
            print(f"  {path.name}: {refused.message}")
    return total


def specimen(seed: int, pages: int) -> dict[str, Count]:
    """Measure on the PDFs and pictures of one specimen, born-digital and scanned apart."""
    out = {"specimen, born-digital": Count(), "specimen, scanned": Count()}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", MAIN, "specimen", folder, "--pages", str(pages), "--seed", str(seed)]
        subprocess.run(command, check=True, capture_output=True)
        truth = json.loads((Path(folder) / "truth.json").read_text("utf-8"))
        by: dict[str, list[Item]] = {}
        for item in truth["items"]:
            for path in item["exhibits"]:
                own = {**item, **item.get("as_printed", {}).get(path, {})}
                figures = tuple((k, Decimal(own[k]).normalize()) for k in ("total", "quantity", "price") if own.get(k))
                if figures and figures[0][0] == "total":
                    by.setdefault(path, []).append(Item(figures, own["designation"]))
        for path in sorted(by):
            file = Path(folder) / "trove" / path
            kind = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png"}.get(file.suffix)
            if kind is None or not file.is_file():
                continue
            records = read(file.read_bytes(), kind)
            scanned = any(getattr(r, "how", "") == "ocr" for r in records)
            out["specimen, scanned" if scanned else "specimen, born-digital"].add(
                compared(by[path], records, f"{seed} {path}")
            )
    return out


def made(pages: int, half: str) -> dict[str, Count]:
    """Measure on pages made here: ruled tables in Russian, Chinese and both, born-digital and scanned at 200 dpi."""
    from ocr import placed
    from ocr_pages import page

    out = {"made, born-digital": Count(), "made, scanned": Count()}
    for kind in ("rutable", "zhtable", "ruzhtable"):
        for seed in range(721, 721 + pages):
            sheet = page(kind, seed, half)
            cells = [b for b in sheet.blocks if b.cell]
            items = []
            for k in range(7, len(cells) - 6, 7):
                row = cells[k : k + 7]
                figures = [
                    ("total", number(row[6].text)),
                    ("quantity", number(row[4].text)),
                    ("price", number(row[5].text)),
                ]
                items.append(Item(tuple((n, v) for n, v in figures if v is not None), row[1].text))
            out["made, born-digital"].add(compared(items, read(sheet.pdf, "application/pdf"), f"{kind} {seed}"))
            data, media_type, _ = placed(sheet, "scan", 200, seed)
            out["made, scanned"].add(compared(items, read(data, media_type), f"{kind} {seed} scanned"))
    return out


def share(part: int, whole: int) -> str:
    """Return a share as it is printed."""
    return f"{part / whole:.3f}" if whole else "-"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--invoices", type=Path, default=DEFAULT)
    parser.add_argument("--half", default="report", choices=("tune", "report", "all"))
    parser.add_argument("--specimen", default="", help="seeds of specimens to make and measure")
    parser.add_argument("--pages", type=int, default=40, help="pages of each specimen")
    parser.add_argument("--made", type=int, default=0, help="pages of each kind to make and measure")
    parser.add_argument("--show", action="store_true", help="print each row and cell that was missed")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    rows: dict[str, Count] = {}
    if chosen.invoices.is_dir():
        rows[f"invoices, half {chosen.half}"] = invoices(chosen.invoices, chosen.half)
    else:
        print(f"skipped: no invoices at {chosen.invoices}")
    for seed in [int(s) for s in chosen.specimen.split(",") if s]:
        for name, count in specimen(seed, chosen.pages).items():
            rows.setdefault(name, Count()).add(count)
    if chosen.made:
        rows.update(made(chosen.made, "report" if chosen.half == "all" else chosen.half))
    shown = []
    for name, c in rows.items():
        shown.append({
            "kind": name, "files": c.files, "rows": c.rows, "row_recall": share(c.rows_found, c.rows),
            "row_precision": share(c.rows_right, c.rows_read), "cells": c.cells,
            "cell_recall": share(c.cells_found, c.cells),
        })  # fmt: skip
        if not chosen.json:
            row = shown[-1]
            print(
                f"{name:24} {c.files:3} files  rows {c.rows:4} recall {row['row_recall']} precision "
                f"{row['row_precision']}  cells {c.cells:4} recall {row['cell_recall']}"
            )
            if chosen.show:
                print("\n".join(f"    {m}" for m in c.missed))
    if chosen.json:
        print(json.dumps(shown))


if __name__ == "__main__":
    main()
