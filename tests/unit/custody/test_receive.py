"""Receiving keeps every name, follows no link, and never takes the same thing twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assay.case import Case, RunSettings
from assay.custody.receive import display, receive
from assay.model import Exhibit, Occurrence, Problem
from assay.model.errors import Usage
from assay.store.store import Store


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "case", write=True, make=True) as opened:
        yield opened


def folder(tmp_path: Path, **files: str) -> Path:
    made = tmp_path / "trove"
    made.mkdir()
    for name, content in files.items():
        (made / f"{name}.txt").write_text(content)
    return made


def test_duplicates_are_kept_as_occurrences_of_one_exhibit(tmp_path, store):
    made = folder(tmp_path, a="the same", b="the same", c="other")
    assert receive(store, made, "x") == 3
    assert sorted(o.path for o in store.all(Occurrence)) == ["a.txt", "b.txt", "c.txt"]
    assert len({o.exhibit for o in store.all(Occurrence)}) == 2


def test_receiving_twice_adds_nothing(tmp_path, store):
    made = folder(tmp_path, a="1", b="2")
    receive(store, made, "x")
    log = list(store.events())
    assert receive(store, made, "x") == 0
    assert list(store.events()) == log


def test_links_and_pipes_are_problems_and_the_rest_goes_on(tmp_path, store):
    made = folder(tmp_path, a="1")
    (made / "link").symlink_to("/etc/passwd")
    os.mkfifo(made / "pipe")
    receive(store, made, "x")
    assert {p.about: p.category for p in store.all(Problem)} == {"link": "unreadable", "pipe": "unreadable"}
    assert [o.path for o in store.all(Occurrence)] == ["a.txt"]


def test_a_name_that_is_not_utf8_is_kept_byte_for_byte(tmp_path, store):
    made = folder(tmp_path)
    Path(os.fsdecode(os.fsencode(made) + b"/\xc4\xee\xe3.txt")).write_text("x")
    receive(store, made, "x")
    assert [o.path for o in store.all(Occurrence)] == [r"\xc4\xee\xe3.txt"]
    assert display(b"\xff") == r"\xff"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_a_problem(tmp_path, store):
    made = folder(tmp_path, a="1", b="2")
    (made / "a.txt").chmod(0)
    receive(store, made, "x")
    assert [p.about for p in store.all(Problem)] == ["a.txt"]


def test_an_empty_and_a_missing_folder_are_usage_faults(tmp_path, store):
    (tmp_path / "empty").mkdir()
    with pytest.raises(Usage, match="holds no files"):
        receive(store, tmp_path / "empty", "x")
    with pytest.raises(Usage, match="no folder"):
        receive(store, tmp_path / "nowhere", "x")


def test_a_case_inside_its_folder_is_not_received(tmp_path):
    made = folder(tmp_path, a="1")
    with Case.open(made / "case") as case:
        case.run([made], RunSettings(executor="inline"), ["receive"])
        assert [o.path for o in case.records(Occurrence)] == ["a.txt"]


def test_an_empty_file_is_an_exhibit_with_a_problem(tmp_path):
    made = folder(tmp_path, a="")
    with Case.open(tmp_path / "case") as case:
        case.run([made], RunSettings(executor="inline"), ["receive", "read"])
        assert [e.size for e in case.records(Exhibit)] == [0]
        assert len(case.problems()) == 1
        assert case.coverage().present == 1
        assert case.coverage().read == 0
