"""The language versions of one document, cut into stretches that say the same.

Stretches are aligned by clause number, by row of a table set in language columns, or by page where there are no
numbers. Limits: a paragraph in two languages at once is not cut; versions in separate files are not looked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

from assay.examine.content.facing import Piece, facing
from assay.model import Cell, Page, PageState, Paragraph, Reading, Table
from assay.read.language import language as language_of
from assay.read.values import parse_words

LEAST_SHARE = 0.12
"""A language counts as a version when it has at least this share of the text (a Chinese character counts as three)."""
LEAST_CLAUSES = 3
_NUMBERED = re.compile(
    r"\s{0,8}(?:§\s{0,2}([0-9]{1,2})\b|(?:статья|стаття|раздел|розділ|глава|article|section|clause|chapter|пункт|п\.)\s{0,3}№?\s{0,2}([0-9]{1,3}(?:\.[0-9]{1,3}){0,4}|[ivx]{1,6})"
    r"|第\s?([0-9]{1,3}|[一二三四五六七八九十百]{1,5})\s?[条章节]"
    r"|([0-9]{1,2}(?:\.[0-9]{1,2}){1,4})[.)、]?(?=\s|[^\s0-9.,%/:-])"
    r"|([0-9]{1,2})[.)、](?=\s|[^\s0-9.,]))",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(
    r"(?:[\s/|–—-]*(?:стр(?:аница|\.)?|сторінка|арк(?:уш|\.)?|лист|page|sheet|p\.|第)?\s*[0-9]{1,4}\s*(?:页|頁)?"
    r"(?:\s*(?:/|из|з|of|共|-)\s*[0-9]{1,4}\s*(?:页|頁)?)?[\s/|–—-]*){1,3}",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a page in one language."""

    page: Page
    start: int
    end: int

    @property
    def text(self) -> str:
        """Its text."""
        return self.page.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Clause:
    """What stands under one number (empty before the first) in one language, over pages if need be."""

    key: str
    language: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Aligned:
    """Two stretches that should say the same. `by` is clause, row, text, paragraph or page; `name` says which."""

    by: str
    name: str
    one: Clause
    other: Clause


def languages_of(reading: Reading) -> tuple[str, ...]:
    """Return the languages that have a version's share of the text, the largest first."""
    weights: dict[str, int] = {}
    for _, paragraph in _paragraphs(reading):
        if paragraph.language in ("ru", "uk", "zh", "en"):
            size = paragraph.end - paragraph.start
            weights[paragraph.language] = weights.get(paragraph.language, 0) + size * (
                3 if paragraph.language == "zh" else 1
            )
    for table in _language_tables(reading):
        for name, size in _table_sizes(table).items():
            weights[name] = weights.get(name, 0) + size
    whole = sum(weights.values())
    kept = [name for name, size in weights.items() if size >= max(whole * LEAST_SHARE, 120)]
    if {"ru", "uk"} <= set(kept) and len(kept) > 2:  # short Russian and Ukrainian paragraphs are taken for each other
        kept.remove(min(("ru", "uk"), key=lambda name: weights[name]))
    return tuple(sorted(kept, key=lambda name: (-weights[name], name)))


def aligned(reading: Reading, languages: tuple[str, ...]) -> Iterator[Aligned]:
    """Yield every pair of stretches that should say the same, for each pair of languages."""
    yield from _mixed(reading, set(languages))
    for one, other in combinations(languages, 2):
        yield from _rows(reading, one, other)
        first, second = _clauses(reading, one, languages), _clauses(reading, other, languages)
        pairs = _by_number(first, second)
        if pairs:
            yield from (Aligned("clause", a.key or "the opening", a, b) for a, b in pairs)
        else:
            yield from _by_page(reading, one, other, languages)


def _paragraphs(reading: Reading) -> Iterator[tuple[Page, Paragraph]]:
    """Yield the paragraphs of running text: no tables, no page numbers, nothing that stands on several pages alike."""
    seen = Counter(
        _without_digits(page.text[p.start : p.end])
        for page in reading.pages
        for p in page.paragraphs
        if p.end - p.start < 160
    )
    for page in reading.pages:
        for paragraph in page.paragraphs if page.state is PageState.READ else ():
            text = page.text[paragraph.start : paragraph.end]
            running = seen[_without_digits(text)] > 1 and len(reading.pages) > 1
            if paragraph.kind not in ("table", "header", "footer") and not running and not _PAGE_NUMBER.fullmatch(text):
                yield page, paragraph


