"""How documents name themselves and each other: annexes, contracts, acts, letters, with their numbers.

Limits: numbers are compared after folding (case, dashes, look-alike letters); a document without a number is not
seen. Words are in `names.tsv`; Russian, Ukrainian, Chinese and English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

PARTS = ("annex", "schedule", "exhibit", "enclosure")
"""Kinds that are numbered parts of another document."""
TOP_LINES = 14
"""A heading that names the whole document stands in the first so many lines of its first page."""
LONGEST_HEADING = 160
_LONGEST_RANGE = 60

_LOOKALIKE = str.maketrans("АВСЕНКМОРТХУІЅЈ", "ABCEHKMOPTXYISJ")
_SIGN = r"(?:№\s*№|№|N[oоº°]?\.|No\.?(?=\s|:|\d)|Nr\.?|N(?=\s*\d)|#|编号|編號|号码|号|字第|第)\s*[:：]?\s*"
_SMALL = r"\d{1,3}(?:\.\d{1,2})?(?![\d/])|[IVX]{1,5}(?!\w)|[A-ZА-Я](?!\w)|[一二三四五六七八九十]{1,3}"
_AND = r"(?:,|、|и|та|and|&|和|及|-|–|—|по|to|through|至|до)"
_LIST = rf"(?P<first>{_SMALL})(?P<more>(?:\s*{_AND}\s*(?:№\s*|附件)?(?:{_SMALL}))*)"
_FULL = r"(?P<full>[0-9A-Za-zА-Яа-яЁёІіЇїЄєҐґ][^\s,;:«»“”\"()（）【】《》，。；：、]{0,39})"
_FILLER = r"(?P<filler>[^;№《》\n]{0,70}?(?:\n[^;№《》\n]{0,50}?)?)"
_CHINESE = dict(zip("一二三四五六七八九", range(1, 10), strict=True))
_ROMAN = {"I": 1, "V": 5, "X": 10}
_RESERVED = re.compile(
    r"не\s+использу|зарезервирован|резерв\b|исключен[оаы]?|аннулирован|утратил[оаи]?\s+силу|не\s+применя|пропущен|"
    r"не\s+використову|зарезервован|вилучен|скасован|"
    r"\breserved\b|not\s+used|intentionally\s+(?:omitted|left\s+blank)|\bdeleted\b|\bvoid\b|withdrawn|"
    r"保留|未使用|不使用|空缺|作废|删除|取消",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Name:
    """A document or part as named at `text[start:end]`.

    `number` and `parent` are folded; `parent` is the number of the document it belongs to, empty when not said
    there. `heading`: the words head a line. `reserved`: the number is said to be unused.
    """

    kind: str
    language: str
    number: str
    parent: str
    start: int
    end: int
    heading: bool
    reserved: bool = False


def folded(number: str) -> str:
    """Return a number in the form in which two writings of it are equal."""
    text = number.upper().replace("Ё", "Е").translate(_LOOKALIKE)
    text = re.sub(r"[‐‑‒–—−_]", "-", text)
    return re.sub(r"\s+", "", text).strip(".-/\\'’`")


def small(text: str) -> str:
    """Return an annex number as digits or one Latin letter: "III", "三" and "3" are all "3"."""
    if text[0] in "一二三四五六七八九十":
        tens, _, units = text.rpartition("十") if "十" in text else ("", "", text)
        value = (_CHINESE.get(tens, 1) * 10 if "十" in text else 0) + _CHINESE.get(units, 0)
        return str(value)
    if re.fullmatch(r"[IVX]+", text):
        values = [_ROMAN[c] for c in text]
        return str(sum(-v if any(v < w for w in values[i + 1 :]) else v for i, v in enumerate(values)))
    return folded(text)


def names(text: str) -> list[Name]:
    """Return every document and part that `text` names with a number, in order."""
    found: list[Name] = []
    for kind, language, pattern in _patterns():
        for match in pattern.finditer(text):
            if kind in PARTS:
                found += _parts(text, kind, language, match)
            else:
                name = _document(text, kind, language, match)
                found += [name] if name else []
    return _settled(sorted(found, key=lambda n: (n.start, -n.end)), text)


def _parts(text: str, kind: str, language: str, match: re.Match[str]) -> list[Name]:
    first = match.group("first")
    tokens = [first, *re.findall(_SMALL, match.group("more"))]
    numbers = [small(t) for t in tokens]
    ranged = re.search(r"-|–|—|по|to|through|至|до", match.group("more"))
    if (
        ranged
        and len(numbers) == 2
        and all(n.isdecimal() for n in numbers)
        and 0 < int(numbers[1]) - int(numbers[0]) < 60
    ):
        numbers = [str(n) for n in range(int(numbers[0]), int(numbers[1]) + 1)]
    heading = _heads(text, match.start(), match.end())
    after = text[match.end() : match.end() + 90].split("\n\n")[0]
    reserved = bool(_RESERVED.search(after))
    return [Name(kind, language, n, "", match.start(), match.end(), heading, reserved) for n in numbers]


def _document(text: str, kind: str, language: str, match: re.Match[str]) -> Name | None:
    number = match.group("full").rstrip(".")
    if not any(c.isdigit() for c in number) or re.fullmatch(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}г?", number):
        return None
    if _any_word().search(match.group("filler")):
        return None
    end = match.start("full") + len(number)
    after = text[end : end + 60].split("\n\n")[0]
    heading = _heads(text, match.start(), end)
    return Name(kind, language, folded(number), "", match.start(), end, heading, bool(_RESERVED.search(after)))


def _heads(text: str, start: int, end: int) -> bool:
    """Whether the words head a line that is short enough for a heading."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    before = text[line_start:start].strip(" \t«»\"“”'([【*#-–—•|")
    return (
        len(line) <= LONGEST_HEADING
        and len(before) <= 30
        and not re.search(r"[.,;:，。；]|\b(?:к|до|to|of|від|на)$", before)
    )


