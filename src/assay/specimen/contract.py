"""Master contracts and what belongs to them: specifications, protocols, schedules, programmes, licences, amendments."""

from __future__ import annotations

from datetime import date

from assay.specimen.desk import Desk
from assay.specimen.fiction import table, wording
from assay.specimen.goodslist import goods_grid
from assay.specimen.paper import Block, Gap, Grid


def contract(desk: Desk, *, signed: bool, hands: bool) -> list[Block]:
    """Write the master contract in two languages."""
    deal = desk.deal
    blocks: list[Block] = []
    blocks += desk.title("contract", draft=not signed)
    if desk.rng.random() < 0.7:
        blocks += desk.blocks(desk.say("title", "on"), center=True)
    titles = dict(desk.titles)
    blocks += desk.dateline(deal.supplier.towns, deal.day)
    blocks += desk.blocks(desk.say("clause", "preamble"))
    blocks += desk.heading("subject")
    blocks += desk.clause(desk.say("clause", "subject", annex=desk.same(deal.annex("specification"))))
    blocks += desk.clause(desk.say("clause", "main"))
    blocks += stock(desk, "goods", 1, 2)
    blocks += desk.heading("price")
    blocks += desk.clause(desk.say("clause", "price"))
    blocks += stock(desk, "price", 0, 2)
    blocks += desk.heading("payment")
    for part in deal.instalments:
        facts = {"percent": desk.same(part.percent), "days": desk.same(part.days), "money": desk.money(part.amount)}
        said = desk.say("clause", part.kind, **facts)
        desk.terms.append(said)
        blocks += desk.clause(said)
    blocks += stock(desk, "payment", 1, 3)
    blocks += desk.heading("delivery")
    desk.said["delivery"] = desk.say("clause", "delivery")
    blocks += desk.clause(desk.said["delivery"])
    blocks += desk.clause(desk.say("clause", "batches", annex=desk.same(deal.annex("delivery_schedule"))))
    blocks += stock(desk, "delivery", 1, 3)
    blocks += desk.heading("acceptance")
    blocks += stock(desk, "acceptance", 2, 4)
    if deal.people:
        blocks += desk.heading("training")
        blocks += desk.clause(desk.say("clause", "training", annex=desk.same(deal.annex("training_programme"))))
    if deal.technology or deal.licence_cap:
        blocks += desk.heading("technology")
        if deal.technology:
            blocks += desk.clause(desk.say("clause", "technology"))
        if deal.licence_cap:
            blocks += desk.clause(desk.say("clause", "licence"))
    if deal.integration:
        blocks += desk.heading("integration")
        blocks += desk.clause(desk.say("clause", "integration"))
    blocks += desk.heading("secrecy")
    blocks += desk.clause(desk.say("clause", "secrecy"))
    blocks += desk.heading("general")
    blocks += desk.clause(desk.say("clause", "in_force"))
    blocks += stock(desk, "general", 3, 7)
    blocks += annexes(desk)
    blocks += desk.heading("requisites")
    desk.titles = titles
    return blocks + desk.signatures(deal.day, signed=signed, hands=hands)


def annexes(desk: Desk) -> list[Block]:
    """List the annexes that the contract says are part of it."""
    blocks = desk.heading("annexes")
    blocks += desk.clause(desk.say("clause", "annex_list"))
    pick = desk.rng.randrange(4)
    for annex in desk.deal.annexes:
        said = {}
        for language in desk.languages:
            rows = wording(language)
            if annex.kind == "reserved":
                said[language] = rows["clause"]["annex_reserved"][pick % 2].format(n=annex.number)
            else:
                title = rows["title"][annex.kind][pick % len(rows["title"][annex.kind])]
                said[language] = rows["clause"]["annex_line"][pick % 2].format(n=annex.number, title=title)
        blocks += desk.blocks(said)
    return blocks


def stock(desk: Desk, topic: str, least: int, most: int) -> list[Block]:
    """Add clauses of general content, in all languages of the document."""
    rows = table("wording/stock")[topic]
    count = min(len(rows), desk.rng.randint(least, most))
    blocks: list[Block] = []
    for row in desk.rng.sample(rows, count):
        numbers = {name: desk.same(desk.rng.randint(*band)) for name, band in row.get("numbers", {}).items()}
        said = {}
        for language in desk.languages:
            facts = desk.facts(language)
            facts.update({name: value[language] for name, value in numbers.items()})
            said[language] = row[language].format(**facts)
        blocks += desk.clause(said)
    return blocks


def specification(desk: Desk, number: int) -> list[Block]:
    """Write an annex with line items."""
    deal = desk.deal
    goods = [good for good in deal.goods if good.annex == number]
    blocks = desk.title("specification", annex=number, draft="signed" not in desk.deal.happened)
    blocks.append(goods_grid(desk, goods, vat=bool(deal.vat) and len(goods) == len(deal.goods)))
    return blocks + desk.signatures(deal.day, signed="signed" in deal.happened, details=False)


