"""How many planted alterations are found, in the right place, and how many innocent twins are accused.

    python benchmarks/forge.py --seeds 41 42 [--kind pdf.revdiff ...] [--language ru zh en]

Makes a trove of alterations (`assay forge`) for each seed, runs the whole examination on it, and prints for each kind
how many were found (any weight, or the stated fact where the catalogue gives none), how many in the right region, and
what was said of the twins, by weight. Seeds must be ones that no threshold was tuned on.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from assay.case import Case, RunSettings
from assay.model import Finding
from assay.specimen.forge import LANGUAGES, forge
from assay.specimen.score import score
from assay.specimen.score.board import Index, by_exhibit
from assay.specimen.score.trust import fires, true_gap
from assay.specimen.score.truth import parse


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    parser.add_argument("--kind", nargs="*", default=[])
    parser.add_argument("--language", nargs="*", default=list(LANGUAGES))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--misses", type=int, default=0, help="List so many misses of each seed.")
    parser.add_argument("--keep", type=Path, help="Keep troves and cases here.")
    asked = parser.parse_args()
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    regions: Counter[str] = Counter()
    for seed in asked.seeds:
        with tempfile.TemporaryDirectory() as own:
            folder = (asked.keep or Path(own)) / f"forge-{seed}"
            begun = time.monotonic()
            truth = forge(folder, seed, kinds=asked.kind, languages=asked.language)
            made = time.monotonic() - begun
            held = json.loads(truth.read_text("utf-8"))
            with Case.open(folder / "case") as case:
                case.run([folder / "trove"], RunSettings(jobs=asked.jobs))
                result = score(case.store, held)
                _twins(case, held, found)
            run = time.monotonic() - begun - made
            pages = held["specimen"]["pages"]
            print(f"seed {seed}: {pages} pages, made in {made:.0f} s, run in {run:.0f} s", flush=True)
            _kinds(result, held, found, regions)
            for miss in [m for m in result.misses if m.kind.startswith("examinations")][: asked.misses]:
                print(
                    f"  miss: {miss.kind}: {miss.path} page {miss.page}: expected {miss.expected!r}, got {miss.got!r}"
                )
    print(f"\n{'examination':<16} {'kind':<46} {'found':>9}  twins: limited, moderate, strong or cryptographic")
    total: Counter[str] = Counter()
    for (examination, kind), row in sorted(found.items()):
        total.update(row)
        print(
            f"{examination:<16} {kind:<46} {row['right']:>4}/{row['planted']:<4}  "
            f"{row['limited']}, {row['moderate']}, {row['strong'] + row['cryptographic']} of {row['twins']}"
        )
    above = total["moderate"] + total["strong"] + total["cryptographic"]
    print(f"\nfound {total['right']} of {total['planted']} alterations that leave a trace "
          f"({total['right'] / max(1, total['planted']):.3f}; goal 0.95)")  # fmt: skip
    print(f"right region {regions['inside']} of {regions['boxed']}")
    print(f"twins with a finding above limited, of the same examination: {above} of {total['twins']} (goal 0)")


def _kinds(result, held, found, regions) -> None:
    """Add each kind's tally, and over all kinds how many regions were right."""
    examination = {row["kind"]: row["examination"] or "no trace" for row in held["specimen"]["kinds"]}
    for one in result.section("examinations").tallies:
        if one.name.startswith("kind: "):
            kind = one.name.removeprefix("kind: ")
            found[examination[kind], kind].update(planted=one.truth, right=one.right)
    for rate in result.section("examinations").rates:
        if rate.name == "found alterations with the right region":
            regions.update(inside=round(rate.part), boxed=round(rate.whole))


def _twins(case, held, found) -> None:
    """Count the twins of each kind by the heaviest finding of the same examination."""
    truth = parse(held)
    index = Index(case.store, truth)
    order = ("limited", "moderate", "strong", "cryptographic")
    findings = by_exhibit(f for f in case.store.all(Finding) if fires(f))
    for row, twin in zip(held["twins"], truth.twins, strict=True):
        digests = {index.digest(path) or "" for path in twin.paths}
        about = [f for d in digests for f in findings.get(d, []) if f.part == twin.examination]
        own = [f.weight.value for f in about if f.part != "set.gaps" or not true_gap(index, f)]
        heaviest = max(own, key=order.index, default="")
        found[twin.examination or "", row["of"]].update({"twins": 1, heaviest or "silent": 1})


if __name__ == "__main__":
    main()
