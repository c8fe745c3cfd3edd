"""Changes in a DOCX: tracked insertions, deletions and comments, and the same edit accepted without a trace of them.

Limits: the words to change must stand in one paragraph; formatting of a run that is cut is kept on each piece.
Source: ECMA-376 part 1, 17.13 (annotations) and 17.15.1.70 (rsids).
"""

from __future__ import annotations

import copy
import random
import zipfile
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from lxml import etree

from assay.specimen.alter.places import AMOUNT, changed
from assay.specimen.alter.result import Altered, CannotAlter

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
COMMENTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True, slots=True)
class Reviser:
    """Who edited, and when."""

    name: str
    initials: str
    when: datetime


def track_changes(
    docx: bytes, rng: random.Random, *, reviser: Reviser, old: str = "", new: str = "", comment: str = ""
) -> Altered:
    """Change `old` into `new` with change tracking on: w:del, w:ins, and a comment beside it when one is given.

    Without `old` an amount of the body is chosen, without `new` one of its leading digits is changed.
    """
    parts = _unpack(docx)
    body = etree.fromstring(parts["word/document.xml"])
    paragraph, old = _choose(body, rng, old)
    new = new or changed(old, rng)
    runs = _isolate(paragraph, old)
    _mark_session(parts, paragraph, rng)
    first = _next_id(body)
    struck = _change("del", first, reviser)
    added = _change("ins", first + 1, reviser)
    runs[0].addprevious(struck)
    for run in runs:
        struck.append(run)
        for text in run.findall(f"{{{W}}}t"):
            text.tag = f"{{{W}}}delText"
    struck.addnext(added)
    added.append(_run_like(runs[0], new))
    if comment:
        number = _add_comment(parts, reviser, comment)
        mark = {f"{{{W}}}id": str(number)}
        struck.addprevious(etree.Element(f"{{{W}}}commentRangeStart", mark))
        end = etree.Element(f"{{{W}}}commentRangeEnd", mark)
        added.addnext(end)
        reference = etree.Element(f"{{{W}}}r")
        etree.SubElement(reference, f"{{{W}}}commentReference", mark)
        end.addnext(reference)
    parts["word/document.xml"] = _xml(body)
    return Altered(_pack(parts), 0, None, old, new)


def accepted(docx: bytes, rng: random.Random, *, old: str = "", new: str = "") -> Altered:
    """Make an edit with nothing tracked: only revision-save ids tell that there was a session.

    Without `new` no word is changed: an innocent open-and-save. Without `old` a paragraph with an amount is taken.
    """
    parts = _unpack(docx)
    body = etree.fromstring(parts["word/document.xml"])
    paragraph, old = _choose(body, rng, old)
    new = new or old
    _mark_session(parts, paragraph, rng)
    if new != old:
        runs = _isolate(paragraph, old)
        runs[0].addprevious(_run_like(runs[0], new))
        for run in runs:
            paragraph.remove(run)
    parts["word/document.xml"] = _xml(body)
    return Altered(_pack(parts), 0, None, old, new)


def _choose(body: Any, rng: random.Random, old: str) -> tuple[Any, str]:
    choices: list[tuple[Any, str]] = []
    for paragraph in body.iter(f"{{{W}}}p"):
        text = "".join(t for _, t in _plain_runs(paragraph))
        if old:
            choices.extend([(paragraph, old)] if old in text else [])
        else:
            choices.extend((paragraph, m.group()) for m in AMOUNT.finditer(text))
    if not choices:
        message = f"no paragraph holds {old!r}" if old else "no paragraph holds an amount"
        raise CannotAlter(message)
    return rng.choice(choices)


def _plain_runs(paragraph: Any) -> list[tuple[Any, str]]:
    """Return the paragraph's own runs that hold one text and nothing else but properties."""
    found = []
    for run in paragraph.findall(f"{{{W}}}r"):
        inner = [c for c in run if c.tag != f"{{{W}}}rPr"]
        if len(inner) == 1 and inner[0].tag == f"{{{W}}}t":
            found.append((run, inner[0].text or ""))
    return found


