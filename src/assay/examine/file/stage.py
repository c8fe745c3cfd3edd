"""`doc.stage`: marks that a document bears of being a draft, or of having been signed.

Neutral facts for the axis of stage; whether a signature holds is another examination's question. Limits: marks in words
and signature fields only; a signature or seal that is a picture is not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from assay.examine.question import Question, quoted
from assay.model import Direction, Page, PageState, Reading, Record, Span, Weight
from assay.work.part import Examination

DRAFT, BLANK, SIGNED = "draft mark", "open blanks", "signing mark"
"""The causes; the policy of the axes knows the first and the last by these words. Open blanks decide nothing."""
EDGE = 6
"""A draft's mark counts in the first or last so many lines of a page."""
_LONGEST = 200
_FIELD = re.compile(rb"/ByteRange\s*\[\s*\d+\s+\d+\s+\d+\s+\d+\s*\]")

_LIMITS = "Marks in words and signature fields only. A mark can stay on a final text, and a final text can lack any."
_QUESTION = Question(
    part="doc.stage",
    version="3",
    proposition="The document is not, or is no longer, at the stage that it seems to be.",
    alternative="The document is at the stage that its marks say.",
    expected="No draft's mark and no open blank in a final document; a signature where one is due.",
    innocent=("a mark that was left standing by oversight", "a blank that is filled in by hand on the paper copy"),
    limits=_LIMITS,
    heaviest=Weight.NEUTRAL,
)


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Look for a draft's marks, open blanks and signatures in one exhibit."""
    digest = reading.exhibit.digest
    pages = [p for p in reading.pages if p.state is PageState.READ and p.text.strip()]
    if not pages:
        yield _QUESTION.not_applicable(digest, "No page of it holds words.")
        return
    draft = [s for page in pages for s in _lines(page, "draft", EDGE)]
    blank = [s for page in pages for s in _lines(page, "blank", 0)]
    signed = [s for page in pages for s in _lines(page, "signed", 0)]
    field = reading.exhibit.media_type == "application/pdf" and bool(_FIELD.search(data))
    for spans, what, group in ((draft, "mark(s) of a draft", DRAFT), (blank, "date(s) or number(s) left open", BLANK)):
        if spans:
            words = "; ".join(quoted(s.quote, 60) for s in spans[:5])
            yield _QUESTION.finding(
                digest, f"It bears {len(spans)} {what}: {words}.", spans, Weight.NEUTRAL, group,
                direction=Direction.NEITHER,
            )  # fmt: skip
    if signed or field:
        words = "; ".join(quoted(s.quote, 60) for s in signed[:5])
        said = [f"in words: {words}"] if signed else []
        said += ["as a signature field in the file"] if field else []
        yield _QUESTION.finding(
            digest, f"It bears a mark of signing, {' and '.join(said)}.", signed, Weight.NEUTRAL, SIGNED,
            direction=Direction.NEITHER,
        )  # fmt: skip
    if not (draft or blank or signed or field):
        yield _QUESTION.nothing(
            digest, f"Its {len(pages)} pages bear no mark of a draft and none of signing.", direction=Direction.NEITHER
        )


def is_draft(pages: Iterable[Page]) -> bool:
    """Tell whether a document bears a draft's mark, or still holds tracked changes as its reader noted them."""
    return any(
        any(note.startswith("tracked changes") for note in page.notes) or _lines(page, "draft", EDGE) for page in pages
    )


def _lines(page: Page, kind: str, edge: int) -> list[Span]:
    """Return the lines of a page that are such a mark; `edge` limits to the first and last lines."""
    lines = [m for m in re.finditer(r"[^\n]+", page.text) if m.group().strip()]
    if edge:
        lines = lines if len(lines) <= 2 * edge else [*lines[:edge], *lines[-edge:]]
    found = []
    for line in lines:
        text = line.group()
        if len(text) <= _LONGEST and _is_mark(text.strip(), kind):
            start = line.start() + len(text) - len(text.lstrip())
            found.append(page.span(start, start + len(text.strip())))
    return found


def _is_mark(text: str, kind: str) -> bool:
    """Tell whether a line is such a mark, or two of them side by side: the same in two languages."""
    patterns = _patterns()[kind]
    gaps = [m.span() for m in re.finditer(r"\s*[/|·]\s*|\s+", text)]
    return any(pattern.fullmatch(text) for pattern in patterns) or any(
        any(pattern.fullmatch(text[:start]) for pattern in patterns)
        and any(pattern.fullmatch(text[end:]) for pattern in patterns)
        for start, end in gaps
    )


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    found: dict[str, list[re.Pattern[str]]] = {}
    table = files("assay.examine.file").joinpath("stage.tsv").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            kind, _, pattern = line.split("\t")
            found.setdefault(kind, []).append(re.compile(pattern, re.IGNORECASE))
    return {kind: tuple(patterns) for kind, patterns in found.items()}


STAGE = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Finds the marks of a draft and the marks of signing that a document bears.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    examine=examine,
)
