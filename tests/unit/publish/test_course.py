"""How far a deal went and what is lacking, in the words that several pages share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from assay.model import DateRange, Direction, Event, Finding, FindingStatus, Quantity, Rung, Status, Weight
from assay.publish.course import course, rungs
from assay.publish.lacking import lacking
from assay.publish.wording import known_as, language


def status(rung: Rung, state: str, day: date | None = None) -> Status:
    when = DateRange("x", day, day, "", None) if day else None
    return Status("a", rung, state, when, "So.", (), (), "test", "1")


def test_a_course_sorts_rungs_by_state_and_names_gaps_that_matter():
    held = [
        status(Rung.DELIVERED, "claimed"), status(Rung.SIGNED, "evidenced", date(2021, 3, 2)),
        status(Rung.CANCELLED, "evidenced"), status(Rung.PROPOSED, "empty"), status(Rung.DENIED, "empty"),
        status(Rung.ACCEPTED, "empty"), status(Rung.PAID_IN_FULL, "planned"),
    ]  # fmt: skip
    went = course(held)
    assert rungs(went.shown) == "signed (2021-03-02) and cancelled"
    assert went.furthest is not None
    assert went.furthest.rung is Rung.SIGNED
    assert [s.rung for s in went.silent] == [Rung.ACCEPTED]
    assert [s.rung for s in (*went.claimed, *went.planned)] == [Rung.DELIVERED, Rung.PAID_IN_FULL]
    assert course([]).furthest is None


def test_a_rung_reached_in_part_says_how_much():
    told = Event("e", None, Rung.SHIPPED, None, Quantity("2 pcs", Decimal(2), "piece"), None, None, (), "test", "1")
    shipped = replace(status(Rung.SHIPPED, "evidenced", date(2021, 3, 2)), basis=(told.id, "unknown"))
    assert rungs([shipped], {told.id: told}) == "shipped (2021-03-02: 2 pcs)"


def gap(exhibit: str, group: str, said: str) -> Finding:
    return Finding(
        exhibit, FindingStatus.FINDING, said, "", "", "", Direction.AGAINST, Weight.MODERATE, group, (), None, "", (),
        "set.gaps", "1",
    )  # fmt: skip


def test_what_several_papers_name_is_missing_once_and_pages_by_paper():
    found = lacking([
        gap("a", "missing annex 5 of 7/K", "“App. 5” is named"), gap("b", "missing annex 5 of 7/K", "“Annex 5” is"),
        gap("a", "missing pages of 3", "Page 3 is missing"), gap("b", "missing pages of 3", "Page 2 is missing"),
    ])  # fmt: skip
    assert [lack.sentence for lack in found] == [
        "2 documents name or count annex 5 of 7/K, and no exhibit holds it.",
        "Page 3 is missing.",
        "Page 2 is missing.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "tag"),
    [("Contract No. 5", ""), ("Договор № 5", "ru"), ("Угода про постачання її", "uk"), ("合同 No. 5", "zh"),
     ("Аэро-9 price list of the seller", ""), ("12,5", ""), ("林菲尔德 (ООО)", "zh")],
)  # fmt: skip
def test_the_language_of_a_quote_is_told_by_its_script(words, tag):
    assert language(words) == tag


def test_a_name_in_latin_letters_stands_beside_one_that_is_not():
    aliases = ("Granivest PJSC)", "ПАО Гранивест", "g@x.example", "Granivest Equipment PJSC", "Granivest")
    assert known_as("Публичное акционерное общество", aliases) == "Granivest Equipment PJSC"
    assert known_as("Granivest", aliases) == ""
    assert known_as("刘墨川", ()) == ""