def price_protocol(desk: Desk, number: int, day: date) -> list[Block]:
    """Write a protocol of agreed prices: every article and the total."""
    deal = desk.deal
    blocks = desk.title("price_protocol", number, draft="signed" not in desk.deal.happened)
    blocks += desk.dateline(deal.buyer.towns, day)
    money, spelled = desk.amounts(deal.total)
    blocks += desk.blocks(desk.say("body", "price_protocol", total=money, words=spelled))
    blocks.append(Gap(4))
    blocks.append(goods_grid(desk, deal.goods, vat=bool(deal.vat)))
    return blocks + desk.signatures(day, signed="signed" in deal.happened, details=False)


def payment_schedule(desk: Desk, number: int) -> list[Block]:
    """Write the schedule of payments."""
    deal = desk.deal
    blocks = desk.title("payment_schedule", annex=number, draft="signed" not in desk.deal.happened)
    hand = desk.hands[desk.languages[0]]
    rows = []
    for index, part in enumerate(deal.instalments, start=1):
        said = desk.say(
            "clause",
            part.kind,
            percent=desk.same(part.percent),
            days=desk.same(part.days),
            money=desk.money(part.amount),
        )
        event = " / ".join(said[language] for language in desk.languages)
        rows.append((str(index), event, str(part.percent), hand.figure(part.amount)))
    label = desk.table_word("total") + ":"
    rows.append((label, "", "100", hand.figure(deal.total)))
    head = list(desk.header(("pos", "event", "percent", "sum")))
    head[3] += f", {deal.currency}"
    last = len(rows) - 1
    blocks.append(
        Grid(
            tuple(head),
            tuple(rows),
            (0.5, 5, 0.9, 1.7),
            ("center", "left", "center", "right"),
            desk.rules(),
            strong=frozenset({last}),
            spans=((last, 2),),
        )
    )
    return blocks + desk.signatures(deal.day, signed="signed" in deal.happened, details=False)


def delivery_schedule(desk: Desk, number: int) -> list[Block]:
    """Write the schedule of deliveries of the main article."""
    deal = desk.deal
    blocks = desk.title("delivery_schedule", annex=number, draft="signed" not in desk.deal.happened)
    rows = []
    for batch in deal.batches:
        label = desk.say("clause", "batch_line", n=desk.same(batch.number))
        name = f"{deal.main.descriptions[desk.languages[0]]} {deal.main.designation}"
        when = desk.hands[desk.languages[0]].day(batch.due, short=True)
        rows.append((" / ".join(label.values()), name, str(batch.quantity), when, deal.incoterm[1][desk.languages[0]]))
    blocks.append(
        Grid(
            desk.header(("batch", "name", "quantity", "date", "place")),
            tuple(rows),
            (1.2, 3, 0.8, 1.5, 1.6),
            ("left", "left", "center", "center", "left"),
            desk.rules(),
        )
    )
    return blocks + desk.signatures(deal.day, signed="signed" in deal.happened, details=False)


def training_programme(desk: Desk, number: int) -> list[Block]:
    """Write the training programme: topics and hours."""
    deal = desk.deal
    blocks = desk.title("training_programme", annex=number, draft="signed" not in desk.deal.happened)
    blocks += desk.blocks(desk.say("clause", "training", annex=desk.same(number)))
    rows = []
    chosen = desk.rng.sample(range(8), desk.rng.randint(5, 8))
    hours = [desk.rng.randint(4, 40) for _ in chosen]
    for index, (topic, hour) in enumerate(zip(chosen, hours, strict=True), start=1):
        name = " / ".join(wording(language)["body"]["courses"][topic] for language in desk.languages)
        rows.append((str(index), name, str(hour)))
    rows.append((desk.table_word("total") + ":", "", str(sum(hours))))
    last = len(rows) - 1
    blocks.append(
        Grid(
            desk.header(("pos", "topic", "hours")),
            tuple(rows),
            (0.6, 5, 1.2),
            ("center", "left", "center"),
            desk.rules(),
            strong=frozenset({last}),
            spans=((last, 2),),
        )
    )
    return blocks + desk.signatures(deal.day, signed="signed" in deal.happened, details=False)


def licence(desk: Desk, number: int, day: date) -> list[Block]:
    """Write the licence for production and the transfer of technology."""
    deal = desk.deal
    blocks = desk.title("licence", number, draft="signed" not in desk.deal.happened)
    blocks += desk.dateline(deal.supplier.towns, day)
    blocks += desk.blocks(desk.say("clause", "preamble"))
    desk.counts = [0, 0]
    blocks += desk.heading("subject")
    money, fee = desk.amounts(deal.licence_fee)
    blocks += desk.clause(desk.say("body", "licence_grant", money=money, words=fee))
    blocks += desk.heading("technology")
    blocks += desk.clause(desk.say("body", "licence_tech"))
    blocks += desk.heading("secrecy")
    blocks += desk.clause(desk.say("clause", "secrecy"))
    blocks += desk.heading("general")
    blocks += stock(desk, "general", 2, 4)
    return blocks + desk.signatures(day, signed="signed" in deal.happened)


def amendment(desk: Desk, number: int, day: date, due: date) -> list[Block]:
    """Write an amendment that moves the time of delivery."""
    blocks = desk.title("amendment", number)
    blocks += desk.dateline(desk.deal.buyer.towns, day)
    blocks += desk.blocks(desk.say("body", "amendment", due=desk.day(due)))
    return blocks + desk.signatures(day, signed=True)
