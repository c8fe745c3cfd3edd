"""Version families, and the descent of press articles: copies, origins, and hedges lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from assay.model import Family, Occurrence, Party
from assay.model import Lineage as Descent
from assay.specimen.score.board import Board, Index
from assay.specimen.score.normal import fold, name_key


def score_families(index: Index) -> Board:
    """Count families by pairs of exhibits that belong together, and the members' relations.

    Copies that are the same bytes are one exhibit; of those it is asked that each name was kept as an occurrence.
    """
    board = Board("families")
    for name in ("pairs", "relations"):
        board.add(name)
    names = {o.path for o in index.trove.all(Occurrence)} | set(index.paths)
    true_pairs: set[tuple[str, str]] = set()
    relations: dict[str, str] = {}
    for family in index.truth.families:
        digests: list[str] = []
        for member in family.members:
            digest = index.digest(member.path)
            board.share("members' paths kept as occurrences", member.path in names, 1)
            if digest is None:
                digest = f"absent {member.path}"
            if digest not in digests:
                digests.append(digest)
                relations.setdefault(digest, member.relation)
        true_pairs.update(_pairs(digests))
    said_pairs: set[tuple[str, str]] = set()
    said: dict[str, str] = {}
    for record in index.trove.all(Family):
        said_pairs.update(_pairs([m.exhibit for m in record.members]))
        for one in record.members:
            said.setdefault(one.exhibit, one.relation)
    board.add("pairs", truth=len(true_pairs), found=len(said_pairs), right=len(true_pairs & said_pairs))
    for a, b in sorted(true_pairs ^ said_pairs):
        there = (a, b) in true_pairs
        paths = (_path(index, a), _path(index, b))
        board.miss(
            1, "pair" if there else "pair too many", paths[0], 0, paths if there else None, None if there else paths
        )
    alone = {d for d in relations if not any(d in pair for pair in true_pairs)}
    for digest in sorted(set(relations) | set(said)):
        if digest in alone and digest not in said:
            continue
        board.judge("relations", "", _path(index, digest), relations.get(digest), said.get(digest))
    return board


def _pairs(digests: list[str]) -> set[tuple[str, str]]:
    return {(min(a, b), max(a, b)) for a, b in combinations(dict.fromkeys(digests), 2)}


def _path(index: Index, digest: str) -> str:
    return digest[7:] if digest.startswith("absent ") else index.path(digest)


def score_lineage(index: Index) -> Board:
    """Count which article was taken from which, where each goes back to, and which hedges fell off on the way."""
    board = Board("lineage")
    for name in ("copies", "origins", "lost hedges"):
        board.add(name)
    articles = {index.digest(a.path) or f"absent {a.path}": a for a in index.truth.press}
    descents: dict[str, list[Descent]] = {}
    for record in index.trove.all(Descent):
        if record.exhibit in articles:
            descents.setdefault(record.exhibit, []).append(record)
    names = {p.id: {name_key(n) for n in (p.name, *p.aliases)} for p in index.trove.all(Party)}
    for digest, article in articles.items():
        own = descents.get(digest, [])
        parent = index.digest(article.copies) if article.copies else None
        from_press = {d.origin for d in own if d.origin in articles}
        board.add("copies", truth=article.copies is not None, found=len(from_press), right=parent in from_press)
        if (article.copies is not None) != bool(from_press) or (from_press - {parent}):
            told = [index.path(d) for d in sorted(from_press)]
            board.miss(1, "copies", article.path, 0, article.copies, told)
        root = _root(index, digest, descents, articles)
        right = _same_origin(index, article.origin, root, names)
        known = article.origin not in ("", "unknown")
        board.judge("origins", "", article.path, article.origin if known else None, root, right)
        true, said = {fold(h) for h in article.lost_hedges}, {fold(h) for d in own for h in d.lost_hedges}
        board.add("lost hedges", truth=len(true), found=len(said), right=len(true & said))
        for hedge in sorted(true ^ said):
            there = hedge in true
            board.miss(1, "lost hedge", article.path, 0, hedge if there else None, None if there else hedge)
    return board


def _root(index: Index, digest: str, descents: dict[str, list[Descent]], articles: Mapping[str, object]) -> str | None:
    """Follow the records from an article up to the first that is no article, or to the last article."""
    seen = {digest}
    at = digest
    while True:
        beyond = [d.origin for d in descents.get(at, []) if d.origin not in seen]
        if not beyond:
            return None if at == digest else index.path(at)
        at = sorted(beyond, key=lambda o: (o in articles, o))[0]
        if at not in articles:
            return index.path(at) if at in index.digests else at
        seen.add(at)


def _same_origin(index: Index, true: str, said: str | None, names: dict[str, set[str]]) -> bool:
    if said is None:
        return true in ("", "unknown")
    if said == true or (index.digest(true) is not None and index.digest(true) == index.digest(said)):
        return True
    actor = next((a for a in index.truth.parties if a.key == true), None)
    forms = {name_key(f) for f in actor.forms} if actor else {name_key(true)}
    return bool(forms & (names.get(said) or {name_key(said)}))
