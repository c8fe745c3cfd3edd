"""Make a trove of many pages that are cheap to read, run the whole job on it, and tell what grows with it.

    python benchmarks/size.py --pages 20000 --seed 7250 --jobs 2 --work DIR

Prints, for each stage, its seconds, its pages a second and the most memory that the driver and a worker had held by its
end; `--seconds` ends the run after so long (what stands in the case by then is resumed by the same command). The pages
are born-digital PDFs in English by one template: they measure size, not finding.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from watching import Watch

PLACES = ("Marrow", "Tal", "Velden", "Osk", "Brann", "Kirel", "Luthen", "Sarn", "Dovar", "Ilmen")
TRADES = ("Machine Works", "Trading", "Optics", "Motor Plant", "Shipyard", "Electronics", "Logistics", "Instruments")
FORMS = ("LLC", "JSC", "Ltd", "GmbH")
GOODS = ("radio set", "field kitchen", "night sight", "power unit", "tracked carrier", "survey drone", "spare wheel")
PER_FILE = 10
ROWS = 8


def firm(rng: random.Random) -> str:
    return f"{rng.choice(PLACES)}{rng.choice(('ia', 'ov', 'grad', 'mark'))} {rng.choice(TRADES)} {rng.choice(FORMS)}"


def contract(rng: random.Random, number: str) -> list[list[str]]:
    """Return the lines of one contract's pages: a preamble, clauses, a price list over the pages that are left."""
    seller, buyer = firm(rng), firm(rng)
    date = f"{rng.randint(1, 28)} {rng.choice(('March', 'May', 'June', 'October'))} {rng.randint(2016, 2021)}"
    head = [
        f"CONTRACT No. {number}",
        f"{rng.choice(PLACES)}stadt, {date}",
        "",
        f"{seller}, hereinafter referred to as the Seller, and {buyer}, hereinafter referred to",
        "as the Buyer, have concluded this Contract as follows.",
        "",
        "1. SUBJECT OF THE CONTRACT",
        "1.1. The Seller shall deliver and the Buyer shall accept and pay for the goods listed in Annex 1.",
        "2. DELIVERY",
        f"2.1. The Seller shall deliver the goods not later than {rng.randint(60, 400)} days after signature.",
        "3. PAYMENT",
        f"3.1. The Buyer shall pay an advance of {rng.choice((10, 20, 30))} % within {rng.randint(10, 40)} days.",
        f"3.2. The Seller shall train {rng.randint(2, 40)} specialists of the Buyer.",
    ]
    pages = [head]
    for page in range(1, PER_FILE):
        lines = [
            f"Annex 1 to Contract No. {number}, sheet {page}",
            "",
            "No.   Goods   Quantity   Price, USD   Sum, USD",
        ]
        total = 0
        for row in range(ROWS):
            count, price = rng.randint(1, 90), rng.randint(20, 9000)
            total += count * price
            goods = f"{rng.choice(GOODS)} {rng.choice('ABCKMT')}{rng.randint(10, 99)}"
            lines.append(f"{row + 1}   {goods}   {count}   {price}.00   {count * price}.00")
        pages.append([*lines, "", f"Total of sheet {page}: {total}.00 USD"])
    return pages


def pdf(pages: list[list[str]]) -> bytes:
    """Return a PDF of pages of lines; columns (three blanks) are set apart."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for lines in pages:
        shown = []
        for row, line in enumerate(lines):
            for column, cell in enumerate(line.split("   ")):
                text = cell.replace("(", "\\(").replace(")", "\\)")
                shown.append(f"BT /F 10 Tf 1 0 0 1 {50 + 100 * column} {790 - 20 * row} Tm ({text}) Tj ET")
        body = "\n".join(shown).encode()
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(body), body))
        place = b"/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>"
        objects.append(b"<</Type/Page/Parent 2 0 R%s/Contents %d 0 R>>" % (place, len(objects)))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return bytes(out + end % (len(places) + 1, table, len(places) + 1, len(out)))


def make(folder: Path, pages: int, seed: int) -> None:
    rng = random.Random(seed)
    for number in range(pages // PER_FILE):
        below = folder / f"{number // 100:03}"
        below.mkdir(parents=True, exist_ok=True)
        name = f"{rng.choice('ABCDEF')}-{number:05}/{rng.randint(16, 21)}"
        (below / f"{number:05}.pdf").write_bytes(pdf(contract(rng, name)))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--work", type=Path, required=True)
    given = parser.parse_args()
    trove, case = given.work / "trove", given.work / "case"
    if not trove.exists():
        make(trove, given.pages, given.seed)
    words = ["run", str(trove), "--case", str(case), "--jobs", str(given.jobs)]
    print(f"| stage of {given.pages} pages | ended after, s | driver, MB | worker, private MB | said |", flush=True)
    print("| --- | ---: | ---: | ---: | --- |", flush=True)
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", "from assay.cli import main; main()", *words], stderr=subprocess.PIPE, text=True
    )
    with Watch(process.pid, 1.0) as watch:
        assert process.stderr
        for line in process.stderr:
            spent = time.monotonic() - started
            driver, worker = watch.driver >> 20, watch.take_highest() >> 20
            print(f"| | {spent:.0f} | {driver} | {worker} | {line.strip()} |", flush=True)
            if spent > given.seconds:
                process.send_signal(signal.SIGINT)
        process.wait()
    print(json.dumps({"exit": process.returncode, "seconds": round(time.monotonic() - started)}))
    return 0 if process.returncode in (0, 3) else 1


if __name__ == "__main__":
    raise SystemExit(main())
