"""What every copy of an exhibit in another form shares: a file for each exhibit, and a table that says what is in it.

Limits: pages without boxes (text, sheets, mails) have no place to write a word at: the table names them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assay.custody.paths import first_paths
from assay.model import Exhibit, Page, PageState
from assay.publish.tables import safe
from assay.store.store import Store

DPI = 300
"""Pixels in hOCR and ALTO are those of a picture of the page with so many dots per inch."""
INDEX = "index.csv"
COLUMNS = ("file", "path", "exhibit", "pages", "pages_written", "pages_left_out", "words", "words_without_a_place")


@dataclass(frozen=True, slots=True)
class Copy:
    """One exhibit's pages that can be written, and the numbers of those that cannot."""

    exhibit: Exhibit
    pages: tuple[Page, ...]
    left_out: tuple[int, ...]


def size(page: Page) -> tuple[int, int]:
    """Return a page's width and height in pixels."""
    return max(1, round(page.width * DPI / 72)), max(1, round(page.height * DPI / 72))


def name_of(exhibit: Exhibit, suffix: str) -> str:
    """Return the file's name: the beginning of the digest, since names of a trove can be anything."""
    return f"{exhibit.digest[:16]}.{suffix}"


def has_places(page: Page) -> bool:
    """Tell whether words can be written at their places on a page: it was read and has a size."""
    return page.state is PageState.READ and page.width > 0 and page.height > 0


def copies(
    store: Store, folder: Path, suffix: str, write: Callable[[Copy, Path], None],
    takes: Callable[[Page], bool] = has_places,
) -> Iterator[str]:  # fmt: skip
    """Write one file for each exhibit with a page that `takes` accepts, and the table; yield the files' names."""
    paths = first_paths(store)
    with (folder / INDEX).open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for exhibit in store.all(Exhibit):
            pages = list(store.of(Page, exhibit.digest))
            taken = tuple(p for p in pages if takes(p))
            name = name_of(exhibit, suffix) if taken else ""
            if taken:
                write(Copy(exhibit, taken, tuple(p.number for p in pages if not takes(p))), folder / name)
                yield name
            if pages:
                left = " ".join(str(p.number) for p in pages if not takes(p))
                placed = sum(len(p.words) for p in taken)
                loose = sum(_without_place(p) for p in taken)
                path = safe(paths.get(exhibit.digest, ""))
                table.writerow([name, path, exhibit.digest, len(pages), len(taken), left, placed, loose])
    yield INDEX


def _without_place(page: Page) -> int:
    from assay.publish.placed import placed

    return sum(i.box is None for block in placed(page).blocks for row in block.rows for i in row.items)
