"""How often each examination fires on files that nobody is known to have altered; the one command that stores it.

    python benchmarks/base_rates.py [--write] [--part NAME ...] [--ocr] [--cache DIR] [--show]

Every registered examination runs over the innocents (benchmarks/innocents.py); one for the whole trove sees
each folder as a trove. What is missing is asked of whole specimens, each run as a case with its scans recognised;
signatures also of the files whose names say that they hold, and of the signed twins that `assay forge` makes.
Printed by part and weight: files on which a finding of at least that weight stood, files it could answer for, the upper
end of the one-sided 95 % interval, and whether the noise allows the weight. With --write the figures go into
src/assay/examine/rates/PART.tsv, from where each finding takes its base rate.

Exits 1 when an examination weighs more than its noise allows, or raised an error; 2 when there is no data.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from innocents import FOLDERS, SHAPED, SIGNED, Late, Seen, files, late, specimens, truth_in, twins, whole

from assay.custody.detached import link
from assay.custody.vouch import vouched
from assay.examine import builtin
from assay.examine.policy import STRENGTH
from assay.examine.rates import EVERY, Rate, Rates, render, upper95
from assay.model import Direction, Finding, FindingStatus, MemoryTrove, Occurrence, Record, Weight
from assay.work.part import Examination, load

ROOT = Path(__file__).resolve().parents[1]
STORE = ROOT / "src" / "assay" / "examine" / "rates"
SEEDS = (911, 912, 913, 914)
"""Seeds of the specimens whose unaltered papers and innocent twins are counted with the real files."""
TWINS = (7610, 7611)
"""Seeds of the signed twins."""
TROVES = (7620, 7621)
"""Seeds of the specimens that are run as whole cases."""
ON_WORDS = ("txt.", "set.", "doc.")
"""Examinations that need the pages' words; a file whose words were not read does not count for them."""

OF_TROVES = ("set.gaps",)
"""Examinations that are asked of whole troves: files taken out of theirs do lack what they refer to."""
SIGNATURES = ("sig.", "pdf.sigdiff", "mail.dkim", "img.c2pa")

READ = (*ON_WORDS, "pdf.producerdate")
"""Examinations whose answers depend on words at all; when none of these is asked for, nothing is read."""

KEYS = vouched(Path(__file__).with_name("mail_keys.txt")).vouchers
"""Keys of archived mails, by which the innocents' mails are judged."""

Answer = tuple[str, list[Finding]]


def main() -> int:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--write", action="store_true", help="store the figures; refused with --folder")
    parser.add_argument("--ocr", action="store_true", help="read scans too, so that they count for words (slow)")
    parser.add_argument("--cache", type=Path, help="a folder that keeps what was read for the next run")
    parser.add_argument("--part", action="append", default=[])
    parser.add_argument("--folder", action="append", default=[])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--show", action="store_true", help="print each finding that is limited or more")
    given = parser.parse_args()
    data = given.data
    if not data.is_dir():
        print(f"no data at {given.data}", file=sys.stderr)
        return 2
    if given.write and given.folder:
        parser.error("--write needs all folders")
    parts = [p for p in (load(path, Examination) for path in builtin) if not given.part or p.name in given.part]
    signal.signal(signal.SIGALRM, late)
    single_files = [p for p in parts if p.name not in OF_TROVES]
    words = any(p.name.startswith(READ) for p in single_files)
    folders: list[tuple[str, Callable[[], Iterable[Seen]]]] = [
        (name, partial(files, data / name, given.ocr, given.seconds, given.cache, words))
        for name in tuple(given.folder) or (*FOLDERS, *SIGNED)
    ]
    if not given.folder:
        made = partial(specimens, seconds=given.seconds, cache=given.cache, words=words, ocr=given.ocr)
        folders += [(f"specimen {seed}", partial(made, seed)) for seed in SEEDS]
        signed = any(p.name.startswith(SIGNATURES) for p in parts)
        folders += [(f"twins {seed}", partial(twins, seed, given.seconds)) for seed in TWINS if signed]
    tally = measure(single_files, folders if single_files else [], given.seconds, given.show)
    if not given.folder:
        asked_of_troves(tally, [p for p in parts if p.name in OF_TROVES], given.show)
    fine = report(parts, tally)
    if given.write:
        for part in parts:
            figures = rates(part, tally.tallies[part.name], tally.corpus(part.name))
            STORE.joinpath(f"{part.name}.tsv").write_text(render(figures), "utf-8")
    return 0 if fine else 1


