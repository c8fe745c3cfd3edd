"""Names that running text gives without a legal form or a title: people by their given names, firms by their company.

Purpose: "Игорь Сечин", "глава Роснефти", "холдинг Базовый Элемент", "Facebook купил WhatsApp", "в Минэнерго".
Limits: Russian and Ukrainian, by pymorphy3's dictionary of names and by the words around; of other languages only
bodies and agencies that a list knows. A family name alone counts only behind a post or beside a verb of saying.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from assay.extract.grammar import analyser
from assay.extract.organisations import Name, longest, position_in
from assay.extract.view import HAN, View
from assay.extract.vocabulary import cue, words

_WORD = re.compile(r"(?<![\w.@/-])[А-ЯЁІЇЄҐ][а-яёіїєґ'’]+(?:-[А-ЯЁІЇЄҐ][а-яёіїєґ'’]+)*(?![\w@])")
_LATIN_RUN = re.compile(
    r"(?<![\w.@/-])(?:[A-Z][\w&'’!-]*|[a-z]+[A-Z]\w*)(?:[ /](?:(?:of|and|the|de|&) )?[A-Z][\w&'’!-]*)*"
    r"(?:\.(?:com|ru|net|org))?(?![\w@])"
)
_CYRILLIC_RUN = re.compile(r"(?<![\w.@/-])[А-ЯЁІЇЄҐ][\wёіїєґ'’-]*(?: [А-ЯЁІЇЄҐ][\wёіїєґ'’-]*){0,3}(?![\w@])")
_QUOTED = re.compile(r"[«\"“„](?P<name>[А-ЯЁІЇЄҐA-Z\d][^«»\"“”„\n]{1,48})[»\"”“]")
_SITE = re.compile(r"(?<![\w.@/-])[A-ZА-ЯЁ][\w-]*\.(?:ру|ru|com|net|org|ua|рф)(?![\w/@])")
_BUSINESS = re.compile(
    r"\b(?:Group|Technologies|Technology|Media|Bank|Ventures|Industries|Systems|Holdings?|Capital|Partners|Corp|Inc|Ltd"
    r"|Energy|Motors|Airlines|Aerospace|Defen[cs]e|Times|Post|News|Journal|Agency|Foundation|University|Institute)\b"
)
MOST_LISTED = 6
"""How far a list is followed from the name that is told to be a firm's."""
_STATE_BEHIND = re.compile(r" (?:США|РФ|России|Украины|Белоруссии|Казахстана|України)(?!\w)")


@lru_cache(maxsize=65536)
def grammemes(word: str) -> frozenset[str]:
    """Return what the dictionary says a Russian word may be (Name, Surn, Patr, Geox, Orgn ...); empty when unknown."""
    if not analyser().word_is_known(word):
        return frozenset()
    return frozenset(g for p in analyser().parse(word) for g in p.tag.grammemes)


@cache
def _given() -> re.Pattern[str]:
    stems = sorted({re.sub("(?:[аяйь]|о|ій|ей)$", "", n) for n in words("known", "given", "uk")}, key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(stems)})(?:[аяйьоуюієї]|[ео]м|ою|єю|[ії][йяюєї]?|єм|еві|ові)?")


def _is_given(word: str, language: str) -> bool:
    known = grammemes(word)
    if "Name" in known and not known & {"VERB", "Geox"}:
        return True
    return "Name" in known or (language == "uk" and _given().fullmatch(word) is not None)


def _family(word: str, language: str) -> bool:
    """Tell whether a word may be a family name: the dictionary says so, or does not know the word."""
    known = grammemes(word)
    return len(word) > 2 and (not known or bool(known & {"Surn", "Name", "anim"}))


def persons_named(view: View) -> list[Name]:
    """Return persons whose given name the dictionary knows, with the family name before or behind it."""
    text = view.text
    if not re.search("[а-яіїє]{3}", text):
        return []
    found: list[Name] = []
    for run in _runs(text):
        i = 0
        while i < len(run):
            taken = _person(run[i:], text, view.language)
            if taken:
                found.append(Name(run[i].start(), run[i + taken - 1].end(), "person"))
            i += taken or 1
    return [n for n in found if not _honoured(text, n.start)]


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Yield runs of capitalised words with one blank between them."""
    run: list[re.Match[str]] = []
    for hit in _WORD.finditer(text):
        if run and text[run[-1].end() : hit.start()] != " ":
            yield run
            run = []
        run.append(hit)
    if run:
        yield run


def _person(run: list[re.Match[str]], text: str, language: str) -> int:
    """Return how many words from the first one on are a person's name; 0 when none are."""
    first = run[0].group()
    opens = re.search(r"(?:^|[.!?…»\"]\s+|[:—–-]\s*)$", text[: run[0].start()]) is not None
    if len(run) >= 2:
        second = run[1].group()
        third = "Patr" in grammemes(second) and len(run) > 2 and _family(run[2].group(), language)
        if _is_given(first, language) and (third or _family(second, language)):
            return 3 if third else 2
        if "Surn" in grammemes(first) and _is_given(second, language):
            return 3 if len(run) > 2 and "Patr" in grammemes(run[2].group()) else 2
        if not grammemes(first) and not opens and "Surn" in grammemes(second):
            return 2
    known = grammemes(first)
    if len(first) > 3 and "Surn" in known and not known & {"Geox", "Name", "Orgn", "ADJF", "VERB"}:
        said = cue("speech", "verb").match(text, run[0].end() + 1) or cue("speech", "verb").search(
            text[max(0, run[0].start() - 16) : run[0].start()]
        )
        posted = position_in(text[max(0, run[0].start() - 40) : run[0].start()])
        if said or (posted is not None and posted[1] >= min(40, run[0].start()) - 1):
            return 1
    return 0


