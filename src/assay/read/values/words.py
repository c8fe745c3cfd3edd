"""Numbers in words: Russian and Ukrainian in every case and gender, English, Chinese.

Chinese in common and financial numerals. Limits: cardinal numbers only (no ordinals, no "dozen"); below 10**15. A run
of words that does not build one number by the grammar ends where it breaks. Colloquial Chinese (一万二 for 12,000) and
bare single numerals inside a sentence (一致) are not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from assay.read.values.found import Found
from assay.read.values.lexicon import cyrillic, fold, lower, table

_WORD = re.compile(r"[a-zа-яіїєґ]+(?:'[a-zа-яіїєґ]+)*(?:-\s*\n\s*[a-zа-яіїєґ]+)?")
_GAP = re.compile(r"[\s,]{0,6}-?\s{0,3}")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class _Numeral:
    """One number word: `role` is small, scale, half, point or fraction."""

    role: str
    value: Decimal


@cache
def _numerals(language: str) -> dict[str, tuple[_Numeral, ...]]:
    """Return word -> numerals; a word can be two things ("сотых": hundredths)."""
    words: dict[str, list[_Numeral]] = {}

    def add(forms: str, role: str, value: Decimal) -> None:
        for form in forms.split():
            for spelling in {form, form.replace("'", "")}:
                words.setdefault(spelling, []).append(_Numeral(role, value))

    entry = table("number_words.toml")[language]
    for key, forms in entry["small"].items():
        add(forms, "small", Decimal(key))
    for key, forms in entry["scale"].items():
        add(forms, "scale", Decimal(key.replace("_", "")))
    if "half" in entry:
        add(entry["half"]["words"], "half", Decimal("1.5"))
        add(entry["point"]["words"], "point", Decimal(0))
        for key, forms in entry["point"].items():
            if key != "words":
                add(forms, "fraction", Decimal(key.replace("_", "")))
    if language == "en":
        add("hundred", "hundred", Decimal(100))
        add("point", "point", Decimal(0))
        add("and", "and", Decimal(0))
        add("a", "small", Decimal(1))
    return {word: tuple(dict.fromkeys(meanings)) for word, meanings in words.items()}


def _lookup(word: str, language: str) -> tuple[_Numeral, ...]:
    lexicon = _numerals(language)
    word = re.sub(r"-\s*\n\s*", "", word)
    found = lexicon.get(word)
    if found is None and language != "en":
        found = lexicon.get(cyrillic(word).replace("'", ""))
    return found or ()


def number_words(language: str) -> tuple[str, ...]:
    """Return every number word of a language, folded and in lower case."""
    return tuple(_numerals(language))


def number_word(word: str, language: str) -> tuple[Decimal, ...]:
    """Return what a single folded lower-case word can be worth as (part of) a number; empty when it is none."""
    return tuple(numeral.value for numeral in _lookup(word, language))


@dataclass(slots=True)
class _Sum:
    """A number being built; `add` answers whether the next word fits, and changes nothing when it does not."""

    total: Decimal = Decimal(0)
    group: Decimal = Decimal(0)
    floor: Decimal = Decimal(1000)  # the next small number must be below this
    scale: Decimal = Decimal(10) ** 15  # the next scale must be below this
    started: bool = False
    in_group: bool = False
    joined: bool = False  # an "and" waits for its number
    whole: Decimal | None = None  # what stood before the decimal point
    digits: str = ""  # English: the digits after "point"
    closed: bool = False

    def add(self, numeral: _Numeral, language: str) -> bool:
        """Take `numeral` as the next word of the number if the grammar allows it."""
        role, value = numeral.role, numeral.value
        if self.closed:
            return False
        if self.whole is not None:
            return self._add_decimals(role, value, language)
        if role == "small":
            return self._add_small(value)
        if role == "half":
            return self._add_half(value)
        if role == "hundred":
            return self._add_hundred()
        if role == "scale":
            return self._add_scale(value)
        if role == "and":
            fits = self.started and not self.joined and (not self.in_group or self.group % 100 == 0)
            self.joined = self.joined or fits
            return fits
        if role == "point" and self.started and not self.joined:
            self.whole, self.total, self.group = self.total + self.group, Decimal(0), Decimal(0)
            self.floor, self.in_group = Decimal(1000), False
            return True
        return False

    def _add_small(self, value: Decimal) -> bool:
        if value >= self.floor or (value == 0 and self.started and self.whole is None):
            return False
        self.group += value
        self.in_group, self.started, self.joined = True, True, False
        self.floor = Decimal(100) if value >= 100 else Decimal(10) if value >= 20 else Decimal(0)
        return True

    def _add_half(self, value: Decimal) -> bool:
        if self.in_group:
            return False
        self.group, self.floor, self.in_group, self.started = value, Decimal(0), True, True
        return True

    def _add_hundred(self) -> bool:
        if not self.in_group or self.joined or self.group >= 100 or self.group % 10 == 0:
            return False
        self.group, self.floor = self.group * 100, Decimal(100)
        return True

    def _add_scale(self, value: Decimal) -> bool:
        if value >= self.scale or self.joined or (self.in_group and self.group == 0):
            return False
        self.total += (self.group if self.in_group else Decimal(1)) * value
        self.group, self.floor, self.in_group = Decimal(0), Decimal(1000), False
        self.scale, self.started = value, True
        return True

    def _add_decimals(self, role: str, value: Decimal, language: str) -> bool:
        if language == "en":
            if role != "small" or value >= 10:
                return False
            self.digits += str(value)
            return True
        if role == "fraction" and self.in_group and self.whole is not None and self.group < value:
            self.total, self.closed = self.whole + self.group / value, True
            return True
        return role == "small" and self._add_small(value)

    def value(self) -> Decimal | None:
        """Return the number as it stands, None when a word is still missing."""
        if not self.started or self.joined:
            return None
        if self.closed:
            return self.total
        if self.whole is not None:
            return self.whole + Decimal("0." + self.digits) if self.digits else None
        return self.total + self.group


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    meanings: tuple[_Numeral, ...]


def parse_words(text: str, language: str) -> Decimal | None:
    """Return the number that `text` spells out in `language` (ru, uk, en, zh); None unless all of it is consumed."""
    stripped = text.strip().strip('.,;:()（）«»"“”').strip()
    if language == "zh":
        return _parse_chinese(re.sub(r"\s+", "", fold(stripped)))
    found = find_number_words(stripped, language)
    if len(found) == 1 and found[0].start == 0 and found[0].end == len(stripped):
        return found[0].value
    return None


def find_number_words(text: str, language: str) -> list[Found[Decimal]]:
    """Return every number spelled out in `text`; of a broken run each part that is a number by itself."""
    if language == "zh":
        return _find_chinese(text)
    found: list[Found[Decimal]] = []
    if language in ("ru", "uk", "en"):
        for run in _runs(text, language):
            found += _split(run, language)
    return found


def _runs(text: str, language: str) -> list[list[_Token]]:
    """Return the stretches of neighbouring number words."""
    plain = lower(fold(text))
    runs: list[list[_Token]] = []
    end = -1
    for match in _WORD.finditer(plain):
        word = match.group()
        meanings = _lookup(word, language)
        if not meanings or (word == "a" and not _starts_scale(plain, match.end())):
            end = -1
            continue
        token = _Token(match.start(), match.end(), meanings)
        if end >= 0 and _GAP.fullmatch(plain, end, match.start()):
            runs[-1].append(token)
        else:
            lone = meanings[0].role == "scale" and re.search(
                r"[0-9][\s.,]{0,2}$", plain[max(0, match.start() - 4) : match.start()]
            )
            if lone or meanings[0].role in ("and", "point", "fraction", "hundred"):
                end = -1
                continue
            runs.append([token])
        end = match.end()
    return runs


def _starts_scale(plain: str, at: int) -> bool:
    match = _WORD.search(plain, at, at + 20)
    return match is not None and any(m.role in ("hundred", "scale") for m in _lookup(match.group(), "en"))


def _split(run: list[_Token], language: str) -> list[Found[Decimal]]:
    """Return the longest numbers that the run's words build, left to right."""
    found: list[Found[Decimal]] = []
    at = 0
    while at < len(run):
        number, best, value = _Sum(), at, None
        for i in range(at, len(run)):
            if not any(number.add(meaning, language) for meaning in run[i].meanings):
                break
            if number.value() is not None:
                best, value = i + 1, number.value()
        if value is None:
            at += 1
            continue
        if best - at > 1 or run[at].meanings[0].role != "scale" or (len(run) == 1 and language != "en"):
            found.append(Found(run[at].start, run[best - 1].end, value))
        at = best
    return found


