from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

from assay.model import (
    Agreement,
    DateRange,
    Designation,
    Document,
    DocumentKind,
    Event,
    Family,
    LineItem,
    Member,
    MemoryTrove,
    Mention,
    Money,
    Obligation,
    ObligationKind,
    Page,
    PageState,
    Party,
    Quantity,
    Record,
    Reference,
    Role,
    Rung,
    Span,
    Text,
)  # fmt: skip
from assay.resolve.agreements import AGREEMENTS


def span(exhibit: str, quote: str) -> Span:
    return Span(exhibit, 1, 0, len(quote), (), quote)


def text(exhibit: str, value: str) -> Text:
    return Text(value, value, "", span(exhibit, value))


def day(iso: str) -> DateRange:
    return DateRange(iso, date.fromisoformat(iso), date.fromisoformat(iso))


def money(amount: str, currency: str = "USD") -> Money:
    return Money(amount, Decimal(amount), currency)


def document(
    exhibit: str,
    number: str | None,
    kind: DocumentKind = DocumentKind.CONTRACT,
    stage: str = "final",
    total: str | None = None,
    on: str | None = "2023-05-15",
    title: str | None = None,
    references: tuple[Reference, ...] = (),
) -> Document:
    return Document(
        exhibit, kind, text(exhibit, title) if title else None, None, day(on) if on else None, None,
        text(exhibit, number) if number else None, day(on) if on else None, None, money(total) if total else None, (),
        (), ("ru",), stage, (), references, (), (span(exhibit, ""),), "t", "1",
    )  # fmt: skip


def item(exhibit: str, position: str, name: str, what: str, count: str, price: str, zh: bool = False) -> LineItem:
    total = str(Decimal(count) * Decimal(price))
    return LineItem(
        exhibit, None, position, Designation(name, name), text(exhibit, what), Quantity(count, Decimal(count), "unit"),
        money(price), money(total), (span(exhibit, what),), "t", "1",
    )  # fmt: skip


def agreements(*records: Record) -> list[Agreement]:
    return [a for a in AGREEMENTS.combine(MemoryTrove(list(records))) if isinstance(a, Agreement)]


def ocr(exhibit: str) -> Page:
    return Page(exhibit, 1, "page", PageState.READ, "ocr", "t", "", "ru", (), 1, 1, 0, 90.0, "", (), "t", "1")


def test_numbers_written_in_two_alphabets_and_misread_are_one_agreement() -> None:
    found = agreements(
        document("a", "№ 643/156-А"),
        document("b", "643/156-A", DocumentKind.ANNEX),
        document("c", "合同编号：643／156—A", DocumentKind.ACCEPTANCE_ACT),
        document("d", "643/l56-A", DocumentKind.ANNEX),
        ocr("d"),
        document("e", "643/157-A"),
    )
    assert sorted(len(a.exhibits) for a in found) == [1, 4]


def test_letters_join_and_found_nothing() -> None:
    reference = Reference(DocumentKind.CONTRACT, "12/3", None, span("l", "12/3"))
    found = agreements(
        document("c", "12/3"),
        document("l", None, DocumentKind.LETTER, references=(reference,)),
        document("m", "99/9", DocumentKind.LETTER),
        document("p", "12/3", DocumentKind.PRESS),
    )
    assert [a.exhibits for a in found] == [("c", "l")]


def test_operative_total_and_rivals() -> None:
    records: list[Record] = [
        document("draft", "12/3", stage="draft", total="90"),
        document("final", "12/3", total="100"),
        document("protocol", "12/3", DocumentKind.PRICE_PROTOCOL, total="120"),
        Family((Member("final", "original", "x."), Member("draft", "draft", "y.")), "t", "1"),
    ]
    (found,) = agreements(*records)
    assert found.total is not None and found.total.amount == 100
    assert sorted(m.amount or 0 for m in found.rival_totals) == [90, 120]


def test_items_once_over_versions_languages_and_drafts() -> None:
    records: list[Record] = [
        document("annex", "12/3", DocumentKind.ANNEX),
        document("scan", "12/3", DocumentKind.ANNEX),
        document("draft", "12/3", DocumentKind.ANNEX, stage="draft"),
        document("second", "12/3", DocumentKind.ANNEX),
        ocr("scan"),
        item("annex", "1", "КТ-5", "Изделие КТ-5", "10", "5"),
        item("annex", "2", "КТ-6", "Изделие КТ-6", "10", "5"),
        item("annex", "1", "KT-5", "产品 KT-5", "10", "5"),
        item("scan", "1", "KT-5", "Изделие КТ-5", "10", "5"),
        item("scan", "2", "КТ-б", "Изделие КТ-б", "10", "5"),
        item("draft", "1", "КТ-5", "Изделие КТ-5", "12", "5"),
        item("draft", "3", "КТ-9", "Изделие КТ-9", "1", "1"),
        item("second", "1", "ЗИП-1", "Запасные части", "4", "7"),
        Family(
            (Member("annex", "original", "x."), Member("draft", "draft", "y."), Member("scan", "scan_of", "z.")),
            "t",
            "1",
        ),
    ]
    (found,) = agreements(*records)
    kept = {r.id: r for r in records if isinstance(r, LineItem)}
    assert sorted((kept[i].exhibit, kept[i].position) for i in found.line_items) == [
        ("annex", "1"), ("annex", "2"), ("second", "1"),
    ]  # fmt: skip


