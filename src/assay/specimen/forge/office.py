"""Kinds of alteration of Word files: tracked changes, sessions, times, the container."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime, timedelta

from assay.specimen import alter
from assay.specimen.forge.bench import Bench, Paper
from assay.specimen.forge.kind import OFFICE, Kind, Made

_APP = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Template>Normal.dotm</Template><TotalTime>{minutes}</TotalTime><Application>{program}</Application>"
    "<AppVersion>16.0000</AppVersion></Properties>"
)
_WORD = "Microsoft Office Word"
_APP_TYPE = (
    '<Override PartName="/docProps/app.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>'
)
_APP_LINK = (
    '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'extended-properties" Target="docProps/app.xml"/></Relationships>'
)
Parts = dict[str, bytes]


def _parts(bench: Bench, paper: Paper, *, minutes: int = 35, program: str = _WORD) -> Parts:
    """Return a Word file's parts, with the properties that the program itself would write."""
    with zipfile.ZipFile(io.BytesIO(bench.word(paper).data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["docProps/app.xml"] = _APP.format(minutes=minutes, program=program).encode()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", _APP_TYPE.encode())
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"</Relationships>", _APP_LINK.encode())
    core = parts["docProps/core.xml"].decode()
    later = paper.at + timedelta(hours=3)
    core = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", lambda m: f"{m.group(1)}{later:%Y-%m-%dT%H:%M:%SZ}", core)
    parts["docProps/core.xml"] = core.encode()
    return parts


def _packed(parts: Parts, *, when: datetime | None = None, system: int = 0) -> bytes:
    """Return the container as Word writes it (entries dated 1980), or as another program does on a day."""
    out = io.BytesIO()
    stamp = (when.year, when.month, when.day, when.hour, when.minute, 0) if when else (1980, 1, 1, 0, 0, 0)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, system
            archive.writestr(entry, data)
    return out.getvalue()


def _made(bench: Bench, paper: Paper, data: bytes, detail: str, text: str = "") -> Made:
    file = bench.word(paper)
    pages = (text,) if text else file.pages
    return Made((paper.file(data, name=file.name, medium=OFFICE, pages=pages),), detail)


def _tracked(bench: Bench) -> Made:
    paper = bench.paper("acceptance_act")
    data = _packed(_parts(bench, paper))
    who = alter.Reviser("R. Reviser", "R.", paper.at + timedelta(days=2))
    changed = alter.track_changes(data, bench.rng, reviser=who)
    return _made(bench, paper, changed.data, f"{changed.before} -> {changed.after}, tracked")


def _accepted(bench: Bench) -> Made:
    paper = bench.paper("acceptance_act")
    return _made(
        bench, paper, alter.accepted(_packed(_parts(bench, paper)), bench.rng).data, "saved again, no word changed"
    )


def _unlisted(bench: Bench) -> Made:
    """Give paragraphs the session ids of another document: the settings list none of them."""
    paper = bench.paper("acceptance_act")
    parts = _parts(bench, paper)
    foreign = f"00{bench.rng.randrange(16**6):06X}"
    body = parts["word/document.xml"].decode()
    marks = [m.start() for m in re.finditer(r'<w:p w:rsidR="[0-9A-F]{8}"', body)]
    for at in sorted(bench.rng.sample(marks, min(3, len(marks))), reverse=True):
        end = body.index('"', at + len('<w:p w:rsidR="')) + 1
        body = f'{body[:at]}<w:p w:rsidR="{foreign}"{body[end:]}'
    parts["word/document.xml"] = body.encode()
    return _made(bench, paper, _packed(parts), f"paragraphs of session {foreign}, which the settings do not list")


def _no_sessions(bench: Bench) -> Made:
    """Write no session ids at all, as LibreOffice does."""
    paper = bench.paper("acceptance_act")
    parts = _parts(bench, paper, program="LibreOffice/7.4.7.2$Linux_X86_64")
    parts["word/document.xml"] = re.sub(rb' w:rsidR="[0-9A-F]{8}"', b"", parts["word/document.xml"])
    parts["word/settings.xml"] = re.sub(rb"<w:rsids>.*</w:rsids>", b"", parts["word/settings.xml"])
    return _made(bench, paper, _packed(parts), "another program, which writes no session ids")


def _too_long(bench: Bench) -> Made:
    paper = bench.paper("acceptance_act")
    return _made(
        bench, paper, _packed(_parts(bench, paper, minutes=9000)), "edited for 9000 minutes within three hours"
    )


def _long(bench: Bench) -> Made:
    paper = bench.paper("acceptance_act")
    return _made(bench, paper, _packed(_parts(bench, paper, minutes=150)), "edited for 150 minutes within three hours")


def _repacked(bench: Bench) -> Made:
    """Take the container apart and pack it again, in another order, with dates, on another system."""
    paper = bench.paper("acceptance_act")
    parts = _parts(bench, paper)
    other = dict(sorted(parts.items()))
    data = _packed(other, when=paper.at + timedelta(days=5), system=3)
    return _made(bench, paper, data, "Word's name, another program's container")


def _as_word(bench: Bench) -> Made:
    paper = bench.paper("acceptance_act")
    return _made(bench, paper, _packed(_parts(bench, paper)), "the container as Word packs it")


KINDS = (
    Kind("tracked change", "ooxml.track", OFFICE, _tracked, _accepted, "saved again", fact=True),
    Kind("session ids that are not listed", "ooxml.rsid", OFFICE, _unlisted, _no_sessions, "no session ids", fact=True),
    Kind("more editing time than time", "ooxml.time", OFFICE, _too_long, _long, "time that fits"),
    Kind("packed again", "ooxml.zip", OFFICE, _repacked, _as_word, "the container as Word packs it"),
)
