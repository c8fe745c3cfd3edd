"""A second opinion on name pairs that the resolver's own rules leave open: nomenklatura's LogicV2.

Its tables take 600 MB and some ten seconds to load; when no pair is open, nothing is asked. Limits: Han against other
scripts always differs there, so such pairs are never sent.
Source: nomenklatura 4.17, followthemoney 4.11; threshold 0.7 is the library's own.
"""

from __future__ import annotations

from assay.model import Problem

THRESHOLD = 0.7


def alike(pairs: list[tuple[str, str, str]]) -> tuple[list[bool], Problem | None]:
    """Return for each (kind, name, name) whether LogicV2 takes the names for one; on failure all false."""
    if not pairs:
        return [], None
    try:
        return judge(pairs), None
    except MemoryError:
        raise
    except Exception as error:  # becomes a problem: the resolver's own rules stand without it
        message = f"{type(error).__name__}: {error}"[:300]
    text = f"the second opinion on {len(pairs)} pairs of names could not be had ({message}); they stay two parties each"
    return [False] * len(pairs), Problem("resolve", "", 0, "error", text, "resolve.parties", "1")


def judge(pairs: list[tuple[str, str, str]]) -> list[bool]:
    """Return LogicV2's answers, in this process. Each name is its own entity: the library caches by entity id."""
    from followthemoney import EntityProxy
    from nomenklatura.matching import LogicV2

    config = LogicV2.default_config()
    schemas = {"person": "Person", "organisation": "Organization", "state": "PublicBody"}
    out = []
    for number, (kind, first, second) in enumerate(pairs):
        schema = schemas.get(kind, "LegalEntity")
        a, b = (
            EntityProxy.from_dict({"id": f"{side}{number}", "schema": schema, "properties": {"name": [written]}})
            for side, written in (("a", first), ("b", second))
        )
        out.append(LogicV2.compare(a, b, config).score >= THRESHOLD)
    return out
