"""The words of a description's cell: one language of two, without the designation that stands in the same cell.

Limits: two languages are told apart by their scripts, or by the stroke that the table's other cells have, too.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assay.extract.view import View, fold
from assay.model import Designation, Text


def without_code(cell: View, words: Text, designation: Designation) -> Text:
    """Return a description without the designation that stands at its end or beginning."""
    span = designation.span
    if span is None or words.span is None or not (words.span.start <= span.start and span.end <= words.span.end):
        return words
    first = next((i for i, at in enumerate(cell.at) if at >= words.span.start), 0)
    last = next((i for i, at in enumerate(cell.at) if at >= words.span.end), len(cell.at))
    start = next(i for i, at in enumerate(cell.at) if at >= span.start)
    end = next((i for i, at in enumerate(cell.at) if at >= span.end), len(cell.at))
    marks = " \t,;:«»\"'“”()-–—"
    while end < last and cell.text[end] in marks:
        end += 1
    while start > first and cell.text[start - 1] in marks:
        if cell.text[start - 1] == ")" and "(" in cell.text[first : start - 1]:
            break
        start -= 1
    if end >= last and start - first >= 2 and re.search(r"[^\W\d_]{2}", cell.text[first:start]):
        return cell.written(first, start)
    if start <= first and last - end >= 2 and re.search(r"[^\W\d_]{2}", cell.text[end:last]):
        return cell.written(end, last)
    return words


def parted_by_code(words: Text, designation: Designation | None) -> Text:
    """Return a description whose own words go on behind a designation, or a dash for none, without it.

    A column that holds both sets the designation in its own right half, and a reader reads it between two lines.
    """
    if designation is None:
        return replace(words, value=re.sub(r"(?<=\w) [—–] (?=[^\W\d_])", " ", words.value, count=1))
    before, code, after = words.value.partition(designation.written)
    if not code or not before.strip() or not re.search(r"[^\W\d_]{2}", after):
        return words
    return replace(words, value=fold(before.rstrip(' «"') + " " + after.lstrip(' »"')))


def one_language(cell: View, *, paired: bool = False) -> Text:
    """Return a cell's text; of two languages set in one cell, parted by a stroke or a line's end, the first.

    `paired` tells that the table's other cells are so parted: then a stroke parts, whatever recognition made of the
    letters behind it.
    """
    lead = re.match(r"[\s/|]*", cell.text)
    begin = lead.end() if lead and lead.end() < len(cell.text) else 0
    for hit in _STROKE.finditer(cell.text, begin):
        before, after = cell.text[begin : hit.start()], cell.text[hit.end() :]
        if re.search(r"[^\W\d_]{2}", before) and (paired or _script(before) != _script(after)):
            return cell.written(begin, len(cell.text[: hit.start()].rstrip(" —–-")))
    raw = [i for i in range(1, len(cell.at)) if "\n" in cell.page.text[cell.at[i - 1] : cell.at[i]]]
    for at in raw:
        if at > begin and cell.text[begin:at].strip() and _script(cell.text[begin:at]) != _script(cell.text[at:]):
            return cell.written(begin, at)
    for hit in _TO_HAN.finditer(cell.text, begin):
        before, after = cell.text[begin : hit.start()], cell.text[hit.end() :]
        if {_script(before), _script(after)} & {"han"} and not _mixed(before) and not _mixed(after):
            return cell.written(begin, hit.start())
    end = len(cell.text.rstrip(" —–-"))
    return cell.written(begin, end if end > begin else len(cell.text))


_STROKE = re.compile(r"[\s·•.]*/\s+|\s+/\s*|\s*/\s*(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])[\s·•]*/\s*")
_TO_HAN = re.compile(r"(?<=[^\W\d_])\s+(?=[\u4e00-\u9fff]{2})|(?<=[\u4e00-\u9fff])\s+(?=[^\W\d_\u4e00-\u9fff]{3})")
"""Where the other language of a cell goes on behind no more than a blank."""


def _mixed(text: str) -> bool:
    """Tell whether a text has words in Han and words of letters: an article's name may quote the other script."""
    return bool(re.search("[\u4e00-\u9fff]{2}", text) and re.search(r"[^\W\d_\u4e00-\u9fff]{3}", text)) or not (
        re.search(r"[\u4e00-\u9fff]{2}|[^\W\d_]{4}", text)
    )


def _script(text: str) -> str:
    """Return the script of most letters: han, cyrillic, latin or none. Codes in capitals are not counted."""
    plain = re.sub(r"[A-ZА-Я]+[\-–]?\d[\w\-]*|[\u4e00-\u9fff]{2}[\-–]\d+[A-Z]?型?", " ", text)
    counts = {
        "han": len(re.findall("[\u4e00-\u9fff]", plain)) * 3,
        "cyrillic": len(re.findall("[\u0400-\u04ff]", plain)),
        "latin": len(re.findall("[A-Za-z]", plain)),
    }
    best = max(counts, key=lambda k: counts[k])
    return best if counts[best] else "none"
