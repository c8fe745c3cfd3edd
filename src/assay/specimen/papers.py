"""Papers that say what came to pass, and letters: acts, bank advices, notices, questions, minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from assay.specimen.desk import Desk, tidy
from assay.specimen.fiction import Firm, Good, table, wording
from assay.specimen.goodslist import goods_grid
from assay.specimen.paper import Beside, Block, Gap, Paragraph


def acceptance_act(desk: Desk, number: int, day: date, good: Good, listed: bool) -> list[Block]:
    """Write the act by which goods were delivered and accepted; `listed` adds them as a table."""
    blocks = desk.title("acceptance_act", number)
    blocks += desk.dateline(desk.deal.buyer.towns, day)
    count = {language: desk.count(good.quantity, language) for language in desk.languages}
    blocks += desk.blocks(
        desk.say("body", "acceptance", date=desk.day(day), quantity=count, money=desk.money(good.total))
    )
    if listed:
        blocks.append(goods_grid(desk, [good], vat=False))
    return blocks + desk.signatures(day, signed=True, details=False)


def payment_paper(desk: Desk, number: int, day: date, amount: Decimal, percent: int, final: bool) -> list[Block]:
    """Write the bank's paper on a payment that was made."""
    blocks = desk.title("payment_order", number)
    purpose = desk.say("body", "final_purpose" if final else "advance_purpose", percent=desk.same(percent))
    money, spelled = desk.amounts(amount)
    said = desk.say("body", "payment", date=desk.day(day), money=money, words=spelled, purpose=purpose)
    blocks += [Gap(10), *desk.blocks(said)]
    return blocks + _details(desk)


def _details(desk: Desk) -> list[Block]:
    """Set names and register numbers of both parties, in every language."""
    blocks: list[Block] = []
    for language in desk.languages:
        for firm in (desk.deal.supplier, desk.deal.buyer):
            details = [firm.names[language], *desk.identifiers(firm, language)]
            if desk.design % 2:
                blocks += [Gap(6), Paragraph("; ".join(details))]
            else:
                blocks += [Gap(6), *(Paragraph(text, after=1) for text in details)]
    return blocks


def invoice(desk: Desk, number: int, day: date, good: Good) -> list[Block]:
    """Write an invoice for a batch of goods."""
    blocks = desk.title("invoice", number)
    blocks += [Paragraph(" / ".join(desk.day(day).values()), "right"), *_details(desk), Gap(6)]
    blocks.append(goods_grid(desk, [good], vat=False))
    money, spelled = desk.amounts(good.total)
    blocks += desk.blocks(desk.say("body", "invoice", money=money, words=spelled))
    return blocks + desk.signatures(day, signed=True, details=False)


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
        about_key = "about_new" if key == "proposed" else "about"
        blocks.append(Paragraph(desk.rng.choice(rows[about_key]).format(**facts), bold=desk.design in (1, 3, 6)))
        blocks.append(
            Paragraph(desk.rng.choice(rows["greeting"]).format(surname=recipient.signer.surnames[language]), after=6)
        )
        facts.update({name: value[language] for name, value in given.items()})
        facts["date"] = hand.day(about)
        matter = rows[key] if key in rows else table("wording/press")[language][key]
        blocks.append(Paragraph(tidy(desk.rng.choice(matter).format(**facts)), after=5))
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
