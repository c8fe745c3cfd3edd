"""Reader for plain text in any common encoding: TXT, Markdown, CSV, JSON, calendars, XML.

Limits: the encoding is judged by plausibility (`custody.charset`) and noted on the page; single line ends inside a
paragraph are kept. CSV becomes a table, and so do those of Markdown. XML gives its texts, one element a line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from assay.custody.charset import Decoded, decode
from assay.model import Exhibit, Record
from assay.read import markdown, xml
from assay.read.body import Body, Grid, GridCell, Met, clean, pages, paginate
from assay.work.part import Reader, ReadRefused, ReadSettings

NAME, VERSION = "text", "2"
_TABLE_ROWS = 200_000


def body(data: bytes, exhibit: Exhibit) -> Body:
    """Return the body of a text exhibit."""
    if not data:
        raise ReadRefused("broken", "the file is empty: it has 0 bytes")
    decoded = decode(data)
    if decoded is None:
        raise ReadRefused("broken", "it is no text in any known encoding")
    made = Body(engine=engine_name(decoded))
    if decoded.replaced:
        made.notes.append(f"{decoded.replaced} places hold bytes that fit no character of {decoded.encoding}")
    if not decoded.sure:
        made.notes.append(f"the encoding {decoded.encoding} was judged by few letters")
    text = clean(decoded.text)
    if exhibit.media_type in ("text/csv", "text/tab-separated-values"):
        grid = _columns(text)
        if grid is not None:
            made.blocks.append(grid)
            return made
    if exhibit.media_type in ("application/xml", "image/svg+xml"):
        try:
            lines = list(_xml_texts(data, made.notes))
        except ReadRefused as refused:
            made.notes.append(Met(f"{refused.message}; it was read as plain text", refused.category))
            lines = list(split(text))
        for line in lines:
            made.add(line)
        return made
    if exhibit.media_type == "text/markdown":
        markdown.fill(made, text)
        return made
    for paragraph in split(text):
        made.add(paragraph)
    return made


def engine_name(decoded: Decoded) -> str:
    """Return what a page's `engine` says of a text: its encoding."""
    return f"assay text, {decoded.encoding}"


def split(text: str) -> Iterator[str]:
    """Yield a text's paragraphs: separated by blank lines; where there are none, each line is one.

    Lines that are indented open a paragraph of their own, as in typewritten documents.
    """
    blank = re.search(r"\n[ \t\f]*\n", text) is not None
    lines = text.split("\n")
    longest = max(map(len, lines), default=0)
    if not blank or longest > 400:
        yield from (line for line in lines if line.strip())
        return
    kept: list[str] = []
    for line in lines:
        if not line.strip(" \t\f"):
            if kept:
                yield "\n".join(kept)
            kept = []
            continue
        if kept and line[:3].isspace() and not kept[-1][:3].isspace():
            yield "\n".join(kept)
            kept = []
        kept.append(line)
    if kept:
        yield "\n".join(kept)


def _columns(text: str) -> Grid | None:
    """Return the table that delimited text is; None when its columns cannot be told."""
    head = text[:20_000]
    lines = [line for line in head.split("\n") if line.strip()]
    best = max("\t;,|", key=lambda s: (sum(s in line for line in lines), lines[0].count(s) if lines else 0))
    if not lines or best not in lines[0]:
        return None
    csv.field_size_limit(10_000_000)
    cells: list[GridCell] = []
    rows = columns = 0
    try:
        for row in csv.reader(io.StringIO(text), delimiter=best):
            if not any(field.strip() for field in row):
                continue
            if rows >= _TABLE_ROWS:
                return None
            cells += [GridCell(rows, i, field.replace("\n", " ").strip()) for i, field in enumerate(row)]
            rows += 1
            columns = max(columns, len(row))
    except csv.Error:
        return None
    return Grid(tuple(cells), rows, columns, _has_header(cells))


def _has_header(cells: list[GridCell]) -> int:
    first = [c.text for c in cells if c.row == 0]
    second = [c.text for c in cells if c.row == 1]
    if not second or any(re.fullmatch(r"[\d\s.,%-]+", t) for t in first):
        return 0
    return 1 if all(first) else 0


def _xml_texts(data: bytes, notes: list[str]) -> Iterator[str]:
    aside: list[str] = []
    root = xml.parse(data, "the XML", aside)
    if any("is damaged" in note for note in aside):
        raise ReadRefused("broken", aside[0].partition(" and was read")[0])
    notes += aside
    for element in root.iter():
        text = (element.text or "").strip()
        if text and isinstance(element.tag, str):
            yield text
        tail = (element.tail or "").strip()
        if tail:
            yield tail


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of pages."""
    if data and len(data) < 100_000:
        return 1
    return len(paginate(body(data, exhibit)))


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterable[Record]:
    """Yield the pages first..last."""
    return pages(body(data, exhibit), exhibit, NAME, VERSION, first, last)


TEXT = Reader(
    NAME,
    VERSION,
    "Plain text, CSV, Markdown, JSON and XML in any common encoding.",
    "Encodings are judged by how plausible the letters are; a text of few letters can be misjudged.",
    accepts=(
        "text/plain", "text/markdown", "text/csv", "text/tab-separated-values", "application/json", "application/xml",
        "text/calendar", "text/vcard", "image/svg+xml", "application/pgp-signature", "application/x-empty",
    ),
    count=count,
    read=read,
    chunk=64,
)  # fmt: skip
