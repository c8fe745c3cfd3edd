"""What of a case is found again in its searchable copies, and on the leaves that office documents are laid out on.

    python benchmarks/copies.py CASE

Makes the copies of a finished case in a temporary folder, reads them back with pdfium and with pdftotext, and counts
the words that stand there letter for letter within 0.4 % of the page's sides of where the case has them. Lays out every
office document (LibreOffice must be installed) and counts the words that were found again. Exits 1 below 99 %.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

from assay.case import Case, RunSettings
from assay.model import Exhibit, Page, Rendition
from assay.read import office_pages
from assay.read.pdf_open import opened

FAR = 0.004
SPACES = {"h": "http://www.w3.org/1999/xhtml"}
Found = list[tuple[str, tuple[float, float, float]]]


def by_pdfium(file: Path) -> list[Found]:
    pages = []
    with opened(file.read_bytes()) as pdf:
        for page in pdf.document:
            leaf = office_pages._leaf(page)
            boxes = [(t.text, leaf.words.boxes(t.start, t.end)) for t in leaf.said]
            pages.append([(text, (b[0].x0, b[0].y0, b[0].x1)) for text, b in boxes if b])
            page.close()
    return pages


def by_pdftotext(file: Path) -> list[Found]:
    done = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, check=True)
    pages = []
    for page in ET.fromstring(done.stdout).findall(".//h:page", SPACES):
        wide, high = float(page.get("width", 1)), float(page.get("height", 1))
        pages.append(
            [
                (
                    w.text or "",
                    (float(w.get("xMin", 0)) / wide, float(w.get("yMin", 0)) / high, float(w.get("xMax", 0)) / wide),
                )
                for w in page.findall("h:word", SPACES)
            ]
        )
    return pages


def hits(page: Page, found: Found) -> int:
    """Count a page's words that were read back. Han that were joined into one word count where their run stands."""
    left = list(found)
    count = 0
    for i in range(len(page.words)):
        box, text = page.words.box(i), page.text[page.words.start[i] : page.words.end[i]]
        place = (box.x0, box.y0, box.x1)
        same = (
            k
            for k, (t, b) in enumerate(left)
            if t == text and all(abs(x - y) < FAR for x, y in zip(b, place, strict=True))
        )
        k = next(same, None)
        if k is not None:
            left.pop(k)
            count += 1
        elif text[0] >= "\u4e00" and any(
            text in t and b[0] - FAR <= box.x0 and box.x1 <= b[2] + FAR and abs(b[1] - box.y0) < 3 * FAR
            for t, b in found
        ):
            count += 1
    return count


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("case", type=Path)
    given = parser.parse_args()
    words = pdfium = pdftotext = pages = 0
    with Case.open(given.case) as case, tempfile.TemporaryDirectory() as work:
        started = time.monotonic()
        case.export("pdf", Path(work) / "copies", RunSettings(jobs=1))
        seconds = time.monotonic() - started
        with (Path(work) / "copies" / "index.csv").open(encoding="utf-8-sig", newline="") as table:
            for row in (r for r in csv.DictReader(table) if r["file"]):
                file = Path(work) / "copies" / row["file"]
                for page, one, other in zip(
                    case.store.of(Page, row["exhibit"]), by_pdfium(file), by_pdftotext(file), strict=True
                ):
                    pages, words = pages + 1, words + len(page.words)
                    pdfium, pdftotext = pdfium + hits(page, one), pdftotext + hits(page, other)
        office = [e.digest for e in case.records(Exhibit) if office_pages.can(e.media_type)]
        started = time.monotonic()
        case.lay_out(office, RunSettings(executor="inline"))
        laying = time.monotonic() - started
        laid = list(case.records(Rendition))
        placed, missed = sum(len(r.words) for r in laid), sum(r.missed for r in laid)
    print(f"searchable copies: {pages} pages, {words} words, made in {seconds:.0f} s")
    print(f"read back by pdfium {pdfium / max(1, words):.2%}, by pdftotext {pdftotext / max(1, words):.2%}")
    again = placed / max(1, placed + missed)
    print(f"office documents laid out: {len(office)} in {laying:.0f} s; words found again {again:.2%}")
    return 0 if min(pdfium, pdftotext) >= 0.99 * words else 1


if __name__ == "__main__":
    raise SystemExit(main())
