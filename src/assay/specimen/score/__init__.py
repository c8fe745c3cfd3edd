"""A case held against the truth of its specimen: precision, recall and counts, kind by kind, without mercy.

What is extra counts against precision, what is absent against recall, and no kind of record is left out in silence.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assay.model import (
    KINDS,
    Agreement,
    Claim,
    Document,
    Event,
    Exhibit,
    Family,
    Finding,
    Lineage,
    LineItem,
    Mention,
    Obligation,
    Occurrence,
    Page,
    Party,
    Record,
    Status,
    Trove,
)  # fmt: skip
from assay.specimen.score.board import Board, Index
from assay.specimen.score.deals import score_agreements
from assay.specimen.score.duties import score_events, score_obligations, score_statuses
from assay.specimen.score.items import score_items
from assay.specimen.score.kinship import score_families, score_lineage
from assay.specimen.score.people import score_parties
from assay.specimen.score.press import score_press
from assay.specimen.score.reading import score_documents, score_pages
from assay.specimen.score.render import render
from assay.specimen.score.shape import BORN, SCAN, Count, Goal, Miss, Rate, Score, Section, Tally, goal
from assay.specimen.score.trust import score_examinations, score_missing
from assay.specimen.score.truth import parse

__all__ = ["BORN", "SCAN", "Count", "Goal", "Miss", "Rate", "Score", "Section", "Tally", "render", "score"]

SECTIONS = (
    (score_pages, (Exhibit, Occurrence, Page)),
    (score_documents, (Document,)),
    (score_agreements, (Agreement,)),
    (score_items, (LineItem,)),
    (score_obligations, (Obligation,)),
    (score_events, (Event,)),
    (score_parties, (Party, Mention)),
    (score_families, (Family,)),
    (score_statuses, (Status,)),
    (score_examinations, (Finding,)),
    (score_missing, (Finding,)),
    (score_press, (Claim,)),
    (score_lineage, (Lineage,)),
)
"""Every section, and the kinds of record that it reads."""


def score(trove: Trove, truth: dict[str, Any]) -> Score:
    """Return how the records of `trove` stand against `truth`, a loaded truth.json.

    Raises `ValueError` when the truth does not have its shape. Kinds of record that no section reads are listed with
    their number in a last section, so that none is passed over in silence.
    """
    held = parse(truth)
    index = Index(trove, held)
    numbers = {kind: sum(1 for _ in trove.all(kind)) for kind in KINDS}
    boards: list[Board] = []
    read: set[type[Record]] = set()
    for run, kinds in SECTIONS:
        board = run(index)
        if held.specimen.scored and board.name not in held.specimen.scored:
            continue
        for kind in kinds:
            board.records[kind.KIND] = numbers[kind]
            read.add(kind)
        boards.append(board)
    rest = Board("records without a truth")
    rest.records.update({kind.KIND: numbers[kind] for kind in KINDS if kind not in read})
    boards.append(rest)
    sections = tuple(board.section() for board in boards)
    misses = sorted(
        (m for board in boards for m in board.misses), key=lambda m: (m.rank, m.kind, m.path, m.page, m.expected, m.got)
    )
    hard = sum(c.value for s in sections for c in s.counts if c.hard)
    made = Score(str(held.specimen.seed), held.specimen.pages, hard, (), sections, tuple(misses))
    return replace(made, goals=goals(made))


def goals(made: Score) -> tuple[Goal, ...]:
    """Return what the project promises, with the figures reached: of alterations alone when only they were made."""
    names = {section.name for section in made.sections}
    if "parties" not in names:
        return _alterations(made) if "examinations" in names else ()
    rates = {r.name: r.value for r in made.section("parties").rates}
    lost = sum(c.value for c in made.section("pages").counts if c.name == "pages not accounted for")
    hard = {c.name: c.value for s in made.sections for c in s.counts if c.hard}
    examined = made.section("examinations")
    listed = [goal("pages not accounted for", 0, lost if made.tally("pages", "pages").truth else None, upper=True)]
    for split, target in ((BORN, 0.97), (SCAN, 0.90)):
        listed.append(
            goal(f"agreements' fields, F1, {split}", target, made.tally("agreements", "all fields", split).f1)
        )
        listed.append(
            goal(f"line items' fields, F1, {split}", target, made.tally("line items", "all fields", split).f1)
        )
    listed.append(goal("parties after resolution, B-cubed F1", 0.95, rates.get("B-cubed F1")))
    listed.append(goal("parties after resolution, F1", 0.95, made.tally("parties", "parties").f1))
    listed.append(goal("planted alterations found", 0.90, made.tally("examinations", "planted alterations").recall))
    for one in examined.tallies:
        if one.name.endswith(": planted") and one.truth:
            listed.append(goal(f"planted alterations found by {one.name.removesuffix(': planted')}", 0.90, one.recall))
    for name in ("twins with a finding above limited", "rungs evidenced without evidence in the truth"):
        listed.append(goal(name, 0, hard[name], upper=True))
    return tuple(listed)


def _alterations(made: Score) -> tuple[Goal, ...]:
    """Return the goals for a trove of alterations (issue 4): each kind found, in its place, no twin accused."""
    examined = made.section("examinations")
    kinds = [one for one in examined.tallies if one.name.startswith("kind: ")]
    listed = [
        goal("alterations that leave a trace, found", 0.95, made.tally("examinations", "planted alterations").recall)
    ]
    regions = next((r.value for r in examined.rates if r.name == "found alterations with the right region"), None)
    listed.append(goal("found alterations with the right region", 0.95, regions))
    listed.extend(goal(f"found: {one.name.removeprefix('kind: ')}", 0.95, one.recall) for one in kinds)
    hard = {c.name: c.value for c in examined.counts if c.hard}
    listed.append(goal("twins with a finding above limited", 0, hard["twins with a finding above limited"], upper=True))
    return tuple(listed)
