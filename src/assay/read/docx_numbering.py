"""The numbers that Word generates: "1.1.", "а)", "第一条". They are in no run of text, yet they are what people cite.

Limits: `lvlRestart` other than the default, legal numbering (`isLgl`) of letters, and picture bullets are taken as
usual. Source: ECMA-376 part 1, sections 17.9 and 17.7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from assay.read.xml import attribute, local

_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_CHINESE = "零一二三四五六七八九"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_STYLES = 12


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    text: str


@dataclass(slots=True)
class Numbering:
    """Counts a document's lists as its paragraphs pass by, in order."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    starts: dict[tuple[str, int], int] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    headings: frozenset[str] = frozenset()
    counters: dict[str, dict[int, int]] = field(default_factory=dict)
    restarted: set[tuple[str, int]] = field(default_factory=set)

    @staticmethod
    def load(numbering: etree._Element | None, styles: etree._Element | None) -> Numbering:
        """Read the numbering and style parts; either may be absent."""
        made = Numbering()
        if styles is not None:
            made._load_styles(styles)
        if numbering is not None:
            made._load_lists(numbering)
        return made

    def _load_styles(self, root: etree._Element) -> None:
        based: dict[str, str] = {}
        own: dict[str, tuple[str, int]] = {}
        headings: set[str] = set()
        for style in root:
            if local(style) != "style":
                continue
            name = attribute(style, "styleId")
            for element in style.iter():
                kind = local(element)
                if kind == "basedOn":
                    based[name] = attribute(element, "val")
                elif kind == "numPr":
                    own[name] = _reference(element)
                elif kind == "name" and re.match(r"(?i)(heading|title|заголовок|назван)", attribute(element, "val")):
                    headings.add(name)
        for name in {*based, *own}:
            here, level = name, -1
            for _ in range(_STYLES):
                if here in own:
                    number, found = own[here]
                    level = found if level < 0 else level
                    if number:
                        self.styles[name] = (number, max(level, 0))
                        break
                here = based.get(here, "")
                if not here:
                    break
        self.headings = frozenset(headings)

    def _load_lists(self, root: etree._Element) -> None:
        for element in root:
            name = local(element)
            if name == "abstractNum":
                levels = {}
                for level in element:
                    if local(level) == "lvl":
                        depth = _whole(attribute(level, "ilvl"), 0)
                        levels[depth] = _level(level)
                        linked = next((attribute(e, "val") for e in level if local(e) == "pStyle"), "")
                        if linked in self.styles:
                            self.styles[linked] = (self.styles[linked][0], depth)
                self.levels[attribute(element, "abstractNumId")] = levels
            elif name == "num":
                self._load_list(element)

    def _load_list(self, element: etree._Element) -> None:
        number = attribute(element, "numId")
        for inner in element:
            if local(inner) == "abstractNumId":
                self.lists[number] = attribute(inner, "val")
            elif local(inner) == "lvlOverride":
                depth = _whole(attribute(inner, "ilvl"), 0)
                for start in inner:
                    if local(start) == "startOverride":
                        self.starts[number, depth] = _whole(attribute(start, "val"), 1)

    def is_heading(self, paragraph: etree._Element) -> bool:
        """Tell whether a paragraph's style or outline level makes it a heading."""
        properties = _properties(paragraph)
        if properties is None:
            return False
        return any(
            (local(e) == "pStyle" and attribute(e, "val") in self.headings)
            or (local(e) == "outlineLvl" and attribute(e, "val") in "012345678")
            for e in properties
        )

    def label(self, paragraph: etree._Element) -> str:
        """Return the number that stands before a paragraph and count it; empty when it has none."""
        number, depth = self._list_of(paragraph)
        abstract = self.lists.get(number)
        if not number or number == "0" or abstract is None:
            return ""
        levels = self.levels.get(abstract, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counters = self.counters.setdefault(abstract, {})
        for upper in range(depth):
            counters.setdefault(upper, levels[upper].start if upper in levels else 1)
        restart = self.starts.get((number, depth))
        if restart is not None and (number, depth) not in self.restarted:
            self.restarted.add((number, depth))
            counters[depth] = restart
        else:
            counters[depth] = counters[depth] + 1 if depth in counters else level.start
        for deeper in [d for d in counters if d > depth]:
            del counters[deeper]
        if level.form == "bullet":
            return "\u2022"
        return _shown(level, levels, counters)

    def _list_of(self, paragraph: etree._Element) -> tuple[str, int]:
        properties = _properties(paragraph)
        if properties is None:
            return "", 0
        number, depth, style = "", -1, ""
        for element in properties:
            if local(element) == "pStyle":
                style = attribute(element, "val")
            elif local(element) == "numPr":
                if any(local(e) == "ins" for e in element) and len(element) == 1:
                    continue
                number, depth = _reference(element)
        inherited = self.styles.get(style)
        if not number and inherited is not None:
            return inherited[0], inherited[1] if depth < 0 else depth
        return number, max(depth, 0)


def _properties(paragraph: etree._Element) -> etree._Element | None:
    return next((e for e in paragraph if local(e) == "pPr"), None)


def _reference(element: etree._Element) -> tuple[str, int]:
    number, depth = "", -1
    for inner in element:
        if local(inner) == "numId":
            number = attribute(inner, "val")
        elif local(inner) == "ilvl":
            depth = _whole(attribute(inner, "val"), 0)
    return number, depth


def _level(element: etree._Element) -> _Level:
    start, form, text = 1, "decimal", ""
    for inner in element:
        name = local(inner)
        if name == "start":
            start = _whole(attribute(inner, "val"), 1)
        elif name == "numFmt":
            form = attribute(inner, "val")
        elif name == "lvlText":
            text = attribute(inner, "val")
    return _Level(start, form, text)


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isdigit() and len(text) < 7 else otherwise


def _shown(level: _Level, levels: dict[int, _Level], counters: dict[int, int]) -> str:
    def fill(match: re.Match[str]) -> str:
        depth = int(match.group(1)) - 1
        form = levels[depth].form if depth in levels else "decimal"
        return numeral(counters.get(depth, 1), form)

    return "" if level.form == "none" and "%" in level.text else re.sub(r"%([1-9])", fill, level.text).strip()


def numeral(value: int, form: str) -> str:
    """Return a counter in one of Word's number formats; unknown formats count in figures."""
    if form in ("lowerRoman", "upperRoman"):
        text = _roman(value)
        return text.upper() if form == "upperRoman" else text
    if form in ("lowerLetter", "upperLetter", "russianLower", "russianUpper"):
        letters = _RUSSIAN if form.startswith("russian") else _LATIN
        text = (
            letters[(value - 1) % len(letters)] * ((value - 1) // len(letters) + 1) if 0 < value < 1000 else str(value)
        )
        return text.upper() if form.endswith("Upper") or form.startswith("upper") else text
    if form == "decimalZero":
        return f"{value:02}"
    if form.startswith(("chineseCounting", "ideographDigital", "japaneseCounting", "taiwaneseCounting")):
        return _chinese(value)
    return "" if form == "none" else str(value)


def _roman(value: int) -> str:
    if not 0 < value < 4000:
        return str(value)
    text = ""
    for worth, letters in _ROMAN:
        while value >= worth:
            text += letters
            value -= worth
    return text


def _chinese(value: int) -> str:
    if not 0 < value < 100:
        return "".join(_CHINESE[int(c)] for c in str(value))
    tens, ones = divmod(value, 10)
    if not tens:
        return _CHINESE[ones]
    return (_CHINESE[tens] if tens > 1 else "") + "十" + (_CHINESE[ones] if ones else "")
