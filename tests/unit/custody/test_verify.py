"""Any flipped bit is found: in blobs, in the log, in records; and a quote that does not stand where its span says."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from assay.case import Case, RunSettings
from assay.model import Direction, Exhibit, Finding, FindingStatus, Image, Page, Span, Weight
from assay.model.errors import Fault
from assay.store.rows import to_row


@pytest.fixture
def case(tmp_path):
    trove = tmp_path / "trove"
    trove.mkdir()
    (trove / "a.txt").write_text("Contract No. 5 of 3 May 2024 between the Seller and the Buyer.")
    with Case.open(tmp_path / "case") as opened:
        opened.run([trove], RunSettings(executor="inline"))
    return tmp_path / "case"


def breaches(folder: Path) -> list[str]:
    with Case.open(folder, write=False) as opened:
        return [b.kind for b in opened.verify().breaches]


def change(folder: Path, *sql: str) -> None:
    with sqlite3.connect(folder / "case.sqlite") as database:
        triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        for statement in sql:
            database.executescript(statement)
        for _, trigger in triggers:
            database.execute(trigger)
    database.close()


def test_an_untouched_case_is_sound(case):
    assert breaches(case) == []


def test_records_and_log_are_append_only(case):
    database = sqlite3.connect(case / "case.sqlite")
    for statement in (
        "UPDATE records SET page = 2",
        "DELETE FROM records",
        "UPDATE log SET at = ''",
        "DELETE FROM log",
    ):
        with pytest.raises(sqlite3.DatabaseError, match="append only"):
            database.execute(statement)
    database.close()


def test_every_flipped_bit_of_a_blob_is_found(case):
    blob = next(p for p in (case / "blobs").rglob("*") if p.is_file())
    whole = blob.read_bytes()
    blob.chmod(0o644)
    for position in (0, len(whole) // 2, len(whole) - 1):
        blob.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        assert "blob" in breaches(case)
    blob.unlink()
    assert "blob" in breaches(case)


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("UPDATE log SET at = '2020-01-01T00:00:00Z' WHERE seq = 1", "log"),
        ("UPDATE log SET detail = replace(detail, 'a.txt', 'b.txt') WHERE seq = 1", "log"),
        ("UPDATE log SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE seq = 2", "log"),
        ("DELETE FROM log WHERE seq = 2", "log"),
        (
            "UPDATE records SET payload = CAST(replace(CAST(payload AS TEXT), 'Seller', 'Sellex') AS BLOB) "
            "WHERE kind = 'pages'",
            "record",
        ),
        ("UPDATE records SET payload = CAST('{' AS BLOB) WHERE kind = 'pages'", "record"),
        ("DELETE FROM records WHERE kind = 'pages'", "record"),
        ("DELETE FROM records WHERE kind = 'occurrences'", "record"),
        ("UPDATE tasks SET replaced = 1 WHERE stage = 'read'", "log"),
        ("UPDATE tasks SET replaced = 1, state = 'todo' WHERE stage = 'read'", "log"),
        ("UPDATE tasks SET state = 'todo' WHERE stage = 'read'", "log"),
        ("DELETE FROM tasks WHERE stage = 'read'", "log"),
        ("UPDATE tasks SET subject = 'x' WHERE stage = 'read'", "log"),
        ("UPDATE tasks SET payload = CAST(CAST(payload AS TEXT) || ' ' AS BLOB) WHERE stage = 'read'", "log"),
        ("UPDATE records SET page = 7 WHERE kind = 'pages'", "record"),
        ("UPDATE records SET exhibit = '' WHERE kind = 'pages'", "record"),
        ("UPDATE records SET words = x'00' WHERE kind = 'findings'", "record"),
        ("UPDATE records SET words = NULL WHERE kind = 'pages'", "record"),
        ("UPDATE records SET words = CAST(words || x'00' AS BLOB) WHERE kind = 'pages'", "record"),
        (
            "UPDATE records SET payload = CAST(replace(CAST(payload AS TEXT), '\"size\":', '\"size\":1') AS BLOB) "
            "WHERE kind = 'exhibits'",
            "record",
        ),
        (
            "UPDATE records SET payload = CAST(replace(CAST(payload AS TEXT), 'text/plain', 'text/html') AS BLOB) "
            "WHERE kind = 'exhibits'",
            "record",
        ),
        ("UPDATE records SET payload = CAST(CAST(payload AS TEXT) || ' ' AS BLOB) WHERE kind = 'pages'", "record"),
        ("DROP VIEW standing; CREATE VIEW standing AS SELECT * FROM records WHERE kind <> 'findings'", "database"),
        ("DROP INDEX records_by_id", "database"),
        ("INSERT INTO records SELECT NULL, kind, id || 'x', exhibit, page, '', payload, words FROM records", "record"),
    ],
)
def test_every_change_of_the_database_is_found(case, sql, kind):
    change(case, sql)
    assert kind in breaches(case)


def everything(case: Case) -> list[object]:
    """Return all that a case says, by the ways on which it is asked: whole tables, and by kind and exhibit."""
    exhibits = list(case.records(Exhibit))
    asked = [[list(case.store.of(kind, e.digest)) for e in exhibits] for kind in (Page, Finding)]
    return [list(case.store.rows()), list(case.store.events()), list(case.store.tasks()), exhibits, asked]


def test_a_child_task_that_vanished_is_found(case):
    with sqlite3.connect(case / "case.sqlite") as database:
        database.execute("DELETE FROM tasks WHERE stage = 'receive'")
    database.close()
    assert breaches(case) != []


def test_a_missing_picture_and_a_blob_that_is_a_folder_are_found(case):
    with Case.open(case) as opened:
        exhibit = next(iter(opened.records(Exhibit)))
        row = to_row(Image(exhibit.digest, 1, 110, "ab" * 32, "image/webp", 1, 1, "test", "1"))
        with opened.store.transaction():
            opened.store.insert([row])
            opened.store.append("test", "", "", {"record": row.id})
    assert breaches(case) == ["blob"]
    blob = case / "blobs" / "ab" / ("ab" * 32)
    blob.mkdir(parents=True)
    assert breaches(case) == ["blob", "blob"]


def test_flipped_bits_of_the_database_file_never_pass_as_sound_and_changed(case):
    """Whatever bit of the file is flipped: it is found, or nothing that the case says has changed."""
    file = case / "case.sqlite"
    whole = file.read_bytes()
    rng = random.Random(5)
    with Case.open(case, write=False) as opened:
        wanted = everything(opened)
    for _ in range(60):
        position = rng.randrange(100, len(whole))
        file.write_bytes(whole[:position] + bytes([whole[position] ^ (1 << rng.randrange(8))]) + whole[position + 1 :])
        try:
            found = breaches(case)
        except Fault:
            continue
        if not found:
            with Case.open(case, write=False) as opened:
                assert everything(opened) == wanted


def test_a_quote_that_does_not_stand_there_is_found(case):
    with Case.open(case) as opened:
        page = next(iter(opened.records(Page)))
        exhibit = next(iter(opened.records(Exhibit)))
        good = page.span(0, 8)
        wrong = Span(exhibit.digest, 1, 0, 8, (), "Kontract")

        finding = Finding(
            exhibit.digest, FindingStatus.FINDING, "o", "", "", "", Direction.NEITHER, Weight.NEUTRAL, "", (), None, "",
            (good, wrong), "test", "1",
        )  # fmt: skip
        row = to_row(finding)
        with opened.store.transaction():
            opened.store.insert([row])
            opened.store.append("test", "", "", {"record": row.id})
        assert [(b.kind, "Kontract" in b.what) for b in opened.verify().breaches] == [("quote", True)]
