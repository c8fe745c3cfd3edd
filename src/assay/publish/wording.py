"""How values and records are put into words: as written first, the normal reading behind it where it differs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from assay.extract.parties import role_in
from assay.model import (
    Agreement,
    DateRange,
    Finding,
    LineItem,
    Money,
    Obligation,
    ObligationKind,
    Quantity,
    Role,
    Rung,
    Span,
    Text,
    Weight,
)  # fmt: skip

RUNGS: dict[Rung, str] = {
    Rung.PROPOSED: "proposed",
    Rung.DRAFTED: "drafted",
    Rung.SIGNED: "signed",
    Rung.IN_FORCE: "in force",
    Rung.ADVANCE_PAID: "advance paid",
    Rung.IN_PRODUCTION: "in production",
    Rung.SHIPPED: "shipped",
    Rung.DELIVERED: "delivered",
    Rung.ACCEPTED: "accepted",
    Rung.PAID_IN_FULL: "paid in full",
    Rung.PEOPLE_TRAINED: "people trained",
    Rung.TECHNOLOGY_TRANSFERRED: "technology transferred",
    Rung.IN_SERVICE: "in service",
    Rung.SUSPENDED: "suspended",
    Rung.CANCELLED: "cancelled",
    Rung.DENIED: "denied",
}
ROLES: dict[Role, str] = {**{role: str(role).replace("_", " ") for role in Role}, Role.OTHER: "party"}
DUTIES: dict[ObligationKind, str] = {
    ObligationKind.DELIVER: "is to deliver",
    ObligationKind.PAY: "is to pay",
    ObligationKind.TRAIN: "is to train people:",
    ObligationKind.TRANSFER_TECHNOLOGY: "is to transfer technology",
    ObligationKind.INTEGRATE: "is to integrate",
    ObligationKind.LICENSE_PRODUCTION: "is to license production",
    ObligationKind.KEEP_SECRET: "is to keep the matter secret",
}
_FOR = frozenset({ObligationKind.INTEGRATE, ObligationKind.TRAIN})
_SIDES = frozenset({Role.SUPPLIER, Role.BUYER, Role.LICENSOR, Role.LICENSEE, Role.TRAINER, Role.TRAINEE})
WEIGHTS: dict[Weight, str] = {
    Weight.NEUTRAL: "a neutral fact",
    Weight.LIMITED: "limited support",
    Weight.MODERATE: "moderate support",
    Weight.STRONG: "strong support",
    Weight.CRYPTOGRAPHIC: "cryptographic support",
}

_SINGLE = ("unit", "piece")
"""Units that say no more than the number does."""
LANGUAGES = {"ru": "Russian", "uk": "Ukrainian", "zh": "Chinese", "en": "English"}
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_LATIN = re.compile("[A-Za-z]")
_WHOLE_NAME = 90
"""A longer name is more than a name: what stands beside it was taken for part of it."""


def quoted(written: str, limit: int = 160) -> str:
    """Return words as written, in quotation marks, on one line; `…` shows where they were cut."""
    flat = " ".join(written.replace("“", '"').replace("”", '"').split())
    return f"“{flat}”" if len(flat) <= limit else f"“{flat[:limit].rstrip()}…”"


def language(words: str) -> str:
    """Return the language tag of words by their script: zh, uk, ru, or empty for Latin letters and figures.

    Limits: Cyrillic without a letter that only Ukrainian has counts as Russian; a few foreign letters do not count.
    """
    han = len(_HAN.findall(words))
    cyrillic = len(_CYRILLIC.findall(words))
    if han and 2 * han >= cyrillic:
        return "zh"
    if cyrillic > len(_LATIN.findall(words)) / 3:
        return "uk" if _UKRAINIAN.search(words) else "ru"
    return ""


def known_as(name: str, aliases: Iterable[str]) -> str:
    """Return a party's name in Latin letters as documents write it too; empty when there is none or it needs none."""
    if not language(name):
        return ""
    fitting = (a for a in aliases if not language(a) and "@" not in a and a.count("(") == a.count(")"))
    return max(fitting, key=lambda a: (len(a) <= _WHOLE_NAME, len(a)), default="")


def called(deal: Agreement) -> str:
    """Return what an agreement is called: by its number, or by its title in quotation marks where it has none."""
    if deal.title and deal.title.value == deal.number.value:
        return quoted(deal.number.written, 80)
    return f"Agreement {deal.number.written}"


def number(value: Decimal) -> str:
    """Return a number with commas between thousands and no needless zeros."""
    whole = value == value.to_integral_value()
    return f"{int(value):,}" if whole else f"{value:,f}"


def money(value: Money) -> str:
    """Return an amount: as written, then its reading."""
    if value.amount is None:
        return f"{quoted(value.written)} (could not be read as an amount)"
    unit = value.currency or "currency not stated"
    reading = f"{quoted(value.written)} ({number(value.amount)} {unit})"
    return reading + (f", uncertain: {value.uncertain}" if value.uncertain else "")


