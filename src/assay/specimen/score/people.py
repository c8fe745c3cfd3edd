"""Parties after resolution: whether the names of one are put together and those of two kept apart."""

from __future__ import annotations

from collections import Counter

from assay.model import Mention, Party
from assay.specimen.score.board import Board, Index
from assay.specimen.score.normal import name_key
from assay.specimen.score.truth import Actor


class _Names:
    """Which true party a name as written means; papers decide where two parties share a form."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._actors: dict[str, list[Actor]] = {}
        for actor in index.truth.parties:
            for form in actor.forms:
                for scan in (False, True):
                    held = self._actors.setdefault(name_key(form, scan=scan), [])
                    if actor not in held:
                        held.append(actor)

    def meant(self, name: str, exhibit: str) -> str | None:
        """Return the key of the party that `name` means on `exhibit`; None when no party has that name."""
        scan = self._index.is_scan(exhibit)
        choices = self._actors.get(name_key(name)) or (self._actors.get(name_key(name, scan=True)) if scan else None)
        if not choices:
            return None
        if len(choices) > 1:
            path = self._index.path(exhibit)
            here = [a for a in choices if path in a.exhibits]
            choices = here or choices
        return choices[0].key


def score_parties(index: Index) -> Board:
    """Count parties, their kinds, forms and identifiers, and whether mentions are put together rightly (B-cubed).

    B-cubed runs over the mentions whose name is a form of a true party; a mention in no party record stands alone. A
    party record is that true party's which most of its mentions mean; a second record of the same party, and one whose
    mentions mean nobody in the truth, are too many. Forms are asked for only when they stand in a page of the truth.
    """
    board = Board("parties")
    names = _Names(index)
    records = list(index.trove.all(Party))
    mentions = {m.id: m for held in index.mentions.values() for m in held}
    _b_cubed(board, names, records, mentions)
    matched, extra = _matched(names, records, mentions)
    board.add("parties", truth=len(index.truth.parties), found=len(records), right=len(matched))
    for record in extra:
        where = record.spans[0] if record.spans else None
        path = index.path(where.exhibit) if where else ""
        board.miss(1, "party too many or split off", path, where.page if where else 0, None, record.name)
        board.add("identifiers", found=len(record.identifiers))
    for actor in index.truth.parties:
        papers = [index.by_path[path] for path in dict.fromkeys(actor.exhibits) if path in index.by_path]
        texts = [sheet.text for paper in papers or index.truth.exhibits for sheet in paper.pages]
        folded = "\n".join(name_key(text) for text in texts)
        packed = "".join("".join(text.split()) for text in texts)
        held = matched.get(actor.key)
        _one(board, actor, held)
        _forms(board, actor, held, folded)
        _identifiers(board, actor, held, packed)
    return board


def _matched(names: _Names, records: list[Party], mentions: dict[str, Mention]) -> tuple[dict[str, Party], list[Party]]:
    votes: list[tuple[int, int, str]] = []
    for order, record in enumerate(records):
        means = Counter(_meanings(names, record, mentions))
        if means:
            key, number = min(means.items(), key=lambda kv: (-kv[1], kv[0]))
            votes.append((-number, order, key))
    matched: dict[str, Party] = {}
    used: set[int] = set()
    for _, order, key in sorted(votes):
        if key not in matched:
            matched[key] = records[order]
            used.add(order)
    return matched, [r for i, r in enumerate(records) if i not in used]


def _meanings(names: _Names, record: Party, mentions: dict[str, Mention]) -> list[str]:
    held = [mentions[i] for i in record.mentions if i in mentions]
    meant = [names.meant(m.name.value, m.exhibit) for m in held]
    if not any(meant):
        exhibit = record.spans[0].exhibit if record.spans else ""
        meant = [names.meant(n, exhibit) for n in (record.name, *record.aliases)]
    return [m for m in meant if m]


def _b_cubed(board: Board, names: _Names, records: list[Party], mentions: dict[str, Mention]) -> None:
    """Add precision and recall summed over mentions, as shares (Bagga and Baldwin 1998)."""
    truth = {i: names.meant(m.name.value, m.exhibit) for i, m in mentions.items()}
    known = [i for i, key in truth.items() if key is not None]
    cluster: dict[str, str] = {}
    for record in records:
        for mention in record.mentions:
            cluster.setdefault(mention, record.id)
    mine = {i: cluster.get(i, f"alone {i}") for i in known}
    sizes, truths = Counter(mine.values()), Counter(truth[i] for i in known)
    both = Counter((mine[i], truth[i]) for i in known)
    precise = sum(both[mine[i], truth[i]] / sizes[mine[i]] for i in known)
    complete = sum(both[mine[i], truth[i]] / truths[truth[i]] for i in known)
    board.share("B-cubed precision", precise, len(known))
    board.share("B-cubed recall", complete, len(known))
    both_ways = 2 * precise * complete / ((precise + complete) * len(known)) if known else 0
    board.share("B-cubed F1", both_ways, bool(known))
    board.share("mentions that name a true party", len(known), len(mentions))


def _one(board: Board, actor: Actor, record: Party | None) -> None:
    if record is None:
        board.miss(1, "party", _path(actor), 0, next(iter(actor.forms), actor.key), None)
    board.judge("kind", "", _path(actor), actor.kind, record.kind if record else None)


def _path(actor: Actor) -> str:
    return actor.exhibits[0] if actor.exhibits else actor.key


def _forms(board: Board, actor: Actor, record: Party | None, folded: str) -> None:
    """Count names and aliases: those that stand on a page are asked for, its others are neither right nor wrong."""
    held = {name_key(n) for n in (record.name, *record.aliases)} if record else set()
    own = {name_key(f) for f in actor.forms if name_key(f)}
    standing = {f for f in own if f in folded}
    board.add("forms", truth=len(standing), found=len(held - (own - standing)), right=len(standing & held))
    for form in sorted(standing - held):
        board.miss(2, "form", _path(actor), 0, form, record.name if record else None)
    for form in sorted(held - own):
        board.miss(2, "form too many", _path(actor), 0, None, form)


def _identifiers(board: Board, actor: Actor, record: Party | None, packed: str) -> None:
    own = {(n.scheme, "".join(n.value.split())) for n in actor.identifiers}
    wanted = {n for n in own if n[1] in packed}
    said = {(n.scheme, "".join(n.value.split())) for n in record.identifiers} if record else set()
    said -= own - wanted
    board.add("identifiers", truth=len(wanted), found=len(said), right=len(wanted & said))
    for identifier in sorted(wanted - said):
        board.miss(2, "identifier", _path(actor), 0, identifier, None)
    for identifier in sorted(said - wanted):
        board.miss(2, "identifier too many", _path(actor), 0, None, identifier)
