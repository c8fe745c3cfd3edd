"""Attacks that need more than a file in a folder: very large ones, archives that hold themselves, formulas in exports."""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hostile_made import STILL
from hostile_office import inline, sheet, zipped
from hostile_pdf import revisions

from assay.case import Case, RunSettings
from assay.custody.sniff import media_type
from assay.model import Exhibit, Occurrence, Problem, Reading
from assay.store.store import Store

ANY_FORMAT = Path(__file__).parents[3] / "shared" / "data" / "any-format"
FORMULAS = ('=cmd|" /C calc"!A0', "+1+cmd", "-2+3+cmd", "@SUM(1)", "\t=1+1", "=HYPERLINK(1)")


@pytest.mark.slow
def test_no_cell_that_assay_writes_is_a_formula(tmp_path: Path) -> None:
    """File names, members' names and texts that begin like formulas come out of every table as text."""
    trove = tmp_path / "trove"
    trove.mkdir()
    for number, formula in enumerate(FORMULAS):
        name = formula.replace("/", "_").replace("\t", "\\t")
        (trove / f"{name}{number}.txt").write_text(f"{formula}\nContract No. 17/{number} of 1 March 2021\n{STILL}\n")
    cells = "".join(inline(f"A{n}", f.replace('"', "").replace("\t", "")).decode() for n, f in enumerate(FORMULAS, 1))
    rows = "".join(f'<row r="{n}">{c}</c></row>' for n, c in enumerate(cells.split("</c>")[:-1], 1))
    (trove / "=prices.xlsx").write_bytes(zipped(sheet(f"<sheetData>{rows}</sheetData>".encode())))
    (trove / "@archive.zip").write_bytes(zipped({"=member.txt": STILL.encode(), "+member.txt": b"=1+1"}))
    with Case.open(tmp_path / "case", make=True) as case:
        case.run([trove], RunSettings(executor="inline"))
    tables = [tmp_path / "coverage.csv", tmp_path / "rivals.csv"]
    commands = [
        ["show", "--coverage", "--csv", str(tables[0])],
        *([*words, str(tmp_path / words[-1])] for words in (["export", "--to", "csv"], ["export", "--to", "hocr"])),
    ]
    for command in commands:
        words = [command[0], str(tmp_path / "case"), *command[1:]]
        given = [sys.executable, "-c", "from assay.cli import main; main()", *words]
        done = subprocess.run(given, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode in (0, 3), done.stderr
    written = sorted(tmp_path.glob("*.csv")) + sorted(p for p in tmp_path.rglob("*.csv") if "case" not in p.parts[-3:])
    assert len(set(written)) > 3
    seen = 0
    for path in written:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    seen += "prices.xlsx" in cell or "member.txt" in cell
                    if cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
                        assert cell.lstrip("+-").replace(".", "", 1).isdigit() or cell in ("+", "-", "++", "--"), (
                            path,
                            cell,
                        )
    assert seen


@pytest.mark.corpus
@pytest.mark.skipif(not ANY_FORMAT.exists(), reason=f"{ANY_FORMAT} is absent")
@pytest.mark.parametrize("name", ["droste.zip", "quine.gz"])
def test_an_archive_that_holds_itself_is_opened_once(tmp_path: Path, name: str) -> None:
    trove = tmp_path / "trove"
    trove.mkdir()
    (trove / name).write_bytes((ANY_FORMAT / name).read_bytes())
    with Case.open(tmp_path / "case", make=True) as case:
        case.run([trove], RunSettings(jobs=1), ("receive", "read"))
    with Store.open(tmp_path / "case") as store:
        assert any(p.category == "limit" and "holds itself again" in p.message for p in store.all(Problem))
        assert store.count(Occurrence) < 20


def reading_of(data: bytes) -> Reading:
    import hashlib

    from assay.model import Page, Table
    from assay.read.stage import reader_for
    from assay.work.part import ReadSettings

    kind = media_type(data)
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), kind, "test", "1")
    reader = reader_for(kind)
    assert reader is not None
    settings = ReadSettings()
    records = list(reader.read(data, exhibit, settings, 1, reader.count(data, exhibit, settings)))
    pages = tuple(r for r in records if isinstance(r, Page))
    return Reading(exhibit, pages, tuple(r for r in records if isinstance(r, Table)))


@pytest.mark.slow
def test_ten_thousand_revisions_are_compared_or_said_to_be_too_many() -> None:
    from assay.examine.pdf.revdiff import REVDIFF

    data = revisions(10_000)
    started = time.monotonic()
    assert REVDIFF.examine is not None
    found = list(REVDIFF.examine(reading_of(data), data))
    assert time.monotonic() - started < 250
    said = " ".join(
        f"{getattr(r, 'observation', '')} {getattr(r, 'message', '')} {getattr(r, 'limits', '')}" for r in found
    )
    assert found
    assert "revision" in said or "state" in said, said[:400]


@pytest.mark.slow
def test_a_line_of_200_million_letters_is_read_in_pieces() -> None:
    """In a process of its own, so that its memory can be told."""
    code = (
        "import sys; sys.path[:0] = [sys.argv[1]]\n"
        "import hashlib, resource\n"
        "from assay.model import Exhibit\nfrom assay.read.stage import reader_for\nfrom assay.work.part import ReadSettings\n"
        "from assay.custody.sniff import media_type\nfrom hostile_office import one_line\n"
        "data = one_line(200); kind = media_type(data)\n"
        "exhibit = Exhibit(hashlib.sha256(data).hexdigest(), '', len(data), kind, 'test', '1')\n"
        "reader = reader_for(kind); count = reader.count(data, exhibit, ReadSettings())\n"
        "pages = [r for r in reader.read(data, exhibit, ReadSettings(), 1, 3) if r.KIND == 'pages']\n"
        "print(kind, count, pages[0].text[:60], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)\n"
    )
    given = [sys.executable, "-c", code, str(Path(__file__).parent)]
    limit = (4 << 30, 4 << 30)
    done = subprocess.run(
        given, capture_output=True, text=True, check=False, timeout=250,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, limit),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1000:]
    assert done.stdout.startswith("text/plain")
    assert STILL in done.stdout
