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
_LONGEST_TITLE = 90

_LOOKALIKE = str.maketrans("АВСЕНКМОРТХУІЅЈ", "ABCEHKMOPTXYISJ")
_SIGN = (
    r"(?:№\.?\s*№|№\.?|(?<!\w)(?:N[oоº°]?\.|No\.?(?=\s|:|\d)|Nr\.?|N(?=\s*\d))"
    r"|(?<!\w)[NНMМ](?:\?|[°ºоoеes9](?=\s*\d))|(?<!\w)(?:[XХ][»°º]|J[NV][°ºoоe]?|Jfe|Jft)(?=\s*\d)|#|编号|編號|号码|号|字第|第)"
    r"\s*[:：]?\s*"
)
_SMALL = (
    r"[A-ZА-Я]-\d{1,2}(?!\w)|\d{1,3}(?:\.\d{1,2})?(?![\d/条章款页])|[IVX]{1,5}(?!\w)|[A-ZА-Я](?!\w)"
    r"|[一二三四五六七八九十]{1,3}(?![一二三四五六七八九十条章款页])"
)
_AND = r"(?:,|、|и|та|and|&|和|及|-|–|—|по|to|through|至|до)"
_LIST = rf"(?P<first>{_SMALL})(?P<more>(?:\s*{_AND}\s*(?:№\s*|附件)?(?:{_SMALL}))*)"
_FULL = r"(?P<full>[0-9A-Za-zА-Яа-яЁёІіЇїЄєҐґ][0-9A-Za-zА-Яа-яЁёІіЇїЄєҐґ/\\._‐‑‒–—−\-〔〕\[\]+&]{0,39})"
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
    for words in _words():
        at = 0
        while match := words.pattern.search(text, at):
            at = match.end()
            if words.kind in PARTS:
                found += _parts(text, words, match)
            elif _any_word().search(match.group("filler")) or _SENTENCE.search(match.group("filler")):
                at = match.start("filler")
            elif name := _document(text, words, match, match.end("full")):
                found.append(name)
        for match in words.behind.finditer(text) if words.behind else ():
            if len(match.group("full")) < _LEAST_BEHIND or _any_word().search(match.group("filler")):
                continue
            if name := _document(text, words, match, match.end()):
                found.append(name)
    return _settled(sorted(found, key=lambda n: (n.start, -n.end)), text)


def unnumbered_contract(text: str) -> bool:
    """Whether the first lines of `text` hold the title of a contract, in the nominative and without a number."""
    heads = [w.head for w in _words() if w.kind == "contract" and w.head]
    for line in [line.strip() for line in text.split("\n") if line.strip()][:TOP_LINES]:
        words = line.split()
        titled = sum(not word[:1].islower() for word in words) >= 0.7 * len(words)
        plain = len(line) <= _LONGEST_TITLE and titled and line[-1] not in ".,;:" and not names(line)
        if plain and any(h.search(line) for h in heads):
            return True
    return False


def _parts(text: str, words: _Words, match: re.Match[str]) -> list[Name]:
    first = match.group("first")
    if "." in first and not match.group("sign"):
        return []
    if words.language == "zh" and _CLAUSE_TITLE.search(text, max(0, match.start() - 12), match.start()):
        return []  # 第十条 附件 beside "10. ANNEXES": a clause's title, and the number of the other language's clause
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
    heading = len(numbers) == 1 and _heads(text, match, match.end(), words)
    after = text[match.end() : match.end() + 90].split("\n\n")[0]
    following = _part().search(after)
    reserved = bool(_RESERVED.search(after[: following.start()] if following else after))
    return [Name(words.kind, words.language, n, "", *match.span(), heading, reserved) for n in numbers]


def _document(text: str, words: _Words, match: re.Match[str], end: int) -> Name | None:
    number = match.group("full").rstrip("./-–—")
    if not any(c.isdigit() for c in number) or re.fullmatch(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}г?", number):
        return None
    if end == match.end("full"):
        end -= len(match.group("full")) - len(number)
    after = text[end : end + 60].split("\n\n")[0]
    heading = _heads(text, match, end, words)
    reserved = bool(_RESERVED.search(after))
    return Name(words.kind, words.language, folded(number), "", match.start(), end, heading, reserved)


