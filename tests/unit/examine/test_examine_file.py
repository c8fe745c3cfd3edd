"""Names against content, bytes outside the file, marks of a stage."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from PIL import Image

from assay.examine.file import stage, tail, type
from assay.examine.file.stage import BLANK, DRAFT, SIGNED
from assay.model import (
    Exhibit,
    Finding,
    FindingStatus,
    MemoryTrove,
    Occurrence,
    Page,
    PageState,
    Reading,
    Weight,
)  # fmt: skip

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"


def picture(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").save(out, kind, **options)
    return out.getvalue()


def package() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("a.txt", "a")
        target.comment = b"a comment"
    return out.getvalue()


def reading(data: bytes, kind: str, *texts: str) -> Reading:
    digest = hashlib.sha256(data).hexdigest()
    pages = [
        Page(digest, n, "page", PageState.READ, "text_layer", "t", text, "und", (), 1, 1, 0, None, "", (), "t", "1")
        for n, text in enumerate(texts, 1)
    ]
    return Reading(Exhibit(digest, "", len(data), kind, "t", "1"), tuple(pages), ())


FILES = [
    (PDF, "application/pdf"), (picture("JPEG"), "image/jpeg"), (picture("JPEG", progressive=True), "image/jpeg"),
    (picture("PNG"), "image/png"), (package(), "application/zip"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "kind"), FILES)
def test_a_whole_file_and_padding_are_no_finding(data: bytes, kind: str) -> None:
    for its in (data, data + b"\n", data + b"\x00" * 500):
        (answer,) = tail.examine(reading(its, kind), its)
        assert isinstance(answer, Finding) and answer.status is FindingStatus.NO_FINDING, answer


@pytest.mark.parametrize(("data", "kind"), FILES)
def test_a_second_file_behind_the_first_is_limited(data: bytes, kind: str) -> None:
    for extra, name in ((PDF, "PDF"), (picture("PNG"), "PNG")):
        joined = data + (extra if kind != "application/pdf" else extra.replace(b"%%EOF", b"%%EOX"))
        (answer,) = tail.examine(reading(joined, kind), joined)
        assert isinstance(answer, Finding) and answer.status is FindingStatus.FINDING
        assert answer.weight is Weight.LIMITED and name in answer.observation


def test_a_zip_behind_a_pdf_and_a_pdf_before_a_zip() -> None:
    both = PDF + package()
    (one,) = tail.examine(reading(both, "application/pdf"), both)
    (two,) = tail.examine(reading(both, "application/zip"), both)
    assert isinstance(one, Finding) and isinstance(two, Finding)
    assert "after its end, which begin like a ZIP" in one.observation
    assert "before its beginning, which begin like a PDF" in two.observation


def test_a_file_without_its_end_is_not_examined() -> None:
    for data, kind in (
        (PDF[:20], "application/pdf"),
        (picture("PNG")[:60], "image/png"),
        (b"PK\x03\x04", "application/zip"),
    ):
        (answer,) = tail.examine(reading(data, kind), data)
        assert isinstance(answer, Finding) and answer.status is FindingStatus.NOT_EXAMINED


def test_names_against_content() -> None:
    def given(path: str, kind: str) -> Finding:
        digest = hashlib.sha256(path.encode()).hexdigest()
        seen = Occurrence(digest, path, None, "s", "", "", "", "t", "1")
        (answer,) = type.examine(MemoryTrove([Exhibit(digest, "", 1, kind, "t", "1"), seen]))
        assert isinstance(answer, Finding)
        return answer

    assert given("a/contract.pdf", "application/pdf").status is FindingStatus.NO_FINDING
    assert given("a/contract.doc", "application/rtf").status is FindingStatus.NO_FINDING
    lie = given("a/contract.pdf", "image/jpeg")
    assert lie.status is FindingStatus.FINDING and lie.weight is Weight.LIMITED and "contract.pdf" in lie.observation
    assert given("a/contract.xyz", "image/jpeg").status is FindingStatus.NOT_APPLICABLE
    assert given("a/contract.pdf", "application/octet-stream").status is FindingStatus.NOT_APPLICABLE


BODY = "\n".join(f"{i}. Условия настоящего договора излагаются здесь." for i in range(20))


@pytest.mark.parametrize(
    ("text", "group"),
    [
        (f"ПРОЕКТ\nДОГОВОР № 5\n{BODY}", DRAFT), (f"DRAFT\nCONTRACT No. 5\n{BODY}", DRAFT),
        (f"p. 1/3\nDRAFT ПРОЕКТ\nCONTRACT No. 5\n{BODY}", DRAFT), (f"草案 / DRAFT\nCONTRACT No. 5\n{BODY}", DRAFT),
        (f"ДОГОВОР\n{BODY}\nDraft v3", DRAFT), (f"（草案）\n购销合同\n{BODY}", DRAFT), (f"Чернетка\n{BODY}", DRAFT),
        (f"ДОГОВОР\n«___» __________ 20__ г.\n{BODY}", BLANK), (f"合同\n____年__月__日\n{BODY}", BLANK),
        (f"ДОГОВОР\n{BODY}\nДОКУМЕНТ ПОДПИСАН ЭЛЕКТРОННОЙ ПОДПИСЬЮ", SIGNED), (f"{BODY}\nBy: \n/s/ A. Tarn", SIGNED),
    ],
)  # fmt: skip
def test_marks_of_a_stage(text: str, group: str) -> None:
    found = [f for f in stage.examine(reading(b"", "text/plain", text), b"") if isinstance(f, Finding)]
    assert [f.independence_group for f in found] == [group]
    assert all(text[s.start : s.end] == s.quote for f in found for s in f.spans)


@pytest.mark.parametrize(
    "text",
    [
        f"ДОГОВОР № 5\n{BODY}", f"КОНТРАКТ\nПроект строительства ангара согласован Сторонами.\n{BODY}",
        f"CONTRACT\nThe draft contract was sent on 3 May.\n{BODY}", f"ДОГОВОР\n{BODY}\n___________ / А. Тарн /",
        f"{BODY}\nПРОЕКТ\n{BODY}",
    ],
)  # fmt: skip
def test_innocent_words_are_no_mark(text: str) -> None:
    (answer,) = stage.examine(reading(b"", "text/plain", text), b"")
    assert isinstance(answer, Finding) and answer.status is FindingStatus.NO_FINDING


def test_a_signature_field_is_a_mark() -> None:
    data = PDF + b"/ByteRange [0 10 20 30]"
    (found,) = stage.examine(reading(data, "application/pdf", BODY), data)
    assert isinstance(found, Finding) and found.independence_group == SIGNED


def test_a_second_file_that_brings_its_own_end_mark() -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as target:
        target.writestr("inner.pdf", PDF)
    for joined, name in ((PDF + PDF, "a PDF file"), (PDF + stored.getvalue(), "a ZIP package")):
        (answer,) = tail.examine(reading(joined, "application/pdf"), joined)
        assert isinstance(answer, Finding)
        assert f"after its end, which begin like {name}" in answer.observation


def test_a_saved_state_behind_another_is_no_second_file() -> None:
    saved = PDF + b"2 0 obj\n<<>>\nendobj\nstartxref\n60\n%%EOF\n"
    (answer,) = tail.examine(reading(saved, "application/pdf"), saved)
    assert isinstance(answer, Finding) and answer.status is FindingStatus.NO_FINDING
