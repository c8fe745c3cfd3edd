from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from assay.ledger.statuses import STATUSES
from assay.model import (
    Agreement,
    Claim,
    DateRange,
    Document,
    DocumentKind,
    Event,
    MemoryTrove,
    Mention,
    Modality,
    Obligation,
    ObligationKind,
    Quantity,
    Record,
    Role,
    Rung,
    Span,
    Speaker,
    Status,
    Text,
)  # fmt: skip


def span(quote: str, exhibit: str = "c") -> Span:
    return Span(exhibit, 1, 0, len(quote), (), quote)


def text(value: str) -> Text:
    return Text(value, value, "", span(value))


def day(iso: str) -> DateRange:
    return DateRange(iso, date.fromisoformat(iso), date.fromisoformat(iso))


def contract(stage: str = "final", on: str | None = "2023-05-15") -> Document:
    return Document(
        "c", DocumentKind.CONTRACT, None, None, day(on) if on else None, None, text("12/3"), None, None, None, (), (),
        ("ru",), stage, (), (), (), (span("12/3"),), "t", "1",
    )  # fmt: skip


def agreement(*records: Record) -> Agreement:
    return Agreement(
        text("12/3"), None, None, None, None, (), None, (), (), (), ("c",), (), (),
        tuple(r.id for r in records if isinstance(r, Obligation)), tuple(r.id for r in records if isinstance(r, Event)),
        (span("12/3"),), "t", "1",
    )  # fmt: skip


def event(rung: Rung, count: str | None = None) -> Event:
    quantity = Quantity(count, Decimal(count), "unit") if count else None
    return Event("c", text("12/3"), rung, day("2024-02-01"), quantity, None, None, (span("акт"),), "t", "1")


def duty(kind: ObligationKind, condition: str | None = None) -> Obligation:
    return Obligation(
        "c", None, kind, None, None, None, None, None, day("2024-06-01"), text(condition) if condition else None,
        (span("обязуется"),), "t", "1",
    )  # fmt: skip


def claim(rung: Rung, speaker: str, modality: Modality = Modality.ASSERTED, polarity: bool = True) -> Claim:
    return Claim(
        "p", text(f"{speaker} {rung}"), "rung", rung, text("12/3"), (), (), None, None, None, None,
        (Speaker("Outlet", "outlet", None), Speaker(speaker, "institution", None)), modality, polarity, (),
        (span("said", "p"),), "t", "1",
    )  # fmt: skip


def ladder(*records: Record) -> dict[Rung, Status]:
    out = [s for s in STATUSES.combine(MemoryTrove([agreement(*records), *records])) if isinstance(s, Status)]
    assert [s.rung for s in out] == list(Rung)
    ids = {r.id for r in records}
    for status in out:
        assert status.state in ("evidenced", "claimed", "planned", "denied", "empty")
        assert set(status.basis) <= ids
        assert bool(status.basis) == (status.state != "empty")
        assert status.spans
        assert not re.search(r"authentic|genuine|fake|forged|likely|probabl|confidence|%", status.sentence)
    return {s.rung: s for s in out}


def test_nothing_is_empty_and_says_what_is_missing() -> None:
    found = ladder()
    assert {s.state for s in found.values()} == {"empty"}
    assert (
        found[Rung.DELIVERED].sentence
        == "No document in this trove shows that goods of agreement № 12/3 were delivered."
    )


@pytest.mark.parametrize("rung", [r for r in Rung if r not in (Rung.DENIED,)])
def test_an_event_reaches_its_own_rung_only(rung: Rung) -> None:
    found = ladder(event(rung))
    assert [r for r, s in found.items() if s.state == "evidenced"] == [rung]
    assert found[rung].date == day("2024-02-01")


def test_part_of_a_delivery_says_how_much() -> None:
    assert "10" in ladder(event(Rung.DELIVERED, "10"))[Rung.DELIVERED].sentence


def test_obligations_plan_and_do_not_reach() -> None:
    found = ladder(
        duty(ObligationKind.DELIVER), duty(ObligationKind.PAY, "аванс 30 процентов"), duty(ObligationKind.TRAIN),
        duty(ObligationKind.TRANSFER_TECHNOLOGY), duty(ObligationKind.KEEP_SECRET), duty(ObligationKind.INTEGRATE),
    )  # fmt: skip
    planned = {r for r, s in found.items() if s.state == "planned"}
    assert planned == {Rung.DELIVERED, Rung.ADVANCE_PAID, Rung.PEOPLE_TRAINED, Rung.TECHNOLOGY_TRANSFERRED}
    assert {s.state for s in found.values()} == {"planned", "empty"}


def test_final_payment_is_not_an_advance() -> None:
    found = ladder(duty(ObligationKind.PAY, "在验收后支付余款"))
    assert found[Rung.PAID_IN_FULL].state == "planned" and found[Rung.ADVANCE_PAID].state == "empty"


def test_a_letter_of_the_deal_that_denies_it_reaches_denied_and_no_other_rung() -> None:
    letter = replace(claim(Rung.DENIED, "Ministry", Modality.DENIED), exhibit="c")
    found = ladder(letter)
    assert [r for r, s in found.items() if s.state != "empty"] == [Rung.DENIED]
    assert found[Rung.DENIED].state == "evidenced"
    assert ladder(claim(Rung.DENIED, "Ministry", Modality.DENIED))[Rung.DENIED].state == "claimed"


def test_a_letter_that_proposes_is_a_proposal_and_a_newspaper_is_not() -> None:
    letter = replace(contract(), kind=DocumentKind.LETTER, stage="unclear")
    said = replace(claim(Rung.PROPOSED, "Ministry"), exhibit="c")
    assert ladder(letter, said)[Rung.PROPOSED].state == "evidenced"
    assert ladder(letter, claim(Rung.PROPOSED, "Ministry"))[Rung.PROPOSED].state == "claimed"


def test_signed_needs_a_final_contract_with_date_or_signatory() -> None:
    signatory = Mention("c", text("Петров"), "person", Role.SIGNATORY, "ru", (), (), None, None, None, "t", "1")
    assert ladder(contract())[Rung.SIGNED].state == "evidenced"
    assert ladder(contract(on=None), signatory)[Rung.SIGNED].state == "evidenced"
    assert ladder(contract(on=None))[Rung.SIGNED].state == "empty"
    draft = ladder(contract("draft"), signatory)
    assert draft[Rung.SIGNED].state == "empty" and draft[Rung.DRAFTED].state == "evidenced"
    assert ladder(contract("unclear"), signatory)[Rung.SIGNED].state == "empty"


def test_claims_denials_and_plans_of_others() -> None:
    assert ladder(claim(Rung.DELIVERED, "Ministry"))[Rung.DELIVERED].state == "claimed"
    assert ladder(claim(Rung.DELIVERED, "Ministry", polarity=False))[Rung.DELIVERED].state == "denied"
    assert ladder(claim(Rung.DELIVERED, "Ministry", Modality.PLANNED))[Rung.DELIVERED].state == "planned"
    both = ladder(claim(Rung.DELIVERED, "Ministry"), claim(Rung.DELIVERED, "Embassy", Modality.DENIED))[Rung.DELIVERED]
    assert both.state == "denied" and "Ministry" in both.sentence and "Embassy" in both.sentence
    assert len(both.basis) == 2


def test_evidence_outranks_a_denial_and_keeps_it_in_the_sentence() -> None:
    found = ladder(event(Rung.DELIVERED), claim(Rung.DELIVERED, "Embassy", Modality.DENIED))[Rung.DELIVERED]
    assert found.state == "evidenced" and "Denied by Embassy. Both stand." in found.sentence
