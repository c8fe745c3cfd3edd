"""How a spreadsheet shows a number: dates, money, percentages, grouping, by the cell's number format.

Limits: fractions, scientific and engineering formats, and conditions on values are shown by the closest plain form.
Text is shown with a comma or dot as the format has it for the American locale, since the viewer's own locale is not in
the file. Source: ECMA-376 part 1, section 18.8.30 and 18.8.31.
"""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

BUILTIN: dict[int, str] = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "dd.mm.yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "dd.mm.yyyy h:mm", 27: "yyyy-mm-dd", 28: "yyyy-mm-dd", 29: "yyyy-mm-dd",
    30: "yyyy-mm-dd", 31: "yyyy-mm-dd", 32: "h:mm", 33: "h:mm:ss", 34: "h:mm", 35: "h:mm:ss", 36: "yyyy-mm-dd",
    37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 42: "#,##0", 43: "#,##0.00", 44: "#,##0.00",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "0.0E+0", 49: "@", 50: "yyyy-mm-dd", 51: "yyyy-mm-dd",
    52: "yyyy-mm-dd", 53: "yyyy-mm-dd", 54: "yyyy-mm-dd", 55: "yyyy-mm-dd", 56: "yyyy-mm-dd", 57: "yyyy-mm-dd",
    58: "yyyy-mm-dd",
}  # fmt: skip
"""Built-in formats. 14, 22 and 27 to 58 depend on the viewer's locale: an unambiguous form is used."""

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_LONG = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_LONG_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_DATE_TOKEN = re.compile(
    r'\[(?:h+|m+|s+)\]|"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|AM/PM|A/P|上午/下午|y+|m+|d+|h+|s+(?:\.0+)?|e+|b+|.', re.I | re.S
)


def shown(value: Decimal, form: str, epoch_1904: bool = False) -> str:
    """Return a number as the format `form` shows it; dates as the format writes them."""
    sections = _sections(form)
    section, negative = _pick(sections, value)
    if is_date(section):
        return _date(value, section, epoch_1904) or plain(value)
    if section.strip().lower() in ("general", "@", "standard", "") or re.search(r"(?i)general", section):
        body = plain(abs(value) if negative else value)
        return _around(section, body) if re.search(r"(?i)general", section) and section.lower() != "general" else body
    return _number(abs(value) if negative else value, section)


def plain(value: Decimal) -> str:
    """Return a number as General shows it: at most 11 significant digits when it is a fraction."""
    if value == value.to_integral_value():
        return f"{value.to_integral_value():f}" if abs(value) < Decimal(10) ** 15 else f"{value.normalize()}"
    rounded = value.quantize(Decimal(1).scaleb(max(-10, -(10 - max(0, value.adjusted())))), rounding=ROUND_HALF_UP)
    text = f"{rounded:f}" if value.adjusted() > -10 else f"{value.normalize()}"
    return text.rstrip("0").rstrip(".") if "." in text and "E" not in text else text


@lru_cache(4096)
def is_date(section: str) -> bool:
    """Tell whether a format shows a date or time."""
    if re.search(r"\[(h+|m+|s+)\]", section, re.I):
        return True
    bare = _LITERAL.sub("", section)
    if re.search(r"(?i)general", bare):
        return False
    return re.search(r"[ymdhs]", bare, re.I) is not None and not re.search(r"[#?]|0(?!\d*s)", _no_seconds(bare))


def _no_seconds(bare: str) -> str:
    return re.sub(r"s\.0+", "s", bare, flags=re.I)


@lru_cache(4096)
def _sections(form: str) -> tuple[str, ...]:
    pieces, current, quoted, at = [], "", False, 0
    while at < len(form):
        c = form[at]
        if c == "\\" and not quoted:
            current += form[at : at + 2]
            at += 2
            continue
        quoted ^= c == '"'
        if c == ";" and not quoted:
            pieces.append(current)
            current = ""
        else:
            current += c
        at += 1
    return (*pieces, current)


def _pick(sections: tuple[str, ...], value: Decimal) -> tuple[str, bool]:
    """Return the section that applies, and whether it writes a negative number's sign itself."""
    if len(sections) >= 3 and value == 0:
        return sections[2], False
    if len(sections) >= 2 and value < 0:
        return sections[1], True
    return sections[0], False


def _number(value: Decimal, section: str) -> str:
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        literals.append(_literal(match.group()))
        return chr(0xE000 + len(literals) - 1)

    pattern = _LITERAL.sub(keep, section)
    found = re.search(r"[#0?][#0?,.\s\ue000-\uf8ff]*[#0?](?:[Ee][+-][0#]+)?|[#0?.]+(?:[Ee][+-][0#]+)?", pattern)
    if not found:
        return _restore(pattern, literals).strip()
    core = found.group()
    if "%" in pattern:
        value *= 100
    after = pattern[found.end() :]
    scale = len(after) - len(after.lstrip(","))
    value /= Decimal(1000) ** scale
    exponent = re.search(r"[Ee][+-]", core)
    body = f"{value:.{core[: exponent.start()].count('0', core.find('.')) if '.' in core else 0}E}" if exponent else (
        _placed(value, re.sub(r"[\ue000-\uf8ff]", "", core))
    )  # fmt: skip
    before = pattern[: found.start()]
    sign = "-" if body.startswith("-") else ""
    return (sign + _restore(before, literals) + body.removeprefix("-") + _restore(after.lstrip(","), literals)).strip()


