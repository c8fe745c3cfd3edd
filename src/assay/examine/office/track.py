"""`ooxml.track`: tracked changes, comments and hidden text in Word, Excel and PowerPoint files.

Neutral facts: they say that a document was being worked on, who is named for it and when, as stated in the file. A
tracked change that still stands is evidence of a draft. Source: ECMA-376 part 1, 17.13.5 (revisions), 17.13.4
(comments), 17.3.2.41 (vanish), 18.2.19 (sheet state).
Limits: names and times are whatever the program was told; changes accepted or made with tracking off leave nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.examine.office.package import Package, PackageRefused
from assay.examine.question import Question, quoted
from assay.model import Direction, Finding, Reading, Record, Span, Weight, whole
from assay.work.part import Examination

if TYPE_CHECKING:
    from lxml.etree import _Element

_MIME = "application/vnd.openxmlformats-officedocument."
_MACRO = "application/vnd.ms-"
ACCEPTS = (
    f"{_MIME}wordprocessingml.document", f"{_MIME}wordprocessingml.template",
    f"{_MIME}spreadsheetml.sheet", f"{_MIME}presentationml.presentation",
    f"{_MACRO}word.document.macroEnabled.12", f"{_MACRO}excel.sheet.macroEnabled.12",
    f"{_MACRO}powerpoint.presentation.macroEnabled.12",
)  # fmt: skip
TRACKED, COMMENTS, HIDDEN = "tracked changes", "comments", "hidden text"
"""The three causes; the policy of the axes knows them by these words."""
MOST_QUOTED = 8
_CONTEXT = 60

_LIMITS = (
    "Authors and times stand as the file states them and can be set to anything. Changes that were accepted, or made "
    "with tracking off, are not seen."
)
_QUESTION = Question(
    part="ooxml.track",
    version="1",
    proposition="The file is a state of work: changes, comments or hidden parts still stand in it.",
    alternative="The file is as its makers sent it out.",
    expected="No tracked change, no comment and no hidden text in a final document.",
    innocent=(
        "a final document that was sent out without accepting the last changes",
        "a reader's own comments, made after the document was received",
    ),
    limits=_LIMITS,
    heaviest=Weight.NEUTRAL,
)

_KINDS = {
    "ins": "inserted", "del": "deleted", "moveFrom": "moved away", "moveTo": "moved here",
    "cellIns": "cell inserted", "cellDel": "cell deleted",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edit:
    """One change, comment or hidden run: what was done, by whom and when as stated, its words and what stood around."""

    kind: str
    author: str
    date: str
    text: str
    before: str = ""
    after: str = ""


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """List the tracked changes, comments and hidden text of one office file."""
    digest = reading.exhibit.digest
    try:
        package = Package(data)
        groups = {
            TRACKED: tuple(tracked(package)),
            COMMENTS: tuple(comments(package)),
            HIDDEN: tuple(hidden(package)),
        }
    except PackageRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be examined: {error}.")
        return
    for group, edits in groups.items():
        if edits:
            yield _finding(reading, group, edits)
    if not any(groups.values()):
        yield _QUESTION.nothing(
            digest, "No tracked change, no comment and no hidden text stands in the file.", direction=Direction.NEITHER
        )


def _finding(reading: Reading, group: str, edits: tuple[Edit, ...]) -> Finding:
    authors = ", ".join(sorted({e.author for e in edits if e.author})) or "nobody named"
    dates = sorted(e.date for e in edits if e.date)
    when = f", dated {dates[0]} to {dates[-1]}" if dates else ", undated"
    said = "; ".join(_worded(e) for e in edits[:MOST_QUOTED])
    more = f"; and {len(edits) - MOST_QUOTED} more" if len(edits) > MOST_QUOTED else ""
    return _QUESTION.finding(
        reading.exhibit.digest,
        f"{len(edits)} {group} ({authors}{when}): {said}{more}.",
        (span for e in edits[:MOST_QUOTED] for span in _place(reading, e)),
        Weight.NEUTRAL,
        group,
        direction=Direction.NEITHER,
    )


def _worded(edit: Edit) -> str:
    stated = ", ".join(part for part in (edit.author, edit.date) if part)
    return f"{edit.kind} {quoted(edit.text, 120)}" + (f" ({stated})" if stated else "")


def _place(reading: Reading, edit: Edit) -> list[Span]:
    """Return where the edit's words stand in the reading, or the words around them, or the whole."""
    for needle, shift in (
        (edit.before + edit.text, len(edit.before)),
        (edit.text, 0),
        (edit.before, 0),
        (edit.after, 0),
    ):
        wanted = needle.strip()
        if len(wanted) < 2:
            continue
        for page in reading.pages:
            at = page.text.find(wanted)
            if at >= 0:
                start = at + max(0, shift - (len(needle) - len(needle.lstrip())))
                return [page.span(start, at + len(wanted))]
    return [whole(reading.exhibit.digest)]


def tracked(package: Package) -> Iterator[Edit]:
    """Yield the tracked changes of a Word file's body, headers, footers and notes, and of a shared workbook."""
    for name in package.names("word/"):
        if "/_rels/" in name or "/theme/" in name or "/glossary/" in name:
            continue
        root = package.xml(name)
        for paragraph in root.iter(_any("p")):
            yield from _changes(paragraph)
        for mark in root.iter(_any("cellIns"), _any("cellDel")):
            kind = _KINDS[_local(mark)]
            yield Edit(kind, _value(mark, "author"), _value(mark, "date"), _words(_cell(mark)))
    for name in package.names("xl/revisions/revisionLog"):
        for cell in package.xml(name).iter(_any("rcc")):
            old, new = _child_text(cell, "oc"), _child_text(cell, "nc")
            yield Edit("cell changed", "", "", f"{old} → {new}", "", new)


