"""Chains of speakers: from the one who prints a sentence to the first one whom it names as knowing it.

Purpose: "The Courier writes that, according to the agency Lynx, contract No. 7 ..." is three links.
Limits: own rules on word order, no parse; unnamed plural speakers ("experts say") are no link; a speaker that a
sentence only implies ("he added", "in the document") is the last one that the report named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assay.extract.grammar import nominative
from assay.extract.organisations import han_person, organisations_in, persons_in, position_in
from assay.extract.references import named_in
from assay.extract.view import HAN, View, fold
from assay.extract.vocabulary import cue, words
from assay.model import DocumentKind, Speaker

_PRONOUN = re.compile(
    r"^(?:он|она|они|він|вона|вони|he|she|they|it|他|她|他们|该人士|该官员|собеседник\w*)$", re.IGNORECASE
)
_EDGE = re.compile(r"[,;:—–()。；，：\n]| - |\bthat\b|\bчто\b|\bщо\b")
_TRIM = " \t,;:—–-\"«»“”'‘’().。，、《》"
_AUXILIARY = re.compile(
    r"\s+(?:have|has|had|also|already|earlier|later|then|первоначально|также|уже|ранее|позже|вже|також|раніше)$",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"(?:^|\s)(?:is|are|was|were|be|been|being|не|был[аио]?|була|було|були|является)$|(?:经过|被|得到|未经|已经)$",
    re.IGNORECASE,
)
_TEMPORAL = re.compile(
    r"^(?:(?:в|во|на|on|in|у)\s+(?:понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье|"
    r"(?:этом|своем|своём)?\s*\w*(?:заявлении|интервью|сообщении|статье|материале)|\w+day|понеділок"
    r"|вівторок|середу|четвер"
    r"|п'ятницу|суботу|неділю)|ранее|также|позже|раніше|also|earlier|later|yesterday|today|вчера|сегодня"
    r"|при этом|between"
    r"|meanwhile|昨日|今日|近日|日前|当天|此前|同时|另外|周[一二三四五六日]|as(?= )|как(?= )|як(?= ))\s*",
    re.IGNORECASE,
)
_THAT = re.compile(r"\s*,?\s*(?:что|що|that)(?!\w)|\s*[:：]", re.IGNORECASE)
_LAST_QUOTE = re.compile(r"[«“\"《](?P<name>[^«»“”\"《》]{2,60})[»”\"》]")


@dataclass(slots=True)
class Memory:
    """Whom the report named last: a speaker, and the contract or other paper that it is about."""

    speaker: Speaker | None = None
    paper: Speaker | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    start: int
    end: int
    order: int
    speaker: Speaker


def chain_of(view: View, printer: Speaker | None, memory: Memory, *, bound: bool) -> list[Speaker]:
    """Return the chain of a sentence, outermost first; `bound` tells that it says what a contract binds to.

    `memory` is brought up to date with whom the sentence names.
    """
    text = view.text
    said: list[_Said] = []
    for hit in cue("speech", "according").finditer(text):
        span = _after(view, hit.end())
        if span is not None:
            _add(said, view, hit.start(), span, 1)
    for hit in cue("speech", "verb").finditer(text):
        if any(s.start <= hit.start() < s.end for s in said) or _in_quotes(text, hit.start()):
            continue
        span = _subject(view, hit.start(), hit.end())
        if span is None:
            continue
        who = text[span[0] : span[1]].strip(_TRIM)
        if _PRONOUN.match(who):
            if memory.speaker is not None:
                said.append(_Said(hit.start(), hit.end(), 0, memory.speaker))
        elif not any(s.start <= span[0] < s.end for s in said) and not _PASSIVE.search(who):
            _add(said, view, hit.start(), span, 0)
    chain = [s.speaker for s in sorted(said, key=lambda s: (s.order, s.start))]
    paper = _paper(view)
    if paper is not None:
        memory.paper = paper
    stated = cue("speech", "stated_in").search(text)
    chain = [s for s in chain if s.kind != "document"] + [s for s in chain if s.kind == "document" and s.name]
    if any(s.kind == "document" for s in chain) or stated or (bound and paper is not None):
        chain = [s for s in chain if s.kind != "document"]
        known = paper or memory.paper
        if known is not None:
            chain.append(known)
    if chain and chain[-1].kind != "document":
        memory.speaker = chain[-1]
    whole = [printer, *chain] if printer is not None else chain
    return _distinct(whole)


def _add(said: list[_Said], view: View, start: int, span: tuple[int, int], order: int) -> None:
    phrase = view.text[span[0] : span[1]].strip(_TRIM)
    generic = cue("speech", "generic").match(phrase)
    plain = re.sub(r"\s.*$", "", phrase[generic.end() :]).strip() if generic else "x"
    if generic and not plain and not re.search(r"[№\d]", phrase):
        if cue("topics", "papers").match(phrase):
            said.append(_Said(start, span[1], order, Speaker("", "document", view.span(*span))))
        return
    lead = _WITHIN.match(view.text[span[0] : span[1]])
    made = speaker(view, span[0] + (lead.end() if lead else 0), span[1])
    if made.kind == "document" or _names(made.name):
        said.append(_Said(min(start, span[0]), max(start, span[1]), order, made))


_WITHIN = re.compile(r"(?:в|во|у|at|in)\s+(?=\S{3})", re.IGNORECASE)


def _names(name: str) -> bool:
    """Tell whether a phrase can be a speaker: it holds a name in capitals, Han, or says that the source is unnamed."""
    if len(re.sub(r"\W", "", name)) < 2:
        return False
    if re.search(f"[{HAN}]", name) or cue("speech", "anonymous").search(name):
        return True
    return any(c.isupper() for c in name[1:]) or (name[:1].isupper() and len(name) > 3)


def _distinct(found: list[Speaker]) -> list[Speaker]:
    out: list[Speaker] = []
    for one in found:
        key = re.sub(r"[\"«»]", "", fold(one.name)).casefold()
        if all(key != re.sub(r"[\"«»]", "", fold(o.name)).casefold() for o in out):
            out.append(one)
    return out


def _paper(view: View) -> Speaker | None:
    """Return the contract that a sentence names, as a speaker: "контракт № 7"."""
    for one in named_in(view):
        if one.kind not in (DocumentKind.CONTRACT, DocumentKind.LICENCE, DocumentKind.AMENDMENT):
            continue
        end = one.end
        tail = re.match(r"号?(?:合同|协议)", view.text[end:])
        end += tail.end() if tail else 0
        phrase = fold(view.text[one.start : end])
        return Speaker(nominative(phrase, _language(view)), "document", view.span(one.start, end))
    return None


def _language(view: View) -> str:
    if re.search("[іїєґІЇЄҐ]", view.text):
        return "uk"
    return "ru" if re.search("[а-яА-Я]", view.text) else view.language


def _in_quotes(text: str, at: int) -> bool:
    before = text[:at]
    opened = before.rfind("«") > before.rfind("»") or before.rfind("“") > before.rfind("”")
    straight = before.count('"') % 2 == 1 and text.count('"') > 1 and '"' in text[at:]
    return opened or straight


def _after(view: View, start: int) -> tuple[int, int] | None:
    """Return the noun phrase behind "according to"."""
    text = view.text
    skip = re.match(r"[\s:]*", text[start:])
    begin = start + (skip.end() if skip else 0)
    if re.match(f'[{HAN}《“"]', text[begin : begin + 1]):
        stop = re.search(
            r"[，,。；;]|报道|消息|透露|称|表示|说|为(?=[A-Z\d])|的?(?:话|说法|消息|报道)|显示|援引|介绍", text[begin:]
        )
        end = begin + (stop.start() if stop else min(len(text) - begin, 24))
        return (begin, end) if end > begin else None
    end = begin
    depth = 0
    for hit in re.finditer(r"[^\s]+\s*", text[begin:]):
        word = hit.group()
        if depth == 0 and end > begin and re.match(r"[—–]", word):
            break
        depth += (
            word.count("«") + word.count("“") + word.count("(") - word.count("»") - word.count("”") - word.count(")")
        )
        end = begin + hit.end()
        if (
            depth <= 0
            and re.search(r"[,;:][\"»”]?\s*$|[.!?][\"»”]?\s*$", word)
            and not re.match(r"(?:[A-ZА-ЯЁІЇЄ]|No|no)\.\s*$", word)
        ):
            break
        if end - begin > 110:
            break
    cut = re.search(r"\s(?:что|that|що|о том|about)\s", text[begin:end])
    return _tight(view, begin, begin + cut.start() if cut else end)


def _subject(view: View, start: int, end: int) -> tuple[int, int] | None:
    """Return the noun phrase that says: before the verb, or behind it when the statement stands before."""
    text = view.text
    if re.match(f"[{HAN}]", text[start : start + 1]):
        return _han_subject(text, start)
    left_edges = [m.end() for m in _EDGE.finditer(text[:start])]
    begin = left_edges[-1] if left_edges else 0
    if _THAT.match(text[end:]) and not text[begin:start].strip(_TRIM):
        first = re.search(r"[;:]\s", text[:start])
        return _tight(view, first.end() if first else 0, start)
    left = _TEMPORAL.sub("", text[begin:start].strip(_TRIM))
    quote_before = re.search(r"[»”\",]\s*[—–-]?\s*$", text[:start]) is not None
    if (
        quote_before
        and text[begin:start].strip(" ,—–-").endswith(("»", "”"))
        and left
        and text[:start].rstrip().endswith(("»", "”"))
    ):
        quote_before = (
            begin == 0
            and _LAST_QUOTE.fullmatch(text[:start].strip()) is None
            and not _THAT.match(text[end:])
            and "," in text[:start]
        )
    if quote_before or not left:
        right = re.match(
            r"\s*(?:(?:также|ранее|also|earlier|ещё"
            r"|еще)\s+)?(?P<who>[^,;:.«»\"“”—–()]{0,100}(?:[«“\"][^»”\"]{1,60}[»”\"])?)",
            text[end:],
        )
        if right and right.group("who").strip():
            return _tight(view, end + right.start("who"), end + right.end("who"))
    if not left:
        return None
    begin = max(begin, start - 120)
    span = _tight(view, begin, start)
    if span is None:
        return None
    phrase = text[span[0] : span[1]]
    lead = _TEMPORAL.match(phrase)
    first_ = span[0] + (lead.end() if lead and lead.end() < len(phrase) else 0)
    tail = _AUXILIARY.search(text[first_ : span[1]])
    return (first_, first_ + tail.start()) if tail else (first_, span[1])


def _han_subject(text: str, start: int) -> tuple[int, int] | None:
    edges = [m.end() for m in re.finditer(r"[，,。；;：:“”\"]|据|日电|讯", text[:start])]
    begin = edges[-1] if edges else 0
    lead = re.match(
        r"(?:但|而|同时|此外|另据|对此|其|昨日|今日|近日|日前|当天|此前|另外|周[一二三四五六日]|\d+日)+",
        text[begin:start],
    )
    begin += lead.end() if lead else 0
    stop = start
    cited = re.search(r"援引|引述|引用|转引", text[begin:start])
    if cited and cited.start() > 1:
        stop = begin + cited.start()
    tail = re.search(
        r"(?:对此|在\w{0,12}(?:上|中|时)|向\w{0,14}|对\w{0,10}|则|还|也|已|曾|并|没有|拒绝)$", text[begin:stop]
    )
    stop = begin + tail.start() if tail and tail.start() > 1 else stop
    return (begin, stop) if 1 < stop - begin <= 40 else None


def _tight(view: View, start: int, end: int) -> tuple[int, int] | None:
    text = view.text
    while start < end and text[start] in " \t,;:—–-":
        start += 1
    while end > start and text[end - 1] in " \t,;:—–-":
        end -= 1
    if text[start:end].endswith(".") and not re.search(r"[A-ZА-Я]\.$|(?:Ltd|Inc|Co)\.$", text[start:end]):
        end -= 1
    return (start, end) if end > start else None


def speaker(view: View, start: int, end: int) -> Speaker:
    """Return the speaker that a phrase names: by its person's, paper's or organisation's name when it has one."""
    part = view.part(start, end)
    language = _language(view)
    paper = _paper(part)
    if paper is not None:
        return paper
    kind = kind_of(part.text)
    people = persons_in(part)
    if han_person(part.text.strip()):
        return Speaker(fold(part.text), "person", part.span(0, len(part.text)))
    names = organisations_in(part)
    quoted = _LAST_QUOTE.search(part.text)
    if people:
        name = people[0]
        written = nominative(fold(part.text[name.start : name.end]), language, person=True)
        return Speaker(written, "person", part.span(name.start, name.end))
    if quoted and (kind == "outlet" or fold(part.text).strip(_TRIM) == fold(quoted.group("name"))):
        return Speaker(fold(quoted.group("name")), "outlet", part.span(*quoted.span("name")))
    if names and (position_in(part.text) is None or names[0].start < 3):
        written = nominative(fold(part.text[names[0].start : names[0].end]), language)
        made = Speaker(written, kind if kind == "outlet" else "institution", part.span(names[0].start, names[0].end))
        return replace(made, name=re.sub(r"^[Tt]he\s+", "", made.name))
    posted = position_in(part.text)
    if posted is not None and kind in ("person", "unknown"):
        capital = re.search(r"((?:[A-ZА-ЯЁІЇЄ][\w'’\-]+\s*){2,3})$", part.text)
        if capital:
            written = nominative(fold(capital.group(1)), language, person=True)
            return Speaker(written, "person", part.span(*capital.span(1)))
    capitals = re.fullmatch(r"(?:[A-ZА-ЯЁІЇЄ][\w'’\-]+\s*){2,4}", part.text.strip())
    plain = fold(part.text).strip(_TRIM)
    if capitals is not None and not re.match(r"The\b", plain):
        if kind != "outlet" and plain.split()[-1] in words("speech", "paper"):
            kind = "outlet"
        return Speaker(
            nominative(plain, language, person=kind in ("person", "unknown")),
            kind if kind != "unknown" else "person",
            part.span(0, len(part.text)),
        )
    if (
        kind in ("person", "unknown")
        and re.fullmatch(r"[Tt]he(?:\s+[A-Z][\w'’-]+){2,4}", plain)
        and not cue("speech", "person").search(plain)
    ):
        kind = "outlet"
    return Speaker(nominative(re.sub(r"^[Tt]he\s+(?=[A-Z])", "", plain), language), kind, part.span(0, len(part.text)))


