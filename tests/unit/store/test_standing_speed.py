"""What stands is looked up by index, whatever the size of a case: the plan of the query is held, not a time."""

from __future__ import annotations

from assay.store.store import Store


def test_a_corrected_page_is_looked_for_by_its_exhibit_and_never_by_walking_all_pages(tmp_path):
    with Store.open(tmp_path / "case", write=True, make=True) as store:
        plan = list(store._db.execute("EXPLAIN QUERY PLAN SELECT count(*) FROM standing WHERE kind = 'pages'"))
    steps = [row[3] for row in plan]
    assert not any(step.startswith("SCAN") for step in steps), steps
    inner = [step for step in steps if step.startswith(("SEARCH c ", "SEARCH n "))]
    assert [("subject=?" in step, "task=?" in step) for step in inner] == [(True, False), (False, True)]
