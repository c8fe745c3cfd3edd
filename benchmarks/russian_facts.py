"""Hold the names that are found in Russian news against their labels: persons, organisations, sides of facts.

    python benchmarks/russian_facts.py ../shared/data/russian-facts --half held-out

The folder holds texts and labels in the form of factRuEval-2016 (`NAME.txt`, `.spans`, `.objects`, `.coref`, `.facts`).
The files are cut in two by a digest of their names: rules may be tuned on `tuning`, figures are reported on `held-out`.

What is counted, text by text:
- an entity (a person with a family or given name, an organisation with a name of its own, a state that acts) is found
  when a mention of its kind overlaps one of the places where it is named;
- a mention is right when it overlaps a label of its kind (for organisations any labelled one, named or described);
- a mention's edges are right when it is one of the labels' stretches, quotes and the describing words aside;
- a side of a deal, ownership or occupation is found when its entity is; a fact when all its sides are.
Entities that are only described ("the company") are not asked for. Prints misses with `--misses`.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from assay.case import Case, RunSettings
from assay.model import Mention, Occurrence, Page

SIDES = {
    "Deal": ("Participant",),
    "Ownership": ("Owner", "Property"),
    "Occupation": ("Who", "Where"),
}
"""The facts that are asked for, and the arguments that are their sides."""

NAMED = {"Person": ("surname", "name", "nickname"), "Org": ("org_name",), "LocOrg": ("loc_name",)}
"""Of each type of object, the kinds of stretch that name it."""

KIND = {"Person": "person", "Org": "organisation", "LocOrg": "state"}


@dataclass
class Labels:
    """One text's labels: stretches that name each entity, all stretches by type, and facts as lists of entities."""

    named: dict[str, tuple[str, list[tuple[int, int]]]] = field(default_factory=dict)
    stretches: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    edges: dict[str, set[tuple[int, int]]] = field(default_factory=lambda: defaultdict(set))
    facts: list[tuple[str, list[str]]] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)


@dataclass
class Tally:
    """Counts of one row."""

    truth: int = 0
    reached: int = 0
    found: int = 0
    right: int = 0
    exact: int = 0
    misses: list[str] = field(default_factory=list)


def half_of(name: str) -> str:
    """Return which half a file is in."""
    return "held-out" if hashlib.sha256(name.encode()).digest()[0] % 2 else "tuning"


