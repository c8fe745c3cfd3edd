"""What does it say? Documents, mentions, items, obligations, events and claims."""

builtin: tuple[str, ...] = (
    "assay.extract.documents:DOCUMENTS",
    "assay.extract.mentions:MENTIONS",
    "assay.extract.items:ITEMS",
    "assay.extract.obligations:OBLIGATIONS",
    "assay.extract.events:EVENTS",
    "assay.extract.claims:CLAIMS",
)
"""Every extractor of this package, as "module:CONSTANT", in the order in which they run."""
