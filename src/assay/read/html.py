"""Reader for HTML: text in reading order, headings, lists, tables; and for bodies of mails in HTML.

Limits: scripts are not run, styles not applied and nothing is fetched, so that text hidden by a style sheet is read
like any other (elements hidden by their own attributes are read too, and noted). Frames and pictures are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree, html

from assay.custody.charset import Decoded, decode
from assay.model import Exhibit, Record
from assay.read.body import Body, Grid, GridCell, Met, clean, pages, paginate
from assay.read.xml import local
from assay.work.part import Reader, ReadRefused, ReadSettings

NAME, VERSION = "html", "3"
# What an object, applet or embedded player encloses stays: it is shown where nothing is loaded, and here nothing is.
_DROP = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "svg",
        "iframe",
        "select",
        "textarea",
        "math",
    ]
)
_LINES = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "nav",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "form",
        "fieldset",
        "address",
        "figure",
        "figcaption",
        "center",
        "tr",
        "caption",
        "body",
        "html",
        "hr",
        "table",
        "tbody",
        "thead",
        "tfoot",
        "td",
        "th",
        "details",
        "summary",
    ]
)
_SPAN = 1000
_CELLS = 200_000
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.I)
_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]{0,100}encoding=["']([\w.-]+)""", re.I
)


def decoded_html(data: bytes, declared: str | None = None) -> Decoded:
    """Return HTML bytes as text; what its meta element or `declared` claims decides only between plausible readings."""
    claim = _CHARSET.search(data[:4096])
    stated = declared or (next(g for g in claim.groups() if g).decode("ascii") if claim else None)
    decoded = decode(data, stated)
    if decoded is None:
        decoded = Decoded(data.decode("utf-8", "replace"), "utf-8", False, 1)
    return decoded


def fill(body: Body, text: str) -> None:
    """Add what an HTML text shows to `body`; raise `ReadRefused` when it cannot be parsed at all."""
    root = _root(text, body.notes)
    if root is None:
        return
    title = root.find(".//title")
    if title is not None and title.text and title.text.strip():
        body.add(_folded(title.text), "title")
    walk = _Walk(body)
    walk.element(root)
    walk.flush()
    if walk.hidden:
        body.notes.append(f"{walk.hidden} elements are hidden by their own style; their text was read like the rest")


def _root(text: str, notes: list[str]) -> etree._Element | None:
    text = clean(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    if not text.strip():
        return None
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, encoding="utf-8")
    try:
        root = html.document_fromstring(text.encode("utf-8"), parser=parser)
        stopped = [e.message for e in parser.error_log if e.type_name == "ERR_RESOURCE_LIMIT"]
        if stopped:
            notes.append(Met(f"the HTML was read up to a limit of its parser only: {stopped[0][:120]}", "limit"))
        return root
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        if not re.search(r"[^\s<>]", re.sub(r"<[^>]*>", "", text)):
            return None
        raise ReadRefused("broken", f"the HTML cannot be parsed: {str(error)[:160]}") from error


