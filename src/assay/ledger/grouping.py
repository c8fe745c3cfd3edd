"""Claims gathered by what they are about: one group for each proposition, with who says so and who says otherwise.

Limits: sums and counts are compared as normalised; statements without figure, rung or agreement are one when they share
most of their words.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from assay.ledger.about import Subjects, plain_designation
from assay.model import Claim, Modality, Rung, Trove
from assay.resolve.clusters import Clusters
from assay.resolve.folding import HAN, fold, tokens
from assay.resolve.romanise import stem
from assay.resolve.tables import rows

_SINGLE = frozenset({"unit", "piece"})
"""Units that say no more than the number does: two papers that differ in them say the same."""
PLANS = frozenset({Modality.PLANNED, Modality.OBLIGED, Modality.CONDITIONAL})
SILENCE = frozenset({Modality.DECLINED_TO_COMMENT, Modality.DID_NOT_ANSWER})


@dataclass(slots=True)
class Group:
    """Claims on one proposition: `support` say so, `against` say otherwise, `silent` bear on it and say neither."""

    agreement: str | None
    topic: str
    rung: Rung | None
    sentence: str
    planned: bool = False
    support: list[Claim] = field(default_factory=list)
    against: list[Claim] = field(default_factory=list)
    silent: list[Claim] = field(default_factory=list)

    @property
    def claims(self) -> tuple[str, ...]:
        """The ids of all claims that bear on the proposition, in order."""
        return tuple(sorted(c.id for c in (*self.support, *self.against, *self.silent)))


def reached(rung: Rung, agreement: str) -> str:
    """Return the words that say that a rung of `agreement` is reached."""
    return _rungs()[rung][0].format(agreement=agreement)


def foreseen(rung: Rung, agreement: str) -> str:
    """Return the words for what a plan to reach a rung foresees."""
    return _rungs()[rung][2].format(agreement=agreement)


def empty(rung: Rung, agreement: str) -> str:
    """Return the words that say what no document shows while a rung is not reached."""
    return _rungs()[rung][1].format(agreement=agreement)


def _rungs() -> dict[str, tuple[str, str, str]]:
    return {r[0]: (r[1], r[2], r[3]) for r in rows("rungs.tsv", "assay.ledger.tables")}


def denies(claim: Claim) -> bool:
    """Return whether a claim says that it is not so."""
    return claim.modality == Modality.DENIED or (not claim.polarity and claim.modality not in SILENCE)


def groups(trove: Trove, subjects: Subjects) -> list[Group]:
    """Return the groups of a trove's claims, ordered by sentence."""
    held: dict[tuple[str, ...], list[Claim]] = defaultdict(list)
    loose: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    about: dict[str, str | None] = {}
    for claim in sorted(trove.all(Claim), key=lambda c: c.id):
        agreement = subjects.of(claim)
        about[claim.id] = agreement
        key = _key(claim, agreement)
        if key is None:
            loose[agreement or "", claim.topic].append(claim)
        else:
            held[key].append(claim)
    found = [_group(key, claims, about[claims[0].id], subjects) for key, claims in sorted(held.items())]
    for (_, topic), claims in sorted(loose.items()):
        found.extend(_by_words(claims, topic, about[claims[0].id]))
    _set_against(found)
    return sorted(found, key=lambda g: (g.agreement or "", g.topic, g.rung or "", g.sentence, g.claims))


def _key(claim: Claim, agreement: str | None) -> tuple[str, ...] | None:
    """Return what makes two claims one proposition; None when only their words can tell."""
    place = agreement or "|".join(sorted(plain_designation(d.written) for d in claim.designations))
    plan = "plan" if claim.modality in PLANS else ""
    if claim.modality in SILENCE or claim.topic == "reply":
        return ("reply", place, "", claim.speaker_chain[-1].name if claim.speaker_chain else "", "")
    if claim.topic == "provenance":
        return ("provenance", place, "", "", "")
    if not place:
        return None
    if claim.rung is not None:
        return ("rung", place, plan, claim.rung.value, "")
    if claim.topic == "value" and claim.money and claim.money.amount is not None:
        return ("value", place, plan, str(claim.money.amount.normalize()), claim.money.currency or "")
    if claim.topic == "quantity" and claim.quantity and claim.quantity.value is not None:
        what = "|".join(sorted(plain_designation(d.written) for d in claim.designations))
        unit = "" if claim.quantity.unit in _SINGLE else claim.quantity.unit or ""
        return ("quantity", place, plan, str(claim.quantity.value.normalize()), f"{unit}|{what}")
    if claim.topic == "date" and claim.about_time and claim.about_time.earliest:
        return ("date", place, plan, claim.about_time.earliest.isoformat(), str(claim.about_time.latest))
    return None


