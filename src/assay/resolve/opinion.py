"""A second opinion on name pairs that the resolver's own rules leave open: nomenklatura's LogicV2.

It runs in a forked child, because its tables take 600 MB and some ten seconds to load; when no pair is open,
nothing is asked. Limits: Han against other scripts always differs there, so such pairs are never sent.
Source: nomenklatura 4.17, followthemoney 4.11; threshold 0.7 is the library's own.
"""

from __future__ import annotations

import os
import select
import signal

import msgspec

from assay.model import Problem

THRESHOLD = 0.7
_SECONDS = 300


def alike(pairs: list[tuple[str, str, str]]) -> tuple[list[bool], Problem | None]:
    """Return for each (kind, name, name) whether LogicV2 takes the names for one; on failure all false."""
    if not pairs:
        return [], None
    try:
        return _in_a_fork(pairs), None
    except (OSError, EOFError, TimeoutError, msgspec.MsgspecError) as error:
        message = f"{type(error).__name__}: {error}"
    text = f"the second opinion on {len(pairs)} pairs of names could not be had ({message}); they stay two parties each"
    return [False] * len(pairs), Problem("resolve", "", 0, "error", text, "resolve.parties", "1")


def _in_a_fork(pairs: list[tuple[str, str, str]]) -> list[bool]:
    """Judge in a forked child, which keeps the worker's walls and gives its memory back when it ends."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        signal.alarm(_SECONDS)  # the walls forbid the parent to end it
        try:
            os.close(reading)
            with os.fdopen(writing, "wb") as answers:
                answers.write(msgspec.json.encode(judge(pairs)))
            code = 0
        finally:
            os._exit(code)  # nothing of the parent's may run twice
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as answers:
            ready, _, _ = select.select([answers], [], [], _SECONDS)
            if not ready:
                raise TimeoutError(f"no answer in {_SECONDS} seconds")
            said = answers.read()
    finally:
        os.waitpid(child, 0)
    if not said:
        raise EOFError("the child ended without an answer")
    return msgspec.json.decode(said, type=list[bool])


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
