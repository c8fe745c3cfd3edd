"""Names of articles: designations in cells and prose, and quantities of them in running text.

A designation is a name in quotes («Каштан-М», "Falcon-2") or a code of letters and figures (БТ-82А, QX-300).
Limits: a name that is neither quoted nor has a figure in it is known only where a column says that it is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assay.extract.view import View, clauses, read_pages
from assay.model import Designation, Quantity, Reading, Span, Text
from assay.read.values.quantities import find_quantities

_QUOTED = re.compile(r"[«\"“„「《]\s*([^«»\"“”„「」《》]{1,40}?)\s*[»\"”“」》]")
_LETTER = r"[A-ZА-ЯЁІЇЄҐ]"
_CODE = re.compile(
    rf"(?<![\w/\-])(?:\d{{1,4}}{_LETTER}{{1,4}}\d[\w\-/]*|{_LETTER}[\w]{{0,7}}[\-–]\d[\w\-–/.]*\w"
    rf"|{_LETTER}[\w]{{0,7}}[\-–]\d(?![\d])|{_LETTER}{{1,6}}\d{{1,5}}[\w\-–/]*"
    rf"|{_LETTER}{{2,6}}\s\d{{1,5}}[A-ZА-Я]{{0,2}}(?:[/\-–]\d{{1,4}}[A-ZА-Я]?)?(?!\w))"
    rf"|[\u4e00-\u9fff]{{2}}[\-–]\d{{1,4}}[A-Z]?型?"
)
_NOT = re.compile(
    r"(?:ISO|ГОСТ|GOST|ТУ|HS|VAT|НДС|GB|EN|DIN|FCA|FOB|CIF|DAP|DDP|USD|RUB|CNY|EUR|UAH|ИНН|ОГРН|КПП)[\s\-–]?\d*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Article:
    """A quantity of a named article in prose."""

    designation: Designation
    description: Text
    quantity: Quantity
    spans: tuple[Span, ...]


def recognised(name: str) -> str:
    """Return a recognised name's normal form with a figure and a letter put right that no name has in their place.

    З behind a dash, before one letter at most, is a figure (КАЛИННИК-ЗТ); ! between Cyrillic letters is the letter І.
    """
    name = re.sub(r"(?<=[\u0400-\u04ff])!(?=[\u0400-\u04ff])", "І", name)
    return re.sub(r"(?<=[\u0400-\u04ff]{3}-)З(?=[А-ЯЁ]?$)", "3", name)


def normal(text: str) -> str:
    """Return a designation's normal form: upper case, one dash, no quotes."""
    value = re.sub(r"[«»\"“”„「」《》']", "", text).strip()
    value = re.sub(r"\s*[‐‑–—−-]\s*", "-", value)
    value = value.strip("-") or value
    return re.sub(r"\s+", " ", value).upper()


def designation_in(view: View, column: bool) -> Designation | None:
    """Return the designation of a cell: all of it in a designation's `column`, else its code or quoted name."""
    text = view.text
    if column:
        if not re.search(r"[^\W_]", text) or len(text) > 60:
            return None
        return _made(view, 0, len(text))
    quoted = _QUOTED.search(text)
    code = next((h for h in _CODE.finditer(text) if not _NOT.fullmatch(h.group())), None)
    hit = quoted if quoted and (code is None or quoted.start() <= code.start()) else code
    if hit is None:
        return None
    start, end = hit.span(1) if hit is quoted else hit.span()
    if quoted is not None and hit is quoted and code is not None and 0 <= quoted.start() - code.end() <= 2:
        start, end = code.span()
    return _made(view, start, end)


def _made(view: View, start: int, end: int) -> Designation:
    made = view.written(start, end)
    value = normal(view.text[start:end])
    return Designation(made.written, recognised(value) if view.page.how == "ocr" else value, "", made.span)


def designations_in(view: View) -> list[Designation]:
    """Return all codes and quoted names with a figure, in text order."""
    out: list[tuple[int, Designation]] = []
    for hit in _CODE.finditer(view.text):
        if not _NOT.fullmatch(hit.group()):
            made = view.written(*hit.span())
            out.append((hit.start(), Designation(made.written, normal(hit.group()), "", made.span)))
    for hit in _QUOTED.finditer(view.text):
        if not any(hit.start() <= at < hit.end() for at, _ in out) and re.search(r"[-–]", hit.group(1)):
            made = view.written(*hit.span(1))
            out.append((hit.start(1), Designation(made.written, normal(hit.group(1)), "", made.span)))
    return [d for _, d in sorted(out, key=lambda o: o[0])]


def prose_items(reading: Reading) -> Iterator[Article]:
    """Yield quantities of named articles in clauses: "37 (тридцать семь) единиц «Каштан-М»", 三十七辆“X-1”."""
    seen: set[tuple[str, str]] = set()
    for page in read_pages(reading):
        for row in clauses(page):
            if "\t" in row.text:
                continue
            for found in find_quantities(row.text):
                if found.value.unit not in ("unit", "set", "piece", "complex", "vehicle", "pair", "package"):
                    continue
                after = row.text[found.end : found.end + 90]
                before = row.text[max(0, found.start - 90) : found.start]
                offset = found.end
                hit = _named(after)
                if hit is None:
                    back = list(_names(before))
                    if not back or len(before) - back[-1][1] > 14:
                        continue
                    hit, offset = back[-1], max(0, found.start - 90)
                start, end = offset + hit[0], offset + hit[1]
                made = row.written(start, end)
                designation = Designation(made.written, normal(made.value), "", made.span)
                key = (designation.value, str(found.value.value))
                if key in seen:
                    continue
                seen.add(key)
                left, right = min(start, found.start), max(end, found.end)
                yield Article(designation, row.written(left, right), row.attach(found), (row.span(left, right),))


def _names(text: str) -> Iterator[tuple[int, int]]:
    hits = [h.span(1) for h in _QUOTED.finditer(text)]
    hits += [h.span() for h in _CODE.finditer(text) if not _NOT.fullmatch(h.group())]
    yield from sorted(hits)


def _named(text: str) -> tuple[int, int] | None:
    for start, end in _names(text):
        return (start, end) if not re.search(r"[.;。；]\s", text[:start]) and start < 60 else None
    return None
