from __future__ import annotations

import random
import re
from datetime import date
from decimal import Decimal

from assay.ledger.hedges import certainties, hedges
from assay.ledger.lineage import LINEAGE
from assay.ledger.propositions import PROPOSITIONS
from assay.ledger.standings import STANDINGS
from assay.model import (
    Agreement,
    Claim,
    DateRange,
    Document,
    DocumentKind,
    Lineage,
    MemoryTrove,
    Mention,
    Modality,
    Money,
    Page,
    PageState,
    Party,
    Proposition,
    Record,
    Role,
    Rung,
    Span,
    Speaker,
    Standing,
    Text,
)  # fmt: skip


def text(value: str, exhibit: str = "x") -> Text:
    return Text(value, value, "", Span(exhibit, 1, 0, len(value), (), value))


def day(iso: str) -> DateRange:
    return DateRange(iso, date.fromisoformat(iso), date.fromisoformat(iso))


AGREEMENT = Agreement(
    text("12/3"), None, None, None, None, (), None, (), (), (), ("contract",), (), (), (), (), (), "t", "1"
)


def press(exhibit: str, body: str = "", on: str = "2024-01-01") -> list[Record]:
    document = Document(
        exhibit, DocumentKind.PRESS, None, None, day(on), None, None, None, None, None, (), (), ("en",), "unclear", (),
        (), (), (), "t", "1",
    )  # fmt: skip
    page = Page(exhibit, 1, "page", PageState.READ, "parser", "t", body, "en", (), 1, 1, 0, None, "", (), "t", "1")
    return [document, page]


def claim(
    exhibit: str,
    statement: str,
    *chain: tuple[str, str],
    topic: str = "rung",
    rung: Rung | None = Rung.DELIVERED,
    modality: Modality = Modality.ASSERTED,
    polarity: bool = True,
    money: str | None = None,
    number: str | None = "12/3",
    hedged: tuple[str, ...] = (),
) -> Claim:
    said = text(statement, exhibit)
    return Claim(
        exhibit, said, topic, rung, text(number, exhibit) if number else None, (), (), None,
        Money(money, Decimal(money), "USD") if money else None, None, None,
        tuple(Speaker(name, kind, None) for name, kind in chain), modality, polarity,
        tuple(Text(h, h) for h in hedged), (said.span,) if said.span else (), "t", "1",
    )  # fmt: skip


def standings(*records: Record) -> list[Standing]:
    trove = MemoryTrove([AGREEMENT, *records])
    propositions = {p.id: p for p in PROPOSITIONS.combine(trove) if isinstance(p, Proposition)}
    out = [s for s in STANDINGS.combine(trove) if isinstance(s, Standing)]
    assert {s.proposition for s in out} == set(propositions)
    for standing in out:
        assert not re.search(r"authentic|genuine|fake|forged|likely|confidence", standing.sentence)
    return out


def test_forty_articles_on_one_leak_are_one_origin() -> None:
    records: list[Record] = []
    for i in range(40):
        records += press(f"p{i}")
        records.append(
            claim(f"p{i}", f"Outlet {i}: delivered.", (f"Outlet {i}", "outlet"), ("Ministry of Varnia", "institution"))
        )
    (found,) = standings(*records)
    assert found.word == "one_origin"
    assert [o.name for o in found.origins] == ["Ministry of Varnia"]
    assert len(found.origins[0].claims) == 40


def test_unknown_origin_counts_as_none() -> None:
    (found,) = standings(
        *press("a"), claim("a", "It was delivered.", ("Outlet A", "outlet")),
        *press("b"), claim("b", "Sources say so.", ("Outlet B", "outlet"), ("sources", "unknown")),
    )  # fmt: skip
    assert found.word == "no_evidence"
    assert [o.kind for o in found.origins] == ["unknown"]


