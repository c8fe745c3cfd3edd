"""What each exhibit calls itself, holds, announces and refers to.

Limits: rests on headings in the first lines of a page, on the usual wording of references (`names.py`), and on file
names. A document whose heading was misread is found by its file name or by a number that differs in one character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from assay.examine.file.stage import is_draft
from assay.examine.trove.names import PARTS, TOP_LINES, Name, folded, names, unnumbered_contract
from assay.model import Occurrence, Page, PageState, Reading, Span

CONTRACTS = ("contract", "amendment")
SERIAL = ("act", "amendment", "protocol", "invoice")
"""Kinds that are counted from 1 under one contract."""
UNNAMED = ("letter", "invoice")
"""Kinds that often bear their number without a word for what they are."""
UNNUMBERED = "~"
"""How the made-up number of a contract without one begins."""
_LEAST_NUMBER = 4
_LIST_GAP = 140
_LEAST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Key:
    """A part or document by kind, folded number and the number of what it belongs to ("" when not said)."""

    kind: str
    number: str
    parent: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A place where an exhibit names `key`; `reserved` when it says that the number is not used."""

    key: Key
    language: str
    span: Span
    reserved: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """One exhibit as far as documents name each other.

    `own` is the contract that it is or belongs to; `title` what its first heading calls it. `holds` are the parts
    and documents whose headings stand in it, `refers` what it names otherwise. `unread` pages could hold more.
    `numbers` are all folded numbers in the heads of its first page, `paths` its names. `draft`: it bears a draft's
    mark or tracked changes.
    """

    exhibit: str
    own: str
    title: Key | None
    holds: tuple[Key, ...]
    refers: tuple[Reference, ...]
    numbers: frozenset[str]
    paths: tuple[str, ...]
    unread: int
    recognised: bool
    draft: bool = False

    def renumbered(self, swaps: dict[str, str]) -> Contents:
        """Return the same with contract numbers exchanged, where `swaps` has another one for them."""

        def put(key: Key) -> Key:
            parent, mark, rest = key.parent.partition("#")
            number = swaps.get(key.number, key.number) if key.kind == "contract" else key.number
            return Key(key.kind, number, swaps.get(parent, parent) + mark + rest)

        return replace(
            self,
            own=swaps.get(self.own, self.own),
            title=put(self.title) if self.title else None,
            holds=tuple(put(key) for key in self.holds),
            refers=tuple(replace(r, key=put(r.key)) for r in self.refers),
        )


def contents(reading: Reading, occurrences: Iterable[Occurrence]) -> Contents:
    """Return what one exhibit calls itself, holds and refers to."""
    paths = tuple(sorted({o.path for o in occurrences}))
    found: list[tuple[Page, Name, bool]] = []
    listed: Name | None = None  # the part that the page before ends with, when nothing of its own stands below
    for page in reading.pages:
        if page.state is PageState.READ:
            on_page = [_reread(name) for name in names(page.text)] if page.how == "ocr" else names(page.text)
            found += [
                (page, name, _is_head(page, name, on_page) and not (listed and _follows(listed, name)))
                for name in on_page
            ]
            listed = _last_listed(page, on_page)
    first = next((p.number for p in reading.pages if p.state is PageState.READ), 0)
    heads = [name for page, name, head in found if head and page.number == first]
    title = _title(heads)
    own = _own(title, heads, [name for page, name, _ in found if page.number == first], found)
    top = next((p.text for p in reading.pages if p.number == first), "")
    unnumbered = not own and title is None and unnumbered_contract(top)
    own = f"{UNNUMBERED}{reading.exhibit.digest[:8]}" if unnumbered else own
    belonging = {page.number for page, name, head in found if head and name.kind not in ("contract", "law")}
    holds = [
        _key(name, own)
        for page, name, head in found
        if head and name.kind != "law" and not (name.kind == "contract" and page.number in belonging)
    ]
    refers = [
        Reference(_key(name, own), name.language, page.span(name.start, name.end), name.reserved)
        for page, name, head in found
        if name.kind != "law" and (not head or (name.kind == "contract" and page.number in belonging))
    ]
    return Contents(
        exhibit=reading.exhibit.digest,
        own=own,
        title=_key(title, own) if title else Key("contract", own, "") if unnumbered else None,
        holds=tuple(dict.fromkeys(holds)),
        refers=tuple(refers),
        numbers=frozenset(n.number for n in heads) | _numbers_alone(reading, first),
        paths=paths,
        unread=sum(p.state is not PageState.READ for p in reading.pages),
        recognised=any(p.how == "ocr" for p in reading.pages),
        draft=is_draft(p for p in reading.pages if p.state is PageState.READ),
    )


