"""What a user meets at the command line: exit codes, one clear line, JSON shapes."""

from __future__ import annotations

import json
import zipfile

import pytest

from assay.cli import COMMANDS


@pytest.fixture
def trove(tmp_path):
    folder = tmp_path / "trove"
    folder.mkdir()
    (folder / "a.txt").write_text("Contract No. 5 of 3 May 2024.")
    with zipfile.ZipFile(folder / "b.zip", "w") as archive:
        archive.writestr("inner.txt", "Annex 1 to Contract No. 5 of 3 May 2024.")
        archive.writestr("../../evil.txt", "outside")
    return folder


def test_a_run_shows_counts_that_add_up_and_writes_nothing_outside_the_case(assay, trove, tmp_path):
    code, out, _ = assay("run", trove, "--case", tmp_path / "case", "--executor", "inline", "--json")
    seen = json.loads(out)
    pages = seen["pages"]
    assert code == 3
    assert pages["present"] == pages["read"] + pages["failed"] + pages["unread"] == 3
    assert seen["problems"] == {"unsafe_name": 1}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["case", "trove"]
    assert not (tmp_path.parent / "evil.txt").exists()


def test_running_twice_changes_nothing(assay, trove, tmp_path):
    case = tmp_path / "case"
    assay("run", trove, "--case", case, "--executor", "inline")
    first = assay("export", case, tmp_path / "one")
    assay("run", trove, "--case", case, "--executor", "inline")
    assay("export", case, tmp_path / "two")
    assert first[0] == 0
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["run", "/nowhere/at/all", "--case", "{case}"], 2, "there is no folder"),
        (["run", "{empty}", "--case", "{case}"], 2, "holds no files"),
        (["run", "{trove}", "--case", "{case}", "--executor", "magic"], 2, "no executor magic"),
        (["read", "{case}"], 2, "holds no case"),
        (["show", "{case}"], 2, "holds no case"),
        (["frobnicate"], 2, "No such command"),
        (["run"], 2, "name the folder"),
        (["run", "--case", "{case}"], 2, "holds no case"),
        (["correct", "{case}", "x", "1", "--by", "me"], 2, "in one way"),
        (["specimen", "{trove}"], 2, "is not empty"),
        (["run", "{trove}", "--case", "/proc/nowhere"], 6, "cannot be used"),
        (["specimen", "/proc/nowhere/x"], 6, "No such file or directory"),
        (["specimen", "{trove}/a.txt/x"], 6, "Not a directory"),
    ],
)
def test_bad_words_end_with_one_clear_line(assay, trove, tmp_path, words, code, says):
    (tmp_path / "empty").mkdir()
    places = {"trove": trove, "case": tmp_path / "case", "empty": tmp_path / "empty"}
    got, _, err = assay(*(w.format(**places) for w in words))
    assert (got, says in err) == (code, True), err
    assert "Traceback" not in err


def test_a_fault_under_json_is_one_object_with_a_hint(assay, tmp_path):
    code, out, _ = assay("show", tmp_path / "case", "--json")
    assert code == 2
    assert set(json.loads(out)["error"]) == {"code", "message", "hint"}


def test_a_broken_case_ends_verify_with_4(assay, trove, tmp_path):
    case = tmp_path / "case"
    assay("run", trove, "--case", case, "--executor", "inline")
    assert assay("verify", case)[0] == 0
    blob = next(p for p in (case / "blobs").rglob("*") if p.is_file())
    blob.chmod(0o600)
    blob.write_bytes(b"other")
    assert assay("verify", case)[0] == 4


def test_a_case_at_work_refuses_a_second_run(assay, trove, tmp_path):
    from assay.store.store import Store

    with Store.open(tmp_path / "case", write=True, make=True):
        code, _, err = assay("run", trove, "--case", tmp_path / "case")
    assert code == 6
    assert "another assay" in err


def test_every_command_has_help(assay):
    for name in COMMANDS:
        code, out, _ = assay(name, "--help")
        assert code == 0
        assert len(out.splitlines()) > 3, name
