"""The release gate stops what has no evidence; what passes leads to the place that it rests on."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assay.model import (
    Direction,
    Document,
    DocumentKind,
    Event,
    Exhibit,
    Finding,
    FindingStatus,
    Rung,
    Status,
    Text,
    Weight,
)
from assay.publish.check import check
from assay.publish.compose import compose
from assay.publish.gate import gate
from assay.publish.publish import Refused, publish
from assay.publish.tables import safe


def status(bench, deal, **changes):
    first = Status(
        deal.id, Rung.DELIVERED, "evidenced", None, "An act shows it.", (), (bench.span("Total"),), "test", "1"
    )
    return bench.add(replace(first, **changes))


def test_an_edition_leads_from_each_sentence_to_its_place(bench, tmp_path):
    bench.agreement()
    done = publish(bench.store, tmp_path / "edition", "Trial")
    assert done.notes > 3
    index = done.index.read_text()
    assert "Alpha Works" in index
    assert (tmp_path / "edition" / "agreement-1.html").read_text().count("<td>12</td>") == 1
    assert "contract.txt" not in "".join(p.read_text() for p in (tmp_path / "edition").rglob("*.html"))
    assert not (tmp_path / "edition" / "data" / "occurrences.jsonl").exists()
    followed, breaches = check(tmp_path / "edition")
    assert (breaches, followed >= done.notes) == ((), True)


def test_what_documents_say_is_escaped(bench, tmp_path):
    deal = bench.agreement()
    evil = replace(deal, title=Text("<script>alert(1)</script>", "x", "", bench.span("Contract")))
    bench.add(evil)
    publish(bench.store, tmp_path / "edition", "<b>Trial</b>")
    pages = "".join(p.read_text() for p in (tmp_path / "edition").rglob("*.html"))
    assert "<script" not in pages
    assert "<b>Trial" not in pages


def test_a_changed_edition_does_not_verify(bench, tmp_path):
    bench.agreement()
    publish(bench.store, tmp_path / "edition", "Trial")
    page = tmp_path / "edition" / "report.md"
    page.write_text(page.read_text().replace("1,200.00", "9,200.00"))
    (tmp_path / "edition" / "more.html").write_text("x")
    assert {b.where for b in check(tmp_path / "edition")[1]} == {"report.md", "more.html"}


def test_a_quote_that_does_not_stand_at_its_span_stops_the_edition(bench, tmp_path):
    deal = bench.agreement()
    wrong = replace(bench.span("Beta State"), quote="Gamma State")
    bench.add(replace(deal, subject=Text("Gamma State", "Gamma State", "", wrong)))
    with pytest.raises(Refused) as refused:
        publish(bench.store, tmp_path / "edition", "Trial")
    assert any("Gamma State" in stop.reason for stop in refused.value.stops)
    assert not (tmp_path / "edition").exists()


@pytest.mark.parametrize("basis", ["none", "draft", "other event", "obligation only"])
def test_a_rung_without_evidence_of_that_rung_stops_the_edition(bench, basis):
    deal = bench.agreement()
    event = Event(bench.exhibit, None, Rung.SHIPPED, None, None, None, None, (bench.span("Total"),), "test", "1")
    paper = Document(
        bench.exhibit,
        DocumentKind.CONTRACT,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        (),
        (),
        (),
        "draft",
        (),
        (),
        (),
        (bench.span("Contract"),),
        "test",
        "1",
    )
    bench.add(event, paper)
    ids = {"none": (), "draft": (paper.id,), "other event": (event.id,), "obligation only": (deal.line_items[0],)}
    status(bench, deal, basis=ids[basis])
    assert [s.sentence for s in gate(compose(bench.store), bench.store)] == ["An act shows it."]


def test_a_rung_with_its_own_event_passes(bench):
    deal = bench.agreement()
    event = Event(bench.exhibit, None, Rung.DELIVERED, None, None, None, None, (bench.span("Total"),), "test", "1")
    bench.add(event)
    status(bench, deal, basis=(event.id,))
    assert gate(compose(bench.store), bench.store) == ()


def test_a_sentence_of_findings_without_a_note_stops_the_edition(bench):
    bench.agreement()
    finding = Finding(
        bench.exhibit,
        FindingStatus.FINDING,
        "Something was seen",
        "",
        "",
        "",
        Direction.NEITHER,
        Weight.NEUTRAL,
        "",
        (),
        None,
        "",
        (),
        "test",
        "1",
    )
    bench.add(finding)
    assert [s.reason for s in gate(compose(bench.store), bench.store)] == ["it has no note that leads to evidence"]


@pytest.mark.parametrize("word", ["authentic", "fake", "Forged", "genuine"])
def test_words_that_are_not_the_program_s_stop_the_edition(bench, word):
    bench.agreement()
    finding = Finding(
        bench.exhibit,
        FindingStatus.FINDING,
        f"The paper is {word}",
        "",
        "",
        "",
        Direction.NEITHER,
        Weight.NEUTRAL,
        "",
        (),
        None,
        "",
        (bench.span("Contract"),),
        "test",
        "1",
    )
    bench.add(finding)
    assert len(gate(compose(bench.store), bench.store)) == 1
    quoted = replace(finding, observation=f"It says “{word}”")
    assert "person's to say" in gate(compose(bench.store), bench.store)[0].reason
    assert quoted.id != finding.id


def test_csv_cells_are_no_formulas():
    assert safe("=1+1") == "'=1+1"
    assert safe("@SUM(A1)") == "'@SUM(A1)"
    assert safe("-12.5") == "-12.5"
    assert safe("plain") == "plain"


def test_data_beside_an_edition_holds_every_sentence_with_its_notes(bench, tmp_path):
    bench.agreement()
    publish(bench.store, tmp_path / "edition", "Trial")
    rows = [json.loads(line) for line in (tmp_path / "edition/data/sentences.jsonl").read_text().splitlines()]
    assert any(note["quote"] == "Alpha Works" for row in rows for note in row["notes"])


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("manifest.json", '{"sha256": 5}', "manifest.json"),
        ("manifest.json", "[]", "manifest.json"),
        ("data/sentences.jsonl", "no JSON", "data/sentences.jsonl"),
    ],
)
def test_a_damaged_edition_is_a_breach_and_no_crash(bench, tmp_path, name, text, says):
    bench.agreement()
    publish(bench.store, tmp_path / "edition", "Trial")
    (tmp_path / "edition" / name).write_text(text)
    followed, breaches = check(tmp_path / "edition")
    assert (followed, says in {b.where for b in breaches}) == (0, True)


def test_an_edition_holds_no_judgement_and_no_container(bench, tmp_path):
    deal = bench.agreement()
    bench.case.judge((deal.id,), "accept", "Nora of the news desk", "her friend at the ministry said so")
    archive = bench.add(Exhibit("e" * 64, "f" * 40, 9, "application/zip", "test", "1"))
    publish(bench.store, tmp_path / "edition", "Trial")
    whole = "".join(p.read_text("utf-8") for p in (tmp_path / "edition").rglob("*.*") if p.suffix != ".webp")
    assert "Nora" not in whole
    assert archive.digest not in whole
    assert bench.exhibit in (tmp_path / "edition" / "data" / "exhibits.jsonl").read_text()
