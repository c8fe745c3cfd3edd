"""`txt.sum`: line totals, subtotals, taxes and grand totals of tables.

Looks at each table with its continuations. Limits: only tables that the reader saw as tables; only relations that
most rows obey.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.examine.content.formulas import Remembered, remembered
from assay.examine.content.grid import Figure, Row, Sheet, sheets
from assay.examine.content.overleaf import with_total
from assay.examine.content.relations import Breach, Relation, bare_total, breaches, items, relations, roles
from assay.examine.content.sight import one_digit_apart, pages_of, weigh
from assay.examine.content.totals import Sum, totals
from assay.examine.question import Question, quoted
from assay.model import Direction, Finding, Page, Reading, Record, Span, Table, Weight
from assay.work.part import Examination

"""Exhibits on which it fired with at least limited weight, of those on which it had something to compare."""
_QUESTION = Question(
    part="txt.sum",
    version="2",
    proposition="A figure of the table was changed after the table was computed, or was computed or copied wrongly.",
    alternative="The figures of the table were computed together and stand as computed.",
    expected="Quantity times price is the line's total, and the lines add up to the totals below them.",
    innocent=(
        "a clerical error, or a row changed in a draft without computing the table anew",
        "rounding of prices or of hidden decimals",
        "a tax, discount or charge that is included in some figures and not said",
        "a scan or a table read wrongly",
    ),
    limits="Only tables that were seen as tables, and only relations that most of their rows obey. It cannot tell a "
    "change from a clerical error, nor which of the figures is the wrong one.",
)
MOST = 24
"""At most so many findings of one exhibit; a table that breaks more often is not understood rather than wrong."""


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Compare line totals and totals of every table of one exhibit."""
    digest = reading.exhibit.digest
    pages = pages_of(reading.pages)
    lines = sums = rounded = 0
    findings: list[Finding] = []
    for seen in sheets(reading):
        sheet = with_total(seen, reading)
        rows = items(sheet)
        found = relations(sheet, rows)
        wrong = list(_worst(found, rows))
        compared = list(totals(sheet, _summed(sheet, rows, found)))
        lines += sum(r.rows for r in found if r.named or r.sign == "times")
        sums += len(compared)
        rounded += sum(1 for b in wrong if b.within_rounding) + sum(
            1 for s in compared if not s.fits and s.within_rounding
        )
        unfit = [s for s in compared if not s.fits and not s.within_rounding]
        if len(unfit) * 2 > len(compared) + 1 and len(compared) > 2:
            unfit = []  # the totals' columns were not understood
        findings += [_line(digest, pages, sheet, b, unfit) for b in wrong if not b.within_rounding]
        findings += [_total(digest, pages, sheet, s, wrong) for s in unfit]
    told = {span for finding in findings for span in finding.spans[:1]}
    for table in reading.tables:
        if table.page in pages:
            kept = (r for r in remembered(table, pages[table.page]) if r.stands.span not in told)
            findings += [_formula(digest, pages, table, r) for r in kept]
    if findings and len(findings) <= MOST:
        yield from findings
    elif findings:
        yield _QUESTION.not_examined(
            digest, f"{len(findings)} contradictions: the tables were probably not read as they stand"
        )
    elif lines or sums:
        note = f"; {rounded} differ by no more than rounding" if rounded else ""
        yield _QUESTION.nothing(digest, f"{lines} line totals and {sums} totals were computed anew and agree{note}.")
    else:
        yield _QUESTION.not_applicable(digest, "no table with line totals or totals was found")


def _summed(sheet: Sheet, rows: list[Row], found: list[Relation]) -> list[int]:
    """Return the columns whose totals are compared: results of relations, and those named total, tax, quantity."""
    named = roles(sheet)
    results = [r.result for r in found]
    columns = dict.fromkeys((*results, *named["total"], *named.get("vat", []), *named.get("quantity", [])))
    if not columns and rows and any(bare_total(row) for row in sheet.rows):
        columns = dict.fromkeys([max(max(row.figures) for row in rows)])
    prices = set(named.get("price", [])) - set(results)
    ordered = [c for c in columns if c not in prices]
    counts = set(named.get("quantity", []))
    return [*(c for c in ordered if c not in counts), *(c for c in ordered if c in counts)]


