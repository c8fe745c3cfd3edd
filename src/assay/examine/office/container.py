"""`ooxml.zip`: whether the container of an Office file was packed by the program that the file names.

Microsoft Office packs with entries dated 1 January 1980, for no system in particular, the list of content types first.
A file that names Office and is packed otherwise was packed again. Limits: only files that name a Microsoft program are
judged. Source: read off files that the programs wrote; APPNOTE 4.4.2, 4.4.6.
"""

from __future__ import annotations

from collections.abc import Iterable

from assay.examine.office.package import Entry, Package, PackageRefused
from assay.examine.office.properties import PACKAGES, properties
from assay.examine.question import Question, quoted
from assay.model import Reading, Record, Weight
from assay.work.part import Examination

_FIRST = "[Content_Types].xml"
_NO_DATE = (1980, 1, 1)

_LIMITS = (
    "It says that another program packed the file, not that a word was changed. What was changed and packed in "
    "Office's "
    "own manner is not seen."
)
_QUESTION = Question(
    part="ooxml.zip",
    version="1",
    proposition="Another program than the one it names packed the file again.",
    alternative="The program that the file names packed it.",
    expected="Entries dated 1980, for no system, the content types first.",
    innocent=(
        "a mail gateway, virus scanner or document system that packs files anew",
        "a program that made the file and copied a template's properties",
    ),
    limits=_LIMITS,
    heaviest=Weight.LIMITED,
)


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Compare the container of one Office file with the named program's manner."""
    digest = reading.exhibit.digest
    try:
        package = Package(data)
        program = properties(package).program
    except PackageRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be examined: {error}.")
        return
    if not program.startswith("Microsoft") or " for the web" in program:
        yield _QUESTION.not_applicable(digest, f"It names {quoted(program, 60) if program else 'no program'}.")
        return
    signs = _signs(package.entries())
    if signs:
        yield _QUESTION.finding(
            digest, f"It names {quoted(program, 60)}; its container is packed otherwise: {'; '.join(signs)}.", (),
            Weight.LIMITED, "packed again",
        )  # fmt: skip
    else:
        yield _QUESTION.nothing(digest, f"It names {quoted(program, 60)}, and is packed as that program packs.")


def _signs(entries: tuple[Entry, ...]) -> list[str]:
    found = []
    dated = [e for e in entries if e.date[:3] != _NO_DATE]
    if dated:
        first, last = min(e.date for e in dated), max(e.date for e in dated)
        span = _written(first) if first == last else f"{_written(first)} to {_written(last)}"
        found.append(f"{len(dated)} of {len(entries)} entries are dated ({span})")
    foreign = [e for e in entries if e.system != 0]
    if foreign:
        found.append(f"{len(foreign)} entries were made on system {foreign[0].system}")
    if len(found) and entries and entries[0].name != _FIRST:
        found.append(f"the first entry is {quoted(entries[0].name, 40)}")
    return found


def _written(date: tuple[int, ...]) -> str:
    return f"{date[0]:04d}-{date[1]:02d}-{date[2]:02d} {date[3]:02d}:{date[4]:02d}"


ZIP = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Compares how an Office file is packed with how the program that it names packs.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=PACKAGES,
    examine=examine,
)
