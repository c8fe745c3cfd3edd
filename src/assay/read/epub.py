"""Reader for EPUB books: each document of the reading order is a page, read as HTML.

Limits: styles and scripts are not applied; pictures, sound and the book's own page list are left out; a document that
is listed twice is read once. What is not in the reading order (the spine) is not read, and a note counts it.
Source: EPUB 3.3, Open Container Format.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from urllib.parse import unquote

from assay.custody.unpack_zip import names
from assay.model import Exhibit, Page, PageState, Problem, Record
from assay.read import html, xml
from assay.read.body import Block, Body, laid_out
from assay.read.language import language
from assay.read.xml import attribute, local
from assay.work.part import Reader, ReadRefused, ReadSettings

NAME, VERSION = "epub", "1"
MOST = 20_000
_TEXTS = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document", "application/xml")


def spine(data: bytes) -> tuple[list[str], int]:
    """Return the members of the reading order, and how many other texts the book lists."""
    container = xml.part(data, "META-INF/container.xml")
    root = next((attribute(e, "full-path") for e in container.iter() if local(e) == "rootfile"), "") if (
        container is not None
    ) else next((n for n in names(data) if n.endswith(".opf")), "")  # fmt: skip
    package = xml.part(data, root) if root else None
    if package is None:
        raise ReadRefused("broken", "the book names no package document")
    folder = posixpath.dirname(root)
    manifest: dict[str, str] = {}
    for item in (e for e in package.iter() if local(e) == "item"):
        if attribute(item, "media-type") in _TEXTS:
            path = posixpath.normpath(posixpath.join(folder, unquote(attribute(item, "href").partition("#")[0])))
            manifest[attribute(item, "id")] = path
    order = [manifest.get(attribute(e, "idref"), "") for e in package.iter() if local(e) == "itemref"]
    listed = list(dict.fromkeys(path for path in order if path))[:MOST]
    if not listed:
        raise ReadRefused("broken", "the book's reading order is empty")
    return listed, len(set(manifest.values()) - set(listed))


def _locked(data: bytes, path: str) -> bool:
    """Tell whether the book states that this member is encrypted (fonts often are, and do not count)."""
    stated = xml.member(data, "META-INF/encryption.xml")
    return stated is not None and f'URI="{path}"'.encode() in stated


def count(data: bytes, exhibit: Exhibit, settings: ReadSettings) -> int:
    """Return the number of documents in the reading order."""
    return len(spine(data)[0])


def read(data: bytes, exhibit: Exhibit, settings: ReadSettings, first: int, last: int) -> Iterable[Record]:
    """Yield the documents first..last; a damaged one as a failed page."""
    listed, others = spine(data)
    for number, path in enumerate(listed, 1):
        if not first <= number <= last:
            continue
        made = Body(engine="assay epub")
        try:
            if _locked(data, path):
                raise ReadRefused("encrypted", f"{path} in the book is encrypted")
            content = xml.member(data, path)
            if content is None:
                raise ReadRefused("broken", f"{path} is missing from the book")
            html.fill(made, html.decoded_html(content).text)
        except ReadRefused as refused:
            yield Page(
                exhibit.digest, number, "text", PageState.FAILED, "empty", made.engine, "", "und", (), 0.0, 0.0, 0,
                None, refused.message, (), NAME, VERSION,
            )  # fmt: skip
            yield Problem("read", exhibit.digest, number, refused.category, refused.message, NAME, VERSION)
            continue
        if number == 1 and others:
            made.notes.append(f"{others} texts of the book are not in its reading order and were not read")
        hint = language(" ".join(b.text for b in made.blocks if isinstance(b, Block))[:4000])
        yield from laid_out(made, made.blocks, exhibit, NAME, VERSION, number, hint)


EPUB = Reader(
    NAME,
    VERSION,
    "EPUB books: a page for each document of the reading order.",
    "No styles, scripts, pictures; what is not in the reading order is counted, not read.",
    accepts=("application/epub+zip",),
    count=count,
    read=read,
    chunk=64,
)
