"""`set.network`: one hand, device or file behind papers of issuers that have nothing to do with each other.

Authors, cameras' and scanners' serial numbers, and Word's revision marks (rsid) are followed over the trove. Papers are
related when they name one contract, one register number or one organisation; a trace that joins papers without any of
these is told. A trace on half of all issuers' papers is the handling of the trove itself, and a neutral fact. Limits:
such fields can be set at will and are often empty; papers whose words name no organisation are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from assay.examine.question import Question, quoted
from assay.examine.trove.issuers import Ties, ties_of
from assay.examine.trove.references import contents
from assay.examine.trove.traces import Traces, traces_of
from assay.model import Direction, Finding, Occurrence, PageState, Record, Trove, Weight
from assay.read.values.lexicon import fold, lower
from assay.work.part import Examination

_LIMITS = (
    "Fields of this kind can be set at will, and are often empty or nobody's. Papers are related by what they name; "
    "papers "
    "that name no organisation are left out. Why one hand made them, it cannot tell."
)
_QUESTION = Question(
    part="set.network",
    version="1",
    proposition="Papers of issuers that have nothing to do with each other were made by one hand or from one file.",
    alternative="Each issuer's papers were made by the issuer.",
    expected="Authors, devices and revision marks are shared only by papers that name a common party or contract.",
    innocent=(
        "a law firm, translator, agent or printing shop that works for several",
        "whoever handed the papers over scanned, converted or saved them",
        "two persons of one name, or a template that many use",
    ),
    limits=_LIMITS,
)
KINDS = {"people": "author", "devices": "device", "marks": "revision mark"}
HANDLING = 0.5
"""A trace on papers of at least this share of all issuers, and of `LEAST_ISSUERS`, is the trove's own handling."""
LEAST_ISSUERS = 3
UNRELATED = 3
"""So many unrelated groups of papers weigh moderate; two weigh limited."""
_MOST_PAPERS = 60
_LEAST_MARKS = 2
_MOST_SAID = 5


@dataclass(frozen=True, slots=True)
class _Paper:
    """What is remembered of one exhibit."""

    digest: str
    path: str
    ties: Ties
    traces: Traces

    @property
    def names(self) -> frozenset[str]:
        """All by which it is related to others."""
        return self.ties.others | self.ties.numbers


def examine(trove: Trove) -> Iterable[Record]:
    """Follow authors, devices and revision marks over the trove."""
    paths: dict[str, str] = {}
    occurrences: dict[str, list[Occurrence]] = {}
    for occurrence in trove.all(Occurrence):
        paths.setdefault(occurrence.exhibit, occurrence.path)
        occurrences.setdefault(occurrence.exhibit, []).append(occurrence)
    papers: list[_Paper] = []
    for reading in trove.readings():
        digest = reading.exhibit.digest
        traces = traces_of(trove.blob(digest), reading.exhibit.media_type)
        if traces.reason:
            yield _QUESTION.not_examined(digest, traces.reason)
        if not any(p.state is PageState.READ and p.text.strip() for p in reading.pages):
            continue
        held = contents(reading, occurrences.get(digest, []))
        contracts = {held.own, *(r.key.number for r in held.refers if r.key.kind == "contract")} - {""}
        papers.append(_Paper(digest, paths.get(digest, ""), ties_of(reading, frozenset(contracts)), traces))
    issuers = {paper.ties.issuer for paper in papers if paper.ties.issuer}
    fired: set[str] = set()
    for kind, value, its in _shared(papers):
        for finding in _told(kind, value, its, issuers):
            fired.add(finding.exhibit)
            yield finding
    for paper in papers:
        if paper.digest not in fired and not paper.traces.reason and any(_values(paper, kind) for kind in KINDS):
            yield _QUESTION.nothing(
                paper.digest, "Its author, device and revision marks join it to no paper that it has nothing to do "
                    "with.",
                direction=Direction.NEITHER,
            )  # fmt: skip
        elif paper.digest not in fired and not paper.traces.reason:
            yield _QUESTION.not_applicable(paper.digest, "it names no author, device or revision mark")