def test_two_hands_corroborate_and_a_denial_contradicts() -> None:
    one = [*press("a"), claim("a", "Delivered.", ("Outlet A", "outlet"), ("Ministry of Varnia", "institution"))]
    two = [*press("b"), claim("b", "Arrived.", ("Outlet B", "outlet"), ("Ivan Petrov", "person"))]
    no = [
        *press("c"),
        claim("c", "No.", ("Outlet C", "outlet"), ("Embassy of Sarn", "institution"), modality=Modality.DENIED),
    ]
    assert [s.word for s in standings(*one, *two)] == ["corroborated"]
    (found,) = standings(*one, *two, *no)
    assert found.word == "contradicted"
    assert len(found.origins) == 2 and [o.name for o in found.against] == ["Embassy of Sarn"]
    assert [s.word for s in standings(*no)] == ["denied"]


def test_two_names_of_one_party_are_one_origin() -> None:
    party = Party(
        "Министерство Варнии", "organisation", ("Ministry of Varnia", "瓦尼亚国防部"), (), (), ("x.",), (), "t", "1"
    )
    (found,) = standings(
        party,
        *press("a"), claim("a", "Delivered.", ("A", "outlet"), ("Ministry of Varnia", "institution")),
        *press("b"), claim("b", "已交付。", ("B", "outlet"), ("瓦尼亚国防部", "institution")),
        *press("c"), claim("c", "Поставлено.", ("C", "outlet"), ("Министерства Варнии", "institution")),
    )  # fmt: skip
    assert found.word == "one_origin"


def test_spokesman_and_his_ministry_are_one_origin() -> None:
    speaker = Mention(
        "a", text("Ivan Petrov"), "person", Role.SPEAKER, "en", (), (), None, text("Ministry of Varnia"), None, "t", "1"
    )
    parties = [
        Party("Ivan Petrov", "person", (), (), (speaker.id,), ("x.",), (), "t", "1"),
        Party("Ministry of Varnia", "organisation", (), (), (), ("x.",), (), "t", "1"),
    ]
    (found,) = standings(
        speaker, *parties,
        *press("a"), claim("a", "Delivered.", ("A", "outlet"), ("Ivan Petrov", "person")),
        *press("b"), claim("b", "All delivered.", ("B", "outlet"), ("Ministry of Varnia", "institution")),
    )  # fmt: skip
    assert found.word == "one_origin"


def test_outlet_that_cites_an_outlet_is_followed_to_its_source() -> None:
    (found,) = standings(
        *press("a", on="2024-01-01"), claim("a", "Delivered.", ("Outlet A", "outlet"), ("Ministry", "institution")),
        *press("b", on="2024-01-02"), claim("b", "Delivered, A says.", ("Outlet B", "outlet"), ("Outlet A", "outlet")),
    )  # fmt: skip
    assert found.word == "one_origin"
    assert len(found.origins[0].claims) == 2


def test_papers_of_one_agreement_are_one_origin() -> None:
    (found,) = standings(
        *press("a"), claim("a", "Delivered.", ("Outlet A", "outlet"), ("leaked contract", "document")),
        *press("b"), claim("b", "Delivered.", ("Outlet B", "outlet"), ("documents", "document")),
    )  # fmt: skip
    assert found.word == "one_origin"
    assert found.origins[0].name == "the papers of agreement № 12/3 in this trove"


def test_two_sums_contradict_and_none_is_averaged() -> None:
    found = standings(
        *press("a"),
        claim("a", "100.", ("A", "outlet"), ("Ministry", "institution"), topic="value", rung=None, money="100"),
        *press("b"),
        claim("b", "120.", ("B", "outlet"), ("Embassy", "institution"), topic="value", rung=None, money="120"),
    )
    assert [s.word for s in found] == ["contradicted", "contradicted"]


