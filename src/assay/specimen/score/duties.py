"""Obligations, events and the ladder: who is bound to do what, what is said to have happened, how far it came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import TypeVar

from assay.model import DateRange, Event, Obligation, Rung, Status, Text
from assay.specimen.score.board import Board, Index, pair_up
from assay.specimen.score.deals import match_agreements
from assay.specimen.score.normal import amount_of, day, name_key
from assay.specimen.score.truth import Deal, Deed, Duty, count_of


@dataclass(frozen=True, slots=True)
class _Act:
    """An obligation or event in the form in which both sides are compared."""

    deal: str | None
    kind: str
    money: Decimal | None
    quantity: Decimal | None
    when: tuple[date | None, date | None] | None
    side: str = ""
    """The role of who is bound, where it is known."""
    also: frozenset[Decimal] = frozenset()
    """Figures that an alteration prints instead, on the papers of this truth."""

    def __str__(self) -> str:
        said = [self.kind.replace("_", " "), f"of {self.deal}"]
        said += [f"by {self.side}"] if self.side else []
        said += [f"money {self.money}"] if self.money is not None else []
        said += [f"quantity {self.quantity}"] if self.quantity is not None else []
        said += [f"from {self.when[0] or '?'} to {self.when[1] or '?'}"] if self.when else []
        return ", ".join(said)

    def fit(self, said: _Act) -> int:
        """Return how well a record fits this truth: 0 not at all, else 1 and more for each value that both state alike.

        Where the truth states values, one of them at least must be there exactly: kind alone does not tell five
        payments apart.
        """
        if self.deal != said.deal or self.kind != said.kind:
            return 0
        equal = self._equal(said)
        if not any(equal) and any(v is not None for v in self._values):
            return 0
        return 1 + 2 * sum(equal) + (bool(self.side) and self.side == said.side)

    def repeated_by(self, said: _Act) -> bool:
        """Tell whether a record says this truth once more: all that it states, and by nobody else."""
        if (self.deal, self.kind) != (said.deal, said.kind) or (self.side and said.side not in ("", self.side)):
            return False
        stated = [same for value, same in zip(self._values, self._equal(said), strict=True) if value is not None]
        return all(stated) if stated else self.side == said.side

    def only_lacks(self, said: _Act) -> bool:
        """Tell whether a record is of this kind and side and states no value that the truth states otherwise."""
        if (self.deal, self.kind, self.side) != (said.deal, said.kind, said.side):
            return False
        pairs = zip(self._values, said._values, self._equal(said), strict=True)
        return all(mine is None or other is None or same for mine, other, same in pairs)

    def _equal(self, said: _Act) -> tuple[bool, bool, bool]:
        return (
            self.money is not None and (self.money == said.money or said.money in self.also),
            self.quantity is not None and (self.quantity == said.quantity or said.quantity in self.also),
            same_time(self.when, said.when),
        )

    @property
    def _values(self) -> tuple[object, ...]:
        return (self.money, self.quantity, self.when)


def same_time(true: tuple[date | None, date | None] | None, said: tuple[date | None, date | None] | None) -> bool:
    """Tell whether two times are the same; a deadline ("not later than") is the same by its last day."""
    if true is None or said is None:
        return False
    return true == said or (true[0] is None and true[1] == said[1])


def _range(value: DateRange | None) -> tuple[date | None, date | None] | None:
    if value is None or (value.earliest is None and value.latest is None):
        return None
    return (value.earliest, value.latest)


def _true_duty(index: Index, duty: Duty) -> _Act:
    ends = tuple(day(d) for d in duty.due) if duty.due else ()
    when = (ends[0], ends[-1]) if ends and any(ends) else None
    money = duty.money.value if duty.money else None
    also = index.printed_instead(duty.exhibits)
    return _Act(duty.agreement, duty.kind, money, count_of(duty.quantity), when, duty.debtor or "", also)


def _true_deed(index: Index, deed: Deed) -> _Act:
    at = day(deed.date)
    money = deed.money.value if deed.money else None
    also = index.printed_instead(deed.exhibits)
    return _Act(deed.agreement, deed.rung, money, count_of(deed.quantity), (at, at) if at else None, "", also)


def _said_duty(index: Index, record: Obligation) -> _Act:
    deal = index.agreement_of(record.agreement_number.value if record.agreement_number else None, record.exhibit)
    quantity = record.quantity.value if record.quantity else None
    side = next((r for r in role_words() if record.debtor and _plays(index, deal, r, record.debtor)), "")
    return _Act(deal, record.kind.value, amount_of(record.money), quantity, _range(record.due), side)


def _said_deed(index: Index, record: Event) -> _Act:
    deal = index.agreement_of(record.agreement_number.value if record.agreement_number else None, record.exhibit)
    quantity = record.quantity.value if record.quantity else None
    return _Act(deal, record.rung.value, amount_of(record.money), quantity, _range(record.date))


def score_obligations(index: Index) -> Board:
    """Count obligations, each once for its agreement: records that say the same of it are one.

    The fields debtor, creditor, money, quantity and due are counted on the pairs; what has no pair is missing or too
    many, with all its fields, on papers for which the truth lists obligations: what a draft, a schedule or a letter
    says besides is told in a count, and scored by agreement only. A time is judged only where the truth gives one: "in
    30 days" may be reckoned or not.
    """
    board = Board("obligations")
    truths = [_true_duty(index, d) for d in index.truth.obligations]
    listing = {index.digest(p) for d in index.truth.obligations for p in d.exhibits}
    records = [r for held in index.obligations.values() for r in held]
    records.sort(key=lambda r: r.exhibit not in listing)
    firsts = _distinct((_said_duty(index, r), r) for r in records)
    pairs = _pairs(truths, [a for a, _ in firsts])
    paired = dict(pairs)
    repeats = _repeats(truths, [a for a, _ in firsts], paired)
    outside = {j for j, (_, r) in enumerate(firsts) if r.exhibit not in listing} - set(paired.values()) - repeats
    board.count("obligations on papers whose obligations the truth does not list, not scored", len(outside))
    repeats |= outside
    board.add("obligations", truth=len(truths), found=len(firsts) - len(repeats), right=len(pairs))
    for i, duty in enumerate(index.truth.obligations):
        record = firsts[paired[i]][1] if i in paired else None
        path = duty.exhibits[0] if duty.exhibits else (duty.agreement or "")
        if record is None:
            board.miss(1, f"obligation to {duty.kind}", path, 0, truths[i], None)
        _values(board, path, truths[i], firsts[paired[i]][0] if i in paired else None, "due")
        for name, role, said in (
            ("debtor", duty.debtor, record.debtor if record else None),
            ("creditor", duty.creditor, record.creditor if record else None),
        ):
            right = role is not None and said is not None and _plays(index, duty.agreement, role, said)
            board.judge(name, "", path, role, said.value if said else None, right)
        board.add(f"obligations: {duty.kind}", truth=1, right=record is not None)
    for j, (act, record) in enumerate(firsts):
        board.add(f"obligations: {act.kind}", found=j not in repeats)
        if j not in set(paired.values()) | repeats:
            page = record.spans[0].page if record.spans else 0
            board.miss(1, "obligation too many", index.path(record.exhibit), page, None, act)
            _values(board, index.path(record.exhibit), None, act, "due")
            board.add("debtor", found=record.debtor is not None)
            board.add("creditor", found=record.creditor is not None)
    _listed(board, index, "obligations by agreement", truths, {r.id: _said_duty(index, r) for r in records})
    return board


def score_events(index: Index) -> Board:
    """Count events, each once for its agreement: records that say the same of it are one.

    An event of a rung that the truth's ladder has evidenced by the same paper, and for which it lists no event, is told
    in a count.
    """
    board = Board("events")
    truths = [_true_deed(index, d) for d in index.truth.events]
    records = [r for held in index.events.values() for r in held]
    firsts = _distinct((_said_deed(index, r), r) for r in records)
    pairs = dict(_pairs(truths, [a for a, _ in firsts]))
    repeats = _repeats(truths, [a for a, _ in firsts], pairs)
    ladder = {j for j, (a, r) in enumerate(firsts) if _on_ladder(index, a, r)} - set(pairs.values()) - repeats
    board.count("events that the truth knows from its ladder only, not scored", len(ladder))
    repeats |= ladder
    board.add("events", truth=len(truths), found=len(firsts) - len(repeats), right=len(pairs))
    for i, deed in enumerate(index.truth.events):
        path = deed.exhibits[0] if deed.exhibits else (deed.agreement or "")
        if i not in pairs:
            board.miss(1, f"event {deed.rung}", path, 0, truths[i], None)
        _values(board, path, truths[i], firsts[pairs[i]][0] if i in pairs else None, "date")
    for j, (act, record) in enumerate(firsts):
        if j not in set(pairs.values()) | repeats:
            page = record.spans[0].page if record.spans else 0
            board.miss(1, "event too many", index.path(record.exhibit), page, None, act)
            _values(board, index.path(record.exhibit), None, act, "date")
    _listed(board, index, "events by agreement", truths, {r.id: _said_deed(index, r) for r in records})
    return board


def _pairs(truths: list[_Act], said: list[_Act]) -> list[tuple[int, int]]:
    """Pair by values; what is left, when it is the only one of its kind and side and lacks values without erring."""
    pairs: list[tuple[int, int]] = []
    for sort in dict.fromkeys((t.deal, t.kind) for t in truths):
        mine = [i for i, t in enumerate(truths) if (t.deal, t.kind) == sort]
        theirs = [j for j, t in enumerate(said) if (t.deal, t.kind) == sort]
        found = pair_up([truths[i] for i in mine], [said[j] for j in theirs], _Act.fit)
        pairs.extend((mine[i], theirs[j]) for i, j in found)
    truths_left = [i for i in range(len(truths)) if i not in {p[0] for p in pairs}]
    said_left = [j for j in range(len(said)) if j not in {p[1] for p in pairs}]
    for i in truths_left:
        twins = [k for k in truths_left if _same_sort(truths[k], truths[i])]
        choices = [j for j in said_left if _same_sort(said[j], truths[i])]
        if len(twins) == len(choices) == 1 and truths[i].only_lacks(said[choices[0]]):
            pairs.append((i, choices[0]))
    return sorted(pairs)


def _on_ladder(index: Index, act: _Act, record: Event) -> bool:
    """Tell whether the truth has the rung evidenced by this very paper, though it lists no event for it."""
    deal = index.deals.get(act.deal or "")
    if deal is None or deal.status.get(act.kind) != "evidenced":
        return False
    listed = any(d.agreement == act.deal and d.rung == act.kind for d in index.truth.events)
    return not listed and record.exhibit in {index.digest(p) for p in deal.status_basis.get(act.kind, ())}


def _repeats(truths: list[_Act], said: list[_Act], pairs: dict[int, int]) -> set[int]:
    """Return the records beside the pairs that say a paired truth once more: another paper, another language."""
    left = set(range(len(said))) - set(pairs.values())
    return {j for j in left if any(truths[i].repeated_by(said[j]) for i in pairs)}


def _same_sort(a: _Act, b: _Act) -> bool:
    return (a.deal, a.kind, a.side) == (b.deal, b.kind, b.side)


R = TypeVar("R")


def _distinct(acts: Iterable[tuple[_Act, R]]) -> list[tuple[_Act, R]]:
    firsts: dict[_Act, R] = {}
    for act, record in acts:
        firsts.setdefault(act, record)
    return list(firsts.items())


def _values(board: Board, path: str, truth: _Act | None, said: _Act | None, when: str) -> None:
    for name, mine, other in (
        ("money", truth.money if truth else None, said.money if said else None),
        ("quantity", truth.quantity if truth else None, said.quantity if said else None),
        (when, truth.when if truth else None, said.when if said else None),
    ):
        if truth is None:
            board.add(name, found=other is not None)
        elif name != "due" or mine is not None:
            right: bool | None = None
            if said is not None:
                right = same_time(truth.when, said.when) if name == when else mine == other or other in truth.also
            board.judge(name, "", path, mine, other, right)


def _listed(board: Board, index: Index, name: str, truths: list[_Act], said: dict[str, _Act]) -> None:
    """Count what the agreement records list: a repetition that resolution left in is one too many."""
    matched, extra = match_agreements(index)
    field = "obligations" if name.startswith("obligations") else "events"
    for deal in index.truth.agreements:
        record = matched.get(deal.key)
        ids: tuple[str, ...] = getattr(record, field) if record else ()
        wanted = [t for t in truths if t.deal == deal.key]
        acts = [said[i] for i in ids if i in said]
        board.add(name, truth=len(wanted), found=len(ids), right=len(_pairs(wanted, acts)))
    for record in extra:
        board.add(name, found=len(getattr(record, field)))


def _plays(index: Index, agreement: str | None, role: str, said: Text) -> bool:
    """Tell whether a clause's party is the one in `role`: by the role's word, or by the name of who holds it."""
    words = {name_key(w) for w in role_words().get(role, ())}
    if name_key(said.value) in words or name_key(said.written) in words:
        return True
    deal = index.deals.get(agreement or "")
    actors = {a.key: a for a in index.truth.parties}
    for engaged in deal.parties if deal else ():
        if engaged.role == role and engaged.party in actors:
            forms = {name_key(f) for f in actors[engaged.party].forms}
            if name_key(said.value) in forms or name_key(said.written) in forms:
                return True
    return False


@lru_cache(maxsize=1)
def role_words() -> dict[str, tuple[str, ...]]:
    """Return the words by which contracts call a party in a role, from `roles.tsv`."""
    table: dict[str, tuple[str, ...]] = {}
    for line in files("assay.specimen.score").joinpath("roles.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            role, *words = line.split("\t")
            table[role] = (role, *words)
    return table


def score_statuses(index: Index) -> Board:
    """Count the rungs of each agreement's ladder. A rung called evidenced that the truth does not show is hard."""
    board = Board("statuses")
    board.count("rungs evidenced without evidence in the truth", hard=True)
    matched, _ = match_agreements(index)
    by_agreement: dict[str, dict[str, Status]] = {}
    for status in index.trove.all(Status):
        by_agreement.setdefault(status.agreement, {})[status.rung.value] = status
    known: set[str] = set()
    for deal in index.truth.agreements:
        record = matched.get(deal.key)
        names = [n for n in ((record.id, record.number.value) if record else ()) if n in by_agreement]
        known.update(names)
        _ladder(board, index, deal, by_agreement[names[0]] if names else {})
    for name, ladder in by_agreement.items():
        for status in ladder.values():
            if name not in known and status.state == "evidenced":
                board.add("evidenced rungs", found=1)
                _hard(board, index, status, "an agreement that the truth does not know")
    return board