def _changes(paragraph: _Element) -> Iterator[Edit]:
    """Yield the changes of one paragraph in order, neighbours of one kind and author run together."""
    runs: list[tuple[str, str, str, str]] = []
    for run in paragraph.iter(_any("r"), _any("rPr")):
        if next(a for a in run.iterancestors() if _local(a) == "p") is not paragraph:
            continue
        mark = _mark(run, paragraph)
        if _local(run) == "r":
            text = _words(run)
            kind, author, date = mark or ("", "", "")
            if runs and runs[-1][:3] == (kind, author, date):
                runs[-1] = (kind, author, date, runs[-1][3] + text)
            else:
                runs.append((kind, author, date, text))
        elif mark and mark[0] and _local(_parent(run)) == "pPr":
            runs.append((f"paragraph mark {mark[0]}", mark[1], mark[2], "¶"))
    for index, (kind, author, date, text) in enumerate(runs):
        if kind and text.strip():
            before = "".join(r[3] for r in runs[:index] if "deleted" not in r[0])[-_CONTEXT:]
            after = "".join(r[3] for r in runs[index + 1 :] if "deleted" not in r[0])[:_CONTEXT]
            yield Edit(kind, author, date, text, before, after)


def _mark(run: _Element, paragraph: _Element) -> tuple[str, str, str] | None:
    if _local(run) == "rPr":
        nodes = [child for child in run if _local(child) in ("ins", "del")]
        node = nodes[0] if nodes else None
    else:
        node = run.getparent()
        while node is not None and node is not paragraph and _local(node) not in _KINDS:
            node = node.getparent()
        node = None if node is paragraph else node
    if node is None or _local(node) not in _KINDS:
        return None
    return _KINDS[_local(node)], _value(node, "author"), _value(node, "date")


def comments(package: Package) -> Iterator[Edit]:
    """Yield comments of Word, Excel and PowerPoint files."""
    for name in package.names("word/comments.xml", ""):
        for node in package.xml(name).iter(_any("comment")):
            yield Edit("comment", _value(node, "author"), _value(node, "date"), _words(node))
    for name in (*package.names("xl/comments"), *package.names("xl/threadedComments/")):
        root = package.xml(name)
        authors = [_text(a) for a in root.iter(_any("author"))]
        for node in root.iter(_any("comment"), _any("threadedComment")):
            number = _value(node, "authorId")
            author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
            yield Edit(f"comment at {_value(node, 'ref')}", author, _value(node, "dT"), _words(node))
    for name in package.names("ppt/comments/"):
        for node in package.xml(name).iter(_any("cm")):
            yield Edit("comment", "", _value(node, "dt") or _value(node, "created"), _text(node))


def hidden(package: Package) -> Iterator[Edit]:
    """Yield hidden runs of Word files, hidden sheets of workbooks and hidden slides."""
    for name in package.names("word/document.xml", ""):
        for mark in package.xml(name).iter(_any("vanish")):
            run = _parent(_parent(mark))
            if _local(run) == "r" and _value(mark, "val") not in ("0", "false", "off") and _words(run).strip():
                yield Edit("hidden run", "", "", _words(run))
    for name in package.names("xl/workbook.xml", ""):
        for sheet in package.xml(name).iter(_any("sheet")):
            if _value(sheet, "state") in ("hidden", "veryHidden"):
                yield Edit(f"sheet {_value(sheet, 'state')}", "", "", _value(sheet, "name"))
    for name in package.names("ppt/slides/slide"):
        root = package.xml(name)
        if _value(root, "show") == "0":
            yield Edit("slide hidden", "", "", " ".join(_text(t) for t in root.iter(_any("t"))))


def _text(node: _Element) -> str:
    return "".join(str(text) for text in node.itertext())


def _any(name: str) -> str:
    return f"{{*}}{name}"


def _local(node: _Element) -> str:
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _parent(node: _Element) -> _Element:
    parent = node.getparent()
    return node if parent is None else parent


def _cell(node: _Element) -> _Element:
    while _local(node) != "tc" and node.getparent() is not None:
        node = _parent(node)
    return node


def _child_text(node: _Element, name: str) -> str:
    child = next((c for c in node if _local(c) == name), None)
    return "" if child is None else "".join(str(t) for t in child.itertext())


def _value(node: _Element, name: str) -> str:
    """Return an attribute, whatever its namespace."""
    for key, value in node.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return ""


def _words(node: _Element) -> str:
    """Return the text of a Word run, paragraph or comment: tabs and breaks as white space, field codes left out."""
    parts: list[str] = []
    for child in node.iter():
        name = _local(child)
        if name in ("t", "delText", "text"):
            parts.append(child.text or "")
        elif name in ("tab", "br", "cr") and _local(_parent(child)) == "r":
            parts.append("\t" if name == "tab" else "\n")
        elif name == "p" and parts:
            parts.append("\n")
    return "".join(parts)


TRACK = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Lists tracked changes, comments and hidden text of Office files, with authors and times as stated.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=ACCEPTS,
    examine=examine,
)
