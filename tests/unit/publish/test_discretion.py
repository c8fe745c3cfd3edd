"""An edition names no file, and tells nothing of who handled them unless a person accepts it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assay.examine.question import Question
from assay.model import Exhibit, Finding, Judgement, MemoryTrove, Occurrence, Weight, whole
from assay.publish.discretion import HANDLING, Discretion

A, B = "a" * 64, "b" * 64
LABELS = {A: "Exhibit 1: contract 7 (aaaaaaaa)", B: "Exhibit 2: annex 1 (bbbbbbbb)"}


def finding(part: str) -> Finding:
    asked = Question(part, "1", "it was changed", "it was not", "nothing", (), "little", heaviest=Weight.MODERATE)
    return asked.finding(A, "seen", (whole(A),), Weight.MODERATE, "g")


def held(*records):
    named = [
        replace(PLACE, exhibit=A, path="ivanov/desk/contract 7.pdf"),
        replace(PLACE, exhibit=B, path="mail.eml"),
    ]
    papers = [Exhibit(d, "", 1, "application/pdf", "test", "1") for d in (A, B)]
    return Discretion(MemoryTrove([*papers, *named, *records]), LABELS)


PLACE = Occurrence(A, "x", None, "a source", "", "", "", "test", "1")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("It and “ivanov/desk/contract 7.pdf” differ.", f"It and {LABELS[A]} differ."),
        ("It and “contract 7.pdf” differ.", f"It and {LABELS[A]} differ."),
        ("It and “ivanov/desk/contr…” differ.", f"It and {LABELS[A]} differ."),
        ("“mail.eml” and “12,300.00” stand there.", f"{LABELS[B]} and “12,300.00” stand there."),
        ("Here “Contract 7”, there “Contract 8”.", "Here “Contract 7”, there “Contract 8”."),
    ],
)
def test_names_of_files_become_labels_and_quotes_of_documents_stay(said, shown):
    assert held().unnamed(said) == shown


@pytest.mark.parametrize("part", HANDLING)
def test_what_tells_of_handlers_waits_for_a_person(part):
    found = finding(part)
    assert held(found).withheld(found)
    accepted = Judgement((found.id,), "accept", "an editor", "", "2026-01-01")
    assert not held(found, accepted).withheld(found)
    later = Judgement((found.id,), "reject", "an editor", "", "2026-01-02")
    assert held(found, accepted, later).withheld(found)


def test_what_a_document_itself_says_is_shown():
    assert not held().withheld(finding("txt.sum"))
    assert held().public([finding("txt.sum"), finding("set.tz")]) == [finding("txt.sum")]


@pytest.mark.parametrize(
    ("remark", "shown"),
    [
        ("attachments: contract 7.pdf; mail.eml", f"attachments: {LABELS[A]}; {LABELS[B]}"),
        ("attachments: Ivanov CV.docx; mail.eml", f"attachments: a file; {LABELS[B]}"),
        ("12 cells hold formulas; 3.50 of 7.25 were read", "12 cells hold formulas; 3.50 of 7.25 were read"),
    ],
)
def test_a_readers_remark_names_no_file(remark, shown):
    assert held().nameless(remark) == shown
