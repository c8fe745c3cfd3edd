"""`office.active`: what in an Office file acts when it is opened: macros, embedded objects, links to elsewhere.

A neutral fact about the document and a matter of safety for who opens it. Limits: macros are told, not understood.
Source: ECMA-376 part 2, 9.3 (relationships); MS-OVBA 2.2.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

from assay.examine.office.oleprops import ACCEPTS as OLD
from assay.examine.office.package import Package, PackageRefused
from assay.examine.office.properties import PACKAGES
from assay.examine.question import Question, quoted
from assay.model import Direction, Reading, Record, Weight
from assay.work.part import Examination

_MOST_SAID = 5
_LOADED = ("attachedTemplate", "oleObject", "frame", "subDocument", "externalLink", "image", "video", "audio")
"""Relationships that a program follows by itself when it opens the file; a hyperlink waits for a click."""

_LIMITS = "What acts is listed, not judged and not run; it says nothing about whether the document was changed."
_QUESTION = Question(
    part="office.active",
    version="1",
    proposition="The file can act on the computer of who opens it.",
    alternative="The file only shows what it holds.",
    expected="No macro, no embedded program, nothing that is loaded from elsewhere.",
    innocent=("office forms with macros", "a company template on a file server", "a sheet embedded in a report"),
    limits=_LIMITS,
    heaviest=Weight.NEUTRAL,
)


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """List what acts in one Office file."""
    digest = reading.exhibit.digest
    try:
        listed = _packed(data) if reading.exhibit.media_type in PACKAGES else _old(data)
    except PackageRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be examined: {error}.")
        return
    for group, words in listed.items():
        said = "; ".join(quoted(w, 100) for w in words[:_MOST_SAID])
        yield _QUESTION.finding(
            digest, f"It holds {len(words)} {group}: {said}. Open it only where nothing is run or loaded.", (),
            Weight.NEUTRAL, group, direction=Direction.NEITHER,
        )  # fmt: skip
    if not listed:
        yield _QUESTION.nothing(
            digest, "It holds no macro, no embedded object and nothing that is loaded from elsewhere.",
            direction=Direction.NEITHER,
        )  # fmt: skip


def _packed(data: bytes) -> dict[str, list[str]]:
    package = Package(data)
    names = [e.name for e in package.entries()]
    found: dict[str, list[str]] = {}
    groups = {
        "macro part(s)": [n for n in names if n.lower().endswith("vbaproject.bin") or "/macrosheets/" in n.lower()],
        "embedded object(s)": [n for n in names if "/embeddings/" in n.lower() or "/activex/" in n.lower()],
        "link(s) loaded from elsewhere": [], "link(s) to elsewhere": [],
    }  # fmt: skip
    for name in package.names("", ".rels"):
        for relation in package.xml(name).iter("{*}Relationship"):
            if relation.get("TargetMode") == "External":
                kind = str(relation.get("Type", "")).rpartition("/")[2]
                group = "link(s) loaded from elsewhere" if kind in _LOADED else "link(s) to elsewhere"
                groups[group].append(f"{kind}: {relation.get('Target', '')}")
    for group, words in groups.items():
        if words:
            found[group] = words
    return found


def _old(data: bytes) -> dict[str, list[str]]:
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as opened:
            paths = ["/".join(p) for p in opened.listdir()[:20_000]]
    except (OSError, ValueError, IndexError, TypeError, KeyError, RecursionError, OverflowError) as error:
        message = f"its container cannot be read ({type(error).__name__})"
        raise PackageRefused(message) from error
    groups = {
        "macro part(s)": [p for p in paths if p.lower().endswith(("/vba/dir", "_vba_project"))],
        "embedded object(s)": [p for p in paths if p.lower().endswith(("\x01ole10native", "\x01ole"))],
    }
    return {g: [w.replace("\x01", "") for w in words] for g, words in groups.items() if words}


OFFICE_ACTIVE = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Lists macros, embedded objects and outside links of Office files, so that nobody opens them unawares.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=(*PACKAGES, *OLD),
    examine=examine,
)
