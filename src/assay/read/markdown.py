"""Markdown on its way to a body: headings, tables and paragraphs as written, marks of emphasis and links kept.

Limits: inline marks stay in the text, since the text is the evidence; HTML in it is read as text; reference links are
not resolved. Source: CommonMark 0.31, GitHub's tables.
"""

from __future__ import annotations

import re

from assay.read.body import Body, Grid, GridCell

_RULE = re.compile(r"^ {0,3}\|?[ :]*-{3,}[ :]*(?:\|[ :]*-{3,}[ :]*)*\|?[ \t]*$")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_CELLS = re.compile(r"(?<!\\)\|")
_MOST_COLUMNS = 500


def fill(body: Body, text: str) -> None:
    """Add a Markdown text to `body`."""
    lines = text.split("\n")
    kept: list[str] = []
    fence = ""
    at = 0

    def close() -> None:
        if kept:
            body.add("\n".join(kept))
            kept.clear()

    while at < len(lines):
        line = lines[at]
        fenced = _FENCE.match(line)
        if fence or fenced:
            kept.append(line)
            if fenced and not fence:
                fence = fenced.group(1)[:3]
            elif fenced and line.strip().startswith(fence):
                fence = ""
            at += 1
            continue
        if "|" in line and at + 1 < len(lines) and "|" in lines[at + 1] and _RULE.match(lines[at + 1]):
            close()
            at = _table(body, lines, at)
            continue
        heading = _HEADING.match(line)
        if heading:
            close()
            body.add(heading.group(1), "heading")
        elif not line.strip():
            close()
        elif re.match(r"^ {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]", line):
            close()
            kept.append(line)
        else:
            kept.append(line)
        at += 1
    close()


def _table(body: Body, lines: list[str], at: int) -> int:
    """Add the table whose head stands at line `at`; return the line after it."""
    rows = [_row(lines[at])]
    at += 2
    while at < len(lines) and "|" in lines[at] and lines[at].strip():
        rows.append(_row(lines[at]))
        at += 1
    columns = min(len(rows[0]), _MOST_COLUMNS)
    cells = tuple(
        GridCell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row[:columns])
    )  # fmt: skip
    body.blocks.append(Grid(cells, len(rows), columns, 1))
    return at


def _row(line: str) -> list[str]:
    bare = line.strip().removeprefix("|")
    bare = bare[:-1] if bare.endswith("|") and not bare.endswith("\\|") else bare
    return [cell.strip().replace("\\|", "|") for cell in _CELLS.split(bare)]
