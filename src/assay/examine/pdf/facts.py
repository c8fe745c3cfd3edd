"""What a PDF file states of itself: versions, producers, dates, identifiers, and how its bytes were written.

Purpose: one reading of the file's structure for all examinations that compare such statements. Limits: read with
pikepdf, which refuses some broken files; statements can be set to anything. Source: ISO 32000-2, 7.5 (structure),
14.3 (metadata), 14.4 (file identifiers); ISO 16684-1 (XMP).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assay.examine.pdf.states import StateRefused
from assay.examine.pdf.times import Moment, iso_moment, pdf_moment

MOST_PAGES = 2_000
"""Structure is looked at on so many pages at most."""
_LONGEST = 300
_XMP_LARGEST = 4_000_000
_HEAD = re.compile(rb"%PDF-(\d\.\d)[ \t]*(?:\r\n|\r|\n)(?:[ \t]*(?:\r\n|\r|\n))*(%[^\r\n]{0,40})?")
_XREF = re.compile(rb"(?<!start)xref[ \t]*[\r\n]")
_XREF_STREAM = re.compile(rb"/Type\s*/XRef\b")
_NAMESPACES = {
    "xmp": "http://ns.adobe.com/xap/1.0/", "pdf": "http://ns.adobe.com/pdf/1.3/",
    "mm": "http://ns.adobe.com/xap/1.0/mm/", "dc": "http://purl.org/dc/elements/1.1/",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What one file states. Texts are cut at 300 characters; a moment is None when absent or not readable.

    `comment` is the binary comment of the second line; `tables` and `streams` count the cross-reference sections of
    each style. `xmp_tool` and `xmp_producer` stand in the XMP packet, `identifiers` are the two halves of /ID in hex.
    """

    version: str
    comment: bytes
    tables: int
    streams: int
    producer: str
    creator: str
    created: Moment | None
    modified: Moment | None
    xmp_tool: str
    xmp_producer: str
    xmp_created: Moment | None
    xmp_modified: Moment | None
    history: tuple[str, ...]
    identifiers: tuple[str, ...]

    @property
    def moments(self) -> tuple[Moment, ...]:
        """Every readable date of the file's metadata."""
        every = (self.created, self.modified, self.xmp_created, self.xmp_modified)
        return tuple(m for m in every if m is not None)


@contextmanager
def structure(data: bytes) -> Iterator[Any]:
    """Open the file's structure; raise `StateRefused`, also for what goes wrong in reading it later."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            yield pdf
    except pikepdf.PasswordError as error:
        message = "a password is needed"
        raise StateRefused(message) from error
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, TypeError, KeyError, RecursionError,
            AttributeError, OverflowError, RuntimeError) as error:  # fmt: skip
        message = f"its structure cannot be read ({type(error).__name__})"
        raise StateRefused(message) from error


@lru_cache(maxsize=2)
def facts_of(data: bytes) -> Facts:
    """Return what the file states of itself; raise `StateRefused`."""
    with structure(data) as pdf:
        info = pdf.trailer.get("/Info")
        said = {name: _text(info, name) for name in ("/Producer", "/Creator", "/CreationDate", "/ModDate")}
        packet = _packet(pdf.Root)
        halves = pdf.trailer.get("/ID")
        identifiers = tuple(bytes(h).hex()[:64] for h in halves) if halves is not None else ()
    head = _HEAD.search(data, 0, 1200)
    xmp = _Xmp(packet)
    return Facts(
        version=_version(data, head), comment=(head.group(2) or b"")[1:] if head else b"",
        tables=len(_XREF.findall(data)), streams=len(_XREF_STREAM.findall(data)),
        producer=said["/Producer"], creator=said["/Creator"],
        created=pdf_moment(said["/CreationDate"]), modified=pdf_moment(said["/ModDate"]),
        xmp_tool=xmp.value("xmp", "CreatorTool"), xmp_producer=xmp.value("pdf", "Producer"),
        xmp_created=iso_moment(xmp.value("xmp", "CreateDate")), xmp_modified=iso_moment(xmp.value("xmp", "ModifyDate")),
        history=xmp.history(), identifiers=identifiers,
    )  # fmt: skip


def _version(data: bytes, head: re.Match[bytes] | None) -> str:
    at = data[:1024].find(b"%PDF-")
    return head.group(1).decode() if head else data[at + 5 : at + 8].decode("latin-1") if at >= 0 else ""


def _text(holder: Any, name: str) -> str:
    """Return a text entry of a dictionary, without control characters, cut; empty when it is no text."""
    import pikepdf

    if not isinstance(holder, pikepdf.Dictionary):
        return ""
    value = holder.get(name)
    if not isinstance(value, pikepdf.String):
        return ""
    return "".join(c if c.isprintable() else " " for c in str(value)).strip()[:_LONGEST]


def _packet(root: Any) -> bytes:
    import pikepdf

    stream = root.get("/Metadata")
    if not isinstance(stream, pikepdf.Stream):
        return b""
    if len(stream.read_raw_bytes()) > _XMP_LARGEST:
        return b""
    return bytes(stream.read_bytes())[:_XMP_LARGEST]


class _Xmp:
    """An XMP packet: properties as elements or attributes, wherever they stand."""

    def __init__(self, packet: bytes) -> None:
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
        try:
            self._root = etree.fromstring(packet.strip(b"\x00 \r\n\t"), parser) if packet else None
        except etree.XMLSyntaxError:
            self._root = None

    def value(self, space: str, name: str) -> str:
        if self._root is None:
            return ""
        key = f"{{{_NAMESPACES[space]}}}{name}"
        for element in self._root.iter():
            if element.get(key):
                return str(element.get(key)).strip()[:_LONGEST]
            if element.tag == key and element.text:
                return str(element.text).strip()[:_LONGEST]
        return ""

    def history(self) -> tuple[str, ...]:
        """Return the programs that the history of changes names, first to last."""
        if self._root is None:
            return ()
        event = "{http://ns.adobe.com/xap/1.0/sType/ResourceEvent#}"
        agents = [str(e.get(f"{event}softwareAgent") or e.text or "").strip() for e in self._root.iter()
                  if e.get(f"{event}softwareAgent") or e.tag == f"{event}softwareAgent"]  # fmt: skip
        return tuple(a[:_LONGEST] for a in agents if a)[:100]
