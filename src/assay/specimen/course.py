"""The course of one deal: how a paper of it is put into the trove, and the papers that tell what came to pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

from assay.specimen import papers
from assay.specimen.account import Account
from assay.specimen.desk import Desk
from assay.specimen.fiction import Deal, Firm, Good
from assay.specimen.filing import Holder, Sheets, Sort, Write
from assay.specimen.truth import Filed

FILES = {
    "contract": ("contract", "договор", "контракт", "合同", "agreement_signed", "main"),
    "annex": ("annex_{n}", "Приложение {n}", "附件{n}", "App{n}", "attachment-{n}"),
    "protocol": ("price_protocol", "Протокол цен", "价格协议", "prices"),
    "letter": ("letter", "письмо", "исх", "函", "out", "fax"),
    "payment": ("payment", "платежка", "付款", "swift"),
    "act": ("act", "акт", "验收", "acceptance"),
    "minutes": ("minutes", "протокол", "纪要", "meeting notes"),
    "licence": ("licence", "лицензия", "许可"),
    "invoice": ("invoice", "счет", "发票"),
    "amendment": ("amendment", "допсоглашение", "补充协议"),
}
"""Names that people give to files."""


class Course(Account):
    """Makes the papers of what happened."""

    def desk(self, kind: str, languages: Sequence[str], deal: Deal | None = None, *, landscape: bool = False) -> Desk:
        """Open a desk for one paper."""
        self.serial += 1
        rng = Random(f"{self.prefix}/{self.serial}")
        return Desk(rng, deal or self.deal, languages, kind, landscape=landscape)

    def tongues(self, both: float = 0.45) -> tuple[str, ...]:
        """Draw the languages of a lesser paper: both, or one of the deal's."""
        return self.deal.languages if self.rng.random() < both else (self.rng.choice(self.deal.languages),)

    def holder(self) -> Holder | None:
        """Draw where a paper goes: into an open mail or archive, or (None) the folder."""
        return self.rng.choice(self.holders) if self.holders and self.rng.random() < 0.3 else None

    def name(self, rng: Random, sort: Sort, name: str, scan: bool) -> str:
        """Draw a path as people give them; it tells nothing that the truth keeps."""
        if scan and rng.random() < 0.55:
            return rng.choice(
                (
                    f"scans/Scan_{sort.day:%Y%m%d}_{rng.randint(1, 99):03d}.pdf",
                    f"scans/SKM_{rng.randint(10000, 99999)}.pdf",
                    f"inbox/doc{rng.randint(100000, 999999)}.pdf",
                    f"scans/{sort.day:%Y}/IMG_{rng.randint(1000, 9999)}.pdf",
                )
            )
        flat = self.deal.number.replace("/", "-")
        stem = rng.choice(FILES.get(name, (name,))).format(n=sort.number)
        return rng.choice(
            (
                f"{flat}/{stem}.pdf",
                f"{flat}/{stem}_{sort.day:%Y-%m-%d}.pdf",
                f"docs/{stem} {flat}.pdf",
                f"{stem}_{rng.randint(1, 400)}.pdf",
                f"{sort.day:%Y}/{stem} {sort.day:%d%m%y}.pdf",
            )
        )

    def flat(self) -> str:
        """Return the deal's number fit for a folder's name."""
        return self.deal.number.replace("/", "-")

    def put(
        self, desk: Desk, sort: Sort, write: Write, name: str, *, holder: Holder | None = None, scan: bool | None = None
    ) -> tuple[str, Sheets]:
        """Make and file one paper; return its path and its sheets."""
        sheets = self.filer.make(desk, sort, write, scan=scan)
        path = self.filer.file(
            self.deal, desk, sort, sheets, self.name(desk.rng, sort, name, sheets.scan), holder=holder
        )
        self.paths.append(path)
        return path, sheets

    def plain(
        self, desk: Desk, sort: Sort, data: bytes, text: str, medium: str, path: str, *, holder: Holder | None = None
    ) -> str:
        """File a paper of one page that is no PDF; return its path."""
        if holder is not None:
            name = holder.inner(path.rpartition("/")[2])
            holder.members.append((name, data))
            path = f"{holder.path}!/{name}"
        else:
            path = self.cabinet.free(path)
        how = "ocr" if medium == "image" else "parser"
        filed = Filed(
            path,
            sort.kind,
            desk.languages,
            medium,
            sort.stage,
            ((text, desk.languages[0], how),),
            self.deal.key,
            sort.number,
            sort.day.isoformat() if sort.dated else "",
            {language: town for language, town in sort.at.items() if language in desk.languages},
            desk.template,
            None,
            None,
            tuple(self.filer.named(self.deal, text)),
        )
        self.cabinet.file(filed, data, on_disk=holder is None)
        if sort.own:
            self.paths.append(path)
        return path

    def batch(self) -> Good:
        """Return the first batch of the main article as a line item."""
        return replace(self.deal.main, position="1", quantity=self.deal.batches[0].quantity)

    def events(self) -> None:
        """Make the papers that evidence what happened; some things happened without a paper in the trove."""
        deal, rng = self.deal, self.rng
        seller, buyer = deal.supplier, deal.buyer
        for rung, day in deal.happened.items():
            if rung in ("proposed", "drafted", "signed") or rng.random() < 0.15:
                continue
            if rung in ("in_force", "in_production"):
                self.notice(rung, day, seller, buyer)
            elif rung in ("suspended", "cancelled"):
                self.notice(rung, day, *rng.choice(((seller, buyer), (buyer, seller))))
            elif rung == "shipped":
                self.notice(rung, day, seller, buyer, quantity=deal.batches[0].quantity)
            elif rung == "in_service":
                self.notice(rung, day, buyer, seller, quantity=deal.batches[0].quantity)
            elif rung in ("advance_paid", "paid_in_full"):
                self.payment(rung, day)
            elif rung == "accepted":
                self.acceptance(day)
            else:
                self.completion(rung, day)

    def payment(self, rung: str, day: date) -> None:
        """Make the bank's paper on a payment."""
        final = rung == "paid_in_full"
        part = self.deal.instalments[-1 if final else 0]
        desk, number = self.desk("payment_order", self.tongues()), self.rng.randint(100, 9999)
        sort = Sort("other", day, str(number), content=("txt.words", "txt.ids"))
        write: Write = lambda scan: papers.payment_paper(desk, number, day, part.amount, part.percent, final)  # noqa: E731
        path, _ = self.put(desk, sort, write, "payment", holder=self.holder())
        self.happened(rung, day, path, part.amount)

    def acceptance(self, day: date) -> None:
        """Make the act of acceptance of the first batch."""
        desk, number = self.desk("acceptance_act", self.tongues()), self.next("acceptance")
        good, listed = self.batch(), self.rng.random() < 0.6
        sort = Sort("acceptance_act", day, str(number), content=("txt.parity",), at=self.deal.buyer.towns)
        path, sheets = self.put(
            desk, sort, lambda scan: papers.acceptance_act(desk, number, day, good, listed), "act", holder=self.holder()
        )
        self.happened("delivered", day, path, None, good.quantity)
        self.happened("accepted", day, path, None, good.quantity)
        if listed:
            self.item(good, path, desk, sheets)

    def completion(self, rung: str, day: date) -> None:
        """Make the act on training held or technology handed over."""
        key = "trained" if rung == "people_trained" else "technology"
        desk, number = self.desk(f"{key}_act", self.tongues()), self.next(key)
        start = papers.later(day, -7 * self.deal.weeks)
        sort = Sort("acceptance_act", day, str(number), content=("txt.parity",), at=self.deal.buyer.towns)
        path, _ = self.put(desk, sort, lambda scan: papers.act(desk, key, number, day, start), "act")
        self.happened(rung, day, path, None, self.deal.people if key == "trained" else None)

    def notice(
        self,
        rung: str,
        day: date,
        sender: Firm,
        recipient: Firm,
        *,
        money: Decimal | None = None,
        quantity: int | None = None,
    ) -> None:
        """Make a letter that evidences a rung."""
        desk = self.desk("letter", self.tongues())
        written = papers.later(day, desk.rng.randint(0, 6)) if rung != "proposed" else day
        number = f"{desk.rng.randint(10, 999)}/{written:%y}"
        given: dict[str, dict[str, str]] = {}
        if quantity:
            given["quantity"] = {language: desk.count(quantity, language) for language in desk.languages}
        if money is not None:
            given["money"] = desk.money(money)
        write: Write = lambda scan: papers.letter(desk, rung, written, day, number, sender, recipient, **given)  # noqa: E731
        path, _ = self.put(desk, Sort("letter", written, number), write, "letter", holder=self.holder())
        self.happened(rung, day, path, money, quantity)

    def invoice(self) -> None:
        """Make an invoice for the first batch, when the deal came so far."""
        if "in_production" not in self.deal.happened or self.rng.random() < 0.3:
            return
        desk, number = self.desk("invoice", self.tongues()), self.rng.randint(10, 990)
        day, good = papers.later(self.deal.happened["in_production"], 20), self.batch()
        sort = Sort("invoice", day, str(number), content=("txt.words", "txt.ids"))
        path, sheets = self.put(
            desk, sort, lambda scan: papers.invoice(desk, number, day, good), "invoice", holder=self.holder()
        )
        self.item(good, path, desk, sheets)

    def query(self) -> None:
        """Make a letter that asks and evidences nothing."""
        deal = self.deal
        desk = self.desk("letter", self.tongues(0.2))
        day = papers.later(deal.day, desk.rng.randint(40, 300))
        number = f"{desk.rng.randint(10, 999)}/{day:%y}"
        sender, recipient = desk.rng.choice(((deal.supplier, deal.buyer), (deal.buyer, deal.supplier)))
        asked = papers.later(day, 14)
        self.put(
            desk,
            Sort("letter", day, number),
            lambda scan: papers.letter(desk, "query", day, asked, number, sender, recipient),
            "letter",
        )
