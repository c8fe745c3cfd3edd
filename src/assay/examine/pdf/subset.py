"""`pdf.subset`: one font that stands on a page in several cuts, as after text was pasted in from another file.

A program that makes a page embeds of each font the letters that it needs, once, under a tag of six letters. Several
tags of one font on one page mean that parts of the page were made apart. Limits: a paste that reuses an embedded font,
or uses a font that was not on the page, leaves one. Source: ISO 32000-2, 9.9.2.
"""

from __future__ import annotations

from collections.abc import Iterable

from assay.examine.pdf.sheets import Sheet, sheets_of
from assay.examine.pdf.states import StateRefused
from assay.examine.question import Question, quoted
from assay.model import Reading, Record, Weight, whole
from assay.work.part import Examination

_MOST_SAID = 4

_LIMITS = (
    "It says that a page was put together from parts, not which part is later. Text that was pasted in a font of its "
    "own, or with the font that is there, is not seen."
)
_QUESTION = Question(
    part="pdf.subset",
    version="1",
    proposition="Parts of the page were made apart and put together later.",
    alternative="The page was made in one piece.",
    expected="One cut of each font on a page.",
    innocent=(
        "pages or forms that a program merged, imposed or stamped",
        "drawings placed on the page that brought their own fonts",
        "a program that cuts a font anew for every encoding that it needs",
    ),
    limits=_LIMITS,
    heaviest=Weight.LIMITED,
)


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Look for fonts that stand on a page in several cuts."""
    digest = reading.exhibit.digest
    try:
        sheets = sheets_of(data)
    except StateRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be opened for this examination: {error}.")
        return
    tagged = [s for s in sheets if any(f.tag for f in s.fonts)]
    if not tagged:
        yield _QUESTION.not_applicable(digest, f"None of its {len(sheets)} pages uses a font cut to what it needs.")
        return
    pages = {s.number: several(s) for s in tagged}
    found = {number: fonts for number, fonts in pages.items() if fonts}
    if not found:
        yield _QUESTION.nothing(digest, f"On each of {len(tagged)} pages every font stands in one cut.")
        return
    habit = len(found) * 2 > len(tagged) and len(tagged) > 2
    said = "; ".join(
        f"page {number}, {quoted(base, 40)} as {' and '.join(tags)}"
        for number, fonts in list(found.items())[:_MOST_SAID]
        for base, tags in fonts.items()
    )
    more = " Most of its pages are so: a habit of the program that made it." if habit else ""
    yield _QUESTION.finding(
        digest, f"On {len(found)} of {len(tagged)} pages a font stands in several cuts: {said}.{more}",
        [whole(digest, n) for n in found], Weight.NEUTRAL if habit else Weight.LIMITED, "several cuts of a font",
    )  # fmt: skip


def several(sheet: Sheet) -> dict[str, list[str]]:
    """Return the fonts of one kind that a page uses under several tags, with the tags."""
    tags: dict[tuple[str, str], set[str]] = {}
    for font in sheet.fonts:
        if font.tag:
            tags.setdefault((font.base, font.kind), set()).add(font.tag)
    return {base: sorted(its) for (base, _), its in sorted(tags.items()) if len(its) > 1}


SUBSET_TAGS = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Finds pages of a PDF on which one font stands in several cuts.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=("application/pdf",),
    examine=examine,
)
