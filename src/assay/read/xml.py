"""XML parsed as hostile: no entities, no network, no huge trees; damage becomes one clear refusal.

Limits: documents nested deeper than 256 elements or with single texts over 10 MB are refused by the parser.
"""

from __future__ import annotations

from lxml import etree

from assay.custody.unpack import LimitMet
from assay.custody.unpack_zip import Broken, read_member
from assay.read.body import Met
from assay.work.part import ReadRefused

PART_LIMIT = 256 << 20
"""No part of an office document is read beyond this many bytes."""
TREE_LIMIT = 64 << 20
"""No XML that is held as a tree is larger: a tree takes some five times its text in memory."""


def parser(*, recover: bool = False) -> etree.XMLParser:
    """Return a parser that resolves nothing and fetches nothing."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip


def parse(data: bytes, what: str, notes: list[str] | None = None) -> etree._Element:
    """Return the root of `data`; raise `ReadRefused("broken")` that names `what` when it is no XML.

    With `notes`, a damaged document is read as far as the parser can recover it, and a note says so.
    """
    if len(data) > TREE_LIMIT:
        raise ReadRefused("limit", f"{what} is larger than {TREE_LIMIT >> 20} MiB")
    try:
        return _without_entities(etree.fromstring(data, parser()), what, notes)
    except (etree.XMLSyntaxError, ValueError) as error:
        first = str(error).split("\n")[0][:160]
    if notes is None:
        raise ReadRefused("broken", f"{what} is damaged: {first}")
    try:
        root = etree.fromstring(data, parser(recover=True))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadRefused("broken", f"{what} is damaged: {first}") from error
    if root is None or len(root) == 0:
        raise ReadRefused("broken", f"{what} is damaged: {first}")
    category = "limit" if "xcessive" in first or "exceeded" in first else "broken"
    notes.append(Met(f"{what} is damaged and was read as far as possible: {first}", category))
    return _without_entities(root, what, notes)


def _without_entities(root: etree._Element, what: str, notes: list[str] | None) -> etree._Element:
    """Take out references to entities, which are never resolved, and say how many there were."""
    found = sum(1 for _ in root.iter(etree.Entity))
    if found:
        etree.strip_elements(root, etree.Entity, with_tail=False)
        if notes is not None:
            notes.append(Met(f"{what} refers {found} times to entities, which were not resolved", "limit"))
    return root


def member(data: bytes, name: str) -> bytes | None:
    """Return a member of a zip-based document; None when absent; refuse what is damaged or too large."""
    try:
        return read_member(data, name, PART_LIMIT)
    except LimitMet as met:
        raise ReadRefused("limit", f"{name} in the document is larger than {PART_LIMIT >> 20} MiB") from met
    except Broken as broken:
        raise ReadRefused("broken", f"{name} in the document cannot be read: {broken}") from broken


def part(data: bytes, name: str, notes: list[str] | None = None) -> etree._Element | None:
    """Return the root of an XML part of a zip-based document; None when absent."""
    content = member(data, name)
    return None if content is None else parse(content, name, notes)


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace; empty for entities and the like."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2]


def attribute(element: etree._Element, name: str) -> str:
    """Return the attribute with this local name, whatever its namespace; empty when absent."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return ""