def rows(path: Path) -> list[list[str]]:
    """Return a label file's lines as words, what stands behind # left out."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [line.split("#")[0].split() for line in text.splitlines() if line.strip()]


def labels(stem: Path) -> Labels:
    """Read the labels of one text."""
    spans = {row[0]: (row[1], int(row[2]), int(row[2]) + int(row[3])) for row in rows(stem.with_suffix(".spans"))}
    objects = {row[0]: (row[1], [s for s in row[2:] if s in spans]) for row in rows(stem.with_suffix(".objects"))}
    out = Labels()
    for kind, held in objects.values():
        if not held:
            continue
        parts = [spans[s] for s in held]
        begin, end = min(p[1] for p in parts), max(p[2] for p in parts)
        out.stretches[kind].append((begin, end))
        naming = [p for p in parts if p[0] in NAMED.get(kind, ()) or p[0] == "patronymic"]
        out.edges[kind].add((begin, end))
        if naming:
            out.edges[kind].add((min(p[1] for p in naming), max(p[2] for p in naming)))
    for block in stem.with_suffix(".coref").read_text(encoding="utf-8").split("\n\n"):
        lines = block.strip().splitlines()
        if not lines:
            continue
        entity, *mentions = lines[0].split()
        kinds = {objects[m][0] for m in mentions if m in objects}
        kind = next((k for k in ("Person", "Org", "LocOrg") if k in kinds), "")
        places = [
            spans[s][1:] for m in mentions if m in objects for s in objects[m][1] if spans[s][0] in NAMED.get(kind, ())
        ]
        if kind and places:
            out.named["obj" + entity] = (kind, places)
            out.titles["obj" + entity] = " | ".join(lines[1:])
    for block in re.split(r"\n\s*\n", stem.with_suffix(".facts").read_text(encoding="utf-8")):
        head, *arguments = block.strip().splitlines() or [""]
        kind = head.split()[-1] if head.split() else ""
        sides = [a.split()[1] for a in arguments if a.split()[0] in SIDES.get(kind, ()) and len(a.split()) > 1]
        asked = list(dict.fromkeys(s for s in sides if s in out.named))
        if asked:
            out.facts.append((kind, asked))
    return out


def overlaps(place: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    """Tell whether a stretch shares a character with one of the others."""
    return any(place[0] < end and begin < place[1] for begin, end in others)


def solid(text: str) -> list[int]:
    """Return for every offset how many characters that are no white space stand before it."""
    out = [0]
    for char in text:
        out.append(out[-1] + (not char.isspace()))
    return out


def placed(mentions: list[Mention], pages: list[Page], text: str) -> list[tuple[Mention, tuple[int, int]]]:
    """Return the mentions with their places in the text, counted over characters that are no white space."""
    back: dict[int, int] = {}
    for offset, count in enumerate(solid(text)[:-1]):
        if not text[offset].isspace():
            back[count] = offset
    counts, before = {}, 0
    for page in sorted(pages, key=lambda p: p.number):
        held = solid(page.text)
        counts[page.number] = [before + c for c in held]
        before += held[-1]
    out = []
    for mention in mentions:
        span = mention.name.span
        if span is not None and span.page in counts:
            own = counts[span.page]
            out.append((mention, (back[own[span.start]], back[own[span.end] - 1] + 1)))
    return out


def bare(text: str, place: tuple[int, int]) -> tuple[int, int]:
    """Return a stretch without the quotes and spaces at its ends."""
    start, end = place
    while start < end and text[start] in " \"«»“”'":
        start += 1
    while end > start and text[end - 1] in " \"«»“”'":
        end -= 1
    return start, end


def judge(
    found: list[tuple[Mention, tuple[int, int]]], truth: Labels, text: str, name: str, sums: dict[str, Tally]
) -> None:
    """Add one text to the tallies."""
    reached = set()
    for entity, (kind, places) in truth.named.items():
        tally = sums[kind]
        tally.truth += 1
        kinds = {"state", "organisation"} if kind == "LocOrg" else {KIND[kind]}
        if any(m.kind in kinds and overlaps(place, places) for m, place in found):
            tally.reached += 1
            reached.add(entity)
        else:
            tally.misses.append(f"{name} not found: {truth.titles[entity]} … {text[slice(*places[0])]}")
    for mention, place in found:
        kind = next((k for k, v in KIND.items() if v == mention.kind), "Org")
        tally = sums[kind]
        tally.found += 1
        wanted = {"Org": ("Org",), "Person": ("Person",), "LocOrg": ("LocOrg", "Location", "Org")}[kind]
        fits = any(overlaps(place, truth.stretches[w]) for w in wanted)
        tally.right += fits
        edges = {bare(text, e) for w in wanted for e in truth.edges[w]}
        exact = fits and bare(text, place) in edges
        tally.exact += exact
        if not fits or not exact:
            word = "edges" if fits else "no such"
            around = text[max(0, place[0] - 30) : place[1] + 20].replace("\n", " ")
            tally.misses.append(f"{name} {word}: [{text[slice(*place)]}] … {around}")
    for kind, sides in truth.facts:
        tally = sums[kind]
        tally.truth += 1
        tally.reached += all(s in reached for s in sides)
        sums["sides of facts"].truth += len(sides)
        sums["sides of facts"].reached += sum(s in reached for s in sides)


def share(part: int, whole: int) -> str:
    """Return a share with three digits, a dash where there is nothing to share."""
    return f"{part / whole:.3f}" if whole else "-"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("tuning", "held-out"), default="held-out")
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args()
    texts = [path for path in sorted(given.folder.glob("*.txt")) if half_of(path.stem) == given.half]
    sums: dict[str, Tally] = defaultdict(Tally)
    with tempfile.TemporaryDirectory() as work:
        trove = Path(work) / "trove"
        trove.mkdir()
        for path in texts:
            shutil.copyfile(path, trove / path.name)
        with Case.open(Path(work) / "case") as case:
            case.run([trove], RunSettings(jobs=1), ("receive", "read", "extract"))
            names = {o.path: o.exhibit for o in case.records(Occurrence)}
            mentions, pages = defaultdict(list), defaultdict(list)
            for mention in case.records(Mention):
                mentions[mention.exhibit].append(mention)
            for page in case.records(Page):
                pages[page.exhibit].append(page)
        for path in texts:
            text, exhibit = path.read_text(encoding="utf-8"), names[path.name]
            judge(placed(mentions[exhibit], pages[exhibit], text), labels(path), text, path.stem, sums)
    print(f"| {given.half}: {len(texts)} texts | labelled | found | recall | mentions | right | precision | edges |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    words = {"Person": "persons", "Org": "organisations", "LocOrg": "states that act"}
    for row in ("Person", "Org", "LocOrg", "sides of facts", *SIDES):
        t = sums[row]
        rest = f"{t.found} | {t.right} | {share(t.right, t.found)} | {share(t.exact, t.right)}" if t.found else "| | |"
        print(f"| {words.get(row, row)} | {t.truth} | {t.reached} | {share(t.reached, t.truth)} | {rest} |")
    if given.misses:
        for row, t in sums.items():
            for miss in t.misses:
                print(f"{row}: {miss}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
