"""The case at a glance: one page of text for a reader in a hurry, and the same as JSON for a program."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable
from typing import Any

from assay.case import Case
from assay.custody.paths import first_paths
from assay.model import (
    Agreement,
    Claim,
    Direction,
    Document,
    Event,
    Exhibit,
    Family,
    Finding,
    FindingStatus,
    Lineage,
    LineItem,
    Obligation,
    Occurrence,
    Party,
    Problem,
    Role,
    Standing,
    Status,
    Weight,
)  # fmt: skip
from assay.publish import wording
from assay.publish.course import course, rungs
from assay.publish.lacking import PART as GAPS
from assay.publish.lacking import lacking
from assay.publish.scene import scene
from assay.publish.wording import amount

SHOWN = 8
"""How many agreements, documents with findings, missing papers and problems the text names; the JSON holds all."""
_GOODS, _DUTIES, _FINDINGS = 3, 4, 3
_GOODS_WIDE = 80
_WIDE = 110
_PLURALS = {
    "press": ("press article", "press articles"), "other": ("other paper", "other papers"),
    "minutes": ("set of minutes", "sets of minutes"), "annex": ("annex", "annexes"),
}  # fmt: skip
_HEAVY = (Weight.CRYPTOGRAPHIC, Weight.STRONG, Weight.MODERATE)

Plain = dict[str, Any]


def glance_json(case: Case) -> Plain:
    """Return as plain values what was found: counts, agreements, what speaks against documents, what lacks."""
    coverage = case.coverage()
    findings = [f for f in case.records(Finding) if f.status is FindingStatus.FINDING]
    weights: dict[str, Counter[str]] = {str(weight): Counter() for weight in reversed(Weight)}
    for found in findings:
        weights[str(found.weight)][found.part] += 1
    paths = first_paths(case.store)
    return {
        "occurrences": case.store.count(Occurrence),
        "exhibits": case.store.count(Exhibit),
        "pages": {
            "present": coverage.present, "read": coverage.read, "failed": coverage.failed, "unread": coverage.unread,
        },
        "problems": dict(sorted(Counter(p.category for p in case.records(Problem)).items())),
        "findings": {weight: dict(sorted(parts.items())) for weight, parts in weights.items() if parts},
        "documents": dict(sorted(Counter(str(d.kind) for d in case.records(Document)).items())),
        "parties": case.store.count(Party),
        "families": case.store.count(Family),
        "agreements": _Deals(case).all(),
        "line_items": case.store.count(LineItem),
        "obligations": case.store.count(Obligation),
        "claims": case.store.count(Claim),
        "standings": dict(sorted(Counter(s.word for s in case.records(Standing)).items())),
        "lost_hedges": sum(1 for link in case.records(Lineage) if link.lost_hedges),
        "against": _against(findings, paths),
        "missing": [
            {"name": lack.name, "sentence": lack.sentence, "findings": [f.id for f in lack.findings],
             "paths": sorted({paths.get(f.exhibit, f.exhibit) for f in lack.findings})}
            for lack in lacking(findings)
        ],
    }  # fmt: skip


def _against(findings: list[Finding], paths: dict[str, str]) -> list[Plain]:
    """Return the documents that a finding of moderate weight or more speaks against, the weightiest first."""
    held: dict[str, list[Finding]] = {}
    for found in findings:
        if found.weight in _HEAVY and found.direction is Direction.AGAINST and found.part != GAPS:
            held.setdefault(found.exhibit, []).append(found)
    rows: list[tuple[tuple[int, int, str], Plain]] = []
    for exhibit, its in held.items():
        its.sort(key=lambda f: (_HEAVY.index(f.weight), f.part, f.id))
        said = [
            {"id": f.id, "part": f.part, "weight": str(f.weight), "observation": f.observation,
             "innocent_explanations": list(f.innocent_explanations)}
            for f in its
        ]  # fmt: skip
        path = paths.get(exhibit, exhibit)
        place = (_HEAVY.index(its[0].weight), -len(its), path)
        rows.append((place, {"exhibit": exhibit, "path": path, "findings": said}))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


class _Deals:
    """The agreements of a case in the order of its edition, as plain values."""

    def __init__(self, case: Case) -> None:
        self._agreements = scene(case.store).agreements
        self._store = case.store  # items are many: those of one agreement are looked up when its turn comes
        self._duties = {o.id: o for o in case.records(Obligation)}
        self._events = {e.id: e for e in case.records(Event)}
        self._parties = {p.id: p for p in case.records(Party)}
        self._statuses: dict[str, list[Status]] = {}
        for status in case.records(Status):
            self._statuses.setdefault(status.agreement, []).append(status)

    def all(self) -> list[Plain]:
        return [self._one(deal) for deal in self._agreements]

    def _one(self, deal: Agreement) -> Plain:
        went = course(self._statuses.get(deal.id, ()))
        return {
            "id": deal.id,
            "number": deal.number.written,
            "called": wording.called(deal),
            "date": deal.date.written if deal.date else None,
            "day": wording.day(deal.date) if deal.date else None,
            "parties": [
                {"role": str(p.role), "name": p.name, "known_as": self._known_as(p.party, p.name) or None}
                for p in deal.parties
            ],
            "total": {"written": deal.total.written, "reading": amount(deal.total)} if deal.total else None,
            "rival_totals": [amount(rival) for rival in deal.rival_totals],
            "exhibits": len(deal.exhibits),
            "line_items": len(deal.line_items),
            "largest_items": self._largest(deal),
            "obligations": len(deal.obligations),
            "due": self._due(deal),
            "evidenced": [str(status.rung) for status in went.shown],
            "claimed": [str(status.rung) for status in went.claimed],
            "planned": [str(status.rung) for status in went.planned],
            "denied": [str(status.rung) for status in went.denied],
            "not_shown": [str(status.rung) for status in went.silent],
            "shown_in_words": rungs(went.shown, self._events),
        }

    def _known_as(self, party: str, name: str) -> str:
        named = self._parties.get(party)
        return wording.known_as(name, named.aliases if named else ())

    def _largest(self, deal: Agreement) -> list[str]:
        """Return the items with the largest totals, in words."""
        listed = list(self._store.named(LineItem, deal.line_items))
        priced = [(i.total.amount, i) for i in listed if i.total and i.total.amount is not None]
        priced.sort(key=lambda pair: (-pair[0], pair[1].id))
        chosen = [i for _, i in priced] or listed
        said = []
        for one in chosen[:_GOODS]:
            name = " ".join(filter(None, (one.designation.written if one.designation else "", one.description.written)))
            count = f"{wording.quantity(one.quantity)} × " if one.quantity else ""
            said.append(count + _cut(name, _GOODS_WIDE) + (f", {amount(one.total)}" if one.total else ""))
        return said

    def _due(self, deal: Agreement) -> list[Plain]:
        """Return what is to be done by a stated time, the earliest first: {kind, due, written}."""
        found = []
        for duty in (self._duties[o] for o in deal.obligations if o in self._duties):
            if duty.due and duty.due.latest:
                found.append((duty.due.latest.isoformat(), duty.id, duty))
        found.sort(key=lambda row: row[:2])
        return [
            {"kind": str(duty.kind), "due": latest, "written": duty.due.written if duty.due else ""}
            for latest, _, duty in found
        ]


def at_a_glance(case: Case) -> str:
    """Return one page of text on what was found, what was not, and what to look at first."""
    seen = glance_json(case)
    sections = (_here(seen), _agreed(seen["agreements"]), _suspicious(seen), _missing(seen), _said(seen), _undone(case))
    return "\n\n".join("\n".join(section) for section in sections if section)


def _here(seen: Plain) -> list[str]:
    pages = seen["pages"]
    kinds = sorted(seen["documents"].items(), key=lambda pair: (-pair[1], pair[0]))
    all_read = " All pages were read." if pages["present"] and pages["read"] == pages["present"] else ""
    lines = [
        "WHAT IS HERE",
        f"  {_counted(seen['occurrences'], 'file')} (members of archives and mails too), {seen['exhibits']} different.",
        f"  Pages: {pages['present']} present = {pages['read']} read + {pages['failed']} failed + "
        f"{pages['unread']} unread.{all_read}",
    ]
    if pages["failed"] or pages["unread"]:
        lines.append("  Which ones, and why: assay show CASE --coverage")
    if kinds:
        lines += _wrapped("  ", ", ".join(_counted(n, kind.replace("_", " ")) for kind, n in kinds) + ".")
    return lines


def _agreed(deals: list[Plain]) -> list[str]:
    if not deals:
        return ["WHO AGREED TO DO WHAT FOR WHOM", "  No agreement was found."]
    lines = [f"WHO AGREED TO DO WHAT FOR WHOM: {_counted(len(deals), 'agreement')}"]
    for count, deal in enumerate(deals[:SHOWN], 1):
        dated = f" of {deal['day']}" if deal["day"] else ", undated"
        worth = deal["total"]["reading"] if deal["total"] else "total not stated"
        lines += ["", *_wrapped(f"  {count}. ", f"{deal['called']}{dated}: {worth}")]
        for party in deal["parties"]:
            also = f" ({party['known_as']})" if party["known_as"] else ""
            lines += _row(wording.ROLES[Role(party["role"])], party["name"] + also)
        if not deal["parties"]:
            lines += _row("parties", "none was found")
        if deal["rival_totals"]:
            lines += _row("but", "its papers also state " + wording.joined(deal["rival_totals"]))
        if deal["line_items"]:
            more = deal["line_items"] - len(deal["largest_items"])
            rest = f"; and {more} more" if more else ""
            lines += _row("goods", f"{'; '.join(deal['largest_items'])}{rest}")
        if deal["due"]:
            said = [f"{one['kind'].replace('_', ' ')} by {one['due']}" for one in deal["due"]]
            more = f", and {len(said) - _DUTIES} more dates" if len(said) > _DUTIES else ""
            lines += _row("by when", ", ".join(said[:_DUTIES]) + more)
        lines += _row("shown", deal["shown_in_words"] or "no rung of the ladder: no document shows that it happened")
        for state, title in (("denied", "denied"), ("claimed", "only said"), ("planned", "only planned")):
            if deal[state]:
                lines += _row(title, _rungs(deal[state]))
        if deal["not_shown"] and deal["shown_in_words"]:
            lines += _row("not shown", _rungs(deal["not_shown"]))
        lines += _row("papers", f"{_counted(deal['exhibits'], 'document')}; assay show CASE {deal['id'][:8]}")
    if len(deals) > SHOWN:
        lines += ["", f"  and {_counted(len(deals) - SHOWN, 'more agreement')}: assay show CASE --json names all."]
    return lines


def _suspicious(seen: Plain) -> list[str]:
    held = seen["against"]
    limited = sum(seen["findings"].get("limited", {}).values())
    if not held:
        lines = ["WHAT SPEAKS AGAINST DOCUMENTS", "  No finding of moderate weight or more."]
    else:
        lines = [
            f"WHAT SPEAKS AGAINST DOCUMENTS: {len(held)} of {seen['exhibits']}",
            "  Findings of moderate weight or more; no verdict: `assay report` has their innocent explanations.",
        ]
    for row in held[:SHOWN]:
        lines += ["", *_wrapped("  ", row["path"])]
        for found in row["findings"][:_FINDINGS]:
            lines += _wrapped("    - ", f"{_cut(found['observation'])} ({found['weight']} support; {found['id'][:8]})")
        if len(row["findings"]) > _FINDINGS:
            lines += [f"    - and {len(row['findings']) - _FINDINGS} more"]
    if len(held) > SHOWN:
        lines += ["", f"  and {_counted(len(held) - SHOWN, 'more document')}: assay report CASE FOLDER"]
    if limited:
        lines += [
            "",
            f"  Besides, {_counted(limited, 'finding')} of limited weight, and neutral facts, in the reports.",
        ]
    return lines


def _missing(seen: Plain) -> list[str]:
    lacks = seen["missing"]
    if not lacks:
        return ["WHAT IS MISSING", "  No paper was found to be named or counted that is not here."]
    lines = [f"WHAT IS MISSING: {_counted(len(lacks), 'thing')}"]
    for lack in lacks[:SHOWN]:
        where = f" ({lack['paths'][0]})" if len(lack["findings"]) == 1 else ""
        lines += _wrapped("  - ", _cut(lack["sentence"]) + where)
    if len(lacks) > SHOWN:
        lines += [f"  and {len(lacks) - SHOWN} more: assay show CASE --json names all."]
    return lines


def _said(seen: Plain) -> list[str]:
    words = seen["standings"]
    if not words:
        return []
    known = {
        "corroborated": "said by several independent origins", "one_origin": "said by one origin",
        "contradicted": "contradicted", "denied": "denied", "no_evidence": "said by nobody who is named as knowing it",
    }  # fmt: skip
    said = [f"{words[word]} {text}" for word, text in known.items() if word in words]
    lines = ["WHO SAYS SO", *_wrapped("  ", f"{_counted(sum(words.values()), 'statement')}: {'; '.join(said)}.")]
    if seen["lost_hedges"]:
        lost = _counted(seen["lost_hedges"], "article")
        lines += [f"  {lost} lost a caution of the text that it was taken from."]
    return lines


def _undone(case: Case) -> list[str]:
    """Return what could not be done, the same trouble once with all that it befell."""
    held: dict[tuple[str, str], list[str]] = {}
    paths = first_paths(case.store)
    for problem in case.records(Problem):
        held.setdefault((problem.category, problem.message), []).append(_where(paths, problem))
    if not held:
        return []
    count = sum(len(places) for places in held.values())
    lines = [f"WHAT COULD NOT BE DONE: {_counted(count, 'problem')}"]
    for (category, message), places in list(held.items())[:SHOWN]:
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        lines += _wrapped("  - ", f"{places[0]}{more}: {message} ({category.replace('_', ' ')})")
    if len(held) > SHOWN:
        lines += [f"  and {len(held) - SHOWN} more kinds: assay show CASE --coverage, assay export CASE DIR"]
    return lines


def _row(title: str, text: str) -> list[str]:
    return _wrapped(f"     {title:<13}", text)


def _wrapped(head: str, text: str) -> list[str]:
    """Return text in lines of bearable width, hanging under its head."""
    flat = " ".join(text.split())
    return textwrap.wrap(
        flat, _WIDE, initial_indent=head, subsequent_indent=" " * len(head), break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def _rungs(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _counted(count: int, noun: str) -> str:
    """Return a count with its noun: 1 press article, 3 letters, 2 minutes."""
    one, many = _PLURALS.get(noun, (noun, f"{noun}s"))
    return f"1 {one}" if count == 1 else f"{count} {many}"


def _cut(text: str, most: int = 260) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


def _where(paths: dict[str, str], problem: Problem) -> str:
    path = paths.get(problem.about, problem.about)
    return f"{path}, page {problem.page}" if problem.page else path
