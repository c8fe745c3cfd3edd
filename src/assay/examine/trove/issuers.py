"""Whose paper is it? The organisation in its head, and what ties it to others: contracts' numbers, register numbers.

Limits: an organisation is known by a word for its legal form or its office; a paper whose head names none has no
issuer. Names are compared by their core (what stands in the innermost quotation marks, or before the form), in one
language; the same firm in two languages counts as two unless a register number joins them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from assay.model import PageState, Reading
from assay.read.values import find_identifiers
from assay.read.values.lexicon import fold, lower

HEAD = 700
_FORM_CYRILLIC = (
    r"(?:(?:публичн|открыт|закрыт|непубличн|публічн|приватн)\w{2,4}\s+)?(?:акционерн\w{2,3}\s+(?:обществ\w{1,2}|компани\w{1,2})"
    r"|акціонерн\w{1,3}\s+(?:товариств\w{1,2}|компані\w{1,2})|(?:обществ\w|компани\w|товариств\w|компані\w)\s+(?:с|з)\s+"
    r"(?:ограниченн\w{2,3}|обмежен\w{2,3})\s+(?:ответственностью|відповідальністю)|(?:государственн|федеральн|державн)\w{2,3}"
    r"[^«\"\n]{0,60}(?:предприяти|підприємств|корпораци|корпорац|концерн)\w{1,2}|(?:п?ао|оао|зао|ооо|фгуп|гуп|нпо|нпп|тов|прат|пат|дп)\b)"
)
_QUOTED = re.compile(
    rf"{_FORM_CYRILLIC}[^\n«\"]{{0,40}}\n?[«\"](?P<name>[^\n]{{2,110}}?(?:\n[^\n]{{0,60}}?)?)[»\"](?!\w)"
)
_OFFICE = re.compile(
    r"(?P<name>(?:Министерств|Управлени|Агентств|Департамент|Служб|Міністерств|Управлінн|Агентств|Департамент)\w{0,2}\s"
    r"[^\n,.;:«»\"()0-9]{6,90})"
)
_LATIN = re.compile(
    r"(?<!\w)(?P<name>[A-Z][\w&.'’-]{0,40}(?:[ \u00a0](?:[A-Z&][\w&.'’-]{0,40}|of|and|for|the)){0,7}?),?[ \u00a0]"
    r"(?:Inc|Ltd|Limited|LLC|JSC|PJSC|OJSC|CJSC|Corporation|Corp|Company|Co|GmbH|AG|plc|LLP|LP|SA|NV|BV)\b"
)
_LATIN_OFFICE = re.compile(
    r"(?P<name>(?:Ministry|Agency|Department|Directorate|Bureau|Administration) (?:of|for) [A-Z][^\n,.;:()\"]{4,80})"
)
_HAN = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,24}?)(?:股份有限公司|公开股份公司|股份公司|有限责任公司|有限公司|集团公司|公司|设计院|研究所)"
    r"|(?P<office>[\u4e00-\u9fff]{3,24}?(?:采购署|合作局|管理局|总局|部))(?![\u4e00-\u9fff])"
)
_ADDRESSEE = re.compile(
    r"^\s*(?:кому|куда|адресат|to|attn|attention|致|收件人|копия|copy|cc|抄送)\s*[:：]", re.IGNORECASE
)
_TYING = frozenset({"inn", "ogrn", "uscc", "edrpou", "lei", "iban", "account"})


@dataclass(frozen=True, slots=True)
class Ties:
    """Whose paper it is: the core of the issuer's name ("" when not known), and what ties it to other papers.

    `language` is the first page's; names are comparable in one language only. `others` are all organisations that it
    names, `numbers` register numbers and numbers of contracts.
    """

    issuer: str
    language: str
    others: frozenset[str]
    numbers: frozenset[str]


def ties_of(reading: Reading, contracts: frozenset[str]) -> Ties:
    """Return a paper's issuer and its ties; `contracts` are the folded numbers of contracts that it names."""
    pages = [p for p in reading.pages if p.state is PageState.READ and p.text.strip()]
    if not pages:
        return Ties("", "und", frozenset(), contracts)
    head = [line for line in pages[0].text[:HEAD].split("\n") if not _ADDRESSEE.match(line)]
    own = organisations("\n".join(head))
    numbers = {
        f"{found.value.scheme} {found.value.value}"
        for page in pages
        for found in find_identifiers(page.text)
        if found.value.scheme in _TYING
    }
    others = frozenset(name for page in pages[:12] for name in organisations(page.text[:20_000]))
    return Ties(own[0] if own else "", pages[0].language, others, contracts | numbers)


def organisations(text: str) -> list[str]:
    """Return the cores of the organisations' names in `text`, in order."""
    found: list[tuple[int, str]] = []
    plain = lower(fold(text))
    for pattern, source in ((_QUOTED, plain), (_OFFICE, text), (_LATIN, text), (_LATIN_OFFICE, text), (_HAN, text)):
        for match in pattern.finditer(source):
            name = next(group for group in match.groups() if group)
            found.append((match.start(), core(name)))
    return [name for _, name in sorted(found) if len(name) >= 2 and name not in _NO_NAMES]


_NO_NAMES = frozenset({"公开", "本", "该", "我", "贵", "the company", "company", "this"})


@cache
def core(name: str) -> str:
    """Return what two writings of one name have in common: the innermost quotation, without case and marks."""
    inner = re.split(r"[«»\"“”]", name)
    kept = next((part for part in reversed(inner) if part.strip()), name)
    return " ".join(re.sub(r"[^\w\s]", " ", lower(fold(kept))).split())
