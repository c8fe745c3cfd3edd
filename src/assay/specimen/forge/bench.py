"""The bench: clean papers of a fictional deal in one language, as PDF, scan, Word file, sheet or mail.

Each paper is of a deal of its own, so that no two pieces of work touch each other. Only papers made here are ever
altered: the program takes no file of the user's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from assay.specimen import papers
from assay.specimen.alter import CannotAlter
from assay.specimen.desk import Desk
from assay.specimen.fiction import Deal, World
from assay.specimen.forge.kind import BORN, IMAGE, OFFICE, SCAN, File
from assay.specimen.paint import Imprint, pdf_of
from assay.specimen.paper import Block, Leaf, Paragraph, box_of
from assay.specimen.plan import Plant
from assay.specimen.setting import leaves_of
from assay.specimen.wordfile import docx_of

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Paper:
    """A clean paper: what it is made of, and what is true of it. `pdf` is its born-digital form."""

    deal: Deal
    desk: Desk
    sort: str
    day: date
    number: str
    blocks: tuple[Block, ...]
    leaves: tuple[Leaf, ...]
    pdf: bytes
    author: str

    @property
    def pages(self) -> tuple[str, ...]:
        """The true text of each page."""
        return tuple(leaf.text for leaf in self.leaves)

    @property
    def missing(self) -> tuple[tuple[str, str], ...]:
        """What the paper names and nobody has: the contract that it belongs to, and the contract's annexes."""
        named = [("contract", self.deal.number)] if self.sort != "contract" else []
        if self.sort == "contract":
            named += [("annex", str(annex.number)) for annex in self.deal.annexes]
        return tuple(named)

    @property
    def at(self) -> datetime:
        """When the paper was made, in the fiction."""
        return datetime.combine(self.day, time(9 + self.day.day % 8, self.day.month * 4 % 60))

    def file(self, data: bytes | None = None, **change: object) -> File:
        """Return the paper as a file, born digital unless `change` says otherwise."""
        made = File(
            f"{self.sort}.pdf", self.pdf if data is None else data, self.sort, BORN, self.pages,
            self.number, self.day.isoformat(), missing=self.missing,
        )  # fmt: skip
        return replace(made, **change)  # type: ignore[arg-type]

    def box(self, needle: str) -> tuple[int, Box | None]:
        """Return where a needle stands: the page from 1, and its box; (0, None) when nowhere."""
        for number, leaf in enumerate(self.leaves, start=1):
            found = box_of(leaf, self.desk.sheet, needle)
            if found:
                return number, found
        return 0, None


class Bench:
    """Draws papers for one piece of work in one language from one random source."""

    def __init__(self, world: World, language: str, rng: Random, first: int) -> None:
        """Open a bench whose deals begin at number `first` of the world."""
        self.world, self.language, self.rng, self.next_deal = world, language, rng, first

    def deal(self) -> Deal:
        """Return a small deal that no other piece of work touches."""
        self.next_deal += 1
        return self.world.deal(self.next_deal - 1, 0.3)

    def pair(self, deal: Deal) -> tuple[str, str]:
        """Return the two languages of a contract: the bench's, and one of the deal's."""
        return (self.language, next(language for language in deal.languages if language != self.language))

    def desk(self, deal: Deal, sort: str, languages: Sequence[str] = (), plant: Plant | None = None) -> Desk:
        """Return a desk for a paper of `deal`, in the bench's language unless told."""
        desk = Desk(Random(self.rng.getrandbits(64)), deal, languages or (self.language,), sort)
        desk.plant = plant
        return desk

    def paper(
        self,
        sort: str = "",
        *,
        deal: Deal | None = None,
        day: date | None = None,
        more: Sequence[str] = (),
        desk: Desk | None = None,
        author: str = "",
        least: int = 1,
    ) -> Paper:
        """Return a clean paper: an acceptance act, invoice, payment paper or letter by lot, or the one asked for.

        `more` are paragraphs set below the rest; `least` is how many pages it has at least. Raises
        `CannotAlter` when none that long was drawn.
        """
        for _ in range(12):
            kind = sort or self.rng.choice(("acceptance_act", "invoice", "payment_order", "letter"))
            made = self._paper(kind, deal, day, more, desk, author)
            if len(made.leaves) >= least:
                return made
        message = f"no {sort or 'paper'} of {least} pages"
        raise CannotAlter(message)

    def _paper(
        self, sort: str, deal: Deal | None, day: date | None, more: Sequence[str], desk: Desk | None, author: str
    ) -> Paper:
        deal = deal or self.deal()
        desk = desk or self.desk(deal, sort, self.pair(deal) if sort == "contract" else ())
        when = day or deal.day + timedelta(days=self.rng.randint(20, 200))
        number = self.rng.randint(1, 40)
        writers: dict[str, Callable[[], list[Block]]] = {
            "acceptance_act": lambda: papers.acceptance_act(desk, number, when, deal.main, True),
            "invoice": lambda: papers.invoice(desk, number, when, deal.main),
            "payment_order": lambda: papers.payment_paper(desk, number, when, deal.instalments[0].amount, 30, False),
            "letter": lambda: papers.letter(
                desk, "shipped", when, when - timedelta(days=3), f"{number}/{when:%y}", deal.supplier, deal.buyer,
                **self._given(desk, deal),
            ),
            "contract": lambda: self._contract(desk),
        }  # fmt: skip
        if sort == "contract":
            when = deal.day
        blocks = [*writers[sort](), *(Paragraph(text, after=4) for text in more)]
        leaves = leaves_of(blocks, desk.sheet)
        who = author or deal.supplier.signer.names["en"]
        pdf = pdf_of(leaves, desk.sheet, Imprint(f"{sort} {number}", who, when, 9 + when.day % 8))
        said = deal.number if sort == "contract" else str(number)
        return Paper(deal, desk, sort, when, said, tuple(blocks), tuple(leaves), pdf, who)

    def _given(self, desk: Desk, deal: Deal) -> dict[str, dict[str, str]]:
        count = {language: desk.count(deal.main.quantity, language) for language in desk.languages}
        return {"quantity": count, "money": desk.money(deal.main.total)}

    def _contract(self, desk: Desk) -> list[Block]:
        from assay.specimen.contract import contract

        return contract(desk, signed=True, hands=False)

    def scanned(self, paper: Paper, *, severity: float | None = None, stamp: bool = False) -> tuple[File, object]:
        """Return the paper as an image-only PDF, and the `Scan` that knows where everything went."""
        from assay.specimen.scan import scan

        made = scan(
            paper.pdf, self.rng, dpi=self.rng.choice((150, 200, 200, 300)),
            severity=self.rng.choice((0.1, 0.3, 0.5)) if severity is None else severity, stamp=stamp, when=paper.at,
        )  # fmt: skip
        return paper.file(made.pdf, medium=SCAN), made

    def photographed(self, paper: Paper, *, severity: float = 0.3) -> File:
        """Return the paper's first page as a scanned JPEG."""
        from assay.specimen.scan import scan_image

        data = scan_image(paper.pdf, self.rng, dpi=200, severity=severity)
        return paper.file(data, name=f"{paper.sort}.jpg", medium=IMAGE, pages=paper.pages[:1])

    def word(self, paper: Paper) -> File:
        """Return the paper as a Word file."""
        data, text = docx_of(paper.blocks, self.rng, title=paper.sort, author=paper.author, made=paper.day)
        return paper.file(data, name=f"{paper.sort}.docx", medium=OFFICE, pages=(text,))
