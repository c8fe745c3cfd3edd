"""Names to parties: who is who across Cyrillic, Han and Latin writing.

Strong grounds are tried first (a person's judgement, equal identifiers, names that one document equates), then the
names themselves, then one role in one agreement across its languages, then likeness within one agreement, and last a
second opinion on what is still undecided. Conflicting identifiers, opposed roles and judgements keep parties apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.model import Judgement, Party, Record, Trove
from assay.resolve.clusters import Clusters
from assay.resolve.joining import Joining
from assay.resolve.nodes import Nodes, Sources
from assay.resolve.portrait import portrait
from assay.work.part import Synthesis

NAME = "resolve.parties"
VERSION = "6"


def combine(trove: Trove) -> Iterable[Record]:
    """Yield a `Party` for every person, organisation or state that the trove's mentions name, ordered by id."""
    sources = Sources.gather(trove)
    nodes = Nodes(sources)
    joining = Joining(sources, nodes)
    judgements = sorted(trove.all(Judgement), key=lambda j: (j.at, j.id))
    known = {party.id: party.mentions for party in trove.all(Party)}
    decided: list[tuple[Judgement, list[int]]] = []
    while True:
        clusters = joining.clusters(decided)
        parties = list(_parties(sources, nodes, clusters, decided))
        known.update((p.id, p.mentions) for p in parties)
        fresh = _understood(judgements, known, sources)
        if len(fresh) == len(decided):
            break
        decided = fresh
    yield from joining.problems
    yield from sorted(parties, key=lambda p: p.id)


def _understood(
    judgements: list[Judgement], known: dict[str, tuple[str, ...]], sources: Sources
) -> list[tuple[Judgement, list[int]]]:
    """Return the same/different judgements whose ids are all known, each with a mention for each id."""
    place = {mention: i for i, mention in enumerate(sources.ids)}
    out = []
    for judgement in judgements:
        if judgement.decision not in ("same", "different"):
            continue
        found = [next((m for m in known.get(i, (i,)) if m in place), None) for i in judgement.about]
        if len(found) >= 2 and all(found):
            out.append((judgement, [place[m] for m in found if m]))
    return out


def _parties(
    sources: Sources, nodes: Nodes, clusters: Clusters, decided: list[tuple[Judgement, list[int]]]
) -> Iterator[Party]:
    grounds: dict[int, list[str]] = {}
    for judgement, about in decided:
        if judgement.decision == "same":
            root = clusters.root(nodes.of_mention[about[0]]) if about[0] in nodes.of_mention else -1
            grounds.setdefault(root, []).append(f"{judgement.person} judged these to be the same")
    for members in clusters.sets():
        mentions = sorted(m for n in members for m in nodes.nodes[n].mentions)
        if mentions:
            root = clusters.root(members[0])
            why = [*grounds.get(root, ()), *clusters.grounds(root)]
            yield portrait(sources, [nodes.nodes[n] for n in members], mentions, why, NAME, VERSION)


PARTIES = Synthesis(
    name=NAME,
    version=VERSION,
    purpose="Names to persons, organisations and states across Cyrillic, Chinese and Latin writing",
    limits="Two bearers of one name stay one unless identifiers, roles or a person's judgement part them; "
    "a translated name joins its original only by a document, an identifier or a role.",
    combine=combine,
)
