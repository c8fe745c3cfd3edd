"""Rows of items in running text, when a page's table was not found.

Purpose: a scan without rules whose table is only lines. A line is a row when its last figures multiply: quantity
times price is the total.
Limits: no arithmetic, no row: lists with quantities alone are not recognised here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from assay.extract.articles import designation_in
from assay.extract.grids import Row
from assay.extract.view import View, lines, read_pages
from assay.extract.vocabulary import cue
from assay.model import Money, Quantity, Reading
from assay.read.values.numbers import parse_number
from assay.read.values.quantities import unit_of

if TYPE_CHECKING:
    from assay.extract.items import Line

_FIGURES = re.compile(
    r"(?:(?:^|(?<=\s))\d{1,3}(?:[ ,.'’]?\d{3})*(?:[.,]\d{1,2})?(?=\s|$|[^\d\s]{1,4}$)\s*){2,}\S{0,6}\s*$"
)
_ROW = re.compile(r"^\s*(?P<position>\d{1,3}(?:\.\d{1,2})?)[.)]?\s+(?P<rest>\D.*)$")


def text_rows(reading: Reading, currency: str | None, make: Callable[..., Line]) -> Iterator[Line]:
    """Yield the rows recognised in lines of text; `make` builds the line."""
    for page in read_pages(reading):
        if any(t.page == page.number for t in reading.tables):
            continue
        for line in lines(page):
            if cue("rows", "sum").match(line.text.strip()):
                continue
            row = _row(line, currency, make)
            if row is not None:
                yield row


def _row(line: View, currency: str | None, make: Callable[..., Line]) -> Line | None:
    text = line.text.replace("\t", " ")
    head = _ROW.match(text)
    tokens = list(re.finditer(r"\S+", text))
    trailing: list[re.Match[str]] = []
    for token in reversed(tokens):
        if re.fullmatch(r"[\d.,'’]+", token.group()):
            trailing.insert(0, token)
        elif not trailing and len(token.group()) <= 5:
            continue
        else:
            break
    if len(trailing) < 3 or head is None:
        return None
    split = _split(trailing)
    if split is None:
        return None
    (q0, q1, q), (p0, p1, p), (t0, t1, t) = split
    body_end = q0
    words = text[head.start("rest") : q0].rstrip()
    unit = None
    last = re.search(r"(\S+)\s*$", words)
    if last is not None and unit_of(last.group(1)) is not None:
        unit = unit_of(last.group(1))
        body_end = head.start("rest") + last.start()
    description = line.part(head.start("rest"), body_end)
    if not re.search(r"[^\W\d]{2}", description.text):
        return None
    doubt = "" if currency else "currency not stated"
    spans = [line.span(a, b) for a, b in ((q0, q1), (p0, p1), (t0, t1))]
    return make(
        head.group("position"),
        designation_in(description, False),
        description.whole(),
        Quantity(spans[0].quote, q, unit, "" if unit else "unit not stated", spans[0]),
        Money(spans[1].quote, p, currency, doubt, spans[1]),
        Money(spans[2].quote, t, currency, doubt, spans[2]),
        Row(line.page, (line,)),
    )


Part = tuple[int, int, Decimal]


def _split(tokens: list[re.Match[str]]) -> tuple[Part, Part, Part] | None:
    """Return quantity, price and total among the figures at a line's end, such that the product agrees."""
    count = len(tokens)
    for i in range(count - 2):
        for j in range(i + 1, count - 1):
            for k in range(j + 1, count):
                parts = [_part(tokens[i:j]), _part(tokens[j:k]), _part(tokens[k:])]
                q, p, t = parts
                if q is None or p is None or t is None or q[2] <= 0 or t[2] <= 0:
                    continue
                if abs(q[2] * p[2] - t[2]) <= Decimal("0.011") * max(Decimal(1), q[2]):
                    return q, p, t
    return None


def _part(tokens: list[re.Match[str]]) -> Part | None:
    if len(tokens) > 1 and not all(re.fullmatch(r"\d{3}(?:[.,]\d{1,2})?", t.group()) for t in tokens[1:]):
        return None
    if len(tokens) > 1 and not re.fullmatch(r"\d{1,3}", tokens[0].group()):
        return None
    value = parse_number(" ".join(t.group() for t in tokens))
    return (tokens[0].start(), tokens[-1].end(), value) if value is not None else None