def _isolate(paragraph: Any, old: str) -> list[Any]:
    """Cut runs so that some of them hold exactly `old`; return those."""
    runs = _plain_runs(paragraph)
    start = "".join(t for _, t in runs).index(old)
    end = start + len(old)
    chosen: list[Any] = []
    at = 0
    for run, text in runs:
        low, high = max(start - at, 0), min(end - at, len(text))
        at += len(text)
        if low >= high:
            continue
        if low:
            run.addprevious(_run_like(run, text[:low]))
        if high < len(text):
            run.addnext(_run_like(run, text[high:]))
        _set_text(run, text[low:high])
        chosen.append(run)
    return chosen


def _run_like(run: Any, words: str) -> Any:
    made = etree.Element(f"{{{W}}}r")
    properties = run.find(f"{{{W}}}rPr")
    if properties is not None:
        made.append(copy.deepcopy(properties))
    etree.SubElement(made, f"{{{W}}}t")
    _set_text(made, words)
    return made


def _set_text(run: Any, words: str) -> None:
    text = run.find(f"{{{W}}}t")
    text.text = words
    text.set(SPACE, "preserve")


def _change(kind: str, number: int, reviser: Reviser) -> Any:
    fields = {"id": str(number), "author": reviser.name, "date": reviser.when.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return etree.Element(f"{{{W}}}{kind}", {f"{{{W}}}{k}": v for k, v in fields.items()})


def _next_id(body: Any) -> int:
    held = [e.get(f"{{{W}}}id", "") for tag in ("ins", "del") for e in body.iter(f"{{{W}}}{tag}")]
    return max((int(i) for i in held if i.isdigit()), default=100) + 1


def _mark_session(parts: dict[str, bytes], paragraph: Any, rng: random.Random) -> None:
    """Give the paragraph a revision-save id that the settings list, as Word does for each session."""
    stamp = f"{rng.getrandbits(23) | 0x100000:08X}"
    paragraph.set(f"{{{W}}}rsidR", stamp)
    if "word/settings.xml" not in parts:
        return
    settings = etree.fromstring(parts["word/settings.xml"])
    listed = settings.find(f"{{{W}}}rsids")
    if listed is None:
        listed = etree.SubElement(settings, f"{{{W}}}rsids")
        etree.SubElement(listed, f"{{{W}}}rsidRoot", {f"{{{W}}}val": stamp})
        for later in ("mathPr", "themeFontLang", "clrSchemeMapping", "shapeDefaults", "decimalSymbol", "listSeparator"):
            place = next((c for c in settings if etree.QName(c).localname == later), None)
            if place is not None:
                place.addprevious(listed)
                break
    etree.SubElement(listed, f"{{{W}}}rsid", {f"{{{W}}}val": stamp})
    parts["word/settings.xml"] = _xml(settings)


def _add_comment(parts: dict[str, bytes], reviser: Reviser, words: str) -> int:
    name = "word/comments.xml"
    if name in parts:
        comments = etree.fromstring(parts[name])
    else:
        comments = etree.Element(f"{{{W}}}comments", nsmap={"w": W})
        types = etree.fromstring(parts["[Content_Types].xml"])
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
        etree.SubElement(types, f"{{{TYPES}}}Override", {"PartName": "/" + name, "ContentType": kind})
        parts["[Content_Types].xml"] = _xml(types)
        relations = etree.fromstring(parts["word/_rels/document.xml.rels"])
        fields = {"Id": "rIdComments", "Type": COMMENTS, "Target": "comments.xml"}
        etree.SubElement(relations, f"{{{RELATIONS}}}Relationship", fields)
        parts["word/_rels/document.xml.rels"] = _xml(relations)
    number = len(comments)
    fields = {"id": str(number), "author": reviser.name, "initials": reviser.initials}
    fields["date"] = reviser.when.strftime("%Y-%m-%dT%H:%M:%SZ")
    comment = etree.SubElement(comments, f"{{{W}}}comment", {f"{{{W}}}{k}": v for k, v in fields.items()})
    run = etree.SubElement(etree.SubElement(comment, f"{{{W}}}p"), f"{{{W}}}r")
    etree.SubElement(run, f"{{{W}}}t")
    _set_text(run, words)
    parts[name] = _xml(comments)
    return number


def _xml(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _unpack(docx: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(docx)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _pack(parts: dict[str, bytes]) -> bytes:
    """Return a package with the parts in their order and the zip times that Word writes (1980)."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()
