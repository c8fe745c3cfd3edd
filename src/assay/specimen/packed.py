"""Zip containers with fixed dates and order, so that the same parts give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date


def packed(parts: Mapping[str, bytes], day: date | None = None) -> bytes:
    """Return a zip of `parts` in their order; entries are dated `day` at noon, or 1980 as Word does."""
    out = io.BytesIO()
    stamp = (day.year, day.month, day.day, 12, 0, 0) if day else (1980, 1, 1, 0, 0, 0)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, data)
    return out.getvalue()


def core(title: str, author: str, made: date) -> bytes:
    """Return docProps/core.xml that marks the file as a specimen, dated in the fiction."""
    when = f"{made.isoformat()}T09:{made.day % 60:02d}:00Z"
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{text(title)}</dc:title><dc:creator>{text(author)}</dc:creator>"
        "<cp:keywords>SPECIMEN fictional document made by assay specimen</cp:keywords>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{when}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{when}</dcterms:modified></cp:coreProperties>'
    ).encode()


def text(words: str) -> str:
    """Return `words` fit for XML text and attributes."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