def test_a_draft_without_a_final_still_counts() -> None:
    records = [
        document("draft", "12/3", DocumentKind.ANNEX, stage="draft"),
        item("draft", "1", "КТ-5", "Изделие", "1", "5"),
    ]
    (found,) = agreements(*records)
    assert len(found.line_items) == 1


def test_obligations_and_events_once_over_languages() -> None:
    def pay(exhibit: str, debtor: str, amount: str, due: str) -> Obligation:
        return Obligation(
            exhibit, None, ObligationKind.PAY, text(exhibit, debtor), None, None, None, money(amount), day(due), None,
            (span(exhibit, debtor),), "t", "1",
        )  # fmt: skip

    def act(exhibit: str, on: str, count: str) -> Event:
        return Event(
            exhibit, None, Rung.DELIVERED, day(on), Quantity(count, Decimal(count), "unit"), None, None,
            (span(exhibit, on),), "t", "1",
        )  # fmt: skip

    records: list[Record] = [
        document("c", "12/3"),
        document("act1", "12/3", DocumentKind.ACCEPTANCE_ACT),
        document("act2", "12/3", DocumentKind.ACCEPTANCE_ACT),
        pay("c", "Покупатель", "30", "2023-06-01"),
        pay("c", "买方", "30", "2023-06-01"),
        pay("c", "Покупатель", "70", "2023-09-01"),
        act("act1", "2023-08-01", "5"),
        act("act2", "2023-08-20", "5"),
        act("c", "2023-08-01", "5"),
    ]
    (found,) = agreements(*records)
    assert len(found.obligations) == 2
    assert len(found.events) == 2


def test_engagements_carry_party_ids_once_per_role() -> None:
    def mention(exhibit: str, name: str, role: Role) -> Mention:
        return Mention(exhibit, text(exhibit, name), "organisation", role, "ru", (), (), None, None, None, "t", "1")

    mentions = [
        mention("c", "АО «Горизонт»", Role.SUPPLIER), mention("b", "АО Горизонт", Role.SUPPLIER),
        mention("c", "Министерство", Role.BUYER),
    ]  # fmt: skip
    parties = [
        Party("АО «Горизонт»", "organisation", (), (), (mentions[0].id, mentions[1].id), ("x.",), (), "t", "1"),
        Party("Министерство", "organisation", (), (), (mentions[2].id,), ("x.",), (), "t", "1"),
    ]
    (found,) = agreements(document("c", "12/3"), document("b", "12/3", DocumentKind.ANNEX), *mentions, *parties)
    assert [(e.role, e.party, e.name) for e in found.parties] == [
        (Role.SUPPLIER, parties[0].id, "АО «Горизонт»"), (Role.BUYER, parties[1].id, "Министерство"),
    ]  # fmt: skip


def test_order_of_records_changes_no_agreement() -> None:
    records: list[Record] = [
        document("a", "12/3", total="5"), document("b", "12/3", DocumentKind.ANNEX), document("c", "12-3", total="6"),
        item("b", "1", "КТ-5", "Изделие", "1", "5"), item("c", "1", "КТ-5", "Изделие", "1", "5"),
    ]  # fmt: skip
    first = [a.id for a in agreements(*records)]
    for seed in range(4):
        random.Random(seed).shuffle(records)
        assert [a.id for a in agreements(*records)] == first


def test_a_contract_without_a_number_stands_under_its_title_when_it_binds_two_parties() -> None:
    def mention(exhibit: str, name: str) -> Mention:
        who = text(exhibit, name)
        return Mention(exhibit, who, "organisation", Role.OTHER, "en", (), (), None, None, None, "t", "1")

    mentions = [mention("c", "Alpha Works Ltd"), mention("c", "Beta Works Ltd"), mention("d", "Alpha Works Ltd")]
    parties = [
        Party("Alpha Works Ltd", "organisation", (), (), (mentions[0].id, mentions[2].id), ("x.",), (), "t", "1"),
        Party("Beta Works Ltd", "organisation", (), (), (mentions[1].id,), ("x.",), (), "t", "1"),
    ]
    both = document("c", None, title="HOSTING AGREEMENT")
    one_party_only = document("d", None, title="MEMORANDUM")
    untitled = document("e", None)
    (found,) = agreements(both, one_party_only, untitled, *mentions, *parties)
    assert found.number.value == "HOSTING AGREEMENT"
    assert "no number is stated" in found.number.uncertain
    assert {(e.role, e.name) for e in found.parties} == {
        (Role.OTHER, "Alpha Works Ltd"),
        (Role.OTHER, "Beta Works Ltd"),
    }
