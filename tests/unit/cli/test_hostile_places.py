"""Names that play with a terminal, media that cannot be written, folders that are not there."""

from __future__ import annotations

import errno
import json
import os

import pytest

from assay.case import Case, RunSettings
from assay.cli import main, plain


def test_a_name_cannot_steer_the_terminal_or_turn_text_around(assay, tmp_path):
    (tmp_path / "trove").mkdir()
    name = "a\x1b]0;owned\x07\x9b2J\u202efdp.exe"
    (tmp_path / "trove" / name).symlink_to("/nowhere")
    for more in ([], ["--json"]):
        code, out, err = assay("run", tmp_path / "trove", "--case", tmp_path / "case", "--executor", "inline", *more)
        assert code == 3
        assert not set(out + err) & set("\x1b\x07\x9b\u202e")
    code, out, _ = assay("show", tmp_path / "case", "--coverage")
    assert not set(out) & set("\x1b\x07\x9b\u202e")
    assert plain("п 中\t\n") == "п 中\t\n"


def test_json_still_says_the_name_itself(capsys):
    from assay.cli import show_json

    show_json({"name": "a\x9b\u202eb"})
    assert json.loads(capsys.readouterr().out) == {"name": "a\x9b\u202eb"}


def test_no_case_is_made_for_a_folder_that_is_not_there(assay, tmp_path):
    assert assay("run", tmp_path / "missing")[0] == 2
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_line_and_a_defect_is_not(assay, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere")

    with Case.open(tmp_path / "case"):
        pass
    monkeypatch.setattr(Case, "export", full)
    code, out, _ = assay("export", tmp_path / "case", tmp_path / "out", "--json")
    assert code == 6
    assert "No space left" in json.loads(out)["error"]["message"]
    monkeypatch.setattr(Case, "export", lambda *_: (_ for _ in ()).throw(OSError(errno.EBADF, "a defect")))
    with pytest.raises(OSError, match="a defect"):
        main(["export", str(tmp_path / "case"), str(tmp_path / "out")])


def test_a_case_on_a_medium_that_cannot_be_written_is_read_without_a_shared_index(tmp_path, monkeypatch):
    (tmp_path / "trove").mkdir()
    (tmp_path / "trove" / "a.txt").write_text("Letter No. 1")
    with Case.open(tmp_path / "case") as case:
        case.run([tmp_path / "trove"], RunSettings(executor="inline"), ["receive", "read"])
    before = sorted(p.name for p in (tmp_path / "case").iterdir())
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    with Case.open(tmp_path / "case", write=False) as case:
        assert case.coverage().read == 1
        assert case.verify().breaches == ()
        assert sorted(p.name for p in (tmp_path / "case").iterdir()) == before


def test_a_new_case_is_nobody_elses_to_look_at(tmp_path):
    with Case.open(tmp_path / "deep" / "case"):
        assert (tmp_path / "deep" / "case").stat().st_mode & 0o077 == 0
