"""The scorer must be merciless: a perfect case is perfect, and every single error lowers the figure it belongs to."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from assay.model import (
    Agreement,
    Claim,
    DateRange,
    Designation,
    Direction,
    Document,
    DocumentKind,
    Engagement,
    Event,
    Exhibit,
    Family,
    Finding,
    FindingStatus,
    Identifier,
    Lineage,
    LineItem,
    Member,
    MemoryTrove,
    Mention,
    Modality,
    Money,
    Obligation,
    ObligationKind,
    Occurrence,
    Page,
    PageState,
    Party,
    Quantity,
    Record,
    Role,
    Rung,
    Span,
    Speaker,
    Status,
    Text,
    Weight,
    encode,
    whole,
)
from assay.model.span import Box
from assay.specimen.score import BORN, SCAN, Score, render, score

A, B, C, P, Q = ("a" * 64, "b" * 64, "c" * 64, "d" * 64, "e" * 64)
VERSION = {"part": "test", "version": "1"}
TEXT = (
    "Договор № ТС-15/2023. Поставщик ООО «Северка» обязуется поставить 37 единиц изделия «Вихрь-2»."
    " ИНН 7700000000. АО «Ольм»."
    "\n1\tНасос полевой\tВИХРЬ-2\n2\tНасос полевой\tВИХРЬ-3"
)


def truth() -> dict[str, Any]:
    item = {
        "agreement": "k1",
        "position": "1",
        "designation": "ВИХРЬ-2",
        "descriptions": {"ru": "Насос полевой", "zh": "野战泵"},
        "quantity": "37",
        "unit": "unit",
        "price": "1000.50",
        "total": "37018.50",
        "currency": "RUB",
    }
    second = {**item, "position": "2", "designation": "ВИХРЬ-3", "quantity": "5", "total": "5002.50"}
    return {
        "specimen": {"seed": 1, "pages": 4, "version": "1", "notice": "specimen"},
        "exhibits": [
            {
                "path": "contract.pdf",
                "sha256": A,
                "kind": "contract",
                "languages": ["ru"],
                "medium": "born_digital",
                "stage": "final",
                "agreement": "k1",
                "number": "ТС-15/2023",
                "date": "2023-05-15",
                "place": {"ru": "г. Тарнзее"},
                "pages": [{"number": 1, "text": TEXT, "language": "ru", "how": "text_layer"}],
            },
            {
                "path": "box.zip!/annex.pdf",
                "sha256": B,
                "kind": "annex",
                "languages": ["ru", "zh"],
                "medium": "scan",
                "stage": "final",
                "agreement": "k1",
                "number": "1",
                "date": "2023-05-15",
                "place": None,
                "pages": [{"number": 1, "text": TEXT, "language": "ru", "how": "ocr"}],
            },
            {
                "path": "twin.pdf",
                "sha256": C,
                "kind": "letter",
                "languages": ["en"],
                "medium": "born_digital",
                "stage": "final",
                "agreement": None,
                "number": None,
                "date": None,
                "pages": [{"number": 1, "text": "A letter.", "language": "en", "how": "text_layer"}],
            },
            {
                "path": "news.html",
                "sha256": P,
                "kind": "press",
                "languages": ["en"],
                "medium": "text",
                "stage": "final",
                "agreement": None,
                "number": None,
                "date": "2024-01-02",
                "pages": [{"number": 1, "text": "News.", "language": "en", "how": "parser"}],
            },
            {
                "path": "copy.html",
                "sha256": Q,
                "kind": "press",
                "languages": ["en"],
                "medium": "text",
                "stage": "final",
                "agreement": None,
                "number": None,
                "date": "2024-01-03",
                "pages": [{"number": 1, "text": "Copy.", "language": "en", "how": "parser"}],
            },
        ],
        "agreements": [
            {
                "key": "k1",
                "number": "ТС-15/2023",
                "titles": {"ru": "Договор поставки"},
                "subjects": {"ru": "поставка насосов"},
                "date": "2023-05-15",
                "places": {"ru": "г. Тарнзее"},
                "parties": [{"role": "supplier", "party": "p1"}, {"role": "buyer", "party": "p2"}],
                "total": {"amount": "42021.00", "currency": "RUB"},
                "payment_terms": [
                    {
                        "texts": {"ru": "Аванс 30 % в течение 10 дней.", "zh": "十日内预付30%。"},
                        "percent": "30",
                        "days": 10,
                    }
                ],
                "delivery_terms": [{"texts": {"ru": "Поставка в течение 90 дней."}}],
                "exhibits": ["contract.pdf", "box.zip!/annex.pdf"],
                "status": {"signed": "evidenced", "delivered": "planned", "in_service": "empty"},
                "status_basis": {"signed": ["contract.pdf"]},
            }
        ],
        "items": [
            {**item, "exhibits": ["contract.pdf", "box.zip!/annex.pdf"]},
            {**second, "exhibits": ["contract.pdf"]},
        ],
        "obligations": [
            {
                "agreement": "k1",
                "kind": "deliver",
                "debtor": "supplier",
                "creditor": "buyer",
                "quantity": "37",
                "money": None,
                "due": ["2023-06-01", "2023-06-30"],
                "exhibits": ["contract.pdf"],
            },
            {
                "agreement": "k1",
                "kind": "pay",
                "debtor": "buyer",
                "creditor": "supplier",
                "quantity": None,
                "money": {"amount": "12606.30", "currency": "RUB"},
                "due": None,
                "exhibits": ["contract.pdf"],
            },
        ],
        "events": [
            {
                "agreement": "k1",
                "rung": "signed",
                "date": "2023-05-15",
                "money": None,
                "quantity": None,
                "exhibits": ["contract.pdf"],
            }
        ],
        "parties": [
            {
                "key": "p1",
                "kind": "organisation",
                "names": {"ru": "ООО «Северка»"},
                "aliases": ["Поставщик Северка"],
                "identifiers": [{"scheme": "inn", "value": "7700000000"}],
                "exhibits": ["contract.pdf"],
            },
            {
                "key": "p2",
                "kind": "organisation",
                "names": {"ru": "АО «Ольм»"},
                "aliases": [],
                "identifiers": [],
                "exhibits": ["contract.pdf"],
            },
        ],
        "alterations": [
            {"path": "contract.pdf", "examination": "txt.sum", "kind": "digit", "page": 1, "box": [0.1, 0.1, 0.2, 0.2]}
        ],
        "twins": [{"path": "twin.pdf", "examination": "pdf.revdiff", "kind": "annotate", "why": "a comment"}],
        "missing": [{"what": "annex", "number": "4", "agreement": "k1", "referenced_in": ["contract.pdf"]}],
        "families": [
            {
                "key": "f1",
                "members": [
                    {"path": "contract.pdf", "relation": "original"},
                    {"path": "box.zip!/annex.pdf", "relation": "draft"},
                ],
            }
        ],
        "press": [
            {
                "path": "news.html",
                "outlet": "Herald",
                "published": "2024-01-02",
                "origin": "contract.pdf",
                "copies": None,
                "lost_hedges": [],
                "claims": [
                    {
                        "topic": "rung",
                        "rung": "delivered",
                        "agreement": None,
                        "money": None,
                        "quantity": "37",
                        "speaker_chain": ["Herald", "a ministry source"],
                        "modality": "alleged",
                        "polarity": True,
                        "sentence": "According to a ministry source, 37 pumps were delivered.",
                    }
                ],
            },
            {
                "path": "copy.html",
                "outlet": "Echo",
                "published": "2024-01-03",
                "origin": "contract.pdf",
                "copies": "news.html",
                "lost_hedges": ["appear genuine"],
                "claims": [],
            },
        ],
    }


def text(words: str, exhibit: str = A) -> Text:
    return Text(words, words, "", Span(exhibit, 1, 0, 3, (), TEXT[:3]))


def on(day: str, until: str = "") -> DateRange:
    return DateRange(day, date.fromisoformat(day), date.fromisoformat(until or day))


def money(amount: str) -> Money:
    return Money(amount, Decimal(amount), "RUB")


def row(
    exhibit: str, position: str, designation: str, quantity: str, total: str, description: str = "Насос полевой"
) -> LineItem:
    return LineItem(
        exhibit,
        None,
        position,
        Designation(designation, designation),
        text(description, exhibit),
        Quantity(quantity, Decimal(quantity), "unit"),
        money("1000.50"),
        money(total),
        (whole(exhibit, 1),),
        **VERSION,
    )


def finding(
    exhibit: str, part: str, weight: Weight = Weight.MODERATE, observation: str = "", box: Box | None = None
) -> Finding:
    return Finding(
        exhibit,
        FindingStatus.FINDING,
        observation or "seen",
        "",
        "",
        "",
        Direction.AGAINST,
        weight,
        "g",
        (),
        None,
        "",
        (whole(exhibit, 1, (box,) if box else ()),),
        part,
        "1",
    )


def page(exhibit: str, words: str, language: str, how: str, state: PageState = PageState.READ) -> Page:
    return Page(
        exhibit,
        1,
        "page",
        state,
        how,
        "test",
        words if state is PageState.READ else "",
        language,
        (),
        595,
        842,
        0,
        None,
        "",
        (),
        **VERSION,
    )


def document(
    exhibit: str, kind: DocumentKind, number: str | None, day: str | None, place: str | None, deal: str | None
) -> Document:
    languages = {A: ("ru",), B: ("ru", "zh")}.get(exhibit, ("en",))
    return Document(
        exhibit,
        kind,
        None,
        text(number, exhibit) if number else None,
        on(day) if day else None,
        text(place, exhibit) if place else None,
        text(deal, exhibit) if deal else None,
        None,
        None,
        None,
        (),
        (),
        languages,
        "final",
        (),
        (),
        (),
        (whole(exhibit, 1),),
        **VERSION,
    )


def perfect() -> list[Record]:
    number = "ТС-15/2023"
    mentions = [
        Mention(A, text("ООО «Северка»"), "organisation", Role.SUPPLIER, "ru", (), (), None, None, None, **VERSION),
        Mention(A, text("Поставщик Северка"), "organisation", Role.SUPPLIER, "ru", (), (), None, None, None, **VERSION),
        Mention(A, text("АО «Ольм»"), "organisation", Role.BUYER, "ru", (), (), None, None, None, **VERSION),
    ]
    inn = Identifier("7700000000", "inn", "7700000000", True)
    parties = [
        Party(
            "ООО «Северка»",
            "organisation",
            ("Поставщик Северка",),
            (inn,),
            (mentions[0].id, mentions[1].id),
            (),
            (),
            **VERSION,
        ),
        Party("АО «Ольм»", "organisation", (), (), (mentions[2].id,), (), (), **VERSION),
    ]
    rows = [
        row(A, "1", "ВИХРЬ-2", "37", "37018.50"),
        row(B, "1", "ВИХРЬ-2", "37", "37018.50", "野战泵"),
        row(A, "2", "ВИХРЬ-3", "5", "5002.50"),
    ]
    duties = [
        Obligation(
            A,
            text(number),
            ObligationKind.DELIVER,
            text("Поставщик"),
            text("Покупатель"),
            None,
            Quantity("37", Decimal(37), "unit"),
            None,
            on("2023-06-01", "2023-06-30"),
            None,
            (whole(A, 1),),
            **VERSION,
        ),
        Obligation(
            A,
            text(number),
            ObligationKind.PAY,
            text("АО «Ольм»"),
            text("ООО «Северка»"),
            None,
            None,
            money("12606.30"),
            None,
            None,
            (whole(A, 1),),
            **VERSION,
        ),
    ]
    event = Event(A, text(number), Rung.SIGNED, on("2023-05-15"), None, None, None, (whole(A, 1),), **VERSION)
    agreement = Agreement(
        text(number),
        text("Договор поставки"),
        text("Поставка насосов"),
        on("2023-05-15"),
        text("г. Тарнзее"),
        (
            Engagement(Role.SUPPLIER, parties[0].id, "ООО «Северка»", None),
            Engagement(Role.BUYER, parties[1].id, "АО «Ольм»", None),
        ),
        money("42021"),
        (),
        (text("3.1. Аванс 30 % в течение 10 дней."), text("十日内预付30%。")),
        (text("Поставка в течение 90 дней"),),
        (A, B),
        (),
        (rows[0].id, rows[2].id),
        tuple(d.id for d in duties),
        (event.id,),
        (),
        **VERSION,
    )
    claim = Claim(
        P,
        text("According to a ministry source, 37 pumps were delivered.", P),
        "rung",
        Rung.DELIVERED,
        None,
        (),
        (),
        Quantity("37", Decimal(37), "unit"),
        None,
        None,
        None,
        (Speaker("Herald", "outlet", None), Speaker("a ministry source", "unknown", None)),
        Modality.ALLEGED,
        True,
        (),
        (),
        **VERSION,
    )
    statuses = [
        Status(agreement.id, Rung.SIGNED, "evidenced", None, "signed", (event.id,), (whole(A, 1),), **VERSION),
        Status(agreement.id, Rung.DELIVERED, "planned", None, "planned", (), (), **VERSION),
        Status(agreement.id, Rung.IN_SERVICE, "empty", None, "no document shows it", (), (), **VERSION),
    ]
    archive = "f" * 64
    return [
        *(Exhibit(d, "0" * 40, 10, "application/pdf", **VERSION) for d in (A, B, C, P, Q, archive)),
        *(
            Occurrence(d, path, parent, "s", "", "", "", **VERSION)
            for d, path, parent in (
                (A, "contract.pdf", None),
                (archive, "box.zip", None),
                (B, "annex.pdf", archive),
                (C, "twin.pdf", None),
                (P, "news.html", None),
                (Q, "copy.html", None),
            )
        ),
        page(A, TEXT, "ru", "text_layer"),
        page(B, TEXT, "ru", "ocr"),
        page(C, "A letter.", "en", "text_layer"),
        page(P, "News.", "en", "parser"),
        page(Q, "Copy.", "en", "parser"),
        document(A, DocumentKind.CONTRACT, number, "2023-05-15", "г. Тарнзее", number),
        document(B, DocumentKind.ANNEX, "№ 1", "2023-05-15", None, "TC-15/2023"),
        document(C, DocumentKind.LETTER, None, None, None, None),
        document(P, DocumentKind.PRESS, None, "2024-01-02", None, None),
        document(Q, DocumentKind.PRESS, None, "2024-01-03", None, None),
        *mentions,
        *parties,
        *rows,
        *duties,
        event,
        agreement,
        claim,
        *statuses,
        Family((Member(A, "original", ""), Member(B, "draft", "")), **VERSION),
        finding(A, "txt.sum", box=Box(0.15, 0.15, 0.3, 0.3)),
        finding(C, "pdf.revdiff", Weight.NEUTRAL),
        finding(A, "set.gaps", observation="Annex 4 is referred to and absent"),
        Lineage(Q, P, "copies", "", ("appear genuine",), (), **VERSION),
        Lineage(P, A, "cites", "", (), (), **VERSION),
    ]


def scored(records: list[Record]) -> Any:
    return score(MemoryTrove(records), truth())


def test_a_perfect_case_is_perfect() -> None:
    made = scored(perfect())
    wrong = [(s.name, t) for s in made.sections for t in s.tallies if (t.truth or t.found) and t.f1 != 1]
    assert wrong == []
    assert made.hard_errors == 0
    assert [g.name for g in made.goals if not g.met and g.value is not None] == []
    assert [m for m in made.misses if m.rank < 2] == []
    assert made.tally("agreements", "agreements", BORN).truth == 1
    assert made.tally("line items", "rows", SCAN).truth == 1
    assert made.tally("line items", "rows", BORN).truth == 2


def test_an_empty_case_has_nothing_right_and_says_no_records() -> None:
    made = scored([])
    assert all(t.right == 0 and t.found == 0 for s in made.sections for t in s.tallies)
    assert made.hard_errors > 0
    assert not any(g.met for g in made.goals if "twins" not in g.name and "rungs" not in g.name)
    table = render(made)
    for kind in (
        "pages",
        "documents",
        "agreements",
        "line_items",
        "obligations",
        "events",
        "parties",
        "families",
        "statuses",
        "findings",
        "claims",
        "lineage",
        "standings",
        "judgements",
        "assessments",
        "propositions",
        "tables",
    ):
        assert f"{kind}: no records" in table


Change = Callable[[list[Record]], list[Record]]


def swap(record: type[Any], n: int = 0, /, **fields: Any) -> Change:
    def change(records: list[Record]) -> list[Record]:
        places = [i for i, r in enumerate(records) if type(r) is record]
        out = list(records)
        out[places[n]] = dataclasses.replace(out[places[n]], **fields)
        return out

    return change


def drop(kind: type[Any], n: int = 0) -> Change:
    def change(records: list[Record]) -> list[Record]:
        places = [i for i, r in enumerate(records) if type(r) is kind]
        return [r for i, r in enumerate(records) if i != places[n]]

    return change


def add(*more: Record) -> Change:
    return lambda records: [*records, *more]


def agreement_with(**fields: Any) -> Change:
    return swap(Agreement, **fields)


CASES: list[tuple[str, Change, str, str, str, str]] = [
    ("page failed", swap(Page, 0, state=PageState.FAILED, text=""), "pages", "pages", "", "recall"),
    ("page missing", drop(Page), "pages", "pages", "", "recall"),
    ("page too many", add(dataclasses.replace(page(A, "x", "ru", "ocr"), number=2)), "pages", "pages", "", "precision"),
    ("document missing", drop(Document), "documents", "documents", BORN, "recall"),
    (
        "document twice",
        add(document(A, DocumentKind.OTHER, None, None, None, None)),
        "documents",
        "documents",
        BORN,
        "precision",
    ),
    ("kind wrong", swap(Document, 0, kind=DocumentKind.LETTER), "documents", "kind", BORN, "precision"),
    ("number wrong", swap(Document, 0, number=text("ТС-16/2023")), "documents", "number", BORN, "precision"),
    (
        "number with Latin letters on a born-digital paper",
        swap(Document, 0, number=text("TC-15/2023")),
        "documents",
        "number",
        BORN,
        "precision",
    ),
    ("number invented", swap(Document, 2, number=text("7")), "documents", "number", BORN, "precision"),
    ("date wrong", swap(Document, 0, date=on("2023-05-16")), "documents", "date", BORN, "precision"),
    ("date vague", swap(Document, 0, date=on("2023-05-01", "2023-05-31")), "documents", "date", BORN, "precision"),
    ("stage wrong", swap(Document, 0, stage="draft"), "documents", "stage", BORN, "precision"),
    ("agreement missing", drop(Agreement), "agreements", "agreements", BORN, "recall"),
    ("agreement missing, fields", drop(Agreement), "agreements", "all fields", BORN, "recall"),
    ("total wrong", agreement_with(total=money("42021.01")), "agreements", "total", BORN, "precision"),
    (
        "currency wrong",
        agreement_with(total=Money("1", Decimal("42021"), "USD")),
        "agreements",
        "currency",
        BORN,
        "precision",
    ),
    ("total absent", agreement_with(total=None), "agreements", "total", BORN, "recall"),
    ("agreement date wrong", agreement_with(date=on("2024-05-15")), "agreements", "date", BORN, "precision"),
    ("agreement number wrong", agreement_with(number=text("ТС-99")), "agreements", "number", BORN, "precision"),
    ("subject absent", agreement_with(subject=None), "agreements", "subject", BORN, "recall"),
    ("subject other", agreement_with(subject=text("поставка носков")), "agreements", "subject", BORN, "precision"),
    ("party without role", agreement_with(parties=()), "agreements", "parties", BORN, "recall"),
    (
        "parties exchanged",
        agreement_with(
            parties=(
                Engagement(Role.BUYER, "x", "ООО «Северка»", None),
                Engagement(Role.SUPPLIER, "y", "АО «Ольм»", None),
            )
        ),
        "agreements",
        "parties",
        BORN,
        "precision",
    ),
    (
        "party invented",
        agreement_with(
            parties=(
                Engagement(Role.SUPPLIER, "x", "ООО «Северка»", None),
                Engagement(Role.BUYER, "y", "АО «Ольм»", None),
                Engagement(Role.BANK, "z", "Банк", None),
            )
        ),
        "agreements",
        "parties",
        BORN,
        "precision",
    ),
    ("term absent", agreement_with(payment_terms=()), "agreements", "payment terms", BORN, "recall"),
    (
        "term invented",
        agreement_with(delivery_terms=(text("Поставка в течение 90 дней"), text("Самовывоз, EXW Тарнзее"))),
        "agreements",
        "delivery terms",
        BORN,
        "precision",
    ),
    (
        "term twice in one language",
        agreement_with(delivery_terms=(text("Поставка в течение 90 дней"),) * 2),
        "agreements",
        "delivery terms",
        BORN,
        "precision",
    ),
    ("foreign exhibit", agreement_with(exhibits=(A, B, C)), "agreements", "exhibits", BORN, "precision"),
    ("row absent", drop(LineItem), "line items", "rows", BORN, "recall"),
    ("row invented", add(row(A, "3", "ВИХРЬ-4", "1", "1.00")), "line items", "rows", BORN, "precision"),
    ("row twice", add(row(A, "1", "ВИХРЬ-2", "37", "37018.51")), "line items", "rows", BORN, "precision"),
    (
        "row on the wrong exhibit",
        add(row(C, "1", "ВИХРЬ-2", "37", "37018.50")),
        "line items",
        "rows",
        BORN,
        "precision",
    ),
    (
        "quantity wrong",
        swap(LineItem, 0, quantity=Quantity("38", Decimal(38), "unit")),
        "line items",
        "quantity",
        BORN,
        "precision",
    ),
    (
        "quantity wrong, whole row",
        swap(LineItem, 0, quantity=Quantity("38", Decimal(38), "unit")),
        "line items",
        "whole rows",
        BORN,
        "precision",
    ),
    (
        "unit wrong",
        swap(LineItem, 0, quantity=Quantity("37", Decimal(37), "set")),
        "line items",
        "unit",
        BORN,
        "precision",
    ),
    ("price absent", swap(LineItem, 0, price=None), "line items", "price", BORN, "recall"),
    ("scan total wrong", swap(LineItem, 1, total=money("37018.05")), "line items", "total", SCAN, "precision"),
    ("description other", swap(LineItem, 0, description=text("Насос")), "line items", "description", BORN, "precision"),
    (
        "designation other",
        swap(LineItem, 0, designation=Designation("X", "ВИХРЬ-20")),
        "line items",
        "designation",
        BORN,
        "precision",
    ),
    (
        "both marks other",
        swap(LineItem, 0, designation=Designation("X", "ВИХРЬ-20"), position="9", description=text("Насос")),
        "line items",
        "rows",
        BORN,
        "recall",
    ),
    ("resolution repeats rows", agreement_with(line_items=()), "line items", "rows by agreement", BORN, "recall"),
    ("obligation absent", drop(Obligation, 1), "obligations", "obligations", "", "recall"),
    (
        "obligation kind wrong",
        swap(Obligation, 1, kind=ObligationKind.TRAIN),
        "obligations",
        "obligations",
        "",
        "precision",
    ),
    ("obligation sum wrong", swap(Obligation, 1, money=money("12606.31")), "obligations", "obligations", "", "recall"),
    ("obligation due wrong", swap(Obligation, 0, due=on("2023-06-30")), "obligations", "due", "", "precision"),
    ("debtor wrong", swap(Obligation, 0, debtor=text("Покупатель")), "obligations", "debtor", "", "precision"),
    ("creditor absent", swap(Obligation, 0, creditor=None), "obligations", "creditor", "", "recall"),
    (
        "obligation of another agreement",
        swap(Obligation, 0, agreement_number=text("Z-1")),
        "obligations",
        "obligations",
        "",
        "recall",
    ),
    ("event absent", drop(Event), "events", "events", "", "recall"),
    ("event wrong day", swap(Event, 0, date=on("2023-05-17")), "events", "events", "", "recall"),
    (
        "event invented",
        add(Event(B, None, Rung.SHIPPED, None, None, None, None, (whole(B, 1),), **VERSION)),
        "events",
        "events",
        "",
        "precision",
    ),
    ("party absent", drop(Party, 1), "parties", "parties", "", "recall"),
    (
        "party invented",
        add(Party("Some Firm", "organisation", (), (), (), (), (), **VERSION)),
        "parties",
        "parties",
        "",
        "precision",
    ),
    ("party kind wrong", swap(Party, 0, kind="person"), "parties", "kind", "", "precision"),
    (
        "identifier wrong",
        swap(Party, 0, identifiers=(Identifier("1", "inn", "7700000001", False),)),
        "parties",
        "identifiers",
        "",
        "precision",
    ),
    ("alias not of it", swap(Party, 1, aliases=("Кто-то",)), "parties", "forms", "", "precision"),
    ("family absent", drop(Family), "families", "pairs", "", "recall"),
    (
        "family too wide",
        swap(Family, 0, members=(Member(A, "original", ""), Member(B, "draft", ""), Member(C, "draft", ""))),
        "families",
        "pairs",
        "",
        "precision",
    ),
    (
        "relation wrong",
        swap(Family, 0, members=(Member(A, "original", ""), Member(B, "scan_of", ""))),
        "families",
        "relations",
        "",
        "precision",
    ),
    ("rung missing", drop(Status, 0), "statuses", "evidenced rungs", "", "recall"),
    ("rung state wrong", swap(Status, 1, state="claimed"), "statuses", "rung states", "", "precision"),
    ("alteration missed", drop(Finding, 0), "examinations", "planted alterations", "", "recall"),
    (
        "alteration found as a neutral fact",
        swap(Finding, 0, weight=Weight.NEUTRAL),
        "examinations",
        "planted alterations",
        "",
        "recall",
    ),
    (
        "alteration on another page",
        swap(Finding, 0, spans=(whole(A, 2),)),
        "examinations",
        "planted alterations",
        "",
        "recall",
    ),
    ("missing not seen", drop(Finding, 2), "missing", "missing", "", "recall"),
    (
        "missing with another number",
        swap(Finding, 2, observation="Annex 14 is absent"),
        "missing",
        "missing",
        "",
        "recall",
    ),
    (
        "missing invented",
        add(finding(A, "set.gaps", observation="Annex 9 is absent")),
        "missing",
        "missing",
        "",
        "precision",
    ),
    ("claim absent", drop(Claim), "press claims", "claims", "", "recall"),
    ("claim of another topic", swap(Claim, 0, topic="value"), "press claims", "claims", "", "precision"),
    ("modality wrong", swap(Claim, 0, modality=Modality.ASSERTED), "press claims", "modality", "", "precision"),
    ("polarity wrong", swap(Claim, 0, polarity=False), "press claims", "polarity", "", "precision"),
    (
        "source forgotten",
        swap(Claim, 0, speaker_chain=(Speaker("Herald", "outlet", None),)),
        "press claims",
        "first hand",
        "",
        "precision",
    ),
    (
        "chain without its middle",
        swap(Claim, 0, speaker_chain=(Speaker("a ministry source", "unknown", None),)),
        "press claims",
        "speaker chain",
        "",
        "precision",
    ),
    ("copy not seen", drop(Lineage, 0), "lineage", "copies", "", "recall"),
    ("hedge not seen", swap(Lineage, 0, lost_hedges=()), "lineage", "lost hedges", "", "recall"),
    ("hedge invented", swap(Lineage, 1, lost_hedges=("reportedly",)), "lineage", "lost hedges", "", "precision"),
    ("origin wrong", swap(Lineage, 1, origin=C), "lineage", "origins", "", "precision"),
]


@pytest.mark.parametrize(
    ("change", "section", "tally", "split", "falls"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_each_error_lowers_its_figure(change: Change, section: str, tally: str, split: str, falls: str) -> None:
    before, after = scored(perfect()), scored(change(perfect()))
    cell, was = after.tally(section, tally, split), before.tally(section, tally, split)
    assert (getattr(was, falls) or 0) > (getattr(cell, falls) or 0)
    assert len(after.misses) > len(before.misses)


def test_parties_merged_and_split_lower_b_cubed() -> None:
    records = perfect()
    mentions = [r for r in records if isinstance(r, Mention)]
    others = [r for r in records if not isinstance(r, Party)]
    one = Party("ООО «Северка»", "organisation", (), (), tuple(m.id for m in mentions), (), (), **VERSION)
    merged = {r.name: r.value for r in scored([*others, one]).section("parties").rates}
    assert merged["B-cubed precision"] == pytest.approx(5 / 9)
    assert merged["B-cubed recall"] == 1
    alone = [Party(m.name.value, "organisation", (), (), (m.id,), (), (), **VERSION) for m in mentions]
    made = scored([*others, *alone])
    split = {r.name: r.value for r in made.section("parties").rates}
    assert split["B-cubed precision"] == 1
    assert split["B-cubed recall"] == pytest.approx(2 / 3)
    assert made.tally("parties", "parties").precision == pytest.approx(2 / 3)


def test_hard_errors_are_counted_and_come_first() -> None:
    false_rung = Status("unknown agreement", Rung.IN_SERVICE, "evidenced", None, "in service", (), (), **VERSION)
    made = scored([*perfect(), false_rung, finding(C, "txt.words", Weight.STRONG)])
    assert made.hard_errors == 2
    assert {m.rank for m in made.misses[:2]} == {0}
    assert {g.name for g in made.goals if not g.met and g.value is not None} == {
        "twins with a finding above limited",
        "rungs evidenced without evidence in the truth",
    }


def test_an_evidenced_rung_that_was_only_planned_is_a_hard_error() -> None:
    assert scored(swap(Status, 1, state="evidenced")(perfect())).hard_errors == 1


def test_findings_on_unaltered_papers_are_told_by_examination_and_weight() -> None:
    made = scored([*perfect(), finding(P, "txt.ids", Weight.LIMITED), finding(P, "txt.ids", Weight.STRONG)])
    section = made.section("examinations")
    assert {c.name: c.value for c in section.counts}["txt.ids: unaltered papers, strong"] == 1
    assert next(r for r in section.rates if r.name.startswith("txt.ids: unaltered")).part == 1


def test_a_paper_can_be_altered_for_one_examination_and_a_twin_for_another() -> None:
    held = truth()
    held["twins"].append({"path": "contract.pdf", "examination": "txt.words", "kind": "other wording", "why": "cents"})
    assert score(MemoryTrove(perfect()), held).hard_errors == 0
    heavy = finding(A, "txt.words", Weight.MODERATE)
    assert score(MemoryTrove([*perfect(), heavy]), held).hard_errors == 1


def test_an_annex_that_lies_elsewhere_must_not_be_called_missing_beside_one_that_is() -> None:
    held = truth()
    held["alterations"].append({"path": "contract.pdf", "examination": "set.gaps", "kind": "annex missing", "page": 0})
    held["twins"].append(
        {"path": "contract.pdf", "examination": "set.gaps", "kind": "attached elsewhere", "why": "annex 1"}
    )
    made = score(MemoryTrove(perfect()), held)
    assert made.hard_errors == 0 and made.tally("examinations", "set.gaps: planted").f1 == 1
    wrong = finding(A, "set.gaps", observation="Annex 1 is referred to and absent")
    made = score(MemoryTrove([*perfect(), wrong]), held)
    assert made.hard_errors == 1 and made.tally("examinations", "set.gaps: planted").precision == 0.5


def test_false_alarms_lower_the_precision_of_an_examination() -> None:
    made = scored([*perfect(), finding(P, "txt.sum", Weight.LIMITED), finding(C, "pdf.revdiff", Weight.LIMITED)])
    assert made.tally("examinations", "txt.sum: planted").precision == pytest.approx(1 / 2)
    assert made.tally("examinations", "pdf.revdiff: planted").found == 1
    assert made.tally("examinations", "planted alterations").precision == pytest.approx(1 / 3)
    assert made.hard_errors == 0


def test_an_alteration_that_leaves_nothing_to_find_is_told_and_not_scored() -> None:
    held = truth()
    held["alterations"].append(
        {"path": "news.html", "examination": None, "kind": "patch_image", "page": 1, "box": None}
    )
    made = score(MemoryTrove(perfect()), held)
    assert made.tally("examinations", "planted alterations").truth == 1
    counts = {c.name: c.value for c in made.section("examinations").counts}
    assert counts["planted alterations that leave nothing to find, not scored"] == 1


def test_a_repeated_paper_is_asked_for_once_and_each_of_its_paths_too() -> None:
    held = truth()
    copy = {**held["exhibits"][0], "path": "copies/contract (2).pdf", "duplicate_of": "contract.pdf"}
    held["exhibits"].append(copy)
    held["families"][0]["members"].append({"path": copy["path"], "relation": "duplicate"})
    lost = score(MemoryTrove(perfect()), held)
    assert lost.tally("documents", "documents").truth == 5
    assert {c.name: c.value for c in lost.section("pages").counts}["paths not in the case"] == 1
    kept = Occurrence(A, copy["path"], None, "s", "", "", "", **VERSION)
    made = score(MemoryTrove([*perfect(), kept]), held)
    assert {c.name: c.value for c in made.section("pages").counts}["paths not in the case"] == 0
    assert made.tally("families", "pairs").f1 == made.tally("families", "relations").f1 == 1


def test_five_payments_are_told_apart_by_their_sums() -> None:
    held = truth()
    pays = [{**held["obligations"][1], "money": {"amount": f"{n}00.00", "currency": "RUB"}} for n in range(1, 6)]
    held["obligations"] = pays
    duty = next(r for r in perfect() if isinstance(r, Obligation) and r.money)
    said = [dataclasses.replace(duty, money=money(f"{n}00.00")) for n in (1, 2, 3, 9)]
    records = [r for r in perfect() if not isinstance(r, Obligation)]
    made = score(MemoryTrove([*records, *said]), held)
    cell = made.tally("obligations", "obligations")
    assert (cell.truth, cell.found, cell.right) == (5, 4, 3)


def test_saying_an_obligation_twice_is_no_error_and_saying_another_is() -> None:
    duty = next(r for r in perfect() if isinstance(r, Obligation) and r.quantity)
    again = dataclasses.replace(duty, exhibit=B, debtor=text("the Supplier", B))
    elsewhere = dataclasses.replace(duty, exhibit=B, quantity=Quantity("4", Decimal(4), "unit"))
    assert scored([*perfect(), elsewhere]).tally("obligations", "obligations").f1 == 1
    assert scored([*perfect(), again]).tally("obligations", "obligations").f1 == 1
    for other in (
        dataclasses.replace(duty, quantity=Quantity("38", Decimal(38), "unit")),
        dataclasses.replace(duty, debtor=text("Покупатель")),
        dataclasses.replace(duty, kind=ObligationKind.TRAIN),
    ):
        assert scored([*perfect(), other]).tally("obligations", "obligations").precision == pytest.approx(2 / 3)
    assert scored([*perfect(), again]).tally("obligations", "obligations by agreement").f1 == 1


def test_terms_without_wording_are_known_by_their_figures() -> None:
    held = truth()
    held["agreements"][0]["payment_terms"] = [
        {"percent": 10, "days": 45, "event": "advance", "money": "4202.10"},
        {"percent": 90, "days": 15, "event": "balance", "money": "37818.90"},
    ]
    held["agreements"][0]["delivery_terms"] = [{"incoterm": "FOB", "places": {"ru": "Порт"}, "due": "2025-04-23"}]
    pay = (
        "Аванс 10 % (4 202,10 руб.) выплачивается не позднее 45 дней после подписания.",
        "预付款为10%（4,202.10卢布），签订后45天内支付。",
        "Окончательный расчёт 90 % (37.818,91 руб.) в течение 15 дней.",
        "Банковские расходы несёт Покупатель.",
        "Штраф 7 % от цены.",
    )
    send = ("Базис поставки: FOB Порт.", "Поставка до 23 апреля 2025 г.")
    fields = {"payment_terms": tuple(text(t) for t in pay), "delivery_terms": tuple(text(t) for t in send)}
    made = score(MemoryTrove(agreement_with(**fields)(perfect())), held)
    cell = made.tally("agreements", "payment terms")
    assert (cell.truth, cell.found, cell.right) == (2, 3, 1)
    assert made.tally("agreements", "delivery terms").f1 == 1


def test_text_errors_raise_the_character_error_rate() -> None:
    made = scored(swap(Page, 0, text=TEXT.replace("37", "73"))(perfect()))
    rates = {r.name: r for r in made.section("pages").rates}
    assert rates["CER born_digital"].part == 2
    assert rates["CER scan"].part == 0


def test_an_unread_page_is_wrong_in_every_character() -> None:
    made = scored(drop(Page, 0)(perfect()))
    rates = {r.name: r for r in made.section("pages").rates}
    assert rates["CER born_digital ru"].value == 1
    assert made.hard_errors == 1


def test_an_agreement_that_stands_for_none_counts_against_every_field() -> None:
    stray = dataclasses.replace(
        next(r for r in perfect() if isinstance(r, Agreement)), number=text("Z-77"), exhibits=(C,)
    )
    made = scored([*perfect(), stray])
    for name in ("agreements", "number", "date", "total", "parties", "delivery terms"):
        assert made.tally("agreements", name, BORN).precision == pytest.approx(0.5)


def test_altered_papers_are_read_as_printed() -> None:
    held = truth()
    held["items"][0]["as_printed"] = {"contract.pdf": {"quantity": "39"}}
    records = swap(LineItem, 0, quantity=Quantity("39", Decimal(39), "unit"))(perfect())
    assert score(MemoryTrove(records), held).tally("line items", "quantity", BORN).f1 == 1
    assert scored(records).tally("line items", "quantity", BORN).f1 < 1


def test_a_paper_is_asked_for_what_it_prints() -> None:
    held = truth()
    held["exhibits"][0]["pages"][0]["text"] = TEXT.replace("\n1\t", "\n").replace("\n2\t", "\n")
    records = [dataclasses.replace(r, position="") if isinstance(r, LineItem) else r for r in perfect()]
    made = score(MemoryTrove(records), held)
    assert made.tally("line items", "position", BORN).truth == 0
    assert made.tally("line items", "whole rows", BORN).f1 == 1
    assert made.tally("line items", "position", SCAN).recall == 0


def test_rows_without_marks_are_known_by_their_exact_description_only() -> None:
    held = truth()
    for item in held["items"]:
        item["designation"] = None
    records = [
        dataclasses.replace(r, position="", designation=None, description=text("Насос полевой / 野战泵", B))
        for r in perfect()
        if isinstance(r, LineItem) and r.exhibit == B
    ]
    assert score(MemoryTrove([*perfect()[:12], *records]), held).tally("line items", "rows", SCAN).right == 1
    records = [dataclasses.replace(r, description=text("Насос полезой / 野战泵", B)) for r in records]
    assert score(MemoryTrove([*perfect()[:12], *records]), held).tally("line items", "rows", SCAN).right == 0


def test_sentences_of_one_term_may_come_one_by_one() -> None:
    held = truth()
    held["agreements"][0]["delivery_terms"] = [{"texts": {"ru": "Поставка FOB Порт. Срок — 90 дней."}}]
    said = (text("Поставка FOB Порт."), text("Срок — 90 дней."))
    made = score(MemoryTrove(agreement_with(delivery_terms=said)(perfect())), held)
    assert made.tally("agreements", "delivery terms").f1 == 1
    made = score(MemoryTrove(agreement_with(delivery_terms=said[:1])(perfect())), held)
    assert made.tally("agreements", "delivery terms").right == 0


def test_an_altered_figure_read_as_it_stands_is_read_rightly() -> None:
    held = truth()
    held["alterations"].append(
        {
            "path": "contract.pdf",
            "examination": "txt.words",
            "kind": "figures",
            "page": 1,
            "detail": "figures 72021.00, words 42021.00",
        }
    )
    records = agreement_with(total=money("72021"))(perfect())
    assert score(MemoryTrove(records), held).tally("agreements", "total").right == 1
    for other in ("62021", "1"):
        records = agreement_with(total=money(other))(perfect())
        assert score(MemoryTrove(records), held).tally("agreements", "total").right == 0


def test_another_clause_of_the_paper_is_told_and_one_from_elsewhere_is_too_many() -> None:
    held = truth()
    held["exhibits"][0]["pages"][0]["text"] = TEXT + "\nПеня 0,1 % за каждый день просрочки."
    own = agreement_with(
        delivery_terms=(text("Поставка в течение 90 дней"), text("Пеня 0,1 % за каждый день просрочки."))
    )
    made = score(MemoryTrove(own(perfect())), held)
    assert made.tally("agreements", "delivery terms").f1 == 1
    assert scored(own(perfect())).tally("agreements", "delivery terms").precision == 0.5


def test_json_is_stable_and_round_trips() -> None:
    made = scored(perfect())
    data = encode(made)
    assert msgspec.json.decode(data, type=Score) == made
    assert encode(scored(perfect())) == data
    shape = json.loads(data)
    assert list(shape) == ["seed", "pages", "hard_errors", "goals", "sections", "misses"]
    assert list(shape["sections"][0]["tallies"][0]) == [
        "name",
        "split",
        "truth",
        "found",
        "right",
        "precision",
        "recall",
        "f1",
    ]


def test_the_order_of_records_changes_no_figure() -> None:
    one, other = scored(perfect()), scored(list(reversed(perfect())))
    assert one.goals == other.goals
    assert [(t.name, t.split, t.right) for s in one.sections for t in sorted(s.tallies, key=str)] == [
        (t.name, t.split, t.right) for s in other.sections for t in sorted(s.tallies, key=str)
    ]


def test_an_event_that_the_ladder_knows_is_told_and_not_scored() -> None:
    held = truth()
    held["events"] = []
    made = score(MemoryTrove(perfect()), held)
    assert made.tally("events", "events").found == 0
    held["agreements"][0]["status_basis"] = {"signed": ["twin.pdf"]}
    assert score(MemoryTrove(perfect()), held).tally("events", "events").found == 1


def test_a_truth_of_another_shape_is_refused() -> None:
    held = truth()
    held["agreements"][0]["exhibits"] = "contract.pdf"
    with pytest.raises(ValueError, match=r"agreements\[0\].exhibits"):
        score(MemoryTrove([]), held)
