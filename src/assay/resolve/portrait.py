"""A party's face: its main name, its other names, its identifiers, and the grounds on which it is one."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

from assay.model import Identifier, Party, Span, whole
from assay.resolve.folding import fold, script, tokens
from assay.resolve.names import name
from assay.resolve.nodes import Node, Sources, said


@lru_cache(maxsize=1)
def _morphology() -> Any:
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer(lang="ru")


@lru_cache(maxsize=16384)
def nominative(written: str, kind: str) -> bool:
    """Return whether a Russian name may stand in the nominative; names in other scripts always may.

    Persons: all words at once, in one gender. Others: the first word.
    """
    if script(written) != "cyrillic":
        return True
    words = [w for w in tokens(fold(written)) if len(w) > 1]
    if not words:
        return True
    genders: set[str] | None = None
    for word in words if kind == "person" else words[:1]:
        readings = _morphology().parse(word)
        found = {str(r.tag.gender) for r in readings if "nomn" in r.tag and "sing" in r.tag}
        if any("Fixd" in r.tag for r in readings) or not any(r.tag.case for r in readings):
            continue
        genders = found if genders is None else genders & found
        if not genders:
            return False
    return True


def portrait(
    sources: Sources, nodes: list[Node], mentions: list[int], grounds: list[str], part: str, version: str
) -> Party:
    """Return the party that `nodes` with their `mentions` make up, joined on `grounds`."""
    records = [sources.mentions[m] for m in mentions]
    kinds = Counter(r.kind for r in records if r.kind != "unknown")
    kind = min(kinds, key=lambda k: (-kinds[k], k)) if kinds else "unknown"
    forms = Counter(said(r.name) for r in records)
    weak = {a for n in nodes if n.weak for a in n.aliases}
    misread = {a for n in nodes if n.only_ocr for a in n.aliases}
    scripts = Counter(script(said(r.name)) for r in records)
    formed = kind == "organisation" and any(name(f, kind).forms for f in forms)

    def rank(form: str) -> tuple[bool, bool, bool, bool, int, int, int, str]:
        parted = name(form, kind)
        short = any(w.initial for w in parted.words) if kind == "person" else formed and not parted.forms
        return (
            form in weak, form in misread, short, not nominative(form, kind), -scripts[script(form)], -forms[form],
            -len(form), form,
        )  # fmt: skip

    best = min(forms, key=rank)
    aliases = sorted({a for n in nodes for a in n.aliases} - {best})
    identifiers: dict[tuple[str, str], Identifier] = {}
    for record in records:
        for identifier in record.identifiers:
            identifiers.setdefault((identifier.scheme, identifier.value), identifier)
    spans: list[Span] = [span for r in records for span in r.spans] or [whole(r.exhibit) for r in records[:1]]
    basis = tuple(sentence(g) for g in grounds) or (single(forms, len(records)),)
    return Party(
        best,
        kind,
        tuple(aliases),
        tuple(identifiers[k] for k in sorted(identifiers)),
        tuple(sources.ids[m] for m in mentions),
        basis,
        tuple(sorted(spans, key=lambda s: (s.exhibit, s.page, s.start, s.end))),
        part,
        version,
    )


def sentence(ground: str) -> str:
    """Return a ground as a sentence."""
    return ground[:1].upper() + ground[1:] + "."


def single(forms: Counter[str], count: int) -> str:
    """Return the sentence for a party that rests on nothing but its own name."""
    times = "once" if count == 1 else f"{count} times"
    return f"The name “{min(forms)}” stands {times}, always written alike." if len(forms) == 1 else (
        f"The name stands {times}, written alike but for case, quotes and spaces."
    )  # fmt: skip
