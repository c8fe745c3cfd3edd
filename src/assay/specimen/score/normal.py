"""When two texts, numbers or names count as the same.

White space, quotes, dashes and case are normalised, and nothing else. On scans, Latin and Cyrillic letters of one
shape are one letter, because the picture does not tell them apart. Source of the search: Myers 1999, Hyyrö 2003.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

from assay.model import Money

QUOTES = "\"'«»„“”‟‘’‚‛‹›「」『』《》〈〉＂＇`´ʼ"
DASHES = "-‐‑‒–—―−－﹣"
ALIKE = str.maketrans("авекмнорстухіјѕ", "abekmhopctyxijs")
HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]) | (?=[\u3400-\u9fff\u3000-\u303f\uff00-\uffef])")
_TABLE = str.maketrans({**dict.fromkeys(QUOTES, '"'), **dict.fromkeys(DASHES, "-")})

FIGURE = re.compile(r"\d{1,3}(?:[ \u00a0\u202f'’.,]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d)")
SCALES = {"万": 4, "亿": 8, "тыс": 3, "млн": 6, "млрд": 9, "thousand": 3, "million": 6, "billion": 9}

BORN_SIMILAR = 0.97
SCAN_SIMILAR = 0.90
"""How alike texts must be, as 1 - edits / length: without and with recognition."""


def fold(text: str) -> str:
    """Return `text` with white space, quotes, dashes, widths and case made one."""
    text = unicodedata.normalize("NFKC", text.translate(_TABLE)).translate(_TABLE)
    text = " ".join(text.casefold().split())
    return HAN_GAP.sub("", text).strip(" .,;:")


def key(text: str, *, scan: bool = False) -> str:
    """Return the form in which numbers and designations are compared: no spaces, quotes or number sign."""
    text = re.sub(r"^\s*(№|#|N[oо]?[.°]|N[oо]?\s)\s*", "", text, flags=re.IGNORECASE)
    text = fold(text).replace(" ", "").replace('"', "")
    return text.translate(ALIKE) if scan else text


def name_key(text: str, *, scan: bool = False) -> str:
    """Return the form in which names are compared: no quotes, dots or English article, single spaces."""
    text = " ".join(re.sub(r'["().,]', " ", fold(text)).split()).removeprefix("the ")
    return text.translate(ALIKE) if scan else text


def distance(a: str, b: str) -> int:
    """Return the least number of insertions, deletions and exchanges that turn `a` into `b`."""
    from rapidfuzz.distance import Levenshtein

    return int(Levenshtein.distance(a, b))


def distance_within(words: str, text: str) -> int:
    """Return the least number of edits that turn `words` into some stretch of `text` (Myers' search).

    Rapidfuzz slides a window of one length, which is not the same: the stretch may be longer or shorter.
    """
    if not words or words in text:
        return 0
    masks: dict[str, int] = {}
    for i, letter in enumerate(words):
        masks[letter] = masks.get(letter, 0) | 1 << i
    full, last = (1 << len(words)) - 1, 1 << (len(words) - 1)
    plus, minus, score = full, 0, len(words)
    best = score
    for letter in text:
        match = masks.get(letter, 0)
        down = (((match & plus) + plus) ^ plus) | match | minus
        up_plus, up_minus = minus | (~(down | plus) & full), plus & down
        if up_plus & last:
            score += 1
        elif up_minus & last:
            score -= 1
            best = min(best, score)
        up_plus = (up_plus << 1) & full
        up_minus = (up_minus << 1) & full
        plus, minus = up_minus | (~(down | up_plus) & full), up_plus & down
    return best


def contains(text: str, words: str, *, scan: bool) -> bool:
    """Tell whether `words` stand in `text`: to the letter, or on a scan with as many errors as `similar` allows."""
    text, words = fold(text), fold(words)
    if not words:
        return False
    return distance_within(words, text) <= ((1 - SCAN_SIMILAR) * len(words) if scan else 0)


def similar(a: str, b: str, *, scan: bool) -> bool:
    """Tell whether two texts are the same but for what recognition may have spoiled."""
    a, b = fold(a), fold(b)
    if a == b:
        return True
    longest = max(len(a), len(b))
    wanted = SCAN_SIMILAR if scan else BORN_SIMILAR
    if min(len(a), len(b)) < wanted * longest:
        return False
    return 1 - distance(a, b) / longest >= wanted


def similar_to_any(text: str, others: tuple[str, ...], *, scan: bool) -> bool:
    """Tell whether `text` is similar to one of `others`, or to all of them set one after another."""
    if any(similar(text, other, scan=scan) for other in others):
        return True
    if not 1 < len(others) < 4:
        return False
    from itertools import permutations

    bare = re.sub(r"\s*[/|]\s*", " ", text)
    orders = [re.sub(r"\s*[/|]\s*", " ", " ".join(order)) for order in permutations(others)]
    return any(similar(bare, order, scan=scan) for order in orders)


def figures(text: str) -> frozenset[Decimal]:
    """Return every number that a figure of `text` can mean, thousands and scale words read both ways."""
    found: set[Decimal] = set()
    for match in FIGURE.finditer(text):
        written = match.group()
        readings = {_read(written)}
        if re.fullmatch(r"\d{1,3}[.,]\d{3}", written):
            readings.add(Decimal(written.replace(",", ".")))
        behind = text[match.end() : match.end() + 10].lstrip(" \u00a0\u202f").casefold()
        for word, power in SCALES.items():
            if behind.startswith(word):
                readings |= {r.scaleb(power) for r in readings}
        found |= readings
    return frozenset(found)


def _read(written: str) -> Decimal:
    bare = re.sub(r"[ \u00a0\u202f'’]", "", written)
    tail = re.search(r"[.,](\d{1,2})$", bare)
    whole = bare[: tail.start()] if tail else bare
    return Decimal(re.sub(r"[.,]", "", whole) + (f".{tail.group(1)}" if tail else ""))


def decimal(value: object) -> Decimal | None:
    """Return a truth's number, written as a decimal string or a JSON number; None stays None."""
    if value is None:
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        message = f"the truth holds {value!r} where a number belongs"
        raise ValueError(message) from error


def amount_of(money: Money | None) -> Decimal | None:
    """Return the amount of a record's money."""
    return money.amount if money is not None else None


def day(value: str | None) -> date | None:
    """Return a truth's ISO date."""
    return date.fromisoformat(value[:10]) if value else None