def _shared(papers: list[_Paper]) -> Iterator[tuple[str, str, list[_Paper]]]:
    """Yield each trace with the papers that bear it, where these are more than one; marks by pairs of papers."""
    for kind in ("people", "devices"):
        bearers: dict[str, list[_Paper]] = {}
        for paper in papers:
            for value in _values(paper, kind):
                bearers.setdefault(value, []).append(paper)
        for value, its in sorted(bearers.items()):
            if len(its) > 1:
                yield kind, value, its
    yield from _marked(papers)


def _marked(papers: list[_Paper]) -> Iterator[tuple[str, str, list[_Paper]]]:
    """Yield groups of papers that share revision marks which few others have."""
    count = Counter(mark for paper in papers for mark in paper.traces.marks)
    groups: dict[frozenset[str], set[str]] = {}
    for mark, number in count.items():
        if 1 < number <= max(3, len(papers) // 10):
            bearers = frozenset(p.digest for p in papers if mark in p.traces.marks)
            groups.setdefault(bearers, set()).add(mark)
    by_digest = {paper.digest: paper for paper in papers}
    for bearers, marks in sorted(groups.items(), key=lambda entry: sorted(entry[0])):
        if len(marks) >= _LEAST_MARKS:
            shown = ", ".join(sorted(marks)[:3])
            yield "marks", shown, [by_digest[digest] for digest in sorted(bearers)]


def _values(paper: _Paper, kind: str) -> frozenset[str]:
    values: frozenset[str] = getattr(paper.traces, kind)
    if kind != "people":
        return values
    return frozenset(v for v in values if len(v) > 1 and lower(fold(v)) not in _generic())


def _told(kind: str, value: str, its: list[_Paper], issuers: set[str]) -> Iterator[Finding]:
    touched = {paper.ties.issuer for paper in its if paper.ties.issuer}
    what = KINDS[kind]
    if len(touched) >= LEAST_ISSUERS and len(touched) >= HANDLING * len(issuers):
        for paper in its:
            yield _QUESTION.finding(
                paper.digest, f"The {what} {quoted(value, 60)} stands in {len(its)} files of {len(touched)} of "
                f"{len(issuers)} issuers: it is taken for the handling of the trove as a whole.", (), Weight.NEUTRAL,
                f"handling by {what} {value}", direction=Direction.NEITHER,
            )  # fmt: skip
        return
    groups = _unrelated(its[:_MOST_PAPERS])
    if len(groups) < 2:
        return
    its = [paper for group in groups for paper in group]
    weight = Weight.MODERATE if len(groups) >= UNRELATED and kind != "marks" else Weight.LIMITED
    named = "; ".join(f"{quoted(g[0].path, 50)} ({g[0].ties.issuer})" for g in groups[:_MOST_SAID])
    for paper in its:
        yield _QUESTION.finding(
                paper.digest, f"The {what} {quoted(value, 60)} stands in {len(its)} files of {len(groups)} groups "
                    f"that name "
                f"no common contract, register number or organisation: {named}.", (), weight, f"one {what} {value}",
            )  # fmt: skip


def _unrelated(papers: list[_Paper]) -> list[list[_Paper]]:
    """Return the papers in groups that nothing named in them relates, in the language in which there are most.

    One firm has other names in other languages, so papers are compared within one; those without an issuer are left
    out.
    """
    import networkx

    graph = networkx.Graph()
    for paper in papers:
        graph.add_edges_from((paper.digest, ("name", name)) for name in paper.names)
    by_digest = {paper.digest: paper for paper in papers}
    best: list[list[_Paper]] = []
    for language in sorted({paper.ties.language for paper in papers}):
        groups = []
        for part in networkx.connected_components(graph):
            its = [by_digest[node] for node in part if isinstance(node, str)]
            named = [paper for paper in its if paper.ties.issuer and paper.ties.language == language]
            if named:
                groups.append(sorted(named, key=lambda p: (p.path, p.digest)))
        if len(groups) > len(best):
            best = groups
    return sorted(best, key=lambda group: (group[0].path, group[0].digest))


@cache
def _generic() -> frozenset[str]:
    table = files("assay.examine.trove").joinpath("generic.tsv").read_text("utf-8")
    return frozenset(line.strip() for line in table.splitlines() if line.strip() and not line.startswith("#"))


NETWORK = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Authors, devices and revision marks shared by papers that have nothing to do with each other.",
    limits=_LIMITS,
    examine_trove=examine,
)
