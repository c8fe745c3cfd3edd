from __future__ import annotations

import random
import re
from datetime import date

from assay.model import DateRange, Document, DocumentKind, Family, MemoryTrove, Page, PageState, Record, Text
from assay.resolve.families import FAMILIES
from assay.resolve.sketches import Sketch

WORDS = re.findall(
    r"\w+",
    "поставщик обязуется поставить а покупатель принять и оплатить изделия согласно приложению номер один к настоящему "
    "договору в сроки указанные в графике поставок цена включает упаковку маркировку страхование и доставку до пункта "
    "назначения споры решаются путём переговоров а при недостижении согласия в арбитраже",
)


def prose(seed: int, length: int = 260) -> str:
    chooser = random.Random(seed)
    return " ".join(chooser.choice(WORDS) + str(chooser.randrange(90)) for _ in range(length))


def page(exhibit: str, text: str, how: str = "text_layer") -> Page:
    return Page(exhibit, 1, "page", PageState.READ, how, "t", text, "ru", (), 1, 1, 0, None, "", (), "t", "1")


def text(value: str | None) -> Text | None:
    return Text(value, value) if value else None


def day(iso: str | None) -> DateRange | None:
    return DateRange(iso, date.fromisoformat(iso), date.fromisoformat(iso)) if iso else None


def document(
    exhibit: str,
    kind: DocumentKind = DocumentKind.CONTRACT,
    number: str | None = "7/12",
    agreement: str | None = "7/12",
    on: str | None = "2023-05-15",
    stage: str = "final",
    languages: tuple[str, ...] = ("ru",),
) -> Document:
    return Document(
        exhibit, kind, None, text(number), day(on), None, text(agreement), None, None, None, (), (), languages, stage,
        (), (), (), (), "t", "1",
    )  # fmt: skip


def relations(*records: Record) -> list[dict[str, str]]:
    out = []
    for family in FAMILIES.combine(MemoryTrove(list(records))):
        assert isinstance(family, Family)
        assert all(m.reason.endswith(".") for m in family.members)
        out.append({m.exhibit: m.relation for m in family.members})
    return out


def test_draft_final_and_scan_are_one_family() -> None:
    body = prose(1)
    draft = " ".join(w if i % 9 else "иначе" for i, w in enumerate(body.split()))
    scan = " ".join(w if i % 14 else w[::-1] for i, w in enumerate(body.split()))
    found = relations(
        document("final"), page("final", body),
        document("draft", stage="draft", on=None), page("draft", draft),
        document("scan"), page("scan", scan, "ocr"),
    )  # fmt: skip
    assert found == [{"final": "original", "draft": "draft", "scan": "scan_of"}]


def test_one_template_with_other_numbers_is_two_papers() -> None:
    body = prose(2)
    acts = [document(f"act{i}", DocumentKind.ACCEPTANCE_ACT, str(i), on=f"2024-0{i}-01") for i in (1, 2, 3)]
    assert relations(*acts, *(page(a.exhibit, body + f" акт {a.exhibit}") for a in acts)) == []


def test_unnumbered_letters_of_two_days_stay_two() -> None:
    body = prose(3)
    letters = [document(f"l{i}", DocumentKind.LETTER, None, None, f"2024-0{i}-01") for i in (1, 2)]
    assert relations(*letters, *(page(a.exhibit, body) for a in letters)) == []


def test_translation_by_figures() -> None:
    figures = " 125,5 37 210650480 2024 88 914"
    chinese = page("zh", "供方应按照附件交付产品" * 9 + figures)
    letters = [document("ru", DocumentKind.LETTER, "14"), document("zh", DocumentKind.LETTER, "14", languages=("zh",))]
    found = relations(*letters, chinese, page("ru", " ".join(WORDS[:40]) + figures))
    assert [set(f.values()) for f in found] == [{"original", "translation"}]
    assert relations(*letters, chinese, page("ru", " ".join(WORDS[:40]) + " 17 18 19 2025")) == []


def test_later_version_says_so_by_date() -> None:
    body = prose(5)
    found = relations(
        document("a", on="2023-01-10"), page("a", body),
        document("b", on="2023-03-10"), page("b", " ".join(body.split()[:200]) + " " + prose(6, 60)),
    )  # fmt: skip
    assert found == [{"a": "original", "b": "later_version"}]


def test_sketch_resemblance_follows_the_text() -> None:
    a, b, c = Sketch(), Sketch(), Sketch()
    a.add(prose(7, 800), scanned=False)
    b.add(prose(7, 800), scanned=True)
    c.add(prose(8, 800), scanned=False)
    assert a.resemblance(b) == 1.0
    assert a.resemblance(c) < 0.1
    assert b.is_scan and not a.is_scan


def test_order_of_records_changes_no_family() -> None:
    body = prose(9)
    records: list[Record] = [document(f"x{i}", stage="draft" if i else "final") for i in range(4)]
    records += [page(f"x{i}", body + f" {i}") for i in range(4)]
    first = [f.id for f in FAMILIES.combine(MemoryTrove(records))]
    for seed in range(4):
        random.Random(seed).shuffle(records)
        assert [f.id for f in FAMILIES.combine(MemoryTrove(records))] == first
