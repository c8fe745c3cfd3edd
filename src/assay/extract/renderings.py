"""Foreign names in Chinese: they are rendered by sound, with a few hundred characters that serve for it.

Limits: a character that is none of the list ends a name only where an organisation follows without a gap.
"""

from __future__ import annotations

import re
from functools import cache

from assay.extract.view import HAN
from assay.extract.vocabulary import words

REACH = 24
"""Within so many characters the organisation that follows must end."""


@cache
def _renderings() -> frozenset[str]:
    return frozenset("".join(words("persons", "rendering", "zh")))


def rendered_until(text: str, start: int, end: int, organisation: re.Pattern[str]) -> int:
    """Return where the dotted name at `text[start:end]` ends: before an organisation that follows without a gap."""
    if "·" not in text[start:end] or not re.match(rf"[{HAN}]", text[end : end + 1]):
        return end
    dot = text.rindex("·", start, end)
    odd = next((i for i in range(dot + 3, end) if text[i] not in _renderings()), end)
    return odd if organisation.search(text, odd, odd + REACH) else end
