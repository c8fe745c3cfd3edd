"""In which encoding is this text? Judged by how plausible the decoded letters are.

General detectors misjudge short cp1251 and gb18030 texts, which are the rule in this field. Here every candidate
encoding decodes the bytes, and its letters are scored: Cyrillic by how often each letter and pair occurs in Russian and
Ukrainian and by whether capitals stand where capitals stand, Han by whether the characters are among the frequent ones,
accented Latin by its neighbours. The best score wins.

Limits: a text of a few non-ASCII letters can be misjudged; the name of the encoding is then marked uncertain. Encodings
of other scripts (Thai, Hebrew, Arabic, Greek, Japanese, Korean) are not candidates unless a declaration names them.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_SAMPLE = 48_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_SINGLE = ("cp1251", "koi8-r", "koi8-u", "cp866", "iso8859-5", "mac-cyrillic", "cp1252", "cp437", "cp1250")
_DOUBLE = ("gb18030", "big5", "utf-16-le", "utf-16-be")
_PRIOR = {
    "cp1251": 0.0, "gb18030": 0.0, "koi8-r": -0.02, "cp866": -0.03, "koi8-u": -0.05, "big5": -0.05, "cp1252": -0.02,
    "mac-cyrillic": -0.12, "iso8859-5": -0.08, "utf-16-le": -0.02, "utf-16-be": -0.05, "cp437": -0.15, "cp1250": -0.12,
}  # fmt: skip
_OTHERS = (
    ("shift_jis", r"[\u3040-\u30ff\u4e00-\u9fff\uff61-\uff9f\u3001\u3002]"),
    ("euc_kr", r"[\uac00-\ud7af]"),
    ("cp1256", r"[\u0600-\u06ff]"),
    ("cp1255", r"[\u0590-\u05ff]"),
    ("cp1253", r"[\u0370-\u03ff]"),
)
"""Tried last, only where nothing else is plausible."""
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b\x1a\x0b\x08\x85")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Bytes as text. `encoding` is Python's name; `sure` is false when a rival scored nearly as well.

    `replaced` counts the places where bytes fitted no character and U+FFFD stands instead.
    """

    text: str
    encoding: str
    sure: bool
    replaced: int


def decode(data: bytes, declared: str | None = None) -> Decoded | None:
    """Return `data` as text, or None when it is no text in any encoding considered.

    `declared` is what a header or meta element claims. It decides only between readings that are about as plausible as
    each other: mails and pages often claim what they are not.
    """
    if not data:
        return Decoded("", "ascii", True, 0)
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _finish(data[len(bom) :], name, sure=True)
    wide = _wide(data[:_SAMPLE])
    if wide:
        return _finish(data, wide, sure=True)
    head = data[:_SAMPLE]
    if _controls(head) > 0.003 * len(head):
        return _wide_han(data, head) or _ebcdic(data, head)
    if not any(byte >= 0x80 for byte in data) if len(data) < 65536 else data.isascii():
        shifted = _seven_bit(data, declared)
        return shifted or Decoded(data.decode("ascii"), "ascii", True, 0)
    utf8 = _utf8(data)
    if utf8 is not None:
        return utf8
    return _best(data, declared) or _ebcdic(data, head)


def _finish(data: bytes, encoding: str, *, sure: bool) -> Decoded:
    text = data.decode(encoding, "replace")
    return Decoded(text, encoding, sure, text.count("\ufffd"))


def _controls(data: bytes) -> int:
    return sum(1 for byte in data if (byte < 0x20 and byte not in _TEXT_CONTROLS) or byte == 0x7F)


def _wide(head: bytes) -> str | None:
    """Recognise UTF-16 and UTF-32 without a mark, by where the zero or 0x04 bytes stand."""
    size = len(head) // 2
    if size < 2 or (len(head) % 2 and len(head) < _SAMPLE):
        return None
    even, odd = head[0 : size * 2 : 2], head[1 : size * 2 : 2]
    for encoding, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        zeros, cyrillic = high.count(0), high.count(4)
        plain = sum(1 for h, b in zip(high, low, strict=True) if h == 0 and (b >= 0x20 or b in (9, 10, 13)))
        if low.count(0) > size * 0.02 or zeros != plain:
            continue
        if zeros + cyrillic >= size * 0.6 and (zeros > 0 or cyrillic > 3) and zeros + cyrillic > low.count(4) * 3:
            return encoding
    if zeros_of_four(head):
        return "utf-32-le"
    return None


def zeros_of_four(head: bytes) -> bool:
    """Tell whether `head` looks like UTF-32, little end first, without a mark."""
    size = len(head) // 4
    if size < 2 or len(head) % 4 or head[3::4].count(0) != size or head[2::4].count(0) != size:
        return False
    return not any(a == 0 == b for a, b in zip(head[0::4], head[1::4], strict=True))


