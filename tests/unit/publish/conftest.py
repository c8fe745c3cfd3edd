"""A case with one read contract, on which tests of this package build."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from assay.case import Case, RunSettings
from assay.model import (
    Agreement,
    DateRange,
    Engagement,
    Exhibit,
    LineItem,
    Money,
    Page,
    Quantity,
    Role,
    Text,
)
from assay.store.rows import to_row

BODY = """Contract No. 5
of 3 May 2024
Seller: Alpha Works
Buyer: Beta State
Total: 1,200.00 USD
1 Kite 12 pcs 100.00 1,200.00
"""


class Bench:
    """A case with one read contract, and records of an agreement made by hand over it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.store = case.store
        self.page = next(iter(case.records(Page)))
        self.exhibit = next(iter(case.records(Exhibit))).digest

    def span(self, words: str):
        start = self.page.text.index(words)
        return self.page.span(start, start + len(words))

    def text(self, words: str) -> Text:
        return Text(words, words, "", self.span(words))

    def add(self, *records):
        with self.store.transaction():
            for record in records:
                row = to_row(record)
                self.store.insert([row])
                self.store.append("test", "", "", {"record": row.id})
        return records[0]

    def agreement(self) -> Agreement:
        day = DateRange("3 May 2024", date(2024, 5, 3), date(2024, 5, 3), "", self.span("3 May 2024"))
        total = Money("1,200.00 USD", Decimal("1200"), "USD", "", self.span("1,200.00 USD"))
        item = LineItem(
            self.exhibit,
            None,
            "1",
            None,
            self.text("Kite"),
            Quantity("12 pcs", Decimal(12), "piece"),
            None,
            total,
            (self.span("1 Kite 12 pcs 100.00 1,200.00"),),
            "test",
            "1",
        )
        parties = (
            Engagement(Role.SUPPLIER, "", "Alpha Works", self.span("Alpha Works")),
            Engagement(Role.BUYER, "", "Beta State", self.span("Beta State")),
        )
        deal = Agreement(
            self.text("No. 5"),
            None,
            None,
            day,
            None,
            parties,
            total,
            (),
            (),
            (),
            (self.exhibit,),
            (),
            (item.id,),
            (),
            (),
            (self.span("Contract No. 5"),),
            "test",
            "1",
        )
        self.add(item, deal)
        return deal


@pytest.fixture
def bench(tmp_path):
    trove = tmp_path / "trove"
    trove.mkdir()
    (trove / "contract.txt").write_text(BODY)
    with Case.open(tmp_path / "case") as case:
        case.run([trove], RunSettings(executor="inline"), ["receive", "read"])
        yield Bench(case)
