"""Two columns that a reader set on one line, parted again.

Purpose: in a contract of two languages side by side a line of both columns is now and then read as one ("3.1. Срок
поставки 3.1. 交货期"), and what follows comes by turns from the left and from the right. A line that states its own
clause number twice, in two scripts, is two lines; the lines below belong to the half that is written as they are.
Limits: columns in one script (two languages in Latin letters, Russian beside Ukrainian) cannot be told apart so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assay.extract.view import View

LEFT, RIGHT = 100, 101
"""The columns of halves: numbers that no reader gives."""
MOST_LINES = 8
"""How many lines below a parted one may go on with its halves."""
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_NUMBER = re.compile(r"\s*(\d{1,2}(?:\.\d{1,2}){0,2})[.)]?\s*(?=[^\W\d])")
_PAGE_WORDS = re.compile(
    r"(?<![^\W\d_])(?:страница|стр|сторінка|стор|page|sheet|лист|аркуш|из|з|of|p)(?![^\W\d_])|[第页共码頁]",
    re.IGNORECASE,
)


def running(text: str) -> bool:
    """Tell whether a line is a running page number and nothing else: "стр. 2/4 / 页码 2/4"."""
    return bool(re.search(r"\d", text)) and not re.search(r"[^\W\d_]|[%$€¥£.,]\d", _PAGE_WORDS.sub("", text))


def script(text: str) -> str:
    """Return the script of most of a line's words: han, cyrillic, latin, or none. Numbers and codes do not count."""
    words = " ".join(w for w in text.split() if not re.search(r"\d", w) or re.search(f"[{_HAN}]", w))
    counts = {
        "han": 3 * len(re.findall(f"[{_HAN}]", words)),
        "cyrillic": len(re.findall("[\u0400-\u04ff]", words)),
        "latin": len(re.findall("[A-Za-z]", words)),
    }
    best = max(counts, key=lambda k: counts[k])
    return best if counts[best] else "none"


def parted(rows: Sequence[View]) -> list[View]:
    """Return a page's lines, those that hold two columns as two, each half with its column and language."""
    out: list[View] = []
    writing: dict[str, tuple[int, str]] = {}
    below = 0
    for row in rows:
        halves = _halves(row)
        if halves is not None:
            left, right = halves
            writing = {
                script(left.text): (LEFT, _language(left)),
                script(right.text): (RIGHT, _language(right)),
            }
            below = 0
            out += [_set(half, *writing[script(half.text)]) for half in halves]
            continue
        below += 1
        if writing and (_NUMBER.match(row.text) or below > MOST_LINES or running(row.text)):
            writing = {}
        pieces = _pieces(row, writing) if writing else []
        if writing and not pieces:
            writing = {}
        out += pieces or [row]
    return out


def _halves(row: View) -> tuple[View, View] | None:
    """Return the two halves of a line that states its own clause number twice, in two scripts; else None."""
    own = _NUMBER.match(row.text)
    if own is None or row.kind == "table":
        return None
    again = re.compile(rf"\s(?={re.escape(own.group(1))}[.)]?\s*[^\W\d])")
    for hit in again.finditer(row.text, own.end()):
        left, right = row.part(0, hit.start()), row.part(hit.end(), len(row.text))
        scripts = {script(left.text), script(right.text)}
        if len(scripts) == 2 and "none" not in scripts:
            return left, right
    return None


def _pieces(row: View, writing: dict[str, tuple[int, str]]) -> list[View]:
    """Return what of a line belongs to which half; nothing when it cannot be told."""
    one, other = writing
    marks = [(m.start(), _of(m.group())) for m in re.finditer(r"\S+", row.text)]
    told = [(at, word) for at, word in marks if word in writing]
    if not told:
        return []
    if len({word for _, word in told}) == 1:
        return [_set(row, *writing[told[0][1]])]
    turn = next(at for at, word in told if word != told[0][1])
    if any(word == told[0][1] for at, word in told if at > turn):
        return [_set(row, *writing[one if script(row.text) == one else other])]
    first, second = row.part(0, turn), row.part(turn, len(row.text))
    return [_set(first, *writing[told[0][1]]), _set(second, *writing[script(second.text)])]


def _of(word: str) -> str:
    for name, letters in (("han", f"[{_HAN}]"), ("cyrillic", "[\u0400-\u04ff]{2}"), ("latin", "[A-Za-z]{2}")):
        if re.search(letters, word) and (name == "han" or not re.search(r"\d", word)):
            return name
    return "none"


def _language(half: View) -> str:
    """Return the language of a half: its script's, and of two that share a script the line's or page's own."""
    writing = script(half.text)
    if writing != "cyrillic":
        return {"han": "zh", "latin": "en"}[writing]
    known = [code for code in (half.language, half.page.language) if code in ("ru", "uk")]
    return known[0] if known else "uk" if re.search("[іїєґ]", half.text) else "ru"


def _set(row: View, column: int, language: str) -> View:
    return replace(row, column=column, language=language)
