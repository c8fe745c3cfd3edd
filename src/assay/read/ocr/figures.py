"""A second reading of what a price or a type hangs on: figures, designations and contract numbers, lone short words.

Purpose: Tesseract takes 3 for 5 in some 6 % of the figures of tables, sure of itself at 90 and more, and writes
designations in whichever alphabet comes first; PP-OCR's recogniser does neither, but knows no Cyrillic. Where they
differ the better one for that kind of sign is taken, and the other reading is kept with the word (`Token.other`).
Limits: look-alikes of both alphabets (A B C E H K M O P T X Y) leave no trace in the picture: a designation made of
them alone is written as the page's others are. A number that Tesseract is sure of (`SURE_FIGURE`) is not read again:
2 of 300 such were wrong. Units: pixels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from assay.read.ocr import engines, signs
from assay.read.ocr.engines import Token

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[Any]

SURE_FIGURE, SURE_OF_FIVE, SURE_IN_PROSE, SURE_CODE = 96, 98, 91, 91
"""Figures that Tesseract is as sure of are not read again; a 5 has to be surer, as it may be a 3. Between words figures
are read better than in cells, and a designation in letters of one alphabet is one that was read right."""
MOST_READ = 400
"""So many runs of a page are read again at most."""
LATIN = "ABCEHKMOPTXYaceopxyk"
CYRILLIC = "АВСЕНКМОРТХУасеорхук"
TO_CYRILLIC = str.maketrans(LATIN, CYRILLIC)
TO_LATIN = str.maketrans(CYRILLIC, LATIN)
GREEK = str.maketrans("ΦΠΛΓΔΒΕΗΚΜΟΡΤΧΥЗ", "ФПЛГДВЕНКМОРТХУ3")
"""PP-OCR writes Cyrillic letters that it does not know as Greek ones."""
CYRILLIC_ONLY = frozenset("БГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯЄЇҐбвгджзийлмнптфцчшщъыьэюяєїґ")
LATIN_PROOF = frozenset("DGQRSVZ")
"""Capitals that PP-OCR, when sure, does not make of Cyrillic ones (it makes J of Л, N of П and И, L of Ц, F of Г)."""
NARROW = 0.8
MOST_LONE = 120
LETTER_FIGURES = {("5", "B"): "Б", ("6", "B"): "Б", ("6", "5"): "Б", ("5", "E"): "Б", ("6", "E"): "Б"}
"""What Tesseract took for the first and PP-OCR for the second, in a Cyrillic designation, is this letter."""

_NUMBER = re.compile(r"[\d.,:;/()\-–—+%'’]*\d[\d.,:;/()\-–—+%'’]*")
_EDGES = re.compile(r"^([^\w]*)(.*?)([^\w]*)$", re.S)


@dataclass(slots=True)
class _Run:
    """Words of one line that are read again together, by their places in the list of tokens."""

    at: list[int]
    kind: str
    box: tuple[int, int, int, int]


def numeric(text: str) -> bool:
    """Tell whether `text` is figures with points, commas and the like."""
    return _NUMBER.fullmatch(text) is not None


def designation(text: str) -> bool:
    """Tell whether `text` is letters and figures in one, as a type's designation or a contract's number is."""
    core = text.strip(".,;:()«»\"'“”")
    if len(core) < 3 or len(core) > 40 or not any(c.isdigit() for c in core):
        return False
    letters = [c for c in core if c.isalpha()]
    if not letters or any(ord(c) >= 0x2E80 for c in core):
        return False
    return sum(c.isupper() for c in letters) >= 0.5 * len(letters) or ("-" in core and len(core) >= 5 >= len(letters))


def checked(image: Image, tokens: Sequence[Token], dpi: int, mix: str) -> list[Token]:
    """Return the words of a page with figures, designations and lone short words read again.

    `mix` names Tesseract's languages there, as in "rus+ukr+eng".
    """
    if not tokens or not signs.ready():
        return list(tokens)
    runs = _runs(tokens, dpi, image.shape)[:MOST_READ]
    read = signs.read([image[r.box[1] : r.box[3], r.box[0] : r.box[2]] for r in runs], NARROW)
    changed: dict[int, list[Token]] = {}
    codes: list[tuple[_Run, signs.Line]] = []
    lone: list[tuple[_Run, signs.Line]] = []
    for run, line in zip(runs, read, strict=True):
        said = "".join(line.text.split())
        mine = [tokens[k] for k in run.at]
        if run.kind == "code" or (len(mine) == 1 and designation(said) and line.mean >= 98):
            codes.append((run, line))
        elif run.kind == "lone" and numeric(said) and line.mean >= 95:
            changed[run.at[0]] = [_changed(mine[0], said, round(line.mean))]
        elif run.kind == "lone" or (len(mine) == 1 and line.mean >= 85 and not numeric(said) and len(said) <= 6):
            lone.append((run, line))
        else:
            changed.update(zip(run.at, _figures(mine, line, run.box), strict=True))
    cyrillic = _cyrillic(tokens) and mix != "eng"
    votes = {"Latin": 0, "Cyrillic": 0}
    for t in tokens:
        if designation(t.text) and plainly(t):
            votes["Latin" if t.text.isascii() else "Cyrillic"] += 1
    changed.update(_designations(image, tokens, codes, cyrillic, mix, dpi, votes))
    changed.update(_short(image, tokens, lone, cyrillic, mix, dpi))
    return [new for k, t in enumerate(tokens) for new in changed.get(k, [t])]


def _runs(tokens: Sequence[Token], dpi: int, shape: tuple[int, ...]) -> list[_Run]:
    """Return what is to be read again."""
    lines: dict[int, list[int]] = {}
    for k, t in enumerate(tokens):
        lines.setdefault(t.line, []).append(k)
    out: list[_Run] = []
    for line in lines.values():
        line.sort(key=lambda k: tokens[k].x0)
        groups: list[tuple[str, list[int]]] = []
        for n, k in enumerate(line):
            t = tokens[k]
            kind = "number" if numeric(t.text) else "code" if designation(t.text) else ""
            if not kind and _lone(tokens, line, n):
                kind = "lone"
            before = groups[-1] if groups else None
            if kind == "number" and before and before[0] == "number" and before[1][-1] == line[n - 1]:
                last = tokens[line[n - 1]]
                if -2 < t.x0 - last.x1 < 0.9 * (t.y1 - t.y0):
                    before[1].append(k)
                    continue
            if kind:
                groups.append((kind, [k]))
        for kind, at in groups:
            if kind == "number" and _sure([tokens[k] for k in at], _between(tokens, line, at)):
                continue
            if kind == "code" and plainly(tokens[at[0]]):
                continue
            out.append(_Run(at, kind, _box(tokens, line, at, dpi, shape)))
    return out


def _sure(mine: Sequence[Token], between: bool) -> bool:
    """Tell whether a number was read surely enough, in prose (`between` words) or elsewhere."""
    if between:
        return all(t.confidence >= SURE_IN_PROSE for t in mine)
    if sum(len(t.text) for t in mine) == 1:
        return False  # a lone 4, 6 or 8 is read as 2 with 97 of 100
    return all(t.confidence >= (SURE_OF_FIVE if "5" in t.text else SURE_FIGURE) for t in mine)


def _between(tokens: Sequence[Token], line: Sequence[int], at: Sequence[int]) -> bool:
    """Tell whether words stand beside a number on its line, no further away than words do."""
    first, last = tokens[at[0]], tokens[at[-1]]
    reach = 0.9 * (first.y1 - first.y0)
    near = [o for o in _level(tokens, line, line.index(at[0])) if sum(map(str.isalpha, o.text)) > 1]
    return any(-2 < o.x0 - last.x1 < reach or -2 < first.x0 - o.x1 < reach for o in near)


def plainly(token: Token) -> bool:
    """Tell whether a designation was read surely, in letters of which one at least belongs to one alphabet only."""
    if token.confidence < SURE_CODE or "5" in token.text:
        return False
    letters = [c for c in token.text if c.isalpha()]
    if all(c.isascii() for c in letters):
        return any(c in "DFGIJLNQRSUVWZ" for c in letters)
    return all("\u0400" <= c <= "\u052f" for c in letters) and any(c in CYRILLIC_ONLY for c in letters)


def _lone(tokens: Sequence[Token], line: Sequence[int], n: int) -> bool:
    """Tell whether a short word that is not surely known stands by itself on its line."""
    t = tokens[line[n]]
    letters = sum(map(str.isalpha, t.text))
    if len(t.text) > 4 or t.confidence >= SURE_FIGURE or (t.known and letters > 3):
        return False
    reach = 1.5 * (t.y1 - t.y0)
    near = [o for o in _level(tokens, line, n) if o.confidence >= 50]
    return all(o.x0 - t.x1 > reach or t.x0 - o.x1 > reach for o in near)


def _level(tokens: Sequence[Token], line: Sequence[int], n: int) -> list[Token]:
    """Return the words of a line that stand level with its word `n` (a list read downwards is one line, too)."""
    t = tokens[line[n]]
    half = 0.5 * (t.y1 - t.y0)
    return [tokens[k] for k in line if k != line[n] and min(t.y1, tokens[k].y1) - max(t.y0, tokens[k].y0) > half]


def _box(
    tokens: Sequence[Token], line: Sequence[int], at: Sequence[int], dpi: int, shape: tuple[int, ...]
) -> tuple[int, int, int, int]:
    """Return the box of words with a little paper around, without what stands beside."""
    mine = [tokens[k] for k in at]
    pad = max(2, dpi // 50)
    x0, x1 = min(t.x0 for t in mine), max(t.x1 for t in mine)
    near = [o for o in _level(tokens, line, line.index(at[0])) if o not in mine]
    low = max((o.x1 for o in near if o.x0 < x0), default=-1e9)
    high = min((o.x0 for o in near if o.x0 > x0), default=1e9)
    left = max(0, x0 - pad, min(x0, low + 1))
    right = min(shape[1], x1 + pad, max(x1, high - 1))
    top, bottom = max(0, min(t.y0 for t in mine) - pad), min(shape[0], max(t.y1 for t in mine) + pad)
    return int(left), int(top), max(int(left) + 1, int(right)), max(int(top) + 1, int(bottom))


def _changed(token: Token, text: str, confidence: int) -> Token:
    if text == token.text:
        return replace(token, confidence=max(token.confidence, confidence))
    return replace(token, text=text, confidence=confidence, other=token.other or token.text)


def _figures(mine: Sequence[Token], line: signs.Line, box: tuple[int, int, int, int]) -> list[list[Token]]:
    """Return for each of a number's words what becomes of it, with the figures that PP-OCR saw."""
    said = "".join(line.text.split())
    had = "".join(t.text for t in mine)
    sure = round(line.mean)
    places = [box[0] + p * (box[2] - box[0]) for c, p in zip(line.text, line.places, strict=True) if not c.isspace()]
    if said == had:
        sound = [replace(t, confidence=max(t.confidence, sure)) for t in mine]
        return _grouped(sound, places)
    if not numeric(said) or sure < 90:
        return [[t] for t in mine]
    digits = [c for c in said if c.isdigit()]
    if len(digits) == sum(c.isdigit() for c in had):
        # The same number of figures: only they are taken, points and commas stay as Tesseract saw them.
        rest = iter(digits)
        out = [_changed(t, "".join(next(rest) if c.isdigit() else c for c in t.text), sure) for t in mine]
        return _grouped(out, places if len(said) == len(had) else [])
    middles = [(t.x0 + t.x1) / 2 for t in mine]
    parts: list[list[str]] = [[] for _ in mine]
    for sign, x in zip(said, places, strict=True):
        at = next((k for k, t in enumerate(mine) if t.x0 <= x <= t.x1), None)
        if at is None:
            at = min(range(len(mine)), key=lambda k: abs(middles[k] - x))
        parts[at].append(sign)
    if not all(parts):
        return [[t] for t in mine]
    return _grouped([_changed(t, "".join(part), sure) for t, part in zip(mine, parts, strict=True)], places)


