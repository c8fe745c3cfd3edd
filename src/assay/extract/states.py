"""States: named by their form ("Republic of X"), also within an office's name, or by the short name of a country.

Limits: short names are those of the Unicode locale data (Babel) and of a list beside them; a country that is only a
place in a sentence is named like one that acts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from assay.extract.grammar import analyser
from assay.extract.organisations import HAN_BREAK, NO_PART, Name
from assay.extract.view import View
from assay.extract.vocabulary import LANGUAGES, words

_STATE = re.compile(
    r"(?<!\w)(?P<name>(?:Республик|Республік|Федераци|Федераці|Королевств|Королівств|Содружеств|Співдружн|Держав)[а-яії]{1,4}"
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


_CURRENCY = re.compile(r"(?:дол\w*\.?|\$)\s*$|(?:港|美|澳|加)$")
_NO_STATE = frozenset({"того", "мали", "jordan", "chad", "georgia"})
"""Short names that are common words, or given names, too: they are left out."""


@dataclass(frozen=True, slots=True)
class Territory:
    """A country named in a text: its place, its ISO 3166 code, and its usual name in the text's language."""

    start: int
    end: int
    code: str
    name: str


@cache
def _countries(language: str) -> dict[str, tuple[str, str]]:
    """Return a language's short names of countries in small letters: their code and the name as usually written."""
    from babel import Locale

    usual = {
        code: re.sub(r"\s*[(（].*", "", name).replace("ʼ", "'").replace("’", "'")
        for code, name in Locale(language).territories.items()
        if re.fullmatch("[A-Z]{2}", code) and code not in ("EU", "EZ", "UN", "ZZ", "XA", "XB", "QO", "AC", "TA")
    }
    found = {name.casefold().replace("ё", "е"): (code, name) for code, name in usual.items()}
    for entry in words("known", "state", language):
        written, code = entry.rsplit(" ", 1)
        found[written.casefold().replace("ё", "е")] = (code, usual[code])
    return {k: v for k, v in found.items() if k not in _NO_STATE}


@lru_cache(maxsize=4096)
def territory(name: str) -> str:
    """Return the ISO 3166 code of the country that a name in one of the four languages is short for, else nothing."""
    folded = name.casefold().replace("ё", "е")
    return next((_countries(code)[folded][0] for code in LANGUAGES if folded in _countries(code)), "")


@cache
def _exact(language: str) -> re.Pattern[str]:
    found = sorted(_countries(language), key=len, reverse=True)
    body = "|".join(re.escape(n) for n in found)
    return re.compile(body if language == "zh" else rf"(?<![\w.-])(?:{body})(?![\w-])", re.IGNORECASE)


_CYRILLIC_WORD = re.compile(r"(?<![\w-])[А-ЯЁІЇЄҐ][а-яёіїєґ'’]{2,}(?![\w-])")


def countries_in(view: View) -> list[Territory]:
    """Return the countries that running text names by their short names, a currency's country left out."""
    text = view.text
    language = view.language if view.language in LANGUAGES else "en"
    out = []
    for hit in _exact(language).finditer(text):
        if hit.group()[0].isupper() or language == "zh":
            out.append(Territory(*hit.span(), *_countries(language)[hit.group().casefold().replace("ё", "е")]))
    if language in ("ru", "uk"):
        for hit in _CYRILLIC_WORD.finditer(text):
            known = _declined(hit.group(), language)
            if known is not None and all(hit.end() <= o.start or hit.start() >= o.end for o in out):
                out.append(Territory(*hit.span(), *known))
    return [o for o in sorted(out, key=lambda o: o.start) if not _CURRENCY.search(text[: o.start])]


@lru_cache(maxsize=16384)
def _declined(word: str, language: str) -> tuple[str, str] | None:
    """Return the country that a Russian or Ukrainian word in some case names, None when it names none."""
    table = _countries(language)
    if language == "ru":
        forms = {p.normal_form.replace("ё", "е") for p in analyser().parse(word) if "Geox" in p.tag}
        return next((table[f] for f in sorted(forms) if f in table), None)
    low = word.casefold()
    stems = {low[: len(low) - n] for n in (1, 2, 3) if len(low) - n >= 4}
    ends = ("", "а", "я", "ія", "ь", "ї")
    return next((table[s + e] for s in sorted(stems, key=len, reverse=True) for e in ends if s + e in table), None)
