"""Kinds that several papers show only together: gaps, versions, templates, one hand behind many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from assay.specimen import papers
from assay.specimen.alter import CannotAlter
from assay.specimen.contract import contract, delivery_schedule, payment_schedule, specification, training_programme
from assay.specimen.desk import Desk
from assay.specimen.fiction import Deal
from assay.specimen.forge.bench import Bench
from assay.specimen.forge.kind import BORN, SCAN, File, Kind, Made
from assay.specimen.paint import Imprint, pdf_of
from assay.specimen.paper import Block, Leaf
from assay.specimen.setting import leaves_of

_WRITERS: dict[str, Callable[[Desk, int], list[Block]]] = {
    "specification": specification, "payment_schedule": payment_schedule, "delivery_schedule": delivery_schedule,
    "training_programme": training_programme,
}  # fmt: skip


def _annexes(bench: Bench, *, gap: bool) -> Made:
    """File a contract with all its annexes, or with all but one."""
    for _ in range(40):
        deal = bench.deal()
        if len(deal.annexes) >= 2 and all(annex.kind in _WRITERS for annex in deal.annexes):
            break
    else:
        message = "no deal whose annexes can all be written"
        raise CannotAlter(message)
    author = deal.supplier.signer.names["en"]
    desk = bench.desk(deal, "contract", bench.pair(deal))
    files = [_file(deal, "contract", leaves_of(contract(desk, signed=True, hands=False), desk.sheet), desk, author)]
    lost = bench.rng.choice(deal.annexes).number if gap else 0
    for annex in deal.annexes:
        if annex.number != lost:
            own = bench.desk(deal, annex.kind, bench.pair(deal))
            leaves = leaves_of(_WRITERS[annex.kind](own, annex.number), own.sheet)
            files.append(_file(deal, annex.kind, leaves, own, author, f"annex_{annex.number}.pdf", str(annex.number)))
    missing = (("annex", str(lost)),) if gap else ()
    about = tuple(range(len(files)))
    return Made(tuple(files), f"annex {lost} is missing" if gap else "complete", about=about, missing=missing)


def _file(
    deal: Deal, sort: str, leaves: list[Leaf], desk: Desk, author: str, name: str = "contract.pdf", number: str = ""
) -> File:
    data = pdf_of(leaves, desk.sheet, Imprint(f"{sort} {deal.number}", author, deal.day))
    pages = tuple(leaf.text for leaf in leaves)
    return File(name, data, sort, BORN, pages, number or deal.number, deal.day.isoformat(), "final")


def _pages(bench: Bench, *, gap: bool) -> Made:
    """Scan a contract whose pages are numbered "k of n", with or without one of them."""
    from assay.specimen.scan import scan

    for _ in range(40):
        paper = bench.paper("contract", least=4)
        sheet = paper.desk.sheet
        if any("{page}" in words and "{pages}" in words for words in (sheet.header, sheet.footer)):
            break
    else:
        message = "no paper with pages numbered k of n"
        raise CannotAlter(message)
    leaves = list(paper.leaves)
    lost = bench.rng.randrange(2, len(leaves)) if gap else 0
    kept = [leaf for number, leaf in enumerate(leaves, start=1) if number != lost]
    whole = pdf_of(kept, sheet, Imprint("contract", paper.author, paper.day))
    data = scan(whole, bench.rng, dpi=200, severity=0.1, when=paper.at).pdf
    file = paper.file(data, medium=SCAN, pages=tuple(leaf.text for leaf in kept))
    missing = (("page", str(lost)),) if gap else ()
    return Made((file,), f"page {lost} is missing" if gap else "complete", missing=missing)


def _versions(bench: Bench, *, forked: bool) -> Made:
    """File two papers of one number and day that differ in their total: both signed, or one of them a draft."""
    deal = bench.deal()
    total = (deal.total * Decimal("1.07")).quantize(Decimal("0.01"))
    parts = tuple(
        replace(part, amount=(total * part.percent / 100).quantize(Decimal("0.01"))) for part in deal.instalments
    )
    other = replace(deal, total=total, instalments=parts)
    seed = bench.rng.getrandbits(64)
    author = deal.supplier.signer.names["en"]
    files = []
    for name, its, signed in (("contract.pdf", deal, True), ("contract_2.pdf", other, forked)):
        desk = Desk(Random(seed), its, bench.pair(deal), "contract")
        leaves = leaves_of(contract(desk, signed=signed, hands=False), desk.sheet)
        file = _file(its, "contract", leaves, desk, author, name)
        missing = tuple(("annex", str(annex.number)) for annex in deal.annexes)
        files.append(replace(file, stage="final" if signed else "draft", missing=missing))
    return Made(tuple(files), f"{deal.total} in one, {total} in the other", about=(0, 1))


def _series(bench: Bench, *, outlier: bool) -> Made:
    """File six letters of one firm, all in its manner, or one of them in another."""
    deal = bench.deal()
    seed, strange = bench.rng.getrandbits(64), bench.rng.getrandbits(64)
    odd = bench.rng.randrange(6) if outlier else -1
    author = deal.supplier.signer.names["en"]
    files = []
    for number in range(6):
        day = deal.day + timedelta(days=20 * (number + 1))
        desk = Desk(Random(strange if number == odd else seed), deal, (bench.language,), "letter")
        desk.rng = Random(bench.rng.getrandbits(64))
        given = {"quantity": {bench.language: desk.count(deal.main.quantity, bench.language)}}
        blocks = papers.letter(
            desk, "shipped", day, day, f"{number + 11}/{day:%y}", deal.supplier, deal.buyer, **given
        )  # fmt: skip
        leaves = leaves_of(blocks, desk.sheet)
        data = pdf_of(leaves, desk.sheet, Imprint("letter", author, day))
        files.append(
            File(
                f"letter_{number + 1}.pdf", data, "letter", BORN, tuple(leaf.text for leaf in leaves),
                f"{number + 11}/{day:%y}", day.isoformat(), missing=(("contract", deal.number),),
            )
        )  # fmt: skip
    about = (odd,) if outlier else tuple(range(6))
    return Made(tuple(files), f"letter {odd + 1} in another manner" if outlier else "one manner", about=about)


def _one_hand(bench: Bench, *, unrelated: bool) -> Made:
    """File three papers by one author: of three firms that have nothing to do with each other, or of one."""
    deal = bench.deal()
    author = deal.supplier.signer.names["en"]
    files = []
    for number in range(3):
        own = bench.deal() if unrelated and number else deal
        if unrelated and number and own.supplier.key == deal.supplier.key:
            message = "the world gave the same firm twice"
            raise CannotAlter(message)
        paper = bench.paper("letter", deal=own, day=own.day + timedelta(days=30 + 10 * number), author=author)
        files.append(paper.file(name=f"letter_{number + 1}.pdf"))
    return Made(tuple(files), f"all made by {author}", about=(0, 1, 2))


def _zones(bench: Bench, *, strange: bool) -> Made:
    """File five letters of one firm; one was made where its clock stands at UTC-5, or all at home."""
    deal = bench.deal()
    files = []
    for number in range(5):
        paper = bench.paper("letter", deal=deal, day=deal.day + timedelta(days=15 * (number + 1)))
        data = paper.pdf
        if strange and number == 2:
            data = data.replace(b"+03'00'", b"-05'00'")
        files.append(paper.file(data, name=f"letter_{number + 1}.pdf"))
    about = (2,) if strange else tuple(range(5))
    return Made(tuple(files), "one clock at UTC-5 among UTC+3" if strange else "one clock", about=about)


KINDS = (
    Kind("annex missing", "set.gaps", BORN, lambda b: _annexes(b, gap=True), lambda b: _annexes(b, gap=False),
         "all annexes there"),
    Kind("page missing", "set.gaps", SCAN, lambda b: _pages(b, gap=True), lambda b: _pages(b, gap=False),
         "all pages there"),
    Kind("two signed versions of one number", "set.versions", BORN, lambda b: _versions(b, forked=True),
         lambda b: _versions(b, forked=False), "one of them is a draft"),
    Kind("letter in another manner", "set.template", BORN, lambda b: _series(b, outlier=True),
         lambda b: _series(b, outlier=False), "all in one manner"),
    Kind("one author for unrelated firms", "set.network", BORN, lambda b: _one_hand(b, unrelated=True),
         lambda b: _one_hand(b, unrelated=False), "one author for one firm"),
    Kind("clock of another zone", "set.tz", BORN, lambda b: _zones(b, strange=True), lambda b: _zones(b, strange=False),
         "one clock"),
)  # fmt: skip
