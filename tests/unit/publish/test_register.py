"""The register: stable columns, one row an article, doubt and doubles named, each row's evidence in the edition."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

from assay.model import (
    DateRange,
    Designation,
    Engagement,
    LineItem,
    Money,
    Obligation,
    ObligationKind,
    Party,
    Quantity,
    Role,
    Rung,
    Status,
)
from assay.publish.publish import publish
from assay.publish.register import COLUMNS, schema, write_register


def read(folder) -> list[dict[str, str]]:
    with (folder / "register.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def made(bench, tmp_path) -> list[dict[str, str]]:
    folder = tmp_path / "out"
    folder.mkdir()
    assert list(write_register(bench.store, folder)) == ["register.csv", "register.schema.json"]
    return read(folder)


def rung(bench, deal, name: Rung, state: str, day: date | None) -> Status:
    when = DateRange(str(day), day, day, "", None) if day else None
    return bench.add(Status(deal.id, name, state, when, "So.", (), (bench.span("Total"),), "test", "1"))


def test_a_row_says_who_what_how_many_for_how_much_and_when(bench, tmp_path):
    deal = bench.agreement()
    party = bench.add(Party("Альфа", "organisation", ("Alpha Works Ltd", "Альфа-завод"), (), (), (), (), "t", "1"))
    seller = Engagement(Role.SUPPLIER, party.id, "Альфа", bench.span("Alpha Works"))
    due = DateRange("May 2025", date(2025, 5, 1), date(2025, 5, 31), "", None)
    duty = Obligation(
        bench.exhibit, None, ObligationKind.DELIVER, None, None, None, None, None, due, None,
        (bench.span("Total"),), "test", "1",
    )  # fmt: skip
    bench.add(duty)
    other = bench.add(replace(deal, parties=(seller, deal.parties[1]), obligations=(duty.id,)))
    rung(bench, other, Rung.SIGNED, "evidenced", date(2024, 5, 3))
    rung(bench, other, Rung.DELIVERED, "evidenced", date(2025, 6, 2))
    rung(bench, other, Rung.IN_SERVICE, "claimed", None)
    rung(bench, other, Rung.CANCELLED, "empty", None)
    row = next(r for r in made(bench, tmp_path) if r["agreement_id"] == other.id)
    assert list(row) == [name for name, _, _ in COLUMNS]
    expected = {
        "year_ordered": "2024", "supplier": "Альфа", "supplier_also": "Alpha Works Ltd", "recipient": "Beta State",
        "recipient_also": "", "description": "Kite", "quantity": "12", "unit": "piece", "value": "1200",
        "currency": "USD", "delivery_due_from": "2025-05-01", "delivery_due_until": "2025-05-31",
        "agreement_status": "delivered", "agreement_status_date": "2025-06-02", "year_delivered": "2025",
        "rungs_shown": "signed; delivered", "rungs_only_said": "in_service", "uncertainty": "", "page": "1",
    }  # fmt: skip
    assert {key: row[key] for key in expected} == expected


def test_each_row_of_a_published_register_leads_to_its_marked_place(bench, tmp_path):
    bench.agreement()
    publish(bench.store, tmp_path / "edition", "Trial")
    [row] = read(tmp_path / "edition" / "data")
    page, _, anchor = row["evidence"].partition("#")
    assert f'id="{anchor}"' in (tmp_path / "edition" / page).read_text()
    assert "register.csv" in (tmp_path / "edition" / "index.html").read_text()


def test_doubt_and_possible_doubles_are_named(bench, tmp_path):
    deal = bench.agreement()
    loose = LineItem(
        "f" * 64, None, "2", Designation("K-1", "K-1", "may be K-I", None), bench.text("Kite"),
        Quantity("12", Decimal(12), "piece"), None, Money("1200", Decimal(1200), "USD", "", None),
        (replace(bench.span("Kite"), exhibit="f" * 64),), "test", "1",
    )  # fmt: skip
    bench.add(loose)
    first, second = made(bench, tmp_path)
    assert (first["agreement"], second["agreement"]) == (deal.number.written, "")
    assert second["maybe_same_as"] == first["item"]
    assert "designation: may be K-I" in second["uncertainty"]
    assert (second["year_ordered"], second["supplier"]) == ("", "")


def test_a_cell_that_a_spreadsheet_would_run_is_defused_and_the_schema_names_each_column(bench, tmp_path):
    deal = bench.agreement()
    evil = replace(deal, number=replace(deal.number, written="=HYPERLINK(1)"), title=None)
    bench.add(evil)
    assert any(row["agreement"] == "'=HYPERLINK(1)" for row in made(bench, tmp_path))
    fields = json.loads((tmp_path / "out" / "register.schema.json").read_text())["fields"]
    assert [f["name"] for f in fields] == [name for name, _, _ in COLUMNS]
    assert schema()["missingValues"] == [""]