def _grouped(mine: Sequence[Token], places: Sequence[float]) -> list[list[Token]]:
    """Part a word at the space between two groups of figures that neither engine gave: "5213 440,00" is 5 213 440,00.

    Only where the rest is in groups of three and the signs stand further apart there than elsewhere.
    """
    out: list[list[Token]] = [[t] for t in mine]
    if len(mine) < 2 or len(places) != sum(len(t.text) for t in mine):
        return out
    head = mine[0].text
    if not head.isdigit() or not 4 <= len(head) <= 6 or any(len(re.split("[.,]", t.text)[0]) != 3 for t in mine[1:]):
        return out
    steps = [b - a for a, b in pairwise(places[: len(head)])]
    cut = len(head) - 3
    others = [s for k, s in enumerate(steps) if k != cut - 1]
    if not others or steps[cut - 1] < 1.15 * max(others):
        return out
    middle = (places[cut - 1] + places[cut]) / 2
    gap = (steps[cut - 1] - sum(others) / len(others)) / 2
    first, t = mine[0].x0, mine[0]
    out[0] = [
        replace(t, text=head[:cut], x0=first, x1=max(first + 1, middle - gap), other=t.other or head),
        replace(t, text=head[cut:], x0=min(t.x1 - 1, middle + gap), glued=False),
    ]
    return out


