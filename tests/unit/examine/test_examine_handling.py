"""Troves that one hand handled as a whole: saved again, packed again; and one paper among them that differs."""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from dataclasses import replace

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from assay.examine.axes import combine
from assay.examine.office.container import ZIP
from assay.examine.pdf.producerdate import PRODUCERDATE
from assay.examine.pdf.revdiff import REVDIFF
from assay.examine.pdf.writer import WRITER
from assay.examine.question import Question
from assay.examine.statement import statement
from assay.model import Assessment, Direction, Exhibit, Finding, FindingStatus, MemoryTrove, Reading, Weight

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def paper(number: int, producer: str = "") -> bytes:
    """Return a one-page PDF as its own program writes it; all of 2019."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    canvas.drawString(72, 700, f"Letter No. {number} of 3 May 2019")
    canvas.save()
    return dated(out.getvalue(), producer) if producer else out.getvalue()


def dated(data: bytes, producer: str) -> bytes:
    """Return the same PDF written anew by one program that keeps the dates and names itself."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.docinfo["/CreationDate"] = pdf.docinfo["/ModDate"] = "D:20190503120000+03'00'"
        pdf.docinfo["/Producer"] = producer
        pdf.save(out)
    return out.getvalue()


def letter(number: int, *, packed_again: bool) -> bytes:
    """Return a Word file as Word packs it, or packed again by another program."""
    core = '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
    app = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        "<Application>Microsoft Office Word</Application><AppVersion>16.0000</AppVersion></Properties>"
    )
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    parts = {"[Content_Types].xml": types, "docProps/app.xml": app, "docProps/core.xml": core,
             "word/document.xml": f"<w/><!-- {number} -->"}  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in sorted(parts.items(), reverse=packed_again):
            info = zipfile.ZipInfo(name, (2024, 3, 1, 10, 0, 0) if packed_again else (1980, 1, 1, 0, 0, 0))
            info.create_system = 3 if packed_again else 0
            archive.writestr(info, content)
    return out.getvalue()


def examined(parts, files: list[bytes], kind: str = PDF, *more: Finding):
    """Return the assessment of each file by its digest, in the files' order, and the statement's text."""
    records: list = list(more)
    digests = [hashlib.sha256(data).hexdigest() for data in files]
    for digest, data in zip(digests, files, strict=True):
        exhibit = Exhibit(digest, "", len(data), kind, "t", "1")
        records.append(exhibit)
        for part in parts:
            records += part.examine(Reading(exhibit, (), ()), data)
    made = {a.exhibit: a for a in combine(MemoryTrove(records)) if isinstance(a, Assessment)}
    told = statement(MemoryTrove([*records, *made.values()]))
    return [made[d] for d in digests], " ".join(text for text, _ in told)


def against(part: str, weight: Weight, digest: str, group: str) -> Finding:
    question = Question(part, "1", "changed", "not", "nothing", ("a clerk",), "little", heaviest=weight)
    return question.finding(digest, "seen", (), weight, group)


WORD_2013 = "Microsoft® Word 2013"
NEWER = "Microsoft® Word 2024"


def test_one_paper_that_was_written_anew_is_told_and_the_same_on_all_is_the_troves_own() -> None:
    alone = [paper(1, WORD_2013)]
    (made,), _ = examined((WRITER, REVDIFF), alone)
    assert made.integrity.word == "signs of later processing"
    every = [paper(n, WORD_2013) for n in range(8)]
    axes, said = examined((WRITER, REVDIFF), every)
    assert {a.integrity.word for a in axes} == {"no sign of alteration found"}
    assert all("trove's own handling" in a.integrity.sentence and "8 of 8 files" in a.integrity.sentence for a in axes)
    assert "8 of 8 files share one trace (pdf.writer" in said


def test_a_program_that_is_younger_than_all_dates_accuses_no_single_paper() -> None:
    (made,), _ = examined((PRODUCERDATE,), [paper(1, NEWER)])
    assert made.origin.word == "inconsistent"
    axes, said = examined((PRODUCERDATE, REVDIFF), [paper(n, NEWER) for n in range(6)])
    assert {a.origin.word for a in axes} == {"not determinable"}
    assert "6 of 6 files share one trace (pdf.producerdate" in said


def test_the_one_paper_that_differs_from_the_handling_stands_out() -> None:
    files = [paper(n, WORD_2013) for n in range(9)]
    odd = hashlib.sha256(files[4]).hexdigest()
    changed = against("pdf.overlay", Weight.MODERATE, odd, "patch on page 1")
    axes, _ = examined((WRITER, REVDIFF), files, PDF, changed)
    assert [a.integrity.word for a in axes].count("signs of later processing") == 1
    assert axes[4].integrity.findings[0] == changed.id


def test_the_one_paper_that_was_handled_among_many_that_were_not_stands_out() -> None:
    files = [*(paper(n) for n in range(9)), paper(9, WORD_2013)]
    axes, said = examined((WRITER, REVDIFF), files)
    assert [a.integrity.word for a in axes] == [*["no sign of alteration found"] * 9, "signs of later processing"]
    assert "share one trace" not in said


def test_packing_again_is_the_troves_own_too() -> None:
    axes, said = examined((ZIP,), [letter(n, packed_again=True) for n in range(6)], DOCX)
    assert "signs of later processing" not in {a.integrity.word for a in axes}
    assert "6 of 6 files share one trace (ooxml.zip" in said
    mixed = [*(letter(n, packed_again=False) for n in range(6)), letter(6, packed_again=True)]
    axes, _ = examined((ZIP,), mixed, DOCX)
    assert [a.integrity.word for a in axes] == [*["no sign of alteration found"] * 6, "signs of later processing"]


@pytest.mark.parametrize("part", ["txt.sum", "txt.phone", "set.versions", "sig.cades", "mail.dkim", "pdf.revdiff"])
def test_what_no_handler_does_is_never_subtracted(part: str) -> None:
    digests = [f"{n:064x}" for n in range(10)]
    weight = Weight.MODERATE
    told = [against(part, weight, d, "one cause") for d in digests]
    records = [*(Exhibit(d, "", 1, PDF, "t", "1") for d in digests), *told]
    for made in combine(MemoryTrove(records)):
        assert "handling" not in " ".join(getattr(made, a).sentence for a in ("integrity", "origin", "content"))


def test_a_share_below_the_bound_is_no_baseline() -> None:
    draw = random.Random(5)
    digests = [f"{n:064x}" for n in range(10)]
    told = [against("pdf.writer", Weight.LIMITED, d, "written anew") for d in draw.sample(digests, 7)]
    rest = {f.exhibit for f in told}
    clear = [
        replace(against("pdf.writer", Weight.LIMITED, d, ""), status=FindingStatus.NO_FINDING, direction=Direction.FOR)
        for d in digests
        if d not in rest
    ]
    records = [*(Exhibit(d, "", 1, PDF, "t", "1") for d in digests), *told, *clear]
    words = [a.integrity.word for a in combine(MemoryTrove(records)) if isinstance(a, Assessment)]
    assert words.count("signs of later processing") == 7