def _without_digits(text: str) -> str:
    return re.sub("[0-9]+", "#", " ".join(text.split()))


def _clauses(reading: Reading, language: str, languages: tuple[str, ...]) -> list[Clause]:
    """Return one language's text cut at its clause numbers, in reading order."""
    clauses: list[tuple[str, list[Stretch]]] = [("", [])]
    spoken: dict[tuple[int, int], str] = {}  # page and column: what was spoken last
    cuts = {page.number: _cuts(page) for page in reading.pages}
    for page, paragraph in _paragraphs(reading):
        place = (page.number, paragraph.column)
        if any(cut < paragraph.start for cut in cuts[page.number]):
            cuts[page.number] = [cut for cut in cuts[page.number] if cut >= paragraph.start]
            clauses.append((_LOST, []))
        taken = _taken_for(paragraph, languages)
        if _WORDLESS.fullmatch(page.text[paragraph.start : paragraph.end]):
            taken = spoken.get(place, taken)  # a line of figures goes on in the language of its column
        spoken[place] = taken
        if taken != language:
            continue
        at = paragraph.start
        for line in page.text[paragraph.start : paragraph.end].split("\n"):
            for key, start, end in _numbered(line):
                if key:
                    clauses.append((key, []))
                if line[start:end].strip():
                    _extend(clauses[-1][1], Stretch(page, at + start, at + end))
            at += len(line) + 1
    return [Clause(key, language, tuple(stretches)) for key, stretches in clauses if stretches and key != _LOST]


_LOST = "?"
"""What follows a table that swallowed clause numbers belongs to no clause that is known."""


def _cuts(page: Page) -> list[int]:
    """Return where tables begin that hold the numbers of clauses: running text that its reader took for a table."""
    found = []
    for paragraph in page.paragraphs:
        if paragraph.kind == "table":
            cells = re.split(r"[\n\t]", page.text[paragraph.start : paragraph.end])
            keys = [_key(cell) for cell in cells if len(cell) >= _LEAST_CELL]
            if any("." in key for key in keys):
                found.append(paragraph.start)
    return found


_LEAST_CELL = 20


def _taken_for(paragraph: Paragraph, languages: tuple[str, ...]) -> str:
    """Return which version a paragraph belongs to; Russian and Ukrainian stand for each other if only one is one."""
    if paragraph.language in languages:
        return paragraph.language
    if paragraph.language in ("ru", "uk"):
        return next((name for name in languages if name in ("ru", "uk")), paragraph.language)
    return paragraph.language


def _extend(stretches: list[Stretch], more: Stretch) -> None:
    last = stretches[-1] if stretches else None
    if last is not None and last.page is more.page and 0 <= more.start - last.end <= 1:
        stretches[-1] = Stretch(last.page, last.start, more.end)
    else:
        stretches.append(more)


_INNER = re.compile(r"(?<=\s)([0-9]{1,2})((?:\.[0-9]{1,2}){1,3})[.)、]?\s+(?=[^\W\d_])")


def _numbered(line: str) -> Iterator[tuple[str, int, int]]:
    """Yield the parts of a line with the clause number each begins with: "4. Delivery 4.1 The Seller ..." has two."""
    key, start = _key(line), 0
    for match in _INNER.finditer(line):
        if key and match.group(1) == key.split(".")[0]:
            yield key, start, match.start()
            key, start = match.group(1) + match.group(2), match.start()
    yield key, start, len(line)


def _key(line: str) -> str:
    """Return the clause number that a line begins with, in one form for all languages; empty when there is none."""
    match = _NUMBERED.match(line)
    if match is None:
        return ""
    number = next(group for group in match.groups() if group)
    if number[0].isdigit():
        return number
    if re.fullmatch("[ivxIVX]+", number):
        values = [_ROMAN[c] for c in number.lower()]
        return str(sum(-v if any(w > v for w in values[i + 1 : i + 2]) else v for i, v in enumerate(values)))
    value = parse_words(number, "zh")
    return str(value) if value is not None else ""