def _cyrillic(tokens: Iterable[Token]) -> bool:
    """Tell whether the page is in Cyrillic at all."""
    return any(t.known and len(t.text) > 3 and "\u0400" <= t.text[0] <= "\u052f" for t in tokens)


def _designations(
    image: Image,
    tokens: Sequence[Token],
    codes: Sequence[tuple[_Run, signs.Line]],
    cyrillic: bool,
    mix: str,
    dpi: int,
    votes: dict[str, int],
) -> dict[int, list[Token]]:
    """Write each designation in one alphabet: its own where a letter tells, else that of the others (`votes`)."""
    found: list[tuple[_Run, signs.Line, str]] = []
    for run, line in codes:
        alphabet = "Latin"
        if cyrillic:
            core, said = _edges(tokens[run.at[0]].text)[1], _edges("".join(line.text.split()))[1]
            alphabet = _alphabet(core, tokens[run.at[0]].confidence, said, line)
        if alphabet:
            votes[alphabet] += 1
        found.append((run, line, alphabet))
    usual = "Latin" if votes["Latin"] > votes["Cyrillic"] else "Cyrillic" if votes["Cyrillic"] else ""
    slavic = "+".join(x for x in mix.split("+") if x != "eng")
    doubted = [
        run for run, _, alphabet in found
        if cyrillic and slavic and (alphabet or usual) != "Latin" and _foreign(tokens[run.at[0]])
    ]  # fmt: skip
    again = {}
    if doubted:
        boxes = [run.box for run in doubted]
        for run, read in zip(doubted, engines.read_boxes(image, boxes, slavic.split("+")[0], dpi), strict=True):
            again[run.at[0]] = "".join(t.text for t in read)
    out: dict[int, list[Token]] = {}
    for run, line, alphabet in found:
        k = run.at[0]
        token = tokens[k]
        head, core, tail = _edges(token.text)
        said = _edges("".join(line.text.split()))[1]
        if k in again and _alike(_edges(again[k])[1], said):
            core = _edges(again[k])[1]
        if not (alphabet or usual):
            letters = [c for c in core if c.isalpha()]
            alphabet = "Latin" if 2 * sum(c.isascii() for c in letters) > len(letters) else "Cyrillic"
        if (alphabet or usual) == "Latin":
            text = _latin(core, said, line)
        else:
            text = _cyrillic_of(core, said, token.confidence)
        out[k] = [_changed(token, head + text + tail, max(token.confidence, round(line.mean) - 5))]
    return out


