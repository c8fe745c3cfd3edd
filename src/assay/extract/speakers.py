"""Chains of speakers: from the one who prints a sentence to the first one whom it names as knowing it.

Purpose: "The Courier writes that, according to the agency Lynx, a plant manager said ..." is three links. Limits: own rules on
word order, no parse; a speaker that a sentence only implies ("he added") is looked for in the sentence before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assay.extract.organisations import organisations_in, persons_in, position_in
from assay.extract.view import HAN, View, fold
from assay.extract.vocabulary import cue
from assay.model import Speaker

_PRONOUN = re.compile(
    r"^(?:он|она|они|він|вона|вони|he|she|they|it|他|她|他们|该人士|该官员|собеседник\w*)$", re.IGNORECASE
)
_EDGE = re.compile(r"[,;:—–()。；，：\n]| - |\bthat\b|\bчто\b|\bщо\b")
_TRIM = " \t,;:—–-\"«»“”'‘’().。，、"
_TEMPORAL = re.compile(
    r"^(?:(?:в|во|на|on|in|у)\s+(?:понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье|(?:этом|своем|своём)?\s*\w*(?:заявлении|интервью|сообщении|статье|материале)|monday|tuesday|wednesday|thursday|friday|saturday|sunday|понеділок|вівторок|середу|четвер|п'ятницу|суботу|неділю)|ранее|также|позже|раніше|also|earlier|later|yesterday|today|вчера|сегодня|при этом|between|meanwhile|昨日|今日|近日|日前|当天|此前|同时|另外|周[一二三四五六日])\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """One attribution in a sentence: who, where the phrase stands, and what remains as the statement."""

    start: int
    end: int
    speaker: Speaker
    order: int


def attributions(view: View, before: Speaker | None) -> list[Attribution]:
    """Return the attributions of a sentence, outermost first; `before` is whom a pronoun means."""
    text = view.text
    found: list[Attribution] = []
    for hit in cue("speech", "according").finditer(text):
        span = _after(view, hit.end())
        if span is None:
            continue
        found.append(Attribution(hit.start(), span[1], speaker(view, *span), 1))
    for hit in cue("speech", "verb").finditer(text):
        if any(a.start <= hit.start() < a.end for a in found):
            continue
        quoted = _in_quotes(text, hit.start())
        if quoted:
            continue
        span = _subject(view, hit.start(), hit.end())
        if span is None:
            continue
        who = text[span[0] : span[1]].strip(_TRIM)
        if _PRONOUN.match(who):
            if before is not None:
                found.append(Attribution(hit.start(), hit.end(), before, 0))
            continue
        if any(a.start <= span[0] < a.end for a in found):
            continue
        found.append(Attribution(min(span[0], hit.start()), max(span[1], hit.end()), speaker(view, *span), 0))
    return sorted(_distinct(found), key=lambda a: (a.order, a.start) if _nested(text, found) else a.start)


def _nested(text: str, found: list[Attribution]) -> bool:
    """Tell whether verbs stand outside of "according to": the one who prints before the one who is cited."""
    return True


def _distinct(found: list[Attribution]) -> list[Attribution]:
    out: list[Attribution] = []
    for one in found:
        if all(fold(one.speaker.name).casefold() != fold(o.speaker.name).casefold() for o in out):
            out.append(one)
    return out


def _in_quotes(text: str, at: int) -> bool:
    before = text[:at]
    opened = before.count("«") - before.count("»") + before.count("“") - before.count("”")
    return opened > 0 or (before.count('"') % 2 == 1 and len(text[at:].split('"')[0]) > 0 and text.count('"') > 1)


def _after(view: View, start: int) -> tuple[int, int] | None:
    """Return the noun phrase behind "according to"."""
    text = view.text
    skip = re.match(r"[\s:]*", text[start:])
    begin = start + (skip.end() if skip else 0)
    if re.match(f"[{HAN}]", text[begin : begin + 1]):
        stop = re.search(r"[，,。；;]|报道|消息|透露|称|表示|说|的?(?:话|说法|消息|报道)|显示|援引|介绍", text[begin:])
        end = begin + (stop.start() if stop else min(len(text) - begin, 20))
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
        if depth <= 0 and re.search(r"[,;:]\s*$|[.!?][\"»”]?\s*$", word) and not re.match(r"[A-ZА-ЯЁІЇЄ]\.\s*$", word):
            break
        if end - begin > 110:
            break
    cut = re.match(r".*?(?=,|\s(?:что|that|що|о том|about)\s|$)", text[begin:end], re.DOTALL)
    stop_ = begin + (cut.end() if cut else end - begin)
    return _tight(view, begin, stop_)


def _subject(view: View, start: int, end: int) -> tuple[int, int] | None:
    """Return the noun phrase that says: before the verb, or behind it when the statement stands before."""
    text = view.text
    if re.match(f"[{HAN}]", text[start : start + 1]):
        edges = [m.end() for m in re.finditer(r"[，,。；;：:“”\"]|据|日电|讯", text[:start])]
        begin = edges[-1] if edges else 0
        lead = re.match(
            r"(?:但|而|同时|此外|另据|对此|其|昨日|今日|近日|日前|当天|此前|另外|周[一二三四五六日]|\d+日)+",
            text[begin:start],
        )
        begin += lead.end() if lead else 0
        tail = re.search(
            r"(?:对此|在\w{0,12}(?:上|中|时)|向\w{0,14}|对\w{0,10}|则|还|也|已|曾|并|没有|拒绝)$", text[begin:start]
        )
        stop = begin + tail.start() if tail and tail.start() > 1 else start
        return (begin, stop) if 1 < stop - begin <= 40 else None
    left_edges = [m.end() for m in _EDGE.finditer(text[:start])]
    begin = left_edges[-1] if left_edges else 0
    left = text[begin:start].strip(_TRIM)
    left = _TEMPORAL.sub("", left)
    quote_before = re.search(r"[»”\",]\s*[—–-]?\s*$", text[:start]) is not None
    if quote_before or not left:
        right = re.match(
            r"\s*(?:(?:также|ранее|also|earlier|ещё|еще)\s+)?(?P<who>[^,;:.«»\"“”—–()]{2,100}(?:«[^»]{1,40}»)?)",
            text[end:],
        )
        if right:
            return _tight(view, end + right.start("who"), end + right.end("who"))
    if not left:
        return None
    if len(left) > 120:
        begin = start - 120
    span = _tight(view, begin, start)
    if span is None:
        return None
    phrase = text[span[0] : span[1]]
    lead = _TEMPORAL.match(phrase)
    return (span[0] + lead.end(), span[1]) if lead and lead.end() < len(phrase) else span


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
    """Return the speaker that a phrase names: by its person's or organisation's name when it has one."""
    part = view.part(start, end)
    kind = kind_of(part.text)
    people = persons_in(part)
    names = organisations_in(part)
    quoted = re.search(r"[«\"“]([^«»\"“”]{2,60})[»\"”]", part.text)
    if people:
        name = people[0]
        return Speaker(fold(part.text[name.start : name.end]), "person", part.span(name.start, name.end))
    if kind == "outlet" and quoted:
        return Speaker(fold(quoted.group(1)), "outlet", part.span(*quoted.span(1)))
    if names and (position_in(part.text) is None or names[0].start < 3):
        return Speaker(
            fold(part.text[names[0].start : names[0].end]),
            kind if kind == "outlet" else "institution",
            part.span(names[0].start, names[0].end),
        )
    posted = position_in(part.text)
    if posted is not None and kind in ("person", "unknown"):
        capital = re.search(r"((?:[A-ZА-ЯЁІЇЄ][\w'’\-]+\s*){2,3})$", part.text)
        if capital:
            return Speaker(fold(capital.group(1)), "person", part.span(*capital.span(1)))
    return Speaker(fold(part.text), kind, part.span(0, len(part.text)))


def kind_of(phrase: str) -> str:
    """Return what kind of speaker a phrase names: person, institution, outlet, document or unknown."""
    for key, kind in (
        ("anonymous", "unknown"),
        ("person", "person"),
        ("outlet", "outlet"),
        ("document", "document"),
        ("institution", "institution"),
    ):
        if cue("speech", key).search(phrase):
            return kind
    if re.fullmatch(r"(?:[A-ZА-ЯЁІЇЄ][\w'’\-]+\s*){2,3}", phrase.strip()):
        return "person"
    return "unknown"
