"""Office files: times, containers, sessions, old summaries and what acts; planted here with their innocent twins."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

import pytest

from assay.examine.office import active, container, oleprops, sessions, times
from assay.examine.office.oleprops import Stated, _contradictions
from assay.model import Exhibit, Finding, FindingStatus, MemoryTrove, Occurrence, Page, PageState, Reading, Weight

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(
    *,
    created: str = "2020-03-02T08:00:00Z",
    modified: str = "2020-03-02T11:00:00Z",
    printed: str = "",
    minutes: int = 35,
    program: str = "Microsoft Office Word",
    date: tuple[int, int, int, int, int, int] = (1980, 1, 1, 0, 0, 0),
    system: int = 0,
    parts: dict[str, str] | None = None,
) -> bytes:
    terms = 'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:cp="c"'
    every = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document {SPACE}><w:body/></w:document>",
        "docProps/app.xml": f"<p><TotalTime>{minutes}</TotalTime><Application>{program}</Application></p>",
        "docProps/core.xml": f"<cp:p {terms}><dcterms:created>{created}</dcterms:created><dcterms:modified>{modified}"
        f"</dcterms:modified><cp:lastPrinted>{printed}</cp:lastPrinted></cp:p>",
    } | (parts or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, text in every.items():
            entry = zipfile.ZipInfo(name, date)
            entry.create_system = system
            target.writestr(entry, text)
    return out.getvalue()


def ask(part: Any, data: bytes, kind: str = WORD) -> list[Finding]:
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), kind, "t", "1")
    return list(part.examine(Reading(exhibit, (), ()), data))


def fired(answers: list[Finding]) -> list[Finding]:
    return [f for f in answers if f.status is FindingStatus.FINDING and f.weight is not Weight.NEUTRAL]


@pytest.mark.parametrize(
    ("change", "group"),
    [
        ({"modified": "2020-03-01T08:00:00Z"}, "changed before created"),
        ({"minutes": 9000}, "more editing than time"),
        ({"printed": "2020-03-05T08:00:00Z"}, "printed after the last change"),
        ({}, ""), ({"minutes": 170}, ""), ({"modified": "2020-03-02T11:02:00+03:00"}, ""), ({"printed": "garbage"}, ""),
    ],
)  # fmt: skip
def test_times_of_a_package(change: dict[str, Any], group: str) -> None:
    assert [f.independence_group for f in fired(ask(times, word(**change)))] == ([group] if group else [])


@pytest.mark.parametrize(
    ("change", "fires"),
    [
        ({"date": (2023, 5, 6, 7, 8, 10)}, True), ({"system": 3}, True), ({}, False),
        ({"program": "LibreOffice/7.4", "date": (2023, 5, 6, 7, 8, 10)}, False),
        ({"program": "Microsoft Word for the web", "date": (2023, 5, 6, 7, 8, 10)}, False),
    ],
)  # fmt: skip
def test_who_packed_it(change: dict[str, Any], fires: bool) -> None:
    assert bool(fired(ask(container, word(**change)))) is fires


def written(listed: list[str], paragraphs: list[list[tuple[str, str]]]) -> bytes:
    settings = "".join(f'<w:rsid w:val="{n}"/>' for n in listed)
    body = "".join(
        f'<w:p w:rsidR="{runs[0][0]}">'
        + "".join(f'<w:r w:rsidR="{n}"><w:t>{t}</w:t></w:r>' for n, t in runs)
        + "</w:p>"
        for runs in paragraphs
    )
    return word(
        parts={
            "word/settings.xml": f"<w:settings {SPACE}><w:rsids>{settings}</w:rsids></w:settings>",
            "word/document.xml": f"<w:document {SPACE}><w:body>{body}</w:body></w:document>",
        }
    )


def across(*files: bytes) -> dict[str, list[Finding]]:
    records: list[Any] = []
    blobs = {}
    for number, data in enumerate(files):
        digest = hashlib.sha256(data).hexdigest()
        text = "Price 100 and 17 units"
        records += [
            Exhibit(digest, "", len(data), WORD, "t", "1"),
            Occurrence(digest, f"paper {number}.docx", None, "t", "", "", "", "t", "1"),
            Page(digest, 1, "text", PageState.READ, "parser", "t", text, "en", (), 0, 0, 0, None, "", (), "t", "1"),
        ]
        blobs[digest] = data
    found: dict[str, list[Finding]] = {d: [] for d in blobs}
    for answer in sessions.examine(MemoryTrove(records, blobs)):
        assert isinstance(answer, Finding)
        found[answer.exhibit].append(answer)
    return found


def test_sessions_that_two_files_share() -> None:
    one = written(["00AA0001", "00AA0002", "00AA0003"], [[("00AA0001", "a")], [("00AA0002", "b")]])
    two = written(["00AA0001", "00AA0002", "00BB0003"], [[("00AA0001", "a")], [("00BB0003", "c")]])
    other = written(["00CC0001", "00CC0002"], [[("00CC0001", "a")]])
    found = list(across(one, two, other).values())
    assert [[f.independence_group for f in fired(its)] for its in found] == [
        ["shared sessions"],
        ["shared sessions"],
        [],
    ]
    assert "“paper 1.docx”" in fired(found[0])[0].observation


def test_sessions_of_an_offices_template_are_no_ancestor() -> None:
    papers = [written(["00AA0001", "00AA0002", f"00{n:02}F003"], [[("00AA0001", str(n))]]) for n in range(9)]
    assert not any(fired(its) for its in across(*papers).values())


def test_unlisted_sessions_and_late_figures_are_facts() -> None:
    data = written(
        ["00AA0001", "00AA0002", "00AA0003"],
        [
            [("00AA0001", "Price "), ("00DD0009", "100"), ("00AA0001", " and ")],
            [("00AA0002", "x")],
            [("00AA0003", "y")],
        ],
    )
    (its,) = across(data).values()
    groups = {f.independence_group: f for f in its}
    assert set(groups) == {sessions.UNLISTED, sessions.INSERTED}
    assert groups[sessions.INSERTED].spans[0].quote == "100"
    assert all(f.weight is Weight.NEUTRAL for f in its)


def test_what_an_old_summary_contradicts() -> None:
    from datetime import datetime

    early, late = datetime(2003, 1, 1, 8), datetime(2003, 1, 1, 10)
    fine = Stated(early, late, None, 60, "a", "b", "Word", 1251, ())
    assert not _contradictions(fine)
    assert _contradictions(Stated(late, early, None, 0, "", "", "", 0, ()))
    assert _contradictions(Stated(early, late, None, 600, "", "", "", 0, ()))
    assert _contradictions(Stated(early, late, datetime(2003, 2, 1), 0, "", "", "", 0, ()))


def test_macros_objects_and_outside_links_are_listed() -> None:
    relations = (
        '<Relationships xmlns="r"><Relationship Type="x/attachedTemplate" Target="http://a.example/t.dotm" '
        'TargetMode="External"/><Relationship Type="x/hyperlink" Target="http://b.example" TargetMode="External"/>'
        "</Relationships>"
    )
    data = word(parts={"word/vbaProject.bin": "x", "word/_rels/settings.xml.rels": relations})
    found = {f.independence_group: f for f in ask(active, data)}
    assert set(found) == {"macro part(s)", "link(s) loaded from elsewhere", "link(s) to elsewhere"}
    assert all(f.weight is Weight.NEUTRAL for f in found.values())
    assert ask(active, word())[0].status is FindingStatus.NO_FINDING


@pytest.mark.parametrize("part", [times, container, active])
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", word()[:300]])
def test_a_broken_package_is_not_examined(part: Any, data: bytes) -> None:
    assert [f.status for f in ask(part, data)] == [FindingStatus.NOT_EXAMINED]


def test_a_broken_old_file_is_not_examined() -> None:
    for part in (oleprops, active):
        answers = ask(part, b"\xd0\xcf\x11\xe0" + b"\0" * 600, "application/msword")
        assert [f.status for f in answers] == [FindingStatus.NOT_EXAMINED]