def _foreign(token: Token) -> bool:
    """Tell whether a designation, if Cyrillic, has to be read again: it holds other letters, or was read in doubt."""
    return token.confidence < 85 or any(c.isascii() and c.isalpha() and c not in LATIN for c in token.text)


def _alike(mine: str, said: str) -> bool:
    """Tell whether a reading in Cyrillic can be of the same signs as PP-OCR's: as long, the figures at most one off."""
    if abs(len(mine) - len(said)) > 1 or not mine:
        return False
    figures = ["".join(c for c in text if c.isdigit()) for text in (mine, said)]
    return abs(len(figures[0]) - len(figures[1])) <= 1


_NUMBER_SIGNS = frozenset(("№", "Ne", "No", "N°", "Nº", "Nè", "Né", "N2", "Ng", "Nо"))
_SHAPES = {
    "Ш": "III", "Щ": "III", "W": "III", "Ω": "III", "М": "M", "П": "II", "Л": "JI", "Д": "A", "Ц": "LI", "И": "N",
    "Й": "N", "Ы": "BI", "Ю": "IO", "Б": "6", "З": "3", "Ч": "4", "Я": "R", "Ф": "O", "Г": "T", "І": "I", "Ї": "I",
}  # fmt: skip


def _shape(text: str) -> str:
    """Return what a text looks like to an engine that knows Latin letters only."""
    plain = "".join("".join(text.split()).upper().translate(TO_LATIN))
    plain = "".join(_SHAPES.get(c, c) for c in plain)
    return plain.replace("LU", "III").replace("UI", "III").replace("LLI", "III").replace("L", "I")


def _likeness(a: str, b: str) -> float:
    """Return how alike two texts look (0 to 1)."""
    import difflib

    return difflib.SequenceMatcher(None, _shape(a), _shape(b), autojunk=False).ratio()


