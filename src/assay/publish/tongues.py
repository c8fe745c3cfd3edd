"""Marking foreign words in a page: what stands in Chinese, Russian or Ukrainian letters gets its language.

Purpose: a browser picks the right letters for Han, a screen reader the right voice, and a pointer tells a reader which
language it is. Limits: the language is told by the letters (`wording.language`); words in Latin letters are not marked.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from assay.publish.wording import LANGUAGES, language

_FOREIGN = "\u0400-\u052f\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef"
_RUN = re.compile(f"[{_FOREIGN}](?:[^A-Za-z“”]*[{_FOREIGN}])?")
"""From the first foreign letter to the last one before a Latin letter or a quotation mark of the program's."""


def tongues(text: str) -> Markup:
    """Return text as HTML, each run of foreign words in a `span` with its language and that language's name."""
    made, at = Markup(""), 0
    for run in _RUN.finditer(text):
        tag = language(run[0])
        made += escape(text[at : run.start()])
        said = escape(run[0])
        made += Markup('<span lang="{}" title="{}">{}</span>').format(tag, LANGUAGES[tag], said) if tag else said
        at = run.end()
    return made + escape(text[at:])
