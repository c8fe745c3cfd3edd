"""Labels that redaction programs print on their boxes, in the box's own colour: they cover nothing of the document.

Told by what such programs do: the words are of their kind (`marks.tsv`, "label"), or the same words are fitted into
several boxes of differing width, as no text of a document is. Limits: a document's own word that is one of those, set
on a dark field in the field's colour, is taken for a label; it is named as one, so that a person sees it.
"""

from __future__ import annotations

from typing import Any

from assay.examine.pdf.layers import fills_and_text
from assay.examine.pdf.marks import is_label
from assay.examine.pdf.states import INK, overlap
from assay.model import Box

REPEATED = 3
"""The same words on so many boxes are fitted labels, when the narrowest is by `FITTED` narrower than the widest."""
FITTED = 1.2
_ON = 0.9


def labels_of(page: Any) -> tuple[Box, ...]:
    """Return where labels stand on dark boxes of a pdfium page."""
    dark: list[Box] = []
    on: dict[str, list[Box]] = {}
    for item in fills_and_text(page):
        if item.kind == "fill" and item.shade < INK:
            dark.append(item.box)
        elif item.kind == "text" and any(overlap(item.box, box) >= _ON for box in dark):
            on.setdefault(" ".join(item.text.split()), []).append(item.box)
    return tuple(box for text, boxes in on.items() if is_label(text) or _fitted(boxes) for box in boxes)


def _fitted(boxes: list[Box]) -> bool:
    widths = sorted(b.x1 - b.x0 for b in boxes)
    return len(widths) >= REPEATED and widths[-1] >= FITTED * widths[0]
