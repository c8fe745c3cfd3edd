"""A document's total value, from its own words ("общая сумма контракта составляет ...") or from its table's last sum.

Limits: figures only; whether the words beside them say the same is an examination's question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assay.extract.items import table_sum
from assay.extract.sections import Clause
from assay.extract.vocabulary import cue
from assay.model import Money, Reading
from assay.read.values.dates import find_dates
from assay.read.values.found import Found
from assay.read.values.money import find_money

REACH = 170
_EACH = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:per\b|each\b|/|an? (?:month|day|year|unit)|за"
    r" (?:каждую |одну )?(?:единицу|штуку)|в (?:день|месяц|год)|/)",
    re.IGNORECASE,
)
"""What makes an amount a rate, and no total."""
_SHARE = re.compile(r"\d\s*%|\d\s*(?:процент|відсот|per\s?cent|percent)|百分之")
_RUNS = re.compile(
    r"составля\w*|равн\w*|определ\w*|становит\w*|складає|дорівнює|is|amounts?\s*to|equals?|shall be|为|是|[:：]|\t",
    re.IGNORECASE,
)


def amounts_in(text: str) -> list[Found[Money]]:
    """Return the amounts of a text that are read, but for years (2019 р. is a year in Ukrainian, and never roubles)."""
    dates = find_dates(text)
    return [
        m
        for m in find_money(text)
        if m.value.amount is not None and not any(d.start < m.end and m.start < d.end for d in dates)
    ]


def total_of(reading: Reading, rows: Sequence[Clause]) -> Money | None:
    """Return the stated total, else the grand total of the tables, None when there is neither."""
    best: tuple[float, int, Money] | None = None
    strong = cue("rows", "contract")
    for index, row in enumerate(rows):
        text = row.body.text
        for hit in strong.finditer(text):
            founds = [m for m in amounts_in(text) if hit.end() <= m.start <= hit.end() + REACH]
            if not founds:
                continue
            first = founds[0]
            if _EACH.match(text, first.end):
                continue
            between = text[hit.end() : first.start]
            score = 2.0
            score += 1.5 if len(hit.group()) > 12 or re.search("[\u4e00-\u9fff]{4}", hit.group()) else 0.0
            score += 1.0 if _RUNS.search(between) else 0.0
            score += 2.0 if row.section == "price" else 0.0
            score -= 2.0 if row.section in ("payment", "delivery") else 0.0
            score -= 2.0 if _SHARE.search(text) else 0.0
            score += 0.7 if first.value.currency else -0.5
            score -= len(between) / 80
            score -= 1.5 if re.search(r"\d\s*%", between) else 0.0
            if best is None or score > best[0]:
                best = (score, index, row.body.attach(first))
    if best is None or best[0] < 3.0:
        for index, row in enumerate(rows):
            if row.section != "price" or row.heading or _SHARE.search(row.body.text):
                continue
            founds = [m for m in amounts_in(row.body.text) if m.value.currency]
            if founds:
                best = (3.0, index, row.body.attach(founds[0]))
                break
    if best is not None and best[0] >= 2.2:
        return best[2]
    return table_sum(reading) or (best[2] if best else None)
