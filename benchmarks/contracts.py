"""Hold what is extracted from real English contracts against their labels: title, agreement date, parties.

    python benchmarks/contracts.py ../shared/data/contracts-en --half held-out

The folder holds contracts and a `labels.csv` in the form of CUAD v1. The files are cut in two by a digest of their
names: rules may be tuned on `tuning`, figures are reported on `held-out`. A date counts where the label gives a full
day; a party is found when one name holds the other's words, organisation form aside. Prints each miss with
`--misses`.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from assay.case import Case, RunSettings
from assay.model import Agreement, Document, Occurrence

_FORMS = re.compile(
    r"\b(?:inc|incorporated|corp|corporation|co|company|ltd|limited|llc|lp|llp|plc|gmbh|ag|sa|sas|the|l\.?l\.?c|n\.?v)\b"
)


@dataclass
class Tally:
    """Counts of one field."""

    truth: int = 0
    found: int = 0
    right: int = 0
    misses: list[str] = field(default_factory=list)

    def row(self, name: str) -> str:
        """Return the field's row of the table."""
        recall = self.right / self.truth if self.truth else 0.0
        precision = self.right / self.found if self.found else 0.0
        return f"| {name} | {self.truth} | {self.found} | {self.right} | {precision:.3f} | {recall:.3f} |"


def half_of(name: str) -> str:
    """Return which half a file is in."""
    return "held-out" if hashlib.sha256(name.encode()).digest()[0] % 2 else "tuning"


def words(name: str) -> frozenset[str]:
    """Return a name's words without its organisation form."""
    plain = re.sub(r"[^\w\s]", " ", re.sub(r"[.,'’]", "", name.casefold()))
    return frozenset(_FORMS.sub(" ", plain).split())


def same(one: str, other: str) -> bool:
    """Tell whether one name holds all words of the other."""
    a, b = words(one), words(other)
    return bool(a and b) and (a <= b or b <= a)


def parties_of(label: str) -> list[str]:
    """Return the names of a label's answer, what stands in brackets left out."""
    plain = re.sub(r"[(][^()]*[)]", " ", label)
    names = [re.split(r"[\"“]", part)[0].strip(" .,\n") for part in plain.split(";")]
    return [n for n in names if words(n) and not re.fullmatch(r"(?i)(?:distributor|supplier|\[\s*\]|parties)", n)]


def day_of(label: str) -> date | None:
    """Return a label's day, None where it is not fully given."""
    hit = re.fullmatch(r"\s*(\d{1,2})/(\d{1,2})/(\d{4})\s*", label)
    return date(int(hit.group(3)), int(hit.group(1)), int(hit.group(2))) if hit else None


def judge(case: Case, rows: list[dict[str, str]]) -> dict[str, Tally]:
    """Return the tallies of the fields."""
    tallies = {"title": Tally(), "agreement date": Tally(), "parties": Tally()}
    place = {Path(o.path).name.casefold(): o.exhibit for o in case.records(Occurrence)}
    papers = {d.exhibit: d for d in case.records(Document)}
    deals = {e: a for a in case.records(Agreement) for e in a.exhibits}
    for row in rows:
        exhibit = place.get(row["Filename"].casefold(), "")
        paper, deal = papers.get(exhibit), deals.get(exhibit)
        title, got = row["Document Name-Answer"], paper.title.value if paper and paper.title else None
        one = tallies["title"]
        one.truth += bool(title)
        one.found += got is not None
        fits = bool(title and got) and same(title, got or "")
        one.right += fits
        if not fits:
            one.misses.append(f"{row['Filename'][:40]}: {title!r} / {got!r}")
        wanted, day = day_of(row["Agreement Date-Answer"]), paper.date if paper else None
        one = tallies["agreement date"]
        if wanted is not None:
            one.truth += 1
            one.found += day is not None
            fits = day is not None and day.earliest == day.latest == wanted
            one.right += fits
            if not fits:
                one.misses.append(f"{row['Filename'][:40]}: {wanted} / {day and day.written!r}")
        truth = parties_of(row["Parties-Answer"])
        names = list(dict.fromkeys(e.name for e in deal.parties)) if deal else []
        one = tallies["parties"]
        left = list(names)
        one.truth += len(truth)
        one.found += len(names)
        for name in truth:
            match = next((n for n in left if same(name, n)), None)
            if match is None:
                one.misses.append(f"{row['Filename'][:40]}: {name!r} / {names!r}")
            else:
                left.remove(match)
                one.right += 1
    return tallies


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("tuning", "held-out"), default="held-out")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args()
    with (given.folder / "labels.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if half_of(r["Filename"]) == given.half]
    wanted = {r["Filename"].casefold() for r in rows}
    with tempfile.TemporaryDirectory() as work:
        trove = Path(work) / "trove"
        trove.mkdir()
        for path in sorted(given.folder.iterdir()):
            if path.name.casefold() in wanted:
                shutil.copyfile(path, trove / path.name)
        with Case.open(Path(work) / "case") as case:
            verbs = ("receive", "read", "extract", "resolve")
            case.run([trove], RunSettings(jobs=given.jobs), verbs)
            tallies = judge(case, rows)
    print(f"| {given.half}: {len(rows)} contracts | labelled | found | right | precision | recall |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, tally in tallies.items():
        print(tally.row(name))
    if given.misses:
        for name, tally in tallies.items():
            for miss in tally.misses:
                print(f"{name}: {miss}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
