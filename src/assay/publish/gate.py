"""The release gate: an edition is published whole, or not at all and with the sentences that stop it.

It holds back a sentence that has no note, whose quote does not stand at its span, that says a rung was reached without
evidence of that very rung, or that uses a word which is not the program's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assay.custody.verify import misquoted
from assay.model import Claim, Document, Event, Rung, Status
from assay.publish.edition import Edition
from assay.store.store import Store

FORBIDDEN = re.compile(r"\b(authentic|authenticity|genuine|genuinely|fake|faked|forged|forgery)\b", re.IGNORECASE)
_QUOTED = re.compile(r"“[^”]*”|«[^»]*»|\"[^\"]*\"")
_PAPER_RUNGS = {Rung.PROPOSED, Rung.DRAFTED, Rung.SIGNED, Rung.IN_FORCE}
"""Rungs that a document shows by what it is, without telling of an event."""

_SAID_RUNGS = {Rung.PROPOSED, Rung.DENIED}
"""Rungs that are reached by saying so: to propose in a letter is to propose."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A sentence that may not be published, and why."""

    sentence: str
    reason: str


def gate(edition: Edition, store: Store) -> tuple[Stop, ...]:
    """Return every sentence that stops the edition; none: it may be published."""
    texts: dict[tuple[str, int], str] = {}
    stops: list[Stop] = []
    for sentence in edition.sentences():
        if sentence.needs_note and not sentence.notes:
            stops.append(Stop(sentence.text, "it has no note that leads to evidence"))
        for span in (span for note in sentence.notes for span in note.spans):
            if wrong := misquoted(span, texts, store):
                stops.append(Stop(sentence.text, wrong))
        said = FORBIDDEN.search(_QUOTED.sub("", sentence.text))
        if said:
            stops.append(Stop(sentence.text, f"the word “{said.group()}” is a person's to say, not the program's"))
    stops += [Stop(status.sentence, why) for status in store.all(Status) for why in _baseless(status, store)]
    return tuple(dict.fromkeys(stops))


def _baseless(status: Status, store: Store) -> Iterator[str]:
    """Yield why a status has no right to its rung."""
    if status.state != "evidenced":
        return
    if not status.basis:
        yield f"the rung “{status.rung}” is said to be reached and no record supports it"
    records = [store.get(record_id) for record_id in status.basis]
    fitting = [
        r
        for r in records
        if (isinstance(r, Event) and r.rung is status.rung)
        or (isinstance(r, Claim) and status.rung in _SAID_RUNGS and r.rung is status.rung)
        or (isinstance(r, Document) and status.rung in _PAPER_RUNGS and _bears(r, status.rung))
    ]
    if status.basis and not fitting:
        yield f"the rung “{status.rung}” rests on no evidence of that rung"


def _bears(document: Document, rung: Rung) -> bool:
    """Tell whether a document by itself shows a rung: a draft never shows that something was signed."""
    return rung in (Rung.PROPOSED, Rung.DRAFTED) or document.stage != "draft"