@cache
def _han() -> tuple[dict[str, int], dict[str, int], dict[str, int], dict[str, int]]:
    entry = table("number_words.toml")["zh"]
    digit, unit, scale, tens = (
        {char: int(key.replace("_", "")) for key, chars in entry[kind].items() for char in chars}
        for kind in ("digit", "unit", "scale", "tens")
    )
    return digit, unit, scale, tens


@cache
def han_numeral() -> str:
    """Return the inside of a character class with every Chinese numeral."""
    return "".join(char for part in _han() for char in part)


@cache
def _han_pattern() -> re.Pattern[str]:
    return re.compile(f"负?[{han_numeral()}](?:\\s?[{han_numeral()}]){{0,60}}(?:点[{''.join(_han()[0])}]{{1,12}})?")


@cache
def _han_run() -> re.Pattern[str]:
    return re.compile(f"[{han_numeral()}]{{1,30}}")


def find_han_runs(text: str) -> list[Found[Decimal]]:
    """Return every run of Chinese numerals that builds a number, also where it may be part of a word (统一, 第三)."""
    found = []
    for match in _han_run().finditer(text):
        value = _parse_chinese(match.group())
        if value is not None:
            found.append(Found(match.start(), match.end(), value))
    return found


def _find_chinese(text: str) -> list[Found[Decimal]]:
    found = []
    for match in _han_pattern().finditer(text):
        start, end = match.span()
        alone = end - start == 1
        before, after = text[start - 1 : start], text[end : end + 1]
        if alone and (_HAN.match(before) or _HAN.match(after)):
            continue
        value = _parse_chinese(re.sub(r"\s", "", match.group()))
        if value is not None:
            found.append(Found(start, end, value))
    return found


