"""Press claims: who says what, according to whom, and how surely."""

from __future__ import annotations

from assay.model import Claim
from assay.specimen.score.board import Board, Index, pair_up
from assay.specimen.score.normal import amount_of, fold, key, name_key, similar
from assay.specimen.score.truth import Said, count_of

FIELDS = ("rung", "agreement", "money", "quantity", "modality", "polarity", "first hand", "speaker chain")


def score_press(index: Index) -> Board:
    """Count claims of press articles, and their fields on those that stand for one.

    A record stands for a claim when it is of the same article, the same sentence and the same topic. What is claimed on
    other papers is not counted here: the truth lists the press only.
    """
    board = Board("press claims")
    for name in ("claims", *FIELDS):
        board.add(name)
    for article in index.truth.press:
        digest = index.digest(article.path) or ""
        records = index.claims.get(digest, [])
        scan = index.is_scan(digest)

        def fits(truth: Said, record: Claim, scan: bool = scan) -> int:
            return _fit(truth, record, scan=scan)

        pairs = dict(pair_up(article.claims, records, fits))
        board.add("claims", truth=len(article.claims), found=len(records), right=len(pairs))
        for i, said in enumerate(article.claims):
            record = records[pairs[i]] if i in pairs else None
            board.add(f"claims: {said.topic}", truth=1, right=record is not None)
            if record is None:
                board.miss(1, f"claim on {said.topic}", article.path, 0, said.sentence, None)
            _fields(board, index, article.path, said, record)
        for j, record in enumerate(records):
            board.add(f"claims: {record.topic}", found=1)
            if j not in set(pairs.values()):
                page = record.spans[0].page if record.spans else 0
                board.miss(1, "claim too many", article.path, page, None, f"{record.topic}: {record.statement.value}")
    elsewhere = [
        r for d, rs in index.claims.items() for r in rs if d not in {index.digest(a.path) for a in index.truth.press}
    ]
    board.count("claims on other papers, not scored", len(elsewhere))
    return board


def _fit(truth: Said, record: Claim, *, scan: bool) -> int:
    """Return 0 unless sentence and topic are the same; more the more of rung, modality and last speaker agree."""
    if truth.topic != record.topic:
        return 0
    if not same_sentence(truth.sentence, record.statement.value, scan=scan):
        return 0
    speakers = [name_key(s.name) for s in record.speaker_chain]
    return (
        1
        + (truth.rung == (record.rung.value if record.rung else None))
        + (truth.modality == record.modality.value)
        + (truth.polarity == record.polarity)
        + (speakers == [name_key(s) for s in truth.speaker_chain])
    )


def same_sentence(true: str, said: str, *, scan: bool) -> bool:
    """Tell whether two sentences are one: alike, or the one is at least six tenths of the other and within it."""
    if similar(true, said, scan=scan):
        return True
    a, b = fold(true), fold(said)
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    return bool(short) and short in long and len(short) >= 0.6 * len(long)


def _fields(board: Board, index: Index, path: str, said: Said, record: Claim | None) -> None:
    board.judge("rung", "", path, said.rung, record.rung.value if record and record.rung else None)
    board.judge("modality", "", path, said.modality, record.modality.value if record else None)
    board.judge("polarity", "", path, said.polarity, record.polarity if record else None)
    money = said.money.value if said.money else None
    board.judge("money", "", path, money, amount_of(record.money) if record else None)
    quantity = record.quantity.value if record and record.quantity else None
    board.judge("quantity", "", path, count_of(said.quantity), quantity)
    deal = index.deals.get(said.agreement or "")
    named = record.agreement_number.value if record and record.agreement_number else None
    same = deal is not None and named is not None and key(named) == key(deal.number)
    if named is not None or (deal is not None and key(deal.number) in key(said.sentence)):
        board.judge("agreement", "", path, deal.number if deal else None, named, same)
    chain = [s.name for s in record.speaker_chain] if record else []
    true, got = [name_key(s) for s in said.speaker_chain], [name_key(s) for s in chain]
    board.judge("speaker chain", "", path, said.speaker_chain or None, tuple(chain) or None, true == got)
    first = said.speaker_chain[-1] if said.speaker_chain else None
    right = bool(true and got) and true[-1] == got[-1]
    board.judge("first hand", "", path, first, chain[-1] if chain else None, right)
