"""Receiving again: by a newer version, from inside the case, with one of two folders missing."""

from __future__ import annotations

import pytest

from assay.case import Case, RunSettings
from assay.custody import receive as receiving
from assay.custody import stage as opening
from assay.model import Exhibit, Occurrence, Page
from assay.model.errors import Usage
from assay.work.part import ReadSettings
from assay.work.stage import Settings

INLINE = RunSettings(executor="inline")
EARLY = ["receive", "read"]


@pytest.fixture
def trove(tmp_path):
    (tmp_path / "trove").mkdir()
    (tmp_path / "trove" / "a.txt").write_text("Letter No. 1")
    return tmp_path / "trove"


def test_a_newer_version_opens_again_and_doubles_nothing(tmp_path, trove, monkeypatch):
    with Case.open(tmp_path / "case") as case:
        case.run([trove], INLINE, EARLY)
        for module in (receiving, opening):
            monkeypatch.setattr(module, "VERSION", "2")
        case.run([trove], INLINE, EARLY)
        assert [o.path for o in case.records(Occurrence)] == ["a.txt"]
        assert [e.version for e in case.records(Exhibit)] == ["2"]
        assert len(list(case.records(Page))) == 1
        log = list(case.store.events())
        case.run([trove], INLINE, EARLY)
        assert list(case.store.events()) == log
        assert case.verify().breaches == ()


def test_the_case_itself_is_not_a_trove(tmp_path, trove):
    with Case.open(tmp_path / "case") as case:
        case.run([trove], INLINE, EARLY)
        for inside in (tmp_path / "case", tmp_path / "case" / "blobs"):
            with pytest.raises(Usage, match="inside the case"):
                case.run([inside], INLINE, EARLY)
        assert len(list(case.records(Occurrence))) == 1


def test_when_one_folder_is_missing_none_is_received(tmp_path, trove):
    with Case.open(tmp_path / "case") as case:
        with pytest.raises(Usage, match="no folder"):
            case.run([trove, tmp_path / "missing"], INLINE, EARLY)
        assert case.store.count(Occurrence) == 0


def test_what_waits_of_an_older_plan_is_dropped_and_the_case_stays_sound(tmp_path, trove):
    from assay.store.task import Task

    with Case.open(tmp_path / "case") as case:
        case.run([trove], INLINE, EARLY)
        digest = next(iter(case.records(Exhibit))).digest
        old = Task("read", digest, ("text@0",), 2, 2, inputs="old", generation="old")
        new = Task("read", digest, ("none@1",), inputs="new", generation="new")
        case.store.plan("read", [old])
        case.store.plan("read", [new])
        assert [task.generation for _, task in case.store.todo("read", 9)] == ["new"]
        assert case.verify().breaches == ()
        case.run([], INLINE, EARLY)
        assert [p.text for p in case.records(Page)] == ["Letter No. 1"]
        assert case.verify().breaches == ()


def test_what_is_wanted_again_stands_again_as_it_was_done(tmp_path, trove):
    def speaking(*languages):
        return RunSettings(executor="inline", settings=Settings(ReadSettings(languages=languages)))

    with Case.open(tmp_path / "case") as case:
        case.run([trove], speaking("ru"), EARLY)
        first = [row for row in case.store.rows()]
        case.run([trove], speaking("en"), EARLY)
        second = case.store.digest_of_tasks(["read"])
        case.run([trove], speaking("ru"), EARLY)
        assert case.store.digest_of_tasks(["read"]) != second
        assert len(list(case.records(Page))) == 1
        assert list(case.store.rows())[: len(first)] == first
        assert [event[2] for event in case.store.events()][-1] == "revived"
        assert case.verify().breaches == ()
        log = list(case.store.events())
        case.run([trove], speaking("ru"), EARLY)
        assert list(case.store.events()) == log
