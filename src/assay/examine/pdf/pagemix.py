"""`pdf.pagemix`: a page inside a run of pages that is made otherwise than those around it.

Pages of one printing or one scanning are alike: picture or text, size, resolution, colour, compression tables, fonts
and the tags of their cuts. One page inside the run that differs may have been exchanged. Limits: first and last pages
are left out (covers and scanned signature pages differ in honest documents), and so is what only lies crosswise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from assay.examine.pdf.sheets import Sheet, sheets_of
from assay.examine.pdf.states import StateRefused
from assay.examine.question import Question
from assay.model import Box, PageState, Reading, Record, Weight, whole
from assay.work.part import Examination

LEAST_PAGES = 4
"""A run of fewer pages has no inside to speak of."""
SHARE = 0.75
"""Share of the pages that must agree for the others to be odd."""
MOST_ODD = 0.15
"""More odd pages than this share are an annex, not an exchanged page (one page is always few)."""
LEAST_LETTERS = 200
SIZE = 3.0
_EDGE = 40

_LIMITS = (
    "It sees how pages are made, not what they say. A page that was exchanged and went through the same program or "
    "scanner as the others looks like them."
)
_QUESTION = Question(
    part="pdf.pagemix",
    version="1",
    proposition="A page inside the document was exchanged or added.",
    alternative="The pages were made together, or differ for an ordinary reason.",
    expected="Pages of one run that are made alike.",
    innocent=(
        "a page that was signed or stamped on paper and scanned in, which is very common",
        "a drawing, form or table from another program, or a page that was scanned again because it was crooked",
    ),
    limits=_LIMITS,
    heaviest=Weight.LIMITED,
)


@dataclass(frozen=True, slots=True)
class Odd:
    """A page and what sets it apart from the others, in words."""

    page: int
    reasons: tuple[str, ...]


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Look for pages of one PDF that are made otherwise than those around them."""
    digest = reading.exhibit.digest
    try:
        sheets = sheets_of(data)
    except StateRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be opened for this examination: {error}.")
        return
    if len(sheets) < LEAST_PAGES:
        yield _QUESTION.not_applicable(digest, f"It has {len(sheets)} page(s): too few to compare.")
        return
    found = odd_pages(sheets)
    numbered = _numbered(reading)
    for odd in found:
        within = {odd.page - 1, odd.page, odd.page + 1} <= numbered
        run = " Its number continues the numbering of the pages before and after it." if within else ""
        yield _QUESTION.finding(
            digest,
            f"Page {odd.page} of {len(sheets)} differs from the pages around it: {'; '.join(odd.reasons)}.{run}",
            (whole(digest, odd.page, (Box(0, 0, 1, 1),)),), Weight.LIMITED,
            f"making of page {odd.page}",
        )  # fmt: skip
    if not found:
        yield _QUESTION.nothing(
            digest, f"None of the inner ones of its {len(sheets)} pages is made otherwise than the rest."
        )


def odd_pages(sheets: tuple[Sheet, ...]) -> list[Odd]:
    """Return the inner pages that differ from what most pages share."""
    reasons: dict[int, list[str]] = {}
    for name, values in _features(sheets).items():
        counts = Counter(v for v in values.values())
        if not counts:
            continue
        usual, times = counts.most_common(1)[0]
        others = {n: v for n, v in values.items() if v != usual}
        if times < max(3, SHARE * len(values)) or len(others) > max(1, MOST_ODD * len(sheets)):
            continue
        for number, value in others.items():
            reasons.setdefault(number, []).append(f"{name} {value} instead of {usual}")
    for number, text in _fonts(sheets):
        reasons.setdefault(number, []).append(text)
    inner = range(2, len(sheets))
    kept = [Odd(n, tuple(r)) for n, r in sorted(reasons.items()) if n in inner]
    return kept if len(kept) <= max(1, MOST_ODD * len(sheets)) else []


def _features(sheets: tuple[Sheet, ...]) -> dict[str, dict[int, str]]:
    """Return, by feature, each page's value in words; pages without the feature are left out."""
    found: dict[str, dict[int, str]] = {"content": {}, "size": {}, "resolution": {}, "colour": {}, "compression": {}}
    for sheet in sheets:
        scan = sheet.scan
        if scan is None and sheet.letters < LEAST_LETTERS:
            continue
        number = sheet.number
        found["content"][number] = "a picture" if scan else "text"
        short, long = sorted((sheet.width, sheet.height))
        found["size"][number] = f"{SIZE * round(short / SIZE):.0f} by {SIZE * round(long / SIZE):.0f} points"
        if scan is not None:
            found["resolution"][number] = f"{10 * round(scan.dpi / 10)} dots an inch"
            found["colour"][number] = "grey" if scan.colour.endswith(("/8", "/1")) else "colour"
            found["compression"][number] = f"{scan.filters or 'none'}{f' ({scan.tables[:6]})' if scan.tables else ''}"
    return found


def _fonts(sheets: tuple[Sheet, ...]) -> list[tuple[int, str]]:
    """Return text pages that share no font with the others, or use the common font in a cut of their own."""
    written = [s for s in sheets if s.scan is None and s.letters >= LEAST_LETTERS and s.fonts]
    if len(written) < LEAST_PAGES:
        return []
    bases = Counter(b for s in written for b in {f.base for f in s.fonts})
    common = {b for b, n in bases.items() if n >= SHARE * len(written) and n >= 3}
    if not common:
        return []
    cuts = {b: Counter(f.tag for s in written for f in s.fonts if f.base == b) for b in common}
    found = []
    for sheet in written:
        mine = {f.base for f in sheet.fonts}
        if not mine & common and all(bases[b] <= max(1, MOST_ODD * len(written)) for b in mine):
            found.append((sheet.number, f"fonts {_listed(mine)}, which few other pages use"))
            continue
        apart = [b for b in sorted(mine & common) if _apart(sheet, b, cuts[b], len(written))]
        if apart and len(apart) == len(mine & common):
            found.append((sheet.number, f"its own cut of {_listed(set(apart))}, where the others share one"))
    return found


def _apart(sheet: Sheet, base: str, tags: Counter[str], pages: int) -> bool:
    """Whether a page uses a font only under tags that few pages have, while most share one."""
    usual, times = tags.most_common(1)[0]
    mine = {f.tag for f in sheet.fonts if f.base == base}
    return times >= SHARE * pages and usual not in mine and all(tags[t] <= max(1, MOST_ODD * pages) for t in mine)


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)[:3])


def _numbered(reading: Reading) -> frozenset[int]:
    """Return the pages whose first or last line bears a number that runs on from one page to the next."""
    printed: dict[int, set[int]] = {}
    for page in reading.pages:
        if page.state is PageState.READ and page.text.strip():
            lines = [line.strip() for line in page.text.splitlines() if line.strip()]
            edges = [line for line in (*lines[:2], *lines[-2:]) if len(line) <= _EDGE]
            printed[page.number] = {int(w) for line in edges for w in _figures(line)}
    found: set[int] = set()
    for number, values in printed.items():
        for value in values:
            if value + 1 in printed.get(number + 1, ()):
                found |= {number, number + 1}
    return frozenset(found)


def _figures(line: str) -> list[str]:
    words = line.replace("/", " ").replace("-", " ").replace("—", " ").replace("第", " ").replace("页", " ").split()
    return [w for w in words if w.isascii() and w.isdigit() and len(w) <= 4]


PAGEMIX = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Finds pages inside a PDF that are made otherwise than the pages around them.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=("application/pdf",),
    examine=examine,
)
