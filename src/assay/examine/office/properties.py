"""What an Office Open XML package states of itself: program, times, minutes of editing; and how its ZIP was written.

Limits: all of it is what some program was told. Source: ECMA-376 part 2, 11 (core properties); part 1, 22.2 (extended
properties); APPNOTE 4.4 (ZIP entries).
"""

from __future__ import annotations

from dataclasses import dataclass

from assay.examine.office.package import Package
from assay.examine.pdf.times import Moment, iso_moment

_MIME = "application/vnd.openxmlformats-officedocument."
_MACRO = "application/vnd.ms-"
PACKAGES = (
    f"{_MIME}wordprocessingml.document", f"{_MIME}wordprocessingml.template", f"{_MIME}spreadsheetml.sheet",
    f"{_MIME}spreadsheetml.template", f"{_MIME}presentationml.presentation", f"{_MIME}presentationml.slideshow",
    f"{_MACRO}word.document.macroEnabled.12", f"{_MACRO}excel.sheet.macroEnabled.12",
    f"{_MACRO}powerpoint.presentation.macroEnabled.12", f"{_MACRO}excel.sheet.binary.macroEnabled.12",
)  # fmt: skip
"""The media types of Office Open XML packages."""


@dataclass(frozen=True, slots=True)
class Properties:
    """What the package states; `minutes` of editing is None when it is not stated."""

    program: str
    version: str
    minutes: int | None
    created: Moment | None
    modified: Moment | None
    printed: Moment | None
    author: str
    editor: str
    revision: str


def properties(package: Package) -> Properties:
    """Return the properties of a package; raise `PackageRefused` for a part that cannot be read."""
    app = _leaves(package, "docProps/app.xml")
    core = _leaves(package, "docProps/core.xml")
    minutes = app.get("TotalTime", "")
    return Properties(
        program=app.get("Application", ""), version=app.get("AppVersion", ""),
        minutes=int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 10 else None,
        created=iso_moment(core.get("created", "")), modified=iso_moment(core.get("modified", "")),
        printed=iso_moment(core.get("lastPrinted", "")), author=core.get("creator", ""),
        editor=core.get("lastModifiedBy", ""), revision=core.get("revision", ""),
    )  # fmt: skip


def _leaves(package: Package, name: str) -> dict[str, str]:
    """Return the texts of a part's elements by local name, the first of each; empty when the part is not there."""
    if name not in package.names("docProps/"):
        return {}
    found: dict[str, str] = {}
    for element in package.xml(name).iter():
        if isinstance(element.tag, str) and element.text and len(element) == 0:
            found.setdefault(element.tag.rpartition("}")[2], element.text.strip()[:300])
    return found
