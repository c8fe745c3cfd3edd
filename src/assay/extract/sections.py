"""Clauses of a document under the headings they stand under.

Limits: a heading is known by its words (subject, price, payment, delivery, secrecy, technology ...); other headings
end a section without starting a known one. In bilingual setting each language has its own current section.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

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
    """A clause: its text without the number in front (`body`), the section it stands in, whether it is a heading."""

    view: View
    body: View
    section: str
    heading: bool
    numbered: bool

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
    return tuple(out)


_INNER = re.compile(r"\s(?=(?P<major>\d{1,2})\.\d{1,2}[.)]?\s+[A-ZА-ЯЁІЇЄҐ\u4e00-\u9fff«\"])")


def _pieces(row: View) -> list[View]:
    """Return a clause cut where clauses of its own number begin within it: "1. SUBJECT 1.1. The Seller ..."."""
    lead = re.match(r"\s*(?:[^\W\d]+\s+)?(\d{1,2})[.\s]", row.text)
    if lead is None or row.text.count("\t") >= 2:
        return [row]
    cuts = [h.end() for h in _INNER.finditer(row.text) if h.group("major") == lead.group(1) and h.start() > lead.end()]
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