class Tally:
    """What came of each part: outcomes by format, and seconds."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.tallies: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        self.seconds: Counter[str] = Counter()
        self.made: Counter[str] = Counter()

    def add(self, part: str, form: str, outcome: str, *, made: bool) -> None:
        """Count one file; `made` by our own programs, when it answered."""
        self.tallies[part][form][outcome] += 1
        self.made[part] += made and answered(Counter({outcome: 1}))

    def corpus(self, part: str) -> str:
        """Say what the files were on which an examination answered."""
        made = self.made[part]
        real = sum(answered(counts) for counts in self.tallies[part].values()) - made
        return f"{real} real files that nobody is known to have altered, {made} unaltered or innocent ones made here"


def asked_of_troves(tally: Tally, parts: list[Examination], show: bool) -> None:
    """Run whole specimens and count what the parts say of their files."""
    for part in parts:
        for seed in TROVES:
            for form, findings in whole(seed, part.name):
                tally.add(part.name, form, outcome_of(findings), made=True)
                if show:
                    shout(f"specimen {seed}", part, findings)


def measure(
    parts: list[Examination], folders: Iterable[tuple[str, Callable[[], Iterable[Seen]]]], seconds: int, show: bool
) -> Tally:
    """Run every part over every folder."""
    tally = Tally()
    wide = [p for p in parts if p.examine_trove]
    for name, opened in folders:
        held: list[Seen] = []
        for seen in opened():
            for part in parts:
                if not part.examine_trove:
                    began = time.process_time()
                    answer = single(part, seen, seconds)
                    tally.seconds[part.name] += time.process_time() - began
                    count(tally, part, seen, answer, show)
            if wide:
                held.append(seen)
        for part in wide:
            began = time.process_time()
            answers = together(part, held, seconds * 10)
            tally.seconds[part.name] += time.process_time() - began
            for seen, answer in zip(held, answers, strict=True):
                count(tally, part, seen, answer, show)
        print(f"done: {name}", file=sys.stderr)
    return tally


def count(tally: Tally, part: Examination, seen: Seen, answer: Answer, show: bool) -> None:
    outcome, findings = answer
    if part.name.startswith(SIGNATURES) and truth_in(seen) in SHAPED.get(seen.folder, ()):
        return
    tally.add(part.name, seen.format, outcome, made=seen.made)
    if show:
        shout(seen.path.name, part, findings)


def shout(name: str, part: Examination, findings: list[Finding]) -> None:
    for f in findings:
        if f.status is FindingStatus.FINDING and f.weight is not Weight.NEUTRAL:
            print(f"{name[:50]:50} {part.name:12} {f.weight.value:9} {f.observation[:220]}")


def single(part: Examination, seen: Seen, seconds: int) -> Answer:
    """Return what came of it: a weight, no_finding, not_applicable, not_examined, unread, late or error."""
    if part.accepts and seen.reading.exhibit.media_type not in part.accepts:
        return "not_applicable", []
    if seen.unread and part.name.startswith(ON_WORDS):
        return "unread", []
    found = guarded(part, lambda: _alone(part, seen), seconds, seen.path.name)
    return (found, []) if isinstance(found, str) else (outcome_of(found), found)


def _alone(part: Examination, seen: Seen) -> Iterable[Record]:
    if part.examine_vouched:
        return part.examine_vouched(seen.reading, seen.data, KEYS)
    return part.examine(seen.reading, seen.data) if part.examine else ()


def together(part: Examination, held: list[Seen], seconds: int) -> list[Answer]:
    """Return what came of each file of a folder that is examined as one trove."""
    records: list[Record] = []
    blobs: dict[str, bytes] = {}
    for seen in held:
        exhibit = seen.reading.exhibit
        occurrence = Occurrence(exhibit.digest, seen.name, None, "benchmark", "", "", "", "benchmark", "1")
        records += [occurrence] if exhibit.digest in blobs else [exhibit, occurrence, *seen.reading.pages,
                                                                 *seen.reading.tables]  # fmt: skip
        blobs[exhibit.digest] = seen.data
    records += link(MemoryTrove(records, blobs))
    trove = MemoryTrove(records, blobs)
    found = guarded(part, lambda: part.examine_trove(trove) if part.examine_trove else (), seconds, "a folder")
    if isinstance(found, str):
        return [(found, [])] * len(held)
    by_exhibit: dict[str, list[Finding]] = defaultdict(list)
    for finding in found:
        by_exhibit[finding.exhibit].append(finding)
    answers: list[Answer] = []
    for seen in held:
        its = by_exhibit[seen.reading.exhibit.digest]
        unread = seen.unread and part.name.startswith(ON_WORDS)
        answers.append(("unread", []) if unread else (outcome_of(its), its))
    return answers


def guarded(part: Examination, run: Callable[[], Iterable[Record]], seconds: int, name: str) -> list[Finding] | str:
    signal.alarm(seconds)
    try:
        return [f for f in run() if isinstance(f, Finding)]
    except Late:
        print(f"{name}: {part.name} took more than {seconds} s", file=sys.stderr)
        return "late"
    except Exception as error:
        print(f"{name}: {part.name} raised {type(error).__name__}: {error}", file=sys.stderr)
        return "error"
    finally:
        signal.alarm(0)


def outcome_of(findings: list[Finding]) -> str:
    counted = [f for f in findings if f.status is FindingStatus.FINDING and f.direction is not Direction.FOR]
    if counted:
        return max((f.weight for f in counted), key=STRENGTH.index).value
    states = [f.status for f in findings]
    if any(f.status is FindingStatus.FINDING for f in findings):
        return FindingStatus.NO_FINDING.value
    for status in (FindingStatus.NOT_EXAMINED, FindingStatus.ERROR, FindingStatus.NO_FINDING):
        if status in states:
            return status.value
    return FindingStatus.NOT_APPLICABLE.value


def rates(part: Examination, formats: dict[str, Counter[str]], corpus: str) -> Rates:
    """Return the figures of one part: over all formats first, then by format."""
    whole: Counter[str] = sum(formats.values(), Counter())
    rows: list[Rate] = []
    for form, counts in [(EVERY, whole), *sorted(formats.items())]:
        known = answered(counts)
        if known or form == EVERY:
            for index, weight in enumerate(STRENGTH[:4]):
                fired = sum(counts[w.value] for w in STRENGTH[index:])
                rows.append(Rate(form, weight, fired, known, upper95(fired, known)))
    return Rates(part.name, part.version, corpus, tuple(rows))


def answered(counts: Counter[str]) -> int:
    return sum(counts[w.value] for w in STRENGTH) + counts["no_finding"]


def report(parts: list[Examination], tally: Tally) -> bool:
    """Print the table; return whether every weight is allowed and nothing raised."""
    fine = True
    head = "not examined, unread, late, error, seconds"
    print(f"{'part':16} {'at least':9} {'fired':>6} {'files':>6} {'share':>7} {'upper 95 %':>11} {'':8} {head}")
    for part in parts:
        formats = tally.tallies[part.name]
        whole: Counter[str] = sum(formats.values(), Counter())
        measured = rates(part, formats, tally.corpus(part.name))
        rest = ", ".join(str(whole[k]) for k in ("not_examined", "unread", "late", "error"))
        for row in shown(part, measured):
            allowed = measured.allows(row.weight)
            speaks = STRENGTH.index(row.weight) <= STRENGTH.index(part.heaviest)
            narrow = part.heaviest is Weight.CRYPTOGRAPHIC  # of these `Question` refuses to say strong
            over = speaks and not allowed and not (narrow and (row.weight is Weight.STRONG or not row.files))
            fine &= not over
            share = f"{row.fired / row.files:.3f}" if row.files else "-"
            print(
                f"{part.name:16} {row.weight.value:9} {row.fired:6} {row.files:6} {share:>7} {row.upper95:11.3f} "
                f"{'OVER' if over else 'allowed' if allowed else '-':8} {rest}, {tally.seconds[part.name]:.1f}"
            )
        fine &= not whole["error"]
    return fine


def shown(part: Examination, measured: Rates) -> Iterator[Rate]:
    top = max(STRENGTH.index(part.heaviest), 0)
    for row in measured.rows:
        if row.format == EVERY and (STRENGTH.index(row.weight) <= top or row.fired):
            yield row


if __name__ == "__main__":
    sys.exit(main())