def amount(value: Money | None) -> str:
    """Return an amount for a table's cell."""
    if value is None:
        return "not stated"
    return quoted(value.written) if value.amount is None else f"{number(value.amount)} {value.currency or ''}".strip()


def quantity(value: Quantity | None) -> str:
    """Return a count with its unit for a table's cell or a sentence."""
    if value is None:
        return "not stated"
    if value.value is None:
        return quoted(value.written)
    unit = "" if value.unit in _SINGLE else value.unit or ""
    return f"{number(value.value)} {unit}".strip()


def day(value: DateRange | None) -> str:
    """Return a date or period: the reading, or as written when there is none."""
    if value is None:
        return "not stated"
    first, last = value.earliest, value.latest
    if first and last:
        reading = first.isoformat() if first == last else f"{first.isoformat()} to {last.isoformat()}"
    elif last:
        reading = f"by {last.isoformat()}"
    elif first:
        reading = f"from {first.isoformat()}"
    else:
        return quoted(value.written)
    return reading + (f" (uncertain: {value.uncertain})" if value.uncertain else "")


def obligation(value: Obligation) -> str:
    """Return an obligation as a sentence."""
    who = _side(value.debtor) if value.debtor else "a party that the clause does not name"
    words = [who, DUTIES[value.kind]]
    if value.quantity:
        words.append(quantity(value.quantity))
    elif value.kind is ObligationKind.TRAIN:
        words[-1] = "is to train people"
    if value.money:
        words.append(money(value.money))
    if value.object:
        words.append(("of " if value.quantity else "") + quoted(value.object.written, 90))
    if value.creditor:
        bond = "towards" if value.kind is ObligationKind.KEEP_SECRET else "for" if value.kind in _FOR else "to"
        words.append(f"{bond} {_side(value.creditor)}")
    sentence = " ".join(words)
    sentence = sentence[:1].upper() + sentence[1:]
    if value.due:
        sentence += f"; due: {quoted(value.due.written, 80)}"
        if value.due.earliest or value.due.latest:
            sentence += f" ({day(value.due)})"
    if value.condition:
        sentence += f"; condition: {quoted(value.condition.written, 120)}"
    return sentence + "."


def _side(named: Text) -> str:
    """Return a party as a clause names it, with its role before the clause's word where that word is a role."""
    role = role_in(named.written)
    return f"the {ROLES[role]} ({quoted(named.written, 60)})" if role in _SIDES else quoted(named.written, 60)


def item(value: LineItem) -> tuple[str, ...]:
    """Return a line item as a table's cells: position, designation, description, quantity, price, total."""
    name = value.designation.written if value.designation else ""
    what = " ".join(value.description.written.split())
    return (value.position, name, what, quantity(value.quantity), amount(value.price), amount(value.total))


ITEM_HEAD = ("no.", "designation", "description", "quantity", "unit price", "total")


def support(value: Finding) -> str:
    """Return which of its two propositions a finding supports, and how much."""
    words = WEIGHTS[value.weight]
    first, second = value.proposition.rstrip(". "), value.alternative.rstrip(". ")
    return f"{words[:1].upper()}{words[1:]} for “{first}” over “{second}”."


def finding(value: Finding) -> str:
    """Return a finding with its weight and the innocent explanations beside it."""
    sentence = value.observation.rstrip(". ") + "."
    if value.expected:
        sentence += f" Expected: {value.expected.rstrip('. ')}."
    if value.weight is not Weight.NEUTRAL and value.proposition and value.alternative:
        sentence += (
            f" This lends {WEIGHTS[value.weight]} to the proposition “{value.proposition.rstrip('. ')}” over "
            f"“{value.alternative.rstrip('. ')}”."
        )
    if value.innocent_explanations:
        sentence += " It may also come from: " + "; ".join(e.rstrip(". ") for e in value.innocent_explanations) + "."
    return sentence


def ended(sentence: str) -> str:
    """Return a sentence that ends with one full stop, or with the mark it has."""
    flat = sentence.rstrip()
    return flat if flat.endswith((".", "?", "!", "。")) else flat + "."


def text(value: Text | None) -> str:
    """Return words as written, or that they are not stated."""
    return quoted(value.written) if value else "not stated"


def spans_of(*values: object) -> tuple[Span, ...]:
    """Return the spans of values that have one."""
    found = (getattr(v, "span", None) for v in values)
    return tuple(s for s in found if s is not None)


def joined(words: Iterable[str], last: str = "and") -> str:
    """Return words as an English list, with `last` before the last one."""
    listed = list(words)
    return listed[0] if len(listed) == 1 else ", ".join(listed[:-1]) + f" {last} " + listed[-1] if listed else ""
