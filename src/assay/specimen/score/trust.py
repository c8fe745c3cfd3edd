"""Examinations: planted alterations found, in their place; and what fired on the innocent."""

from __future__ import annotations

from collections import Counter

from assay.model import Direction, Finding, FindingStatus, Span, Weight
from assay.specimen.score.board import Board, Index, by_exhibit
from assay.specimen.score.normal import key
from assay.specimen.score.truth import Absent, Planted

ORDER = (Weight.NEUTRAL, Weight.LIMITED, Weight.MODERATE, Weight.STRONG, Weight.CRYPTOGRAPHIC)
ABOVE = frozenset(ORDER[2:])
"""Weights above limited: these must not fire on an innocent twin."""


FACTS = frozenset({"ooxml.track"})
"""Examinations whose catalogue weight is neutral: they state a fact, and speak neither for nor against."""


def states(finding: Finding, facts: frozenset[str] = FACTS) -> bool:
    """Tell whether a finding states a fact: of an examination that does no more, or one that carries weight."""
    weighed = finding.direction is Direction.NEITHER and finding.weight is not Weight.NEUTRAL
    return finding.status is FindingStatus.FINDING and (finding.part in facts or weighed)


def fires(finding: Finding) -> bool:
    """Tell whether a finding speaks against a document: a neutral fact does not, nor does one that speaks for it."""
    return (
        finding.status is FindingStatus.FINDING
        and finding.direction is Direction.AGAINST
        and finding.weight is not Weight.NEUTRAL
    )


def score_examinations(index: Index) -> Board:
    """Count, for each examination, its planted alterations found and its false alarms.

    The precision of an examination counts every innocent file, twin or unaltered, on which it speaks against it at all.
    Found: the same examination speaks against the same exhibit, and on the same page where the truth names one; boxes
    are a count of their own. Examinations that only state facts (`FACTS`) find what they state; how many innocent
    twins they state it of too is told as a rate, not as an alarm. An alteration that only another examination met is
    not found; it is told in a rate. False alarms are files, by weight: on innocent twins (of the same examination, and
    of any), and on papers that nothing was done to. What another examination says of an altered paper is left out: a
    changed amount breaks sums.
    """
    board = Board("examinations")
    held = by_exhibit(f for f in index.trove.all(Finding) if fires(f))
    named = FACTS | {p.examination or "" for p in index.truth.alterations if p.fact}
    stated = by_exhibit(f for f in index.trove.all(Finding) if states(f, named))
    for planted in index.truth.alterations:
        if planted.examination in (None, "", "none"):
            board.count("planted alterations that leave nothing to find, not scored", 1)
            continue
        digests = _digests(index, planted)
        _planted(board, index, planted, [f for d in digests for f in (*held.get(d, []), *stated.get(d, []))])
    board.count("twins with a finding above limited", hard=True)
    facts = FACTS | {p.examination for p in index.truth.alterations if p.fact}
    for twin in index.truth.twins:
        digests = _digests(index, twin)
        _twin(board, index, twin, [f for d in digests for f in held.get(d, [])])
        if twin.examination in facts:
            told = any(f.part == twin.examination for d in digests for f in stated.get(d, []))
            board.share(f"{twin.examination}: twins of which the fact is stated", told, 1)
    altered = {d for p in index.truth.alterations for d in _digests(index, p)}
    twins = {d for p in index.truth.twins for d in _digests(index, p)}
    clean = sorted({d for d, _ in index.unique_papers() if d} - altered - twins)
    board.count("papers unaltered", len(clean))
    names = sorted(
        {f.part for fs in held.values() for f in fs} | {p.examination for p in index.truth.alterations if p.examination}
    )
    for name in names:
        weights: Counter[Weight] = Counter()
        for digest in clean:
            own = [f for f in held.get(digest, []) if f.part == name]
            if name.startswith("set.gaps"):
                own = [f for f in own if not true_gap(index, f)]
            if own:
                heaviest = max(own, key=lambda f: ORDER.index(f.weight))
                weights[heaviest.weight] += 1
                page = heaviest.spans[0].page if heaviest.spans else 0
                rank = 1 if heaviest.weight in ABOVE else 2
                board.miss(rank, f"{name} on an unaltered paper", index.path(digest), page, None, heaviest.observation)
        for tally in ("planted alterations", f"{name}: planted"):
            board.add(tally, found=sum(weights.values()))
        board.share(f"{name}: unaltered papers with any finding against", sum(weights.values()), len(clean))
        for weight in ORDER[1:]:
            if weights[weight]:
                board.count(f"{name}: unaltered papers, {weight.value}", weights[weight])
    return board


def _digests(index: Index, planted: Planted) -> list[str]:
    """Return the digests of the exhibits that a finding on this alteration, or twin, may speak of."""
    return list(dict.fromkeys(d for path in planted.paths if (d := index.digest(path))))


