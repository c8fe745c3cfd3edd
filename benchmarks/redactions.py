"""Of redactions that hide nothing, how many are found; and how many innocent look-alikes are taken for one.

    python benchmarks/redactions.py [--data DIR] [--half 0|1]

The truth is in the names of ../shared/data/bad-redactions: `bad_` and `_yes` hide nothing, all others are look-alikes.
Files are split in two by the parity of their name's SHA-1. Asked is `pdf.hidden` for words under a dark field; other
hidden words, which are a fact about a file and no redaction, are listed apart. Exits 1 when a file is judged wrongly.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import Counter
from pathlib import Path

from assay.examine.pdf import hidden
from assay.model import Exhibit, Finding, FindingStatus, Reading

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Print the confusion matrix."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--half", type=int, choices=(0, 1))
    asked = parser.parse_args()
    paths = [p for p in sorted((asked.data / "bad-redactions").glob("*.pdf")) if asked.half in (None, _half(p))]
    if not paths:
        print(f"no data at {asked.data}", file=sys.stderr)
        return 2
    seen: Counter[tuple[bool, bool]] = Counter()
    for path in paths:
        bad = path.stem.startswith("bad_") or "_yes" in path.stem
        said = _said(path.read_bytes())
        found = hidden.DARK in said
        seen[bad, found] += 1
        if bad != found or said:
            names = ("hides nothing" if bad else "look-alike", "found" if found else "not said")
            print(f"{names[0]:14} {names[1]:9} {path.name}: {said[:160]}")
    print(f"\n{len(paths)} files        found  not said")
    for bad, name in ((True, "hides nothing"), (False, "look-alike")):
        print(f"{name:14} {seen[bad, True]:>6} {seen[bad, False]:>9}")
    return int(bool(seen[True, False] or seen[False, True]))


def _half(path: Path) -> int:
    return hashlib.sha1(path.name.encode()).digest()[-1] % 2


def _said(data: bytes) -> str:
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), "application/pdf", "benchmark", "1")
    answers = [f for f in hidden.examine(Reading(exhibit, (), ()), data) if isinstance(f, Finding)]
    return " ".join(f.observation for f in answers if f.status is FindingStatus.FINDING)


if __name__ == "__main__":
    sys.exit(main())
