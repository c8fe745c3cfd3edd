"""What an agreement is about: the goods or works that its subject clause or its title names.

Limits: the words between the verb and what is said about quantity or annex; a subject that is told over several
clauses is cut to the first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assay.extract.heads import Head
from assay.extract.sections import Clause
from assay.extract.sentences import sentences
from assay.extract.view import View
from assay.extract.vocabulary import cue
from assay.model import DocumentKind, Text

LONGEST = 220
_DEFINES = re.compile(r"[(]|,? ?(?:именуем|іменован|що іменується|hereinafter)", re.IGNORECASE)


def subject_of(rows: Sequence[Clause], head: Head) -> Text | None:
    """Return the subject by the clause of that name, a label, or the first clause that supplies something."""
    for row in rows:
        if row.section == "subject" and not row.heading and len(row.body.text) > (8 if _han(row.body.text) else 20):
            if row.tabular:
                continue
            for sentence in sentences(row.body):
                found = _object(sentence)
                if found is not None:
                    return found
            break
    labelled = _labelled(head)
    if labelled is not None:
        return labelled
    if head.kind not in (DocumentKind.CONTRACT, DocumentKind.LICENCE):
        return None
    for row in rows[:60]:
        if row.heading or not cue("obligations", "modal").search(row.body.text):
            continue
        for sentence in sentences(row.body):
            found = _object(sentence)
            if found is not None:
                return found
    first = next((r for r in rows if r.section == "subject" and not r.heading), None)
    return sentences(first.body)[0].whole() if first is not None and len(first.body.text) > 20 else None


def _han(text: str) -> bool:
    return bool(re.search("[\u4e00-\u9fff]", text))


def _labelled(head: Head) -> Text | None:
    label = cue("head", "subject")
    for row in head.zone:
        lead = len(row.text) - len(row.text.lstrip())
        hit = label.match(row.text, lead)
        colon = re.match(r"\s*[:\t]\s*", row.text[hit.end() :]) if hit else None
        if hit and colon and len(row.text) - hit.end() - colon.end() > 5:
            return row.written(hit.end() + colon.end(), len(row.text))
    return None


def _object(sentence: View) -> Text | None:
    """Return what is supplied: behind the last verb of supplying before a quantity, an annex or a definition."""
    text = sentence.text
    stop = next((h for h in cue("subjects", "after").finditer(text) if _DEFINES.match(h.group())), None)
    for hit in reversed(list(cue("subjects", "before").finditer(text))):
        if not _han(hit.group()) and re.match(r"[^\W\d_]", text[hit.end() : hit.end() + 1]):
            continue
        start = _skipped(text, hit.end())
        ends = [h.start() for h in cue("subjects", "after").finditer(text) if h.start() > start]
        end = min([*ends, len(text)])
        phrase = text[start:end].strip(" ,.;:。，")
        if stop is not None and start > stop.start() and stop.start() > 12:
            continue
        if any(h.end() >= len(phrase) for h in cue("subjects", "before").finditer(phrase)):
            continue
        if len(phrase) < (2 if _han(phrase) else 4) or len(phrase) > LONGEST or not re.search(r"[^\W\d_]{2}", phrase):
            continue
        return _made(sentence, start, end)
    return None


def _skipped(text: str, start: int) -> int:
    """Return where the object begins: the words for the parties and empty words behind the verb left out."""
    while True:
        gap = re.match(r"[\s:,—–\-]+", text[start:])
        start += gap.end() if gap else 0
        hit = cue("subjects", "skip").match(text, start)
        if (
            hit is None
            or hit.end() == start
            or (not _han(hit.group()) and re.match(r"[^\W\d_]", text[hit.end() : hit.end() + 1]))
        ):
            return start
        start = hit.end()


def _made(sentence: View, start: int, end: int) -> Text:
    while end > start and sentence.text[end - 1] in " ,.;:。，":
        end -= 1
    made = sentence.written(start, end)
    return replace(made, value=made.value.strip(" ,.;"))