def kind_of(phrase: str) -> str:
    """Return what kind of speaker a phrase names: person, institution, outlet, document or unknown."""
    for key, kind in (
        ("anonymous", "unknown"),
        ("outlet", "outlet"),
        ("person", "person"),
        ("document", "document"),
        ("institution", "institution"),
    ):
        if cue("speech", key).search(phrase):
            return kind
    if re.fullmatch(r"(?:[A-ZА-ЯЁІЇЄ][\w'’\-]+\s*){2,3}", phrase.strip()):
        return "person"
    return "outlet" if re.fullmatch(r"[«“\"《].{2,60}[»”\"》]", phrase.strip()) else "unknown"


def replier(view: View, printer: Speaker | None) -> Speaker | None:
    """Return who would not say: the organisation of the sentence that is not the one who asks, else its subject."""
    asked = printer.name.casefold() if printer is not None else ""
    for name in organisations_in(view):
        text = fold(view.text[name.start : name.end])
        if asked and (asked in text.casefold() or text.casefold() in asked):
            continue
        return Speaker(nominative(text, _language(view)), "institution", view.span(name.start, name.end))
    for key in ("declined", "silent"):
        hit = cue("speech", key).search(view.text)
        if hit:
            span = _subject(view, hit.start(), hit.end())
            if span is not None and not _PASSIVE.search(view.text[span[0] : span[1]]):
                return speaker(view, *span)
    return None
