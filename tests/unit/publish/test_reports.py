"""A document's report: for and against, the region, what was not done, the command that redoes it."""

from __future__ import annotations

import html
import json
import re

import pytest

from assay.cli import main
from assay.specimen.forge import forge


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A case of a few altered papers, examined in this process, and the reports on it."""
    folder = tmp_path_factory.mktemp("reports")
    forge(folder / "forge", 9, kinds=("pdf.revdiff", "txt.words", "preview from before"), languages=("en",))
    case = folder / "case"
    assert call("run", folder / "forge" / "trove", "--case", case, "--executor", "inline", "--quiet") in (0, 3)
    assert call("report", case, folder / "out", "--quiet", "--jobs", "1") == 0
    return case, folder / "out"


def call(*words) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(w) for w in words])
    return ended.value.code or 0


def reports(out):
    return [json.loads(p.read_text("utf-8")) for p in sorted(out.glob("report-*.json"))]


def test_each_document_has_a_page_and_the_same_as_data(made):
    _, out = made
    held = reports(out)
    assert len(held) == len(list(out.glob("report-*.html"))) >= 10
    index = (out / "index.html").read_text("utf-8")
    for one in held:
        assert f"{one['name']}.html" in index
        page = html.unescape((out / f"{one['name']}.html").read_text("utf-8"))
        for answer in (*one["against"], *one["facts"]):
            assert answer["observation"] in page
            for other in answer["innocent"]:
                assert other in page
            assert answer["redo"] in page
        assert len(one["axes"]) == 5


def test_what_speaks_against_shows_its_place(made):
    _, out = made
    against = [a for one in reports(out) for a in one["against"] if a["part"] == "pdf.revdiff"]
    assert len(against) >= 3
    for answer in against:
        assert answer["innocent"]
        gone = "is no longer" in answer["observation"]
        captions = [region["caption"].partition(", ")[2] for region in answer["regions"]]
        assert captions == (["before"] if gone else ["before", "after"]), answer["observation"]
        assert len({region["picture"] for region in answer["regions"]}) == len(captions)
        for region in answer["regions"]:
            assert (out / region["picture"]).is_file()
            x0, y0, x1, y1 = region["crop"]
            assert 0 <= x0 < x1 <= 1
            assert 0 <= y0 < y1 <= 1
            for left, top, right, bottom in region["marks"]:
                assert x0 <= left < right <= x1
                assert y0 <= top < bottom <= y1


def test_scans_are_shown_in_other_ways_without_a_verdict(made):
    _, out = made
    shown = [one for one in reports(out) if one["views"]]
    assert shown and all(one["media_type"] == "image/jpeg" for one in shown)
    for one in shown:
        page = html.unescape((out / f"{one['name']}.html").read_text("utf-8"))
        for view in one["views"]:
            assert view["reading"] in page
            assert (out / view["picture"]).stat().st_size < 400_000
            assert max(view["width"], view["height"]) <= 1200


def test_what_does_not_apply_says_why(made):
    _, out = made
    for one in reports(out):
        assert one["not_applicable"] and all(": " in line for line in one["not_applicable"])


def test_nothing_is_fetched_and_nothing_runs(made):
    _, out = made
    for page in out.glob("*.html"):
        text = page.read_text("utf-8")
        assert not re.search(r"<script|https?://|javascript:", text), page.name


def test_the_command_in_the_report_makes_the_finding_again(made, capsys):
    case, out = made
    answer = next(a for one in reports(out) for a in one["against"] if a["part"] == "pdf.revdiff")
    words = answer["redo"].split()
    assert words[:3] == ["assay", "reproduce", "CASE"]
    assert call("reproduce", case, words[3], "--json") == 0
    assert json.loads(capsys.readouterr().out)["same"] is True


def test_hypotheses_are_listed_marked_and_written_as_a_table(made, capsys, tmp_path):
    case, _ = made
    assert call("hypotheses", case, "--json") == 0
    held = json.loads(capsys.readouterr().out)
    one = next(f for f in held["findings"] if f["part"] == "pdf.revdiff")
    table = tmp_path / "h.csv"
    words = ("--mark", one["id"], "part", "ii", "--person", "an editor", "--csv", table, "--json")
    assert call("hypotheses", case, *words) == 0
    again = json.loads(capsys.readouterr().out)
    changed = next(f for f in again["findings"] if f["id"] == one["id"])
    assert changed["marks"]["part"] == "II"
    assert changed["set_by"] == {"part": "an editor"}
    assert "II*" in table.read_text("utf-8-sig")
    assert call("hypotheses", case, "--mark", one["id"], "part", "C") == 2
    assert call("hypotheses", case, "--mark", one["id"], "nobody", "C", "--person", "x") == 2


def test_one_exhibit_alone_and_a_full_folder(made, tmp_path):
    case, out = made
    digest = reports(out)[0]["sha256"]
    assert call("report", case, tmp_path / "one", digest[:12], "--quiet", "--jobs", "1") == 0
    assert len(list((tmp_path / "one").glob("report-*.html"))) == 1
    assert call("report", case, out, "--quiet", "--jobs", "1") == 2
