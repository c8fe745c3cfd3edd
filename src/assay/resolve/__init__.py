"""Names to parties, exhibits to families and agreements."""

builtin: tuple[str, ...] = (
    "assay.resolve.parties:PARTIES",
    "assay.resolve.families:FAMILIES",
    "assay.resolve.agreements:AGREEMENTS",
)
"""Every synthesis of this package, as "module:CONSTANT", in the order in which they run."""
