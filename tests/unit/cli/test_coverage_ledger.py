"""The coverage ledger: every page, every file, sums that are checked, and what it says when they do not agree."""

from __future__ import annotations

import csv
import json
import os
import zipfile

import pytest

from assay.case import Case, RunSettings
from assay.model import Page
from assay.store.rows import to_row

INLINE = RunSettings(executor="inline")


@pytest.fixture
def trove(tmp_path):
    folder = tmp_path / "trove"
    (folder / "letters").mkdir(parents=True)
    (folder / "letters" / "a.txt").write_text("Letter No. 1")
    (folder / "letters" / "again.txt").write_text("Letter No. 1")
    (folder / "noise.bin").write_bytes(os.urandom(64))
    (folder / "=cmd.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("deep/b.txt", "Letter No. 2")
    (folder / "link.txt").symlink_to("/nowhere")
    return folder


@pytest.fixture
def case(trove, tmp_path):
    with Case.open(tmp_path / "case") as opened:
        opened.run([trove], INLINE, ["receive", "read"])
    return tmp_path / "case"


def test_every_page_and_file_stands_in_the_ledger_and_the_sums_agree(assay, case):
    code, out, _ = assay("show", case, "--coverage", "--json")
    seen = json.loads(out)
    assert (code, seen["agrees"]) == (0, True)
    assert seen["trove"] == {"present": 4, "read": 2, "failed": 1, "unread": 1}
    assert {f["folder"]: f["present"] for f in seen["folders"]} == {".": 2, "letters": 1, "more.zip!/deep": 1}
    assert sum(f["pages"]["present"] for f in seen["files"]) == len(seen["pages"]) == 4
    kinds = {f["path"]: (f["kind"], f["also"], f["holds"]) for f in seen["files"]}
    assert kinds["more.zip"] == ("container", [], 1)
    assert kinds["letters/a.txt"] == ("paged", ["letters/again.txt"], 0)
    assert [r["path"] for r in seen["refused"]] == ["link.txt"]
    reasons = {p["path"]: p["reason"] for p in seen["pages"] if p["state"] != "read"}
    assert set(reasons) == {"noise.bin", "=cmd.png"}
    assert all(reasons.values())
    assert set(seen["pages"][0]) == {
        "path", "exhibit", "media_type", "page", "state", "how", "engine", "part", "confidence", "characters", "reason",
    }  # fmt: skip


def test_the_text_names_what_was_not_read_and_why(assay, case):
    code, out, _ = assay("show", case, "--coverage")
    assert code == 0
    assert "page 1 unread: no reader for application/octet-stream" in out
    assert "more.zip: holds 1 files" in out
    assert "link.txt: it is a link" in out
    assert "the same bytes also lie at letters/again.txt" in out
    assert "trove: 4 = 2 read + 1 failed + 1 unread" in out
    assert "DOES NOT HOLD" not in out


def test_the_table_has_a_row_for_all_of_it_and_no_formula(assay, case, tmp_path):
    assert assay("show", case, "--coverage", "--csv", tmp_path / "c.csv")[0] == 0
    with (tmp_path / "c.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(r["state"] for r in rows) == ["failed", "no pages", "not received", "read", "read", "unread"]
    assert {r["path"] for r in rows} >= {"'=cmd.png", "more.zip", "link.txt"}


def test_a_table_without_a_ledger_is_a_usage_fault(assay, case, tmp_path):
    assert assay("show", case, "--csv", tmp_path / "c.csv")[0] == 2


def test_what_waits_counts_as_unread(assay, trove, tmp_path):
    with Case.open(tmp_path / "waiting") as opened:
        opened.run([trove], INLINE, ["receive"])
        seen = opened.ledger()
    assert seen.trove.present == 0
    assert {f.kind for f in seen.files} == {"waiting", "container"}
    assert seen.agrees


@pytest.mark.parametrize("fault", ["twice", "gap"])
def test_a_page_that_stands_twice_or_is_missing_breaks_the_ledger(assay, case, fault):
    from dataclasses import replace

    with Case.open(case) as opened:
        page = next(p for p in opened.records(Page) if p.state == "read")
        wrong = replace(page, text="other") if fault == "twice" else replace(page, number=3)
        with opened.store.transaction():
            row = to_row(wrong)
            opened.store.insert([row])
            opened.store.append("test", "", "", {"record": row.id})
    code, out, _ = assay("show", case, "--coverage")
    assert code == 4
    assert {"twice": "page 1: stands 2 times", "gap": "of 3 pages 1 are missing, the first is page 2"}[fault] in out


def test_a_file_that_was_given_up_says_so(tmp_path):
    from assay.read.coverage import ledger
    from assay.store.task import Task

    (tmp_path / "trove").mkdir()
    (tmp_path / "trove" / "a.txt").write_text("Letter No. 1")
    with Case.open(tmp_path / "case") as opened:
        opened.run([tmp_path / "trove"], INLINE, ["receive", "read"])
        digest = next(opened.records(Page)).exhibit
        task = Task("examine", digest, ("txt.sum@1",), inputs="x", generation="x")
        opened.store.add_tasks([task])
        opened.store.finish(task, "quarantined", [], (), "quarantine")
        assert ledger(opened.store).files[0].quarantined == ("examine: txt.sum@1",)
