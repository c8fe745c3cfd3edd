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
    try:
        sums = json.loads(manifest.read_text("utf-8"))["sha256"]
    except (ValueError, KeyError):
        return 0, (Breach("edition", "manifest.json", "it cannot be read"),)
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


def _notes(folder: Path, breaches: list[Breach]) -> int:
    count = 0
    pages: dict[str, str] = {}
    for line in (folder / "data" / "sentences.jsonl").read_text("utf-8").splitlines():
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
