"""Speakers' names in the nominative: "по словам Лисогорина Аркадия" names Лисогорин Аркадий.

Purpose: one speaker is named in many cases; the chain gives the name as it would stand alone. The span keeps what is
written.
Limits: Russian by pymorphy3's dictionary and guesses, Ukrainian by a table of endings; what neither knows stays as
written. Only the head of a phrase is put into the nominative: words up to its first noun, and all words of a person's
name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from assay.extract.vocabulary import table

_WORD = re.compile(r"[А-Яа-яЁёІіЇїЄєҐґ'’\-]+")


@lru_cache(maxsize=1)
def analyser() -> Any:
    """Return the analyser of Russian word forms, loaded once."""
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer(lang="ru")


def nominative(phrase: str, language: str, *, person: bool = False) -> str:
    """Return a phrase with its head (of a person, every word) in the nominative; other languages unchanged."""
    if language not in ("ru", "uk") or not re.search("[А-Яа-яІіЇїЄє]", phrase):
        return phrase
    out: list[str] = []
    last = 0
    done = False
    for hit in _WORD.finditer(phrase):
        if done or phrase[: hit.start()].count("«") > phrase[: hit.start()].count("»"):
            break
        word = hit.group()
        if person or language == "uk":
            changed, noun = (_person(word) if language == "ru" else _ukrainian(word, person)), False
            noun = not person and language == "uk" and changed.lower() in _nouns()
        else:
            changed, noun = _russian(word)
        out.append(phrase[last : hit.start()])
        out.append(changed)
        last = hit.end()
        done = noun or (not person and word.islower() and changed == word and len(out) > 6)
    out.append(phrase[last:])
    return "".join(out)


def _cased(word: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word


def _person(word: str) -> str:
    if len(word) < 3 or word.isupper():
        return word
    parses = [
        p for p in analyser().parse(word) if {"Surn", "Name", "Patr"} & set(str(p.tag).replace(" ", ",").split(","))
    ]
    for parse in parses or analyser().parse(word)[:1]:
        if parse.tag.case == "nomn":
            continue
        changed = parse.inflect({"nomn", "sing"})
        if changed is not None and parse.tag.case in ("gent", "accs", "datv", "ablt", "loct"):
            return _cased(changed.word, word)
    return word


def _russian(word: str) -> tuple[str, bool]:
    """Return a word of a phrase's head in the nominative, and whether it is the noun that ends the head."""
    for parse in analyser().parse(word)[:3]:
        if parse.tag.POS not in ("NOUN", "ADJF", "PRTF"):
            continue
        if parse.tag.case == "nomn":
            return word, parse.tag.POS == "NOUN"
        number = {parse.tag.number} if parse.tag.number else set()
        changed = parse.inflect({"nomn", *number})
        if changed is not None:
            return _cased(changed.word, word), parse.tag.POS == "NOUN"
    return word, True


@lru_cache(maxsize=1)
def _nouns() -> frozenset[str]:
    return frozenset(
        n for _, n in table("grammar")["uk"]["noun"] if not n.endswith(("е", "а")) or n in ("компанія", "служба")
    )


def _ukrainian(word: str, person: bool) -> str:
    low = word.lower()
    rows = table("grammar")["uk"]
    if not person:
        return next((_cased(n, word) for form, n in rows["noun"] if low == form), word)
    for key in ("patronymic", "surname", "given"):
        for ending, plain in rows[key]:
            if low.endswith(ending) and len(low) > len(ending) + 2:
                return f"{word[: len(word) - len(ending)]}{plain}"
    return word