def _by_number(one: list[Clause], other: list[Clause]) -> list[tuple[Clause, Clause]]:
    """Return the clauses with like numbers, in like order; none when too few are alike to be meant alike."""
    a, b = [c.key for c in one], [c.key for c in other]
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    pairs = [
        (one[block.a + i], other[block.b + i]) for block in matcher.get_matching_blocks() for i in range(block.size)
    ]
    numbered = sum(1 for first, _ in pairs if first.key)
    few = min(sum(1 for key in a if key), sum(1 for key in b if key))
    return pairs if numbered >= LEAST_CLAUSES and numbered * 2 >= few else []


def _by_page(reading: Reading, one: str, other: str, languages: tuple[str, ...]) -> Iterator[Aligned]:
    """Yield paragraphs of one page that share figures; a page without such paragraphs as a whole."""
    pages: dict[int, dict[str, list[Piece[Stretch]]]] = {}
    for order, (page, paragraph) in enumerate(_paragraphs(reading)):
        name = _taken_for(paragraph, languages)
        if name in (one, other):
            stretch = Stretch(page, paragraph.start, paragraph.end)
            sides = pages.setdefault(page.number, {one: [], other: []})
            sides[name].append(Piece(stretch, stretch.text, name, order))
    for number, sides in pages.items():
        if min(sum(len(piece.text) for piece in pieces) for pieces in sides.values()) < 40:
            continue
        alike = facing(sides[one], sides[other])
        for a, b in alike:
            yield Aligned("paragraph", "paragraph", Clause("", one, _joined(a)), Clause("", other, _joined(b)))
        if not alike:
            whole = (Clause("", name, tuple(p.place for p in pieces)) for name, pieces in sides.items())
            yield Aligned("page", str(number), next(whole), next(whole))


def _joined(pieces: Iterable[Piece[Stretch]]) -> tuple[Stretch, ...]:
    """Return the stretches of pieces, neighbours run together."""
    joined: list[Stretch] = []
    for piece in pieces:
        _extend(joined, piece.place)
    return tuple(joined)


def _language_tables(reading: Reading) -> Iterator[Table]:
    """Yield the tables that only set language versions side by side: two or more columns of running text."""
    for table in reading.tables:
        sizes = _table_sizes(table)
        if len(sizes) >= 2 and sum(sizes.values()) >= 240:
            yield table


def _columns(table: Table) -> dict[int, str]:
    """Return the language of each column of running text."""
    found: dict[int, str] = {}
    for column in range(table.columns):
        texts = [c.text for c in table.cells if c.column == column and c.column_span == 1 and c.text.strip()]
        if texts and sum(map(len, texts)) / len(texts) >= 25:
            name = language_of(" ".join(texts)[:2000])
            if name in ("ru", "uk", "zh", "en"):
                found[column] = name
    return found if len(set(found.values())) == len(found) else {}


def _table_sizes(table: Table) -> dict[str, int]:
    columns = _columns(table)
    if len(columns) < 2:
        return {}
    sizes: dict[str, int] = {}
    for cell in table.cells:
        name = columns.get(cell.column)
        if name is not None:
            sizes[name] = sizes.get(name, 0) + len(cell.text) * (3 if name == "zh" else 1)
    return sizes


def _rows(reading: Reading, one: str, other: str) -> Iterator[Aligned]:
    pages = {page.number: page for page in reading.pages}
    for table in _language_tables(reading):
        columns = {name: column for column, name in _columns(table).items()}
        if one not in columns or other not in columns:
            continue
        page = pages[table.page]
        for number, row in enumerate(table.grid(), start=1):
            a, b = row[columns[one]], row[columns[other]]
            if a is None or b is None or a is b or not a.text.strip() or not b.text.strip():
                continue
            yield Aligned(
                "row", f"row {number} of table {table.number}",
                Clause("", one, (Stretch(page, a.start, a.end),)), Clause("", other, (Stretch(page, b.start, b.end),)),
            )  # fmt: skip


_TOKEN = re.compile(r"[^\s/]+|/")
_LETTER = {"cyr": re.compile("[а-яёіїєґ]", re.IGNORECASE), "lat": re.compile("[a-z]", re.IGNORECASE)}
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORDLESS = re.compile(r"(?:[^\w\u3400-\u9fff]|[0-9_]|[A-Z]{1,4}){1,60}")
FACING = 60
"""Cells of a row face each other when each has at least so many letters (a Chinese character counts as two)."""
PURE = 0.85
"""So large a share of the letters on each side of a cut must be of that side's script."""