def _worst(found: list[Relation], rows: list[Row]) -> Iterator[Breach]:
    """Yield each breaking row once: under the relation that is named, or that most rows obey."""
    seen: set[int] = set()
    for relation in sorted(found, key=lambda r: (not r.named, r.sign != "times", -r.obeyed)):
        for breach in breaches(relation, rows):
            if id(breach.row) not in seen:
                seen.add(id(breach.row))
                yield breach


def _line(digest: str, pages: dict[int, Page], sheet: Sheet, breach: Breach, unfit: list[Sum]) -> Finding:
    relation = breach.relation
    a, b = (breach.row.figures[c] for c in relation.parts)
    stands = breach.stands
    confirmed = any(s.column == relation.result and s.difference == -breach.difference for s in unfit)
    misread = any(one_digit_apart(v, breach.expected) for v in stands.values) or any(f.noisy for f in (a, b, stands))
    spans = (stands.span, a.span, b.span)
    weight, doubt = weigh(pages, spans, confirmed, misread)
    if relation.rows == 1 and weight is Weight.MODERATE:
        weight, doubt = Weight.LIMITED, "It is the table's only row, so that no other shows how it is computed."
    sign = "×" if relation.sign == "times" else "+"
    also = " The column's total contradicts it by the same amount." if confirmed else ""
    said = (
        f"Page {breach.row.page.number}, table {sheet.tables[0].number}: {_shown(a)} {sign} {_shown(b)} is "
        f"{breach.expected:,f}, but {_shown(stands)} stands there; "
        f"{relation.obeyed} of {relation.rows} rows obey.{also}"
    )
    return _finding(digest, sheet, said, spans, weight, doubt, f"{breach.expected:,f}")


def _total(digest: str, pages: dict[int, Page], sheet: Sheet, one: Sum, wrong: list[Breach]) -> Finding:
    stands = one.stands
    lines = [b for b in wrong if b.relation.result == one.column]
    confirmed = any(b.difference == -one.difference for b in lines)
    misread = (
        any(one_digit_apart(v, one.expected) for v in stands.values) or stands.noisy or any(p.noisy for p in one.parts)
    )
    misread = misread or any(one_digit_apart(p.values[0], p.values[0] + one.difference) for p in one.parts)
    spans = (stands.span, *(p.span for p in one.parts))
    weight, doubt = weigh(pages, spans, confirmed, misread)
    if one.row.outside and weight is Weight.MODERATE:
        weight, doubt = Weight.LIMITED, "It stands below the table, and may add up more than the table."
    what = "the tax" if one.kind == "tax" else f"the sum of {len(one.parts)} figures above"
    said = (
        f"Page {one.row.page.number}, table {sheet.tables[0].number}: {quoted(one.row.label or 'the last row')} gives "
        f"{_shown(stands)}, but {what} is {one.expected:,f} (difference {one.difference:,f})."
    )
    return _finding(digest, sheet, said, spans, weight, doubt, f"{one.expected:,f}")


def _formula(digest: str, pages: dict[int, Page], table: Table, one: Remembered) -> Finding:
    spans = (one.stands.span, *(part.span for part in one.parts))
    weight, doubt = weigh(pages, spans, confirmed=False, misread=False)
    said = (
        f"Page {table.page}, table {table.number}: the formula {quoted(one.cell.formula)} gives {one.expected:,f}, but "
        f"{_shown(one.stands)} is kept with it; {one.agree} of {one.formulas} formulas agree with what is kept. {doubt}"
    )
    return _QUESTION.finding(
        digest, said.strip(), spans, weight, f"figures of the table at page {table.page}, {table.number}",
        expected=f"{one.expected:,f}",
    )  # fmt: skip


def _finding(
    digest: str, sheet: Sheet, said: str, spans: Iterable[Span], weight: Weight, doubt: str, expected: str
) -> Finding:
    place = sheet.tables[0]
    return _QUESTION.finding(
        digest, f"{said} {doubt}".strip(), spans, weight, f"figures of the table at page {place.page}, {place.number}",
        direction=Direction.AGAINST, expected=expected,
    )  # fmt: skip


def _shown(figure: Figure) -> str:
    return quoted(figure.cell.text)


SUM = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Line totals, subtotals, taxes and grand totals of tables, across continued tables.",
    limits=_QUESTION.limits,
    examine=examine,
    heaviest=_QUESTION.heaviest,
)
