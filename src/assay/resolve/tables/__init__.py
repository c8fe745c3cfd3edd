"""Data tables of the resolver, each with its source in its header; read once, when first asked for."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=32)
def rows(name: str, package: str = "assay.resolve.tables") -> tuple[tuple[str, ...], ...]:
    """Return the rows of the tab-separated table `name`; lines that open with # and empty lines are left out."""
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))