def _placed(value: Decimal, core: str) -> str:
    if "/" in core:
        return plain(value)
    whole, _, fraction = core.partition(".")
    places = sum(c in "0#?" for c in fraction)
    needed = sum(c == "0" for c in fraction)
    try:
        rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return plain(value)
    grouped = "," in whole
    text = f"{abs(rounded):,f}" if grouped else f"{abs(rounded):f}"
    left, _, right = text.partition(".")
    while len(right) > needed and right.endswith("0"):
        right = right[:-1]
    least = sum(c == "0" for c in whole)
    bare = left.replace(",", "")
    if len(bare) < least:
        left = bare.zfill(least)
    if least == 0 and bare == "0" and right:
        left = ""
    if " " in whole.strip() and not grouped:
        left = f"{int(bare):,}".replace(",", " ")
    sign = "-" if rounded < 0 else ""
    return sign + (f"{left}.{right}" if right else left)


def _literal(text: str) -> str:
    if text.startswith('"'):
        return text[1:-1]
    if text.startswith("\\"):
        return text[1:]
    if text.startswith("["):
        money = re.match(r"\[\$([^\]-]*)", text)
        return money.group(1) if money else ""
    return " " if text.startswith("_") else ""


def _restore(text: str, literals: list[str]) -> str:
    return "".join(
        literals[ord(c) - 0xE000] if 0xE000 <= ord(c) < 0xE000 + len(literals) else c
        for c in text if c not in "#0?"
    )  # fmt: skip


def _around(section: str, body: str) -> str:
    head, tail = re.split(r"(?i)general", section, maxsplit=1)
    return _bare(head) + body + _bare(tail)


def _bare(text: str) -> str:
    return _LITERAL.sub(lambda m: _literal(m.group()), text)


def moment(value: Decimal, epoch_1904: bool = False) -> datetime.datetime | None:
    """Return the moment of a serial number; None outside the years 1900 to 9999."""
    days = value + (1462 if epoch_1904 else 0)
    if not 0 <= days < 2_958_466:
        return None
    if days < 60:
        days += 1
    microseconds = int(((days % 1) * 86_400_000_000).to_integral_value(ROUND_HALF_UP))
    microseconds = (microseconds + 500) // 1000 * 1000
    return datetime.datetime(1899, 12, 30) + datetime.timedelta(days=int(days), microseconds=microseconds)


def _date(value: Decimal, section: str, epoch_1904: bool) -> str | None:
    at = moment(value, epoch_1904)
    if at is None:
        return None
    if at.microsecond >= 999_000 or at.microsecond < 1000:
        at = at.replace(microsecond=0) + datetime.timedelta(seconds=at.microsecond >= 999_000)
    tokens = [t for t in _DATE_TOKEN.findall(section)]
    half = any(t.upper() in ("AM/PM", "A/P", "上午/下午") for t in tokens)
    pieces: list[str] = []
    for index, token in enumerate(tokens):
        pieces.append(_date_piece(token, index, tokens, at, half, value))
    return "".join(pieces).strip()


def _date_piece(token: str, index: int, tokens: list[str], at: datetime.datetime, half: bool, value: Decimal) -> str:
    low = token.lower()
    first = low[0]
    if first == "[" and low.strip("[]") and set(low.strip("[]")) <= {"h", "m", "s"} and len(set(low.strip("[]"))) == 1:
        per = {"h": 24, "m": 1440, "s": 86400}[low[1]]
        return f"{int(value * per):0{len(low) - 2}d}"
    if first in '"\\_*[':
        return _literal(token)
    if low in ("am/pm", "a/p", "上午/下午"):
        return ("AM", "PM")[at.hour >= 12]
    if first in "ye" and set(low) <= set("ye"):
        return f"{at.year % 100:02}" if low == "yy" else f"{at.year:04}"
    if first == "d" and set(low) == {"d"}:
        return [str(at.day), f"{at.day:02}", _DAYS[at.weekday()], _LONG_DAYS[at.weekday()]][min(len(low), 4) - 1]
    if first == "h" and set(low) == {"h"}:
        hour = (at.hour % 12 or 12) if half else at.hour
        return f"{hour:0{min(len(low), 2)}d}"
    if first == "s" and low.rstrip("0").rstrip(".") in ("s", "ss"):
        fraction = low.count("0")
        tail = f".{at.microsecond:06}"[: fraction + 1] if fraction else ""
        return f"{at.second:0{min(len(low.partition('.')[0]), 2)}d}{tail}"
    if first == "m" and set(low) == {"m"}:
        if len(low) <= 2 and _is_minute(index, tokens):
            return f"{at.minute:0{len(low)}d}"
        names = [str(at.month), f"{at.month:02}", _MONTHS[at.month - 1], _LONG[at.month - 1], _MONTHS[at.month - 1][0]]
        return names[min(len(low), 5) - 1]
    return token


def _is_minute(index: int, tokens: list[str]) -> bool:
    """Tell whether an `m` counts minutes: after hours or before seconds."""
    before = [
        t.lower().strip("[]")[:1] for t in tokens[:index] if t.lower().strip("[]")[:1] in ("h", "s", "d", "y", "m")
    ]
    after = [t.lower()[:1] for t in tokens[index + 1 :] if t.lower()[:1] in ("h", "s", "d", "y", "m")]
    return (bool(before) and before[-1] == "h") or (bool(after) and after[0] == "s")
