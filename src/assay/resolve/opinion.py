"""A second opinion on name pairs that the resolver's own rules leave open: nomenklatura's LogicV2.

It runs in a process of its own, because its tables take 600 MB and some ten seconds to load; when no pair is open,
nothing is asked. Limits: Han against other scripts always differs there, so such pairs are never sent.
Source: nomenklatura 4.17, followthemoney 4.11; threshold 0.7 is the library's own.
"""

from __future__ import annotations

import subprocess
import sys

import msgspec

from assay.model import Problem

THRESHOLD = 0.7
_SECONDS = 300


def alike(pairs: list[tuple[str, str, str]]) -> tuple[list[bool], Problem | None]:
    """Return for each (kind, name, name) whether LogicV2 takes the names for one; on failure all false."""
    if not pairs:
        return [], None
    message = ""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "assay.resolve.opinion"],
            input=msgspec.json.encode(pairs),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode == 0:
            return msgspec.json.decode(done.stdout.splitlines()[-1], type=list[bool]), None
        message = (done.stderr.decode(errors="replace").strip().splitlines() or ["no message"])[-1]
    except (OSError, subprocess.TimeoutExpired) as error:
        message = type(error).__name__
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


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=list[tuple[str, str, str]])
    sys.stdout.write("\n" + msgspec.json.encode(judge(asked)).decode())
