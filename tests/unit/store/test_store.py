"""The store asks its database for what is wanted, not for everything of a kind."""

from __future__ import annotations

import pytest

from assay.model import Problem
from assay.store.rows import to_row
from assay.store.store import Store


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "case", write=True, make=True) as opened:
        with opened.transaction():
            opened.insert(to_row(Problem("read", f"{n % 50:064}", n, "error", f"{n}", "t", "1")) for n in range(200))
        yield opened


def test_the_records_of_one_exhibit_are_found_by_their_index(store):
    asked = []
    store._db.set_trace_callback(asked.append)
    found = list(store.of(Problem, f"{7:064}"))
    store._db.set_trace_callback(None)
    assert [p.page for p in found] == [7, 57, 107, 157]
    plan = [row[3] for row in store._db.execute(f"EXPLAIN QUERY PLAN {asked[0]}")]
    assert any("records_by_exhibit (exhibit=? AND kind=?)" in step for step in plan), plan


def test_records_are_found_by_their_ids_in_the_order_asked(store):
    problems = list(store.all(Problem))
    assert len(problems) > 2
    asked = [problems[2].id, "0" * 32, problems[0].id]
    assert list(store.named(Problem, asked)) == [problems[2], problems[0]]


def test_all_come_by_exhibit_and_page(store):
    found = [(p.about, p.page) for p in store.all(Problem)]
    assert found == sorted(found)
    assert len(found) == 200
