"""Core-seconds that each examination takes for a page, beyond reading.

python benchmarks/examine_speed.py [--seed 931] [--pages 60] [--folder NAME ...] [--cache DIR]

Runs every examination of single exhibits over a specimen (or over folders of ../shared/data), in the order of a case,
and the trove's examinations once over all. Prints seconds, pages and seconds a page, the dearest first, and the sum;
files that need recognition are examined without their words. Exits 1 when the sum is over 0.3 core-seconds a page.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from base_rates import ROOT, single, together
from innocents import Seen, files, late, specimens

from assay.examine import builtin
from assay.examine.pdf.states import StateRefused, opened
from assay.work.part import Examination, load

MOST = 0.3


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--folder", action="append", default=[])
    parser.add_argument("--seed", type=int, default=931)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    signal.signal(signal.SIGALRM, late)
    data = given.data
    if given.folder:
        held = [seen for name in given.folder for seen in files(data / name, False, 60, given.cache)]
    else:
        held = list(specimens(given.seed, 60, given.cache, given.pages))
    pages = sum(pages_of(seen) for seen in held)
    parts = [load(path, Examination) for path in builtin]
    spent: Counter[str] = Counter()
    for seen in held:
        for part in parts:
            if not part.examine_trove:
                began = time.process_time()
                single(part, seen, 60)
                spent[part.name] += time.process_time() - began
    for part in parts:
        if part.examine_trove:
            began = time.process_time()
            together(part, held, 600)
            spent[part.name] += time.process_time() - began
    print(f"{len(held)} files, {pages} pages")
    for name, seconds in spent.most_common():
        print(f"{name:18} {seconds:8.2f} s {seconds / pages:8.4f} s a page")
    total = spent.total() / pages
    print(f"{'all':18} {spent.total():8.2f} s {total:8.4f} s a page; at most {MOST}")
    return 0 if total <= MOST else 1


def pages_of(seen: Seen) -> int:
    """Return how many pages a file has, by its reading or by its pages as a PDF."""
    if seen.reading.pages:
        return len(seen.reading.pages)
    if seen.reading.exhibit.media_type != "application/pdf":
        return 1
    try:
        with opened(seen.data) as document:
            return len(document)
    except StateRefused:
        return 1


if __name__ == "__main__":
    sys.exit(main())
