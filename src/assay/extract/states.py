"""States named by their form, also within the name of one of their offices.

Limits: a state that is named without its form (a country's short name) is not seen.
"""

from __future__ import annotations

import re

from assay.extract.organisations import HAN_BREAK, NO_PART, Name
from assay.extract.view import View

_STATE = re.compile(
    r"(?<!\w)(?P<name>(?:Республик|Республік|Федераци|Федераці|Королевств|Королівств|Содружеств|Співдружн)[а-яії]{1,4}"
    r"(?: [А-ЯІЇЄҐ][а-яіїєґ'’\-]+){1,2}"
    r"|[А-ЯІЇЄҐ][а-яіїєґ\-]+(?:ая|ой|ую|а|ої|у) (?:Республик|Республік|Федераци|Федераці)[а-яії]{1,3}"
    r"|(?:Republic|Commonwealth|Kingdom|Federation|Emirate) of (?:the )?[A-Z][\w\-]+"
    r"|[A-Z][\w\-]+ (?:Federation|Republic|Kingdom)"
    r"|[\u4e00-\u9fff]{2,6}(?:共和国|联邦|王国))(?![^\W\u4e00-\u9fff])"
)


def states_in(view: View) -> list[Name]:
    """Return states named by their form (republic, commonwealth, federation), also within an office's name."""
    out: list[Name] = []
    for hit in _STATE.finditer(view.text):
        start, end = hit.span("name")
        for stop in HAN_BREAK.finditer(view.text, start, end - 3):
            start = stop.end()
        last = view.text[start:end].rsplit(" ", 1)
        if len(last) == 2 and NO_PART.match(last[1]):
            end -= len(last[1]) + 1
        if end - start >= 4:
            out.append(Name(start, end, "state"))
    return out
