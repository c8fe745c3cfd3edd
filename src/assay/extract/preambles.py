"""The parties of an English preamble: "by and between X, Inc., a Delaware corporation ("X"), and Jane Roe ("Artist")".

Purpose: English contracts seldom say supplier or buyer; whoever stands between "between" and a term in quotes is bound.
Limits: a preamble that goes on overleaf is read to the page's end; a party without a defined term is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from assay.extract.organisations import Name
from assay.extract.parties import Engaged, role_at
from assay.extract.view import View, read_pages, view
from assay.extract.vocabulary import cue, words
from assay.model import Reading, Role

PAGES = 5
"""A preamble stands on one of so many first pages."""
WINDOW = 3000
"""At most so many characters behind "between" are the parties'."""
TRIES = 6
"""How many times "between" may stand on a page before the preamble's."""

_BETWEEN = re.compile(r"\b(?:between|among|BETWEEN|AMONG|Between|Among)\b(?:\s+and\s+among)?\s*[:,]?\s*(?:each of\s+)?")
_OF_DEAL = re.compile(r"agreement|contract|amendment|lease|licen[cs]e|addendum|made|entered|executed", re.IGNORECASE)
_STOP = re.compile(
    r"\bWHEREAS|\bWhereas\b|W\s?I\s?T\s?N\s?E\s?S\s?S|\bRECITALS?\b|\bRecitals\b|\bBACKGROUND\b|\bBackground\b"
    r"|\bNOW,? THEREFORE|\bIN CONSIDERATION|\bARTICLE\b|\bArticle (?:1|I)\b"
)
_TERM = re.compile(
    r"[(\[](?P<lead>[^()\[\]\"‘]{0,200}?)[\"‘'](?P<term>[^\"’'()]{1,60}?)[,.]?[\"’'](?P<rest>[^()]{0,160})[)\]]"
)
_COLLECTIVE = re.compile(
    r"(?:the )?(?:part(?:y|ies)|agreement|amendment|contract|affiliates?|.*\bdate|territory|products?|services?)$",
    re.IGNORECASE,
)
_OPENS = re.compile(r"[\s,;.:\-–—]*(?:(?:and|AND|And|&)\s+)?[\s\-–—]*(?:\(?[\divx]{1,3}[.)]\s+)?(?:(?:the|The)\s+)?")
_FURTHER = re.compile(r"(?:[\s,;.]|-)(?:and|AND|And|&)\s+(?:-\s*)?(?:\(?[\divx]{1,3}[.)]\s+)?(?:(?:the|The)\s+)?")
_CUT = re.compile(
    r",?\s+(?:an?\s|having\b|with\s|located\b|whose\b|which\b|who\b|incorporated\b|duly\b|through\b|represented\b"
    r"|organi[sz]ed\b|c/o\b|including\b|residing\b|acting\b|on behalf\b|formerly\b|d/?b/?a\b|established\b|existing\b"
    r"|registered\b|being\b|as\s|under\s|at\s|in its\b|for itself\b|of\s+(?:\d|the (?:City|State|Province))|its\s|\d"
    r"|[(\"])"
    r"|,\s+(?!(?:Inc|INC|LLC|L\.|LP|L\.P|Ltd|LTD|Co|CO|Corp|CORP|S\.|N\.|P\.|Limited|LIMITED|Incorporated|GmbH|PLC|plc|LLP"
    r"|AG|B\.|N\.A)\b)"
)
_PERSON = re.compile(
    r"(?:(?:Dr|Mr|Ms|Mrs|Prof)\.?\s+)?[A-Z][A-Za-z'’\-]+(?:\s+(?:[A-Z]\.|[A-Z][A-Za-z'’\-]+)){1,3}(?:,?\s+(?:Jr|Sr|M\.D)\.?)?"
)


@cache
def _form() -> re.Pattern[str]:
    """Return the expression for the end of an organisation's name; capitals count as they stand in headings."""
    ends = sorted(
        {*words("organisations", "suffix", "en"), *words("organisations", "weak", "en")}, key=len, reverse=True
    )
    return re.compile(rf"(?:^|.*[\s,.])(?:{'|'.join(ends)})\.?", re.IGNORECASE | re.DOTALL)


def preamble_parties(reading: Reading) -> list[Engaged]:
    """Return the parties that the first preamble with two and more of them binds, in text order."""
    for page in read_pages(reading)[:PAGES]:
        whole = view(page, 0, len(page.text), "en")
        if whole is None or len(re.findall("[A-Za-z]", whole.text)) * 2 < len(whole.text):
            continue
        for hit in list(_BETWEEN.finditer(whole.text))[:TRIES]:
            if not _OF_DEAL.search(whole.text, max(0, hit.start() - 400), hit.start()):
                continue
            found = list(_bound(whole, hit.end()))
            if len(found) > 1:
                return found
    return []


def _bound(whole: View, start: int) -> Iterator[Engaged]:
    """Yield the party before each defined term from `start` on."""
    text = whole.text
    stop = _STOP.search(text, start)
    end = min(stop.start() if stop else len(text), start + WINDOW)
    floor = start
    for hit in _TERM.finditer(text, start, end):
        if _COLLECTIVE.match(hit.group("term").strip()) or re.search(r"\b(?:parties|together)\b", hit.group("lead")):
            continue
        name = _party(text, floor, hit.start())
        floor = hit.end()
        if name is None:
            continue
        role = role_at(text, hit.start("term"))
        engaged = Engaged(whole, name, role[0] if role else Role.PARTY)
        engaged.terms.append(whole.written(*hit.span("term")))
        if role is None and not cue("persons", "position").match(hit.group("term")) and hit.group("term")[0].isupper():
            engaged.same_as += [whole.written(*hit.span("term"))] if _short_of(text, name, hit.group("term")) else []
        yield engaged


def _short_of(text: str, name: Name, term: str) -> bool:
    """Tell whether a term is short for the name itself ("PrimeCall", "FASC"), and no capacity ("Client", "Company")."""
    own = text[name.start : name.end]
    letters = "".join(w[0] for w in re.findall(r"[A-Za-z]\w*", own)).casefold()
    return term.casefold() in own.casefold() or (
        term.isupper() and len(term) > 2 and letters.startswith(term.casefold())
    )


def _party(text: str, floor: int, stop: int) -> Name | None:
    """Return the party that a stretch names: at its beginning, or behind an "and" that an address stands before."""
    opening = _OPENS.match(text, floor, stop)
    starts = [opening.end() if opening else floor]
    starts += [h.end() for h in _FURTHER.finditer(text, floor, stop) if h.end() > starts[0]]
    plain: Name | None = None
    for start in starts:
        cut = _CUT.search(text, start, stop)
        end = cut.start() if cut else stop
        own = text[start:end].rstrip(" ,;")
        end = start + len(own)
        if not 3 <= len(own) <= 110 or not re.match(r"[A-Za-z\d]", own):
            continue
        if _form().fullmatch(own) and len(own.split()) > 1:
            return Name(start, end, "organisation")
        if plain is None and start == starts[0] and _PERSON.fullmatch(own):
            plain = Name(start, end, "person")
    return plain