def _wide_han(data: bytes, head: bytes) -> Decoded | None:
    """Recognise UTF-16 without a mark by its Han characters."""
    scores = [(_score(head[: len(head) // 2 * 2], name) or 0.0, name) for name in ("utf-16-le", "utf-16-be")]
    best, encoding = max(scores)
    return _finish(data, encoding, sure=best > 0.8) if best > 0.55 and len(data) % 2 == 0 else None


def _ebcdic(data: bytes, head: bytes) -> Decoded | None:
    """Recognise EBCDIC text by its blank (0x40) and letters."""
    if head.count(0x40) < len(head) * 0.08 or b"\x00" in head:
        return None
    text = head.decode("cp500")
    letters = sum(1 for c in text if "a" <= c <= "z" or c == " ")
    return _finish(data, "cp500", sure=True) if letters > len(text) * 0.7 else None


def _seven_bit(data: bytes, declared: str | None) -> Decoded | None:
    """Recognise the seven-bit Chinese encodings, which look like ASCII: ISO-2022 by escapes, HZ by `~{`."""
    name = (declared or "").lower()
    if b"\x1b$" in data:
        for encoding in ("iso2022_jp", "iso2022_kr"):
            try:
                return Decoded(data.decode(encoding), encoding, True, 0)
            except UnicodeDecodeError:
                continue
    if b"~{" in data and b"~}" in data and (name.startswith("hz") or data.count(b"~{") > 1):
        try:
            text = data.decode("hz")
        except UnicodeDecodeError:
            return None
        return Decoded(text, "hz", True, 0)
    if name.replace("_", "-") in ("utf-7", "unicode-1-1-utf-7"):
        try:
            return Decoded(data.decode("utf-7"), "utf-7", True, 0)
        except UnicodeDecodeError:
            return None
    return None


def _utf8(data: bytes) -> Decoded | None:
    """Return `data` as UTF-8 when it is, apart from a cut last character and a few damaged places."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if not bad:
        return Decoded(text, "utf-8", True, 0)
    good = sum(1 for c in text[:_SAMPLE] if c >= "\x80" and c != "\ufffd")
    shown = text[:_SAMPLE].count("\ufffd")
    if good > 20 * max(shown, 1) or (good >= 3 and bad == 1 and text.endswith("\ufffd")):
        return Decoded(text, "utf-8", True, bad)
    return None


def _best(data: bytes, declared: str | None) -> Decoded | None:
    sample = _telling(data)
    scored: list[tuple[float, str]] = []
    claimed = _known(declared)
    candidates = [*_SINGLE, *_DOUBLE]
    for encoding in candidates:
        score = _score(sample, encoding)
        if score is not None:
            bonus = 0.15 if claimed and _same(claimed, encoding) else 0.0
            scored.append((score + _PRIOR[encoding] + bonus, encoding))
    scored.sort(reverse=True)
    if claimed and claimed not in candidates and not any(_same(claimed, c) for c in candidates):
        try:
            text = data.decode(claimed)
        except (UnicodeDecodeError, LookupError):
            text = ""
        if text and (not scored or scored[0][0] < 0.75):
            return Decoded(text, claimed, False, 0)
    if not scored or scored[0][0] < 0.05:
        return _other_script(data, sample)
    if scored[0][0] < 0.5:
        other = _other_script(data, sample)
        if other is not None:
            return other
    rival = scored[1][0] if len(scored) > 1 else -1.0
    winner = scored[0][1]
    winner = _twin(sample, winner)
    return _finish(data, winner, sure=scored[0][0] - rival > 0.08 or len(sample) > 400)


def _twin(sample: bytes, winner: str) -> str:
    """Decide between encodings that differ in a few letters only."""
    if winner in ("koi8-r", "koi8-u"):
        text = sample.decode("koi8-u", "replace")
        ukrainian = re.search(r"[а-яА-Я][іїєґІЇЄҐ]|[іїєґІЇЄҐ][а-яА-Я]", text)
        return "koi8-u" if ukrainian else "koi8-r"
    if winner == "cp1251":
        # The last small letter is 0xFF in cp1251 and 0xDF, a capital in cp1251, in Mac Cyrillic.
        mac = len(re.findall(rb"[\xe0-\xfe]\xdf(?![\xc0-\xdf])", sample))
        if mac > 2 * sample.count(b"\xff") and (mac > 1 or sample.count(b"\xff") == 0):
            return "mac-cyrillic"
    return winner


def _other_script(data: bytes, sample: bytes) -> Decoded | None:
    """Recognise, with doubt, encodings of scripts that no reader here understands, so that they are not misread."""
    for encoding, letters in _OTHERS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        shown = sample.decode(encoding, "replace")
        other = [c for c in shown if c >= "\x80" and c not in "\u200e\u200f\xa0"]
        fitting = len(re.findall(letters, shown))
        if other and fitting > 0.9 * len(other):
            return Decoded(text, encoding, False, 0)
    return None


def _known(declared: str | None) -> str | None:
    if not declared:
        return None
    name = declared.strip().strip("\"'").lower()
    name = {"gb2312": "gb18030", "gbk": "gb18030", "windows-1251": "cp1251", "x-cp1251": "cp1251"}.get(name, name)
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        return None


def _same(left: str, right: str) -> bool:
    pairs = {("iso8859-1", "cp1252"), ("gbk", "gb18030"), ("gb2312", "gb18030"), ("big5hkscs", "big5")}
    return left == right or (left, right) in pairs


def _telling(data: bytes) -> bytes:
    """Return a sample of whole lines that hold bytes over 0x7F, or the start when there are no lines."""
    if len(data) <= _SAMPLE:
        return data
    kept, size = [], 0
    for line in data[: 1 << 22].split(b"\n"):
        if not line.isascii():
            kept.append(line[:4000])
            size += len(kept[-1])
            if size > _SAMPLE:
                break
    return b"\n".join(kept)


def _score(sample: bytes, encoding: str) -> float | None:
    """Return 0 to about 1: how plausible the letters are that `encoding` makes of the sample; None when it cannot."""
    if encoding.startswith("utf-16") and len(sample) % 2:
        return None
    text = sample.decode(encoding, "replace")
    bad = text.count("\ufffd")
    other = sum(1 for c in text if c >= "\x80")
    if other == 0 or bad > max(1, other * 0.02):
        return None
    if any("\x00" <= c < "\x20" and c not in "\t\n\r\f\x1a\x1b\x0b" for c in text):
        return None
    if encoding in _DOUBLE:
        return _han_score(text) - bad / other
    return _alphabet_score(text, other)


def _han_score(text: str) -> float:
    """Return the share of the frequent characters among all that is not ASCII, scaled so that prose has about 1."""
    frequent = _frequent()
    points, count = 0.0, 0
    for c in text:
        if c < "\x80":
            continue
        count += 1
        if c in frequent:
            points += 1.35
        elif c in "，。、；：（）《》“”？！％－—…·￥【】":
            points += 1.0
        elif "\u4e00" <= c <= "\u9fff" or "\uff00" <= c <= "\uff5e":
            points += 0.25 if not ("\u4e00" <= c <= "\u9fff") else 0.1
        elif "\u0400" <= c <= "\u045f":
            points += 0.35
        else:
            points -= 0.6
    return min(points / max(count, 1), 1.1)


def _alphabet_score(text: str, other: int) -> float:
    letters, pairs = _cyrillic()
    points = 0.0
    before = " "
    for here, after in zip(text, text[1:] + " ", strict=True):
        if here >= "\x80":
            points += _place(before, here, after, letters, pairs)
        before = here
    return min(points / other, 1.1)


def _place(before: str, here: str, after: str, letters: dict[str, float], pairs: frozenset[str]) -> float:
    """Return about 1 for a letter that stands where such letters stand, below 0 for one that does not."""
    small = here.lower()
    if small in letters:
        score = letters[small]
        if before.lower() in letters:
            score += 0.45 if before.lower() + small in pairs else -0.05
            if before.islower() and here.isupper():
                score -= 1.0
        elif "a" <= before.lower() <= "z":
            score -= 1.2
        else:
            score += 0.1
        if "a" <= after.lower() <= "z":
            score -= 1.0
        if here.isupper() and after.islower() and before.lower() in letters:
            score -= 0.8
        return score
    if here in "№«»—–“”„’‘…\xa0§°•±·€":
        beside = before.isspace() or after.isspace() or before.isalnum() or after.isalnum()
        return 0.35 if beside else 0.0
    if "\xc0" <= here <= "\u017f" and here.isalpha():
        near = (before.isascii() and before.isalpha()) + (after.isascii() and after.isalpha())
        score = (-0.9, 0.5, 0.75)[near]
        if small not in "äöüßéèêàâçñáíóúôîûïåæøëãõìòùœžšćčłąęśźżńřěůý":
            score -= 0.7
        if here.isupper() and before.islower():
            score -= 1.2
        return score
    if "\u2500" <= here <= "\u259f":
        return 0.4 if here in (before, after) else -0.3
    return -0.8


@cache
def _cyrillic() -> tuple[dict[str, float], frozenset[str]]:
    """Return letter scores (0 to .6) and frequent pairs of Russian and Ukrainian."""
    lines = _table("cyrillic.txt")
    letters = {}
    for letter, share in (entry.split("=") for entry in lines[0].split()):
        letters[letter] = min(0.6, 0.15 + float(share) / 10)
    return letters, frozenset(" ".join(lines[1:]).split())


@cache
def _frequent() -> frozenset[str]:
    return frozenset("".join(_table("hanzi.txt")).replace(" ", ""))


def _table(name: str) -> list[str]:
    text = (files("assay.custody") / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