def _short(
    image: Image, tokens: Sequence[Token], lone: Sequence[tuple[_Run, signs.Line]], cyrillic: bool, mix: str, dpi: int
) -> dict[int, list[Token]]:
    """Return lone short words as read by that of Tesseract's languages whose reading looks most like PP-OCR's.

    Words that look alike to PP-OCR (a column of units) are written alike: as most of them are read.
    """
    out: dict[int, list[Token]] = {}
    doubted: list[tuple[int, tuple[int, int, int, int], signs.Line]] = []
    for run, line in lone[:MOST_LONE]:
        said = "".join(line.text.split())
        if cyrillic and said in _NUMBER_SIGNS and line.mean >= 60:
            out[run.at[0]] = [_changed(tokens[run.at[0]], "№", max(60, round(line.mean) - 10))]
        elif said and line.mean >= 70 and not any(ord(c) >= 0x2E80 for c in said):
            doubted.append((run.at[0], run.box, line))
    if not doubted or not cyrillic:
        return out
    boxes = [box for _, box, _ in doubted]
    readings = [[(tokens[k].text, tokens[k].confidence, tokens[k].known)] for k, _, _ in doubted]
    for language in mix.split("+"):
        for mine, read in zip(readings, engines.read_boxes(image, boxes, language, dpi), strict=True):
            if read:
                mine.append(("".join(t.text for t in read), min(t.confidence for t in read), read[0].known))
    groups: dict[str, dict[str, float]] = {}
    for (_, _, line), mine in zip(doubted, readings, strict=True):
        said = "".join(line.text.split())
        votes = groups.setdefault(_shape(said), {})
        for text, confidence, known in mine:
            votes[text] = votes.get(text, 0.0) + _likeness(text, said) ** 2 * (confidence + (30 if known else 0))
    for (k, _, line), mine in zip(doubted, readings, strict=True):
        said = "".join(line.text.split())
        votes = groups[_shape(said)]
        best = max(sorted(votes), key=lambda text: votes[text])
        # Small letters of the shape of capitals (a unit such as "шт.") are taken for capitals by some, never by all.
        best = best.lower() if best.lower() in votes else best
        if best != tokens[k].text and _likeness(best, said) >= max(0.5, _likeness(tokens[k].text, said)):
            sure = max((c for text, c, _ in mine if text == best), default=50)
            out[k] = [_changed(tokens[k], best, min(sure, 90))]
    return out


def _edges(text: str) -> tuple[str, str, str]:
    match = _EDGES.match(text)
    assert match is not None
    return match.group(1), match.group(2), match.group(3)


def _alphabet(core: str, confidence: int, said: str, line: signs.Line) -> str:
    """Return "Latin" or "Cyrillic" where the letters tell, else ""."""
    only = sum(c in CYRILLIC_ONLY for c in core)
    proof = [s for c, s in zip(line.text, line.sure, strict=True) if c in LATIN_PROOF]
    if said.isascii() and proof and min(proof) >= 90 and line.mean >= 96 and abs(len(said) - len(core)) <= 2:
        return "Latin" if not only or confidence < 80 else ""
    if only and (confidence >= 40 or not said.isascii()):
        return "Cyrillic"
    if any(not c.isascii() for c in said.replace("№", "")):
        return "Cyrillic"
    if "Y" in said and line.mean < 98:
        return "Cyrillic"
    return ""


def _latin(core: str, said: str, line: signs.Line) -> str:
    return said if line.mean >= 90 and said.isascii() and abs(len(said) - len(core)) <= 2 and said else core


def _cyrillic_of(core: str, said: str, confidence: int) -> str:
    """Return a Cyrillic designation: letters as Tesseract read them, figures as PP-OCR did."""
    mine = core.translate(TO_CYRILLIC)
    theirs = said.translate(GREEK)
    if len(mine) != len(theirs):
        return mine
    out = []
    for a, b in zip(mine, theirs, strict=True):
        if a.isdigit() and b.isdigit():
            out.append(LETTER_FIGURES.get((a, b), b) if (a, b) == ("6", "5") and confidence < 60 else b)
        elif a.isdigit() and b.isalpha():
            out.append(LETTER_FIGURES.get((a, b), a))
        elif a.isalpha() and b.isdigit():
            out.append(b if a in "ЗОАОIІlJ" or (a in "БВ" and confidence < 50) else a)
        elif "\u0400" <= b <= "\u052f" and b in "ФП" and confidence < 70:
            out.append(b)
        else:
            out.append(a)
    return "".join(out)
