"""Clauses of a document under the headings they stand under.

Limits: a heading is known by its words (subject, price, payment, delivery, secrecy, technology ...); other headings
end a section without starting a known one. In bilingual setting each language has its own current section.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from assay.extract.halves import running
from assay.extract.once import once
from assay.extract.view import View, clauses, read_pages
from assay.extract.vocabulary import cue
from assay.model import Reading

SECTIONS = ("subject", "price", "payment", "delivery")
_PREFIX = re.compile(
    r"\s*(?:(?:Статья|СТАТЬЯ|Раздел|РАЗДЕЛ|Article|ARTICLE|Section|SECTION|Стаття|СТАТТЯ|Розділ|РОЗДІЛ"
    r"|Clause|CLAUSE|§)?\s*"
    r"(?:\d{1,2}(?:\.\d{1,2})*(?!\s+(?:\d{3}(?!\d)|(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|січ|лют|бер|кві"
    r"|тра|чер|лип|сер|вер|жов|лис|гру|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)))|[IVX]{1,5}(?![a-zA-Z]))\s*[.)]?|第\s*[一二三四五六七八九十百\d]+\s*[条章款]"
    r"|[一二三四五六七八九十]{1,3}\s*[、.])\s*[.:、]?\s*"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its text without the number in front (`body`), the section it stands in, whether it is a heading.

    `tail` is what the next page goes on with when the page ended before the clause did; that is a clause by itself,
    too, with `carried` set.
    """

    view: View
    body: View
    section: str
    heading: bool
    numbered: bool
    tail: View | None = None
    carried: bool = False

    @property
    def tabular(self) -> bool:
        """Whether it is a row of a table, and not a clause whose two languages stand side by side."""
        return self.view.kind in ("table", "cell") and self.view.text.count("\t") >= 2


@once(1)
def clauses_of(reading: Reading) -> tuple[Clause, ...]:
    """Return the clauses of all pages that were read, in order."""
    current: dict[str, str] = {}
    last = ""
    out: list[Clause] = []
    for page in read_pages(reading):
        for row in (piece for clause in clauses(page) for piece in _pieces(clause)):
            lead = _PREFIX.match(row.text)
            start = lead.end() if lead else 0
            if start >= len(row.text):
                start = 0
            body = row.part(start, len(row.text))
            name, stop = _section(body, lead is not None)
            language = row.language
            if name is not None:
                current[language] = last = name
                rest = body.text[stop:].strip(" .:：。-–—")
                if len(rest) > 25:
                    out.append(Clause(row, body, name, False, lead is not None))
                else:
                    out.append(Clause(row, body, name, True, lead is not None))
                continue
            heading = _heading(row, body, lead)
            if heading:
                current[language] = last = ""
            section = current.get(language, last if language == "und" or row.kind == "table" else "")
            out.append(Clause(row, body, section, heading, lead is not None))
    return tuple(_over_pages(out))


_OPEN_END = re.compile(r"[^.;:!?。；：！？…\s\"»”)]\s*$")
_TOP = 5
"""Among how many clauses at a page's end and at the next one's beginning one that goes on is looked for."""


def _over_pages(rows: list[Clause]) -> list[Clause]:
    """Return the clauses, those that a page's end cuts with their `tail`."""
    out = list(rows)
    edges = [i for i in range(1, len(rows)) if rows[i].view.page is not rows[i - 1].view.page]
    for edge in edges:
        page = rows[edge].view.page
        top = [i for i in range(edge, min(len(rows), edge + _TOP)) if rows[i].view.page is page]
        told: set[str] = set()
        for i in range(edge - 1, max(-1, edge - 1 - _TOP), -1):
            one = out[i]
            if one.view.page is not rows[edge - 1].view.page or one.view.language in told or one.heading:
                continue
            if not one.numbered:
                continue
            told.add(one.view.language)
            if one.tabular or not _OPEN_END.search(one.view.text):
                continue
            after = next((j for j in top if _goes_on(one, out[j])), None)
            if after is not None:
                out[i] = replace(one, tail=out[after].view)
                out[after] = replace(out[after], carried=True)
    return out


