"""Word files (DOCX) from the same blocks that are set as PDF.

Limits: text, tables and bold only; no pages. The true text is the body in order, a table's row as one line with tabs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

from assay.specimen.packed import core, packed, text
from assay.specimen.paper import Beside, Block, Gap, Grid, Pair, Paragraph

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FONTS = ("Times New Roman", "Arial", "Calibri", "Liberation Serif")
TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    '<Override PartName="/word/settings.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    "</Types>"
)
RELS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/><Relationship Id="rId2" Type='
    '"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" '
    'Target="docProps/core.xml"/>'
    "</Relationships>"
)
LINKS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings" '
    'Target="settings.xml"/></Relationships>'
)


def docx_of(blocks: Sequence[Block], rng: Random, *, title: str, author: str, made: date) -> tuple[bytes, str]:
    """Return a DOCX of `blocks` and its true text."""
    rsids = [f"00{rng.randrange(16**6):06X}" for _ in range(3)]
    font, size = rng.choice(FONTS), rng.choice((20, 21, 22, 24))
    body: list[str] = []
    words: list[str] = []
    for block in _merged(blocks):
        match block:
            case Paragraph():
                body.append(_paragraph(block.text, font, size, rsids[0], block.bold, block.align))
                words.append(block.text)
            case Grid():
                rows = [block.header, *block.rows]
                body.append(_table(rows, font, size - 2, rsids[0], ruled=True))
                words.extend("\t".join(cell.replace("\n", " ") for cell in row if cell) for row in rows)
            case Beside():
                most = max(len(block.left), len(block.right))
                sides = [(*side, *[""] * (most - len(side))) for side in (block.left, block.right)]
                rows = [tuple(pair) for pair in zip(*sides, strict=True)]
                body.append(_table(rows, font, size, rsids[0], ruled=False))
                words.extend("\t".join(cell for cell in row if cell) for row in rows)
            case list():
                rows = [(pair.left, pair.right) for pair in block]
                body.append(_table(rows, font, size, rsids[0], ruled=rsids[1] > "008"))
                words.extend("\t".join(row) for row in rows)
            case Gap():
                body.append(f'<w:p w:rsidR="{rsids[0]}"/>')
    document = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document xmlns:w="{W}"><w:body>{"".join(body)}'
        f'<w:sectPr w:rsidR="{rsids[0]}"><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1134" w:right="850" w:bottom="1134" w:left="1701"/></w:sectPr></w:body></w:document>'
    )
    listed = "".join(f'<w:rsid w:val="{rsid}"/>' for rsid in rsids)
    settings = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:settings xmlns:w="{W}">'
        f'<w:rsids><w:rsidRoot w:val="{rsids[0]}"/>{listed}</w:rsids></w:settings>'
    )
    parts = {
        "[Content_Types].xml": TYPES.encode(),
        "_rels/.rels": RELS.encode(),
        "word/document.xml": document.encode(),
        "word/_rels/document.xml.rels": LINKS.encode(),
        "word/settings.xml": settings.encode(),
        "docProps/core.xml": core(title, author, made),
    }
    return packed(parts), "\n".join(t for t in words if t.strip()).replace("\u00a0", " ")


def _merged(blocks: Sequence[Block]) -> list[Block | list[Pair]]:
    """Put neighbouring clause pairs into one list: they become one table."""
    merged: list[Block | list[Pair]] = []
    for block in blocks:
        if isinstance(block, Pair):
            if merged and isinstance(merged[-1], list):
                merged[-1].append(block)
            else:
                merged.append([block])
        elif not isinstance(block, Gap) or not (merged and isinstance(merged[-1], list)):
            merged.append(block)
    return merged


def _paragraph(words: str, font: str, size: int, rsid: str, bold: bool, align: str) -> str:
    place = {"center": "center", "right": "right", "justify": "both"}.get(align, "left")
    return f'<w:p w:rsidR="{rsid}"><w:pPr><w:jc w:val="{place}"/></w:pPr>{_run(words, font, size, bold)}</w:p>'


def _run(words: str, font: str, size: int, bold: bool) -> str:
    weight = "<w:b/>" if bold else ""
    return (
        f'<w:r><w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="SimSun" w:cs="{font}"/>{weight}'
        f'<w:sz w:val="{size}"/></w:rPr><w:t xml:space="preserve">{text(words)}</w:t></w:r>'
    )


def _table(rows: Sequence[Sequence[str]], font: str, size: int, rsid: str, *, ruled: bool) -> str:
    line = '<w:{0} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    edges = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "<w:tblBorders>" + "".join(line.format(edge) for edge in edges) + "</w:tblBorders>" if ruled else ""
    made = [f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/>{borders}</w:tblPr><w:tblGrid>']
    made += ["<w:gridCol/>" for _ in rows[0]]
    made.append("</w:tblGrid>")
    for row in rows:
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="0" w:type="auto"/></w:tcPr>'
            f'<w:p w:rsidR="{rsid}">{_run(cell, font, size, False)}</w:p></w:tc>'
            for cell in (cell.replace("\n", " ") for cell in row)
        )
        made.append(f'<w:tr w:rsidR="{rsid}">{cells}</w:tr>')
    return "".join(made) + "</w:tbl>"