def _planted(board: Board, index: Index, planted: Planted, findings: list[Finding]) -> None:
    name = planted.examination or ""
    own = [f for f in findings if f.part == name and _answers(index, f, planted)]
    tallies = ["planted alterations", f"{name}: planted"]
    if index.truth.specimen.scored:
        tallies.append(f"kind: {planted.kind}")
    for tally in tallies:
        board.add(tally, truth=1, found=bool(own), right=bool(own))
    board.share("planted alterations that only another examination met", not own and bool(findings), 1)
    if not own:
        others = sorted({f"{f.part} ({f.weight.value})" for f in findings})
        board.miss(1, f"{name} did not find {planted.kind}", planted.path, planted.page, planted.kind, others)
    elif planted.box is not None:
        inside = any(_touches(s, planted) for f in own for s in f.spans)
        board.share("found alterations with the right region", inside, 1)
        if not inside:
            boxes = [b for f in own for s in f.spans for b in s.boxes]
            board.miss(2, f"{name} points elsewhere", planted.path, planted.page, planted.box, boxes)


def _answers(index: Index, finding: Finding, planted: Planted) -> bool:
    """Tell whether a finding of the right examination is about this alteration: its page, or what is missing."""
    if finding.part.startswith("set.gaps"):
        return true_gap(index, finding)
    return planted.page == 0 or any(s.page == planted.page for s in finding.spans)


def _touches(span: Span, planted: Planted) -> bool:
    box = planted.box
    if box is None or span.page != planted.page:
        return False
    return any(b.x0 < box[2] and box[0] < b.x1 and b.y0 < box[3] and box[1] < b.y1 for b in span.boxes)


def _twin(board: Board, index: Index, twin: Planted, findings: list[Finding]) -> None:
    """Count what fires on a twin. A paper may be a twin for one examination and altered for another.

    Findings that answer an alteration of this paper are left out; those of other examinations too, when it has any.
    """
    name = twin.examination or ""
    here = [p for d in _digests(index, twin) for p in index.altered.get(d, []) if p.examination]
    own = [
        f
        for f in findings
        if f.part == name and not any(p.examination == name and _answers(index, f, p) and _at(f, p) for p in here)
    ]
    own = [f for f in own if not (name == "set.gaps" and true_gap(index, f))]
    others = [] if here else [f for f in findings if f.part != name]
    others = [f for f in others if not (f.part.startswith("set.gaps") and true_gap(index, f))]
    board.share(f"{name}: twins with a finding above limited", any(f.weight in ABOVE for f in own), 1)
    board.share("twins with any finding against, of any examination", bool(own or others), 1)
    for tally in ("planted alterations", f"{name}: planted"):
        board.add(tally, found=bool(own))
    for finding in own:
        board.count(f"{name}: findings on twins, {finding.weight.value}", 1)
    heavy = [f for f in (*own, *others) if f.weight in ABOVE]
    if heavy:
        board.count("twins with a finding above limited", 1, hard=True)
        said = [f"{f.part} ({f.weight.value}): {f.observation}" for f in heavy]
        board.miss(0, "finding above limited on an innocent twin", twin.path, 0, twin.why or twin.kind, said)


def true_gap(index: Index, finding: Finding) -> bool:
    """Tell whether a finding names what is missing, on a paper that refers to it or belongs to its agreement."""
    about = _about(finding)
    deals = {index.papers[d].agreement for d in about if d in index.papers} - {None}
    for absent, papers in index.absent:
        if _names(finding, absent) and (about & papers or absent.agreement in deals):
            return True
    return False


def _at(finding: Finding, planted: Planted) -> bool:
    """Tell whether a finding points at the alteration's place; one without boxes on either side may."""
    boxed = any(s.boxes and s.page == planted.page for s in finding.spans)
    return planted.box is None or not boxed or any(_touches(s, planted) for s in finding.spans)


def score_missing(index: Index) -> Board:
    """Count what is said to be missing. A missing paper is found by a set.gaps finding that names its number.

    The finding must rest on a paper that refers to it. Findings of set.gaps that stand for nothing missing are wrong;
    two findings on one missing paper count once.
    """
    board = Board("missing")
    findings = [f for f in index.trove.all(Finding) if f.part.startswith("set.gaps") and fires(f)]
    used: set[str] = set()
    for absent, papers in index.absent:
        own = [f for f in findings if _about(f) & papers and _names(f, absent)]
        used.update(f.id for f in own)
        board.add("missing", truth=1, found=bool(own), right=bool(own))
        board.add(f"missing: {absent.what}", truth=1, found=bool(own), right=bool(own))
        if not own:
            path = absent.referenced_in[0] if absent.referenced_in else ""
            board.miss(1, absent.what, path, 0, f"{absent.what} {absent.number or ''} of {absent.agreement}", None)
    for finding in findings:
        if finding.id not in used and not true_gap(index, finding):
            board.add("missing", found=1)
            page = finding.spans[0].page if finding.spans else 0
            board.miss(1, "said to be missing and is not", index.path(finding.exhibit), page, None, finding.observation)
    return board


def _about(finding: Finding) -> set[str]:
    return {finding.exhibit, *(s.exhibit for s in finding.spans)}


def _names(finding: Finding, absent: Absent) -> bool:
    """Tell whether a finding names what is absent: its number as a whole token, or its kind when it has none."""
    import re

    said = " ".join((finding.observation, finding.expected, *(s.quote for s in finding.spans)))
    if absent.number is None:
        return key(absent.what) in key(said)
    wanted = re.escape(" ".join(str(absent.number).split()).casefold())
    return re.search(rf"(?<![\w/-]){wanted}(?![\w/-]*\w)", " ".join(said.split()).casefold()) is not None