def _parse_chinese(text: str) -> Decimal | None:
    """Return the number that Chinese numerals build, by the grammar of GB/T 15835; None when they do not."""
    digit = _han()[0]
    if text.startswith(("负", "負")):
        value = _parse_chinese(text[1:])
        return None if value is None else -value
    whole, point, decimals = text.partition("点")
    if point:
        head = _parse_chinese(whole)
        if head is None or not decimals or any(c not in digit for c in decimals):
            return None
        return head + Decimal("0." + "".join(str(digit[c]) for c in decimals))
    if not whole:
        return None
    if all(c in digit for c in whole):
        if len(whole) == 1:
            return Decimal(digit[whole])
        return Decimal("".join(str(digit[c]) for c in whole)) if len(whole) >= 3 or digit[whole[1]] == 0 else None
    if any(c not in han_numeral() for c in whole):
        return None
    return _chinese_scales(whole, (10**12, 10**8, 10**4))


def _chinese_scales(text: str, scales: tuple[int, ...]) -> Decimal | None:
    """Return the value of `text` split at its highest scale character; each part below that scale."""
    if not scales:
        return _chinese_group(text)
    scale = _han()[2]
    at = next((i for i in range(len(text) - 1, -1, -1) if scale.get(text[i]) == scales[0]), -1)
    if at < 0:
        return _chinese_scales(text, scales[1:])
    head = _chinese_scales(text[:at], scales[1:] if scales[0] != 10**8 else (10**4,))
    rest = text[at + 1 :]
    if head is None or head == 0:
        return None
    if not rest:
        return head * scales[0]
    if len(rest) == 1 and rest in _han()[0]:  # 一万二: colloquial for 12,000, or a slip for 一万零二
        return None
    tail = _chinese_scales(rest, scales[1:])
    return None if tail is None or tail >= scales[0] else head * scales[0] + tail


def _chinese_group(text: str) -> Decimal | None:
    """Return the value of numerals below ten thousand."""
    digit, unit, _, tens = _han()
    total, waiting, floor, zero = 0, None, 10_000, False
    for position, char in enumerate(text):
        if char in tens:
            if waiting is not None or floor <= 10:
                return None
            total, floor, zero = total + tens[char], 10, False
        elif char in unit:
            value = unit[char]
            if value >= floor or waiting == 0 or (waiting is None and (value != 10 or (position > 0 and not zero))):
                return None
            total, floor, waiting, zero = total + (waiting or 1) * value, value, None, False
        elif char not in digit or waiting is not None:
            return None
        elif digit[char] == 0:
            if zero:
                return None
            zero = True
        else:
            waiting = digit[char]
    if waiting is not None:
        if floor > 10 and floor < 10_000 and not zero:
            return None  # 一百二: colloquial for 120, or a slip for 一百零二
        total += waiting
    return Decimal(total) if total or text.strip("零〇○") == "" else None