_IN_SENTENCE = re.compile(r"[.,;:，。；]|\b(?:к|до|to|of|від|на)$", re.IGNORECASE)
_BELONGS = re.compile(r"(?:^|\s)(?:к|до|to|under|of)\s+(?:the\s+)?(?:\w+\s+){0,2}$", re.IGNORECASE)


def _settled(found: list[Name], text: str) -> list[Name]:
    """Drop names inside longer ones, and give each part or document the number of the one it belongs to."""
    kept: list[Name] = []
    for name in found:
        if kept and name.start < kept[-1].end and name.kind not in PARTS and name.end <= kept[-1].end:
            continue
        kept.append(name)
    settled: list[Name] = []
    for index, name in enumerate(kept):
        parent = ""
        for later in kept[index + 1 :]:
            gap = text[name.end : later.start]
            if later.start < name.end:
                continue
            if len(gap) > 60 or later.kind in PARTS or "\n\n" in gap:
                break
            if later.kind in ("contract", "amendment") and _BELONGS.search(" " + gap.replace("\n", " ")):
                parent = later.number if later.kind == "contract" else f"{_parent_of(kept, later, text)}#{later.number}"
                break
        settled.append(
            Name(name.kind, name.language, name.number, parent, name.start, name.end, name.heading, name.reserved)
        )
    return settled


def _parent_of(kept: list[Name], name: Name, text: str) -> str:
    for later in kept:
        if later.start >= name.end and later.kind == "contract":
            gap = text[name.end : later.start]
            return later.number if len(gap) <= 60 and _BELONGS.search(" " + gap.replace("\n", " ")) else ""
    return ""


@cache
def _words() -> tuple[tuple[str, str, str], ...]:
    table = files("assay.examine.trove").joinpath("names.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return tuple((kind, language, words) for kind, language, words in rows)


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    found = []
    for kind, language, words in _words():
        edge = "" if language == "zh" else r"\b"
        word = rf"{edge}(?:{words}){edge if kind != 'letter' else ''}"
        number = rf"\s*(?:{_SIGN})?(?-i:{_LIST})" if kind in PARTS else rf"{_FILLER}{_SIGN}{_FULL}"
        found.append((kind, language, re.compile(word + number, re.IGNORECASE)))
    return tuple(found)


@cache
def _any_word() -> re.Pattern[str]:
    parts = [f"(?:{words})" if language == "zh" else rf"\b(?:{words})\b" for _, language, words in _words()]
    return re.compile("|".join(parts), re.IGNORECASE)
