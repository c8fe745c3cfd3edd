"""Verifying an edition: every file by its manifest, every note by the place that it leads to."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from assay.custody.verify import Breach
from assay.model.errors import Usage


def check(folder: Path) -> tuple[int, tuple[Breach, ...]]:
    """Return how many notes were followed, and what is not as it was published.

    Raises `Usage` when `folder` is no edition. Limits: the manifest itself is only as safe as its folder; publish its
    SHA-256 elsewhere.
    """
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise Usage(f"{folder} is no edition: it has no manifest.json")
    sums = _sums(manifest)
    if sums is None:
        return 0, (Breach("edition", "manifest.json", "it cannot be read as what an edition's manifest is"),)
    breaches = []
    for name, digest in sums.items():
        file = folder / name
        if not file.is_file():
            breaches.append(Breach("edition", name, "it is missing"))
        elif hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            breaches.append(Breach("edition", name, "it is not what was published"))
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"manifest.json"}
    breaches += [Breach("edition", name, "it was added later") for name in sorted(present - set(sums))]
    return _notes(folder, breaches), tuple(breaches)


def _sums(manifest: Path) -> dict[str, str] | None:
    """Return the digests that a manifest states; None when it is damaged."""
    try:
        sums = json.loads(manifest.read_text("utf-8"))["sha256"]
    except (ValueError, KeyError, TypeError):
        return None
    sound = isinstance(sums, dict) and all(isinstance(digest, str) for digest in sums.values())
    return sums if sound else None


def _notes(folder: Path, breaches: list[Breach]) -> int:
    """Follow every note of every sentence; a list of them that is gone or damaged was named by its digest already."""
    sentences = folder / "data" / "sentences.jsonl"
    if any(breach.where == "data/sentences.jsonl" for breach in breaches) or not sentences.is_file():
        breaches.append(Breach("note", "data/sentences.jsonl", "the notes cannot be followed without it"))
        return 0
    count = 0
    pages: dict[str, str] = {}
    for line in sentences.read_text("utf-8").splitlines():
        row = json.loads(line)
        for note in row["notes"]:
            count += 1
            name, _, anchor = note["href"].partition("#")
            if name not in pages:
                file = folder / name
                pages[name] = file.read_text("utf-8") if file.is_file() else ""
            if anchor and f'id="{anchor}"' not in pages[name]:
                breaches.append(Breach("note", row["text"][:80], f"{note['href']} leads nowhere"))
    return count
