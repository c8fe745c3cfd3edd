"""`ooxml.rsid`: the editing sessions that a Word file names, within it and across the trove.

Word gives each session of editing a random number of 32 bits, lists it in the settings and marks with it what the
session wrote. Numbers in the text that the list lacks came with text from elsewhere. Two files that share random
numbers have a common ancestor. Limits: saving with another program drops the numbers; those of a shared template say
no more than that. Source: ECMA-376 part 1, 17.15.1.70 and 17.3.1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assay.examine.office.package import Package, PackageRefused
from assay.examine.office.properties import PACKAGES
from assay.examine.question import Question, quoted
from assay.model import Direction, Exhibit, Finding, Occurrence, Reading, Record, Span, Trove, Weight, whole
from assay.work.part import Examination

COMMON = 6
"""A number that more files than this share is a template's or an office's, not an ancestor's."""
LEAST_SHARED = 2
MOST_FILES = 20_000
_MOST_SAID = 5
_NAMES = ("rsidR", "rsidRPr", "rsidP", "rsidRDefault", "rsidTr", "rsidDel", "rsidSect")
_WORD = tuple(t for t in PACKAGES if "word" in t)
UNLISTED, INSERTED, SHARED = "unlisted sessions", "late insertions", "shared sessions"

_LIMITS = (
    "Numbers say in which session something was written, not what was meant by it. Text that was typed anew, and files "
    "that another program saved, show nothing."
)
_QUESTION = Question(
    part="ooxml.rsid",
    version="1",
    proposition="Parts of the file come from another file, or two files from one ancestor.",
    alternative="The file was written by itself.",
    expected="Every session that the text names is in the list; no session is shared with another file.",
    innocent=(
        "text copied from the office's own earlier papers",
        "a template or form from which both were made",
        "a generator or cloud editor that does not keep the list",
    ),
    limits=_LIMITS,
    heaviest=Weight.LIMITED,
)


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of one Word file: `listed` in the settings, `used` in the body; runs by session with their words."""

    exhibit: str
    listed: frozenset[str]
    root: str
    used: Counter[str]
    runs: tuple[tuple[str, str], ...]


def examine(trove: Trove) -> Iterable[Record]:
    """Look at the sessions of every Word file, then at what files share."""
    files: list[Sessions] = []
    for exhibit in sorted(trove.all(Exhibit), key=lambda e: e.digest)[:MOST_FILES]:
        if exhibit.media_type not in _WORD:
            continue
        try:
            its = sessions_of(exhibit.digest, Package(trove.blob(exhibit.digest)))
        except PackageRefused as error:
            yield _QUESTION.not_examined(exhibit.digest, f"The file could not be examined: {error}.")
            continue
        if not its.listed and not its.used:
            yield _QUESTION.not_applicable(exhibit.digest, "It names no session of editing.")
            continue
        files.append(its)
    holders: dict[str, set[str]] = {}
    for its in files:
        for number in its.listed | set(its.used):
            holders.setdefault(number, set()).add(its.exhibit)
    names = _names(trove)
    for its in files:
        found = [*_within(its, trove), *_across(its, files, holders, names)]
        yield from found
        if not found:
            yield _QUESTION.nothing(
                its.exhibit, f"{len(its.used)} sessions wrote its text, all of them are listed; none wrote in "
                f"another file.",
                direction=Direction.NEITHER,
            )  # fmt: skip


def sessions_of(exhibit: str, package: Package) -> Sessions:
    """Return the sessions of a Word file; raise `PackageRefused`."""
    listed, root = set(), ""
    if "word/settings.xml" in package.names("word/"):
        for element in package.xml("word/settings.xml").iter("{*}rsid", "{*}rsidRoot"):
            number = _value(element, "val")
            listed.add(number)
            root = number if str(element.tag).endswith("}rsidRoot") else root
    used: Counter[str] = Counter()
    runs: list[tuple[str, str]] = []
    body = package.xml("word/document.xml")
    for paragraph in body.iter("{*}p"):
        own = _value(paragraph, "rsidR")
        for name in _NAMES:
            if _value(paragraph, name):
                used[_value(paragraph, name)] += 1
        for run in paragraph.iter("{*}r"):
            number = _value(run, "rsidR")
            if number:
                used[number] += 1
            words = "".join(t.text or "" for t in run.iter("{*}t"))
            if number and number != own and words.strip():
                runs.append((number, words))
    listed.discard("")
    used.pop("", None)
    used.pop("00000000", None)
    return Sessions(exhibit, frozenset(listed - {"00000000"}), root, used, tuple(runs))


def _value(element: object, name: str) -> str:
    """Return an attribute by its local name, upper case."""
    for key, value in element.attrib.items():  # type: ignore[attr-defined]
        if key.rpartition("}")[2] == name:
            return str(value).upper()[:16]
    return ""


def _within(its: Sessions, trove: Trove) -> Iterator[Finding]:
    unlisted = sorted(set(its.used) - its.listed)
    if its.listed and unlisted:
        yield _QUESTION.finding(
            its.exhibit, f"{len(unlisted)} of {len(its.used)} sessions that its text names are not in its list: "
            f"{', '.join(unlisted[:_MOST_SAID])}.",
            _spans(trove.reading(its.exhibit), [w for n, w in its.runs if n in unlisted]), Weight.NEUTRAL, UNLISTED,
            direction=Direction.NEITHER,
        )  # fmt: skip
    counts = Counter(n for n, _ in its.runs)
    few = [n for n, times in sorted(counts.items()) if times <= 3 and its.used[n] <= 4 and n != its.root]
    inserted = [(n, w) for n, w in its.runs if n in few and any(c.isdigit() for c in w)]
    if inserted and len(its.used) >= 3:
        said = "; ".join(f"{n}: {quoted(w, 60)}" for n, w in inserted[:_MOST_SAID])
        yield _QUESTION.finding(
            its.exhibit, f"{len(inserted)} figures were put into its paragraphs by sessions that wrote little "
            f"else: {said}.",
            _spans(trove.reading(its.exhibit), [w for _, w in inserted]), Weight.NEUTRAL, INSERTED,
            direction=Direction.NEITHER, innocent=("blanks of a form that were filled in",),
        )  # fmt: skip


def _across(
    its: Sessions, files: list[Sessions], holders: dict[str, set[str]], names: dict[str, str]
) -> Iterator[Finding]:
    """Yield what a file shares with others; numbers that many share, and exact copies, do not count."""
    mine = its.listed | set(its.used)
    rare = {n for n in mine if 2 <= len(holders[n]) <= COMMON}
    shared = Counter(other for n in rare for other in holders[n] if other != its.exhibit)
    near = [(other, n) for other, n in sorted(shared.items(), key=lambda p: (-p[1], p[0])) if n >= LEAST_SHARED]
    if not near:
        return
    said = "; ".join(f"{n} with {quoted(names.get(other, other[:12]), 60)}" for other, n in near[:_MOST_SAID])
    yield _QUESTION.finding(
        its.exhibit, f"Of its {len(mine)} sessions, random numbers, it shares {said}: they come from one ancestor.",
        (whole(its.exhibit), *(whole(other) for other, _ in near[:_MOST_SAID])), Weight.LIMITED, SHARED,
        direction=Direction.NEITHER,
    )  # fmt: skip


def _names(trove: Trove) -> dict[str, str]:
    found: dict[str, str] = {}
    for occurrence in trove.all(Occurrence):
        found.setdefault(occurrence.exhibit, occurrence.path.rpartition("/")[2])
    return found


def _spans(reading: Reading, texts: list[str]) -> list[Span]:
    """Return where words stand in the reading, those that stand there once first."""
    found = []
    for words in texts[:20]:
        wanted = words.strip()
        for page in reading.pages:
            at = page.text.find(wanted) if len(wanted) > 1 else -1
            if at >= 0:
                found.append(page.span(at, at + len(wanted)))
                break
    return found


RSID = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Compares the editing sessions that Word files name, within a file and across the trove.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    examine_trove=examine,
)