def _key(name: Name, own: str) -> Key:
    if name.kind == "contract" or name.kind == "letter":
        return Key(name.kind, name.number, "")
    return Key(name.kind, name.number, name.parent or own)


def _title(heads: list[Name]) -> Name | None:
    """Return what the exhibit calls itself: a part or a numbered paper before the contract that it belongs to."""
    belonging = [n for n in heads if n.kind != "contract" and n.kind != "law"]
    contracts = [n for n in heads if n.kind == "contract"]
    if belonging and (not contracts or belonging[0].parent or belonging[0].kind in PARTS):
        return belonging[0]
    return next(iter((*contracts, *belonging)), None)


def _own(title: Name | None, heads: list[Name], on_first: list[Name], found: list[tuple[Page, Name, bool]]) -> str:
    """Return the number of the contract that an exhibit is, or belongs to by its own words."""
    if title and title.kind == "contract":
        return title.number
    if title and title.parent:
        return title.parent
    named = [n.number for n in (*heads, *on_first) if n.kind == "contract"]
    if title and named:
        return named[0]
    every = {n.number for _, n, _ in found if n.kind == "contract"}
    return next(iter(every)) if len(every) == 1 and title else ""


def _is_head(page: Page, name: Name, on_page: list[Name]) -> bool:
    """Whether a name heads a document or part: at the top of its page, or with a text of its own below."""
    if not name.heading or name.reserved:
        return False
    above = page.text[: name.start]
    lines = sum(bool(line.strip()) for line in above.split("\n")[:-1])
    others = [n for n in on_page if n.heading and n.kind == name.kind and n.number != name.number]
    listed = any(0 < n.start - name.end < _LIST_GAP or 0 < name.start - n.end < _LIST_GAP for n in others)
    if listed and name.kind in PARTS:
        return False
    if lines <= TOP_LINES:
        return not _referring(page.text, name)
    line_end = page.text.find("\n", name.end)
    rest = page.text[name.end : line_end if line_end >= 0 else len(page.text)].strip(" .:–—-")
    alone = len(rest) <= 60 and not rest.endswith((",", ";"))
    least = _LEAST_TEXT if rest else 0
    return name.kind in PARTS and alone and not _referring(page.text, name) and len(page.text) - name.end > least


def _reread(name: Name) -> Name:
    """Return the name with a part's number that recognition took for the letter it looks like put right."""
    number = {"З": "3", "Б": "6"}.get(name.number, name.number) if name.kind in PARTS else name.number
    return replace(name, number=number)


def _last_listed(page: Page, on_page: list[Name]) -> Name | None:
    """Return the part that is named in the last lines of a page, where no text of its own could stand."""
    last = on_page[-1] if on_page else None
    if last is None or last.kind not in PARTS or not last.heading:
        return None
    return last if len(page.text) - last.end <= _LIST_GAP else None


def _follows(listed: Name, name: Name) -> bool:
    """Whether a name is the next one of a list that the page before ends with."""
    numbers = listed.number, name.number
    return name.kind in PARTS and all(map(str.isdecimal, numbers)) and int(numbers[1]) == int(numbers[0]) + 1


