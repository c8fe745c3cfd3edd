"""Who is named in a report: the outlet that prints it, outlets that it quotes, and people who say something in it.

Limits: an outlet is known by its place (masthead, byline) or by saying something under a name of its own; a person by
the shape of the name, or by saying something. Who only "sources" or "an official" are is named by nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assay.extract.heads import Head
from assay.extract.organisations import persons_in, position_in
from assay.extract.outlets import printer_of
from assay.extract.sentences import sentences
from assay.extract.speakers import Memory, chain_of
from assay.extract.view import HAN, View, clauses, fold, read_pages
from assay.extract.vocabulary import cue
from assay.model import Reading, Speaker, Text

_KINDS = {"outlet": "organisation", "person": "person"}
_LATIN_NAME = re.compile(
    r"(?:the\s+)?[A-ZА-ЯЁІЇЄҐ][\w'’.\-]*(?:\s+(?:of|the|and|de|i|и|та|&)?\s*[A-ZА-ЯЁІЇЄҐ\w][\w'’.\-]*){0,4}"
)
_HAN_NAME = re.compile(rf"[{HAN}A-Za-z·]{{2,14}}")
_NO_NAME = re.compile(
    r"(?:the\s+)?(?:(?:пресс?-служб\w+|press (?:service|office) of(?: the)?|(?:news)?paper|(?:news )?agency|magazine"
    r"|газет\w+|издани\w+|видання|агентств\w+|журнал\w*"
    r"|портал\w*)\s+)?[\"'«“《]?\s*",
    re.IGNORECASE,
)
_FIRM = re.compile(r",?\s+(?:Co|Corp|Inc|Ltd|LLC|GmbH|Company|Group|Partners)\b")
_NO_OUTLET = re.compile(
    r"(?:本报|该报|记者|双方|专家|文件|编辑部|消息|资料|the (?:newspaper|newsroom|agency|paper)|редакция|издание|газета"
    r"|редакція|видання)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reporter:
    """A name in a report with its place and kind: organisation (an outlet) or person."""

    name: Text
    kind: str
    view: View
    position: Text | None = None


def reporters_in(reading: Reading, head: Head) -> Iterator[Reporter]:
    """Yield the outlets and persons that a report names, in text order after the one who prints it."""
    printer = printer_of(reading, head)
    if printer is not None and printer.span is not None and _is_name(printer):
        first = next(row for row in [*head.zone, *_last(reading)] if row.page.number == printer.span.page)
        yield Reporter(_text(printer, first), _KINDS.get(printer.kind, "organisation"), first)
    memory = Memory()
    for page in read_pages(reading):
        for row in clauses(page):
            for sentence in sentences(row):
                for name in persons_in(sentence):
                    if _FIRM.match(sentence.text, name.end):
                        continue
                    place = position_in(sentence.text[: name.start])
                    posted = place is not None and not sentence.text[place[1] : name.start].strip(" ,")
                    yield Reporter(
                        sentence.written(name.start, name.end), "person", sentence,
                        sentence.written(*place) if posted and place else None,
                    )  # fmt: skip
                told = any(cue("speech", key).search(sentence.text) for key in ("verb", "according"))
                if row.kind in ("table", "heading") or not told:
                    continue
                for speaker in chain_of(sentence, None, memory, bound=False):
                    if speaker.kind not in _KINDS or not _is_name(speaker) or not _stands_in(speaker, sentence):
                        continue
                    if speaker.kind != "person" or not _no_person(_text(speaker, sentence).value, sentence):
                        yield Reporter(_text(speaker, sentence), _KINDS[speaker.kind], sentence)


def _last(reading: Reading) -> list[View]:
    return [row for page in read_pages(reading)[-1:] for row in clauses(page)]


def _stands_in(speaker: Speaker, sentence: View) -> bool:
    """Tell whether the speaker is named in this very sentence, and not remembered from one before."""
    span = speaker.span
    return span is not None and span.page == sentence.page.number and sentence.begin <= span.start < sentence.end


def _text(speaker: Speaker, view: View) -> Text:
    """Return the name as written, without an article, quotes or a word like "agency" before it."""
    assert speaker.span is not None
    text = speaker.span.quote
    lead = _NO_NAME.match(text)
    start = speaker.span.start + (lead.end() if lead else 0)
    span = view.page.span(start, speaker.span.start + len(text.rstrip("\"'»”》")))
    return Text(span.quote, fold(span.quote), "", span)


def _no_person(name: str, view: View) -> bool:
    """Tell whether a phrase that was taken for a person holds an abbreviation, an office, or Latin in Cyrillic text."""
    first = name.split()[0]
    if any(w.isupper() and len(w) > 1 for w in re.findall(r"[^\W\d_.]+", name)) and not name.isupper():
        return True
    if re.match("Мин[а-я]{4,}|Гос[а-я]{5,}|Рос[а-я]{5,}", first) or cue("speech", "person").match(first):
        return True
    around = re.sub(re.escape(name), "", view.text)
    return re.search("[A-Za-z]", name) is not None and len(re.findall("[а-яіїє]", around)) > len(name)


def _is_name(speaker: Speaker) -> bool:
    """Tell whether a speaker is called by a name: words in capitals, or a few Han characters."""
    if speaker.span is None or speaker.kind == "document":
        return False
    name = fold(speaker.span.quote).strip("\"'《》 ")
    if _NO_OUTLET.search(name) or cue("speech", "anonymous").search(name) or cue("speech", "generic").fullmatch(name):
        return False
    if re.search(f"[{HAN}]", name):
        if re.search("[的该某]|一名|本报|本刊|签署|签字|盖章|日期|[市县省区]$", name):
            return False
        return _HAN_NAME.fullmatch(name) is not None
    return _LATIN_NAME.fullmatch(name) is not None and (" " in name or speaker.kind == "outlet")
