"""What the signature examinations say of files whose names tell the truth: a confusion matrix for each folder.

    python benchmarks/signatures.py [--data ../shared/data] [--half 0|1] [--show]

`signed-pdf`, `dkim-mail` (with the keys of benchmarks/mail_keys.txt) and `c2pa-images`. The names were split in two by
the parity of their SHA-1: half 0 was looked at while the examinations were built, half 1 is for the figure alone. Rows
are what the name says, columns what the integrity axis says. Ends with 1 when a broken one is called unchanged.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import time
from collections import Counter
from pathlib import Path

from assay.custody.sniff import media_type
from assay.custody.vouch import vouched
from assay.examine import builtin
from assay.examine.axes import combine
from assay.model import Exhibit, Finding, FindingStatus, MemoryTrove, Reading, Voucher
from assay.work.part import Examination, load

TRUTH: dict[str, tuple[tuple[str, str], ...]] = {
    "signed-pdf": (
        ("broken", r"sneaky|gap-too-big|tail-uncovered|byterange|not-all-paths"),
        ("odd", r"disallowed-hash|econtent|ap-type-wrong|no-signed-attrs|nolen|ski-sid|no-sig-type"),
        ("updated", r"form-update|form-fill|signed-twice|extensions|certified|annots|pades-lta|update"),
        ("signed", r"signed|pades|sig|ed448|certified|double-newline"),
        ("other", r""),
    ),
    "dkim-mail": (
        ("broken", r"modified|added_header"),
        ("odd", r"mismatch|missing_v|is_subdomain_of_sdid|ill_formed-from|long_before|fakePayPal|auid"),
        ("not covered", r"unsigned_header"),
        ("no key", r"Fastmail"),
        ("holds", r"rfc6376|rfc8463|flags|alignment|time|non_ascii"),
        ("other", r""),
    ),
    "c2pa-images": (("broken", r"-E-|E-sig"), ("absent", r"-A\."), ("holds", r"")),
}
"""What names say, first fit wins. "odd": shaped in an unusual way, of which more than one answer is right."""
COLUMNS = ("unchanged", "against", "neither", "open", "no signature")
PARTS = ("sig.", "pdf.sigdiff", "mail.dkim", "img.c2pa")


def main() -> int:
    """Print the matrices; return 1 when a broken file is called unchanged, 2 when there is no data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = Path(__file__).resolve()
    parser.add_argument("--data", type=Path, default=here.parents[2] / "shared" / "data")
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--show", action="store_true", help="print what was said of each file")
    given = parser.parse_args()
    if not given.data.is_dir():
        print(f"no data at {given.data}", file=sys.stderr)
        return 2
    keys = vouched(here.with_name("mail_keys.txt")).vouchers
    parts = [p for p in (load(path, Examination) for path in builtin) if p.examine_vouched and p.name.startswith(PARTS)]
    wrong = 0
    for folder in TRUTH:
        wrong += _folder(given.data / folder, parts, keys, given)
    return 1 if wrong else 0


def _folder(
    folder: Path,
    parts: list[Examination],
    keys: tuple[Voucher, ...],
    given: argparse.Namespace,
) -> int:
    counts: Counter[tuple[str, str]] = Counter()
    wrong, started, files = 0, time.process_time(), 0
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if given.half is not None and half_of(path.name) != given.half:
            continue
        files += 1
        truth = truth_of(folder.name, path.name)
        word, found = _judged(path.read_bytes(), parts, keys)
        if word == "no signature" and folder.name == "signed-pdf":
            truth = "no signature" if truth in ("other", "updated", "signed") else truth
        counts[truth, word] += 1
        wrong += truth == "broken" and word == "unchanged"
        if given.show:
            print(f"{path.relative_to(folder)}: {truth} | {word}")
            for finding in found:
                if finding.status is not FindingStatus.NOT_APPLICABLE:
                    what = f"{finding.part} {finding.status} {finding.weight} {finding.direction}"
                    print(f"    {what}: {finding.observation[:160]}")
    print(f"\n{folder.name}: {files} files, {time.process_time() - started:.1f} s")
    rows = [
        name
        for name in dict.fromkeys([*(n for n, _ in TRUTH[folder.name]), "no signature"])
        if any(k[0] == name for k in counts)
    ]
    print(f"| {'the name says':13} | " + " | ".join(COLUMNS) + " |")
    print("| --- |" + " ---: |" * len(COLUMNS))
    for row in rows:
        print(f"| {row:13} | " + " | ".join(str(counts[row, column]) for column in COLUMNS) + " |")
    return wrong


def truth_of(folder: str, name: str) -> str:
    """Return what the name of a file of `folder` says."""
    return next(truth for truth, pattern in TRUTH[folder] if re.search(pattern, name))


def half_of(name: str) -> int:
    """Return the half that a file's name falls into."""
    return int(hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest(), 16) % 2


def _judged(data: bytes, parts: list[Examination], keys: tuple[Voucher, ...]) -> tuple[str, list[Finding]]:
    kind = media_type(data)
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), kind, "benchmark", "1")
    found: list[Finding] = []
    for part in parts:
        if part.examine_vouched and (not part.accepts or kind in part.accepts):
            found += [f for f in part.examine_vouched(Reading(exhibit, (), ()), data, keys) if isinstance(f, Finding)]
    (assessment,) = combine(MemoryTrove([exhibit, *found]))
    word = assessment.integrity.word  # type: ignore[attr-defined]
    said = {f.status for f in found}
    if word == "shown unchanged since signing":
        return "unchanged", found
    if word in ("signs of later processing", "altered after creation"):
        return "against", found
    if FindingStatus.NOT_EXAMINED in said:
        return "open", found
    claims = [f for f in found if f.status is FindingStatus.FINDING and f.independence_group != "server's claim"]
    return ("neither" if claims else "no signature"), found


if __name__ == "__main__":
    sys.exit(main())
