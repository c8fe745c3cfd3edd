"""Payment and delivery terms: by their wording where the truth holds it, else by the figures that they state."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from assay.specimen.score.board import Board
from assay.specimen.score.normal import contains, day, decimal, figures, similar, similar_to_any
from assay.specimen.score.shape import SCAN
from assay.specimen.score.truth import wordings

NUMBERED = re.compile(r"^\s*(?:\d+(?:\.\d+)*[.)]?\s+|第[一二三四五六七八九十\d]+条\s*|[（(]\d+[)）]\s*)")
PERCENT = re.compile(r"[%％]|百分之")
TRADE = re.compile(r"\b(?:EXW|FCA|FAS|FOB|CFR|CIF|CPT|CIP|DAP|DPU|DDP|DAT)\b")


@dataclass(frozen=True, slots=True)
class Where:
    """The contract paper of an agreement: its path, its medium's split, and its true text."""

    path: str
    split: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What one term of the truth states: figures that must all stand in a clause, a trade term, and a last day."""

    figures: frozenset[Decimal]
    code: str
    due: date | None


def facts_of(term: dict[str, Any]) -> Facts:
    """Return the facts of a term without wording: percent, days and money; incoterm and due day."""
    figures = [decimal(term.get(name)) for name in ("percent", "days", "money")]
    return Facts(frozenset(f for f in figures if f is not None), str(term.get("incoterm") or ""), day(term.get("due")))


def score_terms(board: Board, name: str, where: Where, terms: tuple[dict[str, Any], ...], said: list[str]) -> None:
    """Count the terms of one agreement.

    A clause that repeats a term in another language counts for nothing. Another clause of the very paper (who bears
    bank fees, what a delay costs) is told in a count, unless it states an amount or a trade term: then it is too many,
    and so are a percentage that does not stand in the paper and a term said twice in one language.
    """
    scan = where.split == SCAN
    if any(wordings(t) for t in terms):
        used, unknown = _by_wording([wordings(t) for t in terms], said, scan=scan)
    else:
        used, unknown = _by_facts([facts_of(t) for t in terms], said)
    known = [wording for term in terms for wording in wordings(term)]
    extra = [
        t for t in unknown if _too_many(t, where.text, scan=scan) or any(_same_clause(t, w, scan=scan) for w in known)
    ]
    if len(extra) < len(unknown):
        board.count(f"{name}: other clauses of the paper, not scored", len(unknown) - len(extra))
    board.add(name, where.split, truth=len(terms), found=len(used) + len(extra), right=len(used))
    for i, term in enumerate(terms):
        if i not in used:
            board.miss(2, name, where.path, 0, wordings(term) or term, said)
    for text in extra:
        board.miss(2, f"{name} too many", where.path, 0, None, text)


def _too_many(text: str, paper: str, *, scan: bool) -> bool:
    if TRADE.search(text) or any(abs(n) >= 10000 for n in figures(text)):
        return True
    return bool(PERCENT.search(text)) and not contains(paper, text, scan=scan)


def _by_facts(terms: list[Facts], said: list[str]) -> tuple[set[int], list[str]]:
    held = [figures(text) for text in said]
    used: set[int] = set()
    carrying: set[int] = set()
    for i, term in enumerate(terms):
        if term.figures:
            fitting = {j for j, numbers in enumerate(held) if term.figures <= numbers}
            found = bool(fitting)
        else:
            coded = {j for j, text in enumerate(said) if term.code and re.search(rf"\b{re.escape(term.code)}\b", text)}
            dated = {j for j, numbers in enumerate(held) if term.due and _names_day(numbers, said[j], term.due)}
            fitting = coded | dated
            found = (bool(coded) or not term.code) and (bool(dated) or term.due is None) and bool(fitting)
        carrying |= fitting
        if found:
            used.add(i)
    return used, [text for j, text in enumerate(said) if j not in carrying]


def _names_day(numbers: frozenset[Decimal], text: str, due: date) -> bool:
    if Decimal(due.year) in numbers and Decimal(due.day) in numbers:
        return True
    return any(due.strftime(form) in text for form in ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%Y.%m.%d"))


def _by_wording(terms: list[tuple[str, ...]], said: list[str], *, scan: bool) -> tuple[set[int], list[str]]:
    used: dict[int, set[int]] = {}
    extra: list[str] = []
    for text in _joined(terms, said, scan=scan):
        place = next(
            (
                (i, j)
                for i, texts in enumerate(terms)
                for j, wording in enumerate(texts)
                if j not in used.get(i, set()) and _same_clause(text, wording, scan=scan)
            ),
            None,
        )
        joined = next((i for i, ts in enumerate(terms) if i not in used and similar_to_any(text, ts, scan=scan)), None)
        if place is not None:
            used.setdefault(place[0], set()).add(place[1])
        elif joined is not None:
            used[joined] = set(range(len(terms[joined])))
        else:
            extra.append(text)
    return set(used), extra


def _joined(terms: list[tuple[str, ...]], said: list[str], *, scan: bool) -> list[str]:
    """Put sentences that follow one another together where they make up a term; leave the others."""
    wordings_held = [w for texts in terms for w in texts]
    done: list[str] = []
    at = 0
    while at < len(said):
        for length in (3, 2):
            for gap in (" ", ""):
                text = gap.join(said[at : at + length])
                if at + length <= len(said) and any(_same_clause(text, w, scan=scan) for w in wordings_held):
                    break
            else:
                continue
            done.append(text)
            at += length
            break
        else:
            done.append(said[at])
            at += 1
    return done


def _same_clause(text: str, wording: str, *, scan: bool) -> bool:
    """Tell whether two clauses are the same, with or without the clause's number."""
    if similar(text, wording, scan=scan):
        return True
    return similar(NUMBERED.sub("", text), NUMBERED.sub("", wording), scan=scan)
