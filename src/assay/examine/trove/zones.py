"""`set.tz`: files of one issuer whose clock stood in another time zone than that of the issuer's others.

Looks at the offsets in PDF dates, XMP, mail headers and EXIF. Limits: an issuer is known by the head of its papers; an
offset of zero is a program's default as often as a place; summer time is no difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from assay.examine.question import Question, quoted
from assay.examine.trove.issuers import ties_of
from assay.examine.trove.traces import traces_of
from assay.model import Finding, Occurrence, Record, Trove, Weight
from assay.work.part import Examination

_LIMITS = (
    "The clock is the computer's, and can be set at will; zero is often a default. An issuer is known by the head of "
    "its "
    "papers only, and is judged from four files on. Word files say nothing of the zone."
)
_QUESTION = Question(
    part="set.tz",
    version="1",
    proposition="The file was made somewhere else, or on another's computer, than the issuer's other files.",
    alternative="The file was made where the issuer's other files were made.",
    expected="The files of one issuer bear one time zone, or one and its summer time.",
    innocent=("travel, a branch, or an agent abroad", "a server or program set to another zone", "summer time"),
    limits=_LIMITS,
    heaviest=Weight.LIMITED,
)
LEAST = 4
"""An issuer's zone is known when at least so many of its files bear one, and `SHARE` of them the same."""
SHARE = 0.75
APART = 120
"""Minutes by which an offset must differ from the issuer's: more than summer time."""


@dataclass(frozen=True, slots=True)
class _Clock:
    digest: str
    path: str
    issuer: str
    field: str
    minutes: int


def examine(trove: Trove) -> Iterable[Record]:
    """Compare the time zones of each issuer's files."""
    paths: dict[str, str] = {}
    for occurrence in trove.all(Occurrence):
        paths.setdefault(occurrence.exhibit, occurrence.path)
    clocks: dict[str, list[_Clock]] = {}
    for reading in trove.readings():
        digest = reading.exhibit.digest
        traces = traces_of(trove.blob(digest), reading.exhibit.media_type)
        zoned = [(name, minutes) for name, minutes in traces.zones if minutes]
        issuer = ties_of(reading, frozenset()).issuer if zoned else ""
        if not zoned or not issuer:
            reason = "it bears no time zone" if not zoned else "its head names no issuer"
            yield _QUESTION.not_applicable(digest, traces.reason or reason)
            continue
        name, minutes = next(((n, m) for n, m in zoned if "Mod" not in n), zoned[0])
        clocks.setdefault(issuer, []).append(_Clock(digest, paths.get(digest, ""), issuer, name, minutes))
    for _, its in sorted(clocks.items()):
        usual, number = Counter(clock.minutes for clock in its).most_common(1)[0]
        known = len(its) >= LEAST and number >= SHARE * len(its)
        for clock in its:
            if known and abs(clock.minutes - usual) >= APART:
                yield _answer(clock, usual, number, len(its))
            elif known:
                yield _QUESTION.nothing(
                    clock.digest, f"Its clock stood at UTC{shown(clock.minutes)}, as with {number} of {len(its)} "
                        f"files of "
                    f"{quoted(clock.issuer, 60)}.",
                )  # fmt: skip
            else:
                yield _QUESTION.not_applicable(clock.digest, "too few files of its issuer bear one time zone")


def _answer(clock: _Clock, usual: int, number: int, files: int) -> Finding:
    return _QUESTION.finding(
        clock.digest, f"Its {clock.field} stands at UTC{shown(clock.minutes)}, where {number} of {files} files of "
        f"{quoted(clock.issuer, 60)} stand at UTC{shown(usual)}.", (), Weight.LIMITED,
        f"time zone {shown(clock.minutes)}", expected=f"UTC{shown(usual)}",
    )  # fmt: skip


def shown(minutes: int) -> str:
    """Return an offset as +03:00."""
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


ZONES = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Files whose clock stood in another time zone than their issuer's others.",
    limits=_LIMITS,
    examine_trove=examine,
    heaviest=Weight.LIMITED,
)
