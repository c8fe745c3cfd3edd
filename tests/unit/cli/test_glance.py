"""The page of text after a run says what is there, for how much, by when, what is not shown and what lacks."""

from __future__ import annotations

import json

import pytest

CONTRACT = """CONTRACT No. 77/KT

Lynford Cross, 3 May 2024

Seller: Alpha Kestrel Works Ltd
Buyer: Beta State Agency

1. Subject. The Seller undertakes to deliver to the Buyer the goods of Annex No. 4.
2. Price. The total price of the Contract is USD 1,200.00 (one thousand three hundred US dollars).
3. Delivery. The Seller shall deliver the goods to the Buyer not later than 16 June 2025.

For the Seller: ________ signed          For the Buyer: ________ signed
"""


@pytest.fixture
def run(assay, tmp_path):
    trove = tmp_path / "trove"
    trove.mkdir()
    (trove / "contract.txt").write_text(CONTRACT)
    (trove / "empty.bin").write_bytes(b"\x00\x01\x02\x03 nothing reads this \xff\xfe" * 40)
    code, out, _ = assay("run", trove, "--case", tmp_path / "case", "--executor", "inline", "--quiet")
    return code, out, tmp_path / "case"


def test_the_page_of_text_has_its_six_parts_in_order(run):
    code, out, _ = run
    assert code == 3
    heads = [line.partition(":")[0] for line in out.splitlines() if line[:1].isupper()]
    assert heads == [
        "WHAT IS HERE", "WHO AGREED TO DO WHAT FOR WHOM", "WHAT SPEAKS AGAINST DOCUMENTS", "WHAT IS MISSING",
        "WHAT COULD NOT BE DONE",
    ]  # fmt: skip
    for words in (
        "Agreement 77/KT of 2024-05-03: 1,200 USD", "deliver by 2025-06-16", "signed (2024-05-03)", "not shown",
        "one thousand three hundred", "annex 4 of 77/KT", "empty.bin",
    ):  # fmt: skip
        assert words in " ".join(out.split()), words
    assert max(len(line) for line in out.splitlines()) <= 110


def test_a_record_is_shown_in_words_and_an_exhibit_by_its_path(run, assay):
    seen = json.loads(assay("show", run[2], "--json")[1])
    code, out, _ = assay("show", run[2], "contract.txt")
    assert code == 0
    found = seen["against"][0]["findings"][0]
    assert all(
        words in out for words in ("met as         contract.txt", "reads as       contract 77/KT", found["id"][:8])
    )
    words = assay("show", run[2], found["id"][:10])[1]
    for said in (
        found["observation"][:40],
        "innocent",
        "contract.txt, page 1: “",
        "assay reproduce CASE " + found["id"][:16],
    ):
        assert said in words, said
    deal = assay("show", run[2], seen["agreements"][0]["id"])[1]
    assert "supplier: Alpha Kestrel Works Ltd" in deal
    plain = json.loads(assay("show", run[2], found["id"], "--json")[1])
    assert (plain["kind"], plain["id"]) == ("findings", found["id"])
    assert assay("show", run[2], "no/such.txt")[0] == 2


def test_the_same_as_json_holds_what_the_text_names(run, assay):
    code, out, _ = assay("show", run[2], "--json")
    seen = json.loads(out)
    assert code == 0
    [deal] = seen["agreements"]
    assert deal["due"] == [{"kind": "deliver", "due": "2025-06-16", "written": deal["due"][0]["written"]}]
    assert "delivered" in deal["planned"]
    assert "accepted" in deal["not_shown"]
    assert [row["path"] for row in seen["against"]] == ["contract.txt"]
    assert [lack["name"] for lack in seen["missing"]] == ["annex 4 of 77/KT"]