def _honoured(text: str, start: int) -> bool:
    """Tell whether a name is a street's, a ship's or a work's: what stands before it says so."""
    before = text[max(0, start - 24) : start]
    return any(re.search(rf"(?:^|\W){w}\s+$", before) for w in words("known", "street", "ru"))


@cache
def _listed() -> re.Pattern[str]:
    entries = sorted({w for key in ("body", "agency") for w in words("known", key)}, key=len, reverse=True)
    plain = [e for e in entries if not re.match(f"[{HAN}]", e)]
    han = [e for e in entries if re.match(f"[{HAN}]", e)]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(plain)})(?![\w-])|{'|'.join(han)}")


@cache
def _before(key: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:^|(?<=\W))(?:{'|'.join((*words('known', key, 'ru'), *words('known', key, 'uk')))})\s+$", re.IGNORECASE
    )


@cache
def _acts() -> re.Pattern[str]:
    verbs = "|".join((*words("known", "acts", "ru"), *words("known", "acts", "uk")))
    return re.compile(rf"\s+(?:(?:уже|также|ранее|не|и|вже|також)\s+)?(?:{verbs})(?!\w)")


def bodies_in(view: View) -> list[Name]:
    """Return offices, international bodies and agencies that are known by a short name, with the state behind it."""
    out = []
    for hit in _listed().finditer(view.text):
        state = _STATE_BEHIND.match(view.text, hit.end())
        out.append(Name(hit.start(), state.end() if state else hit.end(), "organisation"))
    return out


def firms_named(view: View, people: list[Name]) -> list[Name]:
    """Return organisations that the words around a name tell: what stands before it, or what it is said to do."""
    text = view.text
    if len(re.findall("[а-яіїє]", text)) < 12:
        return []
    found = [Name(*h.span(), "organisation") for h in _SITE.finditer(text)]
    listed = [(*h.span(), *h.span("name")) for h in _QUOTED.finditer(text)]
    listed += [(*h.span(), *h.span()) for h in _LATIN_RUN.finditer(text) if len(h.group()) > 2]
    sure = [p for p in listed if _told(text, *p[:2]) or _BUSINESS.search(text, *p[:2])]
    for _ in range(MOST_LISTED):
        beside = [p for p in listed if p not in sure and any(_listed_with(text, p, s) for s in sure)]
        if not beside:
            break
        sure += beside
    found += [Name(p[2], p[3], "organisation") for p in sure]
    for hit in _CYRILLIC_RUN.finditer(text):
        found += _cyrillic_firm(text, hit.start(), hit.end())
    return [n for n in longest(found) if all(n.end <= p.start or n.start >= p.end for p in people)]


def _listed_with(text: str, one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    """Tell whether two names stand in one list, with a comma or "and" between them."""
    first, second = sorted((one, other))
    return re.fullmatch(r"\s*(?:,|и|или|та|і)\s*", text[first[1] : second[0]]) is not None


def _told(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 40) : start]
    return bool(_before("descriptor").search(before) or _before("governs").search(before) or _acts().match(text, end))


def _cyrillic_firm(text: str, start: int, end: int) -> list[Name]:
    """Return the firm of a capitalised Cyrillic run: the dictionary knows it for one, or the words around tell."""
    run = text[start:end].split(" ")
    first = grammemes(run[0])
    if "Orgn" in first and not first & {"Surn", "Name", "Geox"}:
        return [Name(start, start + len(run[0]), "organisation")]
    before = text[max(0, start - 40) : start]
    opens = re.search(r"(?:^|[.!?…:]\s+|[«\"]\s*)$", before) is not None
    if opens or first & {"Surn", "Name", "Patr", "Geox"}:
        return []
    capital = len(run[0]) > 1 and run[0].isupper() and "Abbr" not in first
    if _before("descriptor").search(before) and (not first or capital or len(run) > 1):
        return [Name(start, end, "organisation")]
    if (_before("governs").search(before) or _acts().match(text, start + len(run[0]))) and (not first or capital):
        further = re.match(r" ([а-яё]{3,})(?!\w)", text[start + len(run[0]) :])
        unknown = further is not None and not analyser().word_is_known(further.group(1))
        return [Name(start, start + len(run[0]) + (further.end() if further and unknown else 0), "organisation")]
    return []
