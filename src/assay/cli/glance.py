"""The case at a glance: one page of text, and the same as JSON."""

from __future__ import annotations

from collections import Counter
from typing import Any

from assay.case import Case
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
    Status,
)  # fmt: skip


def glance_json(case: Case) -> dict[str, Any]:
    """Return counts and the agreements of a case as plain values."""
    coverage = case.coverage()
    findings = [f for f in case.records(Finding) if f.status is FindingStatus.FINDING]
    return {
        "occurrences": case.store.count(Occurrence),
        "exhibits": case.store.count(Exhibit),
        "pages": {
            "present": coverage.present, "read": coverage.read, "failed": coverage.failed, "unread": coverage.unread,
        },
        "problems": dict(sorted(Counter(p.category for p in case.records(Problem)).items())),
        "findings": dict(sorted(Counter(f.part for f in findings).items())),
        "documents": dict(sorted(Counter(str(d.kind) for d in case.records(Document)).items())),
        "parties": case.store.count(Party),
        "families": case.store.count(Family),
        "agreements": [_agreement(case, a) for a in case.agreements()],
        "line_items": case.store.count(LineItem),
        "obligations": case.store.count(Obligation),
        "claims": case.store.count(Claim),
    }  # fmt: skip


def _agreement(case: Case, agreement: Agreement) -> dict[str, Any]:
    total = agreement.total
    reached = [s for s in case.records(Status) if s.agreement == agreement.id and s.state == "evidenced"]
    return {
        "id": agreement.id,
        "number": agreement.number.written,
        "date": agreement.date.written if agreement.date else None,
        "parties": [{"role": str(p.role), "name": p.name} for p in agreement.parties],
        "total": {"written": total.written, "currency": total.currency} if total else None,
        "exhibits": len(agreement.exhibits),
        "line_items": len(agreement.line_items),
        "obligations": len(agreement.obligations),
        "evidenced": [str(s.rung) for s in reached],
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
    if seen["findings"]:
        counts = ", ".join(f"{name} {n}" for name, n in seen["findings"].items())
        lines += [f"Findings, each with its innocent explanations: {counts}."]
    for deal in seen["agreements"]:
        lines += ["", f"Agreement {deal['number']}" + (f" of {deal['date']}" if deal["date"] else "")]
        lines += [f"  {p['role']}: {p['name']}" for p in deal["parties"]]
        worth = (
            f"{deal['total']['written']} {deal['total']['currency'] or ''}".strip() if deal["total"] else "not stated"
        )
        lines += [
            f"  total: {worth}; {deal['line_items']} line items, {deal['obligations']} obligations, "
            f"{deal['exhibits']} exhibits",
            "  evidenced: " + (", ".join(deal["evidenced"]).replace("_", " ") or "no rung of the ladder"),
        ]
    if seen["problems"]:
        lines += ["", "Problems: " + ", ".join(f"{n} {name}" for name, n in seen["problems"].items()) + "."]
        lines += [f"  {_where(case, p)}: {p.message}" for p in list(case.records(Problem))[:12]]
    return "\n".join(lines)


def _where(case: Case, problem: Problem) -> str:
    path = next((o.path for o in case.store.of(Occurrence, problem.about)), problem.about)
    return f"{path}, page {problem.page}" if problem.page else path