def test_silence_is_worded_by_its_kind() -> None:
    found = standings(
        *press("a"),
        claim("a", "Declined.", ("A", "outlet"), ("Ministry", "institution"), topic="reply", rung=None,
              modality=Modality.DECLINED_TO_COMMENT),
        claim("a", "No answer.", ("A", "outlet"), ("Embassy", "institution"), topic="reply", rung=None,
              modality=Modality.DID_NOT_ANSWER),
    )  # fmt: skip
    assert {s.sentence for s in found} == {"Ministry declined to comment.", "Embassy did not answer."}
    assert {s.word for s in found} == {"no_evidence"}


FIRST = (
    "Outlet A has seen the contract between the two ministries. The papers appear genuine but may have been altered, "
    "experts said. The value of the deal is 210 million dollars and forty systems are listed in the annex."
)
SECOND = (
    "The leaked contract was published by Outlet A on Monday. The papers are verified, experts said. The value of the "
    "deal is 210 million dollars and forty systems are listed in the annex."
)


def lineages(*records: Record) -> list[Lineage]:
    return [r for r in LINEAGE.combine(MemoryTrove([AGREEMENT, *records])) if isinstance(r, Lineage)]


def test_a_hedge_lost_on_the_way() -> None:
    (found,) = lineages(
        *press("a", FIRST, "2024-01-01"), claim("a", FIRST[:40], ("Outlet A", "outlet")),
        *press("b", SECOND, "2024-01-02"), claim("b", SECOND[:40], ("Outlet B", "outlet"), ("Outlet A", "outlet")),
    )  # fmt: skip
    assert (found.exhibit, found.origin, found.relation) == ("b", "a", "copies")
    assert set(found.lost_hedges) == {"appear genuine", "may have been altered"}
    assert found.became == ("verified",)
    for span in found.spans:
        body = {"a": FIRST, "b": SECOND}[span.exhibit]
        assert body[span.start : span.end] == span.quote


def test_kept_hedges_are_not_lost_and_strangers_are_no_copies() -> None:
    (kept,) = lineages(*press("a", FIRST, "2024-01-01"), *press("b", "Today. " + FIRST, "2024-01-02"))
    assert kept.lost_hedges == () and kept.became == ()
    other = (
        "Weather in the capital stayed cold while the harvest of wheat was good and prices fell for the third month."
    )
    assert lineages(*press("a", FIRST), *press("b", other)) == []


def test_standing_text_of_an_outlet_makes_no_copy() -> None:
    standing = (
        " This newspaper is printed every day in the capital and sold in all towns of the republic for one crown."
    )
    records: list[Record] = []
    for number in range(4):
        body = f"Agreement {number}/77 was discussed by nobody on the street number {number * 7 + 3} today." + standing
        records += press(f"p{number}", body, f"2024-01-0{number + 1}")
        records.append(claim(f"p{number}", body[:20], (f"Outlet {number}", "outlet"), number=f"{number}/77"))
    assert lineages(*records) == []


def test_chinese_and_russian_hedges() -> None:
    assert hedges("Документы, по-видимому, подлинные, но могли быть изменены.") == [
        "по-видимому",
        "могли быть изменены",
    ]
    assert hedges("文件看似真实，但可能被修改。") == ["看似", "可能"]
    assert certainties("Документы подтверждены экспертами.") == ["подтверждены"]
    assert certainties("Документы не подтверждены.") == []


def test_order_of_records_changes_no_standing() -> None:
    records: list[Record] = [
        AGREEMENT,
        *press("a", FIRST, "2024-01-01"), claim("a", "Delivered.", ("A", "outlet"), ("Ministry", "institution")),
        *press("b", SECOND, "2024-01-02"), claim("b", "Delivered.", ("B", "outlet"), ("A", "outlet")),
        *press("c", SECOND, "2024-01-02"), claim("c", "Never.", ("C", "outlet"), ("X", "person"), polarity=False),
    ]  # fmt: skip

    def ids() -> list[str]:
        trove = MemoryTrove(records)
        return [r.id for part in (PROPOSITIONS, STANDINGS, LINEAGE) for r in part.combine(trove)]

    first = ids()
    for seed in range(5):
        random.Random(seed).shuffle(records)
        assert ids() == first
