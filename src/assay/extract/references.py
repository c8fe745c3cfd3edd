"""Documents that a text names: "Контракт № 12/3 от 15.05.2023", 附件一, "Annex 3 to Contract No. 7".

Limits: a kind word without a number is no reference, annexes with a letter or a numeral excepted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from assay.extract.once import once
from assay.extract.view import HAN, View
from assay.extract.vocabulary import cue
from assay.model import DateRange, DocumentKind, Reference, Text
from assay.read.values.dates import find_dates

VIEWS = 512
"""In how many views the documents named are kept."""
SIGN = (
    r"(?:№\.?\s*№?|N\s?[o°ºоеe9]\.?(?![^\W\d_])|Nr\.?(?![^\W\d_])|#|[Нн]омер(?![^\W\d_])"
    r"|[Nn]umber(?![^\W\d_])|NO\.|编\s*号\s*[:]?|第(?!\s*\d+\s*[页頁])|号码\s*[:]?|Ns(?![^\W\d_])|М[оo](?=\s*\d))"
)
"""Signs that stand before a number, with what OCR makes of "№"."""
_W = r"A-Za-zА-Яа-яЁёІіЇїЄєҐґ\d"
_BODY = rf"[\[(〔]?\d[{_W}/\-–—.()\[\]〔〕]*"
BARE = rf"(?<![{_W}])[A-Za-zА-Яа-яЁёІіЇїЄєҐґ]{{0,8}}{_BODY}|(?<![{_W}])[A-ZА-ЯІЇЄ]+(?:[/\-–][{_W}]+)+"
"""A number without Han in front: "17/03-К", "BX-2023/17"."""
TOKEN = rf"(?:[{HAN}]{{1,10}}{_BODY}|{BARE})"
"""A document's number; offices in China put Han in front: 京装合字〔2021〕5."""
_HAN_NUMBER = "[一二三四五六七八九十]{1,3}"
_ANNEX_NUMBER = rf"(?:{SIGN}\s*)?(?P<number>\d{{1,3}}(?:[.\-/]\d{{1,2}})?(?![\d%])|[A-ZА-ЕIVX](?![^\W_])|{_HAN_NUMBER})"
_LABEL = "(?:合同|协议)编?号码?"
_TAIL = re.compile(r"[.,;:)\]»\"'–—\-]+$")
_LINK = re.compile(
    r"[\s,(]*(?:(?:от|від|dated|of|from|as of|signed(?: on)?|подписанн\w+|заключ[её]нн\w+|укладен\w+|года?)\s*)*$",
    re.IGNORECASE,
)
_NUMBERED = (
    DocumentKind.CONTRACT, DocumentKind.LICENCE, DocumentKind.AMENDMENT, DocumentKind.PRICE_PROTOCOL,
    DocumentKind.ACCEPTANCE_ACT, DocumentKind.INVOICE, DocumentKind.LETTER, DocumentKind.MINUTES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """A document named in a view: its kind, its number's and the whole phrase's place, its date."""

    kind: DocumentKind
    number: Text
    date: DateRange | None
    view: View
    start: int
    end: int

    def record(self) -> Reference:
        """Return it as a model reference, over its phrase."""
        return Reference(self.kind, self.number.value, self.date, self.view.span(self.start, self.end))


@cache
def _patterns() -> tuple[tuple[DocumentKind, re.Pattern[str]], ...]:
    out: list[tuple[DocumentKind, re.Pattern[str]]] = []
    for kind in _NUMBERED:
        word = cue("kinds", kind.value).pattern
        gap = r"(?:\s*\([^()]{0,60}\))?(?:\s+(?:на|о|об|про|for|on|of|about|по)\s[^№.;:\n]{3,70}?)?[\s,:(\"«»]*"
        out.append((kind, re.compile(rf"(?P<word>{word}){gap}{SIGN}\s*[:]?\s*(?P<number>{TOKEN})", re.IGNORECASE)))
        if kind in (DocumentKind.CONTRACT, DocumentKind.LICENCE, DocumentKind.AMENDMENT, DocumentKind.LETTER):
            han = cue("kinds", kind.value, "zh").pattern
            out.append((kind, re.compile(rf"第?\s*(?P<number>(?:{BARE}))\s*号\s*[{HAN}]{{0,20}}?(?P<word>{han})")))
            out.append(
                (
                    kind,
                    re.compile(
                        rf"(?P<word>{han})\s*[》\"]?\s*[(]\s*(?:{_LABEL}|{SIGN})?\s*[:]?\s*(?P<number>{BARE})\s*[)]"
                    ),
                )
            )
    annex = cue("kinds", "annex").pattern
    out.append((DocumentKind.ANNEX, re.compile(rf"(?P<word>{annex})\s*{_ANNEX_NUMBER}", re.IGNORECASE)))
    return tuple(out)


def clean_number(view: View, start: int, end: int) -> Text | None:
    """Return the number at a place without closing marks that belong to the sentence; None when nothing is left."""
    raw = view.text[start:end]
    lead = re.match(r"第|编号|号|关于|根据|本|的", raw)
    while lead:
        start += lead.end()
        raw = raw[lead.end() :]
        lead = re.match(r"第|编号|号|关于|根据|本|的", raw)
    for opening, closing in ("()", "[]", "〔〕"):
        while raw.endswith(closing) and raw.count(closing) > raw.count(opening):
            raw = raw[:-1]
        if raw.count(opening) > raw.count(closing):
            raw = raw[: raw.rindex(opening)]
    tail = _TAIL.search(raw)
    if tail and not (
        raw.endswith((")", "]")) and raw.count("(") == raw.count(")") and raw.count("[") == raw.count("]")
    ):
        raw = raw[: tail.start()]
    if not raw or not (re.search(r"\d", raw) or re.fullmatch(r"[A-ZА-ЯІЇЄ/\-–]+|[一二三四五六七八九十]+", raw)):
        return None
    return view.written(start, start + len(raw))


@once(VIEWS)
def named_in(view: View) -> tuple[Named, ...]:
    """Return the documents that the view names, in text order, each phrase once (the more specific kind wins)."""
    found: list[Named] = []
    dates = None
    for kind, pattern in _patterns():
        for hit in pattern.finditer(view.text):
            start, end = hit.span("number")
            number = clean_number(view, start, end)
            if number is None or (kind is DocumentKind.ANNEX and _year_like(number.value)):
                continue
            if dates is None:
                dates = find_dates(view.text)
            stop = start + len(number.written)
            date = None
            for one in dates:
                if any(
                    after <= one.start <= after + 45 and _LINK.fullmatch(view.text[after : one.start].strip(")") + " ")
                    for after in (stop, hit.end())
                ):
                    date = view.attach(one)
                    break
                if one.end <= hit.start() <= one.end + 8 and re.fullmatch(
                    r"\s*(?:签订|签署|订立)?的?\s*[《\"]?", view.text[one.end : hit.start()]
                ):
                    date = view.attach(one)
                    break
            begin, finish = hit.start(), max(hit.end(), stop)
            finish = stop if hit.end() == end else finish
            found.append(Named(kind, number, date, view, begin, finish))
    kept: list[Named] = []
    for item in sorted(found, key=lambda n: (n.start, -(n.end - n.start))):
        if kept and item.start < kept[-1].end:
            same = kept[-1].number.span == item.number.span
            if same and kept[-1].kind is DocumentKind.CONTRACT and item.kind is not DocumentKind.CONTRACT:
                kept[-1] = item
            continue
        kept.append(item)
    return tuple(kept)


def _year_like(value: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", value))
