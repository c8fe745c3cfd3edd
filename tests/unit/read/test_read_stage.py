"""A page that kills, hangs or breaks its reader costs that page; the others are read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assay.case import Case, RunSettings
from assay.custody.verify import verify
from assay.model import Page, PageState, Problem
from assay.read import stage as reading
from assay.work.executor import Inline, Lost
from assay.work.part import Reader
from assay.work.run import run_stage
from assay.work.stage import Settings


class Fragile(Inline):
    """Does tasks in this process, and loses its worker over tasks that hold page 2, as `how` says."""

    def __init__(self, store, how):
        super().__init__(store, Settings())
        self.how = how

    def submit(self, stage, task):
        bad = (not task.first and task.last == 0) or task.first <= 2 <= task.last
        if self.how in ("crashed", "hung") and bad:
            self._answers.append((task, Lost(self.how, "lost")))
        else:
            super().submit(stage, task)


def four_pages(how: str) -> Reader:
    def read(data, exhibit, settings, first, last):
        if how in ("raise", "memory") and first <= 2 <= last:
            raise (ValueError if how == "raise" else MemoryError)("page 2")
        for n in range(first, last + 1):
            yield Page(
                exhibit.digest, n, "page", PageState.READ, "parser", "t", f"page {n}", "en", (), 0, 0, 0, None, "", (),
                "t", "1",
            )  # fmt: skip

    return Reader("t", "1", "for this test", "none at all", ("text/plain",), lambda *_: 4, read)


@pytest.fixture
def case(tmp_path):
    (tmp_path / "trove").mkdir()
    (tmp_path / "trove" / "a.txt").write_text("four pages")
    with Case.open(tmp_path / "case") as opened:
        opened.run([tmp_path / "trove"], RunSettings(executor="inline"), ["receive"])
        yield opened


@pytest.mark.parametrize("how", ["crashed", "hung", "raise", "memory"])
@pytest.mark.parametrize("chunk", [8, 3])
def test_one_bad_page_costs_one_page(case, monkeypatch, how, chunk):
    reader = replace(four_pages(how), chunk=chunk)
    monkeypatch.setattr(reading, "readers", lambda: (reader,))
    (stage,) = reading.stages()
    run_stage(stage, case.store, Fragile(case.store, how), Settings(), (), lambda step: None)
    pages = {p.number: p.state for p in case.records(Page)}
    assert pages == {1: "read", 2: "failed", 3: "read", 4: "read"}
    assert [(p.page, p.category) for p in case.records(Problem)] == [
        (2, {"raise": "error", "memory": "limit"}.get(how, how))
    ]
    assert verify(case.store).breaches == ()


def test_a_document_that_cannot_even_be_counted_is_one_failed_page(case, monkeypatch):
    def count(*_):
        raise ValueError("no")

    reader = replace(four_pages(""), count=count)
    monkeypatch.setattr(reading, "readers", lambda: (reader,))
    (stage,) = reading.stages()
    run_stage(stage, case.store, Fragile(case.store, ""), Settings(), (), lambda step: None)
    assert [(p.number, p.state) for p in case.records(Page)] == [(1, "failed")]
    assert case.coverage().present == 1
