"""The case at a glance: one page of text, and the same as JSON."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any

from assay.case import Case
from assay.custody.paths import first_paths
from assay.model import (
    Agreement,
    Claim,
    Document,
    Exhibit,
    Family,
    Finding,
    FindingStatus,
    LineItem,
    Obligation,
    Occurrence,
    Party,
    Problem,
    Rung,
    Status,
    Weight,
)  # fmt: skip
from assay.publish import wording
from assay.publish.wording import amount

SHOWN = 12
"""How many agreements and problems the page of text names; the JSON holds every agreement."""


def glance_json(case: Case) -> dict[str, Any]:
    """Return counts and the agreements of a case as plain values."""
    coverage = case.coverage()
    findings: dict[str, Counter[str]] = {str(weight): Counter() for weight in reversed(Weight)}
    for found in case.records(Finding):
        if found.status is FindingStatus.FINDING:
            findings[str(found.weight)][found.part] += 1
    order = list(Rung)
    reached: dict[str, list[Rung]] = {}
    for status in case.records(Status):
        if status.state == "evidenced":
            reached.setdefault(status.agreement, []).append(status.rung)
    return {
        "occurrences": case.store.count(Occurrence),
        "exhibits": case.store.count(Exhibit),
        "pages": {
            "present": coverage.present, "read": coverage.read, "failed": coverage.failed, "unread": coverage.unread,
        },
        "problems": dict(sorted(Counter(p.category for p in case.records(Problem)).items())),
        "findings": {weight: dict(sorted(parts.items())) for weight, parts in findings.items() if parts},
        "documents": dict(sorted(Counter(str(d.kind) for d in case.records(Document)).items())),
        "parties": case.store.count(Party),
        "families": case.store.count(Family),
        "agreements": [_agreement(a, sorted(reached.get(a.id, []), key=order.index)) for a in case.agreements()],
        "line_items": case.store.count(LineItem),
        "obligations": case.store.count(Obligation),
        "claims": case.store.count(Claim),
    }  # fmt: skip


def _agreement(agreement: Agreement, reached: list[Rung]) -> dict[str, Any]:
    total = agreement.total
    return {
        "id": agreement.id,
        "number": agreement.number.written,
        "date": agreement.date.written if agreement.date else None,
        "parties": [{"role": str(p.role), "name": p.name} for p in agreement.parties],
        "total": {"written": total.written, "reading": amount(total)} if total else None,
        "exhibits": len(agreement.exhibits),
        "line_items": len(agreement.line_items),
        "obligations": len(agreement.obligations),
        "evidenced": [str(rung) for rung in reached],
    }


def at_a_glance(case: Case) -> str:
    """Return one page of text on what was found."""
    seen = glance_json(case)
    pages = seen["pages"]
    lines = [
        f"{seen['occurrences']} files and members, {seen['exhibits']} different exhibits.",
        f"Pages: {pages['present']} present = {pages['read']} read + {pages['failed']} failed + "
        f"{pages['unread']} unread.",
    ]
    if seen["documents"]:
        lines += ["Documents: " + ", ".join(f"{n} {kind}" for kind, n in seen["documents"].items()) + "."]
    for weight, parts in seen["findings"].items():
        counts = ", ".join(f"{n} {name}" for name, n in parts.items())
        lines += [f"Findings, {wording.WEIGHTS[Weight(weight)]}: {counts}."]
    for deal in seen["agreements"][:SHOWN]:
        lines += ["", f"Agreement {deal['number']}" + (f" of {deal['date']}" if deal["date"] else "")]
        lines += [f"  {p['role']}: {p['name']}" for p in deal["parties"]]
        worth = deal["total"]["reading"] if deal["total"] else "not stated"
        lines += [
            f"  total: {worth}; {deal['line_items']} line items, {deal['obligations']} obligations, "
            f"{deal['exhibits']} exhibits",
            "  evidenced: " + (", ".join(deal["evidenced"]).replace("_", " ") or "no rung of the ladder"),
        ]
    if len(seen["agreements"]) > SHOWN:
        lines += ["", f"and {len(seen['agreements']) - SHOWN} more agreements: assay show CASE --json names all."]
    if seen["problems"]:
        lines += ["", "Problems: " + ", ".join(f"{n} {name}" for name, n in seen["problems"].items()) + "."]
        paths = first_paths(case.store)
        lines += [f"  {_where(paths, p)}: {p.message}" for p in islice(case.records(Problem), SHOWN)]
    return "\n".join(lines)


def _where(paths: dict[str, str], problem: Problem) -> str:
    path = paths.get(problem.about, problem.about)
    return f"{path}, page {problem.page}" if problem.page else path
