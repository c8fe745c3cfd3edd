"""Correcting at the command line: words by number, safeguards, exit codes, JSON; and kill -9 in the middle."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assay.case import Case, RunSettings
from assay.model import Correction, Document, Page

INLINE = RunSettings(executor="inline")


@pytest.fixture
def case(tmp_path):
    (tmp_path / "trove" / "in").mkdir(parents=True)
    (tmp_path / "trove" / "in" / "a.txt").write_text("Contract No. 5 of 3 May 2024.\nTotal 5 USD")
    with Case.open(tmp_path / "case") as opened:
        opened.run([tmp_path / "trove"], INLINE)
    return tmp_path / "case"


def text(case: Path) -> str:
    with Case.open(case) as opened:
        opened.run((), INLINE)
        return next(opened.records(Page)).text


def test_a_word_is_corrected_by_its_number_and_shown_with_the_machine_s_reading(assay, case):
    seen = json.loads(assay("show", case, "in/a.txt", "--page", 1, "--json")[1])
    assert [(w["n"], w["text"]) for w in seen["words"]][:3] == [(1, "Contract"), (2, "No."), (3, "5")]
    assert (seen["machine"], seen["corrections"]) == (None, [])
    code, out, _ = assay(
        "correct", case, "in/a.txt", 1, "--word", 3, "--was", "5", "--to", "51", "--by", "me", "--why", "seen"
    )
    assert code == 0
    assert "1 of 10 words" in out
    assert "assay run --case" in out
    seen = json.loads(assay("show", case, "in/a.txt", "--page", 1, "--json")[1])
    assert seen["text"].startswith("Contract No. 51 of")
    assert seen["machine"]["text"].startswith("Contract No. 5 of")
    assert [(c["person"], c["note"], c["origin"]) for c in seen["corrections"]] == [("me", "seen", "typed")]
    assert seen["waits_for_a_run"] is True
    assert set(seen) == {
        "path", "exhibit", "page", "state", "how", "engine", "language", "confidence", "text", "notes", "words",
        "machine", "corrections", "waits_for_a_run",
    }  # fmt: skip
    assert assay("run", "--case", case, "--executor", "inline", "--quiet")[0] == 0
    assert json.loads(assay("show", case, "in/a.txt", "--page", 1, "--json")[1])["waits_for_a_run"] is False
    out = assay("show", case, "in/a.txt", "--page", 1)[1]
    assert "3:51" in out
    assert "The machine read:" in out
    assert assay("verify", case)[0] == 0


def test_a_whole_page_from_a_file_and_back(assay, case, tmp_path):
    (tmp_path / "new.txt").write_text("\ufeffContract No. 7\r\nof 3 May 2024.\r\n", "utf-8")
    assert assay("correct", case, "in/a.txt", 1, "--text", tmp_path / "new.txt", "--by", "me")[0] == 0
    assert text(case) == "Contract No. 7\nof 3 May 2024."
    assert assay("correct", case, "in/a.txt", 1, "--undo", "--by", "me")[0] == 0
    assert text(case).startswith("Contract No. 5 of")
    assert assay("correct", case, "in/a.txt", 1, "--machine", "--by", "me")[0] == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["in/a.txt", 1, "--to", "x", "--was", "5"], "stands 2 times"),
        (["in/a.txt", 1, "--to", "x", "--was", "nowhere"], "stands 0 times"),
        (["in/a.txt", 1, "--to", "x", "--word", 3, "--was", "6"], "is “5”, not “6”"),
        (["in/a.txt", 1, "--to", "x", "--word", 99], "has 10 words"),
        (["in/a.txt", 7, "--to", "x", "--word", 1], "no page 7"),
        (["nosuch.txt", 1, "--to", "x", "--word", 1], "nothing in this case has the id nosuch.txt"),
        (["in/a.txt", 1, "--word", 1], "in one way"),
        (["in/a.txt", 1, "--to", "x"], "in one way"),
        (["in/a.txt", 1, "--undo"], "nothing to take back"),
        (["in/a.txt", 1, "--text", "/nowhere"], "there is no file"),
    ],
)
def test_bad_words_change_nothing(assay, case, words, says):
    code, _, err = assay("correct", case, *words, "--by", "me")
    assert (code, says in err) == (2, True), err
    with Case.open(case, write=False) as opened:
        assert list(opened.records(Correction)) == []


def test_a_text_that_is_no_utf_8_is_refused(assay, case, tmp_path):
    (tmp_path / "new.txt").write_bytes("Договор".encode("cp1251"))
    code, _, err = assay("correct", case, "in/a.txt", 1, "--text", tmp_path / "new.txt", "--by", "me")
    assert (code, "no UTF-8" in err) == (2, True)


@pytest.mark.slow
def test_a_person_s_page_outlives_kill_9(tmp_path):
    """Correct one page of many, kill the run that takes it up again and again, and end as an undisturbed one does."""
    trove = tmp_path / "trove"
    trove.mkdir()
    for n in range(12):
        (trove / f"letter {n}.txt").write_text(f"Letter No. {n}\n\nContract No. 7/{n} of 5 May 2024.\n")
    ends = {}
    for name in ("undisturbed", "killed"):
        case = tmp_path / name
        _assay("run", trove, "--case", case, "--quiet", "-j", "1")
        words = ("--was", "7/3", "--to", "7/33", "--by", "me")
        _assay("correct", case, "letter 3.txt", "1", *words)
        if name == "killed":
            rng = random.Random(5)
            hits = 0
            for _ in range(8):
                hits += _killed(case, rng.uniform(0.4, 1.6))
                with Case.open(case) as opened:
                    assert opened.verify().breaches == ()
            assert hits >= 3
        _assay("run", "--case", case, "--quiet", "-j", "1")
        with Case.open(case, write=False) as opened:
            assert opened.verify().breaches == ()
            assert opened.verify().overtaken == 0
            assert "7/33" in {d.agreement_number.written for d in opened.records(Document) if d.agreement_number}
            ends[name] = (list(opened.store.rows()), list(opened.store.events()))
    assert ends["killed"] == ends["undisturbed"]


COMMAND = [sys.executable, "-c", "from assay.cli import main; main()"]
CLOCK = {**os.environ, "ASSAY_CLOCK": "2026-01-01T00:00:00Z"}


def _assay(*words):
    done = subprocess.run([*COMMAND, *map(str, words)], env=CLOCK, capture_output=True, check=False, text=True)
    assert done.returncode in (0, 3), done.stderr


def _killed(case: Path, after: float) -> bool:
    """Start a run, kill it after so many seconds; tell whether it was still at work."""
    words = [*COMMAND, "run", "--case", str(case), "--quiet", "-j", "1"]
    process = subprocess.Popen(words, env=CLOCK, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after)
    alive = process.poll() is None
    if alive:
        process.send_signal(signal.SIGKILL)
    process.wait()
    return alive