class _Walk:
    """Walks the tree without recursion, collecting one line of text at a time."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.line: list[str] = []
        self.kind = "text"
        self.hidden = 0
        self.pre = 0
        self.cells = 0

    def flush(self) -> None:
        """Close the paragraph that is being collected."""
        text = _tidy("".join(self.line))
        self.line = []
        if text:
            self.body.add(text, self.kind)
        self.kind = "text"

    def element(self, root: etree._Element) -> None:
        """Walk over `root` and all below it."""
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            name = local(element).lower()
            if event == "end":
                self._close(element, name)
                continue
            if name in _DROP or not name:
                walker.skip_subtree()
                continue
            if name == "table" and self._table(element):
                walker.skip_subtree()
                continue
            self._open(element, name)

    def _open(self, element: etree._Element, name: str) -> None:
        if _HIDDEN.search(element.get("style") or "") or element.get("hidden") is not None:
            self.hidden += 1
        if name == "br":
            self.line.append("\n")
        elif name in _LINES:
            self.flush()
            if name[0] == "h" and name[1:].isdigit():
                self.kind = "heading"
            elif name == "li":
                self.line.append("\u2022 ")
        elif name == "input" and (element.get("type") or "text").lower() in ("text", "submit", "button"):
            self.line.append(f" {element.get('value') or ''} ")
        self.pre += name == "pre"
        if element.text:
            self.line.append(element.text if self.pre else _folded(element.text))

    def _close(self, element: etree._Element, name: str) -> None:
        if name not in _DROP:
            self.pre -= name == "pre"
            if name in _LINES:
                self.flush()
        if element.tail:
            self.line.append(element.tail if self.pre else _folded(element.tail))

    def _table(self, table: etree._Element) -> bool:
        """Add a table that holds data; return false for one that only lays out the page."""
        if table.find(".//table") is not None:
            return False
        grid = _grid(table)
        if grid is None or self.cells + len(grid.cells) > _CELLS:
            return False
        self.cells += len(grid.cells)
        self.flush()
        caption = table.find(".//caption")
        if caption is not None:
            self.body.add(_tidy(_folded("".join(map(str, caption.itertext())))))
        self.body.blocks.append(grid)
        return True


def _grid(table: etree._Element) -> Grid | None:
    """Return a table of at least two rows and two columns that hold text; None for others."""
    cells: list[GridCell] = []
    taken: dict[tuple[int, int], bool] = {}
    columns, header, area = 0, 0, 0
    rows = [r for r in table.iter() if local(r).lower() == "tr"]
    for number, row in enumerate(rows):
        column, heads = 0, True
        for cell in row:
            name = local(cell).lower()
            if name not in ("td", "th"):
                continue
            while taken.pop((number, column), False):
                column += 1
            wide, high = _span(cell, "colspan"), min(_span(cell, "rowspan"), len(rows) - number)
            area += wide * high
            if area > _CELLS:
                return None
            for r in range(1, high):
                for c in range(wide):
                    taken[number + r, column + c] = True
            cells.append(GridCell(number, column, _cell_text(cell), high, wide))
            heads = heads and name == "th"
            column += wide
        columns = max(columns, column)
        if heads and column and header == number:
            header = number + 1
    filled = {c.row for c in cells if c.text}
    if len(filled) < 2 or len({c.column for c in cells if c.text}) < 2 or columns > 2000:
        return None
    return Grid(tuple(cells), len(rows), columns, min(header, len(rows) - 1))


def _span(cell: etree._Element, name: str) -> int:
    found = re.match(r"\s*(\d{1,5})", cell.get(name) or "1")
    return min(max(int(found.group(1)), 1), _SPAN) if found else 1


def _cell_text(cell: etree._Element) -> str:
    pieces: list[str] = []
    walker = etree.iterwalk(cell, events=("start", "end"))
    for event, element in walker:
        name = local(element).lower()
        if event == "start":
            if name in _DROP or not name:
                walker.skip_subtree()
                continue
            if name in _LINES or name == "br":
                pieces.append(" ")
            pieces.append(element.text or "")
        elif element is not cell:
            pieces.append((" " if name in _LINES else "") + (element.tail or ""))
    return _folded("".join(pieces)).strip()


def _folded(text: str) -> str:
    return re.sub(r"[ \t\r\n\f\xa0]+", " ", text)


def _tidy(text: str) -> str:
    lines = [re.sub(r" +", " ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def body(data: bytes, exhibit: Exhibit) -> Body:
    """Return the body of an HTML exhibit."""
    decoded = decoded_html(data)
    made = Body(engine=f"assay html, {decoded.encoding}")
    if decoded.replaced:
        made.notes.append(f"{decoded.replaced} places hold bytes that fit no character of {decoded.encoding}")
    fill(made, decoded.text)
    return made


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of pages."""
    return 1 if len(data) < 100_000 else len(paginate(body(data, exhibit)))


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterable[Record]:
    """Yield the pages first..last."""
    return pages(body(data, exhibit), exhibit, NAME, VERSION, first, last)


HTML = Reader(
    NAME,
    VERSION,
    "HTML pages: text, headings, lists and tables.",
    "Runs no script, applies no style and fetches nothing; text hidden by a style sheet is read like any other.",
    accepts=("text/html", "application/xhtml+xml"),
    count=count,
    read=read,
    chunk=64,
)
