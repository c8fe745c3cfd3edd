"""How often the content examinations fire on real files of others, which nobody is known to have altered."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import pytest

from assay.examine.content.ids import IDS
from assay.examine.content.sums import SUM
from assay.examine.content.words import WORDS
from assay.model import Exhibit, Finding, FindingStatus, Page, Reading, Table, Weight
from assay.read.stage import reader_for
from assay.work.part import ReadRefused, ReadSettings

DATA = Path(__file__).parents[4] / "shared" / "data"
PAGES = 8


def readings(folder: str) -> list[Reading]:
    """Read the first pages of every text PDF of a folder; one without text on its first page is left out as a scan."""
    found = []
    reader = reader_for("application/pdf")
    assert reader is not None
    for path in sorted((DATA / folder).rglob("*")):
        if path.suffix.lower() != ".pdf":
            continue
        data = path.read_bytes()
        exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), "application/pdf", "", "")
        try:
            last = min(reader.count(data, exhibit, ReadSettings()), PAGES)
            first = [r for r in reader.read(data, exhibit, ReadSettings(), 1, 1) if isinstance(r, Page)]
            if not first or first[0].how != "text_layer":
                continue
            made = list(reader.read(data, exhibit, ReadSettings(), 1, last))
        except ReadRefused:
            continue
        pages = tuple(r for r in made if isinstance(r, Page))
        found.append(Reading(exhibit, pages, tuple(r for r in made if isinstance(r, Table))))
    return found


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "most"),
    [("contracts-en", {"txt.words": 0, "txt.sum": 0, "txt.ids": 0}), ("line-items", {"txt.words": 0, "txt.sum": 1})],
)
def test_real_files(folder: str, most: dict[str, int], capsys: pytest.CaptureFixture[str]) -> None:
    if not (DATA / folder).is_dir():
        pytest.skip(f"{DATA / folder} is absent")
    logging.disable(logging.WARNING)
    fired: dict[str, int] = {}
    compared: dict[str, int] = {}
    for reading in readings(folder):
        for part in (SUM, WORDS, IDS):
            assert part.examine
            answers = [a for a in part.examine(reading, b"") if isinstance(a, Finding)]
            compared[part.name] = compared.get(part.name, 0) + (answers[0].status is not FindingStatus.NOT_APPLICABLE)
            hit = any(a.status is FindingStatus.FINDING and a.weight is not Weight.NEUTRAL for a in answers)
            fired[part.name] = fired.get(part.name, 0) + hit
    logging.disable(logging.NOTSET)
    with capsys.disabled():
        print(f"\n{folder}: fired {fired} of {compared}")
    assert sum(compared.values()) > 0
    assert {name: count for name, count in fired.items() if count > most.get(name, 99)} == {}