def _ladder(board: Board, index: Index, deal: Deal, ladder: dict[str, Status]) -> None:
    path = deal.exhibits[0] if deal.exhibits else deal.key
    for rung in Rung:
        true = deal.status.get(rung.value, "empty")
        status = ladder.get(rung.value)
        state = status.state if status else None
        board.share("rungs in the right state", state == true, 1)
        board.judge(
            "rung states", "", f"{path} {rung.value}",
            None if true == "empty" else true, None if state in (None, "empty") else state,
        )  # fmt: skip
        board.add("evidenced rungs", truth=true == "evidenced", found=state == "evidenced")
        if state == "evidenced" and true == "evidenced":
            board.add("evidenced rungs", right=1)
            basis = {index.digest(p) for p in deal.status_basis.get(rung.value, ())} - {None}
            if basis and status is not None:
                shown = {s.exhibit for s in status.spans}
                board.share("evidenced rungs that lead to their evidence", bool(shown & basis), 1)
        elif state == "evidenced" and status is not None:
            _hard(board, index, status, f"{deal.number}: {true}")


def _hard(board: Board, index: Index, status: Status, expected: str) -> None:
    board.count("rungs evidenced without evidence in the truth", 1, hard=True)
    where = status.spans[0] if status.spans else None
    path = index.path(where.exhibit) if where else ""
    board.miss(0, f"rung {status.rung.value}", path, where.page if where else 0, expected, status.sentence)