def _group(key: tuple[str, ...], claims: list[Claim], agreement: str | None, subjects: Subjects) -> Group:
    topic, _, plan, value, more = key
    first = claims[0]
    planned = "planned to be " if plan else ""
    called = subjects.called(agreement) if agreement else _articles(first)
    if topic == "rung" and first.rung is not None:
        words = reached(first.rung, called)
        sentence = f"plans foresee {foreseen(first.rung, called)}" if plan else words
    elif topic == "value":
        sentence = f"{called} is {planned}worth {_figure(value)} {more}".strip()
    elif topic == "quantity":
        unit, articles = more.partition("|")[0], ", ".join(sorted({d.value or d.written for d in first.designations}))
        counted = f"{_figure(value)} {unit}".strip()
        verb = "foresees" if plan else "is for"
        sentence = f"{called} {verb} {counted} × {articles}" if articles else f"{called} {verb} a quantity of {counted}"
    elif topic == "date":
        day = value if value == more else f"{value} to {more}"
        sentence = f"{called} concerns the time {day}"
    elif topic == "reply":
        sentence = f"{value or 'Somebody who is not named'} was asked about {called}"
    else:
        sentence = f"The papers of {called} come from where they say, unchanged"
    group = Group(agreement, first.topic, first.rung, sentence[:1].upper() + sentence[1:] + ".", bool(plan))
    for claim in claims:
        _sort_in(group, claim)
    return group


def _articles(claim: Claim) -> str:
    names = ", ".join(sorted({d.value or d.written for d in claim.designations}))
    return f"a deal on {names}" if names else "an agreement that is not named"


def _figure(value: str) -> str:
    number = Decimal(value)
    return f"{number:,f}" if number == number.to_integral() else f"{number:,f}".rstrip("0")


def _sort_in(group: Group, claim: Claim) -> None:
    if claim.modality in SILENCE or group.topic == "reply":
        group.silent.append(claim)
    elif denies(claim):
        group.against.append(claim)
    else:
        group.support.append(claim)


def _by_words(claims: list[Claim], topic: str, agreement: str | None) -> list[Group]:
    """Return groups of statements of one language that share most of their words."""
    words = [_words(c.statement.value or c.statement.written) for c in claims]
    clusters = Clusters(len(claims))
    holders: dict[str, list[int]] = defaultdict(list)
    for i, unit in enumerate(words):
        for word in sorted(unit):
            holders[word].append(i)
    for word in sorted(holders):
        if len(holders[word]) <= 60:
            for x, i in enumerate(holders[word]):
                for j in holders[word][x + 1 :]:
                    if clusters.root(i) != clusters.root(j) and _share(words[i], words[j]) >= 0.6:
                        clusters.join(i, j, "")
    found = []
    for members in clusters.sets():
        inside = [claims[i] for i in members]
        first = min(inside, key=lambda c: (len(c.statement.written), c.id))
        quoted = " ".join((first.statement.value or first.statement.written).split())
        group = Group(agreement, topic, None, f"It is said: “{quoted}”")
        for claim in inside:
            _sort_in(group, claim)
        found.append(group)
    return found


def _words(text: str) -> frozenset[str]:
    out: set[str] = set()
    for token in tokens(fold(text)):
        if HAN.match(token):
            out.update(token[i : i + 2] for i in range(max(1, len(token) - 1)))
        elif len(token) > 2:
            out.add(stem(token))
    return frozenset(out)


def _share(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / max(1, max(len(a), len(b)))


def _set_against(found: list[Group]) -> None:
    """Set those who give another sum for an agreement against a sum; plans are left out."""
    rivals: dict[tuple[str, str], list[Group]] = defaultdict(list)
    for group in found:
        if group.topic == "value" and group.agreement and not group.planned:
            rivals[group.agreement, group.topic].append(group)
    for held in rivals.values():
        said = [(g, list(g.support)) for g in held]
        for group in held:
            for other, supporters in said:
                if other is not group:
                    group.against.extend(c for c in supporters if c not in group.against)