def _goes_on(one: Clause, other: Clause) -> bool:
    """Tell whether `other`, at the top of a page, is what is missing of `one`: its language, and no beginning."""
    text = other.view.text
    if (
        running(text)
        or other.carried
        or other.numbered
        or other.heading
        or other.tabular
        or other.view.language != one.view.language
    ):
        return False
    if re.match("[\u4e00-\u9fff]", text):
        return bool(re.search("[\u4e00-\u9fff，,]$", one.view.text.rstrip())) and bool(re.search("[。；，]", text))
    return text[:1].islower()


_INNER = re.compile(
    r"\s(?=(?P<major>\d{1,2})\.\d{1,2}(?:[.)]?\s+[A-ZА-ЯЁІЇЄҐ\u4e00-\u9fff«\"]|[.)]?\s*[\u4e00-\u9fff]))"
)
_LEAD = re.compile(r"\s*(?:第\s*|[^\W\d]+\s+)?(\d{1,2}|[一二三四五六七八九十]{1,2}(?=\s*[条章、]))\s*[.\s条章、]")
_HAN_FIGURES = {c: str(i) for i, c in enumerate("一二三四五六七八九十", 1)} | {
    f"十{c}": str(i) for i, c in enumerate("一二三四五六七八九", 11)
}


def _pieces(row: View) -> list[View]:
    """Return a clause cut where clauses of its own number begin within it: "1. SUBJECT 1.1. The Seller ..."."""
    lead = _LEAD.match(row.text)
    if lead is None or row.text.count("\t") >= 2:
        return [row]
    own = _HAN_FIGURES.get(lead.group(1), lead.group(1))
    cuts = [h.end() for h in _INNER.finditer(row.text) if h.group("major") == own and h.start() >= lead.end()]
    edges = [0, *cuts, len(row.text)]
    return [row.part(a, b) for a, b in pairwise(edges)]


def _section(body: View, numbered: bool) -> tuple[str | None, int]:
    for name in SECTIONS:
        hit = cue("obligations", f"{name}_section").match(body.text)
        if hit is None:
            continue
        rest = body.text[hit.end() :]
        han = bool(re.match(r"[\u4e00-\u9fff]", body.text))
        if re.match(r"\s*[:.。]?\s*$", rest) or (
            len(rest) <= 40 and _heading_case(body.text) and not re.search(r"[.;。]\s*\S", rest)
        ):
            return name, len(body.text)
        if han and len(body.text) <= 16 and not re.search("[，。]", rest):
            return name, len(body.text)
        if re.match(r"\s*[:：.]\s*\S", rest) and (numbered or body.kind == "heading"):
            return name, hit.end()
        if han and re.match(r"\s+\S", rest) and numbered:
            return name, hit.end()
    return None, 0


def _heading_case(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return False
    upper = sum(c.isupper() for c in letters)
    return upper > 0.7 * len(letters) or (
        text[:1].isupper() and len(text) <= 70 and not text.rstrip().endswith((".", ";", "。"))
    )


def _heading(row: View, body: View, lead: re.Match[str] | None) -> bool:
    text = body.text.strip()
    if len(text) > 90 or not text:
        return False
    if row.kind == "heading":
        return True
    if lead is None:
        letters = [c for c in text if c.isalpha()]
        return (
            bool(letters) and len(letters) > 5 and all(c.isupper() for c in letters) and not text.endswith((".", ";"))
        )
    top = re.match(r"\s*(?:\D*?)(\d+)(?:\.(\d+))?", lead.group())
    if top and top.group(2):
        return False
    if re.search(r"[\u4e00-\u9fff]", text):
        return len(text) <= 16 and not re.search("[，。；]", text)
    return not text.endswith((".", ";", ",")) and len(text.split()) <= 9
