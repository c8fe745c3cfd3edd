"""The cue words: data files in `cues/`, one a topic, one section a language, compiled when first asked for.

Each entry is a fragment of a regular expression, matched without regard to case. A blank in it also matches a lost or
a doubled one and a line end (recognised scans lose them). What begins with a letter other than Han must begin a word.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

WHOLE = ("verb",)
"""Keys whose entries are whole words: сообщает is one of them, сообщается is not."""
LANGUAGES = ("ru", "uk", "zh", "en")


@cache
def table(topic: str) -> dict[str, Any]:
    """Return the parsed data file of `topic`."""
    source = files("assay.extract").joinpath("cues", f"{topic}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def fragment(entry: str) -> str:
    """Return a cue entry as a fragment of an expression."""
    first = entry.lstrip("(?:")[:1]
    body = entry.replace(" ", r"\s*")
    return body if not (first.isalpha() and not _han(first)) else rf"(?<![^\W_]){body}"


def _han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


@cache
def words(topic: str, key: str, language: str | None = None) -> tuple[str, ...]:
    """Return the entries of `key` in `topic`, of one language or of all."""
    data = table(topic)
    chosen = (language,) if language else (*LANGUAGES, "any")
    return tuple(w for code in chosen for w in data.get(code, {}).get(key, ()))


@cache
def cue(topic: str, key: str, language: str | None = None) -> re.Pattern[str]:
    """Return the expression that matches any entry of `key`; one that never matches when there is none."""
    entries = sorted(words(topic, key, language), key=len, reverse=True)
    if not entries:
        return re.compile(r"(?!)")
    whole = key in WHOLE
    parts = (f"(?:{fragment(e)})" + ("" if not whole or _han(e[:1]) else r"(?![^\W_])") for e in entries)
    return re.compile("|".join(parts), re.IGNORECASE)


@cache
def keys(topic: str) -> tuple[str, ...]:
    """Return all keys of a topic, in the order in which they first stand in its file."""
    seen: dict[str, None] = {}
    for code in (*LANGUAGES, "any"):
        seen.update(dict.fromkeys(table(topic).get(code, {})))
    return tuple(seen)


def first(topic: str, text: str, order: tuple[str, ...] | None = None) -> str | None:
    """Return the key whose cue stands first in `text` (the earlier key of `order` at a tie), None when none does."""
    best: tuple[int, int, str] | None = None
    for rank, key in enumerate(order or keys(topic)):
        hit = cue(topic, key).search(text)
        if hit and (best is None or (hit.start(), rank) < best[:2]):
            best = (hit.start(), rank, key)
    return best[2] if best else None
