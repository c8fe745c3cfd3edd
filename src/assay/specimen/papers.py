"""Papers that say what came to pass, and letters: acts, bank advices, notices, questions, minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from assay.specimen.desk import Desk
from assay.specimen.fiction import Firm, wording
from assay.specimen.paper import Beside, Block, Gap, Grid, Paragraph


def acceptance_act(desk: Desk, number: int, day: date, quantity: int, amount: Decimal) -> list[Block]:
    """Write the act by which goods were delivered and accepted."""
    blocks = desk.title("acceptance_act", number)
    blocks += desk.dateline(desk.deal.buyer.towns, day)
    count = {language: desk.count(quantity, language) for language in desk.languages}
    blocks += desk.blocks(desk.say("body", "acceptance", date=desk.day(day), quantity=count, money=desk.money(amount)))
    if desk.rng.random() < 0.6:
        hand = desk.hands[desk.languages[0]]
        name = " / ".join(f"{desk.deal.main.descriptions[language]}" for language in desk.languages)
        row = (
            "1",
            name,
            desk.deal.main.designation,
            str(quantity),
            hand.figure(desk.deal.main.price),
            hand.figure(amount),
        )
        head = list(desk.header(("pos", "name", "designation", "quantity", "price", "sum")))
        head[4] += f", {desk.deal.currency}"
        head[5] += f", {desk.deal.currency}"
        blocks.append(
            Grid(
                tuple(head),
                (row,),
                (0.5, 2.6, 1.5, 0.8, 1.4, 1.6),
                ("center", "left", "left", "center", "right", "right"),
                desk.rules(),
            )
        )
    return blocks + desk.signatures(day, signed=True, details=False)


def payment_paper(desk: Desk, number: int, day: date, amount: Decimal, percent: int, final: bool) -> list[Block]:
    """Write the bank's paper on a payment that was made."""
    blocks = desk.title("payment_order", number)
    purpose = desk.say("body", "final_purpose" if final else "advance_purpose", percent=desk.same(percent))
    spelled = {language: desk.spelled(amount, language) for language in desk.languages}
    said = desk.say("body", "payment", date=desk.day(day), money=desk.money(amount), words=spelled, purpose=purpose)
    blocks += [Gap(10), *desk.blocks(said)]
    from assay.specimen.desk import labelled

    for language in desk.languages:
        for firm in (desk.deal.supplier, desk.deal.buyer):
            details = [firm.names[language], *(labelled(scheme, value, language) for scheme, value in firm.identifiers)]
            blocks += [Gap(6), Paragraph("; ".join(details))]
    return blocks


def act(desk: Desk, key: str, number: int, day: date, start: date) -> list[Block]:
    """Write an act on training held ("trained") or technology handed over ("technology")."""
    blocks = desk.title("training_act" if key == "trained" else "technology_act", number)
    blocks += desk.dateline(desk.deal.buyer.towns, day)
    blocks += desk.blocks(desk.say("body", key, date=desk.day(day), start=desk.day(start)))
    return blocks + desk.signatures(day, signed=True, details=False)


def letter(
    desk: Desk, key: str, day: date, about: date, number: str, sender: Firm, recipient: Firm, **given: Mapping[str, str]
) -> list[Block]:
    """Write a letter whose matter is the wording `key`: `about` is the day that it speaks of."""
    blocks: list[Block] = []
    for language in desk.languages:
        rows, body = wording(language)["letter"], wording(language)["body"]
        facts = desk.facts(language)
        posts = body["agency_posts" if sender.agency else "posts"]
        other = body["agency_posts" if recipient.agency else "posts"]
        hand = desk.hands[language]
        head = (sender.names[language], sender.towns[language])
        post = other[min(recipient.post, len(other) - 1)]
        to = desk.rng.choice(rows["to"]).format(
            person=recipient.signer.names[language], person_short=recipient.signer.initials[language],
            organisation=recipient.names[language], post_dat=post[-1],
        )  # fmt: skip
        ours = desk.rng.choice(rows["number"]).format(n=number, date=hand.day(day, short=True))
        if desk.design % 2:
            blocks.append(Paragraph(head[0], "center", bold=True, scale=1.1))
            blocks += [Paragraph(head[1], "center", scale=0.9), Gap(4, rule=True), Beside((ours,), (to,))]
        else:
            blocks.append(Beside((*head, ours), ("", to), bold_first=True))
        blocks.append(Gap(10))
        blocks.append(Paragraph(desk.rng.choice(rows["about"]).format(**facts), bold=desk.design in (1, 3, 6)))
        blocks.append(
            Paragraph(desk.rng.choice(rows["greeting"]).format(surname=recipient.signer.surnames[language]), after=6)
        )
        facts.update({name: value[language] for name, value in given.items()})
        facts["date"] = hand.day(about)
        blocks.append(Paragraph(desk.rng.choice(rows[key]).format(**facts), after=5))
        for text in desk.rng.sample(rows["filler"], desk.rng.randint(1, 3)):
            blocks.append(Paragraph(text, after=5))
        closing = desk.rng.choice(rows["closing"])
        sign = body["signed"][desk.variant["title"] % len(body["signed"])]
        mine = posts[min(sender.post, len(posts) - 1)][0]
        blocks += [Gap(12), Beside((closing, mine), ("", f"{sign} {sender.signer.initials[language]}")), Gap(12)]
    return blocks


def minutes(desk: Desk, number: int, day: date) -> list[Block]:
    """Write the minutes of a negotiation: who was there, and what was said and left open."""
    deal = desk.deal
    blocks = desk.title("minutes", number)
    blocks += desk.dateline(deal.supplier.towns, day)
    blocks += desk.blocks(desk.say("body", "minutes_open"))
    for firm in (deal.supplier, deal.buyer):
        said = {}
        for language in desk.languages:
            posts = wording(language)["body"]["agency_posts" if firm.agency else "posts"]
            post = posts[min(firm.post, len(posts) - 1)][0]
            comma = "，" if language == "zh" else ", "
            said[language] = f"{firm.names[language]}{comma}{post} {firm.signer.names[language]}"
        blocks += desk.blocks(said)
    points = desk.rng.sample(range(7), desk.rng.randint(3, 6))
    for place, index in enumerate(points, start=1):
        said = {}
        for language in desk.languages:
            text = wording(language)["body"]["minutes_points"][index].format(**desk.facts(language))
            said[language] = f"{place}. {text}"
        blocks += desk.blocks(said)
    return blocks + desk.signatures(day, signed=True, details=False)


def later(day: date, days: int) -> date:
    """Return the day `days` after `day`."""
    return day + timedelta(days=days)