_REFERRING = re.compile(
    r"(?:\b(?:на|к|до|от|по|согласно|re|to|under|dated?|касательно|тема|subject|concerning|щодо|стосовно|o|о|об|про)"
    r"|关于|回复|根据|主题)\s*[:：]?\s*$", re.IGNORECASE
)  # fmt: skip


_CARRIED = re.compile(
    r"(?:\b(?:in|to|with|of|by|see|and|or|per|the|согласно|в|во|к|с|по|и|см\.|у|до|з|та|і|згідно)|[按见据与和及照])\s*$",
    re.IGNORECASE,
)
"""How a line ends whose sentence goes on below: "as set out in" stands above "Annex 2."."""


def _referring(text: str, name: Name) -> bool:
    line_start = text.rfind("\n", 0, name.start) + 1
    if not text[line_start : name.start].strip() and _CARRIED.search(text[:line_start].rstrip()[-24:]):
        return True
    return bool(_REFERRING.search(text[line_start : name.start].rstrip(" \t"))) or text[
        name.start :
    ].lower().startswith(("на ", "ваш", "your"))


_ALONE = re.compile(
    r"(?:^|\n)[^\n]{0,24}?(?:№|No\.?|Ref\.?(?:\s*No\.?)?|Исх\.?|Вих\.?|编号|文号|号)\s*[:：.№]*\s*"
    r"([0-9A-Za-zА-Яа-яІЇЄҐ][^\s,;()（），。；、]{1,30})", re.IGNORECASE
)  # fmt: skip


_LINE_END = re.compile(r"(?:^|\n)[^\n,;.]{3,70}?(?:№|\bNo\.?|\bNr\.?)[ \t]*([0-9]{1,3})[ \t]*(?=\n|$)")
_CHINESE_ALONE = re.compile(r"第\s*([0-9]{1,3})\s*[号次]")


def _numbers_alone(reading: Reading, first: int) -> frozenset[str]:
    """Return numbers that stand in the head of the first page without a word for what they number."""
    page = next((p for p in reading.pages if p.number == first), None)
    if page is None:
        return frozenset()
    top = "\n".join([line for line in page.text.split("\n") if line.strip()][:TOP_LINES])
    found = {match.group(1) for pattern in (_CHINESE_ALONE, _LINE_END) for match in pattern.finditer(top)}
    for match in _ALONE.finditer(top):
        line = top[top.rfind("\n", 0, match.start(1)) + 1 : match.start(1)]
        if not re.search(r"\b(?:на|ваш|your|re|касательно|subject)\b|回复|关于", line, re.IGNORECASE):
            found.add(folded(match.group(1)))
    return frozenset(n for n in found if any(c.isdigit() for c in n))


_SHORT = re.compile(
    r"(?<![^\W\d_])(?:ann?|app|att|encl?|sch|exh|прил|дод)[ .\-]*(?:no|n|№)?[ .\-]*(\d{1,3})(?!\d)", re.IGNORECASE
)
"""A part as people shorten it in file names."""


def in_paths(key: Key, paths: Iterable[str]) -> bool:
    """Whether a file name says that it is `key`: the word and number of a part, or the number of a document."""
    for path in paths:
        name = re.sub(r"[_+]+", " ", path.rpartition("/")[2].rpartition(".")[0] or path)
        if key.kind in PARTS:
            spaced = re.sub(r"(?<=[^\W\d_])[-.]?(?=\d)", " ", name)
            if any(n.kind in PARTS and n.number == key.number for n in names(spaced)):
                return True
            if any(str(int(m.group(1))) == key.number for m in _SHORT.finditer(spaced)):
                return True
        elif len(key.number) >= _LEAST_NUMBER and re.sub(r"[-/.]", "", key.number) in re.sub(
            r"[-/. ]", "", folded(name)
        ):
            return True
    return False
