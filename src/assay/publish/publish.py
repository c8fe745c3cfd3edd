"""Publishing: compose, pass the gate, set the site beside its data, seal all of it with a manifest."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.model import (
    Correction,
    DetachedSignature,
    Exhibit,
    Finding,
    Judgement,
    Occurrence,
    Page,
    Problem,
    Rendition,
    Table,
    Voucher,
)
from assay.model.errors import PublicationRefused, Usage
from assay.publish.compose import compose
from assay.publish.discretion import Discretion
from assay.publish.edition import Edition
from assay.publish.gate import Stop, gate
from assay.publish.register import write_register
from assay.publish.scene import scene
from assay.publish.site import Site, markdown
from assay.publish.tables import to_csv, to_jsonl
from assay.store.store import Store

PRIVATE = (
    Occurrence.KIND, Problem.KIND, Page.KIND, Table.KIND, Correction.KIND, Rendition.KIND, Voucher.KIND,
    DetachedSignature.KIND, Judgement.KIND, "log", "hypotheses",
)  # fmt: skip
"""What stays with the case: names of files, of the source and of those who decided can lead to the person who handed
it over, and whole pages can hold what is nobody's business. The pages that are cited are in the edition as
pictures."""


@dataclass(frozen=True, slots=True)
class Published:
    """What was published: the front page, and how many sentences and notes it has."""

    index: Path
    sentences: int
    notes: int


class Refused(PublicationRefused):
    """The gate's answer, with every sentence that stops the edition."""

    def __init__(self, stops: tuple[Stop, ...]) -> None:
        """Hold `stops`."""
        super().__init__(f"{len(stops)} sentences stop this edition")
        self.stops = stops


def publish(store: Store, folder: Path, title: str) -> Published:
    """Write an edition of the case into `folder`, which must be new or empty, with the pictures that are there.

    Raises `Refused` with the sentences that stop it, and then writes nothing.
    """
    return issue(store, folder, released(store, folder, title))


def released(store: Store, folder: Path, title: str) -> Edition:
    """Return the edition that may be written into `folder`; raise `Usage` or `Refused` when it may not."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Usage(f"{folder} is not empty", hint="Name a new folder: an edition is never overwritten.")
    edition = compose(store, title)
    stops = gate(edition, store)
    if stops:
        raise Refused(stops)
    return edition


def issue(store: Store, folder: Path, edition: Edition) -> Published:
    """Write an edition that was released."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(work, ignore_errors=True)
    (work / "data").mkdir(parents=True)
    names = [*to_jsonl(store, work / "data"), *to_csv(store, work / "data"), *write_register(store, work / "data")]
    for name in names:
        if name.partition(".")[0] in PRIVATE:
            (work / "data" / name).unlink()
    _discreet(store, edition, work / "data")
    public = tuple(n for n in names if n.partition(".")[0] not in PRIVATE)
    site = Site(edition, store, work, public)
    site.write()
    (work / "report.md").write_text(markdown(edition, site), "utf-8")
    _quotes(work, site)
    _manifest(work)
    if folder.exists():
        folder.rmdir()
    work.rename(folder)
    return Published(folder / "index.html", len(edition.sentences()), len(edition.notes()))


def _discreet(store: Store, edition: Edition, folder: Path) -> None:
    """Leave out of the published records what the edition itself leaves out, names of files, and containers.

    An archive or a saved mail is often the source's own make: its digest and size would tell it from all others.
    """
    held = Discretion(store, edition.labels)
    containers = {e.digest for e in store.all(Exhibit)} - set(scene(store).documents)
    out = {f.id for f in store.all(Finding) if held.withheld(f) or f.exhibit in containers} | containers

    def seen(row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "observation": held.unnamed(row["observation"])}

    _rewritten(folder / f"{Finding.KIND}.jsonl", out, seen)
    _rewritten(folder / f"{Exhibit.KIND}.jsonl", out, lambda row: row)


def _rewritten(path: Path, out: set[str], seen: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Write a file of records anew without those of the ids `out`, each as `seen` returns it."""
    lines = path.read_text("utf-8").splitlines()
    with path.open("w", encoding="utf-8") as file:
        for row in (json.loads(line) for line in lines):
            if row["id"] not in out:
                file.write(json.dumps(seen(row), ensure_ascii=False, separators=(",", ":")) + "\n")


def _quotes(work: Path, site: Site) -> None:
    """Write each sentence with its notes, so that a program can follow them too."""
    with (work / "data" / "sentences.jsonl").open("w", encoding="utf-8") as file:
        for leaf in site.edition.leaves():
            for sentence in (s for section in leaf.sections for s in section.all_sentences()):
                notes = [
                    {
                        "href": note.href,
                        "exhibit": span.exhibit,
                        "page": span.page,
                        "start": span.start,
                        "end": span.end,
                        "quote": span.quote,
                    }
                    for note in sentence.notes
                    for span in note.spans
                ]
                row = {"page": f"{leaf.name}.html", "text": sentence.text, "record": sentence.record, "notes": notes}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _manifest(work: Path) -> None:
    files = sorted(p for p in work.rglob("*") if p.is_file())
    sums = {p.relative_to(work).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    (work / "manifest.json").write_text(json.dumps({"sha256": sums}, indent=1) + "\n", "utf-8")
