"""The truth of a specimen: written while the trove is made, kept on disk, joined at the end.

Exhibits (whose pages' texts are long) go to a spool as they come, so that memory does not grow with the trove.

truth.json is one object, its lists in the order of `LISTS` after "specimen" and "exhibits". Paths are relative to
the folder `trove`; a member of an archive or a mail is "outer.zip!/inner.pdf". Texts by language are {"ru": ...}.
Amounts are decimal strings, days are ISO. A page's text is what a typist would copy: a paragraph one line, a table's
row one line with tabs, side-by-side columns one after the other. Boxes are x0, y0, x1, y1 in page fractions, origin
top left. An item's `as_printed` holds, by path, what an altered paper prints instead of the truth.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, Any]
LISTS = (
    "agreements",
    "items",
    "obligations",
    "events",
    "parties",
    "alterations",
    "twins",
    "missing",
    "families",
    "press",
)


@dataclass(frozen=True, slots=True)
class Filed:
    """One exhibit as filed: what the truth says of it apart from its bytes."""

    path: str
    kind: str
    languages: tuple[str, ...]
    medium: str
    stage: str
    pages: tuple[tuple[str, str, str], ...]
    """Text, language, how (text_layer, ocr, parser) of each page."""
    agreement: str | None = None
    number: str = ""
    date: str = ""
    place: dict[str, str] = field(default_factory=dict)
    template: str = ""
    duplicate_of: str | None = None
    dpi: int | None = None
    parties: tuple[str, ...] = ()


class Cabinet:
    """The trove's folder and its truth. `file` puts an exhibit in; `close` writes truth.json."""

    def __init__(self, folder: Path) -> None:
        """Open an empty cabinet in `folder`, which must not hold a trove yet."""
        self.folder = folder
        self.trove = folder / "trove"
        self.trove.mkdir(parents=True)
        self.spool = folder / "truth.spool"
        self.rows: dict[str, list[Row]] = {name: [] for name in LISTS}
        self.mentions: dict[str, list[str]] = {}
        self.paths: set[str] = set()
        self.pages = 0
        self.paged = 0
        self.scanned = 0
        self.last: dict[str, Row] = {}
        self._out = self.spool.open("w", encoding="utf-8", newline="\n")

    def free(self, path: str) -> str:
        """Return `path`, or with a number behind it when it is taken."""
        stem, dot, ending = path.rpartition(".")
        name, count = path, 1
        while name.lower() in self.paths:
            count += 1
            name = f"{stem} ({count}){dot}{ending}"
        self.paths.add(name.lower())
        return name

    def file(self, filed: Filed, data: bytes, *, on_disk: bool = True) -> None:
        """Put an exhibit in: its bytes to the trove (an archive's member is there already), its truth to the spool."""
        if on_disk:
            target = self.trove / filed.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        row: Row = {
            "path": filed.path, "sha256": hashlib.sha256(data).hexdigest(), "kind": filed.kind,
            "languages": list(filed.languages), "medium": filed.medium, "stage": filed.stage,
            "agreement": filed.agreement, "number": filed.number or None, "date": filed.date or None,
            "place": filed.place, "template": filed.template, "duplicate_of": filed.duplicate_of, "dpi": filed.dpi,
            "pages": [
                {"number": number, "text": text, "language": language, "how": how}
                for number, (text, language, how) in enumerate(filed.pages, start=1)
            ],
        }  # fmt: skip
        self.last[filed.path] = row
        while len(self.last) > 80:
            del self.last[next(iter(self.last))]
        self._out.write(json.dumps(row, ensure_ascii=False) + "\n")
        self.pages += len(filed.pages)
        for party in filed.parties:
            self.mentions.setdefault(party, []).append(filed.path)

    def again(self, original: str, path: str) -> str:
        """File an exhibit of late a second time under another path; return that path."""
        row = {**self.last[original], "path": path, "duplicate_of": original}
        target = self.trove / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((self.trove / original).read_bytes())
        self._out.write(json.dumps(row, ensure_ascii=False) + "\n")
        self.pages += len(row["pages"])
        for paths in self.mentions.values():
            if original in paths[-80:]:
                paths.append(path)
        return path

    def add(self, name: str, row: Row) -> None:
        """Add a row to one of the truth's lists."""
        self.rows[name].append(row)

    def close(self, head: Row) -> Path:
        """Write truth.json and take the spool away; return its path."""
        self._out.close()
        path = self.folder / "truth.json"
        with path.open("w", encoding="utf-8", newline="\n") as out:
            out.write('{"specimen": ' + json.dumps(head, ensure_ascii=False) + ',\n"exhibits": [\n')
            with self.spool.open(encoding="utf-8") as spool:
                _join(out.write, (line.rstrip("\n") for line in spool))
            for name in LISTS:
                out.write(f'],\n"{name}": [\n')
                _join(out.write, (json.dumps(row, ensure_ascii=False) for row in self.rows[name]))
            out.write("]}\n")
        self.spool.unlink()
        return path


def _join(write: Any, lines: Iterable[str]) -> None:
    first = True
    for line in lines:
        write(line if first else ",\n" + line)
        first = False
    write("\n")
