"""Agreements: matched by number, or by the contract paper that they hold, then compared field by field."""

from __future__ import annotations

from collections.abc import Iterable

from assay.model import Agreement, Party
from assay.specimen.score.board import Board, Index
from assay.specimen.score.normal import amount_of, contains, day, key, name_key, similar_to_any
from assay.specimen.score.reading import one_day
from assay.specimen.score.shape import BORN, SCAN
from assay.specimen.score.terms import Where, score_terms
from assay.specimen.score.truth import Deal

FIELDS = (
    "number", "date", "place", "title", "subject", "parties", "total", "currency", "payment terms", "delivery terms",
)  # fmt: skip
"""The fields of an agreement."""

FOUNDING = ("contract", "licence")
"""Kinds of paper that an agreement's fields stand on, the one that says most of them first."""

LONGEST_SUBJECT = 300
"""A subject may be given as the clause that holds it, of at most so many characters."""


def contract_of(index: Index, deal: Deal) -> str | None:
    """Return the digest of the paper that an agreement's fields are judged on.

    The contract, the final one before a draft and a born-digital one before a scan, because it is the easier to read;
    else the licence, else the first exhibit of the agreement that the case holds.
    """
    ranked = []
    for order, path in enumerate(deal.exhibits):
        paper = index.by_path.get(path)
        digest = index.digest(path)
        if paper is None or digest is None:
            continue
        kind = FOUNDING.index(paper.kind) if paper.kind in FOUNDING else len(FOUNDING)
        ranked.append((kind, paper.stage != "final", index.is_scan(digest), order, digest))
    return min(ranked)[4] if ranked else None


def match_agreements(index: Index) -> tuple[dict[str, Agreement], list[Agreement]]:
    """Return which record stands for which agreement, and the records that stand for none.

    Found once for each index. First by number; what is left, by holding the very contract paper, so that a wrong number
    is one wrong field.
    """
    if index.agreements is not None:
        return index.agreements
    left = list(index.trove.all(Agreement))
    matched: dict[str, Agreement] = {}
    for scan in (False, True):
        for deal in index.truth.agreements:
            if deal.key in matched or (scan and not index.is_scan(contract_of(index, deal))):
                continue
            same = [r for r in left if key(r.number.value, scan=scan) == key(deal.number, scan=scan)]
            wanted = {index.digest(p) for p in deal.exhibits}
            same.sort(key=lambda r: (one_day(r.date) != day(deal.date), -len(wanted & set(r.exhibits)), r.id))
            if same:
                matched[deal.key] = same[0]
                left.remove(same[0])
    for deal in index.truth.agreements:
        contract = contract_of(index, deal)
        if deal.key not in matched and contract is not None:
            holding = [r for r in left if contract in r.exhibits]
            if len(holding) == 1:
                matched[deal.key] = holding[0]
                left.remove(holding[0])
    index.agreements = (matched, left)
    return index.agreements


def score_agreements(index: Index) -> Board:
    """Count the agreements and their fields, split by the medium of the contract paper."""
    board = Board("agreements")
    for name in FIELDS:
        for split in (BORN, SCAN):
            board.add(name, split)
    matched, extra = match_agreements(index)
    parties = {p.id: p for p in index.trove.all(Party)}
    for deal in index.truth.agreements:
        record = matched.get(deal.key)
        contract = contract_of(index, deal)
        split = index.split(contract)
        board.add("agreements", split, truth=1, found=record is not None, right=record is not None)
        path = index.path(contract) if contract else deal.key
        if record is None:
            board.miss(1, "agreement", path, 0, deal.number, None)
        _fields(board, index, deal, record, split, parties, path)
        _exhibits(board, index, deal, record, split)
    for record in extra:
        where = record.number.span.exhibit if record.number.span else next(iter(record.exhibits), None)
        split = index.split(where)
        board.add("agreements", split, found=1)
        board.miss(1, "agreement too many", index.path(where or ""), 0, None, record.number.value)
        for name, number in _claimed(record):
            board.add(name, split, found=number)
        board.add("exhibits", split, found=len(record.exhibits))
    sum_up(board, FIELDS, "all fields")
    return board


def _claimed(record: Agreement) -> Iterable[tuple[str, int]]:
    """Yield how many values a record claims of each field: all of them wrong when it stands for no agreement."""
    yield from (
        ("number", 1),
        ("date", record.date is not None),
        ("place", record.place is not None),
        ("title", record.title is not None),
        ("subject", record.subject is not None),
        ("parties", len(record.parties)),
        ("total", record.total is not None and record.total.amount is not None),
        ("currency", record.total is not None and record.total.currency is not None),
        ("payment terms", len(record.payment_terms)),
        ("delivery terms", len(record.delivery_terms)),
    )


