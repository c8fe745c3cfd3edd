"""`file.type`: what a file's name promises against what its content is.

Limits: only extensions of `types.tsv` are judged, and only where the content was recognised. A wrong extension is most
often a mail gateway's or a person's renaming.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from assay.examine.question import Question, quoted
from assay.model import Direction, Exhibit, Occurrence, Record, Trove, Weight
from assay.work.part import Examination

_UNKNOWN = ("application/octet-stream", "application/x-empty", "")
_LIMITS = "Only known extensions are judged. A name says what somebody called the file, no more."
_QUESTION = Question(
    part="file.type",
    version="2",
    proposition="The file's name promises another kind of file than it is.",
    alternative="Name and content agree.",
    expected="An extension that fits the content.",
    innocent=("a mail gateway or a person renamed it", "an export that always writes one extension"),
    limits=_LIMITS,
    heaviest=Weight.LIMITED,
)


def examine(trove: Trove) -> Iterable[Record]:
    """Compare each exhibit's names with its media type."""
    occurrences: dict[str, list[Occurrence]] = {}
    for occurrence in trove.all(Occurrence):
        occurrences.setdefault(occurrence.exhibit, []).append(occurrence)
    for exhibit in sorted(trove.all(Exhibit), key=lambda e: e.digest):
        names = sorted({o.path.rpartition("/")[2] for o in occurrences.get(exhibit.digest, [])})
        known = [n for n in names if _extension(n) in promises()]
        if not known or exhibit.media_type in _UNKNOWN:
            yield _QUESTION.not_applicable(
                exhibit.digest, "Its names promise nothing that is known, or its content is of no known kind."
            )
            continue
        broken = [n for n in known if not exhibit.media_type.startswith(promises()[_extension(n)])]
        if broken:
            yield _QUESTION.finding(
                exhibit.digest, f"Named {', '.join(quoted(n, 60) for n in broken[:4])}; by content it is "
                f"{exhibit.media_type}.", (), Weight.LIMITED, "name and content differ", direction=Direction.NEITHER,
            )  # fmt: skip
        else:
            yield _QUESTION.nothing(
                exhibit.digest, f"By content it is {exhibit.media_type}, as its {len(known)} name(s) promise.",
                direction=Direction.NEITHER,
            )  # fmt: skip


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


@cache
def promises() -> dict[str, tuple[str, ...]]:
    """Return, by extension, how media types that it promises begin."""
    table = files("assay.examine.file").joinpath("types.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {extension: tuple(types.split()) for extension, types in rows}


TYPE = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Compares what a file's name promises with what its content is.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    examine_trove=examine,
)
