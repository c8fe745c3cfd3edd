"""Where an exhibit was met, as a person would say it: `mails.zip!/letter.eml!/annex.pdf`."""

from __future__ import annotations

from assay.model import Occurrence, Trove

DEEPEST = 32


def all_paths(trove: Trove) -> dict[str, tuple[str, ...]]:
    """Return for each exhibit all paths under which it was met: the first of them, then the others, sorted.

    A member lies below the first path of what holds it, so that copies of a whole archive do not multiply its members.
    """
    first = first_paths(trove)
    found: dict[str, set[str]] = {digest: set() for digest in first}
    for occurrence in trove.all(Occurrence):
        above = first.get(occurrence.parent, occurrence.parent) if occurrence.parent else ""
        found[occurrence.exhibit].add(f"{above}!/{occurrence.path}" if above else occurrence.path)
    return {digest: (first[digest], *sorted(paths - {first[digest]})) for digest, paths in found.items()}


def first_paths(trove: Trove) -> dict[str, str]:
    """Return for each exhibit the first of its paths, from the folder that was received, members after `!/`.

    Limits: an exhibit that occurs several times has several paths; a file of the folder itself goes first.
    """
    own: dict[str, str] = {}
    inside: dict[str, tuple[str, str]] = {}
    for occurrence in trove.all(Occurrence):
        digest = occurrence.exhibit
        if occurrence.parent is None:
            own[digest] = min(own.get(digest, occurrence.path), occurrence.path)
        else:
            place = (occurrence.parent, occurrence.path)
            inside[digest] = min(inside.get(digest, place), place)
    return {digest: _path(digest, own, inside) for digest in {**own, **inside}}


def _path(digest: str, own: dict[str, str], inside: dict[str, tuple[str, str]]) -> str:
    parts: list[str] = []
    for _ in range(DEEPEST):
        if digest in own:
            return "!/".join([own[digest], *reversed(parts)])
        if digest not in inside:
            break
        digest, name = inside[digest]
        parts.append(name)
    return "!/".join(reversed(parts))