def _fields(
    board: Board, index: Index, deal: Deal, record: Agreement | None, split: str, parties: dict[str, Party], path: str
) -> None:
    scan = split == SCAN
    number = record.number.value if record else None
    fits = number is not None and key(number, scan=scan) == key(deal.number, scan=scan)
    board.judge("number", split, path, deal.number, number, fits)
    board.judge("date", split, path, day(deal.date), one_day(record.date) if record else None)
    for name, texts, held in (
        ("place", deal.places, record.place if record else None),
        ("title", deal.titles, record.title if record else None),
        ("subject", deal.subjects, record.subject if record else None),
    ):
        wanted = tuple(texts.values())
        if name == "title" and not wanted:
            continue
        right = held is not None and similar_to_any(held.value, wanted, scan=scan)
        if name == "subject" and held is not None and not right:
            right = len(held.value) <= LONGEST_SUBJECT and any(_holds(held.value, w, scan=scan) for w in wanted)
        board.judge(name, split, path, wanted or None, held.value if held else None, right)
    total, got = deal.total.value if deal.total else None, amount_of(record.total) if record else None
    board.judge(
        "total", split, path, total, got, got is not None and (got == total or got in index.printed_instead([path]))
    )
    paper = index.by_path.get(path)
    text = "\n".join(sheet.text for sheet in paper.pages) if paper else ""
    currency = deal.total.currency if deal.total else None
    board.judge("currency", split, path, currency, record.total.currency if record and record.total else None)
    _parties(board, index, deal, record, split, parties, path)
    for name, terms, said in (
        ("payment terms", deal.payment_terms, record.payment_terms if record else ()),
        ("delivery terms", deal.delivery_terms, record.delivery_terms if record else ()),
    ):
        score_terms(board, name, Where(path, split, text), terms, [t.value for t in said])


def _holds(said: str, true: str, *, scan: bool) -> bool:
    """Tell whether the clause holds the subject, or is the subject but for a word such as "article"."""
    return contains(said, true, scan=scan) or (len(said) >= 0.6 * len(true) and contains(true, said, scan=scan))


def _parties(
    board: Board, index: Index, deal: Deal, record: Agreement | None, split: str, parties: dict[str, Party], path: str
) -> None:
    """Count each party in its role. A party is the right one by the name engaged or by its own name, not by alias."""
    scan = split == SCAN
    actors = {a.key: a for a in index.truth.parties}
    left = list(record.parties) if record else []
    board.add("parties", split, found=len(left))
    for engaged in deal.parties:
        board.add("parties", split, truth=1)
        actor = actors.get(engaged.party)
        forms = {name_key(f, scan=scan) for f in (actor.forms if actor else ())}
        for one in left:
            party = parties.get(one.party)
            names = {name_key(n, scan=scan) for n in (one.name, party.name if party else "") if n}
            if one.role.value == engaged.role and names & forms:
                left.remove(one)
                board.add("parties", split, right=1)
                break
        else:
            said = [(e.role.value, e.name) for e in (record.parties if record else ())]
            wanted = (engaged.role, next(iter(actor.forms), engaged.party) if actor else engaged.party)
            board.miss(2, "parties", path, 0, wanted, said)
    for one in left:
        board.miss(2, "party too many", path, 0, None, (one.role.value, one.name))


def _exhibits(board: Board, index: Index, deal: Deal, record: Agreement | None, split: str) -> None:
    wanted = {d for d in (index.digest(p) for p in index.papers_of(deal)) if d}
    held = set(record.exhibits) if record else set()
    board.add("exhibits", split, truth=len(wanted), found=len(held), right=len(wanted & held))
    for digest in sorted(wanted - held):
        board.miss(2, "exhibit of agreement", index.path(digest), 0, deal.number, None)
    for digest in sorted(held - wanted):
        board.miss(2, "exhibit of another agreement", index.path(digest), 0, None, deal.number)


def sum_up(board: Board, names: tuple[str, ...], total: str) -> None:
    """Add a tally over all of `names`, split by split."""
    for split in (BORN, SCAN):
        cells = [board.tallies.get((name, split), [0, 0, 0]) for name in names]
        board.add(
            total, split, truth=sum(c[0] for c in cells), found=sum(c[1] for c in cells), right=sum(c[2] for c in cells)
        )
