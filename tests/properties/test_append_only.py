"""A case under random use: receive, run again, judge. Nothing that was written ever changes or goes away."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from assay.case import Case, RunSettings
from assay.model import Occurrence, Page

INLINE = RunSettings(executor="inline")
EARLY = ["receive", "read"]


class Use(RuleBasedStateMachine):
    """Random steps on one case; after each, all older rows and events are still there, in place."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.trove = Path(self.folder.name) / "trove"
        self.trove.mkdir()
        (self.trove / "first.txt").write_text("Letter No. 1")
        self.case = Case.open(Path(self.folder.name) / "case")
        self.rows, self.log = [], []

    @rule(name=st.sampled_from("abc"), text=st.sampled_from(["Letter No. 1", "Contract No. 2", "Договор № 3", ""]))
    def add(self, name, text):
        (self.trove / f"{name}.txt").write_text(text)

    @rule()
    def run(self):
        self.case.run([self.trove], INLINE, EARLY)
        before = (list(self.case.store.rows()), list(self.case.store.events()))
        self.case.run([self.trove], INLINE, EARLY)
        assert (list(self.case.store.rows()), list(self.case.store.events())) == before

    @rule()
    def judge(self):
        page = next(iter(self.case.records(Page)), None)
        if page:
            self.case.judge((page.id,), "accept", "a tester")

    @invariant()
    def old_rows_and_events_stay(self):
        rows, log = list(self.case.store.rows()), list(self.case.store.events())
        assert rows[: len(self.rows)] == self.rows
        assert log[: len(self.log)] == self.log
        self.rows, self.log = rows, log

    @invariant()
    def pages_add_up(self):
        counted = self.case.coverage()
        assert counted.read + counted.failed + counted.unread == counted.present
        assert len({o.exhibit for o in self.case.records(Occurrence)}) >= (1 if self.rows else 0)

    def teardown(self):
        assert self.case.verify().breaches == ()
        self.case.close()
        self.folder.cleanup()


TestUse = Use.TestCase
TestUse.settings = settings(max_examples=8, stateful_step_count=6, deadline=None)
