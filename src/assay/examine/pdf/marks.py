"""What offices and programs lay on a finished page: numbers, headers, registration stamps, signature blocks.

Limits: judged by place and by usual wording (`marks.tsv`); a mark can be imitated, so a mark is at most a reason to
weigh less, never a reason to say nothing.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from assay.model import Box

MARGIN_Y = 0.085
MARGIN_X = 0.055
"""Shares of the page's height and width that count as margin (2.5 cm and 1.15 cm of an A4 page)."""


def in_margin(box: Box) -> bool:
    """Whether a box lies wholly in the page's margin."""
    return box.y1 <= MARGIN_Y or box.y0 >= 1 - MARGIN_Y or box.x1 <= MARGIN_X or box.x0 >= 1 - MARGIN_X


def is_signature_block(text: str) -> bool:
    """Whether `text` has the wording of an electronic signature's visible mark."""
    return _matches("signature", text)


def is_stamp(text: str) -> bool:
    """Whether `text` has the wording of a registration stamp or a copy mark."""
    return _matches("stamp", text)


def is_number(text: str) -> bool:
    """Whether `text` is a page number, a Bates number or a court's document line."""
    return _matches("number", text)


def is_label(text: str) -> bool:
    """Whether `text` has the wording of a label that redaction programs print on their boxes."""
    return _matches("label", text)


def _matches(kind: str, text: str) -> bool:
    folded = " ".join(text.split())
    return any(pattern.search(folded) for pattern in _patterns()[kind])


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    found: dict[str, list[re.Pattern[str]]] = {}
    table = files("assay.examine.pdf").joinpath("marks.tsv").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            kind, _, pattern = line.split("\t")
            found.setdefault(kind, []).append(re.compile(pattern, re.IGNORECASE))
    return {kind: tuple(patterns) for kind, patterns in found.items()}
