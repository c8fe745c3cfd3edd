"""Spreadsheets (XLSX) with formulas and the values that the program had cached.

Limits: one sheet, no styles but a bold header. The true text is the sheet row by row, cells parted by tabs, formulas by
their cached value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assay.specimen.packed import core, packed, text

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: a text, or a number; a number may come from `formula`, `value` being what the program had cached."""

    value: str | Decimal
    formula: str = ""

    @property
    def shown(self) -> str:
        """The cell's text."""
        return self.value if isinstance(self.value, str) else plain(self.value)


def plain(value: Decimal) -> str:
    """Write a number as spreadsheets keep it: no trailing zeros, no exponent."""
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def letter(column: int) -> str:
    """Return the letter of a column, from 0."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[column]


def xlsx_of(rows: Sequence[Sequence[Cell]], *, sheet: str, title: str, author: str, made: date) -> tuple[bytes, str]:
    """Return an XLSX with one sheet and its true text."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(_cell(cell, f"{letter(column)}{number}") for column, cell in enumerate(row) if cell.shown)
        lines.append(f'<row r="{number}">{cells}</row>')
    widest = max(len(row) for row in rows)
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    worksheet = (
        f'{head}<worksheet xmlns="{MAIN}"><dimension ref="A1:{letter(widest - 1)}{len(rows)}"/>'
        f'<cols><col min="1" max="{widest}" width="22" customWidth="1"/>'
        f"</cols><sheetData>{''.join(lines)}</sheetData></worksheet>"
    )
    workbook = (
        f'{head}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        f'<sheet name="{text(sheet)}" sheetId="1" r:id="rId1"/>'
        "</sheets></workbook>"
    )
    types = (
        f'{head}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        '<Override PartName="/xl/styles.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
        '<Override PartName="/docProps/core.xml" ContentType="'
        'application/vnd.openxmlformats-package.core-properties+xml"/>'
        "</Types>"
    )
    styles = (
        f'{head}<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="1"><xf/></cellXfs></styleSheet>'
    )
    links = f'{head}<Relationships xmlns="{PACKAGE}/relationships">'
    parts = {
        "[Content_Types].xml": types,
        "_rels/.rels": f'{links}<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": f'{links}<Relationship Id="rId1" Type="{OFFICE}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>",
        "xl/styles.xml": styles,
        "xl/worksheets/sheet1.xml": worksheet,
    }
    data = packed(
        {**{name: part.encode() for name, part in parts.items()}, "docProps/core.xml": core(title, author, made)}
    )
    shown = ["\t".join(cell.shown for cell in row if cell.shown) for row in rows]
    return data, "\n".join(line for line in shown if line)


def _cell(cell: Cell, place: str) -> str:
    if isinstance(cell.value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text(cell.value)}</t></is></c>'
    formula = f"<f>{text(cell.formula)}</f>" if cell.formula else ""
    return f'<c r="{place}">{formula}<v>{plain(cell.value)}</v></c>'
