"""A whole specimen trove: the same bytes for the same seed, and a truth that its papers bear out."""

import hashlib
import io
import json
import re
import zipfile
from collections import Counter
from decimal import Decimal
from email import message_from_bytes
from email.policy import default

import pypdfium2
import pytest

from assay.model.errors import Usage
from assay.specimen import make

PAGES = 40


@pytest.fixture(scope="module")
def troves(tmp_path_factory):
    root = tmp_path_factory.mktemp("specimen")
    return {name: make(root / name, PAGES, seed).parent for name, seed in (("a", 7), ("again", 7), ("b", 8))}


@pytest.fixture(scope="module")
def truth(troves):
    return json.loads((troves["a"] / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def data(troves, truth):
    return {row["path"]: member(troves["a"] / "trove", row["path"]) for row in truth["exhibits"]}


def member(trove, path):
    outer, _, inner = path.partition("!/")
    held = (trove / outer).read_bytes()
    if not inner:
        return held
    if outer.endswith(".zip"):
        return zipfile.ZipFile(io.BytesIO(held)).read(inner)
    mail = message_from_bytes(held, policy=default)
    part = next(p for p in mail.iter_attachments() if p.get_filename() == inner)
    return part.get_payload(decode=True)


def digests(folder):
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()
    }


def squeezed(text):
    return "".join(text.split())


def test_the_same_seed_gives_the_same_bytes(troves):
    assert digests(troves["a"]) == digests(troves["again"])


def test_another_seed_gives_another_trove(troves):
    mine, other = digests(troves["a"] / "trove"), digests(troves["b"] / "trove")
    assert not set(mine.values()) & set(other.values())


def test_the_number_of_pages_is_met_and_told(troves, truth):
    told = sum(len(row["pages"]) for row in truth["exhibits"])
    assert truth["specimen"]["pages"] == told
    assert abs(told - PAGES) <= max(1, PAGES * 0.03)


def test_every_file_is_in_the_truth_with_its_digest(troves, truth, data):
    files = {str(p.relative_to(troves["a"] / "trove")) for p in (troves["a"] / "trove").rglob("*") if p.is_file()}
    assert files == {row["path"] for row in truth["exhibits"] if "!/" not in row["path"]}
    for row in truth["exhibits"]:
        assert hashlib.sha256(data[row["path"]]).hexdigest() == row["sha256"], row["path"]


def test_the_text_of_born_digital_pages_is_what_stands_on_them(truth, data):
    checked = 0
    for row in truth["exhibits"]:
        if row["medium"] != "born_digital":
            continue
        pdf = pypdfium2.PdfDocument(data[row["path"]])
        assert len(pdf) == len(row["pages"])
        for held, page in zip(pdf, row["pages"], strict=True):
            drawn, told = Counter(squeezed(held.get_textpage().get_text_range())), Counter(squeezed(page["text"]))
            assert sum(((drawn - told) + (told - drawn)).values()) <= 2 + 0.02 * sum(told.values()), row["path"]
            checked += 1
    assert checked > 5


def test_scans_have_no_text_of_their_own_but_for_planted_layers(truth, data):
    touched = {row["path"] for key in ("alterations", "twins") for row in truth[key]}
    scans = [r for r in truth["exhibits"] if r["medium"] == "scan" and not {r["path"], r["duplicate_of"]} & touched]
    assert scans
    for row in scans:
        pdf = pypdfium2.PdfDocument(data[row["path"]])
        assert not any(page.get_textpage().get_text_range().strip() for page in pdf)
        assert row["dpi"] >= 150


def test_every_item_stands_on_the_pages_that_list_it(truth):
    texts = {row["path"]: squeezed("".join(p["text"] for p in row["pages"])) for row in truth["exhibits"]}
    languages = {row["path"]: row["languages"] for row in truth["exhibits"]}
    checked = 0
    for item in truth["items"]:
        for path in item["exhibits"]:
            text = texts[path]
            assert squeezed(item["designation"]) in text, (path, item)
            assert any(squeezed(item["descriptions"][language]) in text for language in languages[path])
            printed = item.get("as_printed", {}).get(path, {})
            total = printed.get("total", item["total"]).split(".")[0]
            assert total in text.replace(",", "").replace(".", ""), (path, item)
            checked += 1
    assert checked > 10


def test_totals_add_up(truth):
    for deal in truth["agreements"]:
        listed = [i for i in truth["items"] if i["agreement"] == deal["key"]]
        specified = {
            i["position"]: Decimal(i["total"]) for i in listed[::-1] if "." in i["position"] or len(listed) > 1
        }
        parts = sum(Decimal(term["money"]) for term in deal["payment_terms"])
        assert parts == Decimal(deal["total"]["amount"])
        assert sum(specified.values()) > 0
        for item in listed:
            assert abs(Decimal(item["price"]) * Decimal(item["quantity"]) - Decimal(item["total"])) <= Decimal(
                item["quantity"]
            ) * Decimal("0.005")


def test_a_rung_is_evidenced_only_by_papers_of_the_trove(truth):
    paths = {row["path"] for row in truth["exhibits"]}
    for deal in truth["agreements"]:
        evidenced = {rung for rung, state in deal["status"].items() if state == "evidenced"}
        assert evidenced == set(deal["status_basis"])
        for basis in deal["status_basis"].values():
            assert basis
            assert set(basis) <= paths


def test_what_is_planted_is_where_the_truth_says(truth):
    assert truth["alterations"]
    assert truth["twins"]
    rows = {row["path"]: row for row in truth["exhibits"]}
    for planted in truth["alterations"]:
        row = rows[planted["path"]]
        assert planted["page"] <= len(row["pages"])
        if planted["box"]:
            x0, y0, x1, y1 = planted["box"]
            assert 0 <= x0 < x1 <= 1
            assert 0 <= y0 < y1 <= 1
        after = planted["detail"].rpartition(" -> ")[2].split(" in ")[0].replace("\u00a0", " ")
        if planted["examination"].startswith("pdf.") or planted["kind"] in ("identifier", "parity"):
            assert squeezed(after) in squeezed("".join(p["text"] for p in row["pages"])), planted
    altered = {(row["path"], row["examination"]) for row in truth["alterations"]}
    assert not altered & {(row["path"], row["examination"]) for row in truth["twins"]}


def test_missing_annexes_are_referenced_and_absent(troves):
    for name in ("a", "b"):
        truth = json.loads((troves[name] / "truth.json").read_text("utf-8"))
        for row in truth["missing"]:
            if row["what"] != "annex":
                continue
            held = [e for e in truth["exhibits"] if e["agreement"] == row["agreement"] and e["number"] == row["number"]]
            kinds = ("annex", "payment_schedule", "delivery_schedule", "training_programme")
            assert not [e for e in held if e["kind"] in kinds]
            assert row["referenced_in"]


def test_paths_in_the_truth_name_exhibits(truth):
    paths = {row["path"] for row in truth["exhibits"]}
    named = [p for party in truth["parties"] for p in party["exhibits"]]
    named += [m["path"] for family in truth["families"] for m in family["members"]]
    named += [
        p for key in ("items", "obligations", "events", "agreements") for row in truth[key] for p in row["exhibits"]
    ]
    named += [row["path"] for key in ("alterations", "twins", "press") for row in truth[key]]
    assert named
    assert set(named) <= paths


def test_press_claims_are_sentences_of_their_articles(truth):
    pages = {row["path"]: squeezed("".join(p["text"] for p in row["pages"])) for row in truth["exhibits"]}
    for article in truth["press"]:
        assert article["claims"]
        for claim in article["claims"]:
            assert squeezed(claim["sentence"]) in pages[article["path"]]
            assert claim["speaker_chain"][0] == article["outlet"]
            for name in claim["speaker_chain"]:
                bare = re.sub(r"^\D*№ |^contract No\. |^第|号合同$", "", name)
                forms = next((p["aliases"] for p in truth["parties"] if name in p["aliases"]), [bare])
                assert any(squeezed(form).lower() in pages[article["path"]].lower() for form in forms), name


def test_pdf_files_say_that_they_are_specimens(truth, data):
    for path, held in data.items():
        if path.endswith(".pdf"):
            assert "specimen" in pypdfium2.PdfDocument(held).get_metadata_value("Keywords").lower(), path


@pytest.mark.parametrize("pages", [0, 39, 20001])
def test_a_number_of_pages_out_of_bounds_is_refused(tmp_path, pages):
    with pytest.raises(Usage, match="40 to 20000"):
        make(tmp_path / "x", pages, 1)


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Usage, match="not empty"):
        make(tmp_path, 40, 1)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
