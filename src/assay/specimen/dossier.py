"""The dossier of one deal: every paper about it, in the order of its life, and what is true of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from random import Random

from assay.specimen import alter, papers
from assay.specimen import contract as contracts
from assay.specimen.desk import Desk
from assay.specimen.fiction import Deal, Firm, Good, Instalment
from assay.specimen.filing import Change, Filer, Holder, Sheets, Sort, Write
from assay.specimen.goodslist import sheet_rows
from assay.specimen.mailfile import Note, eml_of, txt_of
from assay.specimen.paper import Block, Paragraph
from assay.specimen.plan import Plant
from assay.specimen.sheetfile import xlsx_of
from assay.specimen.truth import Filed
from assay.specimen.wordfile import docx_of

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


class Dossier:
    """Makes the papers of one deal and writes down what is true of it."""

    def __init__(self, filer: Filer, deal: Deal, rng: Random, prefix: str) -> None:
        """Open the deal's dossier; `prefix` makes the random sources of its papers its own."""
        self.filer, self.deal, self.rng, self.prefix = filer, deal, rng, prefix
        self.cabinet = filer.cabinet
        self.signed = "signed" in deal.happened
        self.serial = 0
        self.paths: list[str] = []
        self.listing: dict[str, list[str]] = {}
        self.printed: dict[str, dict[str, dict[str, str]]] = {}
        self.basis: dict[str, list[str]] = {}
        self.claimed: set[str] = set()
        self.denied: set[str] = set()
        self.contract = ""
        self.contract_sheets: Sheets | None = None
        self.contract_desk: Desk | None = None
        lesser = [annex.number for annex in deal.annexes if annex.kind not in ("specification", "reserved")]
        self.omitted = rng.choice(lesser) if rng.random() < 0.4 else 0
        self.family: list[tuple[str, str]] = []
        self.titles: dict[str, str] = {}
        self.terms: list[dict[str, str]] = []
        self.delivery: dict[str, str] = {}
        self.holders: list[Holder] = []

    def brief(self) -> None:
        """Make the few papers of a deal that the trove holds little of."""
        self.master()
        for annex in self.deal.annexes:
            self.annex(annex.number, annex.kind)
        self.events()
        self.text()
        self.copies()

    def make(self) -> None:
        """Make every paper of the deal."""
        deal, rng = self.deal, self.rng
        if "proposed" in deal.happened and rng.random() < 0.7:
            self.notice(
                "proposed",
                deal.happened["proposed"],
                deal.supplier,
                deal.buyer,
                quantity=deal.main.quantity,
                money=deal.total,
            )
        if "drafted" in deal.happened and self.signed and rng.random() < 0.75:
            self.draft()
        self.master()
        self.open_holders()
        for annex in deal.annexes:
            self.annex(annex.number, annex.kind)
        if rng.random() < 0.75:
            self.price_protocol()
        if deal.licence_cap:
            self.licence()
        self.minutes()
        if self.signed and rng.random() < 0.25:
            self.amendment()
        self.events()
        self.invoice()
        self.spreadsheet()
        self.text()
        for _ in range(rng.randint(0, 2)):
            self.query()
        self.close_holders()
        self.copies()

    def desk(self, kind: str, languages: Sequence[str], deal: Deal | None = None) -> Desk:
        """Open a desk for one paper."""
        self.serial += 1
        return Desk(Random(f"{self.prefix}/{self.serial}"), deal or self.deal, languages, kind)

    def tongues(self, both: float = 0.45) -> tuple[str, ...]:
        """Draw the languages of a lesser paper: both, or one of the deal's."""
        return self.deal.languages if self.rng.random() < both else (self.rng.choice(self.deal.languages),)

    def holder(self) -> Holder | None:
        """Draw where a paper goes: into an open mail or archive, or (None) the folder."""
        return self.rng.choice(self.holders) if self.holders and self.rng.random() < 0.3 else None

    def name(self, rng: Random, sort: Sort, name: str, scan: bool) -> str:
        """Draw a path as people give them; it tells nothing that the truth keeps."""
        if scan and rng.random() < 0.55:
            return rng.choice((
                f"scans/Scan_{sort.day:%Y%m%d}_{rng.randint(1, 99):03d}.pdf", f"scans/SKM_{rng.randint(10000, 99999)}.pdf",
                f"inbox/doc{rng.randint(100000, 999999)}.pdf", f"scans/{sort.day:%Y}/IMG_{rng.randint(1000, 9999)}.pdf",
            ))  # fmt: skip
        flat = self.deal.number.replace("/", "-")
        stem = rng.choice(FILES.get(name, (name,))).format(n=sort.number)
        return rng.choice((
            f"{flat}/{stem}.pdf", f"{flat}/{stem}_{sort.day:%Y-%m-%d}.pdf", f"docs/{stem} {flat}.pdf", f"{stem}_{rng.randint(1, 400)}.pdf",
            f"{sort.day:%Y}/{stem} {sort.day:%d%m%y}.pdf",
        ))  # fmt: skip

    def put(
        self, desk: Desk, sort: Sort, write: Write, name: str, *, holder: Holder | None = None
    ) -> tuple[str, Sheets]:
        """Make and file one paper; return its path and its sheets."""
        sheets = self.filer.make(desk, sort, write)
        path = self.filer.file(
            self.deal, desk, sort, sheets, self.name(desk.rng, sort, name, sheets.scan), holder=holder
        )
        self.paths.append(path)
        return path, sheets

    def master(self) -> None:
        """Make the master contract."""
        deal = self.deal
        desk = self.desk("contract", deal.languages)
        stage = "final" if self.signed else "draft"
        content = ("txt.ids", "txt.parity", "txt.parity")
        sort = Sort("contract", deal.day, deal.number, stage, True, content, at=deal.supplier.towns)
        path, sheets = self.put(
            desk, sort, lambda scan: contracts.contract(desk, signed=self.signed, hands=scan), "contract"
        )
        self.contract, self.contract_sheets, self.contract_desk = path, sheets, desk
        self.titles, self.terms, self.delivery = desk.titles, desk.terms, desk.said.get("delivery", {})
        self.family.insert(0, (path, "original"))
        self.basis.setdefault("signed" if self.signed else "drafted", []).append(path)
        if not any(change.examination == "txt.words" for change in sheets.changes) and desk.word_style in (0, 1, 3):
            self.filer.note(
                Change("txt.words", "other wording", True, "the same amount in other words and with cents in figures"),
                path,
            )

    def draft(self) -> None:
        """Make a Word draft of the contract with another sum, with or without tracked changes."""
        deal, rng = self.deal, self.rng
        share = Decimal(rng.choice((93, 95, 97, 104, 106))) / 100
        total = (deal.total * share).quantize(Decimal("0.01"))
        parts: list[Instalment] = []
        for part in deal.instalments:
            amount = (total * part.percent / 100).quantize(Decimal("0.01"))
            parts.append(replace(part, amount=amount))
        other = replace(deal, total=total, instalments=tuple(parts))
        desk = self.desk("draft", deal.languages, other)
        day = deal.happened["drafted"]
        blocks = contracts.contract(desk, signed=False, hands=False)
        author = deal.supplier.signer.names[deal.languages[0]]
        data, text = docx_of(blocks, desk.rng, title=f"draft {deal.number}", author=author, made=day)
        change = None
        if desk.rng.random() < 0.6:
            reviser = alter.Reviser(
                deal.buyer.signer.names["en"], "R.", datetime.combine(day, time(15, desk.rng.randrange(60)))
            )
            remark = desk.say("body", "comment")[desk.languages[0]]
            old = desk.hands[desk.languages[0]].figure(total)
            made = alter.track_changes(
                data, desk.rng, reviser=reviser, old=old, comment=remark if desk.rng.random() < 0.7 else ""
            )
            data = made.data
            after = made.after.replace("\u00a0", " ")
            text = text.replace(old.replace("\u00a0", " "), after, 1)
            change = Change("ooxml.track", "tracked change", False, f"{old} -> {after}".replace("\u00a0", " "))
        else:
            made = alter.accepted(data, desk.rng)
            data = made.data
            change = Change("ooxml.track", "saved in a second session", True, "an edit with nothing tracked")
        sort = Sort("contract", deal.day, deal.number, "draft")
        path = self.plain(
            desk,
            sort,
            data,
            text,
            "office",
            f"{self.flat()}/{desk.rng.choice(('draft', 'проект', '草案'))}_{day:%d.%m}.docx",
        )
        self.filer.note(change, path)
        self.filer.plan.done(Plant("ooxml.track", change.twin))
        self.basis.setdefault("drafted", []).append(path)
        self.family.append((path, "draft"))

    def flat(self) -> str:
        """Return the deal's number fit for a folder's name."""
        return self.deal.number.replace("/", "-")

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
            path, sort.kind, desk.languages, medium, sort.stage, ((text, desk.languages[0], how),), self.deal.key, sort.number,
            sort.day.isoformat(), {}, desk.template, None, None, tuple(self.filer.named(self.deal, text)),
        )  # fmt: skip
        self.cabinet.file(filed, data, on_disk=holder is None)
        self.paths.append(path)
        return path

    def open_holders(self) -> None:
        """Open the mails and archives into which some of the papers go."""
        if self.rng.random() < 0.7:
            self.holders.append(Holder(self.cabinet.free(f"mail/{self.flat()}_{self.rng.randint(1, 99)}.eml")))
        if self.rng.random() < 0.4:
            self.holders.append(
                Holder(self.cabinet.free(f"archive/{self.rng.choice(('docs', 'документы', '资料'))}_{self.flat()}.zip"))
            )

    def close_holders(self) -> None:
        """Write the mails and archives."""
        deal = self.deal
        for holder in self.holders:
            language = self.rng.choice(deal.languages)
            desk = self.desk("mail", (language,))
            day = papers.later(deal.day, desk.rng.randint(1, 90))
            if holder.path.endswith(".zip"):
                if holder.members:
                    filed = Filed(holder.path, "other", (), "archive", "unclear", (), deal.key, "", day.isoformat())
                    self.cabinet.file(filed, self.filer.close(holder, day))
                    self.paths.append(holder.path)
                continue
            said, subject = desk.say("mail", "body")[language], desk.say("mail", "subject")[language]
            pair = desk.rng.choice(((deal.supplier, deal.buyer), (deal.buyer, deal.supplier)))
            people = [firm.signer.names[language] for firm in pair]
            at = [f"{firm.signer.surnames['en'].lower()}@{firm.key.split('-')[0]}.example" for firm in pair]
            body = f"{said}\n\n{people[0]}".replace("\u00a0", " ")
            note = Note(people[0], at[0], people[1], at[1], day, subject.replace("\u00a0", " "), body, language)
            data = eml_of(note, desk.rng, holder.members)
            filed = Filed(
                holder.path, "mail", (language,), "mail", "final", ((body, language, "parser"),), deal.key, "", day.isoformat(), {},
                desk.template, None, None, tuple(self.filer.named(deal, body)),
            )  # fmt: skip
            self.cabinet.file(filed, data)
            self.paths.append(holder.path)

    def annex(self, number: int, kind: str) -> None:
        """Make one annex, or leave it out, or send it along in a mail."""
        deal = self.deal
        if kind == "reserved":
            if not self.omitted:
                self.filer.note(
                    Change("set.gaps", "reserved", True, f"annex {number} is stated to be unused"), self.contract
                )
            return
        if number == self.omitted:
            self.filer.plan.done(Plant("set.gaps"))
            self.filer.note(
                Change("set.gaps", "annex missing", False, f"annex {number} is not in the trove"), self.contract
            )
            row = {"what": "annex", "number": str(number), "agreement": deal.key, "referenced_in": [self.contract]}
            self.cabinet.add("missing", row)
            return
        desk = self.desk(kind, self.tongues(0.7))
        write = {
            "specification": contracts.specification, "payment_schedule": contracts.payment_schedule,
            "delivery_schedule": contracts.delivery_schedule, "training_programme": contracts.training_programme,
        }[kind]  # fmt: skip
        content = {
            "specification": ("txt.sum",),
            "payment_schedule": ("txt.parity",),
            "training_programme": ("txt.parity",),
        }
        stage = "final" if self.signed else "draft"
        sort = Sort(
            "annex" if kind == "specification" else kind, deal.day, str(number), stage, content=content.get(kind, ())
        )
        holder = self.holder()
        path, sheets = self.put(desk, sort, lambda scan: write(desk, number), "annex", holder=holder)
        if holder and not self.omitted:
            self.filer.note(
                Change("set.gaps", "attached elsewhere", True, f"annex {number} is in {path}"), self.contract
            )
        if kind == "specification":
            self.listed(desk, sheets, path, [good for good in deal.goods if good.annex == number])

    def listed(self, desk: Desk, sheets: Sheets, path: str, goods: Sequence[Good]) -> None:
        """Write down that a paper lists goods, and what it prints otherwise than is true."""
        hand = desk.hands[desk.languages[0]]
        for good in goods:
            self.listing.setdefault(good.position, []).append(path)
            for change in sheets.changes:
                values: dict[str, str] = {}
                if change.position == good.position:
                    values["total"] = change.figure
                for key, amount in (("total", good.total), ("price", good.price)):
                    if change.before and change.before == hand.figure(amount).replace("\u00a0", " "):
                        values[key] = _number(change.after)
                if values:
                    self.printed.setdefault(good.position, {})[path] = values

    def price_protocol(self) -> None:
        """Make the protocol of prices."""
        desk, number = self.desk("price_protocol", self.deal.languages), self.rng.randint(1, 12)
        day = papers.later(self.deal.day, -self.rng.randint(1, 20))
        sort = Sort("price_protocol", day, str(number), content=("txt.sum", "txt.words"), at=self.deal.buyer.towns)
        path, sheets = self.put(
            desk, sort, lambda scan: contracts.price_protocol(desk, number, day), "protocol", holder=self.holder()
        )
        self.listed(desk, sheets, path, self.deal.goods)

    def licence(self) -> None:
        """Make the licence."""
        deal = self.deal
        desk, number = self.desk("licence", deal.languages), self.rng.randint(1, 9)
        day = papers.later(deal.day, self.rng.randint(0, 20))
        content = ("txt.words", "txt.ids", "txt.parity")
        sort = Sort(
            "licence", day, str(number), "final" if self.signed else "draft", content=content, at=deal.supplier.towns
        )
        self.put(desk, sort, lambda scan: contracts.licence(desk, number, day), "licence")

    def minutes(self) -> None:
        """Make minutes of a negotiation."""
        desk, number = self.desk("minutes", self.tongues()), self.rng.randint(1, 20)
        day = papers.later(self.deal.day, -self.rng.randint(20, 120))
        sort = Sort("minutes", day, str(number), at=self.deal.supplier.towns)
        self.put(desk, sort, lambda scan: papers.minutes(desk, number, day), "minutes", holder=self.holder())

    def amendment(self) -> None:
        """Make an amendment that moves the time of delivery."""
        deal = self.deal
        desk, number = self.desk("amendment", deal.languages), self.rng.randint(1, 4)
        day, due = papers.later(deal.day, self.rng.randint(60, 200)), papers.later(deal.due, self.rng.randint(60, 300))
        sort = Sort("amendment", day, str(number), content=("txt.parity", "txt.ids"), at=deal.buyer.towns)
        self.put(desk, sort, lambda scan: contracts.amendment(desk, number, day, due), "amendment")

    def batch(self) -> Good:
        """Return the first batch of the main article as a line item."""
        return replace(self.deal.main, position="1", quantity=self.deal.batches[0].quantity)

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

    def item(self, good: Good, path: str, desk: Desk, sheets: Sheets) -> None:
        """Write down a line item that stands on one paper only."""
        figure = desk.hands[desk.languages[0]].figure
        printed = {}
        for change in sheets.changes:
            for key, amount in (("total", good.total), ("price", good.price)):
                if change.before and change.before == figure(amount).replace("\u00a0", " "):
                    printed[key] = _number(change.after)
        self.cabinet.add("items", self.row_of(good, [path], {path: printed} if printed else {}))

    def row_of(self, good: Good, exhibits: list[str], printed: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
        """Return a line item as the truth writes it."""
        row: dict[str, object] = {
            "agreement": self.deal.key, "position": good.position, "designation": good.designation, "descriptions": good.descriptions,
            "quantity": str(good.quantity), "unit": good.unit, "price": f"{good.price:.2f}", "total": f"{good.total:.2f}",
            "currency": self.deal.currency, "exhibits": exhibits,
        }  # fmt: skip
        if printed:
            row["as_printed"] = {path: dict(values) for path, values in printed.items()}
        return row

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
        desk, number = self.desk("acceptance_act", self.tongues()), self.rng.randint(1, 30)
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
        desk, number = self.desk(f"{key}_act", self.tongues()), self.rng.randint(1, 30)
        start = papers.later(day, -7 * self.deal.weeks)
        sort = Sort("acceptance_act", day, str(number), content=("txt.parity",), at=self.deal.buyer.towns)
        path, _ = self.put(desk, sort, lambda scan: papers.act(desk, key, number, day, start), "act")
        self.happened(rung, day, path, None, self.deal.people if key == "trained" else None)

    def happened(
        self, rung: str, day: date, path: str, money: Decimal | None = None, quantity: int | None = None
    ) -> None:
        """Write down that a paper of the trove evidences a rung; an offer is no event."""
        self.basis.setdefault(rung, []).append(path)
        if rung == "proposed":
            return
        self.cabinet.add("events", {
            "agreement": self.deal.key, "rung": rung, "date": day.isoformat(), "money": self.sum_of(money),
            "quantity": None if quantity is None else str(quantity), "exhibits": [path],
        })  # fmt: skip

    def sum_of(self, money: Decimal | None) -> dict[str, str] | None:
        """Return money as the truth writes it."""
        return None if money is None else {"amount": f"{money:.2f}", "currency": self.deal.currency}

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

    def spreadsheet(self) -> None:
        """Make a workbook of the specification, with formulas; a planted wrong sum is a value that its formula does not give."""
        if self.rng.random() < 0.3:
            return
        desk = self.desk("spreadsheet", self.tongues(0.5))
        desk.plant = self.filer.plan.choose(desk.rng, [Plant("txt.sum")])
        goods = [good for good in self.deal.goods if good.annex == 1]
        rows = sheet_rows(desk, goods)
        author = self.deal.supplier.signer.names["en"]
        data, text = xlsx_of(
            rows,
            sheet=desk.rng.choice(("Sheet1", "Лист1", "Spec", "价格")),
            title=self.deal.number,
            author=author,
            made=self.deal.day,
        )
        stem = desk.rng.choice(("calc", "расчет", "报价", "prices", "spec"))
        sort = Sort("spreadsheet", self.deal.day, "", "unclear")
        path = self.plain(desk, sort, data, text, "sheet", f"{self.flat()}/{stem}.xlsx", holder=self.holder())
        sheets = Sheets([], data, False)
        if desk.planted:
            change = Change("txt.sum", f"cached {desk.planted.kind}", False, desk.planted.detail, 1)
            change.position, change.figure = desk.planted.position, desk.planted.figure
            sheets.changes.append(change)
            self.filer.note(change, path)
            self.filer.plan.done(Plant("txt.sum"))
        self.listed(desk, sheets, path, goods)

    def text(self) -> None:
        """Make a letter as a text file in an old encoding."""
        if self.rng.random() < 0.4:
            return
        deal = self.deal
        desk = self.desk("letter", (self.rng.choice(deal.languages),))
        day = papers.later(deal.day, desk.rng.randint(40, 300))
        number = f"{desk.rng.randint(10, 999)}/{day:%y}"
        blocks = papers.letter(desk, "query", day, papers.later(day, 14), number, deal.supplier, deal.buyer)
        words = "\n".join(lines_of(blocks)).replace("\u00a0", " ")
        data = txt_of(words, desk.languages[0], desk.rng)
        self.plain(
            desk,
            Sort("letter", day, number),
            data,
            words,
            "text",
            f"{self.flat()}/note_{desk.rng.randint(1, 99)}.txt",
            holder=self.holder(),
        )

    def copies(self) -> None:
        """Put a scan of the born-digital contract, and duplicates under other names."""
        desk, sheets = self.contract_desk, self.contract_sheets
        if desk is None or sheets is None:
            return
        if not sheets.scan and not sheets.changes and self.rng.random() < 0.35:
            other = Sheets(list(sheets.leaves), sheets.data, True, pages=list(sheets.pages))
            desk.plant = None
            sort = Sort(
                "contract",
                self.deal.day,
                self.deal.number,
                "final" if self.signed else "draft",
                at=self.deal.supplier.towns,
            )
            path = self.filer.rescan(self.deal, desk, sort, other, self.name(desk.rng, sort, "contract", True))
            self.paths.append(path)
            self.family.append((path, "scan_of"))
        if self.rng.random() < 0.5:
            path = self.filer.duplicate(
                self.contract,
                f"copy/{self.rng.choice(('final', 'last', 'копия', '副本', 'new'))}_{self.rng.randint(1, 999)}.pdf",
            )
            self.paths.append(path)
            self.family.append((path, "duplicate"))
        if len(self.family) > 1:
            members = [{"path": path, "relation": relation} for path, relation in self.family]
            self.cabinet.add("families", {"key": f"family-{self.deal.key}", "members": members})

    def truth(self) -> None:
        """Write down what is true of the deal."""
        deal, cabinet = self.deal, self.cabinet
        terms = [
            {
                "texts": said,
                "percent": part.percent,
                "days": part.days,
                "event": part.kind,
                "money": f"{part.amount:.2f}",
            }
            for part, said in zip(deal.instalments, self.terms, strict=True)
        ]
        delivery = {
            "texts": self.delivery,
            "incoterm": deal.incoterm[0],
            "places": deal.incoterm[1],
            "due": deal.due.isoformat(),
        }
        subject_desk = self.contract_desk
        subjects = {language: subject_desk.goods(language) for language in deal.languages} if subject_desk else {}
        cabinet.add("agreements", {
            "key": deal.key, "number": deal.number, "titles": clean(self.titles), "subjects": subjects, "date": deal.day.isoformat(),
            "places": {language: deal.supplier.towns[language] for language in deal.languages},
            "parties": [{"role": "supplier", "party": deal.supplier.key}, {"role": "buyer", "party": deal.buyer.key}],
            "total": {"amount": f"{deal.total:.2f}", "currency": deal.currency},
            "payment_terms": [{**term, "texts": clean(said)} for term, said in zip(terms, self.terms, strict=True)],
            "delivery_terms": [{**delivery, "texts": clean(self.delivery)}],
            "exhibits": list(self.paths), "status": self.status(), "status_basis": self.basis,
        })  # fmt: skip
        for good in deal.goods:
            cabinet.add(
                "items", self.row_of(good, self.listing.get(good.position, []), self.printed.get(good.position, {}))
            )
        for kind, debtor, creditor, quantity, money, due in self.duties():
            cabinet.add("obligations", {
                "agreement": deal.key, "kind": kind, "debtor": debtor, "creditor": creditor, "quantity": quantity,
                "money": self.sum_of(money), "due": due, "exhibits": [self.contract],
            })  # fmt: skip

    def status(self) -> dict[str, str]:
        """Return the ladder: only what papers of the trove evidence is evidenced."""
        deal = self.deal
        planned = {"advance_paid", "delivered", "paid_in_full"}
        planned |= {"people_trained"} if deal.people else set()
        planned |= {"technology_transferred"} if deal.technology or deal.licence_cap else set()
        made = {}
        for rung in RUNGS:
            if rung in self.basis:
                made[rung] = "evidenced"
            elif rung in self.denied:
                made[rung] = "denied"
            elif rung in self.claimed:
                made[rung] = "claimed"
            else:
                made[rung] = "planned" if rung in planned else "empty"
        return made

    def duties(self) -> list[tuple[str, str, str, str | None, Decimal | None, list[str | None] | None]]:
        """List what the contract binds whom to do."""
        deal = self.deal
        made: list[tuple[str, str, str, str | None, Decimal | None, list[str | None] | None]] = [
            ("deliver", "supplier", "buyer", None, None, [None, deal.due.isoformat()])
        ]
        made += [("pay", "buyer", "supplier", None, part.amount, None) for part in deal.instalments]
        if deal.people:
            made.append(("train", "supplier", "buyer", str(deal.people), None, None))
        if deal.technology:
            made.append(("transfer_technology", "supplier", "buyer", None, None, None))
        if deal.integration:
            made.append(("integrate", "supplier", "buyer", None, None, None))
        if deal.licence_cap:
            made.append(("license_production", "supplier", "buyer", str(deal.licence_cap), None, None))
        made += [
            ("keep_secret", "supplier", "buyer", None, None, None),
            ("keep_secret", "buyer", "supplier", None, None, None),
        ]
        return made


RUNGS = (
    "proposed", "drafted", "signed", "in_force", "advance_paid", "in_production", "shipped", "delivered", "accepted", "paid_in_full",
    "people_trained", "technology_transferred", "in_service", "suspended", "cancelled", "denied",
)  # fmt: skip


def clean(texts: Mapping[str, str]) -> dict[str, str]:
    """Return texts with plain spaces."""
    return {language: text.replace("\u00a0", " ") for language, text in texts.items()}


def lines_of(blocks: Sequence[Block]) -> list[str]:
    """Return the blocks' text as lines of a plain text file."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(block.text)
        elif hasattr(block, "left") and isinstance(block.left, tuple):
            lines.extend(text for text in (*block.left, *block.right) if text)
        else:
            lines.append("")
    return lines


def _number(figure: str) -> str:
    """Return a printed figure as a plain decimal: the last mark with two digits behind it is the decimal mark."""
    bare = figure.replace(" ", "").replace("\u00a0", "")
    whole, cents = bare, "00"
    if len(bare) > 3 and bare[-3] in ".,":
        whole, cents = bare[:-3], bare[-2:]
    return f"{whole.replace('.', '').replace(',', '')}.{cents}"