def _heads(text: str, match: re.Match[str], end: int, words: _Words) -> bool:
    """Whether the words head a line: in the nominative, short enough, with nothing of a sentence around them."""
    if words.head is None or not words.head.fullmatch(" ".join(match.group("word").split())):
        return False
    start = match.start()
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = line_end if line_end >= 0 else len(text)
    before = _LABEL.sub("", text[line_start:start]).strip(" \t«»\"“”'([（【*#-–—•|/")
    before = before if any(c.isalnum() for c in before) else ""  # a speck of a scan is read as a full stop
    after = text[end:line_end].strip()
    capitals = words.kind in PARTS and not before and match.group("word").isupper()
    if (line_end - line_start > LONGEST_HEADING and not capitals) or _IN_SENTENCE.search(before):
        return False
    if words.kind in PARTS:
        beside = bool(_any_word().match(before)) and (bool(_part().match(before)) or any(c.isdigit() for c in before))
        beside = beside or (before.isupper() and len(before.split()) <= _MOST_MARKS and match.group("word").isupper())
        return (not before or beside) and not _GOES_ON.match(after)
    return len(before.split()) <= _MOST_BEFORE and len(before) <= 40


_SENTENCE = re.compile(r"\w{3,}[.!?]\s+(?-i:[A-ZА-ЯІЇЄҐ])|[。！？]")
_MOST_BEFORE = 4
_MOST_MARKS = 2
_LEAST_BEHIND = 3
_CLAUSE_TITLE = re.compile(r"第[一二三四五六七八九十百0-9]{1,4}[条章][ 　]*$")
_NO_LETTER = r"(?!\w)"
_LABEL = re.compile(r"^\W*\d{1,4}(?:\s*[/|]\s*\d{1,4})?\W*(?=\s|$)")
_IN_SENTENCE = re.compile(
    r"[.,;:，。；]|\b(?:к|ко|до|по|на|в|во|с|о|об|от|из|за|согласно|to|of|under|the|this|in|by|for|від|у|з|про|та|и|and)$"
    r"|[见按据依]$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"[,;)）»”，；、]|(?!(?:к|до|to|of|the|до|the|dated|от|від)\b)(?-i:[a-zа-яіїєґ])|[的中所由为是和及与]",
    re.IGNORECASE,
)
_BELONGS = re.compile(r"(?:^|\s)(?:к|до|to|under|of)\s+(?:the\s+)?(?:\w+\s+){0,2}$", re.IGNORECASE)
_BESIDE = re.compile(r"[\s(（/|—–-]*$")


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
            beside = name.heading and name.kind != "contract" and _BESIDE.match(gap)
            if later.kind in ("contract", "amendment") and (beside or _BELONGS.search(" " + gap.replace("\n", " "))):
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


@dataclass(frozen=True, slots=True)
class _Words:
    """One row of `names.tsv`, compiled."""

    kind: str
    language: str
    pattern: re.Pattern[str]
    head: re.Pattern[str] | None
    behind: re.Pattern[str] | None = None


@cache
def _rows() -> tuple[tuple[str, str, str, str], ...]:
    table = files("assay.examine.trove").joinpath("names.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return tuple((kind, language, words, head) for kind, language, words, head in rows)


@cache
def _words() -> tuple[_Words, ...]:
    found = []
    for kind, language, words, head in _rows():
        edge = "" if language == "zh" else r"\b"
        word = rf"{edge}(?P<word>{words}){edge if kind != 'letter' else _NO_LETTER}"
        number = rf"(?P<sign>\s*{_SIGN}|)[ \u00a0]*(?-i:{_LIST})" if kind in PARTS else rf"{_FILLER}{_SIGN}{_FULL}"
        heads = re.compile(f"{edge}(?:{head}){edge}", re.IGNORECASE) if head != "-" else None
        behind = None
        if language == "zh" and kind not in PARTS:
            behind = re.compile(
                rf"第?\s*{_FULL}\s*号\s*(?P<filler>《?[^，。；\n]{{0,12}}?)(?P<word>{words})", re.IGNORECASE
            )
        found.append(_Words(kind, language, re.compile(word + number, re.IGNORECASE), heads, behind))
    return tuple(found)


@cache
def _any_word() -> re.Pattern[str]:
    return _either(_rows())


@cache
def _part() -> re.Pattern[str]:
    return _either(tuple(row for row in _rows() if row[0] in PARTS))


def _either(rows: tuple[tuple[str, str, str, str], ...]) -> re.Pattern[str]:
    parts = [f"(?:{words})" if language == "zh" else rf"\b(?:{words})\b" for _, language, words, _ in rows]
    return re.compile("|".join(parts), re.IGNORECASE)
