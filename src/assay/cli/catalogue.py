"""Every part of this assay, as `assay parts` lists it."""

from __future__ import annotations

from typing import Any

from assay import custody, examine, extract, ledger, publish, read, resolve
from assay.work import outside
from assay.work.part import Examination, Exporter, Extractor, Part, Reader, Synthesis, load
from assay.work.sandbox import ALL_LAYERS, layers


def every_part() -> list[tuple[str, Part]]:
    """Return (kind, part) for each registered part, in the order of the run."""
    found: list[tuple[str, Part]] = [("synthesis", load(path, Synthesis)) for path in custody.builtin]
    found += [("reader", load(path, Reader)) for path in read.builtin]
    found += [("examination", load(path, Examination)) for path in examine.builtin]
    found += [("synthesis", load(path, Synthesis)) for path in examine.syntheses]
    found += [("extractor", load(path, Extractor)) for path in extract.builtin]
    found += [("synthesis", load(path, Synthesis)) for path in (*resolve.builtin, *ledger.builtin)]
    found += [("exporter", load(path, Exporter)) for path in publish.builtin]
    return found


def catalogue() -> list[dict[str, Any]]:
    """Return each part's own words as plain values."""
    return [
        {
            "kind": kind,
            "name": part.name,
            "version": part.version,
            "purpose": part.purpose,
            "limits": part.limits,
            "needs": list(part.needs),
        }
        for kind, part in every_part()
    ]


def walls() -> dict[str, bool]:
    """Return the sandbox's layers, and whether this machine has each; bubblewrap is for programs outside."""
    have = layers()
    return {name: name in have for name in ALL_LAYERS} | {"bubblewrap": "bubblewrap" in outside.walls()}