def _mixed(reading: Reading, languages: set[str]) -> Iterator[Aligned]:
    """Yield cells and paragraphs that say one thing in two languages, cut where the script changes."""
    pages = {page.number: page for page in reading.pages}
    for table in reading.tables:
        if table.page in pages and len(_table_sizes(table)) < 2:
            yield from _facing(pages[table.page], table)
            for cell in table.cells:
                yield from _cut(
                    pages[table.page], cell.start, cell.end, languages, f"table {table.number}, row {cell.row + 1}"
                )
    for page, paragraph in _paragraphs(reading):
        yield from _cut(page, paragraph.start, paragraph.end, languages, "paragraph")


def _size_of(text: str) -> int:
    return len(re.findall(r"[^\W\d_]", text)) + len(_HAN.findall(text))


def _facing(page: Page, table: Table) -> Iterator[Aligned]:
    """Yield long cells of one row in two languages, as certificates set them side by side."""
    for number in range(table.rows):
        sides: dict[str, list[Cell]] = {}
        for cell in table.cells:
            letters = _size_of(cell.text) if cell.row == number else 0
            if letters >= FACING:
                sides.setdefault(language_of(cell.text), []).append(cell)
        known = [
            (name, cells[0]) for name, cells in sides.items() if len(cells) == 1 and name in ("ru", "uk", "zh", "en")
        ]
        for (one, a), (other, b) in combinations(known, 2):
            yield Aligned(
                "row", f"row {number + 1} of table {table.number}",
                Clause("", one, (Stretch(page, a.start, a.end),)), Clause("", other, (Stretch(page, b.start, b.end),)),
            )  # fmt: skip


def _cut(page: Page, start: int, end: int, languages: set[str], name: str) -> Iterator[Aligned]:
    """Yield a text's two halves when it changes its script once."""
    text = page.text[start:end]
    if len(text) < 24 or not re.search("[0-9]", text):
        return
    tokens = [(m.start(), m.end(), *_letters(m.group())) for m in _TOKEN.finditer(text)]
    whole = [sum(t[i] for t in tokens) for i in (2, 3, 4)]
    if sum(1 for size in whole if size >= 12) < 2:
        return
    best = (0.0, -1, 0, 0)
    for a, b in ((0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)):
        before = 0
        for i, token in enumerate(tokens[:-1]):
            before += token[2 + a]
            after = whole[b] - sum(t[2 + b] for t in tokens[: i + 1]) if before >= 6 else 0
            slash = 0.5 if tokens[i + 1][1] - tokens[i + 1][0] == 1 and text[tokens[i + 1][0]] == "/" else 0.0
            if before >= 6 and after >= 6 and before + after + slash > best[0]:
                best = (before + after + slash, i, a, b)
    _, at, a, b = best
    if at < 0:
        return
    left, right = tokens[: at + 1], tokens[at + 1 :]
    if _purity(left, a) < PURE or _purity(right, b) < PURE:
        return
    one, other = (_language_of_script(s, languages) for s in (a, b))
    if one and other:
        yield Aligned(
            "text", name,
            Clause("", one, (Stretch(page, start, start + left[-1][1]),)),
            Clause("", other, (Stretch(page, start + right[0][0], end),)),
        )  # fmt: skip


def _letters(token: str) -> tuple[int, int, int]:
    """Return how many Cyrillic, Latin and Chinese letters a token counts; one with digits, or in capitals, none."""
    if re.search("[0-9]", token) and not _HAN.search(token):
        return 0, 0, 0
    han = len(_HAN.findall(token)) * 2
    if token.isupper() and not han and len(token) <= 5:
        return 0, 0, 0
    return len(_LETTER["cyr"].findall(token)), len(_LETTER["lat"].findall(token)), han


def _purity(tokens: list[tuple[int, int, int, int, int]], script: int) -> float:
    sizes = [sum(t[2 + i] for t in tokens) for i in range(3)]
    return sizes[script] / max(1, sum(sizes))


def _language_of_script(script: int, languages: set[str]) -> str:
    if script == 0:
        return next((name for name in ("ru", "uk") if name in languages), "ru")
    return ("", "en", "zh")[script]
