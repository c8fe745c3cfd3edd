"""Claims, origins, standing, status: who says what, from whom do they have it, and what is known."""

builtin: tuple[str, ...] = (
    "assay.ledger.propositions:PROPOSITIONS",
    "assay.ledger.standings:STANDINGS",
    "assay.ledger.statuses:STATUSES",
    "assay.ledger.lineage:LINEAGE",
)
"""Every synthesis of this package, as "module:CONSTANT", in the order in which they run."""
